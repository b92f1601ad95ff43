"""The documentation as a site, built with warnings as errors: `python -m pytest -m docs`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

import domo_async
from domo_async._docs.public import exports, public_modules
from tests.emulator import browser

pytestmark = [pytest.mark.docs, pytest.mark.timeout(300)]

SETTINGS = Path(domo_async.__file__).parent / "_docs" / "mkdocs.yml"
# Links that are followed only when somebody clicks them.
_FETCHED = re.compile(
    r"""<(?:script|img|iframe|source|link(?![^>]*rel="canonical"))\b[^>]*\b(?:src|href)=["']?((?:https?:)?//[^\s"'>]+)"""
)
_FETCHED_BY_STYLES = re.compile(r"""(?:url\(\s*["']?|@import\s+["'])((?:https?:)?//[^\s"')]+)""")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if built := os.environ.get("DOMO_ASYNC_SITE"):
        return Path(built)
    folder = tmp_path_factory.mktemp("documentation") / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-f", str(SETTINGS), "-d", str(folder)]
    ended = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, check=False
    )
    assert (0, "") == (ended.returncode, ended.stderr)
    return folder


def test_every_public_name_is_in_the_inventory(site: Path) -> None:
    _, _, packed = (site / "objects.inv").read_bytes().partition(b"zlib.\n")
    known = {line.split(" ")[0] for line in zlib.decompress(packed).decode().splitlines()}
    wanted = {f"{module}.{name}" for module in public_modules() for name in exports(module)}

    assert 400 < len(wanted)
    assert set() == wanted - known


def test_no_page_fetches_anything_from_elsewhere(site: Path) -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in site.rglob("*") if path.suffix in {".html", ".css"}}

    assert 50 < len(texts)
    assert [] == [
        (path.name, found)
        for path, text in texts.items()
        for found in (_FETCHED if path.suffix == ".html" else _FETCHED_BY_STYLES).findall(text)
    ]


def test_the_search_works_on_pages_that_are_opened_from_files(site: Path) -> None:
    executable = browser.chromium()
    if executable is None:
        assert not os.environ.get("CI"), "no Chromium"
        pytest.skip("needs a Chromium")
    page = f"{(site / 'index.html').as_uri()}?q=load_folder"
    command = [executable, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=20000", "--dump-dom"]

    shown = subprocess.run([*command, page], capture_output=True, text=True, check=True).stdout

    assert "reference/areas/datasets.html" in shown.partition("md-search-result__list")[2]

"""The pages of the documentation: what they show runs, and every page is in the navigation."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import domo_async
from domo_async._docs.public import exports, public_modules
from domo_async._docs.reference import reference_pages
from domo_async.emulator import Emulator
from tests.cli.running import Cli
from tests.docs.blocks import Page, assert_shown, blocks_of

DOCS = Path(domo_async.__file__).parent / "_docs"
PAGES = DOCS / "pages"
# Run with what they are about; the others by `python -m pytest -m docs`.
MARKS = {
    "howto/spark.md": [pytest.mark.spark, pytest.mark.timeout(600), pytest.mark.xdist_group("spark")],
    "howto/pipelines.md": [pytest.mark.dlt, pytest.mark.xdist_group("dlt")],
}
ALL = sorted(str(path.relative_to(PAGES)) for path in PAGES.rglob("*.md"))


@pytest.fixture(scope="module")
def running() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def page_cli(running: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cli]:
    running.reset()
    before = dict(os.environ)
    cli = Cli(running)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    modules = set(sys.modules)
    for name in [*os.environ]:
        if name.startswith("DOMO_"):
            del os.environ[name]
    os.environ.update({**cli.environment, "XDG_CONFIG_HOME": str(tmp_path / "config")})
    os.environ.update({"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"})
    os.environ.update({"RUNTIME__DLTHUB_TELEMETRY": "false", "DLT_DATA_DIR": str(tmp_path / "dlt")})
    yield cli
    for name in set(sys.modules) - modules:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]
    os.environ.clear()
    os.environ.update(before)


@pytest.mark.parametrize("name", [pytest.param(each, marks=MARKS.get(each, [pytest.mark.docs])) for each in ALL])
def test_the_code_of_a_page_runs_and_gives_what_it_shows(name: str, page_cli: Cli, tmp_path: Path) -> None:
    path = PAGES / name
    with asyncio.Runner() as loop:
        page = Page(path, page_cli, tmp_path, loop)
        for block in blocks_of(path.read_text(encoding="utf-8")):
            try:
                page.run(block)
            except BaseException as error:
                error.add_note(f"{path}:{block.line}")
                raise
    if name == "howto/spark.md":
        from tests.spark.java import end_java

        end_java()


def _listed(entry: Any) -> Iterator[str]:
    match entry:
        case str():
            yield entry
        case dict():
            yield from (page for value in entry.values() for page in _listed(value))
        case list():
            yield from (page for value in entry for page in _listed(value))


def test_every_page_is_in_the_navigation() -> None:
    settings = yaml.safe_load((DOCS / "mkdocs.yml").read_text(encoding="utf-8"))

    assert ALL == sorted(_listed(settings["nav"]))


def test_every_public_name_has_an_entry_in_the_reference() -> None:
    entries = {line for page in reference_pages().values() for line in page.splitlines() if line.startswith("::: ")}
    # The package's own errors are described once.
    described = {entry.removeprefix("::: ").replace("domo_async.errors.", "domo_async.") for entry in entries}
    wanted = {f"{module}.{name}" for module in public_modules() for name in exports(module)}

    assert 400 < len(wanted)
    assert set() == {name.replace("domo_async.errors.", "domo_async.") for name in wanted} - described


def test_every_route_is_in_the_reference() -> None:
    rows = [line for line in (DOCS.parent / "ROUTES.md").read_text().splitlines() if line.startswith("| `")]
    pages = reference_pages()

    assert set(rows) <= set(pages["reference/routes.md"].splitlines())
    areas = {line.strip() for path, page in pages.items() if "/areas/" in path for line in page.splitlines()}
    assert set(rows) <= areas


def test_every_extra_and_every_environment_variable_is_told() -> None:
    root = DOCS.parent.parent
    declared = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    index = (PAGES / "index.md").read_text(encoding="utf-8")
    sources = (path.read_text(encoding="utf-8") for path in DOCS.parent.rglob("*.py") if "_release" not in path.parts)
    named = {name for text in sources for name in re.findall(r'"(DOMO_[A-Z_]+)"', text)}
    of_sql = {name for name in named if name.startswith("DOMO_OP_")}
    settings = reference_pages()["reference/settings.md"]

    assert [] == [
        name for name in declared.keys() - {"all", "clouds", "dev", "fuzz", "release"} if f"`{name}`" not in index
    ]
    assert {"DOMO_INSTANCE", "DOMO_READ_ONLY"} <= named
    assert [] == [name for name in named - of_sql if f"`{name}`" not in settings]


def test_an_output_that_differs_from_the_one_shown_is_noticed() -> None:
    assert_shown("1 of …\nend", "1 of 2\n3\nend\n")
    with pytest.raises(AssertionError):
        assert_shown("1 of … rows", "1 of 2 row\n")

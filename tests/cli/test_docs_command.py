from __future__ import annotations

import webbrowser
from pathlib import Path

import pytest

from domo_async import __version__
from domo_async._cli import docs
from tests.cli.running import Cli, python


def test_a_site_that_is_built_is_opened_or_named(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    class Browser(webbrowser.BaseBrowser):
        def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:  # noqa: ARG002 - theirs
            opened.append(url)
            return True

    monkeypatch.setattr(webbrowser, "_browsers", {})
    monkeypatch.setattr(webbrowser, "_tryorder", [])
    webbrowser.register("of-the-test", None, Browser("of-the-test"), preferred=True)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name, appauthor: tmp_path / name)
    page = tmp_path / "domo-async" / "docs" / f"{__version__}-{docs._digest()}" / "index.html"
    page.parent.mkdir(parents=True)
    page.touch()

    named = cli("docs", "--path")
    shown = cli("docs")

    assert (0, f"{page}\n") == (named.code, named.stdout)
    assert (0, "", [page.as_uri()]) == (shown.code, shown.stdout, opened)


def test_a_site_never_takes_the_place_of_other_files(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")

    ended = cli("docs", "--build", str(tmp_path))

    assert 2 == ended.code
    assert "is not an empty folder" in ended.stderr
    assert ["mine.txt"] == [path.name for path in tmp_path.iterdir()]


def test_without_the_extra_the_command_names_it() -> None:
    ended = python("docs", "--path", without=["mkdocs"])

    assert 2 == ended.code
    assert 'pip install "domo-async[docs]"' in ended.stderr

"""The list of what the emulator chose for itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from domo_async._emulator import defined
from domo_async._emulator.defined import Choice

SOURCE = '''
"""An area. Its order is emulator-defined."""

LIMIT = 50
"""How many at most; unconfirmed."""


@routes.get("/api/things")
async def things(request):
    """List things,
    by name (emulator-defined).

    This paragraph tells of something else.
    """
    # Two lines, of which
    # the second is Emulator-defined.
    return 1


class Thing:
    def color(self):
        """Return ``red``, which is unconfirmed."""


def known():
    """Return what the documents tell."""
'''


def test_each_choice_is_told_with_what_it_is_about() -> None:
    assert defined.choices_of("routes/things", SOURCE, {"things": ["GET /api/things"]}) == [
        Choice("routes/things", (), "An area. Its order is emulator-defined."),
        Choice("routes/things", ("LIMIT",), "How many at most; unconfirmed."),
        Choice("routes/things", ("GET /api/things",), "List things, by name (emulator-defined)."),
        Choice("routes/things", ("GET /api/things",), "Two lines, of which the second is Emulator-defined."),
        Choice("routes/things", ("Thing.color",), "Return `red`, which is unconfirmed."),
    ]


@pytest.fixture(scope="module")
def found() -> list[Choice]:
    return defined.choices()


def test_the_routes_of_handlers_are_found(found: list[Choice]) -> None:
    about = {name for choice in found for name in choice.about}

    assert "POST /api/search/v1/query" in about
    assert "GET /api/data/v3/datasources" in about


def test_the_list_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert defined.main(["--check"]) == 0, capsys.readouterr().err


def test_a_list_that_is_not_current_is_told_and_can_be_written(
    found: list[Choice], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    document = tmp_path / "EMULATED.md"
    monkeypatch.setattr(defined, "_DOCUMENT", document)
    assert defined.main(["--check"]) == 1
    assert "run python -m domo_async._emulator.defined" in capsys.readouterr().err
    defined.main([])

    assert defined.rendered(found) == document.read_text("utf-8")

"""No token in any log line or error: at the end of every run `tests/conftest.py` looks at all that was said."""

from __future__ import annotations

import logging

import pytest

from domo_async import Domo, NotFound


async def test_what_is_said_is_watched_for_tokens(told, emulator):
    logging.getLogger("elsewhere").warning("a line of another library")
    async with Domo(emulator.url, token=emulator.token) as domo:
        with pytest.raises(NotFound):
            await domo.datasets.get("none")

    said = list(told.everything())
    leaks = told.leaks()
    told.lines.append(f"a line with {emulator.token}")
    noticed = told.leaks()
    told.lines.pop()

    assert emulator.token in told.tokens
    assert any("GET /api/data/v3/datasources/{} -> 404" in line for line in said)
    assert any("404 on GET /api/data/v3/datasources/none" in line for line in said)
    assert [] == leaks
    assert [f"a line with {emulator.token}"] == noticed

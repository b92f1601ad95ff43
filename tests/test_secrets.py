"""No token in any log line or error of the whole run."""

from __future__ import annotations

import logging

import pytest

from domo_async import Domo, NotFound


@pytest.mark.judges_the_run
async def test_no_token_was_told_during_the_whole_run(told, emulator):
    # Alone, too, this test has something to look through.
    logging.getLogger("elsewhere").warning("a line of another library")
    async with Domo(emulator.url, token=emulator.token) as domo:
        with pytest.raises(NotFound):
            await domo.datasets.get("none")

    said = list(told.everything())

    assert emulator.token in told.tokens
    assert any("GET /api/data/v3/datasources/{} -> 404" in line for line in said)
    assert any("404 on GET /api/data/v3/datasources/none" in line for line in said)
    assert [] == [line for line in said for token in told.tokens if token in line]

"""The activity log over several pages, and what it refuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from domo_async import ConfigError
from tests.support import talking_to

START = datetime(2024, 12, 1, tzinfo=UTC)
END = datetime(2024, 12, 2, tzinfo=UTC)
PATH = "/api/audit/v1/user-audits"


class Log:
    """An instance whose log has so many entries, of which it gives at most `cap` at a time."""

    def __init__(self, entries: int, cap: int) -> None:
        self._entries = entries
        self._cap = cap
        self.asked: list[tuple[int, int]] = []

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        offset, limit = int(request.query["offset"]), int(request.query["limit"])
        self.asked.append((offset, limit))
        numbers = range(self._entries)[offset : offset + min(limit, self._cap)]
        return web.json_response([{"time": 1733011200000 + number, "eventText": str(number)} for number in numbers])


async def test_all_entries_of_several_full_pages_come_in_order_and_once() -> None:
    log = Log(2500, cap=1000)
    async with talking_to(log) as domo:
        entries = await domo.activity_log.list(start=START, end=END).all()

    assert [str(number) for number in range(2500)] == [entry.event_text for entry in entries]
    assert [(0, 1000), (1000, 1000), (2000, 1000), (2500, 1000)] == log.asked


async def test_no_entry_is_lost_where_the_instance_gives_only_its_documented_default_at_a_time() -> None:
    log = Log(700, cap=300)
    async with talking_to(log) as domo:
        entries = await domo.activity_log.list(start=START, end=END).all()

    assert [str(number) for number in range(700)] == [entry.event_text for entry in entries]
    assert [(0, 1000), (300, 1000), (600, 1000)] == log.asked


async def test_a_limit_asks_for_no_more_than_it_needs() -> None:
    log = Log(2500, cap=1000)
    async with talking_to(log) as domo:
        entries = await domo.activity_log.list(start=START, end=END, offset=10, limit=1200).all()

    assert 1200 == len(entries)
    assert "10" == entries[0].event_text
    assert [(10, 1000), (1010, 200)] == log.asked


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"start": datetime(2024, 12, 1)}, "time zone"),
        ({"end": datetime(2024, 12, 1)}, "time zone"),
        ({"end": START - timedelta(seconds=1)}, "before the start"),
        ({"object_type": "PAGE"}, r"\['PAGE'\]"),
        ({"object_type": []}, "object_type is empty"),
        ({"page_size": 1001}, "1 to 1000"),
    ],
)
async def test_arguments_that_are_surely_wrong_are_refused_before_anything_is_sent(
    wrong: dict[str, Any], says: str
) -> None:
    log = Log(1, cap=1000)
    async with talking_to(log) as domo:
        with pytest.raises(ConfigError, match=says):
            domo.activity_log.list(**{"start": START, "end": END, **wrong})

    assert [] == log.asked

"""Beast Modes over several pages, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web

from domo_async import ConfigError, DecodeError
from domo_async._endpoints.beast_modes import BeastModeFilter
from tests.support import talking_to


class Functions:
    """An instance with so many Beast Modes, of which it gives at most `cap` at a time."""

    def __init__(self, functions: int, cap: int = 5000, **told: Any) -> None:
        self._functions = functions
        self._cap = cap
        self._told = told
        self.asked: list[dict[str, Any]] = []

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.json()
        self.asked.append(body)
        end = body["offset"] + min(body["limit"], self._cap)
        answer = {
            "totalHits": self._functions,
            "results": [
                {"id": number, "name": f"Margin {number}"} for number in range(self._functions)[body["offset"] : end]
            ],
            "hasMore": end < self._functions,
            "degraded": False,
        }
        return web.json_response({**answer, **self._told})


async def test_pages_are_asked_for_in_the_body_with_the_same_conditions_until_there_are_no_more() -> None:
    instance = Functions(250)
    async with talking_to(instance) as domo:
        found = [one.id async for one in domo.beast_modes.search(name="Margin", filters=["notvariable"])]

    assert list(range(250)) == found
    assert [(0, 100), (100, 100), (200, 100)] == [(body["offset"], body["limit"]) for body in instance.asked]
    assert [("Margin", [{"field": "notvariable"}], {"field": "name", "ascending": True})] * 3 == [
        (body["name"], body["filters"], body["sort"]) for body in instance.asked
    ]


async def test_the_end_is_where_the_instance_says_even_if_pages_are_smaller_than_asked_for() -> None:
    instance = Functions(250, cap=40)
    async with talking_to(instance) as domo:
        found = [one.id async for one in domo.beast_modes.search(page_size=5000)]

    assert list(range(250)) == found
    assert [0, 40, 80, 120, 160, 200, 240] == [body["offset"] for body in instance.asked]


async def test_no_page_is_asked_for_after_the_last_even_if_it_is_full() -> None:
    instance = Functions(200)
    async with talking_to(instance) as domo:
        found = await domo.beast_modes.search().all()

    assert 200 == len(found)
    assert 2 == len(instance.asked)


async def test_an_instance_that_promises_more_but_gives_none_is_told_of() -> None:
    async with talking_to(Functions(0, hasMore=True)) as domo:
        with pytest.raises(DecodeError, match="the list has more"):
            await domo.beast_modes.search().all()


@pytest.mark.parametrize("size", [0, 5001])
async def test_a_page_size_that_the_documents_forbid_is_refused(size: int) -> None:
    instance = Functions(1)
    async with talking_to(instance) as domo:
        with pytest.raises(ConfigError, match="1 to 5000"):
            domo.beast_modes.search(page_size=size)

    assert [] == instance.asked


async def test_a_bare_text_is_refused_where_a_list_is_meant() -> None:
    async with talking_to(Functions(1)) as domo:
        with pytest.raises(ConfigError, match=r"\['notvariable'\]"):
            domo.beast_modes.search(filters="notvariable")
    with pytest.raises(ConfigError, match=r"\['27'\]"):
        BeastModeFilter("owner", "27")
    with pytest.raises(ConfigError, match="id_list is empty"):
        BeastModeFilter("owner", [])

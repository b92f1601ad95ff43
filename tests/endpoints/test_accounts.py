"""Data accounts beyond single calls: how far a search reaches, and both forms of what is created."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aiohttp import web

from domo_async import ConfigError, DecodeError, Secret
from domo_async._endpoints.accounts import Account
from domo_async._wire import decode
from tests.support import talking_to


class Found:
    """An instance where a search finds so many accounts, told in one of the two documented ways."""

    def __init__(self, accounts: int, *, total: bool = True) -> None:
        self._accounts = accounts
        self._total = total
        self.asked: list[tuple[int, int]] = []

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        body = json.loads(await request.read())
        offset, count = body["offset"], body["count"]
        self.asked.append((offset, count))
        if offset + count > 10_000:
            return web.json_response({"message": "out of reach"}, status=400)
        numbers = range(self._accounts)[offset : offset + count]
        if not self._total:
            return web.json_response({"results": [{"accountId": str(number)} for number in numbers]})
        page = [{"databaseId": str(number)} for number in numbers]
        return web.json_response({"totalResultCount": self._accounts, "searchObjects": page})


@pytest.mark.parametrize("total", [True, False])
async def test_all_accounts_of_several_pages_come_in_order_and_once(*, total: bool) -> None:
    instance = Found(250, total=total)
    async with talking_to(instance) as domo:
        found = await domo.accounts.search(query="*").all()

    assert list(range(250)) == [account.number for account in found]
    assert [(0, 100), (100, 100), (200, 100)] == instance.asked


@pytest.mark.parametrize("total", [True, False])
async def test_a_search_that_finds_more_than_it_can_give_does_not_end_as_if_that_were_all(*, total: bool) -> None:
    instance = Found(20_000, total=total)
    found: list[Account] = []
    async with talking_to(instance) as domo:
        with pytest.raises(ConfigError, match="narrow the query"):
            async for page in domo.accounts.search(query="*", offset=9_750).pages():
                found += page

    assert list(range(9_750, 10_000)) == [account.number for account in found]
    assert [(9_750, 100), (9_850, 100), (9_950, 50)] == instance.asked


async def test_a_search_that_finds_just_what_it_can_give_ends_well() -> None:
    instance = Found(10_000)
    async with talking_to(instance) as domo:
        found = await domo.accounts.search(query="*", offset=9_800).all()

    assert list(range(9_800, 10_000)) == [account.number for account in found]
    assert [(9_800, 100), (9_900, 100)] == instance.asked


async def test_the_first_of_very_many_can_be_had() -> None:
    async with talking_to(Found(20_000)) as domo:
        first = await domo.accounts.search(query="*").first()
        some = await domo.accounts.search(query="*", offset=9_990, limit=10).all()

    assert first is not None
    assert 0 == first.number
    assert list(range(9_990, 10_000)) == [account.number for account in some]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"offset": 10_000}, "10000 results"),
        ({"offset": 9_950, "limit": 51}, "10000 results"),
        ({"limit": 10_001}, "10000 results"),
        ({"offset": -1}, "negative"),
        ({"limit": -1}, "negative"),
        ({"page_size": 0}, "1 to 100"),
        ({"page_size": 101}, "1 to 100"),
    ],
)
async def test_pages_that_a_search_cannot_give_are_refused_before_anything_is_sent(
    wrong: dict[str, Any], says: str
) -> None:
    instance = Found(20_000)
    async with talking_to(instance) as domo:
        with pytest.raises(ConfigError, match=says):
            domo.accounts.search(query="*", **wrong)

    assert [] == instance.asked


async def test_an_answer_of_neither_page_is_not_taken_for_an_empty_list() -> None:
    async def instance(request: web.BaseRequest) -> web.StreamResponse:
        return web.json_response({"accounts": []})

    async with talking_to(instance) as domo:
        with pytest.raises(DecodeError):
            await domo.accounts.search(query="*").all()


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"name": "sdk"},
        {"name": "sdk", "data_provider_type": "amazon-s3"},
        {"name": "sdk", "configurations": {}},
        {"data_provider_type": "amazon-s3", "configurations": {}},
    ],
)
async def test_an_account_of_which_half_is_said_is_not_created(form: dict[str, Any]) -> None:
    asked: list[web.BaseRequest] = []

    async def instance(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(request)
        return web.json_response({})

    async with talking_to(instance) as domo:
        with pytest.raises(ConfigError, match="account_type, or name"):
            await domo.accounts.create(display_name="SDK", **form)

    assert [] == asked


@pytest.mark.parametrize(
    "answer",
    [
        b'{"accountId": "479"}',
        b'{"accountId": 479}',
        b'{"id": 479, "accountId": null}',
        b'{"databaseId": "479"}',
    ],
)
def test_the_number_of_an_account_is_told_whatever_it_is_called(answer: bytes) -> None:
    assert 479 == decode(answer, Account).number


def test_credentials_of_an_account_are_not_shown() -> None:
    account = decode(b'{"id": 1, "configurations": {"password": "a-password"}}', Account)

    assert Secret({"password": "a-password"}) == account.configurations
    assert "a-password" not in repr(account)

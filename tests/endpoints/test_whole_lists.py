"""Lists of the areas: whole, however an instance pages them, or they say that they are not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from domo_async import DecodeError, Domo, ListIncomplete, Pager
from domo_async.emulator import Emulator, Fault
from tests.support import talking_to

USERS = [{"id": number, "displayName": f"U{number}", "emailAddress": f"u{number}@example.com"} for number in range(230)]
ROLES = [{"id": number, "name": f"R{number}"} for number in range(230)]
DATASETS = [{"id": f"d{number}", "name": f"D{number}"} for number in range(230)]


class Paged:
    """An instance with one list.

    Args:
        items: The list.
        most: The greatest page.
        heeds: The parameters that it knows.
        envelope: What an answer holds, by the page and by the number of all items.
    """

    def __init__(
        self,
        items: list[dict[str, Any]],
        *,
        most: int = 1000,
        heeds: tuple[str, ...] = ("limit", "offset"),
        envelope: Callable[[list[Any], int], object] = lambda page, _: page,
    ) -> None:
        self.items = items
        self.asked: list[str] = []
        self._most = most
        self._heeds = heeds
        self._envelope = envelope

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append(request.rel_url.query_string)
        known = {key: int(value) for key, value in request.query.items() if key in self._heeds}
        begins = known.get("offset", 0)
        page = self.items[begins : begins + min(known.get("limit", self._most), self._most)]
        return web.json_response(self._envelope(page, len(self.items)))


@pytest.mark.parametrize("most", [20, 50, 100, 1000])
@pytest.mark.parametrize("heeds", [("limit", "offset"), ("offset",)], ids="-".join)
@pytest.mark.parametrize(
    ("listed", "items", "envelope"),
    [
        (lambda domo: domo.users.list(), USERS, lambda page, _: {"users": page}),
        (lambda domo: domo.roles.list(), ROLES, lambda page, _: page),
        (lambda domo: domo.accounts.list(), ROLES, lambda page, _: page),
    ],
    ids=["users", "roles", "accounts"],
)
async def test_lists_not_documented_as_paged_are_whole_where_they_are_paged(
    listed: Callable[[Domo], Pager[Any]],
    items: list[dict[str, Any]],
    envelope: Callable[[list[Any], int], object],
    heeds: tuple[str, ...],
    most: int,
) -> None:
    async with talking_to(Paged(items, most=most, heeds=heeds, envelope=envelope)) as domo:
        found = await listed(domo).all()

    assert [item["id"] for item in items] == [each.id for each in found]


async def test_users_who_all_come_at_once_come_once() -> None:
    instance = Paged(USERS, heeds=(), envelope=lambda page, _: {"users": page})
    async with talking_to(instance) as domo:
        assert list(range(230)) == [user.id for user in await domo.users.list().all()]


async def test_users_can_be_asked_for_in_parts_and_with_attributes() -> None:
    instance = Paged(USERS, envelope=lambda page, _: {"users": page})
    async with talking_to(instance) as domo:
        pager = domo.users.list(attributes=["title", "department"], include_deleted=True, offset=5, limit=3)
        assert [5, 6, 7] == [user.id async for user in pager]

    assert ["attributes=title,department&includeDeleted=true&limit=3&offset=5"] == instance.asked


@pytest.mark.parametrize("key", ["_metaData", "_metadata"])
async def test_datasets_that_an_instance_gives_fifty_at_a_time_are_all_listed(key: str) -> None:
    instance = Paged(DATASETS, most=50, envelope=lambda page, total: {"dataSources": page, key: {"totalCount": total}})
    async with talking_to(instance) as domo:
        found = await domo.datasets.list(page_size=100).all()

    assert [item["id"] for item in DATASETS] == [dataset.id for dataset in found]


async def test_datasets_that_are_hidden_from_a_page_are_missed_aloud() -> None:
    def shown(page: list[Mapping[str, Any]], total: int) -> object:
        return {"dataSources": [item for item in page if int(item["id"][1:]) % 2], "_metaData": {"totalCount": total}}

    async with talking_to(Paged(DATASETS, envelope=shown)) as domo:
        with pytest.raises(ListIncomplete, match="230 items, but gave 115") as caught:
            await domo.datasets.list().all()

    assert [f"d{number}" for number in range(1, 230, 2)] == [dataset.id for dataset in caught.value.items]


async def test_users_who_cannot_be_read_leave_the_pages_after_theirs_in_the_list(
    caplog: pytest.LogCaptureFixture,
) -> None:
    items = [{**user, "id": user["id"] if number % 7 else None} for number, user in enumerate(USERS)]
    async with talking_to(Paged(items, envelope=lambda page, _: {"users": page})) as domo:
        found = await domo.users.list().all()

    assert [number for number in range(230) if number % 7] == [user.id for user in found]
    assert "could not be read" in caplog.text


def test_loops_that_delete_what_they_list_leave_nothing() -> None:
    with Emulator() as emulator, emulator.sync_client() as domo:
        fileset = domo.filesets.create(name="papers")
        for number in range(25):
            domo.groups.create(name=f"g{number}", type="closed")
            domo.filesets.files.upload(fileset.id, b"x", name=f"f{number:03}")
            domo.datasets.create(f"d{number}", {"a": "LONG"})
        for dataset in domo.datasets.list(page_size=10):
            domo.datasets.delete(dataset.id)
        for group in domo.groups.list(search="g", page_size=10):
            domo.groups.delete(group.group_id)
        for file in domo.filesets.files.search(fileset.id, page_size=10):
            domo.filesets.files.delete(fileset.id, file.id)

        assert [] == domo.datasets.list().all()
        assert [] == [group for group in domo.groups.list() if str(group.name).startswith("g")]
        assert [] == domo.filesets.files.search(fileset.id).all()


async def test_entries_of_the_log_that_cannot_be_read_hide_none_of_the_others(caplog: pytest.LogCaptureFixture) -> None:
    start = datetime(2024, 12, 1, tzinfo=UTC)
    base = round(start.timestamp() * 1000)
    entries: list[Any] = [{"time": base + number, "eventText": str(number)} for number in range(900)]

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        first, last, offset = (int(request.query[key]) for key in ("start", "end", "offset"))
        found = [entry for entry in reversed(entries) if first <= entry["time"] <= last]
        page = found[offset : offset + min(int(request.query["limit"]), 300)]
        return web.json_response([{**entry, "time": None} if entry["time"] % 7 == 0 else entry for entry in page])

    async with talking_to(handler) as domo:
        read = [entry.event_text async for entry in domo.activity_log.iterate(start, start + timedelta(seconds=1))]

    assert [entry["eventText"] for entry in entries if entry["time"] % 7] == read
    assert "could not be read" in caplog.text


async def test_hits_of_a_search_that_cannot_be_read_hide_none_of_the_others() -> None:
    hits: list[Any] = [{"entityType": "card", "databaseId": number} for number in range(250)]

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        asked = await request.json()
        page = hits[asked["offset"] : asked["offset"] + asked["count"]]
        told: list[object] = [hit if hit["databaseId"] % 7 else "odd" for hit in page]
        return web.json_response({"totalResultCount": len(hits), "searchObjects": told})

    async with talking_to(handler) as domo:
        found = await domo.search.iterate(entities=["card"]).all()

    assert [number for number in range(250) if number % 7] == [int(str(hit.database_id)) for hit in found]


def test_a_list_that_is_not_whole_gives_blocking_callers_what_came() -> None:
    with Emulator() as emulator, emulator.sync_client() as domo:
        for number in range(3):
            domo.datasets.create(f"d{number}", {"a": "LONG"})
        pager = domo.datasets.list(page_size=2)
        assert 3 == len(pager.all())
        answer = {"dataSources": [], "_metaData": {"totalCount": 3}}
        emulator.faults.add(Fault("GET */datasources", "status", status=200, body=answer, count=None))
        with pytest.raises(ListIncomplete) as caught:
            pager.all()

    assert (3, 0, ()) == (caught.value.total, caught.value.given, caught.value.items)


@pytest.mark.parametrize("answer", [{"datasources": DATASETS[:2]}, {"items": DATASETS[:2], "count": 2}])
async def test_a_list_under_another_key_does_not_pass_for_an_empty_one(answer: dict[str, Any]) -> None:
    async def handler(_: web.BaseRequest) -> web.StreamResponse:
        return web.json_response(answer)

    async with talking_to(handler) as domo:
        with pytest.raises(DecodeError, match=f"but one under '{next(iter(answer))}'"):
            await domo.datasets.list().all()


@pytest.mark.parametrize("answer", [{"dataSources": None, "warnings": [{}]}, {"dataSources": [], "x": [{}]}, {}])
async def test_an_empty_list_is_empty_whatever_stands_beside_it(answer: dict[str, Any]) -> None:
    async def handler(_: web.BaseRequest) -> web.StreamResponse:
        return web.json_response(answer)

    async with talking_to(handler) as domo:
        assert [] == await domo.datasets.list().all()

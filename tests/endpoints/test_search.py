"""Searching, and above all iterating past the 10,000 records that an instance gives of a search."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from domo_async import ConfigError, Domo, SearchIncomplete, Settings
from domo_async._emulator.search.searching import SearchIndex
from domo_async._emulator.state.datasets import Column, Dataset, Schema
from domo_async._endpoints.search import _split as splitting
from domo_async._endpoints.search._split import Part, split
from domo_async._endpoints.search.filters import DateBucket, DateRange, Numeric, QueryString, Range, Term, Wildcard
from domo_async._endpoints.search.models import FieldSort, Sort
from domo_async.emulator import Emulator
from tests.support import SkippingClock, talking_to

START = datetime(2019, 1, 1, tzinfo=UTC)
MOST = 10_000
ROUTE = "POST /api/search/v1/query"
Document = dict[str, Any]


def document(number: int, created: datetime | None = None, entity: str = "dataset") -> Document:
    made = {} if created is None else {"createDate": int(created.timestamp() * 1000)}
    return {"entityType": entity, "databaseId": f"id-{number}", "name": f"Orders {number}", **made}


def documents(count: int, step: timedelta = timedelta(hours=2), *, first: int = 0) -> list[Document]:
    return [document(first + number, START + number * step) for number in range(count)]


Judge = Callable[[Document, Document], None]


def believe(body: Document, found: Document) -> None:
    """Leave an answer as it is."""


class Catalogue:
    """An instance that holds documents to search, and that can misbehave.

    Args:
        documents: What it holds; `change` it only by that method.
        judge: Changes an answer to a body.
    """

    def __init__(self, documents: Iterable[Document], judge: Judge = believe) -> None:
        self.documents = list(documents)
        self.asked: list[Document] = []
        self._judge = judge
        self._index = SearchIndex(self.documents)

    def change(self, documents: Iterable[Document]) -> None:
        self.documents = list(documents)
        self._index = SearchIndex(self.documents)

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        body = json.loads(await request.read())
        self.asked.append(body)
        found = self._index.answer(body, now=datetime.now(UTC))
        self._judge(body, found)
        return web.json_response({**found, "searchResultsMap": None})


async def read(catalogue: Catalogue, **options: Any) -> list[str]:
    """Return what `iterate` gives of everything in a catalogue."""
    async with talking_to(catalogue, rate_limits={}) as domo:
        return [str(hit.database_id) async for hit in domo.search.iterate(entities=["dataset"], **options)]


def ids(found: Iterable[Document]) -> list[str]:
    return [each["databaseId"] for each in found]


def fill(emulator: Emulator, moments: Sequence[datetime]) -> None:
    """Put a dataset for each moment into an embedded instance."""
    schema = Schema(1, (Column("a", "LONG", "a"),))
    for number, moment in enumerate(moments):
        name = f"id-{number}"
        emulator._instance._datasets[name] = Dataset(
            id=name,
            name=f"Orders {number}",
            description="",
            provider_type="api",
            schema=schema,
            created=moment,
            touched=moment,
            updated=moment,
        )


@pytest.mark.parametrize("count", [12_500, pytest.param(25_000, marks=pytest.mark.long)])
async def test_every_dataset_comes_once_and_the_rate_limit_is_kept(count: int) -> None:
    clock = SkippingClock()
    moments = [START + (number // 700) * timedelta(days=60) for number in range(count)]
    async with Emulator() as emulator:
        emulator.now = clock.monotonic
        fill(emulator, moments)
        async with emulator.client(settings=Settings(clock=clock)) as domo:
            found = [hit.database_id async for hit in domo.search.iterate(entities=["dataset"])]

    searches = emulator.log.matching(ROUTE)
    times = sorted(record.started for record in searches)
    most = max(bisect_left(times, time + 60) - place for place, time in enumerate(times))
    assert sorted(f"id-{number}" for number in range(count)) == sorted(map(str, found))
    assert {200} == {record.status for record in searches}
    assert len(searches) <= 1.1 * count / 100, "hardly more requests than pages"
    assert most == 120


async def test_hits_without_a_date_are_found_too() -> None:
    catalogue = Catalogue([*documents(10_500), *(document(20_000 + number) for number in range(250))])

    found = await read(catalogue)

    assert sorted(ids(catalogue.documents)) == sorted(found)


async def test_few_hits_are_read_without_taking_the_search_apart() -> None:
    catalogue = Catalogue([*documents(200), document(900)])

    found = await read(catalogue)

    assert ids(catalogue.documents) == found
    assert [0, 100, 200] == [body["offset"] for body in catalogue.asked]
    assert not any("filters" in body or "notFilters" in body for body in catalogue.asked)


async def test_the_callers_filters_hold_in_every_part() -> None:
    catalogue = Catalogue([*documents(11_000), *documents(500, first=50_000)])
    others = [f"id-{number}" for number in range(50_000, 50_500)]

    found = await read(catalogue, filters=[Wildcard("name", "Orders*")], not_filters=[Term("databaseId", others)])

    assert sorted(ids(catalogue.documents[:11_000])) == sorted(found)


async def test_too_many_of_one_moment_are_refused_rather_than_lost() -> None:
    catalogue = Catalogue([*documents(50), *(document(100 + number, START) for number in range(MOST))])

    with pytest.raises(SearchIncomplete, match="createDate cannot split them further") as caught:
        await read(catalogue)

    assert ("dataset", MOST + 1) == (caught.value.entity, caught.value.total)
    assert START.isoformat() in str(caught.value)


@pytest.mark.parametrize("split_by", ["createDate", "unknown"])
async def test_a_search_without_dates_is_refused_at_once(split_by: str) -> None:
    catalogue = Catalogue([document(number) for number in range(MOST + 1)])

    with pytest.raises(SearchIncomplete, match=f"{split_by} cannot split them further"):
        await read(catalogue, split_by=split_by)

    assert 3 == len(catalogue.asked)


async def test_an_instance_that_counts_no_further_than_it_gives_is_read_whole() -> None:
    def judge(_: Document, found: Document) -> None:
        found["totalResultCount"] = min(found["totalResultCount"], MOST)

    catalogue = Catalogue(documents(22_000), judge)

    assert sorted(ids(catalogue.documents)) == sorted(await read(catalogue))


async def test_totals_that_contradict_each_other_are_not_believed() -> None:
    def judge(body: Document, found: Document) -> None:
        # As if a negated range did not match what has no date.
        found["totalResultCount"] -= 300 if "notFilters" in body else 0

    catalogue = Catalogue([*documents(10_500), *(document(20_000 + number) for number in range(300))], judge)

    with pytest.raises(SearchIncomplete, match="they are 10500 and 0"):
        await read(catalogue)


async def test_something_made_while_the_totals_are_compared_does_no_harm() -> None:
    def judge(body: Document, _: Document) -> None:
        if "notFilters" in body and len(catalogue.documents) == 11_000:
            catalogue.change([*catalogue.documents, document(70_000, START)])

    catalogue = Catalogue(documents(11_000), judge)

    assert sorted([*ids(catalogue.documents), "id-70000"]) == sorted(await read(catalogue))


async def test_a_hit_deleted_while_it_is_read_takes_no_other_along() -> None:
    def judge(body: Document, _: Document) -> None:
        if body["offset"] == 100:
            catalogue.change(kept)

    catalogue = Catalogue(documents(500), judge)
    kept = catalogue.documents[1:]
    found = await read(catalogue)

    assert sorted(set(found)) == sorted(found)
    assert set(ids(kept)) <= set(found)


async def test_a_hit_moved_to_the_next_page_does_not_come_twice() -> None:
    def judge(body: Document, _: Document) -> None:
        if body["offset"] == 0 and len(catalogue.documents) == 250:
            catalogue.change([document(70_000, START - timedelta(days=1)), *catalogue.documents])

    catalogue = Catalogue(documents(250), judge)
    found = await read(catalogue)

    assert sorted(ids(catalogue.documents)) == sorted(found)


async def test_a_part_that_grows_past_the_limit_is_taken_apart_after_all() -> None:
    def judge(body: Document, _: Document) -> None:
        if body["offset"] == 9_800 and len(catalogue.documents) < MOST:
            catalogue.change(documents(10_050))

    catalogue = Catalogue(documents(9_990), judge)

    assert ids(documents(10_050)) == sorted(await read(catalogue), key=lambda name: int(name[3:]))
    assert all(body["count"] > 0 for body in catalogue.asked)


async def test_smaller_pages_than_were_asked_for_lose_nothing() -> None:
    def judge(_: Document, found: Document) -> None:
        found["searchObjects"] = found["searchObjects"][:30]

    catalogue = Catalogue(documents(95), judge)

    assert ids(catalogue.documents) == await read(catalogue)
    assert [0, 30, 60, 90] == [body["offset"] for body in catalogue.asked]


async def test_hits_that_are_counted_but_never_come_are_told() -> None:
    def judge(body: Document, found: Document) -> None:
        if body["offset"]:
            found["searchObjects"] = []

    catalogue = Catalogue(documents(150), judge)

    with pytest.raises(SearchIncomplete, match="50 of them are missing"):
        await read(catalogue)


async def test_hits_without_identifiers_come_as_often_as_they_are_found() -> None:
    def judge(_: Document, found: Document) -> None:
        found["searchObjects"] = [{"name": "Orders"} for _ in found["searchObjects"]]

    catalogue = Catalogue(documents(150), judge)

    assert 150 * ["None"] == await read(catalogue)


async def test_entities_are_searched_one_after_the_other() -> None:
    catalogue = Catalogue([document(1, START), document(1, START, "card"), document(2, START, "page")])

    async with talking_to(catalogue) as domo:
        hits = [hit async for hit in domo.search.iterate(entities=["page", ["card", "dataset"]])]

    assert [("page", "id-2"), ("card", "id-1"), ("dataset", "id-1")] == [
        (hit.entity_type, hit.database_id) for hit in hits
    ]
    assert [[["page"]], [["card"]], [["dataset"]]] == [body["entityList"] for body in catalogue.asked]


async def test_who_stops_early_asks_for_no_more() -> None:
    catalogue = Catalogue(documents(500))

    async with talking_to(catalogue) as domo:
        async for hit in domo.search.iterate(entities=["dataset"]):
            assert "id-0" == hit.database_id
            break

    assert 1 == len(catalogue.asked)


async def test_a_page_beyond_the_limit_is_refused_before_anything_is_sent(domo: Domo, emulator: Emulator) -> None:
    reaches: list[dict[str, Any]] = [{"limit": 1, "offset": MOST}, {"offset": 9_991}, {"limit": 10_001}]
    for reach in reaches:
        with pytest.raises(ConfigError, match=r"iterate\(\) returns all"):
            await domo.search.query("*", entities=["dataset"], **reach)

    assert not emulator.log.matching(ROUTE)
    assert not (await domo.search.query("*", entities=["dataset"], limit=100, offset=9_900)).hits


@pytest.mark.parametrize(
    "options",
    [
        {"entities": "dataset"},
        {"entities": []},
        {"entities": [[]]},
        {"entities": ["dataset"], "limit": -1},
        {"entities": ["dataset"], "offset": -1},
        {"entities": ["dataset"], "fields_to_return": "name"},
    ],
)
async def test_a_search_that_cannot_be_meant_is_not_sent(domo: Domo, emulator: Emulator, options: Any) -> None:
    with pytest.raises(ConfigError):
        await domo.search.query("*", **options)

    assert not emulator.log.matching(ROUTE)


async def test_a_blank_text_and_an_oversized_page_are_not_sent(domo: Domo, emulator: Emulator) -> None:
    with pytest.raises(ConfigError, match="'\\*' to match everything"):
        await domo.search.query(" ", entities=["dataset"])
    with pytest.raises(ConfigError, match="1 to 100"):
        domo.search.iterate(entities=["dataset"], page_size=101)

    assert not emulator.log.matching(ROUTE)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Term(" ", "a"),
        lambda: Term("name", []),
        lambda: Wildcard("name", ""),
        lambda: QueryString("name", ""),
        lambda: DateBucket("createDate", ""),
        lambda: DateRange("createDate"),
        lambda: DateRange("createDate", datetime(2024, 1, 1)),
        lambda: DateRange("createDate", START, START - timedelta(seconds=1)),
        lambda: Numeric("rowCount", "EQ", inf),
        lambda: Numeric("rowCount", "EQ", 2**63),
        lambda: Numeric("rowCount", "EQ", number=True),
        lambda: Range("rowCount"),
        lambda: Range("rowCount", 2, 1),
        lambda: Sort(relevance=False),
        lambda: Sort(FieldSort("name")),  # type: ignore[arg-type]
    ],
)
def test_filters_and_sorts_that_cannot_be_are_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ConfigError):
        make()


def held(moments: Sequence[int | None], part: Part, *, inclusive: bool) -> list[int]:
    """Return which hits an instance finds for a part, by their dates; its bounds may belong to ranges or not."""
    # Of whole milliseconds, "up to n, with n" is "before n + 1".
    after, until = (
        None if bound is None else int(bound.timestamp() * 1000) + inclusive for bound in (part.after, part.until)
    )
    return [
        number
        for number, moment in enumerate(moments)
        if (until is None or (moment is not None and moment < until))
        and not (after is not None and moment is not None and moment < after)
    ]


@given(
    moments=st.lists(
        st.one_of(
            st.none(),
            st.integers(1_000, 4_200_000_000_000),
            st.integers(1_700_000_000_000, 1_700_000_000_009),
            st.integers(1_262_303_999_998, 1_262_304_000_002),
        ),
        max_size=60,
    ),
    latest=st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    inclusive=st.booleans(),
)
def test_parts_share_no_hit_and_lack_none(moments, latest, inclusive):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(splitting, "MOST", 5)
        waiting, leaves, stuck = [Part("dataset")], [], []
        while waiting:
            part = waiting.pop()
            parts = split(part, len(held(moments, part, inclusive=inclusive)), latest=latest)
            if len(parts) == 1:
                leaves.append(part)
            elif parts:
                waiting += parts
            else:
                stuck.append(part)

    assert list(range(len(moments))) == sorted(
        number for part in leaves + stuck for number in held(moments, part, inclusive=inclusive)
    )
    assert all(len(held(moments, part, inclusive=inclusive)) < 5 for part in leaves)
    for part in stuck:
        dates = {moments[number] for number in held(moments, part, inclusive=inclusive)}
        beyond = all(date is None or date >= latest.timestamp() * 1000 for date in dates)
        assert beyond or len(dates) == 1

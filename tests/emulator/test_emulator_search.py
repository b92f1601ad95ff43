"""The embedded instance's search: filters, sorts, facets, pages, and what it sees of changes."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest

from domo_async._emulator import access, routes, services
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.search.searching import SearchIndex
from tests.emulator.plain_client import DATASETS, plain_client

NOW = datetime(2025, 6, 1, tzinfo=UTC)
ROUTE = "/api/search/v1/query"


def ago(days: float) -> int:
    return int((NOW - timedelta(days=days)).timestamp() * 1000)


INDEX = SearchIndex(
    [
        {
            "entityType": "dataset",
            "databaseId": "a",
            "name": "Orders of today",
            "createDate": ago(0.5),
            "rowCount": 10,
            "score": 0.5,
            "certified": True,
            "ownedById": "5",
            "tags": ["raw", "daily"],
        },
        {
            "entityType": "dataset",
            "databaseId": "b",
            "name": "orders (old)",
            "createDate": ago(20),
            "rowCount": 200,
            "certified": False,
            "ownedById": "6",
            "tags": ["raw"],
        },
        {"entityType": "dataset", "databaseId": "c", "name": "Clients", "ownedById": "5", "rowCount": None},
        {"entityType": "card", "databaseId": 7, "title": "Orders as a chart", "createDate": ago(80), "ownedById": "5"},
    ]
)


def search(**body: Any) -> dict[str, Any]:
    return INDEX.answer({"query": "*", "entityList": [["dataset"], ["card"]], **body}, now=NOW)


def found(**body: Any) -> str:
    """Return what a search finds, in order."""
    return "".join(str(hit["databaseId"]) for hit in search(**body)["searchObjects"])


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        ({"filterType": "term", "field": "databaseId", "value": "b"}, "b"),
        ({"filterType": "term", "field": "databaseId", "value": "7"}, "7"),
        ({"filterType": "term", "field": "databaseId", "value": "b", "not": True}, "ac7"),
        ({"filterType": "term", "field": "databaseId", "values": ["a", "c"]}, "ac"),
        ({"filterType": "term", "field": "owned_by_id", "value": "6"}, "b"),
        ({"filterType": "term", "field": "tags", "value": "daily"}, "a"),
        ({"filterType": "wildcard", "field": "name", "query": "orders*"}, "ab"),
        ({"filterType": "wildcard", "field": "name", "query": "*(old)"}, "b"),
        ({"filterType": "wildcard", "field": "name", "query": "orders"}, ""),
        ({"filterType": "queryString", "field": "name", "queryString": "old orders"}, "b"),
        ({"filterType": "dateBucket", "field": "createDate", "value": "LAST_DAY"}, "a"),
        ({"filterType": "dateBucket", "field": "createDate", "value": "LAST_WEEK"}, "a"),
        ({"filterType": "dateBucket", "field": "createDate", "value": "LAST_MONTH"}, "ab"),
        ({"filterType": "dateBucket", "field": "createDate", "value": "LAST_QUARTER"}, "ab7"),
        ({"filterType": "dateRange", "field": "createDate", "from": ago(20)}, "ab"),
        ({"filterType": "dateRange", "field": "createDate", "to": ago(20)}, "b7"),
        ({"filterType": "dateRange", "field": "createDate", "from": ago(30), "to": ago(10)}, "b"),
        ({"filterType": "dateRange", "field": "createDate", "to": ago(20), "not": True}, "ac"),
        ({"filterType": "dateRange", "field": "createDate", "from": "2025-05-31T00:00:00Z"}, "a"),
        ({"filterType": "dateRange", "field": "createDate", "from": "2025-05-31"}, "a"),
        ({"filterType": "numeric", "field": "rowCount", "operator": "LT", "longNumber": 200}, "a"),
        ({"filterType": "numeric", "field": "rowCount", "operator": "LTE", "longNumber": 200}, "ab"),
        ({"filterType": "numeric", "field": "score", "operator": "EQ", "floatNumber": 0.5}, "a"),
        ({"filterType": "numeric", "field": "rowCount", "operator": "GT", "floatNumber": 10.5}, "b"),
        ({"filterType": "numeric", "field": "rowCount", "operator": "GTE", "longNumber": 10, "not": True}, "c7"),
        ({"filterType": "range", "field": "rowCount", "from": 10, "to": 100}, "a"),
        ({"filterType": "range", "field": "rowCount", "from": 11}, "b"),
        ({"filterType": "boolean", "field": "certified", "value": False}, "b"),
        ({"filterType": "missing", "field": "createDate"}, "c"),
        ({"filterType": "missing", "field": "rowCount", "not": True}, "ab"),
    ],
)
def test_each_kind_of_filter_finds_what_matches(filter: dict[str, Any], expected: str) -> None:
    everything = "abc7"

    assert expected == found(filters=[filter])
    assert "".join(name for name in everything if name not in expected) == found(notFilters=[filter])


def test_lists_of_filters_mean_all_any_and_none() -> None:
    by_five = {"filterType": "term", "field": "ownedById", "value": "5"}
    small = {"filterType": "range", "field": "rowCount", "to": 50}
    chart = {"filterType": "term", "field": "databaseId", "value": "7"}

    assert "a" == found(filters=[by_five, small])
    assert "a7" == found(orFilters=[small, chart])
    assert "b" == found(notFilters=[by_five, small])
    assert "c" == found(filters=[by_five], notFilters=[small, chart])
    assert "abc7" == found(filters=[], orFilters=[], notFilters=[])


def test_all_words_must_stand_in_the_name() -> None:
    assert "ab7" == found(query="order*")
    assert "b" == found(query="OLD orders")
    assert "7" == found(query="orders", entityList=[["card"]])
    assert "" == found(query="nothing")


def test_hits_are_sorted_by_fields_and_come_last_without_them() -> None:
    def by(*fields: tuple[str, str]) -> dict[str, Any]:
        return {"fieldSorts": [{"field": field, "sortOrder": order} for field, order in fields], "isRelevance": False}

    assert "7bac" == found(sort=by(("createDate", "ASC")))
    assert "ab7c" == found(sort=by(("createDate", "DESC")))
    assert "cba7" == found(sort=by(("name_sort", "ASC")))
    assert "bac7" == found(sort=by(("owned_by_id", "DESC")))
    assert "b7ac" == found(sort=by(("ownedById", "DESC"), ("createDate", "ASC")))
    assert {**by(("createDate", "ASC")), "isHotness": False} == {
        key: value for key, value in search(sort=by(("createDate", "ASC")))["sort"].items() if value is not None
    }
    assert search(sort={})["sort"] == search(sort={"isRelevance": True})["sort"]
    assert search()["sort"]["isRelevance"]


def test_facets_count_all_that_is_found() -> None:
    def facets(**body: Any) -> Any:
        return search(facetValuesToInclude=["OWNER_ID", "TAGS"], count=1, **body)["facetMap"]

    owners = [{"value": "5", "count": 3}, {"value": "6", "count": 1}]

    assert facets() == {
        "OWNER_ID": {"fieldName": "owned_by_id", "searchFacetEnum": "OWNER_ID", "facetValues": []},
        "TAGS": {"fieldName": "tags", "searchFacetEnum": "TAGS", "facetValues": []},
    }
    assert owners == facets(facetValueLimit=5)["OWNER_ID"]["facetValues"]
    assert [{"value": "raw", "count": 2}, {"value": "daily", "count": 1}] == facets(facetValueLimit=5)["TAGS"][
        "facetValues"
    ]
    assert owners[1:] == facets(facetValueLimit=1, facetValueOffset=1)["OWNER_ID"]["facetValues"]
    assert {} == search()["facetMap"]


def test_pages_are_cut_and_hits_come_by_entity_too() -> None:
    page = search(count=2, offset=2)

    assert 4 == page["totalResultCount"]
    assert ["c", 7] == [hit["databaseId"] for hit in page["searchObjects"]]
    assert {"dataset": page["searchObjects"][:1], "card": page["searchObjects"][1:]} == page["searchResultsMap"]
    assert [] == search(offset=4)["searchObjects"]


def test_hits_come_with_the_fields_that_were_asked_for() -> None:
    hits = search(fieldsToReturn=["name", "owned_by_id"])["searchObjects"]

    assert {"entityType": "dataset", "databaseId": "a", "name": "Orders of today", "ownedById": "5"} == hits[0]
    assert {"entityType": "card", "databaseId": 7, "ownedById": "5"} == hits[3]


@pytest.mark.parametrize(
    "body",
    [
        {"query": 5},
        {"entityList": ["dataset"]},
        {"count": 1, "offset": 10_000},
        {"filters": {"field": "name"}},
        {"filters": ["name"]},
        {"filters": [{"field": "name", "value": "a"}]},
        {"filters": [{"filterType": "likeness", "field": "name"}]},
        {"filters": [{"filterType": "term", "value": "a"}]},
        {"filters": [{"filterType": "term", "field": "name"}]},
        {"filters": [{"filterType": "term", "field": "name", "value": "a", "values": ["a"]}]},
        {"filters": [{"filterType": "term", "field": "name", "values": "a"}]},
        {"filters": [{"filterType": "term", "field": "name", "value": "a", "not": "perhaps"}]},
        {"filters": [{"filterType": "dateBucket", "field": "createDate", "value": "LAST_YEAR"}]},
        {"filters": [{"filterType": "dateRange", "field": "createDate"}]},
        {"filters": [{"filterType": "dateRange", "field": "createDate", "from": "yesterday"}]},
        {"filters": [{"filterType": "numeric", "field": "rowCount", "operator": "NE", "longNumber": 1}]},
        {"filters": [{"filterType": "numeric", "field": "rowCount", "operator": "EQ"}]},
        {"filters": [{"filterType": "numeric", "field": "rowCount", "operator": "EQ", "longNumber": "1"}]},
        {"filters": [{"filterType": "range", "field": "rowCount", "from": "1"}]},
        {"filters": [{"filterType": "boolean", "field": "certified"}]},
        {"sort": [1]},
        {"sort": {"fieldSorts": [{"field": "name"}]}},
        {"sort": {"fieldSorts": [{"field": "name", "sortOrder": "UP"}]}},
        {"facetValuesToInclude": "OWNER_ID"},
        {"facetValueLimit": -1},
        {"fieldsToReturn": [1]},
    ],
)
def test_a_search_without_sense_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(HTTPError) as refused:
        search(**body)

    assert 400 == refused.value.status


def names(answer: dict[str, Any]) -> Iterable[str]:
    return [hit["name"] for hit in answer["searchObjects"]]


async def test_a_search_sees_every_change() -> None:
    async with plain_client(search_limit=1_000) as plain:
        body = {
            "query": "*",
            "entityList": [["dataset"]],
            "sort": {"fieldSorts": [{"field": "name", "sortOrder": "ASC"}]},
        }

        async def see() -> Iterable[str]:
            return names(await plain.call("POST", ROUTE, json=body))

        assert [] == await see()
        first = await plain.create({"a": "LONG"}, name="First")
        assert ["First"] == await see()
        second = await plain.create({"a": "LONG"}, name="Second")
        assert ["First", "Second"] == await see()
        new = {"dataProviderType": "api", "dataSourceName": "Zero"}
        await plain.call("PUT", f"{DATASETS}/{first}/properties", json=new)
        assert ["Second", "Zero"] == await see()
        await plain.upload(second, b"1\n2\n")
        rows = {"filterType": "numeric", "field": "rowCount", "operator": "EQ", "longNumber": 2}
        assert ["Second"] == names(await plain.call("POST", ROUTE, json={**body, "filters": [rows]}))
        await plain.call("DELETE", f"{DATASETS}/{first}")
        assert ["Second"] == await see()


async def test_rows_that_are_indexed_later_are_seen_later() -> None:
    async with plain_client(index_delay=30) as plain:
        time = 0.0
        plain.emulator.now = lambda: time
        dataset = await plain.create({"a": "LONG"})
        await plain.upload(dataset, b"1\n")
        rows = {"filterType": "numeric", "field": "rowCount", "operator": "EQ", "longNumber": 1}
        body = {"query": "*", "entityList": [["dataset"]], "filters": [rows]}

        assert 0 == (await plain.call("POST", ROUTE, json=body))["totalResultCount"]
        time = 31.0
        assert 1 == (await plain.call("POST", ROUTE, json=body))["totalResultCount"]


def test_a_page_holds_at_most_a_hundred_hits() -> None:
    big = SearchIndex([{"entityType": "page", "databaseId": number} for number in range(150)])
    body = {"query": "*", "entityList": [["page"]]}

    assert 100 == len(big.answer({**body, "count": 500}, now=NOW)["searchObjects"])
    assert 10 == len(big.answer(body, now=NOW)["searchObjects"])


class Counted(list[dict[str, Any]]):
    """Documents that count how often they are gone through."""

    times = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        self.times += 1
        return super().__iter__()


def test_further_pages_of_a_search_cost_nothing() -> None:
    documents = Counted({"entityType": "dataset", "databaseId": number, "age": -number} for number in range(1_000))
    index = SearchIndex(documents)
    body = {
        "query": "*",
        "entityList": [["dataset"]],
        "sort": {"fieldSorts": [{"field": "age", "sortOrder": "ASC"}]},
    }
    firsts = [index.answer({**body, "offset": offset}, now=NOW)["searchObjects"][0] for offset in range(0, 1_000, 10)]

    assert list(range(999, 0, -10)) == [hit["databaseId"] for hit in firsts]
    assert 1 == documents.times
    index.answer({**body, "query": "else"}, now=NOW)
    assert 2 == documents.times


@pytest.mark.parametrize(
    ("function", "named"),
    [("search_documents", routes.SEARCHED), ("begin", routes.BEGINNINGS)],
    ids=["search", "begin"],
)
def test_each_area_takes_part_once(function: str, named: tuple[Callable[..., object], ...]) -> None:
    packages = (routes, services, access)
    modules = (
        import_module(f"{package.__name__}.{found.name}")
        for package in packages
        for found in pkgutil.iter_modules(package.__path__)
    )
    defined = {
        each for module in modules if (each := vars(module).get(function)) and each.__module__ == module.__name__
    }

    assert len(named) == len(set(named))
    assert defined == set(named)

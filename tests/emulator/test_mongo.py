"""Filters as of MongoDB, and grouping."""

from __future__ import annotations

from functools import partial
from typing import Any

import duckdb
import pytest

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.rows.patterns import matching
from domo_async._emulator.search.aggregating import aggregated
from domo_async._emulator.search.bounds import wildcard
from domo_async._emulator.search.mongo import matching_documents

ADA: dict[str, Any] = {
    "id": "d-1",
    "owner": "27",
    "createdOn": "2024-05-08T19:39:00.708Z",
    "content": {
        "name": "Ada",
        "age": 36,
        "score": 1.0,
        "paid": True,
        "nothing": None,
        "tags": ["a", "b"],
        "grades": [5, 9],
        "address": {"city": "London", "zip": "N1"},
        "orders": [{"sku": "x", "qty": 1}, {"sku": "y", "qty": 5}],
        "empty": [],
        "due": "2024-06-01",
    },
}


def fits(wanted: object, document: dict[str, Any] = ADA) -> bool:
    with duckdb.connect() as database:
        return bool(matching_documents([document], wanted, partial(matching, database)))


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"owner": "27"},
        {"content.name": "Ada", "content.age": 36},
        {"content.name": {"$eq": "Ada"}},
        {"content.score": 1},
        {"content.paid": True},
        {"content.age": {"$gt": 35, "$lte": 36}},
        {"content.age": {"$gte": 36, "$lt": 36.5}},
        {"content.age": {"$ne": 35}},
        {"content.absent": {"$ne": 1}},
        {"content.absent": None},
        {"content.nothing": None},
        {"content.name": {"$in": ["Bob", "Ada"]}},
        {"content.absent": {"$in": [None]}},
        {"content.name": {"$nin": ["Bob"]}},
        {"content.absent": {"$nin": ["Bob"]}},
        {"content.nothing": {"$exists": True}},
        {"content.absent": {"$exists": False}},
        {"content.name": {"$regex": "^a", "$options": "i"}},
        {"content.tags": {"$regex": "b"}},
        {"content.age": {"$not": {"$gt": 40}}},
        {"content.absent": {"$not": {"$gt": 40}}},
        {"$and": [{"content.age": 36}, {"content.name": "Ada"}]},
        {"$or": [{"content.age": 1}, {"content.name": "Ada"}]},
        {"$nor": [{"content.age": 1}, {"content.name": "Bob"}]},
        {"content.tags": "b"},
        {"content.tags": ["a", "b"]},
        {"content.tags.1": "b"},
        {"content.tags": {"$all": ["b", "a"]}},
        {"content.tags": {"$size": 2}},
        {"content.grades": {"$gt": 8}},
        {"content.grades": {"$lt": 6, "$gt": 8}},
        {"content.grades": {"$elemMatch": {"$gte": 9, "$lt": 10}}},
        {"content.address": {"city": "London", "zip": "N1"}},
        {"content.orders.qty": {"$gt": 4}},
        {"content.orders.0.sku": "x"},
        {"content.orders": {"$elemMatch": {"sku": "y", "qty": {"$gte": 5}}}},
        {"content.empty": []},
        {"createdOn": {"$lte": {"$date": "2024-05-08T19:39:00.708Z"}}},
        {"createdOn": {"$gt": {"$date": "2024-05-08T21:39:00.000+02:00"}}},
        {"createdOn": {"$eq": {"$date": 1715197140708}}},
        {"content.due": {"$gte": {"$date": "2024-06-01T00:00:00Z"}}},
    ],
)
def test_a_document_is_found_as_mongodb_finds_it(wanted: dict[str, Any]):
    assert fits(wanted)


@pytest.mark.parametrize(
    "wanted",
    [
        {"owner": 27},
        {"content.name": "ada"},
        {"content.name": "Ada", "content.age": 35},
        {"content.score": True},
        {"content.paid": 1},
        {"content.age": {"$gt": 35, "$lt": 36}},
        {"content.name": {"$gt": 1}},
        {"content.absent": {"$lt": 1}},
        {"content.age": None},
        {"content.age": {"$ne": 36}},
        {"content.tags": {"$ne": "a"}},
        {"content.name": {"$in": []}},
        {"content.tags": {"$nin": ["a"]}},
        {"content.absent": {"$exists": True}},
        {"content.nothing": {"$exists": False}},
        {"content.name": {"$regex": "^a"}},
        {"content.age": {"$not": {"$gt": 30}}},
        {"$and": [{"content.age": 36}, {"content.name": "Bob"}]},
        {"$nor": [{"content.age": 36}]},
        {"content.tags": ["b", "a"]},
        {"content.tags": {"$all": []}},
        {"content.grades": {"$elemMatch": {"$gt": 5, "$lt": 9}}},
        {"content.address": {"zip": "N1", "city": "London"}},
        {"content.orders": {"$elemMatch": {"sku": "x", "qty": 5}}},
        {"createdOn": {"$lt": {"$date": "2024-05-08T19:39:00.708Z"}}},
        {"content.name": {"$lt": {"$date": "2124-05-08T19:39:00.708Z"}}},
    ],
)
def test_a_document_is_not_found_where_mongodb_does_not_find_it(wanted: dict[str, Any]):
    assert not fits(wanted)


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ([], "object"),
        ({"$where": "1"}, r"\$where"),
        ({"content.place": {"$near": [1, 2]}}, r"\$near"),
        ({"content.place": {"$nearSphere": {}}}, r"\$nearSphere"),
        ({"content.age": {"$not": 5}}, r"\$not"),
        ({"content.age": {"$gt": 5, "other": 1}}, "other"),
        ({"$or": []}, r"\$or"),
        ({"$and": {"a": 1}}, r"\$and needs an array"),
        ({"a": {"$in": 1}}, r"\$in needs an array"),
        ({"a": {"$regex": "("}}, r"\$regex"),
        ({"a": {"$regex": "a", "$options": "q"}}, r"\$options"),
        ({"a": {"$gt": {"$date": "yesterday"}}}, "yesterday"),
        ({"a": {"$eq": {"b": {"$gt": 1}}}}, r"\$gt"),
    ],
)
def test_a_filter_that_cannot_be_meant_is_refused(wanted: object, why: str):
    with pytest.raises(HTTPError, match=why) as caught:
        fits(wanted)

    assert 400 == caught.value.status


def test_a_filter_of_a_thousand_levels_is_refused():
    wanted: dict[str, Any] = {"a": 1}
    for _ in range(1_000):
        wanted = {"$and": [wanted]}

    with pytest.raises(HTTPError, match="too deeply"):
        fits(wanted)


HUGE = "a" * 5_000


@pytest.mark.parametrize(
    "pattern", ["^(a+)+$", "(a*)*b", "(a|aa)+$", "(.*a){12}b", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y|(a?){40}a{40}b"]
)
def test_a_regular_expression_takes_time_that_grows_with_the_text_alone(pattern: str):

    assert not fits({"x": {"$regex": pattern}}, {"x": HUGE + "!"})


@pytest.mark.parametrize("pattern", [r"(a)\1", "(?=a)", "(?<!a)b", "((a{900}){900}){900}", "a" * 5_000])
def test_a_regular_expression_that_needs_more_is_refused(pattern: str):
    with pytest.raises(HTTPError, match=r"\$regex"):
        fits({"x": {"$regex": pattern}})


def test_the_options_of_a_regular_expression_hold():
    document = {"x": "one\nTwo"}

    assert fits({"x": {"$regex": "two", "$options": "i"}}, document)
    assert not fits({"x": {"$regex": "^Two"}}, document)
    assert fits({"x": {"$regex": "^Two", "$options": "m"}}, document)
    assert not fits({"x": {"$regex": "one.Two"}}, document)
    assert fits({"x": {"$regex": "one.Two", "$options": "s"}}, document)
    assert fits({"x": {"$regex": "o n e # the first", "$options": "x"}}, document)
    assert not fits({"x": {"$regex": "[ ]"}}, document)


def test_many_values_to_look_for_cost_as_much_as_one():
    document = {"x": list(range(20_000))}

    assert not fits({"x": {"$in": list(range(20_000, 60_000))}}, document)
    assert fits({"x": {"$all": list(range(0, 20_000, 2))}}, document)


def test_a_filter_with_too_many_parts_is_refused():
    with pytest.raises(HTTPError, match="parts"):
        fits({"$or": [{"a": number} for number in range(60_000)]})
    with pytest.raises(HTTPError, match="path"):
        fits({".".join("a" * 500): 1})


def test_a_filter_ends_when_nobody_waits_for_it():
    def gone() -> None:
        raise HTTPError(503, "gone")

    with duckdb.connect() as database, pytest.raises(HTTPError, match="gone"):
        matching_documents([ADA], {"owner": "27"}, partial(matching, database), gone)


def test_a_wildcard_takes_time_that_grows_with_the_text_alone():
    assert not wildcard("a*" * 200 + "b", "*")(HUGE)

    fitted = [wildcard(pattern, "*")("Sales 2024") for pattern in ("sales 2024", "s*4", "*", "*LES*20*", "s*s*2024")]
    assert [True] * 5 == fitted
    assert not any(wildcard(pattern, "*")("aba") for pattern in ("ab", "ab*ba", "*b", "b*", "a*c*a", ""))


CAMPAIGNS: list[dict[str, Any]] = [
    {"content": {"name": "Red", "month": "January", "clicks": 105, "tags": ["x", "y"]}},
    {"content": {"name": "Red", "month": "January", "clicks": 85, "tags": []}},
    {"content": {"name": "Blue", "month": "January", "clicks": 100, "tags": ["y"]}},
    {"content": {"name": "Blue", "month": "May", "clicks": "many"}},
]


def test_documents_are_grouped_by_several_properties():
    said = {
        "groupby": "content.name, content.month",
        "count": "documentCount",
        "avg": "content.clicks avgClicks",
        "sum": "content.clicks sumClicks",
        "orderby": "sumClicks descending, name ascending",
    }

    assert [
        {"name": "Red", "month": "January", "documentCount": 2, "avgClicks": 95, "sumClicks": 190},
        {"name": "Blue", "month": "January", "documentCount": 1, "avgClicks": 100, "sumClicks": 100},
        {"name": "Blue", "month": "May", "documentCount": 1, "avgClicks": None, "sumClicks": 0},
    ] == aggregated(CAMPAIGNS, said)


def test_a_group_by_one_property_has_it_as_id_too():
    found = aggregated(CAMPAIGNS, {"groupby": "content.name", "max": "content.clicks", "orderby": "_id"})

    assert [("Blue", "Blue", "many"), ("Red", "Red", 105)] == [
        (each["_id"], each["name"], each["clicks"]) for each in found
    ]


def test_arrays_are_unwound():
    found = aggregated(
        CAMPAIGNS, {"unwind": "content.tags", "groupby": "content.tags", "count": "n", "orderby": "n desc"}
    )

    assert [("y", 2), ("x", 1)] == [(each["tags"], each["n"]) for each in found]


def test_documents_can_be_ordered_without_groups():
    found = aggregated(CAMPAIGNS[:3], {"orderby": "content.clicks"})

    assert [85, 100, 105] == [each["content"]["clicks"] for each in found]


@pytest.mark.parametrize("said", [{"sum": "a b c"}, {"orderby": "a sideways"}, {"groupby": "a,,b"}, {"count": ""}])
def test_an_aggregation_that_cannot_be_meant_is_refused(said: dict[str, str]):
    with pytest.raises(HTTPError):
        aggregated(CAMPAIGNS, said)

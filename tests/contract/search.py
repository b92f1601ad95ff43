"""Search: E163."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from domo_async._endpoints.search.filters import (
    Bucket,
    DateBucket,
    DateRange,
    Flag,
    Missing,
    Numeric,
    Operator,
    QueryString,
    Range,
    Term,
    Wildcard,
)
from domo_async._endpoints.search.models import (
    FieldSort,
    QueryProfile,
    SearchAnswer,
    SearchEntity,
    SearchHit,
    Sort,
    SortOrder,
)
from tests.contract.row import Row, Sent, documented, whole

_ROUTE = "/api/search/v1/query"
_FROM = datetime(2024, 12, 17, 17, 56, 56, tzinfo=UTC)
_TO = datetime(2024, 12, 17, 17, 56, 56, 125_000, tzinfo=UTC)


def _hit(number: int, **more: Any) -> dict[str, Any]:
    return {"entityType": "dataset", "databaseId": f"abcd-{number}", "name": f"Orders {number}", **more}


_HITS = [
    _hit(1, createDate=1734458216000, lastModified=1734458216125, description="All orders", uuid="abcd-1"),
    {"entityType": "card", "databaseId": 27, "title": "Sales", "ownedById": 5, "ownedByName": "Ada"},
    {"entityType": "account", "databaseId": 28, "displayName": "Clerk", "createDate": "2024-12-17T17:56:56Z"},
]
_FOUND = {
    "facetMap": {
        "OWNER_ID": {
            "fieldName": "owned_by_id",
            "searchFacetEnum": "OWNER_ID",
            "facetValues": [{"value": "5", "count": 2}],
        }
    },
    "totalResultCount": 3,
    "sort": {"fieldSorts": [{"field": "createDate", "sortOrder": "DESC"}], "isHotness": False, "isRelevance": False},
    "searchObjects": _HITS,
    "searchResultsMap": {"dataset": _HITS[:1], "card": _HITS[1:2], "account": _HITS[2:]},
}


def _page(*hits: dict[str, Any], total: int) -> bytes:
    return whole({"totalResultCount": total, "searchObjects": hits})


def _every(offset: int, **more: Any) -> dict[str, Any]:
    return {
        "count": 2,
        "offset": offset,
        "query": "*",
        "sort": {"fieldSorts": [{"field": "createDate", "sortOrder": "ASC"}], "isRelevance": False},
        "entityList": [["dataset"]],
        **more,
    }


ROWS = [
    Row(
        "E163",
        lambda domo: domo.search.query(
            "*", entities=["card"], limit=10_000, combine_results=False, query_profile=QueryProfile.GLOBAL
        ),
        Sent(
            "POST",
            _ROUTE,
            json={
                "count": 10_000,
                "query": "*",
                "entityList": [["card"]],
                "combineResults": False,
                "queryProfile": "GLOBAL",
            },
            answer=whole({"totalResultCount": 1, "searchResultsMap": {"card": _HITS[1:2]}}),
        ),
        gives=SearchAnswer,
        note="by entity, with weights",
    ),
    Row(
        "E163",
        lambda domo: domo.search.iterate(
            entities=["dataset"], combine_results=True, query_profile="GLOBAL", page_size=2
        ).all(),
        Sent(
            "POST",
            _ROUTE,
            json=_every(0, combineResults=True, queryProfile="GLOBAL"),
            answer=_page(_hit(1), total=1),
        ),
        gives=SearchHit,
        says=lambda answer: answer["searchObjects"],
        note="every hit, with weights",
    ),
    Row(
        "E163",
        lambda domo: domo.search.query(
            "orders",
            entities=["dataflow"],
            limit=20,
            offset=0,
            facet_values_to_include=["OWNER_ID"],
            facet_value_limit=0,
            facet_value_offset=0,
            include_phonetic=True,
        ),
        Sent(
            "POST",
            _ROUTE,
            json={
                "count": 20,
                "offset": 0,
                "query": "orders",
                "facetValuesToInclude": ["OWNER_ID"],
                "facetValueLimit": 0,
                "facetValueOffset": 0,
                "includePhonetic": True,
                "entityList": [["dataflow"]],
            },
            answer=documented("E163"),
        ),
        gives=SearchAnswer,
    ),
    Row(
        "E163",
        lambda domo: domo.search.query(
            "*",
            entities=["account", SearchEntity.ALERT, ["data_app", "app_card"]],
            sort_by=Sort([FieldSort("createDate", SortOrder.DESC), FieldSort("name")]),
            fields_to_return=["databaseId", "name"],
        ),
        Sent(
            "POST",
            _ROUTE,
            json={
                "query": "*",
                "sort": {
                    "fieldSorts": [
                        {"field": "createDate", "sortOrder": "DESC"},
                        {"field": "name", "sortOrder": "ASC"},
                    ],
                    "isRelevance": False,
                },
                "entityList": [["account"], ["alert"], ["data_app", "app_card"]],
                "fieldsToReturn": ["databaseId", "name"],
            },
            answer=whole(_FOUND),
        ),
        gives=SearchAnswer,
        note="with hits",
    ),
    Row(
        "E163",
        lambda domo: domo.search.query("*", entities=["user"], sort_by=Sort(relevance=True)),
        Sent(
            "POST",
            _ROUTE,
            json={"query": "*", "sort": {"isRelevance": True}, "entityList": [["user"]]},
            answer=whole(
                {
                    "totalResultCount": 1,
                    "hideSearchObjects": True,
                    "searchObjects": None,
                    "searchResultsMap": {"user": [_hit(7)]},
                }
            ),
        ),
        gives=lambda found: ["abcd-7"] == [hit.database_id for hit in found.hits],
        note="by relevance, with hits by entity alone",
    ),
    Row(
        "E163",
        lambda domo: domo.search.query(
            "*",
            entities=["dataset"],
            filters=[
                Term("databaseId", "abcd-xyz"),
                Term("status", ["OK", "STALE"], negated=True),
                Wildcard("name", "Ord*"),
                QueryString("description", "orders -old"),
                DateBucket("createDate", Bucket.LAST_QUARTER),
                DateRange("createDate", _FROM, _TO),
                DateRange("createDate", to=_TO, negated=True),
            ],
            or_filters=[
                Numeric("rowCount", Operator.GTE, 10),
                Numeric("score", "LT", 0.5, negated=True),
                Range("rowCount", 1, 2.5),
                Range("rowCount", to=7),
            ],
            not_filters=[Flag("certified", value=True), Missing("ownedById"), Missing("name", negated=True)],
        ),
        Sent(
            "POST",
            _ROUTE,
            json={
                "query": "*",
                "filters": [
                    {"filterType": "term", "field": "databaseId", "value": "abcd-xyz"},
                    {"filterType": "term", "field": "status", "values": ["OK", "STALE"], "not": True},
                    {"filterType": "wildcard", "field": "name", "query": "Ord*"},
                    {"filterType": "queryString", "field": "description", "queryString": "orders -old"},
                    {"filterType": "dateBucket", "field": "createDate", "value": "LAST_QUARTER"},
                    {"filterType": "dateRange", "field": "createDate", "from": 1734458216000, "to": 1734458216125},
                    {"filterType": "dateRange", "field": "createDate", "to": 1734458216125, "not": True},
                ],
                "orFilters": [
                    {"filterType": "numeric", "field": "rowCount", "operator": "GTE", "longNumber": 10},
                    {"filterType": "numeric", "field": "score", "operator": "LT", "floatNumber": 0.5, "not": True},
                    {"filterType": "range", "field": "rowCount", "from": 1, "to": 2.5},
                    {"filterType": "range", "field": "rowCount", "to": 7},
                ],
                "notFilters": [
                    {"filterType": "boolean", "field": "certified", "value": True},
                    {"filterType": "missing", "field": "ownedById"},
                    {"filterType": "missing", "field": "name", "not": True},
                ],
                "entityList": [["dataset"]],
            },
            answer=documented("E163"),
        ),
        gives=SearchAnswer,
        note="with filters",
    ),
    Row(
        "E163",
        lambda domo: domo.search.iterate(entities=["dataset"], page_size=2).all(),
        (
            Sent("POST", _ROUTE, json=_every(0), answer=_page(_hit(1), _hit(2), total=3)),
            Sent("POST", _ROUTE, json=_every(2), answer=_page(_hit(3), total=3)),
        ),
        gives=lambda hits: ["abcd-1", "abcd-2", "abcd-3"] == [hit.database_id for hit in hits],
        note="every hit",
    ),
    Row(
        "E163",
        lambda domo: domo.search.iterate(
            "orders*",
            entities=["dataset", "dataset"],
            page_size=2,
            filters=[Term("name", "a")],
            or_filters=[Term("name", "b")],
            not_filters=[Term("name", "c")],
            include_phonetic=False,
            fields_to_return=["name"],
            split_by="lastModified",
        ).all(),
        Sent(
            "POST",
            _ROUTE,
            json=_every(
                0,
                query="orders*",
                sort={"fieldSorts": [{"field": "lastModified", "sortOrder": "ASC"}], "isRelevance": False},
                filters=[{"filterType": "term", "field": "name", "value": "a"}],
                orFilters=[{"filterType": "term", "field": "name", "value": "b"}],
                notFilters=[{"filterType": "term", "field": "name", "value": "c"}],
                includePhonetic=False,
                fieldsToReturn=["name", "databaseId"],
            ),
            answer=_page(_hit(1), total=1),
        ),
        gives=SearchHit,
        says=lambda answer: answer["searchObjects"],
        note="every hit, narrowed down",
    ),
]

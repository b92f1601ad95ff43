"""Answers to queries that are odd in any way: right cells, or an error of this library."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from aiohttp import web

from domo_async import DecodeError, DomoError, IncompleteAnswer
from domo_async._endpoints.datasets._answer import query_result
from domo_async._endpoints.datasets.result import QueryResult
from tests.support import talking_to

KINDS = {"LONG": 5, "DOUBLE": 1.5, "DECIMAL": 0.25, "DATE": "2024-01-01", "DATETIME": "2024-01-01T00:00:00"}
KINDS |= {"STRING": "t", "GEO": "t"}
ODD_CELLS: list[Any] = [
    *(None, True, False, 0, 2**63, -(2**70), 10**400, 1e300, -0.0, [], [1], {}, {"a": 1}, 1_553_021_342_000),
    *("", ".", "NaN", "inf", "1e999999999", "0.1", "1_000", " 5 ", "٣", "0x10", "],[", "null", "\ufeffx", "\u2028"),
    *("2024-02-30", "0001-01-01", "10000-01-01", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00.123456789", "24:00"),
]
ODD_MEMBERS: list[Any] = [None, [], {}, "x", 5, [None], [[]], [5], [{}], [[None]], {"a": []}, -1, 1e308, True]
ODD_ANSWERS: list[Any] = [None, [], {}, "x", 5, [{}], [{"a": 1}, {"b": 2}], [[1]], [{"a": 10**30}], [{"": 1}]]
WAYS_OUT: list[Callable[[QueryResult], object]] = [
    QueryResult.to_dicts,
    QueryResult.to_arrow,
    QueryResult.to_polars,
    QueryResult.to_pandas,
    QueryResult._repr_html_,
    str,
    list,
]


def odd_answer(chance: random.Random) -> bytes:
    if chance.random() < 0.05:
        return json.dumps(chance.choice(ODD_ANSWERS)).encode()
    kinds = chance.choices(list(KINDS), k=chance.randrange(4))
    rows = [
        [chance.choice(ODD_CELLS) if chance.random() < 0.3 else KINDS[kind] for kind in kinds]
        for _ in range(chance.randrange(5))
    ]
    rows *= chance.choice([1, 1, 1, 800])  # large ones are read in another way
    answer: dict[str, Any] = {
        "columns": chance.choices(["a", "a", "", "A", "b"], k=len(kinds)),
        "metadata": [{"type": kind} for kind in kinds],
        "rows": rows,
        "numRows": len(rows),
        "numColumns": len(kinds),
    }
    if chance.random() < 0.25:
        answer[chance.choice(list(answer))] = chance.choice(ODD_MEMBERS)
    body = json.dumps(answer, separators=(",", ":"), ensure_ascii=chance.random() < 0.5).encode()
    if chance.random() < 0.1:
        place = chance.randrange(len(body))
        return chance.choice([body[:place], body[:place] + bytes([chance.randrange(256)]) + body[place + 1 :]])
    return body


def look_at(seeds: range) -> int:
    """Read odd answers, and return how many were results."""
    results = 0
    for seed in seeds:
        try:
            result = query_result(odd_answer(random.Random(seed)))
        except DomoError:
            continue
        results += 1
        for way_out in WAYS_OUT:
            try:
                way_out(result)
            except DomoError:
                pass
            except Exception as error:
                raise AssertionError(f"seed {seed}, {way_out}") from error
    return results


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::FutureWarning")
def test_only_errors_of_this_library_come_of_odd_answers():
    assert 50 < look_at(range(120))


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::FutureWarning")
def test_only_errors_of_this_library_come_of_very_many_odd_answers():
    assert 4_000 < look_at(range(1_000, 11_000))


@pytest.mark.parametrize(
    ("body", "kind", "says"),
    [
        (b'{"status":400,"message":"Query failed"}', DecodeError, "not a query's result: object.*Query failed"),
        (b'{"columns":["a"],"rows":[["x"]]}', DecodeError, "not a query's result"),
        (b"null", DecodeError, "not a query's result: null"),
        (b"[" * 5_000, DecodeError, "not JSON"),
        (b'{"columns":["a"],"metadata":[{"type":"LONG"}],"rows":[[1]],"numRows":5}', IncompleteAnswer, "5 rows, but 1"),
        (b'{"columns":["a"],"metadata":[{"type":"LONG"}],"rows":[[1],[2,3]]}', DecodeError, "differ in length"),
        (b'{"columns":["a"],"metadata":[],"rows":[[1]]}', DecodeError, "as many columns"),
        (b'{"columns":["a"],"metadata":[{"type":"LONG"}],"rows":[["\xff"]]}', DecodeError, "not JSON"),
        (b'{"columns":["a"],"metadata":[{"type":"DOUBLE"}],"rows":[[NaN]]}', DecodeError, "not JSON"),
        (
            b'{"columns":["a"],"metadata":[{"type":"DATETIME"}],"rows":[["2024-01-01T00:00:00.1234567"]]}',
            DecodeError,
            "1234567' is not a DATETIME",
        ),
        (
            b'{"columns":["a"],"metadata":[{"type":"DECIMAL"}],"rows":[["1E+999999999"]]}',
            DecodeError,
            "is not a DECIMAL",
        ),
        ("not JSON".encode("utf-16"), DecodeError, "not JSON"),
    ],
)
async def test_an_error_says_how_an_answer_is_wrong(body, kind, says):
    async def handler(_: web.BaseRequest) -> web.Response:
        return web.Response(body=body, content_type="application/json")

    async with talking_to(handler) as domo:
        with pytest.raises(kind, match=says):
            await domo.datasets.query("x", "SELECT 1")


def test_digits_of_time_that_say_nothing_are_none_too_many():
    body = b'{"columns":["a"],"metadata":[{"type":"DATETIME"}],"rows":[["2024-01-01T00:00:00.123456000"]]}'

    assert [(datetime(2024, 1, 1, 0, 0, 0, 123456),)] == list(query_result(body))


async def test_a_mark_before_an_answer_is_passed_over_and_great_numbers_keep_their_digits():
    body = '\ufeff{"columns":["a"],"metadata":[{"type":"LONG"}],"rows":[[123456789012345678901234567890]],"more":1e1}'

    async def handler(_: web.BaseRequest) -> web.Response:
        return web.Response(body=body.encode(), content_type="application/json")

    async with talking_to(handler) as domo:
        assert [{"a": 123456789012345678901234567890}] == (await domo.datasets.query("x", "SELECT 1")).to_dicts()
        assert [[123456789012345678901234567890]] == (await domo.request("GET", "/api/x"))["rows"]

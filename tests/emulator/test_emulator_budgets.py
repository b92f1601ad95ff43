"""What requests may cost: whatever they ask for, the instance goes on answering others."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from sqlglot import exp

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.rows.storage import Storage
from domo_async._emulator.sql import functions, translate
from tests.emulator.plain_client import PlainClient, plain_client, until

FORMULAS = "/api/query/v1/functions/template"
ME = "/api/content/v2/users/me"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT " + "CHAR(" * 30 + "1" + ")" * 30 + " FROM table",
        "SELECT " + "(" * 3_000 + "1" + ")" * 3_000 + " FROM table",
        "SELECT " + "DATE_FORMAT(" * 12 + "a" + ", '%D%D%D%D%D')" * 12 + " FROM table",
        "SELECT DATE_FORMAT(a, '" + "%D" * 5_000 + "') FROM table",
        "SELECT " + "CASE " * 12 + "a" + " WHEN 1 THEN 1 WHEN 2 THEN 2 WHEN 3 THEN 3 END" * 12 + " FROM table",
        "SELECT * FROM " + "(SELECT * FROM " * 400 + "table" + ") x" * 400,
        "SELECT " + "NOT " * 5_000 + "1 FROM table",
        "SELECT " + "- " * 3_000 + "1 FROM table",
        "SELECT '" + "x" * (1 << 20) + "' FROM table",
    ],
    ids=lambda sql: sql[:30],
)
def test_sql_that_would_take_for_ever_to_read_is_refused_at_once(sql: str):

    with pytest.raises(HTTPError) as refused:
        translate(sql, "some-id", columns={})
    assert 400 == refused.value.status


async def test_functions_within_functions_cost_no_more_than_they_say(plain: PlainClient):
    dataset = await plain.create({"a": "STRING"})
    await plain.upload(dataset, b"x\n")

    assert [["X"]] == await plain.rows(dataset, f"SELECT {'UPPER(' * 15}a{')' * 15} FROM table")
    assert [["x"]] == await plain.rows(dataset, f"SELECT {'SUBSTRING(' * 10}a{', 1, 2)' * 10} FROM table")
    assert [["yyx"]] == await plain.rows(dataset, "SELECT " + "LPAD(" * 8 + "a" + ", 3, 'y')" * 8 + " FROM table")
    assert [["y"]] == await plain.rows(
        dataset, f"SELECT {'REPLACE(' * 12}a{', chr, chr)' * 11}, 'x', 'y') FROM table".replace("chr", "'q'")
    )
    assert [[100_000]] == await plain.rows(
        dataset, f"SELECT COUNT(*) + 99999 FROM table WHERE 1 IN ({', '.join(map(str, range(20_000)))})"
    )


async def test_a_text_that_is_made_too_long_is_null(plain: PlainClient):
    dataset = await plain.create({"a": "STRING"})
    await plain.upload(dataset, b"x\n")

    sizes = "LENGTH(REPEAT(a, 65535)), LENGTH(SPACE(65535)), LENGTH(LPAD(a, 65535, 'y')), LENGTH(RPAD(a, 65535, 'y'))"
    assert [[65_535] * 4] == await plain.rows(dataset, f"SELECT {sizes} FROM table")
    grown = "REPEAT(a, 2000000000), SPACE(65536), LPAD(a, 65536, 'y'), RPAD(a, 2000000000), REPEAT(REPEAT(a, 60000), 2)"
    assert [[None] * 5] == await plain.rows(dataset, f"SELECT {grown} FROM table")


SLOW = "SELECT COUNT(*) FROM table a, table b, table c, table d WHERE (a.n * 7 + b.n * c.n + d.n) % 1000003 = 1"


async def test_a_query_that_takes_too_long_ends_and_others_are_answered_meanwhile():
    async with plain_client(time_limit=0.4) as plain:
        dataset = await plain.create({"n": "LONG"})
        await plain.upload(dataset, b"".join(b"%d\n" % n for n in range(2_000)))
        slow = [asyncio.create_task(plain.query(dataset, SLOW, status=400)) for _ in range(2)]
        await plain.call("GET", ME)

        assert ["takes longer than 0.4 seconds" in (await each)["message"] for each in slow] == [True, True]
        export = asyncio.create_task(
            plain.call(
                "POST",
                f"/api/query/v1/execute/export/{dataset}",
                json={"sql": SLOW},
                headers={"Accept": "text/csv"},
                status=400,
            )
        )
        assert "takes longer" in (await export)["message"]
        assert [[2_000]] == await plain.rows(dataset, "SELECT COUNT(*) FROM table")


async def test_a_query_ends_when_its_caller_goes():
    async with plain_client() as plain:
        dataset = await plain.create({"n": "LONG"})
        await plain.upload(dataset, b"".join(b"%d\n" % n for n in range(2_000)))
        storage = plain.emulator._open().storage
        assert storage is not None
        query = asyncio.create_task(plain.query(dataset, SLOW))
        await until(lambda: bool(storage._cursors))
        query.cancel()

        async with asyncio.timeout(20):
            await until(lambda: not storage._cursors)


async def test_a_regular_expression_keeps_nobody_else_waiting():
    async with plain_client() as plain:
        collection = (await plain.call("POST", "/api/datastores/v1/s/collections", json={"name": "c"}))["id"]
        path = f"/api/datastores/v1/collections/{collection}/documents"
        await plain.call("POST", f"{path}/", json={"content": {"x": "a" * 40 + "!"}}, status=201)

        assert [] == await plain.call("POST", f"{path}/query", json={"content.x": {"$regex": "^(a+)+$"}})
        wildcard = {"filterType": "wildcard", "field": "name_sort", "query": "a*" * 16 + "b"}
        await plain.create({"n": "LONG"}, name="a" * 120)
        body = {"entityList": [["dataset"]], "query": "*", "count": 10, "offset": 0, "filters": [wildcard]}
        assert 0 == (await plain.call("POST", "/api/search/v1/query", json=body))["totalResultCount"]


async def test_searches_with_too_many_parts_are_refused(plain: PlainClient):
    term = {"filterType": "term", "field": "name_sort", "value": "x"}
    body: dict[str, Any] = {"entityList": [["dataset"]], "query": "*", "filters": [term] * 2_000}
    await plain.call("POST", "/api/search/v1/query", json=body, status=400)
    await plain.call("POST", "/api/search/v1/query", json={**body, "filters": [], "query": "x " * 6_000}, status=400)
    filters = [{"field": "name", "operator": "LIKE", "value": ["%a"] * 6_000}]
    await plain.call("POST", "/api/files/v1/filesets/search", json={"filters": filters}, status=400)


async def test_formulas_that_name_one_another_twice_do_not_grow_without_end():
    async with plain_client() as plain:
        dataset = await plain.create({"n": "LONG"})
        link = {"resource": {"type": "DATA_SOURCE", "id": dataset}, "visible": True}
        expression = "1"
        for number in range(40):
            body = {"name": f"f{number}", "expression": expression, "links": [link]}
            made = (await plain.call("POST", FORMULAS, json=body))["id"]
            expression = f"DOMO_BEAST_MODE({made}) + DOMO_BEAST_MODE({made})"
        body = {"name": "f", "expression": "1 + " * 20_000 + "1", "links": [link]}
        assert "characters" in (await plain.call("POST", FORMULAS, json=body, status=400))["message"]


def classes(root: type[exp.Expr]) -> Iterator[type[exp.Expr]]:
    for each in root.__subclasses__():
        yield each
        yield from classes(each)


def test_every_construct_that_the_parser_knows_and_the_gate_does_not_is_refused():
    everything = {each for each in classes(exp.Expr) if issubclass(each, exp.Expression)}

    assert len(everything) > 500
    assert set(functions._KNOWN) == {each for each in everything if functions.is_known(each(this="UPPER"))}


@pytest.mark.parametrize("known", sorted(functions._KNOWN, key=str), ids=str)
def test_every_part_of_a_construct_that_the_gate_does_not_know_is_refused(known: type[exp.Expr]):
    allowed = {"this", "expression", "expressions", *functions._BESIDE.get(known, ())}
    for part in {*known.arg_types, "from_a_later_version"} - allowed:
        node = known(this="UPPER")
        node.args[part] = "a word"
        assert not functions.is_known(node), part


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT SQL_CALC_FOUND_ROWS a FROM table",
        "SELECT a FROM table LOCK IN SHARE MODE",
        "SELECT a FROM table FOR SHARE SKIP LOCKED",
        "SELECT a FROM table PARTITION (p0)",
        "SELECT a FROM table USE INDEX (x)",
        "SELECT STRAIGHT_JOIN a FROM table",
    ],
)
def test_unknown_parts_of_a_known_construct_are_refused_too(sql: str):
    with pytest.raises(HTTPError):
        translate(sql, "some-id", columns={})


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM read_csv('/etc/hostname')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM '/etc/hostname'",
        "COPY (SELECT 1) TO '/tmp/domo-emulator-copied'",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "ATTACH '/tmp/domo-emulator-attached.db'",
        "EXPORT DATABASE '/tmp/domo-emulator-exported'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "LOAD '/tmp/extension.duckdb_extension'",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "RESET memory_limit",
        "PRAGMA enable_profiling",
        "SELECT * FROM read_blob('/proc/self/environ')",
    ],
)
async def test_statements_that_pass_the_gate_nevertheless_reach_no_further_than_the_rows(statement: str):
    async with plain_client() as plain:
        storage = plain.emulator._open().storage
        assert isinstance(storage, Storage)
        with storage._cursor() as cursor, pytest.raises(duckdb.Error):
            cursor.execute(statement).fetchall()

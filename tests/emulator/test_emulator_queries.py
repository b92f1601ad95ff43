"""SQL over a dataset: what runs, what is refused, and the shape of the answer."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import orjson
import pytest

from domo_async.emulator import Emulator
from tests.emulator.plain_client import DATASETS, PlainClient, connected, plain_client
from tests.support import STRICT

COLUMNS = {"Order Id": "LONG", "we`ird \"na'me": "STRING", "amount": "DOUBLE", "price": "DECIMAL", "at": "DATETIME"}
BODY = b"""1,West,10.5,1.25,2019-03-19T18:49:02
2,East,20,2.50,2019-03-20T08:00:00
3,West,,3,
"""


async def _orders(plain: PlainClient) -> str:
    dataset = await plain.create(COLUMNS)
    await plain.upload(dataset, BODY)
    return dataset


async def test_an_answer_has_domos_columnar_shape(plain: PlainClient) -> None:
    dataset = await _orders(plain)
    answer = await plain.query(dataset, "SELECT `Order Id`, price, `at` FROM table WHERE amount > 15")

    kinds = [column.pop("type") for column in answer["metadata"]]
    assert kinds == ["LONG", "DECIMAL", "DATETIME"]
    assert answer == {
        "datasource": dataset,
        "columns": ["Order Id", "price", "at"],
        "metadata": [{"dataSourceId": dataset, "maxLength": -1, "minLength": -1}] * 3,
        "rows": [[2, 2.5, "2019-03-20T08:00:00"]],
        "numRows": 1,
        "numColumns": 3,
        "fromcache": False,
    }


@pytest.mark.parametrize("table", ["table", "`table`", "dataset", "dataset0", "`{id}`", "TABLE t", "dataset AS t"])
async def test_a_dataset_goes_by_several_names(table: str, plain: PlainClient) -> None:
    dataset = await _orders(plain)

    sql = f"SELECT SUM(`Order Id`) AS total FROM {table.format(id=dataset)}"
    assert await plain.rows(dataset, sql) == [[6]]


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT `we``ird \"na'me` FROM table ORDER BY 1 LIMIT 1", [["East"]]),
        ("SELECT dataset.amount FROM dataset ORDER BY amount LIMIT 2 OFFSET 1", [[10.5], [20.0]]),
        ("SELECT t.`Order Id` FROM table t JOIN table u ON t.`Order Id` = u.`Order Id` + 1", [[2], [3]]),
        ("WITH x AS (SELECT amount AS a FROM table) SELECT SUM(a) FROM x", [[30.5]]),
        ("SELECT 1 AS a FROM table UNION SELECT 1 FROM table", [[1]]),
        ("SELECT COUNT(*) FROM (SELECT * FROM table WHERE price >= 2.5) inner_rows", [[2]]),
        ("SELECT DATE_FORMAT(`at`, '%Y-%m') m, COUNT(*) FROM table GROUP BY m ORDER BY m", [[None, 1], ["2019-03", 2]]),
        ("SELECT DATEDIFF('2019-03-25', `at`) FROM table WHERE `Order Id` = 1", [[6]]),
        ("SELECT IFNULL(amount, 0) FROM table WHERE amount IS NULL", [[0.0]]),
        ("SELECT CURRENT_DATE() > '2020-01-01' FROM table LIMIT 1", [[1]]),
        ("SELECT ADDDATE(`at`, 2) FROM table LIMIT 1", [["2019-03-21T18:49:02"]]),
        ("SELECT SUBDATE(`at`, INTERVAL 1 HOUR) FROM table LIMIT 1", [["2019-03-19T17:49:02"]]),
        ("SELECT DAYOFWEEK(`at`), WEEKDAY(`at`), HOUR(`at`) FROM table LIMIT 1", [[3, 1, 18]]),
        ("SELECT 'from `table` {x} ; -- no' FROM table LIMIT 1", [["from `table` {x} ; -- no"]]),
        ("SELECT price * price FROM table WHERE `Order Id` = 1", [[1.5625]]),
        ("SELECT `Order Id`, `Order Id` FROM table LIMIT 1", [[1, 1]]),
        ("SELECT 1 / 0, 7 DIV 2, 7 / 2 FROM table LIMIT 1;", [[None, 3, 3.5]]),
        ("SELECT SUBSTRING_INDEX('a,b,c', ',', 2) FROM table LIMIT 1", [["a,b"]]),
        ("SELECT SUBSTRING_INDEX('a,b,c', ',', -1) FROM table LIMIT 1", [["c"]]),
    ],
)
async def test_mysql_flavoured_sql_runs(sql: str, rows: list[list[object]], plain: PlainClient) -> None:
    assert await plain.rows(await _orders(plain), sql) == rows


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("SELECT * FROM table", list(COLUMNS)),
        ("SELECT *, amount AS a, amount FROM table", [*COLUMNS, "a", "amount_1"]),
        ("SELECT SUM(amount), COUNT(*), 'x' FROM table", ["SUM(amount)", "COUNT(*)", "x"]),
        ("SELECT amount + 1 FROM table", ["amount + 1"]),
        ("SELECT Amount FROM table", ["Amount"]),
    ],
)
async def test_columns_are_called_what_was_written(sql: str, names: list[str], plain: PlainClient) -> None:
    answer = await plain.query(await _orders(plain), sql)

    assert answer["columns"] == names


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM `/etc/passwd`",
        "SELECT * FROM customers",
        "SELECT * FROM v1",
        "SELECT * FROM domo_source",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM duckdb_tables",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM memory.table",
        "SELECT * FROM table, v1",
        "SELECT (SELECT COUNT(*) FROM v1) FROM table",
        "SELECT * FROM (WITH v1 AS (SELECT 1) SELECT * FROM v1) x, v1",
        "SELECT current_setting('temp_directory') FROM table",
        "SELECT getenv('HOME') FROM table",
        "SELECT load_file('/etc/passwd') FROM table",
        "SELECT @@datadir FROM table",
        "SELECT * FROM table INTO OUTFILE '/tmp/x'",
        "SELECT 1; SELECT 2",
        "ATTACH '/tmp/x.db'",
        "COPY table TO '/tmp/x'",
        "DROP TABLE v1",
        "CREATE TABLE x AS SELECT * FROM table",
        "INSERT INTO table VALUES (1)",
        "DELETE FROM table",
        "SET threads = 1",
        "PRAGMA database_list",
        "INSTALL httpfs",
        "CALL pragma_version()",
        "EXPLAIN SELECT * FROM table",
        "WITH x AS (DELETE FROM table RETURNING *) SELECT * FROM x",
        "SELECT",
        "nonsense",
        "SELECT ((((",
        ";",
    ],
)
async def test_all_but_one_select_of_the_dataset_is_refused(sql: str, plain: PlainClient) -> None:
    dataset = await _orders(plain)
    answer = await plain.query(dataset, sql, status=400)

    assert answer["statusReason"] == "Bad Request"
    assert len(await plain.rows(dataset)) == 3


async def test_an_unknown_column_is_named_as_domo_names_it(plain: PlainClient) -> None:
    answer = await plain.query(await _orders(plain), "SELECT `no such` FROM table", status=400)

    assert answer["message"] == "Invalid column(s) referenced: no such"
    assert answer["errorCode"] == "ib:4100"


async def test_a_value_that_cannot_be_computed_is_a_bad_request(plain: PlainClient) -> None:
    dataset = await plain.create({"s": "STRING"})
    await plain.upload(dataset, b"x\n")

    await plain.query(dataset, "SELECT 9223372036854775807 + LENGTH(s) FROM table", status=400)


async def test_a_dataset_without_data_has_no_rows(plain: PlainClient) -> None:
    dataset = await plain.create(COLUMNS)

    assert await plain.rows(dataset) == []
    assert await plain.export(dataset, header=True) == b'Order Id,"we`ird ""na\'me",amount,price,at\n'


async def test_many_queries_run_side_by_side(plain: PlainClient) -> None:
    dataset = await _orders(plain)
    sqls = [f"SELECT {n} FROM table LIMIT 1" for n in range(40)]

    assert await asyncio.gather(*(plain.rows(dataset, sql) for sql in sqls)) == [[[n]] for n in range(40)]


async def test_an_altered_schema_shows_older_data_by_name(plain: PlainClient) -> None:
    dataset = await plain.create({"a": "LONG", "b": "STRING"})
    await plain.upload(dataset, b"1,2\n3,x\n")
    columns = [{"name": "b", "type": "LONG"}, {"name": "new", "type": "DATE"}, {"name": "a", "type": "STRING"}]
    altered = await plain.call("POST", f"/api/data/v2/datasources/{dataset}/schemas", json={"columns": columns})
    await plain.upload(dataset, b"5,2020-01-01,y\n", action="APPEND")

    assert altered == {"schemaId": 2}
    assert await plain.rows(dataset) == [[2, None, "1"], [None, None, "3"], [5, "2020-01-01", "y"]]
    assert (await plain.metadata(dataset))["columnCount"] == 3


async def test_schemas_are_given_in_both_documented_shapes(plain: PlainClient) -> None:
    dataset = await plain.create({"a": "LONG"})
    hidden = [
        {"name": "a", "id": "a", "type": "LONG", "visible": True, "order": 0},
        {"name": "h", "id": "h", "type": "STRING", "visible": False, "order": 0},
    ]
    await plain.call("POST", f"/api/data/v2/datasources/{dataset}/schemas", json={"columns": hidden})
    indexed = f"/api/query/v1/datasources/{dataset}/schema/indexed"
    latest = await plain.call("GET", f"/api/data/v2/datasources/{dataset}/schemas/latest")

    assert await plain.call("GET", indexed) == {
        "name": "schema",
        "tables": [{"columns": hidden[:1]}],
        "dataSourceId": dataset,
    }
    assert (await plain.call("GET", f"{indexed}?includeHidden=true"))["tables"] == [{"columns": hidden}]
    assert latest["schema"]["columns"][0] == {
        "type": "LONG",
        "name": "a",
        "id": "a",
        "visible": True,
        "metadata": {"colLabel": "a", "colFormat": "", "isEncrypted": False},
    }


async def test_datasets_are_listed_described_renamed_and_deleted() -> None:
    async with plain_client() as plain:
        first, second = await plain.create({"a": "LONG"}), await plain.create({"b": "LONG"})
        new = {"dataProviderType": "domo-jupyterdata", "dataSourceName": "Renamed"}
        await plain.call("PUT", f"{DATASETS}/{second}/properties", json=new)

        page = await plain.call("GET", f"{DATASETS}?limit=1&offset=1")
        assert page["_metaData"]["totalCount"] == 2
        assert [dataset["id"] for dataset in page["dataSources"]] == [second]
        found = await plain.call("GET", f"{DATASETS}?nameLike=rename")
        assert [(each["name"], each["dataProviderType"]) for each in found["dataSources"]] == [
            ("Renamed", "domo-jupyterdata")
        ]
        bulk = await plain.call("POST", f"{DATASETS}/bulk", json=[first, "unknown"])
        assert [dataset["id"] for dataset in bulk["dataSources"]] == [first]
        await plain.call("DELETE", f"{DATASETS}/{first}")
        await plain.call("GET", f"{DATASETS}/{first}", status=404)


async def test_search_finds_datasets_by_the_words_of_their_names() -> None:
    async with plain_client() as plain:
        await plain.create({"a": "LONG"})
        body = {"query": "ord*", "entityList": [["dataset"], ["user"]], "count": 5}
        found = await plain.call("POST", "/api/search/v1/query", json=body)

        assert found["totalResultCount"] == 1
        assert found["searchResultsMap"]["user"] == []
        assert found["searchObjects"] == found["searchResultsMap"]["dataset"]
        none = await plain.call("POST", "/api/search/v1/query", json={**body, "query": "nothing"})
        assert none["totalResultCount"] == 0


@STRICT
@pytest.mark.parametrize(
    "change", [{"count": 9_000, "offset": 1_001}, {"query": None}, {"entityList": []}, {"count": -1}]
)
async def test_a_search_beyond_the_limits_is_refused(change: dict[str, object], emulator: Emulator) -> None:
    body = {"query": "x", "entityList": [["dataset"]], **change}

    async with connected(emulator) as plain:
        await plain.call("POST", "/api/search/v1/query", json=body, status=400)


TYPED = {"s": "STRING", "n": "LONG", "d": "DECIMAL", "x": "DOUBLE", "day": "DATE", "at": "DATETIME"}
MYSQL = [
    line.rpartition(" | ")[::2]
    for line in (Path(__file__).parent / "mysql_expressions.txt").read_text().splitlines()
    if not line.startswith("#")
]


async def test_expressions_are_what_they_are_in_mysql(plain: PlainClient) -> None:
    dataset = await plain.create(TYPED)
    await plain.upload(dataset, b"3abc,7,2.50,2.5,2024-02-29,2024-02-29T10:20:30.5\n")
    found: dict[str, Any] = {}
    for start in range(0, len(MYSQL), 20):
        some = [expression for expression, _ in MYSQL[start : start + 20]]
        # Each is a query of its own, so that an aggregate changes nothing for the others.
        (row,) = await plain.rows(dataset, f"SELECT {', '.join(f'(SELECT {each} FROM table)' for each in some)}")
        found |= dict(zip(some, row, strict=True))

    assert {expression: orjson.loads(expected) for expression, expected in MYSQL} == found


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT n AS x FROM table HAVING x > 1 ORDER BY x", [[2], [3]]),
        ("SELECT n + 1 AS n FROM table HAVING n > 3", [[4]]),
        ("SELECT COUNT(*) AS c FROM table HAVING c > 1", [[3]]),
        ("SELECT n FROM table ORDER BY n LIMIT 18446744073709551615 OFFSET 1", [[2], [3]]),
        ("SELECT n FROM table LIMIT 1, 18446744073709551615", [[2], [3]]),
        ("SELECT n FROM table WHERE n = 1; -- end", [[1]]),
        ("SELECT n FROM table WHERE n = 1; /* end */ ;", [[1]]),
        ("SELECT /*+ MAX_EXECUTION_TIME(1000) */ n FROM table WHERE n = 1", [[1]]),
        ("SELECT SUM(n) OVER w FROM table WINDOW w AS (ORDER BY n) ORDER BY n", [[1], [3], [6]]),
        ("SELECT 1 FROM DUAL", [[1]]),
        ("SELECT g, SUM(n) FROM table GROUP BY g WITH ROLLUP ORDER BY g", [[None, 6], ["a", 3], ["b", 3]]),
        ("SELECT g, SUM(n) FROM table GROUP BY 1 WITH ROLLUP HAVING g IS NULL", [[None, 6]]),
        ("SELECT x.y * 3000000000 FROM (SELECT 1 AS y) x", [[3_000_000_000]]),
        ("SELECT x.y + x.y FROM (SELECT 2000000000 AS y) x", [[4_000_000_000]]),
        ("WITH x AS (SELECT g > 'a' AS later FROM table) SELECT SUM(later) + 1 FROM x", [[2]]),
        ("SELECT n FROM table t WHERE (SELECT MAX(u.n) FROM table u WHERE u.g = t.g) = '3'", [[3]]),
        ("SELECT n FROM table WHERE g COLLATE utf8mb4_bin = 'b'", [[3]]),
        ("SELECT a.n FROM table a JOIN table b ON a.n = b.n AND b.n = '2.0'", [[2]]),
    ],
)
async def test_a_query_is_read_as_mysql_reads_it(sql: str, rows: list[list[Any]], plain: PlainClient) -> None:
    dataset = await plain.create({"n": "LONG", "g": "STRING"})
    await plain.upload(dataset, b"1,a\n2,a\n3,b\n")

    assert rows == await plain.rows(dataset, sql)


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("SELECT n FROM table WHERE", "Cannot parse the SQL: something is missing at line 1, column 25, after WHERE"),
        ("SELECT 'open FROM table", "Cannot parse the SQL: a quote or a comment is not closed"),
        ("SELECT FROM table", "Cannot parse the SQL: a SELECT without columns"),
        ("SELECT n FROM table WHERE day = 'x'", "Incorrect DATE value: 'x'"),
        ("SELECT 9223372036854775807 + n FROM table", "The query failed: Overflow in addition of INT64"),
    ],
)
async def test_a_message_speaks_of_sql(sql: str, says: str, plain: PlainClient) -> None:
    dataset = await plain.create({"n": "LONG", "day": "DATE"})
    await plain.upload(dataset, b"1,2024-01-31\n")

    message = (await plain.query(dataset, sql, status=400))["message"]

    assert message.startswith(says), message

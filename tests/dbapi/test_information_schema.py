"""What is answered without a dataset: constants, and what datasets and columns there are."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from domo_async import dbapi
from tests.dbapi.conftest import NAMES, Instance

SQL_TYPES = ("bigint", "text", "decimal", "double", "date", "datetime")


def test_constants_are_answered_without_a_request(instance: Instance, cursor: dbapi.Cursor) -> None:
    before = instance.requests()

    assert [(1,)] == cursor.execute("SELECT 1").fetchall()
    exact = Decimal("0.1234567890123456789012")
    cursor.execute("SELECT ? AS a, -2.50, 99999999999999999999, 1e3, 'a', NULL, 1 + 1 = 2, TRUE FROM dual", [exact])
    assert [(exact, Decimal("-2.50"), Decimal(99999999999999999999), 1000.0, "a", None, 1, 1)] == cursor.fetchall()
    assert ["a", "-2.50"] == [each[0] for each in cursor.description or ()][:2]
    assert [("ab", "é", "É")] == cursor.execute("SELECT CAST('abc' AS CHAR(2)), LOWER('É'), UPPER('é')").fetchall()
    assert ["LONG", "STRING"] == [
        each[1] for each in cursor.execute("SELECT 1 AS a, CAST('x' AS CHAR(60)) AS b").description or ()
    ]
    version, comment, schema = cursor.execute("SELECT VERSION(), @@version_comment, DATABASE() LIMIT 1").fetchall()[0]
    assert (True, instance.emulator.url, "domo") == (version.startswith("domo-async "), comment, schema)
    assert before == instance.requests()


def test_calculated_columns_are_called_as_they_are_written(cursor: dbapi.Cursor) -> None:
    columns = "database() /* a, b */, 1+1, 'it''s', IFNULL(NULL, 'a'), TABLE_ROWS, COUNT(*) AS n, @@autocommit"

    cursor.execute(
        f"SELECT DISTINCT {columns} FROM information_schema.TABLES WHERE TABLE_NAME = 'Orders' GROUP BY TABLE_ROWS"
    )

    names = ["database()", "1+1", "it's", "IFNULL(NULL, 'a')", "TABLE_ROWS", "n", "@@autocommit"]
    assert names == [each[0] for each in cursor.description or ()]
    assert [("domo", 2, "it's", "a", 4, 1, 1)] == cursor.fetchall()


def test_the_user_is_asked_for(cursor: dbapi.Cursor) -> None:
    assert [("owner@example.com", 1)] == cursor.execute("SELECT CURRENT_USER(), 1").fetchall()


@pytest.mark.parametrize(
    "sql",
    [
        *(
            "SELECT NOW()",
            "SELECT 1 / 2",
            "SELECT @@sql_mode",
            "SELECT @x",
            "SELECT pg_catalog.version()",
            "SELECT SLEEP(9)",
        ),
        "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT * FROM t",
        *("SELECT LOAD_EXTENSION('x')", "SELECT * FROM information_schema.COLUMNS"),
        *("SELECT CAST('2024-01-01' AS DATE)", "SELECT 0.1 + 0.2", "SELECT LENGTH('é')", "SELECT 1 = '1'", "SELECT ~1"),
        *(
            "SELECT 0x41",
            "SELECT 2 IN ('2')",
            "SELECT COUNT(*) FROM information_schema.COLUMNS WHERE TABLE_NAME LIKE 'O_'",
        ),
    ],
)
def test_statements_that_cannot_be_answered_truly_are_refused(cursor: dbapi.Cursor, sql: str) -> None:
    with pytest.raises(dbapi.NotSupportedError, match="in a query that reads no dataset|say whose columns"):
        cursor.execute(sql)


def test_tables_are_datasets_under_names_that_stand_for_one(instance: Instance, cursor: dbapi.Cursor) -> None:
    names = ["Numbers", "Orders", "People of `é` 😀", *instance.twins]

    assert sorted(names) == sorted(name for (name,) in cursor.execute("SHOW TABLES"))
    assert ("Orders", "BASE TABLE") in cursor.execute("SHOW FULL TABLES").fetchall()
    assert [("Orders",)] == cursor.execute("SHOW TABLES LIKE 'Ord%'").fetchall()
    assert [("Numbers",)] == cursor.execute("SHOW TABLES WHERE Tables_in_domo = 'Numbers'").fetchall()
    assert [("domo",), ("information_schema",)] == cursor.execute("SHOW DATABASES").fetchall()
    for (name,) in cursor.execute("SHOW TABLES").fetchall():
        cursor.execute("SELECT * FROM `{}`".format(name.replace("`", "``"))).fetchall()


def test_columns_are_described_by_name_and_by_id(instance: Instance, cursor: dbapi.Cursor) -> None:
    fields = [(name, type_, "YES", "", None, "") for name, type_ in zip(NAMES, SQL_TYPES, strict=True)]

    assert fields == cursor.execute("DESCRIBE Orders").fetchall()
    assert fields == cursor.execute(f"SHOW COLUMNS FROM `{instance.orders}`").fetchall()
    full = cursor.execute("SHOW FULL COLUMNS FROM Orders LIKE 'id'").fetchall()
    assert [("id", "bigint", None, "YES", "", None, "", "select", "")] == full
    assert [] == cursor.execute("SHOW INDEX FROM Orders").fetchall()
    for sql in ("SHOW COLUMNS FROM Nothing", "DESCRIBE Nothing", "SHOW KEYS FROM Nothing"):
        with pytest.raises(dbapi.ProgrammingError, match="is called 'Nothing'"):
            cursor.execute(sql)
    with pytest.raises(dbapi.ProgrammingError, match="2 datasets are called 'Twins'"):
        cursor.execute("DESCRIBE Twins")
    for sql in ("SELECT '\ud800'", "SHOW TABLES LIKE '\ud800'"):
        with pytest.raises(dbapi.ProgrammingError, match="surrogates"):
            cursor.execute(sql)


def test_the_information_schema_is_queried_like_any_other(instance: Instance, cursor: dbapi.Cursor) -> None:
    rows = cursor.execute(
        "SELECT TABLE_NAME, TABLE_ROWS, DATASET_ID FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()"
        " AND TABLE_ROWS > ? ORDER BY TABLE_ROWS DESC",
        [1],
    ).fetchall()
    assert [("Numbers", 150_000, instance.numbers), ("Orders", 4, instance.orders)] == rows
    grouped = cursor.execute(
        "SELECT t.table_name, COUNT(*) AS n FROM information_schema.tables t JOIN information_schema.columns c"
        " ON c.table_name = t.table_name WHERE c.table_name IN ('Orders', 'Numbers') GROUP BY t.table_name ORDER BY n"
    ).fetchall()
    assert [("Numbers", 1), ("Orders", 6)] == grouped
    made = cursor.execute("SELECT CREATE_TIME, ENGINE FROM information_schema.TABLES WHERE TABLE_NAME = 'Orders'")
    assert (["DATETIME", "STRING"], datetime, None) == (
        [each[1] for each in made.description or ()],
        *((type(created), engine) for created, engine in made).__next__(),
    )
    either = "SELECT COUNT(*) FROM information_schema.COLUMNS WHERE TABLE_NAME LIKE 'Orders' OR TABLE_NAME = 'Numbers'"
    assert [(7,)] == cursor.execute(either).fetchall()
    with pytest.raises(dbapi.NotSupportedError, match="say whose columns"):
        cursor.execute(
            "SELECT * FROM information_schema.tables t JOIN information_schema.columns c ON 1 = 1"
            " WHERE t.table_name = 'Orders'"
        )
    with pytest.raises(dbapi.ProgrammingError, match="has no table ENGINES"):
        cursor.execute("SELECT * FROM information_schema.ENGINES")
    with pytest.raises(dbapi.ProgrammingError, match="no such column"):
        cursor.execute("SELECT colour FROM information_schema.SCHEMATA")


def test_only_the_datasets_that_are_asked_for_are_looked_up(instance: Instance, cursor: dbapi.Cursor) -> None:
    before = instance.requests()

    cursor.execute(
        "SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_NAME = 'Orders' AND DATA_TYPE = 'date'"
    )

    assert [("day",)] == cursor.fetchall()
    assert 2 == instance.requests() - before


@pytest.mark.parametrize(
    ("joined", "known"),
    [
        (
            "JOIN {0} c ON t.TABLE_NAME = c.TABLE_NAME AND t.TABLE_SCHEMA = c.TABLE_SCHEMA WHERE t.TABLE_NAME = '{1}'",
            True,
        ),
        ("JOIN {0} c USING (TABLE_SCHEMA, TABLE_NAME) WHERE TABLE_NAME IN ('{1}')", True),
        ("LEFT JOIN {0} c ON (c.TABLE_NAME = t.TABLE_NAME) WHERE (t.TABLE_NAME = '{1}')", True),
        (", {0} c WHERE t.TABLE_NAME = c.TABLE_NAME AND t.TABLE_NAME = '{1}'", True),
        ("JOIN {0} c ON t.TABLE_SCHEMA = c.TABLE_SCHEMA WHERE t.TABLE_NAME = '{1}'", False),
        ("JOIN {0} c ON t.TABLE_NAME = c.TABLE_NAME OR 1 = 1 WHERE t.TABLE_NAME = '{1}'", False),
        ("JOIN {0} c ON t.TABLE_NAME <> c.TABLE_NAME WHERE t.TABLE_NAME = '{1}'", False),
    ],
)
def test_columns_are_joined_with_their_tables_by_name(cursor: dbapi.Cursor, joined: str, known: bool) -> None:
    columns = "SELECT c.COLUMN_NAME FROM information_schema.TABLES t " + joined.format(
        "information_schema.COLUMNS", "People of `é` 😀"
    )

    if known:
        assert [("full name",), ("id",)] == sorted(cursor.execute(columns).fetchall())
    else:
        with pytest.raises(dbapi.NotSupportedError, match="say whose columns"):
            cursor.execute(columns)


# What BI tools and drivers of MySQL ask when they connect, and what they get.
STARTUP = [
    ("SELECT 1", [(1,)]),
    ("SELECT 1 AS one FROM DUAL", [(1,)]),
    ("SELECT 'test plain returns'", [("test plain returns",)]),
    ("SELECT CAST('test' AS CHAR(60)) AS anon_1", [("test",)]),
    ("/* Superset */ SELECT 1", [(1,)]),
    ("SET NAMES utf8mb4", None),
    ("SET autocommit = 0", None),
    ("SELECT DATABASE()", [("domo",)]),
    ("SELECT SCHEMA_NAME FROM INFORMATION_SCHEMA.SCHEMATA WHERE SCHEMA_NAME <> 'information_schema'", [("domo",)]),
    ("SHOW SCHEMAS LIKE 'd%'", [("domo",)]),
    ("SHOW FULL TABLES FROM `domo` WHERE Table_type = 'VIEW'", []),
    ("SELECT TABLE_NAME FROM INFORMATION_SCHEMA.VIEWS WHERE TABLE_SCHEMA = 'domo'", []),
    (
        """SELECT TABLE_SCHEMA, TABLE_NAME, CASE WHEN TABLE_TYPE = 'BASE TABLE' THEN 'TABLE' ELSE TABLE_TYPE END AS kind
        FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA LIKE 'domo' AND TABLE_NAME LIKE 'Order_'""",
        [("domo", "Orders", "TABLE")],
    ),
    ("SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME LIKE 'Order\\_'", []),
    ("SELECT REFERENCED_TABLE_NAME FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE WHERE TABLE_NAME = 'Orders'", []),
    ("SELECT COUNT(*) FROM INFORMATION_SCHEMA.STATISTICS", [(0,)]),
    *((f"SHOW {what}", []) for what in ("WARNINGS", "ERRORS", "TRIGGERS", "EVENTS", "PROCEDURE STATUS")),
    ("SHOW SESSION VARIABLES LIKE 'character_set_r%'", [("character_set_results", "utf8mb4")]),
    ("SHOW VARIABLES LIKE 'sql_mode'", []),
    ("SELECT @@session.transaction_read_only", [(1,)]),
    ("SHOW TABLE STATUS WHERE Name = 'Nothing'", []),
    ("SELECT * FROM (SELECT id FROM `Orders`) AS virtual_table LIMIT 1", [(1,)]),
]


@pytest.mark.parametrize(("sql", "rows"), STARTUP, ids=[sql[:60] for sql, _ in STARTUP])
def test_questions_that_tools_ask_when_they_connect_are_answered(
    cursor: dbapi.Cursor, sql: str, rows: list[tuple[object, ...]] | None
) -> None:
    cursor.execute(sql)

    assert rows == (None if cursor.description is None else cursor.fetchall())

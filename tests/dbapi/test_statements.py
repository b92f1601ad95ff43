"""Which dataset a statement reads, what of it is sent, and what is refused before anything is."""

from __future__ import annotations

import pytest

from domo_async._dbapi.statements import Ignored, Local, Query, Show, parse
from domo_async.dbapi import NotSupportedError, ProgrammingError

QUERIES = [
    ("SELECT * FROM Orders", "SELECT * FROM table", ["Orders"]),
    ("SELECT * FROM table WHERE a = ?;", "SELECT * FROM table WHERE a = ?", ["table"]),
    ("select o.a from `My Orders` o", "select o.a from table o", ["My Orders"]),
    ("SELECT Orders.a FROM Orders", "SELECT Orders.a FROM table AS `Orders`", ["Orders"]),
    ("SELECT `o`.`a` FROM `domo`.`o`", "SELECT `o`.`a` FROM table AS `o`", ["o"]),
    ("SELECT domo.o.a FROM domo.o", "SELECT o.a FROM table AS `o`", ["o"]),
    ("SELECT * FROM `a``b` WHERE c = 'FROM d'", "SELECT * FROM table WHERE c = 'FROM d'", ["a`b"]),
    ("SELECT '😀', a FROM `é😀` -- FROM x", "SELECT '😀', a FROM table", ["é😀"]),
    ("(SELECT a FROM o) UNION (SELECT a FROM o)", "(SELECT a FROM table) UNION (SELECT a FROM table)", ["o"]),
    ("SELECT a FROM o JOIN o AS p USING (a)", "SELECT a FROM table JOIN table AS p USING (a)", ["o"]),
    ("SELECT a FROM (SELECT a FROM o) t LIMIT 5", "SELECT a FROM (SELECT a FROM table) t LIMIT 5", ["o"]),
    ("WITH o AS (SELECT * FROM p) SELECT * FROM o", "WITH o AS (SELECT * FROM table) SELECT * FROM o", ["p"]),
    ("WITH O AS (SELECT * FROM o) SELECT * FROM O", "WITH O AS (SELECT * FROM table) SELECT * FROM O", ["o"]),
    (
        "SELECT * FROM o WHERE EXISTS (SELECT 1 FROM p)",
        "SELECT * FROM table WHERE EXISTS (SELECT 1 FROM table)",
        ["o", "p"],
    ),
    ("SELECT a /* FROM b */ FROM c # d\n", "SELECT a /* FROM b */ FROM table", ["c"]),
    ("SELECT a FROM `dual`", "SELECT a FROM table", ["dual"]),
    ("SELECT a FROM domo.dual", "SELECT a FROM table", ["dual"]),
]


@pytest.mark.parametrize(("sql", "sent", "names"), QUERIES, ids=[sql for sql, _, _ in QUERIES])
def test_only_the_names_of_datasets_are_replaced(sql: str, sent: str, names: list[str]) -> None:
    statement = parse(sql)

    assert isinstance(statement, Query)
    assert (sent, names) == (statement.over_one_dataset(), list(statement.names))


WRITES = [
    *(
        "INSERT INTO o VALUES (1)",
        "UPDATE o SET a = 1",
        "DELETE FROM o",
        "REPLACE INTO o VALUES (1)",
        "TRUNCATE TABLE o",
    ),
    *("CREATE TABLE o (a INT)", "DROP TABLE o", "ALTER TABLE o ADD b INT", "MERGE INTO o USING p ON 1=1 WHEN MATCHED"),
    *("GRANT ALL ON o TO p", "CALL f()", "LOAD DATA INFILE 'x' INTO TABLE o", "LOCK TABLES o READ", "KILL 3"),
    *(
        "/* SELECT */ delete from o",
        "(DROP TABLE o)",
        "SELECT a FROM o FOR UPDATE",
        "WITH t AS (DELETE FROM o) SELECT 1",
    ),
    # What follows a statement about transactions is not lost without a word.
    *("COMMIT; DROP TABLE o", "BEGIN; SELECT a FROM o", "BEGIN DELETE FROM o; END", "START SLAVE", "SAVEPOINT a b"),
]


@pytest.mark.parametrize("sql", WRITES)
def test_statements_that_would_write_are_refused(sql: str) -> None:
    with pytest.raises(NotSupportedError, match="a connection only reads|FOR UPDATE"):
        parse(sql)


@pytest.mark.parametrize(
    "sql",
    [
        *("EXPLAIN SELECT 1", "TABLE o", "VALUES ROW(1)", "SET sql_mode = ''", "SET NAMES latin1"),
        *(
            "SELECT a FROM o FETCH FIRST 1 ROWS ONLY",
            "SET character_set_results = latin1",
            "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        ),
    ],
)
def test_features_that_do_not_exist_here_are_refused(sql: str) -> None:
    with pytest.raises(NotSupportedError, match="is not supported"):
        parse(sql)


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("", "the SQL is empty"),
        (" ; -- nothing", "the SQL is empty"),
        ("SELECT 1; SELECT 2", "exactly one statement, not 2"),
        ("SELECT FROM WHERE", "cannot be read"),
        ("SELECT * FROM o INTO OUTFILE 'x'", "cannot be read at line 1, column 20, near 'INTO'"),
        ("SELECT * FROM mysql.user", "schema 'mysql' does not exist"),
        ("SELECT * FROM def.domo.o", "schema 'def.domo' does not exist"),
        ("SHOW TABLES FROM sys", "schema 'sys' does not exist"),
        ('SELECT "id" FROM "Orders"', '"Orders" is a text in Domo.s SQL: write names in backticks, as in `Orders`'),
        ("SELECT 1 FROM domo.'o' WHERE EXISTS (SELECT 1 FROM `o`)", "'o' is a text"),
        *((f"SELECT a FROM o WHERE a = {mark}", "placeholders are . and :name") for mark in ("%s", "%(a)s", ":1")),
        ("SELECT id FROM ?", "cannot be bound"),
        ("SELECT id FROM :t", "cannot be bound"),
        ("USE sys", "schema 'sys' does not exist"),
        (b"SELECT 1", "pass the SQL as text, not as a bytes"),
    ],
)
def test_the_error_names_the_wrong_part(sql: str, problem: str) -> None:
    with pytest.raises(ProgrammingError, match=problem):
        parse(sql)


def test_statements_that_need_no_dataset_are_told_apart() -> None:
    assert Local("SELECT 1", has_placeholders=False) == parse("SELECT 1")
    assert Local("SELECT ? FROM dual", has_placeholders=True) == parse("SELECT ? FROM dual")
    assert isinstance(parse("SELECT * FROM INFORMATION_SCHEMA.TABLES"), Local)
    assert Show("COLUMNS", "a b") == parse("DESCRIBE `a b`") == parse("SHOW FIELDS FROM `a b`")
    assert Show("TABLES", like="x%", full=True) == parse("SHOW FULL TABLES FROM domo LIKE 'x%'")
    ignored = (
        "BEGIN",
        "START TRANSACTION READ ONLY",
        "commit",
        "ROLLBACK",
        "USE domo",
        "SET NAMES utf8mb4",
        "SET autocommit=1",
        *("SAVEPOINT `a`", "RELEASE SAVEPOINT a", "ROLLBACK /* x */ TO SAVEPOINT a;", "ROLLBACK WORK AND CHAIN"),
        *("SET SESSION TRANSACTION READ ONLY", "SET TRANSACTION ISOLATION LEVEL READ COMMITTED"),
        *("SET character_set_results = NULL", "SET @@character_set_client = utf8mb4"),
    )
    assert {Ignored()} == set(map(parse, ignored))


def test_datasets_and_the_information_schema_are_not_mixed() -> None:
    with pytest.raises(NotSupportedError, match="at the same time"):
        parse("SELECT * FROM o JOIN information_schema.tables t ON t.table_name = o.a")

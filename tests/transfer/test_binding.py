"""Values into SQL: they stay values, whatever they hold."""

from __future__ import annotations

import enum
import re
from contextlib import suppress
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import PurePosixPath
from uuid import UUID

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domo_async import ConfigError
from domo_async._transfer.reading.binding import bind
from domo_async._transfer.reading.sql_text import has_limit, is_ordered, limited, select, tokens

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


class Colour(enum.IntEnum):
    RED = 1


class Shade(enum.Enum):
    DARK = "dark"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "NULL"),
        (True, "1"),
        (False, "0"),
        (7, "7"),
        (-7, "(-7)"),
        (2**70, str(2**70)),
        (Colour.RED, "1"),
        (0.1, "0.1"),
        (-1e300, "(-1e+300)"),
        (Decimal("12345678901234567890.10"), "12345678901234567890.10"),
        (Decimal("1E+3"), "1000"),
        (date(2024, 2, 29), "'2024-02-29'"),
        (datetime(2024, 2, 29, 23, 59, 59), "'2024-02-29 23:59:59'"),
        (datetime(2024, 2, 29, 23, 59, 59, 500000), "'2024-02-29 23:59:59.500000'"),
        ("", "''"),
        ("it's", "'it''s'"),
        ("\\' OR 1=1 -- ", "'\\\\'' OR 1=1 -- '"),
        ('? :a `b` "c" # /*', "'? :a `b` \"c\" # /*'"),
        ([1, "a", 2.5], "(1, 'a', 2.5)"),
        ((date(2024, 1, 1),), "('2024-01-01')"),
        ({3}, "(3)"),
        (np.int64(7), "7"),
        (np.float32(0.1), "0.1"),
        (np.bool_(True), "1"),
        (np.str_("a"), "'a'"),
        (np.datetime64("2024-02-29"), "'2024-02-29'"),
        (np.datetime64(1, "ns"), "'1970-01-01 00:00:00.000000001'"),
        (pd.Timestamp("2024-02-29 01:02:03.123456789"), "'2024-02-29 01:02:03.123456789'"),
        (pd.Timedelta(days=1), "'1 day, 0:00:00'"),
        (UUID(int=1), "'00000000-0000-0000-0000-000000000001'"),
        (time(1, 2), "'01:02:00'"),
        (Shade.DARK, "'dark'"),
        (PurePosixPath("a/b"), "'a/b'"),
        (pd.NaT, "NULL"),
        (pd.NA, "NULL"),
        (np.datetime64("NaT"), "NULL"),
        (float("nan"), "NULL"),
        (Decimal("NaN"), "NULL"),
        (np.array([1, 2]), "(1, 2)"),
        (pd.Series(["a", "b"]), "('a', 'b')"),
    ],
)
def test_values_are_written_as_the_dialect_reads_them(value, written):
    assert f"SELECT {written} FROM table" == bind("SELECT ? FROM table", [value])
    assert f"SELECT {written} FROM table" == bind("SELECT :a FROM table", {"a": value})
    assert f"SELECT {written}.\n, 1.5 FROM table" == bind("SELECT :a.b.c.\n, 1.5 FROM table", {"a.b.c": value})


@pytest.mark.parametrize(
    "value",
    [
        float("inf"),
        np.float32("-inf"),
        Decimal("sNaN"),
        Decimal("1E+999999"),
        10**4000,
        1j,
        datetime(2024, 1, 1, tzinfo=UTC),
        pd.Timestamp("2024-01-01", tz="UTC"),
        "a\0b",
        "\ud800",
        b"bytes",
        {"a": 1},
        object(),
        [],
        (),
        [1, None],
        [1, pd.NaT],
        [float("nan")],
        [[1]],
        [np.array([1])],
    ],
)
def test_values_without_a_form_in_sql_are_refused(value):
    with pytest.raises(ConfigError):
        bind("SELECT * FROM table WHERE a IN ?", [value])


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT '?' FROM table",
        "SELECT ''':a ? '' ' FROM table",
        'SELECT "? :a" FROM table',
        "SELECT `?``:a` FROM table",
        "SELECT 1 -- ? :a\n FROM table",
        "SELECT 1 # it's ? :a\n FROM table",
        "SELECT /* ' ? :a */ 1 FROM table",
        "SELECT '\\\\ ? :a' FROM table",
    ],
)
def test_there_are_no_placeholders_in_texts_names_and_comments(sql):
    assert sql == bind(sql, [])
    assert sql == bind(sql, {})
    assert sql + " WHERE x = 5" == bind(sql + " WHERE x = ?", [5])
    assert sql + " WHERE x = 5" == bind(sql + " WHERE x = :x", {"x": 5})


@pytest.mark.parametrize(
    ("sql", "params", "says"),
    [
        ("SELECT ?", [], "1 placeholders .* 0 values"),
        ("SELECT ?", [1, 2], "1 placeholders .* 2 values"),
        ("SELECT :a", {}, "placeholder :a"),
        ("SELECT :a.id", {"a": 1}, "placeholder :a.id"),
        ("SELECT :a", {"a": 1, "b": 2}, "not use :b"),
        ("SELECT ?", "x", "a str"),
        ("SELECT ?", 5, "a int"),
        ("SELECT 1?", [1], "blanks"),
        ("SELECT ?a", [1], "blanks"),
        ("SELECT 'a'?", [1], "blanks"),
        ("SELECT ':a", {"a": 1}, "never closed"),
        ("SELECT /* ?", [1], "never closed"),
        ("SELECT `a FROM table", [], "never closed"),
        ("SELECT 'a\\' ? '", [1], "backslash"),
        ("SELECT /* /* */ ? */ 1", [1], "comment"),
        ("SELECT 5--?\n", [1], "dashes"),
    ],
)
def test_values_that_do_not_fit_or_that_dialects_read_differently_are_refused(sql, params, says):
    with pytest.raises(ConfigError, match=says):
        bind(sql, params)


def test_without_values_nothing_is_touched():
    assert "SELECT '?', 'a\\' ? :b" == bind("SELECT '?', 'a\\' ? :b", None)


def test_two_colons_are_not_a_placeholder_and_names_may_repeat():
    assert "a::b 1 1" == bind("a::b :b :b", {"b": 1})


@given(TEXTS)
def test_a_text_is_one_text_again_for_mysql_and_for_standard_sql(text):
    literal = bind("?", [text])

    assert text == literal[1:-1].replace("''", "'").replace("\\\\", "\\")
    # Read by either rule, the literal ends where it ends and nowhere before.
    assert re.fullmatch(r"'(?:[^'\\]|\\.|'')*'", literal, re.DOTALL)
    assert re.fullmatch(r"'(?:[^']|'')*'", literal, re.DOTALL)


@given(st.text("'\"`\\?:a-#/* \n", max_size=12))
def test_the_pieces_of_sql_are_all_of_it(sql):
    with suppress(ConfigError):
        assert sql == "".join(token.text for token in tokens(sql))


@pytest.mark.parametrize(
    ("sql", "limit"),
    [
        ("SELECT * FROM table", "SELECT * FROM table LIMIT 0"),
        ("SELECT * FROM table;  ", "SELECT * FROM table LIMIT 0"),
        ("SELECT * FROM table LIMIT 5", "SELECT * FROM table LIMIT 0"),
        ("SELECT * FROM table limit 5, 6 ", "SELECT * FROM table LIMIT 0"),
        ("SELECT 'LIMIT 5' FROM table -- LIMIT 6", "SELECT 'LIMIT 5' FROM table LIMIT 0"),
        ("SELECT `limit` FROM table", "SELECT `limit` FROM table LIMIT 0"),
        ("SELECT * FROM (SELECT 1 LIMIT 5)", "SELECT * FROM (SELECT 1 LIMIT 5) LIMIT 0"),
    ],
)
def test_a_limit_takes_the_place_of_the_query_s_own(sql, limit):
    assert limit == limited(sql, 0)
    assert f"{limit.removesuffix('0')}7 OFFSET 9" == limited(sql, 7, 9)


@pytest.mark.parametrize("sql", ["", ";", "-- no", "SELECT 1; SELECT 2"])
def test_a_text_that_is_not_one_query_gets_no_limit(sql):
    with pytest.raises(ConfigError, match="exactly one"):
        limited(sql, 0)


def test_order_and_limit_are_seen_only_where_they_are_the_query_s_own():
    assert is_ordered("select a from table Order \n by a")
    assert not is_ordered("select 'order by' from (select 1 order by 1) -- order by")
    assert has_limit("select a from table LIMIT 5")
    assert not has_limit("select `limit` from (select 1 limit 1)")


def test_columns_and_a_condition_make_a_query():
    assert "SELECT * FROM table" == select()
    assert "SELECT `a b`, `c``d` FROM table WHERE x > 1" == select(["a b", "c`d"], "x > 1")
    for bad in ([], "abc", [""]):
        with pytest.raises(ConfigError):
            select(bad)

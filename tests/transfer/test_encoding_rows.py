"""Rows of Python values to CSV."""

from __future__ import annotations

import math
from array import array
from collections import OrderedDict
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, Flag, IntEnum, StrEnum
from ipaddress import IPv4Address
from pathlib import PurePosixPath
from typing import Any, NamedTuple, Self
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from domo_async import ConfigError, SourceError
from domo_async._transfer.columns import ColumnSpec, ColumnType
from domo_async._transfer.encoding import CellRules, RowEncoder

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2024, 7, 1, 12, tzinfo=UTC)


class Colour(Enum):
    RED = "red"
    GREEN = 2


class Mixed(str, Enum):  # noqa: UP042 - what older code has
    RED = "red"


class Empty(Flag):
    NOTHING_ELSE = 1


class Broken:
    def __repr__(self) -> str:
        raise ZeroDivisionError


class Unreadable(datetime):
    def __new__(cls, _: str) -> Self:
        return super().__new__(cls, 2024, 1, 1)

    @property
    def tzinfo(self) -> Any:
        raise LookupError("no zone")


class Level(IntEnum):
    LOW = 1


class State(StrEnum):
    ON = "on"


class Point(NamedTuple):
    x: int


class Text(str):
    __slots__ = ()

    def __str__(self) -> str:
        return "another"


def columns(*kinds: str) -> list[ColumnSpec]:
    return [ColumnSpec(f"c{place}", ColumnType(kind)) for place, kind in enumerate(kinds)]


def field(kind: str, value: object, **rules: Any) -> str:
    """Return how a value is written, beside another."""
    encoded = RowEncoder(columns(kind, "LONG"), CellRules(**rules)).encode([[value, 1]]).decode()
    assert encoded.endswith(",1\n")
    return encoded.removesuffix(",1\n")


@pytest.mark.parametrize("kind", [*ColumnType, "BRAND_NEW"])
@pytest.mark.parametrize(
    "value",
    [
        None,
        pd.NA,
        pd.NaT,
        math.nan,
        Decimal("NaN"),
        np.float32("nan"),
        np.datetime64("NaT"),
        np.timedelta64("NaT", "s"),
        np.ma.masked,
    ],
)
def test_missing_values_are_null_in_every_column(kind: str, value: object) -> None:
    assert field(kind, value) == ""


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        ("STRING", "", '""'),
        ("STRING", 'a "quote", a comma\nand a line', '"a ""quote"", a comma\nand a line"'),
        ("STRING", "\ufeffmark", '"\ufeffmark"'),
        ("STRING", "a\0b", '"a\0b"'),
        ("STRING", " NULL ", '" NULL "'),
        ("STRING", Text("own"), '"own"'),
        ("STRING", np.str_("x"), '"x"'),
        ("STRING", 12, '"12"'),
        ("STRING", 10**30, '"1' + "0" * 30 + '"'),
        ("STRING", 1.0, '"1.0"'),
        ("STRING", 1e20, '"1e+20"'),
        ("STRING", Decimal("1E+3"), '"1000"'),
        ("STRING", True, '"true"'),
        ("STRING", np.bool_(False), '"false"'),
        ("STRING", date(2024, 2, 29), '"2024-02-29"'),
        ("STRING", datetime(2024, 2, 29, 1, 2, 3), '"2024-02-29 01:02:03"'),
        ("STRING", time(1, 2, 3), '"01:02:03"'),
        ("STRING", time(1, 2, 3, 4), '"01:02:03.000004"'),
        ("STRING", timedelta(days=1, seconds=5), '"1 day, 0:00:05"'),
        ("STRING", np.timedelta64(1_500, "ms"), '"0:00:01.500000"'),
        ("STRING", pd.Timedelta(1, "ns"), '"0:00:00.000000001"'),
        ("STRING", UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        ("STRING", Colour.RED, '"red"'),
        ("STRING", Colour.GREEN, '"GREEN"'),
        ("STRING", Mixed.RED, '"red"'),
        ("STRING", Empty(0), '"Empty(0)"'),
        ("STRING", PurePosixPath("a/b"), '"a/b"'),
        ("STRING", IPv4Address("10.0.0.1"), '"10.0.0.1"'),
        ("STRING", pd.Period("2024-01"), '"2024-01"'),
        ("STRING", pd.Interval(0, 1), '"(0, 1]"'),
        ("STRING", np.array("x"), '"x"'),
        ("STRING", time(1, 2, 3, tzinfo=UTC), '"01:02:03+00:00"'),
        ("DECIMAL", np.longdouble("0.1"), "0.1"),
        ("STRING", State.ON, '"on"'),
        ("STRING", Level.LOW, '"1"'),
        ("BRAND_NEW", "a", '"a"'),
        ("LONG", -(1 << 63), "-9223372036854775808"),
        ("LONG", np.uint8(7), "7"),
        ("LONG", Level.LOW, "1"),
        ("LONG", True, "1"),
        ("LONG", np.bool_(False), "0"),
        ("LONG", 3.0, "3"),
        ("LONG", -0.0, "0"),
        ("LONG", Decimal("5.00"), "5"),
        ("LONG", "-12", "-12"),
        ("DOUBLE", 0.1, "0.1"),
        ("DOUBLE", np.float64(0.1), "0.1"),
        ("DOUBLE", np.float32(0.1), "0.1"),
        ("DOUBLE", 1e300, "1e+300"),
        ("DOUBLE", 7, "7"),
        ("DOUBLE", Decimal("1.50"), "1.50"),
        ("DOUBLE", Decimal("0.30000000000000004"), "0.30000000000000004"),
        ("DOUBLE", Decimal(2**70), str(2**70)),
        ("DOUBLE", np.longdouble("0.1"), "0.1"),
        ("DOUBLE", "1.5e3", "1.5e3"),
        ("DECIMAL", Decimal("1E+3"), "1000"),
        ("DECIMAL", Decimal("-1E-9"), "-0.000000001"),
        ("DECIMAL", 1e-7, "0.0000001"),
        ("DECIMAL", 10**37, "1" + "0" * 37),
        ("DECIMAL", "0012.50", "0012.50"),
        ("DATE", date(1, 1, 1), "0001-01-01"),
        ("DATE", datetime(2024, 2, 29), "2024-02-29"),
        ("DATE", pd.Timestamp("2024-02-29"), "2024-02-29"),
        ("DATE", np.datetime64("2024-02-29"), "2024-02-29"),
        ("DATE", np.datetime64("2024-02"), "2024-02-01"),
        ("DATE", "2024-02-29", "2024-02-29"),
        ("DATETIME", datetime(9999, 12, 31, 23, 59, 59, 999999), "9999-12-31 23:59:59.999999"),
        ("DATETIME", datetime(2024, 2, 29, fold=1), "2024-02-29 00:00:00"),
        ("DATETIME", date(2024, 2, 29), "2024-02-29 00:00:00"),
        ("DATETIME", pd.Timestamp(1, unit="ns"), "1970-01-01 00:00:00.000000001"),
        ("DATETIME", pd.Timestamp("2024-02-29 01:02"), "2024-02-29 01:02:00"),
        ("DATETIME", np.datetime64(-1, "ns"), "1969-12-31 23:59:59.999999999"),
        ("DATETIME", np.datetime64("2024-02-29T01", "h"), "2024-02-29 01:00:00"),
        ("DATETIME", np.datetime64(6, ("s", 25)), "1970-01-01 00:02:30"),
        ("DATETIME", "2024-02-29T01:02:03.5", "2024-02-29T01:02:03.5"),
    ],
)  # fmt: skip
def test_a_value_is_written_as_its_column_reads_it(kind: str, value: object, written: str) -> None:
    assert written == field(kind, value)


@pytest.mark.parametrize(
    ("kind", "value", "says"),
    [
        ("LONG", 1 << 63, "64 bits"),
        ("LONG", 1.5, "1.5 is not whole.*DOUBLE"),
        ("LONG", 1e300, "64 bits"),
        ("LONG", Decimal("1E+999999"), "64 bits"),
        ("LONG", Decimal("0.5"), "not whole"),
        ("LONG", "", "'' is not a LONG; give None for NULL"),
        ("LONG", "1.0", "'1.0' is not a LONG"),
        ("LONG", " 1", "not a LONG"),
        ("LONG", "1\n", "not a LONG"),
        ("LONG", "٣", "not a LONG"),
        ("LONG", "9223372036854775808", "not a LONG"),
        ("LONG", "0x10", "not a LONG"),
        ("LONG", date(2024, 1, 1), "does not fit a LONG"),
        ("LONG", time(1), "does not fit a LONG"),
        ("LONG", Colour.RED, "'red' is not a LONG"),
        ("DOUBLE", math.inf, "infinite"),
        ("DOUBLE", np.float32("-inf"), "infinite"),
        ("DOUBLE", Decimal("Infinity"), "Infinity"),
        ("DOUBLE", Decimal("1E+400"), "beyond"),
        ("DOUBLE", Decimal(9007199254740993), "more digits than a DOUBLE"),
        ("DOUBLE", Decimal("0.12345678901234567890"), "more digits than a DOUBLE"),
        ("DOUBLE", 10**400, "beyond"),
        ("DOUBLE", "nan", "'nan' is not a DOUBLE"),
        ("DOUBLE", "1e999", "not a DOUBLE"),
        ("DOUBLE", True, "True is a boolean"),
        ("DECIMAL", True, "boolean"),
        ("DECIMAL", Decimal("1E+999999"), "too many digits"),
        ("DECIMAL", Decimal("1E-999999"), "too many digits"),
        ("DECIMAL", Decimal("sNaN"), "signal"),
        ("DECIMAL", "1e5", "not a DECIMAL"),
        ("DECIMAL", 10**4000, "too many digits"),
        ("STRING", math.inf, "infinite"),
        ("STRING", 10**4000, "too many digits"),
        ("STRING", b"bytes", "binary"),
        ("STRING", memoryview(b"bytes"), "binary"),
        ("STRING", "\ud800", "surrogate"),
        ("STRING", [1], 'nested.*nested="json"'),
        ("STRING", {"a": 1}, "nested"),
        ("STRING", np.array([1]), "nested"),
        ("STRING", object(), "object, which does not fit"),
        ("STRING", 1j, "complex"),
        ("DATE", datetime(2024, 1, 1, 1), "time of day"),
        ("DATE", pd.Timestamp(1, unit="ns"), "time of day"),
        ("DATE", "2023-02-29", "not a DATE"),
        ("DATE", "20230101", "not a DATE"),
        ("DATE", 1, "does not fit a DATE"),
        ("DATE", 1.5, "does not fit a DATE"),
        ("DATETIME", Decimal(1), "does not fit a DATETIME"),
        ("DATETIME", NOON, "zone=…"),
        ("STRING", NOON, "zone=…"),
        ("DATETIME", "2024-01-01 25:00:00", "not a DATETIME"),
        ("DATETIME", "2024-01-01T00:00:00Z", "not a DATETIME"),
        ("DATETIME", timedelta(1), "does not fit a DATETIME"),
        ("DATETIME", np.datetime64(20000, "Y"), "out of range"),
        ("DATETIME", np.datetime64(10**15, "h"), "out of range"),
        ("DATETIME", np.datetime64(1, "ps"), "finer than nanoseconds"),
        ("STRING", np.timedelta64(1, "Y"), "out of range"),
        ("STRING", np.timedelta64(5), "out of range"),
        ("DATE", pd.Period("2024-01"), "Period, which does not fit"),
        ("STRING", np.complex128(1j), "complex"),
        ("STRING", Broken(), "a Broken that cannot be shown"),
        ("STRING", Unreadable("x"), "a Unreadable cannot be read"),
        ("DATETIME", Unreadable("x"), "a Unreadable cannot be read"),
        ("LONG", [1], "nested"),
    ],
)  # fmt: skip
def test_values_that_a_column_cannot_hold_are_refused(kind: str, value: object, says: str) -> None:
    with pytest.raises(SourceError, match=f'^row 1, column "c0": .*{says}'):
        field(kind, value)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (NOON, "2024-07-01 14:00:00"),
        (NOON.astimezone(timezone(timedelta(hours=-5))), "2024-07-01 14:00:00"),
        (pd.Timestamp(1, unit="ns", tz="UTC"), "1970-01-01 01:00:00.000000001"),
    ],
)
def test_points_in_time_are_converted_to_the_zone_of_the_rules(value: datetime, written: str) -> None:
    assert written == field("DATETIME", value, zone=BERLIN)
    assert f'"{written}"' == field("STRING", value, zone=BERLIN)


def test_a_day_in_another_zone_is_a_day_only_if_it_begins_there() -> None:
    assert field("DATE", datetime(2024, 6, 30, 22, tzinfo=UTC), zone=BERLIN) == "2024-07-01"
    with pytest.raises(SourceError, match="time of day"):
        field("DATE", datetime(2024, 7, 1, tzinfo=UTC), zone=BERLIN)
    with pytest.raises(SourceError, match="out of range"):
        field("DATETIME", datetime.max.replace(tzinfo=UTC), zone=BERLIN)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ([1, "a,b", None, 1.5], '"[1,""a,b"",null,1.5]"'),
        (("ä",), '"[""ä""]"'),
        ({"at": datetime(2024, 1, 1), "d": Decimal("1.50")}, '"{""at"":""2024-01-01T00:00:00"",""d"":""1.50""}"'),
        (OrderedDict(a=Point(1)), '"{""a"":[1]}"'),
        (np.array([1, 2]), '"[1,2]"'),
        ([np.int64(1), UUID(int=1), Text("own")], '"[1,""00000000-0000-0000-0000-000000000001"",""own""]"'),
        (
            [10**30, -(2**63), 2**64 - 1],
            '"[1000000000000000000000000000000,-9223372036854775808,18446744073709551615]"',
        ),
        ({"n": 10**30, "e": Colour.GREEN}, '"{""n"":1000000000000000000000000000000,""e"":2}"'),
        ([pd.NaT, pd.NA, math.nan, np.datetime64("NaT"), Colour.GREEN], '"[null,null,null,null,2]"'),
        ([pd.Timestamp(1, unit="ns")], '"[""1970-01-01T00:00:00.000000001""]"'),
        ([np.datetime64(1, "ns")], '"[""1970-01-01T00:00:00.000000001""]"'),
        (np.array([0.1, np.nan], dtype="float32"), '"[0.1,null]"'),
        (
            {1: "a", np.int64(2): "b", 2**70: "c", None: "d"},
            '"{""1"":""a"",""2"":""b"",""1180591620717411303424"":""c"",""null"":""d""}"',
        ),
    ],
)
def test_nested_values_become_json_if_the_rules_say_so(value: object, written: str) -> None:
    assert written == field("STRING", value, nested="json")


@pytest.mark.parametrize(
    "value",
    [
        [b"x"],
        ["\ud800"],
        [object()],
        [math.inf],
        [{1}],
        {(1, 2): 1},
        {math.nan: 1},
        {math.inf: 1},
        {"a": np.float32("inf")},
        {1: 2, "1": 3},
        [{None: 1, "null": {}}],
    ],
)
def test_values_that_json_cannot_hold_are_refused(value: object) -> None:
    with pytest.raises(SourceError, match=r"row 1.*JSON"):
        field("STRING", value, nested="json")


def test_values_that_hold_themselves_or_are_too_deep_are_refused() -> None:
    within: list[Any] = []
    within.append(within)
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]

    for value in (within, deep):
        with pytest.raises(SourceError, match=r"row 1.*cannot be written as JSON"):
            field("STRING", value, nested="json")
        with pytest.raises(SourceError, match=r"row 1.*is nested"):
            field("STRING", value)


def test_rows_are_counted_over_all_calls_and_a_refused_call_counts_none() -> None:
    encoder = RowEncoder(columns("LONG", "STRING"), CellRules(), row=10)
    encoder.encode([[1, "a"], [2, "b"]])
    for _ in range(2):
        with pytest.raises(SourceError, match='^row 14, column "c0"'):
            encoder.encode([[1, "a"], ["x", "b"]])
    encoder.encode_mappings([{"c0": 1}])

    with pytest.raises(SourceError, match='^row 15, column "c1".*surrogate'):
        encoder.encode([[1, "a"], [2, "\udc00"]])


def test_rows_go_by_position_or_by_name() -> None:
    encoder = RowEncoder(columns("LONG", "STRING"), CellRules())

    assert encoder.encode([(1, "a"), [2, None], array("i", [3, 4])]) == b'1,"a"\n2,\n3,"4"\n'
    assert encoder.encode_mappings([{"c1": "a", "c0": 1}, {"c1": ""}, {}]) == b'1,"a"\n,""\n,\n'
    assert b"" == encoder.encode([]) == encoder.encode_mappings([])


def test_null_alone_in_a_row_is_an_empty_line() -> None:
    assert RowEncoder(columns("STRING"), CellRules()).encode([[None], [""]]) == b'\n""\n'


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([[1, "a"], [1]], "row 2 has 1 cells for 2 columns"),
        ([[1, "a", 2]], "row 1 has 3 cells"),
        ([[1, "a"], "ab"], "row 2 is a str; give each row as a list of its cells"),
        ([7], "row 1 is a int"),
        ([{1, 2}], "row 1 is a set"),
        ([{"c0": 1, "c1": 2}], "row 1 is a dict"),
    ],
)
def test_a_value_that_is_not_a_row_is_refused(rows: Any, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        RowEncoder(columns("LONG", "STRING"), CellRules()).encode(rows)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([{"c0": 1}, {"c2": 1}], "row 2 has the key 'c2', which is not a column's name"),
        ([{}, [1, 2]], "row 2 is a list; give each row as its cells by name"),
    ],
)
def test_a_value_that_is_not_a_row_by_name_is_refused(rows: Any, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        RowEncoder(columns("LONG", "STRING"), CellRules()).encode_mappings(rows)


def test_wrong_rules_and_no_columns_are_refused() -> None:
    with pytest.raises(ConfigError, match="zone must be a tzinfo"):
        CellRules(zone="UTC")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="nested"):
        CellRules(nested="text")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="at least one column"):
        RowEncoder([], CellRules())

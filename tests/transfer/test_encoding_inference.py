"""Which columns values call for."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from domo_async import ConfigError, SourceError
from domo_async._transfer.columns import ColumnSpec, ColumnType
from domo_async._transfer.encoding import columns_of_arrow, columns_of_rows, columns_of_text


class State(StrEnum):
    ON = "on"


NOON = datetime(2024, 1, 1, 12)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (pa.int8(), "LONG"),
        (pa.uint64(), "LONG"),
        (pa.float16(), "DOUBLE"),
        (pa.float64(), "DOUBLE"),
        (pa.decimal128(10, 2), "DECIMAL"),
        (pa.decimal256(60, 0), "DECIMAL"),
        (pa.bool_(), "STRING"),
        (pa.date32(), "DATE"),
        (pa.date64(), "DATE"),
        (pa.timestamp("ns", "UTC"), "DATETIME"),
        (pa.time64("us"), "STRING"),
        (pa.duration("s"), "STRING"),
        (pa.null(), "STRING"),
        (pa.string_view(), "STRING"),
        (pa.large_string(), "STRING"),
        (pa.list_(pa.int8()), "STRING"),
        (pa.map_(pa.string(), pa.int8()), "STRING"),
        (pa.dictionary(pa.int8(), pa.int64()), "LONG"),
        (pa.run_end_encoded(pa.int32(), pa.date32()), "DATE"),
        (pa.uuid(), "STRING"),
        (pa.bool8(), "STRING"),
    ],
)
def test_each_type_of_arrow_has_its_column(kind: pa.DataType, expected: str) -> None:
    assert (ColumnSpec("a", ColumnType(expected)),) == columns_of_arrow(pa.schema([pa.field("a", kind)]))


def test_binary_has_no_column() -> None:
    with pytest.raises(SourceError, match='column "a" is binary.*base64'):
        columns_of_arrow(pa.schema([pa.field("a", pa.binary())]))


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([1, None, np.int8(2), math.nan], "LONG"),
        ([1, 1 << 63], "DECIMAL"),
        ([1, 1.5], "DOUBLE"),
        ([np.float32(1), None], "DOUBLE"),
        ([Decimal(1), 1], "DECIMAL"),
        ([Decimal(1), 1.5], "DOUBLE"),
        ([2**53 + 1, 1.5], "DECIMAL"),
        ([2**60, 1], "LONG"),
        ([Decimal("0.1234567890123456789"), 1.5], "DECIMAL"),
        ([Decimal("sNaN"), 1], "DOUBLE"),
        ([np.longdouble("0.1")], "DOUBLE"),
        # Not longer than a DOUBLE on every platform.
        (
            [np.longdouble("1e-1") + np.longdouble("1e-19")],
            "DECIMAL" if np.finfo(np.longdouble).nmant > 52 else "DOUBLE",
        ),
        ([10**38, 1], "STRING"),
        ([10**37, Decimal("0.1")], "STRING"),
        ([Decimal("0.12345678901234567890"), 1e30], "STRING"),
        ([Decimal("0.12345678901234567890"), math.inf], "DECIMAL"),
        ([pd.Period("2024-01")], "STRING"),
        ([1, 0.1 + 0.2], "DOUBLE"),
        ([True, False], "STRING"),
        ([True, 1], "STRING"),
        ([np.bool_(True)], "STRING"),
        ([date(2024, 1, 1), None, pd.NaT], "DATE"),
        ([date(2024, 1, 1), NOON], "DATETIME"),
        ([pd.Timestamp(1), math.nan], "DATETIME"),
        ([NOON.replace(tzinfo=UTC)], "DATETIME"),
        ([np.datetime64("2024-01-01")], "DATE"),
        ([np.datetime64("2024-01-01T12"), np.datetime64("NaT")], "DATETIME"),
        ([time(1)], "STRING"),
        (["a", 1], "STRING"),
        ([1, NOON], "STRING"),
        ([State.ON], "STRING"),
        ([[1]], "STRING"),
        ([], "STRING"),
        ([None, pd.NA], "STRING"),
        ([None, math.nan], "DOUBLE"),
    ],
)
def test_rows_call_for_what_holds_all_values_of_a_column(cells: list[Any], expected: str) -> None:
    expectation = (ColumnSpec("a", ColumnType(expected)),)

    assert expectation == columns_of_rows([[cell] for cell in cells], ["a"])
    assert expectation == columns_of_rows([{"a": cell} for cell in cells], ["a"])


def test_rows_by_name_name_their_columns() -> None:
    assert columns_of_rows([{"b": 1}, {"a": "x", "b": None}]) == (
        ColumnSpec("b", ColumnType.LONG),
        ColumnSpec("a", ColumnType.STRING),
    )
    with pytest.raises(ConfigError, match="without column names"):
        columns_of_rows([[1]])
    with pytest.raises(SourceError, match="row 2 has 1 cells for 2 columns"):
        columns_of_rows([[1, 2], [1]], ["a", "b"])


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1", "-20", "0", None, "", "9223372036854775807"], "LONG"),
        (["1", "9223372036854775808"], "DECIMAL"),
        (["1", "9" * 38], "DECIMAL"),
        (["1", "9" * 39], "STRING"),
        (["1234567890123456.78"], "DECIMAL"),
        (["0.1234567890123456789"], "DECIMAL"),
        (["123456789012.345"], "DOUBLE"),
        (["0.000000123456789012345"], "DOUBLE"),
        (["9007199254740993", "2.5"], "DECIMAL"),
        (["1" * 20, "0." + "1" * 18], "DECIMAL"),
        (["1" * 20, "0." + "1" * 19], "STRING"),
        (["1e5", "12e4"], "STRING"),
        (["5E10", "1.5"], "STRING"),
        (["2E-1"], "STRING"),
        (["007", "1.5"], "STRING"),
        (["1_000", "1"], "STRING"),
        (["0.1", "1e-05", "3.3333333333333334e-08"], "DOUBLE"),
        (["1.12345678901234567891", "1e-05"], "STRING"),
        (["1.5e400"], "STRING"),
        (["01234", "1"], "STRING"),
        (["-0"], "STRING"),
        (["+1"], "STRING"),
        ([" 1"], "STRING"),
        (["1\n"], "STRING"),
        (["٣"], "STRING"),
        (["1", "1.50", "-0.5", "1e+05", "1.5E-7"], "DOUBLE"),
        (["01.5"], "STRING"),
        ([".5"], "STRING"),
        (["nan", "1.5"], "STRING"),
        (["1_0"], "STRING"),
        (["2024-02-29", None], "DATE"),
        (["2023-02-29"], "STRING"),
        (["20240229"], "LONG"),
        (["2024-02-29", "2024-02-29 01:02:03", "2024-02-29T01:02:03.5"], "DATETIME"),
        (["2024-02-29 25:02:03"], "STRING"),
        (["2024-02-29T01:02:03Z"], "STRING"),
        (["2024-02-29 01:02"], "STRING"),
        (["1", "a"], "STRING"),
        ([None, ""], "STRING"),
        ([], "STRING"),
    ],
)
def test_fields_of_csv_call_for_the_type_that_all_of_them_look_like(cells: list[str | None], expected: str) -> None:
    assert (ColumnSpec("a", ColumnType(expected)),) == columns_of_text(["a"], [[cell] for cell in cells])


def test_records_that_are_too_short_say_nothing_of_the_rest() -> None:
    columns = columns_of_text(["a", "b"], [["1", "2"], ["3"]])

    assert [ColumnType.LONG, ColumnType.LONG] == [column.type for column in columns]

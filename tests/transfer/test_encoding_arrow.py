"""Batches of Arrow to CSV."""

# ruff: noqa: DTZ901 - Domo's DATETIME has no zone

from __future__ import annotations

import math
import pickle
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any, Literal
from unittest import mock
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from domo_async import ConfigError, SourceError
from domo_async._transfer.columns import ColumnSpec, ColumnType
from domo_async._transfer.encoding import ArrowEncoder, CellRules, RowEncoder, arrow_writer, columns_of_arrow
from tests.transfer.encoding_reader import fields

BERLIN = ZoneInfo("Europe/Berlin")
D = Decimal
MOMENT = datetime(2024, 2, 29, 1, 2, 3, 456789)


def written(kind: str, array: pa.Array[Any], **rules: Any) -> list[str | None]:
    """Return the texts of an array's values, written as a column of a type beside another."""
    batch = pa.RecordBatch.from_arrays([array, pa.array(range(len(array)))], names=["a", "n"])
    columns = [ColumnSpec("a", ColumnType(kind)), ColumnSpec("n", ColumnType.LONG)]
    encoder = ArrowEncoder(batch.schema, columns, CellRules(**rules))
    content = encoder.encode(batch)
    with mock.patch(f"{arrow_writer.__name__}._compiled", None):
        assert content == encoder.encode(batch)
    return [record[0] for record in fields(content)]


def coded(values: list[Any], kind: pa.DataType) -> pa.Array[Any]:
    return pa.array(values, kind).dictionary_encode()


UNITS: Sequence[Literal["s", "ms", "us", "ns"]] = ("s", "ms", "us", "ns")


@pytest.mark.parametrize(
    ("kind", "array", "texts"),
    [
        (
            "STRING",
            pa.array(["", None, 'a "quote",\r\n', "\ufeff", "a\0b"]),
            ["", None, 'a "quote",\r\n', "\ufeff", "a\0b"],
        ),
        ("STRING", pa.array(["", None], pa.large_string()), ["", None]),
        (
            "STRING",
            pa.array(["", None, "long enough not to be inlined"], pa.string_view()),
            ["", None, "long enough not to be inlined"],
        ),
        ("STRING", coded(["a", "", None, "a"], pa.string()), ["a", "", None, "a"]),
        ("STRING", pa.DictionaryArray.from_arrays(pa.array([0, 1, None]), pa.array([None, ""])), [None, "", None]),
        ("STRING", pc.call_function("run_end_encode", [pa.array(["a", "a", None, ""])]), ["a", "a", None, ""]),
        ("STRING", pa.nulls(2), [None, None]),
        ("STRING", pa.array([True, None, False]), ["true", None, "false"]),
        ("STRING", pa.array([7, None], pa.uint8()), ["7", None]),
        (
            "STRING",
            pa.array([1.0, 1e-5, 1e16, 1e15, -0.0, math.nan, None]),
            ["1.0", "1e-05", "1e+16", "1000000000000000.0", "-0.0", None, None],
        ),
        ("STRING", pa.array([0.1, 2.0**24], pa.float32()), ["0.1", "16777216.0"]),
        ("STRING", pa.array([D("1.50"), None]), ["1.50", None]),
        (
            "STRING",
            pa.array([D("0.00000001"), D(0), D(1)], pa.decimal128(20, 10)),
            ["0.0000000100", "0.0000000000", "1.0000000000"],
        ),
        ("STRING", pa.array([D("1E+3")], pa.decimal128(5, -2)), ["1000"]),
        ("STRING", pa.array([date(2024, 2, 29), None]), ["2024-02-29", None]),
        ("STRING", pa.array([date(2024, 2, 29)], pa.date64()), ["2024-02-29"]),
        (
            "STRING",
            pa.array([MOMENT, datetime(2024, 1, 1), None]),
            ["2024-02-29 01:02:03.456789", "2024-01-01 00:00:00", None],
        ),
        (
            "STRING",
            pa.array([1, 1000, 10**9], pa.timestamp("ns")),
            ["1970-01-01 00:00:00.000000001", "1970-01-01 00:00:00.000001", "1970-01-01 00:00:01"],
        ),
        ("STRING", pa.array([time(1, 2, 3), time(1, 2, 3, 4)]), ["01:02:03", "01:02:03.000004"]),
        ("STRING", pa.array([61], pa.time32("s")), ["00:01:01"]),
        ("STRING", pa.array([1, 1000], pa.time64("ns")), ["00:00:00.000000001", "00:00:00.000001"]),
        ("STRING", pa.array([timedelta(days=1, seconds=5), None]), ["1 day, 0:00:05", None]),
        ("STRING", pa.array([-1], pa.duration("ns")), ["-1 day, 23:59:59.999999999"]),
        ("BRAND_NEW", pa.array([1, None]), ["1", None]),
        ("LONG", pa.array([-(2**63), 2**63 - 1, None]), ["-9223372036854775808", "9223372036854775807", None]),
        ("LONG", pa.array([2**63 - 1], pa.uint64()), ["9223372036854775807"]),
        ("LONG", pa.array([1.0, -0.0, math.nan, None, 2.0**62]), ["1", "0", None, None, "4611686018427387904"]),
        ("LONG", pa.array([2.0], pa.float16()), ["2"]),
        ("LONG", pa.array([D("5.00"), None]), ["5", None]),
        ("LONG", pa.array([D(500)], pa.decimal128(5, -2)), ["500"]),
        ("LONG", pa.array([D("5.00")], pa.decimal256(50, 2)), ["5"]),
        ("LONG", pa.array([D("5.00")], pa.decimal32(5, 2)), ["5"]),
        ("DECIMAL", pa.array([D("5.000000000")], pa.decimal64(15, 9)), ["5.000000000"]),
        ("LONG", pa.array([True, None, False]), ["1", None, "0"]),
        ("LONG", pa.array(["-12", None, "007"], pa.string_view()), ["-12", None, "7"]),
        ("LONG", coded([5, None], pa.int16()), ["5", None]),
        ("LONG", pa.nulls(1), [None]),
        ("DOUBLE", pa.array([0.1, 1e20, 5e-324, math.nan, None]), ["0.1", "1e+20", "5e-324", None, None]),
        ("DOUBLE", pa.array([0.1, math.nan], pa.float32()), ["0.1", None]),
        ("DOUBLE", pa.array([0.1, 35396632.0, None], pa.float32()), ["0.1", "35396632", None]),
        ("DOUBLE", pa.array([0.5, math.nan], pa.float16()), ["0.5", None]),
        ("DOUBLE", pa.array([7, None]), ["7", None]),
        ("DOUBLE", pa.array([D("1.50"), None]), ["1.50", None]),
        ("DOUBLE", pa.array(["1.5e3", "+.5", "1.", None]), ["1500", "0.5", "1", None]),
        ("DECIMAL", pa.array([D("1.50"), None]), ["1.50", None]),
        (
            "DECIMAL",
            pa.array([D("0.00000001"), D(0), None], pa.decimal128(20, 10)),
            ["0.0000000100", "0.0000000000", None],
        ),
        ("DECIMAL", pa.array([D("1E+3"), None], pa.decimal128(5, -2)), ["1000", None]),
        ("DECIMAL", pa.array([D(10**50)], pa.decimal256(60, 0)), ["1" + "0" * 50]),
        ("DECIMAL", pa.array([1e-7, 1e20, math.nan, None]), ["0.0000001", "1" + "0" * 20, None, None]),
        ("DECIMAL", pa.array([2**64 - 1], pa.uint64()), ["18446744073709551615"]),
        ("DECIMAL", pa.array(["0012.50", None]), ["0012.50", None]),
        ("DATE", pa.array([date.min, date.max, None]), ["0001-01-01", "9999-12-31", None]),
        ("DATE", pa.array([date(2024, 2, 29), None], pa.date64()), ["2024-02-29", None]),
        *(
            ("DATE", pa.array([datetime(2024, 2, 29), None], pa.timestamp(unit)), ["2024-02-29", None])
            for unit in UNITS
        ),
        ("DATE", pa.array(["2024-02-29", None]), ["2024-02-29", None]),
        ("DATETIME", pa.array([date(2024, 2, 29), None]), ["2024-02-29 00:00:00", None]),
        *(
            ("DATETIME", pa.array([datetime(2024, 2, 29, 1), None], pa.timestamp(unit)), ["2024-02-29 01:00:00", None])
            for unit in UNITS
        ),
        (
            "DATETIME",
            pa.array([datetime.min, datetime.max]),
            ["0001-01-01 00:00:00.000000", "9999-12-31 23:59:59.999999"],
        ),
        ("DATETIME", pa.array([1_500_000_000], pa.timestamp("ns")), ["1970-01-01 00:00:01.500"]),
        (
            "DATETIME",
            pa.array([-1, 10**18 + 1], pa.timestamp("ns")),
            ["1969-12-31 23:59:59.999999999", "2001-09-09 01:46:40.000000001"],
        ),
        (
            "DATETIME",
            pa.array(["2024-02-29", "2024-02-29T01:02", "2024-02-29 01:02:03.123456789", None]),
            ["2024-02-29", "2024-02-29T01:02", "2024-02-29 01:02:03.123456789", None],
        ),
    ],
)
def test_a_value_is_written_as_its_column_reads_it(kind: str, array: pa.Array[Any], texts: list[str | None]) -> None:
    assert texts == written(kind, array)
    assert texts[1:] == written(kind, array.slice(1))
    assert [] == written(kind, array.slice(0, 0))


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(
    ("zone", "there"),
    [
        (BERLIN, "2024-07-01 14:00:00"),
        (UTC, "2024-07-01 12:00:00"),
        (timezone(timedelta(hours=5, minutes=30)), "2024-07-01 17:30:00"),
        (timezone(timedelta(hours=-5)), "2024-07-01 07:00:00"),
    ],
)
def test_points_in_time_are_converted_to_the_zone_of_the_rules(unit: str, zone: tzinfo, there: str) -> None:
    moments = pa.array([datetime(2024, 7, 1, 12, tzinfo=UTC), None], pa.timestamp(unit, "America/New_York"))  # type: ignore[call-overload]

    for kind in ("DATETIME", "STRING"):
        assert [there, None] == written(kind, moments, zone=zone)
        assert [there, there, None] == written(
            kind, pa.concat_arrays([moments[:1], moments]).dictionary_encode(), zone=zone
        )


def test_uuids_and_other_extensions_are_what_they_hold() -> None:
    uuids = pa.array([UUID(int=1).bytes, None], pa.binary(16)).cast(pa.uuid())
    json = pa.array(['{"a": 1}', None]).cast(pa.json_(pa.string()))

    assert [str(UUID(int=1)), None] == written("STRING", uuids)
    assert ['{"a": 1}', None] == written("STRING", json)


def test_nested_values_become_json_if_the_rules_say_so() -> None:
    lists = pa.array([[1, None], [], None])
    structs = pa.array([{"a": "x", "at": MOMENT}, None])

    assert ["[1,null]", "[]", None] == written("STRING", lists, nested="json")
    assert ['{"a":"x","at":"2024-02-29T01:02:03.456789"}', None] == written("STRING", structs, nested="json")


@pytest.mark.parametrize(
    ("kind", "type_", "says"),
    [
        ("STRING", pa.binary(), "binary, .*base64"),
        ("STRING", pa.binary(16), "fixed_size_binary"),
        ("STRING", pa.dictionary(pa.int8(), pa.binary()), "dictionary<values=binary.*only text"),
        ("STRING", pa.list_(pa.int8()), 'list<item: int8>.*nested="json"'),
        ("STRING", pa.struct([("a", pa.int8())]), "nested"),
        ("LONG", pa.list_(pa.int8()), "does not fit the dataset's LONG"),
        ("LONG", pa.date32(), r"date32\[day\], which does not fit the dataset's LONG: cast it, or .* DATE or STRING"),
        ("LONG", pa.duration("s"), "column STRING"),
        ("DOUBLE", pa.bool_(), "bool.*DOUBLE.*column LONG or STRING"),
        ("DECIMAL", pa.timestamp("s"), "DATETIME or STRING"),
        ("DATE", pa.int64(), "int64.*DATE.*LONG or STRING"),
        ("DATETIME", pa.time32("s"), "time32.*DATETIME"),
        ("DATETIME", pa.timestamp("s", "UTC"), r"tz=UTC.*zone=…"),
        ("STRING", pa.dictionary(pa.int8(), pa.timestamp("s", "UTC")), "zone=…"),
    ],
)
def test_columns_that_cannot_fit_by_their_type_are_refused_at_once(kind: str, type_: pa.DataType, says: str) -> None:
    with pytest.raises(SourceError, match=f'^column "a" is .*{says}'):
        ArrowEncoder(pa.schema([pa.field("a", type_)]), [ColumnSpec("a", ColumnType(kind))], CellRules())


NO_UTF8 = pa.Array.from_buffers(
    pa.string(), 2, [None, pa.py_buffer(b"\0\0\0\0\1\0\0\0\3\0\0\0"), pa.py_buffer(b"a\xff\xfe")]
)


@pytest.mark.parametrize(
    ("kind", "array", "says"),
    [
        ("DOUBLE", pa.array([Decimal(2**60), Decimal(2**60 + 1)]), "more digits than a DOUBLE"),
        ("LONG", pa.array([1.0, 1.5]), "1.5 is not whole"),
        ("LONG", pa.array([None, 2.0**63]), "64 bits"),
        ("LONG", pa.array([0, 2**63], pa.uint64()), "64 bits"),
        ("LONG", pa.array([D("1.00"), D("1.50")]), "not whole"),
        ("LONG", pa.array([D(1), D(10**20)]), "64 bits"),
        ("LONG", pa.array(["1", ""]), "'' is not a LONG"),
        ("LONG", pa.array(["1", "0x10"]), "'0x10' is not a LONG"),
        ("LONG", pa.array(["1", "9223372036854775808"]), "not a LONG"),
        ("LONG", pa.array(["1", "1\n"]), "not a LONG"),
        ("STRING", NO_UTF8, "text that is not UTF-8"),
        ("DATE", pa.array([0, 5], pa.int64()).view(pa.date64()), "would lose data"),
        ("DOUBLE", pa.array([math.nan, math.inf]), "infinite"),
        ("DOUBLE", pa.array([None, -math.inf], pa.float16()), "infinite"),
        ("DOUBLE", pa.array(["1", "nan"]), "'nan' is not a DOUBLE"),
        ("DOUBLE", pa.array(["1", "1e999"]), "'1e999' is not a DOUBLE"),
        ("DECIMAL", pa.array(["1", "1e5"]), "'1e5' is not a DECIMAL"),
        ("DECIMAL", pa.array([1.0, math.inf]), "infinite"),
        ("STRING", pa.array([1.0, math.inf]), "infinite"),
        ("DATE", pa.array([0, 10**7], pa.date32()), "years 1 to 9999"),
        ("DATE", pa.array([datetime(2024, 1, 1), MOMENT]), "time of day"),
        ("DATE", pa.array([0, 1], pa.timestamp("ns")), "time of day"),
        ("DATE", pa.array(["2024-02-29", "2023-02-29"]), "'2023-02-29' is not a DATE"),
        ("DATE", pa.array(["2024-02-29", "0000-01-01"]), "not a DATE"),
        ("DATETIME", pa.array([0, 10**15], pa.timestamp("s")), "years 1 to 9999"),
        ("DATETIME", pa.array([0, -(10**18)], pa.timestamp("us")), "years 1 to 9999"),
        ("STRING", pa.array([0, 10**15], pa.timestamp("s")), "years 1 to 9999"),
        ("DATETIME", pa.array(["2024-02-29", "2024-02-29T25:00"]), "not a DATETIME"),
        ("DATETIME", pa.array(["2024-02-29", "2024-02-29T01:00:00Z"]), "not a DATETIME"),
        ("DATETIME", pa.array(["2024-02-29", "0000-01-01 00:00:00"]), "not a DATETIME"),
    ],
)
def test_values_that_a_column_cannot_hold_are_refused_with_their_row(
    kind: str, array: pa.Array[Any], says: str
) -> None:
    batch = pa.RecordBatch.from_arrays([array], names=["a"])
    encoder = ArrowEncoder(batch.schema, [ColumnSpec("a", ColumnType(kind))], CellRules())
    with pytest.raises(SourceError, match=f'^row 2, column "a": .*{says}'):
        encoder.encode(batch)
    with pytest.raises(SourceError, match='^row 12, column "a"'):
        encoder.encode(batch, row=10)


def test_a_zone_that_arrow_does_not_know_is_refused() -> None:
    class Own(tzinfo):
        def utcoffset(self, _: datetime | None, /) -> timedelta | None:
            return None

        def dst(self, _: datetime | None, /) -> timedelta | None:
            return None

        def tzname(self, _: datetime | None, /) -> str | None:
            return None

    for zone in (Own(), timezone(timedelta(seconds=1))):
        with pytest.raises(ConfigError, match="which Arrow does not know"):
            written("DATETIME", pa.array([0], pa.timestamp("s", "UTC")), zone=zone)


@pytest.mark.parametrize("count", [2**63 - 1, -(2**63) + 1])
def test_times_that_run_over_in_another_zone_are_refused(count: int) -> None:
    with pytest.raises(SourceError, match='column "a"'):
        written("DATETIME", pa.array([count], pa.timestamp("ns", "UTC")), zone=BERLIN)


def test_a_schema_of_another_width_is_refused() -> None:
    with pytest.raises(SourceError, match="the frame has 1 columns, the dataset 0"):
        ArrowEncoder(pa.schema({"a": pa.int8()}), [], CellRules())


def large_batch() -> pa.RecordBatch:
    count = 100_001
    arrays: list[pa.Array[Any]] = [
        pa.array(np.arange(count)),
        pa.array([f'a "{n}"\n' if n % 7 else None for n in range(count)]),
        pa.array(np.arange(count) / 8),
    ]
    return pa.RecordBatch.from_arrays(arrays, names=["n", "s", "f"])


def test_a_large_batch_is_written_whole_and_in_order() -> None:
    batch = large_batch()
    columns = columns_of_arrow(batch.schema)
    encoder = ArrowEncoder(batch.schema, columns, CellRules())

    content = encoder.encode(batch)

    assert content == b"".join(encoder.encode(batch.slice(start, 9_999)) for start in range(0, batch.num_rows, 9_999))
    rows = list(zip(*(column.to_pylist() for column in batch.columns), strict=True))
    assert fields(RowEncoder(columns[:2], CellRules()).encode([row[:2] for row in rows])) == [
        record[:2] for record in fields(content)
    ]


def test_the_row_of_a_bad_value_is_right_in_a_large_batch() -> None:
    batch = large_batch()
    columns = [ColumnSpec("n", ColumnType.LONG), ColumnSpec("s", ColumnType.STRING), ColumnSpec("f", ColumnType.LONG)]

    with pytest.raises(SourceError, match=r"^row 2, column \"f\": 0.125 is not whole"):
        ArrowEncoder(batch.schema, columns, CellRules()).encode(batch)
    whole = pa.array([1.0] * 100_000 + [0.5])
    with pytest.raises(SourceError, match=r"^row 100001, column \"f\": 0.5 is not whole"):
        ArrowEncoder(batch.schema, columns, CellRules()).encode(batch.set_column(2, "f", whole))


def test_an_encoder_can_be_sent_to_another_process() -> None:
    batch = large_batch()
    encoder = ArrowEncoder(batch.schema, columns_of_arrow(batch.schema), CellRules(zone=BERLIN))
    content = encoder.encode(batch)

    assert content == pickle.loads(pickle.dumps(encoder)).encode(batch)


def test_without_pyarrow_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    schema = pa.schema({"a": pa.int8()})
    for name in [name for name in sys.modules if name.startswith("domo_async._transfer.encoding.arrow_")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(ConfigError, match=r"domo-async\[arrow\]"):
        ArrowEncoder(schema, [ColumnSpec("a", ColumnType.LONG)], CellRules())

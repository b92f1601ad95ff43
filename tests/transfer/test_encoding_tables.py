"""Any table, written and read again: by an exact reader, and by the embedded instance."""

# ruff: noqa: DTZ901 - Domo's DATETIME has no zone

from __future__ import annotations

import struct
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from domo_async import Domo
from domo_async._transfer.columns import ColumnSpec, ColumnType
from domo_async._transfer.encoding import ArrowEncoder, CellRules, RowEncoder, columns_of_arrow, columns_of_rows
from domo_async._transfer.encoding.pandas import frame_rows
from tests.transfer.encoding_reader import fields, values

BERLIN = ZoneInfo("Europe/Berlin")
# Near the ends of what nanoseconds can count, pandas refuses to convert zones.
NANO = (-(2**63) + 10**14, 2**63 - 10**14)
TEXT = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(
    ["", '"', '""', "\r", "\n", "NULL", ",", "\ufeff"]
)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
FLOATS32 = st.floats(allow_nan=False, allow_infinity=False, width=32).map(np.float32)
LONGS = st.integers(-(2**63), 2**63 - 1)
# Arrow type, values, and the type of the column.
KINDS: list[tuple[pa.DataType, st.SearchStrategy[Any], ColumnType]] = [
    (pa.string(), TEXT, ColumnType.STRING),
    (pa.string_view(), TEXT, ColumnType.STRING),
    (pa.dictionary(pa.int16(), pa.large_string()), TEXT, ColumnType.STRING),
    (pa.int64(), LONGS, ColumnType.LONG),
    (pa.uint16(), st.integers(0, 2**16 - 1), ColumnType.LONG),
    (pa.float64(), FLOATS, ColumnType.DOUBLE),
    (pa.decimal128(38, 10), st.decimals(-(10**27), 10**27, places=10), ColumnType.DECIMAL),
    (pa.decimal128(20, 2), st.decimals(-(10**17), 10**17, places=2), ColumnType.DECIMAL),
    (pa.date32(), st.dates(), ColumnType.DATE),
    (pa.date64(), st.dates(), ColumnType.DATE),
    (pa.timestamp("us"), st.datetimes(), ColumnType.DATETIME),
    (pa.timestamp("s"), st.datetimes().map(lambda moment: moment.replace(microsecond=0)), ColumnType.DATETIME),
    (pa.float64(), LONGS.map(lambda number: float(number >> 12)), ColumnType.LONG),
    (pa.float64(), FLOATS.filter(lambda number: abs(number) < 1e200), ColumnType.DECIMAL),
    (pa.float64(), FLOATS, ColumnType.STRING),
    (pa.float32(), FLOATS32, ColumnType.STRING),
    (pa.float32(), FLOATS32, ColumnType.DOUBLE),
    (pa.float32(), FLOATS32, ColumnType.DECIMAL),
    (pa.bool_(), st.booleans(), ColumnType.LONG),
    (pa.bool_(), st.booleans(), ColumnType.STRING),
    (pa.int64(), LONGS, ColumnType.STRING),
    (pa.decimal128(38, 10), st.decimals(-(10**27), 10**27, places=10), ColumnType.STRING),
    (pa.date32(), st.dates(), ColumnType.STRING),
    (pa.date32(), st.dates(), ColumnType.DATETIME),
    (pa.timestamp("us"), st.datetimes(), ColumnType.STRING),
    (pa.timestamp("ms"), st.dates().map(lambda day: datetime(day.year, day.month, day.day)), ColumnType.DATE),
    (pa.time64("us"), st.times(), ColumnType.STRING),
    (pa.duration("us"), st.timedeltas(timedelta(days=-(10**8)), timedelta(days=10**8)), ColumnType.STRING),
    (pa.string(), LONGS.map(str), ColumnType.LONG),
    (pa.string(), FLOATS.map(repr), ColumnType.DOUBLE),
    (pa.string(), st.dates().map(str), ColumnType.DATE),
    (pa.string(), st.datetimes().map(str), ColumnType.DATETIME),
    (pa.string(), st.decimals(-(10**20), 10**20, places=3).map(str), ColumnType.DECIMAL),
    (pa.list_(pa.string()), st.lists(TEXT, max_size=3), ColumnType.STRING),
    (pa.null(), st.none(), ColumnType.LONG),
]


@st.composite
def tables(draw: st.DrawFn) -> tuple[pa.RecordBatch, list[ColumnSpec], list[tuple[Any, ...]]]:
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=5))
    rows = draw(st.lists(st.tuples(*(st.none() | strategy for _, strategy, _ in kinds)), max_size=6))
    cells: list[list[Any]] = list(map(list, zip(*rows, strict=True))) or [[] for _ in kinds]
    arrays = [pa.array(column, kind) for column, (kind, _, _) in zip(cells, kinds, strict=True)]
    columns = [ColumnSpec(f"c{place}", target) for place, (_, _, target) in enumerate(kinds)]
    return pa.RecordBatch.from_arrays(arrays, names=[column.name for column in columns]), columns, rows


RULES = CellRules(nested="json")


@given(tables())
def test_rows_and_batches_of_the_same_values_are_written_alike(
    table: tuple[pa.RecordBatch, list[ColumnSpec], list[tuple[Any, ...]]],
) -> None:
    batch, columns, rows = table

    names = [column.name for column in columns]

    by_row = RowEncoder(columns, RULES).encode(rows)
    by_name = RowEncoder(columns, RULES).encode_mappings([dict(zip(names, row, strict=True)) for row in rows])
    by_batch = ArrowEncoder(batch.schema, columns, RULES).encode(batch)

    assert by_row == by_name
    assert values(by_row, columns) == values(by_batch, columns)


NATURAL = {
    ColumnType.LONG: LONGS,
    ColumnType.DOUBLE: FLOATS,
    ColumnType.STRING: TEXT,
    ColumnType.DATE: st.dates(),
    ColumnType.DATETIME: st.datetimes(),
    ColumnType.DECIMAL: st.decimals(-(10**20), 10**20, places=9),
}


def bits(rows: list[Any]) -> list[tuple[Any, ...]]:
    """Return rows in which floats are equal only if they are the same to the last bit."""
    return [tuple(struct.pack("d", cell) if isinstance(cell, float) else cell for cell in row) for row in rows]


@given(st.lists(st.tuples(*(st.none() | strategy for strategy in NATURAL.values())), min_size=1))
@example([(0, -0.0, "", date.min, datetime.min, Decimal("1E-9")), (None,) * 6])
def test_tables_are_read_again_as_they_were_written(rows: list[tuple[Any, ...]]) -> None:
    columns = [ColumnSpec(str(kind), kind) for kind in NATURAL]

    read = values(RowEncoder(columns, RULES).encode(rows), columns)

    assert bits(rows) == bits([(*row[:4], row[4] and row[4][0], row[5]) for row in read])  # type: ignore[index]


@given(
    st.lists(st.none() | st.integers(*NANO), min_size=1),
    st.sampled_from(["UTC", "America/Sao_Paulo", "+05:30"]),
    st.sampled_from([ColumnType.DATETIME, ColumnType.STRING]),
)
def test_moments_with_nanoseconds_and_zones_are_the_same_from_anywhere(
    counts: list[int | None], zone: str, kind: ColumnType
) -> None:
    array = pa.array(counts, pa.timestamp("ns", zone))
    columns = [ColumnSpec("a", kind), ColumnSpec("b", kind)]
    batch = pa.RecordBatch.from_arrays([array, array.cast(pa.timestamp("ns"))], names=["a", "b"])
    rows = [
        (None, None) if count is None else (pd.Timestamp(count, unit="ns", tz=zone), pd.Timestamp(count, unit="ns"))
        for count in counts
    ]

    written = ArrowEncoder(batch.schema, columns, CellRules(zone=BERLIN)).encode(batch)

    assert values(RowEncoder(columns, CellRules(zone=BERLIN)).encode(rows), columns) == values(written, columns)


@given(
    st.lists(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)), min_size=1),
    st.sampled_from(["Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns", "Africa/Casablanca", "Asia/Kolkata"]),
    st.sampled_from(["s", "us"]),
)
@example(
    [datetime(2037, 7, 1), datetime(2038, 7, 1), datetime(2100, 3, 28, 1), datetime(1850, 1, 1)], "Europe/Berlin", "us"
)
def test_clocks_of_any_zone_and_time_are_those_that_python_knows(moments: list[datetime], zone: str, unit: str) -> None:
    aware = [moment.replace(tzinfo=UTC, microsecond=0) for moment in moments]
    batch = pa.record_batch({"a": pa.array(aware, pa.timestamp(unit, "UTC"))})  # type: ignore[call-overload]
    columns = [ColumnSpec("a", ColumnType.DATETIME)]

    written = ArrowEncoder(batch.schema, columns, CellRules(zone=ZoneInfo(zone))).encode(batch)

    assert [((moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None), 0),) for moment in aware] == values(
        written, columns
    )


def frame_of(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    kinds = {"n": "Int64", "f": "Float64", "s": "object", "b": "boolean"}
    cells = zip(kinds.items(), zip(*rows, strict=True), strict=True)
    return pd.DataFrame({name: pd.array(column, dtype=kind) for (name, kind), column in cells})  # type: ignore[call-overload]


@given(
    st.lists(
        st.tuples(*(st.none() | strategy for strategy in (LONGS, FLOATS, TEXT, st.booleans()))), min_size=1, max_size=20
    )
)
def test_a_frame_is_the_same_with_and_without_arrow(rows: list[tuple[Any, ...]]) -> None:
    frame = frame_of(rows)
    batch = pa.RecordBatch.from_pandas(frame, preserve_index=False)
    columns = [
        ColumnSpec(column.name, kind)
        for column, kind in zip(
            columns_of_arrow(batch.schema),
            (ColumnType.LONG, ColumnType.DOUBLE, ColumnType.STRING, ColumnType.STRING),
            strict=True,
        )
    ]

    encoder = RowEncoder(columns, CellRules())
    written = b"".join(encoder.encode(chunk) for chunk in frame_rows(frame, rows=7))

    assert values(ArrowEncoder(batch.schema, columns, CellRules()).encode(batch), columns) == values(written, columns)


async def test_the_instance_holds_what_was_written(domo: Domo) -> None:
    columns = [ColumnSpec(f"{kind}", kind) for kind in NATURAL]
    dataset = await domo.datasets.create("Test", {column.name: column.type for column in columns})
    found: list[list[tuple[Any, ...]]] = []

    async def stored(content: bytes) -> list[tuple[Any, ...]]:
        await domo.datasets.upload(dataset.id, content, header=False)
        return list(await domo.datasets.query(dataset.id, "SELECT * FROM table"))

    @given(st.lists(st.tuples(*(st.none() | strategy for strategy in NATURAL.values())), min_size=1))
    def collect(rows: list[tuple[Any, ...]]) -> None:
        found.append(rows)

    collect()
    rows = [row for rows in found for row in rows]
    rows.append((2**63 - 1, -0.0, "\ufeff", date.max, datetime.max, Decimal("1E-9")))
    rows.append((None, 5e-324, "", date.min, datetime.min, None))
    batch = pa.record_batch(
        {column.name: pa.array(cells) for column, cells in zip(columns, zip(*rows, strict=True), strict=True)}
    )

    assert bits(rows) == bits(await stored(RowEncoder(columns, RULES).encode(rows)))
    assert bits(rows) == bits(await stored(ArrowEncoder(batch.schema, columns, RULES).encode(batch)))


async def test_null_and_the_empty_string_of_a_single_column_are_told_apart(domo: Domo) -> None:
    columns = [ColumnSpec("s", ColumnType.STRING)]
    dataset = await domo.datasets.create("Test", {"s": "STRING"})

    await domo.datasets.upload(
        dataset.id, RowEncoder(columns, RULES).encode([["a"], [None], [""], [None]]), header=False
    )

    assert [("a",), (None,), ("",), (None,)] == list(await domo.datasets.query(dataset.id, "SELECT * FROM table"))


def test_a_frame_of_polars_is_written_by_its_schema() -> None:
    frame = pl.DataFrame(
        {
            "s": pl.Series(["a", "", None]),
            "c": pl.Series(["x", None, ""], dtype=pl.Categorical),
            "e": pl.Series(["x", None, "y"], dtype=pl.Enum(["x", "y"])),
            "d": pl.Series([Decimal("1.50"), None, Decimal("0.00")]),
            "at": pl.Series([datetime(2024, 1, 1), None, datetime(2024, 1, 1, 1)]),
            "t": pl.Series([datetime(2024, 1, 1).time(), None, None]),
        }
    )
    reader = pa.RecordBatchReader.from_stream(frame)
    columns = columns_of_arrow(reader.schema)
    encoder = ArrowEncoder(reader.schema, columns, CellRules())

    written = b"".join(encoder.encode(batch) for batch in reader)

    assert ["STRING", "STRING", "STRING", "DECIMAL", "DATETIME", "STRING"] == [column.type for column in columns]
    assert fields(written) == [
        ["a", "x", "x", "1.50", "2024-01-01 00:00:00", "00:00:00"],
        ["", None, None, None, None, None],
        [None, "", "y", "0.00", "2024-01-01 01:00:00", None],
    ]


def test_columns_that_were_inferred_take_the_rows() -> None:
    rows = [(1, 1.5, "a", None, date(2024, 1, 1)), (None, 2, "", None, datetime(2024, 1, 1, 1))]
    columns = columns_of_rows(rows, list("abcde"))

    assert values(RowEncoder(columns, RULES).encode(rows), columns)[0][:4] == (1, 1.5, "a", None)

"""Frames as sources: nothing of them is bent on the way, or it is refused with its row and column."""

from __future__ import annotations

import asyncio
import gc
import math
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import parquet

from domo_async import Domo, DomoError, SourceError
from domo_async._transfer.sources.arrow_files import exact_times
from domo_async.emulator import Fault

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2024, 1, 1, 12)
DAY = date(2024, 1, 1)


class Frame(pd.DataFrame):
    @property
    def _constructor(self) -> type[Frame]:
        return Frame


async def made(
    domo: Domo, source: Any, columns: dict[str, str] | None = None, **options: Any
) -> tuple[dict[str, str], list[tuple[Any, ...]]]:
    """Return the columns and rows of a dataset that is created from a source."""
    created = await domo.datasets.create_from(source, "Test", columns=columns, **options)
    rows = await domo.datasets.query(created.id, "SELECT * FROM table")
    return dict(created.columns), list(rows)


def objects(*values: object) -> pd.DataFrame:
    return pd.DataFrame({"v": pd.Series(values, dtype=object)})


OBJECTS: list[tuple[list[Any], str, list[Any]]] = [
        ([1, "a"], "STRING", ["1", "a"]),
        (["a", 1.5, None, np.nan], "STRING", ["a", "1.5", None, None]),
        ([True, 2], "STRING", ["true", "2"]),
        ([2**70, 1], "DECIMAL", [Decimal(2**70), Decimal(1)]),
        ([DAY, datetime(2024, 1, 2, 3, 4, 5)], "DATETIME", [datetime(2024, 1, 1), datetime(2024, 1, 2, 3, 4, 5)]),
        ([DAY, pd.NaT], "DATE", [DAY, None]),
        ([None, DAY, np.nan, pd.NA, Decimal("NaN")], "DATE", [None, DAY, None, None, None]),
        ([1, np.nan, 2, None], "LONG", [1, None, 2, None]),
        ([2**53 + 1, True], "STRING", [str(2**53 + 1), "true"]),
        ([np.nan, True, None], "STRING", [None, "true", None]),
        ([time(1, 2, 3, tzinfo=UTC)], "STRING", ["01:02:03+00:00"]),
        ([Decimal("1.10"), Decimal("2.123")], "DECIMAL", [Decimal("1.1"), Decimal("2.123")]),
        ([pd.Period("2024-01"), None], "STRING", ["2024-01", None]),
        ([pd.Interval(0, 1)], "STRING", ["(0, 1]"]),
        ([pd.Timedelta(1, "ns")], "STRING", ["0:00:00.000000001"]),
        ([np.int8(1), pd.NA], "LONG", [1, None]),
        ([2**53 + 1, 0.5], "DECIMAL", [Decimal(2**53 + 1), Decimal("0.5")]),
        ([], "STRING", []),
    ]  # fmt: skip


async def test_columns_of_objects_go_value_by_value_as_rows_do(domo):
    for values, kind, expected in OBJECTS:
        answer = ({"v": kind}, [(value,) for value in expected])
        assert answer == await made(domo, objects(*values), allow_empty=True), values
        assert not values or answer == await made(domo, [{"v": value} for value in values]), values


async def test_each_value_of_a_column_of_objects_keeps_its_own_digits_and_zone(domo):
    mixed = objects(datetime(2024, 1, 1), datetime(2024, 1, 1, tzinfo=ZoneInfo("Asia/Tokyo")))
    there = [(datetime(2024, 1, 1),), (datetime(2023, 12, 31, 16),)]
    nested = objects({"a": 1}, {"b": "x"}, [1, 2.5])
    texts = objects(Decimal("1.10"), pd.Timestamp("2024-01-01 00:00:00.123456789"))

    assert ({"v": "DATETIME"}, there) == await made(domo, mixed, zone=BERLIN)
    assert there[::-1] == (await made(domo, mixed[::-1], zone=BERLIN))[1]
    assert [('{"a":1}',), ('{"b":"x"}',), ("[1,2.5]",)] == (await made(domo, nested, nested="json"))[1]
    assert [("1.10",), ("2024-01-01 00:00:00.123456789",)] == (await made(domo, texts))[1]
    with pytest.raises(SourceError, match=r'row 2, column "v": .* has a zone'):
        await made(domo, mixed)


TYPES: list[tuple[pd.Series[Any], str, list[Any]]] = [
        (pd.Series(pd.period_range("2024-01", periods=2, freq="M")), "STRING", ["2024-01", "2024-02"]),
        (pd.Series(pd.interval_range(0, 1)), "STRING", ["(0, 1]"]),
        (pd.Series(pd.Categorical(pd.period_range("2024-01", periods=1, freq="M"))), "STRING", ["2024-01"]),
        (pd.Series(pd.Categorical([1, "a", None])), "STRING", ["1", "a", None]),
        (pd.Series(pd.Categorical(["x", None])), "STRING", ["x", None]),
        (pd.Series([1, None], dtype="Int64"), "LONG", [1, None]),
        (pd.Series([2**63], dtype="uint64"), "DECIMAL", [Decimal(2**63)]),
        (pd.Series([7], dtype="UInt64"), "LONG", [7]),
        (pd.Series([0.1], dtype="float32"), "DOUBLE", [0.1]),
        (pd.Series(pd.arrays.SparseArray([0, 1, 0])), "LONG", [0, 1, 0]),
        (pd.Series([True, None], dtype="boolean"), "STRING", ["true", None]),
        (pd.Series([Decimal("1.5")], dtype=pd.ArrowDtype(pa.decimal128(5, 1))), "DECIMAL", [Decimal("1.5")]),
        (pd.Series(["a", None], dtype="string"), "STRING", ["a", None]),
        (pd.to_timedelta(pd.Series([1]), unit="ns"), "STRING", ["0:00:00.000000001"]),
        (pd.Series([NOON, pd.NaT]), "DATETIME", [NOON, None]),
        (pd.Series(np.array([1, 2], dtype="longdouble")), "DOUBLE", [1.0, 2.0]),
        (pd.Series([DAY, None], dtype=pd.ArrowDtype(pa.date32())), "DATE", [DAY, None]),
        (pd.Series([NOON, None], dtype=pd.ArrowDtype(pa.timestamp("ns"))), "DATETIME", [NOON, None]),
        (pd.Series([10**40, 1], dtype=object), "STRING", [str(10**40), "1"]),
    ]  # fmt: skip


async def test_every_type_of_pandas_is_written_as_people_read_it(domo):
    for series, kind, expected in TYPES:
        assert ({"v": kind}, [(value,) for value in expected]) == await made(domo, series.to_frame("v")), series.dtype


async def test_unsigned_integers_that_are_beyond_64_bits_with_a_sign_become_decimals(domo):
    for frame in (pl.DataFrame({"h": pl.Series([2**64 - 1, None], dtype=pl.UInt64), "n": [1, 2]}),
                  pa.table({"h": pa.array([2**64 - 1, None], pa.uint64()), "n": [1, 2]})):  # fmt: skip
        expected = ({"h": "DECIMAL", "n": "LONG"}, [(Decimal(2**64 - 1), 1), (None, 2)])
        assert expected == await made(domo, frame)
        assert {"h": "LONG", "n": "LONG"} == (
            await made(domo, frame[1:] if hasattr(frame, "height") else frame.slice(1))
        )[0]


async def test_a_zone_that_arrow_does_not_know_is_converted_all_the_same(domo):
    odd = pd.Series(pd.to_datetime(["2024-01-01 12:00"])).dt.tz_localize(timezone(timedelta(seconds=3601)))

    assert [(datetime(2024, 1, 1, 11, 59, 59),)] == (await made(domo, odd.to_frame("v"), zone=BERLIN))[1]


UNIT = pa.field("v", pa.int64(), metadata={"ARROW:extension:name": "own.unit"})


REFUSED: list[tuple[Any, str]] = [
        (objects(1, object()), r'row 2, column "v": .*object'),
        (objects(*["a"] * 70_000, "\ud800"), r'row 70001, column "v": .*surrogate'),
        (objects(1, b"x"), r'row 2, column "v": .*binary'),
        ([pa.table({"v": [0.5]}), pa.table({"v": [2**53, 2**53 + 1]})], r"row 3, .* more digits than a DOUBLE"),
        ([pa.table({"v": [0.5]}), objects(2**60, 2**60 + 1)], r'row 3, column "v": .* more digits than a DOUBLE'),
        ([{"v": 0.5}] * 3000 + [{"v": -(2**53) - 1}], r'row 3001, column "v": .* more digits than a DOUBLE'),
        (pd.DataFrame({"v": [1j]}), r'row 1, column "v": .*complex'),
        (pl.DataFrame({"v": pl.Series([1, object()], dtype=pl.Object)}), r'row 2, column "v": .*object'),
        (pd.DataFrame([[1, 2]], columns=["v", "v"]), "more than one column 'v'"),
        (pa.table({"v": pa.ExtensionArray.from_storage(pa.opaque(pa.int8(), "x", "y"), pa.array([1], pa.int8()))}),
         'column "v" is arrow.opaque, an extension'),
        (pa.table([pa.array([1])], schema=pa.schema([UNIT])), 'column "v" is own.unit, an extension'),
        (pa.table({"v": pa.array([[1]], pa.list_(UNIT))}), 'column "v" is own.unit, an extension'),
        (pa.table({"v": pa.array([0, 86_400_000_000], pa.time64("us"))}), r'row 2, column "v"'),
        (pa.table({"v": pa.array([[1]], pa.list_(pa.time64("ns")))}), r'row 1, column "v": .*nanoseconds'),
        (pa.table({"v": pa.array([[1]], pa.list_view(pa.time64("ns")))}), r'row 1, column "v": .*nanoseconds'),
        (pa.table({"v": pa.StructArray.from_arrays([pa.array([1]), pa.array([2])], names=["x", "x"])}),
         r'row 1, column "v": .*duplicate field names'),
        (pa.table({"v": pa.array([2**62], pa.duration("s"))}), r'row 1, column "v": it cannot be read: .*too large'),
        (pd.DataFrame([[1, 2]], columns=[None, "v"]), "column 1 of the source has no name"),
        (pd.DataFrame([[1, 2]], columns=["v", pd.NA]), "column 2 of the source has no name"),
        (pa.table({"v": pa.array([[1.0], [float("inf")]])}), r'row 2, column "v": .*JSON'),
        (duckdb.sql("SELECT [1::UHUGEINT] AS v"), 'column "v" is UHUGEINT'),
        (duckdb.sql("SELECT INTERVAL 1 MONTH AS v"), 'column "v" is month_day_nano_interval'),
    ]  # fmt: skip


async def test_columns_without_a_form_are_refused_by_name(domo):
    for frame, says in REFUSED:
        with pytest.raises(SourceError, match=says):
            await made(domo, frame, nested="json")


async def test_numbers_and_times_of_polars_and_duckdb_keep_their_digits(domo):
    frame = pl.DataFrame(
        {
            "big": pl.Series([2**100, None], dtype=pl.Int128),
            "any": pl.Series([1, "a"], dtype=pl.Object),
            "last": [1, 2],
        }
    )
    relation = duckdb.sql(
        "SELECT 340282366920938463463374607431768211455::UHUGEINT AS u, '01:02:03+02'::TIMETZ AS t,"
        " 170141183460469231731687303715884105727::HUGEINT AS h, 1 AS n"
    )

    assert [(Decimal(2**100), "1", 1), (None, "a", 2)] == (await made(domo, frame))[1]
    # 39 digits, of which polars and Arrow say that they are 38.
    beyond = pl.DataFrame({"big": pl.Series([2**127 - 1, None], dtype=pl.Int128)})
    assert ({"big": "STRING"}, [(str(2**127 - 1),), (None,)]) == await made(domo, beyond)
    for digits, kind in (("1" * 60, "STRING"), ("1.5", "DECIMAL"), (f"0.{'1' * 38}", "DECIMAL")):
        wide = pa.table({"v": pa.array([Decimal(digits), None], pa.decimal256(76, 38 * ("." in digits)))})
        assert ({"v": kind}, [(digits if kind == "STRING" else Decimal(digits),), (None,)]) == await made(domo, wide)
    columns = {"u": "STRING", "t": "STRING", "h": "STRING", "n": "LONG"}
    assert [(str(2**128 - 1), "01:02:03+02", str(2**127 - 1), 1)] == (await made(domo, relation, columns))[1]


FRAME = pd.DataFrame({"region": ["EU", "US", "EU"], "year": [1, 2, 2], "n": [1, 2, 3]})


@pytest.mark.parametrize(
    ("frame", "columns"),
    [
        (FRAME[FRAME.n > 1][["n"]], ["n"]),
        (FRAME.groupby("region").sum(), ["region", "year", "n"]),
        (FRAME.groupby(["region", "year"]).sum(), ["region", "year", "n"]),
        (FRAME.set_index(["region", "year"]).rename_axis(["region", None]), ["region", "n"]),
        (FRAME[["n"]].rename_axis("id"), ["id", "n"]),
    ],
)
async def test_an_index_with_a_name_is_a_column_and_one_without_is_none(domo, tmp_path, frame, columns):
    expected = sorted(frame.reset_index()[columns].itertuples(index=False, name=None))
    frame.to_parquet(tmp_path / "file.parquet")
    sources: dict[str, Any] = {
        "frame": frame,
        "subclass": Frame(frame),
        "table": pa.Table.from_pandas(frame),
        "Parquet": tmp_path / "file.parquet",
        "frames": iter([frame]),
    }
    for name, source in sources.items():
        found, rows = await made(domo, source)
        places = [list(found).index(column) for column in columns]
        assert sorted(columns) == sorted(found), name
        assert expected == sorted(tuple(row[place] for place in places) for row in rows), name


async def test_columns_without_text_for_names_and_single_columns_are_taken(domo):
    assert ({"0": "LONG"}, [(1,)]) == await made(domo, pd.DataFrame({0: [1]}))
    assert ({"n": "LONG"}, [(1,)]) == await made(domo, pd.Series([1], name="n"))
    assert ({"n": "LONG"}, [(1,)]) == await made(domo, pl.Series("n", [1]))


async def test_times_of_96_bits_keep_their_years_and_digits(domo, tmp_path):
    moments = [datetime(9999, 12, 31, 23, 59, 59), datetime(2024, 1, 2, 3, 4, 5, 678900), datetime(1, 1, 1), None]
    table = pa.table({"id": range(4), "at": pa.array(moments, pa.timestamp("us"))})
    parquet.write_table(table, tmp_path / "far.parquet", use_deprecated_int96_timestamps=True)
    fine = pa.table({"at": pa.array([1, 10**18 + 1], pa.timestamp("ns"))})
    parquet.write_table(fine, tmp_path / "fine.parquet", use_deprecated_int96_timestamps=True)
    nested = pa.table({"at": pa.array([[moments[0]]], pa.list_(pa.timestamp("us")))})
    parquet.write_table(nested, tmp_path / "nested.parquet", use_deprecated_int96_timestamps=True)

    assert list(enumerate(moments)) == (await made(domo, tmp_path / "far.parquet"))[1]
    assert [("1970-01-01 00:00:00.000000001",), ("2001-09-09 01:46:40.000000001",)] == (
        await made(domo, tmp_path / "fine.parquet", {"at": "STRING"})
    )[1]
    assert [('["9999-12-31T23:59:59"]',)] == (await made(domo, tmp_path / "nested.parquet", nested="json"))[1]


def test_times_of_96_bits_have_all_digits_beside_far_years():
    # What Arrow makes of them as microseconds, which cut digits, and as nanoseconds, which run over.
    far = 253_402_300_799_000_000
    micro = pa.array([far, 1, None], pa.timestamp("us"))
    nano = pa.array([far * 1000 % 2**64 - 2**64 * (far * 1000 % 2**64 >= 2**63), 1001, None], pa.timestamp("ns"))

    exact = exact_times("at", micro, nano).to_pylist()

    assert ["9999-12-31 23:59:59.000000", "1970-01-01 00:00:00.000001001", None] == exact


async def test_folders_of_partitioned_parquet_files_are_columns(domo, tmp_path):
    for year, place in (("2023", "Ab/c"), ("__HIVE_DEFAULT_PARTITION__", "ü")):
        folder = tmp_path / f"year={year}" / f"place={quote(place, safe='')}"
        folder.mkdir(parents=True)
        parquet.write_table(pa.table({"n": [1]}), folder / "file.parquet")
    columns = {"place": "STRING", "n": "LONG", "year": "LONG"}
    first = tmp_path / "year=2023" / "place=Ab%2Fc" / "file.parquet"

    assert [("Ab/c", 1, 2023), ("ü", 1, None)] == sorted((await made(domo, f"{tmp_path}/**/*.parquet", columns))[1])
    assert {"n": "LONG", "year": "LONG", "place": "STRING"} == (await made(domo, f"{tmp_path}/year=2023/*/*.parquet"))[
        0
    ]
    # One file by its own name may leave them out.
    assert ({"n": "LONG"}, [(1,)]) == await made(domo, first)
    assert [(1, 2023)] == (await made(domo, first, {"n": "LONG", "year": "LONG"}))[1]
    with pytest.raises(SourceError, match="it also has year, place"):
        await made(domo, f"{tmp_path}/**/*.parquet", {"n": "LONG"})


def fetched(connection: duckdb.DuckDBPyConnection, number: int) -> int:
    """Return what another query on a connection gives."""
    found: int = connection.execute(f"SELECT {number}").fetchall()[0][0]
    return found


RELATIONS: dict[str, tuple[str, dict[str, Any], Fault | None]] = {
    "uploaded": ("SELECT 1 AS v", {}, None),
    "other columns": ("SELECT 1 AS w", {}, None),
    "a type that is refused": ("SELECT 'a'::BLOB AS v", {}, None),
    "a value that is refused": ("SELECT i + 0.5 AS v FROM range(300000) t(i)", {}, None),
    "a part that is refused": (
        "SELECT i AS v FROM range(300000) t(i)",
        {"part_size": 100_000},
        Fault("PUT *parts/2", "status", status=400),
    ),
    "no rows": ("SELECT 1 AS v WHERE false", {}, None),
    "a failure on the way": (
        "SELECT CASE WHEN i = 90000 THEN error('boom')::INT ELSE i END AS v FROM range(200000) t(i)",
        {},
        None,
    ),
}


@pytest.mark.parametrize("case", RELATIONS)
async def test_a_relation_is_let_go_of_at_once_whatever_comes_of_it(domo, emulator, case):
    sql, options, fault = RELATIONS[case]
    dataset = await domo.datasets.create("Test", {"v": "LONG"})
    if fault is not None:
        emulator.faults.add(fault)
    gc.disable()
    try:
        connection = duckdb.connect()
        with suppress(DomoError):
            await domo.datasets.plan_upload(dataset.id, connection.sql(sql))
        assert 7 == fetched(connection, 7)
        with suppress(DomoError):
            await domo.datasets.upload(dataset.id, connection.sql(sql), **options)
        assert 8 == fetched(connection, 8)
    finally:
        gc.enable()


async def test_a_relation_is_let_go_of_when_its_upload_is_cancelled(domo):
    dataset = await domo.datasets.create("Test", {"v": "LONG"})
    connection = duckdb.connect()
    begun = asyncio.Event()
    upload = asyncio.create_task(
        domo.datasets.upload(
            dataset.id,
            connection.sql("SELECT i AS v FROM range(5000000) t(i)"),
            part_size=100_000,
            progress=lambda _: begun.set(),
        )
    )
    await begun.wait()
    upload.cancel()
    with suppress(asyncio.CancelledError):
        await upload

    assert 7 == fetched(connection, 7)


def failing() -> Iterator[pa.RecordBatch]:
    yield pa.record_batch({"v": [1]})
    raise RuntimeError("the cursor is gone")


def duckdb_of_a_closed_connection() -> Any:
    connection = duckdb.connect()
    relation = connection.sql("SELECT 1 AS v")
    connection.close()
    return relation


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (lambda: pa.RecordBatchReader.from_batches(pa.schema([("v", pa.int64())]), failing()), "the cursor is gone"),
        (lambda: duckdb.connect().sql("SELECT error('boom')::INT AS v"), "boom"),
        (duckdb_of_a_closed_connection, "cannot read the DuckDBPyRelation"),
    ],
)  # fmt: skip
async def test_a_failure_of_reading_is_told(domo, source, says):
    dataset = await domo.datasets.create("Test", {"v": "LONG"})

    with pytest.raises(SourceError, match=says):
        await domo.datasets.upload(dataset.id, source())


async def test_rows_of_many_small_batches_are_counted_through(domo):
    dataset = await domo.datasets.create("Test", {"v": "DOUBLE"})
    values = [float(n) for n in range(400)]
    table = pa.Table.from_batches(pa.table({"v": values}).to_batches(max_chunksize=7))

    assert 400 == (await domo.datasets.upload(dataset.id, table)).rows
    result = await domo.datasets.query(dataset.id, "SELECT SUM(v) FROM table")
    assert [(sum(values),)] == [tuple(row) for row in result.rows]
    values[371] = math.inf
    broken = pa.Table.from_batches(pa.table({"v": values}).to_batches(max_chunksize=7))
    with pytest.raises(SourceError, match='row 372, column "v"'):
        await domo.datasets.upload(dataset.id, broken)

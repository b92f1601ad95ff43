"""Tables as people hold them: of every type and in every form, with what must come of each cell."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
from hypothesis import strategies as st
from pyarrow import ipc, parquet

from tests.tables import VALUES, content, tables

__all__ = ["FORMS", "REFUSED", "TYPES", "Given", "given_tables"]

REFUSED = object()
"""What is expected of a value that no column of its type can hold."""

# Values that are not of the column's own type, and what a STRING column or another makes of them.
_TEXTS: list[tuple[Any, Any]] = [
    (1, "1"),
    (2**70, str(2**70)),
    (True, "true"),
    (np.bool_(False), "false"),
    (1.5, "1.5"),
    (np.float32(0.1), "0.1"),
    (Decimal("1.10"), "1.10"),
    (date(2024, 2, 29), "2024-02-29"),
    (datetime(2024, 2, 29, 1, 2, 3), "2024-02-29 01:02:03"),
    (pd.Timestamp("2024-02-29 01:02:03.123456789"), "2024-02-29 01:02:03.123456789"),
    (time(1, 2, 3, tzinfo=UTC), "01:02:03+00:00"),
    (timedelta(days=1), "1 day, 0:00:00"),
    (UUID(int=7), str(UUID(int=7))),
    (pd.Period("2024-01"), "2024-01"),
    (np.str_("x"), "x"),
    (math.inf, REFUSED),
    (b"x", REFUSED),
    ("\ud800", REFUSED),
    (datetime(2024, 1, 1, tzinfo=UTC), REFUSED),
    ([1], REFUSED),
    (1j, REFUSED),
]
_MISSING: list[tuple[Any, Any]] = [(missing, None) for missing in (None, math.nan, pd.NaT, pd.NA, np.datetime64("NaT"))]
_ODD: Mapping[str, list[tuple[Any, Any]]] = {
    "STRING": _TEXTS,
    "LONG": [
        (np.int8(7), 7),
        (True, 1),
        (3.0, 3),
        (Decimal("5.00"), 5),
        ("-12", -12),
        (2**63, REFUSED),
        (0.5, REFUSED),
    ],
    "DOUBLE": [(np.float32(0.1), 0.1), (7, 7.0), (Decimal("1.5"), 1.5), ("1e3", 1000.0), (-math.inf, REFUSED)],
    "DECIMAL": [(2**65, Decimal(2**65)), (0.25, Decimal("0.25")), ("1.50", Decimal("1.5")), ("x", REFUSED)],
    "DATE": [(datetime(2024, 2, 29), date(2024, 2, 29)), ("2024-02-29", date(2024, 2, 29)), (1, REFUSED)],
    "DATETIME": [
        (pd.Timestamp("2024-02-29 01:02:03"), datetime(2024, 2, 29, 1, 2, 3)),
        (date(2024, 2, 29), datetime(2024, 2, 29)),
        (np.datetime64("2024-02-29T01", "h"), datetime(2024, 2, 29, 1)),
        (datetime(2024, 1, 1, tzinfo=UTC), REFUSED),
    ],
}


TYPES: Mapping[str, pa.DataType] = {
    "STRING": pa.string(),
    "LONG": pa.int64(),
    "DOUBLE": pa.float64(),
    "DECIMAL": pa.decimal128(38, 3),
    "DATE": pa.date32(),
    "DATETIME": pa.timestamp("us"),
}
"""Arrow's types for the columns'."""


class Given(NamedTuple):
    """A table: its columns' types, the form that it is given in, its rows as they are given and as they come back."""

    columns: dict[str, str]
    form: str
    rows: list[tuple[Any, ...]]
    expected: list[tuple[Any, ...]]


def _csv(columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> bytes:
    return ",".join(columns).encode() + b"\n" + content(list(map(tuple, rows)))


def _arrow(columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> pa.Table:
    arrays = [
        pa.array(cells, TYPES[kind]) for cells, kind in zip(zip(*rows, strict=True), columns.values(), strict=True)
    ]
    return pa.table(dict(zip(columns, arrays, strict=True)))


def _objects(columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    cells = zip(columns, zip(*rows, strict=True), strict=True)
    return pd.DataFrame({name: pd.Series(list(values), dtype=object) for name, values in cells})


def _pandas(columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    types = {"LONG": "Int64", "DOUBLE": "float64", "STRING": "str", "DATETIME": "datetime64[us]"}
    frame = _objects(columns, rows)
    return frame.astype({name: types[kind] for name, kind in columns.items() if kind in types})


def _stored(write: Callable[[Path, Mapping[str, str], Sequence[Sequence[Any]]], object], suffix: str) -> Any:
    def make(folder: Path, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> Path:
        path = folder / f"given{suffix}"
        write(path, columns, rows)
        return path

    return make


def _write_arrow(path: Path, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
    table = _arrow(columns, rows)
    with ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table)


VALUED: Mapping[str, Callable[..., Any]] = {
    "rows": lambda _, _columns, rows: list(rows),
    "mappings": lambda _, columns, rows: [dict(zip(columns, row, strict=True)) for row in rows],
    "objects of pandas": lambda _, columns, rows: _objects(columns, rows),
}
"""Forms that hold any value of Python's."""
FORMS: Mapping[str, Callable[..., Any]] = {
    **VALUED,
    "CSV": lambda _, columns, rows: _csv(columns, rows),
    "CSV file": _stored(lambda path, columns, rows: path.write_bytes(_csv(columns, rows)), ".csv"),
    "pandas": lambda _, columns, rows: _pandas(columns, rows),
    "polars": lambda _, columns, rows: pl.DataFrame(_arrow(columns, rows)),
    "Arrow": lambda _, columns, rows: _arrow(columns, rows),
    "duckdb": lambda _, columns, rows: duckdb.connect().from_arrow(_arrow(columns, rows)),
    "Parquet": _stored(lambda path, columns, rows: parquet.write_table(_arrow(columns, rows), path), ".parquet"),
    "Parquet of pandas": _stored(lambda path, columns, rows: _pandas(columns, rows).to_parquet(path), ".parquet"),
    "Arrow file": _stored(_write_arrow, ".arrow"),
}


@st.composite
def given_tables(draw: st.DrawFn) -> Given:
    """Return a table in some form; one in four that can hold anything does hold what is not of its columns' types."""
    columns, rows = draw(tables())
    form = draw(st.sampled_from(sorted(FORMS)))
    if form not in VALUED or draw(st.integers(0, 3)):
        return Given(columns, form, rows, rows)
    cells = [
        st.sampled_from([*_MISSING, *_ODD[kind]]) | VALUES[kind].map(lambda value: (value, value))
        for kind in columns.values()
    ]
    pairs = draw(st.lists(st.tuples(*cells), min_size=1, max_size=8))
    return Given(
        columns,
        form,
        [tuple(value for value, _ in row) for row in pairs],
        [tuple(expected for _, expected in row) for row in pairs],
    )

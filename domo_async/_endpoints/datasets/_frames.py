"""Convert results to polars and pandas frames, through Arrow or, if pyarrow is not installed, column by column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from domo_async._endpoints.datasets._columnar import Rows
from domo_async._frames import needed
from domo_async._transfer import ColumnType
from domo_async._transfer.arrow import MOST_DIGITS, digits_of
from domo_async.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

__all__ = ["FrameKind", "converter", "pandas_frame", "pandas_of_arrow", "polars_frame", "polars_of_arrow"]

FrameKind: TypeAlias = Literal["polars", "pandas", "arrow"]
_PANDAS_TYPES = {
    ColumnType.LONG: "Int64",
    ColumnType.DOUBLE: "float64",
    ColumnType.DATE: "datetime64[s]",
    ColumnType.DATETIME: "datetime64[us]",
    ColumnType.DECIMAL: "object",
}


def converter(kind: FrameKind) -> Callable[[pa.Table], Any]:
    """Return the function that converts an Arrow table to a frame.

    Raises:
        ConfigError: The frame type is not supported, or a required package is not installed.
    """
    if kind == "arrow":
        return lambda table: table
    found = {"polars": polars_of_arrow, "pandas": pandas_of_arrow}.get(kind)
    if found is None:
        raise ConfigError(f"{kind!r} is not a type of frame: choose polars, pandas or arrow")
    needed(kind)
    return found


def polars_frame(names: Sequence[str], column_types: Sequence[ColumnType], rows: Rows) -> pl.DataFrame:
    """Return rows as a polars frame."""
    polars = needed("polars")
    if find_spec("pyarrow") is not None:
        return polars_of_arrow(rows.to_arrow(names))
    types = {
        ColumnType.LONG: polars.Int64,
        ColumnType.DOUBLE: polars.Float64,
        ColumnType.DATE: polars.Date,
        ColumnType.DATETIME: polars.Datetime("us"),
    }
    columns = []
    for position, (name, column_type) in enumerate(zip(names, column_types, strict=True)):
        cells: Any = rows.column(position)
        dtype = types.get(column_type, polars.String)
        if column_type == ColumnType.DECIMAL:
            # The type is given, as polars may infer it from the first value and convert the others to it.
            before, after = digits_of(cells)
            _check_digits(name, before + after)
            dtype = polars.Decimal(MOST_DIGITS, after)
        columns.append(polars.Series(name, cells, dtype=dtype))
    made: pl.DataFrame = polars.DataFrame(columns)
    return made


def polars_of_arrow(table: pa.Table) -> pl.DataFrame:
    """Return an Arrow table as a polars frame."""
    pyarrow = needed("pyarrow")
    for field in table.schema:
        if pyarrow.types.is_decimal(field.type):
            _check_digits(field.name, field.type.precision)
    made: pl.DataFrame = needed("polars").from_arrow(table)
    return made


def _check_digits(name: str, digits: int) -> None:
    if digits > MOST_DIGITS:
        raise ConfigError(
            f"the numbers of column {name!r} have more than {MOST_DIGITS} digits before and after the point together,"
            " which polars does not: take an Arrow table or a pandas frame, or cast them in SQL"
        )


def pandas_frame(names: Sequence[str], column_types: Sequence[ColumnType], rows: Rows) -> pd.DataFrame:
    """Return rows as a pandas frame."""
    pandas = needed("pandas")
    if find_spec("pyarrow") is not None:
        return pandas_of_arrow(rows.to_arrow(names))
    columns = [
        pandas.Series(list(rows.column(position)), dtype=_PANDAS_TYPES.get(column_type, "str"))
        for position, column_type in enumerate(column_types)
    ]
    made: pd.DataFrame = pandas.concat(columns, axis=1) if columns else pandas.DataFrame(index=range(len(rows)))
    made.columns = pandas.Index(names)
    return made


def pandas_of_arrow(table: pa.Table) -> pd.DataFrame:
    """Return an Arrow table as a pandas frame; LONG becomes ``Int64``, which has NULL and keeps all digits."""
    pandas = needed("pandas")
    pyarrow = needed("pyarrow")
    whole = {pyarrow.int64(): pandas.Int64Dtype()}
    made: pd.DataFrame = table.to_pandas(types_mapper=whole.get, date_as_object=False)
    return made

"""pandas frames: their columns, and their values as Python's own types, in chunks of rows.

pandas is only imported if a pandas frame is given.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from domo_async._transfer.columns import ColumnSpec, ColumnType
from domo_async._transfer.encoding.inference import type_of_values
from domo_async._transfer.encoding.values import is_missing_type

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = [
    "arrow_type_of",
    "column_of_series",
    "columns_of_frame",
    "frame_rows",
    "is_plain",
    "series_of_frame",
    "series_values",
]

_KINDS = {
    "i": ColumnType.LONG,
    "u": ColumnType.LONG,
    "f": ColumnType.DOUBLE,
    "b": ColumnType.STRING,
    "M": ColumnType.DATETIME,
    "m": ColumnType.STRING,
}
_MOST = (1 << 63) - 1
# pandas types whose values Arrow takes unchanged. Excluded are objects, which Arrow converts to the type of the first
# ones; periods and intervals; and third-party types.
_PLAIN = {
    "ArrowDtype",
    "BooleanDtype",
    "DatetimeTZDtype",
    "StringDtype",
    *(f"{sign}Int{bits}Dtype" for sign in ("", "U") for bits in (8, 16, 32, 64)),
    *(f"Float{bits}Dtype" for bits in (32, 64)),
}


def series_of_frame(frame: pd.DataFrame) -> list[tuple[str, pd.Series[Any]]]:
    """Return the columns of a frame: the named levels of its index, then its own columns."""
    levels = [
        (str(name), frame.index.get_level_values(index).to_series())
        for index, name in enumerate(frame.index.names)
        if name is not None
    ]
    return [*levels, *((_name(name), frame.iloc[:, index]) for index, name in enumerate(frame.columns))]


def _name(label: object) -> str:
    # A missing label does not name a column.
    missing = is_missing_type(type(label)) or (isinstance(label, float) and math.isnan(label))
    return "" if missing else str(label)


def is_plain(series: pd.Series[Any]) -> bool:
    """Return whether Arrow takes a column's values unchanged."""
    dtype: Any = series.dtype
    name = type(dtype).__name__
    if name == "CategoricalDtype":
        categories = series.cat.categories
        return is_plain(categories.to_series()) or {*map(type, categories)} <= {str}
    if _is_of(dtype, "numpy"):
        return dtype.kind in "biuMm" or (dtype.kind == "f" and dtype.itemsize <= 8)
    return _is_of(dtype, "pandas") and name in _PLAIN


def arrow_type_of(series: pd.Series[Any]) -> pa.DataType | None:
    """Return the type as which Arrow takes a column of objects unchanged, if they are of one class or missing."""
    import pyarrow as pa  # noqa: PLC0415 - optional

    kind = _kind_of_objects(series)
    if kind == "string":
        return pa.large_string()
    types: dict[str | None, tuple[type, pa.DataType]] = {
        "boolean": (bool, pa.bool_()),
        "date": (date, pa.date32()),
        "integer": (int, pa.int64()),
    }
    if kind not in types:
        return None
    python_type, arrow_type = types[kind]
    # Subclasses may hold more, as datetime does. Of floats, columns of these kinds only have NaN.
    found = {each for each in {*map(type, series.to_numpy())} if not is_missing_type(each)} - {float}
    return arrow_type if found == {python_type} else None


def _is_text(series: pd.Series[Any]) -> bool:
    """Return whether a column of a pandas type or of objects holds only text and missing values."""
    return type(series.dtype).__name__ == "StringDtype" or _kind_of_objects(series) == "string"


def _kind_of_objects(series: pd.Series[Any]) -> str | None:
    """Return what pandas finds in a column of objects; None for other columns."""
    from pandas.api.types import infer_dtype  # noqa: PLC0415 - optional

    dtype: Any = series.dtype
    return infer_dtype(series, skipna=True) if _is_of(dtype, "numpy") and dtype.kind == "O" else None


def _is_of(dtype: object, package: str) -> bool:
    return type(dtype).__module__.partition(".")[0] == package


def frame_rows(frame: pd.DataFrame, *, rows: int = 50_000) -> Iterator[list[Sequence[object]]]:
    """Yield the rows of a frame in chunks; markers of missing values are kept.

    Args:
        frame: The frame.
        rows: The most rows of a chunk.
    """
    columns = [series for _, series in series_of_frame(frame)]
    for start in range(0, len(frame), rows):
        values = [series_values(series.iloc[start : start + rows]) for series in columns]
        yield list(zip(*values, strict=True)) or [() for _ in range(min(rows, len(frame) - start))]


def series_values(series: pd.Series[Any]) -> list[object]:
    """Return a column's values as Python's own types, or as pandas' and numpy's types if these hold more."""
    # Python's floats would show the digits of 64 bits for 32-bit values.
    short = getattr(series.dtype, "kind", "O") == "f" and getattr(series.dtype, "itemsize", 8) != 8
    return list(series.array) if short else series.tolist()


def columns_of_frame(frame: pd.DataFrame) -> tuple[ColumnSpec, ...]:
    """Return the columns for a frame: by its types or, if these do not suffice, by all of its values."""
    return tuple(column_of_series(name, series) for name, series in series_of_frame(frame))


def _shows_type(dtype: Any) -> bool:
    """Return whether the kind of a pandas or numpy type is enough to choose the column for its values."""
    kind = getattr(dtype, "kind", "O")
    if type(dtype).__name__ == "ArrowDtype":
        # Of Arrow's types, days and points in time are of one kind.
        return kind != "M"
    # Longer floats may have digits that a DOUBLE lacks.
    return type(dtype).__name__ != "SparseDtype" and not (kind == "f" and dtype.itemsize > 8)


def column_of_series(name: str, series: pd.Series[Any]) -> ColumnSpec:
    """Return the column for a frame's column."""
    dtype: Any = series.dtype
    if _is_text(series):
        return ColumnSpec(name, ColumnType.STRING)
    found = _KINDS.get(dtype.kind) if _shows_type(dtype) else None
    if (
        found == ColumnType.LONG
        and dtype.kind == "u"
        and len(series)
        and (most := series.max()) == most
        and most > _MOST
    ):
        found = ColumnType.DECIMAL
    return ColumnSpec(name, found or type_of_values(series_values(series)))

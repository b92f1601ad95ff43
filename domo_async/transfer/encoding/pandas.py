"""Frames of pandas without pyarrow: their values as Python's own, some rows at a time.

Nothing of pandas is imported: a frame brings what is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from domo_async.transfer.columns import ColumnSpec, ColumnType
from domo_async.transfer.encoding.inference import type_of_values

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["columns_of_frame", "frame_rows"]

_KINDS = {
    "i": ColumnType.LONG,
    "u": ColumnType.LONG,
    "f": ColumnType.DOUBLE,
    "b": ColumnType.STRING,
    "M": ColumnType.DATETIME,
    "m": ColumnType.STRING,
}
_SAMPLE = 10_000


def frame_rows(frame: pd.DataFrame, *, rows: int = 50_000) -> Iterator[list[Sequence[object]]]:
    """Yield the rows of a frame, without its index, so many at a time; marks for missing values stay as they are.

    Args:
        frame: The frame.
        rows: The most rows at a time.
    """
    for start in range(0, len(frame), rows):
        piece = frame.iloc[start : start + rows]
        values = [_values(piece.iloc[:, place]) for place in range(piece.shape[1])]
        yield list(zip(*values, strict=True)) or [() for _ in range(len(piece))]


def _values(series: pd.Series[Any]) -> list[object]:
    # Python's own floats would have the digits of 64 bits where those of 32 are meant.
    short = getattr(series.dtype, "kind", "O") == "f" and getattr(series.dtype, "itemsize", 8) < 8
    return list(series.array) if short else series.tolist()


def columns_of_frame(frame: pd.DataFrame) -> tuple[ColumnSpec, ...]:
    """Return the columns that a frame calls for: by its types, and where these say nothing by its first values."""
    return tuple(ColumnSpec(str(name), _type(frame.iloc[:, place])) for place, name in enumerate(frame.columns))


def _type(series: pd.Series[Any]) -> ColumnType:
    found = _KINDS.get(getattr(series.dtype, "kind", "O"))
    return found or type_of_values(list(islice(series, _SAMPLE)))

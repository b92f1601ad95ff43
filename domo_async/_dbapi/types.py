"""PEP 249's types: the type codes of columns, and the constructors of values."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from typing import TypeAlias

from domo_async._transfer import ColumnSpec, ColumnType
from domo_async._transfer.arrow import MOST_DIGITS, SCALE

__all__ = [
    "BINARY",
    "DATETIME",
    "NUMBER",
    "ROWID",
    "STRING",
    "Binary",
    "Date",
    "DateFromTicks",
    "Description",
    "DescriptionItem",
    "Time",
    "TimeFromTicks",
    "Timestamp",
    "TimestampFromTicks",
    "TypeObject",
    "describe",
]

DescriptionItem: TypeAlias = tuple[str, ColumnType, None, int | None, int | None, int | None, None]
"""A column: name, type code, display size, size in bytes where that is fixed, precision and scale of DECIMAL, whether
it may be NULL; None stands for unknown."""

Description: TypeAlias = tuple[DescriptionItem, ...]


class TypeObject(frozenset[str]):
    """A type object of PEP 249: it equals the type codes of the columns that it stands for.

    A type code is Domo's word for the type, such as ``"LONG"``.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return other in self if isinstance(other, str) else super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return super().__hash__()


STRING = TypeObject({"STRING"})
BINARY = TypeObject()
NUMBER = TypeObject({"LONG", "DOUBLE", "DECIMAL"})
DATETIME = TypeObject({"DATE", "DATETIME"})
ROWID = TypeObject()

Date = dt.date
Time = dt.time
Timestamp = dt.datetime
Binary = bytes

# The sizes for readers who do not know Domo's words: LONG would have 32 bits otherwise, and DECIMAL the scale of its
# first rows. It is that of Arrow's type for a DECIMAL whose digits are not known.
_SIZES = {"LONG": 8, "DOUBLE": 8}
_DIGITS = {"DECIMAL": (MOST_DIGITS, SCALE)}


def DateFromTicks(ticks: float) -> dt.date:  # noqa: N802 - PEP 249's name
    """Return the local date of a number of seconds since 1970."""
    return dt.date(*time.localtime(ticks)[:3])


def TimeFromTicks(ticks: float) -> dt.time:  # noqa: N802 - PEP 249's name
    """Return the local time of day of a number of seconds since 1970."""
    return dt.time(*time.localtime(ticks)[3:6])


def TimestampFromTicks(ticks: float) -> dt.datetime:  # noqa: N802 - PEP 249's name
    """Return the local time of a number of seconds since 1970."""
    return dt.datetime(*time.localtime(ticks)[:6])  # noqa: DTZ001 - Domo's DATETIME has no zone


def describe(columns: Sequence[ColumnSpec]) -> Description:
    """Return the columns of a result as PEP 249 describes them."""
    return tuple(map(_item, columns))


def _item(column: ColumnSpec) -> DescriptionItem:
    precision, scale = _DIGITS.get(column.type, (None, None))
    return column.name, column.type, None, _SIZES.get(column.type), precision, scale, None

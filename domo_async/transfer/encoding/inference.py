"""Which columns a source's values call for.

Of rows and of CSV only a sample is looked at. What comes further down may not fit: the first fraction after a
thousand integers, the first code with a letter. It is refused then, by the encoder or by the instance, and never bent
to fit. To be sure, say the columns' types.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from domo_async.errors import ConfigError, SourceError
from domo_async.transfer.columns import ColumnSpec, ColumnType
from domo_async.transfer.encoding.texts import within_long

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["columns_of_arrow", "columns_of_rows", "columns_of_text", "type_of_values"]

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,18}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?")
# Integers beyond 64 bits and what begins with zeros are codes, whose digits all count.
_FRACTION = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+([eE][+-]?[0-9]+)?|[eE][+-]?[0-9]+)")


def columns_of_arrow(schema: pa.Schema) -> tuple[ColumnSpec, ...]:
    """Return the columns that a table of Arrow calls for.

    Booleans, times of day, durations and what is nested become STRING.

    Raises:
        SourceError: A column is binary.
    """
    from domo_async.transfer.encoding.arrow_types import column_type  # noqa: PLC0415 - optional

    return tuple(ColumnSpec(field.name, column_type(field)) for field in schema)


def columns_of_rows(
    sample: Sequence[Sequence[object] | Mapping[str, object]], names: Sequence[str] | None = None
) -> tuple[ColumnSpec, ...]:
    """Return the columns that rows call for, by the types of their values.

    int becomes LONG (DECIMAL beyond 64 bits), float DOUBLE, Decimal DECIMAL, date DATE, datetime DATETIME, and all else
    STRING, bool among it. NULL and NaN say nothing; where there is nothing else, the column is STRING, of NaN DOUBLE.

    Args:
        sample: Rows, as sequences or as mappings.
        names: The columns' names in order; of mappings, their keys by default.

    Raises:
        ConfigError: Rows are sequences and there are no names.
        SourceError: A row is not as long as there are names.
    """
    rows = list(sample)
    if names is None:
        if not all(isinstance(row, Mapping) for row in rows):
            raise ConfigError("rows that are sequences have no names: give the columns'")
        names = list(dict.fromkeys(key for row in rows if isinstance(row, Mapping) for key in row))
    for number, row in enumerate(rows, 1):
        if not isinstance(row, Mapping) and len(row) != len(names):
            raise SourceError(f"row {number} has {len(row)} cells for {len(names)} columns")
    return tuple(
        ColumnSpec(name, type_of_values([row.get(name) if isinstance(row, Mapping) else row[place] for row in rows]))
        for place, name in enumerate(names)
    )


def type_of_values(values: Sequence[object]) -> ColumnType:
    """Return the type of column that holds all of some values; see `columns_of_rows`."""
    kinds: set[ColumnType | None] = set()
    nan = False
    for value in values:
        if isinstance(value, float | Decimal) and value != value:  # noqa: PLR0124 - NaN alone differs from itself
            nan = True
        elif value is not None:
            kinds.add(_kind(value))
    kinds.discard(None)
    if not kinds:
        return ColumnType.DOUBLE if nan else ColumnType.STRING
    for wider in (
        {ColumnType.LONG},
        {ColumnType.LONG, ColumnType.DECIMAL},
        {ColumnType.LONG, ColumnType.DECIMAL, ColumnType.DOUBLE},
        {ColumnType.DATE},
        {ColumnType.DATE, ColumnType.DATETIME},
    ):
        if kinds <= wider:
            return _widest(kinds)
    return ColumnType.STRING


def _widest(kinds: set[ColumnType | None]) -> ColumnType:
    # Some floats have no plain notation of a sensible length, so DOUBLE is what holds both them and decimals.
    order = (ColumnType.DOUBLE, ColumnType.DECIMAL, ColumnType.LONG, ColumnType.DATETIME, ColumnType.DATE)
    return next(kind for kind in order if kind in kinds)


def _kind(value: object) -> ColumnType | None:
    """Return the type for one value; None if it says nothing."""
    kind = type(value)
    if kind.__module__ == "numpy":
        return _kind_of_numpy(value)
    if kind.__module__.startswith("pandas") and kind.__name__ in {"NAType", "NaTType"}:
        return None
    match value:
        case bool():
            return ColumnType.STRING
        case int():
            return ColumnType.LONG if within_long(value) else ColumnType.DECIMAL
        case float():
            return ColumnType.DOUBLE
        case Decimal():
            return ColumnType.DECIMAL
        case datetime():
            return ColumnType.DATETIME
        case date():
            return ColumnType.DATE
    return ColumnType.STRING


def _kind_of_numpy(value: object) -> ColumnType | None:
    kind: str = value.dtype.kind  # type: ignore[attr-defined] # numpy's
    if kind in "Mmf" and value != value:  # noqa: PLR0124 - NaT and NaN alone differ from themselves
        return None
    if kind == "M" and str(value.dtype).endswith(("D]", "W]", "M]", "Y]")):  # type: ignore[attr-defined]
        return ColumnType.DATE
    found = {"i": ColumnType.LONG, "u": ColumnType.LONG, "f": ColumnType.DOUBLE, "M": ColumnType.DATETIME}.get(kind)
    return found or ColumnType.STRING


def columns_of_text(names: Sequence[str], sample: Sequence[Sequence[str | None]]) -> tuple[ColumnSpec, ...]:
    """Return the columns that the fields of CSV call for.

    LONG is for integers as they are usually written, which zip codes with leading zeros are not; DOUBLE for numbers
    with a fraction; DATE for ``YYYY-MM-DD``; DATETIME for ``YYYY-MM-DD HH:MM:SS``, with a ``T`` and fractions of a
    second if need be. All else is STRING, and so is a column with nothing but empty fields.

    Args:
        names: The columns' names in order.
        sample: Fields of some records; None and empty ones say nothing.
    """
    return tuple(
        ColumnSpec(name, _type_of_text({text for row in sample if place < len(row) and (text := row[place])}))
        for place, name in enumerate(names)
    )


def _type_of_text(texts: set[str]) -> ColumnType:
    if not texts:
        return ColumnType.STRING
    for kind, fits in _TESTS:
        if all(map(fits, texts)):
            return kind
    return ColumnType.STRING


def _is_integer(text: str) -> bool:
    return _INTEGER.fullmatch(text) is not None and within_long(int(text))


def _is_number(text: str) -> bool:
    return _is_integer(text) or _FRACTION.fullmatch(text) is not None


def _is_day(text: str) -> bool:
    return _DAY.fullmatch(text) is not None and _is_in_calendar(text)


def _is_moment(text: str) -> bool:
    return _is_day(text) or (_MOMENT.fullmatch(text) is not None and _is_in_calendar(text[:19]))


def _is_in_calendar(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


_TESTS: Sequence[tuple[ColumnType, Callable[[str], bool]]] = (
    (ColumnType.LONG, _is_integer),
    (ColumnType.DOUBLE, _is_number),
    (ColumnType.DATE, _is_day),
    (ColumnType.DATETIME, _is_moment),
)

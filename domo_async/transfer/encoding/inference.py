"""Which columns a source's values call for.

Of rows and of CSV only a sample is looked at. What comes further down may not fit: the first fraction after a
thousand integers, the first code with a letter. It is refused then, by the encoder or by the instance, and never bent
to fit. To be sure, say the columns' types.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from domo_async.errors import ConfigError, SourceError
from domo_async.transfer.columns import ColumnSpec, ColumnType
from domo_async.transfer.encoding.texts import Refused, within_long
from domo_async.transfer.encoding.values import is_missing_type, python_value

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["columns_of_arrow", "columns_of_rows", "columns_of_text", "type_of_values"]

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,18}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?")
# Integers beyond 64 bits and what begins with zeros are codes, whose digits all count.
_FRACTION = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+([eE][+-]?[0-9]+)?|[eE][+-]?[0-9]+)")

_WHOLE_OR_EXACT = {ColumnType.LONG, ColumnType.DECIMAL}
_EXACT_IN_DOUBLE = 1 << 53
_DIGITS_OF_DOUBLE = 15


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
    Floats beside numbers whose digits a DOUBLE would not hold make the column DECIMAL.

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


def type_of_values(values: Iterable[object]) -> ColumnType:
    """Return the type of column that holds all of some values; see `columns_of_rows`."""
    kinds: set[ColumnType | None] = set()
    nan = exact = False
    for value in values:
        kind = type(value)
        # Text is what most columns are of.
        found = ColumnType.STRING if kind is str else _kind(value)
        if found is None:
            nan = nan or not is_missing_type(kind)
        elif found in _WHOLE_OR_EXACT and not exact:
            exact = _needs_digits(value)
        kinds.add(found)
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
            found = _widest(kinds)
            return ColumnType.DECIMAL if exact and found == ColumnType.DOUBLE else found
    return ColumnType.STRING


def _widest(kinds: set[ColumnType | None]) -> ColumnType:
    # Some floats have no plain notation of a sensible length, so DOUBLE is what holds both them and decimals.
    order = (ColumnType.DOUBLE, ColumnType.DECIMAL, ColumnType.LONG, ColumnType.DATETIME, ColumnType.DATE)
    return next(kind for kind in order if kind in kinds)


def _needs_digits(value: Any) -> bool:
    """Return whether a DOUBLE would lose some of a number's digits."""
    if not isinstance(value, Decimal):
        return abs(int(value)) > _EXACT_IN_DOUBLE
    return len("".join(map(str, value.as_tuple().digits)).strip("0")) > _DIGITS_OF_DOUBLE


def _kind(value: Any) -> ColumnType | None:
    """Return the type for one value; None if it marks what is missing."""
    kind = type(value)
    if kind.__module__ == "numpy" and (found := _kind_of_numpy(value)) is not None:
        return found
    try:
        plain = python_value(value)
    except Refused:
        # It is refused once more when it is written, where its row is known.
        return ColumnType.DOUBLE
    match plain:
        case None:
            return None
        case bool():
            return ColumnType.STRING
        case int():
            return ColumnType.LONG if within_long(plain) else ColumnType.DECIMAL
        case float():
            return ColumnType.DOUBLE
        case Decimal():
            return ColumnType.DECIMAL
        case datetime():
            return ColumnType.DATETIME
        case date():
            return ColumnType.DATE
    return ColumnType.STRING


def _kind_of_numpy(value: Any) -> ColumnType | None:
    """Return what numpy's type says beyond the value that Python would have for it."""
    dtype = getattr(value, "dtype", None)
    if dtype is None or dtype.kind not in "fM" or value != value:  # noqa: PLR0124 - NaN and NaT alone
        return None
    if dtype.kind == "f":
        return ColumnType.DOUBLE
    return ColumnType.DATE if str(dtype).endswith(("D]", "W]", "M]", "Y]")) else ColumnType.DATETIME


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

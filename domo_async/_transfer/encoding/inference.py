"""Inference of columns from a source's values.

For rows and CSV, only a sample is read. A later value may not fit: the first fraction after a thousand integers, or the
first code with a letter. Such a value is refused by the encoder, by the instance, or (if it is a code such as 007 or
has more digits than a DOUBLE) before it is sent; it is never changed to fit. To be certain, pass the columns' types.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from math import isinf
from typing import TYPE_CHECKING, Any

from attrs import frozen

from domo_async._transfer.columns import ColumnSpec, ColumnType
from domo_async._transfer.encoding.texts import LONGEST, UnencodableValue, within_long
from domo_async._transfer.encoding.values import is_missing_type, python_value
from domo_async.errors import ConfigError, SourceError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "Evidence",
    "columns_of_arrow",
    "columns_of_rows",
    "columns_of_text",
    "seen_in_text",
    "text_fits",
    "type_of_digits",
    "type_of_values",
]

_INTEGER = re.compile(r"0|-?[1-9][0-9]*")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?")
# Texts that begin with a zero or a plus, or have an unusual exponent, are codes.
_FRACTION = re.compile(r"-?(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?")
# The dates that the embedded instance accepts; Domo may accept fewer.
_WHOLE = re.compile(r" *[+-]?[0-9]{1,1000} *")
_ANY_NUMBER = re.compile(r" *[+-]?(?:[0-9]{1,1000}\.?[0-9]{0,1000}|\.[0-9]{1,1000})(?:[eE][+-]?[0-9]+)? *")
_ANY_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-]00:?00)?"
)
_SAFE_DIGITS = 15
"""The number of significant digits that a DOUBLE always returns as they were written."""
_MOST_DIGITS = 38
"""The number of digits of a DECIMAL."""
_EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)
_NUMBERS = frozenset({ColumnType.LONG, ColumnType.DECIMAL, ColumnType.DOUBLE})

# The classes that all of whose values are of one column type.
_OF_CLASS: Mapping[type, ColumnType | None] = {
    str: ColumnType.STRING,
    bool: ColumnType.STRING,
    date: ColumnType.DATE,
    datetime: ColumnType.DATETIME,
    type(None): None,
}
_WHOLE_OR_EXACT = {ColumnType.LONG, ColumnType.DECIMAL}
_EXACT_IN_DOUBLE = 1 << 53


def columns_of_arrow(schema: pa.Schema) -> tuple[ColumnSpec, ...]:
    """Return the columns for an Arrow table.

    Booleans, times of day, durations and nested values become STRING.

    Raises:
        SourceError: A column is binary.
    """
    from domo_async._transfer.encoding.arrow_types import column_type  # noqa: PLC0415 - optional

    return tuple(ColumnSpec(field.name, column_type(field)) for field in schema)


def columns_of_rows(
    sample: Sequence[Sequence[object] | Mapping[str, object]], names: Sequence[str] | None = None
) -> tuple[ColumnSpec, ...]:
    """Return the columns for rows, by the types of their values.

    int becomes LONG (DECIMAL beyond 64 bits), float DOUBLE, Decimal DECIMAL, date DATE, datetime DATETIME, and all
    other types STRING, including bool. NULL and NaN are ignored; a column of only NULL is STRING, and one of only NaN
    is DOUBLE. Floats together with numbers whose digits a DOUBLE would not hold make the column DECIMAL, and numbers of
    more digits than a DECIMAL holds make it STRING.

    Args:
        sample: Rows, as sequences or as mappings.
        names: The columns' names in order; by default the keys, if rows are mappings.

    Raises:
        ConfigError: Rows are sequences and names are missing.
        SourceError: The length of a row differs from the number of names.
    """
    rows = list(sample)
    if names is None:
        if not all(isinstance(row, Mapping) for row in rows):
            raise ConfigError("rows are sequences without column names: pass the columns' names")
        names = list(dict.fromkeys(key for row in rows if isinstance(row, Mapping) for key in row))
    for number, row in enumerate(rows, 1):
        if not isinstance(row, Mapping) and len(row) != len(names):
            raise SourceError(f"row {number} has {len(row)} cells for {len(names)} columns")
    return tuple(
        ColumnSpec(name, type_of_values([row.get(name) if isinstance(row, Mapping) else row[index] for row in rows]))
        for index, name in enumerate(names)
    )


def type_of_values(values: Collection[object]) -> ColumnType:
    """Return the column type that holds all values; see `columns_of_rows`."""
    classes = {*map(type, values)}
    column_types: set[ColumnType | None] = {_OF_CLASS[each] for each in classes & _OF_CLASS.keys()}
    # Most columns hold nothing else, so most values are not looked at.
    others = [value for value in values if type(value) not in _OF_CLASS] if classes - _OF_CLASS.keys() else []
    nan = exact = False
    for value in others:
        found = _type_of_value(value)
        if found is None:
            nan = nan or not is_missing_type(type(value))
        elif found in _WHOLE_OR_EXACT and not exact:
            exact = _needs_digits(value)
        column_types.add(found)
    column_types.discard(None)
    if not column_types:
        return ColumnType.DOUBLE if nan else ColumnType.STRING
    for wider in (
        {ColumnType.LONG},
        {ColumnType.LONG, ColumnType.DECIMAL},
        {ColumnType.LONG, ColumnType.DECIMAL, ColumnType.DOUBLE},
        {ColumnType.DATE},
        {ColumnType.DATE, ColumnType.DATETIME},
    ):
        if column_types <= wider:
            found = _widest(column_types)
            if found == ColumnType.DECIMAL or (exact and found == ColumnType.DOUBLE):
                return type_of_digits(values)
            return found
    return ColumnType.STRING


def type_of_digits(values: Iterable[object]) -> ColumnType:
    """Return the column type that holds all digits of exact numbers: DECIMAL, or STRING if they are too many."""
    whole = fraction = 0
    for value in values:
        try:
            number = python_value(value)
        except UnencodableValue:
            # Refused again when it is written, where its row is known.
            continue
        if isinstance(number, int | float | Decimal):
            exact = Decimal(float.__repr__(number) if isinstance(number, float) else number).normalize(_EXACT)
            whole = max(whole, exact.adjusted() + 1)
            fraction = max(fraction, -int(exact.as_tuple().exponent))
    return ColumnType.DECIMAL if whole + fraction <= _MOST_DIGITS else ColumnType.STRING


def _widest(column_types: set[ColumnType | None]) -> ColumnType:
    # Some floats have no plain notation of a sensible length, so DOUBLE holds both floats and decimals.
    order = (ColumnType.DOUBLE, ColumnType.DECIMAL, ColumnType.LONG, ColumnType.DATETIME, ColumnType.DATE)
    return next(column_type for column_type in order if column_type in column_types)


def _needs_digits(value: Any) -> bool:
    """Return whether a DOUBLE would lose digits of a number."""
    if not isinstance(value, Decimal):
        return abs(int(value)) > _EXACT_IN_DOUBLE
    return len("".join(map(str, value.as_tuple().digits)).strip("0")) > _SAFE_DIGITS


def _type_of_value(value: Any) -> ColumnType | None:
    """Return the column type for one value; None if the value is missing."""
    value_type = type(value)
    if value_type.__module__ == "numpy" and (found := _type_of_numpy(value)) is not None:
        return found
    try:
        plain = python_value(value)
    except UnencodableValue:
        # The value is refused again when it is written, where its row is known.
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


def _type_of_numpy(value: Any) -> ColumnType | None:
    """Return the column type that only numpy's type shows, not the Python value."""
    dtype = getattr(value, "dtype", None)
    if dtype is None or dtype.kind not in "fM" or value != value:  # noqa: PLR0124 - NaN and NaT alone
        return None
    if dtype.kind == "f":
        # Longer floats may have digits that a DOUBLE lacks.
        return ColumnType.DOUBLE if dtype.itemsize <= 8 else None
    return ColumnType.DATE if str(dtype).endswith(("D]", "W]", "M]", "Y]")) else ColumnType.DATETIME


@frozen(kw_only=True)
class Evidence:
    """Evidence for a column's type from sampled values; evidence from several files is added up.

    Attributes:
        column_types: The types that suit single values.
        whole: The most digits before the point.
        fraction: The most digits after it.
        significant: The most significant digits of one value.
        exponents: Whether a value has an exponent, which a DECIMAL does not accept.
        bare_exponents: Whether a value has an exponent but no point, such as ``1e-05``.
        points: Whether a value has a point.
        inexact: Whether a DOUBLE would change a value.
    """

    column_types: frozenset[ColumnType] = frozenset()
    whole: int = 0
    fraction: int = 0
    significant: int = 0
    exponents: bool = False
    bare_exponents: bool = False
    points: bool = False
    inexact: bool = False

    def __add__(self, other: Evidence) -> Evidence:
        """Combine the evidence of both."""
        return Evidence(
            column_types=self.column_types | other.column_types,
            whole=max(self.whole, other.whole),
            fraction=max(self.fraction, other.fraction),
            significant=max(self.significant, other.significant),
            exponents=self.exponents or other.exponents,
            bare_exponents=self.bare_exponents or other.bare_exponents,
            points=self.points or other.points,
            inexact=self.inexact or other.inexact,
        )

    @property
    def type(self) -> ColumnType:
        """The column type that loses nothing."""
        column_types = self.column_types
        if column_types == {ColumnType.LONG}:
            return ColumnType.LONG
        if column_types and column_types <= _NUMBERS:
            return self._number
        if column_types == {ColumnType.DATE}:
            return ColumnType.DATE
        if column_types and column_types <= {ColumnType.DATE, ColumnType.DATETIME}:
            return ColumnType.DATETIME
        return ColumnType.STRING

    @property
    def _number(self) -> ColumnType:
        # Programs omit a float's point if they can, but 2E-1 alone may be the number of a flat.
        if self.bare_exponents and not self.points:
            return ColumnType.STRING
        if ColumnType.DECIMAL not in self.column_types and self.significant <= _SAFE_DIGITS:
            return ColumnType.DOUBLE
        if not self.exponents and self.whole + self.fraction <= _MOST_DIGITS:
            return ColumnType.DECIMAL
        return ColumnType.STRING if self.inexact or ColumnType.DECIMAL in self.column_types else ColumnType.DOUBLE


def columns_of_text(names: Sequence[str], sample: Sequence[Sequence[str | None]]) -> tuple[ColumnSpec, ...]:
    """Return the columns for fields of CSV.

    LONG is for integers in their usual notation, which excludes zip codes with leading zeros; DOUBLE for numbers with a
    fraction; DECIMAL if a number has more than 15 significant digits or is an integer beyond 64 bits; DATE for
    ``YYYY-MM-DD``; DATETIME for ``YYYY-MM-DD HH:MM:SS``, optionally with a ``T`` and fractions of a second. All others
    are STRING: numbers beyond 38 digits, codes such as ``007``, ``+1`` and ``1e5``, and columns of only empty fields.

    Args:
        names: The columns' names in order.
        sample: The fields of some records; None and empty fields are ignored.
    """
    return tuple(
        ColumnSpec(name, seen.type) for name, seen in zip(names, seen_in_text(len(names), sample), strict=True)
    )


def seen_in_text(width: int, sample: Sequence[Sequence[str | None]]) -> tuple[Evidence, ...]:
    """Return the evidence from fields of CSV, for each column; see `columns_of_text`."""
    return tuple(_seen({text for row in sample if index < len(row) and (text := row[index])}) for index in range(width))


def _seen(texts: set[str]) -> Evidence:
    seen = Evidence()
    for text in texts:
        seen += _evidence(text)
        if ColumnType.STRING in seen.column_types:
            break
    return seen


def _evidence(text: str) -> Evidence:
    if (number := _FRACTION.fullmatch(text)) is not None and len(text) <= LONGEST:
        return _number_seen(text, *number.groups())
    if _is_day(text):
        return Evidence(column_types=frozenset({ColumnType.DATE}))
    if _MOMENT.fullmatch(text) is not None and _is_in_calendar(text[:19]):
        return Evidence(column_types=frozenset({ColumnType.DATETIME}))
    return Evidence(column_types=frozenset({ColumnType.STRING}))


def _number_seen(text: str, whole: str, fraction: str | None, exponent: str | None) -> Evidence:
    if fraction is None and exponent is None:
        if text == "-0":
            return Evidence(column_types=frozenset({ColumnType.STRING}))
        column_type = ColumnType.LONG if within_long(int(text)) else ColumnType.DECIMAL
    else:
        column_type = ColumnType.DOUBLE
    # A code of digits with an E between them looks like this. Programs that write numbers give the exponent a sign.
    bare = exponent is not None and fraction is None
    digits = (whole + (fraction or "")).lstrip("0")
    value = float(text)
    if (bare and exponent is not None and exponent[0] not in "+-") or isinf(value) or (digits and not value):
        return Evidence(column_types=frozenset({ColumnType.STRING}))
    return Evidence(
        column_types=frozenset({column_type}),
        whole=len(whole),
        fraction=len(fraction or ""),
        significant=len(digits),
        exponents=exponent is not None,
        bare_exponents=bare,
        points=fraction is not None,
        inexact=len(digits) > _SAFE_DIGITS and Decimal(repr(value)) != Decimal(text),
    )


def text_fits(column_type: ColumnType, text: str) -> bool:
    """Return whether text may be a value of a column; False is certain, True is not."""
    match column_type:
        case ColumnType.LONG:
            return _WHOLE.fullmatch(text) is not None and within_long(int(text))
        case ColumnType.DOUBLE:
            return _ANY_NUMBER.fullmatch(text) is not None and not isinf(float(text))
        case ColumnType.DECIMAL:
            return _ANY_NUMBER.fullmatch(text) is not None and "e" not in text.lower()
        case ColumnType.DATE:
            return _is_day(text)
        case ColumnType.DATETIME:
            return _is_day(text) or (_ANY_MOMENT.fullmatch(text) is not None and _is_in_calendar(text[:16]))
    return True


def _is_day(text: str) -> bool:
    return _DAY.fullmatch(text) is not None and _is_in_calendar(text)


def _is_in_calendar(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True

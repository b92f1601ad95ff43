"""Encoding of one value as one CSV field, by the column's type and the value's type."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from functools import partial
from pathlib import PurePath
from typing import Any, Literal, TypeAlias
from uuid import UUID

from attrs import frozen

from domo_async._transfer.columns import ColumnType
from domo_async._transfer.csv.format import quoted
from domo_async._transfer.encoding.nested import json_text
from domo_async._transfer.encoding.texts import (
    LITERALS,
    LONGEST,
    UnencodableValue,
    exact_text,
    kept_by_double,
    nanosecond,
    shown,
    span_text,
    timestamp_text,
    within_long,
)
from domo_async._transfer.encoding.values import is_missing_type, python_value
from domo_async.errors import ConfigError

__all__ = ["CellRules", "Cells"]

_Write: TypeAlias = Callable[[Any], str]
_BINARY = (bytes, bytearray, memoryview)
_READ_AS_TEXT = {
    ("pandas", "Period"),
    ("pandas", "Interval"),
    *(("ipaddress", f"IPv{version}{what}") for version in (4, 6) for what in ("Address", "Network", "Interface")),
}
"""Types whose ``str()`` is the text to write, by the name of their package, which need not be imported."""


@frozen(kw_only=True)
class CellRules:
    """The caller's rules for values that Domo does not have a type for.

    Attributes:
        zone: The zone that points in time with a zone are converted to before they are written without it, as Domo
            stores them; None refuses them.
        nested: Whether lists, dictionaries and structs are refused (``"refuse"``) or written as JSON to STRING columns
            (``"json"``).

    Raises:
        ConfigError: An attribute has another value.
    """

    zone: tzinfo | None = None
    nested: Literal["refuse", "json"] = "refuse"

    def __attrs_post_init__(self) -> None:
        if self.zone is not None and not isinstance(self.zone, tzinfo):
            raise ConfigError(f'zone must be a tzinfo such as ZoneInfo("Europe/Berlin"), not {self.zone!r}')
        if self.nested not in {"refuse", "json"}:
            raise ConfigError(f'nested must be "refuse" or "json", not {self.nested!r}')


class Cells(dict[type, _Write]):
    """The functions that write a column's cells, by the type of the value; each is chosen when its type first occurs.

    The text of a value depends only on the column's type: NULL is an empty field, and text is always quoted.

    Args:
        column_type: The column's type. Values of a type that this release does not know are written as for STRING.
        rules: The caller's rules.
    """

    def __init__(self, column_type: ColumnType, rules: CellRules) -> None:
        super().__init__()
        self._column_type = column_type if column_type.known else ColumnType.STRING
        self._rules = rules

    @property
    def holds_text(self) -> bool:
        """Whether every text is a value of this column."""
        return self._column_type == ColumnType.STRING

    def __missing__(self, value_type: type) -> _Write:
        write = self[value_type] = self._resolve(value_type)
        return write

    def write(self, value: object) -> str:
        """Return a value as a field.

        Raises:
            UnencodableValue: The value does not fit this column.
        """
        return self[type(value)](value)

    def _resolve(self, value_type: type) -> _Write:
        if is_missing_type(value_type):
            return _null
        if value_type.__module__ == "numpy" or (
            issubclass(value_type, Enum) and not issubclass(value_type, str | int | float | date)
        ):
            return self._converted
        if (value_type.__module__.partition(".")[0], value_type.__name__) in _READ_AS_TEXT:
            return self._only_string(str)
        for known, write in (
            (bool, self._bool),
            (str, quoted if self._column_type == ColumnType.STRING else self._text),
            (int, _INTEGERS.get(self._column_type, self._misfit)),
            (float, partial(_float, _FLOATS.get(self._column_type, self._misfit))),
            (Decimal, partial(_exact, _DECIMALS.get(self._column_type, self._misfit))),
            (datetime, partial(self._datetime, _MOMENTS.get(self._column_type, self._misfit))),
            (date, _DAYS.get(self._column_type, self._misfit)),
            (time, self._only_string(lambda value: value.isoformat())),
            (timedelta, self._only_string(span_text)),
            ((UUID, PurePath), self._only_string(str)),
            (_BINARY, _bytes),
            (Mapping | Sequence | AbstractSet, self._nested),
        ):
            if issubclass(value_type, known):
                return write
        return self._misfit

    def _misfit(self, value: object) -> str:
        raise UnencodableValue(
            f"{shown(value)} is a {type(value).__name__}, which does not fit a {self._column_type} column"
        )

    def _only_string(self, text: Callable[[Any], str]) -> _Write:
        if self._column_type != ColumnType.STRING:
            return self._misfit
        return lambda value: quoted(text(value))

    def _converted(self, value: Any) -> str:
        plain = python_value(value)
        if type(plain) is type(value):
            # An array, or a numpy value that Python does not have a type for.
            return self._nested(value) if hasattr(value, "__iter__") else self._misfit(value)
        return self.write(plain)

    def _bool(self, value: bool) -> str:
        if self._column_type == ColumnType.LONG:
            return "1" if value else "0"
        if self._column_type == ColumnType.STRING:
            return '"true"' if value else '"false"'
        raise UnencodableValue(f"{value} is a boolean, which Domo does not have: make the column LONG or STRING")

    def _text(self, value: str) -> str:
        if not re.fullmatch(LITERALS[self._column_type], value) or not _means_something(value, self._column_type):
            hint = "; give None for NULL" if not value else ""
            raise UnencodableValue(f"{shown(value)} is not a {self._column_type}{hint}")
        return value

    def _datetime(self, form: _Write, value: datetime) -> str:
        return form(value if value.tzinfo is None else self._local(value))

    def _local(self, value: datetime) -> datetime:
        if self._rules.zone is None:
            raise UnencodableValue(
                f"{value.isoformat()} has a zone, and Domo's DATETIME has none: give zone=… to convert it"
            )
        try:
            return value.astimezone(self._rules.zone).replace(tzinfo=None)
        except (OverflowError, ValueError):
            raise UnencodableValue(f"{value.isoformat()} is out of range in {self._rules.zone}") from None

    def _nested(self, value: Any) -> str:
        if self._rules.nested == "refuse" or self._column_type != ColumnType.STRING:
            hint = '; nested="json" writes it as JSON' if self._column_type == ColumnType.STRING else ""
            raise UnencodableValue(f"{shown(value)} is nested, and Domo's columns are not{hint}")
        return quoted(json_text(value))


def _null(_: object) -> str:
    return ""


def _bytes(value: bytes) -> str:
    raise UnencodableValue(f"{shown(value)} is binary, and Domo holds only text: decode it, or write it as base64")


def _float(form: _Write, value: float) -> str:
    # Missing and refused numbers are the same for all kinds of sources.
    return form(value) if math.isfinite(value) else _null(python_value(value))


def _exact(form: _Write, value: Decimal) -> str:
    return form(value) if value.is_finite() else _null(python_value(value))


def _integer(value: int) -> str:
    if not within_long(value):
        raise UnencodableValue("an integer is beyond a LONG's 64 bits: make the column DECIMAL or STRING")
    return int.__repr__(value)


def _digits(value: int) -> str:
    if value.bit_length() > LONGEST * 3:
        raise UnencodableValue("an integer has too many digits")
    return int.__repr__(value)


def _whole(value: float | Decimal) -> str:
    if isinstance(value, Decimal) and value.adjusted() > LONGEST:
        raise UnencodableValue(f"{shown(value)} is beyond a LONG's 64 bits: make the column DECIMAL or STRING")
    whole = int(value)
    if whole != value:
        raise UnencodableValue(f"{shown(value)} is not whole, and a LONG has no fraction: make the column DOUBLE")
    return _integer(whole)


def _within_double(value: int | Decimal) -> str:
    try:
        beyond = math.isinf(float(value))
    except OverflowError:
        beyond = True
    if beyond:
        raise UnencodableValue("a number is beyond what a DOUBLE can hold")
    return str(value) if isinstance(value, Decimal) else int.__repr__(value)


def _exact_in_double(value: int | Decimal) -> str:
    text = _within_double(value)
    if not kept_by_double(value):
        raise UnencodableValue(
            f"{shown(value)} has more digits than a DOUBLE holds: make the column DECIMAL, LONG or STRING"
        )
    return text


def _midnight(value: datetime) -> str:
    if value.time() != time() or nanosecond(value):
        raise UnencodableValue(
            f"{timestamp_text(value)} has a time of day, which a DATE would lose: make the column DATETIME"
        )
    return value.date().isoformat()


def _means_something(text: str, column_type: ColumnType) -> bool:
    """Return whether text of the right syntax is a value: a day in the calendar, a number in range."""
    try:
        match column_type:
            case ColumnType.LONG:
                return within_long(int(text))
            case ColumnType.DOUBLE:
                return math.isfinite(float(text))
            case ColumnType.DATE:
                date.fromisoformat(text)
            case ColumnType.DATETIME:
                datetime.fromisoformat(text[:19])
    except ValueError:
        return False
    return True


_INTEGERS: Mapping[str, _Write] = {
    ColumnType.LONG: _integer,
    ColumnType.DOUBLE: _exact_in_double,
    ColumnType.DECIMAL: _digits,
    ColumnType.STRING: lambda value: quoted(_digits(value)),
}
_FLOATS: Mapping[str, _Write] = {
    ColumnType.LONG: _whole,
    ColumnType.DOUBLE: float.__repr__,
    ColumnType.DECIMAL: lambda value: exact_text(Decimal(float.__repr__(value))),
    ColumnType.STRING: lambda value: quoted(float.__repr__(value)),
}
_DECIMALS: Mapping[str, _Write] = {
    ColumnType.LONG: _whole,
    ColumnType.DOUBLE: _exact_in_double,
    ColumnType.DECIMAL: exact_text,
    ColumnType.STRING: lambda value: quoted(exact_text(value)),
}
_MOMENTS: Mapping[str, _Write] = {
    ColumnType.DATETIME: timestamp_text,
    ColumnType.DATE: _midnight,
    ColumnType.STRING: lambda value: quoted(timestamp_text(value)),
}
_DAYS: Mapping[str, _Write] = {
    ColumnType.DATE: lambda value: value.isoformat(),
    ColumnType.DATETIME: lambda value: f"{value.isoformat()} 00:00:00",
    ColumnType.STRING: lambda value: quoted(value.isoformat()),
}

"""Values as the text that Domo reads. Pure, and the same however the values come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

import orjson

__all__ = [
    "EXACT_FLOATS",
    "LITERALS",
    "LONGEST",
    "LONG_RANGE",
    "Misfit",
    "Moment",
    "Refused",
    "Span",
    "exact_text",
    "json_text",
    "moment_text",
    "nanosecond",
    "quoted",
    "span_text",
    "within_long",
]

LONG_RANGE = (-(1 << 63), (1 << 63) - 1)
LONGEST = 1000
"""Digits of a number; more are a mistake, and few lines of them would fill the memory."""

EXACT_FLOATS = float(1 << 23)
"""From here on floats of 32 bits are integers, and the shortest text for one may be another integer's."""

_DATETIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?)?"
LITERALS: Mapping[str, str] = {
    "LONG": r"-?[0-9]{1,1000}",
    "DOUBLE": r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?",
    "DECIMAL": r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)",
    "DATE": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "DATETIME": _DATETIME,
}
"""The form that text for a column of a type has, in what Python's and Arrow's regular expressions have in common."""

_JSON: TypeAlias = Any


class Refused(ValueError):
    """A value cannot be written; says why."""


class Misfit(Exception):
    """Some value of a column cannot be written; which one is found by looking at each."""


class Moment(datetime):
    """A point in time with nanoseconds, as pandas' own has them."""

    nanosecond = 0


class Span(timedelta):
    """A duration with nanoseconds, as pandas' own has them."""

    nanoseconds = 0


def quoted(text: str) -> str:
    """Return text as a STRING cell: always in quotes, so that nothing can be taken for NULL, a number or a mark."""
    # Added up, not formatted: what is text and more, such as a member of an enumeration, may format as something else.
    return '"' + (text.replace('"', '""') if '"' in text else text) + '"'


def within_long(value: int) -> bool:
    """Return whether a LONG can hold an integer."""
    return LONG_RANGE[0] <= value <= LONG_RANGE[1]


def exact_text(value: Decimal) -> str:
    """Return a finite decimal in plain notation, without an exponent."""
    exponent = value.as_tuple().exponent
    if value.adjusted() > LONGEST or (isinstance(exponent, int) and exponent < -LONGEST):
        raise Refused(f"{value!s:.80} has too many digits")
    return format(value, "f")


def moment_text(value: datetime) -> str:
    """Return a point in time, whose zone is not looked at, as ``YYYY-MM-DD HH:MM:SS`` and as many digits as needed."""
    if type(value) is datetime:
        return value.isoformat(" ")
    plain = datetime.combine(value.date(), value.time())
    nanoseconds = nanosecond(value)
    return f"{plain.isoformat(' ', 'microseconds')}{nanoseconds:03}" if nanoseconds else plain.isoformat(" ")


def nanosecond(value: datetime) -> int:
    """Return the nanoseconds beyond the microseconds of a point in time, which pandas' own may have."""
    found: int = getattr(value, "nanosecond", 0)
    return found


def span_text(value: timedelta) -> str:
    """Return a duration as Python writes it, such as ``1 day, 0:00:05``, with its nanoseconds if it has any."""
    text = str(timedelta(value.days, value.seconds, value.microseconds))
    nanoseconds: int = getattr(value, "nanoseconds", 0)
    if not nanoseconds:
        return text
    return f"{text}{'' if '.' in text else '.000000'}{nanoseconds:03}"


def json_text(value: object) -> str:
    """Return what is nested as JSON; exact decimals become text in it, since JSON's readers make them floats."""
    try:
        return orjson.dumps(
            value,
            default=_for_json,
            option=orjson.OPT_PASSTHROUGH_SUBCLASS
            | orjson.OPT_PASSTHROUGH_DATETIME
            | orjson.OPT_SERIALIZE_NUMPY
            | orjson.OPT_NON_STR_KEYS,
        ).decode()
    except (TypeError, ValueError) as error:
        raise Refused(f"{value!r:.80} cannot be written as JSON: {error}") from None


def _for_json(value: Any) -> _JSON:
    simple = _simple_for_json(value)
    if simple is not None:
        return simple
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Iterable) and not isinstance(value, bytes | bytearray | memoryview | AbstractSet):
        return list(value)
    raise TypeError(f"a {type(value).__name__} has no place in it")


def _simple_for_json(value: Any) -> _JSON:
    match value:
        case str():
            return str.__str__(value)
        case int():
            return int(value)
        case float():
            return float(value)
        case Decimal():
            return exact_text(value) if value.is_finite() else str(value)
        case date() | time():
            return value.isoformat()
        case timedelta():
            return span_text(value)
    return None

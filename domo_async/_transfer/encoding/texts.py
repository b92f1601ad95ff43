"""Values as the text that Domo reads, the same for all sources. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

__all__ = [
    "EXACT_FLOATS",
    "LITERALS",
    "LONGEST",
    "LONG_RANGE",
    "Moment",
    "Span",
    "UnencodableArray",
    "UnencodableValue",
    "exact_text",
    "kept_by_double",
    "nanosecond",
    "shown",
    "span_text",
    "timestamp_text",
    "within_long",
]

LONG_RANGE = (-(1 << 63), (1 << 63) - 1)
LONGEST = 1000
"""The most digits of a number; more are a mistake, and few lines of them would fill the memory."""

EXACT_FLOATS = float(1 << 23)
"""From here on 32-bit floats are integers, and the shortest text for one may be another integer's."""

_DATETIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?)?"
LITERALS: Mapping[str, str] = {
    "LONG": r"-?[0-9]{1,1000}",
    "DOUBLE": r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?",
    "DECIMAL": r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)",
    "DATE": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "DATETIME": _DATETIME,
}
"""The syntax of text for a column of a type, as a regular expression that both Python and Arrow understand."""


class UnencodableValue(ValueError):
    """A value that cannot be written; the message says why."""


class UnencodableArray(Exception):
    """A column has a value that cannot be written; each value has to be checked to find it."""


class Moment(datetime):
    """A point in time with nanoseconds, as in pandas."""

    nanosecond = 0


class Span(timedelta):
    """A duration with nanoseconds, as in pandas."""

    nanoseconds = 0


def within_long(value: int) -> bool:
    """Return whether a LONG can hold an integer."""
    return LONG_RANGE[0] <= value <= LONG_RANGE[1]


def kept_by_double(value: int | Decimal) -> bool:
    """Return whether a DOUBLE keeps all digits of a number: it is equal, or is written with the same digits."""
    double = float(value)
    if math.isinf(double):
        return False
    return double == value or (isinstance(value, Decimal) and Decimal(repr(double)) == value)


def exact_text(value: Decimal) -> str:
    """Return a finite decimal in plain notation, without an exponent."""
    exponent = value.as_tuple().exponent
    if value.adjusted() > LONGEST or (isinstance(exponent, int) and exponent < -LONGEST):
        raise UnencodableValue(f"{value!s:.80} has too many digits")
    return format(value, "f")


def timestamp_text(value: datetime) -> str:
    """Return a point in time, ignoring its zone, as ``YYYY-MM-DD HH:MM:SS`` and as many digits as needed."""
    if type(value) is datetime:
        return value.isoformat(" ")
    plain = datetime.combine(value.date(), value.time())
    nanoseconds = nanosecond(value)
    return f"{plain.isoformat(' ', 'microseconds')}{nanoseconds:03}" if nanoseconds else plain.isoformat(" ")


def nanosecond(value: datetime) -> int:
    """Return the nanoseconds beyond the microseconds of a point in time, which pandas' types may have."""
    found: int = getattr(value, "nanosecond", 0)
    return found


def span_text(value: timedelta) -> str:
    """Return a duration as Python writes it, such as ``1 day, 0:00:05``, with its nanoseconds if it has any."""
    text = str(timedelta(value.days, value.seconds, value.microseconds))
    nanoseconds: int = getattr(value, "nanoseconds", 0)
    if not nanoseconds:
        return text
    return f"{text}{'' if '.' in text else '.000000'}{nanoseconds:03}"


def shown(value: object) -> str:
    """Return any value as errors show it."""
    try:
        return f"{value!r:.80}"
    except Exception:  # noqa: BLE001 - integers of thousands of digits, endless nesting, a repr of the caller's that fails
        return f"a {type(value).__name__} that cannot be shown"

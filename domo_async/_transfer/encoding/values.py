"""Values of rows, frames and SQL parameters as Python's own types. numpy and pandas are not imported."""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from domo_async._transfer.encoding.texts import EXACT_FLOATS, Moment, Span, UnencodableValue, kept_by_double, shown

__all__ = ["is_missing_type", "python_value"]

_EPOCH = Moment(1970, 1, 1)
_MISSING = {("pandas", "NAType"), ("pandas", "NaTType"), ("numpy", "MaskedConstant"), ("builtins", "NoneType")}
_DAYS = {"Y", "M", "W", "D"}
_MICROSECONDS = {"h", "m", "s", "ms", "us"}


def is_missing_type(value_type: type) -> bool:
    """Return whether all values of a type mark missing values."""
    return (value_type.__module__.partition(".")[0], value_type.__name__) in _MISSING


def python_value(value: Any) -> object:
    """Return a value as one of Python's own types, and None for missing values.

    numpy and pandas mark missing values of any type with NaN, so NaN is NULL. Infinity is a value, which Domo does not
    have. An enumeration's member is its value if that is text, or else its name.

    Raises:
        UnencodableValue: The value is infinite, or a time outside the range of Python's types.
    """
    value_type = type(value)
    if is_missing_type(value_type):
        return None
    if value_type.__module__ == "numpy" and hasattr(value, "dtype"):
        if value.ndim:
            return value
        value = _of_numpy(value)
    if isinstance(value, Enum) and not isinstance(value, str | int | float | date):
        return value.value if isinstance(value.value, str) else value.name or str(value)
    if isinstance(value, float):
        finite, nan = math.isfinite(value), math.isnan(value)
    elif isinstance(value, Decimal):
        finite, nan = value.is_finite(), value.is_qnan()
    else:
        return value
    if not finite and not nan:
        raise UnencodableValue(
            f"{value} is infinite or a signaling NaN, and Domo holds only finite numbers; give None for NULL"
        )
    return value if finite else None


def _of_numpy(value: Any) -> object:
    code, size = value.dtype.kind, value.dtype.itemsize
    if code in "Mm":
        return None if value != value else _time_of_numpy(value)  # noqa: PLR0124 - NaT alone differs from itself
    if code != "f":
        return value.item()
    if size < 8:
        # As short as the value's own precision allows: 0.1, not 0.10000000149011612.
        return float(value) if abs(value) >= EXACT_FLOATS else float(str(value.astype("float32")))
    exact = Decimal(str(value))
    # Longer floats may have digits that Python's floats lack.
    return exact if exact.is_finite() and not kept_by_double(exact) else float(value)


def _time_of_numpy(value: Any) -> object:
    unit = re.sub(r"[0-9]*(\w+)", r"\1", str(value.dtype).partition("[")[2].rstrip("]"))
    known = "D" if unit in _DAYS else "us" if unit in _MICROSECONDS else "ns"
    exact = value.astype(f"{value.dtype.kind}8[{known}]")
    plain = exact.item()
    # Picoseconds, durations of years, and overflows.
    if not unit or exact.astype(value.dtype) != value or (isinstance(plain, int) and known != "ns"):
        raise UnencodableValue(f"{shown(value)} is out of range, or finer than nanoseconds")
    if not isinstance(plain, int):
        return plain
    microseconds, nanoseconds = divmod(plain, 1000)
    if value.dtype.kind == "m":
        span = Span(microseconds=microseconds)
        span.nanoseconds = nanoseconds
        return span
    timestamp = _EPOCH + timedelta(microseconds=microseconds)
    timestamp.nanosecond = nanoseconds
    return timestamp

"""numpy's scalars as Python's own values; numpy itself is not imported."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from domo_async.transfer.encoding.texts import EXACT_FLOATS, Moment, Refused, Span

__all__ = ["python_value"]

_EPOCH = Moment(1970, 1, 1)


def python_value(value: Any) -> object:
    """Return a numpy scalar as Python's own.

    Raises:
        Refused: It is a time that Python's own types do not reach.
    """
    kind = value.dtype.kind
    if kind in "Mm":
        return None if value != value else _timepython_value(value)  # noqa: PLR0124 - NaT alone differs from itself
    if kind == "f" and value.dtype.itemsize < 8:
        # As short as its own precision allows: 0.1, not 0.10000000149011612.
        return float(value) if abs(value) >= EXACT_FLOATS else float(str(value.astype("float32")))
    plain = value.item()
    return float(plain) if kind == "f" else plain


def _timepython_value(value: Any) -> object:
    unit = re.sub(r"[0-9]*(\w+)", r"\1", str(value.dtype).partition("[")[2].rstrip("]"))
    days = unit in {"Y", "M", "W", "D"}
    exact = value.astype(
        f"{value.dtype.kind}8[{'D' if days else 'us' if unit in {'h', 'm', 's', 'ms', 'us'} else 'ns'}]"
    )
    plain = exact.item()
    if not isinstance(plain, int):
        return plain
    if days or unit != "ns":
        raise Refused(f"{value} is out of range")
    microseconds, nanoseconds = divmod(plain, 1000)
    if value.dtype.kind == "m":
        span = Span(microseconds=microseconds)
        span.nanoseconds = nanoseconds
        return span
    moment = _EPOCH + timedelta(microseconds=microseconds)
    moment.nanosecond = nanoseconds
    return moment

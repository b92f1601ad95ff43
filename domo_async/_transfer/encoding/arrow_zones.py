"""Conversion of Arrow's points in time to the local time of a zone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from domo_async._transfer.encoding.texts import UnencodableArray
from domo_async.errors import ConfigError

__all__ = ["PER_SECOND", "local_form"]

Values: TypeAlias = Any
PER_SECOND: Mapping[str, int] = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}

# Zone files list the clock changes until 2037, and a rule for the time after that, which Arrow does not apply.
_LISTED_UNTIL = datetime(2037, 1, 1, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Such rules change clocks at full quarter-hours.
_QUARTER = 900
_LONG = 1 << 63


def local_form(unit: str, zone: tzinfo) -> Callable[[Values], Values]:
    """Return a function that converts points in time of a unit to the local time of `zone`, without a zone.

    Raises:
        ConfigError: Arrow does not know the zone.
    """
    there = pa.timestamp(unit, _name(zone))  # type: ignore[call-overload]
    listed_until = pa.scalar(_LISTED_UNTIL, there)
    day = 86_400 * PER_SECOND[unit]
    first, last = pa.scalar(day - _LONG), pa.scalar(_LONG - 1 - day)

    def local(values: Values) -> Values:
        counts: Values = values.view(pa.int64())
        # Arrow would not notice the overflow.
        if pc.any(pc.or_(pc.less(counts, first), pc.greater(counts, last))).as_py():
            raise UnencodableArray
        late = pc.greater_equal(values.cast(there), listed_until)
        known = pc.local_timestamp(values.cast(there))
        return pc.if_else(late, _by_rule(counts, late, unit, zone), known) if pc.any(late).as_py() else known

    return local


def _by_rule(counts: Values, late: Values, unit: str, zone: tzinfo) -> Values:
    quarters = pc.divide(pc.if_else(late, counts, None), PER_SECOND[unit] * _QUARTER).dictionary_encode()
    offsets = [_offset(quarter, zone) * PER_SECOND[unit] for quarter in quarters.dictionary.to_pylist()]
    there = pc.add(counts, pa.array(offsets, pa.int64()).take(quarters.indices))
    return there.cast(pa.timestamp(unit))  # type: ignore[call-overload]


def _offset(quarter: int, zone: tzinfo) -> int:
    offset = (_EPOCH + timedelta(seconds=quarter * _QUARTER)).astimezone(zone).utcoffset()
    return 0 if offset is None else offset // timedelta(seconds=1)


def _name(zone: tzinfo) -> str:
    name = getattr(zone, "key", None) or getattr(zone, "zone", None)
    if isinstance(name, str):
        return name
    offset = zone.utcoffset(None)
    if offset is None or offset % timedelta(minutes=1):
        raise ConfigError(f'zone is {zone!r}, which Arrow does not know: give one such as ZoneInfo("Europe/Berlin")')
    sign, minutes = "-+"[offset >= timedelta(0)], abs(offset) // timedelta(minutes=1)
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}"

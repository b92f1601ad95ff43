"""Domo's many forms of timestamps: one reader for all of them, and a writer for each.

Instances do not use one form: the same key is in seconds in one and in milliseconds in another, or ISO with a ``T`` or
a blank. So the unit of a number is determined by its magnitude, and a text may have any form.

A string without a zone is read as UTC, and written in UTC. Unconfirmed: Domo's documentation does not say which zone
such strings are in. Digits beyond microseconds, which a `datetime` cannot hold, are cut off.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Self

from domo_async._wire.errors import expected
from domo_async.errors import ConfigError

__all__ = [
    "CompactStamp",
    "EpochMillis",
    "EpochSeconds",
    "IsoStamp",
    "SpacedStamp",
    "TimestampForm",
    "epoch_millis",
    "read_time",
]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# The smallest number of each unit: 10**11 seconds are in the year 5138, and as many milliseconds in 1973.
_MILLIS = 10**11
_MICROS = 253_402_300_800_000  # one beyond the last millisecond of the year 9999
_NANOS = 10**17
_MOST_DIGITS = 19
_MOST_DECIMALS = 30
_COMPACT_YEARS = range(1900, 2200)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?", re.DOTALL)
_NUMBER = re.compile(r"[+-]?\d{1,20}(?:\.\d{0,40})?")


def read_time(value: object) -> datetime:
    """Return the time for a JSON value in any of Domo's forms.

    Numbers, also as text, are seconds, milliseconds, microseconds or nanoseconds since 1970 or compact
    (yyyyMMddHHmmss.SSS), by their magnitude. Texts are ISO 8601 with a ``T`` or a blank, with or without zone,
    fraction and time.

    Raises:
        ValueError: It has none of these forms.
        OverflowError: A `datetime` cannot hold it.
    """
    if isinstance(value, str):
        text = value.strip()
        if _ISO.fullmatch(text):
            time = datetime.fromisoformat(text)
            return time if time.tzinfo else time.replace(tzinfo=UTC)
        if not _NUMBER.fullmatch(text):
            raise ValueError(value)
        value = Decimal(text)
    number = Decimal(repr(value)) if isinstance(value, float) else value
    if isinstance(number, bool) or not isinstance(number, int | Decimal) or not math.isfinite(number):
        raise ValueError(value)
    return _read_number(number)


def _read_number(value: int | Decimal) -> datetime:
    # Ratios would be calculated exactly, however large they are.
    if isinstance(value, Decimal) and value and not -_MOST_DECIMALS <= value.adjusted() < _MOST_DIGITS:
        raise ValueError(value)
    # With integers, so that the decimal context has no effect; digits are cut towards the past.
    numerator, denominator = value.as_integer_ratio()
    size = abs(numerator) // denominator
    if size >= 10**_MOST_DIGITS:
        raise ValueError(value)
    compact = _read_compact(numerator * 1_000_000 // denominator)
    if compact is not None:
        return compact
    scale = 1_000_000_000 if size < _MILLIS else 1_000_000 if size < _MICROS else 1000 if size < _NANOS else 1
    return _EPOCH + timedelta(microseconds=numerator * scale // (denominator * 1000))


def _read_compact(micros: int) -> datetime | None:
    digits, microsecond = divmod(micros, 1_000_000)
    text = str(digits) if digits > 0 else ""
    if len(text) != 14 or int(text[:4]) not in _COMPACT_YEARS:
        return None
    month, day, hour, minute, second = (int(text[at : at + 2]) for at in range(4, 14, 2))
    try:
        return datetime(int(text[:4]), month, day, hour, minute, second, microsecond, tzinfo=UTC)
    except ValueError:
        return None


def _write_millis(time: datetime) -> int:
    return (time - _EPOCH) // timedelta(milliseconds=1)


def _write_seconds(time: datetime) -> int | Decimal:
    seconds, rest = divmod((time - _EPOCH) // _MICROSECOND, 1_000_000)
    return _write_nanos(time) if rest else seconds


def _write_nanos(time: datetime) -> Decimal:
    nanoseconds = (time - _EPOCH) // _MICROSECOND * 1000
    sign, digits = int(nanoseconds < 0), tuple(map(int, str(abs(nanoseconds))))
    return Decimal((sign, digits, -9))


def _write_compact(time: datetime) -> Decimal:
    text = time.isoformat(timespec="milliseconds").partition("+")[0]
    return Decimal(text.translate({ord(separator): None for separator in "-T:"}))


def _write_iso(timespec: str, zone: str = "Z") -> Callable[[datetime], str]:
    def write(time: datetime) -> str:
        return time.isoformat(timespec=timespec).replace("+00:00", zone)

    return write


def _write_spaced(time: datetime) -> str:
    return time.replace(tzinfo=None).isoformat(" ", "seconds")


def _write_spaced_fraction(time: datetime) -> str:
    text = time.replace(tzinfo=None).isoformat(" ", "microseconds").rstrip("0")
    return f"{text}0" if text.endswith(".") else text


class TimestampForm(Enum):
    """A form of timestamps for writing. All forms are read, whichever is declared; see `read_time`."""

    EPOCH_MILLIS = "1734458216000", _write_millis
    EPOCH_SECONDS = "1734458216", _write_seconds
    EPOCH_NANOS = "1734458216.000000000", _write_nanos
    COMPACT = "20220513224325.628", _write_compact
    ISO = "2024-12-12T23:37:32.125Z", _write_iso("milliseconds")
    ISO_SECONDS = "2024-12-12T23:37:32Z", _write_iso("seconds")
    ISO_MICROS = "2024-12-12T23:37:32.125000Z", _write_iso("microseconds")
    ISO_OFFSET = "2024-12-12T23:37:32.125+00:00", _write_iso("milliseconds", "+00:00")
    SPACED = "2024-12-12 23:37:32", _write_spaced
    SPACED_FRACTION = "2023-06-08 20:59:05.0", _write_spaced_fraction

    example: str
    _write: Callable[[datetime], int | Decimal | str]

    def __new__(
        cls,
        example: str,
        write: Callable[[datetime], int | Decimal | str],
    ) -> Self:
        """Use the example as the value, so that forms can be pickled."""
        form = object.__new__(cls)
        form._value_ = form.example = example
        form._write = write
        return form

    @property
    def exact(self) -> bool:
        """Whether a binary float could not hold all digits of this form."""
        return self._write in (_write_seconds, _write_nanos, _write_compact)

    def parse(self, value: object) -> datetime:
        """Return the time for `value`, in this form or any other.

        Args:
            value: A value from `loads`, with ``exact=True`` for the forms that have decimals.

        Returns:
            An aware `datetime`: in the zone that the text names, else in UTC.

        Raises:
            DecodeError: `value` has none of the forms, or is outside of the range of a `datetime`.
        """
        try:
            return read_time(value)
        except (ValueError, OverflowError):
            raise expected(f"a timestamp like {self.example}", value) from None

    def format(self, time: datetime) -> int | Decimal | str:
        """Return `time` in this form, cut to its precision.

        Raises:
            ConfigError: `time` has no zone, or its UTC date is outside of the calendar.
        """
        try:
            offset = time.utcoffset()
        except ValueError:  # pandas' NaT, which is a datetime by class alone
            raise ConfigError(f"{time!r} is not a moment; None stands for no value") from None
        if offset is None:
            raise ConfigError(f"{time!r} has no time zone; pass an aware datetime such as datetime.now(UTC)")
        try:
            return self._write(time.astimezone(UTC))
        except OverflowError:
            raise ConfigError(f"{time!r} is outside of the years 1 to 9999 in UTC") from None


EpochMillis = Annotated[datetime, TimestampForm.EPOCH_MILLIS]
"""Milliseconds since 1970: ``1734458216000``."""

EpochSeconds = Annotated[datetime, TimestampForm.EPOCH_SECONDS]
"""Seconds since 1970, whole or with up to nine decimals: ``1734458216``, ``1734458216.000000000``."""

CompactStamp = Annotated[datetime, TimestampForm.COMPACT]
"""yyyyMMddHHmmss.SSS as a number: ``20220513224325.628``."""

IsoStamp = Annotated[datetime, TimestampForm.ISO]
"""ISO 8601 with a ``T``: ``2024-12-12T23:37:32.125Z`` and all its variants."""

SpacedStamp = Annotated[datetime, TimestampForm.SPACED]
"""Date and time with a space between and no zone: ``2024-12-12 23:37:32``, ``2023-06-08 20:59:05.0``."""


def epoch_millis(time: datetime) -> int:
    """Return the milliseconds since 1970, which many routes take in the query.

    Raises:
        ConfigError: `time` has no zone.
    """
    return int(TimestampForm.EPOCH_MILLIS.format(time))

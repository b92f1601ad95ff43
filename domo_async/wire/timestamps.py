"""Domo's many ways to write an instant, each as a pure pair of functions.

A string without a zone is read as UTC, and written so. That is unconfirmed: no document says which zone such
strings are in. Digits beyond microseconds, which a `datetime` cannot hold, are cut off.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Self

from domo_async.errors import ConfigError
from domo_async.wire.problems import expected

__all__ = [
    "CompactStamp",
    "EpochMillis",
    "EpochSeconds",
    "IsoStamp",
    "SpacedStamp",
    "TimestampForm",
    "epoch_millis",
]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MOST_DIGITS = 15  # before the point; no representable instant has more, in any form
_MOST_DECIMALS = 9


def _microseconds(value: object) -> int:
    """Return an int or Decimal times a million, cut to an integer. No decimal context has a say in it."""
    if type(value) is int:
        return value * 1_000_000
    if not isinstance(value, Decimal) or not value.is_finite():
        raise ValueError(value)
    exponent = value.as_tuple().exponent
    if value.adjusted() >= _MOST_DIGITS or not isinstance(exponent, int) or exponent < -_MOST_DECIMALS:
        raise ValueError(value)
    numerator, denominator = value.as_integer_ratio()
    return numerator * 1_000_000 // denominator


def _read_millis(value: object) -> datetime:
    if type(value) is not int:
        raise ValueError(value)
    return _EPOCH + timedelta(0, 0, 0, value)


def _write_millis(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _read_seconds(value: object) -> datetime:
    return _EPOCH + timedelta(microseconds=_microseconds(value))


def _write_seconds(moment: datetime) -> int | Decimal:
    seconds, rest = divmod((moment - _EPOCH) // _MICROSECOND, 1_000_000)
    return _write_nanos(moment) if rest else seconds


def _write_nanos(moment: datetime) -> Decimal:
    nanoseconds = (moment - _EPOCH) // _MICROSECOND * 1000
    sign, digits = int(nanoseconds < 0), tuple(map(int, str(abs(nanoseconds))))
    return Decimal((sign, digits, -9))


def _read_compact(value: object) -> datetime:
    digits, microsecond = divmod(_microseconds(value), 1_000_000)
    text = f"{digits:014d}"
    if len(text) != 14:
        raise ValueError(value)
    year, *others = int(text[:4]), *(int(text[at : at + 2]) for at in range(4, 14, 2))
    month, day, hour, minute, second = others
    return datetime(year, month, day, hour, minute, second, microsecond, tzinfo=UTC)


def _write_compact(moment: datetime) -> Decimal:
    text = moment.isoformat(timespec="milliseconds").partition("+")[0]
    return Decimal(text.translate({ord(separator): None for separator in "-T:"}))


def _read_iso(value: object, separator: str = "T") -> datetime:
    # fromisoformat alone would also take dates without a time, week dates and any separator.
    if not isinstance(value, str) or len(value) < 19 or value[4] != "-" or value[10] != separator:
        raise ValueError(value)
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read_spaced(value: object) -> datetime:
    return _read_iso(value, " ")


def _write_iso(timespec: str, zone: str = "Z") -> Callable[[datetime], str]:
    def write(moment: datetime) -> str:
        return moment.isoformat(timespec=timespec).replace("+00:00", zone)

    return write


def _write_spaced(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(" ", "seconds")


def _write_spaced_fraction(moment: datetime) -> str:
    text = moment.replace(tzinfo=None).isoformat(" ", "microseconds").rstrip("0")
    return f"{text}0" if text.endswith(".") else text


class TimestampForm(Enum):
    """One way to write an instant.

    All forms of ISO read alike and take every variety: ``Z``, ``+00:00``, ``+0000``, any number of decimals.
    So do the two spaced forms. The forms that write decimals need numbers parsed exactly.
    """

    EPOCH_MILLIS = "1734458216000", _read_millis, _write_millis
    EPOCH_SECONDS = "1734458216", _read_seconds, _write_seconds
    EPOCH_NANOS = "1734458216.000000000", _read_seconds, _write_nanos
    COMPACT = "20220513224325.628", _read_compact, _write_compact
    ISO = "2024-12-12T23:37:32.125Z", _read_iso, _write_iso("milliseconds")
    ISO_SECONDS = "2024-12-12T23:37:32Z", _read_iso, _write_iso("seconds")
    ISO_MICROS = "2024-12-12T23:37:32.125000Z", _read_iso, _write_iso("microseconds")
    ISO_OFFSET = "2024-12-12T23:37:32.125+00:00", _read_iso, _write_iso("milliseconds", "+00:00")
    SPACED = "2024-12-12 23:37:32", _read_spaced, _write_spaced
    SPACED_FRACTION = "2023-06-08 20:59:05.0", _read_spaced, _write_spaced_fraction

    example: str
    _read: Callable[[object], datetime]
    _write: Callable[[datetime], int | Decimal | str]

    def __new__(
        cls,
        example: str,
        read: Callable[[object], datetime],
        write: Callable[[datetime], int | Decimal | str],
    ) -> Self:
        """Make the example the value, so that forms can be pickled."""
        form = object.__new__(cls)
        form._value_ = form.example = example
        form._read = read
        form._write = write
        return form

    @property
    def exact(self) -> bool:
        """Whether a binary float could not hold all digits of this form."""
        return self._read in (_read_seconds, _read_compact)

    @property
    def textual(self) -> bool:
        """Whether this form is a JSON string; the others are numbers."""
        return self._read in (_read_iso, _read_spaced)

    def parse(self, value: object) -> datetime:
        """Return the instant that `value` stands for.

        Args:
            value: A value as `loads` gives it, with ``exact=True`` for the forms that have decimals.

        Returns:
            An aware `datetime`: in the zone that the text names, else in UTC.

        Raises:
            DecodeError: `value` is not of this form, or not an instant that a `datetime` can hold.
        """
        try:
            return self._read(value)
        except (ValueError, OverflowError):
            raise expected(f"a timestamp like {self.example}", value) from None

    def format(self, moment: datetime) -> int | Decimal | str:
        """Return `moment` in this form, cut to its precision.

        Raises:
            ConfigError: `moment` has no zone, so that it is no instant, or its UTC date leaves the calendar.
        """
        try:
            offset = moment.utcoffset()
        except ValueError:  # pandas' NaT, which is a datetime by class alone
            raise ConfigError(f"{moment!r} is not a moment; None stands for no value") from None
        if offset is None:
            raise ConfigError(f"{moment!r} has no time zone; pass an aware datetime such as datetime.now(UTC)")
        try:
            return self._write(moment.astimezone(UTC))
        except OverflowError:
            raise ConfigError(f"{moment!r} is outside of the years 1 to 9999 in UTC") from None


EpochMillis = Annotated[datetime, TimestampForm.EPOCH_MILLIS]
"""Milliseconds since 1970: ``1734458216000``."""

EpochSeconds = Annotated[datetime, TimestampForm.EPOCH_SECONDS]
"""Seconds since 1970, whole or with up to nine decimals: ``1734458216``, ``1734458216.000000000``."""

CompactStamp = Annotated[datetime, TimestampForm.COMPACT]
"""yyyyMMddHHmmss.SSS as a number: ``20220513224325.628``."""

IsoStamp = Annotated[datetime, TimestampForm.ISO]
"""ISO 8601 with a ``T``: ``2024-12-12T23:37:32.125Z`` and all its varieties."""

SpacedStamp = Annotated[datetime, TimestampForm.SPACED]
"""Date and time with a space between and no zone: ``2024-12-12 23:37:32``, ``2023-06-08 20:59:05.0``."""


def epoch_millis(moment: datetime) -> int:
    """Return the milliseconds since 1970, as many routes take them in the query.

    Raises:
        ConfigError: `moment` has no zone.
    """
    return int(TimestampForm.EPOCH_MILLIS.format(moment))

"""Schedules by days, hour and minute: validation and the next due time. The functions are pure."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.web import flag, whole_number

__all__ = ["check_schedule", "next_run"]

_WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY")
_LAST_MILLIS = 32_503_680_000_000  # the year 3000
_LONGEST_GAP = 64  # days; a monthly schedule is due within two months


def check_schedule(schedule: Mapping[str, Any]) -> None:
    """Check that a schedule is valid.

    Days are names or numbers, separated by commas. That the numbers of weekdays begin with 1 for Monday is
    emulator-defined.

    Raises:
        HTTPError: 400, if the schedule is invalid.
    """
    if "enabled" in schedule:
        flag(schedule["enabled"], "schedule.enabled")
    for key, most in (("hourOfDay", 23), ("minOfHour", 59), ("startDate", _LAST_MILLIS)):
        if whole_number(schedule.get(key), f"schedule.{key}", 0) > most:
            raise HTTPError(400, f"schedule.{key} must not be more than {most}")
    whole_number(schedule.get("expirationDate"), "schedule.expirationDate", 0)
    _zone(schedule)
    frequency = schedule.get("frequency")
    if frequency is not None:
        if frequency not in _FREQUENCIES:
            raise HTTPError(400, f"schedule.frequency must be one of {', '.join(_FREQUENCIES)}")
        _days(schedule)


def next_run(schedule: Mapping[str, Any], after: datetime) -> datetime | None:
    """Return the first time after `after` at which a checked schedule is due; None for never.

    Emulator-defined: a schedule without a frequency is never due, one without a zone uses UTC, and in a month that is
    too short, a monthly one is due on the last day.
    """
    if schedule.get("frequency") is None or not schedule.get("enabled", True):
        return None
    begins = _time_of(schedule.get("startDate"))
    zone, days = _zone(schedule), _days(schedule)
    hour, minute = (whole_number(schedule.get(key), key, 0) for key in ("hourOfDay", "minOfHour"))
    first = max(after, begins).astimezone(zone).date() if begins else after.astimezone(zone).date()
    for distance in range(_LONGEST_GAP):
        day = first + timedelta(distance)
        due = datetime.combine(day, time(hour, minute), zone).astimezone(UTC)
        if _fits(schedule["frequency"], days, day) and due > after and (begins is None or due >= begins):
            expires = _time_of(schedule.get("expirationDate"))
            return due if expires is None or due <= expires else None
    return None


def _time_of(millis: Any) -> datetime | None:
    if millis is None:
        return None
    return datetime.fromtimestamp(min(int(millis), 2 * _LAST_MILLIS) / 1000, UTC)


def _zone(schedule: Mapping[str, Any]) -> ZoneInfo:
    name = schedule.get("timezone") or "UTC"
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, TypeError, OSError) as error:
        raise HTTPError(400, f"Unknown schedule.timezone: {name}") from error


def _days(schedule: Mapping[str, Any]) -> set[int]:
    """Return the days on which a schedule is due: of the week from 0, or of the month from 1."""
    names = [name.strip().upper() for name in str(schedule.get("daysToRun") or "").split(",") if name.strip()]
    if schedule["frequency"] == "DAILY" and not names:
        return set(range(7))
    if schedule["frequency"] == "MONTHLY":
        known = {str(number): number for number in range(1, 32)}
    else:
        known = {key: number for number, name in enumerate(_WEEKDAYS) for key in (name, str(number + 1))}
    if not names or not known.keys() >= set(names):
        raise HTTPError(400, f"schedule.daysToRun must be days separated by commas, out of {', '.join(known)}")
    return {known[name] for name in names}


def _fits(frequency: str, days: set[int], day: date) -> bool:
    if frequency == "MONTHLY":
        last = calendar.monthrange(day.year, day.month)[1]
        return day.day in days or (day.day == last and max(days) > last)
    return day.weekday() in days

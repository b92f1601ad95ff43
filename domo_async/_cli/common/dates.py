"""Points in time as people write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import typer

__all__ = ["parse_moment"]

_AGO = re.compile(r"(\d+)\s*([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_moment(text: str) -> datetime:
    """Return the moment that is meant: so long ago, a date, or a date and time.

    So long ago is such as ``90s``, ``30m``, ``2h``, ``7d`` or ``2w``. What names no zone is local time; a date stands
    for its beginning.

    Raises:
        typer.BadParameter: It is no moment.
    """
    ago = _AGO.fullmatch(text.strip())
    try:
        if ago is not None:
            return datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        found = datetime.fromisoformat(text.strip())
        return found.astimezone() if found.tzinfo is None else found
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            f"{text!r} is no moment; write such as 2h, 7d, 2026-11-01 or 2026-11-01T08:30"
        ) from None

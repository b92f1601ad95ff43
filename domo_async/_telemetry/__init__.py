"""What the library tells of its work: log lines with fields. All that may be told is listed in `events`."""

from __future__ import annotations

from domo_async._telemetry.events import EVENTS, FIELDS, Event, cause_of, tell

__all__ = ["EVENTS", "FIELDS", "Event", "cause_of", "tell"]

"""Telemetry: log lines with fields, spans and metrics; `events` has everything that may be reported."""

from __future__ import annotations

from domo_async._telemetry.events import EVENTS, FIELDS, Event, cause_of, kind_of, tell
from domo_async._telemetry.switch import Instrumentation, Telemetry

__all__ = ["EVENTS", "FIELDS", "Event", "Instrumentation", "Telemetry", "cause_of", "kind_of", "tell"]

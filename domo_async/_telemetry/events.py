"""Every event that the library logs, with its possible fields: an allow-list.

No field holds a token, a value of the caller's data, or a path with names that the caller chose. `TELEMETRY.md`
documents the events for users; a test compares the two.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Protocol, TypeAlias

from attrs import frozen

from domo_async.errors import APIError

__all__ = ["EVENTS", "FIELDS", "Event", "Value", "cause_of", "kind_of", "log_of", "operation_under_way", "tell"]

Value: TypeAlias = str | int | float | None

FIELDS = frozenset(
    {
        "attempt",
        "bytes",
        "callback",
        "cause",
        "data_version",
        "dataset_id",
        "family",
        "items",
        "kept",
        "method",
        "part",
        "parts",
        "place",
        "request",
        "route",
        "rows",
        "seconds",
        "status",
        "tool",
        "total",
        "upload_id",
        "wait_seconds",
        "where",
    }
)
"""The fields of log lines, other than the text; `event` is the event's name."""

EVENTS: dict[str, Event] = {}
"""All events by name."""


@frozen
class Event:
    """An event, always logged with the same text.

    Attributes:
        name: Its name, which stays the same from release to release.
        log: The logger.
        level: The log level.
        text: The text, with the fields in ``%``-formatting.
        traced: Whether the event is also added to the span of the operation.
    """

    name: str
    log: logging.Logger
    level: int
    text: str
    traced: bool = True


class Span(Protocol):
    """An object that receives the events of an operation."""

    def add_event(self, name: str, attributes: Mapping[str, str | int | float]) -> None:
        """Add an event."""


operation_under_way: ContextVar[Span | None] = ContextVar("operation_under_way", default=None)
"""The span of the operation that the running code works for."""
# The names of fields in the semantic conventions of OpenTelemetry; other names are our own.
_ATTRIBUTES = {
    "method": "http.request.method",
    "route": "url.template",
    "status": "http.response.status_code",
}


def log_of(area: str) -> logging.Logger:
    """Return the logger of an area, such as ``domo_async.http``; ``domo_async`` for everything else.

    It has no handler that prints anything, as is usual for a library: the application decides.
    """
    return logging.getLogger(f"domo_async.{area}" if area else "domo_async")


log_of("").addHandler(logging.NullHandler())


def _event(name: str, area: str, level: int, text: str, *, traced: bool = True) -> Event:
    made = EVENTS[name] = Event(name, log_of(area), level, text, traced)
    return made


TRIED = _event(
    "request",
    "http",
    logging.DEBUG,
    "%(method)s %(route)s -> %(status)s in %(seconds).4f s (request %(request)d, attempt %(attempt)d)",
    traced=False,  # it has a span of its own
)
RETRIED = _event(
    "retry",
    "http",
    logging.INFO,
    "%(method)s %(route)s failed (%(cause)s), and is sent again in %(wait_seconds).1f s as attempt %(attempt)d",
)
WAITING = _event(
    "wait", "http", logging.INFO, "%(method)s %(route)s waits up to %(wait_seconds).1f s for its turn: %(cause)s"
)
HELD = _event(
    "pause",
    "http",
    logging.WARNING,
    "the instance asked for a pause: requests to %(family)s wait %(wait_seconds).1f s",
)
BROKEN = _event(
    "breaker",
    "http",
    logging.WARNING,
    "the instance asked for a pause of %(total).0f s, longer than the limit: requests to %(family)s fail at once"
    " for %(wait_seconds).0f s",
)
DELETED = _event(
    "delete_confirmed", "http", logging.INFO, "%(method)s %(route)s was carried out by a try before attempt %(attempt)d"
)
NOT_UNDERSTOOD = _event(
    "answer_not_understood",
    "http",
    logging.WARNING,
    "%(method)s %(route)s answered in an unknown form: %(cause)s",
)
INCOMPLETE = _event(
    "list_incomplete",
    "http",
    logging.WARNING,
    "a list is not complete: the instance counts more items than it returned",
)
OPENED = _event("upload_opened", "transfer", logging.INFO, "upload %(upload_id)s to dataset %(dataset_id)s was opened")
RESUMED = _event(
    "upload_resumed",
    "transfer",
    logging.INFO,
    "upload %(upload_id)s to dataset %(dataset_id)s continues from its journal, with %(parts)d parts already sent",
)
REPLAYED = _event(
    "upload_replayed",
    "transfer",
    logging.INFO,
    "upload %(upload_id)s to dataset %(dataset_id)s already took effect, with %(rows)d rows; nothing is sent",
)
PART_SENT = _event(
    "part_sent",
    "transfer",
    logging.DEBUG,
    "part %(part)d of upload %(upload_id)s was sent: %(rows)d rows, %(bytes)d bytes",
)
PART_RESENT = _event(
    "part_resent",
    "transfer",
    logging.INFO,
    "part %(part)d of upload %(upload_id)s is sent again (attempt %(attempt)d)",
)
COMMITTED = _event(
    "upload_committed",
    "transfer",
    logging.INFO,
    "upload %(upload_id)s to dataset %(dataset_id)s was committed: %(rows)d rows, %(bytes)d bytes, %(parts)d parts",
)
FILE_DISCARDED = _event(
    "file_discarded",
    "transfer",
    logging.WARNING,
    "a file of %(bytes)d bytes was not written: %(cause)s was raised while it was open",
)
COMMIT_LOST = _event(
    "commit_lookup",
    "transfer",
    logging.WARNING,
    "the answer to the commit of upload %(upload_id)s to dataset %(dataset_id)s leaves open whether it took effect"
    " (%(cause)s); the outcome is looked up",
)
COMMIT_UNCERTAIN = _event(
    "commit_uncertain",
    "transfer",
    logging.WARNING,
    "it is unknown whether the commit of upload %(upload_id)s to dataset %(dataset_id)s took effect",
)
VERSIONS_UNKNOWN = _event(
    "versions_unknown",
    "transfer",
    logging.WARNING,
    "the data versions of dataset %(dataset_id)s cannot be read (%(cause)s): if the commit's answer is lost, its"
    " outcome cannot be looked up",
)
NOT_VERIFIED = _event(
    "rows_not_verified",
    "transfer",
    logging.WARNING,
    "upload %(upload_id)s to dataset %(dataset_id)s was committed, but the data versions cannot be read (%(cause)s), so"
    " its rows are not verified",
)
VERSION_UNKNOWN = _event(
    "version_unknown",
    "transfer",
    logging.WARNING,
    "upload %(upload_id)s to dataset %(dataset_id)s was committed, but the data versions cannot be read (%(cause)s)",
)
NOT_SEEN = _event(
    "index_unknown",
    "transfer",
    logging.WARNING,
    "it is unknown whether queries see the rows of dataset %(dataset_id)s yet: %(cause)s",
)
JOB_GOES_ON = _event(
    "job_wait", "jobs", logging.INFO, "a job has not ended; waiting for at most %(wait_seconds).0f s in total"
)
NOT_READ = _event(
    "value_not_read", "answers", logging.WARNING, "%(where)s could not be read (%(cause)s at %(place)s); %(kept)s"
)
TOOL_CALLED = _event("tool_call", "mcp", logging.INFO, "the tool %(tool)s ended in %(seconds).1f s: %(cause)s")
TOOL_BROKEN = _event("tool_broken", "mcp", logging.ERROR, "the tool %(tool)s failed in the server itself: %(cause)s")
CALLBACK_FAILED = _event("callback_failed", "", logging.WARNING, "the %(callback)s callback failed: %(cause)s")


def tell(event: Event, *, failed: BaseException | None = None, **fields: Value) -> None:
    """Log an event.

    Args:
        event: The event.
        failed: An error of the caller's own code, which is logged with its traceback.
        **fields: The fields of the event; their names are in `FIELDS`.
    """
    log = event.log
    if log.isEnabledFor(event.level):
        log.log(event.level, event.text, fields, exc_info=failed, extra={"event": event.name, **fields}, stacklevel=2)
    span = operation_under_way.get()
    if span is not None and event.traced:
        known = {_ATTRIBUTES.get(name, f"domo.{name}"): value for name, value in fields.items() if value is not None}
        span.add_event(f"domo.{event.name}", known)


def kind_of(error: BaseException) -> str:
    """Return the type of an error by the semantic conventions of HTTP: the status of an answer, or a class."""
    return str(error.status) if isinstance(error, APIError) else type(error).__name__


def cause_of(error: BaseException) -> str:
    """Return the parts of an error that may be logged: its type, and the status of an answer."""
    name = type(error).__name__
    return f"{error.status} {name}" if isinstance(error, APIError) else name

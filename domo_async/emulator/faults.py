"""Faults on demand: what a network or an instance may do to a request, once, a few times or for ever."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Literal

from attrs import define, field, frozen

FaultKind = Literal["status", "delay", "drop_before", "drop_after", "truncate", "html", "text", "stall"]

MAINTENANCE_PAGE = (
    "<!DOCTYPE html><html><head><title>Domo Maintenance</title></head>"
    "<body><h1>We'll be right back</h1><p>Domo is down for maintenance.</p></body></html>"
)


@frozen
class Fault:
    """One thing that goes wrong.

    The kinds:

    - ``status``: answered with `status` and Domo's error body (or `body`), without any effect.
    - ``delay``: handled as usual, `delay` seconds later.
    - ``drop_before``: the connection is closed without an effect, before the body is read or, with
      `after_bytes`, in the middle of it.
    - ``drop_after``: the request takes effect, then the connection is closed without an answer.
    - ``truncate``: the request takes effect, then the answer breaks off in the middle of its body, or after
      `after_bytes` of it, under its right Content-Length.
    - ``html``: a maintenance page with status 503, without any effect.
    - ``text``: a blocked page, plain text with status 403, without any effect.
    - ``stall``: the request takes effect, and nothing is answered for `delay` seconds.

    Attributes:
        route: A shell pattern over "METHOD /path"; ``*`` also stands for slashes.
        kind: What goes wrong.
        count: How many requests it happens to; None for all.
        skip: How many requests of the route go well before the first.
        status: The status of the kind ``status``.
        delay: Seconds, for ``delay`` and ``stall``.
        after_bytes: Where the body breaks off, for ``drop_before`` and ``truncate``.
        headers: Further headers of the kinds ``status``, ``html`` and ``text``.
        body: The body of the kinds ``status``, ``html`` and ``text`` in place of the usual one; what is not a
            string or bytes is sent as JSON.
    """

    route: str
    kind: FaultKind
    count: int | None = 1
    skip: int = 0
    status: int = 500
    delay: float = 0.0
    after_bytes: int | None = None
    headers: Mapping[str, str] = field(factory=dict)
    body: Any = None


@define
class _Armed:
    fault: Fault
    skip: int
    left: int | None


class Faults:
    """The faults that are armed; may be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: list[_Armed] = []
        self._fired: list[Fault] = []

    @property
    def fired(self) -> int:
        """How many times a fault happened since the last `clear`."""
        return len(self._fired)

    def add(self, fault: Fault) -> None:
        """Arm `fault`. Of several that fit a request, the one that was added first happens."""
        with self._lock:
            self._armed.append(_Armed(fault, fault.skip, fault.count))

    def clear(self) -> None:
        """Disarm all faults and forget those that happened."""
        with self._lock:
            self._armed.clear()
            self._fired.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault that happens to this request, if one does, and count it."""
        if not self._armed:
            return None
        with self._lock:
            return self._take(f"{method} {path}")

    def _take(self, request: str) -> Fault | None:
        for armed in self._armed:
            if armed.left == 0 or not fnmatchcase(request, armed.fault.route):
                continue
            if armed.skip:
                armed.skip -= 1
                continue
            if armed.left is not None:
                armed.left -= 1
            self._fired.append(armed.fault)
            return armed.fault
        return None

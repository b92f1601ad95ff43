"""Faults on demand: what a network or an instance may do to a request, once, a few times or for ever."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Literal, Self, get_args

from attrs import Attribute, asdict, define, field, fields, frozen

FaultKind = Literal[
    "status",
    "delay",
    "drop_before",
    "drop_after",
    "truncate",
    "slow",
    "throttle",
    "expired",
    "html",
    "text",
    "stall",
    "wrong_length",
]

MAINTENANCE_PAGE = (
    "<!DOCTYPE html><html><head><title>Domo Maintenance</title></head>"
    "<body><h1>We'll be right back</h1><p>Domo is down for maintenance.</p></body></html>"
)

# What "kind=value" stands for where a fault is written on one line.
_SHORT = {
    "status": "status",
    "delay": "delay",
    "stall": "delay",
    "drop_before": "after_bytes",
    "truncate": "after_bytes",
    "slow": "rate",
    "throttle": "retry_after",
    "wrong_length": "extra_bytes",
}
_WHOLE = {"count", "skip", "status", "after_bytes", "extra_bytes", "seed"}


def _known(_fault: Fault, _attribute: Attribute[Any], value: str) -> None:
    if value not in get_args(FaultKind):
        raise ValueError(f"there is no fault {value!r}; there are: {', '.join(get_args(FaultKind))}")


def _share(_fault: Fault, attribute: Attribute[Any], value: float) -> None:
    if not 0 <= value <= 1:
        raise ValueError(f"{attribute.name} must be from 0 to 1")


def _positive(_fault: Fault, attribute: Attribute[Any], value: float) -> None:
    if not value > 0:
        raise ValueError(f"{attribute.name} must be more than zero")


@frozen
class Fault:
    """One thing that goes wrong.

    The kinds:

    - ``status``: answered with `status` and Domo's error body (or `body`), without any effect.
    - ``throttle``: answered with 429, without any effect; with Retry-After if `retry_after` is given.
    - ``expired``: answered with 401 as if the token had expired, without any effect.
    - ``html``: a maintenance page with status 503, without any effect.
    - ``text``: a blocked page, plain text with status 403, without any effect.
    - ``delay``: handled as usual, `delay` seconds later.
    - ``drop_before``: the connection is closed without an effect, before the body is read or, with
      `after_bytes`, in the middle of it.
    - ``drop_after``: the request takes effect, then the connection is closed without an answer.
    - ``stall``: the request takes effect, and nothing is answered for `delay` seconds; with `after_bytes`, the answer
      begins and stands still after so many bytes of its body.
    - ``truncate``: the request takes effect, then the answer breaks off in the middle of its body, or after
      `after_bytes` of it, under its right Content-Length.
    - ``wrong_length``: the request takes effect, and the answer's Content-Length promises `extra_bytes` more than its
      body has, or less, if negative; then the connection is closed. Answers that otherwise go without a length, such as
      CSV, have one then.
    - ``slow``: handled as usual, but bodies of uploads, downloads and answers pass at `rate` bytes a second.

    Attributes:
        route: A shell pattern over "METHOD /path"; ``*`` also stands for slashes.
        kind: What goes wrong.
        count: How many requests it happens to; None for all.
        skip: How many requests of the route go well before the first.
        status: The status of the kind ``status``.
        delay: Seconds, for ``delay`` and ``stall``.
        after_bytes: Where the body breaks off, for ``drop_before`` and ``truncate``, or stands still, for ``stall``.
        extra_bytes: How many bytes more than it sends an answer promises, for ``wrong_length``.
        headers: Further headers of the kinds without any effect.
        body: The body of the kinds without any effect in place of the usual one; what is not a string or bytes is
            sent as JSON.
        probability: How likely it happens to a request of the route.
        seed: Where the chance of `probability` begins: the same seed lets it happen to the same requests, counted
            from the first of the route. None for another chance each time.
        rate: Bytes a second, for ``slow``.
        retry_after: Seconds, for ``throttle``; None for no such header.
    """

    route: str
    kind: FaultKind = field(validator=_known)
    count: int | None = 1
    skip: int = 0
    status: int = 500
    delay: float = 0.0
    after_bytes: int | None = None
    extra_bytes: int = 1
    headers: Mapping[str, str] = field(factory=dict)
    body: Any = None
    probability: float = field(default=1.0, validator=_share)
    seed: int | None = None
    rate: float = field(default=1024.0, validator=_positive)
    retry_after: float | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the fault that is written on one line, ``ROUTE:KIND[=VALUE][,NAME=VALUE…]``.

        Such as ``PUT *parts*:status=503,probability=0.1,count=5``, ``*:slow=5000,count=all`` or
        ``POST */commit:drop_after``. The value of a kind is its status, seconds or bytes; the names are those of
        the attributes that are numbers; ``count=all`` stands for every request.

        Raises:
            ValueError: It is written otherwise; says how.
        """
        route, colon, rest = text.rpartition(":")
        first, *others = rest.split(",")
        kind, given, value = first.partition("=")
        options = dict(_option(other) for other in others)
        if given:
            if kind not in _SHORT:
                raise ValueError(f"the fault {kind!r} takes no value")
            options |= dict([_option(f"{_SHORT[kind]}={value}")])
        if not colon or not route or not kind:
            raise ValueError(f"a fault is written ROUTE:KIND, such as 'PUT *parts*:status=503,count=5', not {text!r}")
        return cls(route, kind, **options)  # type: ignore[arg-type]

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Return the fault of a JSON object, whose keys are the attributes' names.

        Raises:
            ValueError: It is none; says why.
        """
        if unknown := values.keys() - {each.name for each in fields(cls)}:
            raise ValueError(f"a fault has no {', '.join(sorted(unknown))}")
        for name, value in values.items():
            _check(name, value)
        if missing := {"route", "kind"} - values.keys():
            raise ValueError(f"a fault must have {' and '.join(sorted(missing))}")
        return cls(**values)

    def values(self) -> dict[str, Any]:
        """Return the fault as a JSON object."""
        values = asdict(self)
        if isinstance(self.body, bytes):
            values["body"] = self.body.decode(errors="replace")
        return values


def _option(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    name = name.strip()
    if name == "count" and value == "all":
        return name, None
    if name not in {*_WHOLE, "delay", "probability", "rate", "retry_after"}:
        raise ValueError(f"a fault has no option {name!r}")
    try:
        return name, int(value) if name in _WHOLE else float(value)
    except ValueError:
        raise ValueError(f"{name} must be a number, not {value!r}") from None


def _check(name: str, value: Any) -> None:
    optional = name in ("count", "after_bytes", "seed", "retry_after")
    kinds: tuple[type, ...]
    if name in ("route", "kind"):
        kinds = (str,)
    elif name == "headers":
        kinds = (dict,)
    elif name == "body":
        return
    else:
        kinds = (int,) if name in _WHOLE else (int, float)
    if not (isinstance(value, kinds) and not isinstance(value, bool)) and not (optional and value is None):
        raise ValueError(f"{name} must be {' or '.join(kind.__name__ for kind in kinds)}")


@frozen
class ArmedFault:
    """A fault that is armed, and how it went so far.

    Attributes:
        number: What it goes by.
        fault: What was armed.
        fired: How many requests it happened to.
        left: How many more it happens to; None for all.
        on: Whether it happens at all, or was switched off.
    """

    number: int
    fault: Fault
    fired: int
    left: int | None
    on: bool


@define
class _Armed:
    number: int
    fault: Fault
    skip: int
    left: int | None
    rng: random.Random
    fired: int = 0
    on: bool = True


class Faults:
    """The faults that are armed; may be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._armed: list[_Armed] = []
        self._fired: list[Fault] = []

    @property
    def fired(self) -> int:
        """How many times a fault happened since the last `clear`."""
        return len(self._fired)

    def armed(self) -> list[ArmedFault]:
        """Return the faults that were added since the last `clear`, those that are used up included."""
        with self._lock:
            return [ArmedFault(each.number, each.fault, each.fired, each.left, each.on) for each in self._armed]

    def add(self, fault: Fault) -> None:
        """Arm `fault`. Of several that fit a request, the one that was added first happens."""
        with self._lock:
            rng = random.Random(fault.seed)  # noqa: S311 - of faults
            self._armed.append(_Armed(next(self._numbers), fault, fault.skip, fault.count, rng))

    def switch(self, number: int, *, on: bool) -> bool:
        """Let an armed fault happen, or not for now; returns whether it is there."""
        with self._lock:
            found = [each for each in self._armed if each.number == number]
            for each in found:
                each.on = on
            return bool(found)

    def remove(self, number: int) -> bool:
        """Disarm a fault; returns whether it was there."""
        with self._lock:
            left = [each for each in self._armed if each.number != number]
            removed = len(left) < len(self._armed)
            self._armed[:] = left
            return removed

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
            if not armed.on or armed.left == 0 or not fnmatchcase(request, armed.fault.route):
                continue
            if armed.skip:
                armed.skip -= 1
                continue
            if armed.fault.probability < 1 and armed.rng.random() >= armed.fault.probability:
                continue
            if armed.left is not None:
                armed.left -= 1
            armed.fired += 1
            self._fired.append(armed.fault)
            return armed.fault
        return None

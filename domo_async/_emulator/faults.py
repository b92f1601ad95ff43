"""Fault injection: failures of the network or of the instance, once, a few times or for every request."""

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

# The attribute that "kind=value" sets when a fault is written on one line.
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
        raise ValueError(f"{value!r} is not a kind of fault; use one of: {', '.join(get_args(FaultKind))}")


def _share(_fault: Fault, attribute: Attribute[Any], value: float) -> None:
    if not 0 <= value <= 1:
        raise ValueError(f"{attribute.name} must be from 0 to 1")


def _positive(_fault: Fault, attribute: Attribute[Any], value: float) -> None:
    if not value > 0:
        raise ValueError(f"{attribute.name} must be more than zero")


@frozen
class Fault:
    """A failure to inject.

    The kinds:

    - ``status``: answered with `status` and Domo's error body (or `body`), without any effect.
    - ``throttle``: answered with 429, without any effect.
    - ``expired``: answered with 401 as if the token had expired, without any effect.
    - ``html``: a maintenance page with status 503, without any effect.
    - ``text``: a page that says access is blocked, plain text with status 403, without any effect.
    - ``delay``: handled as usual, `delay` seconds later.
    - ``drop_before``: the connection is closed without any effect, before the body is read or, with
      `after_bytes`, in the middle of it.
    - ``drop_after``: the request takes effect, then the connection is closed without an answer.
    - ``stall``: the request takes effect, and nothing is answered for `delay` seconds; with `after_bytes`, the answer
      begins and pauses after that many bytes of its body.
    - ``truncate``: the request takes effect, then the answer breaks off in the middle of its body, or after
      `after_bytes` of it, although its Content-Length is right.
    - ``wrong_length``: the request takes effect, and the answer's Content-Length is `extra_bytes` more than the length
      of its body, or less, if negative; then the connection is closed. Answers that are usually sent without a
      Content-Length, such as CSV, have one then.
    - ``slow``: handled as usual, but bodies of uploads, downloads and answers pass at `rate` bytes a second.

    Attributes:
        route: A shell pattern over "METHOD /path"; ``*`` also stands for slashes.
        kind: The kind of failure.
        count: The number of requests that it happens to; None for all.
        skip: The number of requests of the route that succeed before the first failure.
        status: The HTTP status, for ``status``.
        delay: Seconds, for ``delay`` and ``stall``.
        after_bytes: The number of bytes after which the body breaks off, for ``drop_before`` and ``truncate``, or
            pauses, for ``stall``.
        extra_bytes: The difference between the answer's Content-Length and its body, for ``wrong_length``.
        headers: Further headers of the answer, for the kinds without any effect.
        body: The body of the answer in place of the usual one, for the kinds without any effect; values other than
            strings and bytes are sent as JSON.
        probability: The probability, from 0 to 1, that it happens to a request of the route.
        seed: The seed of the random choices that `probability` makes: with the same seed, it happens to the same
            requests, counted from the first of the route. None for different choices each time.
        rate: Bytes a second, for ``slow``.
        retry_after: Seconds of the Retry-After header, for the kinds without any effect; None to leave the header out.
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

        Examples are ``PUT *parts*:status=503,probability=0.1,count=5``, ``*:slow=5000,count=all`` and
        ``POST */commit:drop_after``. The value of a kind is its status, seconds or bytes; the names are those of
        the numeric attributes; ``count=all`` stands for every request.

        Raises:
            ValueError: The text does not have this form; the message says what is wrong.
        """
        route, colon, rest = text.rpartition(":")
        first, *others = rest.split(",")
        kind, given, value = first.partition("=")
        options = dict(_option(other) for other in others)
        if given:
            if kind not in _SHORT:
                raise ValueError(f"the kind {kind!r} does not take a value")
            options |= dict([_option(f"{_SHORT[kind]}={value}")])
        if not colon or not route or not kind:
            raise ValueError(f"{text!r} is not a fault; write ROUTE:KIND, such as 'PUT *parts*:status=503,count=5'")
        return cls(route, kind, **options)  # type: ignore[arg-type]

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Return the fault of a JSON object, whose keys are the attributes' names.

        Raises:
            ValueError: The object does not describe a fault; the message says why.
        """
        if unknown := values.keys() - {each.name for each in fields(cls)}:
            raise ValueError(f"unknown keys of a fault: {', '.join(sorted(unknown))}")
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
        raise ValueError(f"{name!r} is not an option of a fault")
    try:
        return name, int(value) if name in _WHOLE else float(value)
    except ValueError:
        raise ValueError(f"{name} must be a number, not {value!r}") from None


def _check(name: str, value: Any) -> None:
    optional = name in ("count", "after_bytes", "seed", "retry_after")
    types: tuple[type, ...]
    if name in ("route", "kind"):
        types = (str,)
    elif name == "headers":
        types = (dict,)
    elif name == "body":
        return
    else:
        types = (int,) if name in _WHOLE else (int, float)
    if not (isinstance(value, types) and not isinstance(value, bool)) and not (optional and value is None):
        raise ValueError(f"{name} must be {' or '.join(type_.__name__ for type_ in types)}")


@frozen
class ArmedFault:
    """A fault that is armed, and its state.

    Attributes:
        number: The number that identifies it.
        fault: The fault.
        fired: The number of requests that it happened to.
        left: The number of requests that it still happens to; None for all.
        on: Whether it is switched on.
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
        """The number of times that faults happened since the last `clear`."""
        return len(self._fired)

    def armed(self) -> list[ArmedFault]:
        """Return the faults that were added since the last `clear`, including those that are used up."""
        with self._lock:
            return [ArmedFault(each.number, each.fault, each.fired, each.left, each.on) for each in self._armed]

    def add(self, fault: Fault) -> None:
        """Arm `fault`. If several match a request, the one that was added first happens.

        Example:
            >>> emulator.faults.add(Fault("PUT *parts/3", "drop_before", count=2))
        """
        with self._lock:
            rng = random.Random(fault.seed)  # noqa: S311 - for faults, not secrets
            self._armed.append(_Armed(next(self._numbers), fault, fault.skip, fault.count, rng))

    def switch(self, number: int, *, on: bool) -> bool:
        """Switch an armed fault on or off; return whether there is one with this number."""
        with self._lock:
            found = [each for each in self._armed if each.number == number]
            for each in found:
                each.on = on
            return bool(found)

    def remove(self, number: int) -> bool:
        """Disarm a fault; return whether there was one with this number."""
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
        """Return the fault that happens to this request, and count it; None if none does."""
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

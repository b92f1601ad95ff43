"""Logging of requests by an allow-list, and the caller's hooks."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple, Protocol, TypeVar

from domo_async._redaction import Secret
from domo_async._settings import RequestEvent, ResponseEvent, Settings
from domo_async._telemetry import cause_of, tell
from domo_async._telemetry.events import CALLBACK_FAILED, DELETED, NOT_UNDERSTOOD, RETRIED, TRIED, WAITING
from domo_async._transport.request import Headers, Request
from domo_async.errors import APIError, ConfigError, DecodeError, DomoError

__all__ = [
    "Inspector",
    "Try",
    "allowed",
    "announce",
    "is_watched",
    "joined",
    "report",
    "tell_of_retry",
    "tell_of_success",
    "tell_of_wait",
    "warn_of_answer",
]

E = TypeVar("E")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]*")
_FRAMING = frozenset(
    {
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "expect",
        "host",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


# Headers with credentials, and headers that the methods set themselves, each with the alternative.
_OURS = {
    "x-domo-developer-token": "make another client with token=… for another user",
    "x-domo-authentication": "make another client with session_token=… for another session",
    "user-agent": "give the application's name as Settings(user_agent=…)",
    "cookie": "give a session with cookies of its own as Domo(session=…)",
    "proxy-authorization": "put name and password into the proxy's address, Settings(proxy=…)",
    "accept": "each method asks for what it reads",
    "accept-encoding": "each method asks for what it reads",
    "range": "each method asks for what it reads",
    "if-range": "each method asks for what it reads",
    "if-match": "each method asks for what it reads",
    "if-none-match": "each method asks for what it reads",
    "if-modified-since": "each method asks for what it reads",
    "if-unmodified-since": "each method asks for what it reads",
}


class Try(NamedTuple):
    """One attempt to send a request.

    Attributes:
        request: The request.
        call: The number of the request, the same for all its attempts.
        attempt: The number of the attempt, from 1.
    """

    request: Request
    call: int
    attempt: int


class Inspector(Protocol):
    """Inspects all traffic of its own transport, and may refuse requests; see `Transport.inspected`."""

    def admit(self, request: Request, *, streamed: bool) -> None:
        """Check an attempt of a request.

        Args:
            request: The request.
            streamed: Whether its answer is read as it arrives.

        Raises:
            DomoError: It must not be sent.
        """

    def answered(self, request: Request, status: int | None, /) -> None:
        """Take the status of an answer, or None if there was none."""

    def read(self, content: bytes, into: object, value: object) -> None:
        """Take an answer and its decoded value.

        Args:
            content: The body.
            into: The type that it was decoded to; None if it was read in another way.
            value: The decoded value.
        """

    def misread(self, into: object, error: DecodeError) -> None:
        """Take an answer that could not be decoded."""


async def announce(settings: Settings, sending: Try) -> Secret[Headers]:
    """Call the hooks before an attempt, and return the headers that they add."""
    url = sending.request.url
    event = RequestEvent(method=sending.request.method, template=url.template, path=url.path, attempt=sending.attempt)
    for hook in settings.before_request:
        try:
            await _call(hook, event)
        except Exception as error:
            if sending.attempt > 1:
                error.add_note(
                    f"{event.method} {url.template}: {sending.attempt - 1} tries were made before, without success"
                )
            raise
    problem = _unfit(event.headers, "a before_request hook")
    if problem is not None:
        raise ConfigError(problem)
    return Secret(event.headers)


def allowed(headers: Secret[Headers]) -> Secret[Headers]:
    """Return the headers that a caller wants to add to requests; wrapped values stay wrapped.

    Raises:
        ConfigError: A header is invalid, or the client sets it itself; says what to do instead.
    """
    given = headers.get_secret_value()
    if not isinstance(given, Mapping):
        raise ConfigError(f"headers must be a mapping such as {{'X-Request-Id': '…'}}, not {type(given).__name__}")
    plain = {name: value.get_secret_value() if isinstance(value, Secret) else value for name, value in given.items()}
    ours = next((name for name in plain if isinstance(name, str) and name.lower() in _OURS), None)
    problem = (
        _unfit(plain, "headers=…")
        if ours is None
        else f"headers=… may not have {ours}, which the client sets itself: {_OURS[ours.lower()]}"
    )
    if problem is None:
        return Secret({**given})
    del given, plain  # tracebacks may show local variables
    raise ConfigError(problem)


def joined(earlier: Secret[Headers], later: Secret[Headers]) -> Secret[Headers]:
    """Return both; later headers replace earlier ones of the same names."""
    if not earlier.get_secret_value():
        return later
    names = {name.lower() for name in later.get_secret_value()}
    kept = {name: value for name, value in earlier.get_secret_value().items() if name.lower() not in names}
    return Secret({**kept, **later.get_secret_value()})


def is_watched(settings: Settings) -> bool:
    """Return whether an attempt has to be logged or reported to hooks."""
    return bool(settings.after_response) or TRIED.log.isEnabledFor(TRIED.level)


async def report(settings: Settings, sent: Try, status: int | None, seconds: float) -> None:
    """Log an attempt and call the hooks after it. Only the fields listed here are ever logged."""
    request = sent.request
    tell(
        TRIED,
        method=request.method,
        route=request.url.template,
        status=status,
        seconds=seconds,
        request=sent.call,
        attempt=sent.attempt,
    )
    event = ResponseEvent(
        method=request.method,
        template=request.url.template,
        path=request.url.path,
        attempt=sent.attempt,
        status=status,
        seconds=seconds,
    )
    for hook in settings.after_response:
        try:
            await _call(hook, event)
        except Exception as error:  # noqa: BLE001 - logged, with its traceback
            # The request was carried out; an error of a hook does not change that.
            tell(CALLBACK_FAILED, failed=error, callback="after_response", cause=cause_of(error))


def tell_of_wait(request: Request, seconds: float, cause: str) -> None:
    """Log that a request has to wait.

    Args:
        request: The request.
        seconds: The most seconds of the wait.
        cause: The reason: ``rate_limit``, ``pause`` or ``slot``.
    """
    tell(WAITING, method=request.method, route=request.url.template, wait_seconds=seconds, cause=cause)


def tell_of_retry(request: Request, error: DomoError, attempt: int, seconds: float) -> None:
    """Log that a request is sent again.

    Args:
        request: The request.
        error: The error of the previous attempt.
        attempt: The number of the next attempt.
        seconds: The seconds until then.
    """
    tell(
        RETRIED,
        method=request.method,
        route=request.url.template,
        attempt=attempt,
        wait_seconds=seconds,
        status=error.status if isinstance(error, APIError) else None,
        cause=cause_of(error),
    )


def tell_of_success(request: Request, attempt: int) -> None:
    """Log that an object to delete no longer exists, because an earlier attempt without an answer deleted it."""
    tell(DELETED, method=request.method, route=request.url.template, attempt=attempt)


def warn_of_answer(request: Request, error: DecodeError) -> None:
    """Log that an undocumented answer is not understood, without its content."""
    wanted = error.message.partition(", got ")[0]
    tell(NOT_UNDERSTOOD, method=request.method, route=request.url.template, cause=wanted)


async def _call(hook: Callable[[E], Awaitable[None] | None], event: E) -> None:
    waiting = hook(event)
    if waiting is not None:
        await waiting


def _unfit(headers: object, who: str) -> str | None:
    """Return the reason why a caller's header cannot be added, or None: it is invalid, or frames the request."""
    if not isinstance(headers, dict):
        return f"the headers of a RequestEvent must be a dict, not {type(headers).__name__}"
    for name, value in headers.items():
        if not isinstance(name, str) or not _HEADER_NAME.fullmatch(name):
            return f"{who} added a header whose name cannot be one: {name!r}"
        if name.lower() in _FRAMING:
            return f"{who} added the header {name}, which the client sets itself"
        if not isinstance(value, str) or not _HEADER_VALUE.fullmatch(value):
            return f"{who} gave the header {name} what cannot be its value: not printable text"
    return None

"""What others may see of the traffic: log lines by allow-list, and the caller's hooks."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple, Protocol, TypeAlias, TypeVar

from domo_async._redaction import Secret
from domo_async._settings import RequestEvent, ResponseEvent, Settings
from domo_async._telemetry import cause_of, tell
from domo_async._telemetry.events import CALLBACK_FAILED, DELETED, NOT_UNDERSTOOD, RETRIED, TRIED, WAITING
from domo_async._transport.request import Request
from domo_async.errors import APIError, ConfigError, DecodeError, DomoError

__all__ = [
    "Headers",
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
Headers: TypeAlias = Mapping[str, Secret[str] | str]
"""Headers of a caller's; values that are secret may be wrapped."""
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


# What says who is calling, and what a method itself asks for: each with what to do instead.
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
    """One of the times that a request is sent.

    Attributes:
        request: What is sent.
        call: The number of the request, the same for all its tries.
        attempt: 1 for the first try.
    """

    request: Request
    call: int
    attempt: int


class Inspector(Protocol):
    """Sees all that goes through a transport of its own, and may keep it from being sent; see `Transport.inspected`."""

    def admit(self, request: Request, *, streamed: bool) -> None:
        """Let a try of a request pass.

        Args:
            request: What is to be sent.
            streamed: Whether its answer is read as it arrives.

        Raises:
            DomoError: It must not be sent.
        """

    def answered(self, request: Request, status: int | None, /) -> None:
        """Be told of the status of an answer, None if none came."""

    def read(self, content: bytes, into: object, value: object) -> None:
        """Be told what an answer became.

        Args:
            content: The body.
            into: The type that it was read as; None if it was read in another way.
            value: What it became.
        """

    def misread(self, into: object, error: DecodeError) -> None:
        """Be told of an answer that could not be read as a whole."""


async def announce(settings: Settings, sending: Try) -> Secret[Mapping[str, str]]:
    """Call the hooks before a try, and return the headers that they add."""
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


def allowed(headers: Secret[Headers]) -> Secret[Mapping[str, str]]:
    """Return headers that a caller wants to add to requests.

    Raises:
        ConfigError: One cannot be a header, or is one that the client sets itself; says what to do instead.
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
        return Secret(plain)
    del given, plain  # a traceback may show local variables
    raise ConfigError(problem)


def joined(earlier: Secret[Mapping[str, str]], later: Secret[Mapping[str, str]]) -> Secret[Mapping[str, str]]:
    """Return both, the later ones in the place of earlier ones of the same names."""
    if not earlier.get_secret_value():
        return later
    names = {name.lower() for name in later.get_secret_value()}
    kept = {name: value for name, value in earlier.get_secret_value().items() if name.lower() not in names}
    return Secret({**kept, **later.get_secret_value()})


def is_watched(settings: Settings) -> bool:
    """Return whether anyone wants a report of a try."""
    return bool(settings.after_response) or TRIED.log.isEnabledFor(TRIED.level)


async def report(settings: Settings, sent: Try, status: int | None, seconds: float) -> None:
    """Log a try and call the hooks after it. Nothing but what is listed here is ever logged."""
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
        except Exception as error:  # noqa: BLE001 - told, with its traceback
            # The request was carried out; what a hook thinks of it does not change that.
            tell(CALLBACK_FAILED, failed=error, callback="after_response", cause=cause_of(error))


def tell_of_wait(request: Request, seconds: float, cause: str) -> None:
    """Tell that a request has to wait for its turn.

    Args:
        request: What is to be sent.
        seconds: For how long at the most.
        cause: What it waits for: ``rate_limit``, ``pause`` or ``slot``.
    """
    tell(WAITING, method=request.method, route=request.url.template, wait_seconds=seconds, cause=cause)


def tell_of_retry(request: Request, error: DomoError, attempt: int, seconds: float) -> None:
    """Tell that a request is sent again.

    Args:
        request: What is sent.
        error: How the try before failed.
        attempt: The number of the try that comes.
        seconds: How long it waits.
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
    """Tell that what was to be deleted is gone, as an earlier try without an answer did it."""
    tell(DELETED, method=request.method, route=request.url.template, attempt=attempt)


def warn_of_answer(request: Request, error: DecodeError) -> None:
    """Tell that an answer that no document shows is not understood; of what it holds nothing is told."""
    wanted = error.message.partition(", got ")[0]
    tell(NOT_UNDERSTOOD, method=request.method, route=request.url.template, cause=wanted)


async def _call(hook: Callable[[E], Awaitable[None] | None], event: E) -> None:
    waiting = hook(event)
    if waiting is not None:
        await waiting


def _unfit(headers: object, who: str) -> str | None:
    """Return why what a caller wants to add cannot be, or None: it is not a header, or one that frames the request."""
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

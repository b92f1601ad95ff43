"""What others may see of the traffic: log lines by allow-list, and the caller's hooks."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple, TypeVar

from domo_async.settings import RequestEvent, ResponseEvent, Settings
from domo_async.transport.message import Request

__all__ = ["Try", "announce", "is_watched", "report"]

E = TypeVar("E")
_logger = logging.getLogger("domo_async")


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


async def announce(settings: Settings, sending: Try) -> dict[str, str]:
    """Call the hooks before a try, and return the headers that they add."""
    url = sending.request.url
    event = RequestEvent(method=sending.request.method, template=url.template, path=url.path, attempt=sending.attempt)
    await _call(settings.before_request, event)
    return event.headers


def is_watched(settings: Settings) -> bool:
    """Return whether anyone wants a report of a try."""
    return bool(settings.after_response) or _logger.isEnabledFor(logging.DEBUG)


async def report(settings: Settings, sent: Try, status: int | None, seconds: float) -> None:
    """Log a try and call the hooks after it. Nothing but what is listed here is ever logged."""
    request = sent.request
    if _logger.isEnabledFor(logging.DEBUG):
        _logger.debug(
            "%s %s -> %s in %.1f ms (request %d, attempt %d)",
            request.method,
            request.url.template,
            status or "no answer",
            seconds * 1000,
            sent.call,
            sent.attempt,
        )
    event = ResponseEvent(
        method=request.method,
        template=request.url.template,
        path=request.url.path,
        attempt=sent.attempt,
        status=status,
        seconds=seconds,
    )
    await _call(settings.after_response, event)


async def _call(hooks: Sequence[Callable[[E], Awaitable[None] | None]], event: E) -> None:
    for hook in hooks:
        waiting = hook(event)
        if waiting is not None:
            await waiting

"""Retries of answers that broke off."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from domo_async._settings import Settings
from domo_async._transport import delay_after
from domo_async.errors import IncompleteAnswer

__all__ = ["pause", "persistent"]

T = TypeVar("T")


async def persistent(attempt: Callable[[], Awaitable[T]], settings: Settings) -> T:
    """Return the result of an attempt; if the answer breaks off, try again from the beginning."""
    number = 1
    while True:
        try:
            return await attempt()
        except IncompleteAnswer as error:
            await pause(error, number, settings)
        number += 1


async def pause(error: IncompleteAnswer, attempt: int, settings: Settings) -> None:
    """Wait until the next attempt may be made, or raise `error` if no further attempt is due."""
    delay = delay_after(settings.retries, error, attempt=attempt)
    if delay is None:
        raise error
    await settings.clock.sleep(delay)

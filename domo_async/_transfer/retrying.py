"""Retries of answers that broke off."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from domo_async._settings import Settings
from domo_async._transport import retry_delay
from domo_async.errors import DomoError, IncompleteAnswer

__all__ = ["delay_after", "pause", "persistent"]

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
    delay = delay_after(error, attempt, settings)
    if delay is None:
        raise error
    await settings.clock.sleep(delay)


def delay_after(error: DomoError, attempt: int, settings: Settings) -> float | None:
    """Return the seconds to wait after a failed attempt; None if no further attempt is due."""
    chance = random.random()  # noqa: S311 - spreads callers; not used for security
    return retry_delay(settings.retries, error, attempt=attempt, idempotent=True, chance=chance)

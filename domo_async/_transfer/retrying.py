"""Asks again where an answer broke off."""

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
    """Return the result of an attempt; should the answer break off, make another from the beginning."""
    number = 1
    while True:
        try:
            return await attempt()
        except IncompleteAnswer as error:
            await pause(error, number, settings)
        number += 1


async def pause(error: IncompleteAnswer, attempt: int, settings: Settings) -> None:
    """Wait until the next attempt may be made, or raise `error` if there is to be none."""
    delay = delay_after(error, attempt, settings)
    if delay is None:
        raise error
    await settings.clock.sleep(delay)


def delay_after(error: DomoError, attempt: int, settings: Settings) -> float | None:
    """Return the seconds to wait after an attempt that failed; None if there is to be no other."""
    chance = random.random()  # noqa: S311 - spreads callers, guards nothing
    return retry_delay(settings.retries, error, attempt=attempt, idempotent=True, chance=chance)

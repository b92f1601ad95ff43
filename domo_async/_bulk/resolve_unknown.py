"""Creating what must not be created twice, where answers get lost."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from domo_async._settings import Settings
from domo_async._transport.retry import retry_delay
from domo_async.errors import APIError, BadRequest, Conflict, DecodeError, DomoError, TransportError

__all__ = ["create_once", "outcome_unknown"]

C = TypeVar("C")
F = TypeVar("F")


def outcome_unknown(error: DomoError) -> bool:
    """Return whether the instance may have done what it was asked, though it did not say so."""
    if isinstance(error, APIError):
        return not error.refused
    return isinstance(error, DecodeError) or (isinstance(error, TransportError) and error.sent)


async def create_once(
    create: Callable[[], Awaitable[C]], find: Callable[[], Awaitable[F | None]], *, settings: Settings
) -> tuple[C | F, bool | None]:
    """Create a thing whose name the instance lets only one have, and look it up wherever the outcome is in doubt.

    Args:
        create: Asks the instance to.
        find: Looks it up by its name.
        settings: How often to try, and how soon again.

    Returns:
        What there is now, and whether this call made it; None where that is not known, since an answer was lost and
        somebody else may have made it meanwhile.

    Raises:
        DomoError: It is not there, and why.
    """
    doubted = False
    attempt = 1
    while True:
        try:
            return await create(), True
        except DomoError as error:
            doubtful = outcome_unknown(error)
            doubted = doubted or doubtful
            if not (doubted or isinstance(error, BadRequest | Conflict)):
                raise
            found = await _look(find, error, doubted=doubted)
            if found is not None:
                return found, None if doubted else False
            if not doubtful:
                raise
            chance = random.random()  # noqa: S311 - spreads callers, guards nothing
            # It may be tried again: were it made meanwhile, the instance would refuse another of the same name.
            delay = retry_delay(settings.retries, error, attempt=attempt, idempotent=True, chance=chance)
            if delay is None:
                # The instance may still be at work on it, though nobody waits for its answer any more.
                await settings.clock.sleep(settings.retries.max_delay)
                found = await _look(find, error, doubted=True)
                if found is None:
                    raise
                return found, None
        await settings.clock.sleep(delay)
        attempt += 1


async def _look(find: Callable[[], Awaitable[F | None]], error: DomoError, *, doubted: bool) -> F | None:
    try:
        return await find()
    except DomoError as lookup:
        if not doubted:
            raise error from None
        raise DomoError(f"whether it was created is not known: {error}; looking it up failed: {lookup}") from error

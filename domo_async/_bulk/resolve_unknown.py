"""Creation of objects that must not be created twice, even if answers are lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from domo_async._settings import Settings
from domo_async._transport.retry import Attempts
from domo_async.errors import APIError, BadRequest, Conflict, DecodeError, DomoError, TransportError

__all__ = ["create_once", "outcome_unknown", "still_unknown"]

C = TypeVar("C")
F = TypeVar("F")


def outcome_unknown(error: DomoError) -> bool:
    """Return whether the instance may have carried out a request although it did not confirm it."""
    if isinstance(error, APIError):
        return not error.refused
    return isinstance(error, DecodeError) or (isinstance(error, TransportError) and error.sent)


def still_unknown(error: DomoError, lookup: DomoError, *, action: str = "done") -> DomoError:
    """Return the error for a change whose answer was lost and whose outcome could not be looked up either."""
    return DomoError(f"it is unknown whether it was {action}: {error}; the lookup failed: {lookup}")


async def create_once(
    create: Callable[[], Awaitable[C]], find: Callable[[], Awaitable[F | None]], *, settings: Settings
) -> tuple[C | F, bool | None]:
    """Create an object with a unique name, and look it up whenever the outcome is in doubt.

    Args:
        create: Sends the request to create it.
        find: Looks the object up by its name.
        settings: The number of tries and the delays between them.

    Returns:
        The object, and whether this call created it; None if that is unknown, because an answer was lost and somebody
        else may have created it in the meantime.

    Raises:
        DomoError: The object does not exist; the error has the reason.
    """
    doubted = False
    attempts = Attempts(settings)
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
            # It is safe to try again: had it been created, the instance would refuse a second one of the same name.
            delay = attempts.delay_after(error)
            if delay is None:
                # The instance may still be working on the request although nobody waits for the answer.
                await settings.clock.sleep(settings.retries.max_delay)
                found = await _look(find, error, doubted=True)
                if found is None:
                    raise
                return found, None
        await attempts.wait(delay)


async def _look(find: Callable[[], Awaitable[F | None]], error: DomoError, *, doubted: bool) -> F | None:
    try:
        return await find()
    except DomoError as lookup:
        if not doubted:
            raise error from None
        raise still_unknown(error, lookup, action="created") from error

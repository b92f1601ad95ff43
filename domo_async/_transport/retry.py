"""Whether and when a failed job is tried again: one policy, and one count of attempts, for all that is retried."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from attrs import define

from domo_async._settings import Retries, Settings
from domo_async.errors import APIError, DomoError, IncompleteAnswer, TransportError

__all__ = ["Attempts", "persistent", "retry_delay"]

T = TypeVar("T")


@define
class Attempts:
    """The attempts at a job.

    Args:
        settings: The retry settings, and the clock that waits.
        idempotent: Whether the job may be carried out twice.
        number: The number of the current attempt, from 1.
    """

    _settings: Settings
    _idempotent: bool = True
    number: int = 1

    def delay_after(self, error: DomoError) -> float | None:
        """Return the seconds to wait after this attempt, with random jitter, or None after the last one."""
        chance = random.random()  # noqa: S311 - spreads callers; not used for security
        policy = self._settings.retries
        return retry_delay(policy, error, attempt=self.number, idempotent=self._idempotent, chance=chance)

    async def wait(self, seconds: float) -> None:
        """Wait, and begin the next attempt."""
        await self._settings.clock.sleep(seconds)
        self.number += 1

    async def wait_after(self, error: DomoError) -> None:
        """Wait as long as the policy says, and begin the next attempt; raise `error` if there is none."""
        delay = self.delay_after(error)
        if delay is None:
            raise error
        await self.wait(delay)


async def persistent(job: Callable[[], Awaitable[T]], settings: Settings) -> T:
    """Return the result of a job; if an answer breaks off, try again from the beginning."""
    attempts = Attempts(settings)
    while True:
        try:
            return await job()
        except IncompleteAnswer as error:
            await attempts.wait_after(error)


def retry_delay(policy: Retries, error: DomoError, *, attempt: int, idempotent: bool, chance: float) -> float | None:
    """Return the seconds to wait before the next attempt, or None if there is none. Pure.

    Args:
        policy: The retry settings.
        error: The error of this attempt.
        attempt: The number of this attempt, from 1.
        idempotent: Whether the request may be carried out twice.
        chance: A random number from 0 to 1, for jitter.
    """
    if attempt >= policy.attempts or not _may_repeat(policy, error, idempotent=idempotent):
        return None
    asked = error.retry_after if isinstance(error, APIError) else None
    if asked is not None and asked > policy.max_retry_after:
        return None
    bound = min(policy.max_delay, policy.first_delay * 2 ** min(attempt - 1, 60))
    # The wait that the instance asks for is a minimum; jitter is added to it.
    return chance * bound if asked is None else asked + chance * policy.first_delay


def _may_repeat(policy: Retries, error: DomoError, *, idempotent: bool) -> bool:
    if isinstance(error, TransportError):
        return error.passing and (idempotent or not error.sent)
    if not isinstance(error, APIError) or error.status not in policy.statuses:
        return False
    return idempotent or error.put_off

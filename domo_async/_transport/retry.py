"""Whether and when a failed request is sent again: one policy for every loop that retries."""

from __future__ import annotations

import random

from domo_async._settings import Retries
from domo_async.errors import APIError, DomoError, TransportError

__all__ = ["delay_after", "retry_delay"]


def delay_after(policy: Retries, error: DomoError, *, attempt: int, idempotent: bool = True) -> float | None:
    """Return `retry_delay` with random jitter."""
    chance = random.random()  # noqa: S311 - spreads callers; not used for security
    return retry_delay(policy, error, attempt=attempt, idempotent=idempotent, chance=chance)


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

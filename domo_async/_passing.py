"""Which failures may pass, for schedulers that try again what failed."""

from __future__ import annotations

from domo_async.errors import (
    APIError,
    CommitUncertain,
    RateLimited,
    ServerError,
    TransportError,
    UploadError,
    WaitTimeout,
)

__all__ = ["may_pass"]


def may_pass(error: BaseException | None) -> bool:
    """Return whether the same call may succeed later.

    An uncertain commit counts as such a failure: with a journal, the next attempt looks its outcome up first.
    """
    if isinstance(error, UploadError):
        return may_pass(error.__cause__)
    if isinstance(error, TransportError):
        return error.passing
    if isinstance(error, APIError):
        return isinstance(error, RateLimited | ServerError)
    return isinstance(error, CommitUncertain | WaitTimeout)

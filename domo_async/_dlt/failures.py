"""Errors of the SDK as dlt's: those that may pass, after which dlt tries again, and those that do not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dlt.common.destination.exceptions import DestinationTerminalException, DestinationTransientException

from domo_async.errors import (
    APIError,
    CommitUncertain,
    DomoError,
    RateLimited,
    ServerError,
    TransportError,
    UploadError,
    WaitTimeout,
)

__all__ = ["as_dlt_errors"]


@contextmanager
def as_dlt_errors(what: str) -> Iterator[None]:
    """Raise dlt's errors for those of the SDK.

    Args:
        what: What failed, to begin the message with.
    """
    try:
        yield
    except DomoError as error:
        kind = DestinationTransientException if _may_pass(error) else DestinationTerminalException
        raise kind(f"{what}: {error}") from error


def _may_pass(error: BaseException | None) -> bool:
    if isinstance(error, UploadError):
        return _may_pass(error.__cause__)
    if isinstance(error, TransportError):
        return error.passing
    if isinstance(error, APIError):
        return isinstance(error, RateLimited | ServerError)
    # After an uncertain commit, the next attempt looks its outcome up first.
    return isinstance(error, CommitUncertain | WaitTimeout)

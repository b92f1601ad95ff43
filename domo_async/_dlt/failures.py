"""Errors of the SDK as dlt's: those that may pass, after which dlt tries again, and those that do not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dlt.common.destination.exceptions import DestinationTerminalException, DestinationTransientException

from domo_async._passing import may_pass
from domo_async.errors import DomoError

__all__ = ["as_dlt_errors"]


@contextmanager
def as_dlt_errors(what: str) -> Iterator[None]:
    """Raise dlt's errors for those of the SDK.

    Args:
        what: The task that failed, to begin the message with.
    """
    try:
        yield
    except DomoError as error:
        error_type = DestinationTransientException if may_pass(error) else DestinationTerminalException
        raise error_type(f"{what}: {error}") from error

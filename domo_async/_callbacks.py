"""Calls of the caller's callbacks, which observe events and cannot change their outcome."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from domo_async._telemetry import cause_of, tell
from domo_async._telemetry.events import CALLBACK_FAILED

__all__ = ["notify"]

T = TypeVar("T")


def notify(callback: Callable[[T], object] | None, event: T, what: str) -> None:
    """Call a callback, if there is one; its failure is logged and changes nothing else.

    Args:
        callback: The callback.
        event: Its argument.
        what: Its name in the log.
    """
    if callback is None:
        return
    try:
        callback(event)
    except Exception as error:  # noqa: BLE001 - told, with its traceback
        tell(CALLBACK_FAILED, failed=error, callback=what, cause=cause_of(error))

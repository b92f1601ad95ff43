"""Calls of the caller's callbacks, which observe events and cannot change their outcome."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

__all__ = ["notify"]

T = TypeVar("T")
_logger = logging.getLogger("domo_async")


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
    except Exception as error:
        _logger.warning("a %s callback failed: %s", what, type(error).__name__, exc_info=True)

"""The caller's callbacks, which are told of what happened and do not change it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

__all__ = ["notify"]

T = TypeVar("T")
_logger = logging.getLogger("domo_async")


def notify(callback: Callable[[T], object] | None, event: T, what: str) -> None:
    """Call a callback if there is one; should it fail, that is logged, and what it was told of stays as it is.

    Args:
        callback: The callback.
        event: What to tell it.
        what: What it is called in the log.
    """
    if callback is None:
        return
    try:
        callback(event)
    except Exception as error:
        _logger.warning("a %s callback failed: %s", what, type(error).__name__, exc_info=True)

"""Blocking calls on fsspec's event loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fsspec import asyn

__all__ = ["sync"]

sync: Callable[..., Any] = asyn.sync
"""Runs a coroutine function with arguments on an event loop of another thread, and returns its result."""

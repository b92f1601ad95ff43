"""Work in threads that a cancellation waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

__all__ = ["in_thread"]

R = TypeVar("R")


async def in_thread(function: Callable[..., R], *arguments: object) -> R:
    """Return what a function gives, which runs in a thread.

    Threads cannot be cancelled: a cancellation arrives once the function has ended, so that nothing is still at work on
    what the caller then closes or removes.
    """
    work = asyncio.get_running_loop().run_in_executor(None, function, *arguments)
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait({work})
        # Its outcome matters to nobody any more, but must be taken.
        _ = work.cancelled() or work.exception()
        raise

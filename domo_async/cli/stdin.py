"""Standard input as an async source."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import TypeVar

__all__ = ["stdin_chunks"]

_CHUNK = 1 << 20
T = TypeVar("T")


async def stdin_chunks() -> AsyncIterator[bytes]:
    """Yield standard input to its end, in the chunks in which it comes."""
    descriptor = sys.stdin.fileno()
    while chunk := await _read_aside(descriptor):
        yield chunk


def _read_aside(descriptor: int) -> asyncio.Future[bytes]:
    """Read once, on a thread of its own.

    That thread is a daemon, and reads past `sys.stdin`'s buffer and its lock: a read that waits for more input can
    only be abandoned, and must hold up neither Ctrl-C nor the end of the process.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[bytes] = loop.create_future()

    def settle(how: Callable[[T], None], outcome: T) -> None:
        if not answer.done():
            how(outcome)

    def tell(how: Callable[[T], None], outcome: T) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, how, outcome)

    def read() -> None:
        try:
            chunk = os.read(descriptor, _CHUNK)
        except OSError as error:
            tell(answer.set_exception, error)
        else:
            tell(answer.set_result, chunk)

    threading.Thread(target=read, daemon=True).start()
    return answer

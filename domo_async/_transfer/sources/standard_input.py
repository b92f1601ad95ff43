"""Standard input and pipes as async sources."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from domo_async._transfer.seekable import OpenFile
from domo_async.errors import SourceError

__all__ = ["descriptor_chunks", "stdin_chunks"]

_CHUNK = 1 << 20
T = TypeVar("T")


async def stdin_chunks() -> AsyncIterator[bytes]:
    """Yield standard input to its end, in chunks as they arrive.

    Raises:
        SourceError: It is closed, or cannot be read.
    """
    try:
        descriptor = sys.stdin.fileno()
    except (AttributeError, OSError, ValueError):
        raise SourceError("standard input is closed, or not one that can be read from") from None
    while chunk := await _aside(lambda: os.read(descriptor, _CHUNK), "standard input"):
        yield chunk


async def descriptor_chunks(path: Path) -> AsyncIterator[bytes]:
    """Yield the bytes of a named pipe or a device to its end; it is opened when the first bytes are requested.

    Raises:
        SourceError: It cannot be opened or read.
    """
    # A thread whose read was abandoned keeps the file, so that it never reads another file with the same descriptor.
    pipe = await _aside(lambda: OpenFile(os.open(path, os.O_RDONLY)), str(path))
    while chunk := await _aside(lambda: os.read(pipe.number, _CHUNK), str(path)):
        yield chunk


async def _aside(step: Callable[[], T], name: str) -> T:
    """Run a step on a thread of its own.

    The thread is a daemon, and bypasses the buffer and lock of `sys.stdin`: a read that waits for input can only be
    abandoned, and must not delay Ctrl-C or the end of the process.

    Raises:
        SourceError: The step failed.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def settle(outcome: T | None, error: OSError | None) -> None:
        if answer.done():
            return
        if error is None:
            answer.set_result(outcome)  # type: ignore[arg-type] # there is one
        else:
            answer.set_exception(SourceError(f"cannot read {name}: {error.strerror}"))

    def run() -> None:
        outcome, failure = None, None
        try:
            outcome = step()
        except OSError as error:
            failure = error
        with suppress(RuntimeError):  # the loop is closed: nobody waits any longer
            loop.call_soon_threadsafe(settle, outcome, failure)

    threading.Thread(target=run, daemon=True).start()
    return await answer

"""The server over standard input and output, which also ends at once where only a signal asks it to."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator
from concurrent.futures import CancelledError
from typing import cast

import anyio
from mcp.server.stdio import stdio_server

from domo_async._mcp.server import DomoServer

__all__ = ["serve_stdio"]

_READ = 1 << 16
_AHEAD = 64  # lines


async def serve_stdio(server: DomoServer) -> None:
    """Serve one client over this process's standard input and output, until it ends the input.

    The SDK points standard output at standard error meanwhile, so that nothing else gets between its messages.
    """
    lines = cast("anyio.AsyncFile[str]", _lines(sys.stdin.fileno()))
    async with stdio_server(stdin=lines) as (reading, writing):
        lowlevel = server._lowlevel_server  # noqa: SLF001 - as the SDK's own client in memory does
        await lowlevel.run(reading, writing, lowlevel.create_initialization_options())


async def _lines(descriptor: int) -> AsyncIterator[str]:
    """Yield lines that a thread reads for which nobody waits, as a read cannot be cancelled."""
    loop = asyncio.get_running_loop()
    waiting: asyncio.Queue[str | None] = asyncio.Queue(_AHEAD)

    def put(line: str | None) -> bool:
        putting = waiting.put(line)
        try:
            asyncio.run_coroutine_threadsafe(putting, loop).result()
        except (RuntimeError, CancelledError):  # the loop has ended
            putting.close()
            return False
        return True

    def read() -> None:
        begun = b""
        while piece := os.read(descriptor, _READ):
            *whole, begun = (begun + piece).split(b"\n")
            if not all(put(line.decode(errors="replace")) for line in whole):
                return
        put(None)

    threading.Thread(target=read, name="domo-async standard input", daemon=True).start()
    while (line := await waiting.get()) is not None:
        yield line

"""Clocks and a scripted server: what several tests lean on."""

from __future__ import annotations

import asyncio
import importlib
import os
import re
import selectors
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from aiohttp import web

from domo_async import Domo, Settings

T = TypeVar("T")
STRICT = pytest.mark.parametrize("emulator", [pytest.param({"strict": True}, id="strict")], indirect=True)
"""Marks a test whose instance takes requests only as the documents have them."""

TOKEN = "a-secret-developer-token"


def needs(module: str, *, extra: str) -> Any:
    """Return a module of an extra; without it the test is skipped, or fails in CI, where nobody reads of skips."""
    if os.environ.get("CI"):
        return importlib.import_module(module)
    return pytest.importorskip(module, reason=f"needs the extra {extra}")


class SkippingClock:
    """A clock on which waiting takes no time, though the time passes."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return time.monotonic() + sum(self.slept)

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=sum(self.slept))

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


class LoopClock:
    """The running event loop's time."""

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.monotonic(), UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class _JumpingSelector(selectors.DefaultSelector):
    """Where a loop would wait for its next timer, the time jumps there."""

    elapsed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout:
            self.elapsed += timeout
        return super().select(0)


class _VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumps = _JumpingSelector()
        super().__init__(self._jumps)

    def time(self) -> float:
        return self._jumps.elapsed


def run_virtually(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on a loop whose time passes only by waiting; for what needs no socket."""
    with asyncio.Runner(loop_factory=_VirtualLoop) as runner:
        return runner.run(main)


Handler = Callable[[Any], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    """Serve every path on loopback with one handler; gives the origin."""
    server = web.Server(handler)
    runner = web.ServerRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def talking_to(handler: Handler, **options: Any) -> AsyncIterator[Domo]:
    """A client whose instance is one handler, and on whose clock waiting takes no time."""
    options.setdefault("clock", SkippingClock())
    async with serving(handler) as origin, Domo(origin, token=TOKEN, settings=Settings(**options)) as domo:
        yield domo


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class RawServer:
    """A server that says byte for byte what a test has it say.

    Attributes:
        url: Its origin.
        heads: The head of each request that came, in order.
        bodies: The body of each.
        connections: How many connections there were.
    """

    def __init__(self, answer: Callable[[int, str], bytes | None]) -> None:
        self.url = ""
        self.heads: list[str] = []
        self.bodies: list[bytes] = []
        self.connections = 0
        self._answer = answer

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of a connection: None closes it."""
        self.connections += 1
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = re.search(r"(?i)content-length: (\d+)", head)
            self.bodies.append(await reader.readexactly(int(length[1])) if length else b"")
            self.heads.append(head)
            answer = self._answer(len(self.heads), head.split()[1])
            if answer is None:
                writer.close()
                return
            writer.write(answer)
            await writer.drain()

    @property
    def lines(self) -> list[str]:
        """The request lines that came, without the version."""
        return [head.rpartition(" HTTP/")[0].split(" HTTP/")[0] for head in self.heads]


@asynccontextmanager
async def listening(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[str]:
    """Serve each connection on loopback with a function, until its peer or the test ends; gives the origin.

    With TLS, that is under the name localhost.
    """
    writers: list[asyncio.StreamWriter] = []

    async def watched(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        try:
            await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            # The peer has gone; a test of very many connections would run out of descriptors.
            writers.remove(writer)
            writer.transport.abort()

    server = await asyncio.start_server(watched, "127.0.0.1", 0, ssl=tls)
    try:
        yield f"{'http://127.0.0.1' if tls is None else 'https://localhost'}:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()
        await asyncio.sleep(0)


@asynccontextmanager
async def raw_server(answer: Callable[[int, str], bytes | None]) -> AsyncIterator[RawServer]:
    """Serve with a function that takes a request's number, from 1, and its target, and gives the answer's bytes."""
    raw = RawServer(answer)
    async with listening(raw.serve) as raw.url:
        yield raw


def raw_answer(body: bytes | str = b"{}", *headers: str, status: str = "200 OK") -> bytes:
    """Return an answer with a length, in bytes."""
    content = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(content)}", *headers, "", ""]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + content

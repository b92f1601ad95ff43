"""A forward proxy, and servers that speak TLS, for tests of what lies between a client and its instance."""

from __future__ import annotations

import asyncio
import base64
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from urllib.parse import urlsplit

import trustme
from attrs import define, field

from tests.support import listening, raw_answer


@define
class ForwardProxy:
    """A proxy that makes tunnels, and passes on what is not encrypted.

    Attributes:
        login: The name and password that it wants, with a colon between; None for none.
        refusal: What it answers instead of a tunnel.
        reaches: The host and port that it connects to, whatever it is asked for; None for what it is asked for.
        url: Its origin.
        heads: The heads of what it was asked.
        passed: All that went through its tunnels.
    """

    login: str | None = None
    refusal: bytes | None = None
    reaches: tuple[str, int] | None = None
    url: str = ""
    heads: list[str] = field(factory=list)
    passed: bytearray = field(factory=bytearray)

    @property
    def lines(self) -> list[str]:
        return [head.splitlines()[0] for head in self.heads]

    def address(self, login: str | None = None) -> str:
        """Return its URL with a name and password in it."""
        return self.url if login is None else self.url.replace("://", f"://{login}@")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        self.heads.append(head)
        wanted = None if self.login is None else base64.b64encode(self.login.encode()).decode()
        if self.refusal is not None or (wanted is not None and f"Proxy-Authorization: Basic {wanted}\r\n" not in head):
            refusal = self.refusal or raw_answer(
                "", 'Proxy-Authenticate: Basic realm="corp"', status="407 Proxy Authentication Required"
            )
            writer.write(refusal)
            await writer.drain()
            writer.close()
            return
        method, target = head.split()[:2]
        asked = urlsplit(f"//{target}" if method == "CONNECT" else target)
        there, back = await asyncio.open_connection(*(self.reaches or (asked.hostname, asked.port)))
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            back.write(head.encode("latin-1"))
        try:
            await asyncio.gather(self._pump(reader, back), self._pump(there, writer))
        finally:
            back.close()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while piece := await source.read(1 << 16):
                self.passed += piece
                sink.write(piece)
                await sink.drain()
        sink.close()


@asynccontextmanager
async def forward_proxy(
    login: str | None = None, refusal: bytes | None = None, context: ssl.SSLContext | None = None
) -> AsyncIterator[ForwardProxy]:
    """Run a proxy on loopback, to which clients speak TLS if there is a context, under the name localhost."""
    proxy = ForwardProxy(login, refusal)
    async with listening(proxy.serve, context) as proxy.url:
        yield proxy


@contextmanager
def forward_proxy_in_thread(login: str | None = None) -> Iterator[ForwardProxy]:
    """Run a proxy for what blocks, such as a command."""
    started, ended = threading.Event(), threading.Event()
    found: list[ForwardProxy] = []

    async def serve() -> None:
        async with forward_proxy(login) as proxy:
            found.append(proxy)
            started.set()
            await asyncio.to_thread(ended.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    started.wait()
    try:
        yield found[0]
    finally:
        ended.set()
        thread.join()


@define
class TlsServer:
    """Answers every request with JSON, over TLS.

    Attributes:
        url: Its origin.
        heads: The heads of the requests.
        answer: What it answers.
    """

    url: str = ""
    heads: list[str] = field(factory=list)
    answer: bytes = raw_answer('"hello"')

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode("latin-1"))
            writer.write(self.answer)
            await writer.drain()


def certified(authority: trustme.CA, *names: str, **options: object) -> ssl.SSLContext:
    """Return a server's context, with a certificate for some hosts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*(names or ("localhost",)), **options).configure_cert(context)  # type: ignore[arg-type]
    return context


@asynccontextmanager
async def tls_server(context: ssl.SSLContext) -> AsyncIterator[TlsServer]:
    """Serve on loopback over TLS, under the name localhost."""
    made = TlsServer()
    async with listening(made.serve, context) as made.url:
        yield made


@contextmanager
def demanding_server(context: ssl.SSLContext) -> Iterator[str]:
    """Serve on loopback over TLS, and tell a client why it is not accepted, which asyncio's servers do not."""
    context.verify_mode = ssl.CERT_REQUIRED
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with (
                suppress(OSError),
                context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) as line,
            ):
                try:
                    line.do_handshake()
                except ssl.SSLError:
                    # What was sent along is taken in, or the reset that it brings about would overtake the reason.
                    while socket.socket.recv(line, 1 << 16):
                        pass
                    raise
                head = b""
                while not head.endswith(b"\r\n\r\n"):
                    head += line.recv(1 << 16)
                line.sendall(raw_answer('"hello"', "Connection: close"))

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"https://localhost:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@contextmanager
def quiet_loop() -> Iterator[None]:
    """Keep a server's own failed handshakes out of the log of the test."""
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda *_: None)
    try:
        yield
    finally:
        loop.set_exception_handler(before)

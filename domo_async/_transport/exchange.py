"""One request on one connection, sent once: aiohttp's own retries are prevented here."""

from __future__ import annotations

import asyncio
import inspect
import select
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextvars import ContextVar
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from attrs import define
from multidict import CIMultiDict
from yarl import URL

from domo_async._redaction import Secret
from domo_async._transport.deadlines import Deadline
from domo_async._transport.proxies import Proxy
from domo_async._transport.request import Body, Request

__all__ = [
    "LARGEST_HEADER",
    "MOST_HEADERS",
    "Call",
    "Exchange",
    "LostError",
    "OnceRequest",
    "WatchedResponse",
]

LARGEST_HEADER = 64 << 10
MOST_HEADERS = 256
_NEVER = float("inf")
# The margin by which connections are closed before the server's keep-alive limit, which counts from its last byte.
_EARLIER = 1.0
# aiohttp would send an idempotent request again after these errors.
_RESENT_AFTER = (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError)


class LostError(Exception):
    """An error of aiohttp, wrapped so that aiohttp does not send the request again.

    Attributes:
        error: The error of aiohttp.
    """

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class _StaleError(Exception):
    """A connection from the pool cannot be used; nothing was sent on it."""


@define(eq=False)
class Call:
    """One attempt of a request, including redirects.

    Attributes:
        request: The request.
        timeout: aiohttp's limits.
        patience: The seconds within which there must be progress.
        loop: The event loop.
        limit: The block that expires.
        sent: Whether a server may have received the request.
        proxy: The proxy of the current exchange.
        just_encrypted: Whether it was sent on a new encrypted connection.
    """

    request: Request
    timeout: aiohttp.ClientTimeout
    patience: float
    loop: asyncio.AbstractEventLoop
    limit: Deadline
    sent: bool = False
    proxy: Proxy | None = None
    just_encrypted: bool = False

    def keep_moving(self) -> None:
        """Let the attempt expire if there is no progress from now on."""
        self.limit.stalls = self.loop.time() + self.patience


@define(eq=False)
class Exchange:
    """One request to one address, without redirects.

    Attributes:
        session: The session.
        call: The attempt that the exchange is part of.
        target: The address.
        headers: All headers except those of the body and secret ones.
        sealed: The secret headers: aiohttp has them only while it writes the head.
        tls: The TLS context; True for the default of the session's connections.
        connector: The connector, if the session is our own: it then has no cookies, middlewares and traces, and the
            rest of its work is skipped, which saves a quarter of the cost of a small call.
        line: The connection that it was sent on.
    """

    session: aiohttp.ClientSession
    call: Call
    target: URL
    headers: Mapping[str, str]
    sealed: Secret[Mapping[str, str]]
    tls: ssl.SSLContext | bool
    connector: aiohttp.BaseConnector | None
    line: _Line | None = None

    async def run(self) -> aiohttp.ClientResponse:
        """Return the head of the answer."""
        call = self.call
        body = call.request.body
        token = _running.set(self)
        try:
            while True:
                call.limit.stalls = _NEVER  # aiohttp limits the time to connect
                try:
                    return await (self._send(self.headers, None) if body is None else self._send_body(body))
                except _StaleError:
                    # The pool has one connection less each time.
                    continue
        finally:
            _running.reset(token)

    def begin(self, connection: Connection) -> None:
        """Take over a connection before anything is sent on it.

        Raises:
            _StaleError: It is from the pool, and cannot be used any longer.
        """
        protocol = connection.protocol
        if protocol is None:
            raise _StaleError
        self.line = line = _lines.get(protocol)
        self.call.just_encrypted = False
        if line is None:
            self.line = _lines[protocol] = line = _Line(protocol)
            # An encrypted connection may have data to read that is not an answer, such as a session ticket.
            plain = protocol.transport is not None and protocol.transport.get_extra_info("sslcontext") is None
            self.call.just_encrypted = not plain
            used = protocol.should_close
            if plain and self.call.proxy is not None:
                # Early versions of aiohttp mark each connection to a proxy as one to close after its first answer.
                used = protocol.exception() is not None or len(protocol) > 0
            if used or (plain and line.has_spoken(protocol)):
                raise LostError(aiohttp.ClientConnectionError("the server spoke before it was asked"))
        elif protocol.should_close or line.expires <= self.call.loop.time() or line.has_spoken(protocol):
            raise _StaleError
        self.call.sent = True
        self.call.keep_moving()

    async def _send_body(self, body: Body) -> aiohttp.ClientResponse:
        headers = {**self.headers, "Content-Type": body.content_type, "Content-Length": str(body.length)}
        if body.encoding is not None:
            headers["Content-Encoding"] = body.encoding
        content = body.open()
        if not isinstance(content, bytes):
            return await self._send_slices(headers, content)
        payload = aiohttp.BytesPayload(content)
        del content  # a traceback may show local variables
        return await self._send(headers, payload)

    async def _send_slices(self, headers: Mapping[str, str], slices: Iterator[bytes]) -> aiohttp.ClientResponse:
        """Send a body, whose total time is not limited but which must make progress."""
        failure: Exception | SystemExit | KeyboardInterrupt | None = None

        async def moving() -> AsyncIterator[memoryview]:
            nonlocal failure
            try:
                for piece in slices:
                    # asyncio cuts off what was sent, which copies bytes but not a view of them.
                    yield memoryview(piece)
                    self.call.keep_moving()
            except (Exception, SystemExit, KeyboardInterrupt) as error:  # noqa: BLE001 - raised below
                failure = error
                # aiohttp asks in a task of its own, of which asyncio reports an exit once more.
                raise RuntimeError from None

        try:
            return await self._send(headers, moving())
        except (aiohttp.ClientError, LostError, OSError):
            # aiohttp hides that the source of the body failed.
            if failure is not None:
                raise failure from None
            raise

    def _send(
        self, headers: Mapping[str, str], data: aiohttp.Payload | AsyncIterator[memoryview] | None
    ) -> Awaitable[aiohttp.ClientResponse]:
        if self.connector is not None and _SENDS_STRAIGHT:
            return self._send_straight(self.connector, headers, data)
        return self.session.request(
            self.call.request.method,
            self.target,
            data=data,
            headers=headers,
            allow_redirects=False,
            timeout=self.call.timeout,
            proxy=None if self.call.proxy is None else self.call.proxy.address,
            ssl=self.tls,
            auto_decompress=False,
        )

    async def _send_straight(
        self,
        connector: aiohttp.BaseConnector,
        headers: Mapping[str, str],
        data: aiohttp.Payload | AsyncIterator[memoryview] | None,
    ) -> aiohttp.ClientResponse:
        """Do the work of `session.request` for our own session."""
        call = self.call
        request = OnceRequest(
            call.request.method,
            self.target,
            headers=headers,
            data=data,
            loop=call.loop,
            response_class=WatchedResponse,
            proxy=None if call.proxy is None else call.proxy.address,
            ssl=self.tls,
            session=self.session,
        )
        connection = await connector.connect(request, [], call.timeout)
        try:
            if connection.protocol is not None:
                connection.protocol.set_response_params(
                    skip_payload=call.request.method == "HEAD",
                    read_until_eof=True,
                    auto_decompress=False,
                    read_timeout=call.timeout.sock_read,
                    max_line_size=LARGEST_HEADER,
                    max_field_size=LARGEST_HEADER,
                    max_headers=MOST_HEADERS,
                )
            response = await request.send(connection)
            try:
                return await response.start(connection)
            except BaseException:
                response.close()
                raise
        except BaseException:
            connection.close()
            raise


# Earlier versions of aiohttp do not limit the number of headers, and need `session.request`.
_SENDS_STRAIGHT = "max_headers" in inspect.signature(ResponseHandler.set_response_params).parameters
_running: ContextVar[Exchange] = ContextVar("_running")


class _Line:
    """The state of a connection.

    Attributes:
        expires: The loop's time from which on the server may close it.
    """

    __slots__ = ("_unread", "expires")

    def __init__(self, protocol: ResponseHandler) -> None:
        self.expires = _NEVER
        self._unread = _look_for_unread(protocol)

    def has_spoken(self, protocol: ResponseHandler) -> bool:
        """Return whether there is unexpected data to read: the connection's end, or bytes without a request.

        The protocol knows of data that the event loop has read. This checks for data that arrived since.
        """
        transport = protocol.transport
        return transport is None or transport.is_closing() or bool(self._unread())


# Connections on which a request was sent.
_lines: WeakKeyDictionary[ResponseHandler, _Line] = WeakKeyDictionary()


class OnceRequest(aiohttp.ClientRequest):
    """A request that checks its connection before using it, and that aiohttp does not send again."""

    def update_headers(self, headers: Any) -> None:
        """Set the headers; no other header of ours is Host, so they need not be looked through."""
        super().update_headers(None)
        self.headers.extend(headers)

    def update_proxy(self, proxy: URL | None, proxy_auth: aiohttp.BasicAuth | None, proxy_headers: Any) -> None:
        """Take over the proxy, with the name and password, which were not passed to aiohttp before."""
        ours = _running.get().call.proxy
        if ours is not None and ours.login is not None:
            proxy_auth = ours.login.get_secret_value()
        super().update_proxy(proxy, proxy_auth, proxy_headers)

    async def send(self, conn: Connection) -> aiohttp.ClientResponse:
        """Send the request if the connection is usable."""
        exchange = _running.get()
        exchange.begin(conn)
        added = _unsealed(exchange.sealed, self.headers)
        try:
            return await super().send(conn)
        except _RESENT_AFTER as error:
            raise LostError(error) from None
        finally:
            # Secret headers are there only while the head is written.
            for name in added:
                self.headers.pop(name, None)


def _unsealed(sealed: Secret[Mapping[str, str]], headers: CIMultiDict[str]) -> tuple[str, ...]:
    """Add secret headers, except those that a middleware has set, and return their names."""
    added = {name: value for name, value in sealed.get_secret_value().items() if name not in headers}
    headers.extend(added)
    return tuple(added)


class WatchedResponse(aiohttp.ClientResponse):
    """An answer whose connection is reused only if the answer is entirely regular."""

    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        """Read the head."""
        protocol = connection.protocol
        try:
            await super().start(connection)
        except _RESENT_AFTER as error:
            raise LostError(error) from None
        exchange = _running.get()
        if protocol is not None and exchange.line is not None:
            alive = _kept_alive(self.headers["Keep-Alive"]) if "Keep-Alive" in self.headers else None
            ends = _NEVER if alive is None else exchange.call.loop.time() + alive - _EARLIER
            exchange.line.expires = ends
            if self.method == "HEAD" or self.status in {204, 304}:
                # A forbidden body may follow nevertheless, and would be read as the next answer.
                length = self.headers.get("Content-Length", "0").strip()
                if length != "0" or "Transfer-Encoding" in self.headers:
                    protocol.force_close()
        return self


def _kept_alive(header: str) -> float | None:
    """Return the seconds in ``Keep-Alive: timeout=5, max=100``, or 0 if the connection must not be reused."""
    pairs: dict[str, str] = {}
    for part in header.lower().split(","):
        name, _, value = part.partition("=")
        pairs[name.strip()] = value.strip()
    seconds, left = (pairs.get(name, "") for name in ("timeout", "max"))
    if left.isdecimal() and int(left[:9]) == 0:
        return 0.0
    return float(seconds[:9]) if seconds.isdecimal() else None


def _look_for_unread(protocol: ResponseHandler) -> Callable[[], object]:
    """Return a reusable check for unread data on a connection, prepared once because it runs for each request."""
    transport = protocol.transport
    line = None if transport is None else transport.get_extra_info("socket")
    number = -1 if line is None else line.fileno()
    if number < 0:
        return lambda: line is not None
    if not hasattr(select, "poll"):
        return lambda: select.select([number], [], [], 0)[0]
    poll = select.poll()
    poll.register(number, select.POLLIN)
    return partial(poll.poll, 0)

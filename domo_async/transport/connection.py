"""One exchange over HTTP: aiohttp's session, the token, redirects, bodies that must keep moving."""

from __future__ import annotations

import asyncio
import builtins
from collections.abc import AsyncIterator, Iterator, Mapping
from urllib.parse import urljoin, urlsplit

import aiohttp
from attrs import define
from yarl import URL

from domo_async.errors import (
    APIError,
    ConfigError,
    ConnectError,
    DomoError,
    IncompleteAnswer,
    TimeoutError,  # noqa: A004
    TransportError,
)
from domo_async.settings import Credentials, Settings
from domo_async.transport.codings import ACCEPTED, decoded
from domo_async.transport.deadlines import Deadlines
from domo_async.transport.message import Request

__all__ = ["Connection", "is_good", "read_body", "translated"]

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 5
# A longer body is a transfer, which may take as long as it likes.
_SMALL_BODY = 1 << 18
_LARGEST_KEPT = 8 << 20


class Connection:
    """The pool of connections to one instance.

    Args:
        origin: Scheme, host and port of the instance.
        credentials: Who is calling; told to nobody but the instance.
        settings: How to behave.
        session: An aiohttp session of the caller's to send through, or None for one of our own.
    """

    def __init__(
        self, origin: str, credentials: Credentials, settings: Settings, session: aiohttp.ClientSession | None
    ) -> None:
        self._origin = origin
        # Goes to this origin only; a redirect elsewhere is followed without it.
        self._secret_header = credentials.header
        self._own_headers = {"User-Agent": settings.user_agent, credentials.header: credentials.token}
        self._settings = settings
        self._session = session
        self._owned = session is None
        self._closed = False
        limits = settings.timeouts
        self._deadlines = Deadlines(min(1.0, limits.read / 8, limits.total / 8))
        self._unhurried = aiohttp.ClientTimeout(total=None, connect=limits.connect)
        self._streamed = aiohttp.ClientTimeout(total=None, connect=limits.connect, sock_read=limits.read)

    async def close(self) -> None:
        """Close our own session; a session of the caller's stays open."""
        self._closed = True
        if self._session is not None and self._owned:
            await self._session.close()
            self._session = None

    async def fetch(self, request: Request, extra_headers: Mapping[str, str]) -> tuple[aiohttp.ClientResponse, bytes]:
        """Send a request and return the answer with its body.

        Args:
            request: What to send.
            extra_headers: Headers of the caller's hooks.

        Raises:
            TransportError: No whole answer came.
            APIError: It was a redirect that must not be followed.
        """
        loop = asyncio.get_running_loop()
        limits = self._settings.timeouts
        small = request.body is None or request.body.length <= _SMALL_BODY
        ends = loop.time() + limits.total
        try:
            async with asyncio.timeout(None) as limit:
                try:
                    response = await self._follow(request, extra_headers, self._unhurried, limit)
                    self._deadlines.set(limit, ends - loop.time() if small else limits.read)
                    return response, await read_body(response, request)
                finally:
                    self._deadlines.drop(limit)
        except builtins.TimeoutError as error:
            raise translated(error, request) from None

    async def open(self, request: Request, extra_headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        """Send a request and return the answer with its body still to be read, which may take as long as it likes.

        Args:
            request: What to send.
            extra_headers: Headers of the caller's hooks.

        Raises:
            TransportError: No answer came.
            APIError: It was a redirect that must not be followed.
        """
        try:
            async with asyncio.timeout(None) as limit:
                try:
                    return await self._follow(request, extra_headers, self._streamed, limit)
                finally:
                    self._deadlines.drop(limit)
        except builtins.TimeoutError as error:
            raise translated(error, request) from None

    async def _follow(
        self,
        request: Request,
        extra_headers: Mapping[str, str],
        timeout: aiohttp.ClientTimeout,
        limit: asyncio.Timeout,
    ) -> aiohttp.ClientResponse:
        """Return the head of the answer that all redirects lead to."""
        session = self._ready_session()
        target = self._origin + request.target
        headers = {
            "Accept": request.accept,
            "Accept-Encoding": ACCEPTED,
            **request.headers,
            **self._own_headers,
            **extra_headers,
        }
        try:
            for hop in range(_MAX_REDIRECTS + 1):
                exchange = _Exchange(session, request, target, headers, timeout, self._settings, self._deadlines, limit)
                response = await exchange.run()
                if response.status not in _REDIRECTS or "Location" not in response.headers:
                    return response
                await read_body(response, request)
                target = urljoin(target, response.headers["Location"])
                request = self._redirected(request, response.status, target, hop)
                if _origin_of(target) != self._origin:
                    headers = {name: value for name, value in headers.items() if name != self._secret_header}
        except (aiohttp.ClientError, OSError) as error:
            # Raised outside of this block: aiohttp's own error may quote the token, and would hang on to ours.
            failure = translated(error, request)
        else:
            raise AssertionError  # the hops are counted and end in `_redirected`
        raise failure

    def _redirected(self, request: Request, status: int, target: str, hop: int) -> Request:
        """Return what is to be sent to where a redirect points, or refuse to follow it."""
        parts = urlsplit(target)
        secure = parts.scheme == "https" or (parts.scheme == "http" and self._origin.startswith("http:"))
        reads = request.method in {"GET", "HEAD"}
        stays = _origin_of(target) == self._origin
        problem = None
        if not secure or not (reads or (status in {307, 308} and stays)):
            problem = (
                f"redirected to {parts.scheme}://{parts.netloc.rpartition('@')[2]}, which is not followed"
                " (the instance's name may be wrong, or its session ended)"
            )
        elif hop >= _MAX_REDIRECTS:
            problem = f"redirected more than {_MAX_REDIRECTS} times"
        if problem is not None:
            raise APIError(status=status, message=problem, method=request.method, path=request.url.path)
        return request if stays else request._replace(body=None)

    def _ready_session(self) -> aiohttp.ClientSession:
        if self._closed:
            raise ConfigError("this client is closed; make a new one")
        if self._session is None:
            _keep_freed_memory()
            settings = self._settings
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=settings.connections,
                    keepalive_timeout=settings.keepalive,
                    ssl=settings.tls if settings.tls is not None else True,
                ),
                # A token is all that the API needs; cookies would only carry state between unrelated calls.
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


def _keep_freed_memory() -> None:
    """Have pieces of bodies made from memory that is there.

    glibc gives what is larger than 128 KiB back to the system, which has to clear it for the next piece, until a block
    was freed that is larger: from then on it keeps what is smaller than that one.
    """
    bytes(_LARGEST_KEPT)  # which is never touched


@define
class _Exchange:
    """One request to one place, without redirects."""

    session: aiohttp.ClientSession
    request: Request
    target: str
    headers: Mapping[str, str]
    timeout: aiohttp.ClientTimeout
    settings: Settings
    deadlines: Deadlines
    limit: asyncio.Timeout

    async def run(self) -> aiohttp.ClientResponse:
        body = self.request.body
        self.deadlines.set(self.limit, self.settings.timeouts.read)
        if body is None:
            return await self._send(self.headers, None)
        headers = {**self.headers, "Content-Type": body.content_type, "Content-Length": str(body.length)}
        if body.encoding is not None:
            headers["Content-Encoding"] = body.encoding
        content = body.open()
        if not isinstance(content, bytes):
            return await self._send_slices(headers, content)
        # aiohttp sends PUT and DELETE again by itself when a kept connection turns out dead, unless their body can
        # only be read once. What must not be carried out twice, such as a commit, therefore goes as an iterator.
        return await self._send(headers, content if self.request.idempotent else _once(content))

    async def _send_slices(self, headers: Mapping[str, str], slices: Iterator[bytes]) -> aiohttp.ClientResponse:
        """Send a body that may take as long as it likes, but may not stand still."""
        failure: Exception | None = None

        async def moving() -> AsyncIterator[bytes]:
            nonlocal failure
            try:
                for piece in slices:
                    yield piece
                    self.deadlines.set(self.limit, self.settings.timeouts.read)
            except Exception as error:
                failure = error
                raise

        try:
            return await self._send(headers, moving())
        except (aiohttp.ClientError, OSError):
            # aiohttp hides that it was the source of the body that failed.
            if failure is not None:
                raise failure from None
            raise

    async def _send(
        self, headers: Mapping[str, str], data: bytes | AsyncIterator[bytes] | None
    ) -> aiohttp.ClientResponse:
        return await self.session.request(
            self.request.method,
            URL(self.target, encoded=True),
            data=data,
            headers=headers,
            allow_redirects=False,
            timeout=self.timeout,
            proxy=self.settings.proxy,
            auto_decompress=False,
        )


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


def is_good(response: aiohttp.ClientResponse) -> bool:
    """Return whether the instance did what it was asked: the documents know 200, 201, 202 and 204."""
    return 200 <= response.status < 300


async def read_body(response: aiohttp.ClientResponse, request: Request) -> bytes:
    """Return an answer's body; of an error or redirect, which its status explains, at least an empty one.

    Raises:
        TransportError: The body of a good answer broke off.
    """
    try:
        return b"".join([piece async for piece in decoded(response, request)])
    except (DomoError, aiohttp.ClientError, OSError) as error:
        if not is_good(response):
            return b""
        raise error if isinstance(error, DomoError) else translated(error, request) from None
    finally:
        response.release()


def _origin_of(target: str) -> str:
    parts = urlsplit(target)
    return f"{parts.scheme}://{parts.netloc}"


def translated(error: Exception, request: Request) -> TransportError:
    """Return our error for aiohttp's. Their texts may quote headers, so only what is harmless is kept."""
    what = f"{request.method} {request.url.path}"
    if isinstance(error, TransportError):
        return error
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return TimeoutError(f"{what}: no connection in time (see Settings.timeouts)", sent=False)
    if isinstance(error, asyncio.TimeoutError):
        return TimeoutError(f"{what}: no answer, or no progress, in time (see Settings.timeouts)")
    if isinstance(error, (aiohttp.ClientConnectorCertificateError, aiohttp.ClientSSLError)):
        return ConnectError(f"{what}: the server's certificate was not accepted: {error}")
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return ConnectError(f"{what}: the proxy cannot be reached")
    if isinstance(error, aiohttp.ClientConnectorError):
        return ConnectError(f"{what}: cannot connect to {error.host}:{error.port}: {error.os_error}")
    if isinstance(error, aiohttp.ClientPayloadError):
        return IncompleteAnswer(f"{what}: the answer broke off before its end")
    if isinstance(error, (aiohttp.ServerDisconnectedError, OSError)):
        return TransportError(f"{what}: the connection was closed before the answer")
    return TransportError(f"{what}: no valid HTTP answer ({type(error).__name__})")

"""One exchange over HTTP: aiohttp's session, the token, redirects, bodies that must keep moving."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from urllib.parse import urljoin, urlsplit

import aiohttp
from attrs import evolve, frozen
from yarl import URL

from domo_async.errors import (
    APIError,
    ConfigError,
    ConnectError,
    IncompleteAnswer,
    TimeoutError,  # noqa: A004
    TransportError,
)
from domo_async.settings import Credentials, Settings
from domo_async.transport.message import Request

__all__ = ["Connection", "read_body", "translated"]

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 5
# A body longer than this is a transfer, which has no total time limit.
_SMALL_BODY = 1 << 18


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
        self._credentials = credentials
        self._settings = settings
        self._session = session
        self._owned = session is None
        self._closed = False
        limits = settings.timeouts
        self._whole = aiohttp.ClientTimeout(total=limits.total, connect=limits.connect, sock_read=limits.read)
        self._streamed = aiohttp.ClientTimeout(total=None, connect=limits.connect, sock_read=limits.read)

    async def close(self) -> None:
        """Close our own session; a session of the caller's stays open."""
        self._closed = True
        if self._session is not None and self._owned:
            await self._session.close()
            self._session = None

    async def open(
        self, request: Request, extra_headers: Mapping[str, str], *, streamed: bool
    ) -> aiohttp.ClientResponse:
        """Send a request, follow redirects, and return the answer with its body still to be read.

        Args:
            request: What to send.
            extra_headers: Headers of the caller's hooks.
            streamed: Whether the answer's body may take as long as it likes.

        Raises:
            TransportError: No answer came.
            APIError: It was a redirect that must not be followed.
        """
        session = self._ready_session()
        small = request.body is None or request.body.length <= _SMALL_BODY
        timeout = self._whole if small and not streamed else self._streamed
        headers = {"Accept": request.accept, "User-Agent": self._settings.user_agent, **extra_headers}
        target = self._origin + request.target
        try:
            for hop in range(_MAX_REDIRECTS + 1):
                at_home = _origin_of(target) == self._origin
                exchange = _Exchange(
                    session,
                    request,
                    target,
                    {**headers, self._credentials.header: self._credentials.token} if at_home else headers,
                    timeout,
                    self._settings,
                )
                response = await exchange.run()
                if response.status not in _REDIRECTS or "Location" not in response.headers:
                    return response
                await read_body(response, request)
                target = urljoin(target, response.headers["Location"])
                request = self._redirected(request, response.status, target, hop)
        except (aiohttp.ClientError, OSError) as error:
            raise translated(error, request) from None
        raise AssertionError  # the hops are counted and end in `_redirected`

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
        return request if stays else evolve(request, body=None)

    def _ready_session(self) -> aiohttp.ClientSession:
        if self._closed:
            raise ConfigError("this client is closed; make a new one")
        if self._session is None:
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


@frozen
class _Exchange:
    """One request to one place, without redirects."""

    session: aiohttp.ClientSession
    request: Request
    target: str
    headers: Mapping[str, str]
    timeout: aiohttp.ClientTimeout
    settings: Settings

    async def run(self) -> aiohttp.ClientResponse:
        body = self.request.body
        if body is None:
            return await self._send(self.headers, None)
        headers = {**self.headers, "Content-Type": body.content_type, "Content-Length": str(body.length)}
        content = body.open()
        if not isinstance(content, bytes):
            return await self._send_slices(headers, content)
        # aiohttp sends PUT and DELETE again by itself when a kept connection turns out dead, unless their body can
        # only be read once. What must not be carried out twice, such as a commit, therefore goes as an iterator.
        return await self._send(headers, content if self.request.idempotent else _once(content))

    async def _send_slices(self, headers: Mapping[str, str], slices: AsyncIterator[bytes]) -> aiohttp.ClientResponse:
        """Send a body that may take as long as it likes, but may not stand still."""
        loop = asyncio.get_running_loop()
        patience = self.settings.timeouts.read
        failure: Exception | None = None

        async def watched() -> AsyncIterator[bytes]:
            nonlocal failure
            try:
                async for piece in slices:
                    stalled.reschedule(loop.time() + patience)
                    yield piece
            except Exception as error:
                failure = error
                raise
            # All is sent; from here on aiohttp's own read timeout runs.
            stalled.reschedule(None)

        try:
            async with asyncio.timeout(None) as stalled:
                return await self._send(headers, watched())
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
        )


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def read_body(response: aiohttp.ClientResponse, request: Request) -> bytes:
    """Return an answer's body; of an error or redirect, which its status explains, at least an empty one.

    Raises:
        TransportError: The body of a good answer broke off.
    """
    try:
        return await response.read()
    except (aiohttp.ClientError, OSError) as error:
        if not 200 <= response.status < 300:
            return b""
        raise translated(error, request) from None
    finally:
        response.release()


def _origin_of(target: str) -> str:
    parts = urlsplit(target)
    return f"{parts.scheme}://{parts.netloc}"


def translated(error: Exception, request: Request) -> TransportError:
    """Return our error for aiohttp's. Their texts may quote headers, so only what is harmless is kept."""
    what = f"{request.method} {request.url.path}"
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

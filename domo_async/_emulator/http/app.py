"""The HTTP application: its routes, and what every request passes through."""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import aclosing
from typing import NoReturn

import orjson
from aiohttp import web
from attrs import define

from domo_async._emulator import routes
from domo_async._emulator.access.auth import OPEN_PATHS, TOKEN_HEADER, Authentication
from domo_async._emulator.errors import HTTPError, error_body
from domo_async._emulator.faults import MAINTENANCE_PAGE, Fault, Faults
from domo_async._emulator.http.connections import Connections
from domo_async._emulator.http.limits import SlidingWindow
from domo_async._emulator.http.log import RequestLog, RequestRecord
from domo_async._emulator.http.sites import check_site
from domo_async._emulator.http.web import (
    AUTHENTICATION,
    BODY,
    CALLER,
    CONNECTIONS,
    INSTANCE,
    STORAGE,
    STRICT,
    StreamedResponse,
    answer,
    readable,
    waits_for_body,
    whole_body,
)
from domo_async._emulator.persistence.journal import Keeper
from domo_async._emulator.rows.storage import Storage
from domo_async._emulator.services import activity
from domo_async._emulator.state import Instance

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

OWN_PATHS = "/emulator"
"""Below this are the emulator's own pages and routes, which no instance of Domo has."""

# Where Domo's other API is, and how clients of it log in.
_PUBLIC_API = ("/oauth/", "/v1/")
_LARGEST_JSON = 64 << 20
_LARGEST_OF_A_STRANGER = 1 << 20
_FULL = (errno.ENOSPC, errno.EDQUOT)
_BEAT = 0.05
_LOGGER = logging.getLogger(__name__)


class _Dropped(Exception):
    """The connection was closed on purpose; there is nothing to answer."""


@define(eq=False)
class Gate:
    """What every request passes through: faults, latency, limits, authentication and the request log.

    Attributes:
        by_name: Gives what answers a request instead, by the name that the instance is called by in it.
    """

    instance: Instance
    authentication: Authentication
    faults: Faults
    log: RequestLog
    search_limit: SlidingWindow
    connections: Connections
    latency: float
    keeper: Keeper
    host: str = "127.0.0.1"
    by_name: Callable[[web.Request], Handler | None] = lambda _request: None

    async def handle(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request, whatever happens to it, and record it before the client can have the whole answer.

        What the emulator is asked about itself is not recorded, and nothing happens to it.
        """
        if request.path in ("/", OWN_PATHS) or request.path.startswith(f"{OWN_PATHS}/"):
            return await self._handle_own(request, handler)
        started = self.instance.now()
        connection = self.connections.of(request)
        connection.begin()
        response: web.StreamResponse = web.Response(status=500)
        status: int | None = None
        try:
            response = await self._answer(request, handler, started)
            if isinstance(response, StreamedResponse):
                await response.send(request)
            status = response.status
        except (_Dropped, ConnectionError):
            _LOGGER.debug("%s %s was left without a whole answer", request.method, request.path)
        finally:
            if isinstance(response, StreamedResponse):
                await response.chunks.aclose()
            connection.hurry()
            self.log.append(
                RequestRecord(
                    method=request.method,
                    path=readable(request.path),
                    query=readable(request.query_string),
                    status=status,
                    started=started,
                    finished=self.instance.now(),
                    request_bytes=_received_bytes(request),
                    response_bytes=_sent_bytes(response) if status is not None else 0,
                    connection=connection.number,
                )
            )
        return response

    async def _answer(self, request: web.Request, handler: Handler, started: float) -> web.StreamResponse:
        if self.latency:
            await asyncio.sleep(self.latency)
        fault = self.faults.take(request.method, request.path)
        if fault is None:
            return await self._handle(request, handler, started)
        early = await _before(fault, request)
        if early is not None:
            return early
        if fault.kind == "slow":
            self.connections.of(request).slow_down(fault.rate)
        response = await self._handle(request, handler, started)
        return await _after(fault, request, response)

    async def _handle(self, request: web.Request, handler: Handler, started: float) -> web.StreamResponse:
        searches = request.path.startswith("/api/search/")
        try:
            check_site(request, self.host)
            _refuse_public_api(request)
            request[CALLER] = self.authentication.user_of(request.path, request.headers)
            if searches:
                self.search_limit.check(started)
            await _have_body(request, _LARGEST_OF_A_STRANGER if request.path in OPEN_PATHS else _LARGEST_JSON)
            handler = self.by_name(request) or handler
            with self.instance.one_request():
                response = await handler(request)
                activity.note(self.instance, request, response.status)
        except ConnectionError:
            raise
        except Exception as error:  # noqa: BLE001 - each has an answer
            response = failed(request, error)
        finally:
            self.instance.changes += not searches and request.method != "GET"
        return await self._settled(request, response)

    async def _handle_own(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.connections.of(request).begin()
        try:
            check_site(request, self.host)
            await _have_body(request, _LARGEST_OF_A_STRANGER)
            with self.instance.one_request():
                response = await handler(request)
        except Exception as error:  # noqa: BLE001 - each has an answer
            response = failed(request, error)
        response = await self._settled(request, response)
        if isinstance(response, StreamedResponse):
            await response.send(request)
        return response

    async def _settled(self, request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
        """Return the answer once all that it may tell of is saved."""
        try:
            await self.keeper.settle()
        except HTTPError as refusal:
            if isinstance(response, StreamedResponse):
                await response.chunks.aclose()
            return _refused(request, refusal)
        return response


def _refuse_public_api(request: web.Request) -> None:
    """Tell clients of Domo's other API, which have no token of this one, where they are."""
    if request.path.startswith(_PUBLIC_API):
        raise HTTPError(
            404,
            f"This instance serves Domo's Product API, below {request.url.origin()}/api with the header {TOKEN_HEADER};"
            " /oauth/token and /v1 belong to the public API of api.domo.com",
        )


async def _have_body(request: web.Request, most: int) -> None:
    """Have the body there before anything is changed: whoever sends it slowly keeps nobody from saving."""
    if readable(request.path) != request.path:
        raise HTTPError(400, "The path is not Unicode")
    if request.match_info.http_exception is None and waits_for_body(request):
        request[BODY] = await whole_body(request, most)


def create_app(gate: Gate, storage: Storage, *, strict: bool) -> web.Application:
    """Return the application of one instance.

    Args:
        gate: What its requests pass through.
        storage: Where its rows are.
        strict: Whether it takes requests only as the documents have them.
    """

    @web.middleware
    async def through_the_gate(request: web.Request, handler: Handler) -> web.StreamResponse:
        return await gate.handle(request, handler)

    app = web.Application(middlewares=[through_the_gate], client_max_size=_LARGEST_JSON)
    app[INSTANCE] = gate.instance
    app[CONNECTIONS] = gate.connections
    app[STORAGE] = storage
    app[AUTHENTICATION] = gate.authentication
    app[STRICT] = strict
    routes.register(app, gate.instance, exact=strict)
    return app


def _received_bytes(request: web.Request) -> int:
    if "Content-Encoding" in request.headers and request.content_length is not None:
        return request.content_length
    return request.content.total_bytes


def _sent_bytes(response: web.StreamResponse) -> int:
    if isinstance(response, StreamedResponse):
        return response.sent
    return len(_body(response))


def _body(response: web.StreamResponse) -> bytes:
    body = response.body if isinstance(response, web.Response) else None
    return body if isinstance(body, bytes) else b""


def failed(request: web.Request, error: Exception) -> web.Response:
    """Return the answer to a request that came to nothing."""
    if isinstance(error, HTTPError):
        return _refused(request, error)
    if isinstance(error, web.HTTPException):
        message = {404: "No such route", 405: "Method not allowed"}.get(error.status, error.reason)
        headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
        return _refused(request, HTTPError(error.status, message, headers=headers))
    if isinstance(error, web.RequestPayloadError):
        response = _refused(request, HTTPError(400, f"The request's body is broken: {error}"))
        # Where the next request would begin is not known.
        response.force_close()
        return response
    if isinstance(error, OSError) and error.errno in _FULL:
        return _refused(request, HTTPError(507, f"The emulator cannot save this: {error.strerror}"))
    _LOGGER.error("%s %s failed", request.method, request.path, exc_info=error)
    return _refused(request, HTTPError(500, "The emulator failed; this is its fault"))


def _refused(request: web.Request, refusal: HTTPError) -> web.Response:
    path, message = readable(request.path), readable(refusal.message)
    response = answer(error_body(refusal.status, path, message, code=refusal.code), status=refusal.status)
    response.headers.update(refusal.headers)
    if not request.content.is_eof():
        # Nobody reads the rest of the body, and the next request would begin behind it.
        response.force_close()
    return response


async def _before(fault: Fault, request: web.Request) -> web.Response | None:
    """Do what a fault does ahead of the effect; return the answer if it gives one in the effect's place."""
    if fault.kind == "delay":
        await asyncio.sleep(fault.delay)
    elif fault.kind == "drop_before":
        await _drop(request, after_bytes=fault.after_bytes)
    elif fault.kind == "status":
        body = error_body(fault.status, request.path, "A fault that was asked for")
        return _faulty(fault, fault.status, body, "application/json")
    elif fault.kind == "throttle":
        response = _faulty(fault, 429, error_body(429, request.path, "Too many requests"), "application/json")
        if fault.retry_after is not None:
            response.headers["Retry-After"] = f"{fault.retry_after:g}"
        return response
    elif fault.kind == "expired":
        body = error_body(401, request.path, "Unauthorized: the access token is missing, invalid or expired")
        return _faulty(fault, 401, body, "application/json")
    elif fault.kind == "html":
        return _faulty(fault, 503, MAINTENANCE_PAGE, "text/html")
    elif fault.kind == "text":
        return _faulty(fault, 403, "Forbidden", "text/plain")
    return None


async def _after(fault: Fault, request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    """Do what a fault does once the effect has happened."""
    if fault.kind == "stall":
        if fault.after_bytes is not None and _has_body(response):
            return _resent(response, _paused(_chunks(response), fault.after_bytes, fault.delay))
        await asyncio.sleep(fault.delay)
    elif fault.kind == "drop_after":
        await _drop(request)
    elif fault.kind == "truncate":
        await _truncate(request, response, fault.after_bytes)
    elif fault.kind == "wrong_length":
        await _mislead(request, response, fault.extra_bytes)
    elif fault.kind == "slow" and _has_body(response):
        return _resent(response, _in_pieces(_chunks(response), max(1, int(fault.rate * _BEAT))))
    return response


def _has_body(response: web.StreamResponse) -> bool:
    return isinstance(response, StreamedResponse) or bool(_body(response))


async def _chunks(response: web.StreamResponse) -> AsyncGenerator[bytes]:
    """Yield the body of an answer that was not sent yet."""
    if not isinstance(response, StreamedResponse):
        yield _body(response)
        return
    async with aclosing(response.chunks) as chunks:
        async for chunk in chunks:
            yield chunk


async def _in_pieces(chunks: AsyncGenerator[bytes], size: int) -> AsyncGenerator[bytes]:
    """Yield a body in pieces of `size` bytes at the most."""
    async with aclosing(chunks):
        async for chunk in chunks:
            for begin in range(0, len(chunk), size):
                yield chunk[begin : begin + size]


async def _paused(chunks: AsyncGenerator[bytes], after_bytes: int, delay: float) -> AsyncGenerator[bytes]:
    """Yield a body, with a pause after so many bytes of it."""
    left = after_bytes
    async with aclosing(chunks):
        async for chunk in chunks:
            if 0 <= left <= len(chunk):
                yield chunk[:left]
                await asyncio.sleep(delay)
            yield chunk[max(left, 0) :] if left <= len(chunk) else chunk
            left = left - len(chunk) if left > len(chunk) else -1


def _resent(response: web.StreamResponse, chunks: AsyncGenerator[bytes]) -> StreamedResponse:
    """Return the same answer with a body that comes otherwise."""
    streamed = StreamedResponse(chunks, content_type=response.content_type)
    streamed.set_status(response.status)
    streamed.headers.update(response.headers)
    if not isinstance(response, StreamedResponse):
        streamed.content_length = len(_body(response))
    return streamed


async def _drop(request: web.Request, *, after_bytes: int | None = None) -> None:
    while after_bytes and request.content.total_bytes < after_bytes and await request.content.readany():
        pass
    if request.transport is not None:
        request.transport.abort()
    raise _Dropped


async def _truncate(request: web.Request, response: web.StreamResponse, after_bytes: int | None) -> None:
    cut = web.StreamResponse(status=response.status, headers=response.headers)
    if not isinstance(response, StreamedResponse):
        cut.content_length = len(_body(response))
    left = after_bytes
    async with aclosing(_chunks(response)) as chunks:
        # Once it is prepared, what is sent cannot be taken back.
        await cut.prepare(request)
        async for chunk in chunks:
            if left is None:
                # Where it ends is not known; half of the first piece is somewhere in the middle.
                left = len(chunk) // 2
            await cut.write(chunk[:left])
            left -= len(chunk)
            if left <= 0:
                break
    _hang_up(request)


async def _mislead(request: web.Request, response: web.StreamResponse, extra_bytes: int) -> None:
    length = response.content_length if isinstance(response, StreamedResponse) else len(_body(response))
    async with aclosing(_chunks(response)) as chunks:
        if length is None:
            body = [chunk async for chunk in chunks]
            length, pieces = sum(map(len, body)), aiter(_of(body))
        else:
            pieces = chunks
        wrong = web.StreamResponse(status=response.status, headers=response.headers)
        left = wrong.content_length = max(0, length + extra_bytes)
        # Or the client might ask again over a connection that is about to close.
        wrong.force_close()
        await wrong.prepare(request)
        async for chunk in pieces:
            await wrong.write(chunk[:left])
            if len(chunk) > left and request.transport is not None:
                # The server itself would not send more than it promised.
                request.transport.write(chunk[left:])
            left = max(0, left - len(chunk))
    _hang_up(request)


async def _of(chunks: Iterable[bytes]) -> AsyncGenerator[bytes]:
    for chunk in chunks:
        yield chunk


def _hang_up(request: web.Request) -> NoReturn:
    """Close the connection once all that was written is sent."""
    if request.transport is not None:
        request.transport.close()
    raise _Dropped


def _faulty(fault: Fault, status: int, body: object, content_type: str) -> web.Response:
    content = body if fault.body is None else fault.body
    if isinstance(content, str):
        content = content.encode()
    elif not isinstance(content, bytes):
        content = orjson.dumps(content)
    response = web.Response(status=status, body=content, content_type=content_type, charset="utf-8")
    response.headers.update(fault.headers)
    return response

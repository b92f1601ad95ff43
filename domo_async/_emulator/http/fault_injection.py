"""The injection of faults into a request and its answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from typing import NoReturn

import orjson
from aiohttp import web

from domo_async._emulator.errors import error_body
from domo_async._emulator.faults import MAINTENANCE_PAGE, Fault
from domo_async._emulator.http.web import StreamedResponse

__all__ = ["Dropped", "body_of", "inject_after", "inject_before"]

_BEAT = 0.05


class Dropped(Exception):
    """The connection was closed on purpose; there is nothing to answer."""


def body_of(response: web.StreamResponse) -> bytes:
    """Return the body of an answer that is not streamed."""
    body = response.body if isinstance(response, web.Response) else None
    return body if isinstance(body, bytes) else b""


async def inject_before(fault: Fault, request: web.Request) -> web.Response | None:
    """Apply a fault before the request takes effect; return an answer if it replaces the effect."""
    if fault.kind == "delay":
        await asyncio.sleep(fault.delay)
    elif fault.kind == "drop_before":
        await _drop(request, after_bytes=fault.after_bytes)
    elif fault.kind == "status":
        body = error_body(fault.status, request.path, "An injected fault")
        return _faulty(fault, fault.status, body, "application/json")
    elif fault.kind == "throttle":
        return _faulty(fault, 429, error_body(429, request.path, "Too many requests"), "application/json")
    elif fault.kind == "expired":
        body = error_body(401, request.path, "Unauthorized: the access token is missing, invalid or expired")
        return _faulty(fault, 401, body, "application/json")
    elif fault.kind == "html":
        return _faulty(fault, 503, MAINTENANCE_PAGE, "text/html")
    elif fault.kind == "text":
        return _faulty(fault, 403, "Forbidden", "text/plain")
    return None


async def inject_after(fault: Fault, request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    """Apply a fault after the request took effect."""
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
    return isinstance(response, StreamedResponse) or bool(body_of(response))


async def _chunks(response: web.StreamResponse) -> AsyncGenerator[bytes]:
    """Yield the body of an answer that is not sent yet."""
    if not isinstance(response, StreamedResponse):
        yield body_of(response)
        return
    async with aclosing(response.chunks) as chunks:
        async for chunk in chunks:
            yield chunk


async def _in_pieces(chunks: AsyncGenerator[bytes], size: int) -> AsyncGenerator[bytes]:
    """Yield a body in pieces of at most `size` bytes."""
    async with aclosing(chunks):
        async for chunk in chunks:
            for begin in range(0, len(chunk), size):
                yield chunk[begin : begin + size]


async def _paused(chunks: AsyncGenerator[bytes], after_bytes: int, delay: float) -> AsyncGenerator[bytes]:
    """Yield a body, with a pause of `delay` seconds after `after_bytes` bytes."""
    left = after_bytes
    async with aclosing(chunks):
        async for chunk in chunks:
            if 0 <= left <= len(chunk):
                yield chunk[:left]
                await asyncio.sleep(delay)
            yield chunk[max(left, 0) :] if left <= len(chunk) else chunk
            left = left - len(chunk) if left > len(chunk) else -1


def _resent(response: web.StreamResponse, chunks: AsyncGenerator[bytes]) -> StreamedResponse:
    """Return the same answer with other chunks as its body."""
    streamed = StreamedResponse(chunks, content_type=response.content_type)
    streamed.set_status(response.status)
    streamed.headers.update(response.headers)
    if not isinstance(response, StreamedResponse):
        streamed.content_length = len(body_of(response))
    return streamed


async def _drop(request: web.Request, *, after_bytes: int | None = None) -> None:
    while after_bytes and request.content.total_bytes < after_bytes and await request.content.readany():
        pass
    if request.transport is not None:
        request.transport.abort()
    raise Dropped


async def _truncate(request: web.Request, response: web.StreamResponse, after_bytes: int | None) -> None:
    cut = web.StreamResponse(status=response.status, headers=response.headers)
    if not isinstance(response, StreamedResponse):
        cut.content_length = len(body_of(response))
    left = after_bytes
    async with aclosing(_chunks(response)) as chunks:
        # Once the answer is prepared, it has begun and cannot be replaced.
        await cut.prepare(request)
        async for chunk in chunks:
            if left is None:
                # The body's length is not known; half of the first piece is somewhere in the middle.
                left = len(chunk) // 2
            await cut.write(chunk[:left])
            left -= len(chunk)
            if left <= 0:
                break
    _hang_up(request)


async def _mislead(request: web.Request, response: web.StreamResponse, extra_bytes: int) -> None:
    length = response.content_length if isinstance(response, StreamedResponse) else len(body_of(response))
    async with aclosing(_chunks(response)) as chunks:
        if length is None:
            body = [chunk async for chunk in chunks]
            length, pieces = sum(map(len, body)), aiter(_of(body))
        else:
            pieces = chunks
        wrong = web.StreamResponse(status=response.status, headers=response.headers)
        left = wrong.content_length = max(0, length + extra_bytes)
        # Otherwise the client might send its next request over a connection that is about to close.
        wrong.force_close()
        await wrong.prepare(request)
        async for chunk in pieces:
            await wrong.write(chunk[:left])
            if len(chunk) > left and request.transport is not None:
                # The server itself would not send more than the Content-Length.
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
    raise Dropped


def _faulty(fault: Fault, status: int, body: object, content_type: str) -> web.Response:
    content = body if fault.body is None else fault.body
    if isinstance(content, str):
        content = content.encode()
    elif not isinstance(content, bytes):
        content = orjson.dumps(content)
    response = web.Response(status=status, body=content, content_type=content_type, charset="utf-8")
    if fault.retry_after is not None:
        response.headers["Retry-After"] = f"{fault.retry_after:g}"
    response.headers.update(fault.headers)
    return response

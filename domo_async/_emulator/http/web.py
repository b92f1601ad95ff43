"""Helpers that the routes of every area share: reading requests, writing answers, reaching the state."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias, TypeVar

import orjson
from aiohttp import web

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Field, Flag, Object, Text, WholeNumber
from domo_async._emulator.http.connections import Connections
from domo_async._emulator.http.log import BODY_KEPT
from domo_async._emulator.state.records import check_storable

CONNECTIONS = web.AppKey("connections", Connections)
Reader: TypeAlias = Callable[[Any, str, str], Any]
READ_BODY: web.AppKey[Reader] = web.AppKey("read_body")
"""Converts a body to the form that handlers take, given the JSON received, the method, and the path of the route."""

T = TypeVar("T")


def request_key(name: str, value: type[T]) -> web.RequestKey[T]:
    """Return a key under which a request carries a value."""
    # aiohttp has such keys since 3.14; before, an application's key works as well.
    key: Any = getattr(web, "RequestKey", web.AppKey)(name, value)
    return key  # type: ignore[no-any-return]


CALLER = request_key("caller", int)
BODY = request_key("body", bytes)
"""The whole body, which is read before the handler is called, unless `takes_body_as_it_comes` marks the handler."""

SEEN = request_key("seen", bytearray)
"""The first bytes of the body, for people to look at."""

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

_TAKES_BODY = "takes_body_as_it_comes"


class StreamedResponse(web.StreamResponse):
    """An answer whose body is sent chunk by chunk as it is produced."""

    def __init__(self, chunks: AsyncGenerator[bytes], *, content_type: str) -> None:
        super().__init__(headers={"Content-Type": content_type})
        self.chunks: AsyncGenerator[bytes] = chunks
        self.sent: int = 0
        self.head: bytearray = bytearray()

    async def send(self, request: web.Request) -> None:
        """Send all but the end of the answer, at the connection's bandwidth."""
        await self.prepare(request)
        connection = request.app[CONNECTIONS].of(request)
        async for chunk in self.chunks:
            await self.write(chunk)
            self.sent += len(chunk)
            _keep_head(self.head, chunk)
            await connection.pay(len(chunk))


def answer(content: Any, *, status: int = 200) -> web.Response:
    """Return `content` as JSON."""
    return web.Response(status=status, body=orjson.dumps(content), content_type="application/json", charset="UTF-8")


async def json_body(request: web.Request) -> Any:
    """Return the request's JSON in the documented form; an empty body is an empty object.

    Raises:
        HTTPError: 400, if the body is not JSON, or nested too deeply.
    """
    body = request[BODY]
    try:
        content = orjson.loads(body) if body.strip() else {}
    except orjson.JSONDecodeError as error:
        raise HTTPError(400, f"The request's body is not JSON: {error}") from error
    # Checked before anything is changed, as a later refusal would leave the request half done.
    check_storable([[[[[[[[content]]]]]]]])
    resource = request.match_info.route.resource
    return content if resource is None else request.app[READ_BODY](content, request.method, resource.canonical)


async def read_body(request: web.Request, schema: Field[T]) -> T:
    """Return the JSON of the request's body, checked.

    Args:
        request: The request.
        schema: The schema of the body.

    Raises:
        HTTPError: 400, if the body is not JSON, or does not fit the schema.
    """
    return schema.check(await json_body(request))


async def json_object(request: web.Request) -> dict[str, Any]:
    """Return the request's JSON object.

    Raises:
        HTTPError: 400, if the JSON is not an object.
    """
    return await read_body(request, Object())


def takes_body_as_it_comes(handler: Handler) -> Handler:
    """Mark a handler that reads the body itself. It must not change anything before the body has arrived."""
    handler.__dict__[_TAKES_BODY] = True
    return handler


def waits_for_body(request: web.Request) -> bool:
    """Return whether the handler is called only once the body has arrived."""
    return _TAKES_BODY not in request.match_info.handler.__dict__


async def body_chunks(request: web.Request) -> AsyncIterator[bytes]:
    """Yield the request's body as it arrives, at the connection's bandwidth.

    Raises:
        HTTPError: 408, if it arrives too slowly.
    """
    connection = request.app[CONNECTIONS].of(request)
    while chunk := await _piece(request):
        yield chunk
        await connection.pay(len(chunk))


async def _piece(request: web.Request) -> bytes:
    """Return the next piece of the request's body, empty at its end."""
    # Usually the piece has arrived already, and waiting is not needed.
    piece = request.content.read_nowait() or await in_time(request, request.content.readany())
    if SEEN not in request:
        request[SEEN] = bytearray()
    _keep_head(request[SEEN], piece)
    return piece


def _keep_head(head: bytearray, chunk: bytes) -> None:
    if len(head) < BODY_KEPT:
        head += chunk[: BODY_KEPT - len(head)]


async def in_time(request: web.Request, coming: Awaitable[T]) -> T:
    """Return the result of an awaitable that reads from the connection.

    Raises:
        HTTPError: 408, if the data arrive too slowly.
    """
    connection = request.app[CONNECTIONS].of(request)
    try:
        return await connection.wait_for(coming, received=request.content.total_bytes)
    except TimeoutError as error:
        raise HTTPError(408, "The request's body arrives too slowly") from error


async def whole_body(request: web.Request, most: int) -> bytes:
    """Return the request's body.

    Raises:
        HTTPError: 408, if it arrives too slowly; 413, if it has more bytes than `most`.
    """
    too_large = HTTPError(413, f"The request's body is larger than {most} bytes")
    if (request.content_length or 0) > most:
        raise too_large
    if not request.can_read_body:
        return b""
    body = bytearray()
    while chunk := await _piece(request):
        body += chunk
        if len(body) > most:
            raise too_large
    return bytes(body)


def readable(text: str) -> str:
    """Return a text from a request's head with its invalid Unicode replaced."""
    return text.encode(errors="surrogateescape").decode(errors="replace")


def text(body: dict[str, Any], key: str) -> str:
    """Return a required string of the body.

    Raises:
        HTTPError: 400, if it is missing or not a string.
    """
    return Text().check(body.get(key), key)


def flag(value: Any, key: str) -> bool:
    """Return a boolean that may be written as a string, as in Domo's own samples.

    Raises:
        HTTPError: 400, if the value is neither.
    """
    return Flag().check(value, key)


def query_flag(request: web.Request, key: str, *, default: bool = False) -> bool:
    """Return a boolean from the query string."""
    return flag(request.query.get(key, default), key)


def query_values(request: web.Request, key: str) -> list[str]:
    """Return the values of a key in the query string, which may be repeated or separated by commas, without blanks."""
    pieces = (piece.strip() for values in request.query.getall(key, []) for piece in values.split(","))
    return [piece for piece in pieces if piece]


def whole_number(value: Any, key: str, default: int) -> int:
    """Return an integer of at least 0 from JSON or the query string.

    Raises:
        HTTPError: 400, if the value is anything else.
    """
    return default if value is None else WholeNumber(default=default).check(value, key)


def wanted_by(request: web.Request) -> Callable[[], bool]:
    """Return a function that says whether the client is still connected; it may be called from any thread."""
    return lambda: request.transport is not None


def page_of(
    request: web.Request, items: Sequence[T], *, limit: int, most: int | None = None, offset: str = "offset"
) -> Sequence[T]:
    """Return the page of `items` that the query asks for by ``limit`` and an offset.

    Args:
        request: The request.
        items: All items.
        limit: The page size if the query does not give one.
        most: The greatest page size; greater ones in the query are reduced to it.
        offset: The key of the offset.

    Raises:
        HTTPError: 400, if limit or offset is not a whole number of at least 0.
    """
    size = whole_number(request.query.get("limit"), "limit", limit)
    begins = whole_number(request.query.get(offset), offset, 0)
    return items[begins : begins + (size if most is None else min(size, most))]


def time_of(text: str) -> datetime:
    """Return a time in ISO 8601; one without a zone is in UTC.

    Raises:
        ValueError: The text is not in ISO 8601.
    """
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def read_time(text: str, key: str) -> datetime:
    """Return a time that a request gives in ISO 8601.

    Raises:
        HTTPError: 400, if it is not in ISO 8601.
    """
    try:
        return time_of(text)
    except ValueError:
        raise HTTPError(400, f"{key} must be a time in ISO 8601, and is {text}") from None


def millis(at: datetime | str | None = None) -> int:
    """Return a time, by default now, in milliseconds since 1970; a text is in ISO 8601."""
    at = time_of(at) if isinstance(at, str) else at
    return int((time.time() if at is None else at.timestamp()) * 1000)


def iso(at: datetime | None = None) -> str:
    """Return a time, by default now, in ISO 8601 with milliseconds and ``Z``."""
    return (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

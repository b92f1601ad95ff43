"""The transport: every request of the library is sent through a `Transport`."""

from __future__ import annotations

import asyncio
import codecs
import copy
import itertools
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeAlias, TypeVar, overload

import aiohttp
from attrs import evolve

from domo_async._redaction import LiveRedactor, Redactor, Secret, secrets_of
from domo_async._settings import Credentials, Retries, Settings, Timeouts
from domo_async._telemetry import Instrumentation, kind_of
from domo_async._transport.codings import decoded, is_coded
from domo_async._transport.connection import Connection, Limits, is_good
from domo_async._transport.failures import translated
from domo_async._transport.hooks import (
    Inspector,
    Try,
    allowed,
    announce,
    is_watched,
    joined,
    report,
    tell_of_retry,
    tell_of_success,
    warn_of_answer,
)
from domo_async._transport.pager import PageData, Pager, Paging, by_cursor, by_offset
from domo_async._transport.rate_limits import RateLimiter, Slots
from domo_async._transport.request import NO_HEADERS, Body, Headers, QueryValue, Request
from domo_async._transport.responses import api_error, decode_error, unusable_body
from domo_async._transport.retry import Attempts
from domo_async._transport.url import Url
from domo_async._wire import UNSET, Unset, decode, decode_list
from domo_async.errors import (
    APIError,
    ConfigError,
    DecodeError,
    DomoError,
    IncompleteAnswer,
    NotFound,
    RateLimited,
    TransportError,
)

if TYPE_CHECKING:
    from domo_async._telemetry.signals import Signals

__all__ = ["Download", "Transport"]

T = TypeVar("T")
R = TypeVar("R")

_Exchange: TypeAlias = Callable[[Request, Secret[Headers], Limits], Awaitable[tuple[aiohttp.ClientResponse, bytes]]]
_EMPTY = Secret(b"")
# Objects and lists, as nearly all answers are; neither a web page nor empty.
_JSON_BEGINS = frozenset({b"{", b"["})


class Download:
    """An answer whose body is read as it arrives.

    Args:
        response: The answer.
        request: The request.
        misread: Returns the error for a body that could not be decoded, without the secrets that it may repeat.
        signals: Counts the bytes that arrive, if telemetry is on.
    """

    def __init__(
        self,
        response: aiohttp.ClientResponse,
        request: Request,
        misread: Callable[[DecodeError, Secret[bytes]], DecodeError],
        signals: Signals | None = None,
    ) -> None:
        self._response = response
        self._request = request
        self._misread = misread
        self._signals = signals
        # Kept, because the response releases it with the last byte.
        self._protocol = None if response.connection is None else response.connection.protocol

    @property
    def status(self) -> int:
        """The status, which is a success; 206 for partial content."""
        return self._response.status

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers; their names are case-insensitive."""
        return self._response.headers

    @property
    def content_type(self) -> str:
        """The media type, without parameters."""
        return self._response.content_type

    @property
    def tells_its_end(self) -> bool:
        """Whether truncation of the body would be detected; a body that ends with its connection may end anywhere."""
        return self._is_framed or is_coded(self._response)

    @property
    def _is_framed(self) -> bool:
        return not {"Content-Length", "Transfer-Encoding"}.isdisjoint(self._response.headers)

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body in pieces as they arrive.

        Raises:
            IncompleteAnswer: It broke off, stalled for too long, or continued after its announced length.
        """
        came = 0
        try:
            async for chunk in decoded(self._response, self._request):
                came += len(chunk)
                yield chunk
            # Bytes right after the announced end are read, and recognised as not being an answer.
            await asyncio.sleep(0)
        except (aiohttp.ClientError, OSError) as error:
            raise IncompleteAnswer(f"the answer broke off: {translated(error, self._request)}") from None
        finally:
            if self._signals is not None:
                self._signals.moved("receive", self._request.method, self._request.url.template, came)
        # If the connection ends with the body, its end is an exception, too.
        if self._is_framed and self._protocol is not None and self._protocol.exception() is not None:
            raise IncompleteAnswer("the answer continues after the length that it announced")

    async def understood(self, content: Secret[bytes], read: Callable[[bytes], T]) -> T:
        """Return the result of `read` for the whole body; `read` runs on a thread.

        Raises:
            DecodeError: `read` failed; has the details of other decoding errors, without secrets.
        """
        try:
            return await asyncio.to_thread(read, content.get_secret_value())
        except DecodeError as error:
            failure = self._misread(error, content)
        raise failure


def _lately(connection: Connection, added: Iterable[Secret[Headers]]) -> set[str]:
    """Return the secrets that change: cookies, and those among the headers that hooks have added lately."""
    return connection.cookies().union(*(secrets_of(headers.get_secret_value()) for headers in (*added,)))


class Transport:
    """Sends requests to one instance: pooled connections, rate limits, retries, typed answers.

    Args:
        origin: Scheme, host and port of the instance.
        credentials: The caller's credentials.
        settings: The settings.
        session: An aiohttp session of the caller's, which stays the caller's to close. What it has is for the instance
            alone: its connections, headers, cookies, authentication, proxy, middlewares and traces. How it
            would read answers, raise errors, complete addresses and count time does not matter.

    Raises:
        ConfigError: `session` is something else.
    """

    def __init__(
        self,
        origin: str,
        credentials: Credentials,
        settings: Settings,
        session: aiohttp.ClientSession | None = None,
    ) -> None:
        self.origin = origin
        self.settings = settings
        self._connection = Connection(origin, credentials, settings, session)
        self._limits = Limits.of(settings.timeouts)
        # Headers for each request, in addition to those of the settings' hooks.
        self._headers = NO_HEADERS
        # An answer is read after its request was released, and others may have been sent in the meantime.
        self._added_lately: deque[Secret[Headers]] = deque(maxlen=2 * settings.connections)
        self._redactor = LiveRedactor(
            [credentials.token.get_secret_value(), *self._connection.secrets()],
            partial(_lately, self._connection, self._added_lately),
        )
        self._turns = _Turns()
        self.telemetry = Instrumentation(settings.telemetry, origin)
        self._calls = itertools.count(1)
        self._inspector: Inspector | None = None

    def inspected(self, inspector: Inspector, settings: Settings) -> Transport:
        """Return a transport over the same connections whose requests and answers pass through an inspector.

        Args:
            inspector: The inspector, which may refuse a request.
            settings: The settings for retries and rate limits; the connections do not change.
        """
        made = copy.copy(self)
        vars(made).update(settings=settings, _inspector=inspector, _turns=_Turns())
        return made

    def with_options(
        self,
        *,
        timeouts: Timeouts | None,
        retries: Retries | None,
        headers: Secret[Headers] | None,
    ) -> Transport:
        """Return a transport over the same connections, slots and rate limits, with some other options.

        Args:
            timeouts: The timeouts; None to keep them.
            retries: The retry settings; None to keep them.
            headers: Headers to add to each request; they replace earlier ones of the same names.

        Raises:
            ConfigError: An option is invalid; headers that the client sets itself are refused.
        """
        made = copy.copy(self)
        made.settings = evolve(
            self.settings,
            timeouts=self.settings.timeouts if timeouts is None else timeouts,
            retries=self.settings.retries if retries is None else retries,
        )
        made._limits = Limits.of(made.settings.timeouts)  # noqa: SLF001 - an instance of this class
        if headers is not None:
            made._headers = joined(self._headers, allowed(headers))  # noqa: SLF001 - an instance of this class
        return made

    async def close(self) -> None:
        """Close the connections; the transport cannot be used again."""
        await self._connection.close()

    async def release(self) -> None:
        """Close the connections; the next request opens new ones, in any event loop."""
        await self._connection.release()

    def _move(self, loop: asyncio.AbstractEventLoop) -> None:
        """Prepare for an event loop."""
        self._connection.use_in(loop)
        self._turns.move(loop, self._connection.most_at_once())

    @overload
    async def request(
        self,
        method: str,
        url: Url,
        *,
        into: type[T],
        empty: T | Unset = ...,
        undocumented: bool = ...,
        params: Mapping[str, QueryValue] | None = ...,
        json: object = ...,
        body: Body | None = ...,
        idempotent: bool | None = ...,
    ) -> T: ...
    @overload
    async def request(
        self,
        method: str,
        url: Url,
        *,
        into: None = ...,
        params: Mapping[str, QueryValue] | None = ...,
        json: object = ...,
        body: Body | None = ...,
        idempotent: bool | None = ...,
    ) -> None: ...
    async def request(
        self,
        method: str,
        url: Url,
        *,
        into: type[T] | None = None,
        empty: T | Unset = UNSET,
        undocumented: bool = False,
        params: Mapping[str, QueryValue] | None = None,
        json: object = UNSET,
        body: Body | None = None,
        idempotent: bool | None = None,
    ) -> T | None:
        """Send a request and return its answer as a value of type `into`.

        Args:
            method: The HTTP method.
            url: The path on the instance.
            into: The type to decode the JSON answer to; None if the answer does not matter.
            empty: The result for an answer without a body, if some sources show such an answer; else it is an error.
            undocumented: Whether Domo's documentation does not show the answer, so that another type of answer also
                means `empty`.
            params: The query; see `query_string`.
            json: The JSON body; None is sent as null, UNSET means that there is no body.
            body: A body of another media type.
            idempotent: Whether the request may be carried out twice; by default as HTTP defines for the method.

        Raises:
            APIError: The instance answered with an error, or with something that is not JSON.
            TransportError: A usable answer did not arrive.
            DecodeError: The answer's JSON does not match `into`.
        """
        request = Request.of(method, url, params=params, json=json, body=body, idempotent=idempotent)
        may_be_empty = into is None or not isinstance(empty, Unset)
        content = await self._persist(request, self._read_whole, absent=_EMPTY if may_be_empty else None)
        if content.get_secret_value()[:1] not in _JSON_BEGINS:
            self._refuse_unusable(request, content, may_be_empty=may_be_empty)
        if into is None:
            return None
        if not isinstance(empty, Unset) and not content.get_secret_value().strip():
            return empty
        try:
            return self._shown(content, into, decode(content.get_secret_value(), into, strict=self.settings.strict))
        except DecodeError as error:
            if not isinstance(empty, Unset) and undocumented and not self.settings.strict:
                warn_of_answer(request, error)
                return empty
            failure = self._misread(request, error, content, into)
        raise failure

    async def read_list(
        self,
        method: str,
        url: Url,
        *,
        into: type[T],
        params: Mapping[str, QueryValue] | None = None,
        json: object = UNSET,
    ) -> tuple[T, int]:
        """Send a reading request, and return its answer with the number of list items that could not be decoded.

        Args:
            method: The HTTP method; the request may be sent again, because reading changes nothing.
            url: The path on the instance.
            into: The type to decode the JSON answer to.
            params: The query.
            json: The JSON body.

        Raises:
            APIError: The instance answered with an error, or with something that is not JSON.
            TransportError: A usable answer did not arrive.
            DecodeError: The answer's JSON does not match `into`, or has another value instead of a list.
        """
        request = Request.of(method, url, params=params, json=json, idempotent=True)
        content = await self._persist(request, self._read_whole)
        self._refuse_unusable(request, content, may_be_empty=False)
        try:
            value, left = decode_list(content.get_secret_value(), into, strict=self.settings.strict)
            return self._shown(content, into, value), left
        except DecodeError as error:
            failure = self._misread(request, error, content, into)
        raise failure

    async def raw(
        self,
        method: str,
        url: Url,
        *,
        read: Callable[[bytes], Awaitable[R]],
        params: Mapping[str, QueryValue] | None = None,
        json: object = UNSET,
        body: Body | None = None,
        idempotent: bool | None = None,
    ) -> R:
        """Send a request and return the result of `read` for the body of its answer.

        Args:
            method: The HTTP method.
            url: The path on the instance.
            read: Converts the body, which is undecoded JSON, or empty.
            params: The query.
            json: The JSON body.
            body: A body of another media type.
            idempotent: Whether the request may be carried out twice.

        Raises:
            APIError: The instance answered with an error, or with a web page.
            TransportError: A usable answer did not arrive.
            DecodeError: `read` raised it.
        """
        request = Request.of(method, url, params=params, json=json, body=body, idempotent=idempotent)
        content = await self._persist(request, self._read_whole, absent=_EMPTY)
        if content.get_secret_value()[:1] not in _JSON_BEGINS:
            self._refuse_unusable(request, content, may_be_empty=True)
        try:
            return self._shown(content, None, await read(content.get_secret_value()))
        except DecodeError as error:
            failure = self._misread(request, error, content)
        raise failure

    @asynccontextmanager
    async def download(
        self,
        method: str,
        url: Url,
        *,
        params: Mapping[str, QueryValue] | None = None,
        json: object = UNSET,
        accept: str = "*/*",
        idempotent: bool | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Download]:
        """Send a request and give its answer, once its status is a success, to be read as it arrives.

        The request is retried until the first byte; after that the reader decides.

        Raises:
            APIError: The instance answered with an error.
            TransportError: An answer did not arrive, or it broke off while it was read.
        """
        request = Request.of(
            method, url, params=params, json=json, accept=accept, idempotent=idempotent, headers=headers
        )
        response = await self._persist(request, self._open_stream)
        try:
            yield Download(response, request, partial(self._misread, request), self.telemetry.signals())
        except DecodeError as error:
            if error.method is None:
                # The reader's error may quote the answer, which may repeat secrets; so may the frames.
                safe = self._redactor_for(request).text(error.message)
                error.message = f"{request.method} {request.url.path}: {safe}"
                error.args = (error.message,)
                error.method, error.request_path = request.method, request.url.path
            raise error.with_traceback(None) from None
        finally:
            # A connection whose answer was not read to its end cannot be reused.
            response.close()
            self._turns.streams.release(request)

    def pages(
        self,
        method: str,
        url: Url,
        paging: Paging,
        *,
        into: type[T],
        read: Callable[[T], PageData[R]],
        page_size: int,
        assured: int | None = None,
        most: int | None = None,
        offset: int = 0,
        limit: int | None = None,
        paged: bool = True,
        key: Callable[[R], Hashable] | None = None,
        params: Mapping[str, QueryValue] | None = None,
        json: Mapping[str, object] | None = None,
    ) -> Pager[R]:
        """Return a paginated list whose pages are requested by offset.

        Args:
            method: The HTTP method; the request may be sent again, because reading changes nothing.
            url: The path on the instance.
            paging: The parameters in which the route takes a page's offset and size.
            into: The type to decode the JSON answer to.
            read: Extracts the items and the information about the whole list; `PageData` itself for a bare list.
            page_size: The number of items to request at once.
            assured: The number of items that the instance certainly returns at once; by default `page_size`.
            most: The largest page that Domo's documentation allows.
            offset: The number of items to skip at the beginning.
            limit: The most items to return in total, or None for all.
            paged: Whether the route certainly heeds offset and size; else it may return the whole list at once.
            key: Returns the identity of an item; None if items cannot be distinguished.
            params: The rest of the query.
            json: The rest of the body.

        Raises:
            ConfigError: A number is out of its range.
        """

        async def fetch(offset: int, size: int) -> PageData[R]:
            keys = paging.keys(offset, size)
            answer, unreadable = await self.read_list(
                method,
                url,
                params=params if paging.in_body else {**(params or {}), **keys},
                json={**(json or {}), **keys} if paging.in_body else UNSET if json is None else json,
                into=into,
            )
            return read(answer)._replace(unreadable=unreadable)

        return by_offset(
            fetch,
            page_size=page_size,
            assured=page_size if assured is None else assured,
            most=most,
            offset=offset,
            limit=limit,
            sized=paging.size is not None,
            paged=paged,
            key=key,
        )

    def whole_list(
        self,
        method: str,
        url: Url,
        *,
        into: type[T],
        read: Callable[[T], Sequence[R]],
        params: Mapping[str, QueryValue] | None = None,
        json: object = UNSET,
    ) -> Pager[R]:
        """Return a list that arrives in one answer, for a route without documented pages.

        Args:
            method: The HTTP method.
            url: The path on the instance.
            into: The type to decode the JSON answer to.
            read: Extracts the items; `tuple` for a bare list.
            params: The query.
            json: The body.
        """

        async def pages() -> AsyncGenerator[Sequence[R], None]:
            answer, _ = await self.read_list(method, url, params=params, json=json, into=into)
            yield read(answer)

        return Pager(pages)

    def pages_by_cursor(
        self,
        method: str,
        url: Url,
        cursor: str,
        *,
        into: type[T],
        read: Callable[[T], tuple[PageData[R], str | None]],
        key: Callable[[R], Hashable] | None = None,
        params: Mapping[str, QueryValue] | None = None,
        json: object = UNSET,
    ) -> Pager[R]:
        """Return a paginated list whose answers contain the cursor for the next page.

        Args:
            method: The HTTP method; the request may be sent again, because reading changes nothing.
            url: The path on the instance.
            cursor: The key of the query that takes the cursor.
            into: The type to decode the JSON answer to.
            read: Extracts the items and the next cursor, which is None at the end.
            key: Returns the identity of an item; None if items cannot be distinguished.
            params: The rest of the query.
            json: The body.
        """

        async def fetch(at: str | None) -> tuple[PageData[R], str | None]:
            query = {**(params or {}), cursor: at}
            answer, unreadable = await self.read_list(method, url, params=query, json=json, into=into)
            batch, following = read(answer)
            return batch._replace(unreadable=unreadable), following

        return by_cursor(fetch, key=key)

    def _shown(self, content: Secret[bytes], into: object, value: R) -> R:
        """Return the decoded answer, after an inspector has seen it."""
        if self._inspector is not None:
            self._inspector.read(content.get_secret_value(), into, value)
        return value

    def _misread(
        self, request: Request, problem: DecodeError, content: Secret[bytes], into: object = None
    ) -> DecodeError:
        """Return the error for an answer that could not be decoded, without the original's frames, which hold it."""
        if self._inspector is not None:
            self._inspector.misread(into, problem)
        return decode_error(request, problem, content.get_secret_value(), redactor=self._redactor_for(request))

    def _refuse_unusable(self, request: Request, content: Secret[bytes], *, may_be_empty: bool) -> None:
        redactor = partial(self._redactor_for, request)
        unusable = unusable_body(request, content.get_secret_value(), may_be_empty=may_be_empty, redactor=redactor)
        if unusable is not None:
            raise unusable

    def _redactor_for(self, request: Request, added: Secret[Headers] = NO_HEADERS) -> Redactor:
        """Return a redactor of everything secret that the instance may repeat: the token, and other secrets sent."""
        sent = set() if request.body is None else request.body.secrets()
        return self._redactor.current.also(sent | secrets_of(added.get_secret_value()))

    async def _persist(self, request: Request, send: Callable[[Try], Awaitable[R]], *, absent: R | None = None) -> R:
        """Send until there is an answer or further attempts are pointless.

        Args:
            request: The request.
            send: Sends it once.
            absent: The result if a DELETE finds at a later attempt that the object no longer exists.
        """
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            raise ConfigError(
                "no asyncio event loop runs here: call this within asyncio.run(…); under trio, or where nothing is"
                " awaited, use domo_async.sync.Domo"
            ) from None
        if loop is not self._turns.loop:
            self._move(loop)
        gate = self._gate(request.url.family)
        call = next(self._calls)
        attempts = Attempts(self.settings, request.idempotent)
        lost = False
        while True:
            if not gate.enter_at_once():
                await self._timed("rate_limit", gate.enter(request, self.settings))
            try:
                return await send(Try(request, call, attempts.number))
            except DomoError as error:
                if lost and isinstance(error, APIError):
                    if absent is not None and _says_gone(request, error):
                        tell_of_success(request, attempts.number)
                        return absent
                    _tell_that_lost(error)
                lost = lost or _may_have_happened(request, error)
                delay = attempts.delay_after(error)
                if isinstance(error, RateLimited):
                    gate.hold(error.retry_after or delay or 0.0, self.settings.retries.max_retry_after)
                if delay is None or self._connection.closed:
                    _tell_of_doubt(request, error, lost=lost)
                    raise
                self._tell_of_retry(request, error, attempts.number + 1, delay)
            finally:
                gate.leave()
            await self._timed("retry", attempts.wait(delay))

    def _tell_of_retry(self, request: Request, error: DomoError, attempt: int, seconds: float) -> None:
        """Log the next attempt; see `tell_of_retry`."""
        tell_of_retry(request, error, attempt, seconds)
        if (signals := self.telemetry.signals()) is not None:
            signals.retried(request.method, request.url.template, kind_of(error))

    async def _timed(self, cause: str, waiting: Awaitable[None]) -> None:
        """Wait, and record the duration.

        Args:
            cause: The reason for the wait, as the metric names it.
            waiting: The wait.
        """
        clock = self.settings.clock
        began = clock.monotonic()
        try:
            await waiting
        finally:
            if (signals := self.telemetry.signals()) is not None:
                signals.waited(cause, clock.monotonic() - began)

    def _gate(self, family: str) -> RateLimiter:
        gates = self._turns.gates
        gate = gates.get(family)
        if gate is None:
            settings = self.settings
            gate = gates[family] = RateLimiter(settings.clock, settings.rate_limits.get(family), family=family)
        return gate

    async def _read_whole(self, sending: Try) -> Secret[bytes]:
        slots, request = self._turns.calls, sending.request
        if not slots.acquire_at_once(request):
            await self._timed("slot", slots.acquire(request, self.settings.timeouts.total))
        try:
            _, content = await self._answer(sending, self._connection.fetch)
        finally:
            slots.release(request)
        return Secret(content.removeprefix(codecs.BOM_UTF8))

    async def _open_stream(self, sending: Try) -> aiohttp.ClientResponse:
        """Return an answer whose body is unread; its slot is kept until the reader is done with it."""
        slots, request = self._turns.streams, sending.request
        if not slots.acquire_at_once(request):
            await self._timed("slot", slots.acquire(request, self.settings.timeouts.total))
        try:
            response, _ = await self._answer(sending, self._connection.open)
        except BaseException:
            slots.release(request)
            raise
        return response

    async def _answer(
        self,
        sending: Try,
        exchange: _Exchange,
    ) -> tuple[aiohttp.ClientResponse, bytes]:
        """Send once, and return a successful answer with the part of its body that was read."""
        settings, request = self.settings, sending.request
        if self._inspector is not None:
            self._inspector.admit(request, streamed=exchange == self._connection.open)
        added = self._headers
        if settings.before_request:
            added = joined(added, await announce(settings, sending))
        if added is not NO_HEADERS:
            self._added_lately.append(added)
        started = settings.clock.monotonic() if is_watched(settings) else None
        status = None
        try:
            signals = self.telemetry.signals()
            if signals is None:
                response, content = await exchange(request, added, self._limits)
            else:
                response, content = await self._traced(signals, sending, exchange, added)
            status = response.status
        except DomoError as error:
            raise self._redactor_for(request, added).error(error) from None
        finally:
            if self._inspector is not None:
                self._inspector.answered(request, status)
            if started is not None:
                await report(settings, sending, status, settings.clock.monotonic() - started)
        if is_good(response):
            return response, content
        redactor = self._redactor_for(request, added)
        failure = api_error(
            request, response.status, response.headers, content, now=settings.clock.now(), redactor=redactor
        )
        # The answer may repeat secrets, and tracebacks may show local variables.
        del response, content
        raise failure

    async def _traced(
        self, signals: Signals, sending: Try, exchange: _Exchange, added: Secret[Headers]
    ) -> tuple[aiohttp.ClientResponse, bytes]:
        """Send once, in a span of its own."""
        request = sending.request
        size = 0 if request.body is None else request.body.length
        span = signals.exchange(request.method, request.url.template, attempt=sending.attempt, sent=size)
        if signals.propagates:
            added = joined(added, Secret(span.headers()))
        try:
            response, content = await exchange(request, added, self._limits)
        except BaseException as error:
            span.failed(error)
            raise
        span.answered(response.status, len(content))
        return response, content


class _Turns:
    """The limits that requests wait for before they are sent, shared by all views of a transport.

    Attributes:
        loop: The event loop that they run on.
        calls: The slots for calls. Callers wait here and not in aiohttp's pool, so that timeouts do not run while they
            wait.
        streams: The slots for streamed answers, counted separately because a reader that makes calls would otherwise
            wait for itself.
        gates: The rate limits by route family.
    """

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self.calls: Slots
        self.streams: Slots
        self.gates: dict[str, RateLimiter] = {}

    def move(self, loop: asyncio.AbstractEventLoop, most: int) -> None:
        """Prepare for another event loop, with the given number of slots for calls and for streams."""
        self.calls = Slots(most, what="Calls", advice="Look for what makes the instance slow")
        self.streams = Slots(most, what="Streams", advice="Read them to their end or close them")
        for gate in self.gates.values():
            gate.move()
        self.loop = loop


def _may_have_happened(request: Request, error: DomoError) -> bool:
    """Return whether an attempt with this error may have been carried out."""
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return False
    if isinstance(error, APIError):
        return not (error.refused or error.put_off)
    return isinstance(error, TransportError) and error.sent


def _says_gone(request: Request, error: APIError) -> bool:
    """Return whether the instance itself, not a proxy's page, says that the object to delete does not exist."""
    return request.method == "DELETE" and isinstance(error, NotFound) and error.refused


def _tell_of_doubt(request: Request, error: DomoError, *, lost: bool) -> None:
    if lost and not request.idempotent:
        error.in_doubt = True
        error.add_note("the request may have been carried out; look before you repeat it")


def _tell_that_lost(error: APIError) -> None:
    error.after_lost_answer = True
    error.message += "; an earlier try got no answer and may have been carried out"
    error.args = (error.message,)

"""The HTTP application: its routes, and the processing of every request."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from attrs import define

from domo_async._emulator import routes
from domo_async._emulator.access.auth import AUTHENTICATION, OPEN_PATHS, TOKEN_HEADER, Authentication
from domo_async._emulator.context import INSTANCE, STORAGE
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.faults import Faults
from domo_async._emulator.http.connections import Connections
from domo_async._emulator.http.error_responses import error_response, failed
from domo_async._emulator.http.fault_injection import Dropped, body_of, inject_after, inject_before
from domo_async._emulator.http.limits import SlidingWindow
from domo_async._emulator.http.log import BODY_KEPT, Exchange, RequestLog, RequestRecord
from domo_async._emulator.http.sites import Hosts, check_site
from domo_async._emulator.http.web import (
    BODY,
    CALLER,
    CONNECTIONS,
    READ_BODY,
    SEEN,
    StreamedResponse,
    readable,
    waits_for_body,
    whole_body,
)
from domo_async._emulator.leniency import as_documented
from domo_async._emulator.persistence.journal import Keeper
from domo_async._emulator.rows.storage import Storage
from domo_async._emulator.services import activity
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import OWNER_ID

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

OWN_PATHS = "/emulator"
"""The prefix of the emulator's own pages and routes, which an instance of Domo does not have."""

# The paths of Domo's public API, and of its clients' login.
_PUBLIC_API = ("/oauth/", "/v1/")
_LARGEST_JSON = 64 << 20
_LARGEST_OF_A_STRANGER = 1 << 20
_LOGGER = logging.getLogger(__name__)


@define(eq=False)
class Gate:
    """The processing of every request: faults, latency, limits, authentication and the request log.

    Attributes:
        hosts: The host names that are allowed.
        by_name: A function that returns the handler of a request for an app, by the request's host name.
    """

    instance: Instance
    authentication: Authentication
    faults: Faults
    log: RequestLog
    search_limit: SlidingWindow
    connections: Connections
    latency: float
    keeper: Keeper
    hosts: Hosts
    by_name: Callable[[web.Request], Handler | None] = lambda _request: None

    def is_owner(self, path: str, headers: Mapping[str, str]) -> bool:
        """Return whether a request has a token of the instance's owner."""
        return self.authentication.user_of(path, headers) == OWNER_ID

    def for_owner(self, handler: Handler) -> Handler:
        """Return a handler that refuses all callers but the instance's owner."""

        async def checked(request: web.Request) -> web.StreamResponse:
            if not self.is_owner(request.path, request.headers):
                raise HTTPError(403, "This route requires the token of the instance's owner")
            return await handler(request)

        return checked

    async def handle(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request, and record it before the client can have the whole answer.

        Requests about the emulator itself are not recorded, and faults and limits do not apply to them.
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
        except (Dropped, ConnectionError):
            _LOGGER.debug("%s %s did not get a complete answer", request.method, request.path)
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
                    number=self.log.new_number(),
                ),
                _exchange(request, response if status is not None else None),
            )
        return response

    async def _answer(self, request: web.Request, handler: Handler, started: float) -> web.StreamResponse:
        if self.latency:
            await asyncio.sleep(self.latency)
        fault = self.faults.take(request.method, request.path)
        if fault is None:
            return await self._handle(request, handler, started)
        early = await inject_before(fault, request)
        if early is not None:
            return early
        if fault.kind == "slow":
            self.connections.of(request).slow_down(fault.rate)
        response = await self._handle(request, handler, started)
        return await inject_after(fault, request, response)

    async def _handle(self, request: web.Request, handler: Handler, started: float) -> web.StreamResponse:
        searches = request.path.startswith("/api/search/")
        try:
            check_site(request, self.hosts)
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
        except Exception as error:  # noqa: BLE001 - each error becomes an answer
            response = failed(request, error)
        finally:
            self.instance.changes += not searches and request.method != "GET"
        return await self._settled(request, response)

    async def _handle_own(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.connections.of(request).begin()
        try:
            check_site(request, self.hosts)
            await _have_body(request, _LARGEST_OF_A_STRANGER)
            with self.instance.one_request():
                response = await handler(request)
        except Exception as error:  # noqa: BLE001 - each error becomes an answer
            response = failed(request, error)
        response = await self._settled(request, response)
        if isinstance(response, StreamedResponse):
            await response.send(request)
        return response

    async def _settled(self, request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
        """Return the answer once all changes that it may report are saved."""
        try:
            await self.keeper.flush()
        except HTTPError as error:
            if isinstance(response, StreamedResponse):
                await response.chunks.aclose()
            return error_response(request, error)
        return response


def _refuse_public_api(request: web.Request) -> None:
    """Refuse requests to Domo's public API, whose clients have no token for this one, with an explanation."""
    if request.path.startswith(_PUBLIC_API):
        raise HTTPError(
            404,
            f"This instance serves Domo's Product API, below {request.url.origin()}/api with the header {TOKEN_HEADER};"
            " /oauth/token and /v1 belong to the public API of api.domo.com",
        )


async def _have_body(request: web.Request, most: int) -> None:
    """Read the body before anything is changed: a client that sends it slowly does not keep others from saving."""
    if readable(request.path) != request.path:
        raise HTTPError(400, "The path is not valid Unicode")
    if request.match_info.http_exception is None and waits_for_body(request):
        request[BODY] = await whole_body(request, most)


def create_app(gate: Gate, storage: Storage, *, strict: bool) -> web.Application:
    """Return the application of one instance.

    Args:
        gate: The processing of every request.
        storage: The storage of its rows.
        strict: Whether bodies are accepted only in the form that the documents show.
    """

    @web.middleware
    async def through_the_gate(request: web.Request, handler: Handler) -> web.StreamResponse:
        return await gate.handle(request, handler)

    app = web.Application(middlewares=[through_the_gate], client_max_size=_LARGEST_JSON)
    app[INSTANCE] = gate.instance
    app[CONNECTIONS] = gate.connections
    app[STORAGE] = storage
    app[AUTHENTICATION] = gate.authentication
    app[READ_BODY] = (lambda body, _method, _path: body) if strict else as_documented
    routes.register(app, exact=strict)
    return app


def _exchange(request: web.Request, response: web.StreamResponse | None) -> Exchange:
    """Return the bodies of a request and its answer, for the log."""
    kept: bytes | bytearray = b""
    if isinstance(response, StreamedResponse):
        kept = response.head
    elif response is not None:
        kept = body_of(response)[:BODY_KEPT]
    return Exchange(
        request_type=readable(request.headers.get("Content-Type", "")),
        request_body=bytes(request.get(SEEN, b"")),
        response_type="" if response is None else response.content_type,
        response_body=bytes(kept),
    )


def _received_bytes(request: web.Request) -> int:
    if "Content-Encoding" in request.headers and request.content_length is not None:
        return request.content_length
    return request.content.total_bytes


def _sent_bytes(response: web.StreamResponse) -> int:
    if isinstance(response, StreamedResponse):
        return response.sent
    return len(body_of(response))

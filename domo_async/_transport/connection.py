"""Requests over HTTP: aiohttp's sessions, the token, redirects, and bodies that must make progress."""

from __future__ import annotations

import asyncio
import inspect
import os
import ssl
import sys
from collections.abc import AsyncGenerator, Awaitable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Any

import aiohttp
from aiohttp.abc import AbstractCookieJar
from attrs import define, evolve, frozen
from multidict import CIMultiDict
from yarl import URL

from domo_async._redaction import Secret, is_secret_name, secret_headers, secrets_of
from domo_async._settings import Credentials, Settings, Timeouts, is_loopback
from domo_async._transport.certificates import Contexts
from domo_async._transport.codings import ACCEPTED, decoded
from domo_async._transport.deadlines import Deadline, Deadlines
from domo_async._transport.exchange import (
    LARGEST_HEADER,
    MOST_HEADERS,
    Call,
    Exchange,
    LostError,
    OnceRequest,
    WatchedResponse,
)
from domo_async._transport.failures import proxy_refusal, translated
from domo_async._transport.proxies import Proxies, Proxy
from domo_async._transport.redirects import for_strangers, leads_to, origin_of
from domo_async._transport.request import NO_HEADERS, Headers, Request
from domo_async._version import __version__
from domo_async.errors import (
    AnswerTooLarge,
    APIError,
    ConfigError,
    DomoError,
    TransportError,
)

__all__ = ["Connection", "Limits", "is_good"]

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 5
# A longer body is a transfer, whose total time is not limited.
_SMALL_BODY = 1 << 18
_LARGEST_KEPT = 8 << 20
_OURSELVES = f"domo-async/{__version__} Python/{'.'.join(map(str, sys.version_info[:3]))} aiohttp/{aiohttp.__version__}"
# The most bytes that are read of an answer whose status is sufficient.
_MOST_EXPLAINED = 256 << 10
# Headers of a caller's session that would change the request or the framing of its body.
_OURS_TO_SAY = frozenset(
    {
        "accept",
        "accept-encoding",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "expect",
        "host",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "range",
        "te",
        "transfer-encoding",
        "upgrade",
    }
)
_NOTHING: Secret[Mapping[str, str]] = Secret({})
# Connections of the process that this one was forked from: closing one here would disturb it there.
_left_alone: list[_Sessions] = []


@define
class _Sessions:
    """The sessions of one event loop of one process.

    Attributes:
        inside: The session for the instance.
        outside: The session for hosts that the instance redirects to; it has nothing of the caller's session.
        sealed: Secret headers of the caller's session, for the instance only.
        farewell: An async generator that closes the connections when it is closed; the loop closes it at its end if
            nobody else did. None if the connections are the caller's.
    """

    loop: asyncio.AbstractEventLoop
    process: int
    connector: aiohttp.BaseConnector
    inside: aiohttp.ClientSession
    outside: aiohttp.ClientSession
    sealed: Secret[Mapping[str, str]]
    farewell: AsyncGenerator[None, None] | None

    def __del__(self) -> None:
        # They do not own the connections, and aiohttp would warn about connections that the caller has to close.
        self.inside.detach()
        self.outside.detach()

    async def close(self) -> None:
        """Close the sessions, and the connections if they are ours."""
        self.inside.detach()
        self.outside.detach()
        if self.farewell is not None:
            await self.farewell.aclose()

    def abandon(self) -> None:
        """Give up the sessions of a loop that no longer runs."""
        if self.process != os.getpid():
            _left_alone.append(self)
        elif self.farewell is not None:
            _close_without_loop(self.connector)


async def _farewell(connector: aiohttp.BaseConnector) -> AsyncGenerator[None, None]:
    try:
        yield
    finally:
        await connector.close()


@frozen
class Limits:
    """Time limits of requests, prepared in the forms that each request needs.

    Attributes:
        timeouts: The timeouts of the settings.
        unhurried: aiohttp's limits if this module limits the time of the answer.
        streamed: aiohttp's limits if the answer is read as it arrives.
        late: The most seconds by which a limit may be noticed late.
    """

    timeouts: Timeouts
    unhurried: aiohttp.ClientTimeout
    streamed: aiohttp.ClientTimeout
    late: float

    @classmethod
    def of(cls, timeouts: Timeouts) -> Limits:
        """Return the limits for timeouts."""
        return cls(
            timeouts,
            aiohttp.ClientTimeout(total=None, connect=timeouts.connect),
            aiohttp.ClientTimeout(total=None, connect=timeouts.connect, sock_read=timeouts.read),
            min(1.0, timeouts.read / 8, timeouts.total / 8),
        )


class Connection:
    """The connections to one instance.

    Args:
        origin: Scheme, host and port of the instance.
        credentials: The caller's credentials; only sent to the instance.
        settings: The settings.
        session: An aiohttp session of the caller's to send through, or None for one of our own.

    Raises:
        ConfigError: `session` is something else.
    """

    def __init__(
        self, origin: str, credentials: Credentials, settings: Settings, session: aiohttp.ClientSession | None
    ) -> None:
        if session is not None and not isinstance(session, aiohttp.ClientSession):
            raise ConfigError(f"session must be an aiohttp.ClientSession, not {type(session).__name__}")
        self._origin = origin_of(origin)
        self._user_agent = " ".join(filter(None, [settings.user_agent, _OURSELVES]))
        self._token_header = Secret({credentials.header: credentials.token.get_secret_value()})
        self._settings = settings
        self._given = session
        self._sessions: _Sessions | None = None
        self._contexts: Contexts | None = None
        self._proxies = _proxies_of(settings, session)
        self._proxy = self._proxies.leading_to(self._origin)
        self._check_ways()
        self.closed: bool = False
        self._loop: asyncio.AbstractEventLoop
        # The delay with which a limit may be noticed.
        self._deadlines: dict[float, Deadlines] = {}

    def _check_ways(self) -> None:
        """Check TLS and the proxy before anything is sent.

        Raises:
            ConfigError: Their settings are not valid.
        """
        proxy = self._proxy
        if proxy is not None and self._origin.startswith("http:") and not is_loopback(proxy.address.host or ""):
            raise ConfigError(
                f"{self._origin} does not speak TLS, and the proxy {proxy} is another machine: it would read the token"
            )
        if _names_tls(self._settings) or (self._given is None and self._origin.startswith("https:")):
            self._contexts = Contexts.of(self._settings)

    async def close(self) -> None:
        """Close our own connections for good; a session of the caller's stays open."""
        self.closed = True
        await self.release()

    async def release(self) -> None:
        """Close our own connections; the next request opens new ones."""
        sessions, self._sessions = self._sessions, None
        if sessions is None:
            return
        if sessions.loop is asyncio.get_running_loop():
            await sessions.close()
        else:
            sessions.abandon()

    def secrets(self) -> Iterator[str]:
        """Yield the secrets of the caller's session and of the proxies, which must not be sent to others."""
        yield from self._proxies.secrets()
        if self._given is not None:
            yield from secrets_of(self._given.headers)
            if self._given.auth is not None:
                yield from (self._given.auth.password, self._given.auth.encode().partition(" ")[2])

    def cookies(self) -> set[str]:
        """Return the values of the current cookies of the caller's session."""
        jar = () if self._given is None else self._given.cookie_jar
        return secrets_of({"Cookie": " ".join(cookie.value for cookie in jar)})

    def most_at_once(self) -> int:
        """Return the connection limit of the caller's session, if it has one."""
        connector = None if self._given is None else self._given.connector
        limits = [] if connector is None else [connector.limit, connector.limit_per_host]
        return min([self._settings.connections, *filter(None, limits)])

    def use_in(self, loop: asyncio.AbstractEventLoop) -> None:
        """Prepare for another event loop; connections of the previous loop are given up.

        Raises:
            ConfigError: The previous loop still runs, or the caller's session belongs to another loop.
        """
        before = self._sessions
        if before is not None and before.loop is not loop:
            if before.process == os.getpid() and before.loop.is_running():
                raise ConfigError(
                    "this client is in use in another event loop, which still runs; make a Domo for each event loop, or"
                    " share one domo_async.sync.Domo between threads"
                )
            before.abandon()
            self._sessions = None
        self._loop = loop
        self._deadlines.clear()

    def fetch(
        self, request: Request, added: Secret[Headers], limits: Limits
    ) -> Awaitable[tuple[aiohttp.ClientResponse, bytes]]:
        """Send a request and return the answer with its body.

        Args:
            request: The request.
            added: The caller's headers.
            limits: The time limits.

        Raises:
            TransportError: A complete answer did not arrive.
            APIError: It was a redirect that must not be followed.
        """
        small = request.body is None or request.body.length <= _SMALL_BODY
        seconds = limits.timeouts.total if small else float("inf")
        return self._limited(request, added, limits, limits.unhurried, seconds, read=True)

    def open(
        self, request: Request, added: Secret[Headers], limits: Limits
    ) -> Awaitable[tuple[aiohttp.ClientResponse, bytes]]:
        """Send a request and return the answer with its body unread; the time to read the body is not limited.

        Args:
            request: The request.
            added: The caller's headers.
            limits: The time limits.

        Returns:
            The answer, and its body if its status is an error.

        Raises:
            TransportError: An answer did not arrive.
            APIError: It was a redirect that must not be followed.
        """
        return self._limited(request, added, limits, limits.streamed, limits.timeouts.total, read=False)

    async def _limited(
        self,
        request: Request,
        added: Secret[Headers],
        limits: Limits,
        timeout: aiohttp.ClientTimeout,
        seconds: float,
        *,
        read: bool,
    ) -> tuple[aiohttp.ClientResponse, bytes]:
        """Follow redirects and return the final answer, with its body if it is to be read or explains an error."""
        loop = self._loop
        deadlines = self._deadlines.get(limits.late)
        if deadlines is None:
            deadlines = self._deadlines[limits.late] = Deadlines(loop, limits.late)
        limit = Deadline(deadlines, loop.time() + seconds)
        call = Call(request, timeout, limits.timeouts.read, loop, limit)
        try:
            with limit:
                sessions = self._usable() or await self._made()
                response = await self._follow(sessions, call, added)
                good = is_good(response)
                if good and not read:
                    return response, b""
                most = self._settings.max_answer if good else _MOST_EXPLAINED
                return response, await _read_body(response, call, most, good=good)
        except (aiohttp.ClientError, LostError, OSError) as error:  # a timeout is an OSError
            failure: Exception = error
        except RuntimeError as error:
            if self._given is None or not self._given.closed:
                raise
            failure = error
        except (asyncio.CancelledError, KeyboardInterrupt, SystemExit) as error:
            # Raised without the frames of aiohttp, which hold cookies and bodies.
            raise error.with_traceback(None) from error.__cause__
        # Raised outside of those blocks: aiohttp's error may quote the token, and would be chained to ours.
        if self.closed or (self._given is not None and self._given.closed):
            raise TransportError(
                f"{request.method} {request.url.path}: the client, or its session, was closed before the answer",
                sent=call.sent,
                passing=False,
            )
        unproved = call.just_encrypted and self._settings.cert is None
        raise translated(failure, request, sent=call.sent, proxy=call.proxy, unproved=unproved)

    async def _follow(self, sessions: _Sessions, call: Call, added: Secret[Headers]) -> aiohttp.ClientResponse:
        """Follow redirects and return the head of the final answer."""
        request, session, sealed = call.request, sessions.inside, self._sealed(sessions, added)
        plain = {"Accept": request.accept, "Accept-Encoding": ACCEPTED, **request.headers}
        headers = {**plain, "User-Agent": self._user_agent}
        if added is not NO_HEADERS:
            headers |= _open_headers(added)
        connector = sessions.connector if self._given is None else None
        target = self._origin + request.target
        call.proxy, hop = self._proxy, 0
        while True:
            tls = self._tls(target, call.proxy, inside=session is sessions.inside and sealed is not _NOTHING)
            exchange = Exchange(session, call, URL(target, encoded=True), headers, sealed, tls, connector)
            response = await exchange.run()
            if response.status == 407:
                # The caller's proxy logins are never for the instance.
                response.close()
                what = f"{request.method} {request.url.path}"
                raise proxy_refusal(what, origin_of(target), call.proxy, 407, response.reason, response.headers)
            if response.status not in _REDIRECTS or "Location" not in response.headers:
                return response
            await _read_body(response, call, _MOST_EXPLAINED, good=False)
            target = self._redirected(request, response, target, hop)
            hop += 1
            # After a redirect to another host, credentials stay off even if it leads back: else others could use our
            # rights.
            if sealed is not _NOTHING and origin_of(target) != self._origin:
                session, headers, sealed = sessions.outside, for_strangers(plain), _NOTHING
            call.proxy = self._proxies.leading_to(target)

    def _tls(self, target: str, proxy: Proxy | None, *, inside: bool) -> ssl.SSLContext | bool:
        """Return the TLS context for an address; True for the default of the connections."""
        is_spoken = target.startswith("https:") or (proxy is not None and proxy.address.scheme == "https")
        settings = self._settings
        if not is_spoken or (self._given is not None and not _names_tls(settings)):
            return True
        if self._contexts is None:
            self._contexts = Contexts.of(settings)
        return self._contexts.inside if inside else self._contexts.outside

    def _sealed(self, sessions: _Sessions, added: Secret[Headers]) -> Secret[Mapping[str, str]]:
        """Return the secret headers for the instance; later ones replace earlier ones."""
        if sessions.sealed is _NOTHING and added is NO_HEADERS:
            return self._token_header
        merged: CIMultiDict[str] = CIMultiDict(sessions.sealed.get_secret_value())
        merged.update(self._token_header.get_secret_value())
        merged.update(secret_headers(added.get_secret_value()))
        return Secret(merged)

    def _redirected(self, request: Request, response: aiohttp.ClientResponse, target: str, hop: int) -> str:
        """Return the target of a redirect, or refuse to follow it."""
        location = leads_to(target, response.headers["Location"])
        origin = None if location is None else origin_of(location)
        reads = request.method in {"GET", "HEAD"}
        if location is None or origin is None:
            problem = "redirected to a target that is not an HTTP address, which is not followed"
        elif not (
            (location.startswith("https:") or self._origin.startswith("http:"))
            and (reads or (response.status in {307, 308} and origin == self._origin))
            and not (target.startswith("https:") and location.startswith("http:"))
        ):
            problem = (
                f"redirected to {origin}, which is not followed"
                " (the instance's name may be wrong, or its session ended)"
            )
        elif hop >= _MAX_REDIRECTS:
            problem = f"redirected more than {_MAX_REDIRECTS} times"
        else:
            return location
        raise APIError(status=response.status, message=problem, method=request.method, path=request.url.path)

    def _usable(self) -> _Sessions | None:
        """Return the open sessions.

        Raises:
            ConfigError: They are closed.
        """
        if self.closed:
            raise ConfigError("this client is closed; make a new one")
        if self._given is not None and self._given.closed:
            raise ConfigError("the aiohttp session that this client was given is closed; make both anew")
        sessions = self._sessions
        return None if sessions is None or sessions.connector.closed else sessions

    async def _made(self) -> _Sessions:
        """Return new sessions."""
        connector = None if self._given is None else self._given.connector
        if self._given is None or connector is None:
            self._sessions = made = self._make_own()
        else:
            self._sessions = made = self._make_of(self._given, connector)
        if made.farewell is not None:
            await anext(made.farewell)
        return made

    def _make_own(self) -> _Sessions:
        _keep_freed_memory()
        settings = self._settings
        connector = aiohttp.TCPConnector(
            # The transport counts slots, separately for calls and streams.
            limit=0,
            keepalive_timeout=settings.keepalive,
        )
        # The API only needs the token; cookies would carry state between unrelated calls.
        plain = _session(connector)
        loop = asyncio.get_running_loop()
        return _Sessions(loop, os.getpid(), connector, plain, plain, _NOTHING, _farewell(connector))

    def _make_of(self, given: aiohttp.ClientSession, connector: aiohttp.BaseConnector) -> _Sessions:
        """Create sessions over the caller's connections, with the parts of the caller's session meant for the instance.

        The caller's options for reading answers, raising errors, base URLs and timeouts have no effect.
        """
        headers = {name: value for name, value in given.headers.items() if name.lower() not in _OURS_TO_SAY}
        base = getattr(given, "_base_url", None)
        if given.auth is not None and (base is None or str(base.origin()) == self._origin):
            headers.setdefault("Authorization", given.auth.encode())
        sealed = {name: headers.pop(name) for name in list(headers) if is_secret_name(name)}
        loop = asyncio.get_running_loop()
        if getattr(connector, "_loop", loop) is not loop:
            raise ConfigError(
                "the aiohttp session that this client was given belongs to another event loop; make session and client"
                " in the loop that uses them"
            )
        inside = _session(
            connector,
            headers=headers,
            cookie_jar=given.cookie_jar,
            trace_configs=given.trace_configs,
            middlewares=tuple(getattr(given, "_middlewares", ())),
        )
        return _Sessions(
            loop,
            os.getpid(),
            connector,
            inside,
            _session(connector),
            Secret(sealed) if sealed else _NOTHING,
            farewell=None,
        )


def _session(
    connector: aiohttp.BaseConnector,
    *,
    headers: Mapping[str, str] | None = None,
    cookie_jar: AbstractCookieJar | None = None,
    trace_configs: list[aiohttp.TraceConfig] | None = None,
    middlewares: tuple[aiohttp.ClientMiddlewareType, ...] = (),
) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=connector,
        connector_owner=False,
        headers=headers,
        cookie_jar=aiohttp.DummyCookieJar() if cookie_jar is None else cookie_jar,
        trace_configs=trace_configs,
        request_class=OnceRequest,
        response_class=WatchedResponse,
        max_line_size=LARGEST_HEADER,
        max_field_size=LARGEST_HEADER,
        **_if_known(middlewares=middlewares, max_headers=MOST_HEADERS),
    )


def _if_known(**options: Any) -> dict[str, Any]:
    """Return the options that this aiohttp version supports; without them, its own limits hold."""
    return {name: value for name, value in options.items() if name in _KNOWN}


_KNOWN = frozenset(inspect.signature(aiohttp.ClientSession.__init__).parameters)


def _open_headers(added: Secret[Headers]) -> dict[str, str]:
    """Return the caller's headers that are not secret."""
    return {
        name: value
        for name, value in added.get_secret_value().items()
        if isinstance(value, str) and not is_secret_name(name)
    }


def _names_tls(settings: Settings) -> bool:
    return any(named is not None for named in (settings.tls, settings.ca, settings.cert))


def _proxies_of(settings: Settings, given: aiohttp.ClientSession | None) -> Proxies:
    """Return the proxies of the settings, or else those of the caller's session, whose ``trust_env`` then counts.

    aiohttp itself would also read passwords from a netrc file, and does not support exceptions with ports and networks.
    """
    fixed = None if settings.proxy is None else Proxy.of(settings.proxy, "Settings.proxy")
    if given is None:
        return Proxies.of(fixed, settings.no_proxy, environment=settings.trust_env)
    address, login = getattr(given, "_default_proxy", None), getattr(given, "_default_proxy_auth", None)
    if fixed is None and address is not None:
        fixed = Proxy.of(Secret(str(address)), "the session's proxy")
        fixed = fixed if login is None else evolve(fixed, login=Secret(login))
    return Proxies.of(fixed, settings.no_proxy, environment=given.trust_env)


def _close_without_loop(connector: aiohttp.BaseConnector) -> None:
    """Close connections whose event loop does not run, as far as possible without waiting."""
    closing = connector.close().__await__()
    with suppress(StopIteration, RuntimeError):  # its end, or that of the loop
        next(closing)


@cache
def _keep_freed_memory() -> None:
    """Make the allocator keep memory for pieces of bodies.

    glibc returns blocks over 128 KiB to the system, which has to clear them for the next piece. Once a larger block was
    freed, the process keeps all blocks smaller than that one.
    """
    bytes(_LARGEST_KEPT)  # the memory is never touched


def is_good(response: aiohttp.ClientResponse) -> bool:
    """Return whether a status means success: Domo's documentation has 200, 201, 202 and 204."""
    return 200 <= response.status < 300


async def _read_body(response: aiohttp.ClientResponse, call: Call, most: int, *, good: bool) -> bytes:
    """Return an answer's body; for an error or redirect, which the status explains, as much of it as arrives.

    Raises:
        TransportError: The body of a successful answer broke off, or is larger than `most`.
    """
    request = call.request
    pieces: list[bytes] = []
    left = most - (response.content_length or 0 if good else 0)
    whole = False
    try:
        if left >= 0:
            left = most
            # Most answers are small and uncoded, so the cost for each of them matters.
            coded = aiter(decoded(response, request)) if "Content-Encoding" in response.headers else None
            while left >= 0 and not whole:
                call.keep_moving()
                piece = await (response.content.readany() if coded is None else anext(coded, b""))
                left -= len(piece)
                pieces.append(piece)
                whole = not piece or (coded is None and response.content.at_eof())
    except (DomoError, aiohttp.ClientError, OSError) as error:
        if good:
            raise error if isinstance(error, DomoError) else translated(error, request) from None
    finally:
        if not whole:
            response.close()  # the rest is not waited for
        elif not response.closed:
            response.release()
    if good and left < 0:
        raise AnswerTooLarge(
            f"{request.method} {request.url.path}: the answer is larger than {most:,} bytes; ask for less at a time, or"
            " raise Settings.max_answer",
            limit=most,
        )
    return b"".join(pieces)[:most]

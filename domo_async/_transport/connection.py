"""Requests over HTTP: aiohttp's sessions, the token, redirects, bodies that must keep moving."""

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

from domo_async._redaction import Secret, is_secret_name, secrets_of
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
from domo_async._transport.request import NO_HEADERS, Request
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
# A longer body is a transfer, which may take as long as it likes.
_SMALL_BODY = 1 << 18
_LARGEST_KEPT = 8 << 20
_OURSELVES = f"domo-async/{__version__} Python/{'.'.join(map(str, sys.version_info[:3]))} aiohttp/{aiohttp.__version__}"
# What is read of an answer whose status says all that matters.
_MOST_EXPLAINED = 256 << 10
# Headers of a caller's session that would change what we ask for, or how a body is framed.
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
# Connections of a process that this one was forked from: to close one here would disturb it there.
_left_alone: list[_Sessions] = []


@define
class _Sessions:
    """What belongs to one event loop of one process.

    Attributes:
        inside: Goes to the instance.
        outside: Goes to wherever the instance redirects to, and has nothing of the caller's.
        sealed: Headers of the caller's session that are secrets; for the instance.
        farewell: Closes the connections when it is closed, which the loop does in its end if nobody did; None if they
            are the caller's.
    """

    loop: asyncio.AbstractEventLoop
    process: int
    connector: aiohttp.BaseConnector
    inside: aiohttp.ClientSession
    outside: aiohttp.ClientSession
    sealed: Secret[Mapping[str, str]]
    farewell: AsyncGenerator[None, None] | None

    def __del__(self) -> None:
        # They own nothing, and aiohttp would warn of what the caller, or nobody, has to close.
        self.inside.detach()
        self.outside.detach()

    async def close(self) -> None:
        """Close them, and the connections if they are ours."""
        self.inside.detach()
        self.outside.detach()
        if self.farewell is not None:
            await self.farewell.aclose()

    def abandon(self) -> None:
        """Give them up where their loop runs no more."""
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
    """How long requests may take, in the forms that are needed for each of them.

    Attributes:
        timeouts: What they are made of.
        unhurried: aiohttp's limits where we see to the answer's coming.
        streamed: Those where the answer is read as it arrives.
        late: Seconds that a limit may be noticed late at the most.
    """

    timeouts: Timeouts
    unhurried: aiohttp.ClientTimeout
    streamed: aiohttp.ClientTimeout
    late: float

    @classmethod
    def of(cls, timeouts: Timeouts) -> Limits:
        """Return what follows from timeouts."""
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
        credentials: Who is calling; told to nobody but the instance.
        settings: How to behave.
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
        # By how late a limit may be noticed.
        self._deadlines: dict[float, Deadlines] = {}

    def _check_ways(self) -> None:
        """See to it that TLS and the proxy are as they have to be before anything is sent.

        Raises:
            ConfigError: They are not.
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
        """Close our own connections; the next request opens others."""
        sessions, self._sessions = self._sessions, None
        if sessions is None:
            return
        if sessions.loop is asyncio.get_running_loop():
            await sessions.close()
        else:
            sessions.abandon()

    def secrets(self) -> Iterator[str]:
        """Yield what the instance is told for the caller's session, and the proxies, and nobody else may be."""
        yield from self._proxies.secrets()
        if self._given is not None:
            yield from secrets_of(self._given.headers)
            if self._given.auth is not None:
                yield from (self._given.auth.password, self._given.auth.encode().partition(" ")[2])

    def cookies(self) -> set[str]:
        """Return the values of the cookies that the caller's session has by now."""
        jar = () if self._given is None else self._given.cookie_jar
        return secrets_of({"Cookie": " ".join(cookie.value for cookie in jar)})

    def most_at_once(self) -> int:
        """Return how many connections there may be, if the caller's session has a limit."""
        connector = None if self._given is None else self._given.connector
        limits = [] if connector is None else [connector.limit, connector.limit_per_host]
        return min([self._settings.connections, *filter(None, limits)])

    def use_in(self, loop: asyncio.AbstractEventLoop) -> None:
        """Make ready for another event loop: connections of the one before are given up.

        Raises:
            ConfigError: The one before still runs, or the caller's session is of another.
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
        self, request: Request, added: Secret[Mapping[str, str]], limits: Limits
    ) -> Awaitable[tuple[aiohttp.ClientResponse, bytes]]:
        """Send a request and return the answer with its body.

        Args:
            request: What to send.
            added: Headers of the caller's.
            limits: How long it may take.

        Raises:
            TransportError: No whole answer came.
            APIError: It was a redirect that must not be followed.
        """
        small = request.body is None or request.body.length <= _SMALL_BODY
        seconds = limits.timeouts.total if small else float("inf")
        return self._limited(request, added, limits, limits.unhurried, seconds, read=True)

    def open(
        self, request: Request, added: Secret[Mapping[str, str]], limits: Limits
    ) -> Awaitable[tuple[aiohttp.ClientResponse, bytes]]:
        """Send a request and return the answer with its body still to be read, which may take as long as it likes.

        Args:
            request: What to send.
            added: Headers of the caller's.
            limits: How long it may take.

        Returns:
            The answer, and its body if its status is not good.

        Raises:
            TransportError: No answer came.
            APIError: It was a redirect that must not be followed.
        """
        return self._limited(request, added, limits, limits.streamed, limits.timeouts.total, read=False)

    async def _limited(
        self,
        request: Request,
        added: Secret[Mapping[str, str]],
        limits: Limits,
        timeout: aiohttp.ClientTimeout,
        seconds: float,
        *,
        read: bool,
    ) -> tuple[aiohttp.ClientResponse, bytes]:
        """Return the answer that all redirects lead to, with its body if it is to be read or explains an error."""
        loop = self._loop
        ends = loop.time() + seconds
        deadlines = self._deadlines.get(limits.late)
        if deadlines is None:
            deadlines = self._deadlines[limits.late] = Deadlines(loop, limits.late)
        limit = Deadline(deadlines, ends)
        call = Call(request, timeout, ends, limits.timeouts.read, loop, limit)
        try:
            with limit:
                sessions = self._usable() or await self._made()
                response = await self._follow(sessions, call, added)
                good = is_good(response)
                if good and not read:
                    return response, b""
                most = self._settings.max_answer if good else _MOST_EXPLAINED
                return response, await _read_body(response, call, most)
        except (aiohttp.ClientError, LostError, OSError) as error:  # a timeout is an OSError
            failure: Exception = error
        except RuntimeError as error:
            if self._given is None or not self._given.closed:
                raise
            failure = error
        except (asyncio.CancelledError, KeyboardInterrupt, SystemExit) as error:
            # Told without the frames of aiohttp, which hold cookies and bodies.
            raise error.with_traceback(None) from error.__cause__
        # Raised outside of those blocks: aiohttp's own error may quote the token, and would hang on to ours.
        if self.closed or (self._given is not None and self._given.closed):
            raise TransportError(
                f"{request.method} {request.url.path}: the client, or its session, was closed before the answer",
                sent=call.sent,
                passing=False,
            )
        unproved = call.just_encrypted and self._settings.cert is None
        raise translated(failure, request, sent=call.sent, proxy=call.proxy, unproved=unproved)

    async def _follow(
        self, sessions: _Sessions, call: Call, added: Secret[Mapping[str, str]]
    ) -> aiohttp.ClientResponse:
        """Return the head of the answer that all redirects lead to."""
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
                # The instance has no proxies before it whose logins are ours to give.
                response.close()
                what = f"{request.method} {request.url.path}"
                raise proxy_refusal(what, origin_of(target), call.proxy, 407, response.reason, response.headers)
            if response.status not in _REDIRECTS or "Location" not in response.headers:
                return response
            await _read_body(response, call, _MOST_EXPLAINED)
            target = self._redirected(request, response, target, hop)
            hop += 1
            # Who has once left the instance comes back as a stranger: else others could have it asked with our rights.
            if sealed is not _NOTHING and origin_of(target) != self._origin:
                session, headers, sealed = sessions.outside, for_strangers(plain), _NOTHING
            call.proxy = self._proxies.leading_to(target)

    def _tls(self, target: str, proxy: Proxy | None, *, inside: bool) -> ssl.SSLContext | bool:
        """Return how to speak TLS on the way to an address; True for as the connections do by themselves."""
        is_spoken = target.startswith("https:") or (proxy is not None and proxy.address.scheme == "https")
        settings = self._settings
        if not is_spoken or (self._given is not None and not _names_tls(settings)):
            return True
        if self._contexts is None:
            self._contexts = Contexts.of(settings)
        return self._contexts.inside if inside else self._contexts.outside

    def _sealed(self, sessions: _Sessions, added: Secret[Mapping[str, str]]) -> Secret[Mapping[str, str]]:
        """Return the headers for the instance that are secrets; a later one takes the place of an earlier one."""
        if sessions.sealed is _NOTHING and added is NO_HEADERS:
            return self._token_header
        merged: CIMultiDict[str] = CIMultiDict(sessions.sealed.get_secret_value())
        merged.update(self._token_header.get_secret_value())
        merged.update({name: value for name, value in added.get_secret_value().items() if is_secret_name(name)})
        return Secret(merged)

    def _redirected(self, request: Request, response: aiohttp.ClientResponse, target: str, hop: int) -> str:
        """Return where a redirect leads, or refuse to follow it."""
        location = leads_to(target, response.headers["Location"])
        origin = None if location is None else origin_of(location)
        reads = request.method in {"GET", "HEAD"}
        if location is None or origin is None:
            problem = "redirected to what is not an address of the web, and not followed"
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
        """Return what there is to send through.

        Raises:
            ConfigError: It is closed.
        """
        if self.closed:
            raise ConfigError("this client is closed; make a new one")
        if self._given is not None and self._given.closed:
            raise ConfigError("the aiohttp session that this client was given is closed; make both anew")
        sessions = self._sessions
        return None if sessions is None or sessions.connector.closed else sessions

    async def _made(self) -> _Sessions:
        """Return something new to send through."""
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
            # Slots are counted by the transport, calls and streams apart.
            limit=0,
            keepalive_timeout=settings.keepalive,
        )
        # A token is all that the API needs; cookies would only carry state between unrelated calls.
        plain = _session(connector)
        loop = asyncio.get_running_loop()
        return _Sessions(loop, os.getpid(), connector, plain, plain, _NOTHING, _farewell(connector))

    def _make_of(self, given: aiohttp.ClientSession, connector: aiohttp.BaseConnector) -> _Sessions:
        """Make sessions that send through a caller's connections, and have of its session what the instance may see.

        How that session would read answers, raise errors, complete addresses and count time does not matter then.
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
    """Return the options that this version of aiohttp has: without them its own limit holds, and nothing is to pass."""
    return {name: value for name, value in options.items() if name in _KNOWN}


_KNOWN = frozenset(inspect.signature(aiohttp.ClientSession.__init__).parameters)


def _open_headers(added: Secret[Mapping[str, str]]) -> dict[str, str]:
    """Return the headers of the caller's that are not secrets by their names."""
    return {name: value for name, value in added.get_secret_value().items() if not is_secret_name(name)}


def _names_tls(settings: Settings) -> bool:
    return any(named is not None for named in (settings.tls, settings.ca, settings.cert))


def _proxies_of(settings: Settings, given: aiohttp.ClientSession | None) -> Proxies:
    """Return the proxies of the settings, or else those of a caller's session, for which it is its say what counts.

    aiohttp itself would read passwords from a netrc file, too, and knows no exceptions with ports and networks.
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
    """Close connections whose event loop does not run: as far as that goes without waiting."""
    closing = connector.close().__await__()
    with suppress(StopIteration, RuntimeError):  # its end, or that of the loop
        next(closing)


@cache
def _keep_freed_memory() -> None:
    """Have pieces of bodies made from memory that is there.

    glibc gives what is larger than 128 KiB back to the system, which has to clear it for the next piece, until a block
    was freed that is larger: from then on the process keeps what is smaller than that one.
    """
    bytes(_LARGEST_KEPT)  # which is never touched


def is_good(response: aiohttp.ClientResponse) -> bool:
    """Return whether the instance did what it was asked: the documents know 200, 201, 202 and 204."""
    return 200 <= response.status < 300


async def _read_body(response: aiohttp.ClientResponse, call: Call, most: int) -> bytes:
    """Return an answer's body; of an error or redirect, which its status explains, what can be had of it.

    Raises:
        TransportError: The body of a good answer broke off, or is larger than `most`.
    """
    request, good = call.request, is_good(response)
    pieces: list[bytes] = []
    left = most - (response.content_length or 0 if good else 0)
    whole = False
    try:
        if left >= 0:
            left = most
            # Most answers are small and uncoded, and what goes on at each of them counts.
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

"""The check itself: each read route once, over a transport that sends nothing else."""

from __future__ import annotations

import asyncio
import platform
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from attrs import define, evolve, field, frozen

from domo_async._clock import Clock
from domo_async._doctor.reads import Pool, Read, is_safe, reads_of
from domo_async._doctor.report import Check, DoctorReport, Identity, Verdict
from domo_async._doctor.shapes import Shapes
from domo_async._settings import Settings, positive
from domo_async._transport import Pager
from domo_async._transport.request import Request
from domo_async.errors import (
    APIError,
    ConfigError,
    ConnectError,
    DecodeError,
    DomoError,
    Forbidden,
    NotFound,
    Unauthorized,
)

__all__ = ["Bounds", "Guard", "NotSent", "examine", "patient"]

_ME = "users.me"
_SEARCH = "search.query"
_AUTHORITIES = "roles.authorities"
_AUTHORITY = re.compile(r"[a-z][a-z_-]{0,39}(\.[a-z_-]{1,40}){1,4}")
_FEW_TRIES = 2
_LONGEST_WAIT = 5.0


class NotSent(ConfigError):
    """A request was not sent: it might change something, would download a file, or the limit was reached."""


@frozen(kw_only=True)
class Bounds:
    """The limits of a check.

    Attributes:
        seconds: The most seconds in total.
        call_seconds: The most seconds for one route.
        requests: The most requests, including retries.
    """

    seconds: float = field(default=300.0, validator=positive)
    call_seconds: float = field(default=30.0, validator=positive)
    requests: int = field(default=500, validator=positive)


def patient(settings: Settings) -> Settings:
    """Return the settings of a check: few retries, and lenient decoding."""
    retries = settings.retries
    return evolve(
        settings,
        strict=False,
        retries=evolve(
            retries,
            attempts=min(_FEW_TRIES, retries.attempts),
            max_delay=min(_LONGEST_WAIT, retries.max_delay),
            max_retry_after=min(_LONGEST_WAIT, retries.max_retry_after),
        ),
    )


@define
class Guard:
    """Lets a limited number of read requests pass, and inspects their answers.

    Attributes:
        shapes: The object that inspects the answers.
        most: The most requests.
        sent: The number of requests sent.
        status: The status of the last answer.
    """

    shapes: Shapes
    most: int
    sent: int = 0
    status: int | None = None

    def admit(self, request: Request, *, streamed: bool) -> None:
        """Let a request pass if it only reads.

        Raises:
            NotSent: The request might change something, would download a file, or the limit was reached.
        """
        if not is_safe(request.method, request.url.template):
            raise NotSent("the request is not known to be read-only")
        if streamed:
            raise NotSent("the request downloads the content of a file")
        if self.sent >= self.most:
            raise NotSent(f"the limit of {self.most} requests was reached")
        self.sent += 1
        self.status = None

    def answered(self, _request: Request, status: int | None, /) -> None:
        """Record the status of an answer."""
        self.status = status

    def read(self, content: bytes, into: object, value: object) -> None:
        """Inspect an answer."""
        self.shapes.compare(content, into, value)

    def misread(self, into: object, error: DecodeError) -> None:
        """Record an answer that could not be read."""
        self.shapes.misread(into, error)


async def examine(
    client: object, guard: Guard, *, clock: Clock, bounds: Bounds, instance: str | None = None
) -> DoctorReport:
    """Call each read method of a client once, and report the results.

    Args:
        client: A client whose transport is inspected by `guard`.
        guard: Lets only read requests pass.
        clock: The clock to use.
        bounds: The limits of the check.
        instance: The instance's name, if the report is to contain it.

    Raises:
        ConnectError: The instance cannot be reached.
        ConfigError: Python has removed the docstrings, by which the read methods are found.
    """
    examination = _Examination(guard, clock, bounds, reads_of(client))
    begun = clock.now()
    await examination.run()
    return DoctorReport(
        version=_version(),
        python=platform.python_version(),
        made=begun,
        instance=instance,
        identity=examination.identity,
        checks=tuple(examination.checks[route] for route in sorted(examination.checks, key=_by_path)),
        requests=guard.sent,
        seconds=round(clock.monotonic() - examination.began, 3),
    )


def _version() -> str:
    try:
        return version("domo-async")
    except PackageNotFoundError:  # the package is not installed
        return "unknown"


def _by_path(route: str) -> tuple[str, str]:
    method, _, path = route.partition(" ")
    return path, method


@define
class _Examination:
    guard: Guard
    clock: Clock
    bounds: Bounds
    reads: Mapping[str, Sequence[Read]]
    checks: dict[str, Check] = field(factory=dict)
    identity: Identity = field(factory=Identity)
    began: float = field(init=False)
    _pool: Pool = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.began = self.clock.monotonic()
        self._pool = Pool(self.clock.now())

    @property
    def _left(self) -> float:
        return self.bounds.seconds - (self.clock.monotonic() - self.began)

    async def run(self) -> None:
        await self._identify()
        if self.identity.accepted is False:
            self._rest("the instance does not accept the token")
            return
        while (reason := self._over()) is None and (read := self._next()) is not None:
            await self._check(read)
        if reason is None:
            await self._look_for_more()
        while (reason := self._over()) is None and (read := self._next()) is not None:
            await self._check(read)
        self._rest(reason)

    def _over(self) -> str | None:
        """Return the reason to stop, if there is one."""
        if self._left <= 0:
            return f"the limit of {self.bounds.seconds:g} seconds was reached"
        if self.guard.sent >= self.bounds.requests:
            return f"the limit of {self.bounds.requests:g} requests was reached"
        return None

    async def _look_for_more(self) -> None:
        """Search for one object of each type that no list returned, but some route needs."""
        search = next((read for reads in self.reads.values() for read in reads if read.call == _SEARCH), None)
        waiting = [read for route, reads in self.reads.items() if route not in self.checks for read in reads]
        for entity in self._pool.wanted(waiting):
            if search is None or self._over() is not None:
                return
            try:
                async with asyncio.timeout(self._patience()):
                    answer = await search.function("*", entities=[entity], limit=1)
            except (DomoError, TimeoutError):
                continue  # the route's own result is recorded when it is checked
            finally:
                self.guard.shapes.take()
            for hit in answer.hits[:1]:
                self._pool.know(entity, hit.database_id)

    def _patience(self) -> float:
        return max(0.0, min(self.bounds.call_seconds, self._left))

    async def _identify(self) -> None:
        """Read the token's user, and find out whether the token is accepted."""
        me = next((read for reads in self.reads.values() for read in reads if read.call == _ME), None)
        if me is None:
            return
        profile = await self._check(me)
        self.identity = evolve(self.identity, active=getattr(profile, "active", None))
        if self.checks[me.route].status == 401:
            self.identity = evolve(self.identity, accepted=False)
            return
        role_id = getattr(profile, "role_id", None)
        allowed = next((read for reads in self.reads.values() for read in reads if read.call == _AUTHORITIES), None)
        if allowed is not None and role_id is not None:
            # The user's own role is read, not just any role.
            found = await self._check(allowed, {allowed.needs[0]: role_id})
            if isinstance(found, list | tuple):
                shown = {self.guard.shapes.shown(str(item), _AUTHORITY) for item in found}
                self.identity = evolve(self.identity, authorities=tuple(sorted(shown)))

    def _next(self) -> Read | None:
        """Return the next method that can be called for a route that was not called yet."""
        ready = (
            next((read for read in reads if self._pool.arguments(read) is not None), None)
            for route, reads in self.reads.items()
            if route not in self.checks
        )
        # First the routes that need nothing: the others use their answers.
        return min((read for read in ready if read is not None), key=lambda read: len(read.needs), default=None)

    async def _check(self, read: Read, arguments: Mapping[str, Any] | None = None) -> object:
        """Call a method, record the result, and return it."""
        if arguments is None:
            arguments = self._pool.arguments(read) or {}
        began, sent = self.clock.monotonic(), self.guard.sent
        self.guard.status = None
        value: object = None
        try:
            async with asyncio.timeout(self._patience()):
                value = await _answer_of(read, arguments)
            verdict, reason = Verdict.CLEAN, None
        except ConnectError:
            if not self.checks:
                raise  # the instance cannot be reached
            verdict, reason = Verdict.FAILED, ConnectError.__name__
        except TimeoutError as error:
            verdict = Verdict.FAILED
            reason = type(error).__name__ if isinstance(error, DomoError) else "it took too long"
        except DomoError as error:
            verdict, reason = _judged(error)
        except Exception as error:  # noqa: BLE001 - one odd answer must not stop the check
            verdict, reason = Verdict.FAILED, f"an error in this library: {type(error).__name__}"
        findings = self.guard.shapes.take()
        if verdict is Verdict.CLEAN and any(finding.is_problem for finding in findings):
            verdict = Verdict.ODD
        items = list(value) if isinstance(value, list | tuple) else None
        self.checks[read.route] = Check(
            route=read.route,
            call=read.call,
            verdict=verdict,
            reason=reason,
            status=None if verdict is Verdict.NOT_ASKED else self.guard.status,
            items=None if items is None else len(items),
            requests=self.guard.sent - sent,
            seconds=round(self.clock.monotonic() - began, 3),
            findings=findings,
        )
        if verdict in {Verdict.CLEAN, Verdict.ODD}:
            self.identity = evolve(self.identity, accepted=True)
            self._pool.take(read, arguments, [value] if items is None else items)
        return value

    def _rest(self, reason: str | None) -> None:
        """Record for all other routes why they were not called."""
        for route, reads in self.reads.items():
            if route not in self.checks:
                call = reads[0].call if reads else None
                why = self._why_not(reads) if reason is None else reason
                self.checks[route] = Check(route=route, call=call, verdict=Verdict.NOT_ASKED, reason=why)

    def _why_not(self, reads: Sequence[Read]) -> str:
        if not reads:
            return "no method calls this route first"
        missing = ", ".join(self._pool.missing(reads[0]))
        return f"no value was read for: {missing}"


async def _answer_of(read: Read, arguments: Mapping[str, Any]) -> object:
    """Call a method with arguments by parameter; read only the first page of a paginated list."""
    call: Callable[..., Any] = read.function
    given = [arguments[name] for name in read.positional]
    named = {name: arguments[name] for name in read.needs if name not in read.positional}
    made = call(*given, **named)
    if isinstance(made, Pager):
        async with aclosing(made.pages()) as pages:
            async for page in pages:
                return list(page)
        return []
    if isinstance(made, Awaitable):
        return await made
    raise NotSent("the method returns neither a list nor an answer")


def _judged(error: DomoError) -> tuple[Verdict, str]:
    """Return what an error means, without its message, which may contain data of the instance."""
    if isinstance(error, NotSent):
        return Verdict.NOT_ASKED, error.message
    if isinstance(error, ConfigError):
        return Verdict.NOT_ASKED, "it needs arguments that were not read before"
    if isinstance(error, Unauthorized | Forbidden):
        return Verdict.NOT_ALLOWED, type(error).__name__
    if isinstance(error, NotFound):
        return Verdict.NOT_FOUND, type(error).__name__
    if isinstance(error, APIError) and 400 <= error.status < 500:
        return Verdict.REFUSED, type(error).__name__
    return Verdict.FAILED, type(error).__name__

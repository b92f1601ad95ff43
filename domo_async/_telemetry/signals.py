"""Spans and metrics through OpenTelemetry's API, which is imported only here."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Mapping
from contextlib import aclosing, contextmanager
from contextvars import ContextVar
from time import perf_counter
from typing import Any, TypeVar
from urllib.parse import urlsplit

from opentelemetry.context import Context, attach, detach
from opentelemetry.metrics import MeterProvider, NoOpMeterProvider
from opentelemetry.trace import (
    NoOpTracerProvider,
    Span,
    SpanKind,
    StatusCode,
    TracerProvider,
    get_current_span,
    set_span_in_context,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from domo_async._telemetry.events import kind_of, operation_under_way
from domo_async._tracebacks import shorten
from domo_async._version import __version__
from domo_async.errors import DomoError, TransportError

__all__ = ["Exchanging", "Signals"]

T = TypeVar("T")
# From the semantic conventions for HTTP.
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
_LONG = (0.01, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0)
_PORTS = {"http": 80, "https": 443}
_SCHEMA = "https://opentelemetry.io/schemas/1.30.0"
_PROPAGATOR = TraceContextTextMapPropagator()
# The client whose operation the running code belongs to.
_client: ContextVar[Signals | None] = ContextVar("_client", default=None)


class Signals:
    """Records the spans and metrics of one client.

    Args:
        tracers: The tracer, or None.
        meters: The meter, or None.
        origin: The scheme, host and port of the instance.
        propagates: Whether requests carry the trace that they belong to.
    """

    def __init__(
        self, tracers: TracerProvider | None, meters: MeterProvider | None, origin: str, *, propagates: bool
    ) -> None:
        parts = urlsplit(origin)
        self.propagates: bool = propagates
        self.origin: str = origin
        self.server: Mapping[str, str | int] = {
            "server.address": parts.hostname or "",
            "server.port": parts.port or _PORTS.get(parts.scheme, 0),
        }
        self.tracer = (tracers or NoOpTracerProvider()).get_tracer("domo_async", __version__, schema_url=_SCHEMA)
        meter = (meters or NoOpMeterProvider()).get_meter("domo_async", __version__, schema_url=_SCHEMA)
        self.requests = meter.create_histogram(
            "http.client.request.duration",
            "s",
            "Duration of HTTP client requests.",
            explicit_bucket_boundaries_advisory=_SECONDS,
        )
        self._operations = meter.create_histogram(
            "domo.client.operation.duration",
            "s",
            "Duration of calls of the client's methods, retries and waits included.",
            explicit_bucket_boundaries_advisory=_LONG,
        )
        self._waits = meter.create_histogram(
            "domo.client.wait.duration",
            "s",
            "Time in which requests waited before they were sent.",
            explicit_bucket_boundaries_advisory=_LONG,
        )
        self._retries = meter.create_counter("domo.client.retries", "{retry}", "Requests that were sent again.")
        self._io = meter.create_counter(
            "domo.client.io", "By", "Bytes of bodies: sent as they are, received as they are once decompressed."
        )

    async def operation(self, name: str, work: Coroutine[Any, Any, T]) -> T:
        """Run an operation in its own span.

        Args:
            name: Its name, such as ``domo.datasets.upload``.
            work: The coroutine of the operation.
        """
        try:
            if _client.get() is self:  # a part of another operation
                return await work
            with self._operation(name) as context, self._within(context):
                return await work
        except DomoError as error:
            shorten(error, skip=1)
            raise

    async def iteration(self, name: str, begin: Callable[[], AsyncGenerator[T, None]]) -> AsyncGenerator[T, None]:
        """Iterate in a span that lasts from the first item to the end; the processing of the items is not part of it.

        Args:
            name: The operation's name.
            begin: Returns the iterator.
        """
        items = begin()
        within = _client.get() is self
        try:
            async with aclosing(items if within else self._iterated(name, items)) as watched:
                async for item in watched:
                    yield item
        except DomoError as error:
            shorten(error, skip=1 if within else 2)
            raise

    async def _iterated(self, name: str, items: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
        with self._operation(name) as context:
            try:
                while True:
                    try:
                        with self._within(context):
                            item = await anext(items)
                    except StopAsyncIteration:
                        return
                    yield item
            finally:
                with self._within(context):
                    await items.aclose()

    def exchange(self, method: str, route: str, *, attempt: int, sent: int) -> Exchanging:
        """Begin the span of one try of a request.

        Args:
            method: The HTTP method.
            route: The route's template.
            attempt: The number of the try, from 1.
            sent: The number of bytes of the body.
        """
        return Exchanging(self, method, route, attempt, sent)

    def retried(self, method: str, route: str, cause: str) -> None:
        """Count a request that is sent again.

        Args:
            method: The HTTP method.
            route: The route's template.
            cause: The failure of the previous try.
        """
        self._retries.add(1, {"http.request.method": method, "url.template": route, "error.type": cause})

    def waited(self, cause: str, seconds: float) -> None:
        """Record the time that a request waited."""
        self._waits.record(seconds, {"domo.wait.cause": cause})

    def moved(self, direction: str, method: str, route: str, size: int) -> None:
        """Count bytes.

        Args:
            direction: ``transmit`` or ``receive``.
            method: The HTTP method.
            route: The route's template.
            size: The number of bytes.
        """
        if size:
            self._io.add(
                size, {"network.io.direction": direction, "http.request.method": method, "url.template": route}
            )

    @contextmanager
    def _within(self, context: Context) -> Iterator[None]:
        """Make a span the current one within the block."""
        token = attach(context)
        span, client = operation_under_way.set(get_current_span(context)), _client.set(self)
        try:
            yield
        finally:
            operation_under_way.reset(span)
            _client.reset(client)
            detach(token)

    @contextmanager
    def _operation(self, name: str) -> Iterator[Context]:
        started = perf_counter()
        span = self.tracer.start_span(name, attributes=self.server)
        facts = {"domo.operation": name.removeprefix("domo.")}
        try:
            yield set_span_in_context(span)
        except GeneratorExit:  # the caller stopped iterating
            raise
        except BaseException as error:
            facts["error.type"] = type(error).__name__
            _fail(span, type(error).__name__)
            raise
        finally:
            span.end()
            self._operations.record(perf_counter() - started, facts)


class Exchanging:
    """One try of a request, from sending it to its answer."""

    __slots__ = ("_facts", "_method", "_route", "_sent", "_signals", "_span", "_started")

    def __init__(self, signals: Signals, method: str, route: str, attempt: int, sent: int) -> None:
        self._signals, self._method, self._route, self._sent = signals, method, route, sent
        self._facts: dict[str, str | int] = {"http.request.method": method, "url.template": route, **signals.server}
        again = {"http.request.resend_count": attempt - 1} if attempt > 1 else {}
        self._span = signals.tracer.start_span(
            f"{method} {route}",
            kind=SpanKind.CLIENT,
            # Identifiers and names in the path are the caller's data.
            attributes={**self._facts, **again, "url.full": signals.origin + route.replace("{}", "REDACTED")},
        )
        self._started = perf_counter()

    def headers(self) -> dict[str, str]:
        """Return the headers that propagate the trace."""
        carrier: dict[str, str] = {}
        _PROPAGATOR.inject(carrier, set_span_in_context(self._span))
        return carrier

    def failed(self, error: BaseException) -> None:
        """End the span without a usable answer."""
        if isinstance(error, TransportError) and not error.sent:
            self._sent = 0
        self._end(kind_of(error))

    def answered(self, status: int, received: int) -> None:
        """End the span with an answer, and the number of bytes of a body that was read at once."""
        self._facts["http.response.status_code"] = status
        self._span.set_attribute("http.response.status_code", status)
        self._end(str(status) if status >= 400 else None)
        self._signals.moved("receive", self._method, self._route, received)

    def _end(self, problem: str | None) -> None:
        if problem is not None:
            self._facts["error.type"] = problem
            _fail(self._span, problem)
        self._span.end()
        self._signals.requests.record(perf_counter() - self._started, self._facts)
        self._signals.moved("transmit", self._method, self._route, self._sent)


def _fail(span: Span, problem: str) -> None:
    span.set_attribute("error.type", problem)
    # The message of an error may contain the caller's data.
    span.set_status(StatusCode.ERROR)

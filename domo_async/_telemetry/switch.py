"""Whether telemetry is enabled: checked for each operation, so it has to be cheap and must not import anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

import sys
from collections.abc import Coroutine
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from domo_async._telemetry.signals import Signals

__all__ = ["Instrumentation", "Telemetry"]


@frozen(kw_only=True)
class Telemetry:
    """The options of OpenTelemetry: a span for each operation and request, and metrics.

    Nothing has to be enabled: spans and metrics are recorded as soon as the application has set up its SDK. The extra
    ``otel`` installs the API. ``TELEMETRY.md`` lists the spans and metrics.

    Attributes:
        tracer_provider: The provider of the spans; by default the global provider of the process.
        meter_provider: The provider of the metrics; by default the global provider of the process.
        propagate: Whether requests carry their trace in the header ``traceparent``, for example for a gateway of your
            company on the way. Baggage is never sent.
    """

    tracer_provider: TracerProvider | None = field(default=None, repr=False)
    meter_provider: MeterProvider | None = field(default=None, repr=False)
    propagate: bool = False


T = TypeVar("T")
# The default providers of the API itself, which do nothing.
_API = ("opentelemetry.trace", "opentelemetry.metrics")

# The most seconds until a provider is noticed that is set after the client was first used.
_IDLE_SECONDS = 0.1


class Instrumentation:
    """Finds out where the spans and metrics of one client go.

    Args:
        options: The caller's options; None to disable telemetry.
        origin: The scheme, host and port of the instance.
    """

    def __init__(self, options: Telemetry | None, origin: str) -> None:
        self._options = options
        self._origin = origin
        self._tracers: object = None
        self._meters: object = None
        self._signals: Signals | None = None
        self._idle_until = 0.0

    def signals(self) -> Signals | None:
        """Return the object that takes spans and metrics, or None if telemetry is off."""
        options = self._options
        # If nobody has imported the API, nobody has configured a provider.
        if options is None or (trace := sys.modules.get("opentelemetry.trace")) is None:
            return None
        # Asking for a provider that is not set takes microseconds each time.
        if self._signals is None and monotonic() < self._idle_until:
            return None
        tracers = options.tracer_provider
        if tracers is None:
            tracers = trace.get_tracer_provider()
        meters = options.meter_provider
        if meters is None and (metrics := sys.modules.get("opentelemetry.metrics")) is not None:
            meters = metrics.get_meter_provider()
        if tracers is not self._tracers or meters is not self._meters:
            # In this order, because several threads may call this at once.
            self._signals = self._made(options, tracers, meters)
            self._tracers, self._meters = tracers, meters
        if self._signals is None:
            self._idle_until = monotonic() + _IDLE_SECONDS
        return self._signals

    def operation(self, name: str, work: Coroutine[Any, Any, T]) -> Coroutine[Any, Any, T]:
        """Return an operation with telemetry, if it is enabled.

        Args:
            name: Its name, such as ``domo.datasets.upload``.
            work: The coroutine of the operation.
        """
        signals = self.signals()
        return work if signals is None else signals.operation(name, work)

    def _made(self, options: Telemetry, tracers: Any, meters: Any) -> Signals | None:
        if _is_idle(tracers) and _is_idle(meters):
            return None
        from domo_async._telemetry.signals import Signals  # noqa: PLC0415 - optional

        return Signals(tracers, meters, self._origin, propagates=options.propagate)


def _is_idle(provider: object) -> bool:
    return provider is None or type(provider).__module__.startswith(_API)

"""How the library is watched by OpenTelemetry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

__all__ = ["Telemetry"]


@frozen(kw_only=True)
class Telemetry:
    """What OpenTelemetry is told, and how: a span for each operation and request, and metrics.

    Nothing has to be switched on: as soon as the application has set up its SDK, that is told. The
    extra ``otel`` installs the API. ``TELEMETRY.md`` lists the spans and metrics.

    Attributes:
        tracer_provider: What makes the spans; by default the provider that is set for the whole process.
        meter_provider: What takes the metrics; by default the provider that is set for the whole process.
        propagate: Whether the instance is told the trace that a request belongs to, by the header ``traceparent``, such
            as for a gateway of the company's on the way. Baggage is never sent.
    """

    tracer_provider: TracerProvider | None = field(default=None, repr=False)
    meter_provider: MeterProvider | None = field(default=None, repr=False)
    propagate: bool = False

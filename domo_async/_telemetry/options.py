"""Options for OpenTelemetry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

__all__ = ["Telemetry"]


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

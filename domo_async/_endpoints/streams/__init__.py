"""Streams: `domo.streams`."""

from __future__ import annotations

from domo_async._endpoints.streams.area import Streams
from domo_async._endpoints.streams.models import (
    ConfigurationItem,
    ExecutionState,
    RunType,
    SavedStream,
    ScheduleState,
    Stream,
    StreamAccount,
    StreamError,
    StreamErrorCategory,
    StreamExecution,
    StreamPhase,
    StreamPhaseTimes,
    StreamTransport,
    UpdateMethod,
)

__all__ = [
    "ConfigurationItem",
    "ExecutionState",
    "RunType",
    "SavedStream",
    "ScheduleState",
    "Stream",
    "StreamAccount",
    "StreamError",
    "StreamErrorCategory",
    "StreamExecution",
    "StreamPhase",
    "StreamPhaseTimes",
    "StreamTransport",
    "Streams",
    "UpdateMethod",
]

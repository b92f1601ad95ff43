"""The activity log: `domo.activity_log`."""

from __future__ import annotations

from domo_async._endpoints.activity_log._export import ActivityFileFormat, DayExport, DayOfLog
from domo_async._endpoints.activity_log.area import ActivityLog
from domo_async._endpoints.activity_log.models import Activity, EventType, ObjectType
from domo_async._endpoints.activity_log.stale import StaleItem, StaleKind, StaleReport
from domo_async._endpoints.activity_log.table import ACTIVITY_COLUMNS, activity_batches, activity_rows, activity_schema

__all__ = [
    "ACTIVITY_COLUMNS",
    "Activity",
    "ActivityFileFormat",
    "ActivityLog",
    "DayExport",
    "DayOfLog",
    "EventType",
    "ObjectType",
    "StaleItem",
    "StaleKind",
    "StaleReport",
    "activity_batches",
    "activity_rows",
    "activity_schema",
]

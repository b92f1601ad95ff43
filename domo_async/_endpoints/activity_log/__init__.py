"""The activity log: `domo.activity_log`."""

from __future__ import annotations

from domo_async._endpoints.activity_log.area import ActivityLog
from domo_async._endpoints.activity_log.models import Activity, EventType, ObjectType
from domo_async._endpoints.activity_log.table import COLUMNS, record_batches, rows, schema

__all__ = ["COLUMNS", "Activity", "ActivityLog", "EventType", "ObjectType", "record_batches", "rows", "schema"]

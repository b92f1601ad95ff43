"""Scheduled reports: `domo.reports`."""

from __future__ import annotations

from domo_async.endpoints.reports.area import Reports
from domo_async.endpoints.reports.history import ReportHistory
from domo_async.endpoints.reports.models import (
    CreatedReport,
    Frequency,
    RecipientType,
    RenderedCard,
    Report,
    ReportedResource,
    ReportRecipient,
    ReportRun,
    ReportScope,
    ResourceType,
    RunOrder,
    RunStatus,
    Schedule,
    ScheduleOrder,
    ScheduleRecipient,
)

__all__ = [
    "CreatedReport",
    "Frequency",
    "RecipientType",
    "RenderedCard",
    "Report",
    "ReportHistory",
    "ReportRecipient",
    "ReportRun",
    "ReportScope",
    "ReportedResource",
    "Reports",
    "ResourceType",
    "RunOrder",
    "RunStatus",
    "Schedule",
    "ScheduleOrder",
    "ScheduleRecipient",
]

"""Scheduled reports: `domo.reports`."""

from __future__ import annotations

from domo_async._endpoints.reports.area import Reports
from domo_async._endpoints.reports.history import ReportHistory
from domo_async._endpoints.reports.models import (
    CreatedReport,
    Frequency,
    RenderedCard,
    Report,
    ReportedResource,
    ReportRecipient,
    ReportRecipientType,
    ReportResourceType,
    ReportRun,
    ReportScope,
    RunOrder,
    RunStatus,
    Schedule,
    ScheduleOrder,
    ScheduleRecipient,
    ViewType,
)

__all__ = [
    "CreatedReport",
    "Frequency",
    "RenderedCard",
    "Report",
    "ReportHistory",
    "ReportRecipient",
    "ReportRecipientType",
    "ReportResourceType",
    "ReportRun",
    "ReportScope",
    "ReportedResource",
    "Reports",
    "RunOrder",
    "RunStatus",
    "Schedule",
    "ScheduleOrder",
    "ScheduleRecipient",
    "ViewType",
]

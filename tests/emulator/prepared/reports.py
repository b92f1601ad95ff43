"""What the rows of tests/contract/reports.py are about: reports with these numbers, their runs and recipients."""

from __future__ import annotations

from typing import Any

from domo_async._emulator.access.people import add_user
from domo_async._emulator.http.web import millis
from domo_async._emulator.services.jobs import ended_job
from domo_async._emulator.state.instance import Instance

_JOHN = {"userId": 901_234, "displayName": "John Doe", "emailAddress": "john.doe@example.com"}

# Instances give times as numbers, where Domo's documentation shows ISO 8601.
_MOMENTS = ("$[].startTime", "$[].endTime", "$[].created", "$.startTime", "$.endTime")
FREE = dict.fromkeys(("E139", "E149", "E151", "E152", "E153", "E154", "E155"), _MOMENTS)


def prepare(instance: Instance) -> None:
    """Put them into the state: one is fine, and one has nobody to go to."""
    add_user(instance, "John Doe", "john.doe@example.com", 2, user_id=901_234)
    add_user(instance, "Ada Lovelace", "ada@example.com", 2, user_id=27)
    for page in (345_678, 123_456):
        instance.records["pages"].put(
            page,
            {
                "id": page,
                "parentPageId": 0,
                "ownerId": 1,
                "title": "Sales Dashboard",
                "locked": False,
                "hasLayout": True,
                "created": 0,
                "modified": 0,
            },
        )
    _put(instance, 123_456, pageId=123_456, viewId=123_456, recipients=[{"type": "USER", "value": "27"}])
    _put(instance, 123_455, pageId=None, viewId=789_012, recipients=[])
    instance.records["report_runs"].put(
        123_456,
        {
            "id": 123_456,
            "reportId": 123_456,
            "reportTitle": "Monthly Sales Report",
            "reportSubject": "Sales Report for November 2024",
            "startTime": millis(),
            "job": ended_job("success", lasts=300),
            "automated": True,
            "cardCount": 5,
            "attachmentCount": 2,
            "attachmentSize": 1_024_000,
            "emailSize": 1_536_000,
            "recipients": [{"type": "USER", "value": "901234"}],
            "people": [_JOHN],
            "ownerId": 1,
            "resourceType": "PAGE",
            "resourceId": 123_456,
            "resourceName": "Sales Dashboard",
        },
    )


def _put(instance: Instance, number: int, **known: Any) -> None:
    instance.records["report_schedules"].put(
        number,
        {
            "id": number,
            "title": "Monthly Sales Report",
            "subject": None,
            "attachmentInclude": False,
            "active": True,
            "cardId": None,
            "embedViewId": 567_890,
            "schedule": {
                "frequency": "MONTHLY",
                "daysToRun": "1",
                "hourOfDay": 9,
                "minOfHour": 0,
                "timezone": "America/New_York",
                "enabled": True,
            },
            "ownerId": 1,
            "unsubscribed": [{"id": 901_234, "emailAddress": "john.doe@example.com", "entries": []}],
            "created": millis(),
            **known,
        },
    )

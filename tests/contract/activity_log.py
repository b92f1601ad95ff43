"""The activity log: E001 and E002."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from unittest.mock import ANY

from domo_async._endpoints.activity_log.models import Activity, EventType, ObjectType
from tests.contract.row import Row, Sent, documented, whole

START = datetime(2022, 3, 4, 22, 49, 18, 639000, UTC)
END = datetime(2022, 6, 2, 23, 49, 18, 639000, timezone(timedelta(hours=2)))
# As an instance wrote it.
ENTRY = {
    "actionType": "VIEWED",
    "actorId": 0,
    "actorName": "",
    "additionalComment": "Ada viewed page 'Sales'.",
    "authenticationMethod": "HMAC_TOKEN",
    "clientId": None,
    "eventText": "Viewed page",
    "objectId": "8",
    "objectName": "Sales",
    "objectType": "PAGE",
    "time": 1646434158700,
    "userId": "27",
    "userName": "Ada",
    "userType": "USER",
}

ROWS = [
    Row(
        "E001",
        lambda domo: domo.activity_log.list(
            start=START, end=END, object_type=["DATAFLOW_TYPE", "ACCOUNT"], page_size=300
        ).all(),
        Sent(
            "GET",
            "/api/audit/v1/user-audits",
            query={
                "start": "1646434158639",
                "end": "1654206558639",
                "offset": "0",
                "limit": "300",
                "objectType": "DATAFLOW_TYPE,ACCOUNT",
            },
            answer=documented("E001"),
        ),
        gives=Activity,
    ),
    Row(
        "E001",
        lambda domo: domo.activity_log.list(start=START, end=END).all(),
        Sent(
            "GET",
            "/api/audit/v1/user-audits",
            query={"start": "1646434158639", "end": "1654206558639", "offset": "0", "limit": "1000"},
            answer=documented("E001"),
        ),
        gives=Activity,
        note="of all objects, in pages as large as can be",
    ),
    Row(
        "E001",
        lambda domo: domo.activity_log.iterate(START, END, oldest_first=False, window=1e8).all(),
        Sent(
            "GET",
            "/api/audit/v1/user-audits",
            query={"start": "1646434158638", "end": "1654206558639", "offset": "0", "limit": "1000"},
            answer=documented("E001"),
        ),
        gives=Activity,
        note="each once, the newest first, with a millisecond more on either side",
    ),
    Row(
        "E001",
        lambda domo: domo.activity_log.iterate(
            START, END, object_type=["PAGE", "ACTIVITY_LOG"], window=1e8, page_size=500
        ).all(),
        Sent(
            "GET",
            "/api/audit/v1/user-audits",
            query={
                "start": "1646434158638",
                "end": "1654206558639",
                "offset": "0",
                "limit": "500",
                "objectType": "PAGE,ACTIVITY_LOG",
            },
            answer=documented("E001"),
        ),
        gives=Activity,
        says=lambda answer: answer[::-1],
        note="each once, the oldest first",
    ),
    Row(
        "E001",
        lambda domo: domo.activity_log.follow(since=START, object_type=["PAGE"], window=1e9).first(),
        Sent(
            "GET",
            "/api/audit/v1/user-audits",
            query={"start": "1646434158638", "end": ANY, "offset": "0", "limit": "1000", "objectType": "PAGE"},
            answer=documented("E001"),
        ),
        gives=Activity,
        says=lambda answer: answer[1],
        note="without an end",
    ),
    Row(
        "E001",
        lambda domo: domo.activity_log.list(
            start=START, end=END, object_type=["PAGE"], event_type=["VIEWED", "UPDATED"], user_id=[27], object_id=["8"]
        ).all(),
        Sent(
            "GET",
            "/api/audit/v1/user-audits",
            query={
                "start": "1646434158639",
                "end": "1654206558639",
                "offset": "0",
                "limit": "1000",
                "objectType": "PAGE",
                "eventType": "VIEWED,UPDATED",
                "user": "27",
                "objectId": "8",
            },
            answer=whole([ENTRY]),
        ),
        gives=Activity,
        note="as instances answer",
    ),
    Row(
        "extra: Activity Log, Count",
        lambda domo: domo.activity_log.count(start=START, end=END, event_type=["VIEWED"]),
        Sent(
            "GET",
            "/api/audit/v1/user-audits/count",
            query={"start": "1646434158639", "end": "1654206558639", "eventType": "VIEWED"},
            answer=whole({"count": 12}),
        ),
        gives=lambda count: count == 12,
    ),
    Row(
        "extra: Activity Log, Event types of an object type",
        lambda domo: domo.activity_log.event_types("PAGE"),
        Sent(
            "GET",
            "/api/audit/v1/user-audits/objectTypes/PAGE/eventTypes",
            answer=whole([{"type": "VIEWED", "translation": "Viewed"}]),
        ),
        gives=EventType,
    ),
    Row(
        "E002",
        lambda domo: domo.activity_log.object_types(),
        Sent("GET", "/api/audit/v1/user-audits/objectTypes", answer=documented("E002")),
        gives=ObjectType,
        says=lambda answer: [{"type": name} for name in answer],
    ),
    Row(
        "E002",
        lambda domo: domo.activity_log.object_types(),
        Sent(
            "GET",
            "/api/audit/v1/user-audits/objectTypes",
            answer=whole([{"type": "DATA_SOURCE", "translation": "DataSet"}, {"type": "PAGE", "translation": "Page"}]),
        ),
        gives=ObjectType,
        note="as instances answer",
    ),
    Row(
        "E001",
        lambda domo: domo.activity_log.export("nowhere", date(2022, 3, 4), date(2022, 3, 4), dry_run=True),
        (),
        gives=lambda report: [("2022-03-04", "created")] == [(str(row.input.day), row.outcome) for row in report],
        note="as files, told before any is written",
    ),
    Row(
        "E001",
        lambda domo: domo.activity_log.stale(days=1, kinds=["page"], look_back=1, as_of=END),
        (
            Sent(
                "POST",
                "/api/content/v1/pages/adminsummary",
                query={"limit": "50", "skip": "0"},
                json={"orderBy": "pageTitle", "ascending": True},
                answer=whole({"pageAdminSummaries": [{"pageId": 8, "pageTitle": "Sales"}, {"pageId": 9}]}),
            ),
            Sent(
                "GET",
                "/api/audit/v1/user-audits",
                query={
                    "start": "1654120158638",
                    "end": "1654206558639",
                    "objectType": "PAGE",
                    "offset": "0",
                    "limit": "1000",
                },
                answer=whole([]),
            ),
        ),
        gives=lambda report: ["8", "9"] == [item.id for item in report.items],
        note="for what is stale",
    ),
]

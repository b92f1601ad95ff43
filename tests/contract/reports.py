"""Scheduled reports: E132 to E162."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from domo_async._endpoints.reports.models import (
    CreatedReport,
    RenderedCard,
    Report,
    ReportedResource,
    ReportRecipient,
    ReportRun,
    Schedule,
    ScheduleRecipient,
)
from tests.contract.readable import assert_says
from tests.contract.row import Row, Sent, documented, whole

BASE = "/api/content/v1/reportschedules"
PAGE = {"limit": "100", "skip": "0"}
JOHN = ReportRecipient(901234, "John Doe", "john.doe@example.com")
JOHN_SENT = {"userId": 901234, "displayName": "John Doe", "emailAddress": "john.doe@example.com"}
BY_MAIL = [{"type": "EMAIL", "value": "john.doe@example.com"}]
CARD: dict[str, Any] = {
    "title": "Sample Card",
    "encodedImage": "base64string",
    "encodedImageId": "img123",
    "timeframeLabel": "Last 30 Days",
    "summaryNumberValue": "10,000",
    "summaryNumberLabel": "Total Sales",
    "htmlContent": "<div>Card content</div>",
    "cardType": "kpi",
    "cardLink": "https://instance.domo.com/cards/123",
    "pdpEnabled": True,
    "certified": True,
    "companyCertified": False,
}


def rendered(cards: Mapping[str, Mapping[str, Any]], given: Mapping[str, RenderedCard]) -> bool:
    """Return whether these cards, and what is said of each, were given."""
    for key, card in cards.items():
        assert_says(given[key], card)
    return cards.keys() == given.keys() and all(type(card) is RenderedCard for card in given.values())


SENT_RUN = {"id": 7, "reportId": 123456, "automated": False, "status": "success", "endTime": "2024-06-15T00:00:00Z"}
SEEN_RUN = {
    "attachmentCount": 0,
    "attachmentSize": 0,
    "automated": True,
    "cardCount": 1,
    "emailSize": 524923,
    "endTime": 1735689600000,
    "id": 1,
    "problems": None,
    "recipients": [{"userId": 1234}, {"groupId": 5}],
    "reportId": 1,
    "reportSubject": "text",
    "reportTitle": "text",
    "reportTitleId": 1,
    "startTime": 1735689600000,
    "status": "success",
    "toe": None,
    "usingLayout": False,
}
SEEN_REPORT = {
    "active": True,
    "attachmentInclude": True,
    "cardCount": 1,
    "cardId": 1234,
    "contextId": None,
    "description": None,
    "embedReport": False,
    "embedUrn": None,
    "embedViewId": None,
    "id": 1,
    "owner": False,
    "ownerId": 1234,
    "pageId": 0,
    "recentHistory": SEEN_RUN,
    "recipientCount": 1,
    "reportView": False,
    "reportViewId": 1234,
    "schedule": {
        "additionalRecipients": [{"type": "USER", "value": "1234"}],
        "daysToRun": "1,2,3,4,5",
        "embedReport": False,
        "embedUrn": None,
        "enabled": True,
        "expirationDate": 1735689600000,
        "frequency": "DAILY",
        "hourOfDay": 7,
        "minOfHour": 0,
        "nextRunDate": 1735689600000,
        "ownerId": 1234,
        "startDate": 1735689600000,
        "timezone": "text",
        "unsubscribedRecipients": [],
    },
    "subject": "text",
    "title": "text",
    "type": "view",
    "viewId": 1234,
    "viewName": None,
    "viewType": "PDF_EMAIL",
}

ROWS = [
    Row(
        "seen: Scheduled reports, Get report",
        lambda domo: domo.reports.get(1),
        Sent("GET", f"{BASE}/1", answer=whole(SEEN_REPORT)),
        gives=Report,
    ),
    Row(
        "seen: Scheduled reports, Created report history",
        lambda domo: domo.reports.history.created().all(),
        Sent(
            "GET",
            f"{BASE}/created",
            answer=whole([{"reportId": 1, "reportTitle": "text", "ownerId": 2, "created": 1735689600000}]),
        ),
        gives=CreatedReport,
        note="with times as numbers",
    ),
    Row(
        "E132",
        lambda domo: domo.reports.list().all(),
        Sent("GET", BASE, query={**PAGE, "orderBy": "startDate"}, answer=documented("E132")),
        gives=Report,
    ),
    Row(
        "E132",
        lambda domo: domo.reports.list(
            filter="ALL", title="Sales", sort_by="title", ascending=True, offset=20, limit=10
        ).all(),
        Sent(
            "GET",
            BASE,
            query={
                "filter": "ALL",
                "title": "Sales",
                "orderBy": "title",
                "isAscending": "true",
                "limit": "10",
                "skip": "20",
            },
            answer=documented("E132"),
        ),
        gives=Report,
        note="with all that can be asked",
    ),
    Row(
        "E133",
        lambda domo: domo.reports.create(
            title="Weekly Performance Report",
            page_id=345678,
            view_id=789012,
            schedule=Schedule(
                frequency="WEEKLY",
                days_to_run="MON",
                hour_of_day=8,
                min_of_hour=0,
                timezone="America/New_York",
                enabled=True,
                additional_recipients=(ScheduleRecipient("user@example.com"),),
            ),
            attachment_include=True,
        ),
        Sent(
            "POST",
            BASE,
            json={
                "title": "Weekly Performance Report",
                "pageId": 345678,
                "viewId": 789012,
                "schedule": {
                    "frequency": "WEEKLY",
                    "daysToRun": "MON",
                    "hourOfDay": 8,
                    "minOfHour": 0,
                    "timezone": "America/New_York",
                    "enabled": True,
                    "additionalRecipients": [{"type": "EMAIL", "value": "user@example.com"}],
                },
                "attachmentInclude": True,
            },
            answer=documented("E133"),
        ),
        gives=Report,
    ),
    Row(
        "E133",
        lambda domo: domo.reports.create(
            title="Daily",
            view_id=789012,
            subject="Today",
            schedule=Schedule(
                start_date=datetime(2024, 11, 14, 10, tzinfo=UTC),
                expiration_date=datetime(2025, 11, 14, 10, tzinfo=UTC),
            ),
        ),
        Sent(
            "POST",
            BASE,
            json={
                "title": "Daily",
                "viewId": 789012,
                "subject": "Today",
                "schedule": {"startDate": 1731578400000, "expirationDate": 1763114400000},
            },
            answer=documented("E133"),
        ),
        gives=Report,
        note="with what other clients send",
    ),
    Row(
        "E134",
        lambda domo: domo.reports.delete_for_page(345678),
        Sent("DELETE", BASE, query={"pageId": "345678"}),
    ),
    Row(
        "E135",
        lambda domo: domo.reports.get(123456),
        Sent("GET", f"{BASE}/123456", answer=documented("E135")),
        gives=Report,
    ),
    Row(
        "E136",
        lambda domo: domo.reports.update(
            123456,
            title="Updated Monthly Sales Report",
            schedule=Schedule(
                frequency="MONTHLY",
                days_to_run="15",
                hour_of_day=10,
                min_of_hour=30,
                timezone="America/New_York",
                enabled=True,
            ),
        ),
        Sent(
            "PUT",
            f"{BASE}/123456",
            json={
                "title": "Updated Monthly Sales Report",
                "schedule": {
                    "frequency": "MONTHLY",
                    "daysToRun": "15",
                    "hourOfDay": 10,
                    "minOfHour": 30,
                    "timezone": "America/New_York",
                    "enabled": True,
                },
            },
            answer=documented("E136"),
        ),
        gives=Report,
    ),
    Row(
        "E136",
        lambda domo: domo.reports.update(
            123456,
            title="Sales",
            page_id=1,
            view_id=2,
            attachment_include=False,
            subject="Sales of the month",
            owner_id=27,
            active=True,
            schedule=Schedule(additional_recipients=()),
        ),
        Sent(
            "PUT",
            f"{BASE}/123456",
            json={
                "title": "Sales",
                "pageId": 1,
                "viewId": 2,
                "attachmentInclude": False,
                "subject": "Sales of the month",
                "ownerId": 27,
                "active": True,
                "schedule": {"additionalRecipients": []},
            },
            answer=documented("E136"),
        ),
        gives=Report,
        note="with all that can be set",
    ),
    Row("E137", lambda domo: domo.reports.delete(123456), Sent("DELETE", f"{BASE}/123456")),
    Row(
        "E138",
        lambda domo: domo.reports.set_enabled(123456, enabled=True),
        Sent("PUT", f"{BASE}/123456/enabled", json=True),
    ),
    Row(
        "E138",
        lambda domo: domo.reports.set_enabled(123456, enabled=False),
        Sent("PUT", f"{BASE}/123456/enabled", json=False),
        note="off",
    ),
    Row(
        "E139",
        lambda domo: domo.reports.history.for_schedule(123456).all(),
        Sent("GET", f"{BASE}/123456/history", query=PAGE, answer=documented("E139")),
        gives=ReportRun,
    ),
    Row(
        "E140",
        lambda domo: domo.reports.notify(123456, recipients=[JOHN]),
        Sent("POST", f"{BASE}/123456/notifications", json=[JOHN_SENT], status=202),
    ),
    Row(
        "E140",
        lambda domo: domo.reports.notify(123456, recipients=[ReportRecipient(email_address="ada@example.com")]),
        Sent("POST", f"{BASE}/123456/notifications", json=[{"emailAddress": "ada@example.com"}], status=202),
        note="to an address alone",
    ),
    Row(
        "E141",
        lambda domo: domo.reports.queue_notification(123456, recipients=[JOHN]),
        Sent("POST", f"{BASE}/123456/notifications/queue", json=[JOHN_SENT], status=202),
    ),
    Row(
        "E142",
        lambda domo: domo.reports.queue(123456, recipients=["john.doe@example.com"]),
        Sent("POST", f"{BASE}/123456/queue", json=BY_MAIL, status=202),
    ),
    Row(
        "E143",
        lambda domo: domo.reports.resubscribe(123456, user_id=901234),
        Sent("POST", f"{BASE}/123456/resubscribe", query={"userId": "901234"}),
    ),
    Row(
        "E143",
        lambda domo: domo.reports.resubscribe(123456, email_id="john.doe@example.com"),
        Sent("POST", f"{BASE}/123456/resubscribe", query={"emailId": "john.doe@example.com"}),
        note="by mail",
    ),
    Row(
        "E144",
        lambda domo: domo.reports.send(123456, recipients=[ScheduleRecipient("john.doe@example.com")]),
        Sent("POST", f"{BASE}/123456/sendnow", json=BY_MAIL, status=202),
    ),
    Row(
        "E144",
        lambda domo: domo.reports.send(123456, recipients=[ScheduleRecipient(27, "USER"), "ada@example.com"]),
        Sent(
            "POST",
            f"{BASE}/123456/sendnow",
            json=[{"type": "USER", "value": "27"}, {"type": "EMAIL", "value": "ada@example.com"}],
            answer=whole({}),
        ),
        note="to a user, as another page shows it",
    ),
    Row(
        "E144",
        lambda domo: domo.reports.send(123456, recipients=["john.doe@example.com"], wait=True),
        (
            Sent("GET", f"{BASE}/123456/history", query=PAGE, answer=whole([{"id": 6}])),
            Sent("POST", f"{BASE}/123456/sendnow", json=BY_MAIL, status=202),
            Sent("GET", f"{BASE}/123456/history", query=PAGE, answer=whole([{"id": 6}, SENT_RUN])),
        ),
        gives=ReportRun,
        says=lambda answer: answer[1],
        note="waited for",
    ),
    Row(
        "E145",
        lambda domo: domo.reports.send_resubscribe_email(123456, recipients=["john.doe@example.com"]),
        Sent("POST", f"{BASE}/123456/sendResubscribe", json=BY_MAIL, status=202),
    ),
    Row("E146", lambda domo: domo.reports.unsubscribe(123456), Sent("POST", f"{BASE}/123456/unsubscribe")),
    Row(
        "E147",
        lambda domo: domo.reports.delete_unsubscribed_recipient(
            123456, user_id=901234, email_id="john.doe@example.com"
        ),
        Sent(
            "DELETE",
            f"{BASE}/123456/unsubscribe/recipient",
            query={"userId": "901234", "emailId": "john.doe@example.com"},
        ),
    ),
    Row(
        "E148",
        lambda domo: domo.reports.render_cards([123]),
        Sent("POST", f"{BASE}/card-email-data", json=[123], answer=documented("E148")),
        gives=lambda cards: rendered({"123": CARD}, cards),
        note="as Domo's documentation shows it, for one card",
    ),
    Row(
        "E148",
        lambda domo: domo.reports.render_cards([123, 456, 789]),
        Sent("POST", f"{BASE}/card-email-data", json=[123, 456, 789], answer=documented("E148")),
        gives=lambda cards: rendered({"additionalProperties": CARD}, cards),
        note="as Domo's documentation shows it, for several",
    ),
    Row(
        "E148",
        lambda domo: domo.reports.render_cards([123, 456]),
        Sent(
            "POST",
            f"{BASE}/card-email-data",
            json=[123, 456],
            answer=whole({"123": CARD, "456": {"title": "Other"}}),
        ),
        gives=lambda cards: rendered({"123": CARD, "456": {"title": "Other"}}, cards),
        note="as a map",
    ),
    Row(
        "E148",
        lambda domo: domo.reports.render_cards([123, 456]),
        Sent(
            "POST",
            f"{BASE}/card-email-data",
            json=[123, 456],
            answer=whole({"additionalProperties": {"123": CARD, "456": {"title": "Other"}}}),
        ),
        gives=lambda cards: rendered({"123": CARD, "456": {"title": "Other"}}, cards),
        note="as a map in that key",
    ),
    Row(
        "E149",
        lambda domo: domo.reports.history.created(filter="USER", days=3, ascending=True).all(),
        Sent(
            "GET",
            f"{BASE}/created",
            query={"filter": "USER", "days": "3", "isAscending": "true"},
            answer=documented("E149"),
        ),
        gives=CreatedReport,
    ),
    Row(
        "E150",
        lambda domo: domo.reports.set_emails_enabled(enabled=False),
        Sent("PUT", f"{BASE}/emails/enabled", json=False),
    ),
    Row(
        "E151",
        lambda domo: domo.reports.history.extended(filter="USER", days=3, sort_by="emailSize", ascending=False).all(),
        Sent(
            "GET",
            f"{BASE}/extendedHistory",
            query={"filter": "USER", "days": "3", "orderBy": "emailSize", "isAscending": "false"},
            answer=documented("E151"),
        ),
        gives=ReportRun,
    ),
    Row(
        "E152",
        lambda domo: domo.reports.rerun_failed(
            start=datetime(2024, 11, 14, tzinfo=UTC), end=datetime(2024, 11, 14, 12, 30, tzinfo=UTC)
        ),
        Sent("POST", f"{BASE}/failures/rerun", query={"start": "1731542400000", "end": "1731587400000"}),
    ),
    Row(
        "E153",
        lambda domo: domo.reports.history.list().all(),
        Sent("GET", f"{BASE}/history", query=PAGE, answer=documented("E153")),
        gives=ReportRun,
    ),
    Row(
        "E153",
        lambda domo: domo.reports.history.list(
            filter="ALL", sort_by="status", ascending=True, include_recipient_info=True, offset=5, limit=7
        ).all(),
        Sent(
            "GET",
            f"{BASE}/history",
            query={
                "filter": "ALL",
                "orderBy": "status",
                "isAscending": "true",
                "includeRecipientInfo": "true",
                "limit": "7",
                "skip": "5",
            },
            answer=documented("E153"),
        ),
        gives=ReportRun,
        note="with all that can be asked",
    ),
    Row(
        "E154",
        lambda domo: domo.reports.history.get(123456),
        Sent("GET", f"{BASE}/history/123456", answer=documented("E154")),
        gives=ReportRun,
    ),
    Row(
        "E155",
        lambda domo: domo.reports.history.search(title="Sales", status="success", automated=True).all(),
        Sent(
            "POST",
            f"{BASE}/history/search",
            query=PAGE,
            json={
                "includeTitleClause": True,
                "titleSearchText": "Sales",
                "includeStatusClause": True,
                "status": "success",
                "includeTypeClause": True,
                "isAutomated": True,
                "includeScheduleIdClause": False,
            },
            answer=documented("E155"),
        ),
        gives=ReportRun,
    ),
    Row(
        "E155",
        lambda domo: domo.reports.history.search(
            automated=False, filter="USER", sort_by="endTime", ascending=True, offset=5, limit=7
        ).all(),
        Sent(
            "POST",
            f"{BASE}/history/search",
            query={"filter": "USER", "orderBy": "endTime", "isAscending": "true", "limit": "7", "skip": "5"},
            json={
                "includeTitleClause": False,
                "includeStatusClause": False,
                "includeTypeClause": True,
                "isAutomated": False,
                "includeScheduleIdClause": False,
            },
            answer=documented("E155"),
        ),
        gives=ReportRun,
        note="by one criterion",
    ),
    Row(
        "E155",
        lambda domo: domo.reports.history.search(schedule_id=123456, filter="RECIPIENT").all(),
        Sent(
            "POST",
            f"{BASE}/history/search",
            query={**PAGE, "filter": "RECIPIENT"},
            json={
                "includeTitleClause": False,
                "includeStatusClause": False,
                "includeTypeClause": False,
                "includeScheduleIdClause": True,
                "scheduleId": 123456,
            },
            answer=whole([SEEN_RUN]),
        ),
        gives=ReportRun,
        note="by schedule, with times as numbers",
    ),
    Row(
        "E156",
        lambda domo: domo.reports.misconfigured().all(),
        Sent("GET", f"{BASE}/misconfigured", query=PAGE, answer=documented("E156")),
        gives=Report,
    ),
    Row(
        "E157",
        lambda domo: domo.reports.resources(title="Sales").all(),
        Sent("GET", f"{BASE}/resources", query={**PAGE, "title": "Sales"}, answer=documented("E157")),
        gives=ReportedResource,
    ),
    Row(
        "E158",
        lambda domo: domo.reports.for_resource("PAGE", 123456, show_all=True),
        Sent("GET", f"{BASE}/resources/PAGE/123456", query={"showAll": "true"}, answer=documented("E158")),
        gives=Report,
    ),
    Row(
        "E159",
        lambda domo: domo.reports.list_sorted(filter="USER", title="S", sort_by="nextRunDate", ascending=False).all(),
        Sent(
            "GET",
            f"{BASE}/sortby",
            query={**PAGE, "filter": "USER", "title": "S", "orderBy": "nextRunDate", "isAscending": "false"},
            answer=documented("E159"),
        ),
        gives=Report,
    ),
    Row(
        "E160",
        lambda domo: domo.reports.for_view(123456),
        Sent("GET", f"{BASE}/views/123456", answer=documented("E160")),
        gives=Report,
    ),
    Row(
        "E161",
        lambda domo: domo.reports.send_view(123456, recipients=["john.doe@example.com"], attachment_include=True),
        Sent(
            "POST",
            f"{BASE}/views/123456/sendNow",
            query={"attachmentInclude": "true"},
            json=BY_MAIL,
            status=202,
        ),
    ),
    Row(
        "E162",
        lambda domo: domo.reports.send_view_with_params(
            123456,
            recipients=["user@example.com"],
            alert_action_id=789012,
            email_params={"param1": "value1"},
            attachment_include=False,
        ),
        Sent(
            "POST",
            f"{BASE}/views/123456/sendNowWithParams",
            query={"attachmentInclude": "false"},
            json={
                "recipients": [{"type": "EMAIL", "value": "user@example.com"}],
                "alertActionId": 789012,
                "emailParams": {"param1": "value1"},
            },
            status=202,
        ),
    ),
    Row(
        "E162",
        lambda domo: domo.reports.send_view_with_params(123456, recipients=["user@example.com"]),
        Sent(
            "POST",
            f"{BASE}/views/123456/sendNowWithParams",
            json={"recipients": [{"type": "EMAIL", "value": "user@example.com"}]},
            status=202,
        ),
        note="without any",
    ),
]

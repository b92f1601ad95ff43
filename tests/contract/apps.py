"""The App Framework's routes: E100, E182 to E184."""

from __future__ import annotations

from datetime import UTC, datetime

from domo_async._endpoints.apps import WorkflowMetrics
from domo_async._endpoints.files.models import FilePermissions
from domo_async._endpoints.workflows import WorkflowInstance
from tests.contract.row import Row, Sent, documented

RUN = "2052e10a-d142-4391-a731-2be1ab1c0188"
MODELS = "/domo/workflow/v1/models"

ROWS = [
    Row(
        "E100",
        lambda domo: domo.apps.files.get_permissions(12),
        Sent("GET", "/domo/data-files/v1/12/permissions", answer=documented("E099")),
        gives=FilePermissions,
    ),
    Row(
        "E182",
        lambda domo: domo.apps.workflows.start("add", data={"parameter1": 13, "parameter2": 7}),
        Sent("POST", f"{MODELS}/add/start", json={"parameter1": 13, "parameter2": 7}, answer=documented("E182")),
        gives=WorkflowInstance,
        # Domo's documentation shows the text "null" where it means null.
        says=lambda answer: {**answer, "status": None},
    ),
    Row(
        "E182,E184",
        lambda domo: domo.apps.workflows.start("add", wait=True),
        (
            Sent("POST", f"{MODELS}/add/start", json={}, answer=documented("E182")),
            Sent("GET", f"{MODELS}/add/instance/{RUN}", answer=documented("E182")),
            Sent("GET", f"{MODELS}/add/instance/{RUN}", answer=documented("E184")),
        ),
        gives=WorkflowInstance,
        note="waited for",
    ),
    Row(
        "E183",
        lambda domo: domo.apps.workflows.metrics("add"),
        Sent("GET", f"{MODELS}/add/overall", answer=documented("E183")),
        gives=WorkflowMetrics,
    ),
    Row(
        "E183",
        lambda domo: domo.apps.workflows.metrics(
            "add",
            limit=10,
            offset=20,
            after=datetime(2023, 11, 15, tzinfo=UTC),
            until=datetime(2023, 12, 15, tzinfo=UTC),
            status=["COMPLETED", "FAILED"],
        ),
        Sent(
            "GET",
            f"{MODELS}/add/overall",
            query={
                "limit": "10",
                "offset": "20",
                "after": "1700006400000",
                "until": "1702598400000",
                "status": "COMPLETED,FAILED",
            },
            answer=documented("E183"),
        ),
        gives=WorkflowMetrics,
        note="filtered",
    ),
    Row(
        "E183",
        lambda domo: domo.apps.workflows.metrics("add", status="IN_PROGRESS"),
        Sent("GET", f"{MODELS}/add/overall", query={"status": "IN_PROGRESS"}, answer=documented("E183")),
        gives=WorkflowMetrics,
        note="of one status",
    ),
    Row(
        "E184",
        lambda domo: domo.apps.workflows.get("add", RUN),
        Sent("GET", f"{MODELS}/add/instance/{RUN}", answer=documented("E184")),
        gives=WorkflowInstance,
    ),
    Row(
        "E184",
        lambda domo: domo.apps.workflows.wait("add", RUN),
        (
            Sent("GET", f"{MODELS}/add/instance/{RUN}", answer=documented("E182")),
            Sent("GET", f"{MODELS}/add/instance/{RUN}", answer=documented("E184")),
        ),
        gives=WorkflowInstance,
        note="until it has completed",
    ),
]

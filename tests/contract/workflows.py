"""Workflows: E179 to E181, and routes that the documents leave out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from domo_async._endpoints.workflows import Permission, Right, WorkflowInstance, WorkflowPermission
from tests.contract.row import Row, Sent, documented, whole

RUN = "2052e10a-d142-4391-a731-2be1ab1c0188"
MODEL = "a8afdc89-9491-4ee4-b7c3-b9e9b86c0138"
START = {"messageName": "Start AddTwoNumbers", "version": "1.1.0", "modelId": MODEL}
UNDER_WAY = {"id": RUN, "modelId": MODEL, "status": "IN_PROGRESS"}
COMPLETED = {"id": RUN, "modelId": MODEL, "status": "COMPLETED"}

ROWS = [
    Row(
        "E179",
        lambda domo: domo.workflows.start(
            MODEL, message_name="Start AddTwoNumbers", version="1.1.0", data={"parameter1": 13, "parameter2": 7}
        ),
        Sent(
            "POST",
            "/api/workflow/v1/instances/message",
            json={**START, "data": {"parameter1": 13, "parameter2": 7}},
            answer=documented("E179"),
        ),
        gives=WorkflowInstance,
        # The page shows the text "null" where it means null.
        says=lambda answer: {**answer, "status": None},
    ),
    Row(
        "E179",
        lambda domo: domo.workflows.start(
            MODEL,
            message_name="Start AddTwoNumbers",
            version="1.1.0",
            data={
                "boolean": True,
                "date": date(2024, 5, 31),
                "dateTime": datetime(2024, 5, 31, 12, 30, tzinfo=UTC),
                "decimal": Decimal("0.1"),
                "duration": timedelta(days=1, hours=2),
                "number": 1.5,
                "object": {"nested": [1, {"deep": None}]},
                "person": "27",
                "dataset": "abc",
                "group": "8",
                "text": "text",
                "time": time(12, 30),
                "list": [date(2024, 5, 31)],
            },
        ),
        Sent(
            "POST",
            "/api/workflow/v1/instances/message",
            json={
                **START,
                "data": {
                    "boolean": True,
                    "date": "2024-05-31",
                    "dateTime": "2024-05-31T12:30:00.000Z",
                    "decimal": 0.1,
                    "duration": "P1DT2H",
                    "number": 1.5,
                    "object": {"nested": [1, {"deep": None}]},
                    "person": "27",
                    "dataset": "abc",
                    "group": "8",
                    "text": "text",
                    "time": "12:30:00",
                    "list": ["2024-05-31"],
                },
            },
            answer=documented("E180-null"),
        ),
        gives=WorkflowInstance,
        note="data of all types, and a status that is null",
    ),
    Row(
        "E179",
        lambda domo: domo.workflows.start(MODEL, message_name="Start AddTwoNumbers", version="1.1.0", wait=True),
        (
            Sent("POST", "/api/workflow/v1/instances/message", json={**START, "data": {}}, answer=documented("E179")),
            Sent(
                "GET",
                "/api/workflow/v2/executions",
                query={"modelId": MODEL},
                answer=whole({"executions": [UNDER_WAY]}),
            ),
            Sent(
                "GET",
                "/api/workflow/v2/executions",
                query={"modelId": MODEL},
                answer=whole({"executions": [COMPLETED]}),
            ),
        ),
        gives=WorkflowInstance,
        says=lambda answer: answer["executions"][0],
        note="waited for",
    ),
    Row(
        "extra: Workflows, List executions",
        lambda domo: domo.workflows.executions(MODEL, version="1.1.0"),
        Sent(
            "GET",
            "/api/workflow/v2/executions",
            query={"modelId": MODEL, "version": "1.1.0"},
            answer=whole({"executions": [UNDER_WAY, {**COMPLETED, "id": "another"}]}),
        ),
        gives=WorkflowInstance,
        says=lambda answer: answer["executions"],
    ),
    Row(
        "extra: Workflows, List executions",
        lambda domo: domo.workflows.wait(RUN, model_id=MODEL),
        Sent("GET", "/api/workflow/v2/executions", query={"modelId": MODEL}, answer=whole([COMPLETED])),
        gives=WorkflowInstance,
        says=lambda answer: answer[0],
        note="until a run has completed, in a bare list",
    ),
    Row(
        "E180",
        lambda domo: domo.workflows.cancel("613b7df4-761a-498c-ba25-fd9ae7b5df5b"),
        Sent(
            "POST",
            "/api/workflow/v1/instances/613b7df4-761a-498c-ba25-fd9ae7b5df5b/cancel",
            answer=documented("E180"),
        ),
        gives=WorkflowInstance,
    ),
    Row(
        "E180",
        lambda domo: domo.workflows.cancel(RUN),
        Sent("POST", f"/api/workflow/v1/instances/{RUN}/cancel", answer=documented("E180-null")),
        gives=WorkflowInstance,
        note="before it has reported as started",
    ),
    Row(
        "E181",
        lambda domo: domo.workflows.set_permissions(
            MODEL,
            permissions=[
                Permission(
                    123456,
                    ["ADMIN", "SHARE", "DELETE", "WRITE", "READ", "EXPORT", "EXECUTE", "UPDATE_CONTENT"],
                    "John Doe",
                ),
                Permission("98765", ["READ"], "John Smith", "USER"),
            ],
        ),
        Sent(
            "POST",
            f"/api/workflow/v1/models/{MODEL}/permissions",
            json=[
                {
                    "id": "123456",
                    "permissions": [
                        "ADMIN",
                        "SHARE",
                        "DELETE",
                        "WRITE",
                        "READ",
                        "EXPORT",
                        "EXECUTE",
                        "UPDATE_CONTENT",
                    ],
                    "name": "John Doe",
                    "type": "USER",
                },
                {"id": "98765", "name": "John Smith", "type": "USER", "permissions": ["READ"]},
            ],
        ),
    ),
    Row(
        "extra: Workflows, Get model permissions",
        lambda domo: domo.workflows.permissions(MODEL),
        Sent(
            "GET",
            f"/api/workflow/v1/models/{MODEL}/permissions",
            answer=whole({"USER": [{"id": "123456", "permissions": ["ADMIN", "READ"]}], "GROUP": []}),
        ),
        gives=lambda found: (
            found["USER"] == (WorkflowPermission(id=123456, permissions=(Right.ADMIN, Right.READ)),)
            and found["GROUP"] == ()
        ),
    ),
]

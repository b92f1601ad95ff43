"""Workflows: E179 to E181, and routes that instances are seen to have."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from domo_async._endpoints.workflows import (
    Permission,
    Right,
    TriggerType,
    WorkflowCounts,
    WorkflowDefinition,
    WorkflowInstance,
    WorkflowModel,
    WorkflowPermission,
    WorkflowStatus,
    WorkflowTrigger,
    WorkflowVersion,
)
from tests.contract.row import Row, Sent, documented, refusal, whole

RUN = "2052e10a-d142-4391-a731-2be1ab1c0188"
MODEL = "a8afdc89-9491-4ee4-b7c3-b9e9b86c0138"
START = {"messageName": "Start AddTwoNumbers", "version": "1.1.0", "modelId": MODEL}
UNDER_WAY = {"id": RUN, "modelId": MODEL, "status": "IN_PROGRESS"}
COMPLETED = {"id": RUN, "modelId": MODEL, "status": "COMPLETED"}
TRIGGER = "44444444-4444-4444-4444-444444444444"
EXECUTION = {
    "createdAt": "2025-12-15T15:11:59.469Z",
    "deploymentId": "22222222-2222-2222-2222-222222222222",
    "eventId": "11111111-1111-1111-1111-111111111111",
    "finishedAt": "2025-12-15T15:12:01Z",
    "id": RUN,
    "linkedExecutions": [],
    "modelId": MODEL,
    "modelName": "AddTwoNumbers",
    "modelOwner": "1234",
    "modelVersion": "1.1.0",
    "processKey": 1234567890,
    "startedAt": "2025-12-15T15:11:59.469Z",
    "startedBy": "1813188617",
    "status": "COMPLETED",
    "triggerDeletedAt": None,
    "triggerId": TRIGGER,
    "triggerName": "Low stock",
    "triggerType": "ALERT",
    "updatedAt": "2025-12-15T15:12:01.482Z",
    "updatedBy": "1813188617",
    "workflowCluster": "default",
}
RESTARTED = {
    **EXECUTION,
    "createdAt": 1709726400000,
    "updatedAt": 1709726400000,
    "finishedAt": None,
    "processKey": None,
    "status": "IN_PROGRESS",
    "triggerType": "MANUAL",
}
VERSION = {
    "active": True,
    "createdAt": "2025-01-01T12:00:00Z",
    "createdBy": "1234",
    "deletedAt": None,
    "description": "text",
    "manualTriggerId": TRIGGER,
    "modelId": MODEL,
    "owner": "1234",
    "releasedAt": "2025-01-01T12:00:00Z",
    "startEventId": "00000000-0000-0000-0000-000000000000",
    "totalExecutions": 4,
    "updatedAt": "2025-01-01T12:00:00Z",
    "updatedBy": "1234",
    "version": "1.1.0",
}

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
        # Domo's documentation shows the text "null" where it means null.
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
                f"/api/workflow/v2/executions/{RUN}",
                answer=whole({**EXECUTION, "status": "IN_PROGRESS", "finishedAt": None}),
            ),
            Sent("GET", f"/api/workflow/v2/executions/{RUN}", answer=whole(EXECUTION)),
        ),
        gives=WorkflowInstance,
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
        "seen: Workflows, List executions",
        lambda domo: domo.workflows.executions(
            MODEL, status=[WorkflowStatus.CANCELLED, "FAILED"], trigger_types=[TriggerType.API, "TIMER"]
        ),
        Sent(
            "GET",
            "/api/workflow/v2/executions",
            query={"modelId": MODEL, "status": "CANCELLED,FAILED", "triggerTypes": "API,TIMER"},
            answer=whole({"executions": [EXECUTION]}),
        ),
        gives=WorkflowInstance,
        says=lambda answer: answer["executions"],
        note="of some statuses and triggers",
    ),
    Row(
        "seen: Workflows, Get execution",
        lambda domo: domo.workflows.get_execution(RUN),
        Sent("GET", f"/api/workflow/v2/executions/{RUN}", answer=whole(EXECUTION)),
        gives=WorkflowInstance,
    ),
    Row(
        "seen: Workflows, Get execution",
        lambda domo: domo.workflows.wait(RUN),
        Sent("GET", f"/api/workflow/v2/executions/{RUN}", answer=whole(EXECUTION)),
        gives=WorkflowInstance,
        note="until it has completed",
    ),
    Row(
        "extra: Workflows, List executions",
        lambda domo: domo.workflows.wait(RUN, model_id=MODEL),
        (
            Sent("GET", f"/api/workflow/v2/executions/{RUN}", status=404, answer=refusal(404)),
            Sent("GET", "/api/workflow/v2/executions", query={"modelId": MODEL}, answer=whole([UNDER_WAY])),
            Sent("GET", "/api/workflow/v2/executions", query={"modelId": MODEL}, answer=whole([COMPLETED])),
        ),
        gives=WorkflowInstance,
        says=lambda answer: answer[0],
        note="until a run has completed that is not known by its identifier, in a bare list",
    ),
    Row(
        "seen: Workflows, Execution outputs",
        lambda domo: domo.workflows.outputs(RUN),
        Sent(
            "GET", f"/api/workflow/v2/executions/{RUN}/outputs", answer=whole({"sum": 20, "text": "text", "ok": True})
        ),
        gives=dict,
    ),
    Row(
        "seen: Workflows, Restart execution",
        lambda domo: domo.workflows.restart(RUN, data={"parameter1": 13}, scope_key="6755399842510319"),
        Sent(
            "POST",
            f"/api/workflow/v2/executions/{RUN}/restart",
            query={"scopeKey": "6755399842510319"},
            json={"parameter1": 13},
            answer=whole(RESTARTED),
        ),
        gives=WorkflowInstance,
    ),
    Row(
        "seen: Workflows, Cancel executions",
        lambda domo: domo.workflows.cancel_many([RUN, "another"]),
        Sent(
            "POST",
            "/api/workflow/v2/executions/cancel",
            json=[RUN, "another"],
            answer=whole({RUN: None, "another": "text"}),
        ),
        gives=dict,
    ),
    Row(
        "seen: Workflows, Execution metrics",
        lambda domo: domo.workflows.metrics(
            model_id=MODEL,
            model_version="1.1.0",
            status="COMPLETED",
            trigger_types=["API"],
            started_by=27,
            started_after=datetime(2025, 1, 1, tzinfo=UTC),
            finished_before=datetime(2025, 2, 1, tzinfo=UTC),
        ),
        Sent(
            "GET",
            "/api/workflow/v2/executions/metrics",
            query={
                "modelId": MODEL,
                "modelVersion": "1.1.0",
                "status": "COMPLETED",
                "triggerTypes": "API",
                "startedBy": "27",
                "startedAfter": "2025-01-01T00:00:00.000Z",
                "finishedBefore": "2025-02-01T00:00:00.000Z",
            },
            answer=whole(
                {
                    "averageCycleTime": 0,
                    "executionCount": {
                        "CANCELLED": 0,
                        "COMPLETED": 3,
                        "FAILED": 0,
                        "IN_PROGRESS": 0,
                        "NOT_STARTED": 0,
                    },
                    "triggerCount": {"API": 3, "MANUAL": 0, "TIMER": 0},
                }
            ),
        ),
        gives=WorkflowCounts,
    ),
    Row(
        "seen: Workflows, Activate trigger",
        lambda domo: domo.workflows.activate(TRIGGER, data={"at": date(2024, 5, 31)}),
        Sent(
            "POST",
            f"/api/workflow/v2/triggers/{TRIGGER}/activate",
            json={"at": "2024-05-31"},
            answer=whole({**EXECUTION, "status": "NOT_STARTED", "finishedAt": None, "processKey": None}),
        ),
        gives=WorkflowInstance,
    ),
    Row(
        "seen: Workflows, Triggers of a model",
        lambda domo: domo.workflows.triggers(MODEL, types=["TIMER", "MANUAL"]),
        Sent(
            "GET",
            f"/api/workflow/v2/triggers/model/{MODEL}",
            query={"types": "TIMER,MANUAL"},
            answer=whole(
                [
                    {
                        "active": False,
                        "createdAt": "2025-01-01T12:00:00Z",
                        "createdBy": "12345",
                        "defaultValues": {},
                        "deletedAt": None,
                        "entityId": "12345",
                        "entityType": "USER",
                        "entityVersion": None,
                        "eventId": "00000000-0000-0000-0000-000000000000",
                        "id": TRIGGER,
                        "metadata": {"cron": "text", "interval": None, "timeZone": "GMT", "type": "TIMER"},
                        "modelId": MODEL,
                        "modelVersion": "1.1.0",
                        "name": "text",
                        "schema": {},
                        "type": "TIMER",
                        "updatedAt": 1709726400000,
                        "updatedBy": "12345",
                        "variables": {},
                    }
                ]
            ),
        ),
        gives=WorkflowTrigger,
    ),
    Row(
        "seen: Workflows, Get trigger",
        lambda domo: domo.workflows.get_trigger(TRIGGER),
        Sent(
            "GET",
            f"/api/workflow/v2/triggers/{TRIGGER}",
            answer=whole({"id": TRIGGER, "type": "API", "active": True, "createdAt": 1709726400000, "metadata": {}}),
        ),
        gives=WorkflowTrigger,
    ),
    Row(
        "seen: Workflows, List models",
        lambda domo: domo.workflows.list().all(),
        Sent(
            "GET",
            "/api/workflow/v1/models",
            query={"limit": "10000"},
            answer=whole(
                [
                    {
                        "createdBy": "1234",
                        "createdOn": "2025-01-01T12:00:00Z",
                        "description": "text",
                        "id": MODEL,
                        "lastVersionUpdatedBy": "854985851",
                        "lastVersionUpdatedOn": "2025-01-01T12:00:00Z",
                        "name": "AddTwoNumbers",
                        "owner": "1234",
                        "updatedBy": "854985851",
                        "updatedOn": "2025-01-01T12:00:00Z",
                        "userPermissions": [],
                    }
                ]
            ),
        ),
        gives=WorkflowModel,
    ),
    Row(
        "seen: Workflows, Get model",
        lambda domo: domo.workflows.get(MODEL),
        Sent(
            "GET",
            f"/api/workflow/v1/models/{MODEL}",
            query={"parts": "versions"},
            answer=whole(
                {
                    "activeVersions": 4,
                    "createdAt": "2025-01-01T12:00:00Z",
                    "createdBy": "1234",
                    "description": "text",
                    "id": MODEL,
                    "name": "text",
                    "owner": "1234",
                    "totalExecutions": 96,
                    "updatedAt": "2025-01-01T12:00:00Z",
                    "updatedBy": "1234",
                    "versions": [
                        {
                            "active": True,
                            "createdBy": "1234",
                            "createdOn": "2025-01-01T12:00:00Z",
                            "deployedOn": "2025-01-01T12:00:00Z",
                            "description": None,
                            "manualTriggerId": TRIGGER,
                            "owner": "1234",
                            "starts": None,
                            "totalTimesRun": 0,
                            "updatedBy": "1234",
                            "updatedOn": "2025-01-01T12:00:00Z",
                            "version": "1.1.0",
                        }
                    ],
                }
            ),
        ),
        gives=WorkflowModel,
    ),
    Row(
        "seen: Workflows, List versions",
        lambda domo: domo.workflows.versions(MODEL),
        Sent("GET", f"/api/workflow/v2/models/{MODEL}/versions", answer=whole([VERSION])),
        gives=WorkflowVersion,
    ),
    Row(
        "seen: Workflows, Get version",
        lambda domo: domo.workflows.get_version(MODEL, "1.1.0"),
        Sent("GET", f"/api/workflow/v2/models/{MODEL}/versions/1.1.0", answer=whole(VERSION)),
        gives=WorkflowVersion,
    ),
    Row(
        "seen: Workflows, Get definition",
        lambda domo: domo.workflows.definition(MODEL, "1.1.0"),
        Sent(
            "GET",
            f"/api/workflow/v2/models/{MODEL}/versions/1.1.0/definition",
            answer=whole(
                {
                    "dataList": [{"children": [], "dataType": "number", "id": "text", "isList": False, "value": None}],
                    "designElements": [
                        {"id": "text", "index": 0, "position": {"x": 80, "y": -230}, "type": "rootNode"}
                    ],
                    "outputs": [],
                    "version": 2,
                }
            ),
        ),
        gives=WorkflowDefinition,
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
            answer=whole({"USER": [{"id": "123456", "name": "Ann", "permissions": ["ADMIN", "READ"]}], "GROUP": []}),
        ),
        gives=lambda found: (
            found["USER"] == (WorkflowPermission(id=123456, name="Ann", permissions=(Right.ADMIN, Right.READ)),)
            and found["GROUP"] == ()
        ),
    ),
    Row(
        "seen: Workflows, Change a model",
        lambda domo: domo.workflows.set_owner(MODEL, 27),
        (
            Sent(
                "GET",
                f"/api/workflow/v1/models/{MODEL}",
                answer=whole({"id": MODEL, "name": "Refunds", "owner": "26", "lockInfo": [{"version": "1.0.0"}]}),
            ),
            Sent(
                "PUT",
                f"/api/workflow/v1/models/{MODEL}",
                json={"id": MODEL, "name": "Refunds", "owner": "27", "lockInfo": [{"version": "1.0.0"}]},
                answer=whole({"id": MODEL, "name": "Refunds", "owner": "27", "numberOfVersions": 1}),
            ),
        ),
        gives=WorkflowModel,
    ),
]

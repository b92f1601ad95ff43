"""Task Center: E164 to E173."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from domo_async._endpoints.task_center import Permission, Queue, Right, Task, TaskStatus
from tests.contract.row import Row, Sent, documented

_QUEUE = "168ecd84-4a15-45f6-89d9-021fbbce0481"
_TASK = "18OCT23_1JUTZM"
_PATH = f"/api/queues/v1/{_QUEUE}/tasks/{_TASK}"
_VALUES = {"Suggested_Action_Items": "1. Investigate\n", "Send_to_QA_Team": True}
_DAY = (datetime(2023, 10, 4, 12, 22, 54, 239000, UTC), datetime(2024, 1, 2, 13, 22, 54, 239000, UTC))
_EASTERN = timezone(timedelta(hours=-5))

ROWS = [
    Row(
        "E164",
        lambda domo: domo.task_center.queues.list(combine_attributes=True, archived=False).all(),
        Sent(
            "GET",
            "/api/queues/v1",
            query={"combineAttributes": "true", "archived": "false"},
            answer=documented("E164"),
        ),
        gives=Queue,
    ),
    Row(
        "E165",
        lambda domo: domo.task_center.queues.get(_QUEUE),
        Sent("GET", f"/api/queues/v1/{_QUEUE}", answer=documented("E165")),
        gives=Queue,
    ),
    Row(
        "E166",
        lambda domo: domo.task_center.tasks.list(
            queue_id=[_QUEUE],
            display_type=["ENIGMA_FORM", "EMAIL", "UNKNOWN"],
            status=[TaskStatus.OPEN, "COMPLETED", "VOIDED"],
            created_on=[_DAY],
            render=True,
            render_parts=["NAME", "DESCRIPTION", "MAPPING", "METADATA", "VERSIONS"],
        ).all(),
        Sent(
            "POST",
            "/api/queues/v1/tasks/list",
            query={
                "render": "true",
                "renderParts": "NAME,DESCRIPTION,MAPPING,METADATA,VERSIONS",
                "limit": "100",
                "offset": "0",
            },
            json={
                "queueId": [_QUEUE],
                "displayType": ["ENIGMA_FORM", "EMAIL", "UNKNOWN"],
                "status": ["OPEN", "COMPLETED", "VOIDED"],
                "createdOn": [["2023-10-04T12:22:54.239Z", "2024-01-02T13:22:54.239Z"]],
            },
            answer=documented("E166"),
        ),
        gives=Task,
    ),
    Row(
        "E166",
        lambda domo: domo.task_center.tasks.list().all(),
        Sent(
            "POST",
            "/api/queues/v1/tasks/list",
            query={"limit": "100", "offset": "0"},
            json={},
            answer=documented("E166"),
        ),
        gives=Task,
        note="of all tasks",
    ),
    Row(
        "E166",
        lambda domo: domo.task_center.tasks.list(
            assigned_by=[8811501],
            assigned_to=["700632941", 8811501],
            created_by=[1],
            completed_by=[2],
            assigned_on=[(datetime(2024, 1, 1, tzinfo=_EASTERN), datetime(2024, 1, 2, tzinfo=_EASTERN))],
            updated_on=[_DAY, _DAY],
            completed_on=[_DAY],
            sort_by=["createdOn"],
            version=[1, "2"],
            offset=4,
            limit=2,
        ).all(),
        Sent(
            "POST",
            "/api/queues/v1/tasks/list",
            query={"limit": "2", "offset": "4"},
            json={
                "assignedBy": ["8811501"],
                "assignedTo": ["700632941", "8811501"],
                "createdBy": ["1"],
                "completedBy": ["2"],
                "assignedOn": [["2024-01-01T05:00:00.000Z", "2024-01-02T05:00:00.000Z"]],
                "updatedOn": [["2023-10-04T12:22:54.239Z", "2024-01-02T13:22:54.239Z"]] * 2,
                "completedOn": [["2023-10-04T12:22:54.239Z", "2024-01-02T13:22:54.239Z"]],
                "orderByString": ["createdOn"],
                "version": ["1", "2"],
            },
            answer=documented("E166"),
        ),
        gives=Task,
        note="with the other filters",
    ),
    Row(
        "E167",
        lambda domo: domo.task_center.tasks.get(_QUEUE, _TASK, render=True),
        Sent("GET", _PATH, query={"render": "true"}, answer=documented("E167")),
        gives=Task,
    ),
    Row(
        "E168",
        lambda domo: domo.task_center.tasks.save(_QUEUE, _TASK, values=_VALUES),
        Sent("PUT", f"{_PATH}/outputs", json=_VALUES, answer=documented("E168")),
        gives=Task,
    ),
    Row(
        "E169",
        lambda domo: domo.task_center.tasks.complete(_QUEUE, _TASK, version=1, values=_VALUES),
        Sent("POST", f"{_PATH}/complete", query={"version": "1"}, json=_VALUES, answer=documented("E168")),
        gives=Task,
    ),
    Row(
        "E169",
        lambda domo: domo.task_center.tasks.complete(_QUEUE, _TASK, version=1, values={}),
        Sent("POST", f"{_PATH}/complete", query={"version": "1"}, json={}, status=204),
        note="without an answer",
    ),
    Row(
        "E170",
        lambda domo: domo.task_center.tasks.move(_QUEUE, _TASK, target_queue_id="q-2"),
        Sent("PUT", f"{_PATH}/move", query={"targetQueueId": "q-2"}, answer=documented("E168")),
        gives=Task,
    ),
    Row(
        "E171",
        lambda domo: domo.task_center.tasks.assign(_QUEUE, _TASK, user_id=700632941),
        Sent(
            "PUT",
            f"{_PATH}/assign",
            json={"tasksId": [_TASK], "taskIds": [_TASK], "type": "USER", "userId": "700632941"},
            answer=documented("E168"),
        ),
        gives=Task,
    ),
    Row(
        "E171",
        lambda domo: domo.task_center.tasks.assign(_QUEUE, _TASK, user_id="700632941", task_ids=["T-2", _TASK]),
        Sent(
            "PUT",
            f"{_PATH}/assign",
            json={"tasksId": [_TASK, "T-2"], "taskIds": [_TASK, "T-2"], "type": "USER", "userId": "700632941"},
            answer=b"[" + documented("E168") + b"," + documented("E168") + b"]",
        ),
        note="of several tasks, with an answer that is not a task",
        strict=False,
    ),
    Row(
        "E172",
        lambda domo: domo.task_center.tasks.void(_QUEUE, _TASK),
        Sent("POST", f"{_PATH}/void", answer=documented("E168")),
        gives=Task,
    ),
    Row(
        "E173",
        lambda domo: domo.task_center.queues.set_permissions(
            _QUEUE,
            permissions=[
                Permission(337992616, [Right.ADMIN, "SHARE"], "Daniel Bateman"),
                Permission("519150798", [], "Jordan Tiller"),
                Permission("264236964", ["EXPORT"], "Daniel's Test Group", "GROUP"),
            ],
        ),
        Sent(
            "POST",
            f"/api/queues/v1/{_QUEUE}/permissions",
            json=[
                {"id": "337992616", "permissions": ["ADMIN", "SHARE"], "name": "Daniel Bateman", "type": "USER"},
                {"id": "519150798", "permissions": [], "name": "Jordan Tiller", "type": "USER"},
                {"id": "264236964", "permissions": ["EXPORT"], "name": "Daniel's Test Group", "type": "GROUP"},
            ],
        ),
    ),
    Row(
        "extra: Task Center, Transfer queue ownership",
        lambda domo: domo.task_center.queues.set_owner(_QUEUE, 700632941),
        Sent("PUT", f"/api/queues/v1/{_QUEUE}/owner/700632941", answer=documented("E165")),
        gives=Queue,
    ),
    Row(
        "seen: Task Center, Assign tasks of several queues",
        lambda domo: domo.task_center.tasks.assign_many({_QUEUE: [_TASK, "T-2"]}, user_id=700632941),
        Sent(
            "PUT",
            "/api/queues/v1/tasks/assign",
            query={"assignTo": "700632941", "assigneeType": "USER"},
            json={_QUEUE: [_TASK, "T-2"]},
            answer=b'{"' + _QUEUE.encode() + b'": {"completed": [' + documented("E168") + b'], "failed": ["T-2"]}}',
        ),
        gives=lambda found: (
            [_TASK] == [task.id for task in found[_QUEUE].completed] and ("T-2",) == found[_QUEUE].failed
        ),
    ),
]

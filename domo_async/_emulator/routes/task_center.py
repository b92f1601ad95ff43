"""Task Center: queues and the tasks in them.

Domo's documentation has no way to make queues and tasks: `add_queue` and `add_task` make them, and so do workflows with
a task. Emulator-defined: a task is visible to users who have any permission on its queue, and to the user to whom it is
assigned; a task that is moved to another queue or assigned to another user gets a new version and loses its lock; a
task that another user has locked can neither be saved nor completed; a task that has ended does not change any more.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from aiohttp import web

from domo_async._emulator.access.rights import granted, has_right, require, require_owner
from domo_async._emulator.context import caller_of, instance_of, records_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Number, Object, OneOf, Text
from domo_async._emulator.http.web import answer, iso, json_body, json_object, page_of, query_flag, read_body, read_time
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

routes: web.RouteTableDef = web.RouteTableDef()

_FILTERS = (
    "queueId",
    "displayType",
    "status",
    "assignedBy",
    "assignedTo",
    "createdBy",
    "completedBy",
    "version",
)
_RANGES = ("createdOn", "assignedOn", "updatedOn", "completedOn")
# The keys of each part of a form. Domo's documentation only names the parts, in a sample.
_PARTS = {
    "NAME": ("name",),
    "DESCRIPTION": ("description",),
    "MAPPING": ("sections",),
    "METADATA": ("settings", "createdBy", "createdOn", "updatedBy", "updatedOn"),
    "VERSIONS": ("version", "releasedOn"),
}
_FIELD_TYPES = {"boolean": "SINGLE_CHOICE", "text": "PARAGRAPH"}
_FITS: dict[str, Callable[[object], bool]] = {
    "boolean": lambda value: isinstance(value, bool),
    "text": Text(empty=True).fits,
    "number": Number().fits,
    "decimal": Number().fits,
}


# -- queues ---------------------------------------------------------------------------------------------


@routes.get("/api/queues/v1")
@routes.get("/api/queues/v1/")
async def list_queues(request: web.Request) -> web.Response:
    """List the queues that the caller has access to; the attributes are combined in any case (emulator-defined)."""
    archived = query_flag(request, "archived")
    return answer(
        [
            _describe_queue(queue)
            for queue in records_of(request, "queues")
            if queue["archived"] is archived and has_right(request, queue["owner"], queue["permissions"])
        ]
    )


@routes.get("/api/queues/v1/{queue_id}")
async def get_queue(request: web.Request) -> web.Response:
    """Return a queue."""
    queue = records_of(request, "queues").get(request.match_info["queue_id"])
    require(request, queue["owner"], queue["permissions"])
    return answer(_describe_queue(queue))


@routes.post("/api/queues/v1/{queue_id}/permissions")
async def set_permissions(request: web.Request) -> web.Response:
    """Set the permissions of those who are named. Emulator-defined: the answer is empty."""
    queues = records_of(request, "queues")
    queue = queues.get(request.match_info["queue_id"])
    require(request, queue["owner"], queue["permissions"], "SHARE")
    queues.update(queue["id"], permissions=granted(queue["permissions"], await json_body(request)))
    return web.Response()


@routes.put("/api/queues/v1/{queue_id}/owner/{owner_id}")
async def set_queue_owner(request: web.Request) -> web.Response:
    """Give a queue to another user; its owner and admins may (emulator-defined)."""
    queues = records_of(request, "queues")
    queue = queues.get(request.match_info["queue_id"])
    require_owner(request, queue["owner"])
    user = records_of(request, "users").get(request.match_info["owner_id"])
    return answer(_describe_queue(queues.update(queue["id"], owner=str(user["id"]), updatedOn=iso())))


# -- tasks ----------------------------------------------------------------------------------------------


@routes.post("/api/queues/v1/tasks/list")
async def list_tasks(request: web.Request) -> web.Response:
    """List the tasks that the caller may see and that pass all filters; all of them if no page is asked for.

    The order is that of ``orderByString``, ascending (emulator-defined), or else that of creation.
    """
    body, tasks = await json_object(request), records_of(request, "tasks")
    unknown = body.keys() - {*_FILTERS, *_RANGES, "orderByString"}
    if unknown:
        raise HTTPError(400, f"Unknown filters: {', '.join(sorted(unknown))}")
    tests = [_one_of(key, body[key]) for key in _FILTERS if key in body]
    tests += [_between(key, body[key]) for key in _RANGES if key in body]
    found = [task for task in tasks if all(test(task) for test in tests) and _may_see(request, task)]
    for key in reversed(_names(body.get("orderByString", []), "orderByString")):
        if key not in {*_FILTERS, *_RANGES}:
            raise HTTPError(400, f"orderByString takes the names of filters, not {key}")
        found.sort(key=_by(key))
    page = page_of(request, found, limit=len(found))
    parts = _names(request.query.get("renderParts", ",".join(_PARTS)).split(","), "renderParts")
    rendered = query_flag(request, "render")
    return answer([_describe(task, parts=parts if rendered else None) for task in page])


@routes.get("/api/queues/v1/{queue_id}/tasks/{task_id}")
async def get_task(request: web.Request) -> web.Response:
    """Return a task; with its form, if that is to be rendered."""
    payload = _describe(_task_of(request), parts=list(_PARTS) if query_flag(request, "render") else None)
    if payload["displayEntity"] is not None:
        payload["displayEntity"]["userPermissions"] = []
    return answer(payload)


@routes.put("/api/queues/v1/{queue_id}/tasks/{task_id}/outputs")
async def save(request: web.Request) -> web.Response:
    """Save the values that were entered so far, and lock the task for the caller."""
    task, caller = _open_task(request), str(caller_of(request)["id"])
    outputs = {**task["outputVariables"], **_outputs(task, await json_object(request))}
    return _changed(request, task, outputVariables=outputs, lockedOn=task["lockedOn"] or iso(), lockedBy=caller)


@routes.post("/api/queues/v1/{queue_id}/tasks/{task_id}/complete")
async def complete(request: web.Request) -> web.Response:
    """Complete a task, so that the workflow that waits for it continues."""
    task, caller = _open_task(request), str(caller_of(request)["id"])
    version = request.query.get("version")
    if version is None:
        raise HTTPError(400, "Required: version, the task's version")
    if version != str(task["version"]):
        raise HTTPError(409, f"The task's version is {task['version']}, not {version}")
    outputs = {**task["outputVariables"], **_outputs(task, await json_object(request))}
    missing = [item["name"] for item in task["contract"]["output"] if item["required"] and item["name"] not in outputs]
    if missing:
        raise HTTPError(400, f"Required: {', '.join(missing)}")
    _let_continue(instance_of(request), task)
    return _changed(
        request,
        task,
        status="COMPLETED",
        outputVariables=outputs,
        completedOn=iso(),
        completedBy=caller,
        lockedOn=None,
        lockedBy=None,
    )


@routes.put("/api/queues/v1/{queue_id}/tasks/{task_id}/move")
async def move(request: web.Request) -> web.Response:
    """Move a task to another queue."""
    task = _open_task(request, locked=True)
    target = request.query.get("targetQueueId")
    if not target:
        raise HTTPError(400, "Required: targetQueueId")
    queue = records_of(request, "queues").get(target)
    require(request, queue["owner"], queue["permissions"])
    return _changed(request, task, queueId=queue["id"], version=task["version"] + 1, lockedOn=None, lockedBy=None)


_ASSIGNMENT = Object({"type": OneOf(("USER",), message="type must be USER"), "userId": Text()})


@routes.put("/api/queues/v1/{queue_id}/tasks/{task_id}/assign")
async def assign(request: web.Request) -> web.Response:
    """Assign the path's task, and those of the body (``tasksId`` or ``taskIds``), to a user."""
    body = await read_body(request, _ASSIGNMENT)
    named = _names(body.get("tasksId", []), "tasksId") + _names(body.get("taskIds", []), "taskIds")
    tasks = [_open_task(request, each, locked=True) for each in dict.fromkeys((request.match_info["task_id"], *named))]
    user = records_of(request, "users").get(body["userId"])
    first, *_ = [_changed(request, task, **_assignment(request, task, user)) for task in tasks]
    return first


@routes.put("/api/queues/v1/tasks/assign")
async def assign_many(request: web.Request) -> web.Response:
    """Assign tasks of several queues to a user; the answer lists the completed and failed ones of each queue.

    Emulator-defined: a task that does not exist, that the caller may not see or that is not open is ``failed``.
    """
    body = await json_object(request)
    if request.query.get("assigneeType", "USER") != "USER":
        raise HTTPError(400, "assigneeType must be USER")
    user = records_of(request, "users").get(request.query.get("assignTo", ""))
    payload: dict[str, dict[str, list[object]]] = {}
    for queue_id, named in body.items():
        outcome: dict[str, list[object]] = {"completed": [], "failed": []}
        for task_id in _names(named, queue_id):
            task = records_of(request, "tasks").find(task_id)
            if task is None or task["queueId"] != queue_id or task["status"] != "OPEN" or not _may_see(request, task):
                outcome["failed"].append(task_id)
            else:
                outcome["completed"].append(_change(request, task, **_assignment(request, task, user)))
        payload[queue_id] = outcome
    return answer(payload)


def _assignment(request: web.Request, task: Record, user: Record) -> dict[str, Any]:
    """Return the changes of a task that is assigned to a user."""
    return {
        "assignedTo": str(user["id"]),
        "assigneeType": "USER",
        "assignedOn": iso(),
        "assignedBy": str(caller_of(request)["id"]),
        "version": task["version"] + 1,
        "lockedOn": None,
        "lockedBy": None,
    }


@routes.post("/api/queues/v1/{queue_id}/tasks/{task_id}/void")
async def void(request: web.Request) -> web.Response:
    """Void a task; a workflow that waits for it keeps waiting (emulator-defined)."""
    return _changed(request, _open_task(request, locked=True), status="VOIDED", lockedOn=None, lockedBy=None)


# -- state ----------------------------------------------------------------------------------------------


def _may_see(request: web.Request, task: Record) -> bool:
    caller, queue = caller_of(request), records_of(request, "queues").get(task["queueId"])
    return task["assignedTo"] == str(caller["id"]) or has_right(request, queue["owner"], queue["permissions"])


def _task_of(request: web.Request, task_id: str | None = None) -> Record:
    """Return a task of the queue in the path; by default the task in the path."""
    queue_id, identifier = request.match_info["queue_id"], task_id or request.match_info["task_id"]
    task = records_of(request, "tasks").find(identifier)
    if task is None or task["queueId"] != queue_id:
        raise HTTPError(404, f"Queue {queue_id} has no task {identifier}")
    if not _may_see(request, task):
        raise HTTPError(403, f"Task {identifier} is neither yours nor in a queue of yours")
    return task


def _open_task(request: web.Request, task_id: str | None = None, *, locked: bool = False) -> Record:
    """Return a task that can be changed; one that another user has locked only if `locked` allows it."""
    task = _task_of(request, task_id)
    if task["status"] != "OPEN":
        raise HTTPError(409, f"Task {task['id']} is {task['status']}")
    if not locked and task["lockedBy"] not in {None, str(caller_of(request)["id"])}:
        raise HTTPError(409, f"Task {task['id']} is locked by user {task['lockedBy']}")
    return task


def _changed(request: web.Request, task: Record, **changes: Any) -> web.Response:
    """Change a task, and answer it."""
    return answer(_change(request, task, **changes))


def _change(request: web.Request, task: Record, **changes: Any) -> dict[str, Any]:
    """Change a task, and return it as answers have it, without its form as in the sample."""
    caller = str(caller_of(request)["id"])
    return _describe(records_of(request, "tasks").update(task["id"], **changes, updatedOn=iso(), updatedBy=caller))


def _let_continue(instance: Instance, task: Record) -> None:
    """Let the workflow that waits for a task continue."""
    runs = instance.records["workflow_instances"]
    run = None if task["sourceInfo"] is None else runs.find(task["sourceInfo"]["instanceId"])
    if run is not None and run["waitsFor"] == task["id"]:
        runs.update(run["id"], waitsFor=None, goesOn=iso(), job={**run["job"], "begun": instance.now()})


def _outputs(task: Record, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the entered values, if the task's contract has them."""
    outputs = {item["name"]: item for item in task["contract"]["output"]}
    for name, value in values.items():
        if name not in outputs:
            raise HTTPError(400, f"The task's contract has no output {name}")
        items = value if outputs[name]["list"] else [value]
        fits = _FITS.get(outputs[name]["type"])
        if not isinstance(items, list) or (fits and not all(item is None or fits(item) for item in items)):
            raise HTTPError(400, f"{name} must be of type {outputs[name]['type']}")
    return values


# -- filters --------------------------------------------------------------------------------------------


_NAMES = Array(Text(empty=True), optional=True)


def _names(value: object, key: str) -> list[str]:
    return _NAMES.check([value] if isinstance(value, str) else value, key)


def _one_of(key: str, value: object) -> Callable[[Record], bool]:
    wanted = set(_names(value, key))
    return lambda task: task[key] is not None and str(task[key]) in wanted


def _by(key: str) -> Callable[[Record], str]:
    return lambda task: str(task[key] or "")


_RANGE_WORDS = "an array of arrays of two times"
_TIMES = Array(optional=True, words=_RANGE_WORDS)


def _between(key: str, value: object) -> Callable[[Record], bool]:
    """Return the test whether a time lies in one of several ranges, bounds included."""
    ranges = [_range(each, key) for each in _TIMES.check(value, key)]
    return lambda task: (
        task[key] is not None and any(begin <= read_time(task[key], key) <= end for begin, end in ranges)
    )


def _range(value: object, key: str) -> tuple[datetime, datetime]:
    match value:
        case [str(begin), str(end)]:
            return read_time(begin, key), read_time(end, key)
    raise HTTPError(400, f"{key} must be {_RANGE_WORDS}")


# -- what goes out --------------------------------------------------------------------------------------


def _describe_queue(queue: Record) -> dict[str, Any]:
    return {
        "id": queue["id"],
        "name": queue["name"],
        "description": queue["description"],
        "active": not queue["archived"],
        "taskLevelFiltersEnabled": True,
        "taskLevelFilters": None,
        "owner": queue["owner"],
        "createdBy": queue["owner"],
        "createdOn": queue["createdOn"],
        "updatedBy": queue["owner"],
        "updatedOn": queue["updatedOn"],
    }


def _describe(task: Record, *, parts: Sequence[str] | None = None) -> dict[str, Any]:
    """Return a task, with the parts of its form that are asked for."""
    payload = {key: value for key, value in task.items() if key != "title"}
    return {
        **payload,
        "attributes": [],
        "tags": [],
        "comments": [],
        "displayEntity": None if parts is None else _form(task, parts),
    }


def _form(task: Record, parts: Sequence[str]) -> dict[str, Any]:
    form = {
        "name": task["title"],
        "description": "",
        "settings": {},
        "createdBy": task["createdBy"],
        "createdOn": task["createdOn"],
        "updatedBy": task["createdBy"],
        "updatedOn": task["createdOn"],
        "version": "1.0.0",
        "sections": [
            {
                "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{task['displayId']}/section")),
                "title": task["title"],
                "fields": [_field(task, item) for item in task["contract"]["output"]],
            }
        ],
        "releasedOn": task["createdOn"],
    }
    if unknown := set(parts) - _PARTS.keys():
        raise HTTPError(400, f"Unknown renderParts: {', '.join(sorted(unknown))}")
    keys = {key for part in parts for key in _PARTS[part]}
    return {"id": task["displayId"], **{key: value for key, value in form.items() if key in keys}}


def _field(task: Record, item: Record) -> dict[str, Any]:
    """Return the field of a form for an output of the contract; its value is what was entered, or else given."""
    name = item["name"]
    values = {**task["inputVariables"], **task["outputVariables"]}
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{task['displayId']}/{name}")),
        "label": name.replace("_", " "),
        "description": "",
        "optional": not item["required"],
        "fieldType": _FIELD_TYPES.get(item["type"], "SHORT_ANSWER"),
        "dataType": item["type"],
        "acceptsInput": name in map(itemgetter("name"), task["contract"]["input"]),
        "acceptsOutput": True,
        "options": {"values": item["validValues"] or []},
        "value": values.get(name),
        "alias": name,
        "isList": item["list"],
        "useExternalValues": False,
    }

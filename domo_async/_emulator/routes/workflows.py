"""Workflows: models, their runs, and the permissions on them.

`add_model` makes a workflow. A run first waits for a task, if its model has one, and completes some time later.
Emulator-defined, as Domo's documentation does not say it: a model accepts any data; the message that starts it is
``Start`` and its name; users who may execute a model may start and cancel it, and users who have any permission may see
its runs; cancelling a run that has ended changes nothing; cancelling a run voids its task; each version has one
trigger, which is manual; a restart starts another run of the same version with the same data, changed by the request.

The routes of ``v1/instances`` and of the App Framework write ``CANCELED``, those of ``v2/executions`` ``CANCELLED``.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import fmean
from typing import Any

from aiohttp import web

from domo_async._emulator.access.people import user_name
from domo_async._emulator.access.rights import granted, has_right, require, require_owner
from domo_async._emulator.context import caller_of, instance_of, records_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Object, Text
from domo_async._emulator.http.web import (
    answer,
    iso,
    json_body,
    json_object,
    millis,
    page_of,
    query_values,
    read_body,
    read_time,
)
from domo_async._emulator.services.workflows import (
    FIRST_KEY,
    deployment_of,
    describe_for_app,
    describe_start,
    end_of,
    runs_of,
    start_run,
    state_of,
)
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

routes: web.RouteTableDef = web.RouteTableDef()

# The names of states that the routes of executions spell differently.
_EXECUTION_STATES = {"CANCELED": "CANCELLED"}
_STATES = frozenset({"CANCELLED", "COMPLETED", "FAILED", "IN_PROGRESS", "NOT_STARTED"})
_TRIGGERS = frozenset({"ALERT", "API", "MANUAL", "TEST", "TIMER"})


_START = Object({"modelId": Text(), "messageName": Text(), "version": Text(), "data": Object()})
_MODEL = Object(
    {
        "name": Text(optional=True),
        "owner": Text(optional=True),
        "description": Text(optional=True, empty=True, null=True),
    }
)


@routes.post("/api/workflow/v1/instances/message")
async def start(request: web.Request) -> web.Response:
    """Start a workflow by its message. Its status is the string ``null``, as in the sample."""
    body, models = await read_body(request, _START), records_of(request, "workflow_models")
    model = models.get(body["modelId"])
    require(request, model["owner"], model["permissions"], "EXECUTE")
    message, version = body["messageName"], body["version"]
    if version not in model["versions"]:
        raise HTTPError(404, f"Workflow {model['id']} has no version {version}")
    if message != message_of(model):
        raise HTTPError(400, f"No message starts this workflow but {message_of(model)}")
    run = start_run(instance_of(request), model, user_id=caller_of(request)["id"], version=version, data=body["data"])
    return answer(describe_start(run))


@routes.post("/api/workflow/v1/instances/{instance_id}/cancel")
async def cancel(request: web.Request) -> web.Response:
    """Cancel a run, and answer its state before that."""
    run = records_of(request, "workflow_instances").get(request.match_info["instance_id"])
    _require_cancel(request, run)
    payload = _describe_run(instance_of(request), run)
    _cancel(request, run)
    return answer(payload)


@routes.get("/api/workflow/v2/executions")
async def list_executions(request: web.Request) -> web.Response:
    """List the runs of a model, the latest first. Seen by other clients: they come as ``executions``."""
    model_id = request.query.get("modelId")
    if not model_id:
        raise HTTPError(400, "Required: modelId")
    model = _model(request, model_id)
    runs = [_execution(instance_of(request), run) for run in runs_of(instance_of(request), model)]
    return answer({"executions": _wanted(request, runs, version="version")})


@routes.get("/api/workflow/v2/executions/metrics")
async def executions_metrics(request: web.Request) -> web.Response:
    """Count the runs of all models that the caller may see; the average is of completed runs, in milliseconds.

    The unit is emulator-defined.
    """
    instance, models = instance_of(request), _models(request)
    runs = [_execution(instance, run) for model in models for run in runs_of(instance, model)]
    wanted = _wanted(request, runs, version="modelVersion")
    states, triggers = ([run[key] for run in wanted] for key in ("status", "triggerType"))
    cycles = [_cycle(run) for run in wanted if run["status"] == "COMPLETED"]
    return answer(
        {
            "averageCycleTime": fmean(cycles) if cycles else 0,
            "executionCount": {state: states.count(state) for state in sorted(_STATES)},
            "triggerCount": {category: triggers.count(category) for category in ("API", "MANUAL", "TIMER")},
        }
    )


@routes.get("/api/workflow/v2/executions/{instance_id}")
async def get_execution(request: web.Request) -> web.Response:
    """Return a run."""
    return answer(_execution(instance_of(request), _run(request)))


@routes.get("/api/workflow/v2/executions/{instance_id}/outputs")
async def get_outputs(request: web.Request) -> web.Response:
    """Return the outputs of a run: emulator-defined, those of its task, or none if it has no task."""
    run = _run(request)
    task = next((each for each in records_of(request, "tasks") if each["sourceInfo"]["instanceId"] == run["id"]), None)
    return answer((task or {}).get("outputVariables") or {})


@routes.post("/api/workflow/v2/executions/cancel")
async def cancel_executions(request: web.Request) -> web.Response:
    """Cancel runs, and answer a message for each; the message for a run that does not exist is a choice.

    The words are emulator-defined.
    """
    identifiers = await read_body(request, Array(Text(empty=True), words="an array of strings"))
    runs = records_of(request, "workflow_instances")
    found = {identifier: runs.find(identifier) for identifier in identifiers}
    for run in filter(None, found.values()):
        _require_cancel(request, run)
    for run in filter(None, found.values()):
        _cancel(request, run)
    return answer({key: None if run else f"The execution {key} does not exist" for key, run in found.items()})


@routes.post("/api/workflow/v2/executions/{instance_id}/restart")
async def restart(request: web.Request) -> web.Response:
    """Start a run again, with its data changed by those of the body."""
    changes, former = await json_object(request), _run(request)
    model = records_of(request, "workflow_models").get(former["modelId"])
    require(request, model["owner"], model["permissions"], "EXECUTE")
    run = start_run(
        instance_of(request),
        model,
        user_id=caller_of(request)["id"],
        version=former["modelVersion"],
        data={**former["data"], **changes},
    )
    payload = _execution(instance_of(request), run)
    # Seen: numbers here, strings in the other routes, and a run that is in progress at once.
    at = millis(run["createdOn"])
    return answer({**payload, "status": "IN_PROGRESS", "finishedAt": None, "createdAt": at, "updatedAt": at})


@routes.post("/api/workflow/v2/triggers/{trigger_id}/activate")
async def activate(request: web.Request) -> web.Response:
    """Start a workflow by its manual trigger; the body has its variables."""
    data, model, version = await json_object(request), *_triggered(request)
    require(request, model["owner"], model["permissions"], "EXECUTE")
    payload = _execution(
        instance_of(request),
        start_run(instance_of(request), model, user_id=caller_of(request)["id"], version=version, data=data),
    )
    del payload["linkedExecutions"], payload["modelOwner"]
    return answer({**payload, "status": "NOT_STARTED", "finishedAt": None, "updatedAt": payload["createdAt"]})


@routes.get("/api/workflow/v2/triggers/model/{model_id}")
async def list_triggers(request: web.Request) -> web.Response:
    """List the triggers of a model."""
    model, types = _model(request, request.match_info["model_id"]), request.query.get("types")
    triggers = [_trigger(model, version) for version in model["versions"]]
    return answer([trigger for trigger in triggers if types is None or trigger["type"] in types.split(",")])


@routes.get("/api/workflow/v2/triggers/{trigger_id}")
async def get_trigger(request: web.Request) -> web.Response:
    """Return a trigger."""
    return answer(_trigger(*_triggered(request)))


@routes.get("/api/workflow/v1/models")
async def list_models(request: web.Request) -> web.Response:
    """List the models that the caller may see. Without a limit all come, which is emulator-defined."""
    keys = ("createdBy", "createdOn", "description", "id", "name", "owner", "updatedBy", "updatedOn")
    models = _models(request)
    described = [
        {
            **{key: model[key] for key in keys},
            "lastVersionUpdatedBy": model["updatedBy"],
            "lastVersionUpdatedOn": model["updatedOn"],
            "userPermissions": [],
        }
        for model in models
    ]
    return answer(page_of(request, described, limit=len(described)))


@routes.get("/api/workflow/v1/models/{model_id}")
async def get_model(request: web.Request) -> web.Response:
    """Return a model, with its versions. That these come with ``parts=versions`` alone is unconfirmed."""
    instance, model = instance_of(request), _model(request, request.match_info["model_id"])
    versions = [_version(instance, model, version) for version in model["versions"]]
    wanted = "versions" in query_values(request, "parts")
    return answer(
        {
            "activeVersions": sum(version["active"] for version in versions),
            "createdAt": model["createdOn"],
            "createdBy": model["createdBy"],
            "description": model["description"],
            "id": model["id"],
            "name": model["name"],
            "owner": model["owner"],
            "totalExecutions": sum(version["totalExecutions"] for version in versions),
            "updatedAt": model["updatedOn"],
            "updatedBy": model["updatedBy"],
            **({"versions": [_nested(version) for version in versions]} if wanted else {}),
        }
    )


@routes.get("/api/workflow/v2/models/{model_id}/versions")
async def list_versions(request: web.Request) -> web.Response:
    """List the versions of a model, the last of which is active."""
    instance, model = instance_of(request), _model(request, request.match_info["model_id"])
    return answer([_version(instance, model, version) for version in model["versions"]])


@routes.get("/api/workflow/v2/models/{model_id}/versions/{version}")
async def get_version(request: web.Request) -> web.Response:
    """Return a version of a model."""
    return answer(_version(instance_of(request), *_model_and_version(request)))


@routes.get("/api/workflow/v2/models/{model_id}/versions/{version}/definition")
async def get_definition(request: web.Request) -> web.Response:
    """Return the definition of a model's version: a start, and its task if it has one. It is emulator-defined."""
    model, _ = _model_and_version(request)
    steps = ["Start"] if model["task"] is None else ["Start", "Task"]
    inputs = [] if model["task"] is None else model["task"]["contract"].get("input", ())
    return answer(
        {
            "dataList": [_variable(item) for item in inputs],
            "designElements": [_step(number, step) for number, step in enumerate(steps)],
            "outputs": [],
            "version": 1,
        }
    )


@routes.put("/api/workflow/v1/models/{model_id}")
async def update_model(request: web.Request) -> web.Response:
    """Change a workflow's name, description and owner; its owner and admins may (emulator-defined)."""
    body, models = await read_body(request, _MODEL), records_of(request, "workflow_models")
    model = models.get(request.match_info["model_id"])
    require_owner(request, model["owner"])
    changes: dict[str, str] = {key: body[key] for key in ("name", "owner", "description") if key in body}
    if "owner" in changes:
        changes["owner"] = str(records_of(request, "users").get(changes["owner"])["id"])
    changed = models.update(model["id"], **changes, updatedOn=iso(), updatedBy=str(caller_of(request)["id"]))
    keys = ("createdBy", "createdOn", "description", "id", "name", "owner", "updatedBy", "updatedOn")
    return answer(
        {
            **{key: changed[key] for key in keys},
            "deployments": [],
            "lastVersionUpdatedBy": changed["updatedBy"],
            "lastVersionUpdatedOn": changed["updatedOn"],
            "numberOfVersions": len(changed["versions"]),
            "userPermissions": [],
        }
    )


@routes.get("/api/workflow/v1/models/{model_id}/permissions")
async def get_permissions(request: web.Request) -> web.Response:
    """Return the permissions by type."""
    model = _model(request, request.match_info["model_id"])
    return answer(
        {
            category: [{"id": number, **granting} for number, granting in held.items()]
            for category, held in {"USER": {}, **model["permissions"]}.items()
        }
    )


@routes.post("/api/workflow/v1/models/{model_id}/permissions")
async def set_permissions(request: web.Request) -> web.Response:
    """Set the permissions of those who are named; the answer is empty."""
    models = records_of(request, "workflow_models")
    model = models.get(request.match_info["model_id"])
    require(request, model["owner"], model["permissions"], "SHARE")
    models.update(model["id"], permissions=granted(model["permissions"], await json_body(request)))
    return web.Response()


# -- state ----------------------------------------------------------------------------------------------


def message_of(model: Record) -> str:
    """Return the message that starts a workflow."""
    return f"Start {model['name']}"


def _model(request: web.Request, model_id: str) -> Record:
    """Return a model that the caller may look at."""
    model = records_of(request, "workflow_models").get(model_id)
    require(request, model["owner"], model["permissions"])
    return model


def _models(request: web.Request) -> list[Record]:
    """Return all models that the caller may look at."""
    models = records_of(request, "workflow_models")
    return [model for model in models if has_right(request, model["owner"], model["permissions"])]


def _model_and_version(request: web.Request) -> tuple[Record, str]:
    """Return the model that the path names, and its version."""
    model, version = _model(request, request.match_info["model_id"]), request.match_info["version"]
    if version not in model["versions"]:
        raise HTTPError(404, f"Workflow {model['id']} has no version {version}")
    return model, version


def _run(request: web.Request) -> Record:
    """Return the run that the path names, if the caller may look at it."""
    run = records_of(request, "workflow_instances").get(request.match_info["instance_id"])
    _model(request, run["modelId"])
    return run


def _triggered(request: web.Request) -> tuple[Record, str]:
    """Return the model, and its version, that the path's trigger starts."""
    trigger_id = request.match_info["trigger_id"]
    for model in _models(request):
        for version in model["versions"]:
            if trigger_id == _trigger_id(model["id"], version):
                return model, version
    raise HTTPError(404, f"The trigger {trigger_id} does not exist")


def _require_cancel(request: web.Request, run: Record) -> None:
    """Refuse those who may not cancel a run."""
    if str(caller_of(request)["id"]) != run["createdBy"]:
        model = records_of(request, "workflow_models").get(run["modelId"])
        require(request, model["owner"], model["permissions"], "EXECUTE")


def _cancel(request: web.Request, run: Record) -> None:
    """Cancel a run that is under way, with its task."""
    instance = instance_of(request)
    if state_of(instance, run) != "IN_PROGRESS":
        return
    by = str(caller_of(request)["id"])
    instance.records["workflow_instances"].update(run["id"], canceled={"on": iso(), "by": by})
    if run["waitsFor"] is not None and instance.records["tasks"].get(run["waitsFor"])["status"] == "OPEN":
        instance.records["tasks"].update(run["waitsFor"], status="VOIDED", updatedOn=iso())


def _wanted(request: web.Request, runs: Sequence[Record], *, version: str) -> list[Record]:
    """Return the runs that the query asks for; ``version`` is the key of the version in it.

    Emulator-defined: a status that no run can have is refused.
    """
    query = request.query
    states = _one_or_several(query.get("status"), _STATES)
    triggers = _one_or_several(query.get("triggerTypes"), _TRIGGERS)
    after, before = (read_time(query[key], key) if key in query else None for key in ("startedAfter", "finishedBefore"))
    return [
        run
        for run in runs
        if query.get("modelId", run["modelId"]) == run["modelId"]
        and query.get(version, run["modelVersion"]) == run["modelVersion"]
        and query.get("startedBy", run["startedBy"]) == run["startedBy"]
        and run["status"] in states
        and run["triggerType"] in triggers
        and (after is None or datetime.fromisoformat(run["startedAt"]) >= after)
        and (before is None or (run["finishedAt"] is not None and datetime.fromisoformat(run["finishedAt"]) < before))
    ]


def _one_or_several(given: str | None, known: frozenset[str]) -> frozenset[str]:
    wanted = known if given is None else frozenset(given.split(","))
    if unknown := wanted - known:
        raise HTTPError(400, f"Unknown: {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}")
    return wanted


def _cycle(run: Record) -> float:
    took = datetime.fromisoformat(run["finishedAt"]) - datetime.fromisoformat(run["startedAt"])
    return took / timedelta(milliseconds=1)


def _trigger_id(model_id: str, version: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{model_id}/{version}/manual"))


# -- what goes out --------------------------------------------------------------------------------------


def _describe_run(instance: Instance, run: Record) -> dict[str, Any]:
    version = run["modelVersion"]
    return {
        **describe_for_app(instance, run),
        "deploymentId": deployment_of(run),
        "bpmnProcessId": f"Process_{run['modelId']}_{version}_1",
        "bpmnProcessName": f"domo {run['modelName']} {version} 1",
        "isTestRun": False,
    }


def _execution(instance: Instance, run: Record) -> dict[str, Any]:
    """Return a run as the routes of executions have it."""
    state, end = state_of(instance, run), end_of(instance, run)
    model = instance.records["workflow_models"].get(run["modelId"])
    by = run["createdBy"] if run["canceled"] is None else run["canceled"]["by"]
    return {
        "createdAt": run["createdOn"],
        "deploymentId": deployment_of(run),
        "eventId": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{run['id']}/event")),
        "finishedAt": end,
        "id": run["id"],
        "linkedExecutions": [],
        "modelId": run["modelId"],
        "modelName": run["modelName"],
        "modelOwner": model["owner"],
        "modelVersion": run["modelVersion"],
        "processKey": FIRST_KEY,
        "startedAt": run["createdOn"],
        "startedBy": run["createdBy"],
        "status": _EXECUTION_STATES.get(state, state),
        "triggerDeletedAt": None,
        "triggerId": _trigger_id(run["modelId"], run["modelVersion"]),
        "triggerName": message_of(model),
        "triggerType": "MANUAL",
        "updatedAt": end or run["goesOn"],
        "updatedBy": by,
        "workflowCluster": "default",
    }


def _version(instance: Instance, model: Record, version: str) -> dict[str, Any]:
    """Return a version, the last of which is active, as the routes of versions have it."""
    return {
        "active": version == model["versions"][-1],
        "createdAt": model["createdOn"],
        "createdBy": model["createdBy"],
        "deletedAt": None,
        "description": model["description"],
        "manualTriggerId": _trigger_id(model["id"], version),
        "modelId": model["id"],
        "owner": model["owner"],
        "releasedAt": model["createdOn"],
        "startEventId": None,
        "totalExecutions": len(runs_of(instance, model, version=version)),
        "updatedAt": model["updatedOn"],
        "updatedBy": model["updatedBy"],
        "version": version,
    }


def _nested(version: Record) -> dict[str, Any]:
    """Return a version as its model has it, with other names."""
    return {
        **{key: version[key] for key in ("active", "createdBy", "description", "manualTriggerId", "owner", "version")},
        "createdOn": version["createdAt"],
        "deployedOn": version["releasedAt"],
        "starts": None,
        "totalTimesRun": version["totalExecutions"],
        "updatedBy": version["updatedBy"],
        "updatedOn": version["updatedAt"],
    }


def _trigger(model: Record, version: str) -> dict[str, Any]:
    return {
        "active": True,
        "createdAt": model["createdOn"],
        "createdBy": model["createdBy"],
        "defaultValues": {},
        "deletedAt": None,
        "entityId": model["id"],
        "entityType": "ODYSSEY_WORKFLOW_MODEL",
        "entityVersion": version,
        "eventId": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{model['id']}/{version}/event")),
        "id": _trigger_id(model["id"], version),
        "metadata": {"formId": None, "type": "MANUAL"},
        "modelId": model["id"],
        "modelVersion": version,
        "name": message_of(model),
        "schema": {},
        "type": "MANUAL",
        "updatedAt": model["updatedOn"],
        "updatedBy": model["updatedBy"],
        "variables": {},
    }


def _variable(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "children": [],
        "dataType": item["type"],
        "entitySubType": None,
        "id": item["name"],
        "isList": False,
        "paramName": item["name"],
        "showChildren": False,
        "value": None,
    }


def _step(number: int, title: str) -> dict[str, Any]:
    return {
        "data": {
            "_designNode": "node",
            "description": "",
            "dimensions": {"height": 60, "width": 200},
            "formId": None,
            "input": [],
            "isFormStart": False,
            "title": title,
            "type": title,
        },
        "id": f"step-{number}",
        "index": number,
        "position": {"x": 80, "y": 100 * number},
        "style": {"outline": "none", "zIndex": 3},
        "type": "rootNode" if number == 0 else "node",
    }


def search_documents(instance: Instance) -> Iterator[dict[str, Any]]:
    """Yield what a search finds of workflows, as the type ``workflow_model``; all of it is emulator-defined."""
    for model in instance.records["workflow_models"]:
        yield {
            "entityType": "workflow_model",
            "databaseId": model["id"],
            "uuid": model["id"],
            "name": model["name"],
            "description": model["description"],
            "ownedById": model["owner"],
            "ownedByName": user_name(instance, model["owner"]),
            "createDate": millis(model["createdOn"]),
            "lastModified": millis(model["updatedOn"]),
        }

"""Workflows: models, their runs, and the permissions on them.

The documents tell no way to make a workflow: `add_model` does. A run goes through a task first, if its model has one,
and is completed a while after. Emulator-defined, as no document tells it: a model takes any data; the message that
starts it is ``Start`` and its name; whoever may execute a model may start and cancel it, whoever has any permission
may look at its runs; to cancel a run that has ended changes nothing; a run that is cancelled voids its task.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from aiohttp import web

from domo_async._emulator.access.people import user_name
from domo_async._emulator.access.rights import granted, require
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.web import (
    answer,
    caller_of,
    instance_of,
    iso,
    json_body,
    json_object,
    records_of,
    text,
)
from domo_async._emulator.persistence.records import Record
from domo_async._emulator.routes.task_center import add_task, new_task_id
from domo_async._emulator.services.jobs import begin_job, ended_job, is_over
from domo_async._emulator.state import Instance

routes: web.RouteTableDef = web.RouteTableDef()

# Where the numbers of a workflow engine begin.
_FIRST_KEY = 2_251_799_813_685_249


@routes.post("/api/workflow/v1/instances/message")
async def start(request: web.Request) -> web.Response:
    """Start a workflow by its message. Its status is told as the text ``null``, as in the sample."""
    body, models = await json_object(request), records_of(request, "workflow_models")
    model = models.get(text(body, "modelId"))
    require(request, model["owner"], model["permissions"], "EXECUTE")
    message, version = text(body, "messageName"), text(body, "version")
    if version not in model["versions"]:
        raise HTTPError(404, f"Workflow {model['id']} has no version {version}")
    if message != message_of(model):
        raise HTTPError(400, f"No message starts this workflow but {message_of(model)}")
    data = body.get("data")
    if not isinstance(data, dict):
        raise HTTPError(400, "Required: data, an object")
    return answer(describe_start(start_run(request, model, version=version, data=data)))


@routes.post("/api/workflow/v1/instances/{instance_id}/cancel")
async def cancel(request: web.Request) -> web.Response:
    """Cancel a run, and answer how it was when the request came."""
    instance, runs = instance_of(request), records_of(request, "workflow_instances")
    run = runs.get(request.match_info["instance_id"])
    model = instance.records["workflow_models"].get(run["modelId"])
    if str(caller_of(request)["id"]) != run["createdBy"]:
        require(request, model["owner"], model["permissions"], "EXECUTE")
    told = _describe_run(instance, run)
    if told["status"] == "IN_PROGRESS":
        runs.update(run["id"], canceled={"on": iso(), "by": str(caller_of(request)["id"])})
        if run["waitsFor"] is not None and instance.records["tasks"].get(run["waitsFor"])["status"] == "OPEN":
            instance.records["tasks"].update(run["waitsFor"], status="VOIDED", updatedOn=iso())
    return answer(told)


@routes.get("/api/workflow/v2/executions")
async def list_executions(request: web.Request) -> web.Response:
    """List the runs of a model, the last one first. Not in the documents; what a run has is emulator-defined."""
    model_id = request.query.get("modelId")
    if not model_id:
        raise HTTPError(400, "Required: modelId")
    model = _model(request, model_id)
    return answer(_executions(instance_of(request), model, version=request.query.get("version")))


@routes.get("/api/workflow/v2/executions/{model_id}")
async def executions_of_model(request: web.Request) -> web.Response:
    """List the runs of a model, by its other route. Not in the documents."""
    return answer(_executions(instance_of(request), _model(request, request.match_info["model_id"])))


@routes.get("/api/workflow/v1/models/{model_id}")
async def get_model(request: web.Request) -> web.Response:
    """Return a model. Not in the documents; its keys are emulator-defined."""
    model = _model(request, request.match_info["model_id"])
    keys = ("id", "name", "description", "owner", "createdBy", "createdOn", "updatedBy", "updatedOn")
    return answer({**{key: model[key] for key in keys}, "activeVersion": model["versions"][-1]})


@routes.get("/api/workflow/v2/models/{model_id}/versions")
async def list_versions(request: web.Request) -> web.Response:
    """List the versions of a model, the last of which is active. Not in the documents."""
    model = _model(request, request.match_info["model_id"])
    return answer(
        [
            {"version": version, "active": version == model["versions"][-1], "description": model["description"]}
            for version in model["versions"]
        ]
    )


@routes.get("/api/workflow/v1/models/{model_id}/permissions")
async def get_permissions(request: web.Request) -> web.Response:
    """Return the permissions by type. Not in the documents; other clients use it."""
    model = _model(request, request.match_info["model_id"])
    return answer(
        {
            kind: [{"id": number, **granting} for number, granting in held.items()]
            for kind, held in {"USER": {}, **model["permissions"]}.items()
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


def add_model(
    instance: Instance,
    *,
    name: str,
    owner: object,
    model_id: str | None = None,
    versions: Sequence[str] = ("1.0.0",),
    alias: str | None = None,
    task: Mapping[str, Any] | None = None,
    created: str | None = None,
) -> Record:
    """Put a workflow into the instance.

    Args:
        instance: Where.
        name: Its name.
        owner: Whose it is.
        model_id: Its identifier; a random one by default.
        versions: Its versions, the last of which is active.
        alias: What apps' manifests call it; by default as it is called.
        task: The task that each run goes through: ``queueId``, ``title`` and ``contract``; the run's data are its
            input.
        created: When it was made, in ISO 8601; now by default.
    """
    moment, identifier = created or iso(), model_id or str(uuid.uuid4())
    return instance.records["workflow_models"].put(
        identifier,
        {
            "id": identifier,
            "name": name,
            "description": "",
            "owner": str(owner),
            "createdBy": str(owner),
            "createdOn": moment,
            "updatedBy": str(owner),
            "updatedOn": moment,
            "versions": list(versions),
            "alias": alias or name,
            "task": None if task is None else dict(task),
            "permissions": {},
        },
    )


def add_run(
    instance: Instance,
    model: Record,
    *,
    user_id: object,
    job: Record,
    version: str | None = None,
    data: Mapping[str, Any] | None = None,
    instance_id: str | None = None,
    created: str | None = None,
    task_id: str | None = None,
    **task_changes: Any,
) -> Record:
    """Put a run of a workflow into the instance, with its task if the workflow has one.

    Args:
        instance: Where.
        model: The workflow.
        user_id: Who starts it.
        job: What it does once its task is completed.
        version: Its version; the active one by default.
        data: What it is started with.
        instance_id: Its identifier; a random one by default.
        created: When it was started, in ISO 8601; now by default.
        task_id: The identifier of its task.
        task_changes: What is otherwise with its task than when it was made.
    """
    identifier, moment, step = instance_id or str(uuid.uuid4()), created or iso(), model["task"]
    run: Record = {
        "id": identifier,
        "modelId": model["id"],
        "modelName": model["name"],
        "modelVersion": version or model["versions"][-1],
        "createdBy": str(user_id),
        "createdOn": moment,
        "data": dict(data or {}),
        "goesOn": moment,
        "job": job,
        "waitsFor": None,
        "canceled": None,
    }
    if step is not None:
        task = add_task(
            instance,
            step["queueId"],
            title=step["title"],
            contract=step["contract"],
            user_id=user_id,
            inputs={item["name"]: run["data"].get(item["name"]) for item in step["contract"].get("input", ())},
            source=_source(instance, run),
            task_id=task_id,
            created=moment,
            **task_changes,
        )
        run["waitsFor"] = None if task["status"] == "COMPLETED" else task["id"]
    return instance.records["workflow_instances"].put(identifier, run)


def start_run(request: web.Request, model: Record, *, version: str, data: Mapping[str, Any]) -> Record:
    """Start a run for the caller."""
    instance = instance_of(request)
    job = begin_job(instance, "workflow", model["id"], model["name"], good="COMPLETED")
    return add_run(instance, model, user_id=caller_of(request)["id"], job=job, version=version, data=data)


def message_of(model: Record) -> str:
    """Return the message that starts a workflow."""
    return f"Start {model['name']}"


def runs_of(instance: Instance, model: Record, *, version: str | None = None) -> list[Record]:
    """Return the runs of a workflow, the last one first."""
    runs = [
        run
        for run in instance.records["workflow_instances"]
        if run["modelId"] == model["id"] and version in {None, run["modelVersion"]}
    ]
    return runs[::-1]


def state_of(instance: Instance, run: Record) -> str:
    """Return how far a run is; one whose task was voided waits until it is cancelled."""
    if run["canceled"] is not None:
        return "CANCELED"
    return "IN_PROGRESS" if run["waitsFor"] or not is_over(instance, run["job"]) else str(run["job"]["state"])


def end_of(instance: Instance, run: Record) -> str | None:
    """Return when a run ended, in ISO 8601; None while it has not."""
    if run["canceled"] is not None:
        return str(run["canceled"]["on"])
    if state_of(instance, run) == "IN_PROGRESS":
        return None
    return iso(datetime.fromisoformat(run["goesOn"]) + timedelta(seconds=run["job"]["lasts"]))


def _model(request: web.Request, model_id: str) -> Record:
    """Return a model that the caller may look at."""
    model = records_of(request, "workflow_models").get(model_id)
    require(request, model["owner"], model["permissions"])
    return model


def _executions(instance: Instance, model: Record, *, version: str | None = None) -> dict[str, Any]:
    return {"executions": [_describe_run(instance, run) for run in runs_of(instance, model, version=version)]}


def _deployment(run: Record) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{run['modelId']}/{run['modelVersion']}"))


def _source(instance: Instance, run: Record) -> dict[str, Any]:
    """Return where a task of a run comes from."""
    keys = [str(instance.records.next_id("workflow_keys", _FIRST_KEY)) for _ in range(3)]
    return {
        "modelId": run["modelId"],
        "modelVersion": run["modelVersion"],
        "instanceId": run["id"],
        "deploymentId": _deployment(run),
        "instanceCreatedBy": run["createdBy"],
        "taskKey": keys[0],
        "workflowInstanceId": keys[1],
        "flowNodeId": "task",
        "elementInstanceKey": keys[2],
    }


# -- what goes out --------------------------------------------------------------------------------------


def describe_start(run: Record) -> dict[str, Any]:
    """Return a run as the answer to its start has it, when it has not reported as started yet."""
    return {**_common(run), "updatedBy": run["createdBy"], "updatedOn": run["createdOn"], "status": "null"}


def describe_for_app(instance: Instance, run: Record) -> dict[str, Any]:
    """Return a run as the App Framework's routes tell it."""
    changed = end_of(instance, run) or run["goesOn"]
    by = run["createdBy"] if run["canceled"] is None else run["canceled"]["by"]
    return {**_common(run), "updatedBy": by, "updatedOn": changed, "status": state_of(instance, run)}


def _describe_run(instance: Instance, run: Record) -> dict[str, Any]:
    version = run["modelVersion"]
    return {
        **describe_for_app(instance, run),
        "deploymentId": _deployment(run),
        "bpmnProcessId": f"Process_{run['modelId']}_{version}_1",
        "bpmnProcessName": f"domo {run['modelName']} {version} 1",
        "isTestRun": False,
    }


def _common(run: Record) -> dict[str, Any]:
    return {key: run[key] for key in ("id", "modelId", "modelName", "modelVersion", "createdBy", "createdOn")}


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
            "createDate": int(datetime.fromisoformat(model["createdOn"]).timestamp() * 1000),
            "lastModified": int(datetime.fromisoformat(model["updatedOn"]).timestamp() * 1000),
        }


_VERBS = ("Approve", "Check", "Route")
_THINGS = ("Invoice", "Return", "Defect", "Contract", "Refund")
_CONTRACT = {
    "input": [{"name": "Reference", "type": "text"}],
    "output": [{"name": "Decision", "type": "boolean"}, {"name": "Comment", "type": "text", "required": False}],
}


def seed(instance: Instance, rng: Random) -> None:
    """Put 15 workflows into the instance, each with 20 runs that go through a task in one of the queues."""
    users = [user["id"] for user in instance.records["users"]]
    queues = instance.records["queues"].keys()
    for verb in _VERBS:
        for thing in _THINGS:
            model = add_model(
                instance,
                name=f"{verb}{thing}",
                owner=rng.choice(users),
                model_id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
                versions=("1.0.0", "1.1.0"),
                task={"queueId": rng.choice(queues), "title": f"{verb} a {thing.lower()}", "contract": _CONTRACT},
                created=iso(datetime.fromtimestamp(1_695_000_000 + rng.randrange(1_000_000), UTC)),
            )
            for number in range(20):
                _populate_run(instance, rng, model, users, number)


def _populate_run(instance: Instance, rng: Random, model: Record, users: Sequence[object], number: int) -> None:
    moment = datetime.fromtimestamp(1_700_000_000 + rng.randrange(20_000_000), UTC)
    user, task_state = rng.choice(users), rng.choices(("OPEN", "COMPLETED", "VOIDED"), (4, 5, 1))[0]
    reference = f"{number:03}-{rng.randrange(10_000):04}"
    changes: dict[str, Any] = {"status": task_state}
    if task_state == "COMPLETED":
        completed = iso(moment + timedelta(minutes=rng.randrange(5, 3000)))
        decided = {"Decision": rng.random() < 0.7}
        changes |= {"completedOn": completed, "completedBy": str(user), "outputVariables": decided}
    add_run(
        instance,
        model,
        user_id=user,
        job=ended_job(rng.choices(("COMPLETED", "FAILED"), (9, 1))[0], lasts=float(rng.randrange(1, 60))),
        data={"Reference": reference},
        instance_id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        created=iso(moment),
        task_id=new_task_id(rng, moment),
        **changes,
    )

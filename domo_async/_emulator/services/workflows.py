"""Workflows and their runs, for routes and apps."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from domo_async._emulator.http.web import iso
from domo_async._emulator.services.jobs import begin_job, is_over
from domo_async._emulator.services.tasks import add_task
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

__all__ = [
    "FIRST_KEY",
    "add_model",
    "add_run",
    "deployment_of",
    "describe_for_app",
    "describe_start",
    "end_of",
    "runs_of",
    "start_run",
    "state_of",
]

# The first number that the workflow engine assigns.
FIRST_KEY = 2_251_799_813_685_249


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
    """Add a workflow.

    Args:
        instance: The instance.
        name: Its name.
        owner: Its owner.
        model_id: Its identifier; a random one by default.
        versions: Its versions, the last of which is active.
        alias: Its alias in apps' manifests; by default its name.
        task: The task that each run goes through: ``queueId``, ``title`` and ``contract``; the run's data are its
            input.
        created: The time of creation in ISO 8601; now by default.
    """
    created, identifier = created or iso(), model_id or str(uuid.uuid4())
    return instance.records["workflow_models"].put(
        identifier,
        {
            "id": identifier,
            "name": name,
            "description": "",
            "owner": str(owner),
            "createdBy": str(owner),
            "createdOn": created,
            "updatedBy": str(owner),
            "updatedOn": created,
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
    """Add a run of a workflow, with its task if the workflow has one.

    Args:
        instance: The instance.
        model: The workflow.
        user_id: The user who starts it.
        job: The job that runs once its task is completed.
        version: Its version; the active one by default.
        data: Its input.
        instance_id: Its identifier; a random one by default.
        created: The start time in ISO 8601; now by default.
        task_id: The identifier of its task.
        task_changes: Further keys of its task's record.
    """
    identifier, created, step = instance_id or str(uuid.uuid4()), created or iso(), model["task"]
    run: Record = {
        "id": identifier,
        "modelId": model["id"],
        "modelName": model["name"],
        "modelVersion": version or model["versions"][-1],
        "createdBy": str(user_id),
        "createdOn": created,
        "data": dict(data or {}),
        "goesOn": created,
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
            created=created,
            **task_changes,
        )
        run["waitsFor"] = None if task["status"] == "COMPLETED" else task["id"]
    return instance.records["workflow_instances"].put(identifier, run)


def start_run(instance: Instance, model: Record, *, user_id: object, version: str, data: Mapping[str, Any]) -> Record:
    """Start a run for a user."""
    job = begin_job(instance, "workflow", model["id"], model["name"], good="COMPLETED")
    return add_run(instance, model, user_id=user_id, job=job, version=version, data=data)


def runs_of(instance: Instance, model: Record, *, version: str | None = None) -> list[Record]:
    """Return the runs of a workflow, the last one first."""
    runs = [
        run
        for run in instance.records["workflow_instances"]
        if run["modelId"] == model["id"] and version in {None, run["modelVersion"]}
    ]
    return runs[::-1]


def state_of(instance: Instance, run: Record) -> str:
    """Return the state of a run; a run whose task was voided waits until it is cancelled."""
    if run["canceled"] is not None:
        return "CANCELED"
    return "IN_PROGRESS" if run["waitsFor"] or not is_over(instance, run["job"]) else str(run["job"]["state"])


def end_of(instance: Instance, run: Record) -> str | None:
    """Return the time at which a run ended, in ISO 8601; None while it runs."""
    if run["canceled"] is not None:
        return str(run["canceled"]["on"])
    if state_of(instance, run) == "IN_PROGRESS":
        return None
    return iso(datetime.fromisoformat(run["goesOn"]) + timedelta(seconds=run["job"]["lasts"]))


def deployment_of(run: Record) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{run['modelId']}/{run['modelVersion']}"))


def _source(instance: Instance, run: Record) -> dict[str, Any]:
    """Return the source of a run's task."""
    keys = [str(instance.records.next_id("workflow_keys", FIRST_KEY)) for _ in range(3)]
    return {
        "modelId": run["modelId"],
        "modelVersion": run["modelVersion"],
        "instanceId": run["id"],
        "deploymentId": deployment_of(run),
        "instanceCreatedBy": run["createdBy"],
        "taskKey": keys[0],
        "workflowInstanceId": keys[1],
        "flowNodeId": "task",
        "elementInstanceKey": keys[2],
    }


def describe_start(run: Record) -> dict[str, Any]:
    """Return a run in the form of the answer to its start, before it has reported as started."""
    return {**_common(run), "updatedBy": run["createdBy"], "updatedOn": run["createdOn"], "status": "null"}


def describe_for_app(instance: Instance, run: Record) -> dict[str, Any]:
    """Return a run in the form of the App Framework's routes."""
    changed = end_of(instance, run) or run["goesOn"]
    by = run["createdBy"] if run["canceled"] is None else run["canceled"]["by"]
    return {**_common(run), "updatedBy": by, "updatedOn": changed, "status": state_of(instance, run)}


def _common(run: Record) -> dict[str, Any]:
    return {key: run[key] for key in ("id", "modelId", "modelName", "modelVersion", "createdBy", "createdOn")}

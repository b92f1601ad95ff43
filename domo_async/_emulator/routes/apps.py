"""The App Framework's routes for workflows.

In Domo, an app's manifest maps aliases to workflows. Emulator-defined: each workflow has an alias of its own, and an
app always gets the active version.
"""

from __future__ import annotations

from statistics import fmean
from typing import Any

from aiohttp import web

from domo_async._emulator.access.rights import require
from domo_async._emulator.context import caller_of, instance_of, records_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.web import answer, json_object, millis, page_of, whole_number
from domo_async._emulator.services.workflows import (
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

_STATES = {"IN_PROGRESS", "CANCELED", "COMPLETED", "FAILED"}


@routes.post("/domo/workflow/v1/models/{alias}/start")
async def start(request: web.Request) -> web.Response:
    """Start a workflow; the body has its parameters. Its status is the string ``null``, as in the sample."""
    model = _model_of(request, "EXECUTE")
    run = start_run(
        instance_of(request),
        model,
        user_id=caller_of(request)["id"],
        version=model["versions"][-1],
        data=await json_object(request),
    )
    return answer(describe_start(run))


@routes.get("/domo/workflow/v1/models/{alias}/overall")
async def metrics(request: web.Request) -> web.Response:
    """Count the runs of a workflow's active version.

    Emulator-defined: ``after`` and ``until`` are milliseconds and belong to their range, which the counts are of;
    ``status``, one or several by commas, and the page are of the list alone. Times of cycles are in milliseconds, and
    the average is that of completed runs.
    """
    instance, model = instance_of(request), _model_of(request)
    version = model["versions"][-1]
    after = whole_number(request.query.get("after"), "after", 0)
    until = whole_number(request.query.get("until"), "until", 10**15)
    wanted = set(request.query.get("status", ",".join(_STATES)).split(","))
    if unknown := wanted - _STATES:
        raise HTTPError(400, f"Unknown status: {', '.join(sorted(unknown))}")
    runs = runs_of(instance, model, version=version)
    payload = [_metric(instance, run) for run in runs if after <= millis(run["createdOn"]) <= until]
    listed = [metric for metric in payload if metric["status"] in wanted]
    states = [metric["status"] for metric in payload]
    cycles = [metric["workflowCycleTime"] for metric in payload if metric["status"] == "COMPLETED"]
    return answer(
        {
            "modelId": model["id"],
            "version": version,
            "completedWorkflows": states.count("COMPLETED"),
            "inProgressWorkflows": states.count("IN_PROGRESS"),
            "failedWorkflows": states.count("FAILED"),
            "canceledWorkflows": states.count("CANCELED"),
            "averageCycleTime": fmean(cycles) if cycles else 0,
            "instanceMetric": page_of(request, listed, limit=len(listed)),
        }
    )


@routes.get("/domo/workflow/v1/models/{alias}/instance/{instance_id}")
async def get(request: web.Request) -> web.Response:
    """Return a run of a workflow."""
    instance, model = instance_of(request), _model_of(request)
    run = instance.records["workflow_instances"].find(request.match_info["instance_id"])
    if run is None or run["modelId"] != model["id"]:
        raise HTTPError(404, f"Workflow {model['alias']} has no instance {request.match_info['instance_id']}")
    return answer(describe_for_app(instance, run))


def _model_of(request: web.Request, *rights: str) -> Record:
    """Return the workflow in the path, if the caller has one of `rights`, or any right if none is named."""
    alias = request.match_info["alias"]
    model = next((model for model in records_of(request, "workflow_models") if model["alias"] == alias), None)
    if model is None:
        raise HTTPError(404, f"The manifest names no workflow {alias}")
    require(request, model["owner"], model["permissions"], *rights)
    return model


def _metric(instance: Instance, run: Record) -> dict[str, Any]:
    state, end = state_of(instance, run), end_of(instance, run)
    # As in the sample, what failed has neither an end nor a cycle's time.
    completed = end if state == "COMPLETED" else None
    return {
        "instanceId": run["id"],
        "modelId": run["modelId"],
        "version": run["modelVersion"],
        "creatorId": run["createdBy"],
        "workflowStartTime": run["createdOn"],
        "workflowEndTime": completed,
        "workflowCancelTime": end if state == "CANCELED" else None,
        "workflowCycleTime": 0 if completed is None else millis(completed) - millis(run["createdOn"]),
        "status": state,
    }

"""Executor applications and their jobs: Remote DomoStats, which every instance has.

Domo's documentation shows a dataset in place of applications and jobs; the shapes are those of instances' answers, in
which an application has its times in ISO 8601 and a job in milliseconds. Emulator-defined: an admin may use all jobs,
another user their own; the size of a page.
"""

from __future__ import annotations

import uuid
from typing import Any

from aiohttp import web

from domo_async._emulator.access.people import is_admin
from domo_async._emulator.context import caller_of, records_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Field, Object, Text, WholeNumber
from domo_async._emulator.http.web import answer, millis, read_body, whole_number
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

__all__ = ["begin", "routes"]

routes: web.RouteTableDef = web.RouteTableDef()

APPLICATIONS, JOBS = "applications", "executor_jobs"
REMOTE_DOMOSTATS = "50e7230f-d2f2-42e2-a208-d94c8ae9f64c"
_CUSTOMER = "mmmm-0000-0001"
_CLASS = "com.domo.executor.subscriberstats.SubscriberStatsExecutor"
_MADE = "2024-01-01T00:00:00.000+00:00"
_MEMORY = {"memory": "256M", "missingMemoryValue": False}
_PAGE = 50
_TIMEOUT = 1440
_JOB = "/api/executor/v1/applications/{application}/jobs/{job}"
# The fields of a job that may be changed.
_CHANGES: dict[str, Field[Any]] = {
    "jobName": Text(optional=True, empty=True),
    "jobDescription": Text(optional=True, empty=True),
    "executionTimeout": WholeNumber(optional=True, null=False),
    "executionPayload": Object(optional=True),
    "executionResponse": Object(optional=True),
    "accounts": Array(optional=True),
    "resources": Object(optional=True),
    "triggers": Array(optional=True),
}


def begin(instance: Instance) -> None:
    """Give a new instance the application that all have."""
    applications = instance.records[APPLICATIONS]
    if not len(applications):
        applications.put(
            REMOTE_DOMOSTATS,
            {
                "applicationId": REMOTE_DOMOSTATS,
                "customerId": _CUSTOMER,
                "name": "Remote DomoStats",
                "description": "DomoStats of other instances",
                "version": "1.0",
                "executionClass": _CLASS,
                "authorities": ["pipeline.executor.job.admin"],
                "created": _MADE,
                "updated": _MADE,
                "imageLocation": "",
                "internalAuthorities": [],
                "k8s": True,
                "strictValidation": True,
                "verifyOwnership": False,
                "resources": {
                    "requests": _MEMORY,
                    "limits": _MEMORY,
                    "missingMemoryRequestValue": False,
                    "missingMemoryLimitValue": False,
                },
            },
        )


@routes.get("/api/executor/v1/applications")
@routes.get("/api/executor/v1/applications/")
async def list_applications(request: web.Request) -> web.Response:
    """List all applications."""
    return answer(list(records_of(request, APPLICATIONS)))


@routes.get("/api/executor/v1/applications/{application}")
async def get_application(request: web.Request) -> web.Response:
    """Return an application."""
    return answer(_application(request))


@routes.get("/api/executor/v2/applications/{application}/jobs")
async def list_jobs(request: web.Request) -> web.Response:
    """List the jobs of an application that the caller may see, 50 from the offset on."""
    application, caller = _application(request), caller_of(request)
    offset = whole_number(request.query.get("offset"), "offset", 0)
    found = [
        job
        for job in records_of(request, JOBS)
        if job["applicationId"] == application["applicationId"] and _is_open_to(caller, job)
    ]
    return answer({"jobs": found[offset : offset + _PAGE]})


@routes.post("/api/executor/v1/applications/{application}/jobs")
async def create_job(request: web.Request) -> web.Response:
    """Make a job. Domo's documentation does not have this route; instances take it."""
    application, body = _application(request), await read_body(request, Object({**_CHANGES, "jobName": Text()}))
    job = new_job(application, caller_of(request)["id"], str(uuid.uuid4()), millis(), _changes(body))
    return answer(records_of(request, JOBS).put(job["jobId"], job))


@routes.get(_JOB)
async def get_job(request: web.Request) -> web.Response:
    """Return a job. Domo's documentation does not have this route; instances answer it."""
    return answer(_own_job(request))


@routes.post(f"{_JOB}/executions")
async def run_job(request: web.Request) -> web.Response:
    """Run a job, which does nothing: it stays idle, which is emulator-defined."""
    job = _own_job(request)
    return answer({"requestedBy": caller_of(request)["id"], "queuedJobs": [{**job, "executionId": str(uuid.uuid4())}]})


@routes.put(_JOB)
async def update_job(request: web.Request) -> web.Response:
    """Change a job; keys that are left out stay (emulator-defined)."""
    job, body = _own_job(request), await read_body(request, Object(_CHANGES))
    if body.get("jobId", job["jobId"]) != job["jobId"]:
        raise HTTPError(400, f"The body is about the job {body['jobId']}, the path about {job['jobId']}")
    records_of(request, JOBS).update(job["jobId"], **_changes(body), updated=millis())
    return answer({"status": "OK", "code": 200, "message": "Job updated successfully"})


def _application(request: web.Request) -> Record:
    return records_of(request, APPLICATIONS).get(request.match_info["application"])


def _own_job(request: web.Request) -> Record:
    application, job = _application(request), records_of(request, JOBS).get(request.match_info["job"])
    if job["applicationId"] != application["applicationId"]:
        raise HTTPError(404, f"The application has no job {job['jobId']}")
    if not _is_open_to(caller_of(request), job):
        raise HTTPError(403, f"The job {job['jobId']} is another user's")
    return job


def _is_open_to(caller: Record, job: Record) -> bool:
    return is_admin(caller) or bool(job["userId"] == caller["id"])


def _changes(body: dict[str, Any]) -> dict[str, Any]:
    return {key: body[key] for key in _CHANGES if key in body}


def new_job(application: Record, user: int, job_id: str, made: int, known: dict[str, Any]) -> Record:
    return {
        "jobId": job_id,
        "applicationId": application["applicationId"],
        "customerId": application["customerId"],
        "jobName": "",
        "jobDescription": "",
        "userId": user,
        "executionTimeout": _TIMEOUT,
        "jobStatus": "idle",
        "executionPayload": {},
        "executionResponse": {},
        "accounts": [],
        "executionClass": application["executionClass"],
        "resources": {"requests": {"memory": "256M"}, "limits": {"memory": "256M"}},
        "triggers": [],
        "created": made,
        "updated": made,
        "statusChanged": made,
        "compressPayload": False,
        "executionState": {},
        "shareState": {"sharedEntities": [{"id": str(user), "type": "USER", "accessLevel": "OWNER"}]},
        **known,
    }

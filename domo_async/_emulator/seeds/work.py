"""The work of the demo world: queues, workflows with their runs, and jobs of applications."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from domo_async._emulator.http.web import iso, millis
from domo_async._emulator.routes.applications import APPLICATIONS, JOBS, REMOTE_DOMOSTATS, new_job
from domo_async._emulator.services.jobs import ended_job
from domo_async._emulator.services.tasks import add_queue, new_task_id
from domo_async._emulator.services.workflows import (
    add_model,
    add_run,
)
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

__all__ = ["seed_applications", "seed_task_center", "seed_workflows"]

_SUBJECTS = ("Invoices", "Returns", "Defects", "Contracts", "Refunds", "Vendors", "Claims", "Leads", "Audits", "Orders")


def seed_task_center(instance: Instance, rng: Random) -> None:
    """Add ten queues; their tasks are added with the workflows."""
    users = [user["id"] for user in instance.records["users"]]
    for subject in _SUBJECTS:
        created = datetime.fromtimestamp(1_690_000_000 + rng.randrange(5_000_000), UTC)
        add_queue(
            instance,
            name=f"{subject} to review",
            owner=rng.choice(users),
            description=f"{subject} that need somebody's decision.",
            queue_id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
            created=iso(created),
        )


_VERBS = ("Approve", "Check", "Route")
_THINGS = ("Invoice", "Return", "Defect", "Contract", "Refund")
_CONTRACT = {
    "input": [{"name": "Reference", "type": "text"}],
    "output": [{"name": "Decision", "type": "boolean"}, {"name": "Comment", "type": "text", "required": False}],
}


def seed_workflows(instance: Instance, rng: Random) -> None:
    """Add 15 workflows, each with 20 runs that go through a task in one of the queues."""
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
    created = datetime.fromtimestamp(1_700_000_000 + rng.randrange(20_000_000), UTC)
    user, task_state = rng.choice(users), rng.choices(("OPEN", "COMPLETED", "VOIDED"), (4, 5, 1))[0]
    reference = f"{number:03}-{rng.randrange(10_000):04}"
    changes: dict[str, Any] = {"status": task_state}
    if task_state == "COMPLETED":
        completed = iso(created + timedelta(minutes=rng.randrange(5, 3000)))
        decided = {"Decision": rng.random() < 0.7}
        changes |= {"completedOn": completed, "completedBy": str(user), "outputVariables": decided}
    add_run(
        instance,
        model,
        user_id=user,
        job=ended_job(rng.choices(("COMPLETED", "FAILED"), (9, 1))[0], lasts=float(rng.randrange(1, 60))),
        data={"Reference": reference},
        instance_id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        created=iso(created),
        task_id=new_task_id(rng, created),
        **changes,
    )


_REPORTS = ("AccessTokens", "DomainWhitelist", "IPWhitelist", "OIDC", "SAML", "DirectSignOn")


def seed_applications(instance: Instance, rng: Random) -> None:
    """Give Remote DomoStats 20 jobs."""
    application = instance.records[APPLICATIONS].get(REMOTE_DOMOSTATS)
    users = [user["id"] for user in instance.records["users"]]
    for number in range(20):
        remote = f"{rng.choice(('north', 'south', 'labs', 'retail', 'partners'))}-{number:02}.domo.com"
        made = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=rng.randrange(400_000))
        job = new_job(
            application,
            rng.choice(users),
            _identity(rng),
            millis(made),
            {
                "jobName": remote,
                "jobDescription": f"Get Remote stat from {remote}",
                "executionPayload": {
                    "remoteInstance": remote,
                    "subscriberJobId": _identity(rng),
                    "policies": {report: _identity(rng) for report in rng.sample(_REPORTS, 3)},
                    "metricsDatasetId": _identity(rng),
                },
            },
        )
        instance.records[JOBS].put(job["jobId"], job)


def _identity(rng: Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))

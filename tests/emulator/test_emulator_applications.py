"""Executor applications: the one that all instances have, and its jobs."""

from __future__ import annotations

import random
from typing import Any

import pytest

from domo_async import Domo, Forbidden, NotFound
from domo_async._emulator.seeds.work import seed_applications
from domo_async._endpoints.applications import ExecutionPayload
from domo_async.emulator import Emulator
from tests.emulator.others import client_of_new_user
from tests.emulator.plain_client import PlainClient, plain_client

BASE = "/api/executor/v1/applications"


async def application_of(domo: Domo) -> str:
    (application,) = await domo.applications.list().all()
    assert "Remote DomoStats" == application.name
    return str(application.application_id)


async def test_a_job_is_made_listed_and_changed():
    async with plain_client() as plain, plain.emulator.client() as domo:
        application = await application_of(domo)
        made = await plain.call(
            "POST", f"{BASE}/{application}/jobs", json={"jobName": "acme.domo.com", "accounts": [479]}
        )
        update = await domo.applications.update_job(
            application,
            made["jobId"],
            execution_timeout=720,
            execution_payload=ExecutionPayload(remote_instance="acme.domo.com"),
        )
        (job,) = await domo.applications.jobs(application).all()

        told = await plain.call("GET", f"{BASE}/{application}/jobs/{made['jobId']}")

    assert job.execution_payload
    assert ("OK", 200, "Job updated successfully") == (update.status, update.code, update.message)
    assert ("acme.domo.com", 720, (479,), "acme.domo.com") == (
        *(job.job_name, job.execution_timeout, job.accounts),
        job.execution_payload.remote_instance,
    )
    assert (1, "idle", application) == (job.user_id, job.job_status, job.application_id)
    assert told["jobId"] == made["jobId"]
    assert told["updated"] >= made["updated"]


async def test_an_application_is_told_in_iso_and_its_job_in_milliseconds_and_runs():
    async with plain_client() as plain, plain.emulator.client() as domo:
        application = await application_of(domo)
        told = await plain.call("GET", f"{BASE}/{application}")
        made = await domo.applications.create_job(application, definition={"jobName": "acme.domo.com"})
        assert made.job_id is not None
        job = await domo.applications.get_job(application, made.job_id)
        queued = await domo.applications.run_job(application, made.job_id)
        raw = await plain.call("GET", f"{BASE}/{application}/jobs/{made.job_id}")
        known = await domo.applications.get(application)
        with pytest.raises(NotFound):
            await domo.applications.run_job(application, "no-job")

    assert ("2024-01-01T00:00:00.000+00:00", int) == (told["created"], type(raw["created"]))
    assert known.created is not None
    assert "2024-01-01" == known.created.date().isoformat()
    assert ("acme.domo.com", job) == (job.job_name, made)
    assert [(made.job_id, 1)] == [(each.job_id, queued.requested_by) for each in queued.queued_jobs]
    assert queued.queued_jobs[0].execution_id


async def test_all_jobs_come_by_pages_from_the_offset_on(domo: Domo, emulator: Emulator):
    application = await application_of(domo)
    for seed in range(3):
        seed_applications(emulator._instance, random.Random(seed))
    jobs = await domo.applications.jobs(application).all()

    assert 60 == len({job.job_id for job in jobs})
    assert jobs[55:] == await domo.applications.jobs(application, offset=55).all()


async def test_values_that_are_not_there_or_do_not_fit_are_refused(plain: PlainClient):
    async with plain.emulator.client() as domo:
        application = await application_of(domo)
        for wrong in (
            domo.applications.jobs("nothing").all(),
            domo.applications.update_job(application, "nothing", job_name="a"),
        ):
            with pytest.raises(NotFound):
                await wrong
    made = await plain.call("POST", f"{BASE}/{application}/jobs", json={"jobName": "acme"})
    path = f"{BASE}/{application}/jobs/{made['jobId']}"
    wrong_bodies: list[dict[str, Any]] = [
        {"jobId": "other"},
        {"executionTimeout": "long"},
        {"accounts": {}},
        {"executionTimeout": True},
    ]
    for body in wrong_bodies:
        await plain.call("PUT", path, json=body, status=400)
    await plain.call("POST", f"{BASE}/{application}/jobs", json={}, status=400)

    assert made == await plain.call("GET", path)


async def test_a_job_is_its_owners_and_the_admins(domo: Domo, emulator: Emulator):
    application = await application_of(domo)
    seed_applications(emulator._instance, random.Random(1))
    job = (await domo.applications.jobs(application).all())[0]
    _, others = client_of_new_user(emulator, "Ada Lovelace")
    async with others:
        assert [] == await others.applications.jobs(application).all()
        with pytest.raises(Forbidden):
            await others.applications.update_job(application, str(job.job_id), job_name="mine")

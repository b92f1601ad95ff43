from __future__ import annotations

import pytest
from aiohttp import web

from domo_async import ConfigError, DecodeError
from domo_async._endpoints.applications import ExecutionPayload
from tests.support import talking_to


def an_application(size, at_once, wrap=lambda jobs: {"jobs": jobs}):
    """An application of so many jobs, of which it gives a few at once, and the offsets that it was asked for."""
    offsets = []

    async def handler(request):
        offset = int(request.query["offset"])
        offsets.append(offset)
        return web.json_response(wrap([{"jobId": f"j-{n}"} for n in range(size)][offset : offset + at_once]))

    return handler, offsets


def answering(answer):
    async def handler(request):
        return web.json_response(answer)

    return handler


@pytest.mark.parametrize("wrap", [lambda jobs: {"jobs": jobs}, lambda jobs: jobs], ids=["envelope", "list"])
async def test_jobs_are_asked_for_until_there_are_no_more(wrap):
    handler, offsets = an_application(5, at_once=2, wrap=wrap)
    async with talking_to(handler) as domo:
        jobs = await domo.applications.jobs("a").all()

    assert [f"j-{n}" for n in range(5)] == [job.job_id for job in jobs]
    assert [0, 2, 4, 5] == offsets


async def test_jobs_are_given_once_by_an_instance_that_ignores_the_offset():
    async with talking_to(answering({"jobs": [{"jobId": "j-1"}, {"jobId": "j-2"}]})) as domo:
        jobs = await domo.applications.jobs("a").all()

    assert ["j-1", "j-2"] == [job.job_id for job in jobs]


async def test_no_more_jobs_are_asked_for_than_wanted():
    handler, offsets = an_application(9, at_once=2)
    async with talking_to(handler) as domo:
        jobs = await domo.applications.jobs("a", offset=1, limit=3).all()

    assert ["j-1", "j-2", "j-3"] == [job.job_id for job in jobs]
    assert [1, 3] == offsets


@pytest.mark.parametrize("answer", [{"jobs": []}, [], {}, {"jobs": None}])
async def test_an_application_without_jobs_has_none(answer):
    async with talking_to(answering(answer)) as domo:
        assert await domo.applications.jobs("a").all() == []


async def test_a_list_of_jobs_with_one_that_is_not_understood_gives_the_others():
    async with talking_to(answering({"jobs": [7, {"jobId": 5}]})) as domo:
        assert ["5"] == [job.job_id for job in await domo.applications.jobs("a").all()]

    async with talking_to(answering({"jobs": "none"})) as domo:
        with pytest.raises(DecodeError, match=r"expected a list, got string .* at \$\.jobs"):
            await domo.applications.jobs("a").all()


async def test_the_keys_of_another_applications_payload_are_kept():
    payload = {"notifyUserIds": [1], "watchdog": {"type": "max_indexing"}}
    async with talking_to(answering({"jobs": [{"jobId": "j", "executionPayload": payload}]})) as domo:
        (job,) = await domo.applications.jobs("a").all()

    assert isinstance(job.execution_payload, ExecutionPayload)
    assert payload == job.execution_payload.extras


async def test_a_payload_goes_back_as_it_came():
    payload = {"remoteInstance": "acme.domo.com", "policies": {"OIDC": "ds"}, "watchdog": {"type": None}, "note": None}
    sent = []

    async def handler(request):
        if request.method == "PUT":
            sent.append(await request.json())
            return web.Response()
        return web.json_response({"jobs": [{"jobId": "j", "executionPayload": payload}]})

    async with talking_to(handler) as domo:
        (job,) = await domo.applications.jobs("a").all()
        assert isinstance(job.execution_payload, ExecutionPayload)
        await domo.applications.update_job("a", "j", execution_payload=job.execution_payload)

    assert [{"jobId": "j", "executionPayload": payload}] == sent


async def test_a_job_is_not_changed_by_nothing():
    async with talking_to(answering({})) as domo:
        with pytest.raises(ConfigError, match="no change was given"):
            await domo.applications.update_job("a", "j")

"""Functions that fail, though the instance answers with a good status."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web

from domo_async import JobFailed, ServerError, UnknownState, WaitTimeout
from domo_async._endpoints.code_engine import ExecutionError, FunctionExecution
from tests.support import talking_to


async def run(answer: dict[str, Any], *, check: bool = True) -> FunctionExecution:
    """Run a function on an instance that gives this answer."""

    async def instance(request: web.BaseRequest) -> web.StreamResponse:
        return web.json_response(answer)

    async with talking_to(instance) as domo:
        return await domo.code_engine.run("p", "1.0.0", "total", input_variables={}, check=check)


async def test_a_function_that_failed_raises_what_the_instance_says_of_it() -> None:
    with pytest.raises(JobFailed) as failed:
        await run({"status": "FAILED", "errorInformation": {"errorMessages": ["no such region", "line 3"]}})

    assert "the function total ended as FAILED: no such region; line 3" == str(failed.value)
    assert ("FAILED", "no such region; line 3") == (failed.value.state, failed.value.reason)


async def test_a_result_of_another_type_than_declared_raises_with_both_types() -> None:
    told = {"expectedType": "number", "actualType": "text", "expectedIsList": True, "actualIsList": False}
    with pytest.raises(JobFailed, match="RESULT_TYPE_FAILURE: it returned text but declares a list of number"):
        await run({"status": "RESULT_TYPE_FAILURE", "result": "three", "errorInformation": told})


@pytest.mark.parametrize("status", ["FAILED", "UNDEFINED"])
async def test_whatever_is_not_surely_a_good_end_raises_even_without_a_reason(status: str) -> None:
    with pytest.raises(JobFailed) as failed:
        await run({"status": status, "errorInformation": {}})

    assert (status, None) == (failed.value.state, failed.value.reason)


async def test_a_status_that_nobody_knows_is_told_as_such() -> None:
    with pytest.raises(UnknownState, match="the function total is in the state BRAND_NEW") as unknown:
        await run({"status": "BRAND_NEW", "errorInformation": {}})

    assert "BRAND_NEW" == unknown.value.state


async def test_a_function_that_still_runs_raises_that_it_goes_on_rather_than_giving_no_result() -> None:
    with pytest.raises(WaitTimeout) as late:
        await run({"executionId": "e-1", "status": "RUNNING", "result": None})

    assert "the function total has not ended; it continues as execution e-1" == str(late.value)
    assert "RUNNING" == late.value.state


@pytest.mark.parametrize("status", ["SUCCESS", "OUTPUT_UNDEFINED", None])
async def test_a_good_end_is_returned(status: str | None) -> None:
    execution = await run({"status": status, "result": {"total": 3}, "errorInformation": None})

    assert {"total": 3} == execution.result


@pytest.mark.parametrize("status", ["FAILED", "RESULT_TYPE_FAILURE", "UNDEFINED", "RUNNING", "BRAND_NEW"])
async def test_unchecked_every_execution_is_returned_as_it_is(status: str) -> None:
    told = {"errorMessages": ["no such region"]}
    execution = await run({"status": status, "errorInformation": told}, check=False)

    assert status == execution.status
    assert ExecutionError(error_messages=("no such region",)) == execution.error_information


async def test_a_function_whose_answer_is_lost_is_not_run_again_by_itself() -> None:
    runs = []

    async def broken(request: web.BaseRequest) -> web.StreamResponse:
        runs.append(await request.json())
        return web.Response(status=500)

    async with talking_to(broken) as domo:
        with pytest.raises(ServerError):
            await domo.code_engine.run("p", "1.0.0", "charge", input_variables={"amount": 5})

    assert [{"inputVariables": {"amount": 5}}] == runs

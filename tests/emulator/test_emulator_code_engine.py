"""Code Engine: functions that tests lend, how they end, and what they print."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from domo_async import BadRequest, Conflict, Domo, Forbidden, JobFailed, NotFound, WaitTimeout
from domo_async._emulator.routes.code_engine import Functions, Printed, functions_of
from domo_async._endpoints._permissions import Permission
from domo_async.emulator import Emulator, JobOutcome
from tests.emulator.others import another
from tests.emulator.plain_client import connected

PACKAGE = "756f0b19-5125-44f6-b541-058980ff6a94"


@pytest.fixture
def functions(emulator: Emulator) -> Functions:
    return functions_of(emulator._instance)


async def run(
    domo: Domo,
    name: str = "total",
    /,
    *,
    version: str = "1.0.0",
    logs: bool = True,
    check: bool = True,
    **variables: Any,
) -> Any:
    return await domo.code_engine.run(PACKAGE, version, name, input_variables=variables, get_logs=logs, check=check)


async def test_a_function_that_nobody_lent_gives_back_what_it_takes(domo: Domo):
    before = datetime.now(UTC)
    execution = await run(domo, region="North", days=7)

    assert ("SUCCESS", {"region": "North", "days": 7}) == (execution.status, execution.result)
    assert (PACKAGE, "1.0.0", "total", "1") == (
        *(execution.package_id, execution.version, execution.function_name),
        execution.started_by,
    )
    assert before.replace(microsecond=0) <= execution.started_on <= execution.completed_on


async def test_a_function_that_was_lent_is_called_with_the_variables(domo: Domo, functions: Functions):
    async def later(text: str) -> str:
        return text.upper()

    functions.add("total", lambda region, days: {"region": region, "total": 2 * days})
    functions.add("later", later)
    execution = await run(domo, region="North", days=7)

    assert {"region": "North", "total": 14} == execution.result
    assert "LOUD" == (await run(domo, "later", text="loud")).result
    functions.clear()
    assert {"text": "loud"} == (await run(domo, "later", text="loud")).result


async def test_the_function_of_the_package_and_version_is_the_one_that_runs(domo: Domo, functions: Functions):
    functions.add("total", lambda: "any")
    functions.add("total", lambda: "of the package", package_id=PACKAGE)
    functions.add("total", lambda: "of the version", package_id=PACKAGE, version="2.0.0")

    assert "of the version" == (await run(domo, version="2.0.0")).result
    assert "of the package" == (await run(domo)).result
    assert "any" == (await domo.code_engine.run("other", "1.0.0", "total", input_variables={})).result
    with pytest.raises(NotFound, match="no function sum"):
        await run(domo, "sum")


async def test_the_output_of_a_function_is_told_if_it_is_asked_for(domo: Domo, functions: Functions):
    functions.add("total", lambda: Printed(3, stdout=["begins", {"rows": 3}], stderr=["careful"]))
    told, untold = await run(domo), await run(domo, logs=False)

    assert (3, ("begins", {"rows": 3}), ("careful",)) == (told.result, told.stdout.log, told.stderr.log)
    assert (3, None, None) == (untold.result, untold.stdout, untold.stderr)


async def test_a_function_that_raises_has_failed(domo: Domo, functions: Functions):
    functions.add("total", lambda: 1 / 0)
    functions.add("object", object)
    with pytest.raises(JobFailed) as caught:
        await run(domo)
    execution = await run(domo, check=False)

    assert ("FAILED", "ZeroDivisionError: division by zero") == (caught.value.state, caught.value.reason)
    assert (None, ("ZeroDivisionError: division by zero",)) == (execution.result, execution.stderr.log)
    with pytest.raises(JobFailed, match="TypeError"):
        await run(domo, "object")
    with pytest.raises(JobFailed, match="unexpected keyword argument"):
        await run(domo, unknown=1)


@pytest.mark.parametrize(
    ("declared", "result", "status"),
    [
        ({}, None, "OUTPUT_UNDEFINED"),
        ({"returns": "text"}, "a", "SUCCESS"),
        ({"returns": "text"}, 1, "RESULT_TYPE_FAILURE"),
        ({"returns": "text"}, None, "RESULT_TYPE_FAILURE"),
        ({"returns": "text", "allow_null": True}, None, "SUCCESS"),
        ({"returns": "text", "is_list": True}, ["a", "b"], "SUCCESS"),
        ({"returns": "text", "is_list": True}, [], "SUCCESS"),
        ({"returns": "text", "is_list": True}, "a", "RESULT_TYPE_FAILURE"),
        ({"returns": "text", "is_list": True}, ["a", 1], "RESULT_TYPE_FAILURE"),
        ({"returns": "text"}, ["a"], "RESULT_TYPE_FAILURE"),
        ({"returns": "number"}, True, "RESULT_TYPE_FAILURE"),
        ({"returns": "number"}, 2.0, "SUCCESS"),
        ({"returns": "number"}, 2.5, "RESULT_TYPE_FAILURE"),
        ({"returns": "decimal"}, 2, "SUCCESS"),
        ({"returns": "object"}, {"a": 1}, "SUCCESS"),
        ({"returns": "boolean"}, False, "SUCCESS"),
    ],
)
async def test_a_result_has_to_be_what_the_function_declares(domo, functions, declared, result, status):
    functions.add("total", lambda: result, **declared)
    execution = await run(domo, check=False)

    assert status == execution.status
    assert (result if status == "SUCCESS" else None) == execution.result
    if status == "RESULT_TYPE_FAILURE":
        error = execution.error_information
        assert (result, declared["returns"], declared.get("is_list", False)) == (
            *(error.result, error.expected_type),
            error.expected_is_list,
        )
        assert error.error_messages


def test_a_type_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="'string'"):
        Functions().add("total", len, returns="string")


async def test_a_test_can_have_a_function_fail(domo: Domo, emulator: Emulator):
    emulator.outcomes.add(JobOutcome("code_engine", reason="out of memory", pattern="tot*"))
    with pytest.raises(JobFailed) as caught:
        await run(domo)

    assert ("FAILED", "out of memory") == (caught.value.state, caught.value.reason)
    assert "SUCCESS" == (await run(domo)).status


async def test_an_execution_that_runs_is_found_to_have_ended():
    async with Emulator(job_delay=10) as emulator, emulator.client() as domo, connected(emulator) as plain:
        emulator.now = lambda: 1000.0
        emulator.outcomes.add(JobOutcome("code_engine", "RUNNING"))
        with pytest.raises(WaitTimeout) as caught:
            await run(domo, a=1)
        (record,) = emulator._instance.records["code_engine_executions"]
        path = f"/api/codeengine/v2/packages/{PACKAGE}/executions/{record['executionId']}"
        running = await plain.call("GET", path)
        emulator.now = lambda: 1010.0
        ended = await plain.call("GET", path)
        await plain.call("GET", path.replace(PACKAGE, "other"), status=404)

    assert "RUNNING" == caught.value.state
    assert ("RUNNING", None, None) == (running["status"], running["result"], running["completedOn"])
    assert ("SUCCESS", {"a": 1}) == (ended["status"], ended["result"])


async def test_a_package_is_made_changed_released_and_deleted(emulator: Emulator, domo: Domo):
    packages = domo.code_engine.packages
    public = {"name": "total", "displayName": "Total", "inputs": [{"name": "region", "type": "text"}]}
    private = {"name": "helper", "isPrivate": True}

    made = await packages.create(name="Sums", code="v1", language="PYTHON", functions=[public, private])
    second = await packages.create(
        name="Sums", code="v2", language="PYTHON", functions=[public], package_id=made.id, version="1.1.0"
    )
    released = await packages.release(made.id, "1.0.0")
    whole = await packages.get_version(made.id, "1.0.0")
    brief = await packages.get_version(made.id, "1.0.0", parts=["functions"])

    assert ("Sums", "PYTHON", "1", ["1.0.0"]) == (
        *(made.name, made.language, made.owner),
        [version.version for version in made.versions],
    )
    assert ["1.0.0", "1.1.0"] == [version.version for version in second.versions]
    assert released is not None
    assert [True, False] == [version.released is not None for version in released.versions]
    assert ("v1", ["total", "helper"]) == (whole.code, [function.name for function in whole.functions])
    assert (None, ["total"]) == (brief.code, [function.name for function in brief.functions])
    assert "text" == whole.functions[0].inputs[0].type
    assert [made.id] == [package.id for package in await packages.list().all()]
    assert () == (await packages.get(made.id, versions=False)).versions
    for attempt in (
        packages.release(made.id, "1.0.0"),
        packages.create(name="Sums", code="", language="PYTHON", functions=[], package_id=made.id, version="1.0.0"),
    ):
        with pytest.raises(Conflict):
            await attempt
    with pytest.raises(NotFound):
        await packages.get_version(made.id, "9.9.9")
    with pytest.raises(BadRequest):
        await packages.create(name="Sums", code="", language="PYTHON", functions=[{}])

    async with another(emulator) as other:
        assert [] == await other.code_engine.packages.list().all()
        with pytest.raises(Forbidden):
            await other.code_engine.packages.get(made.id)
        await packages.set_permissions(made.id, permissions=[Permission(77, ["READ"], "User 77")])
        assert "v1" == (await other.code_engine.packages.get_version(made.id, "1.0.0")).code
        with pytest.raises(Forbidden):
            await other.code_engine.packages.delete(made.id)
    granted = await packages.permissions(made.id)
    assert [(1, ("ADMIN",)), (77, ("READ",))] == [(each.id, each.permissions) for each in granted["USER"]]
    assert "77" == (await packages.set_owner(made.id, 77)).owner
    await packages.delete(made.id)
    assert [] == await packages.list().all()

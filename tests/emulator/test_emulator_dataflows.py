"""Dataflows of the embedded instance."""

from __future__ import annotations

from typing import Any

import pytest

from domo_async import Conflict, Domo, Forbidden, JobFailed, NotFound
from domo_async._emulator.job_outcomes import JobOutcome
from domo_async.emulator import Emulator
from tests.emulator.others import another

FLOWS = "/api/dataprocessing/v1/dataflows"


async def create(domo: Domo, name: str = "Clean orders") -> int:
    source = await domo.datasets.create("Orders", {"n": "LONG"})
    target = await domo.datasets.create("Clean", {"n": "LONG"})
    definition: dict[str, Any] = {
        "name": name,
        "inputs": [{"dataSourceId": source.id}],
        "outputs": [{"dataSourceId": target.id}],
        "actions": [{"type": "LoadFromVault", "dataSourceId": source.id}],
    }
    made: dict[str, Any] = await domo.request("POST", FLOWS, json=definition)
    return int(made["id"])


async def test_a_dataflow_lives_and_dies(domo: Domo) -> None:
    number = await create(domo)

    flow = await domo.dataflows.get(number)
    assert ("Clean orders", "MAGIC", 1) == (flow.name, flow.database_type, flow.responsible_user_id)
    assert ["Orders"] == [each.data_source_name for each in flow.inputs]
    assert ["LoadFromVault"] == [action["type"] for action in flow.actions]
    assert ["Clean orders"] == [each.name async for each in domo.dataflows.list()]
    await domo.request("PUT", f"{FLOWS}/{number}/patch", json={"name": "Renamed"})
    assert "Renamed" == (await domo.dataflows.get(number)).name
    found = await domo.request("POST", "/api/search/v1/query", json={"query": "Renamed", "entityList": [["dataflow"]]})
    assert 1 == found["totalResultCount"]
    await domo.request("DELETE", f"{FLOWS}/{number}")
    with pytest.raises(NotFound):
        await domo.dataflows.get(number)


async def test_an_execution_goes_its_way(domo: Domo, emulator: Emulator) -> None:
    emulator._instance.job_delay = 10
    now = 1000.0
    emulator.now = lambda: now
    number = await create(domo)

    started = await domo.dataflows.execute(number)
    assert ("CREATED", False, None) == (started.state, started.failed, started.end_time)
    assert "RUNNING_DATA_FLOW" == (await domo.dataflows.get_execution(number, started.id)).state
    with pytest.raises(Conflict):
        await domo.dataflows.execute(number)
    now += 10
    ended = await domo.dataflows.wait(number, started.id)
    assert ("SUCCESS", False) == (ended.state, ended.failed)
    assert ended.end_time is not None
    flow = await domo.dataflows.get(number)
    assert (1, 1) == (flow.execution_count, flow.execution_success_count)
    assert flow.last_execution == ended


async def test_executions_are_listed_the_latest_first(domo: Domo) -> None:
    number = await create(domo)
    made = [(await domo.dataflows.execute(number, wait=True)).id for _ in range(3)]

    assert made[::-1] == [each.id async for each in domo.dataflows.executions(number, page_size=2)]
    with pytest.raises(NotFound):
        await domo.dataflows.get_execution(number, 404)


async def test_an_execution_fails_where_a_test_wants_it(domo: Domo, emulator: Emulator) -> None:
    number = await create(domo)
    emulator.outcomes.add(JobOutcome("dataflow", reason="no disk", pattern=str(number)))

    with pytest.raises(JobFailed, match="FAILED_DATA_FLOW"):
        await domo.dataflows.execute(number, wait=True)
    assert [True] == [each.failed async for each in domo.dataflows.executions(number)]
    assert "SUCCESS" == (await domo.dataflows.execute(number, wait=True)).state


async def test_only_the_responsible_user_executes(domo: Domo, emulator: Emulator) -> None:
    number = await create(domo)
    async with another(emulator, 1001) as ada:
        with pytest.raises(Forbidden):
            await ada.dataflows.execute(number)

        await domo.request("PUT", f"{FLOWS}/{number}/patch", json={"responsibleUserId": 1001})
        assert "SUCCESS" == (await ada.dataflows.execute(number, wait=True)).state

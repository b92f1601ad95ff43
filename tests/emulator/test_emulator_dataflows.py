"""Dataflows of the embedded instance."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web

from domo_async import ConfigError, Conflict, Domo, Forbidden, JobFailed, NotFound, UnknownState
from domo_async._emulator.job_outcomes import JobOutcome
from domo_async._endpoints.dataflows import DataflowGrant
from domo_async._endpoints.datasets.grants import Grant
from domo_async.emulator import Emulator
from tests.emulator.others import another
from tests.support import SkippingClock, talking_to

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


async def test_each_change_of_a_definition_is_a_version_that_can_be_read(domo: Domo) -> None:
    made = await domo.dataflows.create(
        definition={"name": "First", "databaseType": "MAGIC", "actions": [{"type": "a"}]}
    )
    await domo.dataflows.execute(made.id, wait=True)
    await domo.dataflows.patch(made.id, name="Patched", enabled=False)

    changed = await domo.dataflows.update(made.id, definition={"name": "Second", "actions": [{"type": "b"}]})
    second, first = await domo.dataflows.versions(made.id)
    then = await domo.dataflows.get_version(made.id, first.id)
    run = await domo.dataflows.execute(made.id, wait=True)

    assert ("Second", False) == (changed.name, changed.enabled)
    assert ([2, 1], [0, 1]) == (
        [second.version_number, first.version_number],
        [second.execution_count, first.execution_count],
    )
    assert then.data_flow is not None
    assert ("First", "a") == (then.data_flow.name, then.data_flow.actions[0]["type"])
    assert second.id == run.data_flow_version
    with pytest.raises(NotFound):
        await domo.dataflows.get_version(made.id, 404)
    with pytest.raises(ConfigError, match="needs a name"):
        await domo.dataflows.create(definition={"databaseType": "MAGIC"})
    await domo.dataflows.delete(made.id)
    with pytest.raises(NotFound):
        await domo.dataflows.versions(made.id)


async def test_several_dataflows_are_switched_off_and_tagged_by_one_request(domo: Domo) -> None:
    numbers = [await create(domo, name) for name in ("a", "b")]

    await domo.dataflows.patch_many(numbers, enabled=False)
    await domo.dataflows.tag_many(numbers, tags=["x", "y"])
    await domo.dataflows.untag_many(numbers[:1], tags=["x"])

    assert [("y",), ("x", "y")] == [await domo.dataflows.tags(number) for number in numbers]
    assert [False, False] == [each.enabled async for each in domo.dataflows.list()]
    with pytest.raises(ConfigError, match="no change was given"):
        await domo.dataflows.patch_many(numbers)


async def test_tags_are_set_and_a_dataflow_is_shared_with_its_datasets(domo: Domo, emulator: Emulator) -> None:
    number = await create(domo)
    source = (await domo.dataflows.get(number)).inputs[0].data_source_id
    assert source is not None

    await domo.dataflows.set_tags(number, tags=["nightly", "b"])
    async with another(emulator, 1001) as ada:
        await domo.dataflows.share(
            number,
            permissions=[DataflowGrant(1001, "VIEW_AND_EXECUTE")],
            dataset_permissions={source: [Grant(1001, "CAN_VIEW")]},
        )
        await ada.dataflows.execute(number, wait=True)
        assert "Orders" == (await ada.datasets.get(source)).name
        with pytest.raises(Forbidden):
            await ada.dataflows.patch(number, name="Mine")
        await domo.dataflows.share(number, permissions=[DataflowGrant(1001, "NONE")])
        with pytest.raises(Forbidden):
            await ada.dataflows.execute(number)

    assert ("nightly", "b") == await domo.dataflows.tags(number) == (await domo.dataflows.get(number)).tags
    await domo.dataflows.set_tags(number, tags=[])
    assert () == await domo.dataflows.tags(number)


async def test_a_state_of_an_execution_that_nobody_knows_is_told_at_the_first_look() -> None:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        state = request.path.rpartition("/")[2]
        return web.json_response(
            {
                "1": {"id": 1, "state": "PAUSED"},
                "2": {"id": 2, "state": "KILLED", "failed": True, "endTime": 1620395329000},
                "3": {"id": 3, "state": "DONE", "failed": False, "endTime": "1620395329000"},
            }[state]
        )

    clock = SkippingClock()
    async with talking_to(handler, clock=clock) as domo:
        with pytest.raises(UnknownState, match="execution 1 of dataflow 46 is in the state PAUSED"):
            await domo.dataflows.wait(46, 1)
        with pytest.raises(JobFailed, match="ended as KILLED"):
            await domo.dataflows.wait(46, 2)
        assert "DONE" == (await domo.dataflows.wait(46, 3)).state
    assert [] == clock.slept

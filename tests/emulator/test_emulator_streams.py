"""Streams of the embedded instance, from their making to the end of their runs."""

from __future__ import annotations

import json
import random
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domo_async import BadRequest, Conflict, Domo, Forbidden, JobFailed, NotFound, WaitTimeout
from domo_async._emulator.seeds.data import seed_accounts, seed_streams
from domo_async._emulator.state.datasets import Column
from domo_async._emulator.state.instance import Instance
from domo_async._endpoints.streams.models import ConfigurationItem, Stream, StreamTransport
from domo_async.emulator import Emulator, JobOutcome
from tests.emulator.others import another
from tests.emulator.plain_client import connected
from tests.emulator.slow_instance import slow_instance


def definition(**changes: Any) -> dict[str, Any]:
    return {
        "transport": StreamTransport("CONNECTOR", "com.domo.connector.covid19", "0"),
        "configuration": [ConfigurationItem("report", "series")],
        "account_id": None,
        "update_method": "REPLACE",
        "data_provider_key": "covid-19",
        "data_source_name": "Covid",
        "data_source_description": "Cases",
        **changes,
    }


async def made(domo: Domo, **changes: Any) -> Stream:
    saved = await domo.streams.create(**definition(**changes))
    assert saved.id is not None
    return await domo.streams.get(saved.id)


def dataset_of(stream: Stream) -> str:
    assert stream.data_source is not None
    return str(stream.data_source.id)


async def test_a_stream_comes_with_its_dataset(domo: Domo):
    account = await domo.accounts.create(display_name="Source", account_type="Standard")

    stream = await made(domo, account_id=account.number)

    dataset = await domo.datasets.get(dataset_of(stream))
    found = await domo.search.query("Covid", entities=["dataset"])
    assert ("Covid", "covid-19") == (dataset.name, dataset.data_provider_type)
    assert stream.id == dataset.stream_id
    assert [dataset.id] == [each.database_id for each in found.hits]
    assert stream.account is not None
    assert account.number == stream.account.id
    assert [("report", "series", stream.id)] == [
        (each.name, each.value, each.stream_id) for each in stream.configuration
    ]
    assert (None, None, True) == (stream.last_execution, stream.current_execution, stream.valid)


async def test_a_stream_can_be_changed_whole(domo: Domo):
    stream = await made(domo, advanced_schedule_json='{"type": "MINUTE", "interval": 30}')

    await domo.streams.update(
        stream.id,
        **definition(update_method="APPEND", data_provider_key="other", data_source_name="More", configuration=[]),
    )

    after = await domo.streams.get(stream.id)
    dataset = await domo.datasets.get(dataset_of(stream))
    assert ("APPEND", ()) == (after.update_method, after.configuration)
    assert ("0 0/30 * * * ?", "ACTIVE") == (after.schedule_expression, after.schedule_state)
    assert ("More", "other") == (dataset.name, dataset.data_provider_type)


async def test_a_run_goes_on_for_a_while_and_is_the_last_one_then():
    async with slow_instance() as slow:
        stream = await made(slow.domo)

        started = await slow.domo.streams.run(stream.id)
        during = await slow.domo.streams.get(stream.id)
        await slow.pass_time(slow.jobs)
        after = await slow.domo.streams.get(stream.id)

    assert ("ACTIVE", "MANUAL", "1") == (started.current_state, started.run_type, str(started.started_by))
    assert during.current_execution is not None
    assert (1, "ACTIVE") == (during.current_execution.execution_id, during.current_execution_state)
    assert during.last_execution is None
    assert (None, "SUCCESS") == (after.current_execution, after.current_execution_state)
    assert after.last_execution == after.last_successful_execution
    assert after.last_execution is not None
    assert after.last_execution.started_at is not None
    assert after.last_execution.ended_at == after.last_execution.started_at + timedelta(seconds=slow.jobs)


async def test_a_run_can_be_waited_for():
    async with slow_instance() as slow:
        stream = await made(slow.domo)

        done = await slow.domo.streams.run(stream.id, wait=True)

        assert "SUCCESS" == done.current_state
        assert slow.jobs <= sum(slow.clock.slept) < 2 * slow.jobs


async def test_a_run_that_takes_too_long_is_not_waited_for_to_its_end():
    async with slow_instance() as slow:
        stream = await made(slow.domo)

        with pytest.raises(WaitTimeout, match="ACTIVE"):
            await slow.domo.streams.run(stream.id, wait=True, timeout=10)


async def test_a_run_can_be_made_to_fail_once(emulator: Emulator, domo: Domo):
    stream = await made(domo)
    emulator.outcomes.add(JobOutcome("stream", reason="the source is down", pattern=str(stream.id)))

    with pytest.raises(JobFailed, match="ended as ERROR: the source is down"):
        await domo.streams.run(stream.id, wait=True)
    failed = await domo.streams.get(stream.id)
    await domo.streams.run(stream.id, wait=True)
    repaired = await domo.streams.get(stream.id)

    assert failed.last_execution is not None
    assert ("ERROR", "ERROR", None) == (
        failed.current_execution_state,
        failed.last_execution.current_state,
        failed.last_successful_execution,
    )
    assert repaired.last_successful_execution is not None
    assert ("SUCCESS", 2) == (repaired.current_execution_state, repaired.last_successful_execution.execution_id)


async def test_a_stream_has_one_run_at_a_time():
    async with slow_instance() as slow:
        stream = await made(slow.domo)
        await slow.domo.streams.run(stream.id)

        with pytest.raises(Conflict, match="running already"):
            await slow.domo.streams.run(stream.id)
        await slow.pass_time(slow.jobs)
        second = await slow.domo.streams.run(stream.id)

    assert 2 == second.execution_id


async def test_a_run_that_was_aborted_has_failed():
    async with slow_instance() as slow, connected(slow.emulator) as plain:
        stream = await made(slow.domo)
        started = await slow.domo.streams.run(stream.id)
        path = f"/api/data/v1/streams/{stream.id}/executions/{started.execution_id}/abort"

        aborted = await slow.domo.streams.abort(stream.id, 1, category="USER", message="changed my mind")
        with pytest.raises(JobFailed, match="ERROR: changed my mind"):
            await slow.domo.streams.wait(stream.id, 1)
        await plain.call("PUT", path, json={}, status=409)

    assert ("ERROR", 1) == (aborted.current_state, aborted.cancelled_by)
    assert ["USER"] == [error.category for error in aborted.errors if not isinstance(error, str)]
    assert aborted.ended_at is not None


async def test_runs_are_told_the_last_one_first_and_page_by_page(domo: Domo):
    stream = await made(domo)
    for _ in range(5):
        await domo.streams.run(stream.id)

    history = await domo.streams.history(stream.id)
    runs = await domo.streams.executions(stream.id, page_size=2).all()
    some = await domo.streams.executions(stream.id, offset=1, limit=2).all()

    assert [5, 4, 3, 2, 1] == [run.execution_id for run in history]
    assert [5, 4, 3, 2, 1] == [run.execution_id for run in runs]
    assert [4, 3] == [run.execution_id for run in some]
    assert runs[1] == await domo.streams.get_execution(stream.id, 4)


async def test_a_run_that_replaces_brings_the_rows_that_are_there(domo: Domo):
    stream = await made(domo)
    await domo.datasets.upload(dataset_of(stream), b"1,2024-01-01T00:00:00\n2,2024-01-02T00:00:00\n", header=False)

    replaced = await domo.streams.run(stream.id, wait=True)
    await domo.streams.update(stream.id, **definition(update_method="APPEND"))
    appended = await domo.streams.run(stream.id, wait=True)

    assert (2, 0) == (replaced.rows_inserted, appended.rows_inserted)
    assert 2 == (await domo.datasets.get(dataset_of(stream))).row_count


async def test_one_body_tells_times_in_seconds_and_in_milliseconds(emulator: Emulator, domo: Domo):
    stream = await made(domo)
    await domo.streams.run(stream.id)
    async with connected(emulator) as plain:
        told = await plain.call("GET", f"/api/data/v1/streams/{stream.id}")
        async with plain.session.get(f"/api/data/v1/streams/{stream.id}") as response:
            text = await response.text()
        run = f"/api/data/v1/streams/{stream.id}/executions/1"
        async with plain.session.get(run) as response:
            run_text = await response.text()

    now = datetime.now(UTC).timestamp()
    for seconds in (told["createdAt"], told["lastExecution"]["startedAt"], told["lastExecution"]["endedAt"]):
        assert isinstance(seconds, int)
        assert abs(now - seconds) < 60
    for milliseconds in (told["dataSource"]["created"], told["dataProvider"]["dateCreated"]):
        assert abs(now - milliseconds / 1000) < 60
    assert re.search(r'"indexRequestKey":\d{14}\.\d{3}[,}]', text)
    assert re.search(r'"startedAt":\d{10}\.\d{9},', run_text)
    assert isinstance(json.loads(told["dataSource"]["tags"]), list)


async def test_a_stream_is_not_valid_without_its_account(domo: Domo):
    account = await domo.accounts.create(display_name="Source", account_type="Standard")
    assert account.number is not None
    stream = await made(domo, account_id=account.number)

    await domo.accounts.delete(account.number)

    with pytest.raises(JobFailed, match=f"The account {account.number} does not exist"):
        await domo.streams.run(stream.id, wait=True)
    assert (False, None) == ((after := await domo.streams.get(stream.id)).valid, after.account)


@pytest.mark.parametrize(
    "changes",
    [
        {"account_id": 404},
        {"transport": StreamTransport("")},
        {"update_method": ""},
        {"advanced_schedule_json": "daily"},
        {"data_source_name": ""},
    ],
)
async def test_a_stream_that_makes_no_sense_makes_no_dataset(domo: Domo, changes: dict[str, Any]):
    with pytest.raises(BadRequest):
        await domo.streams.create(**definition(**changes))

    assert [] == await domo.datasets.list().all()


async def test_a_stream_goes_with_its_dataset(domo: Domo):
    stream = await made(domo)

    await domo.datasets.delete(dataset_of(stream))

    with pytest.raises(NotFound):
        await domo.streams.get(stream.id)
    with pytest.raises(NotFound):
        await domo.streams.run(stream.id)
    with pytest.raises(NotFound):
        await domo.streams.get_execution(99, 1)


async def test_a_stream_is_for_those_who_may_edit_its_dataset(emulator: Emulator, domo: Domo):
    stream = await made(domo)

    async with another(emulator) as other:
        with pytest.raises(Forbidden):
            await other.streams.get(stream.id)
        own = await made(other)
        await other.streams.run(own.id, wait=True)
        with pytest.raises(Forbidden):
            await other.streams.run(stream.id)

    assert 77 == own.created_by


def demo(seed: int) -> Instance:
    instance, rng = Instance(), random.Random(seed)
    instance.records["users"].put(1, {"id": 1, "displayName": "Owner", "roleId": 1})
    for number in range(60):
        instance.create_dataset(
            f"Data {number}",
            (Column("a", "LONG", "a"),),
            description="",
            provider_type="api",
            dataset_id=f"dataset-{number}",
            created=datetime(2024, 1, 1, tzinfo=UTC),
        )
    seed_accounts(instance, rng)
    seed_streams(instance, rng)
    return instance


def test_a_demo_has_streams_and_is_the_same_each_time():
    instance = demo(3)

    assert (40, 50) == (len(instance.records["accounts"]), len(instance.records["streams"]))
    assert len(instance.records["stream_executions"]) > 50
    assert instance.records.snapshot() == demo(3).records.snapshot()
    assert instance.records.snapshot() != demo(4).records.snapshot()


async def test_streams_are_listed_looked_up_searched_for_and_given_by_number(domo: Domo, emulator: Emulator) -> None:
    covid, orders = await made(domo), await made(domo, data_source_name="Orders")
    dataset = dataset_of(orders)

    assert [covid.id, orders.id] == [each.id for each in await domo.streams.list(page_size=1).all()]
    assert orders.id == await domo.streams.of_dataset(dataset)
    assert [orders.id] == [each.id for each in await domo.streams.search(f"dataSource.id:{dataset}").all()]
    assert [orders.id] == [each.id for each in await domo.streams.search("dataSource.name:order").all()]
    assert [covid.id] == [each.id for each in await domo.streams.get_many([covid.id, 404], fields="all")]
    async with another(emulator) as other:
        assert [] == await other.streams.list().all()
        with pytest.raises(NotFound):
            await other.streams.of_dataset(dataset)
    with pytest.raises(BadRequest, match="dataSource"):
        await domo.streams.search("anything").all()


async def test_a_stream_that_needs_no_account_is_made_of_three_things_and_told_whole(
    domo: Domo, emulator: Emulator
) -> None:
    transport = {"type": "API"}
    async with connected(emulator) as plain:
        body = {"transport": transport, "dataProvider": {"key": "api"}, "dataSource": {"name": "Words"}}
        told = await plain.call("POST", "/api/data/v1/streams", json=body, status=201)

    saved = await domo.streams.create(
        transport=StreamTransport("API"), data_provider_key="api", data_source_name="Orders"
    )

    assert ("REPLACE", None, "IDLE") == (told["updateMethod"], told["account"], told["currentExecutionState"])
    assert ("REPLACE", None, "IDLE") == (saved.update_method, saved.account, saved.current_execution_state)
    assert saved.data_source is not None
    assert "Orders" == saved.data_source.name
    assert saved.data_provider is not None
    assert "api" == saved.data_provider.key


async def test_a_stream_is_deleted_without_its_dataset(domo: Domo) -> None:
    stream = await made(domo)
    await domo.streams.run(stream.id)

    await domo.streams.delete(stream.id)

    assert [] == await domo.streams.list().all()
    assert -1 == (await domo.datasets.get(dataset_of(stream))).stream_id


async def test_schedules_are_switched_off_and_on(domo: Domo) -> None:
    first, second = await made(domo), await made(domo)

    await domo.streams.set_schedule_state(first.id, "INACTIVE", inactive_schedule_code=3)
    assert ("INACTIVE", 3) == await schedule_of(domo, first)
    await domo.streams.activate_schedules([first.id, second.id])
    assert ("ACTIVE", None) == await schedule_of(domo, first) == await schedule_of(domo, second)
    await domo.streams.deactivate_schedules([second.id])
    assert "INACTIVE" == (await schedule_of(domo, second))[0]
    with pytest.raises(NotFound):
        await domo.streams.activate_schedules([first.id, 404])


async def schedule_of(domo: Domo, stream: Stream) -> tuple[str | None, int | str | None]:
    told = await domo.streams.get(stream.id)
    return told.schedule_state, told.inactive_schedule_code


async def test_a_run_takes_the_place_of_the_one_under_way_if_it_is_asked_to() -> None:
    async with slow_instance() as slow:
        stream = await made(slow.domo)
        first = await slow.domo.streams.run(stream.id)
        with pytest.raises(Conflict):
            await slow.domo.streams.run(stream.id)
        second = await slow.domo.streams.run(stream.id, abort_running=True, data_tag="day", append_id="latest")

        assert first.execution_id is not None
        assert "ERROR" == (await slow.domo.streams.get_execution(stream.id, first.execution_id)).current_state
        assert "ACTIVE" == second.current_state


async def test_a_run_with_a_warning_counts_as_a_good_one(domo: Domo, emulator: Emulator) -> None:
    stream = await made(domo)
    emulator.outcomes.add(JobOutcome("stream", "WARNING", "2 rows were left out"))

    done = await domo.streams.run(stream.id, wait=True)

    assert ("WARNING", "2 rows were left out") == (done.current_state, done.error_text)
    assert (await domo.streams.get(stream.id)).last_successful_execution is not None


async def test_a_history_is_of_as_many_runs_and_of_the_day_that_are_asked_for(domo: Domo) -> None:
    stream = await made(domo)
    for _ in range(3):
        await domo.streams.run(stream.id)
    today = datetime.now(UTC).date()

    some = await domo.streams.history(stream.id, limit=2, remove_deleted=True, remove_configuration_changes=True)

    assert [3, 2] == [run.execution_id for run in some]
    assert (
        3
        == len(await domo.streams.history(stream.id, tz="UTC"))
        >= len(await domo.streams.history(stream.id, date=today))
    )
    assert () == await domo.streams.history(stream.id, date="2001-01-01")

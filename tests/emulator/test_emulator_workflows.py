"""Workflows of the embedded instance: runs, tasks that they wait for, and the App Framework's view of them."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from domo_async import BadRequest, Domo, Forbidden, JobFailed, NotFound, WaitTimeout
from domo_async._emulator.seeds.work import seed_task_center, seed_workflows
from domo_async._emulator.services.tasks import add_queue
from domo_async._emulator.services.workflows import add_model
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record
from domo_async._endpoints.workflows import Permission, Right, WorkflowInstance, WorkflowPermission
from domo_async.emulator import Emulator, JobOutcome
from tests.emulator.others import another
from tests.emulator.plain_client import connected
from tests.emulator.slow_instance import in_an_app, slow_instance

STEP = {
    "queueId": "q-1",
    "title": "Approve the sum",
    "contract": {"input": [{"name": "sum", "type": "number"}], "output": [{"name": "ok", "type": "boolean"}]},
}


def add(instance: Instance, *, task: bool = False, versions: tuple[str, ...] = ("1.0.0", "1.1.0")) -> str:
    if task:
        add_queue(instance, name="Sums", owner=1, queue_id="q-1")
    model: Record = add_model(
        instance, name="AddTwoNumbers", owner=1, versions=versions, alias="add", task=STEP if task else None
    )
    return str(model["id"])


async def start(domo: Domo, model: str, **options: object) -> WorkflowInstance:
    arguments = {"message_name": "Start AddTwoNumbers", "version": "1.1.0", "data": {"sum": 20}, **options}
    run: WorkflowInstance = await domo.workflows.start(model, **arguments)  # type: ignore[arg-type]
    return run


async def status(domo: Domo, model: str) -> str | None:
    return (await domo.workflows.executions(model))[0].status


async def test_a_run_is_in_progress_for_a_while_and_then_completed():
    async with slow_instance() as slow:
        model = add(slow.instance)

        started = await start(slow.domo, model)
        during = await status(slow.domo, model)
        await slow.pass_time(slow.jobs)
        after = (await slow.domo.workflows.executions(model))[0]

    assert (None, "AddTwoNumbers", "1.1.0", "1") == (
        started.status,
        started.model_name,
        started.model_version,
        started.created_by,
    )
    assert ("IN_PROGRESS", "COMPLETED", started.id) == (during, after.status, after.id)
    assert started.created_on is not None
    assert after.started_at == started.created_on
    assert after.finished_at == started.created_on + timedelta(seconds=slow.jobs)


async def test_a_start_tells_a_status_that_is_the_text_null(emulator: Emulator):
    model = add(emulator._instance)
    body = {"messageName": "Start AddTwoNumbers", "version": "1.0.0", "modelId": model, "data": {}}

    async with connected(emulator) as plain:
        assert "null" == (await plain.call("POST", "/api/workflow/v1/instances/message", json=body))["status"]


async def test_a_run_can_be_waited_for():
    async with slow_instance() as slow:
        done = await start(slow.domo, add(slow.instance), wait=True)

        assert "COMPLETED" == done.status
        assert slow.jobs <= sum(slow.clock.slept) < 2 * slow.jobs


async def test_a_run_that_takes_too_long_goes_on_without_the_one_who_waits():
    async with slow_instance() as slow:
        model = add(slow.instance)

        with pytest.raises(WaitTimeout, match="IN_PROGRESS"):
            await start(slow.domo, model, wait=True, timeout=10)
        await slow.pass_time(slow.jobs)

        assert "COMPLETED" == await status(slow.domo, model)


@pytest.mark.parametrize("pattern", ["*", "Add*"])
async def test_a_run_can_be_made_to_fail_once(emulator: Emulator, domo: Domo, pattern: str):
    model = add(emulator._instance)
    emulator.outcomes.add(JobOutcome("workflow", pattern=pattern))

    with pytest.raises(JobFailed, match="ended as FAILED"):
        await start(domo, model, wait=True)

    assert "COMPLETED" == (await start(domo, model, wait=True)).status
    assert ["COMPLETED", "FAILED"] == [run.status for run in await domo.workflows.executions(model)]


async def test_a_run_that_was_cancelled_is_cancelled_afterwards():
    async with slow_instance() as slow:
        model = add(slow.instance)
        started = await start(slow.domo, model)

        asked = await slow.domo.workflows.cancel(started.id)
        with pytest.raises(JobFailed, match="CANCELLED"):
            await slow.domo.workflows.wait(started.id)
        again = await slow.domo.workflows.cancel(started.id)
        await slow.pass_time(slow.jobs)

        assert ("IN_PROGRESS", False) == (asked.status, asked.is_test_run)
        assert ("CANCELED", "CANCELLED") == (again.status, await status(slow.domo, model))


async def test_a_run_that_has_ended_is_not_cancelled(emulator: Emulator, domo: Domo):
    model = add(emulator._instance)
    done = await start(domo, model, wait=True)

    assert "COMPLETED" == (await domo.workflows.cancel(done.id)).status == await status(domo, model)
    with pytest.raises(NotFound):
        await domo.workflows.cancel("no-run")


async def test_a_run_waits_until_its_task_is_completed():
    async with slow_instance() as slow:
        model = add(slow.instance, task=True)
        started = await start(slow.domo, model)
        await slow.pass_time(slow.jobs)
        (task,) = await slow.domo.task_center.tasks.list(queue_id=["q-1"]).all()
        waiting = await status(slow.domo, model)

        await slow.domo.task_center.tasks.complete("q-1", task.id, version=1, values={"ok": True})
        going_on = await status(slow.domo, model)
        done = await slow.domo.workflows.wait(started.id, model_id=model)

    assert task.source_info is not None
    assert (started.id, model) == (task.source_info.instance_id, task.source_info.model_id)
    assert {"sum": 20} == task.input_variables
    assert ("IN_PROGRESS", "IN_PROGRESS", "COMPLETED") == (waiting, going_on, done.status)


async def test_a_run_that_is_cancelled_needs_its_task_no_more(emulator: Emulator, domo: Domo):
    model = add(emulator._instance, task=True)
    started = await start(domo, model)

    await domo.workflows.cancel(started.id)

    assert ["VOIDED"] == [task.status for task in await domo.task_center.tasks.list().all()]
    assert "CANCELLED" == await status(domo, model)


async def test_runs_are_told_by_version_the_last_one_first(emulator: Emulator, domo: Domo):
    model = add(emulator._instance)
    old = await start(domo, model, version="1.0.0")
    new = [await start(domo, model) for _ in range(2)]

    assert [new[1].id, new[0].id, old.id] == [run.id for run in await domo.workflows.executions(model)]
    assert [old.id] == [run.id for run in await domo.workflows.executions(model, version="1.0.0")]
    async with connected(emulator) as plain:
        await plain.call("GET", f"/api/workflow/v2/executions/{model}", status=404)
        await plain.call("GET", "/api/workflow/v2/executions", status=400)


async def test_a_message_that_does_not_fit_starts_nothing(emulator: Emulator, domo: Domo):
    model = add(emulator._instance)

    with pytest.raises(NotFound):
        await start(domo, "no-model")
    with pytest.raises(NotFound, match="version"):
        await start(domo, model, version="9.9.9")
    with pytest.raises(BadRequest, match="Start AddTwoNumbers"):
        await start(domo, model, message_name="Begin")
    with pytest.raises(NotFound):
        await domo.workflows.executions("no-model")

    assert () == await domo.workflows.executions(model)


async def test_permissions_are_set_for_those_who_are_named_and_told_by_type(emulator: Emulator, domo: Domo):
    model = add(emulator._instance)
    before = await domo.workflows.permissions(model)

    await domo.workflows.set_permissions(
        model, permissions=[Permission(5, ["READ"], "Jo"), Permission(6, ["READ"], "Al")]
    )
    await domo.workflows.set_permissions(
        model, permissions=[Permission(5, [], "Jo"), Permission(8, [Right.EXECUTE], "All", "GROUP")]
    )

    after = await domo.workflows.permissions(model)
    assert {"USER": ()} == before
    assert [(6, ("READ",))] == [(each.id, each.permissions) for each in after["USER"]]
    assert [(8, ("EXECUTE",))] == [(each.id, each.permissions) for each in after["GROUP"]]
    assert isinstance(after["USER"][0], WorkflowPermission)
    with pytest.raises(BadRequest, match="FLY"):
        await domo.workflows.set_permissions(model, permissions=[Permission(5, ["FLY"], "Jo")])


async def test_a_workflow_is_started_by_those_who_may(emulator: Emulator, domo: Domo):
    model = add(emulator._instance)

    async with another(emulator) as other:
        with pytest.raises(Forbidden):
            await start(other, model)
        with pytest.raises(Forbidden):
            await other.workflows.permissions(model)
        await domo.workflows.set_permissions(model, permissions=[Permission(77, ["READ"], "User 77")])
        with pytest.raises(Forbidden):
            await start(other, model)
        assert () == await other.workflows.executions(model)
        await domo.workflows.set_permissions(model, permissions=[Permission(77, ["READ", "EXECUTE"], "User 77")])

        assert "77" == (await start(other, model)).created_by
        with pytest.raises(Forbidden):
            await other.workflows.set_permissions(model, permissions=[Permission(77, ["ADMIN"], "User 77")])


async def test_a_workflow_is_found_by_its_name(emulator: Emulator, domo: Domo):
    model = add(emulator._instance)

    found = await domo.search.query("AddTwo*", entities=["workflow_model"])

    assert [model] == [hit.database_id for hit in found.hits]


async def test_workflows_their_versions_and_triggers_are_told(emulator: Emulator, domo: Domo):
    model = add(emulator._instance, task=True)
    run = await start(domo, model)

    (listed,) = await domo.workflows.list().all()
    whole = await domo.workflows.get(model)
    bare = await domo.workflows.get(model, versions=False)
    old, new = await domo.workflows.versions(model)
    definition = await domo.workflows.definition(model, "1.1.0")
    triggers = await domo.workflows.triggers(model)

    assert (model, "AddTwoNumbers") == (listed.id, listed.name) == (whole.id, whole.name)
    assert (1, ["1.0.0", "1.1.0"], ()) == (whole.total_executions, [v.version for v in whole.versions], bare.versions)
    assert [(False, 0), (True, 1)] == [(each.active, each.total_executions) for each in (old, new)]
    assert new == await domo.workflows.get_version(model, "1.1.0")
    assert ["sum"] == [each["paramName"] for each in definition.data_list]
    assert [old.manual_trigger_id, new.manual_trigger_id] == [trigger.id for trigger in triggers]
    assert triggers == await domo.workflows.triggers(model, types=["MANUAL", "TIMER"])
    assert () == await domo.workflows.triggers(model, types="TIMER")
    assert triggers[0] == await domo.workflows.get_trigger(triggers[0].id)
    assert new.manual_trigger_id == (await domo.workflows.get_execution(run.id)).trigger_id
    for attempt in (domo.workflows.get_version(model, "9.9.9"), domo.workflows.get("no-model")):
        with pytest.raises(NotFound):
            await attempt
    async with another(emulator) as other:
        assert [] == await other.workflows.list().all()
        with pytest.raises(Forbidden):
            await other.workflows.get_execution(run.id)


async def test_a_workflow_is_started_by_its_trigger_and_started_again(emulator: Emulator, domo: Domo):
    model = add(emulator._instance)
    trigger = (await domo.workflows.get_version(model, "1.0.0")).manual_trigger_id
    assert trigger is not None

    first = await domo.workflows.activate(trigger, data={"sum": 20, "note": None})
    done = await domo.workflows.wait(first.id)
    again = await domo.workflows.restart(first.id, data={"sum": 21})

    assert ("NOT_STARTED", "1.0.0", "COMPLETED") == (first.status, first.model_version, done.status)
    assert ("IN_PROGRESS", done.started_by) == (again.status, again.started_by)
    assert "COMPLETED" == (await domo.workflows.wait(again.id)).status
    assert [21, 20] == [
        emulator._instance.records["workflow_instances"].get(run.id)["data"]["sum"]
        for run in await domo.workflows.executions(model)
    ]
    assert {"sum": 21, "note": None} == emulator._instance.records["workflow_instances"].get(again.id)["data"]
    with pytest.raises(NotFound):
        await domo.workflows.activate("no-trigger")
    with pytest.raises(NotFound):
        await domo.workflows.restart("no-run")


async def test_runs_are_counted_filtered_cancelled_together_and_give_what_their_task_did():
    async with slow_instance() as slow:
        model, domo = add(slow.instance, task=True), slow.domo
        runs = [await start(domo, model) for _ in range(3)]
        (task, *_) = [
            task
            for task in await domo.task_center.tasks.list(queue_id=["q-1"]).all()
            if task.source_info is not None and task.source_info.instance_id == runs[0].id
        ]
        await domo.task_center.tasks.complete("q-1", task.id, version=1, values={"ok": True})
        await slow.pass_time(slow.jobs)

        said = await domo.workflows.cancel_many([runs[1].id, "no-run"])
        counts = await domo.workflows.metrics(model_id=model)
        none = await domo.workflows.metrics(started_after=datetime(2100, 1, 1, tzinfo=UTC))
        # The client always sends a zone; without one a time is in UTC.
        zoneless = await domo.request(
            "GET", "/api/workflow/v2/executions/metrics", params={"startedAfter": "2100-01-01T00:00:00"}
        )

        assert (None, True) == (said[runs[1].id], "no-run" in str(said["no-run"]))
        assert {
            "CANCELLED": 1,
            "COMPLETED": 1,
            "FAILED": 0,
            "IN_PROGRESS": 1,
            "NOT_STARTED": 0,
        } == counts.execution_count
        assert {"API": 0, "MANUAL": 3, "TIMER": 0} == counts.trigger_count
        # From the start on, its task included.
        assert slow.jobs * 1000 == pytest.approx(counts.average_cycle_time, rel=0.5)
        assert {"API": 0, "MANUAL": 0, "TIMER": 0} == none.trigger_count == zoneless["triggerCount"]
        ended = await domo.workflows.executions(model, status=["CANCELLED", "COMPLETED"])
        assert [runs[1].id, runs[0].id] == [run.id for run in ended]
        assert () == await domo.workflows.executions(model, trigger_types="TIMER")
        assert ({"ok": True}, {}) == (
            await domo.workflows.outputs(runs[0].id),
            await domo.workflows.outputs(runs[1].id),
        )
        with pytest.raises(BadRequest, match="DONE"):
            await domo.workflows.executions(model, status="DONE")


# -- apps -----------------------------------------------------------------------------------------------


async def test_an_app_starts_the_active_version_by_its_alias_and_waits():
    async with slow_instance() as slow:
        model = add(slow.instance)

        started = await slow.domo.apps.workflows.start("add", data={"sum": 20})
        under_way = await slow.domo.apps.workflows.get("add", started.id)
        done = await slow.domo.apps.workflows.start("add", wait=True)

        assert (None, "1.1.0", model) == (started.status, started.model_version, started.model_id)
        assert ("IN_PROGRESS", "COMPLETED") == (under_way.status, done.status)
        assert "COMPLETED" == (await slow.domo.apps.workflows.wait("add", started.id)).status


async def test_an_app_is_told_that_a_run_failed(emulator: Emulator):
    add(emulator._instance)
    emulator.outcomes.add(JobOutcome("workflow"))

    async with in_an_app(emulator) as domo:
        with pytest.raises(JobFailed, match="FAILED"):
            await domo.apps.workflows.start("add", wait=True)


async def test_metrics_count_the_runs_of_the_active_version():
    async with slow_instance() as slow:
        model, domo = add(slow.instance), slow.domo
        slow.emulator.outcomes.add(JobOutcome("workflow", count=1))
        await start(domo, model, version="1.0.0")
        await start(domo, model, wait=True)
        slow.emulator.outcomes.add(JobOutcome("workflow", count=1))
        await start(domo, model)
        await slow.pass_time(slow.jobs)
        gone = await start(domo, model)
        await domo.workflows.cancel(gone.id)
        await start(domo, model)

        everything = await domo.apps.workflows.metrics("add")
        some = await domo.apps.workflows.metrics("add", status=["COMPLETED", "FAILED"])
        one = await domo.apps.workflows.metrics("add", limit=1, offset=1)
        past = await domo.apps.workflows.metrics("add", until=datetime(2000, 1, 1, tzinfo=UTC))

    assert (1, 1, 1, 1) == (
        everything.completed_workflows,
        everything.in_progress_workflows,
        everything.failed_workflows,
        everything.canceled_workflows,
    )
    assert ["IN_PROGRESS", "CANCELED", "FAILED", "COMPLETED"] == [run.status for run in everything.instance_metric]
    assert everything.average_cycle_time == slow.jobs * 1000 == everything.instance_metric[3].workflow_cycle_time
    assert everything.instance_metric[1].workflow_cancel_time is not None
    assert ["FAILED", "COMPLETED"] == [run.status for run in some.instance_metric]
    assert ["CANCELED"] == [run.status for run in one.instance_metric]
    assert (0, ()) == (past.completed_workflows, past.instance_metric)


async def test_workflows_that_the_manifest_does_not_name_are_not_there(emulator: Emulator):
    model = add(emulator._instance)
    async with in_an_app(emulator) as domo:
        for attempt in (
            domo.apps.workflows.start("subtract"),
            domo.apps.workflows.metrics("subtract"),
            domo.apps.workflows.get("add", "no-run"),
        ):
            with pytest.raises(NotFound):
                await attempt
        with pytest.raises(BadRequest, match="DONE"):
            await domo.apps.workflows.metrics("add", status="DONE")

        assert () == await domo.workflows.executions(model)


def demo(seed: int) -> Instance:
    instance, rng = Instance(), random.Random(seed)
    for number in range(1, 5):
        instance.records["users"].put(number, {"id": number, "displayName": f"User {number}", "roleId": 1})
    seed_task_center(instance, rng)
    seed_workflows(instance, rng)
    return instance


def test_a_demo_has_queues_tasks_and_workflows_and_is_the_same_each_time():
    records = demo(3).records

    counts = {name: len(records[name]) for name in ("queues", "tasks", "workflow_models", "workflow_instances")}
    assert {"queues": 10, "tasks": 300, "workflow_models": 15, "workflow_instances": 300} == counts
    assert {"OPEN", "COMPLETED", "VOIDED"} == {task["status"] for task in records["tasks"]}
    assert demo(3).records.snapshot() == records.snapshot() != demo(4).records.snapshot()

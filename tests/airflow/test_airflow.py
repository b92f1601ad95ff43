"""The hook and the operators in the real Airflow, against an embedded instance."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest

from domo_async import UploadKeywords
from domo_async.emulator import Emulator, Fault
from domo_async.sync import Domo
from tests.support import needs

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "airflow_dag.py"


def run(operator: Any) -> Any:
    return operator.execute({})


def failure(operator: Any) -> tuple[str, str]:
    """Return the name of the error that a task fails with, and its message."""
    from airflow.sdk.exceptions import AirflowException

    with pytest.raises(AirflowException) as caught:
        run(operator)
    return type(caught.value).__name__, str(caught.value)


@pytest.fixture
def dataset(client: Domo) -> str:
    return client.datasets.create("Orders", {"id": "LONG"}).id


@pytest.fixture
def source(tmp_path: Path) -> str:
    (tmp_path / "orders.csv").write_text("id\n1\n2\n", encoding="utf-8")
    return str(tmp_path / "orders.csv")


def count(client: Domo, dataset: str) -> Any:
    return client.datasets.query(dataset, "SELECT COUNT(*) FROM table")[0][0]


def test_airflow_finds_the_provider_its_hook_and_its_connection_type(client: Domo) -> None:
    from airflow.providers_manager import ProvidersManager

    manager = ProvidersManager()

    assert "domo-async" in manager.providers
    assert "domo_async.airflow.DomoHook" == manager.hooks["domo"].hook_class_name


def test_the_hook_takes_instance_and_token_from_the_connection(
    emulator: Emulator, client: Domo, monkeypatch: pytest.MonkeyPatch
) -> None:
    from domo_async.airflow import DomoHook

    assert (True, f"{emulator.url} accepts the token of Emulator Owner") == DomoHook().test_connection()
    with DomoHook().get_conn() as domo:
        assert emulator.url == domo.origin

    monkeypatch.setenv("AIRFLOW_CONN_DOMO_DEFAULT", json.dumps({"conn_type": "domo", "host": emulator.url}))
    good, why = DomoHook().test_connection()
    assert (False, True) == (good, "needs an instance as its host and a developer token" in why)

    monkeypatch.setenv("AIRFLOW_CONN_DOMO_DEFAULT", json.dumps({"conn_type": "domo"}))
    monkeypatch.setenv("DOMO_BASE_URL", emulator.url)
    monkeypatch.setenv("DOMO_DEVELOPER_TOKEN", emulator.token)
    with DomoHook().get_conn() as domo:
        assert emulator.url == domo.origin


def test_an_upload_gives_its_result_as_json(client: Domo, dataset: str, source: str) -> None:
    from domo_async.airflow import DomoUploadOperator

    done = run(DomoUploadOperator(task_id="up", dataset_id=dataset, source=source, options={"action": "APPEND"}))

    assert 2 == json.loads(json.dumps(done))["rows"] == count(client, dataset)


def test_failures_that_may_pass_are_tried_again_and_others_are_not(
    emulator: Emulator, client: Domo, dataset: str, source: str, tmp_path: Path
) -> None:
    from domo_async.airflow import DomoUploadOperator

    def upload(**options: Any) -> Any:
        return DomoUploadOperator(
            task_id="up", dataset_id=dataset, source=source, options=cast("UploadKeywords", options)
        )

    emulator.faults.add(Fault("PUT *parts/1", "status", status=503, count=None))
    assert "AirflowException" == failure(upload())[0]
    emulator.faults.clear()
    assert "AirflowFailException" == failure(upload(header=False))[0]

    lost, unseen = Fault("PUT *commit", "drop_after"), Fault("GET *dataversions", "status", status=403, skip=1)
    for fault in (lost, unseen):
        emulator.faults.add(fault)
    assert "AirflowFailException" == failure(upload(action="APPEND"))[0]
    assert 2 == count(client, dataset)

    emulator.faults.clear()
    for fault in (lost, unseen):
        emulator.faults.add(fault)
    again = upload(action="APPEND", resume=str(tmp_path / "orders.journal"))
    assert "AirflowException" == failure(again)[0]
    assert 4 == count(client, dataset)
    assert 2 == run(again)["rows"]
    assert 4 == count(client, dataset)


def test_a_dataflow_is_executed_and_waited_for_also_in_the_triggerer(
    emulator: Emulator, client: Domo, dataset: str
) -> None:
    from airflow.sdk.exceptions import TaskDeferred

    from domo_async.airflow import DomoWaitOperator, DomoWaitTrigger

    flow = emulator.add.dataflow(input_ids=[dataset]).id

    done = run(DomoWaitOperator(task_id="wait", dataflow_id=flow))
    assert "SUCCESS" == done["state"]
    assert done == run(DomoWaitOperator(task_id="wait", dataflow_id=flow, execution_id=done["id"]))
    assert 1 == len(client.dataflows.executions(flow).all())

    # Tried again, it would be executed twice.
    emulator.faults.add(Fault("POST *executions", "drop_after"))
    kind, message = failure(DomoWaitOperator(task_id="wait", dataflow_id=flow))
    assert ("AirflowFailException", True) == (kind, "may have been carried out" in message)
    emulator.faults.add(Fault("POST *executions", "throttle", count=None))
    assert "AirflowException" == failure(DomoWaitOperator(task_id="wait", dataflow_id=flow))[0]
    emulator.faults.clear()
    assert 2 == len(client.dataflows.executions(flow).all())

    later = DomoWaitOperator(task_id="wait", dataflow_id=flow, deferrable=True)
    with pytest.raises(TaskDeferred) as deferred:
        run(later)
    path, arguments = deferred.value.trigger.serialize()
    assert "domo_async.airflow.DomoWaitTrigger" == path

    async def first_event() -> Any:
        return await anext(aiter(DomoWaitTrigger(**json.loads(json.dumps(arguments))).run()))

    event = asyncio.run(first_event()).payload
    assert "SUCCESS" == later.execute_complete({}, event)["state"]  # type: ignore[arg-type]


def test_a_workflow_is_started_and_waited_for(emulator: Emulator, client: Domo) -> None:
    from domo_async.airflow import DomoWaitOperator

    quick = emulator.add.workflow(name="Reports").id
    done = run(DomoWaitOperator(task_id="w", workflow_id=quick, message_name="Start Reports", version="1.0.0"))
    assert "COMPLETED" == done["status"]

    # Somebody has to approve it.
    model = emulator.add.workflow(name="Refunds", queue_id=emulator.add.queue().id).id
    started = client.workflows.start(model, message_name="Start Refunds", version="1.0.0")

    waiting = DomoWaitOperator(task_id="wait", workflow_id=model, instance_id=started.id, timeout=0.05)
    kind, message = failure(waiting)
    assert ("AirflowException", True) == (kind, started.id in message)

    starting = DomoWaitOperator(
        task_id="wait", workflow_id=model, message_name="Start Refunds", version="1.0.0", timeout=0.05
    )
    kind, message = failure(starting)
    assert ("AirflowFailException", True) == (kind, "was started and may go on" in message)
    assert 2 == len(client.workflows.executions(model))


def test_tasks_ended_by_a_timeout_or_a_kill_are_not_tried_again_and_a_started_workflow_is_cancelled(
    emulator: Emulator, client: Domo, dataset: str, source: str
) -> None:
    from airflow.sdk.exceptions import AirflowFailException, TaskDeferred
    from airflow.sdk.execution_time.timeout import timeout

    from domo_async.airflow import DomoUploadOperator, DomoWaitOperator, DomoWaitTrigger

    emulator.faults.add(Fault("PUT *parts/1", "stall", delay=30))
    upload = DomoUploadOperator(task_id="up", dataset_id=dataset, source=source, options={"action": "APPEND"})
    with timeout(0.2):
        assert "AirflowFailException" == failure(upload)[0]
    emulator.faults.clear()

    model = emulator.add.workflow(name="Refunds", queue_id=emulator.add.queue().id).id
    how: dict[str, Any] = {"workflow_id": model, "message_name": "Start Refunds", "version": "1.0.0"}
    with timeout(0.5):
        assert "AirflowFailException" == failure(DomoWaitOperator(task_id="wait", **how))[0]
    later = DomoWaitOperator(task_id="wait", deferrable=True, **how)
    with pytest.raises(TaskDeferred) as deferred:
        run(later)
    asyncio.run(DomoWaitTrigger(**deferred.value.trigger.serialize()[1]).on_kill())
    with pytest.raises(AirflowFailException, match="the trigger failed"):
        later.resume_execution("__fail__", {"error": "Trigger timeout"}, {})  # type: ignore[arg-type]

    assert ["CANCELLED", "CANCELLED"] == [each.status for each in client.workflows.executions(model)]


def test_a_wait_must_say_for_what() -> None:
    needs("airflow.sdk", extra="airflow")
    from domo_async.airflow import DomoWaitOperator

    with pytest.raises(ValueError, match="needs a dataflow_id"):
        DomoWaitOperator(task_id="wait", workflow_id="model")
    with pytest.raises(ValueError, match="needs a dataflow_id"):
        DomoWaitOperator(task_id="wait", dataflow_id=1, instance_id="run")


@pytest.mark.timeout(600)
def test_the_example_runs_as_a_dag_of_airflow(
    emulator: Emulator, client: Domo, dataset: str, source: str, airflow_home: Path
) -> None:
    shutil.copy(EXAMPLE, airflow_home)
    variables = {
        "AIRFLOW_VAR_DOMO_ORDERS": dataset,
        "AIRFLOW_VAR_DOMO_CLEANING": str(emulator.add.dataflow(input_ids=[dataset]).id),
        "AIRFLOW_VAR_DOMO_ARRIVALS": str(Path(source).parent),
    }
    Path(source).rename(Path(source).with_name("orders-1.csv"))

    for command in (["db", "migrate"], ["dags", "test", "nightly_orders"]):
        ended = subprocess.run(
            [sys.executable, "-m", "airflow", *command],
            env={**os.environ, **variables},
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        assert 0 == ended.returncode, ended.stderr[-2000:]

    assert "state=success, run_type=manual" in ended.stdout
    assert 2 == count(client, dataset)
    assert [True] == [execution.state == "SUCCESS" for execution in client.dataflows.executions(1)]
    assert emulator.token not in ended.stdout + ended.stderr

"""Streams and their runs, for several areas."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

from aiohttp import web

from domo_async._emulator.access.people import free_id
from domo_async._emulator.context import caller_of, instance_of
from domo_async._emulator.errors import HTTPError, thread_of_execution
from domo_async._emulator.services.jobs import begin_job, is_over
from domo_async._emulator.state.datasets import Dataset
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

__all__ = [
    "ACTIVE",
    "ERROR",
    "GOOD",
    "add_execution",
    "add_stream",
    "current_execution",
    "execution_key",
    "executions_of",
    "has_account",
    "run_stream_of",
    "start_execution",
    "state_of",
    "stop_execution",
    "stream_of_dataset",
]

ACTIVE, ERROR = "ACTIVE", "ERROR"
GOOD = ("SUCCESS", "WARNING")


def run_stream_of(request: web.Request, dataset: Dataset) -> Record:
    """Start a run of the stream that fills a dataset."""
    stream = stream_of_dataset(instance_of(request), dataset)
    if stream is None:
        raise HTTPError(404, "This dataset does not have a stream")
    return start_execution(request, stream, "MANUAL", stop=False)


def start_execution(request: web.Request, stream: Record, run_type: str, *, stop: bool) -> Record:
    instance = instance_of(request)
    if (current := current_execution(instance, stream)) is not None:
        if not stop:
            raise HTTPError(409, f"Stream {stream['id']} is running already")
        stop_execution(request, current, "CONNECTOR", None)
        stream = instance.records["streams"].get(stream["id"])
    job = begin_job(instance, "stream", stream["id"], good="SUCCESS", bad="ERROR")
    if not has_account(instance, stream):
        job = {**job, "state": "ERROR", "reason": f"The account {stream['accountId']} does not exist"}
    dataset = instance.dataset(stream["dataSourceId"])
    dataset.touched = datetime.now(UTC)
    if job["state"] in GOOD:
        dataset.updated = dataset.touched
    started_by = str(caller_of(request)["id"])
    return add_execution(instance, stream, dataset, job, run_type=run_type, started_by=started_by)


def stop_execution(request: web.Request, execution: Record, category: str, message: object) -> Record:
    by = str(caller_of(request)["id"])
    aborted = {"at": time.time_ns(), "by": by, "category": category, "message": message}
    return instance_of(request).records["stream_executions"].update(execution_key(execution), aborted=aborted)


def add_stream(
    instance: Instance,
    dataset: Dataset,
    definition: Record,
    *,
    user_id: int,
    stream_id: int | None = None,
    created: int | None = None,
) -> Record:
    """Add a stream that fills a dataset.

    Args:
        instance: The instance.
        dataset: The dataset.
        definition: ``transport``, ``configuration``, ``accountId``, ``updateMethod``, ``dataProviderKey`` and
            ``advancedScheduleJson``.
        user_id: The user who creates it.
        stream_id: Its id; by default the next free one.
        created: The time of creation in seconds; now by default.
    """
    number = free_id(instance, "streams", 1) if stream_id is None else stream_id
    created = int(time.time()) if created is None else created
    # The descriptions of the dataset find its stream by this.
    instance.records["dataset_streams"].put(dataset.id, {"streamId": number})
    return instance.records["streams"].put(
        number,
        {
            "id": number,
            "dataSourceId": dataset.id,
            **definition,
            "createdAt": created,
            "createdBy": user_id,
            "modifiedAt": created,
            "modifiedBy": user_id,
            "runs": 0,
        },
    )


def add_execution(
    instance: Instance,
    stream: Record,
    dataset: Dataset,
    job: Record,
    *,
    run_type: str,
    started_by: str | None = None,
    started: int | None = None,
    rng: Random | None = None,
) -> Record:
    """Add a run of a stream.

    Args:
        instance: The instance.
        stream: The stream.
        dataset: Its dataset.
        job: The run's job.
        run_type: The trigger of the run.
        started_by: The user who started it, if it was started by one.
        started: The start time in nanoseconds; now by default.
        rng: The generator of its random identifiers.
    """
    number = instance.records["streams"].get(stream["id"])["runs"] + 1
    instance.records["streams"].update(stream["id"], runs=number)
    brings = stream["updateMethod"] == "REPLACE" and job["state"] in GOOD
    random_id = uuid.uuid4() if rng is None else uuid.UUID(int=rng.getrandbits(128), version=4)
    execution = {
        "streamId": stream["id"],
        "executionId": number,
        "toe": thread_of_execution() if rng is None else f"{random_id.hex[:10]}-{random_id.hex[-5:]}-RUN00".upper(),
        "startedAt": time.time_ns() if started is None else started,
        "updateMethod": stream["updateMethod"],
        "containerManagerId": f"cm-{random_id}",
        "runType": run_type,
        "startedBy": started_by,
        "rows": dataset.row_count if brings else 0,
        "bytes": sum(version.bytes for version in dataset.visible) if brings else 0,
        "job": job,
        "aborted": None,
    }
    return instance.records["stream_executions"].put(execution_key(execution), execution)


def execution_key(execution: Record) -> str:
    return f"{execution['streamId']}/{execution['executionId']}"


def stream_of_dataset(instance: Instance, dataset: Dataset) -> Record | None:
    known = instance.records["dataset_streams"].find(dataset.id)
    return None if known is None else instance.records["streams"].find(known["streamId"])


def executions_of(instance: Instance, stream: Record) -> Iterator[Record]:
    """Yield the runs of a stream, the last one first."""
    for number in range(stream["runs"], 0, -1):
        yield instance.records["stream_executions"].get(f"{stream['id']}/{number}")


def current_execution(instance: Instance, stream: Record) -> Record | None:
    """Return the run in progress, which can only be the last one; None if there is none."""
    last = next(executions_of(instance, stream), None)
    return last if last is not None and state_of(instance, last) == ACTIVE else None


def has_account(instance: Instance, stream: Record) -> bool:
    return stream["accountId"] is None or stream["accountId"] in instance.records["accounts"]


def state_of(instance: Instance, execution: Record) -> str:
    if execution["aborted"] is not None:
        return ERROR
    return str(execution["job"]["state"]) if is_over(instance, execution["job"]) else ACTIVE

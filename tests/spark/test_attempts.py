"""What a task sends and the driver commits, attempt by attempt; without a running Spark."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

pytest.importorskip("pyspark", reason="needs the extra spark")

import pyarrow as pa
from attrs import frozen
from pyspark.sql.types import LongType, StructType

from domo_async import Retries, RowCountMismatch, Settings, UploadError
from domo_async._emulator.faults import Fault
from domo_async._spark import writer as writing
from domo_async._spark.options import Connection, WriteOptions
from domo_async._spark.writer import DomoWriter, open_writer
from domo_async.sync import Domo

SCHEMA = StructType().add("id", LongType())


@frozen
class Task:
    """What a task is told of itself."""

    partition: int
    attempt: int = 0

    def partitionId(self) -> int:  # noqa: N802 - Spark's
        return self.partition

    def attemptNumber(self) -> int:  # noqa: N802 - Spark's
        return self.attempt


@pytest.fixture
def dataset(portal):
    return portal.datasets.create("attempts", {"id": "LONG"}).id


@pytest.fixture
def writer(instance, dataset) -> DomoWriter:
    options = {"instance": instance.url, "token": instance.token, "dataset": dataset}
    return open_writer(WriteOptions.of(options), SCHEMA, overwrite=True)


@pytest.fixture
def run(monkeypatch):
    """Run an attempt of a partition: ``run(writer, partition, rows)``."""

    def attempt(writer: DomoWriter, partition: int, rows: list[int], number: int = 0) -> Any:
        context = type("Context", (), {"get": staticmethod(lambda: Task(partition, number))})
        monkeypatch.setattr(writing, "TaskContext", context)
        # As Spark does it: the writer travels to the executor, the message back.
        there = pickle.loads(pickle.dumps(writer))
        batches = [pa.record_batch({"id": pa.array([row], pa.int64())}) for row in rows]
        return pickle.loads(pickle.dumps(there.write(iter(batches))))

    return attempt


def ids(domo, dataset):
    return sorted(row[0] for row in domo.datasets.query(dataset, "SELECT id FROM table"))


def test_a_copy_that_sends_its_part_late_adds_nothing(writer, run, portal, dataset):
    first = run(writer, 0, [1, 2, 3])
    second = run(writer, 1, [4, 5])
    run(writer, 0, [3, 1, 2], number=1)  # the same rows in another order

    writer.commit([first, second])

    assert [1, 2, 3, 4, 5] == ids(portal, dataset)


def test_a_copy_that_is_killed_while_it_sends_leaves_the_other_ones_part(
    writer, run, portal, instance, dataset, monkeypatch
):
    first = run(writer, 0, list(range(100)))
    once = Settings(retries=Retries(attempts=1))
    monkeypatch.setattr(Connection, "client", lambda self: Domo(self.instance, token=self.token, settings=once))
    instance.faults.add(Fault("PUT */parts/1", "drop_before", after_bytes=50))
    with pytest.raises(UploadError):
        run(writer, 0, list(range(50)), number=1)

    writer.commit([first])

    assert list(range(100)) == ids(portal, dataset)


def test_a_copy_that_comes_after_the_commit_changes_nothing(writer, run, portal, dataset):
    writer.commit([run(writer, 0, [1])])

    with pytest.raises(UploadError, match="part 1 could not be sent"):
        run(writer, 0, [2], number=1)

    assert [1] == ids(portal, dataset)


def test_a_copy_with_other_rows_is_noticed(writer, run, portal, dataset):
    first = run(writer, 0, [1, 2, 3])
    run(writer, 0, [1, 2], number=1)

    with pytest.raises(RowCountMismatch, match="of 3 rows sent data version 1 holds 2"):
        writer.commit([first])


@pytest.mark.parametrize("missing", ["first", "last", "twice", "all"])
def test_nothing_is_committed_unless_each_partition_is_there_once(writer, run, portal, instance, missing):
    zero, one = run(writer, 0, [1]), run(writer, 1, [2])
    told = {"first": [None, one], "last": [zero, None], "twice": [zero, zero], "all": []}[missing]

    with pytest.raises(UploadError, match="nothing was committed"):
        writer.commit(told)

    assert not instance.log.matching("PUT */commit")


def test_aborting_asks_for_nothing(writer, run, instance):
    told = run(writer, 0, [1])
    asked = len(instance.log)

    writer.abort([told, None])

    assert asked == len(instance.log)


def test_the_token_is_in_nothing_that_is_shown(writer, run, instance):
    shown = f"{writer!r} {vars(writer)!r} {run(writer, 0, [1])!r}"

    assert instance.url in shown
    assert instance.token not in shown

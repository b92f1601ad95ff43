"""Datasets that are made of sources, plans of uploads, and what is removed for good."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from domo_async import AfterCommitError, CommitUncertain, ConfigError, NotFound, ServerError, SourceError, UploadError
from domo_async._transfer import UploadPlan
from domo_async.emulator import Fault

COLUMNS = {"id": "LONG", "name": "STRING"}


async def rows(domo, dataset_id: str) -> list[tuple[Any, ...]]:
    return list(await domo.datasets.query(dataset_id, "SELECT * FROM table"))


SOURCES: list[tuple[Any, dict[str, str], list[tuple[Any, ...]]]] = [
    (b"id,name,price\n1,x,1.5\n2,,2", {**COLUMNS, "price": "DOUBLE"}, [(1, "x", 1.5), (2, None, 2.0)]),
    (
        [{"id": 1, "day": date(2026, 1, 2)}, {"id": 2}],
        {"id": "LONG", "day": "DATE"},
        [(1, date(2026, 1, 2)), (2, None)],
    ),
    (pa.table({"d": [Decimal("1.50")], "ok": [True]}), {"d": "DECIMAL", "ok": "STRING"}, [(Decimal("1.5"), "true")]),
    (pd.DataFrame({"id": [1], "name": ["x"]}), COLUMNS, [(1, "x")]),
]


@pytest.mark.parametrize(("source", "columns", "expected"), SOURCES)
async def test_a_dataset_is_made_with_the_columns_and_rows_of_a_source(domo, source, columns, expected):
    made = await domo.datasets.create_from(source, "Made")

    assert columns == made.columns
    assert len(expected) == made.upload.rows
    assert "Made" == (await domo.datasets.get(made.id)).name
    assert expected == await rows(domo, made.id)


async def test_the_caller_s_columns_come_before_those_that_the_source_seems_to_have(domo):
    made = await domo.datasets.create_from(b"id,name\n007,x\n", "Made", columns={"id": "STRING", "name": "STRING"})

    assert [("007", "x")] == await rows(domo, made.id)


@pytest.mark.parametrize("source", [b"", [["a", 1]], [], [[]]])
async def test_a_source_that_names_no_columns_makes_no_dataset(domo, emulator, source):
    with pytest.raises(SourceError, match="columns"):
        await domo.datasets.create_from(source, "Made")

    assert [] == emulator.log.matching("POST *")


def breaking():
    yield {"id": 1}
    yield from ({"id": n} for n in range(5000))
    raise ZeroDivisionError


FAILING: list[tuple[Callable[[], Any], Fault | None, type[BaseException]]] = [
    (lambda: b"id,name\n1,x\n2\n", None, SourceError),
    (lambda: b"id,name\n" + b"1,x\n" * 2000 + b"no number,x\n", None, UploadError),
    (lambda: b"id,name\n1,x\n", Fault("PUT *parts/*", "status", count=None), UploadError),
    (lambda: b"id,name\n1,x\n", Fault("POST *uploads", "status", count=None), UploadError),
    (breaking, None, SourceError),
]


@pytest.mark.parametrize(("make", "fault", "error"), FAILING)
async def test_a_dataset_whose_upload_fails_is_removed_again(domo, emulator, make, fault, error):
    if fault is not None:
        emulator.faults.add(fault)

    with pytest.raises(error) as caught:
        await domo.datasets.create_from(make(), "Made", part_size=100)

    assert "was deleted" in caught.value.__notes__[0]
    assert [] == await domo.datasets.list().all()


async def test_a_dataset_whose_upload_is_cancelled_is_removed_again(domo, emulator):
    emulator.faults.add(Fault("PUT *parts/*", "delay", delay=5))
    made = asyncio.create_task(domo.datasets.create_from(b"id\n1\n", "Made"))
    while not emulator.faults.fired:
        await asyncio.sleep(0.001)

    made.cancel()
    with pytest.raises(asyncio.CancelledError):
        await made

    assert [] == await domo.datasets.list().all()


async def test_a_dataset_that_cannot_be_removed_is_named(domo, emulator):
    emulator.faults.add(Fault("PUT *parts/*", "status", count=None))
    emulator.faults.add(Fault("DELETE *", "status", status=403, count=None))

    with pytest.raises(UploadError) as caught:
        await domo.datasets.create_from(b"id\n1\n", "Made")

    (left,) = await domo.datasets.list().all()
    assert f"{left.id}, created for the upload, still exists" in caught.value.__notes__[0]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("GET *statuses", "status", status=400, count=None), AfterCommitError),
        (Fault("PUT *commit", "status", status=504), CommitUncertain),
    ],
)
async def test_a_dataset_that_holds_rows_or_may_is_kept(domo, emulator, fault, error):
    emulator.faults.add(fault)

    with pytest.raises(error) as caught:
        await domo.datasets.create_from(b"id\n1\n", "Made")

    assert [caught.value.dataset_id] == [dataset.id for dataset in await domo.datasets.list().all()]


async def test_a_call_that_makes_a_dataset_each_time_cannot_be_resumed(domo, emulator, tmp_path):
    with pytest.raises(ConfigError, match="create_from cannot be resumed"):
        await domo.datasets.create_from(b"id\n1\n", "Made", resume=tmp_path / "journal")

    assert [] == list(emulator.log)


PLANS = [
    (
        b"id,name\n1,x\n2,y\n",
        {},
        UploadPlan(columns=("id", "name"), header=True, order=None, added={}, rows=2, bytes=8, parts=1),
    ),
    (
        b"1,x\n2,y\n",
        {"part_size": 4},
        UploadPlan(columns=("id", "name"), header=False, order=None, added={}, rows=2, bytes=8, parts=2),
    ),
    (
        [{"name": "x", "new": 1.5}],
        {"schema": "evolve"},
        UploadPlan(
            columns=("id", "name", "new"),
            header=False,
            order=(None, 0, 1),
            added={"new": "DOUBLE"},
            rows=1,
            bytes=9,
            parts=1,
        ),
    ),
]


@pytest.mark.parametrize(("source", "options", "expected"), PLANS)
async def test_a_plan_tells_what_would_be_sent_and_only_reads(domo, emulator, source, options, expected):
    dataset = await domo.datasets.create("Test", COLUMNS)
    emulator.log.clear()

    plan = await domo.datasets.plan_upload(dataset.id, source, **options)

    assert expected == plan
    assert {"GET"} == {record.method for record in emulator.log}


async def test_a_plan_refuses_what_an_upload_would(domo):
    dataset = await domo.datasets.create("Test", COLUMNS)

    with pytest.raises(SourceError, match="line 3"):
        await domo.datasets.plan_upload(dataset.id, b"id,name\n1,x\n2\n")


async def versions(domo, dataset_id: str) -> list[int]:
    return sorted(version.data_id for version in await domo.datasets.versions.list(dataset_id).all())


async def test_versions_that_were_replaced_are_deleted(domo):
    dataset = await domo.datasets.create("Test", COLUMNS)
    for number in range(4):
        await domo.datasets.upload(dataset.id, b"%d,x\n" % number * (number + 1))
    before = await versions(domo, dataset.id)

    would = await domo.datasets.versions.keep_last(dataset.id, 2, dry_run=True)
    assert before == await versions(domo, dataset.id)
    gone = await domo.datasets.versions.keep_last(dataset.id, 2)

    assert would == gone
    assert before[:2] == sorted(version.data_id for version in gone)
    assert before[2:] == await versions(domo, dataset.id)
    assert [(3, "x")] * 4 == await rows(domo, dataset.id)
    assert () == await domo.datasets.versions.keep_last(dataset.id, 2)


async def test_versions_that_the_rows_are_made_of_are_kept(domo, emulator):
    dataset = await domo.datasets.create("Test", COLUMNS)
    for number in range(4):
        await domo.datasets.upload(dataset.id, b"%d,x\n" % number, action="APPEND")

    with pytest.raises(ConfigError, match="nothing was deleted"):
        await domo.datasets.versions.keep_last(dataset.id, 3)

    assert [] == emulator.log.matching("DELETE *")
    assert 4 == len(await rows(domo, dataset.id))
    assert () == await domo.datasets.versions.keep_last(dataset.id, 4)


async def test_versions_that_partitions_are_made_of_are_kept_though_the_rows_seem_to_be_others(domo, emulator):
    dataset = await domo.datasets.create("Test", COLUMNS)
    # As many rows as the two newest versions have, of which the older was replaced.
    for tag, number in (("first", 1), ("second", 2), ("second", 3)):
        await domo.datasets.upload(dataset.id, b"%d,x\n" % number, action="APPEND", partition=tag)

    with pytest.raises(ConfigError, match="partitions are made of data versions older"):
        await domo.datasets.versions.keep_last(dataset.id, 2)

    assert [] == emulator.log.matching("DELETE *")
    assert [(1, "x"), (3, "x")] == sorted(await rows(domo, dataset.id))


@pytest.mark.parametrize("count", [0, -1])
async def test_at_least_one_version_is_kept(domo, count):
    with pytest.raises(ConfigError, match="at least 1"):
        await domo.datasets.versions.keep_last("x", count)


async def test_a_partition_is_removed_altogether(domo):
    dataset = await domo.datasets.create("Test", COLUMNS)
    for tag, number in (("first", 1), ("second/b", 2)):
        await domo.datasets.upload(dataset.id, b"%d,x\n" % number, action="APPEND", partition=tag)

    await domo.datasets.partitions.remove(dataset.id, "second/b")

    assert [(1, "x")] == await rows(domo, dataset.id)
    assert ["first"] == [found.partition_id for found in await domo.datasets.partitions.list(dataset.id).all()]


@pytest.mark.parametrize("route", ["DELETE *data", "DELETE *partition/*", "POST *indexes"])
async def test_a_removal_that_failed_halfway_is_completed_by_the_same_call(domo, emulator, route):
    dataset = await domo.datasets.create("Test", COLUMNS)
    await domo.datasets.upload(dataset.id, b"1,x\n", action="APPEND", partition="first")
    emulator.faults.add(Fault(route, "status", count=None))
    with pytest.raises(ServerError):
        await domo.datasets.partitions.remove(dataset.id, "first")
    emulator.faults.clear()

    await domo.datasets.partitions.remove(dataset.id, "first")

    assert [] == await rows(domo, dataset.id)
    assert [] == await domo.datasets.partitions.list(dataset.id).all()


async def test_the_partition_of_a_missing_dataset_is_not_found(domo):
    with pytest.raises(NotFound):
        await domo.datasets.partitions.remove("absent", "first")

"""Several uploads at once, what they share, and what is told of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from domo_async import ConfigError, Domo, Settings, SourceError, UploadError
from domo_async._transfer import Budget, Progress, ProgressEvents, UploadKeywords
from domo_async._transfer.uploading.concurrency import AdaptiveConcurrency, Slots
from domo_async.emulator import Fault

PART = "PUT *parts/*"
COLUMNS = {"id": "LONG", "name": "STRING"}
SMALL: UploadKeywords = {"part_size": 100}


def table(rows: range) -> bytes:
    return b"".join(b'%d,"name, %d"\n' % (row, row) for row in rows)


async def new_datasets(domo: Domo, count: int) -> list[str]:
    return [(await domo.datasets.create(f"Test {n}", COLUMNS)).id for n in range(count)]


async def ids(domo: Domo, dataset_id: str) -> list[Any]:
    return [row[0] for row in await domo.datasets.query(dataset_id, "SELECT id FROM table")]


async def test_one_that_fails_does_not_keep_the_others_from_landing(domo):
    datasets = await new_datasets(domo, 4)
    sources = {dataset_id: table(range(n, n + 50)) for n, dataset_id in enumerate(datasets)}
    sources[datasets[1]] += b"1,2,3\n"

    outcomes = await domo.datasets.upload_many(sources, **SMALL)

    assert datasets == [outcome.item for outcome in outcomes]
    assert [datasets[1]] == [outcome.item for outcome in outcomes.failed]
    assert isinstance(outcomes.failed[0].error, SourceError)
    assert 51 == outcomes.failed[0].error.line
    assert [50, 50, 50] == [outcome.result.rows for outcome in outcomes.ok if outcome.result]
    for n, dataset_id in enumerate(datasets):
        assert (list(range(n, n + 50)) if n != 1 else []) == await ids(domo, dataset_id)
    with pytest.raises(SourceError):
        outcomes.raise_for_failures()


async def test_a_source_that_raises_is_one_outcome_and_stops_no_other(domo):
    datasets = await new_datasets(domo, 3)

    async def slow() -> AsyncIterator[bytes]:
        for row in range(50):
            await asyncio.sleep(0)
            yield table(range(row, row + 1))

    def raising() -> Iterator[tuple[int, str]]:
        yield 1, "x"
        raise LookupError("the cursor is gone")

    sources = {datasets[0]: table(range(5)), datasets[1]: raising(), datasets[2]: slow()}
    outcomes = await domo.datasets.upload_many(sources)

    assert [5, None, 50] == [outcome.result and outcome.result.rows for outcome in outcomes]
    with pytest.raises(SourceError, match="the source failed: LookupError: the cursor is gone") as caught:
        outcomes.raise_for_failures()
    assert isinstance(caught.value.__cause__, LookupError)
    assert [5, 0, 50] == [len(await ids(domo, dataset_id)) for dataset_id in datasets]


async def test_after_a_failure_no_other_is_begun_if_that_is_wished(domo):
    datasets = await new_datasets(domo, 20)
    sources = dict.fromkeys(datasets, table(range(50))) | {datasets[0]: b"1,2,3\n"}

    outcomes = await domo.datasets.upload_many(sources, **SMALL, stop_on_error=True)

    assert [datasets[0]] == [outcome.item for outcome in outcomes.failed]
    assert {outcome.item for outcome in outcomes.not_begun} >= set(datasets[8:])
    assert 20 == len(outcomes.ok) + len(outcomes.failed) + len(outcomes.not_begun)


async def test_together_they_keep_to_the_budget_of_parts(emulator, clock):
    emulator.faults.add(Fault(PART, "delay", delay=0.01, count=None))
    async with emulator.client(settings=Settings(clock=clock)) as domo:
        datasets = await new_datasets(domo, 5)
        outcomes = await domo.datasets.upload_many(
            dict.fromkeys(datasets, table(range(100))), **SMALL, budget=Budget(parts=6)
        )

    assert 5 == len(outcomes.ok)
    assert 6 == emulator.log.peak_concurrency(PART)


async def test_together_they_keep_to_the_budget_of_memory(emulator, clock, monkeypatch):
    emulator.faults.add(Fault(PART, "delay", delay=0.005, count=None))
    held = most = 0
    hold, leave = Slots.hold, Slots.leave

    def counted(self: Slots, size: int) -> None:
        nonlocal held, most
        held += size
        most = max(most, held)
        hold(self, size)

    def counted_less(self: Slots, size: int) -> None:
        nonlocal held
        held -= size
        leave(self, size)

    monkeypatch.setattr(Slots, "hold", counted)
    monkeypatch.setattr(Slots, "leave", counted_less)

    async def stream() -> AsyncIterator[bytes]:
        for row in range(200):
            yield table(range(row, row + 1))

    async with emulator.client(settings=Settings(clock=clock)) as domo:
        datasets = await new_datasets(domo, 3)
        outcomes = await domo.datasets.upload_many(
            {dataset_id: stream() for dataset_id in datasets}, **SMALL, budget=Budget(memory=500)
        )

    assert 3 == len(outcomes.ok)
    assert 0 == held
    assert 500 <= most < 500 + 3 * 100, "a part is begun while there is any room, by each of the three"


@pytest.mark.parametrize("failing", ["the source", "a part", "a cancellation"])
async def test_uploads_that_fail_give_their_room_back(emulator, clock, failing):
    async with asyncio.timeout(20), emulator.client(settings=Settings(clock=clock)) as domo:
        (dataset_id,) = await new_datasets(domo, 1)
        budget = Budget(parts=2)
        content = table(range(30)) + (b"1,2,3\n" if failing == "the source" else b"")
        if failing == "a part":
            emulator.faults.add(Fault("PUT *parts/3", "status", status=400, count=None))
        if failing == "a cancellation":
            emulator.faults.add(Fault(PART, "delay", delay=5, count=3))
        for _ in range(3):
            upload = asyncio.create_task(domo.datasets.upload_many({dataset_id: content}, **SMALL, budget=budget))
            if failing == "a cancellation":
                while not emulator.faults.fired:
                    await asyncio.sleep(0.001)
                upload.cancel()
                await asyncio.wait([upload])
            else:
                assert 1 == len((await upload).failed)
        emulator.faults.clear()

        outcomes = await domo.datasets.upload_many({dataset_id: table(range(30))}, **SMALL, budget=budget)

    assert 1 == len(outcomes.ok)


async def test_a_lane_that_is_left_wakes_whoever_waits_for_another_upload():
    budget = Budget(parts=1)
    first, second = Slots(AdaptiveConcurrency(), budget), Slots(AdaptiveConcurrency(), budget)
    await first.enter()
    waiting = asyncio.create_task(second.enter())
    await asyncio.sleep(0)
    assert not waiting.done()

    first.leave(0)

    async with asyncio.timeout(1):
        await waiting


async def test_a_part_is_begun_while_there_is_room_for_what_one_upload_holds():
    slots = Slots(AdaptiveConcurrency(), Budget(), memory=10)
    for held in (9, 9):
        await slots.enter()
        slots.hold(held)
    waiting = asyncio.create_task(slots.enter())
    await asyncio.sleep(0)
    assert not waiting.done()

    slots.leave(9)

    async with asyncio.timeout(1):
        await waiting


async def test_each_has_a_journal_of_its_own_in_a_folder(domo, emulator, tmp_path):
    datasets = await new_datasets(domo, 2)
    sources = dict.fromkeys(datasets, table(range(50)))
    options: UploadKeywords = {"part_size": 100, "resume": tmp_path / "journals" / "today", "action": "APPEND"}
    emulator.faults.add(Fault(f"PUT *{datasets[1]}*parts/3", "status", status=400))

    outcomes = await domo.datasets.upload_many(sources, **options)
    assert isinstance(outcomes.failed[0].error, UploadError)
    assert {f"{dataset_id}.journal" for dataset_id in datasets} == {
        path.name for path in (tmp_path / "journals" / "today").iterdir()
    }
    emulator.log.clear()

    again = await domo.datasets.upload_many(sources, **options)

    assert 2 == len(again.ok)
    assert [] == emulator.log.matching(f"PUT *{datasets[0]}*")
    for dataset_id in datasets:
        assert list(range(50)) == await ids(domo, dataset_id)


async def test_nothing_to_upload_is_refused(domo):
    with pytest.raises(ConfigError, match="nothing to upload"):
        await domo.datasets.upload_many({})


async def told(events: ProgressEvents) -> list[Progress]:
    async with asyncio.timeout(10):
        return [progress async for progress in events]


async def test_progress_can_be_iterated_over_and_ends_with_the_upload(domo):
    (dataset_id,) = await new_datasets(domo, 1)
    events = ProgressEvents()
    upload = asyncio.create_task(domo.datasets.upload(dataset_id, table(range(200)), part_size=100, progress=events))

    found = await told(events)

    done = await upload
    assert (200, done.bytes, done.parts) == (found[-1].rows, found[-1].bytes, found[-1].parts)
    assert sorted(progress.parts for progress in found) == [progress.parts for progress in found]


@pytest.mark.parametrize("failing", ["the file", "the columns", "the dataset", "a part", "a row"])
async def test_progress_ends_however_the_upload_fails(domo, emulator, tmp_path, failing):
    (dataset_id,) = await new_datasets(domo, 1)
    source = {
        "the file": tmp_path / "absent.csv",
        "the columns": b"id,nome\n1,x\n",
        "a row": table(range(50)) + b"1,2,3\n",
    }.get(failing, table(range(50)))
    if failing == "a part":
        emulator.faults.add(Fault("PUT *parts/3", "status", status=400))
    events = ProgressEvents()
    upload = asyncio.create_task(
        domo.datasets.upload(
            "absent" if failing == "the dataset" else dataset_id, source, part_size=100, progress=events
        )
    )

    await told(events)

    assert isinstance((await asyncio.gather(upload, return_exceptions=True))[0], Exception)


@pytest.mark.parametrize("none", [False, True])
async def test_progress_of_several_ends_with_the_last_of_them(domo, none):
    datasets = [] if none else await new_datasets(domo, 3)
    sources = {dataset_id: table(range(n * 100 + 1)) for n, dataset_id in enumerate(datasets)}
    events = ProgressEvents()
    upload = asyncio.create_task(domo.datasets.upload_many(sources, part_size=100, progress=events))

    found = await told(events)

    assert upload.done() or not (await asyncio.wait([upload]))[1]
    assert none or 201 in {progress.rows for progress in found}
    assert isinstance(upload.exception(), ConfigError) == none

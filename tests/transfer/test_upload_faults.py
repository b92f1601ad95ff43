"""Uploads, each with a fault of any kind at any stage: old rows or new rows, and the caller knows which."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from domo_async import AfterCommitError, CommitUncertain, Domo, DomoError, RequestEvent, Settings, Timeouts, UploadError
from domo_async._transfer import Action
from domo_async.emulator import Emulator, Fault, FaultKind
from tests.support import SkippingClock

ROUTES = [
    "GET *schemas/latest",
    "GET *dataversions",
    "POST *uploads",
    "PUT *parts/*",
    "PUT *parts/1",
    "PUT *parts/3",
    "PUT *commit",
    "PUT *commit",
    "PUT *commit",
    "GET *statuses",
]
KINDS: list[FaultKind] = ["status", "delay", "drop_before", "drop_after", "truncate", "html", "text", "stall"]
ACTIONS: list[Action] = ["REPLACE", "APPEND"]
UPLOADS = 200


def random_fault(dice: random.Random, *, stalled: float = 0.05) -> Fault:
    """Return any fault; an answer that stalls does so for `stalled` seconds at the most."""
    kind: FaultKind = dice.choice(KINDS)
    return Fault(
        dice.choice(ROUTES),
        kind,
        count=dice.choice([1, 2, None, None]) if kind not in {"delay", "stall"} else 1,
        skip=dice.choice([0, 0, 0, 1, 2]),
        status=dice.choice([400, 401, 403, 404, 409, 429, 500, 502, 503, 504]),
        delay=dice.choice([0.01, 0.05]) if kind == "delay" else dice.choice([0.05, stalled]),
        after_bytes=dice.choice([None, 1, 300]) if kind in {"drop_before", "truncate"} else None,
        headers=dice.choice([{}, {"Retry-After": "1"}]),
    )


async def rows_in(domo: Domo, dataset_id: str) -> list[object]:
    return [row[0] for row in await domo.datasets.query(dataset_id, "SELECT n FROM table")]


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.hostile) for seed in range(1, 4))])
async def test_the_dataset_holds_exactly_the_old_or_the_new_rows_and_the_caller_is_told_which(seed):
    dice = random.Random(seed)
    told: Counter[str] = Counter()
    settings = Settings(clock=SkippingClock())
    async with Emulator() as emulator, emulator.client(settings=settings) as domo:
        # Whoever has no patience may lose it with a busy machine, too.
        hasty = domo.with_options(timeouts=Timeouts(read=1))
        dataset = await domo.datasets.create("Test", {"n": "LONG", "text": "STRING"})
        await domo.datasets.upload(dataset.id, b"0,first\n")
        old = await rows_in(domo, dataset.id)
        for upload in range(UPLOADS // 4):
            fresh = list(range(upload * 1000, upload * 1000 + dice.randint(1, 300)))
            action = dice.choice(ACTIONS)
            new = fresh if action == "REPLACE" else old + fresh
            fault = random_fault(dice, stalled=1.5)
            emulator.faults.add(fault)
            try:
                content = b"".join(b'%d,"a ""text""\nof %d"\n' % (n, n) for n in fresh)
                await (hasty if fault.kind == "stall" else domo).datasets.upload(
                    dataset.id, content, action=action, header=False, part_size=dice.choice([200, 1000]), concurrency=3
                )
            except CommitUncertain:
                outcome = "uncertain"
            except AfterCommitError:
                outcome = "new"
            except UploadError:
                outcome = "old"
            except DomoError:
                outcome = "old"  # nothing had been opened yet
            else:
                outcome = "new"
            emulator.faults.clear()

            held = await rows_in(domo, dataset.id)

            assert held in (old, new), fault
            if outcome == "uncertain":
                # Only where the commit's answer was lost, or is none of Domo's own refusals.
                assert fault.route == "PUT *commit", fault
                assert (fault.kind, fault.status) not in {("status", n) for n in (400, 401, 403, 404, 429)}, fault
            else:
                assert held == (old if outcome == "old" else new), (outcome, fault)
            told[outcome] += 1
            old = held

    assert told["old"] > 2
    assert told["new"] > 10


async def upload_as_advised(
    domo: Domo, others: Domo, emulator: Emulator, dataset: str, faults: list[Fault], **upload: Any
) -> list[str]:
    """Upload and do what each error advises, until it is done; return what was told. The first error ends the fault."""
    told = []
    for _ in range(20):
        try:
            await domo.datasets.upload(dataset, action="APPEND", header=False, part_size=100, **upload)
        except CommitUncertain as error:
            told.append("uncertain")
            faults.clear()
            emulator.faults.clear()
            versions = {version.data_id for version in await others.datasets.versions.list(dataset).all()}
            if upload["resume"] is None and error.upload_id in versions:
                return told
        except AfterCommitError:
            return [*told, "after the commit"]
        except DomoError:
            told.append("not committed")
            faults.clear()
            emulator.faults.clear()
        else:
            return [*told, "in"]
    raise AssertionError("it never came to an end")


async def beside_a_foreign_writer(seed: int, folder: Path, uploads: int) -> Counter[str]:
    """Append batches under random faults while somebody else appends equal ones; return what was told how often."""
    dice = random.Random(seed)
    told: Counter[str] = Counter()
    ours: list[int] = []
    async with Emulator() as emulator, emulator.client() as others:
        dataset = (await others.datasets.create("Test", {"n": "LONG", "text": "STRING"})).id
        size = 0
        faults: list[Fault] = []

        async def meanwhile(request: RequestEvent) -> None:
            if request.path.endswith("/commit") and dice.random() < 0.7:
                # Faults are to meet us.
                emulator.faults.clear()
                theirs = await others.datasets.uploads.open(dataset)
                await others.datasets.uploads.put_part(dataset, theirs.upload_id, 1, b"-1,theirs\n" * size)
                await others.datasets.uploads.commit(dataset, theirs.upload_id, action="APPEND")
                for each in faults:
                    emulator.faults.add(each)

        settings = Settings(clock=SkippingClock(), before_request=(meanwhile,))
        async with emulator.client(settings=settings) as domo:
            for upload in range(uploads):
                size = dice.randint(1, 40)
                fresh = range(upload * 1000, upload * 1000 + size)
                faults[:] = [random_fault(dice)]
                emulator.faults.add(faults[0])
                told.update(
                    await upload_as_advised(
                        domo,
                        others,
                        emulator,
                        dataset,
                        faults,
                        source=b"".join(b"%d,ours\n" % n for n in fresh),
                        resume=folder / f"{seed}-{upload}" if dice.random() < 0.5 else None,
                    )
                )
                emulator.faults.clear()
                ours += fresh
                await others.datasets.indexes.create(dataset)
                found = await others.datasets.query(dataset, "SELECT n FROM table WHERE n >= 0 ORDER BY n")
                assert ours == [row[0] for row in found], (seed, upload, faults)
    return told


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.hostile)])
async def test_beside_a_foreign_writer_no_row_is_lost_or_doubled(seed, tmp_path):
    told = await beside_a_foreign_writer(seed, tmp_path, uploads=20)

    assert told["in"] > 5


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_beside_a_foreign_writer_no_row_is_lost_or_doubled_a_thousand_times(tmp_path):
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")  # noqa: T201 - shown where it fails
    told: Counter[str] = Counter()
    for part in range(10):
        told += await beside_a_foreign_writer(seed + part, tmp_path, uploads=100)

    assert told["in"] > 300
    assert told["uncertain"] > 30

"""Two hundred uploads, each with a fault of any kind at any stage: old rows or new rows, and the caller knows which."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from domo_async import AfterCommitError, CommitUncertain, Domo, DomoError, Settings, Timeouts, UploadError
from domo_async.emulator import Emulator, Fault, FaultKind
from domo_async.transfer import Action
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


def random_fault(dice: random.Random) -> Fault:
    kind: FaultKind = dice.choice(KINDS)
    return Fault(
        dice.choice(ROUTES),
        kind,
        count=dice.choice([1, 2, None, None]) if kind not in {"delay", "stall"} else 1,
        skip=dice.choice([0, 0, 0, 1, 2]),
        status=dice.choice([400, 401, 403, 404, 409, 429, 500, 502, 503, 504]),
        delay=dice.choice([0.01, 0.05]) if kind == "delay" else dice.choice([0.05, 1.5]),
        after_bytes=dice.choice([None, 1, 300]) if kind in {"drop_before", "truncate"} else None,
        headers=dice.choice([{}, {"Retry-After": "1"}]),
    )


async def rows_in(domo: Domo, dataset_id: str) -> list[object]:
    return [row[0] for row in await domo.datasets.query(dataset_id, "SELECT n FROM table")]


@pytest.mark.parametrize("seed", range(4))
async def test_the_dataset_holds_exactly_the_old_or_the_new_rows_and_the_caller_is_told_which(seed):
    dice = random.Random(seed)
    told: Counter[str] = Counter()
    settings = Settings(clock=SkippingClock(), timeouts=Timeouts(read=1))
    async with Emulator() as emulator, emulator.client(settings=settings) as domo:
        dataset = await domo.datasets.create("Test", {"n": "LONG", "text": "STRING"})
        await domo.datasets.upload(dataset.id, b"0,first\n")
        old = await rows_in(domo, dataset.id)
        for upload in range(UPLOADS // 4):
            fresh = list(range(upload * 1000, upload * 1000 + dice.randint(1, 300)))
            action = dice.choice(ACTIONS)
            new = fresh if action == "REPLACE" else old + fresh
            fault = random_fault(dice)
            emulator.faults.add(fault)
            try:
                content = b"".join(b'%d,"a ""text""\nof %d"\n' % (n, n) for n in fresh)
                await domo.datasets.upload(
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

    assert told["old"] > 3
    assert told["new"] > 10

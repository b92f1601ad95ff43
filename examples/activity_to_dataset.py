"""Keep the activity log in a dataset, and append what is new with each run, each entry once.

    python examples/activity_to_dataset.py [STATE.json]

STATE.json remembers the dataset and how far the log was read; without it, two runs are made one after the other with a
file that is thrown away. Without any settings it talks to a Domo instance embedded in the process
(pip install "domo-async[emulator]"); for an instance of your own, set DOMO_INSTANCE and DOMO_DEVELOPER_TOKEN.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from domo_async import Domo
from domo_async.emulator import Emulator
from domo_async.models import ACTIVITY_COLUMNS, activity_rows


@asynccontextmanager
async def connect() -> AsyncIterator[Domo]:
    """Give a client: of your own instance if a DOMO_ variable is set, of an embedded one otherwise."""
    if any(name.startswith("DOMO_") for name in os.environ):
        async with Domo.from_env() as domo:
            yield domo
    else:
        async with Emulator() as emulator, emulator.client() as domo:
            yield domo


async def append_what_is_new(domo: Domo, state: Path) -> None:
    """Append what was done since the last run, or in the last month."""
    if known := load(state):
        dataset_id, entries = known["dataset"], domo.activity_log.iterate(cursor=known["cursor"])
    else:
        dataset_id = (await domo.datasets.create("Activity", ACTIVITY_COLUMNS)).id
        entries = domo.activity_log.iterate(datetime.now(UTC) - timedelta(days=30))
    # The log goes through memory page by page, however long it is.
    done = await domo.datasets.upload(dataset_id, activity_rows(entries), action="APPEND", allow_empty=True)
    # Only now: had the upload failed, the next run would begin where this one did.
    save(state, {"dataset": dataset_id, "cursor": entries.cursor})
    print(f"Appended {done.rows} rows")


def load(state: Path) -> dict[str, str]:
    """Return what the last run remembered, nothing before the first."""
    known: dict[str, str] = json.loads(state.read_text(encoding="utf-8")) if state.exists() else {}
    return known


def save(state: Path, known: dict[str, str]) -> None:
    """Remember something for the next run."""
    state.write_text(json.dumps(known), encoding="utf-8")


async def main(state: Path | None) -> None:
    """Make one run with a state that lasts, or two with one that does not."""
    async with connect() as domo:
        if state is not None:
            await append_what_is_new(domo, state)
            return
        await domo.users.list().all()  # something to tell of
        with tempfile.TemporaryDirectory() as scratch:
            for _ in range(2):
                await append_what_is_new(domo, Path(scratch) / "state.json")


asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))

"""Refresh several datasets from several files at once, so that it is safe to run again.

    python examples/bulk_upload.py [FILE.csv …]

Without files it makes some. Without any settings it talks to a Domo instance embedded in the process
(pip install "domo-async[emulator]"); for an instance of your own, set DOMO_INSTANCE and DOMO_DEVELOPER_TOKEN.
Exits with 1 if a dataset was not refreshed.
"""

from __future__ import annotations

import asyncio
import csv
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from domo_async import AfterCommitError, CommitUncertain, Domo, DomoError, Progress, UploadError
from domo_async.emulator import Emulator


@asynccontextmanager
async def connect() -> AsyncIterator[Domo]:
    """Give a client: of your own instance if a DOMO_ variable is set, of an embedded one otherwise."""
    if any(name.startswith("DOMO_") for name in os.environ):
        async with Domo.from_env() as domo:
            yield domo
    else:
        async with Emulator() as emulator, emulator.client() as domo:
            yield domo


async def refresh(domo: Domo, dataset_id: str, file: Path) -> bool:
    """Replace a dataset's rows by a file's, and return whether the dataset now holds them."""

    def show(now: Progress) -> None:
        # Called after each part and some ten times a second.
        share = now.bytes / now.total_bytes if now.total_bytes else 1
        print(f"{file.name}: {share:.0%}, {now.parts} parts, {now.rows} rows", flush=True)

    try:
        done = await domo.datasets.upload(
            dataset_id,
            file,
            action="REPLACE",  # doing it twice gives what doing it once gives; APPEND would give the rows twice
            part_size=256 * 1024,  # small, for this example; the default of 8 MiB suits real files
            concurrency=4,  # parts under way at once, of each file
            wait=True,  # return when queries see the rows,
            verify=True,  # and only if the instance counts as many as were sent
            progress=show,
        )
    except UploadError as error:
        # Nothing was committed, the dataset holds what it held before. Requests were already sent again where that
        # could help, so find out why before you run this again.
        print(f"{file.name}: failed, the dataset is as it was: {error}")
    except CommitUncertain as error:
        # The network was lost at the very moment of the commit. With REPLACE it is safe to just run this again; with
        # APPEND look at `domo.datasets.versions.list(dataset_id)` first.
        print(f"{file.name}: may or may not have taken effect: {error}")
    except AfterCommitError as error:
        # The rows are in; do not send them again. A later step failed, such as their index, which can be begun again
        # with `domo.datasets.indexes.create(dataset_id)`.
        print(f"{file.name}: committed, but: {error}")
    except DomoError as error:
        # Nothing was begun: the file is not CSV for this dataset (SourceError), the instance cannot be reached …
        print(f"{file.name}: not uploaded: {error}")
    else:
        print(f"{file.name}: {done.rows} rows in {done.parts} parts, data version {done.data_version}")
        return True
    return False


async def main(files: list[Path]) -> bool:
    """Refresh a dataset a file, all at the same time, and return whether all went well."""
    async with connect() as domo:
        # You will have the ids of your datasets; this example makes new ones.
        ids = [(await domo.datasets.create(file.stem, columns_of(file))).id for file in files]
        # They share the client's connections, limits and retries. One that fails does not stop the others.
        outcomes = await asyncio.gather(*(refresh(domo, id_, file) for id_, file in zip(ids, files, strict=True)))
    return all(outcomes)


def columns_of(file: Path) -> dict[str, str]:
    """Return the columns that a file's header names, all of them as text."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return dict.fromkeys(next(csv.reader(lines)), "STRING")


def make_files(directory: Path) -> list[Path]:
    """Write some files to play with."""
    files = [directory / f"{name}.csv" for name in ("orders", "returns", "visits")]
    for place, file in enumerate(files, start=1):
        rows = (f'{number},"item, no. {number % 97}",{number * place}\n' for number in range(20_000 * place))
        file.write_text("id,item,amount\n" + "".join(rows), encoding="utf-8")
    return files


with tempfile.TemporaryDirectory() as scratch:
    given = [Path(argument) for argument in sys.argv[1:]]
    succeeded = asyncio.run(main(given or make_files(Path(scratch))))
sys.exit(0 if succeeded else 1)

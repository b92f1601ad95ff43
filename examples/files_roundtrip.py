"""Files up and down: one, several at once, and a whole folder, each of them whole or not at all.

    python examples/files_roundtrip.py [FOLDER]

Without a folder it makes one. Without any settings it talks to a Domo instance embedded in the process
(pip install "domo-async[emulator]"); for an instance of your own, set DOMO_INSTANCE and DOMO_DEVELOPER_TOKEN.
Exits with 1 if a file was not moved.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from domo_async import ContentMismatch, Domo, DomoError
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


async def one_file(domo: Domo, scratch: Path) -> None:
    """Upload a file and get it back, checked against the SHA-256 that the instance tells."""
    made = await domo.files.upload(b"quarter,amount\n1,119.99\n", name="figures.csv")
    target = scratch / "figures.csv"
    try:
        done = await domo.files.download(made.data_file_id, target)
        print(f"Downloaded {done.bytes} bytes, verified: {done.verified}")
    except ContentMismatch as error:
        # The bytes differed from those that the instance announced, each time; nothing is left under the file's name.
        print(f"Not downloaded: {error}")
    finally:
        await domo.files.delete(made.data_file_id)


async def several_files(domo: Domo, paths: list[Path], scratch: Path) -> bool:
    """Upload and download several files at once, and return whether all went well."""
    up = await domo.files.upload_many([*paths, scratch / "absent.txt"], concurrency=4)
    for entry in up.failed:
        # One that fails does not stop the others.
        print(f"Not uploaded: {Path(entry.item).name}: {type(entry.error).__name__}")
    targets = {
        entry.result.data_file_id: scratch / f"copy of {Path(entry.item).name}"
        for entry in up
        if entry.result is not None
    }
    down = await domo.files.download_many(targets)
    print(f"Uploaded {len(up.ok)} files, downloaded {len(down.ok)}")
    for file_id in targets:
        await domo.files.delete(file_id)
    return not down.failed


async def a_folder(domo: Domo, folder: Path, scratch: Path) -> bool:
    """Mirror a folder to a FileSet and from there to another folder, and return whether all went well."""
    fileset = await domo.filesets.create(name="Files of an example")
    try:
        plan = await domo.filesets.push_folder(fileset.id, folder, dry_run=True)
        print(f"To upload: {len(plan.transferred)} files, {plan.bytes} bytes")
        first = await domo.filesets.push_folder(fileset.id, folder)
        again = await domo.filesets.push_folder(fileset.id, folder)
        print(f"Uploaded {len(first.transferred)}, and the second time {len(again.transferred)}")
        pulled = await domo.filesets.pull_folder(fileset.id, scratch / "mirror", delete=True)
        print(f"Mirrored {len(pulled.transferred)} files")
        for entry in (*first.failed, *pulled.failed):
            print(f"Failed: {entry.path}: {entry.error}")
        return not (first.failed or pulled.failed)
    finally:
        await domo.filesets.delete(fileset.id)


def make_folder(scratch: Path) -> Path:
    """Write some files to play with."""
    for number in range(5):
        file = scratch / "folder" / f"part {number % 2}" / f"{number}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"line of file {number}\n" * 1000, encoding="utf-8")
    return scratch / "folder"


def files_in(folder: Path) -> list[Path]:
    """Return all files below a folder."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


async def main(scratch: Path, folder: Path) -> bool:
    """Make the tour, and return whether all went well."""
    async with connect() as domo:
        try:
            await one_file(domo, scratch)
            several = await several_files(domo, files_in(folder), scratch)
            return await a_folder(domo, folder, scratch) and several
        except DomoError as error:
            print(f"Given up: {error}")
            return False


with tempfile.TemporaryDirectory() as name:
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else make_folder(Path(name))
    succeeded = asyncio.run(main(Path(name), given))
sys.exit(0 if succeeded else 1)

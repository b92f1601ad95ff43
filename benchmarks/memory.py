"""The memory of an upload: a process that uploads against one that makes a single small call."""

from __future__ import annotations

import asyncio
import resource
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from benchmarks._csv import write_csv
from benchmarks._harness import Measurement, Options, Row, at_most, in_pairs, server
from domo_async import Domo

_CHUNK = 1 << 16


def benchmark(options: Options) -> Iterator[Row]:
    """Compare peaks for a file and for an async iterator, both four times as large as other benchmarks' files."""
    runs = min(options.runs, 3)
    size = 4 * options.size
    path = write_csv(options.folder / "huge.csv", size)
    what = f"{size / (1 << 30):g} GiB"
    with server() as url:
        idle = Measurement(one_call, url)
        file = Measurement(upload_file, url, str(path))
        streamed = Measurement(upload_stream, url, str(path))
        yield in_pairs(
            f"peak memory, upload of {what} / one call",
            "MiB",
            file,
            idle,
            runs=runs,
            target=at_most(32),
            difference=True,
        )
        yield in_pairs(
            f"peak memory, {what} from an async iterator / one call",
            "MiB",
            streamed,
            idle,
            runs=runs,
            target=at_most(64),
            difference=True,
        )
    path.unlink()


def one_call(url: str) -> float:
    """Return the peak of a process that makes one call."""

    async def run() -> None:
        async with Domo(url, token="benchmark") as domo:
            await domo.datasets.schemas.latest("dataset")

    asyncio.run(run())
    return _peak()


def upload_file(url: str, path: str) -> float:
    """Return the peak of a process that uploads a file."""

    async def run() -> None:
        async with Domo(url, token="benchmark") as domo:
            await domo.datasets.upload("dataset", path)

    asyncio.run(run())
    return _peak()


def upload_stream(url: str, path: str) -> float:
    """Return the peak of a process that uploads from an async iterator."""

    async def chunks() -> AsyncIterator[bytes]:
        with Path(path).open("rb") as file:  # noqa: ASYNC230 - needs no additional memory
            while chunk := file.read(_CHUNK):
                yield chunk

    async def run() -> None:
        async with Domo(url, token="benchmark") as domo:
            await domo.datasets.upload("dataset", chunks())

    asyncio.run(run())
    return _peak()


def _peak() -> float:
    """Return the peak memory of this process, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not `getrusage`: on Linux its peak may be that of the parent process.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)

"""The memory of an upload: a process that uploads against one that makes a single small call."""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from math import log2
from pathlib import Path
from statistics import linear_regression

from benchmarks._csv import records, write_csv
from benchmarks._harness import Measurement, Options, Row, at_most, in_pairs, server
from domo_async import Domo

_CHUNK = 1 << 16
_FAR = 100e9


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
        with web_server(options.folder) as web:
            yield in_pairs(
                f"peak memory, {what} from a URL by fsspec / one call",
                "MiB",
                Measurement(upload_file, url, f"{web}/{path.name}"),
                idle,
                runs=runs,
                target=at_most(96),
                difference=True,
            )
        yield from _extrapolated(url, options, runs)
    path.unlink()


@contextmanager
def web_server(folder: Path) -> Iterator[str]:
    """Give the URL of a plain web server in a separate process, which gives the files of a folder."""
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().split(" port ")[1].split()[0]
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _extrapolated(url: str, options: Options, runs: int) -> Iterator[Row]:
    """Extrapolate from three sizes: not measured, and only right if what holds for them holds for far larger files."""
    sizes = [options.size, 2 * options.size, 4 * options.size]
    paths = [str(write_csv(options.folder / f"file{size}.csv", size)) for size in sizes]
    times = [Measurement(upload_time, url, path) for path in paths]
    peaks = [Measurement(upload_file, url, path) for path in paths]
    what = f"{sizes[0] / (1 << 20):g}, {sizes[1] / (1 << 20):g} and {sizes[2] / (1 << 20):g} MiB"
    yield in_pairs(
        f"processor time of 100 GB, extrapolated from {what} / in proportion to the smallest",
        "s",
        lambda: _at(_FAR, sizes, [measure() for measure in times]),
        lambda: times[0]() / sizes[0] * _FAR,
        runs=runs,
        target=at_most(1.1),
    )
    yield in_pairs(
        f"peak memory at 100 GB, extrapolated from the logarithms of {what} / the smallest",
        "MiB",
        lambda: _at(log2(_FAR), [log2(size) for size in sizes], [measure() for measure in peaks]),
        peaks[0],
        runs=runs,
        target=at_most(32),
        difference=True,
    )
    for path in paths:
        Path(path).unlink()


def _at(far: float, sizes: Sequence[float], figures: Sequence[float]) -> float:
    """Return the value at `far` of the straight line through the figures."""
    slope, begin = linear_regression(sizes, figures)
    return begin + slope * far


def upload_time(url: str, path: str) -> float:
    """Return the seconds of processor time of an upload, without imports."""

    async def run() -> float:
        async with Domo(url, token="benchmark") as domo:
            await domo.datasets.upload("dataset", records(1000))
            started = time.process_time()
            await domo.datasets.upload("dataset", path)
            return time.process_time() - started

    return asyncio.run(run())


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

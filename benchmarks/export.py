"""A dataset's export to disk, against aiohttp's own iteration written to a file."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp

from benchmarks._harness import Measurement, Options, Row, at_least, in_pairs, server
from domo_async import Domo


def benchmark(options: Options) -> Iterator[Row]:
    """Compare `Datasets.export` with `iter_chunked` at its best chunk size.

    The client syncs the file to disk before it renames it; the baseline is measured with and without a sync.
    """
    target = str(options.folder / "export.csv")
    with server(export=options.size) as url:
        chunk = max((1 << 16, 1 << 18, 1 << 20), key=lambda size: Measurement(bare, url, target, size, False)())
        ours = Measurement(sdk, url, target)
        for sync, what, aim in ((True, "iter_chunked and fsync", at_least(0.9)), (False, "iter_chunked", None)):
            theirs = Measurement(bare, url, target, chunk, sync)
            yield in_pairs(f"export to disk / {what}", "MB/s", ours, theirs, runs=options.runs, target=aim)


def sdk(url: str, target: str) -> float:
    """Export by the client; return MB/s."""

    async def run() -> float:
        async with Domo(url, token="benchmark") as domo:
            await domo.datasets.schemas.latest("dataset")
            started = time.perf_counter()
            result = await domo.datasets.export("dataset", target)
            return result.bytes / (time.perf_counter() - started) / 1e6

    return asyncio.run(run())


def bare(url: str, target: str, chunk_size: int, sync: bool) -> float:
    """Write aiohttp's chunks of a size to a file; return MB/s."""

    async def run() -> float:
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{url}/api/data/v3/datasources/dataset") as response:
                await response.read()
            size = 0
            started = time.perf_counter()
            with Path(target).open("wb") as file:  # noqa: ASYNC230 - the quickest way
                async with session.post(f"{url}/api/query/v1/execute/export/dataset", json={}) as response:
                    async for chunk in response.content.iter_chunked(chunk_size):
                        size += file.write(chunk)
                if sync:
                    file.flush()
                    os.fsync(file.fileno())
            return size / (time.perf_counter() - started) / 1e6

    return asyncio.run(run())

"""Exports under faults of all kinds: a right file, or an error and no file at all."""

from __future__ import annotations

import asyncio
import csv
import gzip
import os
import random
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from pyarrow import parquet

from domo_async import DomoError, Retries, Timeouts
from tests.support import talking_to

LINES = 3_000
OLD = b"the former file"


def content_of(version: int) -> bytes:
    return b"n,s\n" + b"".join(b'%d,"%d, ""v""\n%d"\n' % (number, version, number) for number in range(LINES))


def rows_of(path: Path) -> list[tuple[int, str]]:
    if path.suffix == ".parquet":
        return [(row["n"], row["s"]) for row in parquet.read_table(path).to_pylist()]
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    header, *rows = csv.reader(text.splitlines(keepends=True))
    assert ["n", "s"] == header
    return [(int(number), said) for number, said in rows]


class Unreliable:
    """An instance on which each export goes wrong in some way, or well; each time its data are others."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self.version = 0

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        await request.read()
        if "text/csv" not in request.headers["Accept"]:
            kinds = [{"type": "LONG"}, {"type": "STRING"}]
            return web.json_response({"columns": ["n", "s"], "metadata": kinds, "rows": []})
        self.version += 1
        content = content_of(self.version)
        kind = self._chance.choice(
            ["good", "good", "cut", "close", "too long", "too short", "stall", "status", "html", "error inside"]
        )
        if kind == "status":
            return web.json_response({"message": "down"}, status=self._chance.choice([500, 503, 429, 400, 403]))
        if kind == "html":
            return web.Response(text="<html>maintenance</html>", status=503, content_type="text/html")
        # A single one too few would leave but the last line end over, which HTTP takes for a blank between answers.
        wrong = self._chance.randrange(2, 99)
        length = {"good": 0, "too long": wrong, "too short": -wrong}.get(kind)
        length = None if length is None else len(content) + length
        headers = {"Content-Type": "text/csv"}
        if length is None and self._chance.random() < 0.5:
            length = len(content)
        if length is not None:
            headers["Content-Length"] = str(length)
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        await self._send(request, response, content, kind, wrong)
        return response

    async def _send(
        self, request: web.BaseRequest, response: web.StreamResponse, content: bytes, kind: str, wrong: int
    ) -> None:
        assert request.transport is not None
        if kind == "good":
            await response.write(content)
            return
        if kind == "too short":
            await response.write(content[:-wrong])
            # The server itself would not send more than it announced.
            request.transport.write(content[-wrong:])
            return
        await response.write(content if kind == "too long" else content[: self._chance.randrange(len(content))])
        if kind == "error inside":
            raise RuntimeError("the query failed on its way")
        if kind == "stall":
            await asyncio.sleep(60)
        if kind == "cut":
            request.transport.abort()
        else:
            request.transport.close()


async def export_under_faults(seed: int, folder: Path) -> str:
    """Export once, and return how it went."""
    chance = random.Random(seed)
    path = folder / f"out{seed}{chance.choice(['.csv', '.csv', '.csv.gz', '.parquet'])}"
    before = chance.random() < 0.5
    if before:
        path.write_bytes(OLD)
    instance = Unreliable(seed)
    options: dict[str, Any] = {"timeouts": Timeouts(read=0.15), "retries": Retries(attempts=chance.choice([1, 3]))}
    async with talking_to(instance, **options) as domo:
        try:
            done = await domo.datasets.export("x", path)
        except DomoError as error:
            outcome = type(error).__name__
            kept = path.read_bytes() if path.exists() else None
            assert kept == (OLD if before else None)
        else:
            outcome = "whole"
            version = instance.version
            assert [(number, f'{version}, "v"\n{number}') for number in range(LINES)] == rows_of(path)
            assert done.bytes == (path.stat().st_size if path.suffix == ".parquet" else len(content_of(version)))
            assert LINES == done.rows
    return outcome


async def outcomes_of(seeds: range, folder: Path) -> set[str]:
    outcomes = {await export_under_faults(seed, folder) for seed in seeds}
    assert not [name for name in os.listdir(folder) if name.endswith(".part")]  # noqa: PTH208 - nothing is awaited
    return outcomes


@pytest.mark.hostile
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_exports_under_faults_are_whole_or_absent(tmp_path):
    assert {"whole", "IncompleteAnswer", "ServerError"} <= await outcomes_of(range(60), tmp_path)


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_five_hundred_exports_under_faults(tmp_path):
    assert {"whole", "IncompleteAnswer", "ServerError"} <= await outcomes_of(range(1_000, 1_500), tmp_path)

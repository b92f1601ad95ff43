"""Several exports and queries at once, of which the first that fails stops the others."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from domo_async import Domo, NotFound
from domo_async._endpoints.datasets.jobs import ExportJob, QueryJob
from domo_async._transfer import ItemResult
from domo_async._transfer.threads import in_thread
from domo_async.sync import Domo as SyncDomo
from tests.support import TOKEN, serving

HEAD = {"columns": ["a"], "metadata": [{"type": "LONG"}], "rows": [[1]]}


class Instance:
    """An instance on which one dataset is not found, once the stalled ones are under way, and one answers at once."""

    def __init__(self, folder: Path, stalled: int) -> None:
        self.folder = folder
        self.stalled = stalled
        self.asked: list[str] = []

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        dataset_id = request.path.rpartition("/")[2]
        if "/export/" not in request.path and b"LIMIT 0" in await request.read():
            return web.json_response(HEAD | {"rows": []})
        self.asked.append(dataset_id)
        if dataset_id == "bad":
            while not self.is_under_way():
                await asyncio.sleep(0)
            raise web.HTTPNotFound
        if dataset_id.startswith("stalled"):
            return await self.stall(request)
        if "/export/" in request.path:
            return web.Response(text="a\n1\n", content_type="text/csv")
        return web.json_response(HEAD)

    async def stall(self, request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/csv"})
        await response.prepare(request)
        await response.write(b"a\n" + b"12345\n" * 1_000_000)
        await asyncio.Event().wait()
        return response

    def is_under_way(self) -> bool:
        raise NotImplementedError


class Exporting(Instance):
    def is_under_way(self) -> bool:
        return self.stalled == len(list(self.folder.glob(".stalled*.part")))


class Querying(Instance):
    def is_under_way(self) -> bool:
        return self.stalled == sum(dataset_id.startswith("stalled") for dataset_id in self.asked)


async def outcomes_of(
    origin: str, jobs: list[ExportJob] | list[QueryJob], *, blocking: bool
) -> list[ItemResult[Any, Any]]:
    options = {"concurrency": 4, "stop_on_error": True}
    what = "export_many" if isinstance(jobs[0], ExportJob) else "query_many"

    def block() -> Iterable[ItemResult[Any, Any]]:
        with SyncDomo(origin, token=TOKEN) as domo:
            return list(getattr(domo.datasets, what)(jobs, **options))

    if blocking:
        return list(await asyncio.to_thread(block))
    async with Domo(origin, token=TOKEN) as domo:
        return [outcome async for outcome in getattr(domo.datasets, what)(jobs, **options)]


def told(outcomes: list[ItemResult[Any, Any]]) -> list[tuple[str, str]]:
    return [(outcome.item.dataset_id, fate(outcome)) for outcome in outcomes]


def fate(outcome: ItemResult[Any, Any]) -> str:
    if outcome.result is not None:
        return "done"
    if outcome.error is not None:
        return type(outcome.error).__name__
    return "cancelled" if outcome.cancelled else "not begun"


EXPECTED = [
    ("good", "done"),
    ("bad", NotFound.__name__),
    ("stalled1", "cancelled"),
    ("stalled2", "cancelled"),
    ("stalled3", "cancelled"),
    ("late", "not begun"),
]
IDS = ["good", "stalled1", "bad", "stalled2", "stalled3", "late"]


@pytest.mark.parametrize("blocking", [False, True], ids=["awaited", "blocking"])
@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".parquet", ".feather"])
async def test_the_first_export_that_fails_cancels_those_under_way(tmp_path, blocking, ending):
    instance = Exporting(tmp_path, stalled=3)
    (tmp_path / f"stalled1{ending}").write_bytes(b"what was there before")
    async with serving(instance) as origin:
        jobs = [ExportJob(dataset_id, tmp_path / f"{dataset_id}{ending}") for dataset_id in IDS]

        outcomes = await outcomes_of(origin, jobs, blocking=blocking)

        assert EXPECTED == told(outcomes)
        assert [f"good{ending}", f"stalled1{ending}"] == sorted(path.name for path in tmp_path.iterdir())
        assert b"what was there before" == (tmp_path / f"stalled1{ending}").read_bytes()
        assert "late" not in instance.asked


@pytest.mark.parametrize("blocking", [False, True], ids=["awaited", "blocking"])
async def test_the_first_query_that_fails_cancels_those_under_way(tmp_path, blocking):
    instance = Querying(tmp_path, stalled=3)
    async with serving(instance) as origin:
        outcomes = await outcomes_of(origin, [QueryJob(each, "SELECT 1") for each in IDS], blocking=blocking)

        assert EXPECTED == told(outcomes)
        assert "late" not in instance.asked


async def test_without_it_those_under_way_go_on(tmp_path):
    async with serving(Querying(tmp_path, stalled=0)) as origin, Domo(origin, token=TOKEN) as domo:
        jobs = [QueryJob(dataset_id, "SELECT 1") for dataset_id in ("bad", "good", "late")]
        outcomes = [outcome async for outcome in domo.datasets.query_many(jobs)]

    assert [("bad", "NotFound"), ("good", "done"), ("late", "done")] == sorted(told(outcomes))


async def test_a_cancellation_waits_for_the_thread():
    begun, ended = asyncio.Event(), []
    loop = asyncio.get_running_loop()
    proceed = asyncio.Event()

    def work() -> None:
        loop.call_soon_threadsafe(begun.set)
        asyncio.run_coroutine_threadsafe(proceed.wait(), loop).result()
        ended.append(True)

    working = asyncio.create_task(in_thread(work))
    await begun.wait()
    working.cancel()
    await asyncio.sleep(0)
    assert not working.done()
    proceed.set()
    with pytest.raises(asyncio.CancelledError):
        await working

    assert [True] == ended

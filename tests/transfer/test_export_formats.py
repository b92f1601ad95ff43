"""Exports to files of several kinds, and several exports and queries at once."""

from __future__ import annotations

import asyncio
import gzip
import io
import threading
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
import zstandard
from aiohttp import web
from pyarrow import feather, parquet

from domo_async import BadRequest, ConfigError, DomoError, IncompleteAnswer, NotFound
from domo_async._endpoints.datasets.jobs import ExportJob, QueryJob
from domo_async._transfer import ExportResult, Progress, file_writer
from domo_async._transfer.file_writer import BackgroundWriter
from domo_async.emulator import Fault
from tests.support import talking_to

EXPORT = "POST *export/*"
CONTENT = b'id,name,x\n1,plain,0.10\n2,"quoted, ""and"" broken\nline",\n3,,-5\n4,"",1\n5,\xc3\xa9,2\n'


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.fixture
async def dataset_id(domo):
    dataset = await domo.datasets.create("Test", {"id": "LONG", "name": "STRING", "x": "DECIMAL"})
    await domo.datasets.upload(dataset.id, CONTENT, header=True)
    return dataset.id


@pytest.fixture
async def content(domo, dataset_id):
    target = io.BytesIO()
    await domo.datasets.export(dataset_id, target)
    return target.getvalue()


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz", "OUT.GZ", "out.csv.zst", "plain", "out.txt"])
async def test_csv_is_packed_as_the_name_says(domo, dataset_id, content, tmp_path, name):
    path = tmp_path / name

    done = await domo.datasets.export(dataset_id, path)

    packed = path.read_bytes()
    unpacked = (
        gzip.decompress(packed)
        if name.lower().endswith("gz")
        else zstandard.ZstdDecompressor().decompressobj().decompress(packed)
        if name.endswith("zst")
        else packed
    )
    assert content == unpacked
    assert (len(content), 5) == (done.bytes, done.rows)
    assert [name] == names_in(tmp_path)


@pytest.mark.parametrize("name", ["out.parquet", "out.arrow", "out.feather"])
async def test_tables_are_written_as_the_name_says(domo, dataset_id, tmp_path, name):
    path = tmp_path / name
    told: list[Progress] = []

    done = await domo.datasets.export(
        dataset_id, path, sql="SELECT * FROM table WHERE id < ?", params=[5], progress=told.append
    )

    table = parquet.read_table(path) if name.endswith("parquet") else feather.read_table(path)
    wanted = await domo.datasets.frame(dataset_id, "SELECT * FROM table WHERE id < 5", kind="arrow")
    assert wanted.to_pylist() == table.to_pylist()
    assert [pa.int64(), pa.string(), pa.decimal128(38, 18)] == table.schema.types
    assert (path.stat().st_size, 4) == (done.bytes, done.rows)
    assert [name] == names_in(tmp_path)
    assert told[-1].bytes > 0
    assert 4 == (pl.read_parquet(path) if name.endswith("parquet") else pl.read_ipc(path)).height


async def test_a_table_of_no_rows_still_has_columns(domo, dataset_id, tmp_path):
    done = await domo.datasets.export(dataset_id, tmp_path / "out.parquet", sql="SELECT id FROM table WHERE id = 99")

    assert 0 == done.rows
    assert ["id"] == parquet.read_table(tmp_path / "out.parquet").column_names


@pytest.mark.parametrize("name", ["out.csv.gz", "out.csv.zst", "out.parquet", "out.arrow"])
async def test_each_kind_is_whole_or_not_there(domo, emulator, dataset_id, tmp_path, name):
    path = tmp_path / name
    emulator.faults.add(Fault(EXPORT, "truncate", count=2))
    await domo.datasets.export(dataset_id, path)
    whole = path.read_bytes()

    emulator.faults.add(Fault(EXPORT, "truncate", count=None))
    with pytest.raises(IncompleteAnswer):
        await domo.datasets.export(dataset_id, path)

    assert whole == path.read_bytes()
    assert [name] == names_in(tmp_path)


async def test_targets_that_cannot_be_written_are_refused_before_anything_is_sent(domo, emulator, dataset_id, tmp_path):
    emulator.log.clear()
    for name, options, says in (
        ("out.csv.bz2", {}, "bz2"),
        ("out.zip", {}, "zip"),
        ("out.xlsx", {}, "choose CSV"),
        ("out.tsv.gz", {}, "choose CSV"),
        ("out.json.gz", {}, "choose CSV"),
        ("out.parquet.gz", {}, "choose CSV"),
        ("out.parquet", {"header": False}, "header"),
        ("out.csv", {"sql": "SELECT ?", "params": []}, "placeholder"),
    ):
        with pytest.raises(ConfigError, match=says):
            await domo.datasets.export(dataset_id, tmp_path / name, **options)

    assert 0 == len(emulator.log)
    assert [] == names_in(tmp_path)


class Slow:
    """A writer that waits to be let go on."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.written = 0
        self.closed: list[bool] = []

    def write(self, pieces):
        assert self.go_on.wait(10)
        self.written += sum(map(len, pieces))

    def close(self, *, whole):
        self.closed.append(whole)


async def test_a_slow_disk_stops_the_sender_and_not_the_loop(monkeypatch):
    slow = Slow()
    writing = BackgroundWriter(lambda: slow)
    piece = bytes(file_writer._HANDED)

    async def send() -> None:
        for _ in range(30):
            await writing.write(piece)
        await writing.finish()

    sending = asyncio.create_task(send())
    for _ in range(20):
        await asyncio.sleep(0)
    assert not sending.done()
    assert file_writer._MOST < writing._under_way <= file_writer._MOST + file_writer._HANDED
    slow.go_on.set()
    await sending

    assert (30 * file_writer._HANDED, [True]) == (slow.written, slow.closed)


async def test_a_file_that_is_given_up_is_let_go_of_and_not_finished():
    slow = Slow()
    slow.go_on.set()
    writing = BackgroundWriter(lambda: slow)
    await writing.write(b"some")

    await writing.give_up()

    assert (0, [False]) == (slow.written, slow.closed)


async def test_a_disk_that_is_full_ends_the_export(tmp_path, dataset_id, domo, monkeypatch):
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(file_writer.FileWriter, "_write", full)
    with pytest.raises(OSError, match="No space"):
        await domo.datasets.export(dataset_id, tmp_path / "out.csv")

    assert [] == names_in(tmp_path)


async def test_an_export_that_is_cancelled_leaves_nothing(tmp_path):
    begun = asyncio.Event()

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/csv"})
        await response.prepare(request)
        await response.write(b"a\n" * 500_000)
        begun.set()
        await asyncio.sleep(60)
        return response

    async with talking_to(handler) as domo:
        exporting = asyncio.create_task(domo.datasets.export("x", tmp_path / "out.csv"))
        await begun.wait()
        exporting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await exporting

    assert [] == names_in(tmp_path)


async def test_many_exports_each_tell_what_became_of_them(domo, dataset_id, content, tmp_path):
    jobs = [
        ExportJob(dataset_id, tmp_path / "a.csv"),
        ExportJob("none", tmp_path / "b.csv"),
        ExportJob(dataset_id, tmp_path / "c.csv", "SELECT nope FROM table"),
        ExportJob(dataset_id, tmp_path / "d.csv", "SELECT id FROM table WHERE id = :i", {"i": 3}, header=False),
    ]

    outcomes = {outcome.item: outcome async for outcome in domo.datasets.export_many(jobs, concurrency=2)}

    assert set(jobs) == outcomes.keys()
    assert [ExportResult, NotFound, BadRequest, ExportResult] == [
        type(outcomes[job].result or outcomes[job].error) for job in jobs
    ]
    assert content == (tmp_path / "a.csv").read_bytes()
    assert b"3\n" == (tmp_path / "d.csv").read_bytes()
    assert ["a.csv", "d.csv"] == sorted(names_in(tmp_path))


async def test_paths_by_dataset_do_for_whole_datasets(domo, dataset_id, content, tmp_path):
    (outcome,) = [each async for each in domo.datasets.export_many({dataset_id: tmp_path / "a.csv"})]

    assert content == (tmp_path / "a.csv").read_bytes()
    assert (dataset_id, None) == (outcome.item.dataset_id, outcome.error)


async def test_exports_that_cannot_be_are_refused_before_anything_is_sent(domo, emulator, dataset_id, tmp_path):
    emulator.log.clear()
    job = ExportJob(dataset_id, tmp_path / "a.csv")
    for jobs in (
        [job, ExportJob(dataset_id, f"{tmp_path}/./a.csv")],
        [dataset_id],
        {dataset_id: 7},
        [ExportJob(dataset_id, "a.csv", "SELECT ?", [])],
    ):
        with pytest.raises(ConfigError):
            domo.datasets.export_many(jobs)
    with pytest.raises(ConfigError, match="concurrency"):
        await anext(aiter(domo.datasets.export_many([job], concurrency=0)))
    with pytest.raises(ConfigError):
        domo.datasets.query_many([(dataset_id, "SELECT 1")])

    assert 0 == len(emulator.log)


async def test_many_queries_never_run_more_at_a_time_than_allowed():
    asked: list[str] = []
    running: set[str] = set()
    most = 0

    async def handler(request: web.BaseRequest) -> web.Response:
        nonlocal most
        sql = (await request.json())["sql"]
        asked.append(sql)
        running.add(sql)
        most = max(most, len(running))
        await asyncio.sleep(0.01)
        running.remove(sql)
        return web.json_response({"columns": ["a"], "metadata": [{"type": "LONG"}], "rows": [[1]]})

    async with talking_to(handler) as domo:
        jobs = [QueryJob("x", "SELECT ?", [number]) for number in range(12)]
        outcomes = [outcome async for outcome in domo.datasets.query_many(jobs, concurrency=3)]

    assert set(jobs) == {outcome.item for outcome in outcomes}
    assert {((1,),)} == {tuple(outcome.result or ()) for outcome in outcomes}
    assert {f"SELECT {number}" for number in range(12)} == set(asked)
    assert 12 == len(asked)
    assert 3 == most


async def test_after_a_failure_no_more_is_begun_if_so_wished(domo, emulator, dataset_id):
    jobs = [QueryJob(dataset_id, sql) for sql in ("SELECT nope FROM table", "SELECT 1 FROM table", "SELECT 2")]
    emulator.log.clear()

    outcomes = [each async for each in domo.datasets.query_many(jobs, concurrency=1, stop_on_error=True)]

    assert jobs == [outcome.item for outcome in outcomes]
    assert isinstance(outcomes[0].error, DomoError)
    assert [(None, None)] * 2 == [(outcome.result, outcome.error) for outcome in outcomes[1:]]
    assert 1 == len(emulator.log)


async def test_queries_that_are_left_are_cancelled():
    async def handler(request: web.BaseRequest) -> web.Response:
        if b"slow" in await request.read():
            await asyncio.sleep(60)
        return web.json_response({"columns": [], "metadata": [], "rows": []})

    async with talking_to(handler) as domo:
        outcomes = domo.datasets.query_many([QueryJob("x", "quick"), QueryJob("x", "slow")])
        await anext(outcomes)
        before = asyncio.all_tasks()
        await outcomes.aclose()  # type: ignore[attr-defined]

        assert 1 == len([task for task in before if task.cancelled()])

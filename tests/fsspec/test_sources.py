"""Uploads from file systems that fsspec knows."""

from __future__ import annotations

import asyncio
import bz2
import gzip
import hashlib
import io
import secrets
import sys
from collections import namedtuple
from typing import Any

import fsspec
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from aiohttp import web
from fsspec.implementations.http import HTTPFileSystem
from fsspec.implementations.memory import MemoryFileSystem

from domo_async import ConfigError, SourceError
from domo_async._transfer.sources import urls
from tests.support import serving

COLUMNS = {"id": "LONG", "name": "STRING"}
CSV = b"id,name\n" + b"".join(b"%d,n%d\n" % (number, number) for number in range(3000))
TABLE = pa.table({"id": range(3000), "name": [f"n{number}" for number in range(3000)]})


def parquet(table: pa.Table = TABLE) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, row_group_size=500)
    return out.getvalue()


def json_lines() -> bytes:
    return b"".join(b'{"id": %d, "name": "n%d"}\n' % (number, number) for number in range(3000))


def arrow_stream() -> bytes:
    out = io.BytesIO()
    with pa.ipc.new_stream(out, TABLE.schema) as writer:
        writer.write_table(TABLE)
    return out.getvalue()


@pytest.fixture(name="memory")
def _memory():
    """fsspec's file system in memory, empty."""
    fs = fsspec.filesystem("memory")
    MemoryFileSystem.store.clear()
    yield fs
    MemoryFileSystem.store.clear()


@pytest.fixture(autouse=True)
async def _sessions_closed():
    yield
    for fs in list(HTTPFileSystem._cache.values()):
        if fs._session is not None:
            fsspec.asyn.sync(fs.loop, fs._session.close)
    HTTPFileSystem.clear_instance_cache()


@pytest.fixture(name="orders")
async def _orders(domo):
    return (await domo.datasets.create("Orders", COLUMNS)).id


async def rows_of(domo, dataset_id):
    return (await domo.datasets.query(dataset_id, "SELECT COUNT(*), SUM(id) FROM table")).rows[0]


class Web:
    """A web server of one file."""

    def __init__(self, content=CSV, *, ranges=True, tag: str | None = "by content", query=None):
        self.content, self.ranges, self.tag, self.query = content, ranges, tag, query
        self.gets = 0

    async def __call__(self, request):
        if self.query is not None and request.query_string != self.query:
            return web.Response(status=403, text=f"not {request.query_string}")
        headers = {}
        if self.tag is not None:
            headers["ETag"] = f'"{hashlib.sha256(self.content).hexdigest()}"' if self.tag == "by content" else self.tag
        wanted = request.headers.get("Range")
        if request.method == "GET":
            self.gets += 1
        if not self.ranges:
            return web.Response(body=self.content, headers=headers)
        headers["Accept-Ranges"] = "bytes"
        if wanted is None:
            return web.Response(body=self.content, headers=headers)
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        stop = min(int(last) + 1 if last else len(self.content), len(self.content))
        headers["Content-Range"] = f"bytes {first}-{stop - 1}/{len(self.content)}"
        return web.Response(status=206, body=self.content[int(first) : stop], headers=headers)


KINDS: dict[str, Any] = {
    "a.csv": CSV,
    "a.csv.gz": gzip.compress(CSV),
    "a.parquet": parquet(),
    "a.arrows": arrow_stream(),
    "a.jsonl": json_lines(),
}


@pytest.mark.parametrize("name", KINDS)
async def test_each_kind_of_file_is_read_from_any_file_system(domo, orders, memory, name):
    memory.pipe(f"/in/{name}", KINDS[name])

    done = await domo.datasets.upload(orders, f"memory://in/{name}")
    assert (3000, (3000, 4498500)) == (done.rows, await rows_of(domo, orders))
    for ranges in (True, False):
        async with serving(Web(KINDS[name], ranges=ranges)) as origin:
            assert 3000 == (await domo.datasets.upload(orders, f"{origin}/{name}")).rows
            plan = await domo.datasets.plan_upload(orders, fsspec.open(f"{origin}/{name}"))
            assert 3000 == plan.rows
    made = await domo.datasets.create_from(f"memory://in/{name}", "New")
    assert {"id": "LONG", "name": "STRING"} == made.columns


async def test_patterns_folders_and_lists_are_one_upload(domo, orders, memory, tmp_path):
    for month in (1, 2):
        memory.pipe(f"/in/month={month}/a.csv", b"id,name\n%d,x\n" % month)
    memory.pipe("/in/_hidden.csv", b"not,these\n")
    here = tmp_path / "here.csv"
    here.write_bytes(b"id,name\n40,x\n")

    assert (2, 3) == await rows_after(domo, orders, "memory://in/*/a.csv", schema="evolve")
    assert (2, 3) == await rows_after(domo, orders, "memory://in", schema="evolve")
    listed = ["memory://in/month=2/a.csv", "memory://in/month=2", here]
    done = await domo.datasets.upload(orders, listed, schema="evolve")
    assert (2, 1) == (done.rows, sum("is given twice" in note for note in done.notes))
    assert (2, 42) == await rows_of(domo, orders)


async def rows_after(domo, dataset_id, source, **options):
    await domo.datasets.upload(dataset_id, source, **options)
    return await rows_of(domo, dataset_id)


async def test_a_file_that_fsspec_opens_keeps_its_options(domo, orders, memory, tmp_path):
    memory.pipe("/in/a.csv.bz2", bz2.compress(CSV))
    local = tmp_path / "a.csv"
    local.write_bytes(CSV)

    assert (3000, 4498500) == await rows_after(domo, orders, fsspec.open("memory://in/a.csv.bz2", compression="infer"))
    assert (3000, 4498500) == await rows_after(
        domo, orders, fsspec.open_files(["memory://in/a.csv.bz2"], compression="bz2")
    )
    for url in (local.as_uri(), fsspec.open(local.as_uri())):
        done = await domo.datasets.upload(orders, url)
        assert (str(local),) == done.files


@pytest.mark.parametrize("kind", ["csv", "parquet"])
async def test_a_file_that_is_replaced_while_it_is_read_commits_nothing(domo, orders, kind):
    content = CSV if kind == "csv" else parquet()
    server = Web(content)

    class Changing(Web):
        async def __call__(self, request):
            answer = await server(request)
            if request.method == "GET":
                server.tag = f'"{server.gets}"'
            return answer

    async with serving(Changing()) as origin:
        with pytest.raises(SourceError, match="was written to or replaced"):
            await domo.datasets.upload(orders, f"{origin}/a.{kind}")

    assert (0, None) == await rows_of(domo, orders)


@pytest.mark.parametrize("silent", ["head", "answer"])
async def test_a_server_that_falls_silent_is_not_waited_for_long(domo, orders, monkeypatch, silent):
    monkeypatch.setattr(urls, "_MOST_SECONDS_IDLE", 0.2)
    ended = asyncio.Event()

    async def stalling(request):
        if request.method == "HEAD" and silent == "answer":
            return web.Response(headers={"Content-Length": str(len(CSV))})
        answer = web.StreamResponse(headers={"Content-Length": str(len(CSV))})
        if silent == "answer":
            await answer.prepare(request)
            await answer.write(CSV[:100])
        await ended.wait()
        return answer

    async with serving(stalling) as origin:
        with pytest.raises(SourceError, match=r"cannot read .*Timeout\w*: \w"):
            await domo.datasets.upload(orders, f"{origin}/a.csv")
        ended.set()

    assert (0, None) == await rows_of(domo, orders)


@pytest.mark.parametrize(("status", "said"), [(404, "does not exist"), (403, "cannot read .*403"), (500, "500")])
async def test_a_file_that_may_not_be_read_is_not_said_to_be_missing(domo, orders, status, said):
    async def refuse(request):
        return web.Response(status=status)

    async with serving(refuse) as origin:
        with pytest.raises(SourceError, match=said) as caught:
            await domo.datasets.upload(orders, f"{origin}/a.csv")

    assert (status == 404) == ("does not exist" in str(caught.value))


async def test_credentials_of_urls_are_in_no_message(domo, orders, watch):
    secret = "X-Signature=s3cr3tsignature12345"
    watch.tokens.add("s3cr3tsignature12345")
    async with serving(Web(query=secret)) as origin:
        done = await domo.datasets.upload(orders, f"{origin}/a.csv?{secret}")
        assert () == done.files
        with pytest.raises(SourceError) as caught:
            await domo.datasets.upload(orders, f"{origin}/a.csv?{secret}9")
        for text in (str(caught.value), repr(caught.value.__cause__), repr(caught.value.__context__)):
            assert "s3cr3t" not in text
        assert f"{origin}/a.csv" in str(caught.value)
    with pytest.raises(ConfigError) as refused:
        await domo.datasets.upload(orders, "nowhere://me:hunter2hunter2@host/a.csv?key=s3cr3tsignature12345")
    assert "cannot open nowhere://host/a.csv with fsspec" in str(refused.value)
    assert "hunter2" not in f"{refused.value!r} {refused.value.__context__!r}"


async def test_only_names_in_object_stores_are_shown_with_marks_of_queries():
    shown = {"s3://bucket/part#1?.csv": "s3://bucket/part#1?.csv", "gs://b/a#1": "gs://b/a#1"}
    cut = {"https://me:pw@host/a.csv?key=1#x": "https://host/a.csv", "webdav://host/a.csv?key=1": "webdav://host/a.csv"}

    assert {**shown, **cut} == {url: urls.shown_url(url) for url in {**shown, **cut}}


async def test_a_journal_recognises_a_file_by_its_mark_without_reading_it(domo, orders, tmp_path):
    server = Web()
    options: Any = {"action": "APPEND", "resume": tmp_path / "journal"}
    async with serving(server) as origin:
        url = f"{origin}/a.csv"
        first = await domo.datasets.upload(orders, url, **options)
        before = server.gets
        again = await domo.datasets.upload(orders, url, **options)

        assert (False, True, (url,)) == (first.replayed, again.replayed, first.files)
        assert before + 1 >= server.gets  # its first bytes alone
        assert (3000, 4498500) == await rows_of(domo, orders)
        server.content = CSV + b"9,more\n"
        with pytest.raises(ConfigError, match="begins with the rows"):
            await domo.datasets.upload(orders, url, **options)
        server.content = b"id,name\n9,other\n"
        assert not (await domo.datasets.upload(orders, url, **options)).replayed
        assert 3001 == (await rows_of(domo, orders))[0]


async def test_without_a_mark_a_journal_compares_what_it_reads(domo, orders, tmp_path, memory):
    options: Any = {"action": "APPEND", "resume": tmp_path / "journal"}
    memory.pipe("/a.csv", CSV)

    assert not (await domo.datasets.upload(orders, "memory://a.csv", **options)).replayed
    memory.pipe("/a.csv", CSV)
    assert (await domo.datasets.upload(orders, "memory://a.csv", **options)).replayed
    async with serving(Web(tag='W/"weak"')) as origin:
        assert (await domo.datasets.upload(orders, f"{origin}/a.csv", **options)).replayed
    assert (3000, 4498500) == await rows_of(domo, orders)


async def test_of_several_files_those_that_were_appended_are_left_out(domo, orders, tmp_path):
    options: Any = {"action": "APPEND", "resume": tmp_path / "journal"}
    async with serving(Web()) as origin, serving(Web(b"id,name\n7,x\n")) as other:
        await domo.datasets.upload(orders, [f"{origin}/a.csv"], **options)
        done = await domo.datasets.upload(orders, [f"{origin}/a.csv", f"{other}/b.csv"], **options)

        assert ((f"{origin}/a.csv",), (f"{other}/b.csv",), 1) == (done.left_out, done.files, done.rows)
        alike = await domo.datasets.upload(orders, [f"{origin}/a.csv", f"{other}/b.csv", f"{other}/c.csv"], **options)
        assert ((f"{other}/c.csv",), 1) == (alike.files, alike.rows)
        renamed = await domo.datasets.upload(orders, [f"{origin}/a.csv", f"{other}/d.csv"], **options)

    assert renamed.replayed
    assert 3002 == (await rows_of(domo, orders))[0]


async def test_a_large_file_comes_from_a_server_without_ranges(domo, orders):
    content = b"id,name\n" + b"".join(b"%d,%0600d\n" % (number, number) for number in range(12_000))
    table = pa.table({"id": range(12_000), "name": [secrets.token_hex(300) for _ in range(12_000)]})

    for kind, sent in (("csv", content), ("parquet", parquet(table))):
        assert 6 << 20 < len(sent)
        async with serving(Web(sent, ranges=False)) as origin:
            assert 12_000 == (await domo.datasets.upload(orders, f"{origin}/a.{kind}")).rows


async def test_missing_files_and_those_that_end_early_are_errors(domo, orders, memory):
    for url in ("memory://nothing.csv", "memory://nothing/*.csv"):
        with pytest.raises(SourceError, match="does not exist|no file matches"):
            await domo.datasets.upload(orders, url)
    # fsspec calls a file missing if its server cannot be reached.
    with pytest.raises(SourceError, match=r"cannot read http://127.0.0.1:1/a\.csv: ClientConnector") as caught:
        await domo.datasets.upload(orders, "http://127.0.0.1:1/a.csv?key=s3cr3t")
    assert "s3cr3t" not in f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}"

    class Short(Web):
        async def __call__(self, request):
            if request.method == "GET":
                return web.Response(body=self.content[:9000])
            return web.Response(body=self.content)

    async with serving(Short()) as origin:
        with pytest.raises(SourceError, match=f"ended after 9000 of {len(CSV)} bytes"):
            await domo.datasets.upload(orders, f"{origin}/a.csv")
    assert (0, None) == await rows_of(domo, orders)


async def test_rows_and_frames_may_have_columns_of_any_names(domo):
    row = namedtuple("row", ["fs", "path"])  # noqa: PYI024 - as database drivers make them
    for source in ([row("s3", "a.csv")], pd.DataFrame({"fs": ["s3"], "path": ["a.csv"]})):
        made = await domo.datasets.create_from(source, "Files")
        assert {"fs": "STRING", "path": "STRING"} == made.columns


async def test_a_file_system_that_cannot_be_made_tells_no_credentials(domo, orders, monkeypatch):
    class Broken(MemoryFileSystem):
        protocol = "broken"

        def __init__(self, **_):
            raise LookupError("at broken://me:s3cr3t-pass@host/a.csv")

    fsspec.register_implementation("broken", Broken, clobber=True)

    with pytest.raises(ConfigError, match="cannot open broken://host/a.csv") as caught:
        await domo.datasets.upload(orders, "broken://me:s3cr3t-pass@host/a.csv")
    assert "s3cr3t" not in f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}"


async def test_without_fsspec_the_extra_is_named(domo, orders, monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec.core", None)

    with pytest.raises(ConfigError, match=r'pip install "domo-async\[fsspec\]"'):
        await domo.datasets.upload(orders, "s3://bucket/a.csv")


async def test_domo_s_own_files_are_sources_too(domo, orders, emulator):
    await domo.files.upload(parquet(), name="a.parquet")
    opened = fsspec.open("domo://files/a.parquet", instance=emulator.url, token=emulator.token)

    done = await domo.datasets.upload(orders, opened)

    assert (3000, ("domo://files/a.parquet",)) == (done.rows, done.files)
    opened.fs.close()
    type(opened.fs).clear_instance_cache()

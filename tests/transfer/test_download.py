"""Downloads of single files: whole and right, or an error that says what happened."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import os
import random
import threading
import time

import pytest
from aiohttp import web

from domo_async import (
    APIError,
    ContentMismatch,
    Domo,
    IncompleteAnswer,
    Retries,
    ServerError,
    Settings,
    Timeouts,
    TransportError,
)
from domo_async._transfer import Progress
from domo_async._transfer.file_writer import FileWriter
from tests.support import TOKEN, SkippingClock, listening, raw_answer, talking_to
from tests.transfer.downloads import Chaos, FileServer

CONTENT = os.urandom(300_000)


def cut_first(*places: int):
    """Return a trouble: the first answers break off after so many bytes."""

    def trouble(server):
        def answer(request, number):
            return server.give(request, cut=places[number - 1]) if number <= len(places) else None

        return answer

    return trouble


def server_of(trouble=None, **options):
    server = FileServer(CONTENT, **options)
    if trouble is not None:
        server.trouble = trouble(server)
    return server


async def test_a_download_that_breaks_off_goes_on_where_it_did(tmp_path):
    server = server_of(cut_first(100_000, 50_000))
    told: list[Progress] = []

    async with talking_to(server) as domo:
        done = await domo.files.download(401, tmp_path / "out.bin", progress=told.append)

    assert CONTENT == (tmp_path / "out.bin").read_bytes()
    assert [None, "bytes=100000-", "bytes=150000-"] == server.asked
    assert (len(CONTENT), True) == (done.bytes, done.verified)
    assert (len(CONTENT), len(CONTENT), 2) == (told[-1].bytes, told[-1].total_bytes, told[-1].retries)


async def test_bytes_in_memory_and_file_objects_go_on_too():
    server = server_of(cut_first(100_000))
    target = io.BytesIO()

    async with talking_to(server) as domo:
        assert CONTENT == await domo.files.download(401)
        server.asked.clear()
        await domo.files.download(401, target)

    assert CONTENT == target.getvalue()
    assert [None, "bytes=100000-"] == server.asked


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        ({"ranges": False}, [None, "bytes=1000-"]),
        ({"tagged": False}, [None, "bytes=1000-"]),
        ({"tagged": False, "told": lambda _: {}}, [None, None]),
        ({"told": lambda _: {}}, [None, "bytes=1000-"]),
    ],
)
async def test_downloads_without_support_for_ranges_are_begun_anew(tmp_path, options, asked):
    server = server_of(cut_first(1000), **options)

    async with talking_to(server) as domo:
        await domo.files.download(401, tmp_path / "out.bin")

    assert CONTENT == (tmp_path / "out.bin").read_bytes()
    assert asked == server.asked


async def test_a_file_that_changes_meanwhile_is_begun_anew(tmp_path):
    other = os.urandom(250_000)

    def trouble(server):
        def answer(request, number):
            if number == 1:
                return server.give(request, cut=1000)
            server.content = other
            return None

        return answer

    server = server_of(trouble)
    async with talking_to(server) as domo:
        done = await domo.files.download(401, tmp_path / "out.bin")

    assert other == (tmp_path / "out.bin").read_bytes()
    assert len(other) == done.bytes


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Range": "bytes 0-299999/300000"},
        {"Content-Range": "bytes 1000-299999/300001"},
        {"Content-Range": "pages 1-2/3"},
        {"ETag": '"another"'},
        {"ETag": ""},
        {"Content-Encoding": "gzip"},
    ],
)
async def test_a_part_that_does_not_fit_is_thrown_away(tmp_path, headers):
    def trouble(server):
        def answer(request, number):
            if number == 1:
                return server.give(request, cut=1000)
            return server.give(request, headers=headers) if number == 2 else None

        return answer

    server = server_of(trouble)
    async with talking_to(server) as domo:
        await domo.files.download(401, tmp_path / "out.bin")

    assert CONTENT == (tmp_path / "out.bin").read_bytes()
    assert [None, "bytes=1000-", None] == server.asked


async def test_a_range_that_is_refused_is_asked_for_no_more(tmp_path):
    def trouble(server):
        def answer(request, number):
            if number == 1:
                return server.give(request, cut=1000)
            return refuse() if number == 2 else None

        async def refuse():
            return web.Response(status=416)

        return answer

    server = server_of(trouble)
    async with talking_to(server) as domo:
        await domo.files.download(401, tmp_path / "out.bin")

    assert CONTENT == (tmp_path / "out.bin").read_bytes()
    assert [None, "bytes=1000-", None] == server.asked


@pytest.mark.parametrize(
    "told",
    [
        lambda content: {"sizeBytes": len(content), "sha256HashValue": "AB" * 32},
        lambda content: {"sizeBytes": len(content), "md5Hash": "AB" * 16},
        lambda content: {"sizeBytes": len(content) + 1},
    ],
)
async def test_content_that_is_not_what_the_instance_tells_is_an_error_and_no_file(tmp_path, told):
    (tmp_path / "out.bin").write_bytes(b"old")
    server = server_of(told=told)

    async with talking_to(server, retries=Retries(attempts=2)) as domo:
        with pytest.raises(ContentMismatch, match="300000 bytes.*not 30000") as caught:
            await domo.files.download(401, tmp_path / "out.bin")
        with pytest.raises(ContentMismatch):
            await domo.files.download(401)
        await domo.files.download(401, tmp_path / "unchecked.bin", verify=False)

    assert b"old" == (tmp_path / "out.bin").read_bytes()
    assert CONTENT == (tmp_path / "unchecked.bin").read_bytes()
    assert caught.value.expected != caught.value.found
    assert ["out.bin", "unchecked.bin"] == sorted(path.name for path in tmp_path.iterdir())


async def test_bytes_given_to_a_file_object_cannot_be_begun_anew():
    target = io.BytesIO()

    async with talking_to(server_of(cut_first(1000), ranges=False)) as domo:
        with pytest.raises(IncompleteAnswer, match="cannot be taken back"):
            await domo.files.download(401, target)

    assert b"" != target.getvalue()


async def test_packed_content_is_unpacked_and_never_continued(tmp_path):
    packed = gzip.compress(CONTENT)

    async def give(server, request, number):
        answer = web.StreamResponse(headers={"Content-Encoding": "gzip", "Content-Length": str(len(packed))})
        answer.headers["ETag"] = '"packed"'
        await answer.prepare(request)
        await answer.write(packed[: 1000 if number == 1 else None])
        if number == 1:
            request.transport.close()
        return answer

    server = server_of(lambda server: lambda request, number: give(server, request, number))
    async with talking_to(server) as domo:
        await domo.files.download(401, tmp_path / "out.bin")

    assert CONTENT == (tmp_path / "out.bin").read_bytes()
    assert [None, None] == server.asked


async def test_tries_that_move_on_are_not_counted(tmp_path):
    server = server_of(cut_first(*[20_000] * 12))

    async with talking_to(server, retries=Retries(attempts=3)) as domo:
        await domo.files.download(401, tmp_path / "out.bin")

    assert CONTENT == (tmp_path / "out.bin").read_bytes()
    assert 13 == len(server.asked)


async def test_one_that_fails_for_good_says_why_and_leaves_nothing(tmp_path):
    def trouble(server):
        async def fail():
            return web.json_response({"message": "the store is away"}, status=503)

        return lambda request, number: server.give(request, cut=1000) if number == 1 else fail()

    async with talking_to(server_of(trouble)) as domo:
        with pytest.raises(ServerError, match="the store is away"):
            await domo.files.download(401, tmp_path / "out.bin")

    assert [] == list(tmp_path.iterdir())


async def test_a_download_that_is_given_up_while_it_writes_lets_the_write_end_first(tmp_path, monkeypatch):
    writing, ended = threading.Event(), []

    def slowly(writer, pieces):
        writing.set()
        time.sleep(0.05)
        os.fstat(writer._fd)  # which fails once it is closed
        ended.append(len(pieces) > 0)

    monkeypatch.setattr(FileWriter, "_write", slowly)
    async with talking_to(server_of()) as domo:
        task = asyncio.create_task(domo.files.download(401, tmp_path / "out.bin"))
        await asyncio.to_thread(writing.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert [True] == ended
    assert [] == list(tmp_path.iterdir())


async def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileWriter, "_write", full)
    async with talking_to(server_of()) as domo:
        with pytest.raises(OSError, match="No space left"):
            await domo.files.download(401, tmp_path / "out.bin")

    assert [] == list(tmp_path.iterdir())


async def _one_of_many(seed: int, folder) -> str:
    """Download once amid troubles; returns how that ended."""
    chance = random.Random(seed)
    server = FileServer(chance.randbytes(chance.randrange(3000, 400_000)), ranges=chance.random() < 0.8)
    server.tagged = chance.random() < 0.8
    chaos = server.trouble = Chaos(server, chance, chance.randrange(12))
    target = folder / f"{seed}.bin"
    target.write_bytes(b"old")
    async with talking_to(server, timeouts=Timeouts(read=0.2)) as domo:
        try:
            done = await domo.files.download(401, target)
        except (IncompleteAnswer, ContentMismatch, APIError) as error:
            assert b"old" == target.read_bytes(), chaos.seen
            return type(error).__name__
    content = target.read_bytes()
    assert content in chaos.versions, (seed, chaos.seen, len(content))
    assert (len(content), True) == (done.bytes, done.verified)
    return "whole"


@pytest.mark.parametrize("start", [0, *(pytest.param(start, marks=pytest.mark.long) for start in range(60, 500, 60))])
async def test_amid_troubles_a_file_is_whole_and_right_or_as_it_was(tmp_path, start):
    ends = [await _one_of_many(seed, tmp_path) for seed in range(start, min(start + 60, 500))]

    assert ends.count("whole") > len(ends) / 2
    assert [] == [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")]


@pytest.mark.parametrize("size", [None, 5, 6])
async def test_a_body_that_ends_with_its_connection_is_whole_if_its_size_is_told(size):
    revision = None if size is None else {"dataFileRevisionId": 1, "sizeBytes": size}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if b"/details" in head:
            writer.write(raw_answer(json.dumps({"dataFileId": 5, "currentRevision": revision})))
        else:
            writer.write(b"HTTP/1.0 200 OK\r\n\r\nwhole")
        await writer.drain()
        writer.close()

    settings = Settings(clock=SkippingClock(), retries=Retries(attempts=1))
    async with listening(serve) as origin, Domo(origin, token=TOKEN, settings=settings) as domo:
        if size == 5:
            assert b"whole" == await domo.files.download(5)
        else:
            with pytest.raises(TransportError):
                await domo.files.download(5)

"""Exports to disk: whole, or not at all."""

from __future__ import annotations

import asyncio
import io
import os
import stat
from pathlib import Path

import pytest

from domo_async import (
    APIError,
    BadRequest,
    ConfigError,
    DecodeError,
    IncompleteAnswer,
    NotFound,
    Retries,
    Settings,
    TargetError,
)
from domo_async._transfer import Progress
from domo_async.emulator import Fault
from tests.support import talking_to

EXPORT = "POST *export/*"
CONTENT = b'id,name\n1,plain\n2,"quoted, ""and"" broken\nline"\n3,\n4,""\n5,\xc3\xa9\n'


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.fixture
async def dataset_id(domo):
    dataset = await domo.datasets.create("Test", {"id": "LONG", "name": "STRING"})
    await domo.datasets.upload(dataset.id, CONTENT)
    return dataset.id


async def test_uploaded_bytes_come_back_byte_for_byte(domo, dataset_id, tmp_path):
    done = await domo.datasets.export(dataset_id, tmp_path / "out.csv")

    assert CONTENT == (tmp_path / "out.csv").read_bytes()
    assert len(CONTENT) == done.bytes
    assert ["out.csv"] == names_in(tmp_path)


async def test_a_file_object_is_written_to(domo, dataset_id):
    target = io.BytesIO()

    done = await domo.datasets.export(dataset_id, target, header=False)

    assert CONTENT.removeprefix(b"id,name\n") == target.getvalue()
    assert done.bytes == len(target.getvalue())


async def test_an_unbuffered_file_gets_every_byte(domo, dataset_id, tmp_path):
    class Reluctant(io.RawIOBase):
        taken = b""

        def writable(self):
            return True

        def write(self, data):
            self.taken += bytes(data[:3])
            return min(3, len(data))

    target = Reluctant()
    await domo.datasets.export(dataset_id, target)

    assert CONTENT == target.taken


async def test_a_query_can_be_exported(domo, dataset_id, tmp_path):
    await domo.datasets.export(dataset_id, tmp_path / "out.csv", sql="SELECT id AS i FROM table WHERE id > 3")

    assert b"i\n4\n5\n" == (tmp_path / "out.csv").read_bytes()


async def test_the_file_has_the_rights_that_new_files_have(domo, dataset_id, tmp_path):
    (tmp_path / "usual").touch()

    await domo.datasets.export(dataset_id, tmp_path / "out.csv")

    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("usual", "out.csv")}
    assert 1 == len(modes)


@pytest.mark.parametrize("kind", ["truncate", "drop_after", "drop_before", "html", "status"])
async def test_an_export_that_breaks_off_is_begun_again(domo, emulator, dataset_id, tmp_path, kind):
    emulator.faults.add(Fault(EXPORT, kind, count=2))
    told: list[Progress] = []

    done = await domo.datasets.export(dataset_id, tmp_path / "out.csv", progress=told.append)

    assert CONTENT == (tmp_path / "out.csv").read_bytes()
    assert len(CONTENT) == done.bytes == told[-1].bytes


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(EXPORT, "truncate", count=None), IncompleteAnswer),
        (Fault(EXPORT, "html", count=None), APIError),
        (Fault(EXPORT, "text", count=None), APIError),
        (Fault(EXPORT, "status", status=500, count=None), APIError),
    ],
)
async def test_an_export_that_fails_for_good_leaves_the_old_file_as_it_was(
    domo, emulator, dataset_id, tmp_path, fault, error
):
    path = tmp_path / "out.csv"
    path.write_bytes(b"old")
    emulator.faults.add(fault)

    with pytest.raises(error):
        await domo.datasets.export(dataset_id, path)

    assert b"old" == path.read_bytes()
    assert ["out.csv"] == names_in(tmp_path)


async def test_a_stream_that_breaks_off_into_a_file_object_is_an_error(domo, emulator, dataset_id):
    emulator.faults.add(Fault(EXPORT, "truncate"))

    with pytest.raises(IncompleteAnswer):
        await domo.datasets.export(dataset_id, io.BytesIO())


async def test_wrong_sql_and_missing_datasets_are_errors_and_make_no_file(domo, dataset_id, tmp_path):
    with pytest.raises(BadRequest, match="nope"):
        await domo.datasets.export(dataset_id, tmp_path / "out.csv", sql="SELECT nope FROM table")
    with pytest.raises(NotFound):
        await domo.datasets.export("none", tmp_path / "out.csv")

    assert [] == names_in(tmp_path)


async def test_an_answer_in_json_that_is_not_a_result_leaves_no_file(tmp_path):
    from aiohttp import web

    async def handler(request: web.Request) -> web.Response:
        return web.json_response({"columns": []})

    async with talking_to(handler) as domo:
        with pytest.raises(DecodeError, match="not a query's result: object with keys columns"):
            await domo.datasets.export("x", tmp_path / "out.csv")

    assert [] == names_in(tmp_path)


async def test_a_place_that_cannot_be_written_to_costs_no_request(domo, emulator, dataset_id, tmp_path):
    emulator.log.clear()

    with pytest.raises(ConfigError, match="folder"):
        await domo.datasets.export(dataset_id, tmp_path)
    with pytest.raises(ConfigError, match="does not exist"):
        await domo.datasets.export(dataset_id, tmp_path / "absent" / "out.csv")
    with pytest.raises(ConfigError, match="int"):
        await domo.datasets.export(dataset_id, 7)

    assert 0 == len(emulator.log)


async def test_a_full_disk_is_reported(domo, dataset_id):
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(OSError, match="No space"):
        await domo.datasets.export(dataset_id, full)


class Writing:
    """A file object of a caller's own, whose `write` answers what a function says of the bytes."""

    def __init__(self, answer):
        self.answer = answer
        self.content = b""

    def write(self, piece):
        taken = self.answer(len(piece))
        self.content += bytes(piece[:taken])
        return taken


@pytest.mark.parametrize("answer", [lambda size: size, lambda _: None, lambda size: min(size, 3)])
async def test_a_file_object_need_not_say_what_it_took(domo, dataset_id, answer):
    target, plain = Writing(answer), io.BytesIO()
    file = await domo.files.upload(b"content", name="x.txt")

    await domo.datasets.export(dataset_id, plain)
    await domo.datasets.export(dataset_id, target)
    await domo.files.download(file.data_file_id, target)

    assert plain.getvalue() + b"content" == target.content


async def test_a_file_object_that_cannot_be_written_is_told(domo, dataset_id, tmp_path):
    (tmp_path / "there").touch()
    closed = (tmp_path / "there").open("wb")
    closed.close()
    file = await domo.files.upload(b"content", name="x.txt")
    with (tmp_path / "there").open("rb") as reading, (tmp_path / "text").open("w") as text:
        for target, why in {
            io.StringIO(): "the StringIO takes text",
            text: "the TextIOWrapper takes text",
            reading: "the BufferedReader is only open for reading",
            closed: "the BufferedWriter is closed",
        }.items():
            with pytest.raises(ConfigError, match=why):
                await domo.datasets.export(dataset_id, target)
            with pytest.raises(ConfigError, match=why):
                await domo.files.download(file.data_file_id, target)
    with pytest.raises(TargetError, match="cannot write to the Writing: it takes nothing"):
        await domo.datasets.export(dataset_id, Writing(lambda _: 0))


async def test_a_pipe_that_does_not_wait_gets_every_byte(domo, dataset_id):
    content = b"x" * 200_000
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with os.fdopen(reading, "rb") as source, os.fdopen(writing, "wb", buffering=0) as target:
        file = await domo.files.upload(content, name="x.txt")
        taken = asyncio.create_task(asyncio.to_thread(source.read, len(content)))
        await domo.files.download(file.data_file_id, target)

        assert content == await taken


async def test_retries_are_those_of_the_settings(emulator, clock, dataset_id, tmp_path):
    emulator.faults.add(Fault(EXPORT, "truncate", count=None))
    settings = Settings(clock=clock, retries=Retries(attempts=2))
    emulator.log.clear()

    async with emulator.client(settings=settings) as domo:
        with pytest.raises(IncompleteAnswer):
            await domo.datasets.export(dataset_id, tmp_path / "out.csv")

    assert 2 == len(emulator.log.matching(EXPORT))

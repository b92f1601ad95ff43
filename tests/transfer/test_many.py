"""Several files at once: one that fails does not stop the others."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from aiohttp import web

from domo_async import ConfigError, DomoError, NotFound, SourceError
from domo_async._endpoints.datasets.jobs import ExportJob, QueryJob
from domo_async._transfer import Progress, ProgressEvents
from domo_async._transfer.results import gather_results
from domo_async.emulator import Fault
from tests.support import talking_to

CONTENTS = {f"{number}.txt": f"content {number}\n".encode() * 50 for number in range(7)}


@pytest.fixture
def paths(tmp_path):
    (tmp_path / "up").mkdir()
    for name, content in CONTENTS.items():
        (tmp_path / "up" / name).write_bytes(content)
    return sorted((tmp_path / "up").iterdir())


async def test_files_go_up_and_come_down_together(domo, paths, tmp_path):
    told: list[Progress] = []

    up = await domo.files.upload_many(paths, concurrency=3, progress=told.append)
    targets = {entry.result.data_file_id: tmp_path / f"{entry.result.data_file_id}.txt" for entry in up}
    down = await domo.files.download_many(targets, progress=told.append)

    assert [str(path) for path in paths] == [entry.item for entry in up]
    assert list(CONTENTS.values()) == [path.read_bytes() for path in targets.values()]
    assert list(targets) == [entry.item for entry in down.ok]
    assert (sum(map(len, CONTENTS.values())), 7) == (told[-1].bytes, told[-1].parts)
    assert () == up.failed == down.failed == up.not_begun


async def test_bytes_that_have_to_be_sent_again_are_taken_back_from_the_progress(tmp_path):
    left = [429, 429]

    async def handler(request: web.Request) -> web.Response:
        assert b"content" == await request.read()
        return web.Response(status=left.pop()) if left else web.json_response({"dataFileId": 1, "id": "1"})

    told: list[Progress] = []
    async with talking_to(handler) as domo:
        await domo.files.upload(b"content", name="x", progress=told.append)

    assert (7, 7, 2) == (told[-1].bytes, told[-1].total_bytes, told[-1].retries)
    assert 7 == max(now.bytes for now in told)


async def test_one_that_fails_does_not_stop_the_others(domo, paths, tmp_path):
    up = await domo.files.upload_many([*paths[:2], tmp_path / "absent.txt", *paths[2:]])
    ids = [entry.result.data_file_id for entry in up.ok]
    down = await domo.files.download_many({ids[0]: tmp_path / "a", 99: tmp_path / "b", ids[1]: tmp_path / "c"})

    assert [str(tmp_path / "absent.txt")] == [entry.item for entry in up.failed]
    assert 7 == len(up.ok)
    assert [(99, NotFound)] == [(entry.item, type(entry.error)) for entry in down.failed]
    assert ["a", "c"] == sorted(path.name for path in tmp_path.iterdir() if path.is_file())
    with pytest.raises(SourceError, match=r"absent\.txt"):
        up.raise_for_failures()


async def test_none_is_begun_after_a_failure_where_that_is_asked_for(domo, paths, tmp_path):
    up = await domo.files.upload_many([tmp_path / "absent", *paths], concurrency=1, stop_on_error=True)

    assert 1 == len(up.failed)
    assert 7 == len(up.not_begun)
    assert 0 == len(await domo.files.list().all())


async def test_a_file_system_that_fails_is_one_entry_too(domo, tmp_path):
    made = await domo.files.upload(b"x", name="x")
    locked = tmp_path / ("long" * 100)

    down = await domo.files.download_many({made.data_file_id: locked})

    assert [ConfigError] == [type(entry.error) for entry in down.failed]


async def test_filesets_take_and_give_several_files(domo, paths, tmp_path):
    fileset = await domo.filesets.create(name="Reports")

    up = await domo.filesets.files.upload_many(fileset.id, {"x.txt": b"one", "y.txt": paths[0]}, directory_path="a/b")
    targets = {entry.result.id: tmp_path / entry.item for entry in up.ok}
    down = await domo.filesets.files.download_many(fileset.id, targets)

    assert ["a/b/x.txt", "a/b/y.txt"] == [entry.result.path for entry in up]
    assert [b"one", CONTENTS["0.txt"]] == [path.read_bytes() for path in targets.values()]
    assert all(entry.result.verified for entry in down)


@pytest.mark.parametrize(
    "call",
    [
        lambda domo, _: domo.files.upload_many([]),
        lambda domo, _: domo.files.upload_many("report.pdf"),
        lambda domo, folder: domo.files.upload_many([folder / "x", folder / "x"]),
        lambda domo, folder: domo.files.upload_many([folder / "x"], concurrency=0),
        lambda domo, _: domo.files.upload_many(7),
        lambda domo, _: domo.files.download_many({1: 7}),
        lambda domo, folder: domo.filesets.files.upload_many("fs", [folder / "a" / "x", folder / "b" / "x"]),
        lambda domo, _: domo.files.download_many({}),
        lambda domo, folder: domo.files.download_many({1: folder / "x", 2: folder / "." / "x"}),
        lambda domo, folder: domo.filesets.files.download_many("fs", {"1": folder / "x", "2": folder / "x"}),
    ],
)
async def test_arguments_that_are_surely_wrong_cost_no_request(domo, emulator, tmp_path, call):
    emulator.log.clear()

    with pytest.raises(ConfigError):
        await call(domo, tmp_path)

    assert 0 == len(emulator.log)


async def test_no_more_are_under_way_than_was_said():
    under_way, most = 0, 0

    async def handler(request: web.Request) -> web.Response:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.01)
        under_way -= 1
        return web.json_response({"dataFileId": 1})

    async with talking_to(handler) as domo:
        await domo.files.upload_many({str(number): b"x" for number in range(9)}, concurrency=3)

    assert 3 == most


async def test_an_error_of_any_kind_is_the_outcome_of_one_and_stops_no_other():
    async def work(item: int) -> int:
        return 4 // item

    outcomes = await gather_results([1, 0, 2], work, concurrency=2, stop_on_error=False)

    assert [4, None, 2] == [outcome.result for outcome in outcomes]
    with pytest.raises(DomoError, match="ZeroDivisionError") as caught:
        outcomes.raise_for_failures()
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


async def test_an_iterable_that_raises_begins_nothing(domo, emulator, tmp_path):
    def jobs(kind: type, *arguments: object) -> Iterator[Any]:
        yield kind("dataset", *arguments)
        raise LookupError("the list ends")

    emulator.log.clear()
    for call in (
        lambda: domo.datasets.query_many(jobs(QueryJob, "SELECT 1")),
        lambda: domo.datasets.export_many(jobs(ExportJob, tmp_path / "x.csv")),
    ):
        with pytest.raises(ConfigError, match="could not be read: LookupError: the list ends; nothing was begun"):
            _ = [outcome async for outcome in call()]

    assert 0 == len(emulator.log)


async def test_downloads_amid_faults_are_right_or_told(domo, emulator, tmp_path):
    ids = [(await domo.files.upload(content * 200, name=name)).data_file_id for name, content in CONTENTS.items()]
    emulator.faults.add(Fault("GET */data-files/1???", "truncate", count=None, probability=0.4, seed=1))
    emulator.faults.add(Fault("GET */data-files/*", "status", status=503, count=None, probability=0.2, seed=2))

    down = await domo.files.download_many({file_id: tmp_path / str(file_id) for file_id in ids})

    for entry, content in zip(down, CONTENTS.values(), strict=True):
        if entry.result is not None:
            assert content * 200 == (tmp_path / str(entry.item)).read_bytes()
        else:
            assert isinstance(entry.error, DomoError)
            assert not (tmp_path / str(entry.item)).exists()
    assert down.ok
    assert emulator.faults.fired


async def test_whoever_iterates_over_the_progress_of_what_is_refused_comes_to_an_end(domo, tmp_path):
    for refused in (
        lambda events: domo.files.download(404, tmp_path / "none.txt", progress=events),
        lambda events: domo.files.upload_many([], progress=events),
    ):
        events = ProgressEvents()
        with pytest.raises(DomoError):
            await refused(events)

        async with asyncio.timeout(5):
            assert [] == [event async for event in events]


async def test_items_that_are_wrong_are_one_outcome_each(domo, tmp_path):
    good, bad = tmp_path / "good.csv", tmp_path / os.fsdecode(b"caf\xe9.csv")
    good.write_bytes(b"1\n")
    bad.write_bytes(b"1\n")
    wrong: list[Any] = [bad, 7, tmp_path, tmp_path / ("n" * 300), f"{tmp_path}/a\0b", f"{tmp_path}/a\ud800b"]

    for upload in (domo.files.upload_many, partial(domo.filesets.files.upload_many, await new_fileset(domo))):
        ended = await upload([good, *wrong])
        named = await upload({"": b"x", "a\ud800b": b"x", "no bytes": 7, "good": b"x"})

        assert [str(good)] == [each.item for each in ended.ok]
        assert len(wrong) == len(ended.failed)
        assert ["good"] == [each.item for each in named.ok]
        assert all(isinstance(each.error, DomoError) for each in [*ended.failed, *named.failed])
    assert r"not text: caf\xe9.csv" in str(ended.failed[0].error)


async def test_a_callback_that_fails_is_logged_and_changes_no_outcome(domo, paths, tmp_path, caplog):
    def progress(_: Progress) -> None:
        raise ZeroDivisionError

    up = await domo.files.upload_many(paths, progress=progress)
    one = await domo.files.upload(b"x", name="x", progress=progress)
    content = await domo.files.download(one.data_file_id, progress=progress)
    table = await domo.datasets.create("T", {"a": "LONG"})
    rows = await domo.datasets.upload(table.id, [(1,)], progress=progress)
    await domo.datasets.export(table.id, tmp_path / "t.csv", progress=progress)

    assert len(CONTENTS) == len(up.ok)
    assert (b"x", 1, "a\n1\n") == (content, rows.rows, (tmp_path / "t.csv").read_text())
    assert "progress callback failed: ZeroDivisionError" in caplog.text


async def new_fileset(domo):
    return (await domo.filesets.create(name="Some")).id

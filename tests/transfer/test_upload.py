"""Uploads to the embedded instance: all of it or nothing."""

from __future__ import annotations

import asyncio
import csv
import io
import os
import shutil
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import pytest
import rich
from aiohttp import ClientSession, web
from hypothesis import given
from hypothesis import strategies as st

from domo_async import (
    AfterCommitError,
    BadRequest,
    CommitUncertain,
    ConfigError,
    Domo,
    JobFailed,
    NotFound,
    RequestEvent,
    RowCountMismatch,
    ServerError,
    Settings,
    SourceError,
    Timeouts,
    UploadError,
    WaitTimeout,
)
from domo_async._transfer import Progress
from domo_async._transfer.seekable import SLICE
from domo_async.emulator import Emulator, Fault
from tests.support import SkippingClock, serving

PART = "PUT *parts/*"
COMMIT = "PUT *commit"
COLUMNS = {"id": "LONG", "name": "STRING"}


def table(rows: Iterable[int]) -> bytes:
    return b"".join(b'%d,"name, %d"\n' % (row, row) for row in rows)


async def new_dataset(domo: Domo, rows: range = range(3)) -> str:
    dataset = await domo.datasets.create("Test", COLUMNS)
    if rows:
        await domo.datasets.upload(dataset.id, table(rows))
    return dataset.id


async def ids(domo: Domo, dataset_id: str) -> list[Any]:
    return [row[0] for row in await domo.datasets.query(dataset_id, "SELECT id FROM table")]


async def stream(content: bytes, step: int = 1000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), step):
        yield content[start : start + step]


async def test_a_file_bytes_and_a_stream_arrive_alike(domo, tmp_path):
    content = b"id,name\n" + table(range(5000))
    path = tmp_path / "orders.csv"
    path.write_bytes(content)
    dataset_id = await new_dataset(domo, range(0))

    for source in (path, str(path), content, stream(content)):
        done = await domo.datasets.upload(dataset_id, source, part_size=10_000)

        assert (5000, len(content) - 8) == (done.rows, done.bytes)
        assert done.parts == -(-done.bytes // 10_000)
        assert done.data_version == done.upload_id
        assert list(range(5000)) == await ids(domo, dataset_id)


async def test_append_adds_and_replace_replaces(domo):
    dataset_id = await new_dataset(domo, range(3))

    await domo.datasets.upload(dataset_id, table(range(3, 5)), action="APPEND")
    assert [0, 1, 2, 3, 4] == await ids(domo, dataset_id)

    await domo.datasets.upload(dataset_id, table(range(7, 9)))
    assert [7, 8] == await ids(domo, dataset_id)


async def test_a_partition_is_replaced_alone(domo, emulator):
    dataset_id = await new_dataset(domo, range(0))
    for tag, rows in (("2026-01", range(2)), ("2026-02", range(2, 4)), ("2026-01", range(8, 9))):
        await domo.datasets.upload(dataset_id, table(rows), action="APPEND", partition=tag)

    assert [2, 3, 8] == sorted(await ids(domo, dataset_id))
    assert "dataTag=2026-01" == emulator.log.matching("POST *uploads")[0].query


HEADERS = [
    (b"id,name\n", "auto", 0),
    (b"ID, Name \n", "auto", 0),
    (b'"id","name"\r\n', "auto", 0),
    (b"\xef\xbb\xbfid,name\n", "auto", 0),
    (b"", "auto", 0),
    (b"", False, 0),
    (b"any,thing\n", True, 0),
]


@pytest.mark.parametrize(("first", "header", "surplus"), HEADERS)
async def test_a_header_is_recognised_and_left_out(domo, first, header, surplus):
    dataset_id = await new_dataset(domo, range(0))

    done = await domo.datasets.upload(dataset_id, first + table(range(4)), header=header)

    assert 4 + surplus == done.rows
    assert [0, 1, 2, 3] == await ids(domo, dataset_id)


async def test_a_row_equal_to_the_names_can_be_kept(domo):
    dataset = await domo.datasets.create("Words", {"a": "STRING", "b": "STRING"})

    assert 1 == (await domo.datasets.upload(dataset.id, b"a,b\n", header=False)).rows


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"id,nom\n1,x\n", "it lacks name and it also has nom"),
        (b"id\n1\n", "it lacks name"),
        (b"1\n", "1 field,.*2 columns"),
        (b"1,2,3\n", "3 fields"),
        (b"", "no rows"),
        (b"id,name\n", "no rows"),
        (b'1,"open\n', "never closed"),
        (b'1,"a"b\n', "quote"),
        (b"1,\xff\n", "utf-8"),
    ],
)
async def test_a_source_that_does_not_fit_is_refused_before_anything_is_opened(domo, emulator, content, says):
    dataset_id = await new_dataset(domo)
    emulator.log.clear()

    with pytest.raises(SourceError, match=says):
        await domo.datasets.upload(dataset_id, content)

    assert [] == emulator.log.matching("POST *uploads")
    assert [0, 1, 2] == await ids(domo, dataset_id)


async def test_a_row_that_names_the_columns_is_noted_where_it_is_not_a_header(domo):
    dataset = await domo.datasets.create("Names", {"id": "STRING", "name": "STRING"})

    plan = await domo.datasets.plan_upload(dataset.id, b"id,name\n1,a\n", header=False)
    done = await domo.datasets.upload(dataset.id, b"id,name\n1,a\n", header=False)

    assert (
        ("line 1 has the names of the dataset's columns, and is sent as a row (header=False)",)
        == plan.notes
        == done.notes
    )
    assert 2 == done.rows
    assert () == (await domo.datasets.upload(dataset.id, b"x,y\n", header=False)).notes


async def test_a_dataset_is_emptied_only_on_purpose(domo):
    dataset_id = await new_dataset(domo)

    done = await domo.datasets.upload(dataset_id, b"id,name\n", allow_empty=True)

    assert (0, 0, 1) == (done.rows, done.bytes, done.parts)
    assert [] == await ids(domo, dataset_id)


@pytest.mark.parametrize(
    "options",
    [
        {"action": "REPAIR"},
        {"recorded_date": "today"},
        {"part_size": 0},
        {"concurrency": 0},
        {"header": "maybe"},
        {"timeout": 0},
    ],
)
async def test_options_that_make_no_sense_are_refused(domo, options):
    with pytest.raises(ConfigError, match=next(iter(options))):
        await domo.datasets.upload("x", b"1,2\n", **options)


async def test_parts_go_up_side_by_side_but_never_more_than_allowed(emulator, clock):
    emulator.faults.add(Fault(PART, "delay", delay=0.02, count=None))
    async with emulator.client(settings=Settings(clock=clock)) as domo:
        dataset_id = await new_dataset(domo, range(0))
        await domo.datasets.upload(dataset_id, table(range(2000)), part_size=1000, concurrency=5)

    assert 5 == emulator.log.peak_concurrency(PART)
    numbers = sorted(int(record.path.rpartition("/")[2]) for record in emulator.log.matching(PART))
    assert list(range(1, len(numbers) + 1)) == numbers


async def test_of_a_stream_no_more_is_taken_than_is_under_way(emulator, clock):
    taken = 0
    most_ahead = 0

    async def counting() -> AsyncIterator[bytes]:
        nonlocal taken, most_ahead
        for row in range(4000):
            taken += 1
            done = len([record for record in emulator.log.matching(PART) if record.status == 200])
            most_ahead = max(most_ahead, taken - done * 10)
            yield b"%07d,%s\n" % (row, b"x" * 991)

    async with emulator.client(settings=Settings(clock=clock)) as domo:
        dataset_id = await new_dataset(domo, range(0))
        await domo.datasets.upload(dataset_id, counting(), part_size=10_000, concurrency=3)

    # And what is looked at in the beginning, to see what it is.
    assert 4000 == taken
    assert most_ahead <= SLICE // 1000 + 2 + 10 * (3 + 1)


async def test_a_failed_part_is_sent_again_alone(domo, emulator):
    dataset_id = await new_dataset(domo, range(0))
    emulator.log.clear()
    emulator.faults.add(Fault("PUT *parts/3", "status", status=500, count=2))
    emulator.faults.add(Fault("PUT *parts/5", "drop_before", after_bytes=50))
    emulator.faults.add(Fault("PUT *parts/6", "drop_after"))
    emulator.faults.add(Fault("PUT *parts/7", "html"))

    done = await domo.datasets.upload(dataset_id, table(range(500)), part_size=1000, concurrency=2)

    tries = [int(record.path.rpartition("/")[2]) for record in emulator.log.matching(PART)]
    assert {3: 3, 5: 2, 6: 2, 7: 2} == {part: tries.count(part) for part in set(tries) if tries.count(part) > 1}
    assert done.parts == len(set(tries))
    assert list(range(500)) == await ids(domo, dataset_id)


async def test_a_part_that_fails_for_good_means_no_commit(domo, emulator):
    dataset_id = await new_dataset(domo)
    emulator.log.clear()
    emulator.faults.add(Fault("PUT *parts/4", "status", status=500, count=None))

    with pytest.raises(UploadError, match="part 4") as caught:
        await domo.datasets.upload(dataset_id, table(range(500)), part_size=1000)

    assert (4, dataset_id) == (caught.value.part, caught.value.dataset_id)
    assert caught.value.upload_id is not None
    assert isinstance(caught.value.__cause__, ServerError)
    assert [] == emulator.log.matching(COMMIT)
    assert [0, 1, 2] == await ids(domo, dataset_id)


async def test_a_part_that_a_proxy_answered_is_not_taken_for_sent(domo, emulator):
    dataset_id = await new_dataset(domo)
    emulator.log.clear()
    emulator.faults.add(Fault("PUT *parts/2", "status", status=200, body="<html><title>Sign in</title></html>"))

    with pytest.raises(UploadError, match=r"part 2.*Sign in"):
        await domo.datasets.upload(dataset_id, table(range(500)), part_size=1000)

    assert [] == emulator.log.matching(COMMIT)


async def test_bad_values_are_refused_by_the_commit_and_change_nothing(domo):
    dataset_id = await new_dataset(domo)

    with pytest.raises(UploadError, match="commit was refused") as caught:
        await domo.datasets.upload(dataset_id, b"1,a\nnot a number,b\n", header=False)

    assert isinstance(caught.value.__cause__, BadRequest)
    assert [0, 1, 2] == await ids(domo, dataset_id)


async def test_a_missing_dataset_is_not_found(domo):
    with pytest.raises(NotFound):
        await domo.datasets.upload("00000000-0000-0000-0000-000000000000", b"1,a\n")


@pytest.mark.parametrize("kind", ["drop_after", "truncate"])
@pytest.mark.parametrize("action", ["REPLACE", "APPEND"])
async def test_a_commit_whose_answer_is_lost_is_looked_up_and_not_sent_again(domo, emulator, kind, action):
    dataset_id = await new_dataset(domo)
    emulator.log.clear()
    emulator.faults.add(Fault(COMMIT, kind))

    done = await domo.datasets.upload(dataset_id, table(range(3, 9)), action=action)

    assert 1 == len(emulator.log.matching(COMMIT))
    assert done.upload_id == done.data_version
    assert list(range(3 if action == "REPLACE" else 0, 9)) == await ids(domo, dataset_id)


PAGE = "<html><title>Sign in</title></html>"


@pytest.mark.parametrize(
    "fault",
    [
        Fault(COMMIT, "drop_before"),
        Fault(COMMIT, "status", status=500),
        Fault(COMMIT, "status", status=504),
        Fault(COMMIT, "status", status=408),
        Fault(COMMIT, "status", status=409),
        Fault(COMMIT, "status", status=404, body=PAGE),
        Fault(COMMIT, "status", status=403, body={"message": "a gateway's JSON"}),
        Fault(COMMIT, "status", status=200, body=PAGE),
        Fault(COMMIT, "text"),
    ],
)
async def test_a_commit_without_a_trace_or_a_refusal_is_uncertain_and_not_sent_again(domo, emulator, fault):
    dataset_id = await new_dataset(domo)
    emulator.log.clear()
    emulator.faults.add(fault)

    with pytest.raises(CommitUncertain, match="only if the dataset has no data version 2"):
        await domo.datasets.upload(dataset_id, table(range(9)))

    assert 1 == len(emulator.log.matching(COMMIT))
    assert [0, 1, 2] == await ids(domo, dataset_id)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
async def test_domo_s_own_refusal_of_a_commit_is_one(domo, emulator, status):
    dataset_id = await new_dataset(domo)
    emulator.faults.add(Fault(COMMIT, "status", status=status))

    with pytest.raises(UploadError, match=r"commit was refused.*is unchanged"):
        await domo.datasets.upload(dataset_id, table(range(9)))

    assert [0, 1, 2] == await ids(domo, dataset_id)


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (408, "text/html", "<h1>Request timeout</h1>"),
        (413, "text/html", "<h1>Too large</h1>"),
        (499, "text/plain", ""),
        (404, "text/html", "<h1>Not found</h1>"),
        (403, "text/plain", "blocked"),
        (403, "application/json", '{"message": "a gateway\'s JSON"}'),
        (404, "application/json", '{"status": 404, "message": "of a second try, after which Domo has forgotten it"}'),
        (409, "application/json", '{"status": 409, "message": "Upload 2 is committed"}'),
        (302, "text/html", "<h1>Sign in</h1>"),
        (200, "text/html", "<h1>Sign in</h1>"),
        (502, "text/html", "<h1>Bad gateway</h1>"),
        (520, "text/html", "<h1>Unknown error</h1>"),
    ],
)
async def test_an_answer_that_is_not_domo_s_after_the_commit_took_effect_is_looked_into(
    emulator, clock, status, kind, body
):
    async def proxy(request: web.Request) -> web.Response:
        async with (
            ClientSession() as session,
            session.request(
                request.method, emulator.url + request.path_qs, data=await request.read(), headers=request.headers
            ) as answer,
        ):
            if request.path.endswith("/commit"):
                return web.Response(status=status, text=body, content_type=kind)
            return web.Response(status=answer.status, body=await answer.read(), content_type=answer.content_type)

    async with serving(proxy) as url, Domo(url, token=emulator.token, settings=Settings(clock=clock)) as domo:
        dataset_id = await new_dataset(domo, range(0))
        done = await domo.datasets.upload(dataset_id, table(range(9)), action="APPEND")

    assert done.upload_id == done.data_version
    assert 1 == len(emulator.log.matching(COMMIT))


@pytest.mark.parametrize("theirs", [9, 3])
async def test_a_version_that_somebody_else_made_meanwhile_is_never_taken_for_ours(domo, emulator, clock, theirs):
    dataset_id = await new_dataset(domo)
    emulator.faults.add(Fault(COMMIT, "drop_before", skip=1))

    async def meanwhile(request: RequestEvent) -> None:
        if request.path.endswith("/commit"):
            await domo.datasets.upload(dataset_id, table(range(100, 100 + theirs)), action="APPEND")

    async with emulator.client(settings=Settings(clock=clock, before_request=(meanwhile,))) as us:
        with pytest.raises(CommitUncertain):
            await us.datasets.upload(dataset_id, table(range(9)), action="APPEND")

    assert [0, 1, 2, *range(100, 100 + theirs)] == await ids(domo, dataset_id)


async def test_a_commit_that_is_put_off_is_sent_again(domo, emulator):
    dataset_id = await new_dataset(domo)
    emulator.faults.add(Fault(COMMIT, "status", status=429, headers={"Retry-After": "3"}))
    emulator.faults.add(Fault(COMMIT, "status", status=503, headers={"Retry-After": "3"}))

    await domo.datasets.upload(dataset_id, table(range(9)))

    assert list(range(9)) == await ids(domo, dataset_id)


async def test_where_the_outcome_cannot_be_known_that_is_said(domo, emulator):
    dataset_id = await new_dataset(domo)
    emulator.faults.add(Fault(COMMIT, "drop_after"))
    emulator.faults.add(Fault("GET *dataversions", "status", count=None, skip=1))

    with pytest.raises(CommitUncertain, match="not sent again") as caught:
        await domo.datasets.upload(dataset_id, table(range(9)))

    assert dataset_id == caught.value.dataset_id
    assert caught.value.upload_id


async def test_a_commit_that_times_out_while_the_instance_is_at_work_is_uncertain(emulator):
    settings = Settings(clock=SkippingClock(), timeouts=Timeouts(read=1))
    async with emulator.client(settings=settings) as domo:
        dataset_id = await new_dataset(domo)
        emulator.faults.add(Fault(COMMIT, "delay", delay=5))

        with pytest.raises(CommitUncertain):
            await domo.datasets.upload(dataset_id, table(range(9)))


async def test_the_upload_ends_when_queries_see_the_rows():
    async with Emulator(index_delay=0.3) as emulator, emulator.client() as domo:
        dataset_id = await new_dataset(domo, range(5))
        assert 5 == len(await domo.datasets.query(dataset_id, "SELECT * FROM table"))

        await domo.datasets.upload(dataset_id, table(range(9)), wait=False)
        assert 5 == len(await domo.datasets.query(dataset_id, "SELECT * FROM table"))


async def test_an_index_that_takes_too_long_is_reported_as_committed(clock):
    async with Emulator(index_delay=1e6) as emulator, emulator.client(settings=Settings(clock=clock)) as domo:
        dataset = await domo.datasets.create("Test", COLUMNS)
        started = clock.monotonic()

        with pytest.raises(AfterCommitError, match="is committed") as caught:
            await domo.datasets.upload(dataset.id, table(range(2)))

    assert isinstance(caught.value.__cause__, WaitTimeout)
    assert sum(clock.slept) <= 600 <= clock.monotonic() - started


async def test_a_failed_index_is_reported_as_committed(domo, emulator):
    dataset_id = await new_dataset(domo)
    emulator.faults.add(Fault("GET *statuses", "status", status=200, body={"progress": {"status": "FAILED"}}))

    with pytest.raises(AfterCommitError) as caught:
        await domo.datasets.upload(dataset_id, table(range(2)))

    assert isinstance(caught.value.__cause__, JobFailed)


async def test_a_row_count_that_differs_is_reported(domo, emulator):
    dataset_id = await new_dataset(domo)
    lie = {"uploadId": 2, "indexing": None, "size": {"rowCount": "3"}, "status": "success"}
    emulator.faults.add(Fault("PUT *commit", "status", status=200, body=lie))

    with pytest.raises(RowCountMismatch) as caught:
        await domo.datasets.upload(dataset_id, table(range(9)))

    assert (9, 3) == (caught.value.sent, caught.value.found)


async def test_an_instance_that_tells_nothing_after_a_commit_is_believed(domo, emulator):
    dataset_id = await new_dataset(domo)
    emulator.faults.add(Fault(COMMIT, "status", status=200, body="OK"))
    emulator.faults.add(Fault("GET *dataversions", "status", status=200, body=[], count=None))

    done = await domo.datasets.upload(dataset_id, table(range(9)))

    assert (9, None) == (done.rows, done.data_version)


@pytest.mark.parametrize("content", [table(range(2000)), b"".join(b'"%d",""\n"",""\n' % n for n in range(1000))])
async def test_progress_is_told_from_start_to_end(domo, tmp_path, content):
    path = tmp_path / "file.csv"
    path.write_bytes(b"id,name\n" + content)
    dataset_id = await new_dataset(domo, range(0))
    told: list[Progress] = []

    done = await domo.datasets.upload(dataset_id, path, part_size=5000, progress=told.append)

    assert (done.bytes, done.bytes, done.rows, done.parts) == (
        told[-1].bytes,
        told[-1].total_bytes,
        told[-1].rows,
        told[-1].parts,
    )
    assert sorted(event.seconds for event in told) == [event.seconds for event in told]


async def test_progress_counts_what_is_sent_again_once(domo, emulator):
    dataset_id = await new_dataset(domo, range(0))
    emulator.faults.add(Fault(PART, "status", count=3))
    told: list[Progress] = []

    done = await domo.datasets.upload(dataset_id, table(range(2000)), part_size=5000, progress=told.append)

    assert done.bytes == told[-1].bytes


async def test_a_callback_that_fails_does_not_stop_the_upload(domo):
    dataset_id = await new_dataset(domo)

    def broken(_: Progress) -> None:
        raise ZeroDivisionError

    result = await domo.datasets.upload(dataset_id, table(range(9)), progress=broken, part_size=20)

    assert (9, list(range(9))) == (result.rows, await ids(domo, dataset_id))


async def test_a_bar_is_drawn_in_a_terminal_and_leaves_nothing_behind(domo, capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    dataset_id = await new_dataset(domo, range(0))

    await domo.datasets.upload(dataset_id, table(range(9)), progress=True)

    drawn, _, after = capsys.readouterr().out.rpartition("upload")
    assert "upload" in drawn
    assert "\x1b[2K" in after  # the line is erased
    monkeypatch.delenv("FORCE_COLOR")
    monkeypatch.setattr(rich, "_console", None)  # early versions of rich look once
    await domo.datasets.upload(dataset_id, table(range(9)), progress=True)
    assert capsys.readouterr().out.strip() == ""


async def test_a_bar_in_a_notebook_needs_ipython_alone_and_is_taken_away(domo):
    from IPython.core.displaypub import CapturingDisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell

    dataset_id = await new_dataset(domo, range(0))
    InteractiveShell.clear_instance()
    shell: Any = InteractiveShell.instance()
    try:
        shell.display_pub = CapturingDisplayPublisher()
        shell.kernel = object()  # as a notebook's shell has
        await domo.datasets.upload(dataset_id, table(range(9)), progress=True)
    finally:
        InteractiveShell.clear_instance()

    drawn = [each["data"]["text/html"] for each in shell.display_pub.outputs]
    assert any("<progress" in each for each in drawn)
    assert "" == drawn[-1]
    assert 1 == len({each["transient"]["display_id"] for each in shell.display_pub.outputs})


async def test_an_iterator_that_fails_stops_the_upload(domo, emulator):
    dataset_id = await new_dataset(domo)

    async def failing() -> AsyncIterator[bytes]:
        yield table(range(100))
        raise ZeroDivisionError

    with pytest.raises(SourceError, match="the source failed: ZeroDivisionError") as caught:
        await domo.datasets.upload(dataset_id, failing(), part_size=100)

    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert [0, 1, 2] == await ids(domo, dataset_id)


@pytest.mark.parametrize("change", ["written to and set back", "replaced by a copy"])
async def test_a_file_changed_meanwhile_is_noticed_though_size_and_time_are_the_same(domo, emulator, tmp_path, change):
    path, other = tmp_path / "file.csv", tmp_path / "other.csv"
    path.write_bytes(table(range(1000)))
    shutil.copy2(path, other)
    before = path.stat()
    dataset_id = await new_dataset(domo)
    emulator.log.clear()

    def changed(_: Progress) -> None:
        if change == "replaced by a copy":
            if other.exists():
                other.replace(path)
            return
        with path.open("r+b") as file:
            file.write(b"9")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    with pytest.raises(SourceError, match="written to"):
        await domo.datasets.upload(dataset_id, path, part_size=1000, progress=changed)

    assert [] == emulator.log.matching(COMMIT)


async def test_a_file_written_to_meanwhile_is_not_committed(domo, emulator, tmp_path: Path):
    path = tmp_path / "file.csv"
    path.write_bytes(table(range(1000)))
    dataset_id = await new_dataset(domo)
    emulator.log.clear()

    def grow(_: Progress) -> None:
        with path.open("ab") as file:
            file.write(b"1,more\n")

    with pytest.raises(SourceError, match="written to"):
        await domo.datasets.upload(dataset_id, path, progress=grow)

    assert [] == emulator.log.matching(COMMIT)
    assert [0, 1, 2] == await ids(domo, dataset_id)


async def test_cancelling_leaves_nothing_half_committed(domo, emulator):
    dataset_id = await new_dataset(domo)
    emulator.log.clear()
    emulator.faults.add(Fault(PART, "delay", delay=5, count=None))
    upload = asyncio.create_task(domo.datasets.upload(dataset_id, table(range(500)), part_size=1000))
    while not emulator.faults.fired:
        await asyncio.sleep(0.001)

    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload

    assert [] == emulator.log.matching(COMMIT)
    assert [0, 1, 2] == await ids(domo, dataset_id)


async def test_cancelling_during_the_commit_waits_for_its_outcome(domo, emulator):
    dataset_id = await new_dataset(domo)
    emulator.faults.add(Fault(COMMIT, "delay", delay=0.2))
    upload = asyncio.create_task(domo.datasets.upload(dataset_id, table(range(9))))
    while not emulator.faults.fired:
        await asyncio.sleep(0.001)

    upload.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await upload

    assert ["the commit was in progress and took effect"] == caught.value.__notes__
    assert list(range(9)) == await ids(domo, dataset_id)


async def test_many_uploads_share_one_client(domo):
    datasets = [await new_dataset(domo, range(0)) for _ in range(6)]

    await asyncio.gather(
        *(domo.datasets.upload(d, table(range(n * 100, n * 100 + 50)), part_size=200) for n, d in enumerate(datasets))
    )

    for number, dataset_id in enumerate(datasets):
        assert list(range(number * 100, number * 100 + 50)) == await ids(domo, dataset_id)


cells = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=6))


@given(
    st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), cells, cells), min_size=1, max_size=30), st.integers(1, 200)
)
def test_null_and_the_empty_string_survive_the_round_trip(rows, part_size):
    def written(cell: str | None) -> str:
        if cell is None:
            return ""
        return '"' + cell.replace('"', '""') + '"'

    content = "".join(f"{number},{written(first)},{written(second)}\n" for number, first, second in rows).encode()

    async def main() -> list[tuple[object, ...]]:
        async with Emulator() as emulator, emulator.client() as domo:
            dataset = await domo.datasets.create("T", {"n": "LONG", "a": "STRING", "b": "STRING"})
            done = await domo.datasets.upload(dataset.id, content, header=False, part_size=part_size)
            assert len(rows) == done.rows
            result = await domo.datasets.query(dataset.id, "SELECT * FROM table")
            target = io.BytesIO()
            await domo.datasets.export(dataset.id, target, header=False)
            exported = list(csv.reader(io.StringIO(target.getvalue().decode(), newline="")))
            assert [[str(n), a or "", b or ""] for n, a, b in rows] == exported
            return list(result)

    assert rows == asyncio.run(main())

"""An upload with a journal goes on where it ended, and never happens twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest

from domo_async import AfterCommitError, CommitUncertain, ConfigError, Domo, DomoError, Settings, UploadError
from domo_async._transfer.uploading.journal import PartRecord, Sent, journal_at
from domo_async.emulator import Emulator, Fault
from domo_async.sync import Domo as SyncDomo
from tests.support import SkippingClock
from tests.transfer.test_upload_faults import random_fault

PART = "PUT *parts/*"
COMMIT = "PUT *commit"
PART_SIZE = 1000


def table(rows: Iterable[int]) -> bytes:
    return b"".join(b'%d,"name, %d"\n' % (row, row) for row in rows)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "upload.journal"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_bytes(table(range(500)))
    return path


@pytest.fixture
async def dataset(domo: Domo) -> str:
    made = await domo.datasets.create("Test", {"id": "LONG", "name": "STRING"})
    await domo.datasets.upload(made.id, table([-1]))
    return made.id


async def ids(domo: Domo, dataset_id: str) -> list[object]:
    return [row[0] for row in await domo.datasets.query(dataset_id, "SELECT id FROM table")]


async def append(domo: Domo, dataset: str, source: Path | AsyncIterator[bytes], journal: Path) -> int:
    """Upload part by part, so that none of a run that failed is still under way when the next one begins."""
    done = await domo.datasets.upload(
        dataset, source, action="APPEND", resume=journal, part_size=PART_SIZE, concurrency=1
    )
    return done.rows


def sent_parts(emulator: Emulator) -> list[int]:
    return [int(record.path.split("/")[-1]) for record in emulator.log.matching(PART)]


async def test_only_the_parts_that_are_missing_are_sent(domo, emulator, dataset, source, journal):
    emulator.faults.add(Fault("PUT *parts/4", "status", status=400))
    with pytest.raises(UploadError, match="continues from here") as caught:
        await append(domo, dataset, source, journal)
    assert str(journal) == caught.value.journal
    emulator.log.clear()

    assert 500 == await append(domo, dataset, source, journal)

    # The first is sent again to learn whether the instance still knows the upload.
    sent = sent_parts(emulator)
    assert [1, *range(4, sent[-1] + 1)] == sent
    assert 1 == len(emulator.log.matching(COMMIT))
    assert [] == emulator.log.matching("POST *uploads")
    assert [-1, *range(500)] == await ids(domo, dataset)


async def test_once_it_is_done_the_same_call_sends_nothing(domo, emulator, dataset, source, journal):
    first = await domo.datasets.upload(dataset, source, action="APPEND", resume=journal)
    emulator.log.clear()

    again = await domo.datasets.upload(dataset, source, action="APPEND", resume=journal)

    assert (first.rows, first.bytes, first.parts, first.upload_id, first.data_version) == (
        again.rows,
        again.bytes,
        again.parts,
        again.upload_id,
        again.data_version,
    )
    assert [] == emulator.log.matching("POST *") + emulator.log.matching("PUT *")
    assert [-1, *range(500)] == await ids(domo, dataset)


async def test_a_source_that_has_changed_is_refused(domo, emulator, dataset, source, journal):
    emulator.faults.add(Fault("PUT *parts/4", "status", status=400))
    with pytest.raises(UploadError):
        await append(domo, dataset, source, journal)
    emulator.log.clear()
    source.write_bytes(table(range(1, 501)))

    with pytest.raises(ConfigError, match=r"not finished, of another source: part \d+ has changed"):
        await append(domo, dataset, source, journal)

    assert [] == emulator.log.matching(COMMIT)
    assert [-1] == await ids(domo, dataset)


@pytest.mark.parametrize(
    ("options", "says"), [({"action": "REPLACE"}, "action"), ({"partition": "x"}, "partition"), ({}, "dataset")]
)
async def test_a_journal_of_another_call_is_refused(domo, dataset, source, journal, options, says):
    await domo.datasets.upload(dataset, source, resume=journal, action="APPEND")
    if not options:
        dataset = (await domo.datasets.create("Other", {"id": "LONG", "name": "STRING"})).id

    with pytest.raises(ConfigError, match=f"another upload: {says}"):
        await domo.datasets.upload(dataset, source, **({"resume": journal, "action": "APPEND"} | options))


async def stream(content: bytes, step: int) -> AsyncIterator[bytes]:
    for start in range(0, len(content), step):
        yield content[start : start + step]


async def test_a_stream_goes_on_however_it_is_cut(domo, emulator, dataset, journal):
    emulator.faults.add(Fault("PUT *parts/4", "status", status=400))
    with pytest.raises(UploadError):
        await append(domo, dataset, stream(table(range(500)), 77), journal)

    await append(domo, dataset, stream(table(range(500)), 5000), journal)

    assert [-1, *range(500)] == await ids(domo, dataset)


async def test_a_stream_that_is_another_one_is_noticed(domo, emulator, dataset, journal):
    emulator.faults.add(Fault("PUT *parts/4", "status", status=400))
    with pytest.raises(UploadError):
        await append(domo, dataset, stream(table(range(500)), 77), journal)

    with pytest.raises(ConfigError, match="of another source"):
        await append(domo, dataset, stream(table(range(1, 501)), 77), journal)

    assert [-1] == await ids(domo, dataset)


async def test_a_commit_whose_answer_was_lost_is_not_sent_again_by_the_next_run(
    domo, emulator, dataset, source, journal
):
    emulator.faults.add(Fault(COMMIT, "drop_after"))
    emulator.faults.add(Fault("GET *dataversions", "status", status=400, count=None, skip=1))
    with pytest.raises(CommitUncertain) as caught:
        await append(domo, dataset, source, journal)
    assert (500, (1,)) == (caught.value.rows, caught.value.versions_before)
    emulator.faults.clear()

    assert 500 == await append(domo, dataset, source, journal)

    assert 2 == len(emulator.log.matching(COMMIT))  # that of the first row, and this one
    assert [-1, *range(500)] == await ids(domo, dataset)


async def test_a_commit_that_did_not_take_effect_is_sent_by_the_next_run(domo, emulator, dataset, source, journal):
    emulator.faults.add(Fault(COMMIT, "drop_before"))
    with pytest.raises(CommitUncertain, match="finds out and continues"):
        await append(domo, dataset, source, journal)

    assert 500 == await append(domo, dataset, source, journal)

    assert [-1, *range(500)] == await ids(domo, dataset)


async def test_a_run_that_ended_before_its_commit_was_out_is_looked_up_and_goes_on(
    domo, emulator, dataset, source, journal
):
    emulator.faults.add(Fault(COMMIT, "status", status=400))
    with pytest.raises(UploadError, match="refused"):
        await append(domo, dataset, source, journal)
    # As if the process had been killed after it wrote down the commit and before it sent it.
    lines = journal.read_text().splitlines(keepends=True)
    assert '{"commit": null}\n' == lines[-1]
    journal.write_text("".join(lines[:-1]))

    assert 500 == await append(domo, dataset, source, journal)

    assert [-1, *range(500)] == await ids(domo, dataset)


@pytest.mark.parametrize("route", ["PUT *parts/1", COMMIT])
async def test_an_upload_that_the_instance_forgot_starts_over(domo, emulator, dataset, source, journal, route):
    emulator.faults.add(Fault("PUT *parts/4", "status", status=400))
    with pytest.raises(UploadError):
        await append(domo, dataset, source, journal)
    emulator.faults.add(Fault(route, "status", status=404))
    with pytest.raises(UploadError, match="404"):
        await append(domo, dataset, source, journal)
    emulator.log.clear()

    assert 500 == await append(domo, dataset, source, journal)

    assert 1 == len(emulator.log.matching("POST *uploads"))
    sent = sent_parts(emulator)
    assert list(range(1, len(sent) + 1)) == sent
    assert [-1, *range(500)] == await ids(domo, dataset)


async def test_a_line_that_was_cut_short_never_happened(domo, emulator, dataset, source, journal):
    emulator.faults.add(Fault("PUT *parts/4", "status", status=400))
    with pytest.raises(UploadError):
        await append(domo, dataset, source, journal)
    journal.write_bytes(journal.read_bytes()[:-7])

    assert 500 == await append(domo, dataset, source, journal)

    assert [-1, *range(500)] == await ids(domo, dataset)


def fill_up(path: Path) -> None:
    """Let the next line of an open journal meet a full disk."""
    full = os.open("/dev/full", os.O_RDWR)
    for link in Path("/proc/self/fd").iterdir():
        if link.resolve() == path.resolve():
            os.dup2(full, int(link.name))
    os.close(full)


NEEDS_FULL_DEVICE = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")


@NEEDS_FULL_DEVICE
async def test_a_disk_that_is_full_ends_an_upload_of_which_the_rest_follows(domo, dataset, source, journal):
    with pytest.raises(UploadError, match="cannot write the journal .*No space left .* nothing was committed"):
        await domo.datasets.upload(
            dataset, source, resume=journal, part_size=PART_SIZE, progress=lambda _: fill_up(journal)
        )

    assert [-1] == await ids(domo, dataset)
    assert 500 == (await domo.datasets.upload(dataset, source, resume=journal, part_size=PART_SIZE)).rows
    assert {*range(500)} == {*await ids(domo, dataset)}


@NEEDS_FULL_DEVICE
def test_a_commit_that_cannot_be_written_down_is_told_and_looked_up_later(tmp_path):
    path = tmp_path / "upload.journal"
    sent = Sent(rows=1, bytes=4, parts=1)
    with journal_at(path) as journal:
        journal.begin({"dataset": "x", "action": "APPEND", "columns": []})
        journal.opened(7, [])
        journal.arrived(1, PartRecord(1, 4, "digest"))
        journal.committing(sent)
        fill_up(path)
        with pytest.raises(AfterCommitError, match="upload 7 is committed, but the journal .* No space left"):
            journal.committed(7)

    with journal_at(path) as journal:
        assert (7, sent, None) == (journal.upload_id, journal.sent, journal.finished)


async def test_one_journal_serves_one_upload_at_a_time(domo, emulator, dataset, source, journal):
    async def meanwhile() -> AsyncIterator[bytes]:
        yield b"0,x\n" * PART_SIZE
        with pytest.raises(ConfigError, match="another process"):
            await append(domo, dataset, source, journal)
        yield b"1,y\n"

    assert PART_SIZE + 1 == await append(domo, dataset, meanwhile(), journal)


async def test_a_file_that_is_not_a_journal_is_left_alone(domo, dataset, source):
    before = source.read_bytes()

    with pytest.raises(ConfigError, match="not the journal of an upload, and was not changed"):
        await append(domo, dataset, source, source)

    assert before == source.read_bytes()


async def appended_in_the_end(seed: int, folder: Path, uploads: int) -> None:
    """Upload with random faults, again and again with the same journal, until it is done; expect each row once."""
    dice = random.Random(seed)
    settings = Settings(clock=SkippingClock())
    async with Emulator() as emulator, emulator.client(settings=settings) as domo:
        dataset = await domo.datasets.create("Test", {"n": "LONG", "text": "STRING"})
        expected: list[object] = []
        for upload in range(uploads):
            rows = range(upload * 1000, upload * 1000 + dice.randint(1, 200))
            content = b"".join(b'%d,"a ""text""\nof %d"\n' % (n, n) for n in rows)
            journal = folder / f"{seed}-{upload}"
            for _ in range(20):
                emulator.faults.clear()
                emulator.faults.add(random_fault(dice))
                try:
                    await domo.datasets.upload(
                        dataset.id, content, action="APPEND", header=False, part_size=500, resume=journal
                    )
                except DomoError:
                    continue
                break
            else:
                raise AssertionError("it never came to an end")
            emulator.faults.clear()
            expected += rows
        assert expected == [row[0] for row in await domo.datasets.query(dataset.id, "SELECT n FROM table")]


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.hostile)])
async def test_whatever_happens_each_row_is_there_once_in_the_end(seed, tmp_path):
    await appended_in_the_end(seed, tmp_path, uploads=25)


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", range(10, 20))
async def test_whatever_happens_each_row_is_there_once_in_the_end_a_thousand_times(seed, tmp_path):
    await appended_in_the_end(seed, tmp_path, uploads=100)


PROGRAM = """
import sys
from domo_async.sync import Domo

url, token, dataset, source, journal = sys.argv[1:]
with Domo(url, token=token) as domo:
    domo.datasets.upload(dataset, source, action="APPEND", header=False, part_size=20_000, resume=journal)
"""


def killed_and_resumed(seed: int, folder: Path, uploads: int) -> int:
    """Kill uploading processes at random moments and start them again until they are done; return the kills."""
    dice = random.Random(seed)
    kills = 0
    with Emulator(latency=0.01) as emulator, SyncDomo(emulator.url, token=emulator.token) as domo:
        dataset = domo.datasets.create("Test", {"id": "LONG", "name": "STRING"}).id
        for upload in range(uploads):
            source, journal = folder / f"{upload}.csv", folder / f"{upload}.journal"
            source.write_bytes(table(range(upload * 100_000, upload * 100_000 + 20_000)))
            command = [sys.executable, "-c", PROGRAM, emulator.url, emulator.token, dataset, str(source), str(journal)]
            patience, killed = 1.0, True
            while killed:
                asked = len(emulator.log)
                child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
                while len(emulator.log) == asked and child.poll() is None:
                    time.sleep(0.002)
                lasts = patience * dice.choice([0.0, 0.05, 0.1, 0.2, 0.3, 0.4])
                try:
                    _, errors = child.communicate(timeout=lasts)
                    killed = False
                    assert 0 == child.returncode, errors
                except subprocess.TimeoutExpired:
                    child.send_signal(signal.SIGKILL)
                    child.communicate(timeout=30)
                    kills += 1
                    patience *= 1.3
        found = domo.datasets.query(dataset, "SELECT COUNT(*), COUNT(DISTINCT id), SUM(id) FROM table")
        expected = [n for upload in range(uploads) for n in range(upload * 100_000, upload * 100_000 + 20_000)]
        assert (len(expected), len(expected), sum(expected)) == found[0]
    return kills


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_process_is_resumed(tmp_path):
    # Each row is there once in the end, which is asserted there; how often it was killed is chance.
    killed_and_resumed(1, tmp_path, uploads=1)


@pytest.mark.long
@pytest.mark.timeout(2700)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_hundred_and_fifty_killed_processes_are_resumed(tmp_path):
    kills = uploads = 0
    while kills < 150:
        folder = tmp_path / str(uploads)
        folder.mkdir()
        kills += killed_and_resumed(uploads, folder, uploads=5)
        uploads += 1

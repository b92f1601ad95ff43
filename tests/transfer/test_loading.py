"""A folder whose files are loaded each exactly once, whatever ends in the middle of it."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from domo_async import ConfigError, Domo, NotFound, SourceError, UploadError
from domo_async._locking import lock
from domo_async._transfer import LoadReport
from domo_async.emulator import Emulator, Fault

Night = Callable[..., Awaitable[LoadReport]]
UPLOADS = "POST *uploads"


@pytest.fixture
async def dataset(domo: Domo) -> str:
    return (await domo.datasets.create("Nightly", {"id": "LONG", "day": "STRING"})).id


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "night.ledger"


@pytest.fixture
def night(domo: Domo, dataset: str, folder: Path, ledger: Path) -> Night:
    async def load(where: Any = folder, **options: Any) -> LoadReport:
        return await domo.datasets.load_folder(where, dataset, **{"ledger": ledger, **options})

    return load


def write(folder: Path, name: str, *rows: str, header: str = "id,day") -> Path:
    path = folder / name
    path.write_text("".join(f"{line}\n" for line in (header, *rows)))
    return path


async def ids(domo: Domo, dataset: str) -> list[int]:
    return sorted(int(str(row[0])) for row in await domo.datasets.query(dataset, "SELECT id FROM table"))


def told(report: LoadReport) -> list[tuple[str, str, str]]:
    return [(Path(entry.path).name, entry.found, entry.outcome) for entry in report]


@pytest.mark.parametrize("commits", ["together", "each"])
async def test_each_file_goes_up_once_over_nights_in_one_commit_or_in_one_each(
    domo, emulator, dataset, folder, night, commits
):
    write(folder, "a.csv", "1,x", "2,x")
    write(folder, "b.csv", "3,x")
    first = await night(commits=commits)
    emulator.log.clear()

    again = await night(commits=commits)
    idle = len(emulator.log.matching("*"))
    write(folder, "c.csv", "4,x")
    third = await night(commits=commits)

    assert [("a.csv", "new", "loaded"), ("b.csv", "new", "loaded")] == told(first)
    assert [2, 1] == [entry.rows for entry in first]
    assert {"together": 1, "each": 2}[commits] == len({entry.data_version for entry in first})
    assert [("a.csv", "known", "skipped"), ("b.csv", "known", "skipped")] == told(again)
    assert 1 == idle
    assert ("c.csv", "new", "loaded") == told(third)[2]
    assert (1, {"skipped": 2, "loaded": 1}) == (third.rows, third.counts)
    assert [1, 2, 3, 4] == await ids(domo, dataset)


async def test_a_ledger_has_a_row_a_file_and_what_it_needs_no_longer_is_gone(night, folder, ledger, dataset):
    write(folder, "a.csv", "1,x")
    (entry,) = await night()

    with sqlite3.connect(ledger) as connection:
        connection.row_factory = sqlite3.Row
        (row,) = connection.execute("SELECT * FROM files")
    connection.close()

    assert (dataset, str(folder / "a.csv"), 11, 1) == (row["dataset"], row["path"], row["size"], row["rows"])
    assert ("loaded", entry.data_version, None) == (row["state"], row["data_version"], row["journal"])
    assert 64 == len(row["digest"])
    assert row["modified"].endswith("+00:00")
    assert [] == [*ledger.parent.glob("*.journals/*")]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such file names")
async def test_files_of_any_name_are_loaded_once_and_their_errors_are_kept(domo, dataset, folder, night):
    for number, name in enumerate(["a\nb.csv", "not utf-8 \udcff.csv", "s3:c.csv", "[a]*.csv"]):
        write(folder, name, f"{number},x")
    write(folder, "bad \udcfe.csv", "no number,x")

    first, again = await night(), await night(commits="each")

    assert ({"loaded": 4, "bad": 1}, {"skipped": 4, "bad": 1}) == (first.counts, again.counts)
    assert [0, 1, 2, 3] == await ids(domo, dataset)


async def test_bad_files_are_set_aside_with_their_line_and_the_others_are_loaded(domo, dataset, folder, night):
    write(folder, "a.csv", "1,x")
    bad = write(folder, "b.csv", "2,x", "two,x")
    (folder / "c.csv").write_bytes(b"\x00\x01\x02not a table")
    write(folder, "d.csv", "4,x,extra", header="id,day,more")
    write(folder, "e.csv")
    write(folder, "f.csv", "6,x")

    report = await night()
    write(folder, "b.csv", "2,x", "22,x")
    again = await night()

    outcomes = {name: outcome for name, _, outcome in told(report)}
    assert {
        "a.csv": "loaded",
        "b.csv": "bad",
        "c.csv": "bad",
        "d.csv": "bad",
        "e.csv": "skipped",
        "f.csv": "loaded",
    } == (outcomes)
    wrong = next(entry for entry in report if entry.path == str(bad))
    assert (3, f"{bad}: line 3, column 'id': 'two' is not a LONG") == (wrong.line, str(wrong.error))
    with pytest.raises(SourceError, match="'two' is not a LONG"):
        report.raise_for_failures()
    assert ("b.csv", "new", "loaded") in told(again)
    assert [1, 2, 6, 22] == await ids(domo, dataset)


async def test_changed_files_are_refused_or_appended_or_skipped_and_grown_ones_always_refused(
    domo, dataset, folder, night
):
    path = write(folder, "a.csv", "1,x")
    await night()

    write(folder, "a.csv", "1,x", "2,x")
    grown = await night(changed="append")
    write(folder, "a.csv", "3,x")
    refused = await night()
    skipped = await night(changed="skip")
    held = await ids(domo, dataset)
    appended = await night(changed="append")
    os.utime(path, (1, 1))
    known = await night()

    assert [("a.csv", "changed", "refused")] == told(grown) == told(refused)
    assert "would be loaded twice" in str(grown.results[0].error)
    assert 'changed="append"' in str(refused.results[0].error)
    assert [("a.csv", "changed", "skipped")] == told(skipped)
    assert [1] == held
    assert [("a.csv", "changed", "loaded")] == told(appended)
    assert [("a.csv", "known", "skipped")] == told(known)
    assert [1, 3] == await ids(domo, dataset)


async def test_renamed_copied_and_rotated_files_are_not_loaded_twice(domo, dataset, folder, night):
    log = write(folder, "log.csv", "1,x", "2,x")
    await night()

    shutil.copy(log, folder / "copy.csv")
    copied = await night()
    (folder / "copy.csv").unlink()
    log.rename(folder / "log.1.csv")
    renamed = await night()
    (folder / "log.1.csv").unlink()
    write(folder, "log.2.csv", "1,x", "2,x", "3,x")
    rotated = await night()

    assert ("copy.csv", "known", "skipped") in told(copied)
    assert str(log) == copied.results[0].same_as
    assert [("log.1.csv", "known", "skipped")] == told(renamed)
    assert [("log.2.csv", "changed", "refused"), ("log.1.csv", "vanished", "skipped")] == told(rotated)
    assert [1, 2] == await ids(domo, dataset)


async def test_two_new_files_of_the_same_content_are_loaded_once(domo, dataset, folder, night):
    for name in ("a.csv", "b.csv"):
        write(folder, name, "1,x")

    report = await night()

    assert [("a.csv", "new", "loaded"), ("b.csv", "known", "skipped")] == told(report)
    assert str(folder / "a.csv") == report.results[1].same_as
    assert [1] == await ids(domo, dataset)


async def test_vanished_files_are_told_once_and_only_those_of_the_folder(night, folder, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    for path in (write(folder, "a.csv", "1,x"), write(other, "b.csv", "2,x")):
        await night(path.parent)
        path.unlink()

    assert [("a.csv", "vanished", "skipped")] == told(await night(dry_run=True))
    assert [("a.csv", "vanished", "skipped")] == told(await night())
    assert [] == told(await night())
    write(folder, "a.csv", "1,x")
    assert [("a.csv", "known", "skipped")] == told(await night())
    (folder / "a.csv").unlink()
    assert [("a.csv", "vanished", "skipped")] == told(await night())


@pytest.mark.parametrize("commits", ["together", "each"])
async def test_columns_that_files_bring_and_lack_are_told_by_file(domo, dataset, folder, night, commits):
    write(folder, "a.csv", "1,x")
    first = write(folder, "b.csv", "2,x,7", header="id,day,more")
    write(folder, "c.csv", "3,8", header="id,more")

    planned = await night(commits=commits, dry_run=True, schema="evolve")
    report = await night(commits=commits, schema="evolve")

    assert {"more": str(first)} == report.added == ({"more": str(first)} if commits == "together" else report.added)
    assert {"more": "LONG"} == report.results[1].added
    assert ("day",) == report.results[2].missing
    assert 3 == planned.rows == report.rows
    rows = await domo.datasets.query(dataset, "SELECT id, day, more FROM table ORDER BY id")
    assert [(1, "x", None), (2, "x", 7), (3, None, 8)] == [tuple(row) for row in rows]


async def test_a_dry_run_tells_what_a_run_would_do_and_leaves_no_trace(emulator, folder, night, tmp_path):
    write(folder, "a.csv", "1,x")
    write(folder, "b.csv", "two,x")

    report = await night(dry_run=True)

    assert [("a.csv", "new", "planned"), ("b.csv", "new", "bad")] == told(report)
    assert (True, 1) == (report.dry_run, report.rows)
    assert ["in"] == [path.name for path in tmp_path.iterdir()]
    assert [] == emulator.log.matching(UPLOADS)


async def test_a_folder_may_be_empty_but_must_be_there(night, folder, tmp_path):
    assert 0 == len(await night())
    assert 0 == len(await night(f"{folder}/*.csv"))
    for missing in (tmp_path / "none", f"{tmp_path}/none/*.csv", folder / "none.csv"):
        with pytest.raises(SourceError):
            await night(missing)


@pytest.mark.parametrize("folder", [5, None, [5], "", "-"], ids=repr)
async def test_a_value_that_is_not_a_path_is_refused(domo, dataset, ledger, folder):
    with pytest.raises(ConfigError):
        await domo.datasets.load_folder(folder, dataset, ledger=ledger)
    assert not ledger.exists()


async def test_a_file_that_is_written_to_meanwhile_is_not_loaded_until_it_stays_as_it_is(
    domo, emulator, dataset, folder, night
):
    path = write(folder, "a.csv", "1,x")
    emulator.faults.add(Fault("PUT *parts/1", "delay", delay=0.05))
    task = asyncio.create_task(night())
    while not emulator.faults.fired:
        await asyncio.sleep(0.001)
    write(folder, "a.csv", "2,x", "3,x")
    report = await task

    again = await night()

    assert [("a.csv", "new", "bad")] == told(report)
    assert [("a.csv", "new", "loaded")] == told(again)
    assert path.exists()
    assert [2, 3] == await ids(domo, dataset)


async def test_a_ledger_in_the_folder_is_not_loaded(domo, dataset, folder, night):
    write(folder, "a.csv", "1,x")
    for _ in range(2):
        assert ["a.csv"] == [name for name, _, _ in told(await night(ledger=folder / "night.ledger"))]
    assert [1] == await ids(domo, dataset)


async def test_machines_that_see_the_files_elsewhere_share_a_ledger_and_so_do_datasets(
    domo, dataset, folder, night, ledger, tmp_path
):
    write(folder, "a.csv", "1,x")
    await night()
    shutil.copytree(folder, tmp_path / "mounted")
    write(tmp_path / "mounted", "b.csv", "2,x")
    other = (await domo.datasets.create("Other", {"id": "LONG", "day": "STRING"})).id

    elsewhere = await night(tmp_path / "mounted")
    second = await domo.datasets.load_folder([folder], other, ledger=ledger)

    assert [("a.csv", "known", "skipped"), ("b.csv", "new", "loaded")] == told(elsewhere)
    assert [("a.csv", "new", "loaded")] == told(second)
    assert ([1, 2], [1]) == (await ids(domo, dataset), await ids(domo, other))


async def test_a_file_that_is_not_a_ledger_or_is_in_use_is_left_alone(emulator, folder, night, tmp_path, ledger):
    write(folder, "a.csv", "1,x")
    text = tmp_path / "notes.txt"
    text.write_text("my only copy, which is longer than the head of a database" * 9)
    database = tmp_path / "other.sqlite"
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE files (name TEXT)")
    connection.close()
    for path in (text, database):
        before = path.read_bytes()
        with pytest.raises(ConfigError, match="not changed"):
            await night(ledger=path)
        assert before == path.read_bytes()
    with Path(f"{ledger}.lock").open("wb") as file:
        lock(file)
        with pytest.raises(ConfigError, match="another process is loading with the ledger"):
            await night()
    for wrong in (tmp_path, "", 5):
        with pytest.raises(ConfigError, match="ledger"):
            await night(ledger=wrong)

    assert [] == emulator.log.matching(UPLOADS)


@pytest.mark.parametrize(
    "options",
    [
        {"action": "REPLACE"},
        {"partition": "p"},
        {"resume": "journal"},
        {"commits": "some"},
        {"changed": "maybe"},
    ],
    ids=["replace", "partition", "resume", "commits", "changed"],
)
async def test_an_action_that_does_not_append_is_refused(night, options):
    with pytest.raises(ConfigError):
        await night(**options)


async def test_a_dataset_that_is_not_there_leaves_no_ledger(domo, folder, ledger):
    write(folder, "a.csv", "1,x")
    with pytest.raises(NotFound):
        await domo.datasets.load_folder(folder, "none", ledger=ledger)
    assert not ledger.exists()


FAULTS = {
    "no upload": [Fault(UPLOADS, "status", status=400)],
    "no part": [Fault("PUT *parts/2", "status", status=400)],
    "no commit": [Fault("PUT *commit", "status", status=400)],
    "commit lost before": [Fault("PUT *commit", "drop_before")],
    "commit lost after": [Fault("PUT *commit", "drop_after")],
    "commit lost before, and nothing tells": [
        Fault("PUT *commit", "drop_before"),
        Fault("GET *dataversions", "status", status=403, count=20),
    ],
    "commit lost after, and nothing tells": [
        Fault("PUT *commit", "drop_after"),
        Fault("GET *dataversions", "status", status=403, count=3, skip=1),
    ],
    "no index": [Fault("GET *indexes*", "status", status=400)],
    "part gone": [Fault("PUT *parts/1", "status", status=404)],
}


@pytest.mark.parametrize("commits", ["together", "each"])
@pytest.mark.parametrize("what", FAULTS)
async def test_whatever_fails_every_row_is_there_once_in_the_end(domo, emulator, dataset, folder, night, what, commits):
    for number in range(3):
        write(folder, f"{number}.csv", *(f"{number}{row},x" for row in range(5)))
    for fault in FAULTS[what]:
        emulator.faults.add(fault)

    for tries in range(12):
        report = await night(commits=commits, part_size=20)
        held = await ids(domo, dataset)
        # Nothing is told of as loaded that is not, and the other way round.
        known = [entry for entry in report if entry.outcome == "loaded" or entry.found == "known"]
        uncertain = any(entry.outcome == "uncertain" for entry in report)
        assert len(held) == sum(entry.rows for entry in known) or uncertain
        assert len(held) == len(set(held))
        if not report.not_loaded:
            break
        # Files that come meanwhile stand in nobody's way.
        write(folder, f"{tries + 3}.csv", f"{tries + 3}0,x")

    assert not report.not_loaded
    assert sorted(set(held)) == held
    files = [line for path in folder.iterdir() for line in path.read_text().splitlines()[1:]]
    assert sorted(int(line.partition(",")[0]) for line in files) == held


@pytest.mark.parametrize("gone", [False, True])
async def test_an_uncertain_commit_is_settled_first_even_if_its_files_are_gone(
    domo, emulator, dataset, folder, night, gone
):
    path = write(folder, "a.csv", "1,x")
    emulator.faults.add(Fault("PUT *commit", "drop_before" if gone else "drop_after"))
    emulator.faults.add(Fault("GET *dataversions", "status", status=403, count=None, skip=1))
    (uncertain,) = await night()
    (still,) = await night()
    (dry,) = await night(dry_run=True)
    emulator.faults.clear()
    if gone:
        path.unlink()
    write(folder, "b.csv", "2,x")

    settled = await night()

    assert ["uncertain", "uncertain", "planned"] == [each.outcome for each in (uncertain, still, dry)]
    for each in (uncertain, still):
        assert 'The same call finds out and continues. Pass uncertain="resend" only if' in str(each.error)
        assert "resume" not in str(each.error)
    first = [("a.csv", "pending", "loaded"), ("b.csv", "new", "loaded")]
    last = [("b.csv", "new", "loaded"), ("a.csv", "pending", "loaded"), ("a.csv", "vanished", "skipped")]
    assert (last if gone else first) == told(settled)
    assert [1, 2] == await ids(domo, dataset)


@pytest.mark.parametrize("second", [400, 404])
async def test_a_second_commit_that_is_refused_says_nothing_of_the_first(
    domo, emulator, dataset, folder, night, second
):
    write(folder, "a.csv", "1,x")
    emulator.faults.add(Fault("PUT *commit", "drop_after"))
    # As of an instance whose versions show a commit late.
    emulator.faults.add(Fault("GET *dataversions", "status", status=200, body=[], count=None))
    emulator.faults.add(Fault("PUT *commit", "status", status=second, count=None))
    reports = [await night() for _ in range(3)]
    emulator.faults.clear()

    settled = await night()

    assert [["uncertain"]] * 3 == [[entry.outcome for entry in report] for report in reports]
    for told_of in (f"{second} on PUT", "an earlier run may have committed it", 'Pass uncertain="resend" only if'):
        assert told_of in str(reports[-1].results[0].error)
    assert "nothing was committed" not in str(reports[-1].results[0].error)
    assert [("a.csv", "pending", "loaded")] == told(settled)
    assert 1 == len(emulator.log.matching(UPLOADS))
    assert [1] == await ids(domo, dataset)


async def test_an_error_of_settling_does_not_advise_what_a_load_refuses(emulator, folder, night):
    write(folder, "a.csv", "1,x")
    emulator.faults.add(Fault("PUT *parts/1", "status", status=400))
    await night()
    emulator.faults.add(Fault("GET *dataversions", "status", status=403))

    with pytest.raises(UploadError, match="the same call continues from here$"):
        await night()

    assert not (await night()).not_loaded


def spoil(journals: Path, state: str) -> None:
    if state == "removed":
        shutil.rmtree(journals)
        return
    (journal,) = journals.iterdir()
    journal.write_text("{\n" if state == "another file" else journal.read_text() + "{\n")


@pytest.mark.parametrize(
    ("state", "says"), [("removed", "no longer exists"), ("damaged", "is damaged"), ("another file", "is damaged")]
)
@pytest.mark.parametrize(("uncertain", "held"), [("loaded", [1]), ("resend", [1, 1])])
async def test_files_of_unknown_outcome_are_settled_by_people_alone(
    domo, emulator, dataset, folder, night, ledger, uncertain, held, state, says
):
    write(folder, "a.csv", "1,x")
    emulator.faults.add(Fault("PUT *commit", "drop_after"))
    emulator.faults.add(Fault("GET *dataversions", "status", status=403, count=20, skip=1))
    await night()
    emulator.faults.clear()
    spoil(Path(f"{ledger}.journals"), state)

    reports = [await night() for _ in range(2)]
    settled = await night(uncertain=uncertain)

    assert [("a.csv", "pending", "uncertain")] == told(reports[0]) == told(reports[1])
    assert says in str(reports[1].results[0].error)
    assert 'uncertain="resend"' in str(reports[1].results[0].error)
    assert ["loaded"] == [entry.outcome for entry in settled]
    assert [("a.csv", "known", "skipped")] == told(await night())
    # That they are there was known here, and who says otherwise has them twice.
    assert held == await ids(domo, dataset)


async def test_files_that_change_after_a_broken_night_are_loaded_as_they_are(domo, emulator, dataset, folder, night):
    write(folder, "a.csv", "1,x")
    write(folder, "b.csv", "2,x")
    emulator.faults.add(Fault("PUT *commit", "status", status=400))
    failed = await night()
    write(folder, "b.csv", "3,x")

    report = await night()

    assert [("a.csv", "new", "failed"), ("b.csv", "new", "failed")] == told(failed)
    assert str(failed.results[0].error).endswith("; the same call continues from here")
    assert [("a.csv", "new", "loaded"), ("b.csv", "new", "loaded")] == told(report)
    assert [1, 3] == await ids(domo, dataset)


@pytest.mark.parametrize("route", [UPLOADS, "PUT *parts/1", "PUT *commit", "GET *indexes*"])
async def test_a_run_that_is_cancelled_goes_on(domo, emulator, dataset, folder, night, route):
    write(folder, "a.csv", "1,x", "2,x")
    emulator.faults.add(Fault(route, "delay", delay=0.05))
    task = asyncio.create_task(night())
    while not emulator.faults.fired:
        await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    report = await night()

    assert not report.not_loaded
    assert [1, 2] == await ids(domo, dataset)


PROGRAM = """
import sys
from domo_async.sync import Domo

url, token, dataset, folder, ledger, commits = sys.argv[1:]
with Domo(url, token=token) as domo:
    report = domo.datasets.load_folder(folder, dataset, ledger=ledger, commits=commits)
    report.raise_for_failures()
"""


KILLED_AT = [UPLOADS, "PUT *parts/*", "PUT *commit", "GET *indexes*", "GET *dataversions", "GET *schemas/latest"]


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("commits", "files"), [("together", 50), ("each", 5)])
def test_twenty_nights_that_are_killed_anywhere_have_every_row_once(tmp_path, commits, files):
    folder = tmp_path / "in"
    folder.mkdir()
    chance = random.Random(7)
    numbers = itertools.count()
    killed = 0
    with Emulator() as emulator, emulator.sync_client() as domo:
        dataset = domo.datasets.create("Nightly", {"id": "LONG", "day": "STRING"})
        command = [sys.executable, "-c", PROGRAM, emulator.url, emulator.token, dataset.id]
        command += [str(folder), str(tmp_path / "night.ledger"), commits]
        for _ in range(20):
            for _ in range(files):
                number = next(numbers)
                write(folder, f"{number:04}.csv", *(f"{number * 10 + row},x" for row in range(10)))
            route = Fault(
                chance.choice(KILLED_AT), "delay", delay=0.3, skip=chance.randrange(3 if commits == "each" else 1)
            )
            emulator.faults.add(route)
            child = subprocess.Popen(command)
            while not emulator.faults.fired and child.poll() is None:
                time.sleep(0.002)
            # Some while the request is under way, some after it.
            time.sleep(chance.choice([0, 0.01, 0.31, 0.35]))
            killed += child.poll() is None
            child.kill()
            child.wait()
            emulator.faults.clear()
        assert 0 == subprocess.run(command, check=False).returncode
        ((rows, different, total),) = domo.datasets.query(
            dataset.id, "SELECT COUNT(*), COUNT(DISTINCT id), SUM(id) FROM table"
        )
    count = next(numbers) * 10
    assert (count, count, sum(range(count))) == (rows, different, total)
    assert killed > 10

"""The same call every night with the same journal: each night's data are there once, whatever was tried again."""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from domo_async import AfterCommitError, CommitUncertain, ConfigError, Domo, UploadError
from domo_async._transfer import Source, UploadResult
from domo_async.emulator import Fault

PUTS = "PUT *"


@pytest.fixture
async def dataset(domo: Domo) -> str:
    return (await domo.datasets.create("Nightly", {"id": "LONG", "day": "STRING"})).id


@pytest.fixture
def night(domo: Domo, dataset: str, tmp_path: Path) -> Callable[..., Any]:
    async def upload(source: Source, **options: Any) -> UploadResult:
        how = {"action": "APPEND", "resume": tmp_path / "nightly.journal", **options}
        return await domo.datasets.upload(dataset, source, **how)

    return upload


async def held(domo: Domo, dataset: str) -> list[tuple[object, ...]]:
    return sorted(tuple(row) for row in await domo.datasets.query(dataset, "SELECT id, day FROM table"))


def csv_of(day: int, rows: int) -> bytes:
    return b"id,day\n" + b"".join(b"%d,day%d\n" % (n, day) for n in range(rows))


def pieces(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), 5):
        yield content[start : start + 5]


SOURCES: dict[str, Callable[[int, int], Any]] = {
    "rows": lambda day, rows: [(n, f"day{day}") for n in range(rows)],
    "an iterator of rows": lambda day, rows: ((n, f"day{day}") for n in range(rows)),
    "mappings": lambda day, rows: [{"day": f"day{day}", "id": n} for n in range(rows)],
    "Arrow": lambda day, rows: pa.table({"id": range(rows), "day": [f"day{day}"] * rows}),
    "pandas": lambda day, rows: pd.DataFrame({"id": range(rows), "day": [f"day{day}"] * rows}),
    "bytes": csv_of,
    "a file object": lambda day, rows: io.BytesIO(csv_of(day, rows)),
    "an iterator of bytes": lambda day, rows: pieces(csv_of(day, rows)),
}


@pytest.mark.parametrize("kind", SOURCES)
async def test_each_night_s_data_are_there_once_and_what_is_repeated_says_so(domo, emulator, dataset, night, kind):
    source = SOURCES[kind]
    first = await night(source(1, 3))
    emulator.log.clear()

    again = await night(source(1, 3), part_size=12)

    assert [] == emulator.log.matching(PUTS) + emulator.log.matching("POST *uploads")
    assert (False, True) == (first.replayed, again.replayed)
    assert (first.rows, first.upload_id, first.data_version) == (again.rows, again.upload_id, again.data_version)
    # As many bytes, and other rows.
    second = await night(source(2, 3))
    assert (3, False) == (second.rows, second.replayed)
    assert [(n, f"day{day}") for n in range(3) for day in (1, 2)] == await held(domo, dataset)


@pytest.mark.parametrize("kind", SOURCES)
async def test_rows_that_go_on_after_those_of_last_night_are_not_appended_twice(domo, dataset, night, kind):
    source = SOURCES[kind]
    await night(source(1, 3))

    with pytest.raises(ConfigError, match="Give the new rows alone"):
        await night(source(1, 5))

    assert 3 == len(await held(domo, dataset))
    assert 5 == (await night(source(1, 5), action="REPLACE", resume=None)).rows


async def test_of_a_pattern_only_the_files_that_are_new_go_up(domo, dataset, night, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files: list[Path] = []
    for day, name in enumerate(["mon", "tue", "fri"], 1):
        path = tmp_path / f"{name}.csv"
        path.write_bytes(csv_of(day, 2))

        done = await night("*.csv")
        again = await night([f"./{name}.csv"])

        assert (2, False, (str(path),)) == (done.rows, done.replayed, done.files)
        assert set(map(str, files)) == set(done.left_out)
        assert again.replayed
        files.append(path)
    os.utime(files[0])
    assert (await night(files)).replayed
    assert [(n, f"day{day}") for n in range(2) for day in (1, 2, 3)] == await held(domo, dataset)


async def test_a_file_by_another_spelling_is_the_same(domo, dataset, night, tmp_path, monkeypatch):
    path = tmp_path / "data" / "orders.csv"
    path.parent.mkdir()
    path.write_bytes(csv_of(1, 3))
    (tmp_path / "link.csv").symlink_to(path)
    (tmp_path / "folder").symlink_to(path.parent)
    monkeypatch.chdir(tmp_path)
    await night(path)

    for spelling in (
        str(path),
        "data/orders.csv",
        Path("./data/../data/orders.csv"),
        "link.csv",
        "folder/orders.csv",
        ["data/orders.csv"],
        "data/*.csv",
    ):
        assert (await night(spelling)).replayed, spelling

    assert 3 == len(await held(domo, dataset))


async def test_a_file_that_is_written_anew_each_night_goes_up_each_night(domo, dataset, night, tmp_path):
    path = tmp_path / "orders.csv"
    for day in (1, 2):
        path.write_bytes(csv_of(day, 3))
        os.utime(path, (1, 1))
        assert not (await night(path)).replayed
    path.write_bytes(csv_of(2, 4))

    with pytest.raises(ConfigError, match=r"orders.csv begins with the rows .* twice"):
        await night(path)

    assert 6 == len(await held(domo, dataset))


async def test_a_file_whose_upload_broke_off_goes_on_beside_those_that_are_there(
    domo, emulator, dataset, night, tmp_path
):
    (tmp_path / "mon.csv").write_bytes(csv_of(1, 2))
    await night(str(tmp_path / "*.csv"))
    (tmp_path / "tue.csv").write_bytes(csv_of(2, 20))
    emulator.faults.add(Fault("PUT *parts/3", "status", status=400))
    with pytest.raises(UploadError, match="continues from here"):
        await night(str(tmp_path / "*.csv"), part_size=40, concurrency=1)

    done = await night(str(tmp_path / "*.csv"), part_size=40, concurrency=1)

    assert (20, False) == (done.rows, done.replayed)
    assert 22 == len(await held(domo, dataset))


async def test_with_replace_all_files_go_up_unless_all_are_the_same(domo, dataset, night, tmp_path):
    (tmp_path / "mon.csv").write_bytes(csv_of(1, 2))
    await night(str(tmp_path / "*.csv"), action="REPLACE")
    (tmp_path / "tue.csv").write_bytes(csv_of(2, 2))

    done = await night(str(tmp_path / "*.csv"), action="REPLACE")

    assert (4, ()) == (done.rows, done.left_out)
    assert (await night(str(tmp_path / "*.csv"), action="REPLACE")).replayed
    assert 4 == len(await held(domo, dataset))


@pytest.mark.parametrize("kind", ["bytes", "a file"])
async def test_with_replace_the_same_goes_up_again_once_others_have_written(domo, dataset, night, tmp_path, kind):
    path = tmp_path / "mon.csv"
    path.write_bytes(csv_of(1, 2))
    source = path if kind == "a file" else csv_of(1, 2)
    await night(source, action="REPLACE")
    await domo.datasets.upload(dataset, csv_of(7, 1))

    done = await night(source, action="REPLACE")

    assert not done.replayed
    assert [(0, "day1"), (1, "day1")] == await held(domo, dataset)
    assert (await night(source, action="REPLACE")).replayed


async def test_a_renamed_file_is_not_appended_twice(domo, dataset, night, tmp_path):
    folder = tmp_path / "logs"
    folder.mkdir()
    log, rotated = folder / "log.csv", folder / "log.csv.1"
    log.write_bytes(csv_of(1, 2))
    await night(folder)
    # As logs are rotated: what was added before is in the renamed file alone.
    for rows in (2, 3):
        rotated.write_bytes(csv_of(1, rows))
        log.write_bytes(csv_of(2, 1))
        with pytest.raises(ConfigError, match=r"log\.csv\.1 holds the rows .* appended from .*log\.csv, .* twice"):
            await night(folder)
    log.unlink()
    with pytest.raises(ConfigError, match="twice"):
        await night(rotated)

    assert 2 == len(await held(domo, dataset))


async def test_files_that_are_gone_or_hold_a_header_alone_stand_in_nobody_s_way(domo, dataset, night, tmp_path):
    for day in (1, 2, 3):
        folder = tmp_path / str(day)
        folder.mkdir()
        (folder / "data.csv").write_bytes(csv_of(day, 1))
        (folder / "none.csv").write_bytes(csv_of(day, 0))
        assert 1 == (await night(folder)).rows
        for path in folder.iterdir():
            path.unlink()

    assert 3 == len(await held(domo, dataset))


async def test_bytes_that_were_appended_are_not_appended_again_out_of_a_file(domo, dataset, night, tmp_path):
    path = tmp_path / "mon.csv"
    path.write_bytes(csv_of(1, 2))
    await night(csv_of(1, 2))

    assert (await night(path)).replayed
    assert 2 == len(await held(domo, dataset))


async def test_a_file_that_is_given_twice_goes_up_once_and_that_is_told(domo, dataset, night, tmp_path):
    path, link = tmp_path / "mon.csv", tmp_path / "latest.csv"
    path.write_bytes(csv_of(1, 2))
    link.symlink_to(path)

    for number, source in enumerate([[path, str(path)], [str(tmp_path / "m*.csv"), path], str(tmp_path / "*.csv")]):
        done = await night(source, resume=tmp_path / f"{number}.journal")
        assert (2, (str(path),)) == (done.rows, done.files)
        assert "is given twice" in done.notes[0]


async def test_columns_that_come_with_a_night_begin_a_new_upload(domo, dataset, night):
    await night([{"id": 1, "day": "a"}], schema="evolve")

    done = await night([{"id": 1, "day": "a", "more": 5}], schema="evolve")

    assert ({"more": "LONG"}, False) == (done.added, done.replayed)
    await domo.datasets.schemas.alter(dataset, {"id": "LONG", "day": "STRING", "more": "LONG", "else": "LONG"})
    with pytest.raises(ConfigError, match="columns have changed"):
        await night([{"id": 1, "day": "a", "more": 5}], schema="evolve")


async def test_an_unfinished_upload_refuses_other_rows_and_nothing_is_mixed(domo, emulator, dataset, night, tmp_path):
    rows = csv_of(1, 100)
    emulator.faults.add(Fault("PUT *parts/3", "status", status=400))
    with pytest.raises(UploadError):
        await night(rows, part_size=100, concurrency=1)

    for other in (csv_of(2, 100), csv_of(1, 12), csv_of(1, 13)):
        with pytest.raises(ConfigError, match=r"not finished, of another source.*none of which was committed"):
            await night(other, part_size=100, concurrency=1)

    assert [] == await held(domo, dataset)
    # The advice: the former source goes on, or the journal goes.
    assert 100 == (await night(rows, part_size=100, concurrency=1)).rows
    (tmp_path / "nightly.journal").unlink()
    assert 100 == (await night(csv_of(2, 100))).rows
    assert 200 == len(await held(domo, dataset))


async def test_a_commit_in_doubt_never_lets_other_rows_in(domo, emulator, dataset, night):
    emulator.faults.add(Fault("PUT *commit", "drop_before"))
    with pytest.raises(CommitUncertain, match="Remove the journal only if the dataset has no data version"):
        await night(csv_of(1, 3))
    emulator.faults.add(Fault("GET *dataversions", "status", status=500, count=None))
    with pytest.raises(CommitUncertain):
        await night(csv_of(1, 3))
    emulator.faults.clear()

    with pytest.raises(CommitUncertain, match="to another source"):
        await night(csv_of(2, 3))
    emulator.faults.add(Fault("PUT *parts/1", "status", status=404))
    with pytest.raises(CommitUncertain):
        await night(csv_of(1, 3))

    assert 3 == (await night(csv_of(1, 3))).rows
    assert 3 == (await night(csv_of(2, 3))).rows
    assert 6 == len(await held(domo, dataset))


@pytest.mark.parametrize("late", [False, True])
async def test_an_upload_that_a_copy_of_the_journal_committed_is_not_committed_again(
    domo, emulator, dataset, night, tmp_path, late
):
    journal, copy = tmp_path / "nightly.journal", tmp_path / "copy.journal"
    emulator.faults.add(Fault("PUT *parts/3", "status", status=400))
    with pytest.raises(UploadError):
        await night(csv_of(1, 100), part_size=200, concurrency=1)
    shutil.copy(journal, copy)
    await night(csv_of(1, 100), part_size=200, concurrency=1)
    if late:
        # As if the other one committed right after this one had looked.
        emulator.faults.add(Fault("GET *dataversions", "status", status=200, body=[]))

    for _ in range(2):
        with pytest.raises(AfterCommitError, match=r"committed by somebody else.*holds 100 rows. Do not upload them"):
            await night(csv_of(1, 100), part_size=200, concurrency=1, resume=copy)

    assert 100 == len(await held(domo, dataset))


NO_JOURNALS = [
    b"my only copy",
    b"{",
    b'{"settings": true}\n',
    b"[1, 2]\n",
    b"id,day\n1,x\n",
    b"\0" * 100,
    b"\n",
    b'{"journal": "domo-async upload journal", "version": 1, "call": {}}\n',
    b'{"journal": "domo-async upload journal", "version": 2}\n{"opened": "x"}\n{"more": 1}\n',
    b'{"journal": "domo-async upload journal", "version": 2}\n{"done": 1}\n',
    b'{"journal": "domo-async upload journal", "version": 2}\n[]\nhalf',
]


@pytest.mark.parametrize("content", NO_JOURNALS)
async def test_a_file_that_is_not_a_journal_is_never_written_to(domo, emulator, dataset, night, tmp_path, content):
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    emulator.log.clear()

    with pytest.raises(ConfigError, match=r"not changed|another version"):
        await night(csv_of(1, 1), resume=path)

    assert content == path.read_bytes()
    assert [] == emulator.log.matching("POST *")


async def test_a_folder_is_not_a_journal_and_an_empty_file_becomes_one(domo, dataset, night, tmp_path):
    with pytest.raises(ConfigError, match="is not a file"):
        await night(csv_of(1, 1), resume=tmp_path)
    (tmp_path / "empty").touch()

    await night(csv_of(1, 1), resume=tmp_path / "empty")

    assert (await night(csv_of(1, 1), resume=tmp_path / "empty")).replayed


async def test_a_journal_made_up_for_other_parts_does_not_get_its_upload_committed(domo, emulator, dataset, tmp_path):
    """Somebody writes a journal that claims that parts of another upload are those of this source."""
    await domo.datasets.upload(dataset, csv_of(1, 5))
    opened = await domo.datasets.uploads.open(dataset)
    await domo.datasets.uploads.put_part(dataset, opened.upload_id, 2, b"666,theirs\n")
    journal = tmp_path / "made up"
    call = {"dataset": dataset, "action": "REPLACE", "partition": None, "files": []}
    call |= {"columns": [["id", "LONG"], ["day", "STRING"]], "header": True, "part_size": None}
    part = {"part": 2, "records": 1, "bytes": 11, "digest": "0" * 64}
    entries = [{"call": call}, {"opened": opened.upload_id, "before": [1]}, part]
    head = {"journal": "domo-async upload journal", "version": 2}
    journal.write_text("".join(json.dumps(entry) + "\n" for entry in [head, *entries]))

    with pytest.raises(ConfigError, match="2 were sent before"):
        await domo.datasets.upload(dataset, csv_of(2, 1), resume=journal)

    assert 5 == len(await held(domo, dataset))


@pytest.mark.parametrize("resume", [5, True, "", b"x"])
async def test_values_that_cannot_name_a_journal_are_refused(night, resume):
    with pytest.raises(ConfigError, match="must be the path of a journal file"):
        await night(csv_of(1, 1), resume=resume)


async def test_a_journal_is_not_uploaded_itself(domo, dataset, night, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.csv").write_bytes(csv_of(1, 1))

    with pytest.raises(ConfigError, match="among the files to upload"):
        await night(folder, resume=folder / "nightly.journal")

    assert [] == await held(domo, dataset)

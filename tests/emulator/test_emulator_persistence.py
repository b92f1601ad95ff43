"""State that survives: restarts, crashes at any moment, and who may have it."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from domo_async import ConfigError
from domo_async._emulator.persistence.journal import Journal
from domo_async.emulator import Emulator
from tests import forking
from tests.emulator.crashing import TOKEN, Worker, crash, start
from tests.emulator.plain_client import DATASETS, PlainClient, connected, plain_client

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither SIGKILL nor modes")


async def crash_often(directory: Path, kills: int, seed: int) -> list[Worker]:
    rng = random.Random(seed)
    workers = [Worker(random.Random(rng.random())) for _ in range(6)]
    for _ in range(kills):
        await crash(directory, workers, rng)
    async with Emulator(data=directory) as emulator, connected(emulator) as plain:
        for worker in workers:
            await worker.check(plain.session)
    return workers


@posix
@pytest.mark.parametrize("kills", [2, pytest.param(10, marks=pytest.mark.hostile)])
async def test_whatever_was_answered_is_there_after_a_crash_and_nothing_by_halves(kills: int, tmp_path: Path) -> None:
    workers = await crash_often(tmp_path, kills, seed=1)

    assert sum(worker.done for worker in workers) > 5 * kills


@pytest.mark.long
@pytest.mark.timeout(2700)
@posix
async def test_a_hundred_and_fifty_crashes_lose_nothing(tmp_path: Path) -> None:
    workers = await crash_often(tmp_path, 150, seed=2)

    assert sum(worker.done for worker in workers) > 1000


async def test_an_instance_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    async with plain_client(data=tmp_path) as plain:
        token = plain.emulator.token
        dataset = await plain.create({"n": "LONG", "price": "DECIMAL", "at": "DATETIME"})
        await plain.upload(dataset, b"1,2.50,2024-01-02T03:04:05\n,,\n")
        tagged = await plain.open(dataset, b"7,1,\n", query="?dataTag=june")
        await plain.commit(tagged, "APPEND")
        await plain.call("POST", "/api/content/v2/groups", json={"name": "Readers", "type": "open"})
        before = await everything(plain, dataset)

    async with plain_client(data=tmp_path) as plain:
        assert token == plain.emulator.token
        assert before == await everything(plain, dataset)
        await plain.upload(dataset, b"8,,\n", action="APPEND")
        assert [[1], [None], [7], [8]] == await plain.rows(dataset, "SELECT n FROM table")


async def everything(plain: PlainClient, dataset: str) -> list[object]:
    return [
        await plain.metadata(dataset),
        await plain.rows(dataset),
        await plain.call("GET", f"{DATASETS}/{dataset}/dataversions/details"),
        await plain.call("GET", f"/api/query/v1/datasources/{dataset}/partition"),
        await plain.call("GET", "/api/content/v2/groups/grouplist"),
    ]


async def test_upload_ids_do_not_come_again(tmp_path: Path) -> None:
    async with plain_client(data=tmp_path) as plain:
        dataset = await plain.create({"n": "LONG"})
        left_open = await plain.open(dataset, b"1\n")

    async with plain_client(data=tmp_path) as plain:
        assert left_open != await plain.open(dataset)
        await plain.commit(left_open, status=404)
        assert [] == list((tmp_path / "spool").glob("*/*"))


async def test_an_index_that_was_not_done_is_done_later(tmp_path: Path) -> None:
    async with plain_client(data=tmp_path, index_delay=3600) as plain:
        dataset = await plain.create({"n": "LONG"})
        await plain.upload(dataset, b"1\n")
        assert [] == await plain.rows(dataset)

    async with plain_client(data=tmp_path) as plain:
        assert [] == await plain.rows(dataset)
        clock = plain.emulator.now
        plain.emulator.now = lambda: clock() + 3600
        assert [[1]] == await plain.rows(dataset)


async def test_sessions_survive(tmp_path: Path) -> None:
    async with plain_client(data=tmp_path) as plain:
        login = {"method": "password", "emailAddress": "owner@example.com", "password": plain.emulator.token}
        session = (await plain.call("POST", "/api/content/v2/authentication", json=login))["sessionToken"]

    headers = {"X-DOMO-Authentication": session}
    async with (
        Emulator(data=tmp_path) as emulator,
        aiohttp.ClientSession(emulator.url, headers=headers) as http,
        http.get(DATASETS) as response,
    ):
        assert 200 == response.status


@posix
async def test_nobody_else_may_read_the_tokens(tmp_path: Path) -> None:
    data = tmp_path / "instance"
    async with plain_client(data=data) as plain:
        await plain.create({"n": "LONG"})
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in data.iterdir() if path.is_file()}

        assert 0o700 == stat.S_IMODE(data.stat().st_mode)
        assert {0o600} == {mode for name, mode in modes.items() if name.startswith(("state", "token", "lock"))}
        assert plain.emulator.token == (data / "token").read_text().strip()


async def test_a_token_that_is_given_takes_the_place_of_the_former(tmp_path: Path) -> None:
    async with Emulator(data=tmp_path, token="first"):
        pass
    async with Emulator(data=tmp_path, token="second"):
        pass

    assert "second" == Emulator(data=tmp_path).token


async def test_one_emulator_at_a_time_has_a_directory(tmp_path: Path) -> None:
    async with Emulator(data=tmp_path):
        with pytest.raises(ConfigError, match=f"in use by the process {os.getpid()}"):
            await Emulator(data=tmp_path).start()

    async with Emulator(data=tmp_path):
        pass


@posix
def test_a_kill_releases_the_directory(tmp_path: Path) -> None:
    process = start(tmp_path)
    try:
        with pytest.raises(ConfigError, match=f"the process {process.process.pid}"), Emulator(data=tmp_path):
            pass
        second = subprocess.run(
            forking.python("-m", "domo_async", "emulator", "--port", "0", "--data", str(tmp_path)),
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=20,
        )
        assert 2 == second.returncode
        assert "in use" in second.stderr
    finally:
        process.kill()

    with Emulator(data=tmp_path):
        pass


async def test_a_start_that_fails_releases_the_directory(tmp_path: Path) -> None:
    async with Emulator() as other:
        port = int(other.url.rpartition(":")[2])
        with pytest.raises(OSError, match=str(port)):
            await Emulator(data=tmp_path, port=port).start()

    async with Emulator(data=tmp_path):
        pass


async def test_a_directory_of_another_format_is_left_alone(tmp_path: Path) -> None:
    async with Emulator(data=tmp_path):
        pass
    database = sqlite3.connect(tmp_path / "state.sqlite")
    database.execute("PRAGMA user_version = 99")
    database.close()

    with pytest.raises(ConfigError, match="format 99"):
        await Emulator(data=tmp_path).start()


async def test_rows_that_are_missing_are_told(tmp_path: Path) -> None:
    async with plain_client(data=tmp_path) as plain:
        await plain.upload(await plain.create({"n": "LONG"}), b"1\n")
    (tmp_path / "rows.duckdb").unlink()

    with pytest.raises(ConfigError, match="lacks tables with rows"):
        await Emulator(data=tmp_path).start()


async def test_a_change_that_cannot_be_saved_is_not_answered_as_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with plain_client(data=tmp_path) as plain:
        with monkeypatch.context() as patch:
            patch.setattr(Journal, "_write", _full)
            refused = await plain.call(
                "POST", "/api/content/v2/groups", json={"name": "Readers", "type": "open"}, status=507
            )
            assert "disk is full" in refused["message"]
        await plain.call("GET", "/api/content/v2/groups/grouplist")

    async with plain_client(data=tmp_path) as plain:
        assert "Readers" in [group["name"] for group in await plain.call("GET", "/api/content/v2/groups/grouplist")]


def _full(*_arguments: object) -> None:
    raise sqlite3.OperationalError("the disk is full")


async def test_the_changes_of_a_request_are_saved_together(tmp_path: Path) -> None:
    """However a handler waits between its changes, others do not save half of them."""
    async with plain_client(data=tmp_path / "one") as plain:
        instance, keeper = plain.emulator._instance, asyncio.Event()
        things = instance.records["things"]

        async def handler() -> None:
            with instance.one_request():
                things.put("first", {})
                await keeper.wait()
                things.put("second", {})

        handling = asyncio.create_task(handler())
        await asyncio.sleep(0)
        other = asyncio.create_task(plain.create({"n": "LONG"}))
        done, _ = await asyncio.wait([other], timeout=0.2)
        assert not done
        assert not kept(tmp_path / "one", "things")
        keeper.set()
        await handling
        await other
        assert {"first", "second"} == kept(tmp_path / "one", "things")


def kept(directory: Path, kind: str) -> set[str]:
    """Return the keys of what a crash would leave."""
    copy = directory.parent / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(directory, copy)
    database = sqlite3.connect(copy / "state.sqlite")
    try:
        return {key for (key,) in database.execute("SELECT key FROM things WHERE kind = ?", [kind])}
    finally:
        database.close()


async def test_tables_stay_until_what_refers_to_them_is_gone_for_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with plain_client(data=tmp_path / "one") as plain:
        dataset = await plain.create({"n": "LONG"})
        await plain.upload(dataset, b"1\n")
        upload = await plain.open(dataset, b"2\n")
        with monkeypatch.context() as patch:
            patch.setattr(Journal, "_write", _full)
            await plain.commit(upload, status=507)
        shutil.copytree(tmp_path / "one", tmp_path / "copy")
        (tmp_path / "copy" / "lock").unlink()

        async with plain_client(data=tmp_path / "copy") as copy:
            assert [[1]] == await copy.rows(dataset)
        assert [[2]] == await plain.rows(dataset)


async def test_records_keep_their_order(tmp_path: Path) -> None:
    async with plain_client(data=tmp_path) as plain:
        things = plain.emulator._instance.records["things"]
        for key in "abc":
            things.put(key, {})
        things.remove("a")
        things.put("a", {"again": True})
        await plain.call("GET", DATASETS)
        things.remove("b")
        things.put("b", {"again": True})

    async with plain_client(data=tmp_path) as plain:
        assert ["c", "a", "b"] == plain.emulator._instance.records["things"].keys()


@posix
async def test_the_token_that_an_option_gave_stays(tmp_path: Path) -> None:
    process = await asyncio.to_thread(start, tmp_path, "--token", TOKEN)
    process.kill()

    assert TOKEN == Emulator(data=tmp_path).token


def contents(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


async def test_a_folder_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    theirs = {"spool/cron/root": "crontab", "blobs/picture.png": "mine", "token": "theirs", "notes.txt": "mine"}
    for name, text in theirs.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    emulator = Emulator(data=folder)

    with pytest.raises(ConfigError, match=r"holds 'blobs' and is not an emulator's data directory"):
        await emulator.start()

    assert theirs == contents(folder)
    assert "theirs" != emulator.token


async def test_a_new_file_system_is_nobodys(tmp_path: Path) -> None:
    (tmp_path / "lost+found").mkdir()

    async with Emulator(data=tmp_path) as emulator:
        token = emulator.token
    async with Emulator(data=tmp_path) as emulator:
        assert token == emulator.token

"""What instances begin with, instances as files, and beginning again."""

from __future__ import annotations

import asyncio
import json
import time
import zipfile
from pathlib import Path

import pytest

from domo_async import ConfigError
from domo_async.emulator import Emulator, Fault, Outcome
from domo_async.emulator.keeping.worlds import World, snapshot
from tests.emulator.plain_client import DATASETS, PlainClient, connected, plain_client

SHAPES = {"s": "STRING", "l": "LONG", "d": "DOUBLE", "m": "DECIMAL", "day": "DATE", "at": "DATETIME"}
ROWS = b'"a, ""b""",1,1.5,12.250,2024-02-29,2024-02-29T12:30:01.5\n"",,,,,\n,-9007199254740993,,,,\n'


async def world_of(seed: int) -> World:
    async with Emulator(world="demo", seed=seed) as emulator:
        return snapshot(emulator._instance)


async def test_the_same_seed_gives_the_same_world() -> None:
    first, again, other = await world_of(7), await world_of(7), await world_of(8)

    assert first == again
    assert {each["id"] for each in first.datasets}.isdisjoint(each["id"] for each in other.datasets)


async def test_the_demo_world_is_there_in_three_seconds_with_rows_to_ask_for() -> None:
    began = time.monotonic()
    async with plain_client(world="demo", seed=1) as plain:
        assert time.monotonic() - began < 3

        page = await plain.call("GET", f"{DATASETS}?limit=1000")
        filled = [dataset for dataset in page["dataSources"] if dataset["rowCount"]]
        assert len(filled) >= 12
        for dataset in filled:
            assert dataset["rowCount"] >= 1000
            assert [[dataset["rowCount"]]] == await plain.rows(dataset["id"], "SELECT COUNT(*) FROM table")


async def test_a_world_that_is_made_on_disk_stays_as_it_was_left(tmp_path: Path) -> None:
    async with plain_client(world="demo", data=tmp_path) as plain:
        made = snapshot(plain.emulator._instance)
        dataset = await plain.create({"n": "LONG"}, name="Mine")
        await plain.upload(dataset, b"1\n")

    async with plain_client(world="demo", data=tmp_path) as plain:
        assert [[1]] == await plain.rows(dataset)
        assert len(made.datasets) + 1 == len(plain.emulator._instance.datasets())
        first = made.datasets[-1]["id"]
        assert (await plain.metadata(first))["rowCount"] == len(await plain.rows(first))


async def test_a_world_goes_into_a_file_and_comes_out_the_same(tmp_path: Path) -> None:
    path = tmp_path / "world.zip"
    async with plain_client() as plain:
        dataset = await plain.create(SHAPES)
        await plain.upload(dataset, ROWS)
        await plain.commit(await plain.open(dataset, ROWS, query="?dataTag=june"), "APPEND")
        unseen = await plain.create({"n": "LONG"})
        await plain.upload(unseen, b"1\n", index=False)
        plain.emulator.save_world(path)
        tagged = await details(plain, dataset)
        before = [await plain.export(dataset), tagged, await details(plain, unseen)]

    async with plain_client(world=path) as plain:
        assert before == [await plain.export(dataset), await details(plain, dataset), await details(plain, unseen)]
        assert [] == await plain.rows(unseen)
        await plain.call("POST", f"{DATASETS}/{unseen}/indexes", json={"dataIds": []})
        assert [[1]] == await plain.rows(unseen)
        assert len({each["dataId"] for each in tagged}) == 2
        await plain.upload(dataset, ROWS, action="APPEND")
        assert 3 == len(await details(plain, dataset))


async def details(plain: PlainClient, dataset: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = await plain.call("GET", f"{DATASETS}/{dataset}/dataversions/details")
    return found


async def test_the_demo_world_goes_into_a_file_and_comes_out_the_same(tmp_path: Path) -> None:
    async with Emulator(world="demo") as emulator:
        before = snapshot(emulator._instance)
        emulator.save_world(tmp_path / "world.zip")
    async with Emulator(world=tmp_path / "world.zip", data=tmp_path / "data"):
        pass
    async with Emulator(data=tmp_path / "data") as emulator:
        after = snapshot(emulator._instance)

    assert before.records == after.records
    assert [each["id"] for each in before.datasets] == [each["id"] for each in after.datasets]


def test_a_world_is_saved_from_another_thread_while_it_is_used(tmp_path: Path) -> None:
    with Emulator() as emulator, emulator.sync_client() as domo:
        dataset = domo.datasets.create("Orders", {"n": "LONG"})
        domo.datasets.upload(dataset.id, b"1\n")
        emulator.save_world(tmp_path / "world.zip")

    with Emulator(world=tmp_path / "world.zip") as emulator, emulator.sync_client() as domo:
        assert ((1,),) == domo.datasets.query(dataset.id, "SELECT n FROM table").rows


def test_files_go_with_their_world_and_come_back_when_it_begins_again(tmp_path: Path) -> None:
    content = b"x" * 100_000
    (tmp_path / "large.bin").write_bytes(content)
    with Emulator() as emulator, emulator.sync_client() as domo:
        file = domo.files.upload(tmp_path / "large.bin").data_file_id
        emulator.save_world(tmp_path / "world.zip")

    with Emulator(world=tmp_path / "world.zip", data=tmp_path / "data") as emulator, emulator.sync_client() as domo:
        assert content == domo.files.download(file)
        domo.files.delete(file)
        emulator.reset()
        assert content == domo.files.download(file)


async def test_tokens_are_no_part_of_a_world(tmp_path: Path) -> None:
    path = tmp_path / "world.zip"
    async with plain_client() as plain:
        login = {"method": "password", "emailAddress": "owner@example.com", "password": plain.emulator.token}
        session = (await plain.call("POST", "/api/content/v2/authentication", json=login))["sessionToken"]
        plain.emulator.save_world(path)

    with zipfile.ZipFile(path) as archive:
        content = b"".join(map(archive.read, archive.namelist()))
    assert plain.emulator.token.encode() not in content
    assert session.encode() not in content


@pytest.mark.parametrize("content", [b"no world", None])
async def test_what_is_no_world_is_told(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "world.zip"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ConfigError, match="is not a world"):
        await Emulator(world=path).start()


async def test_a_world_of_another_version_is_told(tmp_path: Path) -> None:
    path = tmp_path / "world.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("world.json", json.dumps({"kind": "domo-async world", "version": 99}))

    with pytest.raises(ConfigError, match="99"):
        await Emulator(world=path).start()


async def test_it_begins_again_in_milliseconds() -> None:
    async with plain_client() as plain:
        emulator = plain.emulator
        dataset = await plain.create({"n": "LONG"})
        await plain.upload(dataset, b"1\n" * 1000)
        open_upload = await plain.open(dataset, b"1\n")
        emulator.faults.add(Fault("*", "status", skip=1000))
        emulator.outcomes.add(Outcome("stream"))
        began = time.perf_counter()
        emulator.reset()
        took = time.perf_counter() - began

        assert took < 0.02
        assert [] == emulator.faults.armed()
        assert [] == emulator.outcomes.waiting()
        assert 0 == len(emulator.log)
        assert [] == (await plain.call("GET", DATASETS))["dataSources"]
        await plain.commit(open_upload, status=404)
        again = await plain.create({"n": "LONG"})
        await plain.upload(again, b"2\n")
        assert [[2]] == await plain.rows(again)


async def test_beginning_again_brings_the_world_back_that_it_began_with() -> None:
    async with plain_client(world="demo") as plain:
        emulator = plain.emulator
        before = snapshot(emulator._instance)
        filled = before.datasets[-1]["id"]
        rows = await plain.rows(filled)
        await plain.call("DELETE", f"{DATASETS}/{filled}")
        emulator.reset()

        assert before == snapshot(emulator._instance)
        assert rows == await plain.rows(filled)


async def test_beginning_again_during_an_upload_leaves_nothing_of_it() -> None:
    async with plain_client() as plain:
        dataset = await plain.create({"n": "LONG"})
        upload = await plain.open(dataset, b"1\n" * 300_000)
        commit = asyncio.create_task(plain.commit(upload, status=404))
        await asyncio.sleep(0.01)
        plain.emulator.reset()
        again = await plain.create({"n": "LONG"})
        await plain.upload(again, b"2\n")
        await commit

        assert [[2]] == await plain.rows(again)
        assert 1 == len((await plain.call("GET", DATASETS))["dataSources"])


def test_it_begins_again_from_any_thread(tmp_path: Path) -> None:
    with Emulator(data=tmp_path) as emulator, emulator.sync_client() as domo:
        domo.datasets.create("Orders", {"n": "LONG"})
        emulator.reset()
        assert [] == list(domo.datasets.list())

    with Emulator(data=tmp_path) as emulator, emulator.sync_client() as domo:
        assert [] == list(domo.datasets.list())
        domo.datasets.create("Orders", {"n": "LONG"})
        emulator.reset()
        assert [] == list(domo.datasets.list())


def test_an_emulator_that_does_not_run_cannot_begin_again(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="not running"):
        Emulator().reset()
    with pytest.raises(RuntimeError, match="not running"):
        Emulator().save_world(tmp_path / "world.zip")


async def test_an_emulator_may_be_started_again(tmp_path: Path) -> None:
    for options in ({}, {"data": tmp_path}):
        emulator = Emulator(**options)  # type: ignore[arg-type]
        datasets = []
        for _ in range(2):
            async with emulator, connected(emulator) as plain:
                await plain.upload(await plain.create({"n": "LONG"}), b"1\n")
                page = await plain.call("GET", DATASETS)
                datasets.append(page["_metadata"]["totalCount"])
        assert ([1, 2] if options else [1, 1]) == datasets

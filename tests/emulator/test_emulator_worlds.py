"""What instances begin with, instances as files, and beginning again."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import secrets
import stat
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from domo_async import ConfigError
from domo_async._emulator.persistence.worlds import World, snapshot
from domo_async.emulator import Emulator, Fault, JobOutcome
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


async def test_the_demo_world_has_rows_to_ask_for() -> None:
    async with plain_client(world="demo", seed=1) as plain:
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
        assert len({each["dataVersionId"] for each in tagged}) == 2
        await plain.upload(dataset, ROWS, action="APPEND")
        assert 3 == len(await details(plain, dataset))


async def details(plain: PlainClient, dataset: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = await plain.call(
        "GET", f"{DATASETS}/{dataset}/dataversions/details?limitToIndexed=false"
    )
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


async def test_tokens_are_not_part_of_a_world(tmp_path: Path) -> None:
    path = tmp_path / "world.zip"
    async with plain_client() as plain:
        login = {"method": "password", "emailAddress": "owner@example.com", "password": plain.emulator.token}
        session = (await plain.call("POST", "/api/content/v2/authentication", json=login))["sessionToken"]
        plain.emulator.save_world(path)

    with zipfile.ZipFile(path) as archive:
        content = b"".join(map(archive.read, archive.namelist()))
    assert plain.emulator.token.encode() not in content
    assert session.encode() not in content


ACCESS_TOKENS = "/api/data/v1/accesstokens"


async def test_a_file_of_a_world_opens_nothing_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "world.zip"
    former = os.umask(0)
    try:
        async with plain_client() as plain:
            made = {"name": "t", "ownerId": 1, "expires": 4_102_444_800_000}
            token = (await plain.call("POST", ACCESS_TOKENS, json=made))["token"]
            await plain.call("PUT", "/api/identity/v1/password", json={"domoUserId": 1, "password": "a-password"})
            settings = {"username": "me", "password": "pw-1", "anything": "pw-2", "server": "db://me:pw-3@host/x"}
            account = {"displayName": "a", "name": "a", "dataProviderType": "t", "configurations": settings}
            await plain.call("POST", "/api/data/v1/accounts", json=account)
            plain.emulator._instance.records["streams"].put(
                "7", {"configuration": [{"name": "apiToken", "value": "pw-4"}], "clientSecret": "pw-5"}
            )
            plain.emulator.save_world(path)
    finally:
        os.umask(former)

    with zipfile.ZipFile(path) as archive:
        content = b"".join(map(archive.read, archive.namelist()))
    secret = [token, "a-password", "pw-1", "pw-2", "pw-3", "pw-4", "pw-5", hashlib.sha256(token.encode()).hexdigest()]
    assert [] == [each for each in secret if each.encode() in content]
    assert sys.platform == "win32" or 0o600 == stat.S_IMODE(path.stat().st_mode)
    async with plain_client(world=path) as plain:
        await plain.call("GET", "/api/content/v2/users/me", headers={"X-DOMO-Developer-Token": token}, status=401)
        login = {"method": "password", "emailAddress": "owner@example.com", "password": "a-password"}
        assert not (await plain.call("POST", "/api/content/v2/authentication", json=login))["success"]
        assert [] == await plain.call("GET", ACCESS_TOKENS)
        (account,) = await plain.call("GET", "/api/data/v1/accounts")
        assert ("me", "db://********@host/x") == tuple(account["configurations"][key] for key in ("username", "server"))


Parts = dict[str, Any]


def records(change: Callable[[Any], object]) -> Callable[[Parts], object]:
    return lambda parts: change(parts["records.json"])


def dataset(change: Callable[[Any], object]) -> Callable[[Parts], object]:
    return lambda parts: change(parts["datasets.json"][0])


def revision(**values: object) -> Callable[[Parts], object]:
    return records(lambda told: [each.update(values) for each in told["file_revisions"].values()])


def version(**values: object) -> Callable[[Parts], object]:
    return dataset(lambda told: told["known"][0].update(values))


def blobs(parts: Parts) -> list[str]:
    return [name for name in parts if name.startswith("blobs/")]


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "change",
    [
        revision(sha256="../victim"),
        revision(sha256="VICTIM"),
        revision(sha256=["x"]),
        revision(sha256="A" * 64),
        lambda parts: parts.update({blobs(parts)[0]: b"another content"}),
        records(lambda told: told.update({"@tokens": {"sessions": {}}})),
        records(lambda told: told.update({"@datasets": {"x": {}}})),
        records(lambda told: told.update({"access_tokens": {"1": {"id": 1, "ownerId": 1}}})),
        records(lambda told: told.update({"passwords": {"1": {"salt": "", "digest": ""}}})),
        records(lambda told: told.update({"s3_exports": {"1": {"id": "../../x", "path": ["..", ".."]}}})),
        records(lambda told: told.update({"../x": {}})),
        records(lambda told: told["users"].update({"1": "not an object"})),
        records(lambda told: told["users"]["1"].update(attributes=nested(240))),
        records(lambda told: told["counters"].update({"uploads": {"next": 1e300}})),
        records(lambda told: told["counters"].update({"uploads": {"next": "1"}})),
        version(table="v1; DROP TABLE v1"),
        version(table="(SELECT content FROM read_text('/etc/passwd'))"),
        version(columns=[["n", "DECIMAL", "0) AS n, (SELECT 1"]]),
        version(columns=[["n", "DECIMAL", 99]]),
        version(columns=[["n", "BLOB", 0]]),
        version(rows="many"),
        dataset(lambda told: told.update(schema={"id": 1, "columns": [{"name": "n", "type": "X", "id": "n"}]})),
        dataset(lambda told: told.update(live=["v999"])),
        dataset(lambda told: told.update(created="yesterday")),
        dataset(lambda told: told.update(name=nested(240))),
        lambda parts: parts.update({"datasets.json": {}, "records.json": []}),
        lambda parts: parts.update({name: b"not Parquet" for name in parts if name.endswith(".parquet")}),
        lambda parts: parts.pop(next(name for name in parts if name.endswith(".parquet"))),
        lambda parts: parts.update({"records.json": b'{"users": '}),
        lambda parts: parts.update({"bomb": b"\0" * (8 << 20)}),
    ],
)
async def test_a_world_of_somebody_else_reaches_nothing_outside_itself(
    tmp_path: Path, change: Callable[[Parts], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("domo_async._emulator.persistence.worlds._LARGEST", 1 << 20)
    victim = tmp_path / "victim"
    victim.write_bytes(b"VICTIM")
    path = tmp_path / "world.zip"
    async with plain_client() as plain:
        await plain.upload(await plain.create({"n": "LONG"}), b"1\n")
        await plain.call("POST", "/api/data/v1/data-files?name=a", data=b"VICTIM")
        plain.emulator.save_world(path)
    with zipfile.ZipFile(path) as archive:
        parts: Parts = {name: archive.read(name) for name in archive.namelist()}
    for name in ("records.json", "datasets.json"):
        parts[name] = json.loads(parts[name])
    change(parts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(
                name, content if isinstance(content, bytes) else json.dumps(content).replace("VICTIM", str(victim))
            )

    with pytest.raises(ConfigError, match=f"{path} is not a world"):
        await Emulator(world=path, data=tmp_path / "data").start()
    assert b"VICTIM" == victim.read_bytes()


async def test_other_files_in_a_world_are_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "world.zip"
    async with plain_client() as plain:
        await plain.call("POST", "/api/data/v1/data-files?name=a", data=b"content")
        plain.emulator.save_world(path)
    stranger = secrets.token_bytes(10)
    with zipfile.ZipFile(path, "a") as archive:
        for name in ("../outside", "/outside", f"blobs/{'0' * 64}", "blobs/../outside", "rows/v9.parquet", "spool/x"):
            archive.writestr(name, stranger)
        link = zipfile.ZipInfo(f"blobs/{hashlib.sha256(b'content').hexdigest()[:63]}g")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/hostname")

    async with plain_client(world=path, data=tmp_path / "data") as plain:
        (file,) = await plain.call("GET", "/api/data/v1/data-files/details")
        assert b"content" == await plain.call("GET", f"/api/data/v1/data-files/{file['dataFileId']}")
    found = [each for each in tmp_path.rglob("*") if each.is_file() and each.read_bytes() == stranger]  # noqa: ASYNC240 - a few small files, after the instance has ended
    assert [] == found


@pytest.mark.parametrize("content", [b"no world", None])
async def test_a_file_that_is_not_a_world_is_an_error(tmp_path: Path, content: bytes | None) -> None:
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


async def test_it_begins_again_with_nothing() -> None:
    async with plain_client() as plain:
        emulator = plain.emulator
        dataset = await plain.create({"n": "LONG"})
        await plain.upload(dataset, b"1\n" * 1000)
        open_upload = await plain.open(dataset, b"1\n")
        emulator.faults.add(Fault("*", "status", skip=1000))
        emulator.outcomes.add(JobOutcome("stream"))
        emulator.reset()

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
                datasets.append(page["_metaData"]["totalCount"])
        assert ([1, 2] if options else [1, 1]) == datasets

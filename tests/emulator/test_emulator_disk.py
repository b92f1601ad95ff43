"""What lies on the disk: who may read it, what happens when it is damaged or full, and what cannot be written to it."""

from __future__ import annotations

import os
import secrets
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from domo_async import ConfigError
from domo_async.emulator import Emulator
from tests.emulator.plain_client import DATASETS, PlainClient, connected, plain_client

ME = "/api/content/v2/users/me"
GROUPS = "/api/content/v2/groups"
FILES = "/api/data/v1/data-files"
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")


async def fill(plain: PlainClient) -> str:
    """Have a file of each kind in a data directory; returns a dataset."""
    dataset = await plain.create({"n": "LONG"})
    await plain.upload(dataset, b"1\n")
    await plain.open(dataset, b"2\n")
    await plain.call("POST", f"{FILES}?name=a", data=b"content")
    return dataset


def modes(directory: Path) -> dict[str, int]:
    return {str(path.relative_to(directory)): stat.S_IMODE(path.stat().st_mode) for path in directory.rglob("*")}


@posix
async def test_nobody_else_may_read_anything_in_a_data_directory(tmp_path: Path):
    former = os.umask(0)
    try:
        async with plain_client(data=tmp_path / "data") as plain:
            await fill(plain)
            found = modes(tmp_path / "data")
            assert 0o700 == stat.S_IMODE((tmp_path / "data").stat().st_mode)
    finally:
        os.umask(former)

    assert {"spool", "blobs", "rows.duckdb", "state.sqlite", "token"} <= found.keys()
    assert {} == {name: oct(mode) for name, mode in found.items() if mode & 0o077}


@posix
async def test_files_that_others_might_have_read_are_made_private(tmp_path: Path):
    data = tmp_path / "data"
    async with plain_client(data=data) as plain:
        await fill(plain)
    outside = tmp_path / "outside"
    outside.write_text("somebody else's")
    outside.chmod(0o644)
    (data / "link").symlink_to(outside)
    data.chmod(0o755)
    for path in data.rglob("*"):
        path.chmod(0o777 if path.is_dir() else 0o666)
    outside.chmod(0o644)

    async with Emulator(data=data):
        assert {} == {name: oct(mode) for name, mode in modes(data).items() if mode & 0o077 and name != "link"}
    assert 0o644 == stat.S_IMODE(outside.stat().st_mode)


async def test_stored_sessions_tokens_passwords_and_accounts_open_nothing(tmp_path: Path):
    async with plain_client(data=tmp_path) as plain:
        login = {"method": "password", "emailAddress": "owner@example.com", "password": plain.emulator.token}
        session = (await plain.call("POST", "/api/content/v2/authentication", json=login))["sessionToken"]
        await plain.call("PUT", "/api/identity/v1/password", json={"domoUserId": 1, "password": "a-password"})
        made = {"name": "t", "ownerId": 1, "expires": 4_102_444_800_000}
        token = (await plain.call("POST", "/api/data/v1/accesstokens", json=made))["token"]
        settings = {"password": "account-1", "connection": "x://me:account-2@h", "url": "x://me:account-3@h/path"}
        account = {"displayName": "a", "name": "a", "dataProviderType": "t", "configurations": settings}
        await plain.call("POST", "/api/data/v1/accounts", json=account)

    content = b"".join(path.read_bytes() for path in sorted(tmp_path.glob("state.sqlite*")))  # noqa: ASYNC240 - a few small files, of which nothing else waits
    assert [] == [
        each
        for each in (session, token, "a-password", "account-1", "account-2", "account-3")
        if each.encode() in content
    ]


def within(body: str, levels: int) -> str:
    return body.replace("...", "[" * levels + "]" * levels)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/api/identity/v1/users/1", within('{"attributes": [{"key": "k", "values": [...]}]}', 300)),
        ("PATCH", "/api/identity/v1/users/1", within('{"attributes": [{"key": "k", "values": [...]}]}', 230)),
        ("POST", "/api/datastores/v1/collections/{collection}/documents/", within('{"content": {"a": ...}}', 240)),
        ("POST", "/api/datastores/v1/collections/{collection}/documents/", '{"content": {"a": 1e999}}'),
        ("POST", "/api/datastores/v1/collections/{collection}/documents/", '{"content": {"a": "\\ud800"}}'),
        ("POST", "/api/datastores/v1/collections/{collection}/documents/", '{"content": {"a": NaN}}'),
        (
            "POST",
            "/api/datastores/v1/collections/{collection}/documents/bulk",
            within('[{"content": {}}, {"content": {"a": ...}}]', 240),
        ),
    ],
    ids=lambda value: str(value)[:50],
)
async def test_a_change_that_cannot_be_saved_is_not_taken_in_and_spoils_nothing(
    tmp_path: Path, method: str, path: str, body: str
):
    async with plain_client(data=tmp_path) as plain:
        collection = (await plain.call("POST", "/api/datastores/v1/s/collections", json={"name": "c"}))["id"]
        path = path.format(collection=collection)

        assert 400 == (await plain.call(method, path, data=body.encode(), status=400))["status"]
        await plain.call("POST", GROUPS, json={"name": "g", "type": "open"})
        assert [] == await plain.call("GET", f"/api/datastores/v1/collections/{collection}/documents")
        assert await plain.call("GET", ME)


async def test_the_largest_numbers_that_are_taken_in_are_told_and_kept(tmp_path: Path):
    async with plain_client(data=tmp_path) as plain:
        collection = (await plain.call("POST", "/api/datastores/v1/s/collections", json={"name": "c"}))["id"]
        documents = f"/api/datastores/v1/collections/{collection}/documents"
        body = (
            b'{"content": {"a": 18446744073709551615, "b": 123456789012345678901234567890, "c": -9223372036854775808}}'
        )
        for _ in range(2):
            await plain.call("POST", f"{documents}/", data=body, status=201)
        before = await plain.call("GET", documents)
        assert 18_446_744_073_709_551_615 == before[0]["content"]["a"]
        assert 1 == len(await plain.call("POST", f"{documents}/query?sum=content.a%20s&groupby=content.c%20c", json={}))

    async with plain_client(data=tmp_path) as plain:
        assert before == await plain.call("GET", documents)


async def test_one_thing_that_cannot_be_saved_keeps_nothing_else_from_it(tmp_path: Path):
    async with plain_client(data=tmp_path) as plain:
        await plain.call("POST", GROUPS, json={"name": "before", "type": "open"})
        things = plain.emulator._instance.records["things"]
        things.put("good", {"value": 1})
        things._records["bad"] = {"value": object()}
        things._changes.note("things", "bad")
        await plain.call("POST", GROUPS, json={"name": "after", "type": "open"})

    async with plain_client(data=tmp_path) as plain:
        assert ["good"] == plain.emulator._instance.records["things"].keys()
        assert {"before", "after"} <= {group["name"] for group in await plain.call("GET", f"{GROUPS}/grouplist")}


def overwrite(name: str, content: bytes) -> Callable[[Path], None]:
    def damage(data: Path) -> None:
        (data / name).write_bytes(content)

    return damage


def in_the_middle(name: str) -> Callable[[Path], None]:
    def damage(data: Path) -> None:
        content = bytearray((data / name).read_bytes())
        content[100:] = secrets.token_bytes(len(content) - 100)
        (data / name).write_bytes(content)

    return damage


def statement(sql: str) -> Callable[[Path], None]:
    def damage(data: Path) -> None:
        database = sqlite3.connect(data / "state.sqlite")
        database.execute(sql)
        database.commit()
        database.close()

    return damage


def directory(name: str) -> Callable[[Path], None]:
    def damage(data: Path) -> None:
        (data / name).unlink()
        (data / name).mkdir()

    return damage


@pytest.mark.parametrize(
    ("named", "damage"),
    [
        ("state.sqlite", overwrite("state.sqlite", b"not a database" * 100)),
        ("state.sqlite", in_the_middle("state.sqlite")),
        ("state.sqlite", directory("state.sqlite")),
        ("state.sqlite", statement("UPDATE things SET value = '{\"half'")),
        ("state.sqlite", statement("UPDATE things SET value = '{}' WHERE kind = '@datasets'")),
        ("state.sqlite", statement("UPDATE things SET value = '[]' WHERE kind = '@datasets'")),
        ("rows.duckdb", overwrite("rows.duckdb", b"not a database" * 1000)),
        ("rows.duckdb", overwrite("rows.duckdb", b"")),
        ("rows.duckdb", directory("rows.duckdb")),
        ("token", overwrite("token", b"\xff\xfe\x00")),
        ("lock", directory("lock")),
    ],
)
async def test_a_damaged_file_is_named(tmp_path: Path, named: str, damage: Callable[[Path], None]):
    async with plain_client(data=tmp_path) as plain:
        await fill(plain)
    damage(tmp_path)

    with pytest.raises(ConfigError, match=f"{named}"):
        await Emulator(data=tmp_path).start()


async def test_a_content_that_was_cut_short_is_not_given_as_if_it_were_whole(tmp_path: Path):
    async with plain_client(data=tmp_path) as plain:
        await plain.call("POST", f"{FILES}?name=a", data=b"content")
        (path,) = (tmp_path / "blobs").iterdir()
        path.write_bytes(b"cont")
        (file,) = await plain.call("GET", f"{FILES}/details")

        damaged = await plain.call("GET", f"{FILES}/{file['dataFileId']}", status=500)
        assert path.name in damaged["message"]
        assert "damaged" in damaged["message"]


async def test_a_clock_that_is_set_back_hides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    async with plain_client(data=tmp_path, index_delay=100) as plain:
        dataset = await plain.create({"n": "LONG"})
        await plain.upload(dataset, b"1\n")

    year = 365 * 86_400
    with monkeypatch.context() as patch:
        wall = time.time
        patch.setattr(time, "time", lambda: wall() - year)
        async with plain_client(data=tmp_path) as plain:
            clock = plain.emulator.now
            plain.emulator.now = lambda: clock() + 101
            assert [[1]] == await plain.rows(dataset)
            await plain.upload(dataset, b"2\n", action="APPEND")
            assert [[1], [2]] == await plain.rows(dataset)
            assert 2 == len(await plain.call("GET", f"{DATASETS}/{dataset}/dataversions/details"))
            query = "?start=0&end=99999999999999&limit=1000"
            entries = await plain.call("GET", f"/api/audit/v1/user-audits{query}")
            assert {"CREATED", "QUERIED"} <= {entry["actionType"] for entry in entries}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 30 MB, which only root can make."""
    if sys.platform != "linux" or os.geteuid():
        pytest.skip("only root can make a disk, on Linux")
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=30m", "tmpfs", str(tmp_path)], check=False)
    if made.returncode:
        pytest.skip("this machine lets nobody make a disk")
    try:
        yield tmp_path
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def fill_up(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 16_384)
        except OSError:
            return


@pytest.mark.long
async def test_after_a_full_disk_it_goes_on(small_disk: Path):
    async with plain_client(data=small_disk / "data") as plain:
        dataset = await plain.create({"s": "STRING"})
        await plain.upload(dataset, b"a\n")
        upload = await plain.open(dataset, (secrets.token_hex(1 << 19) + "\n").encode() * 4)
        fill_up(small_disk / "filler")
        assert "No space" in (await plain.call("POST", f"{FILES}?name=b", data=b"x" * 1_000_000, status=507))["message"]
        await plain.put(upload, 2, b"x" * 1_000_000, status=507)
        await plain.commit(upload, status=507)
        await plain.call("POST", GROUPS, json={"name": "g", "type": "open", "description": "x" * 500_000}, status=507)

        (small_disk / "filler").unlink()
        await plain.commit(upload)
        assert [[4, 1_048_576]] == await plain.rows(dataset, "SELECT COUNT(*), MAX(LENGTH(s)) FROM table")
        await plain.call("POST", GROUPS, json={"name": "h", "type": "open"})

    async with Emulator(data=small_disk / "data") as emulator, connected(emulator) as plain:
        assert [[4, 1_048_576]] == await plain.rows(dataset, "SELECT COUNT(*), MAX(LENGTH(s)) FROM table")
        assert {"g", "h"} <= {group["name"] for group in await plain.call("GET", f"{GROUPS}/grouplist")}

"""Files of the embedded instance: revisions, contents on disk, ranges, permissions."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import aiohttp
import pytest

from domo_async import Domo, Forbidden, NotFound
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.persistence.blobs import Blobs, byte_range, hold, referred
from domo_async._emulator.state.records import Records
from domo_async._endpoints.files.models import FilePermission, FilePermissions
from domo_async.emulator import Emulator
from tests.emulator.others import another
from tests.emulator.plain_client import connected

LARGE = os.urandom(3_000_000)
FILES = "/api/data/v1/data-files"


def on_disk(emulator: Emulator) -> list[str]:
    return sorted(path.name for path in (emulator._open().storage.directory / "blobs").iterdir())


async def headers_of(
    emulator: Emulator, path: str, method: str = "GET", **headers: str
) -> tuple[int, Mapping[str, str], bytes]:
    headers["X-DOMO-Developer-Token"] = emulator.token
    async with aiohttp.ClientSession() as http, http.request(method, emulator.url + path, headers=headers) as response:
        return response.status, response.headers, await response.read()


async def test_a_file_comes_back_as_it_was_sent(emulator: Emulator, domo: Domo, tmp_path: Path):
    created = await domo.files.upload(LARGE, name="ä.bin", content_type="application/x-thing; v=1")
    done = await domo.files.download(created.data_file_id, tmp_path / "back.bin")
    file = await domo.files.get(created.data_file_id, expand=["revisions", "metadata"])

    assert len(LARGE) == done.bytes
    assert LARGE == (tmp_path / "back.bin").read_bytes()
    (revision,) = file.revisions
    assert revision == file.current_revision
    assert ("application/x-thing; v=1", len(LARGE), "SAFE") == (
        revision.content_type,
        revision.size_bytes,
        revision.scan_state,
    )
    assert hashlib.md5(LARGE, usedforsecurity=False).hexdigest().upper() == revision.md5_hash
    assert hashlib.sha256(LARGE).hexdigest().upper() == revision.sha256_hash_value
    assert [hashlib.sha256(LARGE).hexdigest()] == on_disk(emulator)


async def test_a_file_goes_through_its_life(emulator: Emulator, domo: Domo):
    file_id = (await domo.files.upload(b"one", name="a.txt")).data_file_id
    first = (await domo.files.list_revisions(file_id).all())[0].data_file_revision_id
    second = (await domo.files.upload_revision(file_id, b"two")).revision_id

    assert b"two" == await domo.files.download(file_id)
    assert b"one" == await domo.files.download(file_id, revision_id=first)
    assert [first, second] == [each.data_file_revision_id for each in await domo.files.list_revisions(file_id).all()]
    assert 3 == (await domo.files.get_revision(file_id, second)).size_bytes

    await domo.files.delete_revision(file_id, second)
    assert b"one" == await domo.files.download(file_id)
    assert 1 == len(on_disk(emulator))

    await domo.files.delete(file_id)
    with pytest.raises(NotFound):
        await domo.files.get(file_id)
    assert [] == on_disk(emulator)
    assert [] == await domo.files.list().all()


async def test_a_revision_of_another_file_is_not_found(domo: Domo):
    one = (await domo.files.upload(b"1", name="1")).data_file_id
    two = (await domo.files.upload(b"2", name="2")).data_file_id
    revision = (await domo.files.list_revisions(two).all())[0].data_file_revision_id

    with pytest.raises(NotFound, match="Revision"):
        await domo.files.download(one, revision_id=revision)


async def test_the_last_revision_stays(domo: Domo):
    file_id = (await domo.files.upload(b"1", name="1")).data_file_id
    (only,) = await domo.files.list_revisions(file_id).all()

    with pytest.raises(Exception, match="only revision"):
        await domo.files.delete_revision(file_id, only.data_file_revision_id)

    assert b"1" == await domo.files.download(file_id)


async def test_copies_share_their_content_until_the_last_is_gone(emulator: Emulator, domo: Domo):
    source = (await domo.files.upload(b"same", name="s.txt", content_type="text/x-s")).data_file_id
    target = (await domo.files.upload(b"other", name="t.txt")).data_file_id

    copied = await domo.files.copy(source, target)
    twin = await domo.files.duplicate(source)

    assert b"same" == await domo.files.download(target)
    assert "text/x-s" == (await domo.files.get_revision(target, copied.revision_id)).content_type
    assert 2 == len(await domo.files.list_revisions(target).all())
    assert ("s.txt", 1) == (twin.name, twin.responsible_user_id)
    assert 2 == len(on_disk(emulator))

    await domo.files.delete(source)
    await domo.files.delete(target)
    assert b"same" == await domo.files.download(twin.data_file_id)
    assert [hashlib.sha256(b"same").hexdigest()] == on_disk(emulator)
    assert [twin.data_file_id] == [file.data_file_id async for file in domo.files.list()]


async def test_files_are_listed_by_owner_and_number(emulator: Emulator, domo: Domo):
    mine = [(await domo.files.upload(b"x", name=f"{n}", public=True)).data_file_id for n in range(3)]
    async with another(emulator) as other:
        theirs = (await other.files.upload(b"x", name="theirs")).data_file_id

    assert [theirs] == [file.data_file_id async for file in domo.files.list(user_id=77)]
    assert mine[1:] == [file.data_file_id async for file in domo.files.list(data_file_ids=[*mine[1:], 9])]


async def test_a_revision_tells_its_metadata_where_they_are_asked_for(emulator: Emulator, domo: Domo):
    file_id = (await domo.files.upload(b"abc", name="a.txt", description="mine")).data_file_id
    (bare,) = await domo.files.list_revisions(file_id).all()
    (whole,) = await domo.files.list_revisions(file_id, expand=["metadata"]).all()

    assert (None, "SAFE", "mine") == (bare.metadata, bare.scan_state, bare.description)
    assert whole.metadata is not None
    assert ("a.txt", 3) == (whole.metadata["fileName"], whole.metadata["sourceContentLength"])
    assert {} == whole.extras
    assert b"abc" == await domo.files.download(file_id, revision_id=bare.data_file_revision_id)
    async with connected(emulator) as plain:
        twice = await plain.call("GET", f"{FILES}/{file_id}/details?expand=revisions&expand=metadata")
        listed = await plain.call("GET", f"{FILES}/details?dataFileIds={file_id}&dataFileIds=9")
    assert (1, "mine") == (len(twice["revisions"]), twice["metadata"]["description"])
    assert [file_id] == [each["dataFileId"] for each in listed]


async def test_a_download_has_the_name_that_is_asked_for_by_either_key(emulator: Emulator, domo: Domo):
    file_id = (await domo.files.upload(b"x", name="own name.txt")).data_file_id
    revision = (await domo.files.list_revisions(file_id).all())[0].data_file_revision_id

    for path, name in (
        (f"{FILES}/{file_id}", "own%20name.txt"),
        (f"{FILES}/{file_id}?fileName=b.txt", "b.txt"),
        (f"{FILES}/{file_id}/revision/{revision}?filename=c.txt", "c.txt"),
        (f"{FILES}/{file_id}/revisions/{revision}", "own%20name.txt"),
    ):
        status, headers, body = await headers_of(emulator, path)
        assert (200, b"x", "1") == (status, body, headers["Content-Length"])
        assert name in headers["Content-Disposition"].replace("own name.txt", "own%20name.txt")


@pytest.mark.parametrize(
    ("said", "status", "expected"),
    [
        ("bytes=0-3", 206, b"0123"),
        ("bytes=7-", 206, b"789"),
        ("bytes=-2", 206, b"89"),
        ("bytes=8-99", 206, b"89"),
        ("bytes=5-2", 200, b"0123456789"),
        ("bytes=0-1,4-5", 200, b"0123456789"),
        ("lines=1-2", 200, b"0123456789"),
    ],
)
async def test_a_part_of_a_file_can_be_asked_for(
    said: str, status: int, expected: bytes, emulator: Emulator, domo: Domo
):
    file_id = (await domo.files.upload(b"0123456789", name="digits")).data_file_id

    told, headers, body = await headers_of(emulator, f"{FILES}/{file_id}", Range=said)

    assert (status, expected) == (told, body)
    assert (status == 206) == ("Content-Range" in headers)


async def test_a_part_that_is_not_there_or_of_a_former_state_is_not_given(emulator: Emulator, domo: Domo):
    file_id = (await domo.files.upload(b"0123456789", name="digits")).data_file_id
    path = f"{FILES}/{file_id}"

    status, headers, _ = await headers_of(emulator, path, Range="bytes=10-")
    assert (416, "bytes */10") == (status, headers["Content-Range"])

    tag = (await headers_of(emulator, path, "HEAD"))[1]["ETag"]
    await domo.files.upload_revision(file_id, b"abcdefghij")
    status, _, body = await headers_of(emulator, path, Range="bytes=0-1", **{"If-Range": tag})
    assert (200, b"abcdefghij") == (status, body)


async def test_an_empty_file_is_a_file(domo: Domo):
    file_id = (await domo.files.upload(b"", name="empty")).data_file_id

    assert b"" == await domo.files.download(file_id)


async def test_an_upload_that_breaks_off_leaves_nothing(emulator: Emulator, domo: Domo):
    await domo.files.upload(b"x", name="x")
    host, port = emulator.url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        f"POST {FILES}?name=broken HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 1000\r\n"
        f"X-DOMO-Developer-Token: {emulator.token}\r\n\r\nonly this".encode()
    )
    await writer.drain()
    while len(on_disk(emulator)) < 2:
        await asyncio.sleep(0.001)
    writer.close()
    await writer.wait_closed()
    while len(on_disk(emulator)) > 1:
        await asyncio.sleep(0.001)

    assert ["x"] == [file.name async for file in domo.files.list()]


async def test_a_slow_upload_holds_nobody_up(tmp_path: Path):
    async with Emulator(data=tmp_path) as emulator, emulator.client() as domo:
        arrived, go_on = asyncio.Event(), asyncio.Event()

        async def slowly() -> AsyncIterator[bytes]:
            yield b"begin "
            arrived.set()
            await go_on.wait()
            yield b"end"

        headers = {"X-DOMO-Developer-Token": emulator.token}
        async with aiohttp.ClientSession(headers=headers) as http:
            upload = asyncio.create_task(http.post(f"{emulator.url}{FILES}?name=slow", data=slowly()))
            await arrived.wait()
            other = await domo.files.upload(b"x", name="fast")
            go_on.set()
            answer = await (await upload).json()

        assert ["fast", "slow"] == [file.name async for file in domo.files.list()]
        assert other.data_file_id != answer["dataFileId"]
        assert b"begin end" == await domo.files.download(answer["dataFileId"])


async def test_a_file_is_public_unless_it_is_said_otherwise(emulator: Emulator, domo: Domo):
    async with connected(emulator) as plain:
        told = await plain.call("POST", f"{FILES}?name=a", data=b"x")
        await plain.call("POST", FILES, data=b"x", status=400)

    assert (await domo.files.get_permissions(told["dataFileId"])).public_access is True
    silent = await domo.files.upload(b"x", name="b")
    assert FilePermissions(public_access=False) == await domo.files.get_permissions(silent.data_file_id)


async def test_others_may_do_what_they_are_allowed(emulator: Emulator, domo: Domo):
    file_id = (await domo.files.upload(b"one", name="a")).data_file_id
    async with another(emulator) as other:
        with pytest.raises(Forbidden):
            await other.files.download(file_id)
        assert [] == await other.files.list().all()

        await domo.files.set_permissions(file_id, public_access=True, entries=[])
        assert b"one" == await other.files.download(file_id)
        with pytest.raises(Forbidden):
            await other.files.upload_revision(file_id, b"two")

        rights = [FilePermission("USER", 77, "READ_WRITE")]
        await domo.files.set_permissions(file_id, public_access=False, entries=rights)
        await other.files.upload_revision(file_id, b"two")
        assert b"two" == await other.files.download(file_id)
        for forbidden in (
            other.files.delete(file_id),
            other.files.set_permissions(file_id, public_access=True, entries=[]),
        ):
            with pytest.raises(Forbidden):
                await forbidden

        rights = [FilePermission("USER", 77, "READ_WRITE_DELETE_SHARE_ADMIN")]
        await domo.files.set_permissions(file_id, public_access=False, entries=rights)
        await other.files.delete(file_id)

    with pytest.raises(NotFound):
        await domo.files.get(file_id)


async def test_members_of_a_group_may_do_what_the_group_is_allowed(emulator: Emulator, domo: Domo):
    file_id = (await domo.files.upload(b"one", name="a")).data_file_id
    async with another(emulator) as other:
        group = await domo.groups.create(name="Readers", type="open")
        await domo.files.set_permissions(
            file_id, public_access=False, entries=[FilePermission("GROUP", group.id, "READ")]
        )
        with pytest.raises(Forbidden):
            await other.files.download(file_id)
        async with connected(emulator) as plain:
            await plain.call("PUT", f"/api/content/v2/groups/{group.id}/user/77")

        assert b"one" == await other.files.download(file_id)


async def test_permissions_are_the_same_by_the_apps_path(emulator: Emulator, domo: Domo):
    file_id = (await domo.files.upload(b"one", name="a")).data_file_id
    path = f"/domo/data-files/v1/{file_id}/permissions"
    entry = {"entityType": "USER", "entityId": "77", "grant": "READ", "pass": "NONE"}
    async with connected(emulator) as plain:
        await plain.call("PUT", path, json={"publicAccess": True, "entries": [entry]})

        assert {"publicAccess": True, "entries": [entry]} == await plain.call("GET", path)
    assert (FilePermission("USER", 77, "READ"),) == (await domo.files.get_permissions(file_id)).entries


async def test_files_are_there_after_a_restart_and_garbage_is_not(tmp_path: Path):
    async with Emulator(data=tmp_path) as emulator, emulator.client() as domo:
        file_id = (await domo.files.upload(b"kept", name="a")).data_file_id
        kept = on_disk(emulator)
    for name in ("7.arriving", "0" * 64):
        (tmp_path / "blobs" / name).write_bytes(b"left by a crash")

    async with Emulator(data=tmp_path) as emulator, emulator.client() as domo:
        assert b"kept" == await domo.files.download(file_id)
        assert kept == on_disk(emulator)


async def test_files_of_the_demo_world_can_be_read_and_found():
    async with Emulator(world="demo") as emulator, emulator.client() as domo:
        files = await domo.files.list(expand=["revisions"]).all()
        for file in files[:3]:
            content = await domo.files.download(file.data_file_id)
            assert file.current_revision is not None
            assert hashlib.sha256(content).hexdigest().upper() == file.current_revision.sha256_hash_value

    assert 100 == len(files)
    assert any(len(file.revisions) > 1 for file in files)


def test_contents_that_are_pinned_outlive_their_records(tmp_path: Path):
    records = Records()
    blobs = Blobs(tmp_path / "blobs", records, pinned=frozenset({"a" * 64}))
    for name in ("a", "b"):
        (blobs.directory / (name * 64)).write_bytes(b"x")

    blobs.sweep()

    assert ["a" * 64] == [path.name for path in blobs.directory.iterdir()]


def test_a_snapshot_has_the_files_that_records_refer_to():
    records = Records()
    content = hold(records, b"x")
    records["file_revisions"].put(1, {"sha256": content.sha256})
    records["fileset_files/fs"].put("d", {"sha256": None})

    assert {content.sha256} == referred(records.snapshot())


def test_an_empty_content_has_no_ranges():
    assert byte_range(None, 0) is None
    with pytest.raises(HTTPError):
        byte_range("bytes=0-", 0)

"""Files: what goes up and comes down, and what is refused."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from domo_async import APIError, ConfigError, Domo, IncompleteAnswer, NotFound, Retries, SourceError, TransportError
from domo_async._endpoints.files.models import FilePermission
from tests.support import talking_to

CONTENT = os.urandom(600_000)


@pytest.fixture
def path(tmp_path):
    found = tmp_path / "report.pdf"
    found.write_bytes(CONTENT)
    return found


async def all_of(request: web.Request) -> bytes:
    """Return a body of any length; `read` gives no more than a megabyte."""
    return b"".join([piece async for piece in request.content.iter_any()])


class Store:
    """An instance that takes files; the first tries fail as told."""

    def __init__(self, *failures: int) -> None:
        self._failures = list(failures)
        self.tries: list[tuple[dict[str, str], str | None, bytes]] = []

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        body = await all_of(request)
        assert str(len(body)) == request.headers.get("Content-Length")
        self.tries.append((dict(request.query), request.headers.get("Content-Type"), body))
        if self._failures:
            return web.Response(status=self._failures.pop(0), headers={"Retry-After": "0"})
        return web.json_response({"dataFileId": 401, "revisionId": 430})


class Source:
    """An instance that gives a file; the first answers break off."""

    def __init__(self, *, broken: int = 0) -> None:
        self._broken = broken
        self.asked = 0

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        if request.path.endswith("/404"):
            return web.json_response({"message": "no such file"}, status=404)
        if request.path.endswith("/details"):
            self.asked -= 1
            return web.json_response({"dataFileId": 401, "dataFileRevisionId": 7})
        answer = web.StreamResponse(headers={"Content-Length": str(len(CONTENT)), "Content-Type": "text/html"})
        await answer.prepare(request)
        if self.asked <= self._broken:
            await answer.write(CONTENT[:1000])
            assert request.transport is not None
            request.transport.close()
        else:
            await answer.write(CONTENT)
        return answer


def revise(domo: Domo, content: Any) -> Awaitable[object]:
    return domo.files.upload_revision(401, content)


def upload(domo: Domo, content: Any) -> Awaitable[object]:
    return domo.files.upload(content, name=None if isinstance(content, os.PathLike) else "report.pdf")


both = pytest.mark.parametrize("send", [upload, revise])


async def test_a_file_goes_up_from_disk_under_its_own_name(path):
    store = Store()

    async with talking_to(store) as domo:
        done = await domo.files.upload(path)

    assert [({"name": "report.pdf", "public": "false"}, "application/pdf", CONTENT)] == store.tries
    assert 401 == done.data_file_id


async def test_megabytes_of_memory_go_up():
    store = Store()

    async with talking_to(store) as domo:
        await domo.files.upload_revision(401, memoryview(CONTENT * 5))

    assert [({}, "application/octet-stream", CONTENT * 5)] == store.tries


@both
async def test_content_that_the_instance_did_not_take_is_sent_again_whole(path, send):
    store = Store(429, 429)

    async with talking_to(store) as domo:
        await send(domo, path)

    assert [CONTENT] * 3 == [body for _, _, body in store.tries]


@both
@pytest.mark.parametrize("status", [500, 502, 504])
async def test_content_that_the_instance_may_have_taken_is_not_sent_again(path, send, status):
    store = Store(status)

    async with talking_to(store) as domo:
        with pytest.raises(APIError):
            await send(domo, path)

    assert 1 == len(store.tries)


@both
async def test_an_upload_whose_answer_is_lost_is_not_sent_again(path, send):
    tries = 0

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal tries
        tries += 1
        await all_of(request)
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    async with talking_to(handler) as domo:
        with pytest.raises(TransportError):
            await send(domo, path)

    assert 1 == tries


@both
async def test_a_file_that_is_not_there_costs_no_request(path, send):
    store = Store()

    async with talking_to(store) as domo:
        with pytest.raises(SourceError, match="absent.* does not exist"):
            await send(domo, path.with_name("absent"))
        with pytest.raises(SourceError, match="does not exist"):
            await send(domo, path.parent)
        with pytest.raises(ConfigError, match="BytesIO"):
            await send(domo, io.BytesIO())

    assert [] == store.tries


@both
async def test_a_file_that_is_written_to_meanwhile_never_arrives_whole(path, send):
    whole: list[bytes] = []
    size = 32 << 20  # more than what lies in buffers between the disk and the server
    os.truncate(path, size)
    os.utime(path, ns=(1, 1))

    async def handler(request: web.Request) -> web.StreamResponse:
        await request.content.readany()
        with path.open("r+b") as file:
            file.write(b"new")
        whole.append(await all_of(request))
        return web.json_response({"dataFileId": 1, "revisionId": 1})

    async with talking_to(handler) as domo:
        with pytest.raises(SourceError, match="was written to"):
            await send(domo, path)

    assert [] == whole


async def test_bytes_need_a_name():
    store = Store()

    async with talking_to(store) as domo:
        with pytest.raises(ConfigError, match="name="):
            await domo.files.upload(b"x")
        with pytest.raises(ConfigError, match="empty"):
            await domo.files.upload(b"x", name="")

    assert [] == store.tries


async def test_no_files_are_not_taken_for_all_files():
    async def handler(request: web.Request) -> web.Response:
        return web.json_response([{"dataFileId": 1}])

    async with talking_to(handler) as domo:
        with pytest.raises(ConfigError, match="data_file_ids is empty"):
            await domo.files.list(data_file_ids=[]).all()
        with pytest.raises(ConfigError, match="takes a list"):
            await domo.files.list(expand="revisions").all()

        assert [1] == [file.data_file_id for file in await domo.files.list().all()]


async def test_permissions_can_be_read_changed_and_written_back():
    sent = []

    async def handler(request: web.Request) -> web.Response:
        entry = {"entityType": "USER", "entityId": "27", "grant": "READ", "pass": "NONE", "since": 5}
        if request.method == "PUT":
            sent.append(await request.json())
            return web.Response()
        return web.json_response({"publicAccess": False, "entries": [entry]})

    async with talking_to(handler) as domo:
        found = await domo.files.get_permissions(401)
        more = [*found.entries, FilePermission("GROUP", "8", "READ_WRITE_DELETE_SHARE_ADMIN")]
        await domo.files.set_permissions(401, public_access=False, entries=more)
        await domo.files.set_permissions(401, public_access=True, entries=[])

    entries = [
        {"entityType": "USER", "entityId": "27", "grant": "READ", "pass": "NONE", "since": 5},
        {"entityType": "GROUP", "entityId": "8", "grant": "READ_WRITE_DELETE_SHARE_ADMIN", "pass": "NONE"},
    ]
    assert [{"publicAccess": False, "entries": entries}, {"publicAccess": True, "entries": []}] == sent


async def test_a_download_is_begun_again_where_it_breaks_off(tmp_path):
    async with talking_to(Source(broken=2)) as domo:
        assert CONTENT == await domo.files.download(401)

    async with talking_to(Source(broken=2)) as domo:
        done = await domo.files.download(401, tmp_path / "out.bin", revision_id=7)

    assert CONTENT == (tmp_path / "out.bin").read_bytes()
    assert len(CONTENT) == done.bytes


async def test_a_download_that_fails_for_good_leaves_the_old_file_as_it_was(tmp_path):
    (tmp_path / "out.bin").write_bytes(b"old")
    source = Source(broken=99)

    async with talking_to(source, retries=Retries(attempts=3)) as domo:
        with pytest.raises(IncompleteAnswer):
            await domo.files.download(401, str(tmp_path / "out.bin"))
        with pytest.raises(IncompleteAnswer):
            await domo.files.download(401)
        with pytest.raises(NotFound, match="no such file"):
            await domo.files.download(404, tmp_path / "out.bin")

    assert 7 == source.asked
    assert b"old" == (tmp_path / "out.bin").read_bytes()
    assert ["out.bin"] == [path.name for path in tmp_path.iterdir()]


async def test_a_download_goes_into_a_file_object():
    target = io.BytesIO()

    async with talking_to(Source()) as domo:
        done = await domo.files.download(401, target)

    assert CONTENT == target.getvalue()
    assert len(CONTENT) == done.bytes


@pytest.mark.parametrize(
    "call",
    [
        lambda domo, _: domo.files.download("details"),
        lambda domo, folder: domo.files.download(401, folder),
        lambda domo, _: domo.files.download(401, ""),
        lambda domo, folder: domo.files.download(401, folder / "absent" / "out.bin"),
        lambda domo, _: domo.files.download(401, 7),
        lambda domo, _: domo.files.get(""),
    ],
)
async def test_downloads_that_cannot_work_cost_no_request(tmp_path, call: Callable[..., Awaitable[object]]):
    source = Source()

    async with talking_to(source) as domo:
        with pytest.raises(ConfigError):
            await call(domo, tmp_path)

    assert 0 == source.asked


async def test_a_download_that_is_given_up_leaves_no_file(tmp_path):
    begun = asyncio.Event()

    async def handler(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": "10"})
        await answer.prepare(request)
        await answer.write(b"x")
        begun.set()
        await asyncio.sleep(60)
        return answer

    async with talking_to(handler) as domo:
        task = asyncio.create_task(domo.files.download(401, tmp_path / "out.bin"))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert [] == list(tmp_path.iterdir())

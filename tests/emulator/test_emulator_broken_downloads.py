"""What may happen to a download, of rows as of files, and how one goes on with it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from attrs import frozen

from domo_async.emulator import Fault
from tests.emulator.plain_client import PlainClient, plain_client

SIZE = 600_000


@frozen
class Download:
    """A download of an instance of its own.

    Attributes:
        plain: A client of the instance.
        route: The route, as faults name it.
        content: All of what is to be downloaded.
    """

    plain: PlainClient
    method: str
    path: str
    route: str
    content: bytes
    asks: dict[str, Any]

    def armed(self, fault: Fault) -> None:
        self.plain.emulator.faults.add(fault)

    def request(self, **headers: str) -> Any:
        given = {**self.asks.get("headers", {}), **headers}
        return self.plain.session.request(self.method, self.path, json=self.asks.get("json"), headers=given)

    async def whole(self) -> bytes:
        async with self.request() as response:
            assert 200 == response.status
            body: bytes = await response.read()
            return body


async def _of_rows(plain: PlainClient) -> Download:
    dataset = await plain.create({"n": "LONG", "s": "STRING"})
    content = "".join(f"{n},some text {n}\n" for n in range(SIZE // 24)).encode()
    await plain.upload(dataset, content)
    path = f"/api/query/v1/execute/export/{dataset}"
    asks = {"json": {"sql": "SELECT * FROM table ORDER BY n"}, "headers": {"Accept": "text/csv"}}
    return Download(plain, "POST", path, f"POST {path}", content, asks)


async def _of_a_file(plain: PlainClient) -> Download:
    content = bytes(n * 7 % 251 for n in range(SIZE))
    made = await plain.call(
        "POST", "/api/data/v1/data-files?name=large.bin", data=content, headers={"Content-Type": "application/x-any"}
    )
    path = f"/api/data/v1/data-files/{made['dataFileId']}"
    return Download(plain, "GET", path, f"GET {path}", content, {})


async def _of_a_fileset(plain: PlainClient) -> Download:
    content = bytes(n * 11 % 241 for n in range(SIZE))
    fileset = await plain.call("POST", "/api/files/v1/filesets", json={"name": "All"}, status=201)
    form = aiohttp.FormData()
    form.add_field("createFileRequest", '{"directoryPath": ""}', content_type="application/json")
    form.add_field("file", content, filename="large.bin", content_type="application/x-any")
    async with plain.session.post(f"/api/files/v1/filesets/{fileset['id']}/files", data=form) as response:
        made = await response.json()
        assert response.ok, made
    path = f"/api/files/v1/filesets/{fileset['id']}/files/{made['id']}/download"
    return Download(plain, "GET", path, f"GET {path}", content, {})


_KINDS = {"rows": _of_rows, "a file": _of_a_file, "a file of a FileSet": _of_a_fileset}


@pytest.fixture(params=_KINDS)
async def download(request: pytest.FixtureRequest) -> AsyncIterator[Download]:
    async with plain_client() as plain:
        yield await _KINDS[request.param](plain)


@pytest.fixture(params=["a file", "a file of a FileSet"])
async def file(request: pytest.FixtureRequest) -> AsyncIterator[Download]:
    async with plain_client() as plain:
        yield await _KINDS[request.param](plain)


async def _received(response: aiohttp.ClientResponse) -> bytes:
    """Return what comes of a body that breaks off."""
    received = bytearray()
    with pytest.raises(aiohttp.ClientPayloadError):
        async for chunk in response.content.iter_any():
            received += chunk
    return bytes(received)


@pytest.mark.parametrize("after_bytes", [0, 1, 1000, 400_000])
async def test_a_download_breaks_off_where_it_is_asked_to(download: Download, after_bytes: int) -> None:
    download.armed(Fault(download.route, "truncate", after_bytes=after_bytes))
    async with download.request() as response:
        assert 200 == response.status
        assert download.content[:after_bytes] == await _received(response)

    assert download.content == await download.whole()


async def test_a_download_breaks_off_somewhere_in_the_middle(download: Download) -> None:
    download.armed(Fault(download.route, "truncate"))
    async with download.request() as response:
        received = await _received(response)

    assert 0 < len(received) < len(download.content)
    assert download.content.startswith(received)


@pytest.mark.parametrize("extra", [1, 5000])
async def test_a_download_that_promises_too_much_ends_early(download: Download, extra: int) -> None:
    download.armed(Fault(download.route, "wrong_length", extra_bytes=extra))
    async with download.request() as response:
        assert len(download.content) + extra == response.content_length
        assert download.content == await _received(response)

    assert download.content == await download.whole()


@pytest.mark.parametrize("missing", [1, 5000])
async def test_a_download_that_promises_too_little_looks_whole(download: Download, missing: int) -> None:
    download.armed(Fault(download.route, "wrong_length", extra_bytes=-missing))
    async with download.request() as response:
        assert len(download.content) - missing == response.content_length
        assert download.content[:-missing] == await response.read()

    assert download.content == await download.whole()


async def test_an_answer_in_json_can_have_a_wrong_length() -> None:
    async with plain_client() as plain:
        plain.emulator.faults.add(Fault.parse("GET *:wrong_length=3"))
        async with plain.session.get("/api/data/v3/datasources") as response:
            assert b'{"dataSources":[]' in await _received(response)


async def test_a_download_stands_still_in_the_middle(download: Download) -> None:
    download.armed(Fault(download.route, "stall", delay=0.2, after_bytes=1000))
    started = time.monotonic()
    async with download.request() as response:
        beginning = await response.content.readexactly(1000)
        begun = time.monotonic() - started
        rest = await response.read()

    assert download.content == beginning + rest
    assert begun < time.monotonic() - started - 0.15


async def test_a_download_stands_still_before_it_begins(download: Download) -> None:
    download.armed(Fault(download.route, "stall", delay=0.2))
    started = time.monotonic()

    assert download.content == await download.whole()
    assert 0.2 <= time.monotonic() - started


async def test_a_slow_download_passes_at_its_rate(download: Download) -> None:
    rate = 2_000_000
    download.armed(Fault(download.route, "slow", rate=rate))
    started = time.monotonic()

    assert download.content == await download.whole()
    assert len(download.content) / rate - 0.15 < time.monotonic() - started


async def test_a_download_is_refused_between_two_that_go_well(download: Download) -> None:
    download.armed(Fault(download.route, "status", status=503, skip=1, count=2))
    statuses = []
    for _ in range(4):
        async with download.request() as response:
            statuses.append(response.status)
            await response.read()

    assert [200, 503, 503, 200] == statuses


async def test_a_download_that_broke_off_goes_on_where_it_did(file: Download) -> None:
    file.armed(Fault(file.route, "truncate", after_bytes=250_000))
    async with file.request() as response:
        tag = response.headers["ETag"]
        received = await _received(response)
    async with file.request(**{"Range": f"bytes={len(received)}-", "If-Range": tag}) as response:
        assert 206 == response.status
        assert f"bytes 250000-{SIZE - 1}/{SIZE}" == response.headers["Content-Range"]
        assert (tag, SIZE - 250_000) == (response.headers["ETag"], response.content_length)
        received += await response.read()

    assert file.content == received


async def test_a_range_breaks_off_too(file: Download) -> None:
    file.armed(Fault(file.route, "truncate", after_bytes=10))
    async with file.request(Range="bytes=500000-") as response:
        assert 206 == response.status
        assert file.content[500_000:500_010] == await _received(response)


async def test_a_download_of_another_content_begins_anew(file: Download) -> None:
    async with file.request(**{"Range": "bytes=10-", "If-Range": '"another"'}) as response:
        assert 200 == response.status
        assert file.content == await response.read()


async def test_there_is_nothing_behind_the_end_of_a_file(file: Download) -> None:
    async with file.request(Range=f"bytes={SIZE}-") as response:
        assert (416, f"bytes */{SIZE}") == (response.status, response.headers["Content-Range"])

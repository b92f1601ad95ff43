"""Callers that are slow, or send more than they may: they keep nobody waiting, and are not waited for for ever."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from domo_async.emulator import Emulator
from tests.emulator.plain_client import DATASETS, PlainClient, plain_client

ME = "/api/content/v2/users/me"
GROUPS = "/api/content/v2/groups"


class Raw:
    """A connection over which a test sends what it likes."""

    def __init__(self, emulator: Emulator, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.emulator, self.reader, self.writer = emulator, reader, writer

    def head(self, method: str, path: str, *lines: str, token: bool = True) -> None:
        sent = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *lines]
        if token:
            sent.append(f"X-DOMO-Developer-Token: {self.emulator.token}")
        self.writer.write("".join(f"{line}\r\n" for line in [*sent, ""]).encode())

    async def answered(self) -> tuple[int, bytes]:
        """Return the status and the rest until the instance closes the connection."""
        async with asyncio.timeout(20):
            try:
                told = await self.reader.read()
            except ConnectionResetError:
                told = b""
        return (int(told.split()[1]) if told else 0), told


@asynccontextmanager
async def raw(emulator: Emulator) -> AsyncIterator[Raw]:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(emulator.url.rpartition(":")[2]))
    try:
        yield Raw(emulator, reader, writer)
    finally:
        writer.close()


async def forms_of_standing_still(plain: PlainClient) -> list[tuple[str, str, tuple[str, ...], bytes]]:
    """Return a request of each kind that takes a body, with the beginning of one."""
    dataset = await plain.create({"n": "LONG"})
    upload = await plain.open(dataset)
    fileset = (await plain.call("POST", "/api/files/v1/filesets", json={"name": "set", "description": ""}, status=201))[
        "id"
    ]
    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf'
    multipart = ("Content-Type: multipart/form-data; boundary=x", "Content-Length: 1000")
    return [
        ("PUT", f"{upload}/parts/1", ("Content-Length: 1000",), b"half"),
        ("PUT", f"{upload}/commit", ("Content-Length: 1000",), b"{"),
        ("POST", GROUPS, ("Content-Length: 1000",), b"{"),
        ("POST", "/api/data/v1/data-files?name=a", ("Content-Length: 1000",), b"half"),
        ("POST", f"/api/files/v1/filesets/{fileset}/files", multipart, form),
        ("POST", f"/api/query/v1/execute/{dataset}", ("Transfer-Encoding: chunked",), b"5\r\n{"),
    ]


async def test_saving_waits_for_nobody_s_body():
    async with plain_client(index_delay=0.05) as plain:
        dataset = await plain.create({"n": "LONG"})
        for method, path, lines, beginning in await forms_of_standing_still(plain):
            # An index comes to its end while the request looks at its dataset.
            await plain.upload(dataset, b"1\n")
            async with raw(plain.emulator) as standing:
                standing.head(method, path, *lines)
                standing.writer.write(beginning)
                await standing.writer.drain()
                async with asyncio.timeout(10):
                    await plain.call("GET", ME)
                    await plain.create({"n": "LONG"})


async def test_saving_on_disk_waits_for_nobody_s_body_either(tmp_path):
    async with plain_client(data=tmp_path / "data") as plain:
        for method, path, lines, beginning in await forms_of_standing_still(plain):
            async with raw(plain.emulator) as standing:
                standing.head(method, path, *lines)
                standing.writer.write(beginning)
                await standing.writer.drain()
                async with asyncio.timeout(10):
                    await plain.create({"n": "LONG"})


async def test_bodies_that_stop_to_come_are_not_waited_for():
    async with plain_client(patience=0.3) as plain:
        forms = await forms_of_standing_still(plain)

        async def stopped(method: str, path: str, lines: Sequence[str], beginning: bytes) -> tuple[str, int]:
            async with raw(plain.emulator) as standing:
                standing.head(method, path, *lines)
                standing.writer.write(beginning)
                return path, (await standing.answered())[0]

        async with asyncio.timeout(30):
            ended = await asyncio.gather(*(stopped(*form) for form in forms))

        assert [(path, 408) for _, path, _, _ in forms] == ended
        assert "open" == plain.emulator._instance.uploads()[0].state


async def test_a_body_that_trickles_is_not_waited_for():
    async with plain_client(patience=0.3) as plain, raw(plain.emulator) as slow:
        slow.head("POST", GROUPS, "Content-Length: 1000000")
        answered = asyncio.create_task(slow.answered())
        while not answered.done():
            slow.writer.write(b" ")
            await asyncio.wait([answered], timeout=0.02)

        # What is still sent when the connection ends may take the answer along.
        assert (await answered)[0] in {408, 0}


@pytest.mark.parametrize("sent", [b"", b"GET /api", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: "])
async def test_a_connection_without_a_whole_head_ends(sent: bytes):
    async with plain_client(patience=0.3) as plain, raw(plain.emulator) as slow:
        answered = asyncio.create_task(slow.answered())
        slow.writer.write(sent)
        while not answered.done():
            if sent:
                slow.writer.write(b"a")
            await asyncio.wait([answered], timeout=0.02)

        assert 200 != (await answered)[0]


async def test_a_connection_that_is_kept_for_nothing_ends():
    async with plain_client(patience=0.3) as plain, raw(plain.emulator) as idle:
        idle.head("GET", ME)

        assert 200 == (await idle.answered())[0]


async def test_an_answer_that_nobody_takes_is_not_kept():
    async with plain_client(patience=0.3) as plain:
        await plain.call("POST", "/api/data/v1/data-files?name=large", data=b"x" * (32 << 20))
        (file,) = await plain.call("GET", "/api/data/v1/data-files/details")
        async with raw(plain.emulator) as idle:
            idle.head("GET", f"/api/data/v1/data-files/{file['dataFileId']}")
            log = plain.emulator.log
            async with asyncio.timeout(20):
                while not log.matching("GET */data-files/*", status="none"):
                    await asyncio.sleep(0.05)


async def test_the_body_of_a_stranger_is_not_waited_for():
    async with plain_client() as plain:
        dataset = await plain.create({"n": "LONG"})
        upload = await plain.open(dataset)
        strangers = [
            ("PUT", f"{upload}/parts/1", 10_000_000_000, 401),
            ("PUT", f"{upload}/commit", 10_000_000_000, 401),
            ("POST", "/api/content/v2/authentication", 50_000_000, 413),
            ("POST", "/", 50_000_000, 413),
        ]

        async def refused(method: str, path: str, length: int) -> int:
            async with raw(plain.emulator) as stranger:
                stranger.head(method, path, f"Content-Length: {length}", token=False)
                return (await stranger.answered())[0]

        statuses = await asyncio.gather(*(refused(method, path, length) for method, path, length, _ in strangers))
        assert [status for *_, status in strangers] == statuses


async def test_open_uploads_are_bounded_and_those_that_nobody_goes_on_with_make_room():
    async with plain_client() as plain:
        instance = plain.emulator._instance
        instance.most_uploads = 20
        dataset = await plain.create({"n": "LONG"})
        first = await plain.open(dataset, b"1\n")
        for _ in range(19):
            await plain.open(dataset)

        refused = await plain.call("POST", f"{DATASETS}/{dataset}/uploads", json={}, status=400)
        assert "20 uploads are open" in refused["message"]
        await plain.commit(first)
        second = await plain.open(dataset, b"2\n")
        clock = plain.emulator.now
        plain.emulator.now = lambda: clock() + 100_000
        await plain.open(dataset)
        await plain.commit(second, status=404)
        assert [] == list((plain.emulator._open().storage.directory / "spool").iterdir())


async def test_the_size_of_parts_is_bounded_also_when_they_are_packed(monkeypatch: pytest.MonkeyPatch):
    async with plain_client() as plain:
        plain.emulator._instance.most_upload_bytes = 1_000
        upload = await plain.open(await plain.create({"n": "LONG"}), b"1\n" * 300)

        assert "larger" in (await plain.put(upload, 2, b"1\n" * 300, status=413))["message"]
        plain.emulator._instance.most_upload_bytes = 1 << 30
        monkeypatch.setattr("domo_async._emulator.routes.uploads._LARGEST_UNPACKED", 1_000)
        bomb = gzip.compress(b"1\n" * (1 << 20))
        await plain.put(upload, 2, bomb, encoding="gzip", status=413)
        await plain.put(upload, 2, b"1\n", encoding="identity")
        await plain.commit(upload)


async def test_a_head_that_is_not_unicode_spoils_nothing():
    async with plain_client() as plain:
        for path in (b"/api/content/v2/users/\xff\xfe", b"/\xed\xa0\x80", b"/api/content/v2/users?x=\xff"):
            async with raw(plain.emulator) as odd:
                head = b"GET " + path + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nX-DOMO-Developer-Token: "
                odd.writer.write(head + plain.emulator.token.encode() + b"\r\n\r\n")
                assert 500 != (await odd.answered())[0]
        async with raw(plain.emulator) as odd:
            head = b"POST /api/data/v1/data-files?name=a HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            odd.writer.write(head + b"Content-Type: x/\xff\r\nContent-Length: 1\r\nX-DOMO-Developer-Token: ")
            odd.writer.write(plain.emulator.token.encode() + b"\r\n\r\nx")
            assert 500 != (await odd.answered())[0]
        async with raw(plain.emulator) as odd:
            odd.writer.write(b"GET /api/content/v2/users/me HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n")
            odd.writer.write(b"X-DOMO-Developer-Token: \xff\r\n\r\n")
            assert 500 != (await odd.answered())[0]

        assert await plain.call("GET", "/emulator/log")
        assert await plain.call("GET", ME)

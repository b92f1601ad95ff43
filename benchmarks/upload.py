"""A file's upload on loopback, against what sockets can do and against what people use; and how fast it is cut."""

from __future__ import annotations

import asyncio
import itertools
import os
import socket
import ssl
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from mmap import mmap
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import requests

from benchmarks._csv import COLUMNS, records, write_csv
from benchmarks._harness import WITHOUT, Measurement, Options, Row, at_least, in_pairs, server, tls_server
from domo_async import Domo, Settings
from domo_async._transfer import ColumnSpec, ColumnType, UploadResult
from domo_async._transfer.part import part_sizes
from domo_async._transfer.sources import Reading, open_source

_PART = 8 << 20
# The fastest for these baselines, plain and over TLS, of 16 KiB to 512 KiB.
_SLICE = 1 << 18
_LOOP_SLICE = 1 << 17
_PYDOMO_CHUNK = 10_000_000


def benchmark(options: Options) -> Iterator[Row]:
    """Compare `Datasets.upload`, with all its defaults and requests, with bare sockets and with requests."""
    plain = str(write_csv(options.folder / "plain.csv", options.size))
    quoted = str(write_csv(options.folder / "quoted.csv", options.size, quoted=True))
    # As pandas and R write it when they are asked to quote all, which is NULL where it is empty and not text.
    every = str(write_csv(options.folder / "every.csv", options.size, quoted=True, every=True))
    none = str(write_csv(options.folder / "none.csv", options.size, quoted=True, every=True, empty=0))
    with server() as url:

        def against(
            what: str, subject: Measurement, baseline: Measurement, aim: float | None = None, runs: int = options.runs
        ) -> Row:
            target = None if aim is None else at_least(aim)
            return in_pairs(f"upload, {what}", "MB/s", subject, baseline, runs=runs, target=target)

        ours = Measurement(sdk, url, plain)
        bare = Measurement(sendall_file, url, plain, 1)
        yield against("no quotes / read and sendall", ours, bare, 0.85)
        yield against("no quotes / sendall from memory", ours, Measurement(sendall_memory, url, plain, 1), 0.85)
        yield against("no quotes / read and sendall, 2 threads", ours, Measurement(sendall_file, url, plain, 2))
        yield against(
            "quoted fields / read and sendall",
            Measurement(sdk, url, quoted),
            Measurement(sendall_file, url, quoted, 1),
            0.85,
        )
        for file, empties in ((every, "some empty"), (none, "none empty")):
            for threads, what, aim in ((1, "", 0.85), (2, ", 2 threads", 0.6)):
                yield against(
                    f"every field quoted, {empties} / read and sendall{what}",
                    Measurement(sdk, url, file),
                    Measurement(sendall_file, url, file, threads),
                    aim,
                )
        for file, what in (
            (plain, "no quotes"),
            (every, "every field quoted, some empty"),
            (none, "every field quoted, none empty"),
        ):
            for less, modules in WITHOUT.items():
                slower = Measurement(sdk, url, file, without=modules)
                yield against(f"{what}, {less} / with compiled code", slower, Measurement(sdk, url, file))
        yield against("no quotes / aiohttp alone", ours, Measurement(aiohttp_alone, url, plain))
        yield against("no quotes / requests, 4 threads", ours, Measurement(requests_threads, url, plain))
        yield against("no quotes / pydomo's way", ours, Measurement(pydomo_way, url, plain))
        for what, path in (
            ("no quotes", plain),
            ("quoted fields", quoted),
            ("every field quoted, some empty", every),
        ):
            cuts = Measurement(cutting, path)
            yield against(f"cut and checked only, {what} / read and quotes counted", cuts, Measurement(counting, path))
    with tls_server(options.folder) as (url, trusted):
        ours = Measurement(sdk, url, plain, trusted)
        # Over TLS the figures vary more.
        runs = 3 * options.runs
        one, two = (Measurement(sendall_file, url, plain, threads, trusted) for threads in (1, 2))
        yield against("TLS, no quotes / read and sendall", ours, one, runs=runs)
        yield against("TLS, no quotes / read and sendall, 2 threads", ours, two, 0.9, runs=runs)
        loop = Measurement(aiohttp_alone, url, plain, trusted)
        yield against("TLS, aiohttp alone / read and sendall, 2 threads", loop, two, runs=runs)


def sdk(url: str, path: str, trusted: str | None = None) -> float:
    """Upload by the client; return MB/s of the whole job."""
    settings = None if trusted is None else Settings(ca=trusted)
    return whole_job(url, lambda domo: domo.datasets.upload("dataset", path), settings)


def whole_job(url: str, upload: Callable[[Domo], Awaitable[UploadResult]], settings: Settings | None = None) -> float:
    """Return the MB/s of an upload from the call to its end."""

    async def run() -> float:
        async with Domo(url, token="benchmark", settings=settings) as domo:
            # A process pays once for what is imported on use; a connection is left open as well.
            await domo.datasets.upload("dataset", records(1000))
            started = time.perf_counter()
            result = await upload(domo)
            return result.bytes / (time.perf_counter() - started) / 1e6

    return asyncio.run(run())


def cutting(path: str) -> float:
    """Cut a file into parts and check all that is checked before they are sent, without sending any; return MB/s."""

    async def run() -> float:
        columns = [ColumnSpec(name, ColumnType(column_type)) for name, column_type in COLUMNS.items()]
        source = await open_source(path, Reading())
        try:
            started = time.perf_counter()
            fit = await source.fit(columns, header="auto", schema="match")
            lengths = [part.length async for part in source.parts(fit, part_sizes(None, source.total))]
            return sum(lengths) / (time.perf_counter() - started) / 1e6
        finally:
            source.close()

    return asyncio.run(run())


def counting(path: str) -> float:
    """Read parts, count their quotes and look for the last line end, the least that a cut takes; return MB/s."""
    size = Path(path).stat().st_size
    started = time.perf_counter()
    with Path(path).open("rb", buffering=0) as file:
        while part := file.read(_PART):
            part.count(b'"')
            part.rfind(b"\n")
    return size / (time.perf_counter() - started) / 1e6


def sendall_file(url: str, path: str, threads: int, trusted: str | None = None) -> float:
    """Send the file's parts over blocking sockets, one a thread, slice by slice; return MB/s."""
    size = Path(path).stat().st_size

    def sender() -> Callable[[socket.socket, int, int], None]:
        file = Path(path).open("rb", buffering=0)  # noqa: SIM115 - lives as long as its process
        buffer = memoryview(mmap(-1, _SLICE))

        def send(stream: socket.socket, offset: int, length: int) -> None:
            file.seek(offset)
            while length:
                count = file.readinto(buffer[: min(_SLICE, length)])
                stream.sendall(buffer[:count])
                length -= count

        return send

    return _send_parts(url, size, threads, sender, trusted)


def sendall_memory(url: str, path: str, threads: int) -> float:
    """Send the file's parts over blocking sockets, all in memory beforehand; return MB/s."""
    data = memoryview(Path(path).read_bytes())

    def send(stream: socket.socket, offset: int, length: int) -> None:
        stream.sendall(data[offset : offset + length])

    return _send_parts(url, len(data), threads, lambda: send)


def _send_parts(
    url: str,
    size: int,
    threads: int,
    sender: Callable[[], Callable[[socket.socket, int, int], None]],
    trusted: str | None = None,
) -> float:
    """PUT parts over so many connections; return MB/s."""
    address = urlsplit(url)
    tls = None if trusted is None else ssl.create_default_context(cafile=trusted)
    offsets = iter(range(0, size, _PART))

    def work() -> None:
        send = sender()
        with socket.create_connection((address.hostname, address.port)) as plain, ExitStack() as opened:
            stream = plain
            if tls is not None:
                stream = opened.enter_context(tls.wrap_socket(plain, server_hostname=address.hostname))
            for offset in offsets:
                length = min(_PART, size - offset)
                stream.sendall(b"PUT /parts/1 HTTP/1.1\r\nHost: sink\r\nContent-Length: %d\r\n\r\n" % length)
                send(stream, offset, length)
                if not stream.recv(1 << 16).startswith(b"HTTP/1.1 200 "):
                    raise ConnectionError("the part was not taken")

    workers = [threading.Thread(target=work) for _ in range(threads)]
    started = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return size / (time.perf_counter() - started) / 1e6


def aiohttp_alone(url: str, path: str, trusted: str | None = None) -> float:
    """Send the file's parts by aiohttp, eight at once, read slice by slice; return MB/s.

    As little as this is what an event loop has to do.
    """
    size = Path(path).stat().st_size
    tls = True if trusted is None else ssl.create_default_context(cafile=trusted)
    offsets = iter(range(0, size, _PART))
    descriptor = os.open(path, os.O_RDONLY)

    async def slices(offset: int, length: int) -> AsyncIterator[memoryview]:
        for start in range(offset, offset + length, _LOOP_SLICE):
            yield memoryview(os.pread(descriptor, min(_LOOP_SLICE, offset + length - start), start))

    async def work(session: aiohttp.ClientSession) -> None:
        for offset in offsets:
            length = min(_PART, size - offset)
            async with session.put(
                f"{url}/parts/1", data=slices(offset, length), headers={"Content-Length": str(length)}, ssl=tls
            ) as answer:
                answer.raise_for_status()

    async def run() -> None:
        async with (
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session,
            asyncio.TaskGroup() as all_,
        ):
            for _ in range(8):
                all_.create_task(work(session))

    started = time.perf_counter()
    asyncio.run(run())
    seconds = time.perf_counter() - started
    os.close(descriptor)
    return size / seconds / 1e6


def requests_threads(url: str, path: str) -> float:
    """Send the file's parts by requests in four threads, each part read whole; return MB/s."""
    size = Path(path).stat().st_size
    sessions = threading.local()
    descriptor = os.open(path, os.O_RDONLY)

    def put(number: int, offset: int) -> None:
        if not hasattr(sessions, "session"):
            sessions.session = requests.Session()
        sessions.session.put(f"{url}/parts/{number}", data=os.pread(descriptor, _PART, offset)).raise_for_status()

    started = time.perf_counter()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(put, itertools.count(1), range(0, size, _PART)))
    os.close(descriptor)
    return size / (time.perf_counter() - started) / 1e6


def pydomo_way(url: str, path: str) -> float:
    """Send the file in chunks of 10 MB, one after the other, a new connection each; return MB/s."""
    size = Path(path).stat().st_size
    started = time.perf_counter()
    with Path(path).open("rb") as file:
        for number in itertools.count(1):
            chunk = file.read(_PYDOMO_CHUNK)
            if not chunk:
                break
            requests.put(f"{url}/parts/{number}", data=chunk, timeout=60).raise_for_status()
    return size / (time.perf_counter() - started) / 1e6

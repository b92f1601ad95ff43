"""What a server sends without end, or small and grown by unpacking, costs no more memory than allowed, nor time."""

from __future__ import annotations

import asyncio
import gzip
import re
import sys
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import quote, unquote

import pytest

from tests.support import listening

pytestmark = [
    pytest.mark.hostile,
    pytest.mark.skipif(sys.platform == "win32", reason="memory is measured as POSIX has it"),
]

MEBIBYTE = 1 << 20
# What the client may grow by: an answer of 4 MiB, its pieces, and what is unpacked.
GROWTH = 64 * MEBIBYTE
SECONDS = 20.0

PROGRAM = """
import asyncio, resource, sys, time
from domo_async import Domo, DomoError, Retries, Settings, Timeouts

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

async def main(url, *kinds):
    settings = Settings(
        timeouts=Timeouts(connect=2, read=1, total=1), retries=Retries(attempts=1), max_answer=4 << 20
    )
    async with Domo(url, token="a-token-of-some-length", settings=settings) as domo:
        calls = {
            "raw": lambda: domo.request("GET", "/api/x"),
            "query": lambda: domo.datasets.query("x", "SELECT 1"),
        }
        for kind in ("warm", *kinds):
            for name, call in calls.items():
                before, started = peak(), time.monotonic()
                told = "well"
                try:
                    await domo.request("GET", "/api/next/" + kind)
                    await call()
                except DomoError as error:
                    told = type(error).__name__
                print(f"{kind}/{name},{told},{peak() - before},{time.monotonic() - started}", flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


def head(*lines: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode()


def chunks(pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield b"%x\r\n%s\r\n" % (len(piece), piece)


def for_ever(piece: bytes) -> Iterator[bytes]:
    while True:
        yield piece


def packed(compressor: Callable[[], zlib._Compress]) -> Iterator[bytes]:
    """Yield zeros without end, a thousandth of their size."""
    packer = compressor()
    while True:
        piece = packer.compress(bytes(8 * MEBIBYTE))
        if piece:
            yield piece


CHUNKED = "Transfer-Encoding: chunked"
SPACES = b" " * 65_536


def answers() -> dict[str, Callable[[], Iterator[bytes]]]:
    """Return answers that do not end by themselves."""

    def after(start: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
        yield start
        yield from pieces

    gz = partial(zlib.compressobj, 9, wbits=31)
    return {
        "chunks": lambda: after(head(CHUNKED), chunks(for_ever(SPACES))),
        "no length": lambda: after(head("Connection: close"), for_ever(SPACES)),
        "great length": lambda: after(head(f"Content-Length: {1 << 40}"), for_ever(SPACES)),
        "error page": lambda: after(head(CHUNKED, status="400 X"), chunks(for_ever(b"<title" * 10_000))),
        "array": lambda: after(head(CHUNKED), chunks(for_ever(b"[1,{}," * 10_000))),
        "headers": lambda: after(b"HTTP/1.1 200 OK\r\n", for_ever(b"X-A: b\r\n" * 1_000)),
        "one header": lambda: after(b"HTTP/1.1 200 OK\r\nX-A: ", for_ever(SPACES)),
        "status line": lambda: after(b"HTTP/1.1 200 ", for_ever(b"x" * 65_536)),
        "chunk extension": lambda: after(head(CHUNKED) + b"1;x=", for_ever(b"x" * 65_536)),
        "trailers": lambda: after(head(CHUNKED) + b"1\r\n1\r\n0\r\n", for_ever(b"X-A: b\r\n" * 1_000)),
        "hints": lambda: for_ever(head("Link: </x>", status="103 Early Hints") * 100),
        "blank lines": lambda: for_ever(b"\r\n" * 10_000),
        "gzip bomb": lambda: after(head(CHUNKED, "Content-Encoding: gzip"), chunks(packed(gz))),
        "deflate bomb": lambda: after(head(CHUNKED, "Content-Encoding: deflate"), chunks(packed(zlib.compressobj))),
        "bomb as an error": lambda: after(head(CHUNKED, "Content-Encoding: gzip", status="502 X"), chunks(packed(gz))),
        "bomb in a bomb": lambda: after(
            head(CHUNKED, "Content-Encoding: gzip, gzip"),
            chunks(for_ever(gzip.compress(gzip.compress(bytes(MEBIBYTE))))),
        ),
        "empty members": lambda: after(
            head(CHUNKED, "Content-Encoding: gzip"), chunks(for_ever(gzip.compress(b"") * 1000))
        ),
        "redirects": lambda: after(head("Location: /api/x", CHUNKED, status="302 X"), chunks(for_ever(SPACES))),
    }


async def test_an_answer_that_never_ends_ends():
    kind = "warm"

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal kind
        while asked := await reader.readuntil(b"\r\n\r\n"):
            length = re.search(rb"(?i)content-length: *(\d+)", asked)
            await reader.readexactly(int(length[1]) if length else 0)
            chosen = re.search(rb" /api/next/(\S+) ", asked)
            if chosen is not None or kind == "warm":
                kind = unquote(chosen[1].decode()) if chosen is not None else kind
                writer.write(head("Content-Length: 2") + b"{}")
                continue
            for piece in answers()[kind]():
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)

    async with listening(serve) as origin:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", PROGRAM, origin, *map(quote, answers()), stdout=asyncio.subprocess.PIPE
        )
        output, _ = await asyncio.wait_for(child.communicate(), 110)
    calls = [line.split(",") for line in output.decode().splitlines()][2:]
    assert 0 == child.returncode
    assert 2 * len(answers()) == len(calls)
    assert [] == [call for call in calls if call[1] == "well"]
    assert [] == [call for call in calls if int(call[2]) > GROWTH or float(call[3]) > SECONDS]

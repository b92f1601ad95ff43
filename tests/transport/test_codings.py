"""Bodies compressed on their way: what is whole comes as it was, what ends early is never taken for whole."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web

from domo_async import APIError, DecodeError, Domo, IncompleteAnswer, Retries
from tests.support import needs, talking_to

DOCUMENT = {"rows": list(range(20_000)), "zeros": "0" * 3_000_000}
PLAIN = json.dumps(DOCUMENT).encode()
PACKED = gzip.compress(PLAIN)
RAW = zlib.compress(PLAIN)[2:-4]


def answering(
    body: bytes, coding: str, *, status: int = 200, chunked: bool = True
) -> Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        await request.read()
        headers = {"Content-Encoding": coding, "Content-Type": "application/json"}
        answer = web.StreamResponse(status=status, headers=headers)
        if not chunked:
            answer.content_length = len(body)
        await answer.prepare(request)
        for start in range(0, len(body), 50_001):
            await answer.write(body[start : start + 50_001])
        return answer

    return handler


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", PACKED),
        ("x-GZip", PACKED),
        ("identity, gzip", PACKED),
        ("gzip", b"".join(gzip.compress(PLAIN[at : at + 500_000]) for at in range(0, len(PLAIN), 500_000))),
        ("gzip", PACKED + bytes(512)),
        ("deflate", zlib.compress(PLAIN)),
        ("deflate", RAW),
        ("identity", PLAIN),
        ("UTF-8", PLAIN),
    ],
)
async def test_what_is_whole_comes_as_it_was(coding, body):
    async with talking_to(answering(body, coding)) as domo:
        assert await domo.request("GET", "/api/x") == DOCUMENT


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", PACKED[: len(PACKED) // 2]),
        ("gzip", PACKED[:-8]),
        ("gzip", PACKED[:-1]),
        ("gzip", PACKED[:-8] + bytes(4) + PACKED[-4:]),
        ("gzip", PACKED + b"garbage"),
        ("gzip", PACKED + PACKED[:-9]),
        ("gzip", b""),
        ("gzip", PLAIN),
        ("deflate", zlib.compress(PLAIN)[:-4]),
        ("deflate", zlib.compress(PLAIN) + b"garbage"),
        ("deflate", RAW[:-1]),
        ("deflate", RAW + b"x"),
    ],
)
async def test_what_ends_early_or_is_damaged_is_incomplete(coding, body):
    async with talking_to(answering(body, coding), retries=Retries(attempts=2)) as domo:
        with pytest.raises(IncompleteAnswer, match=f"/api/x: .*{coding}"):
            await domo.request("GET", "/api/x")


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, gzip", "zstd, gzip"])
async def test_a_coding_that_was_not_asked_for_is_refused_by_name(coding):
    zstandard = needs("zstandard", extra="zstd")
    async with talking_to(answering(zstandard.compress(PLAIN), coding)) as domo:
        with pytest.raises(DecodeError, match=f"^GET /api/x: the answer is coded as {coding}"):
            await domo.request("GET", "/api/x")
        with pytest.raises(DecodeError, match=f"^POST [^ ]+: the answer is coded as {coding}"):
            await domo.datasets.frame("d")


async def test_what_has_no_body_has_none_whatever_its_coding():
    async with talking_to(answering(b"", "gzip", chunked=False)) as domo:
        assert None is await domo.request("GET", "/api/x")


async def test_an_error_is_told_though_its_body_ends_early():
    body = gzip.compress(b'{"message": "no such dataset"}')

    async with talking_to(answering(body, "gzip", status=404)) as domo:
        with pytest.raises(APIError, match="no such dataset"):
            await domo.request("GET", "/api/x")
    async with talking_to(answering(body[:-6], "gzip", status=404)) as domo:
        with pytest.raises(APIError, match="404"):
            await domo.request("GET", "/api/x")


async def to_file(domo: Domo, path: Path) -> object:
    return await domo.datasets.export("d", path)


async def scanned(domo: Domo, path: Path) -> object:
    return [batch async for batch in domo.datasets.scan("d")]


DOORS: dict[str, Callable[[Domo, Path], Awaitable[object]]] = {
    "query": lambda domo, _: domo.datasets.query("d", "SELECT * FROM table"),
    "frame": lambda domo, _: domo.datasets.frame("d", kind="arrow"),
    "scan": scanned,
    "CSV": to_file,
    "Parquet": lambda domo, path: to_file(domo, path.with_suffix(".parquet")),
    "file object": lambda domo, _: domo.datasets.export("d", io.BytesIO()),
    "file": lambda domo, path: domo.files.download(5, path),
    "bytes": lambda domo, _: domo.files.download(5),
    "FileSet": lambda domo, path: domo.filesets.files.download("s", "f", path),
    "page of a list": lambda domo, _: domo.users.list().all(),
}


@pytest.mark.parametrize("door", DOORS)
async def test_through_no_door_does_a_broken_stream_pass_for_whole(door, tmp_path):
    rows = b"id\n" + b"".join(b"%d\n" % number for number in range(50_000))
    heading = {"columns": ["id"], "metadata": [{"type": "LONG"}], "rows": []}

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        sql = (await request.json()).get("sql", "") if request.method == "POST" else ""
        if "LIMIT 0" in sql:
            return web.json_response(heading)
        content = rows if "export" in request.path else PLAIN
        headers = {"Content-Encoding": "gzip", "Content-Type": "text/csv" if content is rows else "application/json"}
        return web.Response(body=gzip.compress(content)[:-2_000], headers=headers)

    for old in (tmp_path / "out.csv", tmp_path / "out.parquet"):
        old.write_bytes(b"yesterday")
    async with talking_to(handler, retries=Retries(attempts=2)) as domo:
        with pytest.raises(IncompleteAnswer, match="gzip stream"):
            await DOORS[door](domo, tmp_path / "out.csv")

    assert {"out.csv": b"yesterday", "out.parquet": b"yesterday"} == {
        path.name: path.read_bytes() for path in tmp_path.iterdir()
    }

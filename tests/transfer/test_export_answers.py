"""Exports of answers that are not what was asked for: the file of yesterday stays."""

from __future__ import annotations

import asyncio
import io
import json
import os
import subprocess
from collections.abc import Mapping
from typing import Any

import pytest
from aiohttp import web
from pyarrow import parquet

from domo_async import APIError, DecodeError, Domo, DomoError, IncompleteAnswer, Retries, Settings
from domo_async._transfer.reading import heading
from tests import forking
from tests.support import TOKEN, SkippingClock, listening, raw_answer, serving, talking_to

PAGE = '<!DOCTYPE html>\n<html class="auth_index_html"><head><title>Domo</title></head><body>Sign in</body></html>\n'
OLD = b"id,s\n1,yesterday\n"
NAMES = ["out.csv", "out.csv.gz", "out.parquet"]


class Answering:
    """An instance that answers every request for CSV alike.

    Args:
        body: The answer's body.
        content_type: Its type.
        columns: The columns that a query has; their types are LONG and STRING.
        everywhere: Whether it answers all else so, too.
        status: The answer's status.
    """

    def __init__(
        self,
        body: str | bytes,
        content_type: str = "text/csv",
        *,
        columns: tuple[str, ...] = ("id", "s"),
        everywhere: bool = False,
        status: int = 200,
    ) -> None:
        self.body = body.encode() if isinstance(body, str) else body
        self.content_type, self.columns, self.everywhere, self.status = content_type, columns, everywhere, status
        self.asked = 0

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        if self.everywhere or "text/csv" in request.headers["Accept"]:
            self.asked += 1
            return web.Response(body=self.body, content_type=self.content_type, status=self.status)
        kinds = [{"type": kind} for kind in ("LONG", "STRING", "STRING")]
        facts: Mapping[str, Any] = {"columns": self.columns, "metadata": kinds[: len(self.columns)], "rows": []}
        return web.json_response({**facts, "numRows": 0, "numColumns": len(self.columns)})


WRONG: dict[str, tuple[Answering, type[DomoError], str]] = {
    "a web page": (Answering(PAGE, "text/html"), DecodeError, "a web page arrived instead of CSV"),
    "a web page for everything": (Answering(PAGE, "text/html", everywhere=True), APIError, "web page"),
    "a web page that says it is CSV": (Answering(PAGE), DecodeError, "a web page arrived instead of CSV"),
    "JSON that says it is CSV": (
        Answering('{"status":500,"message":"oops"}'),
        DecodeError,
        "JSON arrived instead of CSV",
    ),
    "an error in JSON with a good status": (
        Answering('{"status":400,"message":"Query failed"}', "application/json"),
        DecodeError,
        "Query failed",
    ),
    "an error of another type of JSON": (
        Answering('{"title":"Query failed"}', "application/problem+json"),
        DecodeError,
        "not a query's result",
    ),
    "a plain word": (Answering("Forbidden", "text/plain"), DecodeError, "columns Forbidden instead of id, s"),
    "nothing": (Answering(""), DecodeError, "empty, without even a header"),
    "nothing, and 204": (Answering("", status=204), DecodeError, "empty, without even a header"),
    "a mark alone": (Answering("\ufeff"), DecodeError, "columns"),
    "no header": (Answering("1,a\n2,b\n"), DecodeError, "columns 1, a instead of id, s"),
    "other columns": (Answering("s,id\na,1\n"), DecodeError, "columns s, id instead of id, s"),
    "half a header": (Answering("id"), DecodeError, "columns id instead of id, s"),
    "cut within quotes": (Answering('id,s\n1,a\n2,"b'), IncompleteAnswer, "line 3 is never closed"),
    "cut within a record": (Answering("id,s\n1,a\n2"), IncompleteAnswer, "line 3"),
    "cut within a character": (Answering("id,s\n1,é".encode()[:-1]), IncompleteAnswer, "not UTF-8"),
    "a short record": (Answering("id,s\n1\n2,b\n"), DecodeError, "line 2"),
    "a long record": (Answering("id,s\n1,a\n2,b,c\n"), DecodeError, "line 3"),
    "an error at the end": (Answering('id,s\n1,a\n{"status":500,"message":"oops"}\n'), DecodeError, "line 3"),
    "another encoding": (Answering("id,s\n1,é\n".encode("latin-1")), DecodeError, "line 2 is not UTF-8"),
    "a header of another encoding": (Answering("é,s\n".encode("latin-1")), DecodeError, "not UTF-8"),
    "a header without an end": (Answering('"' + "x\n" * 1_000), DecodeError, "longer than"),
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_file_is_never_replaced_by_what_is_not_the_result(wrong, tmp_path, monkeypatch):
    monkeypatch.setattr(heading, "_LONGEST", 1_000)
    instance, kind, says = WRONG[wrong]
    for name in NAMES:
        (tmp_path / name).write_bytes(OLD)
    async with talking_to(instance, retries=Retries(attempts=2)) as domo:
        for name in NAMES:
            for header in (True, False) if name == "out.csv" else (True,):
                instance.asked = 0
                with pytest.raises(kind, match=says):
                    await domo.datasets.export("x", tmp_path / name, header=header)
                # The columns are asked for side by side with the result.
                assert instance.asked == (2 if kind is IncompleteAnswer or instance.everywhere else 1)
        target = io.BytesIO()
        with pytest.raises(kind, match=says):
            await domo.datasets.export("x", target)
        with pytest.raises(kind, match=says):
            await domo.datasets.frame("x", kind="arrow")

    assert dict.fromkeys(NAMES, OLD) == {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert target.getvalue().startswith(b"id,s\n1") or target.getvalue() == b""


@pytest.mark.parametrize(
    ("body", "columns", "header", "written"),
    [
        ("\ufeffid,s\r\n1,a\r\n", ("id", "s"), True, "\ufeffid,s\r\n1,a\r\n"),
        ("ID,S\n1,a\n2,b", ("id", "s"), True, "ID,S\n1,a\n2,b"),
        ('id,"a\n""b"""\n1,\n', ("id", 'a\n"b"'), True, 'id,"a\n""b"""\n1,\n'),
        ('id,"a\n""b"""\n1,\n', ("id", 'a\n"b"'), False, "1,\n"),
        ("id,s\n", ("id", "s"), True, "id,s\n"),
        ("id,s\n", ("id", "s"), False, ""),
        ("id,s", ("id", "s"), False, ""),
        ("\ufeffid,s\n1,a\n", ("\ufeffid", "s"), True, "\ufeff\ufeffid,s\n1,a\n"),
        ("\ufeff\ufeffid,s\n1,a\n", ("\ufeffid", "s"), True, "\ufeff\ufeffid,s\n1,a\n"),
        ("id\n\ufeff\n", ("id",), False, "\ufeff\ufeff\n"),
        ("id\n\ufeff\ufeffEU\n", ("id",), False, "\ufeff\ufeff\ufeffEU\n"),
        ("id,id\n1,2\n", ("id", "id"), True, "id,id\n1,2\n"),
    ],
)
async def test_csv_is_written_as_it_came_and_no_character_is_taken_for_a_mark(body, columns, header, written, tmp_path):
    async with talking_to(Answering(body, columns=columns)) as domo:
        done = await domo.datasets.export("x", tmp_path / "out.csv", header=header)
        target = io.BytesIO()
        assert done.bytes == (await domo.datasets.export("x", target, header=header)).bytes

    assert written.encode() == (tmp_path / "out.csv").read_bytes() == target.getvalue()
    assert len(written.encode()) == done.bytes
    assert max(0, len(body.split("\n")) - 1 - body.endswith("\n") - body.count("\n" + '""b')) == done.rows


async def test_an_instance_that_does_not_tell_its_columns_is_believed(tmp_path):
    """As one that answers with objects, which tell nothing where there are no rows."""
    async with talking_to(Answering("a,b\n1,2\n", columns=())) as domo:
        done = await domo.datasets.export("x", tmp_path / "out.csv")

    assert 1 == done.rows


WHOLE = b"id,s\n1,a\n2,b\n3,\n"


@pytest.mark.parametrize("name", ["out.csv", "out.parquet", "frame"])
async def test_csv_that_ends_with_its_connection_is_looked_at_for_what_is_missing(name, tmp_path):
    """As old proxies have it: neither a length nor an end mark."""
    sent = [WHOLE]
    settings = Settings(clock=SkippingClock(), retries=Retries(attempts=1))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        sql = json.loads(await reader.readexactly(int(head.lower().split("content-length: ")[1].split()[0])))["sql"]
        if "/export/" in head:
            writer.write(b"HTTP/1.0 200 OK\r\nContent-Type: text/csv\r\n\r\n" + sent[-1])
        else:
            limit, _, offset = sql.partition("LIMIT ")[2].partition(" OFFSET ")
            rows = [[1, "a"], [2, "b"], [3, None]][int(offset or 0) :][: int(limit)]
            kinds = [{"type": "LONG"}, {"type": "STRING"}]
            writer.write(raw_answer(json.dumps({"columns": ["id", "s"], "metadata": kinds, "rows": rows})))
        await writer.drain()
        writer.close()

    async with listening(serve) as origin, Domo(origin, token=TOKEN, settings=settings) as domo:

        async def read(sql: str = "SELECT * FROM table") -> int:
            if name == "frame":
                return (await domo.datasets.frame("x", sql, kind="arrow")).num_rows
            return (await domo.datasets.export("x", tmp_path / name, sql=sql)).rows

        for cut in range(len(WHOLE)):
            sent.append(WHOLE[:cut])
            with pytest.raises((IncompleteAnswer, DecodeError)):
                await read()
        assert [] == [*tmp_path.iterdir()]
        sent.append(WHOLE)
        assert 3 == await read()
        with pytest.raises(IncompleteAnswer, match="omit LIMIT"):
            await read("SELECT * FROM table LIMIT 9")


async def test_csv_that_broke_off_once_is_whole_the_second_time(tmp_path):
    broken, whole = Answering('id,s\n1,"a'), Answering('id,s\n1,"a"\n')

    async def handler(request: web.BaseRequest) -> web.Response:
        return await (whole if broken.asked else broken)(request)

    async with talking_to(handler) as domo:
        for name in ("out.csv", "out.parquet"):
            broken.asked = 0
            assert 1 == (await domo.datasets.export("x", tmp_path / name)).rows

    assert b'id,s\n1,"a"\n' == (tmp_path / "out.csv").read_bytes()
    assert [{"id": 1, "s": "a"}] == parquet.read_table(tmp_path / "out.parquet").to_pylist()


async def test_the_command_says_so_and_leaves_the_file(tmp_path):
    (tmp_path / "out.csv").write_bytes(OLD)
    async with serving(Answering(PAGE)) as origin:
        ended = await asyncio.to_thread(
            subprocess.run,
            forking.python("-m", "domo_async", "datasets", "export", "x", "out.csv"),
            capture_output=True,
            encoding="utf-8",
            cwd=tmp_path,
            env={**os.environ, "DOMO_BASE_URL": origin, "DOMO_DEVELOPER_TOKEN": TOKEN},
        )

    assert 1 == ended.returncode
    assert "a web page arrived instead of CSV" in ended.stderr
    assert OLD == (tmp_path / "out.csv").read_bytes()

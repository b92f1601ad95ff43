"""What people take for a source: what is not CSV is refused by its first bytes, and every way in leads to the same."""

from __future__ import annotations

import gzip
import io
import os
import threading
import zipfile
from collections.abc import AsyncIterator, Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import dataset, parquet

from domo_async import ConfigError, Domo, DomoError, SourceError

TEXTS = {"a": "STRING", "b": "STRING"}
TYPED = {"a": "LONG", "b": "STRING"}


async def new_dataset(domo: Domo, columns: dict[str, str]) -> str:
    return (await domo.datasets.create("Test", columns)).id


async def rows(domo: Domo, dataset_id: str) -> list[tuple[object, ...]]:
    return list(await domo.datasets.query(dataset_id, "SELECT * FROM table"))


async def made(domo: Domo, source: Any, **options: Any) -> tuple[dict[str, str], list[tuple[object, ...]]]:
    created = await domo.datasets.create_from(source, "Made", **options)
    return dict(created.columns), await rows(domo, created.id)


NOT_CSV: dict[str, tuple[bytes, str]] = {
    "JSON lines": (b'{"a": "1", "b": "x"}\n{"a": "2", "b": "y"}\n', "format='jsonl'"),
    "an array of JSON": (b'[{"a": "1", "b": "x"}]\n', "json.loads"),
    "JSON over several lines": (b'\n{\n  "a": "1", "b": 2\n}\n', "JSON"),
    "a web page": (b"<!DOCTYPE html><html><body>Sign in, please</body></html>\n", "web page"),
    "a web page of markup alone": (b"  <html lang='en'><body>Sign in, please</body></html>\n", "web page"),
    "a table of a web page": (b"<table border=1><tr><td>1,x</table>\n", "web page"),
    "XML": (b'\xef\xbb\xbf<?xml version="1.0"?><rows a="1,2"/>\n', "XML"),
    "RTF": (b"{\\rtf1 a, b}\n", "RTF"),
    "PDF": (b"%PDF-1.7\n1,x\n", "PDF"),
    "UTF-16 without a mark": ("a,b\n1,x\n".encode("utf-16-be"), "encoding='utf-16-be'"),
    "UTF-16 without a mark, little end first": ("a,b\n1,x\n".encode("utf-16-le"), "encoding='utf-16-le'"),
    "UTF-16": ("a,b\n1,x\n".encode("utf-16"), "encoding='utf-16'"),
    "UTF-32 without a mark": ("a,b\n1,x\n".encode("utf-32-le"), "encoding='utf-32-le'"),
    "zeros": (b"a,b\n1,\0\n", "zero bytes"),
    "zip": (b"PK\x03\x04,\n", "Excel workbook"),
    "SQLite": (b"SQLite format 3\0,", "database"),
    "bzip2": (b"BZh91AY&SY,", "bzip2"),
    "tar": (b"a,b".ljust(257, b"x") + b"ustar", "tar"),
    "a pointer of Git LFS": (b"version https://git-lfs.github.com/spec/v1\noid 1,2\n", "git lfs pull"),
}


async def some(*items: Any) -> AsyncIterator[Any]:
    for item in items:
        yield item


def on_disk(content: bytes, folder: Path, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


DOORS: dict[str, Callable[[bytes, Path], Any]] = {
    "bytes": lambda content, _: content,
    "a path": on_disk,
    "a pattern": lambda content, folder: str(on_disk(content, folder).with_name("*.csv")),
    "a folder": lambda content, folder: on_disk(content, folder).parent,
    "gzip": lambda content, folder: on_disk(gzip.compress(content), folder),
    "a file object": lambda content, _: io.BytesIO(content),
    "an iterator": lambda content, _: iter([content[:3], content[3:]]),
    "an async iterator": lambda content, _: some(content[:1], content[1:]),
}


@pytest.mark.parametrize(("content", "says"), NOT_CSV.values(), ids=NOT_CSV)
async def test_a_file_that_is_not_csv_never_replaces_a_dataset(domo, emulator, tmp_path, content, says):
    dataset_id = await new_dataset(domo, TEXTS)
    await domo.datasets.upload(dataset_id, [("good", "row")])
    emulator.log.clear()

    for header in ("auto", True, False):
        with pytest.raises(SourceError, match=says):
            await domo.datasets.upload(dataset_id, content, header=header)
    with pytest.raises(SourceError, match=says):
        await domo.datasets.create_from(on_disk(content, tmp_path), "Made")

    assert {"GET"} == {record.method for record in emulator.log}
    assert [("good", "row")] == await rows(domo, dataset_id)


@pytest.mark.parametrize("make", DOORS.values(), ids=DOORS)
async def test_it_is_seen_whichever_way_it_comes(domo, tmp_path, make):
    dataset_id = await new_dataset(domo, TEXTS)

    for name in ("JSON lines", "UTF-16 without a mark"):
        with pytest.raises(SourceError, match="not a CSV file"):
            await domo.datasets.upload(dataset_id, make(NOT_CSV[name][0], tmp_path))


async def test_who_insists_may_upload_what_does_not_look_like_csv(domo):
    dataset_id = await new_dataset(domo, TEXTS)

    await domo.datasets.upload(dataset_id, b'{"a",<b>\n[1,{}\n', format="csv", header=False)
    assert [('{"a"', "<b>"), ("[1", "{}")] == await rows(domo, dataset_id)

    for harmless in (b"<5,[x\n", b"{x},<\n", b"-,(1)\n"):
        await domo.datasets.upload(dataset_id, harmless, header=False)


JSON_LINES = (
    b'{"id": 12345678901234567890, "n": 1, "x": 1.5, "d": 0.12345678901234567890, "t": "a\\nb", "ok": true}\n'
    b'\n{"id": 2, "d": 1, "t": null, "n": null}\r\n'
    b'{"n": 3, "x": 1e-7}'
)
JSON_COLUMNS = {"id": "DECIMAL", "n": "LONG", "x": "DOUBLE", "d": "DECIMAL", "t": "STRING", "ok": "STRING"}
JSON_ROWS = [
    (Decimal(12345678901234567890), 1, 1.5, Decimal("0.1234567890123456789"), "a\nb", "true"),
    (Decimal(2), None, None, Decimal(1), None, None),
    (None, 3, 1e-7, None, None, None),
]


@pytest.mark.parametrize(
    ("make", "format"),
    [
        (lambda folder: on_disk(JSON_LINES, folder, "rows.jsonl"), "auto"),
        (lambda folder: on_disk(gzip.compress(JSON_LINES), folder, "rows.NDJSON.gz"), "auto"),
        (lambda folder: on_disk(JSON_LINES, folder, "rows.jsonl").open("rb"), "auto"),
        (lambda folder: str(on_disk(JSON_LINES, folder, "rows.jsonl").with_name("*.jsonl")), "auto"),
        (lambda _: JSON_LINES, "jsonl"),
        (lambda _: gzip.compress(b"\xef\xbb\xbf" + JSON_LINES), "jsonl"),
        (lambda _: some(*(JSON_LINES[n : n + 1] for n in range(len(JSON_LINES)))), "jsonl"),
    ],
)
async def test_json_lines_are_rows_by_name_whose_digits_are_kept(domo, tmp_path, make, format):
    source = make(tmp_path)

    assert (JSON_COLUMNS, JSON_ROWS) == await made(domo, source, format=format)

    if isinstance(source, io.IOBase):
        source.close()


async def test_json_lines_fit_a_dataset_as_rows_do(domo, tmp_path):
    dataset_id = await new_dataset(domo, {"B": "STRING", "a": "LONG"})
    path = on_disk(b'{"a": 1, "b": {"x": [1, 2.5]}}\n' * 5000 + b'{"a": 2}\n', tmp_path, "rows.jsonl")

    with pytest.raises(SourceError, match="nested"):
        await domo.datasets.upload(dataset_id, path)
    done = await domo.datasets.upload(dataset_id, path, nested="json", part_size=10_000)

    assert 5001 == done.rows
    assert {('{"x":[1,2.5]}', 1), (None, 2)} == set(await rows(domo, dataset_id))


@pytest.mark.parametrize(
    ("content", "says", "line"),
    [
        (b'{"a": 1}\n\n{"a": \n', "line 3 is not JSON", 3),
        (b'{"a": 1}\n[1, "x"]\n', "line 2 holds an array", 2),
        (b'{"a": 1}\n7\n', "line 2 holds a number", 2),
        (b'{"a": 1, "a": 2}\n', "an object has the key 'a' twice", 1),
        (b'{"a": 1}\n\xff\n', "line 2 is not utf-8", 2),
        (b'{"a": 1}\n{"c": 1}\n', "also has c", None),
        (b'{"a": "x"}\n', 'row 1, column "a"', None),
        (b"[" * 100_000, "line 1 is not JSON", 1),
    ],
)
async def test_json_lines_that_are_none_are_named_by_their_line(domo, content, says, line):
    dataset_id = await new_dataset(domo, TYPED)

    with pytest.raises(SourceError, match=says) as caught:
        await domo.datasets.upload(dataset_id, content, format="jsonl")

    assert line == caught.value.line


HEADERS: list[tuple[dict[str, str], bytes, dict[str, Any], str | list[tuple[object, ...]]]] = [
    (TEXTS, b"Order ID,Area\n1,x\n", {}, "may name others, or be a row.*header=True"),
    (TEXTS, b"Order ID,Area\n1,x\n", {"header": True}, [("1", "x")]),
    (TEXTS, b"Order ID,Area\n1,x\n", {"header": False}, [("Order ID", "Area"), ("1", "x")]),
    (TEXTS, b"1,x\n2,y\n", {}, [("1", "x"), ("2", "y")]),
    (TYPED, b"Order ID,Area\n1,x\n", {}, "'Order ID' is not a LONG"),
    (TYPED, b"1,x\n2,y\n", {}, [(1, "x"), (2, "y")]),
    (TEXTS, b"sep=,\na,b\n1,x\n", {}, [("1", "x")]),
    (TEXTS, b'"sep=;"\na;b\n1;x\n', {}, "delimiter=';'"),
    (TEXTS, b"sep=;\r\nb;a\r\nx;1\r\n", {"delimiter": ";"}, [("1", "x")]),
    (TEXTS, b"Report 2026,\n\na,b\n1,x\n", {}, "skip_rows=2"),
    (TEXTS, b"Report 2026,\n\na,b\n1,x\n", {"header": True}, "skip_rows=2"),
    (TEXTS, b"Report 2026\n\nb,a\nx,1\n", {"skip_rows": 2}, [("1", "x")]),
    (TEXTS, b"Report 2026\n\na,b\n1,x\n", {"skip_rows": 2}, [("1", "x")]),
    (TEXTS, b"Report 2026\n\na,b\n1,x\n", {"skip_rows": 9}, "the source has only 4"),
    (TEXTS, b"a,b\n1,x\n" * 600, {"skip_rows": 1000}, "only 1000, to find its header"),
    (TEXTS, b"a,b\n", {"skip_rows": 1, "header": False, "allow_empty": True}, []),
    (TEXTS, b"Report,\na,b", {"skip_rows": 2, "allow_empty": True}, []),
    (TEXTS, b"a,b,\n1,x,\n2,y,\n", {}, [("1", "x"), ("2", "y")]),
    (TEXTS, b"a,b,\n1,x,\n2,y,z\n", {}, "line 3, field 3: it holds 'z'"),
    (TEXTS, b",a,b\n0,1,x\n", {}, "column 1 of the source has no name.*index=False"),
    (TEXTS, b"\n\na,b\n\n1,x\n\n\n2,y\n\n", {}, [("1", "x"), ("2", "y")]),
    (TEXTS, b" A ,b\t\n1,x\n", {}, [("1", "x")]),
    (TEXTS, b"a;b\n1;x\n", {}, "delimiter=';'"),
    (TEXTS, b"a,a,b\n1,2,x\n", {}, "more than one column 'a'"),
    (TEXTS, b"a,A,b\n1,2,x\n", {}, "it also has A"),
    ({"\ufeffa": "LONG", "b": "STRING"}, b"\xef\xbb\xbfa,b\n1,x\n", {}, [(1, "x")]),
]


@pytest.mark.parametrize(("columns", "content", "options", "expected"), HEADERS)
async def test_neither_is_a_row_lost_nor_are_names_sent_as_one(domo, columns, content, options, expected):
    dataset_id = await new_dataset(domo, columns)

    for source in (content, some(content)):
        if isinstance(expected, str):
            with pytest.raises(SourceError, match=expected):
                await domo.datasets.upload(dataset_id, source, **options)
            assert [] == await rows(domo, dataset_id)
        else:
            await domo.datasets.upload(dataset_id, source, **options)
            assert expected == await rows(domo, dataset_id)


async def test_how_the_header_was_taken_is_told(domo):
    dataset_id = await new_dataset(domo, TEXTS)

    renamed = await domo.datasets.upload(dataset_id, b"Order ID,b\n1,x\n", header=True)
    plan = await domo.datasets.plan_upload(dataset_id, b"sep=,\na,b,\n1,x,\n")

    assert ("line 1 is taken for the header, by position: Order ID to a",) == renamed.notes
    assert "line 1 (sep=,) is left out" == plan.notes[0]
    assert "column 3 has no name" in plan.notes[1]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"1,x\n2,y\n", "does not look like names"),
        (b"x,2026-01-02\ny,2026-01-03\n", "does not look like names"),
        (b"Report\na,b\n1,x\n", "skip_rows=1"),
        (b",a\n0,1\n", "no name"),
        (b"id\tname\n1\tx\n2\ty\n", r"delimiter='\\t'"),
        (b"id;name\n1;x\n", "delimiter=';'"),
        (b"id;price\n1;2,50\n2;3,75\n", "delimiter=';'"),
        (b"Report 2026\n\na,b\n1,x\n", "skip_rows=1"),
    ],
)
async def test_no_dataset_is_made_of_a_first_row_that_may_not_name_columns(domo, emulator, content, says):
    with pytest.raises(SourceError, match=says):
        await domo.datasets.create_from(content, "Made")

    assert [] == emulator.log.matching("POST *")
    assert ({"2025": "LONG", "2026": "LONG"}, [(1, 2)]) == await made(domo, b"2025,2026\n1,2\n", header=True)


ALL_QUOTED = b'"id","x","day","t"\n"1","1.5","2026-01-02",""\n"2","","","a ""b"""\n"","NA","NA","NA"\n'
ALL_COLUMNS = {"id": "LONG", "x": "DOUBLE", "day": "DATE", "t": "STRING"}


async def test_empty_quotes_are_null_where_a_column_is_not_text(domo):
    columns, found = await made(domo, ALL_QUOTED, null_values=["NA"])
    assert ALL_COLUMNS == columns
    assert [(1, 1.5, date(2026, 1, 2), ""), (2, None, None, 'a "b"'), (None, None, None, None)] == found

    # A writer that quotes all text does so with what is missing, too, however far down.
    content = b'"id","t"\n' + b'1,"x"\n' * 2000 + b'"",""\n'
    columns, found = await made(domo, content)
    assert ({"id": "LONG", "t": "STRING"}, (None, "")) == (columns, found[-1])


async def test_texts_are_null_that_the_caller_says_are(domo):
    dataset_id = await new_dataset(domo, TYPED)
    content = b'a,b\n1,"N/A"\nN/A,""\n3,n/a\n'

    await domo.datasets.upload(dataset_id, content, null_values=["N/A", ""])
    assert [(1, None), (None, None), (3, "n/a")] == await rows(domo, dataset_id)
    await domo.datasets.upload(dataset_id, content, null_values="N/A")
    assert [(1, None), (None, ""), (3, "n/a")] == await rows(domo, dataset_id)
    with pytest.raises(ConfigError, match="null_values"):
        await domo.datasets.upload(dataset_id, content, null_values=[None])


async def test_types_hold_the_values_of_all_files(domo, tmp_path):
    contents = (
        b"n,code,d\n1,7,2026-01-02\n",
        b"d,n,code\n2026-01-02 03:04:05,2.5,007\n",
        b"n,code,d\n9007199254740993,,\n",
    )
    paths = [on_disk(content, tmp_path, f"{number}.csv") for number, content in enumerate(contents)]

    assert {"n": "DECIMAL", "code": "STRING", "d": "DATETIME"} == (await made(domo, paths))[0]

    dataset_id = await new_dataset(domo, {"n": "DECIMAL"})
    await domo.datasets.upload(dataset_id, paths, schema="evolve")
    assert {"n": "DECIMAL", "code": "STRING", "d": "DATETIME"} == {
        column.name: column.type for column in (await domo.datasets.schemas.latest(dataset_id)).columns
    }


MANY = b'"a, ""b""\n0",1,2.5\r\n' * 1200


@pytest.mark.parametrize(
    ("last", "column", "kind"),
    [
        (b"x,007,1\r\n", "n", "LONG"),
        (b'"x\n",+1,1', "n", "LONG"),
        (b"x,-0,1\r\n", "n", "LONG"),
        (b"x,1,007.5\r\n", "d", "DOUBLE"),
        (b'x,1,"0.1234567890123456789"\r\n', "d", "DOUBLE"),
        (b"x,1,9007199254740993\r\n", "d", "DOUBLE"),
    ],
)
async def test_codes_and_digits_that_come_late_never_become_other_values(domo, emulator, last, column, kind):
    content = b"t,n,d\r\n" + MANY + last

    for source in (content, iter([content])):
        with pytest.raises(SourceError, match=rf'row 1201, column "{column}": .* would become another .* {kind}'):
            await made(domo, source, part_size=5000)
    dataset_id = await new_dataset(domo, {"t": "STRING"})
    with pytest.raises(SourceError, match=f'column "{column}"'):
        await domo.datasets.upload(dataset_id, content, schema="evolve")
    assert [] == emulator.log.matching("PUT *commit")
    assert ["t"] == [found.name for found in (await domo.datasets.schemas.latest(dataset_id)).columns]


async def test_codes_and_digits_that_say_what_they_seem_to_are_taken(domo):
    last = b'007,0,0.1\r\n"+1, 05",10,1e-05\r\n,100,0.30000000000000004\r\n"\n00,01",-5,9007199254740992\r\n'

    columns, found = await made(domo, b"t,n,d\r\n" + MANY + last)

    assert {"t": "STRING", "n": "LONG", "d": "DOUBLE"} == columns
    assert [0, 10, 100, -5] == [row[1] for row in found[-4:]]
    assert [0.1, 1e-05, 0.1 + 0.2, 2.0**53] == [row[2] for row in found[-4:]]


async def test_a_file_with_nothing_but_null_says_nothing_of_a_column(domo, tmp_path):
    on_disk(b"n,d\n,\n", tmp_path, "a.csv")
    on_disk(b'{"n": null, "d": null}\n', tmp_path, "b.jsonl")
    parquet.write_table(pa.table({"n": pa.nulls(1), "d": [date(2026, 1, 2)]}), tmp_path / "c.parquet")
    on_disk(b'{"n": 5}\n{"d": null}\n', tmp_path, "d.jsonl")
    folder = tmp_path / "year=__HIVE_DEFAULT_PARTITION__"
    folder.mkdir()
    parquet.write_table(pa.table({"n": [1]}), folder / "a.parquet")
    (tmp_path / "year=2026").mkdir()
    parquet.write_table(pa.table({"n": [2]}), tmp_path / "year=2026" / "a.parquet")

    assert {"n": "LONG", "d": "DATE"} == (await made(domo, str(tmp_path / "*.*")))[0]
    expected = ({"n": "LONG", "year": "LONG"}, [(2, 2026), (1, None)])
    assert expected == await made(domo, str(tmp_path / "year=*"))


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
async def test_folders_named_key_value_give_columns(domo, tmp_path, suffix):
    for year, place, number in (("2025", "a%2Fb", 1), ("2026", "__HIVE_DEFAULT_PARTITION__", 2)):
        folder = tmp_path / "sales" / f"year={year}" / f"place={place}"
        folder.mkdir(parents=True)
        if suffix == "parquet":
            parquet.write_table(pa.table({"n": [number], "t": ["x,y"]}), folder / "part.parquet")
        else:
            content = f'n,t\n{number},"x,y"\n' if suffix == "csv" else f'{{"n": {number}, "t": "x,y"}}\n'
            on_disk(content.encode(), folder, f"part.{suffix}")
    on_disk(b"", tmp_path / "sales", "_SUCCESS")
    on_disk(b"", tmp_path / "sales", ".part.crc")
    expected = [(1, "x,y", 2025, "a/b"), (2, "x,y", 2026, None)]

    for source in (tmp_path / "sales", str(tmp_path / "sales" / "**" / f"*.{suffix}"), str(tmp_path / "sales/year=*")):
        columns, found = await made(domo, source)
        assert ({"n": "LONG", "t": "STRING", "year": "LONG", "place": "STRING"}, expected) == (columns, found)
    dataset_id = await new_dataset(domo, {"year": "LONG", "n": "LONG"})
    with pytest.raises(SourceError, match="it also has t, place"):
        await domo.datasets.upload(dataset_id, tmp_path / "sales")
    await domo.datasets.upload(dataset_id, tmp_path / "sales", schema="evolve")
    assert [(2025, 1, "x,y", "a/b"), (2026, 2, "x,y", None)] == await rows(domo, dataset_id)


async def test_every_way_to_name_files_leads_to_them(domo, tmp_path):
    on_disk(b"a,b\n1,x\n", tmp_path, "1 a.csv")
    on_disk(b"b,a\ny,2\n", tmp_path, "2.csv")
    on_disk(b"a,b\n3,z\n", tmp_path, "[3].txt")
    dataset_id = await new_dataset(domo, TYPED)
    ways: list[Any] = [
        tmp_path,
        f"{tmp_path}/",
        tmp_path.as_uri(),
        [f"{tmp_path}/*.csv", tmp_path / "[3].txt"],
        [(tmp_path / "1 a.csv").as_uri(), f"{tmp_path}/2.*", f"{tmp_path}/[[]3].txt"],
        (path for path in sorted(tmp_path.iterdir())),
        [os.fsencode(tmp_path / "1 a.csv").decode(), *sorted(os.scandir(tmp_path), key=lambda entry: entry.name)[1:]],
    ]
    for way in ways:
        await domo.datasets.upload(dataset_id, way)
        assert [(1, "x"), (2, "y"), (3, "z")] == await rows(domo, dataset_id)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
async def test_named_pipes_are_read_once_alone_and_among_files(domo, tmp_path):
    dataset_id = await new_dataset(domo, TYPED)
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)

    for source, expected in ((pipe, [(1, "x")]), ([pipe, on_disk(b"b,a\ny,2\n", tmp_path)], [(1, "x"), (2, "y")])):
        writer = threading.Thread(target=pipe.write_bytes, args=[b"a,b\n1,x\n"])
        writer.start()
        await domo.datasets.upload(dataset_id, source)
        writer.join()
        assert expected == await rows(domo, dataset_id)


class Endless:
    async def read(self, _: int = -1) -> bytes:
        return b"a,b\n1,x\n"


class Response:
    def read(self) -> bytes:
        return b"a,b\n1,x\n"


class AsyncFile:
    def __init__(self, content: bytes) -> None:
        self._file = io.BytesIO(content)

    async def read(self, size: int = -1) -> bytes:
        return self._file.read(min(size, 3))


def failing() -> Any:
    yield b"a,b\n"
    raise LookupError("the cursor is gone")


def closed(folder: Path) -> Any:
    file = on_disk(b"a,b\n1,x\n", folder).open("rb")
    file.close()
    return file


def released() -> memoryview:
    view = memoryview(b"a,b\n1,x\n")
    view.release()
    return view


def archive() -> zipfile.ZipFile:
    found = zipfile.ZipFile(io.BytesIO(), "w")
    found.writestr("a.csv", "a,b\n1,x\n")
    return found


RAW: dict[str, tuple[Callable[[Path], Any], dict[str, Any], str]] = {
    "an archive": (lambda _: archive(), {}, r"source\.open\(name\)"),
    "a response": (lambda _: Response(), {}, "give its content as bytes"),
    "a read without an end": (lambda _: Endless(), {}, "the same bytes each time"),
    "text": (lambda _: io.StringIO("a,b\n1,x\n"), {}, r"binary mode \('rb'\)"),
    "a closed file": (closed, {}, "is closed"),
    "a generator that fails": (lambda _: failing(), {}, "failed: LookupError: the cursor is gone"),
    "rows that fail": (lambda _: (1 / 0 for _ in [1]), {}, "failed: ZeroDivisionError"),
    "released memory": (lambda _: released(), {}, "released"),
    "bytes among paths": (lambda folder: [on_disk(b"a,b\n", folder), b"1,x\n"], {}, "the list of paths holds a bytes"),
    "the path of a file as bytes": (lambda folder: os.fsencode(on_disk(b"a,b\n", folder)), {}, "give its path as text"),
    "a list of such": (lambda folder: [os.fsencode(on_disk(b"a,b\n", folder))], {}, "give its path as text"),
    "an unknown file system": (lambda _: "nowhere://bucket/a.csv", {}, "Protocol not known: nowhere"),
    "one as a path": (lambda _: Path("nowhere://bucket/a.csv"), {}, "cannot open nowhere://bucket/a.csv with fsspec"),
    "one among files": (lambda _: ["a.csv", "nowhere://bucket/a.csv"], {}, "Protocol not known: nowhere"),
    "a file elsewhere": (lambda _: "file://elsewhere/a.csv", {}, "on another host"),
    "no path": (lambda _: "", {}, "the path is empty"),
    "a path with a zero": (lambda _: "a\0.csv", {}, "does not exist|cannot"),
    "a pattern with a zero": (lambda _: "*a\0.csv", {}, "does not exist|no file|cannot"),
    "a path too long": (lambda _: "x" * 5000, {}, "cannot"),
    "an empty folder": (lambda folder: folder, {}, "does not contain files"),
    "standard input among files": (
        lambda folder: [on_disk(b"a,b\n", folder), "-"],
        {},
        "cannot be combined",
    ),
    "UTF-16 that is none": (lambda _: b"a,b\n1,x\n", {"encoding": "utf-16"}, "is not utf-16"),
    "UTF-32 that is none": (lambda _: b"a,b\n1,x\n", {"encoding": "utf-32"}, "is not utf-32"),
    "punycode": (lambda _: b"a,b\n", {"encoding": "punycode"}, "not an encoding of files"),
    "escapes of Python": (lambda _: b"a,b\n1,\\n\n", {"encoding": "unicode_escape"}, "not an encoding of files"),
    "a dataset of pyarrow": (dataset.dataset, {}, r"scanner\(\)\.to_reader\(\)"),
    "no encoding": (lambda _: b"a,b\n", {"encoding": ""}, "not a text encoding"),
    "what is not text": (lambda _: b"a,b\n", {"encoding": None}, "not a text encoding"),
    "a delimiter that is not text": (lambda _: b"a,b\n", {"delimiter": None}, "single character"),
    "keys that are not text": (lambda _: [{1: 1, 2: "x"}], {}, "the key 1, which is not text"),
    "rows to skip that are none": (lambda _: b"a,b\n", {"skip_rows": 1.5}, "whole number"),
    "keys that are none": (
        lambda _: [(1, "x")],
        {"action": "UPSERT", "keys": 5},
        "a list of the names of columns, not 5",
    ),
    "a flag as text": (lambda _: b"", {"allow_empty": "no"}, "allow_empty must be one of True, False, not 'no'"),
    "no first row": (lambda _: some(None, (1, "x")), {}, "an iterator of NoneType"),
    "a format that is none": (lambda _: b"a,b\n", {"format": "xml"}, "format must be one of"),
}


@pytest.mark.parametrize(("make", "options", "says"), RAW.values(), ids=RAW)
async def test_only_errors_of_this_library_come_out(domo, emulator, tmp_path, make, options, says):
    dataset_id = await new_dataset(domo, TYPED)
    source = make(tmp_path)

    with pytest.raises(DomoError, match=says):
        await domo.datasets.upload(dataset_id, source, **options)

    assert [] == emulator.log.matching("POST *uploads")
    if isinstance(source, zipfile.ZipFile):
        source.close()


async def test_an_error_of_the_caller_s_code_is_the_cause(domo):
    dataset_id = await new_dataset(domo, TYPED)

    with pytest.raises(SourceError) as caught:
        await domo.datasets.upload(dataset_id, failing())

    assert "the cursor is gone" in str(caught.value.__cause__)


async def test_files_are_read_whose_read_is_awaited_and_memory_with_gaps(domo):
    dataset_id = await new_dataset(domo, TYPED)
    doubled = bytes(byte for each in b"a,b\n1,x\n" for byte in (each, 0))

    for source in (AsyncFile(b"a,b\n1,x\n"), AsyncFile(gzip.compress(b"a,b\n1,x\n")), memoryview(doubled)[::2]):
        await domo.datasets.upload(dataset_id, source)
        assert [(1, "x")] == await rows(domo, dataset_id)


DRY: list[tuple[bytes, str, int]] = [
    (b"a,b\n1,x\n" + b"2,y\n" * 2000 + b"zwei,z\n", "line 2003, column 'a': 'zwei' is not a LONG", 2003),
    (b'a,b\n1,"x\n\n"\n9223372036854775808,z\n', "line 5, column 'a'", 5),
    (b'b,a\n"x",1\ny,1.5\n', "line 3, column 'a': '1.5' is not a LONG", 3),
]


@pytest.mark.parametrize(("content", "says", "line"), DRY)
async def test_a_plan_refuses_the_values_that_the_instance_would(domo, tmp_path, content, says, line):
    dataset_id = await new_dataset(domo, TYPED)
    paths = [on_disk(b"a,b\n1,x\n", tmp_path, "1.csv"), on_disk(content, tmp_path, "2.csv")]

    with pytest.raises(SourceError, match=rf"in .*2\.csv: {says}") as caught:
        await domo.datasets.plan_upload(dataset_id, paths)
    assert line == caught.value.line
    with pytest.raises(DomoError):
        await domo.datasets.upload(dataset_id, content)


VALUES = {
    "LONG": ["1", "-1", "+1", "007", " 1", "1.0", "1e3", "", "9223372036854775807", "9223372036854775808"],
    "DOUBLE": ["1", "1.", ".5", "1e5", "1E-400", "1e400", "nan", "inf", "1_0", "0x1", " 1.5"],
    "DECIMAL": ["1", "+1.5", ".5", "1e5", "9" * 38, "nan"],
    "DATE": ["2026-01-02", "2026-02-30", "2026-1-2", "01/02/2026", "2026-01-02 00:00:00"],
    "DATETIME": ["2026-01-02", "2026-01-02T03:04", "2026-01-02 03:04:05.123456789", "2026-01-02 03:04:05Z", "03:04"],
}


@pytest.mark.parametrize("kind", VALUES)
async def test_a_plan_never_refuses_what_the_instance_takes(domo, kind):
    dataset_id = await new_dataset(domo, {"a": kind, "b": "STRING"})

    for value in VALUES[kind]:
        content = f"a,b\n{value},x\n".encode()
        try:
            await domo.datasets.upload(dataset_id, content)
        except DomoError:
            continue
        assert 1 == (await domo.datasets.plan_upload(dataset_id, content)).rows, value

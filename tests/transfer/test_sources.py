"""Whatever people upload: the same rows arrive, or it is said what is wrong before anything is committed."""

from __future__ import annotations

import asyncio
import gzip
import io
import random
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import zstandard
from hypothesis import example, given
from hypothesis import strategies as st
from pyarrow import parquet

from domo_async import ConfigError, Domo, SourceError
from domo_async._transfer import Progress, UploadOptions
from domo_async._transfer.sources.unpacking import unpacked
from domo_async.emulator import Emulator

COLUMNS = {"id": "LONG", "name": "STRING"}
ROWS = [(1, "North"), (2, ""), (3, None), (4, 'a "b", c\nd'), (5, "日本")]
PLAIN = '1,North\n2,""\n3,\n4,"a ""b"", c\nd"\n5,日本'.encode()
CSV = b"id,name\n" + PLAIN
FRAME = pa.table({"id": [row[0] for row in ROWS], "name": [row[1] for row in ROWS]})
MAPPINGS = [{"ID": number, "name": name} if name is not None else {"ID": number} for number, name in ROWS]


async def some(items: Iterable[Any]) -> AsyncIterator[Any]:
    for item in items:
        yield item


def halves(content: bytes) -> list[bytes]:
    return [content[:9], content[9:]]


def stored(suffix: str, content: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / f"file{suffix}"
        path.write_bytes(content)
        return path

    return make


def table_file(kind: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / f"file.{kind}"
        if kind == "parquet":
            parquet.write_table(FRAME, path, row_group_size=2)
        else:
            with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, FRAME.schema) as writer:
                writer.write_table(FRAME, max_chunksize=2)
        return path

    return make


def arrow_stream(folder: Path) -> Path:
    path = folder / "file.arrows"
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, FRAME.schema) as writer:
        writer.write_table(FRAME, max_chunksize=2)
    return path


def several(folder: Path) -> list[Path]:
    paths = [folder / "a.csv", folder / "b.csv", folder / "c.csv"]
    for path, content in zip(paths, (b"id,name\n1,North", b'name,id\n"",2\n,3\n', CSV[:8] + PLAIN[16:]), strict=True):
        path.write_bytes(content)
    return paths


def pattern(folder: Path) -> str:
    several(folder)
    return str(folder / "*.csv")


SOURCES: dict[str, Callable[[Path], Any]] = {
    "a path": stored(".csv", CSV),
    "a path as text": lambda folder: str(stored(".csv", CSV)(folder)),
    "several paths": several,
    "a pattern": pattern,
    "gzip": stored(".gz", gzip.compress(CSV)),
    "gzip of several members": stored(".csv", b"".join(map(gzip.compress, halves(CSV))) + b"\0" * 20),
    "zstd": stored(".zst", zstandard.compress(CSV)),
    "gzip as bytes": lambda _: gzip.compress(CSV),
    "gzip as a file object": lambda _: io.BytesIO(b"".join(map(gzip.compress, halves(CSV)))),
    "zstd in an iterator": lambda _: (zstandard.compress(CSV)[place : place + 1] for place in range(100)),
    "gzip in an async iterator": lambda _: some(halves(gzip.compress(CSV))),
    "an Arrow stream": arrow_stream,
    "zstd of several frames": stored(".csv", b"".join(map(zstandard.compress, [*halves(CSV), b""]))),
    "Parquet": table_file("parquet"),
    "Arrow": table_file("arrow"),
    "bytes": lambda _: CSV,
    "a bytearray": lambda _: bytearray(CSV),
    "a memoryview": lambda _: memoryview(CSV),
    "a file object": lambda _: io.BytesIO(CSV),
    "an open file": lambda folder: stored(".csv", CSV)(folder).open("rb"),
    "an iterator of bytes": lambda _: iter(halves(CSV)),
    "an async iterator of bytes": lambda _: some(halves(CSV)),
    "rows": lambda _: ROWS,
    "an iterator of rows": lambda _: map(list, ROWS),
    "an async iterator of rows": lambda _: some(ROWS),
    "mappings": lambda _: MAPPINGS,
    "an async iterator of mappings": lambda _: some(MAPPINGS),
    "polars": lambda _: pl.DataFrame(FRAME),
    "pandas": lambda _: FRAME.to_pandas(),
    "pandas with an index": lambda _: FRAME.to_pandas().set_index(pd.Index([9, 7, 9, 1, 3])),
    "pandas with a named index": lambda _: FRAME.to_pandas().set_index("name"),
    "a table": lambda _: FRAME,
    "a table in other order": lambda _: FRAME.select(["name", "id"]),
    "a reader": lambda _: FRAME.to_reader(max_chunksize=2),
    "a batch": lambda _: FRAME.to_batches()[0],
    "duckdb": lambda _: duckdb.sql("SELECT * FROM FRAME"),
    "frames": lambda _: [FRAME[:2].to_pandas(), pl.DataFrame(FRAME[2:3]), FRAME[3:].select(["name", "id"])],
    "an async iterator of frames": lambda _: some(FRAME.to_batches(max_chunksize=1)),
    "pandas reading in pieces": lambda _: pd.read_csv(
        io.BytesIO(CSV.replace(b"3,\n", b"3,NULL\n")),
        chunksize=2,
        keep_default_na=False,
        converters={"name": lambda text: None if text == "NULL" else text},
    ),
}


@pytest.fixture(params=SOURCES.values(), ids=list(SOURCES))
def source(request, tmp_path):
    found = request.param(tmp_path)
    yield found
    if isinstance(found, io.IOBase):
        found.close()


async def rows(domo: Domo, dataset_id: str) -> list[tuple[object, ...]]:
    return list(await domo.datasets.query(dataset_id, "SELECT * FROM table"))


async def new_dataset(domo: Domo, columns: dict[str, str] | None = None) -> str:
    return (await domo.datasets.create("Test", columns or COLUMNS)).id


async def test_every_kind_of_source_gives_the_same_rows(domo, source):
    dataset_id = await new_dataset(domo)

    done = await domo.datasets.upload(dataset_id, source, part_size=20)

    assert sorted(ROWS) == sorted(await rows(domo, dataset_id))
    assert 5 == done.rows
    assert done.parts > 1


@pytest.mark.parametrize("kind", ["gzip", "gzip of several members"])
async def test_gzip_is_unpacked_with_what_python_has_as_well(domo, tmp_path, monkeypatch, kind):
    monkeypatch.setitem(sys.modules, "isal", None)
    dataset_id = await new_dataset(domo)

    await domo.datasets.upload(dataset_id, SOURCES[kind](tmp_path))

    assert ROWS == await rows(domo, dataset_id)


PANDAS = pd.DataFrame({"id": [1, 2, 3], "name": ["x", None, ""]})


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (PANDAS, [(1, "x"), (2, None), (3, "")]),
        (PANDAS[["name", "id"]], [(1, "x"), (2, None), (3, "")]),
        (PANDAS.set_index("id"), [(1, "x"), (2, None), (3, "")]),
        (PANDAS[:0], []),
    ],
)
async def test_pandas_goes_without_pyarrow(domo, monkeypatch, frame, expected):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    dataset_id = await new_dataset(domo)

    await domo.datasets.upload(dataset_id, frame, allow_empty=True)

    assert expected == await rows(domo, dataset_id)


@pytest.mark.parametrize(
    ("make", "module", "says"),
    [
        (lambda _: FRAME, "pyarrow", "domo-async\\[arrow\\]"),
        (table_file("parquet"), "pyarrow", "domo-async\\[arrow\\]"),
        (SOURCES["zstd"], "zstandard", "domo-async\\[zstd\\]"),
    ],
)
async def test_a_package_that_is_missing_is_named(domo, tmp_path, monkeypatch, make, module, says):
    found = make(tmp_path)
    monkeypatch.setitem(sys.modules, module, None)
    dataset_id = await new_dataset(domo)

    with pytest.raises(ConfigError, match=says):
        await domo.datasets.upload(dataset_id, found)


def broken_parquet(folder: Path) -> Path:
    path = folder / "broken.parquet"
    parquet.write_table(pa.table({"id": range(1000), "name": [f"name {n}" for n in range(1000)]}), path)
    content = bytearray(path.read_bytes())
    content[10:4000] = bytes(3990)
    path.write_bytes(content)
    return path


PACKED = gzip.compress(random.Random(1).randbytes(500).hex().encode(), mtime=0)
ZPACKED = zstandard.compress(random.Random(1).randbytes(500).hex().encode())
REFUSED: dict[str, tuple[Callable[[Path], Any], type[Exception], str]] = {
    "text": (lambda _: io.StringIO("1,x\n"), SourceError, "binary mode"),
    "CSV as text": (lambda _: "id,name\n1,x\n", ConfigError, r"as bytes: text\.encode"),
    "a plan of a frame": (lambda _: pl.LazyFrame({"id": [1]}), ConfigError, r"the result of its collect\(\)"),
    "a mapping": (lambda _: {"id": 1}, ConfigError, "cannot upload dict"),
    "a number": (lambda _: 7, ConfigError, "cannot upload int"),
    "nothing": (lambda _: None, ConfigError, "cannot upload NoneType"),
    "text in an iterator": (lambda _: some(["1,x"]), ConfigError, "an iterator of str"),
    "numbers in an iterator": (lambda _: [1, 2], ConfigError, "an iterator of int"),
    "text after bytes": (lambda _: some([b"1,x\n", "2,y\n"]), SourceError, "str instead of bytes"),
    "numbers after bytes": (lambda _: [b"1,x\n", 7], SourceError, "int instead of bytes"),
    "text among rows": (lambda _: [(1, "x"), "2y"], SourceError, "row 2 is a str"),
    "a mapping among rows": (lambda _: [(1, "x"), {"id": 2}], SourceError, "row 2 is a dict"),
    "a row among mappings": (lambda _: [{"id": 2}, (1, "x")], SourceError, "row 2 is a tuple"),
    "a row of another width": (lambda _: [(1, "x"), (1, "x", 3)], SourceError, "row 2 has 3 cells"),
    "an unknown key": (lambda _: [{"id": 2}] * 5000 + [{"idd": 2}], SourceError, "row 5001 has the key 'idd'"),
    "rows after frames": (lambda _: [FRAME, (1, "x")], SourceError, "tuple instead of a frame"),
    "frames of other columns": (
        lambda _: [FRAME, FRAME.rename_columns(["id", "nome"])],
        SourceError,
        "after row 5 has the columns id, nome, those before it id, name",
    ),
    "frames of a type that does not fit": (
        lambda _: [FRAME, pa.table({"id": [b"1"], "name": ["x"]})],
        SourceError,
        "id",
    ),
    "a value that does not fit": (
        lambda _: some(pa.table({"id": [n + (n == 69_999) / 2], "name": ["x"]}) for n in range(69_998, 70_001)),
        SourceError,
        'row 2, column "id"',
    ),
    "a value of another type": (
        lambda _: pd.DataFrame({"id": [1, "x"], "name": ["y", "z"]}),
        SourceError,
        "row 2, column \"id\": 'x' is not a LONG",
    ),
    "a column for a frame": (lambda _: pl.Series("id", [1, 2]), SourceError, "it lacks name"),
    "an array for a frame": (lambda _: pa.chunked_array([[1, 2]]), SourceError, "cannot read the ChunkedArray"),
    "a folder": (lambda folder: folder, SourceError, "does not contain files"),
    "a missing file": (lambda folder: folder / "absent.csv", SourceError, "absent.* does not exist"),
    "a missing file among others": (
        lambda folder: [*several(folder), folder / "absent"],
        SourceError,
        "absent.* does not exist",
    ),
    "a pattern without files": (lambda folder: str(folder / "*.tsv"), SourceError, "no file matches"),
    "gzip cut short": (stored(".gz", PACKED[:-20]), SourceError, "cannot unpack"),
    "gzip with a second member cut short": (stored(".gz", PACKED + PACKED[:40]), SourceError, "cannot unpack"),
    "broken gzip": (stored(".gz", PACKED[:40] + b"\0\xff\xff\xff\0" + PACKED[45:]), SourceError, "cannot unpack"),
    "gzip with another checksum": (stored(".gz", PACKED[:-8] + bytes(8)), SourceError, "cannot unpack"),
    "zstd cut short": (stored(".zst", ZPACKED[:-20]), SourceError, "in the middle"),
    "zstd with a second frame cut short": (stored(".zst", ZPACKED + ZPACKED[:30]), SourceError, "in the middle"),
    "broken zstd": (stored(".zst", ZPACKED[:9] + b"\xff" * 20 + ZPACKED[29:]), SourceError, "cannot unpack"),
    "Parquet that is none": (stored(".parquet", b"PAR1\x15" + bytes(50) + b"PAR1"), SourceError, "cannot read"),
    "Parquet cut short": (stored(".parquet", b"PAR1\x15\x04\x15\x10"), SourceError, "cannot read"),
    "Parquet as bytes": (lambda folder: SOURCES["Parquet"](folder).read_bytes(), SourceError, "by the file's path"),
    "Parquet as a file object": (
        lambda folder: SOURCES["Parquet"](folder).open("rb"),
        SourceError,
        "by the file's path",
    ),
    "a workbook": (stored(".xlsx", b"PK\x03\x04\x14\0"), SourceError, "Excel workbook"),
    "gzip as bytes, cut short": (lambda _: PACKED[:-20], SourceError, "cannot unpack the source: it ends in the"),
    "broken zstd in an iterator": (
        lambda _: some([ZPACKED[:9], b"\xff" * 20, ZPACKED[29:]]),
        SourceError,
        "cannot unpack the iterator",
    ),
    "broken Parquet": (broken_parquet, SourceError, "cannot read"),
    "an Arrow file that is none": (stored(".arrow", b"ARROW1" + bytes(50)), SourceError, "cannot read"),
    "no bytes": (lambda _: b"", SourceError, "no rows"),
    "no bytes in an iterator": (lambda _: some([]), SourceError, "no rows"),
    "no items": (lambda _: [], SourceError, "no rows"),
    "an empty file": (stored(".csv", b""), SourceError, "no rows"),
    "an empty frame": (lambda _: FRAME[:0], SourceError, "no rows"),
    "a delimiter of two characters": (lambda _: UploadOptions(delimiter="||"), ConfigError, "single character"),
    "an encoding that is none": (lambda _: UploadOptions(encoding="utf-9"), ConfigError, "not a text encoding"),
}


@pytest.mark.parametrize(("make", "error", "says"), REFUSED.values(), ids=REFUSED)
async def test_sources_that_cannot_be_uploaded_are_refused_and_change_nothing(
    domo, emulator, tmp_path, make, error, says
):
    made = make(tmp_path)
    options = made if isinstance(made, UploadOptions) else UploadOptions()
    source = CSV if isinstance(made, UploadOptions) else made
    dataset_id = await new_dataset(domo)

    with pytest.raises(error, match=says):
        await domo.datasets.upload(
            dataset_id, source, delimiter=options.delimiter, encoding=options.encoding, part_size=100
        )
    if isinstance(made, io.IOBase):
        made.close()

    assert [] == emulator.log.matching("PUT *commit")
    assert [] == await rows(domo, dataset_id)


@pytest.mark.parametrize("isal", [True, False])
@pytest.mark.parametrize("kind", ["broken gzip", "gzip cut short", "gzip with another checksum"])
async def test_broken_gzip_is_told_with_and_without_isal(domo, tmp_path, monkeypatch, isal, kind):
    if not isal:
        monkeypatch.setitem(sys.modules, "isal", None)
    dataset_id = await new_dataset(domo)

    with pytest.raises(SourceError, match=r"cannot unpack .*file\.gz"):
        await domo.datasets.upload(dataset_id, REFUSED[kind][0](tmp_path))


async def test_files_that_differ_are_named_and_nothing_is_opened(domo, emulator, tmp_path):
    paths = several(tmp_path)
    paths[1].write_bytes(b"id,nome\n2,x\n")
    dataset_id = await new_dataset(domo)

    with pytest.raises(SourceError, match=r"in .*b\.csv: .*it lacks name and it also has nome"):
        await domo.datasets.upload(dataset_id, paths)

    assert [] == emulator.log.matching("POST *uploads")


@pytest.mark.parametrize("packed", [False, True])
async def test_a_row_of_the_wrong_width_in_the_second_file_is_named_by_file_and_line(domo, emulator, tmp_path, packed):
    paths = several(tmp_path)
    content = b"id,name\n" + b'7,"a\nb"\n' * 1000 + b"8\n" + b"9,x\n" * 1000
    paths[1].write_bytes(gzip.compress(content) if packed else content)
    dataset_id = await new_dataset(domo)

    with pytest.raises(SourceError, match=r"in .*b\.csv: line 2002: 1 field, .*2 columns") as caught:
        await domo.datasets.upload(dataset_id, paths, part_size=1000)

    assert 2002 == caught.value.line
    assert [] == emulator.log.matching("PUT *commit")


async def test_a_file_among_others_that_changes_meanwhile_is_not_committed(domo, emulator, tmp_path):
    paths = several(tmp_path)
    dataset_id = await new_dataset(domo)

    def change(_: Progress) -> None:
        paths[0].write_bytes(b"id,name\n8,other rows\n")

    with pytest.raises(SourceError, match=r"a\.csv was written to"):
        await domo.datasets.upload(dataset_id, paths, part_size=10, progress=change)

    assert [] == emulator.log.matching("PUT *commit")


@pytest.mark.parametrize("make", [SOURCES["gzip"], SOURCES["zstd"], SOURCES["Parquet"], SOURCES["Arrow"]])
async def test_a_packed_file_that_changes_meanwhile_is_not_committed(domo, emulator, tmp_path, make):
    path = make(tmp_path)
    dataset_id = await new_dataset(domo)

    def change(_: Progress) -> None:
        path.write_bytes(b"something else")

    with pytest.raises(SourceError, match=r"written to|cannot read .*file\.arrow"):
        await domo.datasets.upload(dataset_id, path, part_size=10, progress=change)

    assert [] == emulator.log.matching("PUT *commit")


WRITTEN = [
    ("utf-16", ";"),
    ("utf-16-be", "\t"),
    ("utf-8-sig", ";"),
    ("utf-8-sig", ","),
    ("utf-32", "|"),
    ("shift_jis", ","),
]


@pytest.mark.parametrize(("encoding", "delimiter"), WRITTEN)
@pytest.mark.parametrize("streamed", [False, True])
async def test_other_delimiters_and_encodings_are_read(domo, tmp_path, encoding, delimiter, streamed):
    text = CSV.decode().replace(",", delimiter).replace(f'""{delimiter} c', '"", c').replace("\n", "\r\n")
    paths = several(tmp_path)[:2]
    for path in paths:  # each with a byte order mark of its own, where the encoding has one
        path.write_bytes(text.encode(encoding))
    dataset_id = await new_dataset(domo)
    source = some(halves(paths[0].read_bytes())) if streamed else paths

    await domo.datasets.upload(dataset_id, source, delimiter=delimiter, encoding=encoding)

    expected = [(number, name and name.replace("\n", "\r\n")) for number, name in ROWS]
    assert expected * (1 if streamed else 2) == await rows(domo, dataset_id)


async def test_cp1252_is_read_and_what_is_not_in_it_is_named_by_its_line(domo):
    dataset_id = await new_dataset(domo)

    await domo.datasets.upload(dataset_id, "id,name\n1,5 €\n".encode("cp1252"), encoding="cp1252")
    assert [(1, "5 €")] == await rows(domo, dataset_id)

    with pytest.raises(SourceError, match="line 3 is not cp1252"):
        await domo.datasets.upload(dataset_id, b"id,name\n1,x\n2,\x81\n", encoding="cp1252")


HEADERS: list[tuple[bytes, bool | str, list[tuple[object, ...]]]] = [
    (b"name,id\nx,1\n", "auto", [(1, "x")]),
    (b"name,id\nx,1\n", True, [(1, "x")]),
    (b"1,x\n2,y\n", "auto", [(1, "x"), (2, "y")]),
    (b"1,x\n2,y\n", False, [(1, "x"), (2, "y")]),
    (b"1,x\n2,y\n", True, [(2, "y")]),
]


@pytest.mark.parametrize(("content", "header", "expected"), HEADERS)
async def test_a_header_is_what_the_caller_says_or_what_it_looks_like(domo, content, header, expected):
    dataset_id = await new_dataset(domo)

    await domo.datasets.upload(dataset_id, content, header=header)

    assert expected == await rows(domo, dataset_id)


@pytest.mark.parametrize(
    ("source", "types"),
    [
        (
            b"price,ID,day,at,code\n1.50,1,2026-01-02,2026-01-02 03:04:05,007",
            {"price": "DOUBLE", "day": "DATE", "at": "DATETIME", "code": "STRING"},
        ),
        (pa.table({"n": [7], "id": [1], "d": pa.array([Decimal("1.5")])}), {"n": "LONG", "d": "DECIMAL"}),
        ([{"id": 1, "n": 2.5}, {"id": 2, "new": "x"}], {"n": "DOUBLE", "new": "STRING"}),
    ],
)
async def test_columns_that_the_dataset_lacks_are_added_and_those_that_the_source_lacks_are_null(domo, source, types):
    dataset_id = await new_dataset(domo)

    await domo.datasets.upload(dataset_id, source, schema="evolve")

    latest = await domo.datasets.schemas.latest(dataset_id)
    assert COLUMNS | types == {column.name: column.type for column in latest.columns}
    assert (1, None) == (await rows(domo, dataset_id))[0][:2]


async def test_files_with_columns_of_their_own_come_together(domo, tmp_path):
    paths = several(tmp_path)
    paths[0].write_bytes(b"extra,id\n5,1\n")
    paths[1].write_bytes(b"name,id\nx,2\n")
    dataset_id = await new_dataset(domo)

    await domo.datasets.upload(dataset_id, paths[:2], schema="evolve")

    assert [(1, None, 5), (2, "x", None)] == await rows(domo, dataset_id)


async def test_types_are_seen_in_a_last_row_without_a_line_end_and_beside_fields_of_any_length(domo):
    content = b"id,big,n\n1," + b"x" * 200_000 + b",2"
    dataset_id = await new_dataset(domo, {"id": "LONG"})

    await domo.datasets.upload(dataset_id, content, schema="evolve")

    latest = await domo.datasets.schemas.latest(dataset_id)
    assert ["LONG", "STRING", "LONG"] == [column.type for column in latest.columns]


async def test_pieces_of_a_frame_may_differ_in_type(domo):
    dataset_id = await new_dataset(domo)
    frames = [
        pd.DataFrame({"id": [1], "name": ["x"]}),
        pd.DataFrame({"id": [2.0, float("nan")], "name": [None, None]}),
        pd.DataFrame({"name": ["y"], "id": [4]}),
    ]

    await domo.datasets.upload(dataset_id, frames)

    assert [(1, "x"), (2, None), (None, None), (4, "y")] == await rows(domo, dataset_id)


async def test_a_wrong_value_in_a_later_batch_is_named_by_its_row(domo):
    dataset_id = await new_dataset(domo)
    frame = pl.DataFrame({"id": [0.0] * 70_000 + [0.5], "name": ["x"] * 70_001})

    with pytest.raises(SourceError, match='row 70001, column "id"'):
        await domo.datasets.upload(dataset_id, frame)


def test_zstd_that_becomes_ten_thousand_times_as_much_is_unpacked_bit_by_bit():
    packed = zstandard.compress(b"1,x\n" * 5_000_000)

    sizes = [len(piece) for piece in unpacked([packed], "packed")]

    assert 20_000_000 == sum(sizes)
    assert max(sizes) < 15_000_000


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=6)
tables = st.lists(
    st.tuples(
        st.integers(-(2**63), 2**63 - 1),
        st.none() | texts,
        st.none() | st.floats(allow_nan=False, allow_infinity=False, width=32),
        st.none() | texts,
    ),
    min_size=1,
    max_size=20,
)
NAMES = ["n", "a", "x", "b"]


def written(table: list[tuple[Any, ...]], delimiter: str) -> str:
    def field(value: object) -> str:
        if value is None:
            return ""
        return '"' + value.replace('"', '""') + '"' if isinstance(value, str) else repr(value)

    return "".join(delimiter.join(map(field, row)) + "\n" for row in [tuple(NAMES), *table])


def arrow(table: list[tuple[Any, ...]]) -> pa.Table:
    types = [pa.int64(), pa.string(), pa.float64(), pa.string()]
    columns = zip(*table, strict=True)
    return pa.table([pa.array(c, kind) for c, kind in zip(columns, types, strict=True)], NAMES)


KINDS: dict[str, Callable[[list[tuple[Any, ...]]], Any]] = {
    "bytes": lambda table: written(table, ",").encode(),
    "semicolons": lambda table: written(table, ";").encode(),
    "stream": lambda table: some([bytes([byte]) for byte in written(table, ",").encode()]),
    "rows": iter,
    "mappings": lambda table: [dict(zip(NAMES, row, strict=True)) for row in table],
    "table": arrow,
    "polars": lambda table: pl.DataFrame(arrow(table)),
    "reordered": lambda table: arrow(table).select(["b", "x", "n", "a"]),
    "frames": lambda table: [arrow([row]) for row in table],
}


@given(tables, st.sampled_from(sorted(KINDS)), st.integers(1, 200))
@example([(1, None, 0.5, ""), (2, "", None, None)], "semicolons", 1)
@example([(1, '"', -0.0, "\r\n"), (2, ",;", 1e30, " ")], "stream", 7)
def test_rows_that_go_in_come_out(table, kind, part_size):
    async def main() -> list[tuple[object, ...]]:
        async with Emulator() as emulator, emulator.client() as domo:
            columns = dict(zip(NAMES, ["LONG", "STRING", "DOUBLE", "STRING"], strict=True))
            dataset_id = await new_dataset(domo, columns)
            delimiter = ";" if kind == "semicolons" else ","
            done = await domo.datasets.upload(dataset_id, KINDS[kind](table), part_size=part_size, delimiter=delimiter)
            assert len(table) == done.rows
            return await rows(domo, dataset_id)

    assert table == asyncio.run(main())


async def test_parquet_takes_the_memory_of_a_few_row_groups_and_not_of_the_file(domo, tmp_path):
    table = pa.table({"id": range(32_000), "name": ["x" * 1000] * 32_000})
    parquet.write_table(table, tmp_path / "a.parquet", row_group_size=1000, use_dictionary=False, compression="none")
    made = await domo.datasets.create("Test", COLUMNS)
    before, held = pa.total_allocated_bytes(), []

    def look(_: Progress) -> None:
        held.append(pa.total_allocated_bytes() - before)

    done = await domo.datasets.upload(made.id, tmp_path / "a.parquet", part_size=1 << 20, concurrency=1, progress=look)

    assert 32_000 == done.rows
    assert 32 <= len(held)
    assert 12 << 20 > max(held)

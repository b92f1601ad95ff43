"""Sources cut into parts: whole records, all of them, as large as they may be, the same ones every time."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domo_async import SourceError
from domo_async._transfer import ColumnSpec, ColumnType
from domo_async._transfer.csv import splitter as splitting
from domo_async._transfer.csv.format import Block
from domo_async._transfer.part import Part, assembled, empty_part, held_part, joined, part_sizes
from domo_async._transfer.sources import Dialect, Reading, open_source
from tests.transfer.scanners import SCANNERS

NASTY = ["a", "é", "日本", '"', '""', ",", ";", "\n", "\r\n", "\r", " ", "x" * 30, "\N{PILE OF POO}", "\x00", "\ufeff"]
fields = st.lists(st.sampled_from(NASTY), max_size=4).map("".join)
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(fields, min_size=width, max_size=width), min_size=1, max_size=12)
)


def columns(count: int) -> list[ColumnSpec]:
    return [ColumnSpec(f"column {number}", ColumnType.STRING) for number in range(count)]


def written(rows: Sequence[Sequence[str]], *, delimiter: str = ",", end: str = "\n", always: bool = False) -> str:
    text = io.StringIO(newline="")
    # The writer leaves a lone carriage return unquoted, which then reads as a line end, and a mark at the beginning.
    always = always or any("\r" in field or "\ufeff" in field for row in rows for field in row)
    quoting: Literal[0, 1] = csv.QUOTE_ALL if always else csv.QUOTE_MINIMAL
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    return text.getvalue()


def parsed(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def pieces(content: bytes, cuts: Sequence[int]) -> list[bytes]:
    places = sorted({cut % (len(content) + 1) for cut in cuts} | {0, len(content)})
    return [content[start:end] for start, end in pairwise(places)]


async def stream(chunks: Sequence[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def cut(
    source: Any, width: int, size: int | None, *, header: bool = False, **dialect: Any
) -> list[tuple[Part, bytes]]:
    found = await open_source(source, Reading(dialect=Dialect(sniffed=False, **dialect)))
    try:
        fit = await found.fit(columns(width), header=header, schema="match")
        parts = found.parts(fit, part_sizes(size, found.total))
        return [(part, b"".join(part.open())) async for part in parts]
    finally:
        found.close()


@given(
    tables,
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.booleans(),
    st.integers(1, 80),
    st.lists(st.integers(0, 10**6), max_size=8),
)
def test_parts_hold_whole_records_and_all_of_them(tmp_path_factory, rows, end, always, ended, size, cuts):
    text = written(rows, end=end, always=always)
    content = (text if ended else text.removesuffix(end)).encode()
    path = tmp_path_factory.mktemp("csv") / "file.csv"
    path.write_bytes(content)

    async def main() -> None:
        chunks = pieces(content, cuts)
        for source in (path, content, memoryview(content), stream(chunks), iter(chunks or [b""]), io.BytesIO(content)):
            found = await cut(source, len(rows[0]), size)

            assert content == b"".join(data for _, data in found)
            assert rows == [row for _, data in found for row in parsed(data)]
            assert [part.records for part, _ in found] == [len(parsed(data)) for _, data in found]
            assert [part.length for part, _ in found] == [len(data) for _, data in found]
            assert [part.ends_line for part, _ in found] == [data.endswith(b"\n") for _, data in found]

    asyncio.run(main())


@given(
    tables,
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-16", "utf-16-le", "utf-32"]),
    st.integers(1, 80),
    st.lists(st.integers(0, 10**6), max_size=8),
)
def test_rewritten_files_hold_the_same_rows_in_parts_of_the_same_size(rows, end, encoding, size, cuts):
    content = written(rows, delimiter=";", end=end, always=True).encode(encoding)

    async def main() -> None:
        for source in (content, stream(pieces(content, cuts))):
            found = await cut(source, len(rows[0]), size, delimiter=";", encoding=encoding)

            assert rows == [row for _, data in found for row in parsed(data)]
            assert [part.records for part, _ in found] == [len(parsed(data)) for _, data in found]
            # A part may only be longer if it is for its first record.
            assert all(
                len(data) <= size or len(written(parsed(data)[:1], always=True).encode()) > size for _, data in found
            )

    asyncio.run(main())


@given(st.integers(1, 60), st.integers(0, 19), st.lists(st.integers(0, 10**6), max_size=4))
def test_a_stray_quote_in_any_row_is_a_character_and_moves_no_other(size, place, cuts):
    lines = [b'%d,"a, ""b"""\n' % number for number in range(20)]
    lines[place] = b'%d,5" pipe\n' % place
    content = b"".join(lines)
    expected = [[str(n), '5" pipe' if n == place else 'a, "b"'] for n in range(20)]

    async def main() -> None:
        for source in (content, stream(pieces(content, cuts))):
            found = await cut(source, 2, size)

            assert expected == [row for _, data in found for row in parsed(data)]
            assert 20 == sum(part.records for part, _ in found)

    asyncio.run(main())


@pytest.mark.parametrize("content", [b'h,i\r1,"a\rb"\r2,c\r', b'h,i\r\r1,"a\rb"\r2,c', b"h,i\n1,a\rb\n\n2,c\r\n"])
@pytest.mark.parametrize("step", [1, 3, 100])
async def test_carriage_returns_alone_end_lines_where_there_are_no_line_feeds(content, step):
    chunks = [content[start : start + step] for start in range(0, len(content), step)]

    for source in (content, stream(chunks)):
        found = await cut(source, 2, 100, header=True)
        assert [["1", "a\rb"], ["2", "c"]] == [row for _, data in found for row in parsed(data)]


@pytest.mark.parametrize("scanner", SCANNERS)
async def test_a_large_file_is_cut_exactly_however_it_is_surveyed(scanner, monkeypatch):
    monkeypatch.setattr(splitting, "block_scanner", scanner)
    content = b"".join(b'%d,"a ""b""\n, c",,""\n' % n for n in range(50_000))

    found = await cut(content, 4, 1 << 18)

    assert 50_000 == sum(part.records for part, _ in found)
    assert content == b"".join(data for _, data in found)


async def test_parts_are_as_large_as_they_may_be_and_no_larger():
    content = b"0123456\n" * 1000

    for source in (content, stream(pieces(content, [333])), [[f"{n:05}"] for n in range(1000)]):
        assert [96] * 83 + [32] == [part.length for part, _ in await cut(source, 1, 100)]


async def test_a_record_longer_than_a_part_stays_whole():
    long = b'"' + b"x\n" * 500_000 + b'"\n'
    content = b"a\n" + long + b"b\n"

    for source in (content, stream(pieces(content, [7, 300_000])), [["a"], [long[1:-2].decode()], ["b"]]):
        found = [data for _, data in await cut(source, 1, 10)]
        assert parsed(b"a\n") == parsed(found[0])
        assert found[1].startswith(long)
        assert [["a"], [long[1:-2].decode()], ["b"]] == wide_parsed(b"".join(found))


def wide_parsed(content: bytes) -> list[list[str]]:
    limit = csv.field_size_limit(1 << 30)
    try:
        return parsed(content)
    finally:
        csv.field_size_limit(limit)


async def test_a_part_can_be_read_again():
    found = await open_source(b"a\nb\n", Reading())
    part = await anext(found.parts(await found.fit(columns(1), header=False, schema="match"), iter([100])))

    assert [b"a\nb\n"] == list(part.open()) == list(part.open())
    found.close()


@pytest.mark.parametrize("chunks", [[b"\xef\xbb\xbfa\nb\n"], [b"\xef", b"\xbb", b"\xbfa", b"\nb\n"]])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "UTF8", "ascii"])
async def test_a_byte_order_mark_is_left_out(chunks, encoding, tmp_path):
    path = tmp_path / "bom.csv"
    path.write_bytes(b"".join(chunks))

    for source in (path, b"".join(chunks), stream(chunks)):
        assert [b"a\nb\n"] == [data for _, data in await cut(source, 1, 100, encoding=encoding)]


@pytest.mark.parametrize("size", [5, 100])
@pytest.mark.parametrize("header", [False, True])
async def test_no_part_begins_with_what_looks_like_a_byte_order_mark(size, header, tmp_path):
    content = "\ufeffa,b\n\ufeffc,d\ne,f\n\ufeffg,h\n".encode()
    path = tmp_path / "marks.csv"
    path.write_bytes(content)

    for source in (content, stream([content]), content[:3] + content, path):
        found = await cut(source, 2, size, header=header)

        rows = [row for _, data in found for row in parsed(data)]
        assert ["\ufeffg", "h"] == rows[-1]
        assert ["\ufeffc", "d"] == rows[-3]
        assert not any(data.startswith(b"\xef\xbb\xbf") for _, data in found)


@pytest.mark.parametrize(
    "source", [b"", [], [b""], stream([]), stream([b"", b""]), b"\xef\xbb\xbf", io.BytesIO()], ids=range(7)
)
async def test_nothing_makes_no_parts(source):
    assert [] == await cut(source, 1, 100)


BROKEN = [
    (b"1,2\n" * 40 + b"3\n" + b"1,2\n" * 40, 41, "1 field,"),
    (b'"a\nb",2\n' * 40 + b"3,4,5\n", 81, "3 fields"),
    (b"1,2\n" * 40 + b'1,"x\ny\n', 41, "never closed"),
    (b"1,2\n" * 40 + b"1,\xff\n", 41, "UTF-8"),
    (b"1,2\n" * 40 + b'1,"x"y\n', 41, "text follows a closing quote"),
    (b"1,2\n" * 40 + b'1,x"y\n' + b"1,2\n" * 40 + b"\n1\n", 83, "1 field,"),
]


@pytest.mark.parametrize(("content", "line", "says"), BROKEN)
@pytest.mark.parametrize("size", [1, 50, 10_000])
async def test_a_wrong_record_is_named_by_its_line_in_any_part(content, line, says, size):
    for header in (b"", b"h,i\n"):
        for source in (header + content, stream([header + content])):
            with pytest.raises(SourceError, match=says) as caught:
                await cut(source, 2, size, header=bool(header))

            assert line + bool(header) == caught.value.line


async def test_a_file_that_becomes_shorter_is_noticed(tmp_path: Path):
    path = tmp_path / "shrinking.csv"
    path.write_bytes(b"a\n" * 100)
    found = await open_source(path, Reading())
    part = await anext(found.parts(await found.fit(columns(1), header=False, schema="match"), iter([1000])))
    path.write_bytes(b"a\n")

    with pytest.raises(SourceError, match="shorter"):
        list(part.open())
    with pytest.raises(SourceError, match="written to"):
        found.check_unchanged()
    found.close()


def many_files(folder: Path, count: int, content: bytes) -> list[Path]:
    paths = [folder / f"{number:05}.csv" for number in range(count)]
    for path in paths:
        path.write_bytes(content)
    return paths


async def test_small_files_share_parts_and_their_last_lines_are_ended(tmp_path: Path):
    paths = many_files(tmp_path, 10, b"h\n1\n2")

    found = await cut(paths, 1, 9, header=True)

    assert [b"1\n2\n1\n2\n"] * 4 + [b"1\n2\n1\n2"] == [data for _, data in found]
    assert [4] * 5 == [part.records for part, _ in found]


async def test_a_file_longer_than_a_part_and_small_ones_follow_one_another(tmp_path: Path):
    long = tmp_path / "0.csv"
    long.write_bytes(b"h\n" + b"123\n" * 10)
    short = many_files(tmp_path, 2, b"h\n7")
    last = tmp_path / "last.csv"
    last.write_bytes(long.read_bytes())

    found = await cut([long, *short, last], 1, 12, header=True)

    assert b"123\n" * 10 + b"7\n7\n" + b"123\n" * 10 == b"".join(data for _, data in found)
    assert all(part.length <= 12 for part, _ in found)


async def test_thousands_of_files_need_neither_as_many_descriptors_nor_as_deep_a_stack(tmp_path: Path):
    paths = many_files(tmp_path, 1200, b"1\n")
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    try:
        found = await cut(paths, 1, None)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert [b"1\n" * 1200] == [data for _, data in found]


async def test_one_of_many_files_that_changes_between_its_header_and_its_rows_is_noticed(tmp_path: Path):
    paths = many_files(tmp_path, 3, b"1\n")
    found = await open_source(paths, Reading())
    fit = await found.fit(columns(1), header=False, schema="match")
    paths[2].write_bytes(b"other\n")

    with pytest.raises(SourceError, match=r"00002\.csv was written to"):
        [part async for part in found.parts(fit, part_sizes(100, found.total))]
    found.close()


async def test_one_of_many_files_that_changes_after_its_part_was_made_is_noticed(tmp_path: Path):
    paths = many_files(tmp_path, 3, b"1\n")
    found = await open_source(paths, Reading())
    fit = await found.fit(columns(1), header=False, schema="match")
    (part,) = [part async for part in found.parts(fit, part_sizes(100, found.total))]
    paths[0].write_bytes(b"other\n")

    with pytest.raises(SourceError, match=r"00000\.csv was written to"):
        b"".join(part.open())
    with pytest.raises(SourceError, match=r"00000\.csv was written to"):
        found.check_unchanged()
    found.close()


async def test_parts_are_the_same_every_time(tmp_path: Path):
    content = b"".join(b'"%d";"a\n"\n' % n for n in range(10_000))
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    plain = tmp_path / "plain.csv"
    plain.write_bytes(content.replace(b";", b","))

    for first, second, delimiter in (
        (plain, plain, ","),
        (path, path, ";"),
        (stream(pieces(content, [5, 70_001])), stream(pieces(content, [400_000])), ";"),
        ([["n" * 90, n] for n in range(5000)], (["n" * 90, n] for n in range(5000)), ","),
    ):
        once, again = [await cut(source, 2, 50_000, delimiter=delimiter) for source in (first, second)]

        assert [data for _, data in once] == [data for _, data in again]
        assert len(once) > 1


async def test_bytes_at_rest_are_not_held_for_parts_and_those_that_come_once_are(tmp_path: Path):
    content = b"1\n" * 50_000
    path = tmp_path / "file.csv"
    path.write_bytes(content)

    assert {0} == {part.held for part, _ in await cut(path, 1, 1000)}
    assert all(part.length == part.held for part, _ in await cut(stream([content]), 1, 1000))


def test_parts_grow_with_the_source():
    mebi = 1 << 20

    assert [2 * mebi] * 2 == list(islice(part_sizes(None, 1), 2))
    assert 4 * mebi == next(part_sizes(None, 128 * mebi))
    assert 8 * mebi == next(part_sizes(None, 1000 * mebi))
    assert 100 * mebi == next(part_sizes(None, 100_000 * mebi))
    assert [7, 7] == list(islice(part_sizes(7, 10**12), 2))
    unknown = list(islice(part_sizes(None, None), 6000))
    assert (2 * mebi, 4 * mebi, 64 * mebi) == (unknown[0], unknown[1000], unknown[-1])


async def blocks(*contents: bytes) -> AsyncIterator[Block]:
    for content in contents:
        yield Block(content, content.count(b"\n"))


def sizes(*given: int) -> Iterator[int]:
    yield from given
    while True:
        yield given[-1]


async def test_blocks_are_put_together_and_cut_to_what_is_due():
    found = [part async for part in assembled(blocks(b"1\n", b"22\n", b"", b"333\n4\n55\n", b"6\n"), sizes(5, 6))]

    assert [b"1\n22\n", b"333\n", b"4\n55\n", b"6\n"] == [b"".join(part.open()) for part in found]
    assert [2, 1, 2, 1] == [part.records for part in found]


def test_joined_parts_are_one_after_the_other():
    both = joined([held_part(b"1", 1, ends_line=False), held_part(b"2\n", 1), empty_part(), held_part(b"3", 1)])

    assert b"1\n2\n3" == b"".join(both.open()) == b"".join(both.open())
    assert (3, 5, 4) == (both.records, both.length, both.held)

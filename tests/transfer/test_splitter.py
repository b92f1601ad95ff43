"""Where a CSV may be cut."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domo_async import ConfigError, SourceError
from domo_async.transfer import splitter, survey, survey_numpy
from domo_async.transfer.parts import Part, open_source
from domo_async.transfer.splitter import RecordScanner

NASTY = ["a", "é", "日本", '"', '""', ",", "\n", "\r\n", "\r", " ", "x" * 30, "\N{PILE OF POO}", "\x00"]
fields = st.lists(st.sampled_from(NASTY), max_size=4).map("".join)


@st.composite
def csv_files(draw: st.DrawFn) -> tuple[list[list[str]], bytes]:
    """Rows, and the file that csv writes of them."""
    width = draw(st.integers(1, 4))
    rows = draw(st.lists(st.lists(fields, min_size=width, max_size=width), min_size=1, max_size=12))
    text = io.StringIO(newline="")
    quoting: Literal[0, 1] = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    if any("\r" in field for row in rows for field in row):
        quoting = csv.QUOTE_ALL  # the writer leaves a lone carriage return unquoted, which then reads as a line end
    csv.writer(text, lineterminator=draw(st.sampled_from(["\n", "\r\n"])), quoting=quoting).writerows(rows)
    content = text.getvalue()
    if draw(st.booleans()):
        content = content.removesuffix("\n").removesuffix("\r")
    return rows, content.encode()


def parsed(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def pieces(content: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({cut % (len(content) + 1) for cut in cuts} | {0, len(content)})
    return [content[start:end] for start, end in pairwise(places)]


@given(csv_files(), st.lists(st.integers(0, 10**6), max_size=20))
def test_records_are_counted_however_the_bytes_arrive(file, cuts):
    rows, content = file
    scanner = RecordScanner()

    for piece in pieces(content, cuts):
        scanner.feed(piece)
        assert scanner.cut <= scanner.position
        # The reader of the standard library agrees that this is a place between two records.
        assert parsed(content) == parsed(content[: scanner.cut]) + parsed(content[scanner.cut :])
    scanner.finish()

    assert len(rows) == scanner.records
    assert content.count(b"\n") == scanner.lines


async def collect(source: object, part_size: int) -> list[tuple[Part, bytes]]:
    plan = open_source(source, part_size)  # type: ignore[arg-type]
    try:
        return [(part, b"".join(part.open())) async for part in plan.parts()]
    finally:
        plan.close()


def stream(chunks: list[bytes]) -> AsyncIterator[bytes]:
    async def chunked() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    return chunked()


@settings(max_examples=150, deadline=None)
@given(csv_files(), st.integers(1, 80), st.lists(st.integers(0, 10**6), max_size=8))
def test_parts_hold_whole_records_and_all_of_them(tmp_path_factory, file, part_size, cuts):
    rows, content = file
    path = tmp_path_factory.mktemp("csv") / "file.csv"
    path.write_bytes(content)

    for source in (path, str(path), content, bytearray(content), memoryview(content), stream(pieces(content, cuts))):
        found = asyncio.run(collect(source, part_size))

        assert list(range(1, len(found) + 1)) == [part.number for part, _ in found]
        assert content == b"".join(data for _, data in found)
        assert rows == [row for _, data in found for row in parsed(data)]
        assert [part.records for part, _ in found] == [len(parsed(data)) for _, data in found]
        assert [part.length for part, _ in found] == [len(data) for _, data in found]


async def test_parts_are_as_large_as_they_may_be_and_no_larger():
    content = b"0123456\n" * 1000

    sizes = [part.length for part, _ in await collect(content, 100)]

    assert [96] * 83 + [32] == sizes


async def test_a_record_longer_than_a_part_stays_whole():
    long = b'"' + b"x\n" * 500_000 + b'"\n'
    content = b"a\n" + long + b"b\n"

    for source in (content, stream(pieces(content, [7, 300_000]))):
        found = [data for _, data in await collect(source, 10)]
        assert b"a\n" == found[0]
        assert found[1].startswith(long)
        assert content == b"".join(found)


async def test_a_part_can_be_read_again():
    plan = open_source(b"a\nb\n", 100)
    part = await anext(plan.parts())

    assert [b"a\nb\n"] == list(part.open()) == list(part.open())
    plan.close()


@pytest.mark.parametrize("chunks", [[b"\xef\xbb\xbfa\nb\n"], [b"\xef", b"\xbb", b"\xbfa", b"\nb\n"]])
async def test_a_byte_order_mark_is_left_out(chunks, tmp_path):
    path = tmp_path / "bom.csv"
    path.write_bytes(b"".join(chunks))

    for source in (path, b"".join(chunks), stream(chunks)):
        assert [b"a\nb\n"] == [data for _, data in await collect(source, 100)]


@pytest.mark.parametrize("source", [b"", stream([]), stream([b"", b""]), b"\xef\xbb\xbf"])
async def test_nothing_makes_no_parts(source):
    assert [] == await collect(source, 100)


STRAY = [
    (b'1,a"b\n', 1),
    (b'1,2\n3,5" pipe\n', 2),
    (b'1,2\n"a\nb","c"d\n', 3),
    (b'1,2\n"a", "b"\n', 2),
    (b'1,2\n3,"never closed\n4,5\n', 2),
    (b'1,2\n"x"y\n', 2),
]


@pytest.mark.parametrize(("content", "line"), STRAY)
@pytest.mark.parametrize("step", [1, 2, 3, 100])
def test_a_stray_quote_is_noticed_and_its_line_named(content, line, step):
    scanner = RecordScanner()

    with pytest.raises(SourceError, match=f"line {line}") as caught:
        for start in range(0, len(content), step):
            scanner.feed(content[start : start + step])
        scanner.finish()

    assert line == caught.value.line


async def test_the_line_is_counted_over_parts_and_the_header():
    content = b"h\n" + b'"a\nb"\n' * 50 + b'x"y\n'
    plan = open_source(content, 20)
    await plan.skip_first_record()

    with pytest.raises(SourceError) as caught:
        [part async for part in plan.parts()]

    assert 102 == caught.value.line
    plan.close()


@given(st.lists(st.sampled_from([b"a", b'"', b",", b"\n", b"\r"]), max_size=24).map(b"".join))
def test_bytes_without_sense_are_refused_or_cut_where_csv_agrees(content):
    scanner = RecordScanner()
    try:
        scanner.feed(content)
        scanner.finish()
    except SourceError:
        return

    assert parsed(content) == parsed(content[: scanner.cut]) + parsed(content[scanner.cut :])
    assert content.count(b'"') % 2 == 0


@given(
    st.lists(st.sampled_from([b"a", b'"', b",", b"\n", b"\r"]), min_size=1, max_size=16).map(b"".join),
    st.booleans(),
    st.sampled_from([b'"', b"\n", b",", b"x"]),
)
def test_numpy_sees_what_plain_python_sees(block, in_quotes, previous):
    plain = survey.survey(block, in_quotes=in_quotes, previous=previous)

    assert plain == survey_numpy.survey(block, in_quotes=in_quotes, previous=previous)
    assert survey.count_line_feeds(block) == survey_numpy.count_line_feeds(block)


@pytest.fixture(params=[survey, survey_numpy], ids=["plain", "numpy"])
def either_way(request, monkeypatch):
    monkeypatch.setattr(splitter, "survey", request.param.survey)
    monkeypatch.setattr(splitter, "count_line_feeds", request.param.count_line_feeds)


@pytest.mark.usefixtures("either_way")
async def test_a_large_file_is_counted_exactly_with_and_without_numpy():
    content = b"".join(b'%d,"a ""b""\n, c",,""\n' % n for n in range(100_000))

    found = await collect(content, 1 << 20)

    assert 100_000 == sum(part.records for part, _ in found)
    assert content == b"".join(data for _, data in found)


async def test_what_is_no_source_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="int"):
        open_source(7, 10)  # type: ignore[arg-type]
    with pytest.raises(SourceError, match="no file"):
        open_source(tmp_path / "absent.csv", 10)
    with pytest.raises(SourceError, match="no file"):
        open_source(tmp_path, 10)

    async def words() -> AsyncIterator[str]:
        yield "text"

    with pytest.raises(SourceError, match="str"):
        await collect(words(), 10)


async def test_a_file_that_becomes_shorter_is_noticed(tmp_path: Path):
    path = tmp_path / "shrinking.csv"
    path.write_bytes(b"a\n" * 100)
    plan = open_source(path, 1000)
    part = await anext(plan.parts())
    path.write_bytes(b"a\n")

    with pytest.raises(SourceError, match="shorter"):
        list(part.open())
    with pytest.raises(SourceError, match="written to"):
        plan.check_unchanged()
    plan.close()

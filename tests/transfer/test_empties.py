"""Empty fields in quotes: NULL in columns that are not text, the empty string in those that are."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domo_async import SourceError
from domo_async._transfer import ColumnSpec, ColumnType
from domo_async._transfer.csv.empties import EmptyFields
from domo_async._transfer.csv.fastest import empty_fields
from domo_async._transfer.csv.splitter import RecordScanner
from domo_async._transfer.part import Part, part_sizes
from domo_async._transfer.sources import Dialect, Reading, csv_stored, csv_streamed, open_source
from tests.transfer.scanners import EMPTY_FIELDS, built_for_less, needs_compiled

FASTEST = type(empty_fields([0]))
TYPES = [ColumnType.LONG, ColumnType.STRING, ColumnType.DATE, ColumnType.STRING]

texts = st.sampled_from(
    ['""', '"x"', "", "x", '""""', '"a""b"', '"a"""', '"""a"', '"\n"', '","', '",""\n"",""\r\n"', '"é"']
)
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(texts, min_size=width, max_size=width), min_size=1, max_size=12)
)
places = st.sets(st.integers(0, 4))
ends = st.sampled_from(["\n", "\r\n"])
cuts = st.lists(st.integers(0, 10**6), max_size=20)


def written(rows: Sequence[Sequence[str]], end: str) -> bytes:
    return "".join(",".join(row) + end for row in rows).encode()


def with_nulls(rows: Sequence[Sequence[str]], columns: set[int]) -> list[list[str]]:
    return [["" if text == '""' and place in columns else text for place, text in enumerate(row)] for row in rows]


def pieces(content: bytes, cuts: Sequence[int]) -> list[bytes]:
    bounds = sorted({cut % (len(content) + 1) for cut in cuts} | {0, len(content)})
    return [content[start:stop] for start, stop in pairwise(bounds)]


def parsed(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


@pytest.mark.parametrize("way", EMPTY_FIELDS)
@given(tables, places, ends, cuts, st.integers(0, 70))
@example([['""', '""']], {0, 1}, "\n", [], 60)
@example([['""""', '""', '"a"""']] * 20, {0, 1, 2}, "\r\n", list(range(400)), 0)
def test_only_the_quotes_of_empty_fields_in_these_columns_are_left_out(way, rows, columns, end, cuts, before):
    rows = [["x" * before] * len(rows[0]), *rows]
    content = written(rows, end)

    found = b"".join(way(sorted(columns)).left_out(pieces(content, cuts)))

    assert written(with_nulls(rows, columns), end) == found
    assert [row or [""] for row in parsed(content)] == [row or [""] for row in parsed(found)]


ALL = b'"1","","a, ""b""",""\r\n"","",",""\n"",""\n",""\n"","","""",""\n' + b'"%s","","",""\n' % (b"7" * 55)
NULLS = b'"1","","a, ""b""",\r\n,"",",""\n"",""\n",\n,"","""",\n' + b'"%s","","",\n' % (b"7" * 55)


@pytest.mark.parametrize("way", EMPTY_FIELDS)
def test_no_cut_between_blocks_makes_a_difference(way):
    fields = way([0, 3])

    assert [NULLS] * len(ALL) == [b"".join(fields.left_out([ALL[:cut], ALL[cut:]])) for cut in range(len(ALL))]
    for length in (1, 2, 3, 63):
        blocks = [ALL[start : start + length] for start in range(0, len(ALL), length)]
        assert NULLS == b"".join(fields.left_out(blocks))


@pytest.fixture(scope="module", params=["as installed", "without AVX2", "without SSE2"])
def compiled(request, tmp_path_factory):
    """Compiled code, also as it is on processors without instructions for 32 or 16 bytes at once."""
    if request.param == "as installed":
        yield
        return
    sse2 = request.param == "without AVX2"
    module = built_for_less("_survey", tmp_path_factory.mktemp("compiled"), sse2=sse2)
    with mock.patch(f"{FASTEST.__module__}._survey", module):
        yield


@needs_compiled
@given(tables, places, ends, st.integers(0, 70))
@example([['""', '""']], {1}, "\n", 63)
def test_compiled_code_counts_in_a_file_what_plain_python_leaves_out(
    compiled, tmp_path_factory, rows, columns, end, before
):
    content = written(rows, end)
    path: Path = tmp_path_factory.mktemp("count") / "file.csv"
    path.write_bytes(b"x" * before + content + b'"","","","",""')
    fields = EmptyFields(sorted(columns))
    left_out = len(content) - len(b"".join(fields.left_out([content])))
    stop = before + len(content)

    def counted(end: int) -> RecordScanner:
        scanner = RecordScanner(width=len(rows[0]), asked=fields.asked)
        with path.open("rb") as file:
            scanner.skim(file.fileno(), before, end)
        return scanner

    whole, unended, begun, twice = counted(stop), counted(stop - len(end)), counted(stop + 2), counted(stop - 2)
    unended.finish()
    with path.open("rb") as file:
        twice.skim(file.fileno(), stop - 2, stop)

    assert [left_out // 2] * 3 == [whole.empties, unended.empties, begun.empties]
    assert twice.empties is None
    assert whole.cut == begun.cut == twice.cut == len(content)


@needs_compiled
def test_a_file_of_several_chunks_is_counted(compiled, tmp_path: Path):
    content = b"".join(b'"%d","","a ""b"",\n""",""\n' % (n % 1013) for n in range(30_000))
    path = tmp_path / "large.csv"
    path.write_bytes(content)
    scanner = RecordScanner(width=4, asked=FASTEST([1, 2, 3]).asked)

    with path.open("rb") as file:
        scanner.skim(file.fileno(), 0, len(content))

    assert 60_000 == scanner.empties
    assert content.replace(b',"",', b",,").replace(b',""\n', b",\n") == b"".join(FASTEST([1, 3]).left_out([content]))


async def streamed(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 7):
        yield content[start : start + 7]


async def cut(source: Any, columns: list[ColumnSpec], size: int) -> list[tuple[Part, bytes]]:
    found = await open_source(source, Reading(dialect=Dialect(sniffed=False)))
    try:
        fit = await found.fit(columns, header=False, schema="match")
        parts = [part async for part in found.parts(fit, part_sizes(size, found.total))]
        # What is sent again is the same.
        assert [[*part.open()] for part in parts] == [[*part.open()] for part in parts]
        return [(part, b"".join(part.open())) for part in parts]
    finally:
        found.close()


@pytest.fixture(params=EMPTY_FIELDS)
def either_way(request, monkeypatch):
    for module in (csv_stored, csv_streamed):
        monkeypatch.setattr(module, "empty_fields", request.param)


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("kind", ["file", "bytes", "stream"])
@given(tables, ends, st.booleans(), st.integers(1, 80))
@example([['"1"', '""']], "\n", True, 40)
@example([['"1"'], ['""']], "\n", False, 40)
@settings(max_examples=12)
def test_parts_hold_null_for_empty_quotes_where_a_column_is_not_text(tmp_path_factory, kind, rows, end, ended, size):
    width = len(rows[0])
    # That all is quoted is seen by this one.
    rows = [['"1"'] * width, *rows]
    content = written(rows, end)
    if not ended:
        content = content.removesuffix(end.encode())
    path: Path = tmp_path_factory.mktemp("parts") / "file.csv"
    path.write_bytes(content)
    source = {"file": path, "bytes": content, "stream": streamed(content)}[kind]
    columns = [ColumnSpec(f"column {place}", kind) for place, kind in enumerate(TYPES[:width])]

    parts = asyncio.run(cut(source, columns, size))

    expected = written(with_nulls(rows, {0, 2}), end)
    sent = b"".join(sent for _, sent in parts)
    if not ended:
        # A last line end is added where something is left out; a record that is empty then needs it.
        expected = expected.removesuffix(end.encode())
        sent = sent if sent == expected and rows[-1] != ['""'] else sent.removesuffix(b"\n")
    assert expected == sent
    # A last record of one NULL without a line end is nothing at all.
    nothing = not ended and rows[-1] == [""]
    assert len(rows) - nothing == sum(part.records for part, _ in parts)
    assert [part.length for part, _ in parts] == [len(sent) for _, sent in parts]


async def test_a_file_that_changes_meanwhile_is_noticed_before_too_much_of_it_is_sent(tmp_path: Path):
    path = tmp_path / "file.csv"
    path.write_bytes(b'"1","x"\n"",""\n')
    found = await open_source(path, Reading())
    columns = [ColumnSpec("a", ColumnType.LONG), ColumnSpec("b", ColumnType.STRING)]
    fit = await found.fit(columns, header=False, schema="match")
    (part,) = [part async for part in found.parts(fit, part_sizes(None, None))]
    assert b'"1","x"\n,""\n' == b"".join(part.open())
    path.write_bytes(b'"1","x"\n"2",3\n')

    with pytest.raises(SourceError, match="was written to while it was uploaded"):
        b"".join(part.open())
    found.close()

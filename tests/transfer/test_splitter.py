"""Where a CSV may be cut, and what is refused."""

from __future__ import annotations

import codecs
import csv
import io
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal
from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domo_async import SourceError
from domo_async._transfer.csv import splitter
from domo_async._transfer.csv.block_scanner import BlockScanner, ScanState
from domo_async._transfer.csv.diagnosis import BlankLine
from domo_async._transfer.csv.format import first_record
from domo_async._transfer.csv.splitter import BLOCK, LoneReturn, RecordScanner, StrayQuote, Unsplittable
from tests.transfer.scanners import FASTEST, SCANNERS, built_for_less, needs_compiled

NASTY = ["a", "é", "日本", '"', '""', ",", "\n", "\r\n", "\r", " ", "x" * 30, "\N{PILE OF POO}", "\x00"]
fields = st.lists(st.sampled_from(NASTY), max_size=4).map("".join)
SENSELESS = [b"a", b'"', b",", b"\n", b"\r", b"\r\n", b'"\n', b'","', "é".encode(), b"\xe9", b"\x00", b"x" * 61]
# A single bit from what matters.
SENSELESS += [b"#", b"-", b"\x0b", b"\x0c", b"\xa2", b"\xac", b"\x8a", b"\x8d"]
senseless = st.lists(st.sampled_from(SENSELESS), max_size=24).map(b"".join)
cuts = st.lists(st.integers(0, 10**6), max_size=20)
widths = st.none() | st.integers(1, 3)


@st.composite
def csv_files(draw: st.DrawFn) -> tuple[list[list[str]], bytes]:
    """Rows of one width, and the file that csv writes of them."""
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


def outcome(chunks: list[bytes], width: int | None) -> tuple[Any, ...]:
    """Return what a scanner says of bytes."""
    scanner = RecordScanner(width=width)
    try:
        for chunk in chunks:
            scanner.feed(chunk)
        scanner.finish()
    except SourceError as error:
        return type(error), str(error), error.line
    return scanner.position, scanner.cut, scanner.records, scanner.lines


def expected(content: bytes, width: int | None) -> object:  # noqa: C901, PLR0912 - one state after the other
    """Return the line of the first thing that is wrong, or else the number of records: character by character."""
    try:
        text, undecodable = content.decode(), False
    except UnicodeDecodeError as error:
        text, undecodable = content[: error.start].decode(), True
    line = begins = found = 1
    state = "start"  # of a field
    records = start = 0
    for at, character in enumerate(text):
        if state == "quoted":
            state = "closed" if character == '"' else "quoted"
        elif state == "return" and character != "\n":
            return LoneReturn, line
        elif character == '"':
            if state not in {"start", "closed"}:
                return StrayQuote, line
            state = "quoted"
        elif character == ",":
            found, state = found + 1, "start"
        elif character == "\r":
            state = "return"
        elif character == "\n":
            if width not in {None, found}:
                return (BlankLine if text[start:at] in {"", "\r"} else SourceError), begins
            records, found, begins, start, state = records + 1, 1, line + 1, at + 1, "start"
        elif state == "closed":
            return StrayQuote, line
        else:
            state = "unquoted"
        line += character == "\n"
        ended = at == len(text) - 1 and character == "\n" and state == "start"
    if undecodable:
        # The byte itself may be what follows a closing quote, or a carriage return.
        return {"closed": (StrayQuote, line), "return": (LoneReturn, line)}.get(state, (SourceError, line))
    if state == "quoted":
        return SourceError, begins
    if state == "return":
        return LoneReturn, line
    if text and not ended:
        return (SourceError, begins) if width not in {None, found} else records + 1
    return records


@pytest.fixture(params=SCANNERS)
def either_way(request, monkeypatch):
    monkeypatch.setattr(splitter, "block_scanner", request.param)


@given(csv_files(), cuts, st.booleans())
def test_records_are_counted_however_the_bytes_arrive(file, cuts, with_width):
    rows, content = file
    scanner = RecordScanner(width=len(rows[0]) if with_width else None)

    for piece in pieces(content, cuts):
        scanner.feed(piece)
        assert scanner.cut <= scanner.position
        # The reader of the standard library agrees that this is a place between two records.
        assert parsed(content) == parsed(content[: scanner.cut]) + parsed(content[scanner.cut :])
    scanner.finish()

    assert len(rows) == scanner.records
    assert content.count(b"\n") == scanner.lines
    assert len(content) == scanner.cut


@given(senseless, widths)
@example(b'"a"\xe9', None)
@example(b'a\xe9"', None)
@example(b"\xe9\n", 2)
@example(b"\r\xe9", None)
@example(b'"\n\n"', 2)
@example(b"1,2\n\r\n", 2)
@example(b"\n", 2)
def test_the_first_wrong_record_is_named_with_its_line(content, width):
    found = outcome([content], width)

    match expected(content, width):
        case int(records):
            assert (len(content), len(content), records, content.count(b"\n")) == found
        case wrong, line:
            assert (wrong, line) == (found[0], found[2])


@given(senseless, cuts, widths)
def test_no_cut_makes_a_difference(content, cuts, width):
    assert outcome([content], width) == outcome(pieces(content, cuts), width)


PIECES = [
    b"x" * 70,
    *map(str.encode, ["x", "é", "日本", "\ud7ff\ue000\U0010ffff", "\N{PILE OF POO}" * 9]),
    # Each kind of first byte, and each edge of what may follow it.
    *(bytes([byte]) for byte in b"\x7f\x80\x8f\x90\x9f\xa0\xbf\xc0\xc1\xc2\xdf\xe0\xe1\xed\xef\xf0\xf1\xf4\xf5\xff"),
]
marks = st.builds(ScanState, st.booleans(), st.sampled_from(b'"\n\r,x'), st.integers(0, 3))


@pytest.fixture(scope="module", params=["as installed", "without AVX2", "without SSE2"])
def compiled(request, tmp_path_factory):
    """The compiled scanner, also as it is on processors without instructions for 32 or 16 bytes at once."""
    if request.param == "as installed":
        yield FASTEST
        return
    sse2 = request.param == "without AVX2"
    module = built_for_less("_survey", tmp_path_factory.mktemp("compiled"), sse2=sse2)
    with mock.patch(f"{FASTEST.__module__}._survey", module):
        yield FASTEST


# Of valid records with many quotes plain Python takes many at once.
RECORDS = [b'"a","b"\n', b'"","a ""b"""\r\n', b'"",""\n', b'",","\n"\n', b',"x"\r\n', b"1,2\n"]
records = st.lists(st.sampled_from(RECORDS), max_size=8).map(b"".join)
blocks = st.builds(lambda *parts: b"".join(parts), records, senseless, records).filter(bool)


def assert_alike(way: type[BlockScanner], block: bytes, mark: ScanState, width: int | None) -> None:
    if width is None:
        mark = mark._replace(commas=0)

    expected, found = BlockScanner(width).scan(block, mark), way(width).scan(block, mark)

    if expected is None or found is None or expected.pairs == found.pairs:
        assert expected == found
    else:
        assert expected._replace(pairs=False) == found
        assert not may_have_empty(block, mark)


def may_have_empty(block: bytes, mark: ScanState) -> bool:
    """Return whether a closing quote follows its opening one, and no other quote is known to stand beside them."""
    text, in_quotes = chr(mark.last) + block.decode("latin-1"), mark.in_quotes
    opened = 0 if in_quotes and text[0] == '"' else None
    for place in range(1, len(text)):
        if text[place] == '"':
            in_quotes = not in_quotes
            beside = text[max(place - 2, 0) : place - 1] + text[place + 1 : place + 2]
            if opened == place - 1 and not in_quotes and '"' not in beside:
                return True
            opened = place if in_quotes else None
    return False


@needs_compiled
@given(blocks, marks, widths)
def test_compiled_code_sees_what_plain_python_sees(compiled, block, mark, width):
    assert_alike(compiled, block, mark, width)


@pytest.mark.parametrize("way", SCANNERS[1:])
@given(blocks, marks, widths)
@example(b'"a"' + b',"b"' * 99 + b'\n"' + b'","' * 99 + b'"\n', ScanState(), 100)
@example(b'"a","b"\n' * 400 + b'"a""","b"x', ScanState(), 2)
@example(b'"a","b"\r\n' * 400 + b'"a"\r', ScanState(), None)
@example(b'"a","b"\n' + b'1,"b"\n' * 200 + b'"1",b\n1,"b""x"\n1,"\n"\n' * 50, ScanState(), 2)
@example(b'"a","b"\n' + b'1,"b"\n' * 200 + b'"1",b\n' * 50 + b'1,"b"x\n', ScanState(), 2)
@example(b"1,2\n" * 16 + b"1\n1,2,3\n" + b"1,2\n" * 16, ScanState(), 2)
@example(b"\n" * 64 + b",", ScanState(), 1)
@example(b'"",""\n', ScanState(in_quotes=True, last=34), None)
def test_every_scanner_sees_what_plain_python_sees(way, block, mark, width):
    assert_alike(way, block, mark, width)


@needs_compiled
@given(st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join))
@example("é".encode() * 31 + b"x\xc3")
def test_compiled_code_knows_characters_up_to_the_first_that_is_none(compiled, block):
    try:
        _, whole = codecs.utf_8_decode(block)
    except UnicodeDecodeError as error:
        whole = error.start

    assert whole == compiled(None).well_formed(block)


CHUNK = 128 << 10  # what is read of a file at a time


def outcome_of_file(path: Path, width: int | None) -> tuple[Any, ...]:
    """Return what a scanner says of a file that it reads by itself, as far as it can."""
    content = path.read_bytes()
    scanner = RecordScanner(width=width)
    try:
        with path.open("rb") as file:
            scanner.skim(file.fileno(), 0, len(content))
        scanner.feed(content[scanner.position :])
        scanner.finish()
    except SourceError as error:
        return type(error), str(error), error.line
    return scanner.position, scanner.cut, scanner.records, scanner.lines


@given(senseless, st.integers(0, 100), widths, st.sampled_from([b"a\n", b"a,b\n", b'"a\n","b"\n', "é\n".encode()]))
def test_a_file_is_read_as_its_bytes_are(compiled, tmp_path_factory, content, before, width, record):
    padding = record * ((CHUNK - before) // len(record))
    path = tmp_path_factory.getbasetemp() / "nasty.csv"
    path.write_bytes(padding + content + padding[: 40 * len(record)])

    assert outcome([path.read_bytes()], width) == outcome_of_file(path, width)


@needs_compiled
@pytest.mark.parametrize("record", ["é,日本\n", '"\N{PILE OF POO}\n",""\r\n', "xx,y\n"])
@pytest.mark.parametrize("start", [0, 1, 2, 3])
def test_a_file_in_which_all_fits_is_read_to_its_end_without_python(compiled, tmp_path, record, start):
    path = tmp_path / "good.csv"
    path.write_bytes(b"," * start + record.encode() * CHUNK)
    scanner = RecordScanner(width=2)

    with path.open("rb") as file:
        scanner.skim(file.fileno(), start, path.stat().st_size)

    assert path.stat().st_size - start == scanner.position == scanner.cut
    assert CHUNK == scanner.records


@needs_compiled
def test_a_file_that_ends_too_early_is_read_as_far_as_it_goes(compiled, tmp_path):
    path = tmp_path / "short.csv"
    path.write_bytes(b"1,2\n" * 10)
    scanner = RecordScanner(width=2)

    with path.open("rb") as file:
        scanner.skim(file.fileno(), 0, 1 << 30)

    assert 40 == scanner.position
    assert 10 == scanner.records


WRONG_WIDTHS = [
    (b"1,2\n3\n", 2, "line 2: 1 field, the dataset has 2 columns"),
    (b'1,2\n"3\n",4,5\n', 2, "line 2: 3 fields, the dataset has 2 columns"),
    (b"1\r\n2\r\n3,4", 1, "line 3: 2 fields, the dataset has 1 column;"),
    (b"1,2\n\n3,4\n", 2, "line 2: 1 field, the dataset has 2 columns"),
    (b"1,2\n\n", 2, "line 2: 1 field, the dataset has 2 columns"),
    (b"1,2\n" * 99_999 + b"1,2,3\n" + b"1,2\n" * 99_999, 2, "line 100000: 3 fields, the dataset has 2 columns"),
    # As many delimiters as are due, in the wrong records.
    (b"1,2\n1,2,3\n1\n", 2, "line 2: 3 fields"),
    (b'"1",2\n"1",2,"3"\n1\n', 2, "line 2: 3 fields"),
    (b"1" + b"," * 70_000 + b"\n", 2, "line 1: 70001 fields"),
]


@pytest.mark.parametrize(("content", "width", "says"), WRONG_WIDTHS)
@pytest.mark.parametrize("step", [3, 1 << 20])
@pytest.mark.usefixtures("either_way")
def test_a_record_of_another_width_is_refused_with_the_line_it_begins_in(content, width, says, step):
    if len(content) > 10_000 and step == 3:
        step = 10_007
    scanner = RecordScanner(width=width)

    with pytest.raises(SourceError, match=says) as caught:
        for start in range(0, len(content), step):
            scanner.feed(content[start : start + step])
        scanner.finish()

    # Who reads record by record passes over a blank line.
    assert (b"\n\n" in content) == isinstance(caught.value, Unsplittable)


@pytest.mark.usefixtures("either_way")
def test_an_empty_line_is_a_null_where_there_is_one_column():
    scanner = RecordScanner(width=1)

    scanner.feed(b'a\n\n""\r\n\r\n')
    scanner.finish()

    assert 4 == scanner.records


@pytest.mark.usefixtures("either_way")
def test_lines_are_counted_from_where_the_scanner_is_told():
    scanner = RecordScanner(41, width=2)

    with pytest.raises(SourceError, match="line 44: 1 field"):
        scanner.feed(b'a,"b\n"\nc\n')


STRAY = [
    (b'1,a"b\n', 1),
    (b'1,2\n3,5" pipe\n', 2),
    (b'1,2\n"a\nb","c"d\n', 3),
    (b'1,2\n"a", "b"\n', 2),
    (b'1,2\n"x"y\n', 2),
    (b'1,2\n"x"\xc3\xa9\n', 2),
]


@pytest.mark.parametrize(("content", "line"), STRAY)
@pytest.mark.parametrize("step", [1, 2, 3, 100])
@pytest.mark.usefixtures("either_way")
def test_a_stray_quote_is_noticed_and_its_line_named(content, line, step):
    scanner = RecordScanner()

    with pytest.raises(StrayQuote, match=f"line {line}") as caught:
        for start in range(0, len(content), step):
            scanner.feed(content[start : start + step])
        scanner.finish()

    assert line == caught.value.line


@pytest.mark.parametrize(
    ("content", "line"), [(b"a,b\rc,d\r", 1), (b"a\n\r\r\n", 2), (b"a\nb\r", 2), (b'a\n\r"b"\n', 2)]
)
@pytest.mark.parametrize("step", [1, 100])
@pytest.mark.usefixtures("either_way")
def test_a_carriage_return_that_stands_alone_is_noticed(content, line, step):
    scanner = RecordScanner()

    with pytest.raises(LoneReturn, match=f"line {line}") as caught:
        for start in range(0, len(content), step):
            scanner.feed(content[start : start + step])
        scanner.finish()

    assert line == caught.value.line


def test_a_quoted_field_that_is_never_closed_is_noticed_at_the_end():
    scanner = RecordScanner()
    scanner.feed(b'1,2\n3,"never closed\n4,5\n')

    with pytest.raises(SourceError, match="begins in line 2 is never closed") as caught:
        scanner.finish()

    assert 2 == caught.value.line


@pytest.mark.parametrize(
    ("content", "line"),
    [(b"a\nb\xe9,c\n", 2), ("é\n".encode() * 200_000 + b"\xc3", 200_001), (b"a\n\xed\xa0\x80\n", 2)],
)
@pytest.mark.usefixtures("either_way")
def test_bytes_that_are_not_utf8_are_refused_with_their_line(content, line):
    scanner = RecordScanner()

    with pytest.raises(SourceError, match=f"line {line} is not UTF-8") as caught:
        for start in range(0, len(content), 65_537):
            scanner.feed(content[start : start + 65_537])
        scanner.finish()

    assert line == caught.value.line


def test_good_records_stay_known_after_an_error():
    scanner = RecordScanner(width=2)
    scanner.feed(b"1,2\n3,4\n5")

    with pytest.raises(StrayQuote):
        scanner.feed(b'"')

    assert (2, 8, 9, 2) == (scanner.records, scanner.cut, scanner.position, scanner.lines)


@pytest.mark.parametrize("lines", ["\n", "\r\n"])
@pytest.mark.parametrize("step", [300_001, 3 * BLOCK])
@pytest.mark.usefixtures("either_way")
def test_a_large_file_is_counted_exactly_however_it_is_surveyed(lines, step):
    content = "".join(f'{n},"a ""b""\n, c",,""{lines}' for n in range(100_000)).encode()
    assert len(content) > 2 * BLOCK
    scanner = RecordScanner(width=4)

    for start in range(0, len(content), step):
        scanner.feed(content[start : start + step])
    scanner.finish()

    assert 100_000 == scanner.records
    assert 200_000 == scanner.lines
    assert len(content) == scanner.cut


@pytest.mark.usefixtures("either_way")
def test_very_many_columns_are_counted():
    record = b"," * 9_999 + b"\n"
    scanner = RecordScanner(width=10_000)

    for _ in range(60):
        scanner.feed(record)
    scanner.feed(record * 30)

    assert 90 == scanner.records
    with pytest.raises(SourceError, match="line 91: 9999 fields"):
        scanner.feed(record[1:])


def test_a_huge_field_is_read_in_one_go():
    content = b'1,"' + b'x""\n' * (50 << 18) + b'"\n'
    scanner = RecordScanner(width=2)

    for start in range(0, len(content), 1 << 18):
        scanner.feed(content[start : start + (1 << 18)])

    assert 1 == scanner.records


def test_the_fields_of_a_record_are_read():
    assert ["a", 'b"', ""] == first_record('a,"b""",\n')
    assert [] == first_record("")

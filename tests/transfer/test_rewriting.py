"""CSV of any dialect, written as Domo reads it."""

from __future__ import annotations

import csv
import io
from typing import Any
from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domo_async import ConfigError, SourceError
from domo_async._transfer.csv.fastest import fastest_rewriter
from domo_async._transfer.csv.rewriting import FieldRule, Rewriter, first_fields, spellings
from domo_async._transfer.csv.splitter import RecordScanner
from tests.transfer.scanners import built_for_less
from tests.transfer.test_splitter import cuts, pieces

Row = list[str | None]
FASTEST = fastest_rewriter()
needs_compiled = pytest.mark.skipif(FASTEST is Rewriter, reason="not compiled here; .ci/run fails without")
WAYS = [pytest.param(Rewriter, id="plain"), pytest.param(FASTEST, id="compiled", marks=needs_compiled)]

PIECES = ["a", "é", "日本", '"', '""', ",", ";", "\n", "\r\n", "\r", " ", '"\n', '";"', "\x00", "x" * 30, "]^-\\"]
texts = st.lists(st.sampled_from(PIECES), max_size=24).map("".join)
delimiters = st.sampled_from(",;|\t ^]-\\")
values = st.none() | st.lists(st.sampled_from(PIECES), max_size=3).map("".join)


def read(text: str, delimiter: str) -> tuple[list[Row], int | None]:  # noqa: C901 - one state after the other
    """Read records character by character, up to the line of what cannot be read; what is None is NULL."""
    rows: list[Row] = []
    row: Row = []
    field: str | None = None
    state = "start"  # of a field
    outside = "".join(text.split('"')[::2])
    returns = "\r" in outside and "\n" not in outside  # of what ends records
    line = begins = 1
    at = 0
    while at < len(text):
        character = text[at]
        end = "\r\n" if text.startswith("\r\n", at) else character if character in ("\r\n" if returns else "\n") else ""
        at += 1
        if state == "quoted":
            if character == '"' and text[at : at + 1] == '"':
                field, at = f'{field}"', at + 1
            elif character == '"':
                state = "closed"
            else:
                field = f"{field}{character}"
                line += bool(end) and not (character == "\r" and len(end) == 2)
        elif end:
            rows.append([*row, field])
            row, field, state = [], None, "start"
            at += len(end) - 1
            line += 1
            begins = line
        elif character == delimiter:
            row.append(field)
            field, state = None, "start"
        elif state == "closed":
            return rows, line
        elif character == '"' and state == "start":
            field, state = "", "quoted"
        else:
            field, state = (field or "") + character, "unquoted"
    if state == "quoted":
        return rows, begins
    if text and (row or state != "start"):
        rows.append([*row, field])
    return rows, None


def rewritten(chunks: list[bytes], way: type[Rewriter] = Rewriter, **options: object) -> tuple[bytes, int]:
    rewriter = way(**options)  # type: ignore[arg-type]
    blocks = [*map(rewriter.feed, chunks), rewriter.finish()]
    for content, records in blocks:
        scanner = RecordScanner()
        scanner.feed(content)
        assert (len(content), records) == (scanner.cut, scanner.records)
    return b"".join(content for content, _ in blocks), sum(records for _, records in blocks)


def outcome(chunks: list[bytes], way: type[Rewriter] = Rewriter, **options: object) -> tuple[Any, int | None]:
    try:
        return rewritten(chunks, way, **options)
    except SourceError as error:
        return str(error), error.line


def written(rows: list[Row], delimiter: str, line_end: str) -> str:
    """Write rows with as few quotes as can be."""

    def field(value: str | None) -> str:
        if value is None:
            return ""
        quoted = '"' + value.replace('"', '""') + '"'
        return quoted if not value or any(mark in value for mark in [delimiter, *',"\r\n']) else value

    return "".join(delimiter.join(map(field, row)) + line_end for row in rows)


@given(texts, delimiters, cuts)
@example("a\r", ";", [])
@example('"\r', ";", [])
@example('"\r"a', ",", [])
@example('a;"b"\r"c"x', ";", [3])
def test_rewritten_csv_says_what_is_read_however_the_bytes_arrive(text, delimiter, cuts):
    rows, wrong = read(text, delimiter)

    found = outcome(pieces(text.encode(), cuts), delimiter=delimiter)

    if wrong is None:
        assert (rows, None) == read(found[0].decode(), ",")
        assert len(rows) == found[1]
    else:
        assert wrong == found[1]


@given(texts.map(str.encode) | st.binary(max_size=30), delimiters, cuts, st.none() | st.integers(1, 3))
def test_no_cut_makes_a_difference(content, delimiter, cuts, width):
    options = {"delimiter": delimiter, "width": width}

    assert outcome([content], **options) == outcome(pieces(content, cuts), **options)


@given(
    st.lists(st.lists(values, min_size=1, max_size=4)),
    cuts,
    st.booleans(),
)
def test_csv_that_domo_reads_as_it_is_does_not_change(rows, cuts, all_quoted):
    text = written(rows, ",", "\n")
    if all_quoted:
        buffer = io.StringIO(newline="")
        csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
        text = buffer.getvalue()

    assert (text.encode(), len(rows)) == rewritten(pieces(text.encode(), cuts))


@given(st.data())
def test_columns_are_put_in_order(data):
    width = data.draw(st.integers(1, 4))
    rows = data.draw(st.lists(st.lists(values, min_size=width, max_size=width)))
    order = data.draw(st.lists(st.none() | st.integers(0, width - 1), min_size=1, max_size=5))
    delimiter = data.draw(delimiters)
    text = written(rows, delimiter, data.draw(st.sampled_from(["\n", "\r\n", "\r"])))
    options = {"order": order, "delimiter": delimiter, "width": data.draw(st.sampled_from([None, width]))}

    content, records = rewritten(pieces(text.encode(), data.draw(cuts)), **options)

    ordered = [[None if place is None else row[place] for place in order] for row in rows]
    assert (ordered, None) == read(content.decode(), ",")
    assert len(rows) == records


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "shift_jis", "gb18030", "iso2022_jp"]
)
@given(cuts=cuts)
def test_encodings_become_utf8_without_a_mark(encoding, cuts):
    text = '名前;"日本\n"\n1;東京, 2\n'

    found = rewritten(pieces(text.encode(encoding), cuts), delimiter=";", encoding=encoding)

    assert ('名前,"日本\n"\n1,"東京, 2"\n'.encode(), 2) == found


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_encodings_of_one_byte_become_utf8(encoding):
    assert ("é,ß\n".encode(), 1) == rewritten([b"\xe9\t", b"\xdf"], delimiter="\t", encoding=encoding)


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_byte_order_mark_is_left_out_at_the_beginning_alone(delimiter):
    content = f'\ufeff"a"{delimiter}b\n'.encode()

    assert (b'"a",b\n', 1) == rewritten([content[:2], content[2:]], delimiter=delimiter)
    assert ('"\ufeffa"\n'.encode(), 1) == rewritten(["\ufeffa\n".encode()], bom=False)


def test_no_record_is_written_that_begins_with_what_looks_like_a_byte_order_mark():
    content = '\ufeffa,b\n\ufeffc,"\n\ufeff"\n\ufeff,"\ufeff"\n'.encode()

    assert ('a,b\n"\ufeffc","\n\ufeff"\n"\ufeff","\ufeff"\n'.encode(), 3) == rewritten([content])


@pytest.fixture(scope="module", params=["as installed", "without SSE2"])
def compiled(request, tmp_path_factory):
    """The compiled rewriter, also as it is on processors without instructions for 16 bytes at once."""
    if request.param == "as installed":
        yield FASTEST
        return
    module = built_for_less("_rewrite", tmp_path_factory.mktemp("compiled"), sse2=False)
    with mock.patch(f"{FASTEST.__module__}._rewrite", module):
        yield FASTEST


WORDS = [
    "a",
    "é",
    "日本",
    '"',
    '""',
    ",",
    ";",
    "§",
    "\n",
    "\r\n",
    "\r",
    "NA",
    '"NA"',
    "\ufeff",
    "x" * 61,
    '";"',
    "\n\n",
]
nulls = st.sets(st.sampled_from(["NA", "é", "a", "x" * 61]))


@st.composite
def rewritings(draw: st.DrawFn) -> dict[str, Any]:
    """What a rewriter may be asked for."""
    width = draw(st.none() | st.integers(1, 3))
    options: dict[str, Any] = {
        "delimiter": draw(st.sampled_from(",;\ta§\x00")),
        "width": width,
        "returns": draw(st.none() | st.booleans()),
        "skip": draw(st.sampled_from([0, 0, 2])),
        "bom": draw(st.booleans()),
    }
    if draw(st.booleans()):
        constants = ["", '"2024"', "é"] if width else []
        highest = (width or 3) + len(constants) - 1
        places = st.none() | st.integers(0, highest)
        options |= {"order": draw(st.lists(places, min_size=1, max_size=6)), "constants": constants}
    if width and draw(st.booleans()):
        options["rules"] = {
            place: FieldRule(spellings(draw(nulls)) | draw(st.sets(st.just('""')))) for place in range(0, width, 2)
        }
    return options


@needs_compiled
@given(st.lists(st.sampled_from(WORDS), max_size=40).map("".join), rewritings(), cuts)
@example("a;b\nc;d\r\n" * 9, {"delimiter": ";", "order": [1, None, 0, 2], "constants": ["2024"], "width": 2}, [])
@example('5" x;NA\n"";",\n"\n' * 9, {"delimiter": ";", "width": 2, "rules": {1: FieldRule(spellings(["NA"]))}}, [])
@example('a;"' + "é" * 64 + '""";\ufeff\n', {"delimiter": ";", "order": [2, 0]}, [63, 64, 65])
@example('a"\r\n', {"delimiter": ","}, [])
def test_compiled_code_writes_and_refuses_what_plain_python_does(compiled, text, options, cuts):
    chunks = pieces(text.encode(), cuts)

    assert outcome(chunks, **options) == outcome(chunks, compiled, **options)


@needs_compiled
@given(st.lists(st.lists(st.lists(st.sampled_from(PIECES), max_size=4).map("".join), min_size=3, max_size=3)), cuts)
def test_compiled_code_reads_what_the_csv_module_writes(compiled, rows, cuts):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=";", quoting=csv.QUOTE_ALL).writerows(rows)

    content, records = rewritten(
        pieces(buffer.getvalue().encode(), cuts), compiled, delimiter=";", width=3, order=[2, 0]
    )

    assert [[row[2], row[0]] for row in rows] == list(csv.reader(io.StringIO(content.decode(), newline="")))
    assert len(rows) == records


REFUSED = [
    (b'a,b\n"c"d,e\n', {}, 2, "text follows a closing quote"),
    (b'a,b\n"c\n\n"d,e\n', {}, 4, "text follows a closing quote"),
    (b'a,b\nc,"d\ne\n', {}, 2, "begins in line 2 is never closed"),
    (b"a,b\nc\nd,e\n", {"width": 2}, 2, "line 2: 1 field, the dataset has 2 columns"),
    (b'a,b\r\n"c\r\n",d\nc,"d",e\n', {"width": 2}, 4, "line 4: 3 fields, the dataset has 2 columns"),
    (b'a,b\r"c\r\n",d\rc,"d",e\r', {"width": 2}, 4, "line 4: 3 fields, the dataset has 2 columns"),
    (b"a,b\n\nc\n", {"width": 2}, 3, "line 3: 1 field"),
    (b"a;b\nc;d;e\n", {"width": 2, "delimiter": ";", "order": [1, 0]}, 2, "line 2: 3 fields, the header has 2 columns"),
    (b"a;b\nc\n", {"delimiter": ";", "order": [1, 0]}, 2, "line 2: 1 field"),
    (b"a,b\n\xe9,\n", {}, 2, "line 2 is not utf-8"),
    (b"a,b\n\xc3", {}, 2, "line 2 is not utf-8"),
    (b"a,\x81\n", {"encoding": "cp1252"}, 1, "line 1 is not cp1252"),
    ("a\n".encode("utf-16") + b"\x00\xdc\n\x00", {"encoding": "utf-16"}, 2, "line 2 is not utf-16"),
    (b"a\n\xff", {"encoding": "utf-8-sig", "line": 10}, 12, "line 12"),
    (b'a\n"b" \n', {"line": 10}, 12, "line 12"),
    (b"a\n+2AA-", {"encoding": "utf-7"}, None, "lone surrogate"),
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("content", "options", "line", "says"), REFUSED)
@pytest.mark.parametrize("step", [1, 1000])
def test_a_record_that_cannot_be_read_is_refused_with_its_line(content, options, line, says, step, way):
    with pytest.raises(SourceError, match=says) as caught:
        rewritten([content[start : start + step] for start in range(0, len(content), step)], way, **options)

    assert line == caught.value.line


@pytest.mark.parametrize(
    ("options", "says"),
    [
        *(({"delimiter": delimiter}, "single character") for delimiter in ["", "||", '"', "\n", "\r"]),
        *(({"encoding": encoding}, "encoding") for encoding in ["klingon", "hex", "rot13", "undefined", "a\0b"]),
        ({"order": [0, 2], "width": 2}, "do not have a field 3"),
        ({"order": []}, "order is empty"),  # the compiled code counts on a field
    ],
)
def test_options_that_cannot_be_a_dialect_are_refused(options, says):
    with pytest.raises(ConfigError, match=says):
        Rewriter(**options)


def test_a_carriage_return_ends_records_only_where_no_line_feed_does():
    pandas = b"a,b\n1,x\ry\n2,z\r\n"
    classic = b'a,b\r1,"x\ny"\r2,z\r'

    assert (b'a,b\n1,"x\ry"\n2,z\n', 3) == rewritten([pandas], width=2)
    assert (b'a,b\n1,"x\ny"\n2,z\n', 3) == rewritten([classic], width=2)
    assert (b'1,"x\ry"\n', 1) == rewritten([b"1,x\ry\r"], returns=False)


def test_blank_lines_are_left_out_where_records_have_several_fields():
    content = b'\n1,x\r\n\r\n2,"\n\n"\n\n'

    assert (b'1,x\n2,"\n\n"\n', 2) == rewritten([content], width=2)
    assert (b"1\n\n2\n", 3) == rewritten([b"1\n\n2\n"], width=1)


def test_null_and_constants_are_put_in_and_what_stands_first_is_left_out():
    content = b'Title\nn;t\n"";"NA"\n1;NA\n"2";"x;y"\n'
    rules = {0: FieldRule(frozenset({'""'})), 1: FieldRule(spellings(["NA"]))}

    found = rewritten([content], delimiter=";", width=2, skip=2, rules=rules, order=[1, 0, 2], constants=["2024"])

    assert (b',,2024\n,1,2024\n"x;y","2",2024\n', 3) == found


@pytest.mark.parametrize("way", WAYS)
def test_records_come_as_soon_as_they_are_whole(way):
    rewriter = way(delimiter=";")

    assert (b"", 0) == rewriter.feed(b"a;")
    assert (b"a,b\n", 1) == rewriter.feed(b'b\n"c')
    assert (b'"c;",\n', 1) == rewriter.feed(b';";\n')
    assert (b"", 0) == rewriter.finish()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("inside", ["x", pytest.param('""', marks=pytest.mark.long), "\n"])
def test_a_huge_field_is_read_without_reading_it_again_and_again(inside, way):
    content = ('1;"' + inside * (20_000_000 // len(inside)) + '"\n').encode()
    rewriter = way(delimiter=";", width=2)

    blocks = [rewriter.feed(content[start : start + (1 << 14)]) for start in range(0, len(content), 1 << 14)]
    blocks.append(rewriter.finish())

    assert 1 == sum(records for _, records in blocks)
    assert content.replace(b";", b",", 1) == b"".join(block.content for block in blocks)


@given(texts, delimiters, st.integers(0, 60))
def test_the_first_fields_are_read_as_soon_as_they_are_known(text, delimiter, cut):
    content = text.encode()
    rows, wrong = read(text, delimiter)
    try:
        whole = first_fields(content, delimiter=delimiter, whole=True)
        early = first_fields(content[:cut], delimiter=delimiter)
    except SourceError:
        assert wrong is not None
        return

    assert ([field or "" for field in rows[0]] if rows else None) == whole
    assert early in (None, whole)


def test_the_first_fields_do_not_wait_for_what_follows():
    assert ["a", "b;\n"] == first_fields('a;"b;\n"\r\nc'.encode("utf-16"), delimiter=";", encoding="utf-16")
    assert ["é"] == first_fields("é\n".encode() + b"\xff\xff")
    assert ["a"] == first_fields(b"\xef\xbb\xbfa\n")
    assert first_fields(b"") is first_fields(b"", whole=True) is first_fields(b"a,b") is first_fields(b"a\r") is None
    assert ["a", ""] == first_fields(b"a,", whole=True)


@pytest.mark.parametrize(
    ("content", "says"),
    [(b'"a"b', "line 1"), (b'"a', "never closed"), (b"a\xff\n", "not utf-8"), (b"a\xc3", "not utf-8")],
)
def test_first_fields_that_cannot_be_read_are_refused(content, says):
    with pytest.raises(SourceError, match=says) as caught:
        first_fields(content, whole=True)

    assert 1 == caught.value.line

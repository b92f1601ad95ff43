"""CSV in, CSV out: every value of every type survives, NULL and the empty string apart."""

from __future__ import annotations

import importlib.util
import random
import sys
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domo_async._emulator.rows import ingest
from tests.emulator.plain_client import PlainClient, canonical_csv

# A mark at the very beginning of a part is skipped as a byte order mark.
_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff"), max_size=12)
_SPECIAL = st.text(st.sampled_from(",\"\r\n \t\\;'#aé漢😀\x00"), max_size=8)


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-0", "0") if not value else _trim(text)


def _trim(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _moment(value: datetime) -> str:
    text = value.isoformat()
    return text.rstrip("0") if value.microsecond else text


_CELLS: Mapping[str, st.SearchStrategy[str]] = {
    "STRING": _TEXT | _SPECIAL,
    "LONG": st.integers(-(2**63), 2**63 - 1).map(str),
    "DOUBLE": st.floats(allow_nan=False, allow_infinity=False).map(repr),
    "DECIMAL": st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**19), max_value=10**19, places=9).map(
        _plain
    ),
    "DATE": st.dates().map(date.isoformat),
    "DATETIME": st.datetimes().map(_moment),
}


@pytest.fixture
def by_duckdb(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have rows read as if there were no compiled code."""
    monkeypatch.setitem(sys.modules, "domo_async._emulator.rows.columns", None)


@pytest.fixture(params=["compiled", "duckdb"])
def way(request: pytest.FixtureRequest) -> None:
    """Have a test run twice: with compiled code, if there is any, and without."""
    if request.param == "duckdb":
        request.getfixturevalue("by_duckdb")
    elif importlib.util.find_spec("domo_async._emulator.rows._columns") is None:
        pytest.skip("there was no compiler when this was installed")


@st.composite
def _tables(draw: st.DrawFn) -> tuple[list[str], list[list[str | None]]]:
    types = draw(st.lists(st.sampled_from(sorted(_CELLS)), min_size=1, max_size=7))
    row = st.tuples(*(st.none() | _CELLS[kind] for kind in types)).map(list)
    return types, draw(st.lists(row, max_size=8))


@pytest.mark.usefixtures("way")
@given(table=_tables(), cut=st.integers(0, 8), line_end=st.sampled_from([b"\n", b"\r\n"]))
async def test_any_table_comes_back_byte_for_byte(
    table: tuple[list[str], list[list[str | None]]], cut: int, line_end: bytes, plain: PlainClient
) -> None:
    types, rows = table
    body = canonical_csv(rows)
    parts = [canonical_csv(rows[:cut]), canonical_csv(rows[cut:])]
    if line_end == b"\r\n":
        parts = [b"".join(canonical_csv([row])[:-1] + line_end for row in part) for part in (rows[:cut], rows[cut:])]
    dataset = await plain.create({f"c{n}": kind for n, kind in enumerate(types)})
    await plain.upload(dataset, *parts)

    assert await plain.export(dataset) == body
    _assert_same_in_json(types, rows, await plain.rows(dataset))


def _assert_same_in_json(types: list[str], rows: list[list[str | None]], seen: list[list[Any]]) -> None:
    readers = {"LONG": int, "DOUBLE": float, "DECIMAL": float}
    expected = [
        [None if cell is None else readers.get(kind, str)(cell) for kind, cell in zip(types, row, strict=True)]
        for row in rows
    ]
    assert seen == expected


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("kind", sorted(_CELLS))
async def test_null_is_null_in_every_type(kind: str, plain: PlainClient) -> None:
    dataset = await plain.create({"x": kind, "y": "LONG"})
    await plain.upload(dataset, b",1\n,2\n")

    assert await plain.rows(dataset) == [[None, 1], [None, 2]]
    assert await plain.export(dataset) == b",1\n,2\n"


@pytest.mark.usefixtures("way")
async def test_null_and_the_empty_string_are_two_things(plain: PlainClient) -> None:
    dataset = await plain.create({"s": "STRING"})
    await plain.upload(dataset, b'\n""\nx\n\n')

    assert await plain.rows(dataset) == [[None], [""], ["x"], [None]]
    assert await plain.rows(dataset, "SELECT COUNT(s), COUNT(*) FROM table WHERE s = ''") == [[1, 1]]
    assert await plain.export(dataset) == b'\n""\nx\n\n'


@pytest.mark.usefixtures("way")
async def test_decimals_keep_all_their_digits(plain: PlainClient) -> None:
    digits = b"12345678901234567890.123456789\n0.000000000000000000000000000000000001\n-5\n"
    only_behind_the_point = b"0." + b"1" * 38 + b"\n-0." + b"0" * 37 + b"1\n"
    for line in (digits + only_behind_the_point).splitlines(keepends=True):
        dataset = await plain.create({"x": "DECIMAL"})
        await plain.upload(dataset, line)

        assert await plain.export(dataset) == line
        assert await _raw_query(plain, dataset) == b'"rows":[[' + line.strip() + b"]]"


async def _raw_query(plain: PlainClient, dataset: str) -> bytes:
    body = {"sql": "SELECT * FROM table"}
    async with plain.session.post(f"/api/query/v1/execute/{dataset}", json=body) as response:
        content = await response.read()
    return content[content.index(b'"rows"') : content.index(b',"numRows"')]


@pytest.mark.usefixtures("way")
async def test_decimals_of_several_versions_share_the_widest_scale(plain: PlainClient) -> None:
    dataset = await plain.create({"x": "DECIMAL"})
    await plain.upload(dataset, b"1.5\n")
    await plain.upload(dataset, b"2.125\n", action="APPEND")

    assert await plain.export(dataset) == b"1.5\n2.125\n"
    assert await plain.export(dataset, "SELECT SUM(x) FROM table") == b"3.625\n"


@pytest.mark.usefixtures("way")
async def test_nanoseconds_are_refused_as_they_would_be_lost(plain: PlainClient) -> None:
    dataset = await plain.create({"at": "DATETIME"})
    await plain.upload(dataset, b"2024-01-01 00:00:00.123456000\n")
    assert await plain.export(dataset) == b"2024-01-01T00:00:00.123456\n"

    upload = await plain.open(dataset, b"2024-01-01 00:00:00.1234567\n")
    refused = (await plain.commit(upload, status=400))["message"]
    assert "line 1, column 1" in refused
    assert "microseconds at most" in refused


@pytest.mark.usefixtures("way")
async def test_a_byte_order_mark_is_skipped(plain: PlainClient) -> None:
    dataset = await plain.create({"n": "LONG"})
    await plain.upload(dataset, b"\xef\xbb\xbf1\n")

    assert await plain.rows(dataset) == [[1]]


@pytest.mark.usefixtures("way")
async def test_quoted_text_that_looks_like_records_stays_text(plain: PlainClient) -> None:
    text = "\n".join(f'{n},"fake",{n}' for n in range(50_000))
    rows: list[list[str | None]] = [[str(n), text, "end"] for n in range(12)]
    dataset = await plain.create({"n": "LONG", "s": "STRING", "e": "STRING"})
    await plain.upload(dataset, canonical_csv(rows))

    assert await plain.export(dataset) == canonical_csv(rows)


@pytest.mark.usefixtures("by_duckdb")
async def test_quotes_that_hide_where_records_begin_do_no_harm(
    plain: PlainClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    # With a buffer of this size, DuckDB's threads take text of this very file for records.
    monkeypatch.setattr(ingest, "_READ_BUFFER", (2 << 20) + 4)
    rng = random.Random(1)
    texts = ('"say ""hi"""', '"x,y"', '"a\nb,c"', '"1,2\n3"')
    content = "".join(f"{n},{rng.choice(texts)},z\n" for n in range(250_000)).encode()
    dataset = await plain.create({"n": "LONG", "s": "STRING", "t": "STRING"})

    await plain.upload(dataset, content)

    assert [[250_000, 31_249_875_000]] == await plain.rows(dataset, "SELECT COUNT(*), SUM(n) FROM table")


@pytest.mark.parametrize(
    "tail",
    [
        pytest.param(b'9,"never closed\n', id="a quote that is never closed"),
        pytest.param(b'9,"never closed', id="and no line end"),
        pytest.param(b',aa","a,b\n', id="an odd one before it"),
    ],
)
@pytest.mark.parametrize("before", [b"", b'1,"two\nlines"\n', b"1,x\n" * 2_500_000], ids=["alone", "quoted", "large"])
async def test_a_quote_that_is_never_closed_is_refused(tail: bytes, before: bytes, plain: PlainClient) -> None:
    dataset = await plain.create({"n": "STRING", "s": "STRING"})
    upload = await plain.open(dataset, b"0,first\n", before + tail)
    refused = await plain.commit(upload, status=400)

    assert "not valid CSV" in refused["message"]
    assert [] == await plain.rows(dataset)


@pytest.mark.usefixtures("way")
async def test_line_ends_inside_of_quotes_are_not_empty_lines(plain: PlainClient) -> None:
    rows: list[list[str | None]] = [["1", "a\n\nb"], ["2", "\n\n"], ["3", 'x"\n\n"y']]
    dataset = await plain.create({"n": "LONG", "s": "STRING"})
    await plain.upload(dataset, canonical_csv(rows), canonical_csv(rows)[:-1])

    assert canonical_csv(rows) * 2 == await plain.export(dataset)


async def test_an_empty_line_is_told_before_what_is_wrong_after_it(plain: PlainClient) -> None:
    dataset = await plain.create({"n": "LONG", "s": "STRING"})
    upload = await plain.open(dataset, b"1,a\n\nmany,b\n")

    assert "Part 1, line 2: 1 column" in (await plain.commit(upload, status=400))["message"]


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
async def test_a_last_line_needs_no_end(line_end: str, plain: PlainClient) -> None:
    dataset = await plain.create({"n": "LONG", "s": "STRING"})
    await plain.upload(dataset, f"1,a{line_end}2,b".encode(), f'3,"c{line_end}c"'.encode())

    assert [[1, "a"], [2, "b"], [3, f"c{line_end}c"]] == await plain.rows(dataset)

"""Rows that compiled code reads are the rows that DuckDB reads, and what it does not take is left to DuckDB."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.rows import ingest
from domo_async._emulator.rows.parts import ArrivingPart
from domo_async._emulator.state.datasets import Column, Part

columns = pytest.importorskip(
    "domo_async._emulator.rows.columns", reason="there was no compiler when this was installed", exc_type=ImportError
)

_PLAIN = {
    "STRING": st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
    | st.text(st.sampled_from(',"\r\n aé漢😀\ufeff'), max_size=20),
    "LONG": st.integers(-(2**63), 2**63 - 1).map(str) | st.from_regex(r"-?[0-9]{1,18}", fullmatch=True),
    "DOUBLE": st.floats(-9e306, 9e306).map(repr)
    | st.from_regex(r"-?[0-9]{1,25}(\.[0-9]{1,25})?([eE]([+-]?[0-9]{1,2}|-[0-9]{3}))?", fullmatch=True),
    "DECIMAL": st.from_regex(r"-?[0-9]{1,18}(\.[0-9]{1,18})?", fullmatch=True),
    "DATE": st.dates().map(date.isoformat),
    "DATETIME": st.datetimes().map(datetime.isoformat)
    | st.tuples(st.datetimes(), st.sampled_from(["", ".1", ".02", ".000003"]), st.sampled_from(["", "Z"])).map(
        lambda drawn: drawn[0].isoformat(" ", timespec="seconds") + drawn[1] + drawn[2]
    ),
}
_CLOSE = {
    "STRING": ["\0", "\ufeff"],
    "LONG": ["", "-", "+1", " 1", "1 ", "1.0", "1e2", "9" * 19, "-" + "9" * 19, "0" * 18 + "12", "1_0", "--1", "1/"],
    "DOUBLE": [
        "",
        ".5",
        "5.",
        "1e",
        "1e+",
        "+1",
        "nan",
        "-inf",
        "0x1",
        "1_0",
        " 1",
        "1d",
        "-",
        ".",
        "1:2",
        "1e400",
        "1" * 400,
    ],
    "DECIMAL": [
        *("", ".5", "5.", "+1", "1e2", ".", "-", "-.5", "9" * 38, "9" * 39, "1." + "0" * 38, "1.2.3", "1_0"),
        *("1234567890123456789." + "5" * 18, "-1234567890123456789." + "5" * 18, "-1234567890123456789.5" + "0" * 17),
    ],
    "DATE": [
        *("", "2023-02-29", "2023-13-01", "2023-00-01", "2023-01-00", "2023-04-31", "0000-01-01", "2023-1-01"),
        *("1900-02-29", "2000-02-29", "10000-01-01", "2023/01/01", "2023-01-01 ", "2023-01-1x", "-023-01-01"),
    ],
    "DATETIME": [
        *("", "2023-01-01", "2023-01-01T24:00:00", "2023-01-01T24:30:00", "2023-01-01T00:60:00"),
        *("2023-01-01T00:00:00.", "2023-01-01T00:00:00.1234567", "2023-01-01T00:00:00z", "2023-01-01T00:00:00+00:00"),
        *("2023-01-01T00:00", "2023-01-01t00:00:00", "2023-01-01T0:00:00", "2023-02-29T00:00:00"),
        *(
            "2023-01-01T00:00:60",
            "2023-01-01T00:00:00,5",
            "2023-01-01 00:00:00.5Z",
            "2023-01-01T00:00:00ZZ",
            "2023-01-01_00:00:00",
        ),
    ],
}


_TAKEN = {
    "STRING": [
        "x",
        " x ",
        "twelve bytes",
        "thirteen byte",
        '"',
        '""',
        "a,b",
        "a\r\nb\n",
        "漢",
        "\x7f",
        "\u07ff",
        "\uffff",
        "\U0010ffff",
    ],
    "LONG": ["0", "-0", "007", str(2**63 - 1), str(-(2**63)), "12345678", "123456789", "1234567890123456"],
    "DOUBLE": ["0", "-0", "1.5", "1e5", "1E-05", "-2.5e+300", "5e-324", "0.1", "9007199254740993", "1" * 300],
    "DECIMAL": ["0", "-0", "-0.00", "007.10", "9" * 19, "-" + "9" * 18 + "." + "9" * 18, "0.1234567890123456789"],
    "DATE": ["0001-01-01", "1600-02-29", "1969-12-31", "1970-01-01", "2000-02-29", "2000-03-01", "9999-12-31"],
    "DATETIME": [
        *("0001-01-01 00:00:00", "9999-12-31T23:59:59.999999", "1969-12-31T23:59:59.9Z", "2000-02-29 00:00:00Z"),
        *("2000-02-29 00:00:00.000001", "1970-01-01T00:00:00"),
    ],
}


@frozen
class Table:
    """A connection with tables of its own, and a folder for parts."""

    cursor: duckdb.DuckDBPyConnection
    folder: Path
    names: Iterator[int]

    def parts(self, contents: Sequence[bytes]) -> list[Part]:
        parts = []
        for number, content in enumerate(contents, 1):
            path = self.folder / f"{number}.csv"
            with path.open("wb") as file:
                arriving = ArrivingPart(number, path, file)
                arriving.write(content)
            if content:
                parts.append(arriving.part)
        return parts

    def read(self, load: Any, kinds: Sequence[str], parts: Sequence[Part]) -> Any:
        """Return all that is to be known of the table that is made, None if there is none."""
        name = f"t{next(self.names)}"
        loaded = load(self.cursor, name, parts, [Column(f"x{n}", kind, f"{n}") for n, kind in enumerate(kinds)])
        if loaded is None:
            assert [] == self.cursor.execute(f"FROM duckdb_tables() WHERE table_name = '{name}'").fetchall()
            return None
        rows = self.cursor.execute(f"FROM {name}").fetchall()
        types = [kind for _, kind, *_ in self.cursor.execute(f"DESCRIBE {name}").fetchall()]
        self.cursor.execute(f"DROP TABLE {name}")
        return *loaded, types, repr(rows)

    def compiled(self, kinds: Sequence[str], *contents: bytes) -> Any:
        return self.read(ingest._load_plain, kinds, self.parts(contents))

    def by_duckdb(self, kinds: Sequence[str], *contents: bytes) -> Any:
        return self.read(ingest._load_any, kinds, self.parts(contents))


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    with duckdb.connect() as connection:
        yield Table(connection.cursor(), tmp_path_factory.mktemp("parts"), itertools.count())


def _written(cell: str | None, quoted: bool) -> bytes:
    if cell is None:
        return b""
    if quoted or not cell or any(character in cell for character in ',"\r\n'):
        return b'"' + cell.encode().replace(b'"', b'""') + b'"'
    return cell.encode()


@st.composite
def _uploads(draw: st.DrawFn, close: bool = False) -> tuple[list[str], list[bytes], int]:
    """Draw types, parts, and how large a block is to be: often hardly larger than the longest record."""
    kinds = draw(st.lists(st.sampled_from(sorted(_PLAIN)), min_size=1, max_size=6))
    ends = draw(st.sampled_from([[b"\n"], [b"\r\n"], [b"\n", b"\r\n"]]))
    parts = []
    longest = 0
    for _ in range(draw(st.integers(1, 3))):
        records = []
        for _ in range(draw(st.integers(0, 8))):
            cells = [draw(st.none() | _PLAIN[kind]) for kind in kinds]
            if close and draw(st.integers(0, 5)) == 0:
                position = draw(st.integers(0, len(kinds) - 1))
                cells[position] = draw(st.sampled_from(_CLOSE[kinds[position]]))
            record = b",".join(_written(cell, draw(st.booleans())) for cell in cells)
            records.append(record + draw(st.sampled_from(ends)))
            longest = max(longest, len(records[-1]))
        part = b"".join(records)
        if part.startswith("\ufeff".encode()):
            part = b"".join([b"," * (len(kinds) - 1), b"\n", part])
        if draw(st.booleans()):
            part = part.removesuffix(b"\n").removesuffix(b"\r")
        parts.append(part)
    return kinds, parts, max(longest, 10) + draw(st.sampled_from([1, 2, 5, 64, 1000]))


@given(upload=_uploads())
def test_all_that_is_plain_is_read_as_duckdb_reads_it(upload: tuple[list[str], list[bytes], int], table: Table) -> None:
    kinds, parts, block = upload
    filled = [part for part in parts if part]
    with patch.object(columns, "_BLOCK", block):
        compiled = table.compiled(kinds, *parts)

    # The first part says how many digits stand behind the point of decimals.
    if "DECIMAL" not in kinds or len(filled) == 1:
        assert (compiled is not None) == bool(filled)
    if compiled is not None:
        assert table.by_duckdb(kinds, *parts) == compiled


@st.composite
def _damaged(draw: st.DrawFn) -> tuple[list[str], list[bytes], int]:
    """Draw uploads with values that are nearly right, and with bytes that stand where they should not."""
    kinds, parts, block = draw(_uploads(close=draw(st.booleans())))
    for n in range(len(parts)):
        for _ in range(draw(st.integers(0, 2))):
            at = draw(st.integers(0, len(parts[n])))
            byte = draw(
                st.sampled_from([b'"', b'""', b",", b"\r", b"\n", b"\r\n", b"\0", b" ", b"\xff", b"\xc3", b"7"])
            )
            parts[n] = parts[n][:at] + byte + parts[n][at + draw(st.integers(0, 1)) :]
    return kinds, parts, block


@given(upload=_damaged())
def test_csv_that_may_not_be_plain_is_read_as_duckdb_reads_it_or_not_at_all(
    upload: tuple[list[str], list[bytes], int], table: Table
) -> None:
    kinds, parts, block = upload
    with patch.object(columns, "_BLOCK", block):
        compiled = table.compiled(kinds, *parts)

    if compiled is not None:
        try:
            expected = table.by_duckdb(kinds, *parts)
        except HTTPError as refusal:
            expected = refusal
        assert expected == compiled


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in _TAKEN.items() for value in values])
@pytest.mark.parametrize("quoted", [False, True])
def test_each_value_that_is_right_is_taken(kind: str, value: str, quoted: bool, table: Table) -> None:
    content = b"," + _written(value, quoted) + b"\r\n"
    compiled = table.compiled(["STRING", kind], content)

    assert compiled is not None
    assert table.by_duckdb(["STRING", kind], content) == compiled


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in _CLOSE.items() for value in values])
@pytest.mark.parametrize("quoted", [False, True])
def test_each_value_that_is_nearly_right_is_what_duckdb_says(kind: str, value: str, quoted: bool, table: Table) -> None:
    content = b"," + _written(value, quoted) + b"\n"
    compiled = table.compiled(["STRING", kind], content)

    if compiled is not None:
        assert table.by_duckdb(["STRING", kind], content) == compiled


def test_commits_of_plain_rows_never_come_to_duckdb(table: Table) -> None:
    kinds = list(_PLAIN)
    content = "".join(
        f'"{n}, ""漢""",{-n},{n / 7},{n / 100:.2f},2024-02-29,2024-02-29T23:59:{n % 60:02}\n,,,,,\r\n'
        for n in range(40_000)
    ).encode()
    with patch.object(ingest, "_load_any", side_effect=AssertionError):
        loaded = table.read(ingest.load, kinds, table.parts([content, b"", content]))

    assert [0, 0, 0, 2, 0, 0] == [column.scale for column in loaded[0]]
    assert 160_000 == loaded[1]
    assert table.by_duckdb(kinds, content, content) == loaded


def test_rows_stay_in_order_whoever_of_many_threads_takes_them(table: Table) -> None:
    content = "".join(f"{n}\n" for n in range(300_000)).encode()
    with patch.object(columns, "_BLOCK", 5_000):
        loaded = table.compiled(["LONG"], content)

    assert repr([(n,) for n in range(300_000)]) == loaded[-1]


@pytest.mark.parametrize("finest", [2046, 2047, 2048])
def test_decimals_have_the_scale_of_the_first_rows(finest: int, table: Table) -> None:
    content = "".join("0.125\n" if n == finest else "-1.5\n" for n in range(9_000)).encode()
    with patch.object(columns, "_BLOCK", 1_000):
        compiled = table.compiled(["DECIMAL"], content, b"2\n")

    assert (finest < 2048) == (compiled is not None)
    if compiled is not None:
        assert [3] == [column.scale for column in compiled[0]]
        assert table.by_duckdb(["DECIMAL"], content, b"2\n") == compiled


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\xef\xbb\xbfa,1\n", id="a byte order mark"),
        pytest.param(b"a,1\rb,2\n", id="a carriage return alone"),
        pytest.param(b"a,1\r", id="a carriage return at the end"),
        pytest.param(b"a,1\n\nb,2\n", id="an empty line"),
        pytest.param(b"a\n1,2,3\n", id="other widths that make up for each other"),
        pytest.param(b"a,1\nb", id="a last record that is too short"),
        pytest.param(b'"a"b,1\n', id="text after a closing quote"),
        pytest.param(b'a"b",1\n', id="a quote amid text"),
        pytest.param(b'a,1\n"b,2\n', id="a quote that is not closed"),
        pytest.param(b"a\0b,1\n", id="NUL"),
        pytest.param(b"\xed\xa0\x80,1\n", id="half a surrogate pair"),
        pytest.param(b"\xc0\xaf,1\n", id="a character of more bytes than it needs"),
        pytest.param(b"a\xe6\xbc,1\n", id="a character that is cut off"),
        pytest.param(b"x" * (2 << 20) + b",1\n", id="a record longer than a block"),
    ],
)
def test_csv_that_is_not_plain_is_left_to_duckdb(content: bytes, table: Table) -> None:
    assert table.compiled(["STRING", "LONG"], b"a,1\n") is not None
    assert table.compiled(["STRING", "LONG"], content) is None
    assert table.compiled(["STRING", "LONG"], b"a,1\n", content) is None


def test_a_quote_that_is_not_closed_is_not_a_row_where_lines_may_be_empty(table: Table) -> None:
    assert table.compiled(["STRING"], b'a\n"b') is None


@pytest.mark.parametrize("length", [(1 << 20) + 7, (2 << 20) - 3, (2 << 20) - 2])
def test_long_records_are_taken_where_duckdb_takes_them(length: int, table: Table) -> None:
    content = b"a,1\n" + b"x" * (length - 2) + b",1\n"

    assert table.by_duckdb(["STRING", "LONG"], content) == table.compiled(["STRING", "LONG"], content)


@pytest.mark.parametrize(("scale", "fits"), [(36, True), (37, False), (38, False)])
def test_decimals_have_38_digits_at_most(scale: int, fits: bool, table: Table) -> None:
    (part,) = table.parts([b"-99\n"])
    table.cursor.register("decimals", columns.PlainRows([part.path], [("DECIMAL", scale)]))

    if fits:
        assert [(-99,)] == table.cursor.execute("FROM decimals").fetchall()
    else:
        with pytest.raises(duckdb.Error, match="not plain"):
            table.cursor.execute("FROM decimals").fetchall()


def test_a_part_that_is_gone_does_not_crash_the_reader(table: Table) -> None:
    parts = table.parts([b"1\n", b"2\n"])
    parts[1].path.unlink()

    assert table.read(ingest._load_plain, ["LONG"], parts) is None


@pytest.mark.parametrize(
    ("paths", "kinds", "block", "error"),
    [
        ((b"x",), (("LONG", 0),), 0, ValueError),
        ((b"x",), (("LONG", 0),), 1 << 31, ValueError),
        ((b"x",), (), 1, ValueError),
        ((b"x",), (("TEXT", 0),), 1, ValueError),
        ((b"x",), (("DECIMAL", 39),), 1, ValueError),
        ((b"x",), (("DECIMAL", -1),), 1, ValueError),
        ((b"x\0y",), (("LONG", 0),), 1, ValueError),
        (("x",), (("LONG", 0),), 1, TypeError),
        ((b"x",), ("LONG",), 1, TypeError),
    ],
)
def test_arguments_that_cannot_be_a_stream_are_refused(
    paths: Any, kinds: Any, block: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        columns._columns.stream(paths, kinds, block)


def test_the_stream_is_sound_arrow(table: Table) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    texts = ["漢", *("x" * length for length in range(1, 40)), 'a "long" text in quotes']
    rest = b",1,2.5,-3.25,2024-02-29,1969-12-31 23:59:59.5\n"
    (part,) = table.parts([b"".join(_written(text, quoted=True) + rest for text in texts) + b",,,,,\n"])
    rows = columns.PlainRows([part.path], [(kind, 2 * (kind == "DECIMAL")) for kind in _PLAIN])
    read = pyarrow.RecordBatchReader.from_stream(rows).read_all()
    read.validate(full=True)
    # A column outlives its batch.
    alone = [column.chunk(0) for column in pyarrow.RecordBatchReader.from_stream(rows).read_all().columns]

    assert [*texts, None] == alone[0].to_pylist()
    assert ["1", "2.5", "-3.25", "2024-02-29", "1969-12-31 23:59:59.500000"] == [str(x[0]) for x in alone[1:]]
    assert [1] * 6 == [column.null_count for column in alone]

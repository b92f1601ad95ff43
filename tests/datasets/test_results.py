"""Results of queries: read by columns and by objects alike, and given in every form."""

from __future__ import annotations

import json
import pickle
import sys
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domo_async import ConfigError, DecodeError
from domo_async._endpoints.datasets import _answer
from domo_async._endpoints.datasets.result import QueryResult, Rows
from domo_async._transfer import ColumnType

CELLS: dict[str, st.SearchStrategy[Any]] = {
    "LONG": st.integers(-(2**63), 2**63 - 1),
    "DOUBLE": st.floats(allow_nan=False, allow_infinity=False),
    "DECIMAL": st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**20), max_value=10**20),
    "DATE": st.dates(),
    "DATETIME": st.datetimes().map(lambda moment: moment.replace(fold=0)),
    "STRING": st.text(st.characters(exclude_categories=["Cs"]))
    | st.sampled_from(["", "null", "],[", '"', "\\", "]]", " x ", "a,b\n", "\\u0041", '],["']),
}


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[tuple[Any, ...]]]:
    kinds = draw(st.lists(st.sampled_from(sorted(CELLS)), min_size=1, max_size=5))
    row = st.tuples(*(st.none() | CELLS[kind] for kind in kinds))
    return kinds, draw(st.lists(row, min_size=1, max_size=6))


def body(kinds: list[str], rows: list[tuple[Any, ...]], *, compact: bool = True, ascii_only: bool = False) -> bytes:
    separators = (",", ":") if compact else (", ", ": ")

    def written(value: Any) -> str:
        if isinstance(value, Decimal):  # a number with all its digits, which json would make a float
            return str(value)
        text = value.isoformat() if isinstance(value, date) else value
        return json.dumps(text, separators=separators, ensure_ascii=ascii_only)

    def listed(values: Iterable[str]) -> str:
        return f"[{separators[0].join(values)}]"

    members = {
        "datasource": written("x"),
        "columns": listed(written(f"c{index}") for index in range(len(kinds))),
        "metadata": listed(written({"type": kind}) for kind in kinds),
        "rows": listed(listed(map(written, row)) for row in rows),
        "numRows": written(len(rows)),
        "numColumns": written(len(kinds)),
        "fromcache": written(False),
    }
    pairs = (f'"{name}"{separators[1]}{value}' for name, value in members.items())
    return f"{{{separators[0].join(pairs)}}}".encode()


def by_columns(content: bytes) -> QueryResult:
    found = _answer._by_columns(content)
    assert found is not None
    return found


SAMPLE_KINDS = ["LONG", "STRING", "DOUBLE", "DECIMAL", "DATE", "DATETIME"]
SAMPLE = [
    (2**53 + 1, "", 0.1, Decimal("12345678901234567890.10"), date(2024, 2, 29), datetime(2024, 2, 29, 23, 59, 59)),
    (None,) * 6,
    (-1, "a<b>\n", 1e300, Decimal(5), date(1, 1, 1), datetime(1970, 1, 1, 0, 0, 0, 500000)),
]


@given(tables(), st.booleans(), st.booleans())
def test_both_ways_of_reading_give_what_was_there(table, compact, ascii_only):
    kinds, rows = table
    content = body(kinds, rows, compact=compact, ascii_only=ascii_only)

    slow = _answer._by_objects(content)
    fast = _answer._by_columns(content)

    assert rows == list(slow)
    assert [list(map(type, row)) for row in rows] == [list(map(type, row)) for row in slow]
    if fast is not None:
        assert slow == fast
        assert [list(map(repr, row)) for row in slow] == [list(map(repr, row)) for row in fast]
        assert slow.to_arrow().equals(fast.to_arrow())


def test_columns_are_read_without_objects_where_that_is_possible():
    rows = [*SAMPLE, (7, 'quotes " and \\ and / and \t and \u00e9', None, None, None, None)] * 3

    for ascii_only in (False, True):
        assert rows == list(by_columns(body(SAMPLE_KINDS, rows, ascii_only=ascii_only)))


@pytest.mark.parametrize(
    "content",
    [
        body(["STRING", "LONG"], [("a", 1)], compact=False),
        body(["STRING"], [("a],[b",)]),
        body(["STRING"], [(" a",)]),
        body(["LONG"], [(2**64,)]),
        body(["LONG"], [("x",)]),
        body(["LONG"], [(1, 2)]),
        body(["DOUBLE"], [(1.5,), ("NaN",)]),
        b'{"columns":["a"],"metadata":[{"type":"DOUBLE"}],"rows":[[1.5],[NaN]]}',
        b'{"columns":["a"],"metadata":[{"type":"DOUBLE"}],"rows":[[1e400]]}',
        b'{"columns":["a"],"metadata":[{"type":"STRING"}],"rows":[["a\x01\\n"]]}',
        b'{"columns":["a"],"metadata":[{"type":"STRING"}],"rows":[["\\ud800"]]}',
        b'{"columns":["a"],"metadata":[{"type":"STRING"}],"rows":[["b"]],"more":[["c"]]}',
        b'{"columns":["\\"rows\\":[["],"metadata":[{"type":"LONG"}],"rows":[]}',
        b'{"x":{"rows":[[1]]},"columns":["a"],"metadata":[{"type":"LONG"}],"rows":[[2]]}',
    ],
)
def test_content_that_could_be_read_wrong_that_way_is_left_to_the_other(content):
    assert _answer._by_columns(content) is None


def test_numbers_keep_their_digits():
    content = b'{"columns":["l","x"],"metadata":[{"type":"LONG"},{"type":"DECIMAL"}],"rows":[[%d,1.50],[null,-0.1e-7]]}'
    result = _answer.query_result(content % 2**70)

    assert [(2**70, Decimal("1.50")), (None, Decimal("-0.1e-7"))] == list(result)
    assert [2**70, None] == result.to_arrow().column("l").to_pylist()
    assert [Decimal("1.5"), Decimal("-1E-8")] == result.to_arrow().column("x").to_pylist()
    fast = by_columns(content % 2**60)
    assert ["1.50", "-1E-8"] == [str(cell) for cell in fast.column("x")]


@pytest.mark.parametrize("way", [_answer._by_objects, by_columns])
def test_a_result_is_a_sequence_of_rows(way):
    result = way(body(SAMPLE_KINDS, SAMPLE))

    assert 3 == len(result) == len(result.rows)
    assert SAMPLE == list(result)
    assert SAMPLE[0] == result[0]
    assert SAMPLE[2] == result[-1]
    assert SAMPLE[1:] == list(result[1:])
    assert SAMPLE[::-2] == list(result[::-2])
    assert 2 == result[:2].num_rows
    assert [] == list(result[5:])
    with pytest.raises(IndexError):
        result[3]
    assert [2**53 + 1, None, -1] == list(result.column("c0"))
    assert ["", None, "a<b>\n"] == [row["c1"] for row in result.to_dicts()]
    assert result == pickle.loads(pickle.dumps(result))
    assert result != result[:2]
    assert tuple(SAMPLE) == result.rows
    assert hash(tuple(SAMPLE)) == hash(result.rows)
    assert SAMPLE[0] in result.rows


def test_rows_are_never_all_made_at_once_though_all_are_given():
    rows = [(number, str(number)) for number in range(25_000)]
    result = by_columns(body(["LONG", "STRING"], rows))

    assert rows == list(result)
    assert {} == result.rows._cells


def test_columns_of_one_name_are_counted_and_none_is_lost():
    result = _answer.query_result(
        b'{"columns":["a","b","a","a_2","","a"],"metadata":['
        + b",".join([b'{"type":"LONG"}'] * 6)
        + b'],"rows":[[1,2,3,4,5,6]]}'
    )
    names = ["a", "b", "a_3", "a_2", "column_5", "a_4"]

    assert ("a", "b", "a", "a_2", "", "a") == result.columns
    assert [dict(zip(names, range(1, 7), strict=True))] == result.to_dicts()
    assert names == result.to_arrow().column_names
    assert [dict(zip(names, range(1, 7), strict=True))] == result.to_polars().to_dicts()
    assert [dict(zip(names, range(1, 7), strict=True))] == result.to_pandas().to_dict("records")
    assert [[2], [3], [4], [5]] == [list(result.column(name)) for name in names[1:5]]
    with pytest.raises(ConfigError, match="more than one column 'a'.*'a_3'"):
        result.column("a")
    with pytest.raises(ConfigError, match="no column 'x'"):
        result.column("x")


@pytest.mark.parametrize("way", [_answer._by_objects, by_columns])
def test_frames_hold_what_the_cells_hold(way):
    result = way(body(SAMPLE_KINDS, SAMPLE))

    table = result.to_arrow()
    assert ["int64", "string", "double", "decimal128(38, 2)", "date32[day]", "timestamp[us]"] == [
        str(kind) for kind in table.schema.types
    ]
    assert SAMPLE == list(zip(*(column.to_pylist() for column in table.columns), strict=True))
    frame = result.to_polars()
    assert SAMPLE == frame.rows()
    assert [pl.Int64, pl.String, pl.Float64, pl.Decimal(38, 2), pl.Date, pl.Datetime("us")] == frame.dtypes
    assert frame.equals(pl.DataFrame(result))
    assert table.equals(pa.table(result))
    _assert_pandas(result.to_pandas())


def _assert_pandas(seen: pd.DataFrame) -> None:
    assert "Int64" == str(seen["c0"].dtype)
    assert 2**53 + 1 == seen["c0"][0]
    assert seen["c0"].isna().tolist() == [False, True, False]
    assert "" == seen["c1"][0]
    assert Decimal("12345678901234567890.10") == seen["c3"][0]
    assert pd.Timestamp(2024, 2, 29) == seen["c4"][0]
    assert pd.Timestamp(2024, 2, 29, 23, 59, 59) == seen["c5"][0]
    assert 2024 == seen["c4"].dt.year[0]


def test_a_requested_schema_is_honoured():
    result = _answer.query_result(body(["LONG"], [(1,)]))
    wanted = pa.schema([("c0", pa.int32())])

    assert wanted == pa.RecordBatchReader.from_stream(result, schema=wanted).schema


def test_without_pyarrow_everything_but_arrow_works(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    result = _answer.query_result(body(SAMPLE_KINDS, SAMPLE * 500))

    assert SAMPLE * 500 == list(result)
    assert SAMPLE * 500 == result.to_polars().rows()
    _assert_pandas(result[:3].to_pandas())
    for needs_it in (result.to_arrow, result.__arrow_c_stream__):
        with pytest.raises(ConfigError, match=r'pip install "domo-async\[arrow\]"'):
            needs_it()


def test_a_large_result_is_checked_when_it_is_looked_at():
    rows = [("2024-01-01",)] * 2_000 + [("soon",)]
    content = body(["DATE"], rows)
    result = _answer._by_objects(content)

    with pytest.raises(DecodeError, match=r"'soon' is not a DATE") as caught:
        list(result)

    assert "$.rows[2000][0]" == caught.value.path


@pytest.mark.parametrize(("kind", "text"), [("DATE", "0000-01-01"), ("DATETIME", "0000-01-01T00:00:00")])
@pytest.mark.parametrize("rows", [2, 2_000])
def test_a_year_that_python_does_not_have_is_refused_in_small_and_large_results(kind, text, rows):
    content = body([kind], [("2024-01-01",)] * rows + [(text,)])

    with pytest.raises(DecodeError, match=f"'0000-01-01.*' is not a {kind}") as caught:
        list(_answer.query_result(content))

    assert f"$.rows[{rows}][0]" == caught.value.path


def test_a_result_prints_as_a_table():
    result = _answer.query_result(
        body(["STRING", "LONG", "DOUBLE"], [("North", 1, None), ("", 20, 0.5), (None, 300, 1.0), ("a\nb", 4, 2.0)])
    )

    assert repr(result) == str(result)
    assert (
        [
            "c0        c1      c2",
            "STRING  LONG  DOUBLE",
            "------  ----  ------",
            "North      1    NULL",
            '""        20     0.5',
            "NULL     300     1.0",
            "a\\nb       4     2.0",
            "[4 rows × 3 columns]",  # noqa: RUF001 - a multiplication sign, as shown
        ]
    ) == str(result).splitlines()


def test_of_a_long_and_wide_result_the_ends_are_shown(monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    result = _answer.query_result(body(["STRING"] * 9, [(str(n),) * 9 for n in range(1000)]))

    lines = str(result).splitlines()

    assert 3 + 5 + 1 + 5 + 1 == len(lines)
    assert max(map(len, lines[:-1])) <= 30
    assert lines[3].startswith("0 ")
    assert lines[-2].startswith("999")
    assert "[1,000 rows × 9 columns, the last 5 not shown]" == lines[-1]  # noqa: RUF001 - a multiplication sign, as shown


def test_texts_cannot_play_tricks_with_terminals_and_notebooks():
    result = _answer.query_result(body(["STRING"], [("\x1b[2J<script>",), ("NULL",), (" x",), ("",), ("漢字",)]))

    assert "\x1b" not in str(result)
    assert '"NULL"' in str(result)
    assert '" x"' in str(result)
    shown = result._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert "<td>&quot;&quot;</td>" in shown


def test_an_empty_result_prints_too():
    result = _answer.query_result(b'{"columns":[],"metadata":[],"rows":[]}')

    assert "[0 rows × 0 columns]" in str(result)  # noqa: RUF001 - a multiplication sign, as shown
    assert "0 rows" in result._repr_html_()
    assert [] == list(result)
    assert Rows([ColumnType.LONG], [[]], 0) == ()

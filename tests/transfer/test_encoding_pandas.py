"""Frames of pandas without pyarrow."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import numpy as np
import pandas as pd
import pytest

from domo_async._transfer.encoding import CellRules, RowEncoder
from domo_async._transfer.encoding.pandas import columns_of_frame, frame_rows
from tests.transfer.encoding_reader import fields

WITHOUT_ARROW = """
import sys
sys.modules["pyarrow"] = None
import pandas as pd
from domo_async._transfer.encoding import CellRules, RowEncoder
from domo_async._transfer.encoding.pandas import columns_of_frame, frame_rows
frame = pd.DataFrame({"a": [1, 2], "s": ["x", None]})
encoder = RowEncoder(columns_of_frame(frame), CellRules())
sys.stdout.buffer.write(b"".join(map(encoder.encode, frame_rows(frame, rows=1))))
"""


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "n": [1, 2, 3],
            "missing": [1, None, 3],
            "nullable": pd.array([1, None, 3], dtype="Int64"),
            "f": np.array([0.1, np.nan, 2], dtype="float32"),
            "s": ["a", None, ""],
            "object": pd.Series(["a", np.nan, ""], dtype=object),
            "c": pd.Categorical(["x", None, "x"]),
            "b": [True, False, True],
            "at": pd.Series([pd.Timestamp("2024-01-01 01:00:00.000000001"), pd.NaT, pd.Timestamp("2024-01-02")]),
            "day": [date(2024, 1, 1), None, date(2024, 1, 2)],
            "span": pd.to_timedelta([1, None, 2], unit="s"),
        },
    ).set_axis(["i", "j", "k"])


@pytest.mark.parametrize("rows", [1, 2, 50_000])
def test_a_frame_is_written_by_its_values(rows: int) -> None:
    columns = columns_of_frame(frame())
    encoder = RowEncoder(columns, CellRules())

    written = b"".join(encoder.encode(chunk) for chunk in frame_rows(frame(), rows=rows))

    assert [str(column.type) for column in columns] == [
        *("LONG", "DOUBLE", "LONG", "DOUBLE", "STRING", "STRING", "STRING", "STRING", "DATETIME", "DATE", "STRING")
    ]
    day = "2024-01-01"
    assert fields(written) == [
        ["1", "1.0", "1", "0.1", "a", "a", "x", "true", f"{day} 01:00:00.000000001", day, "0:00:01"],
        ["2", *[None] * 6, "false", None, None, None],
        ["3", "3.0", "3", "2.0", "", "", "x", "true", "2024-01-02 00:00:00", "2024-01-02", "0:00:02"],
    ]


def test_a_frame_without_rows_or_columns_has_none() -> None:
    assert [] == list(frame_rows(frame().iloc[:0]))
    assert () == columns_of_frame(pd.DataFrame())
    assert [str(column.type) for column in columns_of_frame(frame().iloc[:0])].count("LONG") == 2


def test_two_columns_of_one_name_are_two() -> None:
    twice = pd.DataFrame([[1, "a"]], columns=["x", "x"])

    assert ["LONG", "STRING"] == [str(column.type) for column in columns_of_frame(twice)]
    assert [[(1, "a")]] == [list(map(tuple, chunk)) for chunk in frame_rows(twice)]


def test_pyarrow_is_not_needed() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_ARROW], check=True, capture_output=True)

    assert b'1,"x"\n2,\n' == done.stdout

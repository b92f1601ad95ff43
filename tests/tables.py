"""Tables of every column type, and their rows as text to compare."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from tests.datasets.test_results import CELLS

__all__ = ["VALUES", "content", "counted", "large_tables", "rows_of", "tables"]

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
VALUES = CELLS | {
    "STRING": WORDS | st.sampled_from(["", '"', "null", "NULL", " ", "\n", "\r\n", ",", "\\", '""', "a\nb"]),
    "DECIMAL": st.decimals(allow_nan=False, places=3, min_value=-(10**30), max_value=10**30),
}


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, str], list[tuple[Any, ...]]]:
    kinds = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=6))
    row = st.tuples(*(st.none() | VALUES[kind] for kind in kinds))
    return {f"c{place}": kind for place, kind in enumerate(kinds)}, draw(st.lists(row, min_size=1, max_size=8))


@st.composite
def large_tables(draw: st.DrawFn) -> tuple[dict[str, str], list[tuple[Any, ...]]]:
    """Hundreds of rows with two columns of each type, made of a few values a column, as drawing all would take long.

    Decimals are such as Spark has room for where it is told nothing of them.
    """
    values = VALUES | {"DECIMAL": st.decimals(allow_nan=False, places=3, min_value=-(10**19), max_value=10**19)}
    kinds = draw(st.permutations([*sorted(values), *sorted(values)]))
    pools = [[None, *draw(st.lists(values[kind], min_size=1, max_size=12))] for kind in kinds]
    chance = Random(draw(st.integers(0, 2**32)))
    rows = [tuple(map(chance.choice, pools)) for _ in range(draw(st.integers(100, 400)))]
    return {f"c{place}": kind for place, kind in enumerate(kinds)}, rows


def written(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return '"' + cell.replace('"', '""') + '"'
    return cell.isoformat() if isinstance(cell, date) else repr(cell) if isinstance(cell, float) else f"{cell}"


def content(rows: list[tuple[Any, ...]]) -> bytes:
    return "".join(",".join(map(written, row)) + "\n" for row in rows).encode()


def counted(rows: Any) -> list[str]:
    """Return rows as text to compare: sorted, as no order was asked for, decimals without superfluous zeros."""
    return sorted(repr(list(map(_plain, row))) for row in rows)


def _plain(cell: Any) -> Any:
    if isinstance(cell, Decimal):
        # Without arithmetic, which would round to 28 digits.
        text = f"{cell:f}".rstrip("0").rstrip(".") if "." in f"{cell:f}" else f"{cell:f}"
        return "0" if text == "-0" else text
    # Zero has no sign in a dataset.
    return cell + 0 if isinstance(cell, float) else cell


def rows_of(table: pa.Table) -> list[tuple[Any, ...]]:
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))

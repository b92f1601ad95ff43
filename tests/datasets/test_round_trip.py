"""What goes up comes back equal, value by value, in each way of reading."""

from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from domo_async.sync import Domo
from tests.datasets.test_results import CELLS

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
VALUES = CELLS | {
    "STRING": WORDS | st.sampled_from(["", '"', "null", "NULL", " ", "\n", "\r\n", ",", "\\", '""', "a\nb"]),
    # A scan has a fixed type for decimals.
    "DECIMAL": st.decimals(allow_nan=False, places=3, min_value=-(10**19), max_value=10**19),
}


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, str], list[tuple[Any, ...]]]:
    kinds = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=6))
    row = st.tuples(*(st.none() | VALUES[kind] for kind in kinds))
    return {f"c{place}": kind for place, kind in enumerate(kinds)}, draw(st.lists(row, min_size=1, max_size=8))


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
        return f"{cell.normalize() + 0:f}"
    # Zero has no sign in a dataset.
    return cell + 0 if isinstance(cell, float) else cell


def rows_of(table: pa.Table) -> list[tuple[Any, ...]]:
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def check(domo: Domo, folder: Path, columns: dict[str, str], rows: list[tuple[Any, ...]]) -> None:
    made = domo.datasets.create("Round trip", columns)
    domo.datasets.upload(made.id, content(rows), header=False)
    kinds = tuple(columns.values())
    expected = counted(rows)

    result = domo.datasets.query(made.id, "SELECT * FROM table")
    assert (tuple(columns), kinds) == (result.columns, result.types)
    assert expected == counted(result)
    assert expected == counted(rows_of(result.to_arrow()))
    batches = list(domo.datasets.scan(made.id, batch_rows=3))
    assert expected == counted(row for batch in batches for row in rows_of(pa.Table.from_batches([batch])))
    assert expected == counted(domo.datasets.frame(made.id).rows())
    domo.datasets.export(made.id, folder / "out.parquet")
    assert expected == counted(rows_of(parquet.read_table(folder / "out.parquet")))
    domo.datasets.export(made.id, folder / "out.csv.gz")
    exported = arrow_csv.read_csv(
        folder / "out.csv.gz",
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=arrow_csv.ConvertOptions(
            column_types=batches[0].schema,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    assert expected == counted(rows_of(exported))
    domo.datasets.delete(made.id)


async def round_trips(emulator: Any, folder: Path, examples: int) -> None:
    with Domo(emulator.url, token=emulator.token) as domo:

        @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(tables())
        def run(table: tuple[dict[str, str], list[tuple[Any, ...]]]) -> None:
            check(domo, folder, *table)

        await asyncio.to_thread(run)


async def test_tables_of_every_type_come_back_as_they_went_up(emulator, tmp_path):
    await round_trips(emulator, tmp_path, 15)


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_a_thousand_tables_come_back_as_they_went_up(emulator, tmp_path):
    await round_trips(emulator, tmp_path, 1_000)

"""What goes up comes back equal, value by value, in each way of reading."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from domo_async.sync import Domo
from tests.tables import content, counted, rows_of, tables


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

        @settings(max_examples=examples)
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

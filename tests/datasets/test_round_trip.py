"""What goes up comes back equal, value by value, in each way of reading."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from domo_async import SourceError
from domo_async.sync import Domo
from tests.tables import counted, rows_of
from tests.tables_given import FORMS, REFUSED, TYPES, Given, given_tables


def check(domo: Domo, folder: Path, table: Given) -> None:
    columns = table.columns
    made = domo.datasets.create("Round trip", columns)
    refused = {
        (number, name)
        for number, row in enumerate(table.expected, 1)
        for name, cell in zip(columns, row, strict=True)
        if cell is REFUSED
    }
    source = FORMS[table.form](folder, columns, table.rows)
    if refused:
        with pytest.raises(SourceError, match=r'^row [0-9]+, column "c[0-9]+": ') as caught:
            domo.datasets.upload(made.id, source)
        number, name = re.findall(r'^row ([0-9]+), column "(c[0-9]+)"', caught.value.message)[0]
        assert (int(number), name) in refused
        return
    domo.datasets.upload(made.id, source)
    kinds = tuple(columns.values())
    expected = counted(table.expected)

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
            # Arrow's reader of CSV has no wider decimals.
            column_types={name: TYPES[kind] for name, kind in columns.items()},
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
        @given(given_tables())
        def run(table: Given) -> None:
            check(domo, folder, table)

        await asyncio.to_thread(run)


async def test_tables_of_every_type_and_form_come_back_as_they_went_up_or_are_refused(emulator, tmp_path):
    await round_trips(emulator, tmp_path, 25)


@pytest.mark.long
@pytest.mark.timeout(1800)
async def test_two_thousand_tables_come_back_as_they_went_up_or_are_refused(emulator, tmp_path):
    await round_trips(emulator, tmp_path, 2_000)

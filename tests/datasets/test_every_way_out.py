"""What one result holds comes out of every door as it is: great decimals, U+FEFF, columns of one name."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import feather, parquet

from domo_async import ConfigError, DecodeError, Domo
from domo_async._transfer.arrow import csv_batch, with_decimals
from domo_async._transfer.columns import distinct_names
from domo_async._transfer.reading import scanning, table_files
from tests.support import talking_to

Rows = Sequence[Sequence[str]]


class Instance:
    """An instance that has one result, in CSV and in JSON.

    Args:
        columns: Its columns, as CSV has them.
        kinds: Their types.
        rows: Its rows, as JSON and CSV have them alike.
        csv: Whether CSV is given where it is asked for.
    """

    def __init__(self, columns: Sequence[str], kinds: Sequence[str], rows: Rows, *, csv: bool = True) -> None:
        self.columns, self.kinds, self.rows, self.csv = columns, kinds, rows, csv

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        sql = (await request.json())["sql"]
        if self.csv and "text/csv" in request.headers["Accept"]:
            lines = "".join(",".join("" if cell == "null" else cell for cell in row) + "\n" for row in self.rows)
            return web.Response(body=f"{','.join(self.columns)}\n{lines}".encode(), content_type="text/csv")
        rows = [] if "LIMIT 0" in sql else self.rows
        listed = [f"[{','.join(map(_json, row, self.kinds))}]" for row in rows]
        facts = {"columns": self.columns, "metadata": [{"type": kind} for kind in self.kinds]}
        return web.Response(
            text=f'{json.dumps(facts)[:-1]},"rows":[{",".join(listed)}],"numRows":{len(listed)}}}',
            content_type="application/json",
        )


def _json(cell: str, kind: str) -> str:
    return json.dumps(cell) if kind == "STRING" and cell[:1] != '"' else cell


async def scanned(domo: Domo, _: Path) -> pa.Table:
    batches = [batch async for batch in domo.datasets.scan("x", batch_rows=2)]
    return pa.Table.from_batches([batch.cast(batches[-1].schema) for batch in batches])


async def exported(domo: Domo, path: Path) -> pa.Table:
    done = await domo.datasets.export("x", path)
    assert [(path, done.bytes)] == [(found, found.stat().st_size) for found in path.parent.iterdir()]
    if path.suffix == ".parquet":
        return parquet.read_table(path)
    return feather.read_table(path)


DOORS: dict[str, Callable[[Domo, Path], Awaitable[Any]]] = {
    "query": lambda domo, _: domo.datasets.query("x", "SELECT * FROM table"),
    "scan": scanned,
    "frame": lambda domo, _: domo.datasets.frame("x", kind="arrow"),
    "pandas": lambda domo, _: domo.datasets.frame("x", kind="pandas"),
    "polars": lambda domo, _: domo.datasets.frame("x"),
    "Parquet": lambda domo, folder: exported(domo, folder / "out.parquet"),
    "Arrow": lambda domo, folder: exported(domo, folder / "out.arrow"),
    "Feather": lambda domo, folder: exported(domo, folder / "out.feather"),
}


def table_of(found: Any) -> dict[str, list[Any]]:
    """Return the columns of whatever a door gives."""
    if isinstance(found, pa.Table):
        return found.to_pydict()
    if hasattr(found, "to_dicts"):
        rows = found.to_dicts()
        return {name: [row[name] for row in rows] for name in rows[0]}
    return {name: [None if cell is None else cell for cell in found[name]] for name in found.columns}


GREAT = [
    "12345678901234567890.5",
    "123456789012345678901.5",
    "1234567890123456789012345.5",
    f"-{'9' * 38}",
    f"0.{'1' * 38}",
    f"{'9' * 30}.12345678",
    "1e-20",
    "2E+30",
]
COLUMNS = [
    *([cell, "null", "0", cell] for cell in GREAT),
    ["1.5", *GREAT[:3]],
    ["null", "null", GREAT[2], "2.5"],
    ["0.000000000000000001", "null", "1", GREAT[0]],
]
TOO_MANY_FOR_POLARS = ["0.5", "1" * 38, f"-0.{'0' * 37}1", "12345678901234567890.123456789012345678"]


@pytest.mark.parametrize("csv", [True, False])
@pytest.mark.parametrize("door", DOORS)
async def test_decimals_of_38_digits_and_any_scale_keep_them(door, csv, tmp_path):
    columns = COLUMNS if door == "polars" else [*COLUMNS, TOO_MANY_FOR_POLARS]
    names = [f"x{place}" for place in range(len(columns))]
    rows = list(zip(*columns, strict=True))
    async with talking_to(Instance(names, ["DECIMAL"] * len(columns), rows, csv=csv)) as domo:
        found = table_of(await DOORS[door](domo, tmp_path))

    cells = [[None if cell == "null" else Decimal(cell) for cell in column] for column in columns]
    assert dict(zip(names, cells, strict=True)) == found


async def test_polars_is_given_no_more_digits_than_it_has(monkeypatch):
    rows = [[cell] for cell in TOO_MANY_FOR_POLARS]
    async with talking_to(Instance(["x"], ["DECIMAL"], rows)) as domo:
        with pytest.raises(ConfigError, match="column 'x' have more than 38 digits"):
            await domo.datasets.frame("x")
        result = await domo.datasets.query("x", "SELECT 1")
        monkeypatch.setitem(sys.modules, "pyarrow", None)
        with pytest.raises(ConfigError, match="column 'x' have more than 38 digits"):
            result.to_polars()
        assert [Decimal(TOO_MANY_FOR_POLARS[-1])] == result[3:].to_polars()["x"].to_list()


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "feather"])
async def test_files_have_no_wider_decimals_than_their_numbers_need(suffix, tmp_path, monkeypatch):
    monkeypatch.setattr(scanning, "_PARSED", 1)
    monkeypatch.setattr(table_files, "_GROUP", 2)
    plain, great = ["1.5", "0.25", "3"], ["12345678901234567890123.5"]
    for cells, kind in (
        (plain, pa.decimal128(38, 18)),
        (plain + great, pa.decimal128(38, 15)),
        (great + plain + great * 9 + plain, pa.decimal128(38, 15)),
        (plain + TOO_MANY_FOR_POLARS, pa.decimal256(76, 38)),
    ):
        rows = [[cell, f'"{number}"', cell] for number, cell in enumerate(cells)]
        async with talking_to(Instance(["x", "s", "l"], ["DECIMAL", "STRING", "DECIMAL"], rows)) as domo:
            table = await exported(domo, tmp_path / f"out.{suffix}")

        assert [kind, pa.string(), kind] == table.schema.types
        assert [None if cell == "null" else Decimal(cell) for cell in cells] == table.column("x").to_pylist()


@pytest.mark.parametrize("door", ["scan", "frame", "Parquet", "Arrow"])
async def test_more_digits_than_arrow_has_are_refused_with_what_to_do(door, tmp_path):
    (tmp_path / "out.parquet").write_bytes(b"yesterday")
    for cell in ("9" * 77, f"1.{'5' * 77}"):
        async with talking_to(Instance(["x"], ["DECIMAL"], [["1"], [cell]])) as domo:
            with pytest.raises(ConfigError, match=r"77.*cast it in SQL, or read it with `query`"):
                await DOORS[door](domo, tmp_path)
            assert Decimal(cell) == (await domo.datasets.query("x", "SELECT 1")).column("x")[1]

    assert b"yesterday" == (tmp_path / "out.parquet").read_bytes()


@pytest.mark.parametrize("door", ["scan", "frame", "Parquet"])
@pytest.mark.parametrize("cell", ["twelve", "NaN", "Infinity", "1e", "--5", ".", "+", "1.5.5", '""'])
async def test_a_cell_that_is_not_a_decimal_is_not_made_one(door, cell, tmp_path):
    async with talking_to(Instance(["x"], ["DECIMAL"], [["1"], [cell]])) as domo:
        with pytest.raises(DecodeError, match=f"""'{re.escape(cell.strip('"'))}' is not a DECIMAL"""):
            await DOORS[door](domo, tmp_path)


DECIMALS = st.builds(
    lambda sign, digits, exponent: Decimal((sign, tuple(map(int, digits)), -exponent)),
    st.integers(0, 1),
    st.text("0123456789", min_size=1, max_size=38),
    st.integers(0, 38),
)


@given(st.lists(st.none() | DECIMALS, min_size=1, max_size=5), st.booleans())
def test_no_decimal_of_38_digits_becomes_another(values, plain):
    """However it is written, beside any others."""
    texts = ["" if value is None else f"{value:f}" if plain else str(value) for value in values]
    content = "".join(f"1,{text}\n" for text in texts).encode()

    batch = csv_batch(content, ["n", "x"], ["LONG", "DECIMAL"])
    text = pa.Table.from_batches([csv_batch(content, ["n", "x"], ["LONG", "DECIMAL"], text=True)])

    assert values == batch.column("x").to_pylist()
    assert values == with_decimals(text, ["LONG", "DECIMAL"]).column("x").to_pylist()


@pytest.mark.parametrize("csv", [True, False])
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("great", ["9223372036854775808", "-9223372036854775809", "9" * 38])
async def test_integers_beyond_64_bits_keep_their_digits(door, csv, great, tmp_path, monkeypatch):
    """In whichever batch they are."""
    monkeypatch.setattr(scanning, "_PARSED", 1)
    monkeypatch.setattr(table_files, "_GROUP", 2)
    cells = ["9223372036854775807", "null", "-1", great, "2", "-9223372036854775808"]
    async with talking_to(Instance(["n", "s"], ["LONG", "STRING"], [[cell, "a"] for cell in cells], csv=csv)) as domo:
        found = table_of(await DOORS[door](domo, tmp_path))

    assert [None if cell == "null" else int(cell) for cell in cells] == found["n"]


@pytest.mark.parametrize("door", ["scan", "frame", "Parquet"])
@pytest.mark.parametrize("cell", ["1.5", "1e3", "x", "9223372036854775808.0", '""'])
async def test_a_cell_that_is_not_an_integer_is_not_made_one(door, cell, tmp_path):
    async with talking_to(Instance(["n"], ["LONG"], [["1"], [cell]])) as domo:
        with pytest.raises(DecodeError, match="int64: invalid value"):
            await DOORS[door](domo, tmp_path)


@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.parametrize("kind", ["STRING", "LONG", "DECIMAL", "DATE"])
def test_null_at_the_very_end_is_null(kind, end):
    """Also behind a quoted field, and without a line end."""
    for text in (False, True):
        batch = csv_batch(f'"a",\n"b",{end}'.encode(), ["s", "x"], ["STRING", kind], text=text)

        assert [("a", None), ("b", None)] == [tuple(row.values()) for row in batch.to_pylist()]


@pytest.mark.parametrize("csv", [True, False])
@pytest.mark.parametrize("door", DOORS)
async def test_u_feff_is_kept_wherever_it_stands(door, csv, tmp_path, monkeypatch):
    monkeypatch.setattr(scanning, "_PARSED", 1)
    cells = ["\ufeff", "\ufeffEU", "US", "\ufeff\ufeff", "a\ufeff"]
    rows = [[cell, "1"] for cell in cells]
    async with talking_to(Instance(["\ufeffid", "n"], ["STRING", "LONG"], rows, csv=csv)) as domo:
        found = table_of(await DOORS[door](domo, tmp_path))

    assert {"\ufeffid": cells, "n": [1] * 5} == found


@pytest.mark.parametrize("name", ["id", "\ufeffid"])
async def test_a_mark_before_the_header_is_none_of_it(name):
    plain, marked = (Instance([f"{mark}{name}"], ["LONG"], [["1"]]) for mark in ("", "\ufeff"))

    async def handler(request: web.BaseRequest) -> web.Response:
        return await (marked if "text/csv" in request.headers["Accept"] else plain)(request)

    async with talking_to(handler) as domo:
        assert {name: [1]} == (await domo.datasets.frame("x", kind="arrow")).to_pydict()


@pytest.mark.parametrize("csv", [True, False])
@pytest.mark.parametrize("door", DOORS)
async def test_columns_of_one_name_or_of_none_are_all_there(door, csv, tmp_path):
    columns = ["id", "", "id", "ID", "id_2", "id"]
    async with talking_to(Instance(columns, ["LONG"] * 6, [list("123456")], csv=csv)) as domo:
        found = table_of(await DOORS[door](domo, tmp_path))

    assert {"id": [1], "column_2": [2], "id_3": [3], "ID": [4], "id_2": [5], "id_4": [6]} == found


@given(st.lists(st.sampled_from(["", "a", "A", "a_2", "a_2_2", "column_1", "column_2"]), max_size=8), st.booleans())
def test_distinct_names_are_distinct_and_change_no_more_than_they_have_to(names, fold):
    made = distinct_names(names, fold=fold)

    assert len(names) == len({name.casefold() if fold else name for name in made})
    first = {(name.casefold() if fold else name): place for place, name in reversed([*enumerate(names)])}
    assert all(made[place] == names[place] for name, place in first.items() if name)

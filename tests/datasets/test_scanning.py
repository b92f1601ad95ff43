"""Scans and frames: results of any size, batch by batch."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from aiohttp import web

from domo_async import BadRequest, ConfigError, DecodeError, IncompleteAnswer, NotFound, Settings
from domo_async._transfer.reading import scanning
from domo_async.emulator import Fault
from domo_async.sync import Domo as SyncDomo
from tests.support import talking_to

EXPORT = "POST *export/*"
TYPES = {"l": "LONG", "s": "STRING", "d": "DOUBLE", "x": "DECIMAL", "on": "DATE", "at": "DATETIME"}
CONTENT = (
    b"9007199254740993,text,0.1,12345678901234567890.123,2024-02-29,2024-02-29T23:59:59\n"
    b",,,,,\n"
    b'7,"",1e300,0.1,1970-01-01,1970-01-01T00:00:00.5\n'
    b'8,"a ""quoted""\nline, or two",2,-5,1970-01-01,1970-01-01T00:00:00\n'
)
ROWS = [
    (
        2**53 + 1,
        "text",
        0.1,
        Decimal("12345678901234567890.123"),
        date(2024, 2, 29),
        datetime(2024, 2, 29, 23, 59, 59),
    ),
    (None,) * 6,
    (7, "", 1e300, Decimal("0.1"), date(1970, 1, 1), datetime(1970, 1, 1, 0, 0, 0, 500000)),
    (8, 'a "quoted"\nline, or two', 2.0, Decimal(-5), date(1970, 1, 1), datetime(1970, 1, 1)),
]


def rows_of(batches: Sequence[pa.RecordBatch]) -> list[tuple[Any, ...]]:
    return [row for batch in batches for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)]


@pytest.fixture
async def dataset_id(domo):
    dataset = await domo.datasets.create("Test", TYPES)
    await domo.datasets.upload(dataset.id, CONTENT, header=False)
    return dataset.id


@pytest.fixture
async def numbers(domo):
    dataset = await domo.datasets.create("Numbers", {"n": "LONG", "s": "STRING"})
    await domo.datasets.upload(dataset.id, b"".join(b'%d,"row\n%d"\n' % (n, n) for n in range(20_000)), header=False)
    return dataset.id


async def test_a_scan_gives_every_row_as_it_is(domo, dataset_id):
    batches = [batch async for batch in domo.datasets.scan(dataset_id)]

    assert ROWS == rows_of(batches)
    assert ["int64", "string", "double", "decimal128(38, 18)", "date32[day]", "timestamp[us]"] == [
        str(kind) for kind in batches[0].schema.types
    ]
    assert list(TYPES) == batches[0].schema.names


@pytest.mark.parametrize("rows", [1, 3, 7_000, 20_000, 50_000])
async def test_batches_have_the_rows_that_were_asked_for(domo, numbers, monkeypatch, rows):
    monkeypatch.setattr(scanning, "_PARSED", 30_000)

    batches = [batch async for batch in domo.datasets.scan(numbers, "SELECT * FROM table LIMIT 9000", batch_rows=rows)]

    assert {rows} >= {batch.num_rows for batch in batches[:-1]}
    assert 0 < batches[-1].num_rows <= rows
    assert [(n, f"row\n{n}") for n in range(9_000)] == rows_of(batches)


async def test_rows_too_large_for_a_batch_come_in_several(domo, numbers, monkeypatch):
    monkeypatch.setattr(scanning, "_PARSED", 30_000)
    monkeypatch.setattr(scanning, "_MOST_HELD", 50_000)
    # More than arrives in one piece, however late it is read.
    await domo.datasets.upload(numbers, b"".join(b'%d,"row\n%d"\n' % (n, n) for n in range(100_000)), header=False)

    batches = [batch async for batch in domo.datasets.scan(numbers, batch_rows=100_000)]

    assert 1 < len(batches)
    assert [(n, f"row\n{n}") for n in range(100_000)] == sorted(rows_of(batches))


async def test_columns_conditions_and_values_make_the_query(domo, dataset_id):
    chosen = {"columns": ["l", "on"], "where": "s = :s AND l IN :l", "params": {"s": "", "l": [7, 8]}}

    assert [(7, date(1970, 1, 1))] == rows_of([batch async for batch in domo.datasets.scan(dataset_id, **chosen)])
    sql = "SELECT COUNT(*) AS n FROM table WHERE l > ?"
    assert [(2,)] == rows_of([batch async for batch in domo.datasets.scan(dataset_id, sql, params=[7])])


async def test_values_from_outside_stay_values(domo, dataset_id):
    for text in ("' OR 1=1 -- ", "\\' OR 1=1 -- ", "\\", "''", '"`?:a'):
        result = await domo.datasets.query(dataset_id, "SELECT ? AS t, COUNT(*) AS n FROM table", [text])
        none = await domo.datasets.query(dataset_id, "SELECT l FROM table WHERE s = :t", {"t": text})

        assert [(text, 4)] == list(result)
        assert [] == list(none)


async def test_values_of_every_type_find_their_rows(domo, dataset_id):
    for place, column in enumerate(TYPES):
        if column != "x":
            sql = f"SELECT l FROM table WHERE `{column}` = ?"
            assert [(ROWS[0][0],)] == list(await domo.datasets.query(dataset_id, sql, [ROWS[0][place]])), column
    sql = "SELECT l FROM table WHERE l = ?"
    assert [] == list(await domo.datasets.query(dataset_id, sql, [None]))


async def test_a_scan_of_no_rows_has_no_batches_and_its_frame_has_columns(domo, dataset_id):
    sql = "SELECT * FROM table WHERE l = 99"

    assert [] == [batch async for batch in domo.datasets.scan(dataset_id, sql)]
    frame = await domo.datasets.frame(dataset_id, sql)
    assert (0, list(TYPES)) == (frame.height, frame.columns)


async def test_wrong_arguments_and_sql_are_told(domo, emulator, dataset_id):
    emulator.log.clear()
    for wrong in (
        {"sql": "SELECT 1", "columns": ["a"]},
        {"sql": "SELECT 1", "where": "a"},
        {"columns": "abc"},
        {"where": "a = ?", "params": []},
        {"batch_rows": 0},
        {"batch_rows": "9"},
    ):
        with pytest.raises(ConfigError):
            domo.datasets.scan(dataset_id, **wrong)
    with pytest.raises(ConfigError, match="type of frame"):
        await domo.datasets.frame(dataset_id, kind="spark")
    assert 0 == len(emulator.log)

    with pytest.raises(BadRequest, match="nope"):
        await anext(aiter(domo.datasets.scan(dataset_id, "SELECT nope FROM table")))
    with pytest.raises(NotFound):
        await anext(aiter(domo.datasets.scan("none")))


async def test_frames_of_every_kind(domo, dataset_id):
    polars = await domo.datasets.frame(dataset_id)
    pandas = await domo.datasets.frame(dataset_id, kind="pandas", columns=["l", "s"])
    arrow = await domo.datasets.frame(dataset_id, "SELECT l, x FROM table", kind="arrow")

    assert isinstance(polars, pl.DataFrame)
    assert ROWS == polars.rows()
    assert isinstance(pandas, pd.DataFrame)
    assert ["Int64", "l", "s"] == [str(pandas["l"].dtype), *pandas.columns]
    assert (pa.int64(), pa.decimal128(38, 3)) == tuple(arrow.schema.types)
    assert [row[3] for row in ROWS] == arrow.column("x").to_pylist()


@pytest.mark.parametrize("kind", ["truncate", "drop_after", "status", "html"])
async def test_a_scan_that_breaks_off_before_its_first_batch_is_begun_again(domo, emulator, dataset_id, kind):
    emulator.faults.add(Fault(EXPORT, kind, count=2))

    assert ROWS == rows_of([batch async for batch in domo.datasets.scan(dataset_id)])
    assert 3 == len(emulator.log.matching(EXPORT))


async def test_a_scan_that_breaks_off_later_says_what_it_gave(domo, emulator, numbers, monkeypatch):
    monkeypatch.setattr(scanning, "_PARSED", 30_000)
    emulator.faults.add(Fault(EXPORT, "truncate", after_bytes=200_000, count=None))
    given, exports = 0, 0

    with pytest.raises(IncompleteAnswer, match=r"[\d,]+ rows were already returned"):
        async for batch in domo.datasets.scan(numbers, batch_rows=500):
            # On a slow machine the first may break off before a batch is out.
            exports = exports or len(emulator.log.matching(EXPORT))
            given += batch.num_rows

    assert 0 < given < 20_000
    assert exports == len(emulator.log.matching(EXPORT))


async def test_a_frame_that_breaks_off_is_begun_again(domo, emulator, numbers, monkeypatch):
    monkeypatch.setattr(scanning, "_PARSED", 30_000)
    emulator.faults.add(Fault(EXPORT, "truncate", after_bytes=200_000, count=2))

    assert 20_000 == (await domo.datasets.frame(numbers)).height


async def test_a_scan_that_is_left_lets_go_of_its_connection(emulator, numbers, monkeypatch):
    monkeypatch.setattr(scanning, "_PARSED", 1_000)

    async with emulator.client(settings=Settings(connections=1)) as domo:
        for _ in range(2):
            batches = domo.datasets.scan(numbers, batch_rows=10)
            assert 10 == (await anext(batches)).num_rows
            await batches.aclose()


async def test_the_facade_scans_too(emulator, numbers):
    def blocking() -> list[tuple[Any, ...]]:
        with SyncDomo(emulator.url, token=emulator.token) as domo:
            first = next(iter(domo.datasets.scan(numbers, batch_rows=5)))
            assert 5 == first.num_rows
            assert 20_000 == domo.datasets.frame(numbers, kind="arrow").num_rows
            return rows_of(list(domo.datasets.scan(numbers, "SELECT n FROM table WHERE n < :n", params={"n": 2})))

    assert [(0,), (1,)] == await asyncio.to_thread(blocking)


class Instance:
    """An instance that answers queries over the numbers below `total`, at most `cap` rows each."""

    kind = "LONG"

    def __init__(self, total: int, *, csv: bool, cap: int = 10**9) -> None:
        self.total = total
        self.csv = csv
        self.cap = cap
        self.asked: list[str] = []

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        sql: str = json.loads(await request.read())["sql"]
        self.asked.append(sql)
        words = sql.split()
        limit = int(words[words.index("LIMIT") + 1]) if "LIMIT" in words else self.total
        offset = int(words[words.index("OFFSET") + 1]) if "OFFSET" in words else 0
        found = list(range(self.total))[offset:][: min(limit, self.cap)]
        if self.csv and "text/csv" in request.headers["Accept"]:
            return web.Response(text="\ufeffn\n" + "".join(map(self.record, found)), content_type="text/csv")
        answer = {"columns": ["n"], "metadata": [{"type": self.kind}], "rows": [[self.cell(n)] for n in found]}
        return web.json_response(answer | {"numRows": len(found), "numColumns": 1})

    def cell(self, number: int) -> Any:
        """Return a number as JSON has it."""
        return number

    def record(self, number: int) -> str:
        """Return a number as CSV has it."""
        return f"{number}\n"


async def scanned(instance: Instance, sql: str | None = None) -> list[int]:
    async with talking_to(instance) as domo:
        return [number for (number,) in rows_of([batch async for batch in domo.datasets.scan("x", sql)])]


@pytest.mark.parametrize("csv", [True, False])
async def test_a_result_that_the_instance_cuts_is_an_error(monkeypatch, csv):
    monkeypatch.setattr(scanning, "CAP", 50)

    with pytest.raises(IncompleteAnswer, match="50 rows of a result that has more"):
        await scanned(Instance(51, csv=csv, cap=50))

    assert list(range(50)) == await scanned(Instance(50, csv=csv, cap=50))
    assert list(range(50)) == await scanned(Instance(90, csv=csv, cap=50), "SELECT n FROM table LIMIT 50")


async def test_an_instance_without_csv_is_read_page_by_page_where_there_is_an_order(monkeypatch):
    monkeypatch.setattr(scanning, "_PAGE", 20)
    instance = Instance(50, csv=False, cap=15)

    assert list(range(50)) == await scanned(instance, "SELECT n FROM table ORDER BY n")
    assert "SELECT n FROM table ORDER BY n LIMIT 20 OFFSET 45" in instance.asked
    assert 7 == len(instance.asked)


async def test_an_answer_of_other_columns_is_an_error():
    async def handler(request: web.BaseRequest) -> web.Response:
        if "text/csv" in request.headers["Accept"]:
            return web.Response(text="a,c\n1,2\n", content_type="text/csv")
        metadata = [{"type": "LONG"}, {"type": "LONG"}]
        return web.json_response({"columns": ["a", "b"], "metadata": metadata, "rows": []})

    async with talking_to(handler) as domo:
        with pytest.raises(DecodeError, match="columns a, c instead of a, b"):
            await domo.datasets.frame("x")


@pytest.mark.parametrize(
    "text", ["a,b\n1\n", "a,b\n1,2,3\n", "a,b\nx,2\n", 'a,b\n1,"2\n', "a,b\n1,2\n3", "", 'a,b\n1,2"\n']
)
async def test_csv_that_does_not_fit_is_an_error(text):
    async def handler(request: web.BaseRequest) -> web.Response:
        if "text/csv" in request.headers["Accept"]:
            return web.Response(text=text, content_type="text/csv")
        metadata = [{"type": "LONG"}, {"type": "LONG"}]
        return web.json_response({"columns": ["a", "b"], "metadata": metadata, "rows": []})

    async with talking_to(handler) as domo:
        with pytest.raises((DecodeError, IncompleteAnswer)):
            await domo.datasets.frame("x")


@pytest.mark.parametrize("rest", ['1,"2\n', "1,2\n3", '1,"', "1,\u00e9"])
async def test_csv_that_ends_within_a_record_is_incomplete(rest):
    """It may be whole the next time."""
    tries = 0

    async def handler(request: web.BaseRequest) -> web.Response:
        nonlocal tries
        if "text/csv" not in request.headers["Accept"]:
            metadata = [{"type": "LONG"}, {"type": "STRING"}]
            return web.json_response({"columns": ["a", "b"], "metadata": metadata, "rows": []})
        tries += 1
        body = b"a,b\n" + (rest.encode()[: len(rest)] if tries < 3 else b"5,whole\n")
        return web.Response(body=body, content_type="text/csv")

    async with talking_to(handler) as domo:
        assert {"a": [5], "b": ["whole"]} == (await domo.datasets.frame("x", kind="arrow")).to_pydict()

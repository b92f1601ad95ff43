"""Rows that carry the names of their columns go by name, and other items are refused."""

from __future__ import annotations

import csv
import io
import sqlite3
from dataclasses import dataclass
from typing import Any, NamedTuple

import attrs
import pytest

from domo_async import SourceError

COLUMNS = {"first": "STRING", "last": "STRING"}


class Person(NamedTuple):
    last: str
    first: str


class Upper(NamedTuple):
    LAST: str
    FIRST: str


@dataclass(frozen=True)
class Data:
    last: str
    first: str


@attrs.frozen
class Attributes:
    last: str
    first: str


class Record:
    """A row as asyncpg gives it: neither a mapping nor a sequence."""

    def __init__(self, **cells: object) -> None:
        self._cells = cells

    def keys(self) -> Any:
        return iter(self._cells)

    def __getitem__(self, key: str | int) -> object:
        return self._cells[key] if isinstance(key, str) else list(self._cells.values())[key]

    def __iter__(self) -> Any:
        return iter(self._cells.values())

    def __len__(self) -> int:
        return len(self._cells)


class SparkRow(tuple):  # type: ignore[type-arg] # noqa: SLOT001 - as it is there
    """A row as Spark gives it."""

    __fields__ = ("last", "first")


def of_sqlite() -> sqlite3.Cursor:
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.row_factory = sqlite3.Row
    return connection.execute("SELECT 'Lovelace' AS last, 'Ada' AS first")


@pytest.mark.parametrize(
    "rows",
    [
        lambda: [Person("Lovelace", "Ada")],
        of_sqlite,
        lambda: [Record(last="Lovelace", first="Ada")],
        lambda: [SparkRow(["Lovelace", "Ada"])],
        lambda: [Data("Lovelace", "Ada")],
        lambda: [Attributes("Lovelace", "Ada")],
        lambda: [Upper("Lovelace", "Ada")],
    ],
)
async def test_rows_with_names_go_by_name(domo, rows):
    dataset = await domo.datasets.create("Test", COLUMNS)

    await domo.datasets.upload(dataset.id, rows())

    assert [("Ada", "Lovelace")] == list(await domo.datasets.query(dataset.id, "SELECT * FROM table"))


async def test_rows_with_names_name_the_columns_of_a_new_dataset(domo):
    made = await domo.datasets.create_from([Person("Lovelace", "Ada")], "Test")

    assert {"last": "STRING", "first": "STRING"} == made.columns


def of_sqlite_twice() -> sqlite3.Cursor:
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.row_factory = sqlite3.Row
    return connection.execute("SELECT 'a' AS first, 'b' AS first")


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (lambda: csv.DictReader(io.StringIO("first,last\nAda,Lovelace\nAda,Lovelace,Countess\n")),
         "row 2 has more fields than there are names"),
        (lambda: [{1: "Ada", 2: "Lovelace"}], "row 1 has the key 1, which is not text"),
        (of_sqlite_twice, "row 1 has more than one cell named 'first'"),
        (lambda: [Person("Lovelace", "Ada"), ("Ada", "Lovelace")], "row 2 is a tuple"),
        (lambda: [("Ada", "Lovelace"), Person("Lovelace", "Ada")], "row 2 is a dict"),
        (lambda: [Record(first="Ada", born=1815)], "it also has born"),
        (lambda: csv.reader(io.StringIO("LAST,first\nLovelace,Ada\n")), r"the first row \(LAST, first\) has the names"),
    ],
)  # fmt: skip
async def test_rows_whose_names_cannot_be_used_are_refused(domo, rows, says):
    dataset = await domo.datasets.create("Test", COLUMNS)
    with pytest.raises(SourceError, match=r"header=True is for CSV.*next\(reader\)"):
        await domo.datasets.upload(dataset.id, [("Name", "Given"), ("Ada", "Lovelace")], header=True)

    with pytest.raises(SourceError, match=says):
        await domo.datasets.upload(dataset.id, rows())

"""Exports of results that an instance cuts without a word."""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path

import pytest
from pyarrow import parquet

from domo_async import IncompleteAnswer
from domo_async._transfer.reading import scanning
from tests.datasets.test_scanning import Instance
from tests.support import talking_to


class Lines(Instance):
    """One whose only column is text with line ends in it."""

    kind = "STRING"

    def cell(self, number: int) -> str:
        return f"line {number}\nand\r\nanother"

    def record(self, number: int) -> str:
        return f'"{self.cell(number)}"\n'


def rows_in(path: Path) -> int:
    if path.suffix == ".parquet":
        return int(parquet.read_metadata(path).num_rows)
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).count(b"line")


@pytest.fixture(autouse=True)
def cap(monkeypatch):
    monkeypatch.setattr(scanning, "CAP", 50)


@pytest.mark.parametrize("csv", [True, False])
@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz", "out.csv.zst", "out.parquet", "out.arrow"])
async def test_an_export_that_the_instance_cuts_leaves_no_file_and_is_not_tried_again(tmp_path, name, csv):
    instance = Lines(51, csv=csv, cap=50)
    async with talking_to(instance) as domo:
        with pytest.raises(IncompleteAnswer, match="50 rows of a result that has more"):
            await domo.datasets.export("x", tmp_path / name)

    assert [] == list(tmp_path.iterdir())
    assert 1 == instance.asked.count("SELECT * FROM table")


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz", "out.parquet"])
@pytest.mark.parametrize(
    ("total", "sql", "rows"),
    [
        (50, "SELECT * FROM table", 50),
        (90, "SELECT n FROM table LIMIT 50", 50),
        (49, "SELECT n FROM table", 49),
        (0, "SELECT n FROM table", 0),
    ],
)
async def test_an_export_of_all_rows_there_are_is_whole(tmp_path, name, total, sql, rows):
    async with talking_to(Lines(total, csv=True, cap=50)) as domo:
        done = await domo.datasets.export("x", tmp_path / name, sql=sql)

    assert rows == rows_in(tmp_path / name)
    assert rows == done.rows
    assert [name] == [path.name for path in tmp_path.iterdir()]


async def test_only_a_result_of_just_so_many_rows_is_looked_at_again_even_without_pyarrow(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    for total, more in ((49, 0), (50, 1), (51, 0)):
        instance = Lines(total, csv=True)
        async with talking_to(instance) as domo:
            await domo.datasets.export("x", tmp_path / "out.csv")

        assert 2 + more == len(instance.asked)


async def test_a_file_object_gets_what_there_was_and_the_caller_is_told():
    target = io.BytesIO()
    async with talking_to(Lines(51, csv=True, cap=50)) as domo:
        with pytest.raises(IncompleteAnswer, match="50 rows of a result that has more"):
            await domo.datasets.export("x", target)

    assert 50 == target.getvalue().count(b"line")


async def test_a_frame_that_the_instance_cuts_is_not_read_again():
    instance = Lines(51, csv=True, cap=50)
    async with talking_to(instance) as domo:
        with pytest.raises(IncompleteAnswer, match="50 rows of a result that has more"):
            await domo.datasets.frame("x")

    assert 1 == instance.asked.count("SELECT * FROM table")

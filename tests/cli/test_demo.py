from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from domo_async._cli.demo import RoundTrip, Stage, run
from domo_async._cli.demo_data import COLUMNS, first_difference, write_orders
from domo_async.emulator import Emulator, Fault
from tests.cli.running import Cli

EQUAL = "Equal: all "


def job_in(directory: Path, rows: int) -> RoundTrip:
    source = directory / "orders.csv"
    size = write_orders(source, rows)
    return RoundTrip(source=source, target=directory / "exported.csv", size=size, part_size=1000, concurrency=2)


@pytest.mark.parametrize("kind", [(), ("--sync",)])
def test_the_demo_ends_well_when_all_came_back(cli: Cli, kind: tuple[str, ...], tmp_path: Path) -> None:
    arguments = ("demo", "--rows", "20000", "--part-size", "256KiB", "--keep", str(tmp_path / "kept"))

    ended = cli(*arguments, *kind)

    assert 0 == ended.code, ended.stderr
    assert "✓ Equal: all 1," in ended.stdout
    assert "NULL" in ended.stdout
    assert "Peak memory" in ended.stdout
    sent, received = (tmp_path / "kept" / name for name in ("orders.csv", "exported.csv"))
    assert sent.read_bytes() == received.read_bytes()


@pytest.mark.parametrize("sync", [False, True])
def test_the_demo_notices_what_came_back_different(sync: bool, tmp_path: Path) -> None:
    job = job_in(tmp_path, 50)
    changed = job.source.read_bytes().replace(b"North", b"north", 1)
    emulator = Emulator()
    emulator.faults.add(
        Fault("POST *export*", "status", status=200, headers={"Content-Type": "text/csv"}, body=changed)
    )
    shown = io.StringIO()

    equal = run(emulator, job, Stage(Console(file=shown)), sync=sync)

    assert not equal
    assert EQUAL not in shown.getvalue()
    assert f"Different: from byte {changed.index(b'north'):,} on" in shown.getvalue()


@given(st.binary(max_size=40), st.binary(max_size=40), st.binary(max_size=40))
def test_the_first_difference_is_where_two_files_part(start: bytes, one: bytes, other: bytes) -> None:
    from tempfile import TemporaryDirectory

    left, right = start + one, start + other
    with TemporaryDirectory() as directory:
        paths = Path(directory) / "left", Path(directory) / "right"
        for path, content in zip(paths, (left, right), strict=True):
            path.write_bytes(content)
        found = first_difference(*paths)

    if left == right:
        assert found is None
    else:
        assert found is not None
        assert left[:found] == right[:found]
        assert left[found : found + 1] != right[found : found + 1]


def test_a_difference_far_inside_large_files_is_found(tmp_path: Path) -> None:
    paths = tmp_path / "left", tmp_path / "right"
    content = bytes(3 << 20)
    paths[0].write_bytes(content)
    paths[1].write_bytes(content[:2_500_000] + b"x" + content[2_500_001:])

    assert 2_500_000 == first_difference(*paths)


def test_the_orders_are_the_same_on_every_run(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"

    assert write_orders(one, 3000) == write_orders(other, 3000)
    assert first_difference(one, other) is None


def test_the_orders_hold_all_that_csv_has_to_survive(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    write_orders(path, 2000)
    text = path.read_bytes().decode()
    header, *rows = csv.reader(io.StringIO(text, newline=""))

    assert list(COLUMNS) == header
    assert [str(number) for number in range(1, 2001)] == [row[0] for row in rows]
    assert {len(COLUMNS)} == {len(row) for row in rows}
    assert {"LONG", "DOUBLE", "DECIMAL", "STRING", "DATE", "DATETIME"} == set(COLUMNS.values())
    for hard in ('""', ',,"",', "\r\n", '"\n"', "😀", ",NULL,", "\t"):
        assert hard in text

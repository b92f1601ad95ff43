from __future__ import annotations

import json
from pathlib import Path

import pytest

from domo_async.emulator import Emulator, Fault
from tests.cli.running import Cli


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    for name, content in {"a": "1,x,1.5\n2,y,2\n", "b": "3,z,\n"}.items():
        (folder / f"{name}.csv").write_text(f"id,name,price\n{content}", encoding="utf-8")
    return folder


def count(cli: Cli, dataset: str) -> int:
    counted = cli("datasets", "query", dataset, "SELECT COUNT(*) AS n FROM table", "--json").stdout
    return int(json.loads(counted)[0]["n"])


def test_sync_loads_each_file_once_and_says_so(cli: Cli, dataset_id: str, folder: Path) -> None:
    dry = cli("datasets", "sync", str(folder), "-d", dataset_id, "--dry-run")
    made = [path.name for path in folder.glob(".*")]
    first = cli("datasets", "sync", str(folder), "-d", dataset_id)
    again = cli("datasets", "sync", str(folder), "-d", dataset_id, "--json")
    quiet = cli("datasets", "sync", str(folder), "-d", dataset_id, "--quiet")

    assert (0, 0, 0) == (dry.code, first.code, again.code)
    assert "2 planned (dry run: nothing was changed)\n" in dry.stdout
    assert [] == made
    assert "2 loaded\n" in first.stdout
    told = json.loads(again.stdout)
    assert {"skipped": 2} == told["counts"]
    assert [("known", 2), ("known", 1)] == [(row["found"], row["rows"]) for row in told["results"]]
    assert (0, "", "") == (quiet.code, quiet.stdout, quiet.stderr)
    assert 3 == count(cli, dataset_id)


def test_sync_sets_bad_files_aside_and_ends_so_that_cron_tells(cli: Cli, dataset_id: str, folder: Path) -> None:
    (folder / "c.csv").write_text("id,name,price\nfour,x,1\n", encoding="utf-8")

    for run in range(2):
        ended = cli("datasets", "sync", str(folder), "-d", dataset_id, "--quiet")
        assert 1 == ended.code
        assert f"{folder / 'c.csv'}: line 2, column 'id': 'four' is not a LONG\n" == ended.stderr
        assert f"{'2 loaded' if run == 0 else '2 skipped'}" in ended.stdout
        assert "1 bad" in ended.stdout

    assert 3 == count(cli, dataset_id)


def test_sync_ends_with_3_if_it_is_not_known_and_finds_out(
    cli: Cli, dataset_id: str, folder: Path, emulator: Emulator
) -> None:
    emulator.faults.add(Fault("PUT *commit", "drop_after"))
    emulator.faults.add(Fault("GET *dataversions", "status", status=403, skip=1, count=None))
    lost = cli("datasets", "sync", str(folder), "-d", dataset_id, "--json")
    emulator.faults.clear()
    found = cli("datasets", "sync", str(folder), "-d", dataset_id, "--json")

    assert (3, {"uncertain": 2}) == (lost.code, json.loads(lost.stdout)["counts"])
    errors = [row["error"] for row in json.loads(lost.stdout)["results"]]
    assert "is not known" in errors[0]
    assert f"as {folder / 'a.csv'}, with which it was sent" == errors[1]
    assert (0, {"loaded": 2}) == (found.code, json.loads(found.stdout)["counts"])
    assert 3 == count(cli, dataset_id)


def test_sync_of_patterns_needs_a_ledger_and_tells_of_new_columns(cli: Cli, dataset_id: str, folder: Path) -> None:
    (folder / "c.csv").write_text("id,name,price,more\n4,x,1,7\n", encoding="utf-8")
    ledger = str(folder.parent / "orders.ledger")
    command = ("datasets", "sync", str(folder / "*.csv"), "-d", dataset_id)

    without = cli(*command)
    ended = cli(*command, "--ledger", ledger, "--evolve", "--each", "--json")

    assert (2, True) == (without.code, "--ledger" in without.stderr)
    assert 0 == ended.code, ended.stderr
    assert [None, None, "more (LONG)"] == [row["added"] for row in json.loads(ended.stdout)["results"]]
    assert 4 == count(cli, dataset_id)


def test_sync_uses_words_for_what_is_wrong(cli: Cli, dataset_id: str, folder: Path) -> None:
    for command in (
        (str(folder / "none"), "-d", dataset_id, "--ledger", str(folder.parent / "l")),
        (str(folder), "-d", dataset_id, "--delimiter", "||"),
    ):
        ended = cli("datasets", "sync", *command)
        assert (2, "") == (ended.code, ended.stdout)
    assert 1 == cli("datasets", "sync", str(folder), "-d", "none").code
    assert 0 == count(cli, dataset_id)

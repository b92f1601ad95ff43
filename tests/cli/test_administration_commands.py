"""What administrators look over, on the command line: lineage, stale content, the log by day, access to datasets."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from domo_async._emulator.services import cards
from domo_async.emulator import Emulator
from tests.cli.running import Cli


@pytest.fixture(scope="module")
def running_emulator() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture(scope="module")
def ids(running_emulator: Emulator) -> tuple[str, str, int]:
    """Two datasets, one made from the other, and an old card on that."""
    with running_emulator.sync_client() as domo:
        one, two = (domo.datasets.create(name, {"n": "LONG"}).id for name in ("One", "Two"))
        ends = {"inputs": [{"dataSourceId": one}], "outputs": [{"dataSourceId": two}]}
        domo.dataflows.create(definition={"name": "Flow", "actions": [], **ends})
    old = int((datetime.now(UTC) - timedelta(days=400)).timestamp() * 1000)
    card = cards.create(running_emulator._instance, title="Count", dataset_id=two, at=old)["id"]
    return one, two, card


def test_lineage_is_a_tree_or_a_file_of_graphs(cli: Cli, ids: tuple[str, str, int]) -> None:
    one, two, card = ids

    tree = cli("lineage", one, "--down")
    both = cli("lineage", f"dataset:{two}")
    short = cli("lineage", f"card:{card}", "--up", "--max-depth", "1", "--format", "json")
    dot = cli("lineage", one, "--format", "dot")
    graphml = cli("lineage", one, "--format", "graphml", "--no-names")
    unsaid = cli("lineage", "17")

    assert f"DATA_SOURCE One ({one})\n└── DATAFLOW Flow (1)\n    └── DATA_SOURCE Two ({two})" in tree.stdout
    assert "made from:\nDATA_SOURCE Two" in both.stdout
    assert f"used by:\nDATA_SOURCE Two ({two})\n└── CARD Count ({card})\n" in both.stdout
    assert {f"CARD{card}", f"DATA_SOURCE{two}"} == json.loads(short.stdout)["things"].keys()
    assert "more beyond 1 steps" in short.stderr
    assert dot.stdout.startswith("digraph lineage {")
    assert graphml.stdout.startswith("<?xml")
    assert (2, True) == (unsaid.code, "dataflow:17" in unsaid.stderr)


def test_stale_content_is_listed_with_what_the_log_cannot_tell(
    cli: Cli, ids: tuple[str, str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = cli("stale", "--kinds", "card", "--days", "30")
    as_csv = cli("stale", "--kinds", "card", "--csv")
    as_json = json.loads(cli("stale", "--json").stdout)
    filed = cli("stale", "--kinds", "card", "--output", str(tmp_path / "stale.parquet"))
    refused = cli("stale", "--output", str(tmp_path / "stale.xls"))
    cli.emulator.log.clear()
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    without = cli("stale", "--output", str(tmp_path / "more.parquet"))

    assert (2, True) == (without.code, 'pip install "domo-async[arrow]"' in without.stderr)
    assert [] == [*cli.emulator.log]
    assert "Count" in shown.stdout
    assert "1 unused since" in shown.stderr
    assert "Note: items without a logged use since" in shown.stderr
    assert ["Count"] == [row["name"] for row in csv.DictReader(as_csv.stdout.splitlines())]
    assert ["card"] == [item["kind"] for item in as_json["items"]]
    assert 0 == filed.code
    assert ["Count"] == pq.read_table(tmp_path / "stale.parquet").column("name").to_pylist()
    assert (2, True) == (refused.code, "must end in one of .csv, .json, .parquet" in refused.stderr)


def test_access_and_policies_are_audited_in_one_table(cli: Cli, ids: tuple[str, str, int], tmp_path: Path) -> None:
    shown = cli("datasets", "audit", "--no-roles")
    as_json = json.loads(cli("datasets", "audit", ids[0], "--json").stdout)
    files = [tmp_path / f"audit{suffix}" for suffix in (".csv", ".json", ".parquet")]
    ended = [cli("datasets", "audit", ids[0], "--no-roles", "--output", str(file)) for file in files]

    assert "2 rows of 2 datasets" in shown.stderr
    assert {"owner", "role"} == {row["route"] for row in as_json["rows"]}
    assert [0, 0, 0] == [each.code for each in ended]
    with files[0].open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [("One", "Emulator Owner", "owner", "all")] == [
        (row["dataset_name"], row["user_name"], row["route"], row["rows"]) for row in rows
    ]
    assert json.loads(files[1].read_text(encoding="utf-8"))[0]["policies"] is None
    assert ["owner"] == pq.read_table(files[2]).column("route").to_pylist()


def test_the_log_goes_to_files_by_day(cli: Cli, tmp_path: Path) -> None:
    today = datetime.now(UTC).date()

    dry = json.loads(cli("activity", "export", str(tmp_path), "--since", "2d", "--dry-run", "--json").stdout)
    made = cli("activity", "export", str(tmp_path), "--since", str(today - timedelta(days=2)), "--format", "csv")
    again = json.loads(cli("activity", "export", str(tmp_path), "--since", "2d", "--format", "csv", "--json").stdout)

    assert (True, {"created": 3}) == (dry["dry_run"], dry["counts"])
    assert (0, True) == (made.code, "3 created" in made.stdout)
    assert {"updated": 1, "unchanged": 2} == again["counts"]
    assert f"activity-{today}.partial.csv" in {path.name for path in tmp_path.iterdir()}

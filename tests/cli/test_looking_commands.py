from __future__ import annotations

import csv
import json
import signal
import sys
from datetime import UTC, datetime, timedelta

import pytest
from typer import BadParameter

from domo_async._cli.common.bars import _told
from domo_async._cli.common.values import parse_time
from domo_async._transfer import Progress
from domo_async.emulator import Emulator
from tests.cli.running import WAIT, Cli


def test_search_finds_by_words_entities_and_terms(cli: Cli, emulator: Emulator) -> None:
    with emulator.sync_client() as domo:
        ids = [domo.datasets.create(f"Heliotrope {number}", {"a": "LONG"}).id for number in range(3)]

    table = cli("search", "heliotrope", "--limit", "2").stdout
    everything = json.loads(cli("search", "heliotrope*", "--entities", "dataset", "--all", "--json").stdout)
    one = cli("search", "heliotrope", "-e", "dataset", "--filters", f"databaseId={ids[0]}", "--csv").stdout
    others = cli("search", "heliotrope", "-e", "dataset", "--not-filters", f"databaseId={ids[0]}", "--csv").stdout

    assert "2 hits of 3; --limit and --all give more\n" in table
    assert {*ids} == {hit["database_id"] for hit in everything}
    assert [ids[0]] == [row["id"] for row in csv.DictReader(one.splitlines())]
    assert {*ids[1:]} == {row["id"] for row in csv.DictReader(others.splitlines())}
    assert "0 hits\n" == cli("search", "no-such-thing").stdout
    assert 2 == cli("search", " ").code
    assert 2 == cli("search", "x", "--filters", "databaseId").code


def test_names_from_the_instance_cannot_steer_the_terminal(cli: Cli, emulator: Emulator) -> None:
    with emulator.sync_client() as domo:
        domo.datasets.create("Evil \x1b[2J [red]name\nagain", {"a": "LONG"})

    shown = cli("datasets", "list", "--name-like", "Evil").stdout

    assert "\x1b" not in shown
    assert r"Evil \x1b[2J [red]name\nagain" in shown


def test_activity_shows_the_last_entries_that_fit(cli: Cli, dataset_id: str) -> None:
    last = [line[:19] for line in cli("activity", "tail", "-n", "3").stdout.splitlines()]
    made = ("activity", "tail", "--since", "1h", "--object-type", "DATA_SOURCE", "--event-type", "created", "--json")
    entries = [json.loads(line) for line in cli(*made).stdout.splitlines()]
    mine = cli(*made, "--user", entries[0]["user_id"], "-n", "1").stdout
    none = cli(*made, "--user", "nobody at all")

    assert 3 == len(last)
    assert last == sorted(last)
    assert {("DATA_SOURCE", "CREATED")} == {(entry["object_type"], entry["action_type"]) for entry in entries}
    assert entries[-1] == json.loads(mine)
    assert (0, "") == (none.code, none.stdout)
    assert 2 == cli("activity", "tail", "--since", "yesterday").code


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send itself a lone Ctrl-C")
def test_activity_can_be_followed(cli: Cli, emulator: Emulator) -> None:
    follow = (
        "activity",
        "tail",
        "--follow",
        "--every",
        "0.05",
        "--object-type",
        "DATA_SOURCE",
        "--event-type",
        "CREATED",
    )
    with emulator.sync_client() as domo:
        domo.datasets.create("Before", {"a": "LONG"})
        process = cli.start(*follow, "--json", "-n", "1")
        assert process.stdout is not None
        before = json.loads(process.stdout.readline())
        domo.datasets.create("Meanwhile", {"a": "LONG"})
        meanwhile = json.loads(process.stdout.readline())
    process.send_signal(signal.SIGINT)

    assert 130 == process.wait(WAIT)
    cli.finish(process)
    assert ("CREATED", "CREATED") == (before["action_type"], meanwhile["action_type"])
    assert before["time"] < meanwhile["time"]


def test_moments_are_read_as_people_write_them() -> None:
    before = datetime.now(UTC)
    time = parse_time("2h") + timedelta(hours=2)

    assert before <= time <= datetime.now(UTC)
    assert datetime(2026, 11, 1, 7, 30, tzinfo=UTC) == parse_time("2026-11-01T08:30+01:00")
    assert datetime(2026, 11, 1).astimezone() == parse_time("2026-11-01")


@pytest.mark.parametrize("text", ["", "2", "h", "2 years", "2026-13-01", "99999999999w"])
def test_a_text_that_is_not_a_time_is_refused(text: str) -> None:
    with pytest.raises(BadParameter, match="not a time"):
        parse_time(text)


def test_a_bar_tells_rate_parts_retries_and_estimate() -> None:
    now = Progress(bytes=3_000_000, total_bytes=240_000_000, rows=10, parts=2, seconds=1.0, retries=1)

    assert "3.0 MB/s, 2 parts, 1 sent again, 1:19 left" == _told(now, "part")
    assert "" == _told(Progress(bytes=0, total_bytes=None, rows=0, parts=0, seconds=0.0), "part")

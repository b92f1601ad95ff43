"""`-v`, `-q` and `--log-json`: what commands log on standard error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from domo_async.emulator import Fault
from tests.cli.running import Cli, Ended


@pytest.fixture
def lost(cli: Cli, dataset_id: str, file: Path):
    """Upload with some options, before and behind the command's name; the answer to the commit is lost."""

    def upload(*options: str, before: tuple[str, ...] = ()) -> Ended:
        cli.emulator.faults.add(Fault("PUT *commit", "drop_after"))
        return cli(*before, "datasets", "upload", str(file), "-d", dataset_id, *options)

    return upload


def test_a_warning_is_shown_and_no_more_unless_asked_for(lost):
    ended = lost()

    assert 0 == ended.code
    assert 1 == ended.stderr.count("\n")
    assert "warning: the answer to the commit of upload" in ended.stderr
    assert "" == lost("-q").stderr
    assert "" == lost(before=("--quiet",)).stderr


@pytest.mark.parametrize(("options", "before"), [(("-v",), ()), ((), ("--verbose",))], ids=["behind", "before"])
def test_more_is_logged_wherever_it_is_asked_for(lost, options, before):
    said = lost(*options, before=before).stderr

    assert "was opened" in said
    assert "was committed: 4 rows" in said
    assert "debug" not in said


def test_all_is_logged_when_asked_for_twice_and_nothing_by_the_next_command(lost, cli):
    assert "debug: PUT /api/data/v3/datasources/{}/uploads/{}/parts/{} -> 200" in lost("-vv").stderr
    assert "" == cli("users", "list").stderr


def test_json_lines_have_the_events_and_their_fields(lost, dataset_id):
    lines = [json.loads(line) for line in lost("-v", "--log-json").stderr.splitlines()]

    assert ["upload_opened", "commit_lookup", "upload_committed"] == [line["event"] for line in lines]
    assert {"INFO", "WARNING"} == {line["level"] for line in lines}
    assert {
        "event": "upload_committed",
        "level": "INFO",
        "logger": "domo_async.transfer",
        "dataset_id": dataset_id,
        "rows": 4,
        "bytes": 67,
        "parts": 1,
    }.items() <= lines[-1].items()
    assert lines[-1]["time"].endswith("+00:00")


@pytest.mark.parametrize("options", [(), ("--log-json",)], ids=["text", "json"])
def test_a_line_cannot_play_tricks_with_the_terminal(cli, options):
    ended = cli("api", "GET", "/api/x\x1b[31m\u202e\nerror: all is lost", "-vv", *options)

    assert not {"\x1b", "\u202e"} & set(ended.stderr)
    assert "\nerror: all" not in ended.stderr

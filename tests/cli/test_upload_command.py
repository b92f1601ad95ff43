from __future__ import annotations

import json
import shlex
import signal
import sys
from pathlib import Path

import pytest

from domo_async import ConfigError
from domo_async._cli.common.interrupts import Interrupted
from domo_async._cli.dataset_upload import _way_on
from domo_async.emulator import Emulator, Fault
from domo_async.models import Column, ColumnType
from tests.cli.running import CSV, Cli

terminal = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
TABLE = "SELECT * FROM table ORDER BY id"
NOWHERE = {"DOMO_BASE_URL": None, "DOMO_INSTANCE": None}


def test_upload_says_in_a_line_what_it_did(cli: Cli, dataset_id: str, file: Path) -> None:
    ended = cli("datasets", "upload", str(file), "--dataset-id", dataset_id)

    assert 0 == ended.code
    assert "Uploaded 4 rows (67 bytes) in 1 part, data version " in ended.stdout
    assert "" == ended.stderr


def test_upload_replaces_rows_unless_told_to_append(cli: Cli, filled: str, file: Path) -> None:
    def rows() -> int:
        counted = json.loads(cli("datasets", "query", filled, "SELECT COUNT(*) AS n FROM table", "--json").stdout)
        return int(counted[0]["n"])

    cli("datasets", "upload", str(file), "--dataset-id", filled)
    assert 4 == rows()

    assert "Appended 4 rows" in cli("datasets", "upload", str(file), "--dataset-id", filled, "--append").stdout
    assert 8 == rows()


def test_upload_reports_json_to_programs(cli: Cli, dataset_id: str, file: Path) -> None:
    done = json.loads(
        cli("datasets", "upload", str(file), "--dataset-id", dataset_id, "--json", "--part-size", "40B").stdout
    )

    assert (4, 67) == (done["rows"], done["bytes"])
    assert 2 == done["parts"]


def test_a_quiet_upload_prints_nothing(cli: Cli, dataset_id: str, file: Path) -> None:
    ended = cli("datasets", "upload", str(file), "--dataset-id", dataset_id, "--quiet")

    assert (0, "", "") == (ended.code, ended.stdout, ended.stderr)


def test_upload_takes_standard_input(cli: Cli, dataset_id: str) -> None:
    ended = cli.finish(cli.start("datasets", "upload", "-", "--dataset-id", dataset_id, "--json"), stdin=CSV)

    assert 0 == ended.code, ended.stderr
    assert 4 == json.loads(ended.stdout)["rows"]
    assert CSV == cli("datasets", "export", dataset_id, "-").stdout


def test_the_header_can_be_declared_a_row_or_not(cli: Cli, dataset_id: str, tmp_path: Path) -> None:
    headless = tmp_path / "headless.csv"
    headless.write_text("1,a,1\n2,b,2\n", encoding="utf-8")

    def code_and_rows(header: str) -> tuple[int, int]:
        ended = cli("datasets", "upload", str(headless), "--dataset-id", dataset_id, "--header", header, "--json")
        return ended.code, json.loads(ended.stdout or '{"rows": 0}')["rows"]

    assert ((0, 2), (0, 2), (2, 0)) == (code_and_rows("auto"), code_and_rows("no"), code_and_rows("yes"))


def test_options_reach_the_instance(cli: Cli, dataset_id: str, file: Path, emulator: Emulator) -> None:
    assert 0 == cli("datasets", "upload", str(file), "--dataset-id", dataset_id, "--no-index", "--no-verify").code

    assert [] == emulator.log.matching("GET */statuses")
    assert 0 == cli("datasets", "upload", str(file), "--dataset-id", dataset_id, "--partition", "2025-01").code
    assert emulator.log.matching(f"GET */{dataset_id}/indexes/*")


def test_a_partition_is_replaced_alone_and_never_the_whole(
    cli: Cli, filled: str, file: Path, emulator: Emulator
) -> None:
    told = ("datasets", "upload", str(file), "--dataset-id", filled, "--partition", "2025-02", "--message", "why")
    assert [0, 0] == [cli(*told).code, cli(*told).code]

    with emulator.sync_client() as domo:
        assert 8 == domo.datasets.get(filled).row_count
        assert "why" == domo.datasets.versions.list(filled).all()[-1].upload_message


def test_rows_are_replaced_and_deleted_by_keys(cli: Cli, tmp_path: Path, emulator: Emulator) -> None:
    file = tmp_path / "rows.csv"
    with emulator.sync_client() as domo:
        columns = [
            Column(name="id", type=ColumnType.LONG, upsert_key=True),
            Column(name="name", type=ColumnType.STRING),
        ]
        dataset = domo.datasets.create("Keyed", columns).id
        domo.datasets.upload(dataset, b"1,a\n2,b\n")
        told = ("datasets", "upload", str(file), "--dataset-id", dataset)

        file.write_text("id,name\n2,c\n3,d\n")
        assert "Upserted 2 rows" in cli(*told, "--upsert").stdout
        file.write_text("id\n1\n")
        assert "Sent to be deleted 1 row" in cli(*told, "--delete-rows", "--keys", "id").stdout
        assert [(2, "c"), (3, "d")] == sorted(domo.datasets.query(dataset, "SELECT * FROM table"))
    assert 2 == cli(*told, "--upsert", "--append").code


@terminal
def test_a_terminal_sees_a_bar(cli: Cli, dataset_id: str, file: Path) -> None:
    drawn = cli.on_terminal("datasets", "upload", str(file), "--dataset-id", dataset_id)

    assert "Uploading" in drawn
    assert "━" in drawn
    assert "4 rows" in drawn


def test_a_source_that_does_not_fit_is_wrong_use(cli: Cli, dataset_id: str, tmp_path: Path) -> None:
    narrow = tmp_path / "narrow.csv"
    narrow.write_text("1,2\n", encoding="utf-8")

    ended = cli("datasets", "upload", str(narrow), "--dataset-id", dataset_id)

    assert 2 == ended.code
    assert ended.stderr.startswith("SourceError: the first row has 2 fields")
    assert 2 == cli("datasets", "upload", str(tmp_path / "none.csv"), "--dataset-id", dataset_id).code


def test_a_failed_upload_says_that_nothing_changed(cli: Cli, filled: str, file: Path, emulator: Emulator) -> None:
    emulator.faults.add(Fault("PUT */parts/*", "status", status=400))

    ended = cli("datasets", "upload", str(file), "--dataset-id", filled)

    assert 1 == ended.code
    assert ended.stderr.startswith("UploadError: part 1 could not be sent")
    assert "nothing was committed" in ended.stderr
    assert "" == ended.stdout


def test_an_uncertain_commit_has_a_code_of_its_own(cli: Cli, dataset_id: str, file: Path, emulator: Emulator) -> None:
    emulator.faults.add(Fault("PUT */commit", "drop_after"))
    emulator.faults.add(Fault("GET */dataversions", "status", status=403, skip=1))

    ended = cli("datasets", "upload", str(file), "--dataset-id", dataset_id)

    assert 3 == ended.code
    assert "\nCommitUncertain: " in ended.stderr


def test_a_failure_after_the_commit_has_a_code_of_its_own(
    cli: Cli, dataset_id: str, file: Path, emulator: Emulator
) -> None:
    emulator.faults.add(Fault("GET */statuses", "status", status=403))

    ended = cli("datasets", "upload", str(file), "--dataset-id", dataset_id)

    assert 4 == ended.code
    assert "the upload is committed, but then" in ended.stderr
    assert 4 == len(json.loads(cli("datasets", "query", dataset_id, TABLE, "--json").stdout))


def test_several_files_and_patterns_become_one_upload(cli: Cli, dataset_id: str, file: Path, tmp_path: Path) -> None:
    for number in (7, 8):
        (tmp_path / f"more {number}.csv").write_text(f"price,id,name\n1,{number},b\n", encoding="utf-8")

    ended = cli("datasets", "upload", str(file), str(tmp_path / "more*.csv"), "-d", dataset_id)
    none = cli("datasets", "upload", str(file), str(tmp_path / "none*.csv"), "-d", dataset_id)

    assert "Uploaded 6 rows" in ended.stdout, ended.stderr
    assert (2, "SourceError: no file matches") == (none.code, none.stderr[:28])
    ids = json.loads(cli("datasets", "query", dataset_id, "SELECT id FROM table ORDER BY id", "--json").stdout)
    assert [1, 2, 3, 4, 7, 8] == [row["id"] for row in ids]


def test_a_dataset_can_be_made_of_a_file(cli: Cli, file: Path) -> None:
    told = cli("datasets", "upload", str(file), "--create", "Made of a file")
    made = json.loads(cli("datasets", "upload", str(file), "--create", "Made of a file", "--json").stdout)
    quiet = cli("datasets", "upload", str(file), "--create", "Made of a file", "--quiet").stdout

    first, second = told.stdout.splitlines()
    assert first.startswith("Created dataset ")
    assert second.startswith("Uploaded 4 rows")
    assert {"id": "LONG", "name": "STRING"}.items() <= made["columns"].items()
    assert 4 == made["upload"]["rows"]
    assert 0 == cli("datasets", "show", quiet.strip()).code


def test_a_new_dataset_whose_upload_fails_is_removed_and_that_is_told(cli: Cli, file: Path, emulator: Emulator) -> None:
    emulator.faults.add(Fault("PUT */parts/*", "status", status=400))

    ended = cli("datasets", "upload", str(file), "--create", "Made for nothing")

    assert 1 == ended.code
    assert ended.stderr.endswith(", created for the upload, was deleted\n")
    assert "0 datasets\n" == cli("datasets", "list", "--name-like", "Made for nothing").stdout


def test_a_new_dataset_that_may_hold_rows_is_named(cli: Cli, file: Path, emulator: Emulator) -> None:
    emulator.faults.add(Fault("GET */statuses", "status", status=403))

    ended = cli("datasets", "upload", str(file), "--create", "Not indexed")

    assert 4 == ended.code
    told, _, dataset_id = ended.stderr.splitlines()[-1].rpartition(" ")
    assert "The new dataset is" == told
    assert 0 == cli("datasets", "show", dataset_id).code


@pytest.mark.parametrize(
    "wrong",
    [
        (),
        ("--dataset-id", "x", "--create", "y"),
        ("--create", "y", "--resume", "journal"),
        ("-", "--dataset-id", "x"),
        ("--dataset-id", "x", "--zone", "Nowhere/At-all"),
        ("--dataset-id", "x", "--part-size", "large"),
        ("--dataset-id", "x", "--delimiter", "ab"),
    ],
)
def test_an_upload_that_makes_no_sense_sends_nothing(
    cli: Cli, file: Path, emulator: Emulator, wrong: tuple[str, ...]
) -> None:
    emulator.log.clear()

    assert 2 == cli("datasets", "upload", str(file), *wrong).code
    assert [] == emulator.log.matching("POST *")


def test_a_dry_run_tells_what_would_be_sent(cli: Cli, dataset_id: str, tmp_path: Path, emulator: Emulator) -> None:
    file = tmp_path / "other.csv"
    file.write_text("name\tnote\tid\nx\ty\t1\n", encoding="utf-8")
    emulator.log.clear()
    dry = ("datasets", "upload", str(file), "-d", dataset_id, "--delimiter", "tab", "--dry-run")

    refused, shown = cli(*dry), cli(*dry, "--evolve").stdout
    unsaid = cli("datasets", "upload", str(file), "--create", "Made", "--dry-run")
    plan = json.loads(cli(*dry, "--evolve", "--json").stdout)

    assert (2, 2) == (refused.code, unsaid.code)
    assert "On the command line: delimiter= is --delimiter" in unsaid.stderr
    assert "On the command line: header=False is --header no, schema='evolve' is --evolve" in refused.stderr
    assert {
        "columns": ["id", "name", "price", "note"],
        "header": True,
        "order": [2, 0, None, 1],
        "added": {"note": "STRING"},
        "rows": 1,
        "parts": 1,
    }.items() <= plan.items()
    lines = [line.split() for line in shown.splitlines()]
    assert ["3", "price", "NULL"] in lines
    assert ["4", "note", "column", "2", "added,", "STRING"] in lines
    assert "dry run: nothing was sent" in shown
    assert [] == emulator.log.matching("POST *")


def test_a_dry_run_of_a_new_dataset_needs_no_instance(cli: Cli, file: Path) -> None:
    dry = ("datasets", "upload", str(file), "--create", "New", "--dry-run")

    shown, plan = cli(*dry, environment=NOWHERE), json.loads(cli(*dry, "--json", environment=NOWHERE).stdout)

    assert 0 == shown.code, shown.stderr
    assert "STRING" in shown.stdout
    assert ("New", "LONG", 4) == (plan["name"], plan["columns"]["id"], plan["upload"]["rows"])


def test_a_failed_upload_with_a_journal_tells_the_command_that_goes_on(
    cli: Cli, dataset_id: str, file: Path, emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = tmp_path / "the journal's name"
    command = ["datasets", "upload", str(file), "-d", dataset_id, "--resume", str(journal), "--part-size", "40"]
    monkeypatch.setattr(sys, "argv", ["/usr/bin/domo-async", *command])
    emulator.faults.add(Fault("PUT */parts/2", "status", status=400))

    ended = cli(*command)
    *_, before, told = ended.stderr.splitlines()
    again = shlex.split(told)
    resumed = cli(*again[1:])

    assert (1, "To go on:") == (ended.code, before)
    assert ["domo-async", *command] == again
    assert "Uploaded 4 rows" in resumed.stdout, resumed.stderr
    assert 1 == len(emulator.log.matching(f"POST */{dataset_id}/uploads"))


def test_upload_takes_urls_of_other_file_systems_and_repeats_no_credentials(
    cli: Cli, dataset_id: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"simplecache::{file.as_uri()}"
    monkeypatch.setattr(sys, "argv", ["domo-async", "datasets", "upload", "https://me:pw@host/a.csv?sig=x", "-d", "1"])

    ended = cli("datasets", "upload", url, "-d", dataset_id)

    assert (0, True) == (ended.code, "Uploaded 4 rows" in ended.stdout), ended.stderr
    again = _way_on(Interrupted(signal.SIGINT), Path("journal"), [url])
    assert again == "To go on:\n  domo-async datasets upload https://host/a.csv -d 1"


def test_files_that_were_uploaded_before_are_not_said_to_be_sent_again(
    cli: Cli, dataset_id: str, file: Path, tmp_path: Path
) -> None:
    command = ["datasets", "upload", str(tmp_path / "*.csv"), "-d", dataset_id, "--append", "--evolve"]
    command += ["--resume", str(tmp_path / "journal")]
    first, again = cli(*command), cli(*command)
    (tmp_path / "more.csv").write_text(file.read_text().splitlines()[0] + ",more\n" + "1" + "," * 20)
    (tmp_path / "settings.json").write_text("{}")

    refused = cli(*command[:-1], str(tmp_path / "settings.json"))

    assert first.stdout.startswith("Appended 4 rows"), first.stderr
    assert again.stdout.startswith("Sent nothing: an earlier run uploaded the same, 4 rows")
    assert "{}" == (tmp_path / "settings.json").read_text()
    assert (2, True) == (refused.code, "is not the journal of an upload" in refused.stderr)


def test_no_way_to_go_on_is_promised_without_a_journal(
    cli: Cli, dataset_id: str, file: Path, emulator: Emulator
) -> None:
    emulator.faults.add(Fault("PUT */parts/*", "status", status=400))

    ended = cli("datasets", "upload", str(file), "-d", dataset_id)

    assert 1 == ended.stderr.count("\n")
    assert "To go on" not in ended.stderr


@pytest.mark.parametrize(
    ("error", "files", "expected"),
    [
        (Interrupted(signal.SIGINT), ["a.csv"], "To go on:\n  domo-async datasets upload 'a b.csv'"),
        (
            Interrupted(signal.SIGINT),
            ["-"],
            "To go on, give the same input to:\n  domo-async datasets upload 'a b.csv'",
        ),
        (ConfigError("no"), ["a.csv"], None),
    ],
)
def test_an_interrupted_upload_can_go_on(
    error: BaseException, files: list[str], expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["domo-async", "datasets", "upload", "a b.csv"])

    assert expected == _way_on(error, Path("journal"), files)
    assert _way_on(error, None, files) is None


def test_how_a_file_was_read_is_told_and_what_it_may_mean_is_asked(cli: Cli, tmp_path: Path) -> None:
    made = cli("datasets", "create", "Texts", "a:STRING", "b:STRING", "--quiet")
    dataset_id = made.stdout.strip()
    title, renamed = tmp_path / "sep.csv", tmp_path / "renamed.csv"
    title.write_text("sep=,\na,b\n1,x\n", encoding="utf-8")
    renamed.write_text("Order ID,Area\n1,x\n", encoding="utf-8")

    told = cli("datasets", "upload", str(title), "-d", dataset_id).stdout
    asked = cli("datasets", "upload", str(renamed), "-d", dataset_id)
    answered = cli("datasets", "upload", str(renamed), "-d", dataset_id, "--header", "yes", "--dry-run").stdout

    assert "line 1 (sep=,) is left out" in told
    assert 2 == asked.code
    assert "header=True is --header yes" in asked.stderr
    assert "by position: Order ID to a, Area to b" in answered


def test_json_lines_folders_and_texts_for_null_go_up(cli: Cli, dataset_id: str, tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"id": 1, "name": "x"}\n', encoding="utf-8")
    (tmp_path / "rows.csv").write_text("price,id,name\nNA,2,NA\n", encoding="utf-8")

    up = cli("datasets", "upload", str(tmp_path), "-d", dataset_id, "--null-values", "NA", "--evolve", "--json")
    piped = cli.finish(
        cli.start("datasets", "upload", "-", "-d", dataset_id, "--append", "--format", "jsonl"), stdin='{"id": 3}\n'
    )
    found = json.loads(cli("datasets", "query", dataset_id, TABLE, "--json").stdout)

    assert (0, 0) == (up.code, piped.code), up.stderr + piped.stderr
    assert [(1, "x"), (2, None), (3, None)] == [(row["id"], row["name"]) for row in found]

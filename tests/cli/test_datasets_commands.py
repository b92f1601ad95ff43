from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from domo_async.emulator import Emulator, Fault
from tests.cli.running import Cli

terminal = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
CSV = 'id,name,price\n1,"a ""quoted"" name",1.5\n2,,\n3,"",12345678901234567890.5\n4,NULL,0\n'
TABLE = "SELECT * FROM table ORDER BY id"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(CSV, encoding="utf-8")
    return path


@pytest.fixture
def filled(cli: Cli, dataset_id: str, file: Path) -> str:
    assert 0 == cli("datasets", "upload", str(file), dataset_id).code
    return dataset_id


def test_upload_says_in_a_line_what_it_did(cli: Cli, dataset_id: str, file: Path) -> None:
    ended = cli("datasets", "upload", str(file), dataset_id)

    assert 0 == ended.code
    assert "Uploaded 4 rows (67 bytes) in 1 part, data version " in ended.stdout
    assert "" == ended.stderr


def test_upload_replaces_rows_unless_told_to_append(cli: Cli, filled: str, file: Path) -> None:
    def rows() -> int:
        counted = json.loads(cli("datasets", "query", filled, "SELECT COUNT(*) AS n FROM table", "--json").stdout)
        return int(counted[0]["n"])

    cli("datasets", "upload", str(file), filled)
    assert 4 == rows()

    assert "Appended 4 rows" in cli("datasets", "upload", str(file), filled, "--append").stdout
    assert 8 == rows()


def test_upload_reports_json_to_programs(cli: Cli, dataset_id: str, file: Path) -> None:
    done = json.loads(cli("datasets", "upload", str(file), dataset_id, "--json", "--part-size", "40B").stdout)

    assert (4, 67) == (done["rows"], done["bytes"])
    assert 2 == done["parts"]


def test_a_quiet_upload_prints_nothing(cli: Cli, dataset_id: str, file: Path) -> None:
    ended = cli("datasets", "upload", str(file), dataset_id, "--quiet")

    assert (0, "", "") == (ended.code, ended.stdout, ended.stderr)


def test_upload_takes_standard_input(cli: Cli, dataset_id: str) -> None:
    ended = cli.finish(cli.start("datasets", "upload", "-", dataset_id, "--json"), stdin=CSV)

    assert 0 == ended.code, ended.stderr
    assert 4 == json.loads(ended.stdout)["rows"]
    assert CSV == cli("datasets", "export", dataset_id, "-").stdout


def test_the_header_can_be_declared_a_row_or_not(cli: Cli, dataset_id: str, tmp_path: Path) -> None:
    headless = tmp_path / "headless.csv"
    headless.write_text("1,a,1\n2,b,2\n", encoding="utf-8")

    def rows(header: str) -> int:
        ended = cli("datasets", "upload", str(headless), dataset_id, "--header", header, "--json")
        return int(json.loads(ended.stdout)["rows"])

    assert (2, 2, 1) == (rows("auto"), rows("no"), rows("yes"))


def test_options_reach_the_instance(cli: Cli, dataset_id: str, file: Path, emulator: Emulator) -> None:
    assert 0 == cli("datasets", "upload", str(file), dataset_id, "--no-index", "--no-verify").code

    assert [] == emulator.log.matching("GET */statuses")
    assert 0 == cli("datasets", "upload", str(file), dataset_id, "--partition", "2025-01").code
    assert emulator.log.matching(f"GET */{dataset_id}/indexes/*")


@terminal
def test_a_terminal_sees_a_bar(cli: Cli, dataset_id: str, file: Path) -> None:
    drawn = cli.on_terminal("datasets", "upload", str(file), dataset_id)

    assert "Uploading" in drawn
    assert "━" in drawn
    assert "4 rows" in drawn


@terminal
def test_rows_too_wide_for_the_terminal_are_shown_a_line_a_cell(cli: Cli, filled: str) -> None:
    drawn = cli.on_terminal("datasets", "query", filled, f"SELECT *, '{'x' * 60}' AS wide FROM table WHERE id = 3")
    lines = [re.sub(r"\x1b\[[\d;]*m", "", line).split() for line in drawn.splitlines()]

    assert ["price", "12345678901234567890.5"] in lines
    assert ["wide", "x" * 60] in lines


def test_query_shows_people_what_is_null_and_what_is_empty(cli: Cli, filled: str) -> None:
    lines = cli("datasets", "query", filled, TABLE).stdout.splitlines()
    cells = [line.split() for line in lines if line.strip()[:1].isdigit()]

    assert ["2", "NULL", "NULL"] == cells[1]
    assert ["3", '""', "12345678901234567890.5"] == cells[2]
    assert ["4", '"NULL"', "0"] == cells[3]
    assert "4 rows" in lines


def test_query_gives_programs_json_with_all_digits(cli: Cli, filled: str) -> None:
    rows = json.loads(cli("datasets", "query", filled, TABLE, "--json").stdout)

    assert {"id": 1, "name": 'a "quoted" name', "price": "1.5"} == rows[0]
    assert {"id": 2, "name": None, "price": None} == rows[1]
    assert "12345678901234567890.5" == rows[2]["price"]


def test_query_gives_csv_as_the_instance_writes_it(cli: Cli, filled: str) -> None:
    assert CSV == cli("datasets", "query", filled, TABLE, "--csv").stdout


def test_query_takes_one_form_of_output(cli: Cli, filled: str) -> None:
    assert 2 == cli("datasets", "query", filled, TABLE, "--csv", "--json").code


def test_cells_cannot_steer_the_terminal(cli: Cli, dataset_id: str, tmp_path: Path) -> None:
    hostile = tmp_path / "hostile.csv"
    hostile.write_text('1,"\x1b[2Jgone\r\n[red]loud",1\n', encoding="utf-8", newline="")
    cli("datasets", "upload", str(hostile), dataset_id)

    shown = cli("datasets", "query", dataset_id, TABLE).stdout

    assert "\x1b" not in shown
    assert r"\x1b[2Jgone\r\n[red]loud" in shown


def test_long_results_are_cut_for_people_only(cli: Cli, dataset_id: str, tmp_path: Path) -> None:
    long = tmp_path / "long.csv"
    long.write_text("".join(f"{n},x,1\n" for n in range(1200)), encoding="utf-8")
    cli("datasets", "upload", str(long), dataset_id)

    assert "1,200 rows, the first 1,000 shown" in cli("datasets", "query", dataset_id, TABLE).stdout
    assert 1200 == len(json.loads(cli("datasets", "query", dataset_id, TABLE, "--json").stdout))


def test_export_writes_a_file_that_equals_the_upload(cli: Cli, filled: str, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    ended = cli("datasets", "export", filled, str(target))

    assert 0 == ended.code
    assert f"Exported {len(CSV)} bytes to {target} in" in ended.stdout
    assert CSV == target.read_text(encoding="utf-8")


def test_export_takes_a_query_and_may_leave_out_the_header(cli: Cli, filled: str) -> None:
    sql = "SELECT id, price FROM table WHERE id < 3 ORDER BY id"

    assert "1,1.5\n2,\n" == cli("datasets", "export", filled, "-", "--sql", sql, "--no-header").stdout


def test_show_tells_people_of_columns_and_versions(cli: Cli, filled: str) -> None:
    shown = cli("datasets", "show", filled).stdout

    assert "Orders" in shown
    assert filled in shown
    assert "DECIMAL" in shown
    assert "success" in shown
    assert "67 bytes" in shown


def test_show_gives_programs_json(cli: Cli, filled: str) -> None:
    shown = json.loads(cli("datasets", "show", filled, "--json").stdout)

    assert ("Orders", 4) == (shown["dataset"]["name"], shown["dataset"]["row_count"])
    assert ["id", "name", "price"] == [column["name"] for column in shown["columns"]]
    assert [4] == [version["num_rows"] for version in shown["data_versions"]]


def test_show_counts_the_versions_that_it_leaves_out(cli: Cli, filled: str, file: Path) -> None:
    for _ in range(10):
        cli("datasets", "upload", str(file), filled)

    assert "the newest 10 of 11 data versions" in cli("datasets", "show", filled).stdout


def test_a_source_that_does_not_fit_is_wrong_use(cli: Cli, dataset_id: str, tmp_path: Path) -> None:
    narrow = tmp_path / "narrow.csv"
    narrow.write_text("1,2\n", encoding="utf-8")

    ended = cli("datasets", "upload", str(narrow), dataset_id)

    assert 2 == ended.code
    assert ended.stderr.startswith("SourceError: the first row has 2 fields")
    assert 2 == cli("datasets", "upload", str(tmp_path / "none.csv"), dataset_id).code


def test_a_failed_upload_says_that_nothing_changed(cli: Cli, filled: str, file: Path, emulator: Emulator) -> None:
    emulator.faults.add(Fault("PUT */parts/*", "status", status=400))

    ended = cli("datasets", "upload", str(file), filled)

    assert 1 == ended.code
    assert ended.stderr.startswith("UploadError: part 1 could not be sent")
    assert "nothing was committed" in ended.stderr
    assert "" == ended.stdout


def test_an_uncertain_commit_has_a_code_of_its_own(cli: Cli, dataset_id: str, file: Path, emulator: Emulator) -> None:
    emulator.faults.add(Fault("PUT */commit", "drop_after"))
    emulator.faults.add(Fault("GET */dataversions", "status", status=403, skip=1))

    ended = cli("datasets", "upload", str(file), dataset_id)

    assert 3 == ended.code
    assert ended.stderr.startswith("CommitUncertain: ")


def test_what_fails_after_the_commit_has_a_code_of_its_own(
    cli: Cli, dataset_id: str, file: Path, emulator: Emulator
) -> None:
    emulator.faults.add(Fault("GET */statuses", "status", status=403))

    ended = cli("datasets", "upload", str(file), dataset_id)

    assert 4 == ended.code
    assert "the upload is committed, but then" in ended.stderr
    assert 4 == len(json.loads(cli("datasets", "query", dataset_id, TABLE, "--json").stdout))


def test_a_refusal_is_one_readable_line(cli: Cli, filled: str) -> None:
    ended = cli("datasets", "query", filled, "SELECT nope FROM table")

    assert 1 == ended.code
    assert ended.stderr.startswith("BadRequest: 400 on POST ")
    assert "Invalid column(s) referenced: nope" in ended.stderr
    assert 1 == ended.stderr.count("\n")


def test_refusals_cannot_steer_the_terminal(cli: Cli, dataset_id: str, emulator: Emulator) -> None:
    emulator.faults.add(Fault("GET *", "text", body="\x1b[2Jgone [red]loud", count=None))

    ended = cli("datasets", "show", dataset_id)

    assert 1 == ended.code
    assert r"\x1b[2Jgone [red]loud" in ended.stderr


def test_debug_shows_the_traceback(cli: Cli, dataset_id: str) -> None:
    assert "Traceback" not in cli("datasets", "show", "none").stderr
    assert "Traceback" in cli("datasets", "show", "none", "--debug").stderr


def test_an_export_without_a_folder_to_go_to_is_wrong_use(cli: Cli, filled: str, tmp_path: Path) -> None:
    ended = cli("datasets", "export", filled, str(tmp_path / "none" / "out.csv"))

    assert 2 == ended.code
    assert ended.stderr.startswith("ConfigError: there is no folder")

from __future__ import annotations

import csv
import gzip
import json
import re
from pathlib import Path

import pytest

from domo_async.emulator import Emulator, Fault
from tests.cli.running import CSV, Cli

TABLE = "SELECT * FROM table ORDER BY id"


def test_rows_too_wide_for_the_terminal_are_shown_a_line_a_cell(cli: Cli, filled: str) -> None:
    sql = f"SELECT *, '{'x' * 60}' AS wide FROM table WHERE id = 3"
    drawn = cli("datasets", "query", filled, sql, environment={"FORCE_COLOR": "1", "TERM": "xterm-256color"}).stdout
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
    cli("datasets", "upload", str(hostile), "--dataset-id", dataset_id)

    shown = cli("datasets", "query", dataset_id, TABLE).stdout

    assert "\x1b" not in shown
    assert r"\x1b[2Jgone\r\n[red]loud" in shown


def test_long_results_are_cut_for_people_only(cli: Cli, dataset_id: str, tmp_path: Path) -> None:
    long = tmp_path / "long.csv"
    long.write_text("".join(f"{n},x,1\n" for n in range(1200)), encoding="utf-8")
    cli("datasets", "upload", str(long), "--dataset-id", dataset_id)

    assert "1,200 rows, the first 1,000 shown" in cli("datasets", "query", dataset_id, TABLE).stdout
    assert 1200 == len(json.loads(cli("datasets", "query", dataset_id, TABLE, "--json").stdout))


def test_columns_of_one_name_are_all_in_json_and_csv(cli: Cli, filled: str) -> None:
    sql = "SELECT id, name, id, price AS id_2 FROM table WHERE id = 4"

    assert [{"id": 4, "name": "NULL", "id_3": 4, "id_2": "0"}] == json.loads(
        cli("datasets", "query", filled, sql, "--json").stdout
    )
    assert ["id,name,id,id_2", "4,NULL,4,0"] == cli("datasets", "query", filled, sql, "--csv").stdout.splitlines()


def test_export_writes_a_file_that_equals_the_upload(cli: Cli, filled: str, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    ended = cli("datasets", "export", filled, str(target))

    assert 0 == ended.code
    assert f"Exported 4 rows, {len(CSV)} bytes to {target} in" in ended.stdout
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
        cli("datasets", "upload", str(file), "--dataset-id", filled)

    assert "the newest 10 of 11 data versions" in cli("datasets", "show", filled).stdout


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
    assert ended.stderr.startswith("ConfigError: the folder")


def test_values_are_bound_to_a_query(cli: Cli, filled: str) -> None:
    sql = "SELECT id FROM table WHERE name = :name OR id IN :ids ORDER BY id"
    name = 'a "quoted" name'

    found = json.loads(
        cli("datasets", "query", filled, sql, "-p", f"name={name}", "-p", "ids:=[3, 4]", "--json").stdout
    )
    missing = cli("datasets", "query", filled, sql, "-p", "name=x")

    assert [1, 3, 4] == [row["id"] for row in found]
    problem = "the SQL has the placeholder :ids, but params does not have that value"
    assert (2, f"ConfigError: {problem}\n") == (missing.code, missing.stderr)


@pytest.mark.parametrize("wrong", ["name", "=x", "ids:=[", ":=1"])
def test_a_parameter_that_binds_nothing_is_refused(cli: Cli, wrong: str) -> None:
    assert 2 == cli("datasets", "query", "x", "SELECT :name", "--param", wrong).code


def test_rows_go_to_files_of_the_kind_that_their_name_tells(cli: Cli, filled: str, tmp_path: Path) -> None:
    parquet, packed = tmp_path / "rows.parquet", tmp_path / "rows.csv.gz"

    queried = cli("datasets", "query", filled, "SELECT id FROM table", "--parquet", str(parquet))
    exported = json.loads(cli("datasets", "export", filled, str(packed), "--json").stdout)

    assert "Exported 4 rows, " in queried.stdout
    assert b"PAR1" == parquet.read_bytes()[:4]
    assert CSV == gzip.decompress(packed.read_bytes()).decode()
    assert len(CSV) == exported["bytes"]
    assert 2 == cli("datasets", "query", filled, "SELECT id FROM table", "--parquet", str(packed)).code


def test_datasets_are_made_and_listed(cli: Cli) -> None:
    made = cli("datasets", "create", "Made by hand", "id:long", "a:b:STRING", "--quiet").stdout.strip()

    columns = json.loads(cli("datasets", "show", made, "--json").stdout)["columns"]
    table = cli("datasets", "list", "--name-like", "made by").stdout
    rows = list(csv.DictReader(cli("datasets", "list", "--name-like", "Made by", "--csv").stdout.splitlines()))
    listed = json.loads(cli("datasets", "list", "--limit", "1", "--json").stdout)

    assert [("id", "LONG"), ("a:b", "STRING")] == [(column["name"], column["type"]) for column in columns]
    assert [made] == [line.split()[0] for line in table.splitlines() if "Made by hand" in line]
    assert "1 dataset\n" in table
    assert [(made, "Made by hand")] == [(row["id"], row["name"]) for row in rows]
    assert 1 == len(listed)
    assert 2 == cli("datasets", "list", "--csv", "--json").code


@pytest.mark.parametrize("column", ["id", ":LONG", "id:", "id:INTEGER"])
def test_a_text_that_is_not_a_column_is_refused(cli: Cli, column: str) -> None:
    assert 2 == cli("datasets", "create", "x", column).code

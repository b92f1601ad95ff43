from __future__ import annotations

import json
import signal
import sys
import threading
import time
from collections.abc import Callable
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.metadata import version
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer import BadParameter

import domo_async
from domo_async import APIError
from domo_async._cli.common.values import parse_size
from domo_async.emulator import Emulator, Fault
from domo_async.sync import Domo
from tests.cli.running import WAIT, Cli, python
from tests.transfer.scanners import IS_COMPILED

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send itself a lone Ctrl-C")


def until(happened: Callable[[], object]) -> None:
    """Wait until something has happened in another process."""
    deadline = time.monotonic() + WAIT
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        threading.Event().wait(0.01)


def test_api_sends_any_request_and_prints_the_answer(cli: Cli, dataset_id: str, emulator: Emulator) -> None:
    ended = cli("api", "get", f"/api/data/v3/datasources/{dataset_id}", "-p", "part=core", "-p", "part=permission")

    assert 0 == ended.code
    assert dataset_id == json.loads(ended.stdout)["id"]
    assert "part=core%2Cpermission" in emulator.log[-1].query.replace(",", "%2C")


def test_api_sends_a_body(cli: Cli) -> None:
    schema = {"columns": [{"name": "naïve", "type": "STRING"}]}
    body = json.dumps({"userDefinedType": "api", "dataSourceName": "Übung", "schema": schema})

    ended = cli("api", "POST", "/api/data/v2/datasources", "--json-body", body)

    assert "Übung" == json.loads(ended.stdout)["dataSource"]["dataSourceName"]


def test_a_change_whose_answer_was_lost_is_told_as_uncertain(cli: Cli, emulator: Emulator) -> None:
    emulator.faults.add(Fault("POST /api/data/v2/datasources", "drop_after"))
    body = json.dumps({"dataSourceName": "Lost", "schema": {"columns": [{"name": "a", "type": "LONG"}]}})

    ended = cli("api", "POST", "/api/data/v2/datasources", "--json-body", body)

    assert (3, "") == (ended.code, ended.stdout)
    assert "may have been carried out" in ended.stderr


@pytest.mark.parametrize(
    "wrong",
    [
        ("/api/x", "--param", "novalue"),
        ("/api/x", "--json-body", "{"),
        ("https://example.com/api/x",),
        (),
    ],
)
def test_api_refuses_what_makes_no_request(cli: Cli, wrong: tuple[str, ...]) -> None:
    assert 2 == cli("api", "GET", *wrong).code


def test_a_missing_instance_or_token_is_told(cli: Cli) -> None:
    nowhere = cli("datasets", "show", "x", environment={"DOMO_BASE_URL": None, "DOMO_INSTANCE": None})
    nobody = cli("datasets", "show", "x", environment={"DOMO_DEVELOPER_TOKEN": None})

    assert (2, 2) == (nowhere.code, nobody.code)
    assert "DOMO_INSTANCE" in nowhere.stderr
    assert "DOMO_DEVELOPER_TOKEN" in nobody.stderr


def test_options_go_before_the_environment(cli: Cli, dataset_id: str, emulator: Emulator, tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text(f"{emulator.token}\n", encoding="utf-8")
    elsewhere = {"DOMO_BASE_URL": "http://127.0.0.1:9", "DOMO_DEVELOPER_TOKEN": "wrong"}
    chosen = ("--instance", emulator.url, "--token-file", str(secret))

    assert 0 == cli("datasets", "show", dataset_id, *chosen, environment=elsewhere).code


def test_a_token_file_that_holds_no_token_is_told(cli: Cli, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_text("\n", encoding="utf-8")

    assert 2 == cli("datasets", "show", "x", "--token-file", str(empty)).code
    assert 2 == cli("datasets", "show", "x", "--token-file", str(tmp_path / "none")).code


def test_a_wrong_token_is_not_repeated(cli: Cli, dataset_id: str) -> None:
    ended = cli("datasets", "show", dataset_id, environment={"DOMO_DEVELOPER_TOKEN": "a-wrong-secret"})

    assert 1 == ended.code
    assert ended.stderr.startswith("Unauthorized: 401 ")
    assert "a-wrong-secret" not in ended.stdout + ended.stderr


@pytest.mark.parametrize(
    "command", [(), ("datasets", "upload"), ("activity", "tail"), ("users", "import"), ("search",), ("demo",), ("api",)]
)
def test_help_tells_the_exit_codes(cli: Cli, command: tuple[str, ...]) -> None:
    ended = cli(*command, "--help")

    assert 0 == ended.code
    assert "Exit codes" in ended.stdout


@posix
def test_ctrl_c_ends_an_upload_that_waits_for_input(cli: Cli, dataset_id: str, emulator: Emulator) -> None:
    process = cli.start("datasets", "upload", "-", "--dataset-id", dataset_id)
    assert process.stdin is not None
    process.stdin.write("1,a,1\n")
    process.stdin.flush()
    until(lambda: emulator.log.matching("GET */schemas/latest"))
    process.send_signal(signal.SIGINT)

    process.wait(WAIT)  # although its input stays open
    ended = cli.finish(process)

    assert 130 == ended.code
    assert "Interrupted\n" == ended.stderr


@posix
def test_ctrl_c_tells_what_became_of_a_commit(cli: Cli, dataset_id: str, emulator: Emulator, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("1,a,1\n", encoding="utf-8")
    emulator.faults.add(Fault("PUT */commit", "delay", delay=1))
    process = cli.start("datasets", "upload", str(file), "--dataset-id", dataset_id)
    until(lambda: emulator.faults.fired)
    process.send_signal(signal.SIGINT)

    ended = cli.finish(process)

    assert 130 == ended.code
    assert "Interrupted: the commit was in progress and took effect\n" == ended.stderr


@posix
def test_the_emulator_serves_until_ctrl_c(cli: Cli) -> None:
    process = cli.start("emulator", "--port", "0")
    assert process.stdout is not None
    settings: dict[str, str] = {}
    for line in process.stdout:
        name, _, value = line.strip().removeprefix("export ").partition("=")
        if value:
            settings[name] = value
        if len(settings) == 2:
            break
    with Domo(settings["DOMO_BASE_URL"], token=settings["DOMO_DEVELOPER_TOKEN"]) as domo:
        assert domo.datasets.create("x", {"a": "LONG"}).id
    process.send_signal(signal.SIGINT)

    assert 0 == cli.finish(process).code


def test_a_port_that_is_taken_is_told(cli: Cli, emulator: Emulator) -> None:
    ended = cli("emulator", "--port", emulator.url.rpartition(":")[2])

    assert 2 == ended.code
    assert ended.stderr.startswith("ConfigError: the instance cannot start")


def test_without_its_extra_the_command_line_names_it() -> None:
    ended = python("--help", without=["typer", "rich"])

    assert (2, "") == (ended.code, ended.stdout)
    assert 'domo-async: the command line needs: pip install "domo-async[cli]"\n' == ended.stderr


def test_without_its_extra_the_emulator_names_it() -> None:
    ended = python("demo", without=["duckdb"])

    assert 2 == ended.code
    assert 'pip install "domo-async[emulator]"' in ended.stderr
    assert 1 == ended.stderr.count("\n")


def test_nothing_is_loaded_before_it_is_used() -> None:
    loaded = (
        "import sys, domo_async; print({'typer', 'rich', 'duckdb', 'domo_async._cli'} & set(sys.modules));"
        "import domo_async._cli.app; print([n for n in sys.modules if 'domo_async._transfer' in n or n.count('.') > 2])"
    )

    alone, tree = python("-c", loaded).stdout.splitlines()

    assert "set()" == alone
    assert "domo_async._transfer" not in tree
    assert "domo_async._endpoints.datasets" not in tree


def test_the_version_is_told_with_what_is_compiled_and_which_extras_are_installed(cli: Cli) -> None:
    first, *rest = cli("--version").stdout.splitlines()
    told = json.loads(cli("--version", "--json").stdout)
    words = [line.split(maxsplit=1)[0] for line in rest]

    assert f"domo-async {domo_async.__version__}" == first
    assert {"Python", "extras"} <= set(words)
    assert domo_async.__version__ == told["version"]
    assert {"csv_scanner", "csv_rewriter", "frames", "emulator_rows", "models"} == set(told["compiled"])
    assert IS_COMPILED == told["compiled"]["csv_scanner"]
    assert {"installed": True, "packages": {"pyarrow": version("pyarrow")}} == told["extras"]["arrow"]
    assert not {"all", "clouds", "dev", "fuzz", "release"} & set(told["extras"])
    assert "true" == cli("--version", "--query", "extras.cli.installed").stdout.strip()


def test_a_compiled_module_that_cannot_be_loaded_is_not_told_as_compiled(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "_transfer" / "csv"
    folder.mkdir(parents=True)
    (folder / f"_survey{EXTENSION_SUFFIXES[-1]}").write_bytes(b"for another platform")
    monkeypatch.setattr("domo_async._cli.version._PACKAGE", tmp_path)

    told = json.loads(cli("--version", "--json").stdout)

    assert {False} == set(told["compiled"].values())
    assert "the scanner of CSV" in cli("--version").stdout.partition("not compiled")[2]


@pytest.mark.parametrize("arguments", [("--json",), ("--json", "datasets", "list")])
def test_json_is_asked_for_behind_the_name_of_a_command(cli: Cli, arguments: tuple[str, ...]) -> None:
    ended = cli(*arguments)

    assert 2 == ended.code
    assert "--json goes behind the command's name" in ended.stderr


@given(st.integers(1, 10**6), st.sampled_from([("", 1), ("kB", 10**3), ("MB", 10**6), ("MiB", 2**20), ("gib", 2**30)]))
def test_sizes_are_read_in_their_units(count: int, unit: tuple[str, int]) -> None:
    assert count * unit[1] == parse_size(f"{count}{unit[0]}")


@pytest.mark.parametrize("text", ["", "0", "-1", "8XB", "MiB", "1e3", "0.1"])
def test_a_text_that_is_not_a_size_is_refused(text: str) -> None:
    with pytest.raises(BadParameter, match="not a size"):
        parse_size(text)


@posix
def test_the_emulator_has_a_world_and_faults_from_the_command_line(cli: Cli, tmp_path: Path) -> None:
    options = ("--port", "0", "--data", str(tmp_path), "--world", "demo", "--seed", "7")
    process = cli.start("emulator", *options, "--fault", "GET */datasources:status=418,count=1", "--latency", "0.01")
    assert process.stdout is not None
    try:
        url = next(line for line in process.stdout if "DOMO_BASE_URL" in line).strip().partition("=")[2]
        with Domo(url, token=(tmp_path / "token").read_text().strip()) as domo:
            with pytest.raises(APIError, match="418"):
                list(domo.datasets.list())
            assert len(list(domo.datasets.list())) > 12
    finally:
        process.send_signal(signal.SIGTERM)

    assert 0 == cli.finish(process).code


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--fault", "status=503"), "ROUTE:KIND"),
        (("--world", "nowhere.zip"), "is not a world"),
    ],
)
def test_options_that_the_emulator_cannot_combine_are_errors(cli: Cli, options: tuple[str, ...], problem: str) -> None:
    ended = cli("emulator", "--port", "0", *options)

    assert 2 == ended.code
    assert problem in ended.stderr


def test_the_emulator_is_started_without_the_other_commands() -> None:
    ended = python("-X", "importtime", "-m", "domo_async", "emulator", "--port", "70000")

    assert 2 == ended.code
    assert "domo-async emulator [OPTIONS]" in ended.stderr
    assert "domo_async._cli.emulator" in ended.stderr
    assert not [line for line in ended.stderr.splitlines() if line.endswith(("domo_async._cli.demo", "rich.progress"))]

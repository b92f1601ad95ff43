"""Standard streams that are closed, full or read by nobody, terminals, and signals."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from domo_async.emulator import Emulator, Fault
from tests import forking
from tests.cli.running import WAIT, Cli, Ended
from tests.cli.test_commands import until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a shell of POSIX is needed")

FULL = "> /dev/full"
CLOSED = ">&-"
UNREAD = "| (exec <&-; cat /dev/null)"
needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")


@pytest.fixture(autouse=True)
def _hanging_up_is_not_ignored() -> Iterator[None]:
    """Let commands start as from a shell, also where the tests themselves run under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


def in_shell(cli: Cli, command: str, *arguments: str, folder: Path | None = None) -> Ended:
    """Run a command in bash, in which CLI stands for `domo-async`; the exit code is that of the first in a pipe."""
    quoted = [shlex.quote(argument) for argument in arguments]
    script = command.format(*quoted).replace("CLI", shlex.join(forking.python("-m", "domo_async")))
    ended = subprocess.run(
        ["bash", "-c", f"{script}\nexit ${{PIPESTATUS[0]}}"],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **cli.environment},
        timeout=WAIT,
        cwd=folder,
        check=False,
    )
    assert "Traceback" not in ended.stderr
    assert "Exception ignored" not in ended.stderr
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def rows(emulator: Emulator, dataset_id: str) -> int:
    with emulator.sync_client() as domo:
        return int(str(domo.datasets.query(dataset_id, "SELECT COUNT(*) FROM table").rows[0][0]))


@needs_full
@pytest.mark.parametrize("output", [FULL, CLOSED, UNREAD])
def test_committed_rows_stay_though_the_line_about_them_cannot_be_printed(
    cli: Cli, filled: str, file: Path, emulator: Emulator, output: str
) -> None:
    ended = in_shell(cli, f"CLI datasets upload {{}} -d {{}} --append --json {output}", str(file), filled)

    assert 4 == ended.code
    assert 8 == rows(emulator, filled)
    assert "The changes stay" in ended.stderr
    assert '"rows": 4' in ended.stderr


@needs_full
@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("datasets upload {} --create New --quiet", "-"),
        ("datasets export {1} out.csv", "Exported"),
        ("files up {}", "orders.csv"),
        ("users import users.csv", "ann@streams.example.com"),
        ('api PUT /api/data/v3/datasources/{1}/properties --json-body \'{{"dataProviderType": "api"}}\'', ""),
    ],
)
def test_whatever_was_done_is_told_to_standard_error_instead(
    cli: Cli, filled: str, file: Path, tmp_path: Path, command: str, told: str
) -> None:
    (tmp_path / "users.csv").write_text("display_name,email_address,role_id\nAnn,ann@streams.example.com,4\n")

    ended = in_shell(cli, f"CLI {command} {FULL}", str(file), filled, folder=tmp_path)

    assert 4 == ended.code, ended.stderr
    assert told in ended.stderr.partition("to be printed:")[2]


@needs_full
@pytest.mark.parametrize("output", [FULL, CLOSED])
def test_a_token_that_could_not_be_written_is_named_and_not_shown(cli: Cli, emulator: Emulator, output: str) -> None:
    ended = in_shell(cli, f"CLI tokens create --name lost --owner-id 1 --expires 2099-12-31 --output - {output}")
    with emulator.sync_client() as domo:
        made = max(each.id for each in domo.access_tokens.list() if each.id is not None)

    assert 4 == ended.code
    assert f"token {made} was created, but cannot be written: " in ended.stderr
    assert ended.stderr.endswith(". Revoke it.\n")


@needs_full
@pytest.mark.parametrize(
    ("command", "output", "why"),
    [
        ("datasets query {} 'SELECT 1'", FULL, "No space left"),
        ("datasets query {} 'SELECT 1'", UNREAD, ""),
        ("datasets query {} 'SELECT 1' --csv", CLOSED, "Bad file descriptor"),
        ("datasets export {} -", UNREAD, ""),
        ("--help", FULL, "No space left"),
        ("--version", CLOSED, "Bad file descriptor"),
    ],
)
def test_a_command_that_only_reads_fails_if_it_cannot_print(
    cli: Cli, filled: str, command: str, output: str, why: str
) -> None:
    ended = in_shell(cli, f"CLI {command} {output}", filled)

    assert 1 == ended.code
    assert (f"OutputFailed: standard output cannot be written: {why}" if why else "") in ended.stderr
    assert bool(why) == bool(ended.stderr)


@needs_full
def test_errors_that_nobody_can_be_told_of_keep_their_exit_code(cli: Cli, filled: str, tmp_path: Path) -> None:
    for output in ("2> /dev/full", "2>&-", "<&- >&- 2>&-"):
        assert 1 == in_shell(cli, f"CLI datasets query {{}} 'SELECT nothing FROM table' {output}", filled).code
    assert 4 == in_shell(cli, "CLI datasets export {} all.csv <&- >&- 2>&-", filled, folder=tmp_path).code
    assert 4 == (tmp_path / "all.csv").read_text().count("\n") - 1


def test_standard_input_that_is_closed_is_told(cli: Cli) -> None:
    ended = in_shell(cli, "CLI users import - <&-")

    assert (2, "SourceError: cannot read standard input: Bad file descriptor\n") == (ended.code, ended.stderr)


@pytest.mark.skipif(sys.platform != "linux", reason="the pipe is to be a short one")
@pytest.mark.parametrize("form", ["--csv", "--quiet"])
def test_a_pipe_that_does_not_wait_gets_all_of_it(cli: Cli, emulator: Emulator, form: str) -> None:
    """As programs that share it may have set it."""
    import fcntl  # not on Windows

    with emulator.sync_client() as domo:
        dataset_id = domo.datasets.create("Long", {"text": "STRING"}).id
        domo.datasets.upload(dataset_id, [["x" * 300_000]])
    command = ["query", dataset_id, "SELECT * FROM table", form] if form != "--quiet" else ["export", dataset_id, "-"]
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)  # full at nearly every write
    process = subprocess.Popen(
        forking.python("-m", "domo_async", "datasets", *command),
        stdout=writing,
        stderr=subprocess.PIPE,
        env={**os.environ, **cli.environment},
    )
    os.close(writing)
    with os.fdopen(reading, "rb") as output:
        content = output.read()

    assert b"" == process.communicate(timeout=WAIT)[1]
    assert 0 == process.returncode
    assert 300_000 == content.count(b"x") - content.count(b"text")


def test_standard_output_is_the_same_by_any_name(cli: Cli, filled: str, tmp_path: Path) -> None:
    for name in ("-", "/dev/stdout"):
        command = f"(echo before; CLI datasets export {{}} {name}; echo after) > out.txt"
        assert 0 == in_shell(cli, command, filled, folder=tmp_path).code
        lines = (tmp_path / "out.txt").read_text().splitlines()
        assert ["before", "id,name,price", "after"] == [lines[0], lines[1], lines[-1]]


@pytest.mark.parametrize(("number", "name"), [(signal.SIGTERM, "Terminated"), (signal.SIGHUP, "Hung up")])
def test_a_signal_ends_a_command_tells_the_outcome_and_leaves_nothing(
    cli: Cli, filled: str, file: Path, emulator: Emulator, tmp_path: Path, number: signal.Signals, name: str
) -> None:
    emulator.faults.add(Fault("PUT */commit", "delay", delay=1))
    process = cli.start("datasets", "upload", str(file), "--dataset-id", filled)
    until(lambda: emulator.faults.fired)
    process.send_signal(number)
    ended = cli.finish(process)

    assert (128 + number, f"{name}: the commit was in progress and took effect\n") == (ended.code, ended.stderr)

    emulator.faults.add(Fault("POST *export*", "delay", delay=WAIT))
    process = cli.start("datasets", "export", filled, str(tmp_path / "out.csv"))
    until(lambda: list(tmp_path.glob(".out.csv.*.part")))
    process.send_signal(number)
    ended = cli.finish(process)

    assert (128 + number, f"{name}\n") == (ended.code, ended.stderr)
    assert ["orders.csv"] == [path.name for path in tmp_path.iterdir()]


def test_a_signal_that_is_ignored_stays_so(cli: Cli, filled: str, emulator: Emulator, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    emulator.faults.add(Fault("POST *export*", "delay", delay=1))
    arguments = forking.python("-m", "domo_async", "datasets", "export", filled, str(target), "-q")
    process = subprocess.Popen(
        ["bash", "-c", 'trap "" HUP; exec "$@"', "bash", *arguments], env={**os.environ, **cli.environment}
    )
    until(lambda: emulator.faults.fired)
    process.send_signal(signal.SIGHUP)

    assert 0 == process.wait(WAIT)
    assert target.exists()


def test_the_emulator_ends_in_order_when_its_terminal_closes(cli: Cli) -> None:
    process = cli.start("emulator", "--port", "0")
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGHUP)

    assert 0 == cli.finish(process).code


HOSTILE = "\x1b]0;title\x07 \u202egpj.exe \x9b31m \u2066 end"


@pytest.mark.parametrize(
    "command",
    [
        ("datasets", "query", "{}", "SELECT name FROM table", "--csv"),
        ("datasets", "query", "{}", "SELECT name FROM table", "--json"),
        ("datasets", "show", "{}"),
        ("datasets", "list", "--csv"),
        ("api", "GET", "/api/data/v3/datasources/{}"),
        ("datasets", "query", "{}", f"SELECT `{HOSTILE}` FROM table", "--debug"),
    ],
)
def test_control_characters_are_shown_on_a_terminal_and_sent_elsewhere(
    cli: Cli, emulator: Emulator, command: tuple[str, ...]
) -> None:
    with emulator.sync_client() as domo:
        dataset_id = domo.datasets.create(HOSTILE, {"name": "STRING"}).id
        domo.datasets.upload(dataset_id, [(HOSTILE,)])
    arguments = [part.format(dataset_id) for part in command]

    seen = cli.on_terminal(*arguments)

    for sign in "\x07\x9b\u202e\u2066":
        assert sign not in seen
    assert "\x1b]0" not in seen
    assert "202e" in seen


def test_files_and_pipes_get_what_there_is(cli: Cli, emulator: Emulator) -> None:
    with emulator.sync_client() as domo:
        dataset_id = domo.datasets.create("Plain", {"name": "STRING"}).id
        domo.datasets.upload(dataset_id, [(HOSTILE,)])

    assert HOSTILE in cli.finish(cli.start("datasets", "export", dataset_id, "-")).stdout
    found = json.loads(cli("datasets", "query", dataset_id, "SELECT name FROM table", "--json").stdout)
    assert [{"name": HOSTILE}] == found

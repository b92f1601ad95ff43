from __future__ import annotations

import csv
import json
import uuid
from pathlib import Path

import pytest

from domo_async.emulator import Emulator, Fault
from tests.cli.running import Cli


@pytest.fixture
def domain() -> str:
    """A domain that nobody on the instance has yet."""
    return f"{uuid.uuid4().hex}.example.com"


def written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8-sig")
    return str(path)


def test_users_of_a_file_are_made_once(cli: Cli, tmp_path: Path, domain: str) -> None:
    file = written(tmp_path / "users.csv", f"Name,Email,Role\n Ada ,ada@{domain},4\nAlan,alan@{domain},\n")
    command = ("users", "import", file, "--role", "4")

    dry = cli(*command, "--dry-run")
    made = json.loads(cli(*command, "--json").stdout)
    again = cli(*command)
    rows = list(csv.DictReader(cli("users", "list", "--csv").stdout.splitlines()))

    assert "2 created (dry run: nothing was changed)\n" in dry.stdout
    assert {"created": 2} == made["counts"]
    assert ["Ada", "Alan"] == [result["display_name"] for result in made["results"]]
    assert "2 skipped\n" in again.stdout
    mine = [(row["display_name"], row["role_id"]) for row in rows if row["email_address"].endswith(domain)]
    assert [("Ada", "4"), ("Alan", "4")] == mine
    assert f"ada@{domain}" in cli("users", "list").stdout


def test_an_import_of_which_some_failed_exits_with_1_and_tells_why(cli: Cli, tmp_path: Path, domain: str) -> None:
    file = written(tmp_path / "users.csv", f"name,email,role\nAda,ada@{domain},4\nBad,bad@{domain},99999\n")

    ended = cli("users", "import", file)

    assert 1 == ended.code
    assert "1 created, 1 failed\n" in ended.stdout
    assert f"bad@{domain}, Bad, 99999: role 99999 does not exist" in ended.stderr


def test_an_import_says_whether_to_invite(cli: Cli, tmp_path: Path, domain: str) -> None:
    file = written(tmp_path / "users.csv", f"name,email,role\nAda,ada@{domain},4\n")

    ended = cli("users", "import", file, "--no-send-invite", "--debug")

    assert "1 created\n" in ended.stdout
    assert "1 skipped\n" in cli("users", "import", file, "--send-invite").stdout


def test_an_import_can_update(cli: Cli, tmp_path: Path, domain: str) -> None:
    file = written(tmp_path / "users.csv", f"name,email,role\nAda,ada@{domain},4\n")
    renamed = written(tmp_path / "renamed.csv", f"name,email,role\nAda Lovelace,ada@{domain},4\n")
    cli("users", "import", file)

    assert "1 updated\n" in cli("users", "import", renamed, "--exists", "update").stdout
    assert 1 == cli("users", "import", file, "--exists", "fail").code


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("name,email\nAda,ada@x.com\n", "has no column role_id"),
        ("name,email,role\nAda,,4\n", "line 2 of "),
        ("name,email,role\nAda,ada@x.com,4,5\n", "more cells than columns"),
        ('name,email,role\n"Ada"x,ada@x.com,4\n', "after line 1 of "),
        ("", "has no column"),
    ],
)
def test_a_file_that_lacks_something_is_wrong_use(cli: Cli, tmp_path: Path, text: str, problem: str) -> None:
    ended = cli("users", "import", written(tmp_path / "users.csv", text))

    assert 2 == ended.code
    assert ended.stderr.startswith("SourceError: ")
    assert problem in ended.stderr
    assert 2 == cli("users", "import", str(tmp_path / "none.csv")).code


def test_groups_get_the_members_of_a_file(cli: Cli, tmp_path: Path, domain: str, emulator: Emulator) -> None:
    with emulator.sync_client() as domo:
        for name in ("ada", "alan"):
            domo.users.create(display_name=name, email_address=f"{name}@{domain}", role_id=4)
    group = f"Group {domain}"
    both = written(tmp_path / "both.csv", f"group,email\n{group},ada@{domain}\n{group},alan@{domain}\n")
    one = written(tmp_path / "one.csv", f"group,email\n{group},ada@{domain}\n")

    refused = cli("groups", "sync", both, "--no-create")
    dry = json.loads(cli("groups", "sync", both, "--dry-run", "--json").stdout)
    made = cli("groups", "sync", both)
    kept = cli("groups", "sync", one, "--no-remove")
    left = json.loads(cli("groups", "sync", one, "--remove", "--json").stdout)
    listed = json.loads(cli("groups", "list", "--search", group, "--json").stdout)

    assert (1, True) == (refused.code, "these do not exist: " in refused.stderr)
    assert (True, {"created": 1}) == (dry["dry_run"], dry["counts"])
    assert "1 created\n" in made.stdout
    assert "1 unchanged\n" in kept.stdout
    assert [(f"ada@{domain}", "unchanged"), (f"alan@{domain}", "removed")] == [
        (row["member"], row["outcome"]) for row in left["results"][1:]
    ]
    assert [(group, 1)] == [(each["name"], each["member_count"]) for each in listed]


def test_a_sync_that_failed_exits_with_1(cli: Cli, tmp_path: Path, domain: str, emulator: Emulator) -> None:
    with emulator.sync_client() as domo:
        domo.users.create(display_name="ada", email_address=f"ada@{domain}", role_id=4)
    emulator.faults.add(Fault("PUT */groups/access", "status", status=403))

    ended = cli("groups", "sync", written(tmp_path / "one.csv", f"group,email\nNew {domain},ada@{domain}\n"))

    assert 1 == ended.code
    assert "1 failed\n" in ended.stdout
    assert f"New {domain}, ada@{domain}: 403 on PUT " in ended.stderr


def test_a_workflow_is_started_and_waited_for(cli: Cli, emulator: Emulator) -> None:
    emulator.faults.add(
        Fault(
            "POST */instances/message",
            "status",
            status=200,
            headers={"Content-Type": "application/json"},
            body='{"id": "run-1", "modelName": "Refunds", "status": null}',
            count=2,
        )
    )
    for status in ("COMPLETED", "FAILED"):
        emulator.faults.add(
            Fault(
                "GET */executions",
                "status",
                status=200,
                headers={"Content-Type": "application/json"},
                body=f'{{"executions": [{{"id": "run-1", "status": "{status}"}}]}}',
            )
        )
    start = ("workflows", "start", "model", "--message-name", "Start Refunds", "--version", "1.0.0", "--wait")

    done = cli(*start, "--json", "-d", "order:=4711", "-d", "note=late")
    failed = cli(*start)

    assert "COMPLETED" == json.loads(done.stdout)["status"]
    assert 1 == failed.code
    assert failed.stderr.startswith("JobFailed: ")
    assert failed.stderr.endswith("workflow instance run-1 was started\n")


@pytest.mark.parametrize("dry", [("--dry-run",), ()])
def test_columns_that_are_not_used_are_told_and_misspelt_ones_refused(
    cli: Cli, tmp_path: Path, domain: str, dry: tuple[str, ...]
) -> None:
    file = written(tmp_path / "users.csv", f"name,email,Department\nAda,ada@{domain},Sales\n")
    misspelt = written(tmp_path / "misspelt.csv", f"name,email,rol_id\nAda,ada@{domain},1\n")
    twice = written(tmp_path / "twice.csv", f"name,email,E-Mail,EMAIL\nAda,ada@{domain},x,y\n")

    good = cli("users", "import", file, "--role", "4", *dry)
    wrong = cli("users", "import", misspelt, "--role", "4", *dry)
    doubled = cli("users", "import", twice, "--role", "4", *dry)

    assert (0, f"Not used of {file}: Department\n") == (good.code, good.stderr)
    assert 2 == wrong.code
    assert "has no column role_id, but rol_id" in wrong.stderr
    assert 2 == doubled.code
    assert "several columns for email_address: 'email', 'EMAIL'" in doubled.stderr

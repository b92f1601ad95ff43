"""`users offboard`, and groups that ask before they lose members."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from domo_async._emulator.routes import files
from domo_async.emulator import Emulator
from tests.cli.running import Cli

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")


@pytest.fixture(scope="module")
def running_emulator() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


def a_leaver(emulator: Emulator, name: str) -> tuple[str, str]:
    """Make a user with a dataset and two groups, and another one; return their addresses."""
    people = []
    with emulator.sync_client() as domo:
        for each in (name, f"Heir of {name}"):
            address = f"{each.replace(' ', '.').lower()}@example.com"
            people.append(domo.users.create(display_name=each, email_address=address, role_id=1))
        leaver = people[0].id
        dataset = domo.datasets.create(f"Data of {name}", {"n": "LONG"})
        domo.datasets.set_owner(dataset.id, user_id=leaver)
        for number in range(2):
            group = domo.groups.create(name=f"Group {number} of {name}", type="closed")
            domo.groups.add_owners(group.id, owners=[leaver])
            domo.groups.remove_owners(group.id, owners=[1])
    return str(people[0].email_address), str(people[1].email_address)


def test_a_leaver_is_told_first_then_offboarded_and_nothing_is_left(cli: Cli, emulator: Emulator) -> None:
    leaver, heir = a_leaver(emulator, "Ada")

    dry = json.loads(cli("users", "offboard", leaver, "--to", heir, "--dry-run", "--json").stdout)
    shown = cli("users", "offboard", leaver, "--to", heir, "--dry-run")
    refused = cli("users", "offboard", leaver, "--to", heir)
    done = cli("users", "offboard", leaver, "--to", heir, "--account", "delete", "--yes", "--json")
    again = cli("users", "offboard", leaver, "--to", heir, "--yes")

    assert (True, {"dataset": 1, "group": 2, "user": 1}) == (dry["dry_run"], dry["counts"])
    assert [1, 2, 1] == [len(step["things"]) for step in dry["steps"] if step["things"]]
    assert "Group 0 of Ada, Group 1 of Ada" in shown.stdout
    assert "4 things for Heir of Ada" in shown.stdout
    assert "Not looked at: approvals" in shown.stdout
    assert (2, True) == (refused.code, "Nobody can answer here: give --yes" in refused.stderr)
    assert 0 == done.code
    results = json.loads(done.stdout)
    assert {"updated": 3, "deleted": 1} == results["counts"]
    assert ["dataset", "group", "group", "user"] == [row["kind"] for row in results["results"]]
    assert (1, True) == (again.code, "these users do not exist: ada@example.com" in again.stderr)


def lines_of(text: str) -> set[str]:
    return {" ".join(line.split()) for line in text.splitlines()}


def test_an_account_that_has_to_stay_fails_the_command(cli: Cli, emulator: Emulator) -> None:
    leaver, heir = a_leaver(emulator, "Bo")
    with emulator.sync_client() as domo:
        number = next(user.id for user in domo.users.list() if user.email_address == leaver)
        token = next(user.id for user in domo.users.list() if user.email_address == heir)
        domo.users.update(token, role_id=4)

    files.add_file(emulator._instance, [b"x"], name="notes.txt", owner=number)

    ended = cli("users", "offboard", leaver, "--to", heir, "--yes")
    skipped = cli("users", "offboard", leaver, "--to", heir, "--yes", "--skip", "file")

    assert 1 == ended.code
    assert {"group 2 2 updated", "file 1 1 skipped", "user 1 1 not begun"} <= lines_of(ended.stdout)
    assert 1 == ended.stdout.count("Group 0 of Bo"), "what went well is told twice"
    assert "1 not begun" in ended.stdout
    assert "no route is known" in ended.stdout.replace("\n", " ")
    assert (0, True) == (skipped.code, "1 updated" in skipped.stdout)


@posix
def test_on_a_terminal_it_asks(cli: Cli, emulator: Emulator) -> None:
    leaver, heir = a_leaver(emulator, "Cy")

    said_no = cli.on_terminal("users", "offboard", leaver, "--to", heir, answer="n\n")
    said_yes = cli.on_terminal("users", "offboard", leaver, "--to", heir, answer="y\n")

    assert "Hand 4 things of Cy over to Heir of Cy" in " ".join(said_no.split())
    assert "Nothing was changed." in said_no
    assert "4 updated" in said_yes


def test_groups_that_would_lose_members_need_to_be_told_so(cli: Cli, tmp_path: Path, emulator: Emulator) -> None:
    with emulator.sync_client() as domo:
        for name in ("di", "ed"):
            domo.users.create(display_name=name, email_address=f"{name}@example.com", role_id=4)
    both, one = tmp_path / "both.csv", tmp_path / "one.csv"
    both.write_text("group,email\nBuyers,di@example.com\nBuyers,ed@example.com\n", encoding="utf-8")
    one.write_text("group,email\nBuyers,di@example.com\n", encoding="utf-8")

    made = cli("groups", "sync", str(both))
    refused = cli("groups", "sync", str(one))
    dry = json.loads(cli("groups", "sync", str(one), "--dry-run", "--json").stdout)
    same = cli("groups", "sync", str(both))
    removed = cli("groups", "sync", str(one), "--remove", "--json")

    assert (0, 2) == (made.code, refused.code)
    assert "Let 1 member leave Buyers (1)? Nobody can answer here: give --remove" in refused.stderr
    assert ["unchanged", "removed"] == [row["outcome"] for row in dry["results"][1:]]
    assert (0, True) == (same.code, "1 unchanged" in same.stdout)
    assert ["unchanged", "removed"] == [row["outcome"] for row in json.loads(removed.stdout)["results"][1:]]

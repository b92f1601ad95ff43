"""Commands that are made of the client's methods, and what all commands share."""

from __future__ import annotations

import csv
import inspect
import json
import re
import shlex
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
import typer

from domo_async._cli.app import app
from domo_async._cli.areas import EXAMPLES, NOUNS
from domo_async._cli.making import method_of
from domo_async._cli.showing import has_field
from domo_async._cli.tree import commands_of
from domo_async.emulator import Emulator
from domo_async.sync import Domo
from tests.cli.running import Cli

FILES = {
    "account.json": "{}",
    "aws.json": '{"access_key": "key", "access_secret": "secret"}',
    "content.json": "[]",
    "flow.json": '{"name": "Orders"}',
    "functions.json": "[]",
    "grants.json": "[]",
    "job.json": "{}",
    "north.json": '[{"column": "region", "values": ["North"]}]',
    "order.json": "{}",
    "password.txt": "a new password",
    "report.txt": "All is well.",
    "schedule.json": '{"frequency": "DAILY"}',
    "schemas.json": "[]",
    "settings.json": "[]",
    "totals.py": "def total(): pass",
    "transport.json": '{"type": "CONNECTOR"}',
}
# What some lists are asked for.
NEEDED: dict[str, Callable[[Domo], str]] = {
    "appdb documents": lambda domo: next(each.id for each in domo.appdb.collections.list() if each.id),
    "applications jobs": lambda domo: next(each.application_id or "" for each in domo.applications.list()),
    "filesets files": lambda domo: domo.filesets.search(page_size=1).all()[0].id,
    "migrations amplifier": lambda domo: domo.migrations.amplifier.integrations("BIGQUERY")[0].id,
    "migrations federated": lambda domo: domo.migrations.federated.accounts("mysql-federated")[0].id,
    "policies": lambda domo: domo.datasets.list(limit=1).all()[0].id,
    "s3-exports": lambda domo: domo.datasets.list(limit=1).all()[0].id,
}


@pytest.fixture(scope="module")
def world() -> Iterator[Emulator]:
    with Emulator(world="demo") as emulator:
        yield emulator


@pytest.fixture(scope="module")
def emulator(world: Emulator) -> Emulator:
    return world


@pytest.fixture(scope="module")
def domo(world: Emulator) -> Iterator[Domo]:
    with world.sync_client() as domo:
        yield domo


@pytest.fixture(scope="module")
def commands() -> dict[str, Any]:
    root: Any = typer.main.get_command(app)
    return {" ".join(words): each for words, each in commands_of(root, root.make_context("domo-async", ["help"]))}


def test_examples_of_all_commands_are_understood(
    commands: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)
    made = {f"{noun.words} {row.name}": row.examples for noun in NOUNS for row in noun.rows}
    alone = {words for words, command in commands.items() if not hasattr(command, "commands")}

    assert alone == {*made, *EXAMPLES}
    for words in {*commands} - alone:
        assert f"$ domo-async {words} " in commands[words].epilog
    for words, examples in {**made, **EXAMPLES}.items():
        assert examples, words
        for example in examples:
            assert f"$ domo-async {words} {example}".rstrip() in commands[words].epilog.replace("\\[", "[")
            commands[words].make_context(words, shlex.split(example))  # raises what says that it is misused


@pytest.mark.parametrize("noun", [noun.words for noun in NOUNS if any(row.name == "list" for row in noun.rows)])
def test_lists_are_tables_json_and_csv(cli: Cli, domo: Domo, noun: str) -> None:
    needed = [NEEDED[noun](domo)] if noun in NEEDED else []
    words = [*noun.split(), "list", *needed, "--limit", "2"]

    table, as_json, as_csv = cli(*words), cli(*words, "--json"), cli(*words, "--csv")

    assert (0, 0, 0) == (table.code, as_json.code, as_csv.code), table.stderr + as_json.stderr + as_csv.stderr
    rows = list(csv.DictReader(as_csv.stdout.splitlines()))
    assert len(rows) == len(json.loads(as_json.stdout)) <= 2
    assert f"{len(rows):,} " in table.stdout.splitlines()[-1]
    assert all(rows[0]["id"] in line for line in table.stdout.splitlines() if rows and line.startswith(rows[0]["id"]))


def test_columns_of_lists_are_fields_of_what_is_listed() -> None:
    rows = [row for noun in NOUNS for row in noun.rows if row.columns]
    kinds = [get_args(get_type_hints(inspect.unwrap(method_of(row)))["return"])[0] for row in rows]
    odd = [
        f"{row.method}: {path}"
        for row, kind in zip(rows, kinds, strict=True)
        for column in row.columns.split()
        for path in column.rpartition("=")[2].split("|")
        if not has_field(kind, path.split("."))
    ]

    assert [] == odd


def test_things_are_made_shown_changed_and_deleted(cli: Cli, domo: Domo) -> None:
    role = cli("roles", "create", "--name", "Night shift", "--description", "Loads", "--query", "id").stdout.strip()

    assert "Night shift" in cli("roles", "show", role).stdout
    assert 0 == cli("roles", "update", role, "--name", "Day shift").code
    assert "Day shift" == domo.roles.get(role).name
    assert {"outcome": "deleted", "role_id": role} == json.loads(cli("roles", "delete", role, "--yes", "--json").stdout)
    assert 1 == cli("roles", "show", role).code


def test_functions_are_packed_run_and_deleted(cli: Cli, domo: Domo, tmp_path: Path) -> None:
    code, functions = tmp_path / "totals.py", tmp_path / "functions.json"
    code.write_text("def total(x):\n    return x\n")
    functions.write_text('[{"name": "total", "inputs": [{"name": "x", "type": "number"}]}]')
    create = ("code-engine", "packages", "create", "--name", "Totals", "--language", "python", "--query", "id")

    package = cli(*create, "--code", f"@{code}", "--functions", f"@{functions}").stdout.strip()
    kept = cli("code-engine", "packages", "version", package, "1.0.0", "--query", "code").stdout
    cli("code-engine", "packages", "release", package, "1.0.0")
    run = cli("code-engine", "run", package, "1.0.0", "total", "--input-variables", '{"x": 4}', "--json")

    assert code.read_text() == kept.removesuffix("\n")
    assert "SUCCESS" == json.loads(run.stdout)["status"], run.stderr
    assert 0 == cli("code-engine", "packages", "delete", package, "--yes").code
    assert [] == domo.code_engine.packages.list().all()


def test_content_is_certified(cli: Cli, domo: Domo) -> None:
    dataset = domo.datasets.create("Certain", {"id": "LONG"}).id

    certified = cli("certifications", "certify", "DATA_SOURCE", dataset)
    made = cli("certifications", "create", "data_source", dataset)
    state = cli("certifications", "show", "DATA_SOURCE", dataset, "--query", "state")
    deleted = cli("certifications", "delete", "DATA_SOURCE", dataset, "--yes")

    assert (2, True) == (certified.code, "Did you mean 'create'?" in certified.stderr)
    assert (0, "ACTIVE\n", 0) == (made.code, state.stdout, deleted.code)
    assert domo.certifications.get("DATA_SOURCE", dataset).state is None
    assert "There are show, create, delete." in cli("certifications", "frobnicate").stderr


def test_users_groups_and_pages_are_referred_to_by_type_and_id(cli: Cli, domo: Domo) -> None:
    page = str(domo.pages.create(title="Shared").page_id)
    group = domo.groups.create(name="Readers", type="open").id
    share = ("sharing", "share", "--resources", f"page:{page}", "--no-send-email", "--recipients")

    shared = cli(*share, f"group:{group}")
    owned = cli("pages", "add-owners", "--page-ids", page, "--owners", f"GROUP:{group}")
    wrong = cli(*share, "team:8")
    access = domo.pages.access(int(page))
    removed = cli("pages", "remove-owners", "--page-ids", page, "--owners", f"group:{group}", "--yes")
    levels = f'[{{"id": {domo.users.me().id}, "access_level": "CO_OWNER", "type": "USER"}}]'
    sync = ("datasets", "sync-access", domo.datasets.list(limit=1).all()[0].id, levels)
    synced = cli(*sync, "--dry-run")
    assert (0, True) == (synced.code, "nothing was changed" in synced.stdout), synced.stderr
    asked, added = cli(*sync), cli(*sync, "--no-remove")
    assert (2, True, 0) == (asked.code, "give --yes" in asked.stderr, added.code), asked.stderr + added.stderr
    revoked = cli("sharing", "revoke", "--resources", page, "--recipient", f"group:{group}", "--yes")

    assert (0, 0, 0, 0) == (shared.code, owned.code, removed.code, revoked.code), removed.stderr + revoked.stderr
    assert [group] == [each.id for each in access.groups]
    assert (2, True) == (wrong.code, "'team:8' is not an ID or one of user:ID, group:ID" in wrong.stderr)


def test_secrets_come_from_files_alone(cli: Cli, domo: Domo, tmp_path: Path) -> None:
    dataset = domo.datasets.create("Exported", {"id": "LONG"}).id
    keys = tmp_path / "aws.json"
    keys.write_text('{"access_key": "AKIA-KEY", "access_secret": "s3cr3t-text"}')
    create = ("s3-exports", "create", dataset, "--bucket", "exports", "--path", "orders", "--region", "us-east-1")
    export = (*create, "--export-query", '{"columns": ["id"]}', "--credentials")

    made = cli(*export, f"@{keys}", "--json")
    seen = cli(*export, keys.read_text())
    short = cli(*export, "-", stdin='{"access_key": "AKIA-KEY"}')
    listed = json.loads(cli("s3-exports", "list", dataset, "--json").stdout)

    assert [json.loads(made.stdout)["export_id"]] == [each["export_id"] for each in listed], made.stderr
    assert (2, 2) == (seen.code, short.code)
    assert "access_secret" in short.stderr
    for ended in (made, seen, short):
        assert "s3cr3t-text" not in ended.stdout + ended.stderr
        assert "AKIA-KEY" not in ended.stdout + ended.stderr


def test_texts_for_models_come_from_files_and_standard_input(cli: Cli, tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    report.write_text("All is well")
    summarize = ("ai", "summarize", "--query", "prompt", "--input")

    told = [cli(*summarize, *given) for given in (("All is well",), (f"@{report}",))]
    piped = cli(*summarize, "-", stdin="All is well")

    assert ["All is well\n"] * 3 == [each.stdout for each in (*told, piped)]


def test_values_are_json_from_arguments_files_and_standard_input(cli: Cli, domo: Domo, tmp_path: Path) -> None:
    dataset = domo.datasets.create("Regions", {"region": "STRING"}).id
    north = json.dumps([{"column": "region", "values": ["North"]}])
    (tmp_path / "north.json").write_text(north)
    create = ("policies", "create", dataset, "--users", "1", "--query", "name", "--name")

    made = [
        cli(*create, "One", "--filters", north),
        cli(*create, "Two", "--filters", f"@{tmp_path}/north.json"),
        cli(*create, "Three", "--filters", "-", stdin=north),
    ]
    wrong = cli(*create, "Four", "--filters", '[{"colum": "region"}]')
    absent = cli(*create, "Five", "--filters", f"@{tmp_path}/none.json")

    assert ["One\n", "Two\n", "Three\n"] == [each.stdout for each in made]
    policies = {each.name: each for each in domo.datasets.policies.list(dataset)}
    assert ["North"] == list(policies["Three"].parameters[0].values)
    assert cli("policies", "list", dataset).stdout.endswith(f"\n{len(policies)} policies\n")
    assert (2, 2) == (wrong.code, absent.code)
    assert {"One", "Two", "Three"} <= {*policies}


def test_dataflows_run_and_tell_how_it_went(cli: Cli, domo: Domo) -> None:
    flow = str(domo.dataflows.list().all()[0].id)

    run = json.loads(cli("dataflows", "run", flow, "--wait", "--json").stdout)
    history = list(csv.DictReader(cli("dataflows", "history", flow, "--limit", "1", "--csv").stdout.splitlines()))

    assert [str(run["id"])] == [row["id"] for row in history]
    assert run["state"] == cli("dataflows", "status", flow, str(run["id"]), "--query", "state").stdout.strip()


def test_workflows_are_followed_and_cancelled(cli: Cli, domo: Domo) -> None:
    model = next(each for each in domo.workflows.list() if domo.workflows.executions(each.id))
    runs = json.loads(cli("workflows", "history", model.id, "--json").stdout)
    status = cli("workflows", "status", runs[0]["id"], "--query", "status")
    filtered = json.loads(cli("workflows", "history", model.id, "--status", "completed", "--json").stdout)

    assert f"{runs[0]['status']}\n" == status.stdout
    assert {"COMPLETED"} >= {run["status"] for run in filtered}
    assert 2 == cli("workflows", "cancel", runs[0]["id"]).code


def test_cards_that_are_not_there_are_an_error(cli: Cli, domo: Domo) -> None:
    first, second = (str(card.id) for card in domo.cards.list(limit=2))

    assert f"Id  {first}" in " ".join(cli("cards", "show", first).stdout.split("\n")[0].split()).replace("Id ", "Id  ")
    assert 2 == len(json.loads(cli("cards", "show", first, second, "--json").stdout))
    absent = cli("cards", "show", "999")
    assert (1, "The card does not exist, or you may not see it.\n") == (absent.code, absent.stderr)


def test_a_new_token_goes_to_a_file_of_ones_own(cli: Cli, domo: Domo, tmp_path: Path) -> None:
    file = tmp_path / "token"
    create = ("tokens", "create", "--name", "nightly", "--owner-id", str(domo.users.me().id), "--expires", "30d")

    made = cli(*create, "--output", str(file))
    token = file.read_text().strip()
    again = cli(*create, "--output", str(file))

    assert 0 == made.code, made.stderr
    assert token not in made.stdout + made.stderr
    assert 0o600 == file.stat().st_mode & 0o777
    assert 1 == again.code
    listed = json.loads(cli("tokens", "list", "--json").stdout)
    assert ["nightly"] == [each["name"] for each in listed]  # the second was not made, as there is no place for it
    left = datetime.fromisoformat(listed[0]["expires"]) - datetime.now(UTC)
    assert timedelta(days=29) < left < timedelta(days=30)
    assert 0 == cli("tokens", "delete", str(listed[0]["id"]), "--yes").code
    alone = cli(*create, "--output", "-").stdout
    assert 1 == len(alone.split())
    with Domo(cli.emulator.url, token=alone.strip()) as other:
        assert domo.users.me().id == other.users.me().id


def test_commands_that_delete_ask_first(cli: Cli, world: Emulator, domo: Domo) -> None:
    page = str(domo.pages.create(title="Short-lived").page_id)
    world.log.clear()

    refused = cli("pages", "delete", page)
    declined = cli.on_terminal("pages", "delete", page, answer="n\n")

    assert (2, f"ConfigError: Delete the page {page}? Nobody can answer here: give --yes\n") == (
        refused.code,
        refused.stderr,
    )
    assert "Nothing was changed." in declined
    assert not world.log.matching("DELETE *")
    assert f"Deleted: {page}\n" == cli("pages", "delete", page, "-y").stdout


def test_dry_runs_change_nothing(cli: Cli, domo: Domo) -> None:
    role = domo.roles.create(name="Dry", description="").id
    before = domo.roles.authorities(role)

    ended = cli("roles", "sync-authorities", str(role), "dataset.edit", "--dry-run")

    assert 0 == ended.code, ended.stderr
    assert "nothing was changed" in ended.stdout
    assert before == domo.roles.authorities(role)


def test_read_only_refuses_whatever_may_change_something(cli: Cli, world: Emulator, domo: Domo) -> None:
    dataset = domo.datasets.create("Untouched", {"id": "LONG"}).id
    world.log.clear()
    changes = [
        ("--read-only", "datasets", "delete", dataset, "--yes"),
        ("datasets", "update", dataset, "--name", "Touched", "--read-only"),
        ("api", "DELETE", f"/api/data/v3/datasources/{dataset}", "--read-only"),
        ("pages", "create", "--title", "New", "--read-only"),
    ]

    refused = [cli(*change) for change in changes]
    by_environment = cli("datasets", "delete", dataset, "--yes", environment={"DOMO_READ_ONLY": "1"})
    by_both = [cli(*change, environment={"DOMO_READ_ONLY": "0"}) for change in changes]

    assert [2] * 9 == [each.code for each in (*refused, by_environment, *by_both)]
    assert "DELETE /api/data/v3/datasources/{} is not known to change nothing" in refused[0].stderr
    assert [] == list(world.log)
    assert 0 == cli("datasets", "query", dataset, "SELECT * FROM table", "--read-only").code
    assert 0 == cli("datasets", "export", dataset, "-", "--read-only").code
    assert 0 == cli("search", "untouched", "--read-only").code
    assert 0 == cli("cards", "list", "--limit", "1", "--read-only").code


def test_a_misspelt_command_names_the_likely_one(cli: Cli) -> None:
    noun, verb, synonym, option = (
        cli("dataflow", "list"),
        cli("pages", "lsit"),
        cli("roles", "rm", "1"),
        cli("roles", "show", "1", "--jsn"),
    )
    others = {given: cli(*given.split()).stderr for given in ("apps list", "pdp", "files upload", "filesets download")}

    assert [2] * 4 == [each.code for each in (noun, verb, synonym, option)]
    assert [True] * 4 == [
        f"Did you mean '{meant}'?" in told
        for told, meant in zip(others.values(), ("data-apps", "policies", "up", "pull"), strict=True)
    ]
    assert "Did you mean 'dataflows'?" in noun.stderr
    assert "Did you mean 'list'?" in verb.stderr
    assert "Did you mean 'delete'?" in synonym.stderr
    assert "--json" in option.stderr


def test_query_picks_from_json(cli: Cli) -> None:
    names = cli("roles", "list", "--query", "[?id == `1`].name")
    text = cli("roles", "show", "1", "--query", "name")

    assert ["Admin"] == json.loads(names.stdout)
    assert "Admin\n" == text.stdout
    assert "Admin\n" == cli("api", "GET", "/api/authorization/v1/roles/1", "--query", "name").stdout
    assert 2 == cli("roles", "list", "--query", "[").code
    assert 2 == cli("roles", "list", "--query", "abs(@)").code
    assert 2 == cli("roles", "list", "--csv", "--query", "[0]").code


@pytest.mark.parametrize(
    "expression",
    ["", "&name", "[&name]", "[::0]", "ceil(`1e400`)", "no_such(@)", "sum(@)", f"{'(' * 5000}name{')' * 5000}"],
    ids=["empty", "function", "list-of-functions", "step-zero", "infinite", "unknown", "unfit", "deep"],
)
def test_a_query_that_gives_no_json_is_wrong_use(cli: Cli, expression: str) -> None:
    ended = cli("roles", "list", "--query", expression)

    assert (2, "") == (ended.code, ended.stdout)
    assert "Invalid value for --query: " in ended.stderr


def test_a_query_that_does_not_fit_what_was_made_tells_that_it_was_made(cli: Cli, domo: Domo) -> None:
    ended = cli("datasets", "create", "Queried", "id:LONG", "--query", "abs(@)", environment={"COLUMNS": "1000"})
    (made,) = domo.datasets.list(name_like="Queried").all()

    assert (4, "") == (ended.code, ended.stdout)
    assert "The changes stay" in ended.stderr
    assert f'"id": "{made.id}"' in ended.stderr


def test_columns_of_tables_and_csv_are_chosen(cli: Cli, world: Emulator, domo: Domo) -> None:
    first = domo.datasets.list(limit=1).all()[0]
    assert first.owner is not None

    as_csv = cli("datasets", "list", "--limit", "1", "--csv", "--columns", "id, rows,by=owner.name,owner.id")
    table = cli("datasets", "list", "--limit", "1", "--columns", "data_provider_type")
    hits = cli("search", "*", "--entities", "dataset", "--csv", "--columns", "name,id=database_id", "--limit", "2")
    world.log.clear()
    wrong = [
        cli("datasets", "list", "--columns", given, *more, environment={"COLUMNS": "1000"})
        for given, *more in (("id,colour",), ("owner.colour",), (",",), ("id", "--json"))
    ]

    (row,) = csv.DictReader(as_csv.stdout.splitlines())
    assert {
        "id": first.id,
        "rows": str(first.row_count),
        "by": first.owner.name,
        "owner.id": str(first.owner.id),
    } == row
    assert ["Data provider type", str(first.data_provider_type)] == [
        line.strip() for line in table.stdout.splitlines() if line.strip(" ─")
    ][:2]
    assert (["name,id"], 3) == (hits.stdout.splitlines()[:1], len(hits.stdout.splitlines()))
    assert [2] * 4 == [each.code for each in wrong]
    assert "the field 'colour' does not exist; choose from id, name, rows, type, owner, updated" in wrong[0].stderr
    assert [] == list(world.log)


def test_two_forms_are_refused_before_anything_is_sent(cli: Cli, world: Emulator) -> None:
    world.log.clear()

    assert 2 == cli("roles", "list", "--csv", "--json").code
    assert [] == list(world.log)


def test_api_puts_pages_together(cli: Cli, domo: Domo) -> None:
    ids = {dataset.id for dataset in domo.datasets.list()}

    listed = cli("api", "GET", "/api/data/v3/datasources", "--paginate", "--query", "[].id")
    searched = cli(
        *("api", "POST", "/api/search/v1/query", "--paginate", "--items", "searchObjects", "--input", "-"),
        stdin='{"query": "*", "entityList": [["user"]], "count": 100, "offset": 0}',
    )
    whole = cli("api", "GET", "/api/authorization/v1/roles", "--paginate", "--query", "[].id")
    skipping = cli(
        *(
            "api",
            "POST",
            "/api/content/v2/cards/adminsummary",
            "--json-body",
            "{}",
            "-p",
            "limit=100",
            "-p",
            "skip=1400",
        ),
        *("--paginate", "--items", "cardAdminSummaries", "--query", "length(@)"),
    )
    none = cli("api", "GET", "/api/content/v2/users/me", "--paginate")
    by_other_names = cli(
        *("api", "POST", "/api/search/v1/query", "--paginate", "--items", "searchObjects"),
        *("--json-body", '{"query": "*", "entityList": [["user"]]}'),
    )

    assert ids == {*json.loads(listed.stdout)}
    assert len(domo.users.list().all()) == len(json.loads(searched.stdout)), searched.stderr
    assert [role.id for role in domo.roles.list()] == json.loads(whole.stdout)
    assert "100\n" == skipping.stdout
    assert 2 == none.code
    assert (1, "") == (by_other_names.code, by_other_names.stdout)
    assert "but the route gave the same 10 for offset=10 as before; name the offset" in by_other_names.stderr
    assert 2 == cli("api", "DELETE", "/api/content/v1/pages", "--paginate").code
    assert 2 == cli("api", "POST", "/api/x", "--input", "-", "--json-body", "{}").code


def test_sql_is_read_from_files_and_standard_input(cli: Cli, domo: Domo, tmp_path: Path) -> None:
    dataset = domo.datasets.create("Numbers", {"id": "LONG"}).id
    domo.datasets.upload(dataset, b"1\n2\n", header=False)
    file = tmp_path / "count.sql"
    file.write_text("SELECT COUNT(*) AS n\nFROM table;\n")
    query = ("datasets", "query", dataset, "--query", "[0].n")

    assert "2\n" == cli(*query, "-f", str(file)).stdout
    assert "2\n" == cli(*query, "-", stdin=file.read_text()).stdout
    assert [2, 2, 2] == [cli(*query, *wrong).code for wrong in ((), ("SELECT 1", "-f", "x"), ("-f", f"{file}.none"))]


def test_forty_columns_are_enough(cli: Cli, domo: Domo) -> None:
    page = domo.pages.list(limit=1).all()[0]

    drawn = cli.on_terminal("pages", "list", "--limit", "2", columns=40)
    rows = [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", drawn).splitlines()]
    told = cli("roles", "assign", "--help", environment={"COLUMNS": "40"}).stdout.splitlines()

    assert [] == [line for line in (*rows, *told) if len(line) > 40]
    assert {f"Id        {page.page_id}", f"Title     {page.page_title}"} <= {*rows}
    assert "  --dry-run" in told
    assert "…" not in "".join((*rows, *told))


def test_partitions_and_versions_are_deleted_when_asked(cli: Cli, domo: Domo) -> None:
    parted = domo.datasets.create("Parted", {"id": "LONG"}).id
    for name in ("a", "b"):
        domo.datasets.upload(parted, b"1\n", header=False, partition=name)

    unasked = cli("datasets", "delete-partition", parted, "a")
    part = cli("datasets", "delete-partition", parted, "a", "--yes", "--json")
    tag = cli("datasets", "delete-partition-tag", parted, "a", "--yes")
    replaced = domo.datasets.create("Replaced", {"id": "LONG"}).id
    for row in (b"1\n", b"2\n"):
        domo.datasets.upload(replaced, row, header=False)
    kept = cli("datasets", "keep-versions", replaced, "1", "--dry-run", "--csv")

    assert (2, 0, 0) == (unasked.code, part.code, tag.code), part.stderr + tag.stderr
    assert {"outcome": "deleted", "dataset_id": parted, "partition_id": "a"} == json.loads(part.stdout)
    assert ["b"] == [each.partition_id for each in domo.datasets.partitions.list(parted)]
    assert (0, 1) == (kept.code, len(kept.stdout.splitlines()) - 1), kept.stderr


def test_names_cannot_steer_the_terminal(cli: Cli, domo: Domo) -> None:
    page = str(domo.pages.create(title="Evil \x1b[2J [red]name\nagain").page_id)

    shown = cli("pages", "show", page).stdout + cli("pages", "list", "--title", "Evil").stdout

    assert 2 <= shown.count(r"Evil \x1b[2J [red]name\nagain")
    assert "\x1b" not in shown


def test_none_is_a_word_for_what_has_to_be_given(cli: Cli, domo: Domo) -> None:
    dataset = domo.datasets.create("Orders", {"id": "LONG"}, user_defined_type="mysql-federated").id
    account = domo.migrations.federated.accounts("mysql-federated")[0].id
    run = ("migrations", "federated", "run", dataset, account, "--catalog", "sales", "--table", "orders")

    ended = cli(*run, "--schema", "none", "--query", "state")

    assert (0, "COMPLETE\n") == (ended.code, ended.stdout), ended.stderr
    assert "None if the database" in " ".join(cli(*run, "--help").stdout.replace("│", "").split())
    assert 2 == cli(*run).code


def test_the_manual_tells_all_of_a_command(cli: Cli) -> None:
    told = cli("help", "dataflows", "run").stdout
    everything = cli("help").stdout

    for section in ("NAME", "SYNOPSIS", "ARGUMENTS", "OPTIONS", "CONNECTION OPTIONS", "EXAMPLES", "EXIT CODES"):
        assert f"{section}\n" in told
    assert "  $ domo-async dataflows run 12 --wait --timeout 900\n" in told
    assert "  dataflows\n      Run dataflows, and show their runs.\n" in everything
    assert "Did you mean 'run'?" in cli("help", "dataflows", "rnu").stderr
    assert 2 == cli("help", "dataflows", "run", "now").code
    assert "\\n" not in everything

from __future__ import annotations

import json
from pathlib import Path

from domo_async.emulator import Emulator, Fault
from tests.cli.running import Cli


def test_doctor_tells_what_the_instance_answers(cli: Cli, emulator: Emulator, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    before = len(emulator.log)

    table = cli("doctor", "-o", str(file))
    printed = cli("doctor", "--json", "--name-instance")

    written = json.loads(file.read_text())
    assert (0, 0) == (table.code, printed.code)
    assert "token: accepted; authorities: " in table.stdout
    assert f"{written['requests']} requests in " in table.stdout
    assert None is written["instance"]
    assert emulator.url == json.loads(printed.stdout)["instance"]
    verdicts = {check["verdict"] for check in written["checks"]}
    assert verdicts == {*written["counts"]}
    # What others left on the instance may lack what one thing leads to, such as a dataset's stream.
    assert {"clean", "not asked"} <= verdicts <= {"clean", "not asked", "not found"}
    changing = [
        each.path
        for each in list(emulator.log)[before:]
        if each.method != "GET" and not each.path.rstrip("/").endswith(READ_BY_POST) and "/v1/execute/" not in each.path
    ]
    assert [] == changing


READ_BY_POST = (
    "/search",
    "/list",
    "/list/id",
    "/query",
    "/tags",
    "/bulk",
    "/directpermissions",
    "/statuses",
    "summary",
)


def test_doctor_says_by_its_exit_code_that_something_is_wrong(cli: Cli, emulator: Emulator) -> None:
    emulator.faults.add(Fault("GET /api/authorization/v1/roles", "status", status=403, count=None))
    only_forbidden = cli("doctor")
    emulator.faults.add(Fault("GET /api/queues/v1", "text", body="none of your business", count=None))
    emulator.faults.add(Fault("GET /api/social/v4/alerts", "status", status=422, count=None))
    failed = cli("doctor")
    stranger = cli("doctor", environment={"DOMO_DEVELOPER_TOKEN": "nobody-at-all"})
    unwritten = cli("doctor", "--output", "/no/such/folder/report.json")
    nobody = cli("doctor", environment={"DOMO_DEVELOPER_TOKEN": None})

    assert 0 == only_forbidden.code
    assert ["not", "allowed", "GET", "/api/authorization/v1/roles", "roles.list", "403"] in [
        line.split()[:6] for line in only_forbidden.stdout.splitlines()
    ]
    assert 1 == failed.code
    assert "refused" in failed.stdout
    assert "none of your business" not in failed.stdout
    assert 1 == stranger.code
    assert "token: not accepted" in stranger.stdout
    assert 2 == nobody.code
    assert (1, True) == (unwritten.code, "token: accepted" in unwritten.stdout)
    assert "No such file or directory" in unwritten.stderr

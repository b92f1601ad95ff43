"""`domo-async emulator`, as its users start it."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

import aiohttp
import pytest

from domo_async._cli.emulator import takes
from domo_async.sync import Domo
from tests import forking
from tests.emulator.plain_client import DATASETS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")


@contextmanager
def started(*options: str) -> Iterator[str]:
    """Start one on a free port; gives all that it says."""
    process = subprocess.Popen(
        forking.python("-m", "domo_async", "emulator", "--port", "0", *options),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "60"},
    )
    try:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if "/#token=" in line:
                break
        yield said
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


async def test_it_says_where_its_console_is_and_how_to_get_in_and_can_be_strict() -> None:
    with started("--token", "a token & more", "--strict") as said:
        address = next(line.strip() for line in said.splitlines() if "/#token=" in line)
        url, _, token = address.partition("/#token=")
        async with aiohttp.ClientSession(url) as session:
            async with session.get("/") as response:
                assert "html" in response.content_type
            headers = {"X-DOMO-Developer-Token": unquote(token)}
            async with session.get("/emulator/state", headers=headers) as response:
                assert 200 == response.status
            role = {"name": "Steward", "description": ""}
            async with session.post("/api/authorization/v1/roles", json=role, headers=headers) as response:
                assert 400 == response.status


async def test_it_serves_an_app_and_speaks_tls_by_a_certificate_that_it_names(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"name": "Shop"}')
    with started("--app", str(tmp_path / "manifest.json"), "--app-port", "0", "--tls") as said:
        app = next(line.strip() for line in said.splitlines() if line.startswith("  https://") and "#" not in line)
        trusted = next(line for line in said.splitlines() if "NODE_EXTRA_CA_CERTS" in line).rpartition("=")[2]
        context = ssl.create_default_context(cafile=trusted)
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{app}domo/environment/v1/", ssl=context) as response,
        ):
            assert "Emulator Owner" == (await response.json())["userName"]


@pytest.mark.parametrize("way", ["file", "environment"])
async def test_its_token_need_not_be_an_argument(tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    options: list[str] = []
    if way == "file":
        (tmp_path / "token").write_text("a quiet token\n")
        options = ["--token-file", str(tmp_path / "token")]
    else:
        monkeypatch.setenv("DOMO_EMULATOR_TOKEN", "a quiet token")
    with started(*options) as said:
        url = next(line for line in said.splitlines() if "DOMO_BASE_URL" in line).partition("=")[2]
        headers = {"X-DOMO-Developer-Token": "a quiet token"}
        async with aiohttp.ClientSession(url, headers=headers) as session, session.get(DATASETS) as response:
            assert 200 == response.status


def test_options_of_all_commands_are_left_to_the_whole_command_line() -> None:
    assert takes(["--port", "0", "--world=demo", "--env"])
    assert not takes(["--port", "0", "-v"])
    assert not takes(["--log-json"])
    assert not takes(["--help"])


async def test_it_limits_results_as_it_is_told() -> None:
    with started("--token", "secret", "--world", "demo", "--result-limit", "2") as said:
        url = next(line for line in said.splitlines() if "DOMO_BASE_URL" in line).partition("=")[2]
        async with aiohttp.ClientSession(url, headers={"X-DOMO-Developer-Token": "secret"}) as session:
            async with session.get(f"{DATASETS}?limit=1&orderBy=lastUpdated") as response:
                dataset = (await response.json())["dataSources"][0]["id"]
            query = {"sql": "SELECT * FROM table"}
            async with session.post(f"/api/query/v1/execute/{dataset}", json=query) as response:
                assert 400 == response.status
                assert "more than 2 rows" in (await response.json())["message"]


def test_it_prints_what_a_shell_has_to_export(tmp_path: Path) -> None:
    token = "it's a token"
    file = tmp_path / "domo.env"
    with file.open("w") as lines:
        process = subprocess.Popen(
            forking.python("-m", "domo_async", "emulator", "--port", "0", "--env", "--token", token),
            stdout=lines,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
    try:
        assert process.stderr is not None
        said = ""
        while "/#token=" not in said:
            said += process.stderr.readline()
        shell = f'. {shlex.quote(str(file))} && printf "%s\\n" "$DOMO_BASE_URL" "$DOMO_DEVELOPER_TOKEN"'
        told = subprocess.run(["/bin/sh", "-ec", shell], check=True, capture_output=True, text=True).stdout.splitlines()
        url = told[0]

        assert url in said
        assert token == told[1]
        assert 2 == len(file.read_text().splitlines())
        with Domo(url, token=token) as domo:
            assert 1 == domo.users.me().id
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


DOCKER = Path(__file__).parents[2] / "examples" / "docker"


def argv_of(file: str, instruction: str) -> list[str]:
    """Return the command line that a file gives as a JSON array after an instruction."""
    (found,) = re.findall(rf"^\s*{instruction}\s*(\[.*\])$", (DOCKER / file).read_text(), re.MULTILINE)
    return list(json.loads(found))


def test_the_containers_of_the_example_start_are_healthy_and_answer_by_the_name_that_clients_use() -> None:
    program, command, *options = argv_of("Dockerfile", "ENTRYPOINT") + argv_of("compose.yaml", "command:")
    assert ("domo-async", "emulator") == (program, command)

    with started(*options, "--port", "0", "--token", "secret") as said:
        url = next(line for line in said.splitlines() if "DOMO_BASE_URL" in line).partition("=")[2]
        port = url.rpartition(":")[2]
        check = [each.replace(":8080", f":{port}") for each in argv_of("Dockerfile", "CMD")]
        subprocess.run([sys.executable, *check[1:]], check=True, timeout=30)
        headers = {"X-DOMO-Developer-Token": "secret", "Host": "domo:8080", "Origin": "http://domo:8080"}
        request = urllib.request.Request(f"{url}/emulator/reset", b"{}", headers)
        with urllib.request.urlopen(request, timeout=30) as response:
            assert 200 == response.status


def test_the_client_of_the_example_may_send_its_token_there(monkeypatch: pytest.MonkeyPatch) -> None:
    variables = dict(re.findall(r"^\s*(DOMO_[A-Z_]+): (\S+)", (DOCKER / "compose.yaml").read_text(), re.MULTILINE))
    for name in ("DOMO_BASE_URL", "DOMO_PLAIN_HTTP"):
        monkeypatch.setenv(name, variables[name])
    monkeypatch.setenv("DOMO_DEVELOPER_TOKEN", "secret")

    with Domo.from_env() as domo:
        assert "http://domo:8080" == domo.origin
    assert (DOCKER.parent / Path(argv_of("compose.yaml", "entrypoint:")[1]).name).exists()

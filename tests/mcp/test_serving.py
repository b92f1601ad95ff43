"""The command: what clients start, and what they reach over HTTP."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import psutil
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

from domo_async import Secret
from domo_async._mcp.http import LOOPBACK, PATH, http_server
from domo_async._mcp.server import DomoServer
from tests import forking
from tests.cli.running import WAIT, Cli
from tests.mcp.serving import answer

EXAMPLES = Path(__file__).parents[2] / "examples" / "mcp"
TOKEN = "a-token-of-its-own"


async def test_a_client_starts_the_command_and_a_signal_ends_it_although_the_client_waits(emulator, tmp_path):
    dataset = emulator.add.dataset(rows=[{"id": 1, "name": "a"}])
    command, *arguments = forking.python("-m", "domo_async", "mcp", "-v", "--max-rows", "2")
    environment = {**os.environ, **Cli(emulator).environment}
    log = tmp_path / "stderr"
    with log.open("w") as stderr:
        server = StdioServerParameters(command=command, args=arguments, env=environment)
        async with Client(stdio_client(server, errlog=stderr)) as client:
            page = await answer(client, "sample_dataset", dataset_id=dataset.id)
            refused = await client.call_tool("create_user", {})
            (process,) = [each for each in psutil.Process().children() if "--max-rows" in each.cmdline()]
            process.terminate()
            _, alive = await asyncio.to_thread(psutil.wait_procs, [process], WAIT)

    assert [] == alive
    assert [[1, "a"]] == page["rows"]
    assert refused.is_error
    assert "the tool sample_dataset ended in" in log.read_text()
    assert emulator.token not in log.read_text()


@asynccontextmanager
async def over_http(emulator) -> AsyncIterator[str]:
    """Serve over HTTP, and yield the address."""
    async with emulator.client() as domo:
        server = http_server(DomoServer(domo), Secret(TOKEN))
        with socket.socket() as listening:
            listening.bind((LOOPBACK, 0))
            serving = asyncio.create_task(server.serve([listening]))
            yield f"http://{LOOPBACK}:{listening.getsockname()[1]}{PATH}"
            server.should_exit = True
            await serving


async def test_over_http_clients_need_the_servers_own_token(emulator):
    dataset = emulator.add.dataset(rows=[{"id": 1, "name": "a"}])
    async with over_http(emulator) as url:
        known = {"Authorization": f"Bearer {TOKEN}"}
        async with (
            httpx2.AsyncClient(headers=known) as http,
            Client(streamable_http_client(url, http_client=http)) as client,
        ):
            page = await answer(client, "sample_dataset", dataset_id=dataset.id)
        async with httpx2.AsyncClient() as http:
            statuses = [
                (await http.post(url, json={}, headers=headers)).status_code
                for headers in (
                    {},
                    {"Authorization": f"Bearer {emulator.token}"},
                    {"Authorization": "Bearer x"},
                    {**known, "Origin": "https://evil.example.com"},
                    {**known, "Host": "evil.example.com"},
                )
            ]

    assert [[1, "a"]] == page["rows"]
    assert [401, 401, 401, 403, 421] == statuses


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--allow-writes", "datasets,everything"], "'everything' is not one of datasets, dataflows"),
        (["--allow-writes", "users", "--read-only"], "contradict each other"),
        (["--max-chars", "10"], "--max-chars"),
        (["--profile", "nowhere"], "nowhere"),
    ],
    ids=["kind", "read-only", "limit", "profile"],
)
def test_wrong_options_end_it_before_it_serves(emulator, arguments, said):
    ended = Cli(emulator)("mcp", *arguments)

    assert (2, "") == (ended.code, ended.stdout)
    assert said in " ".join(ended.stderr.split())


@pytest.mark.parametrize("name", ["mcp.json", "vscode.json"])
def test_the_configurations_for_usual_programs_fit_the_command(emulator, name):
    (servers,) = json.loads((EXAMPLES / name).read_text()).values()
    ended = Cli(emulator)(*servers["domo"]["args"], "--help")

    assert "domo-async" == servers["domo"]["command"]
    assert (0, True) == (ended.code, "Model Context Protocol" in " ".join(ended.stdout.split()))


def test_a_port_that_is_taken_is_named(emulator):
    port = emulator.url.rpartition(":")[2]
    ended = Cli(emulator)("mcp", "--http", port)

    assert (2, True) == (ended.code, f"port {port} cannot be used" in ended.stderr)


def test_a_token_of_its_own_that_is_easily_guessed_is_refused(emulator):
    ended = Cli(emulator)("mcp", "--http", "0", environment={"DOMO_MCP_TOKEN": "easy"})

    assert (2, True) == (ended.code, "DOMO_MCP_TOKEN must have at least 16" in " ".join(ended.stderr.split()))


def test_without_the_extra_the_command_says_what_to_install(emulator, monkeypatch):
    for module in ("mcp", "mcp.server", "mcp_types"):
        monkeypatch.setitem(sys.modules, module, None)
    for module in [each for each in sys.modules if each.startswith("domo_async._mcp.")]:
        monkeypatch.delitem(sys.modules, module)

    ended = Cli(emulator)("mcp")

    assert (2, "") == (ended.code, ended.stdout)
    assert 'pip install "domo-async[mcp]"' in ended.stderr

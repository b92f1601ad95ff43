"""The routes about the emulator itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from domo_async.emulator import Emulator, JobOutcome
from tests.emulator.plain_client import DATASETS, PlainClient, connected


@pytest.fixture
async def plain() -> AsyncIterator[PlainClient]:
    async with Emulator(search_limit=3) as emulator, connected(emulator) as client:
        yield client


async def test_it_tells_how_it_goes(plain: PlainClient) -> None:
    await plain.upload(await plain.create({"n": "LONG"}), b"1\n2\n")
    await plain.call("POST", "/api/search/v1/query", json={"query": "*", "entityList": [["dataset"]]})

    state = await plain.call("GET", "/emulator/state")

    assert {"used": 1, "limit": 3, "window": 60.0} == state["limits"]["search"]
    assert (1, 2) == (state["counts"]["datasets"], state["counts"]["rows"])
    assert state["counts"]["users"] >= 1
    assert 5 == state["requests"]
    assert state["uptime"] > 0


async def test_faults_are_armed_listed_and_disarmed(plain: PlainClient) -> None:
    await plain.call("POST", "/emulator/faults", json={"fault": f"GET {DATASETS}:status=503,count=2"})
    await plain.call("POST", "/emulator/faults", json={"route": "*", "kind": "html", "skip": 1})
    await plain.call("GET", DATASETS, status=503)

    told = await plain.call("GET", "/emulator/faults")
    assert [("status", 503, 1, 1), ("html", 500, 0, 1)] == [
        (fault["kind"], fault["status"], fault["fired"], fault["left"]) for fault in told["faults"]
    ]
    assert 1 == told["fired"]

    assert {"faults": [], "fired": 0} == await plain.call("DELETE", "/emulator/faults")
    await plain.call("GET", DATASETS)


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ({}, "route"),
        ({"route": "*"}, "kind"),
        ({"route": "*", "kind": "no"}, "'no' is not a kind of fault"),
        ({"route": "*", "kind": "status", "status": "500"}, "status must be int"),
        ({"route": "*", "kind": "status", "colour": 1}, "unknown keys of a fault: colour"),
        ({"route": "*", "kind": "slow", "rate": 0}, "rate must be more than zero"),
        ({"fault": "status=500"}, "ROUTE:KIND"),
    ],
)
async def test_a_body_that_is_not_a_fault_is_refused(plain: PlainClient, fault: dict[str, Any], problem: str) -> None:
    refused = await plain.call("POST", "/emulator/faults", json=fault, status=400)

    assert problem in refused["message"]
    assert [] == plain.emulator.faults.armed()


async def test_outcomes_are_kept_in_store(plain: PlainClient) -> None:
    await plain.call("POST", "/emulator/outcomes", json={"job": "stream", "state": "FAILED", "pattern": "7"})
    await plain.call("POST", "/emulator/outcomes", json={"job": "nothing"}, status=400)
    await plain.call("POST", "/emulator/outcomes", json={"job": "stream", "count": 0}, status=400)

    assert plain.emulator.outcomes.take("stream", 7) == JobOutcome("stream", pattern="7")
    (kept,) = (await plain.call("GET", "/emulator/outcomes"))["outcomes"]
    assert ("stream", 0) == (kept["job"], kept["left"])
    assert {"outcomes": []} == await plain.call("DELETE", "/emulator/outcomes")


async def test_the_log_is_filtered_paged_and_added_up(plain: PlainClient) -> None:
    for _ in range(3):
        await plain.call("GET", DATASETS)
    await plain.call("GET", f"{DATASETS}/nothing", status=404)

    log = await plain.call("GET", f"/emulator/log?route=GET%20{DATASETS}&limit=2")
    assert (3, 2, {"200": 3}) == (log["total"], len(log["requests"]), log["statuses"])
    assert 1 == log["peakConcurrency"]
    assert log["responseBytes"] > 0

    failed = await plain.call("GET", "/emulator/log?status=4xx")
    assert [f"{DATASETS}/nothing"] == [request["path"] for request in failed["requests"]]
    newest = await plain.call("GET", "/emulator/log?newest=true&limit=1")
    assert [404] == [request["status"] for request in newest["requests"]]

    await plain.call("DELETE", "/emulator/log")
    assert 0 == len(plain.emulator.log)


async def test_it_begins_again(plain: PlainClient) -> None:
    dataset = await plain.create({"n": "LONG"})
    await plain.upload(dataset, b"1\n")
    await plain.call("POST", "/emulator/faults", json={"route": "*", "kind": "status", "count": None})

    await plain.call("POST", "/emulator/reset")

    await plain.call("GET", f"{DATASETS}/{dataset}", status=404)
    again = await plain.create({"n": "LONG"})
    await plain.upload(again, b"2\n")
    assert [[2]] == await plain.rows(again)


@pytest.mark.parametrize("route", ["GET state", "GET faults", "POST faults", "GET log", "POST reset", "DELETE log"])
async def test_it_is_for_the_owner_only(plain: PlainClient, route: str) -> None:
    method, _, name = route.partition(" ")
    url = f"{plain.emulator.url}/emulator/{name}"
    async with aiohttp.ClientSession() as http, http.request(method, url) as response:
        assert 401 == response.status


async def test_it_stays_out_of_log_faults_and_limits(plain: PlainClient) -> None:
    await plain.call("POST", "/emulator/faults", json={"route": "*", "kind": "drop_before", "count": None})

    await plain.call("GET", "/emulator/state")
    await plain.call("GET", "/emulator/nothing", status=404)

    assert 0 == len(plain.emulator.log)
    assert 0 == plain.emulator.faults.fired

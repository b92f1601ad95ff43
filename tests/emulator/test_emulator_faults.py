"""Faults on demand, rate limits, the request log, and the two ways to run."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.request
from pathlib import Path

import aiohttp
import pytest

from domo_async.emulator import Emulator, Fault
from tests.emulator.plain_client import DATASETS, plain_client, until
from tests.emulator.test_emulator_versions import Clock

PARTS = "PUT /api/data/v3/datasources/*/uploads/*/parts/*"
COMMIT = "PUT */commit"

# What a list of datasets is where there is none, for a page of so many.
NO_DATASETS = (
    '{"dataSources":[],"_metaData":{"totalCount":0,"limit":%d,"offset":0,"executor":"APIDATA","augmented":false}}'
)


async def test_a_status_fault_answers_before_any_effect() -> None:
    async with plain_client() as plain:
        dataset = await plain.create({"n": "LONG"})
        upload = await plain.open(dataset, b"1\n")
        plain.emulator.faults.add(Fault(COMMIT, "status", status=503, headers={"Retry-After": "7"}))
        async with plain.session.put(f"{upload}/commit", json={"action": "REPLACE", "index": True}) as response:
            body = await response.json()

        assert (response.status, response.headers["Retry-After"]) == (503, "7")
        assert (body["status"], body["statusReason"]) == (503, "Service Unavailable")
        await plain.commit(upload)
        assert plain.emulator.faults.fired == 1


async def test_faults_skip_count_and_clear() -> None:
    async with plain_client() as plain:
        faults = plain.emulator.faults
        faults.add(Fault(f"GET {DATASETS}", "status", skip=1, count=2, status=500, body={"own": "body"}))
        statuses = []
        for _ in range(5):
            async with plain.session.get(DATASETS) as response:
                statuses.append(response.status)
        assert statuses == [200, 500, 500, 200, 200]
        assert faults.fired == 2

        faults.add(Fault("*", "status", count=None))
        assert await plain.call("GET", DATASETS, status=500)
        faults.clear()
        await plain.call("GET", DATASETS)
        assert faults.fired == 0


@pytest.mark.parametrize(("kind", "status", "content_type"), [("html", 503, "text/html"), ("text", 403, "text/plain")])
async def test_pages_that_are_not_json_come_before_any_effect(kind: str, status: int, content_type: str) -> None:
    async with plain_client() as plain:
        plain.emulator.faults.add(Fault("POST /api/data/v2/datasources", kind))  # type: ignore[arg-type]
        async with plain.session.post("/api/data/v2/datasources", json={}) as response:
            assert (response.status, response.content_type) == (status, content_type)
            assert not (await response.text()).startswith("{")
        assert (await plain.call("GET", DATASETS))["dataSources"] == []


async def test_drop_before_has_no_effect() -> None:
    async with plain_client() as plain:
        upload = await plain.open(await plain.create({"n": "LONG"}), b"1\n")
        plain.emulator.faults.add(Fault(COMMIT, "drop_before"))
        with pytest.raises(aiohttp.ClientConnectionError):
            await plain.commit(upload)

        assert plain.emulator.log.matching(COMMIT)[0].status is None
        await plain.commit(upload)


@pytest.mark.parametrize("after_bytes", [None, 1, 300_000])
async def test_a_part_dropped_at_any_point_leaves_the_former_one(after_bytes: int | None) -> None:
    async with plain_client() as plain:
        dataset = await plain.create({"n": "LONG"})
        upload = await plain.open(dataset, b"1\n")
        plain.emulator.faults.add(Fault(PARTS, "drop_before", after_bytes=after_bytes))
        with pytest.raises(aiohttp.ClientError):
            await plain.put(upload, 1, b"2\n" * 4_000_000)
        await plain.commit(upload)

        assert await plain.rows(dataset) == [[1]]
        assert plain.emulator.log.matching(PARTS)[1].request_bytes < 8_000_000


async def test_drop_after_takes_effect_without_an_answer() -> None:
    async with plain_client() as plain:
        dataset = await plain.create({"n": "LONG"})
        upload = await plain.open(dataset, b"1\n")
        plain.emulator.faults.add(Fault(COMMIT, "drop_after"))
        with pytest.raises(aiohttp.ClientConnectionError):
            await plain.commit(upload)

        assert await plain.rows(dataset) == [[1]]
        await plain.commit(upload, status=409)


@pytest.mark.parametrize(("wait", "header"), [(7, "7"), (0.5, "0.5"), (None, None)])
async def test_throttle_answers_429_with_or_without_a_time_to_wait(wait: float | None, header: str | None) -> None:
    async with plain_client() as plain:
        plain.emulator.faults.add(Fault("*", "throttle", retry_after=wait))
        async with plain.session.post("/api/data/v2/datasources", json={}) as response:
            body = await response.json()

        assert (429, header) == (response.status, response.headers.get("Retry-After"))
        assert 429 == body["status"]
        assert [] == (await plain.call("GET", DATASETS))["dataSources"]


async def test_another_status_may_ask_to_wait_too() -> None:
    async with plain_client() as plain:
        plain.emulator.faults.add(Fault("*", "status", status=503, retry_after=3))
        async with plain.session.get(DATASETS) as response:
            assert (503, "3") == (response.status, response.headers.get("Retry-After"))


async def test_a_token_expires_once_or_for_good() -> None:
    async with plain_client() as plain:
        faults = plain.emulator.faults
        faults.add(Fault("*", "expired"))
        assert "expired" in (await plain.call("GET", DATASETS, status=401))["message"]
        await plain.call("GET", DATASETS)

        faults.add(Fault("*", "expired", skip=1, count=None))
        await plain.call("GET", DATASETS)
        for _ in range(3):
            await plain.call("GET", DATASETS, status=401)


@pytest.mark.parametrize("accept", ["application/json", "text/csv"])
async def test_slow_answers_pass_at_their_rate(accept: str) -> None:
    async with plain_client() as plain:
        dataset = await plain.create({"n": "LONG"})
        await plain.upload(dataset, b"1\n" * 5_000)
        plain.emulator.faults.add(Fault("POST */execute/*", "slow", rate=40_000))
        took = []
        for _ in range(2):
            started = time.monotonic()
            async with plain.session.post(
                f"/api/query/v1/execute/{dataset}", json={"sql": "SELECT * FROM table"}, headers={"Accept": accept}
            ) as response:
                size = len(await response.read())
            assert size >= 10_000
            took.append(time.monotonic() - started - size / 40_000)

        assert took[0] > -0.05
        assert took[1] < 0


async def test_slow_uploads_pass_at_their_rate() -> None:
    async with plain_client() as plain:
        dataset = await plain.create({"n": "LONG"})
        upload = await plain.open(dataset)
        plain.emulator.faults.add(Fault(PARTS, "slow", rate=100_000))
        await plain.put(upload, 1, b"1\n" * 10_000)
        await plain.put(upload, 2, b"1\n" * 10_000)
        slow, usual = plain.emulator.log.matching(PARTS)

        assert 0.15 < slow.finished - slow.started
        assert usual.finished - usual.started < slow.finished - slow.started
        await plain.commit(upload)
        assert [[20_000]] == await plain.rows(dataset, "SELECT COUNT(*) FROM table")


async def happens(seed: int | None, requests: int = 200) -> list[bool]:
    async with plain_client() as plain:
        plain.emulator.faults.add(Fault("*", "status", probability=0.3, count=None, seed=seed))
        statuses = []
        for _ in range(requests):
            async with plain.session.get(DATASETS) as response:
                statuses.append(response.status == 500)
        return statuses


async def test_a_fault_of_some_probability_happens_by_its_seed() -> None:
    first, again, other = await happens(7), await happens(7), await happens(8)

    assert first == again
    assert first != other
    assert 30 < sum(first) < 90


async def test_a_fault_of_some_probability_is_counted_when_it_happens() -> None:
    async with plain_client() as plain:
        plain.emulator.faults.add(Fault("*", "status", probability=0.5, count=3, skip=2, seed=1))
        statuses = []
        for _ in range(40):
            async with plain.session.get(DATASETS) as response:
                statuses.append(response.status)

        assert 3 == statuses.count(500)
        assert [200, 200] == statuses[:2]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "PUT *parts*:status=503,probability=0.1,count=5",
            Fault("PUT *parts*", "status", status=503, probability=0.1, count=5),
        ),
        ("*:slow=5000,count=all", Fault("*", "slow", rate=5000, count=None)),
        ("GET /a:b:drop_before", Fault("GET /a:b", "drop_before")),
        ("*:drop_before=100,skip=2", Fault("*", "drop_before", after_bytes=100, skip=2)),
        ("*:throttle=7", Fault("*", "throttle", retry_after=7)),
        ("*:stall=1.5,seed=3", Fault("*", "stall", delay=1.5, seed=3)),
        ("*:expired", Fault("*", "expired")),
    ],
)
def test_a_fault_is_written_on_one_line(text: str, fault: Fault) -> None:
    assert fault == Fault.parse(text)
    assert fault == Fault.of(fault.values())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("status=503", "ROUTE:KIND"),
        ("*:", "ROUTE:KIND"),
        (":status", "ROUTE:KIND"),
        ("*:nothing", "'nothing' is not a kind of fault"),
        ("*:html=5", "does not take a value"),
        ("*:status=many", "status must be a number"),
        ("*:status,colour=red", "'colour' is not an option"),
        ("*:status,probability=2", "from 0 to 1"),
        ("*:slow=0", "more than zero"),
    ],
)
def test_a_text_that_is_not_a_fault_is_an_error(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Fault.parse(text)


@pytest.mark.parametrize("accept", ["application/json", "text/csv"])
async def test_truncate_breaks_the_body_off(accept: str) -> None:
    async with plain_client() as plain:
        dataset = await plain.create({"n": "LONG"})
        await plain.upload(dataset, b"1\n" * 50_000)
        plain.emulator.faults.add(Fault("POST */execute/*", "truncate", after_bytes=1000))
        received = bytearray()
        async with plain.session.post(
            f"/api/query/v1/execute/{dataset}", json={"sql": "SELECT * FROM table"}, headers={"Accept": accept}
        ) as response:
            assert response.status == 200
            with pytest.raises(aiohttp.ClientPayloadError):
                await _read(response, received)

        assert len(received) == 1000
        assert (await plain.query(dataset))["numRows"] == 50_000


async def _read(response: aiohttp.ClientResponse, into: bytearray) -> None:
    async for chunk in response.content.iter_any():
        into += chunk


async def test_truncate_tells_the_right_length() -> None:
    async with plain_client() as plain:
        plain.emulator.faults.add(Fault("GET *", "truncate"))
        async with plain.session.get(DATASETS) as response:
            assert response.headers["Content-Length"] == str(len(NO_DATASETS % 50))
            with pytest.raises(aiohttp.ClientPayloadError):
                await response.read()


async def test_delay_comes_before_the_effect_and_stall_after_it() -> None:
    async with plain_client() as plain:
        dataset = await plain.create({"n": "LONG"})
        delayed, stalled = await plain.open(dataset, b"1\n"), await plain.open(dataset, b"2\n")
        plain.emulator.faults.add(Fault(f"PUT {delayed}/commit", "delay", delay=0.05))
        plain.emulator.faults.add(Fault(f"PUT {stalled}/commit", "stall", delay=60))
        waiting = asyncio.create_task(plain.commit(stalled))
        await until(lambda: plain.emulator.faults.fired > 0)
        while await plain.rows(dataset) != [[2]]:
            assert not waiting.done()
        assert not waiting.done()
        waiting.cancel()

        await plain.commit(delayed)
        record = plain.emulator.log.matching(f"PUT {delayed}/commit")[0]
        assert record.finished - record.started >= 0.05
        assert await plain.rows(dataset) == [[1]]


async def test_the_rate_limit_slides() -> None:
    clock = Clock()
    async with plain_client(search_limit=3, search_window=60) as plain:
        plain.emulator.now = clock

        async def search(expected: int) -> str | None:
            body = {"query": "", "entityList": [["dataset"]]}
            async with plain.session.post("/api/search/v1/query", json=body) as response:
                assert response.status == expected
                if expected == 429:
                    assert (await response.json())["statusReason"] == "Too Many Requests"
                return response.headers.get("Retry-After")

        await search(200)
        clock.time += 20.5
        await search(200)
        await search(200)
        assert await search(429) == "40"
        await plain.call("GET", DATASETS)
        clock.time += 39.5
        await search(200)
        assert await search(429) == "21"


async def test_the_log_tells_what_was_asked() -> None:
    async with plain_client() as plain:
        await plain.call("GET", f"{DATASETS}?limit=3")
        await plain.call("POST", "/api/data/v2/datasources", data=b"{}", status=400)
        log = plain.emulator.log

        first, second = log
        assert (first.method, first.path, first.query, first.status) == ("GET", DATASETS, "limit=3", 200)
        assert (first.request_bytes, second.request_bytes) == (0, 2)
        assert first.response_bytes == len(NO_DATASETS % 3)
        assert first.finished >= first.started
        assert first.connection == second.connection
        assert log.matching("POST *") == [second] == log[1:]
        assert log.peak_concurrency("*") == 1
        log.clear()
        assert len(log) == 0


async def test_the_log_is_filtered_by_status_and_added_up() -> None:
    async with plain_client() as plain:
        await plain.call("GET", DATASETS)
        await plain.call("GET", f"{DATASETS}/nothing", status=404)
        plain.emulator.faults.add(Fault("*", "drop_before"))
        with pytest.raises(aiohttp.ClientError):
            await plain.call("GET", DATASETS)
        log = plain.emulator.log

        assert [200] == [record.status for record in log.matching(status=200)]
        assert [404] == [record.status for record in log.matching("GET *", status="4xx")]
        assert [None] == [record.status for record in log.matching(status="none")]
        totals = log.totals()
        assert {200: 1, 404: 1, None: 1} == totals.statuses
        assert sum(record.response_bytes for record in log) == totals.response_bytes
        assert (3, 1) == (totals.requests, totals.peak_concurrency)
        assert totals.seconds >= 0


async def test_the_log_counts_what_runs_at_the_same_time() -> None:
    async with plain_client(latency=0.05) as plain:
        await asyncio.gather(*(plain.call("GET", DATASETS) for _ in range(5)))
        await plain.call("GET", DATASETS)
        log = plain.emulator.log

        assert log.peak_concurrency(f"GET {DATASETS}") == 5
        assert log.peak_concurrency("PUT *") == 0
        assert len({record.connection for record in log}) == 5
        assert all(record.finished - record.started >= 0.05 for record in log)


def test_it_runs_on_a_thread_for_blocking_callers(tmp_path: Path) -> None:
    with Emulator(data=tmp_path) as emulator:
        request = urllib.request.Request(
            f"{emulator.url}{DATASETS}", headers={"X-DOMO-Developer-Token": emulator.token}
        )
        with urllib.request.urlopen(request) as response:
            assert json.load(response)["dataSources"] == []
        emulator.faults.add(Fault("*", "status"))
        assert len(emulator.log) == 1
        url = emulator.url

    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(url)
    with pytest.raises(RuntimeError, match="not running"):
        _ = emulator.url
    assert tmp_path.exists()


def test_a_port_that_is_taken_is_told_to_the_blocking_caller() -> None:
    with Emulator() as first:
        port = int(first.url.rpartition(":")[2])
        with pytest.raises(OSError, match=str(port)), Emulator(port=port):
            pass


async def test_stopping_does_not_wait_for_what_stalls() -> None:
    async with plain_client() as plain:
        plain.emulator.faults.add(Fault("*", "stall", delay=3600))
        waiting = asyncio.create_task(plain.call("GET", DATASETS))
        await until(lambda: plain.emulator.faults.fired > 0)
        async with asyncio.timeout(5):
            await plain.emulator.stop()
        with pytest.raises(aiohttp.ClientError):
            await waiting


async def test_stopping_interrupts_a_long_query() -> None:
    async with plain_client() as plain:
        dataset = await plain.create({"n": "LONG"})
        await plain.upload(dataset, b"1\n" * 100_000)
        sql = "SELECT SUM(a.n * b.n) FROM table a JOIN table b ON a.n = b.n JOIN table c ON c.n = b.n"
        plain.emulator.faults.add(Fault("POST */execute/*", "delay"))
        waiting = asyncio.create_task(plain.query(dataset, sql))
        await until(lambda: plain.emulator.faults.fired > 0)
        async with asyncio.timeout(5):
            await plain.emulator.stop()
        with pytest.raises(aiohttp.ClientError):
            await waiting


def test_temporary_data_are_gone_at_the_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Emulator():
        assert len(list(tmp_path.iterdir())) == 1

    assert list(tmp_path.iterdir()) == []

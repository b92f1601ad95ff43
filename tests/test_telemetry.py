"""What is logged: events by name, with the fields that are listed for users, and nothing that is theirs."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from pathlib import Path

import pytest

import domo_async
from domo_async import CommitUncertain, Domo, ListIncomplete, RateLimited, Retries, Settings
from domo_async._telemetry import EVENTS, FIELDS
from domo_async.emulator import Emulator, Fault
from tests.support import TOKEN, SkippingClock, raw_answer, raw_server

PAGE = Path(domo_async.__file__).with_name("TELEMETRY.md")
ROW = re.compile(r"^\| `(\w+)` \| `([\w.]+)` \| (\w+) \| (.*?) \|", re.MULTILINE)


def told(caplog: pytest.LogCaptureFixture, *names: str) -> list[tuple[str, dict[str, object]]]:
    """Return what was logged: the events' names, or those of some names, with their fields."""
    events = [
        (record.event, {name: value for name, value in vars(record).items() if name in FIELDS})
        for record in caplog.records
        if hasattr(record, "event")
    ]
    return [event for event in events if not names or event[0] in names]


def test_users_are_told_of_every_event_with_its_logger_level_and_fields():
    listed = {
        name: (logger, level, set(re.findall(r"\b[a-z_]+\b", fields.split(" (")[0])))
        for name, logger, level, fields in ROW.findall(PAGE.read_text("utf-8"))
    }

    assert {name: (event.log.name, logging.getLevelName(event.level)) for name, event in EVENTS.items()} == {
        name: row[:2] for name, row in listed.items()
    }
    for name, event in EVENTS.items():
        assert set(re.findall(r"%\((\w+)\)", event.text)) <= listed[name][2] | {"cause"}, name
        assert listed[name][2] <= FIELDS | {"cause"}, name


def test_nothing_is_said_until_the_application_asks():
    code = """
import asyncio, domo_async
from domo_async._telemetry import tell
from domo_async._telemetry.events import HELD
tell(HELD, family="data", wait_seconds=1.0)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ("", "") == (ran.stdout, ran.stderr)


async def test_a_retry_a_pause_and_a_breaker_are_told_with_their_fields(caplog):
    caplog.set_level(logging.INFO, "domo_async")
    answers = {
        1: raw_answer('{"message": "a secret"}', status="503 Busy"),
        2: raw_answer("{}", "Retry-After: 7", status="429 Slow"),
        3: raw_answer('{"id": "a-dataset"}'),
        4: raw_answer("{}", "Retry-After: 900", status="429 Slow"),
    }
    settings = Settings(clock=SkippingClock(), retries=Retries(first_delay=0))
    async with (
        raw_server(lambda number, _: answers[number]) as server,
        Domo(server.url, token=TOKEN, settings=settings) as domo,
    ):
        await domo.datasets.get("a-dataset")
        with pytest.raises(RateLimited):
            await domo.datasets.get("a-dataset")

    route = {"method": "GET", "route": "/api/data/v3/datasources/{}"}
    retry, pause, again, breaker = told(caplog, "retry", "pause", "breaker")
    assert ("retry", {**route, "attempt": 2, "wait_seconds": 0.0, "status": 503, "cause": "503 ServerError"}) == retry
    assert ("pause", {"family": "data", "wait_seconds": 7.0}) == pause
    assert ("retry", {**route, "attempt": 3, "wait_seconds": 7.0, "status": 429, "cause": "429 RateLimited"}) == again
    assert ("breaker", {"family": "data", "wait_seconds": 120.0, "total": 900.0}) == breaker
    assert not re.search("secret|a-dataset", caplog.text)


async def test_a_path_of_the_caller_s_is_told_without_what_may_be_a_name(caplog):
    caplog.set_level(logging.DEBUG, "domo_async")
    async with raw_server(lambda *_: raw_answer()) as server, Domo(server.url, token=TOKEN) as domo:
        for path in ("/api/content/v2/users/27", "/api/data/v3/datasources/Acme Q3/x", "/api/s3/v1/dataVersions"):
            await domo.request("GET", path)

    assert ["/api/content/v2/users/{}", "/api/data/v3/datasources/{}/x", "/api/s3/v1/dataVersions"] == [
        fields["route"] for _, fields in told(caplog, "request")
    ]


async def test_a_list_that_is_not_whole_is_told(caplog):
    caplog.set_level(logging.WARNING, "domo_async")
    page = json.dumps({"dataSources": [], "_metaData": {"totalCount": 9}})
    async with raw_server(lambda *_: raw_answer(page)) as server, Domo(server.url, token=TOKEN) as domo:
        with pytest.raises(ListIncomplete):
            await domo.datasets.list().all()

    assert [("list_incomplete", {"items": 0, "total": 9})] == told(caplog)


async def test_an_upload_is_told_from_its_opening_to_its_commit(caplog, tmp_path):
    caplog.set_level(logging.DEBUG, "domo_async")
    async with Emulator() as emulator, emulator.client(settings=Settings(clock=SkippingClock())) as domo:
        dataset = await domo.datasets.create("Payroll of Acme", {"name": "STRING"})
        emulator.faults.add(Fault("PUT *parts/1", "drop_before"))
        emulator.faults.add(Fault("PUT *commit", "drop_after"))
        journal = tmp_path / "journal"
        done = await domo.datasets.upload(dataset.id, b"name\nJane Doe\nJohn Roe\n", resume=journal)
        again = await domo.datasets.upload(dataset.id, b"name\nJane Doe\nJohn Roe\n", resume=journal)

    assert again.replayed
    mine = {"dataset_id": dataset.id, "upload_id": done.upload_id}
    opened, resent, sent, lookup, committed, replayed = told(
        caplog, "upload_opened", "part_resent", "part_sent", "commit_lookup", "upload_committed", "upload_replayed"
    )
    assert ("upload_opened", mine) == opened
    assert ("part_resent", {"upload_id": done.upload_id, "part": 1, "attempt": 2}) == resent
    assert ("part_sent", {"upload_id": done.upload_id, "part": 1, "rows": 2, "bytes": 18}) == sent
    assert ("commit_lookup", {**mine, "cause": "TransportError"}) == lookup
    assert {"rows": 2, "bytes": 18, "parts": 1} == {name: committed[1][name] for name in ("rows", "bytes", "parts")}
    assert ("upload_replayed", {**mine, "rows": 2}) == replayed
    assert not re.search("Payroll|Jane|Doe|Acme", caplog.text)


async def test_a_commit_whose_outcome_is_not_known_is_told(caplog):
    caplog.set_level(logging.WARNING, "domo_async")
    async with Emulator() as emulator, emulator.client(settings=Settings(clock=SkippingClock())) as domo:
        dataset = await domo.datasets.create("x", {"name": "STRING"})
        emulator.faults.add(Fault("PUT *commit", "drop_before"))
        with pytest.raises(CommitUncertain):
            await domo.datasets.upload(dataset.id, b"name\na\n")

    assert ["commit_lookup", "commit_uncertain"] == [
        name for name, _ in told(caplog, "commit_lookup", "commit_uncertain")
    ]

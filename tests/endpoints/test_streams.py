"""Runs of streams: waited for to good and bad ends, and never started twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from aiohttp import web

from domo_async import DecodeError, JobFailed, TransportError, UnknownState, WaitTimeout
from domo_async._endpoints.streams.models import ConfigurationItem, StreamExecution, StreamTransport
from tests.support import SkippingClock, talking_to

RUNS = "/api/data/v1/streams/7/executions"


class Instance:
    """An instance with one stream, whose run is seen in one state after the other and stays in the last.

    Args:
        *states: What the run tells, look by look.
        started: What starting it answers.
        stream: What the stream tells.
    """

    def __init__(
        self, *states: Mapping[str, object], started: object = None, stream: Mapping[str, object] | None = None
    ) -> None:
        self._states = list(states)
        self._started = {"streamId": 7, "executionId": 12, "currentState": "ACTIVE"} if started is None else started
        self._stream = {"id": 7, **(stream or {})}
        self.asked: list[str] = []
        self.bodies: list[Any] = []

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path}")
        if request.method != "GET":
            self.bodies.append(await request.json())
            return web.json_response(self._started, status=201)
        if request.path == "/api/data/v1/streams/7":
            return web.json_response(self._stream)
        state = self._states.pop(0) if len(self._states) > 1 else self._states[0]
        number = int(request.path.rpartition("/")[2])
        return web.json_response({"streamId": 7, "executionId": number, **state})


ACTIVE = {"currentState": "ACTIVE"}
SUCCESS = {"currentState": "SUCCESS", "rowsInserted": 3, "endedAt": 1652481807}


async def test_a_run_is_waited_for_with_pauses_that_grow():
    instance, clock = Instance(ACTIVE, ACTIVE, ACTIVE, SUCCESS), SkippingClock()

    async with talking_to(instance, clock=clock) as domo:
        done = await domo.streams.run(7, wait=True)

    assert ("SUCCESS", 3) == (done.current_state, done.rows_inserted)
    assert [f"POST {RUNS}", *[f"GET {RUNS}/12"] * 4] == instance.asked
    assert [0.05, 0.075, 0.1125] == pytest.approx(clock.slept)


async def test_a_run_that_is_not_waited_for_costs_one_request():
    instance = Instance(SUCCESS)

    async with talking_to(instance) as domo:
        started = await domo.streams.run(7)

    assert (12, "ACTIVE") == (started.execution_id, started.current_state)
    assert [f"POST {RUNS}"] == instance.asked


async def test_a_run_that_failed_says_all_that_went_wrong():
    errors = [{"message": "no such table", "code": 9}, "out of memory", {"code": 7}]
    instance = Instance(ACTIVE, {"currentState": "ERROR", "errors": errors})

    async with talking_to(instance) as domo:
        with pytest.raises(JobFailed, match="run 12 of stream 7 ended as ERROR: no such table") as caught:
            await domo.streams.run(7, wait=True)

    assert "ERROR" == caught.value.state
    assert 'no such table; out of memory; {"code":7}' == caught.value.reason


async def test_a_run_that_failed_without_a_word_has_no_reason():
    async with talking_to(Instance({"currentState": "ERROR", "errors": []})) as domo:
        with pytest.raises(JobFailed, match="ended as ERROR$") as caught:
            await domo.streams.wait(7, 12)

    assert caught.value.reason is None


@pytest.mark.parametrize(
    "facts",
    [
        {"currentState": "ABORTED", "endedAt": 1652481807},
        {"currentState": "INDEXING"},
        {"currentState": "UNKNOWN", "endedAt": 1652481807},
    ],
    ids=lambda facts: facts["currentState"],
)
async def test_a_state_that_nobody_knows_is_told_at_the_first_look(facts: Mapping[str, object]) -> None:
    clock = SkippingClock()

    async with talking_to(Instance(facts), clock=clock) as domo:
        with pytest.raises(UnknownState, match=f"run 12 of stream 7 is in the state {facts['currentState']}") as caught:
            await domo.streams.wait(7, 12)

    assert facts["currentState"] == caught.value.state
    assert [] == clock.slept


async def test_a_run_with_a_warning_has_brought_its_rows_and_an_invalid_one_has_failed() -> None:
    warning = {"message": "2 rows were left out", "category": "CONNECTOR_WARNING", "code": 7}
    warned = {**SUCCESS, "currentState": "WARNING", "errors": [warning]}

    async with talking_to(Instance({"currentState": "IDLE"}, {"currentState": "UNKNOWN"}, warned)) as domo:
        done = await domo.streams.run(7, wait=True)
    async with talking_to(Instance({"currentState": "INVALID", "errors": ["gone"]})) as domo:
        with pytest.raises(JobFailed, match="ended as INVALID: gone"):
            await domo.streams.wait(7, 12)

    assert ("WARNING", 3, "2 rows were left out") == (done.current_state, done.rows_inserted, done.error_text)


async def test_a_run_that_takes_too_long_tells_its_last_state():
    clock = SkippingClock()

    async with talking_to(Instance({"currentState": "IDLE"}, ACTIVE), clock=clock) as domo:
        with pytest.raises(WaitTimeout, match="run 12 of stream 7 has not ended after 60 seconds") as caught:
            await domo.streams.run(7, wait=True, timeout=60)

    assert "ACTIVE" == caught.value.state
    assert 60 == pytest.approx(sum(clock.slept), abs=1)
    assert 5 == pytest.approx(max(clock.slept))


async def test_a_run_that_the_answer_does_not_tell_is_looked_up():
    instance = Instance(SUCCESS, started={}, stream={"currentExecution": {"executionId": 99}})

    async with talking_to(instance) as domo:
        done = await domo.streams.run(7, wait=True)

    assert 99 == done.execution_id
    assert [f"POST {RUNS}", "GET /api/data/v1/streams/7", f"GET {RUNS}/99"] == instance.asked


@pytest.mark.parametrize("current", [None, {}])
async def test_a_run_that_nobody_tells_cannot_be_waited_for(current):
    last = {"executionId": 98, "currentState": "SUCCESS"}
    instance = Instance(SUCCESS, started={}, stream={"currentExecution": current, "lastExecution": last})

    async with talking_to(instance) as domo:
        with pytest.raises(DecodeError, match=r"stream 7 was started, .* streams.history\(\)"):
            await domo.streams.run(7, wait=True)


async def test_a_run_whose_answer_is_lost_is_not_started_again():
    asked = []

    async def handler(request: web.Request) -> web.StreamResponse:
        asked.append(request.method)
        assert request.transport
        request.transport.close()
        return web.Response()

    async with talking_to(handler) as domo:
        with pytest.raises(TransportError):
            await domo.streams.run(7)

    assert ["POST"] == asked


async def test_the_result_of_get_can_be_sent_by_update():
    configuration = [{"streamId": 7, "category": "METADATA", "name": "report", "type": "string", "value": "all"}]
    stream = {"transport": {"type": "CONNECTOR", "description": "a.b", "version": "0"}, "configuration": configuration}
    instance = Instance(stream=stream)

    async with talking_to(instance) as domo:
        found = await domo.streams.get(7)
        assert found.transport
        await domo.streams.update(
            7,
            transport=found.transport,
            configuration=[*found.configuration, ConfigurationItem("query", "SELECT 1")],
            account_id=3,
            update_method="REPLACE",
            data_provider_key="a-b",
            data_source_name="Orders",
            data_source_description="",
        )

    (body,) = instance.bodies

    assert stream["transport"] == body["transport"]
    assert [
        {"name": "report", "value": "all", "type": "string", "category": "METADATA"},
        {"name": "query", "value": "SELECT 1", "type": "string", "category": "METADATA"},
    ] == body["configuration"]


async def test_an_answer_that_is_not_understood_does_not_hide_that_a_stream_was_made():
    async def handler(request: web.Request) -> web.StreamResponse:
        return web.json_response(["something", "else"])

    async with talking_to(handler) as domo:
        saved = await domo.streams.create(
            transport=StreamTransport("CONNECTOR"),
            configuration=[],
            account_id=3,
            update_method="REPLACE",
            data_provider_key="a-b",
            data_source_name="Orders",
            data_source_description="",
        )

    assert (None, None) == (saved.id, saved.data_source)


def test_runs_without_errors_have_no_error_text():
    assert StreamExecution().error_text is None

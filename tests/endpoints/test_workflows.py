"""Workflows: what is sent, and what waiting makes of what comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from domo_async import ConfigError, DecodeError, JobFailed, NotFound, ServerError, UnknownState, WaitTimeout
from domo_async._endpoints._workflow_runs import workflow_data
from domo_async._endpoints.workflows import Permission, WorkflowInstance, WorkflowStatus
from tests.support import SkippingClock, talking_to

RUN = "2052e10a"


def telling(*states: object) -> Callable[[Any], Any]:
    """Return an instance that starts a run and then gives these answers to those who look at it."""
    left = list(states)

    async def handler(request: web.Request) -> web.Response:
        if request.method == "POST":
            return web.json_response({"id": RUN, "status": "null"})
        answer = left.pop(0) if len(left) > 1 else left[0]
        # A response is sent but once.
        return web.Response(status=answer.status) if isinstance(answer, web.Response) else web.json_response(answer)

    return handler


def listed(status: object, **facts: object) -> dict[str, object]:
    return {"executions": [{"id": "another", "status": "FAILED"}, {"id": RUN, "status": status, **facts}]}


async def test_a_run_is_waited_for_until_it_has_completed() -> None:
    states = [{"executions": []}, listed("null"), listed(None), listed("IN_PROGRESS"), listed("COMPLETED", modelId="m")]
    async with talking_to(telling(*states)) as domo:
        run = await domo.workflows.start("m", message_name="Start it", version="1.0.0", wait=True)

    assert WorkflowInstance(id=RUN, status=WorkflowStatus.COMPLETED, model_id="m") == run


@pytest.mark.parametrize("state", ["FAILED", "CANCELED"])
async def test_a_run_that_comes_to_a_bad_end_is_an_error(state: str) -> None:
    async with talking_to(telling(listed("IN_PROGRESS"), listed(state))) as domo:
        with pytest.raises(JobFailed, match=f"workflow instance {RUN} ended as {state}") as caught:
            await domo.workflows.wait(RUN, model_id="m")

    assert state == caught.value.state


@pytest.mark.parametrize(
    ("answer", "state"), [(listed("IN_PROGRESS"), "IN_PROGRESS"), ([], None), (listed("NOT_STARTED"), "NOT_STARTED")]
)
async def test_a_run_that_does_not_end_is_told_with_its_state(answer: object, state: str | None) -> None:
    clock = SkippingClock()
    async with talking_to(telling(answer), clock=clock) as domo:
        with pytest.raises(WaitTimeout, match=RUN) as caught:
            await domo.workflows.wait(RUN, model_id="m", timeout=60)

    assert state == caught.value.state
    assert 59 <= sum(clock.slept) <= 61


async def test_a_status_that_nobody_knows_is_told_at_the_first_sight() -> None:
    clock = SkippingClock()
    async with talking_to(telling({"id": RUN, "status": "PAUSED"}), clock=clock) as domo:
        with pytest.raises(UnknownState, match=f"{RUN} is in the state PAUSED") as caught:
            await domo.workflows.wait(RUN)

    assert ("PAUSED", []) == (caught.value.state, clock.slept)


def by_list_alone(status: int, asked: list[str]) -> Callable[[Any], Any]:
    """Return an instance that refuses to tell of a run by its identifier, and lists it when asked a second time."""

    async def handler(request: web.Request) -> web.Response:
        asked.append(request.path)
        if request.path.endswith(RUN):
            return web.json_response({"status": status, "message": "no"}, status=status)
        lists = asked.count("/api/workflow/v2/executions")
        runs: object = [None, [], listed("IN_PROGRESS"), listed("COMPLETED")][min(lists, 3)]
        return web.json_response(runs)

    return handler


@pytest.mark.parametrize("status", [400, 404, 405])
async def test_a_run_that_is_not_known_by_its_identifier_is_looked_for_in_the_list(status: int) -> None:
    asked: list[str] = []
    async with talking_to(by_list_alone(status, asked)) as domo:
        done = await domo.workflows.wait(RUN, model_id="m")

    by_id, by_list = f"/api/workflow/v2/executions/{RUN}", "/api/workflow/v2/executions"
    assert "COMPLETED" == done.status
    assert [by_id, by_list, by_id, by_list, by_list] == asked


async def test_without_a_list_to_look_at_a_run_that_is_not_there_is_told() -> None:
    asked: list[str] = []
    async with talking_to(by_list_alone(404, asked)) as domo:
        with pytest.raises(NotFound):
            await domo.workflows.wait(RUN)

    assert [f"/api/workflow/v2/executions/{RUN}"] == asked


async def test_an_error_while_waiting_still_names_the_run() -> None:
    async with talking_to(telling(web.Response(status=404))) as domo:
        with pytest.raises(NotFound) as caught:
            await domo.workflows.start("m", message_name="Start it", version="1.0.0", wait=True)

    assert [f"workflow instance {RUN} was started"] == caught.value.__notes__


@pytest.mark.parametrize("key", ["id", "instanceId", "workflowInstanceId", "executionId"])
async def test_a_run_is_found_under_any_name_of_its_identifier(key: str) -> None:
    item = {key: RUN, "state": "COMPLETED", "createdOn": 1700006400000, "updatedOn": []}
    async with talking_to(telling({"executions": [7, {"name": "odd"}, item]})) as domo:
        run = await domo.workflows.wait(RUN, model_id="m")
        runs = await domo.workflows.executions("m")

    rest = {name: value for name, value in item.items() if name not in {"id", "createdOn"}}
    assert ("COMPLETED", rest) == (run.status, run.extras)
    assert (datetime(2023, 11, 15, tzinfo=UTC), None) == (run.created_on, run.updated_on)
    assert (run,) == runs


@pytest.mark.parametrize("state", ["CANCELED", "CANCELLED", "FAILED"])
async def test_a_run_that_was_cancelled_or_failed_is_told_at_the_first_look(state: str) -> None:
    clock = SkippingClock()
    async with talking_to(telling([{"id": RUN, "status": state}]), clock=clock) as domo:
        with pytest.raises(JobFailed) as caught:
            await domo.workflows.wait(RUN, model_id="m")

    assert (state, []) == (caught.value.state, clock.slept)


async def test_a_run_is_told_from_what_else_has_an_identifier() -> None:
    async with talking_to(telling([{"id": "an execution", "instanceId": RUN, "status": "COMPLETED"}])) as domo:
        run = await domo.workflows.wait(RUN, model_id="m")

    assert (RUN, "COMPLETED") == (run.id, run.status)


@pytest.mark.parametrize("answer", [{}, 7, None, {"executions": None}])
async def test_an_answer_without_a_run_is_a_decode_error(answer: object) -> None:
    async with talking_to(telling(answer)) as domo:
        with pytest.raises(DecodeError, match="list of executions"):
            await domo.workflows.executions("m")
        with pytest.raises(DecodeError, match="execution"):
            await domo.workflows.wait(RUN)


async def test_a_run_is_never_started_twice_but_its_end_may_be_asked_for_twice() -> None:
    asked = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=502) if len(asked) < 3 else web.json_response({"id": RUN, "status": "IN_PROGRESS"})

    async with talking_to(handler) as domo:
        with pytest.raises(ServerError):
            await domo.workflows.start("m", message_name="Start it", version="1.0.0")
        cancelled = await domo.workflows.cancel(RUN)

    assert ["/api/workflow/v1/instances/message", *["/api/workflow/v1/instances/2052e10a/cancel"] * 2] == asked
    assert WorkflowStatus.IN_PROGRESS is cancelled.status


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (datetime(2024, 5, 31, 14, 30, tzinfo=timezone(timedelta(hours=2))), "2024-05-31T12:30:00.000Z"),
        (date(2024, 5, 31), "2024-05-31"),
        (time(9, 5), "09:05:00"),
        (timedelta(), "P0D"),
        (timedelta(days=3), "P3D"),
        (timedelta(minutes=90), "PT1H30M"),
        (timedelta(days=1, hours=2, seconds=3, milliseconds=450), "P1DT2H3.45S"),
        (timedelta(microseconds=1), "PT0.000001S"),
        (-timedelta(hours=36), "-P1DT12H"),
        (Decimal("0.10"), Decimal("0.10")),
        ({"a": [date(2024, 5, 31), {"b": timedelta(days=1)}]}, {"a": ["2024-05-31", {"b": "P1D"}]}),
        (("x", None, True, 1.5), ["x", None, True, 1.5]),
    ],
)
def test_values_are_sent_in_their_forms(value: Any, sent: object) -> None:
    encoded = workflow_data({"p": value})["p"]

    assert sent == encoded
    assert type(sent) is type(encoded)


@given(st.timedeltas(min_value=timedelta(), max_value=timedelta(days=400)))
def test_a_duration_names_all_of_its_time(value: timedelta) -> None:
    text = str(workflow_data({"p": value})["p"])
    days, _, clock = text.removeprefix("P").partition("T")
    parts = {"D": Decimal(0), "H": Decimal(0), "M": Decimal(0), "S": Decimal(0)}
    for run in (days, clock):
        number = ""
        for letter in run:
            if letter in parts:
                parts[letter], number = Decimal(number), ""
            else:
                number += letter

    seconds = ((parts["D"] * 24 + parts["H"]) * 60 + parts["M"]) * 60 + parts["S"]
    assert value == timedelta(microseconds=int(seconds * 1_000_000))


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ({"at": datetime(2024, 5, 31)}, r"data\['at'\].*time zone"),
        ({"a": {"b": [1, datetime(2024, 5, 31)]}}, r"data\['a'\]\['b'\]\[1\].*time zone"),
        ({"n": float("nan")}, r"data\['n'\] is nan"),
        ({"n": Decimal("Infinity")}, r"data\['n'\]"),
        ({"s": {1, 2}}, r"data\['s'\]"),
        ({"b": b"bytes"}, r"data\['b'\]"),
        ({"o": {1: "x"}}, "keys are strings"),
    ],
)
async def test_values_that_no_workflow_takes_are_refused_before_anything_is_sent(data: Any, where: str) -> None:
    asked = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.json_response({"id": RUN})

    async with talking_to(handler) as domo:
        with pytest.raises(ConfigError, match=where):
            await domo.workflows.start("m", message_name="Start it", version="1.0.0", data=data)

    assert [] == asked


@pytest.mark.parametrize("permissions", [[], [Permission(27, "READ", "Ann")]])
async def test_permissions_that_cannot_be_are_refused(permissions: list[Permission]) -> None:
    async with talking_to(telling({})) as domo:
        with pytest.raises(ConfigError, match="empty|takes a list"):
            await domo.workflows.set_permissions("m", permissions=permissions)

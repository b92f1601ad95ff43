"""Bulk work below the endpoints: what is created once, what runs at once, and what a report says."""

from __future__ import annotations

import pickle
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from domo_async import BulkError, BulkReport, BulkResult, DomoError, Outcome, ServerError, Settings, TransportError
from domo_async._bulk import BulkOptions, Plan, apply_many, carry_out, create_once
from domo_async.errors import BadRequest, Forbidden
from tests.support import SkippingClock

LOST = TransportError("lost")
TAKEN = BadRequest(status=400, message="taken", method="POST", path="/", body='{"status": 400, "message": "taken"}')
FORBIDDEN = Forbidden(status=403, message="no", method="POST", path="/", body='{"status": 403, "toe": "X"}')
PAGE = Forbidden(status=403, message="blocked", method="POST", path="/", body="<h1>blocked</h1>")
FAILED = ServerError(status=500, message="oops", method="POST", path="/")


def in_turn(*answers: object) -> Callable[[], Awaitable[Any]]:
    """Return a call that gives or raises these in turn, the last one again and again."""
    left = list(answers)

    async def call() -> Any:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return call


@pytest.mark.parametrize(
    ("creates", "finds", "expected"),
    [
        (["made"], [FORBIDDEN], ("made", True)),
        ([LOST], ["there"], ("there", None)),
        ([PAGE], ["there"], ("there", None)),
        ([LOST, "made"], [None], ("made", True)),
        ([LOST, TAKEN], [None, "there"], ("there", None)),
        ([LOST, FORBIDDEN], [None, "there"], ("there", None)),
        ([FAILED], [None, None, None, "there"], ("there", None)),
        ([LOST], [None, None, None, None, None, "there"], ("there", None)),
        ([TAKEN], ["there"], ("there", False)),
    ],
)
async def test_a_thing_is_created_once_or_found(
    creates: Sequence[object], finds: Sequence[object], expected: tuple[object, bool | None]
) -> None:
    settings = Settings(clock=SkippingClock())

    assert expected == await create_once(in_turn(*creates), in_turn(*finds), settings=settings)


@pytest.mark.parametrize(
    ("creates", "finds", "says"),
    [
        ([TAKEN], [None], "taken"),
        ([TAKEN], [FAILED], "taken"),
        ([FORBIDDEN], ["there"], "403"),
        ([LOST], [None], "lost"),
        ([LOST], [FAILED], "it is unknown whether it was created: lost; the lookup failed: 500"),
    ],
)
async def test_a_thing_that_is_not_there_in_the_end_is_an_error(
    creates: Sequence[object], finds: Sequence[object], says: str
) -> None:
    settings = Settings(clock=SkippingClock())

    with pytest.raises(DomoError, match=says):
        await create_once(in_turn(*creates), in_turn(*finds), settings=settings)


async def act(rows: Sequence[BulkResult[str, int]]) -> Sequence[BulkResult[str, int]]:
    if any(row.input == "bad" for row in rows):
        raise DomoError("bad")
    return rows


def rows(*names: str) -> list[BulkResult[str, int]]:
    return [BulkResult(name, Outcome.CREATED) for name in names]


async def test_after_a_failure_in_the_plan_nothing_is_begun_where_asked_for() -> None:
    plan = Plan([*rows("a"), BulkResult[str, int]("b", Outcome.FAILED, error=DomoError("known"))], act)

    report = await carry_out(plan, BulkOptions(stop_on_error=True))

    assert ["not begun", "failed"] == [result.outcome for result in report]


async def test_a_callback_that_fails_is_logged_and_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def progress(_: object) -> None:
        raise ZeroDivisionError

    report = await carry_out(Plan(rows("a", "b"), act), BulkOptions(progress=progress))

    assert ["created", "created"] == [result.outcome for result in report]
    assert 2 == caplog.text.count("progress callback failed: ZeroDivisionError")


async def test_of_many_things_one_whose_beginning_fails_fails_alone() -> None:
    async def begin() -> None:
        raise DomoError("not begun")

    async def plan_for(key: str) -> Plan[str, int]:
        return Plan(rows(key), act, begin=begin if key == "x" else None, outcome=Outcome.CREATED)

    report = await apply_many(["a", "x", "bad"], plan_for, BulkOptions(concurrency=2))

    assert ["created", "failed", "failed"] == [result.outcome for result in report]
    assert ["None", "not begun", "1 of 1 failed: bad: bad"] == [str(result.error) for result in report]


def test_a_report_says_what_became_of_the_rows() -> None:
    error = DomoError("a\nlong story")
    report = BulkReport(
        (
            BulkResult("a", Outcome.CREATED, 1),
            BulkResult("b", Outcome.FAILED, error=error),
            BulkResult("c", Outcome.NOT_BEGUN),
        )
    )

    assert "3 rows: 1 created, 1 failed, 1 not begun" == report.summary()
    assert ["a"] == [result.input for result in report.ok]
    assert ["b"] == [result.input for result in report.failed]
    assert (report[1], report[2]) == report[1:] == report.of("failed", Outcome.NOT_BEGUN)
    assert ["input  outcome    value", "a      created    1", "b      failed            a long story"] == (
        str(report).splitlines()[1:4]
    )
    assert {"input": "b", "outcome": "failed", "value": None, "error": "a\nlong story", "note": None} == (
        report.to_dicts()[1]
    )
    with pytest.raises(BulkError, match="1 of 3 failed: b: a") as caught:
        report.raise_for_failures()
    assert error is caught.value.__cause__
    assert report.summary() == pickle.loads(pickle.dumps(report)).summary()
    assert 1 == len(pickle.loads(pickle.dumps(caught.value)).errors)


def test_of_a_long_report_what_failed_is_shown() -> None:
    results = [BulkResult[int, int](number, Outcome.CREATED) for number in range(1000)]
    results[500] = BulkResult(500, Outcome.FAILED, error=DomoError("oops"))

    lines = str(BulkReport(tuple(results))).splitlines()

    assert 4 == len(lines)
    assert "oops" in lines[2]
    assert "(999 more rows)" == lines[3]


def test_a_report_without_rows_and_without_failures_is_one_line() -> None:
    report: BulkReport[str, int] = BulkReport(())

    report.raise_for_failures()
    assert "0 rows" == str(report)

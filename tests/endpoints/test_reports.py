"""Scheduled reports beyond single calls: pages, what is refused, and what is not sent twice."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from aiohttp import web
from attrs import evolve

from domo_async import ConfigError, DecodeError, Domo, Forbidden, JobFailed, ServerError, UnknownState, WaitTimeout
from domo_async._endpoints.reports.models import ReportRecipient, ScheduleRecipient
from tests.support import talking_to

NOON = datetime(2024, 11, 14, 12, tzinfo=UTC)


class Instance:
    """An instance that has so many of everything, gives at most `cap` at a time, and keeps what it was asked."""

    def __init__(self, things: int = 0, cap: int = 100) -> None:
        self._things = things
        self._cap = cap
        self.asked: list[web.BaseRequest] = []
        self.bodies: list[bytes] = []

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append(request)
        self.bodies.append(await request.read())
        skip, limit = int(request.query["skip"]), int(request.query["limit"])
        numbers = range(self._things)[skip : skip + min(limit, self._cap)]
        return web.json_response([{"id": number, "resourceId": number} for number in numbers])

    @property
    def pages(self) -> list[tuple[str, str]]:
        return [(request.query["skip"], request.query["limit"]) for request in self.asked]


LISTS: dict[str, Callable[[Domo], Callable[..., Any]]] = {
    "list": lambda domo: domo.reports.list,
    "list_sorted": lambda domo: domo.reports.list_sorted,
    "misconfigured": lambda domo: domo.reports.misconfigured,
    "resources": lambda domo: domo.reports.resources,
    "history.list": lambda domo: domo.reports.history.list,
    "history.search": lambda domo: domo.reports.history.search,
    "history.for_schedule": lambda domo: lambda **how: domo.reports.history.for_schedule(5, **how),
}


@pytest.fixture(params=LISTS.values(), ids=list(LISTS))
def listed(request: pytest.FixtureRequest) -> Callable[[Domo], Callable[..., Any]]:
    chosen: Callable[[Domo], Callable[..., Any]] = request.param
    return chosen


def number(item: Any) -> int:
    found: int = item.resource_id if hasattr(item, "resource_id") and not hasattr(item, "id") else item.id
    return found


async def test_all_things_of_several_pages_come_in_order_and_once(listed: Any) -> None:
    instance = Instance(250)
    async with talking_to(instance) as domo:
        found = await listed(domo)().all()

    assert list(range(250)) == list(map(number, found))
    assert [("0", "100"), ("100", "100"), ("200", "100")] == instance.pages


async def test_nothing_is_lost_where_larger_pages_are_cut(listed: Any) -> None:
    instance = Instance(250)
    async with talking_to(instance) as domo:
        found = await listed(domo)(page_size=1000).all()

    assert list(range(250)) == list(map(number, found))
    assert [("0", "1000"), ("100", "1000"), ("200", "1000")] == instance.pages


async def test_a_limit_asks_for_no_more_than_it_needs(listed: Any) -> None:
    instance = Instance(250)
    async with talking_to(instance) as domo:
        found = await listed(domo)(offset=20, limit=120).all()

    assert list(range(20, 140)) == list(map(number, found))
    assert [("20", "100"), ("120", "20")] == instance.pages


async def test_a_limit_of_nothing_is_not_sent_as_it_would_mean_everything(listed: Any) -> None:
    instance = Instance(250)
    async with talking_to(instance) as domo:
        found = await listed(domo)(limit=0).all()

    assert [] == found
    assert [] == instance.asked


@pytest.mark.parametrize("wrong", [{"offset": -1}, {"limit": -1}, {"page_size": 0}])
async def test_numbers_out_of_their_range_are_refused(listed: Any, wrong: dict[str, int]) -> None:
    async with talking_to(Instance()) as domo:
        with pytest.raises(ConfigError):
            listed(domo)(**wrong)


async def test_every_page_of_the_schedules_is_asked_for_in_one_order() -> None:
    instance = Instance(250)
    async with talking_to(instance) as domo:
        await domo.reports.list().all()
        await domo.reports.list_sorted(sort_by="title").all()

    assert ["startDate"] * 3 + ["title"] * 3 == [request.query["orderBy"] for request in instance.asked]


async def test_every_page_of_a_search_has_its_criteria() -> None:
    instance = Instance(150)
    async with talking_to(instance) as domo:
        await domo.reports.history.search(status="failure").all()

    sent = {
        "includeTitleClause": False,
        "includeStatusClause": True,
        "status": "failure",
        "includeTypeClause": False,
        "includeScheduleIdClause": False,
    }
    assert [sent, sent] == [json.loads(body) for body in instance.bodies]


async def refused(call: Callable[[Domo], Awaitable[object]], says: str) -> None:
    """Fail unless a call is refused before anything is sent."""
    asked: list[web.BaseRequest] = []

    async def instance(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(request)
        return web.Response()

    async with talking_to(instance) as domo:
        with pytest.raises(ConfigError, match=says):
            await call(domo)

    assert [] == asked


@pytest.mark.parametrize("page", [None, "", " ", 0, "0", False, True])
async def test_schedules_are_not_deleted_without_the_id_of_a_page(page: Any) -> None:
    await refused(lambda domo: domo.reports.delete_for_page(page), "is not a page")


@pytest.mark.parametrize("page", [10, "10", -100000])
async def test_any_page_with_a_number_can_lose_its_schedule(page: Any) -> None:
    asked: list[str] = []

    async def instance(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(request.query["pageId"])
        return web.Response()

    async with talking_to(instance) as domo:
        await domo.reports.delete_for_page(page)

    assert [str(page)] == asked


@pytest.mark.parametrize("someone", [{}, {"user_id": None, "email_id": ""}, {"user_id": ""}, {"email_id": None}])
async def test_who_has_unsubscribed_must_be_said(someone: dict[str, Any]) -> None:
    await refused(lambda domo: domo.reports.resubscribe(5, **someone), "user_id or email_id")
    await refused(lambda domo: domo.reports.delete_unsubscribed_recipient(5, **someone), "user_id or email_id")


async def test_an_empty_half_of_who_is_meant_is_not_sent() -> None:
    asked: list[str] = []

    async def instance(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(request.query_string)
        return web.Response()

    async with talking_to(instance) as domo:
        await domo.reports.resubscribe(5, user_id=27, email_id="")

    assert ["userId=27"] == asked


SENDING: dict[str, Callable[[Domo, Any], Awaitable[object]]] = {
    "send": lambda domo, people: domo.reports.send(5, recipients=people),
    "queue": lambda domo, people: domo.reports.queue(5, recipients=people),
    "notify": lambda domo, people: domo.reports.notify(5, recipients=people),
    "queue_notification": lambda domo, people: domo.reports.queue_notification(5, recipients=people),
    "send_view": lambda domo, people: domo.reports.send_view(5, recipients=people),
    "send_view_with_params": lambda domo, people: domo.reports.send_view_with_params(5, recipients=people),
    "send_resubscribe_email": lambda domo, people: domo.reports.send_resubscribe_email(5, recipients=people),
}


@pytest.fixture(params=SENDING.items(), ids=lambda item: item[0])
def sending(request: pytest.FixtureRequest) -> Callable[[Domo], Awaitable[None]]:
    name, call = request.param
    person = ReportRecipient(27) if "notif" in name else ScheduleRecipient("ada@example.com")
    return lambda domo: call(domo, [person])


@pytest.mark.parametrize("call", SENDING.values(), ids=SENDING.keys())
async def test_a_report_is_not_sent_to_nobody_or_to_the_letters_of_an_address(call: Any) -> None:
    await refused(lambda domo: call(domo, []), "recipients is empty")
    await refused(lambda domo: call(domo, "ada@example.com"), "takes a list")


async def test_a_mail_is_not_sent_twice_when_the_answer_is_lost(sending: Any) -> None:
    asked: list[str] = []

    async def instance(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(request.path)
        return web.Response(status=502)

    async with talking_to(instance) as domo:
        with pytest.raises(ServerError):
            await sending(domo)

    assert 1 == len(asked)


class Mailer:
    """An instance that sends a report: looks tell one history after the other, and then the last one."""

    def __init__(self, *histories: list[dict[str, Any]]) -> None:
        self._histories = list(histories)
        self.asked: list[str] = []

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append(request.method)
        if request.method == "POST":
            return web.Response(status=202)
        return web.json_response(self._histories.pop(0) if len(self._histories) > 1 else self._histories[0])


def run_of(number: int, status: str | None = None, *, automated: bool = False) -> dict[str, Any]:
    return {"id": number, "status": status, "automated": automated}


async def test_a_report_is_waited_for_until_the_history_tells_how_it_went() -> None:
    old, scheduled = run_of(6, "failure"), run_of(7, "failure", automated=True)
    mailer = Mailer(
        [old], [old], [scheduled, old], [run_of(8, "processing"), scheduled, old], [run_of(8, "success"), old]
    )

    async with talking_to(mailer) as domo:
        run = await domo.reports.send(5, recipients=["ada@example.com"], wait=True)

    assert run is not None
    assert (8, "success") == (run.id, run.status)
    assert ["GET", "POST", "GET", "GET", "GET", "GET"] == mailer.asked


async def test_a_report_that_failed_is_an_error_with_its_status() -> None:
    async with talking_to(Mailer([], [run_of(8, "failure")])) as domo:
        with pytest.raises(JobFailed, match="schedule 5 ended as failure") as caught:
            await domo.reports.send(5, recipients=["ada@example.com"], wait=True)

    assert "failure" == caught.value.state


async def test_a_status_that_nobody_knows_is_told_at_the_first_sight() -> None:
    mailer = Mailer([], [{**run_of(8, "pondering"), "endTime": 1735689600000}])
    async with talking_to(mailer) as domo:
        with pytest.raises(UnknownState, match="schedule 5 is in the state pondering"):
            await domo.reports.send(5, recipients=["ada@example.com"], wait=True)

    assert ["GET", "POST", "GET"] == mailer.asked


@pytest.mark.parametrize("form", [1735689600000, "1735689600000", "2025-01-01T00:00:00.000Z", "2025-01-01 00:00:00"])
async def test_a_run_tells_its_times_in_whichever_form_they_come(form: object) -> None:
    run = {**run_of(8, "success"), "startTime": form, "endTime": form}
    async with talking_to(Mailer([], [run])) as domo:
        done = await domo.reports.send(5, recipients=["ada@example.com"], wait=True)

    assert done is not None
    assert datetime(2025, 1, 1, tzinfo=UTC) == done.start_time == done.end_time


@pytest.mark.parametrize(("history", "state"), [([], None), ([run_of(8, "processing")], "processing")])
async def test_a_report_that_takes_too_long_tells_its_last_status(history: Any, state: str | None) -> None:
    async with talking_to(Mailer([], history)) as domo:
        with pytest.raises(WaitTimeout) as caught:
            await domo.reports.send(5, recipients=["ada@example.com"], wait=True, timeout=60)

    assert state == caught.value.state


async def test_failed_reports_are_not_rerun_twice_when_the_answer_is_lost() -> None:
    asked: list[str] = []

    async def instance(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(request.path)
        return web.Response(status=502)

    async with talking_to(instance) as domo:
        with pytest.raises(ServerError):
            await domo.reports.rerun_failed(start=NOON, end=NOON + timedelta(hours=1))

    assert 1 == len(asked)


@pytest.mark.parametrize(
    "call",
    [
        lambda domo: domo.reports.unsubscribe(5),
        lambda domo: domo.reports.resubscribe(5, user_id=27),
        lambda domo: domo.reports.render_cards([1]),
        lambda domo: domo.reports.history.search().all(),
    ],
)
async def test_calls_that_may_happen_twice_are_tried_again(call: Any) -> None:
    asked: list[str] = []

    async def instance(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(request.path)
        answer: object = [] if "history" in request.path else {}
        return web.Response(status=502) if len(asked) == 1 else web.json_response(answer)

    async with talking_to(instance) as domo:
        await call(domo)

    assert 2 == len(asked)


@pytest.mark.parametrize(
    ("start", "end", "says"),
    [
        (datetime(2024, 11, 14), NOON, "time zone"),
        (NOON, datetime(2024, 11, 15), "time zone"),
        (NOON, NOON, "after start"),
        (NOON, datetime(2024, 11, 14, 12, tzinfo=timezone(timedelta(hours=1))), "after start"),
    ],
)
async def test_a_time_without_zone_or_length_is_refused(start: datetime, end: datetime, says: str) -> None:
    await refused(lambda domo: domo.reports.rerun_failed(start=start, end=end), says)


async def test_no_cards_are_not_rendered() -> None:
    await refused(lambda domo: domo.reports.render_cards([]), "card_ids is empty")


async def test_cards_that_are_not_objects_are_left_out_and_told(caplog: pytest.LogCaptureFixture) -> None:
    async def instance(request: web.BaseRequest) -> web.StreamResponse:
        return web.json_response({"123": {"title": 5}, "124": []})

    async with talking_to(instance) as domo:
        cards = await domo.reports.render_cards([123, 124])
    assert {"123": "5"} == {str(number): card.title for number, card in cards.items()}
    # The key itself is the instance's, and not told.
    assert any("RenderedCard" in record.getMessage() and "left out" in record.getMessage() for record in caplog.records)
    assert "124" not in caplog.text

    async with talking_to(instance, strict=True) as domo:
        with pytest.raises(DecodeError, match="card-email-data"):
            await domo.reports.render_cards([123, 124])


async def test_a_schedule_that_was_read_is_written_back_whole_but_for_the_change() -> None:
    stored = {
        "frequency": "WEEKLY",
        "daysToRun": "1",
        "hourOfDay": "11",
        "minOfHour": 30,
        "timezone": "America/New_York",
        "enabled": True,
        "startDate": 1731578400000,
        "expirationDate": None,
        "ownerId": 27,
        "unsubscribedRecipients": [],
        "additionalRecipients": [{"type": "GROUP", "value": 7, "email": None, "isNew": True}],
    }
    written: list[Any] = []

    async def instance(request: web.BaseRequest) -> web.StreamResponse:
        if request.method == "PUT":
            written.append(json.loads(await request.read()))
        return web.json_response({"id": 5, "title": "Sales", "schedule": stored})

    async with talking_to(instance) as domo:
        report = await domo.reports.get(5)
        assert report.schedule is not None
        await domo.reports.update(5, title="Sales", schedule=evolve(report.schedule, hour_of_day=12))

    kept = {key: value for key, value in stored.items() if value is not None}
    recipients = [{"type": "GROUP", "value": 7, "isNew": True}]
    assert [{"title": "Sales", "schedule": {**kept, "hourOfDay": 12, "additionalRecipients": recipients}}] == written


async def test_a_refusal_of_the_instance_is_told() -> None:
    async def instance(request: web.BaseRequest) -> web.StreamResponse:
        return web.json_response({"status": 403, "message": "Forbidden"}, status=403)

    async with talking_to(instance) as domo:
        with pytest.raises(Forbidden):
            await domo.reports.set_emails_enabled(enabled=False)

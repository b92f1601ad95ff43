"""Scheduled reports: their lives, what becomes due, what is sent, and who gets it."""

from __future__ import annotations

import base64
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from domo_async import BadRequest, Conflict, Domo, Forbidden, NotFound
from domo_async._emulator.seeds.content import seed_reports
from domo_async._emulator.services.schedules import next_run
from domo_async._endpoints.reports.models import Report, ReportRecipient, Schedule, ScheduleRecipient
from domo_async.emulator import Emulator, JobOutcome
from tests.emulator.others import client_of_new_user
from tests.emulator.plain_client import PlainClient, connected

BASE = "/api/content/v1/reportschedules"
MONDAYS = Schedule(
    frequency="WEEKLY",
    days_to_run="MON",
    hour_of_day=8,
    min_of_hour=30,
    timezone="America/New_York",
    additional_recipients=(ScheduleRecipient("ada@example.com"),),
)
WEEK = timedelta(days=7)


class Clock:
    """A clock that moves when it is told to; it begins at noon of a Wednesday."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 4, 12, tzinfo=UTC)

    def __call__(self) -> float:
        return self.now.timestamp()


@pytest.fixture
def time(emulator: Emulator) -> Clock:
    """The clock of the instance."""
    clock = Clock()
    emulator.now = clock
    return clock


def put_page(emulator: Emulator, number: int, title: str, *cards: int) -> None:
    records = emulator._instance.records
    records["pages"].put(number, {"id": number, "title": title, "ownerId": 1, "parentPageId": 0})
    for card in cards:
        records["cards"].put(
            card,
            {"id": card, "title": f"Card {card}", "ownerId": 1, "datasourceId": "gone", "pageIds": [number]},
        )


async def make(domo: Domo, title: str = "Sales", **known: Any) -> Report:
    return await domo.reports.create(**{"title": title, "schedule": MONDAYS, "page_id": 7, **known})


def utc(*args: int) -> datetime:
    return datetime(*args, tzinfo=UTC)  # type: ignore[misc,arg-type]


# -- when ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schedule", "after", "due"),
    [
        # New York is four hours behind in summer, which begins on 8 March 2026, and five before.
        ({"frequency": "WEEKLY", "daysToRun": "MON", "hourOfDay": 8}, utc(2026, 3, 1), utc(2026, 3, 2, 13)),
        ({"frequency": "WEEKLY", "daysToRun": "MON", "hourOfDay": 8}, utc(2026, 3, 4), utc(2026, 3, 9, 12)),
        ({"frequency": "WEEKLY", "daysToRun": "MON", "hourOfDay": 8}, utc(2026, 3, 9, 12), utc(2026, 3, 16, 12)),
        ({"frequency": "WEEKLY", "daysToRun": "FRI, tue", "hourOfDay": 0}, utc(2026, 4, 1), utc(2026, 4, 3, 4)),
        ({"frequency": "MONTHLY", "daysToRun": "15", "hourOfDay": 10}, utc(2026, 4, 16), utc(2026, 5, 15, 14)),
        ({"frequency": "MONTHLY", "daysToRun": "31", "hourOfDay": 10}, utc(2026, 4, 1), utc(2026, 4, 30, 14)),
        ({"frequency": "MONTHLY", "daysToRun": "1,20", "hourOfDay": 10}, utc(2026, 4, 2), utc(2026, 4, 20, 14)),
        ({"frequency": "WEEKLY", "daysToRun": "1", "hourOfDay": 8}, utc(2026, 3, 4), utc(2026, 3, 9, 12)),
        # From Friday evening to Monday.
        (
            {"frequency": "DAILY", "daysToRun": "1,2,3,4,5", "hourOfDay": "8"},
            utc(2026, 3, 6, 23),
            utc(2026, 3, 9, 12),
        ),
        ({"frequency": "DAILY", "hourOfDay": 20, "minOfHour": 15}, utc(2026, 4, 2), utc(2026, 4, 2, 0, 15)),
        (
            {"frequency": "DAILY", "startDate": int(utc(2027, 1, 1).timestamp() * 1000)},
            utc(2026, 4, 2),
            utc(2027, 1, 1, 5),
        ),
        (
            {"frequency": "DAILY", "expirationDate": int(utc(2026, 1, 1).timestamp() * 1000)},
            utc(2026, 4, 2),
            None,
        ),
        ({"frequency": "DAILY", "enabled": False}, utc(2026, 4, 2), None),
        ({"hourOfDay": 3}, utc(2026, 4, 2), None),
    ],
)
def test_a_schedule_is_due_by_days_hour_and_zone(schedule, after, due):
    assert due == next_run({"timezone": "America/New_York", **schedule}, after)


@pytest.mark.parametrize(
    "wrong",
    [
        {"frequency": "SOMETIMES"},
        {"days_to_run": "MONDAY"},
        {"days_to_run": None},
        {"frequency": "MONTHLY", "days_to_run": "32"},
        {"hour_of_day": 24},
        {"min_of_hour": 60},
        {"timezone": "Mars/Olympus"},
        {"timezone": "../etc/passwd"},
        {"additional_recipients": (ScheduleRecipient("nobody"),)},
    ],
)
async def test_a_schedule_that_makes_no_sense_is_refused(domo, wrong):
    with pytest.raises(BadRequest):
        await make(domo, schedule=attrs.evolve(MONDAYS, **wrong))

    assert [] == await domo.reports.list().all()


async def test_a_report_that_is_due_is_sent_by_itself_once(domo, emulator, time):
    put_page(emulator, 7, "Dashboard")
    report = await make(domo)
    assert report.schedule
    assert utc(2026, 3, 9, 12, 30) == report.schedule.next_run_date

    time.now += 3 * WEEK
    runs = await domo.reports.history.list(include_recipient_info=True).all()

    assert [(report.id, True, "success", utc(2026, 3, 9, 12, 30))] == [
        (run.report_id, run.automated, run.status, run.start_time) for run in runs
    ]
    assert ["ada@example.com"] == [person.email_address for person in runs[0].recipients]
    assert utc(2026, 3, 30, 12, 30) == (await domo.reports.get(report.id)).schedule.next_run_date


async def test_a_report_that_is_switched_off_is_never_due(domo, emulator, time):
    put_page(emulator, 7, "Dashboard")
    report = await make(domo)
    await domo.reports.set_enabled(report.id, enabled=False)
    off = await domo.reports.get(report.id)
    time.now += 2 * WEEK
    nothing = await domo.reports.history.list().all()
    await domo.reports.set_enabled(report.id, enabled=True)
    on = await domo.reports.get(report.id)

    assert (False, None) == (off.schedule.enabled, off.schedule.next_run_date)
    assert [] == nothing
    assert (True, utc(2026, 3, 23, 12, 30)) == (on.schedule.enabled, on.schedule.next_run_date)


async def test_while_mails_are_off_nothing_is_sent(domo, emulator, time):
    put_page(emulator, 7, "Dashboard")
    report = await make(domo)
    await domo.reports.set_emails_enabled(enabled=False)
    time.now += WEEK
    with pytest.raises(Conflict, match="switched off"):
        await domo.reports.send(report.id, recipients=["bob@example.com"])
    assert [] == await domo.reports.history.list().all()

    await domo.reports.set_emails_enabled(enabled=True)
    time.now += WEEK

    assert [utc(2026, 3, 16, 12, 30)] == [run.start_time for run in await domo.reports.history.list().all()]


# -- lives -----------------------------------------------------------------------------------------------------


async def test_a_schedule_is_made_read_changed_and_deleted(domo, emulator):
    put_page(emulator, 7, "Dashboard", 71, 72)
    made = await make(domo, view_id=70, attachment_include=True, subject="Our sales")
    assert made == await domo.reports.get(made.id) == await domo.reports.for_view(70)
    assert ("Sales", 7, 70, "Dashboard", 1, True, 2, 1) == (
        *(made.title, made.page_id, made.report_view_id, made.view_name),
        *(made.owner_id, made.is_owner, made.card_count, made.recipient_count),
    )

    changed = await domo.reports.update(
        made.id, title="Profit", schedule=attrs.evolve(MONDAYS, frequency="MONTHLY", days_to_run="1"), page_id=7
    )
    assert ("Profit", None, None, False, "MONTHLY") == (
        *(changed.title, changed.subject, changed.report_view_id, changed.attachment_include),
        changed.schedule.frequency,
    )

    await domo.reports.delete(made.id)
    for gone in (domo.reports.get(made.id), domo.reports.delete(made.id), domo.reports.for_view(70)):
        with pytest.raises(NotFound):
            await gone


async def test_a_report_that_was_read_can_be_written_back(domo):
    made = await make(domo, subject="Our sales")
    again = await domo.reports.update(
        made.id, title=made.title, subject=made.subject, page_id=made.page_id, schedule=made.schedule
    )

    assert made == again


async def test_the_schedules_of_a_page_are_deleted_together_and_never_all(domo, emulator):
    kept = await make(domo, "Kept", page_id=8)
    for title in ("One", "Two"):
        await make(domo, title)
    async with emulator.client() as other:
        await other.reports.delete_for_page(7)

    assert [kept.id] == [report.id for report in await domo.reports.list().all()]


async def test_without_a_page_deleting_is_refused(plain: PlainClient):
    made = await plain.call("POST", BASE, json={"title": "Sales", "schedule": {}})
    refused = await plain.call("DELETE", BASE, status=400)

    assert "pageId" in refused["message"]
    assert made == await plain.call("GET", f"{BASE}/{made['id']}")


async def test_lists_are_filtered_sorted_and_paged(domo):
    for number, title in enumerate(["Sales East", "Profit", "Sales West"]):
        start = utc(2030, 1, 1 + number)
        await make(domo, title, schedule=attrs.evolve(MONDAYS, hour_of_day=10 - number, start_date=start))

    async def titles(**options: Any) -> list[str | None]:
        return [report.title for report in await domo.reports.list(**options).all()]

    assert ["Sales West", "Profit", "Sales East"] == await titles()
    assert ["Profit", "Sales East", "Sales West"] == await titles(sort_by="title", ascending=True)
    assert ["Sales West", "Profit", "Sales East"] == await titles(sort_by="nextRunDate", ascending=True)
    assert ["Sales West", "Sales East"] == await titles(title="sales")
    assert ["Profit"] == await titles(offset=1, limit=1)
    assert await titles() == await titles(page_size=1)
    assert await titles() == [report.title for report in await domo.reports.list_sorted().all()]


async def test_a_limit_of_0_is_none(plain: PlainClient):
    for _ in range(3):
        await plain.call("POST", BASE, json={"title": "Limited", "schedule": {}})

    assert 3 == len(await plain.call("GET", f"{BASE}?title=limited&limit=0"))
    assert 2 == len(await plain.call("GET", f"{BASE}?title=limited&limit=2"))
    await plain.call("GET", f"{BASE}?orderBy=size", status=400)


async def test_reports_are_found_by_what_they_are_about(domo, emulator):
    put_page(emulator, 7, "Sales Dashboard")
    put_page(emulator, 8, "Costs")
    first, second = await make(domo), await make(domo, "Other", page_id=8)

    assert [(7, "Sales Dashboard", "PAGE")] == [
        (found.resource_id, found.title, found.type) for found in await domo.reports.resources(title="sales").all()
    ]
    assert [8] == [found.resource_id for found in await domo.reports.resources(offset=1).all()]
    assert [first.id] == [report.id for report in await domo.reports.for_resource("PAGE", 7)]
    assert [second.id] == [report.id for report in await domo.reports.for_resource("OPEN", 8)]
    assert () == await domo.reports.for_resource("CARD", 7)
    assert ["Other", "Sales"] == [report.report_title for report in await domo.reports.history.created(days=1).all()]


async def test_old_reports_are_not_among_those_made_lately(domo, time):
    await make(domo)
    time.now += timedelta(days=11)

    assert [] == await domo.reports.history.created().all()
    assert ["Sales"] == [report.report_title for report in await domo.reports.history.created(days=12).all()]


async def test_reports_that_cannot_be_sent_are_listed(domo, emulator):
    put_page(emulator, 7, "Dashboard")
    await make(domo)
    await make(domo, "For nobody", schedule=attrs.evolve(MONDAYS, additional_recipients=()))
    await make(domo, "Of nothing", page_id=99)
    assert ["For nobody", "Of nothing"] == [report.title for report in await domo.reports.misconfigured().all()]

    emulator._instance.records["pages"].remove(7)

    assert 3 == len(await domo.reports.misconfigured().all())


# -- sending ---------------------------------------------------------------------------------------------------


async def test_every_way_of_sending_makes_a_run(domo, emulator):
    put_page(emulator, 7, "Dashboard", 71, 72)
    report = await make(domo, view_id=70)
    ada = ReportRecipient(email_address="ada@example.com")
    await domo.reports.send(report.id, recipients=["bob@example.com"])
    await domo.reports.queue(report.id, recipients=["bob@example.com"])
    await domo.reports.notify(report.id, recipients=[ada])
    await domo.reports.queue_notification(report.id, recipients=[ReportRecipient(user_id=1)])
    await domo.reports.send_view(70, recipients=["bob@example.com"], attachment_include=True)
    await domo.reports.send_view_with_params(70, recipients=["bob@example.com"], email_params={"a": 1})
    await domo.reports.send_resubscribe_email(report.id, recipients=["bob@example.com"])

    runs = await domo.reports.history.for_schedule(report.id).all()
    bob, owner = ["bob@example.com"], ["owner@example.com"]

    assert [bob, bob, ["ada@example.com"], owner, bob, bob] == [
        [person.email_address for person in run.recipients] for run in sorted(runs, key=lambda run: run.id)
    ]
    assert {(False, "success", "Sales", 2)} == {
        (run.automated, run.status, run.report_title, run.card_count) for run in runs
    }
    assert [0, 0, 0, 0, 2, 0] == [run.attachment_count for run in sorted(runs, key=lambda run: run.id)]
    one = await domo.reports.history.get(runs[0].id)
    assert (runs[0].id, 1, "PAGE", 7, "Dashboard") == (
        *(one.id, one.recipient_count, one.resource_type),
        *(one.resource_id, one.resource_name),
    )
    with pytest.raises(NotFound):
        await domo.reports.history.get(999)


async def test_sending_to_nobody_in_particular_is_sending_to_the_recipients(plain: PlainClient):
    schedule = {"additionalRecipients": [{"type": "USER", "value": "1"}]}
    made = await plain.call("POST", BASE, json={"title": "Direct", "schedule": schedule})
    alone = await plain.call("POST", BASE, json={"title": "Alone", "schedule": {}})
    await plain.call("POST", f"{BASE}/{made['id']}/sendnow", json=[], status=202)
    await plain.call("POST", f"{BASE}/{alone['id']}/sendnow", json=[], status=400)
    (run,) = await plain.call("GET", f"{BASE}/{made['id']}/history")

    assert [{"userId": 1, "displayName": "Emulator Owner", "emailAddress": "owner@example.com"}] == run["recipients"]
    assert run["emailSize"] > run["attachmentSize"] == 0


async def test_a_run_takes_as_long_as_a_job():
    async with Emulator(job_delay=30) as emulator, emulator.client() as domo:
        clock = Clock()
        emulator.now = clock
        report = await make(domo)
        await domo.reports.send(report.id, recipients=["bob@example.com"])
        (running,) = await domo.reports.history.list().all()
        clock.now += timedelta(seconds=31)
        (ended,) = await domo.reports.history.list().all()

    assert ("processing", None) == (running.status, running.end_time)
    assert ended.start_time
    assert ended.end_time
    assert ("success", timedelta(seconds=30)) == (ended.status, ended.end_time - ended.start_time)


async def test_a_run_that_fails_can_be_sent_again(domo, emulator, time):
    put_page(emulator, 7, "Dashboard")
    report, other = await make(domo), await make(domo, "Other")
    emulator.outcomes.add(JobOutcome("report", pattern=str(report.id)))
    for each in (report, other):
        await domo.reports.send(each.id, recipients=["bob@example.com"])
    (failed,) = await domo.reports.history.search(status="failure").all()
    assert (report.id, False) == (failed.report_id, failed.automated)

    time.now += timedelta(hours=1)
    await domo.reports.rerun_failed(start=time.now - timedelta(hours=3), end=time.now - timedelta(hours=2))
    assert 2 == len(await domo.reports.history.list().all())
    await domo.reports.rerun_failed(start=time.now - timedelta(hours=2), end=time.now)
    latest, *_ = await domo.reports.history.list(include_recipient_info=True).all()

    assert (report.id, True, "success", "ada@example.com") == (
        *(latest.report_id, latest.automated, latest.status),
        latest.recipients[0].email_address,
    )


async def test_the_history_is_searched_sorted_and_paged(domo, time):
    for title in ("Sales", "Profit"):
        report = await make(domo, title)
        time.now += timedelta(minutes=1)
        await domo.reports.send(report.id, recipients=["bob@example.com"])
    history = domo.reports.history

    assert ["Profit", "Sales"] == [run.report_title for run in await history.list().all()]
    assert ["Sales", "Profit"] == [run.report_title for run in await history.list(ascending=True).all()]
    assert ["Profit", "Sales"] == [run.report_title for run in await history.extended().all()]
    assert ["Sales"] == [run.report_title for run in await history.list(sort_by="reportTitle", limit=1).all()]
    assert [None, None] == [run.recipients for run in await history.list().all()]
    assert ["Sales"] == [run.report_title for run in await history.search(title="sal").all()]
    assert ["Sales"] == [run.report_title for run in await history.search(automated=False, offset=1).all()]
    assert [] == await history.search(automated=True).all()


async def test_only_clauses_that_are_included_count(plain: PlainClient):
    made = await plain.call("POST", BASE, json={"title": "Clauses", "schedule": {}})
    mail = [{"type": "EMAIL", "value": "bob@example.com"}]
    await plain.call("POST", f"{BASE}/{made['id']}/sendnow", json=mail, status=202)
    search = f"{BASE}/history/search"
    criteria = {"titleSearchText": "nothing", "status": "failure", "scheduleId": made["id"]}
    found = await plain.call("POST", search, json={**criteria, "includeScheduleIdClause": True})

    assert ["Clauses"] == [run["reportTitle"] for run in found]
    assert [] == await plain.call("POST", search, json={**criteria, "includeTitleClause": True})
    any_status = {"scheduleId": made["id"], "includeScheduleIdClause": True, "includeStatusClause": True}
    assert ["Clauses"] == [run["reportTitle"] for run in await plain.call("POST", search, json=any_status)]


async def test_cards_are_told_by_their_ids(domo, emulator):
    put_page(emulator, 7, "Dashboard", 71)
    cards = await domo.reports.render_cards([71, 999])

    assert ["71"] == list(cards)
    assert ("Card 71", "kpi") == (cards["71"].title, cards["71"].card_type)
    assert base64.b64decode(cards["71"].encoded_image or "").startswith(b"\x89PNG")


# -- people ----------------------------------------------------------------------------------------------------


async def test_recipients_leave_and_come_back(domo, emulator):
    ada, others = client_of_new_user(emulator, "Ada Lovelace")
    both = (ScheduleRecipient(str(ada), "USER"), ScheduleRecipient("bob@example.com"))
    report = await make(domo, schedule=attrs.evolve(MONDAYS, additional_recipients=both))

    async def recipients() -> list[str | int]:
        told = (await domo.reports.get(report.id)).schedule
        return [each.value for each in told.additional_recipients]

    async with others:
        await others.reports.unsubscribe(report.id)
        await others.reports.unsubscribe(report.id)
        assert ["bob@example.com"] == await recipients()
        await others.reports.resubscribe(report.id, user_id=ada)
        assert ["bob@example.com", str(ada)] == await recipients()
        await others.reports.unsubscribe(report.id)
    await domo.reports.resubscribe(report.id, email_id="ADA@example.com")
    assert ["bob@example.com", str(ada)] == await recipients()
    with pytest.raises(NotFound):
        await domo.reports.resubscribe(report.id, user_id=999)


async def test_whoever_is_forgotten_does_not_come_back(domo, emulator):
    ada, others = client_of_new_user(emulator, "Ada Lovelace")
    report = await make(
        domo, schedule=attrs.evolve(MONDAYS, additional_recipients=(ScheduleRecipient(str(ada), "USER"),))
    )
    async with others:
        await others.reports.unsubscribe(report.id)
        await domo.reports.delete_unsubscribed_recipient(report.id, user_id=ada)
        with pytest.raises(NotFound):
            await others.reports.resubscribe(report.id, user_id=ada)
        with pytest.raises(Forbidden):
            await others.reports.get(report.id)

    assert 0 == (await domo.reports.get(report.id)).recipient_count


async def test_recipients_look_and_others_do_not(domo, emulator):
    ada, adas = client_of_new_user(emulator, "Ada Lovelace")
    _, bobs = client_of_new_user(emulator, "Bob Bemer")
    group = await domo.groups.create(name="Sales team", type="closed")
    await domo.groups.add_members(group.id, members=[ada])
    team = (ScheduleRecipient(group.id, "GROUP"),)
    report = await make(domo, schedule=attrs.evolve(MONDAYS, additional_recipients=team))

    async with adas, bobs:
        assert False is (await adas.reports.get(report.id)).is_owner
        assert [report.id] == [each.id for each in await adas.reports.list().all()]
        assert [] == await adas.reports.list(filter="OWNER").all()
        assert [] == await bobs.reports.list().all()
        for forbidden in (
            bobs.reports.get(report.id),
            bobs.reports.send(report.id, recipients=["bob@example.com"]),
            adas.reports.delete(report.id),
            adas.reports.set_enabled(report.id, enabled=False),
            adas.reports.delete_for_page(7),
            adas.reports.set_emails_enabled(enabled=False),
            adas.reports.list(filter="ALL").all(),
        ):
            with pytest.raises(Forbidden):
                await forbidden
        mine = await make(bobs, "Mine")

    assert [report.id] == [each.id for each in await domo.reports.list().all()]
    assert {report.id, mine.id} == {each.id for each in await domo.reports.list(filter="ALL").all()}


def test_the_world_has_reports_and_is_the_same_each_time():
    worlds = []
    for _ in range(2):
        emulator = Emulator()
        instance = emulator._instance
        instance.records["users"].put(1, {"id": 1, "displayName": "One", "emailAddress": "one@example.com"})
        seed_reports(instance, random.Random(7))
        worlds.append([list(instance.records[name]) for name in ("report_schedules", "report_runs")])

    assert worlds[0] == worlds[1]
    assert 200 == len(worlds[0][0])
    assert {"success", "failure"} == {run["job"]["state"] for run in worlds[0][1]}


async def test_reports_of_a_recipient_are_told_apart_from_ones_own(domo: Domo, emulator: Emulator) -> None:
    put_page(emulator, 7, "Sales")
    me = (await domo.users.me()).id
    mine = await make(domo, "Mine")
    to_me = await make(
        domo, "To me", schedule=attrs.evolve(MONDAYS, additional_recipients=(ScheduleRecipient(me, "USER"),))
    )

    assert [to_me.id] == [report.id for report in await domo.reports.list(filter="RECIPIENT").all()]
    assert {mine.id, to_me.id} == {report.id for report in await domo.reports.list().all()}


async def test_times_are_told_as_numbers_and_hours_that_came_as_text_too(domo: Domo, emulator: Emulator) -> None:
    put_page(emulator, 7, "Sales")
    body = {
        "title": "Daily",
        "pageId": 7,
        "viewType": "PDF",
        "schedule": {"frequency": "DAILY", "daysToRun": "1,2,3,4,5", "hourOfDay": "11", "minOfHour": "5"},
    }
    async with connected(emulator) as plain:
        made = await plain.call("POST", BASE, json=body)
        await plain.call("POST", f"{BASE}/{made['id']}/sendnow", json=[{"type": "USER", "value": "1"}])
        (run,) = await plain.call("GET", f"{BASE}/{made['id']}/history")
        told = await plain.call("GET", f"{BASE}/{made['id']}")
        (created,) = await plain.call("GET", f"{BASE}/created")

    assert (11, 5, "PDF") == (told["schedule"]["hourOfDay"], told["schedule"]["minOfHour"], told["viewType"])
    assert run == told["recentHistory"]
    assert [int, int, int] == [type(run["startTime"]), type(run["endTime"]), type(created["created"])]
    (found,) = await domo.reports.history.search(schedule_id=made["id"]).all()
    assert (made["id"], run["id"]) == (found.report_id, found.id)

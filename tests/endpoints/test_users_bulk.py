"""Users in bulk: each change once, and the truth about each, whatever the network does."""

from __future__ import annotations

from collections import Counter

import pytest
from aiohttp import web

from domo_async import BulkError, BulkProgress, ConfigError, Domo, NotFound, Outcome, Settings, Unresolved
from domo_async._emulator.faults import Fault
from domo_async._endpoints.users.models import NewUser, UserChange
from domo_async.emulator import Emulator
from tests.support import SkippingClock, talking_to

CREATE = "POST /api/identity/v1/users"
WRITES = ("POST /api/identity/v1/users", "PATCH *", "DELETE *", "PUT *")


def people(count: int, start: int = 0) -> list[NewUser]:
    return [NewUser(f"User {n}", f"user{n}@example.com", 4) for n in range(start, start + count)]


def writes(emulator: Emulator) -> int:
    return sum(len(emulator.log.matching(pattern)) for pattern in WRITES)


async def addresses(domo: Domo) -> Counter[str | None]:
    return Counter([user.email_address async for user in domo.users.list()])


async def test_each_of_300_users_is_created_exactly_once_and_rightly_reported_whatever_goes_wrong(
    domo: Domo, emulator: Emulator
) -> None:
    emulator.faults.add(Fault(CREATE, "drop_after", count=None, probability=0.15, seed=1))
    emulator.faults.add(Fault(CREATE, "status", status=500, count=None, probability=0.1, seed=2))
    emulator.faults.add(Fault(CREATE, "throttle", retry_after=2, count=10, probability=0.1, seed=3))
    emulator.faults.add(Fault(CREATE, "truncate", count=None, probability=0.05, seed=4))
    emulator.faults.add(Fault("POST *search", "status", status=503, count=5, probability=0.3, seed=5))
    wanted = people(300)

    report = await domo.users.create_many(wanted)

    assert {Outcome.CREATED: 300} == report.counts
    assert wanted == [result.input for result in report]
    assert {user.email_address: 1 for user in wanted} | {"owner@example.com": 1} == await addresses(domo)
    created = {result.value.id: result.value.email_address for result in report if result.value}
    assert created == {user.id: user.email_address async for user in domo.users.list() if user.id in created}
    assert 300 == len(created)
    assert emulator.faults.fired > 60


async def test_a_user_whose_creation_fails_for_good_is_reported_and_the_others_are_made(
    domo: Domo, emulator: Emulator
) -> None:
    wanted = [*people(3), NewUser("Nobody", "nobody@example.com", 4), *people(2, start=3)]
    emulator.faults.add(Fault(CREATE, "status", status=418, skip=3, count=1))

    report = await domo.users.create_many(wanted, concurrency=1)

    assert [3] == [at for at, result in enumerate(report) if not result.ok]
    with pytest.raises(BulkError, match=r"1 of 6 failed: nobody@example.com: 418 ") as caught:
        report.raise_for_failures()
    assert (report[3].error,) == caught.value.errors
    assert 6 == len(await addresses(domo))


async def test_a_user_who_is_not_there_after_a_lost_answer_and_all_tries_is_a_failure(
    domo: Domo, emulator: Emulator
) -> None:
    emulator.faults.add(Fault(CREATE, "drop_before", count=None))

    report = await domo.users.create_many(people(1))

    assert {Outcome.FAILED: 1} == report.counts
    assert 1 == len(await addresses(domo))


async def test_a_lost_answer_that_cannot_be_looked_up_is_said_to_be_uncertain(domo: Domo, emulator: Emulator) -> None:
    emulator.faults.add(Fault(CREATE, "drop_after"))
    emulator.faults.add(Fault("POST *search", "status", status=403, count=None))

    report = await domo.users.create_many(people(1))

    assert "it is unknown whether it was created" in str(report[0].error)


@pytest.mark.parametrize(("exists", "outcomes"), [("skip", "skipped"), ("fail", "failed"), ("update", "updated")])
async def test_a_user_who_is_there_already_is_treated_as_asked(
    domo: Domo, emulator: Emulator, exists: str, outcomes: str
) -> None:
    there = await domo.users.create(display_name="Before", email_address="User0@Example.com", role_id=5)

    report = await domo.users.create_many(people(2), exists=exists)  # type: ignore[arg-type]

    assert [outcomes, "created"] == [result.outcome for result in report]
    assert report[0].value is not None
    assert there.id == report[0].value.id
    now = await domo.users.get(there.id)
    assert (("User 0", 4) if exists == "update" else ("Before", 5)) == (now.display_name, now.role_id)


async def test_running_again_sends_no_write(domo: Domo, emulator: Emulator) -> None:
    await domo.users.create_many(people(20))
    emulator.log.clear()

    report = await domo.users.create_many(people(20), exists="update")

    assert {Outcome.UNCHANGED: 20} == report.counts
    assert 0 == writes(emulator)


@pytest.mark.parametrize("refusal", [400, 409])
async def test_a_user_made_by_somebody_else_meanwhile_is_not_counted_as_created(refusal: int) -> None:
    async def handler(request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.json_response({"users": []})
        if request.path.endswith("/search"):
            return web.json_response({"users": [{"id": 7, "emailAddress": "user0@example.com"}], "count": 1})
        return web.json_response({"message": "taken"}, status=refusal)

    async with talking_to(handler) as domo:
        report = await domo.users.create_many(people(1))

    assert [(Outcome.SKIPPED, 7)] == [(result.outcome, result.value and result.value.id) for result in report]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("User 0", (Outcome.CREATED, "somebody else may have done it")), ("Other", (Outcome.SKIPPED, "already exists"))],
)
async def test_a_user_found_after_a_lost_answer_is_not_surely_ours(name: str, expected: tuple[Outcome, str]) -> None:
    async def handler(request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.json_response({"users": []})
        if request.path.endswith("/search"):
            found = {"id": 7, "emailAddress": "user0@example.com", "displayName": name, "roleId": 4}
            return web.json_response({"users": [found], "count": 1})
        return web.Response(status=403, text="<h1>Blocked</h1>", content_type="text/html")

    async with talking_to(handler) as domo:
        (result,) = await domo.users.create_many(people(1))

    assert expected[0] is result.outcome
    assert expected[1] in str(result.note)


async def test_a_page_that_says_not_found_is_not_a_deletion() -> None:
    async def handler(request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.json_response({"users": [{"id": 7, "emailAddress": "user0@example.com"}]})
        if request.path.endswith("/search"):
            return web.json_response({"users": [{"id": 7, "emailAddress": "user0@example.com"}], "count": 1})
        return web.Response(status=404, text="<h1>Not found</h1>", content_type="text/html")

    async with talking_to(handler) as domo:
        (result,) = await domo.users.delete_many([7])

    assert Outcome.FAILED is result.outcome


async def test_a_dry_run_only_reads_and_tells_what_would_be_done(domo: Domo, emulator: Emulator) -> None:
    made = await domo.users.create_many(people(3))
    ids = [result.value.id for result in made if result.value]
    emulator.log.clear()

    created = await domo.users.create_many(people(5), dry_run=True)
    updated = await domo.users.update_many([UserChange(ids[0], role_id=5), UserChange(ids[1], role_id=4)], dry_run=True)
    deleted = await domo.users.delete_many([*ids, 999_999], dry_run=True)

    assert {Outcome.CREATED: 2, Outcome.SKIPPED: 3} == created.counts
    assert {Outcome.UPDATED: 1, Outcome.UNCHANGED: 1} == updated.counts
    assert {Outcome.DELETED: 3, Outcome.SKIPPED: 1} == deleted.counts
    assert created.dry_run
    assert {"GET"} == {record.method for record in emulator.log}


async def test_changes_reach_those_who_are_not_so_yet(domo: Domo, emulator: Emulator) -> None:
    made = await domo.users.create_many(people(60))
    ids = [result.value.id for result in made if result.value]
    emulator.faults.add(Fault("PATCH *", "drop_after", count=None, probability=0.1, seed=1))
    changes = [UserChange(user_id, role_id=3, attributes={"title": ["Clerk"]}) for user_id in ids]

    first = await domo.users.update_many([*changes, UserChange(424242, role_id=3)])
    emulator.log.clear()
    second = await domo.users.update_many(changes)

    assert {Outcome.UPDATED: 60, Outcome.FAILED: 1} == first.counts
    assert isinstance(first[-1].error, NotFound)
    assert {Outcome.UNCHANGED: 60} == second.counts
    assert 0 == writes(emulator)


async def test_users_deleted_in_bulk_are_gone_and_said_to_be_even_where_an_answer_is_lost(
    domo: Domo, emulator: Emulator
) -> None:
    made = await domo.users.create_many(people(60))
    ids = [result.value.id for result in made if result.value]
    emulator.faults.add(Fault("DELETE *", "drop_after", count=None, probability=0.2, seed=1))

    report = await domo.users.delete_many([*ids, 424242])

    assert {Outcome.DELETED: 60, Outcome.SKIPPED: 1} == report.counts
    assert {"owner@example.com": 1} == await addresses(domo)


async def test_changes_behind_a_failure_are_not_begun_with_stop_on_error(domo: Domo, emulator: Emulator) -> None:
    wanted = people(5)
    emulator.faults.add(Fault(CREATE, "status", status=418, skip=2, count=1))

    report = await domo.users.create_many(wanted, stop_on_error=True, concurrency=1)

    assert ["created", "created", "failed", "not begun", "not begun"] == [result.outcome for result in report]
    assert 3 == len(await addresses(domo))
    assert 2 == len(report.ok)


async def test_progress_is_told_after_each_user(domo: Domo) -> None:
    told: list[BulkProgress] = []
    await domo.users.create_many(people(2))

    await domo.users.create_many(people(5), progress=told.append)

    assert [1, 2, 3, 4, 5] == [now.done for now in told]
    assert {(5, 0)} == {(now.total, now.failed) for now in told}


@pytest.mark.parametrize(
    ("users", "says"),
    [
        ([NewUser("A", "a@example.com", 4), NewUser("B", "A@example.com", 4)], "a@example.com"),
        ([NewUser("A", "a example.com", 4)], "'a example.com'"),
        ([NewUser("A", "", 4)], "not e-mail addresses"),
        ([NewUser("", "a@example.com", 4)], "a name"),
        ([NewUser("A", "a@example.com", "")], "a role"),
        ("a@example.com", "takes a list"),
        (["a@example.com"], "NewUser"),
    ],
)
async def test_users_who_cannot_be_created_are_refused_before_anything_is_sent(
    domo: Domo, emulator: Emulator, users: list[NewUser], says: str
) -> None:
    with pytest.raises(ConfigError, match=says):
        await domo.users.create_many(users)

    assert 0 == len(emulator.log)


async def test_changes_and_deletions_that_make_no_sense_are_refused_before_anything_is_sent(
    domo: Domo, emulator: Emulator
) -> None:
    for changes in (
        [UserChange(1)],
        [UserChange(1, role_id=4), UserChange("1", role_id=5)],
        [UserChange("", role_id=1)],
    ):
        with pytest.raises(ConfigError):
            await domo.users.update_many(changes)
    for ids in ([1, "1"], [""], [True], ["abc"], "12"):
        with pytest.raises(ConfigError):
            await domo.users.delete_many(ids)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="concurrency"):
        await domo.users.delete_many([1], concurrency=0)
    with pytest.raises(ConfigError, match="exists"):
        await domo.users.create_many(people(1), exists="perhaps")  # type: ignore[arg-type]

    assert 0 == len(emulator.log)


async def test_nothing_to_create_sends_nothing(domo: Domo, emulator: Emulator) -> None:
    report = await domo.users.create_many([])

    assert 0 == len(report)
    assert 0 == len(emulator.log)


async def test_a_report_prints_as_a_table_and_gives_flat_rows(domo: Domo) -> None:
    report = await domo.users.create_many([*people(1), NewUser("Nobody", "nobody@example.com", 99)])

    lines = str(report).splitlines()
    assert "2 rows: 1 created, 1 failed" == lines[0]
    assert lines[2].split() == ["user0@example.com", "created", str(report[0].value.id if report[0].value else 0)]
    assert "nobody@example.com" in lines[3]
    assert "role 99 does not exist" in lines[3]
    assert {
        "display_name": "User 0",
        "email_address": "user0@example.com",
        "role_id": 4,
        "outcome": "created",
    }.items() <= (report.to_dicts()[0].items())
    assert "<BulkReport of 2 rows: 1 created, 1 failed>" == repr(report)


async def test_so_many_users_and_no_more_are_under_way_at_once(emulator: Emulator) -> None:
    async with emulator.client(settings=Settings(clock=SkippingClock())) as domo:
        emulator.faults.add(Fault(CREATE, "delay", delay=0.01, count=None))
        await domo.users.create_many(people(20), concurrency=3)

    assert 3 == emulator.log.totals(CREATE).peak_concurrency


async def test_a_dry_run_tells_what_a_run_would_find(domo: Domo, emulator: Emulator) -> None:
    made = await domo.users.create_many(people(2))
    ids = [result.value.id for result in made if result.value]
    emulator.log.clear()
    new = [NewUser("No role", "a@example.com", 99), NewUser("Named", "b@example.com", "Admin"), *people(1, start=9)]
    changes = [UserChange(ids[0], role_id=99), UserChange(ids[1], email_address="USER0@example.com")]

    created = [await domo.users.create_many(new, dry_run=dry_run) for dry_run in (True, False)]
    changed = [await domo.users.update_many(changes, dry_run=dry_run) for dry_run in (True, False)]

    for report in created:
        assert ["failed", "failed", "created"] == [result.outcome for result in report]
        assert "role 99 does not exist" == str(report[0].error)
        assert "role Admin does not exist; pass the number of the role, 1" == str(report[1].error)
    for update in changed:
        assert ["failed", "failed"] == [result.outcome for result in update]
        assert f"the address USER0@example.com already belongs to user {ids[0]}" == str(update[1].error)
    assert 1 == writes(emulator)
    for dry_run in (True, False):
        with pytest.raises(Unresolved, match="role 99 does not exist"):
            await domo.roles.assign(99, ids, dry_run=dry_run)

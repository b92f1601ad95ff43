"""Groups that are to have certain members: what differs is sent, and nothing else."""

from __future__ import annotations

import pytest

from domo_async import (
    BulkError,
    ConfigError,
    Domo,
    NotFound,
    Outcome,
    RequestEvent,
    ResponseEvent,
    Settings,
    Unresolved,
)
from domo_async._bulk import IN_DOUBT
from domo_async._emulator.faults import Fault
from domo_async._endpoints.groups.models import Member, Memberships
from domo_async._endpoints.users.models import NewUser
from domo_async.emulator import Emulator
from tests.support import SkippingClock

CHANGE = "PUT /api/content/v2/groups/access"


async def team(domo: Domo, count: int) -> list[int]:
    report = await domo.users.create_many([NewUser(f"U {n}", f"u{n}@example.com", 4) for n in range(count)])
    return [result.value.id for result in report if result.value]


async def group(domo: Domo, name: str = "Buyers") -> int:
    return (await domo.groups.create(name=name, type="closed")).id


async def members(domo: Domo, group_id: int) -> set[int | None]:
    return {user.user_id async for user in domo.groups.members(group_id)}


def not_read(emulator: Emulator) -> list[str]:
    sent = [f"{record.method} {record.path}" for record in emulator.log if record.method != "GET"]
    return [each for each in sent if each != "POST /api/identity/v1/users/search"]


async def test_a_group_gets_the_members_it_is_to_have_in_batches_and_again_nothing_is_sent(
    domo: Domo, emulator: Emulator
) -> None:
    users = await team(domo, 125)
    group_id = await group(domo)
    await domo.groups.add_members(group_id, members=users[:110])
    emulator.log.clear()

    report = await domo.groups.sync_members(group_id, users[100:], batch_size=50)
    batches = len(emulator.log.matching(CHANGE))
    emulator.log.clear()
    again = await domo.groups.sync_members(group_id, users[100:])

    assert set(users[100:]) == await members(domo, group_id)
    assert {Outcome.ADDED: 15, Outcome.REMOVED: 100, Outcome.UNCHANGED: 10} == report.counts
    assert set(users[:100]) == {result.input.id for result in report.of("removed")}
    assert 3 == batches
    assert {Outcome.UNCHANGED: 25} == again.counts
    assert not again.changed
    assert [] == not_read(emulator)


class Trips:
    """Keeps what is sent, and how many requests wait one for another: each waits for all answers before it."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.one_after_another = 0
        self._places: dict[tuple[str, str], int] = {}
        self.settings = Settings(before_request=(self._before,), after_response=(self._after,))

    def _before(self, event: RequestEvent) -> None:
        self.requests.append(f"{event.method} {event.template}")
        self._places[event.method, event.path] = self.one_after_another + 1

    def _after(self, event: ResponseEvent) -> None:
        self.one_after_another = max(self.one_after_another, self._places[event.method, event.path])


async def test_200_members_in_and_200_out_take_three_requests_one_after_another(domo: Domo, emulator: Emulator) -> None:
    users = await team(domo, 400)
    group_id = await group(domo)
    await domo.groups.add_members(group_id, members=users[:200])

    for wanted, named in ((users[200:], users[200:]), (users[:200], [f"u{n}@example.com" for n in range(200)])):
        trips = Trips()
        async with emulator.client(settings=trips.settings) as watched:
            report = await watched.groups.sync_members(group_id, named)

        assert 3 == trips.one_after_another
        assert ["GET /api/content/v2/groups/users"] * 2 + [
            "POST /api/identity/v1/users/search",
            "PUT /api/content/v2/groups/access",
        ] == sorted(trips.requests)
        assert {Outcome.ADDED: 200, Outcome.REMOVED: 200} == report.counts
        assert set(wanted) == await members(domo, group_id)


async def test_users_whom_a_search_does_not_find_are_looked_up_by_the_documented_routes(
    domo: Domo, emulator: Emulator
) -> None:
    users = await team(domo, 30)
    group_id = await group(domo)
    emulator.faults.add(Fault("POST /api/identity/v1/users/search", "status", status=404))

    by_number = await domo.groups.sync_members(group_id, users)
    emulator.faults.add(Fault("POST /api/identity/v1/users/search", "status", status=404))
    by_address = await domo.groups.sync_members(group_id, [f"U{n}@example.com" for n in range(30)])

    assert {Outcome.ADDED: 30} == by_number.counts
    assert "u0@example.com" == by_number[0].input.name
    assert {Outcome.UNCHANGED: 30} == by_address.counts


async def test_members_may_be_named_by_address_and_those_not_named_may_stay(domo: Domo) -> None:
    users = await team(domo, 4)
    group_id = await group(domo)
    await domo.groups.add_members(group_id, members=users[:1])

    report = await domo.groups.sync_members(
        group_id, ["U1@example.com", str(users[2]), Member(users[2]), users[1]], remove=False
    )

    assert set(users[:3]) == await members(domo, group_id)
    assert ["u1@example.com", "u2@example.com", "u0@example.com"] == [result.input.name for result in report]
    assert ["added", "added", "unchanged"] == [result.outcome for result in report]


async def test_all_unknown_members_are_named_before_anything_changes(domo: Domo, emulator: Emulator) -> None:
    users = await team(domo, 1)
    group_id = await group(domo)
    emulator.log.clear()

    with pytest.raises(Unresolved, match=r"these users do not exist: x@example\.com, y@example\.com") as caught:
        await domo.groups.sync_members(group_id, ["x@example.com", *users, "y@example.com"])
    with pytest.raises(Unresolved, match="these users do not exist: 424242"):
        await domo.groups.sync_members(group_id, [*users, 424242])

    assert ("x@example.com", "y@example.com") == caught.value.names
    assert [] == not_read(emulator)
    assert set() == await members(domo, group_id)


async def test_a_dry_run_tells_what_would_change_and_only_reads(domo: Domo, emulator: Emulator) -> None:
    users = await team(domo, 3)
    group_id = await group(domo)
    await domo.groups.add_members(group_id, members=users[:2])
    emulator.log.clear()

    report = await domo.groups.sync_members(group_id, users[1:], dry_run=True)

    assert ["unchanged", "added", "removed"] == [result.outcome for result in report]
    assert str(report).startswith("3 rows: 1 added, 1 removed, 1 unchanged (dry run: nothing was changed)")
    assert [] == not_read(emulator)
    assert set(users[:2]) == await members(domo, group_id)


async def test_owners_are_brought_in_line_too(domo: Domo, emulator: Emulator) -> None:
    users = await team(domo, 3)
    group_id, other = await group(domo), await group(domo, "Planners")
    owners: list[Member | int | str] = ["u1@example.com", Member(other, "GROUP")]

    report = await domo.groups.sync_members(group_id, users, owners=owners)
    emulator.log.clear()
    again = await domo.groups.sync_members(group_id, users, owners=owners)

    listed = await domo.groups.list(search="Buyers").first()
    assert listed is not None
    assert {("USER", users[1]), ("GROUP", other)} == {(owner.type, owner.id) for owner in listed.owners}
    assert 3 + 2 == len(report.of("added"))
    assert ["Emulator Owner (owner)"] == [str(result.input) for result in report.of("removed")]
    assert not again.changed
    assert [] == not_read(emulator)


async def test_a_batch_that_fails_is_reported_and_the_others_are_sent(domo: Domo, emulator: Emulator) -> None:
    users = await team(domo, 6)
    group_id = await group(domo)
    emulator.faults.add(Fault(CHANGE, "status", status=400, skip=1))

    report = await domo.groups.sync_members(group_id, users, batch_size=2)

    assert ["added"] * 2 + ["failed"] * 2 + ["added"] * 2 == [result.outcome for result in report]
    assert {*users[:2], *users[4:]} == await members(domo, group_id)
    with pytest.raises(BulkError, match="2 of 6 failed"):
        report.raise_for_failures()


async def test_a_lost_answer_does_not_make_a_batch_fail(domo: Domo, emulator: Emulator) -> None:
    users = await team(domo, 4)
    group_id = await group(domo)
    emulator.faults.add(Fault(CHANGE, "drop_after", count=2))

    report = await domo.groups.sync_members(group_id, users)

    assert {Outcome.ADDED: 4} == report.counts


async def test_members_of_a_batch_whose_answer_stays_lost_are_told_as_they_are(emulator: Emulator) -> None:
    async with emulator.client(settings=Settings(clock=SkippingClock())) as domo:
        users = await team(domo, 4)
        group_id = await group(domo)
        await domo.groups.sync_members(group_id, users[:2])
        emulator.faults.add(Fault(CHANGE, "drop_after", count=None))

        done = await domo.groups.sync_members(group_id, users[1:3], batch_size=500)
        emulator.faults.clear()
        emulator.faults.add(Fault(CHANGE, "drop_before", count=None))
        not_done = await domo.groups.sync_members(group_id, users)
        emulator.faults.clear()
        emulator.faults.add(Fault(CHANGE, "drop_after", count=None))
        emulator.faults.add(Fault("GET */groups/users*", "status", status=403, skip=1, count=None))
        unknown = await domo.groups.sync_members(group_id, users)
        emulator.faults.clear()

        assert {Outcome.ADDED: 1, Outcome.REMOVED: 1, Outcome.UNCHANGED: 1} == done.counts
        assert [IN_DOUBT] * 2 == [row.note for row in done if row.outcome.changes]
        assert {Outcome.FAILED: 2, Outcome.UNCHANGED: 2} == not_done.counts
        assert {Outcome.FAILED: 2, Outcome.UNCHANGED: 2} == unknown.counts
        assert all("it is unknown whether it was done" in str(row.error) for row in unknown.failed)
        assert set(users) == await members(domo, group_id)


async def test_a_group_is_not_emptied_by_mistake(domo: Domo, emulator: Emulator) -> None:
    users = await team(domo, 2)
    group_id = await group(domo)
    await domo.groups.sync_members(group_id, users)
    emulator.log.clear()

    for refused in ([], "u1@example.com", [Member(3, "GROUP")]):
        with pytest.raises(ConfigError):
            await domo.groups.sync_members(group_id, refused)
    with pytest.raises(ConfigError, match="owners is empty"):
        await domo.groups.sync_members(group_id, users, owners=[])
    sent = len(emulator.log)
    with pytest.raises(ConfigError, match="neither an identifier nor an e-mail address: 'Ada'"):
        await domo.groups.sync_members(group_id, ["Ada"])
    emptied = await domo.groups.sync_members(group_id, [], allow_empty=True)

    assert 0 == sent
    assert {Outcome.REMOVED: 2} == emptied.counts


async def test_a_group_that_is_not_there_is_an_error(domo: Domo) -> None:
    with pytest.raises(NotFound):
        await domo.groups.sync_members(424242, [1])


async def test_many_groups_are_created_and_filled_at_once_and_again_nothing_is_sent(
    domo: Domo, emulator: Emulator
) -> None:
    users = await team(domo, 9)
    there = await group(domo, "There")
    await domo.groups.add_members(there, members=users[:1])
    emulator.faults.add(Fault("POST /api/content/v2/groups", "drop_after", count=3))
    wanted: Memberships = {"There": users[1:3], "New 1": ["u3@example.com"], "New 2": users[4:], "New": users[:1]}

    report = await domo.groups.sync(wanted)
    emulator.log.clear()
    again = await domo.groups.sync(wanted)

    assert ["updated", "created", "created", "created"] == [result.outcome for result in report]
    assert {"There": 2, "New 1": 1, "New 2": 5, "New": 1} == {
        found.name: found.member_count async for found in domo.groups.list()
    }
    assert [2, 1] == [len(report[0].value.of(each)) for each in ("added", "removed") if report[0].value]
    assert {Outcome.UNCHANGED: 4} == again.counts
    assert [] == not_read(emulator)


async def test_many_groups_in_a_dry_run_are_not_created(domo: Domo, emulator: Emulator) -> None:
    users = await team(domo, 2)
    await group(domo, "There")
    emulator.log.clear()

    report = await domo.groups.sync({"There": users, "New": users, "Empty": []}, allow_empty=True, dry_run=True)

    assert ["updated", "created", "created"] == [result.outcome for result in report]
    assert [] == not_read(emulator)


async def test_all_that_is_missing_is_named_before_any_group_changes(domo: Domo, emulator: Emulator) -> None:
    users = await team(domo, 2)
    await group(domo, "There")
    emulator.log.clear()

    with pytest.raises(Unresolved) as caught:
        await domo.groups.sync(
            {"There": [*users, "x@example.com"], "Absent": users, "Gone": ["y@example.com"]}, create=None
        )

    assert ("x@example.com", "Absent", "Gone") == caught.value.names
    assert [] == not_read(emulator)


async def test_an_empty_group_is_created_where_that_is_meant(domo: Domo) -> None:
    report = await domo.groups.sync({"Empty": []}, allow_empty=True, create="open")

    assert ["created"] == [result.outcome for result in report]
    assert ["Empty"] == [found.name async for found in domo.groups.list()]


async def test_a_group_that_fails_does_not_keep_the_others_from_being_filled(domo: Domo, emulator: Emulator) -> None:
    users = await team(domo, 2)
    emulator.faults.add(Fault("POST /api/content/v2/groups", "status", status=403))

    report = await domo.groups.sync({"A": users, "B": users}, concurrency=1)

    assert ["failed", "created"] == [result.outcome for result in report]
    with pytest.raises(BulkError, match="1 of 2 failed: A: 403"):
        report.raise_for_failures()

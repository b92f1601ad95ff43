"""Offboarding: everything a leaver has goes to another, kind by kind, also after a kill, and never in silence."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator

import pytest

from domo_async import BulkProgress, ConfigError, Domo, Outcome, Settings, Unresolved
from domo_async._bulk import IN_DOUBT
from domo_async._emulator.services import cards
from domo_async._endpoints.users.offboarding import (
    LeaverAccount,
    OffboardingKind,
    OffboardingPlan,
    OffboardingReport,
    OwnedThing,
)
from domo_async.emulator import Emulator, Fault
from tests.emulator.others import a_user, acting_as
from tests.endpoints.leaver import KINDS, a_file, furnish
from tests.support import SkippingClock

DIES_AMID_IT = """
import asyncio, os, signal, sys
from domo_async import Domo

def told(progress):
    if progress.done == 150:
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    async with Domo.from_env() as domo:
        await domo.users.offboard(sys.argv[1], to=sys.argv[2], progress=told)

asyncio.run(main())
"""
EACH = 27  # of eighteen kinds, and a dataset more for each stream: more than 500 things


def rows(report: OffboardingReport) -> set[tuple[OwnedThing, Outcome]]:
    return {(row.input, row.outcome) for row in report if row.outcome.changes}


async def left(domo: Domo, leaver: int, to: int) -> OffboardingPlan:
    """Return what the leaver still has."""
    return await domo.users.plan_offboarding(leaver, to=to, account="keep")


@pytest.mark.hostile
async def test_a_leaver_of_500_things_leaves_nothing_behind_though_killed_in_the_middle() -> None:
    async with Emulator(world="demo") as emulator, emulator.client() as domo:
        ada, grace = await furnish(emulator, domo, "Leaver", EACH), await a_user(domo, "Heiress")

        plan = await domo.users.plan_offboarding("leaver@example.com", to=grace)
        dry = await domo.users.offboard(ada, to=grace, dry_run=True)
        assert plan.things == tuple(row.input for row in dry)
        assert {**dict.fromkeys(KINDS, EACH), "dataset": 2 * EACH, "login": 1, "user": 1} == plan.counts
        assert plan == (await domo.users.plan_offboarding(ada, to=grace)), "a dry run changed something"

        environment = {"DOMO_BASE_URL": emulator.url, "DOMO_DEVELOPER_TOKEN": emulator.token}
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", DIES_AMID_IT, str(ada), str(grace), env={**os.environ, **environment}
        )
        assert -signal.SIGKILL == await child.wait()
        between = await left(domo, ada, grace)
        assert 0 < len(between.things) < len(plan.things) - 100

        emulator.log.clear()
        report = await domo.users.offboard(ada, to=grace)
        requests = len(emulator.log)

        report.raise_for_failures()
        assert report.complete
        moved_first = set(plan.things) - {row.input for row in report}
        assert rows(dry) == {(thing, outcome) for thing, outcome in rows(dry) if thing in moved_first} | rows(report)
        assert () == (await left(domo, ada, grace)).things
        assert (await domo.users.profile(ada)).is_active is False
        hers = await left(domo, grace, 1)
        gone = {OffboardingKind.ACCESS_TOKEN, OffboardingKind.LOGIN, OffboardingKind.USER}
        assert {kind: count for kind, count in plan.counts.items() if kind not in gone} == hers.counts
        assert requests < 480, "more requests than the kinds without bulk routes call for"

        again = await domo.users.offboard(ada, to=grace)
        assert (0, True) == (len(again), again.complete)


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator() as emulator:
        yield emulator


@pytest.fixture
async def domo(emulator: Emulator) -> AsyncIterator[Domo]:
    async with emulator.client(settings=Settings(clock=SkippingClock())) as domo:
        yield domo


async def test_a_move_that_was_begun_goes_on_after_a_cancellation(emulator: Emulator, domo: Domo) -> None:
    ada, grace = await furnish(emulator, domo, "Ada", 3), await a_user(domo, "Grace")

    def stop_amid(progress: BulkProgress) -> None:
        if progress.done == 20:
            offboarding.cancel()

    offboarding = asyncio.ensure_future(domo.users.offboard(ada, to=grace, concurrency=1, progress=stop_amid))
    with pytest.raises(asyncio.CancelledError):
        await offboarding
    assert (await left(domo, ada, grace)).things

    assert (await domo.users.offboard(ada, to=grace)).complete
    assert () == (await left(domo, ada, grace)).things


async def test_objects_that_cannot_be_moved_are_told_and_keep_the_account_unless_forced(
    emulator: Emulator, domo: Domo
) -> None:
    ada, grace = await furnish(emulator, domo, "Ada", 1), await a_user(domo, "Grace")
    a_file(emulator, ada)

    dry = await domo.users.offboard(ada, to=grace, account="delete", dry_run=True)
    report = await domo.users.offboard(ada, to=grace, account="delete")

    assert [(row.input, row.outcome, row.note) for row in dry] == [(row.input, row.outcome, row.note) for row in report]
    (file,) = report.of("skipped")
    assert ("file", "notes.txt") == (file.input.kind, file.input.name)
    assert "no route is known" in str(file.note)
    (user,) = report.of("not begun")
    assert "1 thing is left, such as the file notes.txt" in str(user.note)
    assert not report.complete
    assert "Ada" == (await domo.users.get(ada)).display_name

    forced = await domo.users.offboard(ada, to=grace, account="delete", force=True)
    assert {"deleted": 1, "skipped": 1} == forced.counts
    assert ada not in [user.id async for user in domo.users.list()]
    gone = await domo.users.plan_offboarding(ada, to=grace)
    assert (None, ("file",)) == (gone.leaver, tuple(str(thing.kind) for thing in gone.left))


async def test_jobs_of_applications_are_told(domo: Domo) -> None:
    ada, grace = await a_user(domo, "Ada", role_id=1), await a_user(domo, "Grace")
    application = await domo.applications.list().first()
    assert application is not None
    assert application.application_id is not None
    async with acting_as(domo, ada) as hers:
        job = await hers.applications.create_job(application.application_id, definition={"jobName": "DomoStats"})

    plan = await domo.users.plan_offboarding(ada, to=grace)
    report = await domo.users.carry_out_offboarding(plan)

    (told,) = plan.left
    assert ("executor job", job.job_id, "DomoStats", application.application_id) == (
        told.kind,
        told.id,
        told.name,
        told.parent_id,
    )
    assert [told] == [row.input for row in report.of("skipped")]
    assert (await domo.users.profile(ada)).is_active, "her job would no longer run"


async def test_things_fail_alone_and_the_account_stays(emulator: Emulator, domo: Domo) -> None:
    ada, grace = await furnish(emulator, domo, "Ada", 4), await a_user(domo, "Grace")
    plan = await domo.users.plan_offboarding(ada, to=grace)
    bad = next(thing for thing in plan.things if thing.kind is OffboardingKind.DATASET)
    alert = next(thing for thing in plan.things if thing.kind is OffboardingKind.ALERT)
    emulator.faults.add(Fault(f"PATCH *alerts/{alert.id}", "status", status=403, count=1))
    emulator.faults.add(Fault("PUT *responsible-user*", "status", status=403, count=1))

    report = await domo.users.carry_out_offboarding(plan)

    assert [alert] == [row.input for row in report.failed]
    assert Outcome.NOT_BEGUN is report[-1].outcome
    assert bad in [row.input for row in report.of("updated")]
    assert [alert] == [thing for thing in (await left(domo, ada, grace)).things if thing.kind != "login"]


async def test_groups_that_the_instance_says_it_did_not_change_are_tried_one_by_one(
    emulator: Emulator, domo: Domo
) -> None:
    ada, grace = await furnish(emulator, domo, "Ada", 2), await a_user(domo, "Grace")
    json = {"Content-Type": "application/json"}
    emulator.faults.add(Fault("PUT */groups/access", "status", status=200, count=1, headers=json, body="false"))

    report = await domo.users.offboard(ada, to=grace, kinds=["group"])

    assert [Outcome.UPDATED] * 2 == [row.outcome for row in report]


async def test_a_lost_answer_is_looked_up_and_a_kind_that_cannot_be_read_is_told(
    emulator: Emulator, domo: Domo
) -> None:
    ada, grace = await furnish(emulator, domo, "Ada", 2), await a_user(domo, "Grace")
    emulator.faults.add(Fault("POST *cards/owners/remove", "drop_after", count=9))
    emulator.faults.add(Fault("GET *reportschedules*", "status", status=403, count=1))

    report = await domo.users.offboard(ada, to=grace)

    cards = [row for row in report if row.input.kind is OffboardingKind.CARD]
    assert [Outcome.UPDATED] * 2 == [row.outcome for row in cards]
    (unknown,) = report.failed
    assert ("report", "?") == (unknown.input.kind, unknown.input.id)
    assert "could not be listed" in str(unknown.error)
    assert (await domo.users.profile(ada)).is_active


@pytest.mark.parametrize("account", ["deactivate", "delete"])
async def test_an_account_whose_answer_stays_lost_is_looked_up(
    emulator: Emulator, domo: Domo, account: LeaverAccount
) -> None:
    ada, eve, grace = [await a_user(domo, name) for name in ("Ada", "Eve", "Grace")]
    ending = "PUT */content/v3/users" if account == "deactivate" else "DELETE */identity/v1/users/*"

    emulator.faults.add(Fault(ending, "drop_before", count=None))
    (failed,) = await domo.users.offboard(eve, to=grace, account=account)
    emulator.faults.clear()
    emulator.faults.add(Fault(ending, "drop_after", count=None))
    (done,) = await domo.users.offboard(ada, to=grace, account=account)

    assert (Outcome.FAILED, None) == (failed.outcome, failed.note)
    assert (Outcome.UPDATED if account == "deactivate" else Outcome.DELETED, IN_DOUBT) == (done.outcome, done.note)


async def test_the_account_stays_if_a_kind_cannot_be_listed_again(emulator: Emulator, domo: Domo) -> None:
    ada, grace = await furnish(emulator, domo, "Ada", 1), await a_user(domo, "Grace")
    plan = await domo.users.plan_offboarding(ada, to=grace)
    emulator.faults.add(Fault("GET */reportschedules", "status", status=403, count=None))

    report = await domo.users.carry_out_offboarding(plan)

    (unknown,) = report.failed
    assert ("report", "?") == (unknown.input.kind, unknown.input.id)
    assert "could not be listed again" in str(unknown.error)
    assert {"report": {"updated": 1, "failed": 1}, "user": {"not begun": 1}} == {
        kind: counts for kind, counts in report.by_kind.items() if kind in {"report", "user"}
    }
    assert (await domo.users.profile(ada)).is_active


@pytest.mark.parametrize("concurrency", [1, 5])
async def test_no_more_requests_are_under_way_than_asked_for(concurrency: int) -> None:
    async with Emulator(latency=0.003) as emulator, emulator.client() as domo:
        ada, grace = await furnish(emulator, domo, "Ada", 5), await a_user(domo, "Grace")
        emulator.log.clear()

        report = await domo.users.offboard(ada, to=grace, concurrency=concurrency)

        assert report.complete
        assert concurrency == emulator.log.peak_concurrency()


async def test_objects_that_a_list_leaves_out_are_found_by_the_search(emulator: Emulator, domo: Domo) -> None:
    ada, grace = await furnish(emulator, domo, "Ada", 2), await a_user(domo, "Grace")
    (kept, given) = await domo.workflows.list().all()
    await domo.workflows.set_owner(given.id, grace)
    json = {"Content-Type": "application/json"}
    emulator.faults.add(Fault("GET */workflow/v1/models", "status", status=200, count=1, headers=json, body="[]"))

    report = await domo.users.offboard(ada, to=grace, kinds=["workflow"])

    assert [(kept.id, Outcome.UPDATED)] == [(row.input.id, row.outcome) for row in report]
    assert [str(grace)] * 2 == [model.owner async for model in domo.workflows.list()]


async def test_objects_owned_together_with_others_stay_theirs(emulator: Emulator, domo: Domo) -> None:
    ada, grace, eve = [await a_user(domo, name) for name in ("Ada", "Grace", "Eve")]
    dataset = await domo.datasets.create("Orders", {"n": "LONG"})
    card = cards.create(emulator._instance, title="Count", dataset_id=dataset.id, owner_id=eve)["id"]
    group = (await domo.groups.create(name="Buyers", type="closed")).id
    await domo.cards.add_owners(card_ids=[card], owners=[ada])
    await domo.groups.add_owners(group, owners=[ada])

    assert (await domo.users.offboard(ada, to=grace)).complete

    (told,) = await domo.cards.get([card], parts=["owners"])
    assert {str(eve), str(grace)} == {str(owner.id) for owner in told.owners}
    (owners,) = await domo.groups.owners([group])
    assert {"1", str(grace)} == {str(owner.id) for owner in owners}


async def test_nobody_offboards_oneself_or_to_nobody(emulator: Emulator, domo: Domo) -> None:
    ada = await a_user(domo, role_id=1)
    async with acting_as(domo, ada) as theirs:
        with pytest.raises(ConfigError, match="belongs to the leaver"):
            await theirs.users.offboard(ada, to=1)
    for leaver, to, error in ((ada, ada, ConfigError), (ada, 999, Unresolved), ("nobody@example.com", 1, Unresolved)):
        with pytest.raises(error):
            await domo.users.offboard(leaver, to=to)
    gone = await a_user(domo, "Gone")
    await domo.users.deactivate(gone)
    with pytest.raises(ConfigError, match="not active"):
        await domo.users.offboard(ada, to=gone)
    with pytest.raises(ConfigError, match="unknown kind cats; the kinds are dataset"):
        await domo.users.plan_offboarding(ada, to=1, kinds=["cats"])


async def test_only_the_kinds_that_are_meant_are_looked_at_and_a_kept_account_can_go_on(
    emulator: Emulator, domo: Domo
) -> None:
    ada, grace = await furnish(emulator, domo, "Ada", 1), await a_user(domo, "Grace")

    report = await domo.users.offboard(ada, to=grace, account="keep", kinds=["alert", "card"], skip=["card"])

    assert {"alert": {"updated": 1}} == report.by_kind
    async with await Domo.login(emulator.url, "ada@example.com", "engine number 1") as login:
        assert ada == (await login.users.me()).id

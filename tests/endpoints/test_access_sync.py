"""Datasets and pages shared with exactly whom they are to be, and roles as they are to be."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from domo_async import ConfigError, Domo, Outcome, Settings, Unresolved
from domo_async._bulk import IN_DOUBT
from domo_async._emulator.faults import Fault
from domo_async._endpoints.datasets.grants import Grant
from domo_async._endpoints.sharing import Recipient, Resource
from domo_async._endpoints.users.models import NewUser
from domo_async.emulator import Emulator
from tests.support import SkippingClock


async def team(domo: Domo, count: int) -> list[int]:
    report = await domo.users.create_many([NewUser(f"U {n}", f"u{n}@example.com", 4) for n in range(count)])
    return [result.value.id for result in report if result.value]


async def dataset(domo: Domo, name: str = "Orders") -> str:
    return (await domo.datasets.create(name, {"n": "LONG"})).id


async def page(domo: Domo, title: str = "Sales") -> int:
    return (await domo.pages.create(parent_page_id=0, title=title)).page_id


async def levels(domo: Domo, dataset_id: str) -> dict[str, str | None]:
    return {entry.id: entry.access_level for entry in await domo.datasets.access.list(dataset_id).all()}


async def viewers(domo: Domo, page_id: int) -> set[int]:
    return {user.id for user in (await domo.pages.access(page_id)).users if not user.is_owner}


def not_read(emulator: Emulator) -> list[str]:
    sent = [f"{record.method} {record.path}" for record in emulator.log if record.method != "GET"]
    return [each for each in sent if each != "POST /api/identity/v1/users/search"]


def outcomes(report: Iterable[object]) -> list[str]:
    return [str(result.outcome) for result in report]  # type: ignore[attr-defined]


# -- datasets ---------------------------------------------------------------------------------------------


async def test_a_dataset_is_shared_with_exactly_whom_it_is_to_be_and_again_nothing_is_sent(
    domo: Domo, emulator: Emulator
) -> None:
    users = await team(domo, 4)
    group_id = (await domo.groups.create(name="Buyers", type="closed")).id
    dataset_id = await dataset(domo)
    await domo.datasets.access.share(
        dataset_id,
        permissions=[Grant(users[0], "CAN_VIEW"), Grant(users[1], "CAN_VIEW"), Grant(users[2], "CAN_EDIT")],
        send_email=False,
    )
    wanted = [
        Grant("U1@example.com", "CAN_EDIT"),
        Grant(users[2], "CAN_EDIT"),
        Grant(users[3], "CO_OWNER"),
        Grant(group_id, "CAN_VIEW", "GROUP"),
    ]

    report = await domo.datasets.access.sync(dataset_id, wanted)
    emulator.log.clear()
    again = await domo.datasets.access.sync(dataset_id, wanted)

    assert ["updated", "unchanged", "added", "added", "unchanged", "removed"] == outcomes(report)
    expected = {users[1]: "CAN_EDIT", users[2]: "CAN_EDIT", users[3]: "CO_OWNER", group_id: "CAN_VIEW"}
    found = await levels(domo, dataset_id)
    assert {str(key): level for key, level in expected.items()}.items() <= found.items()
    assert str(users[0]) not in found
    assert not again.changed
    assert [] == not_read(emulator)


async def test_access_is_taken_by_none_and_the_rest_may_stay(domo: Domo) -> None:
    users = await team(domo, 3)
    dataset_id = await dataset(domo)
    await domo.datasets.access.sync(dataset_id, [Grant(users[0], "CAN_VIEW"), Grant(users[1], "CAN_VIEW")])

    report = await domo.datasets.access.sync(
        dataset_id, [Grant(users[0], "NONE"), Grant(users[2], "NONE")], remove=False
    )

    assert [users[0]] == [int(result.input.id) for result in report.of("removed")]
    assert str(users[1]) in await levels(domo, dataset_id)


async def test_access_is_taken_where_the_documented_routes_for_it_are_refused(domo: Domo, emulator: Emulator) -> None:
    users = await team(domo, 2)
    dataset_id = await dataset(domo)
    grants = [Grant(user, "CAN_VIEW") for user in users]
    await domo.datasets.access.sync(dataset_id, grants)
    for route in ("DELETE */users", "DELETE */USERS/*"):
        emulator.faults.add(Fault(route, "status", status=405, count=None))

    report = await domo.datasets.access.sync(dataset_id, grants[:1], send_email=True)
    emulator.log.clear()
    await domo.datasets.access.share_many([dataset_id], permissions=[Grant(users[0], "NONE")])

    assert {Outcome.REMOVED: 1, Outcome.UNCHANGED: 2} == report.counts
    assert ["1"] == list(await levels(domo, dataset_id))
    assert [f"POST /api/data/v3/datasources/{dataset_id}/share"] == not_read(emulator)


async def test_cards_and_apps_keep_the_access_that_they_have(domo: Domo) -> None:
    (user,) = await team(domo, 1)
    dataset_id = await dataset(domo)
    app = Grant("app-1", "CAN_VIEW", "DATA_APP")
    await domo.datasets.access.share(dataset_id, permissions=[app, Grant(user, "CAN_VIEW")], send_email=False)

    report = await domo.datasets.access.sync(dataset_id, [], allow_empty=True)

    assert {Outcome.REMOVED: 1, Outcome.UNCHANGED: 2} == report.counts
    assert {"1", "app-1"} == (await levels(domo, dataset_id)).keys()


async def test_many_datasets_are_shared_alike_and_one_that_is_not_there_fails_alone(
    domo: Domo, emulator: Emulator
) -> None:
    users = await team(domo, 2)
    ids = [await dataset(domo, f"D{n}") for n in range(3)]
    grants = [Grant(user, "CAN_VIEW") for user in users]
    await domo.datasets.access.sync(ids[0], grants)
    emulator.log.clear()

    dry = await domo.datasets.access.share_many([*ids, "absent"], permissions=grants, dry_run=True)
    sent = not_read(emulator)
    report = await domo.datasets.access.share_many([*ids, "absent"], permissions=grants)

    assert ["unchanged", "updated", "updated", "failed"] == outcomes(dry) == outcomes(report)
    assert [] == sent
    assert {str(user) for user in users} <= (await levels(domo, ids[2])).keys()


async def test_a_share_that_mails_and_whose_answer_is_lost_is_not_sent_twice(domo: Domo, emulator: Emulator) -> None:
    users = await team(domo, 2)
    dataset_id, page_id = await dataset(domo), await page(domo)
    emulator.faults.add(Fault("POST */share", "drop_after", count=2))
    emulator.log.clear()

    shared = await domo.datasets.access.sync(dataset_id, [Grant(user, "CAN_VIEW") for user in users], send_email=True)
    seen = await domo.pages.sync_access(page_id, users, send_email=True)

    assert {Outcome.ADDED: 2, Outcome.UNCHANGED: 1} == shared.counts == seen.counts
    assert 2 == len(not_read(emulator))


async def test_access_that_was_taken_away_though_the_answers_stay_lost_is_told_as_removed(emulator: Emulator) -> None:
    async with emulator.client(settings=Settings(clock=SkippingClock())) as domo:
        users = await team(domo, 2)
        dataset_id, page_id = await dataset(domo), await page(domo)
        await domo.datasets.access.sync(dataset_id, [Grant(user, "CAN_VIEW") for user in users])
        await domo.pages.sync_access(page_id, users)
        emulator.faults.add(Fault("*/share", "drop_after", count=None))
        emulator.faults.add(Fault("DELETE */share/page/*", "drop_after", count=None))

        shared = await domo.datasets.access.sync(dataset_id, [Grant(users[0], "CAN_VIEW")], send_email=True)
        seen = await domo.pages.sync_access(page_id, users[:1])

        assert {Outcome.REMOVED: 1, Outcome.UNCHANGED: 2} == shared.counts == seen.counts
        assert [IN_DOUBT] * 2 == [row.note for report in (shared, seen) for row in report.of("removed")]
        assert {users[0]} == await viewers(domo, page_id)


async def test_sharing_with_nobody_or_twice_or_with_the_unknown_is_refused(domo: Domo, emulator: Emulator) -> None:
    users = await team(domo, 1)
    dataset_id, page_id = await dataset(domo), await page(domo)
    emulator.log.clear()

    with pytest.raises(ConfigError, match="permissions is empty"):
        await domo.datasets.access.sync(dataset_id, [])
    with pytest.raises(ConfigError, match="more than once"):
        await domo.datasets.access.sync(dataset_id, [Grant(1, "CAN_VIEW"), Grant("1", "CAN_EDIT")])
    with pytest.raises(ConfigError, match="recipients is empty"):
        await domo.pages.sync_access(page_id, [])
    with pytest.raises(ConfigError, match="neither"):
        await domo.pages.sync_access(page_id, ["Ada"])
    sent = len(emulator.log)
    with pytest.raises(ConfigError, match="more than once"):
        await domo.datasets.access.sync(dataset_id, [Grant(users[0], "CAN_VIEW"), Grant("u0@example.com", "CAN_EDIT")])
    with pytest.raises(Unresolved):
        await domo.datasets.access.share_many([dataset_id], permissions=[Grant("x@example.com", "CAN_VIEW")])
    with pytest.raises(Unresolved):
        await domo.pages.sync_access(page_id, ["x@example.com", *users])

    assert 0 == sent
    assert [] == not_read(emulator)


# -- pages ------------------------------------------------------------------------------------------------


async def test_a_page_is_shared_with_exactly_whom_it_is_to_be_and_again_nothing_is_sent(
    domo: Domo, emulator: Emulator
) -> None:
    users = await team(domo, 4)
    page_id = await page(domo)
    await domo.pages.sync_access(page_id, users[:2])
    emulator.log.clear()

    dry = await domo.pages.sync_access(page_id, ["u1@example.com", *users[2:]], dry_run=True)
    sent = not_read(emulator)
    report = await domo.pages.sync_access(page_id, ["u1@example.com", *users[2:]])
    emulator.log.clear()
    again = await domo.pages.sync_access(page_id, ["u1@example.com", *users[2:]])

    assert set(users[1:]) == await viewers(domo, page_id)
    assert ["unchanged", "added", "added", "unchanged", "removed"] == outcomes(report) == outcomes(dry)
    assert [] == sent
    assert not again.changed
    assert [] == not_read(emulator)


async def test_a_group_that_is_not_named_loses_its_access_to_a_page(domo: Domo) -> None:
    users = await team(domo, 1)
    group_id = (await domo.groups.create(name="Buyers", type="closed")).id
    page_id = await page(domo)
    await domo.pages.sync_access(page_id, [Recipient(group_id, "group")])

    report = await domo.pages.sync_access(page_id, users)

    assert ["added", "unchanged", "removed"] == outcomes(report)
    assert () == (await domo.pages.access(page_id)).groups


async def test_access_of_a_group_is_taken_away_as_that_of_users_is(domo: Domo) -> None:
    (user_id,) = await team(domo, 1)
    group_id = (await domo.groups.create(name="Buyers", type="closed")).id
    page_id = await page(domo)
    group = Recipient(group_id, "group")
    await domo.pages.sync_access(page_id, [user_id, group])

    report = await domo.pages.revoke_many(page_id, [group, user_id])

    assert ["removed", "removed"] == outcomes(report)
    assert () == (await domo.pages.access(page_id)).groups
    await domo.sharing.share(resources=[Resource(page_id)], recipients=[group, Recipient(user_id)])
    await domo.sharing.revoke(resources=[Resource(page_id)], recipient=Recipient(user_id))
    assert [group_id] == [one.id for one in (await domo.pages.access(page_id)).groups]
    assert user_id not in await viewers(domo, page_id)
    with pytest.raises(ConfigError, match="dataset"):
        await domo.sharing.revoke(resources=[Resource("abc", "dataset")], recipient=group)


async def test_one_user_whose_access_cannot_be_taken_does_not_keep_the_others(domo: Domo, emulator: Emulator) -> None:
    users = await team(domo, 4)
    page_id = await page(domo)
    await domo.pages.sync_access(page_id, users)
    emulator.faults.add(Fault(f"DELETE */user/{users[1]}", "status", status=409))

    report = await domo.pages.sync_access(page_id, users[:1])

    assert {users[0], users[1]} == await viewers(domo, page_id)
    assert [users[1]] == [result.input.id for result in report.failed]


async def test_the_access_of_many_users_to_a_page_is_taken_at_once(domo: Domo, emulator: Emulator) -> None:
    users = await team(domo, 4)
    page_id = await page(domo)
    await domo.pages.sync_access(page_id, users[:3])
    emulator.log.clear()

    dry = await domo.pages.revoke_many(page_id, users[1:], dry_run=True)
    sent = not_read(emulator)
    report = await domo.pages.revoke_many(page_id, users[1:])

    assert ["removed", "removed", "unchanged"] == outcomes(report) == outcomes(dry)
    assert [] == sent
    assert {users[0]} == await viewers(domo, page_id)


async def test_many_pages_are_shared_at_once(domo: Domo, emulator: Emulator) -> None:
    users = await team(domo, 2)
    ids = [await page(domo, f"P{n}") for n in range(3)]
    await domo.pages.sync_access(ids[0], users)

    report = await domo.pages.share_many([*ids, 424242], recipients=users)

    assert ["unchanged", "updated", "updated", "failed"] == outcomes(report)
    assert set(users) == await viewers(domo, ids[2])


# -- roles ------------------------------------------------------------------------------------------------


async def test_a_role_gets_exactly_its_authorities_in_one_request_and_again_none(
    domo: Domo, emulator: Emulator
) -> None:
    role = await domo.roles.create(name="Steward", description="", from_role_id=4)
    before = await domo.roles.authorities(role.id)
    wanted = ["dataset.manage", *before[1:]]
    emulator.log.clear()

    dry = await domo.roles.sync_authorities(role.id, wanted, dry_run=True)
    sent = not_read(emulator)
    report = await domo.roles.sync_authorities(role.id, wanted)
    changed = len(not_read(emulator))
    again = await domo.roles.sync_authorities(role.id, wanted)
    kept = await domo.roles.sync_authorities(role.id, ["audit.view"], remove=False)

    assert ["added", *["unchanged"] * (len(before) - 1), "removed"] == outcomes(report) == outcomes(dry)
    assert [] == sent
    assert 1 == changed
    assert not again.changed
    assert {*wanted, "audit.view"} == set(await domo.roles.authorities(role.id))
    assert 1 == len(kept.of("added"))
    with pytest.raises(ConfigError, match="allow_empty"):
        await domo.roles.sync_authorities(role.id, [])


async def test_a_role_is_given_to_those_who_do_not_have_it(domo: Domo, emulator: Emulator) -> None:
    users = await team(domo, 3)
    await domo.users.update(users[0], role_id=3)
    emulator.log.clear()

    dry = await domo.roles.assign(3, ["u0@example.com", *users[1:]], dry_run=True)
    sent = not_read(emulator)
    report = await domo.roles.assign(3, ["u0@example.com", *users[1:]])

    assert ["unchanged", "updated", "updated"] == outcomes(report) == outcomes(dry)
    assert [] == sent
    assert [3, 3, 3] == [result.value and result.value.role_id for result in report]
    with pytest.raises(ConfigError, match="more than once"):
        await domo.roles.assign(3, ["u0@example.com", users[0]])
    with pytest.raises(Unresolved, match="424242"):
        await domo.roles.assign(3, [users[0], 424242])

"""The embedded instance's groups: their lives, members and owners, and who may do what."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from domo_async import BadRequest, Domo, Forbidden, NotFound
from domo_async._emulator.seeds.people import seed_groups, seed_users
from domo_async._endpoints.groups.models import Member
from domo_async.emulator import Emulator
from tests.emulator.others import a_user, acting_as
from tests.emulator.plain_client import connected


async def a_group(domo: Domo, name: str = "Buyers", type: str = "closed") -> int:
    return (await domo.groups.create(name=name, type=type, description=f"{name} of all kinds")).id


async def test_a_group_lives_from_creation_to_deletion(domo: Domo) -> None:
    group = await a_group(domo)
    found = await domo.groups.get(group)
    assert ("Buyers", "closed", "Buyers of all kinds", 1, 0) == (
        found.name,
        found.type,
        found.description,
        found.creator_id,
        found.member_count,
    )

    await domo.groups.update(group, name="Purchasers", type="open")
    found = await domo.groups.get(group)
    assert ("Purchasers", "open", "Buyers of all kinds") == (found.name, found.type, found.description)
    assert ["Purchasers"] == [listed.name async for listed in domo.groups.list()]

    await domo.groups.delete(group)
    with pytest.raises(NotFound):
        await domo.groups.get(group)
    with pytest.raises(NotFound):
        await domo.groups.delete(group)
    assert [] == await domo.groups.list().all()


async def test_no_two_groups_have_the_same_name(domo: Domo) -> None:
    await a_group(domo, "Buyers")
    sellers = await a_group(domo, "Sellers")

    with pytest.raises(BadRequest, match="Buyers"):
        await a_group(domo, "Buyers")
    with pytest.raises(BadRequest, match="Buyers"):
        await domo.groups.update(sellers, name="Buyers")
    with pytest.raises(BadRequest, match="type"):
        await a_group(domo, "Others", "secret")


async def test_members_come_and_go(domo: Domo) -> None:
    group, part = await a_group(domo), await a_group(domo, "Part")
    ada, bo, cleo = [await a_user(domo, name) for name in ("Ada", "Bo", "Cleo")]

    await domo.groups.add_member(group, ada)
    await domo.groups.add_member(group, ada)
    await domo.groups.add_members(group, members=[bo, cleo, Member(part, "GROUP")])
    found = await domo.groups.get(group)
    assert ((ada, bo, cleo), 4) == (found.user_ids, found.member_count)
    assert [(ada, "Ada"), (bo, "Bo"), (cleo, "Cleo")] == [
        (user.user_id, user.display_name) async for user in domo.groups.members(group, page_size=2)
    ]

    await domo.groups.remove_member(group, bo)
    await domo.groups.remove_members(group, members=[ada, Member(part, "GROUP")])
    assert (cleo,) == (await domo.groups.get(group)).user_ids
    assert 1 == (await domo.groups.get(group)).member_count


async def test_nobody_is_added_where_one_of_them_is_not_there(domo: Domo) -> None:
    group, ada = await a_group(domo), await a_user(domo)

    with pytest.raises(NotFound):
        await domo.groups.add_members(group, members=[ada, 999])
    with pytest.raises(NotFound):
        await domo.groups.add_member(group, 999)
    with pytest.raises(NotFound):
        await domo.groups.add_member(999, ada)
    with pytest.raises(BadRequest, match="itself"):
        await domo.groups.add_members(group, members=[Member(group, "GROUP")])
    assert 0 == (await domo.groups.get(group)).member_count


async def test_a_group_keeps_an_owner(domo: Domo) -> None:
    group, ada = await a_group(domo), await a_user(domo)

    with pytest.raises(BadRequest, match="owner"):
        await domo.groups.remove_owners(group, owners=[1])
    await domo.groups.add_owners(group, owners=[ada])
    await domo.groups.remove_owners(group, owners=[1])

    listed = await domo.groups.list().first()
    assert listed is not None
    assert [(ada, "Ada", "USER")] == [(one.id, one.display_name, one.type) for one in listed.owners]


async def test_lists_go_by_name_owner_and_member_page_by_page(domo: Domo) -> None:
    ada, bo = await a_user(domo, "Ada"), await a_user(domo, "Bo")
    for name in ("Sellers", "Buyers East", "Buyers West", "Planners"):
        await a_group(domo, name)
    found = {group.name: group.group_id async for group in domo.groups.list(page_size=2)}
    await domo.groups.add_members(found["Planners"], members=[ada, bo])
    await domo.groups.add_owners(found["Sellers"], owners=[ada])

    assert ["Buyers East", "Buyers West", "Planners", "Sellers"] == list(found)
    assert ["Buyers East", "Buyers West"] == [group.name async for group in domo.groups.list(search="buyers")]
    assert ["Planners"] == [group.name async for group in domo.groups.list(member_id=bo)]
    assert ["Sellers"] == [group.name async for group in domo.groups.list(owner_id=ada)]
    largest = await domo.groups.list(sort_by="memberCount", ascending=False, limit=1).first()
    assert largest is not None
    assert ("Planners", 2, {ada, bo}) == (
        largest.name,
        largest.member_count,
        {one.id for one in largest.group_members},
    )
    with pytest.raises(BadRequest, match="colour"):
        await domo.groups.list(sort_by="colour").all()


async def test_a_group_that_is_deleted_is_in_no_other(domo: Domo) -> None:
    whole, part = await a_group(domo, "Whole"), await a_group(domo, "Part")
    await domo.groups.add_members(whole, members=[Member(part, "GROUP")])

    await domo.groups.delete(str(part))

    assert 0 == (await domo.groups.get(whole)).member_count


async def test_only_owners_and_admins_change_a_group(domo: Domo) -> None:
    ada, bo = await a_user(domo, "Ada"), await a_user(domo, "Bo")
    group, open_group = await a_group(domo), await a_group(domo, "All", "open")
    async with acting_as(domo, ada) as other:
        with pytest.raises(Forbidden):
            await other.groups.add_member(group, ada)
        with pytest.raises(Forbidden):
            await other.groups.update(group, name="Mine")
        with pytest.raises(Forbidden):
            await other.groups.delete(group)
        with pytest.raises(Forbidden):
            await other.groups.add_owners(group, owners=[ada])
        with pytest.raises(Forbidden):
            await other.groups.add_member(open_group, bo)
        await other.groups.add_member(open_group, ada)
        await other.groups.remove_member(open_group, ada)
        own = await a_group(other, "Own")
        await other.groups.add_member(own, bo)

        await domo.groups.add_owners(group, owners=[ada])
        await other.groups.update(group, name="Mine")

    assert "Mine" == (await domo.groups.get(group)).name
    assert (bo,) == (await domo.groups.get(own)).user_ids


async def test_several_changes_at_once_are_all_made_or_none(emulator: Emulator, domo: Domo) -> None:
    group, ada = await a_group(domo), await a_user(domo)
    change = {"groupId": group, "addMembers": [{"type": "USER", "id": ada}]}
    async with connected(emulator) as plain:
        path = "/api/content/v2/groups/access"
        await plain.call("PUT", path, json=[change, {"groupId": "999", "addMembers": []}], status=404)
        assert 0 == (await domo.groups.get(group)).member_count
        await plain.call("PUT", path, json=[{"groupId": group}], status=400)
        await plain.call("PUT", path, json=[{"groupId": group, "addMembers": ["Ada"]}], status=400)

        # As the documents' table has it: one object alone.
        assert await plain.call("PUT", path, json=change) is True
        owners = await plain.call("POST", "/api/content/v2/groups/permissions", json=[str(group)])

    assert 1 == (await domo.groups.get(group)).member_count
    assert [{"permissions": {"owners": [{"type": "USER", "id": "1", "displayName": "Emulator Owner"}]}}] == owners


async def test_the_demo_world_has_a_hundred_groups_with_members(emulator: Emulator, domo: Domo) -> None:
    seed_users(emulator._instance, rng := Random(7))
    seed_groups(emulator._instance, rng)

    listed = await domo.groups.list().all()

    assert 100 == len({group.name for group in listed})
    assert all(group.member_count for group in listed)
    known = {user.id for user in await domo.users.list().all()}
    assert {one.id for group in listed for one in group.group_members} <= known


async def test_groups_are_found_by_their_kind_owners_and_birth(domo: Domo) -> None:
    opened = (await domo.groups.create(name="Readers", type="open")).id
    dynamic = (await domo.groups.create(name="Sellers", type="dynamic")).id
    await domo.groups.add_owners(dynamic, owners=[Member(opened, "GROUP")])
    definition = {"expression": {"operator": "AND", "operands": [{"key": "DEPARTMENT", "value": "Sales"}]}}
    await domo.groups.update(dynamic, dynamic_definition=definition)

    async def found(**wanted: Any) -> list[str]:
        return [str(group.name) async for group in domo.groups.list(**wanted)]

    assert ["Readers"] == await found(group_type="open")
    assert ["Sellers"] == await found(owner_id=opened, owner_type="GROUP")
    assert ["Readers", "Sellers"] == await found(is_manageable=True, created_after=datetime(2020, 1, 1, tzinfo=UTC))
    assert [] == await found(created_before=datetime(2020, 1, 1, tzinfo=UTC))
    assert [[1], [1, opened]] == [[one.id for one in owners] for owners in await domo.groups.owners([opened, dynamic])]


async def test_one_group_is_changed_and_deleted_by_its_own_address(emulator: Emulator, domo: Domo) -> None:
    group = (await domo.groups.create(name="Readers", type="open")).id
    async with connected(emulator) as plain:
        await plain.call("PUT", f"/api/content/v2/groups/{group}", json={"id": group, "name": "Writers"})
        assert "Writers" == (await domo.groups.get(group)).name
        await plain.call("DELETE", f"/api/content/v2/groups/{group}")

    assert [] == await domo.groups.list(search="Writers").all()

"""The embedded instance's roles: what they allow, who has them, and who may change them."""

from __future__ import annotations

from random import Random

import pytest

from domo_async import BadRequest, ConfigError, Domo, Forbidden, NotFound
from domo_async._emulator.seeds.people import seed_roles
from domo_async.emulator import Emulator
from tests.emulator.others import PARTICIPANT, a_user, acting_as
from tests.emulator.plain_client import connected
from tests.support import STRICT


async def test_a_new_instance_has_domos_roles(domo: Domo) -> None:
    found = await domo.roles.list().all()

    assert ["Admin", "Privileged", "Editor", "Participant", "Social"] == [role.name for role in found]
    assert [1, 0, 0, 0, 0] == [role.user_count for role in found]
    counts = [role.authority_count or 0 for role in found]
    assert sorted(counts, reverse=True) == counts
    assert {"dataset.manage", "dataset.export"} <= set(await domo.roles.authorities(1))


async def test_a_role_is_made_from_another_and_changed_alone(domo: Domo) -> None:
    made = await domo.roles.create(name="Steward", description="Keeps things", from_role_id=2)
    assert set(await domo.roles.authorities(2)) == set(await domo.roles.authorities(made.id))

    change = await domo.roles.set_authorities(made.id, authorities=["dataset.manage"])

    assert "SUCCESS" == change.status
    assert ("dataset.manage",) == await domo.roles.authorities(made.id)
    assert 1 == (await domo.roles.get(made.id)).authority_count
    assert len(await domo.roles.authorities(2)) > 1
    await domo.roles.set_authorities(made.id, authorities=[])
    assert 0 == (await domo.roles.get(made.id)).authority_count


@STRICT
async def test_the_other_verb_sets_authorities_too(emulator: Emulator, domo: Domo) -> None:
    async with connected(emulator) as plain:
        path = "/api/authorization/v1/roles/3/authorities"
        await plain.call("PUT", path, json=["dataset.export"])
        await plain.call("PUT", path, json="dataset.export", status=400)

    assert ("dataset.export",) == await domo.roles.authorities(3)


async def test_a_role_counts_its_users(domo: Domo) -> None:
    made = await domo.roles.create(name="Steward", description="", from_role_id=2)
    ada, bo = await a_user(domo, "Ada", made.id), await a_user(domo, "Bo")
    assert 1 == (await domo.roles.get(made.id)).user_count

    await domo.users.update(bo, role_id=made.id)
    assert 2 == (await domo.roles.get(made.id)).user_count

    await domo.users.delete(ada)
    assert 1 == (await domo.roles.get(made.id)).user_count


async def test_who_had_a_role_that_is_gone_is_a_participant(domo: Domo) -> None:
    made = await domo.roles.create(name="Steward", description="", from_role_id=2)
    ada = await a_user(domo, "Ada", made.id)

    await domo.roles.delete(made.id)
    await domo.roles.delete(made.id)
    await domo.roles.delete(1)

    with pytest.raises(NotFound):
        await domo.roles.get(made.id)
    assert PARTICIPANT == (await domo.users.get(ada)).role_id
    assert "Admin" == (await domo.roles.get(1)).name


async def test_a_role_that_makes_no_sense_is_not_created(domo: Domo) -> None:
    with pytest.raises(BadRequest, match="99"):
        await domo.roles.create(name="Steward", description="", from_role_id=99)
    with pytest.raises(BadRequest, match="Admin"):
        await domo.roles.create(name="Admin", description="", from_role_id=2)

    assert 5 == len(await domo.roles.list().all())


async def test_only_admins_change_roles(domo: Domo) -> None:
    made = await domo.roles.create(name="Steward", description="", from_role_id=2)
    async with acting_as(domo, await a_user(domo)) as other:
        with pytest.raises(Forbidden):
            await other.roles.create(name="Mine", description="", from_role_id=1)
        with pytest.raises(Forbidden):
            await other.roles.set_authorities(made.id, authorities=[])
        with pytest.raises(Forbidden):
            await other.roles.delete(made.id)

        assert "Steward" == (await other.roles.get(made.id)).name


async def test_roles_are_renamed_and_given_to_users_and_tell_who_has_them(domo: Domo) -> None:
    ada, bob = await a_user(domo, "Ada"), await a_user(domo, "Bob")
    made = await domo.roles.create(name="Steward", description="")

    await domo.roles.add_users(made.id, users=[ada, str(bob)])
    change = await domo.roles.update(made.id, name="Keeper")

    role = await domo.roles.get(made.id)
    assert ("Keeper", "", 2) == (role.name, role.description, role.user_count)
    assert "SUCCESS" == change.status
    having = await domo.roles.users(made.id, page_size=1).all()
    assert [(ada, "ada@example.com"), (bob, "bob@example.com")] == [(user.user_id, user.email) for user in having]
    assert [bob] == [user.user_id async for user in domo.roles.users(made.id, search="BOB")]
    with pytest.raises(BadRequest, match="Another role"):
        await domo.roles.update(made.id, name="Admin", description="")
    with pytest.raises(ConfigError, match="no change was given"):
        await domo.roles.update(made.id)
    known = await domo.roles.known_authorities()
    assert set(await domo.roles.authorities(1)) == {each.authority for each in known}
    assert all(1 in each.role_ids for each in known)


async def test_the_demo_world_has_roles_of_its_own(emulator: Emulator, domo: Domo) -> None:
    seed_roles(emulator._instance, Random(7))

    assert 9 == len(await domo.roles.list().all())

"""The embedded instance's users: their lives, searches, other views of them, and who may do what."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from domo_async import BadRequest, Domo, Forbidden, NotFound, Unauthorized
from domo_async._emulator.seeds.people import seed_roles, seed_users
from domo_async._endpoints.users.models import NewUser, User, UserFilter
from domo_async.emulator import Emulator
from tests.emulator.others import a_user, acting_as
from tests.emulator.plain_client import connected


def attribute(user: User, key: str) -> tuple[object, ...]:
    return next((pair.values for pair in user.attributes if pair.key == key), ())


async def test_a_user_is_created_without_an_invitation_and_told_with_it(emulator: Emulator, domo: Domo) -> None:
    made = await domo.users.create(display_name="Ada", email_address="Ada@example.com", role_id=4, send_invite=False)
    report = await domo.users.create_many([NewUser("Bob", "bob@example.com", 4)], send_invite=False)

    assert ("Ada@example.com", 4) == (made.email_address, made.role_id)
    assert (1, "Ada") == ((profile := await domo.users.profile(made.id)).invitor_user_id, profile.display_name)
    assert ["created"] == [row.outcome for row in report]
    told = await domo.users.profiles(page_size=2).all()
    assert {"Ada": "Participant", "Bob": "Participant", "Emulator Owner": "Admin"} == {
        profile.display_name: profile.role for profile in told
    }
    with pytest.raises(BadRequest, match="address"):
        await domo.users.create(display_name="A", email_address="ada@example.com", role_id=4, send_invite=False)


async def test_a_password_that_is_set_logs_in(emulator: Emulator, domo: Domo) -> None:
    ada = await a_user(domo, "Ada")

    await domo.users.set_password(ada, password="Countess-1815")

    async with await Domo.login(emulator.url, "ada@example.com", "Countess-1815") as theirs:
        assert ada == (await theirs.users.me()).id


async def test_a_user_lives_from_creation_to_deletion(domo: Domo) -> None:
    made = await domo.users.create(display_name="Ada Lovelace", email_address="ada@example.com", role_id=4)
    assert "ada@example.com" == made.user_name
    assert {made.id, 1} == {user.id for user in await domo.users.list().all()}

    await domo.users.update(made.id, display_name="Ada King", role_id=5)
    await domo.users.update(made.id, attributes={"title": ["Countess"], "department": ["Engines"]})
    await domo.users.update(made.id, attributes={"department": []})
    found = await domo.users.get(made.id, parts="detailed")
    assert ("Ada King", 5, ("Countess",), ()) == (
        found.display_name,
        found.role_id,
        attribute(found, "title"),
        attribute(found, "department"),
    )

    assert await domo.users.delete(made.id) is True
    with pytest.raises(NotFound):
        await domo.users.get(made.id)
    with pytest.raises(NotFound):
        await domo.users.delete(made.id)


async def test_keys_can_be_sent_as_attributes_too(domo: Domo) -> None:
    user = await a_user(domo)

    changed = await domo.users.update(user, attributes={"roleId": [5], "emailAddress": ["countess@example.com"]})

    assert (5, "countess@example.com", "countess@example.com") == (
        changed.role_id,
        changed.email_address,
        changed.user_name,
    )


async def test_no_two_users_have_the_same_address(domo: Domo) -> None:
    await a_user(domo, "Ada")
    bo = await a_user(domo, "Bo")

    with pytest.raises(BadRequest, match="ADA@example.com"):
        await domo.users.create(display_name="Other", email_address="ADA@example.com", role_id=4)
    with pytest.raises(BadRequest, match="ada@example.com"):
        await domo.users.update(bo, email_address="ada@example.com")
    await domo.users.update(bo, email_address="bo@example.com")


@pytest.mark.parametrize(
    "body",
    [
        {"displayName": "A", "emailAddress": "a@example.com"},
        {"displayName": "A", "emailAddress": "a@example.com", "roleId": 99},
        {"displayName": "A", "emailAddress": "no address", "roleId": 4},
        {"emailAddress": "a@example.com", "roleId": 4},
    ],
)
async def test_a_user_that_makes_no_sense_is_not_created(emulator: Emulator, body: dict[str, Any]) -> None:
    async with connected(emulator) as plain:
        await plain.call("POST", "/api/identity/v1/users", json=body, status=400)

        assert 1 == len((await plain.call("GET", "/api/identity/v1/users"))["users"])


async def test_parts_tell_how_much_is_given(domo: Domo, emulator: Emulator) -> None:
    user = await a_user(domo)
    group = (await domo.groups.create(name="Buyers", type="open")).id
    await domo.groups.add_member(group, user)

    async with connected(emulator) as plain:
        told = {
            parts: (await plain.call("GET", f"/api/identity/v1/users/{user}?parts={parts}"))["users"][0]
            for parts in ("MINIMAL", "simple", "Detailed", "GROUPS,ROLE")
        }
        await plain.call("GET", f"/api/identity/v1/users/{user}?parts=ALL", status=400)

    assert {"id", "displayName"} == told["MINIMAL"].keys()
    assert {"id", "displayName", "userName", "roleId", "emailAddress"} == told["simple"].keys()
    assert {"id", "displayName", "userName", "roleId", "emailAddress", "attributes"} == told["Detailed"].keys()
    assert [{"groupId": group, "name": "Buyers"}] == told["GROUPS,ROLE"]["groups"]
    assert {"id": 4, "name": "Participant"} == told["GROUPS,ROLE"]["role"]


async def test_search_finds_by_text_and_by_values_page_by_page(domo: Domo) -> None:
    made = {name: await a_user(domo, name) for name in ("Ada", "Bo", "Adam", "Cleo")}
    await domo.users.update(made["Ada"], attributes={"department": ["Sales"]})
    await domo.users.update(made["Cleo"], attributes={"department": ["Support"]}, role_id=5)

    async def names(**search: Any) -> list[str | None]:
        return [user.display_name async for user in domo.users.search(page_size=2, **search)]

    sales, social = UserFilter("department", ["Sales", "Support"]), UserFilter("roleId", [5])
    assert ["Ada", "Adam", "Bo", "Cleo", "Emulator Owner"] == await names()
    assert ["Emulator Owner", "Cleo"] == await names(ascending=False, limit=2)
    assert ["Ada", "Adam"] == await names(text="ADA")
    assert ["Ada", "Cleo"] == await names(filters=[sales])
    assert ["Cleo"] == await names(filters=[sales, social])
    assert ["Bo"] == await names(ids=[made["Bo"]])
    assert [] == await names(text="nobody")
    with pytest.raises(BadRequest, match="LIKE"):
        await names(filters=[UserFilter("title", ["x"], "LIKE")])


async def test_a_search_gives_the_attributes_that_are_asked_for(domo: Domo) -> None:
    user = await a_user(domo)
    await domo.users.update(user, attributes={"title": ["Countess"], "department": ["Engines"]})

    found = await domo.users.search(ids=[user], attributes=["title"]).first()

    assert found is not None
    assert {"title": ("Countess",)} == {pair.key: pair.values for pair in found.attributes}


async def test_the_older_routes_tell_the_same_users(emulator: Emulator, domo: Domo) -> None:
    async with connected(emulator) as plain:
        body = {"displayName": "Ada", "detail": {"email": "ada@example.com"}, "roleId": 4}
        made = await plain.call("POST", "/api/content/v3/users", json=body)
        await plain.call("POST", "/api/content/v3/users", json=body, status=400)
        profile = await plain.call("GET", f"/api/content/v3/users/{made['id']}")
        listed = await plain.call("GET", "/api/content/v2/users")
        nobody = await plain.call("GET", "/api/content/v2/users/999")

    assert made == profile
    assert "Ada" == (await domo.users.get(made["id"])).display_name
    assert [1, made["id"]] == [user["id"] for user in listed]
    assert b"" == nobody


async def test_a_token_tells_whose_it_is(domo: Domo) -> None:
    user = await a_user(domo)
    async with acting_as(domo, user) as ada:
        me = await ada.users.me()

    assert 1 == (await domo.users.me()).id
    assert (user, "ada@example.com", 1) == (me.id, me.email_address, me.invitor_user_id)
    async with Domo(domo.origin, token="made up") as stranger:
        with pytest.raises(Unauthorized):
            await stranger.users.me()


async def test_only_admins_create_change_and_delete_other_users(domo: Domo) -> None:
    user, other = await a_user(domo, "Ada"), await a_user(domo, "Bo")
    async with acting_as(domo, user) as ada:
        with pytest.raises(Forbidden):
            await ada.users.create(display_name="Cleo", email_address="cleo@example.com", role_id=4)
        with pytest.raises(Forbidden):
            await ada.users.delete(other)
        with pytest.raises(Forbidden):
            await ada.users.update(other, display_name="X")
        with pytest.raises(Forbidden):
            await ada.users.update(user, role_id=1)
        assert "Countess" == (await ada.users.update(user, display_name="Countess")).display_name

    await domo.users.update(user, role_id=1)
    async with acting_as(domo, user) as ada:
        assert await ada.users.delete(other)


async def test_whoever_is_deleted_is_out_everywhere(domo: Domo) -> None:
    user = await a_user(domo)
    group = (await domo.groups.create(name="Buyers", type="closed")).id
    await domo.groups.add_member(group, user)
    async with acting_as(domo, user) as ada:
        await ada.users.me()
        await domo.users.delete(user)
        with pytest.raises(Unauthorized):
            await ada.users.me()

    assert () == (await domo.groups.get(group)).user_ids
    assert [] == await domo.access_tokens.list().all()
    with pytest.raises(BadRequest, match="owner"):
        await domo.users.delete(1)


async def test_the_global_search_finds_users_by_name(domo: Domo, emulator: Emulator) -> None:
    user = await a_user(domo, "Ada")
    async with connected(emulator) as plain:
        body = {"query": "ada", "entityList": [["user"]], "count": 10, "offset": 0}
        found = await plain.call("POST", "/api/search/v1/query", json=body)

    assert [str(user)] == [hit["databaseId"] for hit in found["searchObjects"]]


async def test_the_demo_world_has_thousands_of_users_the_same_each_time(emulator: Emulator, domo: Domo) -> None:
    async with Emulator() as again:
        for each in (emulator, again):
            seed_roles(each._instance, rng := Random(7))
            seed_users(each._instance, rng)

        assert emulator._instance.records["users"].keys() == again._instance.records["users"].keys()
        # The owner came into being with the emulator.
        first, second = (list(each._instance.records["users"])[1:] for each in (emulator, again))
        assert first == second

    listed = await domo.users.list().all()
    assert 2001 == len({user.email_address for user in listed})
    assert {1, 2, 3, 4, 5} == {user.role_id for user in listed}
    assert await domo.users.search(filters=[UserFilter("department", ["Sales"])], limit=1).first() is not None

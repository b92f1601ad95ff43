"""The embedded instance's access tokens and logins: who may come in, as whom, and for how long."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

import domo_async.sync
from domo_async import BadRequest, Domo, Forbidden, NotFound, Unauthorized
from domo_async.emulator import Emulator
from tests.emulator.others import a_user, acting_as
from tests.emulator.plain_client import connected
from tests.support import serving

SOON = datetime.now(UTC) + timedelta(days=1)


async def set_password(emulator: Emulator, user_id: int, password: str) -> None:
    async with connected(emulator) as plain:
        body = {"domoUserId": user_id, "password": password}
        await plain.call("PUT", "/api/identity/v1/password", json=body)


async def test_a_token_lets_in_as_its_owner_until_it_is_revoked(domo: Domo) -> None:
    ada = await a_user(domo)
    made = await domo.access_tokens.create(name="Nightly", owner_id=ada, expires=SOON)
    assert (made.name, made.owner_id, made.owner_name, made.owner_email) == ("Nightly", ada, "Ada", "ada@example.com")
    assert abs(SOON - (made.expires or SOON)) < timedelta(milliseconds=1)

    async with Domo(domo.origin, token=made.token) as other:
        assert ada == (await other.users.me()).id

        await domo.access_tokens.revoke(made.id)

        with pytest.raises(Unauthorized):
            await other.users.me()
    with pytest.raises(NotFound):
        await domo.access_tokens.revoke(made.id)


async def test_the_value_is_told_once_and_never_shown(domo: Domo, emulator: Emulator) -> None:
    made = await domo.access_tokens.create(name="Nightly", owner_id=1, expires=SOON)

    assert made.token.get_secret_value() not in repr(made)
    async with connected(emulator) as plain:
        listed = await plain.call("GET", "/api/data/v1/accesstokens")
    assert [{"id", "name", "ownerId", "ownerName", "ownerEmail", "expires"}] == [token.keys() for token in listed]
    kept = str([list(collection) for collection in emulator._instance.records])
    assert made.token.get_secret_value() not in kept


async def test_an_expired_token_lets_nobody_in(domo: Domo, emulator: Emulator) -> None:
    made = await domo.access_tokens.create(name="Nightly", owner_id=1, expires=SOON)
    emulator._instance.records["access_tokens"].update(made.id, expires=1)

    async with Domo(domo.origin, token=made.token) as other:
        with pytest.raises(Unauthorized):
            await other.users.me()


@pytest.mark.parametrize("change", ["0", "x"])
async def test_a_token_that_is_almost_right_lets_nobody_in(domo: Domo, change: str) -> None:
    made = await domo.access_tokens.create(name="Nightly", owner_id=1, expires=SOON)

    async with Domo(domo.origin, token=made.token.get_secret_value() + change) as other:
        with pytest.raises(Unauthorized):
            await other.users.me()


async def test_a_token_needs_a_user_and_time_to_come(domo: Domo) -> None:
    with pytest.raises(BadRequest, match="999"):
        await domo.access_tokens.create(name="Nightly", owner_id=999, expires=SOON)
    with pytest.raises(BadRequest, match="expires"):
        await domo.access_tokens.create(name="Nightly", owner_id=1, expires=datetime(2020, 1, 1, tzinfo=UTC))

    assert [] == await domo.access_tokens.list().all()


async def test_users_see_make_and_revoke_their_own_tokens_alone(domo: Domo) -> None:
    ada = await a_user(domo)
    owners = await domo.access_tokens.create(name="Owner's", owner_id=1, expires=SOON)
    async with acting_as(domo, ada) as other:
        with pytest.raises(Forbidden):
            await other.access_tokens.create(name="Stolen", owner_id=1, expires=SOON)
        with pytest.raises(Forbidden):
            await other.access_tokens.revoke(owners.id)
        own = await other.access_tokens.create(name="Own", owner_id=ada, expires=SOON)
        assert {"Another's", "Own"} == {token.name async for token in other.access_tokens.list()}
        await other.access_tokens.revoke(own.id)

    assert {"Owner's", "Another's"} == {token.name async for token in domo.access_tokens.list()}


async def test_a_login_lets_in_as_the_user_whose_password_it_is(domo: Domo, emulator: Emulator) -> None:
    ada = await a_user(domo)
    await set_password(emulator, ada, "engine number 1")

    async with await Domo.login(emulator.url, "ADA@example.com", "engine number 1") as other:
        assert ada == (await other.users.me()).id
    async with await Domo.login(emulator.url, "owner@example.com", emulator.token) as owner:
        assert 1 == (await owner.users.me()).id


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com"])
async def test_a_refused_login_says_why_and_not_the_password(domo: Domo, emulator: Emulator, email: str) -> None:
    await set_password(emulator, await a_user(domo), "engine number 1")

    with pytest.raises(Unauthorized) as refused:
        await Domo.login(emulator.url, email, "engine number 2")

    assert "INVALID_CREDENTIALS" == refused.value.code
    assert "the login was refused" in str(refused.value)
    assert "engine" not in f"{refused.value!r} {refused.value.__dict__}"


async def test_a_session_ends_with_its_user_and_a_password_with_the_next_one(domo: Domo, emulator: Emulator) -> None:
    ada = await a_user(domo)
    await set_password(emulator, ada, "the first one")
    await set_password(emulator, ada, "the second one")
    with pytest.raises(Unauthorized):
        await Domo.login(emulator.url, "ada@example.com", "the first one")
    async with await Domo.login(emulator.url, "ada@example.com", "the second one") as other:
        with pytest.raises(Forbidden):
            await other.request("PUT", "/api/identity/v1/password", json={"domoUserId": 1, "password": "mine"})

        await domo.users.delete(ada)

        with pytest.raises(Unauthorized):
            await other.users.me()


async def test_the_facade_logs_in_too(emulator: Emulator) -> None:
    def me() -> int:
        with domo_async.sync.Domo.login(emulator.url, "owner@example.com", emulator.token) as domo:
            return domo.users.me().id

    assert 1 == await asyncio.to_thread(me)


async def test_a_login_says_where_it_comes_from_and_brings_no_token() -> None:
    asked: list[web.BaseRequest] = []

    async def handler(request: web.BaseRequest) -> web.Response:
        asked.append(request)
        return web.json_response({"sessionToken": "a-session"})

    async with serving(handler) as origin, await Domo.login(origin, "ada@example.com", "engine number 1"):
        (request,) = asked

    assert origin == request.headers["Origin"]
    assert not {"X-DOMO-Developer-Token", "X-DOMO-Authentication"} & set(request.headers)


async def test_a_login_that_wants_a_second_factor_says_so() -> None:
    async def handler(_: web.BaseRequest) -> web.Response:
        return web.json_response({"success": True, "twoFactorInfo": {"status": "REQUIRED"}})

    async with serving(handler) as origin:
        with pytest.raises(Unauthorized, match="second factor"):
            await Domo.login(origin, "ada@example.com", "engine number 1")

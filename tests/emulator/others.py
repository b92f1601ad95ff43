"""Users of an embedded instance other than its owner."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from attrs import frozen

from domo_async import Domo, Settings
from domo_async._emulator.access.people import add_user
from domo_async.emulator import Emulator
from tests.emulator.plain_client import connected
from tests.support import SkippingClock

PRIVILEGED = 2
PARTICIPANT = 4


@frozen
class Colleague:
    """Another user, who is not an admin.

    Attributes:
        id: The user's number.
        domo: A client with their token.
    """

    id: int
    domo: Domo


@asynccontextmanager
async def colleague(domo: Domo, name: str = "Ada") -> AsyncIterator[Colleague]:
    """Have another user, made by the routes that make users and tokens."""
    user_id = await a_user(domo, name)
    async with acting_as(domo, user_id) as client:
        yield Colleague(user_id, client)


@asynccontextmanager
async def acting_as(domo: Domo, user_id: int) -> AsyncIterator[Domo]:
    """A client of the same instance that acts as another user."""
    made = await domo.access_tokens.create(
        name="Another's", owner_id=user_id, expires=datetime.now(UTC) + timedelta(hours=1)
    )
    async with Domo(domo.origin, token=made.token) as other:
        yield other


async def a_user(domo: Domo, name: str = "Ada", role_id: int = PARTICIPANT) -> int:
    """Create a user, by default one who may do little, and return its number."""
    made = await domo.users.create(display_name=name, email_address=f"{name.lower()}@example.com", role_id=role_id)
    return made.id


@asynccontextmanager
async def another(emulator: Emulator, user_id: int = 77) -> AsyncIterator[Domo]:
    """Give a client of a user of this number who is neither the instance's owner nor an admin."""
    if user_id not in emulator._instance.records["users"]:
        add_user(emulator._instance, f"User {user_id}", f"user{user_id}@example.com", PRIVILEGED, user_id=user_id)
    body = {"name": "test", "ownerId": user_id, "expires": int(time.time() * 1000) + 3_600_000}
    async with connected(emulator) as plain:
        token = await plain.call("POST", "/api/data/v1/accesstokens", json=body)
    async with Domo(emulator.url, token=token["token"], settings=Settings(clock=SkippingClock())) as domo:
        yield domo


def client_of_new_user(emulator: Emulator, name: str, *, role_id: int = PRIVILEGED) -> tuple[int, Domo]:
    """Add a user without a request, so that nothing is logged; returns the number, and a client that does not run."""
    address = f"{name.split(maxsplit=1)[0].lower()}@example.com"
    user_id = int(add_user(emulator._instance, name, address, role_id)["id"])
    token = f"the-developer-token-of-{address}"
    emulator._tokens["tokens"][token] = user_id
    return user_id, Domo(emulator.url, token=token)

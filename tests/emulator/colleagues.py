"""Other users of an embedded instance, each with a client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from attrs import frozen

from domo_async import Domo
from tests.emulator.others import a_user, acting_as


@frozen
class Colleague:
    """Another user, who is no admin.

    Attributes:
        id: The user's number.
        domo: A client with their token.
    """

    id: int
    domo: Domo


@asynccontextmanager
async def colleague(domo: Domo, name: str = "Ada") -> AsyncIterator[Colleague]:
    """Have another user."""
    user_id = await a_user(domo, name)
    async with acting_as(domo, user_id) as client:
        yield Colleague(user_id, client)

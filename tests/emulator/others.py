"""Users of an embedded instance other than its owner."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from domo_async import Domo

PARTICIPANT = 4


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

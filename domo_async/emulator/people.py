"""Users, as other areas see them."""

from __future__ import annotations

from typing import Any

from domo_async.emulator.auth import OWNER_ID
from domo_async.emulator.records import Record
from domo_async.emulator.state import Instance

__all__ = ["begin", "person", "user_name"]

ADMIN_ROLE = 1


def begin(instance: Instance) -> None:
    """Give a new instance its owner."""
    users = instance.records["users"]
    if OWNER_ID not in users:
        users.put(
            OWNER_ID,
            {
                "id": OWNER_ID,
                "displayName": "Emulator Owner",
                "userName": "owner@example.com",
                "emailAddress": "owner@example.com",
                "roleId": ADMIN_ROLE,
                "attributes": [],
            },
        )


def user_name(instance: Instance, user_id: object) -> str:
    """Return how people see a user; one who was deleted is seen as a number."""
    user: Record | None = instance.records["users"].find(user_id)
    return str(user_id) if user is None else str(user["displayName"])


def person(instance: Instance, user_id: object) -> dict[str, Any]:
    """Return a user as owners are told."""
    return {"id": str(user_id), "name": user_name(instance, user_id), "type": "USER", "group": False}

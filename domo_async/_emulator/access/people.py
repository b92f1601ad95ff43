"""Users, as other areas read and add them."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from domo_async._emulator.context import caller_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.web import millis
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import OWNER_ID, Record

__all__ = [
    "ADMIN_ROLE",
    "PARTICIPANT_ROLE",
    "add_user",
    "begin",
    "entities_of",
    "free_id",
    "is_admin",
    "must_be_admin",
    "person",
    "user_name",
]

ADMIN_ROLE = 1
PARTICIPANT_ROLE = 4
_FIRST_ID = 1001


def begin(instance: Instance) -> None:
    """Give a new instance its owner."""
    if OWNER_ID not in instance.records["users"]:
        add_user(instance, "Emulator Owner", "owner@example.com", ADMIN_ROLE, user_id=OWNER_ID)


def add_user(
    instance: Instance,
    display_name: str,
    email: str,
    role_id: int,
    *,
    invited_by: int | None = None,
    user_id: int | None = None,
    created: int | None = None,
) -> Record:
    """Add a user. The caller checks that the email address is free and that the role exists.

    Args:
        instance: The instance.
        display_name: The user's display name.
        email: The email address, which is also the login name.
        role_id: The role.
        invited_by: The id of the user who invited them.
        user_id: The user's id; by default the next free one.
        created: The time of creation in milliseconds; by default now.
    """
    users = instance.records["users"]
    if user_id is None:
        user_id = free_id(instance, "users", _FIRST_ID)
    created = millis() if created is None else created
    record = {
        "id": user_id,
        "displayName": display_name,
        "userName": email,
        "emailAddress": email,
        "roleId": role_id,
        "attributes": [],
        "invitorUserId": invited_by,
        "created": created,
        "modified": created,
    }
    return users.put(user_id, record)


def free_id(instance: Instance, collection: str, first: int) -> int:
    """Return the next id that is free in a collection; a test may have added records with any ids."""
    number = instance.records.next_id(collection, first)
    while number in instance.records[collection]:
        number = instance.records.next_id(collection, first)
    return number


def user_name(instance: Instance, user_id: object) -> str:
    """Return a user's display name; for a deleted user, the id."""
    user: Record | None = instance.records["users"].find(user_id)
    return str(user_id) if user is None else str(user["displayName"])


def person(instance: Instance, user_id: object) -> dict[str, Any]:
    """Return a user in the form that answers give owners in."""
    return {"id": str(user_id), "name": user_name(instance, user_id), "type": "USER", "group": False}


def is_admin(user: Record) -> bool:
    """Return whether a user is an admin, who may do everything."""
    return user.get("roleId") == ADMIN_ROLE


def must_be_admin(request: web.Request, what: str) -> Record:
    """Return the caller, who must be an admin.

    Args:
        request: The request.
        what: The action, as the error message names it.

    Raises:
        HTTPError: 403, if the caller is not an admin.
    """
    caller = caller_of(request)
    if not is_admin(caller):
        raise HTTPError(403, f"Only an admin may {what}")
    return caller


def entities_of(instance: Instance, user: Record) -> set[tuple[str, str]]:
    """Return the user and the groups that it is in: types and ids as text. Groups in groups do not count."""
    groups = {
        ("GROUP", str(group["id"]))
        for group in instance.records["groups"]
        if str(user["id"]) in map(str, group.get("userIds", ()))
    }
    return {("USER", str(user["id"]))} | groups

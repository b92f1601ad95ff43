"""Permissions: owners and admins may do everything, others what they were granted.

The permission that each action needs is emulator-defined. Grants are kept by the type and id of the grantee.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from domo_async._emulator.access.people import entities_of, is_admin
from domo_async._emulator.context import caller_of, instance_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Object, OneOf, Text
from domo_async._emulator.state.records import Record

__all__ = ["Grants", "granted", "has_right", "is_owner", "require", "require_owner"]

Grants = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""The grantee's name and permissions, by type (``USER`` or ``GROUP``) and id."""

_TYPES = ("USER", "GROUP")
_RIGHTS = {
    "ADMIN",
    "SHARE",
    "DELETE",
    "WRITE",
    "READ",
    "CREATE_CONTENT",
    "READ_CONTENT",
    "UPDATE_CONTENT",
    "DELETE_CONTENT",
    "EXPORT",
    "EXECUTE",
}


def is_owner(caller: Record, owner_id: object) -> bool:
    """Return whether a user is the owner of a thing, or an admin."""
    return is_admin(caller) or str(caller["id"]) == str(owner_id)


def require_owner(request: web.Request, owner_id: object) -> None:
    """Refuse callers who are neither the owner nor an admin.

    Raises:
        HTTPError: 403, for all other callers.
    """
    if not is_owner(caller_of(request), owner_id):
        raise HTTPError(403, "Only the owner and admins may do that")


def has_right(request: web.Request, owner_id: object, grants: Grants, *rights: str) -> bool:
    """Return whether the caller is the owner, an admin, or was granted one of `rights` (any right if none is named).

    Grants to the caller's groups count as well, and ``ADMIN`` includes every right.
    """
    caller = caller_of(request)
    if is_owner(caller, owner_id):
        return True
    entities = entities_of(instance_of(request), caller) if grants else ()
    held = {right for type_, key in entities for right in grants.get(type_, {}).get(key, {}).get("permissions", ())}
    return bool(held & {*rights, "ADMIN"} if rights else held)


def require(request: web.Request, owner_id: object, grants: Grants, *rights: str) -> None:
    """Refuse callers for whom `has_right` is false.

    Raises:
        HTTPError: 403, if the caller lacks the right.
    """
    if not has_right(request, owner_id, grants, *rights):
        raise HTTPError(403, f"You need the permission {' or '.join(rights) or 'to see it'}")


_ENTRIES = Array(
    Object(
        {
            "type": OneOf(_TYPES, message=f"type must be {' or '.join(_TYPES)}"),
            "id": Text(),
            "name": Text(),
            "permissions": Array(Text(empty=True)),
        }
    ),
    words="an array of objects with id, permissions, name and type",
)


def granted(grants: Grants, entries: object) -> dict[str, dict[str, Any]]:
    """Return grants, with those in `entries` in place of the same grantees' former ones.

    An empty list of permissions removes a grantee; a grantee that is not named keeps its grants (emulator-defined).

    Raises:
        HTTPError: 400, if `entries` does not have the documented form.
    """
    entries = _ENTRIES.check(entries)
    after: dict[str, dict[str, Any]] = {type_: dict(held) for type_, held in grants.items()}
    for entry in entries:
        type_, number, name, permissions = (entry[key] for key in ("type", "id", "name", "permissions"))
        if unknown := set(permissions) - _RIGHTS:
            raise HTTPError(400, f"Unknown permissions: {', '.join(sorted(unknown))}")
        held = after.setdefault(type_, {})
        held.pop(number, None)
        if permissions:
            held[number] = {"name": name, "permissions": permissions}
    return after

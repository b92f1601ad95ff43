"""Who may do what: owners and admins all, others what they were granted.

How little that takes is emulator-defined. Rights are told by type and number of whom they were granted to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from domo_async._emulator.access.people import entities_of, is_admin
from domo_async._emulator.context import caller_of, instance_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import array_of
from domo_async._emulator.http.web import text
from domo_async._emulator.state.records import Record

__all__ = ["Grants", "granted", "has_right", "is_owner", "require", "require_owner"]

Grants = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""By type, ``USER`` or ``GROUP``, and number: the name and the permissions."""

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
    """Return whether a user may do everything with what is the owner's."""
    return is_admin(caller) or str(caller["id"]) == str(owner_id)


def require_owner(request: web.Request, owner_id: object) -> None:
    """Refuse everybody but the owner and admins.

    Raises:
        HTTPError: 403, for anybody else.
    """
    if not is_owner(caller_of(request), owner_id):
        raise HTTPError(403, "Only the owner and admins may do that")


def has_right(request: web.Request, owner_id: object, grants: Grants, *rights: str) -> bool:
    """Return whether the caller is the owner or an admin, or was granted one of `rights`; any, where none is named.

    What was granted to a group of the caller's counts as well, and ``ADMIN`` stands for all.
    """
    caller = caller_of(request)
    if is_owner(caller, owner_id):
        return True
    entities = entities_of(instance_of(request), caller) if grants else ()
    held = {right for kind, key in entities for right in grants.get(kind, {}).get(key, {}).get("permissions", ())}
    return bool(held & {*rights, "ADMIN"} if rights else held)


def require(request: web.Request, owner_id: object, grants: Grants, *rights: str) -> None:
    """Refuse those without a right, see `has_right`.

    Raises:
        HTTPError: 403, for them.
    """
    if not has_right(request, owner_id, grants, *rights):
        raise HTTPError(403, f"You need the permission {' or '.join(rights) or 'to see it'}")


def granted(grants: Grants, entries: object) -> dict[str, dict[str, Any]]:
    """Return grants with those of `entries` in place of the former ones.

    Whoever has an empty list of permissions loses all; whoever is not named keeps all (emulator-defined).

    Raises:
        HTTPError: 400, if `entries` is not as documented.
    """
    entries = array_of(dict, entries, "Required: an array of objects with id, permissions, name and type")
    after: dict[str, dict[str, Any]] = {kind: dict(held) for kind, held in grants.items()}
    for entry in entries:
        kind, number, name = text(entry, "type"), text(entry, "id"), text(entry, "name")
        permissions = entry.get("permissions")
        if kind not in _TYPES:
            raise HTTPError(400, f"type must be {' or '.join(_TYPES)}")
        permissions = array_of(str, permissions, "Required: permissions, an array of strings")
        if unknown := set(permissions) - _RIGHTS:
            raise HTTPError(400, f"Unknown permissions: {', '.join(sorted(unknown))}")
        held = after.setdefault(kind, {})
        held.pop(number, None)
        if permissions:
            held[number] = {"name": name, "permissions": permissions}
    return after

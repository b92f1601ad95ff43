"""Permissions of users and groups, as queues and workflows take them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import frozen

from domo_async._endpoints._area import require_list
from domo_async._wire import OpenEnum, Record, payload

__all__ = ["Permission", "Right", "sent_permissions"]


class Right(OpenEnum):
    """A right that can be granted."""

    ADMIN = "ADMIN"
    SHARE = "SHARE"
    DELETE = "DELETE"
    WRITE = "WRITE"
    READ = "READ"
    CREATE_CONTENT = "CREATE_CONTENT"
    READ_CONTENT = "READ_CONTENT"
    UPDATE_CONTENT = "UPDATE_CONTENT"
    DELETE_CONTENT = "DELETE_CONTENT"
    EXPORT = "EXPORT"
    EXECUTE = "EXECUTE"


@frozen
class Permission(Record):
    """The permissions of a user or a group.

    Attributes:
        id: The user, or the group.
        permissions: All rights that it has; an empty list removes all rights.
        name: The display name of the user or the group.
        type: ``USER`` or ``GROUP``; for workflows, Domo's documentation shows only users.
    """

    id: int | str
    permissions: Sequence[Right | str]
    name: str
    type: str = "USER"


def sent_permissions(permissions: Sequence[Permission]) -> list[dict[str, Any]]:
    """Return permissions as the request body takes them.

    Raises:
        ConfigError: The list is empty.
    """
    return [
        payload(
            id=str(permission.id),
            permissions=require_list(permission.permissions, "permissions", may_be_empty=True),
            name=permission.name,
            type=permission.type,
        )
        for permission in require_list(permissions, "permissions")
    ]

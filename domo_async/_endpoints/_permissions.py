"""Who may do what, as queues and workflows are told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import frozen

from domo_async._endpoints._area import require_list
from domo_async._wire import OpenEnum, Record, payload

__all__ = ["Permission", "Right", "sent_permissions"]


class Right(OpenEnum):
    """What can be allowed."""

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
    """What a user or a group may do.

    Attributes:
        id: The user, or the group.
        permissions: All that it may do; an empty list takes everything away.
        name: How people see the user or the group.
        type: Which of the two, ``USER`` or ``GROUP``; of workflows, Domo's documentation shows users alone.
    """

    id: int | str
    permissions: Sequence[Right | str]
    name: str
    type: str = "USER"


def sent_permissions(permissions: Sequence[Permission]) -> list[dict[str, Any]]:
    """Return the body of a request.

    Raises:
        ConfigError: There are none.
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

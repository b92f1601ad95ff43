"""What access to a dataset is."""

from __future__ import annotations

from attrs import field, frozen

from domo_async._wire import Model, OpenEnum, wire_name

__all__ = ["AccessEntry", "AccessLevel", "AccessList", "AccessType", "Grant", "Grantee"]


class AccessType(OpenEnum):
    """Who can be given access."""

    USER = "USER"
    GROUP = "GROUP"


class AccessLevel(OpenEnum):
    """What access allows."""

    OWNER = "OWNER"
    CO_OWNER = "CO_OWNER"
    CAN_EDIT = "CAN_EDIT"
    CAN_SHARE = "CAN_SHARE"
    CAN_VIEW = "CAN_VIEW"
    NONE = "NONE"
    FEDERATED = "FEDERATED"


@frozen(kw_only=True)
class AccessEntry(Model):
    """A user or group that has access to a dataset.

    Attributes:
        id: The user, or the group.
        type: Which of the two.
        access_level: What it allows.
        name: The user's or group's name.
    """

    id: str
    type: AccessType | None = None
    access_level: AccessLevel | None = None
    name: str | None = None


@frozen(kw_only=True)
class AccessList(Model):
    """Who has access to a dataset.

    Attributes:
        entries: The users and groups.
        total_user_count: How many users there are.
        total_group_count: How many groups there are.
    """

    entries: tuple[AccessEntry, ...] = field(default=(), metadata=wire_name("list"))
    total_user_count: int | None = None
    total_group_count: int | None = None


@frozen
class Grantee:
    """Whose access is meant.

    Attributes:
        id: The user, or the group.
        type: Which of the two.
    """

    id: int | str
    type: AccessType | str = AccessType.USER


@frozen
class Grant:
    """Access to give.

    Attributes:
        id: The user, or the group.
        access_level: What to allow.
        type: Whether `id` is a user or a group.
    """

    id: int | str
    access_level: AccessLevel | str
    type: AccessType | str = AccessType.USER

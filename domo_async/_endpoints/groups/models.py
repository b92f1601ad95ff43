"""Models of groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from attrs import field, frozen

from domo_async._wire import Model, NumericId, OpenEnum, Record, SpacedStamp, wire_name

__all__ = [
    "CreatedGroup",
    "Group",
    "GroupPerson",
    "GroupType",
    "GroupUser",
    "ListedGroup",
    "Member",
    "MemberType",
    "Membership",
    "Memberships",
]


class GroupType(OpenEnum):
    """Who can join a group. ``dynamic`` is in Domo's documentation; those after it are known from instances."""

    CLOSED = "closed"
    OPEN = "open"
    DYNAMIC = "dynamic"
    AD_HOC = "adHoc"
    DIRECTORY = "directory"
    SYSTEM = "system"


class MemberType(OpenEnum):
    """The type of a member of a group."""

    USER = "USER"
    GROUP = "GROUP"


@frozen(kw_only=True)
class Group(Model):
    """A group.

    Attributes:
        id: The group's number.
        name: Its name.
        type: Who can join.
        user_ids: The members.
        creator_id: The user who created it.
        member_count: The number of members.
        guid: Its other identifier.
        description: The description.
        hidden: Whether lists omit it.
        is_default: Whether every user is a member.
        active: Whether it is in use.
    """

    id: NumericId
    name: str | None = None
    type: GroupType | None = None
    user_ids: tuple[NumericId, ...] = ()
    creator_id: NumericId | None = None
    member_count: int | None = None
    guid: str | None = None
    description: str | None = None
    hidden: bool | None = None
    is_default: bool | None = field(default=None, metadata=wire_name("default"))
    active: bool | None = None


@frozen(kw_only=True)
class GroupPerson(Model):
    """An owner or a member of a group, as lists of groups return it; Domo's documentation does not show the keys.

    Attributes:
        type: ``USER`` or ``GROUP``.
        id: Its number.
        display_name: Its name.
    """

    type: MemberType | None = None
    id: NumericId | None = None
    display_name: str | None = None


@frozen(kw_only=True)
class ListedGroup(Model):
    """A group, as lists return it. Domo's documentation does not have it; instances answer so.

    Attributes:
        group_id: Its number.
        name: Its name.
        group_type: Who can join.
        description: The description.
        owners: The owners.
        group_members: Its members, possibly incomplete; see `Groups.members`.
        member_count: The number of members.
        created: When it was created.
    """

    group_id: NumericId
    name: str | None = None
    group_type: GroupType | None = None
    description: str | None = None
    owners: tuple[GroupPerson, ...] = ()
    group_members: tuple[GroupPerson, ...] = ()
    member_count: int | None = None
    created: SpacedStamp | None = None


@frozen(kw_only=True)
class GroupUser(Model):
    """A user in a group. No source lists all keys; keys without a field are in `extras`.

    Attributes:
        user_id: The user.
        display_name: The display name.
        email_address: The e-mail address.
        role_id: The user's role.
    """

    user_id: NumericId | None = None
    display_name: str | None = None
    email_address: str | None = None
    role_id: NumericId | None = None


@frozen(kw_only=True)
class CreatedGroup(Model):
    """A group that was just created.

    Attributes:
        id: Its number.
    """

    id: NumericId


@frozen
class Member(Record):
    """A member of a group.

    Attributes:
        id: The user, or the group.
        type: ``USER`` or ``GROUP``.
    """

    id: int | str
    type: MemberType | str = MemberType.USER


@frozen
class Membership(Record):
    """A membership or ownership in a group.

    Attributes:
        id: The user, or the group.
        type: ``USER`` or ``GROUP``.
        owner: True for an owner, False for a member.
        name: The address or the name, if known.
    """

    id: int
    type: MemberType = MemberType.USER
    owner: bool = False
    name: str | None = None

    def __str__(self) -> str:
        return f"{self.name or f'{self.type} {self.id}'}{' (owner)' if self.owner else ''}"


Memberships: TypeAlias = Mapping[str, Sequence[Member | int | str]]
"""The members of groups, by the groups' names."""

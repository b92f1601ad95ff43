"""Groups and their members."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import field, frozen

from domo_async.endpoints._area import Area, confirmed, several
from domo_async.transport import url
from domo_async.wire import UNSET, Model, NumericId, OpenEnum, Unset, payload, wire_name

__all__ = ["CreatedGroup", "Group", "GroupType", "Groups", "Member", "MemberType"]


class GroupType(OpenEnum):
    """Who can join a group. ``adHoc`` is not in the documents, but instances have it."""

    CLOSED = "closed"
    OPEN = "open"
    DYNAMIC = "dynamic"
    AD_HOC = "adHoc"


class MemberType(OpenEnum):
    """What can be a member of a group."""

    USER = "USER"
    GROUP = "GROUP"


@frozen(kw_only=True)
class Group(Model):
    """A group.

    Attributes:
        id: Its number.
        name: Its name.
        type: Who can join.
        user_ids: The members.
        creator_id: Who made it.
        member_count: How many members it has.
        guid: Its other identifier.
        description: What it is for.
        hidden: Whether lists leave it out.
        is_default: Whether every user is in it.
        active: Whether it is in use.
    """

    id: NumericId
    name: str
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
class CreatedGroup(Model):
    """A group just made.

    Attributes:
        id: Its number.
    """

    id: NumericId


@frozen
class Member:
    """A member of a group.

    Attributes:
        id: The user, or the group.
        type: Which of the two.
    """

    id: int | str
    type: MemberType | str = MemberType.USER


class Groups(Area):
    """Groups and their members."""

    async def get(self, group_id: int | str, /) -> Group:
        """Return a group.

        `GET /api/content/v2/groups/{group_id}` (Groups API, "Fetch Group").

        Args:
            group_id: The group.

        Raises:
            NotFound: There is no such group.
        """
        return await self._http.request("GET", url("/api/content/v2/groups/{}", group_id), into=Group)

    async def create(self, *, name: str, type: GroupType | str, description: str | Unset = UNSET) -> CreatedGroup:
        """Create a group.

        `POST /api/content/v2/groups` (Groups API, "Create a Group").

        Args:
            name: Its name; no two groups share one.
            type: Who can join: ``closed``, ``open`` or ``dynamic``.
            description: What it is for.

        Raises:
            BadRequest: The name is taken.
        """
        return await self._http.request(
            "POST",
            url("/api/content/v2/groups"),
            json=payload(name=name, description=description, type=type),
            into=CreatedGroup,
        )

    async def add_member(self, group_id: int | str, user_id: int | str, /) -> bool:
        """Add a user to a group.

        `PUT /api/content/v2/groups/{group_id}/user/{user_id}` (Groups API, "Add People to a Group").

        Args:
            group_id: The group.
            user_id: The user.

        Returns:
            Whether the instance says that it did; the page shows a bare ``true``.

        Raises:
            NotFound: There is no such group or user.
        """
        return confirmed(await self._http.raw("PUT", url("/api/content/v2/groups/{}/user/{}", group_id, user_id)))

    async def remove_member(self, group_id: int | str, user_id: int | str, /) -> bool:
        """Remove a user from a group.

        `DELETE /api/content/v2/groups/{group_id}/removeuser/{user_id}` (Groups API, "Remove a Person from a Group").

        Args:
            group_id: The group.
            user_id: The user.

        Returns:
            Whether the instance says that it did; the page shows a bare ``true``.

        Raises:
            NotFound: There is no such group or user.
        """
        return confirmed(
            await self._http.raw("DELETE", url("/api/content/v2/groups/{}/removeuser/{}", group_id, user_id))
        )

    async def remove_members(self, group_id: int | str, /, *, members: Sequence[Member | int | str]) -> bool:
        """Remove several members from a group at once.

        `PUT /api/content/v2/groups/access` (Groups API, "Remove Multiple People from a Group").

        Args:
            group_id: The group.
            members: The members; a bare number stands for a user.

        Returns:
            Whether the instance says that it did; the page shows a bare ``true``.

        Raises:
            ConfigError: `members` is empty.
            NotFound: There is no such group.
        """
        given = [member if isinstance(member, Member) else Member(member) for member in several(members, "members")]
        # The page shows all identifiers as text.
        removed = [payload(type=member.type, id=str(member.id)) for member in given]
        return confirmed(
            await self._http.raw(
                "PUT",
                url("/api/content/v2/groups/access"),
                json=[payload(group_id=str(group_id), remove_members=removed)],
            )
        )

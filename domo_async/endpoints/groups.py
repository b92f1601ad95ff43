"""Groups and their members."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import field, frozen

from domo_async.endpoints._area import Area, confirmed, given, several
from domo_async.transport import QUERY, Batch, Pager, url
from domo_async.wire import UNSET, Model, NumericId, OpenEnum, SpacedStamp, Unset, payload, wire_name

__all__ = [
    "CreatedGroup",
    "Group",
    "GroupPerson",
    "GroupType",
    "GroupUser",
    "Groups",
    "ListedGroup",
    "Member",
    "MemberType",
]


class GroupType(OpenEnum):
    """Who can join a group. What follows ``dynamic`` is not in the documents, but instances have it."""

    CLOSED = "closed"
    OPEN = "open"
    DYNAMIC = "dynamic"
    AD_HOC = "adHoc"
    DIRECTORY = "directory"
    SYSTEM = "system"


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
class GroupPerson(Model):
    """An owner or a member of a group, as lists of groups tell; the keys are not documented.

    Attributes:
        type: Whether it is a user or a group.
        id: Its number.
        display_name: Its name.
    """

    type: MemberType | None = None
    id: NumericId | None = None
    display_name: str | None = None


@frozen(kw_only=True)
class ListedGroup(Model):
    """A group, as lists tell. Not in the documents; instances answer so.

    Attributes:
        group_id: Its number.
        name: Its name.
        group_type: Who can join.
        description: What it is for.
        owners: Who owns it.
        group_members: Its members, perhaps not all of them; see `Groups.members`.
        member_count: How many members it has.
        created: When it was made.
    """

    group_id: NumericId
    name: str
    group_type: GroupType | None = None
    description: str | None = None
    owners: tuple[GroupPerson, ...] = ()
    group_members: tuple[GroupPerson, ...] = ()
    member_count: int | None = None
    created: SpacedStamp | None = None


@frozen(kw_only=True)
class GroupUser(Model):
    """A user in a group. No source tells all keys; what is not a field is in `extras`.

    Attributes:
        user_id: The user.
        display_name: How people see the user.
        email_address: Where mail goes.
        role_id: The user's role.
    """

    user_id: NumericId | None = None
    display_name: str | None = None
    email_address: str | None = None
    role_id: NumericId | None = None


@frozen(kw_only=True)
class _GroupUsers(Model):
    group_user_list: tuple[GroupUser, ...] = ()


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


def _people(people: Sequence[Member | int | str], name: str) -> list[object]:
    members = [one if isinstance(one, Member) else Member(one) for one in several(people, name)]
    return [payload(type=member.type, id=str(member.id)) for member in members]


class Groups(Area):
    """Groups and their members."""

    def list(
        self,
        *,
        search: str | None = None,
        owner_id: int | str | None = None,
        member_id: int | str | None = None,
        sort_by: str | None = None,
        ascending: bool | None = None,
        offset: int = 0,
        limit: int | None = None,
        page_size: int = 30,
    ) -> Pager[ListedGroup]:
        """Iterate over the groups.

        `GET /api/content/v2/groups/grouplist`. Not in the documents; other clients use it, in pages of 30.

        Args:
            search: What names have to hold.
            owner_id: Only groups that this user owns.
            member_id: Only groups that this user is in.
            sort_by: What to sort by, such as ``name``.
            ascending: Whether from the least to the greatest.
            offset: Groups to leave out at the beginning.
            limit: The most groups to give in all.
            page_size: Groups to ask for at a time.

        Raises:
            ConfigError: A number is out of its range.
        """
        return self._http.pages(
            "GET",
            url("/api/content/v2/groups/grouplist"),
            QUERY,
            params={
                "search": search,
                "owner": owner_id,
                "members": member_id,
                "sort": sort_by,
                "ascending": ascending,
            },
            into=tuple[ListedGroup, ...],
            read=Batch,
            offset=offset,
            limit=limit,
            page_size=page_size,
            # How many an instance gives at the most is not known.
            assured=min(page_size, 30),
        )

    def members(
        self, group_id: int | str, /, *, offset: int = 0, limit: int | None = None, page_size: int = 100
    ) -> Pager[GroupUser]:
        """Iterate over the users in a group.

        `GET /api/content/v2/groups/users`. Not in the documents; other clients use it.

        Args:
            group_id: The group.
            offset: Users to leave out at the beginning.
            limit: The most users to give in all.
            page_size: Users to ask for at a time.

        Raises:
            ConfigError: A number is out of its range.
            NotFound: There is no such group.
        """
        return self._http.pages(
            "GET",
            url("/api/content/v2/groups/users"),
            QUERY,
            params={"group": group_id},
            into=_GroupUsers,
            read=lambda answer: Batch(answer.group_user_list),
            offset=offset,
            limit=limit,
            page_size=page_size,
        )

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

    async def update(
        self,
        group_id: int | str,
        /,
        *,
        name: str | Unset = UNSET,
        type: GroupType | str | Unset = UNSET,
        description: str | Unset = UNSET,
    ) -> None:
        """Change what is given of a group, and leave the rest.

        `PUT /api/content/v2/groups`. Not in the documents; other clients use it.

        Args:
            group_id: The group.
            name: Its name; no two groups share one.
            type: Who can join.
            description: What it is for.

        Raises:
            ConfigError: Nothing is given to change.
            BadRequest: The name is taken.
            NotFound: There is no such group.
        """
        changes = given(payload(name=name, type=type, description=description))
        await self._http.request("PUT", url("/api/content/v2/groups"), json=[{**payload(group_id=group_id), **changes}])

    async def delete(self, group_id: int | str, /) -> None:
        """Delete a group.

        `DELETE /api/content/v2/groups`. Not in the documents; other clients use it.

        Args:
            group_id: The group.

        Raises:
            NotFound: There is no such group.
        """
        await self.delete_many(group_ids=[group_id])

    async def delete_many(self, *, group_ids: Sequence[int | str]) -> None:
        """Delete several groups at once.

        `DELETE /api/content/v2/groups`. Not in the documents; other clients use it.

        Args:
            group_ids: The groups.

        Raises:
            ConfigError: `group_ids` is empty, or a bare text.
            NotFound: There is no such group.
        """
        await self._http.request("DELETE", url("/api/content/v2/groups"), json=several(group_ids, "group_ids"))

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

    async def add_members(self, group_id: int | str, /, *, members: Sequence[Member | int | str]) -> bool:
        """Add several members to a group at once.

        `PUT /api/content/v2/groups/access`. The page shows this route for removing members alone; other clients send
        ``addMembers``.

        Args:
            group_id: The group.
            members: The members; a bare number stands for a user.

        Returns:
            Whether the instance says that it did.

        Raises:
            ConfigError: `members` is empty.
            NotFound: There is no such group or member.
        """
        return await self._change_access(group_id, add_members=_people(members, "members"))

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
        return await self._change_access(group_id, remove_members=_people(members, "members"))

    async def add_owners(self, group_id: int | str, /, *, owners: Sequence[Member | int | str]) -> bool:
        """Let several users or groups own a group, besides those who do.

        `PUT /api/content/v2/groups/access`. The page shows this route for removing members alone; other clients send
        ``addOwners``.

        Args:
            group_id: The group.
            owners: The new owners; a bare number stands for a user.

        Returns:
            Whether the instance says that it did.

        Raises:
            ConfigError: `owners` is empty.
            NotFound: There is no such group or owner.
        """
        return await self._change_access(group_id, add_owners=_people(owners, "owners"))

    async def remove_owners(self, group_id: int | str, /, *, owners: Sequence[Member | int | str]) -> bool:
        """Let several users or groups no longer own a group.

        `PUT /api/content/v2/groups/access`. The page shows this route for removing members alone; other clients send
        ``removeOwners``.

        Args:
            group_id: The group.
            owners: The owners; a bare number stands for a user.

        Returns:
            Whether the instance says that it did.

        Raises:
            ConfigError: `owners` is empty.
            NotFound: There is no such group.
        """
        return await self._change_access(group_id, remove_owners=_people(owners, "owners"))

    async def _change_access(self, group_id: int | str, **people: object) -> bool:
        # The page shows all identifiers as text.
        change = payload(group_id=str(group_id), **people)
        return confirmed(await self._http.raw("PUT", url("/api/content/v2/groups/access"), json=[change]))

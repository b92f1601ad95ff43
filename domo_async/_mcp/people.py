"""Tools for users and groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from mcp_types import CallToolResult
from pydantic import Field
from typing_extensions import TypedDict

from domo_async import UNSET
from domo_async._mcp.kinds import WriteKind
from domo_async._mcp.presenting import counted
from domo_async._mcp.tools import USUAL, Id, Limit, Offset, One, Page, Tools, Whole, reads, some, writes
from domo_async._mcp.values import Fields, given

if TYPE_CHECKING:
    from domo_async.models import Group, GroupUser, ListedGroup, User

__all__ = ["PeopleTools"]


class UserItem(TypedDict, total=False):
    """A user."""

    id: Whole
    display_name: str
    email_address: str
    role_id: Whole
    title: str


class UserPage(Page):
    """Users."""

    users: list[UserItem]


class UserAnswer(One):
    """A user."""

    user: UserItem


class GroupItem(TypedDict, total=False):
    """A group."""

    id: Whole
    name: str
    type: str
    description: str
    members: Whole


class GroupPage(Page):
    """Groups."""

    groups: list[GroupItem]


class MemberPage(Page):
    """The members of a group."""

    group: GroupItem
    members: list[UserItem]


class MembershipAnswer(One):
    """A change of a group's members."""

    group_id: Whole


UserIds = Annotated[list[int], Field(description="The users' ids.", min_length=1, max_length=100)]


class SelfAnswer(One):
    """The instance, and who the tools act as."""

    instance: str
    user: UserItem


class PeopleTools(Tools):
    """Tools for users and groups."""

    @reads("Show the instance and the user")
    async def whoami(self) -> Annotated[CallToolResult, SelfAnswer]:
        """Return the instance, and the user whose token the tools use."""
        me = await self.domo.users.me()
        user = given(
            id=me.id,
            display_name=me.display_name or me.user_name,
            email_address=me.email_address,
            role_id=me.role_id,
        )
        return self.present.one(Fields(instance=self.domo.origin, user=user), "1 instance and 1 user.")

    @reads("List users")
    async def list_users(
        self,
        text: Annotated[str | None, Field(description="Text in the name or the email address.")] = None,
        limit: Limit = USUAL,
        offset: Offset = 0,
    ) -> Annotated[CallToolResult, UserPage]:
        """List the users of the instance by name, all of them or those whose name or address contains a text."""
        limit = min(limit, self.limits.rows)
        found, more = await some(self.domo.users.search(text=text, offset=offset, limit=limit + 1), limit)
        return self.present.page("users", list(map(_user, found)), "user", offset=offset, more=more)

    @reads("Get a user")
    async def get_user(self, user_id: Id) -> Annotated[CallToolResult, UserAnswer]:
        """Describe a user: name, email address, role and title."""
        return self.present.one(Fields(user=_user(await self.domo.users.get(user_id))), "1 user.")

    @reads("List groups")
    async def list_groups(
        self,
        text: Annotated[str | None, Field(description="Text in the name.")] = None,
        member_id: Annotated[int | None, Field(description="A user who is a member.")] = None,
        limit: Limit = USUAL,
        offset: Offset = 0,
    ) -> Annotated[CallToolResult, GroupPage]:
        """List the groups of the instance: all of them, those whose name contains a text, or those of one user."""
        limit = min(limit, self.limits.rows)
        pager = self.domo.groups.list(search=text, member_id=member_id, offset=offset, limit=limit + 1)
        found, more = await some(pager, limit)
        return self.present.page("groups", list(map(_listed, found)), "group", offset=offset, more=more)

    @reads("Get a group and its members")
    async def get_group(
        self, group_id: Id, limit: Limit = USUAL, offset: Offset = 0
    ) -> Annotated[CallToolResult, MemberPage]:
        """Describe a group, and list its members."""
        limit = min(limit, self.limits.rows)
        group = await self.domo.groups.get(group_id)
        found, more = await some(self.domo.groups.members(group_id, offset=offset, limit=limit + 1), limit)
        return self.present.page(
            "members", list(map(_member, found)), "member", offset=offset, more=more, group=_group(group)
        )

    @writes("Create a user", WriteKind.USERS)
    async def create_user(
        self,
        display_name: Annotated[str, Field(description="The name.", min_length=1)],
        email_address: Annotated[str, Field(description="The email address, with which the user logs in.")],
        role_id: Annotated[int, Field(description="The role.")],
    ) -> Annotated[CallToolResult, UserAnswer]:
        """Create a user."""
        made = await self.domo.users.create(display_name=display_name, email_address=email_address, role_id=role_id)
        return self.present.one(Fields(user=_user(made)), "Created the user.")

    @writes("Change a user", WriteKind.USERS, destructive=True, idempotent=True)
    async def update_user(
        self,
        user_id: Id,
        display_name: Annotated[str | None, Field(description="The new name.", min_length=1)] = None,
        email_address: Annotated[str | None, Field(description="The new email address.")] = None,
        role_id: Annotated[int | None, Field(description="The new role.")] = None,
    ) -> Annotated[CallToolResult, UserAnswer]:
        """Change the name, the email address or the role of a user."""
        changed = await self.domo.users.update(
            user_id,
            display_name=UNSET if display_name is None else display_name,
            email_address=UNSET if email_address is None else email_address,
            role_id=UNSET if role_id is None else role_id,
        )
        return self.present.one(Fields(user=_user(changed)), "Changed the user.")

    @writes("Add members to a group", WriteKind.GROUPS, idempotent=True)
    async def add_group_members(self, group_id: Id, user_ids: UserIds) -> Annotated[CallToolResult, MembershipAnswer]:
        """Add users to a group."""
        await self.domo.groups.add_members(group_id, members=user_ids)
        return self.present.one(Fields(group_id=group_id), f"Added {counted(len(user_ids), 'member')}.")

    @writes("Remove members from a group", WriteKind.GROUPS, destructive=True, idempotent=True)
    async def remove_group_members(
        self, group_id: Id, user_ids: UserIds
    ) -> Annotated[CallToolResult, MembershipAnswer]:
        """Remove users from a group."""
        await self.domo.groups.remove_members(group_id, members=user_ids)
        return self.present.one(Fields(group_id=group_id), f"Removed {counted(len(user_ids), 'member')}.")


def _user(user: User) -> Fields:
    return given(
        id=user.id,
        display_name=user.display_name or user.name,
        email_address=user.email_address,
        role_id=user.role_id,
        title=user.title,
    )


def _member(member: GroupUser) -> Fields:
    return given(
        id=member.user_id,
        display_name=member.display_name,
        email_address=member.email_address,
        role_id=member.role_id,
    )


def _listed(group: ListedGroup) -> Fields:
    return given(
        id=group.group_id,
        name=group.name,
        type=group.group_type,
        description=group.description or None,
        members=group.member_count,
    )


def _group(group: Group) -> Fields:
    return given(
        id=group.id,
        name=group.name,
        type=group.type,
        description=group.description or None,
        members=group.member_count,
    )

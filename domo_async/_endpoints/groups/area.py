"""Groups and their members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import attrgetter

from attrs import frozen

from domo_async._bulk import BulkOptions, BulkProgressCallback, BulkReport
from domo_async._defaults import CHANGES_AT_ONCE
from domo_async._endpoints._area import Area, require_changes, require_list
from domo_async._endpoints.groups import _sync
from domo_async._endpoints.groups._access import change_access, people_of
from domo_async._endpoints.groups.models import (
    CreatedGroup,
    Group,
    GroupPerson,
    GroupType,
    GroupUser,
    ListedGroup,
    Member,
    Membership,
    Memberships,
    MemberType,
)
from domo_async._frames import ItemTuple
from domo_async._transport import QUERY, PageData, Pager, url
from domo_async._wire import UNSET, Model, Unset, epoch_millis, payload

__all__ = ["Groups"]


@frozen(kw_only=True)
class _GroupUsers(Model):
    group_user_list: tuple[GroupUser, ...] = ()


@frozen(kw_only=True)
class _Owned(Model):
    owners: tuple[GroupPerson, ...] = ()


@frozen(kw_only=True)
class _GroupPermissions(_Owned):
    permissions: _Owned | None = None


class Groups(Area):
    """Groups and their members."""

    def list(
        self,
        *,
        search: str | None = None,
        owner_id: int | str | None = None,
        member_id: int | str | None = None,
        owner_type: MemberType | str | None = None,
        group_type: GroupType | str | None = None,
        is_manageable: bool | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        include_full_membership: bool | None = None,
        sort_by: str | None = None,
        ascending: bool | None = None,
        offset: int = 0,
        limit: int | None = None,
        page_size: int = 30,
    ) -> Pager[ListedGroup]:
        """Iterate over the groups.

        `GET /api/content/v2/groups/grouplist`. Domo's documentation does not describe it; other clients use it, in
        pages of 30.

        Example:
            async for group in domo.groups.list(search="Sales"):
                print(group.group_id, group.name)

        Args:
            search: Text that the names must contain.
            owner_id: Only groups that this user or group owns.
            member_id: Only groups that this user is a member of.
            owner_type: Whether `owner_id` is a user or a group.
            group_type: Only groups of this type.
            is_manageable: True for the groups that the token's owner may change, False for the others.
            created_after: Only groups that were created after this time, with a time zone. Unconfirmed: how instances
                read it.
            created_before: Only groups that were created before this time, with a time zone. Unconfirmed: how instances
                read it.
            include_full_membership: Whether to return all members of each.
            sort_by: The field to sort by, such as ``name``.
            ascending: Whether to sort in ascending order.
            offset: The number of groups to skip.
            limit: The most groups to return.
            page_size: The number of groups per page.

        Raises:
            ConfigError: A number is out of range.
        """
        return self._http.pages(
            "GET",
            url("/api/content/v2/groups/grouplist"),
            QUERY,
            params={
                "search": search,
                "owner": owner_id,
                "members": member_id,
                "ownerType": owner_type,
                "groupType": group_type,
                "isManageable": is_manageable,
                "createdAfter": None if created_after is None else epoch_millis(created_after),
                "createdBefore": None if created_before is None else epoch_millis(created_before),
                "includeFullMembership": include_full_membership,
                "sort": sort_by,
                "ascending": ascending,
            },
            key=attrgetter("group_id"),
            into=ItemTuple[ListedGroup],
            read=PageData,
            offset=offset,
            limit=limit,
            page_size=page_size,
            # The most groups that an instance returns per page are unknown.
            assured=min(page_size, 30),
        )

    def members(
        self, group_id: int | str, /, *, offset: int = 0, limit: int | None = None, page_size: int = 100
    ) -> Pager[GroupUser]:
        """Iterate over the users in a group.

        `GET /api/content/v2/groups/users`. Domo's documentation does not describe it; other clients use it.

        Args:
            group_id: The group.
            offset: The number of users to skip.
            limit: The most users to return.
            page_size: The number of users per page.

        Raises:
            ConfigError: A number is out of range.
            NotFound: The group does not exist.
        """
        return self._http.pages(
            "GET",
            url("/api/content/v2/groups/users"),
            QUERY,
            params={"group": group_id},
            key=attrgetter("user_id"),
            into=_GroupUsers,
            read=lambda answer: PageData(answer.group_user_list),
            offset=offset,
            limit=limit,
            page_size=page_size,
        )

    async def owners(self, group_ids: Sequence[int | str], /) -> tuple[tuple[GroupPerson, ...], ...]:
        """Return the owners of groups, in the order of the groups.

        `POST /api/content/v2/groups/permissions`. Unconfirmed: Domo's documentation does not describe it; two
        independent clients use it.

        Args:
            group_ids: The groups.

        Raises:
            ConfigError: `group_ids` is empty.
            NotFound: The group does not exist.
        """
        found = await self._http.request(
            "POST",
            url("/api/content/v2/groups/permissions"),
            params={"includeUsers": True},
            json=[str(each) for each in require_list(group_ids, "group_ids")],
            into=tuple[_GroupPermissions, ...],
            idempotent=True,
        )
        return tuple(each.permissions.owners if each.permissions else each.owners for each in found)

    async def get(self, group_id: int | str, /) -> Group:
        """Return a group.

        `GET /api/content/v2/groups/{group_id}` (Groups API, "Fetch Group").

        Args:
            group_id: The group.

        Raises:
            NotFound: The group does not exist.
        """
        return await self._http.request("GET", url("/api/content/v2/groups/{}", group_id), into=Group)

    async def create(self, *, name: str, type: GroupType | str, description: str | Unset = UNSET) -> CreatedGroup:
        """Create a group.

        `POST /api/content/v2/groups` (Groups API, "Create a Group").

        Example:
            group = await domo.groups.create(name="Buyers", type="closed")
            await domo.groups.add_members(group.id, members=[27, 28])

        Args:
            name: The name, which must be unique.
            type: Who can join: ``closed``, ``open`` or ``dynamic``.
            description: The description.

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
        dynamic_definition: Mapping[str, object] | Unset = UNSET,
    ) -> None:
        """Change the given fields of a group; the others stay as they are.

        `PUT /api/content/v2/groups`. Domo's documentation does not describe it; other clients use it.

        Args:
            group_id: The group.
            name: The name, which must be unique.
            type: Who can join.
            description: The description.
            dynamic_definition: The rule for the members of a dynamic group, as ``{"expression": {"operator": "OR",
                "operands": [{"key": "DEPARTMENT", "value": "Sales"}]}}``; requests with such rules were seen.

        Raises:
            ConfigError: No change was given.
            BadRequest: The name is taken.
            NotFound: The group does not exist.
        """
        changes = require_changes(
            payload(name=name, type=type, description=description, dynamic_definition=dynamic_definition)
        )
        await self._http.request("PUT", url("/api/content/v2/groups"), json=[{**payload(group_id=group_id), **changes}])

    async def delete(self, group_id: int | str, /) -> None:
        """Delete a group.

        `DELETE /api/content/v2/groups`. Domo's documentation does not describe it; other clients use it.

        Args:
            group_id: The group.

        Raises:
            NotFound: The group does not exist.
        """
        await self.delete_many(group_ids=[group_id])

    async def delete_many(self, *, group_ids: Sequence[int | str]) -> None:
        """Delete several groups at once.

        `DELETE /api/content/v2/groups`. Domo's documentation does not describe it; other clients use it.

        Args:
            group_ids: The groups.

        Raises:
            ConfigError: `group_ids` is empty, or a str.
            NotFound: The group does not exist.
        """
        await self._http.request("DELETE", url("/api/content/v2/groups"), json=require_list(group_ids, "group_ids"))

    async def add_member(self, group_id: int | str, user_id: int | str, /) -> bool:
        """Add a user to a group.

        `PUT /api/content/v2/groups/{group_id}/user/{user_id}` (Groups API, "Add People to a Group").

        Args:
            group_id: The group.
            user_id: The user.

        Returns:
            Whether the instance confirms the change; Domo's documentation shows a bare ``true``.

        Raises:
            NotFound: The group or user does not exist.
        """
        return await self._http.request(
            "PUT", url("/api/content/v2/groups/{}/user/{}", group_id, user_id), into=bool, empty=True
        )

    async def remove_member(self, group_id: int | str, user_id: int | str, /) -> bool:
        """Remove a user from a group.

        `DELETE /api/content/v2/groups/{group_id}/removeuser/{user_id}` (Groups API, "Remove a Person from a Group").

        Args:
            group_id: The group.
            user_id: The user.

        Returns:
            Whether the instance confirms the change; Domo's documentation shows a bare ``true``.

        Raises:
            NotFound: The group or user does not exist.
        """
        return await self._http.request(
            "DELETE", url("/api/content/v2/groups/{}/removeuser/{}", group_id, user_id), into=bool, empty=True
        )

    async def add_members(self, group_id: int | str, /, *, members: Sequence[Member | int | str]) -> bool:
        """Add several members to a group at once.

        `PUT /api/content/v2/groups/access`. Domo's documentation shows this route for removing members alone; other
        clients send ``addMembers``.

        Example:
            await domo.groups.add_members(12, members=[27, Member(5, "GROUP")])

        Args:
            group_id: The group.
            members: The members; a plain number stands for a user.

        Returns:
            Whether the instance confirms the change.

        Raises:
            ConfigError: `members` is empty.
            NotFound: The group or member does not exist.
        """
        return await change_access(self._http, group_id, add_members=people_of(members, "members"))

    async def remove_members(self, group_id: int | str, /, *, members: Sequence[Member | int | str]) -> bool:
        """Remove several members from a group at once.

        `PUT /api/content/v2/groups/access` (Groups API, "Remove Multiple People from a Group").

        Args:
            group_id: The group.
            members: The members; a plain number stands for a user.

        Returns:
            Whether the instance confirms the change; Domo's documentation shows a bare ``true``.

        Raises:
            ConfigError: `members` is empty.
            NotFound: The group does not exist.
        """
        return await change_access(self._http, group_id, remove_members=people_of(members, "members"))

    async def add_owners(self, group_id: int | str, /, *, owners: Sequence[Member | int | str]) -> bool:
        """Add several users or groups as owners of a group; the present owners stay.

        `PUT /api/content/v2/groups/access`. Domo's documentation shows this route for removing members alone; other
        clients send ``addOwners``.

        Args:
            group_id: The group.
            owners: The new owners; a plain number stands for a user.

        Returns:
            Whether the instance confirms the change.

        Raises:
            ConfigError: `owners` is empty.
            NotFound: The group or owner does not exist.
        """
        return await change_access(self._http, group_id, add_owners=people_of(owners, "owners"))

    async def remove_owners(self, group_id: int | str, /, *, owners: Sequence[Member | int | str]) -> bool:
        """Remove several users or groups as owners of a group.

        `PUT /api/content/v2/groups/access`. Domo's documentation shows this route for removing members alone; other
        clients send ``removeOwners``.

        Args:
            group_id: The group.
            owners: The owners; a plain number stands for a user.

        Returns:
            Whether the instance confirms the change.

        Raises:
            ConfigError: `owners` is empty.
            NotFound: The group does not exist.
        """
        return await change_access(self._http, group_id, remove_owners=people_of(owners, "owners"))

    async def sync_members(
        self,
        group_id: int | str,
        /,
        members: Sequence[Member | int | str],
        *,
        owners: Sequence[Member | int | str] | None = None,
        remove: bool = True,
        allow_empty: bool = False,
        dry_run: bool = False,
        batch_size: int = 500,
        stop_on_error: bool = False,
        progress: BulkProgressCallback | None = None,
    ) -> BulkReport[Membership, None]:
        """Give a group exactly these members; only differences are sent, so that the same call again sends nothing.

        Reads `GET /api/content/v2/groups/users` and, concurrently, the users who are named:
        `POST /api/identity/v1/users/search`, `GET /api/identity/v1/users/{user_id}` for up to 20,
        `GET /api/identity/v1/users` for addresses that the search does not find. For owners also
        `GET /api/content/v2/groups/{group_id}` and `GET /api/content/v2/groups/grouplist`. Then each batch of people to
        add and to remove is one `PUT /api/content/v2/groups/access`.

        Example:
            report = await domo.groups.sync_members(12, ["ada@example.com", 34], dry_run=True)
            print(report)

        Args:
            group_id: The group.
            members: The users, by identifier or e-mail address. Groups in the group stay as they are.
            owners: The users, and the groups as `Member`, that own the group; by default the owners stay as they are.
            remove: Whether to remove members (and owners, if given) who are not named.
            allow_empty: Whether an empty `members` removes all members, which is refused by default.
            dry_run: Whether to only read, and report the changes that would be made.
            batch_size: The most people to add and remove in one request; Domo's documentation does not state a limit.
            stop_on_error: Whether to start no further batches after one has failed.
            progress: Called with the progress after each member.

        Returns:
            A report on each member: ``added``, ``removed`` or ``unchanged``.

        Raises:
            ConfigError: `members` would empty the group, or an item is neither an identifier nor an address.
            Unresolved: Some members to add are not users of the instance; the error names all, and nothing was changed.
            NotFound: The group does not exist.
        """
        desired = _sync.DesiredGroup.of(members, owners, remove=remove, allow_empty=allow_empty, batch_size=batch_size)
        options = BulkOptions(dry_run=dry_run, stop_on_error=stop_on_error, progress=progress)
        return await _sync.sync_members(self, self._http, group_id, desired, options)

    async def sync(
        self,
        memberships: Memberships,
        /,
        *,
        create: GroupType | str | None = GroupType.CLOSED,
        remove: bool = True,
        allow_empty: bool = False,
        dry_run: bool = False,
        batch_size: int = 500,
        concurrency: int = CHANGES_AT_ONCE,
        stop_on_error: bool = False,
        progress: BulkProgressCallback | None = None,
    ) -> BulkReport[str, BulkReport[Membership, None]]:
        """Give many groups exactly these members, and create the groups that are missing.

        Everything is read and compared before anything is changed; the same call again changes nothing.

            await domo.groups.sync({"Buyers": ["ada@example.com", 34], "Sellers": [35]})

        `GET /api/content/v2/groups/grouplist`, the requests of `sync_members`: `GET /api/content/v2/groups/users`,
        `POST /api/identity/v1/users/search`, `GET /api/identity/v1/users/{user_id}`, `GET /api/identity/v1/users` and
        `PUT /api/content/v2/groups/access`; and `POST /api/content/v2/groups` for each group that is missing.

        Args:
            memberships: The members by the groups' names: users by identifier or e-mail address.
            create: Who can join a group that is missing; with None, a missing group is an error.
            remove: Whether to remove members who are not named.
            allow_empty: Whether an empty list removes all members of a group, which is refused by default.
            dry_run: Whether to only read, and report the changes that would be made.
            batch_size: The most people to send in one request; Domo's documentation does not state a limit.
            concurrency: The most groups to process at once.
            stop_on_error: Whether to start no further groups after one has failed.
            progress: Called with the progress after each group.

        Returns:
            A report on each group: ``created``, ``updated`` or ``unchanged``; its value is the report on its members.

        Raises:
            ConfigError: A group would be emptied, or an item is neither an identifier nor an address.
            Unresolved: Some users do not exist, or some groups if `create` is None; the error names all, and nothing
                was changed.
        """
        desired = {
            name: _sync.DesiredGroup.of(each, None, remove=remove, allow_empty=allow_empty, batch_size=batch_size)
            for name, each in memberships.items()
        }
        options = BulkOptions(concurrency=concurrency, dry_run=dry_run, stop_on_error=stop_on_error, progress=progress)
        return await _sync.sync(self, self._http, desired, create, options)

"""Roles and their authorities."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from attrs import field, frozen

from domo_async._bulk import BulkOptions, BulkProgressCallback, BulkReport
from domo_async._defaults import CHANGES_AT_ONCE
from domo_async._endpoints import _role_changes
from domo_async._endpoints._area import Area, require_changes, require_list
from domo_async._endpoints.users.models import User
from domo_async._frames import ItemTuple
from domo_async._transport import QUERY, PageData, Pager, url
from domo_async._wire import UNSET, EpochMillis, Model, NumericId, OpenEnum, Unset, payload, wire_name
from domo_async.errors import APIError

__all__ = ["Authority", "ChangeStatus", "Role", "RoleChange", "RoleUser", "Roles"]

_NOT_ALLOWED = 405


@frozen(kw_only=True)
class Role(Model):
    """A role.

    Attributes:
        id: Its number.
        name: Its name.
        description: The description.
        authority_count: The number of authorities.
        user_count: The number of users who have it.
        created: When it was created.
        modified: When it was last changed.
    """

    id: NumericId
    name: str | None = None
    description: str | None = None
    authority_count: int | None = None
    user_count: int | None = None
    created: EpochMillis | None = None
    modified: EpochMillis | None = None


class ChangeStatus(OpenEnum):
    """The result of a change."""

    SUCCESS = "SUCCESS"


@frozen(kw_only=True)
class RoleChange(Model):
    """The instance's answer to a change of a role.

    Attributes:
        status: The result of the change.
        message: The message of the instance.
    """

    status: ChangeStatus | None = None
    message: str | None = None


@frozen(kw_only=True)
class Authority(Model):
    """An authority: something that a role can allow.

    Attributes:
        authority: Its name, such as ``dataset.manage``.
        title: The display name.
        description: The description.
        authority_ui_group: The group that it belongs to, such as ``COMPANY``.
        admin_level: Whether it is for administrators.
        assignable_by_customer: Whether it can be given to a role.
        system_group: Whether it belongs to the instance itself.
        depends_on_authorities: The authorities that it requires to have an effect.
        depends_on_feature: The features that it requires to have an effect.
        implicit_authorities: The authorities that it includes.
        role_ids: The roles that have it.
        user_count: The number of users who have it.
    """

    authority: str
    title: str | None = None
    description: str | None = None
    authority_ui_group: str | None = field(default=None, metadata=wire_name("authorityUIGroup"))
    admin_level: bool | None = None
    assignable_by_customer: bool | None = None
    system_group: bool | None = None
    depends_on_authorities: tuple[str, ...] = ()
    depends_on_feature: tuple[str, ...] = ()
    implicit_authorities: tuple[str, ...] = ()
    role_ids: tuple[NumericId, ...] = ()
    user_count: int | None = None


@frozen(kw_only=True)
class RoleUser(Model):
    """A user who has a role.

    Attributes:
        user_id: The user.
        display_name: The display name.
        email: The e-mail address.
        role_id: The role.
        department: The user's department.
        job_title: The user's job title.
        location: The user's location.
        hire_date: When the user was hired.
    """

    user_id: NumericId
    display_name: str | None = None
    email: str | None = None
    role_id: NumericId | None = None
    department: str | None = None
    job_title: str | None = None
    location: str | None = None
    hire_date: EpochMillis | None = None


@frozen(kw_only=True)
class _RoleUsers(Model):
    users: tuple[RoleUser, ...]
    total_count: int | None = None
    total_filtered_count: int | None = None


def _page(answer: _RoleUsers) -> PageData[RoleUser]:
    filtered = answer.total_filtered_count
    return PageData(answer.users, total=answer.total_count if filtered is None else filtered)


class Roles(Area):
    """Roles and their authorities."""

    async def create(self, *, name: str, description: str, from_role_id: int | str | Unset = UNSET) -> Role:
        """Create a role with the authorities of another.

        `POST /api/authorization/v1/roles` (Roles Governance API, "Create Role").

        Example:
            role = await domo.roles.create(name="Buyer", description="Buys.", from_role_id=4)

        Args:
            name: Its name.
            description: The description.
            from_role_id: The role to copy. Domo's documentation calls it required. Unconfirmed: that it may be omitted.

        Raises:
            BadRequest: The role to copy does not exist.
        """
        return await self._http.request(
            "POST",
            url("/api/authorization/v1/roles"),
            json=payload(name=name, description=description, from_role_id=from_role_id),
            into=Role,
        )

    async def get(self, role_id: int | str, /) -> Role:
        """Return a role.

        `GET /api/authorization/v1/roles/{role_id}` (Roles Governance API, "Get Role By Id").

        Args:
            role_id: The role.

        Raises:
            NotFound: The role does not exist.
        """
        return await self._http.request("GET", url("/api/authorization/v1/roles/{}", role_id), into=Role)

    def list(self) -> Pager[Role]:
        """Iterate over all roles.

        `GET /api/authorization/v1/roles` (Roles Governance API, "Get All Roles"). Domo's documentation does not show
        pages; if an instance returns pages, all are read.
        """
        return self._http.pages(
            "GET",
            url("/api/authorization/v1/roles"),
            QUERY,
            paged=False,
            key=attrgetter("id"),
            into=ItemTuple[Role],
            read=PageData,
            page_size=100,
        )

    async def authorities(self, role_id: int | str, /) -> tuple[str, ...]:
        """Return the authorities of a role.

        `GET /api/authorization/v1/roles/{role_id}/authorities`. Domo's documentation does not describe it; other
        clients use it.

        Args:
            role_id: The role.

        Raises:
            NotFound: The role does not exist.
        """
        return await self._http.request(
            "GET", url("/api/authorization/v1/roles/{}/authorities", role_id), into=tuple[str, ...]
        )

    async def set_authorities(self, role_id: int | str, /, *, authorities: Sequence[str]) -> RoleChange:
        """Set the authorities of a role to exactly these; it loses all others.

        `PATCH /api/authorization/v1/roles/{role_id}/authorities` (Roles Governance API, "Update Role Authorities"). If
        an instance does not know that method, `PUT /api/authorization/v1/roles/{role_id}/authorities`, which five
        independent clients use.

        Args:
            role_id: The role.
            authorities: The complete list of authorities, such as ``dataset.manage``; an empty list removes all.

        Raises:
            NotFound: The role does not exist.
        """
        names = require_list(authorities, "authorities", may_be_empty=True)
        try:
            return await self._set_authorities("PATCH", role_id, names)
        except APIError as error:
            if error.status != _NOT_ALLOWED:
                raise
        return await self._set_authorities("PUT", role_id, names)

    async def _set_authorities(self, method: str, role_id: int | str, names: Sequence[str]) -> RoleChange:
        # Sending the complete list twice sets the same authorities.
        return await self._http.request(
            method,
            url("/api/authorization/v1/roles/{}/authorities", role_id),
            json=names,
            into=RoleChange,
            empty=RoleChange(),
            idempotent=True,
        )

    async def update(
        self, role_id: int | str, /, *, name: str | Unset = UNSET, description: str | Unset = UNSET
    ) -> RoleChange:
        """Change a role's name and description.

        `PUT /api/authorization/v1/roles/{role_id}`, which takes both: a field that is not given is read first, by
        `GET /api/authorization/v1/roles/{role_id}` (Roles Governance API, "Get Role By Id"). Seen: samples of instances
        show the change; Domo's documentation does not describe it; six independent clients send it.

        Args:
            role_id: The role.
            name: The name, which must be unique.
            description: The description.

        Raises:
            ConfigError: No change was given.
            NotFound: The role does not exist.
        """
        changes = require_changes(payload(name=name, description=description))
        if len(changes) == 1:
            role = await self.get(role_id)
            changes = {**payload(name=role.name, description=role.description or ""), **changes}
        return await self._http.request(
            "PUT",
            url("/api/authorization/v1/roles/{}", role_id),
            json={**payload(id=role_id), **changes},
            into=RoleChange,
            empty=RoleChange(),
        )

    def users(
        self,
        role_id: int | str,
        /,
        *,
        search: str | None = None,
        sort_by: str | None = None,
        ascending: bool | None = None,
        offset: int = 0,
        limit: int | None = None,
        page_size: int = 50,
    ) -> Pager[RoleUser]:
        """Iterate over the users who have a role.

        `GET /api/authorization/v1/roles/{role_id}/users`. Seen: samples of instances show it; Domo's documentation does
        not describe it; several independent clients use it.

        Example:
            async for user in domo.roles.users(4):
                print(user.user_id, user.display_name)

        Args:
            role_id: The role.
            search: Text that the names must contain.
            sort_by: The field to sort by, such as ``displayName``.
            ascending: Whether to sort in ascending order.
            offset: The number of users to skip.
            limit: The most users to return.
            page_size: The number of users per page.

        Raises:
            ConfigError: A number is out of range.
            NotFound: The role does not exist.
        """
        return self._http.pages(
            "GET",
            url("/api/authorization/v1/roles/{}/users", role_id),
            QUERY,
            paged=False,
            key=attrgetter("user_id"),
            params={"search": search, "sort": sort_by, "ascending": ascending},
            into=_RoleUsers,
            read=_page,
            offset=offset,
            limit=limit,
            page_size=page_size,
        )

    async def add_users(self, role_id: int | str, /, *, users: Sequence[int | str]) -> None:
        """Give users a role in place of their present one; `assign` compares first, and reports on each user.

        `PUT /api/authorization/v1/roles/{role_id}/users`. Seen: samples of instances show it; Domo's documentation does
        not describe it; two independent clients use it.

        Args:
            role_id: The role.
            users: The users.

        Raises:
            ConfigError: `users` is empty.
            NotFound: The role or user does not exist.
        """
        ids = [int(each) for each in require_list(users, "users")]
        await self._http.request("PUT", url("/api/authorization/v1/roles/{}/users", role_id), json=ids)

    async def known_authorities(self) -> ItemTuple[Authority]:
        """Return all authorities that a role can have.

        `GET /api/authorization/v1/authorities`. Seen: samples of instances show it; Domo's documentation does not
        describe it; several independent clients use it.
        """
        return await self._http.request("GET", url("/api/authorization/v1/authorities"), into=ItemTuple[Authority])

    async def delete(self, role_id: int | str, /) -> None:
        """Delete a role. The instance does not report whether the role existed.

        `DELETE /api/authorization/v1/roles/{role_id}` (Roles Governance API, "Delete Role").

        Args:
            role_id: The role.
        """
        await self._http.request("DELETE", url("/api/authorization/v1/roles/{}", role_id))

    async def sync_authorities(
        self,
        role_id: int | str,
        /,
        authorities: Sequence[str],
        *,
        remove: bool = True,
        allow_empty: bool = False,
        dry_run: bool = False,
    ) -> BulkReport[str, None]:
        """Set the authorities of a role to exactly these; nothing is sent if the role has them already.

        `GET /api/authorization/v1/roles/{role_id}/authorities`, then
        `PATCH /api/authorization/v1/roles/{role_id}/authorities` (Roles Governance API, "Update Role Authorities").

        Example:
            report = await domo.roles.sync_authorities(4, ["dataset.manage"], remove=False, dry_run=True)
            print(report)

        Args:
            role_id: The role.
            authorities: The wanted authorities, such as ``dataset.manage``.
            remove: Whether to remove all others.
            allow_empty: Whether an empty `authorities` removes all authorities, which is refused by default.
            dry_run: Whether to only read, and report the changes that would be made.

        Returns:
            A report on each authority: ``added``, ``removed`` or ``unchanged``.

        Raises:
            ConfigError: `authorities` is empty, which would remove all.
            NotFound: The role does not exist.
        """
        options = BulkOptions(dry_run=dry_run)
        return await _role_changes.sync_authorities(
            self, role_id, authorities, options, remove=remove, allow_empty=allow_empty
        )

    async def assign(
        self,
        role_id: int | str,
        /,
        users: Sequence[int | str],
        *,
        dry_run: bool = False,
        concurrency: int = CHANGES_AT_ONCE,
        stop_on_error: bool = False,
        progress: BulkProgressCallback | None = None,
    ) -> BulkReport[int | str, User]:
        """Give many users a role in place of their present one; nothing is sent for users who have it already.

        Reads `GET /api/authorization/v1/roles` and, concurrently, the users: `POST /api/identity/v1/users/search`,
        `GET /api/identity/v1/users` and `GET /api/identity/v1/users/{user_id}`. Then
        `PATCH /api/identity/v1/users/{user_id}` for each who has another role.

        Example:
            await domo.roles.assign(4, ["ada@example.com", 34])

        Args:
            role_id: The role.
            users: The users, by identifier or e-mail address.
            dry_run: Whether to only read, and report the changes that would be made.
            concurrency: The most users to process at once.
            stop_on_error: Whether to start no further users after one has failed.
            progress: Called with the progress after each user.

        Raises:
            ConfigError: A user is repeated, or an item is neither an identifier nor an address.
            Unresolved: The role does not exist, or some are not users of the instance; nothing was changed.
        """
        options = BulkOptions(concurrency=concurrency, dry_run=dry_run, stop_on_error=stop_on_error, progress=progress)
        return await _role_changes.assign(self._http, role_id, users, options)

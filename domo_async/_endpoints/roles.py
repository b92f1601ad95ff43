"""Roles and what they allow."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from attrs import frozen

from domo_async._bulk import BulkOptions, BulkProgressCallback, BulkReport
from domo_async._endpoints import _role_changes
from domo_async._endpoints._area import Area, require_list
from domo_async._endpoints.users import User
from domo_async._transport import QUERY, PageData, Pager, url
from domo_async._wire import EpochMillis, Model, NumericId, OpenEnum, payload

__all__ = ["AuthoritiesChange", "ChangeStatus", "Role", "Roles"]


@frozen(kw_only=True)
class Role(Model):
    """A role.

    Attributes:
        id: Its number.
        name: Its name.
        description: What it is for.
        authority_count: How many authorities it has.
        user_count: How many users have it.
        created: When it was made.
        modified: When it was last changed.
    """

    id: NumericId
    name: str
    description: str | None = None
    authority_count: int | None = None
    user_count: int | None = None
    created: EpochMillis | None = None
    modified: EpochMillis | None = None


class ChangeStatus(OpenEnum):
    """How a change went."""

    SUCCESS = "SUCCESS"


@frozen(kw_only=True)
class AuthoritiesChange(Model):
    """What the instance says about a change of authorities.

    Attributes:
        status: How it went.
        message: What there is to say about it.
    """

    status: ChangeStatus | None = None
    message: str | None = None


class Roles(Area):
    """Roles and what they allow."""

    async def create(self, *, name: str, description: str, from_role_id: int | str) -> Role:
        """Create a role with the authorities of another.

        `POST /api/authorization/v1/roles` (Roles Governance API, "Create Role").

        Args:
            name: Its name.
            description: What it is for.
            from_role_id: The role to copy.

        Raises:
            BadRequest: There is no such role to copy.
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
            NotFound: There is no such role.
        """
        return await self._http.request("GET", url("/api/authorization/v1/roles/{}", role_id), into=Role)

    def list(self) -> Pager[Role]:
        """Iterate over all roles.

        `GET /api/authorization/v1/roles` (Roles Governance API, "Get All Roles"). No pages are documented; should an
        instance give pages all the same, all are asked for.
        """
        return self._http.pages(
            "GET",
            url("/api/authorization/v1/roles"),
            QUERY,
            paged=False,
            key=attrgetter("id"),
            into=tuple[Role, ...],
            read=PageData,
            page_size=100,
        )

    async def authorities(self, role_id: int | str, /) -> tuple[str, ...]:
        """Return what a role allows.

        `GET /api/authorization/v1/roles/{role_id}/authorities`. Not in the documents; other clients use it.

        Args:
            role_id: The role.

        Raises:
            NotFound: There is no such role.
        """
        return await self._http.request(
            "GET", url("/api/authorization/v1/roles/{}/authorities", role_id), into=tuple[str, ...]
        )

    async def set_authorities(self, role_id: int | str, /, *, authorities: Sequence[str]) -> AuthoritiesChange:
        """Give a role exactly these authorities; it loses all others.

        `PATCH /api/authorization/v1/roles/{role_id}/authorities` (Roles Governance API, "Update Role Authorities").

        Args:
            role_id: The role.
            authorities: All that it is to have, such as ``dataset.manage``; an empty list takes all away.

        Raises:
            NotFound: There is no such role.
        """
        # Sent twice, the complete list sets the same authorities.
        return await self._http.request(
            "PATCH",
            url("/api/authorization/v1/roles/{}/authorities", role_id),
            json=require_list(authorities, "authorities", may_be_empty=True),
            into=AuthoritiesChange,
            empty=AuthoritiesChange(),
            idempotent=True,
        )

    async def delete(self, role_id: int | str, /) -> None:
        """Delete a role. The instance does not tell whether there was one.

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
        """Let a role have exactly these authorities; sends nothing if it has them already.

        `GET /api/authorization/v1/roles/{role_id}/authorities`, then
        `PATCH /api/authorization/v1/roles/{role_id}/authorities` (Roles Governance API, "Update Role Authorities").

        Args:
            role_id: The role.
            authorities: What it is to allow, such as ``dataset.manage``.
            remove: Whether it loses all others.
            allow_empty: Whether to take all away if `authorities` is empty, which is refused by default.
            dry_run: Whether to only read, and report what would be done.

        Returns:
            A report of each authority: ``added``, ``removed`` or ``unchanged``.

        Raises:
            ConfigError: `authorities` would take all away.
            NotFound: There is no such role.
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
        concurrency: int = 8,
        stop_on_error: bool = False,
        progress: BulkProgressCallback | None = None,
    ) -> BulkReport[int | str, User]:
        """Give many users a role in place of the one that they have; sends nothing for those who have it already.

        `GET /api/identity/v1/users` (Users API, "Get All Users"), or `GET /api/identity/v1/users/{user_id}` (Users API,
        "Get User By Id") for up to 20 and for those not listed, and `GET /api/authorization/v1/roles` (Roles Governance
        API, "Get All Roles"); then `PATCH /api/identity/v1/users/{user_id}` (Users API, "Update User") for each.

        Args:
            role_id: The role.
            users: The users, by identifier or e-mail address.
            dry_run: Whether to only read, and report what would be done.
            concurrency: Users under way at once.
            stop_on_error: Whether to begin no further user once one has failed.
            progress: Called with how far it has come, after each user.

        Raises:
            ConfigError: Somebody is named twice, or by what is neither an identifier nor an address.
            Unresolved: There is no such role, or some are not users of the instance; nothing was changed.
        """
        options = BulkOptions(concurrency=concurrency, dry_run=dry_run, stop_on_error=stop_on_error, progress=progress)
        return await _role_changes.assign(self._http, role_id, users, options)

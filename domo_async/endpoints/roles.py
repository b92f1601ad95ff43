"""Roles and what they allow."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from domo_async.endpoints._area import Area, decode_or_empty, several
from domo_async.transport import Pager, url
from domo_async.wire import EpochMillis, Model, NumericId, OpenEnum, payload

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

        `GET /api/authorization/v1/roles` (Roles Governance API, "Get All Roles"); no pages are documented, so they come
        in one answer.
        """
        return self._http.whole_list("GET", url("/api/authorization/v1/roles"), into=tuple[Role, ...], read=tuple)

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
        content = await self._http.raw(
            "PATCH",
            url("/api/authorization/v1/roles/{}/authorities", role_id),
            json=several(authorities, "authorities", may_be_empty=True),
            idempotent=True,
        )
        return decode_or_empty(content, AuthoritiesChange)

    async def delete(self, role_id: int | str, /) -> None:
        """Delete a role. The instance does not tell whether there was one.

        `DELETE /api/authorization/v1/roles/{role_id}` (Roles Governance API, "Delete Role").

        Args:
            role_id: The role.
        """
        await self._http.request("DELETE", url("/api/authorization/v1/roles/{}", role_id))

"""Who may see, change and share a dataset."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import field, frozen

from domo_async.endpoints._area import Area, several
from domo_async.transport import url
from domo_async.wire import Model, OpenEnum, payload, wire_name

__all__ = ["Access", "AccessEntry", "AccessLevel", "AccessList", "AccessType", "Grant", "Grantee"]


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


class Access(Area):
    """Who may see, change and share a dataset."""

    async def list(self, dataset_id: str, /) -> AccessList:
        """Return who has access to a dataset.

        `GET /api/data/v3/datasources/{dataset_id}/permissions` (Datasets API, "Dataset Access List").

        Args:
            dataset_id: The dataset.

        Raises:
            NotFound: There is no such dataset.
        """
        return await self._http.request(
            "GET", url("/api/data/v3/datasources/{}/permissions", dataset_id), into=AccessList
        )

    async def share(self, dataset_id: str, /, *, permissions: Sequence[Grant], send_email: bool) -> None:
        """Give users and groups access to a dataset.

        `POST /api/data/v3/datasources/{dataset_id}/share` (Datasets API, "Share Dataset with Access permissions").

        Args:
            dataset_id: The dataset.
            permissions: Whom to allow what.
            send_email: Whether to tell them by mail.

        Raises:
            ConfigError: `permissions` is empty.
            NotFound: There is no such dataset.
        """
        # The page shows identifiers as text, as the access list does.
        granted = [
            payload(id=str(grant.id), type=grant.type, access_level=grant.access_level)
            for grant in several(permissions, "permissions")
        ]
        # Sent twice, it gives the same access, but mails twice.
        await self._http.request(
            "POST",
            url("/api/data/v3/datasources/{}/share", dataset_id),
            json=payload(permissions=granted, send_email=send_email),
            idempotent=not send_email,
        )

    async def revoke(
        self, dataset_id: str, grantee_id: int | str, /, *, type: AccessType | str = AccessType.USER
    ) -> None:
        """Take a user's or a group's access to a dataset away.

        `DELETE /api/data/v3/datasources/{dataset_id}/permissions/{type}/{grantee_id}` (Datasets API, "Revoke Dataset
        Access"). The page shows users alone.

        Args:
            dataset_id: The dataset.
            grantee_id: The user, or the group.
            type: Which of the two.

        Raises:
            NotFound: There is no such dataset or user.
        """
        await self._http.request(
            "DELETE", url("/api/data/v3/datasources/{}/permissions/{}/{}", dataset_id, type, grantee_id)
        )

    async def remove(self, dataset_id: str, user_id: int | str, /) -> None:
        """Take a user's access to a dataset away, as `revoke` does; prefer that.

        `DELETE /api/data/v3/datasources/{dataset_id}/USERS/{user_id}` (Datasets API, "Remove user from dataset"). No
        other source knows this route.

        Args:
            dataset_id: The dataset.
            user_id: The user.

        Raises:
            NotFound: There is no such dataset or user.
        """
        await self._http.request("DELETE", url("/api/data/v3/datasources/{}/USERS/{}", dataset_id, user_id))

    async def remove_many(self, dataset_id: str, /, *, users: Sequence[Grantee | int | str]) -> None:
        """Take the access of several users and groups to a dataset away at once.

        `DELETE /api/data/v3/datasources/{dataset_id}/users` (Datasets API, "Remove multiple users from dataset").

        Args:
            dataset_id: The dataset.
            users: Whose access; a bare identifier stands for a user.

        Raises:
            ConfigError: `users` is empty.
            NotFound: There is no such dataset.
        """
        removed = [user if isinstance(user, Grantee) else Grantee(user) for user in several(users, "users")]
        await self._http.request(
            "DELETE",
            url("/api/data/v3/datasources/{}/users", dataset_id),
            json=[payload(id=str(user.id), type=user.type) for user in removed],
        )

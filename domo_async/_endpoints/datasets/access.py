"""The access of users and groups to datasets."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import field, frozen

from domo_async._bulk import BulkOptions, BulkProgressCallback, BulkReport
from domo_async._defaults import CHANGES_AT_ONCE
from domo_async._endpoints._area import Area, require_list
from domo_async._endpoints.datasets import _access_sync
from domo_async._endpoints.datasets._audit_engine import audit_engine
from domo_async._endpoints.datasets.audit import AccessAudit
from domo_async._endpoints.datasets.grants import AccessEntry, AccessType, DatasetAccess, Grant, Grantee, granted
from domo_async._frames import ItemTuple
from domo_async._transport import QUERY, PageData, Pager, url
from domo_async._wire import UNSET, Model, Unset, payload, wire_name

__all__ = ["Access"]


@frozen(kw_only=True)
class _AccessList(Model):
    entries: tuple[AccessEntry, ...] = field(default=(), metadata=wire_name("list"))


class Access(Area):
    """The access of users and groups to datasets."""

    def list(self, dataset_id: str, /) -> Pager[AccessEntry]:
        """Iterate over the users, groups and others that have access to a dataset.

        `GET /api/data/v3/datasources/{dataset_id}/permissions` (Datasets API, "Dataset Access List").

        Args:
            dataset_id: The dataset.

        Raises:
            NotFound: The dataset does not exist.
        """
        return self._http.whole_list(
            "GET",
            url("/api/data/v3/datasources/{}/permissions", dataset_id),
            into=_AccessList,
            read=lambda answer: answer.entries,
        )

    def list_all(self, *, offset: int = 0, limit: int | None = None, page_size: int = 100) -> Pager[DatasetAccess]:
        """Iterate over the access entries of all datasets of the instance.

        `GET /api/data/v3/datasources/bulk/permissions`. Seen: Domo's own data service has it, with pages of 100 by
        default.

        Args:
            offset: The number of entries to skip.
            limit: The maximum number of entries to return, or None for all.
            page_size: The number of entries per request.

        Raises:
            ConfigError: A number is out of range.
            Forbidden: The token's owner may not see the entries.
        """
        return self._http.pages(
            "GET",
            url("/api/data/v3/datasources/bulk/permissions"),
            QUERY,
            into=ItemTuple[DatasetAccess],
            read=PageData,
            page_size=page_size,
            offset=offset,
            limit=limit,
        )

    def list_direct(self, dataset_ids: Sequence[str], /) -> Pager[DatasetAccess]:
        """Iterate over the access that was given directly on several datasets; sends one request.

        `POST /api/data/v3/datasources/bulk/directpermissions`. Seen: Domo's own data service has it.

        Args:
            dataset_ids: The datasets.

        Raises:
            ConfigError: `dataset_ids` is empty.
        """
        return self._http.whole_list(
            "POST",
            url("/api/data/v3/datasources/bulk/directpermissions"),
            json=require_list(dataset_ids, "dataset_ids"),
            into=ItemTuple[DatasetAccess],
            read=tuple,
        )

    async def audit(
        self,
        dataset_ids: Sequence[str] | None = None,
        /,
        *,
        roles: bool = True,
        policies: bool = True,
        concurrency: int = CHANGES_AT_ONCE,
    ) -> AccessAudit:
        """Return an audit of dataset access: for each dataset who may see it, by which route, and which rows.

        A user with several routes to a dataset, such as a share and a group, has several rows.

        `GET /api/data/v3/datasources` or `POST /api/data/v3/datasources/bulk` for the datasets,
        `POST /api/data/v3/datasources/bulk/directpermissions` for each hundred of them,
        `GET /api/query/v1/data-control/{dataset_id}/filter-groups` for each, `GET /api/content/v2/groups/{group_id}`
        for each group that is named, `GET /api/authorization/v1/roles`,
        `GET /api/authorization/v1/roles/{role_id}/authorities`, `GET /api/authorization/v1/roles/{role_id}/users` and
        `GET /api/identity/v1/users`, each as described in the method of its area. Whether users with the authority
        ``dataset.manage`` see all datasets is unconfirmed.

        Args:
            dataset_ids: The datasets; by default all that the token's owner may see.
            roles: Whether to report who may see all datasets because of a role.
            policies: Whether to report which rows are visible; if not, these are ``unknown``.
            concurrency: The number of requests at once.

        Returns:
            The audit; its `problems` list the data that could not be read, such as a dataset that does not exist.

        Raises:
            ConfigError: `dataset_ids` is empty.
        """
        return await audit_engine()(self._http, dataset_ids, roles=roles, policies=policies, concurrency=concurrency)

    async def share(
        self, dataset_id: str, /, *, permissions: Sequence[Grant], send_email: bool, message: str | Unset = UNSET
    ) -> None:
        """Give users and groups access to a dataset; the level ``NONE`` removes it.

        `POST /api/data/v3/datasources/{dataset_id}/share` (Datasets API, "Share Dataset with Access permissions").

        ```python
        await domo.datasets.access.share(dataset_id, permissions=[Grant(5, "CAN_VIEW", "GROUP")], send_email=False)
        ```

        Args:
            dataset_id: The dataset.
            permissions: The access to give, one `Grant` for each user or group.
            send_email: Whether to notify them by e-mail.
            message: The message to send to them.

        Raises:
            ConfigError: `permissions` is empty.
            NotFound: The dataset does not exist.
        """
        # A repeated request gives the same access, but sends the mail twice.
        await self._http.request(
            "POST",
            url("/api/data/v3/datasources/{}/share", dataset_id),
            json=payload(permissions=granted(permissions), send_email=send_email, message=message),
            idempotent=not send_email,
        )

    async def change(self, dataset_id: str, /, grant: Grant) -> None:
        """Change the access of one user or group to a dataset; the level ``NONE`` removes it.

        `PUT /api/data/v3/datasources/{dataset_id}/permissions`. Seen: Domo's own data service has it. It sends no
        e-mail.

        Args:
            dataset_id: The dataset.
            grant: The access to give.

        Raises:
            NotFound: The dataset or the user does not exist.
        """
        (changed,) = granted([grant])
        await self._http.request("PUT", url("/api/data/v3/datasources/{}/permissions", dataset_id), json=changed)

    async def revoke(
        self, dataset_id: str, grantee_id: int | str, /, *, type: AccessType | str = AccessType.USER
    ) -> None:
        """Remove the access of a user or a group to a dataset.

        `DELETE /api/data/v3/datasources/{dataset_id}/permissions/{type}/{grantee_id}` (Datasets API, "Revoke Dataset
        Access"). Domo's documentation shows only users, its own data service takes all types.

        Args:
            dataset_id: The dataset.
            grantee_id: The identifier of the grantee: a user, a group or another entity.
            type: The type of the grantee.

        Raises:
            NotFound: The dataset or the user does not exist.
        """
        await self._http.request(
            "DELETE", url("/api/data/v3/datasources/{}/permissions/{}/{}", dataset_id, type, grantee_id)
        )

    async def remove(self, dataset_id: str, user_id: int | str, /) -> None:
        """Remove a user's access to a dataset, as `revoke` does; prefer `revoke`.

        `DELETE /api/data/v3/datasources/{dataset_id}/USERS/{user_id}` (Datasets API, "Remove user from dataset"). No
        other source knows this route, Domo's own data service among them: an instance may refuse it.

        Args:
            dataset_id: The dataset.
            user_id: The user.

        Raises:
            NotFound: The dataset or the user does not exist.
        """
        await self._http.request("DELETE", url("/api/data/v3/datasources/{}/USERS/{}", dataset_id, user_id))

    async def remove_many(self, dataset_id: str, /, *, users: Sequence[Grantee | int | str]) -> None:
        """Remove the access of several users and groups to a dataset; prefer `share` with ``NONE``.

        `DELETE /api/data/v3/datasources/{dataset_id}/users` (Datasets API, "Remove multiple users from dataset"). No
        other source knows this route, Domo's own data service among them: an instance may refuse it.

        Args:
            dataset_id: The dataset.
            users: The users and groups; a bare identifier is a user's.

        Raises:
            ConfigError: `users` is empty.
            NotFound: The dataset does not exist.
        """
        removed = [user if isinstance(user, Grantee) else Grantee(user) for user in require_list(users, "users")]
        await self._http.request(
            "DELETE",
            url("/api/data/v3/datasources/{}/users", dataset_id),
            json=[payload(id=str(user.id), type=user.type) for user in removed],
        )

    async def sync(
        self,
        dataset_id: str,
        /,
        permissions: Sequence[Grant],
        *,
        remove: bool = True,
        allow_empty: bool = False,
        send_email: bool = False,
        dry_run: bool = False,
        batch_size: int = 100,
        stop_on_error: bool = False,
        progress: BulkProgressCallback | None = None,
    ) -> BulkReport[Grant, None]:
        """Give access to a dataset to exactly these users and groups and its owner; send only the differences.

        ```python
        grants = [Grant("ada@example.com", "CAN_EDIT"), Grant(5, "CAN_VIEW", "GROUP")]
        report = await domo.datasets.access.sync(dataset.id, grants, dry_run=True)
        ```

        Reads `GET /api/data/v3/datasources/{dataset_id}/permissions` and, at the same time, the users and groups that
        are named: `POST /api/identity/v1/users/search`, `GET /api/identity/v1/users`,
        `GET /api/identity/v1/users/{user_id}` and `GET /api/content/v2/groups/{group_id}`. Then each batch is one
        `POST /api/data/v3/datasources/{dataset_id}/share`, which removes access with the level ``NONE``, and then sends
        no e-mail.

        Args:
            dataset_id: The dataset.
            permissions: The access to give, one `Grant` for each user or group; a user may be given by e-mail address.
                The level ``NONE`` removes access.
            remove: Whether users and groups that are not named lose their access; the owner, cards, apps and the like
                never do.
            allow_empty: Whether an empty `permissions` removes all access; by default it is refused.
            send_email: Whether to notify those who get access by e-mail.
            dry_run: Whether to only read and report the changes.
            batch_size: The maximum number of users and groups per request; no limit is documented.
            stop_on_error: Whether to start no further batch after one has failed.
            progress: Called with the progress after each user or group.

        Returns:
            A report of each user and group: ``added``, ``updated``, ``removed`` or ``unchanged``.

        Raises:
            ConfigError: `permissions` would remove all access, or names a user or group twice.
            Unresolved: Some addresses belong to no user; the message names all of them. Nothing was changed.
            NotFound: The dataset does not exist.
        """
        desired = _access_sync.DesiredAccess.of(
            permissions, remove=remove, allow_empty=allow_empty, send_email=send_email, batch_size=batch_size
        )
        options = BulkOptions(dry_run=dry_run, stop_on_error=stop_on_error, progress=progress)
        return await _access_sync.sync(self, self._http, dataset_id, desired, options)

    async def share_many(
        self,
        dataset_ids: Sequence[str],
        /,
        *,
        permissions: Sequence[Grant],
        remove: bool = False,
        send_email: bool = False,
        dry_run: bool = False,
        batch_size: int = 100,
        concurrency: int = CHANGES_AT_ONCE,
        stop_on_error: bool = False,
        progress: BulkProgressCallback | None = None,
    ) -> BulkReport[str, BulkReport[Grant, None]]:
        """Give users and groups the same access to many datasets; send only the differences.

        Sends the requests of `sync` for each: `GET /api/data/v3/datasources/{dataset_id}/permissions`,
        `POST /api/identity/v1/users/search`, `GET /api/identity/v1/users`, `GET /api/identity/v1/users/{user_id}`,
        `GET /api/content/v2/groups/{group_id}` and `POST /api/data/v3/datasources/{dataset_id}/share`.

        Args:
            dataset_ids: The datasets.
            permissions: The access to give, one `Grant` for each user or group; a user may be given by e-mail address.
                The level ``NONE`` removes access.
            remove: Whether users and groups that are not named lose their access; the owners, cards, apps and the like
                never do.
            send_email: Whether to notify those who get access by e-mail.
            dry_run: Whether to only read and report the changes.
            batch_size: The maximum number of users and groups per request; no limit is documented.
            concurrency: The number of datasets at once.
            stop_on_error: Whether to start no further dataset after one has failed.
            progress: Called with the progress after each dataset.

        Returns:
            A report of each dataset: ``updated`` or ``unchanged``; its value is the report of the users and groups.

        Raises:
            ConfigError: `permissions` is empty or names a user or group twice, or a dataset is given twice.
            Unresolved: Some addresses belong to no user; the message names all of them. Nothing was changed.
        """
        desired = _access_sync.DesiredAccess.of(
            permissions, remove=remove, allow_empty=False, send_email=send_email, batch_size=batch_size
        )
        options = BulkOptions(concurrency=concurrency, dry_run=dry_run, stop_on_error=stop_on_error, progress=progress)
        return await _access_sync.share_many(self, self._http, dataset_ids, desired, options)

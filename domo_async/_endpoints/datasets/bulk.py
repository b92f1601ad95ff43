"""Changes to many datasets with one request; the answer lists the result for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen

from domo_async._endpoints._area import Area, require_list
from domo_async._endpoints.datasets.grants import Grant, granted
from domo_async._transport import url
from domo_async._wire import UNSET, Model, OpenEnum, Unset, payload
from domo_async.errors import ConfigError

__all__ = ["BulkAction", "BulkChanges", "BulkCheck", "BulkResults", "InvalidReason"]


class BulkAction(OpenEnum):
    """An action on many datasets."""

    TAG = "tag"
    SHARE = "share"
    REASSIGN = "reassign"
    RUN = "run"
    DELETE = "delete"


class InvalidReason(OpenEnum):
    """The reason why an action is not possible for a dataset."""

    NO_ACCESS = "NO_ACCESS"
    NO_ACCOUNT_ACCESS = "NO_ACCOUNT_ACCESS"
    EXCESS = "EXCESS"
    WRONG_TYPE = "WRONG_TYPE"
    HAS_DEPENDENCIES = "HAS_DEPENDENCIES"
    DELETED = "DELETED"
    INACTIVE_CONNECTOR = "INACTIVE_CONNECTOR"
    ROW_LIMIT = "ROW_LIMIT"


@frozen(kw_only=True)
class BulkResults(Model):
    """The results of an action, by dataset.

    Attributes:
        successful: The datasets for which it succeeded.
        failed: The other datasets, each with the instance's message.
    """

    successful: tuple[str, ...] = ()
    failed: Mapping[str, str | None] = field(factory=dict)


@frozen(kw_only=True)
class BulkCheck(Model):
    """The datasets for which an action is possible.

    Attributes:
        valid_items: The datasets for which it is possible.
        invalid_items: The other datasets, each with the reason.
        type_valid: Whether the action is possible for datasets at all.
    """

    valid_items: tuple[str, ...] = ()
    invalid_items: Mapping[str, InvalidReason] = field(factory=dict)
    type_valid: bool | None = None


class BulkChanges(Area):
    """Changes to many datasets with one request: tags, shares, owners, runs and deletions."""

    async def tag(self, dataset_ids: Sequence[str], /, *, tags: Sequence[str]) -> BulkResults:
        """Add tags to datasets; their other tags stay.

        `POST /api/data/v1/ui/bulk/tag`. Seen: Domo's own data service has it, and a client uses it.

        Args:
            dataset_ids: The datasets.
            tags: The tags.

        Raises:
            ConfigError: `dataset_ids` or `tags` is empty.
        """
        return await self._act("tag", _with_tags(dataset_ids, tags), idempotent=True)

    async def untag(self, dataset_ids: Sequence[str], /, *, tags: Sequence[str]) -> BulkResults:
        """Remove tags from datasets; their other tags stay.

        `POST /api/data/v1/ui/bulk/tag/delete`. Seen: Domo's own data service has it.

        Args:
            dataset_ids: The datasets.
            tags: The tags.

        Raises:
            ConfigError: `dataset_ids` or `tags` is empty.
        """
        return await self._act("tag/delete", _with_tags(dataset_ids, tags), idempotent=True)

    async def share(
        self,
        dataset_ids: Sequence[str],
        /,
        *,
        permissions: Sequence[Grant],
        send_email: bool,
        message: str | Unset = UNSET,
    ) -> BulkResults:
        """Give users and groups access to datasets; the level ``NONE`` removes it.

        `POST /api/data/v1/ui/bulk/share`. Seen: Domo's own data service has it.

        Args:
            dataset_ids: The datasets.
            permissions: The access to give, one `Grant` for each user or group.
            send_email: Whether to notify them by e-mail.
            message: The message to send to them.

        Raises:
            ConfigError: `dataset_ids` or `permissions` is empty.
        """
        entity = payload(permissions=granted(permissions), send_email=send_email, message=message)
        body = payload(bulk_items=_items(dataset_ids), data_source_share_entity=entity)
        return await self._act("share", body, idempotent=not send_email)

    async def reassign(
        self, dataset_ids: Sequence[str], /, *, user_id: int | str | Unset = UNSET, group_id: int | str | Unset = UNSET
    ) -> BulkResults:
        """Change the owner of datasets to a user or a group.

        `POST /api/data/v1/ui/bulk/reassign`. Seen: Domo's own data service has it; the keys ``userId`` and ``groupId``
        for the new owner are from its type of the body, unconfirmed.

        Args:
            dataset_ids: The datasets.
            user_id: The new owner, if it is a user.
            group_id: The new owner, if it is a group.

        Raises:
            ConfigError: `dataset_ids` is empty, or both or neither of `user_id` and `group_id` are given.
        """
        if isinstance(user_id, Unset) == isinstance(group_id, Unset):
            raise ConfigError("give either user_id or group_id")
        user = user_id if isinstance(user_id, Unset) else str(user_id)
        group = group_id if isinstance(group_id, Unset) else str(group_id)
        body = {**_items(dataset_ids), **payload(user_id=user, group_id=group)}
        return await self._act("reassign", body, idempotent=True)

    async def run(self, dataset_ids: Sequence[str], /) -> BulkResults:
        """Run the connectors of datasets now.

        `POST /api/data/v1/ui/bulk/run`. Seen: Domo's own data service has it.

        Args:
            dataset_ids: The datasets.

        Raises:
            ConfigError: `dataset_ids` is empty.
        """
        return await self._act("run", _items(dataset_ids), idempotent=False)

    async def delete(self, dataset_ids: Sequence[str], /) -> BulkResults:
        """Delete datasets with their data.

        `POST /api/data/v1/ui/bulk/delete`. Seen: Domo's own data service has it, and two clients use it. Whether
        `Datasets.restore` can bring them back is not documented.

        Args:
            dataset_ids: The datasets.

        Raises:
            ConfigError: `dataset_ids` is empty.
        """
        # A repeated request finds the datasets deleted, and would report that as a failure.
        return await self._act("delete", _items(dataset_ids), idempotent=False)

    async def check(self, action: BulkAction | str, dataset_ids: Sequence[str], /) -> BulkCheck:
        """Check for which datasets an action is possible, without performing it.

        `POST /api/data/v1/ui/bulk/{action}/check`. Seen: Domo's own data service has it.

        Args:
            action: The action.
            dataset_ids: The datasets.

        Raises:
            ConfigError: `dataset_ids` is empty.
        """
        items = _items(dataset_ids)
        wrapped = action in {BulkAction.TAG, BulkAction.SHARE}
        return await self._http.request(
            "POST",
            url("/api/data/v1/ui/bulk/{}/check", action),
            json=payload(bulk_items=items) if wrapped else items,
            into=BulkCheck,
            idempotent=True,
        )

    async def _act(self, action: str, body: Mapping[str, Any], *, idempotent: bool) -> BulkResults:
        return await self._http.request(
            "POST",
            url(f"/api/data/v1/ui/bulk/{action}"),
            json=body,
            into=BulkResults,
            # A client of this route shows no answer to tagging.
            empty=BulkResults(),
            idempotent=idempotent,
        )


def _items(dataset_ids: Sequence[str]) -> dict[str, Any]:
    return payload(ids=require_list(dataset_ids, "dataset_ids"), type="DATA_SOURCE")


def _with_tags(dataset_ids: Sequence[str], tags: Sequence[str]) -> dict[str, Any]:
    return payload(bulk_items=_items(dataset_ids), tags=require_list(tags, "tags"))

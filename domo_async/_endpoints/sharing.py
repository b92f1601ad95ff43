"""Sharing content: pages, cards, datasets and App Studio apps."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from domo_async._endpoints._area import Area, require_list
from domo_async._transport import url
from domo_async._wire import UNSET, OpenEnum, Record, Unset, payload
from domo_async.errors import ConfigError

__all__ = ["Recipient", "RecipientType", "Resource", "SharedType", "Sharing"]

_REVOKED_AT_ONCE = 50  # as many as other clients send


class SharedType(OpenEnum):
    """What can be shared; a card is a badge."""

    PAGE = "page"
    BADGE = "badge"
    DATASET = "dataset"


class RecipientType(OpenEnum):
    """Whom something can be shared with."""

    USER = "user"
    GROUP = "group"


@frozen
class Resource(Record):
    """Something to share.

    Attributes:
        id: Which one.
        type: What it is: a page, a card (``badge``) or a dataset.
    """

    id: int | str
    type: SharedType | str = SharedType.PAGE


@frozen
class Recipient(Record):
    """Somebody to share something with.

    Attributes:
        id: The user, or the group.
        type: Which of the two.
    """

    id: int | str
    type: RecipientType | str = RecipientType.USER


class Sharing(Area):
    """Sharing content: pages, cards, datasets and App Studio apps."""

    async def share(
        self,
        *,
        resources: Sequence[Resource],
        recipients: Sequence[Recipient],
        message: str | Unset = UNSET,
        send_email: bool | None = None,
    ) -> None:
        """Share pages, cards and datasets with users and groups. `Pages.revoke_access` takes a page back.

        `POST /api/content/v1/share` (Content Sharing, "Share Resource").

        Args:
            resources: What to share.
            recipients: Whom to share it with.
            message: What to tell them.
            send_email: Whether to tell them by mail; the instance decides by default.

        Raises:
            ConfigError: `resources` or `recipients` is empty.
            Forbidden: The token's owner may not share one of these.
            NotFound: The thing does not exist, or nobody such.
        """
        # Sharing with the same people again changes nothing, but mails them again.
        await self._http.request(
            "POST",
            url("/api/content/v1/share"),
            params={"sendEmail": send_email},
            json=payload(
                resources=require_list(resources, "resources"),
                recipients=require_list(recipients, "recipients"),
                message=message,
            ),
            idempotent=send_email is False,
        )

    async def revoke(self, *, resources: Sequence[Resource], recipient: Recipient) -> None:
        """Take the access of a user or a group to pages and cards away, 50 of them in a request.

        `DELETE /api/content/v1/share/bulk/{kind}/{recipient_type}/{recipient_id}`. Seen: samples of instances show it;
        Domo's documentation does not describe it; one client uses it for pages, and it is seen for pages and cards. Of
        datasets, `DatasetAccess.revoke` takes access away.

        Args:
            resources: The pages and cards.
            recipient: Who is to lose access.

        Raises:
            ConfigError: `resources` is empty, or holds something else.
            Forbidden: The token's owner is not allowed to do this.
        """
        by_category: dict[str, list[str]] = {}
        for each in require_list(resources, "resources"):
            by_category.setdefault(str(each.type), []).append(str(each.id))
        if others := by_category.keys() - {SharedType.PAGE, SharedType.BADGE}:
            raise ConfigError(f"access to pages and cards can be taken away so, not to a {', '.join(sorted(others))}")
        for category, ids in by_category.items():
            path = url("/api/content/v1/share/bulk/{}/{}/{}", category, recipient.type, recipient.id)
            for at in range(0, len(ids), _REVOKED_AT_ONCE):
                await self._http.request("DELETE", path, params={"resourceIds": ids[at : at + _REVOKED_AT_ONCE]})

    async def share_apps(
        self,
        *,
        data_app_ids: Sequence[int | str],
        recipients: Sequence[Recipient],
        message: str | Unset = UNSET,
        send_email: bool | None = None,
    ) -> None:
        """Share App Studio apps with users and groups.

        `POST /api/content/v1/dataapps/share` (Content Sharing, "Share App Studio App").

        Args:
            data_app_ids: The apps.
            recipients: Whom to share them with.
            message: What to tell them.
            send_email: Whether to tell them by mail; the instance decides by default.

        Raises:
            ConfigError: `data_app_ids` or `recipients` is empty.
            Forbidden: The token's owner may not share one of these.
            NotFound: The app does not exist, or nobody such.
        """
        await self._http.request(
            "POST",
            url("/api/content/v1/dataapps/share"),
            params={"sendEmail": send_email},
            json=payload(
                data_app_ids=[str(app) for app in require_list(data_app_ids, "data_app_ids")],
                recipients=require_list(recipients, "recipients"),
                message=message,
            ),
        )

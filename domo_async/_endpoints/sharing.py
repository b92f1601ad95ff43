"""Sharing content: pages, cards, datasets and App Studio apps."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from domo_async._endpoints._area import Area, require_list
from domo_async._transport import url
from domo_async._wire import UNSET, OpenEnum, Record, Unset, payload
from domo_async.errors import ConfigError

__all__ = ["Recipient", "RecipientType", "Resource", "SharedType", "Sharing"]

_REVOKED_AT_ONCE = 50  # the number that other clients send


class SharedType(OpenEnum):
    """The type of content to share; a card is called a badge."""

    PAGE = "page"
    BADGE = "badge"
    DATASET = "dataset"


class RecipientType(OpenEnum):
    """The type of a recipient."""

    USER = "user"
    GROUP = "group"


@frozen
class Resource(Record):
    """Content to share.

    Attributes:
        id: Its identifier.
        type: Its type: a page, a card (``badge``) or a dataset.
    """

    id: int | str
    type: SharedType | str = SharedType.PAGE


@frozen
class Recipient(Record):
    """A user or a group to share content with.

    Attributes:
        id: The user, or the group.
        type: ``user`` or ``group``.
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
        """Share pages, cards and datasets with users and groups. `Pages.revoke_access` unshares a page.

        `POST /api/content/v1/share` (Content Sharing, "Share Resource").

        Example:
            await domo.sharing.share(resources=[Resource(12, "page")], recipients=[Recipient(27, "user")])

        Args:
            resources: The content to share.
            recipients: The users and groups to share it with.
            message: A message to them.
            send_email: Whether to notify them by mail; by default the instance decides.

        Raises:
            ConfigError: `resources` or `recipients` is empty.
            Forbidden: The token's owner is not allowed to share one of these.
            NotFound: A resource or a recipient does not exist.
        """
        # Sharing with the same recipients again has the same result, but mails them again.
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
        """Revoke the access of a user or a group to pages and cards, 50 of them per request.

        `DELETE /api/content/v1/share/bulk/{kind}/{recipient_type}/{recipient_id}`. Seen: samples of instances show it;
        Domo's documentation does not describe it; one client uses it for pages, and it was seen for pages and cards.
        For datasets, use `Access.revoke`.

        Example:
            await domo.sharing.revoke(resources=[Resource(12, "page")], recipient=Recipient(27, "user"))

        Args:
            resources: The pages and cards.
            recipient: The user or the group that loses access.

        Raises:
            ConfigError: `resources` is empty, or has content of another type.
            Forbidden: The token's owner is not allowed to do this.
        """
        by_category: dict[str, list[str]] = {}
        for each in require_list(resources, "resources"):
            by_category.setdefault(str(each.type), []).append(str(each.id))
        if others := by_category.keys() - {SharedType.PAGE, SharedType.BADGE}:
            raise ConfigError(f"this revokes access to pages and cards, not to {', '.join(sorted(others))}")
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
            recipients: The users and groups to share them with.
            message: A message to them.
            send_email: Whether to notify them by mail; by default the instance decides.

        Raises:
            ConfigError: `data_app_ids` or `recipients` is empty.
            Forbidden: The token's owner is not allowed to share one of these.
            NotFound: An app or a recipient does not exist.
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

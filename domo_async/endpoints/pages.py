"""Pages (dashboards)."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from domo_async.endpoints._area import Area, several
from domo_async.transport import url
from domo_async.wire import UNSET, Model, NumericId, OpenEnum, Unset, payload

__all__ = ["Page", "PageOwner", "PageOwnerType", "PagePermission", "Pages"]


class PagePermission(OpenEnum):
    """Who sees pages that were moved."""

    ORIGINAL = "ORIGINAL"


class PageOwnerType(OpenEnum):
    """What can own a page. ``GROUP`` is not in the documents, but instances have it."""

    USER = "USER"
    GROUP = "GROUP"


@frozen(kw_only=True)
class PageOwner(Model):
    """An owner of a page.

    Attributes:
        id: The user, or the group.
        type: Which of the two.
        display_name: How people see the owner.
    """

    id: NumericId
    type: PageOwnerType | None = None
    display_name: str | None = None


@frozen(kw_only=True)
class Page(Model):
    """A page.

    Attributes:
        page_id: Its number.
        parent_page_id: The page that it is below.
        owner_id: Who made it.
        owners: Whose it is.
        type: Its kind, such as ``page``.
        title: Its title.
        page_name: Its name, in the sample equal to the title.
        locked: Whether it is locked against changes.
        mobile_enabled: Whether it is shown on phones.
        shared_view_page: Whether all see it alike.
        metadata: Further facts: JSON, left as the text that it comes as.
        virtual_page: Whether it belongs to another instance.
        has_layout: Whether it has a layout.
    """

    page_id: NumericId
    parent_page_id: NumericId | None = None
    owner_id: NumericId | None = None
    owners: tuple[PageOwner, ...] = ()
    type: str | None = None
    title: str | None = None
    page_name: str | None = None
    locked: bool | None = None
    mobile_enabled: bool | None = None
    shared_view_page: bool | None = None
    metadata: str | None = None
    virtual_page: bool | None = None
    has_layout: bool | None = None


class Pages(Area):
    """Pages (dashboards)."""

    async def create(self, *, parent_page_id: int | str, title: str, has_layout: bool | Unset = UNSET) -> Page:
        """Create a page below another.

        `POST /api/content/v1/pages` (Pages API, "Create Subpage").

        Args:
            parent_page_id: The page to put it below.
            title: Its title.
            has_layout: Whether to give it a layout; the instance's default is to.

        Raises:
            Forbidden: The token's owner may not.
            Conflict: The title is taken, or the like.
        """
        # The page shows this number as text, and as a number everywhere else.
        body = payload(parent_page_id=str(parent_page_id), title=title, has_layout=has_layout)
        return await self._http.request("POST", url("/api/content/v1/pages"), json=body, into=Page)

    async def move(
        self,
        *,
        page_ids: Sequence[int],
        parent_page_id: int,
        page_permission: PagePermission | str = PagePermission.ORIGINAL,
    ) -> None:
        """Move pages below another page.

        `PUT /api/content/v1/pages/bulk/move` (Pages API, "Bulk Move Pages").

        Args:
            page_ids: The pages to move.
            parent_page_id: The page to put them below.
            page_permission: Who sees them from now on; ``ORIGINAL`` is the only value that is documented.

        Raises:
            ConfigError: `page_ids` is empty.
            Forbidden: The token's owner may not.
            Conflict: Permissions, or something else, are in the way.
        """
        body = payload(
            page_ids=several(page_ids, "page_ids"), parent_page_id=parent_page_id, page_permission=page_permission
        )
        await self._http.request("PUT", url("/api/content/v1/pages/bulk/move"), json=body)

    async def revoke_access(self, page_id: int | str, person_id: int | str, /) -> None:
        """Take a user's access to a page away.

        `DELETE /api/content/v1/share/page/{page_id}/user/{person_id}` (Pages API, "Revoke Page Access").

        Args:
            page_id: The page.
            person_id: The user.

        Raises:
            Forbidden: The token's owner may not.
            Conflict: Something is in the way.
        """
        await self._http.request("DELETE", url("/api/content/v1/share/page/{}/user/{}", page_id, person_id))

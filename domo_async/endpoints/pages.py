"""Pages (dashboards)."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from domo_async.endpoints._area import Area, several
from domo_async.endpoints.cards import Card, CardPart
from domo_async.transport import QUERY_SKIP, Batch, Pager, url
from domo_async.wire import UNSET, EpochMillis, Model, NumericId, OpenEnum, Unset, payload

__all__ = [
    "Page",
    "PageOrder",
    "PageOwner",
    "PageOwnerType",
    "PagePermission",
    "PageSummary",
    "PageWithCards",
    "Pages",
]


class PageOrder(OpenEnum):
    """What pages are sorted by. Not in the documents; other clients use these."""

    PAGE_TITLE = "pageTitle"
    LAST_MODIFIED = "lastModified"


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


@frozen(kw_only=True)
class PageSummary(Model):
    """A page as lists give it. Not in the documents; the fields are those that other clients read.

    Attributes:
        page_id: Its number.
        page_title: Its title.
        parent_page_id: The page that it is below; 0 or nothing for one at the top.
        top_page_id: The uppermost page above it.
        owners: Whose it is.
        locked: Whether it is locked against changes.
        card_count: How many cards are on it; unconfirmed.
        created: When it was made; unconfirmed.
        last_modified: When it was last changed; unconfirmed.
    """

    page_id: NumericId
    page_title: str | None = None
    parent_page_id: NumericId | None = None
    top_page_id: NumericId | None = None
    owners: tuple[PageOwner, ...] = ()
    locked: bool | None = None
    card_count: int | None = None
    created: EpochMillis | None = None
    last_modified: EpochMillis | None = None


@frozen(kw_only=True)
class PageWithCards(Model):
    """A page and what is on it. Not in the documents; the fields are those that other clients read.

    Attributes:
        id: Its number.
        title: Its title.
        type: Its kind.
        page: Its further facts.
        cards: The cards on it.
        collections: The groups that its cards are in.
        sizes: How large each card is shown.
    """

    id: NumericId
    title: str | None = None
    type: str | None = None
    page: Page | None = None
    cards: tuple[Card, ...] = ()
    collections: tuple[object, ...] = ()
    sizes: tuple[object, ...] = ()


@frozen(kw_only=True)
class _Summaries(Model):
    page_admin_summaries: tuple[PageSummary, ...]
    total_page_count: int | None = None


def _batch(found: _Summaries) -> Batch[PageSummary]:
    return Batch(found.page_admin_summaries, total=found.total_page_count)


class Pages(Area):
    """Pages (dashboards)."""

    def list(
        self,
        *,
        title: str | Unset = UNSET,
        parent_page_ids: Sequence[int | str] | Unset = UNSET,
        order_by: PageOrder | str = PageOrder.PAGE_TITLE,
        ascending: bool = True,
        skip: int = 0,
        limit: int | None = None,
        page_size: int = 50,
    ) -> Pager[PageSummary]:
        """Iterate over pages: all that the token's owner sees, or those that meet the conditions.

        `POST /api/content/v1/pages/adminsummary`. Not in the documents; other clients use it.

        Args:
            title: Only those with this in their titles.
            parent_page_ids: Only those right below one of these pages.
            order_by: What to sort by.
            ascending: Whether the smallest comes first.
            skip: Pages to leave out at the beginning.
            limit: The most pages to give in all.
            page_size: Pages to ask for at a time.

        Raises:
            ConfigError: `parent_page_ids` is empty, or a number is out of its range.
        """
        parents = UNSET if isinstance(parent_page_ids, Unset) else several(parent_page_ids, "parent_page_ids")
        return self._http.pages(
            "POST",
            url("/api/content/v1/pages/adminsummary"),
            QUERY_SKIP,
            json=payload(
                order_by=order_by,
                ascending=ascending,
                include_page_title_clause=UNSET if isinstance(title, Unset) else True,
                page_title_search_text=title,
                include_parent_page_ids_clause=UNSET if isinstance(parents, Unset) else True,
                parent_page_ids=parents,
            ),
            into=_Summaries,
            read=_batch,
            offset=skip,
            limit=limit,
            page_size=page_size,
            # No client asks for fewer at a time.
            assured=35,
        )

    async def get(self, page_id: int | str, /, *, parts: Sequence[CardPart | str] | None = None) -> PageWithCards:
        """Return a page with its cards.

        `GET /api/content/v3/stacks/{page_id}/cards`. Not in the documents; other clients use it.

        Args:
            page_id: The page.
            parts: What to tell of its cards beside the plain facts.

        Raises:
            ConfigError: `parts` is empty.
            Forbidden: The token's owner may not see the page.
            NotFound: There is no such page.
        """
        return await self._http.request(
            "GET",
            url("/api/content/v3/stacks/{}/cards", page_id),
            params={"parts": None if parts is None else several(parts, "parts")},
            into=PageWithCards,
        )

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

    async def delete(self, page_id: int | str, /) -> None:
        """Delete a page.

        `DELETE /api/content/v1/pages/{page_id}`. Not in the documents; other clients use it. What becomes of the pages
        below it and of its cards is unconfirmed.

        Args:
            page_id: The page.

        Raises:
            Forbidden: The token's owner may not.
            NotFound: There is no such page.
        """
        await self._http.request("DELETE", url("/api/content/v1/pages/{}", page_id))

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

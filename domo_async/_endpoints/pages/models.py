"""Models of pages."""

from __future__ import annotations

from attrs import frozen

from domo_async._endpoints.cards import Card
from domo_async._wire import EpochMillis, Model, NumericId, OpenEnum

__all__ = [
    "Page",
    "PageAccess",
    "PageAccessGroup",
    "PageAccessUser",
    "PageOrder",
    "PageOwner",
    "PageOwnerType",
    "PagePermission",
    "PageSummary",
    "PageWithCards",
]


class PageOrder(OpenEnum):
    """The fields that pages can be sorted by. Domo's documentation does not have them; other clients use these."""

    PAGE_TITLE = "pageTitle"
    LAST_MODIFIED = "lastModified"
    CREATED_TIME = "createdTime"


class PagePermission(OpenEnum):
    """The users who see pages that were moved."""

    ORIGINAL = "ORIGINAL"


class PageOwnerType(OpenEnum):
    """The type of a page's owner. ``GROUP`` is not in Domo's documentation, but instances have it."""

    USER = "USER"
    GROUP = "GROUP"


@frozen(kw_only=True)
class PageOwner(Model):
    """An owner of a page.

    Attributes:
        id: The user, or the group.
        type: ``USER`` or ``GROUP``.
        display_name: The display name.
    """

    id: NumericId
    type: PageOwnerType | None = None
    display_name: str | None = None


@frozen(kw_only=True)
class Page(Model):
    """A page.

    Attributes:
        page_id: Its number.
        parent_page_id: The parent page.
        owner_id: The user who created it.
        owners: The owners.
        type: Its type, such as ``page``.
        title: Its title.
        page_name: Its name; the same as the title in Domo's sample.
        locked: Whether it is locked against changes.
        mobile_enabled: Whether it is shown on phones.
        shared_view_page: Whether all users see the same view.
        metadata: Further fields: JSON, as the text that the instance returns.
        virtual_page: Whether it belongs to another instance.
        has_layout: Whether it has a layout.
        is_owner: Whether the token's owner owns it.
        created: When it was created.
        updated: When it was last changed.
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
    is_owner: bool | None = None
    created: EpochMillis | None = None
    updated: EpochMillis | None = None


@frozen(kw_only=True)
class PageSummary(Model):
    """A page, as lists return it. Domo's documentation does not have it; instances are seen to answer so.

    Attributes:
        page_id: Its number.
        page_title: Its title.
        page_type: Its type, such as ``page``.
        sub_type: Its subtype.
        parent_page_id: The parent page; None or 0 for a page at the top.
        parent_page_title: The title of the parent page.
        top_page_id: The topmost page above it.
        top_page_title: The title of the topmost page.
        owner_id: The user who created it.
        owner_name: The display name of that user.
        owners: The owners.
        locked: Whether it is locked against changes.
        card_count: The number of cards on it; None if there are none.
        last_modified: When it was last changed.
        data_app_id: The App Studio app that it belongs to.
        data_app_title: The title of that app.
    """

    page_id: NumericId
    page_title: str | None = None
    page_type: str | None = None
    sub_type: str | None = None
    parent_page_id: NumericId | None = None
    parent_page_title: str | None = None
    top_page_id: NumericId | None = None
    top_page_title: str | None = None
    owner_id: NumericId | None = None
    owner_name: str | None = None
    owners: tuple[PageOwner, ...] = ()
    locked: bool | None = None
    card_count: int | None = None
    last_modified: EpochMillis | None = None
    data_app_id: NumericId | None = None
    data_app_title: str | None = None


@frozen(kw_only=True)
class PageWithCards(Model):
    """A page and its content. Domo's documentation does not have it; the fields are those that other clients read.

    Attributes:
        id: Its number.
        title: Its title.
        type: Its type.
        page: Its further fields.
        cards: The cards on it.
        collections: The collections that its cards are in.
        sizes: The size of each card.
    """

    id: NumericId
    title: str | None = None
    type: str | None = None
    page: Page | None = None
    cards: tuple[Card, ...] = ()
    collections: tuple[object, ...] = ()
    sizes: tuple[object, ...] = ()


@frozen(kw_only=True)
class PageAccessUser(Model):
    """A user with access to a page. Domo's documentation does not have it; instances are known to answer so.

    Attributes:
        id: The user.
        display_name: The display name.
        is_owner: Whether the user owns the page.
    """

    id: NumericId
    display_name: str | None = None
    is_owner: bool | None = None


@frozen(kw_only=True)
class PageAccessGroup(Model):
    """A group with access to a page. Domo's documentation does not have it; instances are known to answer so.

    Attributes:
        id: The group.
        name: Its name.
        is_owner: Whether the group owns the page.
    """

    id: NumericId
    name: str | None = None
    is_owner: bool | None = None


@frozen(kw_only=True)
class PageAccess(Model):
    """The users and groups that a page is shared with.

    Domo's documentation does not have it; instances are known to answer so.

    Attributes:
        users: The users, including the page's owners.
        groups: The groups.
    """

    users: tuple[PageAccessUser, ...] = ()
    groups: tuple[PageAccessGroup, ...] = ()

"""What pages are."""

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
    """What pages are sorted by. Domo's documentation does not have it; other clients use these."""

    PAGE_TITLE = "pageTitle"
    LAST_MODIFIED = "lastModified"
    CREATED_TIME = "createdTime"


class PagePermission(OpenEnum):
    """Who sees pages that were moved."""

    ORIGINAL = "ORIGINAL"


class PageOwnerType(OpenEnum):
    """What can own a page. ``GROUP`` is not in Domo's documentation, but instances have it."""

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
        is_owner: Whether it is the token's owner's.
        created: When it was made.
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
    """A page as lists give it. Domo's documentation does not have it; instances are seen to answer so.

    Attributes:
        page_id: Its number.
        page_title: Its title.
        page_type: Its kind, such as ``page``.
        sub_type: What kind of that it is.
        parent_page_id: The page that it is below; nothing, or 0, for one at the top.
        parent_page_title: The title of that.
        top_page_id: The uppermost page above it.
        top_page_title: The title of that.
        owner_id: Who made it.
        owner_name: What people call whoever made it.
        owners: Whose it is.
        locked: Whether it is locked against changes.
        card_count: How many cards are on it; nothing where there are none.
        last_modified: When it was last changed.
        data_app_id: The App Studio app that it belongs to.
        data_app_title: The title of that.
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
    """A page and what is on it. Domo's documentation does not have it; the fields are those that other clients read.

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
class PageAccessUser(Model):
    """A user who sees a page. Domo's documentation does not have it; instances are known to answer so.

    Attributes:
        id: The user.
        display_name: How people see the user.
        is_owner: Whether the page is the user's.
    """

    id: NumericId
    display_name: str | None = None
    is_owner: bool | None = None


@frozen(kw_only=True)
class PageAccessGroup(Model):
    """A group whose users see a page. Domo's documentation does not have it; instances are known to answer so.

    Attributes:
        id: The group.
        name: Its name.
        is_owner: Whether the page is the group's.
    """

    id: NumericId
    name: str | None = None
    is_owner: bool | None = None


@frozen(kw_only=True)
class PageAccess(Model):
    """Whom a page is shared with. Domo's documentation does not have it; instances are known to answer so.

    Attributes:
        users: The users, the page's owners among them.
        groups: The groups.
    """

    users: tuple[PageAccessUser, ...] = ()
    groups: tuple[PageAccessGroup, ...] = ()

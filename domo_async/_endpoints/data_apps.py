"""App Studio apps: pages with a navigation of their own. `domo.apps` is for what such and other apps ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter

from attrs import frozen

from domo_async._endpoints._area import Area, require_list
from domo_async._endpoints._owners import owners_of, owners_with_text_ids
from domo_async._endpoints.groups import Member
from domo_async._endpoints.pages import PageOwner
from domo_async._frames import ItemTuple
from domo_async._transport import QUERY_SKIP, PageData, Pager, url
from domo_async._wire import UNSET, EpochMillis, Model, NumericId, Unset, payload

__all__ = ["DataApp", "DataAppAccess", "DataAppSummary", "DataAppUser", "DataApps"]


@frozen(kw_only=True)
class DataAppSummary(Model):
    """An app as lists give it. Domo's documentation does not have it; instances are seen to answer so.

    Attributes:
        data_app_id: Its number.
        title: Its title.
        owners: The owners.
        locked: Whether it is locked against changes.
        view_count: How many pages it has.
        last_updated: When it was last changed.
    """

    data_app_id: NumericId
    title: str | None = None
    owners: tuple[PageOwner, ...] = ()
    locked: bool | None = None
    view_count: int | None = None
    last_updated: EpochMillis | None = None


@frozen(kw_only=True)
class DataApp(Model):
    """An app. No answer of an instance is seen; the fields are those that other clients read.

    Attributes:
        data_app_id: Its number.
        title: Its title.
        description: The description.
        owner: Who made it.
        owners: The owners.
        locked: Whether it is locked against changes.
        landing_view_id: The page that it begins with.
        views: Its pages.
    """

    data_app_id: NumericId
    title: str | None = None
    description: str | None = None
    owner: NumericId | None = None
    owners: tuple[PageOwner, ...] = ()
    locked: bool | None = None
    landing_view_id: NumericId | None = None
    views: tuple[Mapping[str, object], ...] = ()


@frozen(kw_only=True)
class DataAppUser(Model):
    """A user who sees an app.

    Attributes:
        id: The user.
        display_name: The display name.
        is_owner: Whether the app is the user's.
    """

    id: NumericId
    display_name: str | None = None
    is_owner: bool | None = None


@frozen(kw_only=True)
class DataAppAccess(Model):
    """Who sees an app. No answer of an instance is seen; the fields are those that other clients read.

    Attributes:
        users: The users.
        groups: The groups, as the instance writes them.
        total_user_count: How many users they are in all.
    """

    users: tuple[DataAppUser, ...] = ()
    groups: tuple[Mapping[str, object], ...] = ()
    total_user_count: int | None = None


@frozen(kw_only=True)
class _Summaries(Model):
    data_app_admin_summaries: tuple[DataAppSummary, ...]
    total_data_app_count: int | None = None
    next_offset: int | None = None


def _page(found: _Summaries) -> PageData[DataAppSummary]:
    return PageData(found.data_app_admin_summaries, total=found.total_data_app_count)


class DataApps(Area):
    """App Studio apps; `Sharing.share_apps` shares them."""

    def list(
        self,
        *,
        title: str | Unset = UNSET,
        owner_ids: Sequence[int | str] | Unset = UNSET,
        sort_by: str = "title",
        ascending: bool = True,
        offset: int = 0,
        limit: int | None = None,
        page_size: int = 100,
    ) -> Pager[DataAppSummary]:
        """Iterate over apps: all that the token's owner administers, or those that meet the conditions.

        `POST /api/content/v1/dataapps/adminsummary`. Seen: samples of instances show it; Domo's documentation does not
        describe it; two independent clients use it.

        Args:
            title: Only those with this in their titles.
            owner_ids: Only those that one of these users owns. Another client sends it; an instance that does not heed
                it gives all, so look at the owners.
            sort_by: The field to sort by.
            ascending: Whether to sort in ascending order.
            offset: The number of apps to skip.
            limit: The most apps to return.
            page_size: The number of apps per page.

        Raises:
            ConfigError: `owner_ids` is empty, or a number is out of its range.
        """
        owners = UNSET if isinstance(owner_ids, Unset) else require_list(owner_ids, "owner_ids")
        return self._http.pages(
            "POST",
            url("/api/content/v1/dataapps/adminsummary"),
            QUERY_SKIP,
            key=attrgetter("data_app_id"),
            json=payload(
                order_by=sort_by,
                ascending=ascending,
                include_title_clause=UNSET if isinstance(title, Unset) else True,
                title_search_text=title,
                include_owner_clause=UNSET if isinstance(owners, Unset) else True,
                owner_ids=owners,
            ),
            into=_Summaries,
            read=_page,
            offset=offset,
            limit=limit,
            page_size=page_size,
        )

    async def visible(self) -> ItemTuple[DataApp]:
        """Return the apps that the token's owner sees.

        `GET /api/content/v1/dataapps`. Unconfirmed: Domo's documentation does not describe the answer; it is seen to be
        asked for.
        """
        return await self._http.request("GET", url("/api/content/v1/dataapps"), into=ItemTuple[DataApp])

    async def get(
        self, data_app_id: int | str, /, *, include_hidden_views: bool | None = None, authoring: bool | None = None
    ) -> DataApp:
        """Return an app.

        `GET /api/content/v1/dataapps/{data_app_id}`. Unconfirmed: Domo's documentation does not describe the answer;
        three independent clients use it.

        Args:
            data_app_id: The app.
            include_hidden_views: Whether to tell pages that its navigation leaves out, too.
            authoring: Whether to tell it as whoever changes it sees it.

        Raises:
            Forbidden: The token's owner may not see the app.
            NotFound: The app does not exist.
        """
        return await self._http.request(
            "GET",
            url("/api/content/v1/dataapps/{}", data_app_id),
            params={"includeHiddenViews": include_hidden_views, "authoring": authoring},
            into=DataApp,
        )

    async def access(self, data_app_id: int | str, /, *, expand_users: bool = False) -> DataAppAccess:
        """Return whom an app is shared with, its owners among them.

        `GET /api/content/v1/dataapps/{data_app_id}/access`. Unconfirmed: Domo's documentation does not describe the
        answer; two independent clients use it.

        Args:
            data_app_id: The app.
            expand_users: Whether to count the users of groups among the users.

        Raises:
            NotFound: The app does not exist.
        """
        path = url("/api/content/v1/dataapps/{}/access", data_app_id)
        return await self._http.request("GET", path, params={"expandUsers": expand_users}, into=DataAppAccess)

    async def add_owners(
        self,
        *,
        data_app_ids: Sequence[int | str],
        owners: Sequence[Member | int | str],
        note: str | Unset = UNSET,
        send_email: bool | Unset = UNSET,
    ) -> None:
        """Let users and groups own apps, besides those who do.

        `PUT /api/content/v1/dataapps/bulk/owners`. Seen: samples of instances show it; Domo's documentation does not
        describe it; two independent clients use it.

        Args:
            data_app_ids: The apps.
            owners: The new owners; a plain number stands for a user.
            note: What to tell them.
            send_email: Whether to tell them by mail; the instance decides by default.

        Raises:
            ConfigError: `data_app_ids` or `owners` is empty.
            NotFound: The app or owner does not exist.
        """
        body = payload(entity_ids=_texts(data_app_ids), owners=owners_of(owners), note=note, send_email=send_email)
        await self._http.request("PUT", url("/api/content/v1/dataapps/bulk/owners"), json=body)

    async def remove_owners(self, *, data_app_ids: Sequence[int | str], owners: Sequence[Member | int | str]) -> None:
        """Let users and groups no longer own apps.

        `POST /api/content/v1/dataapps/bulk/owners/remove`. Seen: samples of instances show it; Domo's documentation
        does not describe it.

        Args:
            data_app_ids: The apps.
            owners: The owners; a plain number stands for a user.

        Raises:
            ConfigError: `data_app_ids` or `owners` is empty.
            NotFound: The app does not exist.
        """
        body = payload(entity_ids=_texts(data_app_ids), owners=owners_with_text_ids(owners))
        # Taken away twice, they are gone all the same.
        await self._http.request("POST", url("/api/content/v1/dataapps/bulk/owners/remove"), json=body, idempotent=True)


def _texts(data_app_ids: Sequence[int | str]) -> object:
    return [str(each) for each in require_list(data_app_ids, "data_app_ids")]

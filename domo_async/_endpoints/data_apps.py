"""App Studio apps: pages with their own navigation. `domo.apps` has the routes for code that runs in an app."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter

from attrs import frozen

from domo_async._endpoints._area import Area, require_list
from domo_async._endpoints._owners import owners_of, owners_with_text_ids
from domo_async._endpoints.groups.models import Member
from domo_async._endpoints.pages.models import PageOwner
from domo_async._frames import ItemTuple
from domo_async._transport import QUERY_SKIP, PageData, Pager, url
from domo_async._wire import UNSET, EpochMillis, Model, NumericId, Unset, payload

__all__ = ["DataApp", "DataAppAccess", "DataAppSummary", "DataAppUser", "DataApps"]


@frozen(kw_only=True)
class DataAppSummary(Model):
    """An app, as lists return it. Domo's documentation does not have it; instances are seen to answer so.

    Attributes:
        data_app_id: Its number.
        title: Its title.
        owners: The owners.
        locked: Whether it is locked against changes.
        view_count: The number of pages.
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
    """An app. No answer of an instance was seen; the fields are those that other clients read.

    Attributes:
        data_app_id: Its number.
        title: Its title.
        description: The description.
        owner: The user who created it.
        owners: The owners.
        locked: Whether it is locked against changes.
        landing_view_id: The page that it opens with.
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
    """A user with access to an app.

    Attributes:
        id: The user.
        display_name: The display name.
        is_owner: Whether the user owns the app.
    """

    id: NumericId
    display_name: str | None = None
    is_owner: bool | None = None


@frozen(kw_only=True)
class DataAppAccess(Model):
    """The users and groups with access to an app.

    No answer of an instance was seen; the fields are those that other clients read.

    Attributes:
        users: The users.
        groups: The groups, as the instance returns them.
        total_user_count: The total number of users.
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
        """Iterate over the apps that the token's owner administers, or over those that meet the conditions.

        `POST /api/content/v1/dataapps/adminsummary`. Seen: samples of instances show it; Domo's documentation does not
        describe it; two independent clients use it.

        Args:
            title: Only apps whose titles contain this text.
            owner_ids: Only apps that one of these users owns. Another client sends it; an instance that ignores it
                returns all apps, so check the owners.
            sort_by: The field to sort by.
            ascending: Whether to sort in ascending order.
            offset: The number of apps to skip.
            limit: The most apps to return.
            page_size: The number of apps per page.

        Raises:
            ConfigError: `owner_ids` is empty, or a number is out of range.
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

        `GET /api/content/v1/dataapps`. Unconfirmed: Domo's documentation does not describe the answer; requests to it
        were seen.
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
            include_hidden_views: Whether to include pages that its navigation hides.
            authoring: Whether to return it in the form that its editors see.

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
        """Return the users and groups that an app is shared with, including its owners.

        `GET /api/content/v1/dataapps/{data_app_id}/access`. Unconfirmed: Domo's documentation does not describe the
        answer; two independent clients use it.

        Args:
            data_app_id: The app.
            expand_users: Whether to list the users of groups among the users.

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
        """Add owners to apps; the present owners stay.

        `PUT /api/content/v1/dataapps/bulk/owners`. Seen: samples of instances show it; Domo's documentation does not
        describe it; two independent clients use it.

        Args:
            data_app_ids: The apps.
            owners: The new owners; a plain number stands for a user.
            note: A message to the new owners.
            send_email: Whether to notify the new owners by mail; by default the instance decides.

        Raises:
            ConfigError: `data_app_ids` or `owners` is empty.
            NotFound: The app or owner does not exist.
        """
        body = payload(entity_ids=_texts(data_app_ids), owners=owners_of(owners), note=note, send_email=send_email)
        await self._http.request("PUT", url("/api/content/v1/dataapps/bulk/owners"), json=body)

    async def remove_owners(self, *, data_app_ids: Sequence[int | str], owners: Sequence[Member | int | str]) -> None:
        """Remove owners from apps.

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
        # Removing owners twice has the same result.
        await self._http.request("POST", url("/api/content/v1/dataapps/bulk/owners/remove"), json=body, idempotent=True)


def _texts(data_app_ids: Sequence[int | str]) -> object:
    return [str(each) for each in require_list(data_app_ids, "data_app_ids")]

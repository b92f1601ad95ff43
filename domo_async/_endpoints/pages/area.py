"""Pages (dashboards)."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from attrs import frozen

from domo_async._bulk import BulkOptions, BulkProgressCallback, BulkReport
from domo_async._defaults import CHANGES_AT_ONCE
from domo_async._endpoints._area import Area, require_changes, require_list
from domo_async._endpoints._owners import numbers, owners_of
from domo_async._endpoints.cards import Card, CardPart
from domo_async._endpoints.groups.models import Member
from domo_async._endpoints.pages import _access
from domo_async._endpoints.pages.models import (
    Page,
    PageAccess,
    PageOrder,
    PagePermission,
    PageSummary,
    PageWithCards,
)
from domo_async._endpoints.sharing import Recipient
from domo_async._frames import ItemTuple
from domo_async._transport import QUERY_SKIP, PageData, Pager, url
from domo_async._wire import UNSET, Model, Unset, payload

__all__ = ["Pages"]


@frozen(kw_only=True)
class _Summaries(Model):
    page_admin_summaries: tuple[PageSummary, ...]
    total_page_count: int | None = None


def _batch(found: _Summaries) -> PageData[PageSummary]:
    return PageData(found.page_admin_summaries, total=found.total_page_count)


class Pages(Area):
    """Pages (dashboards)."""

    def list(
        self,
        *,
        title: str | Unset = UNSET,
        parent_page_ids: Sequence[int | str] | Unset = UNSET,
        owner_ids: Sequence[int | str] | Unset = UNSET,
        sort_by: PageOrder | str = PageOrder.PAGE_TITLE,
        ascending: bool = True,
        offset: int = 0,
        limit: int | None = None,
        page_size: int = 50,
    ) -> Pager[PageSummary]:
        """Iterate over the pages that the token's owner sees, or over those that meet the conditions.

        `POST /api/content/v1/pages/adminsummary`. Domo's documentation does not describe it; other clients use it.

        Example:
            async for page in domo.pages.list(title="Sales"):
                print(page.page_id, page.page_title)

        Args:
            title: Only pages whose titles contain this text.
            parent_page_ids: Only the direct children of one of these pages.
            owner_ids: Only pages that one of these users owns. Other clients send it; an instance that ignores it
                returns all pages, so check the owners.
            sort_by: The field to sort by.
            ascending: Whether to sort in ascending order.
            offset: The number of pages to skip.
            limit: The most pages to return.
            page_size: The number of pages per page.

        Raises:
            ConfigError: `parent_page_ids` or `owner_ids` is empty, or a number is out of range.
        """
        parents = UNSET if isinstance(parent_page_ids, Unset) else require_list(parent_page_ids, "parent_page_ids")
        owners = UNSET if isinstance(owner_ids, Unset) else require_list(owner_ids, "owner_ids")
        return self._http.pages(
            "POST",
            url("/api/content/v1/pages/adminsummary"),
            QUERY_SKIP,
            json=payload(
                order_by=sort_by,
                ascending=ascending,
                include_page_title_clause=UNSET if isinstance(title, Unset) else True,
                page_title_search_text=title,
                include_parent_page_ids_clause=UNSET if isinstance(parents, Unset) else True,
                parent_page_ids=parents,
                include_page_owner_clause=UNSET if isinstance(owners, Unset) else True,
                owner_ids=owners,
            ),
            key=attrgetter("page_id"),
            into=_Summaries,
            read=_batch,
            offset=offset,
            limit=limit,
            page_size=page_size,
            # No known client asks for smaller pages.
            assured=35,
        )

    async def get(self, page_id: int | str, /, *, parts: Sequence[CardPart | str] | None = None) -> PageWithCards:
        """Return a page with its cards.

        `GET /api/content/v3/stacks/{page_id}/cards`. Domo's documentation does not describe it; other clients use it.

        Args:
            page_id: The page.
            parts: The details of the cards to return in addition to the basic fields.

        Raises:
            ConfigError: `parts` is empty.
            Forbidden: The token's owner may not see the page.
            NotFound: The page does not exist.
        """
        return await self._http.request(
            "GET",
            url("/api/content/v3/stacks/{}/cards", page_id),
            params={"parts": None if parts is None else require_list(parts, "parts")},
            into=PageWithCards,
        )

    async def details(self, page_id: int | str, /) -> Page:
        """Return the fields of a page, without its cards.

        `GET /api/content/v1/pages/{page_id}`. Seen: samples of instances show it; Domo's documentation does not
        describe it; two independent clients use it.

        Args:
            page_id: The page.

        Raises:
            Forbidden: The token's owner may not see the page.
            NotFound: The page does not exist.
        """
        return await self._http.request("GET", url("/api/content/v1/pages/{}", page_id), into=Page)

    async def cards(self, page_id: int | str, /, *, parts: Sequence[CardPart | str] | None = None) -> ItemTuple[Card]:
        """Return the cards on a page.

        `GET /api/content/v1/pages/{page_id}/cards`. Unconfirmed: Domo's documentation does not describe the answer;
        clients use it, and requests to it were seen.

        Args:
            page_id: The page.
            parts: The details of the cards to return in addition to the basic fields.

        Raises:
            ConfigError: `parts` is empty.
            Forbidden: The token's owner may not see the page.
            NotFound: The page does not exist.
        """
        wanted = None if parts is None else require_list(parts, "parts")
        path = url("/api/content/v1/pages/{}/cards", page_id)
        return await self._http.request("GET", path, params={"parts": wanted}, into=ItemTuple[Card])

    async def create(self, *, title: str, parent_page_id: int | str = 0, has_layout: bool | Unset = UNSET) -> Page:
        """Create a page, at the top or below another page.

        `POST /api/content/v1/pages` (Pages API, "Create Subpage").

        Example:
            page = await domo.pages.create(title="Sales", parent_page_id=12)

        Args:
            title: Its title.
            parent_page_id: The page to create it below; 0, which requests were seen to send, for the top.
            has_layout: Whether to give it a layout; by default the instance does.

        Raises:
            Forbidden: The token's owner is not allowed to do this.
            Conflict: The title is taken, or there is a similar conflict.
        """
        # Domo's documentation shows this number as text, and as a number everywhere else.
        body = payload(parent_page_id=str(parent_page_id), title=title, has_layout=has_layout)
        return await self._http.request("POST", url("/api/content/v1/pages"), json=body, into=Page)

    async def update(self, page_id: int | str, /, *, title: str | Unset = UNSET, locked: bool | Unset = UNSET) -> None:
        """Change the given fields of a page; the others stay as they are.

        `PUT /api/content/v1/pages/{page_id}`. Seen: samples of instances show it; Domo's documentation does not
        describe it; two independent clients use it.

        Args:
            page_id: The page.
            title: Its title.
            locked: Whether it is locked against changes.

        Raises:
            ConfigError: No change was given.
            Forbidden: The token's owner is not allowed to do this.
            NotFound: The page does not exist.
        """
        changes = require_changes(payload(title=title, locked=locked))
        await self._http.request("PUT", url("/api/content/v1/pages/{}", page_id), json=changes)

    async def add_owners(
        self,
        *,
        page_ids: Sequence[int | str],
        owners: Sequence[Member | int | str],
        note: str | Unset = UNSET,
        send_email: bool | Unset = UNSET,
    ) -> None:
        """Add owners to pages; the present owners stay.

        `PUT /api/content/v1/pages/bulk/owners`. Seen: samples of instances show it; Domo's documentation does not
        describe it; three independent clients use it.

        Example:
            await domo.pages.add_owners(page_ids=[12, 13], owners=[27, Member(5, "GROUP")])

        Args:
            page_ids: The pages.
            owners: The new owners; a plain number stands for a user.
            note: A message to the new owners.
            send_email: Whether to notify the new owners by mail; by default the instance decides.

        Raises:
            ConfigError: `page_ids` or `owners` is empty.
            Forbidden: The token's owner is not allowed to do this.
            NotFound: The page or owner does not exist.
        """
        body = payload(
            page_ids=numbers(page_ids, "page_ids"), owners=owners_of(owners), note=note, send_email=send_email
        )
        await self._http.request("PUT", url("/api/content/v1/pages/bulk/owners"), json=body)

    async def remove_owners(self, *, page_ids: Sequence[int | str], owners: Sequence[Member | int | str]) -> None:
        """Remove owners from pages.

        `POST /api/content/v1/pages/bulk/owners/remove`. Seen: samples of instances show it; Domo's documentation does
        not describe it; three independent clients use it.

        Args:
            page_ids: The pages.
            owners: The owners; a plain number stands for a user.

        Raises:
            ConfigError: `page_ids` or `owners` is empty.
            Forbidden: The token's owner is not allowed to do this.
            NotFound: The page does not exist.
        """
        body = payload(page_ids=numbers(page_ids, "page_ids"), owners=owners_of(owners))
        # Removing owners twice has the same result.
        await self._http.request("POST", url("/api/content/v1/pages/bulk/owners/remove"), json=body, idempotent=True)

    async def delete(self, page_id: int | str, /) -> None:
        """Delete a page.

        `DELETE /api/content/v1/pages/{page_id}`. Domo's documentation does not describe it; other clients use it.
        Unconfirmed: what happens to the pages below it and to its cards.

        Args:
            page_id: The page.

        Raises:
            Forbidden: The token's owner is not allowed to do this.
            NotFound: The page does not exist.
        """
        await self._http.request("DELETE", url("/api/content/v1/pages/{}", page_id))

    async def move(
        self,
        *,
        page_ids: Sequence[int],
        parent_page_id: int | Unset = UNSET,
        page_permission: PagePermission | str = PagePermission.ORIGINAL,
    ) -> None:
        """Move pages below another page, or to the top.

        `PUT /api/content/v1/pages/bulk/move` (Pages API, "Bulk Move Pages").

        Args:
            page_ids: The pages to move.
            parent_page_id: The page to move them below; by default they are moved to the top, as requests were seen to
                do.
            page_permission: Who sees them after the move; ``ORIGINAL`` is the only documented value.

        Raises:
            ConfigError: `page_ids` is empty.
            Forbidden: The token's owner is not allowed to do this.
            Conflict: Permissions or something else prevent the move.
        """
        body = payload(
            page_ids=require_list(page_ids, "page_ids"), parent_page_id=parent_page_id, page_permission=page_permission
        )
        await self._http.request("PUT", url("/api/content/v1/pages/bulk/move"), json=body)

    async def revoke_access(self, page_id: int | str, person_id: int | str, /) -> None:
        """Revoke a user's access to a page.

        `DELETE /api/content/v1/share/page/{page_id}/user/{person_id}` (Pages API, "Revoke Page Access").

        Args:
            page_id: The page.
            person_id: The user.

        Raises:
            Forbidden: The token's owner is not allowed to do this.
            Conflict: The instance reports a conflict.
        """
        await self._http.request("DELETE", url("/api/content/v1/share/page/{}/user/{}", page_id, person_id))

    async def access(self, page_id: int | str, /, *, expand_users: bool = False) -> PageAccess:
        """Return the users and groups that a page is shared with, including its owners.

        `GET /api/content/v1/share/accesslist/page/{page_id}`. Domo's documentation does not describe it; other clients
        use it.

        Args:
            page_id: The page.
            expand_users: Whether to list the users of groups among the users.

        Raises:
            Forbidden: The token's owner may not see the page.
            NotFound: The page does not exist.
        """
        return await self._http.request(
            "GET",
            url("/api/content/v1/share/accesslist/page/{}", page_id),
            params={"expandUsers": expand_users},
            into=PageAccess,
        )

    async def sync_access(
        self,
        page_id: int | str,
        /,
        recipients: Sequence[Recipient | int | str],
        *,
        remove: bool = True,
        allow_empty: bool = False,
        send_email: bool = False,
        dry_run: bool = False,
        batch_size: int = 100,
        stop_on_error: bool = False,
        progress: BulkProgressCallback | None = None,
    ) -> BulkReport[Recipient, None]:
        """Share a page with exactly these users and groups, and its owners; only differences are sent.

        Reads `GET /api/content/v1/share/accesslist/page/{page_id}` and, concurrently, the named users and groups:
        `POST /api/identity/v1/users/search`, `GET /api/identity/v1/users`, `GET /api/identity/v1/users/{user_id}` and
        `GET /api/content/v2/groups/{group_id}`. Then `POST /api/content/v1/share` for each batch,
        `DELETE /api/content/v1/share/page/{page_id}/user/{person_id}` for each user who is to lose access, and for each
        such group `DELETE /api/content/v1/share/bulk/page/group/{id}`, which no document of Domo's describes.

        Example:
            await domo.pages.sync_access(page.page_id, ["ada@example.com", Recipient(5, "group")])

        Args:
            page_id: The page.
            recipients: The users, by identifier or e-mail address, and the groups as `Recipient`.
            remove: Whether to revoke the access of users and groups that are not named; owners keep theirs.
            allow_empty: Whether `recipients` may be empty, which is refused by default.
            send_email: Whether to notify by mail those who get access.
            dry_run: Whether to only read, and report the changes that would be made.
            batch_size: The most users and groups to send in one request; Domo's documentation does not state a limit.
            stop_on_error: Whether to start no further batches after one has failed.
            progress: Called with the progress after each user or group.

        Returns:
            A report on each user and group: ``added``, ``removed`` or ``unchanged``.

        Raises:
            ConfigError: `recipients` is empty, or an item is repeated.
            Unresolved: No user has some of the addresses; the error names all, and nothing was changed.
            NotFound: The page does not exist.
        """
        desired = _access.DesiredPageAccess.of(
            recipients, remove=remove, allow_empty=allow_empty, send_email=send_email, batch_size=batch_size
        )
        options = BulkOptions(dry_run=dry_run, stop_on_error=stop_on_error, progress=progress)
        return await _access.sync_access(self, self._http, page_id, desired, options)

    async def share_many(
        self,
        page_ids: Sequence[int | str],
        /,
        *,
        recipients: Sequence[Recipient | int | str],
        remove: bool = False,
        send_email: bool = False,
        dry_run: bool = False,
        batch_size: int = 100,
        concurrency: int = CHANGES_AT_ONCE,
        stop_on_error: bool = False,
        progress: BulkProgressCallback | None = None,
    ) -> BulkReport[int, BulkReport[Recipient, None]]:
        """Share many pages with the same users and groups; only differences are sent.

        The requests of `sync_access` for each page: `GET /api/content/v1/share/accesslist/page/{page_id}`,
        `POST /api/identity/v1/users/search`, `GET /api/identity/v1/users`, `GET /api/identity/v1/users/{user_id}`,
        `GET /api/content/v2/groups/{group_id}`, `POST /api/content/v1/share`,
        `DELETE /api/content/v1/share/page/{page_id}/user/{person_id}` and
        `DELETE /api/content/v1/share/bulk/page/group/{id}`.

        Example:
            report = await domo.pages.share_many([12, 13], recipients=["ada@example.com", Recipient(5, "group")])

        Args:
            page_ids: The pages.
            recipients: The users, by identifier or e-mail address, and the groups as `Recipient`.
            remove: Whether to revoke the access of users and groups that are not named; owners keep theirs.
            send_email: Whether to notify by mail those who get access.
            dry_run: Whether to only read, and report the changes that would be made.
            batch_size: The most users and groups to send in one request; Domo's documentation does not state a limit.
            concurrency: The most pages to process at once.
            stop_on_error: Whether to start no further pages after one has failed.
            progress: Called with the progress after each page.

        Returns:
            A report on each page: ``updated`` or ``unchanged``; its value is the report on the users and groups.

        Raises:
            ConfigError: `recipients` is empty, or a recipient or a page is repeated.
            Unresolved: No user has some of the addresses; the error names all, and nothing was changed.
        """
        desired = _access.DesiredPageAccess.of(
            recipients, remove=remove, allow_empty=False, send_email=send_email, batch_size=batch_size
        )
        options = BulkOptions(concurrency=concurrency, dry_run=dry_run, stop_on_error=stop_on_error, progress=progress)
        return await _access.share_many(self, self._http, page_ids, desired, options)

    async def revoke_many(
        self,
        page_id: int | str,
        /,
        users: Sequence[Recipient | int | str],
        *,
        dry_run: bool = False,
        concurrency: int = CHANGES_AT_ONCE,
        stop_on_error: bool = False,
        progress: BulkProgressCallback | None = None,
    ) -> BulkReport[Recipient, None]:
        """Revoke the access of many users and groups to a page; nothing is sent for those without access of their own.

        `GET /api/content/v1/share/accesslist/page/{page_id}`, for addresses `POST /api/identity/v1/users/search` and
        `GET /api/identity/v1/users`; then `DELETE /api/content/v1/share/page/{page_id}/user/{person_id}` for each user
        and `DELETE /api/content/v1/share/bulk/page/group/{id}` for each group.

        Args:
            page_id: The page.
            users: The users, by identifier or e-mail address, and groups as `Recipient`; owners of the page are
                skipped.
            dry_run: Whether to only read, and report the changes that would be made.
            concurrency: The most users to process at once.
            stop_on_error: Whether to start no further users after one has failed.
            progress: Called with the progress after each user.

        Returns:
            A report on each: ``removed``, ``unchanged`` or ``skipped``.

        Raises:
            ConfigError: A user is repeated, or an item is neither an identifier nor an address.
            Unresolved: No user has some of the addresses; the error names all, and nothing was changed.
            NotFound: The page does not exist.
        """
        options = BulkOptions(concurrency=concurrency, dry_run=dry_run, stop_on_error=stop_on_error, progress=progress)
        return await _access.revoke_many(self, self._http, page_id, users, options)

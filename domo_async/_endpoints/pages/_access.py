"""The steps that share pages with the wanted users and groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Protocol, TypeAlias

from attrs import evolve, frozen

from domo_async._bulk import BulkOptions, BulkReport, BulkResult, Outcome, Steps, attempt, reconcile, reconcile_many
from domo_async._concurrency import map_concurrent, task_group
from domo_async._defaults import CHANGES_AT_ONCE
from domo_async._endpoints._area import require_list
from domo_async._endpoints._known import confirm_groups
from domo_async._endpoints.pages.models import PageAccess
from domo_async._endpoints.sharing import Recipient, RecipientType, Resource, Sharing
from domo_async._endpoints.users._directory import Directory, is_address, refuse_repeated, user_number
from domo_async._endpoints.users.area import Users
from domo_async._transport import Transport
from domo_async.errors import ConfigError

__all__ = ["DesiredPageAccess", "PageRequests", "revoke_many", "share_many", "sync_access"]

_Row: TypeAlias = BulkResult[Recipient, None]
_Key: TypeAlias = tuple[str, int]


class PageRequests(Protocol):
    """The requests of `Pages` that the steps send."""

    async def access(self, page_id: int | str, /) -> PageAccess:
        """Return the users and groups that a page is shared with."""
        ...

    async def revoke_access(self, page_id: int | str, person_id: int | str, /) -> None:
        """Revoke a user's access to a page."""
        ...


@frozen
class _Present:
    """A user or a group with access to a page."""

    recipient: Recipient
    name: str | None
    owner: bool


@frozen(kw_only=True)
class DesiredPageAccess:
    """The users and groups that pages are to be shared with.

    Attributes:
        recipients: The users and groups.
        remove: Whether to revoke the access of all others.
        send_email: Whether to notify by mail those who get access.
        batch_size: The most users and groups to send in one request.
    """

    recipients: Sequence[Recipient]
    remove: bool
    send_email: bool
    batch_size: int

    @classmethod
    def of(
        cls,
        recipients: Sequence[Recipient | int | str],
        *,
        remove: bool,
        allow_empty: bool,
        send_email: bool,
        batch_size: int,
    ) -> DesiredPageAccess:
        """Return the wanted users and groups.

        Raises:
            ConfigError: The list is empty, or an item is repeated or cannot be a recipient.
        """
        given = require_list(recipients, "recipients", may_be_empty=allow_empty)
        named = [one if isinstance(one, Recipient) else Recipient(one) for one in given]
        for one in named:
            if one.type == RecipientType.GROUP or not is_address(one.id):
                user_number(one.id)
            if one.type not in tuple(RecipientType):
                raise ConfigError(f"a page can be shared with a user or a group, not with a {one.type}")
        refuse_repeated([(one.type, str(one.id)) for one in named], "users and groups")
        return cls(recipients=named, remove=remove, send_email=send_email, batch_size=batch_size)

    async def resolved(self, http: Transport, *, confirm: bool = True) -> Mapping[_Key, Recipient]:
        """Return the recipients by key, with numbers in place of addresses.

        Raises:
            Unresolved: Some recipients do not exist; the error names all of them.
        """
        users = [one.id for one in self.recipients if one.type == RecipientType.USER]
        directory = Directory(Users(http))
        numbers = await directory.numbers(users)
        known = [
            evolve(one, id=numbers[one.id] if one.type == RecipientType.USER else user_number(one.id))
            for one in self.recipients
        ]
        refuse_repeated([_key(one) for one in known], "users and groups")
        if confirm:
            async with task_group() as tasks:
                groups = [int(one.id) for one in known if one.type != RecipientType.USER]
                tasks.create_task(confirm_groups(http, groups))
                await directory.confirm([int(one.id) for one in known if one.type == RecipientType.USER])
        return {_key(one): one for one in known}


@frozen(kw_only=True)
class _PageSteps(Steps[_Key, Recipient, _Present, Recipient, None]):
    """The users and groups with access to a page, by key; owners always have access.

    Attributes:
        recipients: The wanted recipients, if they were looked up before.
    """

    pages: PageRequests
    http: Transport
    page_id: int | str
    desired: DesiredPageAccess
    recipients: Mapping[_Key, Recipient] | None = None

    @property
    def batch_size(self) -> int:
        return self.desired.batch_size

    async def wanted(self) -> Mapping[_Key, Recipient]:
        return await self.desired.resolved(self.http) if self.recipients is None else self.recipients

    async def present(self) -> Mapping[_Key, _Present]:
        access = await self.pages.access(self.page_id)
        users = [_Present(Recipient(user.id), user.display_name, owner=bool(user.is_owner)) for user in access.users]
        groups = [
            _Present(Recipient(group.id, RecipientType.GROUP), group.name, owner=bool(group.is_owner))
            for group in access.groups
        ]
        return {_key(one.recipient): one for one in (*users, *groups)}

    def compare(self, wanted: Recipient, present: _Present | None, /) -> _Row:
        return BulkResult(wanted, Outcome.ADDED if present is None else Outcome.UNCHANGED)

    def surplus(self, present: _Present, /) -> _Row | None:
        leaves = self.desired.remove and not present.owner
        return BulkResult(present.recipient, Outcome.REMOVED if leaves else Outcome.UNCHANGED, note=present.name)

    async def apply(self, rows: Sequence[_Row], /) -> Sequence[_Row]:
        added = [row for row in rows if row.outcome is Outcome.ADDED]
        removed = [row for row in rows if row.outcome is Outcome.REMOVED]
        async with task_group() as tasks:
            sharing = tasks.create_task(attempt(added, self._share, self._achieved))
            done = await map_concurrent(
                removed, lambda row: attempt([row], self._take, self._achieved), concurrency=CHANGES_AT_ONCE
            )
        return [*sharing.result(), *chain.from_iterable(done)]

    async def _share(self, rows: Sequence[_Row]) -> None:
        await Sharing(self.http).share(
            resources=[Resource(self.page_id)],
            recipients=[row.input for row in rows],
            send_email=self.desired.send_email,
        )

    async def _take(self, rows: Sequence[_Row]) -> None:
        for row in rows:
            # Only the route for a single page is documented, and only for users.
            if row.input.type == RecipientType.USER:
                await self.pages.revoke_access(self.page_id, row.input.id)
            else:
                await Sharing(self.http).revoke(resources=[Resource(self.page_id)], recipient=row.input)

    async def _achieved(self) -> Callable[[_Row], bool]:
        now = await self.present()
        return lambda row: (_key(row.input) in now) == (row.outcome is Outcome.ADDED)


class _Revocation(_PageSteps):
    """The users and groups to remove from a page; the page's owners keep their access."""

    async def wanted(self) -> Mapping[_Key, Recipient]:
        return await self.desired.resolved(self.http, confirm=False)

    def compare(self, wanted: Recipient, present: _Present | None, /) -> _Row:
        if present is not None and present.owner:
            return BulkResult(wanted, Outcome.SKIPPED, note="owns the page")
        return BulkResult(wanted, Outcome.UNCHANGED if present is None else Outcome.REMOVED)

    def surplus(self, present: _Present, /) -> None:
        del present


async def sync_access(
    pages: PageRequests, http: Transport, page_id: int | str, desired: DesiredPageAccess, options: BulkOptions
) -> BulkReport[Recipient, None]:
    """Share one page with the wanted users and groups."""
    return await reconcile(_PageSteps(pages=pages, http=http, page_id=page_id, desired=desired), options)


async def share_many(
    pages: PageRequests,
    http: Transport,
    page_ids: Sequence[int | str],
    desired: DesiredPageAccess,
    options: BulkOptions,
) -> BulkReport[int, BulkReport[Recipient, None]]:
    """Share many pages with the same users and groups."""
    ids = [user_number(page_id) for page_id in require_list(page_ids, "page_ids", may_be_empty=True)]
    refuse_repeated(ids, "pages")
    recipients = await desired.resolved(http)

    def steps_for(page_id: int) -> _PageSteps:
        return _PageSteps(pages=pages, http=http, page_id=page_id, desired=desired, recipients=recipients)

    return await reconcile_many(ids, steps_for, options)


async def revoke_many(
    pages: PageRequests,
    http: Transport,
    page_id: int | str,
    people: Sequence[Recipient | int | str],
    options: BulkOptions,
) -> BulkReport[Recipient, None]:
    """Revoke the access of some users and groups to a page."""
    named = require_list(people, "users", may_be_empty=True)
    desired = DesiredPageAccess.of(named, remove=False, allow_empty=True, send_email=False, batch_size=1)
    return await reconcile(_Revocation(pages=pages, http=http, page_id=page_id, desired=desired), options)


def _key(recipient: Recipient) -> _Key:
    return str(recipient.type), int(recipient.id)

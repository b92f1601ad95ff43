"""The steps by which datasets are shared with the wanted users and groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeAlias

from attrs import evolve, frozen

from domo_async._bulk import BulkOptions, BulkReport, BulkResult, Outcome, Steps, attempt, reconcile, reconcile_many
from domo_async._concurrency import task_group
from domo_async._endpoints._area import require_list
from domo_async._endpoints._known import confirm_groups
from domo_async._endpoints.datasets.grants import AccessEntry, AccessLevel, AccessType, Grant
from domo_async._endpoints.users._directory import Directory, is_address, refuse_repeated
from domo_async._endpoints.users.area import Users
from domo_async._transport import Pager, Transport
from domo_async.errors import ConfigError

__all__ = ["AccessRequests", "DesiredAccess", "share_many", "sync"]

_Row: TypeAlias = BulkResult[Grant, None]
_Key: TypeAlias = tuple[str, str]


class AccessRequests(Protocol):
    """The requests of `Access` that the steps send."""

    def list(self, dataset_id: str, /) -> Pager[AccessEntry]:
        """Iterate over who has access to a dataset."""
        ...

    async def share(self, dataset_id: str, /, *, permissions: Sequence[Grant], send_email: bool) -> None:
        """Give users and groups access to a dataset."""
        ...


@frozen(kw_only=True)
class DesiredAccess:
    """The users and groups that are to have access, and how to reach that state.

    Attributes:
        grants: The access to give, one `Grant` for each user or group.
        remove: Whether all others lose their access.
        send_email: Whether to notify those who get access by e-mail.
        batch_size: The most users and groups to send in one request.
    """

    grants: Sequence[Grant]
    remove: bool
    send_email: bool
    batch_size: int

    @classmethod
    def of(
        cls, grants: Sequence[Grant], *, remove: bool, allow_empty: bool, send_email: bool, batch_size: int
    ) -> DesiredAccess:
        """Return the desired access.

        Raises:
            ConfigError: Nobody would have access, or a user or group is named twice.
        """
        given = require_list(grants, "permissions", may_be_empty=allow_empty or not remove)
        if any(not isinstance(grant, Grant) for grant in given):
            raise ConfigError("permissions takes Grant(id, access_level, type)")
        refuse_repeated([_key(grant) for grant in given], "users and groups")
        return cls(grants=given, remove=remove, send_email=send_email, batch_size=batch_size)

    async def resolved(self, http: Transport) -> Mapping[_Key, Grant]:
        """Return the grants by key, with identifiers in place of addresses.

        Raises:
            Unresolved: Some users or groups do not exist; the message names all of them.
        """
        addresses = [grant.id for grant in self.grants if _is_user(grant) and is_address(grant.id)]
        directory = Directory(Users(http))
        numbers = await directory.numbers(addresses)
        known = [evolve(grant, id=str(numbers.get(grant.id, grant.id))) for grant in self.grants]
        refuse_repeated([_key(grant) for grant in known], "users and groups")
        groups = [grant for grant in known if grant.type == AccessType.GROUP]
        async with task_group() as tasks:
            tasks.create_task(confirm_groups(http, [int(grant.id) for grant in groups if str(grant.id).isdigit()]))
            await directory.confirm([int(grant.id) for grant in known if _is_user(grant) and str(grant.id).isdigit()])
        return {_key(grant): grant for grant in known}


@frozen(kw_only=True)
class _DatasetSteps(Steps[_Key, Grant, AccessEntry, Grant, None]):
    """The users and groups who have access to a dataset, by key; its owner always has.

    Attributes:
        grants: The desired grants, if they were resolved before.
    """

    access: AccessRequests
    http: Transport
    dataset_id: str
    desired: DesiredAccess
    grants: Mapping[_Key, Grant] | None = None

    @property
    def batch_size(self) -> int:
        return self.desired.batch_size

    async def wanted(self) -> Mapping[_Key, Grant]:
        return await self.desired.resolved(self.http) if self.grants is None else self.grants

    async def present(self) -> Mapping[_Key, AccessEntry]:
        return {
            (str(entry.type or AccessType.USER), entry.id): entry
            for entry in await self.access.list(self.dataset_id).all()
            if entry.access_level != AccessLevel.NONE
        }

    def compare(self, wanted: Grant, present: AccessEntry | None, /) -> _Row:
        return BulkResult(wanted, _outcome(wanted, present), note=None if present is None else present.name)

    def surplus(self, present: AccessEntry, /) -> _Row:
        level, category = present.access_level or AccessLevel.CAN_VIEW, present.type or AccessType.USER
        # Cards, apps and other non-users keep the access that they need to work.
        leaves = self.desired.remove and level != AccessLevel.OWNER and category in {AccessType.USER, AccessType.GROUP}
        grant = Grant(present.id, level, category)
        return BulkResult(grant, Outcome.REMOVED if leaves else Outcome.UNCHANGED, note=present.name)

    async def prepare(self, rows: Sequence[_Row], /) -> Sequence[_Row]:
        # Removals come last, also within each batch.
        return sorted(rows, key=lambda row: row.outcome is Outcome.REMOVED)

    async def apply(self, rows: Sequence[_Row], /) -> Sequence[_Row]:
        if not self.desired.send_email:
            return await attempt(rows, self._change, self._achieved)
        given = [row for row in rows if row.outcome is not Outcome.REMOVED]
        taken = [row for row in rows if row.outcome is Outcome.REMOVED]
        # Users who lose access are not notified.
        async with task_group() as tasks:
            sharing = tasks.create_task(attempt(given, self._share, self._achieved))
            done = await attempt(taken, self._change, self._achieved)
        return [*sharing.result(), *done]

    async def _share(self, rows: Sequence[_Row]) -> None:
        await self.access.share(self.dataset_id, permissions=[row.input for row in rows], send_email=True)

    async def _change(self, rows: Sequence[_Row]) -> None:
        nobody = AccessLevel.NONE
        permissions = [
            evolve(row.input, access_level=nobody) if row.outcome is Outcome.REMOVED else row.input for row in rows
        ]
        await self.access.share(self.dataset_id, permissions=permissions, send_email=False)

    async def _achieved(self) -> Callable[[_Row], bool]:
        # A request that sends mail is not repeated automatically, so this checks whether it took effect.
        now = await self.present()

        def is_so(row: _Row) -> bool:
            entry = now.get(_key(row.input))
            if row.outcome is Outcome.REMOVED or entry is None:
                return row.outcome is Outcome.REMOVED and entry is None
            return entry.access_level == row.input.access_level

        return is_so


async def sync(
    access: AccessRequests, http: Transport, dataset_id: str, desired: DesiredAccess, options: BulkOptions
) -> BulkReport[Grant, None]:
    """Share one dataset with the wanted users and groups."""
    return await reconcile(_DatasetSteps(access=access, http=http, dataset_id=dataset_id, desired=desired), options)


async def share_many(
    access: AccessRequests,
    http: Transport,
    dataset_ids: Sequence[str],
    desired: DesiredAccess,
    options: BulkOptions,
) -> BulkReport[str, BulkReport[Grant, None]]:
    """Share many datasets with the same users and groups."""
    ids = require_list(dataset_ids, "dataset_ids", may_be_empty=True)
    refuse_repeated(ids, "datasets")
    require_list(desired.grants, "permissions")
    grants = await desired.resolved(http)

    def steps_for(dataset_id: str) -> _DatasetSteps:
        return _DatasetSteps(access=access, http=http, dataset_id=dataset_id, desired=desired, grants=grants)

    return await reconcile_many(ids, steps_for, options)


def _outcome(wanted: Grant, present: AccessEntry | None) -> Outcome:
    if wanted.access_level == AccessLevel.NONE:
        return Outcome.UNCHANGED if present is None else Outcome.REMOVED
    if present is None:
        return Outcome.ADDED
    return Outcome.UNCHANGED if present.access_level == wanted.access_level else Outcome.UPDATED


def _is_user(grant: Grant) -> bool:
    return grant.type == AccessType.USER


def _key(grant: Grant) -> _Key:
    return str(grant.type), str(grant.id)

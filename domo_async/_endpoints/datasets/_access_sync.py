"""Datasets brought to be shared with whom they are to be shared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from attrs import evolve, frozen

from domo_async._bulk import BulkOptions, BulkReport, BulkResult, Outcome, Plan, apply_many, attempt, carry_out
from domo_async._endpoints._area import require_list
from domo_async._endpoints._known import confirm_groups
from domo_async._endpoints.datasets.grants import AccessEntry, AccessLevel, AccessType, Grant
from domo_async._endpoints.users import Users
from domo_async._endpoints.users._directory import People, is_address, refuse_repeated
from domo_async.errors import ConfigError

if TYPE_CHECKING:
    from domo_async._endpoints.datasets.access import Access
    from domo_async._transport import Transport

__all__ = ["DesiredAccess", "share_many", "sync"]

_Row: TypeAlias = BulkResult[Grant, None]
_Key: TypeAlias = tuple[str, str]


@frozen(kw_only=True)
class DesiredAccess:
    """Who is to have access.

    Attributes:
        grants: Whom to allow what.
        remove: Whether all others lose their access.
        send_email: Whether to tell by mail those who get access.
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
        """Return who is to have access.

        Raises:
            ConfigError: Nobody would have, or somebody is named twice.
        """
        given = require_list(grants, "permissions", may_be_empty=allow_empty or not remove)
        if any(not isinstance(grant, Grant) for grant in given):
            raise ConfigError("permissions takes Grant(id, access_level, type)")
        refuse_repeated([_key(grant) for grant in given], "users and groups")
        return cls(grants=given, remove=remove, send_email=send_email, batch_size=batch_size)


async def sync(
    access: Access, http: Transport, dataset_id: str, wanted: DesiredAccess, options: BulkOptions
) -> BulkReport[Grant, None]:
    """Bring one dataset to be shared as it is to be."""
    grants = await _resolved(http, wanted.grants)
    return await carry_out(await _plan(access, dataset_id, grants, wanted), options)


async def share_many(
    access: Access, http: Transport, dataset_ids: Sequence[str], wanted: DesiredAccess, options: BulkOptions
) -> BulkReport[str, BulkReport[Grant, None]]:
    """Bring many datasets to be shared alike."""
    ids = require_list(dataset_ids, "dataset_ids", may_be_empty=True)
    refuse_repeated(ids, "datasets")
    require_list(wanted.grants, "permissions")
    grants = await _resolved(http, wanted.grants)

    async def plan_for(dataset_id: str) -> Plan[Grant, None]:
        return await _plan(access, dataset_id, grants, wanted)

    return await apply_many(ids, plan_for, options)


async def _resolved(http: Transport, grants: Sequence[Grant]) -> Mapping[_Key, Grant]:
    """Return grants by whom they are for, with identifiers in place of addresses."""
    addresses = [grant.id for grant in grants if _is_user(grant) and is_address(grant.id)]
    people = People(Users(http))
    numbers = await people.numbers(addresses)
    known = [evolve(grant, id=str(numbers.get(grant.id, grant.id))) for grant in grants]
    refuse_repeated([_key(grant) for grant in known], "users and groups")
    await people.confirm([int(grant.id) for grant in known if _is_user(grant) and str(grant.id).isdigit()])
    groups = [grant for grant in known if grant.type == AccessType.GROUP]
    await confirm_groups(http, [int(grant.id) for grant in groups if str(grant.id).isdigit()])
    return {_key(grant): grant for grant in known}


async def _plan(
    access: Access, dataset_id: str, grants: Mapping[_Key, Grant], wanted: DesiredAccess
) -> Plan[Grant, None]:
    present = await _present(access, dataset_id)

    async def share(rows: Sequence[_Row]) -> None:
        await access.share(dataset_id, permissions=[row.input for row in rows], send_email=wanted.send_email)

    async def take(rows: Sequence[_Row]) -> None:
        nobody = [evolve(row.input, access_level=AccessLevel.NONE) for row in rows]
        await access.share(dataset_id, permissions=nobody, send_email=False)

    async def achieved() -> Callable[[_Row], bool]:
        now = await _present(access, dataset_id)
        return lambda row: (
            (entry := now.get(_key(row.input))) is not None and entry.access_level == row.input.access_level
        )

    async def act(rows: Sequence[_Row]) -> Sequence[_Row]:
        given = [row for row in rows if row.outcome is not Outcome.REMOVED]
        taken = [row for row in rows if row.outcome is Outcome.REMOVED]
        # A share that mails is not sent again by itself, so it is looked up whether it took effect.
        return [*await attempt(given, share, achieved), *await attempt(taken, take)]

    # Those whose access is taken away come last, and so they do in each batch.
    rows = sorted(_difference(grants, present, remove=wanted.remove), key=lambda row: row.outcome is Outcome.REMOVED)
    return Plan(rows, act, wanted.batch_size)


async def _present(access: Access, dataset_id: str) -> Mapping[_Key, AccessEntry]:
    entries = (await access.list(dataset_id)).entries
    return {
        (str(entry.type or AccessType.USER), entry.id): entry
        for entry in entries
        if entry.access_level != AccessLevel.NONE
    }


def _difference(grants: Mapping[_Key, Grant], present: Mapping[_Key, AccessEntry], *, remove: bool) -> Iterator[_Row]:
    for key, grant in grants.items():
        entry = present.get(key)
        yield BulkResult(grant, _outcome(grant, entry), note=None if entry is None else entry.name)
    for key, entry in present.items():
        if key in grants:
            continue
        level = entry.access_level or AccessLevel.CAN_VIEW
        kind = entry.type or AccessType.USER
        # Cards, apps and the like keep what they need to work.
        leaves = remove and level != AccessLevel.OWNER and kind in {AccessType.USER, AccessType.GROUP}
        grant = Grant(entry.id, level, kind)
        yield BulkResult(grant, Outcome.REMOVED if leaves else Outcome.UNCHANGED, note=entry.name)


def _outcome(grant: Grant, entry: AccessEntry | None) -> Outcome:
    if grant.access_level == AccessLevel.NONE:
        return Outcome.UNCHANGED if entry is None else Outcome.REMOVED
    if entry is None:
        return Outcome.ADDED
    return Outcome.UNCHANGED if entry.access_level == grant.access_level else Outcome.UPDATED


def _is_user(grant: Grant) -> bool:
    return grant.type == AccessType.USER


def _key(grant: Grant) -> _Key:
    return str(grant.type), str(grant.id)

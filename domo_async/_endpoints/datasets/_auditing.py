"""Audit access to datasets: owners, shares, groups, roles and policies."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from attrs import field, frozen

from domo_async._concurrency import map_concurrent
from domo_async._endpoints._area import require_list
from domo_async._endpoints.datasets.access import Access
from domo_async._endpoints.datasets.area import Datasets
from domo_async._endpoints.datasets.audit import AccessAudit, AccessRoute, AccessRow, VisibleRows
from domo_async._endpoints.datasets.grants import AccessLevel, AccessType, DatasetAccess
from domo_async._endpoints.datasets.models import Dataset
from domo_async._endpoints.datasets.policies import Policies, Policy
from domo_async._endpoints.groups.area import Groups
from domo_async._endpoints.groups.models import Group
from domo_async._endpoints.roles import Role, Roles
from domo_async._endpoints.users.area import Users
from domo_async._transport import Transport
from domo_async.errors import DomoError

__all__ = ["audit_access"]

T = TypeVar("T")
R = TypeVar("R")

_MANAGES_ALL: Final = "dataset.manage"
_AT_ONCE: Final = 100
_OPEN: Final = "open"
_NOTES: Final = (
    "no known route reports whether a dataset's policies are enabled; rows are reported as if they were",
    "groups within groups are not followed",
)


@frozen
class _Known:
    """The data that the audit read, by identifier."""

    names: Mapping[str, str]
    groups: Mapping[str, Group]
    managers: Mapping[str, Sequence[str]]
    policies: Mapping[str, Sequence[Policy] | None] = field(factory=dict)

    def name(self, user_id: str) -> str | None:
        return self.names.get(user_id)

    def members(self, group_id: str) -> list[str]:
        group = self.groups.get(group_id)
        return [] if group is None else [str(each) for each in group.user_ids]

    def group_name(self, group_id: str) -> str:
        group = self.groups.get(group_id)
        return group_id if group is None or group.name is None else group.name


async def audit_access(
    http: Transport, dataset_ids: Sequence[str] | None, *, roles: bool, policies: bool, concurrency: int
) -> AccessAudit:
    """Return the users who may see datasets; None stands for all datasets."""
    datasets = await _datasets(http, dataset_ids, concurrency)
    ids = [each.id for each in datasets]
    missing = [each for each in dict.fromkeys(dataset_ids or ()) if each not in ids]
    problems = [f"dataset {each}: the instance does not return it" for each in missing]

    async def tried(what: str, ask: Callable[[], Awaitable[T]], otherwise: T) -> T:
        try:
            return await ask()
        except DomoError as error:
            problems.append(f"{what}: {error}")
            return otherwise

    access = Access(http)

    async def direct(some: Sequence[str]) -> Sequence[DatasetAccess]:
        target = f"access to {len(some)} datasets, the first {some[0]}"
        return await tried(target, lambda: access.list_direct(some).all(), ())

    found = await map_concurrent(_batches(ids), direct, concurrency=concurrency)
    grants = [grant for some in found for grant in some]

    async def policies_of(dataset_id: str) -> Sequence[Policy] | None:
        return await tried(f"policies of {dataset_id}", lambda: Policies(http).list(dataset_id).all(), None)

    asked = ids if policies else []
    by_dataset = dict(zip(asked, await map_concurrent(asked, policies_of, concurrency=concurrency), strict=True))

    async def group_of(group_id: str) -> Group | None:
        return await tried(f"group {group_id}", lambda: Groups(http).get(group_id), None)

    wanted = dict.fromkeys(
        [
            *(grant.id for grant in grants if grant.type is AccessType.GROUP),
            *(str(each) for some in by_dataset.values() for policy in some or () for each in policy.group_ids),
        ]
    )
    groups = await map_concurrent(list(wanted), group_of, concurrency=concurrency)
    known = _Known(
        names=await tried("users", lambda: _names(http), {}),
        groups={key: group for key, group in zip(wanted, groups, strict=True) if group is not None},
        managers=await tried("roles", lambda: _managers(http, concurrency), {}) if roles else {},
        policies=by_dataset,
    )
    by_id: dict[str, list[DatasetAccess]] = {}
    for grant in grants:
        by_id.setdefault(grant.data_source_id, []).append(grant)
    rows = [row for dataset in datasets for row in _rows(dataset, by_id.get(dataset.id, []), known)]
    return AccessAudit(tuple(rows), len(datasets), tuple(problems), _NOTES if policies else _NOTES[1:])


async def _datasets(http: Transport, dataset_ids: Sequence[str] | None, concurrency: int) -> Sequence[Dataset]:
    area = Datasets(http)
    if dataset_ids is None:
        return await area.list().all()
    ids = list(dict.fromkeys(require_list(dataset_ids, "dataset_ids")))
    found = await map_concurrent(_batches(ids), area.get_many, concurrency=concurrency)
    return [dataset for some in found for dataset in some]


def _batches(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE)]


async def _names(http: Transport) -> Mapping[str, str]:
    return {str(user.id): user.display_name async for user in Users(http).list() if user.display_name}


async def _managers(http: Transport, concurrency: int) -> Mapping[str, Sequence[str]]:
    """Return the users of each role that may manage all datasets, by the role's name."""
    area = Roles(http)
    roles = await area.list().all()

    async def holders(role: Role) -> Sequence[str]:
        if _MANAGES_ALL not in await area.authorities(role.id):
            return ()
        return [str(user.user_id) async for user in area.users(role.id)]

    held = await map_concurrent(roles, holders, concurrency=concurrency)
    return {role.name or str(role.id): users for role, users in zip(roles, held, strict=True) if users}


@frozen
class _Way:
    """A route of access, before the visible rows are known."""

    user_id: str | None
    route: AccessRoute
    via: str | None
    level: AccessLevel | None


def _rows(dataset: Dataset, grants: Sequence[DatasetAccess], known: _Known) -> Iterator[AccessRow]:
    ways = list(dict.fromkeys(_ways(dataset, grants, known)))
    policies = known.policies.get(dataset.id)
    unfiltered = {way.user_id for way in ways if way.level in {AccessLevel.OWNER, AccessLevel.CO_OWNER}}
    unfiltered |= {way.user_id for way in ways if way.route is AccessRoute.ROLE}
    unfiltered.discard(None)
    for way in ways:
        rows, names = _visible(way.user_id, policies, known, unfiltered=way.user_id in unfiltered)
        name = None if way.user_id is None else known.name(way.user_id)
        yield AccessRow(dataset.id, dataset.name, way.user_id, name, way.route, way.via, way.level, rows, names)


def _ways(dataset: Dataset, grants: Sequence[DatasetAccess], known: _Known) -> Iterator[_Way]:
    owner = dataset.owner
    if owner is not None and not owner.group:
        yield _Way(owner.id, AccessRoute.OWNER, None, AccessLevel.OWNER)
    elif owner is not None:
        yield from _through_group(owner.id, AccessRoute.OWNER, AccessLevel.OWNER, known)
    for grant in grants:
        if grant.type is AccessType.GROUP:
            yield from _through_group(grant.id, AccessRoute.GROUP, grant.access_level, known)
        elif grant.type in {AccessType.USER, None}:
            route = AccessRoute.OWNER if grant.access_level is AccessLevel.OWNER else AccessRoute.SHARE
            yield _Way(grant.id, route, None, grant.access_level)
        else:
            yield _Way(None, AccessRoute.SHARE, f"{grant.type} {grant.id}", grant.access_level)
    for role, users in known.managers.items():
        for user_id in users:
            yield _Way(user_id, AccessRoute.ROLE, role, None)


def _through_group(group_id: str, route: AccessRoute, level: AccessLevel | None, known: _Known) -> Iterator[_Way]:
    members: list[str | None] = [*known.members(group_id)]
    for user_id in members or [None]:
        yield _Way(user_id, route, known.group_name(group_id), level)


def _visible(
    user_id: str | None, policies: Sequence[Policy] | None, known: _Known, *, unfiltered: bool
) -> tuple[VisibleRows, tuple[str, ...]]:
    """Return the rows that a user sees, and the policies that decide it."""
    if policies is None:
        return VisibleRows.UNKNOWN, ()
    filtering = [policy for policy in policies if policy.type != _OPEN]
    if not filtering or unfiltered:
        return VisibleRows.ALL, ()
    if user_id is None:
        return VisibleRows.UNKNOWN, ()
    about = [policy for policy in policies if _is_about(policy, user_id, known)]
    names = tuple(policy.name or str(policy.filter_group_id) for policy in about)
    if any(policy.type == _OPEN for policy in about):
        return VisibleRows.ALL, names
    if not all(str(group_id) in known.groups for policy in policies for group_id in policy.group_ids):
        return VisibleRows.UNKNOWN, names  # the user may be in a group that could not be read
    return (VisibleRows.SOME if about else VisibleRows.NONE), names


def _is_about(policy: Policy, user_id: str, known: _Known) -> bool:
    if user_id in map(str, policy.user_ids):
        return True
    return any(user_id in known.members(str(group_id)) for group_id in policy.group_ids)

"""The steps that give groups the wanted members and owners."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol, TypeAlias

from attrs import evolve, frozen

from domo_async._bulk import (
    BulkOptions,
    BulkReport,
    BulkResult,
    Outcome,
    Steps,
    attempt,
    create_once,
    reconcile,
    reconcile_many,
)
from domo_async._concurrency import task_group
from domo_async._endpoints._area import require_list
from domo_async._endpoints._known import confirm_groups
from domo_async._endpoints.groups._access import change_access, people_of
from domo_async._endpoints.groups.models import (
    CreatedGroup,
    Group,
    GroupType,
    GroupUser,
    ListedGroup,
    Member,
    Membership,
    MemberType,
)
from domo_async._endpoints.users._directory import Directory, user_number
from domo_async._endpoints.users.area import Users
from domo_async._transport import Pager, Transport
from domo_async.errors import ConfigError, DomoError, NotFound, Unresolved

__all__ = ["DesiredGroup", "GroupRequests", "sync", "sync_members"]

_Row: TypeAlias = BulkResult[Membership, None]
_Key: TypeAlias = tuple[bool, MemberType, int]
_Named: TypeAlias = Member | int | str

_MEMBERS_AT_ONCE = 500
_LISTS = (
    ("add_members", Outcome.ADDED, False),
    ("add_owners", Outcome.ADDED, True),
    ("remove_members", Outcome.REMOVED, False),
    ("remove_owners", Outcome.REMOVED, True),
)


class GroupRequests(Protocol):
    """The requests of `Groups` that the steps send."""

    def list(self, *, search: str | None = None) -> Pager[ListedGroup]:
        """Iterate over groups."""
        ...

    def members(self, group_id: int | str, /, *, page_size: int = 100) -> Pager[GroupUser]:
        """Iterate over the users in a group."""
        ...

    async def get(self, group_id: int | str, /) -> Group:
        """Return a group."""
        ...

    async def create(self, *, name: str, type: GroupType | str) -> CreatedGroup:
        """Create a group."""
        ...


@frozen(kw_only=True)
class DesiredGroup:
    """The wanted members and owners of a group.

    Attributes:
        members: The members.
        owners: The owners, or None to leave them as they are.
        remove: Whether to remove all others.
        batch_size: The most people to send in one request.
    """

    members: Sequence[_Named]
    owners: Sequence[_Named] | None
    remove: bool
    batch_size: int

    @classmethod
    def of(
        cls,
        members: Sequence[_Named],
        owners: Sequence[_Named] | None,
        *,
        remove: bool,
        allow_empty: bool,
        batch_size: int,
    ) -> DesiredGroup:
        """Return the wanted members and owners.

        Raises:
            ConfigError: The change would leave a group without members or owners, or an item cannot be a member or
                owner.
        """
        listed = require_list(members, "members", may_be_empty=True)
        if not listed and remove and not allow_empty:
            raise ConfigError("members is empty, which would remove all members; to do that, pass allow_empty=True")
        if any(isinstance(one, Member) and one.type != MemberType.USER for one in listed):
            raise ConfigError("members must be users; groups in a group stay as they are (see add_members)")
        owning = None if owners is None else require_list(owners, "owners")
        return cls(members=listed, owners=owning, remove=remove, batch_size=batch_size)

    @property
    def users(self) -> Iterable[int | str]:
        """The users who are named."""
        return (_id(one) for one in (*self.members, *(self.owners or ())) if not _is_group(one))


class _GroupSteps(Steps[_Key, Membership, Membership, Membership, None]):
    """The steps of a group that exists."""

    def __init__(
        self, groups: GroupRequests, http: Transport, directory: Directory, desired: DesiredGroup, group_id: int | None
    ) -> None:
        self._groups = groups
        self._http = http
        self._directory = directory
        self._desired = desired
        self.group_id = group_id

    @property
    def batch_size(self) -> int:
        return self._desired.batch_size

    async def wanted(self) -> Mapping[_Key, Membership]:
        desired = self._desired
        numbers = await self._directory.numbers(desired.users)
        await self._directory.look_up(numbers.values())
        members = [Membership(numbers[_id(one)]) for one in desired.members]
        owners = [
            Membership(user_number(one.id), MemberType.GROUP, owner=True)
            if isinstance(one, Member) and _is_group(one)
            else Membership(numbers[_id(one)], owner=True)
            for one in desired.owners or ()
        ]
        return _by_key([*members, *owners])

    async def present(self) -> Mapping[_Key, Membership]:
        return await self._memberships()

    def compare(self, wanted: Membership, present: Membership | None, /) -> _Row:
        return BulkResult(wanted, Outcome.ADDED) if present is None else BulkResult(present, Outcome.UNCHANGED)

    def surplus(self, present: Membership, /) -> _Row:
        return BulkResult(present, Outcome.REMOVED if self._desired.remove else Outcome.UNCHANGED)

    async def prepare(self, rows: Sequence[_Row], /) -> Sequence[_Row]:
        added = [row.input for row in rows if row.outcome is Outcome.ADDED]
        users = await self._directory.confirm([each.id for each in added if each.type == MemberType.USER])
        await confirm_groups(self._http, [each.id for each in added if each.type == MemberType.GROUP])

        def named(row: _Row) -> _Row:
            if row.outcome is not Outcome.ADDED or row.input.type != MemberType.USER:
                return row
            user = users[row.input.id]
            return evolve(row, input=evolve(row.input, name=user.email_address or user.display_name))

        return [named(row) for row in rows]

    async def apply(self, rows: Sequence[_Row], /) -> Sequence[_Row]:
        return await attempt(rows, self._change, self._achieved)

    async def _change(self, rows: Sequence[_Row]) -> None:
        lists = {key: [_member(row) for row in rows if _is(row, outcome, owner)] for key, outcome, owner in _LISTS}
        people = {key: people_of(each, key) for key, each in lists.items() if each}
        if not await change_access(self._http, str(self.group_id), **people):
            raise DomoError(f"the instance answered that it did not change group {self.group_id}")

    async def _achieved(self) -> Callable[[_Row], bool]:
        now = await self._memberships()
        return lambda row: (_key(row.input) in now) == (row.outcome is Outcome.ADDED)

    async def _memberships(self) -> Mapping[_Key, Membership]:
        async with task_group() as tasks:
            members = tasks.create_task(self._members())
            owners = tasks.create_task(self._owners())
        return _by_key([*members.result(), *owners.result()])

    async def _members(self) -> Sequence[Membership]:
        users = await self._groups.members(str(self.group_id), page_size=_MEMBERS_AT_ONCE).all()
        return [Membership(_number(user), name=user.email_address or user.display_name) for user in users]

    async def _owners(self) -> Sequence[Membership]:
        """Return the owners of the group from the list of groups; nothing if the owners stay as they are."""
        if self._desired.owners is None or self.group_id is None:
            return ()
        name = (await self._groups.get(self.group_id)).name
        async for group in self._groups.list(search=name):
            if group.group_id == self.group_id:
                return [
                    Membership(one.id, one.type or MemberType.USER, owner=True, name=one.display_name)
                    for one in group.owners
                    if one.id is not None
                ]
        path = "/api/content/v2/groups/grouplist"
        raise NotFound(status=404, message=f"group {self.group_id} is not listed", method="GET", path=path)


class _NewGroupSteps(_GroupSteps):
    """The steps of a group that is created."""

    def __init__(
        self,
        groups: GroupRequests,
        http: Transport,
        directory: Directory,
        desired: DesiredGroup,
        *,
        name: str,
        type: GroupType | str,
    ) -> None:
        super().__init__(groups, http, directory, desired, None)
        self._name = name
        self._type = type

    @property
    def outcome(self) -> Outcome:
        return Outcome.CREATED

    async def present(self) -> Mapping[_Key, Membership]:
        return {}

    async def begin(self) -> None:
        """Create the group, or find the one that was created by a try whose answer was lost."""

        async def create() -> int:
            return (await self._groups.create(name=self._name, type=self._type)).id

        async def find() -> int | None:
            async for group in self._groups.list(search=self._name):
                if group.name == self._name:
                    return group.group_id
            return None

        self.group_id, _ = await create_once(create, find, settings=self._http.settings)


async def sync_members(
    groups: GroupRequests, http: Transport, group_id: int | str, desired: DesiredGroup, options: BulkOptions
) -> BulkReport[Membership, None]:
    """Give one group the wanted members and owners."""
    steps = _GroupSteps(groups, http, Directory(Users(http)), desired, user_number(group_id))
    return await reconcile(steps, options)


async def sync(
    groups: GroupRequests,
    http: Transport,
    memberships: Mapping[str, DesiredGroup],
    create: GroupType | str | None,
    options: BulkOptions,
) -> BulkReport[str, BulkReport[Membership, None]]:
    """Give many groups the wanted members; create the groups that are missing."""
    if not memberships:
        return BulkReport((), dry_run=options.dry_run)
    directory = Directory(Users(http))
    async with task_group() as tasks:
        listing = tasks.create_task(groups.list().all())
        tasks.create_task(directory.look_up(user for desired in memberships.values() for user in desired.users))
    present = {group.name: group.group_id for group in listing.result()}

    def steps_for(name: str) -> _GroupSteps:
        if name in present:
            return _GroupSteps(groups, http, directory, memberships[name], present[name])
        if create is None:
            raise Unresolved(f"group {name} does not exist; nothing was changed", names=[name])
        return _NewGroupSteps(groups, http, directory, memberships[name], name=name, type=create)

    return await reconcile_many(list(memberships), steps_for, options)


def _by_key(memberships: Iterable[Membership]) -> Mapping[_Key, Membership]:
    return {_key(each): each for each in memberships}


def _key(membership: Membership) -> _Key:
    return membership.owner, membership.type, membership.id


def _id(one: _Named) -> int | str:
    return one.id if isinstance(one, Member) else one


def _is_group(one: _Named) -> bool:
    return isinstance(one, Member) and one.type == MemberType.GROUP


def _is(row: _Row, outcome: Outcome, owner: bool) -> bool:
    return row.outcome is outcome and row.input.owner is owner


def _member(row: _Row) -> Member:
    return Member(row.input.id, row.input.type)


def _number(user: GroupUser) -> int:
    if user.user_id is None:
        raise DomoError("the instance lists a member without an identifier")
    return user.user_id

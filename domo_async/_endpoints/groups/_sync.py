"""Groups brought to have the members and owners that they are to have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from attrs import frozen

from domo_async._bulk import BulkOptions, BulkReport, BulkResult, Outcome, Plan, apply_many, carry_out, create_once
from domo_async._endpoints._area import require_list
from domo_async._endpoints._known import confirm_groups
from domo_async._endpoints.groups._access import change_access, people_of
from domo_async._endpoints.groups.models import GroupType, GroupUser, Member, Membership, MemberType
from domo_async._endpoints.users import Users
from domo_async._endpoints.users._directory import People, user_number
from domo_async.errors import ConfigError, DomoError, NotFound, Unresolved

if TYPE_CHECKING:
    from domo_async._endpoints.groups.area import Groups
    from domo_async._transport import Transport

__all__ = ["DesiredGroup", "sync", "sync_members"]

_Row: TypeAlias = BulkResult[Membership, None]
_Plan: TypeAlias = Plan[Membership, None]
_Named: TypeAlias = Member | int | str

_LISTS = (
    ("add_members", Outcome.ADDED, False),
    ("add_owners", Outcome.ADDED, True),
    ("remove_members", Outcome.REMOVED, False),
    ("remove_owners", Outcome.REMOVED, True),
)


@frozen(kw_only=True)
class DesiredGroup:
    """Who is to be in a group.

    Attributes:
        members: The members.
        owners: The owners, or None to leave them as they are.
        remove: Whether all others are to leave.
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
        """Return who is wanted.

        Raises:
            ConfigError: It would leave a group without members or owners, or names what cannot be one.
        """
        listed = require_list(members, "members", may_be_empty=True)
        if not listed and remove and not allow_empty:
            raise ConfigError("members is empty, which takes all members out; if that is meant, give allow_empty=True")
        if any(isinstance(one, Member) and one.type != MemberType.USER for one in listed):
            raise ConfigError("members takes users; groups in a group are left as they are (see add_members)")
        owning = None if owners is None else require_list(owners, "owners")
        return cls(members=listed, owners=owning, remove=remove, batch_size=batch_size)


class _Target:
    """A group to be changed; it may not be there yet."""

    def __init__(self, http: Transport, groups: Groups, group_id: int | None) -> None:
        self._http = http
        self._groups = groups
        self.group_id = group_id

    async def act(self, rows: Sequence[_Row]) -> Sequence[_Row]:
        """Send the changes of some rows in one request."""
        lists = {key: [_member(row) for row in rows if _is(row, outcome, owner)] for key, outcome, owner in _LISTS}
        people = {key: people_of(each, key) for key, each in lists.items() if each}
        if not await change_access(self._http, str(self.group_id), **people):
            raise DomoError(f"the instance says that it did not change the group {self.group_id}")
        return rows

    async def create(self, name: str, type: GroupType | str) -> None:
        """Create the group, or find the one that was created by a try whose answer was lost."""

        async def create() -> int:
            return (await self._groups.create(name=name, type=type)).id

        async def find() -> int | None:
            async for group in self._groups.list(search=name):
                if group.name == name:
                    return group.group_id
            return None

        self.group_id, _ = await create_once(create, find, settings=self._http.settings)


def _is(row: _Row, outcome: Outcome, owner: bool) -> bool:
    return row.outcome is outcome and row.input.owner is owner


def _member(row: _Row) -> Member:
    return Member(row.input.id, row.input.type)


async def sync_members(
    groups: Groups, http: Transport, group_id: int | str, wanted: DesiredGroup, options: BulkOptions
) -> BulkReport[Membership, None]:
    """Bring one group to have the members and owners that it is to have."""
    plan = await _plan(groups, http, People(Users(http)), user_number(group_id), wanted)
    return await carry_out(plan, options)


async def sync(
    groups: Groups,
    http: Transport,
    memberships: Mapping[str, DesiredGroup],
    create: GroupType | str | None,
    options: BulkOptions,
) -> BulkReport[str, BulkReport[Membership, None]]:
    """Bring many groups to have the members that they are to have."""
    people = People(Users(http), few=0)
    there = {group.name: group.group_id async for group in groups.list()} if memberships else {}

    async def plan_for(name: str) -> _Plan:
        if name in there:
            return await _plan(groups, http, people, there[name], memberships[name])
        if create is None:
            raise Unresolved(f"there is no group {name}; nothing was changed", names=[name])
        return await _plan_new(groups, http, people, name, memberships[name], create)

    return await apply_many(list(memberships), plan_for, options)


async def _plan(groups: Groups, http: Transport, people: People, group_id: int, wanted: DesiredGroup) -> _Plan:
    present = {_number(user): _shown(user) for user in await groups.members(group_id).all()}
    members = await _users_of(people, wanted.members, present)
    rows = list(_difference(_places(members), _places(present), remove=wanted.remove))
    if wanted.owners is not None:
        owning = await _owners_of(groups, group_id)
        rows += _difference(await _owning(http, people, wanted.owners), owning, remove=wanted.remove)
    return Plan(rows, _Target(http, groups, group_id).act, wanted.batch_size)


async def _plan_new(
    groups: Groups, http: Transport, people: People, name: str, wanted: DesiredGroup, type: GroupType | str
) -> _Plan:
    target = _Target(http, groups, None)
    members = await _users_of(people, wanted.members, {})
    rows = list(_difference(_places(members), {}, remove=False))
    return Plan(rows, target.act, wanted.batch_size, begin=lambda: target.create(name, type), outcome=Outcome.CREATED)


async def _users_of(
    people: People, named: Sequence[_Named], present: Mapping[int, str | None]
) -> Mapping[int, str | None]:
    """Return the users who are named, each with an address; who is not there yet has to be one."""
    given = [one.id if isinstance(one, Member) else one for one in named]
    numbers = dict.fromkeys((await people.numbers(given)).values())
    known = await people.confirm([number for number in numbers if number not in present])
    return {
        number: (known[number].email_address or known[number].display_name) if number in known else present[number]
        for number in numbers
    }


async def _owning(
    http: Transport, people: People, named: Sequence[_Named]
) -> Mapping[tuple[MemberType, int], Membership]:
    """Return who is to own a group; an owner may be a group."""
    given = [one for one in named if isinstance(one, Member) and one.type == MemberType.GROUP]
    users = await _users_of(people, [one for one in named if one not in given], {})
    places = [Membership(number, MemberType.USER, owner=True, name=name) for number, name in users.items()]
    places += [Membership(user_number(one.id), MemberType.GROUP, owner=True) for one in given]
    await confirm_groups(http, [place.id for place in places if place.type == MemberType.GROUP])
    return {(place.type, place.id): place for place in places}


async def _owners_of(groups: Groups, group_id: int) -> Mapping[tuple[MemberType, int], Membership]:
    """Return who owns a group, which lists of groups alone tell."""
    name = (await groups.get(group_id)).name
    async for group in groups.list(search=name):
        if group.group_id == group_id:
            places = [
                Membership(one.id, one.type or MemberType.USER, owner=True, name=one.display_name)
                for one in group.owners
                if one.id is not None
            ]
            return {(place.type, place.id): place for place in places}
    path = "/api/content/v2/groups/grouplist"
    raise NotFound(status=404, message=f"the group {group_id} is not listed", method="GET", path=path)


def _places(users: Mapping[int, str | None]) -> Mapping[tuple[MemberType, int], Membership]:
    return {(MemberType.USER, number): Membership(number, name=name) for number, name in users.items()}


def _difference(
    wanted: Mapping[tuple[MemberType, int], Membership],
    present: Mapping[tuple[MemberType, int], Membership],
    *,
    remove: bool,
) -> Iterator[_Row]:
    """Yield what is to become of each place: first the wanted ones, then the others."""
    for key, place in wanted.items():
        yield BulkResult(place, Outcome.UNCHANGED if key in present else Outcome.ADDED)
    for key, place in present.items():
        if key not in wanted:
            yield BulkResult(place, Outcome.REMOVED if remove else Outcome.UNCHANGED)


def _number(user: GroupUser) -> int:
    if user.user_id is None:
        raise DomoError("the instance lists a member without an identifier")
    return user.user_id


def _shown(user: GroupUser) -> str | None:
    return user.email_address or user.display_name

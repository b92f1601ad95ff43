"""The steps that give users a role, and a role the wanted authorities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeAlias

from attrs import evolve, frozen

from domo_async._bulk import BulkOptions, BulkReport, BulkResult, Outcome, Steps, reconcile
from domo_async._endpoints._area import require_list
from domo_async._endpoints._known import confirm_roles
from domo_async._endpoints.users._directory import Directory, refuse_repeated, user_number
from domo_async._endpoints.users.area import Users
from domo_async._endpoints.users.models import User
from domo_async._transport import Transport
from domo_async.errors import ConfigError

__all__ = ["RoleRequests", "assign", "sync_authorities"]

_ALL = 1 << 32  # larger than any number of authorities

_Assigned: TypeAlias = BulkResult[int | str, User]
_Authority: TypeAlias = BulkResult[str, None]


class RoleRequests(Protocol):
    """The requests of `Roles` that the steps send."""

    async def authorities(self, role_id: int | str, /) -> Sequence[str]:
        """Return the authorities of a role."""
        ...

    async def set_authorities(self, role_id: int | str, /, *, authorities: Sequence[str]) -> object:
        """Set the authorities of a role to exactly these."""
        ...


@frozen(kw_only=True)
class _Assignment(Steps[int | str, int | str, User, int | str, User]):
    """Users by the names given by the caller; users with another role get this one."""

    http: Transport
    role: int
    named: Sequence[int | str]

    async def wanted(self) -> Mapping[int | str, int | str]:
        await confirm_roles(self.http, [self.role] if self.named else [])
        return {each: each for each in self.named}

    async def present(self) -> Mapping[int | str, User]:
        directory = Directory(Users(self.http))
        numbers = await directory.numbers(self.named)
        refuse_repeated(list(numbers.values()), "users")
        users = await directory.confirm(list(numbers.values()))
        return {each: users[number] for each, number in numbers.items()}

    def compare(self, wanted: int | str, present: User | None, /) -> _Assigned:
        assert present is not None  # noqa: S101 - all named users were confirmed
        return BulkResult(wanted, Outcome.UNCHANGED if present.role_id == self.role else Outcome.UPDATED, present)

    async def apply(self, rows: Sequence[_Assigned], /) -> Sequence[_Assigned]:
        return [evolve(row, value=await self._assign(row.value)) for row in rows if row.value is not None]

    async def _assign(self, user: User) -> User:
        return await Users(self.http).update(user.id, role_id=self.role)


class _Authorities(Steps[str, str, str, str, None]):
    """The authorities of a role by name. The route takes the complete list, so all changes are sent in one request."""

    def __init__(self, roles: RoleRequests, role_id: int | str, names: Sequence[str], *, remove: bool) -> None:
        self._roles = roles
        self._role_id = role_id
        self._names = names
        self._remove = remove
        self._complete: Sequence[str] = ()

    @property
    def batch_size(self) -> int:
        return _ALL

    async def wanted(self) -> Mapping[str, str]:
        return {name: name for name in self._names}

    async def present(self) -> Mapping[str, str]:
        return {name: name for name in await self._roles.authorities(self._role_id)}

    def compare(self, wanted: str, present: str | None, /) -> _Authority:
        return BulkResult(wanted, Outcome.ADDED if present is None else Outcome.UNCHANGED)

    def surplus(self, present: str, /) -> _Authority:
        return BulkResult(present, Outcome.REMOVED if self._remove else Outcome.UNCHANGED)

    async def prepare(self, rows: Sequence[_Authority], /) -> Sequence[_Authority]:
        self._complete = [row.input for row in rows if row.outcome is not Outcome.REMOVED]
        return rows

    async def apply(self, rows: Sequence[_Authority], /) -> Sequence[_Authority]:
        await self._roles.set_authorities(self._role_id, authorities=self._complete)
        return rows


async def assign(
    http: Transport, role_id: int | str, users: Sequence[int | str], options: BulkOptions
) -> BulkReport[int | str, User]:
    """Give a role to the users who do not have it yet."""
    role = user_number(role_id)
    named = require_list(users, "users", may_be_empty=True)
    refuse_repeated([str(each).casefold() for each in named], "users")
    return await reconcile(_Assignment(http=http, role=role, named=named), options)


async def sync_authorities(
    roles: RoleRequests,
    role_id: int | str,
    authorities: Sequence[str],
    options: BulkOptions,
    *,
    remove: bool,
    allow_empty: bool,
) -> BulkReport[str, None]:
    """Give a role the wanted authorities."""
    names = list(dict.fromkeys(require_list(authorities, "authorities", may_be_empty=True)))
    if not names and remove and not allow_empty:
        raise ConfigError("authorities is empty, which would remove all authorities; to do that, pass allow_empty=True")
    return await reconcile(_Authorities(roles, role_id, names, remove=remove), options)

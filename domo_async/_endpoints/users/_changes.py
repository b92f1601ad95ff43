"""The steps that create, change and delete users in bulk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Protocol, TypeAlias, TypeVar, get_args

from attrs import evolve, field, frozen

from domo_async._bulk import IN_DOUBT, BulkOptions, BulkReport, BulkResult, Outcome, Steps, create_once, reconcile
from domo_async._endpoints._area import require_list
from domo_async._endpoints._known import unknown_roles
from domo_async._endpoints.users._directory import (
    Directory,
    UserReads,
    is_address,
    refuse_repeated,
    user_number,
    user_of_address,
)
from domo_async._endpoints.users.models import AttributeValue, Exists, NewUser, User, UserChange
from domo_async._transport import Transport
from domo_async._wire import UNSET, Unset
from domo_async.errors import APIError, ConfigError, DomoError, NotFound

__all__ = ["UserRequests", "create_many", "delete_many", "update_many"]

I = TypeVar("I", NewUser, UserChange)  # noqa: E741 - an input

_Created: TypeAlias = BulkResult[NewUser, User]
_Changed: TypeAlias = BulkResult[UserChange, User]
_Deleted: TypeAlias = BulkResult[int, User]


class UserRequests(UserReads, Protocol):
    """The requests of `Users` that the steps send."""

    async def create(
        self, *, display_name: str, email_address: str, role_id: int | str, send_invite: bool | Unset = UNSET
    ) -> User:
        """Create a user."""
        ...

    async def update(
        self,
        user_id: int | str,
        /,
        *,
        display_name: str | Unset = UNSET,
        email_address: str | Unset = UNSET,
        role_id: int | str | Unset = UNSET,
        attributes: Mapping[str, Sequence[AttributeValue]] | Unset = UNSET,
    ) -> User:
        """Change the given fields of a user."""
        ...

    async def delete(self, user_id: int | str, /) -> bool:
        """Delete a user."""
        ...


@frozen(kw_only=True)
class _Creation(Steps[str, NewUser, User, NewUser, User]):
    """Users by address; the missing ones are created."""

    users: UserRequests
    http: Transport
    new: Sequence[NewUser]
    exists: Exists
    send_invite: bool | Unset
    unknown_roles: dict[str, DomoError] = field(factory=dict, init=False)

    async def wanted(self) -> Mapping[str, NewUser]:
        self.unknown_roles.update(await unknown_roles(self.http, [row.role_id for row in self.new]))
        return {row.email_address.casefold(): row for row in self.new}

    async def present(self) -> Mapping[str, User]:
        return await Directory(self.users).by_address() if self.new else {}

    def compare(self, wanted: NewUser, present: User | None, /) -> _Created:
        if present is None:
            return BulkResult(wanted, Outcome.CREATED)
        if self.exists == "fail":
            taken = DomoError(f"the address {wanted.email_address} already belongs to user {present.id}")
            return BulkResult(wanted, Outcome.FAILED, present, taken)
        if self.exists == "skip":
            return BulkResult(wanted, Outcome.SKIPPED, present, note="already exists")
        return BulkResult(wanted, Outcome.UNCHANGED if _is_as_asked(wanted, present) else Outcome.UPDATED, present)

    async def prepare(self, rows: Sequence[_Created], /) -> Sequence[_Created]:
        return [_failed_if(row, self.unknown_roles) for row in rows]

    async def apply(self, rows: Sequence[_Created], /) -> Sequence[_Created]:
        return [await self._apply(row) for row in rows]

    async def _apply(self, row: _Created) -> _Created:
        if row.outcome is Outcome.CREATED:
            user, created = await self._create(row.input)
            if created:
                row = evolve(row, value=user)
            elif created is None and _is_as_asked(row.input, user):
                row = evolve(row, value=user, note=IN_DOUBT)
            else:
                row = self.compare(row.input, user)
        if row.outcome is Outcome.UPDATED and row.value is not None:
            new = row.input
            changed = await self.users.update(row.value.id, display_name=new.display_name, role_id=new.role_id)
            row = evolve(row, value=changed)
        return row

    async def _create(self, new: NewUser) -> tuple[User, bool | None]:
        """Create a user or find the one with the address; return it and whether it was created, None if in doubt."""

        async def create() -> User:
            return await self.users.create(
                display_name=new.display_name,
                email_address=new.email_address,
                role_id=new.role_id,
                send_invite=self.send_invite,
            )

        find = partial(user_of_address, self.users, new.email_address)
        return await create_once(create, find, settings=self.http.settings)


@frozen(kw_only=True)
class _Update(Steps[int, UserChange, User, UserChange, User]):
    """Users by identifier; those that differ from the wanted state are changed."""

    users: UserRequests
    http: Transport
    changes: Mapping[int, UserChange]
    taken: dict[str, User] = field(factory=dict, init=False)

    async def wanted(self) -> Mapping[int, UserChange]:
        return self.changes

    async def present(self) -> Mapping[int, User]:
        directory = Directory(self.users)
        if any(change.email_address is not UNSET for change in self.changes.values()):
            self.taken.update(await directory.by_address())
        return await directory.known(list(self.changes))

    def compare(self, wanted: UserChange, present: User | None, /) -> _Changed:
        if present is None:
            path = f"/api/identity/v1/users/{wanted.user_id}"
            error = APIError.for_status(404, message="this user does not exist", method="PATCH", path=path)
            return BulkResult(wanted, Outcome.FAILED, error=error)
        other = None if wanted.email_address is UNSET else self.taken.get(str(wanted.email_address).casefold())
        if other is not None and other.id != present.id:
            taken = DomoError(f"the address {wanted.email_address} already belongs to user {other.id}")
            return BulkResult(wanted, Outcome.FAILED, present, taken)
        return BulkResult(wanted, Outcome.UNCHANGED if _is_so(wanted, present) else Outcome.UPDATED, present)

    async def prepare(self, rows: Sequence[_Changed], /) -> Sequence[_Changed]:
        changing = [row.input.role_id for row in rows if row.outcome.changes and row.input.role_id is not UNSET]
        unknown = await unknown_roles(self.http, changing)
        return [_failed_if(row, unknown) for row in rows]

    async def apply(self, rows: Sequence[_Changed], /) -> Sequence[_Changed]:
        return [evolve(row, value=await self._update(row.input)) for row in rows]

    async def _update(self, change: UserChange) -> User:
        return await self.users.update(
            change.user_id,
            display_name=change.display_name,
            email_address=change.email_address,
            role_id=change.role_id,
            attributes=change.attributes,
        )


@frozen(kw_only=True)
class _Deletion(Steps[int, int, User, int, User]):
    """Users by identifier; those that exist are deleted."""

    users: UserRequests
    numbers: Sequence[int]

    async def wanted(self) -> Mapping[int, int]:
        return {number: number for number in self.numbers}

    async def present(self) -> Mapping[int, User]:
        return await Directory(self.users).known(self.numbers)

    def compare(self, wanted: int, present: User | None, /) -> _Deleted:
        if present is None:
            return BulkResult(wanted, Outcome.SKIPPED, note="does not exist")
        return BulkResult(wanted, Outcome.DELETED, present)

    async def apply(self, rows: Sequence[_Deleted], /) -> Sequence[_Deleted]:
        return [await self._delete(row) for row in rows]

    async def _delete(self, row: _Deleted) -> _Deleted:
        try:
            done = await self.users.delete(row.input)
        except NotFound as error:
            if not error.refused:
                raise
            # A try whose answer was lost deleted the user, or somebody else did.
            return evolve(row, note=IN_DOUBT)
        if not done:
            raise DomoError(f"the instance answered that it did not delete user {row.input}")
        return row


async def create_many(
    users: UserRequests,
    http: Transport,
    new: Sequence[NewUser],
    exists: Exists,
    options: BulkOptions,
    *,
    send_invite: bool | Unset,
) -> BulkReport[NewUser, User]:
    """Create the users who do not exist yet."""
    if exists not in get_args(Exists):
        raise ConfigError(f"exists must be one of {', '.join(get_args(Exists))}, not {exists!r}")
    rows = require_list(new, "users", may_be_empty=True)
    _check_new(rows)
    steps = _Creation(users=users, http=http, new=rows, exists=exists, send_invite=send_invite)
    return await reconcile(steps, options)


async def update_many(
    users: UserRequests, http: Transport, changes: Sequence[UserChange], options: BulkOptions
) -> BulkReport[UserChange, User]:
    """Change the users who differ from the wanted state."""
    rows = require_list(changes, "changes", may_be_empty=True)
    numbers = [_checked(row) for row in rows]
    refuse_repeated(numbers, "users")
    return await reconcile(_Update(users=users, http=http, changes=dict(zip(numbers, rows, strict=True))), options)


async def delete_many(users: UserRequests, ids: Sequence[int | str], options: BulkOptions) -> BulkReport[int, User]:
    """Delete the users who exist."""
    numbers = [user_number(each) for each in require_list(ids, "ids", may_be_empty=True)]
    refuse_repeated(numbers, "users")
    return await reconcile(_Deletion(users=users, numbers=numbers), options)


def _check_new(rows: Sequence[NewUser]) -> None:
    for row in rows:
        if not isinstance(row, NewUser):
            raise ConfigError(f"users must be a list of NewUser(display_name, email_address, role_id), not {row!r}")
        if not row.display_name or not str(row.role_id):
            raise ConfigError(f"a user needs a name and a role: {row}")
    bad = [str(row.email_address) for row in rows if not is_address(row.email_address)]
    if bad:
        raise ConfigError(f"not e-mail addresses: {', '.join(map(repr, bad))}")
    refuse_repeated([row.email_address.casefold() for row in rows], "addresses")


def _checked(row: UserChange) -> int:
    """Return the identifier of the user that a change applies to."""
    if not isinstance(row, UserChange):
        raise ConfigError(f"changes must be a list of UserChange(user_id, …), not {row!r}")
    if row == UserChange(row.user_id):
        raise ConfigError(f"no change was given for user {row.user_id}: pass at least one field")
    if row.email_address is not UNSET and not is_address(row.email_address):
        raise ConfigError(f"not an e-mail address: {row.email_address!r}")
    return user_number(row.user_id)


def _failed_if(row: BulkResult[I, User], unknown_roles: Mapping[str, DomoError]) -> BulkResult[I, User]:
    """Return the row, marked as failed if its role does not exist."""
    error = unknown_roles.get(str(row.input.role_id)) if row.outcome.changes else None
    return row if error is None else evolve(row, outcome=Outcome.FAILED, error=error)


def _is_as_asked(new: NewUser, present: User) -> bool:
    return (present.display_name, str(present.role_id)) == (new.display_name, str(new.role_id))


def _is_so(change: UserChange, user: User) -> bool:
    """Return whether a user already has the values of the change."""
    facts: Mapping[str, Callable[[], object]] = {
        "display_name": lambda: user.display_name,
        "email_address": lambda: user.email_address,
        "role_id": lambda: user.role_id,
    }
    wanted = {name: getattr(change, name) for name in facts if getattr(change, name) is not UNSET}
    if any(str(value) != str(facts[name]()) for name, value in wanted.items()):
        return False
    known = {attribute.key: [*map(str, attribute.values)] for attribute in user.attributes}
    attributes = {} if change.attributes is UNSET else dict(change.attributes)
    return all(known.get(key, []) == [*map(str, values)] for key, values in attributes.items())

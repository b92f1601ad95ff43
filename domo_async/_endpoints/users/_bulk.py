"""Users created, changed and deleted in bulk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar, get_args

from attrs import evolve

from domo_async._bulk import IN_DOUBT, BulkOptions, BulkReport, BulkResult, Outcome, Plan, carry_out, create_once
from domo_async._endpoints._area import require_list
from domo_async._endpoints._known import unknown_roles
from domo_async._endpoints.users._directory import People, is_address, refuse_repeated, user_number, user_of_address
from domo_async._endpoints.users.models import Exists, NewUser, User, UserChange
from domo_async._wire import UNSET, Unset
from domo_async.errors import APIError, ConfigError, DomoError, NotFound

if TYPE_CHECKING:
    from domo_async._endpoints.users.area import Users
    from domo_async._transport import Transport

__all__ = ["create_many", "delete_many", "update_many"]

I = TypeVar("I")  # noqa: E741 - an input

_Created = BulkResult[NewUser, User]
_Changed = BulkResult[UserChange, User]
_Deleted = BulkResult[int, User]


async def create_many(
    users: Users,
    http: Transport,
    new: Sequence[NewUser],
    exists: Exists,
    options: BulkOptions,
    *,
    send_invite: bool | Unset,
) -> BulkReport[NewUser, User]:
    """Create users who are not there yet."""
    if exists not in get_args(Exists):
        raise ConfigError(f"exists must be one of {', '.join(get_args(Exists))}, not {exists!r}")
    rows = require_list(new, "users", may_be_empty=True)
    _check_new(rows)
    if not rows:
        return BulkReport((), dry_run=options.dry_run)
    there = await People(users).by_address()
    plan = [_planned(row, there.get(row.email_address.casefold()), exists) for row in rows]
    unknown = await unknown_roles(http, [row.input.role_id for row in plan if row.outcome.changes])
    plan = [_checked_role(row, row.input.role_id, unknown) for row in plan]

    async def act(batch: Sequence[_Created]) -> Sequence[_Created]:
        return [await carry_one(row) for row in batch]

    async def carry_one(row: _Created) -> _Created:
        if row.outcome is Outcome.CREATED:
            user, made = await _create(users, http, row.input, send_invite)
            if made:
                row = evolve(row, value=user)
            elif made is None and _is_as_asked(row.input, user):
                row = evolve(row, value=user, note=IN_DOUBT)
            else:
                row = _planned(row.input, user, exists)
        if row.outcome is Outcome.UPDATED and row.value is not None:
            changed = await users.update(row.value.id, display_name=row.input.display_name, role_id=row.input.role_id)
            row = evolve(row, value=changed)
        return row

    return await carry_out(Plan(plan, act), options)


async def _create(users: Users, http: Transport, new: NewUser, send_invite: bool | Unset) -> tuple[User, bool | None]:
    """Create a user, or return the one who has the address; and whether it was created, None if in doubt."""

    async def create() -> User:
        return await users.create(
            display_name=new.display_name,
            email_address=new.email_address,
            role_id=new.role_id,
            send_invite=send_invite,
        )

    return await create_once(create, lambda: user_of_address(users, new.email_address), settings=http.settings)


def _check_new(rows: Sequence[NewUser]) -> None:
    for row in rows:
        if not isinstance(row, NewUser):
            raise ConfigError(f"users takes NewUser(display_name, email_address, role_id), not {row!r}")
        if not row.display_name or not str(row.role_id):
            raise ConfigError(f"a user needs a name and a role: {row}")
    bad = [str(row.email_address) for row in rows if not is_address(row.email_address)]
    if bad:
        raise ConfigError(f"not e-mail addresses: {', '.join(map(repr, bad))}")
    refuse_repeated([row.email_address.casefold() for row in rows], "addresses")


def _checked_role(row: BulkResult[I, User], role: object, unknown: Mapping[str, DomoError]) -> BulkResult[I, User]:
    """Return a row as it is planned, or as failed if its role is not there."""
    error = unknown.get(str(role)) if row.outcome.changes else None
    return row if error is None else evolve(row, outcome=Outcome.FAILED, error=error)


def _planned(new: NewUser, there: User | None, exists: Exists) -> _Created:
    if there is None:
        return BulkResult(new, Outcome.CREATED)
    if exists == "fail":
        error = DomoError(f"there is a user with the address {new.email_address} already: {there.id}")
        return BulkResult(new, Outcome.FAILED, there, error)
    if exists == "skip":
        return BulkResult(new, Outcome.SKIPPED, there, note="is there already")
    return BulkResult(new, Outcome.UNCHANGED if _is_as_asked(new, there) else Outcome.UPDATED, there)


def _is_as_asked(new: NewUser, there: User) -> bool:
    return (there.display_name, str(there.role_id)) == (new.display_name, str(new.role_id))


async def update_many(
    users: Users, http: Transport, changes: Sequence[UserChange], options: BulkOptions
) -> BulkReport[UserChange, User]:
    """Change users where they are not so yet."""
    rows = require_list(changes, "changes", may_be_empty=True)
    numbers = [_checked(row) for row in rows]
    refuse_repeated(numbers, "users")
    people = People(users)
    taken = await people.by_address() if any(row.email_address is not UNSET for row in rows) else {}
    there = await people.known(numbers)
    plan = [_update_planned(row, there.get(number), taken) for row, number in zip(rows, numbers, strict=True)]
    changing = [row.input for row in plan if row.outcome.changes]
    unknown = await unknown_roles(http, [change.role_id for change in changing if change.role_id is not UNSET])
    plan = [_checked_role(row, row.input.role_id, unknown) for row in plan]

    async def act(batch: Sequence[_Changed]) -> Sequence[_Changed]:
        return [evolve(row, value=await update(row.input)) for row in batch]

    async def update(change: UserChange) -> User:
        return await users.update(
            change.user_id,
            display_name=change.display_name,
            email_address=change.email_address,
            role_id=change.role_id,
            attributes=change.attributes,
        )

    return await carry_out(Plan(plan, act), options)


def _checked(row: UserChange) -> int:
    """Return whose change it is."""
    if not isinstance(row, UserChange):
        raise ConfigError(f"changes takes UserChange(user_id, …), not {row!r}")
    if row == UserChange(row.user_id):
        raise ConfigError(f"nothing is given to change of the user {row.user_id}")
    if row.email_address is not UNSET and not is_address(row.email_address):
        raise ConfigError(f"not an e-mail address: {row.email_address!r}")
    return user_number(row.user_id)


def _update_planned(change: UserChange, there: User | None, taken: Mapping[str, User]) -> _Changed:
    if there is None:
        return BulkResult(change, Outcome.FAILED, error=_no_user(change.user_id, "PATCH"))
    other = None if change.email_address is UNSET else taken.get(str(change.email_address).casefold())
    if other is not None and other.id != there.id:
        error = DomoError(f"there is a user with the address {change.email_address} already: {other.id}")
        return BulkResult(change, Outcome.FAILED, there, error)
    return BulkResult(change, Outcome.UNCHANGED if _is_so(change, there) else Outcome.UPDATED, there)


def _is_so(change: UserChange, user: User) -> bool:
    """Return whether a user is as the change would have it."""
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


async def delete_many(users: Users, ids: Sequence[int | str], options: BulkOptions) -> BulkReport[int, User]:
    """Delete users who are there."""
    numbers = [user_number(each) for each in require_list(ids, "ids", may_be_empty=True)]
    refuse_repeated(numbers, "users")
    there = await People(users).known(numbers)
    plan = [
        BulkResult(number, Outcome.DELETED, there[number])
        if number in there
        else _Deleted(number, Outcome.SKIPPED, note="is not there")
        for number in numbers
    ]

    async def act(batch: Sequence[_Deleted]) -> Sequence[_Deleted]:
        return [await delete(row) for row in batch]

    async def delete(row: _Deleted) -> _Deleted:
        try:
            done = await users.delete(row.input)
        except NotFound as error:
            if not error.refused:
                raise
            # A try whose answer was lost deleted the user, or somebody else did.
            return evolve(row, note=IN_DOUBT)
        if not done:
            raise DomoError(f"the instance says that it did not delete the user {row.input}")
        return row

    return await carry_out(Plan(plan, act), options)


def _no_user(user_id: int | str, method: str) -> APIError:
    path = f"/api/identity/v1/users/{user_id}"
    return APIError.for_status(404, message="there is no such user", method=method, path=path)

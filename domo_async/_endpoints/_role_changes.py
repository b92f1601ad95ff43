"""Roles given to many users, and brought to allow what they are to allow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from attrs import evolve

from domo_async._bulk import BulkOptions, BulkReport, BulkResult, Outcome, Plan, carry_out
from domo_async._endpoints._area import require_list
from domo_async._endpoints._known import confirm_roles
from domo_async._endpoints.users import User, Users
from domo_async._endpoints.users._directory import People, refuse_repeated, user_number
from domo_async.errors import ConfigError

if TYPE_CHECKING:
    from domo_async._endpoints.roles import Roles
    from domo_async._transport import Transport

__all__ = ["assign", "sync_authorities"]

_Assigned: TypeAlias = BulkResult[int | str, User]
_Authority: TypeAlias = BulkResult[str, None]


async def assign(
    http: Transport, role_id: int | str, people: Sequence[int | str], options: BulkOptions
) -> BulkReport[int | str, User]:
    """Give a role to users who do not have it yet."""
    role = user_number(role_id)
    given = require_list(people, "users", may_be_empty=True)
    refuse_repeated([str(each).casefold() for each in given], "users")
    users = Users(http)
    directory = People(users)
    numbers = await directory.numbers(given)
    refuse_repeated(list(numbers.values()), "users")
    known = await directory.confirm(list(numbers.values()))
    await confirm_roles(http, [role] if given else [])

    def planned(each: int | str) -> _Assigned:
        user = known[numbers[each]]
        return BulkResult(each, Outcome.UNCHANGED if user.role_id == role else Outcome.UPDATED, user)

    async def act(rows: Sequence[_Assigned]) -> Sequence[_Assigned]:
        return [evolve(row, value=await users.update(numbers[row.input], role_id=role)) for row in rows]

    return await carry_out(Plan([planned(each) for each in given], act), options)


async def sync_authorities(
    roles: Roles,
    role_id: int | str,
    authorities: Sequence[str],
    options: BulkOptions,
    *,
    remove: bool,
    allow_empty: bool,
) -> BulkReport[str, None]:
    """Bring a role to allow what it is to allow."""
    wanted = list(dict.fromkeys(require_list(authorities, "authorities", may_be_empty=True)))
    if not wanted and remove and not allow_empty:
        raise ConfigError("authorities is empty, which takes all away; if that is meant, give allow_empty=True")
    present = await roles.authorities(role_id)
    others = [each for each in present if each not in wanted]
    rows = [_Authority(each, Outcome.UNCHANGED if each in present else Outcome.ADDED) for each in wanted]
    rows += [_Authority(each, Outcome.REMOVED if remove else Outcome.UNCHANGED) for each in others]
    left = [row.input for row in rows if row.outcome is not Outcome.REMOVED]

    async def act(batch: Sequence[_Authority]) -> Sequence[_Authority]:
        await roles.set_authorities(role_id, authorities=left)
        return batch

    # The route takes the complete list, so all changes go in one request.
    return await carry_out(Plan(rows, act, max(1, len(rows))), options)

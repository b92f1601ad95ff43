"""Checks, before any change is made, that roles and groups exist, so that dry runs report the same errors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import TypeVar

from attrs import frozen

from domo_async._concurrency import map_concurrent
from domo_async._defaults import CHANGES_AT_ONCE
from domo_async._display import first_few
from domo_async._transport import QUERY, PageData, Transport, url
from domo_async._wire import Model, NumericId
from domo_async.errors import APIError, DecodeError, NotFound, Unresolved

__all__ = ["confirm_groups", "confirm_roles", "unknown_roles"]

_NAMED = 10
T = TypeVar("T")


@frozen(kw_only=True)
class _Role(Model):
    id: NumericId
    name: str | None = None


async def confirm_roles(http: Transport, roles: Iterable[object]) -> None:
    """Check that roles exist, as far as the token may read them.

    Raises:
        Unresolved: A role does not exist; the error names the first one that does not.
    """
    for error in (await unknown_roles(http, roles)).values():
        raise error


async def unknown_roles(http: Transport, roles: Iterable[object]) -> Mapping[str, Unresolved]:
    """Return an error for each role that does not exist, as far as the token may read roles."""
    wanted = dict.fromkeys(map(str, roles))
    roles_there = http.pages(
        "GET",
        url("/api/authorization/v1/roles"),
        QUERY,
        paged=False,
        key=attrgetter("id"),
        into=tuple[_Role, ...],
        read=PageData,
        page_size=100,
    )
    found = await _if_told(roles_there.all) if wanted else None
    if found is None:
        return {}
    numbers = {str(role.id) for role in found}
    named = {role.name: role.id for role in found}
    return {
        role: Unresolved(
            f"role {role} does not exist{f'; pass the number of the role, {named[role]}' if role in named else ''}",
            names=[role],
        )
        for role in wanted
        if role not in numbers
    }


async def confirm_groups(http: Transport, groups: Collection[int]) -> None:
    """Check that groups exist.

    Raises:
        Unresolved: Some groups do not exist; the error names all of them.
    """

    async def look(group: int) -> bool:
        try:
            await http.request("GET", url("/api/content/v2/groups/{}", group))
        except NotFound as error:
            if not error.refused:
                raise
            return False
        return True

    listed = list(dict.fromkeys(groups))
    exists = await map_concurrent(listed, look, concurrency=CHANGES_AT_ONCE)
    _refuse("groups", [group for group, found in zip(listed, exists, strict=True) if not found])


async def _if_told(ask: Callable[[], Awaitable[T]]) -> T | None:
    try:
        return await ask()
    except (APIError, DecodeError):
        # A token that may change users may lack the right to read roles; the change itself then reports unknown roles.
        return None


def _refuse(what: str, unknown: Sequence[int | str]) -> None:
    if unknown:
        names = first_few(unknown, _NAMED)
        raise Unresolved(f"these {what} do not exist: {names}; nothing was changed", names=list(unknown))

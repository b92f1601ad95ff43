"""Whether what changes name is there, found out before any of them is made, so that dry runs tell the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import TypeVar

from attrs import frozen

from domo_async._concurrency import map_concurrent
from domo_async._defaults import CHANGES_AT_ONCE
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
    """See that roles are there, as far as the token may know.

    Raises:
        Unresolved: Some are not; names all of them.
    """
    for error in (await unknown_roles(http, roles)).values():
        raise error


async def unknown_roles(http: Transport, roles: Iterable[object]) -> Mapping[str, Unresolved]:
    """Return why some roles cannot be given: they are not there, as far as the token may know."""
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
            f"there is no role {role}{f' (roles go by their numbers: {named[role]})' if role in named else ''}",
            names=[role],
        )
        for role in wanted
        if role not in numbers
    }


async def confirm_groups(http: Transport, groups: Collection[int]) -> None:
    """See that groups are there.

    Raises:
        Unresolved: Some are not; names all of them.
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
    there = await map_concurrent(listed, look, concurrency=CHANGES_AT_ONCE)
    _refuse("group", [group for group, found in zip(listed, there, strict=True) if not found])


async def _if_told(ask: Callable[[], Awaitable[T]]) -> T | None:
    try:
        return await ask()
    except (APIError, DecodeError):
        # Who may change users need not be allowed to see roles; the change itself will tell.
        return None


def _refuse(kind: str, unknown: Sequence[int | str]) -> None:
    if unknown:
        more = f" and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
        names = ", ".join(map(str, unknown[:_NAMED]))
        raise Unresolved(f"there is no {kind} {names}{more}; nothing was changed", names=list(unknown))

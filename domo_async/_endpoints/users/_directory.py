"""Users as people name them: by identifier or by address."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from domo_async._concurrency import map_concurrent
from domo_async._defaults import CHANGES_AT_ONCE
from domo_async._endpoints.users.models import User, UserParts
from domo_async.errors import ConfigError, NotFound, Unresolved

if TYPE_CHECKING:
    from domo_async._endpoints.users.area import Users

__all__ = ["People", "is_address", "refuse_repeated", "user_number", "user_of_address"]

_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
_FEW = 20
_NAMED = 10


def is_address(text: object) -> bool:
    """Return whether a text can be an e-mail address."""
    return isinstance(text, str) and _ADDRESS.fullmatch(text) is not None


def user_number(given: object) -> int:
    """Return a user's or a group's identifier as a number.

    Raises:
        ConfigError: It is none.
    """
    if isinstance(given, str) and given.isascii() and given.isdigit():
        given = int(given)
    if not isinstance(given, int) or isinstance(given, bool) or given < 0:
        raise ConfigError(f"neither an identifier nor an e-mail address: {given!r}")
    return given


def refuse_repeated(keys: Sequence[object], what: str) -> None:
    """Refuse a list in which something stands twice.

    Raises:
        ConfigError: Something does; says what.
    """
    seen: set[object] = set()
    repeated = list(dict.fromkeys(key for key in keys if key in seen or seen.add(key)))  # type: ignore[func-returns-value]
    if repeated:
        raise ConfigError(f"{what} given more than once: {_listed(repeated)}")


async def user_of_address(users: Users, email_address: str) -> User | None:
    """Return the user who has an address, if there is one."""
    wanted = email_address.casefold()
    async for user in users.search(text=email_address):
        if (user.email_address or "").casefold() == wanted:
            return user
    return None


class People:
    """The users of an instance; read when they are first asked for, and only once.

    Args:
        users: Where to ask.
        few: The most users to ask for one by one, rather than for all.
    """

    def __init__(self, users: Users, *, few: int = _FEW) -> None:
        self._users = users
        self._few = few
        self._lock = asyncio.Lock()
        self._all: Sequence[User] | None = None

    async def all(self) -> Sequence[User]:
        """Return all users, with their attributes."""
        async with self._lock:
            if self._all is None:
                self._all = await self._users.list(parts=UserParts.DETAILED).all()
            return self._all

    async def by_address(self) -> Mapping[str, User]:
        """Return all users by address, in lower case."""
        return {user.email_address.casefold(): user for user in await self.all() if user.email_address}

    async def known(self, ids: Collection[int]) -> Mapping[int, User]:
        """Return which of these users are there."""
        if not ids:
            return {}
        few = self._all is None and len(ids) <= self._few
        users = {} if few else {user.id: user for user in await self.all()}
        # Whether an instance always lists all users is not documented.
        missing = [each for each in dict.fromkeys(ids) if each not in users]
        users.update(
            (user.id, user) for user in await map_concurrent(missing, self._get, concurrency=CHANGES_AT_ONCE) if user
        )
        return {each: users[each] for each in ids if each in users}

    async def numbers(self, people: Iterable[int | str]) -> Mapping[int | str, int]:
        """Return the identifiers of users who are given by identifier or by address.

        Raises:
            ConfigError: One of them is neither.
            Unresolved: Nobody has some of the addresses; names all of them.
        """
        given = list(dict.fromkeys(people))
        numbers = {each: user_number(each) for each in given if not is_address(each)}
        addresses = await self.by_address() if any(map(is_address, given)) else {}
        found = {each: addresses.get(str(each).casefold()) for each in given if each not in numbers}
        _refuse_unknown([each for each, user in found.items() if user is None])
        numbers |= {each: user.id for each, user in found.items() if user is not None}
        return {each: numbers[each] for each in given}

    async def confirm(self, ids: Collection[int]) -> Mapping[int, User]:
        """Return these users, who must all be there.

        Raises:
            Unresolved: Some are not; names all of them.
        """
        known = await self.known(ids)
        _refuse_unknown([each for each in ids if each not in known])
        return known

    async def _get(self, user_id: int) -> User | None:
        try:
            return await self._users.get(user_id, parts=UserParts.DETAILED)
        except NotFound as error:
            if not error.refused:
                raise
            return None


def _refuse_unknown(unknown: Sequence[int | str]) -> None:
    if unknown:
        raise Unresolved(f"there is no user {_listed(unknown)}; nothing was changed", names=unknown)


def _listed(names: Sequence[object]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(map(str, names[:_NAMED])) + more

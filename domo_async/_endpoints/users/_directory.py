"""The directory of users, looked up by identifier or address: for users, groups, roles, pages and datasets."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Protocol, TypeVar

from domo_async._concurrency import map_concurrent
from domo_async._defaults import CHANGES_AT_ONCE
from domo_async._display import first_few
from domo_async._endpoints.users.models import User, UserFilter, UserParts
from domo_async._transport import Pager
from domo_async.errors import APIError, ConfigError, DecodeError, NotFound, Unresolved

__all__ = ["Directory", "UserReads", "is_address", "refuse_repeated", "user_number", "user_of_address"]

_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
_FEW = 20  # up to this many users are read one by one, by a documented route
_SEARCHED = 200  # the number of users per search that other clients use
_NAMED = 10
K = TypeVar("K", int, str)


class UserReads(Protocol):
    """The requests of `Users` that look up users."""

    def list(self, *, parts: UserParts | str | None = None) -> Pager[User]:
        """Iterate over all users."""
        ...

    def search(
        self,
        *,
        text: str | None = None,
        filters: Sequence[UserFilter] = (),
        ids: Sequence[int | str] | None = None,
        parts: Sequence[UserParts | str] | None = None,
    ) -> Pager[User]:
        """Iterate over the users who match all given conditions."""
        ...

    async def get(self, user_id: int | str, /, *, parts: UserParts | str | None = None) -> User:
        """Return a user."""
        ...


def is_address(text: object) -> bool:
    """Return whether a value can be an e-mail address."""
    return isinstance(text, str) and _ADDRESS.fullmatch(text) is not None


def user_number(given: object) -> int:
    """Return the identifier of a user or a group as a number.

    Raises:
        ConfigError: The value is not an identifier.
    """
    if isinstance(given, str) and given.isascii() and given.isdigit():
        given = int(given)
    if not isinstance(given, int) or isinstance(given, bool) or given < 0:
        raise ConfigError(f"neither an identifier nor an e-mail address: {given!r}")
    return given


def refuse_repeated(keys: Sequence[object], name: str) -> None:
    """Refuse a list with duplicates.

    Raises:
        ConfigError: The list has duplicates; the error names all of them.
    """
    seen: set[object] = set()
    repeated = list(dict.fromkeys(key for key in keys if key in seen or seen.add(key)))  # type: ignore[func-returns-value]
    if repeated:
        raise ConfigError(f"{name} given more than once: {first_few(repeated, _NAMED)}")


async def user_of_address(users: UserReads, email_address: str) -> User | None:
    """Return the user who has an address, or None."""
    wanted = email_address.casefold()
    async for user in users.search(text=email_address):
        if (user.email_address or "").casefold() == wanted:
            return user
    return None


class Directory:
    """The users of an instance, each read once.

    A search reads many users per request. Domo's documentation does not describe it, so users whom it does not find are
    looked up by documented routes: identifiers one by one, addresses in the list of all users.

    Args:
        users: The object that sends the requests.
    """

    def __init__(self, users: UserReads) -> None:
        self._users = users
        self._lock = asyncio.Lock()
        self._searching = asyncio.Lock()
        self._all: Sequence[User] | None = None
        self._searched: set[int | str] = set()
        self._by_number: dict[int, User] = {}
        self._by_address: dict[str, User] = {}

    async def all(self) -> Sequence[User]:
        """Return all users, with their attributes."""
        async with self._lock:
            if self._all is None:
                self._all = await self._users.list(parts=UserParts.DETAILED).all()
                self._keep(self._all)
            return self._all

    async def by_address(self) -> Mapping[str, User]:
        """Return all users by address, in lower case."""
        return {user.email_address.casefold(): user for user in await self.all() if user.email_address}

    async def known(self, ids: Collection[int]) -> Mapping[int, User]:
        """Return those of these users who exist, with their attributes."""
        few = self._all is None and len(ids) <= _FEW
        users = {} if few or not ids else {user.id: user for user in await self.all()}
        # Whether an instance always lists all users is not documented.
        users.update(await self._ask_each([each for each in ids if each not in users]))
        return {each: users[each] for each in ids if each in users}

    async def look_up(self, named: Iterable[int | str]) -> None:
        """Search for users who will be needed, concurrently; those who are not found are looked up later.

        Args:
            named: Identifiers and addresses. Up to 20 identifiers are looked up later, too.
        """
        wanted = list(named)
        async with self._searching:
            addresses = [str(each).casefold() for each in wanted if is_address(each)]
            numbers = [user_number(each) for each in wanted if not is_address(each)]
            addresses = self._new(addresses, self._by_address)
            numbers = self._new(numbers, self._by_number)
            numbers = numbers if len(numbers) > _FEW else []
            self._searched.update(addresses, numbers)
            searches = [
                partial(self._search, filters=[UserFilter("emailAddress", chunk)]) for chunk in _chunks(addresses)
            ]
            searches += [partial(self._search, ids=chunk) for chunk in _chunks(numbers)]
            await map_concurrent(searches, lambda search: search(), concurrency=CHANGES_AT_ONCE)

    async def numbers(self, people: Iterable[int | str]) -> Mapping[int | str, int]:
        """Return the identifiers of users who are given by identifier or address.

        Raises:
            ConfigError: An item is neither an identifier nor an address.
            Unresolved: No user has some of the addresses; the error names all of them.
        """
        given = list(dict.fromkeys(people))
        numbers = {each: user_number(each) for each in given if not is_address(each)}
        addresses = {each: str(each).casefold() for each in given if each not in numbers}
        await self.look_up(addresses)
        if any(key not in self._by_address for key in addresses.values()):
            await self.all()
        _refuse_unknown([each for each, key in addresses.items() if key not in self._by_address])
        numbers |= {each: self._by_address[key].id for each, key in addresses.items()}
        return {each: numbers[each] for each in given}

    async def confirm(self, ids: Collection[int]) -> Mapping[int, User]:
        """Return these users, who must all exist.

        Raises:
            Unresolved: Some users do not exist; the error names all of them.
        """
        found = await self.find(ids)
        _refuse_unknown([each for each in dict.fromkeys(ids) if each not in found])
        return found

    async def find(self, ids: Collection[int]) -> Mapping[int, User]:
        """Return those of these users who exist, with or without their attributes."""
        await self.look_up(ids)
        if sum(each not in self._by_number for each in ids) > _FEW:
            await self.all()
        self._keep((await self._ask_each([each for each in ids if each not in self._by_number])).values())
        return {each: self._by_number[each] for each in ids if each in self._by_number}

    async def _search(self, *, filters: Sequence[UserFilter] = (), ids: Sequence[int] | None = None) -> None:
        try:
            self._keep(await self._users.search(filters=filters, ids=ids, parts=[UserParts.DETAILED]).all())
        except (APIError, DecodeError):
            # The documented routes return these users, or say why they do not.
            return

    async def _ask_each(self, ids: Sequence[int]) -> dict[int, User]:
        found = await map_concurrent(dict.fromkeys(ids), self._get, concurrency=CHANGES_AT_ONCE)
        return {user.id: user for user in found if user}

    async def _get(self, user_id: int) -> User | None:
        try:
            return await self._users.get(user_id, parts=UserParts.DETAILED)
        except NotFound as error:
            if not error.refused:
                raise
            return None

    def _keep(self, users: Iterable[User]) -> None:
        for user in users:
            self._by_number[user.id] = user
            if user.email_address:
                self._by_address[user.email_address.casefold()] = user

    def _new(self, keys: Sequence[K], found: Mapping[K, User]) -> list[K]:
        """Return the keys that were not searched for yet; an empty list once all users were read."""
        if self._all is not None:
            return []
        return [each for each in dict.fromkeys(keys) if each not in found and each not in self._searched]


def _chunks(values: Sequence[K]) -> Iterable[Sequence[K]]:
    return (values[start : start + _SEARCHED] for start in range(0, len(values), _SEARCHED))


def _refuse_unknown(unknown: Sequence[int | str]) -> None:
    if unknown:
        raise Unresolved(f"these users do not exist: {first_few(unknown, _NAMED)}; nothing was changed", names=unknown)

"""The shop's client."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar, overload

from tests.sync.shop._transport import Log

if TYPE_CHECKING:
    import socket

    from tests.sync.shop._endpoints.orders.area import Orders
    from tests.sync.shop._endpoints.staff import Staff

T = TypeVar("T")


class Domo:
    """A shop, to be awaited.

    For example:

        async with Domo("corner") as shop:
            order = await shop.orders.get(7)

    Args:
        name: What the shop is called.
        shelves: How many there are.
        session: A connection of your own,
            which stays open.
        log: Where to write.
    """

    _kind = "shop"

    def __init__(
        self, name: str, *, shelves: int = 3, session: socket.socket | None = None, log: Log | None = None
    ) -> None:
        self._log = log if log is not None else Log(name)
        self._shelves = shelves
        self._session = session

    @classmethod
    def from_env(cls, *, log: Log | None = None) -> Self:
        """Return the shop of the environment."""
        return cls("environment", log=log)

    @classmethod
    async def login(cls, name: str, password: str, *, log: Log | None = None) -> Self:
        """Return a shop for who knows the password."""
        if password != "sesame":
            raise PermissionError(password)
        shop = cls(name, log=log)
        await shop._log.do("login")
        return shop

    def __repr__(self) -> str:
        return f"Domo({self._log.name!r})"

    async def __aenter__(self) -> Self:
        await self._log.do("enter")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the shop."""
        await self._release()

    async def _release(self) -> None:
        await self._log.do("close")

    def with_shelves(self, shelves: int) -> Self:
        """Return the same shop with other shelves."""
        return type(self)(self._log.name, shelves=shelves, log=self._log)

    @property
    def shelves(self) -> int:
        """How many shelves there are."""
        return self._shelves

    @cached_property
    def orders(self) -> Orders:
        """What was ordered."""
        from tests.sync.shop._endpoints.orders.area import Orders

        return Orders(self._log)

    @cached_property
    def staff(self) -> Staff:
        """Who works here."""
        from tests.sync.shop._endpoints.staff import Staff

        return Staff(self._log)

    @overload
    async def request(self, what: str, *, into: Callable[[str], T]) -> T: ...
    @overload
    async def request(self, what: str, *, into: None = None) -> None: ...
    async def request(self, what: str, *, into: Callable[[str], T] | None = None) -> T | None:
        """Do anything."""
        done = await self._log.do(what)
        return None if into is None else into(done)

    def _secret(self) -> None:
        """Nothing that the facade should have."""

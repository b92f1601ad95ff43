"""Orders."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from functools import cached_property
from typing import Literal

from domo_async._transport import CursorPage, CursorPager
from tests.sync.shop._endpoints._area import Area
from tests.sync.shop._endpoints.orders.models import ANY_STATE, Order, State
from tests.sync.shop._endpoints.orders.notes import Notes
from tests.sync.shop._transport import Pager

__all__ = ["Orders"]

Watcher = Callable[[Order], None]


class Orders(Area):
    """Orders: made, looked at, shipped."""

    @cached_property
    def notes(self) -> Notes:
        """What was said about orders."""
        return Notes(self._log)

    async def get(self, number: int, /) -> Order:
        """Return an order.

        `GET /orders/{number}` (The Shop, "An Order").

        Example:
            A line with two calls, such as `await shop.orders.get(await shop.orders.last())`:

                async for order in shop.orders.list():
                    print(await shop.orders.get(order.number))
        """
        return Order(number, await self._log.do(f"get {number}"))

    async def make(
        self,
        text: str,
        /,
        day: dt.date,
        amounts: Mapping[str, float] | Sequence[tuple[str, float]] = (),
        *,
        state: State = ANY_STATE,
        kind: Literal["b2b", "b2c"] = "b2c",
        watch: Watcher | None = None,
        timeout: float = 60.0,
        type: str = "order",
    ) -> Order:
        """Make an order; what does not fit on a line has one for each parameter."""
        order = Order(1, f"{text} {day} {len(amounts)} {state} {kind} {timeout} {type}")
        if watch is not None:
            watch(order)
        return order

    async def renumber(
        self, number: int, /, new_number: int, *, hurry: bool = False, reason: str = "", by: str
    ) -> Order:
        """Change a number; the header of the twin fits on a line, that of the original hardly.

        `PUT /orders/{number}` and then `POST /numbers`.
        """
        return Order(new_number, await self._log.do(f"renumber {number} {hurry} {reason} {by}"))

    async def last(self) -> int:
        """Return the last order's number."""
        return 2

    def list(self, *, state: State = "any") -> Pager[Order]:
        """List the orders.

        `GET /orders`, page by page. Seen: other shops answer it.
        """

        async def fetch(page: int) -> Sequence[Order]:
            await self._log.do(f"page {page}")
            return [Order(page, state)] * 2 if page < 3 else []

        return Pager(fetch)

    def history(self, first: int = 1) -> CursorPager[int]:
        """List the numbers of all orders, page by page, from one on."""

        async def pages() -> AsyncGenerator[CursorPage[int], None]:
            for number in range(first, first + 4, 2):
                yield CursorPage((number, number + 1), lambda count, number=number: str(number + count))  # type: ignore[misc]

        return CursorPager(pages, str(first))

    async def follow(self) -> AsyncIterator[Order]:
        """Yield orders as they come.

        `GET /orders/next`.
        """
        for number in range(3):
            yield Order(number, await self._log.do(f"follow {number}"))

    async def scan(
        self, first: int, /, *, columns: Sequence[str] = ("number",), backwards: bool = False, batch: int = 10
    ) -> AsyncIterator[tuple[str, ...]]:
        """Yield columns."""
        for _ in range(first, batch):
            yield tuple(columns)[:: -1 if backwards else 1]

    async def _secret(self) -> None:
        """Nothing that the facade should have."""

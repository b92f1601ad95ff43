"""A list in pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Pager(Generic[T]):
    """A list that comes page by page."""

    def __init__(self, fetch: Callable[[int], Coroutine[Any, Any, Sequence[T]]]) -> None:
        self._fetch = fetch

    async def pages(self) -> AsyncIterator[Sequence[T]]:
        """Yield the pages; the list ends with an empty one."""
        number = 0
        while page := await self._fetch(number):
            yield page
            number += 1

    async def all(self) -> list[T]:
        """Return all items."""
        return [item async for page in self.pages() for item in page]

    async def first(self) -> T | None:
        """Return the first item."""
        return next(iter(await self._fetch(0)), None)

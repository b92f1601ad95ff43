"""Lists that arrive page by page, each route with a scheme of its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any, Generic, NamedTuple, TypeVar

from attrs import frozen

from domo_async.errors import ConfigError, DecodeError

__all__ = [
    "BODY",
    "BODY_COUNT",
    "OFFSET_ONLY",
    "QUERY",
    "QUERY_SKIP",
    "CursorPage",
    "CursorPager",
    "PageData",
    "Pager",
    "Paging",
    "by_cursor",
    "by_offset",
]

T = TypeVar("T")
_MOST_EMPTY = 1000


class PageData(NamedTuple, Generic[T]):
    """What one answer holds of a list.

    Attributes:
        items: Its items.
        total: How many items all pages have together, where the answer tells.
        more: Whether a page follows, where the answer tells.
    """

    items: Sequence[T]
    total: int | None = None
    more: bool | None = None


@frozen
class Paging:
    """How a route takes the place and the size of a page.

    Attributes:
        in_body: Whether they stand in the JSON body; else in the query.
        size: The key of the page's size, or None if it cannot be asked for.
        offset: The key of the number of items before the page.
    """

    in_body: bool
    size: str | None
    offset: str

    def keys(self, offset: int, size: int) -> dict[str, int]:
        """Return what to add to the query or the body."""
        return {**({self.size: size} if self.size is not None else {}), self.offset: offset}


QUERY = Paging(in_body=False, size="limit", offset="offset")
QUERY_SKIP = Paging(in_body=False, size="limit", offset="skip")
OFFSET_ONLY = Paging(in_body=False, size=None, offset="offset")
BODY = Paging(in_body=True, size="limit", offset="offset")
BODY_COUNT = Paging(in_body=True, size="count", offset="offset")


class Pager(Generic[T]):
    """A list that arrives page by page, as it is iterated over.

        async for item in pager: ...

    Each iteration starts from the first page. A page is asked for when the items before it are used up. So a list that
    others change meanwhile may give an item twice or pass one over: before you delete what you read, take `all`.

    That a list is whole is known from the instance alone. What contradicts itself is a `DecodeError` after the items
    that came. What is taken at its word: a total that the number of items just reaches, the end where a page is short
    and no total is told, and a cursor that is missing or repeats.
    """

    def __init__(self, begin: Callable[[], AsyncGenerator[Sequence[T], None]]) -> None:
        """Make a pager; endpoints do it, most of them by `Transport.pages` and `Transport.pages_by_cursor`.

        Args:
            begin: Reads the pages from the first one on.
        """
        self._begin = begin

    async def __aiter__(self) -> AsyncGenerator[T, None]:
        """Iterate over the items of all pages."""
        async with aclosing(self.pages()) as pages:
            async for page in pages:
                for item in page:
                    yield item

    async def pages(self) -> AsyncGenerator[Sequence[T], None]:
        """Iterate over the pages, none of which is empty."""
        async with aclosing(self._begin()) as pages:
            async for page in pages:
                if page:
                    yield page

    async def all(self) -> list[T]:
        """Return the items of all pages."""
        return [item async for page in self.pages() for item in page]

    async def first(self) -> T | None:
        """Return the first item, or None if there is none; no page after it is asked for."""
        async with aclosing(self.pages()) as pages:
            async for page in pages:
                return page[0]
        return None


class CursorPage(NamedTuple, Generic[T]):
    """A page of a list that can be left and taken up again anywhere.

    Attributes:
        items: Its items; there may be none where only the cursor moved on.
        cursor: Gives the cursor that stands behind so many of them.
    """

    items: Sequence[T]
    cursor: Callable[[int], str]


class CursorPager(Generic[T]):
    """A list that arrives page by page, and that can be left anywhere and taken up again later.

        async for item in pager:
            ...
            remember(pager.cursor)

    Each iteration starts from the first page.
    """

    def __init__(self, begin: Callable[[], AsyncGenerator[CursorPage[T], None]], cursor: str) -> None:
        """Make a pager; endpoints do it.

        Args:
            begin: Reads the list from its beginning.
            cursor: The cursor as long as nothing was given.
        """
        self._begin = begin
        self._given = 0
        self._page: CursorPage[T] = CursorPage((), lambda _: cursor)

    @property
    def cursor(self) -> str:
        """Text that stands for all that the latest iteration gave, up to this item and with it; goes into JSON."""
        return self._page.cursor(self._given)

    def given(self, count: int) -> None:
        """Say that of the latest page only so many items were passed on."""
        self._given = count

    async def __aiter__(self) -> AsyncGenerator[T, None]:
        """Iterate over the items."""
        async with aclosing(self.pages()) as pages:
            async for page in pages:
                for count, item in enumerate(page, 1):
                    self._given = count
                    yield item

    async def pages(self) -> AsyncGenerator[Sequence[T], None]:
        """Iterate over the pages, none of which is empty; the cursor then stands behind the whole page."""
        async with aclosing(self._begin()) as pages:
            async for page in pages:
                self._page, self._given = page, len(page.items)
                if page.items:
                    yield page.items

    async def all(self) -> list[T]:
        """Return all items; not for a list without an end."""
        return [item async for page in self.pages() for item in page]

    async def first(self) -> T | None:
        """Return the first item, or None if there is none."""
        async with aclosing(self.pages()) as pages:
            async for page in pages:
                self._given = 1
                return page[0]
        return None


def by_offset(
    fetch: Callable[[int, int], Awaitable[PageData[T]]],
    *,
    page_size: int,
    assured: int,
    most: int | None = None,
    offset: int = 0,
    limit: int | None = None,
    sized: bool = True,
) -> Pager[T]:
    """Return a pager for a route that takes an offset.

    Args:
        fetch: Gives the page at an offset, of a size.
        page_size: Items to ask for at a time.
        assured: Items that the instance surely gives at a time, if there are so many: a page of fewer than these and
            than were asked for is the last one. Said of any size, it would lose items where pages are capped.
        most: The greatest size that the documents allow.
        offset: Items to leave out at the beginning.
        limit: The most items to give in all, or None for all that there are.
        sized: Whether the size can be asked for at all; else only an empty page or one that repeats is surely the end.

    Raises:
        ConfigError: A number is out of its range.
    """
    for name, number in (("page_size", page_size), ("offset", offset), ("limit", 0 if limit is None else limit)):
        if isinstance(number, bool) or not isinstance(number, int):
            raise ConfigError(f"{name} must be a whole number, not {number!r}")
    if page_size < 1 or (most is not None and page_size > most):
        raise ConfigError(f"page_size must be 1 to {most}" if most is not None else "page_size must be at least 1")
    if offset < 0 or (limit is not None and limit < 0):
        raise ConfigError("offset and limit must not be negative")

    async def pages() -> AsyncGenerator[Sequence[T], None]:
        repeats = _Repeats()
        taken, ends = 0, limit == 0
        while not ends:
            left = None if limit is None else limit - taken
            asked = page_size if left is None else min(page_size, left)
            batch = await fetch(offset + taken, asked)
            if repeats.seen(batch.items):
                if sized or batch.more or batch.total is not None:
                    raise DecodeError(
                        f"the instance gave the same page again for offset {offset + taken}; there may be more that"
                        " it does not give so: ask with a larger page_size"
                    )
                return
            reached = offset + taken
            if not batch.items and (batch.more or (batch.total is not None and reached < batch.total)):
                much = "more" if batch.more else f"{batch.total} items"
                raise DecodeError(
                    f"the instance says that the list has {much}, but gives nothing after {reached} items; some may be"
                    " hidden from the token's owner, or the list changed while it was read"
                )
            taken += len(batch.items)
            yield batch.items if left is None else batch.items[:left]
            ends = _is_last(batch, reached=offset + taken, surely=min(asked, assured) if sized else 1)
            ends = ends or (limit is not None and taken >= limit)

    return Pager(pages)


def _is_last(batch: PageData[Any], *, reached: int, surely: int) -> bool:
    if not batch.items:
        return True
    if batch.more is not None:
        return not batch.more
    # A total that is less than what came is not right, and so tells nothing.
    if batch.total is not None and reached <= batch.total:
        return reached == batch.total
    return len(batch.items) < surely


class _Repeats:
    """Notices a page that was already given, with no more than two of them kept.

    Those are the page before, and the latest of the 1st, 2nd, 4th, 8th …, to which pages that go in a circle come back.
    """

    def __init__(self) -> None:
        self._before: Sequence[Any] = ()
        self._kept: Sequence[Any] = ()
        self._count = 0

    def seen(self, page: Sequence[Any]) -> bool:
        """Return whether a page is one of those."""
        if not page:
            return False
        if page in (self._before, self._kept):
            return True
        self._before = page
        self._count += 1
        if self._count & (self._count - 1) == 0:
            self._kept = page
        return False


def by_cursor(fetch: Callable[[str | None], Awaitable[tuple[Sequence[T], str | None]]]) -> Pager[T]:
    """Return a pager for a route that tells with each page how to ask for the next one.

    Args:
        fetch: Takes a cursor, None for the first page, and gives a page's items and the next cursor, None at the end.
    """

    async def pages() -> AsyncGenerator[Sequence[T], None]:
        cursor: str | None = None
        seen: set[int] = set()
        repeats = _Repeats()
        empty = 0
        while True:
            items, following = await fetch(cursor)
            # Some instances are said to repeat at the end the cursor that they were sent.
            ends = not following or following == cursor
            if not ends and (hash(following) in seen or repeats.seen(items)):
                raise DecodeError("the instance leads back to a page that it already gave; the list has no end")
            empty = 0 if items else empty + 1
            if empty > _MOST_EMPTY:
                raise DecodeError(f"the instance gave {_MOST_EMPTY} pages without items, and says that more follow")
            yield items
            if ends or following is None:
                return
            seen.add(hash(following))
            cursor = following

    return Pager(pages)

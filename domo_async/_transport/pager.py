"""Paginated lists, with the paging scheme of each route."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Sequence
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Self, TypeVar

from attrs import frozen

from domo_async._frames import Items, needed, pandas_of, polars_of
from domo_async._telemetry import tell
from domo_async._telemetry.events import INCOMPLETE
from domo_async._tracebacks import shorten, shorten_methods
from domo_async.errors import APIError, ConfigError, DecodeError, DomoError, ListIncomplete

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

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
_MOST_BARREN = 100  # successive pages without new items, although more are announced
_MOST_UNREADABLE = 10  # successive pages of which no item can be read
_LEAST_CAP = 10
_PROBES = 4


class PageData(NamedTuple, Generic[T]):
    """One page of a list.

    Attributes:
        items: Its items.
        total: The number of items of all pages, if the answer states it.
        more: Whether a page follows, if the answer states it.
        unreadable: The number of further items that could not be decoded.
    """

    items: Sequence[T]
    total: int | None = None
    more: bool | None = None
    unreadable: int = 0

    @property
    def length(self) -> int:
        """The number of items that arrived, decoded or not."""
        return len(self.items) + self.unreadable


@frozen
class Paging:
    """The parameters in which a route takes the offset and the size of a page.

    Attributes:
        in_body: Whether they are in the JSON body; else in the query.
        size: The key of the page's size, or None if the route does not take it.
        offset: The key of the number of items before the page.
    """

    in_body: bool
    size: str | None
    offset: str

    def keys(self, offset: int, size: int) -> dict[str, int]:
        """Return the parameters to add to the query or the body."""
        return {**({self.size: size} if self.size is not None else {}), self.offset: offset}


QUERY = Paging(in_body=False, size="limit", offset="offset")
QUERY_SKIP = Paging(in_body=False, size="limit", offset="skip")
OFFSET_ONLY = Paging(in_body=False, size=None, offset="offset")
BODY = Paging(in_body=True, size="limit", offset="offset")
BODY_COUNT = Paging(in_body=True, size="count", offset="offset")


class _List(Generic[T]):
    """The conversions that all paginated lists offer."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        shorten_methods(cls)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: `async for`, or await .all(), .first(), .to_pandas()>"

    async def all(self) -> Items[T]:
        """Return all items."""
        raise NotImplementedError

    async def to_pandas(self) -> pd.DataFrame:
        """Return all items as a pandas frame; see `Items.to_pandas`.

        Raises:
            ConfigError: pandas is not installed; nothing was sent.
        """
        needed("pandas")
        from anyio import to_thread  # noqa: PLC0415 - pytest has to import anyio's plugin itself

        return await to_thread.run_sync(pandas_of, await self.all())

    async def to_polars(self) -> pl.DataFrame:
        """Return all items as a polars frame; see `Items.to_polars`.

        Raises:
            ConfigError: polars is not installed; nothing was sent.
        """
        needed("polars")
        from anyio import to_thread  # noqa: PLC0415 - pytest has to import anyio's plugin itself

        return await to_thread.run_sync(polars_of, await self.all())


shorten_methods(_List)


class Pager(_List[T]):
    """A paginated list, which is requested while it is iterated over.

        async for item in pager: ...

    Each iteration starts from the first page. A page is requested when the items before it are used up. If items are
    deleted during the iteration, the following items move up, past the offset of the next page. That is detected by a
    total that shrinks; if the route does not return a total, iterating requests the last item of each page again at the
    end, and `all` does not. Then the list is read again, and the missing items are returned: each item once, even in a
    loop that deletes its items. If items cannot be distinguished, such as those of the activity log, call `all` before
    you delete.

    If a list is shorter than the instance says, `ListIncomplete` is raised after the items that arrived. These are
    trusted: a total that is reached, even if an item was created for each one deleted; the end if there is no total and
    a page is at most half as long as requested, unless its length is typical of capped pages (a multiple of 5, from 10
    on); and a cursor that is missing or repeats.
    """

    def __init__(
        self,
        begin: Callable[[], AsyncGenerator[Sequence[T], None]],
        *,
        begin_wary: Callable[[], AsyncGenerator[Sequence[T], None]] | None = None,
    ) -> None:
        """Create a pager; endpoints do this, mostly by `Transport.pages` and `Transport.pages_by_cursor`.

        Args:
            begin: Reads the pages from the first one on.
            begin_wary: Does so if the caller may change the list between two pages; by default `begin`.
        """
        self._begin = begin
        self._begin_wary = begin_wary or begin

    def made_by(
        self, make: Callable[[Callable[[], AsyncGenerator[Sequence[T], None]]], AsyncGenerator[Sequence[T], None]]
    ) -> Self:
        """Wrap each reading of the list in a function, which gets the original reading; returns self."""
        self._begin, self._begin_wary = partial(make, self._begin), partial(make, self._begin_wary)
        return self

    async def __aiter__(self) -> AsyncGenerator[T, None]:
        """Iterate over the items of all pages."""
        try:
            async with aclosing(self.pages()) as pages:
                async for page in pages:
                    for item in page:
                        yield item
        except DomoError as error:
            shorten(error)
            raise

    async def pages(self) -> AsyncGenerator[Sequence[T], None]:
        """Iterate over the pages, without empty ones."""
        async with aclosing(self._begin_wary()) as pages:
            async for page in pages:
                if page:
                    yield page

    async def all(self) -> Items[T]:
        """Return the items of all pages, as a list.

        Raises:
            ListIncomplete: There are more; its `items` are those that arrived.
        """
        items = Items[T]()
        try:
            async for page in self._begin():
                items.extend(page)
        except ListIncomplete as error:
            error.items = tuple(items)
            raise
        return items

    async def first(self) -> T | None:
        """Return the first item, or None if there is none; no further page is requested."""
        async with aclosing(self.pages()) as pages:
            async for page in pages:
                return page[0]
        return None


class CursorPage(NamedTuple, Generic[T]):
    """A page of a list that can be resumed at any item.

    Attributes:
        items: Its items; empty if only the cursor advanced.
        cursor: Returns the cursor after the given number of items.
    """

    items: Sequence[T]
    cursor: Callable[[int], str]


class CursorPager(_List[T]):
    """A paginated list that can be resumed later at any item.

        async for item in pager:
            ...
            remember(pager.cursor)

    Each iteration starts from the first page.
    """

    def __init__(self, begin: Callable[[], AsyncGenerator[CursorPage[T], None]], cursor: str) -> None:
        """Create a pager; endpoints do this.

        Args:
            begin: Reads the list from its beginning.
            cursor: The cursor before the first item.
        """
        self._begin = begin
        self._given = 0
        self._page: CursorPage[T] = CursorPage((), lambda _: cursor)

    @property
    def cursor(self) -> str:
        """The position after the current item of the latest iteration, as text that can be stored in JSON."""
        return self._page.cursor(self._given)

    def made_by(
        self, make: Callable[[Callable[[], AsyncGenerator[CursorPage[T], None]]], AsyncGenerator[CursorPage[T], None]]
    ) -> Self:
        """Wrap each reading of the list in a function, which gets the original reading; returns self."""
        self._begin = partial(make, self._begin)
        return self

    def given(self, count: int) -> None:
        """Set how many items of the latest page were passed on."""
        self._given = count

    async def __aiter__(self) -> AsyncGenerator[T, None]:
        """Iterate over the items."""
        try:
            async with aclosing(self.pages()) as pages:
                async for page in pages:
                    for count, item in enumerate(page, 1):
                        self._given = count
                        yield item
        except DomoError as error:
            shorten(error)
            raise

    async def pages(self) -> AsyncGenerator[Sequence[T], None]:
        """Iterate over the pages, without empty ones; the cursor is then after the whole page."""
        async with aclosing(self._begin()) as pages:
            async for page in pages:
                self._page, self._given = page, len(page.items)
                if page.items:
                    yield page.items

    async def all(self) -> Items[T]:
        """Return all items, as a list; not for endless lists."""
        return Items([item async for page in self.pages() for item in page])

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
    paged: bool = True,
    key: Callable[[T], Hashable] | None = None,
) -> Pager[T]:
    """Return a pager for a route that takes an offset.

    Args:
        fetch: Returns the page at an offset, of a size.
        page_size: The number of items to request at once.
        assured: The number of items that the instance certainly returns at once, if there are that many: a page with
            fewer items than this and than half of the requested size is the last one. A larger number would lose items
            if pages are capped.
        most: The largest size that Domo's documentation allows.
        offset: The number of items to skip at the beginning.
        limit: The most items to return in total, or None for all.
        sized: Whether the route takes a size; else only an empty or repeated page is certainly the end.
        paged: Whether the route certainly heeds offset and size; else it may always return the whole list.
        key: Returns the identity of an item; None if items cannot be distinguished.

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
    asking = _Asking(fetch, page_size, assured if sized else 1, offset, sized=sized, paged=paged)

    def begin(*, wary: bool) -> AsyncGenerator[Sequence[T], None]:
        return _whole(lambda given: _OffsetReading(asking, given, wary=wary), key, offset, limit)

    return Pager(partial(begin, wary=False), begin_wary=partial(begin, wary=True))


async def _whole(
    begin: Callable[[_Given[T]], _Reading[T]], key: Callable[[T], Hashable] | None, offset: int, limit: int | None
) -> AsyncGenerator[Sequence[T], None]:
    """Read a list, again from the beginning whenever items moved during the read; yield each item once."""
    given = _Given(key, limit)
    while not given.is_enough:
        before = given.count
        reading = begin(given)
        async with aclosing(reading.pages()) as pages:
            async for page in pages:
                yield page
        if given.is_enough:
            return
        if reading.moved and key is None:
            raise reading.incomplete("it changed while it was read; read it again, and take all() before you delete")
        if not reading.moved or before == given.count:
            reading.refuse_if_short(offset)
            return
        given.again = True


class _Given(Generic[T]):
    """The items of a list that a pager has returned.

    Args:
        key: Returns the identity of an item; None if items cannot be distinguished.
        limit: The most items to return.
    """

    def __init__(self, key: Callable[[T], Hashable] | None, limit: int | None) -> None:
        self.count = 0
        self.again = False  # whether the list is being read once more
        self._key = key
        self._limit = limit
        self._keys: set[Hashable] = set()

    @property
    def can_tell(self) -> bool:
        """Whether items can be distinguished."""
        return self._key is not None

    @property
    def left(self) -> int | None:
        """The number of items that may still be returned."""
        return None if self._limit is None else self._limit - self.count

    @property
    def is_enough(self) -> bool:
        """Whether the limit is reached."""
        return self.left is not None and self.left <= 0

    def keys(self, page: Sequence[T]) -> Sequence[Any]:
        """Return the identities of items; the items themselves if they do not have any."""
        return page if self._key is None else tuple(map(self._key, page))

    def new(self, page: Sequence[T]) -> Sequence[T]:
        """Return the items that were not returned yet, and count them."""
        if self._key is not None:
            page = [item for item in page if self._is_new(self._key(item))]
        page = page if self.left is None else page[: self.left]
        self.count += len(page)
        return page

    def _is_new(self, key: Hashable) -> bool:
        if key is None:  # the item has no identity; on the first reading it is certainly new
            return not self.again
        known = len(self._keys)
        self._keys.add(key)
        return len(self._keys) > known


class _Reading(Generic[T]):
    """A list read once from its beginning.

    Attributes:
        moved: Whether items before the offset of a page were removed during the reading, so that others were skipped.
    """

    def __init__(self, given: _Given[T]) -> None:
        self.moved = False
        self._given = given
        self._total: int | None = None
        self._positions = 0  # the number of items from the beginning without a gap
        self._unreadable = 0
        self._unreadable_pages = 0
        self._promises_more = False

    def pages(self) -> AsyncGenerator[Sequence[T], None]:
        """Yield the new items of each page."""
        raise NotImplementedError

    def incomplete(self, why: str) -> ListIncomplete:
        """Return the error for an incomplete list."""
        tell(INCOMPLETE, items=self._given.count, total=self._total)
        much = "more" if self._promises_more or self._total is None else f"{self._total} items"
        return ListIncomplete(
            f"the instance says that the list has {much}, but gave {self._given.count} items: {why}",
            total=self._total,
            given=self._given.count,
        )

    def refuse_if_short(self, offset: int) -> None:
        """Raise if fewer items arrived than the instance announced.

        Raises:
            ListIncomplete: Fewer items arrived.
        """
        came = max(self._positions, self._given.count + self._unreadable)
        if self._promises_more or (self._total is not None and came < self._total - offset):
            raise self.incomplete("some may be hidden from the token's owner, or the list changed while it was read")

    def _take(self, batch: PageData[T]) -> None:
        """Take the page's information about the whole list.

        Raises:
            ListIncomplete: Nothing can be read of this page, nor of those before it.
        """
        self._unreadable_pages = self._unreadable_pages + 1 if batch.unreadable and not batch.items else 0
        if self._unreadable_pages > _MOST_UNREADABLE:
            self._promises_more = True
            raise self.incomplete(f"of {self._unreadable_pages} pages in a row no item could be read")
        if batch.total is not None:
            self.moved |= self._total is not None and batch.total < self._total
            self._total = batch.total
        self._unreadable += batch.unreadable


class _Before(NamedTuple):
    """The previous page: its offset, its items' identities, and whether it was shorter than requested."""

    at: int
    keys: Sequence[Any]
    is_short: bool


@frozen
class _Asking(Generic[T]):
    """The parameters for requesting pages; see `by_offset`."""

    fetch: Callable[[int, int], Awaitable[PageData[T]]]
    page_size: int
    assured: int
    offset: int
    sized: bool
    paged: bool


class _OffsetReading(_Reading[T]):
    """One reading of a list whose pages are requested by offset.

    If a page is shorter than requested although more items are announced, it may have been capped, so that the next
    page begins where it ended; or items were removed from it after it was cut, so that the next page begins where it
    would have ended. The answer does not show which. So the next page is requested at an offset that skips no item in
    either case: as far as a page certainly reaches, because an earlier one did. Items on two pages are returned once,
    and show how far the first of these pages reached.
    """

    def __init__(self, asking: _Asking[T], given: _Given[T], *, wary: bool) -> None:
        super().__init__(given)
        self._asking = asking
        self._wary = wary  # whether to check if the list moved, if there is no total
        self._repeats = _Repeats()
        self._reach = 0  # the number of positions that a page covers, if that many are requested
        self._at = asking.offset

    async def pages(self) -> AsyncGenerator[Sequence[T], None]:
        """Yield the new items of each page."""
        before: _Before | None = None
        joints: list[tuple[int, Any]] = []
        told, barren = False, 0
        while True:
            asked, total = self._size(), self._total
            batch = await self._asking.fetch(self._at, asked)
            self._take(batch)
            told |= batch.total is not None
            keys = self._given.keys(batch.items)
            step = batch.length if batch.length >= asked else min(asked, max(self._reach, batch.length)) or asked
            more = self._is_promised(batch, step)
            step = step if more else batch.length
            repeated = self._repeats.seen(keys)
            if repeated and (batch.length >= asked or more is None):
                await self._judge_repeat(batch, asked, more=more)
                return
            self._follow(before, keys, batch.length, settled=batch.total == total is not None)
            self._reach = max(self._reach, batch.length)
            page = self._given.new(batch.items)
            if page:
                yield page
            if self._given.is_enough:
                return
            if self._is_end(batch, asked, more=more):
                break
            barren = 0 if page and not repeated else barren + 1
            if barren > _MOST_BARREN:
                self._promises_more = True
                return
            before = _Before(self._at, keys, is_short=batch.length < asked)
            self._at += step
            joints += [(self._at - 1, keys[-1])] if keys else []
        if self._wary and not told and self._given.can_tell:
            self.moved |= await self._has_moved(joints)

    def _size(self) -> int:
        """Return the number of items to request."""
        left = self._given.left
        if left is None or self._given.again:  # a repeated reading begins with items that were already returned
            return self._asking.page_size
        return min(self._asking.page_size, left)

    def _is_promised(self, batch: PageData[T], step: int) -> bool | None:
        """Return whether a page follows this one, or None if that is not known."""
        if batch.more is not None:
            return batch.more
        # A total below the number of items that arrived is wrong, and is ignored.
        if batch.total is not None and self._at + batch.length <= batch.total:
            return self._at + step < batch.total
        return None

    def _is_end(self, batch: PageData[T], asked: int, *, more: bool | None) -> bool:
        """Return whether no further page has to be requested."""
        if batch.length and batch.more is None and self._given.can_tell and self._lacks():
            return False
        return more is False or (more is None and self._is_last(batch, asked))

    def _lacks(self) -> bool:
        """Return whether fewer items arrived than the instance announced."""
        return self._total is not None and self._given.count + self._unreadable < self._total - self._asking.offset

    def _is_last(self, batch: PageData[T], asked: int) -> bool:
        """Return whether a page is assumed to be the last one, if the answer does not say so."""
        if batch.length >= min(asked, self._asking.assured):
            return False
        if self._given.can_tell and 2 * batch.length > asked >= _LEAST_CAP:
            # Items may have been removed from it. Items that the next page shares with it are returned once.
            return False
        # Capped pages have the same length: a page that is shorter than another one was not capped.
        return batch.length < self._reach or not _may_be_cut(batch.length)

    def _follow(self, before: _Before | None, keys: Sequence[Any], length: int, *, settled: bool) -> None:
        """Determine how far this page and the previous one reach; the previous one reaches to the items they share."""
        shared = 0 if before is None else len(set(before.keys).intersection(keys))
        is_short = before is not None and before.is_short
        if self._at == self._asking.offset + self._positions:
            # The next page can begin within a page only if that page was short.
            self._positions += length - (shared if is_short else 0)
        if shared and before is not None and (settled or is_short):
            self._reach = max(self._reach, self._at - before.at + shared)

    async def _judge_repeat(self, batch: PageData[T], asked: int, *, more: bool | None) -> None:
        """Accept a repeated page as the end if that is certain.

        Raises:
            DecodeError: It is not certain.
        """
        if more is None:
            # A route that ignores the offset has returned everything, if the page could have been longer.
            if batch.length < asked or (not self._asking.sized and batch.total is None):
                return
            if not self._asking.paged:
                if batch.length > asked:
                    return
                again = await self._asking.fetch(self._at, asked + 1)
                if self._given.keys(again.items) == self._given.keys(batch.items):
                    return
        raise DecodeError(
            f"the instance gave the same page again for offset {self._at}; there may be more that it does not give so:"
            " ask with a larger page_size"
        )

    async def _has_moved(self, joints: Sequence[tuple[int, Any]]) -> bool:
        """Return whether an item before the beginning of a page is no longer at its offset."""

        async def stays(offset: int, key: Any) -> bool:
            try:
                page = await self._asking.fetch(offset, 1)
            except APIError:  # all pages arrived; a failed comparison does not change that
                return True
            return bool(next(iter(self._given.keys(page.items)), None) == key)

        for at in range(0, len(joints), _PROBES):
            if not all(await asyncio.gather(*(stays(*joint) for joint in joints[at : at + _PROBES]))):
                return True
        return False


def _may_be_cut(length: int) -> bool:
    """Return whether a page of this length may be a full page of an instance that caps pages."""
    return length >= _LEAST_CAP and length % 5 == 0


class _Repeats:
    """Detects a repeated page, while keeping at most two pages.

    These are the previous page, and the latest of the 1st, 2nd, 4th, 8th …, to which cyclic pages return.
    """

    def __init__(self) -> None:
        self._before: Sequence[Any] = ()
        self._kept: Sequence[Any] = ()
        self._count = 0

    def seen(self, page: Sequence[Any]) -> bool:
        """Return whether a page equals one of those."""
        if not page:
            return False
        if page in (self._before, self._kept):
            return True
        self._before = page
        self._count += 1
        if self._count & (self._count - 1) == 0:
            self._kept = page
        return False


def by_cursor(
    fetch: Callable[[str | None], Awaitable[tuple[PageData[T], str | None]]],
    *,
    key: Callable[[T], Hashable] | None = None,
) -> Pager[T]:
    """Return a pager for a route that returns a cursor for the next page.

    Args:
        fetch: Takes a cursor, None for the first page, and returns a page and the next cursor, None at the end.
        key: Returns the identity of an item; None if items cannot be distinguished.
    """
    return Pager(lambda: _whole(lambda given: _CursorReading(fetch, given), key, 0, None))


class _CursorReading(_Reading[T]):
    """One reading of a list whose pages contain the cursor for the next page."""

    def __init__(
        self, fetch: Callable[[str | None], Awaitable[tuple[PageData[T], str | None]]], given: _Given[T]
    ) -> None:
        super().__init__(given)
        self._fetch = fetch

    async def pages(self) -> AsyncGenerator[Sequence[T], None]:
        """Yield the new items of each page."""
        cursor: str | None = None
        seen: set[int] = set()
        repeats = _Repeats()
        empty = 0
        while True:
            batch, following = await self._fetch(cursor)
            self._take(batch)
            self._positions += batch.length
            # Some instances are said to repeat the cursor that they were sent at the end.
            ends = not following or following == cursor
            if not ends and (hash(following) in seen or repeats.seen(self._given.keys(batch.items))):
                raise DecodeError("the instance leads back to a page that it already gave; the list has no end")
            empty = 0 if batch.length else empty + 1
            if empty > _MOST_EMPTY:
                raise DecodeError(f"the instance gave {_MOST_EMPTY} pages without items, and says that more follow")
            page = self._given.new(batch.items)
            if page:
                yield page
            if ends or following is None:
                return
            seen.add(hash(following))
            cursor = following

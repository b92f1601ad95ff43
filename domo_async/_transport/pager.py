"""Lists that arrive page by page, each route with a scheme of its own."""

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
_MOST_BARREN = 100  # pages in a row that give nothing new, though more is promised
_LEAST_CAP = 10
_PROBES = 4


class PageData(NamedTuple, Generic[T]):
    """What one answer holds of a list.

    Attributes:
        items: Its items.
        total: How many items all pages have together, where the answer tells.
        more: Whether a page follows, where the answer tells.
        unreadable: How many items it has besides that could not be read.
    """

    items: Sequence[T]
    total: int | None = None
    more: bool | None = None
    unreadable: int = 0

    @property
    def length(self) -> int:
        """How many items came, whether they could be read or not."""
        return len(self.items) + self.unreadable


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


class _List(Generic[T]):
    """What all lists that arrive page by page can become."""

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
        from anyio import to_thread  # noqa: PLC0415 - pytest is to import its plugin itself

        return await to_thread.run_sync(pandas_of, await self.all())

    async def to_polars(self) -> pl.DataFrame:
        """Return all items as a polars frame; see `Items.to_polars`.

        Raises:
            ConfigError: polars is not installed; nothing was sent.
        """
        needed("polars")
        from anyio import to_thread  # noqa: PLC0415 - pytest is to import its plugin itself

        return await to_thread.run_sync(polars_of, await self.all())


shorten_methods(_List)


class Pager(_List[T]):
    """A list that arrives page by page, as it is iterated over.

        async for item in pager: ...

    Each iteration starts from the first page. A page is asked for when the items before it are used up. What is deleted
    meanwhile makes the list move up, past the place of the next page. That is noticed by a total that shrinks; where
    none is told, iterating asks in the end for the last item of each page once more, and `all` does not. Then the list
    is read again, and what was not given yet is given: each item once, also by a loop that deletes what it is given.
    Where items cannot be told from each other, as those of the activity log, take `all` before you delete.

    A list that is shorter than the instance says is a `ListIncomplete` after the items that came. What is taken at its
    word: a total that is reached, though something was made for each thing deleted; the end where no total is told and
    a page is not longer than half of what was asked for, unless it is as long as pages that are cut (a multiple of 5,
    from 10 on); and a cursor that is missing or repeats.
    """

    def __init__(
        self,
        begin: Callable[[], AsyncGenerator[Sequence[T], None]],
        *,
        begin_wary: Callable[[], AsyncGenerator[Sequence[T], None]] | None = None,
    ) -> None:
        """Make a pager; endpoints do it, most of them by `Transport.pages` and `Transport.pages_by_cursor`.

        Args:
            begin: Reads the pages from the first one on.
            begin_wary: Does so where the caller may change the list between two pages; like `begin` if left out.
        """
        self._begin = begin
        self._begin_wary = begin_wary or begin

    def made_by(
        self, make: Callable[[Callable[[], AsyncGenerator[Sequence[T], None]]], AsyncGenerator[Sequence[T], None]]
    ) -> Self:
        """Have each reading of the list made by a function, which is given what begins it; returns this very list."""
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
        """Iterate over the pages, none of which is empty."""
        async with aclosing(self._begin_wary()) as pages:
            async for page in pages:
                if page:
                    yield page

    async def all(self) -> Items[T]:
        """Return the items of all pages, as a list.

        Raises:
            ListIncomplete: There are more; its `items` are those that came.
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


class CursorPager(_List[T]):
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

    def made_by(
        self, make: Callable[[Callable[[], AsyncGenerator[CursorPage[T], None]]], AsyncGenerator[CursorPage[T], None]]
    ) -> Self:
        """Have each reading of the list made by a function, which is given what begins it; returns this very list."""
        self._begin = partial(make, self._begin)
        return self

    def given(self, count: int) -> None:
        """Say that of the latest page only so many items were passed on."""
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
        """Iterate over the pages, none of which is empty; the cursor then stands behind the whole page."""
        async with aclosing(self._begin()) as pages:
            async for page in pages:
                self._page, self._given = page, len(page.items)
                if page.items:
                    yield page.items

    async def all(self) -> Items[T]:
        """Return all items, as a list; not for a list without an end."""
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
        fetch: Gives the page at an offset, of a size.
        page_size: Items to ask for at a time.
        assured: Items that the instance surely gives at a time, if there are so many: a page of fewer than these and
            than half of what was asked for is the last one. Said of any size, it would lose items where pages are
            capped.
        most: The greatest size that the documents allow.
        offset: Items to leave out at the beginning.
        limit: The most items to give in all, or None for all that there are.
        sized: Whether the size can be asked for at all; else only an empty page or one that repeats is surely the end.
        paged: Whether the route surely heeds offset and size; else it may give the whole list whatever it is asked for.
        key: What tells an item from all others; None where nothing does.

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
    """Read a list, and again from its beginning as often as it moved while it was read; give each item once."""
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
    """What a pager has given of a list.

    Args:
        key: What tells an item from all others; None where nothing does.
        limit: The most items to give.
    """

    def __init__(self, key: Callable[[T], Hashable] | None, limit: int | None) -> None:
        self.count = 0
        self.again = False  # whether the list is being read once more
        self._key = key
        self._limit = limit
        self._keys: set[Hashable] = set()

    @property
    def can_tell(self) -> bool:
        """Whether items can be told from each other."""
        return self._key is not None

    @property
    def left(self) -> int | None:
        """How many items may still be given."""
        return None if self._limit is None else self._limit - self.count

    @property
    def is_enough(self) -> bool:
        """Whether no more items are wanted."""
        return self.left is not None and self.left <= 0

    def keys(self, page: Sequence[T]) -> Sequence[Any]:
        """Return what its items are told by; the items themselves where nothing tells them."""
        return page if self._key is None else tuple(map(self._key, page))

    def new(self, page: Sequence[T]) -> Sequence[T]:
        """Return those of the items that were not given yet, and count them as given."""
        if self._key is not None:
            page = [item for item in page if self._is_new(self._key(item))]
        page = page if self.left is None else page[: self.left]
        self.count += len(page)
        return page

    def _is_new(self, key: Hashable) -> bool:
        if key is None:  # nothing tells such an item; once it surely is new
            return not self.again
        known = len(self._keys)
        self._keys.add(key)
        return len(self._keys) > known


class _Reading(Generic[T]):
    """A list read once from its beginning.

    Attributes:
        moved: Whether items before the place of a page went meanwhile, so that others were passed over.
    """

    def __init__(self, given: _Given[T]) -> None:
        self.moved = False
        self._given = given
        self._total: int | None = None
        self._positions = 0  # as many items came, from the beginning on without a gap
        self._unreadable = 0
        self._promises_more = False

    def pages(self) -> AsyncGenerator[Sequence[T], None]:
        """Yield what is new of each page."""
        raise NotImplementedError

    def incomplete(self, why: str) -> ListIncomplete:
        """Return the error for a list that is not whole."""
        tell(INCOMPLETE, items=self._given.count, total=self._total)
        much = "more" if self._promises_more or self._total is None else f"{self._total} items"
        return ListIncomplete(
            f"the instance says that the list has {much}, but gave {self._given.count} items: {why}",
            total=self._total,
            given=self._given.count,
        )

    def refuse_if_short(self, offset: int) -> None:
        """Raise if fewer items came than the instance says that there are.

        Raises:
            ListIncomplete: Fewer came.
        """
        came = max(self._positions, self._given.count + self._unreadable)
        if self._promises_more or (self._total is not None and came < self._total - offset):
            raise self.incomplete("some may be hidden from the token's owner, or the list changed while it was read")

    def _take(self, batch: PageData[T]) -> None:
        """Take in what a page tells of the whole list."""
        if batch.total is not None:
            self.moved |= self._total is not None and batch.total < self._total
            self._total = batch.total
        self._unreadable += batch.unreadable


class _Before(NamedTuple):
    """The page before: where it began, what its items are told by, and whether it was shorter than asked for."""

    at: int
    keys: Sequence[Any]
    is_short: bool


@frozen
class _Asking(Generic[T]):
    """How the pages of a list are asked for; see `by_offset`."""

    fetch: Callable[[int, int], Awaitable[PageData[T]]]
    page_size: int
    assured: int
    offset: int
    sized: bool
    paged: bool


class _OffsetReading(_Reading[T]):
    """One reading of a list whose pages are asked for by their offset.

    A page that is shorter than what was asked for, where more are promised, may have been capped, so that the next one
    begins where it ended; or items were taken out of it after it was cut, so that the next one begins where it would
    have ended. Which it is nobody tells. So the next one is asked for where no item can be passed over in either case:
    as far on as a page surely reaches, since one did. What stands on two pages is given once, and tells how far the
    first of them reached.
    """

    def __init__(self, asking: _Asking[T], given: _Given[T], *, wary: bool) -> None:
        super().__init__(given)
        self._asking = asking
        self._wary = wary  # whether to look if the list moved where no total would tell
        self._repeats = _Repeats()
        self._reach = 0  # so many places a page covers, if it is asked for as many
        self._at = asking.offset

    async def pages(self) -> AsyncGenerator[Sequence[T], None]:
        """Yield what is new of each page."""
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
        """Return how many items to ask for."""
        left = self._given.left
        if left is None or self._given.again:  # what is read again begins with what was given already
            return self._asking.page_size
        return min(self._asking.page_size, left)

    def _is_promised(self, batch: PageData[T], step: int) -> bool | None:
        """Return whether a page follows this one, and None where nothing tells."""
        if batch.more is not None:
            return batch.more
        # A total that is less than what came is not right, and so tells nothing.
        if batch.total is not None and self._at + batch.length <= batch.total:
            return self._at + step < batch.total
        return None

    def _is_end(self, batch: PageData[T], asked: int, *, more: bool | None) -> bool:
        """Return whether no further page is asked for."""
        if batch.length and batch.more is None and self._given.can_tell and self._lacks():
            return False
        return more is False or (more is None and self._is_last(batch, asked))

    def _lacks(self) -> bool:
        """Return whether fewer items came than the instance says that there are."""
        return self._total is not None and self._given.count + self._unreadable < self._total - self._asking.offset

    def _is_last(self, batch: PageData[T], asked: int) -> bool:
        """Return whether a page is taken for the last one, where nothing tells."""
        if batch.length >= min(asked, self._asking.assured):
            return False
        if self._given.can_tell and 2 * batch.length > asked >= _LEAST_CAP:
            # Some items may have been taken out of it. What the next page has in common with it is given once.
            return False
        # Pages have one greatest length: one that is shorter than another was not cut.
        return batch.length < self._reach or not _may_be_cut(batch.length)

    def _follow(self, before: _Before | None, keys: Sequence[Any], length: int, *, settled: bool) -> None:
        """See how far this page and the one before reach: that one as far as to what it shares with this one."""
        shared = 0 if before is None else len(set(before.keys).intersection(keys))
        is_short = before is not None and before.is_short
        if self._at == self._asking.offset + self._positions:
            # Only where a page was short may the next one begin amid it.
            self._positions += length - (shared if is_short else 0)
        if shared and before is not None and (settled or is_short):
            self._reach = max(self._reach, self._at - before.at + shared)

    async def _judge_repeat(self, batch: PageData[T], asked: int, *, more: bool | None) -> None:
        """Let a page that came before be the end where that is sure.

        Raises:
            DecodeError: It need not be.
        """
        if more is None:
            # What does not heed the offset gave all that it has, if it would have given more.
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
        """Return whether one of the items after which a page began is no longer in its place."""

        async def stays(offset: int, key: Any) -> bool:
            try:
                page = await self._asking.fetch(offset, 1)
            except APIError:  # all pages came; that they cannot be compared makes them no less
                return True
            return bool(next(iter(self._given.keys(page.items)), None) == key)

        for at in range(0, len(joints), _PROBES):
            if not all(await asyncio.gather(*(stays(*joint) for joint in joints[at : at + _PROBES]))):
                return True
        return False


def _may_be_cut(length: int) -> bool:
    """Return whether a page of this length may be a whole page on an instance that gives fewer than it is asked for."""
    return length >= _LEAST_CAP and length % 5 == 0


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


def by_cursor(
    fetch: Callable[[str | None], Awaitable[tuple[PageData[T], str | None]]],
    *,
    key: Callable[[T], Hashable] | None = None,
) -> Pager[T]:
    """Return a pager for a route that tells with each page how to ask for the next one.

    Args:
        fetch: Takes a cursor, None for the first page, and gives a page and the next cursor, None at the end.
        key: What tells an item from all others; None where nothing does.
    """
    return Pager(lambda: _whole(lambda given: _CursorReading(fetch, given), key, 0, None))


class _CursorReading(_Reading[T]):
    """One reading of a list each of whose pages tells how to ask for the next one."""

    def __init__(
        self, fetch: Callable[[str | None], Awaitable[tuple[PageData[T], str | None]]], given: _Given[T]
    ) -> None:
        super().__init__(given)
        self._fetch = fetch

    async def pages(self) -> AsyncGenerator[Sequence[T], None]:
        """Yield what is new of each page."""
        cursor: str | None = None
        seen: set[int] = set()
        repeats = _Repeats()
        empty = 0
        while True:
            batch, following = await self._fetch(cursor)
            self._take(batch)
            self._positions += batch.length
            # Some instances are said to repeat at the end the cursor that they were sent.
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

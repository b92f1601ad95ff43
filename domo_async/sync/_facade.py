"""The base classes of the generated facade."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Generic, Protocol, Self, TypeVar

from domo_async._frames import Items, needed
from domo_async._tracebacks import shorten, shorten_methods
from domo_async.errors import DomoError
from domo_async.sync._portal import Portal

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

__all__ = ["ClientTwin", "SyncCursorPager", "SyncPager", "Twin"]

T = TypeVar("T")
A = TypeVar("A")


class _AsyncClient(Protocol):
    """The asynchronous client."""

    async def __aenter__(self) -> Self: ...
    async def _release(self) -> None: ...


class _AsyncPager(Protocol[T]):
    """An asynchronous paginated list."""

    def pages(self) -> AsyncIterator[Sequence[T]]: ...
    async def all(self) -> list[T]: ...
    async def first(self) -> T | None: ...


class _AsyncCursorPager(_AsyncPager[T], Protocol[T]):
    """An asynchronous paginated list that can be resumed."""

    @property
    def cursor(self) -> str: ...
    def given(self, count: int) -> None: ...


C = TypeVar("C", bound=_AsyncClient)


class Twin(Generic[A]):
    """The blocking twin of an asynchronous class: the same methods, run through a portal."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        shorten_methods(cls)

    def __init__(self, aio: A, portal: Portal) -> None:
        self._aio = aio
        self._portal = portal


class ClientTwin(Twin[C]):
    """A blocking client; it owns the portal that all its areas share."""

    def __init__(self, aio: C, portal: Portal) -> None:
        super().__init__(aio, portal)
        portal.at_close(aio._release)  # noqa: SLF001 - its other half

    @classmethod
    def _of(cls, aio: C, portal: Portal) -> Self:
        self = cls.__new__(cls)
        ClientTwin.__init__(self, aio, portal)
        return self

    def __repr__(self) -> str:
        return repr(self._aio)

    def __enter__(self) -> Self:
        self._portal.run(self._aio.__aenter__())
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Cancel running calls of other threads and close all connections. The client cannot be used again."""
        self._portal.close()


class SyncPager(Twin[_AsyncPager[T]]):
    """A paginated list, which is requested while it is iterated over.

    Each iteration starts from the first page. A page is requested when the items before it are used up.
    """

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: `for`, or .all(), .first(), .to_pandas()>"

    def __iter__(self) -> Iterator[T]:
        try:
            for page in self.pages():
                yield from page
        except DomoError as error:
            shorten(error)
            raise

    def pages(self) -> Iterator[Sequence[T]]:
        """Return an iterator over the pages."""
        return self._portal.iterate(self._aio.pages)

    def all(self) -> Items[T]:
        """Return the items of all pages, as a list."""
        return Items(self._portal.run(self._aio.all()))

    def first(self) -> T | None:
        """Return the first item, or None if there is none."""
        return self._portal.run(self._aio.first())

    def to_pandas(self) -> pd.DataFrame:
        """Return all items as a pandas frame; see `Items.to_pandas`.

        Raises:
            ConfigError: pandas is not installed; nothing was sent.
        """
        needed("pandas")
        return self.all().to_pandas()

    def to_polars(self) -> pl.DataFrame:
        """Return all items as a polars frame; see `Items.to_polars`.

        Raises:
            ConfigError: polars is not installed; nothing was sent.
        """
        needed("polars")
        return self.all().to_polars()


class SyncCursorPager(Twin[_AsyncCursorPager[T]]):
    """A paginated list that can be resumed later at any item.

        for item in pager:
            ...
            remember(pager.cursor)

    Each iteration starts from the first page.
    """

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: `for`, or .all(), .first(), .to_pandas()>"

    @property
    def cursor(self) -> str:
        """The position after the current item of the latest iteration, as text that can be stored in JSON."""
        return self._aio.cursor

    def __iter__(self) -> Iterator[T]:
        try:
            for page in self.pages():
                for count, item in enumerate(page, 1):
                    self._aio.given(count)
                    yield item
        except DomoError as error:
            shorten(error)
            raise

    def pages(self) -> Iterator[Sequence[T]]:
        """Return an iterator over the pages; the cursor is then after the whole page."""
        return self._portal.iterate(self._aio.pages)

    def all(self) -> Items[T]:
        """Return all items, as a list; not for endless lists."""
        return Items(self._portal.run(self._aio.all()))

    def first(self) -> T | None:
        """Return the first item, or None if there is none."""
        return self._portal.run(self._aio.first())

    def to_pandas(self) -> pd.DataFrame:
        """Return all items as a pandas frame; see `Items.to_pandas`.

        Raises:
            ConfigError: pandas is not installed; nothing was sent.
        """
        needed("pandas")
        return self.all().to_pandas()

    def to_polars(self) -> pl.DataFrame:
        """Return all items as a polars frame; see `Items.to_polars`.

        Raises:
            ConfigError: polars is not installed; nothing was sent.
        """
        needed("polars")
        return self.all().to_polars()

"""Iterate over every hit of a search, however many there are."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple, TypeAlias

from domo_async._endpoints.search._split import MOST, Part, adds_up, fits, split
from domo_async._endpoints.search.models import SearchHit
from domo_async._telemetry import tell
from domo_async._telemetry.events import INCOMPLETE
from domo_async.errors import SearchIncomplete

__all__ = ["Page", "SearchReader"]

_TRIES: Final = 3


class Page(NamedTuple):
    """A page of a part of a search.

    Attributes:
        total: The number of hits of the part.
        hits: The hits of the page.
        unreadable: The number of further hits that could not be decoded.
    """

    total: int
    hits: Sequence[SearchHit]
    unreadable: int = 0

    @property
    def length(self) -> int:
        """The number of hits on the page, including those that could not be decoded."""
        return len(self.hits) + self.unreadable


_Ask: TypeAlias = Callable[[Part, int, int], Awaitable[Page]]
_Identity: TypeAlias = tuple[str | None, str, str | None]


class _Found(NamedTuple):
    """A part and its first page."""

    part: Part
    page: Page


class _Reading:
    """One reading of all pages of a part, whose hits may change meanwhile.

    Args:
        given: The hits that were yielded to the caller; grows.
        first: Whether this is the first reading; hits without an identifier are yielded only in it.
    """

    def __init__(self, given: set[_Identity], *, first: bool) -> None:
        self.total = 0
        self._given = given
        self._first = first
        self._seen: set[_Identity] = set()
        self._unknown = 0
        self._shrank = False

    def new(self, page: Page) -> Iterator[SearchHit]:
        """Add a page, and yield its hits that were not yielded yet."""
        self._shrank |= page.total < self.total
        self.total = page.total
        self._unknown += page.unreadable
        for hit in page.hits:
            identity = _identity(hit)
            if identity is None:
                self._unknown += 1
                if self._first:
                    yield hit
                continue
            self._seen.add(identity)
            if identity not in self._given:
                self._given.add(identity)
                yield hit

    @property
    def lacks(self) -> int:
        """The number of hits that are missing."""
        return self.total - len(self._seen) - self._unknown

    @property
    def is_sure(self) -> bool:
        """Whether all hits came, and none can have been skipped because an earlier one disappeared."""
        return self.lacks <= 0 and not self._shrank


class SearchReader:
    """Reads searches to their end, part by part.

    Args:
        ask: Returns up to a number of hits of a part from an offset on, sorted by the field by which searches are
            split.
        split_by: The name of that field for messages.
        latest: The latest date that a hit should have.
        page_size: The number of hits per request.
    """

    def __init__(self, ask: _Ask, *, split_by: str, latest: datetime, page_size: int) -> None:
        self._ask = ask
        self._split_by = split_by
        self._latest = latest
        self._page_size = page_size

    async def pages(self, entity: str) -> AsyncGenerator[Sequence[SearchHit], None]:
        """Yield every hit of an entity once, page by page.

        Raises:
            SearchIncomplete: Some hits cannot be read.
        """
        waiting: list[tuple[_Found, set[_Identity]]] = [(await self._look(Part(entity)), set())]
        while waiting:
            found, given = waiting.pop()
            if not fits(found.page.total):
                waiting += [(part, set(given)) for part in reversed(await self._take_apart(found))]
                continue
            for attempt in range(_TRIES):
                reading = _Reading(given, first=attempt == 0)
                async for page in self._pages(found):
                    yield list(reading.new(page))
                if reading.is_sure:
                    break
                found = await self._look(found.part)
                if not fits(found.page.total):  # the part grew meanwhile
                    waiting.append((found, given))
                    break
                if attempt == _TRIES - 1 and reading.lacks > 0:
                    raise self._incomplete(found, f"{reading.lacks} of them are missing")

    async def _look(self, part: Part) -> _Found:
        return _Found(part, await self._ask(part, 0, self._page_size))

    async def _pages(self, found: _Found) -> AsyncIterator[Page]:
        page, offset = found.page, 0
        while True:
            yield page
            offset += page.length
            if not page.length or offset >= min(page.total, MOST):
                return
            page = await self._ask(found.part, offset, min(self._page_size, MOST - offset))

    async def _take_apart(self, whole: _Found) -> list[_Found]:
        """Return parts that certainly contain all hits: their totals add up to the total of the whole."""
        totals = ""
        for _ in range(_TRIES):
            parts = split(whole.part, whole.page.total, latest=self._latest)
            if not parts:
                raise self._incomplete(
                    whole, f"the instance returns only {MOST}, and {self._split_by} cannot split them further"
                )
            found = [await self._look(part) for part in parts]
            counted = [part.page.total for part in found]
            if adds_up(counted, whole.page.total):
                return found
            totals = " and ".join(map(str, counted))
            # Content may have been created or deleted between the two requests.
            whole = await self._look(whole.part)
        raise self._incomplete(whole, f"split by {self._split_by} they are {totals}")

    def _incomplete(self, found: _Found, why: str) -> SearchIncomplete:
        part, total = found.part, found.page.total
        tell(INCOMPLETE, total=total)
        after = f" after {part.after.isoformat()}" if part.after else ""
        until = f" up to {part.until.isoformat()}" if part.until else ""
        return SearchIncomplete(
            f"the search for {part.entity} has {total} hits{after}{until}, but {why}; narrow it with filters, or"
            " split it by another date with split_by",
            entity=part.entity,
            total=total,
        )


def _identity(hit: SearchHit) -> _Identity | None:
    return None if hit.database_id is None else (hit.entity_type, str(hit.database_id), hit.uuid)

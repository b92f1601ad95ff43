"""CSV that can be read only once: each part is kept in memory until it is sent, so that it can be sent again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping

from domo_async._transfer.csv.empties import EmptyFields
from domo_async._transfer.csv.fastest import empty_fields
from domo_async._transfer.csv.format import BYTE_ORDER_MARK
from domo_async._transfer.csv.splitter import BLOCK, MarkAtCut, RecordScanner, Unsplittable
from domo_async._transfer.part import Part, assembled, held_part
from domo_async._transfer.seekable import SLICE
from domo_async._transfer.sources.base import Dialect, FolderColumns
from domo_async._transfer.sources.column_mapping import ColumnMapping
from domo_async._transfer.sources.csv_source import CsvSource
from domo_async._transfer.sources.rewritten import first_fields, rewritten

__all__ = ["StreamedCsv"]


class StreamedCsv(CsvSource):
    """CSV from an async iterator of bytes."""

    def __init__(
        self,
        chunks: AsyncIterator[bytes],
        dialect: Dialect,
        identity: Mapping[str, object],
        folders: FolderColumns | None = None,
    ) -> None:
        super().__init__(dialect, folders)
        self._chunks = chunks
        self._held = bytearray()
        self._begun = False
        self._ended = False
        self._identity = identity

    @property
    def identity(self) -> Mapping[str, object]:
        """The identity that the caller gave."""
        return self._identity

    @property
    def total(self) -> int | None:
        """Return None: the size is not known beforehand."""
        return None

    async def parts(self, fit: ColumnMapping, sizes: Iterator[int]) -> AsyncGenerator[Part]:
        """Split at ends of records; CSV that Domo does not read is rewritten."""
        await self._begin()
        line, skip, from_start = 0, fit.leading, True
        if self._dialect.plain and fit.as_it_is:
            empties = empty_fields(fit.typed) if fit.empties else None
            try:
                if skip:
                    line, skip, from_start = await self._skip_first(skip), 0, False
                while (scanner := await self._scan(line, fit.width, next(sizes))).cut:
                    content = self._copied(0, scanner.cut)
                    line = scanner.lines - self._held.count(b"\n", scanner.cut, scanner.position)
                    del self._held[: scanner.cut]
                    from_start = False
                    part = held_part(content, scanner.records, ends_line=content.endswith(b"\n"))
                    if empties is not None and scanner.pairs:
                        part = await asyncio.to_thread(_without_empties, part, empties)
                    yield part
                return
            except Unsplittable:
                # If quotes alone do not show where records end, CSV is read character by character.
                pass
        chunks = self._blocks()
        blocks = rewritten(chunks, self._dialect, fit, line, skip=skip, from_start=from_start)
        async for part in assembled(blocks, sizes):
            yield part

    def check_unchanged(self) -> None:
        """Do nothing: a source that is read once cannot change."""

    def rest(self) -> None:
        """Do nothing: no file is open."""

    def close(self) -> None:
        """Do nothing: no file is open."""

    async def _first(self, length: int) -> tuple[bytes, bool]:
        await self._begin()
        await self._hold(length + 1)
        return bytes(self._held[:length]), self._ended and len(self._held) <= length

    async def _first_fields(self) -> list[str] | None:
        wanted = 1
        while True:
            await self._hold(wanted)
            fields = first_fields([bytes(self._held)], self._dialect, whole=self._ended)
            if fields is not None or self._ended:
                return fields
            wanted = 2 * len(self._held)

    async def _more(self) -> bool:
        """Take the next chunk; False at the end."""
        if self._ended:
            return False
        try:
            chunk = await anext(self._chunks)
        except StopAsyncIteration:
            self._ended = True
            return False
        self._held += chunk
        return True

    def _copied(self, start: int, end: int) -> bytes:
        """Return a copy of some of the held bytes."""
        with memoryview(self._held) as held:
            return bytes(held[start:end])

    async def _hold(self, length: int) -> None:
        while len(self._held) < length and await self._more():
            pass

    async def _begin(self) -> None:
        if self._begun:
            return
        self._begun = True
        await self._hold(len(BYTE_ORDER_MARK))
        if self._dialect.plain and self._held.startswith(BYTE_ORDER_MARK):
            del self._held[: len(BYTE_ORDER_MARK)]

    async def _skip_first(self, count: int) -> int:
        """Drop `count` records, and return the number of their lines."""
        scanner = RecordScanner()
        while scanner.records < count:
            for line in bytes(self._held[scanner.position :]).splitlines(keepends=True):
                scanner.feed(line)
                if scanner.records == count:
                    break
            if scanner.records < count and not await self._more():
                scanner.finish()
                break
        del self._held[: scanner.cut]
        return scanner.lines

    async def _scan(self, line: int, width: int, size: int) -> RecordScanner:
        scanner = RecordScanner(line, width)
        end = size
        while True:
            await self._hold(max(end, len(BYTE_ORDER_MARK)))
            if self._held.startswith(BYTE_ORDER_MARK):
                raise MarkAtCut
            end = min(end, len(self._held))
            while scanner.position < end:
                scanner.feed(self._copied(scanner.position, min(scanner.position + BLOCK, end)))
            if self._ended and end == len(self._held):
                scanner.finish()
                return scanner
            if scanner.cut:
                return scanner
            end += BLOCK

    async def _blocks(self) -> AsyncIterator[bytes]:
        """Yield the rest in blocks of a fixed size, so that the parts are the same every time."""
        while True:
            await self._hold(SLICE)
            if not self._held:
                return
            block = self._copied(0, SLICE)
            del self._held[:SLICE]
            yield block


def _without_empties(part: Part, empties: EmptyFields) -> Part:
    return held_part(b"".join(empties.left_out(part.with_line_end().open())), part.records)

"""CSV in a file or in memory: only positions are kept, and the bytes are read when they are sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing, suppress
from functools import partial

from domo_async._transfer.columns import ColumnSpec
from domo_async._transfer.csv.empties import EmptyFields
from domo_async._transfer.csv.fastest import empty_fields
from domo_async._transfer.csv.format import BYTE_ORDER_MARK
from domo_async._transfer.csv.splitter import BLOCK, MarkAtCut, RecordScanner, Unsplittable
from domo_async._transfer.part import Part, assembled, held_part
from domo_async._transfer.seekable import SLICE, Stored, slices
from domo_async._transfer.sources.base import Dialect, FolderColumns
from domo_async._transfer.sources.column_mapping import ColumnMapping, Header, SchemaOption
from domo_async._transfer.sources.csv_source import CsvSource
from domo_async._transfer.sources.rewritten import first_fields, rewritten
from domo_async._transfer.sources.urls import SourceFile
from domo_async._transfer.threads import prefetch
from domo_async.errors import SourceError

__all__ = ["StoredCsv"]

# A thread that creates one part per request waits longer for the next request than it works.
_AHEAD = 4


class StoredCsv(CsvSource):
    """CSV that can be read at any offset, repeatedly."""

    def __init__(self, data: Stored, dialect: Dialect, folders: FolderColumns | None = None) -> None:
        super().__init__(dialect, folders)
        self._data = data
        self.files: tuple[SourceFile, ...] = () if data.path is None else (data.path,)
        self._begin = (
            len(BYTE_ORDER_MARK) if dialect.plain and data.read(0, len(BYTE_ORDER_MARK)) == BYTE_ORDER_MARK else 0
        )
        self._total: int | None = None

    @property
    def total(self) -> int | None:
        """Its size in bytes, once it is known that it is sent unchanged, except for quoted empty fields."""
        return self._total

    @property
    def identity(self) -> Mapping[str, object]:
        """The size and, for a file, when it was last written to."""
        return self._data.identity

    async def fit(self, columns: Sequence[ColumnSpec], *, header: Header, schema: SchemaOption) -> ColumnMapping:
        """Return the mapping to a dataset's columns; if CSV is sent unchanged, `total` is known from then on."""
        fit = await super().fit(columns, header=header, schema=schema)
        if self._as_it_is(fit):
            with suppress(Unsplittable):
                begin, _ = await asyncio.to_thread(self._end_of_first, fit.leading)
                self._total = self._data.size - begin
        return fit

    async def parts(self, fit: ColumnMapping, sizes: Iterator[int]) -> AsyncGenerator[Part]:
        """Split at ends of records; CSV that Domo does not read is rewritten."""
        start, line, skip = self._begin, 0, fit.leading
        if self._as_it_is(fit):
            try:
                (start, line), skip = await asyncio.to_thread(self._end_of_first, skip), 0
                cut = self._cut(start, line, fit, sizes)
                async with aclosing(prefetch(cut, _AHEAD)) as parts:
                    async for part, *end in parts:
                        start, line = end
                        yield part
                return
            except Unsplittable:
                # If quotes alone do not show where records end, CSV is read character by character.
                pass
        chunks = self._blocks_in_threads(start)
        blocks = rewritten(chunks, self._dialect, fit, line, skip=skip, from_start=start == self._begin)
        async for part in assembled(blocks, sizes):
            yield part

    def check_unchanged(self) -> None:
        """Raise `SourceError` if the file was written to."""
        self._data.check_unchanged()

    def rest(self) -> None:
        """Close the file until it is read again."""
        self._data.rest()

    def close(self) -> None:
        """Close the file."""
        self._data.close()

    def _as_it_is(self, fit: ColumnMapping) -> bool:
        return self._dialect.plain and fit.as_it_is

    async def _first(self, length: int) -> tuple[bytes, bool]:
        block = await asyncio.to_thread(self._data.read, self._begin, length)
        return block, self._begin + len(block) == self._data.size

    async def _first_fields(self) -> list[str] | None:
        return await asyncio.to_thread(first_fields, self._blocks(self._begin), self._dialect)

    def _cut(self, start: int, line: int, fit: ColumnMapping, sizes: Iterator[int]) -> Iterator[tuple[Part, int, int]]:
        """Yield parts, each with the position and the line where it ends."""
        empties = empty_fields(fit.typed) if fit.empties else None
        for size in sizes:
            if start == self._data.size:
                return
            scanner = self._scan(start, line, fit.width, size, b"" if empties is None else empties.asked)
            part = self._part(start, scanner, empties)
            # Bytes beyond the cut are scanned again.
            start, line = start + scanner.cut, scanner.lines_at_cut
            yield part, start, line

    def _part(self, start: int, scanner: RecordScanner, empties: EmptyFields | None) -> Part:
        """Return the scanned records as a part, without the quotes of empty fields."""
        content = partial(slices, self._data, start, scanner.cut)
        part = Part(scanner.records, scanner.cut, content, scanner.ends_line)
        if empties is None or not scanner.pairs or scanner.empties == 0:
            return part
        return _without_empties(part, scanner.empties, empties)

    def _blocks(self, start: int) -> Iterator[bytes]:
        for offset in range(start, self._data.size, SLICE):
            yield self._data.read(offset, SLICE)

    async def _blocks_in_threads(self, start: int) -> AsyncIterator[bytes]:
        for offset in range(start, self._data.size, SLICE):
            yield await asyncio.to_thread(self._data.read, offset, SLICE)

    def _end_of_first(self, count: int) -> tuple[int, int]:
        """Return the position at which `count` records end, and the number of their lines."""
        scanner = RecordScanner()
        if not count:
            return self._begin, 0
        for block in self._blocks(self._begin):
            # Line by line, so that the bytes after these records are not checked yet.
            for line in block.splitlines(keepends=True):
                scanner.feed(line)
                if scanner.records == count:
                    return self._begin + scanner.cut, scanner.lines
        scanner.finish()
        return self._begin + scanner.cut, scanner.lines

    def _scan(self, start: int, line: int, width: int, size: int, asked: bytes) -> RecordScanner:
        scanner = RecordScanner(line, width, asked)
        end = min(start + size, self._data.size)
        while True:
            if (file := self._data.opened()) is not None:
                scanner.skim(file.number, start + scanner.position, end)
            while (offset := start + scanner.position) < end:
                if offset == start and self._data.read(start, len(BYTE_ORDER_MARK)) == BYTE_ORDER_MARK:
                    raise MarkAtCut
                block = self._data.read(offset, min(BLOCK, end - offset))
                if not block:
                    raise SourceError("the file became shorter while it was read")
                scanner.feed(block)
            if end == self._data.size:
                scanner.finish()
            if scanner.cut:
                return scanner
            # A record is longer than a part: continue until it ends.
            end = min(end + BLOCK, self._data.size)


def _without_empties(part: Part, count: int | None, empties: EmptyFields) -> Part:
    """Return a part without the quotes of empty fields, which are removed at each read if they were counted."""
    whole = part.with_line_end()
    if count is None:
        content = b"".join(empties.left_out(whole.open()))
        return part if len(content) == whole.length else held_part(content, part.records)
    length = whole.length - 2 * count
    return Part(part.records, length, partial(_left_out, empties, whole, length))


def _left_out(empties: EmptyFields, part: Part, length: int) -> Iterator[bytes]:
    """Yield a part without the quotes of empty fields, which then has `length` bytes."""
    for piece in empties.left_out(part.open()):
        length -= len(piece)
        if length < 0:
            break
        yield piece
    if length:
        raise SourceError("the file was written to while it was uploaded")

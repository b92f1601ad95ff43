"""From a source to numbered parts that end where a record ends and can each be sent again."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Literal, Protocol

from attrs import frozen

from domo_async.errors import ConfigError, SourceError
from domo_async.transfer.splitter import RecordScanner, parse_record
from domo_async.transfer.stored import SLICE, InMemory, OnDisk, Stored, slices

__all__ = ["Header", "Part", "PartPlan", "Source", "open_source"]

Source = str | os.PathLike[str] | bytes | bytearray | memoryview | AsyncIterable[bytes]
Header = bool | Literal["auto"]

_BOM = b"\xef\xbb\xbf"


@frozen
class Part:
    """A run of whole records.

    Attributes:
        number: Counted from 1, without gaps.
        records: How many records it holds.
        length: Its bytes.
        open: Returns its bytes from the beginning, in slices, as often as asked.
    """

    number: int
    records: int
    length: int
    open: Callable[[], Iterator[bytes]]


class PartPlan(Protocol):
    """A source on its way to becoming parts."""

    @property
    def total(self) -> int | None:
        """Bytes of all parts together, where known beforehand."""
        ...

    async def first_record(self) -> list[str] | None:
        """Return the first record's fields without taking it, or None if there is no record."""
        ...

    async def skip_first_record(self) -> None:
        """Leave out the first record: it is a header."""
        ...

    def parts(self) -> AsyncGenerator[Part]:
        """Yield the parts; the next one is only made when it is asked for."""
        ...

    def check_unchanged(self) -> None:
        """Raise `SourceError` if the source is not what it was in the beginning."""
        ...

    def close(self) -> None:
        """Let go of files."""
        ...


def open_source(source: Source, part_size: int) -> PartPlan:
    """Return the plan for a source.

    Args:
        source: A path, bytes, or an async iterator of bytes.
        part_size: The most bytes of a part, unless a single record is longer.

    Raises:
        ConfigError: The source is of no known kind.
        SourceError: The file cannot be read.
    """
    if isinstance(source, str | os.PathLike):
        return _StoredPlan(OnDisk(Path(source)), part_size)
    if isinstance(source, bytes | bytearray | memoryview):
        return _StoredPlan(InMemory(source), part_size)
    if isinstance(source, AsyncIterable):
        return _StreamedPlan(aiter(source), part_size)
    raise ConfigError(f"cannot upload a {type(source).__name__}; give a path, bytes or an async iterator of bytes")


class _StoredPlan:
    """Parts of something that can be read twice: only places are kept, the bytes are read when they are sent."""

    def __init__(self, data: Stored, part_size: int) -> None:
        self._data = data
        self._part_size = part_size
        self._start = len(_BOM) if data.read(0, len(_BOM)) == _BOM else 0
        self._line = 0

    @property
    def total(self) -> int | None:
        return self._data.size - self._start

    async def first_record(self) -> list[str] | None:
        length, _ = await asyncio.to_thread(self._scan_first)
        return _fields(self._data.read(self._start, length)) if length else None

    async def skip_first_record(self) -> None:
        length, self._line = await asyncio.to_thread(self._scan_first)
        self._start += length

    async def parts(self) -> AsyncGenerator[Part]:
        number, start = 1, self._start
        while start < self._data.size:
            scanner = await asyncio.to_thread(self._scan_part, start)
            yield Part(number, scanner.records, scanner.cut, partial(slices, self._data, start, scanner.cut))
            start += scanner.cut
            number += 1

    def check_unchanged(self) -> None:
        self._data.check_unchanged()

    def close(self) -> None:
        self._data.close()

    def _scan_first(self) -> tuple[int, int]:
        """Return the first record's length in bytes and lines."""
        scanner = RecordScanner()
        offset = self._start
        block = b""
        while not scanner.cut and (block := self._data.read(offset, SLICE)):
            offset += len(block)
            # Line by line, so that what follows the first record is not judged yet.
            for line in block.splitlines(keepends=True):
                scanner.feed(line)
                if scanner.cut:
                    break
        if not scanner.cut:
            scanner.finish()
        return scanner.cut, scanner.lines

    def _scan_part(self, start: int) -> RecordScanner:
        scanner = RecordScanner(self._line)
        end = min(start + self._part_size, self._data.size)
        while True:
            while (offset := start + scanner.position) < end:
                block = self._data.read(offset, min(SLICE, end - offset))
                if not block:
                    raise SourceError("the file became shorter while it was read")
                scanner.feed(block)
            if end == self._data.size:
                scanner.finish()
            if scanner.cut:
                self._line = scanner.lines if scanner.cut == scanner.position else self._lines_to(start, scanner)
                return scanner
            # A record longer than a part: go on until it ends.
            end = min(end + SLICE, self._data.size)

    def _lines_to(self, start: int, scanner: RecordScanner) -> int:
        """Return the number of lines up to the cut; what was scanned beyond it will be scanned again."""
        beyond = self._data.read(start + scanner.cut, scanner.position - scanner.cut)
        return scanner.lines - beyond.count(b"\n")


class _StreamedPlan:
    """Parts of what comes only once: each is kept in memory until it is sent, so that it can be sent again."""

    def __init__(self, chunks: AsyncIterator[bytes], part_size: int) -> None:
        self._chunks = chunks
        self._part_size = part_size
        self._held = bytearray()
        self._line = 0
        self._begun = False
        self._ended = False

    @property
    def total(self) -> int | None:
        return None

    async def first_record(self) -> list[str] | None:
        length, _ = await self._scan_first()
        return _fields(bytes(self._held[:length])) if length else None

    async def skip_first_record(self) -> None:
        length, self._line = await self._scan_first()
        del self._held[:length]

    async def parts(self) -> AsyncGenerator[Part]:
        number = 1
        while (scanner := await self._scan_part()).cut:
            content = bytes(self._held[: scanner.cut])
            self._line = scanner.lines - self._held.count(b"\n", scanner.cut, scanner.position)
            del self._held[: scanner.cut]
            yield Part(number, scanner.records, len(content), partial(slices, InMemory(content), 0, len(content)))
            number += 1

    def check_unchanged(self) -> None:
        """What comes only once cannot change."""

    def close(self) -> None:
        """Nothing is held open."""

    async def _more(self) -> bool:
        """Take the next chunk; False at the end."""
        if self._ended:
            return False
        try:
            chunk = await anext(self._chunks)
        except StopAsyncIteration:
            self._ended = True
            return False
        if not isinstance(chunk, bytes | bytearray | memoryview):
            raise SourceError(f"the iterator gave a {type(chunk).__name__} where bytes were due")
        self._held += chunk
        return True

    async def _begin(self) -> None:
        if self._begun:
            return
        self._begun = True
        while len(self._held) < len(_BOM) and await self._more():
            pass
        if self._held.startswith(_BOM):
            del self._held[: len(_BOM)]

    async def _scan_first(self) -> tuple[int, int]:
        await self._begin()
        scanner = RecordScanner()
        while not scanner.cut:
            for line in bytes(self._held[scanner.position :]).splitlines(keepends=True):
                scanner.feed(line)
                if scanner.cut:
                    break
            if not scanner.cut and not await self._more():
                scanner.finish()
                break
        return scanner.cut, scanner.lines

    async def _scan_part(self) -> RecordScanner:
        await self._begin()
        scanner = RecordScanner(self._line)
        end = self._part_size
        while True:
            while len(self._held) < end and await self._more():
                pass
            end = min(end, len(self._held))
            while scanner.position < end:
                scanner.feed(bytes(self._held[scanner.position : min(scanner.position + SLICE, end)]))
            if self._ended and end == len(self._held):
                scanner.finish()
                return scanner
            if scanner.cut:
                return scanner
            end += SLICE


def _fields(record: bytes) -> list[str]:
    try:
        return parse_record(record.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise SourceError(
            f"the first record is not UTF-8 (byte {error.start}); convert the source to UTF-8 first", line=1
        ) from None

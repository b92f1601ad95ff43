"""Parts: runs of whole records, each of which can be sent again on its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterator, Sequence
from itertools import chain, repeat

from attrs import frozen

from domo_async._defaults import LARGEST_PART, LEAST_PART, PARTS_AT_ONCE, USUAL_PART
from domo_async._transfer.csv.format import Block
from domo_async._transfer.csv.splitter import RecordScanner
from domo_async._transfer.seekable import InMemory, slices

__all__ = ["Part", "assembled", "empty_part", "held_part", "joined", "part_sizes"]

# With only as many parts as are sent at once, the upload would wait for the slowest of them.
_PARTS_EACH = 4
# Domo's documentation does not state a limit; large files get larger parts rather than more of them.
_MANY = 1000


@frozen
class Part:
    """A run of whole records.

    Attributes:
        records: How many records it holds.
        length: Its size in bytes.
        open: Returns its bytes from the beginning, in slices; can be called repeatedly.
        ends_line: Whether it ends with a line end.
        held: The number of its bytes that are held in memory.
    """

    records: int
    length: int
    open: Callable[[], Iterator[bytes]]
    ends_line: bool = True
    held: int = 0

    def with_line_end(self) -> Part:
        """Return the same records, with a line end after the last one."""
        if self.ends_line:
            return self
        return Part(self.records, self.length + 1, lambda: chain(self.open(), [b"\n"]), held=self.held)


def held_part(content: bytes, records: int, *, ends_line: bool = True) -> Part:
    """Return a part that is held in memory until it is sent."""
    return _held([content], records, ends_line=ends_line)


def _held(contents: Sequence[bytes], records: int, *, ends_line: bool = True) -> Part:
    stored = list(map(InMemory, contents))
    size = sum(each.size for each in stored)
    return Part(
        records,
        size,
        lambda: chain.from_iterable(slices(each, 0, each.size) for each in stored),
        ends_line,
        held=size,
    )


def empty_part() -> Part:
    """Return a part without records."""
    return Part(0, 0, lambda: iter(()))


def joined(parts: Sequence[Part]) -> Part:
    """Join several parts into one."""
    if len(parts) == 1:
        return parts[0]
    ended = [*(part.with_line_end() for part in parts[:-1]), parts[-1]]
    return Part(
        sum(part.records for part in ended),
        sum(part.length for part in ended),
        lambda: chain.from_iterable(part.open() for part in ended),
        ended[-1].ends_line,
        sum(part.held for part in ended),
    )


async def assembled(blocks: AsyncIterable[Block], sizes: Iterator[int]) -> AsyncIterator[Part]:
    """Yield parts of at most the next size, unless a single record is longer."""
    waiting: list[bytes] = []
    length = count = 0
    most = next(sizes)
    async for block in blocks:
        fits = len(block.content) <= most
        for content, records in [block] if fits else await asyncio.to_thread(_cut, block.content, most):
            if waiting and length + len(content) > most:
                yield _held(waiting, count)
                waiting, length, count, most = [], 0, 0, next(sizes)
            if records:
                waiting.append(content)
                length, count = length + len(content), count + records
    if waiting:
        yield _held(waiting, count)


def _cut(content: bytes, most: int) -> list[Block]:
    """Split whole records into pieces of at most `most` bytes, unless a single record is longer."""
    pieces = []
    start = 0
    while start < len(content):
        scanner, length = RecordScanner(), most
        while not scanner.cut:
            position = start + scanner.position
            scanner.feed(content[position : position + length])
            length *= 2
        pieces.append(Block(content[start : start + scanner.cut], scanner.records))
        start += scanner.cut
    return pieces


def part_sizes(size: int | None, total: int | None) -> Iterator[int]:
    """Yield the size of each part in turn; the same sizes every time, so that an upload can be resumed.

    Args:
        size: The requested size in bytes; None for a size that suits the source.
        total: The size of the source in bytes, if it is known.
    """
    if size is not None:
        return repeat(size)
    if total is not None:
        return repeat(_suited(total))
    return (min(LEAST_PART << number // _MANY, LARGEST_PART) for number in chain(range(5 * _MANY), repeat(5 * _MANY)))


def _suited(total: int) -> int:
    few = total // (PARTS_AT_ONCE * _PARTS_EACH)
    return max(min(max(few, LEAST_PART), USUAL_PART), -(-total // _MANY))

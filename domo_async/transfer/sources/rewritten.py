"""CSV that Domo does not read as it is, written anew on the way: other delimiters, encodings, orders, stray quotes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from itertools import islice

from domo_async.transfer.csv import rewriting
from domo_async.transfer.csv.rewriting import Rewriter, records
from domo_async.transfer.csv.splitter import RecordScanner
from domo_async.transfer.part import Block
from domo_async.transfer.sources.base import Dialect
from domo_async.transfer.sources.fitting import Fit

__all__ = ["first_fields", "rewritten", "sample"]

_SAMPLE = 1000


def first_fields(blocks: Iterable[bytes], dialect: Dialect, *, whole: bool = True) -> list[str] | None:
    """Return the fields of the first record; None if there is none, or more bytes are needed.

    Args:
        blocks: The bytes from the beginning.
        dialect: How they are written.
        whole: Whether there are no more.

    Raises:
        SourceError: It is no CSV, or not in the encoding.
    """
    held = bytearray()
    enough = 1
    for block in blocks:
        held += block
        if len(held) < enough:
            continue
        fields = rewriting.first_fields(bytes(held), delimiter=dialect.delimiter, encoding=dialect.encoding)
        if fields is not None:
            return fields
        # What does not end is looked at again when there is twice as much of it.
        enough = 2 * len(held)
    return rewriting.first_fields(bytes(held), delimiter=dialect.delimiter, encoding=dialect.encoding, whole=whole)


async def rewritten(
    blocks: AsyncIterable[bytes], dialect: Dialect, fit: Fit, line: int, *, header: bool
) -> AsyncIterator[Block]:
    """Yield the records of CSV as Domo reads them.

    Args:
        blocks: The bytes, from the beginning of a record on.
        dialect: How they are written.
        fit: Where the columns' values come from.
        line: How many lines stand before.
        header: Whether the first record is left out.

    Raises:
        SourceError: A record does not fit; names its line.
    """
    rewriter = Rewriter(
        delimiter=dialect.delimiter, encoding=dialect.encoding, order=fit.order, width=fit.width, line=line
    )
    async for data in blocks:
        block = await asyncio.to_thread(rewriter.feed, data)
        if header and block.records:
            block, header = _without_first(block), False
        yield block
    block = rewriter.finish()
    yield _without_first(block) if header and block.records else block


def sample(block: bytes, dialect: Dialect, *, whole: bool) -> list[list[str | None]]:
    """Return the first rows after the header, as far as they stand in a block; what is empty is None.

    Args:
        block: The first bytes.
        dialect: How they are written.
        whole: Whether there are no more, so that a last row without a line end counts.
    """
    rewriter = Rewriter(delimiter=dialect.delimiter, encoding=dialect.encoding)
    content = rewriter.feed(block).content
    if whole:
        content += rewriter.finish().content
    rows = islice(records(content.decode()), 1, _SAMPLE)
    return [[field or None for field in row] for row in rows]


def _without_first(block: Block) -> Block:
    scanner = RecordScanner()
    for line in block.content.splitlines(keepends=True):
        scanner.feed(line)
        if scanner.cut:
            break
    return Block(block.content[scanner.cut :], block.records - 1)

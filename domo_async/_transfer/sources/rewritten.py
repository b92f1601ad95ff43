"""Rewriting of CSV that Domo does not read: other delimiters, encodings, orders, stray quotes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from contextlib import suppress
from functools import partial
from itertools import islice

from domo_async._transfer.columns import ColumnSpec
from domo_async._transfer.csv import rewriting
from domo_async._transfer.csv.fastest import fastest_rewriter
from domo_async._transfer.csv.format import EMPTY_TEXT, NULL, Block, quoted
from domo_async._transfer.csv.rewriting import FieldRule, records, spellings
from domo_async._transfer.encoding import text_fits
from domo_async._transfer.sources.base import Dialect
from domo_async._transfer.sources.column_mapping import ColumnMapping
from domo_async.errors import SourceError

__all__ = ["SAMPLE", "first_fields", "rewritten", "sample"]

SAMPLE = 1000
_PIECE = 1 << 14


def first_fields(blocks: Iterable[bytes], dialect: Dialect, *, whole: bool = True) -> list[str] | None:
    """Return the fields of the first record; None if there is none, or more bytes are needed.

    Args:
        blocks: The bytes from the beginning.
        dialect: Their dialect.
        whole: Whether these are all bytes.

    Raises:
        SourceError: It is not CSV, or not in the encoding.
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
        # An incomplete record is scanned again once its size has doubled.
        enough = 2 * len(held)
    return rewriting.first_fields(bytes(held), delimiter=dialect.delimiter, encoding=dialect.encoding, whole=whole)


async def rewritten(
    blocks: AsyncIterable[bytes], dialect: Dialect, fit: ColumnMapping, line: int, *, skip: int, from_start: bool
) -> AsyncIterator[Block]:
    """Yield the records of CSV, rewritten as Domo reads them.

    Args:
        blocks: The bytes, from the beginning of a record on.
        dialect: Their dialect.
        fit: The mapping of the columns.
        line: The number of lines before these bytes.
        skip: The number of records to leave out.
        from_start: Whether no record was read before; if one was, it ended with a line feed.

    Raises:
        SourceError: A record does not fit; names its line.
    """
    rewriter = fastest_rewriter()(
        delimiter=dialect.delimiter,
        encoding=dialect.encoding,
        order=fit.order,
        constants=[NULL if value is None else quoted(value) for value in fit.constants],
        width=fit.width,
        rules=_rules(dialect, fit),
        line=line,
        skip=skip,
        # If the dialect is the one that Domo reads, a byte order mark has already been removed.
        bom=not dialect.plain,
        returns=None if from_start else False,
    )
    async for data in blocks:
        yield await asyncio.to_thread(rewriter.feed, data)
    yield rewriter.finish()


def sample(block: bytes, dialect: Dialect, *, whole: bool) -> list[list[str]]:
    """Return the first records of a block, with their quotes.

    Errors are not reported here but when the rows are read; the sample ends before the first one.

    Args:
        block: The first bytes.
        dialect: Their dialect.
        whole: Whether these are all bytes, so that a last row without a line end counts.
    """
    rewriter = fastest_rewriter()(delimiter=dialect.delimiter, encoding=dialect.encoding)
    content, count = b"", 0
    with suppress(SourceError):
        for start in range(0, len(block), _PIECE):
            taken = rewriter.feed(block[start : start + _PIECE])
            content, count = content + taken.content, count + taken.records
            if count >= SAMPLE:
                break
        else:
            if whole:
                content += rewriter.finish().content
    return list(islice(records(content.decode()), SAMPLE))


def _rules(dialect: Dialect, fit: ColumnMapping) -> dict[int, FieldRule]:
    """Return the rules for the source's fields."""
    nulls = spellings(dialect.null_values)
    order = range(fit.width) if fit.order is None else fit.order
    rules = {}
    for index, column in zip(order, fit.columns, strict=False):
        if index is None or index >= fit.width:
            continue
        typed = index in fit.typed
        rules[index] = FieldRule(
            nulls | {EMPTY_TEXT} if fit.empties and typed else nulls,
            partial(_misfit, column) if fit.check and typed else None,
        )
    for index in fit.unnamed:
        rules[index] = FieldRule(nulls | {EMPTY_TEXT}, partial(_nameless, index))
    return {index: rule for index, rule in rules.items() if rule.nulls or rule.misfit is not None}


def _misfit(column: ColumnSpec, text: str) -> str | None:
    if text_fits(column.type, text):
        return None
    hint = "" if text else "; null_values=[''] makes it NULL"
    return f"column {column.name!r}: {text!r:.80} is not a {column.type}{hint}"


def _nameless(index: int, text: str) -> str | None:
    return f"field {index + 1}: it holds {text!r:.80}, but the header does not name it" if text else None

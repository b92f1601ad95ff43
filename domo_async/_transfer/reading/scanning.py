"""Results of any size as Arrow record batches, parsed while they arrive."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from functools import reduce
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import frozen

from domo_async._concurrency import cancel_all, wait_for_end
from domo_async._redaction import Secret
from domo_async._settings import Settings
from domo_async._transfer.arrow import (
    arrow_schema,
    csv_batch,
    memory_pool,
    needs_arrow,
    retyped,
    widened,
    wider,
    with_decimals,
)
from domo_async._transfer.columns import ColumnSpec, distinct_names
from domo_async._transfer.csv.splitter import BLOCK, RecordScanner
from domo_async._transfer.reading.heading import HeaderFinder, check_heading, is_json, refuse_page
from domo_async._transfer.reading.sql_text import has_limit, is_ordered, limited
from domo_async._transport import Attempts, Download, persistent
from domo_async.errors import DecodeError, IncompleteAnswer, SourceError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["CAP", "Columns", "Selection", "check_ended", "check_last", "check_uncut", "collect", "scan", "scan_once"]

# The bytes parsed at once, in a thread, while the next ones arrive.
_PARSED = 4 << 20
# Rows of one answer at which an instance is said to cut ("SQL result: 1,000,000 rows").
CAP = 1_000_000
_PAGE = 100_000
# The most bytes of rows that wait until a batch has the requested number of rows.
_MOST_HELD = 256 << 20
_Told = Callable[[int], object]
Columns: TypeAlias = "asyncio.Future[Sequence[ColumnSpec]]"
"""The columns of a result, once they are known."""


@frozen(kw_only=True)
class Selection:
    """A query, and the functions that request it.

    Attributes:
        sql: The query, with all values bound.
        fetch: Requests its result as CSV with a header.
        heading: Requests the columns of a query without rows.
        page: Requests the result of a query as JSON and returns an Arrow table.
        count: Requests the result of a query as JSON and returns the number of its rows, without pyarrow.
        read: Converts the body of such a result to an Arrow table.
    """

    sql: str
    fetch: Callable[[], AbstractAsyncContextManager[Download]]
    heading: Callable[[str], Awaitable[Sequence[ColumnSpec]]]
    page: Callable[[str], Awaitable[pa.Table]]
    count: Callable[[str], Awaitable[int]]
    read: Callable[[bytes], pa.Table]

    @asynccontextmanager
    async def columns(self) -> AsyncIterator[Columns]:
        """Request the columns of the result at the same time as the result."""
        asked = asyncio.ensure_future(self.heading(limited(self.sql, 0)))
        try:
            yield asked
        finally:
            await cancel_all(asked)


async def scan(
    selection: Selection, *, batch_rows: int, settings: Settings, text: bool = False
) -> AsyncGenerator[pa.RecordBatch]:
    """Yield the result of a query in batches; see `Datasets.scan`.

    Args:
        selection: The query.
        batch_rows: The number of rows of a batch; the last batch has the rest, and a batch of very long rows has fewer
            (256 MiB).
        settings: The settings, with the retries and the clock.
        text: Whether DECIMAL stays text.
    """
    given = 0
    attempts = Attempts(settings)
    async with selection.columns() as columns:
        while True:
            try:
                async with aclosing(scan_once(selection, columns, batch_rows=batch_rows, text=text)) as batches:
                    async for batch in batches:
                        given += batch.num_rows
                        yield batch
                break
            except IncompleteAnswer as error:
                if given:
                    raise IncompleteAnswer(
                        f"{error}; {given:,} rows were already returned, so the query was not retried"
                    ) from error
                await attempts.wait_after(error)
    await check_uncut(selection, given)


async def collect(selection: Selection, settings: Settings) -> pa.Table:
    """Return a query's whole result as one table, whose DECIMAL columns have the digits that they need."""
    pyarrow = needs_arrow("a frame")

    async def attempt() -> list[pa.RecordBatch]:
        return [batch async for batch in scan_once(selection, columns, text=True)]

    async with selection.columns() as columns:
        batches = await persistent(attempt, settings)
        names, column_types = _split(await columns)
    schema = reduce(wider, (batch.schema for batch in batches), arrow_schema(names, column_types, text=True))
    table = pyarrow.Table.from_batches([widened(batch, schema) for batch in batches], schema)
    await check_uncut(selection, table.num_rows)
    return with_decimals(table, column_types)


def scan_once(
    selection: Selection,
    columns: Columns,
    *,
    batch_rows: int | None = None,
    text: bool = False,
    told: _Told = lambda _: None,
) -> AsyncGenerator[pa.RecordBatch]:
    """Give the result of a query in batches, without retries, and without checking whether the instance cut it.

    Args:
        selection: The query.
        columns: The columns of the result.
        batch_rows: The number of rows of a batch; None for batches as they arrive.
        text: Whether DECIMAL stays text.
        told: A callback that gets the number of bytes that arrive.

    Raises:
        IncompleteAnswer: The answer broke off.
        DecodeError: The result does not have these columns.
    """
    batches = _batches(selection, columns, text=text, told=told)
    return batches if batch_rows is None else _of_rows(batches, batch_rows)


async def _batches(
    selection: Selection, columns: Columns, *, text: bool, told: _Told
) -> AsyncGenerator[pa.RecordBatch]:
    async with selection.fetch() as answer:
        due = await columns
        refuse_page(answer)
        names, column_types = _split(due)
        if not is_json(answer):
            records = _records(answer, [column.name for column in due], told)
            rows = 0
            async with aclosing(_parsed(records, names, column_types, text=text)) as batches:
                async for batch in batches:
                    rows += batch.num_rows
                    yield batch
            if not answer.tells_its_end:
                await check_ended(selection, rows)
            return
        paged = is_ordered(selection.sql) and not has_limit(selection.sql)
        content = Secret(b"" if paged else b"".join([piece async for piece in answer.chunks()]))
    if paged:
        async for table in _pages(selection):
            for batch in _retyped(table, names, column_types, text=text):
                yield batch
        return
    told(len(content.get_secret_value()))
    table = await answer.understood(content, selection.read)
    for batch in _retyped(table, names, column_types, text=text):
        yield batch


def _retyped(table: pa.Table, names: Sequence[str], column_types: Sequence[str], *, text: bool) -> list[pa.RecordBatch]:
    check_heading(table.column_names, names)
    return retyped(table, names, column_types, text=text).to_batches()


async def _pages(selection: Selection) -> AsyncIterator[pa.Table]:
    """Yield the result of a query page by page; the next page is requested while the caller uses one.

    A page with fewer rows than requested is not necessarily the last one; only an empty page ends the result.
    """
    taken = 0
    asked = asyncio.create_task(_page(selection, taken))
    try:
        while (table := await asked).num_rows:
            taken += table.num_rows
            asked = asyncio.create_task(_page(selection, taken))
            yield table
    finally:
        await cancel_all(asked)


async def _page(selection: Selection, offset: int) -> pa.Table:
    return await selection.page(limited(selection.sql, _PAGE, offset))


def check_last(answer: Download, last: bytes) -> None:
    """Check that the last record of CSV is complete; it may lack a line end only if nothing else can be missing.

    Args:
        answer: The answer.
        last: Its last byte; empty for an empty answer, whose missing header is checked elsewhere.

    Raises:
        IncompleteAnswer: The last record may be incomplete.
    """
    if not answer.tells_its_end and last not in {b"", b"\n"}:
        raise IncompleteAnswer("the answer broke off: its last record has no line end")


async def check_ended(selection: Selection, rows: int) -> None:
    """Check that a result has all its rows, if its CSV does not show whether it was cut after a row.

    Raises:
        IncompleteAnswer: Rows are missing, or that cannot be determined.
    """
    if has_limit(selection.sql):
        raise IncompleteAnswer(
            "the answer has neither a length nor an end mark, so it may have been cut off; omit LIMIT, so that the"
            " following rows can be checked, or read it with `query`"
        )
    if await selection.count(limited(selection.sql, 1, rows)):
        raise IncompleteAnswer(f"the answer broke off after {rows:,} rows: more follow")


async def check_uncut(selection: Selection, rows: int | None) -> None:
    """Check that a result has all its rows, if it has exactly the number to which an instance may cut it.

    Args:
        selection: The query.
        rows: The number of rows returned; None if they were only counted up to `CAP`.

    Raises:
        IncompleteAnswer: Rows are missing. Retrying does not help.
    """
    if not rows or rows % CAP or has_limit(selection.sql):
        return
    if await selection.count(limited(selection.sql, 1, rows)):
        raise IncompleteAnswer(
            f"the instance gave {rows:,} rows of a result that has more; read it in parts, with a condition on each"
        )


async def _records(answer: Download, names: Sequence[str], told: _Told) -> AsyncGenerator[memoryview]:
    """Yield the answer's records in blocks of whole records, without the header."""
    blocks = _Blocks(names)
    size = 0
    last = b""
    try:
        async for piece in answer.chunks():
            last = piece[-1:] or last
            told(len(piece))
            blocks.add(piece)
            size += len(piece)
            if size >= _PARSED:
                if block := blocks.take():
                    yield block
                size = 0
        if block := blocks.take():
            yield block
    except SourceError as error:
        raise DecodeError(f"the answer is not CSV: {error}") from None
    try:
        block = blocks.finish()
    except SourceError as error:
        raise IncompleteAnswer(f"the answer broke off: {error}") from None
    check_last(answer, last)
    if block:
        yield block


class _Blocks:
    """Splits CSV at ends of records, and removes its header; each byte is copied once."""

    def __init__(self, names: Sequence[str]) -> None:
        self._finder: HeaderFinder | None = HeaderFinder(names)
        self._scanner = RecordScanner(width=len(names))
        self._pieces: list[bytes] = []
        self._rest = b""

    def add(self, piece: bytes) -> None:
        """Take bytes."""
        self._pieces.append(piece)

    def take(self) -> memoryview:
        """Return all complete records."""
        content = b"".join([self._rest, *self._pieces])
        self._pieces.clear()
        header = self._header_in(content, last=False)
        if self._finder is not None:
            self._pieces = [content]
            return memoryview(b"")
        taken = self._scanner.position - len(self._rest)
        for start in range(len(self._rest), len(content), BLOCK):
            self._scanner.feed(content[start : start + BLOCK])
        length = self._scanner.cut - taken
        self._rest = content[length:]
        return memoryview(content)[header:length]

    def finish(self) -> memoryview:
        """Return the rest: a last record without a line end."""
        header = 0
        if self._finder is not None:
            self._rest = b"".join(self._pieces)
            header = self._header_in(self._rest, last=True)
            self._scanner.feed(self._rest)
        self._scanner.finish()
        return memoryview(self._rest)[header:]

    def _header_in(self, content: bytes, *, last: bool) -> int:
        """Return the offset at which the header at the beginning of the content ends, or 0."""
        if self._finder is None:
            return 0
        end = self._finder.find(content, last=last)
        if end:
            self._finder = None
        return end


async def _parsed(
    blocks: AsyncGenerator[memoryview], names: Sequence[str], column_types: Sequence[str], *, text: bool
) -> AsyncGenerator[pa.RecordBatch]:
    """Yield a batch for each block, which a thread parses while the next block arrives."""
    loop = asyncio.get_running_loop()
    # A single thread, because allocators keep memory for each thread whose buffers are freed by others.
    thread = ThreadPoolExecutor(1, "domo-async-parser")
    parsing: asyncio.Future[Any] | None = None
    try:
        async with aclosing(blocks):
            async for block in blocks:
                before, parsing = parsing, loop.run_in_executor(thread, _parse, block, names, column_types, text)
                if before is not None:
                    yield await before
        if parsing is not None:
            yield await parsing
    finally:
        thread.shutdown(wait=False)
        if parsing is not None:
            # The result is not needed any longer, but it has to be retrieved.
            await wait_for_end(parsing)
            _ = parsing.cancelled() or parsing.exception()


def _parse(block: memoryview, names: Sequence[str], column_types: Sequence[str], text: bool) -> Any:
    return csv_batch(block, names, column_types, text=text)


async def _of_rows(batches: AsyncGenerator[pa.RecordBatch], rows: int) -> AsyncGenerator[pa.RecordBatch]:
    """Yield batches of exactly `rows` rows, except for the last."""
    pyarrow = needs_arrow("a scan")
    held: list[pa.RecordBatch] = []
    count = 0
    schema: pa.Schema | None = None
    async with aclosing(batches):
        async for batch in batches:
            schema = batch.schema if schema is None else wider(schema, batch.schema)
            held = [widened(each, schema) for each in [*held, batch]]
            count += batch.num_rows
            while count >= rows:
                table = pyarrow.Table.from_batches(held)
                for made in _combined(table.slice(0, rows)):
                    yield made
                held = table.slice(rows).to_batches()
                count -= rows
            if sum(each.nbytes for each in held) > _MOST_HELD:
                for made in _combined(pyarrow.Table.from_batches(held)):
                    yield made
                held, count = [], 0
    if count:
        for made in _combined(pyarrow.Table.from_batches(held)):
            yield made


def _combined(table: pa.Table) -> list[pa.RecordBatch]:
    """Return a table as one batch, or as several if a column of text is too long for one array."""
    return table.combine_chunks(memory_pool()).to_batches()


def _split(columns: Sequence[ColumnSpec]) -> tuple[list[str], list[str]]:
    """Return distinct names for columns, and their types."""
    return distinct_names([column.name for column in columns]), [column.type for column in columns]

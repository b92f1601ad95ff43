"""Connections and cursors as those of PEP 249, awaited; SQLAlchemy's async engines drive them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import NoReturn, Self

from attrs import frozen

from domo_async import Domo
from domo_async._concurrency import wait_for_end
from domo_async._dbapi.address import Address
from domo_async._dbapi.buffer import ALL, Buffer, Row
from domo_async._dbapi.errors import (
    BROKEN,
    CONNECTION_CLOSED,
    CURSOR_CLOSED,
    EXECUTEMANY,
    NO_RESULT,
    RESULT_CLOSED,
    ROWS,
    InterfaceError,
    NotSupportedError,
    ProgrammingError,
    tells,
)
from domo_async._dbapi.session import Item, Session
from domo_async._dbapi.types import Description, describe
from domo_async._transfer import Params

__all__ = ["AsyncConnection", "AsyncCursor"]


class AsyncConnection:
    """A connection that only reads; see `Connection`."""

    def __init__(self, address: Address) -> None:
        access = address.access()
        self._domo = Domo(access.instance, token=access.token, settings=access.settings)
        self._session = Session(self._domo, address.dataset)
        self._cursors: set[AsyncCursor] = set()
        self._closed = False

    @property
    def domo(self) -> Domo:
        """The client underneath."""
        return self._domo

    def cursor(self) -> AsyncCursor:
        """Return a new cursor."""
        self._check_open()
        made = AsyncCursor(self)
        self._cursors.add(made)
        return made

    async def commit(self) -> None:
        """Do nothing: there is nothing to commit."""
        self._check_open()

    async def rollback(self) -> None:
        """Do nothing: there is nothing to roll back."""
        self._check_open()

    async def close(self) -> None:
        """Close the connection, its cursors and its client."""
        if not self._closed:
            self._closed = True
            for cursor in list(self._cursors):
                await cursor.close()
            await self._domo.close()

    def _check_open(self) -> None:
        if self._closed:
            raise InterfaceError(CONNECTION_CLOSED)


@frozen
class _End:
    error: Exception | None


class _Pump:
    """Takes the items of a result in a task of its own, at most one ahead, so that any task may ask for them."""

    def __init__(self, items: AsyncGenerator[Item]) -> None:
        self._queue: asyncio.Queue[Item | _End] = asyncio.Queue(1)
        self._end: _End | None = None
        self._task = asyncio.create_task(self._run(items))

    async def next(self) -> Item | None:
        """Return the next item, or None at the end."""
        if self._end is None:
            item = await self._queue.get()
            if not isinstance(item, _End):
                return item
            self._queue.put_nowait(item)  # for others who wait
            self._end = item
        error, self._end = self._end.error, self._end if self._end.error is None else _End(ProgrammingError(BROKEN))
        if error is not None:
            raise error
        return None

    async def close(self) -> None:
        """End the task, and wait until the result has unwound."""
        # Who waits for rows gets an error: a result that breaks off must not look complete.
        self._end = _End(InterfaceError(RESULT_CLOSED))
        self._task.cancel()
        await wait_for_end(self._task)
        if self._queue.empty():
            self._queue.put_nowait(self._end)

    async def _run(self, items: AsyncGenerator[Item]) -> None:
        end = _End(None)
        try:
            async with aclosing(items):
                async for item in items:
                    await self._queue.put(item)
        except Exception as error:  # noqa: BLE001 - raised again where the item is awaited
            end = _End(error)
        await self._queue.put(end)


class AsyncCursor:
    """A cursor whose rows are streamed; see `Cursor`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.arraysize: int = 1
        self.lastrowid: int = 0
        self._connection = connection
        self._description: Description | None = None
        self._pump: _Pump | None = None
        self._buffer: Buffer | None = None
        self._closed = False

    @property
    def description(self) -> Description | None:
        """The columns of the result; None unless the last statement has a result."""
        return self._description

    @property
    def rowcount(self) -> int:
        """-1: the number of rows is not known before the last one arrives."""
        return -1

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @tells
    async def execute(self, operation: str, parameters: Params | None = None) -> Self:
        """Execute a statement, and return the cursor."""
        self._check_open()
        await self._end()
        pump = _Pump(self._connection._session.results(operation, parameters))  # noqa: SLF001 - the same unit
        try:
            columns = await pump.next()
        except BaseException:
            await pump.close()
            raise
        if isinstance(columns, tuple):
            self._description, self._buffer, self._pump = describe(columns), Buffer(columns), pump
        return self

    @tells
    async def executemany(self, operation: str, parameters: Sequence[Params]) -> NoReturn:  # noqa: ARG002 - PEP 249's
        """Raise an error: only statements that write are executed with many sets of values."""
        raise NotSupportedError(EXECUTEMANY)

    @tells
    async def fetchone(self) -> Row | None:
        """Return the next row, or None after the last one."""
        rows = await self._take(1)
        return rows[0] if rows else None

    @tells
    async def fetchmany(self, size: int | None = None) -> list[Row]:
        """Return the next rows, fewer at the end."""
        return await self._take(self.arraysize if size is None else size)

    @tells
    async def fetchall(self) -> list[Row]:
        """Return all remaining rows."""
        return await self._take(ALL)

    async def __aiter__(self) -> AsyncIterator[Row]:
        while (row := await self.fetchone()) is not None:
            yield row

    async def nextset(self) -> None:
        """Return None: a statement has one result."""

    async def setinputsizes(self, *sizes: object) -> None:
        """Do nothing, as PEP 249 allows."""

    def setoutputsize(self, size: int, column: int | None = None) -> None:
        """Do nothing, as PEP 249 allows."""

    async def close(self) -> None:
        """End the result and close the cursor."""
        self._closed = True
        self._connection._cursors.discard(self)  # noqa: SLF001 - the same unit
        await self._end()

    def _check_open(self) -> None:
        self._connection._check_open()  # noqa: SLF001 - the same unit
        if self._closed:
            raise InterfaceError(CURSOR_CLOSED)

    async def _end(self) -> None:
        pump, self._pump, self._buffer, self._description = self._pump, None, None, None
        if pump is not None:
            await pump.close()

    async def _take(self, count: int) -> list[Row]:
        self._check_open()
        buffer, pump, rows = self._buffer, self._pump, list[Row]()
        if buffer is None or pump is None:
            raise ProgrammingError(NO_RESULT)
        if not isinstance(count, int) or count < 0:
            raise ProgrammingError(ROWS)
        while len(rows) < count:
            if buffer.empty:
                batch = await pump.next()
                if batch is None:
                    break
                buffer.put(batch)  # type: ignore[arg-type]
            rows += buffer.take(count - len(rows))
        return rows

"""PEP 249's connections and cursors, for callers that block."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn, Self

from domo_async._dbapi import errors
from domo_async._dbapi.address import Address
from domo_async._dbapi.buffer import ALL, Buffer, Row
from domo_async._dbapi.errors import (
    BROKEN,
    CONNECTION_CLOSED,
    CURSOR_CLOSED,
    EXECUTEMANY,
    FORKED,
    NO_RESULT,
    RESULT_CLOSED,
    ROWS,
    InterfaceError,
    NotSupportedError,
    ProgrammingError,
    tells,
    tells_connecting,
)
from domo_async._dbapi.session import Item, Session
from domo_async._dbapi.types import Description, describe
from domo_async._redaction import Secret
from domo_async._settings import Settings
from domo_async._transfer import Params
from domo_async.errors import DomoError
from domo_async.sync import Domo

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Connection", "Cursor", "connect"]


@tells_connecting
def connect(
    url: Secret[str] | str | None = None,
    *,
    instance: str | None = None,
    token: Secret[str] | str | None = None,
    profile: str | None = None,
    dataset: str | None = None,
    settings: Settings | None = None,
) -> Connection:
    """Return a connection to an instance, whose datasets are its tables. Nothing is sent yet.

    ```python
    with connect("domo://acme") as connection, connection.cursor() as cursor:
        cursor.execute("SELECT region, SUM(amount) FROM Orders WHERE year = ? GROUP BY region", [2026])
        for region, total in cursor:
            print(region, total)
    ```

    Args:
        url: ``domo://acme``, ``domo://acme/DATASET``, ``domo://:TOKEN@acme.domo.com`` or ``domo://?profile=NAME``.
            ``?tls=false`` is for an instance on this machine, such as the embedded one.
        instance: ``acme``, ``acme.domo.com`` or a URL.
        token: A developer token, as text or as a `Secret`.
        profile: The name of a profile; see `Domo.from_profile`.
        dataset: The dataset that ``table`` stands for in SQL, by id or name.
        settings: Timeouts, retries, limits and the rest.

    What is not given is taken from the URL, from the profile, and from the environment as in `Domo.from_env`.

    Raises:
        InterfaceError: Something is missing or wrong; says what.
    """
    url, token = Secret.of(url), Secret.of(token)
    given = Address(instance=instance, token=token, profile=profile, dataset=dataset, settings=settings)
    return Connection(given if url is None else given.over(Address.of_url(url)))


class Connection:
    """A connection of PEP 249 that only reads. Threads may share it; each uses a cursor of its own.

    Made by `connect`. The errors of PEP 249 are attributes of it, too.
    """

    Warning = errors.Warning
    Error = errors.Error
    InterfaceError = errors.InterfaceError
    DatabaseError = errors.DatabaseError
    DataError = errors.DataError
    OperationalError = errors.OperationalError
    IntegrityError = errors.IntegrityError
    InternalError = errors.InternalError
    ProgrammingError = errors.ProgrammingError
    NotSupportedError = errors.NotSupportedError

    def __init__(self, address: Address) -> None:
        access = address.access()
        self._domo = Domo(access.instance, token=access.token, settings=access.settings)
        self._session = Session(self._domo._aio, address.dataset)  # noqa: SLF001 - its other half
        self._cursors: weakref.WeakSet[Cursor] = weakref.WeakSet()
        self._closed = False
        self._used_in: int | None = None

    @property
    def domo(self) -> Domo:
        """The client underneath, for all that SQL does not do. It is closed with the connection."""
        return self._domo

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._domo.origin}{', closed' if self._closed else ''}>"

    @tells
    def cursor(self) -> Cursor:
        """Return a new cursor.

        Raises:
            InterfaceError: The connection is closed.
        """
        self._check_open()
        made = Cursor(self)
        self._cursors.add(made)
        return made

    @tells
    def execute(self, operation: str, parameters: Params | None = None) -> Cursor:
        """Execute a statement with a new cursor, and return the cursor."""
        return self.cursor().execute(operation, parameters)

    @tells
    def commit(self) -> None:
        """Do nothing: a connection only reads, so there is nothing to commit."""
        self._check_open()

    @tells
    def rollback(self) -> None:
        """Do nothing: a connection only reads, so there is nothing to roll back."""
        self._check_open()

    @tells
    def close(self) -> None:
        """Close the connection, its cursors and its client. Further calls of `close` do nothing."""
        if self._closed:
            return
        self._closed = True
        for cursor in list(self._cursors):
            cursor.close()
        self._domo.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _check_open(self) -> None:
        if self._closed:
            raise InterfaceError(CONNECTION_CLOSED)
        if self._used_in not in {None, os.getpid()}:
            raise InterfaceError(FORKED)

    def _results(self, operation: str, parameters: Params | None) -> Iterator[Item]:
        self._check_open()
        self._used_in = os.getpid()
        session = self._session
        return self._domo._portal.iterate(lambda: session.results(operation, parameters))  # noqa: SLF001 - as the client does


class Cursor:
    """A cursor of PEP 249. Rows are streamed: a result of any size takes the memory of some batches.

    Made by `Connection.cursor`. It can be iterated over, and closes itself as a context manager.

    Attributes:
        arraysize: The number of rows that `fetchmany` returns by default.
        lastrowid: None, as nothing is inserted.
    """

    lastrowid: None = None

    def __init__(self, connection: Connection) -> None:
        self.arraysize: int = 1
        self._connection = connection
        self._description: Description | None = None
        self._items: Iterator[Item] | None = None
        self._buffer: Buffer | None = None
        self._closed = False

    @property
    def connection(self) -> Connection:
        """The connection that the cursor belongs to."""
        return self._connection

    @property
    def description(self) -> Description | None:
        """The columns of the result, as `DescriptionItem`; None unless the last statement has a result.

        A type code is Domo's word, such as ``"LONG"``, and equals `NUMBER`, `STRING` or `DATETIME`.
        """
        return self._description

    @property
    def rowcount(self) -> int:
        """-1: the number of rows is not known before the last one arrives."""
        return -1

    @property
    def rownumber(self) -> int | None:
        """The number of rows that were fetched; None unless the last statement has a result."""
        return None if self._buffer is None else self._buffer.given

    @tells
    def execute(self, operation: str, parameters: Params | None = None) -> Self:
        """Execute a statement, and return the cursor.

        A dataset is called by its name or its id, in backticks where it is not a plain word: ``FROM Orders``,
        ``FROM `0f2…` ``; ``FROM table`` stands for the connection's own. A query reads one dataset. ``SHOW TABLES``,
        ``SHOW COLUMNS FROM`` and ``information_schema`` list datasets and columns. Statements that write are refused
        before anything is sent.

        Args:
            operation: The SQL, in Domo's MySQL-like dialect.
            parameters: The values: a sequence for ``?``, a mapping for ``:name``; see `Datasets.query`.

        Raises:
            ProgrammingError: The SQL or its values are wrong, or a name does not stand for exactly one dataset.
            NotSupportedError: The statement would write, reads several datasets, or asks for what does not exist here.
            OperationalError: The instance did not answer, or refuses.
        """
        self._check_open()
        self._end()
        items = self._connection._results(operation, parameters)  # noqa: SLF001 - the same unit
        columns = next(items, None)
        if isinstance(columns, tuple):
            self._description, self._buffer, self._items = describe(columns), Buffer(columns), items
        return self

    @tells
    def executemany(self, operation: str, seq_of_parameters: Sequence[Params]) -> NoReturn:  # noqa: ARG002 - PEP 249's
        """Raise an error: only statements that write are executed with many sets of values.

        Raises:
            NotSupportedError: Always.
        """
        self._check_open()
        raise NotSupportedError(EXECUTEMANY)

    @tells
    def fetchone(self) -> Row | None:
        """Return the next row, or None after the last one."""
        buffer = self._result()
        return buffer.next() if self._arrived(buffer) else None

    @tells
    def fetchmany(self, size: int | None = None) -> list[Row]:
        """Return the next rows, fewer at the end.

        Args:
            size: The number of rows; `arraysize` by default.
        """
        return self._take(self.arraysize if size is None else size)

    @tells
    def fetchall(self) -> list[Row]:
        """Return all remaining rows."""
        return self._take(ALL)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Row:
        row = self.fetchone()
        if row is None:
            raise StopIteration
        return row

    @tells
    def fetch_arrow_table(self) -> pa.Table:
        """Return all remaining rows as an Arrow table, with the types of `QueryResult.to_arrow`."""
        buffer = self._result()
        return buffer.table(self._batches(buffer))

    @tells
    def fetch_record_batch(self) -> pa.RecordBatchReader:
        """Return a reader that streams the remaining rows in Arrow's record batches, until the cursor is closed.

        The types are those of `Datasets.scan`; DECIMAL is always decimal128(38, 18).
        """
        import pyarrow as pa  # noqa: PLC0415 - slow

        buffer = self._result()
        return pa.RecordBatchReader.from_batches(buffer.schema, self._uniform(buffer))

    def nextset(self) -> None:
        """Return None: a statement has one result."""

    def setinputsizes(self, sizes: Sequence[object]) -> None:
        """Do nothing, as PEP 249 allows."""

    def setoutputsize(self, size: int, column: int | None = None) -> None:
        """Do nothing, as PEP 249 allows."""

    @tells
    def close(self) -> None:
        """End the result and close the cursor. Further calls of `close` do nothing."""
        self._closed = True
        self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _check_open(self) -> None:
        self._connection._check_open()  # noqa: SLF001 - the same unit
        if self._closed:
            raise InterfaceError(CURSOR_CLOSED)

    def _end(self) -> None:
        items, self._items, self._buffer, self._description = self._items, None, None, None
        if items is not None:
            items.close()  # type: ignore[attr-defined]

    def _result(self) -> Buffer:
        self._check_open()
        if self._buffer is None:
            raise ProgrammingError(NO_RESULT)
        return self._buffer

    def _arrived(self, buffer: Buffer) -> bool:
        """Wait for rows of a result; return whether there are any."""
        if self._result() is not buffer:
            raise InterfaceError(RESULT_CLOSED)
        if self._items is None:
            raise ProgrammingError(BROKEN)
        while buffer.empty:
            items, self._items = self._items, None  # which stays if this fails
            try:
                batch = next(items, None)
            except DomoError:
                self._check_open()  # another thread may have closed it meanwhile
                raise
            self._items = items
            if batch is None:
                return False
            buffer.put(batch)  # type: ignore[arg-type]
        return True

    def _take(self, count: int) -> list[Row]:
        buffer, rows = self._result(), list[Row]()
        if not isinstance(count, int) or count < 0:
            raise ProgrammingError(ROWS)
        while len(rows) < count and self._arrived(buffer):
            rows += buffer.take(count - len(rows))
        return rows

    @tells
    def _uniform(self, buffer: Buffer) -> Iterator[pa.RecordBatch]:
        yield from buffer.uniform(self._batches(buffer))

    def _batches(self, buffer: Buffer) -> Iterator[pa.RecordBatch]:
        while self._arrived(buffer):
            yield from buffer.rest()

"""The storage of rows: parts spooled to disk, versions as DuckDB tables, and queries over them.

Slow methods are plain functions, to be called with `Storage.run` off the event loop.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, ParamSpec, TypeVar

from attrs import define, field, frozen

from domo_async._emulator import sql
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.private_files import narrow_file, private_opener
from domo_async._emulator.rows import patterns
from domo_async._emulator.rows.parts import ArrivingPart
from domo_async._emulator.rows.watchdog import Watchdog
from domo_async._emulator.state.changes import Changes
from domo_async._emulator.state.datasets import Column, Part, Schema, StoredColumn, Version
from domo_async.errors import ConfigError

if TYPE_CHECKING:
    import duckdb

P = ParamSpec("P")
T = TypeVar("T")

_WORKERS = 16
_BATCH = 1_000
_DATABASE = "rows.duckdb"
_TABLES = "@tables"

_DUCKDB_TYPES = {
    "STRING": "VARCHAR",
    "LONG": "BIGINT",
    "DOUBLE": "DOUBLE",
    "DATE": "DATE",
    "DATETIME": "TIMESTAMP",
}


@frozen
class ResultColumn:
    """A column of a query's result: its name and its DuckDB type."""

    name: str
    type: str


@define
class Result:
    """A query that DuckDB is ready to run. It must be closed, whether it was read to the end or not."""

    columns: tuple[ResultColumn, ...]
    _cursor: duckdb.DuckDBPyConnection
    _before: str
    _after: str
    _release: Callable[[duckdb.DuckDBPyConnection], None]
    _watch: Callable[[duckdb.DuckDBPyConnection], AbstractContextManager[None]]
    _lock: threading.Lock = field(factory=threading.Lock)

    def start(self, render: Callable[[Sequence[tuple[str, str]]], str]) -> None:
        """Begin to run; each row is rendered as text by the SQL expression that `render` returns."""
        cells = [(f"x{number}", column.type) for number, column in enumerate(self.columns)]
        with self._lock, self._watch(self._cursor), _as_refusal():
            self._cursor.execute(f"{self._before} SELECT {render(cells)} {self._after}")

    def batch(self) -> list[str]:
        """Return the next thousand rendered rows; an empty list at the end."""
        with self._lock, self._watch(self._cursor), _as_refusal():
            return [text for (text,) in self._cursor.fetchmany(_BATCH)]

    def close(self) -> None:
        """Release everything that the query holds, even while another thread waits for it."""
        self._cursor.interrupt()
        with self._lock:
            self._release(self._cursor)


class _Database:
    """A DuckDB database, which is opened on first use: many instances in tests never hold a row.

    Args:
        directory: The instance's data directory.
        spool: The folder of the parts, the only folder that DuckDB may read from.
        kept: Whether the database is a file in the directory, and not in memory.
    """

    def __init__(self, directory: Path, spool: Path, *, kept: bool) -> None:
        self._path = directory / _DATABASE if kept else None
        self._open = partial(_connect, self._path, directory, spool)
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._lock = threading.Lock()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return a new cursor; may be called from any thread.

        Raises:
            ConfigError: The database is damaged.
        """
        with self._lock:
            if self._connection is None:
                self._connection = self._open()
            return self._connection.cursor()

    @contextmanager
    def used(self) -> Iterator[None]:
        """Reopen the database after the block, if DuckDB invalidated it there.

        DuckDB does so after a full disk, for example, and then refuses all work until it has read its files again.
        """
        import duckdb  # noqa: PLC0415 - slow

        try:
            yield
        except Exception as error:
            if isinstance(error, duckdb.FatalException) or isinstance(error.__cause__, duckdb.FatalException):
                self.close()
            raise

    def keep_private(self) -> None:
        """Restrict the files that DuckDB has written since to their owner."""
        if self._path is not None:
            narrow_file(self._path.with_name(f"{self._path.name}.wal"))

    def close(self) -> None:
        """Close it, if it was opened."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None


@define
class Storage:
    """Spool directory and DuckDB database of one instance."""

    _spool: Path
    _database: _Database
    _changes: Changes
    _workers: ThreadPoolExecutor = field(
        factory=lambda: ThreadPoolExecutor(_WORKERS, thread_name_prefix="domo-emulator")
    )
    _tables: set[str] = field(factory=set)
    _leases: Counter[str] = field(factory=Counter)
    _cursors: set[duckdb.DuckDBPyConnection] = field(factory=set)
    _names: Iterator[int] = field(factory=lambda: itertools.count(1))
    _spooled: int = 0
    _macros: sql.Macros = field(factory=sql.Macros)
    _watchdog: Watchdog = field(factory=Watchdog, alias="watchdog")

    @classmethod
    def open(
        cls,
        directory: Path,
        changes: Changes,
        *,
        kept: bool = False,
        referenced: Iterable[str] = (),
        time_limit: float = float("inf"),
    ) -> Storage:
        """Open the storage below `directory`.

        Args:
            directory: The instance's data directory.
            changes: The changes, in which the storage notes that there may be tables that nothing refers to.
            time_limit: Seconds that a query may take to its first rows, and from each thousand rows to the next.
            kept: Whether the rows are saved in the directory.
            referenced: The tables that must exist; all others are dropped, as are spooled parts.

        Raises:
            ConfigError: One of the tables is missing.
        """
        directory = directory.resolve()
        spool = directory / "spool"
        shutil.rmtree(spool, ignore_errors=True)
        spool.mkdir(mode=0o700, parents=True)
        storage = cls(spool, _Database(directory, spool, kept=kept), changes, watchdog=Watchdog(time_limit))
        try:
            if kept:
                storage._have_only(set(referenced))
        except BaseException:
            storage.close()
            raise
        return storage

    @property
    def directory(self) -> Path:
        """The instance's data directory."""
        return self._spool.parent

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a blocking function on one of the storage's threads."""
        return await asyncio.get_running_loop().run_in_executor(self._workers, lambda: function(*args, **kwargs))

    def close(self) -> None:
        """Stop all running queries and close the database."""
        for cursor in tuple(self._cursors):
            cursor.interrupt()
        self._workers.shutdown(cancel_futures=True)
        self._watchdog.close()
        self._database.close()

    @contextmanager
    def spool_part(self, spool: str, number: int) -> Iterator[ArrivingPart]:
        """Receive a part in a file.

        If the block ends without an error, the part replaces the former one with its number; otherwise it is removed,
        and the former part stays as it was.
        """
        self._spooled += 1
        path = self._spool / spool / f"{number}.csv"
        path.parent.mkdir(mode=0o700, exist_ok=True)
        arriving = path.with_suffix(f".{self._spooled}")
        try:
            with open(arriving, "xb", buffering=0, opener=private_opener) as file:
                yield ArrivingPart(number, path, file)
            arriving.replace(path)
        except BaseException:
            arriving.unlink(missing_ok=True)
            raise

    def discard_parts(self, spool: str) -> None:
        """Remove an upload's spooled parts."""
        # A part that is still arriving is too late; it removes its file itself.
        shutil.rmtree(self._spool / spool, ignore_errors=True)

    def ingest(
        self, table: str, parts: Sequence[Part], columns: Sequence[Column]
    ) -> tuple[tuple[StoredColumn, ...], int]:
        """Load the parts, in order, into a new table: all of them, or none.

        Returns:
            The table's columns and the number of its rows.

        Raises:
            HTTPError: 400, if the parts are not valid CSV for these columns.
        """
        import duckdb  # noqa: PLC0415 - slow

        from domo_async._emulator.rows import ingest  # noqa: PLC0415 - slow

        with self._cursor() as cursor:
            try:
                return ingest.load(cursor, table, parts, columns)
            except BaseException as error:
                # If DuckDB invalidated the database, the table was never created.
                with suppress(duckdb.FatalException):
                    self._forget(table)
                if (full := _full_disk(error)) is not None:
                    raise HTTPError(507, f"The emulator cannot save the rows: {full}") from error
                raise
            finally:
                self._database.keep_private()

    def _forget(self, table: str) -> None:
        # The former cursor's database may be invalid.
        with self._cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {table}")

    def new_table(self) -> str:
        """Return a new table name, which was never used before."""
        return f"v{next(self._names)}"

    def adopt(self, table: str) -> None:
        """Manage a table that a version now refers to; to be called on the event loop."""
        self._tables.add(table)
        self.expect_garbage()

    def expect_garbage(self) -> None:
        """Drop the tables that nothing refers to any longer, once the change that caused it is saved."""
        self._changes.note(_TABLES, "")

    def forget_unreferenced(self, referenced: set[str]) -> list[str]:
        """Return the tables that nothing refers to and no query reads; to be called on the event loop."""
        garbage = [name for name in self._tables if name not in referenced and not self._leases[name]]
        self._tables.difference_update(garbage)
        return garbage

    def take_back(self, tables: Iterable[str]) -> None:
        """Manage tables again that were to be dropped; to be called on the event loop."""
        self._tables.update(tables)

    def drop(self, tables: Sequence[str]) -> None:
        """Drop tables."""
        with self._cursor() as cursor:
            for name in tables:
                cursor.execute(f"DROP TABLE IF EXISTS {name}")
        self._database.keep_private()

    def export_table(self, table: str, target: Path) -> None:
        """Write a table's rows to a Parquet file."""
        written = self._spool / f"{table}.parquet"
        try:
            with self._cursor() as cursor:
                cursor.execute(f"COPY {table} TO {sql.literal(str(written))} (FORMAT parquet)")
            shutil.move(written, target)
        finally:
            written.unlink(missing_ok=True)

    def import_table(self, table: str, source: IO[bytes]) -> None:
        """Make a table of the rows of a Parquet file."""
        read = self._spool / f"{table}.parquet"
        try:
            with open(read, "wb", opener=private_opener) as file:
                shutil.copyfileobj(source, file)
            with self._cursor() as cursor:
                cursor.execute(f"CREATE TABLE {table} AS FROM read_parquet({sql.literal(str(read))})")
        finally:
            read.unlink(missing_ok=True)

    @property
    def time_limit(self) -> float:
        """The seconds that a query may take."""
        return self._watchdog.limit

    def matching(
        self, pattern: str, options: str, texts: Sequence[str], *, wanted: Callable[[], bool] = lambda: True
    ) -> frozenset[str]:
        """Return the texts in which a regular expression matches somewhere; see `patterns.matching`.

        Args:
            pattern: The expression.
            options: The options of the expression.
            texts: The texts.
            wanted: A function that says whether the client still waits for the answer.

        Raises:
            HTTPError: 400, if the expression is invalid.
        """
        with self._cursor() as cursor, self._watch(cursor, wanted=wanted):
            return patterns.matching(cursor, pattern, options, texts)

    def _have_only(self, referenced: set[str]) -> None:
        with self._cursor() as cursor:
            found = cursor.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal").fetchall()
        there = {str(name) for (name,) in found}
        if missing := referenced - there:
            raise ConfigError(
                f"the data directory lacks tables with rows of its datasets: {', '.join(sorted(missing))}"
            )
        self.drop(sorted(there - referenced))
        self._tables = referenced
        numbers = (int(name[1:]) for name in there if name[1:].isdecimal())
        self._names = itertools.count(max(numbers, default=0) + 1)

    def has(self, table: str) -> bool:
        """Return whether a table exists; to be called on the event loop."""
        return table in self._tables

    def count(self, schema: Schema, versions: Sequence[Version]) -> int:
        """Return the number of rows that versions make up together."""
        with self._cursor() as cursor:
            found = cursor.execute(f"SELECT count(*) FROM ({_relation(schema, versions)})").fetchall()  # noqa: S608 - our own names and quoted ones
        return int(found[0][0])

    @contextmanager
    def lease(self, versions: Sequence[Version]) -> Iterator[None]:
        """Keep the tables of `versions` for the duration of the block, which must run on the event loop."""
        names = [version.table for version in versions]
        self._leases.update(names)
        try:
            yield
        finally:
            self._leases.subtract(names)

    def query(
        self,
        translation: sql.Translation,
        schema: Schema,
        versions: Sequence[Version],
        *,
        wanted: Callable[[], bool] = lambda: True,
    ) -> Result:
        """Prepare a query over the rows of `versions`, with the columns of `schema`.

        Args:
            translation: The query.
            schema: The columns.
            versions: The versions that hold the rows.
            wanted: A function that says whether the client still waits; called from another thread.

        Raises:
            HTTPError: 400, if the query does not match the columns, or takes too long, now or later.
        """
        watch = partial(self._watch, wanted=wanted)
        source = f"WITH {sql.SOURCE} AS NOT MATERIALIZED ({_relation(schema, versions)})"
        cursor = self._open_cursor()
        try:
            with watch(cursor), _as_refusal():
                self._macros.make(cursor, translation.sql)
                cursor.execute(f"DESCRIBE {source} SELECT * FROM ({translation.sql})")  # noqa: S608 - translated
                described = [(str(name), str(type_)) for name, type_, *_ in cursor.fetchall()]
        except BaseException:
            self._close_cursor(cursor)
            raise
        names = _result_names(translation.names, [name for name, _ in described])
        aliases = ", ".join(f"x{number}" for number in range(len(described)))
        return Result(
            tuple(ResultColumn(name, type_) for name, (_, type_) in zip(names, described, strict=True)),
            cursor,
            source,
            f"FROM ({translation.sql}) AS result({aliases})",
            self._close_cursor,
            watch,
        )

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        cursor = self._open_cursor()
        try:
            with self._database.used():
                yield cursor
        finally:
            self._close_cursor(cursor)

    @contextmanager
    def _watch(self, cursor: duckdb.DuckDBPyConnection, *, wanted: Callable[[], bool]) -> Iterator[None]:
        with self._database.used(), self._watchdog.watch(cursor, wanted=wanted):
            yield

    def _open_cursor(self) -> duckdb.DuckDBPyConnection:
        cursor = self._database.cursor()
        self._cursors.add(cursor)
        return cursor

    def _close_cursor(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursors.discard(cursor)
        cursor.close()


def _connect(path: Path | None, directory: Path, spool: Path) -> duckdb.DuckDBPyConnection:
    import duckdb  # noqa: PLC0415 - slow

    try:
        connection = _configured(":memory:" if path is None else str(path), directory, spool)
    except duckdb.Error as error:
        raise ConfigError(f"{path} is damaged, or is not a DuckDB database: {str(error).splitlines()[0]}") from error
    if path is not None:
        narrow_file(path)
    return connection


def _configured(database: str, directory: Path, spool: Path) -> duckdb.DuckDBPyConnection:
    import duckdb  # noqa: PLC0415 - slow

    connection = duckdb.connect(
        database,
        config={
            "temp_directory": str(directory / "overflow"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
            # A share of the machine's memory; queries that need more use the disk, or fail.
            "memory_limit": "50%",
        },
    )
    # In a notebook kernel without widgets, DuckDB refuses to set a progress bar.
    if connection.execute("SELECT current_setting('enable_progress_bar')").fetchall() != [(False,)]:
        connection.execute("SET enable_progress_bar = false")
    for statement in (
        "SET TimeZone = 'UTC'",
        f"SET allowed_directories = [{sql.literal(str(spool) + os.sep)}]",
        "SET enable_external_access = false",
        "SET lock_configuration = true",
    ):
        connection.execute(statement)
    return connection


def _relation(schema: Schema, versions: Sequence[Version]) -> str:
    """Return a SELECT of all rows of `versions`, in order, with the columns of `schema`."""
    types = [_column_type(column, versions) for column in schema.columns]
    selects = [
        _version_select(schema, types, version, [each for each in versions[index:] if each.merges])
        for index, version in enumerate(versions, start=1)
        if version.action != "DELETE"
    ]
    return " UNION ALL ".join(selects) or _version_select(schema, types, None, ())


def _column_type(column: Column, versions: Sequence[Version]) -> str:
    if column.type != "DECIMAL":
        return _DUCKDB_TYPES[column.type]
    stored = (stored for version in versions for stored in version.columns if stored.name == column.name)
    return f"DECIMAL(38, {max((each.scale for each in stored), default=0)})"


def _version_select(schema: Schema, types: Sequence[str], version: Version | None, later: Sequence[Version]) -> str:
    """Return a SELECT of the rows of a version that remain after the later versions that merge."""
    positions = {stored.name: position for position, stored in enumerate(version.columns)} if version else {}
    cells = []
    for column, type_ in zip(schema.columns, types, strict=True):
        position = positions.get(column.name)
        # A schema may have changed since the upload: values that do not fit any longer become NULL (emulator-defined).
        value = "NULL" if position is None else f"c{position}"
        cells.append(f"TRY_CAST({value} AS {type_}) AS {sql.identifier(column.name)}")
    tail = _rows_left(version, later) if version else "WHERE false"
    return f"SELECT {', '.join(cells)} {tail}"


def _rows_left(version: Version, later: Sequence[Version]) -> str:
    source = version.table
    if version.action == "UPSERT":
        # If rows of one upload have the same keys, the last one counts (emulator-defined).
        keys = ", ".join(f"c{index}" for index, stored in enumerate(version.columns) if stored.name in version.keys)
        source = f"(FROM {source} QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY rowid DESC) = 1)"
    gone = " AND ".join(f"NOT EXISTS (FROM {each.table} AS later WHERE {_same_keys(version, each)})" for each in later)
    return f"FROM {source} AS own" + (f" WHERE {gone}" if gone else "")


def _same_keys(version: Version, later: Version) -> str:
    """Return the condition that a row of a version has the keys of a later version's row; NULL equals NULL."""
    mine = {stored.name: (index, stored) for index, stored in enumerate(version.columns)}
    conditions = []
    for index, stored in enumerate(later.columns):
        if stored.name not in later.keys:
            continue
        own, scale = "NULL", stored.scale
        if stored.name in mine:
            own, scale = f"own.c{mine[stored.name][0]}", max(scale, mine[stored.name][1].scale)
        type_ = _DUCKDB_TYPES.get(stored.type, f"DECIMAL(38, {scale})")
        conditions.append(f"TRY_CAST({own} AS {type_}) IS NOT DISTINCT FROM TRY_CAST(later.c{index} AS {type_})")
    return " AND ".join(conditions)


def _result_names(written: Sequence[str | None], found: Sequence[str]) -> list[str]:
    """Return the result's column names: as written in the query, or as found for columns from ``*``."""
    if None not in written and len(written) == len(found):
        return [name for name in written if name is not None]
    return list(found)


def _full_disk(error: BaseException | None) -> str | None:
    """Return DuckDB's message if an error was caused by a full disk; None otherwise."""
    import duckdb  # noqa: PLC0415 - slow

    while error is not None:
        if isinstance(error, (duckdb.IOException, duckdb.FatalException)) or (
            isinstance(error, duckdb.Error) and "No space left" in str(error)
        ):
            return str(error).splitlines()[0]
        error = error.__cause__ or error.__context__
    return None


@contextmanager
def _as_refusal() -> Iterator[None]:
    import duckdb  # noqa: PLC0415 - slow

    try:
        yield
    except duckdb.Error as error:
        message = str(error)
        column = sql.unknown_column(message)
        if column is not None:
            raise HTTPError(400, f"Invalid column(s) referenced: {column}", code="ib:4100") from error
        # The message begins with DuckDB's own name for the type of error.
        reason = re.sub(r"^[A-Z][A-Za-z ]* Error: ", "", message.splitlines()[0])
        raise HTTPError(400, f"The query failed: {reason}") from error

"""The data themselves: parts spooled to disk, versions as DuckDB tables, queries over them.

Methods that take long are plain functions to be run with `Storage.run`, off the event loop.
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
    """A query that DuckDB is ready to run. Close it, read to its end or not."""

    columns: tuple[ResultColumn, ...]
    _cursor: duckdb.DuckDBPyConnection
    _before: str
    _after: str
    _release: Callable[[duckdb.DuckDBPyConnection], None]
    _watch: Callable[[duckdb.DuckDBPyConnection], AbstractContextManager[None]]
    _lock: threading.Lock = field(factory=threading.Lock)

    def start(self, render: Callable[[Sequence[tuple[str, str]]], str]) -> None:
        """Begin to run; each row becomes the text that the SQL expression made by `render` gives."""
        cells = [(f"x{number}", column.type) for number, column in enumerate(self.columns)]
        with self._lock, self._watch(self._cursor), _as_refusal():
            self._cursor.execute(f"{self._before} SELECT {render(cells)} {self._after}")

    def batch(self) -> list[str]:
        """Return the next thousand rendered rows, an empty list at the end."""
        with self._lock, self._watch(self._cursor), _as_refusal():
            return [text for (text,) in self._cursor.fetchmany(_BATCH)]

    def close(self) -> None:
        """Give everything back that the query holds, even while another thread waits for it."""
        self._cursor.interrupt()
        with self._lock:
            self._release(self._cursor)


class _Database:
    """A DuckDB database, which is opened when it is first asked for: many an instance of a test never holds a row.

    Args:
        directory: The instance's data directory.
        spool: Where parts lie, the one folder that may be read from.
        kept: Whether it is a file of the directory, and not in memory.
    """

    def __init__(self, directory: Path, spool: Path, *, kept: bool) -> None:
        self._path = directory / _DATABASE if kept else None
        self._open = partial(_connect, self._path, directory, spool)
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._lock = threading.Lock()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return a cursor of its own; may be called from any thread.

        Raises:
            ConfigError: The database is damaged.
        """
        with self._lock:
            if self._connection is None:
                self._connection = self._open()
            return self._connection.cursor()

    @contextmanager
    def used(self) -> Iterator[None]:
        """Open the database again after what the block does with it, if DuckDB gives it up there.

        It does so after a disk that was full, say, and does nothing any more until it has read its files again.
        """
        import duckdb  # noqa: PLC0415 - slow

        try:
            yield
        except Exception as error:
            if isinstance(error, duckdb.FatalException) or isinstance(error.__cause__, duckdb.FatalException):
                self.close()
            raise

    def keep_private(self) -> None:
        """See to it that nobody else may read what DuckDB has written since."""
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
            changes: Where it notes that there may be tables that nothing refers to.
            time_limit: Seconds that a query may take to its first rows, and from each thousand rows to the next.
            kept: Whether the rows are to be there when the directory is opened again.
            referenced: The tables that there have to be; all others are dropped, as are spooled parts.

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
        """Stop all that runs and close the database."""
        for cursor in tuple(self._cursors):
            cursor.interrupt()
        self._workers.shutdown(cancel_futures=True)
        self._watchdog.close()
        self._database.close()

    @contextmanager
    def spool_part(self, spool: str, number: int) -> Iterator[ArrivingPart]:
        """Let a part arrive in a file.

        It takes the former part's place when the block is left without an error; otherwise it is removed, and
        the former part stays as it was.
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
        # A part may still be arriving, too late; it removes its file itself.
        shutil.rmtree(self._spool / spool, ignore_errors=True)

    def ingest(
        self, table: str, parts: Sequence[Part], columns: Sequence[Column]
    ) -> tuple[tuple[StoredColumn, ...], int]:
        """Read the parts, in order, into a new table, wholly or not at all.

        Returns:
            The table's columns and the number of its rows.

        Raises:
            HTTPError: 400, if the parts are not CSV for these columns.
        """
        import duckdb  # noqa: PLC0415 - slow

        from domo_async._emulator.rows import ingest  # noqa: PLC0415 - slow

        with self._cursor() as cursor:
            try:
                return ingest.load(cursor, table, parts, columns)
            except BaseException as error:
                # Where DuckDB gave the database up, the table was never there.
                with suppress(duckdb.FatalException):
                    self._forget(table)
                if (full := _full_disk(error)) is not None:
                    raise HTTPError(507, f"The emulator cannot save the rows: {full}") from error
                raise
            finally:
                self._database.keep_private()

    def _forget(self, table: str) -> None:
        # The former cursor's database may do nothing any more.
        with self._cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {table}")

    def new_table(self) -> str:
        """Return a name that no table has had."""
        return f"v{next(self._names)}"

    def adopt(self, table: str) -> None:
        """Take charge of a table that a version now stands for; to be called on the event loop."""
        self._tables.add(table)
        self.expect_garbage()

    def expect_garbage(self) -> None:
        """Have the tables that nothing refers to any longer dropped, once what made them so is saved."""
        self._changes.note(_TABLES, "")

    def forget_unreferenced(self, referenced: set[str]) -> list[str]:
        """Return the tables that nothing refers to and no query reads; to be called on the event loop."""
        garbage = [name for name in self._tables if name not in referenced and not self._leases[name]]
        self._tables.difference_update(garbage)
        return garbage

    def take_back(self, tables: Iterable[str]) -> None:
        """Keep tables after all that were to be dropped; to be called on the event loop."""
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
        """How long a query may take, in seconds."""
        return self._watchdog.limit

    def matching(
        self, pattern: str, options: str, texts: Sequence[str], *, wanted: Callable[[], bool] = lambda: True
    ) -> frozenset[str]:
        """Return those texts in which a regular expression matches somewhere; see `patterns.matching`.

        Args:
            pattern: The expression.
            options: Its options.
            texts: The texts.
            wanted: Whether somebody still waits for the answer.

        Raises:
            HTTPError: 400, if the expression is wrong.
        """
        with self._cursor() as cursor, self._watch(cursor, wanted=wanted):
            return patterns.matching(cursor, pattern, options, texts)

    def _have_only(self, referenced: set[str]) -> None:
        with self._cursor() as cursor:
            found = cursor.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal").fetchall()
        there = {str(name) for (name,) in found}
        if missing := referenced - there:
            raise ConfigError(f"the data directory lacks rows that its datasets have: {', '.join(sorted(missing))}")
        self.drop(sorted(there - referenced))
        self._tables = referenced
        numbers = (int(name[1:]) for name in there if name[1:].isdecimal())
        self._names = itertools.count(max(numbers, default=0) + 1)

    def has(self, table: str) -> bool:
        """Return whether a table is there; to be called on the event loop."""
        return table in self._tables

    def count(self, schema: Schema, versions: Sequence[Version]) -> int:
        """Return how many rows versions make up together."""
        with self._cursor() as cursor:
            found = cursor.execute(f"SELECT count(*) FROM ({_relation(schema, versions)})").fetchall()  # noqa: S608 - our own names and quoted ones
        return int(found[0][0])

    @contextmanager
    def lease(self, versions: Sequence[Version]) -> Iterator[None]:
        """Keep the tables of `versions` while the block lasts, which must be on the event loop."""
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
        """Prepare a query over the rows of `versions`, seen through `schema`.

        Args:
            translation: The query.
            schema: How the rows are seen.
            versions: Where they are.
            wanted: Whether somebody still waits for the answer; called from another thread.

        Raises:
            HTTPError: 400, if the query does not fit the columns, or takes too long, now or later.
        """
        watch = partial(self._watch, wanted=wanted)
        source = f"WITH {sql.SOURCE} AS NOT MATERIALIZED ({_relation(schema, versions)})"
        cursor = self._open_cursor()
        try:
            with watch(cursor), _as_refusal():
                self._macros.make(cursor, translation.sql)
                cursor.execute(f"DESCRIBE {source} SELECT * FROM ({translation.sql})")  # noqa: S608 - translated
                described = [(str(name), str(kind)) for name, kind, *_ in cursor.fetchall()]
        except BaseException:
            self._close_cursor(cursor)
            raise
        names = _result_names(translation.names, [name for name, _ in described])
        aliases = ", ".join(f"x{number}" for number in range(len(described)))
        return Result(
            tuple(ResultColumn(name, kind) for name, (_, kind) in zip(names, described, strict=True)),
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
        raise ConfigError(f"{path} is damaged, or not DuckDB's: {str(error).splitlines()[0]}") from error
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
            # Of the machine's; what needs more goes to the disk, or fails.
            "memory_limit": "50%",
        },
    )
    # A notebook kernel without widgets has no progress bar, and there DuckDB refuses to set one.
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
        _version_select(schema, types, version, [each for each in versions[place:] if each.merges])
        for place, version in enumerate(versions, start=1)
        if version.action != "DELETE"
    ]
    return " UNION ALL ".join(selects) or _version_select(schema, types, None, ())


def _column_type(column: Column, versions: Sequence[Version]) -> str:
    if column.type != "DECIMAL":
        return _DUCKDB_TYPES[column.type]
    stored = (stored for version in versions for stored in version.columns if stored.name == column.name)
    return f"DECIMAL(38, {max((each.scale for each in stored), default=0)})"


def _version_select(schema: Schema, types: Sequence[str], version: Version | None, later: Sequence[Version]) -> str:
    """Return a SELECT of the rows of a version that are still there after those that merge."""
    positions = {stored.name: position for position, stored in enumerate(version.columns)} if version else {}
    cells = []
    for column, kind in zip(schema.columns, types, strict=True):
        position = positions.get(column.name)
        # A schema may have changed since the upload: what no longer fits reads as NULL (emulator-defined).
        value = "NULL" if position is None else f"c{position}"
        cells.append(f"TRY_CAST({value} AS {kind}) AS {sql.identifier(column.name)}")
    tail = _rows_left(version, later) if version else "WHERE false"
    return f"SELECT {', '.join(cells)} {tail}"


def _rows_left(version: Version, later: Sequence[Version]) -> str:
    source = version.table
    if version.action == "UPSERT":
        # Of rows with the same keys within one upload the last one counts (emulator-defined).
        keys = ", ".join(f"c{place}" for place, stored in enumerate(version.columns) if stored.name in version.keys)
        source = f"(FROM {source} QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY rowid DESC) = 1)"
    gone = " AND ".join(f"NOT EXISTS (FROM {each.table} AS later WHERE {_same_keys(version, each)})" for each in later)
    return f"FROM {source} AS own" + (f" WHERE {gone}" if gone else "")


def _same_keys(version: Version, later: Version) -> str:
    """Return the condition that a row of a version has the keys of a later one's; NULL is a key as any other."""
    mine = {stored.name: (place, stored) for place, stored in enumerate(version.columns)}
    conditions = []
    for place, stored in enumerate(later.columns):
        if stored.name not in later.keys:
            continue
        own, scale = "NULL", stored.scale
        if stored.name in mine:
            own, scale = f"own.c{mine[stored.name][0]}", max(scale, mine[stored.name][1].scale)
        kind = _DUCKDB_TYPES.get(stored.type, f"DECIMAL(38, {scale})")
        conditions.append(f"TRY_CAST({own} AS {kind}) IS NOT DISTINCT FROM TRY_CAST(later.c{place} AS {kind})")
    return " AND ".join(conditions)


def _result_names(written: Sequence[str | None], found: Sequence[str]) -> list[str]:
    """Return the result's column names: as written, and as found for columns out of ``*``."""
    if None not in written and len(written) == len(found):
        return [name for name in written if name is not None]
    return list(found)


def _full_disk(error: BaseException | None) -> str | None:
    """Return what DuckDB said when there was no room on the disk, if that is why something failed."""
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
        # The kind of the error that comes first is DuckDB's own word.
        said = re.sub(r"^[A-Z][A-Za-z ]* Error: ", "", message.splitlines()[0])
        raise HTTPError(400, f"The query failed: {said}") from error

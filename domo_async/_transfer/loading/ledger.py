"""The ledger of the files that a dataset holds, an SQLite file that several machines may share."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias

from attrs import asdict, field, fields, frozen

from domo_async._locking import lock
from domo_async.errors import ConfigError

__all__ = ["Ledger", "LedgerRow", "LedgerState", "is_of_ledger", "ledger_at", "timestamp_text"]

LedgerState: TypeAlias = Literal["sending", "loaded", "uncertain", "bad"]


@frozen(kw_only=True)
class LedgerRow:
    """One content of a file, and its outcome.

    Attributes:
        digest: The hash of its bytes, which identifies it.
        path: The absolute path of the file.
        size: Its size in bytes.
        modified: When the file was last written to, in ISO 8601.
        head: The hash of its first bytes.
        state: ``sending`` from before its upload is opened until its outcome is recorded; ``loaded``;
            ``uncertain`` if the commit's answer was lost; ``bad`` if it cannot be loaded.
        at: When the state was recorded, in ISO 8601.
        rows: The number of its rows.
        journal: The name of its upload's journal, until it is loaded.
        upload_id: The ID of the upload.
        data_version: The data version that holds it, if it is known.
        error: The error of the content.
        line: The line of the error.
        gone: When it was reported that the file no longer exists.
    """

    digest: str
    path: str
    size: int
    modified: str
    head: str
    state: LedgerState
    at: str
    rows: int | None = None
    journal: str | None = None
    upload_id: int | None = None
    data_version: int | None = None
    error: str | None = None
    line: int | None = None
    gone: str | None = None


def timestamp_text(when: datetime) -> str:
    """Return a time in the ledger's format."""
    return when.isoformat(timespec="milliseconds")


# The application ID in the file's header, so that other programs' databases are never written to.
_APPLICATION = 0x646F6D6F
_VERSION = 1
_TABLE = """
CREATE TABLE files (
    dataset TEXT NOT NULL, digest TEXT NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL, modified TEXT NOT NULL,
    head TEXT NOT NULL, state TEXT NOT NULL, at TEXT NOT NULL, rows INTEGER, journal TEXT, upload_id INTEGER,
    data_version INTEGER, error TEXT, line INTEGER, gone TEXT, PRIMARY KEY (dataset, digest)
)
"""


_COLUMNS = tuple(column.name for column in fields(LedgerRow))


@frozen
class Ledger:
    """The ledger rows of one dataset. Each method is one transaction.

    Attributes:
        path: The ledger's file.
    """

    path: Path
    _dataset_id: str
    _connection: sqlite3.Connection | None = field(repr=False)

    def rows(self) -> list[LedgerRow]:
        """Return all rows, in the order in which they were written."""
        if self._connection is None:
            return []
        query = f"SELECT {', '.join(_COLUMNS)} FROM files WHERE dataset = ? ORDER BY at, path"  # noqa: S608 - our names
        with _readable(self.path):
            return [
                LedgerRow(**dict(zip(_COLUMNS, map(_read, found), strict=True)))
                for found in self._connection.execute(query, [self._dataset_id])
            ]

    def write(self, rows: Iterable[LedgerRow], *, instead: Sequence[LedgerRow] = ()) -> None:
        """Write rows, replacing those of the same contents and the rows in `instead`.

        Args:
            rows: The rows to write.
            instead: The rows to delete in the same transaction.
        """
        assert self._connection is not None  # noqa: S101 - a dry run writes nothing
        values = [[self._dataset_id, *map(_written, asdict(row).values())] for row in rows]
        placeholders = ", ".join("?" * (len(_COLUMNS) + 1))
        with _readable(self.path), self._connection:
            self._connection.executemany(
                "DELETE FROM files WHERE dataset = ? AND digest = ?",
                [[self._dataset_id, row.digest] for row in instead],
            )
            self._connection.executemany(
                f"INSERT OR REPLACE INTO files (dataset, {', '.join(_COLUMNS)}) VALUES ({placeholders})",  # noqa: S608 - our own names
                values,
            )

    def new_journal(self, name: str) -> Path:
        """Create an empty journal; if the next run does not find it, somebody has removed it."""
        path = self.journal(name)
        try:
            path.parent.mkdir(exist_ok=True)
            path.touch(mode=0o600, exist_ok=False)
        except OSError as error:
            raise ConfigError(f"cannot write the journal {path}: {error.strerror}; nothing was sent") from None
        return path

    def journal(self, name: str) -> Path:
        """Return the path of a journal."""
        return _journals(self.path) / name

    def clean_up(self) -> None:
        """Remove the journals whose files are all recorded as loaded."""
        folder = _journals(self.path)
        if self._connection is None or not folder.is_dir():
            return
        with _readable(self.path):
            found = self._connection.execute("SELECT DISTINCT journal FROM files WHERE journal IS NOT NULL")
            needed = {name for (name,) in found}
        for path in folder.glob("*.journal"):
            if path.name not in needed:
                path.unlink(missing_ok=True)


def _written(value: Any) -> Any:
    """Return a value as SQLite takes it: a name with bytes that are not UTF-8, or an error that has it, as bytes."""
    try:
        value.encode()
    except AttributeError:
        return value
    except UnicodeEncodeError:
        return value.encode("utf-8", "surrogatepass")
    return value


def _read(value: Any) -> Any:
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value


def is_of_ledger(file: Path, ledger: Path) -> bool:
    """Return whether a file is the ledger, its lock, one of its journals or one of SQLite's files next to it."""
    own, other = os.path.realpath(ledger), os.path.realpath(file)
    beside = {f"{own}{end}" for end in ("", "-journal", "-wal", "-shm", ".lock")}
    return other in beside or other.startswith(f"{own}.journals{os.sep}")


@contextmanager
def ledger_at(path: Path, dataset_id: str, *, dry_run: bool) -> Iterator[Ledger]:
    """Open the ledger at a path, creating it if it does not exist, and lock it against other writers.

    Args:
        path: The file.
        dataset_id: The dataset whose rows are used.
        dry_run: Whether the ledger is only read, and not created.

    Raises:
        ConfigError: The ledger cannot be read or written, is not a ledger, or another process has locked it.
    """
    if path.exists() and not path.is_file():
        raise ConfigError(f"the ledger {path} is not a file; name a file, which is created if it does not exist")
    with ExitStack() as stack:
        connection = None
        if not dry_run:
            try:
                file = stack.enter_context(Path(f"{path}.lock").open("a+b"))
            except OSError as error:
                raise ConfigError(
                    f"cannot write the ledger {path}: {error.strerror or error}; name another file for it. Nothing was"
                    " sent"
                ) from None
            try:
                lock(file)
            except OSError:
                raise ConfigError(f"another process is loading with the ledger {path}; nothing was sent") from None
        if not dry_run or path.exists():
            with _readable(path):
                connection = _connect(path, dry_run=dry_run)
                if connection is not None:
                    stack.enter_context(closing(connection))
        yield Ledger(path, dataset_id, connection)


def _connect(path: Path, *, dry_run: bool) -> sqlite3.Connection | None:
    mode = "ro" if dry_run else "rwc"
    # Threads use the connection one at a time.
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, check_same_thread=False)
    try:
        is_new = _is_new(connection, path)
        if is_new and dry_run:
            connection.close()
            return None
        # A committed row is on the disk, whatever SQLite's build defaults are.
        connection.execute("PRAGMA synchronous = FULL")
        if is_new:
            with connection:
                connection.execute("BEGIN")
                connection.execute(_TABLE)
                connection.execute(f"PRAGMA application_id = {_APPLICATION}")
                connection.execute(f"PRAGMA user_version = {_VERSION}")
    except BaseException:
        connection.close()
        raise
    return connection


def _is_new(connection: sqlite3.Connection, path: Path) -> bool:
    """Return whether a database is empty.

    Raises:
        ConfigError: It is neither empty nor a ledger.
    """
    (application,), (version,), (tables,) = (
        connection.execute(query).fetchone()
        for query in ("PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_master")
    )
    if application == tables == 0:
        return True
    if application != _APPLICATION:
        raise ConfigError(f"{path} is not a ledger of loaded files, and was not changed; name another file")
    if version != _VERSION:
        raise ConfigError(
            f"the ledger {path} was written by another version of domo-async; load with that one. Nothing was sent"
        )
    return False


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Convert SQLite's errors to errors that name the ledger."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise ConfigError(
            f"cannot use the ledger {path}: {error}. It was not changed, because only the ledger records which files"
            " are already loaded"
        ) from None


def _journals(path: Path) -> Path:
    return Path(f"{path}.journals")

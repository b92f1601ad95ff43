"""The instance's state on disk, which survives a crash at any time.

A directory holds one SQLite database with everything but the rows, and one DuckDB database with the rows. The changes
of a request are one transaction, together with those that other requests made meanwhile, and an answer is sent only
after all changes that it may report are on the disk. Rows are on the disk before the state refers to them, and are
dropped after the state no longer does.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, BinaryIO, Self

import orjson
from attrs import define, field

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.persistence.documents import document_of
from domo_async._emulator.private_files import narrow, private_file
from domo_async._emulator.rows.storage import Storage
from domo_async._emulator.state.instance import DATASETS, Instance
from domo_async._locking import lock
from domo_async._redaction import Secret
from domo_async.errors import ConfigError

__all__ = ["TOKENS", "Journal", "Keeper", "Lock", "claim", "keep_token", "kept_token"]

TOKENS = "@tokens"
"""The category under which tokens and sessions are kept."""

_LOGGER = logging.getLogger(__name__)
_FORMAT = 1
_STATE = "state.sqlite"
_TOKEN = "token"  # noqa: S105 - a file's name
_LOCK = "lock"
_MARKER = ".domo-async-emulator"
# The entry that an empty file system has.
_NOBODYS = {"lost+found"}

_TABLES = """
CREATE TABLE IF NOT EXISTS things (
    position INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    value BLOB NOT NULL,
    UNIQUE (kind, key)
)
"""
_PUT = """
INSERT INTO things (kind, key, value) VALUES (?, ?, ?)
ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value
"""


def claim(directory: Path) -> None:
    """Mark an empty directory as an emulator's data directory, or check that it is one. Other files are not touched.

    Raises:
        ConfigError: The directory has content, but not an emulator's mark.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (directory / _MARKER).is_file():
        narrow(directory)
        return
    others = sorted({path.name for path in directory.iterdir()} - _NOBODYS)
    if others:
        raise ConfigError(
            f"the folder {directory} holds {others[0]!r} and is not an emulator's data directory, in which files are"
            " created and removed; name a new or an empty folder"
        )
    narrow(directory)
    private_file(directory / _MARKER)


class Lock:
    """An exclusive lock on a directory, held until it is released or the process ends in any way.

    Raises:
        ConfigError: Another process, or another emulator of this process, holds the lock.
    """

    def __init__(self, directory: Path) -> None:
        self._file: BinaryIO = private_file(directory / _LOCK).open("r+b")
        try:
            lock(self._file)
        except OSError:
            holder = self._file.read().decode(errors="replace").strip()
            self._file.close()
            who = f"the process {holder}" if holder else "another process"
            raise ConfigError(
                f"the data directory {directory} is in use by {who}; only one emulator at a time can use it"
            ) from None
        self._file.truncate()
        self._file.write(f"{os.getpid()}\n".encode())
        self._file.flush()

    def release(self) -> None:
        """Release the lock."""
        self._file.close()


def kept_token(directory: Path) -> Secret[str] | None:
    """Return the developer token that is saved in a data directory, if there is one.

    Raises:
        ConfigError: The file is damaged.
    """
    if not (directory / _MARKER).is_file():
        return None
    path = directory / _TOKEN
    try:
        token = Secret(path.read_bytes().strip().decode("latin-1"))
    except FileNotFoundError:
        return None
    if not token.get_secret_value().isascii() or not token.get_secret_value().isprintable():
        raise ConfigError(f"{path} is damaged: it does not hold a token; pass one, or remove the file")
    return token if token.get_secret_value() else None


def keep_token(directory: Path, token: Secret[str]) -> None:
    """Save a developer token in a directory, in a file that only its owner may read."""
    with suppress(ConfigError):
        if kept_token(directory) == token:
            return
    arriving = private_file(directory / f"{_TOKEN}.{secrets.token_hex(4)}")
    with arriving.open("r+b") as file:
        file.write(f"{token.get_secret_value()}\n".encode())
        file.flush()
        os.fsync(file.fileno())
    arriving.replace(directory / _TOKEN)


@define(eq=False)
class Journal:
    """The database of everything but the rows: JSON by category and key, in the order of first appearance."""

    _path: Path
    _database: sqlite3.Connection
    _thread: ThreadPoolExecutor = field(
        factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="domo-emulator-journal")
    )

    @classmethod
    def open(cls, directory: Path) -> Self:
        """Open the database of a directory, or create one.

        Raises:
            ConfigError: Another version of the emulator wrote the database, in a format that this one cannot read.
        """
        path = private_file(directory / _STATE)
        database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        journal = cls(path, database)
        try:
            journal._prepare(path)
        except BaseException:
            journal.close()
            raise
        return journal

    def _prepare(self, path: Path) -> None:
        try:
            (found,) = self._database.execute("PRAGMA user_version").fetchone()
            if found not in (0, _FORMAT):
                raise ConfigError(f"{path} has the format {found}; this version knows the format {_FORMAT}")
            for statement in (
                "PRAGMA journal_mode = WAL",
                "PRAGMA synchronous = FULL",
                _TABLES,
                f"PRAGMA user_version = {_FORMAT}",
            ):
                self._database.execute(statement)
        except sqlite3.DatabaseError as error:
            raise ConfigError(f"{path} is not the state of an emulator: {error}") from error

    def read(self) -> Iterator[tuple[str, str, Any]]:
        """Yield the category, the key and the JSON of all entries.

        Raises:
            ConfigError: The database is damaged.
        """
        try:
            for category, key, value in self._database.execute("SELECT kind, key, value FROM things ORDER BY position"):
                yield category, key, orjson.loads(value)
        except (sqlite3.DatabaseError, orjson.JSONDecodeError) as error:
            raise self.damaged(error) from error

    def damaged(self, error: BaseException) -> ConfigError:
        """Return the error that says that the database is damaged."""
        reason = f"{type(error).__name__}: {error}"
        return ConfigError(f"{self._path} is damaged, and the instance cannot be restored from it: {reason}")

    async def write(self, removed: Iterable[tuple[str, str]], put: Iterable[tuple[str, str, bytes]]) -> None:
        """Remove and put entries, all of them or none; they are on the disk when this returns."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._write, removed, put)

    def _write(self, removed: Iterable[tuple[str, str]], put: Iterable[tuple[str, str, bytes]]) -> None:
        with closing(self._database.cursor()) as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            try:
                cursor.executemany("DELETE FROM things WHERE kind = ? AND key = ?", removed)
                cursor.executemany(_PUT, put)
                cursor.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    cursor.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the database."""
        self._thread.shutdown()
        self._database.close()


@define(eq=False)
class Keeper:
    """Saves changes, and drops tables of rows that nothing refers to any longer.

    Attributes:
        pinned: Tables that stay even if nothing refers to them.
        tokens: The tokens and sessions that are saved under `TOKENS`, by key.
    """

    _instance: Instance
    _storage: Storage
    _journal: Journal | None
    tokens: Mapping[str, Mapping[str, int]] = field(factory=dict, repr=False)
    pinned: frozenset[str] = frozenset()
    _begun: int = 0
    _done: int = 0
    _saving: asyncio.Task[None] | None = None

    async def flush(self) -> None:
        """Return once all changes so far, of any request, are saved, so that answers may report them.

        Raises:
            HTTPError: 507, if they cannot be saved; later calls try again.
        """
        changes = self._instance.unsaved
        if self._journal is None:
            if changes and changes.are_complete:
                garbage = self._garbage(changes.take())
                for function in self._instance.take_afterwards():
                    function()
                await self._drop(garbage)
            return
        target = self._begun + bool(changes)
        while self._done < target:
            # Many requests wait for one save; changes that come while it is written belong to the next one.
            if self._saving is None:
                self._saving = asyncio.create_task(self._save(self._journal))
            await asyncio.shield(self._saving)

    async def _save(self, journal: Journal) -> None:
        changes = self._instance.unsaved
        try:
            await changes.complete()
            self._begun += 1
            taken = changes.take()
            garbage = self._garbage(taken)
            afterwards = self._instance.take_afterwards()
            try:
                gone, put = self._written(taken)
                await journal.write(gone, put)
            except Exception as error:
                changes.give_back(taken)
                self._storage.take_back(garbage)
                for function in afterwards:
                    self._instance.once_saved(function)
                self._begun = self._done
                raise HTTPError(507, f"The emulator cannot save its state: {error}") from error
            for function in afterwards:
                function()
            await self._drop(garbage)
            self._done = self._begun
        finally:
            self._saving = None

    def _written(
        self, taken: Mapping[tuple[str, str], bool]
    ) -> tuple[list[tuple[str, str]], list[tuple[str, str, bytes]]]:
        """Return the entries to remove, and the entries to put."""
        gone: list[tuple[str, str]] = []
        put: list[tuple[str, str, bytes]] = []
        for (category, key), removed in taken.items():
            try:
                value = self._value(category, key)
                written = None if value is None else orjson.dumps([key, value])
            except Exception:
                # The entry stays as it was last saved, so that all other changes can be saved.
                _LOGGER.exception("%s %r cannot be saved", category, key)
                continue
            if written is None or removed:
                gone.append((category, key))
            if written is not None:
                put.append((category, key, orjson.dumps(value)))
        return gone, put

    def _value(self, category: str, key: str) -> Any:
        if category == DATASETS:
            dataset = self._instance.kept_dataset(key)
            return None if dataset is None else document_of(self._instance, dataset)
        if category == TOKENS:
            return self.tokens[key]
        return None if category.startswith("@") else self._instance.records[category].find(key)

    def _garbage(self, names: Iterable[tuple[str, str]]) -> list[str]:
        """Return the tables to drop after these changes."""
        if not any(category.startswith("@") for category, _ in names):
            return []
        return self._storage.forget_unreferenced(self._instance.referenced_tables() | self.pinned)

    async def _drop(self, tables: list[str]) -> None:
        if tables:
            await self._storage.run(self._storage.drop, tables)

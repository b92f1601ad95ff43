"""Records: JSON objects in named collections, which hold all state except datasets.

Routes read records and put new ones; they never change a record in place, as only `put` saves it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import orjson

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.state.changes import Changes

__all__ = ["COUNTERS", "OWNER_ID", "Collection", "Record", "Records", "check_storable"]

Record: TypeAlias = dict[str, Any]
COUNTERS = "counters"
# The levels that answers and world files add around a record; JSON can be 254 levels deep.
_LEVELS = 50


def check_storable(value: object) -> None:
    """Refuse a value that cannot be saved or sent in an answer, as it would keep everything else from being saved.

    Raises:
        HTTPError: 400, if the value is nested too deeply, or is not JSON.
    """
    for _ in range(_LEVELS):
        value = [value]
    try:
        orjson.dumps(value)
    except (TypeError, ValueError) as error:
        raise HTTPError(400, f"This cannot be saved: {error}") from error


class Collection:
    """The records of one type by key, in the order in which they were first put.

    Args:
        name: The collection's name, such as ``users``.
        changes: The object that notes changes.
    """

    def __init__(self, name: str, changes: Changes) -> None:
        self.name = name
        self._records: dict[str, Record] = {}
        self._changes = changes

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[Record]:
        return iter(list(self._records.values()))

    def __contains__(self, key: object) -> bool:
        return str(key) in self._records

    def keys(self) -> list[str]:
        """Return all keys."""
        return list(self._records)

    def find(self, key: object) -> Record | None:
        """Return a record; None if it does not exist."""
        return self._records.get(str(key))

    def get(self, key: object) -> Record:
        """Return a record.

        Raises:
            HTTPError: 404, if it does not exist.
        """
        record = self._records.get(str(key))
        if record is None:
            raise HTTPError(404, f"The id {key} does not exist in {self.name}")
        return record

    def put(self, key: object, record: Record) -> Record:
        """Save a record under a key, in place of the former one; return it.

        Raises:
            HTTPError: 400, if the record cannot be saved.
        """
        check_storable([str(key), record])
        self._records[str(key)] = record
        self._changes.note(self.name, str(key))
        return record

    def update(self, key: object, **changes: Any) -> Record:
        """Save a record with some keys changed; return it.

        Raises:
            HTTPError: 404, if it does not exist.
        """
        return self.put(key, {**self.get(key), **changes})

    def remove(self, key: object) -> Record:
        """Remove a record; return it.

        Raises:
            HTTPError: 404, if it does not exist.
        """
        record = self.get(key)
        del self._records[str(key)]
        self._changes.note(self.name, str(key), removed=True)
        return record

    def items(self) -> dict[str, Record]:
        """Return all records by key."""
        return dict(self._records)

    def restore(self, records: Mapping[str, Record]) -> None:
        """Replace all records."""
        for key in self._records:
            self._changes.note(self.name, key, removed=True)
        self._records = dict(records)
        for key in records:
            self._changes.note(self.name, key)


class Records:
    """All collections of an instance; each is created on first use.

    Args:
        changes: The object that notes changes.
    """

    def __init__(self, changes: Changes | None = None) -> None:
        self._collections: dict[str, Collection] = {}
        self._changes = Changes() if changes is None else changes

    def __getitem__(self, name: str) -> Collection:
        """Return a collection."""
        if name not in self._collections:
            self._collections[name] = Collection(name, self._changes)
        return self._collections[name]

    def __iter__(self) -> Iterator[Collection]:
        return iter(list(self._collections.values()))

    def next_id(self, name: str, first: int = 1) -> int:
        """Return the next number of a series, which never repeats."""
        counters = self[COUNTERS]
        number: int = counters.get(name)["next"] if name in counters else first
        # Skipped numbers are harmless.
        with self._changes.of_nobody():
            counters.put(name, {"next": number + 1})
        return number

    def snapshot(self) -> dict[str, dict[str, Record]]:
        """Return all records by collection and key. Records are never changed in place, so that this is fast."""
        return {collection.name: collection.items() for collection in self if len(collection)}

    def restore(self, snapshot: Mapping[str, Mapping[str, Record]]) -> None:
        """Replace all records with those of a snapshot."""
        for name in {*self._collections, *snapshot}:
            self[name].restore(snapshot.get(name, {}))


OWNER_ID = 1

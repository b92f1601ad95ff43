"""What the instance knows beside its datasets: JSON objects in named collections.

Routes read records and put new ones; they never change one in place, as what was put is what is kept.
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
# What answers, files of worlds and the like put around a record; JSON can be 254 levels deep.
_LEVELS = 50


def check_storable(value: object) -> None:
    """Refuse what cannot be saved, or not be told again within an answer: then nothing else could be, either.

    Raises:
        HTTPError: 400, if it is so: it is nested too deeply, or is not JSON.
    """
    for _ in range(_LEVELS):
        value = [value]
    try:
        orjson.dumps(value)
    except (TypeError, ValueError) as error:
        raise HTTPError(400, f"This cannot be kept: {error}") from error


class Collection:
    """The records of one kind by key, in the order in which they were first put.

    Args:
        name: What it is called, such as ``users``.
        changes: Where it notes what changes.
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
        """Return a record, or None if there is none."""
        return self._records.get(str(key))

    def get(self, key: object) -> Record:
        """Return a record.

        Raises:
            HTTPError: 404, if there is none.
        """
        record = self._records.get(str(key))
        if record is None:
            raise HTTPError(404, f"There is none of the {self.name} with the id {key}")
        return record

    def put(self, key: object, record: Record) -> Record:
        """Keep a record under a key, in place of the former one; returns it.

        Raises:
            HTTPError: 400, if it cannot be saved.
        """
        check_storable([str(key), record])
        self._records[str(key)] = record
        self._changes.note(self.name, str(key))
        return record

    def update(self, key: object, **changes: Any) -> Record:
        """Keep a record with some keys changed; returns it.

        Raises:
            HTTPError: 404, if there is none.
        """
        return self.put(key, {**self.get(key), **changes})

    def remove(self, key: object) -> Record:
        """Forget a record; returns it.

        Raises:
            HTTPError: 404, if there is none.
        """
        record = self.get(key)
        del self._records[str(key)]
        self._changes.note(self.name, str(key), removed=True)
        return record

    def items(self) -> dict[str, Record]:
        """Return all records by key."""
        return dict(self._records)

    def restore(self, records: Mapping[str, Record]) -> None:
        """Have these records and no others."""
        for key in self._records:
            self._changes.note(self.name, key, removed=True)
        self._records = dict(records)
        for key in records:
            self._changes.note(self.name, key)


class Records:
    """All collections of an instance; each is there as soon as it is named.

    Args:
        changes: Where they note what changes.
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
        # A number that is skipped does no harm.
        with self._changes.of_nobody():
            counters.put(name, {"next": number + 1})
        return number

    def snapshot(self) -> dict[str, dict[str, Record]]:
        """Return all records by collection and key. They never change, so that this is fast."""
        return {collection.name: collection.items() for collection in self if len(collection)}

    def restore(self, snapshot: Mapping[str, Mapping[str, Record]]) -> None:
        """Have the records of a snapshot and no others."""
        for name in {*self._collections, *snapshot}:
            self[name].restore(snapshot.get(name, {}))


OWNER_ID = 1

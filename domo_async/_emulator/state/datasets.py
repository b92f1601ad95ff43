"""The model of datasets: data versions, uploads, partitions and indexes.

It has plain values and rules, without HTTP or SQL. Everything is changed on the server's event loop only, so that
locks are not needed. Datasets report each change, so that it is saved.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from attrs import Attribute, Factory, define, evolve, field, frozen

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.job_outcomes import JobOutcome
from domo_async._emulator.state.changes import Watched
from domo_async._emulator.state.records import OWNER_ID

COLUMN_TYPES = ("STRING", "LONG", "DOUBLE", "DECIMAL", "DATE", "DATETIME")

Action = Literal["APPEND", "REPLACE", "UPSERT", "DELETE"]

# The number of part numbers that may be missing: instances refuse too many, but no source gives the limit.
_MOST_GAPS = 1_000
# For each dataset, the bytes of versions that are not live any longer but can still be downloaded.
_MOST_KEPT = 16 << 20


@frozen
class Column:
    """A column of a dataset's schema."""

    name: str
    type: str
    id: str
    visible: bool = True
    order: int = 0
    upsert_key: bool = False


@frozen
class Schema:
    """A dataset's columns at one time."""

    id: int
    columns: tuple[Column, ...]

    @property
    def types(self) -> dict[str, str]:
        """The columns' types, by the columns' names."""
        return {column.name: column.type for column in self.columns}

    @property
    def keys(self) -> tuple[Column, ...]:
        """The columns that identify a row."""
        return tuple(column for column in self.columns if column.upsert_key)


@frozen
class StoredColumn:
    """A column of a data version, as it is stored in its table.

    Attributes:
        name: The column's name in the schema that the data were uploaded under.
        type: Its Domo type.
        scale: The digits behind the point, for DECIMAL.
    """

    name: str
    type: str
    scale: int = 0


@frozen(eq=False)
class Version:
    """A data version: the rows of one commit.

    Attributes:
        action: The effect of its rows on those before them.
        keys: The names of the key columns, for UPSERT and DELETE.
        message: The message of the upload.
    """

    data_id: int
    schema_id: int
    table: str
    columns: tuple[StoredColumn, ...]
    rows: int
    bytes: int
    tag: str | None
    recorded: datetime
    completed: datetime
    action: Action = "REPLACE"
    keys: tuple[str, ...] = ()
    message: str = ""

    @property
    def merges(self) -> bool:
        """Whether it replaces or removes some of the rows before it."""
        return self.action in ("UPSERT", "DELETE")


@frozen
class Part:
    """A part that arrived completely.

    Attributes:
        number: Its number in the upload.
        path: The path of its file.
        size: Its size in bytes.
        lines: The number of its lines, including a last line without a line end.
        has_returns: Whether it contains carriage returns.
        quotes: The number of quotes in it.
    """

    number: int
    path: Path
    size: int
    lines: int
    has_returns: bool
    quotes: int


@define(eq=False)
class Upload:
    """An upload between its opening and its commit.

    Attributes:
        touched: The time of the last request for it, by the instance's clock.
        told: The body of the request that opened it; the commit may omit these keys.
        spool: The name of the folder of its parts; unique, as the numbers of uploads begin again with a new world.
    """

    id: int
    dataset_id: str
    tag: str | None
    requested: datetime
    touched: float
    told: Mapping[str, Any] = field(factory=dict)
    state: Literal["open", "committing", "committed"] = "open"
    parts: dict[int, Part] = field(factory=dict)
    spool: str = field(factory=lambda: secrets.token_hex(8))

    @property
    def size(self) -> int:
        """The total size of its parts in bytes."""
        return sum(part.size for part in self.parts.values())

    def ordered_parts(self) -> list[Part]:
        """Return the parts in order.

        Raises:
            HTTPError: 400, if too many numbers are missing.
        """
        numbers = sorted(self.parts)
        if numbers and numbers[-1] - len(numbers) > _MOST_GAPS:
            raise HTTPError(
                400,
                "Too many non-consecutive part ids. Make consecutive or upload multiple data versions",
            )
        return [self.parts[number] for number in numbers]


@frozen(eq=False)
class Partition:
    """A partition tag and the data version behind it."""

    tag: str
    version: Version
    deleted: bool = False


@frozen(eq=False)
class Index:
    """One run of the indexer, which makes some data versions visible to queries.

    Attributes:
        versions: The versions that it newly makes visible.
        visible: All versions that queries see once it is done.
        ready_at: The time at which it is done, in seconds of the emulator's clock.
        schema: The columns that queries see once it is done.
        rows: The number of rows that queries see once it is done.
        failed: The state that it ends in if it fails; it then changes nothing.
        reason: The reason of the failure.
    """

    id: int
    versions: tuple[Version, ...]
    visible: tuple[Version, ...]
    ready_at: float
    schema: Schema
    rows: int
    failed: str | None = None
    reason: str | None = None


def _note_change(dataset: Dataset, _attribute: Attribute[Any], value: Any) -> Any:
    dataset.changed()
    return value


@define(eq=False, on_setattr=_note_change)
class Dataset:
    """A dataset.

    Attributes:
        changed: A function that is called after each change.
        live: The versions that make up the data as committed.
        visible: The versions that queries see: those that were live when the last finished index began.
        row_count: The number of rows that queries see.
        kept: Versions that are not live any longer, but whose rows can still be downloaded.
        running: The indexes that are not done, in their order.
        indexed: The schema when the last finished index began; None before the first one.
        deleted: Whether it was deleted softly, and can be restored.
    """

    id: str
    name: str
    description: str
    provider_type: str
    schema: Schema
    created: datetime
    touched: datetime
    updated: datetime
    owner_id: int = OWNER_ID
    live: tuple[Version, ...] = ()
    visible: tuple[Version, ...] = ()
    row_count: int = 0
    kept: tuple[Version, ...] = ()
    running: tuple[Index, ...] = ()
    indexed: Schema | None = None
    deleted: bool = False
    changed: Callable[[], None] = field(default=lambda: None, repr=False)
    versions: Watched[int, Version] = Factory(lambda self: Watched(self.changed), takes_self=True)
    partitions: Watched[str, Partition] = Factory(lambda self: Watched(self.changed), takes_self=True)
    indexes: Watched[int, Index] = Factory(lambda self: Watched(self.changed), takes_self=True)

    def after(self, version: Version) -> tuple[Version, ...]:
        """Return the versions that are live once `version` is."""
        return _after(self.live, version)

    def publish(self, version: Version, live: tuple[Version, ...] | None = None) -> None:
        """Make a committed version live.

        Args:
            version: The version.
            live: The versions that are live then; by default those of `after`.
        """
        before = self.live
        self.live = self.after(version) if live is None else live
        if version.tag is not None:
            self.partitions[version.tag] = Partition(version.tag, version)
        elif version.action == "REPLACE":
            self.partitions.clear()
        self.versions[version.data_id] = version
        self._keep(*before)
        self.touched = self.updated = version.completed

    def _keep(self, *versions: Version) -> None:
        """Keep the rows of versions that are not live any longer, the newest first, up to the limit."""
        kept: list[Version] = []
        room = _MOST_KEPT
        gone = {*self.kept, *versions}.difference(self.live)
        for version in sorted(gone, key=lambda each: each.data_id, reverse=True):
            if version.data_id not in self.versions:
                continue
            room -= version.bytes
            if room < 0:
                break
            kept.append(version)
        self.kept = tuple(kept)

    def chain_of(self, version: Version) -> tuple[Version, ...]:
        """Return the versions that made up the data when `version` was the newest: itself and those before it."""
        chain: tuple[Version, ...] = ()
        for each in self.versions.values():
            chain = _after(chain, each)
            if each is version:
                return chain
        return (version,)

    def delete(self, versions: Sequence[Version]) -> None:
        """Delete versions; queries see their rows until the next index, and their tags stay, marked as deleted."""
        self.live = tuple(live for live in self.live if live not in versions)
        self.kept = tuple(kept for kept in self.kept if kept not in versions)
        for version in versions:
            self.versions.pop(version.data_id, None)
        for tag, partition in list(self.partitions.items()):
            if partition.version in versions:
                self.partitions[tag] = evolve(partition, deleted=True)

    def seen_after(self, live: Sequence[Version], data_ids: Sequence[int] = ()) -> tuple[Version, ...]:
        """Return the versions that queries see once those in `data_ids` are indexed; if it is empty, all live ones."""
        base = self._seen_last()
        return tuple(version for version in live if not data_ids or version in base or version.data_id in data_ids)

    def _seen_last(self) -> tuple[Version, ...]:
        """Return the versions that queries see once the running indexes are done."""
        good = [index for index in self.running if index.failed is None]
        return good[-1].visible if good else self.visible

    def index(
        self,
        index_id: int,
        data_ids: Sequence[int],
        *,
        ready_at: float,
        rows: int,
        outcome: JobOutcome | None = None,
    ) -> Index:
        """Begin to index the versions in `data_ids`; if it is empty, all live ones."""
        base = self._seen_last()
        visible = self.seen_after(self.live, data_ids)
        index = Index(
            id=index_id,
            versions=tuple(version for version in visible if version not in base),
            visible=visible,
            ready_at=ready_at,
            schema=self.schema,
            rows=rows,
            failed=None if outcome is None else outcome.state,
            reason=None if outcome is None else outcome.reason,
        )
        self.indexes[index_id] = index
        self.running = (*self.running, index)
        return index

    def settle(self, now: float) -> None:
        """Finish the indexes that are due, so that queries see their rows."""
        while self.running and self.running[0].ready_at <= now:
            done, *later = self.running
            self.running = tuple(later)
            if done.failed is None:
                self.visible, self.indexed, self.row_count = done.visible, done.schema, done.rows

    def index_state(self, index: Index) -> str:
        """Return the state of `index`; the indexes of a dataset run one after the other."""
        if index not in self.running:
            return index.failed or "SUCCESS"
        return "PROCESSING" if index is self.running[0] else "PENDING"

    def referenced(self) -> Iterator[Version]:
        """Return every version whose rows can be requested."""
        return itertools.chain(self.live, self.visible, self.kept, *(index.visible for index in self.running))


def _after(live: Sequence[Version], version: Version) -> tuple[Version, ...]:
    """Return the versions that are live once `version` is.

    A tagged version replaces the one behind the same tag and leaves the others alone, whatever its action is
    (emulator-defined for REPLACE).
    """
    if version.tag is not None:
        return (*(each for each in live if each.tag != version.tag), version)
    return (version,) if version.action == "REPLACE" else (*live, version)

"""What the embedded instance knows: datasets, their data versions, uploads, partitions and indexes.

Plain values and rules; no HTTP and no SQL. All of it is changed on the server's event loop only, so that
nothing here needs a lock.
"""

from __future__ import annotations

import itertools
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from attrs import define, field, frozen

from domo_async.emulator.auth import OWNER_ID
from domo_async.emulator.errors import Refusal
from domo_async.emulator.outcomes import Outcomes
from domo_async.emulator.records import Records

COLUMN_TYPES = ("STRING", "LONG", "DOUBLE", "DECIMAL", "DATE", "DATETIME")

Action = Literal["APPEND", "REPLACE"]


@frozen
class Column:
    """A column of a dataset's schema."""

    name: str
    type: str
    id: str
    visible: bool = True
    order: int = 0


@frozen
class Schema:
    """A dataset's columns, as one of the states they went through."""

    id: int
    columns: tuple[Column, ...]


@frozen
class StoredColumn:
    """A column of a data version, as it lies in its table.

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
    """A data version: what one commit brought in."""

    data_id: int
    schema_id: int
    table: str
    columns: tuple[StoredColumn, ...]
    rows: int
    bytes: int
    tag: str | None
    recorded: datetime
    completed: datetime


@frozen
class Part:
    """A part that arrived whole."""

    number: int
    path: Path
    size: int


@define(eq=False)
class Upload:
    """An upload between its opening and its commit."""

    id: int
    dataset_id: str
    tag: str | None
    requested: datetime
    state: Literal["open", "committing", "committed"] = "open"
    parts: dict[int, Part] = field(factory=dict)

    def ordered_parts(self) -> list[Part]:
        """Return the parts in order.

        Raises:
            Refusal: 400, if the numbers do not run from 1 without gaps.
        """
        numbers = sorted(self.parts)
        if numbers != list(range(1, len(numbers) + 1)):
            raise Refusal(
                400,
                "Too many non-consecutive part ids. Make consecutive or upload multiple data versions",
            )
        return [self.parts[number] for number in numbers]


@define(eq=False)
class Partition:
    """A partition tag and the data version behind it."""

    tag: str
    version: Version
    deleted: bool = False


@frozen(eq=False)
class Index:
    """One run of the indexer, which makes a choice of data versions visible to queries.

    Attributes:
        versions: The versions that it brings in newly.
        visible: All versions that queries see once it is done.
        ready_at: When it is done, in seconds of the emulator's clock.
    """

    id: int
    versions: tuple[Version, ...]
    visible: tuple[Version, ...]
    ready_at: float


@define(eq=False)
class Dataset:
    """A dataset.

    Attributes:
        live: The versions that make up the data as committed.
        visible: The versions that queries see: what was live when the last index that is done began.
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
    versions: dict[int, Version] = field(factory=dict)
    live: tuple[Version, ...] = ()
    visible: tuple[Version, ...] = ()
    partitions: dict[str, Partition] = field(factory=dict)
    indexes: dict[int, Index] = field(factory=dict)
    _running: list[Index] = field(factory=list)

    @property
    def row_count(self) -> int:
        """The number of rows that queries see."""
        return sum(version.rows for version in self.visible)

    def publish(self, version: Version, action: Action) -> None:
        """Make a committed version live.

        A tagged version takes the place of the one behind the same tag and leaves the others alone, whichever
        the action is (emulator-defined for REPLACE).
        """
        if version.tag is not None:
            former = self.partitions.get(version.tag)
            kept = tuple(live for live in self.live if former is None or live is not former.version)
            self.live = (*kept, version)
            self.partitions[version.tag] = Partition(version.tag, version)
        elif action == "REPLACE":
            self.live = (version,)
            self.partitions.clear()
        else:
            self.live = (*self.live, version)
        self.versions[version.data_id] = version
        self.touched = self.updated = version.completed

    def delete(self, versions: Sequence[Version]) -> None:
        """Delete versions, whose rows queries see until the next index; tags that stood for them stay, marked."""
        self.live = tuple(live for live in self.live if live not in versions)
        for version in versions:
            self.versions.pop(version.data_id, None)
        for partition in self.partitions.values():
            partition.deleted |= partition.version in versions

    def index(self, index_id: int, data_ids: Sequence[int], *, ready_at: float) -> Index:
        """Begin to index `data_ids`, or all live versions if that is empty."""
        base = self._running[-1].visible if self._running else self.visible
        visible = tuple(
            version for version in self.live if not data_ids or version in base or version.data_id in data_ids
        )
        index = Index(
            id=index_id,
            versions=tuple(version for version in visible if version not in base),
            visible=visible,
            ready_at=ready_at,
        )
        self.indexes[index_id] = index
        self._running.append(index)
        return index

    def settle(self, now: float) -> None:
        """Let the indexes that are due become visible."""
        while self._running and self._running[0].ready_at <= now:
            self.visible = self._running.pop(0).visible

    def index_state(self, index: Index) -> Literal["PENDING", "RUNNING", "SUCCESS"]:
        """Return how far `index` is; the indexes of a dataset run one after the other."""
        if index not in self._running:
            return "SUCCESS"
        return "RUNNING" if index is self._running[0] else "PENDING"

    def referenced(self) -> Iterator[Version]:
        """Return every version whose data are or will be visible."""
        return itertools.chain(self.live, self.visible, *(index.visible for index in self._running))


@define(eq=False)
class Instance:
    """All state of one embedded instance.

    Attributes:
        now: The clock of rate limits, indexes and the request log, in seconds.
        index_delay: How long an index takes, in seconds.
        job_delay: How long a job takes (a workflow, a stream's run, an export), in seconds.
        changes: Grows with each request that may have changed something; what is derived from the state goes by it.
        records: All that is known beside datasets.
        outcomes: How jobs end, where a test wants another end than the good one.
        searchables: What gives the documents that a search can find, one for each area that has any.
    """

    now: Callable[[], float] = time.monotonic
    index_delay: float = 0.0
    changes: int = 0
    job_delay: float = 0.0
    records: Records = field(factory=Records)
    outcomes: Outcomes = field(factory=Outcomes)
    searchables: list[Callable[[Instance], Iterator[dict[str, Any]]]] = field(factory=list)
    _datasets: dict[str, Dataset] = field(factory=dict)
    _uploads: dict[int, Upload] = field(factory=dict)
    _upload_ids: Iterator[int] = field(factory=lambda: itertools.count(1))
    _index_ids: Iterator[int] = field(factory=lambda: itertools.count(1))

    def create_dataset(
        self, name: str, columns: tuple[Column, ...], *, description: str, provider_type: str
    ) -> Dataset:
        """Create a dataset without data."""
        now = datetime.now(UTC)
        dataset = Dataset(
            id=str(uuid.uuid4()),
            name=name,
            description=description,
            provider_type=provider_type,
            schema=Schema(1, columns),
            created=now,
            touched=now,
            updated=now,
        )
        self._datasets[dataset.id] = dataset
        return dataset

    def dataset(self, dataset_id: str) -> Dataset:
        """Return a dataset, with the indexes that are due settled.

        Raises:
            Refusal: 404, if there is none.
        """
        dataset = self._datasets.get(dataset_id)
        if dataset is None:
            raise Refusal(404, f"DataSource not found: {dataset_id}")
        dataset.settle(self.now())
        return dataset

    def datasets(self) -> list[Dataset]:
        """Return all datasets, in the order of their creation."""
        return [self.dataset(dataset_id) for dataset_id in self._datasets]

    def holds(self, dataset: Dataset) -> bool:
        """Return whether `dataset` was not deleted."""
        return dataset.id in self._datasets

    def delete_dataset(self, dataset: Dataset) -> list[Upload]:
        """Forget a dataset and its uploads, which are returned."""
        del self._datasets[dataset.id]
        uploads = [upload for upload in self._uploads.values() if upload.dataset_id == dataset.id]
        for upload in uploads:
            del self._uploads[upload.id]
        return uploads

    def open_upload(self, dataset: Dataset, tag: str | None) -> Upload:
        """Open an upload."""
        upload = Upload(next(self._upload_ids), dataset.id, tag, datetime.now(UTC))
        self._uploads[upload.id] = upload
        return upload

    def upload(self, dataset: Dataset, upload_id: str) -> Upload:
        """Return an upload of `dataset`.

        Raises:
            Refusal: 404, if there is none.
        """
        upload = self._uploads.get(int(upload_id)) if upload_id.isdecimal() else None
        if upload is None or upload.dataset_id != dataset.id:
            raise Refusal(404, f"Upload not found: {upload_id}")
        return upload

    def start_index(self, dataset: Dataset, data_ids: Sequence[int] = ()) -> Index:
        """Begin to index `dataset`; without a delay the data are visible at once."""
        now = self.now()
        index = dataset.index(next(self._index_ids), data_ids, ready_at=now + self.index_delay)
        dataset.settle(now)
        return index

    def referenced_tables(self) -> set[str]:
        """Return the tables of all data that are or will be visible."""
        return {version.table for dataset in self._datasets.values() for version in dataset.referenced()}

"""All state of one embedded instance.

It is changed on the server's event loop only, so that locks are not needed.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import partial
from typing import Any

from attrs import Factory, define, field

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.job_outcomes import JobOutcomes
from domo_async._emulator.state.changes import Changes
from domo_async._emulator.state.datasets import Column, Dataset, Index, Schema, Upload
from domo_async._emulator.state.records import OWNER_ID, Records

__all__ = ["DATASETS", "Instance", "steady_now"]

DATASETS = "@datasets"
"""The category under which changes of datasets are noted; it cannot be the name of a collection of records."""

_LONGEST_UPLOAD = 86_400.0
_BEGAN = time.time() - time.monotonic()


def steady_now() -> float:
    """Return the seconds since 1970, by a clock that is not adjusted while the process runs."""
    return _BEGAN + time.monotonic()


@define(eq=False)
class Instance:
    """All state of one embedded instance.

    Attributes:
        now: The clock of rate limits, indexes and the request log, in seconds.
        index_delay: The seconds that an index takes.
        job_delay: The seconds that a job takes (a workflow, a stream's run, an export).
        changes: A counter of requests that may have changed something; caches of derived data depend on it.
        unsaved: The changes that are not saved yet.
        result_limit: The most rows that a query's result may have in JSON.
        most_uploads: The most uploads that may be open; those without a request for a day are removed first.
        most_upload_bytes: The most bytes that the parts of all uploads may have.
        records: All records except datasets.
        outcomes: The outcomes of jobs that tests ask for in place of success.
        searchables: The functions that return the documents for search, one for each area that has any.
    """

    now: Callable[[], float] = steady_now
    index_delay: float = 0.0
    changes: int = 0
    job_delay: float = 0.0
    result_limit: int = 1_000_000
    most_uploads: int = 2_000
    most_upload_bytes: int = 64 << 30
    unsaved: Changes = field(factory=Changes)
    records: Records = Factory(lambda self: Records(self.unsaved), takes_self=True)
    outcomes: JobOutcomes = field(factory=JobOutcomes)
    searchables: list[Callable[[Instance], Iterator[dict[str, Any]]]] = field(factory=list)
    _datasets: dict[str, Dataset] = field(factory=dict)
    _uploads: dict[int, Upload] = field(factory=dict)
    _afterwards: list[Callable[[], None]] = field(factory=list)

    def one_request(self) -> AbstractContextManager[None]:
        """Keep the changes in the block together: they are saved as a whole or not at all."""
        return self.unsaved.of_one_request()

    def by_nobody(self) -> AbstractContextManager[None]:
        """Detach the changes in the block from the request, as they happen by the passing of time."""
        return self.unsaved.of_nobody()

    def once_saved(self, function: Callable[[], None]) -> None:
        """Call a function once all changes so far are saved, for example to remove files that must not go earlier."""
        self._afterwards.append(function)

    def take_afterwards(self) -> list[Callable[[], None]]:
        """Return the functions to call once all changes so far are saved, and clear the list."""
        taken, self._afterwards = self._afterwards, []
        return taken

    def create_dataset(
        self,
        name: str,
        columns: tuple[Column, ...],
        *,
        description: str,
        provider_type: str,
        dataset_id: str | None = None,
        owner_id: int = OWNER_ID,
        created: datetime | None = None,
    ) -> Dataset:
        """Create a dataset without data."""
        dataset_id = dataset_id or str(uuid.uuid4())
        created = created or datetime.now(UTC)
        dataset = Dataset(
            id=dataset_id,
            name=name,
            description=description,
            provider_type=provider_type,
            schema=Schema(1, columns),
            created=created,
            touched=created,
            updated=created,
            owner_id=owner_id,
            changed=self.note_of(dataset_id),
        )
        return self.add(dataset)

    def note_of(self, dataset_id: str) -> Callable[[], None]:
        """Return the function that notes a change of a dataset."""
        return partial(self.unsaved.note, DATASETS, dataset_id)

    def add(self, dataset: Dataset) -> Dataset:
        """Add a dataset that was made with `note_of` its id; return it."""
        self._datasets[dataset.id] = dataset
        dataset.changed()
        return dataset

    def find_dataset(self, dataset_id: str) -> Dataset | None:
        """Return a dataset without settling its indexes; None if it does not exist."""
        dataset = self._datasets.get(dataset_id)
        return None if dataset is None or dataset.deleted else dataset

    def kept_dataset(self, dataset_id: str) -> Dataset | None:
        """Return a dataset, also one that was deleted softly; None if it does not exist."""
        return self._datasets.get(dataset_id)

    def forget_datasets(self) -> None:
        """Remove all datasets and uploads."""
        for dataset_id in self._datasets:
            self.unsaved.note(DATASETS, dataset_id, removed=True)
        self._datasets.clear()
        self._uploads.clear()

    def uploads(self) -> list[Upload]:
        """Return all uploads."""
        return list(self._uploads.values())

    def dataset(self, dataset_id: str) -> Dataset:
        """Return a dataset, after finishing its indexes that are due.

        Raises:
            HTTPError: 404, if it does not exist.
        """
        dataset = self.find_dataset(dataset_id)
        if dataset is None:
            raise HTTPError(404, f"DataSource not found: {dataset_id}")
        with self.by_nobody():
            dataset.settle(self.now())
        return dataset

    def datasets(self) -> list[Dataset]:
        """Return all datasets, in the order of their creation."""
        return [self.dataset(each.id) for each in self._datasets.values() if not each.deleted]

    def kept_datasets(self) -> list[Dataset]:
        """Return all datasets, also those that were deleted softly."""
        return list(self._datasets.values())

    def holds(self, dataset: Dataset) -> bool:
        """Return whether `dataset` was neither deleted nor replaced by a reset."""
        return self.find_dataset(dataset.id) is dataset

    def delete_dataset(self, dataset: Dataset, *, softly: bool = False) -> list[Upload]:
        """Remove a dataset and its uploads; return the uploads.

        Args:
            dataset: The dataset.
            softly: Whether to keep the dataset, with its rows, so that it can be restored.
        """
        if softly:
            dataset.deleted = True
        else:
            del self._datasets[dataset.id]
            self.unsaved.note(DATASETS, dataset.id, removed=True)
        uploads = [upload for upload in self._uploads.values() if upload.dataset_id == dataset.id]
        for upload in uploads:
            del self._uploads[upload.id]
        return uploads

    def open_upload(self, dataset: Dataset, tag: str | None, told: Mapping[str, Any]) -> Upload:
        """Open an upload.

        Raises:
            HTTPError: 400, if too many are open.
        """
        if sum(upload.state == "open" for upload in self._uploads.values()) >= self.most_uploads:
            raise HTTPError(
                400, f"{self.most_uploads} uploads are open: commit some, delete their datasets, or wait for a day"
            )
        upload = Upload(self.records.next_id("uploads"), dataset.id, tag, datetime.now(UTC), self.now(), told)
        self._uploads[upload.id] = upload
        return upload

    def forget_upload(self, upload: Upload) -> None:
        """Forget an upload."""
        self._uploads.pop(upload.id, None)

    def expired_uploads(self) -> list[Upload]:
        """Remove the uploads without a request for a day; return them."""
        last = self.now() - _LONGEST_UPLOAD
        expired = [each for each in self._uploads.values() if each.touched < last and each.state != "committing"]
        for upload in expired:
            del self._uploads[upload.id]
        return expired

    def room_for_parts(self) -> int:
        """Return the number of bytes of parts that may still arrive."""
        return self.most_upload_bytes - sum(
            upload.size for upload in self._uploads.values() if upload.state != "committed"
        )

    def upload(self, dataset: Dataset, upload_id: str) -> Upload:
        """Return an upload of `dataset`.

        Raises:
            HTTPError: 404, if it does not exist.
        """
        upload = self._uploads.get(int(upload_id)) if upload_id.isdecimal() else None
        if upload is None or upload.dataset_id != dataset.id:
            raise HTTPError(404, f"Upload not found: {upload_id}")
        return upload

    def start_index(self, dataset: Dataset, data_ids: Sequence[int], *, rows: int) -> Index:
        """Begin to index `dataset`; without a delay the data are visible at once.

        Args:
            dataset: The dataset.
            data_ids: The versions; empty for all.
            rows: The number of rows that queries see then.
        """
        now, outcome = self.now(), self.outcomes.take("index", dataset.id)
        index = dataset.index(
            self.records.next_id("indexes"), data_ids, ready_at=now + self.index_delay, rows=rows, outcome=outcome
        )
        dataset.settle(now)
        return index

    def referenced_tables(self) -> set[str]:
        """Return the tables of all rows that can be requested."""
        return {version.table for dataset in self._datasets.values() for version in dataset.referenced()}

"""All state of one embedded instance.

It is changed on the server's event loop only, so that nothing here needs a lock.
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
"""The kind under which changes of datasets are noted; no collection of records is called so."""

_LONGEST_UPLOAD = 86_400.0
_BEGAN = time.time() - time.monotonic()


def steady_now() -> float:
    """Return the seconds since 1970, by a clock that is never set while the process runs."""
    return _BEGAN + time.monotonic()


@define(eq=False)
class Instance:
    """All state of one embedded instance.

    Attributes:
        now: The clock of rate limits, indexes and the request log, in seconds.
        index_delay: How long an index takes, in seconds.
        job_delay: How long a job takes (a workflow, a stream's run, an export), in seconds.
        changes: Grows with each request that may have changed something; what is derived from the state goes by it.
        unsaved: What changed and is not yet saved.
        result_limit: The most rows that a query's result may have in JSON.
        most_uploads: How many uploads may be open; those to which nothing came for a day are forgotten first.
        most_upload_bytes: How many bytes their parts may have.
        records: All that is known beside datasets.
        outcomes: How jobs end, where a test wants another end than the good one.
        searchables: What gives the documents that a search can find, one for each area that has any.
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
        """Keep together what is changed in the block: it is saved as a whole or not at all."""
        return self.unsaved.of_one_request()

    def by_nobody(self) -> AbstractContextManager[None]:
        """Keep the changes in the block out of the request: time makes them, whoever looks."""
        return self.unsaved.of_nobody()

    def once_saved(self, function: Callable[[], None]) -> None:
        """Call a function once what changed so far is saved: for what must not be gone before, such as files."""
        self._afterwards.append(function)

    def take_afterwards(self) -> list[Callable[[], None]]:
        """Return what is to be called once what changed so far is saved, and forget it."""
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
        """Return what notes a change of a dataset."""
        return partial(self.unsaved.note, DATASETS, dataset_id)

    def add(self, dataset: Dataset) -> Dataset:
        """Take a dataset in, which was made with `note_of` its id; returns it."""
        self._datasets[dataset.id] = dataset
        dataset.changed()
        return dataset

    def find_dataset(self, dataset_id: str) -> Dataset | None:
        """Return a dataset as it is, or None if there is none."""
        dataset = self._datasets.get(dataset_id)
        return None if dataset is None or dataset.deleted else dataset

    def kept_dataset(self, dataset_id: str) -> Dataset | None:
        """Return a dataset, also one that was deleted softly, or None if there is none."""
        return self._datasets.get(dataset_id)

    def forget_datasets(self) -> None:
        """Forget all datasets and uploads."""
        for dataset_id in self._datasets:
            self.unsaved.note(DATASETS, dataset_id, removed=True)
        self._datasets.clear()
        self._uploads.clear()

    def uploads(self) -> list[Upload]:
        """Return all uploads."""
        return list(self._uploads.values())

    def dataset(self, dataset_id: str) -> Dataset:
        """Return a dataset, with the indexes that are due settled.

        Raises:
            HTTPError: 404, if there is none.
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
        """Return whether `dataset` was neither deleted nor replaced by another world's."""
        return self.find_dataset(dataset.id) is dataset

    def delete_dataset(self, dataset: Dataset, *, softly: bool = False) -> list[Upload]:
        """Forget a dataset and its uploads, which are returned.

        Args:
            dataset: The dataset.
            softly: Whether to keep it, with its rows, to be restored.
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
        """Forget the uploads to which nothing came for a day; returns them."""
        last = self.now() - _LONGEST_UPLOAD
        expired = [each for each in self._uploads.values() if each.touched < last and each.state != "committing"]
        for upload in expired:
            del self._uploads[upload.id]
        return expired

    def room_for_parts(self) -> int:
        """Return how many bytes of parts may still come."""
        return self.most_upload_bytes - sum(
            upload.size for upload in self._uploads.values() if upload.state != "committed"
        )

    def upload(self, dataset: Dataset, upload_id: str) -> Upload:
        """Return an upload of `dataset`.

        Raises:
            HTTPError: 404, if there is none.
        """
        upload = self._uploads.get(int(upload_id)) if upload_id.isdecimal() else None
        if upload is None or upload.dataset_id != dataset.id:
            raise HTTPError(404, f"Upload not found: {upload_id}")
        return upload

    def start_index(self, dataset: Dataset, data_ids: Sequence[int], *, rows: int) -> Index:
        """Begin to index `dataset`; without a delay the data are visible at once.

        Args:
            dataset: The dataset.
            data_ids: The versions; none stands for all.
            rows: How many rows queries see then.
        """
        now, outcome = self.now(), self.outcomes.take("index", dataset.id)
        index = dataset.index(
            self.records.next_id("indexes"), data_ids, ready_at=now + self.index_delay, rows=rows, outcome=outcome
        )
        dataset.settle(now)
        return index

    def referenced_tables(self) -> set[str]:
        """Return the tables of all rows that somebody may ask for."""
        return {version.table for dataset in self._datasets.values() for version in dataset.referenced()}

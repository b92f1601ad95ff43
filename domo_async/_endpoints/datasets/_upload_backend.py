"""The requests of the uploader in `transfer`, sent to the dataset routes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from attrs import frozen

from domo_async._concurrency import task_group
from domo_async._endpoints.datasets.indexes import Indexes
from domo_async._endpoints.datasets.models import Column, Commit
from domo_async._endpoints.datasets.schemas import Schemas
from domo_async._endpoints.datasets.uploads import Uploads
from domo_async._endpoints.datasets.versions import Versions
from domo_async._transfer import Action, ColumnSpec, Committed, StoredVersion, UploadOptions
from domo_async._transport import Body
from domo_async._wire import Model
from domo_async.errors import ConfigError, NotFound

__all__ = ["DatasetUploadBackend", "UploadRequests"]

# The maximum number of times to add columns again after somebody else's concurrent alteration removed them.
_ROUNDS = 10


class WaitUntilVisible(Protocol):
    """`Datasets.wait_until_visible`."""

    async def __call__(self, dataset_id: str, upload_id: int | None = None, /, *, timeout: float = 600.0) -> bool:
        """Wait until queries see an upload."""
        ...


@frozen
class UploadRequests:
    """The requests that an upload consists of, as `Datasets` has them."""

    schemas: Schemas
    uploads: Uploads
    indexes: Indexes
    versions: Versions
    wait_until_visible: WaitUntilVisible


@frozen
class DatasetUploadBackend:
    """An upload to one dataset, as the requests that it consists of."""

    dataset_id: str
    _requests: UploadRequests
    _options: UploadOptions

    async def columns(self) -> Sequence[ColumnSpec]:
        """Return the dataset's columns in order; for a deletion, only its upsert keys.

        Raises:
            ConfigError: The upload needs upsert keys, and the dataset's are not known.
        """
        columns = (await self._requests.schemas.latest(self.dataset_id)).columns
        if self._options.effective_action in {"UPSERT", "DELETE"}:
            keys = _upsert_keys(self.dataset_id, columns, self._options.keys)
            if self._options.effective_action == "DELETE":
                columns = tuple(column for column in columns if column.name in keys)
        return [ColumnSpec(column.name, column.type) for column in columns]

    async def add_columns(self, added: Sequence[ColumnSpec]) -> Sequence[ColumnSpec]:
        """Add to the dataset the given columns that it lacks, after its own, and return its columns.

        An alteration sends all columns, so a concurrent alteration by somebody else would be undone, or would undo this
        one. Therefore the columns are read again afterwards: a column of this upload that is missing is added again,
        and a column of theirs that is missing, although queries have come to see it in the meantime, is restored.
        """
        before: set[str] | None = None
        columns: Sequence[Column] = ()
        for _ in range(_ROUNDS):
            async with task_group() as tasks:
                asked = tasks.create_task(self._seen())
                columns = (await self._requests.schemas.latest(self.dataset_id)).columns
            seen = asked.result()
            before = _named(seen) if before is None else before
            names = _named(columns)
            lacking = [Column(name=one.name, type=one.type) for one in added if one.name not in names]
            lacking += [column for column in seen if column.name not in names | before | _named(lacking)]
            if not lacking:
                break
            await self._requests.schemas.alter(self.dataset_id, [*columns, *lacking])
        return [ColumnSpec(column.name, column.type) for column in columns]

    async def _seen(self) -> Sequence[Column]:
        """Return the columns that queries see."""
        try:
            return (await self._requests.schemas.indexed(self.dataset_id, include_hidden=True)).columns
        except NotFound as error:
            if not error.refused:
                raise
            # The dataset was never indexed.
            return ()

    async def versions(self) -> Mapping[int, StoredVersion]:
        """Return the dataset's data versions."""
        versions = await self._requests.versions.list(self.dataset_id).all()
        return {
            version.data_id: StoredVersion(_word(version, version.upload_status, "uploadStatus"), version.num_rows)
            for version in versions
        }

    async def open(self) -> int:
        """Open an upload and return its id."""
        options = self._options
        opened = await self._requests.uploads.open(
            self.dataset_id,
            partition=options.partition,
            partition_tag=options.partition_tag,
            action=self._opening_action(),
            append_id=self._append_id(),
            message=options.message,
            recorded_date=options.recorded_date,
        )
        return opened.upload_id

    async def put_part(self, upload_id: int, number: int, body: Body) -> None:
        """Send a part, with retries."""
        await self._requests.uploads.put_part(self.dataset_id, upload_id, number, body)

    async def commit(self, upload_id: int) -> Committed:
        """Commit the upload, at most once."""
        options = self._options
        answer = await self._requests.uploads.commit(
            self.dataset_id,
            upload_id,
            action=None if options.effective_action == "DELETE" else options.effective_action,
            index=options.index,
            partition=options.partition,
            partition_tag=options.partition_tag,
            append_id=None if options.effective_action == "DELETE" else self._append_id(),
            message=options.message,
            recorded_date=options.recorded_date,
        )
        return Committed(
            request_key=(answer.indexing and answer.indexing.request_key) or None,
            rows=None if answer.size is None else answer.size.row_count,
            status=_outcome(answer, upload_id),
        )

    def _opening_action(self) -> Action | None:
        """Return the action to send when opening; it is documented for rows that are appended to the latest version."""
        options = self._options
        return (
            options.effective_action
            if options.effective_action == "UPSERT" or (options.adds and options.append_id)
            else None
        )

    def _append_id(self) -> str | None:
        options = self._options
        if options.append_id is None and options.effective_action == "DELETE":
            return "delete"
        tagged = (
            options.partition is not None
            and options.partition_tag == "dataTag"
            and options.effective_action == "APPEND"
        )
        return "latest" if options.append_id is None and tagged else options.append_id

    async def wait_for_index(self, request_key: str, timeout: float) -> None:
        """Wait until an index has ended."""
        await self._requests.indexes.wait(self.dataset_id, request_key, timeout=timeout)

    async def wait_until_visible(self, upload_id: int, timeout: float) -> bool:
        """Wait until queries see an upload; return whether the instance reports that they do."""
        return await self._requests.wait_until_visible(self.dataset_id, upload_id, timeout=timeout)


def _outcome(answer: Commit, upload_id: int) -> str | None:
    """Return the status in a commit's answer, or a description of how the answer contradicts itself."""
    if answer.upload_id is not None and answer.upload_id != upload_id:
        return f"that it is for upload {answer.upload_id}"
    return answer.error or _word(answer, answer.status, "status")


def _word(answer: Model, word: str | None, key: str) -> str | None:
    """Return the state in an answer; a state that cannot be read is different from no state."""
    return str(answer.extras[key]) if key in answer.extras else word or None


def _named(columns: Sequence[Column]) -> set[str]:
    return {column.name for column in columns}


def _upsert_keys(dataset_id: str, columns: Sequence[Column], keys: Sequence[str]) -> Sequence[str]:
    """Return the names of the columns that identify a row.

    Raises:
        ConfigError: The keys are not known, are not columns of the dataset, or differ from the caller's.
    """
    flagged = [column.name for column in columns if column.upsert_key]
    if flagged and keys and set(keys) != set(flagged):
        raise ConfigError(
            f"the upsert keys of dataset {dataset_id} are {', '.join(flagged)}, not {', '.join(keys)}; nothing was sent"
        )
    unknown = set(keys).difference(column.name for column in columns)
    if unknown:
        raise ConfigError(f"dataset {dataset_id} has no column {', '.join(sorted(unknown))}; nothing was sent")
    if not flagged and not keys:
        raise ConfigError(
            f"the schema of dataset {dataset_id} lists no upsert keys. Set them with datasets.schemas.alter and"
            " Column(name=…, type=…, upsert_key=True); or if the dataset has keys that the instance does not list, name"
            " them: keys=[…]. Nothing was sent"
        )
    return flagged or keys

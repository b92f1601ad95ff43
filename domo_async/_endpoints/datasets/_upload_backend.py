"""What the uploader of `transfer` asks for, in terms of the dataset routes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from domo_async._endpoints.datasets.indexes import Indexes
from domo_async._endpoints.datasets.models import Column
from domo_async._endpoints.datasets.schemas import Schemas
from domo_async._endpoints.datasets.uploads import Uploads
from domo_async._endpoints.datasets.versions import Versions
from domo_async._transfer import Action, ColumnSpec, Committed, PartitionTag, StoredVersion
from domo_async._transport import Body
from domo_async.errors import NotFound

__all__ = ["DatasetUploadSteps"]

# How often columns are added again that somebody else's alteration at the same time undoes.
_ROUNDS = 10


@frozen
class DatasetUploadSteps:
    """The requests that an upload of one dataset is made of."""

    dataset_id: str
    _schemas: Schemas
    _uploads: Uploads
    _indexes: Indexes
    _versions: Versions
    partition: str | None = None
    _partition_tag: PartitionTag = "restateDataTag"

    async def columns(self) -> Sequence[ColumnSpec]:
        """Return the dataset's columns in order."""
        latest = await self._schemas.latest(self.dataset_id)
        return [ColumnSpec(column.name, column.type) for column in latest.columns]

    async def add_columns(self, added: Sequence[ColumnSpec]) -> None:
        """Give the dataset those of these columns that it lacks, behind those that it has.

        An alteration sends all columns, so that one of somebody else's at the same time would be undone, or undo this
        one. So all is read again after it: what of ours is not there is added again, and what of theirs is not there
        any more, though queries have come to see it meanwhile, is put back.
        """
        seen = {column.name for column in await self._seen()}
        for _ in range(_ROUNDS):
            columns = (await self._schemas.latest(self.dataset_id)).columns
            names = {column.name for column in columns}
            lacking = [Column(name=one.name, type=one.type) for one in added if one.name not in names]
            lacking += [column for column in await self._seen() if column.name not in names | seen | _named(lacking)]
            if not lacking:
                return
            await self._schemas.alter(self.dataset_id, [*columns, *lacking])

    async def _seen(self) -> Sequence[Column]:
        """Return the columns that queries see."""
        try:
            return (await self._schemas.indexed(self.dataset_id, include_hidden=True)).columns
        except NotFound as error:
            if not error.refused:
                raise
            # It was never indexed.
            return ()

    async def versions(self) -> Mapping[int, StoredVersion]:
        """Return the dataset's data versions."""
        versions = await self._versions.list(self.dataset_id)
        return {version.data_id: StoredVersion(version.upload_status, version.num_rows) for version in versions}

    async def open(self) -> int:
        """Open an upload and return its id."""
        opened = await self._uploads.open(self.dataset_id, partition=self.partition, partition_tag=self._partition_tag)
        return opened.upload_id

    async def put_part(self, upload_id: int, number: int, body: Body) -> None:
        """Send a part, again if need be."""
        await self._uploads.put_part(self.dataset_id, upload_id, number, body)

    async def commit(self, upload_id: int, action: Action, *, index: bool) -> Committed:
        """Commit, at most once."""
        answer = await self._uploads.commit(
            self.dataset_id,
            upload_id,
            action=action,
            index=index,
            partition=self.partition,
            partition_tag=self._partition_tag,
        )
        return Committed(
            request_key=None if answer.indexing is None else answer.indexing.request_key,
            rows=None if answer.size is None else answer.size.row_count,
            status=answer.status,
        )

    async def wait_for_index(self, request_key: str, timeout: float) -> None:
        """Wait until an index has ended."""
        await self._indexes.wait(self.dataset_id, request_key, timeout=timeout)


def _named(columns: Sequence[Column]) -> set[str]:
    return {column.name for column in columns}

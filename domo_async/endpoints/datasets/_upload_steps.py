"""What the uploader of `transfer` asks for, in terms of the dataset routes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from domo_async.endpoints.datasets.indexes import Indexes
from domo_async.endpoints.datasets.schemas import Schemas
from domo_async.endpoints.datasets.uploads import Uploads
from domo_async.endpoints.datasets.versions import Versions
from domo_async.transfer import Action, Committed, StoredVersion
from domo_async.transport import Body

__all__ = ["DatasetUploadSteps"]


@frozen
class DatasetUploadSteps:
    """The requests that an upload of one dataset is made of."""

    dataset_id: str
    _schemas: Schemas
    _uploads: Uploads
    _indexes: Indexes
    _versions: Versions

    async def columns(self) -> Sequence[str]:
        """Return the names of the dataset's columns in order."""
        return [column.name for column in (await self._schemas.latest(self.dataset_id)).columns]

    async def versions(self) -> Mapping[int, StoredVersion]:
        """Return the dataset's data versions."""
        versions = await self._versions.list(self.dataset_id)
        return {version.data_id: StoredVersion(version.upload_status, version.num_rows) for version in versions}

    async def open(self, partition: str | None) -> int:
        """Open an upload and return its id."""
        return (await self._uploads.open(self.dataset_id, partition=partition)).upload_id

    async def put_part(self, upload_id: int, number: int, body: Body) -> None:
        """Send a part, again if need be."""
        await self._uploads.put_part(self.dataset_id, upload_id, number, body)

    async def commit(self, upload_id: int, action: Action, partition: str | None, *, index: bool) -> Committed:
        """Commit, at most once."""
        answer = await self._uploads.commit(self.dataset_id, upload_id, action=action, index=index, partition=partition)
        return Committed(answer.data_id, None if answer.index_id is None else str(answer.index_id))

    async def wait_for_index(self, index_id: str, timeout: float) -> None:
        """Wait until an index has ended."""
        await self._indexes.wait(self.dataset_id, index_id, timeout=timeout)

"""The single commit of a job, in the driver."""

from __future__ import annotations

from collections.abc import Collection

from attrs import frozen

from domo_async import Domo
from domo_async._endpoints.datasets._upload_backend import DatasetUploadBackend, UploadRequests
from domo_async._spark.options import Connection
from domo_async._transfer import UploadOptions
from domo_async._transfer.uploading.committing import Committer
from domo_async._transfer.uploading.journal import Sent
from domo_async.errors import DomoError, UploadError

__all__ = ["OpenUpload", "commit"]


@frozen
class OpenUpload:
    """An open upload, which takes parts.

    Attributes:
        dataset: The dataset.
        id: Its number.
        options: The options of the upload and of its commit.
    """

    dataset: str
    id: int
    options: UploadOptions

    def failure(self, message: str, *, upload_id: int | None = None, part: int | None = None) -> UploadError:
        """Return the error for a failure before the commit."""
        return UploadError(
            f"{message}; nothing was committed, dataset {self.dataset} is as it was",
            dataset_id=self.dataset,
            upload_id=self.id if upload_id is None else upload_id,
            part=part,
        )


async def commit(connection: Connection, upload: OpenUpload, parts: Collection[tuple[int, int]]) -> None:
    """Commit an upload once, wait until queries see it, and compare the rows.

    Args:
        connection: The instance and the token.
        upload: The upload.
        parts: The rows and bytes of each part.

    Raises:
        UploadError: The commit did not take effect.
        CommitUncertain: The answer was lost, and the instance does not report the outcome.
        RowCountMismatch: The upload is committed, but the instance counts a different number of rows.
        AfterCommitError: The upload is committed, but its index failed or its rows could not be verified.
    """
    async with Domo(connection.instance, token=connection.token) as domo:
        area = domo.datasets
        requests = UploadRequests(area.schemas, area.uploads, area.indexes, area.versions, area.wait_until_visible)
        backend = DatasetUploadBackend(upload.dataset, requests, upload.options)
        try:
            before = tuple(await backend.versions())
        except DomoError as error:
            raise upload.failure(f"the data versions could not be read: {error}") from error
        sent = Sent(
            rows=sum(rows for rows, _ in parts),
            bytes=sum(size for _, size in parts),
            parts=len(parts),
            before=before,
        )
        committer = Committer(backend, upload.id, upload.options, None, domo.settings.clock, upload.failure)
        await committer.settle(await committer.commit(sent), sent)

"""The three stages of an upload, one request each. `Datasets.upload` sends them all."""

from __future__ import annotations

from datetime import datetime

from domo_async._endpoints._area import Area
from domo_async._endpoints.datasets.models import Commit, OpenedUpload, PartStatus
from domo_async._transfer import Action, PartitionTag
from domo_async._transport import Body, url
from domo_async._wire import epoch_millis, payload
from domo_async.errors import JobFailed

__all__ = ["Uploads"]


class Uploads(Area):
    """The stages of an upload to a dataset, one request each."""

    async def open(
        self,
        dataset_id: str,
        /,
        *,
        partition: str | None = None,
        partition_tag: PartitionTag = "dataTag",
        action: Action | None = None,
        append_id: str | None = None,
        message: str | None = None,
        recorded_date: datetime | None = None,
        include_history: bool | None = None,
        encoding: str | None = None,
        data_format: str | None = None,
    ) -> OpenedUpload:
        """Open an upload: stage 1.

        `POST /api/data/v3/datasources/{dataset_id}/uploads` (Datasets API, "Upload CSV", "APPEND with Partitioning").

        Args:
            dataset_id: The dataset.
            partition: The partition to write to.
            partition_tag: The name of the field that carries the partition: other clients send ``dataTag``, along with
                ``append_id="latest"`` (unconfirmed); ``restateDataTag`` is the document's, which calls it largely
                deprecated.
            action: The action of the commit: ``"REPLACE"``, ``"APPEND"``, which the document's sample of "Append row"
                sends here, or ``"UPSERT"``, which Domo's data service declares too.
            append_id: ``"latest"`` to append to the existing rows, as in that sample; ``"delete"`` to delete the rows
                whose keys the parts hold, as a draft of Domo's documents says (unconfirmed). The client sends
                ``"delete"`` only for `delete_rows`, instead of an action.
            message: A note for the data version.
            recorded_date: The time for which the data version is recorded; Domo's data service accepts it.
            include_history: A parameter of the data service, which is true by default; no source describes it.
            encoding: The encoding of the parts, a parameter of the data service; by default the service's default.
            data_format: The format of the parts, a parameter of the data service; by default the service's default.

        Returns:
            The upload; it accepts parts until it is committed.

        Raises:
            NotFound: The dataset does not exist.
        """
        return await self._http.request(
            "POST",
            url("/api/data/v3/datasources/{}/uploads", dataset_id),
            params={
                partition_tag: partition,
                "includeHistory": include_history,
                "encoding": encoding,
                "dataFormat": data_format,
            },
            json=payload(_further(message, recorded_date), action=action, append_id=append_id),
            into=OpenedUpload,
        )

    async def put_part(self, dataset_id: str, upload_id: int, part: int, /, data: bytes | Body) -> PartStatus:
        """Send a part: stage 2. A part sent again with the same number replaces the earlier one.

        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/parts/{part}` (Datasets API, "Upload CSV").

        Args:
            dataset_id: The dataset.
            upload_id: The upload.
            part: The part's number, from 1; instances allow missing numbers, but not too many of them.
            data: CSV of complete records, in UTF-8, without a header row. Sources disagree on whether a header row with
                the dataset's column names is accepted.

        Returns:
            The instance's answer to the part; Domo's documentation does not show the answer.

        Raises:
            NotFound: The upload does not exist.
            JobFailed: The instance answers that it refused the part.
        """
        told = await self._http.request(
            "PUT",
            url("/api/data/v3/datasources/{}/uploads/{}/parts/{}", dataset_id, upload_id, part),
            body=data if isinstance(data, Body) else Body.of(data, "text/csv"),
            into=PartStatus,
            empty=PartStatus(),
            undocumented=True,
        )
        if told.refused:
            raise JobFailed(
                f"the instance refused part {part}: {told.upload_message or told.error or told.upload_status}",
                state=str(told.upload_status),
                reason=told.upload_message,
            )
        return told

    async def commit(
        self,
        dataset_id: str,
        upload_id: int,
        /,
        *,
        action: Action | None = None,
        index: bool = True,
        partition: str | None = None,
        partition_tag: PartitionTag = "dataTag",
        append_id: str | None = None,
        message: str | None = None,
        recorded_date: datetime | None = None,
    ) -> Commit:
        """Commit an upload: stage 3. The request is not repeated, unless the instance surely did not process it.

        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/commit` (Datasets API, "Upload CSV").

        Args:
            dataset_id: The dataset.
            upload_id: The upload.
            action: ``"REPLACE"``, ``"APPEND"`` or ``"UPSERT"``; by default the action given to `open`.
            index: Whether to index the data; without an index queries do not see them.
            partition: The partition given to `open`.
            partition_tag: The field name given to `open`.
            append_id: The value given to `open`, which other clients send again (unconfirmed).
            message: A note for the data version.
            recorded_date: The time given to `open`.

        Returns:
            The instance's answer: the index, and the number of rows that it counted.

        Raises:
            BadRequest: Too many parts are missing, or their rows do not fit the dataset's schema.
            NotFound: The upload does not exist.
        """
        told = {"action": action, partition_tag: partition, "appendId": append_id}
        told = {key: value for key, value in told.items() if value is not None}
        return await self._http.request(
            "PUT",
            url("/api/data/v3/datasources/{}/uploads/{}/commit", dataset_id, upload_id),
            json=payload(told | _further(message, recorded_date), index=index),
            into=Commit,
            empty=Commit(),
            undocumented=True,
            idempotent=False,
        )

    async def stream(
        self,
        dataset_id: str,
        /,
        data: bytes | Body,
        *,
        action: Action,
        partition: str | None = None,
        partition_tag: PartitionTag = "dataTag",
        append_id: str | None = None,
        recorded_date: datetime | None = None,
        encoding: str | None = None,
        data_format: str | None = None,
    ) -> OpenedUpload:
        """Upload with a single request, for small data: parts cannot be sent again, and rows are not counted.

        `POST /api/data/v3/datasources/{dataset_id}/uploads/stream`. Seen: Domo's data service has it. Whether queries
        see the rows without an index of their own is unconfirmed; `Indexes.create` creates one. The request is not
        repeated, unless the instance surely did not process it. `Datasets.upload` sends several requests, checks the
        data, and determines the outcome.

        ```python
        sent = await domo.datasets.uploads.stream(dataset_id, b"4,EU", action="APPEND")
        ```

        Args:
            dataset_id: The dataset.
            data: CSV without a header row, in UTF-8.
            action: ``"REPLACE"``, ``"APPEND"`` or ``"UPSERT"``.
            partition: The partition to write to.
            partition_tag: The name of the field that carries the partition; see `open`.
            append_id: The version to append the rows to, such as ``"latest"``.
            recorded_date: The time for which the data version is recorded.
            encoding: The encoding of `data`; by default the instance's default.
            data_format: The format of `data`; by default the instance's default.

        Returns:
            The upload, which is already committed.

        Raises:
            BadRequest: The rows do not fit the dataset's schema.
            NotFound: The dataset does not exist.
        """
        return await self._http.request(
            "POST",
            url("/api/data/v3/datasources/{}/uploads/stream", dataset_id),
            params={
                "action": action,
                partition_tag: partition,
                "appendId": append_id,
                "recordedDate": None if recorded_date is None else epoch_millis(recorded_date),
                "encoding": encoding,
                "dataFormat": data_format,
            },
            body=data if isinstance(data, Body) else Body.of(data, "text/csv"),
            into=OpenedUpload,
        )


def _further(message: str | None, recorded_date: datetime | None) -> dict[str, object]:
    told = {
        "message": message,
        "recordedDate": None if recorded_date is None else epoch_millis(recorded_date),
    }
    return {key: value for key, value in told.items() if value is not None}

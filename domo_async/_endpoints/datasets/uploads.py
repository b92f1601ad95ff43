"""The three stages of an upload, one request each. `Datasets.upload` does all of it."""

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
    """Uploads of a dataset, stage by stage."""

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
            partition_tag: The name that the partition goes under: ``dataTag`` is what other clients send, along with
                ``append_id="latest"`` (unconfirmed); ``restateDataTag`` is the document's, which calls it largely
                deprecated.
            action: What the commit will do: ``"REPLACE"``, ``"APPEND"``, as the document's sample of "Append row" tells
                it here, or ``"UPSERT"``, which Domo's data service knows too.
            append_id: ``"latest"`` to append to what is there, as that sample says; ``"delete"`` to delete the rows
                whose keys the parts hold, as a draft of Domo's documents says (unconfirmed). The client sends this for
                `delete_rows` alone, in place of an action.
            message: A note for the data version.
            recorded_date: The time that the data version is recorded for; Domo's data service takes it.
            include_history: The data service takes it, as true by default; no source tells what it does.
            encoding: The encoding of the parts, which the data service takes; by default what it takes for granted.
            data_format: Their format, likewise.

        Returns:
            The upload; it takes parts until it is committed.

        Raises:
            NotFound: There is no such dataset.
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
        """Send a part: stage 2. A part sent again under its number takes the former one's place.

        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/parts/{part}` (Datasets API, "Upload CSV").

        Args:
            dataset_id: The dataset.
            upload_id: The upload.
            part: The part's number, from 1; instances let numbers be missing, but not too many of them.
            data: CSV, whole records, in UTF-8. A header row is not sent; of one that names the dataset's columns,
                sources tell both that it is taken and that it is not there.

        Returns:
            What the instance says of the part; Domo's documentation shows no answer.

        Raises:
            NotFound: There is no such upload.
            JobFailed: The instance answers that it did not take the part.
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
                f"the instance did not take part {part}: {told.upload_message or told.error or told.upload_status}",
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
        """Commit an upload: stage 3. Is never sent twice, unless the instance surely did not take it.

        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/commit` (Datasets API, "Upload CSV").

        Args:
            dataset_id: The dataset.
            upload_id: The upload.
            action: ``"REPLACE"``, ``"APPEND"`` or ``"UPSERT"``; left out, what `open` was told.
            index: Whether to index the data, without which queries do not see them.
            partition: The partition that `open` was given.
            partition_tag: The name that `open` was given.
            append_id: The one that `open` was given, as other clients send it once more (unconfirmed).
            message: A note for the data version.
            recorded_date: The one that `open` was given.

        Returns:
            What the instance tells: its index, and the rows that it counted.

        Raises:
            BadRequest: Too many parts are missing, or their rows do not fit the dataset's schema.
            NotFound: There is no such upload.
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
        """Upload in a single request, for what is small: no part can be sent again, and rows are not counted.

        `POST /api/data/v3/datasources/{dataset_id}/uploads/stream`. Seen: Domo's data service has it. That queries see
        the rows without an index of their own is unconfirmed; `Indexes.create` makes one. Is never sent twice, unless
        the instance surely did not take it. `Datasets.upload` sends several requests, checks what is sent, and knows
        what became of it.

        ```python
        sent = await domo.datasets.uploads.stream(dataset_id, b"4,EU", action="APPEND")
        ```

        Args:
            dataset_id: The dataset.
            data: CSV without a header row, in UTF-8.
            action: ``"REPLACE"``, ``"APPEND"`` or ``"UPSERT"``.
            partition: The partition to write to.
            partition_tag: The name that the partition goes under.
            append_id: What rows are appended to, such as ``"latest"``.
            recorded_date: The time that the data version is recorded for.
            encoding: The encoding of `data`; by default what the instance takes for granted.
            data_format: The format of `data`, likewise.

        Returns:
            The upload, which is committed.

        Raises:
            BadRequest: The rows do not fit the dataset's schema.
            NotFound: There is no such dataset.
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

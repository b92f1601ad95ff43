"""The three stages of an upload, one request each. `Datasets.upload` does all of it."""

from __future__ import annotations

from domo_async._endpoints._area import Area
from domo_async._endpoints.datasets.models import Commit, OpenedUpload
from domo_async._transfer import Action, PartitionTag
from domo_async._transport import Body, url
from domo_async._wire import payload

__all__ = ["Uploads"]


class Uploads(Area):
    """Uploads of a dataset, stage by stage."""

    async def open(
        self,
        dataset_id: str,
        /,
        *,
        partition: str | None = None,
        partition_tag: PartitionTag = "restateDataTag",
        action: Action | None = None,
        append_id: str | None = None,
        message: str | None = None,
    ) -> OpenedUpload:
        """Open an upload: stage 1.

        `POST /api/data/v3/datasources/{dataset_id}/uploads` (Datasets API, "Upload CSV", "APPEND with Partitioning").

        Args:
            dataset_id: The dataset.
            partition: The partition to write to.
            partition_tag: The name that the partition goes under: ``restateDataTag`` is the document's, which calls it
                largely deprecated; ``dataTag`` is what other clients send (unconfirmed).
            action: What the commit will do, as the document's sample of "Append row" tells at the opening.
            append_id: ``"latest"`` to append to what is there, as that sample says.
            message: A note for the data version.

        Returns:
            The upload; it takes parts until it is committed.

        Raises:
            NotFound: There is no such dataset.
        """
        return await self._http.request(
            "POST",
            url("/api/data/v3/datasources/{}/uploads", dataset_id),
            params={partition_tag: partition},
            json=payload({} if message is None else {"message": message}, action=action, append_id=append_id),
            into=OpenedUpload,
        )

    async def put_part(self, dataset_id: str, upload_id: int, part: int, /, data: bytes | Body) -> None:
        """Send a part: stage 2. A part sent again under its number takes the former one's place.

        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/parts/{part}` (Datasets API, "Upload CSV").

        Args:
            dataset_id: The dataset.
            upload_id: The upload.
            part: The part's number; parts are counted from 1 without gaps.
            data: CSV without a header row, whole records, in UTF-8.

        Raises:
            NotFound: There is no such upload.
        """
        await self._http.request(
            "PUT",
            url("/api/data/v3/datasources/{}/uploads/{}/parts/{}", dataset_id, upload_id, part),
            body=data if isinstance(data, Body) else Body.of(data, "text/csv"),
        )

    async def commit(
        self,
        dataset_id: str,
        upload_id: int,
        /,
        *,
        action: Action,
        index: bool = True,
        partition: str | None = None,
        partition_tag: PartitionTag = "restateDataTag",
        append_id: str | None = None,
        message: str | None = None,
    ) -> Commit:
        """Commit an upload: stage 3. Is never sent twice, unless the instance surely did not take it.

        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/commit` (Datasets API, "Upload CSV").

        Args:
            dataset_id: The dataset.
            upload_id: The upload.
            action: ``"REPLACE"`` or ``"APPEND"``.
            index: Whether to index the data, without which queries do not see them.
            partition: The partition that `open` was given.
            partition_tag: The name that `open` was given.
            append_id: The one that `open` was given, as other clients send it once more (unconfirmed).
            message: A note for the data version.

        Returns:
            What the instance tells: its index, and the rows that it counted.

        Raises:
            BadRequest: The parts have gaps, or their rows do not fit the dataset's schema.
            NotFound: There is no such upload.
        """
        told = {partition_tag: partition, "appendId": append_id, "message": message}
        told = {key: value for key, value in told.items() if value is not None}
        return await self._http.request(
            "PUT",
            url("/api/data/v3/datasources/{}/uploads/{}/commit", dataset_id, upload_id),
            json=payload(told, action=action, index=index),
            into=Commit,
            empty=Commit(),
            undocumented=True,
            idempotent=False,
        )

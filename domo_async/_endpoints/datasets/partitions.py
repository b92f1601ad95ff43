"""Partitions: tags for parts of a dataset's data."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from operator import attrgetter
from typing import TypeAlias

from attrs import field, frozen

from domo_async._endpoints._area import Area, SortOrder
from domo_async._endpoints.datasets.indexes import Indexes
from domo_async._frames import ItemTuple
from domo_async._transport import BODY, PageData, Pager, url
from domo_async._wire import IsoStamp, Model, NumericId, OpenEnum, Record, TimestampForm, payload
from domo_async.errors import NotFound

__all__ = ["Partition", "PartitionField", "PartitionFilter", "Partitions", "SortOrder"]


class PartitionField(OpenEnum):
    """A field by which partitions can be filtered and sorted. Domo's documentation shows only the first."""

    DATE_COMPLETED = "datecompleted"


@frozen(kw_only=True)
class Partition(Model):
    """A partition of a dataset. Domo's documentation does not show the answer; these keys were observed.

    Attributes:
        data_id: The data version behind it.
        partition_id: The tag.
        date_completed: The time at which its data were complete.
        row_count: The number of rows; only `Partitions.search` returns it.
    """

    data_id: NumericId | None = None
    partition_id: str | None = None
    date_completed: IsoStamp | None = None
    row_count: int | None = None


Bound: TypeAlias = str | int | datetime | None


def _sent(bound: Bound) -> str | int | None:
    return str(TimestampForm.ISO_OFFSET.format(bound)) if isinstance(bound, datetime) else bound


@frozen
class PartitionFilter(Record):
    """A field to sort and filter partitions by.

    Attributes:
        field_name: The field; the document writes ``datecompleted`` although the answer has ``dateCompleted``.
        sort_order: The direction of sorting.
        minimum: The smallest value, or None for no bound. Aware datetimes are sent as the answer writes them, such as
            ``2023-01-24T14:27:21.000+00:00``, which is unconfirmed.
        maximum: The largest value, or None for no bound.

    Raises:
        ConfigError: A bound is a datetime without a time zone.
    """

    field_name: PartitionField | str
    sort_order: SortOrder | str = SortOrder.DESC
    minimum: Bound = field(default=None, converter=_sent)
    maximum: Bound = field(default=None, converter=_sent)


class Partitions(Area):
    """The partitions of a dataset."""

    def list(self, dataset_id: str, /) -> Pager[Partition]:
        """Iterate over the dataset's partitions, without their row counts; includes those whose data were deleted.

        `GET /api/query/v1/datasources/{dataset_id}/partition` (Datasets API, "GET Partition List"). Domo's
        documentation does not show the answer.

        Args:
            dataset_id: The dataset.

        Raises:
            NotFound: The dataset does not exist.
        """
        return self._http.whole_list(
            "GET", url("/api/query/v1/datasources/{}/partition", dataset_id), into=ItemTuple[Partition], read=tuple
        )

    def search(
        self,
        dataset_id: str,
        /,
        *,
        filters: Sequence[PartitionFilter] = (),
        offset: int = 0,
        limit: int | None = None,
        page_size: int = 100,
    ) -> Pager[Partition]:
        """Iterate over the dataset's partitions that have data, with their row counts.

        `POST /api/query/v1/datasources/{dataset_id}/partition/list` (Datasets API, "Search Partition List").

        Args:
            dataset_id: The dataset.
            filters: Fields to sort and filter by, the most important first.
            offset: The number of partitions to skip.
            limit: The maximum number of partitions to return, or None for all.
            page_size: The number of partitions per request.

        Raises:
            NotFound: The dataset does not exist.
        """
        fields = [
            payload(
                field_name=given.field_name,
                sort_order=given.sort_order,
                filter_values={"MIN": given.minimum, "MAX": given.maximum},
            )
            for given in filters
        ]
        return self._http.pages(
            "POST",
            url("/api/query/v1/datasources/{}/partition/list", dataset_id),
            BODY,
            key=attrgetter("partition_id"),
            into=ItemTuple[Partition],
            read=PageData,
            page_size=page_size,
            offset=offset,
            limit=limit,
            json=payload(pagination_fields=fields) if fields else None,
        )

    async def remove(self, dataset_id: str, partition_id: str, /, *, wait: bool = True, timeout: float = 600.0) -> None:
        """Remove a partition completely, in three documented steps: delete its data, delete its tag, index the dataset.

        `DELETE /api/query/v1/datasources/{dataset_id}/tag/{partition_id}/data`,
        `DELETE /api/query/v1/datasources/{dataset_id}/partition/{partition_id}`,
        `POST /api/data/v3/datasources/{dataset_id}/indexes` (Datasets API, "Delete Data Version", "Delete Partition
        Tag", "Index Dataset"), and to wait `GET /api/data/v3/datasources/{dataset_id}/indexes/{request_key}/statuses`,
        or, if the answer names no key, `GET /api/data/v3/datasources/{dataset_id}/statuses`. If a step fails, the same
        call performs the remaining steps: data or a tag that are already deleted are not an error. To replace a
        partition, upload to it.

        Args:
            dataset_id: The dataset.
            partition_id: The partition's tag.
            wait: Whether to return only when queries no longer see the rows, if the instance reports it.
            timeout: The maximum number of seconds to wait.

        Raises:
            JobFailed: The index failed; queries still see the rows.
            WaitTimeout: With `wait`: the index has not ended; it continues.
        """
        for step in (self.delete_data, self.delete):
            with suppress(NotFound):
                await step(dataset_id, partition_id)
        await Indexes(self._http).create(dataset_id, wait=wait, timeout=timeout)

    async def delete_data(self, dataset_id: str, partition_id: str, /) -> None:
        """Delete the data of a partition; its tag stays. Queries see the rows until the next index.

        `DELETE /api/query/v1/datasources/{dataset_id}/tag/{partition_id}/data` (Datasets API, "Delete Data Version").
        To remove a partition completely, use `remove`, or delete its data, then its tag with `delete`, and index the
        dataset.

        Args:
            dataset_id: The dataset.
            partition_id: The partition's tag.

        Raises:
            NotFound: The dataset or the partition does not exist.
        """
        await self._http.request("DELETE", url("/api/query/v1/datasources/{}/tag/{}/data", dataset_id, partition_id))

    async def delete(self, dataset_id: str, partition_id: str, /) -> None:
        """Delete the tag of a partition, so that lists omit it; its data stay, unless `delete_data` was called.

        `DELETE /api/query/v1/datasources/{dataset_id}/partition/{partition_id}` (Datasets API, "Delete Partition Tag").

        Args:
            dataset_id: The dataset.
            partition_id: The partition's tag.

        Raises:
            NotFound: The dataset or the partition does not exist.
        """
        await self._http.request("DELETE", url("/api/query/v1/datasources/{}/partition/{}", dataset_id, partition_id))

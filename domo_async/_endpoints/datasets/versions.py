"""Data versions: the history of a dataset's data."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from domo_async._endpoints._area import Area, require_list
from domo_async._endpoints.datasets.models import (
    Dataset,
    DataVersion,
    DataVersionDetails,
    UploadStatus,
    version_details,
)
from domo_async._endpoints.datasets.partitions import Partition
from domo_async._transport import QUERY, PageData, Pager, url
from domo_async._wire import payload
from domo_async.errors import ConfigError, NotFound

__all__ = ["Versions"]


class Versions(Area):
    """Data versions of a dataset."""

    async def list(self, dataset_id: str, /) -> tuple[DataVersion, ...]:
        """Return the dataset's data versions.

        `GET /api/data/v2/datasources/{dataset_id}/dataversions` (Managing Dataset History, "Listing Dataset Versions").

        Args:
            dataset_id: The dataset.

        Raises:
            NotFound: There is no such dataset.
        """
        return await self._http.request(
            "GET", url("/api/data/v2/datasources/{}/dataversions", dataset_id), into=tuple[DataVersion, ...]
        )

    async def details(self, dataset_id: str, /) -> tuple[DataVersionDetails, ...]:
        """Return the dataset's data versions with what more the instance tells of them.

        `GET /api/data/v3/datasources/{dataset_id}/dataversions/details` (Datasets API, "GET Data Versions").

        Args:
            dataset_id: The dataset.

        Returns:
            The versions. The document shows no answer: what is not understood is in an item's `extras`.

        Raises:
            NotFound: There is no such dataset.
            DecodeError: The answer holds no list.
        """
        path = url("/api/data/v3/datasources/{}/dataversions/details", dataset_id)
        return version_details(await self._http.request("GET", path, into=object))

    def from_magic(
        self,
        dataset_id: str,
        /,
        *,
        engine: str | None = None,
        expression: str = "1=1",
        offset: int = 0,
        limit: int | None = None,
        page_size: int = 500,
    ) -> Pager[DataVersionDetails]:
        """Iterate over the dataset's data versions as Magic, the dataflow engine, sees them.

        `POST /api/dataprocessing/v2/dataflows/data-version-hydrate` (Datasets API, "Data Version List from Magic").
        The document shows no answer: what is not understood is in an item's `extras`.

        Args:
            dataset_id: The dataset.
            engine: The engine; the instance's default is ``MAGIC``.
            expression: Which versions, as an expression of SQL; all by default. No document tells more of it.
            offset: Versions to leave out at the beginning.
            limit: The most versions to give in all, or None for all.
            page_size: Versions to ask for at a time.

        Raises:
            NotFound: There is no such dataset.
            DecodeError: The answer holds no list.
        """
        loading = payload(
            id="",
            type="LoadFromVault",
            data_source_id=dataset_id,
            version_window={"type": "EXPRESSION", "expression": expression},
        )
        return self._http.pages(
            "POST",
            url("/api/dataprocessing/v2/dataflows/data-version-hydrate"),
            QUERY,
            key=attrgetter("data_id"),
            into=object,
            read=lambda answer: PageData(version_details(answer)),
            page_size=page_size,
            offset=offset,
            limit=limit,
            params={"engine": engine},
            json=loading,
        )

    async def keep_last(self, dataset_id: str, count: int, /, *, dry_run: bool = False) -> tuple[DataVersion, ...]:
        """Delete all data versions but the newest ones, for good; none that the dataset's rows are made of.

        `GET /api/data/v2/datasources/{dataset_id}/dataversions` and
        `DELETE /api/data/v2/datasources/{dataset_id}/dataversions` (Managing Dataset History), and to know how many
        rows and which partitions the dataset has, `GET /api/data/v3/datasources/{dataset_id}` and
        `GET /api/query/v1/datasources/{dataset_id}/partition`.

        No document tells which versions the rows are made of. They are taken to be the newest ones that together have
        as many rows as the dataset; if more than `count` are needed for that, as after many APPENDs, or a partition is
        made of an older one, nothing is deleted. Call it when all uploads are indexed: the dataset does not count rows
        before that.

        Args:
            dataset_id: The dataset.
            count: How many versions to keep, at least 1.
            dry_run: Whether only to tell what would be deleted.

        Returns:
            The versions that were deleted, or would be.

        Raises:
            ConfigError: `count` is less than 1, or the newest versions do not make up the dataset's rows or partitions.
            NotFound: There is no such dataset.
        """
        if count < 1:
            raise ConfigError("count must be at least 1; to empty a dataset upload nothing with allow_empty=True")
        dataset = await self._http.request("GET", url("/api/data/v3/datasources/{}", dataset_id), into=Dataset)
        newest = sorted(await self.list(dataset_id), key=lambda version: version.data_id, reverse=True)
        live = _live(newest, dataset.row_count)
        if live is None or live > count:
            raise ConfigError(
                f"the dataset's {dataset.row_count} rows are not those of its {count} newest data versions, so older"
                " ones are part of it; nothing was deleted"
            )
        superfluous = tuple(newest[count:])
        behind = await self._behind_partitions(dataset_id) if superfluous else frozenset()
        needed = [version.data_id for version in superfluous if version.data_id in behind]
        if needed:
            raise ConfigError(
                f"partitions are made of data versions older than the {count} newest ({', '.join(map(str, needed))});"
                " nothing was deleted"
            )
        if superfluous and not dry_run:
            await self.delete(dataset_id, data_ids=[version.data_id for version in superfluous])
        return superfluous

    async def _behind_partitions(self, dataset_id: str) -> frozenset[int | None]:
        """Return the data versions that partitions are made of."""
        path = url("/api/query/v1/datasources/{}/partition", dataset_id)
        try:
            partitions = await self._http.request("GET", path, into=tuple[Partition, ...])
        except NotFound as error:
            if not error.refused:
                raise
            # The dataset itself was found, so it has none.
            return frozenset()
        return frozenset(partition.data_id for partition in partitions)

    async def delete(self, dataset_id: str, /, *, data_ids: Sequence[int], index: bool | None = None) -> None:
        """Delete data versions for good.

        `DELETE /api/data/v2/datasources/{dataset_id}/dataversions` (Managing Dataset History, "Deleting Dataset
        Versions").

        Args:
            dataset_id: The dataset.
            data_ids: The data versions, as `list` gives them.
            index: Whether to index the dataset afterwards, which instances do by default. Without, the rows of versions
                that queries see stay visible until the next index.

        Raises:
            ConfigError: `data_ids` is empty.
            NotFound: There is no such dataset or version.
        """
        await self._http.request(
            "DELETE",
            url("/api/data/v2/datasources/{}/dataversions", dataset_id),
            params={"index": index},
            json=require_list(data_ids, "data_ids"),
        )


def _live(newest: Sequence[DataVersion], rows: int | None) -> int | None:
    """Return how many of the newest versions together have as many rows as the dataset; None if no number has."""
    total = 0
    for count, version in enumerate(newest, start=1):
        if version.upload_status not in {None, UploadStatus.SUCCESS}:
            continue
        total += version.num_rows or 0
        if total == rows:
            return count
    return None

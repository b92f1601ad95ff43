"""Data versions: the history of a dataset's data."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import overload

from domo_async._endpoints._area import Area, require_list
from domo_async._endpoints.datasets.models import (
    Dataset,
    DataVersion,
    DataVersionDetails,
    LatestSchema,
    MadeVersion,
    UploadStatus,
    made_version,
    version_details,
)
from domo_async._endpoints.datasets.partitions import Partition
from domo_async._frames import ItemTuple
from domo_async._transfer import DownloadResult, ProgressOption, Target, download
from domo_async._transfer.reading.heading import refuse_page
from domo_async._transport import QUERY, Body, Download, PageData, Pager, QueryValue, Transport, Url, url
from domo_async._wire import OpenEnum, epoch_millis, payload
from domo_async.errors import ConfigError, NotFound

__all__ = ["RepairAction", "Versions"]


class RepairAction(OpenEnum):
    """The position of the rows that repair a data version."""

    INSERT_AFTER = "INSERT_AFTER"
    INSERT_ON = "INSERT_ON"


class Versions(Area):
    """The data versions of a dataset."""

    def list(self, dataset_id: str, /) -> Pager[DataVersion]:
        """Iterate over the dataset's data versions.

        `GET /api/data/v2/datasources/{dataset_id}/dataversions` (Managing Dataset History, "Listing Dataset Versions").

        Args:
            dataset_id: The dataset.

        Raises:
            NotFound: The dataset does not exist.
        """
        return self._http.whole_list(
            "GET", url("/api/data/v2/datasources/{}/dataversions", dataset_id), into=ItemTuple[DataVersion], read=tuple
        )

    def details(
        self,
        dataset_id: str,
        /,
        *,
        data_ids: Sequence[int | str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        statuses: Sequence[UploadStatus | str] | None = None,
        indexed_only: bool | None = None,
        offset: int | None = None,
        limit: int | None = None,
    ) -> Pager[DataVersionDetails]:
        """Iterate over the dataset's data versions with all details; by default only indexed versions.

        `GET /api/data/v3/datasources/{dataset_id}/dataversions/details` (Datasets API, "GET Data Versions"). Domo's
        documentation shows neither parameters nor the answer; these are those of Domo's data service.

        ```python
        everything = await domo.datasets.versions.details(dataset_id, indexed_only=False).all()
        ```

        Args:
            dataset_id: The dataset.
            data_ids: Only these versions.
            since: Only versions recorded at this time or later. That the service reads it as milliseconds since 1970 is
                unconfirmed.
            until: Only versions recorded before this time. Its format is unconfirmed in the same way.
            statuses: Only versions whose upload has one of these states.
            indexed_only: Whether to leave out versions that were never indexed, which is the instance's default.
            offset: The number of versions to skip.
            limit: The maximum number of versions to return; all by default.

        Raises:
            ConfigError: `data_ids` or `statuses` is empty, or a time has no time zone.
            NotFound: The dataset does not exist.
            DecodeError: The answer does not contain a list.
        """
        return self._http.whole_list(
            "GET",
            url("/api/data/v3/datasources/{}/dataversions/details", dataset_id),
            params={
                "dataVersionIds": None if data_ids is None else require_list(data_ids, "data_ids"),
                "startRecordedTime": None if since is None else epoch_millis(since),
                "endRecordedTime": None if until is None else epoch_millis(until),
                "statuses": None if statuses is None else require_list(statuses, "statuses"),
                "limitToIndexed": indexed_only,
                "offset": offset,
                "limit": limit,
            },
            into=object,
            read=version_details,
        )

    @overload
    async def download(
        self,
        dataset_id: str,
        data_id: int | str,
        /,
        target: None = None,
        *,
        header: bool = True,
        alone: bool = False,
        limit: int | None = None,
        progress: ProgressOption = None,
    ) -> bytes: ...
    @overload
    async def download(
        self,
        dataset_id: str,
        data_id: int | str,
        /,
        target: Target,
        *,
        header: bool = True,
        alone: bool = False,
        limit: int | None = None,
        progress: ProgressOption = None,
    ) -> DownloadResult: ...
    @overload
    async def download(
        self,
        dataset_id: str,
        data_id: int | str,
        /,
        target: Target | None,
        *,
        header: bool = True,
        alone: bool = False,
        limit: int | None = None,
        progress: ProgressOption = None,
    ) -> bytes | DownloadResult: ...
    async def download(
        self,
        dataset_id: str,
        data_id: int | str,
        /,
        target: Target | None = None,
        *,
        header: bool = True,
        alone: bool = False,
        limit: int | None = None,
        progress: ProgressOption = None,
    ) -> bytes | DownloadResult:
        """Return the CSV of a data version, or stream it to disk; the file is complete or is not written at all.

        `GET /api/data/v2/datasources/{dataset_id}/dataversions/{data_id}`. Seen: Domo's data service has it. No source
        says how its CSV distinguishes NULL from the empty string.

        With it a dataset can be reset to an earlier state, as a new version, if its columns are still the same:

        ```python
        await domo.datasets.versions.download(dataset_id, 12, "before.csv")
        await domo.datasets.upload(dataset_id, "before.csv", message="back to version 12")
        ```

        Args:
            dataset_id: The dataset.
            data_id: The version, from `list`.
            target: The path of the file to write, which appears under its name only when it is complete; or a binary
                file object, which is written to as the answer arrives. Without a target the content is returned.
            header: Whether the first record has the names of the columns.
            alone: Whether to leave out the rows that the version was appended to.
            limit: The maximum number of rows to return; all by default.
            progress: Called with a `Progress` about ten times a second; True draws a bar (needs ``rich``).

        Returns:
            The CSV; with a target, the number of bytes written, their SHA-256 and the seconds it took.

        Raises:
            ConfigError: The target cannot be written to.
            NotFound: The dataset or the version does not exist.
            TargetError: The file could not be written, for example because the disk is full.
            IncompleteAnswer: The answer broke off on every attempt; no file was written.
            DecodeError: The answer is a web page.
        """
        path = url("/api/data/v2/datasources/{}/dataversions/{}", dataset_id, data_id)
        params = {"includeHeader": header, "excludeAppendedData": alone, "rowLimit": limit}
        return await download(
            partial(_content, self._http, path, params), target, self._http.settings, progress=progress
        )

    async def create(
        self,
        dataset_id: str,
        /,
        data: bytes | Body,
        *,
        append: str | None = None,
        data_tag: str | None = None,
        index: bool | None = None,
        recorded_date: datetime | None = None,
        repair: int | str | None = None,
        repair_action: RepairAction | str | None = None,
    ) -> MadeVersion:
        """Create a data version from small data with a single request, or repair a version.

        `POST /api/data/v3/datasources/{dataset_id}/dataversions`. Seen: Domo's data service has it, and another client
        repairs versions with it. The request is not repeated, unless the instance surely did not process it.
        `Datasets.upload` sends several requests, checks the data, and determines the outcome.

        Args:
            dataset_id: The dataset.
            data: CSV without a header row, in UTF-8. A `Body` may be compressed: the service takes a Content-Encoding.
            append: The version to append the rows to; by default none, so that they replace all rows. No source lists
                the values; uploads send ``"latest"`` (unconfirmed).
            data_tag: The partition to write to.
            index: Whether to index the data, which is the instance's default.
            recorded_date: The time for which the version is recorded. That the service reads it as milliseconds since
                1970 is unconfirmed.
            repair: The version to repair.
            repair_action: Whether the rows replace that version or follow it.

        Returns:
            The version's number, if the instance reports it.

        Raises:
            ConfigError: Only one of `repair` and `repair_action` is given.
            BadRequest: The rows do not fit the dataset's schema.
            NotFound: The dataset does not exist.
        """
        if (repair is None) != (repair_action is None):
            raise ConfigError("repair and repair_action must be given together; nothing was sent")
        return made_version(
            await self._http.request(
                "POST",
                url("/api/data/v3/datasources/{}/dataversions", dataset_id),
                params={
                    "append": append,
                    "dataTag": data_tag,
                    "index": index,
                    "recordedDate": None if recorded_date is None else epoch_millis(recorded_date),
                    "repairDataVersionId": repair,
                    "repairAction": repair_action,
                },
                body=data if isinstance(data, Body) else Body.of(data, "text/csv"),
                into=object,
                empty=None,
                undocumented=True,
            )
        )

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
        """Iterate over the dataset's data versions as Magic, the dataflow engine, lists them.

        `POST /api/dataprocessing/v2/dataflows/data-version-hydrate` (Datasets API, "Data Version List from Magic").
        Domo's documentation does not show the answer: fields that the client does not know are in an item's `extras`.

        Args:
            dataset_id: The dataset.
            engine: The engine; the instance's default is ``MAGIC``.
            expression: A SQL expression that selects versions; all by default. No document describes it further.
            offset: The number of versions to skip.
            limit: The maximum number of versions to return, or None for all.
            page_size: The number of versions per request.

        Raises:
            NotFound: The dataset does not exist.
            DecodeError: The answer does not contain a list.
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

    async def keep_last(self, dataset_id: str, count: int, /, *, dry_run: bool = False) -> ItemTuple[DataVersion]:
        """Delete all data versions but the newest for good; refuse if the dataset's rows are made of older ones.

        `GET /api/data/v2/datasources/{dataset_id}/dataversions` and
        `DELETE /api/data/v2/datasources/{dataset_id}/dataversions` (Managing Dataset History), and to know how many
        rows, which partitions and which upsert keys the dataset has, `GET /api/data/v3/datasources/{dataset_id}`,
        `GET /api/query/v1/datasources/{dataset_id}/partition` and
        `GET /api/data/v2/datasources/{dataset_id}/schemas/latest`.

        No document says which versions the rows are made of. They are taken to be the newest ones that together have as
        many rows as the dataset. If more than `count` are needed for that, as after many APPENDs, if a partition is
        made of an older version, or if the dataset has upsert keys, nothing is deleted. Call it when all uploads are
        indexed: before that, the dataset does not count their rows.

        ```python
        deleted = await domo.datasets.versions.keep_last(dataset_id, 10, dry_run=True)
        ```

        Args:
            dataset_id: The dataset.
            count: The number of versions to keep, at least 1.
            dry_run: Whether to only report what would be deleted.

        Returns:
            The versions that were or would be deleted.

        Raises:
            ConfigError: `count` is less than 1, the newest versions do not make up the dataset's rows or partitions, or
                rows may have been merged by upsert keys.
            NotFound: The dataset does not exist.
        """
        if count < 1:
            raise ConfigError("count must be at least 1; to empty a dataset, upload no rows with allow_empty=True")
        dataset = await self._http.request("GET", url("/api/data/v3/datasources/{}", dataset_id), into=Dataset)
        newest = sorted(await self.list(dataset_id).all(), key=lambda version: version.data_id, reverse=True)
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
        if superfluous and await self._merges(dataset_id):
            raise ConfigError(
                "the dataset has upsert keys, so its rows may be made of versions that row counts do not show;"
                " nothing was deleted"
            )
        if superfluous and not dry_run:
            await self.delete(dataset_id, data_ids=[version.data_id for version in superfluous])
        return ItemTuple(superfluous)

    async def _merges(self, dataset_id: str) -> bool:
        """Return whether versions may have been merged by keys."""
        path = url("/api/data/v2/datasources/{}/schemas/latest", dataset_id)
        latest = await self._http.request("GET", path, into=LatestSchema)
        return any(column.upsert_key for column in latest.columns)

    async def _behind_partitions(self, dataset_id: str) -> frozenset[int | None]:
        """Return the data versions that partitions are made of."""
        path = url("/api/query/v1/datasources/{}/partition", dataset_id)
        try:
            partitions = await self._http.request("GET", path, into=ItemTuple[Partition])
        except NotFound as error:
            if not error.refused:
                raise
            # The dataset itself was found, so it has no partitions.
            return frozenset()
        return frozenset(partition.data_id for partition in partitions)

    async def delete(self, dataset_id: str, /, *, data_ids: Sequence[int], index: bool | None = None) -> None:
        """Delete data versions for good.

        `DELETE /api/data/v2/datasources/{dataset_id}/dataversions` (Managing Dataset History, "Deleting Dataset
        Versions").

        Args:
            dataset_id: The dataset.
            data_ids: The data versions, from `list`.
            index: Whether to index the dataset afterwards, which is the instance's default: Domo's data service
                declares true, although the documents ask to send it. Without the index, rows of visible versions stay
                visible until the next index.

        Raises:
            ConfigError: `data_ids` is empty.
            NotFound: The dataset or the version does not exist.
        """
        await self._http.request(
            "DELETE",
            url("/api/data/v2/datasources/{}/dataversions", dataset_id),
            params={"index": index},
            json=require_list(data_ids, "data_ids"),
        )


def _live(newest: Sequence[DataVersion], rows: int | None) -> int | None:
    """Return how many of the newest versions together have as many rows as the dataset, or None."""
    total = 0
    for count, version in enumerate(newest, start=1):
        if version.upload_status not in {None, UploadStatus.SUCCESS}:
            continue
        total += version.num_rows or 0
        if total == rows:
            return count
    return None


@asynccontextmanager
async def _content(
    http: Transport, path: Url, params: Mapping[str, QueryValue], headers: Mapping[str, str]
) -> AsyncIterator[Download]:
    asked = http.download("GET", path, params=params, accept="text/csv, application/csv", headers=headers)
    async with asked as answer:
        refuse_page(answer)
        yield answer

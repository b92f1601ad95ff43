"""Data versions: the history of a dataset's data."""

from __future__ import annotations

from collections.abc import Sequence

from domo_async.endpoints._area import Area, several
from domo_async.endpoints.datasets.models import DataVersion, DataVersionDetails, version_details
from domo_async.transport import QUERY, Batch, Pager, url
from domo_async.wire import payload

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
            into=object,
            read=lambda answer: Batch(version_details(answer)),
            page_size=page_size,
            offset=offset,
            limit=limit,
            params={"engine": engine},
            json=loading,
        )

    async def delete(self, dataset_id: str, /, *, data_ids: Sequence[int], index: bool | None = None) -> None:
        """Delete data versions for good.

        `DELETE /api/data/v2/datasources/{dataset_id}/dataversions` (Managing Dataset History, "Deleting Dataset
        Versions").

        Args:
            dataset_id: The dataset.
            data_ids: The data versions, as `list` gives them.
            index: Whether to index the dataset afterwards. Versions that queries see need it: their rows stay visible
                until then.

        Raises:
            ConfigError: `data_ids` is empty.
            NotFound: There is no such dataset or version.
        """
        await self._http.request(
            "DELETE",
            url("/api/data/v2/datasources/{}/dataversions", dataset_id),
            params={"index": index},
            json=several(data_ids, "data_ids"),
        )

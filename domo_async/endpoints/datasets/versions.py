"""Data versions: the history of a dataset's data."""

from __future__ import annotations

from domo_async.endpoints._area import Area
from domo_async.endpoints.datasets.models import DataVersion
from domo_async.transport import url

__all__ = ["Versions"]


class Versions(Area):
    """Data versions of a dataset."""

    async def list(self, dataset_id: str, /) -> tuple[DataVersion, ...]:
        """Return the dataset's data versions.

        `GET /api/data/v2/datasources/{id}/dataversions` (Managing Dataset History, "Listing Dataset Versions").

        Args:
            dataset_id: The dataset.

        Raises:
            NotFound: There is no such dataset.
        """
        return await self._http.request(
            "GET", url("/api/data/v2/datasources/{}/dataversions", dataset_id), into=tuple[DataVersion, ...]
        )

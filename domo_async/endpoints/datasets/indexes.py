"""Indexes: what makes a dataset's data visible to queries."""

from __future__ import annotations

from collections.abc import Sequence

from domo_async.endpoints._area import Area, lenient, lenient_list
from domo_async.endpoints.datasets.models import Index, IndexStatus
from domo_async.transport import url
from domo_async.wire import payload

__all__ = ["Indexes"]


class Indexes(Area):
    """Indexes of a dataset."""

    async def create(self, dataset_id: str, /, *, data_ids: Sequence[int] = ()) -> Index:
        """Index data versions, so that queries see them.

        `POST /api/data/v3/datasources/{id}/indexes` (Datasets API, "Index Dataset").

        Args:
            dataset_id: The dataset.
            data_ids: The data versions; none stands for all that are complete and not indexed.

        Returns:
            The index, where the instance tells; the document shows no answer.

        Raises:
            NotFound: There is no such dataset.
        """
        content = await self._http.raw(
            "POST",
            url("/api/data/v3/datasources/{}/indexes", dataset_id),
            json=payload(data_ids=list(data_ids)),
        )
        return lenient(content, Index)

    async def status(self, dataset_id: str, index_id: str | int, /) -> tuple[IndexStatus, ...]:
        """Return how far an index is, by data version.

        `GET /api/data/v3/datasources/{id}/indexes/{index}/statuses` (Datasets API, "Index Dataset Progress").

        Args:
            dataset_id: The dataset.
            index_id: The index, as `create` or a commit tells it.

        Returns:
            What the instance tells, possibly nothing; the document shows no answer.

        Raises:
            NotFound: There is no such dataset or index.
        """
        content = await self._http.raw(
            "GET", url("/api/data/v3/datasources/{}/indexes/{}/statuses", dataset_id, index_id)
        )
        return lenient_list(content, IndexStatus)

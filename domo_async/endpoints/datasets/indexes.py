"""Indexes: what makes a dataset's data visible to queries."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from domo_async.endpoints._area import Area
from domo_async.endpoints.datasets.models import Index, IndexStatus
from domo_async.transport import url
from domo_async.waiting import Verdict, wait_for
from domo_async.wire import payload

__all__ = ["Indexes"]


class Indexes(Area):
    """Indexes of a dataset."""

    async def create(
        self,
        dataset_id: str,
        /,
        *,
        data_ids: Sequence[int] = (),
        wait: bool = False,
        timeout: float = 600.0,
    ) -> Index:
        """Index data versions, so that queries see them.

        `POST /api/data/v3/datasources/{dataset_id}/indexes` (Datasets API, "Index Dataset"), and to wait
        `GET /api/data/v3/datasources/{dataset_id}/indexes/{index_id}/statuses`.

        Args:
            dataset_id: The dataset.
            data_ids: The data versions; none stands for all that are complete and not indexed.
            wait: Whether to return only when the index has ended, where the instance tells of it.
            timeout: Seconds to wait at most.

        Returns:
            The index, where the instance tells; the document shows no answer.

        Raises:
            NotFound: There is no such dataset.
            JobFailed: With `wait`: it failed.
            WaitTimeout: With `wait`: it has not ended; it goes on.
        """
        index = await self._http.request(
            "POST",
            url("/api/data/v3/datasources/{}/indexes", dataset_id),
            json=payload(data_ids=list(data_ids)),
            into=Index,
            empty=Index(),
            undocumented=True,
        )
        if wait and index.index_id is not None:
            await self.wait(dataset_id, index.index_id, timeout=timeout)
        return index

    async def create_in_query_service(self, dataset_id: str, /) -> Index:
        """Index all of a dataset's data by the query service's own route; prefer `create`.

        `POST /api/query/v1/datasources/{dataset_id}` (Datasets API, the second "Index Dataset"), which the document
        asks for after changes of the schema or the data.

        Args:
            dataset_id: The dataset.

        Returns:
            The index, where the instance tells; the document shows no answer.

        Raises:
            NotFound: There is no such dataset.
        """
        return await self._http.request(
            "POST",
            url("/api/query/v1/datasources/{}", dataset_id),
            into=Index,
            empty=Index(),
            undocumented=True,
        )

    async def status(self, dataset_id: str, index_id: str | int, /) -> tuple[IndexStatus, ...]:
        """Return how far an index is, by data version.

        `GET /api/data/v3/datasources/{dataset_id}/indexes/{index_id}/statuses` (Datasets API, "Index Dataset
        Progress").

        Args:
            dataset_id: The dataset.
            index_id: The index, as `create` or a commit tells it.

        Returns:
            What the instance tells, possibly nothing; the document shows no answer.

        Raises:
            NotFound: There is no such dataset or index.
        """
        return await self._http.request(
            "GET",
            url("/api/data/v3/datasources/{}/indexes/{}/statuses", dataset_id, index_id),
            into=tuple[IndexStatus, ...],
            empty=(),
            undocumented=True,
        )

    async def wait(self, dataset_id: str, index_id: str | int, /, *, timeout: float = 600.0) -> tuple[IndexStatus, ...]:
        """Wait until an index has ended, or return at once if the instance does not tell how far it is.

        `GET /api/data/v3/datasources/{dataset_id}/indexes/{index_id}/statuses` (Datasets API, "Index Dataset
        Progress"), again and again. The document shows no answer; the states are the embedded instance's.

        Args:
            dataset_id: The dataset.
            index_id: The index, as `create` or a commit tells it.
            timeout: Seconds to wait at most.

        Returns:
            What the last look gave, possibly nothing.

        Raises:
            NotFound: There is no such dataset or index.
            JobFailed: It failed.
            WaitTimeout: It has not ended; it goes on.
        """
        return await wait_for(
            partial(self.status, dataset_id, index_id),
            _judged,
            what=f"index {index_id} of dataset {dataset_id}",
            clock=self._http.settings.clock,
            timeout=timeout,
        )


def _judged(statuses: Sequence[IndexStatus]) -> Verdict:
    """Return what the statuses of an index's data versions say of it as a whole."""
    unfinished = [status for status in statuses if status.state not in {None, "SUCCESS"}]
    failed = next((status for status in unfinished if status.state == "ERROR"), None)
    if failed is not None:
        return Verdict(failed.state, ended=True, failed=True, reason=failed.message)
    return Verdict(unfinished[0].state if unfinished else None, ended=not unfinished)

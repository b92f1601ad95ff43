"""Indexes, which make a dataset's data visible to queries."""

from __future__ import annotations

from collections.abc import Sequence

from domo_async._endpoints._area import Area
from domo_async._endpoints.datasets.models import Index, IndexState, IndexStatus
from domo_async._endpoints.datasets.states import wait_until_visible
from domo_async._telemetry import cause_of, tell
from domo_async._telemetry.events import NOT_SEEN
from domo_async._transport import url
from domo_async._waiting import Verdict, wait_for
from domo_async._wire import payload
from domo_async.errors import DecodeError, DomoError, NotFound, WaitTimeout

__all__ = ["Indexes"]

_UNDER_WAY = frozenset({IndexState.PENDING, IndexState.PROCESSING})


class Indexes(Area):
    """The indexes of a dataset."""

    async def create(
        self,
        dataset_id: str,
        /,
        *,
        data_ids: Sequence[int | str] = (),
        wait: bool = False,
        timeout: float = 600.0,
    ) -> Index:
        """Index data versions, so that queries see them.

        `POST /api/data/v3/datasources/{dataset_id}/indexes` (Datasets API, "Index Dataset"), and to wait
        `GET /api/data/v3/datasources/{dataset_id}/indexes/{request_key}/statuses`, or, if the answer names no key,
        `GET /api/data/v3/datasources/{dataset_id}/statuses`.

        Args:
            dataset_id: The dataset.
            data_ids: The data versions; by default all that are complete and not indexed.
            wait: Whether to return only when the index has ended. If the instance reports neither the index nor the
                dataset's state, a warning is logged.
            timeout: The maximum number of seconds to wait.

        Returns:
            The index, if the instance reports it; Domo's documentation does not show the answer.

        Raises:
            NotFound: The dataset does not exist.
            JobFailed: With `wait`: the index failed.
            WaitTimeout: With `wait`: the index has not ended; it continues.
        """
        index = await self._http.request(
            "POST",
            url("/api/data/v3/datasources/{}/indexes", dataset_id),
            json=payload(data_ids=list(map(str, data_ids))),
            into=Index,
            empty=Index(),
            undocumented=True,
        )
        if wait and index.request_key:
            await self.wait(dataset_id, index.request_key, timeout=timeout)
        elif wait:
            await self._wait_without_key(dataset_id, timeout)
        return index

    async def _wait_without_key(self, dataset_id: str, timeout: float) -> None:
        try:
            if await wait_until_visible(self._http, dataset_id, None, timeout):
                return
            why = "its state does not show it"
        except WaitTimeout:
            raise
        except DomoError as error:
            why = cause_of(error)
        tell(NOT_SEEN, dataset_id=dataset_id, cause=why)

    async def create_in_query_service(self, dataset_id: str, /) -> Index:
        """Index all of a dataset's data through the query service; prefer `create`.

        `POST /api/query/v1/datasources/{dataset_id}` (Datasets API, the second "Index Dataset"), which the document
        requires after changes of the schema or the data.

        Args:
            dataset_id: The dataset.

        Returns:
            The index, if the instance reports it; Domo's documentation does not show the answer.

        Raises:
            NotFound: The dataset does not exist.
        """
        return await self._http.request(
            "POST",
            url("/api/query/v1/datasources/{}", dataset_id),
            into=Index,
            empty=Index(),
            undocumented=True,
        )

    async def status(self, dataset_id: str, request_key: str | int, /) -> IndexStatus:
        """Return the status of an index.

        `GET /api/data/v3/datasources/{dataset_id}/indexes/{request_key}/statuses` (Datasets API, "Index Dataset
        Progress"). Domo's documentation does not show the answer; this is the answer of Domo's data service.

        Args:
            dataset_id: The dataset.
            request_key: The index, from `create` or a commit.

        Raises:
            NotFound: The dataset or the index does not exist.
        """
        return await self._http.request(
            "GET",
            url("/api/data/v3/datasources/{}/indexes/{}/statuses", dataset_id, request_key),
            into=IndexStatus,
        )

    async def wait(self, dataset_id: str, request_key: str | int, /, *, timeout: float = 600.0) -> IndexStatus:
        """Wait until an index has ended.

        `GET /api/data/v3/datasources/{dataset_id}/indexes/{request_key}/statuses` (Datasets API, "Index Dataset
        Progress"), at once, after 1 second and then every 2 seconds.

        Args:
            dataset_id: The dataset.
            request_key: The index, from `create` or a commit.
            timeout: The maximum number of seconds to wait.

        Returns:
            The last status.

        Raises:
            NotFound: The dataset or the index does not exist, also after a second.
            JobFailed: The index failed.
            WaitTimeout: The index has not ended; it continues.
            DecodeError: The instance does not report the index's status.
        """
        looks = 0

        async def look() -> IndexStatus:
            nonlocal looks
            looks += 1
            try:
                return await self.status(dataset_id, request_key)
            except NotFound:
                if looks > 1:
                    raise
                return IndexStatus()

        def judged(status: IndexStatus) -> Verdict:
            # Other clients wait a second first: immediately, the instance may not know the index yet.
            return Verdict(None, ended=False) if looks == 1 and status.progress is None else _judged(status)

        return await wait_for(
            look,
            judged,
            what=f"index {request_key} of dataset {dataset_id}",
            clock=self._http.settings.clock,
            timeout=timeout,
            pauses=(1.0, 2.0),
        )


def _judged(status: IndexStatus) -> Verdict:
    progress = status.progress
    state = "" if progress is None or progress.status is None else progress.status.strip().upper()
    if progress is None or not state:
        raise DecodeError("the instance does not report the index's status", path="$.progress.status")
    ended = state not in _UNDER_WAY
    return Verdict(state, ended=ended, failed=ended and state != IndexState.SUCCESS, reason=progress.message)

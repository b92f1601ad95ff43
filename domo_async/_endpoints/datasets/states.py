"""The state of datasets: last update, rows and versions, as the data service caches them."""

from __future__ import annotations

from functools import partial

from attrs import frozen

from domo_async._endpoints.datasets.models import IndexDetail
from domo_async._transport import Transport, url
from domo_async._waiting import Verdict, wait_for
from domo_async._wire import EpochMillis, Model, NumericId

__all__ = ["DatasetState", "DatasetVersionState", "UpdateStatus"]

_UNDER_WAY = frozenset({"PENDING", "PROCESSING", "QUEUED", "RUNNING", "INDEXING", "UPLOADING"})
_GOOD = "SUCCESS"
_BAD = frozenset({"ERROR", "FAILED", "FAILURE", "INVALID", "ABORTED", "CANCELED", "CANCELLED"})
# The number of seconds for which an answer may be from before the upload.
_STALE = 30.0
# The delay before the first request if only the dataset's state can be watched, in seconds.
_FIRST = 1.0


@frozen(kw_only=True)
class UpdateStatus(Model):
    """The status of a dataset's last update.

    Attributes:
        code: The state, such as ``SUCCESS``. No source lists the values.
        percent: The progress in percent.
        message: The instance's message about the update.
        data_current_as_of: The time that the data represent.
        data_updated_as_of: The time of the data's last update.
    """

    code: str | None = None
    percent: int | None = None
    message: str | None = None
    data_current_as_of: EpochMillis | None = None
    data_updated_as_of: EpochMillis | None = None


@frozen(kw_only=True)
class DatasetVersionState(Model):
    """The newest data version of a dataset.

    Attributes:
        latest_data_version_id: The version's number.
        append_chain: The chain that the version is appended to, in the instance's words.
    """

    latest_data_version_id: NumericId | None = None
    append_chain: str | None = None


@frozen(kw_only=True)
class DatasetState(Model):
    """The state of a dataset (`Datasets.status`), as Domo's data service reports it.

    Attributes:
        data_source_id: The dataset.
        dimension: The number of rows and columns.
        status: The status of the last update.
        version: The newest data version.
        cached_timestamp: The time at which the instance computed the state.
    """

    data_source_id: str | None = None
    dimension: IndexDetail | None = None
    status: UpdateStatus | None = None
    version: DatasetVersionState | None = None
    cached_timestamp: EpochMillis | None = None


async def read_state(http: Transport, dataset_id: str, *, expire_cache: bool | None) -> DatasetState:
    """Return the state of a dataset; see `Datasets.status`."""
    return await http.request(
        "GET",
        url("/api/data/v3/datasources/{}/statuses", dataset_id),
        params={"expireCache": expire_cache},
        into=DatasetState,
    )


async def wait_until_visible(http: Transport, dataset_id: str, upload_id: int | None, timeout: float) -> bool:
    """Wait until queries see an upload, or whatever is being indexed; see `Datasets.wait_until_visible`."""
    clock = http.settings.clock
    stale_until = clock.monotonic() + min(_STALE, timeout)

    def judged(state: DatasetState) -> Verdict:
        status, latest = state.status, _latest(state)
        if status is None or status.code is None or (latest is None and upload_id is not None):
            return Verdict(None, ended=True)
        word = status.code.strip().upper()
        under_way = word in _UNDER_WAY
        if _is_older(latest, upload_id):
            return Verdict(word, ended=not under_way and clock.monotonic() >= stale_until)
        # Without an upload, a failure may be from before the index was requested.
        failed = upload_id is not None and word in _BAD
        known = upload_id is None or failed or under_way or word == _GOOD
        return Verdict(word, ended=known and not under_way, failed=failed, reason=status.message, known=known)

    if upload_id is None:
        # An immediate answer may be from before the index was requested.
        await clock.sleep(min(_FIRST, timeout))
    found = await wait_for(
        partial(read_state, http, dataset_id, expire_cache=True),
        judged,
        what=f"the update of dataset {dataset_id}",
        clock=clock,
        timeout=timeout,
        pauses=(_FIRST, 2.0),
    )
    good = found.status is not None and found.status.code is not None and found.status.code.strip().upper() == _GOOD
    latest = _latest(found)
    return good and (upload_id is None or latest is not None) and not _is_older(latest, upload_id)


def _is_older(latest: int | None, upload_id: int | None) -> bool:
    return latest is not None and upload_id is not None and latest < upload_id


def _latest(state: DatasetState) -> int | None:
    return None if state.version is None else state.version.latest_data_version_id

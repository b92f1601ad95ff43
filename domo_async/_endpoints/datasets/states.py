"""How far datasets are: what the data service keeps at hand of their updates, rows and versions."""

from __future__ import annotations

from functools import partial

from attrs import frozen

from domo_async._endpoints.datasets.models import IndexDetail
from domo_async._transport import Transport, url
from domo_async._waiting import Verdict, wait_for
from domo_async._wire import EpochMillis, Model, NumericId

__all__ = ["DatasetState", "DatasetVersionState", "UpdateStatus", "read_state", "wait_until_visible"]

_UNDER_WAY = frozenset({"PENDING", "PROCESSING", "QUEUED", "RUNNING", "INDEXING", "UPLOADING"})
_GOOD = "SUCCESS"
_BAD = frozenset({"ERROR", "FAILED", "FAILURE", "INVALID", "ABORTED", "CANCELED", "CANCELLED"})
# How long an answer is taken for one from before the upload, in seconds.
_STALE = 30.0
# When it is looked for the first time where nothing but the state tells, in seconds.
_FIRST = 1.0


@frozen(kw_only=True)
class UpdateStatus(Model):
    """How the last update of a dataset went.

    Attributes:
        code: Its state, such as ``SUCCESS``. No source lists the words.
        percent: How much of it is done.
        message: What the instance says of it.
        data_current_as_of: The time that the data are of.
        data_updated_as_of: When they were last updated.
    """

    code: str | None = None
    percent: int | None = None
    message: str | None = None
    data_current_as_of: EpochMillis | None = None
    data_updated_as_of: EpochMillis | None = None


@frozen(kw_only=True)
class DatasetVersionState(Model):
    """Which data version of a dataset is the newest.

    Attributes:
        latest_data_version_id: Its number.
        append_chain: What it is appended to, in the instance's words.
    """

    latest_data_version_id: NumericId | None = None
    append_chain: str | None = None


@frozen(kw_only=True)
class DatasetState(Model):
    """How far a dataset is (`Datasets.status`), as Domo's data service has it.

    Attributes:
        data_source_id: The dataset.
        dimension: Its rows and columns.
        status: How its last update went.
        version: Its newest data version.
        cached_timestamp: When the instance looked.
    """

    data_source_id: str | None = None
    dimension: IndexDetail | None = None
    status: UpdateStatus | None = None
    version: DatasetVersionState | None = None
    cached_timestamp: EpochMillis | None = None


async def read_state(http: Transport, dataset_id: str, *, expire_cache: bool | None) -> DatasetState:
    """Return how far a dataset is; see `Datasets.status`."""
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
        # Of what else may have gone wrong before, an index that is asked for knows nothing.
        failed = upload_id is not None and word in _BAD
        known = upload_id is None or failed or under_way or word == _GOOD
        return Verdict(word, ended=known and not under_way, failed=failed, reason=status.message, known=known)

    if upload_id is None:
        # What is told at once may be from before the index was asked for.
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

"""The commit of an upload: sent once, and looked up where its answer is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping

from attrs import frozen

from domo_async.clock import Clock
from domo_async.errors import (
    AfterCommitError,
    APIError,
    CommitUncertain,
    DecodeError,
    DomoError,
    RowCountMismatch,
    TimeoutError,  # noqa: A004
    TransportError,
    UploadError,
)
from domo_async.transfer.uploading.journal import Journal, Sent
from domo_async.transfer.uploading.options import UploadOptions
from domo_async.transfer.uploading.steps import Committed, StoredVersion, UploadSteps
from domo_async.waiting import Backoff

__all__ = ["Committer"]

# How long the data versions are asked about a commit whose answer was lost, in seconds.
_SETTLE = 30.0


@frozen
class Committer:
    """Commits one upload."""

    _steps: UploadSteps
    _upload_id: int
    _options: UploadOptions
    _journal: Journal | None
    _clock: Clock
    _fail: Callable[..., UploadError]

    async def commit(self, sent: Sent) -> Committed:
        """Commit; a caller who is cancelled meanwhile is let go only when the outcome is known."""
        task = asyncio.ensure_future(self._commit(sent))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError as cancelled:
            outcome = (await asyncio.gather(task, return_exceptions=True))[0]
            cancelled.add_note(
                f"the commit was under way and {'failed' if isinstance(outcome, BaseException) else 'took effect'}"
            )
            raise

    async def look_up(self, sent: Sent) -> Committed | None:
        """Find out whether the commit of an earlier run took effect; None if it did not.

        Raises:
            CommitUncertain: The instance does not tell.
        """
        lost = TransportError("the run that sent it ended before the answer came")
        try:
            committed = await self._look_up(sent, lost)
        except UploadError:
            if self._journal is not None:
                self._journal.not_committed()
            return None
        if self._journal is not None:
            self._journal.committed(committed.data_version)
        return committed

    async def settle(self, committed: Committed, sent: Sent) -> int | None:
        """Wait for the index, compare the row counts, and return the data version."""
        try:
            if self._options.wait and committed.index_id is not None:
                await self._steps.wait_for_index(committed.index_id, self._options.timeout)
            versions = await self._steps.versions()
        except DomoError as error:
            raise AfterCommitError(
                f"the upload is committed, but then: {error}",
                dataset_id=self._steps.dataset_id,
                upload_id=self._upload_id,
            ) from error
        version = committed.data_version
        if version is None:
            version = _my_version(self._upload_id, sent.before, versions)
        found = versions[version].rows if version is not None and version in versions else None
        if self._options.verify and found is not None and found != sent.rows:
            raise RowCountMismatch(
                f"the upload is committed, but of {sent.rows} rows sent data version {version} holds {found}",
                dataset_id=self._steps.dataset_id,
                upload_id=self._upload_id,
                sent=sent.rows,
                found=found,
            )
        return version

    async def _commit(self, sent: Sent) -> Committed:
        if self._journal is None:
            return await self._commit_once(sent)
        self._journal.committing(sent)
        try:
            committed = await self._commit_once(sent)
        except UploadError as error:
            self._journal.not_committed()
            if isinstance(error.__cause__, APIError) and error.__cause__.status == 404:
                self._journal.forgotten()
            raise
        self._journal.committed(committed.data_version)
        return committed

    async def _commit_once(self, sent: Sent) -> Committed:
        options = self._options
        try:
            return await self._steps.commit(self._upload_id, options.action, index=options.index)
        except APIError as error:
            # A web page of good status, as a proxy makes it, says as little of the outcome as a failure does.
            if 400 <= error.status < 500:
                raise self._fail(f"the commit was refused: {error}", upload_id=self._upload_id) from error
            return await self._look_up(sent, error)
        except TransportError as error:
            if not error.sent:
                raise self._fail(f"the commit could not be sent: {error}", upload_id=self._upload_id) from error
            return await self._look_up(sent, error)

    async def _look_up(self, sent: Sent, lost: DomoError) -> Committed:
        """Find out whether a commit whose answer was lost took effect. It is never sent twice."""
        # What was too slow to answer may still be at work, and its outcome may come after we have stopped to look.
        still_working = isinstance(lost, TimeoutError) or (isinstance(lost, APIError) and lost.status == 504)
        backoff = Backoff(self._clock, timeout=_SETTLE)
        while True:
            try:
                versions = await self._steps.versions()
            except (APIError, TransportError, DecodeError) as error:
                raise self._uncertain(lost, f"its data versions could not be read: {error}", sent) from lost
            mine = _my_version(self._upload_id, sent.before, versions)
            # Somebody else may have uploaded meanwhile: a version of another number is ours only if its rows are, too.
            if mine is not None and (mine == self._upload_id or versions[mine].rows == sent.rows):
                status = versions[mine].status
                if status in {None, "success"}:
                    return Committed(mine)
                if status == "error":
                    raise self._fail(f"the commit failed: {lost}", upload_id=self._upload_id) from lost
            if not await backoff.pause():
                break
        if versions.keys() <= set(sent.before) and not still_working:
            raise self._fail(
                f"the commit did not take effect: {lost}; the dataset's versions show no trace of it after"
                f" {_SETTLE:.0f} seconds",
                upload_id=self._upload_id,
            ) from lost
        raise self._uncertain(lost, f"its data versions tell no outcome after {_SETTLE:.0f} seconds", sent)

    def _uncertain(self, lost: DomoError, why: str, sent: Sent) -> CommitUncertain:
        dataset_id = self._steps.dataset_id
        return CommitUncertain(
            f"the answer to the commit of upload {self._upload_id} ({sent.rows} rows) to dataset {dataset_id} was lost"
            f" ({lost}), and {why}; it was not sent again. Look at the dataset's data versions before you upload again:"
            f" before it there were {', '.join(map(str, sent.before)) or 'none'}",
            dataset_id=dataset_id,
            upload_id=self._upload_id,
            rows=sent.rows,
            versions_before=sent.before,
        )


def _my_version(upload_id: int, before: Collection[int], now: Mapping[int, StoredVersion]) -> int | None:
    """Return the data version that an upload made.

    That a version's id is its upload's is what is seen (both count up by dataset) but not documented; failing that, a
    single version that was not there before must be it.
    """
    if upload_id in now and upload_id not in before:
        return upload_id
    new = [version for version in now if version not in before]
    return new[0] if len(new) == 1 else None

"""The commit of an upload: sent once, and looked up if its answer is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress

from attrs import frozen

from domo_async._clock import Clock
from domo_async._concurrency import task_group, wait_for_end
from domo_async._telemetry import cause_of, tell
from domo_async._telemetry.events import COMMIT_LOST, COMMIT_UNCERTAIN, NOT_SEEN, NOT_VERIFIED, VERSION_UNKNOWN
from domo_async._transfer.uploading.backend import Committed, StoredVersion, UploadBackend
from domo_async._transfer.uploading.journal import Journal, Sent
from domo_async._transfer.uploading.options import UploadOptions
from domo_async._waiting import Backoff
from domo_async.errors import (
    AfterCommitError,
    APIError,
    CommitUncertain,
    Conflict,
    DecodeError,
    DomoError,
    JobFailed,
    NotFound,
    RowCountMismatch,
    TransportError,
    UploadError,
    WaitTimeout,
)

__all__ = ["Committer"]

# The statuses of a commit's answer that mean success; for any other status the commit is looked up.
_TAKEN = frozenset(
    {"success", "succeeded", "ok", "complete", "completed", "committed", "done", "warning"}
    | {"pending", "processing", "queued", "running", "indexing"}
)
_STATUSES_OF_VERSIONS = {"failed": "error", "failure": "error", "aborted": "error", "invalid": "error"}
# The seconds for which the data versions are polled for a commit whose answer was lost.
_SETTLE = 30.0
_NO_TRACE = f"its data versions show no trace of it after {_SETTLE:.0f} seconds, although one may still appear"


@frozen
class Settled:
    """The result of a commit.

    Attributes:
        data_version: The data version that it created, if the instance reports it.
        verified: Whether the instance counts as many rows as were sent.
        notes: Further remarks.
    """

    data_version: int | None
    verified: bool
    notes: tuple[str, ...] = ()


@frozen
class _Doubt:
    """The reason why it is not known whether a commit took effect.

    Attributes:
        why: The reason, as messages show it.
        of_ours: Whether a data version exists that certainly belongs to the commit.
        of_others: Whether a data version with the upload's number exists that others may have created.
    """

    why: str
    of_ours: bool = False
    of_others: bool = False


def _status(version: StoredVersion) -> str | None:
    """Return the status of a data version, normalized."""
    word = None if version.status is None else version.status.strip().lower()
    return None if word is None else _STATUSES_OF_VERSIONS.get(word, word)


@frozen
class Committer:
    """Commits one upload.

    Args:
        again: Whether an earlier run may have sent the commit and nothing shows that the upload is still open, so that
            a refusal does not mean that nothing was committed.
    """

    _backend: UploadBackend
    _upload_id: int
    _options: UploadOptions
    _journal: Journal | None
    _clock: Clock
    _fail: Callable[..., UploadError]
    again: bool = False

    async def commit(self, sent: Sent) -> Committed:
        """Commit; if the caller is cancelled, the cancellation takes effect once the outcome is known."""
        task = asyncio.ensure_future(self._commit(sent))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError as cancelled:
            await wait_for_end(task)
            error = task.exception()
            cancelled.add_note("the commit was in progress and took effect" if error is None else str(error))
            raise

    async def look_up(self, sent: Sent) -> Committed | None:
        """Look up whether the commit of an earlier run took effect; None if the data versions do not show it.

        Raises:
            UploadError: The commit failed.
            CommitUncertain: The data versions cannot be read.
        """
        lost = TransportError("the run that sent it ended before the answer came")
        outcome = await self._watch(sent, lost, timeout=_SETTLE)
        if isinstance(outcome, _Doubt):
            raise self.uncertain(lost, outcome.why, sent, of_others=outcome.of_others)
        return outcome

    async def refuse_if_committed(self, journal: Journal) -> None:
        """Raise if somebody else has committed the upload that a journal would continue.

        Raises:
            AfterCommitError: Somebody else has committed it, with a copy of the journal.
            DomoError: The data versions cannot be read.
        """
        known = self._upload_id in (journal.before or ())
        found = None if known else (await self._backend.versions()).get(self._upload_id)
        if found is not None:
            raise AfterCommitError(
                f"upload {self._upload_id} of the journal {journal.path} was committed by somebody else, who may have a"
                f" copy of the journal: data version {self._upload_id} holds {found.rows} rows. Do not upload them"
                " again: check that they are all there, and remove the journal before you upload other rows",
                dataset_id=self._backend.dataset_id,
                upload_id=self._upload_id,
            )

    async def settle(self, committed: Committed, sent: Sent) -> Settled:
        """Wait for the index, and compare the row counts."""
        async with task_group() as tasks:
            early = tasks.create_task(self._settled_already(committed, sent))
            notes = await self._wait(committed)
        version, counted = early.result() or await self._version(committed, sent)
        if self._journal is not None and version is not None and version != committed.data_version:
            # If the version cannot be recorded, the next run sends a full replacement again.
            with suppress(UploadError):
                self._journal.made(version)
        found = counted if committed.rows is None else committed.rows
        if self._by_keys and found is not None and found != sent.rows:
            notes.append(f"the instance counts {found} rows for the {sent.rows} that were sent, as keys may repeat")
        elif self._options.verify and found is not None and found != sent.rows:
            where = "the instance" if version is None else f"data version {version}"
            raise RowCountMismatch(
                f"the upload is committed, but of {sent.rows} rows sent {where} holds {found}",
                dataset_id=self._backend.dataset_id,
                upload_id=self._upload_id,
                sent=sent.rows,
                found=found,
            )
        return Settled(version, verified=self._options.verify and found == sent.rows, notes=tuple(notes))

    async def _wait(self, committed: Committed) -> list[str]:
        """Wait until queries see the rows, and return notes if the instance does not report that."""
        options = self._options
        if not (options.index and options.wait):
            return []
        try:
            if committed.request_key is not None:
                await self._backend.wait_for_index(committed.request_key, options.timeout)
                return []
            if await self._backend.wait_until_visible(self._upload_id, options.timeout):
                return []
            why = "its status does not show it"
        except DomoError as error:
            # A failure of the second way to find out does not mean that the index failed.
            if committed.request_key is not None or isinstance(error, JobFailed | WaitTimeout):
                raise AfterCommitError(
                    f"the upload is committed, but then: {error}",
                    dataset_id=self._backend.dataset_id,
                    upload_id=self._upload_id,
                ) from error
            why = cause_of(error)
        tell(NOT_SEEN, dataset_id=self._backend.dataset_id, upload_id=self._upload_id, cause=why)
        return ["the instance does not report whether queries see the rows yet"]

    async def _settled_already(self, committed: Committed, sent: Sent) -> tuple[int, int | None] | None:
        """Return the new data version and its rows, if they are final before the index has finished."""
        if not (self._options.index and self._options.wait):
            return None
        try:
            versions = await self._backend.versions()
        except DomoError:
            return None
        version = self._made(committed, sent, versions)
        stored = None if version is None else versions.get(version)
        # While a version is processing, the instance may count fewer rows than it will have.
        if version is None or stored is None or stored.rows != sent.rows or _status(stored) not in {None, "success"}:
            return None
        return version, stored.rows

    def _made(self, committed: Committed, sent: Sent, versions: Mapping[int, StoredVersion]) -> int | None:
        """Return the data version that a commit created, if it is known."""
        if committed.data_version is None and self._is_new(sent) and self._upload_id in versions:
            return self._upload_id
        return committed.data_version

    async def _version(self, committed: Committed, sent: Sent) -> tuple[int | None, int | None]:
        """Return the new data version and its rows, as far as the instance reports them."""
        try:
            versions = await self._backend.versions()
        except DomoError as error:
            event = NOT_VERIFIED if committed.rows is None else VERSION_UNKNOWN
            tell(event, dataset_id=self._backend.dataset_id, upload_id=self._upload_id, cause=cause_of(error))
            return committed.data_version, None
        version = self._made(committed, sent, versions)
        stored = None if version is None else versions.get(version)
        if stored is not None and _status(stored) == "error":
            raise AfterCommitError(
                f"the instance took the commit, but now reports data version {version} as {stored.status}: check"
                " whether the dataset has the rows before you upload them again",
                dataset_id=self._backend.dataset_id,
                upload_id=self._upload_id,
            )
        return version, None if stored is None else stored.rows

    async def _commit(self, sent: Sent) -> Committed:
        if self._journal is None:
            return await self._commit_once(sent)
        self._journal.committing(sent)
        try:
            committed = await self._commit_once(sent)
        except UploadError as error:
            # If the outcome cannot be written to the journal, the next run looks it up.
            with suppress(UploadError):
                self._journal.not_committed()
                if isinstance(error.__cause__, APIError) and error.__cause__.status == 404:
                    self._journal.forgotten()
            raise
        self._journal.committed(committed.data_version)
        return committed

    async def _commit_once(self, sent: Sent) -> Committed:
        try:
            committed = await self._backend.commit(self._upload_id)
            if committed.status is None or committed.status.strip().lower() in _TAKEN:
                return committed
            lost: DomoError = JobFailed(f"its answer has the status {committed.status}", state=committed.status)
        except TransportError as error:
            if not error.sent:
                raise self._not_taken("the commit could not be sent", sent, error) from error
            lost = error
        except (APIError, DecodeError) as error:
            lost = error
        return await self._settle_lost(sent, lost)

    async def _settle_lost(self, sent: Sent, lost: DomoError) -> Committed:
        """Look up whether a commit with an unclear answer took effect. The commit is never sent twice."""
        tell(COMMIT_LOST, dataset_id=self._backend.dataset_id, upload_id=self._upload_id, cause=cause_of(lost))
        refused = isinstance(lost, APIError) and lost.refused
        # A refusal is looked up as well: it may be the answer to a second attempt after the first one took effect.
        # 409 may mean that an attempt is still in progress.
        final = refused and not isinstance(lost, Conflict)
        outcome = await self._watch(sent, lost, timeout=0.0 if final else _SETTLE)
        if isinstance(outcome, Committed):
            return outcome
        if final and not (isinstance(outcome, _Doubt) and (outcome.of_ours or isinstance(lost, NotFound))):
            raise self._not_taken("the commit was refused", sent, lost) from lost
        if outcome is None:
            raise self.uncertain(lost, _NO_TRACE, sent) from lost
        raise self.uncertain(lost, outcome.why, sent, of_others=outcome.of_others) from lost

    def _not_taken(self, how: str, sent: Sent, error: DomoError) -> UploadError | CommitUncertain:
        """Return the error for a commit without effect, which leaves open what an earlier one did."""
        if self.again:
            return self.uncertain(error, f"{how}, but an earlier run may have committed it", sent)
        return self._fail(f"{how}: {error}", upload_id=self._upload_id)

    async def _watch(self, sent: Sent, lost: DomoError, *, timeout: float) -> Committed | _Doubt | None:
        """Poll the data versions for the one that an upload created.

        A version has the number of its upload: this is seen (both count up by dataset) but not documented. No other
        version is taken for ours, however similar it looks, because somebody else may have created it.

        Returns:
            The commit; None if none of the versions is ours; or the doubt, if that cannot be determined.
        """
        backoff = Backoff(self._clock, timeout=timeout)
        while True:
            outcome: _Doubt | None = None
            try:
                versions = await self._backend.versions()
            except (APIError, TransportError, DecodeError) as error:
                outcome = _Doubt(f"its data versions could not be read: {error}")
                if isinstance(error, APIError) and error.refused:
                    return outcome
            else:
                mine = versions.get(self._upload_id)
                if mine is not None and _status(mine) == "error" and self._is_new(sent):
                    if self._journal is not None:
                        # The version uses up the upload, so another one has to be opened.
                        self._journal.forgotten()
                    raise self._fail(f"the commit failed: {lost}", upload_id=self._upload_id) from lost
                found = None if mine is None else self._judged(mine, sent)
                if isinstance(found, Committed):
                    return found
                outcome = found
            if not await backoff.pause():
                return outcome

    def _is_new(self, sent: Sent) -> bool:
        """Return whether a version with the upload's number certainly did not exist before the upload."""
        return sent.before is not None and self._upload_id not in sent.before

    def _judged(self, mine: StoredVersion, sent: Sent) -> Committed | _Doubt:
        """Return the commit for a version with the upload's number, or the doubt about it."""
        version = f"data version {self._upload_id}"
        if sent.before is None:
            return _Doubt(f"{version} exists, but it is not known whether it existed before", of_others=True)
        if not self._is_new(sent):
            return _Doubt(f"{version} does not belong to the upload", of_others=True)
        status = _status(mine)
        if status not in {None, "success"}:
            # Its rows are not final yet.
            return _Doubt(f"{version} is {status}", of_ours=True)
        if not self._by_keys and mine.rows not in {None, sent.rows}:
            why = f"{version} holds {mine.rows} rows, so it probably does not belong to the upload"
            return _Doubt(why, of_others=True)
        return Committed(self._upload_id)

    @property
    def _by_keys(self) -> bool:
        """Whether the instance's row count may differ from the rows sent, because keys may repeat."""
        return self._options.effective_action in {"UPSERT", "DELETE"}

    def uncertain(self, lost: DomoError, why: str, sent: Sent, *, of_others: bool = False) -> CommitUncertain:
        """Return the error for a commit whose outcome is not known.

        Args:
            lost: The error of the commit's request, or its unclear answer.
            why: The reason why its outcome is not known.
            sent: The rows that were sent before it.
            of_others: Whether a data version with the upload's number proves nothing because others may have created
                it.
        """
        dataset_id = self._backend.dataset_id
        tell(COMMIT_UNCERTAIN, dataset_id=dataset_id, upload_id=self._upload_id)
        journal = None if self._journal is None else str(self._journal.path)
        look = f"has no data version {self._upload_id}: if it has, they are in"
        if of_others:
            look = f"has none of them, whatever data version {self._upload_id} is: they may be in, or some of them"
        advice = (
            f"Upload the rows again only if the dataset {look}"
            if journal is None
            else f"The same call with resume={journal!r} finds out and continues. Remove the journal only if the"
            f" dataset {look}"
        )
        return CommitUncertain(
            f"whether the commit of upload {self._upload_id} ({sent.rows} rows) to dataset {dataset_id} took effect is"
            f" not known: {lost}; {why}.{'' if self.again else ' It was not sent again.'} {advice}",
            dataset_id=dataset_id,
            upload_id=self._upload_id,
            rows=sent.rows,
            versions_before=sent.before or (),
        )

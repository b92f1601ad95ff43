"""A dataset's upload from end to end: all parts and one commit, or nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Literal, Protocol

from attrs import Attribute, field, frozen

from domo_async.clock import Clock
from domo_async.errors import (
    AfterCommitError,
    APIError,
    CommitUncertain,
    ConfigError,
    DecodeError,
    DomoError,
    RowCountMismatch,
    SourceError,
    TimeoutError,  # noqa: A004
    TransportError,
    UploadError,
)
from domo_async.settings import above, at_least
from domo_async.transfer.parts import Header, Part, PartPlan, Source, open_source
from domo_async.transfer.progress import ProgressOption, Reporter, reporting
from domo_async.transport import Body
from domo_async.waiting import Backoff

__all__ = ["Action", "Committed", "StoredVersion", "UploadOptions", "UploadResult", "UploadSteps", "upload"]

Action = Literal["REPLACE", "APPEND"]
_CSV = "text/csv"


def _one_of(*choices: object) -> Callable[[Any, Attribute[Any], Any], None]:
    def check(_: Any, attribute: Attribute[Any], value: Any) -> None:
        if value not in choices:
            raise ConfigError(f"{attribute.name} must be one of {', '.join(map(repr, choices))}, not {value!r}")

    return check


@frozen(kw_only=True)
class UploadResult:
    """An upload that took effect.

    Attributes:
        rows: Rows sent.
        bytes: Bytes of CSV sent, parts that had to be sent again counted once.
        parts: Parts sent.
        upload_id: The upload.
        data_version: The id of the data version that it made, or None where the instance does not tell.
        seconds: From the call to the end, index included if that was waited for.
    """

    rows: int
    bytes: int
    parts: int
    upload_id: int
    data_version: int | None
    seconds: float


@frozen(kw_only=True)
class UploadOptions:
    """How to upload; see `Datasets.upload`, which has the same parameters."""

    action: Action = field(default="REPLACE", validator=_one_of("REPLACE", "APPEND"))
    partition: str | None = None
    header: Header = field(default="auto", validator=_one_of(True, False, "auto"))
    part_size: int = field(default=8 << 20, validator=at_least(1))
    concurrency: int = field(default=8, validator=at_least(1))
    index: bool = True
    wait: bool = True
    verify: bool = True
    allow_empty: bool = False
    timeout: float = field(default=600.0, validator=above(0))
    progress: ProgressOption = None


@frozen
class Committed:
    """What a commit's answer tells, all of it undocumented and therefore optional.

    Attributes:
        data_version: The data version that was made.
        index_id: The index that was begun.
    """

    data_version: int | None = None
    index_id: str | None = None


@frozen
class StoredVersion:
    """A data version as the instance lists it.

    Attributes:
        status: ``success``, ``error`` or ``processing``; None where it is not told.
        rows: Its rows.
    """

    status: str | None
    rows: int | None


class UploadSteps(Protocol):
    """The requests that an upload of one dataset is made of."""

    @property
    def dataset_id(self) -> str:
        """The dataset."""
        ...

    async def columns(self) -> Sequence[str]:
        """Return the names of the dataset's columns in order."""
        ...

    async def versions(self) -> Mapping[int, StoredVersion]:
        """Return the dataset's data versions."""
        ...

    async def open(self, partition: str | None) -> int:
        """Open an upload and return its id."""
        ...

    async def put_part(self, upload_id: int, number: int, body: Body) -> None:
        """Send a part, again if need be."""
        ...

    async def commit(self, upload_id: int, action: Action, partition: str | None, *, index: bool) -> Committed:
        """Commit, at most once."""
        ...

    async def wait_for_index(self, index_id: str, timeout: float) -> None:
        """Wait until an index has ended; raise if it failed, or has not ended after so many seconds."""
        ...


async def upload(steps: UploadSteps, source: Source, options: UploadOptions, clock: Clock) -> UploadResult:
    """Upload a source; see `Datasets.upload`."""
    plan = open_source(source, options.part_size)
    try:
        await _recognise_header(plan, steps, options.header)
        with reporting(clock, options.progress, total=plan.total, title="upload") as reporter:
            return await _Upload(steps, plan, options, clock, reporter).run()
    finally:
        plan.close()


async def _recognise_header(plan: PartPlan, steps: UploadSteps, header: Header) -> None:
    """Leave out the header row, if there is one, and refuse a source of another width."""
    first = await plan.first_record()
    if first is None:
        return
    names = await steps.columns()
    if len(first) != len(names):
        raise SourceError(
            f"the first row has {len(first)} fields, the dataset {len(names)} columns ({', '.join(names)});"
            " nothing was sent",
            line=1,
        )
    if header is True or (header == "auto" and _is_header(first, names)):
        await plan.skip_first_record()


def _is_header(first: Sequence[str], names: Sequence[str]) -> bool:
    found = [field.strip().casefold() for field in first]
    known = [name.strip().casefold() for name in names]
    if found == known:
        return True
    if sorted(found) == sorted(known):
        raise SourceError(
            f"the header's columns come in another order ({', '.join(first)}) than the dataset's"
            f" ({', '.join(names)}), and Domo goes by position; reorder the source; nothing was sent",
            line=1,
        )
    alike = len(set(found) & set(known))
    if 2 * alike >= len(known):
        raise SourceError(
            f"the first row ({', '.join(first)}) resembles the dataset's columns ({', '.join(names)}) but is not the"
            " same; say header=True to leave it out or header=False to upload it as a row; nothing was sent",
            line=1,
        )
    return False


@frozen
class _Sent:
    rows: int
    bytes: int
    parts: int


class _Upload:
    def __init__(
        self, steps: UploadSteps, plan: PartPlan, options: UploadOptions, clock: Clock, reporter: Reporter
    ) -> None:
        self._steps = steps
        self._plan = plan
        self._options = options
        self._clock = clock
        self._reporter = reporter

    async def run(self) -> UploadResult:
        async with aclosing(self._plan.parts()) as parts:
            # The first part is cut before anything is opened, so that a source that is no CSV costs no request.
            first = await anext(parts, None)
            if first is None and not self._options.allow_empty:
                raise SourceError(
                    "the source holds no rows; nothing was sent. To empty the dataset on purpose say allow_empty=True"
                )
            upload_id = await self._open()
            sent, before = await self._send_all(upload_id, first, parts)
        self._plan.check_unchanged()
        committed = await self._commit_shielded(upload_id, before, sent)
        version = await self._settle(upload_id, committed, before, sent)
        self._reporter.finish()
        return UploadResult(
            rows=sent.rows,
            bytes=sent.bytes,
            parts=sent.parts,
            upload_id=upload_id,
            data_version=version,
            seconds=self._reporter.seconds,
        )

    async def _open(self) -> int:
        try:
            return await self._steps.open(self._options.partition)
        except DomoError as error:
            raise self._failure(f"no upload could be opened: {error}") from error

    async def _send_all(
        self, upload_id: int, first: Part | None, parts: AsyncIterator[Part]
    ) -> tuple[_Sent, Mapping[int, StoredVersion]]:
        """Send every part, a bounded number at a time, or raise; meanwhile learn which data versions there are."""
        rows = size = count = 0
        before: dict[int, StoredVersion] = {}
        slots = asyncio.Semaphore(self._options.concurrency)

        async def learn_versions() -> None:
            try:
                before.update(await self._steps.versions())
            except DomoError as error:
                raise self._failure(f"the data versions could not be read: {error}", upload_id=upload_id) from error

        async def send(part: Part) -> None:
            try:
                await self._send(upload_id, part)
            finally:
                slots.release()

        failure: BaseException | None = None
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(learn_versions())
                await slots.acquire()
                part: Part | None = first if first is not None else _empty_part()
                while part is not None:
                    tasks.create_task(send(part))
                    rows, size, count = rows + part.records, size + part.length, count + 1
                    # The next part is not made before there is room for it: it may be held in memory.
                    await slots.acquire()
                    part = await anext(parts, None)
        except BaseExceptionGroup as group:
            failure = _first_of(group)
        if failure is not None:
            raise failure
        return _Sent(rows, size, count), before

    async def _send(self, upload_id: int, part: Part) -> None:
        moved = 0

        def slices() -> Iterator[bytes]:
            nonlocal moved
            self._reporter.moved(-moved)
            moved = 0
            for piece in part.open():
                yield piece
                moved += len(piece)
                self._reporter.moved(len(piece))

        try:
            await self._steps.put_part(upload_id, part.number, Body(_CSV, part.length, slices))
        except (SourceError, ConfigError):
            raise  # the source's or the caller's own fault, such as a failing callback
        except DomoError as error:
            raise self._failure(
                f"part {part.number} could not be sent: {error}", upload_id=upload_id, part=part.number
            ) from error
        self._reporter.part_done(part.records)

    async def _commit_shielded(self, upload_id: int, before: Mapping[int, StoredVersion], sent: _Sent) -> Committed:
        """Commit; a caller who is cancelled meanwhile is let go only when the outcome is known."""
        task = asyncio.ensure_future(self._commit(upload_id, before, sent))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError as cancelled:
            outcome = (await asyncio.gather(task, return_exceptions=True))[0]
            cancelled.add_note(
                f"the commit was under way and {'failed' if isinstance(outcome, BaseException) else 'took effect'}"
            )
            raise

    async def _commit(self, upload_id: int, before: Mapping[int, StoredVersion], sent: _Sent) -> Committed:
        options = self._options
        try:
            return await self._steps.commit(upload_id, options.action, options.partition, index=options.index)
        except APIError as error:
            # A web page of good status, as a proxy makes it, says as little of the outcome as a failure does.
            if 400 <= error.status < 500:
                raise self._failure(f"the commit was refused: {error}", upload_id=upload_id) from error
            return await self._look_up_commit(upload_id, before, sent, error)
        except TransportError as error:
            if not error.sent:
                raise self._failure(f"the commit could not be sent: {error}", upload_id=upload_id) from error
            return await self._look_up_commit(upload_id, before, sent, error)

    async def _look_up_commit(
        self, upload_id: int, before: Mapping[int, StoredVersion], sent: _Sent, lost: DomoError
    ) -> Committed:
        """Find out whether a commit whose answer was lost took effect. It is never sent twice."""
        # What was too slow to answer may still be at work, and its outcome may come after we have stopped to look.
        still_working = isinstance(lost, TimeoutError) or (isinstance(lost, APIError) and lost.status == 504)
        backoff = Backoff(self._clock, timeout=_SETTLE)
        while True:
            try:
                versions = await self._steps.versions()
            except (APIError, TransportError, DecodeError) as error:
                raise self._uncertain(upload_id, lost, f"its data versions could not be read: {error}") from lost
            mine = _my_version(upload_id, before, versions)
            # Somebody else may have uploaded meanwhile: a version of another number is ours only if its rows are, too.
            if mine is not None and (mine == upload_id or versions[mine].rows == sent.rows):
                status = versions[mine].status
                if status in {None, "success"}:
                    return Committed(mine)
                if status == "error":
                    raise self._failure(f"the commit failed: {lost}", upload_id=upload_id) from lost
            if not await backoff.pause():
                break
        if versions.keys() <= before.keys() and not still_working:
            raise self._failure(
                f"the commit did not take effect: {lost}; the dataset's versions show no trace of it after"
                f" {_SETTLE:.0f} seconds",
                upload_id=upload_id,
            ) from lost
        raise self._uncertain(upload_id, lost, f"its data versions tell no outcome after {_SETTLE:.0f} seconds")

    async def _settle(
        self, upload_id: int, committed: Committed, before: Mapping[int, StoredVersion], sent: _Sent
    ) -> int | None:
        """Wait for the index, compare the row counts, and return the data version."""
        try:
            if self._options.wait and committed.index_id is not None:
                await self._steps.wait_for_index(committed.index_id, self._options.timeout)
            versions = await self._steps.versions()
        except DomoError as error:
            raise AfterCommitError(
                f"the upload is committed, but then: {error}",
                dataset_id=self._steps.dataset_id,
                upload_id=upload_id,
            ) from error
        version = committed.data_version
        if version is None:
            version = _my_version(upload_id, before, versions)
        found = versions[version].rows if version is not None and version in versions else None
        if self._options.verify and found is not None and found != sent.rows:
            raise RowCountMismatch(
                f"the upload is committed, but of {sent.rows} rows sent data version {version} holds {found}",
                dataset_id=self._steps.dataset_id,
                upload_id=upload_id,
                sent=sent.rows,
                found=found,
            )
        return version

    def _failure(self, message: str, *, upload_id: int | None = None, part: int | None = None) -> UploadError:
        return UploadError(
            f"{message}; nothing was committed, dataset {self._steps.dataset_id} is as it was",
            dataset_id=self._steps.dataset_id,
            upload_id=upload_id,
            part=part,
        )

    def _uncertain(self, upload_id: int, lost: DomoError, why: str) -> CommitUncertain:
        dataset_id = self._steps.dataset_id
        return CommitUncertain(
            f"the answer to the commit of upload {upload_id} to dataset {dataset_id} was lost ({lost}), and {why};"
            " it was not sent again. Look at the dataset's data versions before you upload again",
            dataset_id=dataset_id,
            upload_id=upload_id,
        )


# How long the data versions are asked about a commit whose answer was lost, in seconds.
_SETTLE = 30.0


def _my_version(upload_id: int, before: Mapping[int, StoredVersion], now: Mapping[int, StoredVersion]) -> int | None:
    """Return the data version that an upload made.

    That a version's id is its upload's is what is seen (both count up by dataset) but not documented; failing that, a
    single version that was not there before must be it.
    """
    if upload_id in now and upload_id not in before:
        return upload_id
    new = [version for version in now if version not in before]
    return new[0] if len(new) == 1 else None


def _empty_part() -> Part:
    return Part(1, 0, 0, lambda: iter(()))


def _first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the error that brought the others about."""
    first = group.exceptions[0]
    return _first_of(first) if isinstance(first, BaseExceptionGroup) else first

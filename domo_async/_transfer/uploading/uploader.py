"""An upload to a dataset: all parts and one commit, or nothing."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence, Sized
from contextlib import aclosing, asynccontextmanager, nullcontext, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from attrs import define, evolve, field

from domo_async._clock import Clock
from domo_async._concurrency import task_group
from domo_async._telemetry import cause_of, tell
from domo_async._telemetry.events import COMMITTED, OPENED, REPLAYED, RESUMED, VERSIONS_UNKNOWN
from domo_async._transfer.columns import ColumnSpec
from domo_async._transfer.part import Part, empty_part, part_sizes
from domo_async._transfer.progress import Reporter, reporting
from domo_async._transfer.sources import OpenSource, Source, SourceFile, UrlFile, is_of_fsspec, open_source
from domo_async._transfer.sources.column_mapping import ColumnMapping
from domo_async._transfer.sources.streams import naming_source
from domo_async._transfer.threads import in_thread
from domo_async._transfer.uploading.backend import UploadBackend
from domo_async._transfer.uploading.committing import Committer
from domo_async._transfer.uploading.compression import Compressor
from domo_async._transfer.uploading.concurrency import Budget, Slots
from domo_async._transfer.uploading.inferred import NUMBERS, InferredColumns, TypedColumns
from domo_async._transfer.uploading.journal import Finished, Journal, Sent, journal_at
from domo_async._transfer.uploading.options import UploadOptions, UploadPlan, UploadResult
from domo_async._transfer.uploading.part_sender import Count, Sender, SourceChanged
from domo_async._transfer.uploading.proving import Comparison, file_records, known_files
from domo_async._transfer.uploading.spooling import Spool
from domo_async.errors import (
    AfterCommitError,
    APIError,
    CommitUncertain,
    ConfigError,
    Conflict,
    DomoError,
    NotFound,
    SourceError,
    UploadError,
)

__all__ = ["opened", "plan_upload", "settle_upload", "upload", "upload_opened"]

# The number of times that an upload starts over because somebody else adds columns at the same time.
_ROUNDS = 5
_NO_COLUMNS: Mapping[str, str] = MappingProxyType({})


@asynccontextmanager
async def opened(source: Source, options: UploadOptions) -> AsyncIterator[OpenSource]:
    """Give a source that is open for the duration of the block."""
    with naming_source("the source"):
        found = await open_source(source, options.reading)
    try:
        yield found
    finally:
        found.close()


async def upload(
    backend: UploadBackend, source: Source, options: UploadOptions, clock: Clock, budget: Budget
) -> UploadResult:
    """Upload a source; see `Datasets.upload`."""
    started = clock.monotonic()
    added: dict[str, str] = {}
    with nullcontext() if options.resume is None else journal_at(options.resume) as journal:
        if journal is not None:
            await _settle_earlier(backend, options, journal, clock)
        for left in reversed(range(_ROUNDS)):
            async with _opened_unless_known(source, options, journal) as (open_source, left_out):
                if isinstance(open_source, Finished):
                    return _replayed(backend.dataset_id, open_source, clock.monotonic() - started)
                try:
                    return await _upload(
                        backend, open_source, options, clock, budget, journal, added, left_out=left_out
                    )
                except _ColumnsChanged as changed:
                    if not (left and _can_be_read_again(source)):
                        raise changed.failure from None
        raise AssertionError("unreachable")  # pragma: no cover - the last round returns or raises


async def upload_opened(
    backend: UploadBackend,
    source: OpenSource,
    options: UploadOptions,
    clock: Clock,
    budget: Budget,
    *,
    columns: Sequence[ColumnSpec] | None = None,
    inferred: bool = False,
) -> UploadResult:
    """Upload an open source, without a journal.

    Args:
        backend: The requests.
        source: The source.
        options: The options.
        clock: The clock.
        budget: The budget that uploads share.
        columns: The dataset's columns, if they are known; otherwise they are read.
        inferred: Whether the types of all columns were inferred from the source.
    """
    try:
        return await _upload(backend, source, options, clock, budget, None, {}, before=columns, inferred=inferred)
    except _ColumnsChanged as changed:
        raise changed.failure from None


async def settle_upload(backend: UploadBackend, options: UploadOptions, clock: Clock) -> Finished | None:
    """Determine the outcome of a journal's upload, without its source; commit it if all of it had been sent.

    Args:
        backend: The requests.
        options: The options of the upload; ``resume`` is the journal.
        clock: The clock.

    Returns:
        The upload that took effect; None if certainly nothing did, so that the upload may be continued or given up.

    Raises:
        ConfigError: The journal belongs to another dataset.
        AfterCommitError: Somebody else committed the upload.
        CommitUncertain: It is not known whether the commit took effect.
    """
    assert options.resume is not None  # noqa: S101 - callers have one
    with journal_at(options.resume) as journal:
        await _settle_earlier(backend, options, journal, clock)
        if journal.upload_id is not None and journal.sent is not None:
            failure = _Failures(backend.dataset_id, journal, {})
            committer = Committer(backend, journal.upload_id, options, journal, clock, failure, again=True)
            with suppress(UploadError):
                await committer.commit(journal.sent)
        return journal.finished if journal.upload_id is None else None


async def plan_upload(
    columns: Sequence[ColumnSpec], source: OpenSource, options: UploadOptions, *, inferred: bool = False
) -> UploadPlan:
    """Return what an upload to a dataset of these columns would send; see `Datasets.plan_upload`.

    Each field of CSV is checked against its column's type; in an upload, the instance does that.

    Args:
        columns: The dataset's columns.
        source: The source.
        options: The options of the upload.
        inferred: Whether the types of these columns were inferred from the source.
    """
    with naming_source("the source"):
        mapping = evolve(await source.fit(columns, header=options.header, schema=options.schema), check=True)
    count = Count()
    async with aclosing(_parts(source, mapping, options, inferred=inferred)) as parts:
        async for part in parts:
            count = count.plus(part)
    return UploadPlan(
        columns=tuple(column.name for column in mapping.columns),
        header=mapping.header,
        order=mapping.order,
        added=_types(mapping.added),
        rows=count.rows,
        bytes=count.bytes,
        parts=count.parts,
        notes=mapping.notes,
    )


async def _upload(
    backend: UploadBackend,
    source: OpenSource,
    options: UploadOptions,
    clock: Clock,
    budget: Budget,
    journal: Journal | None,
    added: dict[str, str],
    *,
    before: Sequence[ColumnSpec] | None = None,
    inferred: bool = False,
    left_out: tuple[str, ...] = (),
) -> UploadResult:
    started = clock.monotonic()
    mapping = await _mapped(backend, await backend.columns() if before is None else before, source, options)
    with reporting(clock, options.progress, total=source.total, title="upload") as reporter, Spool() as spool:
        one = _Upload(
            backend,
            source,
            mapping,
            options,
            clock,
            budget,
            journal,
            reporter,
            spool,
            started,
            added,
            inferred,
            left_out,
        )
        return await one.run()


async def _mapped(
    backend: UploadBackend, columns: Sequence[ColumnSpec], source: OpenSource, options: UploadOptions
) -> ColumnMapping:
    """Return the mapping of a source to the dataset; with ``schema="evolve"``, to its columns as they are now."""
    mapping = await _looked_at(columns, source, options)
    for _ in range(_ROUNDS - 1 if options.schema == "evolve" else 0):
        # Reading a source's columns may take time, and somebody else may have added columns to the dataset.
        now = await backend.columns()
        if list(now) == list(columns):
            break
        columns = now
        mapping = await _looked_at(columns, source, options)
    return mapping


async def _looked_at(columns: Sequence[ColumnSpec], source: OpenSource, options: UploadOptions) -> ColumnMapping:
    with naming_source("the source"):
        return await source.fit(columns, header=options.header, schema=options.schema)


async def _settle_earlier(backend: UploadBackend, options: UploadOptions, journal: Journal, clock: Clock) -> None:
    """Check that a journal belongs to this upload, and determine the outcome of the upload that it would continue.

    Raises:
        ConfigError: It belongs to another upload.
        AfterCommitError: Somebody else committed the upload.
        CommitUncertain: A commit was about to be sent, and the data versions cannot be read.
    """
    target = {"dataset": backend.dataset_id, "action": options.effective_action, "partition": options.partition}
    different = journal.differences(target) if journal.call else []
    if different:
        raise ConfigError(
            f"the journal {journal.path} belongs to another upload: {', '.join(different)}. Pass the same target, or"
            " another file for resume; nothing was sent"
        )
    failure = _Failures(backend.dataset_id, journal, {})
    if journal.upload_id is None:
        if not options.adds and journal.finished is not None:
            await _forget_if_overwritten(backend, journal, journal.finished, failure)
        return
    committer = Committer(backend, journal.upload_id, options, journal, clock, failure)
    if journal.sent is None:
        try:
            await committer.refuse_if_committed(journal)
        except AfterCommitError:
            raise
        except DomoError as error:
            raise failure(f"the data versions could not be read: {error}", upload_id=journal.upload_id) from error
        return
    try:
        committed = await committer.look_up(journal.sent)
    except UploadError:
        # The journal has forgotten it.
        return
    if committed is not None:
        journal.committed(committed.data_version)


async def _forget_if_overwritten(
    backend: UploadBackend, journal: Journal, finished: Finished, failure: _Failures
) -> None:
    """Treat a journal as done only if nobody has written since; else the dataset may not hold the replacement.

    A replacement can be sent again without harm.
    """
    try:
        versions = await backend.versions()
    except DomoError as error:
        raise failure(f"the data versions could not be read: {error}") from error
    if finished.data_version != max(versions, default=None):
        journal.finished = None


def _is_among(path: Path, files: Sequence[SourceFile]) -> bool:
    return Path(os.path.realpath(path)) in files


@asynccontextmanager
async def _opened_unless_known(
    source: Source, options: UploadOptions, journal: Journal | None
) -> AsyncIterator[tuple[OpenSource | Finished, tuple[str, ...]]]:
    """Give a source without the files that earlier uploads of the journal contain, and those files.

    If they contain all of it, give the last upload instead.
    """
    async with opened(source, options) as found:
        if journal is not None and _is_among(journal.path, found.files):
            raise ConfigError(
                f"the journal {journal.path} is among the files to upload: move it elsewhere. Nothing was sent"
            )
        finished = None if journal is None or journal.upload_id is not None else journal.finished
        if journal is None or not found.files:
            yield found, ()
            return
        if not options.adds:
            same = finished is not None and await in_thread(file_records, found.files) == finished.sent.files
            yield finished if finished is not None and same else found, ()
            return
        known = await in_thread(known_files, found.files, journal.appended)
        if known.grown:
            raise _twice(str(known.grown[0]), journal)
        if known.moved:
            path, before = known.moved[0]
            raise ConfigError(
                f"{path} holds the rows that an upload of the journal {journal.path} appended from {before}, which is"
                " not there as it was: renamed, the file would be there twice. Leave it out; only if its rows are new,"
                " upload it with another journal. Nothing was sent"
            )
        new = [path for path in found.files if path not in known.there]
        if len(new) == len(found.files):
            yield found, ()
            return
        if not new:
            yield finished or found, ()
            return
    async with opened(cast("Source", new), options) as found:
        yield found, tuple(map(str, known.there))


def _twice(what: str, journal: Journal) -> ConfigError:
    return ConfigError(
        f"{what} begins with the rows that an upload of the journal {journal.path} appended: they would be there twice."
        " Give the new rows alone; nothing was sent"
    )


def _replayed(dataset_id: str, finished: Finished, seconds: float) -> UploadResult:
    """Return the result of an upload that took effect before."""
    tell(REPLAYED, dataset_id=dataset_id, upload_id=finished.upload_id, rows=finished.sent.rows)
    return UploadResult(
        rows=finished.sent.rows,
        bytes=finished.sent.bytes,
        parts=finished.sent.parts,
        upload_id=finished.upload_id,
        data_version=finished.data_version,
        seconds=seconds,
        replayed=True,
        files=tuple(file.path for file in finished.sent.files),
    )


def _can_be_read_again(source: Source) -> bool:
    """Return whether a source can be read again: a path, bytes, a list or a frame, not an iterator."""
    if isinstance(source, list | tuple):
        return all(isinstance(item, Sized | os.PathLike) or is_of_fsspec(item) for item in source)
    return is_of_fsspec(source) or (isinstance(source, Sized | os.PathLike) and not hasattr(source, "read"))


class _ColumnsChanged(Exception):
    """Somebody else changed the dataset's columns, and the parts do not fit the new ones."""

    def __init__(self, failure: UploadError) -> None:
        super().__init__(str(failure))
        self.failure = failure


class _Failures:
    """Creates the errors of an upload that was not committed."""

    def __init__(self, dataset_id: str, journal: Journal | None, added: Mapping[str, str]) -> None:
        self._dataset_id = dataset_id
        self._journal = None if journal is None else str(journal.path)
        self._added = added

    def __call__(
        self,
        message: str,
        *,
        upload_id: int | None = None,
        part: int | None = None,
        perhaps: Mapping[str, str] = _NO_COLUMNS,
    ) -> UploadError:
        columns = f" but for the new columns {', '.join(self._added)}" if self._added else ""
        if perhaps:
            columns += f"{' and' if columns else ' but'} perhaps for {', '.join(perhaps)}"
        again = "" if self._journal is None else f"; the same call with resume={self._journal!r} continues from here"
        return UploadError(
            f"{message}; nothing was committed, dataset {self._dataset_id} is unchanged{columns}{again}",
            dataset_id=self._dataset_id,
            upload_id=upload_id,
            part=part,
            journal=self._journal,
        )


@define
class _Upload:
    _backend: UploadBackend
    _source: OpenSource
    _mapping: ColumnMapping
    _options: UploadOptions
    _clock: Clock
    _budget: Budget
    _journal: Journal | None
    _reporter: Reporter
    _spool: Spool
    _started: float
    _added: dict[str, str]
    _inferred: bool
    _left_out: tuple[str, ...]
    _failure: _Failures = field(init=False)
    _before: tuple[int, ...] | None = field(default=(), init=False)

    def __attrs_post_init__(self) -> None:
        self._failure = _Failures(self._backend.dataset_id, self._journal, self._added)

    async def run(self) -> UploadResult:
        async with aclosing(_parts(self._source, self._mapping, self._options, inferred=self._inferred)) as parts:
            looked_at: list[Part] = []
            earlier = None if self._journal is None or self._journal.upload_id is not None else self._journal.finished
            if (
                earlier is not None
                and not self._are_other_files(earlier)
                and await self._is_known(earlier, parts, looked_at)
            ):
                self._reporter.finish()
                return _replayed(self._backend.dataset_id, earlier, self._clock.monotonic() - self._started)
            if self._mapping.added:
                # If columns have to be added, all rows are checked first.
                checked = self._checked(_chained(tuple(looked_at), parts))
                for _ in tuple(looked_at):
                    await anext(checked)
                looked_at.extend([await self._kept(part) async for part in checked])
            # The first part is created before anything is changed, so that a source that is not CSV does not cost a
            # request.
            if not looked_at and (first := await anext(parts, None)) is not None:
                looked_at.append(first)
            if not looked_at and not self._options.allow_empty:
                raise SourceError(
                    "the source holds no rows; nothing was sent. To empty the dataset on purpose, pass allow_empty=True"
                )
            self._take_up()
            self._check_columns(await self._add_columns() if self._mapping.added else await self._evolved(None), None)
            upload_id = await self._open()
            sent = await self._send(upload_id, looked_at or [empty_part()], parts)
        sent = await self._completed(upload_id, sent)
        committer = self._committer(upload_id)
        committed = await committer.commit(sent)
        tell(
            COMMITTED,
            dataset_id=self._backend.dataset_id,
            upload_id=upload_id,
            rows=sent.rows,
            bytes=sent.bytes,
            parts=sent.parts,
            data_version=committed.data_version,
        )
        settled = await committer.settle(committed, sent)
        self._reporter.finish(sent.bytes)
        return UploadResult(
            rows=sent.rows,
            bytes=sent.bytes,
            parts=sent.parts,
            retries=self._reporter.retries,
            upload_id=upload_id,
            data_version=settled.data_version,
            seconds=self._reporter.seconds,
            verified=settled.verified,
            files=tuple(map(str, self._source.files)),
            left_out=self._left_out,
            added={column.name: column.type.value for column in self._mapping.columns if column.name in self._added},
            notes=(*self._mapping.notes, *settled.notes),
        )

    async def _kept(self, part: Part) -> Part:
        with naming_source("the source"):
            return await in_thread(self._spool.keep, part)

    async def _is_known(self, earlier: Finished, parts: AsyncIterator[Part], looked_at: list[Part]) -> bool:
        """Return whether the source equals an earlier upload; the parts that were read for that are in the list."""
        if not self._is_comparable(earlier):
            return False
        comparison = Comparison(earlier.parts)
        async for part in parts:
            await in_thread(comparison.take, part)
            looked_at.append(await self._kept(part))
            if comparison.differs:
                return False
        outcome = comparison.outcome()
        if outcome == "longer" and self._options.adds:
            assert self._journal is not None  # noqa: S101 - it recorded the earlier upload
            raise _twice("the source", self._journal)
        return outcome == "same"

    def _are_other_files(self, earlier: Finished) -> bool:
        """Return whether the source's files are others than those of an earlier upload, even if they are alike."""
        if not self._source.files or not earlier.sent.files:
            return False
        # A file elsewhere may be one of those, renamed, unless all of them are still there as they were.
        here = not any(isinstance(file, UrlFile) for file in self._source.files)
        return here or all(file.path in self._left_out for file in earlier.sent.files)

    def _is_comparable(self, earlier: Finished) -> bool:
        """Return whether the same rows would have the same bytes as in an earlier upload."""
        columns = self._columns()
        if columns == earlier.columns:
            return True
        known = {name for name, _ in earlier.columns}
        order = self._mapping.order or range(len(columns))
        brings_more = any(
            name not in known and index is not None for (name, _), index in zip(columns, order, strict=True)
        )
        if brings_more or not self._options.adds:
            return False
        raise ConfigError(
            f"the dataset's columns have changed since upload {earlier.upload_id} of the journal, so that it cannot be"
            " told whether these rows are there already. Only if they are new, name another file for resume; nothing"
            " was sent"
        )

    async def _checked(self, parts: AsyncIterator[Part]) -> AsyncIterator[Part]:
        """Yield parts once the fields of those from CSV are checked; values are checked when they are encoded."""
        columns = TypedColumns(self._mapping.columns) if self._source.sampled else None
        async for part in parts:
            if columns is not None:
                await in_thread(columns.check, part)
            yield part

    def _columns(self) -> list[list[str]]:
        return [[column.name, column.type.value] for column in self._mapping.columns]

    def _take_up(self) -> None:
        """Begin a new upload in the journal, or check that the upload to continue is this one."""
        journal, options = self._journal, self._options
        if journal is None:
            return
        call: Mapping[str, Any] = {
            "dataset": self._backend.dataset_id,
            "action": options.effective_action,
            "partition": options.partition,
            "files": [str(path) for path in self._source.files],
            "columns": self._columns(),
            "header": self._mapping.header,
            "part_size": options.part_size,
        }
        if journal.upload_id is None:
            journal.begin(call)
            return
        different = journal.differences(call)
        if different:
            raise self._changed(", ".join(different))

    def _changed(self, how: str) -> DomoError:
        """Return the error for a source that differs from that of the journal's unfinished upload."""
        journal = self._journal
        assert journal is not None  # noqa: S101 - callers have one
        assert journal.upload_id is not None  # noqa: S101 - as above
        if journal.sent is not None:
            lost = SourceError(f"the journal {journal.path} belongs to another source: {how}")
            return self._committer(journal.upload_id).uncertain(
                lost, "pass the source that it was begun with to find out", journal.sent
            )
        return ConfigError(
            f"the journal {journal.path} holds an upload that is not finished, of another source: {how}. Pass the same"
            " source and options to continue; or remove the journal to give up that upload, none of which was"
            " committed, and start over. Nothing was committed"
        )

    async def _add_columns(self) -> Sequence[ColumnSpec]:
        """Add the columns that the dataset lacks, and return its columns."""
        added = _types(self._mapping.added)
        try:
            columns = await self._backend.add_columns(self._mapping.added)
        except DomoError as error:
            refused = isinstance(error, APIError) and error.refused
            raise self._failure(
                f"the columns {', '.join(added)} could not be added: {error}",
                perhaps=_NO_COLUMNS if refused else added,
            ) from error
        self._added |= added
        return columns

    async def _open(self) -> int:
        """Open an upload, or continue that of the journal."""
        journal = self._journal
        if journal is not None and journal.upload_id is not None:
            self._before = journal.before
            tell(RESUMED, dataset_id=self._backend.dataset_id, upload_id=journal.upload_id, parts=len(journal.parts))
            return journal.upload_id
        try:
            async with task_group() as tasks:
                if journal is not None:
                    tasks.create_task(self._learn_versions())
                upload_id = await self._backend.open()
        except DomoError as error:
            raise self._failure(f"the upload could not be opened: {error}") from error
        tell(OPENED, dataset_id=self._backend.dataset_id, upload_id=upload_id)
        if journal is not None:
            journal.opened(upload_id, self._before)
        return upload_id

    async def _learn_versions(self) -> None:
        try:
            self._before = tuple(await self._backend.versions())
        except DomoError as error:
            # They are only needed to look up a commit whose answer is lost, which is rare.
            self._before = None
            tell(VERSIONS_UNKNOWN, dataset_id=self._backend.dataset_id, cause=cause_of(error))

    async def _send(self, upload_id: int, first: Sequence[Part], rest: AsyncIterator[Part]) -> Sent:
        async def beside() -> None:
            if self._journal is None:
                await self._learn_versions()

        async def failed(number: int, error: DomoError) -> DomoError:
            return await self._part_failed(upload_id, number, error)

        # One object for both: the slots use the throughput that the sender measures.
        concurrency = self._options.adaptive_concurrency(held=first[0].held > 0)
        sender = Sender(
            self._backend,
            upload_id,
            Slots(concurrency, self._budget, self._options.memory),
            concurrency,
            Compressor(self._options.compress),
            self._journal,
            self._reporter,
            self._clock,
            failed,
        )
        try:
            count = await sender.send_all(_chained(first, rest), beside)
        except SourceChanged as error:
            raise self._changed(str(error)) from None
        if self._journal is not None and self._journal.begun > count.parts:
            raise self._changed(f"it has {count.parts} parts, where {self._journal.begun} were sent before")
        return Sent(rows=count.rows, bytes=count.bytes, parts=count.parts, before=self._before)

    async def _part_failed(self, upload_id: int, number: int, error: DomoError) -> DomoError:
        """Return the error to raise for a part that could not be sent."""
        message = f"part {number} could not be sent: {error}"
        failure = self._failure(message, upload_id=upload_id, part=number)
        journal = self._journal
        if journal is None:
            return failure
        gone = isinstance(error, NotFound | Conflict) and error.refused
        if gone:
            # Somebody with a copy of the journal may have committed the upload.
            try:
                await self._committer(upload_id).refuse_if_committed(journal)
            except AfterCommitError as committed:
                return committed
            except NotFound as missing:
                if not missing.refused:
                    return self._uncertain(upload_id, error)
            except DomoError:
                return self._uncertain(upload_id, error)
        if journal.sent is not None or (gone and isinstance(error, Conflict)):
            return self._uncertain(upload_id, error)
        if gone:
            journal.forgotten()
        return failure

    def _uncertain(self, upload_id: int, error: DomoError) -> CommitUncertain:
        journal = self._journal
        assert journal is not None  # noqa: S101 - callers have one
        parts = journal.parts.values()
        sent = journal.sent or Sent(
            rows=sum(part.records for part in parts),
            bytes=sum(part.length for part in parts),
            parts=len(parts),
            before=journal.before,
        )
        return self._committer(upload_id).uncertain(error, "its data versions show no trace of it", sent)

    async def _completed(self, upload_id: int, sent: Sent) -> Sent:
        """Check that the source and the columns are unchanged, and add the files to the totals."""
        self._source.check_unchanged()
        self._check_columns(await self._evolved(upload_id), upload_id)
        if self._journal is None:
            return sent
        files = await in_thread(file_records, self._source.files)
        self._source.check_unchanged()
        return evolve(sent, files=files)

    async def _evolved(self, upload_id: int | None) -> Sequence[ColumnSpec]:
        """Return the dataset's columns, read again if others may have added some."""
        if self._options.schema != "evolve":
            return self._mapping.columns
        try:
            return await self._backend.columns()
        except DomoError as error:
            raise self._failure(f"the dataset's columns could not be read: {error}", upload_id=upload_id) from error

    def _check_columns(self, now: Sequence[ColumnSpec], upload_id: int | None) -> None:
        """Check that the dataset's columns are those that the parts were created for.

        Raises:
            _ColumnsChanged: They have changed.
        """
        if list(now) != list(self._mapping.columns):
            if self._journal is not None:
                self._journal.forgotten()
            raise _ColumnsChanged(
                self._failure("somebody else changed the dataset's columns during the upload", upload_id=upload_id)
            )

    def _committer(self, upload_id: int) -> Committer:
        return Committer(self._backend, upload_id, self._options, self._journal, self._clock, self._failure)


def _types(columns: Sequence[ColumnSpec]) -> dict[str, str]:
    return {column.name: column.type.value for column in columns}


async def _parts(
    source: OpenSource, mapping: ColumnMapping, options: UploadOptions, *, inferred: bool
) -> AsyncGenerator[Part]:
    """Yield a source's parts; if types were inferred, only after checking that no value would change."""
    guessed = (mapping.columns if inferred else mapping.added) if source.sampled else ()
    columns = InferredColumns(mapping.columns, guessed) if any(column.type in NUMBERS for column in guessed) else None
    async with aclosing(source.parts(mapping, part_sizes(options.part_size, source.total))) as parts:
        while True:
            with naming_source("the source"):
                part = await anext(parts, None)
            if part is None:
                return
            if columns is not None:
                await in_thread(columns.check, part)
            yield part


async def _chained(first: Sequence[Part], rest: AsyncIterator[Part]) -> AsyncIterator[Part]:
    for part in first:
        yield part
    async for part in rest:
        yield part

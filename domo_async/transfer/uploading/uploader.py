"""A dataset's upload from end to end: all parts and one commit, or nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, nullcontext
from typing import Any

from attrs import define

from domo_async.clock import Clock
from domo_async.errors import DomoError, SourceError, UploadError
from domo_async.transfer.columns import ColumnSpec
from domo_async.transfer.part import Part, empty_part, part_sizes
from domo_async.transfer.progress import Reporter, reporting
from domo_async.transfer.sources import OpenSource, Source, open_source
from domo_async.transfer.sources.fitting import Fit
from domo_async.transfer.uploading.committing import Committer
from domo_async.transfer.uploading.compression import Compressor
from domo_async.transfer.uploading.journal import Journal, Sent, journal_at
from domo_async.transfer.uploading.lanes import Budget, Lanes
from domo_async.transfer.uploading.options import UploadOptions, UploadPlan, UploadResult
from domo_async.transfer.uploading.sending import Count, Sender
from domo_async.transfer.uploading.steps import StoredVersion, UploadSteps

__all__ = ["opened", "plan_upload", "upload"]


@asynccontextmanager
async def opened(source: Source, options: UploadOptions) -> AsyncIterator[OpenSource]:
    """Give a source, open as long as the block lasts."""
    found = await open_source(source, options.reading)
    try:
        yield found
    finally:
        found.close()


async def upload(
    steps: UploadSteps, source: OpenSource, options: UploadOptions, clock: Clock, budget: Budget
) -> UploadResult:
    """Upload a source; see `Datasets.upload`."""
    with nullcontext() if options.resume is None else journal_at(options.resume) as journal:
        fit = await source.fit(await steps.columns(), header=options.header, schema=options.schema)
        with reporting(clock, options.progress, total=source.total, title="upload") as reporter:
            return await _Upload(steps, source, fit, options, clock, budget, journal, reporter).run()


async def plan_upload(columns: Sequence[ColumnSpec], source: OpenSource, options: UploadOptions) -> UploadPlan:
    """Return what an upload to a dataset of these columns would send; see `Datasets.plan_upload`."""
    fit = await source.fit(columns, header=options.header, schema=options.schema)
    count = Count()
    async with aclosing(source.parts(fit, part_sizes(options.part_size, source.total))) as parts:
        async for part in parts:
            count = count.plus(part)
    return UploadPlan(
        columns=tuple(column.name for column in fit.columns),
        header=fit.header,
        order=fit.order,
        added={column.name: column.type.value for column in fit.added},
        rows=count.rows,
        bytes=count.bytes,
        parts=count.parts,
    )


@define
class _Upload:
    _steps: UploadSteps
    _source: OpenSource
    _fit: Fit
    _options: UploadOptions
    _clock: Clock
    _budget: Budget
    _journal: Journal | None
    _reporter: Reporter

    async def run(self) -> UploadResult:
        earlier = await self._taken_up()
        if earlier is not None:
            return earlier
        upload_id, sent = await self._send()
        self._source.check_unchanged()
        committer = self._committer(upload_id)
        committed = await committer.commit(sent)
        return self._result(upload_id, sent, await committer.settle(committed, sent))

    async def _taken_up(self) -> UploadResult | None:
        """Begin the journal, or take up where it ends; return the result if the upload took effect already."""
        journal = self._journal
        if journal is None:
            return None
        journal.begin(self._call())
        if journal.sent is None or journal.upload_id is None:
            return None
        if journal.done:
            return self._result(journal.upload_id, journal.sent, journal.data_version)
        committer = self._committer(journal.upload_id)
        committed = await committer.look_up(journal.sent)
        if committed is None:
            return None
        return self._result(journal.upload_id, journal.sent, await committer.settle(committed, journal.sent))

    def _call(self) -> Mapping[str, Any]:
        """Return what makes an upload the same another time."""
        options = self._options
        return {
            "dataset": self._steps.dataset_id,
            "action": options.action,
            "partition": self._steps.partition,
            "source": self._source.identity,
            "columns": [[column.name, column.type.value] for column in self._fit.columns],
            "header": self._fit.header,
            "part_size": options.part_size,
        }

    async def _send(self) -> tuple[int, Sent]:
        sizes = part_sizes(self._options.part_size, self._source.total)
        before: dict[int, StoredVersion] = {}
        async with aclosing(self._source.parts(self._fit, sizes)) as parts:
            # The first part is cut before anything is changed, so that a source that is no CSV costs no request.
            first = await anext(parts, None)
            if first is None and not self._options.allow_empty:
                raise SourceError(
                    "the source holds no rows; nothing was sent. To empty the dataset on purpose say allow_empty=True"
                )
            if self._fit.added:
                await self._steps.add_columns(self._fit.added)
            upload_id = await self._open()

            async def learn_versions() -> None:
                try:
                    before.update(await self._steps.versions())
                except DomoError as error:
                    raise self._failure(f"the data versions could not be read: {error}", upload_id=upload_id) from error

            sender = self._sender(upload_id)
            count = await sender.send_all(_chained(first or empty_part(), parts), learn_versions)
        return upload_id, Sent(rows=count.rows, bytes=count.bytes, parts=count.parts, before=tuple(before))

    async def _open(self) -> int:
        if self._journal is not None and self._journal.upload_id is not None:
            return self._journal.upload_id
        try:
            upload_id = await self._steps.open()
        except DomoError as error:
            raise self._failure(f"no upload could be opened: {error}") from error
        if self._journal is not None:
            self._journal.opened(upload_id)
        return upload_id

    def _sender(self, upload_id: int) -> Sender:
        pace = self._options.pace
        return Sender(
            self._steps,
            upload_id,
            Lanes(pace, self._budget),
            pace,
            Compressor(self._options.compress),
            self._journal,
            self._reporter,
            self._clock,
            self._failure,
        )

    def _committer(self, upload_id: int) -> Committer:
        return Committer(self._steps, upload_id, self._options, self._journal, self._clock, self._failure)

    def _result(self, upload_id: int, sent: Sent, version: int | None) -> UploadResult:
        self._reporter.finish()
        return UploadResult(
            rows=sent.rows,
            bytes=sent.bytes,
            parts=sent.parts,
            retries=self._reporter.retries,
            upload_id=upload_id,
            data_version=version,
            seconds=self._reporter.seconds,
        )

    def _failure(self, message: str, *, upload_id: int | None = None, part: int | None = None) -> UploadError:
        journal = None if self._journal is None else str(self._journal.path)
        again = "" if journal is None else f"; the same call with resume={journal!r} goes on from here"
        return UploadError(
            f"{message}; nothing was committed, dataset {self._steps.dataset_id} is as it was{again}",
            dataset_id=self._steps.dataset_id,
            upload_id=upload_id,
            part=part,
            journal=journal,
        )


async def _chained(first: Part, rest: AsyncIterator[Part]) -> AsyncIterator[Part]:
    yield first
    async for part in rest:
        yield part

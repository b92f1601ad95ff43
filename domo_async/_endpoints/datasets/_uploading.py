"""Upload to one dataset, to a new one or to several, with `transfer` on the dataset routes."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, Protocol

import aiofiles.os
from attrs import evolve, field, frozen

from domo_async._concurrency import uninterrupted
from domo_async._defaults import QUERIES_AT_ONCE
from domo_async._endpoints.datasets._upload_backend import DatasetUploadBackend, UploadRequests
from domo_async._endpoints.datasets.models import Columns, CreatedDataset, columns_of
from domo_async._transfer import (
    Budget,
    ColumnSpec,
    ItemResults,
    LoadOptions,
    LoadReport,
    Source,
    UploadOptions,
    UploadPlan,
    UploadResult,
    gather_results,
    load_folder,
    opened,
    plan_upload,
    progress_bars,
    told_the_end,
    upload,
    upload_opened,
)
from domo_async._transport import Transport
from domo_async._wire import Record
from domo_async.errors import AfterCommitError, CommitUncertain, ConfigError, DomoError

__all__ = ["CreatedFrom", "Uploading", "by_keys"]


class CreateDataset(Protocol):
    """`Datasets.create`."""

    async def __call__(self, name: str, /, columns: Columns) -> CreatedDataset:
        """Create a dataset."""
        ...


@frozen(kw_only=True)
class CreatedFrom(Record):
    """A dataset that was created from a source.

    Attributes:
        id: The dataset's id.
        columns: Its columns: names and types.
        upload: The upload of the source's rows.
    """

    id: str
    columns: Mapping[str, str]
    upload: UploadResult


@frozen(eq=False)
class Uploading:
    """The implementation of the upload methods of `Datasets`; see there."""

    _requests: UploadRequests
    _create: CreateDataset
    _delete: Callable[[str], Awaitable[None]]
    _http: Transport
    _budget: Budget = field(factory=Budget)

    async def upload(self, dataset_id: str, source: Source, options: UploadOptions) -> UploadResult:
        """Upload to a dataset."""
        return await self._upload(dataset_id, source, options, self._budget)

    async def plan(self, dataset_id: str, source: Source, options: UploadOptions) -> UploadPlan:
        """Return what an upload would send."""
        async with opened(source, options) as open_source:
            return await plan_upload(await self._backend(dataset_id, options).columns(), open_source, options)

    async def create_from(
        self, source: Source, name: str, columns: Columns | None, options: UploadOptions
    ) -> CreatedFrom:
        """Create a dataset with a source's columns, and upload the source."""
        _refuse_idle_keys(options)
        if options.resume is not None:
            raise ConfigError(
                "create_from cannot be resumed, since each call creates a dataset: create it first, and upload to it"
                " with resume=…"
            )
        with told_the_end(options.progress):
            async with opened(source, options) as open_source:
                inferred = columns is None
                if columns is None:
                    found = await open_source.infer(header=options.header)
                    columns = {column.name: column.type for column in found}
                columns = columns_of(columns)
                dataset = await self._create(name, columns)
                backend = self._backend(dataset.id, options)
                # The instance defines the columns of an upload that uses keys.
                known = (
                    None
                    if options.effective_action in {"UPSERT", "DELETE"}
                    else [ColumnSpec(column.name, column.type) for column in columns]
                )
                try:
                    done = await upload_opened(
                        backend,
                        open_source,
                        options,
                        self._http.settings.clock,
                        self._budget,
                        columns=known,
                        inferred=inferred,
                    )
                except (AfterCommitError, CommitUncertain):
                    raise
                except BaseException as error:
                    # Only this call knows of the dataset, so it is deleted whatever happens, also after a cancellation.
                    with uninterrupted():
                        await self._remove(dataset.id, error)
                    raise
        return CreatedFrom(id=dataset.id, columns={column.name: column.type.value for column in columns}, upload=done)

    async def load_folder(
        self,
        folder: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
        dataset_id: str,
        ledger: str | os.PathLike[str],
        options: LoadOptions,
    ) -> LoadReport:
        """Load the files of a folder, each once."""
        backend = self._backend(dataset_id, evolve(options.upload, action="APPEND"))
        return await load_folder(backend, folder, ledger, options, self._http.settings.clock, self._budget)

    async def upload_many(
        self, sources: Mapping[str, Source], options: UploadOptions, budget: Budget, *, stop_on_error: bool
    ) -> ItemResults[str, UploadResult]:
        """Upload to several datasets at once."""
        with progress_bars(options.progress) as progress_of:
            if not sources:
                raise ConfigError("sources is empty, so there is nothing to upload")
            if options.resume is not None:
                await aiofiles.os.makedirs(options.resume, exist_ok=True)

            async def work(dataset_id: str) -> UploadResult:
                own = evolve(options, progress=progress_of(dataset_id), resume=_journal_of(options.resume, dataset_id))
                return await self._upload(dataset_id, sources[dataset_id], own, budget)

            return await gather_results(sources, work, concurrency=QUERIES_AT_ONCE, stop_on_error=stop_on_error)

    async def _upload(self, dataset_id: str, source: Source, options: UploadOptions, budget: Budget) -> UploadResult:
        with told_the_end(options.progress):
            backend = self._backend(dataset_id, options)
            return await upload(backend, source, options, self._http.settings.clock, budget)

    def _backend(self, dataset_id: str, options: UploadOptions) -> DatasetUploadBackend:
        _refuse_idle_keys(options)
        return DatasetUploadBackend(dataset_id, self._requests, options)

    async def _remove(self, dataset_id: str, error: BaseException) -> None:
        """Delete a dataset that was created in vain; if that fails, say that it still exists."""
        try:
            await self._delete(dataset_id)
        except DomoError as failure:
            error.add_note(f"dataset {dataset_id}, created for the upload, still exists: {failure}")
        else:
            error.add_note(f"dataset {dataset_id}, created for the upload, was deleted")


def by_keys(options: UploadOptions, action: Literal["UPSERT", "DELETE"]) -> UploadOptions:
    """Return the options of an upload that uses the dataset's upsert keys.

    Raises:
        ConfigError: The options ask for something else.
    """
    if options.action not in {None, action}:
        raise ConfigError(f'this call does not take action="{options.action}"; leave action out')
    if action == "DELETE" and options.schema == "evolve":
        raise ConfigError('rows are deleted by existing keys, so schema="evolve" is not allowed; leave it out')
    return evolve(options, action=action)


def _refuse_idle_keys(options: UploadOptions) -> None:
    """Refuse keys if all rows would be replaced: a caller who names keys wants to keep the other rows.

    Raises:
        ConfigError: All rows would be replaced.
    """
    if options.keys and options.effective_action not in {"UPSERT", "DELETE"}:
        raise ConfigError(
            f"keys name the rows to replace, but action {options.effective_action} does not use keys: call"
            ' datasets.upsert, or pass action="UPSERT"; nothing was sent'
        )


def _journal_of(folder: str | os.PathLike[str] | None, dataset_id: str) -> Path | None:
    return None if folder is None else Path(folder) / f"{dataset_id}.journal"

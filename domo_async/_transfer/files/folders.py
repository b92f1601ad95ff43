"""Synchronization of a folder on disk with one in the instance: only files that differ are transferred."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

import aiofiles.os
from attrs import evolve, frozen

from domo_async._defaults import FILES_AT_ONCE
from domo_async._results import Results
from domo_async._settings import Settings
from domo_async._transfer.atomic_write import check_writable, is_partial
from domo_async._transfer.files.trees import (
    LocalFile,
    RemoteFile,
    is_same,
    local_files,
    make_directories,
    make_folder,
    remove_empty,
    remove_file,
    same_on_disk,
    target_for,
)
from domo_async._transfer.progress import ProgressOption, Reporter, reporting
from domo_async._transfer.results import ItemResults, gather_results
from domo_async._wire import Record
from domo_async.errors import ConfigError, DecodeError, DomoError, SourceError, TargetError

__all__ = ["FolderBackend", "FolderEntry", "FolderOptions", "FolderReport", "pull", "push"]

FolderAction: TypeAlias = Literal["upload", "download", "delete", "keep", "skip"]


@frozen(kw_only=True)
class FolderEntry(Record):
    """The result for one file of a folder.

    Attributes:
        path: Its path in the folder, with ``/`` between the names.
        action: The planned action: ``upload``, ``download`` or ``delete``; ``keep`` if the file is the same on both
            sides; or ``skip`` if it is a symbolic link or not a file.
        size: The number of bytes to transfer.
        done: Whether the action was done; always false in a dry run.
        error: The reason why it was not done.
    """

    path: str
    action: FolderAction
    size: int = 0
    done: bool = False
    error: DomoError | None = None

    @property
    def ok(self) -> bool:
        """Whether the file was transferred or deleted, or needed no action."""
        return self.error is None and (self.done or self.action in {"keep", "skip"})

    @property
    def begun(self) -> bool:
        """Whether the action was begun, or the file needed no action."""
        return self.ok or self.error is not None


@frozen(kw_only=True)
class FolderReport(Results[FolderEntry]):
    """The result of synchronizing a folder, or in a dry run, the plan.

    Attributes:
        results: A result for each file of either side.
        dry_run: Whether nothing was done.
        seconds: The duration of the call.
    """

    results: tuple[FolderEntry, ...]
    dry_run: bool
    seconds: float

    @property
    def ok(self) -> tuple[FolderEntry, ...]:
        """The files without an error; in a dry run, this includes those that would be transferred."""
        return tuple(entry for entry in self.results if entry.ok or (self.dry_run and entry.error is None))

    @property
    def not_begun(self) -> tuple[FolderEntry, ...]:
        """The files that were not begun because another file had failed; empty in a dry run."""
        return () if self.dry_run else super().not_begun

    @property
    def transferred(self) -> tuple[FolderEntry, ...]:
        """The files that were uploaded or downloaded; in a dry run, those that would be."""
        return self._done("upload", "download")

    @property
    def deleted(self) -> tuple[FolderEntry, ...]:
        """The files that were deleted; in a dry run, those that would be."""
        return self._done("delete")

    @property
    def unchanged(self) -> tuple[FolderEntry, ...]:
        """The files that are the same on both sides."""
        return tuple(entry for entry in self.results if entry.action == "keep")

    @property
    def bytes(self) -> int:
        """The number of bytes that were transferred; in a dry run, the number that would be."""
        return sum(entry.size for entry in self.transferred)

    def _done(self, *actions: FolderAction) -> tuple[FolderEntry, ...]:
        return tuple(
            entry
            for entry in self.results
            if entry.action in actions and (entry.done or (self.dry_run and entry.error is None))
        )


@frozen(kw_only=True)
class FolderOptions:
    """The options of synchronizing a folder.

    Attributes:
        delete: Whether to delete files that the other side does not have.
        dry_run: Whether to only report the planned actions.
        concurrency: The most files transferred at once.
        progress: The caller's progress option.
    """

    delete: bool = False
    dry_run: bool = False
    concurrency: int = FILES_AT_ONCE
    progress: ProgressOption = None


class FolderBackend(Protocol):
    """The requests that synchronize a folder. Paths are relative to the folder."""

    async def look(self) -> tuple[Sequence[RemoteFile], Sequence[str]]:
        """Return the instance's files and the paths of its directories."""
        ...

    def check_name(self, path: str) -> None:
        """Raise a `DomoError` if a file's name cannot be sent."""
        ...

    async def send(self, path: str, source: Path, reporter: Reporter) -> None:
        """Upload a file."""
        ...

    async def fetch(self, file: RemoteFile, target: Path, reporter: Reporter) -> None:
        """Download a file atomically."""
        ...

    async def remove(self, file: RemoteFile) -> None:
        """Delete a file."""
        ...


async def push(backend: FolderBackend, folder: Path, options: FolderOptions, settings: Settings) -> FolderReport:
    """Make the instance's folder like the one on disk; see `FileSets.push_folder`.

    Raises:
        ConfigError: The folder does not exist, or it is empty and all files of the instance's folder would be deleted.
    """
    started = settings.clock.monotonic()
    if not await aiofiles.os.path.isdir(folder):
        raise ConfigError(f"the folder {folder} does not exist")
    files, others = await asyncio.to_thread(local_files, folder)
    others |= await asyncio.to_thread(_unsendable, backend, files)
    remote = {file.path: file for file in (await backend.look())[0]}
    _check_not_all(options, bool(files), len(remote), f"{folder} is empty")
    same = await _same(files, remote, lambda file, other: is_same(file, other, copy_is_remote=True)) - others.keys()
    left = same | others.keys()
    entries = [
        *(FolderEntry(path=path, action="keep") for path in same),
        *(FolderEntry(path=path, action="upload" if error else "skip", error=error) for path, error in others.items()),
        *(_moving(path, "upload", file.size) for path, file in files.items() if path not in left),
        *_deletions(options, [path for path in remote if path not in files and not _is_within(path, others)]),
    ]

    async def move(path: str, reporter: Reporter) -> None:
        await backend.send(path, files[path].local_path, reporter)

    entries = await _carry_out(entries, move, lambda path: backend.remove(remote[path]), options, settings)
    return _report(entries, options, settings.clock.monotonic() - started)


async def pull(backend: FolderBackend, folder: Path, options: FolderOptions, settings: Settings) -> FolderReport:
    """Make the folder on disk like the instance's; see `FileSets.pull_folder`.

    Raises:
        ConfigError: The folder cannot be created, or the instance's folder is empty and all local files would be
            deleted.
    """
    started = settings.clock.monotonic()
    exists = await asyncio.to_thread(_check_folder, folder)
    found, directories = await backend.look()
    refused, targets = await asyncio.to_thread(_targets, folder, [file.path for file in found])
    remote = {file.path: file for file in found if file.path in targets}
    files, others = await asyncio.to_thread(local_files, folder) if exists else ({}, {})
    _check_not_all(options, bool(found), len(files), "the FileSet's directory is empty or does not exist")
    same = await _same(files, remote, lambda file, other: is_same(file, other, copy_is_remote=False))
    entries = [
        *(FolderEntry(path=path, action="keep") for path in same),
        *(FolderEntry(path=path, action="skip", error=error) for path, error in others.items() if path not in refused),
        *(FolderEntry(path=path, action="download", error=error) for path, error in refused.items()),
        *(_moving(path, "download", file.described.size) for path, file in remote.items() if path not in same),
        *_deletions(options, [path for path in files if path not in remote]),
    ]
    if not options.dry_run:
        await asyncio.to_thread(make_directories, folder, directories)

    async def move(path: str, reporter: Reporter) -> None:
        target = targets[path]
        await asyncio.to_thread(make_folder, target.parent)
        await backend.fetch(remote[path], target, reporter)

    def remove(path: str) -> Awaitable[None]:
        return asyncio.to_thread(remove_file, files[path].local_path)

    entries = await _carry_out(entries, move, remove, options, settings)
    if options.delete and not options.dry_run:
        await asyncio.to_thread(remove_empty, folder, {folder / path for path in directories})
    return _report(entries, options, settings.clock.monotonic() - started)


def _check_folder(folder: Path) -> bool:
    """Return whether a folder exists; if it does not, check that it can be created.

    Raises:
        ConfigError: It cannot be created.
    """
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"{folder} is a file and not a folder")
    if not folder.parent.is_dir():
        raise ConfigError(f"the folder {folder.parent} does not exist; create it to download {folder.name} into it")
    return folder.is_dir()


def _targets(folder: Path, paths: Sequence[str]) -> tuple[dict[str, DomoError], dict[str, Path]]:
    """Return the errors of files that cannot be stored in a folder, and the local paths of the others."""
    refused: dict[str, DomoError] = {}
    targets = {}
    for path in paths:
        try:
            targets[path] = target_for(folder, path)
            if is_partial(targets[path].name):
                raise DecodeError(f"{path!r} has the name of an unfinished download; download it under another name")
            check_writable(targets[path], parents=True)
        except DomoError as error:
            refused[path] = error
            targets.pop(path, None)
    for path, other in same_on_disk(folder, list(targets)).items():
        refused[path] = DecodeError(
            f"{path!r} is the same name as {other!r} on this disk; it is not downloaded: download it by itself, under"
            " another name"
        )
        del targets[path]
    return refused, targets


def _unsendable(backend: FolderBackend, files: Mapping[str, LocalFile]) -> dict[str, DomoError]:
    """Return the errors of files that cannot be sent."""
    found: dict[str, DomoError] = {}
    for path, file in files.items():
        try:
            backend.check_name(path)
        except DomoError as error:
            found[path] = error
        else:
            if not os.access(file.local_path, os.R_OK):
                found[path] = SourceError(f"cannot read {file.local_path}: Permission denied")
    return found


async def _same(
    files: Mapping[str, LocalFile],
    remote: Mapping[str, RemoteFile],
    compare: Callable[[LocalFile, RemoteFile], bool],
) -> frozenset[str]:
    """Return the paths at which both sides have the same file."""

    def look() -> frozenset[str]:
        return frozenset(path for path, file in files.items() if path in remote and compare(file, remote[path]))

    return await asyncio.to_thread(look)


def _is_within(path: str, others: Iterable[str]) -> bool:
    """Return whether a path equals another one or lies below it."""
    return any(path == other or path.startswith(f"{other}/") for other in others)


def _moving(path: str, action: FolderAction, size: int | None) -> FolderEntry:
    return FolderEntry(path=path, action=action, size=size or 0)


def _deletions(options: FolderOptions, paths: Sequence[str]) -> list[FolderEntry]:
    return [FolderEntry(path=path, action="delete") for path in paths] if options.delete else []


def _check_not_all(options: FolderOptions, has_any: bool, others: int, why: str) -> None:
    if options.delete and not has_any and others:
        raise ConfigError(
            f"{why}: delete=True would delete all {others} files of the other side; to do that, delete them yourself"
        )


async def _carry_out(
    entries: Sequence[FolderEntry],
    move: Callable[[str, Reporter], Awaitable[None]],
    remove: Callable[[str], Awaitable[None]],
    options: FolderOptions,
    settings: Settings,
) -> list[FolderEntry]:
    """Transfer the files; then, if all transfers succeeded, delete the files to be deleted."""
    if options.dry_run:
        return list(entries)
    moving = [entry for entry in entries if entry.action in {"upload", "download"} and entry.error is None]
    with reporting(
        settings.clock, options.progress, total=sum(entry.size for entry in moving), title="folder"
    ) as reporter:

        async def moved(entry: FolderEntry) -> FolderEntry:
            await move(entry.path, reporter)
            reporter.part_done(0)
            return evolve(entry, done=True)

        ended = _by_path(await gather_results(moving, moved, concurrency=options.concurrency, stop_on_error=False))
        reporter.finish()

    async def removed(entry: FolderEntry) -> FolderEntry:
        await remove(entry.path)
        return evolve(entry, done=True)

    entries = [ended.get(entry.path, entry) for entry in entries]
    if not any(entry.error for entry in entries):
        going = [entry for entry in entries if entry.action == "delete"]
        gone = _by_path(await gather_results(going, removed, concurrency=options.concurrency, stop_on_error=False))
        entries = [gone.get(entry.path, entry) for entry in entries]
    return entries


def _by_path(outcomes: ItemResults[FolderEntry, FolderEntry]) -> dict[str, FolderEntry]:
    return {each.item.path: each.result or evolve(each.item, error=_told(each.error)) for each in outcomes}


def _told(error: DomoError | OSError | None) -> DomoError | None:
    return error if error is None or isinstance(error, DomoError) else TargetError(str(error))


def _report(entries: Sequence[FolderEntry], options: FolderOptions, seconds: float) -> FolderReport:
    ordered = sorted(entries, key=lambda entry: entry.path)
    return FolderReport(results=tuple(ordered), dry_run=options.dry_run, seconds=seconds)

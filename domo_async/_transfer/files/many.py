"""Uploads and downloads of several files at once."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeAlias, TypeVar

from domo_async._clock import Clock
from domo_async._transfer.files.content import Content, content_name, content_size
from domo_async._transfer.files.resuming import DownloadResult
from domo_async._transfer.progress import ProgressOption, Reporter, reporting, told_the_end
from domo_async._transfer.results import ItemResults, gather_results
from domo_async.errors import ConfigError, DomoError

__all__ = ["Contents", "Targets", "download_many", "upload_many"]

K = TypeVar("K")
R = TypeVar("R")
Contents: TypeAlias = Iterable[str | os.PathLike[str]] | Mapping[str, Content]
"""Paths of files, or contents by file name."""
Targets: TypeAlias = Mapping[int, str | os.PathLike[str]] | Mapping[str, str | os.PathLike[str]]
"""The path to write for each id."""


def _named(contents: Contents) -> dict[str, tuple[str, Content] | DomoError]:
    """Return the name and content of each file, or the error why it cannot be uploaded, by its path or name.

    Raises:
        ConfigError: `contents` is empty, a file is given twice, or a single text is given instead of a list.
    """
    if isinstance(contents, str | bytes | os.PathLike):
        raise ConfigError(f"pass a list of files; for a single one, pass [{contents!r}]")
    if not isinstance(contents, Iterable):
        raise ConfigError(f"pass a list of files, not a {type(contents).__name__}")
    found: dict[str, tuple[str, Content] | DomoError] = {}
    if isinstance(contents, Mapping):
        found = {str(name): _checked(content, str(name)) for name, content in contents.items()}
        contents = ()
    for given in contents:
        item = os.fsdecode(given) if isinstance(given, str | bytes | os.PathLike) else str(given)
        if item in found:
            raise ConfigError(f"{item} is given twice")
        is_path = isinstance(given, str | bytes | os.PathLike)
        found[item] = _checked(item, None) if is_path else ConfigError(f"{given!r} is not the path of a file")
    if not found:
        raise ConfigError("there is nothing to upload")
    return found


def _checked(content: Content, name: str | None) -> tuple[str, Content] | DomoError:
    try:
        return content_name(content, name), content
    except DomoError as error:
        return error


async def upload_many(
    contents: Contents,
    send: Callable[[str, Content, Reporter], Awaitable[R]],
    *,
    clock: Clock,
    concurrency: int,
    stop_on_error: bool,
    progress: ProgressOption,
    unique: bool = False,
) -> ItemResults[str, R]:
    """Send several files at once; see `Files.upload_many`.

    Args:
        contents: Paths, or contents by name.
        send: Sends one file, given its name, its content and its progress option.
        clock: The clock.
        concurrency: The most files at once.
        stop_on_error: Whether to begin no further files once one has failed.
        progress: The caller's progress option.
        unique: Whether names must be distinct.

    Raises:
        ConfigError: `contents` is empty, or a file is given twice.
    """
    with told_the_end(progress):
        wanted = _named(contents)
        known = [each for each in wanted.values() if not isinstance(each, DomoError)]
        if unique and len({name for name, _ in known}) < len(known):
            raise ConfigError("two files have the same name, so one would replace the other; rename one of them")
        sizes = [content_size(content) or 0 for _, content in known]
        with reporting(clock, progress, total=sum(sizes), title="upload") as reporter:

            async def work(item: str) -> R:
                found = wanted[item]
                if isinstance(found, DomoError):
                    raise found
                return await send(*found, reporter)

            outcomes = await gather_results(
                wanted,
                work,
                concurrency=concurrency,
                stop_on_error=stop_on_error,
                on_outcome=lambda _: reporter.part_done(0),
            )
            reporter.finish()
    return outcomes


async def download_many(
    targets: Targets,
    fetch: Callable[[int | str, Path, Reporter], Awaitable[DownloadResult]],
    *,
    clock: Clock,
    concurrency: int,
    stop_on_error: bool,
    progress: ProgressOption,
) -> ItemResults[int | str, DownloadResult]:
    """Fetch several files at once; see `Files.download_many`.

    Args:
        targets: The path to write for each id.
        fetch: Downloads one file, given its id, the path and its progress option.
        clock: The clock.
        concurrency: The most files at once.
        stop_on_error: Whether to begin no further files once one has failed.
        progress: The caller's progress option.
    """
    paths = _paths(targets)
    with reporting(clock, progress, total=None, title="download") as reporter:
        outcomes = await gather_results(
            paths,
            lambda item: fetch(item, paths[item], reporter),
            concurrency=concurrency,
            stop_on_error=stop_on_error,
            on_outcome=lambda _: reporter.part_done(0),
        )
        reporter.finish()
    return outcomes


def _paths(targets: Targets) -> dict[int | str, Path]:
    """Return the path for each id.

    Raises:
        ConfigError: `targets` is empty, or two files have the same path.
    """
    wrong = [target for target in targets.values() if not isinstance(target, str | os.PathLike)]
    if wrong:
        raise ConfigError(f"{wrong[0]!r} is not a path to write to")
    paths: dict[int | str, Path] = {item: Path(target) for item, target in targets.items()}
    if not paths:
        raise ConfigError("there is nothing to download")
    if len({os.path.realpath(path) for path in paths.values() if "\0" not in str(path)}) < len(paths):
        raise ConfigError("two files would be written to the same path; give each its own path")
    return paths

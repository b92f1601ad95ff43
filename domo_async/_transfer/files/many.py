"""Several files at once, up and down."""

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
"""Paths of files, or contents by the name that each is to have."""
Targets: TypeAlias = Mapping[int, str | os.PathLike[str]] | Mapping[str, str | os.PathLike[str]]
"""The path to write for each id."""


def _named(contents: Contents) -> dict[str, tuple[str, Content] | DomoError]:
    """Return the name and the content of each, or why it cannot go up, by what it is called: its path, or its name.

    Raises:
        ConfigError: There are none, one is given twice, or it is one text where a list is due.
    """
    if isinstance(contents, str | bytes | os.PathLike):
        raise ConfigError(f"several files are due; write [{contents!r}] for a single one")
    if not isinstance(contents, Iterable):
        raise ConfigError(f"several files are due, not a {type(contents).__name__}")
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
        send: Sends one, of which it is told the name, the content, and whom to tell.
        clock: Where time comes from.
        concurrency: How many at a time.
        stop_on_error: Whether none is begun any more once one has failed.
        progress: Whom to tell.
        unique: Whether no two may have one name.

    Raises:
        ConfigError: There are none, or one is given twice.
    """
    with told_the_end(progress):
        wanted = _named(contents)
        known = [each for each in wanted.values() if not isinstance(each, DomoError)]
        if unique and len({name for name, _ in known}) < len(known):
            raise ConfigError("two files have one name, and the one would take the other's place")
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
        fetch: Fetches one, of which it is told the id, the path, and whom to tell.
        clock: Where time comes from.
        concurrency: How many at a time.
        stop_on_error: Whether none is begun any more once one has failed.
        progress: Whom to tell.
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
        ConfigError: There are none, or two have the same path.
    """
    wrong = [target for target in targets.values() if not isinstance(target, str | os.PathLike)]
    if wrong:
        raise ConfigError(f"{wrong[0]!r} is not a path to write to")
    paths: dict[int | str, Path] = {item: Path(target) for item, target in targets.items()}
    if not paths:
        raise ConfigError("there is nothing to download")
    if len({os.path.realpath(path) for path in paths.values() if "\0" not in str(path)}) < len(paths):
        raise ConfigError("two files are to be written to one path")
    return paths

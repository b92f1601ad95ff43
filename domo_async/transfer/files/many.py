"""Several transfers at once, of which one that fails does not stop the others."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar

from attrs import frozen

from domo_async.clock import Clock
from domo_async.errors import ConfigError, DomoError
from domo_async.transfer.files.content import Content, content_name, content_size
from domo_async.transfer.files.resuming import DownloadResult
from domo_async.transfer.progress import ProgressOption, Reporter, reporting, told_the_end

__all__ = ["Contents", "Outcome", "Outcomes", "Targets", "download_many", "in_turn", "upload_many"]

K = TypeVar("K")
R = TypeVar("R")
Contents: TypeAlias = Iterable[str | os.PathLike[str]] | Mapping[str, Content]
"""Paths of files, or contents by the name that each is to have."""
Targets: TypeAlias = Mapping[int, str | os.PathLike[str]] | Mapping[str, str | os.PathLike[str]]
"""The path to write for each id."""


@frozen
class Outcome(Generic[K, R]):
    """What became of one of several transfers.

    Attributes:
        item: What it was about, as the caller named it.
        result: What it gave; None if it did not end well.
        error: Why it failed; None if it did not, or was not begun.
        cancelled: Whether it was under way when another failed, and was stopped for that. `query_many` and
            `export_many` do so; other calls let end what is under way.
    """

    item: K
    result: R | None = None
    error: DomoError | OSError | None = None
    cancelled: bool = False


@frozen
class Outcomes(Generic[K, R]):
    """What became of several transfers, in the order in which they were given.

    Attributes:
        entries: One for each.
    """

    entries: tuple[Outcome[K, R], ...]

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Outcome[K, R]]:
        return iter(self.entries)

    @property
    def done(self) -> tuple[Outcome[K, R], ...]:
        """Those that ended well."""
        return tuple(entry for entry in self.entries if entry.result is not None)

    @property
    def failed(self) -> tuple[Outcome[K, R], ...]:
        """Those that failed."""
        return tuple(entry for entry in self.entries if entry.error is not None)

    @property
    def not_begun(self) -> tuple[Outcome[K, R], ...]:
        """Those that were not begun, since another had failed."""
        return tuple(entry for entry in self.entries if entry.result is None and entry.error is None)

    def raise_for_failures(self) -> None:
        """Raise the error of the first that failed, if any did."""
        for entry in self.entries:
            if entry.error is not None:
                raise entry.error


async def in_turn(
    items: Iterable[K],
    work: Callable[[K], Awaitable[R]],
    *,
    concurrency: int,
    stop_on_error: bool,
    on_outcome: Callable[[Outcome[K, R]], None] | None = None,
) -> Outcomes[K, R]:
    """Do some work for each item, for so many at a time.

    Args:
        items: What to work on.
        work: Does it for one; must not return None.
        concurrency: How many at a time.
        stop_on_error: Whether none is begun any more once one has failed; those under way still end.
        on_outcome: Called with each as it ends.

    Raises:
        ConfigError: `concurrency` is less than 1.
    """
    if concurrency < 1:
        raise ConfigError("concurrency must be at least 1")
    entries = [Outcome[K, R](item) for item in items]
    left = iter(range(len(entries)))
    stopped = False

    async def worker() -> None:
        nonlocal stopped
        for place in left:
            if stopped:
                return
            entries[place] = await _outcome(entries[place].item, work)
            stopped = stopped or (stop_on_error and entries[place].error is not None)
            if on_outcome is not None:
                on_outcome(entries[place])

    try:
        async with asyncio.TaskGroup() as workers:
            for _ in range(min(concurrency, len(entries))):
                workers.create_task(worker())
    except BaseExceptionGroup as failures:
        # What `work` or the callback raised beyond the usual is a bug of theirs, and looks as if it were alone.
        raise failures.exceptions[0] from None
    return Outcomes(tuple(entries))


async def _outcome(item: K, work: Callable[[K], Awaitable[R]]) -> Outcome[K, R]:
    try:
        return Outcome(item, await work(item))
    except (DomoError, OSError) as error:
        return Outcome(item, error=error)


def _named(contents: Contents) -> dict[str, tuple[str, Content]]:
    """Return the name and the content of each, by what it goes by: its path as given, or its name.

    Raises:
        ConfigError: There are none, one is given twice, or it is one text where a list is due.
    """
    if isinstance(contents, str | bytes | os.PathLike):
        raise ConfigError(f"several files are due; write [{contents!r}] for a single one")
    found: dict[str, tuple[str, Content]] = {}
    if isinstance(contents, Mapping):
        found = {str(name): (content_name(content, str(name)), content) for name, content in contents.items()}
    else:
        for path in contents:
            item = os.fspath(path)
            if item in found:
                raise ConfigError(f"{item} is given twice")
            found[item] = content_name(item, None), item
    if not found:
        raise ConfigError("there is nothing to upload")
    return found


async def upload_many(
    contents: Contents,
    send: Callable[[str, Content, Reporter], Awaitable[R]],
    *,
    clock: Clock,
    concurrency: int,
    stop_on_error: bool,
    progress: ProgressOption,
    unique: bool = False,
) -> Outcomes[str, R]:
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
        if unique and len({name for name, _ in wanted.values()}) < len(wanted):
            raise ConfigError("two files have one name, and the one would take the other's place")
        sizes = [content_size(content) or 0 for _, content in wanted.values()]
        with reporting(clock, progress, total=sum(sizes), title="upload") as reporter:

            async def work(item: str) -> R:
                name, content = wanted[item]
                return await send(name, content, reporter)

            outcomes = await in_turn(
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
) -> Outcomes[int | str, DownloadResult]:
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
        outcomes = await in_turn(
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
    paths: dict[int | str, Path] = {item: Path(target) for item, target in targets.items()}
    if not paths:
        raise ConfigError("there is nothing to download")
    if len({path.resolve() for path in paths.values()}) < len(paths):
        raise ConfigError("two files are to be written to one path")
    return paths

"""Downloads that are complete and verified, or fail as a whole."""

from __future__ import annotations

import asyncio
import os
from functools import partial
from pathlib import Path

from domo_async._settings import Settings
from domo_async._transfer.atomic_write import atomic_write, check_writable, object_errors, special_file
from domo_async._transfer.file_writer import FileWriter, MemoryWriter, ObjectWriter, Target, check_target, writing
from domo_async._transfer.files.resuming import Described, DownloadResult, Fetch, Look, Transfer, described_by
from domo_async._transfer.progress import ProgressOption, Reporter, reporting, told_the_end
from domo_async._transfer.threads import in_thread

__all__ = ["download", "fetch_to"]


async def download(
    fetch: Fetch,
    target: Target | None,
    settings: Settings,
    *,
    look: Look | None = None,
    progress: ProgressOption = None,
) -> bytes | DownloadResult:
    """Return the content that `fetch` requests, or stream it to `target`; see `Files.download`.

    Args:
        fetch: Requests the content.
        target: A path or a binary file object, or None.
        settings: The settings, with the retries and the clock.
        look: Requests the description that the content must match; None to skip that check.
        progress: The caller's progress option.

    Raises:
        ConfigError: The target cannot be written to.
        IncompleteAnswer: The answer broke off at every attempt.
        ContentMismatch: The content does not match the instance's description.
    """
    with told_the_end(progress):
        if target is not None:
            await in_thread(check_target, target)
        with reporting(settings.clock, progress, total=None, title="download") as reporter:
            async with described_by(look) as described:
                described.add_done_callback(partial(_tell_size, reporter))
                if target is None:
                    memory = MemoryWriter()
                    await Transfer(fetch, look, described, memory, reporter, settings).run()
                    result: bytes | DownloadResult = bytes(memory.content)
                elif isinstance(target, str | os.PathLike):
                    result = await _to_path(fetch, look, described, Path(target), reporter, settings)
                else:
                    with object_errors(target):
                        result = await Transfer(fetch, look, described, ObjectWriter(target), reporter, settings).run()
            reporter.finish()
    return result


def _tell_size(reporter: Reporter, described: asyncio.Future[Described]) -> None:
    if not described.cancelled() and described.exception() is None:
        reporter.expect(described.result().size)


async def fetch_to(
    path: Path, fetch: Fetch, look: Look | None, reporter: Reporter, settings: Settings
) -> DownloadResult:
    """Stream a content to a path, as one of several that share a reporter."""
    await in_thread(check_writable, path)
    async with described_by(look) as described:
        return await _to_path(fetch, look, described, path, reporter, settings)


async def _to_path(
    fetch: Fetch,
    look: Look | None,
    described: asyncio.Future[Described],
    path: Path,
    reporter: Reporter,
    settings: Settings,
) -> DownloadResult:
    async with special_file(path) as special:
        if special is not None:
            return await Transfer(fetch, look, described, ObjectWriter(special), reporter, settings).run()
    async with atomic_write(path) as partial, writing(lambda: FileWriter(partial)) as writer:
        return await Transfer(fetch, look, described, writer, reporter, settings).run()

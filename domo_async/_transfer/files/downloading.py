"""Contents that come down whole and checked, or not at all."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import BinaryIO, TypeAlias

from attrs import frozen

from domo_async._settings import Settings
from domo_async._transfer.atomic_write import (
    atomic_write,
    check_file_object,
    check_writable,
    object_errors,
    special_file,
    write_all,
)
from domo_async._transfer.files.resuming import Described, DownloadResult, Fetch, Look, Transfer
from domo_async._transfer.progress import ProgressOption, Reporter, reporting, told_the_end

__all__ = ["DownloadTarget", "download", "fetch_to"]

DownloadTarget: TypeAlias = str | os.PathLike[str] | BinaryIO


async def download(
    fetch: Fetch,
    target: DownloadTarget | None,
    settings: Settings,
    *,
    look: Look | None = None,
    progress: ProgressOption = None,
) -> bytes | DownloadResult:
    """Return the content that `fetch` gives, or stream it to `target`; see `Files.download`.

    Args:
        fetch: Asks for the content.
        target: A path or a binary file object, or None.
        settings: How often to ask, and where time comes from.
        look: Asks what the content has to be; None if that is not to be checked.
        progress: Whom to tell.

    Raises:
        ConfigError: The target cannot be written to.
        IncompleteAnswer: The answer broke off, each time that it was asked for.
        ContentMismatch: The content is not what the instance says it is.
    """
    with told_the_end(progress):
        if target is not None:
            await asyncio.to_thread(_check_target, target)
        described = Described() if look is None else await look()
        with reporting(settings.clock, progress, total=described.size, title="download") as reporter:
            if target is None:
                memory = _Memory()
                await Transfer(fetch, look, described, memory, reporter, settings).run()
                result: bytes | DownloadResult = bytes(memory.content)
            elif isinstance(target, str | os.PathLike):
                result = await _to_path(fetch, look, described, Path(target), reporter, settings)
            else:
                with object_errors(target):
                    result = await Transfer(fetch, look, described, _Given(target), reporter, settings).run()
            reporter.finish()
    return result


async def fetch_to(
    path: Path, fetch: Fetch, look: Look | None, reporter: Reporter, settings: Settings
) -> DownloadResult:
    """Stream a content to a path, as one of several that a reporter counts."""
    await asyncio.to_thread(check_writable, path)
    return await _to_path(fetch, look, Described() if look is None else await look(), path, reporter, settings)


def _check_target(target: DownloadTarget) -> None:
    if isinstance(target, str | os.PathLike):
        check_writable(Path(target))
    else:
        check_file_object(target)


async def _to_path(
    fetch: Fetch, look: Look | None, described: Described, path: Path, reporter: Reporter, settings: Settings
) -> DownloadResult:
    async with special_file(path) as special:
        if special is not None:
            return await Transfer(fetch, look, described, _Given(special), reporter, settings).run()
    async with atomic_write(path) as partial:
        with partial.open("r+b", buffering=0) as file:
            return await Transfer(fetch, look, described, _File(file), reporter, settings).run()


class _Memory:
    def __init__(self) -> None:
        self.content = bytearray()

    def write(self, piece: bytes) -> None:
        self.content += piece

    def restart(self) -> bool:
        self.content.clear()
        return True


@frozen
class _File:
    _file: BinaryIO

    def write(self, piece: bytes) -> None:
        write_all(self._file, piece)

    def restart(self) -> bool:
        self._file.seek(0)
        self._file.truncate()
        return True


@frozen
class _Given:
    """A file object of the caller's: what it was given cannot be taken back."""

    _file: BinaryIO

    def write(self, piece: bytes) -> None:
        write_all(self._file, piece)

    def restart(self) -> bool:
        return False

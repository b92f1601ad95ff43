"""What an instance gives, streamed to disk: whole, or not at all."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path
from typing import BinaryIO, TypeAlias, TypeVar

import aiofiles
from attrs import frozen

from domo_async.clock import Clock
from domo_async.errors import ConfigError, IncompleteAnswer
from domo_async.settings import Retries, Settings
from domo_async.transfer.progress import ProgressOption, Reporter, reporting
from domo_async.transport import Download, retry_delay

__all__ = ["ExportResult", "ExportTarget", "download", "export"]

T = TypeVar("T")
ExportTarget: TypeAlias = str | os.PathLike[str] | BinaryIO
_Fetch: TypeAlias = Callable[[], AbstractAsyncContextManager[Download]]
_Read: TypeAlias = Callable[[Download], AsyncIterator[bytes]]
# Written in pieces of this size: a hop to a thread for each of the socket's own would cost more than the writing.
_WRITE = 1 << 20


@frozen(kw_only=True)
class ExportResult:
    """What came whole, and is written.

    Attributes:
        bytes: How many bytes.
        seconds: From the call to the end.
    """

    bytes: int
    seconds: float


async def export(
    fetch: _Fetch,
    target: ExportTarget,
    *,
    csv_of_json: Callable[[bytes], bytes],
    progress: ProgressOption,
    clock: Clock,
    retries: Retries,
) -> ExportResult:
    """Stream the CSV that `fetch` gives to `target`; see `Datasets.export`.

    Args:
        fetch: Asks the instance.
        target: A path or a binary file object.
        csv_of_json: Makes CSV of an answer that is JSON; such a one is held in memory.
        progress: Whom to tell.
        clock: Where time comes from.
        retries: How often to ask.
    """

    async def read(answer: Download) -> AsyncIterator[bytes]:
        if answer.content_type == "application/json":
            yield csv_of_json(b"".join([piece async for piece in answer.chunks()]))
            return
        async for piece in answer.chunks():
            yield piece

    with reporting(clock, progress, total=None, title="export") as reporter:
        return await _save(fetch, target, read, reporter, clock, retries)


async def download(fetch: _Fetch, target: ExportTarget | None, settings: Settings) -> bytes | ExportResult:
    """Return the bytes that `fetch` gives, or stream them to `target`; see `Files.download`."""
    if target is None:
        return await _persistent(lambda: _whole(fetch), settings.clock, settings.retries)
    with reporting(settings.clock, None, total=None, title="download") as reporter:
        return await _save(fetch, target, Download.chunks, reporter, settings.clock, settings.retries)


async def _whole(fetch: _Fetch) -> bytes:
    async with fetch() as answer:
        return b"".join([piece async for piece in answer.chunks()])


async def _save(
    fetch: _Fetch, target: ExportTarget, read: _Read, reporter: Reporter, clock: Clock, retries: Retries
) -> ExportResult:
    if isinstance(target, str | os.PathLike):
        path = Path(target)
        await asyncio.to_thread(_check_writable, path)
        size = await _to_path(lambda file: _fetch_whole(fetch, file, read, reporter), path, clock, retries)
    elif callable(getattr(target, "write", None)):
        # What a file object was given cannot be taken back, so there is no second try.
        size = await _copy(fetch, lambda piece: asyncio.to_thread(_write_all, target, piece), read, reporter)
    else:
        raise ConfigError(f"cannot write to a {type(target).__name__}; give a path or a binary file object")
    reporter.finish()
    return ExportResult(bytes=size, seconds=reporter.seconds)


async def _persistent(attempt: Callable[[], Awaitable[T]], clock: Clock, retries: Retries) -> T:
    """Return what an attempt gives; should the answer break off, make another from the beginning."""
    number = 1
    while True:
        try:
            return await attempt()
        except IncompleteAnswer as error:
            delay = retry_delay(retries, error, attempt=number, idempotent=True, chance=random.random())  # noqa: S311
            if delay is None:
                raise
        await clock.sleep(delay)
        number += 1


async def _to_path(fill: Callable[[Path], Awaitable[int]], path: Path, clock: Clock, retries: Retries) -> int:
    """Write beside `path` and move there what is whole and safely on disk."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        size = await _persistent(lambda: fill(partial), clock, retries)
        await asyncio.to_thread(partial.replace, path)
    except BaseException:
        with suppress(OSError):
            partial.unlink()
        raise
    return size


def _check_writable(path: Path) -> None:
    if path.is_dir():
        raise ConfigError(f"{path} is a folder; name the file to write")
    if not path.parent.is_dir():
        raise ConfigError(f"there is no folder {path.parent} to write {path.name} into")


async def _fetch_whole(fetch: _Fetch, path: Path, read: _Read, reporter: Reporter) -> int:
    async with aiofiles.open(path, "wb") as file:
        size = await _copy(fetch, file.write, read, reporter)
        await file.flush()
        await asyncio.to_thread(os.fsync, file.fileno())
        return size


async def _copy(fetch: _Fetch, write: Callable[[bytes], Awaitable[object]], read: _Read, reporter: Reporter) -> int:
    """Copy one answer, and return its bytes."""
    size = waiting = 0
    pieces: list[bytes] = []
    try:
        async with fetch() as answer:
            async for piece in read(answer):
                pieces.append(piece)
                size += len(piece)
                waiting += len(piece)
                reporter.moved(len(piece))
                if waiting >= _WRITE:
                    await write(b"".join(pieces))
                    pieces.clear()
                    waiting = 0
        await write(b"".join(pieces))
    except IncompleteAnswer:
        reporter.moved(-size)
        raise
    return size


def _write_all(target: BinaryIO, piece: bytes) -> None:
    rest = memoryview(piece)
    while rest:
        # An unbuffered file may take less than it is given.
        rest = rest[target.write(rest) :]

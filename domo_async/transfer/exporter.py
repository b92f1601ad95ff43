"""A dataset's rows streamed to disk: whole, or not at all."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path
from typing import BinaryIO, TypeAlias

import aiofiles
from attrs import frozen

from domo_async.clock import Clock
from domo_async.errors import ConfigError, DecodeError, IncompleteAnswer
from domo_async.settings import Retries
from domo_async.transfer.progress import ProgressOption, Reporter, reporting
from domo_async.transport import Download, retry_delay

__all__ = ["ExportResult", "ExportTarget", "export"]

ExportTarget: TypeAlias = str | os.PathLike[str] | BinaryIO
_Fetch: TypeAlias = Callable[[], AbstractAsyncContextManager[Download]]
# Written in pieces of this size: a hop to a thread for each of the socket's own would cost more than the writing.
_WRITE = 1 << 20


@frozen(kw_only=True)
class ExportResult:
    """An export that came whole.

    Attributes:
        bytes: Bytes of CSV.
        seconds: From the call to the end.
    """

    bytes: int
    seconds: float


async def export(
    fetch: _Fetch, target: ExportTarget, *, progress: ProgressOption, clock: Clock, retries: Retries
) -> ExportResult:
    """Stream what `fetch` gives to `target`; see `Datasets.export`."""
    with reporting(clock, progress, total=None, title="export") as reporter:
        if isinstance(target, str | os.PathLike):
            size = await _to_path(fetch, Path(target), reporter, clock, retries)
        elif callable(getattr(target, "write", None)):
            # What a file object was given cannot be taken back, so there is no second try.
            size = await _copy(fetch, lambda piece: asyncio.to_thread(_write_all, target, piece), reporter)
        else:
            raise ConfigError(f"cannot export to a {type(target).__name__}; give a path or a binary file object")
        reporter.finish()
        return ExportResult(bytes=size, seconds=reporter.seconds)


async def _to_path(fetch: _Fetch, path: Path, reporter: Reporter, clock: Clock, retries: Retries) -> int:
    """Write beside `path` and move there what is whole and safely on disk."""
    await asyncio.to_thread(_check_writable, path)
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        size = await _fetch_whole(fetch, partial, reporter, clock, retries)
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


async def _fetch_whole(fetch: _Fetch, path: Path, reporter: Reporter, clock: Clock, retries: Retries) -> int:
    """Fetch into a file, from the beginning again should the answer break off."""
    attempt = 1
    while True:
        try:
            async with aiofiles.open(path, "wb") as file:
                size = await _copy(fetch, file.write, reporter)
                await file.flush()
                await asyncio.to_thread(os.fsync, file.fileno())
                return size
        except IncompleteAnswer as error:
            delay = retry_delay(retries, error, attempt=attempt, idempotent=True, chance=random.random())  # noqa: S311
            if delay is None:
                raise
        await clock.sleep(delay)
        attempt += 1


async def _copy(fetch: _Fetch, write: Callable[[bytes], Awaitable[object]], reporter: Reporter) -> int:
    """Copy one answer, and return its bytes."""
    size = waiting = 0
    pieces: list[bytes] = []
    try:
        async with fetch() as download:
            if download.content_type == "application/json":
                raise DecodeError("the instance answered JSON where CSV was asked for; read it with query()")
            async for piece in download.chunks():
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

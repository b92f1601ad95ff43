"""Targets of downloads and exports (files, file objects, memory), and a thread that writes from a bounded queue."""

from __future__ import annotations

import asyncio
import inspect
import os
import queue
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TypeAlias, TypeVar

from domo_async._concurrency import wait_for_end
from domo_async._transfer.atomic_write import check_file_object, check_writable, write_all
from domo_async._transfer.gzipping import Packer, gzip_packer
from domo_async._transfer.threads import in_thread
from domo_async.errors import ConfigError

__all__ = [
    "TABLES",
    "AsyncFileTarget",
    "BackgroundWriter",
    "FileWriter",
    "MemoryWriter",
    "ObjectWriter",
    "RestartableWriter",
    "Target",
    "Writer",
    "check_target",
    "is_awaited",
    "packed_as",
    "writing",
]

# Bytes are handed over in pieces of this size, because each piece costs a message between threads.
_HANDED = 1 << 20
# The most bytes that may wait for the disk.
_MOST = 8 << 20
# The system is asked to write after this many bytes, so that little is left to wait for at the end.
_FLUSHED = 32 << 20
_MOST_AT_ONCE = 256


W = TypeVar("W", bound="Writer")


class AsyncFileTarget(Protocol):
    """A binary file object whose ``write`` is awaited, such as those of aiofiles and anyio."""

    async def write(self, data: bytes, /) -> int:
        """Write bytes, and return how many."""
        ...


Target: TypeAlias = str | os.PathLike[str] | BinaryIO | AsyncFileTarget
"""The targets that can be written to: a path or a binary file object."""


class Writer(Protocol):
    """Takes bytes, in a thread."""

    def write(self, pieces: Sequence[bytes]) -> None:
        """Take bytes."""
        ...

    def close(self, *, whole: bool) -> None:
        """Close the target, of which the content is complete or was given up."""
        ...


class RestartableWriter(Writer, Protocol):
    """A writer that may be able to start over."""

    def restart(self) -> bool:
        """Discard all bytes, and return whether that was possible."""
        ...


class MemoryWriter:
    """Keeps bytes in memory.

    Attributes:
        content: The bytes.
    """

    def __init__(self) -> None:
        self.content = bytearray()

    def write(self, pieces: Sequence[bytes]) -> None:
        """Keep the bytes."""
        for piece in pieces:
            self.content += piece

    def restart(self) -> bool:
        """Discard all bytes."""
        self.content.clear()
        return True

    def close(self, *, whole: bool) -> None:
        """Keep the content."""


class ObjectWriter:
    """Writes to a file object, compressed if asked; the caller closes it.

    If its ``write`` is a coroutine, it runs on the event loop on which this writer is created.

    Args:
        target: The file object.
        packing: The compression, as `packed_as` gives it.
    """

    def __init__(self, target: BinaryIO | AsyncFileTarget, packing: str | None = None) -> None:
        self._target: Any = _AwaitedFile(target) if is_awaited(target) else target
        self._packer = _packer(packing)

    def write(self, pieces: Sequence[bytes]) -> None:
        """Write."""
        joined = b"".join(pieces)
        write_all(self._target, joined if self._packer is None else self._packer.compress(joined))

    def restart(self) -> bool:
        """Return False: bytes given to a file object cannot be taken back."""
        return False

    def close(self, *, whole: bool) -> None:
        """Leave it open."""
        if whole and self._packer is not None:
            write_all(self._target, self._packer.flush())


class FileWriter:
    """Overwrites a file, compressed if asked, and asks the system to write it to disk along the way.

    Args:
        path: The file.
        packing: The compression, as `packed_as` gives it.
    """

    def __init__(self, path: Path, packing: str | None = None) -> None:
        self._packer = _packer(packing)
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o666)
        self._unflushed = 0

    def write(self, pieces: Sequence[bytes]) -> None:
        """Write."""
        if self._packer is not None:
            pieces = [packed for piece in pieces if (packed := self._packer.compress(piece))]
        for start in range(0, len(pieces), _MOST_AT_ONCE):
            self._write(pieces[start : start + _MOST_AT_ONCE])
        self._unflushed += sum(map(len, pieces))
        if self._unflushed >= _FLUSHED:
            getattr(os, "fdatasync", os.fsync)(self._fd)
            self._unflushed = 0

    def restart(self) -> bool:
        """Empty the file; not possible if it is compressed."""
        os.ftruncate(self._fd, 0)
        os.lseek(self._fd, 0, os.SEEK_SET)
        return self._packer is None

    def close(self, *, whole: bool) -> None:
        """Close the file; a complete file is synced to disk first."""
        try:
            if whole:
                if self._packer is not None:
                    self._write([self._packer.flush()])
                os.fsync(self._fd)
        finally:
            os.close(self._fd)

    def _write(self, pieces: Sequence[bytes]) -> None:
        if not hasattr(os, "writev"):  # Windows
            pieces = [b"".join(pieces)]
        rest = [memoryview(piece) for piece in pieces if piece]
        while rest:
            written = os.writev(self._fd, rest) if hasattr(os, "writev") else os.write(self._fd, rest[0])
            while rest and written >= len(rest[0]):
                written -= len(rest.pop(0))
            if rest:
                rest[0] = rest[0][written:]


class _AwaitedFile:
    """A file object whose ``write`` is awaited, made usable from threads."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._loop = asyncio.get_running_loop()

    def write(self, piece: bytes) -> Any:
        return asyncio.run_coroutine_threadsafe(self._file.write(piece), self._loop).result()


def is_awaited(target: object) -> bool:
    """Return whether the ``write`` of a file object is awaited."""
    return inspect.iscoroutinefunction(getattr(target, "write", None))


def check_target(target: object) -> None:
    """Check that a target can be written to.

    Raises:
        ConfigError: The target is neither a path that can be written to nor a binary file object.
    """
    if isinstance(target, str | os.PathLike):
        check_writable(Path(target))
    else:
        check_file_object(target)


@asynccontextmanager
async def writing(open_writer: Callable[[], W]) -> AsyncIterator[W]:
    """Open a writer for the duration of a block; the block either writes everything or fails."""
    writer = await in_thread(open_writer)
    whole = False
    try:
        yield writer
        whole = True
    finally:
        await in_thread(lambda: writer.close(whole=whole))


TABLES = frozenset({".parquet", ".arrow", ".feather"})
"""The suffixes of Parquet and Arrow files."""

# A caller who asks for these suffixes does not want CSV, plain or compressed.
_PACKED = frozenset({".bz2", ".xz", ".zip", ".lz4", ".7z"})
_NO_CSV = TABLES | {".tsv", ".orc", ".avro", ".xlsx", ".xls", ".ods", ".json", ".jsonl", ".ndjson", ".xml", ".html"}


def packed_as(name: str) -> str | None:
    """Return the compression that the name of a CSV file asks for; None for no compression.

    Raises:
        ConfigError: The name asks for an unknown compression, for one that needs a package which is not installed, or
            for a format other than CSV.
    """
    path = Path(name)
    packing = {".gz": "gzip", ".zst": "zstd"}.get(path.suffix.lower())
    suffix = (Path(path.stem) if packing else path).suffix.lower()
    if suffix in _PACKED:
        raise ConfigError(f"{name}: the compression {suffix} is not supported; use .gz or .zst")
    if suffix in _NO_CSV:
        raise ConfigError(
            f"{name} has an unknown suffix; choose CSV, plain or compressed (.gz, .zst), .parquet, .arrow or .feather"
        )
    _packer(packing)
    return packing


def _packer(packing: str | None) -> Packer | None:
    if packing == "gzip":
        return gzip_packer()
    if packing == "zstd":
        try:
            import zstandard  # noqa: PLC0415 - optional
        except ImportError:
            raise ConfigError('a .zst file needs zstandard: pip install "domo-async[zstd]"') from None
        return zstandard.ZstdCompressor().compressobj()
    return None


class BackgroundWriter:
    """Takes bytes on the event loop and writes them in a thread of its own.

    The caller only waits while too many bytes are queued, so a slow disk slows the sender and not other calls.

    Args:
        open_writer: Opens the writer; called in the thread.
    """

    def __init__(self, open_writer: Callable[[], Writer]) -> None:
        self._open = open_writer
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[list[bytes] | None] = queue.SimpleQueue()
        self._pieces: list[bytes] = []
        self._gathered = self._under_way = 0
        self._moved = asyncio.Event()
        self._error: BaseException | None = None
        self._given_up = False
        self._ended = self._loop.create_future()
        threading.Thread(target=self._work, name="domo-async-writer", daemon=True).start()

    async def write(self, piece: bytes) -> None:
        """Take bytes.

        Raises:
            OSError: Earlier bytes could not be written.
        """
        self._pieces.append(piece)
        self._gathered += len(piece)
        if self._gathered >= _HANDED:
            self._hand_over()
            while self._under_way > _MOST and self._error is None:
                self._moved.clear()
                await self._moved.wait()
        if self._error is not None:
            raise self._error

    async def finish(self) -> None:
        """Wait until all bytes are written and synced to disk.

        Raises:
            OSError: They could not be written.
        """
        self._hand_over()
        self._queue.put(None)
        await asyncio.shield(self._ended)
        if self._error is not None:
            raise self._error

    async def give_up(self) -> None:
        """End the thread, and wait until it has closed the file."""
        self._given_up = True
        self._queue.put(None)
        await wait_for_end(self._ended)

    def _hand_over(self) -> None:
        if self._pieces:
            self._under_way += self._gathered
            self._queue.put(self._pieces)
        self._pieces, self._gathered = [], 0

    def _work(self) -> None:
        try:
            writer = self._open()
            try:
                while (pieces := self._queue.get()) is not None and not self._given_up:
                    writer.write(pieces)
                    self._call(self._written, sum(map(len, pieces)))
            except BaseException:
                self._given_up = True
                raise
            finally:
                writer.close(whole=not self._given_up)
        except BaseException as error:  # noqa: BLE001 - raised again on the event loop
            self._error = error
        self._call(self._end)

    def _call(self, callback: Callable[..., object], *arguments: object) -> None:
        # If the loop was closed in the meantime, nobody is left to notify.
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(callback, *arguments)

    def _written(self, size: int) -> None:
        self._under_way -= size
        self._moved.set()

    def _end(self) -> None:
        self._moved.set()
        if not self._ended.done():
            self._ended.set_result(None)

"""Open files: for blocking callers, and to be awaited."""

# fsspec does not say its types, and pyright takes what it guesses for them.
# pyright: reportIncompatibleMethodOverride=false, reportIncompatibleVariableOverride=false

from __future__ import annotations

import errno
import io
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from fsspec.asyn import AbstractAsyncStreamedFile
from fsspec.spec import AbstractBufferedFile

from domo_async._fsspec.access import sync
from domo_async._fsspec.content import Reading, Spool
from domo_async._telemetry import cause_of, tell
from domo_async._telemetry.events import FILE_DISCARDED

__all__ = ["AsyncFile", "File", "PackedFile", "Store"]


class Store(Protocol):
    """The file system of an open file."""

    @property
    def loop(self) -> Any:
        """The event loop of blocking calls."""
        ...

    async def reading(self, path: str) -> Reading:
        """Return the reading of a file's content."""
        ...

    async def store(self, path: str, content: bytes | Path, *, exclusive: bool = False) -> None:
        """Make a content the file at a path."""
        ...

    def invalidate_cache(self, path: str | None = None) -> None:
        """Forget listings."""
        ...


def _moved(loc: int, whence: int, position: int, size: int) -> int:
    if whence not in {0, 1, 2}:
        raise ValueError(f"invalid whence ({whence}, should be 0, 1 or 2)")
    moved = int(loc) + (0, position, size)[whence]
    if moved < 0:
        raise ValueError("seek before the beginning of the file")
    return moved


class _Written:
    """A file that is written: nothing of it is on the instance before it is committed, and then all of it."""

    def __init__(self, fs: Store, path: str, *, exclusive: bool) -> None:
        self._fs = fs
        self._path = path
        self._exclusive = exclusive
        self._spool: Spool | None = Spool()
        self._before = sys.exc_info()[1]

    @property
    def size(self) -> int:
        return 0 if self._spool is None else self._spool.size

    def write(self, data: bytes | bytearray, position: int) -> None:
        if self._spool is not None:
            self._spool.write(data, position)

    def failed(self) -> bool:
        """Return whether an error is being raised that was not when the file was opened."""
        now = sys.exc_info()[1]
        return now is not None and now is not self._before

    async def commit(self) -> None:
        """Send all of it, once."""
        spool, self._spool = self._spool, None
        if spool is None:
            return
        try:
            await self._fs.store(self._path, spool.content(), exclusive=self._exclusive)
        finally:
            spool.discard()

    def discard(self) -> None:
        """Forget it, and log why."""
        error = sys.exc_info()[1]
        if self._spool is not None and error is not None and error is not self._before:
            tell(FILE_DISCARDED, bytes=self._spool.size, cause=cause_of(error))
        self.abandon()

    def abandon(self) -> None:
        """Forget it."""
        spool, self._spool = self._spool, None
        if spool is not None:
            spool.discard()


class File(AbstractBufferedFile):
    """An open file.

    Written bytes are sent when the file is closed. They are discarded if an error leaves the ``with`` block, or if the
    file is closed while an error is handled that was raised after the file was opened, or never closed.
    """

    closed: bool

    def __init__(self, fs: Store, path: str, mode: str, **options: Any) -> None:
        self._written: _Written | None = None
        self._reading: Reading | None = None
        if mode == "rb":
            reading: Reading = sync(fs.loop, fs.reading, path)
            self._reading = reading
            options["size"] = reading.size
        super().__init__(fs, path, "rb" if mode == "rb" else "wb", **options)
        if mode != "rb":
            self._written = _Written(fs, path, exclusive=mode == "xb")

    def _fetch_range(self, start: int, end: int) -> bytes:
        assert self._reading is not None  # noqa: S101 - it is open for reading
        return bytes(sync(self.fs.loop, self._reading.read, start, end))

    # What is written is kept until it is sent, so it can be written at any position. Text files need that to begin with
    # the byte order mark of UTF-16.

    def seekable(self) -> bool:
        """Return True."""
        return True

    def seek(self, loc: int, whence: int = 0) -> int:
        """Move to another position for reading or writing."""
        if self._written is None or self.closed:
            return super().seek(loc, whence)
        self.loc = _moved(loc, whence, self.loc, self._written.size)
        return self.loc

    def write(self, data: Any) -> int:
        """Take bytes to write."""
        if self._written is None or self.closed:
            return super().write(data)  # which refuses it
        data = data if isinstance(data, bytes | bytearray) else memoryview(data).tobytes()
        self._written.write(data, self.loc)
        self.loc += len(data)
        return len(data)

    def flush(self, force: bool = False) -> None:
        """Do nothing: all is sent when the file is closed."""
        if self.closed:
            raise ValueError("I/O operation on closed file.")

    def commit(self) -> None:
        """Send what was written."""
        if self._written is not None:
            sync(self.fs.loop, self._written.commit)
            self.fs.invalidate_cache(self.path)

    def discard(self) -> None:
        """Forget what was written."""
        if self._written is not None:
            self._written.discard()

    def close(self) -> None:
        """Send what was written, or discard it if an error is being raised."""
        if self.closed:
            return
        if self._written is not None and self._written.failed():
            self._written.discard()
            self.closed = True
            return
        try:
            if self.autocommit:
                self.commit()
            super().close()
        finally:
            self.closed = True
            if self._reading is not None:
                self._reading.close()
            if self._written is not None and self.autocommit:
                self._written.discard()

    def __exit__(self, exc_type: type[BaseException] | None, *_: object) -> None:
        if exc_type is not None:
            self.discard()
        if exc_type is not None and self._written is not None:
            self.closed = True
        self.close()

    def abandon(self) -> None:
        """Forget what was written, as nobody has closed it."""
        if self._written is not None:
            self._written.abandon()

    def _dealloc_warn(self, _source: object) -> None:
        """Called by Python's text files and buffers that were never closed, before they close what they wrap."""
        self.abandon()

    def __del__(self) -> None:
        if not self.closed:
            self.closed = True
            self.abandon()
            if self._reading is not None:
                self._reading.close()


class PackedFile(io.RawIOBase):
    """A file that is compressed as it is written; closing it closes the file, too.

    Args:
        packer: The compressor over `file`.
        file: The file.
    """

    def __init__(self, packer: Any, file: File) -> None:
        self._packer = packer
        self._file = file
        self._position = 0

    def writable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True, though only `tell` works: text files begin with a byte order mark if they can ask for it."""
        return True

    def tell(self) -> int:
        """Return the number of bytes that were compressed."""
        return self._position

    def write(self, data: Any, /) -> int:
        """Compress bytes."""
        self._packer.write(data)
        self._position += (count := memoryview(data).nbytes)
        return count

    def flush(self) -> None:
        """Do nothing: flushing would make the compression worse."""

    def close(self) -> None:
        """Finish the compression and commit the file."""
        if self.closed:
            return
        super().close()
        try:
            self._packer.close()
        except BaseException:
            self._file.discard()
            raise
        self._file.close()

    def __exit__(self, exc_type: type[BaseException] | None, *_: object) -> None:
        if exc_type is not None:
            self._file.discard()
        self.close()

    def _dealloc_warn(self, _source: object) -> None:
        """See `File`."""
        self._file.abandon()

    def __del__(self) -> None:
        if not self.closed:
            self._file.abandon()
            self.close()


class AsyncFile(AbstractAsyncStreamedFile):
    """An open file, to be awaited.

    Written bytes are sent when the file is closed, and discarded if an error leaves the ``async with`` block.
    """

    def __init__(self, fs: Store, path: str, mode: str, reading: Reading | None) -> None:
        self.fs, self.path, self.mode = fs, path, mode
        self.loc = 0
        self.closed = False
        self._reading = reading
        self._written = None if reading is not None else _Written(fs, path, exclusive=mode == "xb")

    @property
    def size(self) -> int:
        """The size in bytes; of a file that is written, so far."""
        return self.loc if self._reading is None else self._reading.size

    def seek(self, loc: int, whence: int = 0) -> int:
        """Move to another position for reading."""
        if self._reading is None:
            raise OSError(errno.ESPIPE, os.strerror(errno.ESPIPE))
        self.loc = _moved(loc, whence, self.loc, self.size)
        return self.loc

    async def read(self, length: int | None = -1) -> bytes:
        """Return the next bytes, by default all that are left."""
        self._check_open()
        if self._reading is None:
            raise io.UnsupportedOperation("the file is open for writing")
        most = self.size - self.loc if length is None or length < 0 else length
        data = await self._reading.read(self.loc, self.loc + most)
        self.loc += len(data)
        return data

    async def write(self, data: bytes) -> int:  # type: ignore[override] # awaited, as fsspec has it
        """Take bytes to write."""
        self._check_open()
        if self._written is None:
            raise io.UnsupportedOperation("the file is open for reading")
        self._written.write(data, self.loc)
        self.loc += len(data)
        return len(data)

    async def flush(self, force: bool = False) -> None:
        """Do nothing: all is sent when the file is closed."""

    async def commit(self) -> None:
        """Send what was written."""
        if self._written is not None:
            await self._written.commit()
            self.fs.invalidate_cache(self.path)

    async def discard(self) -> None:
        """Forget what was written."""
        if self._written is not None:
            self._written.discard()

    async def close(self) -> None:
        """Send what was written."""
        if self.closed:
            return
        self.closed = True
        if self._reading is not None:
            self._reading.close()
        if self._written is not None and self._written.failed():
            self._written.discard()
        await self.commit()

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("I/O operation on closed file.")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if exc_type is not None:
            await self.discard()
        await self.close()

    def __del__(self) -> None:
        if not self.closed:
            self.closed = True
            if self._reading is not None:
                self._reading.close()
            if self._written is not None:
                self._written.abandon()

"""Random access to stored bytes, in memory or on disk."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from domo_async.errors import SourceError

__all__ = ["SENT_SLICE", "SLICE", "InMemory", "OnDisk", "OpenFile", "Stored", "slices"]

SLICE = 1 << 19
"""The number of bytes read in one piece; it fits the processor's cache."""
SENT_SLICE = SLICE >> 2
"""The same for bytes that are then sent, so that copies of a slice, rewritten or encrypted, fit there, too."""


class OpenFile:
    """An open file, which is closed when its last reader, in any thread, releases it."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __del__(self) -> None:
        os.close(self.number)


class Stored(Protocol):
    """Bytes that can be read at any offset, repeatedly."""

    size: int

    def read(self, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset` on; fewer at the end."""
        ...

    @property
    def path(self) -> Path | None:
        """The absolute path of the file, with links resolved; None if the bytes are not in a file."""
        ...

    def opened(self) -> OpenFile | None:
        """Return the open file, whose descriptor can be read while it is held; None if the bytes are not in a file."""
        ...

    @property
    def identity(self) -> Mapping[str, object]:
        """Return properties by which a later run recognises the same bytes, as far as known without reading them."""
        ...

    def check_unchanged(self) -> None:
        """Raise `SourceError` if the bytes changed since they were opened."""
        ...

    def rest(self) -> None:
        """Close files that are not being read."""
        ...

    def close(self) -> None:
        """Release the bytes."""
        ...


class InMemory:
    """Bytes that the caller holds."""

    def __init__(self, data: bytes | bytearray | memoryview) -> None:
        self._view = memoryview(data).cast("B")
        self.path: None = None
        self.size: int = len(self._view)

    def read(self, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset` on."""
        whole = self._view.obj
        if length == self.size and type(whole) is bytes and len(whole) == length:
            return whole
        return bytes(self._view[offset : offset + length])

    def opened(self) -> None:
        """Return None: there is not a file."""

    @property
    def identity(self) -> Mapping[str, object]:
        """Return the number of bytes."""
        return {"kind": "bytes", "size": self.size}

    def check_unchanged(self) -> None:
        """Do nothing: the caller is responsible for memory that changes."""

    def rest(self) -> None:
        """Do nothing: there is not a file to close."""

    def close(self) -> None:
        """Release the memory, so that the caller can resize it again."""
        self._view.release()


class OnDisk:
    """A file, which is held open until `rest` is called; then it is opened for each read, and must not have changed.

    Raises:
        SourceError: The file does not exist, or it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            # Different spellings of one path resolve to the same path.
            self.path: Path = Path(os.path.realpath(path))
        except ValueError:  # a name with a zero byte
            raise SourceError(f"the file {str(path)!r} does not exist") from None
        self._closed = False
        # For Windows, which has no pread: a thread scans while parts are sent, and seek and read are two steps.
        self._lock = threading.Lock()
        try:
            if not path.is_file():
                raise SourceError(f"the file {path} does not exist")
            self._file: OpenFile | None = self._open()
        except OSError as error:
            raise self._unreadable(error) from None
        found = os.fstat(self._file.number)
        self.size: int = found.st_size
        self._state = _state(found)

    def read(self, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset` on.

        Raises:
            SourceError: The disk failed, or the file was written to while it was closed.
        """
        file = self.opened()
        try:
            if hasattr(os, "pread"):
                return os.pread(file.number, length, offset)
            with self._lock:
                os.lseek(file.number, offset, os.SEEK_SET)
                return os.read(file.number, length)
        except OSError as error:
            raise self._unreadable(error) from None

    def opened(self) -> OpenFile:
        """Return the open file.

        Raises:
            SourceError: It cannot be opened, or was written to while it was closed.
        """
        file = self._file
        if file is None:
            try:
                file = self._open()
                self._check(file)
            except OSError as error:
                raise self._unreadable(error) from None
        return file

    @property
    def identity(self) -> Mapping[str, object]:
        """Return the file's identity, its size, and when it was last written to."""
        return {"kind": "file", "state": self._state}

    def check_unchanged(self) -> None:
        """Raise `SourceError` if the file was written to."""
        self._check(self.opened())

    def rest(self) -> None:
        """Close the file until it is read again."""
        self._file = None

    def close(self) -> None:
        """Close the file; a concurrent reader fails, and never reads another file that gets the same descriptor."""
        self._closed, self._file = True, None

    def _open(self) -> OpenFile:
        if self._closed:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        return OpenFile(os.open(self._path, os.O_RDONLY | getattr(os, "O_BINARY", 0)))

    def _check(self, file: OpenFile) -> None:
        if _state(os.fstat(file.number)) != self._state:
            raise SourceError(f"{self._path} was written to, moved or replaced while it was uploaded")

    def _unreadable(self, error: OSError) -> SourceError:
        return SourceError(f"cannot read {self._path}: {error.strerror}")


def _state(found: os.stat_result) -> tuple[int, ...]:
    """Return fields that change with every write: size and mtime can be set back, the change time cannot."""
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def slices(stored: Stored, start: int, length: int) -> Iterator[bytes]:
    """Yield `length` bytes from `start` on, in pieces to be sent.

    They are read on the event loop itself: reading from the page cache is far cheaper than a hop to a thread.

    Raises:
        SourceError: The file has become too short.
    """
    for offset in range(start, start + length, SENT_SLICE):
        wanted = min(SENT_SLICE, start + length - offset)
        piece = stored.read(offset, wanted)
        if len(piece) != wanted:
            raise SourceError("the file became shorter while it was uploaded")
        yield piece

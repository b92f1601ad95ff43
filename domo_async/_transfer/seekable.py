"""Bytes at rest, in memory or on disk, that can be read at any place and more than once."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from domo_async.errors import SourceError

__all__ = ["SLICE", "InMemory", "OnDisk", "OpenFile", "Stored", "slices"]

SLICE = 1 << 19
"""What is read and handed to the socket at a time: small enough to stay in the processor's cache."""


class OpenFile:
    """An open file, which is closed when nobody reads from it any longer, be it in another thread."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __del__(self) -> None:
        os.close(self.number)


class Stored(Protocol):
    """Bytes that can be read at any place, again and again."""

    size: int

    def read(self, offset: int, length: int) -> bytes:
        """Return the bytes at a place; fewer where they end."""
        ...

    @property
    def path(self) -> Path | None:
        """The file that they are, absolute and without links; None if they are none."""
        ...

    def opened(self) -> OpenFile | None:
        """Return the open file that they are, to be read by its number as long as it is held; None if they are none."""
        ...

    @property
    def identity(self) -> Mapping[str, object]:
        """What tells whether they are the same another time, as far as that is known without reading them."""
        ...

    def check_unchanged(self) -> None:
        """Raise `SourceError` if they are not what they were in the beginning."""
        ...

    def rest(self) -> None:
        """Hold nothing open that is not being read."""
        ...

    def close(self) -> None:
        """Let go of them."""
        ...


class InMemory:
    """Bytes that the caller holds."""

    def __init__(self, data: bytes | bytearray | memoryview) -> None:
        self._view = memoryview(data).cast("B")
        self.path: None = None
        self.size: int = len(self._view)

    def read(self, offset: int, length: int) -> bytes:
        """Return the bytes at a place."""
        return bytes(self._view[offset : offset + length])

    def opened(self) -> None:
        """There is no file."""

    @property
    def identity(self) -> Mapping[str, object]:
        """How many bytes there are."""
        return {"kind": "bytes", "size": self.size}

    def check_unchanged(self) -> None:
        """Memory that changes meanwhile is the caller's own doing."""

    def rest(self) -> None:
        """Memory needs no rest."""

    def close(self) -> None:
        """Let the caller resize the memory again."""
        self._view.release()


class OnDisk:
    """A file, held open until it rests; from then on it is opened for each reading, and must not have changed.

    Raises:
        SourceError: There is no such file, or it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            # What is the same by another spelling has the same one.
            self.path: Path = Path(os.path.realpath(path))
        except ValueError:  # a name with a zero byte
            raise SourceError(f"there is no file {str(path)!r}") from None
        self._closed = False
        # For Windows, which has no pread: a scan in a thread runs beside the sending, and seek and read are two steps.
        self._lock = threading.Lock()
        try:
            if not path.is_file():
                raise SourceError(f"there is no file {path}")
            self._file: OpenFile | None = self._open()
        except OSError as error:
            raise self._unreadable(error) from None
        found = os.fstat(self._file.number)
        self.size: int = found.st_size
        self._state = _state(found)

    def read(self, offset: int, length: int) -> bytes:
        """Return the bytes at a place.

        Raises:
            SourceError: The disk does not give them, or the file was written to while it rested.
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
        """Return the file, open.

        Raises:
            SourceError: It cannot be opened, or was written to while it rested.
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
        """Which file it is, its size, and when it was last written to."""
        return {"kind": "file", "state": self._state}

    def check_unchanged(self) -> None:
        """Raise `SourceError` if the file was written to."""
        self._check(self.opened())

    def rest(self) -> None:
        """Hold the file open no longer."""
        self._file = None

    def close(self) -> None:
        """Close the file; whoever still reads fails, and never gets the bytes of another file of the same number."""
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
    """Return what changes with every change of a file: size and time of writing can be set back, the other cannot."""
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def slices(stored: Stored, start: int, length: int) -> Iterator[bytes]:
    """Yield `length` bytes from `start` on.

    They are read on the event loop itself: from the page cache that is far cheaper than a hop to a thread.

    Raises:
        SourceError: There are not so many.
    """
    for offset in range(start, start + length, SLICE):
        wanted = min(SLICE, start + length - offset)
        piece = stored.read(offset, wanted)
        if len(piece) != wanted:
            raise SourceError("the file became shorter while it was uploaded")
        yield piece

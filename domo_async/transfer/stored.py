"""Bytes at rest, in memory or on disk, that can be read at any place and more than once."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from domo_async.errors import SourceError

__all__ = ["SLICE", "InMemory", "OnDisk", "Stored", "slices"]

SLICE = 1 << 18
"""What is read, scanned and handed to the socket at a time: small enough to stay in the processor's cache."""


class Stored(Protocol):
    """Bytes that can be read at any place, again and again."""

    size: int

    def read(self, offset: int, length: int) -> bytes:
        """Return the bytes at a place; fewer where they end."""
        ...

    def check_unchanged(self) -> None:
        """Raise `SourceError` if they are not what they were in the beginning."""
        ...

    def close(self) -> None:
        """Let go of them."""
        ...


class InMemory:
    """Bytes that the caller holds."""

    def __init__(self, data: bytes | bytearray | memoryview) -> None:
        self._view = memoryview(data).cast("B")
        self.size: int = len(self._view)

    def read(self, offset: int, length: int) -> bytes:
        """Return the bytes at a place."""
        return bytes(self._view[offset : offset + length])

    def check_unchanged(self) -> None:
        """Memory that changes meanwhile is the caller's own doing."""

    def close(self) -> None:
        """Let the caller resize the memory again."""
        self._view.release()


class OnDisk:
    """A file, held open.

    Raises:
        SourceError: There is no such file, or it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        try:
            if not path.is_file():
                raise SourceError(f"there is no file {path}")
            self._fd = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        except OSError as error:
            raise SourceError(f"cannot read {path}: {error.strerror}") from None
        self._path = path
        # For Windows, which has no pread: a scan in a thread runs beside the sending, and seek and read are two steps.
        self._lock = threading.Lock()
        found = os.fstat(self._fd)
        self.size: int = found.st_size
        self._modified = found.st_mtime_ns

    def read(self, offset: int, length: int) -> bytes:
        """Return the bytes at a place.

        Raises:
            SourceError: The disk does not give them.
        """
        try:
            if hasattr(os, "pread"):
                return os.pread(self._fd, length, offset)
            with self._lock:
                os.lseek(self._fd, offset, os.SEEK_SET)
                return os.read(self._fd, length)
        except OSError as error:
            raise SourceError(f"cannot read {self._path}: {error.strerror}") from None

    def check_unchanged(self) -> None:
        """Raise `SourceError` if the file was written to."""
        found = os.fstat(self._fd)
        if (found.st_size, found.st_mtime_ns) != (self.size, self._modified):
            raise SourceError(f"{self._path} was written to while it was uploaded")

    def close(self) -> None:
        """Close the file; whoever still reads fails, and never gets the bytes of another file of the same number."""
        closing, self._fd = self._fd, -1
        os.close(closing)


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

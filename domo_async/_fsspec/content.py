"""Contents on their way: read by ranges, written to a spool until they are committed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from attrs import define, field, frozen

from domo_async._fsspec.errors import Changed, file_errors
from domo_async._transfer import ContentRange
from domo_async._transfer.threads import in_thread

__all__ = ["Content", "Reading", "Spool"]

_IN_MEMORY = 4 << 20


@frozen
class Content:
    """A file's content on the instance.

    Attributes:
        path: The file's path, for errors.
        size: The size in bytes; None if the instance does not report it.
        fixed: Whether it certainly stays the same, such as that of a revision.
        range: Requests a range.
        save: Downloads the whole content to a path, and verifies it.
    """

    path: str
    size: int | None
    fixed: bool
    range: Callable[[int, int], Awaitable[ContentRange]]
    save: Callable[[Path], Awaitable[object]]


@define
class Reading:
    """A content that is read piece by piece, all of them of one and the same content.

    If the instance does not serve ranges, or does not show that they belong together, the content is downloaded to a
    temporary file first.
    """

    _content: Content
    size: int
    _tag: str | None = None
    _file: BinaryIO | None = None
    _left: Path | None = None

    @classmethod
    async def begin(cls, content: Content) -> Reading:
        """Return the reading of a content, whose size is then known."""
        if content.size is not None:
            return cls(content, content.size)
        reading = cls(content, 0)
        reading.size = await reading._download()
        return reading

    async def read(self, start: int, stop: int) -> bytes:
        """Return the bytes from `start` to before `stop`.

        Raises:
            Changed: The content was replaced while it was read.
        """
        stop = min(stop, self.size)
        if start >= stop:
            return b""
        if self._file is None:
            with file_errors(self._content.path):
                found = await self._content.range(start, stop)
            if found.total not in (None, self.size) or len(found.content) != stop - start:
                raise Changed(self._content.path)
            if self._belongs(found):
                return found.content
            if await self._download() != self.size:
                raise Changed(self._content.path)
        return await in_thread(self._read, start, stop)

    def _belongs(self, found: ContentRange) -> bool:
        if len(found.content) == self.size:
            return True
        if not found.partial:
            return False
        if self._content.fixed:
            return True
        if self._tag is not None and found.etag != self._tag:
            raise Changed(self._content.path)
        self._tag = found.etag
        return self._tag is not None

    async def _download(self) -> int:
        path = await in_thread(_temporary)
        self._left = path
        with file_errors(self._content.path):
            await self._content.save(path)
        file: BinaryIO = await in_thread(path.open, "rb")
        self._file = file
        # Where open files can be removed, nothing is left behind even by a crash.
        self._remove()
        return os.fstat(file.fileno()).st_size

    def _read(self, start: int, stop: int) -> bytes:
        assert self._file is not None  # noqa: S101 - it was downloaded
        self._file.seek(start)
        return self._file.read(stop - start)

    def _remove(self) -> None:
        if self._left is not None:
            with suppress(OSError):
                self._left.unlink(missing_ok=True)
                self._left = None

    def close(self) -> None:
        """Remove the temporary file."""
        if self._file is not None:
            self._file.close()
        self._remove()


@define
class Spool:
    """The bytes written so far: in memory while it is small, in a temporary file then."""

    size: int = 0
    _memory: bytearray = field(factory=bytearray)
    _path: Path | None = None
    _file: BinaryIO | None = None

    def write(self, data: bytes | bytearray, position: int) -> None:
        """Take bytes; what lies between them and those before is zeros."""
        end = position + len(data)
        if self._file is None and end <= _IN_MEMORY:
            self._memory.extend(bytes(max(0, position - self.size)))
            self._memory[position:end] = data
        else:
            if self._file is None:
                self._path = _temporary()
                self._file = self._path.open("wb")
                self._file.write(self._memory)
                self._memory.clear()
            self._file.seek(position)
            self._file.write(data)
        self.size = max(self.size, end)

    def content(self) -> bytes | Path:
        """Return all of it; nothing is written any more."""
        if self._file is None or self._path is None:
            return bytes(self._memory)
        self._file.close()
        return self._path

    def discard(self) -> None:
        """Forget it."""
        self._memory.clear()
        if self._file is not None:
            self._file.close()
        if self._path is not None:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)


def _temporary() -> Path:
    number, name = tempfile.mkstemp(prefix="domo-async-")
    os.close(number)
    return Path(name)

"""Parts that are stored on disk until the whole source has been read."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import partial
from types import TracebackType
from typing import BinaryIO, Self

from domo_async._transfer.part import Part
from domo_async._transfer.seekable import SLICE

__all__ = ["Spool"]


class Spool(AbstractContextManager["Spool"]):
    """Moves parts from memory to a temporary file, which is removed at the end of the process at the latest."""

    def __init__(self) -> None:
        self._file: BinaryIO | None = None
        self._size = 0
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, column_type: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def keep(self, part: Part) -> Part:
        """Return the same part, stored on disk."""
        if not part.held:
            return part
        with self._lock:
            if self._file is None:
                self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed at the end of the block
            start = self._size
            self._file.seek(start)
            for piece in part.open():
                self._size += self._file.write(piece)
        return Part(part.records, part.length, partial(self._slices, start, part.length), part.ends_line)

    def _slices(self, start: int, length: int) -> Iterator[bytes]:
        for offset in range(start, start + length, SLICE):
            with self._lock:
                assert self._file is not None  # noqa: S101 - it holds the part
                self._file.seek(offset)
                piece = self._file.read(min(SLICE, start + length - offset))
            yield piece

"""The parts of an upload, and the counts that are taken of each while it arrives."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from attrs import define

from domo_async._emulator.state.datasets import Part

__all__ = ["LONGEST_RECORD", "ArrivingPart"]

LONGEST_RECORD = 2 << 20


@define
class ArrivingPart:
    """A part that is being received.

    Each chunk is scanned as it arrives, while it is in the processor's cache, as reading the part again is slower.
    """

    _number: int
    _path: Path
    _file: BinaryIO
    _size: int = 0
    _line_feeds: int = 0
    _has_returns: bool = False
    _quotes: int = 0
    _last: bytes = b"\n"

    def write(self, chunk: bytes) -> None:
        """Write the next piece."""
        self._file.write(chunk)
        self._size += len(chunk)
        self._line_feeds += chunk.count(b"\n")
        self._has_returns = self._has_returns or b"\r" in chunk
        self._quotes += chunk.count(b'"')
        self._last = chunk[-1:] or self._last

    @property
    def size(self) -> int:
        """The number of bytes that have arrived."""
        return self._size

    @property
    def part(self) -> Part:
        """The part as it is now."""
        lines = self._line_feeds + (self._last != b"\n")
        return Part(self._number, self._path, self._size, lines, self._has_returns, self._quotes)

"""Comparison of a source with earlier uploads, by its bytes instead of sizes or times."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from attrs import frozen

from domo_async._transfer.part import Part
from domo_async._transfer.seekable import SLICE
from domo_async._transfer.sources.urls import SourceFile, UrlFile
from domo_async._transfer.uploading.journal import FileRecord, PartRecord
from domo_async.errors import SourceError

__all__ = ["Comparison", "Known", "file_records", "holds_rows_of", "known_files"]

_LINE_ENDS = (b"", b"\n", b"\r\n")
# The length of a hash; the marks of files elsewhere are longer.
_HASH = 64
_PACKED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd")


class Comparison:
    """Compares parts with those of an earlier upload, even if they are cut differently."""

    def __init__(self, earlier: Sequence[PartRecord]) -> None:
        self._earlier = [part for part in earlier if part.length]
        self._index = 0
        self._filled = 0
        self._hash = hashlib.sha256()
        self._last = b"\n"
        self._beyond = b""
        self.differs: bool = False
        """Whether the parts are already known to differ."""

    def take(self, part: Part) -> None:
        """Take the next part."""
        for piece in part.open():
            if self.differs:
                return
            self._feed(memoryview(piece))

    def outcome(self) -> Literal["same", "longer", "other"]:
        """Return the outcome for all parts; ``"longer"`` means that they begin with the earlier upload."""
        if self.differs:
            return "other"
        if self._index == len(self._earlier):
            if self._beyond in _LINE_ENDS:
                return "same"
            return "longer" if self._last == b"\n" or self._beyond[:1] in {b"\n", b"\r"} else "other"
        # The last line may have had a line end before, and lack it now.
        for end in _LINE_ENDS[1:]:
            if self._index == len(self._earlier) - 1 and self._filled + len(end) == self._earlier[-1].length:
                ended = self._hash.copy()
                ended.update(end)
                if ended.hexdigest() == self._earlier[-1].digest:
                    return "same"
        return "other"

    def _feed(self, piece: memoryview) -> None:
        while piece and self._index < len(self._earlier):
            due = self._earlier[self._index]
            taken = piece[: due.length - self._filled]
            self._hash.update(taken)
            self._filled += len(taken)
            self._last = bytes(taken[-1:])
            piece = piece[len(taken) :]
            if self._filled == due.length:
                self.differs = self._hash.hexdigest() != due.digest
                if self.differs:
                    return
                self._index, self._filled, self._hash = self._index + 1, 0, hashlib.sha256()
        self._beyond = (self._beyond + bytes(piece[:4]))[:4]


def file_records(paths: Iterable[SourceFile]) -> tuple[FileRecord, ...]:
    """Return the records of files for a journal.

    Raises:
        SourceError: A file cannot be read.
    """
    return tuple(
        _record_of(path) if isinstance(path, UrlFile) else FileRecord(str(path), *_digest(path, None)) for path in paths
    )


def _record_of(url: UrlFile) -> FileRecord:
    """Return the record of a file elsewhere: instead of the hash, the mark by which its file system tells it."""
    now = url.looked_up()
    return FileRecord(str(url), now.size or 0, now.mark or "")


@frozen
class Known:
    """Files that earlier uploads contain.

    Attributes:
        there: The files that an earlier upload contains, byte by byte; of files elsewhere, those whose file system
            says that they are as they were.
        grown: The files that begin with such a content and continue.
        moved: Other files that are equal to, or begin with, the content of a file that has changed or no longer exists
            since its upload, with that file's path.
    """

    there: tuple[SourceFile, ...]
    grown: tuple[Path, ...]
    moved: tuple[tuple[Path, str], ...] = ()


def known_files(paths: Iterable[SourceFile], earlier: Mapping[str, FileRecord]) -> Known:
    """Return the files that earlier uploads contain.

    Raises:
        SourceError: A file cannot be read.
    """
    there, grown, others = list[SourceFile](), list[Path](), list[Path]()
    for path in paths:
        record = earlier.get(str(path))
        if isinstance(path, UrlFile):
            if record is not None and record.digest and record == _record_of(path):
                there.append(path)
        elif record is None or not _begins_with(path, record):
            others.append(path)
        elif _size(path) == record.size:
            there.append(path)
        elif _goes_on(path, record.size):
            grown.append(path)
    gone = [
        record
        for path, record in earlier.items()
        if len(record.digest) == _HASH and (Path(path) in others or not _is_of_size(path, record.size))
    ]
    moved = [(path, record.path) for path in others for record in gone if holds_rows_of(path, record)]
    return Known(tuple(there), tuple(grown), tuple(moved))


def _begins_with(path: Path, record: FileRecord) -> bool:
    return 0 < record.size <= _size(path) and _digest(path, record.size)[1] == record.digest


def _is_of_size(path: str, size: int) -> bool:
    try:
        return os.stat(path).st_size == size  # noqa: PTH116 - the journal's text is used unchanged
    except OSError:
        return False


def holds_rows_of(path: Path, record: FileRecord) -> bool:
    """Return whether a file contains the rows of a file that had another name; a header alone is not rows."""
    if not _begins_with(path, record):
        return False
    if _size(path) > record.size and not _goes_on(path, record.size):
        return False
    try:
        with path.open("rb") as file:
            header = file.readline(record.size)
    except OSError as error:
        raise _unreadable(path, error) from None
    return len(header) < record.size or not header.endswith(b"\n")


def _goes_on(path: Path, size: int) -> bool:
    """Return whether a file has whole records up to a size: a line ends there, or the file is compressed."""
    try:
        with path.open("rb") as file:
            packed = file.read(4).startswith(_PACKED)
            file.seek(size - 1)
            last, following = file.read(1), file.read(1)
    except OSError as error:
        raise _unreadable(path, error) from None
    return packed or last == b"\n" or following in {b"\n", b"\r"}


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise _unreadable(path, error) from None


def _digest(path: Path, most: int | None) -> tuple[int, str]:
    """Return the length and the hash of a file's bytes, or of the first `most` bytes."""
    found, length = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while piece := file.read(SLICE if most is None else min(SLICE, most - length)):
                found.update(piece)
                length += len(piece)
    except OSError as error:
        raise _unreadable(path, error) from None
    return length, found.hexdigest()


def _unreadable(path: Path, error: OSError) -> SourceError:
    return SourceError(f"cannot read {path}: {error.strerror}; nothing was sent")

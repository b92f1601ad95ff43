"""Files by path: CSV, compressed CSV, Parquet, Arrow."""

from __future__ import annotations

import asyncio
import glob
import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from domo_async.errors import ConfigError, SourceError
from domo_async.transfer.sources.arrow_files import open_arrow_file
from domo_async.transfer.sources.base import OfFile, OpenSource, Reading
from domo_async.transfer.sources.csv_stored import StoredCsv
from domo_async.transfer.sources.csv_streamed import StreamedCsv
from domo_async.transfer.sources.many import ManyFiles
from domo_async.transfer.sources.streams import stepped
from domo_async.transfer.sources.unpacking import ARROW_FILE, ARROW_STREAM, BEGIN, PARQUET, is_packed, unpacked
from domo_async.transfer.stored import SLICE, OnDisk

__all__ = ["open_path", "open_paths"]


async def open_path(path: str | os.PathLike[str], reading: Reading) -> OpenSource:
    """Open a file, or all files of a pattern such as ``exports/*.csv``, in the order of their names.

    Raises:
        ConfigError: It is no path but CSV, or a package to read it is missing.
        SourceError: There is none, or it cannot be read.
    """
    text = os.fspath(path)
    if "\n" in text:
        raise ConfigError("text is the path of a file; give CSV itself as bytes: text.encode()")
    if not glob.has_magic(text):
        return await _open_file(Path(text), reading, alone=True)
    found = await asyncio.to_thread(_matches, text)
    if not found:
        raise SourceError(f"no file matches {text}")
    return await open_paths(found, reading)


async def open_paths(paths: Sequence[str | os.PathLike[str]], reading: Reading) -> OpenSource:
    """Open several files as one source."""
    if len(paths) == 1:
        return await _open_file(Path(paths[0]), reading)
    return ManyFiles([Path(path) for path in paths], lambda path: _open_file(path, reading))


def _matches(pattern: str) -> list[str]:
    """Return the files of a pattern; a file of that very name comes first."""
    return [pattern] if Path(pattern).exists() else sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - absolute patterns, too


async def _open_file(path: Path, reading: Reading, *, alone: bool = False) -> OpenSource:
    data = OnDisk(path)
    try:
        return await _opened(path, reading, data, alone=alone)
    except BaseException:
        data.close()
        raise


async def _opened(path: Path, reading: Reading, data: OnDisk, *, alone: bool) -> OpenSource:
    begin = data.read(0, BEGIN)
    if begin.startswith((PARQUET, ARROW_FILE, ARROW_STREAM)):
        return await asyncio.to_thread(open_arrow_file, path, reading, data, begin, alone=alone)
    if is_packed(begin, str(path)):
        pieces = (data.read(offset, SLICE) for offset in range(0, data.size, SLICE))
        return _CompressedCsv(stepped(unpacked(pieces, str(path))), reading, data)
    return StoredCsv(data, reading.dialect)


class _CompressedCsv(OfFile, StreamedCsv):
    def __init__(self, chunks: AsyncIterator[bytes], reading: Reading, file: OnDisk) -> None:
        super().__init__(chunks, reading.dialect, file.identity)
        self._file = file
        self.files = (file.path,)

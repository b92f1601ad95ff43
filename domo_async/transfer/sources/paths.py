"""Files by path: CSV, compressed CSV, Parquet, Arrow."""

from __future__ import annotations

import asyncio
import glob
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from domo_async.errors import ConfigError, SourceError
from domo_async.transfer.sources.base import OpenSource, Reading
from domo_async.transfer.sources.csv_stored import StoredCsv
from domo_async.transfer.sources.csv_streamed import StreamedCsv
from domo_async.transfer.sources.many import ManyFiles
from domo_async.transfer.sources.streams import stepped
from domo_async.transfer.sources.tables import ArrowTable
from domo_async.transfer.sources.unpacking import ARROW_FILE, ARROW_STREAM, BEGIN, PARQUET, is_packed, unpacked
from domo_async.transfer.stored import SLICE, OnDisk

if TYPE_CHECKING:
    import pyarrow as pa

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
        return await _open_file(Path(text), reading)
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


async def _open_file(path: Path, reading: Reading) -> OpenSource:
    data = OnDisk(path)
    try:
        return await _opened(path, reading, data)
    except BaseException:
        data.close()
        raise


async def _opened(path: Path, reading: Reading, data: OnDisk) -> OpenSource:
    begin = data.read(0, BEGIN)
    if begin.startswith((PARQUET, ARROW_FILE, ARROW_STREAM)):
        return await asyncio.to_thread(_open_arrow_file, path, reading, data, begin)
    if is_packed(begin, str(path)):
        pieces = (data.read(offset, SLICE) for offset in range(0, data.size, SLICE))
        return _CompressedCsv(stepped(unpacked(pieces, str(path))), reading, data)
    return StoredCsv(data, reading.dialect)


class _OfFile:
    """What comes once out of a file that lies still, which is watched for changes."""

    _file: OnDisk

    def check_unchanged(self) -> None:
        """Raise `SourceError` if the file was written to."""
        self._file.check_unchanged()

    def rest(self) -> None:
        """Hold the file open no longer."""
        self._file.rest()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


class _CompressedCsv(_OfFile, StreamedCsv):
    def __init__(self, chunks: AsyncIterator[bytes], reading: Reading, file: OnDisk) -> None:
        super().__init__(chunks, reading.dialect, file.identity)
        self._file = file


class _ArrowFile(_OfFile, ArrowTable):
    def __init__(self, schema: pa.Schema, batches: Iterator[pa.RecordBatch], reading: Reading, file: OnDisk) -> None:
        super().__init__(schema, stepped(batches), reading.rules, file.identity)
        self._file = file


def _open_arrow_file(path: Path, reading: Reading, file: OnDisk, begin: bytes) -> OpenSource:
    try:
        import pyarrow as pa  # noqa: PLC0415 - optional
        from pyarrow import parquet as pq  # noqa: PLC0415
    except ImportError:
        raise ConfigError(f'{path} is a Parquet or Arrow file: pip install "domo-async[arrow]"') from None
    try:
        if begin.startswith(PARQUET):
            table = pq.ParquetFile(path)
            return _ArrowFile(table.schema_arrow, _sound(table.iter_batches(), path), reading, file)
        # Not mapped into memory: reading a mapped file that became shorter kills the process.
        content = pa.OSFile(str(path), "rb")
        if begin.startswith(ARROW_STREAM):
            stream = pa.ipc.open_stream(content)
            return _ArrowFile(stream.schema, _sound(iter(stream), path), reading, file)
        reader = pa.ipc.open_file(content)
    except (OSError, pa.ArrowException) as error:
        raise SourceError(f"cannot read {path}: {error}") from None
    batches = (reader.get_batch(number) for number in range(reader.num_record_batches))
    return _ArrowFile(reader.schema, _sound(batches, path), reading, file)


def _sound(batches: Iterator[pa.RecordBatch], path: Path) -> Iterator[pa.RecordBatch]:
    """Yield the same batches, or say that the file is broken."""
    import pyarrow as pa  # noqa: PLC0415 - optional

    try:
        yield from batches
    except (OSError, pa.ArrowException) as error:
        raise SourceError(f"cannot read {path}: {error}") from None

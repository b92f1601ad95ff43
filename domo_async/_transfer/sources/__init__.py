"""Sources of uploads: paths, bytes, file objects, iterators, rows and frames, read as parts."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain, islice
from typing import Any, BinaryIO, Protocol, TypeAlias

from domo_async._transfer.encoding.named_rows import namer_of
from domo_async._transfer.seekable import SLICE, InMemory
from domo_async._transfer.sources.base import Dialect, Format, OpenSource, Reading, check_dialect
from domo_async._transfer.sources.csv_stored import StoredCsv
from domo_async._transfer.sources.csv_streamed import StreamedCsv
from domo_async._transfer.sources.frames import is_frame, open_frame, open_frames
from domo_async._transfer.sources.json_lines import JsonLines
from domo_async._transfer.sources.paths import open_paths
from domo_async._transfer.sources.standard_input import stdin_chunks
from domo_async._transfer.sources.streams import (
    TEXT_FILE,
    checked,
    file_pieces,
    guarded,
    guarded_async,
    naming_source,
    stepped,
)
from domo_async._transfer.sources.tables import RowTable
from domo_async._transfer.sources.unpacking import is_packed, unpacked, unpacked_async
from domo_async._transfer.sources.urls import SourceFile, UrlFile, is_of_fsspec
from domo_async._transfer.threads import call_foreign
from domo_async.errors import ConfigError, SourceError

__all__ = [
    "ArrowStream",
    "Dialect",
    "Format",
    "OpenSource",
    "Reading",
    "Row",
    "Source",
    "SourceFile",
    "UrlFile",
    "is_of_fsspec",
    "open_source",
]

_Path: TypeAlias = str | os.PathLike[str]
Row: TypeAlias = Sequence[object] | Mapping[str, object]


class ArrowStream(Protocol):
    """A frame: polars, pandas 2.2 or later, pyarrow tables and readers, duckdb relations."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return its rows by the Arrow PyCapsule interface."""
        ...


class AsyncFile(Protocol):
    """A binary file object whose ``read`` is awaited, such as those of aiofiles, anyio and FastAPI."""

    async def read(self, size: int, /) -> bytes:
        """Return at most `size` of the next bytes."""
        ...


class FsspecFile(Protocol):
    """A file and its file system: what ``fsspec.open`` returns, and the paths of universal_pathlib."""

    @property
    def fs(self) -> object:
        """Its file system, of fsspec."""
        ...

    @property
    def path(self) -> str:
        """Its path there."""
        ...


Source: TypeAlias = (
    _Path
    | bytes
    | bytearray
    | memoryview
    | BinaryIO
    | AsyncFile
    | FsspecFile
    | ArrowStream
    | Iterable[_Path | bytes | FsspecFile | Row | ArrowStream]
    | AsyncIterable[bytes | Row | ArrowStream]
)
"""The sources that can be uploaded; see `Datasets.upload`."""

_ROWS = 2000
_LONGEST_PATH = 4096


async def open_source(source: Source, reading: Reading) -> OpenSource:
    """Open a source of any supported type.

    Raises:
        ConfigError: The type of the source is not supported, or a package to read it is missing.
        SourceError: It cannot be read.
    """
    check_dialect(reading.dialect)
    if isinstance(source, str) and source == "-":
        return _of_bytes(unpacked_async(stdin_chunks(), "standard input"), reading, {"kind": "stdin"})
    if isinstance(source, str | os.PathLike) or is_of_fsspec(source):
        return await open_paths([source], reading)
    if isinstance(source, bytes | bytearray | memoryview):
        return await _open_bytes(_in_memory(source), reading)
    if is_frame(source):
        return await open_frame(source, reading)
    # pandas readers in chunks have a read() method, too, but it returns frames.
    if callable(getattr(source, "read", None)) and not _is_of_pandas(source):
        return _open_file_object(source, reading)
    if isinstance(source, AsyncIterable):
        return await _open_async(guarded_async(source, "the source"), reading)
    if isinstance(source, Mapping) or not isinstance(source, Iterable):
        raise _unknown(source)
    return await _open_iterable(source, reading)


def _of_bytes(chunks: AsyncIterator[bytes], reading: Reading, identity: Mapping[str, object]) -> OpenSource:
    return _streamed(chunks, reading, identity, json_lines=reading.as_json_lines())


def _streamed(
    chunks: AsyncIterator[bytes], reading: Reading, identity: Mapping[str, object], *, json_lines: bool
) -> OpenSource:
    if json_lines:
        return JsonLines(chunks, reading.dialect.encoding, reading.rules, identity)
    return StreamedCsv(chunks, reading.dialect, identity)


def _in_memory(source: bytes | bytearray | memoryview[Any]) -> InMemory:
    with naming_source(f"the {type(source).__name__}"):
        # Non-contiguous memory has to be copied.
        return InMemory(source.tobytes() if isinstance(source, memoryview) and not source.c_contiguous else source)


async def _open_bytes(data: InMemory, reading: Reading) -> OpenSource:
    begin = data.read(0, _LONGEST_PATH)
    await asyncio.to_thread(_check_no_path, begin)
    packed = is_packed(begin)
    if not packed and not reading.as_json_lines():
        return StoredCsv(data, reading.dialect)
    pieces = (data.read(offset, SLICE) for offset in range(0, data.size, SLICE))
    return _of_bytes(stepped(unpacked(pieces, "the source")), reading, data.identity)


def _check_no_path(begin: bytes) -> None:
    """Refuse the path of a file as bytes, which would be read as CSV.

    Raises:
        ConfigError: A file of this name exists.
    """
    if not begin or len(begin) == _LONGEST_PATH or any(byte in begin for byte in b"\0\r\n"):
        return
    if os.path.isfile(begin):  # noqa: PTH113 - paths as bytes
        raise ConfigError(
            f"bytes are CSV itself, but these name a file; give its path as text: {os.fsdecode(begin)!r:.300}"
        )


def _open_file_object(source: Any, reading: Reading) -> OpenSource:
    if isinstance(source, io.TextIOBase):
        raise SourceError(TEXT_FILE)
    if callable(getattr(source, "namelist", None)):
        raise ConfigError(f"a {type(source).__name__} holds files; give one of them: source.open(name)")
    pieces = unpacked_async(file_pieces(source), "the file object")
    json_lines = reading.as_json_lines(getattr(source, "name", None))
    return _streamed(pieces, reading, {"kind": "file object"}, json_lines=json_lines)


async def _open_iterable(source: Iterable[Any], reading: Reading) -> OpenSource:
    iterator = guarded(source, "the source")
    first = [item async for item in stepped(islice(iterator, 1))]
    if first and (isinstance(first[0], str | os.PathLike | UrlFile) or is_of_fsspec(first[0])):
        return await open_paths([*first, *await call_foreign(list, iterator)], reading)
    items: Iterator[Any] = chain(first, iterator)
    if not first or isinstance(first[0], bytes | bytearray | memoryview):
        if first:
            await asyncio.to_thread(_check_no_path, checked(first[0]))
        pieces = unpacked(items, "the iterator")
        return _of_bytes(stepped(pieces), reading, {"kind": "iterator"})
    if is_frame(first[0]):
        return await open_frames(stepped(items), reading)
    _check_row(first[0])
    return RowTable(stepped(_chunked(items)), reading.rules)


async def _open_async(source: AsyncIterator[Any], reading: Reading) -> OpenSource:
    first: list[Any] = []
    with suppress(StopAsyncIteration):
        # Not by a default of anext: None may be an item, which is refused.
        first.append(await anext(source))
    items = _from_first(first, source)
    if not first or isinstance(first[0], bytes | bytearray | memoryview):
        return _of_bytes(unpacked_async(items, "the iterator"), reading, {"kind": "iterator"})
    if is_frame(first[0]):
        return await open_frames(items, reading)
    _check_row(first[0])
    return RowTable(_async_chunked(items), reading.rules)


def _chunked(rows: Iterable[Row]) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, _ROWS)):
        yield chunk


async def _async_chunked(rows: AsyncIterable[Row]) -> AsyncIterator[list[Row]]:
    chunk: list[Row] = []
    async for row in rows:
        chunk.append(row)
        if len(chunk) == _ROWS:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


async def _from_first(first: Sequence[Any], rest: AsyncIterator[Any]) -> AsyncIterator[Any]:
    for item in first:
        yield item
    async for item in rest:
        yield item


def _is_of_pandas(source: object) -> bool:
    return type(source).__module__.partition(".")[0] == "pandas"


def _check_row(row: object) -> None:
    if isinstance(row, str) or not (isinstance(row, Sequence) or namer_of(type(row))):
        raise _unknown(row, "an iterator of ")


def _unknown(source: object, of: str = "") -> ConfigError:
    # For example a polars LazyFrame, and a dataset of pyarrow and its scanner.
    ways = {"collect": "collect()", "scanner": "scanner().to_reader()", "to_reader": "to_reader()"}
    way = next((call for name, call in ways.items() if callable(getattr(source, name, None))), None)
    collected = f", such as the result of its {way}" if way else ""
    return ConfigError(
        f"cannot upload {of}{type(source).__name__}; give a path or several, bytes, a binary file object, a"
        f" frame{collected}, or an iterator of bytes, rows (sequences or mappings) or Arrow batches"
    )

"""From whatever people have to parts: paths, bytes, file objects, iterators, rows, frames."""

from __future__ import annotations

import os
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, BinaryIO, Protocol, TypeAlias, cast

from domo_async.errors import ConfigError
from domo_async.transfer.encoding.named_rows import namer_of
from domo_async.transfer.sources.base import Dialect, OpenSource, Reading, check_dialect
from domo_async.transfer.sources.csv_stored import StoredCsv
from domo_async.transfer.sources.csv_streamed import StreamedCsv
from domo_async.transfer.sources.frames import is_frame, open_frame, open_frames
from domo_async.transfer.sources.paths import open_path, open_paths
from domo_async.transfer.sources.streams import file_pieces, stepped
from domo_async.transfer.sources.tables import RowTable
from domo_async.transfer.sources.unpacking import BEGIN, is_packed, unpacked, unpacked_async
from domo_async.transfer.stored import SLICE, InMemory

__all__ = ["ArrowStream", "Dialect", "OpenSource", "Reading", "Row", "Source", "open_source"]

_Path: TypeAlias = str | os.PathLike[str]
Row: TypeAlias = Sequence[object] | Mapping[str, object]


class ArrowStream(Protocol):
    """A frame: polars, pandas from 2.2, pyarrow tables and readers, duckdb relations."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return its rows by the Arrow PyCapsule interface."""
        ...


Source: TypeAlias = (
    _Path
    | bytes
    | bytearray
    | memoryview
    | BinaryIO
    | ArrowStream
    | Iterable[_Path | bytes | Row | ArrowStream]
    | AsyncIterable[bytes | Row | ArrowStream]
)
"""What can be uploaded; see `Datasets.upload`."""

_ROWS = 2000


async def open_source(source: Source, reading: Reading) -> OpenSource:
    """Open a source of any kind.

    Raises:
        ConfigError: It is of no known kind, or a package to read it is missing.
        SourceError: It cannot be read.
    """
    check_dialect(reading.dialect)
    if isinstance(source, str | os.PathLike):
        return await open_path(source, reading)
    if isinstance(source, bytes | bytearray | memoryview):
        return _open_bytes(InMemory(cast("bytes", source)), reading)
    if is_frame(source):
        return await open_frame(source, reading)
    if isinstance(source, AsyncIterable):
        return await _open_async(aiter(source), reading)
    # What pandas reads in pieces can be read from, too, but gives frames.
    if callable(getattr(source, "read", None)) and not _is_of_pandas(source):
        pieces = unpacked(file_pieces(cast("BinaryIO", source)), "the file object")
        return StreamedCsv(stepped(pieces), reading.dialect, {"kind": "file object"})
    if isinstance(source, Mapping) or not isinstance(source, Iterable):
        raise _unknown(source)
    return await _open_iterable(source, reading)


def _open_bytes(data: InMemory, reading: Reading) -> OpenSource:
    if not is_packed(data.read(0, BEGIN), "the source"):
        return StoredCsv(data, reading.dialect)
    pieces = (data.read(offset, SLICE) for offset in range(0, data.size, SLICE))
    return StreamedCsv(stepped(unpacked(pieces, "the source")), reading.dialect, data.identity)


async def _open_iterable(source: Iterable[Any], reading: Reading) -> OpenSource:
    iterator = iter(source)
    first = [item async for item in stepped(islice(iterator, 1))]
    if first and isinstance(first[0], str | os.PathLike):
        return await open_paths([*first, *iterator], reading)
    items: Iterator[Any] = chain(first, iterator)
    if not first or isinstance(first[0], bytes | bytearray | memoryview):
        pieces = unpacked(items, "the iterator")
        return StreamedCsv(stepped(pieces), reading.dialect, {"kind": "iterator"})
    if is_frame(first[0]):
        return await open_frames(stepped(items), reading)
    _check_row(first[0])
    return RowTable(stepped(_chunked(items)), reading.rules)


async def _open_async(source: AsyncIterator[Any], reading: Reading) -> OpenSource:
    first = await anext(source, None)
    if first is None or isinstance(first, bytes | bytearray | memoryview):
        pieces = unpacked_async(_from_first(first, source), "the iterator")
        return StreamedCsv(pieces, reading.dialect, {"kind": "iterator"})
    if is_frame(first):
        return await open_frames(_from_first(first, source), reading)
    _check_row(first)
    return RowTable(_async_chunked(_from_first(first, source)), reading.rules)


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


async def _from_first(first: Any, rest: AsyncIterator[Any]) -> AsyncIterator[Any]:
    if first is not None:
        yield first
    async for item in rest:
        yield item


def _is_of_pandas(source: object) -> bool:
    return type(source).__module__.partition(".")[0] == "pandas"


def _check_row(row: object) -> None:
    if isinstance(row, str) or not (isinstance(row, Sequence) or namer_of(type(row))):
        raise _unknown(row, "an iterator of ")


def _unknown(source: object, of: str = "") -> ConfigError:
    # A polars LazyFrame, for one.
    collected = ", such as what its collect() gives" if callable(getattr(source, "collect", None)) else ""
    return ConfigError(
        f"cannot upload {of}{type(source).__name__}; give a path or several, bytes, a binary file object, a"
        f" frame{collected}, or an iterator of bytes, rows (sequences or mappings) or Arrow batches"
    )

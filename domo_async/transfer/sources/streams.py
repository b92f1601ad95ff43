"""Where bytes come from that can be read only once: compressed files, file objects, iterators."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from domo_async.errors import ConfigError, SourceError
from domo_async.transfer.gzipping import gzip_reader

__all__ = ["GZIP", "ZSTD", "file_pieces", "gzip_pieces", "larger_pieces", "stepped", "zstd_pieces"]

T = TypeVar("T")
GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"
_PIECE = 1 << 20
_PACKED = 1 << 17
_END: Any = object()


async def stepped(iterator: Iterator[T]) -> AsyncIterator[T]:
    """Yield what an iterator gives; each step is taken in a thread, since it may have to wait or to work."""
    while (item := await asyncio.to_thread(next, iterator, _END)) is not _END:
        yield item


def file_pieces(file: BinaryIO) -> Iterator[bytes]:
    """Yield what a binary file object gives, from where it stands.

    Raises:
        SourceError: It gives text, or cannot be read.
    """
    try:
        while piece := file.read(_PIECE):
            if not isinstance(piece, bytes | bytearray | memoryview):
                raise SourceError("the file object gives text; open it in binary mode ('rb')")
            yield bytes(piece)
    except OSError as error:
        raise SourceError(f"cannot read the file object: {error}") from None


def larger_pieces(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Yield the same bytes in pieces of about a size at least, so that not each small one is a step of its own."""
    waiting: list[bytes] = []
    length = 0
    for piece in pieces:
        if not isinstance(piece, bytes | bytearray | memoryview):
            raise SourceError(f"the iterator gave a {type(piece).__name__} where bytes were due")
        waiting.append(bytes(piece))
        length += len(piece)
        if length >= size:
            yield b"".join(waiting)
            waiting, length = [], 0
    if waiting:
        yield b"".join(waiting)


def gzip_pieces(path: Path) -> Iterator[bytes]:
    """Yield what a gzip file holds.

    Raises:
        SourceError: It cannot be read, is broken or ends early.
    """
    unpacker, broken = gzip_reader()
    try:
        with unpacker.open(path, "rb") as file:
            while piece := file.read(_PIECE):
                yield piece
    except (OSError, EOFError, ValueError, broken) as error:
        raise SourceError(f"cannot unpack {path}: {error}") from None


def zstd_pieces(path: Path) -> Iterator[bytes]:
    """Yield what a zstd file holds.

    Raises:
        ConfigError: The package zstandard is missing.
        SourceError: It cannot be read, is broken or ends early.
    """
    try:
        import zstandard  # noqa: PLC0415 - optional
    except ImportError:
        raise ConfigError(f'{path} is compressed with zstd: pip install "domo-async[zstd]"') from None
    unpacker = zstandard.ZstdDecompressor()
    try:
        with path.open("rb") as file:
            frame = None
            # Few bytes at a time: what they become may be a thousand times as much.
            while piece := file.read(_PACKED):
                while piece:
                    frame = frame or unpacker.decompressobj()
                    yield frame.decompress(piece)
                    piece, frame = (frame.unused_data, None) if frame.eof else (b"", frame)
            if frame is not None:
                raise SourceError(f"{path} ends in the middle of its compressed data")
    except (OSError, zstandard.ZstdError) as error:
        raise SourceError(f"cannot unpack {path}: {error}") from None

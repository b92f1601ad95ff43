"""Where bytes come from that can be read only once: file objects, iterators."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any, BinaryIO, TypeVar

from domo_async.errors import SourceError
from domo_async.transfer.threads import call_foreign

__all__ = ["checked", "file_pieces", "larger_pieces", "stepped"]

T = TypeVar("T")
_PIECE = 1 << 20
_END: Any = object()


async def stepped(iterator: Iterator[T]) -> AsyncIterator[T]:
    """Yield what an iterator gives; each step is taken in a thread, since it may have to wait or to work."""
    while (item := await call_foreign(next, iterator, _END)) is not _END:
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


def checked(piece: object) -> bytes:
    """Return bytes that an iterator gave.

    Raises:
        SourceError: They are none.
    """
    if not isinstance(piece, bytes | bytearray | memoryview):
        raise SourceError(f"the iterator gave a {type(piece).__name__} where bytes were due")
    return bytes(piece)


def larger_pieces(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Yield the same bytes in pieces of about a size at least, so that not each small one is a step of its own."""
    waiting: list[bytes] = []
    length = 0
    for piece in pieces:
        waiting.append(checked(piece))
        length += len(piece)
        if length >= size:
            yield b"".join(waiting)
            waiting, length = [], 0
    if waiting:
        yield b"".join(waiting)

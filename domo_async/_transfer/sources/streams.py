"""Sources of bytes that can be read only once: file objects and iterators."""

from __future__ import annotations

import inspect
import io
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from domo_async._transfer.threads import call_foreign
from domo_async.errors import DomoError, SourceError

__all__ = [
    "TEXT_FILE",
    "checked",
    "file_pieces",
    "guarded",
    "guarded_async",
    "larger_pieces",
    "naming_source",
    "stepped",
]

TEXT_FILE = (
    "the file object gives text; open the file in binary mode ('rb'), or pass its buffer, or text.encode() of"
    " its content"
)

T = TypeVar("T")
_PIECE = 1 << 20
_END: Any = object()


async def stepped(iterator: Iterator[T]) -> AsyncIterator[T]:
    """Yield an iterator's items; each step runs in a thread, because it may block."""
    step: Callable[..., T] = next
    while (item := await call_foreign(step, iterator, _END)) is not _END:
        yield item


@contextmanager
def naming_source(name: str) -> Iterator[None]:
    """Convert any exception of the caller's code to an error that names that code.

    Raises:
        SourceError: The code raised an exception, which is the cause.
    """
    try:
        yield
    except DomoError:
        raise
    except Exception as error:
        raise SourceError(f"{name} failed: {type(error).__name__}: {error!s:.500}; nothing was committed") from error


def guarded(items: Iterable[T], name: str) -> Iterator[T]:
    """Yield the same items; exceptions of the iterator become a `SourceError`."""
    with naming_source(name):
        yield from items


async def guarded_async(items: AsyncIterable[T], name: str) -> AsyncIterator[T]:
    """Yield the same items; exceptions of the iterator become a `SourceError`."""
    with naming_source(name):
        async for item in items:
            yield item


async def file_pieces(file: Any) -> AsyncIterator[bytes]:
    """Yield the bytes of a binary file object from its current position; its `read` may be a coroutine.

    Raises:
        SourceError: The file object returns text, or cannot be read.
    """
    name = f"the {type(file).__name__}"
    awaited = inspect.iscoroutinefunction(file.read)
    before: object = None
    while True:
        try:
            with naming_source(name):
                piece = file.read(_PIECE) if awaited else await call_foreign(file.read, _PIECE)
                if inspect.isawaitable(piece):
                    piece = await piece
        except SourceError as error:
            raise _unreadable(file, name, error) from error.__cause__
        if not piece:
            return
        if not isinstance(piece, bytes | bytearray | memoryview):
            raise SourceError(
                TEXT_FILE if isinstance(piece, str) else f"{name} returns {type(piece).__name__}, not bytes"
            )
        # A file returns a new object for each piece, except for single bytes.
        if piece is before and len(piece) > 1:
            raise SourceError(f"the read() of {name} returns the same bytes each time; pass its content as bytes")
        before = piece
        yield bytes(piece)


def _unreadable(file: Any, name: str, error: SourceError) -> SourceError:
    cause = error.__cause__
    if getattr(file, "closed", False) is True:
        return SourceError(f"{name} is closed; open the file again")
    if isinstance(cause, io.UnsupportedOperation):
        return SourceError(f"{name} is not open for reading; open the file in mode 'rb'")
    if isinstance(cause, TypeError | KeyError):
        return SourceError(
            f"{name} is not a binary file: its read() does not take a number of bytes and give them ({cause}); give its"
            " content as bytes, or an iterator of its bytes"
        )
    return SourceError(f"cannot read the file object: {error.message}")


def checked(piece: object) -> bytes:
    """Return an iterator's item if it is bytes.

    Raises:
        SourceError: It is not bytes.
    """
    if not isinstance(piece, bytes | bytearray | memoryview):
        raise SourceError(f"the iterator returned a {type(piece).__name__} instead of bytes")
    return bytes(piece)


def larger_pieces(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Yield the same bytes in pieces of at least about `size`, so that small pieces do not each need a step."""
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

"""Compressed bytes: gzip and zstd are known by how they begin, and unpacked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from itertools import chain
from typing import Protocol

from attrs import frozen

from domo_async._transfer.gzipping import gzip_unpacker
from domo_async._transfer.seekable import SLICE
from domo_async._transfer.sources.streams import checked, larger_pieces, stepped
from domo_async.errors import ConfigError, SourceError

__all__ = ["MAGIC", "is_packed", "unpacked", "unpacked_async"]

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
MAGIC = 4
"""How many of the first bytes tell whether they are compressed."""


class _Member(Protocol):
    """A gzip member or a zstd frame that is being unpacked; a file may have several."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


@frozen
class _Packing:
    """How to unpack.

    Attributes:
        begin: Begins a member.
        broken: The exceptions that it raises.
        step: How many bytes to take at a time: they may become a thousand times as many, with zstd ten thousand times.
        padding: The bytes that may stand between members.
    """

    begin: Callable[[], _Member]
    broken: type[Exception]
    step: int
    padding: bytes = b""


def is_packed(begin: bytes) -> bool:
    """Return whether bytes are compressed, by the first of them."""
    return begin.startswith((_GZIP, _ZSTD))


def unpacked(pieces: Iterable[bytes], name: str) -> Iterator[bytes]:
    """Return what bytes hold, in larger pieces: themselves, unless they are compressed.

    Raises:
        ConfigError: The package zstandard is missing.
        SourceError: They are broken or end early.
    """
    unpacking = _Unpacking(name)
    return larger_pieces(chain(chain.from_iterable(map(unpacking.take, pieces)), unpacking.finish()), SLICE)


async def unpacked_async(pieces: AsyncIterator[bytes], name: str) -> AsyncIterator[bytes]:
    """Yield the same of bytes that come from an async iterator, unpacked in a thread."""
    unpacking = _Unpacking(name)
    async for piece in pieces:
        if unpacking.passes_on:
            yield checked(piece)
        else:
            async for content in stepped(larger_pieces(unpacking.take(checked(piece)), SLICE)):
                yield content
    for content in unpacking.finish():
        yield content


class _Unpacking:
    """Bytes that come piece by piece."""

    def __init__(self, name: str) -> None:
        self.passes_on = False
        self._name = name
        self._begin = b""
        self._packing: _Packing | None = None
        self._member: _Member | None = None

    def take(self, piece: bytes) -> Iterator[bytes]:
        if self.passes_on:
            yield piece
            return
        if self._packing is None:
            self._begin += checked(piece)
            if len(self._begin) < MAGIC:
                return
            piece = self._tell()
        yield from self._content(piece)

    def finish(self) -> Iterator[bytes]:
        if self._begin:
            yield from self._content(self._tell())
        if self._member is not None:
            raise SourceError(f"cannot unpack {self._name}: it ends in the middle of its compressed data")

    def _tell(self) -> bytes:
        """See what the bytes are, and return those that were waited with."""
        begin, self._begin = self._begin, b""
        if not is_packed(begin):
            self.passes_on = True
        elif begin.startswith(_GZIP):
            self._packing = _Packing(*gzip_unpacker(), step=1 << 14, padding=b"\0")
        else:
            self._packing = _zstd(self._name)
        return begin

    def _content(self, piece: bytes) -> Iterator[bytes]:
        packing = self._packing
        if packing is None:
            yield piece
            return
        for start in range(0, len(piece), packing.step):
            rest = piece[start : start + packing.step]
            while rest:
                if self._member is None:
                    rest = rest.lstrip(packing.padding)
                    if not rest:
                        break
                    self._member = packing.begin()
                content, rest = self._step(self._member, rest, packing.broken)
                if content:
                    yield content

    def _step(self, member: _Member, packed: bytes, broken: type[Exception]) -> tuple[bytes, bytes]:
        """Return what some bytes become, and those that belong to the next member."""
        try:
            content = member.decompress(packed)
        except (broken, ValueError) as error:
            raise SourceError(f"cannot unpack {self._name}: {error}") from None
        if not member.eof:
            return content, b""
        self._member = None
        return content, member.unused_data


def _zstd(name: str) -> _Packing:
    try:
        import zstandard  # noqa: PLC0415 - optional
    except ImportError:
        raise ConfigError(f'{name} is compressed with zstd: pip install "domo-async[zstd]"') from None
    return _Packing(zstandard.ZstdDecompressor().decompressobj, zstandard.ZstdError, step=1 << 10)

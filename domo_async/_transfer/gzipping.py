"""The fastest available gzip: isal (the extra `fast`), or else zlib."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

__all__ = ["Packer", "gzip_packer", "gzip_unpacker"]

# The lowest level: at higher ones the compressor is slower than most networks and disks.
_LEVEL = 1
_GZIP = 16 + zlib.MAX_WBITS


class Packer(Protocol):
    """An object that compresses piece by piece."""

    def compress(self, data: bytes, /) -> bytes:
        """Compress a piece, and return the output that is ready."""
        ...

    def flush(self) -> bytes:
        """Return the rest of the output."""
        ...


def gzip_packer() -> Packer:
    """Return an object that compresses with gzip, at the lowest level."""
    try:
        from isal import isal_zlib  # noqa: PLC0415 - optional, and ten times as fast
    except ImportError:
        return zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    return isal_zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)


def gzip_unpacker() -> tuple[Callable[[], Any], type[Exception]]:
    """Return a factory of objects that unpack a gzip member as `zlib.decompressobj` does, and their exception."""
    try:
        from isal import igzip_lib, isal_zlib  # noqa: PLC0415 - optional, and several times as fast
    except ImportError:
        return partial(zlib.decompressobj, _GZIP), zlib.error
    return partial(isal_zlib.decompressobj, _GZIP), igzip_lib.IsalError  # type: ignore[return-value] # the stub takes the class for an instance

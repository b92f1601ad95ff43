"""gzip, as fast as it is to be had: by isal (the extra `fast`), or else by zlib."""

from __future__ import annotations

import gzip
import zlib
from types import ModuleType
from typing import Protocol

__all__ = ["Packer", "gzip_packer", "gzip_reader"]

# The least level: at higher ones the compressor is slower than most wires and disks.
_LEVEL = 1
_GZIP = 16 + zlib.MAX_WBITS


class Packer(Protocol):
    """What compresses piece by piece."""

    def compress(self, data: bytes, /) -> bytes:
        """Take a piece; return what is ready."""
        ...

    def flush(self) -> bytes:
        """Return what is left."""
        ...


def gzip_packer() -> Packer:
    """Return what compresses with gzip, at the least level."""
    try:
        from isal import isal_zlib  # noqa: PLC0415 - optional, and ten times as fast
    except ImportError:
        return zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    return isal_zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)


def gzip_reader() -> tuple[ModuleType, type[Exception]]:
    """Return the module that opens gzip files, and its error about what is broken."""
    try:
        from isal import igzip, isal_zlib  # noqa: PLC0415 - optional, and several times as fast
    except ImportError:
        return gzip, zlib.error
    return igzip, isal_zlib.error  # type: ignore[return-value] # the stub takes the class for an instance

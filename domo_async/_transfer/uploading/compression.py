"""Compression of parts, if it makes the upload faster."""

from __future__ import annotations

import asyncio
import time
from typing import Literal, TypeAlias

from domo_async._transfer.gzipping import gzip_packer
from domo_async._transfer.part import Part

__all__ = ["Compression", "Compressor"]

Compression: TypeAlias = bool | Literal["auto"]


def _packed(part: Part) -> bytes:
    packer = gzip_packer()
    return b"".join([*map(packer.compress, part.open()), packer.flush()])


class Compressor:
    """Compresses parts with gzip in a thread, each before it is sent.

    With ``"auto"`` the first parts are sent uncompressed, to measure the network; then one part is compressed, and if
    compressing is faster than the network, all later parts are compressed.
    """

    def __init__(self, option: Compression) -> None:
        self._wanted = option

    async def packed(self, part: Part, wire: float | None) -> bytes | None:
        """Return a compressed part, or None if it is to be sent uncompressed.

        Args:
            part: The part.
            wire: The current throughput of the network in bytes per second, if it is known.
        """
        if not self._wanted or (self._wanted == "auto" and wire is None):
            return None
        begun = time.perf_counter()
        content = await asyncio.to_thread(_packed, part)
        if self._wanted == "auto":
            speed = part.length / max(time.perf_counter() - begun, 1e-9)
            self._wanted = wire is not None and speed > wire and len(content) < part.length
        return content

"""Parts compressed on their way, where that is worth it."""

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

    With ``"auto"`` the first parts go as they are, to see how fast the wire is; then one is compressed, and if that
    went faster than the wire, all others are.
    """

    def __init__(self, option: Compression) -> None:
        self._wanted = option

    async def packed(self, part: Part, wire: float | None) -> bytes | None:
        """Return a part compressed, or None if it is to go as it is.

        Args:
            part: The part.
            wire: Bytes a second that the wire takes at present, where that is known.
        """
        if not self._wanted or (self._wanted == "auto" and wire is None):
            return None
        begun = time.perf_counter()
        content = await asyncio.to_thread(_packed, part)
        if self._wanted == "auto":
            speed = part.length / max(time.perf_counter() - begun, 1e-9)
            self._wanted = wire is not None and speed > wire and len(content) < part.length
        return content

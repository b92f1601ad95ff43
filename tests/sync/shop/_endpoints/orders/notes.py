"""Notes on orders."""

from __future__ import annotations

from tests.sync.shop._endpoints._area import Area

__all__ = ["Notes"]


class Notes(Area):
    """Notes on orders."""

    async def add(self, number: int, /, *lines: str, **more: int) -> str:
        """Add a note to an order."""
        await self._log.do(f"note {number}")
        return "".join(lines) + "".join(f"{name}={value}" for name, value in more.items())

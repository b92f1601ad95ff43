"""Who works here."""

from __future__ import annotations

from tests.sync.shop._endpoints._area import Area

__all__ = ["Staff"]


class Staff(Area):
    """Who works here."""

    async def hire(self, name: str) -> None:
        """Hire somebody."""
        await self._log.do(f"hire {name}")

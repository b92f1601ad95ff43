"""Who works here."""

from __future__ import annotations

from tests.sync.shop.endpoints._area import Area


class Staff(Area):
    """Who works here."""

    async def hire(self, name: str) -> None:
        """Hire somebody."""
        await self._log.do(f"hire {name}")

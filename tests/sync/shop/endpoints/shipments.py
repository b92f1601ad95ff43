"""Shipments."""

from __future__ import annotations

from tests.sync.shop.endpoints._area import Handle
from tests.sync.shop.transport import Log


class Shipment(Handle):
    """A shipment under way."""

    def __init__(self, log: Log, number: int) -> None:
        super().__init__(log)
        self._number = number

    @property
    def number(self) -> int:
        """The order's number."""
        return self._number

    async def arrived(self) -> str:
        """Wait until it has arrived, as in `await shipment.arrived()`."""
        return await self._log.do(f"arrived {self._number}")

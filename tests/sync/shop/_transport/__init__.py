"""What the shop's areas work with."""

from __future__ import annotations

from tests.sync.shop._transport.pager import Pager

__all__ = ["Log", "Pager"]


class Log:
    """What was done, in order, in place of a connection."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.seen: list[str] = []
        self.closed = False

    async def do(self, what: str) -> str:
        """Do something."""
        self.seen.append(what)
        return what

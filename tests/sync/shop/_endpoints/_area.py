"""What all areas share."""

from __future__ import annotations

from tests.sync.shop._transport import Log

__all__ = ["Area"]


class Area:
    """A group of endpoints."""

    def __init__(self, log: Log) -> None:
        self._log = log

"""The activity log: what each call did."""

from __future__ import annotations

from aiohttp import web

from domo_async.emulator.state import Instance

__all__ = ["note"]


def note(instance: Instance, request: web.Request, status: int) -> None:
    """Take a call that was answered into the log."""

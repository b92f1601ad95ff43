"""The console: one page that shows what the instance holds and what is asked of it.

The page is public, since it holds nothing. The server writes its content, for whoever sends the
owner's developer token: by a form, which works without scripts, or by the page's script, in the header as any client.
"""

from __future__ import annotations

from domo_async._emulator.console.handlers import Console

__all__ = ["Console"]

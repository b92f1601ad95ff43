"""An MCP server for one instance, for programs in which language models call tools; it needs the extra ``mcp``."""

from __future__ import annotations

from domo_async._mcp.kinds import WriteKind
from domo_async._mcp.limits import LEAST_CHARACTERS, Limits

__all__ = ["LEAST_CHARACTERS", "Limits", "WriteKind"]

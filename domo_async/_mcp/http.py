"""The server over HTTP, on this machine alone."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import uvicorn

from domo_async._mcp.server import DomoServer
from domo_async._redaction import Secret

__all__ = ["LOOPBACK", "PATH", "http_server"]

LOOPBACK = "127.0.0.1"
PATH = "/mcp"
_Scope = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
_Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


def http_server(server: DomoServer, token: Secret[str]) -> uvicorn.Server:
    """Return a server for clients on this machine that know a token.

    Requests from web pages are refused, under any host name.

    Args:
        server: The MCP server.
        token: The token that clients send as ``Authorization: Bearer …``; it is not the instance's token.
    """
    app = server.streamable_http_app(streamable_http_path=PATH, host=LOOPBACK)
    # Uvicorn's own configuration of logs writes to standard output.
    config = uvicorn.Config(_Known(app, token), host=LOOPBACK, log_config=None, access_log=False)
    return uvicorn.Server(config)


class _Known:
    """Lets requests pass that have the token."""

    def __init__(self, app: Callable[[_Scope, _Receive, _Send], Awaitable[None]], token: Secret[str]) -> None:
        self._app = app
        self._expected = Secret(f"Bearer {token.get_secret_value()}".encode())

    async def __call__(self, scope: _Scope, receive: _Receive, send: _Send) -> None:
        if scope["type"] == "http":
            sent = dict(scope["headers"]).get(b"authorization", b"")
            if not hmac.compare_digest(sent, self._expected.get_secret_value()):
                headers = [(b"www-authenticate", b"Bearer"), (b"content-length", b"0")]
                await send({"type": "http.response.start", "status": 401, "headers": headers})
                await send({"type": "http.response.body", "body": b""})
                return
        await self._app(scope, receive, send)

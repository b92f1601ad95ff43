"""Requests of apps, passed on to the instance with a user's token, as the local proxy of Domo's tools does it."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any

import aiohttp
import orjson
from aiohttp import web
from attrs import define, field

from domo_async._emulator.errors import HTTPError

__all__ = ["Forward"]

_JSON = "application/json"
_KEPT = ("Content-Type", "Content-Disposition", "Retry-After")


@define(eq=False)
class Forward:
    """Sends requests to an instance.

    Attributes:
        url: The instance's URL.
        headers: The headers that authenticate the requests.
        tls: The TLS context, if the instance is reached by TLS.
    """

    url: str
    headers: Mapping[str, str] = field(repr=False)
    tls: ssl.SSLContext | None = None
    _session: aiohttp.ClientSession | None = field(default=None, init=False)

    async def close(self) -> None:
        """End the connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
        content_type: str = _JSON,
        accept: str = _JSON,
        headers: Mapping[str, str] | None = None,
    ) -> web.Response:
        """Send a request; return the answer, to be passed on.

        Args:
            method: The HTTP method.
            path: The path on the instance, quoted.
            query: The query.
            body: The body.
            content_type: The body's media type.
            accept: The Accept header.
            headers: The headers that authenticate this request, in place of the usual ones.
        """
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=None, sock_read=600)
            self._session = aiohttp.ClientSession(self.url, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar())
        sent = {**(self.headers if headers is None else headers), "Accept": accept}
        if body:
            sent["Content-Type"] = content_type
        try:
            async with self._session.request(
                method,
                path,
                params=query or None,
                data=body or None,
                headers=sent,
                allow_redirects=False,
                ssl=True if self.tls is None else self.tls,
            ) as answer:
                content = await answer.read()
        except aiohttp.ClientError as error:
            # For example because of an injected fault.
            raise HTTPError(502, f"The instance's answer was incomplete: {type(error).__name__}") from error
        kept = {name: answer.headers[name] for name in _KEPT if name in answer.headers}
        return web.Response(status=answer.status, body=content, headers=kept)

    async def json(self, method: str, path: str, body: object = None, **options: Any) -> Any:
        """Send a request and return the answer's JSON.

        Raises:
            HTTPError: The instance refused the request; with the same status and message.
        """
        response = await self.send(method, path, body=None if body is None else orjson.dumps(body), **options)
        content = response.body if isinstance(response.body, bytes) else b""
        try:
            payload = orjson.loads(content) if content else None
        except orjson.JSONDecodeError:
            payload = None
        if response.status >= 400:
            message = payload.get("message") if isinstance(payload, dict) else None
            raise HTTPError(response.status, str(message or "The instance refused it"))
        return payload

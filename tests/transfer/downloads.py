"""An instance that gives one file, and may do it badly."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from aiohttp import web
from attrs import define, field

FILE = "/api/data/v1/data-files/401"


def tag_of(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:16]}"'


@define
class FileServer:
    """Gives a file with its details, an ETag and parts; `trouble` may answer a download in its own way instead.

    Attributes:
        content: The file.
        trouble: Is called with each download's request and its number from 1; returns None to have it answered well.
        ranges: Whether parts are given.
        tagged: Whether there is an ETag.
        told: What the details say; by default the truth.
        asked: The Range header of each download.
    """

    content: bytes
    trouble: Callable[[web.BaseRequest, int], Awaitable[web.StreamResponse] | None] = lambda _request, _number: None
    ranges: bool = True
    tagged: bool = True
    told: Callable[[bytes], dict[str, Any]] | None = None
    asked: list[str | None] = field(factory=list)

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path.endswith("/details"):
            return web.json_response({"dataFileId": 401, "currentRevision": self._revision()})
        self.asked.append(request.headers.get("Range"))
        answer = self.trouble(request, len(self.asked))
        return await (self.give(request) if answer is None else answer)

    def _revision(self) -> dict[str, Any]:
        told = {"sizeBytes": len(self.content), "sha256HashValue": hashlib.sha256(self.content).hexdigest().upper()}
        return {"dataFileRevisionId": 7, **(told if self.told is None else self.told(self.content))}

    async def give(
        self,
        request: web.BaseRequest,
        *,
        cut: int | None = None,
        stall: bool = False,
        length: int | None = None,
        headers: dict[str, str] | None = None,
        status: int | None = None,
    ) -> web.StreamResponse:
        """Answer a download.

        Args:
            request: What was asked.
            cut: How many bytes come before the connection is closed.
            stall: Whether it stands still then instead.
            length: What Content-Length says; by default the truth.
            headers: Further headers, which take the place of the right ones.
            status: The status, in place of the right one.
        """
        tag, start = tag_of(self.content), 0
        wanted = request.headers.get("Range")
        if self.ranges and wanted and request.headers.get("If-Range", tag) == tag:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            if start >= len(self.content):
                return web.Response(status=416, headers={"Content-Range": f"bytes */{len(self.content)}"})
        body = self.content[start:]
        answer = web.StreamResponse(status=206 if start else 200)
        answer.headers["Content-Length"] = str(len(body) if length is None else length)
        if self.tagged:
            answer.headers["ETag"] = tag
        if start:
            answer.headers["Content-Range"] = f"bytes {start}-{len(self.content) - 1}/{len(self.content)}"
        answer.headers.update(headers or {})
        if status is not None:
            answer.set_status(status)
        with suppress(ConnectionError, asyncio.CancelledError):
            await answer.prepare(request)
            for piece in _pieces(body if cut is None else body[:cut]):
                await answer.write(piece)
            if stall:
                await asyncio.sleep(30)
            if cut is not None and request.transport is not None:
                request.transport.close()
        return answer


def _pieces(body: bytes) -> list[bytes]:
    return [body[at : at + 65536] for at in range(0, len(body), 65536)]


class Chaos:
    """Troubles at random: at most `most` of them, then all goes well.

    Attributes:
        seen: What happened.
        versions: What the file ever was.
    """

    def __init__(self, server: FileServer, chance: random.Random, most: int) -> None:
        self._server = server
        self._chance = chance
        self._left = most
        self.seen: list[str] = []
        self.versions = [server.content]

    def __call__(self, request: web.BaseRequest, _number: int) -> Awaitable[web.StreamResponse] | None:
        if self._left == 0 or self._chance.random() < 0.2:
            return None
        self._left -= 1
        kinds = ["cut", "status", "short", "long", "whole", "changed", "other_part", "strange", "stall"]
        kind = self._chance.choices(kinds, [4, 2, 2, 2, 2, 2, 1, 1, 0.3])[0]
        self.seen.append(kind)
        trouble: Awaitable[web.StreamResponse] = getattr(self, f"_{kind}")(request)
        return trouble

    def _somewhere(self) -> int:
        return self._chance.randrange(len(self._server.content))

    async def _cut(self, request: web.BaseRequest) -> web.StreamResponse:
        return await self._server.give(request, cut=self._somewhere())

    async def _stall(self, request: web.BaseRequest) -> web.StreamResponse:
        return await self._server.give(request, cut=self._somewhere(), stall=True)

    async def _status(self, _: web.BaseRequest) -> web.StreamResponse:
        return web.json_response({"message": "no"}, status=self._chance.choice([500, 502, 503, 504, 429]))

    async def _short(self, request: web.BaseRequest) -> web.StreamResponse:
        """Less than there is, as if that were all."""
        length = self._somewhere() // 2
        return await self._server.give(request, cut=length, length=length)

    async def _long(self, request: web.BaseRequest) -> web.StreamResponse:
        """More is announced than comes."""
        return await self._server.give(request, cut=len(self._server.content), length=2 * len(self._server.content))

    async def _whole(self, request: web.BaseRequest) -> web.StreamResponse:
        """All of it, though a part may have been asked for."""
        ranges, self._server.ranges = self._server.ranges, False
        try:
            return await self._server.give(request, cut=self._somewhere())
        finally:
            self._server.ranges = ranges

    async def _changed(self, request: web.BaseRequest) -> web.StreamResponse:
        """The content becomes another one of the same length, or of another."""
        size = len(self._server.content) + self._chance.choice([0, 0, 1000, -1000])
        self._server.content = self._chance.randbytes(size)
        self.versions.append(self._server.content)
        return await self._server.give(request, cut=self._somewhere())

    async def _other_part(self, request: web.BaseRequest) -> web.StreamResponse:
        """A part that begins elsewhere."""
        size = len(self._server.content)
        return await self._server.give(request, status=206, headers={"Content-Range": f"bytes 5-{size - 1}/{size}"})

    async def _strange(self, _: web.BaseRequest) -> web.StreamResponse:
        """Content that is not the file's, under the file's own tag."""
        body = self._chance.randbytes(len(self._server.content))
        return web.Response(body=body, headers={"ETag": tag_of(self._server.content)})

"""A range of a content, read without the rest."""

from __future__ import annotations

import re
from typing import TypeAlias

from attrs import define, field, frozen

from domo_async._settings import Settings
from domo_async._transfer.files.resuming import Fetch, strong_tag
from domo_async._transport import Download, persistent
from domo_async.errors import APIError, ConfigError, IncompleteAnswer

__all__ = ["ContentRange", "read_range"]

_Pieces: TypeAlias = list[bytes]
_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)")


@frozen(kw_only=True)
class ContentRange:
    """A range of a file's content. It has no `to_dict`, as bytes are not JSON.

    Attributes:
        content: The bytes; fewer than requested if the content ends before.
        start: The offset of the first byte.
        total: The length of the whole content in bytes; None if the instance does not report it.
        etag: The ETag, if it identifies every byte of the whole content; None otherwise.
        partial: Whether the instance sent just this range. Otherwise it sent the content from its beginning, and the
            bytes before the range were read and dropped.
    """

    content: bytes = field(repr=False)
    start: int
    total: int | None
    etag: str | None
    partial: bool


async def read_range(fetch: Fetch, start: int, stop: int, settings: Settings) -> ContentRange:
    """Return the bytes from `start` to before `stop`; an answer that breaks off is requested again.

    Raises:
        ConfigError: The range is not one.
        IncompleteAnswer: The answer broke off on every attempt.
    """
    if not 0 <= start < stop:
        raise ConfigError(f"a range goes from an offset of at least 0 to a larger one, not from {start} to {stop}")

    async def attempt() -> ContentRange:
        try:
            headers = {"Accept-Encoding": "identity", "Range": f"bytes={start}-{stop - 1}"}
            async with fetch(headers) as answer:
                return await _Range(answer, start, stop).read()
        except APIError as error:
            if error.status != 416:
                raise
            return ContentRange(content=b"", start=start, total=None, etag=None, partial=True)

    return await persistent(attempt, settings)


@define
class _Range:
    _answer: Download
    _start: int
    _stop: int

    async def read(self) -> ContentRange:
        packed = self._answer.headers.get("Content-Encoding", "identity") != "identity"
        partial = self._answer.status == 206
        total = self._of_part(packed=packed) if partial else self._of_whole(packed=packed)
        skip = 0 if partial else self._start
        content = await self._taken(skip, self._stop - self._start)
        due = self._stop - self._start if total is None else max(min(self._stop, total) - self._start, 0)
        if len(content) > due or (total is not None and len(content) < due):
            raise IncompleteAnswer(f"{len(content)} bytes of the range arrived instead of {due}")
        tag = strong_tag(self._answer.headers.get("ETag"))
        return ContentRange(content=content, start=self._start, total=total, etag=tag, partial=partial)

    def _of_part(self, *, packed: bool) -> int | None:
        found = _CONTENT_RANGE.fullmatch(self._answer.headers.get("Content-Range", "").strip())
        if packed or found is None or int(found[1]) != self._start or int(found[2]) >= self._stop:
            raise IncompleteAnswer("the instance sent another part of the content than the requested one")
        if found[3] == "*":
            return None
        return int(found[3])

    def _of_whole(self, *, packed: bool) -> int | None:
        length = self._answer.headers.get("Content-Length")
        return None if packed or length is None else int(length)

    async def _taken(self, skip: int, most: int) -> bytes:
        """Return at most `most` bytes after the first `skip`; the rest is not read."""
        pieces: _Pieces = []
        async for chunk in self._answer.chunks():
            piece = chunk[skip : skip + most]
            skip = max(skip - len(chunk), 0)
            most -= len(piece)
            pieces.append(piece)
            if not most:
                break
        return b"".join(pieces)

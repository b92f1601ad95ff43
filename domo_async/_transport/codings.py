"""Decompression of bodies, done here so that a body that ends early is detected.

aiohttp would return a gzip stream that broke off as if it were complete, with made-up bytes at the end.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterator

import aiohttp

from domo_async._transport.request import Request
from domo_async.errors import DecodeError, IncompleteAnswer

__all__ = ["ACCEPTED", "decoded", "is_coded"]

ACCEPTED = "gzip, deflate"
"""The codings that are requested: those whose end every Python can detect."""

_ALIASES = {"x-gzip": "gzip"}
# IANA's other codings. Any other value, such as "identity" or a charset, does not change the body.
_NOT_ASKED_FOR = frozenset({"aes128gcm", "br", "compress", "dcb", "dcz", "exi", "pack200-gzip", "x-compress", "zstd"})
_MOST_AT_ONCE = 1 << 20
_GZIP_BITS = 16 + zlib.MAX_WBITS


async def decoded(response: aiohttp.ClientResponse, request: Request) -> AsyncIterator[bytes]:
    """Yield the decoded pieces of an answer's body as they arrive.

    Args:
        response: The answer, whose body aiohttp does not decode.
        request: The request, for errors.

    Raises:
        DecodeError: It has a coding that was not requested.
        IncompleteAnswer: The coded stream ends early, is damaged, or something follows it.
    """
    what = f"{request.method} {request.url.path}"
    coding = _coding(response, request)
    if coding is None:
        async for piece in response.content.iter_any():
            yield piece
        return
    stream = _Stream(coding)
    try:
        async for piece in response.content.iter_any():
            for part in stream.feed(piece):
                yield part
    except zlib.error:
        raise IncompleteAnswer(f"{what}: the answer is damaged, or not {coding} as it says") from None
    if not stream.is_whole and not (stream.is_empty and _has_no_body(response)):
        raise IncompleteAnswer(f"{what}: the answer broke off: it ends before its {coding} stream does")


def is_coded(response: aiohttp.ClientResponse) -> bool:
    """Return whether an answer's body is coded, so that its end can be detected."""
    return bool(_codings(response))


def _codings(response: aiohttp.ClientResponse) -> list[str]:
    named = ",".join(response.headers.getall("Content-Encoding", ())).lower().split(",")
    codings = [_ALIASES.get(name.strip(), name.strip()) for name in named]
    return [coding for coding in codings if coding in {"gzip", "deflate"} or coding in _NOT_ASKED_FOR]


def _coding(response: aiohttp.ClientResponse, request: Request) -> str | None:
    """Return the coding of an answer, or None if its body is not coded."""
    real = _codings(response)
    if not real:
        return None
    if len(real) > 1 or real[0] in _NOT_ASKED_FOR:
        raise DecodeError(
            f"{request.method} {request.url.path}: the answer is coded as {', '.join(real)}, but the request asked for"
            f" one of {ACCEPTED}",
            method=request.method,
            request_path=request.url.path,
        )
    return real[0]


def _has_no_body(response: aiohttp.ClientResponse) -> bool:
    return response.status in {204, 304} or response.method == "HEAD" or response.headers.get("Content-Length") == "0"


class _Stream:
    """A stream of one or several gzip members, or of deflate with or without zlib's header."""

    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._member: zlib._Decompress | None = None
        self._ended = False
        self.is_empty = True

    @property
    def is_whole(self) -> bool:
        """Whether the stream may end here."""
        return self._ended and self._member is None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield decoded bytes, in pieces of bounded size."""
        self.is_empty = self.is_empty and not data
        while data:
            if self._member is None:
                if self._ended and not data.strip(b"\0"):
                    return  # gzip files may be padded
                self._member = self._next(data)
            piece = self._member.decompress(data, _MOST_AT_ONCE)
            while piece:
                yield piece
                # The unconsumed tail of a full piece need not be input any longer.
                full = len(piece) == _MOST_AT_ONCE
                piece = self._member.decompress(self._member.unconsumed_tail, _MOST_AT_ONCE) if full else b""
            data = b""
            if self._member.eof:
                data, self._member, self._ended = self._member.unused_data, None, True

    def _next(self, data: bytes) -> zlib._Decompress:
        if self._coding == "gzip":
            return zlib.decompressobj(_GZIP_BITS)
        if self._ended:
            raise zlib.error("something follows")
        # Some servers omit zlib's header, because old browsers did not know it.
        return zlib.decompressobj(zlib.MAX_WBITS if data[0] & 0xF == zlib.DEFLATED else -zlib.MAX_WBITS)

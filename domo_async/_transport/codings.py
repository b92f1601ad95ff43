"""Bodies that were compressed on their way, undone here so that one that ends early is seen to.

aiohttp would give what it had of a gzip stream that broke off as if it were all, its last bytes made up.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterator

import aiohttp

from domo_async._transport.request import Request
from domo_async.errors import DecodeError, IncompleteAnswer

__all__ = ["ACCEPTED", "decoded", "is_coded"]

ACCEPTED = "gzip, deflate"
"""The codings that are asked for: those whose end can be told wherever Python is."""

_ALIASES = {"x-gzip": "gzip"}
# What IANA lists beside these. Anything else, such as "identity" or a charset, does not change the body.
_NOT_ASKED_FOR = frozenset({"aes128gcm", "br", "compress", "dcb", "dcz", "exi", "pack200-gzip", "x-compress", "zstd"})
_MOST_AT_ONCE = 1 << 20
_GZIP_BITS = 16 + zlib.MAX_WBITS


async def decoded(response: aiohttp.ClientResponse, request: Request) -> AsyncIterator[bytes]:
    """Yield an answer's body in pieces as they come, without what it was coded in.

    Args:
        response: The answer, whose body aiohttp leaves as it came.
        request: What was asked, as errors name it.

    Raises:
        DecodeError: It is coded in a way that was not asked for.
        IncompleteAnswer: The coded stream ends early, is damaged, or something follows it.
    """
    what = f"{request.method} {request.url.path}"
    coding = _coding(response, what)
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
    """Return whether an answer's body is coded, so that its end can be told."""
    return bool(_codings(response))


def _codings(response: aiohttp.ClientResponse) -> list[str]:
    named = ",".join(response.headers.getall("Content-Encoding", ())).lower().split(",")
    codings = [_ALIASES.get(name.strip(), name.strip()) for name in named]
    return [coding for coding in codings if coding in {"gzip", "deflate"} or coding in _NOT_ASKED_FOR]


def _coding(response: aiohttp.ClientResponse, what: str) -> str | None:
    """Return the one coding of an answer, None if its body is as it came."""
    real = _codings(response)
    if not real:
        return None
    if len(real) > 1 or real[0] in _NOT_ASKED_FOR:
        raise DecodeError(f"{what}: the answer is coded as {', '.join(real)}, where one of {ACCEPTED} was asked for")
    return real[0]


def _has_no_body(response: aiohttp.ClientResponse) -> bool:
    return response.status in {204, 304} or response.method == "HEAD" or response.headers.get("Content-Length") == "0"


class _Stream:
    """A stream of gzip, which may be several one after the other, or of deflate with zlib's head or without."""

    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._member: zlib._Decompress | None = None
        self._ended = False
        self.is_empty = True

    @property
    def is_whole(self) -> bool:
        """Whether it may end here."""
        return self._ended and self._member is None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what bytes stand for, never much at once."""
        self.is_empty = self.is_empty and not data
        while data:
            if self._member is None:
                if self._ended and not data.strip(b"\0"):
                    return  # gzip's files may be padded
                self._member = self._next(data)
            piece = self._member.decompress(data, _MOST_AT_ONCE)
            while piece:
                yield piece
                # What a full piece left behind need not have been input any more.
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
        # Some servers leave zlib's head out, as old browsers did not know it.
        return zlib.decompressobj(zlib.MAX_WBITS if data[0] & 0xF == zlib.DEFLATED else -zlib.MAX_WBITS)

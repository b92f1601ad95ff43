"""Downloads that continue after a break, and are compared with the instance's description of the content."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeAlias

from attrs import define, field, frozen

from domo_async._concurrency import cancel_all
from domo_async._settings import Settings
from domo_async._transfer.file_writer import RestartableWriter
from domo_async._transfer.progress import Reporter
from domo_async._transfer.threads import in_thread
from domo_async._transport import Attempts, Download
from domo_async._wire import Record
from domo_async.errors import APIError, ContentMismatch, IncompleteAnswer, TransportError

__all__ = ["Described", "DownloadResult", "Fetch", "Look", "Transfer", "described_by", "strong_tag"]

Fetch: TypeAlias = Callable[[Mapping[str, str]], AbstractAsyncContextManager[Download]]
"""Requests the content with these headers."""

# Written in pieces of this size: a hop to a thread for each of the socket's pieces would cost more than writing.
_WRITE = 1 << 20
_DIGESTS = {"sha256": 64, "md5": 32}
_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)")


@frozen
class Described:
    """The instance's description of a content, requested before or during the download.

    Attributes:
        size: Its size in bytes.
        digest: Its hash in hexadecimal digits, in lower case.
        algorithm: The hash algorithm, by hashlib's name.
    """

    size: int | None = None
    digest: str | None = None
    algorithm: str = "sha256"

    @classmethod
    def of(cls, size: int | None, **digests: str | None) -> Described:
        """Return a description with the first valid hash of a known algorithm.

        Args:
            size: The size in bytes.
            digests: Hashes by algorithm, the best first.
        """
        for algorithm, digest in digests.items():
            length = _DIGESTS.get(algorithm)
            if digest is not None and length and re.fullmatch(rf"[0-9a-fA-F]{{{length}}}", digest):
                return cls(size, digest.lower(), algorithm)
        return cls(size)

    def fits(self, found: Described) -> bool:
        """Return whether a content matches this description, as far as the description goes."""
        return self.size in (None, found.size) and self.digest in (None, found.digest)

    def __str__(self) -> str:
        size = "an unknown length" if self.size is None else f"{self.size} bytes"
        return size if self.digest is None else f"{size}, {self.algorithm} {self.digest}"


Look: TypeAlias = Callable[[], Awaitable[Described]]
"""Requests the instance's description of the content."""


@asynccontextmanager
async def described_by(look: Look | None) -> AsyncIterator[asyncio.Future[Described]]:
    """Request the description of a content at the same time as the content; without `look`, anything matches."""

    async def nothing() -> Described:
        return Described()

    asked = asyncio.ensure_future(nothing() if look is None else look())
    try:
        yield asked
    finally:
        await cancel_all(asked)


@frozen(kw_only=True)
class DownloadResult(Record):
    """The result of a complete download.

    Attributes:
        bytes: The number of bytes.
        seconds: The duration of the call.
        sha256: Its SHA-256, in hexadecimal digits.
        verified: Whether it was compared with a hash from the instance.
    """

    bytes: int
    seconds: float
    sha256: str
    verified: bool


@define
class Transfer:
    """One download.

    Attributes:
        size: The number of bytes written.
        tag: The ETag of the answer that they came from.
        total: The total length of the content, if an answer stated it.
        part: Whether the last answer continued where an earlier one broke off.
        outdated: Whether the bytes written do not belong to the content of the last answer.
        packed: Whether the answer was compressed, so that offsets in it differ from those of the content.
        furthest: The most bytes that were ever written.
    """

    _fetch: Fetch
    _look: Look | None
    _asked: asyncio.Future[Described]
    _writer: RestartableWriter
    _reporter: Reporter
    _settings: Settings
    size: int = 0
    tag: str | None = None
    total: int | None = None
    _part: bool = False
    _packed: bool = False
    _outdated: bool = False
    _furthest: int = 0
    _described: Described = field(factory=Described)
    _begun: bool = False
    _hashes: dict[str, hashlib._Hash] = field(factory=dict)
    _started: float = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._started = self._settings.clock.monotonic()
        self._forget()

    async def run(self) -> DownloadResult:
        """Download all of it, with as many retries as the settings allow; attempts that make progress do not count."""
        attempts = Attempts(self._settings)
        while True:
            try:
                await self._go_on()
                await self._verify()
                return DownloadResult(
                    bytes=self.size,
                    seconds=self._settings.clock.monotonic() - self._started,
                    sha256=self._hashes["sha256"].hexdigest(),
                    verified=self._described.digest is not None,
                )
            except (IncompleteAnswer, ContentMismatch) as error:
                if self._part and self.size > self._furthest:
                    attempts.number = 1
                self._furthest = max(self._furthest, self.size)
                delay = attempts.delay_after(error)
                if delay is None or not self._prepare(error):
                    raise
                self._reporter.retried()
            await attempts.wait(delay)

    def _anew(self, message: str) -> IncompleteAnswer:
        """Return an error after which the download starts over: the bytes written are not of the answer's content."""
        self._outdated = True
        return IncompleteAnswer(message)

    def _prepare(self, error: TransportError) -> bool:
        """Prepare another attempt, and return whether one is possible."""
        if self._outdated or isinstance(error, ContentMismatch) or not self._can_go_on():
            return self._restart()
        return True

    def _can_go_on(self) -> bool:
        """Return whether a later part can be recognised as belonging to the same content as the bytes written."""
        known = self.tag is not None or self._described.digest is not None
        return self.size > 0 and known and not self._packed

    def _restart(self) -> bool:
        if self.size and not self._writer.restart():
            return False
        self._reporter.moved(-self.size)
        self._forget()
        return True

    def _forget(self) -> None:
        self.size, self.tag, self.total, self._outdated = 0, None, None, False
        self._hashes = self._new_hashes()

    def _new_hashes(self) -> dict[str, hashlib._Hash]:
        algorithms = {"sha256", self._described.algorithm}
        return {name: hashlib.new(name, usedforsecurity=False) for name in algorithms}

    async def _go_on(self) -> None:
        """Request the missing bytes, and write those that arrive."""
        headers = {"Accept-Encoding": "identity"}
        if self.size:
            headers["Range"] = f"bytes={self.size}-"
            if self.tag is not None:
                headers["If-Range"] = self.tag
        try:
            async with self._fetch(headers) as answer:
                ends = await self._begin(answer)
                await self._take(answer)
        except APIError as error:
            # The content became shorter, or a cache has an older one.
            if error.status == 416 and self.size:
                raise self._anew(f"the content no longer has a byte at offset {self.size}: {error}") from None
            raise
        if ends is not None and self.size != ends:
            broken = IncompleteAnswer if self.size < ends else self._anew
            raise broken(f"{self.size} bytes arrived instead of {ends}")

    async def _begin(self, answer: Download) -> int | None:
        """Check the headers of an answer, and return the number of bytes written once it is complete."""
        tag = strong_tag(answer.headers.get("ETag"))
        self._packed = answer.headers.get("Content-Encoding", "identity") != "identity"
        self._part = answer.status == 206
        ends: int | None
        if self._part:
            ends = self._begin_part(answer, tag)
        else:
            if self.size and not self._restart():
                raise self._anew("the instance started over, and the bytes already written cannot be taken back")
            length = answer.headers.get("Content-Length")
            self.tag = tag
            self.total = ends = None if self._packed or length is None else int(length)
        if self._begun:
            await self._check_length()
        return ends

    async def _learn(self) -> None:
        """Take the description of the content when its first bytes arrive."""
        if not self._begun:
            self._described, self._begun = await self._asked, True
            self._hashes = self._new_hashes()
            await self._check_length()

    async def _check_length(self) -> None:
        if self._is_of_other_length() and self._look is not None:
            self._described = await self._look()
        if self._is_of_other_length():
            raise self._mismatch(f"{self.total} bytes")

    def _begin_part(self, answer: Download, tag: str | None) -> int:
        found = _CONTENT_RANGE.fullmatch(answer.headers.get("Content-Range", "").strip())
        if not self.size or self._packed or found is None or int(found[1]) != self.size:
            raise self._anew("the instance sent another part of the content than the requested one")
        total = None if found[3] == "*" else int(found[3])
        if self.tag is not None and tag != self.tag:
            raise self._anew("the content changed during the download")
        if self.total is not None and total not in (None, self.total):
            raise self._anew("the length of the content changed during the download")
        self.total = total if self.total is None else self.total
        return int(found[2]) + 1 if self.total is None else self.total

    def _is_of_other_length(self) -> bool:
        return self.total is not None and self._described.size not in (None, self.total)

    async def _take(self, answer: Download) -> None:
        """Write the bytes that arrive, including those before a break."""
        pieces: list[bytes] = []
        waiting = 0
        try:
            async for piece in answer.chunks():
                pieces.append(piece)
                waiting += len(piece)
                if waiting >= _WRITE:
                    await self._keep(pieces)
                    pieces, waiting = [], 0
        except IncompleteAnswer:
            await self._keep(pieces)
            raise
        await self._learn()
        await self._keep(pieces)
        if not answer.tells_its_end and (self._described.size, self._described.digest) == (None, None):
            raise self._anew("the answer has neither a length nor an end mark, so it may have been cut off")

    async def _keep(self, pieces: list[bytes]) -> None:
        if not pieces:
            return
        await self._learn()
        size = await in_thread(self._write, pieces)
        self.size += size
        self._reporter.moved(size)

    def _write(self, pieces: list[bytes]) -> int:
        self._writer.write(pieces)
        for known in self._hashes.values():
            for piece in pieces:
                known.update(piece)
        return sum(map(len, pieces))

    async def _verify(self) -> None:
        """Compare the content with the description, which may have changed during the download."""
        if self._fits() or self._look is None:
            return
        self._described = await self._look()
        if not self._fits():
            raise self._mismatch(str(self._found()))

    def _fits(self) -> bool:
        return self._described.algorithm in self._hashes and self._described.fits(self._found())

    def _found(self) -> Described:
        algorithm = self._described.algorithm
        digest = self._hashes[algorithm].hexdigest() if algorithm in self._hashes else None
        return Described(self.size, digest, algorithm)

    def _mismatch(self, found: str) -> ContentMismatch:
        description = str(self._described)
        return ContentMismatch(
            f"the content does not match the instance's description: it has {found}, not {description}",
            expected=description,
            found=found,
        )


def strong_tag(tag: str | None) -> str | None:
    """Return a strong ETag, which identifies every byte of the content, or None."""
    return tag if tag is not None and not tag.startswith("W/") else None

"""Content of files to upload: bytes, or a file that is read from disk while it is sent."""

from __future__ import annotations

import hashlib
import mimetypes
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from attrs import define, field

from domo_async._clock import Clock
from domo_async._transfer.progress import ProgressOption, Reporter, reporting
from domo_async._transfer.seekable import InMemory, OnDisk, Stored, slices
from domo_async._transport import Body
from domo_async.errors import ConfigError

__all__ = ["Content", "OutgoingContent", "content_body", "content_name", "content_size", "reported_body"]

Content: TypeAlias = str | os.PathLike[str] | bytes | bytearray | memoryview
"""Bytes, or the path of a file; text is a path."""

_ANY = "application/octet-stream"
_COMPRESSED = {"gzip": "application/gzip", "bzip2": "application/x-bzip2", "xz": "application/x-xz"}


@define
class OutgoingContent:
    """The content of a file to upload.

    Attributes:
        body: The request's body.
        size: Its size in bytes.
    """

    body: Body
    size: int
    _sent: list[hashlib._Hash] = field(factory=list)

    @property
    def sha256(self) -> str | None:
        """The SHA-256 of the bytes that were sent last, in hexadecimal digits; None unless it was requested."""
        return self._sent[-1].hexdigest() if self._sent else None


def content_name(content: Content, name: str | None) -> str:
    """Return a file's name: the given one, or else the last part of its path.

    Raises:
        ConfigError: The name is missing or empty, or it is not text, such as bytes that are not UTF-8.
    """
    found = name if name is not None else _path_name(content)
    if found is None:
        raise ConfigError("bytes do not have a file name: pass one as name=…")
    if not found.strip():
        raise ConfigError("the file's name is empty: pass one as name=…")
    try:
        found.encode()
    except UnicodeEncodeError:
        raise ConfigError(f"the file's name is not text: {shown(found)}; rename it, or pass another name") from None
    return found


def shown(path: str) -> str:
    """Return a printable path, with bytes that are not UTF-8 escaped."""
    try:
        return os.fsencode(path).decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:
        return path.encode("utf-8", "backslashreplace").decode()


@contextmanager
def content_body(
    content: Content,
    content_type: str | None = None,
    *,
    name: str | None = None,
    reporter: Reporter | None = None,
    hashed: bool = False,
) -> Iterator[OutgoingContent]:
    """Give a file's content as the body of a request, which can be sent until the context ends.

    A file on disk is read slice by slice and is not held in memory. If the file is written to while it is sent, the
    last slice is not sent, so that a mixture of old and new content never arrives complete.

    Args:
        content: Bytes, or a path.
        content_type: The media type; by default guessed from the suffix of the path or the name.
        name: The name of the file.
        reporter: The reporter of the bytes sent; its count decreases if they have to be sent again.
        hashed: Whether to compute a hash of the bytes that are sent.

    Raises:
        ConfigError: The content is neither bytes nor a path, or the media type has a line break.
        SourceError: The file does not exist, cannot be read, or was written to while it was sent.
    """
    media_type = content_type if content_type is not None else _guessed(_path_name(content)) or _guessed(name) or _ANY
    if not media_type.isprintable():
        raise ConfigError(f"{media_type!r} is not a media type")
    stored = _stored(content)

    sent = 0
    hashes: list[hashlib._Hash] = []

    def whole() -> Iterator[bytes]:
        nonlocal sent
        told = reporter.moved if reporter is not None else lambda _: None
        if sent and reporter is not None:
            reporter.retried()
        told(-sent)
        sent = 0
        if hashed:
            hashes[:] = [hashlib.sha256()]
        for piece in slices(stored, 0, stored.size):
            stored.check_unchanged()
            sent += len(piece)
            for known in hashes:
                known.update(piece)
            told(len(piece))
            yield piece

    try:
        yield OutgoingContent(Body(media_type, stored.size, whole), stored.size, hashes)
    finally:
        stored.close()


@contextmanager
def reported_body(
    content: Content,
    content_type: str | None = None,
    *,
    name: str | None = None,
    progress: ProgressOption,
    clock: Clock,
    hashed: bool = False,
) -> Iterator[OutgoingContent]:
    """Give the body of a request as `content_body` does, and report its progress.

    Args:
        content: Bytes, or a path.
        content_type: The media type.
        name: The name of the file.
        progress: The caller's progress option.
        clock: The clock.
        hashed: Whether to compute a hash of the bytes that are sent.
    """
    with (
        reporting(clock, progress, total=content_size(content), title="upload") as reporter,
        content_body(content, content_type, name=name, reporter=reporter, hashed=hashed) as outgoing,
    ):
        yield outgoing
        reporter.finish()


def content_size(content: Content) -> int | None:
    """Return the size of a content in bytes, or None if it is not known without opening it."""
    if isinstance(content, str | os.PathLike):
        try:
            found = os.stat(content)  # noqa: PTH116 - the path may be invalid
        except (OSError, ValueError):
            return None
        return found.st_size if stat.S_ISREG(found.st_mode) else None
    return memoryview(content).nbytes if isinstance(content, bytes | bytearray | memoryview) else None


def _stored(content: Content) -> Stored:
    if isinstance(content, str | os.PathLike):
        return OnDisk(Path(content))
    if isinstance(content, bytes | bytearray | memoryview):
        return InMemory(content)
    raise ConfigError(f"cannot upload a {type(content).__name__}; give a path or bytes")


def _path_name(content: Content) -> str | None:
    return Path(content).name if isinstance(content, str | os.PathLike) else None


def _guessed(name: str | None) -> str | None:
    """Return the media type for a suffix; for compressed files, that of the compression."""
    if name is None:
        return None
    media_type, encoding = mimetypes.guess_type(name)
    return media_type if encoding is None else _COMPRESSED.get(encoding)

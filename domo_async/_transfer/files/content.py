"""A file's content on its way up: bytes, or a file that is read from disk as it is sent."""

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
    """A file's content on its way up.

    Attributes:
        body: The request's body.
        size: Its bytes.
    """

    body: Body
    size: int
    _sent: list[hashlib._Hash] = field(factory=list)

    @property
    def sha256(self) -> str | None:
        """The SHA-256 of what was sent last, in hexadecimal digits; None unless that was asked for."""
        return self._sent[-1].hexdigest() if self._sent else None


def content_name(content: Content, name: str | None) -> str:
    """Return the name that a file goes by: the one that is given, or else its path's.

    Raises:
        ConfigError: There is none, or it is empty or no text, such as bytes that are not UTF-8.
    """
    found = name if name is not None else _path_name(content)
    if found is None:
        raise ConfigError("bytes have no name of their own: give the file's as name=…")
    if not found.strip():
        raise ConfigError("the file's name is empty: give one as name=…")
    try:
        found.encode()
    except UnicodeEncodeError:
        raise ConfigError(f"the file's name is not text: {shown(found)}; rename it, or give another name") from None
    return found


def shown(path: str) -> str:
    """Return a path that can be printed: bytes that are not UTF-8 are spelled out."""
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
    """Give a file's content as the body of a request, which can be sent as long as the context lasts.

    A file on disk is read slice by slice and costs no memory. If it is written to meanwhile, the last slice stays
    behind, so that no mixture of old and new arrives whole.

    Args:
        content: Bytes, or a path.
        content_type: The media type; by default what the path's suffix or the name's says.
        name: The name that the file is to have.
        reporter: Whom to tell what goes out; goes back where it has to be sent again.
        hashed: Whether to make a hash of what is sent.

    Raises:
        ConfigError: It is neither bytes nor a path, or the media type breaks the line.
        SourceError: There is no such file, it cannot be read, or it was written to meanwhile.
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
    """Give the body of a request as `content_body` does, and report how far it has gone.

    Args:
        content: Bytes, or a path.
        content_type: The media type.
        name: The name that the file is to have.
        progress: Whom to tell.
        clock: Where time comes from.
        hashed: Whether to make a hash of what is sent.
    """
    with (
        reporting(clock, progress, total=content_size(content), title="upload") as reporter,
        content_body(content, content_type, name=name, reporter=reporter, hashed=hashed) as outgoing,
    ):
        yield outgoing
        reporter.finish()


def content_size(content: Content) -> int | None:
    """Return how many bytes a content has, as far as that can be told without opening it."""
    if isinstance(content, str | os.PathLike):
        try:
            found = os.stat(content)  # noqa: PTH116 - of a path that may be no path
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
    """Return the media type that a suffix stands for; of what is compressed, that of the compression."""
    if name is None:
        return None
    media_type, encoding = mimetypes.guess_type(name)
    return media_type if encoding is None else _COMPRESSED.get(encoding)

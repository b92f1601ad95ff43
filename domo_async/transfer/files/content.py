"""A file's content on its way up: bytes, or a file that is read from disk as it is sent."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from domo_async.clock import Clock
from domo_async.errors import ConfigError
from domo_async.transfer.progress import ProgressOption, Reporter, reporting
from domo_async.transfer.stored import InMemory, OnDisk, Stored, slices
from domo_async.transport import Body

__all__ = ["Content", "content_body", "content_name", "content_size", "reported_body"]

Content: TypeAlias = str | os.PathLike[str] | bytes | bytearray | memoryview
"""Bytes, or the path of a file; text is a path."""

_ANY = "application/octet-stream"
_COMPRESSED = {"gzip": "application/gzip", "bzip2": "application/x-bzip2", "xz": "application/x-xz"}


def content_name(content: Content, name: str | None) -> str:
    """Return the name that a file goes by: the one that is given, or else its path's.

    Raises:
        ConfigError: There is none, or it is empty.
    """
    found = name if name is not None else _path_name(content)
    if found is None:
        raise ConfigError("bytes have no name of their own: give the file's as name=…")
    if not found.strip():
        raise ConfigError("the file's name is empty: give one as name=…")
    return found


@contextmanager
def content_body(
    content: Content,
    content_type: str | None = None,
    *,
    name: str | None = None,
    reporter: Reporter | None = None,
) -> Iterator[Body]:
    """Give the body of a request that is a file's content, which can be sent as long as the context lasts.

    A file on disk is read slice by slice and costs no memory. If it is written to meanwhile, the last slice stays
    behind, so that no mixture of old and new arrives whole.

    Args:
        content: Bytes, or a path.
        content_type: The media type; by default what the path's suffix or the name's says.
        name: The name that the file is to have.
        reporter: Whom to tell what goes out; goes back where it has to be sent again.

    Raises:
        ConfigError: It is neither bytes nor a path, or the media type breaks the line.
        SourceError: There is no such file, it cannot be read, or it was written to meanwhile.
    """
    media_type = content_type if content_type is not None else _guessed(_path_name(content)) or _guessed(name) or _ANY
    if not media_type.isprintable():
        raise ConfigError(f"{media_type!r} is not a media type")
    stored = _stored(content)

    sent = 0

    def whole() -> Iterator[bytes]:
        nonlocal sent
        told = reporter.moved if reporter is not None else lambda _: None
        if sent and reporter is not None:
            reporter.retried()
        told(-sent)
        sent = 0
        for piece in slices(stored, 0, stored.size):
            stored.check_unchanged()
            sent += len(piece)
            told(len(piece))
            yield piece

    try:
        yield Body(media_type, stored.size, whole)
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
) -> Iterator[Body]:
    """Give the body of a request as `content_body` does, and report how far it has gone.

    Args:
        content: Bytes, or a path.
        content_type: The media type.
        name: The name that the file is to have.
        progress: Whom to tell.
        clock: Where time comes from.
    """
    with (
        reporting(clock, progress, total=content_size(content), title="upload") as reporter,
        content_body(content, content_type, name=name, reporter=reporter) as body,
    ):
        yield body
        reporter.finish()


def content_size(content: Content) -> int | None:
    """Return how many bytes a content has, as far as that can be told without opening it."""
    if isinstance(content, str | os.PathLike):
        path = Path(content)
        return path.stat().st_size if path.is_file() else None
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

"""Contents of files, on disk below the instance's data directory and named by their SHA-256.

A content is written under a temporary name, flushed to the disk and renamed atomically: it exists whole or not at all,
and equal contents exist once. It is removed when no record refers to it any longer, and only after that is saved.
Small contents can lie in the records instead, as a new world is made before there is a directory.
"""

from __future__ import annotations

import base64
import hashlib
import io
import itertools
import os
import re
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from weakref import WeakKeyDictionary

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.helpers import content_disposition_header
from attrs import define, field, frozen

from domo_async._emulator.context import instance_of, storage_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.web import StreamedResponse
from domo_async._emulator.private_files import private_opener
from domo_async._emulator.rows.storage import Storage
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record, Records

__all__ = [
    "FILES",
    "REVISIONS",
    "Arrival",
    "Blobs",
    "Content",
    "blobs_at",
    "blobs_of",
    "byte_range",
    "content_response",
    "hold",
    "is_digest",
    "referred",
]

REVISIONS = "file_revisions"
FILES = "fileset_files"

_HELD = "contents"
_CHUNK = 256 << 10
_ARRIVING = ".arriving"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@frozen
class Content:
    """The metadata of a content; hashes are lower-case hexadecimal digits."""

    sha256: str
    md5: str
    size: int


@define
class Arrival:
    """A content that is being received."""

    _file: BinaryIO
    _path: Path
    size: int = 0
    _sha256: hashlib._Hash = field(factory=hashlib.sha256)
    _md5: hashlib._Hash = field(factory=lambda: hashlib.md5(usedforsecurity=False))

    def write(self, chunk: bytes) -> None:
        """Write the next piece."""
        self._file.write(chunk)
        self._sha256.update(chunk)
        self._md5.update(chunk)
        self.size += len(chunk)

    def force_to_disk(self) -> None:
        """Flush all written bytes to the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def keep(self) -> Content:
        """Give the content its name. The caller must not await anything before a record refers to it."""
        self._file.close()
        content = Content(self._sha256.hexdigest(), self._md5.hexdigest(), self.size)
        self._path.replace(self._path.with_name(content.sha256))
        return content


class Blobs:
    """All contents of an instance.

    Args:
        directory: The directory of the contents.
        records: The records that refer to them.
        pinned: The SHA-256 of contents that stay even if no record refers to them.
    """

    def __init__(self, directory: Path, records: Records, pinned: frozenset[str] = frozenset()) -> None:
        self.directory = directory
        self.pinned = pinned
        self._records = records
        self._numbers = itertools.count(1)
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Remove files that a crash left behind.
        for path in directory.glob(f"*{_ARRIVING}"):
            path.unlink()
        self.sweep()

    def sweep(self) -> None:
        """Remove all contents that no record refers to."""
        self._remove({path.name for path in self.directory.iterdir() if is_digest(path.name)})

    @contextmanager
    def arrival(self) -> Iterator[Arrival]:
        """Receive a content in the block; it is removed afterwards unless `Arrival.keep` was called."""
        path = self.directory / f"{next(self._numbers)}{_ARRIVING}"
        with open(path, "xb", opener=private_opener) as file:
            try:
                yield Arrival(file, path)
            finally:
                path.unlink(missing_ok=True)

    def open(self, sha256: str) -> BinaryIO:
        """Open a content.

        Raises:
            HTTPError: 404, if it does not exist.
        """
        try:
            return self._path(sha256).open("rb")
        except FileNotFoundError:
            held = self._records[_HELD].find(sha256)
        if held is None:
            raise HTTPError(404, "The content of the file is gone")
        return io.BytesIO(base64.b64decode(held["base64"]))

    def check(self, sha256: str, size: int) -> None:
        """Check that a content exists and has the size that was received.

        Raises:
            HTTPError: 404, if it does not exist; 500, if it is damaged.
        """
        with self.open(sha256) as file:
            found = file.seek(0, io.SEEK_END)
        if found != size:
            path = self.directory / sha256
            raise HTTPError(500, f"The file {path} is damaged: it has {found} bytes, but {size} were received")

    def _path(self, sha256: str) -> Path:
        # The digest may come from a world file that somebody else made.
        if not is_digest(sha256):
            raise HTTPError(404, "The content of the file is gone")
        return self.directory / sha256

    def beginning(self, sha256: str, size: int) -> bytes:
        """Return the first bytes of a content, at most `size`."""
        with self.open(sha256) as file:
            return file.read(size)

    def forget(self, hashes: Iterable[str], response: web.Response) -> web.Response:
        """Return an answer that removes the contents that no record refers to any longer when it is sent."""
        garbage = set(hashes) - self._referred()
        for sha256 in garbage:
            if sha256 in self._records[_HELD]:
                self._records[_HELD].remove(sha256)
        return _Farewell(response, lambda: self._remove(garbage))

    def _remove(self, hashes: set[str]) -> None:
        for sha256 in hashes - self._referred():
            self._path(sha256).unlink(missing_ok=True)

    def _referred(self) -> frozenset[str]:
        return self.pinned | referred(self._records.snapshot())


def is_digest(text: object) -> bool:
    """Return whether a value can be the SHA-256 of a content, which is its name."""
    return isinstance(text, str) and _DIGEST.fullmatch(text) is not None


class _Farewell(web.Response):
    """An answer that calls a function as it is sent, when all changes that it reports are saved."""

    def __init__(self, response: web.Response, last: Callable[[], None]) -> None:
        super().__init__(status=response.status, body=response.body, headers=response.headers)
        self._last = last

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Call the function, and begin to send the answer."""
        self._last()
        return await super().prepare(request)


def referred(records: Mapping[str, Mapping[str, Record]]) -> frozenset[str]:
    """Return the SHA-256 of all contents that records refer to.

    Args:
        records: The records by collection and key.
    """
    return frozenset(
        record["sha256"]
        for name, collection in records.items()
        if name.partition("/")[0] in (REVISIONS, FILES)
        for record in collection.values()
        if record["sha256"]
    )


_BLOBS: WeakKeyDictionary[Instance, Blobs] = WeakKeyDictionary()


def blobs_of(request: web.Request) -> Blobs:
    """Return the contents of the instance that the request is for."""
    return blobs_at(instance_of(request), storage_of(request))


def blobs_at(instance: Instance, storage: Storage) -> Blobs:
    """Return the contents of an instance."""
    directory = storage.directory / "blobs"
    blobs = _BLOBS.get(instance)
    if blobs is None or blobs.directory != directory:
        blobs = _BLOBS[instance] = Blobs(directory, instance.records)
    return blobs


def hold(records: Records, content: bytes) -> Content:
    """Store a small content in the records."""
    sha256 = hashlib.sha256(content).hexdigest()
    records[_HELD].put(sha256, {"base64": base64.b64encode(content).decode()})
    return Content(sha256, hashlib.md5(content, usedforsecurity=False).hexdigest(), len(content))


def byte_range(said: str | None, size: int) -> tuple[int, int] | None:
    """Return the first byte and the one after the last that a Range header asks for; None for all.

    Several ranges at once, and a header that is not a range, stand for all bytes, as HTTP allows.

    Raises:
        HTTPError: 416, if the range lies outside the content.
    """
    found = _RANGE.fullmatch((said or "").strip())
    if found is None or found[1] == found[2] == "":
        return None
    if found[1]:
        first, end = int(found[1]), min(int(found[2]) + 1, size) if found[2] else size
        if found[2] and int(found[2]) < first:
            return None
    else:
        first, end = max(size - int(found[2]), 0), size
    if first >= size:
        raise HTTPError(416, "The range lies outside the content", headers={"Content-Range": f"bytes */{size}"})
    return first, end


def content_response(
    request: web.Request, sha256: str, *, size: int, content_type: str, name: str
) -> web.StreamResponse:
    """Return the answer that sends a content, or the requested range of it, in pieces.

    Ranges and the ETag are additions of the emulator.
    """
    tag = f'"{sha256}"'
    unchanged = request.headers.get("If-Range", tag) == tag
    part = byte_range(request.headers.get("Range"), size) if unchanged else None
    first, end = part or (0, size)
    blobs = blobs_of(request)
    blobs.check(sha256, size)
    length = 0 if request.method == "HEAD" else end - first
    response = StreamedResponse(_pieces(storage_of(request), blobs, sha256, first, length), content_type=content_type)
    response.content_length = end - first
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = tag
    response.headers["Content-Disposition"] = content_disposition_header("attachment", filename=name)
    if part is not None:
        response.set_status(206)
        response.headers["Content-Range"] = f"bytes {first}-{end - 1}/{size}"
    return response


async def _pieces(storage: Storage, blobs: Blobs, sha256: str, first: int, length: int) -> AsyncGenerator[bytes]:
    with blobs.open(sha256) as file:
        file.seek(first)
        while length and (piece := await storage.run(file.read, min(_CHUNK, length))):
            yield piece
            length -= len(piece)

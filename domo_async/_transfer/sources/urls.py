"""Files of the file systems that fsspec knows: by URL, such as ``s3://bucket/a.csv``, or opened by ``fsspec.open``."""

from __future__ import annotations

import hashlib
import io
import re
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from glob import has_magic
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias, TypeVar
from urllib.parse import parse_qsl, urlsplit

from attrs import field, frozen

from domo_async._redaction import Redactor, secret_values
from domo_async._transfer.threads import call_foreign
from domo_async.errors import ConfigError, DomoError, SourceError

__all__ = ["SourceFile", "UrlContent", "UrlFile", "find_url_files", "is_of_fsspec", "shown_url", "url_scheme"]

T = TypeVar("T")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)(?::/|::(?=.*:/))", re.DOTALL)
_PIECE = 1 << 20
_LONGEST_REASON = 300
# What file systems call a mark that changes with every byte of a file; times are too coarse for that.
_MARKS = (
    *("ETag", "etag", "e_tag", "VersionId", "version_id", "generation", "revision", "sha256", "checksum", "hash"),
    *("md5Hash", "md5", "Content-MD5", "content_md5", "Digest", "crc32c"),
)
_TIMES = ("mtime", "modified", "LastModified", "last_modified", "Last-Modified", "updated", "created")
_WEB = ("http://", "https://")
# In the names of their files, ? and # are characters like others.
_OBJECT_STORES = frozenset({"s3", "s3a", "gs", "gcs"})
# fsspec's own limit for the web is five minutes for a whole file, however it goes.
_MOST_SECONDS_IDLE = 60.0
_INFOS_AT_ONCE = 8
_LARGEST_BLOCK = 8 << 20
_TO_GIVE_CREDENTIALS = (
    "; give credentials where its file system looks for them, or pass fsspec.open(url, …) with its options, such as"
    " anon=True for a public file in S3"
)
# gzip and zstd are recognised by their first bytes, whatever a caller calls them.
_RECOGNISED = (None, "gzip", "zstd")


def url_scheme(text: str) -> str | None:
    """Return the scheme of a URL, or of the first of several that fsspec chains with ``::``; None for a path."""
    found = _SCHEME.match(text)
    return None if found is None else found[1].lower()


def is_of_fsspec(place: object) -> bool:
    """Return whether something names a file and its file system: of ``fsspec.open``, or of universal_pathlib."""
    fs = getattr(place, "fs", None)
    # Rows and frames may have columns of these names.
    known = hasattr(fs, "protocol") and callable(getattr(fs, "open", None))
    return known and isinstance(getattr(place, "path", None), str) and not callable(getattr(place, "read", None))


def shown_url(url: str) -> str:
    """Return a URL without what may be a secret in it: its user, password, query and fragment."""
    return "::".join(map(_shown, url.split("::")))


def _shown(url: str) -> str:
    scheme, mark, rest = url.partition("://")
    if not mark:
        return _printable(url)
    if scheme.lower() not in _OBJECT_STORES:
        rest = _without_query(rest)
    host, slash, path = rest.partition("/")
    return _printable(f"{scheme}://{host.rpartition('@')[2]}{slash}{path}")


def _without_query(url: str) -> str:
    return re.split(r"[?#]", url, maxsplit=1)[0]


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)


def _secrets_in(url: str) -> Iterator[str]:
    for each in url.split("::"):
        try:
            parts = urlsplit(each)
            user, password = parts.username, parts.password
        except ValueError:
            continue
        yield from filter(None, (user, password))
        if parts.scheme not in _OBJECT_STORES:
            yield parts.query
            yield from (value for _, value in parse_qsl(parts.query))


@frozen(eq=False)
class _Guard:
    """Calls a file system, and tells its errors without secrets.

    Attributes:
        url: The URL, which may have secrets.
        shown: The URL without them.
    """

    url: str = field(repr=False)
    shown: str
    _redactor: Redactor

    @classmethod
    def of(cls, url: str, options: object = None) -> _Guard:
        return cls(url, shown_url(url), Redactor([*_secrets_in(url), *secret_values(options)]))

    def call(self, function: Callable[..., T], *arguments: Any, **options: Any) -> T:
        """Return a function's result.

        Raises:
            SourceError: The file system failed.
            ConfigError: A package for it is missing.
        """
        try:
            return function(*arguments, **options)
        except DomoError:
            raise
        except Exception as error:  # noqa: BLE001 - of any library
            failure = self._told(error)
        # Outside of the block, so that the library's error, which may repeat secrets, is not its context.
        raise failure

    def _told(self, error: Exception) -> DomoError:
        cause = error.__cause__
        if isinstance(error, FileNotFoundError) and cause is not None and not _is_missing(cause):
            # fsspec's HTTP says that a file is not found whatever keeps it from asking.
            error = cause if isinstance(cause, Exception) else error
        if isinstance(error, FileNotFoundError):
            return SourceError(f"the file {self.shown} does not exist; nothing was committed")
        if isinstance(error, ImportError):
            return self.refused(error)
        kind = type(error).__name__
        if kind == "FileExpired":  # s3fs asks for each range by the ETag of the first
            return self.changed()
        advice = _TO_GIVE_CREDENTIALS if isinstance(error, PermissionError) or "Credentials" in kind else ""
        return SourceError(f"cannot read {self.shown}: {kind}: {self._reason(error)}{advice}; nothing was committed")

    def changed(self) -> SourceError:
        """Return the error for a file that did not stay as it was."""
        return SourceError(f"{self.shown} was written to or replaced while it was uploaded; nothing was committed")

    def refused(self, error: Exception) -> ConfigError:
        """Return the error for a file system that cannot be opened."""
        return ConfigError(f"cannot open {self.shown} with fsspec: {self._reason(error)}; nothing was sent")

    def _reason(self, error: Exception) -> str:
        silent = "the server was silent for too long" if isinstance(error, TimeoutError) else "no reason is given"
        return self._redactor.text((str(error) or silent).replace(self.url, self.shown))[:_LONGEST_REASON]


def _is_missing(error: BaseException) -> bool:
    return isinstance(error, FileNotFoundError | KeyError) or getattr(error, "status", None) in {404, 410}


@frozen(eq=False)
class UrlFile:
    """A file of a file system that fsspec knows.

    Attributes:
        path: Its path in the file system.
        mark: A hash of its length and of what the file system says changes with its content; None if it says nothing.
    """

    _fs: Any = field(repr=False)
    _key: str = field(repr=False)
    _packing: str | None
    _guard: _Guard
    _info: Mapping[str, Any] = field(repr=False)

    def __str__(self) -> str:
        return self._guard.shown

    @property
    def path(self) -> Path:
        """Its path, for the names of its folders and its suffix."""
        key = _without_query(self._key) if self._is_of_web else self._key
        return Path(*PurePosixPath(key).parts)

    @property
    def mark(self) -> str | None:
        """A mark by which its content is recognised without reading it; None if its content has to be read."""
        # With a query, different contents can have the same shown URL.
        return None if self._is_of_web and "?" in self._key else _mark(self._info, _MARKS)

    @property
    def state(self) -> Mapping[str, object]:
        """What changes when it is written to, as far as the file system says."""
        return {"kind": "url", "state": _mark(self._info, (*_MARKS, *_TIMES)), "size": self._info.get("size")}

    @property
    def size(self) -> int | None:
        """Its length in bytes, if the file system says it."""
        size = self._info.get("size")
        return size if isinstance(size, int) and self._packing in _RECOGNISED else None

    @property
    def _is_of_web(self) -> bool:
        return self._key.startswith(_WEB)

    def looked_up(self) -> UrlFile:
        """Return the file as it is now."""
        self._guard.call(self._fs.invalidate_cache)
        info = self._guard.call(self._fs.info, self._key)
        return UrlFile(self._fs, self._key, self._packing, self._guard, info)

    def changed(self) -> SourceError:
        """Return the error for a file that did not stay as it was."""
        return self._guard.changed()

    def open(self, *, forwards: bool = False) -> _GuardedFile:
        """Open it.

        Args:
            forwards: Whether it is only read from its beginning to its end.
        """
        options = {}
        if forwards and self._is_of_web:
            # Ranges need a server that has them; a single answer is also of one content.
            options = {"block_size": 0}
        elif _reads_far_ahead(self._fs):
            options = {"block_size": _LARGEST_BLOCK}
        return _GuardedFile(self._guard.call(self._opened, **options), self._guard)

    def _opened(self, **options: Any) -> Any:
        file = self._fs.open(self._key, "rb", **options)
        if self._packing in _RECOGNISED:
            return file
        from fsspec.compression import compr  # noqa: PLC0415 - optional

        known: Any = compr
        return known[self._packing](file, mode="r")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UrlFile) and (self._fs, self._key) == (other._fs, other._key)

    def __hash__(self) -> int:
        return hash(self._key)


SourceFile: TypeAlias = Path | UrlFile
"""A file that is read: here, or by fsspec."""


def _reads_far_ahead(fs: Any) -> bool:
    """Return whether a file system holds large blocks of a file, and not because the caller wants it to."""
    usual = getattr(fs, "default_block_size", None)
    return isinstance(usual, int) and usual > _LARGEST_BLOCK and "default_block_size" not in fs.storage_options


def _mark(info: Mapping[str, Any], names: Iterable[str]) -> str | None:
    found = {name: str(info[name]) for name in names if info.get(name)}
    # A weak ETag stays the same while bytes change.
    kept = [(name, value) for name, value in found.items() if not value.startswith("W/")]
    if not kept:
        return None
    told = repr((info.get("size"), kept))
    return f"mark:{hashlib.sha256(told.encode('utf-8', 'surrogatepass')).hexdigest()}"


class _GuardedFile(io.RawIOBase):
    """A file whose errors are told without secrets."""

    def __init__(self, file: Any, guard: _Guard) -> None:
        self._file = file
        self._guard = guard

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return bool(self._guard.call(self._file.seekable))

    def read(self, size: int = -1, /) -> bytes:
        return bytes(self._guard.call(self._file.read, size))

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return int(self._guard.call(self._file.seek, offset, whence))

    def tell(self) -> int:
        return int(self._guard.call(self._file.tell))

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._guard.call(self._file.close)


class UrlContent:
    """The content of a file, which must not change while it is read.

    Args:
        file: The file.

    Attributes:
        path: The file.
    """

    def __init__(self, file: UrlFile) -> None:
        self.path: SourceFile = file
        self._url = file
        self._open: list[_GuardedFile] = []
        self._spooled: Path | None = None
        self._begun: tuple[_GuardedFile, bytes]

    @property
    def identity(self) -> Mapping[str, object]:
        """What changes when the file is written to."""
        return self._url.state

    def begin(self, length: int) -> bytes:
        """Return its first bytes, from which `chunks` goes on."""
        file, found = self._opened(self._url.open(forwards=True)), b""
        while len(found) < length and (piece := file.read(length - len(found))):
            found += piece
        self._begun = file, found
        return found

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield its bytes, and check at their end that they were all of one content.

        Raises:
            SourceError: It cannot be read, or was written to meanwhile.
        """
        file, piece = self._begun
        came = len(piece)
        while piece:
            yield piece
            piece = await call_foreign(file.read, _PIECE)
            came += len(piece)
        size = came if self._url.size is None else self._url.size
        await call_foreign(self.check_again)
        if came < size:
            raise SourceError(f"{self._url} ended after {came} of {size} bytes; nothing was committed")
        if came > size:
            raise self._url.changed()

    def random_access(self) -> Any:
        """Return the content as pyarrow reads it at any offset, by way of a temporary file if need be."""
        import pyarrow as pa  # noqa: PLC0415 - optional

        if self._spooled is None:
            file = self._opened(self._url.open())
            if _gives_ranges(file):
                return pa.PythonFile(file, mode="r")
            self._spooled = self._spool()
        return pa.OSFile(str(self._spooled), "rb")

    def _opened(self, file: _GuardedFile) -> _GuardedFile:
        self._open.append(file)
        return file

    def _spool(self) -> Path:
        with tempfile.NamedTemporaryFile(prefix="domo-async-", delete=False) as spool:
            try:
                file = self._opened(self._url.open(forwards=True))
                while piece := file.read(_PIECE):
                    spool.write(piece)
            except BaseException:
                Path(spool.name).unlink(missing_ok=True)
                raise
        return Path(spool.name)

    def check_again(self) -> None:
        """Raise `SourceError` if the file was written to since it was found; asks the file system."""
        if self._url.looked_up().state != self._url.state:
            raise self._url.changed()

    def check_unchanged(self) -> None:
        """Do nothing: that was checked when the last byte was read."""

    def rest(self) -> None:
        """Close all that is open."""
        while self._open:
            self._open.pop().close()

    def close(self) -> None:
        """Close all that is open, and remove the temporary file."""
        self.rest()
        if self._spooled is not None:
            self._spooled.unlink(missing_ok=True)


def _gives_ranges(file: _GuardedFile) -> bool:
    """Return whether a file can be read at any offset; some only find out when they are asked."""
    try:
        if not file.seekable():
            return False
        file.seek(-1, io.SEEK_END)
        last = file.read(1)
        file.seek(0)
    except SourceError:
        return False
    return len(last) == 1


def find_url_files(place: object) -> list[UrlFile]:
    """Return the files at a URL, a pattern or a folder, sorted by name, or of what ``fsspec.open`` gave.

    Raises:
        ConfigError: fsspec or a package for the file system is missing, or the file system does not exist.
        SourceError: A file does not exist, or cannot be read.
    """
    fs, key, packing, guard = _resolved(place)
    found = guard.call(_found, fs, key)
    if not found:
        raise SourceError(
            f"no file matches {guard.shown}" if has_magic(key) else f"{guard.shown} does not contain files"
        )

    def made(name: str) -> UrlFile:
        of_name = guard if name == key else _Guard.of(fs.unstrip_protocol(name), fs.storage_options)
        # Listings say other things of a file, and say them otherwise, than questions about it alone.
        return UrlFile(fs, name, packing, of_name, of_name.call(fs.info, name))

    guard.call(fs.invalidate_cache)
    with ThreadPoolExecutor(_INFOS_AT_ONCE) as pool:
        return list(pool.map(made, found))


def _resolved(place: object) -> tuple[Any, str, str | None, _Guard]:
    try:
        from fsspec.core import url_to_fs  # noqa: PLC0415 - optional
    except ImportError:
        shown = shown_url(str(place))
        raise ConfigError(
            f'{shown} is not the path of a file here; for other file systems: pip install "domo-async[fsspec]", and'
            " what fsspec needs for that one, such as s3fs"
        ) from None
    if isinstance(place, str):
        guard = _Guard.of(place)
        try:
            fs, key = url_to_fs(place, **_patience(place))
        except DomoError:
            raise
        except Exception as error:  # noqa: BLE001 - of any library
            failure = guard.refused(error)
        else:
            return fs, key, None, guard
        raise failure
    opened: Any = place
    fs, key = opened.fs, str(opened.path)
    packing = getattr(opened, "compression", None)
    return fs, key, packing, _Guard.of(fs.unstrip_protocol(key), fs.storage_options)


def _patience(url: str) -> dict[str, Any]:
    """Return an option for how long to wait for a server of the web, unless fsspec's configuration has one."""
    if not url.startswith(_WEB):
        return {}
    from fsspec.config import conf  # noqa: PLC0415 - optional
    from fsspec.implementations import http  # noqa: PLC0415 - optional

    if any("client_kwargs" in conf.get(protocol, ()) for protocol in ("http", "https")):
        return {}
    idle = _MOST_SECONDS_IDLE
    return {"client_kwargs": {"timeout": http.aiohttp.ClientTimeout(total=None, sock_connect=idle, sock_read=idle)}}


def _found(fs: Any, key: str) -> list[str]:
    # In a web address a question mark begins the query.
    if has_magic(key.partition("?")[0] if key.startswith(_WEB) else key) and not fs.exists(key):
        found = fs.glob(key, detail=True)
        files = {name for name, info in found.items() if info["type"] == "file"}
        folders = [] if files else sorted(found)
    else:
        files = {key} if fs.info(key)["type"] == "file" else set()
        folders = [] if files else [key]
    for folder in folders:
        files.update(name for name in fs.find(folder) if not any(map(_is_hidden, name.removeprefix(folder).split("/"))))
    return sorted(files)


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "_")) and "=" not in name

"""Files by path: one, several, patterns, folders, pipes; CSV, compressed CSV, JSON lines, Parquet, Arrow."""

from __future__ import annotations

import asyncio
import glob
import os
import re
import stat
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote
from urllib.request import url2pathname

from attrs import frozen

from domo_async._transfer.seekable import SLICE, OnDisk
from domo_async._transfer.sources.arrow_files import ArrowContent, open_arrow_file
from domo_async._transfer.sources.base import FolderColumns, NamedSource, OfFile, Reading, known_files_of
from domo_async._transfer.sources.csv_stored import StoredCsv
from domo_async._transfer.sources.csv_streamed import StreamedCsv
from domo_async._transfer.sources.json_lines import JsonLines
from domo_async._transfer.sources.many import ManyFiles
from domo_async._transfer.sources.sniffing import ARROW_FILE, ARROW_STREAM, PARQUET
from domo_async._transfer.sources.standard_input import descriptor_chunks
from domo_async._transfer.sources.streams import stepped
from domo_async._transfer.sources.unpacking import is_packed, unpacked, unpacked_async
from domo_async._transfer.sources.urls import (
    SourceFile,
    UrlContent,
    UrlFile,
    find_url_files,
    is_of_fsspec,
    shown_url,
    url_scheme,
)
from domo_async._transfer.threads import call_foreign
from domo_async.errors import ConfigError, SourceError

if TYPE_CHECKING:
    from domo_async._transfer.sources.base import OpenSource

__all__ = ["FoundFile", "find_files", "hive_partitions", "open_paths"]

_MAGIC = 8
_ONE_SLASH = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+:)/(?!/)")
_NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"


def hive_partitions(path: Path) -> dict[str, str | None]:
    """Return the columns in the names of a file's folders, such as ``year=2023``, like Hive and Spark.

    They are percent-decoded; None is NULL.
    """
    found: dict[str, str | None] = {}
    for folder in path.parts[:-1]:
        name, mark, value = folder.partition("=")
        if name and mark:
            found[unquote(name)] = None if value in {"", _NULL_PARTITION} else unquote(value)
    return found


async def open_paths(paths: Sequence[object], reading: Reading) -> OpenSource:
    """Open files as one source: by paths, URLs, patterns such as ``exports/*.csv``, or folders.

    A folder means all files in it and its subfolders, except for hidden ones, whose names begin with a dot or an
    underscore. The files of patterns and folders are sorted by name. A file that is given more than once, by several
    patterns or by a link, is read once. A URL other than ``file://`` is opened by fsspec, and so is what
    ``fsspec.open`` gives.

    Raises:
        ConfigError: An item is not a path, or a package to read it is missing.
        SourceError: A file does not exist, or cannot be read.
    """
    found, named = list[SourceFile](), False
    for path in paths:
        path = _here(path)  # noqa: PLW2901 - the same file
        if isinstance(path, UrlFile):
            found.append(path)
        elif isinstance(path, FoundFile):
            # Its name may be any, also one that would mean something else if a user gave it.
            found.append(path.path)
            named = False
        elif (elsewhere := await asyncio.to_thread(_elsewhere, path)) is not None:
            found += await call_foreign(find_url_files, elsewhere)
            # A single file that a URL names, not one that was found.
            named = not isinstance(elsewhere, str) or str(found[-1]) == shown_url(elsewhere)
        else:
            text = _path_text(path)
            found += map(Path, await asyncio.to_thread(_expanded, text))
            named = found[-1] == Path(text)
    once, notes = await asyncio.to_thread(_each_once, found)
    if len(found) == 1:
        return await _open_file(found[0], reading, alone=named)
    return ManyFiles(once, lambda path: _open_file(path, reading), notes)


def _here(path: object) -> object:
    """Return the path of a file here that fsspec names, unless it is to unpack it; anything else as it is."""
    opened: Any = path
    if not is_of_fsspec(path) or getattr(path, "compression", None) is not None:
        return path
    protocol = opened.fs.protocol
    return opened.path if "file" in ((protocol,) if isinstance(protocol, str) else protocol) else path


def _elsewhere(path: object) -> object | None:
    """Return what fsspec opens: a URL, or an object of fsspec or universal_pathlib; None for a path here."""
    if is_of_fsspec(path):
        return path
    text = os.fsdecode(path) if isinstance(path, str | os.PathLike) else ""
    scheme = None if "\n" in text or "\0" in text else url_scheme(text)
    if scheme in (None, "file") or os.path.lexists(text):
        return None
    # A pathlib.Path has one of the two slashes only.
    return _ONE_SLASH.sub(r"\1//", text)


@frozen
class FoundFile:
    """A file that was found in a folder or by a pattern, so that its folders' names can add columns."""

    path: Path

    def __fspath__(self) -> str:
        return str(self.path)


def find_files(paths: Sequence[object]) -> tuple[list[Path], list[Path], tuple[str, ...]]:
    """Return the files for paths, patterns and folders, as `open_paths` finds them; there may be none yet.

    Returns:
        The files, each once; the folders that were searched; and notes.

    Raises:
        ConfigError: An item is not a path.
        SourceError: A file or folder does not exist, or cannot be read.
    """
    found, folders = [], []
    for text in map(_path_text, paths):
        if not os.path.lexists(text) and not glob.has_magic(text):
            raise SourceError(f"the file or folder {text} does not exist")
        where = _looked_into(text)
        folders.append(where)
        # An empty folder is allowed; a missing folder is an error.
        found += [] if where.is_dir() and _is_empty(text) else _expanded(text)
    once, notes = _each_once(list(map(Path, found)))
    return once, folders, notes


def _looked_into(text: str) -> Path:
    """Return the folder that contains the files of a path, a pattern or a folder."""
    if os.path.lexists(text) or not glob.has_magic(text):
        return Path(text) if Path(text).is_dir() else Path(text).parent
    parts = Path(text).parts
    return Path(*parts[: next(index for index, part in enumerate(parts) if glob.has_magic(part))])


def _is_empty(text: str) -> bool:
    if not os.path.lexists(text):
        return glob.has_magic(text) and not glob.glob(text, recursive=True)  # noqa: PTH207 - absolute patterns, too
    return Path(text).is_dir() and not _files_in(text)


def _path_text(path: object) -> str:
    if not isinstance(path, str | os.PathLike):
        raise ConfigError(f"the list of paths holds a {type(path).__name__}; give paths alone, or all as bytes or rows")
    text = os.fsdecode(path)
    if "\n" in text and isinstance(path, str):
        raise ConfigError("text is the path of a file; give CSV itself as bytes: text.encode()")
    if "\0" in text:
        raise SourceError(f"the file {text!r:.300} does not exist: a path cannot contain a zero character")
    if text == "-":
        raise ConfigError("standard input (-) cannot be combined with files")
    if not text:
        raise ConfigError("the path is empty")
    scheme = url_scheme(text)
    if scheme is None or os.path.lexists(text):
        return text
    if scheme == "file":
        return _local(text)
    raise ConfigError(f"{shown_url(text)} is not the path of a file here, and this takes no others; upload takes it")


def _local(url: str) -> str:
    """Return the path of a file URL; its host may be empty or this machine."""
    rest = url[len("file:") :]
    if rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        if host not in {"", "localhost"}:
            raise ConfigError(f"{url} is on another host ({host}); a file here is file:///path")
        rest = slash + path
    return url2pathname(rest)


F = TypeVar("F", bound=SourceFile)


def _each_once(paths: Sequence[F]) -> tuple[list[F], tuple[str, ...]]:
    """Return files without duplicates by another spelling, pattern or link, and notes."""
    first: dict[str | UrlFile, F] = {}
    notes = []
    for path in paths:
        real = path if isinstance(path, UrlFile) else os.path.realpath(path)
        if first.setdefault(real, path) is not path:
            notes.append(f"{path} is given twice, also as {first[real]}, and is read once")
    return list(first.values()), tuple(notes)


def _expanded(path: str) -> list[str]:
    try:
        # A file with exactly that name takes precedence over a pattern.
        if os.path.lexists(path) or not glob.has_magic(path):
            return _folder_files(path) if Path(path).is_dir() else [path]
        found = sorted(glob.glob(path, recursive=True))  # noqa: PTH207 - absolute patterns, too
    except (OSError, ValueError) as error:
        raise SourceError(f"cannot look for {path!r:.300}: {error}") from None
    folders = [name for name in found if Path(name).is_dir()]
    files = [name for name in found if name not in set(folders)]
    if not found or (not files and "**" in path):
        raise SourceError(f"no file matches {path}")
    if files and folders and "**" not in path:
        raise SourceError(f"{path} matches files and the folder {folders[0]}; pass a pattern that matches only files")
    return files or [name for folder in folders for name in _folder_files(folder)]


def _folder_files(folder: str) -> list[str]:
    files = _files_in(folder)
    if not files:
        raise SourceError(f"the folder {folder} does not contain files")
    return files


def _files_in(folder: str) -> list[str]:
    def failed(error: OSError) -> None:
        raise SourceError(f"cannot read {error.filename}: {error.strerror}") from None

    files = []
    for where, folders, names in os.walk(folder, onerror=failed):
        folders[:] = [name for name in folders if not _is_hidden(name)]
        files += [str(Path(where, name)) for name in names if not _is_hidden(name)]
    return sorted(files)


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "_")) and "=" not in name


def _is_pipe(path: Path) -> bool:
    """Return whether a path is a named pipe or a device, which can be read only once."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False  # opening it reports that it does not exist
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)


async def _open_file(path: SourceFile, reading: Reading, *, alone: bool = False) -> NamedSource:
    if isinstance(path, UrlFile):
        return await _open_url(path, reading, alone=alone)
    if _is_pipe(path):
        return _open_pipe(path, reading)
    data = OnDisk(path)
    try:
        return await _opened(path, reading, data, alone=alone)
    except BaseException:
        data.close()
        raise


def _open_pipe(path: Path, reading: Reading) -> NamedSource:
    chunks = unpacked_async(descriptor_chunks(path), str(path))
    source: NamedSource
    if reading.as_json_lines(path.name):
        source = JsonLines(chunks, reading.dialect.encoding, reading.rules, {"kind": "pipe"})
    else:
        source = StreamedCsv(chunks, reading.dialect, {"kind": "pipe"})
    source.reopens = False
    return source


async def _opened(path: Path, reading: Reading, data: OnDisk, *, alone: bool) -> NamedSource:
    begin = data.read(0, _MAGIC)
    folders = FolderColumns(hive_partitions(path), optional=alone)
    if _is_arrow(begin, path, reading):
        return await asyncio.to_thread(open_arrow_file, ArrowContent.on_disk(path, data), reading, begin, folders)
    if not is_packed(begin) and not reading.as_json_lines(path.name):
        return StoredCsv(data, reading.dialect, folders)
    pieces = (data.read(offset, SLICE) for offset in range(0, data.size, SLICE))
    return _of_chunks(stepped(unpacked(pieces, str(path))), path, reading, data, folders)


async def _open_url(url: UrlFile, reading: Reading, *, alone: bool) -> NamedSource:
    data = UrlContent(url)
    try:
        begin = await call_foreign(data.begin, _MAGIC)
        folders = FolderColumns(hive_partitions(url.path), optional=alone)
        if _is_arrow(begin, url.path, reading):
            return await call_foreign(open_arrow_file, ArrowContent.at_url(data), reading, begin, folders)
        return _of_chunks(unpacked_async(data.chunks(), str(url)), url.path, reading, data, folders)
    except BaseException:
        data.close()
        raise


def _is_arrow(begin: bytes, path: Path, reading: Reading) -> bool:
    if reading.format != "auto" or reading.as_json_lines(path.name):
        return False
    return begin.startswith((PARQUET, ARROW_FILE, ARROW_STREAM))


def _of_chunks(
    chunks: AsyncIterator[bytes], path: Path, reading: Reading, data: OnDisk | UrlContent, folders: FolderColumns
) -> NamedSource:
    if reading.as_json_lines(path.name):
        return JsonLines(chunks, reading.dialect.encoding, reading.rules, data.identity, folders, data)
    return _CsvOfFile(chunks, reading, data, folders)


class _CsvOfFile(OfFile, StreamedCsv):
    def __init__(
        self, chunks: AsyncIterator[bytes], reading: Reading, file: OnDisk | UrlContent, folders: FolderColumns
    ) -> None:
        super().__init__(chunks, reading.dialect, file.identity, folders)
        self._file = file
        self.files = known_files_of(file)

"""The files of local and remote folders, and the local paths for remote names."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from attrs import frozen

from domo_async._transfer.atomic_write import is_partial
from domo_async._transfer.files.content import shown
from domo_async._transfer.files.resuming import Described
from domo_async.errors import ConfigError, DecodeError, DomoError, SourceError, TargetError

__all__ = [
    "LocalFile",
    "RemoteFile",
    "folded",
    "is_same",
    "local_files",
    "make_directories",
    "make_folder",
    "remove_empty",
    "remove_file",
    "same_on_disk",
    "target_for",
    "usable_name",
]

# The names that Windows takes for devices, with any suffix.
_RESERVED = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]) *([.:].*)?",
    re.IGNORECASE | re.DOTALL,
)
_NOT_IN_WINDOWS = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
_LONGEST = 255


@frozen
class LocalFile:
    """A file on disk.

    Attributes:
        local_path: The path on this machine.
        size: Its size in bytes.
        modified: When it was last written to.
    """

    local_path: Path
    size: int
    modified: datetime


@frozen
class RemoteFile:
    """A file in the instance.

    Attributes:
        path: Its path in its folder.
        id: Its identifier.
        described: The instance's description of its content.
        created: When it was created.
    """

    path: str
    id: str
    described: Described
    created: datetime | None = None


def local_files(folder: Path) -> tuple[dict[str, LocalFile], dict[str, DomoError | None]]:
    """Return the files below a folder by their relative paths, and all other entries with their errors, if any.

    Symbolic links are not followed. Files with the names of unfinished downloads count as other entries.
    """
    files: dict[str, LocalFile] = {}
    others: dict[str, DomoError | None] = {}
    for local, entry in _walk(folder):
        path = local.relative_to(folder).as_posix()
        if isinstance(entry, OSError):
            others[shown(path)] = SourceError(f"cannot read {shown(str(local))}: {entry.strerror or entry}")
        elif not _is_text(path):
            others[shown(path)] = SourceError(f"the name {shown(path)} is not text in UTF-8; rename the file")
        elif not entry.is_file(follow_symlinks=False) or is_partial(entry.name):
            others[path] = None
        else:
            # A file that was removed since the listing does not count.
            with suppress(FileNotFoundError):
                found = entry.stat(follow_symlinks=False)
                files[path] = LocalFile(local, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))
    return files, others


def _walk(folder: Path) -> Iterator[tuple[Path, os.DirEntry[str] | OSError]]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        yield folder, error
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path))
        else:
            yield Path(entry.path), entry


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_same(local: LocalFile, remote: RemoteFile, *, copy_is_remote: bool) -> bool:
    """Return whether two files are the same: by size and hash or, if the hash is not known, by size and time.

    Args:
        local: The local file.
        remote: The remote file.
        copy_is_remote: Whether the remote file would be the copy, and so must not be older than the local one.
    """
    described = remote.described
    if described.size != local.size:
        return False
    if described.digest is not None:
        try:
            return described.digest == _digest(local.local_path, described.algorithm)
        except OSError:
            # The transfer will report why it cannot be read.
            return False
    if remote.created is None:
        return False
    return remote.created >= local.modified if copy_is_remote else local.modified >= remote.created


def _digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()


def target_for(folder: Path, path: str) -> Path:
    """Return the local path for a path of the instance, which is always within the folder and can be a file.

    Raises:
        DecodeError: The path would lead out of the folder, by its names or by a symbolic link on the way, or it is not
            valid on this system.
        ConfigError: A file or folder of another type is in the way.
    """
    target = folder
    try:
        for name in path.split("/"):
            if target != folder and target.is_symlink():
                raise DecodeError(f"{path!r} would lead through the symbolic link {target}; it is not downloaded")
            if target.exists() and not target.is_dir():
                raise ConfigError(f"{target} is a file, where {path!r} needs a folder; it is not downloaded")
            if not _is_name(name):
                raise DecodeError(f"{path!r} is not a path within a folder on this system; it is not downloaded")
            target = target / name
        if target.is_symlink():
            raise DecodeError(f"{path!r} would overwrite the symbolic link {target}; it is not downloaded")
        if target.is_dir():
            raise ConfigError(f"{target} is a folder, where {path!r} is to be a file; it is not downloaded")
    except OSError as error:
        raise ConfigError(f"{path!r} cannot be downloaded to {target}: {error.strerror or error}") from None
    return target


def _is_name(name: str, *, windows: bool = os.name == "nt") -> bool:
    """Return whether a text is a plain file name on this system."""
    alone = Path(name)
    if name in {"", ".", ".."} or "\0" in name or not _is_text(name) or alone.parts != (name,) or alone.anchor:
        return False
    return not windows or usable_name(name, windows=True) == name


def usable_name(name: str, *, windows: bool = os.name == "nt") -> str:
    """Return a valid file name on this system for a name from the instance, which may be empty or invalid."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(character if character.isprintable() else "_" for character in last)
    if kept in {".", ".."}:
        return ""
    if windows:
        kept = _NOT_IN_WINDOWS.sub("_", kept)
        kept = re.sub(r"[. ]$", "_", kept)
        kept = f"_{kept}" if _RESERVED.fullmatch(kept) else kept
    return _cut(kept)


def _cut(name: str) -> str:
    """Return a name that is short enough for any file system, with its suffix."""
    if len(name.encode()) <= _LONGEST:
        return name
    stem, point, suffix = name.rpartition(".")
    if not stem or len(suffix.encode()) > _LONGEST // 4:
        stem, point, suffix = name, "", ""
    room = _LONGEST - len(f"{point}{suffix}".encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + point + suffix


def same_on_disk(folder: Path, paths: Sequence[str], *, folds: Callable[[Path], bool] | None = None) -> dict[str, str]:
    """Return the paths that a file system takes for earlier ones, with these earlier paths.

    Some file systems do not distinguish names that differ only in case, or in how accents are encoded.

    Args:
        folder: The folder.
        paths: The paths in it.
        folds: Returns whether the folder's file system is one of those.
    """
    first: dict[str, str] = {}
    clashes = {path: first[key] for path in paths if first.setdefault(key := folded(path), path) != path}
    return clashes if clashes and (folds or _folds)(folder) else {}


def folded(name: str) -> str:
    """Return a key that is equal for all names that some file system takes for the same name."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _folds(folder: Path) -> bool:
    there = next(parent for parent in (folder, *folder.absolute().parents) if parent.is_dir())
    token = secrets.token_hex(4)
    probe = there / f".\u00e9.{token}.part"
    try:
        probe.touch(exist_ok=False)
        try:
            return any((there / f".{form}.{token}.part").exists() for form in ("\u00c9", "e\u0301"))
        finally:
            probe.unlink()
    except OSError:
        return False


def make_folder(folder: Path) -> None:
    """Create a folder and its parents.

    Raises:
        TargetError: The folder cannot be created.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TargetError(f"cannot make the folder {folder}: {error.strerror or error}") from error


def make_directories(folder: Path, paths: Sequence[str]) -> None:
    """Create a folder, and directories in it, as far as their paths are valid there."""
    make_folder(folder)
    for path in paths:
        # If a directory cannot be created, its files report that; an existing directory is not an error.
        with suppress(DomoError):
            make_folder(target_for(folder, path))


def remove_file(path: Path) -> None:
    """Remove a file, unless it has become something else.

    Raises:
        TargetError: The file cannot be removed.
    """
    try:
        if path.is_file() and not path.is_symlink():
            path.unlink()
    except OSError as error:
        raise TargetError(f"cannot remove {path}: {error.strerror or error}") from error


def remove_empty(folder: Path, kept: Collection[Path]) -> None:
    """Remove the empty directories below a folder, except those in `kept`."""
    with os.scandir(folder) as entries:
        below = [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
    for directory in below:
        remove_empty(directory, kept)
        if directory not in kept:
            with suppress(OSError):
                directory.rmdir()

"""What two folders of files hold, and where a name of the one has its place in the other."""

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

# What Windows takes for devices, whatever stands behind a point.
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
        size: Its bytes.
        modified: When it was last written to.
    """

    local_path: Path
    size: int
    modified: datetime


@frozen
class RemoteFile:
    """A file in the instance.

    Attributes:
        path: Where it lies in its folder.
        id: Its identifier.
        described: What is told of its content.
        created: When it was made.
    """

    path: str
    id: str
    described: Described
    created: datetime | None = None


def local_files(folder: Path) -> tuple[dict[str, LocalFile], dict[str, DomoError | None]]:
    """Return the files below a folder by their paths in it, and what else there is, with the error if it is one.

    Symbolic links are not followed. Files with the names of unfinished downloads are among what else there is.
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
            # What goes meanwhile is not there.
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
    """Return whether two files are the same: by size and hash, or, where no hash is told, by size and time.

    Args:
        local: The one.
        remote: The other.
        copy_is_remote: Whether it is the remote one that would be a copy, and so must not be the older one.
    """
    described = remote.described
    if described.size != local.size:
        return False
    if described.digest is not None:
        try:
            return described.digest == _digest(local.local_path, described.algorithm)
        except OSError:
            # Who moves it will say why it cannot be read.
            return False
    if remote.created is None:
        return False
    return remote.created >= local.modified if copy_is_remote else local.modified >= remote.created


def _digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()


def target_for(folder: Path, path: str) -> Path:
    """Return where a path of the instance has its place in a folder: surely within it, and where a file can be.

    Raises:
        DecodeError: It would lead out of the folder, by what it says or by a symbolic link on its way, or it is none
            that this system can have.
        ConfigError: Something else is in its way.
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
            raise DecodeError(f"{path!r} has a symbolic link in its place, {target}; it is not downloaded")
        if target.is_dir():
            raise ConfigError(f"{target} is a folder, where {path!r} is to be a file; it is not downloaded")
    except OSError as error:
        raise ConfigError(f"{path!r} cannot be downloaded to {target}: {error.strerror or error}") from None
    return target


def _is_name(name: str, *, windows: bool = os.name == "nt") -> bool:
    """Return whether a text names a file in any folder, on this system, and nothing but that."""
    alone = Path(name)
    if name in {"", ".", ".."} or "\0" in name or not _is_text(name) or alone.parts != (name,) or alone.anchor:
        return False
    return not windows or usable_name(name, windows=True) == name


def usable_name(name: str, *, windows: bool = os.name == "nt") -> str:
    """Return a file's name made of one from the instance, which may be none, as this system can have it."""
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
    """Return a name short enough for any disk, with its suffix."""
    if len(name.encode()) <= _LONGEST:
        return name
    stem, point, suffix = name.rpartition(".")
    if not stem or len(suffix.encode()) > _LONGEST // 4:
        stem, point, suffix = name, "", ""
    room = _LONGEST - len(f"{point}{suffix}".encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + point + suffix


def same_on_disk(folder: Path, paths: Sequence[str], *, folds: Callable[[Path], bool] | None = None) -> dict[str, str]:
    """Return the paths that a folder cannot tell from others that come before them, with those others.

    Some file systems take names for the same that differ in case alone, or in how accents are written.

    Args:
        folder: The folder.
        paths: The paths in it.
        folds: Finds out whether its file system is one of those.
    """
    first: dict[str, str] = {}
    clashes = {path: first[key] for path in paths if first.setdefault(key := folded(path), path) != path}
    return clashes if clashes and (folds or _folds)(folder) else {}


def folded(name: str) -> str:
    """Return what is the same for all names that some file system takes for one."""
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
    """Make a folder with those that it lies in.

    Raises:
        TargetError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TargetError(f"cannot make the folder {folder}: {error.strerror or error}") from error


def make_directories(folder: Path, paths: Sequence[str]) -> None:
    """Make a folder, and directories in it, as far as they have a place there."""
    make_folder(folder)
    for path in paths:
        # What cannot be made is told by the files that were to lie in it; a directory that is there is no error.
        with suppress(DomoError):
            make_folder(target_for(folder, path))


def remove_file(path: Path) -> None:
    """Remove a file, unless it has become something else.

    Raises:
        TargetError: It cannot be removed.
    """
    try:
        if path.is_file() and not path.is_symlink():
            path.unlink()
    except OSError as error:
        raise TargetError(f"cannot remove {path}: {error.strerror or error}") from error


def remove_empty(folder: Path, kept: Collection[Path]) -> None:
    """Remove the directories below a folder that are empty, but those that are to be kept."""
    with os.scandir(folder) as entries:
        below = [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
    for directory in below:
        remove_empty(directory, kept)
        if directory not in kept:
            with suppress(OSError):
                directory.rmdir()

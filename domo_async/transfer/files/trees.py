"""What two folders of files hold, and where a name of the one has its place in the other."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from attrs import frozen

from domo_async.errors import DecodeError
from domo_async.transfer.atomic import is_partial
from domo_async.transfer.files.resuming import Described

__all__ = [
    "LocalFile",
    "RemoteFile",
    "is_same",
    "local_files",
    "make_directories",
    "place_for",
    "remove_empty",
    "remove_file",
]


@frozen
class LocalFile:
    """A file on disk.

    Attributes:
        place: Where it is.
        size: Its bytes.
        modified: When it was last written to.
    """

    place: Path
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


def local_files(folder: Path) -> tuple[dict[str, LocalFile], tuple[str, ...]]:
    """Return the files below a folder by their paths in it, and the paths of what is none.

    Symbolic links are not followed. Files that downloads have left behind unfinished are passed over.
    """
    files: dict[str, LocalFile] = {}
    strange: list[str] = []
    for entry in _walk(folder):
        path = Path(entry.path).relative_to(folder).as_posix()
        if not entry.is_file(follow_symlinks=False) or not _is_text(path):
            strange.append(path.encode(errors="replace").decode())
        elif not is_partial(entry.name):
            found = entry.stat(follow_symlinks=False)
            files[path] = LocalFile(Path(entry.path), found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))
    return files, tuple(strange)


def _walk(folder: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path))
            else:
                yield entry


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
            return described.digest == _digest(local.place, described.algorithm)
        except OSError:
            # Who moves it will say why it cannot be read.
            return False
    if remote.created is None:
        return False
    return remote.created >= local.modified if copy_is_remote else local.modified >= remote.created


def _digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()


def place_for(folder: Path, path: str) -> Path:
    """Return where a path of the instance has its place in a folder: surely within it.

    Raises:
        DecodeError: It would lead out of the folder, by what it says or by a symbolic link on its way.
    """
    place = folder
    for name in path.split("/"):
        if place != folder and place.is_symlink():
            raise DecodeError(f"{path!r} would lead through the symbolic link {place}; it is not downloaded")
        if not _is_name(name):
            raise DecodeError(f"{path!r} is no path within a folder; it is not downloaded")
        place = place / name
    if place.is_symlink():
        raise DecodeError(f"{path!r} has a symbolic link in its place, {place}; it is not downloaded")
    return place


def _is_name(name: str) -> bool:
    """Return whether a text names a file in any folder, on this system."""
    alone = Path(name)
    return name not in {"", ".", ".."} and "\0" not in name and alone.parts == (name,) and not alone.anchor


def make_directories(folder: Path, paths: Sequence[str]) -> None:
    """Make a folder, and directories in it, as far as they have a place there."""
    folder.mkdir(exist_ok=True)
    for path in paths:
        # What cannot be made is told by the files that were to lie in it.
        with suppress(DecodeError, OSError):
            place_for(folder, path).mkdir(parents=True, exist_ok=True)


def remove_file(path: Path) -> None:
    """Remove a file, unless it has become something else."""
    if path.is_file() and not path.is_symlink():
        path.unlink()


def remove_empty(folder: Path, kept: Collection[Path]) -> None:
    """Remove the directories below a folder that are empty, but those that are to be kept."""
    with os.scandir(folder) as entries:
        below = [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
    for directory in below:
        remove_empty(directory, kept)
        if directory not in kept:
            with suppress(OSError):
                directory.rmdir()

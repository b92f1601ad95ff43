"""Atomic writes: a file appears under its name only once it is complete and synced to disk."""

from __future__ import annotations

import asyncio
import errno
import inspect
import io
import os
import re
import secrets
import select
import shutil
import stat
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from attrs import frozen

from domo_async._transfer.threads import in_thread
from domo_async.errors import ConfigError, DomoError, TargetError

__all__ = [
    "atomic_write",
    "check_file_object",
    "check_writable",
    "descriptor_of",
    "is_partial",
    "object_errors",
    "special_file",
    "write_all",
]

_PARTIAL = re.compile(r"\..*\.[0-9a-f]{8}\.part", re.DOTALL)
# The name of a partial file is not longer than a long name of its target.
_KEPT_OF_NAME = 80
_MOST_LINKS = 40
_DESCRIPTOR = re.compile(r"(?:/dev/fd|/proc/(?:self|thread-self|(\d+))(?:/task/\d+)?/fd)/(\d{1,9})")
_POLL = 0.05
# Letters of the modes in which files are open for writing.
_WRITING = frozenset("wax+")
_BINARY = getattr(os, "O_BINARY", 0)
# The errors of file systems that cannot reserve room.
_NOT_KNOWN = {errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS, errno.ENODEV}


@frozen
class _Target:
    """The file, device or folder at a path, with links followed.

    Attributes:
        path: Its path.
        found: The result of ``stat``; None if nothing exists at the path.
        descriptor: The open descriptor that the path stands for, such as that of ``/dev/stdout``.
    """

    path: Path
    found: os.stat_result | None = None
    descriptor: int | None = None

    @property
    def is_special(self) -> bool:
        """Whether it is a device or a pipe, which is written to and never replaced."""
        return self.descriptor is not None or (self.found is not None and not stat.S_ISREG(self.found.st_mode))


@asynccontextmanager
async def atomic_write(path: Path) -> AsyncIterator[Path]:
    """Give the name of a file to write instead of `path`, and move it to `path` once the block succeeds.

    Until then, and if the block fails, `path` is unchanged. A symbolic link is kept, and its target is written. A file
    that is replaced keeps its mode, owner, extended attributes and access lists. If replacing it cannot keep these (it
    has other hard links, belongs to somebody else, or its directory cannot be written to), its content is overwritten
    once the new content is complete. Devices and pipes are written to.

    Raises:
        ConfigError: The path cannot be written to.
        TargetError: The file could not be written, for example because the disk is full.
    """
    async with special_file(path) as special:
        with _readable_errors(path):
            target = await in_thread(_resolved, path)
            paths = _partial_paths(target)
            try:
                partial = await in_thread(_create, paths, target)
                yield partial
                if special is None:
                    await in_thread(_land, partial, target.path)
                else:
                    await in_thread(_copy_to, partial, special)
            finally:
                for candidate in paths:
                    with suppress(OSError):
                        candidate.unlink()


@asynccontextmanager
async def special_file(path: Path) -> AsyncIterator[BinaryIO | None]:
    """Open the device or pipe at `path`; give None if `path` is a file or does not exist yet.

    Bytes written there cannot be taken back. Opening a named pipe waits until somebody reads it.

    Raises:
        ConfigError: The path cannot be written to.
        TargetError: The device or pipe could not be written.
    """
    await in_thread(check_writable, path)
    with _readable_errors(path):
        target = await in_thread(_resolved, path)
        file = await _open_special(target) if target.is_special else None
    if file is None:
        yield None
        return
    with _readable_errors(path), file:
        yield file


def check_writable(path: Path, *, parents: bool = False) -> None:
    """Check that a file can be written at a path.

    Args:
        path: The path of the file.
        parents: Whether missing parent folders will be created.

    Raises:
        ConfigError: The path is a folder, its parent is not a folder, it cannot be written to, or its name is invalid.
    """
    try:
        target = _resolved(path)
        parent_found = target.descriptor is not None or target.path.parent.is_dir()
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror or error}") from None
    except ValueError as error:
        raise ConfigError(f"{str(path)!r} cannot be the name of a file: {error}") from None
    if target.descriptor is not None:
        return
    if target.found is None:
        if not parent_found and not parents:
            raise ConfigError(f"the folder {target.path.parent} does not exist; create it to write {target.path.name}")
        folder = next(candidate for candidate in target.path.absolute().parents if candidate.is_dir())
        if not _may_write(folder):
            raise ConfigError(f"the folder {folder} cannot be written to")
    elif stat.S_ISDIR(target.found.st_mode):
        raise ConfigError(f"{path} is a folder; name the file to write")
    elif stat.S_ISSOCK(target.found.st_mode):
        raise ConfigError(f"{path} is a socket; name the file to write")
    elif not _may_write(target.path):
        raise ConfigError(f"{path} cannot be written to; change its mode, or name another file")


def _may_write(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def descriptor_of(path: Path) -> int | None:
    """Return the open descriptor that a path such as ``/dev/stdout`` stands for; None for other paths."""
    try:
        return _resolved(path).descriptor
    except (OSError, ValueError):
        return None


def is_partial(name: str) -> bool:
    """Return whether `atomic_write` gave a file its name."""
    return _PARTIAL.fullmatch(name) is not None


def check_file_object(target: object) -> None:
    """Check that bytes can be written to an object.

    Raises:
        ConfigError: The object is not a binary file object that is open for writing.
    """
    type_name = type(target).__name__
    write = getattr(target, "write", None)
    if not callable(write):
        raise ConfigError(f"cannot write to a {type_name}; give a path or a binary file object")
    if inspect.iscoroutinefunction(write):
        mode = getattr(target, "mode", "wb")
        is_text, closed = "b" not in mode, getattr(target, "closed", False)
        writable = not _WRITING.isdisjoint(mode)
    elif isinstance(target, io.IOBase):
        is_text, closed = isinstance(target, io.TextIOBase), target.closed
        writable = closed or target.writable()
    else:
        return
    if is_text:
        raise ConfigError(
            f'the {type_name} takes text, and what is written is bytes; open it in binary mode, such as "wb"'
        )
    if closed or not writable:
        raise ConfigError(f"the {type_name} is {'closed' if closed else 'only open for reading'}")


def write_all(target: BinaryIO, piece: bytes) -> None:
    """Write a whole piece; an unbuffered file may take less than that in one call.

    Raises:
        OSError: The file does not take any bytes.
    """
    # Not all file objects return how much they took, or take a slice of bytes without a copy.
    taken: int | None = target.write(piece)
    rest = memoryview(piece)
    while taken != len(rest):
        if taken is None and not isinstance(target, io.RawIOBase):
            return
        if taken is None:
            select.select([], [target], [])  # a non-blocking pipe that is full
        elif not taken:
            raise OSError(errno.EIO, "it takes nothing")
        rest = rest[taken or 0 :]
        taken = target.write(rest)


@contextmanager
def object_errors(target: object) -> Iterator[None]:
    """Convert the system's error about a file object to an error of this library."""
    try:
        yield
    except DomoError:
        raise
    except OSError as error:
        raise TargetError(f"cannot write to the {type(target).__name__}: {error.strerror or error}") from error


def _resolved(path: Path) -> _Target:
    """Follow links to the file to write.

    Links are followed one by one, because the target of an open descriptor's link may no longer have a name.
    """
    resolved = os.fspath(path)
    for _ in range(_MOST_LINKS):
        parent, name = os.path.split(resolved)
        if name in {"", ".", ".."}:
            break
        resolved = os.path.join(os.path.realpath(parent), name)  # noqa: PTH118 - names such as these are not to be tidied
        found = _DESCRIPTOR.fullmatch(resolved)
        if found is not None and found[1] in (None, str(os.getpid())):
            os.fstat(int(found[2]))
            return _Target(path, descriptor=int(found[2]))
        if not os.path.islink(resolved):  # noqa: PTH114 - pathlib would tidy the path, which changes what links lead to
            break
        resolved = os.path.join(os.path.dirname(resolved), os.readlink(resolved))  # noqa: PTH115, PTH118, PTH120 - as above
    try:
        return _Target(Path(resolved), os.stat(resolved))  # noqa: PTH116 - as above
    except FileNotFoundError:
        return _Target(Path(resolved))


async def _open_special(target: _Target) -> BinaryIO:
    """Open a device or a pipe without a thread, because a thread that waits for a reader cannot be cancelled."""
    if target.descriptor is not None:
        return os.fdopen(os.dup(target.descriptor), "wb", buffering=0)
    is_pipe = target.found is not None and stat.S_ISFIFO(target.found.st_mode)
    while True:
        try:
            descriptor = os.open(target.path, os.O_WRONLY | _BINARY | (os.O_NONBLOCK if is_pipe else 0))
        except OSError as error:
            if not is_pipe or error.errno != errno.ENXIO:
                raise
        else:
            if is_pipe:
                os.set_blocking(descriptor, True)
            return os.fdopen(descriptor, "wb", buffering=0)
        await asyncio.sleep(_POLL)


def _partial_paths(target: _Target) -> list[Path]:
    """Return the paths at which the new content can lie until it is complete, the best one first."""
    kept = os.fsencode(target.path.name)[:_KEPT_OF_NAME].decode("utf-8", "ignore")
    name = f".{kept}.{secrets.token_hex(4)}.part"
    elsewhere = Path(tempfile.gettempdir(), name)
    if target.is_special:
        return [elsewhere]
    beside = target.path.with_name(name)
    # An existing file may be writable although nothing can be created next to it.
    return [beside] if target.found is None else [beside, elsewhere]


def _create(paths: Sequence[Path], target: _Target) -> Path:
    """Create the file to write, readable only to those who may read the existing file, and return its path."""
    is_new = target.found is None and not target.is_special
    *better, last = paths
    for path in better:
        with suppress(OSError):
            return _created(path, 0o666 if is_new else 0o600)
    return _created(last, 0o666 if is_new else 0o600)


def _created(path: Path, mode: int) -> Path:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode))
    return path


def _land(partial: Path, path: Path) -> None:
    with partial.open("r+b") as file:
        os.fsync(file.fileno())
    try:
        found = path.stat()
    except FileNotFoundError:
        partial.replace(path)
        return
    if found.st_nlink == 1 and partial.parent == path.parent and _is_like(partial, path, found):
        try:
            partial.replace(path)
        except OSError:
            # For example a file that is mounted into a container.
            if stat.S_ISDIR(path.stat().st_mode):
                raise
        else:
            return
    _overwrite(partial, path)


def _is_like(partial: Path, path: Path, found: os.stat_result) -> bool:
    """Copy the owner, mode and attributes of another file, and return whether that was possible."""
    try:
        made = partial.stat()
        if hasattr(os, "chown") and (made.st_uid, made.st_gid) != (found.st_uid, found.st_gid):
            os.chown(partial, found.st_uid, found.st_gid)
        shutil.copystat(path, partial)
        os.utime(partial)
        return not hasattr(os, "listxattr") or _attributes(path) == _attributes(partial)
    except OSError:
        return False


def _attributes(path: Path) -> dict[str, bytes]:
    if not hasattr(os, "listxattr"):
        return {}
    try:
        return {name: os.getxattr(path, name) for name in os.listxattr(path)}
    except OSError as error:
        if error.errno in _NOT_KNOWN:
            return {}
        raise


def _overwrite(partial: Path, path: Path) -> None:
    """Overwrite a file in place; room for the new content is reserved before the old content is removed."""
    with partial.open("rb") as new, path.open("r+b", buffering=0) as file:
        size, before = os.fstat(new.fileno()).st_size, os.fstat(file.fileno()).st_size
        if size > before and hasattr(os, "posix_fallocate"):
            try:
                os.posix_fallocate(file.fileno(), 0, size)
            except OSError as error:
                file.truncate(before)
                if error.errno not in _NOT_KNOWN:
                    raise
        try:
            _copy(new, file)
            file.truncate(size)
            os.fsync(file.fileno())
        except OSError as error:
            kept = partial.with_suffix(".kept")
            partial.rename(kept)
            raise TargetError(f"{path} was only overwritten in part: {error.strerror}; {kept} is whole") from error


def _copy_to(partial: Path, special: BinaryIO) -> None:
    with partial.open("rb") as new:
        _copy(new, special)


def _copy(source: BinaryIO, target: BinaryIO) -> None:
    while piece := source.read(1 << 20):
        write_all(target, piece)


@contextmanager
def _readable_errors(path: Path) -> Iterator[None]:
    """Convert the system's error to one that names the file that the caller asked for."""
    try:
        yield
    except DomoError:
        raise
    except OSError as error:
        if error.errno is None:
            raise
        raise TargetError(f"cannot write {path}: {error.strerror or error}") from error

"""A file that appears under its name when it is whole and safely on disk, and not before."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from domo_async.errors import ConfigError
from domo_async.transfer.threads import in_thread

__all__ = ["check_writable", "is_partial", "landing", "write_all"]

_PARTIAL = re.compile(r"\..+\.[0-9a-f]{8}\.part", re.DOTALL)


@asynccontextmanager
async def landing(path: Path) -> AsyncIterator[Path]:
    """Give the name of a file to write beside `path`; it takes that place once the block ends well.

    Until then, and for good if the block fails, `path` is as it was.
    """
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        yield partial
        await in_thread(_land, partial, path)
    except BaseException:
        with suppress(OSError):
            partial.unlink()
        raise


def is_partial(name: str) -> bool:
    """Return whether a file's name is one that `landing` gives."""
    return _PARTIAL.fullmatch(name) is not None


def check_writable(path: Path) -> None:
    """Refuse what cannot be the name of a new file.

    Raises:
        ConfigError: It is a folder, or lies in none.
    """
    if path.is_dir():
        raise ConfigError(f"{path} is a folder; name the file to write")
    if not path.parent.is_dir():
        raise ConfigError(f"there is no folder {path.parent} to write {path.name} into")


def write_all(target: BinaryIO, piece: bytes) -> None:
    """Write all of it; an unbuffered file may take less than it is given at a time."""
    rest = memoryview(piece)
    while rest:
        rest = rest[target.write(rest) :]


def _land(partial: Path, path: Path) -> None:
    with partial.open("r+b") as file:
        os.fsync(file.fileno())
    partial.replace(path)

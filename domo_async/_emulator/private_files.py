"""Files that nobody but their owner may read."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from domo_async.errors import ConfigError

__all__ = ["narrow", "narrow_file", "private_file", "private_opener"]

DIRECTORY = 0o700
FILE = 0o600


def private_opener(path: str, flags: int) -> int:
    """Open a file, for `open`; if it is made, nobody else may read it."""
    return os.open(path, flags, FILE)


def private_file(path: Path) -> Path:
    """Have a file that nobody else may read.

    Raises:
        ConfigError: It cannot be had.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, FILE))
    except OSError as error:
        raise ConfigError(f"{path} cannot be opened: {error.strerror}") from error
    return path


def narrow(directory: Path) -> None:
    """See to it that nobody else may read a directory, or anything in it.

    Raises:
        ConfigError: Others may, and that cannot be changed.
    """
    try:
        for folder, _, files in os.walk(directory):
            # The topmost first: nobody gets any further meanwhile.
            _narrow(Path(folder), DIRECTORY)
            for name in files:
                narrow_file(Path(folder, name))
    except OSError as error:
        raise ConfigError(
            f"others may read {error.filename}, and it cannot be changed ({error.strerror}); a data directory is for"
            " its owner alone: use another one"
        ) from error


def narrow_file(path: Path) -> None:
    """See to it that nobody else may read a file, if it is there."""
    try:
        _narrow(path, FILE)
    except FileNotFoundError:
        return


def _narrow(path: Path, mode: int) -> None:
    found = path.lstat().st_mode
    # A link has no modes of its own, and Windows has none at all.
    if sys.platform != "win32" and not stat.S_ISLNK(found) and stat.S_IMODE(found) & 0o077:
        path.chmod(mode)

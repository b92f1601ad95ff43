"""Files that only their owner may read."""

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
    """Open a file, as the ``opener`` of `open`; a new file is readable by its owner only."""
    return os.open(path, flags, FILE)


def private_file(path: Path) -> Path:
    """Create a file that only its owner may read, if it does not exist.

    Raises:
        ConfigError: The file cannot be opened.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, FILE))
    except OSError as error:
        raise ConfigError(f"{path} cannot be opened: {error.strerror}") from error
    return path


def narrow(directory: Path) -> None:
    """Restrict a directory, and everything in it, to its owner.

    Raises:
        ConfigError: Others may read it, and the modes cannot be changed.
    """
    try:
        for folder, _, files in os.walk(directory):
            # From the top down: a restricted folder keeps others out of all folders below it.
            _narrow(Path(folder), DIRECTORY)
            for name in files:
                narrow_file(Path(folder, name))
    except OSError as error:
        raise ConfigError(
            f"others may read {error.filename}, and it cannot be changed ({error.strerror}); a data directory is for"
            " its owner alone: use another one"
        ) from error


def narrow_file(path: Path) -> None:
    """Restrict a file to its owner, if it exists."""
    try:
        _narrow(path, FILE)
    except FileNotFoundError:
        return


def _narrow(path: Path, mode: int) -> None:
    found = path.lstat().st_mode
    # A link does not have a mode of its own, and Windows does not have modes.
    if sys.platform != "win32" and not stat.S_ISLNK(found) and stat.S_IMODE(found) & 0o077:
        path.chmod(mode)

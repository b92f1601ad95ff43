"""Changes to the config file: comments and order stay, and the file is never half written or readable by others."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from domo_async._locking import lock
from domo_async._profiles.config_file import ConfigFile, parsed, read_config
from domo_async._redaction import Secret
from domo_async.errors import ConfigError

__all__ = ["edited"]

_MODE = 0o600


def edited(path: Path, change: Callable[[Any], None]) -> ConfigFile:
    """Change the file, which is created if it is missing, and return its new content.

    Args:
        path: The path. A symbolic link stays a symbolic link.
        change: Changes the document, a tomlkit mapping whose values can be set and deleted.

    Raises:
        ConfigError: tomlkit is missing, or the file is invalid before or after the change or cannot be written.
    """
    try:
        import tomlkit  # noqa: PLC0415 - optional
    except ImportError as error:
        raise ConfigError('changing profiles needs: pip install "domo-async[cli]"') from error
    target = Path(os.path.realpath(path))
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(target):
            read_config(target)  # raises an error if the content or the permissions are wrong
            document = tomlkit.parse(target.read_text(encoding="utf-8") if target.exists() else "")
            change(document)
            content = Secret(tomlkit.dumps(document).encode())
            made = parsed(path, content)
            _replace(target, content)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror or error}") from None
    return made


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Lock the file against changes by other processes, with a lock file that stays."""
    with open(target.with_name(f".{target.name}.lock"), "ab", opener=_private) as file:
        try:
            lock(file)
        except OSError:
            raise ConfigError(f"another process is changing {target}: try again") from None
        yield


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, _MODE)


def _replace(target: Path, content: Secret[bytes]) -> None:
    partial = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with open(partial, "xb", opener=_private) as file:
            file.write(content.get_secret_value())
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)

"""The config file of profiles: its path, its content, and its permissions."""

from __future__ import annotations

import os
import stat
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

from domo_async._profiles.profile import Profile
from domo_async._redaction import Secret
from domo_async.errors import ConfigError

__all__ = ["ConfigFile", "config_path", "parsed", "read_config"]

_LARGEST = 1 << 20


def config_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the path of the config file, whether it exists or not.

    The path is ``domo-async/config.toml`` in ``XDG_CONFIG_HOME`` or else ``~/.config``; on Windows in ``APPDATA``.

    Raises:
        ConfigError: This user has no home directory.
    """
    named = environ.get("XDG_CONFIG_HOME", "")
    if not Path(named).is_absolute():  # as the XDG specification says
        named = environ.get("APPDATA", "") if sys.platform == "win32" else ""
    try:
        folder = Path(named) if named else Path.home() / ".config"
    except RuntimeError:
        raise ConfigError("this user has no home directory for the config file: set XDG_CONFIG_HOME") from None
    return folder / "domo-async" / "config.toml"


@frozen
class ConfigFile:
    """The content of the config file.

    Attributes:
        path: The path of the file.
        profiles: The profiles by name.
        default: The name of the profile to use if none is named.
    """

    path: Path
    profiles: Mapping[str, Profile]
    default: str | None = None

    def profile(self, name: str) -> Profile:
        """Return a profile.

        Raises:
            ConfigError: The profile does not exist.
        """
        if name not in self.profiles:
            known = ", ".join(self.profiles) or "none yet"
            raise ConfigError(
                f"profile {name!r} does not exist in {self.path} (the profiles are: {known});"
                f" create it with `domo-async login --profile {name}`"
            )
        return self.profiles[name]


def read_config(path: Path) -> ConfigFile:
    """Read the file; a missing file has no profiles.

    Raises:
        ConfigError: The file is not TOML, a profile is invalid, or the permissions allow others too much.
    """
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            content = Secret(file.read(_LARGEST + 1))
    except (FileNotFoundError, NotADirectoryError):
        return ConfigFile(path, {})
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}") from None
    if len(content.get_secret_value()) > _LARGEST:
        raise ConfigError(f"{path} is too large for a config file")
    made = parsed(path, content)
    _check_access(path, status, secret=any(profile.holds_secrets for profile in made.profiles.values()))
    return made


def parsed(path: Path, content: Secret[bytes]) -> ConfigFile:
    """Return the parsed content of the file.

    Raises:
        ConfigError: The content is invalid.
    """
    try:
        top = Secret(tomllib.loads(content.get_secret_value().decode()))
    except UnicodeDecodeError:
        problem = "not UTF-8"
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        # The parser's messages name the position, and sometimes the character there.
        problem = f"not TOML: {str(error).partition('(at ')[2].rstrip(')') or 'nested too deep'}"
    else:
        return _of_table(path, top)
    raise ConfigError(f"{path} is {problem}")


def _of_table(path: Path, top: Secret[dict[str, object]]) -> ConfigFile:
    unknown = top.get_secret_value().keys() - {"default_profile", "profiles"}
    default = top.get_secret_value().get("default_profile")
    tables = top.get_secret_value().get("profiles", {})
    if unknown or not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        del tables
        problem = f"{path} has {min(unknown)!r}" if unknown else f"{path} is not valid"
        raise ConfigError(f'{problem}; only default_profile = "NAME" and tables [profiles.NAME] are allowed')
    sealed = {name: Secret(table) for name, table in tables.items()}
    del tables  # a traceback may show local variables
    if default is not None and (not isinstance(default, str) or default not in sealed):
        raise ConfigError(f"{path}: default_profile must name one of its profiles: {', '.join(sealed) or 'none yet'}")
    try:
        return ConfigFile(path, {name: Profile.of(name, table) for name, table in sealed.items()}, default)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None


def _check_access(path: Path, status: os.stat_result, *, secret: bool) -> None:
    """Check that nobody else can read secrets or change where the token is sent.

    Raises:
        ConfigError: Others can; the error says how to fix it.
    """
    if sys.platform == "win32":
        return
    mode = stat.S_IMODE(status.st_mode)
    if status.st_uid not in {os.geteuid(), 0}:
        raise ConfigError(f"{path} belongs to another user, who could redirect your token: create your own file")
    if mode & (0o077 if secret else 0o022):
        done = "read secrets in" if secret and mode & 0o044 else "change"
        raise ConfigError(f"other users can {done} {path}: run `chmod 600 {path}`")

"""The file of profiles: where it is, what is in it, and who may read it."""

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
    """Return where the file of profiles is, whether it is there or not.

    That is ``domo-async/config.toml`` in ``XDG_CONFIG_HOME`` or else ``~/.config``; on Windows in ``APPDATA``.

    Raises:
        ConfigError: This user has no home folder.
    """
    named = environ.get("XDG_CONFIG_HOME", "")
    if not Path(named).is_absolute():  # as its specification has it
        named = environ.get("APPDATA", "") if sys.platform == "win32" else ""
    try:
        folder = Path(named) if named else Path.home() / ".config"
    except RuntimeError:
        raise ConfigError("this user has no home folder to keep profiles in: set XDG_CONFIG_HOME") from None
    return folder / "domo-async" / "config.toml"


@frozen
class ConfigFile:
    """What stands in the file.

    Attributes:
        path: Where it is.
        profiles: The profiles by name.
        default: The name of the one that counts where none is named.
    """

    path: Path
    profiles: Mapping[str, Profile]
    default: str | None = None

    def profile(self, name: str) -> Profile:
        """Return a profile.

        Raises:
            ConfigError: There is none of that name.
        """
        if name not in self.profiles:
            known = ", ".join(self.profiles) or "none yet"
            raise ConfigError(
                f"there is no profile {name!r} in {self.path} (there are: {known});"
                f" make it with `domo-async login --profile {name}`"
            )
        return self.profiles[name]


def read_config(path: Path) -> ConfigFile:
    """Read the file; one that is not there has no profiles.

    Raises:
        ConfigError: It is not TOML, a profile is wrong, or others may read or change what they must not.
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
        raise ConfigError(f"{path} is larger than a file of profiles can be")
    made = parsed(path, content)
    _check_access(path, status, secret=any(profile.holds_secrets for profile in made.profiles.values()))
    return made


def parsed(path: Path, content: Secret[bytes]) -> ConfigFile:
    """Return what a content of the file means.

    Raises:
        ConfigError: It is wrong.
    """
    try:
        top = Secret(tomllib.loads(content.get_secret_value().decode()))
    except UnicodeDecodeError:
        problem = "not UTF-8"
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        # Its texts name the place, and at times the character there.
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
        told = f"has {min(unknown)!r}; it" if unknown else ""
        raise ConfigError(f'{path} {told} takes default_profile = "NAME" and tables [profiles.NAME]'.replace("  ", " "))
    sealed = {name: Secret(table) for name, table in tables.items()}
    del tables  # a traceback may show local variables
    if default is not None and (not isinstance(default, str) or default not in sealed):
        raise ConfigError(f"{path}: default_profile must name one of its profiles: {', '.join(sealed) or 'none yet'}")
    try:
        return ConfigFile(path, {name: Profile.of(name, table) for name, table in sealed.items()}, default)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None


def _check_access(path: Path, status: os.stat_result, *, secret: bool) -> None:
    """See to it that nobody else can read secrets, or say where the token goes.

    Raises:
        ConfigError: Others can; says what mends it.
    """
    if sys.platform == "win32":
        return
    mode = stat.S_IMODE(status.st_mode)
    if status.st_uid not in {os.geteuid(), 0}:
        raise ConfigError(f"{path} belongs to another user, who could say where your token goes: make one of your own")
    if mode & (0o077 if secret else 0o022):
        done = "read secrets in" if secret and mode & 0o044 else "change"
        raise ConfigError(f"other users can {done} {path}: run `chmod 600 {path}`")

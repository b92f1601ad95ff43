"""Tokens outside the config file: printed by a command, or kept in the system's keyring."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any

from domo_async._redaction import Secret
from domo_async._settings import instance_origin
from domo_async.errors import ConfigError

__all__ = ["check_keyring", "forget_in_keyring", "in_keyring", "keyring_is_usable", "printed_token", "store_in_keyring"]

_PATIENCE = 30.0
_LONGEST = 64 << 10


def printed_token(command: str | tuple[str, ...], what: str, *, seconds: float = _PATIENCE) -> Secret[str]:
    """Run a command and return its output, without leading and trailing whitespace.

    Args:
        command: Text for the shell, or a program with its arguments.
        what: The owner of the command, for error messages.
        seconds: The most seconds that it may take.

    Raises:
        ConfigError: The command cannot be run, fails, takes too long, or prints nothing or too much. The error does not
            contain its output.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 - see below
            command,
            shell=isinstance(command, str),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise ConfigError(f"{what}: the command cannot be run: {getattr(error, 'strerror', None) or error}") from None
    printed: list[Secret[bytes]] = []
    reading = threading.Thread(target=_read, args=(process, printed), daemon=True)
    reading.start()
    reading.join(seconds)
    problem = f"the command took longer than {seconds:g} s" if reading.is_alive() else None
    if problem is None and not printed:
        problem = f"the command printed more than {_LONGEST >> 10} KiB"
    if problem is None:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            problem = f"the command did not end within {seconds:g} s"
    if problem is not None:
        _kill(process)
        raise ConfigError(f"{what}: {problem}")
    if process.returncode != 0:
        raise ConfigError(f"{what}: the command failed with code {process.returncode}; run it yourself to see why")
    token = Secret(printed[0].get_secret_value().decode("utf-8", "replace").strip())
    if not token.get_secret_value():
        raise ConfigError(f"{what}: the command printed nothing; run it yourself to see why")
    return token


def _read(process: subprocess.Popen[bytes], printed: list[Secret[bytes]]) -> None:
    if process.stdout is None:
        return
    with process.stdout:
        content = Secret(process.stdout.read(_LONGEST + 1))
    if len(content.get_secret_value()) <= _LONGEST:
        printed.append(content)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a command and all processes that it started."""
    with suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def check_keyring() -> None:
    """Refuse to go on without the package for keyrings.

    Raises:
        ConfigError: It is not installed.
    """
    _keyring()


def keyring_is_usable() -> bool:
    """Return whether there is a keyring to store tokens in."""
    try:
        backend = _keyring().get_keyring()
        return bool(backend.priority >= 1)  # lower priorities are for tests, or store nothing
    except Exception:  # noqa: BLE001 - backends raise errors of any type
        return False


def in_keyring(profile: str, instance: str, what: str) -> Secret[str]:
    """Return the token of a profile for an instance.

    Raises:
        ConfigError: There is no token, or the keyring cannot be read.
    """
    try:
        found: Secret[str] | None = Secret.of(_keyring().get_password(_service(instance), profile) or None)
    except ConfigError:
        raise
    except Exception as error:  # noqa: BLE001 - backends raise errors of any type, which may quote secrets
        raise ConfigError(f"{what}: the keyring cannot be read ({type(error).__name__})") from None
    if found is None:
        raise ConfigError(
            f"{what}: the keyring has no token for {instance_origin(instance)};"
            f" run `domo-async login --profile {profile}`"
        )
    return found


def store_in_keyring(profile: str, instance: str, token: Secret[str]) -> None:
    """Store a token, only for this instance: a profile that is changed to another instance does not get it.

    Raises:
        ConfigError: The keyring does not accept the token.
    """
    try:
        _keyring().set_password(_service(instance), profile, token.get_secret_value())
    except ConfigError:
        raise
    except Exception as error:  # noqa: BLE001 - see above
        raise ConfigError(f"the keyring does not accept the token ({type(error).__name__}); use --store file") from None


def forget_in_keyring(profile: str, instance: str) -> bool:
    """Remove a token from the keyring, and return whether it was there.

    Raises:
        ConfigError: The keyring cannot be changed.
    """
    keyring, service = _keyring(), _service(instance)
    try:
        if keyring.get_password(service, profile) is None:
            return False
        keyring.delete_password(service, profile)
    except Exception as error:  # noqa: BLE001 - see above
        raise ConfigError(f"the keyring cannot be changed ({type(error).__name__})") from None
    return True


def _service(instance: str) -> str:
    return f"domo-async {instance_origin(instance)}"


def _keyring() -> Any:
    try:
        import keyring  # noqa: PLC0415 - optional
    except ImportError as error:
        raise ConfigError('tokens in the keyring need: pip install "domo-async[keyring]"') from error
    return keyring

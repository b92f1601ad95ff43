"""One profile of the config file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar, cast

from attrs import field, frozen

from domo_async._redaction import Secret
from domo_async._settings import ClientCertificate, Settings, Timeouts, instance_origin, proxy_url
from domo_async.errors import ConfigError

__all__ = ["Profile"]

T = TypeVar("T")

_KEYS = (
    *("instance", "token", "token_command", "keyring", "proxy", "no_proxy", "ca"),
    *("client_cert", "client_key", "client_key_password", "timeouts"),
)


@frozen(kw_only=True)
class Profile:
    """An instance, the source of its token, and its connection settings. All but the name may be missing.

    Attributes:
        name: The name.
        instance: The instance: ``acme``, ``acme.domo.com`` or a URL.
        token: A developer token from the file.
        token_command: A command that prints the token: text for the shell, or a program with its arguments.
        keyring: Whether the token is in the system's keyring.
        settings: The connection settings: proxies, certificate authorities, the client's certificate, timeouts.
        holds_secrets: Whether it has values that others must not read.
    """

    name: str
    instance: str | None = None
    token: Secret[str] | None = None
    token_command: str | tuple[str, ...] | None = field(default=None, repr=False)
    keyring: bool = False
    settings: Settings = field(factory=Settings)
    holds_secrets: bool = False

    @property
    def token_source(self) -> str | None:
        """The source of its token, for messages; None if it has none."""
        if self.token is not None:
            return "config file"
        if self.token_command is not None:
            return "token command"
        return "keyring" if self.keyring else None

    @classmethod
    def of(cls, name: str, table: Secret[Mapping[str, Any]]) -> Profile:
        """Return the profile for a table of the file.

        Raises:
            ConfigError: The table is invalid; the error names the key, but does not contain the value.
        """
        reader = _Reader(name, table)
        reader.check_names()
        cert = reader.of("client_cert", _text)
        key, password = reader.of("client_key", _text), reader.secret("client_key_password")
        if cert is None and (key is not None or password is not None):
            raise reader.wrong("client_key", "requires client_cert, which is missing")
        proxy = reader.secret("proxy")
        address = None if proxy is None else Secret(proxy_url(proxy.get_secret_value()))
        try:
            settings = Settings(
                proxy=address,
                no_proxy=reader.of("no_proxy", _texts) or (),
                ca=reader.of("ca", _text),
                cert=None if cert is None else ClientCertificate(cert, key, password=password),
                timeouts=reader.of("timeouts", _timeouts) or Timeouts(),
            )
            instance = reader.of("instance", _text)
            if instance is not None:
                instance_origin(instance)
        except ConfigError as error:
            raise ConfigError(f"profile {name!r}: {error}") from None
        command = cast("str | tuple[str, ...] | None", reader.of("token_command", _command))
        made = cls(
            name=name,
            instance=instance,
            token=reader.secret("token"),
            token_command=command,
            keyring=reader.of("keyring", _flag) or False,
            settings=settings,
            # An address may have a password in it.
            holds_secrets=not table.get_secret_value().keys().isdisjoint({"token", "client_key_password"})
            or (proxy is not None and "@" in proxy.get_secret_value()),
        )
        if sum((made.token is not None, made.token_command is not None, made.keyring)) > 1:
            raise reader.wrong("token", "cannot be combined: of token, token_command and keyring, choose one")
        return made


class _Reader:
    """Reads the values of a table, and reports errors without repeating the values."""

    def __init__(self, name: str, table: Secret[Mapping[str, Any]]) -> None:
        self._name = name
        self._table = table

    def wrong(self, key: str, problem: str) -> ConfigError:
        return ConfigError(f"profile {self._name!r}: {key} {problem}")

    def check_names(self) -> None:
        for key in self._table.get_secret_value():
            if key not in _KEYS:
                likely = get_close_matches(key, _KEYS, 1)
                hint = f"did you mean {likely[0]}?" if likely else f"the keys are {', '.join(_KEYS)}"
                raise self.wrong(key, f"is unknown; {hint}")

    def of(self, key: str, read: Callable[[Any], T | None]) -> T | None:
        """Return the converted value of a key, or None if the key is missing."""
        table = self._table.get_secret_value()
        if key not in table:
            return None
        try:
            found = read(table[key])
        except ConfigError as error:
            problem = f"is wrong: {error}"
        else:
            if found is not None:
                return found
            problem = _DUE[read]
        finally:
            del table  # a traceback may show local variables
        raise self.wrong(key, problem)

    def secret(self, key: str) -> Secret[str] | None:
        found = self.of(key, _secret)
        return None if found is None else found


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _secret(value: Any) -> Secret[str] | None:
    return Secret(value) if isinstance(value, str) and value.strip() else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _texts(value: Any) -> tuple[str, ...] | None:
    if isinstance(value, str):
        return tuple(value.replace(",", " ").split())
    return tuple(value) if isinstance(value, list) and all(map(_text, value)) else None


def _command(value: Any) -> str | tuple[str, ...] | None:
    if isinstance(value, list):
        return tuple(value) if value and all(isinstance(each, str) for each in value) and value[0].strip() else None
    return _text(value)


def _timeouts(value: Any) -> Timeouts | None:
    if isinstance(value, dict):
        if not value.keys() <= {"connect", "read", "total"}:
            return None
        return Timeouts(**cast("dict[str, float]", value))
    return None if isinstance(value, bool) or not isinstance(value, (int, float)) else Timeouts.of(value)


_DUE: Mapping[Callable[[Any], object], str] = {
    _text: "must be a non-empty string",
    _secret: "must be a non-empty string",
    _flag: "must be true or false",
    _texts: "must be a list of hosts",
    _command: 'must be a command: text for the shell, or a list such as ["pass", "show", "domo"]',
    _timeouts: "must be seconds, or a table such as { connect = 5, read = 60, total = 120 }",
}

"""The instance that a connection leads to: from a URL, from keyword arguments, from a profile or the environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, unquote, urlsplit

from attrs import frozen

from domo_async._profiles import Access, Given, resolve
from domo_async._redaction import Secret
from domo_async._settings import Settings
from domo_async.errors import ConfigError

__all__ = ["Address"]

_EXAMPLE = "domo://acme, domo://acme/DATASET, domo://:TOKEN@acme.domo.com or domo://?profile=NAME"
_OPTIONS = ("dataset", "profile", "tls")


@frozen(kw_only=True)
class Address:
    """The instance, and how it is reached. Missing parts come from a profile or the environment.

    Attributes:
        instance: The instance.
        token: A developer token.
        profile: The name of a profile.
        dataset: The connection's own dataset, by id or name.
        settings: The settings of the client.
    """

    instance: str | None = None
    token: Secret[str] | None = None
    profile: str | None = None
    dataset: str | None = None
    settings: Settings | None = None

    @classmethod
    def of_url(cls, url: Secret[str]) -> Address:
        """Return the address that a URL stands for.

        Args:
            url: Such as ``domo://acme/DATASET``. It may have a token in place of a password.

        Raises:
            ConfigError: It is not such a URL; the error does not repeat the token.
        """
        try:
            parts = urlsplit(url.get_secret_value())
            scheme, host, port, user = parts.scheme, parts.hostname, parts.port, unquote(parts.username or "")
            token = Secret(unquote(parts.password)) if parts.password else None
            path, query, fragment = unquote(parts.path), parts.query, parts.fragment
            del parts  # a traceback may show local variables
        except ValueError:
            raise ConfigError(f"the URL cannot be read; write {_EXAMPLE}") from None
        if scheme.partition("+")[0] != "domo" or fragment:
            raise ConfigError(f"the URL must begin with domo://, such as {_EXAMPLE}")
        options: dict[str, list[str]] = {}
        for name, value in parse_qsl(query, keep_blank_values=True):
            options.setdefault(name, []).append(value)
        return cls.of_parts(host=host, port=port, user=user, token=token, path=path, options=options)

    @classmethod
    def of_parts(
        cls,
        *,
        host: str | None,
        port: int | None,
        user: str | None,
        token: Secret[str] | None,
        path: str | None,
        options: Mapping[str, Sequence[str]],
    ) -> Address:
        """Return the address that the parts of a URL stand for.

        Raises:
            ConfigError: A part is unknown or does not fit; the error does not repeat the token.
        """
        for name, values in options.items():
            if name not in _OPTIONS:
                raise ConfigError(f"the URL has the unknown option {name!r}; the options are {', '.join(_OPTIONS)}")
            if len(values) > 1 or (name == "dataset" and (path or "").strip("/")):
                raise ConfigError(f"the URL names the {name} twice")
        if user not in {None, "", "token"}:
            raise ConfigError("a token stands after a colon, where programs hide it: domo://:TOKEN@acme")
        chosen = {name: values[0] for name, values in options.items()}
        tls = chosen.get("tls", "true").lower()
        if tls not in {"true", "false"}:
            raise ConfigError("the option tls must be true or false")
        instance = None
        if host:
            shown = f"[{host}]" if ":" in host else host
            shown = f"{shown}:{port}" if port else shown
            instance = f"http://{shown}" if tls == "false" else shown
        dataset = (path or "").strip("/") or chosen.get("dataset") or None
        return cls(instance=instance, token=token, profile=chosen.get("profile") or None, dataset=dataset)

    def over(self, other: Address) -> Address:
        """Return this address, completed with what another one says."""
        return Address(
            instance=self.instance or other.instance,
            token=self.token or other.token,
            profile=self.profile or other.profile,
            dataset=self.dataset or other.dataset,
            settings=self.settings or other.settings,
        )

    def access(self) -> Access:
        """Return the instance, the token and the settings, completed from a profile or the environment.

        Raises:
            ConfigError: Something is missing or wrong; the error says what to do.
        """
        return resolve(Given(profile=self.profile, instance=self.instance, token=self.token, settings=self.settings))

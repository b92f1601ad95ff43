"""The instance, the token and the settings to use: from the caller, the environment and profiles, in that order."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from attrs import evolve, frozen

from domo_async._profiles.config_file import config_path, read_config
from domo_async._profiles.profile import Profile
from domo_async._profiles.tokens import in_keyring, printed_token
from domo_async._redaction import Secret
from domo_async._settings import Settings, Timeouts, instance_in, instance_origin, token_for
from domo_async.errors import ConfigError

__all__ = ["Access", "Given", "resolve"]

# Environment variables with the same meaning as an option of a profile, each in both cases.
_OF_PROXY = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
_OF_CA = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_OF_CERT = ("DOMO_CLIENT_CERT",)


@frozen(kw_only=True)
class Given:
    """The values given by the caller, which take precedence.

    Attributes:
        profile: The name of a profile, which then takes precedence over the environment.
        instance: The instance.
        token: A developer token.
        token_from: The source of the token, for messages.
        settings: The settings of the client. Those with their default values are left to profiles and the environment.
    """

    profile: str | None = None
    instance: str | None = None
    token: Secret[str] | None = None
    token_from: str = "the caller"  # noqa: S105 - not a token
    settings: Settings | None = None


@frozen(kw_only=True)
class Access:
    """The values that a client is created from.

    Attributes:
        instance: The instance.
        token: The developer token.
        settings: The settings of the client.
        profile: The name of the profile that was used, if any.
        instance_from: The source of the instance, for messages.
        token_from: The source of the token, for messages.
    """

    instance: str
    token: Secret[str]
    settings: Settings
    profile: str | None
    instance_from: str
    token_from: str


def resolve(given: Given | None = None, environ: Mapping[str, str] = os.environ) -> Access:
    """Return the given values, completed from the environment or a profile.

    The order is: the given values; the profile given by name; the environment; the profile that ``DOMO_PROFILE`` names;
    the file's ``default_profile``, which is only read if an instance or a token is still missing. A token is sent to no
    other instance than the one that it is configured for.

    Args:
        given: The given values.
        environ: The environment.

    Raises:
        ConfigError: Something is missing or wrong; the error says what to do.
    """
    given = Given() if given is None else given
    sealed = Secret(environ)
    del environ  # it may hold secrets, and a traceback may show local variables
    return _Resolution(given, sealed).access()


class _Resolution:
    def __init__(self, given: Given, environ: Secret[Mapping[str, str]]) -> None:
        self._given = given
        self._environ = environ
        self._by_name = given.profile is not None
        self._profile = self._find_profile()

    def access(self) -> Access:
        instance, instance_from = self._instance()
        token, token_from = self._token(instance)
        return Access(
            instance=instance,
            token=token,
            settings=self.settings(),
            profile=None if self._profile is None else self._profile.name,
            instance_from=instance_from,
            token_from=token_from,
        )

    def _variable(self, name: str) -> str | None:
        return self._environ.get_secret_value().get(name) or None

    def _find_profile(self) -> Profile | None:
        named = self._given.profile if self._by_name else self._variable("DOMO_PROFILE")
        instance = self._given.instance or instance_in(self._environ.get_secret_value())
        if named is None and instance is not None:
            token = self._given.token or self._token_of_environment(instance)
            if token is not None:
                return None
        file = read_config(config_path(self._environ.get_secret_value()))
        if named is not None:
            return file.profile(named)
        return None if file.default is None else file.profile(file.default)

    def _instance(self) -> tuple[str, str]:
        profile = None if self._profile is None else self._profile.instance
        of_profile = (profile, f"profile {self._profile.name!r}" if self._profile is not None else "")
        of_environment = (
            instance_in(self._environ.get_secret_value()),
            "DOMO_BASE_URL" if self._variable("DOMO_BASE_URL") else "DOMO_INSTANCE",
        )
        ordered = [of_profile, of_environment] if self._by_name else [of_environment, of_profile]
        for instance, source in [(self._given.instance, "the caller"), *ordered]:
            if instance is not None:
                return instance, source
        raise ConfigError(
            "which instance? Give --instance NAME, set DOMO_INSTANCE (such as acme) or DOMO_BASE_URL, or make a profile"
            " with `domo-async login`"
        )

    def _token_of_environment(self, instance: str) -> Secret[str] | None:
        return token_for(instance, self._environ.get_secret_value(), self._given.settings)

    def _token(self, instance: str) -> tuple[Secret[str], str]:
        if self._given.token is not None:
            return self._given.token, self._given.token_from
        profile = self._profile
        of_profile = profile is not None and profile.token_source is not None
        of_environment = None if self._by_name and of_profile else self._token_of_environment(instance)
        if of_environment is not None:
            return of_environment, "DOMO_DEVELOPER_TOKEN"
        if profile is None or not of_profile:
            elsewhere = self._variable("DOMO_DEVELOPER_TOKEN") is not None
            hint = "; the one in DOMO_DEVELOPER_TOKEN is for another instance" if elsewhere else ""
            name = "" if profile is None else f" --profile {profile.name}"
            raise ConfigError(
                f"no token{hint}: set DOMO_DEVELOPER_TOKEN, give --token-file PATH, or run `domo-async login{name}`"
                " (a token is made in Domo under Admin > Access tokens)"
            )
        origin = instance_origin(instance, self._given.settings)
        if profile.instance is not None and instance_origin(profile.instance) != origin:
            raise ConfigError(
                f"the token of profile {profile.name!r} is for {instance_origin(profile.instance)}, not for"
                f" {origin}: set DOMO_DEVELOPER_TOKEN, or give --token-file PATH"
            )
        return self._of_profile(profile, instance), f"profile {profile.name!r} ({profile.token_source})"

    def _of_profile(self, profile: Profile, instance: str) -> Secret[str]:
        what = f"profile {profile.name!r}"
        if profile.token is not None:
            return profile.token
        if profile.token_command is not None:
            return printed_token(profile.token_command, f"the token command of {what}")
        return in_keyring(profile.name, instance, what)

    def settings(self) -> Settings:
        """Return the given settings, completed with those of the profile that nothing overrides."""
        settings = self._given.settings or Settings()
        if self._profile is None:
            return settings
        of_profile, found = self._profile.settings, dict[str, Any]()
        if settings.timeouts == Timeouts():
            found["timeouts"] = of_profile.timeouts
        if settings.proxy is None and not self._says(settings, _OF_PROXY):
            found["proxy"] = of_profile.proxy
        if not settings.no_proxy:
            found["no_proxy"] = of_profile.no_proxy
        if settings.tls is None and settings.ca is None and not self._says(settings, _OF_CA):
            found["ca"] = of_profile.ca
        if settings.tls is None and settings.cert is None and not self._says(settings, _OF_CERT):
            found["cert"] = of_profile.cert
        return evolve(settings, **found)

    def _says(self, settings: Settings, variables: tuple[str, ...]) -> bool:
        """Return whether the environment sets an option and takes precedence over the profile."""
        if self._by_name or not settings.trust_env:
            return False
        return any(self._variable(name) or self._variable(name.lower()) for name in variables)

"""How commands reach their instance: the options that name a profile, a proxy, certificates and how long to wait."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, TypeAlias, TypeVar

import typer
from attrs import define

from domo_async import ClientCertificate, ConfigError, Secret, Settings, Timeouts
from domo_async._cli.common.options import hidden_options
from domo_async._settings import proxy_url

__all__ = ["VARIABLES", "ProfileOption", "network", "options"]

T = TypeVar("T")

_PANEL = "Connection"
# The variables of the environment that count, for the help.
VARIABLES: Mapping[str, str] = MappingProxyType(
    {
        "DOMO_INSTANCE, DOMO_BASE_URL": "the instance, by name or by address (--instance)",
        "DOMO_DEVELOPER_TOKEN": "the token (--token-file)",
        "DOMO_PROFILE": "the profile for all other settings (--profile); by default the file's default_profile",
        "DOMO_READ_ONLY": "1 refuses all requests that may change something (--read-only)",
        "DOMO_ASYNC_DEBUG": "1 shows all frames of tracebacks",
        "DOMO_EMULATOR_TOKEN": "the token that `domo-async emulator` accepts (--token-file)",
        "DOMO_MCP_TOKEN": "the token that clients of `domo-async mcp --http` send",
        "XDG_CONFIG_HOME": "where domo-async/config.toml is, which has the profiles; by default ~/.config",
        "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY": "proxies, and hosts without (--proxy)",
        "DOMO_PLAIN_HTTP": "hosts to which the token may go by http://, as between containers",
        "SSL_CERT_FILE, SSL_CERT_DIR, REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE": "authorities to trust (--ca)",
        "DOMO_CLIENT_CERT, DOMO_CLIENT_KEY, DOMO_CLIENT_KEY_PASSWORD": "the client's certificate (--client-cert)",
    }
)


@define
class _Network:
    """The values of the running command's options.

    Attributes:
        profile: A profile by name.
        proxy: A proxy; its address may hold a password.
        ca: An authority to trust.
        client_cert: The client's certificate.
        client_key: Its key.
        timeout: Seconds to wait.
        read_only: Whether all that may change something is refused.
    """

    profile: str | None = None
    proxy: Secret[str] | None = None
    ca: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None
    timeout: float | None = None
    read_only: bool | None = None

    def begin(self) -> None:
        """Say nothing, until an option does."""
        self.profile = self.proxy = self.ca = self.client_cert = self.client_key = self.timeout = self.read_only = None

    def settings(self) -> Settings:
        """Return the settings that the options stand for.

        Raises:
            ConfigError: They are wrong.
        """
        if self.client_key is not None and self.client_cert is None:
            raise ConfigError("--client-key belongs to a certificate: give --client-cert, too")
        return Settings(
            proxy=None if self.proxy is None else Secret(proxy_url(self.proxy.get_secret_value())),
            ca=self.ca,
            cert=None if self.client_cert is None else ClientCertificate(self.client_cert, self.client_key),
            timeouts=Timeouts() if self.timeout is None else Timeouts.of(self.timeout),
        )


network: _Network = _Network()


def _kept(name: str) -> Callable[[T], T]:
    """Return what keeps an option where it is given: that of the command comes after that of the group, and counts."""

    def keep(value: T) -> T:
        # An option without a value undoes nothing, such as DOMO_READ_ONLY=0 after --read-only.
        given: object = value
        if given is not None and given is not False:
            setattr(network, name, Secret(value) if name == "proxy" else value)
        return value

    return keep


ProfileOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--profile",
        metavar="NAME",
        callback=_kept("profile"),
        help="The profile, which names an instance, a token and connection options; see `domo-async profiles`. By"
        " default DOMO_PROFILE or the default profile.",
        rich_help_panel=_PANEL,
    ),
]


@cache
def options() -> list[Any]:
    """Return the options, as typer makes them."""

    def none(
        profile: ProfileOption = None,
        proxy: Annotated[
            str | None,
            typer.Option(
                "--proxy",
                metavar="URL",
                callback=_kept("proxy"),
                help="An HTTP proxy; by default HTTPS_PROXY, but for hosts in NO_PROXY. Everyone on the machine can"
                " see arguments, so keep a password in the variable or in a profile.",
                rich_help_panel=_PANEL,
            ),
        ] = None,
        ca: Annotated[
            Path | None,
            typer.Option(
                "--ca",
                metavar="PATH",
                callback=_kept("ca"),
                help="A file with a certificate authority to trust in addition to those of the system; by default"
                " SSL_CERT_FILE or"
                " REQUESTS_CA_BUNDLE.",
                rich_help_panel=_PANEL,
            ),
        ] = None,
        client_cert: Annotated[
            Path | None,
            typer.Option(
                "--client-cert",
                metavar="PATH",
                callback=_kept("client_cert"),
                help="The client's certificate, if the server requires one; by default DOMO_CLIENT_CERT. Its key's"
                " password is in DOMO_CLIENT_KEY_PASSWORD.",
                rich_help_panel=_PANEL,
            ),
        ] = None,
        client_key: Annotated[
            Path | None,
            typer.Option(
                "--client-key",
                metavar="PATH",
                callback=_kept("client_key"),
                help="The key of the client's certificate, if it is in another file; by default DOMO_CLIENT_KEY.",
                rich_help_panel=_PANEL,
            ),
        ] = None,
        timeout: Annotated[
            float | None,
            typer.Option(
                "--timeout",
                metavar="SECONDS",
                callback=_kept("timeout"),
                min=0.001,
                help="The maximum number of seconds to wait for a connection, for the start or the next part of an"
                " answer, and for a whole call that transfers no data.",
                rich_help_panel=_PANEL,
            ),
        ] = None,
        read_only: Annotated[
            bool | None,
            typer.Option(
                "--read-only",
                callback=_kept("read_only"),
                envvar="DOMO_READ_ONLY",
                show_envvar=False,
                help="Refuse all requests that may change something; by default if DOMO_READ_ONLY is 1.",
                rich_help_panel=_PANEL,
            ),
        ] = None,
    ) -> None:
        """Take the options."""

    return hidden_options(none)

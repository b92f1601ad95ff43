"""The proxy for an address, from the settings or from the environment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import ip_address, ip_network
from urllib.parse import quote, urlsplit
from urllib.request import getproxies, getproxies_environment, proxy_bypass

import aiohttp
from attrs import field, frozen
from yarl import URL

from domo_async._redaction import Secret
from domo_async._settings import is_loopback, proxy_url, unfit_proxy
from domo_async.errors import ConfigError

__all__ = ["Proxies", "Proxy"]

_PORTS = {"http": 80, "https": 443}


@frozen
class Proxy:
    """A proxy.

    Attributes:
        address: Its address, without name and password.
        login: The name and password.
        named_by: The setting or variable that names it, for messages.
    """

    address: URL
    login: Secret[aiohttp.BasicAuth] | None
    named_by: str

    def __str__(self) -> str:
        return str(self.address)

    @classmethod
    def of(cls, address: Secret[str], named_by: str) -> Proxy:
        """Return the proxy at an address."""
        url = URL(address.get_secret_value())
        login = aiohttp.BasicAuth.from_url(url, encoding="utf-8")
        return cls(url.with_user(None).origin(), Secret.of(login), named_by)

    def secrets(self) -> Iterator[str]:
        """Yield the secrets for the proxy, in all forms in which they may be repeated."""
        if self.login is not None:
            login = self.login.get_secret_value()
            yield from {login.password, quote(login.password, safe=""), login.encode().partition(" ")[2]}


@frozen
class Proxies:
    """The proxies of one client.

    Attributes:
        fixed: The proxy for all addresses, if the settings name one.
        by_scheme: The addresses of the environment's proxies, or else of the system's, by scheme, including ``all``.
        exceptions: Hosts that are reached without a proxy.
        asks_system: Whether the system, which named the proxies, also has exceptions.
    """

    fixed: Proxy | None = None
    by_scheme: Secret[dict[str, str]] = field(factory=lambda: Secret({}))
    exceptions: Sequence[str] = ()
    asks_system: bool = False

    @classmethod
    def of(cls, fixed: Proxy | None, exceptions: Sequence[str], *, environment: bool) -> Proxies:
        """Return the proxies of settings.

        Args:
            fixed: The proxy for all addresses.
            exceptions: Hosts that are reached without a proxy.
            environment: Whether the environment counts if there is no fixed proxy.
        """
        if fixed is not None or not environment:
            return cls(fixed, exceptions=exceptions)
        # Python's library reads the system's settings, and ignores HTTP_PROXY if a web server (CGI) sets it.
        named = getproxies_environment()
        no_proxy = named.pop("no", "")
        found = {name: address.strip() for name, address in (named or getproxies()).items() if name in {*_PORTS, "all"}}
        return cls(
            None,
            Secret(found),
            (*exceptions, *no_proxy.replace(",", " ").split()),
            asks_system=bool(found) and not named,
        )

    def leading_to(self, target: str) -> Proxy | None:
        """Return the proxy for an address, or None if it is reached directly.

        Raises:
            ConfigError: The environment names an invalid proxy, or one of an unsupported type.
        """
        if self.fixed is None and not self.by_scheme.get_secret_value():
            return None
        parts = urlsplit(target)
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
        if _is_exempt(host, port, self.exceptions):
            return None
        if self.fixed is not None:
            return self.fixed
        if is_loopback(host) or (self.asks_system and proxy_bypass(host)):
            return None
        return self._of_environment(parts.scheme)

    def _of_environment(self, scheme: str) -> Proxy | None:
        named = self.by_scheme.get_secret_value()
        key = scheme if scheme in named else "all"
        if key not in named:
            return None
        address = Secret(proxy_url(named[key]))
        variable = f"{key.upper()}_PROXY"
        problem = unfit_proxy(address.get_secret_value())
        if problem is not None:
            advice = "to reach this host without a proxy, name it in NO_PROXY, or give Settings(trust_env=False)"
            raise ConfigError(f"{variable} of the environment {problem.removesuffix(', or None')}; {advice}")
        return Proxy.of(address, variable)

    def secrets(self) -> Iterator[str]:
        """Yield the secrets for the proxies."""
        for address in self.by_scheme.get_secret_value().values():
            whole = proxy_url(address)
            if unfit_proxy(whole) is None:
                yield from Proxy.of(Secret(whole), "").secrets()
        if self.fixed is not None:
            yield from self.fixed.secrets()


def _is_exempt(host: str, port: int, exceptions: Sequence[str]) -> bool:
    """Return whether a host is among the exceptions."""
    host = host.lower().rstrip(".")
    return any(_fits(host, port, each.strip().lower()) for each in exceptions)


def _fits(host: str, port: int, exception: str) -> bool:
    if exception == "*":
        return True
    named, wanted = _split_port(exception)
    if wanted is not None and wanted != port:
        return False
    try:
        address = ip_address(host)
    except ValueError:
        name = _ascii(named.removeprefix("*").strip("."))
        return bool(name) and (host == name or host.endswith(f".{name}"))
    try:
        # Host bits do not matter, as in 10.1.2.3/8.
        return address in ip_network(named, strict=False)
    except ValueError:
        return False


def _split_port(exception: str) -> tuple[str, int | None]:
    """Return host and port; an address of IPv6 has colons of its own, and brackets where a port follows."""
    if exception.startswith("["):
        host, _, rest = exception[1:].partition("]")
        port = rest.removeprefix(":")
    elif exception.count(":") == 1:
        host, _, port = exception.partition(":")
    else:
        return exception, None
    return host, int(port) if port.isascii() and port.isdecimal() and len(port) < 6 else None


def _ascii(name: str) -> str:
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name

"""Protection against web pages of other sites (cross-site requests and DNS rebinding).

A page of any site can make a browser send requests to this machine, and a page whose name resolves to this machine can
read the answers, too. Neither knows a token, but some routes do not require one, such as the login.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from aiohttp import web
from attrs import field, frozen

from domo_async._emulator.errors import HTTPError

__all__ = ["Hosts", "check_name", "check_site"]

_HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})


def _lowered(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


@frozen
class Hosts:
    """The host names that requests to the instance may have.

    Attributes:
        address: The address that the instance listens on; it is allowed, as are the names of the loopback.
        allowed: Further names.
    """

    address: str = "127.0.0.1"
    allowed: frozenset[str] = field(default=frozenset(), converter=_lowered)

    @property
    def is_open(self) -> bool:
        """Whether the instance can be reached from other machines or containers."""
        return not _is_local(self.address)

    def knows(self, name: str) -> bool:
        """Return whether a host name is allowed; a page cannot make an address stand for another machine."""
        known = _is_local(name) or name == self.address.lower() or name in self.allowed
        return known or (self.is_open and _is_address(name))


def check_name(request: web.BaseRequest, hosts: Hosts) -> None:
    """Refuse a request under a host name that somebody made to resolve to this machine.

    Raises:
        HTTPError: 403, if the host name is not allowed.
    """
    named = _name(request.headers.get("Host", ""))
    if not hosts.knows(named):
        hint = f", or start it with --allowed-host {named}" if hosts.is_open and named else ""
        raise HTTPError(403, f"The instance is not called {named!r}; use its address{hint}")


def check_site(request: web.BaseRequest, hosts: Hosts, *, reading: bool = False) -> None:
    """Refuse a request that a page of another site sends to change something.

    Args:
        request: The request.
        hosts: The host names that are allowed.
        reading: Whether to refuse requests that only read, too, as routes without a token need it.

    Raises:
        HTTPError: 403, if the request comes from a page of another site, or its host name is not allowed.
    """
    if request.method in _HARMLESS and not reading:
        return
    check_name(request, hosts)
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc.lower() != request.headers.get("Host", "").lower():
        raise HTTPError(403, f"A page of {origin!r} may not use this")
    if request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}:
        raise HTTPError(403, "A page of another site may not use this")


def _name(authority: str) -> str:
    try:
        return (urlsplit(f"//{authority}").hostname or "").lower()
    except ValueError:
        return ""


def _is_local(name: str) -> bool:
    """Return whether a name always stands for this machine; the name is not resolved."""
    name = name.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    return _is_address(name) and ipaddress.ip_address(name).is_loopback


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True

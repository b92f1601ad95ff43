"""Which pages of browsers may change something.

A page of any site can have a browser send requests to this machine, and one whose name is made to stand for this
machine can read the answers, too. Neither knows a token, but there are routes that ask for none, such as the login.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from aiohttp import web

from domo_async._emulator.errors import HTTPError

__all__ = ["check_name", "check_site"]

_HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})


def check_name(request: web.BaseRequest, host: str) -> None:
    """Refuse what is asked under a name that somebody made to stand for this machine.

    Args:
        request: The request.
        host: The address that is listened on. One that listens beyond this machine may have any name there.

    Raises:
        HTTPError: 403, if the name is not this machine's.
    """
    named = _name(request.headers.get("Host", ""))
    if _is_local(host) and not _is_local(named) and named != host.lower():
        raise HTTPError(403, f"The instance is not called {named!r}; use its address")


def check_site(request: web.BaseRequest, host: str, *, reading: bool = False) -> None:
    """Refuse to change anything for a page of another site.

    Args:
        request: The request.
        host: The address that the instance listens on. One that listens beyond this machine may have any name there.
        reading: Whether to refuse it reading, too, where no token is asked for.

    Raises:
        HTTPError: 403, if it comes from another site's page, or under a name that is not this machine's.
    """
    if request.method in _HARMLESS and not reading:
        return
    check_name(request, host)
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
    """Return whether a name stands for this machine, whoever is asked: addresses are not looked up."""
    name = name.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback

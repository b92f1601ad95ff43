"""Where a redirect leads, and what may go along. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

__all__ = ["for_strangers", "leads_to", "origin_of"]

_PORTS = {"http": 80, "https": 443}
# What a host that is not the instance is told: only what says which form of the answer is wanted.
_FOR_STRANGERS = frozenset({"accept", "accept-encoding", "range", "if-range"})


def leads_to(target: str, location: str) -> str | None:
    """Return the address that a ``Location`` header means, fit to be sent, or None if it is not an address.

    A user name and a password in it are left out: they are not the caller's, and would take the place of what is.

    Args:
        target: The address that was asked.
        location: The header.
    """
    try:
        # The bytes of the header, in which only what cannot be in an address is quoted: more would break signed ones.
        quoted = quote(location.strip().encode("utf-8", "surrogateescape"), safe="%/:?#[]@!$&'()*+,;=-._~")
        if not quoted:
            return None
        parts = urlsplit(urljoin(target, quoted))
        if parts.scheme not in _PORTS or not parts.hostname or parts.port == 0:
            return None
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        netloc = host if parts.port in {None, _PORTS[parts.scheme]} else f"{host}:{parts.port}"
    except ValueError:
        return None
    return urlunsplit((parts.scheme, netloc, parts.path or "/", parts.query, ""))


def origin_of(target: str) -> str:
    """Return scheme, host and port, the same for all ways to write them."""
    parts = urlsplit(target)
    host, port = parts.hostname or "", parts.port
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port not in {None, _PORTS.get(parts.scheme)} else "")


def for_strangers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that may go to a host that is not the instance."""
    return {name: value for name, value in headers.items() if name.lower() in _FOR_STRANGERS}

"""Targets of redirects, and the headers that may be sent there. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

__all__ = ["for_strangers", "leads_to", "origin_of"]

_PORTS = {"http": 80, "https": 443}
# The headers for hosts other than the instance: only those that select the form of the answer.
_FOR_STRANGERS = frozenset({"accept", "accept-encoding", "range", "if-range"})


def leads_to(target: str, location: str) -> str | None:
    """Return the address in a ``Location`` header, quoted for sending, or None if it is not an address.

    A user name and a password in it are removed: they are not the caller's, and would replace the caller's.

    Args:
        target: The address of the request.
        location: The header.
    """
    try:
        # Only bytes that an address cannot contain are quoted: quoting more would break signed addresses.
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
    """Return the normalized scheme, host and port."""
    parts = urlsplit(target)
    host, port = parts.hostname or "", parts.port
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port not in {None, _PORTS.get(parts.scheme)} else "")


def for_strangers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that may go to a host that is not the instance."""
    return {name: value for name, value in headers.items() if name.lower() in _FOR_STRANGERS}

"""Errors for requests without an answer, in our own words: aiohttp's may quote headers, and do not name a remedy."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import socket
import ssl
from collections.abc import Mapping

import aiohttp

from domo_async._transport.certificates import presented_by
from domo_async._transport.exchange import LARGEST_HEADER, MOST_HEADERS, LostError
from domo_async._transport.proxies import Proxy
from domo_async._transport.request import Request
from domo_async.errors import (
    CertificateError,
    ConnectError,
    IncompleteAnswer,
    ProxyError,
    TimeoutError,  # noqa: A004 - the name that users look for
    TransportError,
)

__all__ = ["proxy_refusal", "translated"]

_LONGEST = 200
# The name does not exist, or the name server cannot resolve it; a busy name server may answer later.
_NO_SUCH_NAME: frozenset[int] = frozenset(
    getattr(socket, name) for name in ("EAI_NONAME", "EAI_NODATA", "EAI_FAIL") if hasattr(socket, name)
)
# Errors of this machine: not permitted, or not possible.
_HOPELESS = frozenset({errno.EACCES, errno.EPERM, errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL})
_SELF_SIGNED, _UNKNOWN_ISSUER = {18, 19}, {2, 18, 19, 20, 21}
_NOT_YET, _EXPIRED, _OTHER_NAME = {9}, {10}, {62, 64}
_SPOKEN_TO_US = re.compile(r"TLSV\d+_ALERT_|SSLV3_ALERT_|ALERT_CERTIFICATE")
_OF_CLIENT = re.compile(
    r"ALERT_(?:CERTIFICATE_REQUIRED|BAD_CERTIFICATE|CERTIFICATE_(?:EXPIRED|REVOKED|UNKNOWN)|UNKNOWN_CA|ACCESS_DENIED"
    r"|UNSUPPORTED_CERTIFICATE)"
)
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE"})
_OTHER_TLS = frozenset({"UNSUPPORTED_PROTOCOL", "NO_PROTOCOLS_AVAILABLE", "NO_SHARED_CIPHER", "DH_KEY_TOO_SMALL"})
_LOGIN = "http://name:password@host:port"


def translated(
    error: Exception, request: Request, *, sent: bool = True, proxy: Proxy | None = None, unproved: bool = False
) -> TransportError:
    """Convert aiohttp's error to ours. Its texts may quote headers, so only harmless parts are kept.

    Args:
        error: The error.
        request: The request.
        sent: Whether the server may have received it.
        proxy: The proxy of the request.
        unproved: Whether the client's certificate was not yet checked, if the server demands one.
    """
    what = f"{request.method} {request.url.path}"
    if isinstance(error, LostError):
        error = error.error
    if isinstance(error, TransportError):
        return error
    if isinstance(error, asyncio.TimeoutError):
        return _too_late(what, proxy, sent=sent)
    if isinstance(error, aiohttp.ClientPayloadError):
        return IncompleteAnswer(f"{what}: the answer broke off before its end")
    if isinstance(error, aiohttp.ClientResponseError) and error.message.startswith("Got more than"):
        most = f"{MOST_HEADERS} headers of {LARGEST_HEADER >> 10} KiB each"
        return TransportError(f"{what}: the answer's headers are more than {most}", passing=False)
    unconnected = _not_connected(what, error, proxy)
    if unconnected is not None:
        return unconnected
    closed = isinstance(error, (aiohttp.ServerDisconnectedError, OSError))
    if proxy is not None and not sent:
        problem = "closed the connection" if closed else "does not answer as an HTTP proxy does"
        return ProxyError(f"{what}: {_named(proxy)} {problem} when it was asked to connect; check its address")
    if closed:
        # With TLS 1.3, a client considers a connection established before the server has checked its certificate.
        hint = ", which a server that demands a client certificate does, too (see Settings.cert)" if unproved else ""
        return TransportError(f"{what}: the connection was closed before the answer{hint}", sent=sent)
    return TransportError(f"{what}: no valid HTTP answer ({type(error).__name__})", sent=sent)


_HINT = "; where a network lets nothing out but by a proxy, name it: HTTPS_PROXY=http://host:port or Settings(proxy=…)"


def proxy_refusal(
    what: str, target: str, proxy: Proxy | None, status: int, reason: str | None, headers: Mapping[str, str]
) -> ProxyError:
    """Return the error for a proxy that answered by itself instead of forwarding the request.

    Args:
        what: The request, for the message.
        target: The requested host.
        proxy: The proxy; None if none is configured.
        status: The status of its answer.
        reason: The reason phrase of the status.
        headers: The headers of its answer.
    """
    named = "a proxy that nobody has named" if proxy is None else _named(proxy)
    squid = headers.get("X-Squid-Error", "").strip()
    words = shown(" ".join(filter(None, [str(status), reason, f"({squid})" if squid else ""])))
    if status == 407:
        return ProxyError(f"{what}: {named} {_login_problem(proxy, headers)} ({words})", status=status, passing=False)
    if status >= 500:
        gone = squid.startswith(("ERR_DNS_FAIL", "ERR_ACCESS_DENIED"))
        advice = "check the instance's name" if gone else "it may pass"
        return ProxyError(f"{what}: {named} cannot reach {target} ({words}); {advice}", status=status, passing=not gone)
    return ProxyError(
        f"{what}: {named} refuses to connect to {target} ({words}): ask whoever runs it to allow that host, or name the"
        " host in NO_PROXY or Settings(no_proxy=…) if it can be reached without",
        status=status,
        passing=False,
    )


def _login_problem(proxy: Proxy | None, headers: Mapping[str, str]) -> str:
    offered = [value.split()[0] for name, value in headers.items() if name.lower() == "proxy-authenticate" and value]
    if offered and not any(each.lower() == "basic" for each in offered):
        return (
            f"takes only logins by {shown(', '.join(offered))}, which are not supported: run a relay that logs in for"
            " you, such as px or cntlm, and name that as the proxy"
        )
    if proxy is not None and proxy.login is not None:
        return f"does not accept the name and password that {proxy.named_by} gives; correct them"
    return f"wants a name and password: give them as {_LOGIN} in HTTPS_PROXY, --proxy or Settings(proxy=…)"


def _too_late(what: str, proxy: Proxy | None, *, sent: bool) -> TimeoutError:
    if sent:
        return TimeoutError(f"{what}: no answer, or no progress, in time (see Settings.timeouts)", sent=True)
    way = _HINT if proxy is None else f"; the way leads through {_named(proxy)}"
    return TimeoutError(f"{what}: no connection in time (see Settings.timeouts){way}", sent=False)


def shown(text: str) -> str:
    """Return foreign text for a message: on one line, shortened, with control characters escaped."""
    cut = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in cut)


def _named(proxy: Proxy) -> str:
    return f"the proxy {proxy} ({proxy.named_by})"


def _not_connected(what: str, error: Exception, proxy: Proxy | None) -> ConnectError | None:
    """Return the error for a failed connection."""
    if isinstance(error, aiohttp.ClientHttpProxyError):
        target = f"{error.request_info.url.host}:{error.request_info.url.port}"
        return proxy_refusal(what, target, proxy, error.status, error.message, error.headers or {})
    rejected = _OF_CLIENT.search(str(error)) if isinstance(error, OSError) else None
    if rejected is not None:
        return _client_rejected(what, rejected[0])
    if isinstance(error, (aiohttp.ClientConnectorCertificateError, aiohttp.ClientSSLError)):
        return _not_secure(what, error)
    if isinstance(error, aiohttp.ClientConnectorError):
        reason = error.os_error
        absent = isinstance(reason, socket.gaierror) and reason.errno in _NO_SUCH_NAME
        words = _in_words(reason)
        passing = not absent and reason.errno not in _HOPELESS
        if proxy is not None and (error.host, error.port) == (proxy.address.host, proxy.address.port):
            problem = f"there is no host {error.host!r}" if absent else f"no connection ({words})"
            return ProxyError(
                f"{what}: {_named(proxy)} cannot be reached: {problem}; check its address, and whether this machine is"
                " in the network that it is for",
                passing=passing,
            )
        if absent:
            advice = f"check the instance's name{_HINT if proxy is None else ''}"
            return ConnectError(f"{what}: there is no host {error.host!r}: {advice}", passing=False)
        return ConnectError(f"{what}: cannot connect to {error.host}:{error.port}: {words}{_HINT}", passing=passing)
    return None


def _in_words(reason: OSError) -> str:
    # asyncio replaces the system's text with its own, which repeats the address.
    if reason.errno is not None and not isinstance(reason, socket.gaierror):
        return os.strerror(reason.errno)
    return shown(reason.strerror or str(reason) or type(reason).__name__)


def _client_rejected(what: str, alert: str) -> CertificateError:
    if alert == "ALERT_CERTIFICATE_REQUIRED":
        words = "the server demands a client certificate: --client-cert and --client-key, or Settings(cert=…)"
    else:
        reason = alert.removeprefix("ALERT_").replace("_", " ").lower()
        words = f"the server does not accept the client certificate ({reason}); see Settings.cert"
    return CertificateError(f"{what}: {words}")


def _not_secure(what: str, error: Exception) -> ConnectError:
    cause = getattr(error, "certificate_error", None) or getattr(error, "os_error", None) or error
    host = str(getattr(error, "host", "the server"))
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _unaccepted(what, host, cause)
    reason = str(getattr(cause, "reason", None) or type(cause).__name__)
    if reason in _NO_TLS:
        words = f"{host} does not speak TLS; check the address, and that of the proxy if there is one"
    elif reason in _OTHER_TLS or "ALERT_PROTOCOL_VERSION" in reason:
        words = f"{host} speaks no version of TLS that is safe"
    elif "ALERT_HANDSHAKE_FAILURE" in reason:
        words = f"{host} refused the encrypted connection; if it demands a client certificate, see Settings.cert"
    else:
        words = "no encrypted connection could be made"
    passing = words.startswith("no ") and not _SPOKEN_TO_US.search(reason)
    return ConnectError(f"{what}: {words} ({shown(reason)})", passing=passing)


def _unaccepted(what: str, host: str, cause: ssl.SSLCertVerificationError) -> CertificateError:
    """Return the error for a server's certificate that was not accepted."""
    presented, code = presented_by(cause), cause.verify_code
    issuer = None if presented.issuer is None else shown(presented.issuer)
    by = "" if issuer is None else f" It is issued by {issuer!r}."
    if code in _UNKNOWN_ISSUER:
        issued_by = "itself alone" if code in _SELF_SIGNED and issuer is None else repr(issuer or "an authority")
        problem = (
            f"issued by {issued_by}, whom this machine does not trust. If that is your company, whose proxy opens"
            " encrypted traffic, trust it: --ca FILE, SSL_CERT_FILE=FILE or Settings(ca=FILE), with its certificate"
            " as your administrators give it; Settings.tls takes a context of your own. If not, somebody may be reading"
            " along"
        )
    elif code in _EXPIRED | _NOT_YET:
        when = f" ({shown(presented.ends)})" if presented.ends and code in _EXPIRED else ""
        word = "has expired" if code in _EXPIRED else "does not count yet"
        problem = f"one that {word}{when}; check the clock of this machine, then tell whoever runs that host.{by}"
    elif code in _OTHER_NAME:
        names = ", ".join(map(shown, presented.names)) or "others"
        problem = f"for {names}, not for {host}; check the instance's name.{by}"
    else:
        problem = f"not valid: {shown(cause.verify_message)}.{by} To trust a company's own, see Settings.ca"
    return CertificateError(
        f"{what}: the certificate of {host} was not accepted: it is {problem.rstrip('.')}", issuer=issuer
    )

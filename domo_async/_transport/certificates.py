"""TLS contexts: trusted authorities, and the client's certificate."""

from __future__ import annotations

import os
import re
import ssl
import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from domo_async._redaction import Secret
from domo_async._settings import ClientCertificate, Settings
from domo_async.errors import ConfigError

__all__ = ["Contexts", "Presented", "presented_by"]

_PEM = b"-----BEGIN "
_HASHED = re.compile(r"[0-9a-f]{8}\.\d+")
# The first variable that is set counts, as in the tools that define them; the first two belong together.
_OPENSSL_S = frozenset({"SSL_CERT_FILE", "SSL_CERT_DIR"})
_BUNDLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_MOST_NAMES = 5


@frozen
class Contexts:
    """TLS contexts, separate for the instance and for other hosts.

    Attributes:
        inside: For the instance and proxies on the way to it: has the client's certificate.
        outside: For hosts that the instance redirects to.
    """

    inside: ssl.SSLContext
    outside: ssl.SSLContext

    @classmethod
    def of(cls, settings: Settings, environ: Mapping[str, str] = os.environ) -> Contexts:
        """Return the contexts for settings.

        Raises:
            ConfigError: A file that the settings or the environment name is not valid.
        """
        if settings.tls is not None:
            return cls(settings.tls, settings.tls)
        environ = environ if settings.trust_env else {}
        named = {name: environ[name] for name in _BUNDLES if environ.get(name)}
        cert = _client_of(settings, environ)
        del environ  # may hold secrets, and tracebacks may show local variables
        if settings.ca is None and cert is None and not named:
            outside = _of_system()
            return cls(outside, outside)
        files = [settings.ca, *named.values(), *((cert.cert, cert.key) if cert is not None else ())]
        return _contexts(settings.ca, tuple(named.items()), cert, tuple(_stamp(each) for each in files if each))


@frozen
class Presented:
    """The claims of a certificate that was not accepted. They are the server's own words, and not verified.

    Attributes:
        issuer: The issuer of its certificate, or of the topmost one that it sent; None if it is not known.
        names: The hosts that it is for.
        ends: The end of its validity, as text of the certificate; None if it is not known.
    """

    issuer: str | None = None
    names: tuple[str, ...] = ()
    ends: str | None = None


def presented_by(error: BaseException) -> Presented:
    """Return the claims of a certificate that was not accepted."""
    found = getattr(error, "presented", None)
    return found if isinstance(found, Presented) else Presented()


class _Handshake(ssl.SSLObject):
    """Keeps the claims of a certificate that is not accepted, because the error of ssl does not contain them."""

    def do_handshake(self) -> None:
        try:
            super().do_handshake()
        except ssl.SSLCertVerificationError as error:
            error.presented = _presented(self)  # type: ignore[attr-defined]
            raise


class _Context(ssl.SSLContext):
    sslobject_class = _Handshake


def _presented(handshake: ssl.SSLObject) -> Presented:
    try:
        # Python 3.13 has a public method, which gives the certificates without their fields.
        tls = handshake._sslobj  # type: ignore[attr-defined] # noqa: SLF001 - see above
        chain = [each.get_info() for each in tls.get_unverified_chain() or ()]
        names = [value for name_type, value in chain[0].get("subjectAltName", ()) if name_type in {"DNS", "IP Address"}]
        return Presented(_name(chain[-1].get("issuer", ())), tuple(names[:_MOST_NAMES]), chain[0].get("notAfter"))
    except (AttributeError, IndexError, TypeError, ValueError):
        return Presented()


def _name(parts: Any) -> str | None:
    """Return a readable distinguished name, with the most specific part first."""
    found = {attribute: value for part in parts for attribute, value in part}
    messages = [
        found[attribute]
        for attribute in ("commonName", "organizationalUnitName", "organizationName")
        if found.get(attribute)
    ]
    return ", ".join(dict.fromkeys(messages)) or None


def _blank(*, strict: bool) -> _Context:
    """Return a context without trusted authorities.

    Args:
        strict: Whether certificates must follow all rules of RFC 5280, which many companies' own ones do not.
    """
    context = _Context(ssl.PROTOCOL_TLS_CLIENT)  # which verifies certificates and names
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # the trusted authority may be an intermediate one
    if strict and sys.version_info >= (3, 13):
        context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.set_alpn_protocols(["http/1.1"])
    return context


@lru_cache(maxsize=1)
def _of_system() -> ssl.SSLContext:
    # Cached, because reading all authorities of a system takes some 40 ms.
    context = _blank(strict=True)
    _load_system(context)
    return context


@lru_cache(maxsize=8)
def _contexts(
    ca: Path | None, named: tuple[tuple[str, str], ...], cert: ClientCertificate | None, _stamps: tuple[object, ...]
) -> Contexts:
    """Return contexts, which all clients with the same files share while the files do not change."""
    outside = _trusting(ca, dict(named))
    if cert is None:
        return Contexts(outside, outside)
    inside = _trusting(ca, dict(named))
    _load_client(inside, cert)
    return Contexts(inside, outside)


def _stamp(path: Path | str) -> object:
    try:
        status = os.stat(path)  # noqa: PTH116 - takes both
    except OSError:
        return None  # reading the file reports the error
    return status.st_mtime_ns, status.st_size, status.st_ino


def _load_system(context: ssl.SSLContext) -> None:
    if _OPENSSL_S.isdisjoint(os.environ):
        context.load_default_certs()
        return
    # OpenSSL would read the environment by itself, which must not count here.
    paths = ssl.get_default_verify_paths()
    if Path(paths.openssl_cafile).is_file():
        context.load_verify_locations(cafile=paths.openssl_cafile)
    if Path(paths.openssl_capath).is_dir():
        context.load_verify_locations(capath=paths.openssl_capath)


def _trusting(ca: Path | None, named: Mapping[str, str]) -> ssl.SSLContext:
    """Return a context that trusts the environment's authorities, or else the system's, and an additional authority."""
    context = _blank(strict=ca is None and not named)
    if not _OPENSSL_S.isdisjoint(named):
        if "SSL_CERT_FILE" in named:  # OpenSSL does not report that it is missing
            _load(context, Path(named["SSL_CERT_FILE"]), "SSL_CERT_FILE of the environment")
        context.load_default_certs()
    elif named:
        variable, path = next(iter(named.items()))
        _load(context, Path(path), f"{variable} of the environment")
    else:
        _load_system(context)
    if ca is not None:
        _load(context, ca, "ca")
    return context


def _load(context: ssl.SSLContext, path: Path, what: str) -> None:
    """Add the authorities in a file or directory to a context.

    Raises:
        ConfigError: There are none.
    """
    try:
        if path.is_dir():
            if not any(_HASHED.fullmatch(each.name) for each in path.iterdir()):
                raise ConfigError(
                    f"{what}: no certificate in the directory {path} is named by its hash: run `openssl rehash {path}`,"
                    " or name one file"
                )
            context.load_verify_locations(capath=path)
            return
        content = path.read_bytes()
        if _PEM in content:
            context.load_verify_locations(cafile=path)
        else:
            context.load_verify_locations(cadata=content)
    except ssl.SSLError as error:
        problem = f"does not hold a certificate in PEM or DER ({error.reason or 'not understood'})"
    except (OSError, ValueError) as error:
        problem = f"cannot be read: {getattr(error, 'strerror', None) or error}"
    else:
        return
    raise ConfigError(f"{what}: {path} {problem}")


def _client_of(settings: Settings, environ: Mapping[str, str]) -> ClientCertificate | None:
    """Return the client's certificate from the settings, or else from the environment, with its password."""
    password = Secret.of(environ.get("DOMO_CLIENT_KEY_PASSWORD") or None)
    cert = settings.cert
    if cert is None and environ.get("DOMO_CLIENT_CERT"):
        cert = ClientCertificate(environ["DOMO_CLIENT_CERT"], environ.get("DOMO_CLIENT_KEY") or None)
    return cert if cert is None or cert.password is not None else evolve(cert, password=password)


def _load_client(context: ssl.SSLContext, certificate: ClientCertificate) -> None:
    cert, key, password = certificate.cert, certificate.key, certificate.password

    def ask() -> str:
        # Without a password, OpenSSL would prompt at the terminal, and wait.
        if password is None:
            raise ConfigError(
                f"the client's key in {key or cert} is encrypted: give its password, as"
                " ClientCertificate(…, password=…) or in DOMO_CLIENT_KEY_PASSWORD"
            )
        return password.get_secret_value()

    try:
        context.load_cert_chain(cert, key, ask)
    except ssl.SSLError as error:
        problem = {
            "KEY_VALUES_MISMATCH": "the key is not that of the certificate",
            "BAD_DECRYPT": "the password is wrong",
        }.get(
            error.reason or "", "PEM files with a certificate and its key are due, and the key's password if it has one"
        )
    except OSError as error:
        problem = error.strerror or str(error)
    else:
        return
    files = f"{cert}" if key is None else f"{cert} and {key}"
    raise ConfigError(f"the client's certificate cannot be loaded from {files}: {problem}")

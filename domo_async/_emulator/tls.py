"""A certificate of the instance's own, for clients that speak TLS alone."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from pathlib import Path

from domo_async._emulator.private_files import private_file
from domo_async.errors import ConfigError

__all__ = ["Certificates"]

_AUTHORITY = "authority.pem"
_NAMES = ("localhost", "127.0.0.1", "::1", "*.apps.localhost")


class Certificates:
    """A certificate authority that is made anew, and a certificate of its own for the instance; no key is kept.

    Args:
        hosts: By which names the instance may be asked, beside those of this very machine.
        directory: Where the authority's certificate is written, for clients to trust.

    Raises:
        ConfigError: What makes certificates is not installed; names the extra.
    """

    def __init__(self, hosts: Sequence[str], directory: Path) -> None:
        try:
            import trustme  # noqa: PLC0415 - optional
        except ImportError as error:
            raise ConfigError('TLS for the emulator needs: pip install "domo-async[tls]"') from error
        authority = trustme.CA(organization_name="domo-async emulator")
        self.server: ssl.SSLContext = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(*dict.fromkeys((*hosts, *_NAMES))).configure_cert(self.server)
        self.client: ssl.SSLContext = ssl.create_default_context()
        authority.configure_trust(self.client)
        self.authority: Path = private_file(directory / _AUTHORITY)
        self.authority.write_bytes(authority.cert_pem.bytes())

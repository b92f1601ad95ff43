"""A certificate for the instance, for clients that require TLS."""

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
    """A new certificate authority, and the instance's certificate, which it signed; the keys are not saved.

    Args:
        hosts: The host names of the instance, in addition to those of the loopback.
        directory: The directory for the authority's certificate, which clients have to trust.

    Raises:
        ConfigError: The package that makes certificates is not installed; the message names the extra.
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

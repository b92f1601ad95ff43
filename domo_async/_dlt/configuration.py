"""The configuration of the destination: the instance, its token, and how tables become datasets."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from dlt.common.configuration import configspec
from dlt.common.configuration.exceptions import ConfigurationValueError
from dlt.common.configuration.specs import CredentialsConfiguration
from dlt.common.destination.client import DestinationClientDwhConfiguration
from dlt.common.typing import TSecretStrValue
from dlt.common.utils import digest128

from domo_async._redaction import Secret
from domo_async._settings import instance_origin
from domo_async.errors import DomoError
from domo_async.sync import Domo

__all__ = ["DomoClientConfiguration", "DomoCredentials"]


@configspec
class DomoCredentials(CredentialsConfiguration):
    """The instance to load into, and the token.

    Without any of them, the environment (``DOMO_INSTANCE``, ``DOMO_DEVELOPER_TOKEN``) or else a profile names them, as
    for `Domo.from_env`.

    Attributes:
        instance: ``acme``, ``acme.domo.com`` or a URL.
        token: A developer token.
        profile: Instead of both, the name of a profile, as for `Domo.from_profile`.
    """

    instance: str | None = None
    token: TSecretStrValue | None = dataclasses.field(default=None, repr=False)
    profile: str | None = None

    __config_gen_annotations__: ClassVar[list[str]] = ["instance", "token"]

    def client(self) -> Domo:
        """Return a new client, which is not connected yet.

        Raises:
            ConfigError: The instance, the token or the profile is missing or wrong.
        """
        if self.instance and self.token:
            return Domo(self.instance, token=Secret(self.token))
        return Domo.from_profile(self.profile) if self.profile else Domo.from_env()

    def parse_native_representation(self, native_value: Any) -> None:
        """Refuse text, which dlt would ignore, so that another instance would be loaded into.

        Raises:
            ValueError: Always, as dlt asks.
        """
        raise ValueError(
            "destination domo: credentials are not text, but a section or mapping with instance and token, or profile"
        )

    def on_resolved(self) -> None:
        """Refuse an instance without a token, and both together with a profile."""
        if bool(self.instance) != bool(self.token):
            raise ConfigurationValueError(
                "destination domo: credentials need an instance and a token, or a profile, or none of them (then"
                " DOMO_INSTANCE and DOMO_DEVELOPER_TOKEN, or a profile, name them)"
            )
        if self.instance and self.profile:
            raise ConfigurationValueError("destination domo: credentials need an instance and a token, or a profile")

    def __str__(self) -> str:
        return self.instance or self.profile or "the environment"


@configspec
class DomoClientConfiguration(DestinationClientDwhConfiguration):
    """How tables are loaded into an instance.

    Attributes:
        credentials: The instance and the token.
        datasets: The ids of existing datasets for some tables; all others are datasets that the destination creates and
            finds by their names.
        dataset_separator: The text between the names of dlt's dataset and of the table in the name of Domo's
            dataset: ``crm.orders``.
        timezone: The zone in whose local time timestamps are stored, because Domo's DATETIME has none.
    """

    destination_type: Final[str] = dataclasses.field(default="domo", init=False, repr=False, compare=False)  # type: ignore[misc]
    credentials: DomoCredentials | None = None  # pyright: ignore[reportIncompatibleVariableOverride] - as dlt's own destinations
    datasets: dict[str, str] | None = None
    dataset_separator: str = "."
    timezone: str = "UTC"

    __config_gen_annotations__: ClassVar[list[str]] = ["datasets"]

    def on_resolved(self) -> None:
        """Refuse a zone that does not exist."""
        try:
            self.zone()
        except (KeyError, ValueError, OSError) as error:
            raise ConfigurationValueError(f"destination domo: timezone {self.timezone!r} is not known") from error

    def zone(self) -> ZoneInfo:
        """Return the zone in whose local time timestamps are stored."""
        return ZoneInfo(self.timezone)

    def client(self) -> Domo:
        """Return a new client, which is not connected yet."""
        return (self.credentials or DomoCredentials()).client()

    def fingerprint(self) -> str:
        """Return a digest of the instance."""
        location = self.data_location()
        return digest128(location) if location else ""

    def data_location(self) -> str | None:
        """Return the instance's address, or None if the settings do not name one."""
        try:
            if self.credentials is not None and self.credentials.instance:
                return instance_origin(self.credentials.instance)
            with self.client() as domo:
                return domo.origin
        except DomoError:
            return None

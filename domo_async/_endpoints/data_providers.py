"""Data providers: the kinds of sources that connectors read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from domo_async._endpoints._area import Area
from domo_async._frames import ItemTuple
from domo_async._transport import Pager, url
from domo_async._wire import EpochMillis, Model, NumericId, OpenEnum

__all__ = [
    "DataProvider",
    "DataProviderCapabilities",
    "DataProviderScope",
    "DataProviderType",
    "DataProviderVisibility",
    "DataProviders",
    "ProviderAccounts",
]


class DataProviderType(OpenEnum):
    """The kinds of data providers."""

    STANDARD = "STANDARD"
    STANDARD_OAUTH = "STANDARD_OAUTH"
    FEDERATED = "FEDERATED"
    FEDERATED_OAUTH = "FEDERATED_OAUTH"
    OAUTH_CONFIGURATION = "OAUTH_CONFIGURATION"


class DataProviderScope(OpenEnum):
    """Who has a data provider. Domo's documentation shows a number as text."""

    GLOBAL = "GLOBAL"
    LIMITED = "LIMITED"
    SYSTEM = "SYSTEM"


class DataProviderVisibility(OpenEnum):
    """Where a data provider is shown."""

    ALWAYS = "ALWAYS"
    WITH_CONNECTOR = "WITH_CONNECTOR"


@frozen(kw_only=True)
class DataProviderCapabilities(Model):
    """What a data provider's connectors can do."""

    reading_data_supported: bool | None = None
    reading_objects_supported: bool | None = None
    reading_secrets_supported: bool | None = None
    reading_tables_supported: bool | None = None
    writing_data_supported: bool | None = None
    writing_objects_supported: bool | None = None
    writing_secrets_supported: bool | None = None
    writing_tables_supported: bool | None = None


@frozen(kw_only=True)
class DataProvider(Model):
    """The kind of source that a connector reads.

    Attributes:
        id: Its number.
        key: Its name for programs, such as ``snowflake-unload-v2``.
        name: Its name for people.
        url: Where it lives.
        default_connector_id: The connector that is offered first.
        default_connector_label: How that one is called.
        authentication_scheme: How it logs in, such as ``fields`` or ``oauth``.
        authentication_scheme_configuration: What logging in takes, each as an object with a name.
        capabilities: What its connectors can do.
        connector_validator_present: Whether settings can be checked.
        resource_bundle_present: Whether it has texts of its own.
        module_handler: What handles it.
        icon_picker: Whether an icon can be chosen.
        scope: Who has it.
        producer: Who made it.
        version: Its version, as text.
        date_created: When it was made.
        date_updated: When it was last changed.
        visibility: Where it is shown.
        type: Its kind.
        translation_map: Its texts in the caller's language.
        unsafe: Whether it is held to be unsafe.
        advanced_ui_connector_id: The connector that has settings of its own.
    """

    id: NumericId | None = None
    key: str | None = None
    name: str | None = None
    url: str | None = None
    default_connector_id: NumericId | str | None = None
    default_connector_label: str | None = None
    authentication_scheme: str | None = None
    authentication_scheme_configuration: tuple[Mapping[str, Any], ...] = ()
    capabilities: DataProviderCapabilities | None = None
    connector_validator_present: bool | None = None
    resource_bundle_present: bool | None = None
    module_handler: str | None = None
    icon_picker: bool | None = None
    scope: DataProviderScope | None = None
    producer: str | None = None
    version: str | None = None
    date_created: EpochMillis | None = None
    date_updated: EpochMillis | None = None
    visibility: DataProviderVisibility | None = None
    type: DataProviderType | None = None
    translation_map: Mapping[str, str] | None = None
    unsafe: bool | None = None
    advanced_ui_connector_id: NumericId | str | None = None


@frozen(kw_only=True)
class ProviderAccounts(Model):
    """A data provider with the accounts that the instance has for it.

    Attributes:
        key: The data provider.
        name: Its name for people.
        authentication_scheme: How it logs in.
        accounts: The accounts, as objects of which nothing is documented.
        unassociated_data_source_count: How many datasets of it have no account.
    """

    key: str | None = None
    name: str | None = None
    authentication_scheme: str | None = None
    accounts: tuple[Mapping[str, Any], ...] = ()
    unassociated_data_source_count: int | None = None


class DataProviders(Area):
    """Data providers: the kinds of sources that connectors read."""

    def list(
        self,
        *,
        fields: str | Sequence[str] | None = None,
        filter: str | None = None,
        include_federated: bool | None = None,
    ) -> Pager[DataProvider]:
        """Iterate over all data providers of the instance.

        `GET /api/data/v1/providers`. Seen: Domo's own data service has it, and two clients use it; it has no pages.

        Args:
            fields: What to tell of each, such as ``"all"``; by default id, key, name, url, authenticationScheme and
                moduleHandler.
            filter: What to leave out; its words are not known.
            include_federated: Whether to give federated ones too; by default not.
        """
        return self._http.whole_list(
            "GET",
            url("/api/data/v1/providers"),
            into=ItemTuple[DataProvider],
            read=tuple,
            params={"fields": fields, "filter": filter, "includeFederated": include_federated},
        )

    async def get(self, key: str, /, *, fields: str | Sequence[str] | None = None) -> DataProvider:
        """Return a data provider.

        `GET /api/data/v1/providers/{key}`. Seen: Domo's own data service has it.

        Args:
            key: The data provider, such as ``snowflake-unload-v2``.
            fields: What to tell of it, as `list` takes it.

        Raises:
            NotFound: There is no such data provider.
        """
        return await self._http.request(
            "GET", url("/api/data/v1/providers/{}", key), params={"fields": fields}, into=DataProvider
        )

    def with_accounts(self) -> Pager[ProviderAccounts]:
        """Iterate over the data providers that datasets of the instance have, with the accounts for them.

        `GET /api/data/v2/datasources/providers`. Seen: Domo's own data service has it; it has no pages.
        """
        return self._http.whole_list(
            "GET", url("/api/data/v2/datasources/providers"), into=ItemTuple[ProviderAccounts], read=tuple
        )

"""Data providers: the types of sources that connectors read."""

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
    """The type of a data provider."""

    STANDARD = "STANDARD"
    STANDARD_OAUTH = "STANDARD_OAUTH"
    FEDERATED = "FEDERATED"
    FEDERATED_OAUTH = "FEDERATED_OAUTH"
    OAUTH_CONFIGURATION = "OAUTH_CONFIGURATION"


class DataProviderScope(OpenEnum):
    """The users of a data provider. Domo's documentation shows a number as text."""

    GLOBAL = "GLOBAL"
    LIMITED = "LIMITED"
    SYSTEM = "SYSTEM"


class DataProviderVisibility(OpenEnum):
    """Where a data provider is shown."""

    ALWAYS = "ALWAYS"
    WITH_CONNECTOR = "WITH_CONNECTOR"


@frozen(kw_only=True)
class DataProviderCapabilities(Model):
    """A capability of a data provider's connectors."""

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
    """A data provider: a type of source that a connector reads.

    Attributes:
        id: Its number.
        key: Its name in the API, such as ``snowflake-unload-v2``.
        name: The display name.
        url: Its URL.
        default_connector_id: The default connector.
        default_connector_label: The label of the default connector.
        authentication_scheme: Its authentication scheme, such as ``fields`` or ``oauth``.
        authentication_scheme_configuration: The fields of the authentication scheme, each as an object with a name.
        capabilities: The capabilities of its connectors.
        connector_validator_present: Whether settings can be validated.
        resource_bundle_present: Whether it has texts of its own.
        module_handler: The module that handles it.
        icon_picker: Whether an icon can be chosen.
        scope: The users that it is available to.
        producer: The producer.
        version: Its version, as text.
        date_created: When it was created.
        date_updated: When it was last changed.
        visibility: Where it is shown.
        type: Its type.
        translation_map: Its texts in the caller's language.
        unsafe: Whether it is considered unsafe.
        advanced_ui_connector_id: The connector with settings of its own.
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
        name: The display name.
        authentication_scheme: Its authentication scheme.
        accounts: The accounts, as objects whose keys are not documented.
        unassociated_data_source_count: The number of its datasets without an account.
    """

    key: str | None = None
    name: str | None = None
    authentication_scheme: str | None = None
    accounts: tuple[Mapping[str, Any], ...] = ()
    unassociated_data_source_count: int | None = None


class DataProviders(Area):
    """Data providers: the types of sources that connectors read."""

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
            fields: The fields to return, such as ``"all"``; by default id, key, name, url, authenticationScheme and
                moduleHandler.
            filter: The data providers to omit; the possible values are unknown.
            include_federated: Whether to include federated data providers; by default not.
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
            fields: The fields to return, as in `list`.

        Raises:
            NotFound: The data provider does not exist.
        """
        return await self._http.request(
            "GET", url("/api/data/v1/providers/{}", key), params={"fields": fields}, into=DataProvider
        )

    def with_accounts(self) -> Pager[ProviderAccounts]:
        """Iterate over the data providers that the instance's datasets use, with the accounts for them.

        `GET /api/data/v2/datasources/providers`. Seen: Domo's own data service has it; it has no pages.
        """
        return self._http.whole_list(
            "GET", url("/api/data/v2/datasources/providers"), into=ItemTuple[ProviderAccounts], read=tuple
        )

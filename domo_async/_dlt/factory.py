"""The destination that dlt is given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dlt.common.destination import Destination, DestinationCapabilitiesContext

from domo_async._dlt.configuration import DomoClientConfiguration, DomoCredentials
from domo_async._dlt.types import DomoTypeMapper

if TYPE_CHECKING:
    from domo_async._dlt.client import DomoJobClient

__all__ = ["domo"]

# Each of them keeps parts of an upload in memory.
_LOADS_AT_ONCE = 4


class domo(Destination[DomoClientConfiguration, "DomoJobClient"]):  # noqa: N801 - dlt takes its name for the sections of the configuration
    """Loads tables into datasets of a Domo instance: ``dlt.pipeline(…, destination=domo())``.

    Each table of a load package is one upload with one commit, so that a dataset has all rows of a package or none, and
    ``replace`` never shows a dataset that is empty or half full. ``merge`` upserts by the primary key.

    Args:
        credentials: The instance and the token; by default dlt's configuration names them, or else the environment.
        datasets: The ids of existing datasets to load some tables into.
        destination_name: The name of the destination, which is also that of its section in dlt's configuration.
        environment: The environment, as dlt uses the word.
        **kwargs: Other settings of the destination (`DomoClientConfiguration`) and of its capabilities.
    """

    @property
    def spec(self) -> type[DomoClientConfiguration]:
        """The class of the configuration."""
        return DomoClientConfiguration

    def __init__(
        self,
        credentials: DomoCredentials | Mapping[str, str] | None = None,
        datasets: Mapping[str, str] | None = None,
        destination_name: str | None = None,
        environment: str | None = None,
        **kwargs: Any,
    ) -> None:
        # Destinations show their arguments as they are, and these credentials without the token.
        shown = DomoCredentials(**credentials) if isinstance(credentials, Mapping) else credentials
        super().__init__(
            credentials=shown,
            datasets=datasets,
            destination_name=destination_name,
            environment=environment,
            **kwargs,
        )

    def _raw_capabilities(self) -> DestinationCapabilitiesContext:
        caps = DestinationCapabilitiesContext()
        # Typed, and NULL differs from the empty text.
        caps.preferred_loader_file_format = "parquet"
        caps.supported_loader_file_formats = ["parquet", "reference"]
        caps.type_mapper = DomoTypeMapper
        # Columns that differ only in case are the same to Domo's SQL.
        caps.has_case_sensitive_identifiers = False
        caps.decimal_precision = (38, 9)
        caps.wei_precision = (76, 0)
        caps.max_identifier_length = 200
        caps.max_column_identifier_length = 200
        caps.supports_ddl_transactions = False
        caps.supports_transactions = False
        caps.supports_native_boolean = False
        caps.supported_merge_strategies = ["upsert"]
        caps.supported_replace_strategies = ["truncate-and-insert"]
        caps.max_parallel_load_jobs = _LOADS_AT_ONCE
        return caps

    @property
    def client_class(self) -> type[DomoJobClient]:
        """The class of the clients that load."""
        from domo_async._dlt.client import DomoJobClient  # noqa: PLC0415 - as dlt asks: it is needed only for loading

        return DomoJobClient


domo.register()

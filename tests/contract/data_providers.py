"""Data providers, which Domo's own data service has."""

from __future__ import annotations

from domo_async._endpoints.data_providers import DataProvider, ProviderAccounts
from tests.contract.row import Row, Sent, whole

PROVIDERS = "/api/data/v1/providers"
PROVIDER = {
    "advancedUiConnectorId": None,
    "authenticationScheme": "fields",
    "authenticationSchemeConfiguration": [{"name": "username", "encrypted": False}],
    "capabilities": {
        "readingDataSupported": True,
        "readingObjectsSupported": False,
        "readingSecretsSupported": False,
        "readingTablesSupported": False,
        "writingDataSupported": False,
        "writingObjectsSupported": False,
        "writingSecretsSupported": False,
        "writingTablesSupported": False,
    },
    "connectorValidatorPresent": False,
    "dateCreated": 1735689600000,
    "dateUpdated": 1735689600000,
    "defaultConnectorId": "com.domo.connector.snowflake",
    "iconPicker": False,
    "id": 12,
    "key": "snowflake",
    "moduleHandler": None,
    "name": "Snowflake",
    "scope": "GLOBAL",
    "translationMap": {"title": "Snowflake"},
    "type": "STANDARD",
    "unsafe": False,
    "url": None,
    "version": "1",
    "visibility": "ALWAYS",
}

ROWS = [
    Row(
        "extra: Data Accounts, List providers",
        lambda domo: domo.data_providers.list(fields="all", include_federated=True).all(),
        Sent("GET", PROVIDERS, query={"fields": "all", "includeFederated": "true"}, answer=whole([PROVIDER])),
        gives=DataProvider,
    ),
    Row(
        "data service: data provider",
        lambda domo: domo.data_providers.get("snowflake"),
        Sent("GET", f"{PROVIDERS}/snowflake", answer=whole(PROVIDER)),
        gives=DataProvider,
    ),
    Row(
        "data service: data providers with accounts",
        lambda domo: domo.data_providers.with_accounts().all(),
        Sent(
            "GET",
            "/api/data/v2/datasources/providers",
            answer=whole(
                [
                    {
                        "accounts": [{"id": 45}],
                        "authenticationScheme": "fields",
                        "key": "snowflake",
                        "name": "Snowflake",
                        "unassociatedDataSourceCount": 2,
                    }
                ]
            ),
        ),
        gives=ProviderAccounts,
    ),
]

"""The data providers: types of sources that connectors read. Everything except their keys is emulator-defined."""

from __future__ import annotations

import zlib
from typing import Any

from domo_async._emulator.state.instance import Instance

__all__ = ["provider_keys", "provider_of"]

# The providers that exist without an account or a stream.
_KNOWN = ("amazon-s3", "api", "domo-csv", "google-spreadsheets", "salesforce", "snowflake-unload-v2")
_EPOCH = 1_500_000_000_000


def provider_keys(instance: Instance) -> list[str]:
    """Return the keys of all data providers: the built-in ones, and those that accounts and streams name."""
    keys = {
        *_KNOWN,
        *(stream["dataProviderKey"] for stream in instance.records["streams"]),
        *(account["dataProviderType"] for account in instance.records["accounts"] if account["dataProviderType"]),
    }
    return sorted(keys)


def provider_of(key: str, *, since: int = _EPOCH) -> dict[str, Any]:
    """Return a data provider.

    Args:
        key: Its key.
        since: The time of its creation in milliseconds.
    """
    return {
        "id": zlib.crc32(key.encode()) % 10_000,
        "key": key,
        "name": key.replace("-", " ").capitalize(),
        "url": None,
        "defaultConnectorId": None,
        "defaultConnectorLabel": None,
        "authenticationScheme": "fields",
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
        "resourceBundlePresent": False,
        "moduleHandler": None,
        "iconPicker": False,
        "scope": "GLOBAL",
        "producer": "DOMO",
        "version": "0",
        "dateCreated": since,
        "dateUpdated": since,
        "visibility": "WITH_CONNECTOR",
        "type": "STANDARD",
        "translationMap": {},
        "unsafe": False,
        "advancedUiConnectorId": None,
        "authenticationSchemeConfiguration": [],
    }

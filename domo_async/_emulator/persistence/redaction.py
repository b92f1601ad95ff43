"""Masking of secrets in settings that others made."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["DOCUMENTS", "MASK", "masked", "without_secrets"]

MASK = "********"
# Connectors choose the names of their settings; only these settings of an account are known not to be secrets.
_HARMLESS = frozenset(
    {
        *("account", "accountname", "apiversion", "authtype", "bucket", "catalog", "charset", "city", "company"),
        *("country", "customerid", "database", "databasename", "dataset", "description", "domain", "driver", "email"),
        *("encoding", "environment", "folder", "format", "host", "hostname", "instance", "language", "locale", "login"),
        *("loginname", "name", "organization", "path", "port", "project", "projectid", "protocol", "region", "role"),
        *("schema", "schemaname", "server", "service", "site", "ssl", "subdomain", "table", "tenant", "timezone"),
        *("type", "url", "usessl", "user", "userid", "username", "version", "warehouse", "workspace"),
    }
)
_SECRET = re.compile(
    r"pass(word|wd|phrase|code)|pwd|secret|token(?!s)|credential|authorization|(api|access|private|auth|account|shared)_?-?key",
    re.IGNORECASE,
)
_IN_ADDRESS = re.compile(r"(?<=://)[^/@\s]*(?=@)")


def masked(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of an account with each value that may be a secret masked."""
    return {key: _harmless(value) if _is_harmless(key) else MASK for key, value in settings.items()}


def _is_harmless(key: str) -> bool:
    return re.sub(r"[^a-z]", "", key.lower()) in _HARMLESS


def _harmless(value: Any) -> Any:
    if isinstance(value, str):
        return _IN_ADDRESS.sub(MASK, value)
    return value if value is None or isinstance(value, bool | int | float) else MASK


def without_secrets(value: Any) -> Any:
    """Return JSON with each value masked whose key, or whose sibling ``name``, suggests a secret."""
    if isinstance(value, dict):
        named = any(isinstance(value.get(key), str) and _SECRET.search(value[key]) for key in ("name", "key"))
        return {
            key: MASK
            if isinstance(each, str) and each and (_SECRET.search(key) or (named and key == "value"))
            else without_secrets(each)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [without_secrets(each) for each in value]
    return value


DOCUMENTS = "appdb_documents"

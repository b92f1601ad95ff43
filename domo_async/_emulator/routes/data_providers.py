"""Data providers: the kinds of sources that connectors read."""

from __future__ import annotations

from aiohttp import web

from domo_async._emulator.access.rights import is_owner
from domo_async._emulator.context import caller_of, instance_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.web import answer
from domo_async._emulator.services.providers import provider_keys, provider_of

__all__ = ["routes"]

routes: web.RouteTableDef = web.RouteTableDef()

_PROVIDERS = "/api/data/v1/providers"


@routes.get(_PROVIDERS)
async def list_providers(request: web.Request) -> web.Response:
    """List all data providers with all fields; `filter` leaves those whose key contains it (both emulator-defined)."""
    wanted = request.query.get("filter", "")
    return answer([provider_of(key) for key in provider_keys(instance_of(request)) if wanted in key])


@routes.get(_PROVIDERS + "/{key}")
async def get(request: web.Request) -> web.Response:
    """Return a data provider."""
    key = request.match_info["key"]
    if key not in provider_keys(instance_of(request)):
        raise HTTPError(404, f"The data provider {key} does not exist")
    return answer(provider_of(key))


@routes.get("/api/data/v2/datasources/providers")
async def with_accounts(request: web.Request) -> web.Response:
    """List the data providers of which the caller has accounts, with these."""
    caller = caller_of(request)
    mine = [each for each in instance_of(request).records["accounts"] if is_owner(caller, each["userId"])]
    payload = []
    for key in sorted({each["dataProviderType"] for each in mine if each["dataProviderType"]}):
        accounts = [each for each in mine if each["dataProviderType"] == key]
        provider = provider_of(key)
        payload.append(
            {
                "key": key,
                "name": provider["name"],
                "authenticationScheme": provider["authenticationScheme"],
                "accounts": [{"id": each["id"], "displayName": each["displayName"]} for each in accounts],
                "unassociatedDataSourceCount": 0,
            }
        )
    return answer(payload)

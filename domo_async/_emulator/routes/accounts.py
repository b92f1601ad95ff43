"""Data accounts: the credentials that connectors use.

An answer has the keys that the page shows and those that instances are known to give. Emulator-defined: whoever is
neither the owner nor an admin does not see an account; settings are masked, and not kept, but for those that are known
to be no secrets; an account may be deleted while streams use it, which then fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from aiohttp import web

from domo_async._emulator.access.people import free_id, user_name
from domo_async._emulator.access.rights import is_owner, require_owner
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.web import answer, caller_of, instance_of, json_object, millis, records_of, text
from domo_async._emulator.persistence.records import Record
from domo_async._emulator.services.secrecy import masked
from domo_async._emulator.state import Instance

routes: web.RouteTableDef = web.RouteTableDef()


@routes.post("/api/data/v1/accounts")
@routes.post("/api/data/v1/accounts/")
async def create(request: web.Request) -> web.Response:
    """Create an account, in either of the two forms."""
    body = await json_object(request)
    record = add_account(
        instance_of(request), user_id=caller_of(request)["id"], display_name=text(body, "displayName"), **_form(body)
    )
    return answer(_describe(record))


@routes.get("/api/data/v1/accounts")
@routes.get("/api/data/v1/accounts/")
async def list_accounts(request: web.Request) -> web.Response:
    """List the accounts that the caller may see."""
    caller = caller_of(request)
    found = (record for record in records_of(request, "accounts") if is_owner(caller, record["userId"]))
    return answer([_describe(record) for record in found])


@routes.get("/api/data/v1/accounts/{account_id}")
async def get(request: web.Request) -> web.Response:
    """Return an account."""
    return answer(_describe(_account_of(request)))


@routes.delete("/api/data/v1/accounts/{account_id}")
async def delete(request: web.Request) -> web.Response:
    """Delete an account. Not in the documents; other clients use it."""
    records_of(request, "accounts").remove(_account_of(request)["id"])
    return web.Response()


def add_account(
    instance: Instance,
    *,
    user_id: int,
    display_name: str,
    name: str | None = None,
    account_type: str | None = None,
    data_provider_type: str | None = None,
    configurations: dict[str, Any] | None = None,
    account_id: int | None = None,
    created: int | None = None,
) -> Record:
    """Put an account into the instance.

    Args:
        instance: Where.
        user_id: Whose it is.
        display_name: How people see it.
        name: Its name; by default what people see.
        account_type: Its kind, in the page's form.
        data_provider_type: The connector that it is for, in the other form.
        configurations: The connector's settings.
        account_id: Its number; by default the next.
        created: When it was made, in milliseconds; now by default.
    """
    number = free_id(instance, "accounts", 1) if account_id is None else account_id
    moment = millis() if created is None else created
    return instance.records["accounts"].put(
        number,
        {
            "id": number,
            "userId": user_id,
            "name": name or display_name,
            "displayName": display_name,
            "type": "data",
            "accountType": account_type,
            "valid": True,
            "dataProviderType": data_provider_type,
            "createdAt": moment,
            "createdBy": str(user_id),
            "modifiedAt": moment,
            "modifiedBy": str(user_id),
            # Nothing here logs in anywhere with them.
            "configurations": masked(configurations or {}),
        },
    )


def _form(body: dict[str, Any]) -> dict[str, Any]:
    """Return what is special to the form that a request has."""
    if "accountType" in body:
        return {"account_type": text(body, "accountType")}
    if not isinstance(body.get("configurations"), dict):
        raise HTTPError(400, "Required: accountType, or else name, dataProviderType and configurations, an object")
    return {
        "name": text(body, "name"),
        "data_provider_type": text(body, "dataProviderType"),
        "configurations": body["configurations"],
    }


def _account_of(request: web.Request) -> Record:
    record = records_of(request, "accounts").get(request.match_info["account_id"])
    require_owner(request, record["userId"])
    return record


def _describe(record: Record) -> dict[str, Any]:
    return {
        "accountId": str(record["id"]),
        "displayName": record["displayName"],
        "status": _status(record),
        **record,
        "credentialsType": "fields",
        "accountTemplateId": None,
    }


def _status(record: Record) -> str:
    """Return what the page calls a usable account; what it calls another is emulator-defined."""
    return "Active" if record["valid"] else "Invalid"


def search_documents(instance: Instance) -> Iterator[dict[str, Any]]:
    """Yield what a search finds of accounts; the keys beside the page's are emulator-defined."""
    streams = (stream for stream in instance.records["streams"] if instance.find_dataset(stream["dataSourceId"]))
    used = {str(stream["accountId"]) for stream in streams}
    for record in instance.records["accounts"]:
        yield {
            "entityType": "account",
            "databaseId": str(record["id"]),
            "uuid": str(record["id"]),
            "accountId": str(record["id"]),
            "name": record["name"],
            "displayName": record["displayName"],
            "status": _status(record),
            "valid": record["valid"],
            "used": str(record["id"]) in used,
            "dataProviderType": record["dataProviderType"],
            "dataprovidername": record["dataProviderType"],
            "ownedById": str(record["userId"]),
            "ownedByName": user_name(instance, record["userId"]),
            "createDate": record["createdAt"],
            "lastModified": record["modifiedAt"],
            "lastModifiedDate": record["modifiedAt"],
        }


_PROVIDERS = ("amazon-s3", "snowflake-unload-v2", "postgresql-partition", "salesforce", "google-analytics-4")
_TEAMS = ("Sales", "Finance", "Marketing", "Operations", "Logistics", "Support", "Product", "People")


def seed(instance: Instance, rng: Random) -> None:
    """Put 40 accounts into the instance."""
    users = [user["id"] for user in instance.records["users"]]
    for number in range(1, 41):
        provider, team = rng.choice(_PROVIDERS), rng.choice(_TEAMS)
        add_account(
            instance,
            user_id=rng.choice(users),
            display_name=f"{team} {provider} {number}",
            name=f"{team.lower()}-{provider}-{number}",
            data_provider_type=provider,
            configurations={"username": f"{team.lower()}_service", "password": f"{rng.getrandbits(64):x}"},
            created=1_650_000_000_000 + rng.randrange(60_000_000) * 1000,
        )

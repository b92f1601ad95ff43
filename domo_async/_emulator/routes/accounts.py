"""Data accounts: the credentials that connectors use.

An answer has the keys that Domo's documentation shows, and those that instances are known to send. Emulator-defined:
the rights of each level of access (CAN_VIEW < CAN_WRITE < CAN_SHARE < CAN_EDIT < OWNER); admins may do everything;
settings are masked and not kept, except those that are known not to be secrets; an account may be deleted while streams
use it, and these then fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aiohttp import web

from domo_async._emulator.access.people import entities_of, free_id, user_name
from domo_async._emulator.access.rights import is_owner
from domo_async._emulator.context import caller_of, instance_of, records_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Object, OneOf, Text
from domo_async._emulator.http.web import BODY, answer, json_object, millis, query_flag, read_body
from domo_async._emulator.persistence.redaction import masked
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

routes: web.RouteTableDef = web.RouteTableDef()

_ACCESS = "account_access"
_KINDS = {"USER": "users", "GROUP": "groups"}
_RANKS = {
    "NONE": 0,
    "FEDERATED": 1,
    "CAN_VIEW": 1,
    "CAN_WRITE_ONLY": 1,
    "CAN_WRITE": 2,
    "CAN_SHARE": 3,
    "CAN_EDIT": 4,
    "OWNER": 5,
}
_SHARE_MESSAGE = f"Required: type, {' or '.join(_KINDS)}, and accessLevel, one of {', '.join(_RANKS)}"
_SHARE = Object(
    {
        "type": OneOf(_KINDS, default="USER", message=_SHARE_MESSAGE),
        "accessLevel": OneOf(_RANKS, message=_SHARE_MESSAGE),
    }
)
_CONNECTOR = Object(
    {
        "configurations": Object(
            message="Required: accountType, or else name, dataProviderType and configurations, an object"
        ),
        "name": Text(),
        "dataProviderType": Text(),
    }
)


@routes.post("/api/data/v1/accounts")
@routes.post("/api/data/v1/accounts/")
async def create(request: web.Request) -> web.Response:
    """Create an account, in either of the two forms."""
    body = await read_body(request, Object({"displayName": Text(), "accountType": Text(optional=True)}))
    record = add_account(
        instance_of(request), user_id=caller_of(request)["id"], display_name=body["displayName"], **_form(body)
    )
    return answer(_describe(record))


@routes.get("/api/data/v1/accounts")
@routes.get("/api/data/v1/accounts/")
async def list_accounts(request: web.Request) -> web.Response:
    """List the accounts that the caller may see, with all fields (emulator-defined)."""
    instance, caller = instance_of(request), caller_of(request)
    category = request.query.get("type", "data")
    found = (each for each in instance.records["accounts"] if _may(instance, caller, each) and each["type"] == category)
    return answer([_describe(record) for record in found])


@routes.get("/api/data/v1/accounts/{account_id}")
async def get(request: web.Request) -> web.Response:
    """Return an account."""
    return answer(_describe(_account_of(request, "CAN_VIEW")))


@routes.delete("/api/data/v1/accounts/{account_id}")
async def delete(request: web.Request) -> web.Response:
    """Delete an account."""
    instance, account = instance_of(request), _account_of(request, "OWNER")
    instance.records["accounts"].remove(account["id"])
    if account["id"] in instance.records[_ACCESS]:
        instance.records[_ACCESS].remove(account["id"])
    return web.Response()


@routes.put("/api/data/v1/accounts/{account_id}/name")
async def rename(request: web.Request) -> web.Response:
    """Change the display name of an account; it comes as plain text, or as a JSON string."""
    account = _account_of(request, "CAN_EDIT")
    written = request[BODY].decode(errors="replace").strip()
    if written.startswith('"'):
        written = await read_body(request, Text(words="the name, a string"))
    if not written:
        raise HTTPError(400, "Required: the name, as text")
    return answer(_describe(_change(request, account, displayName=written)))


@routes.get("/api/data/v2/accounts/share/{account_id}")
async def list_access(request: web.Request) -> web.Response:
    """List the users and groups that have access, the owner first."""
    instance, account = instance_of(request), _account_of(request, "CAN_VIEW")
    owner = {"type": "USER", "id": str(account["userId"]), "accessLevel": "OWNER"}
    entries = [owner, *_grants(instance, account)]
    return answer(
        {
            "list": [{**each, "name": _name(instance, each)} for each in entries],
            "totalUserCount": sum(each["type"] == "USER" for each in entries),
        }
    )


@routes.put("/api/data/v2/accounts/share/{account_id}")
async def share(request: web.Request) -> web.Response:
    """Give a user or a group access, in place of what it had; ``OWNER`` hands the account over."""
    instance, account, body = instance_of(request), _account_of(request, "CAN_SHARE"), await read_body(request, _SHARE)
    category, level = body["type"], body["accessLevel"]
    if str(body.get("id") or "") == str(account["userId"]) and category == "USER":
        raise HTTPError(400, "The owner's access cannot be changed; make someone else the owner first")
    grantee = instance.records[_KINDS[category]].get(body.get("id"))["id"]
    kept = [each for each in _grants(instance, account) if (each["type"], each["id"]) != (category, str(grantee))]
    if level == "OWNER":
        if category != "USER":
            raise HTTPError(400, "Only a user can own an account")
        kept.append({"type": "USER", "id": str(account["userId"]), "accessLevel": "CAN_EDIT"})
        _change(request, account, userId=grantee)
    elif level != "NONE":
        kept.append({"type": category, "id": str(grantee), "accessLevel": level})
    instance.records[_ACCESS].put(account["id"], {"grants": kept})
    return answer({})


@routes.get("/api/data/v1/providers/{provider}/account/{account_id}")
async def configuration(request: web.Request) -> web.Response:
    """Return the settings of an account, masked whatever `unmask` says, as the secrets are not kept."""
    query_flag(request, "unmask", default=True)
    return answer(_account_of_provider(request)["configurations"])


@routes.put("/api/data/v1/providers/{provider}/account/{account_id}")
async def set_configuration(request: web.Request) -> web.Response:
    """Replace the settings of an account."""
    account, body = _account_of_provider(request), await json_object(request)
    return answer(_describe(_change(request, account, configurations=masked(body))))


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
        instance: The instance.
        user_id: The owner.
        display_name: The name that people see.
        name: The internal name; by default the display name.
        account_type: The type, in the form of Domo's documentation.
        data_provider_type: The connector that uses it, in the other form.
        configurations: The connector's settings.
        account_id: Its number; by default the next.
        created: When it was made, in milliseconds; now by default.
    """
    number = free_id(instance, "accounts", 1) if account_id is None else account_id
    time = millis() if created is None else created
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
            "createdAt": time,
            "createdBy": user_id,
            "modifiedAt": time,
            "modifiedBy": user_id,
            # The emulator does not log in anywhere with them.
            "configurations": masked(configurations or {}),
        },
    )


def _form(body: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that only one of the two forms has."""
    if "accountType" in body:
        return {"account_type": body["accountType"]}
    body = _CONNECTOR.check(body)
    return {
        "name": body["name"],
        "data_provider_type": body["dataProviderType"],
        "configurations": body["configurations"],
    }


def _account_of(request: web.Request, level: str) -> Record:
    """Return the account that the path names, if the caller has at least `level` of access to it."""
    record = records_of(request, "accounts").get(request.match_info["account_id"])
    if not _may(instance_of(request), caller_of(request), record, level):
        raise HTTPError(403, f"You do not have the permission for this: it takes {level} of the account")
    return record


def _account_of_provider(request: web.Request) -> Record:
    record = _account_of(request, "CAN_EDIT")
    if record["dataProviderType"] != request.match_info["provider"]:
        raise HTTPError(404, f"{request.match_info['provider']} has no account {record['id']}")
    return record


def _may(instance: Instance, user: Record, account: Record, level: str = "CAN_VIEW") -> bool:
    if is_owner(user, account["userId"]):
        return True
    entities = entities_of(instance, user)
    return any(
        (each["type"], each["id"]) in entities and _RANKS[each["accessLevel"]] >= _RANKS[level]
        for each in _grants(instance, account)
    )


def _grants(instance: Instance, account: Record) -> list[Record]:
    record = instance.records[_ACCESS].find(account["id"])
    return [] if record is None else record["grants"]


def _change(request: web.Request, account: Record, **changes: object) -> Record:
    modified = {"modifiedAt": millis(), "modifiedBy": caller_of(request)["id"]}
    return records_of(request, "accounts").update(account["id"], **changes, **modified)


def _name(instance: Instance, entry: Record) -> str:
    if entry["type"] == "USER":
        return user_name(instance, entry["id"])
    group = instance.records["groups"].find(entry["id"])
    return entry["id"] if group is None else str(group.get("name", entry["id"]))


def _describe(record: Record) -> dict[str, Any]:
    return {
        "accountId": record["id"],
        "displayName": record["displayName"],
        "status": _status(record),
        **record,
        "credentialsType": "fields",
        "accountTemplateId": None,
        "accountTemplateAuthorizationId": None,
        "allowExternalUse": False,
        "secretId": None,
        "secretManagerAccountId": None,
    }


def _status(record: Record) -> str:
    """Return the status of an account: Domo's word if it is valid, else one that is emulator-defined."""
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

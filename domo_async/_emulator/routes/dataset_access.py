"""Access to datasets: who may see, change and share them.

The levels are CAN_VIEW < CAN_SHARE < CAN_EDIT < CO_OWNER < OWNER; each includes the rights of those below it.
Emulator-defined: CAN_VIEW allows reading and queries; CAN_SHARE giving and removing access up to the user's own level;
CAN_EDIT changes of data, columns, tags and properties; CO_OWNER deletion and policies. Admins may do everything.
FEDERATED counts as CAN_VIEW; NONE removes access; OWNER makes a user the owner, and the former owner becomes CO_OWNER.
No mail is sent. Access of cards, apps and the like is kept, but has no effect.
"""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from domo_async._emulator.access.datasets import (
    access_entries,
    check_removable,
    give_access,
    is_permitted,
    level_given,
    level_of,
    permitted,
    read_grantee,
    read_objects,
    share_dataset,
)
from domo_async._emulator.access.people import user_name
from domo_async._emulator.context import caller_of, instance_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array
from domo_async._emulator.http.web import answer, json_body, json_object, page_of, read_body
from domo_async._emulator.state.datasets import Dataset
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

__all__ = ["routes"]

routes: web.RouteTableDef = web.RouteTableDef()

_DATASET = "/api/data/v3/datasources/{dataset_id}"


@routes.get("/api/data/v3/datasources/bulk/permissions")
async def list_all(request: web.Request) -> web.Response:
    """List who has access to which dataset, of those that the caller may see (emulator-defined)."""
    instance, caller = instance_of(request), caller_of(request)
    seen = [dataset for dataset in instance.datasets() if is_permitted(instance, dataset, caller)]
    return answer(page_of(request, _entries(instance, seen), limit=100))


@routes.post("/api/data/v3/datasources/bulk/directpermissions")
async def list_direct(request: web.Request) -> web.Response:
    """List who has access to several datasets; hidden ones are left out (emulator-defined)."""
    ids = await read_body(request, Array(words="a JSON array of dataset ids"))
    instance, caller = instance_of(request), caller_of(request)
    seen = [each for each in instance.datasets() if each.id in ids and is_permitted(instance, each, caller)]
    return answer(_entries(instance, seen))


@routes.get(_DATASET + "/permissions")
async def list_access(request: web.Request) -> web.Response:
    """List the users and groups that have access, the owner first."""
    dataset = permitted(request)
    instance = instance_of(request)
    entries = access_entries(instance, dataset)
    return answer(
        {
            "list": [{**entry, "name": _name(instance, entry)} for entry in entries],
            "totalUserCount": sum(entry["type"] == "USER" for entry in entries),
            "totalGroupCount": sum(entry["type"] == "GROUP" for entry in entries),
        }
    )


@routes.post(_DATASET + "/share")
async def share(request: web.Request) -> web.Response:
    """Give users and groups access, which replaces their former access."""
    dataset = permitted(request, "CAN_SHARE")
    share_dataset(instance_of(request), dataset, await json_object(request), caller_of(request))
    return answer({})


@routes.put(_DATASET + "/permissions")
async def change(request: web.Request) -> web.Response:
    """Give one user or group access, which replaces its former access."""
    dataset = permitted(request, "CAN_SHARE")
    share_dataset(instance_of(request), dataset, {"permissions": [await json_object(request)]}, caller_of(request))
    return web.Response()


@routes.delete(_DATASET + "/permissions/{type}/{grantee_id}")
async def revoke(request: web.Request) -> web.Response:
    """Take the access of a user or a group away."""
    return _revoked(request, request.match_info["type"], request.match_info["grantee_id"])


@routes.delete(_DATASET + "/USERS/{grantee_id}")
async def remove(request: web.Request) -> web.Response:
    """Take a user's access away, by the other route."""
    return _revoked(request, "USER", request.match_info["grantee_id"])


@routes.delete(_DATASET + "/users")
async def remove_many(request: web.Request) -> web.Response:
    """Take the access of users and groups away; it is not an error if some have none (emulator-defined)."""
    dataset = permitted(request, "CAN_SHARE")
    instance = instance_of(request)
    level = level_of(instance, dataset, caller_of(request))
    grantees = [read_grantee(item) for item in read_objects(await json_body(request), "an array of users")]
    for grantee in grantees:
        check_removable(instance, dataset, grantee, level)
    for grantee in grantees:
        give_access(instance, dataset, {**grantee, "accessLevel": "NONE"})
    return answer({})


def _revoked(request: web.Request, grantee_type: str, grantee_id: str) -> web.Response:
    dataset = permitted(request, "CAN_SHARE")
    instance = instance_of(request)
    grantee = read_grantee({"type": grantee_type, "id": grantee_id})
    check_removable(instance, dataset, grantee, level_of(instance, dataset, caller_of(request)))
    if level_given(instance, dataset, grantee) == "NONE":
        raise HTTPError(404, f"{grantee_type} {grantee_id} has no access to the dataset")
    give_access(instance, dataset, {**grantee, "accessLevel": "NONE"})
    return answer({})


def _entries(instance: Instance, datasets: Sequence[Dataset]) -> list[Record]:
    return [
        {"dataSourceId": dataset.id, **entry} for dataset in datasets for entry in access_entries(instance, dataset)
    ]


def _name(instance: Instance, entry: Record) -> str:
    if entry["type"] == "USER":
        return user_name(instance, entry["id"])
    group = instance.records["groups"].find(entry["id"]) if entry["type"] == "GROUP" else None
    return entry["id"] if group is None else str(group.get("name", entry["id"]))

"""Who may see, change and share a dataset.

The levels are CAN_VIEW < CAN_SHARE < CAN_EDIT < CO_OWNER < OWNER; each allows what those below it do. Emulator-defined
is what exactly they allow: CAN_VIEW to read and query, CAN_SHARE to give and take access up to one's own level,
CAN_EDIT to change data, columns, tags and properties, CO_OWNER to delete and to set policies. Admins may everything.
FEDERATED counts as CAN_VIEW; NONE takes access away; OWNER hands the dataset over, its former owner stays as CO_OWNER.
No mails are sent. What has access beside users and groups, such as cards and apps, is kept, but does nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from domo_async._emulator.access.memberships import entities_of
from domo_async._emulator.access.people import is_admin, user_name
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.web import (
    answer,
    caller_of,
    dataset_of,
    flag,
    instance_of,
    json_body,
    json_object,
    page_of,
    text,
)
from domo_async._emulator.persistence.records import Record
from domo_async._emulator.state import Dataset, Instance

__all__ = [
    "forget",
    "hand_over",
    "is_permitted",
    "let_view",
    "level_of",
    "permitted",
    "routes",
    "share_dataset",
]

routes: web.RouteTableDef = web.RouteTableDef()

_ACCESS = "dataset_access"
_LEVELS = ("NONE", "FEDERATED", "CAN_VIEW", "CAN_SHARE", "CAN_EDIT", "CO_OWNER", "OWNER")
_RANKS = {level: rank for rank, level in enumerate(_LEVELS)} | {"FEDERATED": _LEVELS.index("CAN_VIEW")}
_KINDS = {"USER": "users", "GROUP": "groups"}
_OTHERS = (
    "CARD",
    "VIRTUAL_USER",
    "APPROVAL",
    "ENIGMA_FORM_INSTANCE",
    "DATA_APP",
    "DATA_APP_VIEW",
    "WORKFLOW",
    "REPORT_VIEW_PAGE",
)
_DATASET = "/api/data/v3/datasources/{dataset_id}"


@routes.get("/api/data/v3/datasources/bulk/permissions")
async def list_all(request: web.Request) -> web.Response:
    """List who has access to which dataset, of those that the caller may see (emulator-defined)."""
    instance, caller = instance_of(request), caller_of(request)
    seen = [dataset for dataset in instance.datasets() if is_permitted(instance, dataset, caller)]
    return answer(page_of(request, _entries(instance, seen), limit=100))


@routes.post("/api/data/v3/datasources/bulk/directpermissions")
async def list_direct(request: web.Request) -> web.Response:
    """List who has access to several datasets; those that the caller may not see are left out (emulator-defined)."""
    ids = await json_body(request)
    if not isinstance(ids, list):
        raise HTTPError(400, "Required: a JSON array of dataset ids")
    instance, caller = instance_of(request), caller_of(request)
    seen = [each for each in instance.datasets() if each.id in ids and is_permitted(instance, each, caller)]
    return answer(_entries(instance, seen))


@routes.get(_DATASET + "/permissions")
async def list_access(request: web.Request) -> web.Response:
    """List the users and groups that have access, the owner first."""
    dataset = permitted(request)
    instance = instance_of(request)
    entries = _held(instance, dataset)
    return answer(
        {
            "list": [{**entry, "name": _name(instance, entry)} for entry in entries],
            "totalUserCount": sum(entry["type"] == "USER" for entry in entries),
            "totalGroupCount": sum(entry["type"] == "GROUP" for entry in entries),
        }
    )


@routes.post(_DATASET + "/share")
async def share(request: web.Request) -> web.Response:
    """Give users and groups access, in place of what they had."""
    dataset = permitted(request, "CAN_SHARE")
    share_dataset(instance_of(request), dataset, await json_object(request), caller_of(request))
    return answer({})


@routes.put(_DATASET + "/permissions")
async def change(request: web.Request) -> web.Response:
    """Give one user or group access, in place of what it had."""
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
    """Take the access of users and groups away; that some have none is no error (emulator-defined)."""
    dataset = permitted(request, "CAN_SHARE")
    instance = instance_of(request)
    level = level_of(instance, dataset, caller_of(request))
    grantees = [_grantee(item) for item in _objects(await json_body(request), "an array of users")]
    for grantee in grantees:
        _check_removable(instance, dataset, grantee, level)
    for grantee in grantees:
        _give(instance, dataset, {**grantee, "accessLevel": "NONE"})
    return answer({})


def permitted(request: web.Request, level: str = "CAN_VIEW") -> Dataset:
    """Return the dataset that the path names, if the caller has at least `level` of access to it.

    Raises:
        Refusal: 404, if there is none; 403, if the caller may not.
    """
    dataset = dataset_of(request)
    if not is_permitted(instance_of(request), dataset, caller_of(request), level):
        raise HTTPError(403, f"You do not have the permission for this: it takes {level} of the dataset")
    return dataset


def is_permitted(instance: Instance, dataset: Dataset, user: Record, level: str = "CAN_VIEW") -> bool:
    """Return whether a user has at least `level` of access to a dataset."""
    return _RANKS[level_of(instance, dataset, user)] >= _RANKS[level]


def level_of(instance: Instance, dataset: Dataset, user: Record) -> str:
    """Return the highest level of access that a user has to a dataset, on his own or by a group."""
    if is_admin(user) or str(user["id"]) == str(dataset.owner_id):
        return "OWNER"
    grants = _grants(instance, dataset)
    if not grants:
        return "NONE"
    entities = entities_of(instance, user)
    levels = [grant["accessLevel"] for grant in grants if (grant["type"], grant["id"]) in entities]
    return max(levels, key=_RANKS.__getitem__, default="NONE")


def share_dataset(instance: Instance, dataset: Dataset, body: Record, caller: Record) -> None:
    """Give access to a dataset, all that a body asks for or none of it.

    Raises:
        Refusal: 400, if it makes no sense; 403, if the caller may not; 404, if there is nobody such.
    """
    if body.get("sendEmail") is not None:
        flag(body["sendEmail"], "sendEmail")
    level = level_of(instance, dataset, caller)
    granted = [_grant(instance, item) for item in _objects(body.get("permissions"), "permissions")]
    for grant in granted:
        if _RANKS[grant["accessLevel"]] > _RANKS[level]:
            raise HTTPError(403, f"You may not give {grant['accessLevel']}, which is more than your own {level}")
        _check_removable(instance, dataset, grant, level)
    for grant in granted:
        _give(instance, dataset, grant)


def hand_over(instance: Instance, dataset: Dataset, user_id: object) -> None:
    """Make a user the owner of a dataset; the former one stays as CO_OWNER."""
    _give(instance, dataset, {"type": "USER", "id": str(user_id), "accessLevel": "OWNER"})


def let_view(instance: Instance, dataset: Dataset, kind: str, grantee_id: object) -> None:
    """Let a user or a group (``USER`` or ``GROUP``) view a dataset, unless they may do more already."""
    grantee = {"type": kind, "id": str(grantee_id)}
    if _level_given(instance, dataset, grantee) == "NONE" and not _is_owner(dataset, grantee):
        _give(instance, dataset, {**grantee, "accessLevel": "CAN_VIEW"})


def forget(instance: Instance, dataset: Dataset) -> None:
    """Forget the access to a dataset that was deleted."""
    if dataset.id in instance.records[_ACCESS]:
        instance.records[_ACCESS].remove(dataset.id)


def _revoked(request: web.Request, kind: str, grantee_id: str) -> web.Response:
    dataset = permitted(request, "CAN_SHARE")
    instance = instance_of(request)
    grantee = _grantee({"type": kind, "id": grantee_id})
    _check_removable(instance, dataset, grantee, level_of(instance, dataset, caller_of(request)))
    if _level_given(instance, dataset, grantee) == "NONE":
        raise HTTPError(404, f"{kind} {grantee_id} has no access to the dataset")
    _give(instance, dataset, {**grantee, "accessLevel": "NONE"})
    return answer({})


def _check_removable(instance: Instance, dataset: Dataset, grantee: Record, level: str) -> None:
    if _is_owner(dataset, grantee) and grantee.get("accessLevel") != "OWNER":
        raise HTTPError(400, "The owner's access cannot be taken away; make someone else the owner first")
    if _RANKS[_level_given(instance, dataset, grantee)] > _RANKS[level]:
        raise HTTPError(403, f"{grantee['type']} {grantee['id']} has more access than you")


def _give(instance: Instance, dataset: Dataset, grant: Record) -> None:
    kept = [each for each in _grants(instance, dataset) if (each["type"], each["id"]) != (grant["type"], grant["id"])]
    if grant["accessLevel"] == "OWNER":
        if not _is_owner(dataset, grant):
            kept.append({"type": "USER", "id": str(dataset.owner_id), "accessLevel": "CO_OWNER"})
            dataset.owner_id = int(grant["id"])
    elif grant["accessLevel"] != "NONE":
        kept.append(grant)
    instance.records[_ACCESS].put(dataset.id, {"grants": kept})


def _held(instance: Instance, dataset: Dataset) -> list[Record]:
    """Return all that has access to a dataset, the owner first."""
    owner = {"type": "USER", "id": str(dataset.owner_id), "accessLevel": "OWNER"}
    return [owner, *_grants(instance, dataset)]


def _entries(instance: Instance, datasets: Sequence[Dataset]) -> list[Record]:
    return [{"dataSourceId": dataset.id, **entry} for dataset in datasets for entry in _held(instance, dataset)]


def _grants(instance: Instance, dataset: Dataset) -> list[Record]:
    record = instance.records[_ACCESS].find(dataset.id)
    return [] if record is None else record["grants"]


def _level_given(instance: Instance, dataset: Dataset, grantee: Record) -> str:
    found = (
        grant["accessLevel"]
        for grant in _grants(instance, dataset)
        if (grant["type"], grant["id"]) == (grantee["type"], grantee["id"])
    )
    return next(found, "NONE")


def _is_owner(dataset: Dataset, grantee: Record) -> bool:
    return (grantee["type"], grantee["id"]) == ("USER", str(dataset.owner_id))


def _grant(instance: Instance, item: Record) -> Record:
    grantee = _grantee(item)
    level = text(item, "accessLevel")
    if level not in _LEVELS:
        raise HTTPError(400, f"accessLevel must be one of {', '.join(_LEVELS)}")
    if level == "OWNER" and (grantee["type"] != "USER" or not grantee["id"].isdecimal()):
        raise HTTPError(400, "Only a user can own a dataset")
    if grantee["type"] in _KINDS and level != "NONE":
        instance.records[_KINDS[grantee["type"]]].get(grantee["id"])
    return {**grantee, "accessLevel": level}


def _grantee(item: Record) -> Record:
    kind = item.get("type", "USER")
    if not isinstance(kind, str) or kind not in {*_KINDS, *_OTHERS}:
        raise HTTPError(400, f"type must be one of {', '.join([*_KINDS, *_OTHERS])}")
    if not isinstance(item.get("id"), str | int) or item["id"] == "":
        raise HTTPError(400, "Required: id, of a user or a group")
    return {"type": kind, "id": str(item["id"])}


def _objects(value: Any, what: str) -> Sequence[Record]:
    if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
        raise HTTPError(400, f"Required: {what}, an array of objects with id and type")
    return value


def _name(instance: Instance, entry: Record) -> str:
    if entry["type"] == "USER":
        return user_name(instance, entry["id"])
    group = instance.records["groups"].find(entry["id"]) if entry["type"] == "GROUP" else None
    return entry["id"] if group is None else str(group.get("name", entry["id"]))

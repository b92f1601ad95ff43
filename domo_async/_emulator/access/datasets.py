"""Access to datasets: the levels of users and groups, and what each level allows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from domo_async._emulator.access.people import entities_of, is_admin
from domo_async._emulator.context import caller_of, dataset_of, instance_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Object, OneOf
from domo_async._emulator.http.web import flag
from domo_async._emulator.state.datasets import Dataset
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

__all__ = [
    "access_entries",
    "check_removable",
    "forget_access",
    "give_access",
    "hand_over",
    "is_permitted",
    "let_view",
    "level_given",
    "level_of",
    "permitted",
    "read_grantee",
    "read_grants",
    "read_objects",
    "share_dataset",
]

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


def permitted(request: web.Request, level: str = "CAN_VIEW") -> Dataset:
    """Return the dataset that the path names, if the caller has at least `level` of access to it.

    Raises:
        HTTPError: 404, if the dataset does not exist; 403, if the caller has less access.
    """
    dataset = dataset_of(request)
    if not is_permitted(instance_of(request), dataset, caller_of(request), level):
        raise HTTPError(403, f"You do not have the permission for this: it requires {level} access to the dataset")
    return dataset


def is_permitted(instance: Instance, dataset: Dataset, user: Record, level: str = "CAN_VIEW") -> bool:
    """Return whether a user has at least `level` of access to a dataset."""
    return _RANKS[level_of(instance, dataset, user)] >= _RANKS[level]


def level_of(instance: Instance, dataset: Dataset, user: Record) -> str:
    """Return the highest level of access to a dataset that a user has, directly or through a group."""
    if is_admin(user) or str(user["id"]) == str(dataset.owner_id):
        return "OWNER"
    grants = _grants(instance, dataset)
    if not grants:
        return "NONE"
    entities = entities_of(instance, user)
    levels = [grant["accessLevel"] for grant in grants if (grant["type"], grant["id"]) in entities]
    return max(levels, key=_RANKS.__getitem__, default="NONE")


def share_dataset(instance: Instance, dataset: Dataset, body: Record, caller: Record) -> None:
    """Give the access to a dataset that a body asks for: all of it, or none.

    Raises:
        HTTPError: See `read_grants`.
    """
    for grant in read_grants(instance, dataset, body, caller):
        give_access(instance, dataset, grant)


def read_grants(instance: Instance, dataset: Dataset, body: Record, caller: Record) -> list[Record]:
    """Return the access to a dataset that a body asks for, for `give_access`.

    Raises:
        HTTPError: 400, if the body is invalid; 403, if the caller may not share the dataset so; 404, if a user or
            group does not exist.
    """
    if body.get("sendEmail") is not None:
        flag(body["sendEmail"], "sendEmail")
    level = level_of(instance, dataset, caller)
    granted = [_grant(instance, item) for item in read_objects(body.get("permissions"), "permissions")]
    for grant in granted:
        if _RANKS[grant["accessLevel"]] > _RANKS[level]:
            raise HTTPError(403, f"You may not give {grant['accessLevel']}, which is more than your own {level}")
        check_removable(instance, dataset, grant, level)
    return granted


def hand_over(instance: Instance, dataset: Dataset, user_id: object) -> None:
    """Make a user the owner of a dataset; the former owner becomes CO_OWNER."""
    give_access(instance, dataset, {"type": "USER", "id": str(user_id), "accessLevel": "OWNER"})


def let_view(instance: Instance, dataset: Dataset, grantee_type: str, grantee_id: object) -> None:
    """Give a user or a group (``USER`` or ``GROUP``) view access to a dataset, unless they have more already."""
    grantee = {"type": grantee_type, "id": str(grantee_id)}
    if level_given(instance, dataset, grantee) == "NONE" and not _is_owner(dataset, grantee):
        give_access(instance, dataset, {**grantee, "accessLevel": "CAN_VIEW"})


def forget_access(instance: Instance, dataset: Dataset) -> None:
    """Forget the access to a dataset that was deleted."""
    if dataset.id in instance.records[_ACCESS]:
        instance.records[_ACCESS].remove(dataset.id)


def check_removable(instance: Instance, dataset: Dataset, grantee: Record, level: str) -> None:
    if _is_owner(dataset, grantee) and grantee.get("accessLevel") != "OWNER":
        raise HTTPError(400, "The owner's access cannot be removed; make another user the owner first")
    if _RANKS[level_given(instance, dataset, grantee)] > _RANKS[level]:
        raise HTTPError(403, f"{grantee['type']} {grantee['id']} has more access than you")


def give_access(instance: Instance, dataset: Dataset, grant: Record) -> None:
    kept = [each for each in _grants(instance, dataset) if (each["type"], each["id"]) != (grant["type"], grant["id"])]
    if grant["accessLevel"] == "OWNER":
        if not _is_owner(dataset, grant):
            kept.append({"type": "USER", "id": str(dataset.owner_id), "accessLevel": "CO_OWNER"})
            dataset.owner_id = int(grant["id"])
    elif grant["accessLevel"] != "NONE":
        kept.append(grant)
    instance.records[_ACCESS].put(dataset.id, {"grants": kept})


def access_entries(instance: Instance, dataset: Dataset) -> list[Record]:
    """Return all users and groups that have access to a dataset, the owner first."""
    owner = {"type": "USER", "id": str(dataset.owner_id), "accessLevel": "OWNER"}
    return [owner, *_grants(instance, dataset)]


def _grants(instance: Instance, dataset: Dataset) -> list[Record]:
    record = instance.records[_ACCESS].find(dataset.id)
    return [] if record is None else record["grants"]


def level_given(instance: Instance, dataset: Dataset, grantee: Record) -> str:
    found = (
        grant["accessLevel"]
        for grant in _grants(instance, dataset)
        if (grant["type"], grant["id"]) == (grantee["type"], grantee["id"])
    )
    return next(found, "NONE")


def _is_owner(dataset: Dataset, grantee: Record) -> bool:
    return (grantee["type"], grantee["id"]) == ("USER", str(dataset.owner_id))


def _grant(instance: Instance, item: Record) -> Record:
    grantee = read_grantee(item)
    level = OneOf(_LEVELS, message=f"accessLevel must be one of {', '.join(_LEVELS)}").check(item.get("accessLevel"))
    if level == "OWNER" and (grantee["type"] != "USER" or not grantee["id"].isdecimal()):
        raise HTTPError(400, "Only a user can own a dataset")
    if grantee["type"] in _KINDS and level != "NONE":
        instance.records[_KINDS[grantee["type"]]].get(grantee["id"])
    return {**grantee, "accessLevel": level}


def read_grantee(item: Record) -> Record:
    grantee_type = OneOf((*_KINDS, *_OTHERS), optional=True).check(item.get("type", "USER"), "type")
    if not isinstance(item.get("id"), str | int) or item["id"] == "":
        raise HTTPError(400, "Required: id, of a user or a group")
    return {"type": grantee_type, "id": str(item["id"])}


def read_objects(value: Any, what: str) -> Sequence[Record]:
    return Array(Object(), least=1, words="an array of objects with id and type").check(value, what)

"""Policies that show users only some rows of a dataset (personalized data permissions).

Domo's documentation does not show these routes; they accept the requests that other clients send. Once the policies of
a dataset are enabled, a user's query sees the rows of all policies that name the user or one of the user's groups;
without such a policy, it sees no rows. The owner, co-owners, admins and the users of the policy "All Rows" see all
rows; a dataset gets that policy when its policies are first read.

A parameter of the type DYNAMIC names attributes of the caller. Emulator-defined: a name such as
``domo.policy.managed_user_department`` stands for the attribute with the same name, with or without ``user`` or
``employee`` before it; the operators other than ``EQUALS``, and how values are compared (below); virtual users are kept
but have no effect; policies apply to queries, exports and cards, and not to the numbers of rows.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from aiohttp import web

from domo_async._emulator.access.datasets import permitted
from domo_async._emulator.access.policies import (
    CONTROLS,
    OPEN,
    OPERATORS,
    POLICIES,
    policies_of,
)
from domo_async._emulator.context import instance_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Flag, Object, OneOf, Scalar, Text
from domo_async._emulator.http.web import (
    answer,
    json_object,
    page_of,
    query_flag,
    query_values,
    read_body,
    whole_number,
)
from domo_async._emulator.state.datasets import Dataset
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

__all__ = ["routes"]

routes: web.RouteTableDef = web.RouteTableDef()

_CONTROL = "/api/query/v1/data-control/{dataset_id}"
_GROUPS = _CONTROL + "/filter-groups"
_FIRST_ID = 1001


@routes.get(_GROUPS)
async def list_policies(request: web.Request) -> web.Response:
    """List policies, "All Rows" among them if `options` has ``include_open_policy``."""
    dataset = permitted(request)
    instance = instance_of(request)
    _open_policy(instance, dataset)
    options = query_values(request, "options")
    found = [
        policy
        for policy in policies_of(instance, dataset)
        if policy["type"] != OPEN or "include_open_policy" in options
    ]
    if "sort" in options:
        found.sort(key=lambda policy: (policy["type"] != OPEN, policy["name"].lower()))
    whole_number(request.query.get("limit"), "limit", 0)
    return answer(page_of(request, found, limit=100) if query_flag(request, "paginate") else found)


@routes.post(_GROUPS)
async def create_policy(request: web.Request) -> web.Response:
    """Create a policy; its name need not be its own."""
    dataset = permitted(request, "CO_OWNER")
    instance = instance_of(request)
    _open_policy(instance, dataset)
    policy = _read(instance, dataset, await json_object(request))
    number = instance.records.next_id(POLICIES, _FIRST_ID)
    return answer(instance.records[POLICIES].put(number, {**policy, "filterGroupId": number, "order": number}))


@routes.put(_GROUPS + "/{policy_id}")
async def update_policy(request: web.Request) -> web.Response:
    """Replace a policy; of "All Rows", the users and groups can be changed, the rows cannot."""
    dataset = permitted(request, "CO_OWNER")
    instance = instance_of(request)
    former = _policy(request, dataset)
    body = await json_object(request)
    policy = _read(instance, dataset, {**body, "parameters": []} if former["type"] == OPEN else body)
    kept = {key: former[key] for key in ("filterGroupId", "order", "type")}
    return answer(instance.records[POLICIES].put(former["filterGroupId"], {**policy, **kept}))


@routes.delete(_GROUPS + "/{policy_id}")
async def delete_policy(request: web.Request) -> web.Response:
    """Delete a policy, though not "All Rows"."""
    dataset = permitted(request, "CO_OWNER")
    policy = _policy(request, dataset)
    if policy["type"] == OPEN:
        raise HTTPError(400, 'The policy "All Rows" cannot be deleted')
    instance_of(request).records[POLICIES].remove(policy["filterGroupId"])
    return web.Response()


@routes.put(_CONTROL)
async def enable(request: web.Request) -> web.Response:
    """Switch a dataset's policies on or off."""
    dataset = permitted(request, "CO_OWNER")
    body = await read_body(request, Object({"enabled": Flag(), "external": Flag(default=False)}))
    enabled, external = body["enabled"], body["external"]
    instance = instance_of(request)
    _open_policy(instance, dataset)
    instance.records[CONTROLS].put(dataset.id, {"enabled": enabled, "external": external})
    return answer({"enabled": enabled, "secured": enabled, "external": external, "enabledColumn": False})


_ENTITIES = Array(Scalar(), default=[], null=True, words="an array of ids")
_POLICY = Object(
    {
        "name": Text(),
        "userIds": _ENTITIES,
        "groupIds": _ENTITIES,
        "virtualUserIds": _ENTITIES,
        "dataSourcePermissions": Flag(default=False),
        "parameters": Array(
            Object(
                {
                    "name": Text(),
                    "operator": OneOf(OPERATORS, default="EQUALS"),
                    "type": OneOf(
                        ("COLUMN", "DYNAMIC"),
                        default="COLUMN",
                        null=True,
                        message="The type of a parameter must be COLUMN or DYNAMIC",
                    ),
                    "not": Flag(default=False),
                    "ignoreCase": Flag(default=True),
                }
            )
        ),
    }
)
_VALUES = Array(Scalar(empty=True), least=1, message="values must be an array of texts or numbers")


def _policy(request: web.Request, dataset: Dataset) -> Record:
    instance = instance_of(request)
    _open_policy(instance, dataset)
    policy = instance.records[POLICIES].find(request.match_info["policy_id"])
    if policy is None or policy["dataSourceId"] != dataset.id:
        raise HTTPError(404, f"Policy not found: {request.match_info['policy_id']}")
    return policy


def _open_policy(instance: Instance, dataset: Dataset) -> None:
    """Give a dataset its policy "All Rows", if it has none yet."""
    if all(policy["type"] != OPEN for policy in policies_of(instance, dataset)):
        number = instance.records.next_id(POLICIES, _FIRST_ID)
        policy = _read(instance, dataset, {"name": "All Rows", "parameters": []})
        instance.records[POLICIES].put(number, {**policy, "filterGroupId": number, "order": 0, "type": OPEN})


def _read(instance: Instance, dataset: Dataset, body: Record) -> Record:
    body = _POLICY.check(body)
    # Requests have texts or numbers, answers have numbers.
    users = [instance.records["users"].get(each)["id"] for each in body["userIds"]]
    groups = [instance.records["groups"].get(each)["id"] for each in body["groupIds"]]
    if body.get("dataSourceId", dataset.id) != dataset.id:
        raise HTTPError(400, "dataSourceId is another dataset than that of the path")
    virtual = body["virtualUserIds"]
    return {
        "name": body["name"],
        "dataSourceId": dataset.id,
        "policySetId": zlib.crc32(dataset.id.encode()) % 1_000_000,
        "type": "user",
        "virtualUserIds": virtual,
        "userIds": users,
        "groupIds": groups,
        "dataSourcePermissions": body["dataSourcePermissions"],
        "resources": {"VIRTUAL_USER": list(map(str, virtual)), "GROUP": list(map(str, groups))},
        "parameters": list(_parameters(dataset, body["parameters"])),
    }


def _parameters(dataset: Dataset, parameters: list[Record]) -> Iterator[Record]:
    columns = {column.name for column in dataset.schema.columns}
    for each in parameters:
        values = _VALUES.check(each["values"] if isinstance(each.get("values"), list) else [each.get("value")])
        if each["name"] not in columns:
            raise HTTPError(400, f"The dataset has no column {each['name']}")
        if each["operator"] == "BETWEEN" and len(values) != 2:
            raise HTTPError(400, "BETWEEN takes two values")
        kept = {key: each[key] for key in ("name", "type", "operator", "not", "ignoreCase")}
        yield {**kept, "value": values[0], "values": values}

"""Groups and their members.

Emulator-defined: the user who makes a group owns it; admins and a group's owners may change it. Every user may join an
open group, and leave any group.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from domo_async._emulator.access.people import free_id, is_admin, user_name
from domo_async._emulator.context import caller_of, instance_of, records_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Identifier, Object, OneOf, Text
from domo_async._emulator.http.web import answer, flag, json_body, json_object, millis, page_of, read_body, whole_number
from domo_async._emulator.services.activity import about
from domo_async._emulator.services.groups import leave_all, members_of, whole_group, with_members
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import OWNER_ID, Record

routes: web.RouteTableDef = web.RouteTableDef()

_FIRST_ID = 2001
_TYPES = frozenset({"closed", "open", "dynamic", "adHoc", "directory", "system"})
_PAGE = 30
_MEMBERS_PAGE = 100
_SORTS = {"name": "name", "created": "created", "groupType": "type", "description": "description"}
_CHANGES = ("addMembers", "removeMembers", "addOwners", "removeOwners")
_TYPE = OneOf(sorted(_TYPES))
_GROUPS = Array(Object(has=("groupId",)), least=1, words="an array of objects with groupId")
_UPDATE = Object(
    {"name": Text(), "type": OneOf(_TYPE.choices, optional=True), "dynamicDefinition": Object(optional=True, null=True)}
)


@routes.post("/api/content/v2/groups")
async def create(request: web.Request) -> web.Response:
    """Create a group; no two have the same name."""
    body = await read_body(request, Object({"name": Text(), "type": _TYPE}))
    instance, caller = instance_of(request), caller_of(request)
    group = create_group(
        instance,
        body["name"],
        body["type"],
        description=str(body.get("description") or ""),
        creator_id=caller["id"],
    )
    about(request, group["id"], group["name"])
    return answer({"id": str(group["id"])})


@routes.put("/api/content/v2/groups")
async def update(request: web.Request) -> web.Response:
    """Change the names, types and descriptions of groups, all or none.

    The definition of a dynamic group does not change its members (emulator-defined).
    """
    return _update(request, await _objects(request))


@routes.put("/api/content/v2/groups/{group_id}")
async def update_one(request: web.Request) -> web.Response:
    """Change a group's name, type and description."""
    body = await json_object(request)
    return _update(request, [{**body, "groupId": request.match_info["group_id"]}])


def _update(request: web.Request, items: list[dict[str, Any]]) -> web.Response:
    changes = []
    for item in items:
        group = _changeable(request, item.get("groupId"))
        changed = _UPDATE.check({"name": group["name"], **item})
        name = changed["name"]
        _refuse_taken_name(instance_of(request), name, group["id"])
        description = str(item.get("description", group.get("description")) or "")
        known: Record = {key: changed[key] for key in ("type", "dynamicDefinition") if key in changed}
        changes.append({**group, "name": name, "description": description, **known})
    if len({change["name"] for change in changes}) < len({change["id"] for change in changes}):
        raise HTTPError(400, "Two groups would have the same name")
    for change in changes:
        records_of(request, "groups").put(change["id"], change)
    _about_one(request, changes)
    return answer(content=True)


@routes.delete("/api/content/v2/groups")
async def delete(request: web.Request) -> web.Response:
    """Delete groups, all or none."""
    return _delete(request, await read_body(request, Array(least=1, words="an array of group ids")))


@routes.delete("/api/content/v2/groups/{group_id}")
async def delete_one(request: web.Request) -> web.Response:
    """Delete a group."""
    return _delete(request, [request.match_info["group_id"]])


def _delete(request: web.Request, ids: list[Any]) -> web.Response:
    gone = [_changeable(request, group_id) for group_id in dict.fromkeys(map(str, ids))]
    for group in gone:
        records_of(request, "groups").remove(group["id"])
        leave_all(instance_of(request), {"type": "GROUP", "id": group["id"]})
    _about_one(request, gone)
    return answer(content=True)


@routes.put("/api/content/v2/groups/access")
async def change_access(request: web.Request) -> web.Response:
    """Add and remove members and owners of groups, all or none; those to add must exist."""
    changed: dict[int, Record] = {}
    for item in await _objects(request):
        group = _changeable(request, item.get("groupId"))
        if not any(key in item for key in _CHANGES):
            raise HTTPError(400, f"Required: one of {', '.join(_CHANGES)}")
        group = changed.get(group["id"], group)
        changed[group["id"]] = with_changes(instance_of(request), group, item)
    for group in changed.values():
        records_of(request, "groups").put(group["id"], group)
    _about_one(request, list(changed.values()))
    return answer(content=True)


@routes.get("/api/content/v2/groups/grouplist")
async def list_groups(request: web.Request) -> web.Response:
    """List groups by name, an owner or a member, a page of 30 by default (emulator-defined)."""
    query = request.query
    ascending = flag(query.get("ascending", "true"), "ascending")
    sort = query.get("sort", "name").strip()
    if sort not in {*_SORTS, "memberCount"}:
        raise HTTPError(400, f"Unknown sort: {sort}; there are {', '.join(_SORTS)} and memberCount")
    wanted = query.get("search", "").strip().lower()
    owner, member, caller = query.get("owner"), query.get("members"), caller_of(request)
    manageable = flag(query["isManageable"], "isManageable") if "isManageable" in query else None
    since = whole_number(query.get("createdAfter"), "createdAfter", 0)
    until = whole_number(query.get("createdBefore"), "createdBefore", 1 << 62)
    found = [
        group
        for group in map(whole_group, records_of(request, "groups"))
        if wanted in group["name"].lower()
        and (owner is None or _has(group["owners"], query.get("ownerType", "USER"), owner))
        and query.get("groupType", group["type"]) == group["type"]
        and (manageable is None or manageable is _may_change(caller, group))
        and since <= group["created"] < until
        and (member is None or _has_user(members_of(group), member))
    ]
    found.sort(key=lambda group: _rank(group, sort), reverse=not ascending)
    instance = instance_of(request)
    return answer([_describe_listed(instance, group) for group in page_of(request, found, limit=_PAGE)])


@routes.get("/api/content/v2/groups/users")
async def list_members(request: web.Request) -> web.Response:
    """List the users in a group, a page of 100 by default; the keys of each are emulator-defined."""
    if "group" not in request.query:
        raise HTTPError(400, "Required: group, the group's id")
    instance = instance_of(request)
    users = _known(instance, request.query["group"])["userIds"]
    page = page_of(request, users, limit=_MEMBERS_PAGE)
    return answer({"groupUserList": [_describe_user(instance, user_id) for user_id in page]})


@routes.post("/api/content/v2/groups/permissions")
async def list_owners(request: web.Request) -> web.Response:
    """List the owners of groups."""
    ids = await read_body(request, Array(words="an array of group ids"))
    instance = instance_of(request)
    groups = [_known(instance, group_id) for group_id in ids]
    return answer(
        [{"permissions": {"owners": [_describe_one(instance, one) for one in group["owners"]]}} for group in groups]
    )


@routes.get("/api/content/v2/groups/{group_id}")
async def get(request: web.Request) -> web.Response:
    """Return a group; its ``userIds`` are the users in it, its ``memberCount`` counts groups in it too."""
    group = _group_of(request)
    return answer(
        {
            "id": group["id"],
            "name": group["name"],
            "type": group["type"],
            "userIds": group["userIds"],
            "creatorId": group["creatorId"],
            "memberCount": len(members_of(group)),
            "guid": group["guid"],
            "description": group["description"],
            "hidden": False,
            "default": False,
            "active": True,
        }
    )


@routes.put("/api/content/v2/groups/{group_id}/user/{user_id}")
async def add_user(request: web.Request) -> web.Response:
    """Add a user to a group."""
    group, user = _group_of(request), _user_of(request)
    if group["type"] != "open" or caller_of(request)["id"] != user["id"]:
        _refuse_others(request, group)
    if user["id"] not in group["userIds"]:
        records_of(request, "groups").update(group["id"], userIds=[*group["userIds"], user["id"]])
    return answer(content=True)


@routes.delete("/api/content/v2/groups/{group_id}/removeuser/{user_id}")
async def remove_user(request: web.Request) -> web.Response:
    """Remove a user from a group; one who is not in it stays out."""
    group, user = _group_of(request), _user_of(request)
    if caller_of(request)["id"] != user["id"]:
        _refuse_others(request, group)
    left = [user_id for user_id in group["userIds"] if user_id != user["id"]]
    records_of(request, "groups").update(group["id"], userIds=left)
    return answer(content=True)


# -- who may ----------------------------------------------------------------------------------------------


def _known(instance: Instance, group_id: object) -> Record:
    return whole_group(instance.records["groups"].get(group_id))


def _group_of(request: web.Request) -> Record:
    return _known(instance_of(request), request.match_info["group_id"])


def _user_of(request: web.Request) -> Record:
    return records_of(request, "users").get(request.match_info["user_id"])


def _changeable(request: web.Request, group_id: object) -> Record:
    """Return a group that the caller may change."""
    group = _known(instance_of(request), group_id)
    _refuse_others(request, group)
    return group


def _may_change(caller: Record, group: Record) -> bool:
    return is_admin(caller) or _has_user(group["owners"], caller["id"])


def _refuse_others(request: web.Request, group: Record) -> None:
    if not _may_change(caller_of(request), group):
        raise HTTPError(403, f"Only an admin or an owner may change the group {group['name']}")


def _has_user(people: list[Record], user_id: object) -> bool:
    return _has(people, "USER", user_id)


def _has(people: list[Record], category: str, number: object) -> bool:
    return any(each["type"] == category and str(each["id"]) == str(number) for each in people)


# -- bodies -----------------------------------------------------------------------------------------------


async def _objects(request: web.Request) -> list[dict[str, Any]]:
    """Return the body's objects; a single one may come without an array, as in the table of Domo's documentation."""
    body = await json_body(request)
    return _GROUPS.check(body if isinstance(body, list) else [body])


def _refuse_taken_name(instance: Instance, name: str, group_id: int | None = None) -> None:
    if any(group["name"] == name and group["id"] != group_id for group in instance.records["groups"]):
        raise HTTPError(400, f"Another group has the name {name}")


def with_changes(instance: Instance, group: Record, item: dict[str, Any]) -> Record:
    """Return a group with members and owners added and removed."""
    adds_members, removes_members, adds_owners, removes_owners = (_people(item, key) for key in _CHANGES)
    for one in [*adds_members, *adds_owners]:
        instance.records["users" if one["type"] == "USER" else "groups"].get(one["id"])
        if one == {"type": "GROUP", "id": group["id"]}:
            raise HTTPError(400, "A group cannot be in itself")
    owners = _merged(group["owners"], adds_owners, removes_owners)
    if not owners and group["owners"]:
        raise HTTPError(400, "A group must keep an owner")
    return with_members({**group, "owners": owners}, _merged(members_of(group), adds_members, removes_members))


def _people(item: dict[str, Any], key: str) -> list[Record]:
    message = f"{key} must be an array of type, which is USER or GROUP, and id"
    person = Object({"type": OneOf(("USER", "GROUP"), message=message), "id": Identifier(message=message)})
    people = Array(person, message=message).check(item.get(key) or [])
    return [{"type": one["type"], "id": int(one["id"])} for one in people]


def _merged(people: list[Record], added: list[Record], removed: list[Record]) -> list[Record]:
    kept = [one for one in people if one not in removed]
    kept.extend(one for one in added if one not in kept)
    return kept


def _about_one(request: web.Request, groups: list[Record]) -> None:
    if len(groups) == 1:
        about(request, groups[0]["id"], groups[0]["name"])


def create_group(
    instance: Instance, name: str, category: object, *, description: str = "", creator_id: int = OWNER_ID
) -> Record:
    """Make a group; no two have the same name.

    Raises:
        HTTPError: 400, if the name is taken, or the type does not exist.
    """
    category = _TYPE.check(category, "type")
    _refuse_taken_name(instance, name)
    return put_group(instance, name, category, description, creator_id, millis())


def put_group(instance: Instance, name: str, category: str, description: str, creator_id: int, created: int) -> Record:
    group_id = free_id(instance, "groups", _FIRST_ID)
    return instance.records["groups"].put(
        group_id,
        {
            "id": group_id,
            "name": name,
            "type": category,
            "description": description,
            "creatorId": creator_id,
            "guid": str(uuid.uuid5(uuid.NAMESPACE_OID, f"group {group_id} {created}")),
            "created": created,
            "userIds": [],
            "groupIds": [],
            "owners": [{"type": "USER", "id": creator_id}],
        },
    )


# -- answers ----------------------------------------------------------------------------------------------


def _rank(group: Record, sort: str) -> Any:
    if sort == "memberCount":
        return len(members_of(group))
    value = group[_SORTS[sort]]
    return value.lower() if isinstance(value, str) else value


def _describe_listed(instance: Instance, group: Record) -> dict[str, Any]:
    """Return a group as the list has it."""
    time = datetime.fromtimestamp(group["created"] / 1000, UTC)
    return {
        "name": group["name"],
        "groupId": group["id"],
        "owners": [_describe_one(instance, one) for one in group["owners"]],
        "groupType": group["type"],
        "groupMembers": [_describe_one(instance, one) for one in members_of(group)],
        "memberCount": len(members_of(group)),
        "created": f"{time:%Y-%m-%dT%H:%M:%S}",
        "description": group["description"],
    }


def _describe_one(instance: Instance, one: Record) -> dict[str, Any]:
    """Return a member or an owner."""
    if one["type"] == "USER":
        return {**one, "id": str(one["id"]), "displayName": user_name(instance, one["id"])}
    group = instance.records["groups"].find(one["id"])
    return {**one, "id": str(one["id"]), "displayName": str(one["id"]) if group is None else group["name"]}


def _describe_user(instance: Instance, user_id: int) -> dict[str, Any]:
    user = instance.records["users"].find(user_id) or {}
    return {
        "userId": user_id,
        "displayName": user_name(instance, user_id),
        "emailAddress": user.get("emailAddress"),
        "roleId": user.get("roleId"),
    }


def search_documents(instance: Instance) -> Iterator[dict[str, Any]]:
    """Yield the documents of groups that a search finds; the keys are emulator-defined."""
    for group in map(whole_group, instance.records["groups"]):
        yield {
            "entityType": "group",
            "databaseId": str(group["id"]),
            "uuid": group["guid"],
            "name": group["name"],
            "description": group["description"],
            "ownedById": str(group["creatorId"]),
            "ownedByName": user_name(instance, group["creatorId"]),
            "createDate": group["created"],
            "lastModified": group["created"],
            "memberCount": len(members_of(group)),
        }

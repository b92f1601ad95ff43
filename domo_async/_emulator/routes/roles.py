"""Roles and their authorities. Only admins may change roles (emulator-defined).

The emulator's own checks ask whether the caller is an admin or an owner, not for authorities.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from aiohttp import web

from domo_async._emulator.access.people import PARTICIPANT_ROLE, free_id, must_be_admin
from domo_async._emulator.context import instance_of, records_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Object, Text, WholeNumber
from domo_async._emulator.http.web import answer, millis, page_of, read_body
from domo_async._emulator.services.activity import about
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

routes: web.RouteTableDef = web.RouteTableDef()

FIRST_ID = 101
BORN = 1_550_093_701_000
# Each authority with its title and the least of a new instance's roles that has it. Emulator-defined, except
# dataset.manage and dataset.export.
AUTHORITIES = {
    "accesstoken.manage": ("Manage access tokens", 1),
    "audit.view": ("View the activity log", 1),
    "cloud.manage": ("Manage cloud integrations", 1),
    "role.manage": ("Manage roles", 1),
    "user.manage": ("Manage users", 1),
    "account.manage": ("Manage all accounts", 2),
    "certifiedcontent.manage": ("Certify content", 2),
    "dataflow.manage": ("Manage all DataFlows", 2),
    "dataset.export": ("Export DataSets", 2),
    "dataset.manage": ("Manage all DataSets", 2),
    "group.manage": ("Manage all groups", 2),
    "page.manage": ("Manage all pages", 2),
    "alert.edit": ("Create and change alerts", 3),
    "card.edit": ("Create and change cards", 3),
    "dataflow.edit": ("Create and change DataFlows", 3),
    "dataset.edit": ("Create and change DataSets", 3),
    "page.edit": ("Create and change pages", 3),
    "workflow.edit": ("Create and change workflows", 3),
    "card.view": ("View cards", 4),
    "content.share": ("Share content", 4),
    "page.view": ("View pages", 4),
    "buzz.use": ("Talk in Buzz", 5),
}
_NEW = {
    1: ("Admin", "Full access to everything"),
    2: ("Privileged", "Manages data and content"),
    3: ("Editor", "Creates and changes content"),
    4: ("Participant", "Views and shares content"),
    5: ("Social", "Views what is shared"),
}
_NEW_ROLE = Object({"name": Text(), "description": Text(empty=True), "fromRoleId": WholeNumber(default=0)})


def begin(instance: Instance) -> None:
    """Give a new instance its roles."""
    roles = instance.records["roles"]
    if len(roles):
        return
    for role_id, (name, description) in _NEW.items():
        authorities = [authority for authority, (_, least) in AUTHORITIES.items() if role_id <= least]
        put_role(instance, role_id, name, description, authorities, BORN)


@routes.get("/api/authorization/v1/authorities")
async def list_authorities(request: web.Request) -> web.Response:
    """List all authorities that a role may have."""
    users, roles = _users_of_roles(request), list(records_of(request, "roles"))
    having = {each: [role for role in roles if each in role["authorities"]] for each in AUTHORITIES}
    return answer(
        [
            {
                "authority": authority,
                "title": title,
                "description": title,
                "authorityUIGroup": authority.partition(".")[0].upper(),
                "adminLevel": least == 1,
                "assignableByCustomer": True,
                "systemGroup": False,
                "dependsOnAuthorities": [],
                "dependsOnFeature": [],
                "implicitAuthorities": [],
                "roleIds": [role["id"] for role in having[authority]],
                "userCount": sum(users[role["id"]] for role in having[authority]),
            }
            for authority, (title, least) in AUTHORITIES.items()
        ]
    )


@routes.get("/api/authorization/v1/roles")
async def list_roles(request: web.Request) -> web.Response:
    """List all roles."""
    users = _users_of_roles(request)
    return answer([_describe(role, users) for role in records_of(request, "roles")])


@routes.post("/api/authorization/v1/roles")
async def create(request: web.Request) -> web.Response:
    """Create a role with the authorities of another; no two have the same name (emulator-defined)."""
    must_be_admin(request, "create roles")
    body = await read_body(request, _NEW_ROLE)
    name, description = body["name"], body["description"]
    role_id = create_role(instance_of(request), name, description, body["fromRoleId"])["id"]
    about(request, role_id, name)
    return answer({"id": role_id, "name": name, "description": description})


@routes.put("/api/authorization/v1/roles/settings")
async def set_settings(request: web.Request) -> web.Response:
    """Set the role of new users. Domo's documentation does not have this route; other clients use it."""
    must_be_admin(request, "change roles")
    body = await read_body(request, Object({"allowlistRoleIds": Array(optional=True)}))
    roles, settings = records_of(request, "roles"), records_of(request, "role_settings")
    changes: dict[str, int | list[int]] = {}
    if "defaultRoleId" in body:
        changes["defaultRoleId"] = roles.get(body["defaultRoleId"])["id"]
    if "allowlistRoleIds" in body:
        changes["allowlistRoleIds"] = [roles.get(each)["id"] for each in body["allowlistRoleIds"]]
    for key, value in changes.items():
        settings.put(key, {"value": value})
    return web.Response()


@routes.get("/api/authorization/v1/roles/{role_id}")
async def get(request: web.Request) -> web.Response:
    """Return a role."""
    return answer(_describe(_role_of(request), _users_of_roles(request)))


@routes.put("/api/authorization/v1/roles/{role_id}")
async def update(request: web.Request) -> web.Response:
    """Change a role's name and description."""
    must_be_admin(request, "change roles")
    role = _role_of(request)
    body = await read_body(request, Object({"name": Text(default=role["name"])}))
    name = body["name"]
    _refuse_taken_name(instance_of(request), name, role["id"])
    description = str(body.get("description", role["description"]) or "")
    records_of(request, "roles").update(role["id"], name=name, description=description, modified=millis())
    return answer({"status": "SUCCESS", "message": ""})


@routes.delete("/api/authorization/v1/roles/{role_id}")
async def delete(request: web.Request) -> web.Response:
    """Delete a role; the answer does not say whether it existed.

    Emulator-defined: the roles of a new instance stay, and users who had a deleted role become Participants.
    """
    must_be_admin(request, "delete roles")
    instance = instance_of(request)
    role = instance.records["roles"].find(request.match_info["role_id"])
    if role is not None and role["id"] not in _NEW:
        instance.records["roles"].remove(role["id"])
        for user in instance.records["users"]:
            if user.get("roleId") == role["id"]:
                instance.records["users"].update(user["id"], roleId=PARTICIPANT_ROLE)
        about(request, role["id"], role["name"])
    return web.Response(status=204)


@routes.get("/api/authorization/v1/roles/{role_id}/authorities")
async def get_authorities(request: web.Request) -> web.Response:
    """List a role's authorities."""
    return answer(_role_of(request)["authorities"])


@routes.patch("/api/authorization/v1/roles/{role_id}/authorities")
@routes.put("/api/authorization/v1/roles/{role_id}/authorities")
async def set_authorities(request: web.Request) -> web.Response:
    """Give a role exactly these authorities, known or not (emulator-defined)."""
    must_be_admin(request, "change roles")
    role = _role_of(request)
    authorities = await read_body(request, Array(Text(), words="an array of authorities"))
    records_of(request, "roles").update(role["id"], authorities=list(dict.fromkeys(authorities)), modified=millis())
    return answer({"status": "SUCCESS", "message": ""})


@routes.get("/api/authorization/v1/roles/{role_id}/users")
async def list_users(request: web.Request) -> web.Response:
    """List the users who have a role.

    Emulator-defined: a search looks in names and addresses, and all come unless a limit is asked for.
    """
    role = _role_of(request)
    having = [user for user in records_of(request, "users") if user.get("roleId") == role["id"]]
    wanted = request.query.get("search", "").lower()
    found = [user for user in having if wanted in f"{user['displayName']} {user.get('emailAddress')}".lower()]
    found.sort(key=lambda user: user["displayName"].lower(), reverse=request.query.get("ascending") == "false")
    return answer(
        {
            "users": [_describe_user(user) for user in page_of(request, found, limit=len(found))],
            "totalCount": len(having),
            "totalFilteredCount": len(found),
        }
    )


@routes.put("/api/authorization/v1/roles/{role_id}/users")
async def add_users(request: web.Request) -> web.Response:
    """Give users a role in place of their own."""
    must_be_admin(request, "give roles")
    role = _role_of(request)
    ids = await read_body(request, Array(words="an array of user ids"))
    users = records_of(request, "users")
    for user in [users.get(user_id) for user_id in ids]:
        users.update(user["id"], roleId=role["id"], modified=millis())
    return web.Response(status=204)


def _role_of(request: web.Request) -> Record:
    return records_of(request, "roles").get(request.match_info["role_id"])


def _users_of_roles(request: web.Request) -> Counter[Any]:
    return Counter(user.get("roleId") for user in records_of(request, "users"))


def _describe_user(user: Record) -> dict[str, Any]:
    facts = {pair["key"]: pair["values"] for pair in user.get("attributes", [])}

    def fact(key: str) -> Any:
        return next(iter(facts.get(key, ())), None)

    return {
        "userId": user["id"],
        "displayName": user["displayName"],
        "email": user.get("emailAddress"),
        "roleId": user.get("roleId"),
        "department": fact("department"),
        "jobTitle": fact("title"),
        "location": fact("employeeLocation"),
        "hireDate": fact("hireDate"),
    }


def create_role(instance: Instance, name: str, description: str, like: object) -> Record:
    """Make a role with the authorities of another; no two have the same name.

    Raises:
        HTTPError: 400, if the name is taken, or the other role does not exist.
    """
    _refuse_taken_name(instance, name)
    source = instance.records["roles"].find(WholeNumber().check(like, "fromRoleId"))
    if source is None:
        raise HTTPError(400, f"The role {like}, whose authorities are to be copied, does not exist")
    return put_role(instance, free_id(instance, "roles", FIRST_ID), name, description, source["authorities"], millis())


def _refuse_taken_name(instance: Instance, name: str, role_id: int | None = None) -> None:
    if any(role["name"] == name and role["id"] != role_id for role in instance.records["roles"]):
        raise HTTPError(400, f"Another role has the name {name}")


def put_role(
    instance: Instance, role_id: int, name: str, description: str, authorities: list[str], time: int
) -> Record:
    role = {
        "id": role_id,
        "name": name,
        "description": description,
        "authorities": authorities,
        "created": time,
        "modified": time,
    }
    return instance.records["roles"].put(role_id, role)


def _describe(role: Record, users: Counter[Any]) -> dict[str, Any]:
    return {
        "id": role["id"],
        "name": role["name"],
        "description": role["description"],
        "authorityCount": len(role["authorities"]),
        "userCount": users[role["id"]],
        "created": role["created"],
        "modified": role["modified"],
    }

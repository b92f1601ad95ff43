"""Users, as the identity routes and the older content routes have them.

Emulator-defined: only admins may create and delete users; other users may change themselves, except their role.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from aiohttp import web

from domo_async._emulator.access.auth import authentication_of
from domo_async._emulator.access.people import is_admin, must_be_admin
from domo_async._emulator.context import caller_of, instance_of, records_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Flag, Object, OneOf, Scalar, Text, WholeNumber
from domo_async._emulator.http.web import answer, flag, json_object, millis, page_of, query_values, read_body
from domo_async._emulator.services.activity import about
from domo_async._emulator.services.groups import leave_all
from domo_async._emulator.services.users import create_user, free_address, known_role
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import OWNER_ID, Record

routes: web.RouteTableDef = web.RouteTableDef()

_PARTS = frozenset({"MINIMAL", "SIMPLE", "DETAILED", "GROUPS", "ROLE"})
_FIXED = frozenset({"id", "created", "modified"})
_TOLD_AS_ATTRIBUTES = ("displayName", "id", "userName", "emailAddress", "roleId", "created", "modified")
_SEARCH_PAGE = 50


# -- identity -------------------------------------------------------------------------------------------


@routes.get("/api/identity/v1/users")
async def list_users(request: web.Request) -> web.Response:
    """List users, all of them unless a limit is asked for; deleted ones are gone (emulator-defined)."""
    parts, attributes = _parts_of(request), query_values(request, "attributes")
    users = list(records_of(request, "users"))
    page = page_of(request, users, limit=len(users))
    return answer({"users": [_describe(request, user, parts, attributes) for user in page]})


@routes.post("/api/identity/v1/users")
async def create(request: web.Request) -> web.Response:
    """Create a user; no two users have the same address."""
    body = await read_body(request, Object({"displayName": Text(), "emailAddress": Text()}))
    user = _create(request, body["displayName"], body["emailAddress"], body.get("roleId"))
    return answer(_describe(request, user))


_SEARCH = Object(
    {"limit": WholeNumber(default=_SEARCH_PAGE), "offset": WholeNumber(default=0), "showCount": Flag(default=False)}
)


@routes.post("/api/identity/v1/users/search")
async def search(request: web.Request) -> web.Response:
    """Search users by text, by values and by ids.

    Emulator-defined: text is searched in names and addresses, in upper or lower case; ``EQ``, ``NE`` and ``CONTAINS``
    are the operators, over the users' own keys and their attributes; a page is 50 by default; deleted users are absent.
    """
    body = await read_body(request, _SEARCH)
    found = list(records_of(request, "users"))
    for test in _tests(body):
        found = [user for user in found if test(user)]
    found = _sorted(found, body.get("sort"))
    limit, offset = body["limit"], body["offset"]
    parts = _parts(_strings(body, "parts"))
    wanted = _strings(body, "attributes")
    users = [_describe(request, user, parts, wanted) for user in found[offset : offset + limit]]
    counted = {"count": len(found)} if body["showCount"] else {}
    return answer({"users": users, **counted})


@routes.get("/api/identity/v1/users/{user_id}")
async def get(request: web.Request) -> web.Response:
    """Give a user, in a list of one."""
    user = _describe(request, _user_of(request), _parts_of(request), query_values(request, "attributes"))
    return answer({"users": [user]})


@routes.patch("/api/identity/v1/users/{user_id}")
async def update(request: web.Request) -> web.Response:
    """Change a user, by keys or by attributes.

    A key that a user does not have of its own sets the attribute of that name; an attribute without values is taken
    away (emulator-defined).
    """
    user = _user_of(request)
    changes = _changes(await json_object(request))
    caller = caller_of(request)
    if not is_admin(caller) and (caller["id"] != user["id"] or "roleId" in changes):
        raise HTTPError(403, "Only an admin may change another user, or a role")
    changed = _changed(request, user, changes)
    return answer(_describe(request, records_of(request, "users").put(user["id"], changed)))


@routes.delete("/api/identity/v1/users/{user_id}")
async def delete(request: web.Request) -> web.Response:
    """Delete a user, with the user's tokens and memberships; the user's content stays.

    The instance's owner stays, too (emulator-defined).
    """
    must_be_admin(request, "delete users")
    user = _user_of(request)
    if user["id"] == OWNER_ID:
        raise HTTPError(400, "The owner of the instance cannot be deleted")
    records_of(request, "users").remove(user["id"])
    authentication_of(request).forget(user["id"])
    leave_all(instance_of(request), {"type": "USER", "id": user["id"]})
    about(request, user["id"], user["displayName"])
    return answer(1)


# -- content --------------------------------------------------------------------------------------------


@routes.get("/api/content/v2/users/me")
async def me(request: web.Request) -> web.Response:
    """Return the user to whom the token belongs."""
    caller = caller_of(request)
    about(request, caller["id"], caller["displayName"])
    return answer(_profile(caller))


@routes.get("/api/content/v2/users")
async def list_profiles(request: web.Request) -> web.Response:
    """List users; all of them unless a limit is asked for (emulator-defined)."""
    users = list(records_of(request, "users"))
    return answer([_profile(user) for user in page_of(request, users, limit=len(users))])


@routes.get("/api/content/v2/users/{user_id}")
async def get_profile(request: web.Request) -> web.Response:
    """Return a user; an empty answer with status 200 if the user does not exist."""
    user = records_of(request, "users").find(request.match_info["user_id"])
    return web.Response() if user is None else answer(_profile(user))


@routes.get("/api/content/v3/users")
async def list_detailed_profiles(request: web.Request) -> web.Response:
    """List users with their roles; all of them unless a limit is asked for (emulator-defined)."""
    active = flag(request.query.get("active", "true"), "active")
    users = [user for user in records_of(request, "users") if user.get("active", True) is active]
    roles = {role["id"]: role["name"] for role in records_of(request, "roles")}
    page = page_of(request, users, limit=len(users))
    keys = ("id", "displayName", "roleId", "invitorUserId", "detail")
    return answer(
        [{key: _profile(user)[key] for key in keys} | {"role": roles.get(user.get("roleId"))} for user in page]
    )


@routes.post("/api/content/v3/users")
async def create_profile(request: web.Request) -> web.Response:
    """Create a user with the address in ``detail``. No invitation is sent, whatever ``sendInvite`` says."""
    body = await read_body(request, _PROFILE)
    return answer(_profile(_create(request, body["displayName"], body["detail"]["email"], body.get("roleId"))))


@routes.put("/api/content/v3/users")
async def update_profile(request: web.Request) -> web.Response:
    """Change a user; ``active`` in the details says whether the user can log in.

    Emulator-defined: admins may; a user who becomes inactive loses all tokens and logins, and cannot log in.
    The body has all keys of the user; those that it leaves out stay.
    """
    must_be_admin(request, "change users")
    body = await read_body(request, Object({"detail": Object({"active": Flag(optional=True)}, default={}, null=True)}))
    user = records_of(request, "users").get(body.get("id"))
    known = {key: [body[key]] for key in ("displayName", "roleId") if body.get(key) is not None}
    changed = _changed(request, user, known) if known else user
    active = body["detail"].get("active", changed.get("active", True))
    if not active and user["id"] == OWNER_ID:
        raise HTTPError(400, "The owner of the instance cannot be made inactive")
    records_of(request, "users").put(user["id"], {**changed, "active": active})
    if not active:
        authentication_of(request).forget(user["id"])
    about(request, user["id"], user["displayName"])
    return web.Response()


@routes.get("/api/content/v3/users/{user_id}")
async def get_detailed_profile(request: web.Request) -> web.Response:
    """Return a user."""
    return answer(_profile(_user_of(request)))


# -- changes --------------------------------------------------------------------------------------------


_PROFILE = Object({"displayName": Text(), "detail": Object({"email": Text()}, words="an object with email")})
_ATTRIBUTES_MESSAGE = "attributes must be an array of key and values"
_ATTRIBUTES = Array(Object({"key": Text(), "values": Array(message=_ATTRIBUTES_MESSAGE)}), message=_ATTRIBUTES_MESSAGE)
_FILTERS = Array(Object({"filterType": Text()}), message="filters must be an array of filters")
_SORT = Object(
    {"field": Text(), "order": OneOf(("ASC", "DESC"), default="ASC", message="order must be ASC or DESC")},
    message="sort must be an object with field and order",
)


def _user_of(request: web.Request) -> Record:
    return records_of(request, "users").get(request.match_info["user_id"])


def _create(request: web.Request, display_name: str, email: str, role_id: object) -> Record:
    caller = must_be_admin(request, "create users")
    user = create_user(instance_of(request), display_name, email, role_id, invited_by=caller["id"])
    about(request, user["id"], display_name)
    return user


def _changes(body: dict[str, Any]) -> dict[str, list[Any]]:
    """Return the keys to change with their values, from either form of the body."""
    changes = {key: value if isinstance(value, list) else [value] for key, value in body.items() if key != "attributes"}
    changes |= {pair["key"]: pair["values"] for pair in _ATTRIBUTES.check(body.get("attributes", []))}
    if not changes:
        raise HTTPError(400, "Nothing is given to change")
    return changes


def _changed(request: web.Request, user: Record, changes: dict[str, list[Any]]) -> Record:
    """Return a user with changes made."""
    own: dict[str, Callable[[Any], Any]] = {
        "displayName": lambda value: Text().check(value, "displayName"),
        "userName": lambda value: Text().check(value, "userName"),
        "emailAddress": lambda value: free_address(instance_of(request), value, user["id"]),
        "roleId": lambda value: known_role(instance_of(request), value),
    }
    changed = {**user, "modified": millis()}
    attributes = {pair["key"]: pair for pair in user.get("attributes", [])}
    for key, values in changes.items():
        if key in _FIXED:
            raise HTTPError(400, f"{key} cannot be changed")
        if key in own:
            if len(values) != 1:
                raise HTTPError(400, f"{key} takes one value")
            changed[key] = own[key](values[0])
        elif values in ([], [None]):
            attributes.pop(key, None)
        else:
            attributes[key] = {"key": key, "values": values}
    if "emailAddress" in changes and "userName" not in changes and user.get("userName") == user.get("emailAddress"):
        changed["userName"] = changed["emailAddress"]
    return {**changed, "attributes": list(attributes.values())}


# -- search ---------------------------------------------------------------------------------------------


def _strings(body: dict[str, Any], key: str) -> list[str]:
    values = Array(Scalar(empty=True), optional=True, words="an array of strings").check(body.get(key) or [], key)
    return [str(value) for value in values]


def _tests(body: dict[str, Any]) -> Iterator[Callable[[Record], bool]]:
    """Yield the tests that a user must pass to be found."""
    ids = set(_strings(body, "ids"))
    if ids:
        yield lambda user: str(user["id"]) in ids
    for each in _FILTERS.check(body.get("filters") or []):
        category = each["filterType"]
        if category == "text":
            yield _has_text(str(each.get("text") or "").lower())
        elif category == "value":
            field = Text().check(each.get("field"), "field")
            yield _has_value(field, set(_strings(each, "values")), str(each.get("operator") or "EQ"))
        else:
            raise HTTPError(400, f"Unknown filterType: {category}; there are text and value")


def _has_text(wanted: str) -> Callable[[Record], bool]:
    return lambda user: any(
        wanted in str(user.get(key) or "").lower() for key in ("displayName", "emailAddress", "userName")
    )


def _has_value(field: str, wanted: set[str], operator: str) -> Callable[[Record], bool]:
    if operator == "CONTAINS":
        parts = [value.lower() for value in wanted]
        return lambda user: any(part in value.lower() for value in _values(user, field) for part in parts)
    if operator not in {"EQ", "NE"}:
        raise HTTPError(400, f"Unknown operator: {operator}; there are EQ, NE and CONTAINS")
    return lambda user: bool(wanted & _values(user, field)) is (operator == "EQ")


def _values(user: Record, field: str) -> set[str]:
    """Return the values of a user's own key, or of an attribute, as text."""
    if field in user:
        return {str(user[field])}
    return {str(value) for pair in user.get("attributes", []) if pair["key"] == field for value in pair["values"]}


def _sorted(users: list[Record], sort: object) -> list[Record]:
    if sort is None:
        return users
    checked = _SORT.check(sort)
    field, order = checked["field"], checked["order"]

    def rank(user: Record) -> tuple[bool, Any]:
        value = user.get(field)
        return (False, value) if isinstance(value, int) else (True, min(_values(user, field), default="").lower())

    return sorted(users, key=rank, reverse=order == "DESC")


# -- answers --------------------------------------------------------------------------------------------


def _parts_of(request: web.Request) -> frozenset[str]:
    return _parts(query_values(request, "parts"))


def _parts(names: Sequence[str]) -> frozenset[str]:
    parts = frozenset(name.strip().upper() for name in names if name.strip())
    if unknown := parts - _PARTS:
        raise HTTPError(400, f"Unknown parts: {', '.join(sorted(unknown))}; there are {', '.join(sorted(_PARTS))}")
    return parts


def _describe(
    request: web.Request, user: Record, parts: frozenset[str] = frozenset(), attributes: Collection[str] = ()
) -> dict[str, Any]:
    """Return a user.

    Emulator-defined: the keys of each part. MINIMAL alone the id and the name, SIMPLE alone all but the attributes,
    GROUPS and ROLE add those; without parts, a user has the keys of Domo's documentation.

    Args:
        request: The request.
        user: The user.
        parts: The parts to return.
        attributes: The attributes to give; all if there are none.
    """
    payload = {"id": user["id"], "displayName": user["displayName"]}
    if parts != {"MINIMAL"}:
        payload |= {key: user.get(key) for key in ("userName", "roleId", "emailAddress")}
    if not parts or not parts <= {"MINIMAL", "SIMPLE"} or attributes:
        pairs = [
            *user.get("attributes", []),
            *({"key": key, "values": [user[key]]} for key in _TOLD_AS_ATTRIBUTES if user.get(key) is not None),
        ]
        payload["attributes"] = [pair for pair in pairs if not attributes or pair["key"] in attributes]
    if "GROUPS" in parts:
        payload["groups"] = [
            {"groupId": group["id"], "name": group["name"]}
            for group in records_of(request, "groups")
            if user["id"] in group.get("userIds", ())
        ]
    if "ROLE" in parts:
        role = records_of(request, "roles").find(user.get("roleId"))
        payload["role"] = None if role is None else {"id": role["id"], "name": role["name"]}
    return payload


def _profile(user: Record) -> dict[str, Any]:
    """Return a user as the content routes have it: created in seconds, modified in milliseconds."""
    return {
        "id": user["id"],
        "displayName": user["displayName"],
        "userName": user.get("userName"),
        "emailAddress": user.get("emailAddress"),
        "accepted": True,
        "userType": "USER",
        "modified": user.get("modified"),
        "created": None if user.get("created") is None else user["created"] // 1000,
        "active": user.get("active", True),
        "pending": False,
        "anonymous": False,
        "systemUser": False,
        "roleId": user.get("roleId"),
        "invitorUserId": user.get("invitorUserId"),
        "detail": {"email": user.get("emailAddress"), "active": user.get("active", True)},
    }


def search_documents(instance: Instance) -> Iterator[dict[str, Any]]:
    """Yield what a search finds of users; the keys are emulator-defined."""
    for user in instance.records["users"]:
        yield {
            "entityType": "user",
            "databaseId": str(user["id"]),
            "uuid": str(user["id"]),
            "displayName": user["displayName"],
            "description": "",
            "emailAddress": user.get("emailAddress"),
            "roleId": user.get("roleId"),
            "createDate": user.get("created"),
            "lastModified": user.get("modified"),
        }

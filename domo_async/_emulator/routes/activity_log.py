"""The activity log, which only admins may see (emulator-defined)."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from domo_async._emulator.access.people import must_be_admin
from domo_async._emulator.context import records_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.web import answer, page_of, query_values, whole_number
from domo_async._emulator.services.activity import COLLECTION, OBJECTS
from domo_async._emulator.state.records import Record

routes: web.RouteTableDef = web.RouteTableDef()

_PAGE = 300
_LARGEST_PAGE = 1000
_NOUNS = {category.type: category.noun for category in OBJECTS if category.type != "CERTIFICATION"}
# Those of Domo's documentation come first.
_TYPES = sorted(_NOUNS, key=lambda name: (name not in {"ACCOUNT", "DATAFLOW_TYPE", "DATA_SOURCE"}, name))
_AUTHENTICATION = "DEVELOPER_TOKEN"  # emulator-defined


@routes.get("/api/audit/v1/user-audits")
async def list_entries(request: web.Request) -> web.Response:
    """List the actions between two times, the newest first.

    A greater ``limit`` than 1000 gives 1000. Calls are noted when they are answered, so that none sees itself.
    """
    must_be_admin(request, "see the activity log")
    entries = page_of(request, _found(request), limit=_PAGE, most=_LARGEST_PAGE)
    return answer([_describe(entry) for entry in entries])


@routes.get("/api/audit/v1/user-audits/count")
async def count(request: web.Request) -> web.Response:
    """Count what `list_entries` lists."""
    must_be_admin(request, "see the activity log")
    return answer({"count": len(_found(request))})


@routes.get("/api/audit/v1/user-audits/objectTypes")
async def object_types(request: web.Request) -> web.Response:
    """List the types of objects that the log has."""
    must_be_admin(request, "see the activity log")
    return answer([{"type": name, "translation": _NOUNS[name]} for name in _TYPES])


@routes.get("/api/audit/v1/user-audits/objectTypes/{object_type}/eventTypes")
async def event_types(request: web.Request) -> web.Response:
    """List the actions on the objects of a type so far (emulator-defined)."""
    must_be_admin(request, "see the activity log")
    wanted = request.match_info["object_type"]
    actions = {entry["action"]: entry["verb"] for entry in records_of(request, COLLECTION) if entry["type"] == wanted}
    return answer([{"type": action, "translation": verb.capitalize()} for action, verb in sorted(actions.items())])


def _found(request: web.Request) -> list[Record]:
    """Return the entries that the query asks for, the newest first."""
    start, end = (_millis(request, key) for key in ("start", "end"))
    wanted = {
        "type": query_values(request, "objectType"),
        "objectId": query_values(request, "objectId"),
        "action": query_values(request, "eventType"),
        "userId": query_values(request, "user") or query_values(request, "userId"),
    }
    tests = [(key, frozenset(words)) for key, words in wanted.items() if words]
    found = [
        entry
        for entry in records_of(request, COLLECTION)
        if start <= entry["time"] <= end and all(str(entry[key]) in words for key, words in tests)
    ]
    return sorted(found, key=lambda entry: (entry["time"], entry["number"]), reverse=True)


def _millis(request: web.Request, key: str) -> int:
    if key not in request.query:
        raise HTTPError(400, f"Required: {key}, in milliseconds since 1970")
    return whole_number(request.query[key], key, 0)


def _describe(entry: Record) -> dict[str, Any]:
    who, verb, noun = entry["userName"], entry["verb"], entry["noun"]
    shown = entry["objectName"] or entry["objectId"]
    if entry["action"] == "LOGGEDIN":
        event, comment = "Logged in", f"{who} logged in."
    else:
        event = f"{verb.capitalize()} {noun}"
        alone = f"the {noun}" if noun in {"activity log", "search"} else f"{noun}s"
        comment = f"{who} {verb} {alone}." if shown is None else f"{who} {verb} {noun} '{shown}'."
    return {
        "userName": who,
        "userId": str(entry["userId"]),
        "userType": "USER",
        "actionType": entry["action"],
        "objectType": entry["type"],
        "objectId": entry["objectId"],
        "objectName": entry["objectName"],
        "additionalComment": comment,
        "time": entry["time"],
        "eventText": event,
        "actorId": 0,
        "actorName": "",
        "authenticationMethod": _AUTHENTICATION,
        "clientId": None,
    }

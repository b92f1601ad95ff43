"""App Studio apps, of which the instance knows titles, owners and whom they are shared with."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from domo_async._emulator.access.sharing import (
    APP,
    change_owners,
    described_owners,
    forget_shares,
    is_owned_by,
    people_who_see,
    sight_of,
)
from domo_async._emulator.context import instance_of, records_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Flag, Object, OneOf
from domo_async._emulator.http.web import answer, json_object, page_of, query_flag, read_body
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

routes: web.RouteTableDef = web.RouteTableDef()

_PAGE = 100
_ORDERS = {"title": "title", "lastUpdated": "modified"}
_SUMMARIES = Object(
    {
        "includeTitleClause": Flag(default=False),
        "includeOwnerClause": Flag(default=False),
        "ownerIds": Array(optional=True, words="an array of numbers"),
        "orderBy": OneOf(_ORDERS, default="title"),
        "ascending": Flag(default=True),
    }
)
_APP = "/api/content/v1/dataapps/{data_app_id}"


@routes.get("/api/content/v1/dataapps")
async def list_visible(request: web.Request) -> web.Response:
    """List the apps that the caller sees."""
    instance, seen = instance_of(request), sight_of(request)
    return answer([_describe(instance, app) for app in records_of(request, "data_apps") if seen.sees(APP, app)])


@routes.post("/api/content/v1/dataapps/adminsummary")
async def list_apps(request: web.Request) -> web.Response:
    """List the apps that the caller sees, a page of 100 by default (emulator-defined)."""
    body = await read_body(request, _SUMMARIES)
    instance, seen = instance_of(request), sight_of(request)
    found = [app for app in records_of(request, "data_apps") if seen.sees(APP, app)]
    if body["includeTitleClause"]:
        wanted = str(body.get("titleSearchText") or "").lower()
        found = [app for app in found if wanted in app["title"].lower()]
    if body["includeOwnerClause"] and "ownerIds" in body:
        found = [app for app in found if is_owned_by(app, set(map(str, body["ownerIds"])))]
    key = _ORDERS[body["orderBy"]]
    found.sort(key=lambda app: app[key], reverse=not body["ascending"])
    page = page_of(request, found, limit=_PAGE, offset="skip")
    return answer(
        {
            "dataAppAdminSummaries": [_summarise(instance, app) for app in page],
            "nextOffset": int(request.query.get("skip", "0")) + len(page),
            "totalDataAppCount": len(found),
        }
    )


@routes.put("/api/content/v1/dataapps/bulk/owners")
async def add_owners(request: web.Request) -> web.Response:
    """Add owners of apps; mail is not sent, whatever `sendEmail` says."""
    body = await json_object(request)
    change_owners(request, "data_apps", body.get("entityIds"), body.get("owners"), add=True)
    return web.Response()


@routes.post("/api/content/v1/dataapps/bulk/owners/remove")
async def remove_owners(request: web.Request) -> web.Response:
    """Remove owners of apps."""
    body = await json_object(request)
    change_owners(request, "data_apps", body.get("entityIds"), body.get("owners"), add=False)
    return web.Response()


@routes.get(_APP)
async def get(request: web.Request) -> web.Response:
    """Return an app, whose pages are not known (emulator-defined)."""
    return answer(_describe(instance_of(request), _seen(request)))


@routes.delete(_APP)
async def delete(request: web.Request) -> web.Response:
    """Delete an app; its owners and admins may (emulator-defined)."""
    app = _seen(request)
    if not sight_of(request).owns(app):
        raise HTTPError(403, "Only its owners and admins may delete an app")
    forget_shares(instance_of(request), APP, app["id"])
    records_of(request, "data_apps").remove(app["id"])
    return web.Response()


@routes.get(f"{_APP}/access")
async def access(request: web.Request) -> web.Response:
    """Tell who sees an app by owning it or by its being shared."""
    query_flag(request, "expandUsers")
    people = people_who_see(instance_of(request), APP, _seen(request))
    return answer({**people, "totalUserCount": len(people["users"])})


def _seen(request: web.Request) -> Record:
    app = records_of(request, "data_apps").get(request.match_info["data_app_id"])
    if not sight_of(request).sees(APP, app):
        raise HTTPError(403, f"You have no access to the app {app['id']}")
    return app


def _describe(instance: Instance, app: Record) -> dict[str, Any]:
    return {
        "dataAppId": app["id"],
        "title": app["title"],
        "description": "",
        "owner": app["ownerId"],
        "owners": described_owners(instance, app),
        "locked": False,
        "landingViewId": None,
        "views": [],
    }


def _summarise(instance: Instance, app: Record) -> dict[str, Any]:
    return {
        "dataAppId": app["id"],
        "title": app["title"],
        "owners": described_owners(instance, app),
        "locked": False,
        "lastUpdated": app["modified"],
        "viewCount": 0,
    }

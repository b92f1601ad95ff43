"""Sharing of pages, cards, datasets and App Studio apps, and who sees them.

Emulator-defined, except the requests: a user sees the things that the user owns, those that were shared with the user
or with one of the user's groups, and the cards on a page that the user sees; admins see everything. Every user who sees
a thing may share it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aiohttp import web

from domo_async._emulator.access.datasets import is_permitted, let_view
from domo_async._emulator.access.people import entities_of, free_id, user_name
from domo_async._emulator.access.sharing import (
    APP,
    CARD,
    DATASET,
    PAGE,
    RECIPIENTS,
    described_owners,
    owners_of,
    people_who_see,
    put_share,
    read_typed,
    share_key,
    sight_of,
)
from domo_async._emulator.context import caller_of, instance_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Field, Object, Text
from domo_async._emulator.http.web import answer, flag, millis, query_values, read_body
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import OWNER_ID, Record

routes: web.RouteTableDef = web.RouteTableDef()


_COLLECTIONS = {PAGE: "pages", CARD: "cards", APP: "data_apps"}


def create_app(
    instance: Instance, *, title: str, owner_id: int = OWNER_ID, id: int | None = None, at: int | None = None
) -> Record:
    """Make an App Studio app, which can only be shared and found."""
    app_id = free_id(instance, "data_apps", 7_000_001) if id is None else id
    now = millis() if at is None else at
    return instance.records["data_apps"].put(
        app_id, {"id": app_id, "title": title, "ownerId": owner_id, "created": now, "modified": now}
    )


_TYPED = Array(Object(), least=1, words="an array of objects with type and id")
_SHARING: dict[str, Field[Any]] = {"recipients": _TYPED, "message": Text(optional=True, empty=True, null=True)}


@routes.post("/api/content/v1/share")
@routes.post("/api/content/v1/share)")
async def share(request: web.Request) -> web.Response:
    """Share pages, cards and datasets, all or none; mail is not sent, whatever `sendEmail` says."""
    body = await read_body(request, Object({**_SHARING, "resources": _TYPED}))
    return _share(request, body, [read_typed(each, (PAGE, CARD, DATASET)) for each in body["resources"]])


@routes.post("/api/content/v1/dataapps/share")
@routes.post("/api/content/v1/dataapps/share)")
async def share_apps(request: web.Request) -> web.Response:
    """Share App Studio apps, all or none."""
    body = await read_body(request, Object({**_SHARING, "dataAppIds": Array(least=1, words="an array of ids")}))
    return _share(request, body, [(APP, str(each)) for each in body["dataAppIds"]])


@routes.delete("/api/content/v1/share/page/{page_id}/user/{person_id}")
async def revoke(request: web.Request) -> web.Response:
    """Take a user's access to a page away.

    Emulator-defined: only a page's owner and admins may; a page's owner cannot lose it, nor can somebody who has it by
    a group (409). It is not an error to take access that nobody has.
    """
    instance = instance_of(request)
    page = instance.records["pages"].get(request.match_info["page_id"])
    user = instance.records["users"].get(request.match_info["person_id"])
    if not sight_of(request).owns(page):
        raise HTTPError(403, "Only the page's owner and admins may take access to it away")
    if {"type": "USER", "id": user["id"]} in owners_of(page):
        raise HTTPError(409, f"{user['displayName']} owns the page")
    shares = instance.records["shares"]
    held = {
        category: key
        for category, entity in entities_of(instance, user)
        if (key := share_key(PAGE, page["id"], category, entity)) in shares
    }
    if "GROUP" in held:
        raise HTTPError(409, f"{user['displayName']} has access by a group")
    if "USER" in held:
        shares.remove(held["USER"])
    return web.Response()


@routes.delete("/api/content/v1/share/bulk/{type:page|badge}/{recipient_type:user|group}/{recipient_id}")
async def revoke_many(request: web.Request) -> web.Response:
    """Remove a user's or a group's access to pages or cards, to all or none.

    Emulator-defined: only a thing's owners and admins may, and owners keep their access (409).
    """
    instance, seen = instance_of(request), sight_of(request)
    category, recipient_type = request.match_info["type"], request.match_info["recipient_type"]
    recipient = instance.records[RECIPIENTS[recipient_type]].get(request.match_info["recipient_id"])
    ids = query_values(request, "resourceIds")
    if not ids:
        raise HTTPError(400, "Required: resourceIds, ids with commas between them")
    things = [instance.records[_COLLECTIONS[category]].get(each.strip()) for each in ids]
    for thing in things:
        if not seen.owns(thing):
            raise HTTPError(403, f"Only its owners and admins may take access to the {category} {thing['id']} away")
        if {"type": recipient_type.upper(), "id": recipient["id"]} in owners_of(thing):
            raise HTTPError(409, f"{recipient['id']} owns the {category} {thing['id']}")
    shares = instance.records["shares"]
    for thing in things:
        key = share_key(category, thing["id"], recipient_type.upper(), recipient["id"])
        if key in shares:
            shares.remove(key)
    return web.Response()


@routes.get("/api/content/v1/share/accesslist/{type:page|badge}/{thing_id}")
async def access_list(request: web.Request) -> web.Response:
    """List who sees a page or a card because it is shared. Domo's documentation does not have this; others use it."""
    instance = instance_of(request)
    category = request.match_info["type"]
    thing = instance.records[_COLLECTIONS[category]].get(request.match_info["thing_id"])
    if not sight_of(request).sees(category, thing):
        raise HTTPError(403, "You have no access to it")
    return answer(people_who_see(instance, category, thing))


def _share(request: web.Request, body: dict[str, Any], things: list[tuple[str, str]]) -> web.Response:
    recipients = [read_typed(each, tuple(RECIPIENTS)) for each in body["recipients"]]
    flag(request.query.get("sendEmail", "false"), "sendEmail")
    instance, caller, seen = instance_of(request), caller_of(request), sight_of(request)
    for category, thing_id in things:
        if category == DATASET:
            allowed = is_permitted(instance, instance.dataset(thing_id), caller, "CAN_SHARE")
        else:
            allowed = seen.sees(category, instance.records[_COLLECTIONS[category]].get(thing_id))
        if not allowed:
            raise HTTPError(403, f"You may not share the {category} {thing_id}")
    for category, recipient in recipients:
        instance.records[RECIPIENTS[category]].get(recipient)
    for category, thing_id in things:
        for recipient_type, recipient in recipients:
            if category == DATASET:
                let_view(instance, instance.dataset(thing_id), recipient_type.upper(), recipient)
            else:
                put_share(instance, category, thing_id, recipient_type.upper(), recipient, by=caller["id"], at=millis())
    return web.Response()


def search_documents(instance: Instance) -> Iterator[dict[str, Any]]:
    """Yield what a search finds of App Studio apps; the keys are emulator-defined."""
    for app in instance.records["data_apps"]:
        yield {
            "entityType": "data_app",
            "databaseId": str(app["id"]),
            "uuid": str(app["id"]),
            "title": app["title"],
            "ownedById": str(app["ownerId"]),
            "owners": described_owners(instance, app),
            "ownedByName": user_name(instance, app["ownerId"]),
            "createDate": app["created"],
            "lastModified": app["modified"],
        }

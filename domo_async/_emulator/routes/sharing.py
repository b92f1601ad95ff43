"""Sharing pages, cards, datasets and App Studio apps; who sees which of them.

All of it is emulator-defined but the requests: a user sees what they own, what was shared with them or with a group of
theirs, and the cards on a page that they see; admins see everything. Whoever sees a thing may share it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from random import Random
from typing import Any

from aiohttp import web
from attrs import frozen

from domo_async._emulator.access.auth import OWNER_ID
from domo_async._emulator.access.memberships import entities_of
from domo_async._emulator.access.people import free_id, is_admin, user_name
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.web import answer, caller_of, flag, instance_of, json_object, millis, records_of
from domo_async._emulator.persistence.records import Record
from domo_async._emulator.routes.dataset_access import is_permitted, let_view
from domo_async._emulator.state import Instance

routes: web.RouteTableDef = web.RouteTableDef()

PAGE, CARD, DATASET, APP = "page", "badge", "dataset", "data_app"
"""What can be shared, as requests call it; a card is a badge."""

_EPOCH = 1_700_000_000_000
_COLLECTIONS = {PAGE: "pages", CARD: "cards", APP: "data_apps"}
_RECIPIENTS = {"user": "users", "group": "groups"}


@frozen
class Sight:
    """What a user sees.

    Attributes:
        user_id: The user.
        everything: Whether they are an admin.
        shared: The kinds and ids of all that is shared with them.
        pages: The ids of the pages that they see.
        entities: What they count as: themselves and their groups, by type and id.
    """

    user_id: int
    everything: bool
    shared: frozenset[tuple[str, str]]
    pages: frozenset[int]
    entities: frozenset[tuple[str, str]] = frozenset()

    def owns(self, thing: Record) -> bool:
        """Return whether they may do with a page, card or app whatever they like."""
        return self.everything or any((one["type"], str(one["id"])) in self.entities for one in owners_of(thing))

    def page(self, page: Record) -> bool:
        """Return whether they see a page."""
        return self.everything or page["id"] in self.pages

    def card(self, card: Record) -> bool:
        """Return whether they see a card."""
        return (
            self.owns(card)
            or (CARD, str(card["id"])) in self.shared
            or not self.pages.isdisjoint(card.get("pageIds") or ())
        )

    def sees(self, kind: str, thing: Record) -> bool:
        """Return whether they see a page, card or app."""
        looks = {PAGE: self.page, CARD: self.card}.get(kind)
        return looks(thing) if looks else self.owns(thing) or (kind, str(thing["id"])) in self.shared


def sight(instance: Instance, user: Record) -> Sight:
    """Return what a user sees."""
    user_id: int = user["id"]
    everything = is_admin(user)
    if everything:
        return Sight(user_id, everything, frozenset(), frozenset())
    mine = entities_of(instance, user)
    shared = frozenset(
        (share["type"], share["id"])
        for share in instance.records["shares"]
        if (share["recipientType"], share["recipientId"]) in mine
    )
    pages = frozenset(
        page["id"]
        for page in instance.records["pages"]
        if (PAGE, str(page["id"])) in shared or any((one["type"], str(one["id"])) in mine for one in owners_of(page))
    )
    return Sight(user_id, everything, shared, pages, frozenset(mine))


def owners_of(thing: Record) -> list[dict[str, Any]]:
    """Return the users and groups that a page, card or app is owned by."""
    return thing.get("owners") or [{"type": "USER", "id": thing["ownerId"]}]


def is_owned_by(thing: Record, user_ids: Collection[str]) -> bool:
    """Return whether one of some users, whose numbers are texts, owns a page, card or app."""
    return any(one["type"] == "USER" and str(one["id"]) in user_ids for one in owners_of(thing))


def described_owners(instance: Instance, thing: Record) -> list[dict[str, Any]]:
    """Return a thing's owners with their names, as answers tell them."""
    return [{**one, "displayName": _entity_name(instance, one)} for one in owners_of(thing)]


def _entity_name(instance: Instance, one: dict[str, Any]) -> str | None:
    if one["type"] == "USER":
        return user_name(instance, one["id"])
    group = instance.records["groups"].find(one["id"])
    return None if group is None else group["name"]


def change_owners(request: web.Request, collection: str, ids: object, owners: object, *, add: bool) -> None:
    """Let users and groups own things, or no longer own them; all or none.

    Emulator-defined: owners and admins may, and a thing must keep an owner (400).
    """
    instance, seen, things = instance_of(request), sight_of(request), records_of(request, collection)
    if not isinstance(ids, list) or not ids:
        raise HTTPError(400, "Required: an array of ids")
    if not isinstance(owners, list) or not owners:
        raise HTTPError(400, "Required: owners, an array of id and type")
    named = [{"type": kind.upper(), "id": int(number)} for kind, number in map(_owner, owners)]
    for one in named if add else ():
        instance.records["users" if one["type"] == "USER" else "groups"].get(one["id"])
    changed = []
    for thing in map(things.get, ids):
        if not seen.owns(thing):
            raise HTTPError(403, f"Only its owners and admins may change who owns {thing['id']}")
        kept = [one for one in owners_of(thing) if one not in named]
        left = [*owners_of(thing), *(one for one in named if one not in owners_of(thing))] if add else kept
        if not left:
            raise HTTPError(400, f"{thing['id']} must keep an owner")
        changed.append((thing, left))
    for thing, left in changed:
        first = next((one["id"] for one in left if one["type"] == "USER"), thing["ownerId"])
        owner = thing["ownerId"] if {"type": "USER", "id": thing["ownerId"]} in left else first
        things.update(thing["id"], owners=left, ownerId=owner)


def _owner(value: object) -> tuple[str, str]:
    if not isinstance(value, dict):
        raise HTTPError(400, "Required: owners, an array of id and type")
    kind, number = _typed({**value, "type": str(value.get("type", "")).lower()}, tuple(_RECIPIENTS))
    if not number.isdecimal():
        raise HTTPError(400, f"Not the id of an owner: {number}")
    return kind, number


def sight_of(request: web.Request) -> Sight:
    """Return what the caller sees."""
    return sight(instance_of(request), caller_of(request))


def forget_shares(instance: Instance, kind: str, thing_id: object) -> None:
    """Forget who a thing was shared with, as it is no more."""
    shares = instance.records["shares"]
    for key in shares.keys():  # noqa: SIM118 - no mapping; it iterates over records
        if key.startswith(f"{kind}/{thing_id}/"):
            shares.remove(key)


def create_app(
    instance: Instance, *, title: str, owner_id: int = OWNER_ID, id: int | None = None, at: int | None = None
) -> Record:
    """Make an App Studio app, of which the instance knows no more than that it can be shared and found."""
    app_id = free_id(instance, "data_apps", 7_000_001) if id is None else id
    now = millis() if at is None else at
    return instance.records["data_apps"].put(
        app_id, {"id": app_id, "title": title, "ownerId": owner_id, "created": now, "modified": now}
    )


def share_with_user(instance: Instance, kind: str, thing_id: object, user_id: object) -> None:
    """Share a page, card or app with a user in the name of the instance's owner."""
    _put(instance, kind, thing_id, "USER", user_id, by=OWNER_ID, at=millis())


@routes.post("/api/content/v1/share")
@routes.post("/api/content/v1/share)")
async def share(request: web.Request) -> web.Response:
    """Share pages, cards and datasets, all or none; mail is not sent, whatever `sendEmail` says."""
    body = await json_object(request)
    return _share(request, body, [_typed(each, (PAGE, CARD, DATASET)) for each in _objects(body, "resources")])


@routes.post("/api/content/v1/dataapps/share")
@routes.post("/api/content/v1/dataapps/share)")
async def share_apps(request: web.Request) -> web.Response:
    """Share App Studio apps, all or none."""
    body = await json_object(request)
    ids = body.get("dataAppIds")
    if not isinstance(ids, list) or not ids:
        raise HTTPError(400, "Required: dataAppIds, an array of ids")
    return _share(request, body, [(APP, str(each)) for each in ids])


@routes.delete("/api/content/v1/share/page/{page_id}/user/{person_id}")
async def revoke(request: web.Request) -> web.Response:
    """Take a user's access to a page away.

    Emulator-defined: only a page's owner and admins may; a page's owner cannot lose it, nor can somebody who has it by
    a group (409). Taking what nobody has is no error.
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
        kind: key
        for kind, entity in entities_of(instance, user)
        if (key := _key(PAGE, page["id"], kind, entity)) in shares
    }
    if "GROUP" in held:
        raise HTTPError(409, f"{user['displayName']} has access by a group")
    if "USER" in held:
        shares.remove(held["USER"])
    return web.Response()


@routes.delete("/api/content/v1/share/bulk/{kind:page|badge}/{recipient_type:user|group}/{recipient_id}")
async def revoke_many(request: web.Request) -> web.Response:
    """Take a user's or a group's access to pages or cards away, of all or of none.

    Emulator-defined: only a thing's owners and admins may, and owners keep their access (409).
    """
    instance, seen = instance_of(request), sight_of(request)
    kind, recipient_type = request.match_info["kind"], request.match_info["recipient_type"]
    recipient = instance.records[_RECIPIENTS[recipient_type]].get(request.match_info["recipient_id"])
    ids = [each for each in request.query.get("resourceIds", "").split(",") if each.strip()]
    if not ids:
        raise HTTPError(400, "Required: resourceIds, ids with commas between them")
    things = [instance.records[_COLLECTIONS[kind]].get(each.strip()) for each in ids]
    for thing in things:
        if not seen.owns(thing):
            raise HTTPError(403, f"Only its owners and admins may take access to the {kind} {thing['id']} away")
        if {"type": recipient_type.upper(), "id": recipient["id"]} in owners_of(thing):
            raise HTTPError(409, f"{recipient['id']} owns the {kind} {thing['id']}")
    shares = instance.records["shares"]
    for thing in things:
        key = _key(kind, thing["id"], recipient_type.upper(), recipient["id"])
        if key in shares:
            shares.remove(key)
    return web.Response()


@routes.get("/api/content/v1/share/accesslist/{kind:page|badge}/{thing_id}")
async def access_list(request: web.Request) -> web.Response:
    """Tell who sees a page or a card by its being shared. Not in the documents; other clients use it."""
    instance = instance_of(request)
    kind = request.match_info["kind"]
    thing = instance.records[_COLLECTIONS[kind]].get(request.match_info["thing_id"])
    if not sight_of(request).sees(kind, thing):
        raise HTTPError(403, "You have no access to it")
    return answer(people_who_see(instance, kind, thing))


def people_who_see(instance: Instance, kind: str, thing: Record) -> dict[str, list[dict[str, Any]]]:
    """Return the users and groups that own a thing or that it is shared with, as answers tell them."""
    owning = [(one["type"], one["id"]) for one in owners_of(thing)]
    shared = [
        (each["recipientType"], int(each["recipientId"]))
        for each in instance.records["shares"]
        if (each["type"], each["id"]) == (kind, str(thing["id"]))
    ]

    def told(type: str, name: str) -> list[dict[str, Any]]:
        return [
            {"id": one[1], name: _entity_name(instance, {"type": one[0], "id": one[1]}), "isOwner": one in owning}
            for one in dict.fromkeys([*owning, *shared])
            if one[0] == type
        ]

    return {"users": told("USER", "displayName"), "groups": told("GROUP", "name")}


def _share(request: web.Request, body: dict[str, Any], things: list[tuple[str, str]]) -> web.Response:
    recipients = [_typed(each, tuple(_RECIPIENTS)) for each in _objects(body, "recipients")]
    if not isinstance(body.get("message", ""), str | None):
        raise HTTPError(400, "message must be a string")
    flag(request.query.get("sendEmail", "false"), "sendEmail")
    instance, caller, seen = instance_of(request), caller_of(request), sight_of(request)
    for kind, thing_id in things:
        if kind == DATASET:
            allowed = is_permitted(instance, instance.dataset(thing_id), caller, "CAN_SHARE")
        else:
            allowed = seen.sees(kind, instance.records[_COLLECTIONS[kind]].get(thing_id))
        if not allowed:
            raise HTTPError(403, f"You may not share the {kind} {thing_id}")
    for kind, recipient in recipients:
        instance.records[_RECIPIENTS[kind]].get(recipient)
    for kind, thing_id in things:
        for recipient_type, recipient in recipients:
            if kind == DATASET:
                let_view(instance, instance.dataset(thing_id), recipient_type.upper(), recipient)
            else:
                _put(instance, kind, thing_id, recipient_type.upper(), recipient, by=caller["id"], at=millis())
    return web.Response()


def _key(kind: str, thing_id: object, recipient_type: str, recipient: object) -> str:
    return f"{kind}/{thing_id}/{recipient_type}/{recipient}"


def _put(
    instance: Instance, kind: str, thing_id: object, recipient_type: str, recipient: object, *, by: int, at: int
) -> None:
    instance.records["shares"].put(
        _key(kind, thing_id, recipient_type, recipient),
        {
            "type": kind,
            "id": str(thing_id),
            "recipientType": recipient_type,
            "recipientId": str(recipient),
            "sharedBy": by,
            "sharedAt": at,
        },
    )


def _objects(body: dict[str, Any], key: str) -> list[dict[str, Any]]:
    value = body.get(key)
    if not isinstance(value, list) or not value or not all(isinstance(each, dict) for each in value):
        raise HTTPError(400, f"Required: {key}, an array of objects with type and id")
    return value


def _typed(thing: dict[str, Any], types: tuple[str, ...]) -> tuple[str, str]:
    kind, thing_id = str(thing.get("type")).lower(), str(thing.get("id") or "")
    if kind not in types or not thing_id:
        raise HTTPError(400, f"Required: an id, and a type of {', '.join(types)}")
    return kind, thing_id


def search_documents(instance: Instance) -> Iterator[dict[str, Any]]:
    """Yield what a search finds of App Studio apps; the keys are emulator-defined."""
    for app in instance.records["data_apps"]:
        yield {
            "entityType": "data_app",
            "databaseId": str(app["id"]),
            "uuid": str(app["id"]),
            "title": app["title"],
            "ownedById": str(app["ownerId"]),
            "ownedByName": user_name(instance, app["ownerId"]),
            "createDate": app["created"],
            "lastModified": app["modified"],
        }


def seed(instance: Instance, rng: Random) -> None:
    """Make ten apps, and have them and a tenth of all pages shared with some users."""
    users = [user["id"] for user in instance.records["users"]]
    apps = [
        create_app(instance, title=f"{name} App", owner_id=rng.choice(users), at=_EPOCH + rng.randrange(10**10))
        for name in _APPS
    ]
    pages = [page for page in instance.records["pages"] if rng.random() < 0.1]
    for kind, things in ((APP, apps), (PAGE, pages)):
        for thing in things:
            for user in rng.sample(users, min(3, len(users))):
                _put(instance, kind, thing["id"], "USER", user, by=thing["ownerId"], at=thing["modified"])


_APPS = (
    "Sales",
    "Finance",
    "Marketing",
    "Operations",
    "Support",
    "People",
    "Product",
    "Logistics",
    "Travel",
    "Quality",
)

"""Visibility and ownership of pages, cards and apps."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from aiohttp import web
from attrs import frozen

from domo_async._emulator.access.people import entities_of, is_admin, user_name
from domo_async._emulator.context import caller_of, instance_of, records_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

__all__ = [
    "APP",
    "CARD",
    "DATASET",
    "PAGE",
    "RECIPIENTS",
    "Sight",
    "change_owners",
    "described_owners",
    "forget_shares",
    "is_owned_by",
    "owners_of",
    "people_who_see",
    "put_share",
    "read_typed",
    "share_key",
    "sight",
    "sight_of",
]

PAGE, CARD, DATASET, APP = "page", "badge", "dataset", "data_app"
"""The types of things that can be shared, by their names in requests; a card is called a badge."""
RECIPIENTS = {"user": "users", "group": "groups"}


@frozen
class Sight:
    """The pages, cards and apps that a user sees.

    Attributes:
        user_id: The user.
        everything: Whether the user is an admin, who sees everything.
        shared: The types and ids of all things that are shared with the user.
        pages: The ids of the pages that the user sees.
        entities: The user and the user's groups, by type and id.
    """

    user_id: int
    everything: bool
    shared: frozenset[tuple[str, str]]
    pages: frozenset[int]
    entities: frozenset[tuple[str, str]] = frozenset()

    def owns(self, thing: Record) -> bool:
        """Return whether the user has full control of a page, card or app."""
        return self.everything or any((one["type"], str(one["id"])) in self.entities for one in owners_of(thing))

    def page(self, page: Record) -> bool:
        """Return whether the user sees a page."""
        return self.everything or page["id"] in self.pages

    def card(self, card: Record) -> bool:
        """Return whether the user sees a card."""
        return (
            self.owns(card)
            or (CARD, str(card["id"])) in self.shared
            or not self.pages.isdisjoint(card.get("pageIds") or ())
        )

    def sees(self, thing_type: str, thing: Record) -> bool:
        """Return whether the user sees a page, card or app."""
        looks = {PAGE: self.page, CARD: self.card}.get(thing_type)
        return looks(thing) if looks else self.owns(thing) or (thing_type, str(thing["id"])) in self.shared


def sight(instance: Instance, user: Record) -> Sight:
    """Return the pages, cards and apps that a user sees."""
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
    """Return the users and groups that own a page, card or app."""
    return thing.get("owners") or [{"type": "USER", "id": thing["ownerId"]}]


def is_owned_by(thing: Record, user_ids: Collection[str]) -> bool:
    """Return whether one of the users (ids as text) owns a page, card or app."""
    return any(one["type"] == "USER" and str(one["id"]) in user_ids for one in owners_of(thing))


def described_owners(instance: Instance, thing: Record) -> list[dict[str, Any]]:
    """Return a thing's owners with their names, in the form that answers have."""
    return [{**one, "displayName": _entity_name(instance, one)} for one in owners_of(thing)]


def _entity_name(instance: Instance, one: dict[str, Any]) -> str | None:
    if one["type"] == "USER":
        return user_name(instance, one["id"])
    group = instance.records["groups"].find(one["id"])
    return None if group is None else group["name"]


def change_owners(request: web.Request, collection: str, ids: object, owners: object, *, add: bool) -> None:
    """Add or remove owners of things: of all of them, or of none.

    Emulator-defined: owners and admins may do so, and a thing must keep an owner (400).
    """
    instance, seen, things = instance_of(request), sight_of(request), records_of(request, collection)
    ids = Array(least=1, words="an array of ids").check(ids)
    owners = Array(least=1, words="an array of id and type").check(owners, "owners")
    named = [{"type": type_.upper(), "id": int(number)} for type_, number in map(_owner, owners)]
    for one in named if add else ():
        instance.records["users" if one["type"] == "USER" else "groups"].get(one["id"])
    changed = []
    for thing in map(things.get, ids):
        if not seen.owns(thing):
            raise HTTPError(403, f"Only its owners and admins may change the owners of {thing['id']}")
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
    owner_type, number = read_typed({**value, "type": str(value.get("type", "")).lower()}, tuple(RECIPIENTS))
    if not number.isdecimal():
        raise HTTPError(400, f"Not the id of an owner: {number}")
    return owner_type, number


def sight_of(request: web.Request) -> Sight:
    """Return the pages, cards and apps that the caller sees."""
    return sight(instance_of(request), caller_of(request))


def forget_shares(instance: Instance, thing_type: str, thing_id: object) -> None:
    """Remove the shares of a deleted thing."""
    shares = instance.records["shares"]
    for key in shares.keys():  # noqa: SIM118 - no mapping; it iterates over records
        if key.startswith(f"{thing_type}/{thing_id}/"):
            shares.remove(key)


def people_who_see(instance: Instance, thing_type: str, thing: Record) -> dict[str, list[dict[str, Any]]]:
    """Return the users and groups that own a thing or that it is shared with, in the form that answers have."""
    owning = [(one["type"], one["id"]) for one in owners_of(thing)]
    shared = [
        (each["recipientType"], int(each["recipientId"]))
        for each in instance.records["shares"]
        if (each["type"], each["id"]) == (thing_type, str(thing["id"]))
    ]

    def told(type: str, name: str) -> list[dict[str, Any]]:
        return [
            {"id": one[1], name: _entity_name(instance, {"type": one[0], "id": one[1]}), "isOwner": one in owning}
            for one in dict.fromkeys([*owning, *shared])
            if one[0] == type
        ]

    return {"users": told("USER", "displayName"), "groups": told("GROUP", "name")}


def share_key(thing_type: str, thing_id: object, recipient_type: str, recipient: object) -> str:
    return f"{thing_type}/{thing_id}/{recipient_type}/{recipient}"


def put_share(
    instance: Instance, thing_type: str, thing_id: object, recipient_type: str, recipient: object, *, by: int, at: int
) -> None:
    instance.records["shares"].put(
        share_key(thing_type, thing_id, recipient_type, recipient),
        {
            "type": thing_type,
            "id": str(thing_id),
            "recipientType": recipient_type,
            "recipientId": str(recipient),
            "sharedBy": by,
            "sharedAt": at,
        },
    )


def read_typed(thing: dict[str, Any], types: tuple[str, ...]) -> tuple[str, str]:
    type_, thing_id = str(thing.get("type")).lower(), str(thing.get("id") or "")
    if type_ not in types or not thing_id:
        raise HTTPError(400, f"Required: an id, and a type of {', '.join(types)}")
    return type_, thing_id

"""Alerts and their subscriptions.

Domo's documentation does not say how an alert is made; `create` makes one, as does the route that other clients use. No
alert is triggered: its conditions are kept, not watched.

Emulator-defined: everybody sees all alerts and may subscribe anybody, but only the owner and admins change or delete
one, and end the subscriptions of others. Subscribing twice is subscribing once; a subscription that does
not exist cannot be ended (404).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from domo_async._emulator.access.people import entities_of, free_id, is_admin, user_name
from domo_async._emulator.context import caller_of, instance_of, records_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Field, Flag, Identifier, Object, OneOf, Text
from domo_async._emulator.http.web import (
    BODY,
    answer,
    millis,
    page_of,
    query_flag,
    query_values,
    read_body,
    whole_number,
)
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import OWNER_ID, Record

routes: web.RouteTableDef = web.RouteTableDef()

_PAGE = 100
_LISTED = frozenset(
    [
        "id",
        "category",
        "type",
        "name",
        "description",
        "resourceType",
        "resourceId",
        "createdAt",
        "createdBy",
        "modifiedAt",
        "modifiedBy",
    ]
)
_ALL = frozenset({"all"})
_TYPES = ("USER", "GROUP", "BUZZ", "DAILY", "WEEKLY", "AUTO")
_KINDS_OF_SUBSCRIBERS = {"USER": "users", "GROUP": "groups"}
_CHANGES: dict[str, Field[Any]] = {
    **dict.fromkeys(
        ("name", "type", "category", "resourceType", "resourceId", "rule", "triggerFrequency", "description"),
        Text(optional=True),
    ),
    **dict.fromkeys(("triggered", "active", "enabled", "contextual", "suggested"), Flag(optional=True)),
    **dict.fromkeys(("actions", "configurations", "filterGroups", "filters", "filterRules"), Array(optional=True)),
}
_SUBSCRIPTION = Object({"subscriberId": Identifier(), "type": OneOf(_TYPES)})
_NEW = Object(
    {
        **_CHANGES,
        "name": Text(),
        "resourceType": OneOf(("DATASET", "CARD", "PAGE"), message="resourceType must be DATASET, CARD or PAGE"),
        "resourceId": Text(),
        "subscriptions": Array(_SUBSCRIPTION, default=[], null=True),
    }
)
_SHARE = Object(
    {
        "userMessage": Text(),
        "sendEmail": Flag(default=False),
        "alertSubscriptions": Array(_SUBSCRIPTION, least=1, words="an array of objects with subscriberId and type"),
        "metaData": Object(optional=True, null=True),
    }
)


def create(
    instance: Instance,
    *,
    name: str,
    resource_id: str,
    resource_type: str = "DATASET",
    owner_id: int = OWNER_ID,
    id: int | None = None,
    at: datetime | None = None,
    **more: Any,
) -> Record:
    """Make an alert; returns its record.

    Args:
        instance: The instance.
        name: Its name.
        resource_id: The identifier of the watched resource.
        resource_type: The type of the resource: ``DATASET``, ``CARD`` or ``PAGE``.
        owner_id: Its owner.
        id: Its number; None for the next one.
        at: When it was made; None for now.
        more: Further keys of the record, such as ``triggered``.
    """
    alert_id = free_id(instance, "alerts", 1) if id is None else id
    now = _stamp(at)
    return instance.records["alerts"].put(
        alert_id,
        {
            "id": alert_id,
            "name": name,
            "type": "ANY_ROW",
            "category": "DATA",
            "resourceType": resource_type,
            "resourceId": resource_id,
            "rule": name,
            "triggerFrequency": "Rarely",
            "triggered": False,
            "active": True,
            "enabled": True,
            "contextual": False,
            "suggested": False,
            "owner": owner_id,
            "createdAt": now,
            "createdBy": owner_id,
            "modifiedAt": now,
            "modifiedBy": owner_id,
            "actions": [],
            "configurations": [],
            "filterGroups": [],
            "filters": [],
            "filterRules": [],
            "description": "",
            "subscriptions": [],
            "error": {},
            **more,
        },
    )


def create_from(instance: Instance, body: dict[str, Any], *, owner_id: int) -> Record:
    """Make an alert as a request asks for it.

    Raises:
        HTTPError: 400 or 404, if a key is missing, or the watched resource does not exist.
    """
    changes = _changes(_NEW.check(body))
    if _resource_name(instance, changes) is None:
        raise HTTPError(404, f"The {changes['resourceType'].lower()} {changes['resourceId']} does not exist")
    changes = {"rule": changes["name"], **changes}
    name, resource_id, resource_type = (changes.pop(key) for key in ("name", "resourceId", "resourceType"))
    return create(
        instance, name=name, resource_id=resource_id, resource_type=resource_type, owner_id=owner_id, **changes
    )


def _stamp(time: datetime | None = None) -> str:
    return (time or datetime.now(UTC)).strftime("%Y-%m-%d %H:%M:%S")


# -- alerts -----------------------------------------------------------------------------------------------


@routes.get("/api/social/v4/alerts")
async def list_alerts(request: web.Request) -> web.Response:
    """List alerts that meet all conditions.

    Emulator-defined: an alert on a card is also one of the card's pages; `all` gives all alerts in one answer, whatever
    the limit is; a key that an alert does not have is left out.
    """
    instance, caller = instance_of(request), caller_of(request)
    tests = list(_tests(request, instance))
    found = [
        alert
        for alert in (_describe(instance, caller, each) for each in instance.records["alerts"])
        if all(test(alert) for test in tests)
    ]
    sort = request.query.get("sort", "createdAt")
    if found and all(sort not in alert for alert in found):
        raise HTTPError(400, f"Cannot sort by {sort}: no alert has it")
    found.sort(key=lambda alert: _rank(alert.get(sort)))
    page = page_of(request, found, limit=_PAGE)
    if query_flag(request, "all"):
        page = found[whole_number(request.query.get("offset"), "offset", 0) :]
    return answer([_chosen(request, alert, _LISTED) for alert in page])


@routes.post("/api/social/v4/alerts")
async def create_alert(request: web.Request) -> web.Response:
    """Make an alert.

    Emulator-defined: it has a name, and the resourceType and resourceId of an existing resource.
    """
    body = await read_body(request, _NEW)
    instance, caller = instance_of(request), caller_of(request)
    subscriptions = [_subscription(request, each) for each in body["subscriptions"]]
    alert = create_from(instance, body, owner_id=caller["id"])
    _add(request, alert, subscriptions)
    return answer(_describe(instance, caller, records_of(request, "alerts").get(alert["id"])), status=201)


@routes.get("/api/social/v4/alerts/{alert_id}")
async def get(request: web.Request) -> web.Response:
    """Return an alert, with all keys unless some are asked for."""
    alert = _describe(instance_of(request), caller_of(request), _alert_of(request))
    return answer(_chosen(request, alert, _ALL))


@routes.patch("/api/social/v4/alerts/{alert_id}")
@routes.put("/api/social/v4/alerts/{alert_id}")
async def update(request: web.Request) -> web.Response:
    """Change the keys that are sent."""
    alert, body = _own_alert_of(request), await read_body(request, Object(_CHANGES))
    changes = _changes(body)
    if "owner" in body:
        changes["owner"] = records_of(request, "users").get(body["owner"])["id"]
    if not changes:
        raise HTTPError(400, "The body has nothing to change")
    caller = caller_of(request)
    changed = records_of(request, "alerts").update(alert["id"], **changes, modifiedAt=_stamp(), modifiedBy=caller["id"])
    return answer(_describe(instance_of(request), caller, changed))


@routes.delete("/api/social/v4/alerts/{alert_id}")
async def delete(request: web.Request) -> web.Response:
    """Delete an alert."""
    records_of(request, "alerts").remove(_own_alert_of(request)["id"])
    return web.Response(status=204)


def _alert_of(request: web.Request) -> Record:
    return records_of(request, "alerts").get(request.match_info["alert_id"])


def _own_alert_of(request: web.Request) -> Record:
    alert = _alert_of(request)
    if not _owns(caller_of(request), alert):
        raise HTTPError(403, "Only its owner and admins may change an alert")
    return alert


def _owns(caller: Record, alert: Record) -> bool:
    return bool(alert["owner"] == caller["id"] or is_admin(caller))


def _changes(body: dict[str, Any]) -> Record:
    return {key: body[key] for key in _CHANGES if key in body}


# -- subscriptions ----------------------------------------------------------------------------------------


@routes.get("/api/social/v4/alerts/{alert_id}/subscriptions")
async def list_subscriptions(request: web.Request) -> web.Response:
    """List an alert's subscriptions."""
    return answer(_describe(instance_of(request), caller_of(request), _alert_of(request))["subscriptions"])


@routes.post("/api/social/v4/alerts/{alert_id}/subscriptions")
async def subscribe(request: web.Request) -> web.Response:
    """Subscribe a user or a group.

    Domo's documentation also has this method for ending a subscription: a request with all keys in its query does so.
    """
    if not request[BODY] and {"subscriberId", "type"} <= request.query.keys():
        return _unsubscribe(request)
    alert, body = _alert_of(request), await read_body(request, _SUBSCRIPTION)
    _add(request, alert, [_subscription(request, body)])
    return web.Response()


@routes.delete("/api/social/v4/alerts/{alert_id}/subscriptions")
async def unsubscribe(request: web.Request) -> web.Response:
    """End a subscription."""
    return _unsubscribe(request)


def _unsubscribe(request: web.Request) -> web.Response:
    alert, caller = _alert_of(request), caller_of(request)
    ended = _subscription(request, _SUBSCRIPTION.check(dict(request.query)), must_exist=False)
    itself = (ended["type"], ended["subscriberId"]) == ("USER", caller["id"])
    if not itself and not _owns(caller, alert):
        raise HTTPError(403, "Only the alert's owner and admins may end the subscriptions of others")
    left = [each for each in alert["subscriptions"] if not _same(each, ended)]
    if len(left) == len(alert["subscriptions"]):
        raise HTTPError(404, f"The alert {alert['id']} does not have this subscription")
    records_of(request, "alerts").update(alert["id"], subscriptions=left)
    return web.Response(status=204)


@routes.post("/api/social/v4/alerts/{alert_id}/share")
async def share(request: web.Request) -> web.Response:
    """Subscribe several users and groups; no message is sent, whatever `sendEmail` says (emulator-defined)."""
    alert, body = _alert_of(request), await read_body(request, _SHARE)
    _add(request, alert, [_subscription(request, each) for each in body["alertSubscriptions"]])
    return web.Response()


def _subscription(request: web.Request, given: dict[str, Any], *, must_exist: bool = True) -> Record:
    subscriber, category = given["subscriberId"], given["type"]
    if must_exist and category in _KINDS_OF_SUBSCRIBERS:
        records_of(request, _KINDS_OF_SUBSCRIBERS[category]).get(subscriber)
    return {"subscriberId": int(subscriber), "type": category, "subscribedBy": caller_of(request)["id"]}


def _add(request: web.Request, alert: Record, subscriptions: list[Record]) -> None:
    kept = list(alert["subscriptions"])
    for each in subscriptions:
        if not any(_same(each, other) for other in kept):
            kept.append(each)
    records_of(request, "alerts").update(alert["id"], subscriptions=kept)


def _same(one: Record, other: Record) -> bool:
    return (one["type"], one["subscriberId"]) == (other["type"], other["subscriberId"])


# -- answers ----------------------------------------------------------------------------------------------


def _tests(request: web.Request, instance: Instance) -> Iterator[Callable[[Record], bool]]:
    """Yield what an alert must pass to be listed."""
    query = request.query
    for key, resource_type in (("cardId", "CARD"), ("dataSetId", "DATASET"), ("pageId", "PAGE")):
        if key in query:
            yield _watches(_watched(instance, resource_type, query[key]))
    if owner := query.get("ownerId"):
        yield lambda alert: str(alert["owner"]) == owner
    if subscriber := query.get("subscriberId"):
        entities = entities_of(instance, {"id": subscriber})
        yield lambda alert: _is_subscribed(alert, entities)
    if types := query.get("subscriptionTypes"):
        wanted = {each.strip() for each in types.split(",")}
        if not wanted <= set(_TYPES):
            raise HTTPError(400, f"subscriptionTypes must be some of {', '.join(_TYPES)}")
        yield lambda alert: any(each["type"] in wanted for each in alert["subscriptions"])
    for key, test in _ONLY.items():
        if query_flag(request, key):
            yield test


_ONLY: dict[str, Callable[[Record], bool]] = {
    "currentUserSubscriptions": lambda alert: alert["currentUserSubscribed"],
    "disabled": lambda alert: not alert["enabled"],
    "suggested": lambda alert: alert["suggested"],
    "triggered": lambda alert: alert["triggered"],
}


def _watched(instance: Instance, resource_type: str, resource_id: str) -> set[tuple[str, str]]:
    """Return the types and ids of what an alert on something watches: on a page, also the cards that are on it."""
    held = {
        ("CARD", str(card["id"]))
        for card in instance.records["cards"]
        if resource_type == "PAGE" and resource_id in map(str, card.get("pageIds") or ())
    }
    return {(resource_type, resource_id), *held}


def _watches(watched: set[tuple[str, str]]) -> Callable[[Record], bool]:
    return lambda alert: (alert["resourceType"], str(alert["resourceId"])) in watched


def _describe(instance: Instance, caller: Record, alert: Record) -> Record:
    entities = entities_of(instance, caller)
    subscriptions = [
        {
            # The subscriber's id is a string in answers and a number in requests.
            **each,
            "id": number,
            "subscriberId": str(each["subscriberId"]),
            "currentUserMember": each["type"] == "GROUP" and ("GROUP", str(each["subscriberId"])) in entities,
            "mutedSubscriberIds": [],
        }
        for number, each in enumerate(alert["subscriptions"], 1)
    ]
    return {
        **alert,
        "subscriptions": subscriptions,
        "resourceName": _resource_name(instance, alert),
        "currentUserSubscribed": _is_subscribed(alert, entities),
    }


def _is_subscribed(alert: Record, entities: set[tuple[str, str]]) -> bool:
    """Return whether a user is subscribed, on their own in whichever way, or by a group."""
    return any(
        ("GROUP" if each["type"] == "GROUP" else "USER", str(each["subscriberId"])) in entities
        for each in alert["subscriptions"]
    )


def _resource_name(instance: Instance, alert: Record) -> str | None:
    resource_type, resource_id = alert["resourceType"], str(alert["resourceId"])
    if resource_type == "DATASET":
        try:
            return instance.dataset(resource_id).name
        except HTTPError:
            return None
    named = instance.records["cards" if resource_type == "CARD" else "pages"].find(resource_id)
    return None if named is None else str(named["title"])


def _chosen(request: web.Request, alert: Record, default: frozenset[str]) -> Record:
    """Return the keys of an alert that the query asks for."""
    fields = frozenset(query_values(request, "fields")) or default
    return alert if "all" in fields else {key: value for key, value in alert.items() if key in fields}


def _rank(value: Any) -> tuple[int, Any]:
    """Return what sorts numbers among each other, then texts, then all else."""
    if isinstance(value, int | float):
        return 0, value
    return (1, value.lower()) if isinstance(value, str) else (2, "")


# -- the world --------------------------------------------------------------------------------------------


def search_documents(instance: Instance) -> Iterator[dict[str, Any]]:
    """Yield what a search finds of alerts; the keys are emulator-defined."""
    for alert in instance.records["alerts"]:
        yield {
            "entityType": "alert",
            "databaseId": str(alert["id"]),
            "uuid": str(alert["id"]),
            "name": alert["name"],
            "ownedById": str(alert["owner"]),
            "ownedByName": user_name(instance, alert["owner"]),
            "createDate": millis(alert["createdAt"]),
            "lastModified": millis(alert["modifiedAt"]),
            "resourceType": alert["resourceType"],
            "resourceId": alert["resourceId"],
        }

"""Pages: creating, listing, moving and deleting them.

Emulator-defined: a top-level page has the parent 0, and requests may also write -100000; the titles of the pages below
one page differ (409); a page with pages below it cannot be deleted (409); the cards of a deleted page stay. Only a
page's owners and admins may move or delete it; every user who sees a page may make one below it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from aiohttp import web

from domo_async._emulator.access.people import free_id, user_name
from domo_async._emulator.access.sharing import (
    PAGE,
    Sight,
    change_owners,
    described_owners,
    forget_shares,
    is_owned_by,
    sight_of,
)
from domo_async._emulator.context import instance_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Flag, Object, OneOf, Scalar, Text
from domo_async._emulator.http.web import answer, json_object, millis, page_of, read_body
from domo_async._emulator.services import cards
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import OWNER_ID, Record

routes: web.RouteTableDef = web.RouteTableDef()

TOP = 0
_TOPS = {"0", "-100000"}
_PAGE = 100
_ORDERS = {"pageTitle": "title", "lastModified": "modified", "created": "created", "createdTime": "created"}


def create(
    instance: Instance,
    *,
    title: str,
    parent_id: int = TOP,
    owner_id: int = OWNER_ID,
    has_layout: bool = True,
    id: int | None = None,
    at: int | None = None,
) -> Record:
    """Make a page; returns its record."""
    page_id = free_id(instance, "pages", 1_000_000_001) if id is None else id
    now = millis() if at is None else at
    return instance.records["pages"].put(
        page_id,
        {
            "id": page_id,
            "parentPageId": parent_id,
            "ownerId": owner_id,
            "title": title,
            "locked": False,
            "hasLayout": has_layout,
            "created": now,
            "modified": now,
        },
    )


@routes.post("/api/content/v1/pages")
async def create_page(request: web.Request) -> web.Response:
    """Make a page below another."""
    body = await read_body(request, Object({"title": Text(), "hasLayout": Flag(default=True)}))
    instance, seen = instance_of(request), sight_of(request)
    parent = _parent(instance, seen, body.get("parentPageId"))
    title = body["title"]
    refuse_taken_title(instance, title, parent)
    page = create(
        instance,
        title=title,
        parent_id=parent,
        owner_id=seen.user_id,
        has_layout=body["hasLayout"],
    )
    return answer(_describe(instance, page))


@routes.put("/api/content/v1/pages/bulk/owners")
async def add_owners(request: web.Request) -> web.Response:
    """Add owners of pages; mail is not sent, whatever `sendEmail` says."""
    body = await json_object(request)
    change_owners(request, "pages", body.get("pageIds"), body.get("owners"), add=True)
    return web.Response()


@routes.post("/api/content/v1/pages/bulk/owners/remove")
async def remove_owners(request: web.Request) -> web.Response:
    """Remove owners of pages."""
    body = await json_object(request)
    change_owners(request, "pages", body.get("pageIds"), body.get("owners"), add=False)
    return web.Response()


_MOVE = Object(
    {
        "pageIds": Array(least=1, words="an array of numbers"),
        "pagePermission": OneOf(("ORIGINAL",), message="pagePermission must be ORIGINAL"),
    }
)
_SUMMARIES = Object({"orderBy": OneOf(_ORDERS, default="pageTitle"), "ascending": Flag(default=True)})


@routes.put("/api/content/v1/pages/bulk/move")
async def move(request: web.Request) -> web.Response:
    """Move pages below another, or to the top if the body names none; all or none."""
    body = await read_body(request, _MOVE)
    instance, seen = instance_of(request), sight_of(request)
    pages = instance.records["pages"]
    moved = [pages.get(page_id) for page_id in body["pageIds"]]
    parent = _parent(instance, seen, body.get("parentPageId", TOP))
    above = {parent, *_above(instance, parent)}
    for page in moved:
        if not seen.owns(page):
            raise HTTPError(403, f"Only its owner and admins may move the page {page['id']}")
        if page["id"] in above:
            raise HTTPError(409, f"The page {page['id']} cannot be moved below itself")
        if page["parentPageId"] != parent:
            refuse_taken_title(instance, page["title"], parent)
    for page in moved:
        pages.update(page["id"], parentPageId=parent, modified=millis())
    return web.Response()


@routes.post("/api/content/v1/pages/adminsummary")
async def list_pages(request: web.Request) -> web.Response:
    """List the pages that the caller sees. Domo's documentation does not have this route; other clients use it.

    Emulator-defined: a page of 100 by default; pages belong to no app.
    """
    body = await read_body(request, _SUMMARIES)
    instance, seen = instance_of(request), sight_of(request)
    found = [page for page in instance.records["pages"] if seen.page(page)]
    if body.get("includePageTitleClause"):
        wanted = Text().check(body.get("pageTitleSearchText"), "pageTitleSearchText").lower()
        found = [page for page in found if wanted in page["title"].lower()]
    if body.get("includeParentPageIdsClause"):
        parents = _ids(body, "parentPageIds")
        found = [page for page in found if str(page["parentPageId"]) in parents]
    if body.get("includePageOwnerClause"):
        owners = _ids(body, "ownerIds")
        found = [page for page in found if is_owned_by(page, owners)]
    key = _ORDERS[body["orderBy"]]
    found.sort(key=lambda page: page[key], reverse=not body["ascending"])
    counts = _card_counts(instance)
    page = page_of(request, found, limit=_PAGE, offset="skip")
    return answer(
        {
            "pageAdminSummaries": [_summarise(instance, each, counts.get(each["id"], 0)) for each in page],
            "totalPageCount": len(found),
        }
    )


@routes.get("/api/content/v3/stacks/{page_id}/cards")
async def get(request: web.Request) -> web.Response:
    """Return a page with its cards. Domo's documentation does not have this route; other clients use it.

    Emulator-defined: all keys but `id`, `title`, `page` and `cards`.
    """
    instance, seen, page = _seen(request)
    parts = cards.parts_of(request)
    found = [cards.describe(instance, seen, card, parts) for card in _cards_on(instance, page) if seen.card(card)]
    return answer(
        {
            "id": page["id"],
            "title": page["title"],
            "type": "page",
            "page": _describe(instance, page),
            "cards": found,
            "collections": [],
            "sizes": [{"id": card["id"], "size": "medium"} for card in found],
        }
    )


@routes.get("/api/content/v1/pages/{page_id}/cards")
async def list_cards(request: web.Request) -> web.Response:
    """List the cards on a page. Domo's documentation does not have this route; other clients use it."""
    instance, seen, page = _seen(request)
    parts = cards.parts_of(request)
    return answer(
        [cards.describe(instance, seen, card, parts) for card in _cards_on(instance, page) if seen.card(card)]
    )


@routes.get("/api/content/v1/pages/{page_id}")
async def get_facts(request: web.Request) -> web.Response:
    """Give a page without its cards."""
    instance, seen, page = _seen(request)
    return answer({**_describe(instance, page), "isOwner": seen.owns(page)})


@routes.put("/api/content/v1/pages/{page_id}")
async def update(request: web.Request) -> web.Response:
    """Change a page's title, or lock it; its owners and admins may (emulator-defined)."""
    instance, seen, page = _seen(request)
    if not seen.owns(page):
        raise HTTPError(403, "Only its owners and admins may change a page")
    schema = Object({"title": Text(default=page["title"]), "locked": Flag(default=page["locked"])})
    body = await read_body(request, schema)
    title = body["title"]
    if title != page["title"]:
        refuse_taken_title(instance, title, page["parentPageId"])
    instance.records["pages"].update(page["id"], title=title, locked=body["locked"], modified=millis())
    return web.Response()


@routes.delete("/api/content/v1/pages/{page_id}")
async def delete(request: web.Request) -> web.Response:
    """Delete a page. Domo's documentation does not have this route; other clients use it."""
    instance, seen, page = _seen(request)
    if not seen.owns(page):
        raise HTTPError(403, "Only its owner and admins may delete a page")
    if any(each["parentPageId"] == page["id"] for each in instance.records["pages"]):
        raise HTTPError(409, "The page has pages below it")
    for card in _cards_on(instance, page):
        instance.records["cards"].update(card["id"], pageIds=[each for each in card["pageIds"] if each != page["id"]])
    forget_shares(instance, PAGE, page["id"])
    instance.records["pages"].remove(page["id"])
    return web.Response()


def _seen(request: web.Request) -> tuple[Instance, Sight, Record]:
    instance, seen = instance_of(request), sight_of(request)
    page = instance.records["pages"].get(request.match_info["page_id"])
    if not seen.page(page):
        raise HTTPError(403, f"You have no access to the page {page['id']}")
    return instance, seen, page


def _parent(instance: Instance, seen: Sight, value: object) -> int:
    Scalar(words="a number").check(value, "parentPageId")
    if str(value) in _TOPS:
        return TOP
    page = instance.records["pages"].get(value)
    if not seen.page(page):
        raise HTTPError(403, f"You have no access to the page {value}")
    parent: int = page["id"]
    return parent


def refuse_taken_title(instance: Instance, title: str, parent: int) -> None:
    if any(page["parentPageId"] == parent and page["title"] == title for page in instance.records["pages"]):
        raise HTTPError(409, f"There is a page called {title} already")


def _above(instance: Instance, page_id: int) -> Iterator[int]:
    """Yield the pages above a page, the nearest first."""
    page = instance.records["pages"].find(page_id)
    while page is not None and page["parentPageId"] != TOP:
        yield page["parentPageId"]
        page = instance.records["pages"].find(page["parentPageId"])


def _ids(body: dict[str, Any], key: str) -> set[str]:
    ids = Array(words="an array of numbers").check(body.get(key), key)
    return {str(TOP) if str(each) in _TOPS else str(each) for each in ids}


def _cards_on(instance: Instance, page: Record) -> list[Record]:
    return [card for card in instance.records["cards"] if page["id"] in (card.get("pageIds") or ())]


def _card_counts(instance: Instance) -> dict[int, int]:
    counts: dict[int, int] = {}
    for card in instance.records["cards"]:
        for page_id in card.get("pageIds") or ():
            counts[page_id] = counts.get(page_id, 0) + 1
    return counts


def _describe(instance: Instance, page: Record) -> dict[str, Any]:
    title = page["title"]
    return {
        "pageId": page["id"],
        "parentPageId": page["parentPageId"],
        "ownerId": page["ownerId"],
        "owners": described_owners(instance, page),
        "type": "page",
        "title": title,
        "pageName": title,
        "locked": page["locked"],
        "mobileEnabled": True,
        "sharedViewPage": True,
        "metadata": json.dumps({"pageTitle": title, "title": title, "type": "page"}, separators=(",", ":")),
        "virtualPage": False,
        "hasLayout": page["hasLayout"],
        "created": page["created"],
        "updated": page["modified"],
    }


def _summarise(instance: Instance, page: Record, cards: int) -> dict[str, Any]:
    above = [instance.records["pages"].get(each) for each in _above(instance, page["id"])]
    parent, top = (above[0] if above else None), (above[-1] if above else page)
    return {
        "pageId": page["id"],
        "pageTitle": page["title"],
        "pageType": "page",
        "subType": None,
        "parentPageId": None if parent is None else parent["id"],
        "parentPageTitle": None if parent is None else parent["title"],
        "topPageId": top["id"],
        "topPageTitle": top["title"],
        "ownerId": page["ownerId"],
        "ownerName": user_name(instance, page["ownerId"]),
        "owners": described_owners(instance, page),
        "locked": page["locked"],
        "lastModified": page["modified"],
        "cardCount": cards or None,
        "dataAppId": None,
        "dataAppTitle": None,
    }


def search_documents(instance: Instance) -> Iterator[dict[str, Any]]:
    """Yield what a search finds of pages; the keys are emulator-defined."""
    counts = _card_counts(instance)
    for page in instance.records["pages"]:
        yield {
            "entityType": "page",
            "databaseId": str(page["id"]),
            "uuid": str(page["id"]),
            "title": page["title"],
            "ownedById": str(page["ownerId"]),
            "owners": described_owners(instance, page),
            "ownedByName": user_name(instance, page["ownerId"]),
            "createDate": page["created"],
            "lastModified": page["modified"],
            "parentPageId": page["parentPageId"],
            "cardCount": counts.get(page["id"], 0),
        }

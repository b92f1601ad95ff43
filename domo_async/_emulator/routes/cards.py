"""Cards: what they are, what they show, and pictures of it.

Domo's documentation does not say how a card is made; `create` makes one, for tests and the `demo` world. A card shows
the result of a query: an aggregation of a column of its dataset, by the values of another. Emulator-defined: only a
card's owner and admins change or delete it; each rendering counts as a view.
"""

from __future__ import annotations

import html
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from aiohttp import web
from attrs import frozen

from domo_async._emulator.access.datasets import permitted
from domo_async._emulator.access.people import user_name
from domo_async._emulator.access.policies import visible_rows
from domo_async._emulator.access.sharing import CARD, Sight, change_owners, described_owners, forget_shares, sight_of
from domo_async._emulator.context import caller_of, instance_of, storage_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Flag, Number, Object, OneOf, Text, WholeNumber
from domo_async._emulator.http.web import answer, json_object, millis, page_of, query_flag, query_values, read_body
from domo_async._emulator.services.cards import (
    EPOCH,
    MOST_BARS,
    TABLE,
    Shown,
    dataset_of_card,
    describe,
    describe_owners,
    number_text,
    parts_of,
    show,
)
from domo_async._emulator.services.pictures import LINES_ON_A_PAGE, chart_png, text_pdf
from domo_async._emulator.state.datasets import Dataset
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

routes: web.RouteTableDef = web.RouteTableDef()

_PAGE = 100
_ORDERS = {"cardTitle": "title", "lastModified": "modified", "created": "created"}
_MOST_PIXELS = 1 << 24
_PARTS = frozenset(
    [
        "title",
        "chartType",
        "queryResult",
        "data",
        "image",
        "imagePDF",
        "graph",
        "dynamic",
        "summary",
        "summaryImage",
        "dataSource",
        "pdp",
        "annotations",
        "extendedDateInfo",
        "table",
    ]
)


# -- reading and changing ---------------------------------------------------------------------------------


@routes.get("/api/content/v1/datasources/{dataset_id}/cards")
async def list_of_dataset(request: web.Request) -> web.Response:
    """List the cards that show a dataset; no card has drill paths, so that `drill` changes nothing."""
    instance, seen, dataset = instance_of(request), sight_of(request), permitted(request)
    query_flag(request, "drill")
    return answer(
        [
            {
                "id": card["id"],
                "urn": str(card["id"]),
                "type": card.get("type", "kpi"),
                "chartType": card.get("chartType", TABLE),
                "title": card["title"],
                "ownerId": card["ownerId"],
                "owners": describe_owners(instance, card),
                "access": seen.card(card),
                "datasourceId": dataset.id,
            }
            for card in instance.records["cards"]
            if card["datasourceId"] == dataset.id
        ]
    )


@routes.get("/api/content/v1/cards")
async def get_several(request: web.Request) -> web.Response:
    """Return cards by their numbers. Domo's documentation does not have this route; other clients use it.

    Emulator-defined: cards that do not exist are left out, and so are those that the caller does not see, unless
    ``includeFiltered`` asks for them.
    """
    filtered = query_flag(request, "includeFiltered")
    urns = query_values(request, "urns")
    if not urns:
        raise HTTPError(400, "Required: urns, the numbers of cards")
    instance, seen, parts = instance_of(request), sight_of(request), parts_of(request)
    found = (instance.records["cards"].find(urn) for urn in dict.fromkeys(urns))
    return answer(
        [describe(instance, seen, card, parts) for card in found if card is not None and (filtered or seen.card(card))]
    )


_SUMMARIES = Object(
    {
        "pageIds": Array(optional=True, words="an array of numbers"),
        "orderBy": OneOf(_ORDERS, default="cardTitle"),
        "ascending": Flag(default=True),
    }
)


@routes.post("/api/content/v2/cards/adminsummary")
async def list_cards(request: web.Request) -> web.Response:
    """List the cards that the caller sees. Domo's documentation does not have this route; other clients use it.

    Emulator-defined: the keys of a card that the other routes do not give.
    """
    body = await read_body(request, _SUMMARIES)
    instance, seen, parts = instance_of(request), sight_of(request), parts_of(request)
    found = [card for card in instance.records["cards"] if seen.card(card)]
    if body.get("includeCardTitleClause"):
        wanted = Text().check(body.get("cardTitleSearchText"), "cardTitleSearchText").lower()
        found = [card for card in found if wanted in card["title"].lower()]
    if "pageIds" in body:
        wanted_pages = set(map(str, body["pageIds"]))
        found = [card for card in found if not wanted_pages.isdisjoint(map(str, card.get("pageIds") or ()))]
    key = _ORDERS[body["orderBy"]]
    found.sort(key=lambda card: card.get(key) or 0, reverse=not body["ascending"])
    page = page_of(request, found, limit=_PAGE, offset="skip")
    return answer(
        {
            "cardAdminSummaries": [
                {
                    **describe(instance, seen, card, parts),
                    "cardId": card["id"],
                    "cardTitle": card["title"],
                    "pageHierarchy": [
                        {"pageId": held["id"], "title": held["title"]}
                        for held in map(instance.records["pages"].find, card.get("pageIds") or ())
                        if held is not None
                    ],
                }
                for card in page
            ],
            "totalCardCount": len(found),
        }
    )


@routes.put("/api/content/v3/cards/kpi/definition")
async def definition(request: web.Request) -> web.Response:
    """Return the definition of a card. Domo's documentation does not have this route; other clients use it.

    Emulator-defined: what its charts and subscriptions hold.
    """
    instance, seen, card = _seen(request, (await read_body(request, Object({"urn": Text()})))["urn"])
    dataset, made = dataset_of_card(instance, card), card["definition"]
    shown = [name for name in (made["groupBy"], made["value"]) if name]
    return answer(
        {
            "id": card["id"],
            "urn": str(card["id"]),
            "columns": [
                {
                    "id": column.name,
                    "name": column.name,
                    "type": column.type.lower(),
                    "sourceId": card["datasourceId"],
                    "order": order,
                    "hidden": False,
                    "isAggregatable": True,
                    "isCalculation": False,
                    "isControlled": False,
                    "isEncrypted": False,
                }
                for order, column in enumerate(dataset.schema.columns if dataset else ())
            ],
            "definition": {
                "allowTableDrill": True,
                "annotations": [],
                "chartVersion": "12",
                "charts": {
                    "main": {
                        "chartType": card.get("chartType", TABLE),
                        "component": "main",
                        "goal": None,
                        "overrides": {},
                    }
                },
                "conditionalFormats": [],
                "controls": [],
                "dynamicDescription": {
                    "displayOnCardDetails": True,
                    "text": [{"text": card.get("description", ""), "type": "TEXT"}],
                },
                "dynamicTitle": {"text": [{"text": card["title"], "type": "TEXT"}]},
                "formulas": [],
                "inputTable": False,
                "modified": card.get("modified", EPOCH),
                "segments": {"active": [], "definitions": []},
                "subscriptions": {
                    "main": {
                        "name": "main",
                        "columns": [{"column": name, "aggregation": made["aggregation"]} for name in shown],
                        "filters": [],
                        "orderBy": [],
                        "groupBy": [{"column": made["groupBy"]}] if made["groupBy"] else [],
                        "fiscal": False,
                        "projection": False,
                        "distinct": False,
                    }
                },
            },
            "dataSourceWrite": seen.owns(card),
            "drillpath": [],
            "embedded": False,
        }
    )


@routes.delete("/api/content/v1/cards/bulk")
async def delete(request: web.Request) -> web.Response:
    """Delete cards, all or none. Domo's documentation does not have this route; other clients use it."""
    ids = query_values(request, "cardIds")
    if not ids:
        raise HTTPError(400, "Required: cardIds, the numbers of cards")
    instance, seen = instance_of(request), sight_of(request)
    found = [instance.records["cards"].get(each) for each in dict.fromkeys(ids)]
    if not all(map(seen.owns, found)):
        raise HTTPError(403, "Only its owner and admins may delete a card")
    for card in found:
        forget_shares(instance, CARD, card["id"])
        instance.records["cards"].remove(card["id"])
    return web.Response()


@routes.post("/api/content/v1/cards/owners/{action}")
async def set_owners(request: web.Request) -> web.Response:
    """Add or remove owners of cards; mail is not sent, whatever `sendEmail` says."""
    body, action = await json_object(request), request.match_info["action"]
    if action not in {"add", "remove"}:
        raise HTTPError(404, f"Owners are added or removed, not {action}")
    change_owners(request, "cards", body.get("cardIds"), body.get("cardOwners"), add=action == "add")
    return web.Response()


# A text that is made of several.
_DYNAMIC = Object(
    {"text": Array(Object({"text": Text(empty=True)}))},
    optional=True,
    null=True,
    words='an object such as {"text": [{"type": "TEXT", "text": "Sales"}]}',
)


@routes.put("/api/content/v1/cards/{card_id}/title")
async def update_title(request: web.Request) -> web.Response:
    """Change a card's title, its description, or both."""
    instance, _, card = _seen(request, request.match_info["card_id"], to_change=True)
    body = await read_body(request, Object({"dynamicTitle": _DYNAMIC, "dynamicDescription": _DYNAMIC}))
    changes = {
        key: "".join(item["text"] for item in body[name]["text"])
        for name, key in (("dynamicTitle", "title"), ("dynamicDescription", "description"))
        if name in body
    }
    if not changes:
        raise HTTPError(400, "Required: dynamicTitle, dynamicDescription or both")
    if changes.get("title") == "":
        raise HTTPError(400, "A card's title cannot be empty")
    instance.records["cards"].update(card["id"], **changes, modified=millis())
    return answer({})


def _seen(request: web.Request, card_id: str, *, to_change: bool = False) -> tuple[Instance, Sight, Record]:
    instance, seen = instance_of(request), sight_of(request)
    card = instance.records["cards"].get(card_id)
    if not seen.card(card):
        raise HTTPError(403, f"You have no access to the card {card_id}")
    if to_change and not seen.owns(card):
        raise HTTPError(403, "Only its owner and admins may change a card")
    return instance, seen, card


# -- rendering --------------------------------------------------------------------------------------------


_RENDERING = Object(
    {
        "scale": Number(above=0, default=1, words="a number greater than 0"),
        "width": WholeNumber(default=400),
        "height": WholeNumber(default=300),
        "numTablePages": WholeNumber(default=1),
        "treatLongsAsStrings": Flag(default=False),
    }
)


@routes.put("/api/content/v1/cards/kpi/{urn}/render")
async def render(request: web.Request) -> web.Response:
    """Render a card.

    Emulator-defined: the parts but `title`, `image` and `imagePDF`; that a chart has bars, and a picture shows the
    first 20 rows; the filters in `queryOverrides`, objects of a column, an operand and values; 409 for a card whose
    dataset, or a column of it, was deleted; 400 for more than 16 million pixels. `locale` changes nothing.
    """
    instance, _, card = _seen(request, request.match_info["urn"])
    parts = parts_of(request)
    if not parts or not parts <= _PARTS:
        raise HTTPError(400, f"parts must be some of {', '.join(sorted(_PARTS))}")
    body = await read_body(request, _RENDERING)
    look = _Look.of(body)
    dataset = dataset_of_card(instance, card)
    if dataset is None:
        raise HTTPError(409, "The card's dataset was deleted")
    only = visible_rows(instance, dataset, caller_of(request))
    shown = await show(storage_of(request), card, dataset, body.get("queryOverrides"), only=only)
    # Another request may have viewed or deleted the card meanwhile.
    if (viewed := instance.records["cards"].find(card["id"])) is not None:
        instance.records["cards"].update(card["id"], views=viewed.get("views", 0) + 1)
    made: dict[str, Any] = await storage_of(request).run(_rendered, card, dataset, shown, look, parts)
    return answer(made)


@frozen
class _Look:
    width: int
    height: int
    scale: float
    table_pages: int
    longs_as_text: bool

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> _Look:
        width, height, scale = body["width"], body["height"], body["scale"]
        if not 1 <= width * height * scale**2 <= _MOST_PIXELS:
            raise HTTPError(400, f"width * height * scale * scale must be 1 to {_MOST_PIXELS}")
        return cls(width, height, scale, body["numTablePages"], body["treatLongsAsStrings"])


def _rendered(card: Record, dataset: Dataset, shown: Shown, look: _Look, parts: set[str]) -> dict[str, Any]:
    """Return the requested parts; a PDF has the name of the image."""
    rows = [[_cell(cell, look) for cell in row] for row in shown.rows]
    result = {"columns": list(shown.columns), "rows": rows, "numRows": len(rows), "numColumns": len(shown.columns)}
    table = card.get("chartType", TABLE) == TABLE
    lines = ["  ".join([*map(str, row[:-1]), number_text(row[-1])]) for row in shown.rows]
    pages = _pages(card["title"], lines)
    cut = shown.cut or (len(pages) > look.table_pages if table and "imagePDF" in parts else len(lines) > MOST_BARS)
    made: dict[str, Any] = {"limited": shown.cut, "notAllDataShown": cut}
    draw = partial(chart_png, width=look.width, height=look.height, scale=look.scale)
    if "imagePDF" in parts:
        files = [_base64(text_pdf(page)) for page in pages[: max(1, look.table_pages) if table else 1]]
        made["image"] = (
            {"pages": files, "notAllDataShown": cut} if table else {"data": files[0], "notAllDataShown": cut}
        )
    elif "image" in parts:
        made["image"] = {"data": _base64(draw(card["title"], shown.bars())), "notAllDataShown": cut}
    if "summaryImage" in parts:
        made["summaryImage"] = {"data": _base64(draw(number_text(shown.summary()), ()))}
    plain: dict[str, Any] = {
        "title": card["title"],
        "chartType": card.get("chartType", TABLE),
        "queryResult": result,
        "data": result,
        "graph": {"chartType": card.get("chartType", TABLE), "series": rows},
        "dynamic": {"title": card["title"], "description": card.get("description", "")},
        "summary": number_text(shown.summary()),
        "dataSource": {"dataSourceId": dataset.id, "dataSourceName": dataset.name},
        "pdp": False,
        "annotations": [],
        "extendedDateInfo": None,
        "table": _table(shown.columns, rows),
    }
    return {**made, **{key: value for key, value in plain.items() if key in parts}}


def _cell(cell: Any, look: _Look) -> Any:
    return str(cell) if look.longs_as_text and isinstance(cell, int) else cell


def _pages(title: str, lines: Sequence[str]) -> list[list[str]]:
    """Return the lines of each page, which begins with the title."""
    room = LINES_ON_A_PAGE - 1
    return [[title, *lines[begin : begin + room]] for begin in range(0, max(1, len(lines)), room)]


def _table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    head = "".join(f"<th>{html.escape(name)}</th>" for name in columns)
    body = "".join(f"<tr>{''.join(f'<td>{html.escape(number_text(cell))}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def _base64(content: bytes) -> str:
    return b64encode(content).decode()


# -- the world --------------------------------------------------------------------------------------------


def search_documents(instance: Instance) -> Iterator[dict[str, Any]]:
    """Yield what a search finds of cards; the keys are emulator-defined."""
    for card in instance.records["cards"]:
        yield {
            "entityType": "card",
            "databaseId": str(card["id"]),
            "uuid": str(card["id"]),
            "title": card["title"],
            "description": card.get("description", ""),
            "ownedById": str(card["ownerId"]),
            "owners": described_owners(instance, card),
            "ownedByName": user_name(instance, card["ownerId"]),
            "createDate": card.get("created", EPOCH),
            "lastModified": card.get("modified", EPOCH),
            "chartType": card.get("chartType", TABLE),
            "dataSourceId": card["datasourceId"],
            "viewCount": card.get("views", 0),
        }

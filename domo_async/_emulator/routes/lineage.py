"""Lineage: datasets, the dataflows between them, and the cards that show them.

Emulator-defined: other things do not have lineage, and a user who may see a thing may see all things that it is
connected with.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from aiohttp import web

from domo_async._emulator.access.datasets import is_permitted
from domo_async._emulator.context import caller_of, instance_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.web import answer, millis, query_flag, query_values, whole_number
from domo_async._emulator.state.instance import Instance

__all__ = ["routes"]

routes: web.RouteTableDef = web.RouteTableDef()

_Thing: TypeAlias = tuple[str, str]
_Links: TypeAlias = Mapping[_Thing, list[_Thing]]
_DATASET, _DATAFLOW, _CARD = "DATA_SOURCE", "DATAFLOW", "CARD"
_EVERYTHING = 1_000


@routes.get("/api/data/v1/lineage/{type}/{id}")
async def lineage(request: web.Request) -> web.Response:
    """Return a thing and what it is connected with."""
    instance, thing = instance_of(request), _thing(request)
    children, parents = _links(instance)
    depth = whole_number(request.query.get("maxDepth"), "maxDepth", _EVERYTHING)
    found = {thing: 0}
    for asked, links in (("traverseUp", parents), ("traverseDown", children)):
        if query_flag(request, asked, default=True):
            found |= _reached(thing, links, depth)
    wanted = set(query_values(request, "requestEntities"))
    payload = [each for each in found if not wanted or each[0] in wanted]
    return answer({"".join(each): _node(each, children, parents) for each in payload})


@routes.get("/api/data/v1/lineage/{type}/{id}/impactCounts")
async def impact_counts(request: web.Request) -> web.Response:
    """Count what depends on a thing."""
    instance, thing = instance_of(request), _thing(request)
    children, _ = _links(instance)
    directly, at_all = _counts(_reached(thing, children, 1)), _counts(_reached(thing, children, _EVERYTHING))
    return answer(
        {
            "dataSourceCount": directly.get(_DATASET, 0),
            "dataFlowCount": directly.get(_DATAFLOW, 0),
            "cardCount": directly.get(_CARD, 0),
            "alertCount": 0,
            "impactDataSourceCount": at_all.get(_DATASET, 0),
            "impactDataFlowCount": at_all.get(_DATAFLOW, 0),
            "impactCardCount": at_all.get(_CARD, 0),
            "impactAlertCount": 0,
            "complete": True,
            "ranUpdate": True,
            "updated": millis(),
        }
    )


def _thing(request: web.Request) -> _Thing:
    """Return the thing that the path names, which the caller may see."""
    instance, category, name = instance_of(request), request.match_info["type"], request.match_info["id"]
    if category == _DATASET:
        if not is_permitted(instance, instance.dataset(name), caller_of(request)):
            raise HTTPError(403, "You do not have the permission for this: it takes CAN_VIEW of the dataset")
    elif category in (_DATAFLOW, _CARD):
        instance.records["dataflows" if category == _DATAFLOW else "cards"].get(name)
    else:
        raise HTTPError(400, f"Nothing of the type {category} has lineage here")
    return category, name


def _links(instance: Instance) -> tuple[_Links, _Links]:
    """Return the direct children of each thing, and its direct parents."""
    children: dict[_Thing, list[_Thing]] = defaultdict(list)
    parents: dict[_Thing, list[_Thing]] = defaultdict(list)

    def link(parent: _Thing, child: _Thing) -> None:
        children[parent].append(child)
        parents[child].append(parent)

    for flow in instance.records["dataflows"]:
        for each in flow["inputs"]:
            link((_DATASET, each["dataSourceId"]), (_DATAFLOW, str(flow["id"])))
        for each in flow["outputs"]:
            link((_DATAFLOW, str(flow["id"])), (_DATASET, each["dataSourceId"]))
    for card in instance.records["cards"]:
        link((_DATASET, card["datasourceId"]), (_CARD, str(card["id"])))
    return children, parents


def _reached(thing: _Thing, links: _Links, depth: int) -> dict[_Thing, int]:
    """Return what links lead to from a thing, each with how many steps it takes at least."""
    found: dict[_Thing, int] = {}
    waiting = [thing]
    for step in range(1, depth + 1):
        waiting = [each for at in waiting for each in links.get(at, ()) if each not in found and each != thing]
        if not waiting:
            break
        found.update(dict.fromkeys(waiting, step))
    return found


def _counts(things: Iterable[_Thing]) -> dict[str, int]:
    return dict(Counter(category for category, _ in things))


def _node(thing: _Thing, children: _Links, parents: _Links) -> dict[str, Any]:
    return {
        **_told(thing),
        "descendantCounts": _counts(_reached(thing, children, _EVERYTHING)),
        "ancestorCounts": _counts(_reached(thing, parents, _EVERYTHING)),
        "children": [_link(each) for each in dict.fromkeys(children.get(thing, ()))],
        "parents": [_link(each) for each in dict.fromkeys(parents.get(thing, ()))],
    }


def _link(thing: _Thing) -> dict[str, Any]:
    return {**_told(thing), "children": [], "parents": []}


def _told(thing: _Thing) -> dict[str, Any]:
    return {"type": thing[0], "id": thing[1], "complete": True}

"""The names of the objects in a lineage, which the lineage route does not return."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from domo_async._concurrency import map_concurrent
from domo_async._defaults import QUERIES_AT_ONCE
from domo_async._endpoints._lineage_graph import TracedThing
from domo_async._endpoints.cards import Cards
from domo_async._endpoints.dataflows import Dataflows
from domo_async._endpoints.datasets.area import Datasets
from domo_async._transport import Transport
from domo_async.errors import DomoError

__all__ = ["names_of"]

_AT_ONCE = 50
_FEW = 5


async def names_of(http: Transport, things: Iterable[TracedThing]) -> Mapping[str, str]:
    """Return the names of datasets, dataflows and cards by key, as far as the instance returns them."""
    by_type: dict[str, list[str]] = {}
    for thing in things:
        by_type.setdefault(thing.type, []).append(thing.id)
    asks: dict[str, Callable[[Sequence[str]], Awaitable[Mapping[str, str | None]]]] = {
        "DATA_SOURCE": lambda ids: _datasets(http, ids),
        "CARD": lambda ids: _cards(http, ids),
        "DATAFLOW": lambda ids: _dataflows(http, ids),
    }
    pieces = [
        (entity_type, ids[at : at + size])
        for entity_type, ids in by_type.items()
        if entity_type in asks
        for size in (len(ids) if entity_type == "DATAFLOW" else _AT_ONCE,)
        for at in range(0, len(ids), size)
    ]

    async def ask(piece: tuple[str, Sequence[str]]) -> Mapping[str, str | None]:
        entity_type, ids = piece
        try:
            return {f"{entity_type}{number}": name for number, name in (await asks[entity_type](ids)).items()}
        except DomoError:
            # A lineage without some names is better than no lineage.
            return {}

    found = await map_concurrent(pieces, ask, concurrency=QUERIES_AT_ONCE)
    return {key: name for names in found for key, name in names.items() if name}


async def _datasets(http: Transport, ids: Sequence[str]) -> Mapping[str, str | None]:
    return {each.id: each.name for each in await Datasets(http).get_many(ids)}


async def _cards(http: Transport, ids: Sequence[str]) -> Mapping[str, str | None]:
    return {str(each.id or each.urn): each.title for each in await Cards(http).get(ids)}


async def _dataflows(http: Transport, ids: Sequence[str]) -> Mapping[str, str | None]:
    area = Dataflows(http)
    if len(ids) > _FEW:
        return {str(each.id): each.name async for each in area.list()}
    found = await map_concurrent(ids, area.get, concurrency=QUERIES_AT_ONCE)
    return {str(each.id): each.name for each in found}

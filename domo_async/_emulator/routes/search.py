"""Search over what the instance holds."""

from __future__ import annotations

from datetime import UTC, datetime
from weakref import WeakKeyDictionary

from aiohttp import web

from domo_async._emulator.context import instance_of
from domo_async._emulator.http.web import answer, json_object
from domo_async._emulator.search.searching import SearchIndex
from domo_async._emulator.state.instance import Instance

routes: web.RouteTableDef = web.RouteTableDef()

_INDEXES: WeakKeyDictionary[Instance, tuple[int, SearchIndex]] = WeakKeyDictionary()


@routes.post("/api/search/v1/query")
async def search(request: web.Request) -> web.Response:
    """Search by words, all of which must stand in the name (emulator-defined), and by the documented filters."""
    index = _index_of(instance_of(request))
    return answer(index.answer(await json_object(request), now=datetime.now(UTC)))


def _index_of(instance: Instance) -> SearchIndex:
    """Return the index of all documents, made anew if any of them may have changed."""
    changes, index = _INDEXES.get(instance, (-1, None))
    # Documents that are indexed with a delay change without a request.
    if index is None or changes != instance.changes or instance.index_delay:
        index = SearchIndex([document for found in instance.searchables for document in found(instance)])
        _INDEXES[instance] = instance.changes, index
    return index

"""Search over what the instance holds, which is datasets so far."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

from aiohttp import web

from domo_async.emulator.searching import SearchIndex
from domo_async.emulator.state import Dataset, Instance
from domo_async.emulator.web import answer, instance_of, json_object

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
    # What is indexed with a delay changes by itself.
    if index is None or changes != instance.changes or instance.index_delay:
        index = SearchIndex(list(_documents(instance)))
        _INDEXES[instance] = instance.changes, index
    return index


def _documents(instance: Instance) -> Iterator[dict[str, Any]]:
    """Yield a document for all that can be found."""
    for dataset in instance.datasets():
        yield _describe(instance, dataset)


def _describe(instance: Instance, dataset: Dataset) -> dict[str, Any]:
    """Return a dataset's document; its keys are emulator-defined."""
    return {
        "entityType": "dataset",
        "databaseId": dataset.id,
        "uuid": dataset.id,
        "name": dataset.name,
        "description": dataset.description,
        "ownedById": instance.owner["id"],
        "ownedByName": instance.owner["name"],
        "createDate": int(dataset.created.timestamp() * 1000),
        "lastModified": int(dataset.touched.timestamp() * 1000),
        "dataProviderType": dataset.provider_type,
        "rowCount": dataset.row_count,
        "columnCount": len(dataset.schema.columns),
    }

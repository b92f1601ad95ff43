"""Search over what the instance holds, which is datasets so far."""

from __future__ import annotations

import uuid
from typing import Any

from aiohttp import web

from domo_async.emulator.errors import Refusal
from domo_async.emulator.state import Dataset, Instance
from domo_async.emulator.web import answer, instance_of, json_object, whole_number

routes = web.RouteTableDef()

_LAST_RESULT = 10_000


@routes.post("/api/search/v1/query")
async def search(request: web.Request) -> web.Response:
    """Search by words, all of which must begin a word of the name or stand in it (emulator-defined).

    Filters and facets are not worked out; a request that has filters is refused rather than answered wrongly.
    """
    body = await json_object(request)
    count = whole_number(body.get("count"), "count", 10)
    offset = whole_number(body.get("offset"), "offset", 0)
    if count + offset > _LAST_RESULT:
        raise Refusal(400, f"count + offset must not exceed {_LAST_RESULT}")
    if not isinstance(body.get("query"), str):
        raise Refusal(400, "Required: query, a string")
    if any(body.get(key) for key in ("filters", "orFilters", "notFilters")):
        raise Refusal(501, "The emulator does not filter searches")
    entities = _entities(body.get("entityList"))
    instance = instance_of(request)
    found = _find(instance, body["query"]) if "dataset" in entities else []
    page = [_describe(instance, dataset) for dataset in found[offset : offset + count]]
    return answer(
        {
            "facetMap": {},
            "totalResultCount": len(found),
            "sort": {
                "fieldSorts": None,
                "activity": None,
                "activitySortType": None,
                "metricAction": None,
                "isHotness": False,
                "isRelevance": True,
            },
            "queryUuid": str(uuid.uuid4()),
            "hideSearchObjects": False,
            "searchObjects": page,
            "searchResultsMap": {entity: page if entity == "dataset" else [] for entity in entities},
        }
    )


def _entities(value: object) -> list[str]:
    groups = value if isinstance(value, list) else []
    entities = [entity for group in groups if isinstance(group, list) for entity in group]
    if not entities or not all(isinstance(entity, str) for entity in entities):
        raise Refusal(400, "Required: entityList, an array of arrays of strings")
    return entities


def _find(instance: Instance, query: str) -> list[Dataset]:
    words = query.replace("*", " ").lower().split()
    return [dataset for dataset in instance.datasets() if all(word in dataset.name.lower() for word in words)]


def _describe(instance: Instance, dataset: Dataset) -> dict[str, Any]:
    """Return a search result; its keys are emulator-defined."""
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
        "rowCount": dataset.row_count,
        "columnCount": len(dataset.schema.columns),
    }

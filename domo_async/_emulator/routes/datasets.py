"""Datasets: creating, listing, describing, deleting, their tags and schemas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from domo_async._emulator.access.datasets import hand_over, is_permitted, permitted
from domo_async._emulator.context import caller_of, instance_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Object, OneOf, Text, WholeNumber
from domo_async._emulator.http.web import answer, millis, query_flag, query_values, read_body, whole_number
from domo_async._emulator.services.cards import card_counts
from domo_async._emulator.services.datasets import (
    NO_CARDS,
    dataset_ids,
    delete_datasets,
    described,
    envelope,
    is_soft,
    put_tags,
)
from domo_async._emulator.state.datasets import COLUMN_TYPES, Column, Dataset, Schema

__all__ = ["columns_of", "routes"]

routes: web.RouteTableDef = web.RouteTableDef()

_PAGE = 50
# The sort keys by the words of requests, and whether the greatest comes first.
_ORDERS: dict[str, tuple[Callable[[Dataset, Mapping[str, int]], Any], bool]] = {
    "name": (lambda dataset, _: dataset.name.lower(), False),
    "nameDescending": (lambda dataset, _: dataset.name.lower(), True),
    "lastTouched": (lambda dataset, _: dataset.touched, True),
    "lastTouchedAscending": (lambda dataset, _: dataset.touched, False),
    "lastUpdated": (lambda dataset, _: dataset.updated, True),
    "lastUpdatedAscending": (lambda dataset, _: dataset.updated, False),
    "createdAt": (lambda dataset, _: dataset.created, True),
    "createdAtAscending": (lambda dataset, _: dataset.created, False),
    "cardCount": (lambda _, cards: cards["cardCount"], True),
    "cardCountAscending": (lambda _, cards: cards["cardCount"], False),
    "cardViewCount": (lambda _, cards: cards["cardViewCount"], True),
    "cardViewCountAscending": (lambda _, cards: cards["cardViewCount"], False),
    # No dataset here is in error.
    "errorState": (lambda *_: 0, False),
    "errorStateDescending": (lambda *_: 0, True),
    "dataSourceId": (lambda dataset, _: dataset.id, False),
}
_COLUMNS_MESSAGE = "Required: columns, an array of columns"
_COLUMNS = Array(
    Object({"name": Text(), "type": Text(), "order": WholeNumber(default=0)}), least=1, message=_COLUMNS_MESSAGE
)
_NEW = Object(
    {
        "userDefinedType": Text(),
        "dataSourceName": Text(),
        "schema": Object({"columns": Array(least=1, message=_COLUMNS_MESSAGE)}, message=_COLUMNS_MESSAGE),
    }
)
_PROPERTIES = Object({"dataProviderType": Text(optional=True), "dataSourceName": Text(optional=True)})
_RESTORE = Object(
    {"datasets": Array(Object({"datasetId": Text()}), least=1, words="an array of objects with datasetId")}
)


@routes.post("/api/data/v2/datasources")
async def create(request: web.Request) -> web.Response:
    """Create a dataset. Emulator-defined: all keys of the answer but `dataSourceId`."""
    body = await read_body(request, _NEW)
    dataset = instance_of(request).create_dataset(
        body["dataSourceName"],
        columns_of(body["schema"]["columns"]),
        description=str(body.get("dataSourceDescription") or ""),
        provider_type=body["userDefinedType"],
        owner_id=int(caller_of(request)["id"]),
    )
    return answer(
        {
            "dataSource": {
                "dataSourceId": dataset.id,
                "dataSourceName": dataset.name,
                "dataSourceDescription": dataset.description,
                "schema": _schema_json(dataset.schema),
            }
        }
    )


@routes.get("/api/data/v3/datasources")
async def list_datasets(request: web.Request) -> web.Response:
    """List the datasets that the caller may see, a page of 50 by default.

    Emulator-defined: by default the order is that of creation; each dataset has all parts; none is hidden.
    """
    query = request.query
    instance, caller = instance_of(request), caller_of(request)
    limit = whole_number(query.get("limit"), "limit", _PAGE)
    offset = whole_number(query.get("offset"), "offset", 0)
    query_flag(request, "includeHidden")
    wanted = query.get("nameLike", "").lower()
    since = whole_number(query.get("createdSince"), "createdSince", 0)
    wanted_types = [query_values(request, key) for key in ("dataProviderType", "type", "displayType")]
    ids = query_values(request, "dataSourceId")
    found = [
        dataset
        for dataset in instance.datasets()
        if wanted in dataset.name.lower()
        and all(not wanted_type or dataset.provider_type in wanted_type for wanted_type in wanted_types)
        and (not ids or dataset.id in ids)
        and query.get("ownerId") in (None, str(dataset.owner_id))
        and millis(dataset.created) >= since
        and is_permitted(instance, dataset, caller)
    ]
    if order := query.get("orderBy"):
        OneOf(_ORDERS, optional=True).check(order, "orderBy")
        key, descending = _ORDERS[order]
        cards = card_counts(instance)
        found.sort(key=lambda dataset: key(dataset, cards.get(dataset.id, NO_CARDS)), reverse=descending)
    page = described(instance, found[offset : offset + limit], caller)
    return answer(envelope(page, total=len(found), limit=limit, offset=offset))


@routes.post("/api/data/v3/datasources/bulk")
async def get_many(request: web.Request) -> web.Response:
    """Describe several datasets; those that do not exist or may not be seen are left out (emulator-defined)."""
    ids = await dataset_ids(request)
    for key in ("includeAllDetails", "includePrivate", "includeFormulas"):
        query_flag(request, key)
    instance, caller = instance_of(request), caller_of(request)
    found = [
        dataset for dataset in instance.datasets() if dataset.id in ids and is_permitted(instance, dataset, caller)
    ]
    return answer(envelope(described(instance, found, caller), total=len(found), limit=len(ids), offset=0))


@routes.get("/api/data/v3/datasources/{dataset_id}")
async def get(request: web.Request) -> web.Response:
    """Describe a dataset; `part` and `requestedParts` are taken, but all parts given (emulator-defined)."""
    dataset = permitted(request)
    query_flag(request, "includeAllDetails")
    return answer(described(instance_of(request), [dataset], caller_of(request))[0])


@routes.delete("/api/data/v3/datasources/{dataset_id}")
async def delete(request: web.Request) -> web.Response:
    """Delete a dataset and its data; ``soft``, as by default, keeps them for as long as the instance lives."""
    softly = is_soft(request)
    await delete_datasets(request, [permitted(request, "CO_OWNER")], softly=softly)
    return web.Response()


@routes.post("/api/data/v3/datasources/delete")
async def delete_many(request: web.Request) -> web.Response:
    """Delete several datasets, all or none of them (emulator-defined)."""
    softly = is_soft(request)
    instance, caller = instance_of(request), caller_of(request)
    datasets = [instance.dataset(each) for each in await dataset_ids(request)]
    for dataset in datasets:
        if not is_permitted(instance, dataset, caller, "CO_OWNER"):
            raise HTTPError(403, f"You may not delete the dataset {dataset.id}")
    await delete_datasets(request, datasets, softly=softly)
    return web.Response()


@routes.post("/api/data/v3/datasources/restore")
async def restore(request: web.Request) -> web.Response:
    """Bring datasets back that were deleted softly, all or none of them (emulator-defined)."""
    body = await read_body(request, _RESTORE)
    instance, caller = instance_of(request), caller_of(request)
    found: list[tuple[Dataset, str | None]] = []
    for each in body["datasets"]:
        dataset = instance.kept_dataset(each["datasetId"])
        if dataset is None or not dataset.deleted:
            raise HTTPError(404, f"The dataset {each['datasetId']} does not exist, or was not deleted")
        if not is_permitted(instance, dataset, caller, "CO_OWNER"):
            raise HTTPError(403, f"You may not restore the dataset {dataset.id}")
        owner = each.get("newOwnerId")
        found.append((dataset, None if owner is None else instance.records["users"].get(owner)["id"]))
    for dataset, owner_id in found:
        dataset.deleted = False
        dataset.touched = datetime.now(UTC)
        if owner_id is not None:
            hand_over(instance, dataset, owner_id)
    return web.Response()


@routes.put("/api/data/v3/datasources/{dataset_id}/properties")
async def update_properties(request: web.Request) -> web.Response:
    """Change a dataset's provider type, name or description, those that the body has."""
    dataset = permitted(request, "CAN_EDIT")
    body = await read_body(request, _PROPERTIES)
    if not body.keys() & {"dataProviderType", "dataSourceName", "dataSourceDescription"}:
        raise HTTPError(400, "Required: dataProviderType, a string")
    dataset.name = body.get("dataSourceName", dataset.name)
    dataset.provider_type = body.get("dataProviderType", dataset.provider_type)
    dataset.description = str(body.get("dataSourceDescription", dataset.description) or "")
    dataset.touched = datetime.now(UTC)
    return answer(described(instance_of(request), [dataset], caller_of(request))[0])


@routes.post("/api/data/ui/v3/datasources/{dataset_id}/tags")
async def set_tags(request: web.Request) -> web.Response:
    """Replace the tags of a dataset."""
    dataset = permitted(request, "CAN_EDIT")
    tags = await read_body(request, Array(Text(), words="an array of tags"))
    put_tags(instance_of(request), dataset, tags)
    return answer({})


@routes.get("/api/query/v1/datasources/{dataset_id}/schema/indexed")
async def indexed_schema(request: web.Request) -> web.Response:
    """Return the schema as it was when the last index began; before there was one, the newest."""
    dataset = permitted(request)
    hidden_too = query_flag(request, "includeHidden")
    columns = [
        {
            "name": column.name,
            "id": column.id,
            "type": column.type,
            "visible": column.visible,
            "order": column.order,
            **_key_mark(column),
        }
        for column in (dataset.indexed or dataset.schema).columns
        if column.visible or hidden_too
    ]
    return answer({"name": "schema", "tables": [{"columns": columns}], "dataSourceId": dataset.id})


@routes.get("/api/data/v2/datasources/{dataset_id}/schemas/latest")
async def latest_schema(request: web.Request) -> web.Response:
    """Return the schema as uploads must have it."""
    return answer({"schema": _schema_json(permitted(request).schema)})


@routes.post("/api/data/v2/datasources/{dataset_id}/schemas")
async def alter_schema(request: web.Request) -> web.Response:
    """Change the schema; it also applies to earlier uploads, by the columns' names."""
    dataset = permitted(request, "CAN_EDIT")
    body = await read_body(request, Object())
    dataset.schema = Schema(dataset.schema.id + 1, columns_of(body.get("columns")))
    dataset.touched = datetime.now(UTC)
    return answer({"schemaId": dataset.schema.id})


def _schema_json(schema: Schema) -> dict[str, Any]:
    return {
        "columns": [
            {
                "type": column.type,
                "name": column.name,
                "id": column.id,
                "visible": column.visible,
                "metadata": {"colLabel": column.name, "colFormat": "", "isEncrypted": False},
                **_key_mark(column),
            }
            for column in schema.columns
        ]
    }


def _key_mark(column: Column) -> dict[str, Any]:
    """Return the key that marks an upsert key. Emulator-defined: no other column has it."""
    return {"upsertKey": True} if column.upsert_key else {}


def columns_of(value: object) -> tuple[Column, ...]:
    """Return the columns that a request names.

    Raises:
        HTTPError: 400, if they are not columns, or two of them have one name.
    """
    columns = tuple(map(_column, _COLUMNS.check(value, "columns")))
    names = [column.name.lower() for column in columns]
    # DuckDB's names do not differ by case (emulator-defined: two columns may not, either).
    doubled = next((column.name for column in columns if names.count(column.name.lower()) > 1), None)
    if doubled is not None:
        raise HTTPError(400, f"Two columns are called {doubled}")
    return columns


def _column(value: dict[str, Any]) -> Column:
    if value["type"] not in COLUMN_TYPES:
        raise HTTPError(400, f"Unknown column type: {value['type']}")
    return Column(
        name=value["name"],
        type=value["type"],
        id=str(value.get("id") or value["name"]),
        visible=value.get("visible") is not False,
        order=value["order"],
        upsert_key=value.get("upsertKey") is True,
    )

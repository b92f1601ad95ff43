"""Datasets: creating, listing, describing, deleting, and their schemas."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from domo_async.emulator.errors import Refusal
from domo_async.emulator.people import person, user_name
from domo_async.emulator.state import COLUMN_TYPES, Column, Dataset, Instance, Schema
from domo_async.emulator.web import (
    answer,
    collect_garbage,
    dataset_of,
    instance_of,
    json_body,
    json_object,
    query_flag,
    storage_of,
    text,
    whole_number,
)

routes: web.RouteTableDef = web.RouteTableDef()

_PAGE = 50


@routes.post("/api/data/v2/datasources")
async def create(request: web.Request) -> web.Response:
    """Create a dataset. The documents give no answer; what is not `dataSourceId` is emulator-defined."""
    body = await json_object(request)
    text(body, "userDefinedType")
    schema = body.get("schema")
    columns = _columns(schema.get("columns") if isinstance(schema, dict) else None)
    dataset = instance_of(request).create_dataset(
        text(body, "dataSourceName"),
        columns,
        description=str(body.get("dataSourceDescription") or ""),
        provider_type=body["userDefinedType"],
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
    """List datasets, a page of 50 by default (emulator-defined)."""
    limit = whole_number(request.query.get("limit"), "limit", _PAGE)
    offset = whole_number(request.query.get("offset"), "offset", 0)
    wanted = request.query.get("nameLike", "").lower()
    provider = request.query.get("dataProviderType")
    instance = instance_of(request)
    found = [
        dataset
        for dataset in instance.datasets()
        if wanted in dataset.name.lower() and provider in (None, dataset.provider_type)
    ]
    return answer(
        {
            "dataSources": [describe(instance, dataset) for dataset in found[offset : offset + limit]],
            "_metadata": {"totalCount": len(found)},
        }
    )


@routes.post("/api/data/v3/datasources/bulk")
async def get_many(request: web.Request) -> web.Response:
    """Describe several datasets; unknown ids are left out (emulator-defined)."""
    ids = await json_body(request)
    if not isinstance(ids, list):
        raise Refusal(400, "Required: a JSON array of dataset ids")
    instance = instance_of(request)
    found = [describe(instance, dataset) for dataset in instance.datasets() if dataset.id in ids]
    return answer({"dataSources": found})


@routes.get("/api/data/v3/datasources/{dataset_id}")
async def get(request: web.Request) -> web.Response:
    """Describe a dataset; all parts are given whichever are asked for (emulator-defined)."""
    return answer(describe(instance_of(request), dataset_of(request)))


@routes.delete("/api/data/v3/datasources/{dataset_id}")
async def delete(request: web.Request) -> web.Response:
    """Delete a dataset and its data."""
    storage = storage_of(request)
    for upload in instance_of(request).delete_dataset(dataset_of(request)):
        await storage.run(storage.discard_parts, upload.id)
    await collect_garbage(request)
    return web.Response()


@routes.put("/api/data/v3/datasources/{dataset_id}/properties")
async def update_properties(request: web.Request) -> web.Response:
    """Change a dataset's provider type, and its name and description where they are given."""
    dataset = dataset_of(request)
    body = await json_object(request)
    if not body.keys() & {"dataProviderType", "dataSourceName", "dataSourceDescription"}:
        raise Refusal(400, "Required: dataProviderType, a string")
    dataset.provider_type = text({"dataProviderType": dataset.provider_type, **body}, "dataProviderType")
    dataset.name = text({"dataSourceName": dataset.name, **body}, "dataSourceName")
    dataset.description = str(body.get("dataSourceDescription", dataset.description) or "")
    dataset.touched = datetime.now(UTC)
    return answer(describe(instance_of(request), dataset))


@routes.get("/api/query/v1/datasources/{dataset_id}/schema/indexed")
async def indexed_schema(request: web.Request) -> web.Response:
    """Return the schema as queries see it."""
    dataset = dataset_of(request)
    hidden_too = query_flag(request, "includeHidden")
    columns = [
        {
            "name": column.name,
            "id": column.id,
            "type": column.type,
            "visible": column.visible,
            "order": column.order,
        }
        for column in dataset.schema.columns
        if column.visible or hidden_too
    ]
    return answer({"name": "schema", "tables": [{"columns": columns}], "dataSourceId": dataset.id})


@routes.get("/api/data/v2/datasources/{dataset_id}/schemas/latest")
async def latest_schema(request: web.Request) -> web.Response:
    """Return the schema as uploads must have it."""
    return answer({"schema": _schema_json(dataset_of(request).schema)})


@routes.post("/api/data/v2/datasources/{dataset_id}/schemas")
async def alter_schema(request: web.Request) -> web.Response:
    """Change the schema; data that were uploaded before are seen through it by the columns' names."""
    dataset = dataset_of(request)
    body = await json_object(request)
    dataset.schema = Schema(dataset.schema.id + 1, _columns(body.get("columns")))
    dataset.touched = datetime.now(UTC)
    return answer({"schemaId": dataset.schema.id})


def describe(instance: Instance, dataset: Dataset) -> dict[str, Any]:
    """Return a dataset's metadata with all keys that the documents show.

    `streamId` is -1 where the dataset has no stream (emulator-defined).
    """
    return {
        "id": dataset.id,
        "displayType": dataset.provider_type,
        "dataProviderType": dataset.provider_type,
        "type": dataset.provider_type,
        "name": dataset.name,
        "description": dataset.description,
        "owner": person(instance, dataset.owner_id),
        "status": "SUCCESS",
        "created": _milliseconds(dataset.created),
        "lastTouched": _milliseconds(dataset.touched),
        "lastUpdated": _milliseconds(dataset.updated),
        "rowCount": dataset.row_count,
        "columnCount": len(dataset.schema.columns),
        "cardInfo": {"cardCount": 0, "cardViewCount": 0},
        "properties": {"formulas": {"formulas": {}}},
        "state": "SUCCESS",
        "validConfiguration": True,
        "validAccount": True,
        "streamId": -1,
        "transportType": "API",
        "adc": True,
        "adcExternal": False,
        "adcSource": "DIRECT",
        "masked": False,
        "currentUserFullAccess": True,
        "cloudId": "domo",
        "cloudName": "Domo",
        "permissions": "READ_WRITE_DELETE_SHARE_ADMIN",
        "hidden": False,
        "scheduleActive": False,
        "cardCount": 0,
        "cloudEngine": "domo",
    }


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _schema_json(schema: Schema) -> dict[str, Any]:
    return {
        "columns": [
            {
                "type": column.type,
                "name": column.name,
                "id": column.id,
                "visible": column.visible,
                "metadata": {"colLabel": column.name, "colFormat": "", "isEncrypted": False},
            }
            for column in schema.columns
        ]
    }


def _columns(value: object) -> tuple[Column, ...]:
    if not isinstance(value, list) or not value:
        raise Refusal(400, "Required: columns, an array of columns")
    columns = tuple(map(_column, value))
    names = [column.name.lower() for column in columns]
    # DuckDB's names do not differ by case (emulator-defined: two columns may not, either).
    doubled = next((column.name for column in columns if names.count(column.name.lower()) > 1), None)
    if doubled is not None:
        raise Refusal(400, f"Two columns are called {doubled}")
    return columns


def _column(value: object) -> Column:
    if not isinstance(value, dict):
        raise Refusal(400, "A column must be an object with name and type")
    name, kind = text(value, "name"), text(value, "type")
    if kind not in COLUMN_TYPES:
        raise Refusal(400, f"Unknown column type: {kind}")
    return Column(
        name=name,
        type=kind,
        id=str(value.get("id") or name),
        visible=value.get("visible") is not False,
        order=whole_number(value.get("order"), "order", 0),
    )


def search_documents(instance: Instance) -> Iterator[dict[str, Any]]:
    """Yield what a search finds of datasets; the keys are emulator-defined."""
    for dataset in instance.datasets():
        yield {
            "entityType": "dataset",
            "databaseId": dataset.id,
            "uuid": dataset.id,
            "name": dataset.name,
            "description": dataset.description,
            "ownedById": str(dataset.owner_id),
            "ownedByName": user_name(instance, dataset.owner_id),
            "createDate": int(dataset.created.timestamp() * 1000),
            "lastModified": int(dataset.touched.timestamp() * 1000),
            "dataProviderType": dataset.provider_type,
            "rowCount": dataset.row_count,
            "columnCount": len(dataset.schema.columns),
        }

"""Datasets: creating, listing, describing, deleting, their tags and schemas."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from aiohttp import web

from domo_async._emulator.access.people import person, user_name
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.web import (
    answer,
    caller_of,
    collect_garbage,
    instance_of,
    json_body,
    json_object,
    millis,
    query_flag,
    storage_of,
    text,
    whole_number,
)
from domo_async._emulator.persistence.records import Record
from domo_async._emulator.routes import dataset_access, policies
from domo_async._emulator.routes.cards import card_counts
from domo_async._emulator.routes.dataset_access import is_permitted, level_of, permitted
from domo_async._emulator.state import COLUMN_TYPES, Column, Dataset, Instance, Schema

routes: web.RouteTableDef = web.RouteTableDef()

_PAGE = 50
_TAGS = "dataset_tags"
_NO_CARDS = {"cardCount": 0, "cardViewCount": 0}
_PERMISSIONS = {
    "CAN_VIEW": "READ",
    "FEDERATED": "READ",
    "CAN_SHARE": "READ_SHARE",
    "CAN_EDIT": "READ_WRITE_SHARE",
    "CO_OWNER": "READ_WRITE_DELETE_SHARE_ADMIN",
    "OWNER": "READ_WRITE_DELETE_SHARE_ADMIN",
}
_ORDERS: dict[str, Callable[[Dataset], Any]] = {
    "name": lambda dataset: dataset.name.lower(),
    "created": lambda dataset: dataset.created,
    "lasttouched": lambda dataset: dataset.touched,
    "lastupdated": lambda dataset: dataset.updated,
    "rowcount": lambda dataset: dataset.row_count,
    "columncount": lambda dataset: len(dataset.schema.columns),
}


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

    Emulator-defined: `orderBy` takes ``name``, ``created``, ``lastTouched``, ``lastUpdated``, ``rowCount`` and
    ``columnCount``, with a minus before it for the other way round, and by default the order is that of creation;
    `createdSince` takes milliseconds or ISO 8601; no dataset is hidden.
    """
    query = request.query
    instance, caller = instance_of(request), caller_of(request)
    limit = whole_number(query.get("limit"), "limit", _PAGE)
    offset = whole_number(query.get("offset"), "offset", 0)
    query_flag(request, "includeHidden")
    wanted = query.get("nameLike", "").lower()
    since = _moment(query["createdSince"]) if "createdSince" in query else None
    kinds = {query[key] for key in ("dataProviderType", "type", "displayType") if key in query}
    found = [
        dataset
        for dataset in instance.datasets()
        if wanted in dataset.name.lower()
        and kinds <= {dataset.provider_type}
        and query.get("ownerId") in (None, str(dataset.owner_id))
        and (since is None or dataset.created >= since)
        and is_permitted(instance, dataset, caller)
    ]
    if order := query.get("orderBy"):
        key = _ORDERS.get(order.removeprefix("-").lower())
        if key is None:
            raise HTTPError(400, f"orderBy does not know {order}")
        found.sort(key=key, reverse=order.startswith("-"))
    return answer(
        {
            "dataSources": _described(instance, found[offset : offset + limit], caller),
            "_metaData": {"totalCount": len(found)},
        }
    )


@routes.post("/api/data/v3/datasources/bulk")
async def get_many(request: web.Request) -> web.Response:
    """Describe several datasets; those that do not exist or may not be seen are left out (emulator-defined)."""
    ids = await json_body(request)
    if not isinstance(ids, list):
        raise HTTPError(400, "Required: a JSON array of dataset ids")
    instance, caller = instance_of(request), caller_of(request)
    wanted = {each for each in ids if isinstance(each, str)}
    found = [
        dataset for dataset in instance.datasets() if dataset.id in wanted and is_permitted(instance, dataset, caller)
    ]
    return answer({"dataSources": _described(instance, found, caller)})


@routes.get("/api/data/v3/datasources/{dataset_id}")
async def get(request: web.Request) -> web.Response:
    """Describe a dataset; `part` and `requestedParts` are taken, but all parts given (emulator-defined)."""
    dataset = permitted(request)
    return answer(_described(instance_of(request), [dataset], caller_of(request))[0])


@routes.delete("/api/data/v3/datasources/{dataset_id}")
async def delete(request: web.Request) -> web.Response:
    """Delete a dataset and its data. That ``soft`` does the same as ``hard`` is emulator-defined."""
    dataset = permitted(request, "CO_OWNER")
    if request.query.get("deleteMethod", "soft") not in ("soft", "hard"):
        raise HTTPError(400, "deleteMethod must be soft or hard")
    storage, instance = storage_of(request), instance_of(request)
    uploads = instance.delete_dataset(dataset)
    dataset_access.forget(instance, dataset)
    policies.forget(instance, dataset)
    if dataset.id in instance.records[_TAGS]:
        instance.records[_TAGS].remove(dataset.id)
    for upload in uploads:
        await storage.run(storage.discard_parts, upload.spool)
    await collect_garbage(request)
    return web.Response()


@routes.put("/api/data/v3/datasources/{dataset_id}/properties")
async def update_properties(request: web.Request) -> web.Response:
    """Change a dataset's provider type, name and description, whichever are given."""
    dataset = permitted(request, "CAN_EDIT")
    body = await json_object(request)
    if not body.keys() & {"dataProviderType", "dataSourceName", "dataSourceDescription"}:
        raise HTTPError(400, "Required: dataProviderType, a string")
    provider_type = text({"dataProviderType": dataset.provider_type, **body}, "dataProviderType")
    dataset.name = text({"dataSourceName": dataset.name, **body}, "dataSourceName")
    dataset.provider_type = provider_type
    dataset.description = str(body.get("dataSourceDescription", dataset.description) or "")
    dataset.touched = datetime.now(UTC)
    return answer(_described(instance_of(request), [dataset], caller_of(request))[0])


@routes.post("/api/data/ui/v3/datasources/{dataset_id}/tags")
async def set_tags(request: web.Request) -> web.Response:
    """Give a dataset these tags in place of those that it had."""
    dataset = permitted(request, "CAN_EDIT")
    tags = await json_body(request)
    if not isinstance(tags, list) or not all(isinstance(tag, str) and tag for tag in tags):
        raise HTTPError(400, "Required: an array of tags")
    instance_of(request).records[_TAGS].put(dataset.id, {"tags": list(dict.fromkeys(tags))})
    dataset.touched = datetime.now(UTC)
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
    """Change the schema; data that were uploaded before are seen through it by the columns' names."""
    dataset = permitted(request, "CAN_EDIT")
    body = await json_object(request)
    dataset.schema = Schema(dataset.schema.id + 1, _columns(body.get("columns")))
    dataset.touched = datetime.now(UTC)
    return answer({"schemaId": dataset.schema.id})


def describe(
    instance: Instance, dataset: Dataset, *, level: str = "OWNER", cards: Mapping[str, int] = _NO_CARDS
) -> dict[str, Any]:
    """Return a dataset's metadata with all keys that the documents show, and its tags.

    `streamId` is -1 where the dataset has no stream, and what each level of access makes of `permissions` is a guess
    (both emulator-defined).
    """
    stream = instance.records["dataset_streams"].find(dataset.id)
    return {
        "id": dataset.id,
        "displayType": dataset.provider_type,
        "dataProviderType": dataset.provider_type,
        "type": dataset.provider_type,
        "name": dataset.name,
        "description": dataset.description,
        "owner": person(instance, dataset.owner_id),
        "status": "SUCCESS",
        "created": millis(dataset.created),
        "lastTouched": millis(dataset.touched),
        "lastUpdated": millis(dataset.updated),
        "rowCount": dataset.row_count,
        "columnCount": len(dataset.schema.columns),
        "cardInfo": dict(cards),
        "properties": {"formulas": {"formulas": {}}},
        "state": "SUCCESS",
        "validConfiguration": True,
        "validAccount": True,
        "streamId": -1 if stream is None else stream["streamId"],
        "transportType": "API",
        "adc": True,
        "adcExternal": False,
        "adcSource": "DIRECT",
        "masked": False,
        "currentUserFullAccess": level in ("CO_OWNER", "OWNER"),
        "cloudId": "domo",
        "cloudName": "Domo",
        "permissions": _PERMISSIONS[level],
        "hidden": False,
        "tags": orjson.dumps(_tags(instance, dataset)).decode(),
        "scheduleActive": False,
        "cardCount": cards["cardCount"],
        "cloudEngine": "domo",
    }


def _described(instance: Instance, datasets: list[Dataset], caller: Record) -> list[dict[str, Any]]:
    cards = card_counts(instance)
    return [
        describe(instance, dataset, level=level_of(instance, dataset, caller), cards=cards.get(dataset.id, _NO_CARDS))
        for dataset in datasets
    ]


def _tags(instance: Instance, dataset: Dataset) -> list[str]:
    record = instance.records[_TAGS].find(dataset.id)
    return [] if record is None else record["tags"]


def _moment(written: str) -> datetime:
    try:
        moment = datetime.fromtimestamp(int(written) / 1000, UTC) if written.isdecimal() else None
        moment = moment or datetime.fromisoformat(written)
    except (ValueError, OverflowError) as error:
        raise HTTPError(400, f"createdSince is no moment: {written}") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


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
    """Return what marks an upsert key. That no other column has such a mark is emulator-defined."""
    return {"upsertKey": True} if column.upsert_key else {}


def _columns(value: object) -> tuple[Column, ...]:
    if not isinstance(value, list) or not value:
        raise HTTPError(400, "Required: columns, an array of columns")
    columns = tuple(map(_column, value))
    names = [column.name.lower() for column in columns]
    # DuckDB's names do not differ by case (emulator-defined: two columns may not, either).
    doubled = next((column.name for column in columns if names.count(column.name.lower()) > 1), None)
    if doubled is not None:
        raise HTTPError(400, f"Two columns are called {doubled}")
    return columns


def _column(value: object) -> Column:
    if not isinstance(value, dict):
        raise HTTPError(400, "A column must be an object with name and type")
    name, kind = text(value, "name"), text(value, "type")
    if kind not in COLUMN_TYPES:
        raise HTTPError(400, f"Unknown column type: {kind}")
    return Column(
        name=name,
        type=kind,
        id=str(value.get("id") or name),
        visible=value.get("visible") is not False,
        order=whole_number(value.get("order"), "order", 0),
        upsert_key=value.get("upsertKey") is True,
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
            "createDate": millis(dataset.created),
            "lastModified": millis(dataset.touched),
            "dataProviderType": dataset.provider_type,
            "rowCount": dataset.row_count,
            "columnCount": len(dataset.schema.columns),
            "tags": _tags(instance, dataset),
        }


def seed(instance: Instance, rng: random.Random) -> None:
    """Make the datasets of the demo world: four hundred, without rows, of several owners."""
    owners = [int(user["id"]) for user in instance.records["users"] if str(user["id"]).isdecimal()]
    for _ in range(400):
        subject, region = rng.choice(_SUBJECTS), rng.choice(_REGIONS)
        dataset = instance.create_dataset(
            f"{subject} {region} {rng.randint(2019, 2025)}",
            tuple(Column(name, kind, name) for name, kind in _SHAPES[subject]),
            description=f"{subject} of the region {region}",
            provider_type=rng.choice(("api", "webform", "csv", "dataflow", "domo-jupyterdata")),
            owner_id=rng.choice(owners),
            created=datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=rng.randint(0, 150_000_000)),
            dataset_id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        )
        dataset.touched = dataset.updated = dataset.created + timedelta(seconds=rng.randint(0, 9_000_000))
        instance.records[_TAGS].put(dataset.id, {"tags": sorted({subject.lower(), region.lower()})})


_REGIONS = ("North", "South", "East", "West", "EMEA", "APAC", "Americas", "Nordics")
_SHAPES = {
    "Orders": (("Order Id", "LONG"), ("Region", "STRING"), ("Amount", "DECIMAL"), ("Ordered", "DATETIME")),
    "Customers": (("Customer Id", "LONG"), ("Name", "STRING"), ("Country", "STRING"), ("Since", "DATE")),
    "Web Visits": (("Visit", "STRING"), ("Page", "STRING"), ("Seconds", "DOUBLE"), ("At", "DATETIME")),
    "Inventory": (("SKU", "STRING"), ("Stock", "LONG"), ("Price", "DECIMAL"), ("Counted", "DATE")),
    "Payroll": (("Employee", "STRING"), ("Month", "DATE"), ("Hours", "DOUBLE"), ("Gross", "DECIMAL")),
    "Tickets": (("Ticket", "LONG"), ("Subject", "STRING"), ("Priority", "STRING"), ("Opened", "DATETIME")),
}
_SUBJECTS = tuple(_SHAPES)

"""The description, tagging, indexing and deletion of datasets, for several areas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from aiohttp import web

from domo_async._emulator.access.datasets import forget_access, level_of
from domo_async._emulator.access.people import person, user_name
from domo_async._emulator.access.policies import forget_policies
from domo_async._emulator.context import collect_garbage, instance_of, storage_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Text
from domo_async._emulator.http.web import millis, read_body
from domo_async._emulator.services.cards import card_counts
from domo_async._emulator.state.datasets import Dataset, Index, Version
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

__all__ = [
    "NO_CARDS",
    "TAGS",
    "begin_index",
    "count_rows",
    "dataset_ids",
    "delete_datasets",
    "describe",
    "describe_index",
    "described",
    "envelope",
    "is_soft",
    "put_tags",
    "search_documents",
    "tags_of",
]

TAGS = "dataset_tags"
NO_CARDS = {"cardCount": 0, "cardViewCount": 0}
_PERMISSIONS = {
    "CAN_VIEW": "READ",
    "FEDERATED": "READ",
    "CAN_SHARE": "READ_SHARE",
    "CAN_EDIT": "READ_WRITE_SHARE",
    "CO_OWNER": "READ_WRITE_DELETE_SHARE_ADMIN",
    "OWNER": "READ_WRITE_DELETE_SHARE_ADMIN",
}


def describe(
    instance: Instance, dataset: Dataset, *, level: str = "OWNER", cards: Mapping[str, int] = NO_CARDS
) -> dict[str, Any]:
    """Return a dataset's metadata with all documented keys, and its tags.

    `streamId` is -1 if the dataset does not have a stream, and the `permissions` of each level of access are a guess
    (both emulator-defined).
    """
    stream = instance.records["dataset_streams"].find(dataset.id)
    connector = None if stream is None else instance.records["streams"].find(stream["streamId"])
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
        "tags": orjson.dumps(tags_of(instance, dataset)).decode(),
        "accountId": None if connector is None else connector["accountId"],
        "cryoStatus": "ADRENALINE",
        "nextUpdate": None,
        "scheduleActive": False,
        "cardCount": cards["cardCount"],
        "cloudEngine": "domo",
    }


def described(instance: Instance, datasets: list[Dataset], caller: Record) -> list[dict[str, Any]]:
    """Return the metadata of datasets as a user sees them."""
    cards = card_counts(instance)
    return [
        describe(instance, dataset, level=level_of(instance, dataset, caller), cards=cards.get(dataset.id, NO_CARDS))
        for dataset in datasets
    ]


def envelope(page: list[dict[str, Any]], *, total: int, limit: int, offset: int) -> dict[str, Any]:
    """Return the answer of a list of datasets."""
    facts = {"totalCount": total, "limit": limit, "offset": offset, "executor": "APIDATA", "augmented": False}
    return {"dataSources": page, "_metaData": facts}


async def dataset_ids(request: web.Request) -> list[str]:
    """Return the dataset ids in the request's body."""
    ids = await read_body(request, Array(Text(empty=True), words="a JSON array of dataset ids"))
    return list(dict.fromkeys(ids))


def is_soft(request: web.Request) -> bool:
    """Return whether a request deletes softly, so that the dataset can be restored."""
    method = request.query.get("deleteMethod", "soft")
    if method not in ("soft", "hard"):
        raise HTTPError(400, "deleteMethod must be soft or hard")
    return method == "soft"


async def delete_datasets(request: web.Request, datasets: Sequence[Dataset], *, softly: bool) -> None:
    """Delete datasets, and all records about them except those that a restoration needs."""
    storage, instance = storage_of(request), instance_of(request)
    uploads = [upload for dataset in datasets for upload in instance.delete_dataset(dataset, softly=softly)]
    for dataset in () if softly else datasets:
        forget_access(instance, dataset)
        forget_policies(instance, dataset)
        if dataset.id in instance.records[TAGS]:
            instance.records[TAGS].remove(dataset.id)
    for upload in uploads:
        await storage.run(storage.discard_parts, upload.spool)
    await collect_garbage(request)


def put_tags(instance: Instance, dataset: Dataset, tags: Sequence[str]) -> None:
    """Replace the tags of a dataset."""
    instance.records[TAGS].put(dataset.id, {"tags": list(dict.fromkeys(tags))})
    dataset.touched = datetime.now(UTC)


def tags_of(instance: Instance, dataset: Dataset) -> list[str]:
    """Return the tags of a dataset."""
    record = instance.records[TAGS].find(dataset.id)
    return [] if record is None else record["tags"]


def search_documents(instance: Instance) -> Iterator[dict[str, Any]]:
    """Yield the search documents of datasets; the keys are emulator-defined."""
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
            "tags": tags_of(instance, dataset),
        }


async def count_rows(request: web.Request, dataset: Dataset, versions: Sequence[Version]) -> int:
    """Return the number of rows that versions make up together; this only awaits if one of them merges."""
    if not any(version.merges for version in versions):
        return sum(version.rows for version in versions)
    storage = storage_of(request)
    with storage.lease(versions):
        return await storage.run(storage.count, dataset.schema, versions)


async def begin_index(request: web.Request, dataset: Dataset, data_ids: Sequence[int] = ()) -> Index:
    """Begin to index versions of a dataset; all live ones if none is named."""
    while True:
        seen = dataset.seen_after(dataset.live, data_ids)
        rows = await count_rows(request, dataset, seen)
        if seen == dataset.seen_after(dataset.live, data_ids):
            return instance_of(request).start_index(dataset, data_ids, rows=rows)


def describe_index(index: Index, tag: str | None) -> dict[str, Any]:
    """Return the answer to a request for an index. That its key is a counter is emulator-defined."""
    return {"dataTag": tag, "requestKey": str(index.id), "requested": True, "requestedOn": millis()}

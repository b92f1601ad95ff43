"""Partitions: the tags, and the data behind them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aiohttp import web

from domo_async._emulator.access.datasets import permitted
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Object, WholeNumber
from domo_async._emulator.http.web import answer, read_body
from domo_async._emulator.state.datasets import Dataset, Partition

routes: web.RouteTableDef = web.RouteTableDef()

_PAGE = 100
_FIELDS = ("dateCompleted", "dataId", "partitionId", "rowCount")


@routes.get("/api/query/v1/datasources/{dataset_id}/partition")
async def list_partitions(request: web.Request) -> web.Response:
    """List all tags, those whose data were deleted included. The items' keys are emulator-defined."""
    return answer([_describe(partition) for partition in permitted(request).partitions.values()])


_BOUNDS = Object(default={}, null=True, message="filterValues must be an object with MIN and MAX")
_LIST = Object(
    {
        "limit": WholeNumber(default=_PAGE),
        "offset": WholeNumber(default=0),
        "paginationFields": Array(Object({"filterValues": _BOUNDS}), default=[], null=True),
    }
)


@routes.post("/api/query/v1/datasources/{dataset_id}/partition/list")
async def search_partitions(request: web.Request) -> web.Response:
    """List the tags that have data, with their rows, filtered, sorted and a page at a time."""
    dataset = permitted(request)
    body = await read_body(request, _LIST)
    offset = body["offset"]
    found = [
        {**_describe(partition), "rowCount": partition.version.rows}
        for partition in dataset.partitions.values()
        if not partition.deleted
    ]
    # The first field decides; Python's sort keeps the order of the later ones within it.
    for each in reversed(body["paginationFields"]):
        found = _filtered_and_sorted(found, each)
    return answer(found[offset : offset + body["limit"]])


@routes.delete("/api/query/v1/datasources/{dataset_id}/tag/{tag}/data")
async def delete_data(request: web.Request) -> web.Response:
    """Mark the data behind a tag as deleted; the tag stays, and queries see the rows until the next index."""
    dataset = permitted(request, "CAN_EDIT")
    dataset.delete([_partition(request, dataset).version])
    return web.Response()


@routes.delete("/api/query/v1/datasources/{dataset_id}/partition/{tag}")
async def delete_partition(request: web.Request) -> web.Response:
    """Delete a tag; data behind it that were not deleted stay in the dataset."""
    dataset = permitted(request, "CAN_EDIT")
    del dataset.partitions[_partition(request, dataset).tag]
    return web.Response()


def _partition(request: web.Request, dataset: Dataset) -> Partition:
    tag = request.match_info["tag"]
    if tag not in dataset.partitions:
        raise HTTPError(404, f"Partition not found: {tag}")
    return dataset.partitions[tag]


def _describe(partition: Partition) -> dict[str, Any]:
    return {
        "dataId": partition.version.data_id,
        "partitionId": partition.tag,
        "dateCompleted": _iso(partition.version.completed),
    }


def _filtered_and_sorted(found: list[dict[str, Any]], field: dict[str, Any]) -> list[dict[str, Any]]:
    # Domo's documentation writes the field in lower case, the answers do not.
    names = {
        "datecompleted": "dateCompleted",
        "dataid": "dataId",
        "partitionid": "partitionId",
        "rowcount": "rowCount",
    }
    name = names.get(str(field.get("fieldName")).lower())
    if name is None:
        raise HTTPError(400, f"Unknown field: {field.get('fieldName')}")
    bounds = field["filterValues"]
    lowest, highest = bounds.get("MIN"), bounds.get("MAX")
    try:
        kept = [
            each
            for each in found
            if (lowest is None or each[name] >= lowest) and (highest is None or each[name] <= highest)
        ]
    except TypeError as error:
        raise HTTPError(400, f"MIN and MAX do not fit {name}") from error
    return sorted(kept, key=lambda each: each[name], reverse=field.get("sortOrder") == "DESC")


def _iso(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03}+00:00"

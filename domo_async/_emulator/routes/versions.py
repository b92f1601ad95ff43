"""Data versions, and the indexes that make them visible to queries."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.web import (
    answer,
    caller_of,
    collect_garbage,
    instance_of,
    iso,
    json_body,
    json_object,
    page_of,
    query_flag,
    text,
)
from domo_async._emulator.routes.dataset_access import is_permitted, permitted
from domo_async._emulator.state import Dataset, Index, Version

routes: web.RouteTableDef = web.RouteTableDef()

_HYDRATED_PAGE = 500


@routes.get("/api/data/v2/datasources/{dataset_id}/dataversions")
async def list_versions(request: web.Request) -> web.Response:
    """List the committed data versions, those that were replaced since included."""
    return answer([_describe(version) for version in permitted(request).versions.values()])


@routes.get("/api/data/v3/datasources/{dataset_id}/dataversions/details")
async def list_version_details(request: web.Request) -> web.Response:
    """List the data versions with what more is known of them.

    The documents give no answer: an array like the plain listing's with three keys more is emulator-defined. Its ids
    are numbers, as instances write them here.
    """
    dataset = permitted(request)
    return answer([_describe_wholly(dataset, version) for version in dataset.versions.values()])


@routes.post("/api/dataprocessing/v2/dataflows/data-version-hydrate")
async def hydrate_versions(request: web.Request) -> web.Response:
    """List the data versions that a dataflow would load, a page of 500 by default.

    The documents give no answer: an array like that of the detailed listing is emulator-defined, as are that only
    the live versions are loaded and that no expression but ``1=1`` is understood.
    """
    body = await json_object(request)
    instance = instance_of(request)
    dataset = instance.dataset(text(body, "dataSourceId"))
    if not is_permitted(instance, dataset, caller_of(request)):
        raise HTTPError(403, "You do not have the permission for this: it takes CAN_VIEW of the dataset")
    window = body.get("versionWindow") or {}
    if not isinstance(window, dict) or re.sub(r"\s", "", str(window.get("expression", "1=1"))) != "1=1":
        raise HTTPError(400, "versionWindow must be an object with the expression 1=1")
    found = [_describe_wholly(dataset, version) for version in dataset.live]
    return answer(page_of(request, found, limit=_HYDRATED_PAGE))


@routes.delete("/api/data/v2/datasources/{dataset_id}/dataversions")
async def delete_versions(request: web.Request) -> web.Response:
    """Delete data versions; queries see their rows until the next index, which begins unless ``index=false``."""
    dataset = permitted(request, "CAN_EDIT")
    indexed = query_flag(request, "index", default=True)
    versions = _named_versions(dataset, await json_body(request))
    dataset.delete(versions)
    if indexed:
        instance_of(request).start_index(dataset)
    await collect_garbage(request)
    return web.Response()


@routes.post("/api/data/v3/datasources/{dataset_id}/indexes")
async def create_index(request: web.Request) -> web.Response:
    """Index data versions; none named means all."""
    dataset = permitted(request, "CAN_EDIT")
    body = await json_object(request)
    named = _named_versions(dataset, body.get("dataIds") or [])
    return await _index(request, dataset, [version.data_id for version in named])


@routes.post("/api/query/v1/datasources/{dataset_id}")
async def create_index_in_query_service(request: web.Request) -> web.Response:
    """Index all data versions, by the query service's route."""
    return await _index(request, permitted(request, "CAN_EDIT"), [])


@routes.get("/api/data/v3/datasources/{dataset_id}/indexes/{request_key}/statuses")
async def index_status(request: web.Request) -> web.Response:
    """Tell how far an index is, as Domo's data service does."""
    dataset = permitted(request)
    key = request.match_info["request_key"]
    index = dataset.indexes.get(int(key)) if key.isdecimal() else None
    if index is None:
        raise HTTPError(404, f"Index not found: {key}")
    state = dataset.index_state(index)
    now = _now()
    return answer(
        {
            "dataSourceId": dataset.id,
            "detail": {
                "rowCount": sum(version.rows for version in index.visible),
                "columnCount": len(index.schema.columns),
                "schema": None,
            },
            "progress": {
                "status": state,
                "progress": 100 if state == "SUCCESS" else 0,
                "message": None,
                "requestKey": key,
                "lastUpdate": now,
                "lastSuccessfulIndex": now if state == "SUCCESS" else None,
            },
        }
    )


async def _index(request: web.Request, dataset: Dataset, data_ids: list[int]) -> web.Response:
    index = instance_of(request).start_index(dataset, data_ids)
    await collect_garbage(request)
    return answer(describe_index(index, None))


def describe_index(index: Index, tag: str | None) -> dict[str, Any]:
    """Return what is told of an index that was asked for. That its key is a count is emulator-defined."""
    return {"dataTag": tag, "requestKey": str(index.id), "requested": True, "requestedOn": _now()}


def _now() -> int:
    return int(datetime.now(UTC).timestamp() * 1000)


def _named_versions(dataset: Dataset, ids: object) -> list[Version]:
    if not isinstance(ids, list):
        raise HTTPError(400, "Required: an array of data version ids")
    # The data service declares them as texts, and other clients send numbers.
    numbers = [int(one) if isinstance(one, str) and one.isdecimal() else one for one in ids]
    unknown = [data_id for data_id in numbers if not isinstance(data_id, int) or data_id not in dataset.versions]
    if unknown:
        raise HTTPError(404, f"Data version not found: {unknown[0]}")
    return [dataset.versions[int(data_id)] for data_id in dict.fromkeys(numbers)]


def _describe_wholly(dataset: Dataset, version: Version) -> dict[str, Any]:
    return {
        **_describe(version),
        "schemaId": version.schema_id,
        "dataId": version.data_id,
        "dataTag": version.tag,
        "live": version in dataset.live,
        "indexed": version in dataset.visible,
    }


def _describe(version: Version) -> dict[str, Any]:
    return {
        "schemaId": str(version.schema_id),
        "dataId": str(version.data_id),
        "uploadStatus": "success",
        "uploadPercent": None,
        "uploadMd5": None,
        "uploadMessage": "",
        "recordedDate": iso(version.recorded),
        "uploadCompletedDate": iso(version.completed),
        "numRows": version.rows,
        "numBytes": version.bytes,
    }

"""Data versions, and the indexes that make them visible to queries."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

from aiohttp import web
from attrs import evolve

from domo_async._emulator.access.datasets import is_permitted, permitted
from domo_async._emulator.context import caller_of, collect_garbage, instance_of, storage_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Object, Text
from domo_async._emulator.http.web import (
    StreamedResponse,
    answer,
    iso,
    json_body,
    json_object,
    millis,
    page_of,
    query_flag,
    query_values,
    read_body,
    read_time,
    wanted_by,
    whole_number,
)
from domo_async._emulator.services.csv_answers import csv_chunks
from domo_async._emulator.services.datasets import begin_index, describe_index
from domo_async._emulator.sql import translate
from domo_async._emulator.state.datasets import Column, Dataset, Schema, Version

routes: web.RouteTableDef = web.RouteTableDef()

_HYDRATED_PAGE = 500


@routes.get("/api/data/v2/datasources/{dataset_id}/dataversions")
async def list_versions(request: web.Request) -> web.Response:
    """List the committed data versions, those that were replaced since included."""
    return answer([_describe(version) for version in permitted(request).versions.values()])


@routes.get("/api/data/v3/datasources/{dataset_id}/dataversions/details")
async def list_version_details(request: web.Request) -> web.Response:
    """List the data versions with what more is known of them; only indexed ones unless ``limitToIndexed=false``.

    Emulator-defined: the bounds of time are milliseconds or ISO 8601, the upper one excluded, and an indexed version is
    one that queries see.
    """
    dataset = permitted(request)
    query = request.query
    ids = frozenset(query_values(request, "dataVersionIds"))
    states = [state.lower() for state in query_values(request, "statuses")]
    since, until = _time(request, "startRecordedTime"), _time(request, "endRecordedTime")
    only_indexed = query_flag(request, "limitToIndexed", default=True)
    found = [
        _describe_wholly(dataset, version)
        for version in dataset.versions.values()
        if (not ids or str(version.data_id) in ids)
        and (not states or "success" in states)
        and (since is None or version.recorded >= since)
        and (until is None or version.recorded < until)
        and (not only_indexed or version in dataset.visible)
    ]
    offset = whole_number(query.get("offset"), "offset", 0)
    limit = None if query.get("limit", "-1") == "-1" else whole_number(query["limit"], "limit", 0)
    return answer(found[offset:][:limit])


@routes.get("/api/data/v2/datasources/{dataset_id}/dataversions/{data_id}")
async def download_version(request: web.Request) -> web.StreamResponse:
    """Give the CSV of a data version and of those that it was appended to, or of itself alone.

    It is written as a query's result is: an unquoted empty field is NULL. Emulator-defined: that, and that the rows of
    versions which are not part of the dataset any longer are there up to 16 MiB, the newest.
    """
    dataset = permitted(request)
    key = request.match_info["data_id"]
    version = dataset.versions.get(int(key)) if key.isdecimal() else None
    if version is None:
        raise HTTPError(404, f"Data version not found: {key}")
    alone = query_flag(request, "excludeAppendedData")
    chain = (evolve(version, action="APPEND"),) if alone else dataset.chain_of(version)
    storage = storage_of(request)
    if not all(storage.has(each.table) for each in chain):
        raise HTTPError(404, f"The emulator does not keep the rows of data version {key} any longer")
    # The rows that a version deletes have columns of their own: the dataset's keys.
    holder = next((each for each in reversed(chain) if each.action != "DELETE"), version)
    schema = Schema(holder.schema_id, tuple(Column(each.name, each.type, each.name) for each in holder.columns))
    limit = request.query.get("rowLimit", "-1")
    sql = "SELECT * FROM table"
    if limit != "-1":
        sql = f"{sql} LIMIT {whole_number(limit, 'rowLimit', 0)}"
    translation = translate(sql, dataset.id, columns=schema.types)
    chunks = csv_chunks(
        storage,
        chain,
        partial(storage.query, translation, schema, chain, wanted=wanted_by(request)),
        with_header=query_flag(request, "includeHeader"),
    )
    await anext(chunks)
    return StreamedResponse(chunks, content_type="text/csv; charset=utf-8")


@routes.get("/api/data/v3/datasources/{dataset_id}/statuses")
async def dataset_state(request: web.Request) -> web.Response:
    """Return the state of a dataset, as Domo's data service does."""
    dataset = permitted(request)
    query_flag(request, "expireCache")
    return answer(_state(dataset))


@routes.post("/api/data/v3/datasources/statuses")
async def dataset_states(request: web.Request) -> web.Response:
    """Return the states of several datasets; those that the caller cannot see are left out (emulator-defined)."""
    ids = await read_body(request, Array(words="an array of dataset ids"))
    instance, caller = instance_of(request), caller_of(request)
    found = [
        dataset
        for dataset in instance.datasets()
        if dataset.id in {str(one) for one in ids} and is_permitted(instance, dataset, caller)
    ]
    return answer([_state(dataset) for dataset in found])


_WINDOW_MESSAGE = "versionWindow must be an object with the expression 1=1"
_HYDRATION = Object(
    {
        "dataSourceId": Text(),
        "versionWindow": Object(
            {"expression": Text(pattern=r"\s*1\s*=\s*1\s*", optional=True, message=_WINDOW_MESSAGE)},
            optional=True,
            null=True,
            message=_WINDOW_MESSAGE,
        ),
    }
)


@routes.post("/api/dataprocessing/v2/dataflows/data-version-hydrate")
async def hydrate_versions(request: web.Request) -> web.Response:
    """List the data versions that a dataflow would load, a page of 500 by default.

    Emulator-defined: the answer is an array like that of the detailed listing, only the live versions are loaded,
    and no expression but ``1=1`` is understood.
    """
    body = await read_body(request, _HYDRATION)
    instance = instance_of(request)
    dataset = instance.dataset(body["dataSourceId"])
    if not is_permitted(instance, dataset, caller_of(request)):
        raise HTTPError(403, "You do not have the permission for this: it takes CAN_VIEW of the dataset")
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
        await begin_index(request, dataset)
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
    now = millis()
    return answer(
        {
            "dataSourceId": dataset.id,
            "detail": {
                "rowCount": index.rows,
                "columnCount": len(index.schema.columns),
                "schema": None,
            },
            "progress": {
                "status": state,
                "progress": 100 if state == "SUCCESS" else 0,
                "message": index.reason if state == index.failed else None,
                "requestKey": key,
                "lastUpdate": now,
                "lastSuccessfulIndex": now if state == "SUCCESS" else None,
            },
        }
    )


async def _index(request: web.Request, dataset: Dataset, data_ids: list[int]) -> web.Response:
    index = await begin_index(request, dataset, data_ids)
    await collect_garbage(request)
    return answer(describe_index(index, None))


def _state(dataset: Dataset) -> dict[str, Any]:
    """Return how far a dataset is. The words of ``code`` and of ``appendChain`` are emulator-defined."""
    done = [index for index in dataset.indexes.values() if index not in dataset.running]
    last = done[-1] if done else None
    code = "PROCESSING" if dataset.running else (last.failed if last else None) or "SUCCESS"
    newest = max(dataset.versions.values(), key=lambda version: version.data_id, default=None)
    updated = millis(dataset.updated)
    return {
        "cachedTimestamp": millis(),
        "dataSourceId": dataset.id,
        "dimension": {"columnCount": len(dataset.schema.columns), "rowCount": dataset.row_count, "schema": None},
        "status": {
            "code": code,
            "percent": 100 if code == "SUCCESS" else 0,
            "message": last.reason if last and not dataset.running else None,
            "dataCurrentAsOf": updated,
            "dataUpdatedAsOf": updated,
        },
        "version": {
            "latestDataVersionId": None if newest is None else newest.data_id,
            "appendChain": None if newest is None else ",".join(str(each.data_id) for each in dataset.live),
        },
    }


def _time(request: web.Request, key: str) -> datetime | None:
    given = request.query.get(key)
    if given is None or not given.isdecimal():
        return None if given is None else read_time(given, key)
    try:
        return datetime.fromtimestamp(int(given) / 1000, UTC)
    except (ValueError, OverflowError) as error:
        raise HTTPError(400, f"{key} is not a time: {given}") from error


def _named_versions(dataset: Dataset, body: object) -> list[Version]:
    ids = Array(words="an array of data version ids").check(body)
    # The data service declares them as strings, and other clients send numbers.
    versions = {str(data_id): version for data_id, version in dataset.versions.items()}
    names = list(map(str, ids))
    if unknown := [name for name in names if name not in versions]:
        raise HTTPError(404, f"Data version not found: {unknown[0]}")
    return [versions[name] for name in dict.fromkeys(names)]


def _describe_wholly(dataset: Dataset, version: Version) -> dict[str, Any]:
    return {
        "dataSourceId": dataset.id,
        "dataVersionId": version.data_id,
        "datetimeRecorded": millis(version.recorded),
        "datetimeUploadCompleted": millis(version.completed),
        "rowCount": version.rows,
        "runDurationSeconds": max(0, round((version.completed - version.recorded).total_seconds())),
        "schemaId": version.schema_id,
        "sizeBytes": version.bytes,
        "status": "success",
        "statusMessage": version.message,
    }


def _describe(version: Version) -> dict[str, Any]:
    return {
        "schemaId": str(version.schema_id),
        "dataId": str(version.data_id),
        "uploadStatus": "success",
        "uploadPercent": None,
        "uploadMd5": None,
        "uploadMessage": version.message,
        "recordedDate": iso(version.recorded),
        "uploadCompletedDate": iso(version.completed),
        "numRows": version.rows,
        "numBytes": version.bytes,
    }

"""SQL over a dataset, answered as JSON or as CSV."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Any

import orjson
from aiohttp import web

from domo_async.emulator import rendering
from domo_async.emulator.sql import translate
from domo_async.emulator.state import Dataset, Schema, Version
from domo_async.emulator.storage import Result, Storage
from domo_async.emulator.web import (
    StreamedResponse,
    answer,
    dataset_of,
    json_object,
    query_flag,
    storage_of,
    text,
)

routes: web.RouteTableDef = web.RouteTableDef()

_CHUNK = 1 << 18


@routes.post("/api/query/v1/execute/{dataset_id}")
@routes.post("/api/query/v1/execute/export/{dataset_id}")
async def execute(request: web.Request) -> web.StreamResponse:
    """Run a query: ``Accept: text/csv`` gives CSV as it is made, anything else the whole result as JSON."""
    dataset = dataset_of(request)
    sql = text(await json_object(request), "sql")
    if "text/csv" not in request.headers.get("Accept", ""):
        return await _as_json(storage_of(request), dataset, sql)
    chunks = _csv_chunks(storage_of(request), dataset, sql, with_header=query_flag(request, "includeHeader"))
    # The first chunk is empty: once it is here, the query is known to run, and the status can be 200.
    await anext(chunks)
    return StreamedResponse(chunks, content_type="text/csv; charset=utf-8")


async def _as_json(storage: Storage, dataset: Dataset, sql: str) -> web.Response:
    schema, versions = dataset.schema, dataset.visible
    with storage.lease(versions):
        result = await storage.run(_prepare, storage, sql, dataset.id, schema, versions)
        try:
            rows = await storage.run(_json_rows, result)
        finally:
            result.close()
    columns = result.columns
    envelope: dict[str, Any] = {
        "datasource": dataset.id,
        "columns": [column.name for column in columns],
        "metadata": [
            {
                "type": rendering.domo_type(column.type),
                "dataSourceId": dataset.id,
                # Emulator-defined: lengths are not counted.
                "maxLength": -1,
                "minLength": -1,
            }
            for column in columns
        ],
        "rows": orjson.Fragment(b"[" + ",".join(rows).encode() + b"]"),
        "numRows": len(rows),
        "numColumns": len(columns),
        "fromcache": False,
    }
    return answer(envelope)


def _json_rows(result: Result) -> list[str]:
    result.start(rendering.json_row)
    rows: list[str] = []
    while batch := result.batch():
        rows.extend(batch)
    return rows


async def _csv_chunks(storage: Storage, dataset: Dataset, sql: str, *, with_header: bool) -> AsyncGenerator[bytes]:
    """Yield an empty chunk as soon as the query runs, then the CSV."""
    schema, versions = dataset.schema, dataset.visible
    with storage.lease(versions):
        result = await storage.run(_prepare, storage, sql, dataset.id, schema, versions)
        try:
            await storage.run(result.start, rendering.csv_line)
            first = await storage.run(_csv_batch, result)
            yield b""
            if with_header:
                yield rendering.csv_header([column.name for column in result.columns])
            chunk = first
            while chunk:
                yield chunk
                chunk = await storage.run(_csv_batch, result)
        finally:
            result.close()


def _prepare(storage: Storage, sql: str, dataset_id: str, schema: Schema, versions: Sequence[Version]) -> Result:
    return storage.query(translate(sql, dataset_id), schema, versions)


def _csv_batch(result: Result) -> bytes:
    lines: list[str] = []
    size = 0
    while size < _CHUNK and (batch := result.batch()):
        lines += batch
        size += sum(map(len, batch))
    return "".join(lines).encode()

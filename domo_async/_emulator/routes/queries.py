"""SQL over a dataset, answered as JSON or as CSV."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import orjson
from aiohttp import web
from attrs import frozen

from domo_async._emulator.access.datasets import permitted
from domo_async._emulator.access.policies import visible_rows
from domo_async._emulator.context import caller_of, instance_of, storage_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Text
from domo_async._emulator.http.web import StreamedResponse, answer, json_object, query_flag, wanted_by
from domo_async._emulator.rows.storage import Result, Storage
from domo_async._emulator.services.csv_answers import csv_chunks
from domo_async._emulator.sql import rendering, translate
from domo_async._emulator.sql.structured import structured_sql
from domo_async._emulator.state.datasets import Dataset, Schema, Version

routes: web.RouteTableDef = web.RouteTableDef()


@frozen
class _Seen:
    """A dataset as a query sees it from its beginning to its end, whatever happens to the dataset meanwhile.

    Attributes:
        only: The condition on the rows that the caller may see; None for all.
    """

    id: str
    name: str
    schema: Schema
    versions: tuple[Version, ...]
    only: str | None

    @classmethod
    def of(cls, dataset: Dataset, only: str | None) -> _Seen:
        return cls(dataset.id, dataset.name, dataset.schema, dataset.visible, only)


@routes.post("/api/query/v1/execute/{dataset_id}")
@routes.post("/api/query/v1/execute/export/{dataset_id}")
async def execute(request: web.Request) -> web.StreamResponse:
    """Run a query: ``Accept: text/csv`` gives CSV as it is made, anything else the whole result as JSON.

    A result in JSON is never cut short: where it would have more rows than the instance allows (a million, if not said
    otherwise), the query is refused; CSV has no limit (emulator-defined). A query that is made of expressions is
    understood as far as its expressions are columns, functions, values and IN (emulator-defined).
    """
    dataset, body = permitted(request), await json_object(request)
    sql = structured_sql(body["query"]) if isinstance(body.get("query"), dict) else Text().check(body.get("sql"), "sql")
    seen = _Seen.of(dataset, visible_rows(instance_of(request), dataset, caller_of(request)))
    if "text/csv" not in request.headers.get("Accept", ""):
        return await _as_json(request, seen, sql, most=instance_of(request).result_limit)
    storage = storage_of(request)
    chunks = csv_chunks(
        storage,
        seen.versions,
        partial(_prepare, storage, sql, seen, wanted_by(request)),
        with_header=query_flag(request, "includeHeader"),
    )
    # The first chunk is empty: once it is here, the query is known to run, and the status can be 200.
    await anext(chunks)
    return StreamedResponse(chunks, content_type="text/csv; charset=utf-8")


async def _as_json(request: web.Request, seen: _Seen, sql: str, *, most: int) -> web.Response:
    storage = storage_of(request)
    with storage.lease(seen.versions):
        result = await storage.run(_prepare, storage, sql, seen, wanted_by(request))
        try:
            rows = await storage.run(_json_rows, result, most)
        finally:
            result.close()
    columns = result.columns
    envelope: dict[str, Any] = {
        "datasource": seen.id,
        "columns": [column.name for column in columns],
        "metadata": [
            {
                "type": rendering.domo_type(column.type),
                "dataSourceId": seen.id,
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


def _json_rows(result: Result, most: int) -> list[str]:
    result.start(rendering.json_row)
    rows: list[str] = []
    while batch := result.batch():
        rows.extend(batch)
        if len(rows) > most:
            raise HTTPError(400, f"The result has more than {most} rows; use LIMIT, or ask for CSV")
    return rows


def _prepare(storage: Storage, sql: str, seen: _Seen, wanted: Callable[[], bool]) -> Result:
    translation = translate(sql, seen.id, columns=seen.schema.types, name=seen.name, only=seen.only)
    return storage.query(translation, seen.schema, seen.versions, wanted=wanted)

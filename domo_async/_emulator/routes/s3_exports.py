"""Exports to S3, which end in the instance's data directory instead.

Emulator-defined: an export becomes a single file ``s3/<bucket>/<path>/part-0.csv`` in that directory, with a header;
the file appears when a request sees that the export has succeeded, and the URL is its path. Credentials are neither
checked nor kept. While an export runs, the same caller gets it again, and other callers get a 400. If the data have not
changed, the same caller gets the previous export again, whatever else the request asks for, unless that export failed.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from domo_async._emulator.access.datasets import permitted
from domo_async._emulator.access.policies import visible_rows
from domo_async._emulator.context import caller_of, instance_of, storage_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Flag, Object, Text
from domo_async._emulator.http.web import answer, iso, read_body
from domo_async._emulator.private_files import private_opener
from domo_async._emulator.rows.storage import Storage
from domo_async._emulator.services.jobs import begin_job, is_over
from domo_async._emulator.sql import quoted_name, rendering, translate
from domo_async._emulator.sql.translation import Translation
from domo_async._emulator.state.datasets import Dataset, Schema, Version
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

__all__ = ["routes"]

routes: web.RouteTableDef = web.RouteTableDef()

_EXPORTS = "s3_exports"
_ROUTE = "/api/query/v1/export/{dataset_id}"
_LONGEST_NAME = 255
_BOM = b"\xef\xbb\xbf"
_ACTIVE = ("none", "running")
_COLUMN = Object({"column": Text()})
_MORE_COLUMNS = Array(_COLUMN, default=[], null=True, words="an array of objects with column and exprType")
_EXPORT = Object(
    {
        **{key: Text() for key in ("awsAccessKey", "awsAccessSecret", "region", "bucket")},
        "path": Text(default="", empty=True),
        "queryRequest": Object(
            {
                "includeBOM": Flag(default=False),
                "query": Object(
                    {
                        "columns": Array(_COLUMN, least=1, words="an array of columns"),
                        "groupByColumns": _MORE_COLUMNS,
                        "orderByColumns": _MORE_COLUMNS,
                    }
                ),
            }
        ),
    }
)


@routes.post(_ROUTE)
async def create(request: web.Request) -> web.Response:
    """Begin an export, of the rows that the caller may see."""
    instance, storage, dataset = instance_of(request), storage_of(request), permitted(request)
    body, caller = await read_body(request, _EXPORT), caller_of(request)
    path, asked = _path(body), body["queryRequest"]
    bom = asked["includeBOM"]
    only = visible_rows(instance, dataset, caller)
    schema, versions = dataset.schema, dataset.visible
    translation = await storage.run(
        translate, _sql(asked["query"]), dataset.id, columns=schema.types, name=dataset.name, only=only
    )
    former = _former(instance, storage, dataset, caller)
    if former is not None:
        return answer(_describe(former))
    record = {
        "id": str(uuid.uuid4()),
        "datasetId": dataset.id,
        "userId": caller["id"],
        "data": _state_of_data(dataset),
        "bucket": path[0],
        "path": list(path),
        "started": instance.now(),
        "job": _job(instance, dataset),
        "rows": None,
        "status": "none",
        "message": None,
    }
    with storage.lease(versions):
        rows = await storage.run(_write, storage, _arriving(storage, record), translation, schema, versions, bom)
    former = _former(instance, storage, dataset, caller)
    if former is not None:
        _arriving(storage, record).unlink(missing_ok=True)
        return answer(_describe(former))
    # Only now, as nothing is saved while a request that has changed something waits.
    return answer(_describe(instance.records[_EXPORTS].put(record["id"], {**record, "rows": rows})))


@routes.get(_ROUTE)
async def list_exports(request: web.Request) -> web.Response:
    """List the exports of a dataset, the newest first (emulator-defined)."""
    instance, storage, dataset = instance_of(request), storage_of(request), permitted(request)
    return answer([_describe(export) for export in _exports(instance, storage, dataset)])


# --------------------------------------------------------------------------------------------------------------


def _path(body: dict[str, Any]) -> tuple[str, ...]:
    """Return the names of the bucket and of the folders and the file in its path."""
    path = (body["bucket"], *(name for name in body["path"].split("/") if name))
    for name in path:
        if name.startswith(".") or not name.isprintable() or {*name} & {*'\\/:*?"<>|'} or _is_long(name):
            raise HTTPError(400, f"Not allowed in a bucket's name or a path: {name!r}")
    return path


def _is_long(name: str) -> bool:
    return len(name.encode(errors="replace")) > _LONGEST_NAME


def _sql(query: dict[str, Any]) -> str:
    """Return the SQL of a query that is made of columns."""
    columns = _names(query["columns"])
    sql = f"SELECT {', '.join(columns)} FROM table"  # noqa: S608 - names are quoted, and it is translated
    for clause, key in (("GROUP BY", "groupByColumns"), ("ORDER BY", "orderByColumns")):
        if names := _names(query[key]):
            sql += f" {clause} {', '.join(names)}"
    return sql


def _names(columns: list[dict[str, Any]]) -> list[str]:
    for column in columns:
        if column.get("exprType", "COLUMN") != "COLUMN":
            raise HTTPError(400, f"Unknown exprType: {column['exprType']}")
    return [quoted_name(column["column"]) for column in columns]


def _state_of_data(dataset: Dataset) -> list[int]:
    """Return a list that differs whenever a dataset's data differ."""
    return [dataset.schema.id, *(version.data_id for version in dataset.visible)]


def _job(instance: Instance, dataset: Dataset) -> Record:
    job = begin_job(instance, "s3_export", dataset.id, dataset.name, good="success", bad="failed")
    return job if job["state"] in {*_ACTIVE, "success"} else {**job, "state": "failed"}


def _former(instance: Instance, storage: Storage, dataset: Dataset, caller: Record) -> Record | None:
    """Return the export that is answered instead of a new one.

    Raises:
        HTTPError: 400, while another one runs.
    """
    exports = _exports(instance, storage, dataset)
    mine = next((export for export in exports if export["userId"] == caller["id"]), None)
    if mine is not None and mine["data"] == _state_of_data(dataset) and mine["status"] != "failed":
        return mine
    active = next((export for export in exports if export["status"] in _ACTIVE), None)
    if active is not None:
        raise HTTPError(400, f"The export {active['id']} of the dataset is active")
    return None


def _exports(instance: Instance, storage: Storage, dataset: Dataset) -> Sequence[Record]:
    """Return the exports of a dataset as far as they are, the newest first."""
    exports = instance.records[_EXPORTS]
    found = [export for export in exports if export["datasetId"] == dataset.id]
    with instance.by_nobody():
        for export in found:
            if export["status"] in _ACTIVE:
                exports.put(export["id"], {**export, **_seen(instance, storage, export)})
    return [exports.get(export["id"]) for export in reversed(found)]


def _seen(instance: Instance, storage: Storage, export: Record) -> Record:
    """Return the state of an export; its file is moved to its path when the export succeeds."""
    job = export["job"]
    if not is_over(instance, job) or job["state"] in _ACTIVE:
        return {"status": "running"}
    arriving = _arriving(storage, export)
    if job["state"] == "failed":
        arriving.unlink(missing_ok=True)
        return {"status": "failed", "message": job["reason"]}
    if export["rows"] is None:
        return {"status": "running"}
    target = _root(storage).joinpath(*export["path"], "part-0.csv")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        arriving.replace(target)
    except OSError as error:
        return {"status": "failed", "message": f"The file cannot be written: {error.strerror}"}
    return {"status": "success", "files": {target.as_uri(): export["rows"]}}


def _root(storage: Storage) -> Path:
    return storage.directory / "s3"


def _arriving(storage: Storage, export: Record) -> Path:
    """Return the path of an export's file until it succeeds; a bucket's name never begins with a dot."""
    return _root(storage) / ".arriving" / f"{export['id']}.csv"


def _write(
    storage: Storage, path: Path, translation: Translation, schema: Schema, versions: Sequence[Version], bom: bool
) -> int:
    """Write the CSV of a query; returns the number of its rows."""
    result = storage.query(translation, schema, versions)
    try:
        result.start(rendering.csv_line)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        rows = 0
        with open(path, "wb", opener=private_opener) as file:
            file.write(_BOM if bom else b"")
            file.write(rendering.csv_header([column.name for column in result.columns]))
            for batch in iter(result.batch, []):
                file.write("".join(batch).encode())
                rows += len(batch)
    finally:
        result.close()
    return rows


def _describe(export: Record) -> dict[str, Any]:
    failed = export["status"] == "failed"
    ended = failed or export["status"] == "success"
    return {
        "bucket": export["bucket"],
        "compression": "none",
        "errorCode": "EXPORT_FAILED" if failed else None,
        "exportFormat": "csv",
        "exportId": export["id"],
        "exportStatus": export["status"],
        "finished": _iso(export["started"] + export["job"]["lasts"]) if ended else None,
        "message": export["message"],
        "started": _iso(export["started"]),
        "urlRowCountMap": export.get("files", {}),
    }


def _iso(seconds: float) -> str:
    return iso(datetime.fromtimestamp(seconds, UTC))

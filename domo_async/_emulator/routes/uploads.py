"""Uploads: opened, filled part by part, committed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import cast

from aiohttp import web

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.web import (
    answer,
    body_chunks,
    collect_garbage,
    flag,
    instance_of,
    json_object,
    storage_of,
    takes_body_as_it_comes,
)
from domo_async._emulator.routes.dataset_access import permitted
from domo_async._emulator.routes.versions import describe_index
from domo_async._emulator.state import Action, Dataset, Upload, Version

routes: web.RouteTableDef = web.RouteTableDef()

# What a part may be unpacked to: so much, and so many times what was sent.
_LARGEST_UNPACKED, _RATIO = 256 << 20, 200
_UPLOAD = "/api/data/v3/datasources/{dataset_id}/uploads/{upload_id}"


# The documents write the path of a partition's upload with a slash at the end.
@routes.post("/api/data/v3/datasources/{dataset_id}/uploads")
@routes.post("/api/data/v3/datasources/{dataset_id}/uploads/")
async def open_upload(request: web.Request) -> web.Response:
    """Open an upload, for a partition if a tag is given by either of its names."""
    dataset = permitted(request, "CAN_EDIT")
    body = await json_object(request)
    tag = request.query.get("dataTag") or request.query.get("restateDataTag")
    for expired in instance_of(request).expired_uploads():
        storage_of(request).discard_parts(expired.spool)
    upload = instance_of(request).open_upload(dataset, tag, body.get("action"))
    return answer(
        {
            "dataSourceId": dataset.id,
            "uploadId": upload.id,
            "requestedAsOf": int(upload.requested.timestamp() * 1000),
        }
    )


@routes.put(_UPLOAD + "/parts/{part}")
@takes_body_as_it_comes
async def put_part(request: web.Request) -> web.Response:
    """Take a part, in place of the one that was sent before under its number.

    `Content-Encoding: gzip` is undone by the HTTP server (emulator-defined: no document tells of it).
    """
    dataset = permitted(request, "CAN_EDIT")
    upload = _open_upload(request, dataset)
    number = _part_number(request)
    storage, most = storage_of(request), _most_bytes(request)
    with _still_there(request, dataset), storage.spool_part(upload.spool, number) as arriving:
        async for chunk in body_chunks(request):
            arriving.write(chunk)
            if arriving.size > most:
                raise HTTPError(413, f"The part is larger than the {most} bytes that the emulator has left for it")
        if upload.state != "open":
            raise HTTPError(409, f"Upload {upload.id} is {upload.state}")
    upload.parts[number] = arriving.part
    upload.touched = instance_of(request).now()
    return answer({"uploadStatus": "success", "uploadMessage": None})


@routes.put(_UPLOAD + "/commit")
async def commit(request: web.Request) -> web.Response:
    """Make an upload's parts a data version, wholly or not at all. It answers as Domo's data service does.

    A commit that is refused leaves the upload open: parts may be sent again and the commit repeated.
    """
    dataset = permitted(request, "CAN_EDIT")
    upload = _open_upload(request, dataset)
    body = await json_object(request)
    action = cast("Action", body.get("action") or upload.action)
    if action not in ("APPEND", "REPLACE"):
        raise HTTPError(400, "Required: action, APPEND or REPLACE, here or at the opening")
    indexed = flag(body.get("index"), "index")
    tag = body.get("dataTag") or body.get("restateDataTag") or upload.tag
    with _still_there(request, dataset):
        version = await _ingest(request, dataset, upload, None if tag is None else str(tag))
    instance = instance_of(request)
    if not instance.holds(dataset):
        await _clean_up(request, upload)
        raise HTTPError(404, f"DataSource not found: {dataset.id}")
    dataset.publish(version, action)
    index = instance.start_index(dataset) if indexed else None
    parts = len(upload.parts)
    await _clean_up(request, upload)
    return answer(
        {
            "dataSourceId": dataset.id,
            "dataTag": version.tag,
            "indexing": describe_index(index, version.tag) if index else None,
            "size": {
                "columnCount": len(dataset.schema.columns),
                "numberOfBytes": version.bytes,
                "partCount": parts,
                "rowCount": version.rows,
            },
            "status": "success",
            "uploadId": upload.id,
        }
    )


@contextmanager
def _still_there(request: web.Request, dataset: Dataset) -> Iterator[None]:
    """Say that the dataset is gone where something fails because it was deleted meanwhile, and its parts with it."""
    try:
        yield
    except Exception as error:
        if instance_of(request).holds(dataset):
            raise
        raise HTTPError(404, f"DataSource not found: {dataset.id}") from error


async def _ingest(request: web.Request, dataset: Dataset, upload: Upload, tag: str | None) -> Version:
    if upload.state != "open":
        raise HTTPError(409, f"Upload {upload.id} is {upload.state}")
    parts = upload.ordered_parts()
    storage = storage_of(request)
    schema = dataset.schema
    recorded = datetime.now(UTC)
    table = storage.new_table()
    upload.state = "committing"
    try:
        columns, rows = await storage.run(storage.ingest, table, parts, schema.columns)
    except BaseException:
        upload.state = "open"
        raise
    # From here to the publication nothing is waited for, so that no one sees anything in between.
    upload.state = "committed"
    storage.adopt(table)
    return Version(
        # Emulator-defined: a data version has the number of the upload that it came in with.
        data_id=upload.id,
        schema_id=schema.id,
        table=table,
        columns=columns,
        rows=rows,
        bytes=sum(part.size for part in parts),
        tag=tag,
        recorded=recorded,
        completed=datetime.now(UTC),
    )


async def _clean_up(request: web.Request, upload: Upload) -> None:
    storage = storage_of(request)
    await storage.run(storage.discard_parts, upload.spool)
    await collect_garbage(request)


def _open_upload(request: web.Request, dataset: Dataset) -> Upload:
    upload = instance_of(request).upload(dataset, request.match_info["upload_id"])
    if upload.state != "open":
        # Emulator-defined: no document tells what a second commit gives.
        raise HTTPError(409, f"Upload {upload.id} is {upload.state}")
    return upload


def _most_bytes(request: web.Request) -> int:
    """Return how large a part may be, also what it is unpacked to."""
    room = instance_of(request).room_for_parts()
    if "Content-Encoding" not in request.headers:
        return room
    return min(room, _LARGEST_UNPACKED + _RATIO * (request.content_length or 0))


def _part_number(request: web.Request) -> int:
    text = request.match_info["part"]
    if not text.isdecimal() or int(text) < 1:
        raise HTTPError(400, "Parts are numbered from 1")
    return int(text)

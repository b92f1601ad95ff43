"""Uploads: opened, filled part by part, committed."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast

from aiohttp import web
from attrs import evolve, frozen

from domo_async._emulator.access.datasets import permitted
from domo_async._emulator.context import collect_garbage, instance_of, storage_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Object, OneOf, WholeNumber
from domo_async._emulator.http.web import answer, body_chunks, flag, json_object, millis, takes_body_as_it_comes
from domo_async._emulator.services.datasets import count_rows, describe_index
from domo_async._emulator.state.datasets import Action, Column, Dataset, Index, Part, Upload, Version

routes: web.RouteTableDef = web.RouteTableDef()

# The largest size of an unpacked part: in bytes, and as a multiple of the sent size.
_LARGEST_UNPACKED, _RATIO = 256 << 20, 200
# The values that an opening may have in place of an action. Rows are appended to ``latest``.
_MODES = {"replace": "REPLACE", "append": "APPEND", "latest": "APPEND", "upsert": "UPSERT", "delete": "DELETE"}
# Milliseconds, up to the last of the year 9999.
_TIME = WholeNumber(optional=True, most=253_402_300_799_999)
_UPLOAD = "/api/data/v3/datasources/{dataset_id}/uploads/{upload_id}"


# Domo's documentation writes the path of a partition's upload with a slash at the end.
@routes.post("/api/data/v3/datasources/{dataset_id}/uploads")
@routes.post("/api/data/v3/datasources/{dataset_id}/uploads/")
async def open_upload(request: web.Request) -> web.Response:
    """Open an upload, for a partition if a tag is given by either of its names."""
    dataset = permitted(request, "CAN_EDIT")
    body = await json_object(request)
    tag = request.query.get("dataTag") or request.query.get("restateDataTag")
    for expired in instance_of(request).expired_uploads():
        storage_of(request).discard_parts(expired.spool)
    return answer(_opened(instance_of(request).open_upload(dataset, tag, body)))


def _opened(upload: Upload) -> dict[str, Any]:
    return {"dataSourceId": upload.dataset_id, "uploadId": upload.id, "requestedAsOf": millis(upload.requested)}


@routes.put(_UPLOAD + "/parts/{part}")
@takes_body_as_it_comes
async def put_part(request: web.Request) -> web.Response:
    """Take a part, which replaces an earlier one of the same number.

    The HTTP server decodes `Content-Encoding: gzip` (emulator-defined).
    """
    dataset = permitted(request, "CAN_EDIT")
    upload = _open_upload(request, dataset)
    await _take_part(request, dataset, upload, _part_number(request))
    return answer({"uploadStatus": "success", "uploadMessage": None})


async def _take_part(request: web.Request, dataset: Dataset, upload: Upload, number: int) -> None:
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


@routes.put(_UPLOAD + "/commit")
async def commit(request: web.Request) -> web.Response:
    """Make an upload's parts a data version, wholly or not at all. It answers as Domo's data service does.

    The opening's action, partition, message and date apply if the commit does not have them. A commit
    that is refused leaves the upload open: parts may be sent again and the commit repeated. UPSERT and the delete mode
    go by the columns that the schema marks as upsert keys, and not along with a partition (emulator-defined).
    """
    dataset = permitted(request, "CAN_EDIT")
    upload = _open_upload(request, dataset)
    body = await json_object(request)
    told = {**upload.told, **{key: value for key, value in body.items() if value is not None}}
    version, index = await _committed(request, dataset, upload, told)
    parts = len(upload.parts)
    await _clean_up(request, upload)
    return answer(
        {
            "dataSourceId": dataset.id,
            "dataTag": version.tag,
            "indexing": describe_index(index, version.tag) if index else None,
            "size": {
                "columnCount": len(version.columns),
                "numberOfBytes": version.bytes,
                "partCount": parts,
                "rowCount": version.rows,
            },
            "status": "success",
            "uploadId": upload.id,
        }
    )


@routes.post("/api/data/v3/datasources/{dataset_id}/uploads/stream")
@takes_body_as_it_comes
async def stream(request: web.Request) -> web.Response:
    """Upload in a single request, which is also committed and indexed (the last is emulator-defined)."""
    dataset = permitted(request, "CAN_EDIT")
    upload = await _in_one_request(request, dataset, {**request.query, "index": True})
    return answer(_opened(upload))


@routes.post("/api/data/v2/datasources/{dataset_id}/dataversions")
@routes.post("/api/data/v3/datasources/{dataset_id}/dataversions")
@takes_body_as_it_comes
async def create_version(request: web.Request) -> web.Response:
    """Make a data version in a single request, or repair one.

    Emulator-defined: that ``append`` other than ``none`` appends, and what it answers. The repaired version's rows give
    way to the new ones with INSERT_ON, and stay before them with INSERT_AFTER.
    """
    dataset = permitted(request, "CAN_EDIT")
    query: dict[str, Any] = dict(request.query)
    query["action"] = "REPLACE" if query.pop("append", "none").lower() == "none" else "APPEND"
    if "repairDataVersionId" in query:
        repair = {"uploadId": query.pop("repairDataVersionId"), "action": query.pop("repairAction", "")}
        query |= {"action": "REPAIR", "repair": repair}
    upload = await _in_one_request(request, dataset, {"index": "true", **query})
    return answer(
        {
            "dataSourceId": dataset.id,
            "dataVersionId": upload.id,
            "status": "success",
            "rowCount": dataset.versions[upload.id].rows,
        }
    )


async def _in_one_request(request: web.Request, dataset: Dataset, told: Mapping[str, Any]) -> Upload:
    tag = told.get("dataTag") or told.get("restateDataTag")
    upload = instance_of(request).open_upload(dataset, tag, told)
    try:
        await _take_part(request, dataset, upload, 1)
        await _committed(request, dataset, upload, told)
    finally:
        if upload.state != "committed":
            instance_of(request).forget_upload(upload)
        await _clean_up(request, upload)
    return upload


async def _committed(
    request: web.Request, dataset: Dataset, upload: Upload, told: Mapping[str, Any]
) -> tuple[Version, Index | None]:
    """Make an upload's parts a data version, and begin its index unless ``index`` is false."""
    indexed = flag(told.get("index", True), "index")
    tag = told.get("dataTag") or told.get("restateDataTag") or upload.tag
    plan = _plan(dataset, told, None if tag is None else str(tag))
    instance = instance_of(request)
    with _still_there(request, dataset):
        version, live, rows = await _ingest(request, dataset, upload, plan)
    if not instance.holds(dataset):
        await _clean_up(request, upload)
        raise HTTPError(404, f"DataSource not found: {dataset.id}")
    dataset.publish(version, live)
    return version, instance.start_index(dataset, (), rows=rows) if indexed else None


@frozen
class _Plan:
    """The plan of a commit.

    Attributes:
        action: The effect of the rows on earlier rows.
        columns: The columns that the parts hold.
        tag: The partition.
        recorded: The time that the version is recorded for; None for now.
        message: The note.
        repair: The version that is repaired, and how; None for none.
    """

    action: Action
    columns: tuple[Column, ...]
    tag: str | None
    recorded: datetime | None
    message: str
    repair: tuple[int, str] | None

    def live(self, dataset: Dataset, version: Version) -> tuple[Version, ...]:
        """Return the versions that are live afterwards."""
        if self.repair is None:
            return dataset.after(version)
        data_id, how = self.repair
        repaired = next((index for index, each in enumerate(dataset.live) if each.data_id == data_id), None)
        if repaired is None:
            raise HTTPError(409, f"Data version {data_id} is not live any longer")
        before = dataset.live[: repaired + (how == "INSERT_AFTER")]
        return (*before, version, *dataset.live[repaired + 1 :])


def _plan(dataset: Dataset, told: Mapping[str, Any], tag: str | None) -> _Plan:
    """Return the plan of a commit.

    Raises:
        HTTPError: 400, if the action is missing or not possible.
    """
    word = told.get("action") or _MODES.get(str(told.get("appendId")).lower())
    repair = _repair(dataset, told.get("repair")) if word == "REPAIR" else None
    action = "APPEND" if repair else word
    # The data service does not have an action for deleting: it is a mode of the opening.
    if action not in ("APPEND", "REPLACE", "UPSERT") and (action != "DELETE" or told.get("action")):
        raise HTTPError(400, "Required: action, one of APPEND, REPLACE, UPSERT and REPAIR, here or at the opening")
    keys = dataset.schema.keys
    if action in ("UPSERT", "DELETE") and (not keys or tag is not None):
        raise HTTPError(400, "A dataset needs upsert keys for this, and no partition may be given")
    time = told.get("recordedDate")
    return _Plan(
        cast("Action", action),
        keys if action == "DELETE" else dataset.schema.columns,
        tag,
        None if time is None else datetime.fromtimestamp(_TIME.check(time, "recordedDate") / 1000, UTC),
        str(told.get("message") or ""),
        repair,
    )


_REPAIR_MESSAGE = "Required: repair, an object with uploadId and the action INSERT_ON or INSERT_AFTER"
_REPAIR = Object(
    {"action": OneOf(("INSERT_ON", "INSERT_AFTER"), message=_REPAIR_MESSAGE), "uploadId": WholeNumber(default=0)},
    message=_REPAIR_MESSAGE,
)


def _repair(dataset: Dataset, told: object) -> tuple[int, str]:
    repair = _REPAIR.check(told)
    data_id = repair["uploadId"]
    if data_id not in {version.data_id for version in dataset.live}:
        raise HTTPError(404, f"Data version not found: {data_id}")
    return data_id, repair["action"]


@contextmanager
def _still_there(request: web.Request, dataset: Dataset) -> Iterator[None]:
    """Answer 404 if something fails because the dataset was deleted meanwhile, and its parts with it."""
    try:
        yield
    except Exception as error:
        if instance_of(request).holds(dataset):
            raise
        raise HTTPError(404, f"DataSource not found: {dataset.id}") from error


async def _ingest(
    request: web.Request, dataset: Dataset, upload: Upload, plan: _Plan
) -> tuple[Version, tuple[Version, ...], int]:
    """Return the data version that parts become, the versions that are live with it, and their number of rows."""
    if upload.state != "open":
        raise HTTPError(409, f"Upload {upload.id} is {upload.state}")
    parts = upload.ordered_parts()
    storage = storage_of(request)
    schema = dataset.schema
    recorded = datetime.now(UTC)
    table = storage.new_table()
    upload.state = "committing"
    try:
        if plan.action == "DELETE":
            parts = await storage.run(_without_header, parts, [column.name for column in plan.columns])
        columns, rows = await storage.run(storage.ingest, table, parts, plan.columns)
        version = Version(
            # Emulator-defined: a data version has the number of the upload that it came in with.
            data_id=upload.id,
            schema_id=schema.id,
            table=table,
            columns=columns,
            rows=rows,
            bytes=sum(part.size for part in parts),
            tag=plan.tag,
            recorded=plan.recorded or recorded,
            completed=datetime.now(UTC),
            action=plan.action,
            keys=tuple(column.name for column in schema.keys) if plan.action in ("UPSERT", "DELETE") else (),
            message=plan.message,
        )
        while True:
            live = plan.live(dataset, version)
            seen = await count_rows(request, dataset, live)
            if live == plan.live(dataset, version):
                break
    except BaseException:
        upload.state = "open"
        # Where it is there already, it is dropped as what nothing refers to.
        storage.adopt(table)
        raise
    # From here to the publication nothing is waited for, so that no one sees anything in between.
    upload.state = "committed"
    storage.adopt(table)
    return version, live, seen


def _without_header(parts: Sequence[Part], names: Sequence[str]) -> list[Part]:
    """Return parts without a header, which parts that delete rows may have."""
    kept = []
    for part in parts:
        content = part.path.read_bytes()
        first, _, rest = content.partition(b"\n")
        if next(csv.reader([first.decode(errors="replace").rstrip("\r")]), []) == list(names):
            part.path.write_bytes(rest)
            part = evolve(part, size=len(rest), lines=part.lines - 1, quotes=rest.count(b'"'))  # noqa: PLW2901 - the part without its header
        kept.append(part)
    return kept


async def _clean_up(request: web.Request, upload: Upload) -> None:
    storage = storage_of(request)
    await storage.run(storage.discard_parts, upload.spool)
    await collect_garbage(request)


def _open_upload(request: web.Request, dataset: Dataset) -> Upload:
    upload = instance_of(request).upload(dataset, request.match_info["upload_id"])
    if upload.state != "open":
        # Emulator-defined: the answer to a second commit.
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

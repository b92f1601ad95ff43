"""Streams: connectors that fill datasets, and their runs.

Emulator-defined: schedules are kept but start nothing; a stream has one run at a time; a run that replaces brings the
rows that its dataset has already, one that appends brings none, and neither makes an upload; a stream is deleted with
its dataset; a stream whose account was deleted is not valid, and its runs fail; users who may see the dataset may see
the stream, and users who may edit it may change and run the stream.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import orjson
from aiohttp import web

from domo_async._emulator.access.datasets import is_permitted, level_of
from domo_async._emulator.context import caller_of, instance_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Object, OneOf, Text
from domo_async._emulator.http.web import (
    answer,
    json_object,
    page_of,
    query_flag,
    query_values,
    read_body,
    whole_number,
)
from domo_async._emulator.services.datasets import describe as describe_dataset
from domo_async._emulator.services.providers import provider_of
from domo_async._emulator.services.streams import (
    ACTIVE,
    GOOD,
    add_stream,
    current_execution,
    execution_key,
    executions_of,
    has_account,
    start_execution,
    state_of,
    stop_execution,
    stream_of_dataset,
)
from domo_async._emulator.state.datasets import Column, Dataset
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

routes: web.RouteTableDef = web.RouteTableDef()

# The columns that Domo's connectors add to all rows; the first upload shows the others.
_COLUMNS = (
    Column("_BATCH_ID_", "DOUBLE", "_BATCH_ID_"),
    Column("_BATCH_LAST_RUN_", "DATETIME", "_BATCH_LAST_RUN_"),
)
_SCHEDULES = {"MINUTE": "0 0/{} * * * ?", "HOUR": "0 0 0/{} * * ?", "DAY": "0 0 0 1/{} * ?"}
_METHODS = ("REPLACE", "APPEND", "UPSERT", "DELETE")
_CATEGORIES = ("CONNECTOR", "FRAMEWORK", "USER", "CONNECTOR_WARNING")
_ABORT = Object({"category": OneOf(_CATEGORIES, default="CONNECTOR", null=True)})
_SCHEDULE_STATES = ("MANUAL", "ACTIVE", "INACTIVE")
_BULK_STATES = {"activate": "ACTIVE", "deactivate": "INACTIVE"}
_SETTING = Object({"name": Text()}, message="Required: configuration, an array of objects with name and value")
_SCHEDULE_MESSAGE = "advancedScheduleJson must be a string that holds a JSON object with a type"
_SCHEDULE = Object({"type": Text(optional=True, empty=True, message=_SCHEDULE_MESSAGE)}, message=_SCHEDULE_MESSAGE)
_STREAM = Object(
    {
        "transport": Object({"type": Text()}),
        "dataProvider": Object({"key": Text()}),
        "dataSource": Object({"name": Text()}),
        "account": Object(has=("id",), optional=True, null=True, words="an object with id, or null"),
        "configuration": Array(_SETTING, default=[], words="an array of objects with name and value"),
        "updateMethod": OneOf(_METHODS, default="REPLACE"),
    }
)
_QUERY = re.compile(r"dataSource\.(id|name|owner\.id):(.*)", re.DOTALL)
SECOND = 10**9
_PAGE = 50


@routes.post("/api/data/v1/streams")
async def create(request: web.Request) -> web.Response:
    """Create a stream and its dataset."""
    instance, body = instance_of(request), await json_object(request)
    return answer(_describe(request, create_stream(instance, body, owner_id=caller_of(request)["id"])), status=201)


@routes.get("/api/data/v1/streams")
async def list_streams(request: web.Request) -> web.Response:
    """List streams with all their fields (emulator-defined), a page of 50 by default."""
    return answer([_describe(request, stream) for stream in page_of(request, _streams(request), limit=_PAGE)])


@routes.get("/api/data/v1/streams/search")
async def search(request: web.Request) -> web.Response:
    """Find the streams of a dataset by ``dataSource.id``, ``dataSource.name`` or ``dataSource.owner.id``.

    A name matches if it contains the text; other queries are refused (both emulator-defined).
    """
    matched = _QUERY.fullmatch(request.query.get("q", ""))
    if matched is None:
        raise HTTPError(400, "Required: q, such as dataSource.id:… or dataSource.name:…")
    key, wanted = matched[1], matched[2].strip('"')
    instance = instance_of(request)

    def fits(dataset: Dataset) -> bool:
        if key == "name":
            return wanted.lower() in dataset.name.lower()
        return wanted == (dataset.id if key == "id" else str(dataset.owner_id))

    found = (each for each in _streams(request) if fits(instance.dataset(each["dataSourceId"])))
    return answer([_describe(request, stream) for stream in found])


@routes.get("/api/data/v1/streams/lookup")
async def lookup(request: web.Request) -> web.Response:
    """Return the number of the stream that fills a dataset."""
    instance = instance_of(request)
    stream = stream_of_dataset(instance, instance.dataset(request.query.get("dataSourceId", "")))
    if stream is None or stream not in _streams(request):
        raise HTTPError(404, "No stream fills this dataset")
    return answer(stream["id"])


@routes.get("/api/data/v1/streams/bulk")
async def get_many(request: web.Request) -> web.Response:
    """Return several streams; those that do not exist are left out (emulator-defined)."""
    wanted = query_values(request, "streamId")
    return answer([_describe(request, each) for each in _streams(request) if str(each["id"]) in wanted])


@routes.post("/api/data/v1/streams/scheduleState/bulk/{change}")
async def set_schedule_states(request: web.Request) -> web.Response:
    """Activate or deactivate the schedules of several streams."""
    state = OneOf(_BULK_STATES).check(request.match_info["change"], "the change")
    body = await read_body(request, Object({"streamIds": Array(words="an array of the numbers of streams")}))
    streams = [_permitted_stream(request, number, "CAN_EDIT") for number in body["streamIds"]]
    for stream in streams:
        _set_schedule_state(request, stream, _BULK_STATES[state], body.get("inactiveScheduleCode"))
    return web.Response()


@routes.post("/api/data/v1/streams/{stream_id}/scheduleState/{state}")
async def set_schedule_state(request: web.Request) -> web.Response:
    """Set the state of a stream's schedule."""
    stream = _stream_of(request, "CAN_EDIT")
    state = OneOf(_SCHEDULE_STATES, optional=True).check(request.match_info["state"], "The state")
    code = request.query.get("inactiveScheduleCode")
    _set_schedule_state(request, stream, state, None if code is None else whole_number(code, "code", 0))
    return web.Response()


@routes.delete("/api/data/v1/streams/{stream_id}")
async def delete(request: web.Request) -> web.Response:
    """Delete a stream; its dataset stays (emulator-defined)."""
    instance, stream = instance_of(request), _stream_of(request, "CO_OWNER")
    for execution in list(executions_of(instance, stream)):
        instance.records["stream_executions"].remove(execution_key(execution))
    instance.records["dataset_streams"].remove(stream["dataSourceId"])
    instance.records["streams"].remove(stream["id"])
    return web.Response()


@routes.get("/api/data/v1/streams/{stream_id}")
async def get(request: web.Request) -> web.Response:
    """Return a stream with its last runs."""
    return answer(_describe(request, _stream_of(request)))


@routes.put("/api/data/v1/streams/{stream_id}")
async def update(request: web.Request) -> web.Response:
    """Replace the definition of a stream; without a schedule, the former one stays."""
    instance, stream = instance_of(request), _stream_of(request, "CAN_EDIT")
    body = await read_body(request, _STREAM)
    definition = _definition(instance, body)
    dataset = instance.dataset(stream["dataSourceId"])
    dataset.name, dataset.description = _dataset_texts(body)
    dataset.provider_type = definition["dataProviderKey"]
    dataset.touched = datetime.now(UTC)
    if definition["advancedScheduleJson"] is None:
        definition["advancedScheduleJson"] = stream["advancedScheduleJson"]
    changes = {**definition, "modifiedAt": int(time.time()), "modifiedBy": caller_of(request)["id"]}
    return answer(_describe(request, instance.records["streams"].update(stream["id"], **changes)))


@routes.post("/api/data/v1/streams/{stream_id}/executions")
async def run(request: web.Request) -> web.Response:
    """Start a run; its type comes as ``runType`` or as ``action``.

    `abortRunning` stops the current run; partitions and other keys change nothing (emulator-defined).
    """
    stream, body = _stream_of(request, "CAN_EDIT"), await json_object(request)
    key = "runType" if "runType" in body else "action"
    run_type = Text().check(body.get(key), key)
    execution = start_execution(request, stream, run_type, stop=query_flag(request, "abortRunning"))
    return answer(_describe_execution(instance_of(request), execution, starting=True), status=201)


@routes.get("/api/data/v1/streams/{stream_id}/history/aggregate")
async def history(request: web.Request) -> web.Response:
    """Return the main facts of the last runs, 1,000 by default, the latest first.

    A `date` leaves out those that began on another day, of UTC whatever `tz` says (emulator-defined).
    """
    instance, limit = instance_of(request), whole_number(request.query.get("limit"), "limit", 1000)
    for key in ("removeConfigurationChanges", "removeDeleted"):
        query_flag(request, key)
    day = request.query.get("date")
    runs = (
        execution
        for execution in executions_of(instance, _stream_of(request))
        if day is None or day == f"{datetime.fromtimestamp(execution['startedAt'] // SECOND, UTC):%Y-%m-%d}"
    )
    return answer([_aggregate(instance, execution) for execution in islice(runs, limit)])


@routes.get("/api/data/v1/streams/{stream_id}/executions")
async def list_executions(request: web.Request) -> web.Response:
    """List runs, the latest first (emulator-defined)."""
    instance = instance_of(request)
    page = page_of(request, list(executions_of(instance, _stream_of(request))), limit=_PAGE)
    return answer([_describe_execution(instance, execution) for execution in page])


@routes.get("/api/data/v1/streams/{stream_id}/executions/{execution_id}")
async def get_execution(request: web.Request) -> web.Response:
    """Return a run."""
    return answer(_describe_execution(instance_of(request), _execution_of(request, _stream_of(request))))


@routes.put("/api/data/v1/streams/{stream_id}/executions/{execution_id}/abort")
async def abort(request: web.Request) -> web.Response:
    """Stop a run, which ends in ``ERROR`` and names the user who stopped it."""
    instance, stream = instance_of(request), _stream_of(request, "CAN_EDIT")
    execution, body = _execution_of(request, stream), await read_body(request, _ABORT)
    if state_of(instance, execution) != ACTIVE:
        raise HTTPError(409, f"Run {execution['executionId']} of stream {stream['id']} has ended already")
    category = body["category"]
    message = body.get("message") or request.query.get("message")
    return answer(_describe_execution(instance, stop_execution(request, execution, category, message)))


# -- state ----------------------------------------------------------------------------------------------


def _streams(request: web.Request) -> list[Record]:
    """Return the streams that the caller may see."""
    instance, caller = instance_of(request), caller_of(request)
    visible = {dataset.id for dataset in instance.datasets() if is_permitted(instance, dataset, caller)}
    return [stream for stream in instance.records["streams"] if stream["dataSourceId"] in visible]


def _stream_of(request: web.Request, level: str = "CAN_VIEW") -> Record:
    """Return the stream that the path names, if its dataset is there and the caller has `level` of access to it."""
    return _permitted_stream(request, request.match_info["stream_id"], level)


def _permitted_stream(request: web.Request, number: object, level: str) -> Record:
    instance = instance_of(request)
    stream = instance.records["streams"].get(number)
    dataset = instance.dataset(stream["dataSourceId"])
    if not is_permitted(instance, dataset, caller_of(request), level):
        raise HTTPError(403, f"You do not have the permission for this: it takes {level} of the dataset")
    return stream


def _set_schedule_state(request: web.Request, stream: Record, state: str, code: object) -> None:
    """Keep the state of a schedule. No schedule starts a run."""
    instance_of(request).records["streams"].update(stream["id"], scheduleState=state, inactiveScheduleCode=code)


def _execution_of(request: web.Request, stream: Record) -> Record:
    number = request.match_info["execution_id"]
    execution = instance_of(request).records["stream_executions"].find(f"{stream['id']}/{number}")
    if execution is None:
        raise HTTPError(404, f"Stream {stream['id']} has no run {number}")
    return execution


def _ended_at(execution: Record) -> int:
    """Return when an ended run ended, in nanoseconds."""
    if execution["aborted"] is not None:
        return int(execution["aborted"]["at"])
    return int(execution["startedAt"] + execution["job"]["lasts"] * SECOND)


# -- bodies ---------------------------------------------------------------------------------------------


def create_stream(instance: Instance, body: dict[str, Any], *, owner_id: int) -> Record:
    """Make a stream and its dataset.

    Args:
        instance: The instance.
        body: The definition, as a request has it.
        owner_id: The owner.

    Raises:
        HTTPError: 400, if a key is missing, or the account does not exist.
    """
    body = _STREAM.check(body)
    definition = _definition(instance, body)
    name, description = _dataset_texts(body)
    dataset = instance.create_dataset(
        name, _COLUMNS, description=description, provider_type=definition["dataProviderKey"], owner_id=owner_id
    )
    return add_stream(instance, dataset, definition, user_id=owner_id)


def _definition(instance: Instance, body: dict[str, Any]) -> Record:
    """Return the definition of a stream.

    Raises:
        HTTPError: 400, if the account does not exist, or the schedule is not one.
    """
    account_id = body["account"]["id"] if "account" in body else None
    if account_id is not None and account_id not in instance.records["accounts"]:
        raise HTTPError(400, f"The account {account_id} does not exist")
    return {
        "transport": {key: body["transport"].get(key) for key in ("type", "description", "version")},
        "configuration": [read_setting(item) for item in body["configuration"]],
        "accountId": account_id,
        "updateMethod": body["updateMethod"],
        "dataProviderKey": body["dataProvider"]["key"],
        "advancedScheduleJson": _schedule_text(body.get("advancedScheduleJson")),
    }


def _dataset_texts(body: dict[str, Any]) -> tuple[str, str]:
    source = body["dataSource"]
    return source["name"], str(source.get("description") or "")


def read_setting(item: Record) -> Record:
    return {
        "category": item.get("category", "METADATA"),
        "name": item["name"],
        "type": item.get("type", "string"),
        "value": item.get("value"),
    }


def _schedule_text(value: object) -> str | None:
    if value is None:
        return None
    text = Text(message=_SCHEDULE_MESSAGE).check(value)
    try:
        _SCHEDULE.check(orjson.loads(text))
    except orjson.JSONDecodeError as error:
        raise HTTPError(400, _SCHEDULE_MESSAGE) from error
    return text


# -- answers --------------------------------------------------------------------------------------------


def _describe(request: web.Request, stream: Record) -> dict[str, Any]:
    """Return a stream."""
    instance = instance_of(request)
    executions = list(executions_of(instance, stream))
    current = current_execution(instance, stream)
    ended = executions[1:] if current is not None else executions
    good = (execution for execution in ended if state_of(instance, execution) in GOOD)
    last_good = next(good, None)
    last_state = state_of(instance, ended[0]) if ended else "SUCCESS"
    dataset = instance.dataset(stream["dataSourceId"])
    source = describe_dataset(instance, dataset, level=level_of(instance, dataset, caller_of(request)))
    tags = [*orjson.loads(source["tags"]), f"s_{stream['dataProviderKey']}", f"um_{stream['updateMethod']}"]
    schedule = orjson.loads(stream["advancedScheduleJson"] or "{}")
    schedule_type = schedule.get("type", "MANUAL")
    return {
        "id": stream["id"],
        "valid": has_account(instance, stream),
        "invalidExecutionId": None,
        "transport": stream["transport"],
        "updateMethod": stream["updateMethod"],
        "dataProvider": provider_of(stream["dataProviderKey"], since=stream["createdAt"] * 1000),
        "account": _describe_account(instance, stream),
        "dataSource": {
            **source,
            "status": last_state,
            "state": last_state,
            "nextUpdate": None,
            "validAccount": has_account(instance, stream),
            "transportType": stream["transport"]["type"],
            "tags": orjson.dumps(tags).decode(),
            "scheduleActive": schedule_type != "MANUAL",
        },
        "schemaDefinition": {"columns": [_describe_column(column) for column in dataset.schema.columns]},
        "scheduleExpression": _SCHEDULES.get(schedule_type, "MANUAL").format(schedule.get("interval") or 1),
        "scheduleStartDate": None,
        "advancedScheduleJson": stream["advancedScheduleJson"],
        "scheduleRetryExpression": None,
        "scheduleRetryCount": 0,
        "lastExecution": _in_stream(instance, ended[0] if ended else None),
        "lastSuccessfulExecution": _in_stream(instance, last_good),
        "currentExecution": _in_stream(instance, current),
        "currentExecutionState": state_of(instance, executions[0]) if executions else "IDLE",
        "createdAt": stream["createdAt"],
        "createdBy": stream["createdBy"],
        "modifiedAt": stream["modifiedAt"],
        "modifiedBy": stream["modifiedBy"],
        "scheduleState": stream.get("scheduleState") or ("MANUAL" if schedule_type == "MANUAL" else "ACTIVE"),
        "scheduleAssertion": False,
        "inactiveScheduleCode": stream.get("inactiveScheduleCode"),
        "configuration": [{"streamId": stream["id"], **item} for item in stream["configuration"]],
    }


def _describe_account(instance: Instance, stream: Record) -> dict[str, Any] | None:
    """Return a stream's account; the keys beside its number are emulator-defined."""
    account = None if stream["accountId"] is None else instance.records["accounts"].find(stream["accountId"])
    if account is None:
        return None
    return {key: account[key] for key in ("id", "name", "displayName", "valid", "dataProviderType")}


def _describe_column(column: Column) -> dict[str, Any]:
    return {
        "type": column.type,
        "name": column.name,
        "id": column.id,
        "visible": column.visible,
        "metadata": {"colLabel": column.name, "colFormat": "", "isEncrypted": False},
    }


def _aggregate(instance: Instance, execution: Record) -> dict[str, Any]:
    """Return a run as the history has it, in whole seconds."""
    payload = _in_stream(instance, execution) or {}
    keys = ("streamId", "executionId", "currentState", "rowsInserted", "bytesInserted", "startedAt", "endedAt")
    return {key: payload[key] for key in (*keys, "updateMethod", "peakMemoryUsedBytes")}


def _in_stream(instance: Instance, execution: Record | None) -> dict[str, Any] | None:
    """Return a run as a stream has it: its times in whole seconds."""
    if execution is None:
        return None
    payload = _describe_execution(instance, execution)
    begun, ended = execution["startedAt"] // SECOND, _ended_at(execution) // SECOND
    has_ended = payload["endedAt"] is not None
    last = ended if has_ended else begun
    return {
        **payload,
        "startedAt": begun,
        "endedAt": ended if has_ended else None,
        "createdAt": begun,
        "modifiedAt": last,
    }


def _describe_execution(instance: Instance, execution: Record, *, starting: bool = False) -> dict[str, Any]:
    """Return a run by itself: its times in seconds with nine decimals."""
    state = ACTIVE if starting else state_of(instance, execution)
    running = state == ACTIVE
    begun, ended = _seconds(execution["startedAt"]), _seconds(_ended_at(execution))
    aborted = execution["aborted"] or {}
    reason = aborted.get("message") or (None if running or aborted else execution["job"]["reason"])
    return {
        "streamId": execution["streamId"],
        "executionId": execution["executionId"],
        "toe": execution["toe"],
        "startedAt": begun,
        "endedAt": None if running else ended,
        "updateMethod": execution["updateMethod"],
        "index": True,
        "retryCount": 0,
        "retryExecution": None,
        "containerManagerId": execution["containerManagerId"],
        "uploadId": None,
        "indexRequestKey": _compact(_ended_at(execution)) if state in GOOD else None,
        "currentState": state,
        "runType": execution["runType"],
        "createdAt": begun,
        "modifiedAt": begun if running else ended,
        "latestPhase": None,
        "currentPhase": None,
        "removed": False,
        "rowsInserted": execution["rows"] if state in GOOD else 0,
        "bytesInserted": execution["bytes"] if state in GOOD else 0,
        "startedBy": execution["startedBy"],
        "cancelledBy": aborted.get("by"),
        "dataTag": None,
        "peakMemoryUsedBytes": None if running else 0,
        "peakMemoryCommittedBytes": None if running else 0,
        "exportable": False,
        "manualIndex": False,
        "errors": [_describe_error(execution, aborted.get("category", "CONNECTOR"), reason)] if reason else [],
    }


def _describe_error(execution: Record, category: str, message: str) -> dict[str, Any]:
    return {
        "id": 1,
        "streamId": execution["streamId"],
        "executionId": execution["executionId"],
        "category": category,
        "code": 0,
        "message": message,
        "parameters": {},
        "invalidatesExecution": False,
        "keepUpload": False,
    }


def _seconds(nanoseconds: int) -> orjson.Fragment:
    """Return the JSON number of seconds with nine decimals, more than a float has."""
    return orjson.Fragment(f"{nanoseconds // SECOND}.{nanoseconds % SECOND:09}")


def _compact(nanoseconds: int) -> orjson.Fragment:
    """Return a time as the JSON number ``yyyyMMddHHmmss.SSS``."""
    time = datetime.fromtimestamp(nanoseconds // SECOND, UTC)
    return orjson.Fragment(f"{time:%Y%m%d%H%M%S}.{nanoseconds % SECOND // 1_000_000:03}")

"""Dataflows and their executions.

An execution is CREATED in the answer to its start, then RUNNING_DATA_FLOW for as long as a job takes, and ends as
SUCCESS, or as the scripted outcomes of the job ``stream`` say for the dataflow's id. Emulator-defined: it touches the
output datasets but moves no rows, and the definition's actions are kept as they came. The owner (the responsible user),
admins and those with whom it is shared accordingly may change and execute a dataflow; everyone may see it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from domo_async._emulator.access.datasets import give_access, is_permitted, read_grants
from domo_async._emulator.access.people import entities_of, user_name
from domo_async._emulator.access.rights import is_owner
from domo_async._emulator.context import caller_of, instance_of, records_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Object, OneOf, Text
from domo_async._emulator.http.web import answer, json_object, millis, page_of, read_body
from domo_async._emulator.services.jobs import begin_job, is_over
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

__all__ = ["routes", "search_documents"]

routes: web.RouteTableDef = web.RouteTableDef()

FLOWS = "dataflows"
_EXECUTIONS = "dataflow_executions"
_VERSIONS = "dataflow_versions"
_COLLECTION = "/api/dataprocessing/v1/dataflows"
_FLOW = _COLLECTION + "/{dataflow_id}"
_PAGE = 100
# The keys of a definition; the instance sets all other keys of a dataflow.
_DEFINITION = (
    *("name", "description", "actions", "inputs", "outputs", "databaseType", "responsibleUserId", "engineProperties"),
    *("gui", "settings", "enabled"),
)
_KINDS = {"USER": "users", "GROUP": "groups"}
# Emulator-defined: the rights of each level.
_RIGHTS: dict[str, tuple[str, ...]] = {
    "OWNER": ("EDIT", "EXECUTE", "SHARE"),
    "CAN_EDIT_AND_SHARE": ("EDIT", "EXECUTE", "SHARE"),
    "CAN_EDIT": ("EDIT", "EXECUTE"),
    "VIEW_AND_EXECUTE_AND_SHARE": ("EXECUTE", "SHARE"),
    "VIEW_AND_EXECUTE": ("EXECUTE",),
    "CAN_VIEW_AND_SHARE": ("SHARE",),
    "CAN_VIEW": (),
    "NONE": (),
}
_GRANT_MESSAGE = f"Required: type, {' or '.join(_KINDS)}, and accessLevel, one of {', '.join(_RIGHTS)}"
_FLOW_BODY = Object({"name": Text()})
_NAMED = {"dataFlowIds": Array(least=1, words="an array of numbers")}
_SHARING = Object(
    {
        "dataFlowPermissions": Array(
            Object(
                {
                    "type": OneOf(_KINDS, default="USER", message=_GRANT_MESSAGE),
                    "accessLevel": OneOf(_RIGHTS, message=_GRANT_MESSAGE),
                }
            ),
            words="an array of objects with id, type and accessLevel",
        ),
        "dataSetPermissions": Object(default={}, null=True),
    }
)
_ENDS = Array(Object({"dataSourceId": Text()}), optional=True)
_PARTS = Object(
    {"name": Text(optional=True), "inputs": _ENDS, "outputs": _ENDS, "actions": Array(Object(), optional=True)}
)
_GOOD_END = "SUCCESS"
_BAD_END = "FAILED_DATA_FLOW"


@routes.get(_COLLECTION)
async def list_dataflows(request: web.Request) -> web.Response:
    """List all dataflows, without their actions."""
    instance = instance_of(request)
    last = _last_executions(instance)
    flows = [_describe(instance, flow, last.get(flow["id"])) for flow in instance.records[FLOWS]]
    return answer([{key: value for key, value in flow.items() if key != "actions"} for flow in flows])


@routes.post(_COLLECTION)
async def create(request: web.Request) -> web.Response:
    """Create a dataflow, which belongs to the caller."""
    instance, body = instance_of(request), await json_object(request)
    return answer(_describe(instance, create_flow(instance, body, author_id=caller_of(request)["id"]), None))


@routes.get(_FLOW)
@routes.get("/api/dataprocessing/v2/dataflows/{dataflow_id}")
async def get(request: web.Request) -> web.Response:
    """Return a dataflow with its actions."""
    instance, flow = instance_of(request), _flow(request)
    return answer(_describe(instance, flow, _last_executions(instance).get(flow["id"])))


@routes.put(_FLOW)
async def update(request: web.Request) -> web.Response:
    """Replace the definition of a dataflow, which makes a new version."""
    instance, flow = instance_of(request), _changeable(request)
    body = await read_body(request, _FLOW_BODY)
    changed = _changed(instance, flow, body)
    made = put_version(instance, changed, caller_of(request)["id"], len(_versions(instance, flow)) + 1)
    changed = instance.records[FLOWS].update(flow["id"], **made)
    return answer(_describe(instance, changed, _last_executions(instance).get(flow["id"])))


@routes.put(_COLLECTION + "/bulk/patch")
async def patch_many(request: web.Request) -> web.Response:
    """Change several dataflows, all or none. Domo's documentation does not have this route; other clients use it."""
    instance, body = instance_of(request), await read_body(request, Object(_NAMED))
    for flow in _named(request, body):
        _changed(instance, flow, {key: body[key] for key in ("enabled", "responsibleUserId") if key in body})
    return web.Response()


@routes.put(_COLLECTION + "/bulk/tag")
async def tag_many(request: web.Request) -> web.Response:
    """Add tags to several dataflows, all or none. Domo's documentation does not have this route; others use it."""
    return await _retag(request, lambda former, named: [*former, *named])


@routes.put(_COLLECTION + "/bulk/tag/delete")
async def untag_many(request: web.Request) -> web.Response:
    """Remove tags from several dataflows, all or none. Domo's documentation does not have this route; others use it."""
    return await _retag(request, lambda former, named: [tag for tag in former if tag not in named])


async def _retag(request: web.Request, change: Callable[[list[str], list[str]], list[str]]) -> web.Response:
    body = await read_body(request, Object({**_NAMED, "tagNames": Array(Text())}))
    for flow in _named(request, body):
        after = change(flow.get("tags", []), body["tagNames"])
        records_of(request, FLOWS).update(flow["id"], tags=list(dict.fromkeys(after)))
    return web.Response()


@routes.put(_FLOW + "/patch")
async def patch(request: web.Request) -> web.Response:
    """Change the keys of a dataflow that the body has; the answer is emulator-defined."""
    instance, flow = instance_of(request), _changeable(request)
    changed = _changed(instance, flow, await json_object(request))
    return answer(_describe(instance, changed, _last_executions(instance).get(flow["id"])))


@routes.delete(_FLOW)
async def delete(request: web.Request) -> web.Response:
    """Delete a dataflow with its executions; its datasets stay."""
    flow = _changeable(request)
    records_of(request, FLOWS).remove(flow["id"])
    for kept in (records_of(request, _EXECUTIONS), records_of(request, _VERSIONS)):
        for each in kept:
            if each["onboardFlowId"] == flow["id"]:
                kept.remove(each["id"])
    return web.Response()


@routes.get(_FLOW + "/versions")
async def list_versions(request: web.Request) -> web.Response:
    """List the versions of a dataflow, the newest first."""
    instance, flow = instance_of(request), _flow(request)
    return answer([_describe_version(instance, each) for each in reversed(_versions(instance, flow))])


@routes.get("/api/dataprocessing/v2/dataflows/{dataflow_id}/versions/{version_id}")
async def get_version(request: web.Request) -> web.Response:
    """Return a version with the dataflow as it was then."""
    instance, flow = instance_of(request), _flow(request)
    wanted = request.match_info["version_id"]
    version = next((each for each in _versions(instance, flow) if str(each["id"]) == wanted), None)
    if version is None:
        raise HTTPError(404, f"Dataflow {flow['id']} has no version {wanted}")
    then = {**flow, **version["definition"], "version": version["id"], "modified": version["timeStamp"]}
    return answer({**_describe_version(instance, version), "dataFlow": _describe(instance, then, None)})


@routes.get(_FLOW + "/tags")
async def list_tags(request: web.Request) -> web.Response:
    """Return the tags of a dataflow."""
    flow = _flow(request)
    return answer({"flowId": flow["id"], "tags": flow.get("tags", [])})


@routes.put(_FLOW + "/tags")
async def set_tags(request: web.Request) -> web.Response:
    """Replace the tags of a dataflow."""
    flow, body = _changeable(request), await read_body(request, Object({"tags": Array(Text())}))
    tags = list(dict.fromkeys(body["tags"]))
    records_of(request, FLOWS).update(flow["id"], tags=tags)
    return answer({"flowId": flow["id"], "tags": tags})


@routes.put(_COLLECTION + "/permissions/share/{dataflow_id}")
async def share(request: web.Request) -> web.Response:
    """Give users and groups access to a dataflow, and to datasets; all of it or none."""
    instance, flow, body = instance_of(request), _permitted(request, "SHARE"), await read_body(request, _SHARING)
    grants = {(each["type"], each["id"]): each for each in flow.get("grants", [])}
    for each in body["dataFlowPermissions"]:
        grant = _grant(instance, each)
        grants.pop((grant["type"], grant["id"]), None)
        if grant["accessLevel"] != "NONE":
            grants[grant["type"], grant["id"]] = grant
    caller, shared = caller_of(request), []
    for dataset_id, sharing in body["dataSetPermissions"].items():
        dataset = instance.dataset(dataset_id)
        if not is_permitted(instance, dataset, caller, "CAN_SHARE"):
            raise HTTPError(403, f"You may not share the dataset {dataset_id}")
        shared.append((dataset, read_grants(instance, dataset, Object().check(sharing, dataset_id), caller)))
    for dataset, granted in shared:
        for each in granted:
            give_access(instance, dataset, each)
    records_of(request, FLOWS).update(flow["id"], grants=list(grants.values()))
    return answer(True)


@routes.post(_FLOW + "/executions")
async def execute(request: web.Request) -> web.Response:
    """Start an execution; while another one runs, it is refused (emulator-defined)."""
    instance, flow = instance_of(request), _permitted(request, "EXECUTE")
    last = _last_executions(instance).get(flow["id"])
    if last is not None and "endTime" not in last:
        raise HTTPError(409, f"Dataflow {flow['id']} is running already")
    number = instance.records.next_id(_EXECUTIONS)
    begun = millis()
    record = {
        "id": number,
        "onboardFlowId": flow["id"],
        "previewRows": 0,
        "dapDataFlowExecutionId": str(uuid.uuid4()),
        "beginTime": begun,
        "lastUpdated": begun,
        "state": "CREATED",
        "activationType": "MANUAL",
        "dataFlowVersion": flow["version"],
        "job": begin_job(instance, "dataflow", flow["id"], good=_GOOD_END, bad=_BAD_END),
    }
    return answer(_describe_execution(instance.records[_EXECUTIONS].put(number, record)))


@routes.get(_FLOW + "/executions")
async def list_executions(request: web.Request) -> web.Response:
    """List a dataflow's executions, the latest first, a page of 100 by default."""
    instance, flow = instance_of(request), _flow(request)
    found = [record for record in instance.records[_EXECUTIONS] if record["onboardFlowId"] == flow["id"]]
    page = page_of(request, found[::-1], limit=_PAGE)
    return answer([_describe_execution(_looked_at(instance, record)) for record in page])


@routes.get(_FLOW + "/executions/{execution_id}")
async def get_execution(request: web.Request) -> web.Response:
    """Return an execution."""
    instance, flow = instance_of(request), _flow(request)
    record = instance.records[_EXECUTIONS].find(request.match_info["execution_id"])
    if record is None or record["onboardFlowId"] != flow["id"]:
        raise HTTPError(404, f"Execution not found: {request.match_info['execution_id']}")
    return answer(_describe_execution(_looked_at(instance, record)))


def search_documents(instance: Instance) -> Iterator[dict[str, Any]]:
    """Yield the documents of dataflows that a search finds; the keys are emulator-defined."""
    for flow in instance.records[FLOWS]:
        yield {
            "entityType": "dataflow",
            "databaseId": str(flow["id"]),
            "uuid": flow["dapDataFlowId"],
            "name": flow["name"],
            "description": flow.get("description", ""),
            "ownedById": str(flow["responsibleUserId"]),
            "ownedByName": user_name(instance, flow["responsibleUserId"]),
            "createDate": flow["created"],
            "lastModified": flow["modified"],
            "databaseType": flow["databaseType"],
        }


def create_flow(instance: Instance, body: Record, *, author_id: int) -> Record:
    """Make a dataflow.

    Args:
        instance: The instance.
        body: The definition, as a request has it.
        author_id: The user who makes it, and owns it if the definition names nobody.

    Raises:
        HTTPError: 400 or 404, if the definition is wrong, or names a dataset that does not exist.
    """
    definition = read_definition(instance, {"databaseType": "MAGIC", **_FLOW_BODY.check(body)})
    now = millis()
    number = instance.records.next_id(FLOWS)
    flow = {
        **new_flow(number, definition, now),
        "dapDataFlowId": str(uuid.uuid4()),
        "responsibleUserId": definition.get("responsibleUserId", author_id),
    }
    return instance.records[FLOWS].put(number, {**flow, **put_version(instance, flow, author_id, 1)})


def new_flow(number: int, definition: Record, created: int) -> Record:
    return {
        "inputs": [],
        "outputs": [],
        "actions": [],
        "engineProperties": {},
        "enabled": True,
        **definition,
        "id": number,
        "created": created,
        "modified": created,
    }


def put_version(instance: Instance, flow: Record, author_id: int, number: int) -> Record:
    """Keep a dataflow's definition as a version; return the keys of the dataflow that change."""
    version_id = instance.records.next_id(_VERSIONS)
    version = {
        "id": version_id,
        "onboardFlowId": flow["id"],
        "timeStamp": flow["modified"],
        "authorId": author_id,
        "versionNumber": number,
        "definition": {key: flow[key] for key in _DEFINITION if key in flow},
    }
    instance.records[_VERSIONS].put(version_id, version)
    return {"version": version_id}


def _versions(instance: Instance, flow: Record) -> list[Record]:
    """Return the versions of a dataflow, the oldest first."""
    return [each for each in instance.records[_VERSIONS] if each["onboardFlowId"] == flow["id"]]


def _describe_version(instance: Instance, version: Record) -> dict[str, Any]:
    runs = [each for each in instance.records[_EXECUTIONS] if each["dataFlowVersion"] == version["id"]]
    definition = version["definition"]
    return {
        **{key: value for key, value in version.items() if key != "definition"},
        "numInputs": len(definition.get("inputs", [])),
        "numOutputs": len(definition.get("outputs", [])),
        "executionCount": len(runs),
        "executionSuccessCount": sum(each["state"] == _GOOD_END for each in runs),
    }


def _flow(request: web.Request) -> Record:
    return records_of(request, FLOWS).get(request.match_info["dataflow_id"])


def _changeable(request: web.Request) -> Record:
    return _permitted(request, "EDIT")


def _named(request: web.Request, body: Record) -> list[Record]:
    """Return the dataflows that a body names, if the caller may change them all."""
    return [_permitted(request, "EDIT", records_of(request, FLOWS).get(each)) for each in body["dataFlowIds"]]


def _permitted(request: web.Request, right: str, flow: Record | None = None) -> Record:
    """Return a dataflow, by default the one that the path names, if the caller owns it or was granted a right to it."""
    instance, caller = instance_of(request), caller_of(request)
    flow = _flow(request) if flow is None else flow
    entities = entities_of(instance, caller)
    levels = (each["accessLevel"] for each in flow.get("grants", []) if (each["type"], each["id"]) in entities)
    if not is_owner(caller, flow["responsibleUserId"]) and not any(right in _RIGHTS[level] for level in levels):
        raise HTTPError(403, f"You do not have the permission for this: it takes {right} of the dataflow")
    return flow


def _grant(instance: Instance, item: Record) -> Record:
    collection = instance.records[_KINDS[item["type"]]]
    return {key: item[key] for key in ("type", "accessLevel")} | {"id": str(collection.get(item.get("id"))["id"])}


def read_definition(instance: Instance, body: Record) -> Record:
    definition = _PARTS.check({key: body[key] for key in _DEFINITION if key in body})
    for key in ("inputs", "outputs"):
        for each in definition.get(key, []):
            instance.dataset(each["dataSourceId"])
    if "responsibleUserId" in definition:
        definition["responsibleUserId"] = instance.records["users"].get(definition["responsibleUserId"])["id"]
    return definition


def _changed(instance: Instance, flow: Record, body: Record) -> Record:
    definition = read_definition(instance, body)
    return instance.records[FLOWS].update(flow["id"], **definition, modified=millis())


def _describe(instance: Instance, flow: Record, last: Record | None) -> dict[str, Any]:
    executions = [each for each in instance.records[_EXECUTIONS] if each["onboardFlowId"] == flow["id"]]
    names = {dataset.id: dataset.name for dataset in instance.datasets()} if flow["inputs"] or flow["outputs"] else {}
    described = {
        "id": flow["id"],
        "name": flow["name"],
        "description": flow.get("description", ""),
        "dapDataFlowId": flow["dapDataFlowId"],
        "responsibleUserId": flow["responsibleUserId"],
        "runState": "ENABLED" if flow["enabled"] else "DISABLED",
        "created": flow["created"],
        "modified": flow["modified"],
        "engineProperties": flow["engineProperties"],
        "inputs": [
            {"executeFlowWhenUpdated": False, **each, "dataSourceName": names.get(each["dataSourceId"])}
            for each in flow["inputs"]
        ],
        "outputs": [
            {
                "onboardFlowId": None,
                "versionChainType": "REPLACE",
                **each,
                "dataSourceName": names.get(each["dataSourceId"]),
            }
            for each in flow["outputs"]
        ],
        "executionCount": len(executions),
        "executionSuccessCount": sum(each["state"] == _GOOD_END for each in executions),
        "hydrationState": "DEHYDRATED",
        "useLegacyTriggerBehavior": False,
        "passwordProtected": False,
        "deleted": False,
        "abandoned": False,
        "neverAbandon": False,
        "paused": False,
        "magic": flow["databaseType"] == "MAGIC",
        "restricted": False,
        "editable": True,
        "enabled": flow["enabled"],
        "container": False,
        "databaseType": flow["databaseType"],
        "triggeredByInput": any(each.get("executeFlowWhenUpdated") for each in flow["inputs"]),
        "draft": False,
        "numInputs": len(flow["inputs"]),
        "numOutputs": len(flow["outputs"]),
        "actions": flow["actions"],
        "settings": flow.get("settings", {}),
        "tags": flow.get("tags", []),
    }
    return described if last is None else {**described, "lastExecution": _describe_execution(last)}


def _last_executions(instance: Instance) -> dict[int, Record]:
    """Return the last execution of each dataflow, each as it is now."""
    last = {record["onboardFlowId"]: record for record in instance.records[_EXECUTIONS]}
    return {flow_id: _looked_at(instance, record) for flow_id, record in last.items()}


def _looked_at(instance: Instance, record: Record) -> Record:
    """Return an execution as far as it has got by now, and keep that."""
    if "endTime" in record:
        return record
    if not is_over(instance, record["job"]):
        if record["state"] == "RUNNING_DATA_FLOW":
            return record
        return instance.records[_EXECUTIONS].update(record["id"], state="RUNNING_DATA_FLOW", lastUpdated=millis())
    ended = millis()
    end = record["job"]["state"]
    if end == _GOOD_END:
        _touch_outputs(instance, record["onboardFlowId"])
    return instance.records[_EXECUTIONS].update(record["id"], state=end, endTime=ended, lastUpdated=ended)


def _touch_outputs(instance: Instance, flow_id: int) -> None:
    outputs = {each["dataSourceId"] for each in instance.records[FLOWS].get(flow_id)["outputs"]}
    for dataset in instance.datasets():
        if dataset.id in outputs:
            dataset.touched = datetime.now(UTC)


def _describe_execution(record: Record) -> dict[str, Any]:
    payload = {key: value for key, value in record.items() if key != "job"}
    failed = "endTime" in record and record["state"] != _GOOD_END
    if failed and record["job"]["reason"] is not None:
        # Unconfirmed: the key of the reason.
        payload["errors"] = [{"code": record["state"], "localizedMessage": record["job"]["reason"]}]
    return {
        **payload,
        "failed": failed,
        "executionEngine": {"platform": "CLOUD", "engine": "MAGIC"},
        "dataProcessor": "MAGIC",
        "actionResults": [],
    }

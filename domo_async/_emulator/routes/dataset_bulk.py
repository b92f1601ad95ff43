"""Searches for datasets, and changes of many datasets in one request.

Each dataset of a bulk request succeeds or fails separately, and the answer says which did. Emulator-defined: the words
of the reasons, that a bulk deletion is a soft one, and that only users can own datasets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from domo_async._emulator.access.datasets import hand_over, is_permitted, permitted, share_dataset
from domo_async._emulator.context import caller_of, instance_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Field, Object, OneOf, Text, WholeNumber
from domo_async._emulator.http.web import answer, json_object, millis, read_body, whole_number
from domo_async._emulator.search.searching import SearchIndex
from domo_async._emulator.services import datasets
from domo_async._emulator.services.datasets import (
    dataset_ids,
    delete_datasets,
    described,
    envelope,
    put_tags,
    tags_of,
)
from domo_async._emulator.services.streams import run_stream_of
from domo_async._emulator.state.datasets import Dataset
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

__all__ = ["routes"]

routes: web.RouteTableDef = web.RouteTableDef()

_SEARCH = "/api/data/ui/v3/datasources/search"
_BULK = "/api/data/v1/ui/bulk"
_LEVELS = {"tag": "CAN_EDIT", "share": "CAN_SHARE", "reassign": "OWNER", "run": "CAN_EDIT", "delete": "CO_OWNER"}
_TYPE = "DATA_SOURCE"
_TYPE_MESSAGE = f"Required: ids, an array of dataset ids, and the type {_TYPE}"
_IDS: dict[str, Field[Any]] = {
    "type": OneOf((_TYPE,), default=_TYPE, message=_TYPE_MESSAGE),
    "ids": Array(Text(empty=True), default=[], null=True, message="Required: ids, an array of dataset ids"),
    "excludeIds": Array(default=[], null=True),
}
# Without ``bulkItems``, its keys are those of the body itself.
_ITEMS: dict[str, Field[Any]] = {"bulkItems": Object(_IDS, optional=True, message=_TYPE_MESSAGE)}
_TAGGING = Object({**_ITEMS, "tags": Array(Text(), least=1)})


@routes.post(_SEARCH)
async def search(request: web.Request) -> web.Response:
    """Search for datasets as the global search does, and describe those that are found."""
    schema = Object({"count": WholeNumber(optional=True), "offset": WholeNumber(default=0)})
    instance, body = instance_of(request), await read_body(request, schema)
    found, total = _sought(request, body)
    page = [{**each, **_more(instance, each["id"])} for each in described(instance, found, caller_of(request))]
    payload = envelope(page, total=total, limit=body.get("count", len(page)), offset=body["offset"])
    return answer({**payload, "_metaData": {**payload["_metaData"], "executor": "SEARCH"}})


@routes.get(_SEARCH + "/tags/all")
async def all_tags(request: web.Request) -> web.Response:
    """List all tags of the datasets that the caller may see, the most used first (emulator-defined)."""
    return answer(_tags(request, ""))


@routes.post(_SEARCH + "/tags")
async def find_tags(request: web.Request) -> web.Response:
    """List the tags that contain a term."""
    found = _tags(request, request.query.get("term", ""))
    return answer(found[: whole_number(request.query.get("limit"), "limit", 100)])


@routes.put("/api/data/v2/datasources/{dataset_id}/responsibleUsers")
async def set_owner(request: web.Request) -> web.Response:
    """Hand a dataset over."""
    dataset = permitted(request, "OWNER")
    body = await json_object(request)
    if body.get("responsibleGroupId") is not None:
        raise HTTPError(400, "This instance knows only users as owners of datasets")
    hand_over(instance_of(request), dataset, _user(instance_of(request), body.get("responsibleUserId")))
    return web.Response()


@routes.put("/api/data/v2/datasources/responsible-user/{user_id}")
async def set_owner_of_many(request: web.Request) -> web.Response:
    """Hand several datasets over, all or none of them (emulator-defined)."""
    instance, caller = instance_of(request), caller_of(request)
    user_id = instance.records["users"].get(request.match_info["user_id"])["id"]
    owned = [instance.dataset(each) for each in await dataset_ids(request)]
    for dataset in owned:
        if not is_permitted(instance, dataset, caller, "OWNER"):
            raise HTTPError(403, f"You may not hand over the dataset {dataset.id}")
    for dataset in owned:
        hand_over(instance, dataset, user_id)
    return web.Response()


@routes.post(_BULK + "/tag")
async def tag(request: web.Request) -> web.Response:
    """Add tags to datasets."""
    body, instance = await read_body(request, _TAGGING), instance_of(request)
    tags = body["tags"]
    return _done(request, "tag", body, lambda each: put_tags(instance, each, [*tags_of(instance, each), *tags]))


@routes.post(_BULK + "/tag/delete")
async def untag(request: web.Request) -> web.Response:
    """Remove tags from datasets."""
    body, instance = await read_body(request, _TAGGING), instance_of(request)
    tags = set(body["tags"])

    def act(dataset: Dataset) -> None:
        put_tags(instance, dataset, [each for each in tags_of(instance, dataset) if each not in tags])

    return _done(request, "tag", body, act)


@routes.post(_BULK + "/share")
async def share(request: web.Request) -> web.Response:
    """Give users and groups access to datasets."""
    body = await read_body(request, Object({**_ITEMS, "dataSourceShareEntity": Object()}))
    shared, instance, caller = body["dataSourceShareEntity"], instance_of(request), caller_of(request)
    return _done(request, "share", body, lambda each: share_dataset(instance, each, shared, caller))


@routes.post(_BULK + "/reassign")
async def reassign(request: web.Request) -> web.Response:
    """Hand datasets over. Unconfirmed: the new owner's key is ``userId``."""
    body, instance = await read_body(request, Object(_ITEMS)), instance_of(request)
    if body.get("groupId") is not None:
        raise HTTPError(400, "This instance knows only users as owners of datasets")
    user_id = _user(instance, body.get("userId"))
    return _done(request, "reassign", body, lambda each: hand_over(instance, each, user_id))


@routes.post(_BULK + "/run")
async def run(request: web.Request) -> web.Response:
    """Run the streams of datasets."""
    body = await read_body(request, Object(_ITEMS))
    return _done(request, "run", body, lambda each: run_stream_of(request, each))


@routes.post(_BULK + "/delete")
async def delete(request: web.Request) -> web.Response:
    """Delete datasets softly."""
    body, gone = await read_body(request, Object(_ITEMS)), list[Dataset]()
    response = _done(request, "delete", body, gone.append)
    await delete_datasets(request, gone, softly=True)
    return response


@routes.post(_BULK + "/{action}/check")
async def check(request: web.Request) -> web.Response:
    """Say for which datasets a bulk action is possible."""
    action = request.match_info["action"]
    if action not in _LEVELS:
        raise HTTPError(404, f"{action} is not a bulk action")
    body = await read_body(request, Object(_ITEMS))
    reasons = {each: _reason(request, action, each) for each in _ids(request, body)}
    return answer(
        {
            "typeValid": True,
            "validItems": [each for each, reason in reasons.items() if reason is None],
            "invalidItems": {each: reason for each, reason in reasons.items() if reason is not None},
        }
    )


def _sought(request: web.Request, body: Record) -> tuple[list[Dataset], int]:
    """Return the datasets that the caller may see of a search's page, and how many it found in all."""
    instance, caller = instance_of(request), caller_of(request)
    seen = {each.id: each for each in instance.datasets() if is_permitted(instance, each, caller)}
    index = SearchIndex([each for each in datasets.search_documents(instance) if each["databaseId"] in seen])
    found = index.answer({**body, "entityList": [["dataset"]]}, now=datetime.now(UTC))
    return [seen[hit["databaseId"]] for hit in found["searchObjects"]], found["totalResultCount"]


def _more(instance: Instance, dataset_id: str) -> dict[str, Any]:
    """Return the keys that searches add to a dataset's metadata; all counts of dependents are zero."""
    dataset = instance.dataset(dataset_id)
    columns = [
        {"id": each.id, "name": each.name, "order": each.order, "type": each.type, "visible": each.visible}
        for each in dataset.schema.columns
    ]
    counts = ("alertCount", "dataFlowCount", "dataSourceCount")
    impacts = ("impactAlertCount", "impactCardCount", "impactDataFlowCount", "impactDataSourceCount")
    return {
        "tagsList": tags_of(instance, dataset),
        "schema": {"name": dataset.id, "tables": [{"columns": columns}]},
        "dataLastUpdated": millis(dataset.updated),
        **dict.fromkeys((*counts, *impacts), 0),
    }


def _tags(request: web.Request, term: str) -> list[dict[str, Any]]:
    instance, caller = instance_of(request), caller_of(request)
    seen = (each for each in instance.datasets() if is_permitted(instance, each, caller))
    counts = Counter(tag for dataset in seen for tag in tags_of(instance, dataset))
    return [
        {"key": tag, "display": tag, "displayMeta": count}
        for tag, count in counts.most_common()
        if term.lower() in tag.lower()
    ]


def _user(instance: Instance, user_id: object) -> object:
    if user_id is None:
        raise HTTPError(400, "Required: the id of the user who is to own the datasets")
    return instance.records["users"].get(user_id)["id"]


def _ids(request: web.Request, body: Record) -> list[str]:
    """Return the ids of a bulk request's datasets: those that it names, or those that its search finds."""
    items = body["bulkItems"] if "bulkItems" in body else Object(_IDS).check(body)
    ids, query = items["ids"], items.get("query")
    if isinstance(query, dict) and not ids:
        ids = [dataset.id for dataset in _sought(request, query)[0]]
    return [each for each in dict.fromkeys(ids) if each not in items["excludeIds"]]


def _reason(request: web.Request, action: str, dataset_id: str) -> str | None:
    """Return why an action is not possible for a dataset; None if it is."""
    instance = instance_of(request)
    dataset = instance.find_dataset(dataset_id)
    if dataset is None:
        return "NO_ACCESS" if instance.kept_dataset(dataset_id) is None else "DELETED"
    if not is_permitted(instance, dataset, caller_of(request), _LEVELS[action]):
        return "NO_ACCESS"
    has_stream = dataset_id in instance.records["dataset_streams"]
    return "WRONG_TYPE" if action == "run" and not has_stream else None


def _done(request: web.Request, action: str, body: Record, act: Callable[[Dataset], object]) -> web.Response:
    """Do something to each dataset that allows it, and answer the result of each."""
    successful: list[str] = []
    failed: dict[str, str] = {}
    for dataset_id in _ids(request, body):
        reason = _reason(request, action, dataset_id)
        if reason is None:
            try:
                act(instance_of(request).dataset(dataset_id))
            except HTTPError as error:
                reason = error.message
        if reason is None:
            successful.append(dataset_id)
        else:
            failed[dataset_id] = reason
    return answer({"successful": successful, "failed": failed})

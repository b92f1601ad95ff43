"""App DB: datastores, their collections, and the JSON documents in these.

Emulator-defined: a datastore exists as soon as something is made in it; collections are not synced anywhere, so that
``syncRequired`` stays true; two collections of a datastore may have the same name. A collection's owner and admins may
do everything; other users have the permissions that they or one of their groups were granted, and ``admin`` includes
all permissions. Permissions of apps are kept but not checked, as apps do not call these routes.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from aiohttp import web

from domo_async._emulator.access.people import entities_of, is_admin
from domo_async._emulator.access.rights import require_owner
from domo_async._emulator.context import caller_of, instance_of, records_of, storage_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Flag, Object, Text, WholeNumber
from domo_async._emulator.http.web import answer, flag, iso, json_body, page_of, query_values, read_body, wanted_by
from domo_async._emulator.persistence.redaction import DOCUMENTS
from domo_async._emulator.search.aggregating import aggregated
from domo_async._emulator.search.bounds import Budget
from domo_async._emulator.search.mongo import matching_documents
from domo_async._emulator.search.updating import updated
from domo_async._emulator.state.datasets import COLUMN_TYPES
from domo_async._emulator.state.records import Collection, Record, Records

routes: web.RouteTableDef = web.RouteTableDef()

DATASTORES = "datastores"
COLLECTIONS = "appdb_collections"

_BASE = "/api/datastores/v1"
_COLLECTION = "/api/datastores/v1/collections/{collection_id}"
_DOCUMENTS = _COLLECTION + "/documents"
_ANY_VERSION = "/api/datastores/{version:v[12]}/collections/{collection_id}"
_MOST = 10_000
_PERMISSIONS = (
    *("read", "share", "delete", "write", "admin"),
    *("create_content", "read_content", "update_content", "delete_content"),
)
_APP = "RYUU_APP"
_KINDS = ("USER", "GROUP", _APP)


_PAGE_MESSAGE = "pageSize and pageNumber must be at least 1"
_NAMED = Object({"name": Text()})
_NEW_COLLECTION = Object({"name": Text(), "syncEnabled": Flag(default=False)})
_UPDATE = Object({"name": Text(optional=True), "syncEnabled": Flag(optional=True), "owner": WholeNumber(optional=True)})
_SEARCH = Object(
    {
        "collectionFilteringList": Array(Object({"filterType": Text(), "typedValue": Text()}), default=[], null=True),
        "pageSize": WholeNumber(default=25, least=1, message=_PAGE_MESSAGE),
        "pageNumber": WholeNumber(default=1, least=1, message=_PAGE_MESSAGE),
    }
)
_SCHEMA_MESSAGE = "Required: schema, an object with columns, an array of objects"
_SCHEMA = Object({"columns": Array(Object({"name": Text()}), message=_SCHEMA_MESSAGE)}, message=_SCHEMA_MESSAGE)
_CONTENT = Object({"content": Object(words="a JSON object")})
_CONTENTS = Array(_CONTENT, message="The request's body must be an array of objects")


@routes.get(_BASE)
async def list_datastores(request: web.Request) -> web.Response:
    """List datastores."""
    return answer([_describe_datastore(datastore) for datastore in records_of(request, DATASTORES)])


@routes.post(_BASE)
async def create_datastore(request: web.Request) -> web.Response:
    """Create a datastore."""
    name = (await read_body(request, _NAMED))["name"]
    owner = caller_of(request)["id"]
    return answer(_describe_datastore(_datastore(instance_of(request).records, str(uuid.uuid4()), name, owner)))


@routes.get(_BASE + "/collections")
async def list_collections(request: web.Request) -> web.Response:
    """List those collections that the caller may read, of one datastore if the query names it."""
    return _collections(request, request.query.get("datastoreId"))


@routes.post(_BASE + "/collections/query")
async def search_collections(request: web.Request) -> web.Response:
    """Find those collections that the caller may read, by names and owners, the newest first, page by page.

    Emulator-defined: a part of a name finds it, in upper or lower case; facts about other owners are left out.
    """
    body, instance = await read_body(request, _SEARCH), instance_of(request)
    found = [each for each in records_of(request, COLLECTIONS) if _may(request, each, "read")]
    for each in body["collectionFilteringList"]:
        category, wanted = each["filterType"].lower(), each["typedValue"]
        if category not in {"nameof", "ownedby"}:
            raise HTTPError(400, f"Unknown filterType: {category}; there are nameof and ownedby")
        found = [
            one
            for one in found
            if (wanted.lower() in one["name"].lower() if category == "nameof" else str(one["owner"]) == wanted)
        ]
    found.sort(key=lambda each: str(each["createdOn"]), reverse=True)
    size, number = body["pageSize"], body["pageNumber"]
    stores = instance.records[DATASTORES]
    keys = ("createdOn", "datastoreId", "id", "name", "owner", "syncEnabled", "updatedOn")
    return answer(
        {
            "collections": [
                {
                    **{key: each[key] for key in keys},
                    "datastoreName": (stores.find(each["datastoreId"]) or {}).get("name"),
                    "documentCount": len(_documents(request, each)),
                }
                for each in found[(number - 1) * size : number * size]
            ],
            "pageCount": -(-len(found) // size),
            "pageNumber": number,
            "pageSize": size,
            "totalCollectionCount": len(found),
        }
    )


@routes.get(_BASE + "/{datastore_id}")
async def get_datastore(request: web.Request) -> web.Response:
    """Describe a datastore."""
    return answer(_describe_datastore(records_of(request, DATASTORES).get(request.match_info["datastore_id"])))


@routes.put(_BASE + "/{datastore_id}")
async def rename_datastore(request: web.Request) -> web.Response:
    """Rename a datastore."""
    changes = {"name": (await read_body(request, _NAMED))["name"], "updatedOn": iso()}
    return answer(_describe_datastore(records_of(request, DATASTORES).update(_own_datastore(request)["id"], **changes)))


@routes.delete(_BASE + "/{datastore_id}")
async def delete_datastore(request: web.Request) -> web.Response:
    """Delete a datastore; one with collections is not deleted, which is emulator-defined."""
    datastore = _own_datastore(request)
    if any(collection["datastoreId"] == datastore["id"] for collection in records_of(request, COLLECTIONS)):
        raise HTTPError(409, f"The datastore {datastore['id']} has collections")
    records_of(request, DATASTORES).remove(datastore["id"])
    return web.Response(status=204)


@routes.get(_BASE + "/{datastore_id}/collections")
async def list_collections_of_datastore(request: web.Request) -> web.Response:
    """List those collections of a datastore that the caller may read."""
    return _collections(request, request.match_info["datastore_id"])


@routes.post(_BASE + "/{datastore_id}/collections")
async def create_collection(request: web.Request) -> web.Response:
    """Create a collection."""
    body = await read_body(request, _NEW_COLLECTION)
    collection = add_collection(
        instance_of(request).records,
        request.match_info["datastore_id"],
        body["name"],
        caller_of(request)["id"],
        schema=_schema(body["schema"]) if body.get("schema") is not None else None,
        synced=body["syncEnabled"],
    )
    return answer(_describe(collection))


@routes.get(_COLLECTION)
async def get_collection(request: web.Request) -> web.Response:
    """Describe a collection."""
    return answer(_describe(_collection_of(request, "read")))


@routes.put(_COLLECTION)
async def update_collection(request: web.Request) -> web.Response:
    """Change a collection's schema, name, owner and whether it is synced, those that the body has."""
    collection = _collection_of(request, "write")
    body = await read_body(request, _UPDATE)
    owner = body.get("owner", collection["owner"])
    if owner != collection["owner"]:
        records_of(request, "users").get(owner)
    changes = {
        "schema": _schema(body["schema"]) if body.get("schema") is not None else collection["schema"],
        "owner": owner,
        "syncEnabled": body.get("syncEnabled", collection["syncEnabled"]),
        "name": body.get("name", collection["name"]),
        "updatedOn": iso(),
        "updatedBy": caller_of(request)["id"],
    }
    return answer(_describe(records_of(request, COLLECTIONS).update(collection["id"], **changes)))


@routes.delete(_COLLECTION)
async def delete_collection(request: web.Request) -> web.Response:
    """Delete a collection with all its documents."""
    collection = _collection_of(request, "delete")
    documents = _documents(request, collection)
    for key in documents.keys():  # noqa: SIM118 - it iterates over records
        documents.remove(key)
    records_of(request, COLLECTIONS).remove(collection["id"])
    return web.Response(status=204)


@routes.get(_COLLECTION + "/permission")
async def get_permissions(request: web.Request) -> web.Response:
    """Return the permissions by type, in capitals; the owner, who may do everything, is an admin."""
    collection = _collection_of(request, "share")
    grants: dict[str, list[dict[str, Any]]] = {_APP: [], "USER": []}
    held = {f"USER/{collection['owner']}": ["admin"], **collection["permissions"]}
    for entity, permissions in held.items():
        category, _, entity_id = entity.partition("/")
        grant = {"id": entity_id, "permissions": [each.upper() for each in permissions], "type": category}
        grants.setdefault(category, []).append(grant)
    return answer(grants)


@routes.delete(_COLLECTION + "/permission/{entity_type}/{entity_id}")
async def remove_permissions(request: web.Request) -> web.Response:
    """Remove all permissions of an app, a user or a group."""
    collection = _collection_of(request, "share")
    entity = f"{request.match_info['entity_type']}/{request.match_info['entity_id']}"
    left = {key: permissions for key, permissions in collection["permissions"].items() if key != entity}
    records_of(request, COLLECTIONS).update(collection["id"], permissions=left)
    return web.Response(status=204)


@routes.put(_COLLECTION + "/permission/{entity_type}/{entity_id}")
async def set_permissions(request: web.Request) -> web.Response:
    """Replace the permissions of an app, a user or a group; ``overwrite=false`` adds to them."""
    collection = _collection_of(request, "share")
    category, entity_id = request.match_info["entity_type"], request.match_info["entity_id"]
    if category not in _KINDS:
        raise HTTPError(400, f"Permissions are for {', '.join(_KINDS)}, not {category}")
    given = query_values(request, "permissions")
    strange = [part for part in given if part.lower() not in _PERMISSIONS]
    if strange or not given:
        raise HTTPError(400, f"Required: permissions, out of {', '.join(_PERMISSIONS)}")
    entity = f"{category}/{entity_id}"
    overwrite = flag(request.query.get("overwrite", "true"), "overwrite")
    kept = () if overwrite else collection["permissions"].get(entity, ())
    permissions = sorted({*kept, *(part.lower() for part in given)})
    records_of(request, COLLECTIONS).update(
        collection["id"], permissions={**collection["permissions"], entity: permissions}
    )
    return web.Response(status=204)


# Domo's documentation writes the path of a creation with a slash at the end, that of the list without.
@routes.get(_DOCUMENTS)
@routes.get(_DOCUMENTS + "/")
async def list_documents(request: web.Request) -> web.Response:
    """List documents, at most 10,000, in the order of creation."""
    found = list(_documents(request, _collection_of(request, "read_content")))
    return answer(page_of(request, found, limit=_MOST, most=_MOST))


@routes.post(_DOCUMENTS)
@routes.post(_DOCUMENTS + "/")
async def create_document(request: web.Request) -> web.Response:
    """Add a document, which is the caller's."""
    collection = _collection_of(request, "create_content")
    content = (await read_body(request, _CONTENT))["content"]
    made = add_document(instance_of(request).records, collection, content, caller_of(request)["id"])
    return answer(made, status=201)


@routes.post(_DOCUMENTS + "/bulk")
async def create_documents(request: web.Request) -> web.Response:
    """Add several documents, all or none."""
    collection = _collection_of(request, "create_content")
    contents = [each["content"] for each in await read_body(request, _CONTENTS)]
    records, owner = instance_of(request).records, caller_of(request)["id"]
    return answer([add_document(records, collection, content, owner) for content in contents], status=201)


@routes.put(_ANY_VERSION + "/documents/bulk")
async def put_documents(request: web.Request) -> web.Response:
    """Replace the contents of the documents that exist, by their ids, and add the others."""
    collection = _collection_of(request, "update_content")
    documents, given = _documents(request, collection), await read_body(request, _CONTENTS)
    if any(each.get("id") not in documents for each in given):
        _collection_of(request, "create_content")
    records, owner = instance_of(request).records, caller_of(request)["id"]
    written = [
        _replace(request, documents, each["id"], each["content"])
        if each.get("id") in documents
        else add_document(records, collection, each["content"], owner)
        for each in given
    ]
    return answer(written, status=201)


@routes.put("/api/datastores/v2/collections/{collection_id}/documents/update")
async def update_documents(request: web.Request) -> web.Response:
    """Change all documents that a filter as of MongoDB selects, all or none."""
    collection = _collection_of(request, "update_content")
    body = await read_body(request, Object({"query": Object(words="a JSON object")}))
    documents, wanted = _documents(request, collection), body["query"]
    storage, is_wanted = storage_of(request), wanted_by(request)
    budget = Budget(storage.time_limit, is_wanted)
    found = await storage.run(
        lambda: matching_documents(list(documents), wanted, partial(storage.matching, wanted=is_wanted), budget.check)
    )
    after = [(document, updated(document["content"], body.get("operation"))) for document in found]
    changed = [(document, content) for document, content in after if content != document["content"]]
    for document, content in changed:
        _replace(request, documents, document["id"], content)
    return answer({"matchedCount": len(after), "modifiedCount": len(changed)})


@routes.delete(_ANY_VERSION + "/documents/bulk")
async def delete_documents(request: web.Request) -> web.Response:
    """Delete several documents; those that do not exist are not counted (emulator-defined)."""
    documents = _documents(request, _collection_of(request, "delete_content"))
    # Domo's documentation writes the list in brackets.
    ids = [part.strip() for part in request.query.get("ids", "").strip("[]").split(",") if part.strip()]
    if not ids:
        raise HTTPError(400, "Required: ids, in the query, separated by commas")
    found = [document_id for document_id in dict.fromkeys(ids) if document_id in documents]
    for document_id in found:
        documents.remove(document_id)
    counted = "Deleted" if request.match_info["version"] == "v1" else "deletedCount"
    return answer({counted: len(found)}, status=202)


# Domo's documentation has v2 only for queries; instances have both versions of most routes.
@routes.post(_ANY_VERSION + "/documents/query")
async def query(request: web.Request) -> web.Response:
    """Find documents by a filter as of MongoDB, and group and order them where the query string says so."""
    collection = _collection_of(request, "read_content")
    wanted, documents, said = await json_body(request), list(_documents(request, collection)), request.query
    storage, is_wanted = storage_of(request), wanted_by(request)
    budget = Budget(storage.time_limit, is_wanted)
    matching = partial(storage.matching, wanted=is_wanted)

    def find() -> Sequence[Any]:
        return aggregated(matching_documents(documents, wanted, matching, budget.check), said)

    return answer(page_of(request, await storage.run(find), limit=_MOST, most=_MOST))


@routes.get(_ANY_VERSION + "/documents/{document_id}")
async def get_document(request: web.Request) -> web.Response:
    """Give a document."""
    return answer(_document_of(request, "read_content"))


@routes.put(_ANY_VERSION + "/documents/{document_id}")
async def update_document(request: web.Request) -> web.Response:
    """Replace the content of a document."""
    document = _document_of(request, "update_content")
    content = (await read_body(request, _CONTENT))["content"]
    documents = records_of(request, _name_of_documents(document["collectionId"]))
    return answer(_replace(request, documents, document["id"], content))


@routes.delete(_ANY_VERSION + "/documents/{document_id}")
async def delete_document(request: web.Request) -> web.Response:
    """Delete a document."""
    document = _document_of(request, "delete_content")
    records_of(request, _name_of_documents(document["collectionId"])).remove(document["id"])
    return web.Response(status=204)


def add_collection(
    records: Records,
    datastore_id: str,
    name: str,
    owner: int,
    *,
    schema: Mapping[str, Any] | None = None,
    synced: bool = False,
    created: str | None = None,
    collection_id: str | None = None,
) -> Record:
    """Add a collection, and its datastore if that is not there."""
    if datastore_id not in records[DATASTORES]:
        _datastore(records, datastore_id, None, owner, created)
    created = created or iso()
    collection = {
        "id": collection_id or str(uuid.uuid4()),
        "datastoreId": datastore_id,
        "owner": owner,
        "name": name,
        "schema": schema,
        "syncEnabled": synced,
        "createdOn": created,
        "updatedOn": created,
        "updatedBy": owner,
        "permissions": {},
    }
    return records[COLLECTIONS].put(collection["id"], collection)


def add_document(
    records: Records,
    collection: Record,
    content: Mapping[str, Any],
    owner: int,
    *,
    created: str | None = None,
    document_id: str | None = None,
) -> Record:
    """Add a document to a collection."""
    created = created or iso()
    document = {
        "id": document_id or str(uuid.uuid4()),
        "datastoreId": collection["datastoreId"],
        "collectionId": collection["id"],
        "syncRequired": True,
        "owner": str(owner),
        "createdBy": str(owner),
        "createdOn": created,
        "updatedOn": created,
        "updatedBy": str(owner),
        "content": content,
    }
    return records[_name_of_documents(collection["id"])].put(document["id"], document)


def _datastore(records: Records, datastore_id: str, name: str | None, owner: int, created: str | None = None) -> Record:
    created = created or iso()
    datastore = {"id": datastore_id, "name": name, "owner": owner, "createdOn": created, "updatedOn": created}
    return records[DATASTORES].put(datastore_id, datastore)


def _own_datastore(request: web.Request) -> Record:
    """Return the datastore that the path names, if it is the caller's or the caller an admin."""
    datastore = records_of(request, DATASTORES).get(request.match_info["datastore_id"])
    require_owner(request, datastore["owner"])
    return datastore


def _describe_datastore(datastore: Record) -> dict[str, Any]:
    return {**datastore, "temporary": False, "updatedBy": datastore["owner"]}


def _name_of_documents(collection_id: str) -> str:
    return f"{DOCUMENTS}/{collection_id}"


def _documents(request: web.Request, collection: Record) -> Collection:
    return records_of(request, _name_of_documents(collection["id"]))


def _collection_of(request: web.Request, right: str) -> Record:
    """Return the collection that the path names, with which the caller may do something."""
    collection_id = request.match_info["collection_id"]
    collection = records_of(request, COLLECTIONS).find(collection_id)
    if collection is None:
        raise HTTPError(404, f"Collection not found: {collection_id}")
    if not _may(request, collection, right):
        raise HTTPError(403, f"You have no {right} permission on the collection {collection_id}")
    return collection


def _document_of(request: web.Request, right: str) -> Record:
    """Return the document that the path names, with which the caller may do something."""
    document_id = request.match_info["document_id"]
    document = _documents(request, _collection_of(request, right)).find(document_id)
    if document is None:
        raise HTTPError(404, f"Document not found: {document_id}")
    return document


def _may(request: web.Request, collection: Record, right: str) -> bool:
    user = caller_of(request)
    if is_admin(user) or collection["owner"] == user["id"]:
        return True
    entities = {f"{category}/{entity_id}" for category, entity_id in entities_of(instance_of(request), user)}
    return any(
        {right, "admin"} & set(permissions)
        for entity, permissions in collection["permissions"].items()
        if entity in entities
    )


def _collections(request: web.Request, datastore_id: str | None) -> web.Response:
    return answer(
        [
            _describe(collection)
            for collection in records_of(request, COLLECTIONS)
            if datastore_id in (None, collection["datastoreId"]) and _may(request, collection, "read")
        ]
    )


def _replace(request: web.Request, documents: Collection, document_id: str, content: Mapping[str, Any]) -> Record:
    return documents.update(
        document_id, content=content, updatedOn=iso(), updatedBy=str(caller_of(request)["id"]), syncRequired=True
    )


def _schema(schema: object) -> dict[str, Any]:
    """Return a schema as answers have it: without the visibility of columns."""
    columns = _SCHEMA.check(schema)["columns"]
    for column in columns:
        if column.get("type") not in COLUMN_TYPES:
            raise HTTPError(400, f"The type of {column['name']} must be one of {', '.join(COLUMN_TYPES)}")
    return {"columns": [{"type": column["type"], "name": column["name"]} for column in columns]}


def _describe(collection: Record) -> dict[str, Any]:
    return {
        "id": collection["id"],
        "datastoreId": collection["datastoreId"],
        "defaultPermissions": None,
        "requiredAuthorities": None,
        "owner": collection["owner"],
        "name": collection["name"],
        "datasourceId": None,
        "schema": collection["schema"],
        "filters": None,
        "syncEnabled": collection["syncEnabled"],
        "syncRequired": True,
        "fullReplaceRequired": False,
        "lastSync": None,
        "createdOn": collection["createdOn"],
        "updatedOn": collection["updatedOn"],
        "updatedBy": collection["updatedBy"],
    }

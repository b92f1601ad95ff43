"""App DB: E012 to E020, and what instances are seen to have beside these."""

from __future__ import annotations

from domo_async._endpoints.appdb import (
    Collection,
    CollectionGrant,
    Datastore,
    Document,
    DocumentsUpdated,
    DocumentsWritten,
)
from domo_async._endpoints.datasets.models import Column
from domo_async._transfer import ColumnType
from tests.contract.row import Row, Sent, documented, whole

DATASTORE = {
    "createdOn": "2025-01-01T00:00:00.000+00:00",
    "id": "s-1",
    "name": "text",
    "owner": 1234,
    "temporary": False,
    "updatedBy": 1234,
    "updatedOn": "2025-01-01T00:00:00.000+00:00",
}
BRIEF = {
    "createdOn": "2025-01-01T00:00:00Z",
    "datastoreId": "s-1",
    "fullReplaceRequired": False,
    "id": "c-1",
    "name": "text",
    "owner": 1234,
    "syncEnabled": False,
    "syncRequired": False,
    "updatedBy": 1234,
    "updatedOn": "2025-01-01T00:00:00Z",
}
WRITTEN = {
    "collectionId": "c-1",
    "content": {"field1": "text"},
    "createdBy": "1234",
    "createdOn": "2025-01-01T00:00:00Z",
    "id": "d-1",
    "owner": "1234",
    "syncRequired": False,
    "updatedBy": "1234",
    "updatedOn": "2025-01-01T00:00:00Z",
}

ROWS = [
    Row(
        "seen: App DB, List datastores",
        lambda domo: domo.appdb.datastores.list().all(),
        Sent("GET", "/api/datastores/v1", answer=whole([DATASTORE])),
        gives=Datastore,
    ),
    Row(
        "seen: App DB, Create datastore",
        lambda domo: domo.appdb.datastores.create(name="text"),
        Sent("POST", "/api/datastores/v1", json={"name": "text"}, answer=whole(DATASTORE)),
        gives=Datastore,
    ),
    Row(
        "seen: App DB, Get datastore",
        lambda domo: domo.appdb.datastores.get("s-1"),
        Sent("GET", "/api/datastores/v1/s-1", answer=whole(DATASTORE)),
        gives=Datastore,
    ),
    Row(
        "seen: App DB, Rename datastore",
        lambda domo: domo.appdb.datastores.rename("s-1", name="new"),
        Sent("PUT", "/api/datastores/v1/s-1", json={"name": "new"}, answer=whole(DATASTORE)),
        gives=Datastore,
    ),
    Row(
        "seen: App DB, Delete datastore",
        lambda domo: domo.appdb.datastores.delete("s-1"),
        Sent("DELETE", "/api/datastores/v1/s-1", status=204),
    ),
    Row(
        "seen: App DB, List collections",
        lambda domo: domo.appdb.collections.list().all(),
        Sent("GET", "/api/datastores/v1/collections", answer=whole([BRIEF])),
        gives=Collection,
    ),
    Row(
        "seen: App DB, List collections",
        lambda domo: domo.appdb.collections.list("s-1").all(),
        Sent("GET", "/api/datastores/v1/s-1/collections", answer=whole([BRIEF])),
        gives=Collection,
        note="of a datastore",
    ),
    Row(
        "seen: App DB, Update collection",
        lambda domo: domo.appdb.collections.update("c-1", sync_enabled=False, owner=1234, name="text"),
        Sent(
            "PUT",
            "/api/datastores/v1/collections/c-1",
            json={"syncEnabled": False, "owner": 1234, "name": "text"},
            answer=whole(BRIEF),
        ),
        gives=Collection,
        note="without a schema",
    ),
    Row(
        "seen: App DB, Delete collection",
        lambda domo: domo.appdb.collections.delete("c-1"),
        Sent("DELETE", "/api/datastores/v1/collections/c-1", status=204),
    ),
    Row(
        "seen: App DB, Collection permissions",
        lambda domo: domo.appdb.collections.permissions("c-1"),
        Sent(
            "GET",
            "/api/datastores/v1/collections/c-1/permission",
            answer=whole(
                {
                    "RYUU_APP": [{"id": "p-1", "permissions": ["READ_CONTENT"], "type": "RYUU_APP"}],
                    "USER": [{"id": "1234", "permissions": ["ADMIN", "READ"], "type": "USER"}],
                }
            ),
        ),
        gives=lambda found: (
            found["RYUU_APP"] == (CollectionGrant(id="p-1", permissions=("READ_CONTENT",), type="RYUU_APP"),)
            and found["USER"] == (CollectionGrant(id="1234", permissions=("ADMIN", "READ"), type="USER"),)
        ),
    ),
    Row(
        "seen: App DB, Grant collection permission",
        lambda domo: domo.appdb.collections.set_permissions(
            "c-1", "USER", 27, permissions=["read", "write"], overwrite=False
        ),
        Sent(
            "PUT",
            "/api/datastores/v1/collections/c-1/permission/USER/27",
            query={"permissions": "read,write", "overwrite": "false"},
            status=204,
        ),
    ),
    Row(
        "seen: App DB, Revoke collection permission",
        lambda domo: domo.appdb.collections.remove_permissions("c-1", "GROUP", 8),
        Sent("DELETE", "/api/datastores/v1/collections/c-1/permission/GROUP/8", status=204),
    ),
    Row(
        "seen: App DB, Bulk create documents",
        lambda domo: domo.appdb.documents.create_many("c-1", contents=[{"field1": "text"}]),
        Sent(
            "POST",
            "/api/datastores/v1/collections/c-1/documents/bulk",
            json=[{"content": {"field1": "text"}}],
            answer=whole([WRITTEN]),
            status=201,
        ),
        gives=DocumentsWritten,
        says=lambda answer: {"documents": answer},
    ),
    Row(
        "seen: App DB, Bulk create documents",
        lambda domo: domo.appdb.documents.create_many("c-1", contents=[{}, {}]),
        Sent(
            "POST",
            "/api/datastores/v1/collections/c-1/documents/bulk",
            json=[{"content": {}}, {"content": {}}],
            answer=whole({"Created": 2}),
        ),
        gives=DocumentsWritten,
        note="counted",
    ),
    Row(
        "seen: App DB, Bulk upsert documents",
        lambda domo: domo.appdb.documents.put_many("c-1", documents=[("d-1", {"a": 1}), (None, {"a": 2})]),
        Sent(
            "PUT",
            "/api/datastores/v2/collections/c-1/documents/bulk",
            json=[{"id": "d-1", "content": {"a": 1}}, {"content": {"a": 2}}],
            answer=whole([WRITTEN, {**WRITTEN, "id": "d-2"}]),
            status=201,
        ),
        gives=DocumentsWritten,
        says=lambda answer: {"documents": answer},
    ),
    Row(
        "seen: App DB, Update documents",
        lambda domo: domo.appdb.documents.update_many(
            "c-1", filter={"content.status": "active"}, operation={"$set": {"content.status": "archived"}}
        ),
        Sent(
            "PUT",
            "/api/datastores/v2/collections/c-1/documents/update",
            json={"query": {"content.status": "active"}, "operation": {"$set": {"content.status": "archived"}}},
            answer=whole({"matchedCount": 5, "modifiedCount": 5}),
        ),
        gives=DocumentsUpdated,
    ),
    Row(
        "openapi: App DB, Query Document",
        lambda domo: domo.appdb.documents.aggregate(
            "c-1",
            filter={"content.on": True},
            group_by=["content.region", "content.year"],
            count="orders",
            avg={"content.clicks": "mean"},
            min={"content.clicks": "least"},
            max={"content.clicks": "most"},
            sum={"content.clicks": "clicks", "content.sales": "sales"},
            unwind="content.tags",
            sort_by=["sales descending", "content.year"],
        ).all(),
        Sent(
            "POST",
            "/api/datastores/v2/collections/c-1/documents/query",
            query={
                "groupby": "content.region,content.year",
                "count": "orders",
                "avg": "content.clicks mean",
                "min": "content.clicks least",
                "max": "content.clicks most",
                "sum": "content.clicks clicks,content.sales sales",
                "unwind": "content.tags",
                "orderby": "sales descending,content.year ascending",
                "limit": "10000",
                "offset": "0",
            },
            json={"content.on": True},
            answer=whole([{"region": "West", "year": 2025, "orders": 2, "sales": 7.5}]),
        ),
        gives=lambda groups: groups == [{"region": "West", "year": 2025, "orders": 2, "sales": 7.5}],
    ),
    Row(
        "openapi: App DB, Query Document",
        lambda domo: domo.appdb.documents.query("c-1", filter={}, sort_by="content.due", ascending=False).all(),
        Sent(
            "POST",
            "/api/datastores/v2/collections/c-1/documents/query",
            query={"orderby": "content.due descending", "limit": "10000", "offset": "0"},
            json={},
            answer=whole([WRITTEN]),
        ),
        gives=Document,
        note="in an order",
    ),
    Row(
        "E012",
        lambda domo: domo.appdb.documents.get("c-1", "d-1"),
        Sent("GET", "/api/datastores/v1/collections/c-1/documents/d-1", answer=documented("E012")),
        gives=Document,
    ),
    Row(
        "E013",
        lambda domo: domo.appdb.documents.query("c-1", filter={"content.userId": {"$eq": "123456789"}}).all(),
        Sent(
            "POST",
            "/api/datastores/v2/collections/c-1/documents/query",
            query={"limit": "10000", "offset": "0"},
            json={"content.userId": {"$eq": "123456789"}},
            answer=documented("E013"),
        ),
        gives=Document,
    ),
    Row(
        "E013",
        lambda domo: domo.appdb.documents.query("c-1", filter={}, limit=1, offset=20).first(),
        Sent(
            "POST",
            "/api/datastores/v2/collections/c-1/documents/query",
            query={"limit": "1", "offset": "20"},
            json={},
            answer=documented("E013"),
        ),
        gives=Document,
        says=lambda answer: answer[0],
        note="of all documents, one",
    ),
    Row(
        "E014",
        lambda domo: domo.appdb.documents.list("c-1").all(),
        Sent(
            "GET",
            "/api/datastores/v1/collections/c-1/documents",
            query={"limit": "10000", "offset": "0"},
            answer=b"[" + documented("E012") + b"]",
        ),
        gives=Document,
    ),
    Row(
        "E014",
        lambda domo: domo.appdb.documents.list("c-1", page_size=5).all(),
        Sent(
            "GET",
            "/api/datastores/v1/collections/c-1/documents",
            query={"limit": "5", "offset": "0"},
            answer=whole([{"id": "d-1", "owner": 123456789, "content": {"userId": 7}}]),
        ),
        gives=Document,
        note="with the owner as a number, and without createdBy",
    ),
    Row(
        "E015",
        lambda domo: domo.appdb.documents.create("c-1", content={"userName": "Ada", "tags": ["a", None]}),
        Sent(
            "POST",
            "/api/datastores/v1/collections/c-1/documents",
            json={"content": {"userName": "Ada", "tags": ["a", None]}},
            answer=documented("E012"),
            status=201,
        ),
        gives=Document,
    ),
    Row(
        "E016",
        lambda domo: domo.appdb.documents.update("c-1", "d-1", content={"user_name": "Ada"}),
        Sent(
            "PUT",
            "/api/datastores/v1/collections/c-1/documents/d-1",
            json={"content": {"user_name": "Ada"}},
            answer=documented("E012"),
        ),
        gives=Document,
    ),
    Row(
        "E017",
        lambda domo: domo.appdb.documents.delete("c-1", "d-1"),
        Sent("DELETE", "/api/datastores/v1/collections/c-1/documents/d-1", status=204),
    ),
    Row(
        "E018",
        lambda domo: domo.appdb.documents.delete_many("c-1", document_ids=["d-1", "d-2"]),
        Sent(
            "DELETE",
            "/api/datastores/v1/collections/c-1/documents/bulk",
            query={"ids": "d-1,d-2"},
            answer=whole({"Deleted": 2}),
            status=202,
        ),
        gives=lambda deleted: deleted == 2,
    ),
    Row(
        "E018",
        lambda domo: domo.appdb.documents.delete_many("c-1", document_ids=["d-1"]),
        Sent(
            "DELETE",
            "/api/datastores/v1/collections/c-1/documents/bulk",
            query={"ids": "d-1"},
            answer=whole({"deletedCount": 1}),
        ),
        gives=lambda deleted: deleted == 1,
        note="counted by another name",
    ),
    Row(
        "E018",
        lambda domo: domo.appdb.documents.delete_many("c-1", document_ids=["d-1"]),
        Sent("DELETE", "/api/datastores/v1/collections/c-1/documents/bulk", query={"ids": "d-1"}, status=202),
        note="accepted, without a count",
    ),
    Row(
        "E019",
        lambda domo: domo.appdb.collections.update(
            "c-1",
            columns=[
                Column(name="username", type=ColumnType.STRING, visible=True),
                Column(name="band", type=ColumnType.STRING, visible=True),
                Column(name="favorite color", type=ColumnType.STRING, visible=True),
            ],
            sync_enabled=True,
        ),
        Sent(
            "PUT",
            "/api/datastores/v1/collections/c-1",
            json={
                "schema": {
                    "columns": [
                        {"type": "STRING", "name": "username", "visible": True},
                        {"type": "STRING", "name": "band", "visible": True},
                        {"type": "STRING", "name": "favorite color", "visible": True},
                    ]
                },
                "syncEnabled": True,
            },
            answer=documented("E019"),
        ),
        gives=Collection,
    ),
    Row(
        "E019",
        lambda domo: domo.appdb.collections.update("c-1", columns={"username": "STRING", "age": "LONG"}),
        Sent(
            "PUT",
            "/api/datastores/v1/collections/c-1",
            json={"schema": {"columns": [{"type": "STRING", "name": "username"}, {"type": "LONG", "name": "age"}]}},
            answer=documented("E019"),
        ),
        gives=Collection,
        note="with names and types alone",
    ),
    Row(
        "E020",
        lambda domo: domo.appdb.collections.set_app_permissions(
            "c-1", "p-1", permissions=["read", "create_content", "read_content"]
        ),
        Sent(
            "PUT",
            "/api/datastores/v1/collections/c-1/permission/RYUU_APP/p-1",
            query={"permissions": "read,create_content,read_content"},
            status=204,
        ),
    ),
    Row(
        "extra: App DB, Create collection",
        lambda domo: domo.appdb.collections.create("s-1", name="Bands", columns={"band": "STRING"}, sync_enabled=True),
        Sent(
            "POST",
            "/api/datastores/v1/s-1/collections",
            json={
                "name": "Bands",
                "schema": {"columns": [{"type": "STRING", "name": "band"}]},
                "syncEnabled": True,
            },
            answer=documented("E019"),
        ),
        gives=Collection,
    ),
    Row(
        "extra: App DB, Create collection",
        lambda domo: domo.appdb.collections.create("s-1", name="Bands"),
        Sent("POST", "/api/datastores/v1/s-1/collections", json={"name": "Bands"}, answer=documented("E019")),
        gives=Collection,
        note="without a schema",
    ),
    Row(
        "extra: App DB, Get collection",
        lambda domo: domo.appdb.collections.get("c-1"),
        Sent("GET", "/api/datastores/v1/collections/c-1", answer=documented("E019")),
        gives=Collection,
    ),
    Row(
        "seen: App DB, Query collections",
        lambda domo: domo.appdb.collections.search(name="ord", owner_id=27, page_size=1).all(),
        tuple(
            Sent(
                "POST",
                "/api/datastores/v1/collections/query",
                json={
                    "collectionFilteringList": [
                        {"filterType": "nameof", "typedValue": "ord"},
                        {"filterType": "ownedby", "comparingCriteria": "equals", "typedValue": "27"},
                    ],
                    "sortBy": "createdOn",
                    "direction": "DESC",
                    "pageSize": 1,
                    "pageNumber": number,
                },
                answer=whole(
                    {
                        "collections": [
                            {
                                "createdOn": "2025-01-01T00:00:00Z",
                                "datastoreId": "d-1",
                                "datastoreName": "Store",
                                "documentCount": 150,
                                "id": f"c-{number}",
                                "name": "Orders",
                                "owner": 27,
                                "syncEnabled": False,
                                "updatedOn": "2025-01-01T00:00:00Z",
                            }
                        ],
                        "pageCount": 2,
                        "pageNumber": number,
                        "pageSize": 1,
                        "totalCollectionCount": 2,
                    }
                ),
            )
            for number in (1, 2)
        ),
        gives=lambda found: ["c-1", "c-2"] == [each.id for each in found] and found[0].document_count == 150,
    ),
]

"""App DB: E012 to E020, and making collections."""

from __future__ import annotations

from domo_async._endpoints.appdb import Collection, Document
from domo_async._endpoints.datasets import Column, ColumnType
from tests.contract.row import Row, Sent, documented, whole

ROWS = [
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
            answer=whole({"Deleted": 1}),
            status=202,
        ),
        gives=lambda deleted: deleted == 1,
        note="accepted",
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
]

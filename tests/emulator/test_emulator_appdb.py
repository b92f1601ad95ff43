"""App DB of the embedded instance: documents, queries, collections, permissions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domo_async import BadRequest, Conflict, Domo, Forbidden, NotFound
from domo_async.emulator import Emulator
from tests.emulator.others import another
from tests.emulator.plain_client import connected

COLLECTIONS = "/api/datastores/v1/collections"


async def filled(domo: Domo, *contents: dict[str, Any]) -> str:
    """Make a collection with these documents."""
    collection = await domo.appdb.collections.create("store", name="People")
    for content in contents:
        await domo.appdb.documents.create(collection.id, content=content)
    return collection.id


async def test_a_document_goes_through_its_life(domo: Domo):
    collection = await filled(domo)
    made = await domo.appdb.documents.create(collection, content={"name": "Ada", "tags": [1, None]})
    assert made == await domo.appdb.documents.get(collection, made.id)
    assert [made] == await domo.appdb.documents.list(collection).all()
    assert ("store", collection, 1, 1, {"name": "Ada", "tags": [1, None]}) == (
        made.datastore_id,
        made.collection_id,
        made.owner,
        made.created_by,
        made.content,
    )
    assert made.created_on is not None
    assert timedelta(minutes=1) > datetime.now(UTC) - made.created_on

    changed = await domo.appdb.documents.update(collection, made.id, content={"age": 36})
    assert {"age": 36} == changed.content
    assert made.created_on == changed.created_on
    assert changed == await domo.appdb.documents.get(collection, made.id)

    await domo.appdb.documents.delete(collection, made.id)
    for gone in (
        domo.appdb.documents.get(collection, made.id),
        domo.appdb.documents.update(collection, made.id, content={}),
        domo.appdb.documents.delete(collection, made.id),
        domo.appdb.documents.list("unknown").all(),
    ):
        with pytest.raises(NotFound):
            await gone


async def test_documents_come_in_the_order_of_their_making_page_by_page(domo: Domo):
    collection = await filled(domo, *({"n": n} for n in range(7)))

    found = await domo.appdb.documents.list(collection, page_size=3, offset=1).all()
    asked = await domo.appdb.documents.query(collection, filter={"content.n": {"$gt": 2}}, page_size=2).all()

    assert [1, 2, 3, 4, 5, 6] == [document.content["n"] for document in found]
    assert [3, 4, 5, 6] == [document.content["n"] for document in asked]


async def test_queries_look_into_contents_and_at_what_is_known_of_documents(emulator: Emulator, domo: Domo):
    collection = await filled(domo, {"name": "Ada", "orders": [{"qty": 1}, {"qty": 5}]}, {"name": "Bob"})
    async with another(emulator) as other:
        async with connected(emulator) as plain:
            path = f"{COLLECTIONS}/{collection}/permission/USER/77?permissions=create_content"
            await plain.call("PUT", path, status=204)
        await other.appdb.documents.create(collection, content={"name": "Cid"})

    async def names(**wanted: Any) -> list[object]:
        said = {key.replace("__", "."): value for key, value in wanted.items()}
        return [document.content["name"] async for document in domo.appdb.documents.query(collection, filter=said)]

    ago = {"$date": (datetime.now(UTC) - timedelta(hours=1)).isoformat()}
    assert ["Ada", "Bob", "Cid"] == await names()
    assert ["Cid"] == await names(owner="77")
    assert ["Ada"] == await names(content__orders__qty={"$gte": 5})
    assert ["Bob", "Cid"] == await names(content__orders={"$exists": False})
    assert ["Ada", "Bob", "Cid"] == await names(createdOn={"$gt": ago})
    assert [] == await names(updatedOn={"$lt": ago})
    with pytest.raises(BadRequest, match=r"\$where"):
        await names(content__name={"$where": "1"})


async def test_queries_group(emulator: Emulator, domo: Domo):
    collection = await filled(
        domo, {"k": "a", "n": 1}, {"k": "b", "n": 5}, {"k": "a", "n": 3}, {"k": "a", "n": 100, "off": True}
    )
    path = (
        f"/api/datastores/v2/collections/{collection}/documents/query"
        "?groupby=content.k&count=documents&sum=content.n%20total&min=content.n%20least&orderby=total%20ascending"
    )
    async with connected(emulator) as plain:
        found = await plain.call("POST", path, json={"content.off": {"$ne": True}})
        second = await plain.call("POST", f"{path}&limit=1&offset=1", json={"content.off": {"$ne": True}})

    assert [
        {"_id": "a", "k": "a", "documents": 2, "total": 4, "least": 1},
        {"_id": "b", "k": "b", "documents": 1, "total": 5, "least": 5},
    ] == found
    assert found[1:] == second


async def test_the_client_asks_for_groups_and_for_an_order(domo: Domo):
    collection = await filled(
        domo, {"k": "a", "n": 1, "t": ["x", "y"]}, {"k": "b", "n": 5, "t": ["x"]}, {"k": "a", "n": 3, "t": []}
    )
    documents = domo.appdb.documents

    groups = await documents.aggregate(
        collection,
        group_by="content.k",
        count="documents",
        sum={"content.n": "total"},
        avg={"content.n": "mean"},
        min={"content.n": "least"},
        max={"content.n": "most"},
        sort_by="total",
        ascending=False,
    ).all()
    tags = await documents.aggregate(collection, unwind="content.t", group_by="content.t", count="n").all()
    falling = await documents.query(collection, filter={}, sort_by="content.n", ascending=False).all()

    assert [("b", 1, 5, 5.0, 5, 5), ("a", 2, 4, 2.0, 1, 3)] == [
        tuple(group[key] for key in ("k", "documents", "total", "mean", "least", "most")) for group in groups
    ]
    assert {"x": 2, "y": 1} == {group["t"]: group["n"] for group in tags}
    assert [5, 3, 1] == [document.content["n"] for document in falling]


async def test_many_documents_are_made_put_and_changed_at_once(emulator: Emulator, domo: Domo):
    collection = await filled(domo)
    documents = domo.appdb.documents

    made = await documents.create_many(collection, contents=[{"n": 1, "state": "new"}, {"n": 2, "state": "new"}])
    first, second = made.documents
    put = await documents.put_many(collection, documents=[(first.id, {"n": 10, "state": "new"}), (None, {"n": 3})])
    changed = await documents.update_many(
        collection,
        filter={"content.state": "new"},
        operation={"$set": {"content.state": "old"}, "$inc": {"content.n": 1}, "$push": {"content.log": "x"}},
    )
    same = await documents.update_many(
        collection, filter={"content.state": "old"}, operation={"$set": {"content.state": "old"}}
    )

    assert [first.id, put.documents[1].id] == [document.id for document in put.documents]
    assert ((2, 2), (2, 0)) == (
        (changed.matched_count, changed.modified_count),
        (same.matched_count, same.modified_count),
    )
    assert [
        {"n": 11, "state": "old", "log": ["x"]},
        {"n": 3, "state": "old", "log": ["x"]},
        {"n": 3},
    ] == [document.content async for document in documents.list(collection)]
    await documents.update_many(
        collection, filter={"id": second.id}, operation={"$unset": {"content.n": ""}, "$pull": {"content.log": "x"}}
    )
    assert {"state": "old", "log": []} == (await documents.get(collection, second.id)).content
    wrong: list[dict[str, Any]] = [
        {"$fly": {}},
        {"$set": {"owner": 1}},
        {"$inc": {"content.state": 1}},
        {"$push": {"content.state": 1}},
    ]
    for operation in wrong:
        with pytest.raises(BadRequest):
            await documents.update_many(collection, filter={"content.state": "old"}, operation=operation)


async def test_datastores_and_collections_are_listed_changed_and_deleted(emulator: Emulator, domo: Domo):
    store = await domo.appdb.datastores.create(name="Own")
    collection = await domo.appdb.collections.create(store.id, name="Bands", columns={"band": "STRING"})
    renamed = await domo.appdb.datastores.rename(store.id, name="Mine")
    changed = await domo.appdb.collections.update(collection.id, sync_enabled=True)

    assert ("Mine", False, 1) == (renamed.name, renamed.temporary, renamed.owner)
    assert renamed == await domo.appdb.datastores.get(store.id)
    assert [renamed] == await domo.appdb.datastores.list().all()
    assert (True, collection.schema) == (changed.sync_enabled, changed.schema)
    assert [changed] == await domo.appdb.collections.list(store.id).all() == await domo.appdb.collections.list().all()
    with pytest.raises(Conflict):
        await domo.appdb.datastores.delete(store.id)
    with pytest.raises(NotFound):
        await domo.appdb.collections.update(collection.id, owner=4711)
    async with another(emulator) as other:
        with pytest.raises(Forbidden):
            await other.appdb.datastores.rename(store.id, name="Theirs")
    await domo.appdb.collections.delete(collection.id)
    await domo.appdb.datastores.delete(store.id)
    assert [] == await domo.appdb.datastores.list().all()


async def test_permissions_are_told_by_type_and_taken_away(domo: Domo):
    collection = await filled(domo)
    await domo.appdb.collections.set_permissions(collection, "GROUP", 8, permissions=["read"])
    await domo.appdb.collections.set_permissions(collection, "GROUP", 8, permissions=["write"], overwrite=False)
    await domo.appdb.collections.set_app_permissions(collection, "p-1", permissions=["read_content"])

    told = await domo.appdb.collections.permissions(collection)
    await domo.appdb.collections.remove_permissions(collection, "GROUP", 8)
    after = await domo.appdb.collections.permissions(collection)

    assert [("1", ("ADMIN",))] == [(grant.id, grant.permissions) for grant in told["USER"]]
    assert [("8", ("READ", "WRITE"))] == [(grant.id, grant.permissions) for grant in told["GROUP"]]
    assert [("p-1", ("READ_CONTENT",))] == [(grant.id, grant.permissions) for grant in told["RYUU_APP"]]
    assert {"RYUU_APP", "USER"} == after.keys()


async def test_several_documents_are_deleted_at_once(emulator: Emulator, domo: Domo):
    collection = await filled(domo, {"n": 1}, {"n": 2}, {"n": 3})
    ids = [document.id async for document in domo.appdb.documents.list(collection)]

    assert 2 == await domo.appdb.documents.delete_many(collection, document_ids=[*ids[:2], ids[0], "unknown"])
    assert ids[2:] == [document.id async for document in domo.appdb.documents.list(collection)]
    async with connected(emulator) as plain:
        path = f"{COLLECTIONS}/{collection}/documents/bulk"
        await plain.call("DELETE", path, status=400)
        assert {"Deleted": 1} == await plain.call("DELETE", f"{path}?ids=[{ids[2]}]", status=202)
        second = path.replace("/v1/", "/v2/")
        assert {"deletedCount": 0} == await plain.call("DELETE", f"{second}?ids={ids[2]}", status=202)


async def test_the_routes_of_other_clients_are_there(emulator: Emulator, domo: Domo):
    collection = await filled(domo)
    path = f"{COLLECTIONS}/{collection}/documents"
    async with connected(emulator) as plain:
        made = await plain.call("POST", f"{path}/", json={"content": {"n": 1}}, status=201)
        v2 = f"/api/datastores/v2/collections/{collection}/documents/{made['id']}"
        changed = await plain.call("PUT", v2, json={"content": {"n": 2}})
        two = await plain.call("POST", f"{path}/bulk", json=[{"content": {}}, {"content": {}}], status=201)
        assert [{}, {}] == [each["content"] for each in two]
        upserted = [{"id": made["id"], "content": {"n": 3}}, {"content": {"n": 4}}]
        put = await plain.call("PUT", f"{path}/bulk", json=upserted, status=201)
        assert [(made["id"], 3), (put[1]["id"], 4)] == [(each["id"], each["content"]["n"]) for each in put]
        assert 4 == len(await plain.call("GET", f"{path}/"))
        await plain.call("POST", path, json={"n": 1}, status=400)

        assert {"n": 2} == changed["content"]
        store = await plain.call("POST", "/api/datastores/v1", json={"name": "Own"})
        assert [None, "Own"] == [each["name"] for each in await plain.call("GET", "/api/datastores/v1")]
        assert [] == await plain.call("GET", f"/api/datastores/v1/{store['id']}/collections")
        assert [collection] == [each["id"] for each in await plain.call("GET", f"{COLLECTIONS}?datastoreId=store")]
        await plain.call("DELETE", f"{COLLECTIONS}/{collection}", status=204)
        await plain.call("GET", path, status=404)
    assert 3 == (await domo.appdb.documents.list(await filled(domo, {}, {}, {})).all()).__len__()


async def test_a_collection_gets_another_schema(domo: Domo):
    made = await domo.appdb.collections.create("store", name="Bands", columns={"band": "STRING"}, sync_enabled=True)
    assert made == await domo.appdb.collections.get(made.id)
    assert made.schema is not None
    assert ["band"] == [column.name for column in made.schema.columns]
    assert ("Bands", "store", 1, True) == (made.name, made.datastore_id, made.owner, made.sync_enabled)

    changed = await domo.appdb.collections.update(made.id, columns={"name": "STRING", "age": "LONG"})

    assert changed.schema is not None
    assert [("name", "STRING"), ("age", "LONG")] == [(column.name, column.type) for column in changed.schema.columns]
    assert ("Bands", True) == (changed.name, changed.sync_enabled)
    assert changed == await domo.appdb.collections.get(made.id)
    with pytest.raises(NotFound):
        await domo.appdb.collections.get("unknown")


async def test_apps_are_given_what_is_permitted_alone(emulator: Emulator, domo: Domo):
    collection = await filled(domo)
    await domo.appdb.collections.set_app_permissions(collection, "p-1", permissions=["read", "create_content"])

    with pytest.raises(BadRequest, match="create_content"):
        await domo.appdb.collections.set_app_permissions(collection, "p-1", permissions=["fly"])
    async with connected(emulator) as plain:
        await plain.call("PUT", f"{COLLECTIONS}/{collection}/permission/CAT/1?permissions=read", status=400)


async def test_others_may_do_what_they_were_given(emulator: Emulator, domo: Domo):
    collection = await filled(domo, {"n": 1})

    async def permit(permissions: str) -> None:
        async with connected(emulator) as plain:
            await plain.call(
                "PUT", f"{COLLECTIONS}/{collection}/permission/USER/77?permissions={permissions}", status=204
            )

    async with another(emulator) as other:
        with pytest.raises(Forbidden):
            await other.appdb.documents.list(collection).all()

        await permit("read_content")
        (document,) = await other.appdb.documents.query(collection, filter={"content.n": 1}).all()
        for forbidden in (
            other.appdb.documents.create(collection, content={}),
            other.appdb.documents.update(collection, document.id, content={}),
            other.appdb.documents.delete(collection, document.id),
            other.appdb.collections.update(collection, columns={"a": "STRING"}),
        ):
            with pytest.raises(Forbidden):
                await forbidden

        await permit("create_content&overwrite=false")
        made = await other.appdb.documents.create(collection, content={"n": 2})
        assert 77 == made.owner
        assert made == await other.appdb.documents.get(collection, made.id)

        await permit("admin")
        await other.appdb.documents.delete_many(collection, document_ids=[document.id, made.id])
    assert [] == await domo.appdb.documents.list(collection).all()


async def test_documents_are_there_in_order_after_a_restart(tmp_path: Path):
    async with Emulator(data=tmp_path) as emulator, emulator.client() as domo:
        collection = await filled(domo, {"n": 1}, {"n": 2})
        (first, _) = await domo.appdb.documents.list(collection).all()
        await domo.appdb.documents.update(collection, first.id, content={"n": 3})
    async with Emulator(data=tmp_path) as emulator, emulator.client() as domo:
        found = [document.content["n"] async for document in domo.appdb.documents.list(collection)]

        assert [3, 2] == found


async def test_the_demo_world_has_documents():
    async with Emulator(world="demo") as emulator, emulator.client() as domo:
        async with connected(emulator) as plain:
            collections = {each["name"]: each["id"] for each in await plain.call("GET", COLLECTIONS)}
        count = 0
        for collection in collections.values():
            count += len(await domo.appdb.documents.list(collection).all())
        due = await domo.appdb.documents.query(
            collections["Tasks"], filter={"content.tags": "urgent", "content.state": {"$ne": "done"}}
        ).all()

    assert (3, 500) == (len(collections), count)
    assert 0 < len(due) < 250

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from aiohttp import web

from domo_async import ConfigError, NotFound, ServerError
from tests.support import talking_to


def a_collection(size):
    """A collection of so many documents, and what it was asked."""
    asked = []

    async def handler(request):
        asked.append((request.method, request.path, dict(request.query)))
        offset, limit = int(request.query["offset"]), int(request.query["limit"])
        found = [{"id": f"d-{n}", "content": {"n": n}} for n in range(size)][offset : offset + limit]
        return web.json_response(found)

    return handler, asked


def a_bin(answers):
    """A collection that answers deletions with what is given, and the identifiers that it was told."""
    told = []

    async def handler(request):
        assert len(request.rel_url.raw_path_qs) < 4096
        told.append(request.query["ids"].split(","))
        answer = answers[len(told) - 1]
        return answer if isinstance(answer, web.Response) else web.json_response(answer)

    return handler, told


async def test_a_collection_of_several_pages_is_listed_whole():
    handler, asked = a_collection(5)
    async with talking_to(handler) as domo:
        documents = await domo.appdb.documents.list("c", page_size=2).all()

    assert [0, 1, 2, 3, 4] == [document.content["n"] for document in documents]
    assert ["0", "2", "4"] == [query["offset"] for _, _, query in asked]


async def test_a_query_of_several_pages_is_answered_whole():
    handler, asked = a_collection(3)
    async with talking_to(handler) as domo:
        documents = await domo.appdb.documents.query("c", filter={}, page_size=2, offset=1).all()

    assert [1, 2] == [document.content["n"] for document in documents]
    assert [("POST", "1"), ("POST", "3")] == [(method, query["offset"]) for method, _, query in asked]


async def test_more_than_the_documented_limit_cannot_be_asked_for_at_once():
    async with talking_to(a_collection(0)[0]) as domo:
        with pytest.raises(ConfigError, match="page_size must be 1 to 10000"):
            domo.appdb.documents.list("c", page_size=10_001)


async def test_nanoseconds_are_cut_to_what_a_datetime_holds():
    async def handler(request):
        return web.json_response({"id": "d", "createdOn": "2024-05-08T19:39:00.708226378Z"})

    async with talking_to(handler) as domo:
        document = await domo.appdb.documents.get("c", "d")

    assert datetime(2024, 5, 8, 19, 39, 0, 708226, UTC) == document.created_on


async def test_many_documents_are_deleted_in_batches_and_counted_together():
    identifiers = [f"12345678-7949-1234-82bb-{n:012}" for n in range(250)]
    handler, told = a_bin([{"Deleted": 100}, {"Deleted": 99}, {"Deleted": 50}])
    async with talking_to(handler) as domo:
        deleted = await domo.appdb.documents.delete_many("c", document_ids=identifiers)

    assert [100, 100, 50] == [len(batch) for batch in told]
    assert identifiers == [identifier for batch in told for identifier in batch]
    assert deleted == 249


async def test_a_count_is_read_under_either_name():
    handler, _ = a_bin([{"Deleted": 100}, {"deletedCount": "1"}])
    async with talking_to(handler) as domo:
        deleted = await domo.appdb.documents.delete_many("c", document_ids=[f"d-{n}" for n in range(101)])

    assert 101 == deleted


@pytest.mark.parametrize(
    "call",
    [
        lambda domo: domo.appdb.collections.update("c"),
        lambda domo: domo.appdb.documents.update_many("c", filter={}, operation={"$set": {"content.a": 1}}),
        lambda domo: domo.appdb.documents.update_many("c", filter={"content.a": 1}, operation={}),
        lambda domo: domo.appdb.documents.create_many("c", contents=[]),
        lambda domo: domo.appdb.datastores.delete("collections"),
        lambda domo: domo.appdb.documents.aggregate("c", filter={"content.a": 1}).all(),
        lambda domo: domo.appdb.documents.aggregate("c", sum={"content.a": "two words"}).all(),
        lambda domo: domo.appdb.documents.aggregate("c", sum={"content.a,content.b": "x"}).all(),
    ],
)
async def test_updates_that_would_change_nothing_or_everything_are_not_sent(call):
    handler, asked = a_collection(0)
    async with talking_to(handler) as domo:
        with pytest.raises(ConfigError):
            await call(domo)

    assert not asked


@pytest.mark.parametrize(("ids", "tries"), [(["d-1", "d-2"], 2), (["d-1", None], 1)])
async def test_documents_are_put_again_where_that_makes_none_twice(ids, tries):
    asked = []

    async def handler(request):
        asked.append(request.path)
        return web.Response(status=502) if len(asked) == 1 else web.json_response([{"id": "d-1"}], status=201)

    async with talking_to(handler) as domo:
        call = domo.appdb.documents.put_many("c", documents=[(key, {}) for key in ids])
        if tries == 1:
            with pytest.raises(ServerError):
                await call
        else:
            assert ["d-1"] == [document.id for document in (await call).documents]

    assert tries == len(asked)


async def test_a_count_that_is_told_in_part_alone_is_not_known():
    handler, _ = a_bin([{"Deleted": 100}, web.Response(status=202)])
    async with talking_to(handler) as domo:
        deleted = await domo.appdb.documents.delete_many("c", document_ids=[f"d-{n}" for n in range(101)])

    assert deleted is None


async def test_a_batch_that_fails_is_said_and_none_after_it_is_sent():
    gone = web.Response(status=404, text='{"status": 404, "message": "no such collection"}')
    handler, told = a_bin([{"Deleted": 100}, gone])
    async with talking_to(handler) as domo:
        with pytest.raises(NotFound, match="no such collection"):
            await domo.appdb.documents.delete_many("c", document_ids=[f"d-{n}" for n in range(201)])

    assert 2 == len(told)


@pytest.mark.parametrize("identifiers", [[], "d-1", ["d-1", ""], ["d-1", "d-2,d-3"]])
async def test_a_deletion_without_the_id_of_a_document_is_not_sent(identifiers):
    handler, told = a_bin([])
    async with talking_to(handler) as domo:
        with pytest.raises(ConfigError):
            await domo.appdb.documents.delete_many("c", document_ids=identifiers)

    assert not told


@pytest.mark.parametrize("columns", [{}, {"age": "INT"}])
async def test_a_schema_that_domo_cannot_sync_is_not_sent(columns):
    handler, asked = a_collection(0)
    async with talking_to(handler) as domo:
        with pytest.raises(ConfigError):
            await domo.appdb.collections.update("c", columns=columns)

    assert not asked


@pytest.mark.parametrize("permissions", [[], "read"])
async def test_an_app_is_given_a_list_of_permissions(permissions):
    handler, asked = a_collection(0)
    async with talking_to(handler) as domo:
        with pytest.raises(ConfigError, match="permissions"):
            await domo.appdb.collections.set_app_permissions("c", "p", permissions=permissions)

    assert not asked


@pytest.mark.parametrize(("datastore", "columns"), [("collections", {"a": "STRING"}), ("", {"a": "STRING"}), ("s", {})])
async def test_a_collection_that_cannot_be_made_is_not_sent(datastore, columns):
    handler, asked = a_collection(0)
    async with talking_to(handler) as domo:
        with pytest.raises(ConfigError):
            await domo.appdb.collections.create(datastore, name="x", columns=columns)

    assert not asked


async def test_a_collection_is_not_made_twice_where_the_instance_may_have_made_it():
    asked = []

    async def handler(request):
        asked.append(request.path)
        return web.Response(status=502)

    async with talking_to(handler) as domo:
        with pytest.raises(ServerError):
            await domo.appdb.collections.create("s", name="x")

    assert 1 == len(asked)

"""Data versions, indexes and partitions."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.emulator.plain_client import DATASETS, PlainClient, plain_client


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


async def _versions(plain: PlainClient, dataset: str) -> list[Any]:
    return list(await plain.call("GET", f"/api/data/v2/datasources/{dataset}/dataversions"))


async def _details(plain: PlainClient, dataset: str) -> dict[int, tuple[bool, bool]]:
    """Return each version, with whether it is part of the dataset, and whether queries see it."""
    path = f"{DATASETS}/{dataset}/dataversions/details"
    load = {"id": "", "type": "LoadFromVault", "dataSourceId": dataset}
    live = await plain.call("POST", "/api/dataprocessing/v2/dataflows/data-version-hydrate", json=load)
    indexed = await plain.call("GET", path)
    every = await plain.call("GET", f"{path}?limitToIndexed=false")
    return {version["dataVersionId"]: (version in live, version in indexed) for version in every}


async def test_every_commit_makes_a_version_and_an_open_upload_does_not(plain: PlainClient) -> None:
    dataset = await plain.create({"n": "LONG"})
    await plain.open(dataset, b"9\n")
    committed = await plain.upload(dataset, b"1\n", b"2\n")
    versions = await _versions(plain, dataset)

    assert len(versions) == 1
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", versions[0].pop("recordedDate"))
    assert versions[0].pop("uploadCompletedDate").endswith("Z")
    assert versions[0] == {
        "schemaId": "1",
        "dataId": str(committed["uploadId"]),
        "uploadStatus": "success",
        "uploadPercent": None,
        "uploadMd5": None,
        "uploadMessage": "",
        "numRows": 2,
        "numBytes": 4,
    }


async def test_replace_leaves_one_live_version_and_append_adds_to_it(plain: PlainClient) -> None:
    dataset = await plain.create({"n": "LONG"})
    for action in ("REPLACE", "REPLACE", "APPEND"):
        await plain.upload(dataset, b"1\n", action=action)

    assert list((await _details(plain, dataset)).values()) == [(False, False), (True, True), (True, True)]


async def test_rows_are_seen_once_they_are_indexed() -> None:
    clock = Clock()
    async with plain_client(index_delay=5.0) as plain:
        plain.emulator.now = clock
        dataset = await plain.create({"n": "LONG"})
        first = await plain.upload(dataset, b"1\n2\n")
        second = await plain.upload(dataset, b"3\n", action="APPEND")
        statuses = f"{DATASETS}/{dataset}/indexes/{{}}/statuses"

        async def state(committed: Any) -> str:
            found = await plain.call("GET", statuses.format(committed["indexing"]["requestKey"]))
            word: str = found["progress"]["status"]
            return word

        assert ["PROCESSING", "PENDING"] == [await state(first), await state(second)]
        assert await plain.rows(dataset) == []
        assert (await plain.metadata(dataset))["rowCount"] == 0

        clock.time += 5
        assert await state(second) == "SUCCESS"
        assert await plain.rows(dataset) == [[1], [2], [3]]
        assert (await plain.metadata(dataset))["rowCount"] == 3


async def test_a_replaced_version_is_seen_until_the_new_one_is_indexed() -> None:
    clock = Clock()
    async with plain_client(index_delay=5.0) as plain:
        plain.emulator.now = clock
        dataset = await plain.create({"n": "LONG"})
        await plain.upload(dataset, b"1\n")
        clock.time += 5
        assert await plain.rows(dataset) == [[1]]
        await plain.upload(dataset, b"2\n")
        assert await plain.rows(dataset) == [[1]]

        clock.time += 5
        assert await plain.rows(dataset) == [[2]]


@pytest.mark.parametrize("index", [False, "false"])
async def test_a_commit_without_an_index_is_seen_after_one_is_asked_for(index: bool | str, plain: PlainClient) -> None:
    dataset = await plain.create({"n": "LONG"})
    committed = await plain.upload(dataset, b"1\n", index=index)
    assert committed["indexing"] is None
    assert await plain.rows(dataset) == []

    started = await plain.call("POST", f"{DATASETS}/{dataset}/indexes", json={"dataIds": []})
    assert started["requested"]
    assert await plain.rows(dataset) == [[1]]


async def test_only_the_named_versions_are_indexed(plain: PlainClient) -> None:
    dataset = await plain.create({"n": "LONG"})
    await plain.upload(dataset, b"1\n", index=False)
    second = await plain.upload(dataset, b"2\n", action="APPEND", index=False)
    await plain.call("POST", f"{DATASETS}/{dataset}/indexes", json={"dataIds": [str(second["uploadId"])]})
    assert await plain.rows(dataset) == [[2]]

    await plain.call("POST", f"/api/query/v1/datasources/{dataset}")
    assert await plain.rows(dataset) == [[1], [2]]


async def test_versions_that_cannot_be_indexed_or_asked_for_are_not_found(plain: PlainClient) -> None:
    dataset = await plain.create({"n": "LONG"})

    await plain.call("POST", f"{DATASETS}/{dataset}/indexes", json={"dataIds": [7]}, status=404)
    await plain.call("GET", f"{DATASETS}/{dataset}/indexes/7/statuses", status=404)


async def test_deleted_versions_are_seen_until_the_index(plain: PlainClient) -> None:
    dataset = await plain.create({"n": "LONG"})
    first = await plain.upload(dataset, b"1\n")
    second = await plain.upload(dataset, b"2\n", action="APPEND")
    path = f"/api/data/v2/datasources/{dataset}/dataversions"
    await plain.call("DELETE", f"{path}?index=false", json=[first["uploadId"]])
    assert [version["dataId"] for version in await _versions(plain, dataset)] == [str(second["uploadId"])]
    assert await plain.rows(dataset) == [[1], [2]]

    await plain.call("DELETE", path, json=[second["uploadId"]])
    assert await plain.rows(dataset) == []
    await plain.call("DELETE", path, json=[second["uploadId"]], status=404)


@pytest.mark.parametrize(
    ("query", "body"),
    [("?dataTag=jan", {}), ("/?restateDataTag=jan", {}), ("", {"dataTag": "jan"}), ("", {"restateDataTag": "jan"})],
)
@pytest.mark.parametrize("action", ["APPEND", "REPLACE"])
async def test_a_partition_is_replaced_alone(query: str, body: dict[str, Any], action: str, plain: PlainClient) -> None:
    dataset = await plain.create({"n": "LONG"})
    await plain.upload(dataset, b"0\n")
    await plain.upload(dataset, b"1\n", action="APPEND", dataTag="feb")
    for part in (b"2\n", b"3\n"):
        await plain.commit(await plain.open(dataset, part, query=query), action, **body)

    assert await plain.rows(dataset) == [[0], [1], [3]]
    listed = await plain.call("GET", f"/api/query/v1/datasources/{dataset}/partition")
    assert [partition["partitionId"] for partition in listed] == ["feb", "jan"]


async def test_partitions_are_searched_sorted_and_paged(plain: PlainClient) -> None:
    dataset = await plain.create({"n": "LONG"})
    for tag, rows in (("a", 1), ("b", 3), ("c", 2)):
        await plain.upload(dataset, b"1\n" * rows, action="APPEND", dataTag=tag)

    async def search(**body: Any) -> list[tuple[str, int]]:
        found = await plain.call("POST", f"/api/query/v1/datasources/{dataset}/partition/list", json=body)
        return [(each["partitionId"], each["rowCount"]) for each in found]

    by_date = [{"fieldName": "datecompleted", "sortOrder": "DESC", "filterValues": {"MIN": None, "MAX": None}}]
    large = [{"fieldName": "rowCount", "sortOrder": "ASC", "filterValues": {"MIN": 2}}]
    assert await search() == [("a", 1), ("b", 3), ("c", 2)]
    assert await search(paginationFields=by_date, limit=2) == [("c", 2), ("b", 3)]
    assert await search(paginationFields=by_date, limit=2, offset=2) == [("a", 1)]
    assert await search(paginationFields=large) == [("c", 2), ("b", 3)]
    wrong = {"paginationFields": [{"fieldName": "nothing"}]}
    await plain.call("POST", f"/api/query/v1/datasources/{dataset}/partition/list", json=wrong, status=400)


async def test_a_partition_is_deleted_data_first_tag_second_index_last(plain: PlainClient) -> None:
    dataset = await plain.create({"n": "LONG"})
    await plain.upload(dataset, b"1\n", action="APPEND", dataTag="jan 2024/1")
    await plain.upload(dataset, b"2\n", action="APPEND", dataTag="feb")
    base = f"/api/query/v1/datasources/{dataset}"
    tag = "jan%202024%2F1"

    await plain.call("DELETE", f"{base}/tag/{tag}/data")
    assert len(await plain.call("GET", f"{base}/partition")) == 2
    assert len(await plain.call("POST", f"{base}/partition/list", json={})) == 1
    await plain.call("DELETE", f"{base}/partition/{tag}")
    assert len(await plain.call("GET", f"{base}/partition")) == 1
    assert len(await _versions(plain, dataset)) == 1
    assert await plain.rows(dataset) == [[1], [2]]
    await plain.call("POST", f"{DATASETS}/{dataset}/indexes", json={})
    assert await plain.rows(dataset) == [[2]]
    await plain.call("DELETE", f"{base}/partition/{tag}", status=404)

"""What uploads are opened with, and what their commits may leave out."""

from __future__ import annotations

from typing import Any

import pytest

from domo_async.emulator import JobOutcome
from tests.emulator.plain_client import DATASETS, PlainClient

KEYED = [{"name": "id", "type": "LONG", "upsertKey": True}, {"name": "note", "type": "STRING"}]


async def keyed(plain: PlainClient) -> str:
    body = {"userDefinedType": "api", "dataSourceName": "Orders", "schema": {"columns": KEYED}}
    made = await plain.call("POST", "/api/data/v2/datasources", json=body)
    dataset = str(made["dataSource"]["dataSourceId"])
    await plain.upload(dataset, b"1,a\n2,b\n")
    return dataset


async def opened(plain: PlainClient, dataset: str, part: bytes, **told: Any) -> str:
    made = await plain.call("POST", f"{DATASETS}/{dataset}/uploads", json=told)
    path = f"{DATASETS}/{dataset}/uploads/{made['uploadId']}"
    await plain.put(path, 1, part)
    return path


OPENINGS = [
    ({"action": "APPEND", "message": "Uploading", "appendId": "latest"}, [[1, "a"], [2, "b"], [2, "c"]]),
    ({"appendId": "latest"}, [[1, "a"], [2, "b"], [2, "c"]]),
    ({"appendId": "replace"}, [[2, "c"]]),
    ({"appendId": "upsert"}, [[1, "a"], [2, "c"]]),
    ({"action": "UPSERT"}, [[1, "a"], [2, "c"]]),
]


@pytest.mark.parametrize(("told", "expected"), OPENINGS)
async def test_a_commit_may_leave_out_what_the_opening_said(
    told: dict[str, str], expected: list[list[object]], plain: PlainClient
) -> None:
    dataset = await keyed(plain)

    upload = await opened(plain, dataset, b"2,c\n", **told)
    committed = await plain.call("PUT", f"{upload}/commit", json={"message": "Inactive", "index": True})

    assert 1 == committed["size"]["rowCount"]
    assert expected == sorted(await plain.rows(dataset))
    versions = await plain.call("GET", f"/api/data/v2/datasources/{dataset}/dataversions")
    assert "Inactive" == versions[-1]["uploadMessage"]


@pytest.mark.parametrize("header", [b"", b"id\n"])
async def test_rows_are_deleted_by_keys_with_or_without_a_header(header: bytes, plain: PlainClient) -> None:
    dataset = await keyed(plain)

    upload = await opened(plain, dataset, header + b"2\n77\n", appendId="delete")
    await plain.call("PUT", f"{upload}/commit", json={"message": "Deleted"})

    assert [[1, "a"]] == await plain.rows(dataset)


async def test_an_action_that_goes_by_keys_needs_some_and_no_partition(plain: PlainClient) -> None:
    plainly, dataset = await plain.create({"id": "LONG"}), await keyed(plain)

    await plain.commit(await plain.open(plainly, b"1\n"), "UPSERT", status=400)
    await plain.commit(await plain.open(dataset, b"1,x\n"), "UPSERT", dataTag="jan", status=400)
    await plain.commit(await plain.open(dataset, b"1,x\n"), "REPAIR", status=400)


async def test_the_schema_tells_of_keys(plain: PlainClient) -> None:
    dataset = await keyed(plain)
    latest = await plain.call("GET", f"/api/data/v2/datasources/{dataset}/schemas/latest")

    assert [True, None] == [column.get("upsertKey") for column in latest["schema"]["columns"]]


async def test_a_request_that_is_refused_leaves_no_upload(plain: PlainClient) -> None:
    dataset = await keyed(plain)
    headers = {"Content-Type": "text/csv"}

    stream = f"{DATASETS}/{dataset}/uploads/stream"
    await plain.call("POST", f"{stream}?action=APPEND", data=b"x,y,z\n", headers=headers, status=400)
    await plain.call("POST", stream, data=b"3,c\n", headers=headers, status=400)
    assert [[1, "a"], [2, "b"]] == await plain.rows(dataset)
    left = [upload.state for upload in plain.emulator._instance.uploads() if upload.dataset_id == dataset]
    assert {"committed"} == set(left)
    made = await plain.call("POST", f"/api/data/v2/datasources/{dataset}/dataversions", data=b"3,c\n", headers=headers)
    assert 1 == made["rowCount"]
    assert [[3, "c"]] == await plain.rows(dataset)


async def test_rows_that_are_not_kept_any_longer_are_not_found(plain: PlainClient) -> None:
    dataset = await plain.create({"n": "STRING"})
    first = await plain.upload(dataset, b"%s\n" % (b"a" * (1 << 20)) * 17)
    second = await plain.upload(dataset, b"b\n")
    await plain.upload(dataset, b"c\n")
    versions = f"/api/data/v2/datasources/{dataset}/dataversions"

    assert b"b\n" == await plain.call("GET", f"{versions}/{second['uploadId']}")
    await plain.call("GET", f"{versions}/{first['uploadId']}", status=404)
    await plain.call("DELETE", versions, json=[second["uploadId"]])
    await plain.call("GET", f"{versions}/{second['uploadId']}", status=404)


async def test_an_index_can_come_to_a_bad_end(plain: PlainClient) -> None:
    dataset = await keyed(plain)
    plain.emulator.outcomes.add(JobOutcome("index", "FAILED", "no room", pattern=dataset))

    failed = await plain.upload(dataset, b"3,c\n", action="APPEND")
    path = f"{DATASETS}/{dataset}/indexes/{failed['indexing']['requestKey']}/statuses"
    progress = (await plain.call("GET", path))["progress"]
    state = await plain.call("GET", f"{DATASETS}/{dataset}/statuses")
    assert ("FAILED", "no room") == (progress["status"], progress["message"])
    assert ("FAILED", "no room") == (state["status"]["code"], state["status"]["message"])
    assert [[1, "a"], [2, "b"]] == await plain.rows(dataset)

    await plain.call("POST", f"{DATASETS}/{dataset}/indexes", json={})
    assert [[1, "a"], [2, "b"], [3, "c"]] == await plain.rows(dataset)
    assert "SUCCESS" == (await plain.call("GET", f"{DATASETS}/{dataset}/statuses"))["status"]["code"]


async def test_marks_of_keys_and_times_are_taken_as_text(plain: PlainClient) -> None:
    columns = [{"name": "id", "type": "LONG", "upsertKey": "true"}]
    body = {"userDefinedType": "api", "dataSourceName": "Orders", "schema": {"columns": columns}}
    dataset = (await plain.call("POST", "/api/data/v2/datasources", json=body))["dataSource"]["dataSourceId"]

    upload = await opened(plain, dataset, b"1\n1\n", action="UPSERT", recordedDate="1680272473000")
    await plain.call("PUT", f"{upload}/commit", json={"index": "true"})
    details = await plain.call("GET", f"{DATASETS}/{dataset}/dataversions/details")

    assert [[1]] == await plain.rows(dataset)
    assert [1680272473000] == [version["datetimeRecorded"] for version in details]

"""Exports to S3: files that a test can read, one export at a time, and those that fail."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest

from domo_async import BadRequest, Domo, Forbidden, JobFailed
from domo_async._endpoints.s3_exports import AwsCredentials, ExportQuery, S3Export
from domo_async.emulator import Emulator, JobOutcome
from tests.emulator.others import client_of_new_user
from tests.emulator.plain_client import connected

COLUMNS = {"Customer ID": "LONG", "region": "STRING"}
ROWS = b'2,West\n1,"East, far"\n3,\n4,West\n'
SECRETS = ("an-access-key-0123", "an-access-secret-0123", "a-session-token-0123")


async def put(emulator: Emulator, rows: bytes = ROWS, dataset: str | None = None) -> str:
    async with connected(emulator) as plain:
        dataset = dataset or await plain.create(COLUMNS)
        await plain.upload(dataset, rows)
    return dataset


async def export(domo: Domo, dataset: str, **options: Any) -> S3Export:
    return await domo.s3_exports.create(
        dataset,
        **{
            "credentials": AwsCredentials(*SECRETS),
            "bucket": "acme-exports",
            "path": "orders/2026",
            "region": "eu-central-1",
            "query": ExportQuery(["Customer ID", "region"], order_by=["Customer ID"]),
            **options,
        },
    )


def path_of(export: S3Export) -> Path:
    (url,) = export.url_row_count_map or {}
    return Path(url2pathname(urlsplit(url).path))


async def test_an_export_becomes_a_file_in_the_data_directory(tmp_path: Path):
    async with Emulator(data=tmp_path) as emulator, emulator.client() as domo:
        done = await export(domo, await put(emulator), wait=True)
        path = tmp_path / "s3" / "acme-exports" / "orders" / "2026" / "part-0.csv"

        assert ("success", "acme-exports", "csv", "none", None) == (
            *(done.export_status, done.bucket, done.export_format),
            *(done.compression, done.error_code),
        )
        assert {path.as_uri(): 4} == done.url_row_count_map
        assert b'Customer ID,region\n1,"East, far"\n2,West\n3,\n4,West\n' == path.read_bytes()
        assert [] == list((tmp_path / "s3" / ".arriving").iterdir())
        assert [] == [secret for secret in SECRETS if secret in str(emulator._instance.records.snapshot())]


async def test_a_query_groups_and_a_mark_begins_the_file(domo: Domo, emulator: Emulator):
    dataset = await put(emulator)
    query = ExportQuery(["region"], ["region"], ["region"])
    done = await export(domo, dataset, query=query, include_bom=True, path="grouped", wait=True)

    assert [3] == list((done.url_row_count_map or {}).values())
    assert path_of(done).read_bytes().startswith(b"\xef\xbb\xbfregion\n")
    assert {"", "West", '"East, far"'} == set(path_of(done).read_text("utf-8-sig").splitlines()[1:])


async def test_an_export_goes_from_none_over_exporting_to_success():
    async with Emulator(job_delay=10) as emulator, emulator.client() as domo:
        emulator.now = lambda: 1000.0
        dataset = await put(emulator)
        begun = await export(domo, dataset)
        (running,) = await domo.s3_exports.list(dataset).all()
        emulator.now = lambda: 1010.0
        (done,) = await domo.s3_exports.list(dataset).all()

    assert ["none", "running", "success"] == [each.export_status for each in (begun, running, done)]
    assert {begun.export_id} == {running.export_id, done.export_id}
    assert ({}, None) == (running.url_row_count_map, running.finished)
    assert done.started
    assert done.finished
    assert 10 == (done.finished - done.started).total_seconds()


async def test_an_export_has_the_data_of_its_beginning():
    async with Emulator(job_delay=10) as emulator, emulator.client() as domo:
        emulator.now = lambda: 1000.0
        dataset = await put(emulator, b"1,before\n")
        await export(domo, dataset)
        await put(emulator, b"2,after\n", dataset)
        with pytest.raises(BadRequest, match="active"):
            await export(domo, dataset)
        emulator.now = lambda: 1010.0
        (done,) = await domo.s3_exports.list(dataset).all()

        assert b"Customer ID,region\n1,before\n" == path_of(done).read_bytes()


async def test_data_that_have_not_changed_are_not_exported_again(domo: Domo, emulator: Emulator):
    dataset = await put(emulator)
    first = await export(domo, dataset, wait=True)
    assert first == await export(domo, dataset)
    await put(emulator, ROWS, dataset)
    second = await export(domo, dataset)

    assert first.export_id != second.export_id
    assert [second.export_id, first.export_id] == [each.export_id for each in await domo.s3_exports.list(dataset).all()]


async def test_a_test_can_have_an_export_fail(domo: Domo, emulator: Emulator):
    dataset = await put(emulator)
    emulator.outcomes.add(JobOutcome("s3_export", reason="the bucket is closed", pattern=dataset))
    with pytest.raises(JobFailed) as caught:
        await export(domo, dataset, wait=True)
    again = await export(domo, dataset, wait=True)

    assert ("failed", "EXPORT_FAILED: the bucket is closed") == (caught.value.state, caught.value.reason)
    assert "success" == again.export_status


@pytest.mark.parametrize(
    "wrong",
    [
        {"query": ExportQuery(["Nothing"])},
        {"bucket": "../outside"},
        {"bucket": ".arriving"},
        {"path": "orders/../../../outside"},
        {"path": "orders\\..\\outside"},
        {"path": "a" * 256},
        {"path": "nul\x00"},
        {"region": ""},
        {"credentials": AwsCredentials("", "")},
    ],
)
async def test_an_export_that_cannot_be_is_refused_and_not_kept(domo: Domo, emulator: Emulator, wrong: dict[str, Any]):
    dataset = await put(emulator)
    with pytest.raises(BadRequest):
        await export(domo, dataset, **wrong)

    assert [] == await domo.s3_exports.list(dataset).all()


async def test_who_may_not_see_a_dataset_does_not_export_it(emulator: Emulator):
    dataset = await put(emulator)
    _, others = client_of_new_user(emulator, "Ada Lovelace")
    async with others:
        with pytest.raises(Forbidden):
            await export(others, dataset)
        with pytest.raises(Forbidden):
            await others.s3_exports.list(dataset).all()

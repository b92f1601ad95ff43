"""What is told of data versions, and how a dataset gets back to one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from domo_async import ConfigError, DecodeError, Domo, NotFound
from domo_async.emulator import Emulator
from tests.support import talking_to

COLUMNS = {"id": "LONG", "name": "STRING"}


async def rows(domo: Domo, dataset_id: str) -> list[tuple[object, ...]]:
    return list(await domo.datasets.query(dataset_id, "SELECT * FROM table"))


async def test_a_dataset_goes_back_to_a_version_by_its_csv(domo: Domo, tmp_path: Path) -> None:
    dataset = await domo.datasets.create("Orders", COLUMNS)
    await domo.datasets.upload(dataset.id, b'1,\n2,""\n')
    wanted = await domo.datasets.upload(dataset.id, b'3,"a, b"\n', action="APPEND")
    await domo.datasets.upload(dataset.id, b"9,x\n")

    done = await domo.datasets.versions.download(dataset.id, wanted.upload_id, tmp_path / "before.csv")
    await domo.datasets.upload(dataset.id, tmp_path / "before.csv")

    assert (tmp_path / "before.csv").stat().st_size == done.bytes
    assert [(1, None), (2, ""), (3, "a, b")] == await rows(domo, dataset.id)


async def test_a_version_can_be_had_alone_in_part_and_without_a_header(domo: Domo) -> None:
    dataset = await domo.datasets.create("Orders", COLUMNS)
    first = await domo.datasets.upload(dataset.id, b"1,a\n2,b\n")
    second = await domo.datasets.upload(dataset.id, b"3,c\n", action="APPEND")
    versions = domo.datasets.versions

    assert b"3,c\n" == await versions.download(dataset.id, second.upload_id, header=False, alone=True)
    assert b"id,name\n1,a\n" == await versions.download(dataset.id, str(first.upload_id), limit=1)
    with pytest.raises(NotFound):
        await versions.download(dataset.id, 999)


async def test_upserts_and_partitions_are_part_of_what_a_version_was(domo: Domo) -> None:
    dataset = await domo.datasets.create_from([{"id": 1, "name": "a"}], "Orders")
    await domo.datasets.upload(dataset.id, b"2,b\n", partition="feb")
    before = await domo.datasets.upload(dataset.id, b"3,c\n", partition="mar")
    await domo.datasets.upload(dataset.id, b"4,d\n", partition="feb")

    content = await domo.datasets.versions.download(dataset.id, before.upload_id, header=False)
    assert b"1,a\n2,b\n3,c\n" == content


async def test_a_web_page_never_takes_the_place_of_a_file(tmp_path: Path) -> None:
    async def page(_: web.Request) -> web.Response:
        return web.Response(text="<html>Log in</html>", content_type="text/html")

    (tmp_path / "there.csv").write_text("as it was")
    async with talking_to(page) as domo:
        with pytest.raises(DecodeError, match="web page"):
            await domo.datasets.versions.download("x", 1, tmp_path / "there.csv")
    assert "as it was" == (tmp_path / "there.csv").read_text()


async def test_details_tell_of_indexed_versions_unless_all_are_asked_for(domo: Domo) -> None:
    dataset = await domo.datasets.create("Orders", COLUMNS)
    recorded = datetime(2024, 2, 29, 12, tzinfo=UTC)
    first = await domo.datasets.upload(dataset.id, b"1,a\n", message="the first", recorded_date=recorded)
    second = await domo.datasets.upload(dataset.id, b"2,b\n", action="APPEND", index=False)
    details = domo.datasets.versions.details

    (seen,) = await details(dataset.id).all()
    assert (first.upload_id, "the first", recorded, "success", 1) == (
        seen.data_id,
        seen.status_message,
        seen.recorded_date,
        seen.upload_status,
        seen.num_rows,
    )
    assert 2 == len(await details(dataset.id, indexed_only=False).all())
    assert [second.upload_id] == [
        each.data_id
        for each in await details(dataset.id, indexed_only=False, since=recorded + timedelta(seconds=1)).all()
    ]
    assert [] == await details(dataset.id, until=recorded).all()
    assert [] == await details(dataset.id, statuses=["error"]).all()
    assert 1 == len(await details(dataset.id, data_ids=[first.upload_id, 999], limit=1).all())
    with pytest.raises(ConfigError, match="data_ids is empty"):
        details(dataset.id, data_ids=[])


async def test_states_tell_how_far_datasets_are(domo: Domo, emulator: Emulator) -> None:
    one, other = [await domo.datasets.create(name, COLUMNS) for name in ("One", "Other")]
    done = await domo.datasets.upload(one.id, b"1,a\n")

    state = await domo.datasets.status(one.id, expire_cache=True)
    assert state.version is not None
    assert state.status is not None
    assert (done.upload_id, "SUCCESS") == (state.version.latest_data_version_id, state.status.code)
    assert await domo.datasets.wait_until_visible(one.id, done.upload_id)
    found = await domo.datasets.statuses([other.id, one.id, "absent"])
    assert {one.id, other.id} == {each.data_source_id for each in found}
    with pytest.raises(NotFound):
        await domo.datasets.status("absent")


async def test_small_data_go_up_in_one_request(domo: Domo, emulator: Emulator) -> None:
    dataset = await domo.datasets.create("Orders", COLUMNS)
    before = len(emulator.log)

    await domo.datasets.uploads.stream(dataset.id, b"1,a\n", action="REPLACE")
    made = await domo.datasets.versions.create(dataset.id, b"2,b\n", append="latest")
    await domo.datasets.versions.create(dataset.id, b"3,c\n", repair=made.data_id, repair_action="INSERT_AFTER")
    await domo.datasets.versions.create(dataset.id, b"4,d\n", repair=made.data_id, repair_action="INSERT_ON")

    assert 4 == len(emulator.log) - before
    assert [(1, "a"), (4, "d"), (3, "c")] == await rows(domo, dataset.id)
    with pytest.raises(ConfigError, match="given together"):
        await domo.datasets.versions.create(dataset.id, b"", repair=1)

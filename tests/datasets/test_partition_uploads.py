"""Uploads into a partition, which leave the rows of all others alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from domo_async import ConfigError, Domo
from domo_async._transfer import UploadKeywords, UploadOptions
from domo_async.emulator import Emulator


async def ids(domo: Domo, dataset_id: str) -> list[object]:
    return [number for (number,) in await domo.datasets.query(dataset_id, "SELECT id FROM table ORDER BY id")]


async def test_by_default_the_rows_of_the_partition_alone_are_replaced(domo: Domo, emulator: Emulator) -> None:
    dataset = await domo.datasets.create("Orders", {"id": "LONG"})
    for tag, rows in (("jan", b"1\n2\n"), ("feb", b"3\n"), ("jan", b"4\n")):
        await domo.datasets.upload(dataset.id, rows, partition=tag, message="why")

    assert [3, 4] == await ids(domo, dataset.id)
    assert ["dataTag=jan", "dataTag=feb", "dataTag=jan"] == [
        each.query for each in emulator.log.matching("POST *uploads")
    ]
    details = await domo.datasets.versions.details(dataset.id).all()
    assert ["why", "why"] == [version.status_message for version in details]


@pytest.mark.parametrize("tag", ["dataTag", "restateDataTag"])
async def test_replace_is_refused_before_anything_is_sent(
    domo: Domo, emulator: Emulator, tag: str, tmp_path: Path
) -> None:
    dataset = await domo.datasets.create("Orders", {"id": "LONG"})
    how: dict[str, Any] = {"action": "REPLACE", "partition": "jan", "partition_tag": tag}

    with pytest.raises(ConfigError, match=r"may delete the rows of all other partitions.*allow_loss=True"):
        await domo.datasets.upload(dataset.id, b"1\n", **how)
    with pytest.raises(ConfigError, match="allow_loss=True"):
        UploadOptions(**how)
    assert [] == emulator.log.matching(f"* *{dataset.id}*")

    done = await domo.datasets.upload(dataset.id, b"1\n", allow_loss=True, **how)
    assert 1 == done.rows


@pytest.mark.parametrize("partition", ["", 7])
async def test_a_partition_without_a_name_does_not_become_the_whole_dataset(domo: Domo, partition: Any) -> None:
    with pytest.raises(ConfigError, match="partition must be the tag"):
        await domo.datasets.upload("any", b"1\n", partition=partition)


async def test_a_nightly_upload_of_a_partition_sends_what_has_grown_once_more(domo: Domo, tmp_path: Path) -> None:
    dataset = await domo.datasets.create("Orders", {"id": "LONG"})
    file, journal = tmp_path / "jan.csv", tmp_path / "journal"
    file.write_text("id\n1\n")
    how: dict[str, Any] = {"partition": "jan", "resume": journal}

    await domo.datasets.upload(dataset.id, file, **how)
    same = await domo.datasets.upload(dataset.id, file, **how)
    file.write_text("id\n1\n2\n")
    grown = await domo.datasets.upload(dataset.id, file, **how)

    assert (True, False) == (same.replayed, grown.replayed)
    assert [1, 2] == await ids(domo, dataset.id)
    with pytest.raises(ConfigError, match="partition"):
        await domo.datasets.upload(dataset.id, file, partition="feb", resume=journal)


async def test_several_uploads_take_the_same_care(domo: Domo) -> None:
    dataset = await domo.datasets.create("Orders", {"id": "LONG"})
    options: UploadKeywords = {"partition": "jan"}

    plan = await domo.datasets.plan_upload(dataset.id, b"1\n", **options)
    many = await domo.datasets.upload_many({dataset.id: b"1\n"}, **options)

    assert (1, []) == (plan.rows, list(many.failed))
    assert ["jan"] == [found.partition_id for found in await domo.datasets.partitions.list(dataset.id).all()]

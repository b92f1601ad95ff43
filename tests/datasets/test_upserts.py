"""Rows that are replaced and deleted by the keys that a dataset's schema marks."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from domo_async import ConfigError, Domo, SourceError
from domo_async._endpoints.datasets.models import Column
from domo_async._transfer import Action, ColumnType, UploadKeywords
from domo_async.emulator import Emulator

PLAIN = {"id": "LONG", "region": "STRING", "amount": "DECIMAL"}


def keyed(*keys: str) -> list[Column]:
    return [
        Column(name=name, type=ColumnType(kind), upsert_key=True if name in keys else None)
        for name, kind in PLAIN.items()
    ]


async def content(domo: Domo, dataset_id: str) -> list[tuple[object, ...]]:
    return sorted(await domo.datasets.query(dataset_id, "SELECT * FROM table"))


async def filled(domo: Domo, *keys: str) -> str:
    dataset = await domo.datasets.create("Orders", keyed(*keys))
    await domo.datasets.upload(dataset.id, b"1,EU,1.5\n2,US,2\n3,EU,3\n")
    return dataset.id


async def test_rows_of_the_same_keys_are_replaced_and_others_added(domo: Domo, emulator: Emulator) -> None:
    dataset = await filled(domo, "id")

    done = await domo.datasets.upsert(dataset, [{"id": 2, "region": "APAC", "amount": 9}])
    again = await domo.datasets.upsert(dataset, [(4, "EU", "4.25"), (3, "UK", None)])

    assert (1, True, ()) == (done.rows, done.verified, done.notes)
    assert 2 == again.rows
    assert [
        (1, "EU", Decimal("1.5")),
        (2, "APAC", Decimal(9)),
        (3, "UK", None),
        (4, "EU", Decimal("4.25")),
    ] == await content(domo, dataset)
    found = await domo.datasets.get(dataset)
    assert 4 == found.row_count
    state = await domo.datasets.status(dataset)
    assert state.dimension is not None
    assert 4 == state.dimension.row_count


async def test_rows_are_deleted_by_all_of_their_keys(domo: Domo, emulator: Emulator) -> None:
    dataset = await filled(domo, "id", "region")

    done = await domo.datasets.delete_rows(dataset, b"region,id\nEU,1\nUS,1\nEU,77\n")

    assert 3 == done.rows
    assert [(2, "US", Decimal(2)), (3, "EU", Decimal(3))] == await content(domo, dataset)
    assert len(b"1,EU\n1,US\n77,EU\n") == emulator.log.matching("PUT *parts/1")[-1].request_bytes
    await domo.datasets.upload(dataset, b"1,EU,7\n", action="APPEND")
    assert 3 == (await domo.datasets.get(dataset)).row_count


async def test_of_rows_with_the_same_keys_the_last_is_there(domo: Domo) -> None:
    dataset = await filled(domo, "id")

    await domo.datasets.upsert(dataset, b"5,EU,1\n5,US,2\n1,X,\n")
    await domo.datasets.upload(dataset, b"1,appended,\n", action="APPEND")

    rows = await content(domo, dataset)
    assert [(1, "X", None), (1, "appended", None)] == rows[:2]
    assert [(5, "US", Decimal(2))] == rows[-1:]
    assert 5 == (await domo.datasets.get(dataset)).row_count


async def test_upserts_survive_a_change_of_the_columns_and_a_deleted_version(domo: Domo) -> None:
    dataset = await filled(domo, "id")
    update = await domo.datasets.upsert(dataset, b"1,new,5\n")
    await domo.datasets.schemas.alter(dataset, [*keyed("id")[::-1], Column(name="note", type=ColumnType.STRING)])

    rows = await domo.datasets.query(dataset, "SELECT id, region FROM table ORDER BY id")
    assert [(1, "new"), (2, "US"), (3, "EU")] == list(rows)
    await domo.datasets.versions.delete(dataset, data_ids=[update.upload_id])
    rows = await domo.datasets.query(dataset, "SELECT id, region FROM table ORDER BY id")
    assert [(1, "EU"), (2, "US"), (3, "EU")] == list(rows)


async def test_it_is_refused_where_the_keys_are_not_known(domo: Domo, emulator: Emulator) -> None:
    without = await domo.datasets.create("Plain", PLAIN)
    dataset = await filled(domo, "id")
    before = len(emulator.log.matching("POST *uploads*"))

    with pytest.raises(ConfigError, match=r"no upsert keys.*upsert_key=True.*keys="):
        await domo.datasets.upsert(without.id, b"1,EU,1\n")
    with pytest.raises(ConfigError, match="no upsert keys"):
        await domo.datasets.delete_rows(without.id, b"1\n")
    with pytest.raises(ConfigError, match="are id, not region"):
        await domo.datasets.delete_rows(dataset, b"EU\n", keys=["region"])
    with pytest.raises(ConfigError, match="no column nothing"):
        await domo.datasets.delete_rows(without.id, b"1\n", keys=["nothing"])
    with pytest.raises(ConfigError, match=r"write \['id'\]"):
        await domo.datasets.delete_rows(dataset, b"1\n", keys="id")
    with pytest.raises(SourceError, match="amount"):
        await domo.datasets.delete_rows(dataset, [{"id": 1, "amount": 2}])
    with pytest.raises(ConfigError, match="not partitions"):
        await domo.datasets.upsert(dataset, b"1,EU,1\n", partition="2024")
    with pytest.raises(ConfigError, match='does not take action="APPEND"'):
        await domo.datasets.upsert(dataset, b"1,EU,1\n", action="APPEND")
    assert before == len(emulator.log.matching("POST *uploads*"))


async def test_keys_that_the_schema_does_not_tell_can_be_named(domo: Domo, emulator: Emulator) -> None:
    dataset = await domo.datasets.create("Plain", PLAIN)
    plan = await domo.datasets.plan_upload(dataset.id, b"id\n1\n", action="DELETE", keys=["id"])

    assert (("id",), 1) == (plan.columns, plan.rows)


async def test_a_journal_goes_on_with_an_upsert_and_sends_no_twice(domo: Domo, tmp_path: Path) -> None:
    dataset = await filled(domo, "id")
    journal, rows = tmp_path / "journal", b"1,a,\n2,b,\n"
    options: UploadKeywords = {"resume": journal}

    first = await domo.datasets.upsert(dataset, rows, **options)
    again = await domo.datasets.upsert(dataset, rows, **options)
    longer = await domo.datasets.upsert(dataset, rows + b"3,c,\n", **options)
    with pytest.raises(ConfigError, match="another upload: action"):
        await domo.datasets.upload(dataset, rows, action="APPEND", resume=journal)

    assert (False, True, False) == (first.replayed, again.replayed, longer.replayed)
    assert ["a", "b", "c"] == [region for _, region, _ in await content(domo, dataset)]


async def test_versions_of_a_dataset_with_upsert_keys_are_not_thinned_out(domo: Domo) -> None:
    dataset = await filled(domo, "id")
    await domo.datasets.upsert(dataset, b"1,a,\n1,b,\n1,c,\n")

    with pytest.raises(ConfigError, match="upsert keys"):
        await domo.datasets.versions.keep_last(dataset, 1)
    assert 2 == len(await domo.datasets.versions.list(dataset).all())


@pytest.mark.parametrize("action", [None, "REPLACE", "APPEND"])
async def test_keys_that_an_upload_would_not_go_by_are_refused(domo: Domo, action: Action | None) -> None:
    made = (await domo.datasets.create("d", {"id": "LONG"})).id
    await domo.datasets.upload(made, b"1\n2\n")
    options: UploadKeywords = {"action": action, "keys": ["id"]}
    for call in (
        domo.datasets.upload(made, b"1\n", action=action, keys=["id"]),
        domo.datasets.plan_upload(made, b"1\n", **options),
        domo.datasets.create_from(b"id\n1\n", "e", **options),
    ):
        with pytest.raises(ConfigError, match=r"call datasets\.upsert"):
            await call

    assert [(1,), (2,)] == await content(domo, made)

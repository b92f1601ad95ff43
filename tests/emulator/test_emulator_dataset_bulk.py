"""Datasets searched for, deleted and restored, handed over and changed many at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domo_async import BadRequest, ConfigError, Domo, Forbidden, NotFound
from domo_async._endpoints.datasets.expressions import column
from domo_async._endpoints.datasets.grants import Grant
from domo_async._endpoints.datasets.metadata import DatasetOrder
from domo_async._endpoints.search.filters import Term, Wildcard
from domo_async._endpoints.search.models import FieldSort, Sort
from domo_async.emulator import Emulator
from tests.emulator.others import another
from tests.emulator.plain_client import connected
from tests.emulator.test_emulator_datasets import put_group
from tests.support import SkippingClock

COLUMNS = {"region": "STRING", "amount": "LONG"}
ROWS = b"North,1\nSouth,2\nNorth,3\n"


async def made(domo: Domo, *names: str) -> list[str]:
    return [(await domo.datasets.create(name, COLUMNS)).id for name in names]


async def names(domo: Domo) -> list[str | None]:
    return [dataset.name for dataset in await domo.datasets.list().all()]


async def test_lists_take_the_words_kinds_and_times_of_the_data_service(domo: Domo, emulator: Emulator) -> None:
    first, second, third = await made(domo, "b", "a", "c")
    await domo.datasets.update_properties(third, data_provider_type="webform")
    instance = emulator._instance
    for day, each in enumerate((first, second, third)):
        instance.dataset(each).created = datetime(2025, 1, 1 + day, tzinfo=UTC)

    async def listed(**asked: object) -> str:
        return "".join(str(each.name) for each in await domo.datasets.list(**asked).all())  # type: ignore[arg-type]

    assert ("abc", "cba") == (await listed(sort_by="name"), await listed(sort_by="name", ascending=False))
    assert ("cab", "bac") == (await listed(sort_by="createdAt"), await listed(sort_by="createdAt", ascending=True))
    for order in DatasetOrder:
        assert 3 == len(await listed(sort_by=order)), order
    with pytest.raises(ConfigError, match="dataSourceId only with ascending"):
        domo.datasets.list(sort_by="dataSourceId", ascending=False)
    with pytest.raises(ConfigError, match="must be one of name, lastTouched"):
        domo.datasets.list(sort_by="colour", ascending=True)
    assert "ac" == await listed(created_since=datetime(2025, 1, 2, tzinfo=UTC))
    assert "bc" == await listed(dataset_ids=[first, third], include_hidden=True, parts=["core", "status"])
    assert ("bac", "c") == (await listed(type=["api", "webform"]), await listed(type="webform"))
    with pytest.raises(ConfigError, match="time zone"):
        domo.datasets.list(created_since=datetime(2025, 1, 2))


async def test_the_facts_of_a_list_are_told_beside_it(emulator: Emulator) -> None:
    async with connected(emulator) as plain:
        listed = await plain.call("GET", "/api/data/v3/datasources?limit=7&offset=2")

    facts = {"totalCount": 0, "limit": 7, "offset": 2, "executor": "APIDATA", "augmented": False}
    assert {"dataSources": [], "_metaData": facts} == listed


async def test_a_search_gives_datasets_with_their_metadata(domo: Domo, emulator: Emulator) -> None:
    sales, more, _ = await made(domo, "Sales North", "Sales South", "Costs")
    await domo.datasets.set_tags(sales, tags=["q1"])
    by_name = Sort([FieldSort("name_sort", "DESC")])

    found = await domo.datasets.search(filters=[Wildcard("name_sort", "*sales*")], sort_by=by_name, page_size=1).all()
    async with another(emulator, 1001) as ada:
        assert [] == await ada.datasets.search("sales").all()
        await domo.datasets.access.share(more, permissions=[Grant(1001, "CAN_VIEW")], send_email=False)
        assert [more] == [each.id for each in await ada.datasets.search("sales").all()]

    assert [more, sales] == [each.id for each in found]
    assert ("q1",) == found[1].tag_names
    assert found[0].schema is not None
    assert ["region", "amount"] == [each.name for each in found[0].schema.columns]
    assert 3 == len(await domo.datasets.search(filters=[Term("owned_by_id", "1")]).all())
    with pytest.raises(ConfigError, match="page_size"):
        domo.datasets.search(page_size=101)


async def test_several_datasets_are_told_by_one_request(domo: Domo, emulator: Emulator) -> None:
    first, second = await made(domo, "a", "b")
    emulator.log.clear()

    found = await domo.datasets.get_many([second, first, "absent"], parts="core", include_all_details=True)

    assert {first, second} == {each.id for each in found}
    assert 1 == len(emulator.log)
    with pytest.raises(ConfigError, match="dataset_ids is empty"):
        await domo.datasets.get_many([])


async def test_a_dataset_deleted_softly_comes_back_with_its_rows_its_tags_and_its_access(
    domo: Domo, emulator: Emulator
) -> None:
    kept, handed_on, gone = await made(domo, "Kept", "Handed on", "Gone")
    await domo.datasets.upload(kept, ROWS)
    await domo.datasets.set_tags(kept, tags=["q1"])
    async with another(emulator, 1001) as ada:
        await domo.datasets.access.share(kept, permissions=[Grant(1001, "CAN_VIEW")], send_email=False)
        await domo.datasets.delete(kept)
        await domo.datasets.delete_many([handed_on])
        await domo.datasets.delete(gone, delete_method="hard")

        assert [] == await names(domo) == await names(ada)
        with pytest.raises(NotFound):
            await domo.datasets.query(kept, "SELECT * FROM table")
        with pytest.raises(NotFound):
            await domo.datasets.restore([kept, gone])
        with pytest.raises(Forbidden):
            await ada.datasets.restore([kept])
        await domo.datasets.restore([kept])
        await domo.datasets.restore([handed_on], new_owner_id=1001)

        assert ["Kept", "Handed on"] == await names(domo) == await names(ada)
        assert 3 == len(await ada.datasets.query(kept, "SELECT * FROM table"))
        assert ("q1",) == (await ada.datasets.get(kept)).tag_names
        owner = (await ada.datasets.get(handed_on)).owner
        assert owner is not None
        assert "1001" == owner.id
    with pytest.raises(NotFound):
        await domo.datasets.restore([kept])


async def test_a_dataset_deleted_softly_can_be_restored_after_a_restart(tmp_path: object) -> None:
    directory = str(tmp_path)
    async with Emulator(data=directory) as emulator, emulator.client() as domo:
        (kept,) = await made(domo, "Kept")
        await domo.datasets.upload(kept, ROWS)
        await domo.datasets.delete(kept)
    async with Emulator(data=directory) as emulator, emulator.client() as domo:
        assert [] == await names(domo)
        await domo.datasets.restore([kept])
        assert 3 == len(await domo.datasets.query(kept, "SELECT * FROM table"))


async def test_datasets_are_handed_over(domo: Domo, emulator: Emulator) -> None:
    first, second, third = await made(domo, "a", "b", "c")
    async with another(emulator, 1001) as ada, another(emulator, 1002):
        with pytest.raises(Forbidden):
            await ada.datasets.set_owner(first, user_id=1001)
        await domo.datasets.set_owner(first, user_id=1001)
        await domo.datasets.set_owner_of_many([second, third], user_id="1001")
        done = await ada.datasets.bulk.reassign([third], user_id=1002)

        owners = {each.name: each.owner.id for each in await domo.datasets.list().all() if each.owner is not None}
        assert {"a": "1001", "b": "1001", "c": "1002"} == owners
        assert (third,) == done.successful
    with pytest.raises(ConfigError, match="either user_id or group_id"):
        await domo.datasets.set_owner(first)
    with pytest.raises(ConfigError, match="either user_id or group_id"):
        await domo.datasets.bulk.reassign([first], user_id=1, group_id=2)
    with pytest.raises(BadRequest, match="users as owners"):
        await domo.datasets.set_owner(first, group_id=8)
    with pytest.raises(NotFound):
        await domo.datasets.set_owner_of_many([first], user_id=404)


async def test_each_dataset_of_a_bulk_request_is_told_done_or_not(domo: Domo, emulator: Emulator) -> None:
    mine, other, deleted = await made(domo, "a", "b", "c")
    await domo.datasets.delete(deleted)
    put_group(emulator, 8, 1001)
    async with another(emulator, 1001) as ada:
        await domo.datasets.access.share(mine, permissions=[Grant(1001, "CAN_EDIT")], send_email=False)

        tagged = await ada.datasets.bulk.tag([mine, other, deleted, "absent"], tags=["x", "y"])
        await ada.datasets.bulk.untag([mine], tags=["x"])
        shared = await domo.datasets.bulk.share(
            [mine, other], permissions=[Grant(8, "CAN_VIEW", "GROUP")], send_email=False
        )
        run = await domo.datasets.bulk.run([mine])
        checked = await ada.datasets.bulk.check("delete", [mine])
        removed = await domo.datasets.bulk.delete([mine, "absent"])

    assert (mine,) == tagged.successful
    assert {other: "NO_ACCESS", deleted: "DELETED", "absent": "NO_ACCESS"} == tagged.failed
    assert ((mine, other), {}) == (shared.successful, shared.failed)
    assert {mine: "WRONG_TYPE"} == run.failed
    assert ((), {mine: "NO_ACCESS"}, True) == (checked.valid_items, checked.invalid_items, checked.type_valid)
    assert ((mine,), {"absent": "NO_ACCESS"}) == (removed.successful, removed.failed)
    await domo.datasets.restore([mine])
    assert ("y",) == (await domo.datasets.get(mine)).tag_names
    assert [("y", 1)] == [(tag.key, tag.display_meta) for tag in await domo.datasets.tags()]
    assert [] == list(await domo.datasets.find_tags("z"))


async def test_who_has_access_is_told_of_all_datasets_in_pages(domo: Domo, emulator: Emulator) -> None:
    first, second = await made(domo, "a", "b")
    app = [Grant("app-1", "CAN_VIEW", "DATA_APP"), Grant("page-1", "CAN_VIEW", "REPORT_VIEW_PAGE")]
    await domo.datasets.access.share(second, permissions=app, send_email=False, message="Look")
    async with another(emulator, 1001):
        await domo.datasets.access.change(first, Grant(1001, "CAN_EDIT"))

    told = await domo.datasets.access.list_all(page_size=2).all()
    direct = await domo.datasets.access.list_direct([second]).all()

    expected = [(first, "1", "OWNER"), (first, "1001", "CAN_EDIT"), (second, "1", "OWNER")]
    assert expected == [(each.data_source_id, each.id, each.access_level) for each in told[:3]]
    assert ["USER", "DATA_APP", "REPORT_VIEW_PAGE"] == [each.type for each in direct]
    await domo.datasets.access.change(first, Grant(1001, "NONE"))
    assert 1 == len(await domo.datasets.access.list(first).all())


async def test_a_query_made_of_expressions_gives_what_its_sql_gives(domo: Domo, clock: SkippingClock) -> None:
    (dataset,) = await made(domo, "a")
    await domo.datasets.upload(dataset, ROWS)
    count = {"exprType": "FUNCTION", "name": "COUNT", "distinct": False, "arguments": [column("amount")]}
    north = {
        "exprType": "IN",
        "leftExpr": column("region"),
        "not": False,
        "selectSet": [{"exprType": "STRING_VALUE", "value": "North"}],
    }

    grouped = await domo.datasets.query_structured(dataset, ["region", count], group_by=["region"], order_by=["region"])
    some = await domo.datasets.query_structured(
        dataset, ["amount"], where=north, order_by=["amount"], limit=1, offset=1
    )

    assert [("North", 2), ("South", 1)] == list(map(tuple, grouped.rows))
    assert [(3,)] == list(map(tuple, some.rows))
    with pytest.raises(ConfigError, match="an offset needs a limit"):
        await domo.datasets.query_structured(dataset, ["amount"], offset=1)
    with pytest.raises(ConfigError, match="columns is empty"):
        await domo.datasets.query_structured(dataset, [])
    with pytest.raises(BadRequest, match="exprType"):
        await domo.datasets.query_structured(dataset, [{"exprType": "MAGIC"}])


async def test_a_change_of_properties_gives_the_dataset(domo: Domo) -> None:
    (dataset,) = await made(domo, "a")

    changed = await domo.datasets.update_properties(dataset, name="b", description="Of the shop")

    assert ("b", "Of the shop", "ADRENALINE") == (changed.name, changed.description, changed.cryo_status)
    assert "READ_WRITE_DELETE_SHARE_ADMIN" == changed.permissions
    assert changed.last_touched is not None
    assert changed.last_touched > datetime.now(UTC) - timedelta(minutes=1)

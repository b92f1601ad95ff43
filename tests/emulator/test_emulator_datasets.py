"""Datasets of the embedded instance: listed, tagged, shared, deleted, and closed to those who may not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from domo_async import BadRequest, Domo, Forbidden, NotFound
from domo_async._emulator.access.people import add_user
from domo_async._endpoints.datasets.grants import Grant, Grantee
from domo_async.emulator import Emulator
from tests.emulator.others import another

COLUMNS = {"region": "STRING", "amount": "LONG"}
ROWS = b"North,1\nSouth,2\n"


def put_group(emulator: Emulator, group_id: int, *members: int) -> None:
    group = {"id": group_id, "name": "Sales", "type": "closed", "userIds": list(members)}
    emulator._instance.records["groups"].put(group_id, group)


async def test_a_dataset_lives_and_dies(domo: Domo) -> None:
    made = await domo.datasets.create("Orders", COLUMNS)
    await domo.datasets.update_properties(made.id, name="Web Orders", description="Of the shop")
    await domo.datasets.set_tags(made.id, tags=["b", "a", "b"])

    seen = await domo.datasets.get(made.id, parts="core,permission")
    assert ("Web Orders", "Of the shop") == (seen.name, seen.description)
    assert ("b", "a") == seen.tag_names
    await domo.datasets.set_tags(made.id, tags=[])
    assert () == (await domo.datasets.get(made.id)).tag_names
    await domo.datasets.delete(made.id, delete_method="hard")
    assert [] == await domo.datasets.list().all()
    with pytest.raises(NotFound):
        await domo.datasets.get(made.id)
    with pytest.raises(NotFound):
        await domo.datasets.query(made.id, "SELECT * FROM table")


async def test_datasets_are_listed_in_pages_by_what_is_asked_for(domo: Domo, emulator: Emulator) -> None:
    for name in ("orders b", "Orders a", "Words", "orders c"):
        await domo.datasets.create(name, COLUMNS)
    async with another(emulator, 1001) as ada:
        theirs = await ada.datasets.create("Orders of Ada", COLUMNS)
        seen_by_ada = await ada.datasets.list().all()

    found = domo.datasets.list(name_like="ORDERS", owner_id=1, sort_by="name", ascending=False, page_size=2)
    assert ["orders c", "orders b", "Orders a"] == [dataset.name async for dataset in found]
    assert [theirs.id] == [dataset.id for dataset in seen_by_ada]
    assert [theirs.id] == [dataset.id async for dataset in domo.datasets.list(owner_id=1001)]
    assert 5 == len(await domo.datasets.list(data_provider_type="api").all())
    assert [] == await domo.datasets.list(type="csv").all()
    with pytest.raises(BadRequest, match="orderBy"):
        await domo.datasets.list(sort_by="colour").all()


async def test_access_is_given_seen_and_taken(domo: Domo, emulator: Emulator) -> None:
    made = await domo.datasets.create("Orders", COLUMNS)
    async with another(emulator, 1001) as ada:
        put_group(emulator, 8, 1001)
        with pytest.raises(Forbidden):
            await ada.datasets.get(made.id)
        await domo.datasets.access.share(made.id, permissions=[Grant(8, "CAN_VIEW", "GROUP")], send_email=False)
        assert "Orders" == (await ada.datasets.get(made.id)).name
        await domo.datasets.access.share(made.id, permissions=[Grant(1001, "CAN_EDIT")], send_email=False)

        told = await ada.datasets.access.list(made.id).all()
        assert [("1", "OWNER", "Emulator Owner"), ("8", "CAN_VIEW", "Sales"), ("1001", "CAN_EDIT", "User 1001")] == [
            (entry.id, entry.access_level, entry.name) for entry in told
        ]

        await domo.datasets.access.revoke(made.id, 1001)
        assert "READ" == (await ada.datasets.get(made.id)).permissions
        await domo.datasets.access.remove_many(made.id, users=[Grantee(8, "GROUP"), 1001])
        with pytest.raises(Forbidden):
            await ada.datasets.get(made.id)
        with pytest.raises(NotFound):
            await domo.datasets.access.remove(made.id, 1001)


Deed = Callable[[Domo, str], Awaitable[object]]
DEEDS: dict[str, list[Deed]] = {
    "CAN_VIEW": [
        lambda domo, dataset: domo.datasets.query(dataset, "SELECT * FROM table"),
        lambda domo, dataset: domo.datasets.schemas.latest(dataset),
        lambda domo, dataset: domo.datasets.versions.list(dataset).all(),
        lambda domo, dataset: domo.datasets.partitions.list(dataset).all(),
        lambda domo, dataset: domo.datasets.versions.from_magic(dataset).all(),
        lambda domo, dataset: domo.datasets.policies.list(dataset).all(),
    ],
    "CAN_SHARE": [
        lambda domo, dataset: domo.datasets.access.share(
            dataset, permissions=[Grant(1002, "CAN_VIEW")], send_email=False
        ),
    ],
    "CAN_EDIT": [
        lambda domo, dataset: domo.datasets.uploads.open(dataset),
        lambda domo, dataset: domo.datasets.set_tags(dataset, tags=["x"]),
        lambda domo, dataset: domo.datasets.schemas.alter(dataset, COLUMNS),
        lambda domo, dataset: domo.datasets.update_properties(dataset, name="New"),
        lambda domo, dataset: domo.datasets.indexes.create(dataset),
    ],
    "CO_OWNER": [
        lambda domo, dataset: domo.datasets.policies.enable(dataset, enabled=False),
        lambda domo, dataset: domo.datasets.delete(dataset),
    ],
}


@pytest.mark.parametrize("level", DEEDS)
async def test_a_level_allows_what_it_says_and_no_more(level: str, domo: Domo, emulator: Emulator) -> None:
    made = await domo.datasets.create("Orders", COLUMNS)
    levels = list(DEEDS)
    async with another(emulator, 1001) as ada:
        add_user(emulator._instance, "Bob", "bob@example.com", 2, user_id=1002)
        await domo.datasets.access.share(made.id, permissions=[Grant(1001, level)], send_email=False)

        # From the highest down, so that nothing is deleted before it was tried.
        for other in levels[levels.index(level) + 1 :]:
            for deed in DEEDS[other]:
                with pytest.raises(Forbidden):
                    await deed(ada, made.id)
        for other in levels[: levels.index(level) + 1]:
            for deed in DEEDS[other]:
                await deed(ada, made.id)


async def test_nobody_gives_more_than_they_have(domo: Domo, emulator: Emulator) -> None:
    made = await domo.datasets.create("Orders", COLUMNS)
    async with another(emulator, 1001) as ada:
        add_user(emulator._instance, "Bob", "bob@example.com", 2, user_id=1002)
        permissions = [Grant(1001, "CAN_SHARE"), Grant(1002, "CO_OWNER")]
        await domo.datasets.access.share(made.id, permissions=permissions, send_email=False)

        for deed in (
            ada.datasets.access.share(made.id, permissions=[Grant(1001, "CAN_EDIT")], send_email=False),
            ada.datasets.access.share(made.id, permissions=[Grant(1002, "CAN_VIEW")], send_email=False),
            ada.datasets.access.revoke(made.id, 1002),
        ):
            with pytest.raises(Forbidden):
                await deed
        with pytest.raises(BadRequest, match="owner"):
            await domo.datasets.access.revoke(made.id, 1)


async def test_a_dataset_is_handed_over(domo: Domo, emulator: Emulator) -> None:
    made = await domo.datasets.create("Orders", COLUMNS)
    async with another(emulator, 1001) as ada:
        await domo.datasets.access.share(made.id, permissions=[Grant(1001, "OWNER")], send_email=False)

        told = await ada.datasets.access.list(made.id).all()
        assert [("1001", "OWNER"), ("1", "CO_OWNER")] == [(entry.id, entry.access_level) for entry in told]
        await ada.datasets.delete(made.id)


@pytest.mark.parametrize(
    "permissions",
    [[Grant(404, "CAN_VIEW")], [Grant(404, "CAN_VIEW", "GROUP")], [Grant(1, "CAN_FLY")], [Grant(1, "CAN_VIEW", "DOG")]],
)
async def test_permissions_that_cannot_be_given_change_nothing(
    permissions: list[Grant], domo: Domo, emulator: Emulator
) -> None:
    made = await domo.datasets.create("Orders", COLUMNS)
    async with another(emulator, 1001):
        with pytest.raises((BadRequest, NotFound)):
            await domo.datasets.access.share(
                made.id, permissions=[Grant(1001, "CAN_VIEW"), *permissions], send_email=False
            )

        assert 1 == len(await domo.datasets.access.list(made.id).all())


async def test_cards_of_a_dataset_count(domo: Domo, emulator: Emulator) -> None:
    made = await domo.datasets.create("Orders", COLUMNS)
    emulator._instance.records["cards"].put(5, {"id": 5, "datasourceId": made.id, "title": "Sum", "views": 3})

    seen = await domo.datasets.get(made.id)
    assert 1 == seen.card_count
    assert seen.card_info is not None
    assert (1, 3) == (seen.card_info.card_count, seen.card_info.card_view_count)


async def test_a_dataflow_would_load_the_live_versions(domo: Domo) -> None:
    made = await domo.datasets.create("Orders", COLUMNS)
    await domo.datasets.upload(made.id, ROWS)
    await domo.datasets.upload(made.id, ROWS, action="REPLACE")
    await domo.datasets.upload(made.id, ROWS, action="APPEND")

    assert 3 == len(await domo.datasets.versions.list(made.id).all())
    loaded = await domo.datasets.versions.from_magic(made.id, page_size=1).all()
    assert [2, 2] == [version.num_rows for version in loaded]

from __future__ import annotations

import pytest

from domo_async import BadRequest, Conflict, Domo, Forbidden, NotFound
from domo_async._emulator.routes import sharing
from domo_async._emulator.services import cards
from domo_async._endpoints.sharing import Recipient, Resource
from domo_async.emulator import Emulator
from tests.emulator.others import colleague
from tests.emulator.plain_client import connected


async def a_page(domo: Domo, title: str = "Sales") -> int:
    return (await domo.pages.create(parent_page_id=0, title=title)).page_id


async def test_a_shared_page_is_seen_with_its_cards_until_access_is_revoked(emulator: Emulator, domo: Domo) -> None:
    page_id = await a_page(domo)
    dataset = await domo.datasets.create("Orders", {"id": "LONG"})
    card = cards.create(emulator._instance, title="Orders", dataset_id=dataset.id, page_ids=[page_id])
    async with colleague(domo) as ada:
        await domo.sharing.share(
            resources=[Resource(page_id)], recipients=[Recipient(ada.id)], message="Look", send_email=False
        )

        assert [card["id"]] == [each.id for each in (await ada.domo.pages.get(page_id)).cards]
        assert "Orders" == (await ada.domo.cards.render(card["id"], parts=["title"])).title
        with pytest.raises(Forbidden):
            await ada.domo.pages.delete(page_id)

        await domo.pages.revoke_access(page_id, ada.id)

        assert [] == await ada.domo.pages.list().all()
        with pytest.raises(Forbidden):
            await ada.domo.pages.get(page_id)
        with pytest.raises(Forbidden):
            await ada.domo.cards.render(card["id"], parts=["title"])


async def test_content_shared_with_a_group_is_shared_with_its_members(emulator: Emulator, domo: Domo) -> None:
    page_id = await a_page(domo)
    group = await domo.groups.create(name="Team", type="closed")
    async with colleague(domo) as ada:
        await domo.sharing.share(resources=[Resource(page_id)], recipients=[Recipient(group.id, "group")])
        assert [] == await ada.domo.pages.list().all()

        await domo.groups.add_member(group.id, ada.id)

        assert [page_id] == [page.page_id async for page in ada.domo.pages.list()]
        with pytest.raises(Conflict, match="by a group"):
            await domo.pages.revoke_access(page_id, ada.id)


async def test_whoever_sees_a_card_shares_it_further(emulator: Emulator, domo: Domo) -> None:
    dataset = await domo.datasets.create("Orders", {"id": "LONG"})
    card = cards.create(emulator._instance, title="Orders", dataset_id=dataset.id)
    async with colleague(domo) as ada, colleague(domo, "Ben") as ben:
        badge = Resource(card["id"], "badge")
        with pytest.raises(Forbidden):
            await ada.domo.sharing.share(resources=[badge], recipients=[Recipient(ben.id)])
        await domo.sharing.share(resources=[badge], recipients=[Recipient(ada.id)])

        await ada.domo.sharing.share(resources=[badge], recipients=[Recipient(ben.id)])

        assert [card["id"]] == [each.id async for each in ben.domo.cards.list()]


async def test_a_shared_dataset_can_be_read(emulator: Emulator, domo: Domo) -> None:
    dataset = await domo.datasets.create("Orders", {"id": "LONG"})
    async with colleague(domo) as ada:
        with pytest.raises(Forbidden):
            await ada.domo.datasets.get(dataset.id)

        await domo.sharing.share(resources=[Resource(dataset.id, "dataset")], recipients=[Recipient(ada.id)])

        assert "Orders" == (await ada.domo.datasets.get(dataset.id)).name
        with pytest.raises(Forbidden):
            await ada.domo.sharing.share(resources=[Resource(dataset.id, "dataset")], recipients=[Recipient(1)])


async def test_apps_are_shared_by_their_owner_and_found(emulator: Emulator, domo: Domo) -> None:
    app = sharing.create_app(emulator._instance, title="Field App")
    async with colleague(domo) as ada, colleague(domo, "Ben") as ben:
        with pytest.raises(Forbidden):
            await ada.domo.sharing.share_apps(data_app_ids=[app["id"]], recipients=[Recipient(ben.id)])

        await domo.sharing.share_apps(data_app_ids=[app["id"]], recipients=[Recipient(ada.id)], message="Look")

        await ada.domo.sharing.share_apps(data_app_ids=[app["id"]], recipients=[Recipient(ben.id)])
    found = [hit async for hit in domo.search.iterate("field", entities=["data_app"])]
    assert ["Field App"] == [hit.title for hit in found]


async def test_all_or_nothing_is_shared(emulator: Emulator, domo: Domo) -> None:
    page_id = await a_page(domo)
    async with colleague(domo) as ada:
        with pytest.raises(NotFound):
            await domo.sharing.share(resources=[Resource(page_id), Resource(4711)], recipients=[Recipient(ada.id)])
        with pytest.raises(NotFound):
            await domo.sharing.share(resources=[Resource(page_id)], recipients=[Recipient(ada.id), Recipient(4711)])
        with pytest.raises(BadRequest, match="page, badge, dataset"):
            await domo.sharing.share(resources=[Resource(page_id, "story")], recipients=[Recipient(ada.id)])
        with pytest.raises(NotFound):
            await domo.sharing.share_apps(data_app_ids=[1], recipients=[Recipient(ada.id)])

        assert [] == await ada.domo.pages.list().all()


async def test_access_is_taken_by_those_who_may_and_never_from_the_owner(emulator: Emulator, domo: Domo) -> None:
    page_id = await a_page(domo)
    async with colleague(domo) as ada:
        await domo.sharing.share(resources=[Resource(page_id)], recipients=[Recipient(ada.id)])

        with pytest.raises(Forbidden):
            await ada.domo.pages.revoke_access(page_id, ada.id)
        with pytest.raises(Conflict, match="owns the page"):
            await domo.pages.revoke_access(page_id, 1)
        async with connected(emulator) as plain:
            access = await plain.call("GET", f"/api/content/v1/share/accesslist/page/{page_id}")

    assert {1: True, ada.id: False} == {user["id"]: user["isOwner"] for user in access["users"]}


async def test_a_new_page_of_an_old_number_is_shared_with_nobody(emulator: Emulator, domo: Domo) -> None:
    page_id = await a_page(domo)
    async with colleague(domo) as ada:
        await domo.sharing.share(resources=[Resource(page_id)], recipients=[Recipient(ada.id)])
        await domo.pages.delete(page_id)

        assert 0 == len(emulator._instance.records["shares"])

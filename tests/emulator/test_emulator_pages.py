from __future__ import annotations

import json

import pytest

from domo_async import BadRequest, Conflict, Domo, Forbidden, NotFound
from domo_async._emulator.routes import pages
from domo_async._emulator.services import cards
from domo_async._endpoints.groups.models import Member
from domo_async.emulator import Emulator
from tests.emulator.others import a_user, acting_as, colleague

TOP = 0


async def test_a_page_lives_from_its_making_to_its_deletion(emulator: Emulator, domo: Domo) -> None:
    sales = await domo.pages.create(parent_page_id=TOP, title="Sales")
    weekly = await domo.pages.create(parent_page_id=sales.page_id, title="Weekly", has_layout=False)

    got = await domo.pages.get(weekly.page_id)
    below = await domo.pages.list(parent_page_ids=[sales.page_id]).all()
    found = [hit async for hit in domo.search.iterate("Weekly", entities=["page"])]

    assert (sales.page_id, "Weekly", False) == (weekly.parent_page_id, weekly.title, weekly.has_layout)
    assert {"pageTitle": "Weekly", "title": "Weekly", "type": "page"} == json.loads(weekly.metadata or "")
    assert weekly == got.page
    assert [(weekly.page_id, "Weekly", sales.page_id)] == [
        (page.page_id, page.page_title, page.top_page_id) for page in below
    ]
    assert [str(weekly.page_id)] == [str(hit.database_id) for hit in found]

    await domo.pages.delete(weekly.page_id)

    assert [] == await domo.pages.list(parent_page_ids=[sales.page_id]).all()
    with pytest.raises(NotFound):
        await domo.pages.get(weekly.page_id)


async def test_lists_of_pages_come_in_pages_and_in_order(emulator: Emulator, domo: Domo) -> None:
    for number in range(120):
        pages.create(emulator._instance, title=f"Page {number:03}", at=1_700_000_000_000 - number)

    by_title = [page.page_title async for page in domo.pages.list(title="PAGE", offset=10, limit=100)]
    latest = await domo.pages.list(sort_by="lastModified", ascending=False).first()

    assert [f"Page {number:03}" for number in range(10, 110)] == by_title
    assert latest is not None
    assert "Page 000" == latest.page_title


async def test_moved_pages_are_below_another_page(emulator: Emulator, domo: Domo) -> None:
    sales, goals = [await domo.pages.create(parent_page_id=TOP, title=title) for title in ("Sales", "Goals")]
    moved = [await domo.pages.create(parent_page_id=sales.page_id, title=title) for title in ("Weekly", "Monthly")]

    await domo.pages.move(page_ids=[page.page_id for page in moved], parent_page_id=goals.page_id)

    assert [] == await domo.pages.list(parent_page_ids=[sales.page_id]).all()
    below = await domo.pages.list(parent_page_ids=[goals.page_id]).all()
    assert ["Monthly", "Weekly"] == [page.page_title for page in below]
    await domo.pages.move(page_ids=[goals.page_id], parent_page_id=-100000)
    tops = await domo.pages.list(parent_page_ids=[-100000]).all()
    assert ["Goals", "Sales"] == [page.page_title for page in tops]


async def test_impossible_pages_are_refused(emulator: Emulator, domo: Domo) -> None:
    sales = await domo.pages.create(parent_page_id=TOP, title="Sales")
    weekly = await domo.pages.create(parent_page_id=sales.page_id, title="Weekly")
    other = await domo.pages.create(parent_page_id=TOP, title="Weekly")

    with pytest.raises(Conflict, match="already"):
        await domo.pages.create(parent_page_id=sales.page_id, title="Weekly")
    with pytest.raises(Conflict, match="already"):
        await domo.pages.move(page_ids=[other.page_id], parent_page_id=sales.page_id)
    with pytest.raises(Conflict, match="below itself"):
        await domo.pages.move(page_ids=[sales.page_id], parent_page_id=weekly.page_id)
    with pytest.raises(Conflict, match="pages below"):
        await domo.pages.delete(sales.page_id)
    with pytest.raises(NotFound):
        await domo.pages.create(parent_page_id=4711, title="Nowhere")
    with pytest.raises(NotFound):
        await domo.pages.move(page_ids=[weekly.page_id, 4711], parent_page_id=other.page_id)
    with pytest.raises(BadRequest, match="ORIGINAL"):
        await domo.pages.move(page_ids=[weekly.page_id], parent_page_id=TOP, page_permission="NONE")


async def test_the_cards_of_a_deleted_page_stay(emulator: Emulator, domo: Domo) -> None:
    sales, goals = [await domo.pages.create(parent_page_id=TOP, title=title) for title in ("Sales", "Goals")]
    dataset = await domo.datasets.create("Orders", {"id": "LONG"})
    both = [sales.page_id, goals.page_id]
    card = cards.create(emulator._instance, title="Orders", dataset_id=dataset.id, page_ids=both)
    counts = {page.page_title: page.card_count async for page in domo.pages.list()}

    await domo.pages.delete(sales.page_id)

    assert {"Sales": 1, "Goals": 1} == counts
    assert [card["id"]] == [each.id for each in (await domo.pages.get(goals.page_id)).cards]
    listed = await domo.cards.list().first()
    assert listed is not None
    assert ({"pageId": goals.page_id, "title": "Goals"},) == listed.page_hierarchy


async def test_only_its_owner_and_admins_move_and_delete_a_page(emulator: Emulator, domo: Domo) -> None:
    sales = await domo.pages.create(parent_page_id=TOP, title="Sales")
    async with colleague(domo) as ada:
        own = await ada.domo.pages.create(parent_page_id=TOP, title="Mine")

        with pytest.raises(Forbidden):
            await ada.domo.pages.get(sales.page_id)
        with pytest.raises(Forbidden):
            await ada.domo.pages.create(parent_page_id=sales.page_id, title="Below")
        with pytest.raises(Forbidden):
            await ada.domo.pages.move(page_ids=[sales.page_id], parent_page_id=own.page_id)
        with pytest.raises(Forbidden):
            await ada.domo.pages.delete(sales.page_id)
        assert [own.page_id] == [page.page_id async for page in ada.domo.pages.list()]
        await ada.domo.pages.delete(own.page_id)

    assert ["Sales"] == [page.page_title async for page in domo.pages.list()]


async def test_a_page_is_told_alone_changed_and_moved_to_the_top(domo: Domo) -> None:
    top = await domo.pages.create(title="Sales")
    page = await domo.pages.create(title="Week", parent_page_id=top.page_id)

    await domo.pages.update(page.page_id, title="Weekly", locked=True)
    await domo.pages.move(page_ids=[page.page_id])

    told = await domo.pages.details(page.page_id)
    assert ("Weekly", True, True) == (told.title, told.locked, told.is_owner)
    assert told.created is not None
    assert told.created <= (told.updated or told.created)
    summaries = {each.page_title: each for each in await domo.pages.list(sort_by="createdTime").all()}
    weekly = summaries["Weekly"]
    assert (None, page.page_id, "Weekly", None) == (
        weekly.parent_page_id,
        weekly.top_page_id,
        weekly.top_page_title,
        weekly.card_count,
    )
    assert ("page", 1, "Emulator Owner") == (weekly.page_type, weekly.owner_id, weekly.owner_name)
    assert () == await domo.pages.cards(page.page_id)
    with pytest.raises(Conflict):
        await domo.pages.update(page.page_id, title="Sales")


async def test_pages_get_owners_and_lose_them(domo: Domo) -> None:
    ada = await a_user(domo, "Ada")
    group = (await domo.groups.create(name="Buyers", type="closed")).id
    pages = [(await domo.pages.create(title=title)).page_id for title in ("Sales", "Stock")]

    await domo.pages.add_owners(page_ids=pages, owners=[ada, Member(group, "GROUP")])
    async with acting_as(domo, ada) as theirs:
        await theirs.pages.update(pages[0], locked=True)
    await domo.pages.remove_owners(page_ids=pages[:1], owners=[1, ada])

    left = (await domo.pages.details(pages[0])).owners
    assert [("GROUP", group, "Buyers")] == [(one.type, one.id, one.display_name) for one in left]
    assert ["USER", "USER", "GROUP"] == [one.type for one in (await domo.pages.details(pages[1])).owners]
    assert [True] == [one.is_owner for one in (await domo.pages.access(pages[0])).groups]
    with pytest.raises(BadRequest, match="must keep an owner"):
        await domo.pages.remove_owners(page_ids=pages[:1], owners=[Member(group, "GROUP")])

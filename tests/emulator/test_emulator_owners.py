"""How things of the embedded instance get another owner, and how users are shut out."""

from __future__ import annotations

import pytest

from domo_async import BadRequest, Domo, Forbidden, NotFound, Unauthorized
from domo_async._emulator.routes import beast_modes, pages, sharing
from domo_async._emulator.services import cards, tasks, workflows
from domo_async._endpoints.search.filters import Term
from domo_async.emulator import Emulator
from tests.emulator.others import a_user, acting_as, colleague


async def test_cards_pages_and_apps_have_several_owners_one_of_whom_has_to_stay(emulator: Emulator, domo: Domo) -> None:
    instance = emulator._instance
    dataset = await domo.datasets.create("Orders", {"n": "LONG"})
    card = cards.create(instance, title="Count", dataset_id=dataset.id)["id"]
    page = pages.create(instance, title="Sales", parent_id=0)["id"]
    app = sharing.create_app(instance, title="Portal")["id"]
    async with colleague(domo) as ada:
        await domo.cards.add_owners(card_ids=[card], owners=[ada.id])
        await domo.cards.remove_owners(card_ids=[card], owners=[1])
        await domo.pages.add_owners(page_ids=[page], owners=[ada.id])
        await domo.data_apps.add_owners(data_app_ids=[app], owners=[ada.id])

        (told,) = await ada.domo.cards.get([card], parts=["owners"])
        assert [str(ada.id)] == [str(owner.id) for owner in told.owners]
        assert ada.id == told.owner_id
        assert [page] == [each.page_id async for each in domo.pages.list(owner_ids=[ada.id])]
        assert [app] == [each.data_app_id async for each in domo.data_apps.list(owner_ids=[ada.id])]
        for owner in (str(ada.id), f"{ada.id}:USER"):
            mine = domo.search.iterate(entities=["card", "page", "data_app"], filters=[Term("owned_by_id", owner)])
            assert [str(card), str(page), str(app)] == [str(hit.database_id) async for hit in mine]
        with pytest.raises(BadRequest, match="must keep an owner"):
            await domo.cards.remove_owners(card_ids=[card], owners=[ada.id])


async def test_queues_workflows_and_beast_modes_are_given_away_by_their_owner_alone(
    emulator: Emulator, domo: Domo
) -> None:
    instance = emulator._instance
    dataset = await domo.datasets.create("Orders", {"n": "LONG"})
    queue = tasks.add_queue(instance, name="Refunds", owner=1)["id"]
    model = workflows.add_model(instance, name="Refunds", owner=1)["id"]
    formula = beast_modes.create(instance, name="Total", expression="SUM(`n`)", dataset_id=dataset.id)["id"]
    before = await domo.beast_modes.get(formula)
    async with colleague(domo) as ada:
        for give in (
            lambda: ada.domo.task_center.queues.set_owner(queue, ada.id),
            lambda: ada.domo.beast_modes.set_owner([formula], ada.id),
        ):
            with pytest.raises(Forbidden):
                await give()
        assert ada.id == (await domo.task_center.queues.set_owner(queue, ada.id)).owner
        assert str(ada.id) == (await domo.workflows.set_owner(model, ada.id)).owner
        await domo.beast_modes.set_owner([formula], ada.id)
        after = await ada.domo.beast_modes.get(formula)
        assert "Refunds" == (await ada.domo.workflows.get(model)).name

    assert (ada.id, before.expression, before.links) == (after.owner, after.expression, after.links)
    with pytest.raises(NotFound, match="999"):
        await domo.beast_modes.set_owner([formula, 999], 1)


async def test_tasks_of_several_queues_are_assigned_at_once_and_those_that_cannot_be_are_told(
    emulator: Emulator, domo: Domo
) -> None:
    instance, ada = emulator._instance, await a_user(domo)
    for queue in ("q-1", "q-2"):
        tasks.add_queue(instance, name=queue, owner=1, queue_id=queue)
        tasks.add_task(instance, queue, title="Do", contract={}, inputs={}, user_id=1, task_id=f"T-{queue}")
    await domo.task_center.tasks.void("q-2", "T-q-2")

    told = await domo.task_center.tasks.assign_many({"q-1": ["T-q-1"], "q-2": ["T-q-2", "T-9"]}, user_id=ada)

    assert [str(ada)] == [str(task.assigned_to) for task in told["q-1"].completed]
    assert ((), ("T-q-2", "T-9")) == (told["q-2"].completed, told["q-2"].failed)


async def test_whoever_is_made_inactive_is_shut_out_and_logins_can_be_ended(emulator: Emulator, domo: Domo) -> None:
    ada = await a_user(domo)
    await domo.users.set_password(ada, password="engine number 1")
    async with await Domo.login(emulator.url, "ada@example.com", "engine number 1") as login:
        (session,) = await domo.users.sessions().all()
        assert ada == session.user_id
        await domo.users.end_session(session.id)
        with pytest.raises(Unauthorized):
            await login.users.me()
        with pytest.raises(NotFound):
            await domo.users.end_session(session.id)
    async with acting_as(domo, ada) as theirs:
        with pytest.raises(Forbidden):
            await theirs.users.sessions().all()
        assert (await domo.users.deactivate(ada)).is_active is False
        with pytest.raises(Unauthorized):
            await theirs.users.me()
    with pytest.raises(Unauthorized):
        await Domo.login(emulator.url, "ada@example.com", "engine number 1")
    assert [ada] == [user.id async for user in domo.users.profiles(active=False)]
    assert [1] == [user.id async for user in domo.users.profiles(active=True)]


async def test_collections_are_found_by_name_and_owner_page_by_page(domo: Domo) -> None:
    store = await domo.appdb.datastores.create(name="Store")
    for name in ("Orders", "Returns", "Old orders"):
        await domo.appdb.collections.create(store.id, name=name)
    async with colleague(domo) as ada:
        found = await domo.appdb.collections.search(page_size=1).all()
        await domo.appdb.collections.update(found[0].id, owner=ada.id)

        assert 3 == len(found)
        assert ("Store", 0) == (found[0].datastore_name, found[0].document_count)
        assert {"Orders", "Old orders"} == {each.name async for each in domo.appdb.collections.search(name="ORD")}
        assert [found[0].id] == [each.id async for each in ada.domo.appdb.collections.search(owner_id=ada.id)]
        assert [] == await ada.domo.appdb.collections.search(owner_id=1).all()

"""The embedded instance's App Studio apps: listed, told, and handed over."""

from __future__ import annotations

import pytest

from domo_async import Domo, Forbidden, NotFound
from domo_async._emulator.routes import sharing
from domo_async._endpoints.groups.models import Member
from domo_async._endpoints.sharing import Recipient
from domo_async.emulator import Emulator
from tests.emulator.others import colleague


async def test_apps_are_listed_told_and_handed_over(emulator: Emulator, domo: Domo) -> None:
    ids = [sharing.create_app(emulator._instance, title=title)["id"] for title in ("Field App", "Portal")]
    group = (await domo.groups.create(name="Buyers", type="closed")).id
    async with colleague(domo) as ada:
        await domo.data_apps.add_owners(data_app_ids=ids, owners=[ada.id, Member(group, "GROUP")])
        await domo.data_apps.remove_owners(data_app_ids=ids[:1], owners=[1])

        field, portal = await domo.data_apps.list(page_size=1).all()
        assert ["Portal"] == [app.title async for app in domo.data_apps.list(title="port")]
        assert [ada.id, group] == [owner.id for owner in field.owners]
        assert [1, ada.id, group] == [owner.id for owner in portal.owners]
        assert ids == [app.data_app_id for app in await ada.domo.data_apps.visible()]
        assert ada.id == (await domo.data_apps.get(ids[0])).owner


async def test_who_sees_an_app_is_told_to_who_sees_it(emulator: Emulator, domo: Domo) -> None:
    app = sharing.create_app(emulator._instance, title="Portal")["id"]
    async with colleague(domo) as ada:
        with pytest.raises(Forbidden):
            await ada.domo.data_apps.get(app)
        await domo.sharing.share_apps(data_app_ids=[app], recipients=[Recipient(ada.id)])
        access = await ada.domo.data_apps.access(app)

    assert [(1, True), (ada.id, False)] == [(user.id, user.is_owner) for user in access.users]
    assert 2 == access.total_user_count
    with pytest.raises(NotFound):
        await domo.data_apps.access(999)

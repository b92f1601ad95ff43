from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from domo_async import BadRequest, ConfigError, Domo, Forbidden, NotFound
from domo_async._emulator.routes import alerts, pages
from domo_async._emulator.services import cards
from domo_async._endpoints.alerts import AlertSubscription
from domo_async.emulator import Emulator
from tests.emulator.others import colleague
from tests.emulator.plain_client import connected

PATH = "/api/social/v4/alerts"


async def a_dataset(domo: Domo) -> str:
    return (await domo.datasets.create("Orders", {"id": "LONG"})).id


def an_alert(emulator: Emulator, resource_id: object, name: str = "Any row", **more: Any) -> int:
    alert_id: int = alerts.create(emulator._instance, name=name, resource_id=str(resource_id), **more)["id"]
    return alert_id


async def test_an_alert_lives_from_its_making_to_its_deletion(emulator: Emulator, domo: Domo) -> None:
    dataset_id = await a_dataset(domo)
    body = {"name": "Few orders", "resourceType": "DATASET", "resourceId": dataset_id}

    made = await domo.request("POST", PATH, json=body)
    await domo.request("PATCH", f"{PATH}/{made['id']}", json={"id": made["id"], "enabled": False, "rule": "< 5"})

    got = await domo.alerts.get(made["id"])
    assert ("Few orders", "Orders", "< 5", False) == (got.name, got.resource_name, got.rule, got.enabled)
    assert got.created_at is not None
    assert abs((datetime.now(UTC) - got.created_at).total_seconds()) < 60
    assert [made["id"]] == [alert.id async for alert in domo.alerts.list()]
    found = [hit async for hit in domo.search.iterate("few", entities=["alert"])]
    assert [str(made["id"])] == [str(hit.database_id) for hit in found]

    await domo.alerts.delete(made["id"])

    assert [] == await domo.alerts.list().all()
    with pytest.raises(NotFound):
        await domo.alerts.get(made["id"])
    with pytest.raises(NotFound):
        await domo.request("POST", PATH, json={**body, "resourceId": "gone"})


async def test_alerts_are_found_by_what_they_watch(emulator: Emulator, domo: Domo) -> None:
    dataset_id = await a_dataset(domo)
    page = pages.create(emulator._instance, title="Sales")
    card = cards.create(emulator._instance, title="Orders", dataset_id=dataset_id, page_ids=[page["id"]])
    on_dataset = an_alert(emulator, dataset_id)
    on_card = an_alert(emulator, card["id"], resource_type="CARD")
    on_page = an_alert(emulator, page["id"], resource_type="PAGE")

    async def found(**conditions: Any) -> list[int]:
        return [alert.id async for alert in domo.alerts.list(**conditions)]

    assert [on_dataset] == await found(data_set_id=dataset_id)
    assert [on_card] == await found(card_id=card["id"])
    assert [on_card, on_page] == await found(page_id=page["id"])
    assert [] == await found(page_id=page["id"], data_set_id=dataset_id)


async def test_alerts_are_found_by_who_has_to_do_with_them(emulator: Emulator, domo: Domo) -> None:
    dataset_id = await a_dataset(domo)
    group = await domo.groups.create(name="Team", type="closed")
    async with colleague(domo) as ada:
        await domo.groups.add_member(group.id, ada.id)
        mine, hers, off = (
            an_alert(emulator, dataset_id),
            an_alert(emulator, dataset_id, owner_id=ada.id, triggered=True),
            an_alert(emulator, dataset_id, enabled=False, suggested=True),
        )
        await domo.alerts.subscribe(mine, subscriber_id=ada.id, type="USER")
        await domo.alerts.subscribe(off, subscriber_id=group.id, type="GROUP")

        async def found(domo: Domo = domo, **conditions: Any) -> list[int]:
            return [alert.id async for alert in domo.alerts.list(**conditions)]

        assert [mine, hers, off] == await found()
        assert [hers] == await found(owner_id=ada.id)
        assert [mine, off] == await found(subscriber_id=ada.id)
        assert [off] == await found(subscription_types=["GROUP"])
        assert [mine, off] == await found(ada.domo, current_user_subscriptions=True)
        assert [] == await found(current_user_subscriptions=True)
        assert [off] == await found(disabled=True)
        assert [mine, hers, off] == await found(disabled=False)
        assert [hers] == await found(triggered=True)
        assert [off] == await found(suggested=True)
        assert (await ada.domo.alerts.get(off)).current_user_subscribed is True


async def test_lists_of_alerts_come_in_pages_in_order_with_the_fields_asked_for(emulator: Emulator, domo: Domo) -> None:
    dataset_id = await a_dataset(domo)
    for number in range(120):
        day = datetime(2025, 1, 1 + number % 28, tzinfo=UTC)
        an_alert(emulator, dataset_id, f"Alert {119 - number:03}", at=day)

    by_age = [alert.created_at async for alert in domo.alerts.list(page_size=50)]
    by_name = [alert.name async for alert in domo.alerts.list(sort_by="name", offset=110)]
    at_once = await domo.alerts.list(all=True).all()

    assert 120 == len(by_age)
    assert sorted(by_age, key=str) == by_age
    assert [f"Alert {number:03}" for number in range(110, 120)] == by_name
    assert 120 == len(at_once)
    async with connected(emulator) as plain:
        assert 100 == len(await plain.call("GET", PATH))
        (plainly, *_) = await plain.call("GET", PATH)
        (some, *_) = await plain.call("GET", f"{PATH}?fields=id,rule")
        (every, *_) = await plain.call("GET", f"{PATH}?fields=all")
        await plain.call("GET", f"{PATH}?sort=colour", status=400)
    assert {"id", "name", "createdAt"} <= plainly.keys()
    assert "rule" not in plainly
    assert {"id", "rule"} == some.keys()
    assert {"rule", "subscriptions", "currentUserSubscribed"} <= every.keys()


async def test_subscriptions_begin_once_and_end(emulator: Emulator, domo: Domo) -> None:
    alert = an_alert(emulator, await a_dataset(domo))
    async with colleague(domo) as ada, connected(emulator) as plain:
        for _ in range(2):
            await domo.alerts.subscribe(alert, subscriber_id=str(ada.id), type="USER")
        await domo.alerts.subscribe(alert, subscriber_id=ada.id, type="DAILY")
        told = await plain.call("GET", f"{PATH}/{alert}/subscriptions")
        assert [(ada.id, "USER"), (ada.id, "DAILY")] == [(int(each["subscriberId"]), each["type"]) for each in told]

        await ada.domo.alerts.unsubscribe(alert, subscriber_id=ada.id, type="USER")
        await plain.call("POST", f"{PATH}/{alert}/subscriptions?subscriberId={ada.id}&type=DAILY", status=204)

        assert [] == await plain.call("GET", f"{PATH}/{alert}/subscriptions")
        with pytest.raises(NotFound):
            await domo.alerts.unsubscribe(alert, subscriber_id=ada.id, type="USER")
        with pytest.raises(NotFound):
            await domo.alerts.subscribe(alert, subscriber_id=4711, type="USER")
        with pytest.raises(BadRequest, match="one of USER"):
            await domo.alerts.subscribe(alert, subscriber_id=ada.id, type="NEVER")


async def test_sharing_subscribes(emulator: Emulator, domo: Domo) -> None:
    alert = an_alert(emulator, await a_dataset(domo))
    async with colleague(domo) as ada:
        await domo.alerts.share(alert, user_message="Look", alert_subscriptions=[AlertSubscription(ada.id, "USER")])

        assert (await ada.domo.alerts.get(alert)).current_user_subscribed is True
        with pytest.raises(NotFound):
            both = [AlertSubscription(1, "USER"), AlertSubscription(4711, "USER")]
            await domo.alerts.share(alert, user_message="Look", alert_subscriptions=both)
        assert (await domo.alerts.get(alert)).current_user_subscribed is False
        with pytest.raises(BadRequest, match="userMessage"):
            await domo.alerts.share(alert, user_message="", alert_subscriptions=[AlertSubscription(1, "USER")])


async def test_an_alert_is_made_changed_and_told_with_its_subscribers(emulator: Emulator, domo: Domo) -> None:
    dataset = await domo.datasets.create("Orders", {"a": "LONG"})
    me = (await domo.users.me()).id

    made = await domo.alerts.create(
        name="More",
        type="ANY_ROW",
        resource_type="DATASET",
        resource_id=dataset.id,
        configurations=[{"name": "OPERATION", "value": "ROWS_ADDED"}],
        filters=[{"column": "a", "operand": "IN", "values": ["1"]}],
        filter_rules=["a is 1"],
        subscriptions=[AlertSubscription(me, "USER")],
    )
    assert made is not None
    changed = await domo.alerts.update(made.id, name="Fewer", enabled=False)
    (subscriber,) = await domo.alerts.subscriptions(made.id)

    assert ("More", "Orders", True, ("a is 1",)) == (
        *(made.name, made.resource_name, made.current_user_subscribed),
        made.filter_rules,
    )
    assert changed is not None
    assert ("Fewer", False, made.filters, made.configurations) == (
        *(changed.name, changed.enabled),
        *(changed.filters, changed.configurations),
    )
    assert (str(me), "USER", me, False, ()) == (
        *(subscriber.subscriber_id, subscriber.type, subscriber.subscribed_by),
        *(subscriber.current_user_member, subscriber.muted_subscriber_ids),
    )
    with pytest.raises(NotFound):
        await domo.alerts.update(4711, owner=me)
    with pytest.raises(ConfigError):
        await domo.alerts.update(made.id)


async def test_only_its_owner_and_admins_change_an_alert(emulator: Emulator, domo: Domo) -> None:
    dataset_id = await a_dataset(domo)
    async with colleague(domo) as ada:
        alert, own = an_alert(emulator, dataset_id), an_alert(emulator, dataset_id, owner_id=ada.id)
        await domo.alerts.subscribe(alert, subscriber_id=1, type="USER")

        with pytest.raises(Forbidden):
            await ada.domo.alerts.delete(alert)
        with pytest.raises(Forbidden):
            await ada.domo.alerts.unsubscribe(alert, subscriber_id=1, type="USER")
        with pytest.raises(Forbidden):
            await ada.domo.request("PATCH", f"{PATH}/{alert}", json={"name": "Mine"})
        await ada.domo.alerts.delete(own)

    assert [alert] == [each.id async for each in domo.alerts.list()]

"""Alerts over several pages, and what is refused or not sent twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web

from domo_async import ConfigError, Domo, ServerError
from domo_async._endpoints.alerts import AlertSubscription
from tests.support import talking_to


class Alerts:
    """An instance with so many alerts, of which it gives at most `cap` at a time, or all at once."""

    def __init__(self, alerts: int, cap: int, *, whole: bool = False) -> None:
        self._alerts = alerts
        self._cap = cap
        self._whole = whole
        self.asked: list[tuple[int, int]] = []

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        offset, limit = int(request.query["offset"]), int(request.query["limit"])
        self.asked.append((offset, limit))
        wanted = slice(None) if self._whole else slice(offset, offset + min(limit, self._cap))
        return web.json_response([{"id": number} for number in range(self._alerts)[wanted]])


async def test_all_alerts_of_several_pages_come_in_order_and_once() -> None:
    instance = Alerts(230, cap=1000)
    async with talking_to(instance) as domo:
        found = [alert.id for alert in await domo.alerts.list().all()]

    assert list(range(230)) == found
    assert [(0, 100), (100, 100), (200, 100)] == instance.asked


async def test_no_alert_is_lost_where_the_instance_gives_fewer_than_were_asked_for() -> None:
    instance = Alerts(230, cap=100)
    async with talking_to(instance) as domo:
        found = [alert.id async for alert in domo.alerts.list(page_size=500)]

    assert list(range(230)) == found


async def test_all_alerts_at_once_are_taken_for_all_even_if_the_instance_knows_no_pages_then() -> None:
    instance = Alerts(230, cap=100, whole=True)
    async with talking_to(instance) as domo:
        found = [alert.id async for alert in domo.alerts.list(all=True)]

    assert list(range(230)) == found
    assert [(0, 100)] == instance.asked


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda domo: domo.alerts.list(fields="all").all(), r"\['all'\]"),
        (lambda domo: domo.alerts.list(subscription_types=[]).all(), "subscription_types is empty"),
        (lambda domo: domo.alerts.get(1, fields=[]), "fields is empty"),
        (lambda domo: domo.alerts.delete(""), "not an identifier"),
        (lambda domo: domo.alerts.share(1, user_message="Look", alert_subscriptions=[]), "alert_subscriptions is"),
    ],
)
async def test_arguments_that_are_surely_wrong_are_refused_before_anything_is_sent(
    call: Callable[[Domo], Any], says: str
) -> None:
    instance = Alerts(1, cap=100)
    async with talking_to(instance) as domo:
        with pytest.raises(ConfigError, match=says):
            await call(domo)

    assert [] == instance.asked


async def test_an_alert_whose_sharing_went_wrong_is_not_shared_again_by_itself() -> None:
    shared = []

    async def broken(request: web.BaseRequest) -> web.StreamResponse:
        shared.append(await request.json())
        return web.Response(status=500)

    async with talking_to(broken) as domo:
        with pytest.raises(ServerError):
            await domo.alerts.share(1, user_message="Look", alert_subscriptions=[AlertSubscription(2, "USER")])

    assert 1 == len(shared)

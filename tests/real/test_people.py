"""Users, groups and roles in the forms that real instances are seen to give."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from aiohttp import web

from tests.support import talking_to


@pytest.mark.parametrize("created", [1679007751, 1679007751000, "1679007751", "2023-03-16T23:02:31"])
async def test_a_user_s_creation_is_read_in_seconds_and_in_milliseconds(created: object) -> None:
    async def handler(_: web.BaseRequest) -> web.StreamResponse:
        return web.json_response({"id": 663516735, "displayName": "Ada", "created": created, "modified": 1711216167779})

    async with talking_to(handler, strict=True) as domo:
        assert datetime(2023, 3, 16, 23, 2, 31, tzinfo=UTC) == (await domo.users.me()).created
        assert datetime(2023, 3, 16, 23, 2, 31, tzinfo=UTC) == (await domo.users.profile(663516735)).created


@pytest.mark.parametrize("created", ["2025-01-01T12:00:00", "2025-01-01 12:00:00.0", 1735732800000])
async def test_a_group_s_creation_is_read_with_a_t_and_with_a_blank(created: object) -> None:
    async def handler(_: web.BaseRequest) -> web.StreamResponse:
        return web.json_response([{"groupId": 1234, "name": "Buyers", "created": created}])

    async with talking_to(handler, strict=True) as domo:
        (group,) = await domo.groups.list().all()

    assert datetime(2025, 1, 1, 12, tzinfo=UTC) == group.created

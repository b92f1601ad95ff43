"""The App Framework's routes: the app's own address and session, and waiting."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import pytest
from aiohttp import web

from domo_async import AppAccess, ConfigError, Domo, Forbidden, JobFailed, Settings, WaitTimeout
from tests.support import TOKEN, SkippingClock, serving

SESSION = "the-session-of-an-app"
RUN = "2052e10a"


@asynccontextmanager
async def an_app(handler: Callable[[Any], Awaitable[web.StreamResponse]]) -> AsyncIterator[Domo]:
    """A client whose app is one handler, while its instance is nowhere."""
    async with (
        serving(handler) as origin,
        Domo(
            "http://127.0.0.1:9",
            token=TOKEN,
            settings=Settings(clock=SkippingClock()),
            app=AppAccess(origin, session_token=SESSION),
        ) as domo,
    ):
        yield domo


def telling(*statuses: object) -> Callable[[Any], Any]:
    """Return an app that starts a run, which then has these statuses."""
    left = list(statuses)

    async def handler(request: web.Request) -> web.Response:
        assert SESSION == request.headers["X-DOMO-Authentication"]
        assert "X-DOMO-Developer-Token" not in request.headers
        if request.method == "POST":
            return web.json_response({"id": RUN, "status": None})
        status = left.pop(0) if len(left) > 1 else left[0]
        return status if isinstance(status, web.Response) else web.json_response({"id": RUN, "status": status})

    return handler


async def test_a_run_is_waited_for_with_the_app_s_session() -> None:
    async with an_app(telling("null", None, "IN_PROGRESS", "COMPLETED")) as domo:
        run = await domo.apps.workflows.start("add", data={"a": 1}, wait=True)

    assert (RUN, "COMPLETED") == (run.id, run.status)


async def test_a_run_that_failed_or_takes_too_long_is_an_error() -> None:
    async with an_app(telling("IN_PROGRESS", "FAILED")) as domo:
        with pytest.raises(JobFailed, match=f"workflow instance {RUN} ended as FAILED"):
            await domo.apps.workflows.start("add", wait=True)
    async with an_app(telling("IN_PROGRESS")) as domo:
        with pytest.raises(WaitTimeout, match="after 30 seconds.*IN_PROGRESS"):
            await domo.apps.workflows.wait("add", RUN, timeout=30)


async def test_an_error_while_waiting_still_names_the_run() -> None:
    async with an_app(telling(web.Response(status=403))) as domo:
        with pytest.raises(Forbidden) as caught:
            await domo.apps.workflows.start("add", wait=True)

    assert [f"workflow instance {RUN} was started"] == caught.value.__notes__


@pytest.mark.parametrize(
    ("filters", "says"), [({"status": []}, "empty"), ({"after": datetime(2024, 1, 1)}, "no time zone")]
)
async def test_filters_that_would_be_left_out_or_be_anybody_s_guess_are_refused(
    filters: dict[str, Any], says: str
) -> None:
    async with an_app(telling("COMPLETED")) as domo:
        with pytest.raises(ConfigError, match=says):
            await domo.apps.workflows.metrics("add", **filters)


async def test_without_an_app_there_is_nobody_to_ask() -> None:
    async with Domo("acme", token=TOKEN) as domo:
        with pytest.raises(ConfigError, match="AppAccess"):
            _ = domo.apps

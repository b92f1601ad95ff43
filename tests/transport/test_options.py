"""Timeouts, retries and headers for one call: views that share all else with their client."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web

from domo_async import ConfigError, Domo, RateLimit, RateLimited, Retries, Secret, ServerError, Settings, Timeouts
from domo_async import TimeoutError as DomoTimeout
from domo_async._concurrency import cancel_all
from domo_async.sync import Domo as BlockingDomo
from tests.support import TOKEN, SkippingClock, raw_answer, raw_server, serving, talking_to


async def test_a_view_sends_as_often_as_it_is_told_and_its_client_as_before():
    tries: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        tries.append(request.path)
        return web.json_response({}, status=503)

    async with talking_to(handler, retries=Retries(attempts=3)) as domo:
        once = domo.with_options(retries=Retries(attempts=1))
        for client, expected in ((once, 1), (domo, 3), (once.with_options(timeouts=Timeouts(read=5)), 1)):
            with pytest.raises(ServerError):
                await client.datasets.get("x")
            assert expected == len(tries)
            tries.clear()
        assert (1, 3) == (once.settings.retries.attempts, domo.settings.retries.attempts)
        assert domo.settings.timeouts == once.settings.timeouts


async def test_a_view_waits_as_long_as_it_is_told():
    async def handler(request: web.Request) -> web.Response:
        if request.path.endswith("/slow"):
            await asyncio.sleep(30)
        return web.json_response({})

    async with talking_to(handler, retries=Retries(attempts=1)) as domo:
        hasty = domo.with_options(timeouts=Timeouts(total=0.05, read=0.05))
        assert {} == await domo.request("GET", "/api/x")
        began = asyncio.get_running_loop().time()
        with pytest.raises(DomoTimeout):
            await hasty.request("GET", "/api/slow")
        with pytest.raises(DomoTimeout):
            async for _ in hasty.datasets.scan("slow"):
                pass
        assert 5 > asyncio.get_running_loop().time() - began


async def test_headers_of_a_view_go_out_beside_the_token_and_those_of_hooks_in_all_areas():
    seen: list[dict[str, str]] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append({name.lower(): value for name, value in request.headers.items()})
        return web.json_response([])

    def hook(event: Any) -> None:
        event.headers["X-Trace"] = "of the hook"

    async with talking_to(handler, before_request=(hook,)) as domo:
        view = domo.with_options(headers={"X-Request-Id": "7", "x-trace": "of the view", "X-Gateway-Key": Secret("k")})
        await view.with_options(headers={"x-request-id": "8"}).datasets.versions.list("d").all()
        await domo.datasets.versions.list("d").all()

    first, second = seen
    assert (TOKEN, "8", "of the hook", "k") == tuple(
        first[name] for name in ("x-domo-developer-token", "x-request-id", "x-trace", "x-gateway-key")
    )
    assert not {"x-request-id", "x-gateway-key"} & second.keys()


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        ({"x-domo-developer-token": "sesame"}, "make another client with token"),
        ({"X-DOMO-Authentication": "sesame"}, "make another client with session_token"),
        ({"USER-AGENT": "me"}, "user_agent"),
        ({"Cookie": "a=b"}, "session"),
        ({"Accept-Encoding": "br"}, "each method asks"),
        ({"Content-Length": "7"}, "Content-Length"),
        ({"Host": "elsewhere"}, "Host"),
        ({"X-A\r\nX-B": "1"}, "name cannot be one"),
        ({"X-A": "1\r\nX-B: 2"}, "not printable text"),
        ({"X-A": 7}, "not printable text"),
        ({7: "x"}, "name cannot be one"),
        ("X-A: 1", "must be a mapping"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
async def test_headers_that_the_client_sets_itself_are_refused_with_what_to_do(headers, says):
    async with Domo("acme", token=TOKEN) as domo:
        with pytest.raises(ConfigError, match=says) as caught:
            domo.with_options(headers=headers)

    assert "sesame" not in str(caught.value)


@pytest.mark.parametrize("options", [{"timeouts": 5}, {"retries": 3}], ids=str)
async def test_an_option_of_another_kind_is_refused(options):
    async with Domo("acme", token=TOKEN) as domo:
        with pytest.raises(ConfigError, match="must be a value such as"):
            domo.with_options(**options)


@pytest.mark.parametrize(
    "secret", [{"X-Api-Key": "hunter2hunter2"}, {"X-Gateway": Secret("hunter2hunter2")}], ids=["named", "wrapped"]
)
async def test_a_header_of_a_view_that_is_secret_is_in_no_error_and_leaves_to_no_other_host(secret):
    repeated = raw_answer('{"message": "bad key hunter2hunter2"}', status="400 Bad Request")
    async with (
        raw_server(lambda *_: raw_answer("1")) as other,
        raw_server(
            lambda number, path: (
                raw_answer("", f"Location: {other.url.replace('127.0.0.1', 'localhost')}/x", status="302 Found")
                if path == "/api/moved"
                else repeated
            )
        ) as server,
        Domo(server.url, token=TOKEN) as domo,
    ):
        view = domo.with_options(headers={**secret, "X-Tag": "mine"})
        with pytest.raises(Exception, match="bad key") as caught:
            await view.request("GET", "/api/x")
        await view.request("GET", "/api/moved")

        assert "hunter2" not in f"{caught.value} {caught.value!r} {vars(caught.value)}"
        assert ["hunter2" in server.heads[0], "mine" in server.heads[0]] == [True, True]
        assert ["hunter2" in other.heads[0], "mine" in other.heads[0]] == [False, False]


async def test_views_share_connections_slots_and_rate_limits_with_their_client():
    async with raw_server(lambda *_: raw_answer("1")) as server:
        clock = SkippingClock()
        limits = {"data": RateLimit(2, 60)}
        async with Domo(server.url, token=TOKEN, settings=Settings(clock=clock, rate_limits=limits)) as domo:
            view = domo.with_options(retries=Retries(attempts=1))
            await view.request("GET", "/api/data/x")
            await domo.request("GET", "/api/data/x")
            assert [] == clock.slept
            await domo.with_options(headers={"X-A": "1"}).request("GET", "/api/data/x")
            assert 1 == len(clock.slept)
            assert 1 == server.connections


async def test_each_view_waits_for_a_pause_only_as_long_as_it_would():
    asked: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.json_response({}) if len(asked) > 1 else web.Response(status=429, headers={"Retry-After": "300"})

    async with talking_to(handler, retries=Retries(max_retry_after=120)) as domo:
        patient = domo.with_options(retries=Retries(max_retry_after=600))
        waiting = asyncio.create_task(patient.request("GET", "/api/data/x"))
        while not asked:
            await asyncio.sleep(0)
        assert {} == await waiting

    asked.clear()
    async with talking_to(handler, retries=Retries(max_retry_after=120)) as domo:
        with pytest.raises(RateLimited):
            await domo.request("GET", "/api/data/x")
        with pytest.raises(RateLimited, match="nothing was sent"):
            await domo.request("GET", "/api/data/x")


async def test_a_client_does_not_wait_behind_a_view_that_waits_longer(caplog: pytest.LogCaptureFixture):
    async def until_logged(text: str) -> None:
        while text not in caplog.text:
            await asyncio.sleep(0)

    settings = Settings(retries=Retries(max_retry_after=120))
    async with (
        raw_server(lambda *_: raw_answer("{}", "Retry-After: 300", status="429 Slow")) as server,
        Domo(server.url, token=TOKEN, settings=settings) as domo,
    ):
        patient = domo.with_options(retries=Retries(max_retry_after=600))
        waiting = [asyncio.create_task(patient.request("GET", "/api/data/x"))]
        await until_logged("is sent again")
        waiting.append(asyncio.create_task(patient.request("GET", "/api/data/y")))
        await until_logged("/api/data/y waits")

        with pytest.raises(RateLimited, match="nothing was sent"):
            await asyncio.wait_for(domo.request("GET", "/api/data/z"), 5)
        await cancel_all(*waiting)


async def test_closing_a_view_closes_its_client():
    async with raw_server(lambda *_: raw_answer("1")) as server:
        domo = Domo(server.url, token=TOKEN)
        async with domo.with_options(timeouts=Timeouts(total=5)) as view:
            assert 1 == await view.request("GET", "/api/x")
        with pytest.raises(ConfigError, match="closed"):
            await domo.request("GET", "/api/x")


async def test_views_of_the_blocking_client_do_the_same():
    seen: list[str | None] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(request.headers.get("X-Request-Id"))
        return web.json_response([])

    def work(origin: str) -> None:
        with BlockingDomo(origin, token=TOKEN) as domo:
            view = domo.with_options(headers={"X-Request-Id": "7"}, retries=Retries(attempts=1))
            view.datasets.versions.list("d").all()
            domo.datasets.versions.list("d").all()
            assert (1, 5) == (view.settings.retries.attempts, domo.settings.retries.attempts)
            assert view.request("GET", "/api/x") == []

    async with serving(handler) as origin:
        await asyncio.to_thread(work, origin)

    assert ["7", None, "7"] == seen

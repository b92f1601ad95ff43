"""A client in programs that bring their own loops, sessions and hooks, and values that cannot be sent."""

# Much here is wrong on purpose.
# mypy: disable-error-code="arg-type, dict-item, call-overload"

from __future__ import annotations

import asyncio
import threading
import uuid
from datetime import date

import aiohttp
import pytest

from domo_async import (
    AppAccess,
    ConfigError,
    Domo,
    DomoError,
    Fleet,
    NotFound,
    RateLimit,
    Retries,
    Settings,
    Timeouts,
    TransportError,
)
from domo_async.emulator import Emulator
from tests.support import TOKEN, listening, raw_answer, raw_server

# Loops


def test_a_client_works_in_one_loop_after_another():
    with Emulator() as emulator:
        domo = emulator.client(settings=Settings(rate_limits={"content": RateLimit(2, 0.1)}))

        async def main() -> list[str]:
            calls = (domo.request("GET", "/api/content/v2/users/me") for _ in range(5))
            return [me["displayName"] for me in await asyncio.gather(*calls)]

        assert asyncio.run(main()) == asyncio.run(main())
        asyncio.run(domo.close())
        with pytest.raises(ConfigError, match="closed"):
            asyncio.run(main())


async def test_a_second_loop_at_the_same_time_is_told_what_to_do():
    async with raw_server(lambda *_: raw_answer("1")) as server, Domo(server.url, token=TOKEN) as domo:
        await domo.request("GET", "/api/x")
        errors: list[DomoError] = []

        def elsewhere() -> None:
            try:
                asyncio.run(domo.request("GET", "/api/x"))
            except DomoError as error:
                errors.append(error)

        thread = threading.Thread(target=elsewhere)
        thread.start()
        await asyncio.to_thread(thread.join)

        assert 1 == await domo.request("GET", "/api/x")

    assert ["a Domo for each event loop" in str(error) for error in errors] == [True]


def test_without_an_event_loop_of_asyncio_it_says_so():
    domo = Domo("acme", token=TOKEN)
    call = domo.request("GET", "/api/x")

    with pytest.raises(ConfigError, match=r"asyncio\.run.*domo_async\.sync"):
        call.send(None)


async def test_a_call_under_way_when_the_client_is_closed_is_told_as_such():
    asked = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        asked.set()
        await reader.read()

    async with listening(serve) as origin:
        domo = Domo(origin, token=TOKEN)
        call = asyncio.create_task(domo.request("PUT", "/api/x", json={}))
        await asked.wait()
        await domo.close()
        with pytest.raises(TransportError, match="closed before the answer") as caught:
            await call

    assert caught.value.sent


# Sessions of the caller's


async def refuse(response: aiohttp.ClientResponse) -> None:
    response.raise_for_status()


@pytest.mark.parametrize(
    "options",
    [
        {"raise_for_status": True},
        {"raise_for_status": refuse},
        {"auto_decompress": False},
        {"base_url": f"http://127.0.0.1:9/{'' if aiohttp.__version__ < '3.12' else 'other/'}"},
        {"timeout": aiohttp.ClientTimeout(total=0.000001)},
        {"json_serialize": str},
        {"read_bufsize": 1},
        {"max_field_size": 10},
        {"version": aiohttp.HttpVersion10},
        {"skip_auto_headers": {"Host", "User-Agent"}},
        {"headers": {"Accept": "text/html", "Content-Type": "x/y", "Content-Length": "7", "Range": "bytes=0-1"}},
        {"headers": {"X-DOMO-Developer-Token": "another"}},
    ],
)
async def test_how_a_session_of_the_caller_s_is_set_changes_nothing(options):
    def answer(number: int, path: str) -> bytes:
        return raw_answer('{"k":1}') if path == "/api/x" else raw_answer('{"message":"no"}', status="404 X")

    async with raw_server(answer) as server, aiohttp.ClientSession(**options) as session:
        async with Domo(server.url, token=TOKEN, session=session) as domo:
            assert {"k": 1} == await domo.request("PUT", "/api/x", json={"b": None})
            with pytest.raises(NotFound, match="no"):
                await domo.request("GET", "/api/missing")
        assert not session.closed

    assert b'{"b":null}' == server.bodies[0]
    for line in (f"X-DOMO-Developer-Token: {TOKEN}", "Accept: application/json", "Content-Type: application/json"):
        assert 1 == server.heads[0].lower().count(line.lower())
    assert "Range" not in server.heads[0]


async def test_what_is_not_a_session_or_is_closed_is_told_before_anything_is_sent():
    with pytest.raises(ConfigError, match=r"aiohttp\.ClientSession, not str"):
        Domo("acme", token=TOKEN, session="no session")
    session = aiohttp.ClientSession()
    async with raw_server(lambda *_: raw_answer("1")) as server, Domo(server.url, token=TOKEN, session=session) as domo:
        assert 1 == await domo.request("GET", "/api/x")
        await session.close()
        with pytest.raises(ConfigError, match="closed"):
            await domo.request("GET", "/api/x")


def test_a_session_of_another_loop_is_told():
    async def make() -> aiohttp.ClientSession:
        return aiohttp.ClientSession()

    with asyncio.Runner() as runner:
        session = runner.run(make())
        with asyncio.Runner() as other, pytest.raises(ConfigError, match="another event loop"):
            other.run(Domo("http://127.0.0.1:9", token=TOKEN, session=session).request("GET", "/api/x"))
        runner.run(session.close())


async def test_a_session_with_few_connections_is_not_asked_for_more():
    async with raw_server(lambda *_: raw_answer("1")) as server:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session:
            settings = Settings(timeouts=Timeouts(connect=0.5))
            async with Domo(server.url, token=TOKEN, session=session, settings=settings) as domo:
                assert [1] * 20 == await asyncio.gather(*(domo.request("GET", "/api/x") for _ in range(20)))

        assert 1 == server.connections


# Hooks


async def test_a_hook_that_fails_after_the_effect_does_not_make_it_a_failure(caplog):
    def hook(_event) -> None:
        raise ZeroDivisionError

    settings = Settings(after_response=(hook,))
    async with (
        raw_server(lambda *_: raw_answer("1")) as server,
        Domo(server.url, token=TOKEN, settings=settings) as domo,
    ):
        assert 1 == await domo.request("POST", "/api/x", json={})

    assert "after_response callback failed" in caplog.text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-A", "a\r\nX-B: b"),
        ("X-A", 1),
        ("X-A", "\ud800"),
        ("X A", "a"),
        ("Content-Length", "3"),
        ("host", "evil"),
        (7, "a"),
    ],
)
async def test_a_header_that_cannot_be_added_is_told_before_anything_is_sent(name, value):
    def hook(event) -> None:
        event.headers[name] = value

    async with raw_server(lambda *_: raw_answer("1")) as server:
        async with Domo(server.url, token=TOKEN, settings=Settings(before_request=(hook,))) as domo:
            with pytest.raises(ConfigError, match="hook"):
                await domo.request("GET", "/api/x")

        assert [] == server.heads


# Values


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("FETCH", "/api/x", {}),
        ("GET ", "/api/x", {}),
        ("G\nET", "/api/x", {}),
        (None, "/api/x", {}),
        ("TRACE", "/api/x", {}),
        ("GET", None, {}),
        ("GET", b"/api/x", {}),
        ("GET", "/api/\ud800", {}),
        ("GET", "/api/x", {"params": {"q": "\ud800"}}),
        ("GET", "/api/x", {"params": {"\ud800": "q"}}),
        ("GET", "/api/x", {"params": {7: "q"}}),
        ("GET", "/api/x", {"params": {"q": b"x"}}),
        ("GET", "/api/x", {"params": {"q": {"a": 1}}}),
        ("GET", "/api/x", {"params": {"q": [None]}}),
        ("GET", "/api/x", {"params": {"q": float("nan")}}),
        ("GET", "/api/x", {"params": {"q": date(2024, 1, 1)}}),
        ("GET", "/api/x", {"params": {"q": uuid.UUID(int=1)}}),
        ("GET", "/api/x", {"params": "q=1"}),
        ("PUT", "/api/x", {"json": {1, 2}}),
    ],
)
async def test_what_cannot_be_sent_is_told_before_anything_is(method, path, options):
    async with raw_server(lambda *_: raw_answer("1")) as server, Domo(server.url, token=TOKEN) as domo:
        with pytest.raises(ConfigError):
            await domo.request(method, path, **options)

        assert [] == server.heads


@pytest.mark.parametrize(
    "make",
    [
        lambda: Settings(retries=3),
        lambda: Settings(timeouts=30),
        lambda: Settings(rate_limits={"search": 120}),
        lambda: Settings(rate_limits=[("search", RateLimit(1))]),
        lambda: Settings(connections=2.5),
        lambda: Settings(connections=True),
        lambda: Settings(max_answer=0),
        lambda: Settings(max_answer=float("inf")),
        lambda: Settings(keepalive=float("nan")),
        lambda: Settings(tls=True),
        lambda: Settings(proxy=8080),
        lambda: Settings(proxy=""),
        lambda: Settings(proxy="proxy.example.com:3128"),
        lambda: Settings(proxy="socks5://127.0.0.1:1080"),
        lambda: Settings(proxy="http://[::1"),
        lambda: Settings(user_agent="a\r\nX: y"),
        lambda: Settings(user_agent=""),
        lambda: Settings(before_request=print),
        lambda: Settings(after_response=("print",)),
        lambda: Settings(clock=7),
        lambda: Timeouts(total=float("inf")),
        lambda: Timeouts(read="5"),
        lambda: Retries(attempts=2.5),
        lambda: Retries(statuses=503),
        lambda: Retries(statuses={200}),
        lambda: RateLimit(1.5),
        lambda: Domo("acme", token=TOKEN, settings={"retries": 3}),
        lambda: Domo("acme", token=TOKEN, app="https://app.domoapps.prod1.domo.com"),
        lambda: Domo(None, token=TOKEN),
        lambda: Domo("acme", token=7),
        lambda: Fleet({"acme": "acme"}),
        lambda: Fleet([("acme", TOKEN)]),
        lambda: AppAccess("https://a.b", session_token=None),
    ],
)
def test_wrong_settings_are_told_at_once(make):
    with pytest.raises(ConfigError) as caught:
        make()

    assert TOKEN not in str(caught.value)


def test_hooks_may_be_a_list():
    assert (print,) == Settings(before_request=[print]).before_request


@pytest.mark.parametrize("number", [2.5, "5", True, None])
@pytest.mark.parametrize("name", ["page_size", "offset"])
async def test_numbers_of_a_list_that_are_none_are_told_before_anything_is_sent(name, number):
    async with raw_server(lambda *_: raw_answer("[]")) as server, Domo(server.url, token=TOKEN) as domo:
        with pytest.raises(ConfigError, match=name):
            await domo.datasets.list(**{name: number}).all()

        assert [] == server.heads


async def test_a_byte_order_mark_before_json_does_no_harm():
    async with (
        raw_server(lambda *_: raw_answer(b'\xef\xbb\xbf{"k":1}')) as server,
        Domo(server.url, token=TOKEN) as domo,
    ):
        assert {"k": 1} == await domo.request("GET", "/api/x")


async def test_a_client_outlives_the_end_of_its_loop_s_generators():
    async with raw_server(lambda *_: raw_answer("1")) as server, Domo(server.url, token=TOKEN) as domo:
        await domo.request("GET", "/api/x")
        assert domo._transport._connection._sessions is not None
        farewell = domo._transport._connection._sessions.farewell
        assert farewell is not None
        await farewell.aclose()

        assert 1 == await domo.request("GET", "/api/x")

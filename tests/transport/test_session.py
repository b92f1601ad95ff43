"""Requests over real sockets: what goes out, what comes back, and what is tried again."""

from __future__ import annotations

import asyncio
import logging
import pickle
import ssl
import sys
from collections.abc import Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web

import domo_async
from domo_async import (
    APIError,
    BadRequest,
    ConfigError,
    Conflict,
    ConnectError,
    DecodeError,
    Domo,
    Forbidden,
    IncompleteAnswer,
    NotFound,
    RateLimit,
    RateLimited,
    Retries,
    ServerError,
    Settings,
    TimeoutError,  # noqa: A004 - the name that users look for
    Timeouts,
    TransportError,
    Unauthorized,
)
from domo_async._transport import Body, Transport, url
from tests.support import TOKEN, SkippingClock, serving, talking_to


async def test_a_request_carries_token_query_and_json():
    async def handler(request: web.Request) -> web.Response:
        return web.json_response(
            {
                "token": request.headers["X-DOMO-Developer-Token"],
                "path": request.raw_path,
                "json": await request.json(),
            }
        )

    async with talking_to(handler) as domo:
        seen = await domo.request(
            "post",
            "/api/x y/1",
            params={"a": "b&c", "flag": True, "ids": [1, 2], "none": None},
            json={"k": None},
        )

    assert {
        "token": TOKEN,
        "path": "/api/x%20y/1?a=b%26c&flag=true&ids=1,2",
        "json": {"k": None},
    } == seen


async def test_the_user_agent_names_the_application_this_library_and_python_with_their_versions():
    async def handler(request: web.Request) -> web.Response:
        return web.json_response(request.headers["User-Agent"])

    python = ".".join(map(str, sys.version_info[:3]))
    ours = f"domo-async/{domo_async.__version__} Python/{python} aiohttp/{aiohttp.__version__}"
    async with talking_to(handler) as domo:
        assert ours == await domo.request("GET", "/api/x")
    async with talking_to(handler, user_agent="nightly-load/2.1 (finance)") as domo:
        assert f"nightly-load/2.1 (finance) {ours}" == await domo.request("GET", "/api/x")


async def test_session_tokens_have_their_own_header():
    async def handler(request: web.Request) -> web.Response:
        return web.json_response(request.headers.get("X-DOMO-Authentication"))

    async with serving(handler) as origin, Domo(origin, session_token="sesame") as domo:
        assert "sesame" == await domo.request("GET", "/api/x")


ERRORS = [
    (400, BadRequest),
    (401, Unauthorized),
    (403, Forbidden),
    (404, NotFound),
    (409, Conflict),
    (418, APIError),
    (429, RateLimited),
    (500, ServerError),
    (503, ServerError),
]


@pytest.mark.parametrize(("status", "kind"), ERRORS)
async def test_each_status_has_its_error_with_what_domo_says(status, kind):
    async def handler(request: web.Request) -> web.Response:
        body = {
            "status": status,
            "statusReason": "No",
            "message": "why",
            "toe": "AB-CD-EF",
            "errorCode": "ib:4100",
        }
        return web.json_response(body, status=status)

    async with talking_to(handler, retries=Retries(attempts=1)) as domo:
        with pytest.raises(kind) as caught:
            await domo.request("GET", "/api/data/v1/things/7", params={"q": "hidden"})

    error = caught.value
    assert (status, "why", "AB-CD-EF", "ib:4100") == (error.status, error.reason, error.toe, error.code)
    assert ("GET", "/api/data/v1/things/7") == (error.method, error.path)
    assert f"{status} on GET /api/data/v1/things/7: why, code ib:4100, toe AB-CD-EF" == str(error)
    copy = pickle.loads(pickle.dumps(error))
    assert (type(error), str(error), error.__dict__) == (type(copy), str(copy), copy.__dict__)


@pytest.mark.parametrize(
    ("body", "content_type", "says"),
    [
        (
            "<html><head><title>Domo is &amp; down</title></head><body>…</body></html>",
            "text/html",
            "Domo is & down",
        ),
        ("<h1>Blocked</h1>", "text/html", "Blocked"),
        ("no entry for you", "text/plain", "no entry for you"),
        ("", "application/json", "no explanation"),
        ('{"status":403,"toe":"X"}', "application/json", "toe X"),
        ('{"status":403,"message":"tru', "application/json", "tru"),
        ('["odd"]', "application/json", "odd"),
        (
            r'{"status":403,"message":"a\n{\"event\":\"b\"}\r\u2028c","toe":"T\nU"}',
            "application/json",
            'a {"event":"b"} c, toe T U$',
        ),
    ],
)
async def test_error_bodies_of_any_kind_make_a_clear_error(body, content_type, says):
    async def handler(request: web.Request) -> web.Response:
        return web.Response(status=403, text=body, content_type=content_type)

    async with talking_to(handler) as domo:
        with pytest.raises(Forbidden, match=says):
            await domo.request("GET", "/api/x")


@pytest.mark.parametrize(
    ("body", "error", "says"),
    [
        ("<html><title>Sign in</title></html>", APIError, "web page.*Sign in"),
        ("", APIError, "empty"),
        ('{"id": "x", "na', DecodeError, "JSON"),
        ('{"id": []}', DecodeError, "string"),
        ("7", DecodeError, "object"),
    ],
)
async def test_a_good_status_with_a_bad_body_is_an_error_too(body, error, says):
    async def handler(request: web.Request) -> web.Response:
        return web.Response(text=body)

    async with talking_to(handler) as domo:
        with pytest.raises(error, match=says):
            await domo.datasets.get("x")


@pytest.mark.parametrize(
    "content", ['{"name": "n", "token": "s3cret-%s", "at": "%s"}', '{"token": "s3cret-%s", "at": "%s']
)
async def test_an_answer_that_cannot_be_read_is_in_the_error_without_its_secrets(content):
    async def handler(request: web.Request) -> web.Response:
        return web.Response(text=content % ("made", TOKEN))

    async with talking_to(handler) as domo:
        with pytest.raises(DecodeError) as made:
            await domo.users.create(display_name="A", email_address="a@x.com", role_id=1)
        with pytest.raises(DecodeError) as read:
            await domo.users.get(27)

    assert ("POST", "/api/identity/v1/users") == (made.value.method, made.value.request_path)
    assert made.value.message.startswith("POST /api/identity/v1/users: ")
    assert "took effect, so do not send it again; the answer begins: {" in made.value.message
    assert "took effect" not in read.value.message
    for error in (made.value, read.value):
        assert '"token": "***", "at": "***' in error.body
        assert '"token": "***", "at": "***' in error.message
        assert "s3cret" not in repr(vars(error))
        assert vars(error) == vars(pickle.loads(pickle.dumps(error)))


async def test_strictly_a_value_that_cannot_be_read_is_an_error():
    async def handler(request: web.Request) -> web.Response:
        return web.json_response({"id": "x", "created": "soon"})

    async with talking_to(handler) as domo:
        assert {"created": "soon"} == (await domo.datasets.get("x")).extras
    async with talking_to(handler, strict=True) as domo:
        with pytest.raises(DecodeError, match=r"GET /api/data/v3/datasources/x: .* at \$\.created"):
            await domo.datasets.get("x")


async def test_a_web_page_is_not_taken_for_json_by_raw_requests_and_queries():
    async def handler(request: web.Request) -> web.Response:
        return web.Response(text="<html><title>Sign in</title></html>", content_type="text/html")

    async with talking_to(handler) as domo:
        with pytest.raises(APIError, match="web page.*Sign in"):
            await domo.request("GET", "/api/x")
        with pytest.raises(APIError, match="web page.*Sign in"):
            await domo.datasets.query("x", "SELECT 1")


async def test_an_answer_cut_short_is_asked_for_again_and_then_reported():
    tries = 0

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal tries
        tries += 1
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b'{"half":')
        assert request.transport is not None
        request.transport.close()
        return response

    async with talking_to(handler, retries=Retries(attempts=3)) as domo:
        with pytest.raises(IncompleteAnswer):
            await domo.request("GET", "/api/x")

    assert 3 == tries


def failing_first(
    times: int, status: int, headers: dict[str, str] | None = None
) -> tuple[Callable[[web.Request], Awaitable[web.Response]], list[str]]:
    """A handler that fails so many times before it answers, and the requests it saw."""
    seen: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(request.method)
        await request.read()
        if len(seen) <= times:
            return web.json_response({"message": "later"}, status=status, headers=headers)
        return web.json_response("done")

    return handler, seen


async def test_passing_failures_are_outlasted():
    handler, seen = failing_first(3, 502)

    async with talking_to(handler) as domo:
        assert "done" == await domo.request("PUT", "/api/x", json={})

    assert 4 == len(seen)


async def test_a_post_is_not_repeated_when_the_instance_may_have_taken_it():
    handler, seen = failing_first(1, 502)

    async with talking_to(handler) as domo:
        with pytest.raises(ServerError):
            await domo.request("POST", "/api/x", json={})

    assert 1 == len(seen)


async def test_a_post_that_is_known_to_be_repeatable_is_repeated():
    handler, seen = failing_first(1, 502)

    async with talking_to(handler) as domo:
        assert "done" == await domo.request("POST", "/api/x", json={}, idempotent=True)

    assert 2 == len(seen)


async def test_429_holds_the_whole_family_as_long_as_asked():
    clock = SkippingClock()
    handler, seen = failing_first(1, 429, {"Retry-After": "7"})

    async with talking_to(handler, clock=clock) as domo:
        assert "done" == await domo.request("POST", "/api/data/x")

    assert 2 == len(seen)
    assert 7 <= max(clock.slept) <= 7.5


async def test_a_post_is_repeated_when_no_connection_could_be_made():
    clock = SkippingClock()
    async with serving(failing_first(0, 200)[0]) as origin:
        gone = origin

    async with Domo(gone, token=TOKEN, settings=Settings(clock=clock, retries=Retries(attempts=3))) as domo:
        with pytest.raises(ConnectError) as caught:
            await domo.request("POST", "/api/x")

    assert not caught.value.sent
    assert 2 == len(clock.slept)


async def test_what_must_not_happen_twice_is_not_resent_on_a_dead_kept_connection():
    """aiohttp would send a PUT again by itself when a connection that it kept turns out closed."""
    seen: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(request.path)
        await request.read()
        if request.path.endswith("/commit"):
            assert request.transport is not None
            request.transport.close()
        return web.json_response({"uploadId": 1})

    async with talking_to(handler) as domo:
        await domo.datasets.uploads.open("d")
        with pytest.raises(TransportError) as caught:
            await domo.datasets.uploads.commit("d", 1, action="APPEND")

    assert caught.value.sent
    assert 1 == sum(path.endswith("/commit") for path in seen)


async def test_a_hanging_answer_ends_in_a_timeout():
    async def handler(request: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.Response()

    async with talking_to(handler, timeouts=Timeouts(read=0.1), retries=Retries(attempts=1)) as domo:
        with pytest.raises(TimeoutError) as caught:
            await domo.request("GET", "/api/x")

    assert isinstance(caught.value, TransportError)
    assert isinstance(caught.value, asyncio.TimeoutError)


def zeros(count: int) -> Body:
    """A body of so many slices."""
    return Body("text/csv", count << 18, lambda: (bytes(1 << 18) for _ in range(count)))


async def test_a_body_that_the_instance_stops_taking_ends_in_a_timeout():
    async def handler(request: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.Response()

    async with talking_to(handler, timeouts=Timeouts(read=0.3), retries=Retries(attempts=1)) as domo:
        with pytest.raises(TimeoutError):
            await domo.datasets.uploads.put_part("d", 1, 1, zeros(1000))


async def test_a_slow_body_that_moves_on_is_not_cut_off():
    taken = 0

    async def handler(request: web.Request) -> web.Response:
        nonlocal taken
        async for chunk in request.content.iter_any():
            if taken // (8 << 20) != (taken + len(chunk)) // (8 << 20):
                await asyncio.sleep(0.2)
            taken += len(chunk)
        return web.Response()

    async with talking_to(handler, timeouts=Timeouts(read=5, total=0.8), retries=Retries(attempts=1)) as domo:
        await domo.datasets.uploads.put_part("d", 1, 1, zeros(160))

    assert 160 << 18 == taken


async def test_the_token_goes_to_its_own_host_only():
    tokens: list[str | None] = []

    async def elsewhere(request: web.Request) -> web.Response:
        tokens.append(request.headers.get("X-DOMO-Developer-Token"))
        return web.json_response("from elsewhere")

    async with serving(elsewhere) as other:

        async def handler(request: web.Request) -> web.Response:
            tokens.append(request.headers.get("X-DOMO-Developer-Token"))
            raise web.HTTPFound("/api/b" if request.path == "/api/a" else f"{other}/c")

        async with talking_to(handler) as domo:
            assert "from elsewhere" == await domo.request("GET", "/api/a")

    assert [TOKEN, TOKEN, None] == tokens


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_body_never_follows_a_redirect_to_another_host(status):
    hits = 0

    async def elsewhere(request: web.Request) -> web.Response:
        nonlocal hits
        hits += 1
        return web.json_response("taken")

    async with serving(elsewhere) as other:

        async def handler(request: web.Request) -> web.Response:
            return web.Response(status=status, headers={"Location": f"{other}/c"})

        async with talking_to(handler) as domo:
            with pytest.raises(APIError, match="redirected"):
                await domo.request("POST", "/api/a", json={"private": 1})

    assert 0 == hits


async def test_a_redirect_in_a_circle_ends():
    async def handler(request: web.Request) -> web.Response:
        raise web.HTTPFound("/api/a")

    async with talking_to(handler) as domo:
        with pytest.raises(APIError, match="more than 5 times"):
            await domo.request("GET", "/api/a")


async def test_a_redirect_out_of_the_web_is_not_followed():
    async def handler(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "file:///etc/passwd"})

    async with talking_to(handler) as domo:
        with pytest.raises(APIError, match="not followed"):
            await domo.request("GET", "/api/a")


async def test_hooks_see_every_try_and_may_add_headers():
    handler, _ = failing_first(1, 502)
    asked, answered, traces = [], [], []

    async def recording(request: web.Request) -> web.Response:
        traces.append(request.headers.get("traceparent"))
        return await handler(request)

    def before(event):
        asked.append((event.method, event.template, event.path, event.attempt))
        event.headers["traceparent"] = f"00-{event.attempt}"

    async def after(event):
        answered.append((event.attempt, event.status))
        assert event.seconds >= 0

    async with talking_to(recording, before_request=(before,), after_response=(after,)) as domo:
        await domo.datasets.uploads.put_part("id/1", 2, 3, b"x\n")

    template = "/api/data/v3/datasources/{}/uploads/{}/parts/{}"
    path = "/api/data/v3/datasources/id%2F1/uploads/2/parts/3"
    assert [("PUT", template, path, 1), ("PUT", template, path, 2)] == asked
    assert [(1, 502), (2, 200)] == answered
    assert ["00-1", "00-2"] == traces


async def test_a_log_line_holds_what_is_listed_and_nothing_else(caplog):
    async def handler(request: web.Request) -> web.Response:
        return web.json_response(
            {"columns": ["secret cell"], "metadata": [{"type": "STRING"}], "rows": [["secret cell"]]}
        )

    caplog.set_level(logging.DEBUG)
    async with talking_to(handler) as domo:
        await domo.datasets.query("my-dataset", "SELECT 'secret sql'")

    lines = [record.getMessage() for record in caplog.records if record.name == "domo_async.http"]
    assert 1 == len(lines)
    assert lines[0].startswith("POST /api/query/v1/execute/{} -> 200 in ")
    assert lines[0].endswith(" s (request 1, attempt 1)")
    assert "secret" not in caplog.text
    assert "my-dataset" not in lines[0]


async def test_the_token_is_in_no_repr_and_no_error_even_if_the_instance_repeats_it():
    async def handler(request: web.Request) -> web.Response:
        return web.json_response({"message": f"bad token {TOKEN}"}, status=401)

    async with talking_to(handler) as domo:
        with pytest.raises(Unauthorized) as caught:
            await domo.request("GET", "/api/x")
        everything = [
            repr(domo),
            repr(domo.settings),
            repr(domo._transport),
            repr(domo._transport._connection),
        ]

    everything += [str(caught.value), repr(caught.value), repr(caught.value.__dict__)]
    assert TOKEN not in "".join(everything)
    assert "bad token ***" in str(caught.value)


async def test_no_more_connections_than_allowed_and_none_is_thrown_away():
    ports: set[int] = set()
    now = most = 0

    async def handler(request: web.Request) -> web.Response:
        nonlocal now, most
        now += 1
        most = max(most, now)
        assert request.transport is not None
        ports.add(request.transport.get_extra_info("peername")[1])
        await asyncio.sleep(0.005)
        now -= 1
        return web.json_response(1)

    async with talking_to(handler, connections=4) as domo:
        await asyncio.gather(*(domo.request("GET", "/api/x") for _ in range(60)))

    assert 4 == most
    assert 4 == len(ports)


async def test_waiting_for_a_connection_is_not_a_timeout():
    async def handler(request: web.Request) -> web.Response:
        await asyncio.sleep(0.05)
        return web.json_response(1)

    settings = {
        "connections": 1,
        "timeouts": Timeouts(connect=0.5, total=0.5),
        "retries": Retries(attempts=1),
    }
    async with talking_to(handler, **settings) as domo:
        await asyncio.gather(*(domo.request("GET", "/api/x") for _ in range(15)))


async def test_search_is_limited_at_the_client():
    clock = SkippingClock()

    async def handler(request: web.Request) -> web.Response:
        return web.json_response(1)

    async with talking_to(handler, clock=clock, rate_limits={"search": RateLimit(3, 60)}) as domo:
        for _ in range(4):
            await domo.request("POST", "/api/search/v1/query")

    assert 1 == len(clock.slept)
    assert 59 < clock.slept[0] <= 60.1


async def test_streams_and_small_calls_share_a_limit_without_a_deadlock():
    async def handler(request: web.Request) -> web.Response:
        return web.Response(text="a,b\n", content_type="text/csv")

    settings = Settings(connections=1, rate_limits={"query": RateLimit(2, 0.2)})
    async with serving(handler) as origin, Domo(origin, token=TOKEN, settings=settings) as domo:

        async def download() -> None:
            async with domo._transport.download("GET", url("/api/query/x")) as answer:
                assert [b"a,b\n"] == [piece async for piece in answer.chunks()]

        async with asyncio.timeout(20):
            await asyncio.gather(
                *(download() for _ in range(6)),
                *(domo._transport.request("GET", url("/api/query/y")) for _ in range(6)),
            )


async def test_a_closed_client_says_so():
    async def handler(request: web.Request) -> web.Response:
        return web.json_response(1)

    async with talking_to(handler) as domo:
        pass

    with pytest.raises(ConfigError, match="closed"):
        await domo.request("GET", "/api/x")


async def test_a_session_of_the_caller_s_stays_the_caller_s():
    async def handler(request: web.Request) -> web.Response:
        return web.json_response(request.headers.get("X-Company"))

    async with serving(handler) as origin, aiohttp.ClientSession(headers={"X-Company": "acme"}) as session:
        async with Domo(origin, token=TOKEN, session=session) as domo:
            assert "acme" == await domo.request("GET", "/api/x")
        assert not session.closed


async def test_certificates_are_verified(tmp_path):
    import trustme

    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    async def handler(request: web.BaseRequest) -> web.Response:
        if request.path == "/api/plain":
            raise web.HTTPFound("http://127.0.0.1:9/api/x")
        return web.json_response("hello")

    runner = web.ServerRunner(web.Server(handler), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    origin = f"https://127.0.0.1:{runner.addresses[0][1]}"
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    try:
        async with Domo(origin, token=TOKEN, settings=Settings(tls=trusting)) as domo:
            assert "hello" == await domo.request("GET", "/api/x")
            with pytest.raises(APIError, match="http://127.0.0.1:9, which is not followed"):
                await domo.request("GET", "/api/plain")
        clock = SkippingClock()
        async with Domo(origin, token=TOKEN, settings=Settings(clock=clock)) as domo:
            with pytest.raises(ConnectError, match="certificate.*Settings.tls"):
                await domo.request("GET", "/api/x")
        assert [] == clock.slept, "it would not be accepted the next time either"
    finally:
        await runner.cleanup()


def test_a_context_that_verifies_nothing_is_refused():
    blind = ssl.create_default_context()
    blind.check_hostname = False
    blind.verify_mode = ssl.CERT_NONE

    with pytest.raises(ConfigError, match="verify"):
        Settings(tls=blind)


def test_a_transport_needs_no_loop_to_be_made():
    assert "acme" in repr(Domo("acme", token="t"))
    assert isinstance(Domo("acme", token="t")._transport, Transport)


@pytest.mark.parametrize(
    "call", [lambda domo: domo.users.search().all(), lambda domo: domo.datasets.query("x", "SELECT 1")]
)
async def test_a_post_that_reads_is_not_said_to_have_taken_effect(call):
    async def answer(request):
        await request.read()
        return web.json_response([5])

    async with talking_to(answer) as domo:
        with pytest.raises(DecodeError) as caught:
            await call(domo)

    assert "took effect" not in str(caught.value)

"""A server that breaks off, says too much, asks for too long or leads astray: what is told, and what is not done."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import inspect
import json
import logging
import socket

import aiohttp
import pytest

from domo_async import (
    AnswerTooLarge,
    APIError,
    BadRequest,
    ConnectError,
    Domo,
    DomoError,
    Forbidden,
    NotFound,
    RateLimit,
    RateLimited,
    Retries,
    Settings,
    TimeoutError,  # noqa: A004 - the name that users look for
    Timeouts,
    TransportError,
)
from domo_async._transport import url
from tests.support import TOKEN, SkippingClock, listening, raw_answer, raw_server

ONCE = Retries(attempts=1)


def client(origin: str, **options) -> Domo:
    options.setdefault("clock", SkippingClock())
    return Domo(origin, token=TOKEN, settings=Settings(**options))


def gone(number: int, path: str) -> bytes | None:
    """Answer what only warms a connection up, and close it without an answer on everything else."""
    return raw_answer() if path == "/api/warm" else None


# What is sent twice


@pytest.mark.parametrize("is_warm", [False, True])
@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("GET", {}),
        ("PUT", {}),
        ("PUT", {"json": {}}),
        ("DELETE", {}),
        ("POST", {}),
        ("DELETE", {"idempotent": False}),
        ("PUT", {"idempotent": False}),
    ],
)
async def test_one_attempt_is_one_request(method, options, is_warm):
    async with raw_server(gone) as server, client(server.url, retries=ONCE) as domo:
        if is_warm:
            await domo.request("GET", "/api/warm")
        with pytest.raises(TransportError) as caught:
            await domo.request(method, "/api/x", **options)

        in_doubt = options.get("idempotent", method != "POST") is False
        assert (True, in_doubt) == (caught.value.sent, caught.value.in_doubt)
        assert in_doubt == ("may have been carried out" in str(getattr(caught.value, "__notes__", "")))
        assert 1 == server.lines.count(f"{method} /api/x")


async def test_what_must_not_happen_twice_goes_out_once_also_without_a_body():
    async with raw_server(gone) as server, client(server.url) as domo:
        await domo.request("GET", "/api/warm")
        with pytest.raises(TransportError):
            await domo.task_center.tasks.move("q", "t", target_queue_id="r")

        assert 2 == len(server.heads)


async def test_every_try_is_counted_and_told_to_the_hooks():
    seen: list[tuple[int, int | None]] = []

    def hook(event) -> None:
        seen.append((event.attempt, event.status))

    async with raw_server(gone) as server:
        async with client(server.url, retries=Retries(attempts=3), after_response=(hook,)) as domo:
            await domo.request("GET", "/api/warm")
            with pytest.raises(TransportError):
                await domo.request("DELETE", "/api/x")

        assert [(1, 200), (1, None), (2, None), (3, None)] == seen
        assert 3 == server.lines.count("DELETE /api/x")


@pytest.mark.parametrize("page", ["<html><title>Down</title></html>", "", "{}", '{"status":500}'])
async def test_a_proxy_s_503_does_not_mean_that_domo_took_nothing(page):
    down = raw_answer(page, "Retry-After: 0", status="503 Unavailable")
    async with raw_server(lambda *_: down) as server, client(server.url) as domo:
        with pytest.raises(APIError) as caught:
            await domo.request("POST", "/api/x", json={})

        assert (1, True) == (len(server.heads), caught.value.in_doubt)


async def test_domo_s_own_503_says_that_nothing_was_taken():
    busy = raw_answer('{"status":503,"message":"busy","toe":"T"}', "Retry-After: 0", status="503 X")
    async with raw_server(lambda n, _: busy if n == 1 else raw_answer("1")) as server, client(server.url) as domo:
        assert 1 == await domo.request("POST", "/api/x", json={})

        assert 2 == len(server.heads)


NOT_THERE = raw_answer('{"status":404,"message":"no such thing","toe":"T"}', status="404 Not Found")


@pytest.mark.parametrize("first", [None, raw_answer("{}", status="502 Bad Gateway")])
async def test_a_delete_whose_answer_was_lost_has_worked_if_nothing_is_there_then(first, caplog):
    caplog.set_level(logging.INFO, "domo_async")
    async with (
        raw_server(lambda number, _: first if number == 1 else NOT_THERE) as server,
        client(server.url) as domo,
    ):
        assert await domo.request("DELETE", "/api/x") is None

        assert 2 == len(server.heads)
    assert "carried out by a try before attempt 2" in caplog.text


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (raw_answer("{}", status="429 Too Many Requests"), NOT_THERE),
        (None, raw_answer("<html><title>Not here</title></html>", status="404 Not Found")),
        (None, raw_answer('{"status":403,"toe":"T"}', status="403 Forbidden")),
    ],
)
async def test_a_delete_is_not_told_as_done_on_other_evidence(first, second):
    async with raw_server(lambda number, _: first if number == 1 else second) as server, client(server.url) as domo:
        with pytest.raises((NotFound, Forbidden)) as caught:
            await domo.request("DELETE", "/api/x")

    assert (first is None) == caught.value.after_lost_answer


async def test_a_refusal_after_a_lost_answer_says_that_it_may_be_due_to_the_first_try():
    exists = raw_answer('{"status":409,"message":"exists","toe":"T"}', status="409 Conflict")
    async with raw_server(lambda number, _: None if number == 1 else exists) as server, client(server.url) as domo:
        with pytest.raises(
            APIError, match="exists.*an earlier try got no answer and may have been carried out"
        ) as caught:
            await domo.request("PUT", "/api/x", json={})

    assert not caught.value.refused


async def test_a_connection_that_died_while_idle_is_not_used():
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        while await reader.readuntil(b"\r\n\r\n"):
            writer.write(raw_answer("1"))

    async with listening(serve) as origin, client(origin, retries=ONCE) as domo:
        await domo.request("GET", "/api/x")
        # Not even a turn of the loop is taken, in which its end would be noticed.
        writers[0].get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        assert 1 == await domo.request("POST", "/api/x", json={})

    assert 2 == len(writers)


@pytest.mark.parametrize("header", ["Keep-Alive: timeout=1", "keep-alive: max=0, timeout=5"])
async def test_a_connection_is_given_up_before_the_server_does(header):
    async with raw_server(lambda *_: raw_answer("1", header)) as server, client(server.url) as domo:
        for _ in range(3):
            await domo.request("GET", "/api/x")

        assert 3 == server.connections


# Whose answer it is

UNASKED = raw_answer('"NOT ASKED FOR"')


@pytest.mark.parametrize(
    "odd",
    [
        raw_answer('"1"') + UNASKED,
        raw_answer('"1"') + b"garbage",
        b"HTTP/1.1 204 No Content\r\n\r\n" + UNASKED,
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 14\r\n\r\n",
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n"1"\r\n0\r\n\r\n' + UNASKED,
        b"HTTP/1.1 103 Early Hints\r\n\r\n" + raw_answer('"1"') + UNASKED,
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n" + UNASKED,
    ],
)
async def test_what_follows_an_answer_is_not_taken_for_the_next_one(odd):
    async with raw_server(lambda number, path: odd if number == 1 else raw_answer(f'"{path}"')) as server:
        async with client(server.url, retries=ONCE) as domo:
            with contextlib.suppress(DomoError):
                await domo.request("GET", "/api/odd")
            assert ["/api/1", "/api/2"] == [await domo.request("GET", f"/api/{number}") for number in (1, 2)]

        assert 2 == server.connections


async def test_what_comes_on_an_idle_connection_is_not_taken_for_an_answer():
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        while head := await reader.readuntil(b"\r\n\r\n"):
            writer.write(raw_answer(f'"{head.decode().split()[1]}"'))

    async with listening(serve) as origin, client(origin, retries=ONCE) as domo:
        for number in range(3):
            assert f"/api/{number}" == await domo.request("GET", f"/api/{number}")
            writers[-1].write(UNASKED)

    assert 3 == len(writers)


async def test_a_body_after_an_answer_to_head_does_not_come_up_again():
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            answer = raw_answer(f'"{head.decode().split()[1]}"')
            if head.startswith(b"HEAD"):
                answer, _, late = answer.partition(b"\r\n\r\n")
                writer.write(answer + b"\r\n\r\n")
                asyncio.get_running_loop().call_soon(writer.write, late)
            else:
                writer.write(answer)

    async with listening(serve) as origin, client(origin, retries=ONCE) as domo:
        with contextlib.suppress(TransportError):
            await domo.request("HEAD", "/api/x")
        assert "/api/y" == await domo.request("GET", "/api/y")


# Where one is led


def moved(location: str, status: str = "302 Found") -> bytes:
    return raw_answer(b"", f"Location: {location}", status=status)


async def test_nothing_of_the_caller_s_leaves_the_instance():
    def hook(event) -> None:
        event.headers["CF-Access-Client-Secret"] = "of-the-hook"

    async with (
        raw_server(lambda *_: raw_answer('"from elsewhere"')) as other,
        raw_server(lambda *_: moved(f"{other.url}/x".replace("127.0.0.1", "localhost"))) as server,
        aiohttp.ClientSession(
            headers={"X-Gateway": "of-the-session", "Authorization": "Basic of-the-session"},
            cookies={"c": "of-the-jar"},
            cookie_jar=aiohttp.CookieJar(unsafe=True),
        ) as session,
    ):
        settings = Settings(before_request=(hook,), user_agent="of-the-settings")
        async with Domo(server.url, token=TOKEN, session=session, settings=settings) as domo:
            assert "from elsewhere" == await domo.request("GET", "/api/x")

        for secret in ("of-the-hook", "of-the-session", "of-the-settings", TOKEN):
            assert secret in server.heads[0]
        for secret in ("of-the-", TOKEN):
            assert secret not in other.heads[0]


async def test_who_has_left_the_instance_comes_back_as_a_stranger():
    async with (
        raw_server(lambda *_: moved(f"{origins[0]}/api/secret")) as other,
        raw_server(lambda _, path: moved(f"{other.url}/x") if path == "/api/a" else raw_answer("1")) as server,
    ):
        origins = [server.url]
        async with client(server.url) as domo:
            await domo.request("GET", "/api/a")

        assert TOKEN in server.heads[0]
        assert TOKEN not in server.heads[1]


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/api/ü?q=ä", "/api/%C3%BC?q=%C3%A4"),
        ("/api/a b", "/api/a%20b"),
        ("/api/a%2Fb?X-Sig=%7e", "/api/a%2Fb?X-Sig=%7e"),
        ("/api/x#fragment", "/api/x"),
        ("?only=query", "/api/a?only=query"),
        ("HTTP://me:pass@{host}/api/x", "/api/x"),
    ],
)
async def test_an_address_is_followed_as_it_was_meant(location, path):
    def answer(number: int, target: str) -> bytes:
        host = server.url.removeprefix("http://")
        return moved(location.replace("{host}", host)) if number == 1 else raw_answer(json.dumps(target))

    async with raw_server(answer) as server, client(server.url) as domo:
        assert path == await domo.request("GET", "/api/a")

        assert TOKEN in server.heads[1]
        assert "Authorization" not in server.heads[1]


@pytest.mark.parametrize(
    "location", ["", " ", "http://[::1", "http://127.0.0.1:99999/", "javascript:x", "ftp://" + TOKEN + "/"]
)
async def test_an_address_that_is_none_is_told_and_not_followed(location):
    async with raw_server(lambda *_: moved(location)) as server, client(server.url) as domo:
        with pytest.raises(APIError, match="not an HTTP address"):
            await domo.request("GET", "/api/a")

        assert 1 == len(server.heads)


@pytest.mark.parametrize(("status", "bodies"), [("307 X", 2), ("308 X", 2), ("301 X", 1), ("302 X", 1), ("303 X", 1)])
async def test_a_body_follows_where_the_status_says_so_and_the_host_is_the_same(status, bodies):
    async with (
        raw_server(lambda number, _: moved("/api/b", status) if number == 1 else raw_answer("1")) as server,
        client(server.url) as domo,
    ):
        followed = contextlib.nullcontext() if bodies == 2 else pytest.raises(APIError, match="not followed")
        with followed:
            await domo.request("POST", "/api/a", json={"k": 1})

        assert [b'{"k":1}'] * bodies == server.bodies


# What it would have one hold, read or wait for


async def test_a_family_is_held_no_longer_than_allowed_and_nobody_waits_for_that():
    clock = SkippingClock()
    refusal = raw_answer("{}", "Retry-After: 315360000", status="429 Too Many Requests")
    async with (
        raw_server(lambda number, _: refusal if number == 1 else raw_answer("1")) as server,
        client(server.url, clock=clock) as domo,
    ):
        with pytest.raises(RateLimited):
            await domo.request("GET", "/api/data/a")
        with pytest.raises(RateLimited, match=r"nothing was sent.*'data' until 20\d\d-.*in 120 s") as caught:
            await domo.request("GET", "/api/data/b")
        assert caught.value.retry_after is not None
        assert 315_000_000 < caught.value.retry_after
        assert 1 == await domo.request("GET", "/api/content/c")
        await clock.sleep(121)
        assert 1 == await domo.request("GET", "/api/data/d")

        assert ["GET /api/data/a", "GET /api/content/c", "GET /api/data/d"] == server.lines


@pytest.mark.parametrize("value", ["9" * 300, "9" * 400, "-9", "nan", "soon", "1e9", "", "Sun Nov  6 08:49:37 1994"])
async def test_no_retry_after_is_too_odd(value):
    refusal = raw_answer("{}", f"Retry-After: {value}", status="429 Too Many Requests")
    async with raw_server(lambda *_: refusal) as server, client(server.url, retries=Retries(attempts=2)) as domo:
        for _ in range(2):
            with pytest.raises(RateLimited):
                await domo.request("GET", "/api/data/a")


async def test_the_longest_of_several_retry_afters_counts():
    clock = SkippingClock()
    refusal = raw_answer("{}", "Retry-After: 3", "Retry-After: 7", status="429 X")
    async with (
        raw_server(lambda number, _: refusal if number == 1 else raw_answer("1")) as server,
        client(server.url, clock=clock) as domo,
    ):
        await domo.request("GET", "/api/x")

    assert 7 <= max(clock.slept) <= 7.5


@pytest.mark.parametrize("is_chunked", [False, True])
@pytest.mark.parametrize("is_coded", [False, True])
async def test_an_answer_has_a_limit_also_when_it_is_small_on_the_wire(is_coded, is_chunked):
    content = json.dumps("x" * 300_000).encode()
    body = gzip.compress(content) if is_coded else content
    headers = ["Content-Encoding: gzip"] if is_coded else []
    answer = raw_answer(body, *headers)
    if is_chunked:
        head = answer[: -len(body)].replace(b"Content-Length: %d" % len(body), b"Transfer-Encoding: chunked")
        answer = head + b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"
    async with raw_server(lambda *_: answer) as server:
        async with client(server.url, max_answer=300_001) as domo:
            with pytest.raises(AnswerTooLarge, match=r"larger than 300,001 bytes.*Settings.max_answer") as caught:
                await domo.request("GET", "/api/x")
            async with domo._transport.download("GET", url("/api/x")) as stream:
                assert 300_002 == sum([len(piece) async for piece in stream.chunks()])
        async with client(server.url, max_answer=300_002) as domo:
            assert 300_000 == len(await domo.request("GET", "/api/x"))

    assert 300_001 == caught.value.limit
    assert "GET /api/x" == server.lines[0], "what is too large is not asked for again"
    assert 3 == len(server.heads)


async def test_an_error_is_read_no_further_than_it_explains():
    bomb = gzip.compress(b" " * (64 << 20))
    answer = raw_answer(bomb, "Content-Encoding: gzip", status="403 Forbidden")
    async with raw_server(lambda *_: answer) as server, client(server.url) as domo:
        with pytest.raises(Forbidden) as caught:
            await domo.request("GET", "/api/x")

    assert 64 << 10 == len(caught.value.body)


@pytest.mark.parametrize("piece", ["<h1>", "<title", "<", "&amp;", "\\", "%25", "a"])
async def test_no_page_takes_long_to_look_at(piece):
    page = "<html>" + piece * (66_000 // len(piece))
    async with raw_server(lambda *_: raw_answer(page, status="403 Forbidden")) as server, client(server.url) as domo:
        with pytest.raises(Forbidden):
            await domo.request("GET", "/api/x")


@pytest.mark.skipif(
    "max_headers" not in inspect.signature(aiohttp.ClientSession.__init__).parameters,
    reason="this version of aiohttp bounds the size of headers, and not their number",
)
async def test_headers_have_a_limit_beyond_what_gateways_send():
    long = [f"X-{number}: {'v' * 9000}" for number in range(3)]
    many = [f"X-{number}: v" for number in range(1000)]
    async with (
        raw_server(lambda number, _: raw_answer("1", *(long if number == 1 else many))) as server,
        client(server.url) as domo,
    ):
        assert 1 == await domo.request("GET", "/api/x")
        with pytest.raises(TransportError):
            await domo.request("GET", "/api/x")


async def test_total_is_the_whole_call():
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = 0
        while await reader.readuntil(b"\r\n\r\n"):
            number += 1
            await asyncio.sleep(0.15)
            writer.write(moved(f"/api/{number}"))

    async with listening(serve) as origin, client(origin, retries=ONCE, timeouts=Timeouts(read=5, total=0.4)) as domo:
        with pytest.raises(TimeoutError):
            await domo.request("GET", "/api/x")


async def test_a_body_that_stands_still_ends_by_the_limit_for_reading():
    begun = raw_answer("{}" * 50)[:-5]

    # The total would be over long after the test's own limit.
    async with (
        raw_server(lambda *_: begun) as server,
        client(server.url, retries=ONCE, timeouts=Timeouts(read=0.2, total=500)) as domo,
    ):
        with pytest.raises(TimeoutError):
            await domo.request("GET", "/api/x")


async def test_a_slot_that_never_becomes_free_is_told_with_what_has_it():
    async with (
        raw_server(lambda *_: raw_answer("1")) as server,
        client(server.url, connections=1, timeouts=Timeouts(total=0.2)) as domo,
    ):
        async with domo._transport.download("GET", url("/api/query/{}", "held")):
            assert 1 == await domo.request("GET", "/api/x"), "calls are counted apart"
            with pytest.raises(
                TimeoutError, match=r"nothing was sent.*Streams have all 1: 1 of /api/query/{}"
            ) as caught:
                async with domo._transport.download("GET", url("/api/query/{}", "b")):
                    pass
        async with domo._transport.download("GET", url("/api/query/{}", "c")) as stream:
            assert [b"1"] == [piece async for piece in stream.chunks()]

    assert not caught.value.sent


async def test_a_rate_limit_that_comes_too_late_is_told_at_once():
    clock = SkippingClock()
    async with (
        raw_server(lambda *_: raw_answer("1")) as server,
        client(server.url, clock=clock, rate_limits={"data": RateLimit(1, 3600)}, timeouts=Timeouts(total=10)) as domo,
    ):
        await domo.request("GET", "/api/data/x")
        with pytest.raises(TimeoutError, match="rate limit of 'data'") as caught:
            await domo.request("GET", "/api/data/x")

    assert not caught.value.sent
    assert [] == clock.slept


async def test_waits_are_logged(caplog):
    caplog.set_level(logging.INFO, "domo_async")
    async with (
        raw_server(lambda number, _: None if number == 1 else raw_answer("1")) as server,
        client(server.url) as domo,
    ):
        await domo.request("GET", "/api/x")

    assert [("domo_async.http", logging.INFO)] == [record[:2] for record in caplog.record_tuples]
    assert "GET /api/x failed (TransportError), and is sent again in" in caplog.text


# What cannot get better, and what may


async def test_a_name_that_is_not_known_is_not_asked_for_again():
    clock = SkippingClock()
    async with client("https://nowhere.invalid", clock=clock) as domo:
        with pytest.raises(ConnectError, match=r"no host 'nowhere.invalid'|cannot connect") as caught:
            await domo.request("GET", "/api/x")

    if not caught.value.passing:  # a machine without a resolver cannot tell
        assert [] == clock.slept


@pytest.mark.parametrize(
    ("status", "retries", "requests"),
    [
        (520, Retries(attempts=2), 2),
        (530, Retries(attempts=2), 2),
        (531, Retries(attempts=2), 1),
        (503, Retries(attempts=2, statuses=frozenset({502})), 1),
        (423, Retries(attempts=2, statuses={423}), 2),
    ],
)
async def test_which_failures_may_pass_is_a_setting(status, retries, requests):
    async with raw_server(lambda *_: raw_answer("{}", status=f"{status} X")) as server:
        async with client(server.url, retries=retries) as domo:
            with pytest.raises(APIError):
                await domo.request("GET", "/api/x")

        assert requests == len(server.heads)


# What it repeats


@pytest.mark.parametrize("field", ["message", "toe", "errorCode", "statusReason", "other"])
async def test_no_field_of_an_error_repeats_the_token_or_a_password(field):
    def answer(number: int, _path: str) -> bytes:
        return raw_answer(json.dumps({field: f"<{TOKEN.swapcase()}> {server.bodies[-1].decode()}"}), status="400 X")

    async with raw_server(answer) as server, client(server.url) as domo:
        with pytest.raises(BadRequest) as caught:
            await domo.accounts.create(
                display_name="a", name="a", data_provider_type="t", configurations={"password": "of-the-account"}
            )

    told = f"{caught.value} {caught.value!r} {caught.value.__dict__}"
    for secret in (TOKEN, TOKEN.swapcase(), "of-the-account"):
        assert secret not in told


@pytest.mark.parametrize("status", ["400 X", "200 OK"])
async def test_the_cookies_of_a_session_are_not_repeated(status):
    async with (
        raw_server(lambda *_: raw_answer(f"<title>{server.heads[-1]}</title>", status=status)) as server,
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True), cookies={"c": "of-the-jar"}) as session,
        Domo(server.url, token=TOKEN, session=session) as domo,
    ):
        with pytest.raises(APIError) as caught:
            await domo.request("GET", "/api/x")

    assert "of-the-jar" in server.heads[0]
    assert "of-the-jar" not in f"{caught.value} {caught.value.__dict__}"


async def test_what_hooks_add_is_not_repeated_of_an_answer_that_cannot_be_read():
    def hook(event) -> None:
        event.headers["X-Gate-Secret"] = "of-the-hook"

    async with (
        raw_server(lambda *_: raw_answer(json.dumps([server.heads[-1]]))) as server,
        client(server.url, before_request=(hook,)) as domo,
    ):
        with pytest.raises(DomoError) as caught:
            await domo.datasets.get("x")

    assert "of-the-hook" in server.heads[0]
    assert "of-the-hook" not in f"{caught.value} {caught.value.__dict__}"


async def test_what_gateways_are_told_is_not_repeated_either():
    def hook(event) -> None:
        event.headers["Authorization"] = "Bearer of-the-hook"

    async with (
        raw_server(lambda *_: raw_answer(json.dumps({"toe": server.heads[-1]}), status="400 X")) as server,
        aiohttp.ClientSession(headers={"X-Api-Key": "of-the-session"}) as session,
        Domo(server.url, token=TOKEN, session=session, settings=Settings(before_request=(hook,))) as domo,
    ):
        with pytest.raises(BadRequest) as caught:
            await domo.request("GET", "/api/x")

    assert "X-Api-Key: ***" in str(caught.value)
    for secret in ("of-the-hook", "of-the-session", TOKEN):
        assert secret in server.heads[0]
        assert secret not in f"{caught.value} {caught.value.__dict__}"

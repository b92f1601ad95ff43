"""Nothing shows a token or a password: no text of an error, no log line, no local variable of a traceback, no file.

At the end of every run `tests/conftest.py` looks at all that was said and at the variables of all errors as well.
"""

from __future__ import annotations

import asyncio
import base64
import copy
import json
import logging
import pickle
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import attrs
import orjson
import pytest
from yarl import URL

from domo_async import (
    AppAccess,
    ConfigError,
    ConnectError,
    DecodeError,
    Domo,
    DomoError,
    Fleet,
    NotFound,
    RequestEvent,
    Retries,
    Secret,
    Settings,
    Timeouts,
    UploadError,
    sync,
)
from domo_async._endpoints.access_tokens import NewAccessToken
from domo_async._endpoints.accounts import Account
from domo_async._endpoints.datasets.models import Column
from domo_async._endpoints.s3_exports import AwsCredentials, ExportQuery
from domo_async._profiles import Given, resolve
from domo_async._transfer import ColumnType
from domo_async._transport import raw_url
from domo_async._wire import Model, decode, dumps, unstructure
from domo_async.emulator import Emulator, Fault
from tests.support import TOKEN, RawServer, raw_answer, raw_server
from tests.variables import variables_of

PASSWORD = "the-password-of-somebody"
COOKIE = "the-cookie-of-a-gateway"
GATEWAY = "the-key-of-a-gateway"
SECRETS = (TOKEN, PASSWORD, COOKIE, GATEWAY)
SOON = datetime(2100, 1, 1, tzinfo=UTC)


# What is wrapped


def test_a_secret_is_shown_nowhere():
    secret = Secret(PASSWORD)
    holder = attrs.make_class("Holder", ["password"])(secret)

    texts = [f"{secret}", f"{secret!r}", f"{secret:>40}", f"{[secret]}", str(attrs.asdict(holder)), str(dir(secret))]
    assert not any(PASSWORD in text for text in texts)
    assert not hasattr(secret, "__dict__")
    assert "***" == str(secret)
    assert PASSWORD == secret.get_secret_value()
    assert secret is copy.copy(secret) is copy.deepcopy(secret)


def test_secrets_are_equal_if_their_values_are():
    assert Secret(PASSWORD) == Secret(PASSWORD)
    assert Secret("ü\ud800") == Secret("ü\ud800")
    assert Secret(PASSWORD) != Secret(TOKEN)
    assert Secret(PASSWORD) != PASSWORD
    assert 2 == len({Secret(PASSWORD), Secret(PASSWORD), Secret(TOKEN)})
    assert 1 == len({Secret({"a": 1}), Secret({"a": 1})})


@pytest.mark.parametrize("write", [json.dumps, orjson.dumps, pickle.dumps])
@pytest.mark.parametrize(
    "value",
    [
        Secret(PASSWORD),
        AppAccess("https://app.domoapps.com", session_token=PASSWORD),
        Settings(proxy=f"http://me:{PASSWORD}@proxy:3128"),
        AwsCredentials(PASSWORD, PASSWORD),
        NewAccessToken(id=1, token=Secret(PASSWORD)),
        Account(configurations=Secret({"password": PASSWORD})),
    ],
    ids=lambda value: type(value).__name__,
)
def test_objects_with_secrets_are_not_written_in_the_clear_by_accident(write, value):
    with pytest.raises(TypeError):
        write(value if write is pickle.dumps else attrs.asdict(value) if attrs.has(type(value)) else value)

    assert PASSWORD not in f"{value} {value!r}"
    if attrs.has(type(value)):
        assert PASSWORD not in str(attrs.asdict(value))


def test_a_body_takes_the_value_of_a_secret_at_any_depth():
    body = {"a": [Secret("x"), None], "b": Secret({"c": 1 << 70, "d": Secret("y")})}

    assert '{"a":["x",null],"b":{"c":1180591620717411303424,"d":"y"}}' == dumps(body).decode()
    assert "x" not in repr(unstructure(body))


def test_a_secret_that_cannot_be_sent_is_told_without_it():
    with pytest.raises(ConfigError, match="bytes cannot be sent as JSON") as caught:
        dumps({"a": Secret({"password": PASSWORD, "b": b"1"})})

    assert not leaks(caught.value)


@attrs.frozen(kw_only=True)
class Keyring(Model):
    """An answer that may hold a secret."""

    key: Secret[str] | None = None


def test_an_answer_that_is_not_a_secret_is_told_without_a_glimpse_of_it():
    answer = json.dumps({"id": 1, "token": [PASSWORD]}).encode()
    with pytest.raises(DecodeError, match="expected a string") as caught:
        decode(answer, NewAccessToken)
    kept = decode(json.dumps({"key": [PASSWORD]}).encode(), Keyring)

    assert PASSWORD not in str(caught.value)
    assert PASSWORD not in f"{kept} {attrs.asdict(kept)}"
    assert Secret([PASSWORD]) == kept.extras["key"]


# Local variables


def leaks(error: BaseException, *secrets: str) -> list[str]:
    """Return the variables of the library and below it, and the texts of errors, that show a secret."""
    return [shown for shown in variables_of(error) for secret in secrets or SECRETS if secret in shown]


class Odd(Exception):
    """What a program's own code raises."""


def raising(_: object) -> None:
    raise Odd


def interrupting(_: object) -> None:
    raise KeyboardInterrupt


def repeating(server: RawServer, status: str) -> bytes:
    return raw_answer(json.dumps({"message": server.heads[-1], "toe": server.bodies[-1].decode()}), status=status)


GIVEN = Settings(retries=Retries(attempts=1))
HASTY = Timeouts(read=0.05, total=5)  # for what never comes
FAILURES: dict[str, Callable[[RawServer], bytes | None]] = {
    "closed": lambda _: None,
    "nonsense": lambda _: b"nonsense\r\n\r\n",
    "silence": lambda _: b"",
    "cut": lambda _: raw_answer(b"{}" * 50)[:-5],
    "refusal": lambda server: repeating(server, "400 X"),
    "failure": lambda server: repeating(server, "500 X"),
    "no JSON": lambda server: raw_answer(server.heads[-1]),
    "page": lambda server: raw_answer(f"<html>{server.heads[-1]}"),
    "other JSON": lambda server: raw_answer(json.dumps([server.heads[-1]])),
    "redirect": lambda _: raw_answer("", f"Location: ftp://{TOKEN}@host/{TOKEN}", status="302 X"),
    "redirects": lambda _: raw_answer("", f"Location: /{TOKEN}", status="302 X"),
    "too large": lambda server: raw_answer(json.dumps(server.heads[-1] * 4)),
    "coding": lambda server: raw_answer(server.heads[-1], "Content-Encoding: gzip"),
}


async def create_account(domo: Domo) -> object:
    return await domo.accounts.create(
        display_name="a", name="a", data_provider_type="t", configurations={"k": 1, "password": PASSWORD}
    )


CALLS: dict[str, Callable[[Any], Any]] = {
    "get": lambda domo: domo.datasets.get("x"),
    "account": lambda domo: domo.accounts.create(
        display_name="a", name="a", data_provider_type="t", configurations={"k": 1, "password": PASSWORD}
    ),
    "token": lambda domo: domo.access_tokens.create(name="a", owner_id=1, expires=SOON),
    "raw": lambda domo: domo.request("POST", "/api/x", json={"password": PASSWORD}),
}


async def failed(domo: Any, call: Callable[[Any], Any]) -> BaseException:
    """Return what a call of either client raises."""
    try:
        if isinstance(domo, Domo):
            await call(domo)
        else:
            await asyncio.to_thread(call, domo)
    except Exception as error:  # noqa: BLE001 - all are looked at
        return error
    raise AssertionError("it did not fail")


@asynccontextmanager
async def both(url: str, settings: Settings, token: str = TOKEN) -> AsyncIterator[list[Domo | sync.Domo]]:
    """Both clients of an address."""
    async with Domo(url, token=token, settings=settings) as domo:
        blocking = sync.Domo(url, token=Secret(token), settings=settings)
        try:
            yield [domo, blocking]
        finally:
            await asyncio.to_thread(blocking.close)


@pytest.mark.parametrize("failure", FAILURES)
async def test_no_variable_of_a_failed_call_is_a_secret(failure):
    settings = attrs.evolve(GIVEN, max_answer=300 if failure == "too large" else 1 << 20)
    if failure in {"silence", "cut"}:
        settings = attrs.evolve(settings, timeouts=HASTY)
    async with (
        raw_server(lambda *_: FAILURES[failure](server)) as server,
        both(server.url, settings) as clients,
    ):
        for domo in clients:
            for name, call in CALLS.items():
                if failure != "other JSON" or name != "raw":
                    error = await failed(domo, call)
                    assert isinstance(error, DomoError), name
                    assert [] == leaks(error), name


@pytest.mark.parametrize("media_type", ["application/json", "text/csv"])
@pytest.mark.parametrize("way", ["scan", "frame", "export"])
async def test_another_answer_to_an_export_is_told_without_secrets(way, media_type, tmp_path):
    # Not the token, which the suite looks for in errors that nobody gets to see, too.
    secret = "a-secret-that-a-hook-sends"
    settings = attrs.evolve(GIVEN, before_request=(lambda event: event.headers.update({"X-Hook-Secret": secret}),))
    heading = raw_answer(json.dumps({"columns": ["n"], "metadata": [{"type": "LONG"}], "rows": [], "numRows": 0}))

    def instance(_: int, target: str) -> bytes:
        told = json.dumps({"message": secret, "status": secret, "toe": secret})
        return raw_answer(told, f"Content-Type: {media_type}") if "/export/" in target else heading

    async def call(domo: Domo) -> None:
        if way == "scan":
            _ = [batch async for batch in domo.datasets.scan("d")]
        elif way == "frame":
            await domo.datasets.frame("d")
        else:
            await domo.datasets.export("d", tmp_path / "out.csv")

    async with raw_server(instance) as server, Domo(server.url, token=TOKEN, settings=settings) as domo:
        error = await failed(domo, call)

    assert isinstance(error, DecodeError)
    assert "POST /api/query/v1/execute/export/d: " in str(error)
    # The frames above the transport hold what the caller asked for; the error tells it without secrets.
    chain = (error, error.__cause__, error.__context__)
    assert secret not in "".join(f"{each} {each!r} {vars(each)}" for each in chain if each is not None)
    assert [] == [*tmp_path.iterdir()]


@pytest.mark.parametrize("hook", [raising, interrupting])
async def test_no_variable_is_a_secret_where_a_hook_ends_the_call(hook, emulator):
    def call() -> BaseException:
        try:
            asyncio.run(aiocall())
        except BaseException as error:  # noqa: BLE001 - Ctrl-C, too
            return error
        raise AssertionError("it did not fail")

    async def aiocall() -> None:
        async with Domo(emulator.url, token=TOKEN, settings=Settings(before_request=(hook,))) as domo:
            await CALLS["raw"](domo)

    def blocking() -> BaseException:
        try:
            with sync.Domo(emulator.url, token=TOKEN, settings=Settings(before_request=(hook,))) as domo:
                CALLS["account"](domo)
        except BaseException as error:  # noqa: BLE001 - Ctrl-C, too
            return error
        raise AssertionError("it did not fail")

    for error in (await asyncio.to_thread(call), await asyncio.to_thread(blocking)):
        assert isinstance(error, Odd | KeyboardInterrupt)
        assert [] == leaks(error)


async def test_no_variable_of_a_cancelled_call_is_a_secret():
    arrived = asyncio.Event()

    def answer(*_: object) -> bytes:
        arrived.set()
        return b""

    async with (
        raw_server(answer) as server,
        aiohttp.ClientSession(headers={"X-Api-Key": GATEWAY}, cookies={"sso": COOKIE}) as session,
        Domo(server.url, token=TOKEN, session=session) as domo,
    ):
        session.cookie_jar.update_cookies({"sso": COOKIE}, session._build_url(server.url))
        task = asyncio.ensure_future(CALLS["account"](domo))
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task

    assert GATEWAY in server.heads[0]
    assert [] == leaks(caught.value)


async def test_a_caller_s_session_sees_no_token_in_requests():
    seen: list[str] = []

    async def middleware(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
        seen.append(str(request.headers))
        response = await handler(request)
        seen.append(f"{request.headers} {response.request_info}")
        raise Odd

    async with (
        raw_server(lambda *_: raw_answer("{}")) as server,
        aiohttp.ClientSession(headers={"X-Api-Key": GATEWAY, "X-Plain": "1"}, middlewares=(middleware,)) as session,
        Domo(server.url, token=TOKEN, session=session) as domo,
    ):
        error = await failed(domo, CALLS["raw"])

    assert isinstance(error, Odd)
    assert [] == leaks(error)
    assert 2 == len(seen)
    assert all("X-Plain" in text and TOKEN not in text and GATEWAY not in text for text in seen)
    assert TOKEN in server.heads[0]
    assert GATEWAY in server.heads[0]


async def test_no_variable_of_a_failed_login_is_a_secret(emulator):
    for instance in (emulator.url, "http://127.0.0.1:1", "not an instance"):
        with pytest.raises(DomoError) as caught:
            await Domo.login(instance, "me@example.com", PASSWORD, settings=GIVEN)
        assert [] == leaks(caught.value)
        with pytest.raises(DomoError) as blocked:
            await asyncio.to_thread(sync.Domo.login, instance, "me@example.com", Secret(PASSWORD), settings=GIVEN)
        assert [] == leaks(blocked.value)


async def test_a_login_takes_text_or_a_secret(emulator):
    for password in (emulator.token, Secret(emulator.token)):
        async with await Domo.login(emulator.url, "owner@example.com", password) as domo:
            assert 1 == (await domo.users.me()).id


@pytest.mark.parametrize("refused", [f"{PASSWORD}\n", f" {PASSWORD}", PASSWORD.encode(), [PASSWORD]])
@pytest.mark.parametrize(
    "make",
    [
        lambda token: Domo("acme", token=token),
        lambda token: Domo("acme", session_token=token),
        lambda token: Domo("acme", token=token, session_token=token),
        lambda token: Domo("not an instance", token=token),
        lambda token: Domo("acme", token=token, settings=5),  # type: ignore[arg-type]
        lambda token: sync.Domo("acme", token=token),
        lambda token: AppAccess("https://app.domoapps.com", session_token=token),
        lambda token: AppAccess("not an address", session_token=token),
        lambda token: Settings(proxy=token),
        lambda _: Settings(proxy=f"http://me:{PASSWORD}@proxy", connections=0),
        lambda token: Fleet({"acme": ("acme", token)}),
        lambda token: Fleet({"acme": ("acme", token)}, concurrency=0),
        lambda token: sync.Fleet({"acme": ("acme", token)}),
        lambda token: resolve(environ={"DOMO_DEVELOPER_TOKEN": str(token), "XDG_CONFIG_HOME": "/nowhere"}),
        lambda token: resolve(environ={"DOMO_DEVELOPER_TOKEN": str(token), "DOMO_INSTANCE": "a/b/c"}),
        lambda token: resolve(
            Given(instance="acme"),
            {"DOMO_DEVELOPER_TOKEN": str(token), "DOMO_INSTANCE": "beta", "XDG_CONFIG_HOME": "/nowhere"},
        ),
    ],
)
def test_an_impossible_token_is_told_without_it(make, refused):
    with pytest.raises(ConfigError) as caught:
        make(refused)

    assert [] == leaks(caught.value)


async def test_no_variable_of_a_failed_upload_is_a_secret(emulator):
    emulator.faults.add(Fault("PUT *parts*", "status", status=400, count=None))
    async with emulator.client() as domo:
        dataset = await domo.datasets.create("d", [Column(name="a", type=ColumnType.LONG)])
    async with both(emulator.url, GIVEN, emulator.token) as clients:
        for client in clients:
            error = await failed(client, lambda domo: domo.datasets.upload(dataset.id, b"a\n1\n"))
            assert isinstance(error, UploadError)
            assert [] == leaks(error, emulator.token)


async def test_the_watch_sees_variables():
    def inner(token: str) -> None:
        raise Odd(len(token))

    inner.__code__ = inner.__code__.replace(co_filename="domo_async/made_up.py")
    with pytest.raises(Odd) as caught:
        inner(TOKEN)

    assert 1 <= len(leaks(caught.value))


# What leaves


async def test_messages_are_watched_for_tokens(watch, emulator):
    logging.getLogger("elsewhere").warning("a line of another library")
    async with Domo(emulator.url, token=emulator.token) as domo:
        with pytest.raises(NotFound):
            await domo.datasets.get("none")

    said = list(watch.everything())
    leaked = watch.leaks()
    watch.lines.append(f"a line with {emulator.token}")
    noticed = watch.leaks()
    watch.lines.pop()

    assert emulator.token in watch.tokens
    assert any("GET /api/data/v3/datasources/{} -> 404" in line for line in said)
    assert any("404 on GET /api/data/v3/datasources/none" in line for line in said)
    assert [] == leaked
    assert [f"a line with {emulator.token}"] == noticed


# What leaves the origin


@pytest.mark.parametrize("method", ["GET", "HEAD", "download"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_another_port_or_host_is_another_origin(method, host):
    def hook(event: RequestEvent) -> None:
        event.headers.update({"X-Gateway-Secret": GATEWAY, "Accept-Language": "de", "Accept": GATEWAY})

    async with (
        raw_server(lambda *_: raw_answer("" if method == "HEAD" else "[]")) as other,
        raw_server(
            lambda *_: raw_answer("", f"Location: http://me:pw@{host}:{other.url[-5:]}/x", status="302 X")
        ) as at,
        aiohttp.ClientSession(headers={"X-Corp": "corp", "Authorization": f"Basic {PASSWORD}"}) as session,
    ):
        session.cookie_jar.update_cookies({"sso": COOKIE}, URL("http://127.0.0.1"))
        session.cookie_jar.update_cookies({"sso": COOKIE}, URL("http://localhost"))
        async with Domo(at.url, token=TOKEN, session=session, settings=Settings(before_request=(hook,))) as domo:
            if method == "download":
                async with domo._transport.download("GET", raw_url("/api/x"), headers={"Range": "bytes=0-"}) as answer:
                    assert b"[]" == b"".join([chunk async for chunk in answer.chunks()])
            else:
                await domo.request(method, "/api/x")

    allowed = {"accept", "accept-encoding", "host", "user-agent", "range"}
    told = {line.partition(":")[0].lower(): line for line in other.heads[0].splitlines()[1:] if line}
    assert allowed >= told.keys()
    assert not any(secret in other.heads[0] for secret in (*SECRETS, "bWU6", "pw"))
    assert "X-Gateway-Secret: " + GATEWAY in at.heads[0]


async def test_a_proxy_alone_is_told_its_password_and_no_traceback():
    proxy_url = "http://me:{}@{}"

    async with (
        raw_server(lambda *_: raw_answer("{}")) as proxy,
        raw_server(lambda *_: raw_answer("{}")) as direct,
    ):
        settings = Settings(proxy=proxy_url.format(PASSWORD, proxy.url.removeprefix("http://")))
        async with Domo(direct.url, token=TOKEN, settings=settings) as domo:
            assert {} == await domo.request("GET", "/api/x")
        refused = attrs.evolve(GIVEN, proxy=f"http://me:{PASSWORD}@127.0.0.1:1")
        async with both(direct.url, refused) as clients:
            for client in clients:
                error = await failed(client, CALLS["raw"])
                assert isinstance(error, ConnectError)
                assert [] == leaks(error)

    encoded = base64.b64encode(f"me:{PASSWORD}".encode()).decode()
    assert f"Proxy-Authorization: Basic {encoded}" in proxy.heads[0]
    assert PASSWORD not in repr(settings)
    assert [] == direct.heads


# What is written


async def test_no_file_of_an_embedded_instance_holds_a_secret(tmp_path):
    aws = AwsCredentials("the-access-key", "the-access-secret", "the-aws-session")
    data, world = tmp_path / "data", tmp_path / "world.zip"
    token = "the-token-of-the-owner"
    async with Emulator(data=data, token=Secret(token)) as emulator, emulator.client() as domo:
        made = await domo.access_tokens.create(name="t", owner_id=1, expires=SOON)
        async with await Domo.login(emulator.url, "owner@example.com", token) as session:
            signed_in = session._transport._connection._token_header.get_secret_value()["X-DOMO-Authentication"]
            await session.users.me()
        for key in ("password", "k1", "connectionString"):
            value: object = f"db://me:{PASSWORD}@host" if key == "connectionString" else PASSWORD
            await domo.accounts.create(
                display_name="a", name="a", data_provider_type="t", configurations={key: value, "nested": {"x": value}}
            )
        dataset = await domo.datasets.create("d", [Column(name="a", type=ColumnType.LONG)])
        await domo.datasets.upload(dataset.id, b"a\n1\n")
        query = ExportQuery(columns=["a"])
        await domo.s3_exports.create(
            dataset.id, credentials=aws, bucket="b", path="p", region="us-west-2", query=query, wait=False
        )
        with pytest.raises(DomoError):
            await Domo.login(emulator.url, "owner@example.com", PASSWORD)
        while_it_runs = contents(data)
        emulator.save_world(world)
        log = f"{list(emulator.log)}"

    secrets = {made.token.get_secret_value(), signed_in, token, PASSWORD}
    secrets |= {"the-access-key", "the-access-secret", "the-aws-session"}
    with zipfile.ZipFile(world) as archive:
        saved = {name: archive.read(name) for name in archive.namelist()}
    for files in (while_it_runs, contents(data), saved):
        shown = {(name, secret) for name, content in files.items() for secret in secrets if secret.encode() in content}
        # The owner's token is how the same directory is served again: a file for the owner's eyes only.
        assert shown <= {("token", token)}
    assert 0o600 == (data / "token").stat().st_mode & 0o777
    assert 0o700 == data.stat().st_mode & 0o777
    assert not any(secret in log for secret in secrets)


def contents(folder: Path) -> dict[str, bytes]:
    """Return what the files below a folder hold."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}

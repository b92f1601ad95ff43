"""Every row of the contract, through the async client and through the facade, over real sockets."""

from __future__ import annotations

import asyncio
import inspect
import json
import re
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from importlib import import_module
from itertools import takewhile
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
from aiohttp import web

import domo_async.sync
from domo_async import AppAccess, Domo, Settings
from domo_async._endpoints._area import Area
from tests.contract.readable import assert_says
from tests.contract.row import NOTHING, Row, Sent
from tests.support import TOKEN, SkippingClock, serving

SESSION = "a-secret-app-session-token"
_NO_TABLES = {"row", "readable", "test_contract"}
TABLES = [found.name for found in iter_modules([str(Path(__file__).parent)]) if found.name not in _NO_TABLES]
ROWS: list[Row] = [row for table in TABLES for row in import_module(f"tests.contract.{table}").ROWS]


class Script:
    """An instance that gives the answers of one row, and keeps what it was asked."""

    def __init__(self, row: Row) -> None:
        self._left = list(row.sends)
        self.asked: list[tuple[Sent, web.BaseRequest, bytes]] = []

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        content = await request.read()
        if not self._left:
            return web.Response(status=500, text="this request is not in the row")
        sent = self._next(request, content)
        self._left.remove(sent)
        self.asked.append((sent, request, content))
        body = sent.answer if sent.status != 204 else None
        return web.Response(status=sent.status, body=body, content_type=sent.content_type)

    def _next(self, request: web.BaseRequest, content: bytes) -> Sent:
        """Return what is due: the next one, or one that goes out side by side with it."""
        beside = takewhile(lambda sent: sent.beside, self._left[1:])
        due = [self._left[0], *beside]
        named = [sent for sent in due if (sent.method, sent.path) == (request.method, request.path)] or due
        return next((sent for sent in named if sent.json is not NOTHING and sent.json == _json(content)), named[0])


def _json(content: bytes) -> object:
    try:
        return json.loads(content)
    except ValueError:
        return NOTHING


async def collected(result: Any) -> Any:
    """Return what a call of either client gave, all of it."""
    if isinstance(result, Awaitable):
        return await result
    if isinstance(result, AsyncIterator):
        return [item async for item in result]
    return list(result) if isinstance(result, Iterator) else result


def assert_sent(sent: Sent, request: web.BaseRequest, body: bytes) -> None:
    """Fail unless the request is what the row says."""
    assert (sent.method, sent.path) == (request.method, request.rel_url.raw_path)
    # A list stands for a key that is there several times.
    expected_query = {key: value if isinstance(value, list) else [value] for key, value in sent.query.items()}
    assert expected_query == {key: request.query.getall(key) for key in request.query}
    if sent.json is not NOTHING:
        assert "application/json" == request.content_type
        assert sent.json == json.loads(body)
    elif callable(sent.body):
        assert sent.body(body)
    else:
        assert (sent.body or b"") == body
    app = request.path.startswith("/domo/")
    expected = {"X-DOMO-Authentication": SESSION} if app else {"X-DOMO-Developer-Token": TOKEN}
    for name, value in {**expected, **sent.headers}.items():
        assert value == request.headers.get(name), name


def assert_gives(row: Row, result: object) -> None:
    """Fail unless the result is what the row says."""
    if row.gives is None:
        assert result is None
    elif isinstance(row.gives, type):
        answer = json.loads(row.sends[-1].answer, parse_float=Decimal)
        items = result if isinstance(result, list | tuple) and row.gives not in {list, tuple} else [result]
        assert {row.gives} == {type(item) for item in items} or not items
        assert_says(result, row.says(answer))
    else:
        assert row.gives(result)


def _options(origin: str, *, strict: bool = False) -> dict[str, Any]:
    return {
        "token": TOKEN,
        "settings": Settings(clock=SkippingClock(), strict=strict),
        "app": AppAccess(origin, session_token=SESSION),
    }


@pytest.fixture(params=ROWS, ids=lambda row: f"{row.id} {row.note}".strip())
def row(request: pytest.FixtureRequest) -> Row:
    found: Row = request.param
    return found


@pytest.mark.parametrize("client", ["async", "facade"])
async def test_a_call_sends_and_gives_what_the_documents_say(row: Row, client: str) -> None:
    script = Script(row)
    async with serving(script) as origin:
        if client == "async":
            async with Domo(origin, **_options(origin)) as domo:
                result = await collected(row.call(domo))
        else:
            result = await asyncio.to_thread(_blocking, row, origin)

    assert len(row.sends) == len(script.asked)
    for sent, request, body in script.asked:
        assert_sent(sent, request, body)
    assert_gives(row, result)


def _blocking(row: Row, origin: str) -> Any:
    with domo_async.sync.Domo(origin, **_options(origin, strict=row.strict)) as domo:
        result = row.call(domo)
        assert not isinstance(result, Awaitable)
        return list(result) if isinstance(result, Iterator) else result


class Spy:
    """Takes a call apart: which method it calls first."""

    def __init__(self, path: str, called: list[str]) -> None:
        self._path = path
        self._called = called

    def __getattr__(self, name: str) -> Spy:
        return Spy(f"{self._path}.{name}".lstrip("."), self._called)

    def __call__(self, *_: object, **__: object) -> Spy:
        self._called.append(self._path)
        return self


def called(row: Row) -> str:
    """Return the method that a row calls, such as ``users.get``."""
    names: list[str] = []
    row.call(Spy("", names))
    return names[0]


def _areas(kind: type) -> Iterator[tuple[str, Any]]:
    """Yield the class of each area below a class, with its name for users."""
    for name, member in vars(kind).items():
        if isinstance(member, cached_property):
            found = getattr(_an_instance(kind), name)
            yield name, type(found)
            yield from ((f"{name}.{inner}", inside) for inner, inside in _areas(type(found)))


def _an_instance(kind: type) -> Any:
    if kind is Domo:
        return Domo("acme", token=TOKEN, app=AppAccess("https://app.example", session_token=SESSION))
    return kind(None)


def methods() -> dict[str, Any]:
    """Return the public methods of all areas by name."""
    return {
        f"{area}.{name}": member
        for area, kind in _areas(Domo)
        if issubclass(kind, Area)
        for name, member in vars(kind).items()
        if inspect.isfunction(member) and not name.startswith("_")
    }


def test_every_documented_route_has_a_row() -> None:
    told = {number for row in ROWS for number in row.id.split(",")}

    assert {f"E{number:03}" for number in range(1, 185)} == {number for number in told if re.fullmatch(r"E\d+", number)}


def test_every_public_method_has_a_row() -> None:
    assert methods().keys() == {called(row) for row in ROWS}


def _route(text: str) -> re.Pattern[str]:
    """Return what finds the paths of a route as a docstring writes it."""
    return re.compile(r"[^/]+".join(map(re.escape, re.split(r"\{\w+\}", text))))


def test_every_method_names_the_routes_that_it_calls() -> None:
    known: Mapping[str, Any] = methods()
    for row in ROWS:
        doc = inspect.getdoc(known[called(row)]) or ""
        routes = [(method, _route(path)) for method, path in re.findall(r"`([A-Z]+) (/[^`\s]+)`", doc)]
        for sent in row.sends:
            named = any(sent.method == method and path.fullmatch(sent.path) for method, path in routes)
            assert named, f"{called(row)} does not name {sent.method} {sent.path}"

"""The contract, asked of the embedded instance, whose answers are then given again in all forms that instances know."""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, get_args

import aiohttp
import attrs
import pytest
from aiohttp import web

import domo_async.sync
from domo_async import AppAccess, Domo, DomoError, Secret, Settings
from domo_async._endpoints.datasets.result import QueryResult
from domo_async._wire import Model, dumps, loads
from domo_async._wire.model import model_fields
from domo_async._wire.typeinfo import is_anything
from domo_async.emulator import Emulator
from tests.contract.row import Row
from tests.contract.test_contract import TABLES, collected
from tests.emulator.test_emulator_contract import PREPARED, session_of
from tests.real.forms import FORMS, Form
from tests.real.shapes import EXCEPTIONS, misses, shape_of
from tests.support import SkippingClock, serving

CLIENTS = ("async", "facade")
NAMES = list(FORMS)


@attrs.frozen(eq=False)
class Given:
    """An answer of the instance."""

    method: str
    raw_path: str
    path: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    def again(self, form: Form | None) -> web.Response:
        """Return it as a response, with its JSON in another form."""
        headers = {key: value for key, value in self.headers.items() if key in ("Content-Type", "Location")}
        body = self.body
        if form is not None and self.status < 300 and body and "json" in headers.get("Content-Type", ""):
            body = dumps(form(loads(body, exact=True)))
        return web.Response(status=self.status, body=body if self.status != 204 else None, headers=headers)


class Proxy:
    """Stands before an instance and keeps what it answers, or gives that again in another form.

    Attributes:
        given: What the instance answered.
        again: What is to be given again, in place of the instance's answers.
        form: In which form.
    """

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self.given: list[Given] = []
        self.again: list[Given] | None = None
        self.form: Form | None = None
        self._http = http

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        if self.again is not None:
            asked = request.method, request.raw_path
            # Where the query tells the time, it is another one.
            like = sorted(self.again, key=lambda given: (given.method, given.raw_path) != asked)
            for given in like:
                if (given.method, given.path) == (request.method, request.path):
                    self.again.remove(given)
                    return given.again(self.form)
            return web.Response(status=418, text=f"{request.method} {request.path} was not asked before")
        headers = {k: v for k, v in request.headers.items() if k.lower() not in _HOPS}
        async with self._http.request(
            request.method, request.raw_path, data=body or None, headers=headers, allow_redirects=False
        ) as response:
            given = Given(
                request.method,
                request.raw_path,
                request.path,
                response.status,
                dict(response.headers),
                await response.read(),
            )
        self.given.append(given)
        return given.again(None)


_HOPS = {"host", "content-length", "transfer-encoding", "accept-encoding", "connection"}


async def outcome(row: Row, client: str, origin: str, token: str, session: str) -> Any:
    """Return what a call gives, or the class of its error."""
    options: dict[str, Any] = {
        "token": token,
        "settings": Settings(clock=SkippingClock(), strict=row.strict),
        "app": AppAccess(origin, session_token=session),
    }
    try:
        if client == "async":
            async with Domo(origin, **options) as domo:
                return await collected(row.call(domo))
        return await asyncio.to_thread(_blocking, row, origin, options)
    except DomoError as error:
        return type(error)


def _blocking(row: Row, origin: str, options: dict[str, Any]) -> Any:
    with domo_async.sync.Domo(origin, **options) as domo:
        result = row.call(domo)
        return list(result) if isinstance(result, Iterator) else result


def difference(one: Any, other: Any, where: str = "") -> str | None:
    """Return where two results do not say the same, if it is read there; what is kept as it came may differ."""
    if type(one) is not type(other):
        return f"{where}: {other!r} instead of {one!r}"
    if isinstance(one, BaseException | Mapping) or (where == "" and _is_random(one) and _is_random(other)):
        return None
    if isinstance(one, Secret):
        return difference(one.get_secret_value(), other.get_secret_value(), where)
    if isinstance(one, QueryResult):
        one, other = one.to_dicts(), other.to_dicts()
    if isinstance(one, list | tuple) and len(one) == len(other):
        pairs = [(f"{where}[{place}]", *pair) for place, pair in enumerate(zip(one, other, strict=True))]
    elif attrs.has(type(one)):
        types = {each.name: each.type for each in model_fields(type(one))} if isinstance(one, Model) else {}
        pairs = [
            (f"{where}.{each.name}", getattr(one, each.name), getattr(other, each.name))
            for each in attrs.fields(type(one))
            if each.name not in ("extras", "seconds") and not _as_it_comes(types.get(each.name))
        ]
    else:
        return None if one == other else f"{where}: {other!r} instead of {one!r}"
    return next(filter(None, (difference(mine, theirs, place) for place, mine, theirs in pairs)), None)


def _is_random(value: Any) -> bool:
    """Return whether a value is an identifier such as the client makes anew for each call."""
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value) is not None


def _as_it_comes(annotation: Any) -> bool:
    """Return whether what a field holds is of whatever kind it is written as."""
    parts = {annotation, *get_args(annotation)} | {deeper for part in get_args(annotation) for deeper in get_args(part)}
    return any(map(is_anything, parts)) or {str, int} <= parts


@attrs.define
class Outcome:
    """What came of the rows of a table.

    Attributes:
        differences: What they give otherwise in other forms.
        misses: Where the instance's answers are not as instances are seen to give them.
        good: How many rows the instance answers well.
    """

    differences: dict[str, str] = attrs.field(factory=dict)
    misses: set[tuple[str, str]] = attrs.field(factory=set)
    good: int = 0


def misses_of(given: Given) -> Iterator[tuple[str, str]]:
    """Yield where an answer has not the shape that real ones have."""
    route = shape_of(given.method, given.path)
    if route and given.status < 300 and given.body and "json" in given.headers.get("Content-Type", ""):
        yield from ((route.name, miss) for miss in misses(route.answer, loads(given.body)))


async def outcome_of(table: str, *, clients: int, every: bool) -> Outcome:
    """Ask all rows of a table.

    Args:
        table: The table of the contract.
        clients: How many clients ask.
        every: Whether all forms are tried for each row, not one of them.
    """
    found = Outcome()
    async with (
        Emulator() as emulator,
        aiohttp.ClientSession(emulator.url, auto_decompress=False) as http,
    ):
        proxy = Proxy(http)
        async with serving(proxy) as origin:
            for row in import_module(f"tests.contract.{table}").ROWS:
                chosen = zlib.crc32(f"{row.id} {row.note}".encode())
                for client in (CLIENTS * 2)[chosen % 2 :][:clients]:
                    emulator.reset()
                    if table in PREPARED:
                        PREPARED[table].prepare(emulator._instance)
                    apps = any(sent.path.startswith("/domo/") for sent in row.sends)
                    session = await session_of(http, emulator) if apps else "none"
                    proxy.given, proxy.again = [], None
                    first = await outcome(row, client, origin, emulator.token, session)
                    given = proxy.given
                    found.good += not isinstance(first, type)
                    found.misses.update(miss for each in given for miss in misses_of(each))
                    names = NAMES if every else [NAMES[chosen % len(NAMES)]]
                    for name in names:
                        proxy.again, proxy.form = list(given), FORMS[name]
                        answer = await outcome(row, client, origin, emulator.token, session)
                        if where := difference(first, answer):
                            found.differences[f"{row.id} {row.note} ({client}, {name})"] = where
    return found


@pytest.mark.parametrize("table", TABLES)
async def test_answers_are_as_real_ones_and_say_the_same_in_every_form(table: str) -> None:
    """A form for each row, the same one every day."""
    found = await outcome_of(table, clients=1, every=False)

    assert {} == found.differences
    assert set() == found.misses - {(route, miss) for route, miss, _ in EXCEPTIONS}
    assert found.good or table not in PREPARED
    for route, miss, why in EXCEPTIONS:
        if (route, miss) in found.misses:
            print(f"{route}: {miss}. {why}")  # noqa: T201 - for whoever reads the tests' output


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("table", TABLES)
async def test_every_form_of_every_answer_says_the_same_to_both_clients(table: str) -> None:
    found = await outcome_of(table, clients=2, every=True)

    assert {} == found.differences
    assert found.good or table not in PREPARED

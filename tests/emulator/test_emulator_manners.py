"""Manners that the whole table of routes has: who may ask, what is not there, and what cannot be read."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from importlib import import_module
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from attrs import frozen
from yarl import URL

from domo_async._emulator import gate, server
from domo_async._emulator.access.auth import OPEN_PATHS
from domo_async.emulator import Emulator
from tests.contract.row import NOTHING, Sent
from tests.emulator.test_emulator_contract import PREPARED, session_of

# What is asked for before anybody has told a token.
# One of these takes a token of another kind.
PUBLIC = (OPEN_PATHS - {"/api/oauth2/sid"}) | {
    "/",
    "/emulator/device",
    "/emulator/device/",
    "/emulator/health",
    *(f"/emulator/console/console.{kind}" for kind in ("css", "js", "svg")),
}
ODD_BODIES: tuple[Any, ...] = ({}, [], "text", 7, None, [1], [None], {"": None}, [[]], [{}])
ODD_VALUES: tuple[Any, ...] = (None, {}, [], "text", "", 7, -1, 0.5, True, [None], [{}], {"a": []}, "9" * 30)


@frozen
class Asked:
    """An emulator, the table of its routes, and a client that holds its token."""

    emulator: Emulator
    app: web.Application
    http: aiohttp.ClientSession

    def routes(self) -> list[tuple[str, str]]:
        """Return method and path of each route; what is variable in a path is something that is not there."""
        return [
            (route.method, re.sub(r"\{[^}]*\}", "12345", route.resource.canonical))
            for route in self.app.router.routes()
            if route.resource is not None and route.method != "HEAD"
        ]

    def handled(self) -> list[tuple[str, str]]:
        """Return the routes without their twins: a slash at the end of a path leads to the same handler."""
        known = set(self.routes())
        return [(method, path) for method, path in self.routes() if path[-1] != "/" or (method, path[:-1]) not in known]

    def methods(self, path: str) -> set[str]:
        """Return the methods of a path, by the table."""
        return {
            route.method
            for route in self.app.router.routes()
            if route.resource is not None and _fits(route.resource, path)
        }

    async def ask(
        self, method: str, path: str, *, data: bytes | None = None, token: str | None = "", **more: Any
    ) -> tuple[int, bytes, str]:
        """Return status, body and the Allow header of an answer; no token is sent if that is None."""
        headers = {"Content-Type": "application/json"} if data is not None else {}
        if token is not None:
            headers["X-DOMO-Developer-Token"] = token or self.emulator.token
        url = URL(f"{self.emulator.url}{path}", encoded=True)
        async with self.http.request(method, url, data=data, headers=headers | more.pop("headers", {})) as response:
            return response.status, await response.read(), response.headers.get("Allow", "")


def _fits(resource: web.AbstractResource, path: str) -> bool:
    info = resource.get_info()
    return bool(info["pattern"].fullmatch(path)) if "pattern" in info else info.get("path") == path


@pytest.fixture
async def asked(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Asked]:
    apps: list[web.Application] = []
    original = gate.create_app

    def noting(*args: Any, **kwargs: Any) -> web.Application:
        apps.append(original(*args, **kwargs))
        return apps[-1]

    monkeypatch.setattr(server, "create_app", noting)
    async with Emulator(search_limit=1_000_000) as emulator, aiohttp.ClientSession() as http:
        yield Asked(emulator, apps[-1], http)


def complaint(body: bytes, status: int, path: str) -> str:
    """Return what is wrong with an error's body, if it is not like Domo's."""
    try:
        content = json.loads(body)
    except ValueError:
        return f"the body is {body[:60]!r}"
    if not isinstance(content, dict) or not {"status", "statusReason", "message", "path", "toe"} <= content.keys():
        return f"the body is {body[:60]!r}"
    if (content["status"], content["path"]) != (status, path) or not content["message"] or not content["statusReason"]:
        return f"the body says {content}"
    return "" if re.fullmatch(r"[A-Z0-9]{10}-[A-Z0-9]{5}-[A-Z0-9]{5}", content["toe"]) else f"toe {content['toe']}"


@pytest.mark.parametrize("token", [None, "wrong", "\N{LATIN SMALL LETTER E WITH ACUTE}"])
async def test_no_route_but_the_public_ones_can_do_without_a_token(asked: Asked, token: str | None) -> None:
    wrong = []
    for method, path in asked.routes():
        if path in PUBLIC:
            continue
        status, body, _ = await asked.ask(method, path, token=token)
        if status != 401 or complaint(body, 401, path):
            wrong.append(f"{method} {path}: {status} {complaint(body, 401, path)}")

    assert not wrong, "\n".join(wrong)


async def test_a_route_tells_its_methods_to_who_asks_by_another(asked: Asked) -> None:
    wrong = []
    # Some variable parts are a choice of words, which this one is none of.
    for path in sorted({path for _, path in asked.routes() if asked.methods(path)}):
        status, body, allow = await asked.ask("TRACE", path)
        if status != 405 or set(allow.split(",")) != asked.methods(path) or complaint(body, 405, path):
            wrong.append(f"{path}: {status}, Allow {allow} {complaint(body, status, path)}")

    assert not wrong, "\n".join(wrong)


async def test_paths_beside_the_routes_do_not_exist(asked: Asked) -> None:
    paths = {f"{path.rstrip('/')}/no-such-thing/anywhere/below/this/route" for _, path in asked.routes()}
    wrong = []
    for path in sorted(paths | {"/api", "/api/", "/api/data/v9/datasources", "/emulator", "/emulator/nothing"}):
        status, body, _ = await asked.ask("GET", path)
        if not asked.methods(path) and (status != 404 or complaint(body, 404, path)):
            wrong.append(f"{path}: {status} {complaint(body, status, path)}")

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("data", [b'{"a":', b"\xff\xfe", b"[]", b'"text"', b"7", b"null", b"{}", b""])
async def test_nothing_that_is_sent_to_a_route_makes_the_emulator_fail(asked: Asked, data: bytes) -> None:
    wrong = []
    for method, path in asked.handled():
        if path.startswith("/emulator/") or path == "/":
            continue
        status, body, _ = await asked.ask(method, path, data=data)
        if status >= 500 or (status >= 400 and complaint(body, status, path)):
            wrong.append(f"{method} {path}: {status} {complaint(body, status, path)}")

    assert not wrong, "\n".join(wrong)


def _json_rows(table: str) -> Iterator[tuple[str, Sent]]:
    """Yield the first requests of a table's rows that bring JSON, with the rows' ids."""
    for row in import_module(f"tests.contract.{table}").ROWS:
        if row.id.startswith("E") and not row.note and row.sends[0].json is not NOTHING:
            yield row.id, row.sends[0]


@pytest.mark.parametrize("table", PREPARED)
async def test_a_body_that_is_not_json_is_a_bad_request(asked: Asked, table: str) -> None:
    PREPARED[table].prepare(asked.emulator._instance)
    wrong = []
    for name, sent in _json_rows(table):
        for data in (b'{"a":', b"[1,", b"\xff", b"nothing"):
            status, body, _ = await _send(asked, sent, data)
            if status != 400 or complaint(body, 400, sent.path):
                wrong.append(f"{name} {sent.method} {sent.path} {data!r}: {status} {complaint(body, 400, sent.path)}")

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("table", PREPARED)
async def test_json_of_another_type_does_not_make_the_emulator_fail(asked: Asked, table: str) -> None:
    PREPARED[table].prepare(asked.emulator._instance)
    wrong: dict[str, str] = {}
    for name, sent in _json_rows(table):
        for odd in (*ODD_BODIES, *_spoilt(sent.json)):
            status, body, _ = await _send(asked, sent, json.dumps(odd).encode())
            if status >= 500 or (status >= 400 and complaint(body, status, sent.path)):
                wrong.setdefault(f"{name} {sent.method} {sent.path}", f"{odd!r}: {status} {body[:80]!r}")

    assert not wrong, "\n".join(f"{route} {told}" for route, told in wrong.items())


def _spoilt(body: object, depth: int = 2) -> Iterator[Any]:
    """Yield a body with one of its values each time replaced by one of another kind, or left out."""
    if isinstance(body, dict):
        for key, value in body.items():
            yield {other: kept for other, kept in body.items() if other != key}
            yield from ({**body, key: odd} for odd in ODD_VALUES)
            if depth:
                yield from ({**body, key: odd} for odd in _spoilt(value, depth - 1))
    elif isinstance(body, list) and body:
        yield from ([odd] for odd in ODD_VALUES)
        if depth:
            yield from ([odd] for odd in _spoilt(body[0], depth - 1))


async def _send(asked: Asked, sent: Sent, data: bytes) -> tuple[int, bytes, str]:
    path = str(URL(sent.path, encoded=True).with_query(sent.query or None))
    if not sent.path.startswith("/domo/"):
        return await asked.ask(sent.method, path, data=data, headers=dict(sent.headers))
    session = {"X-DOMO-Authentication": await session_of(asked.http, asked.emulator)}
    return await asked.ask(sent.method, path, data=data, token=None, headers={**sent.headers, **session})


# Where the documents print two forms of a route, in a sentence and in its sample.
@pytest.mark.parametrize(
    ("method", "one", "other"),
    [
        ("GET", "/api/data/v1/accounts", "/api/data/v1/accounts/"),
        ("GET", "/api/executor/v1/applications", "/api/executor/v1/applications/"),
        ("GET", "/api/queues/v1", "/api/queues/v1/"),
        ("POST", "/api/data/v3/datasources/12345/uploads", "/api/data/v3/datasources/12345/uploads/"),
        ("POST", "/api/datastores/v1/collections/12345/documents", "/api/datastores/v1/collections/12345/documents/"),
        ("GET", "/api/data/v1/data-files/12345/revision/6", "/api/data/v1/data-files/12345/revisions/6"),
        ("PUT", "/api/datastores/v1/collections/1/documents/2", "/api/datastores/v2/collections/1/documents/2"),
        ("PATCH PUT", "/api/authorization/v1/roles/12345/authorities", "/api/authorization/v1/roles/1/authorities"),
    ],
)
async def test_a_route_that_is_printed_in_two_forms_has_both(asked: Asked, method: str, one: str, other: str) -> None:
    for path in (one, other):
        assert set(method.split()) <= asked.methods(path), f"{method} {path} is not there"


async def test_every_documented_route_is_there(asked: Asked) -> None:
    rows = [row for table in PREPARED for row in import_module(f"tests.contract.{table}").ROWS]
    missing = {
        f"{row.id} {sent.method} {sent.path}"
        for row in rows
        for sent in row.sends
        if row.id.startswith("E") and sent.method not in asked.methods(URL(sent.path, encoded=True).raw_path)
    }

    assert not missing, "\n".join(sorted(missing))

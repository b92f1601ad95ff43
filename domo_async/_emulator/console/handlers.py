"""The routes of the console: ``/``, and the routes of its page below ``/emulator/console``.

All of them are emulator-defined. Like all routes about the emulator itself, they are not recorded, and faults and
limits do not apply to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import get_args
from urllib.parse import parse_qsl

from aiohttp import web
from attrs import define

from domo_async._emulator.access.auth import TOKEN_HEADER
from domo_async._emulator.console import query
from domo_async._emulator.console.markup import Html, fill, joined
from domo_async._emulator.console.parts import PARTS, option, parts, version
from domo_async._emulator.console.tables import STATUSES, PageQuery
from domo_async._emulator.context import storage_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.faults import FaultKind
from domo_async._emulator.gate import Gate
from domo_async._emulator.http.web import BODY, Handler, answer, flag, json_object, text

__all__ = ["Console"]

_HERE = Path(__file__).parent
_PATH = "/emulator/console"
_FILES = {"console.css": "text/css", "console.js": "text/javascript", "console.svg": "image/svg+xml"}
_SAFETY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_CHOOSE = Html('<p class="empty">Choose a dataset to see its first rows.</p>')


@define(eq=False)
class Console:
    """The console of one emulator.

    Attributes:
        gate: The gate of the requests that it shows.
    """

    gate: Gate

    def add_to(self, app: web.Application) -> None:
        """Add the routes to an application."""
        app.router.add_get("/", self._page)
        app.router.add_post("/", self._whole_page)
        for name, media_type in _FILES.items():
            app.router.add_get(f"{_PATH}/{name}", _file(name, media_type))
        app.router.add_get(f"{_PATH}/parts", self.gate.for_owner(self._parts))
        app.router.add_post(f"{_PATH}/query", self.gate.for_owner(self._query))
        app.router.add_post(f"{_PATH}/faults/{{number}}", self.gate.for_owner(self._switch_fault))
        app.router.add_delete(f"{_PATH}/faults/{{number}}", self.gate.for_owner(self._remove_fault))

    async def _page(self, request: web.Request) -> web.Response:
        """Show the page without data; its script brings them, or its form."""
        return _page(request, PageQuery(), {}, state="signed-out")

    async def _whole_page(self, request: web.Request) -> web.Response:
        """Show the page with its data, for whoever sends the token in the form; this works without a script."""
        values = dict(parse_qsl(request[BODY].decode(errors="replace"), keep_blank_values=True))
        token = values.get("token", "").strip()
        wanted = PageQuery.of(values)
        try:
            allowed = self.gate.is_owner(request.path, {TOKEN_HEADER: token})
        except HTTPError:
            allowed = False
        if not allowed:
            wrong = "This is not the token of the instance's owner."
            return _page(request, wanted, {}, state="signed-out", wrong=wrong, status=401)
        sql = values.get("sql", "") or query.PREVIEW
        if chosen := values.get("dataset"):
            wanted, sql = wanted.about(chosen), query.PREVIEW
        shown = self._all_parts(wanted)
        if wanted.chosen:
            answered = await query.answered(self.gate.instance, storage_of(request), wanted.chosen, sql)
            shown |= {"about": answered.about, "result": answered.html}
        return _page(request, wanted, shown, state="signed-in", sql=sql, token=token)

    async def _parts(self, request: web.Request) -> web.Response:
        """Return the parts of the page that differ from those that it has."""
        have = set(request.query.getall("have", ()))
        fresh = {}
        for name, html in self._all_parts(PageQuery.of(request.query)).items():
            if f"{name}.{(digest := version(html))}" not in have:
                fresh[name] = {"version": digest, "html": html}
        return answer(fresh)

    async def _query(self, request: web.Request) -> web.Response:
        """Run SQL; an error of Domo's is shown as any result."""
        body = await json_object(request)
        answered = await query.answered(
            self.gate.instance, storage_of(request), text(body, "dataset"), text(body, "sql")
        )
        return answer(
            {"html": answered.html, "about": answered.about, "said": answered.said, "failed": answered.failed}
        )

    async def _switch_fault(self, request: web.Request) -> web.Response:
        """Switch a fault on or off."""
        on = flag((await json_object(request)).get("on"), "on")
        if not self.gate.faults.switch(_number(request), on=on):
            raise HTTPError(404, "The fault does not exist any more")
        return answer({})

    async def _remove_fault(self, request: web.Request) -> web.Response:
        """Remove a fault."""
        if not self.gate.faults.remove(_number(request)):
            raise HTTPError(404, "The fault does not exist any more")
        return answer({})

    def _all_parts(self, wanted: PageQuery) -> dict[str, Html]:
        gate = self.gate
        return parts(
            gate.instance,
            gate.log,
            {"Search": gate.search_limit},
            gate.faults.armed(),
            wanted,
            secrets=gate.authentication.known_tokens(),
        )


def _number(request: web.Request) -> int:
    number = request.match_info["number"]
    if not number.isdecimal():
        raise HTTPError(404, f"The fault {number} does not exist")
    return int(number)


def _page(
    request: web.Request,
    wanted: PageQuery,
    shown: Mapping[str, Html],
    *,
    state: str,
    sql: str = "",
    token: str = "",
    wrong: str = "",
    status: int = 200,
) -> web.Response:
    html = fill(
        _read("console.html").decode(),
        **{"about": Html(), "result": _CHOOSE, **dict.fromkeys(PARTS, Html()), **shown},
        state=state,
        address=request.host,
        connection="Now" if shown else "",
        token=token,
        wrong=wrong,
        sql=sql,
        preview=query.PREVIEW,
        find=wanted.find,
        filter=wanted.filter,
        chosen=wanted.chosen,
        seen=wanted.request,
        pages=wanted.written_pages(),
        statuses=joined(option(value, name, chosen=value == wanted.status) for value, name in STATUSES.items()),
        kinds=joined(option(kind, kind.replace("_", " ")) for kind in get_args(FaultKind)),
    )
    return web.Response(status=status, text=html, content_type="text/html", headers=_SAFETY)


def _file(name: str, media_type: str) -> Handler:
    async def send(_request: web.Request) -> web.Response:
        return web.Response(body=_read(name), content_type=media_type, charset="utf-8", headers=_SAFETY)

    return send


@cache
def _read(name: str) -> bytes:
    return (_HERE / name).read_bytes()

"""The routes that an app of the App Framework calls; its manifest says what the aliases stand for.

Emulator-defined, as no document describes it: ``/domo/environment/v1`` and a user's groups have keys beyond those that
apps are known to read; a dataset is found by its name if the instance has none with the manifest's id; a failed
function of Code Engine is a 400; a result asked for in an unknown form is sent in the form that an app gets by default;
Excel files are not supported.
"""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import orjson
from aiohttp import web
from attrs import define, field, frozen
from sqlglot.dialects.mysql import MySQL
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

from domo_async._emulator.apps.data_query import DataQuery
from domo_async._emulator.apps.forwarding import Forward
from domo_async._emulator.apps.manifest import Manifest
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.web import BODY, answer
from domo_async._emulator.sql import quoted_name
from domo_async._emulator.state.datasets import Dataset
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

__all__ = ["AppSite", "Asking", "file_of", "is_app_path"]

_OURS = re.compile(r"/(?:data/v\d|sql/v\d|domo/[^/]+/v\d)(?:/|$)")
_COLUMNAR = "application/json"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ENDS = frozenset({TokenType.FROM, TokenType.JOIN})
_INDEX = "index.html"
_AVATAR = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><rect width="100" height="100" fill="#99ccee"/>'
    '<text x="50" y="64" font-family="sans-serif" font-size="40" text-anchor="middle">{}</text></svg>'
)


@frozen
class Asking:
    """An app, and the user on whose behalf it calls.

    Attributes:
        manifest: The app's manifest.
        user_id: The user's id.
        headers: The headers that authenticate the user to the instance.
    """

    manifest: Manifest
    user_id: int
    headers: Mapping[str, str] = field(repr=False)


@frozen
class _Call:
    """A request of an app.

    Attributes:
        request: The request.
        asking: The app and the user.
        names: The names in the path.
    """

    request: web.BaseRequest
    asking: Asking
    names: Mapping[str, str]

    async def body(self) -> bytes:
        """Return the body."""
        # If one of the instance's own routes has the same path, the body was read already.
        known: bytes | None = self.request.get(BODY)
        return await self.request.read() if known is None else known

    async def json(self) -> Any:
        """Return the body's JSON; an empty one is an empty object.

        Raises:
            HTTPError: 400, if it is not JSON.
        """
        content = await self.body()
        try:
            return orjson.loads(content) if content.strip() else {}
        except orjson.JSONDecodeError as error:
            raise HTTPError(400, f"The request's body is not JSON: {error}") from error


_Handler = Callable[[_Call], Awaitable[web.StreamResponse]]


def is_app_path(path: str) -> bool:
    """Return whether a path is a route for apps, and not a file of the app."""
    return _OURS.match(path) is not None


@define(eq=False)
class AppSite:
    """Handles the requests of apps.

    Attributes:
        instance: The instance's state.
        forward: The sender of requests to the instance's own routes.
    """

    instance: Instance
    forward: Forward
    _routes: list[tuple[str, re.Pattern[str], _Handler]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._routes = [
            (method, re.compile(pattern), handler)
            for method, pattern, handler in (
                ("GET", r"/data/v[12]/(?P<alias>[^/]+)", self._data),
                ("POST", r"/sql/v1/(?P<alias>[^/]+)", self._sql),
                ("GET", r"/domo/environment/v1", self._environment),
                ("GET", r"/domo/users/v1", self._users),
                ("GET", r"/domo/users/v1/(?P<id>[^/]+)", self._user),
                ("GET", r"/domo/avatars/v[12]/USER/(?P<id>\d+)", self._avatar),
                ("GET", r"/domo/groups/v1", self._groups),
                ("GET", r"/domo/groups/v1/(?P<id>\d+)", self._group),
                ("GET", r"/domo/groups/v1/user/(?P<id>[^/]+)", self._groups_of),
                ("*", r"/domo/datastores/(?P<version>v[12])/collections", self._collections),
                (
                    "*",
                    r"/domo/datastores/(?P<version>v[12])/collections/(?P<name>[^/]+)(?P<rest>/.*)?",
                    self._collection,
                ),
                ("*", r"/domo/workflow/v1/models/(?P<alias>[^/]+)/(?P<rest>.+)", self._workflow),
                ("POST", r"/domo/codeengine/v2/packages/(?P<alias>[^/]+)", self._function),
                ("POST", r"/domo/ai/v1/(?P<rest>.+)", self._ai),
                ("*", r"/domo/data-files/v1(?P<rest>/.*)?", self._files),
            )
        ]

    async def handle(self, request: web.BaseRequest, asking: Asking) -> web.StreamResponse:
        """Answer a request to one of the routes for apps.

        Raises:
            HTTPError: The request is refused.
        """
        path = request.rel_url.raw_path.rstrip("/")
        known = False
        for method, pattern, handler in self._routes:
            if (found := pattern.fullmatch(path)) is None:
                continue
            known = True
            if method in {"*", request.method}:
                names = {key: value or "" for key, value in found.groupdict().items()}
                return await handler(_Call(request, asking, names))
        raise HTTPError(405 if known else 404, "Method not allowed" if known else "No such route")

    # -- data -------------------------------------------------------------------------------------------

    async def _data(self, call: _Call) -> web.Response:
        alias, dataset = self._dataset(call)
        accept = call.request.headers.get("Accept", "")
        if _EXCEL in accept:
            raise HTTPError(406, "Excel files are not supported; ask for text/csv")
        columns = {column.name: column.type for column in dataset.schema.columns if column.visible}
        query = DataQuery(columns, alias.columns, datetime.now(UTC), self._formulas(dataset))
        result = await self._execute(call, dataset, query.sql(call.request.query))
        if "text/csv" in accept:
            return web.Response(text=_csv(result), content_type="text/csv", charset="utf-8")
        if _COLUMNAR in accept:
            return answer(result)
        return answer([dict(zip(result["columns"], row, strict=True)) for row in result["rows"]])

    def _formulas(self, dataset: Dataset) -> dict[str, str]:
        """Return the formulas of a dataset's Beast Modes."""
        return {
            each["name"]: each["expression"]
            for each in self.instance.records["beast_modes"]
            if any(link["resource"]["id"] == dataset.id for link in each["links"])
        }

    async def _sql(self, call: _Call) -> web.Response:
        alias, dataset = self._dataset(call)
        try:
            sql = (await call.body()).decode()
        except UnicodeDecodeError as error:
            raise HTTPError(400, "The SQL is not UTF-8") from error
        # Some clients send the SQL as a JSON string, or in an object.
        if sql.lstrip()[:1] in {'"', "{"}:
            payload = await call.json()
            sql = str(payload.get("sql", "") if isinstance(payload, dict) else payload)
        return answer(await self._execute(call, dataset, _of_table(sql, alias.alias)))

    def _dataset(self, call: _Call) -> tuple[Any, Dataset]:
        name = unquote(call.names["alias"])
        alias = call.asking.manifest.datasets.get(name)
        if alias is None:
            raise HTTPError(404, f"The manifest maps no dataset to the alias {name}")
        found = [each for each in self.instance.datasets() if each.id == alias.dataset_id]
        found = found or [each for each in self.instance.datasets() if each.name == alias.alias]
        if len(found) != 1:
            raise HTTPError(
                404,
                f"The manifest maps {name} to the dataset {alias.dataset_id or '(none)'}, which does not exist, and"
                f" {len(found)} datasets are called {name}",
            )
        return alias, found[0]

    async def _execute(self, call: _Call, dataset: Dataset, sql: str) -> dict[str, Any]:
        path = f"/api/query/v1/execute/{quote(dataset.id, safe='')}"
        result: dict[str, Any] = await self.forward.json("POST", path, {"sql": sql}, headers=call.asking.headers)
        return result

    # -- people -----------------------------------------------------------------------------------------

    async def _environment(self, call: _Call) -> web.Response:
        user = self.instance.records["users"].get(call.asking.user_id)
        return answer(
            {
                "userId": user["id"],
                "userName": user["displayName"],
                "userEmail": user["emailAddress"],
                "customer": "emulator",
                "environment": "dev",
                "host": call.request.host,
                "locale": "en-US",
                "platform": "desktop",
                "pageId": None,
            }
        )

    async def _users(self, call: _Call) -> web.Response:
        detailed = _flag(call, "includeDetails")
        users = list(self.instance.records["users"])
        return answer([self._person(user, detailed=detailed) for user in _page(call, users)])

    async def _user(self, call: _Call) -> web.Response:
        user = self.instance.records["users"].get(unquote(call.names["id"]))
        return answer(self._person(user, detailed=_flag(call, "includeDetails")))

    def _person(self, user: Record, *, detailed: bool) -> dict[str, Any]:
        role = self.instance.records["roles"].find(user.get("roleId"))
        facts = {each["key"]: each["values"][0] for each in user.get("attributes", ()) if each.get("values")}
        payload = {
            "id": user["id"],
            "displayName": user["displayName"],
            "avatarKey": f"/domo/avatars/v2/USER/{user['id']}",
            "role": None if role is None else role["name"],
        }
        if detailed:
            payload["detail"] = {
                "title": facts.get("title", ""),
                "email": user["emailAddress"],
                "phoneNumber": facts.get("phoneNumber", ""),
                "employeeNumber": facts.get("employeeNumber"),
                "pending": False,
            }
        return payload

    async def _avatar(self, call: _Call) -> web.Response:
        """Draw a user's initials; emulator-defined."""
        user = self.instance.records["users"].get(call.names["id"])
        initials = escape("".join(word[0] for word in user["displayName"].split()[:2]).upper())
        headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
        return web.Response(text=_AVATAR.format(initials), content_type="image/svg+xml", headers=headers)

    async def _groups(self, call: _Call) -> web.Response:
        return answer([_group(group) for group in _page(call, list(self.instance.records["groups"]))])

    async def _group(self, call: _Call) -> web.Response:
        return answer(_group(self.instance.records["groups"].get(call.names["id"])))

    async def _groups_of(self, call: _Call) -> web.Response:
        user = self.instance.records["users"].get(unquote(call.names["id"]))
        groups = self.instance.records["groups"]
        return answer([_group(group) for group in groups if user["id"] in group.get("userIds", ())])

    # -- App DB -----------------------------------------------------------------------------------------

    async def _collections(self, call: _Call) -> web.Response:
        datastore = _datastore(call)
        for name in call.asking.manifest.collections:
            await self._collection_id(call, name)
        return await self._passed_on(call, f"/api/datastores/v1/{datastore}/collections")

    async def _collection(self, call: _Call) -> web.Response:
        collection = await self._collection_id(call, unquote(call.names["name"]))
        path = f"/api/datastores/{call.names['version']}/collections/{collection}{call.names['rest']}"
        return await self._passed_on(call, path)

    async def _collection_id(self, call: _Call, name: str) -> str:
        """Return a collection of the app; create it if the manifest has it and the instance does not."""
        datastore = _datastore(call)
        for each in self.instance.records["appdb_collections"]:
            if (each["datastoreId"], each["name"]) == (datastore, name):
                return str(each["id"])
        described = call.asking.manifest.collections.get(name)
        if described is None:
            raise HTTPError(404, f"The collection {name} does not exist: it is not in the app's manifest")
        body = {key: described[key] for key in ("name", "schema", "syncEnabled") if key in described}
        made = await self.forward.json(
            "POST", f"/api/datastores/v1/{datastore}/collections", body, headers=call.asking.headers
        )
        return str(made["id"])

    # -- the rest ---------------------------------------------------------------------------------------

    async def _workflow(self, call: _Call) -> web.Response:
        alias = unquote(call.names["alias"])
        if alias not in call.asking.manifest.workflows:
            raise HTTPError(404, f"The manifest does not name the workflow {alias}")
        wired = self.instance.records["workflow_models"].find(call.asking.manifest.workflows[alias])
        known = quote(alias if wired is None else wired["alias"], safe="")
        return await self._passed_on(call, f"/domo/workflow/v1/models/{known}/{call.names['rest']}")

    async def _function(self, call: _Call) -> web.Response:
        alias = unquote(call.names["alias"])
        wired = call.asking.manifest.packages.get(alias)
        if wired is None:
            raise HTTPError(404, f"The manifest does not name the function {alias}")
        variables = await call.json()
        if not isinstance(variables, dict):
            raise HTTPError(400, "The request's body must be a JSON object")
        named = {
            each["alias"]: each["name"]
            for each in wired.get("parameters") or ()
            if isinstance(each, Mapping) and each.get("alias") and each.get("name")
        }
        parts = [str(wired.get(key) or other) for key, other in _FUNCTION.items()]
        package, release, function = (quote(part or alias, safe="") for part in parts)
        payload = await self.forward.json(
            "POST",
            f"/api/codeengine/v2/packages/{package}/versions/{release}/functions/{function}",
            {"inputVariables": {named.get(key, key): value for key, value in variables.items()}},
            headers=call.asking.headers,
        )
        if payload["status"] not in {"SUCCESS", "OUTPUT_UNDEFINED"}:
            messages = (payload.get("errorInformation") or {}).get("errorMessages") or [payload["status"]]
            raise HTTPError(400, f"The function {alias} failed: {'; '.join(map(str, messages))}")
        return answer(payload["result"])

    async def _ai(self, call: _Call) -> web.Response:
        """Answer in the form that apps get: the prompt and a list of choices, with one choice."""
        body = await call.json()
        payload = await self.forward.json("POST", f"/api/ai/v1/{call.names['rest']}", body, headers=call.asking.headers)
        choices = payload.get("choices") or [{"output": payload.get("output")}]
        prompt = payload.get("prompt") or (body.get("input") if isinstance(body, dict) else None)
        return answer({"isCustomerModel": False, **payload, "prompt": prompt, "choices": choices})

    async def _files(self, call: _Call) -> web.Response:
        return await self._passed_on(call, f"/api/data/v1/data-files{call.names['rest']}")

    async def _passed_on(self, call: _Call, path: str) -> web.Response:
        request = call.request
        return await self.forward.send(
            request.method,
            path,
            query=dict(request.query),
            body=await call.body(),
            content_type=request.headers.get("Content-Type", "application/json"),
            accept=request.headers.get("Accept", "*/*"),
            headers=call.asking.headers,
        )


_FUNCTION = {"packageId": "", "version": "1.0.0", "functionName": ""}


def file_of(directory: Path | None, path: str) -> Path:
    """Return the file of an app that a path stands for; hidden files and files outside are not found.

    Raises:
        HTTPError: 404, if the file does not exist.
    """
    parts = [part for part in path.split("/") if part]
    if directory is not None and not any(part.startswith(".") or "\\" in part or "\0" in part for part in parts):
        found = directory.joinpath(*parts or [_INDEX]).resolve()
        if found.is_relative_to(directory) and found.is_file():
            return found
    raise HTTPError(404, "The app has no such route and no such file")


def _datastore(call: _Call) -> str:
    """Return the app's own datastore."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"domo-app:{call.asking.manifest.id}"))


def _group(group: Record) -> dict[str, Any]:
    created = datetime.fromtimestamp((group.get("created") or 0) / 1000, UTC)
    return {
        "id": group["id"],
        "name": group["name"],
        "type": group.get("type", "closed"),
        # Empty, as in the sample.
        "userIds": [],
        "created": f"{created:%Y-%m-%dT%H:%M:%S}.{created.microsecond // 1000:03d}+0000",
        "memberCount": len(group.get("userIds", ())),
        "active": True,
        "default": False,
    }


def _of_table(sql: str, alias: str) -> str:
    """Return SQL with ``table`` in place of the app's alias for the dataset."""
    try:
        tokens = MySQL().tokenize(sql)
    except SqlglotError as error:
        raise HTTPError(400, f"Cannot parse the SQL: {error}") from error
    pieces, end = [], 0
    for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
        names_it = before is not None and before.token_type in _ENDS and token.text.lower() == alias.lower()
        if not names_it:
            continue
        # Columns may be qualified with the alias, unless the query renames it.
        renamed = after is not None and after.token_type in {TokenType.ALIAS, TokenType.VAR, TokenType.IDENTIFIER}
        pieces += [sql[end : token.start], "`table`" if renamed else f"`table` AS {quoted_name(alias)}"]
        end = token.end + 1
    return "".join([*pieces, sql[end:]])


def _csv(result: Mapping[str, Any]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(result["columns"])
    writer.writerows(result["rows"])
    return text.getvalue()


def _flag(call: _Call, key: str) -> bool:
    return call.request.query.get(key, "false").lower() == "true"


def _page(call: _Call, items: list[Record]) -> list[Record]:
    limit, offset = (call.request.query.get(key) for key in ("limit", "offset"))
    if any(each is not None and not each.isdigit() for each in (limit, offset)):
        raise HTTPError(400, "limit and offset must be whole numbers of at least 0")
    begin = int(offset or 0)
    return items[begin : None if limit is None else begin + int(limit)]

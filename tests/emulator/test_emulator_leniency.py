"""The instance takes requests in every form in which instances take them from working clients, unless it is strict."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, TypeAlias

import aiohttp
import pytest
from attrs import evolve

from domo_async._emulator.state.datasets import Column
from domo_async.emulator import Emulator
from tests.contract.row import NOTHING, Row, Sent
from tests.emulator.plain_client import connected
from tests.emulator.test_emulator_contract import PREPARED, ROWS, ask
from tests.support import STRICT

# What is in these is the caller's own: another value there is another document, parameter or setting.
OPAQUE = {
    "configurations",
    "content",
    "data",
    "emailParams",
    "executionPayload",
    "executionResponse",
    "filterValues",
    "inputVariables",
    "metaData",
    "modelConfiguration",
    "outputs",
    "parameters",
    "queryOverrides",
    "cardLoadContext",
}
NOT_BY_KEYS = re.compile(r"/documents|/tasks/[^/]+/(outputs|complete)|^/domo/|/enabled$")


def in_another_form(value: Any) -> Any:
    """Return a body with its numbers as texts, its texts of digits as numbers, and its flags as texts."""
    match value:
        case dict():
            return {key: item if key in OPAQUE else in_another_form(item) for key, item in value.items()}
        case list():
            return [in_another_form(item) for item in value]
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case str() if re.fullmatch("[1-9][0-9]{0,15}", value):
            return int(value)
    return value


def with_nulls(value: Any) -> Any:
    """Return a body with keys that are null, as clients write what they leave out."""
    match value:
        case dict():
            inner = {key: item if key in OPAQUE else with_nulls(item) for key, item in value.items()}
            missing = dict.fromkeys({"description", "message", "limit", "system", "filters"} - value.keys())
            return {**inner, **missing}
        case list():
            return [with_nulls(item) for item in value]
    return value


def alone(value: Any, key: str = "") -> Any:
    """Return a body with one item for each list of one."""
    match value:
        case dict():
            return {key: item if key in OPAQUE else alone(item, key) for key, item in value.items()}
        case [item] if not isinstance(item, list) and key not in {"columns", "text", "entries"}:
            return alone(item)
        case list():
            return [alone(item) for item in value]
    return value


FORMS = {"in another form": in_another_form, "with nulls": with_nulls}
SENDING = [(table, row) for table, row in ROWS if any(sent.json is not NOTHING for sent in row.sends)]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("table", sorted({table for table, _ in SENDING}))
async def test_a_request_is_taken_in_other_forms(table: str, form: str, emulator: Emulator) -> None:
    refused: dict[str, str] = {}
    async with aiohttp.ClientSession() as http:
        for row in (row for name, row in SENDING if name == table):
            expected = await asked_of(emulator, http, table, row, lambda body: body)
            given = await asked_of(emulator, http, table, row, FORMS[form])
            if given != expected:
                refused[f"{row.id} {row.note}"] = f"{given} instead of {expected}"

    assert {} == refused


async def asked_of(emulator: Emulator, http: aiohttp.ClientSession, table: str, row: Row, form: Any) -> list[int]:
    """Return the statuses that the requests of a row get from a new instance."""
    emulator.reset()
    module = PREPARED[table]
    module.prepare(emulator._instance)
    bodies: Mapping[str, tuple[str, bytes]] = getattr(module, "BODIES", {})
    called: Mapping[str, str] = getattr(module, "CALLED", {})
    statuses = []
    for sent in row.sends:
        body = (
            next((bodies[part] for part in row.id.split(",") if part in bodies), None) if callable(sent.body) else None
        )
        status, _ = await ask(http, emulator, changed(sent, form), body, called)
        statuses.append(status)
    return statuses


def changed(sent: Sent, form: Any) -> Sent:
    """Return a request with its body in another form."""
    if sent.json is NOTHING or NOT_BY_KEYS.search(sent.path):
        return sent
    return evolve(sent, json=form(json.loads(json.dumps(sent.json))))


Asked: TypeAlias = tuple[str, str, object]
# As clients that nobody here wrote send them.
FROM_CLIENTS: list[Asked] = [
    ("POST", "/api/search/v1/query", {"query": "*", "entities": ["DATAFLOW"], "count": 5, "offset": 0}),
    ("POST", "/api/search/v1/query", {"entityList": [["account"]], "count": None}),
    (
        "POST",
        "/api/search/v1/query",
        {
            "query": "*",
            "entityList": [["account"]],
            "filters": [{"filterType": "term", "field": "owned_by_id", "value": 1001}],
        },
    ),
    (
        "POST",
        "/api/search/v1/query",
        {"query": "*", "entityList": [["account"]], "sort": {"fieldSorts": [{"field": "display_name_sort"}]}},
    ),
    ("POST", "/api/queues/v1/tasks/list", {"assignedTo": [1001]}),
    ("POST", "/api/queues/v1/tasks/list", {"assignedTo": 1001, "status": None}),
    ("POST", "/api/authorization/v1/roles", {"name": "n", "description": "d"}),
    ("POST", "/api/ai/v1/text/summarize", {"input": "a", "system": None}),
    ("POST", "/api/data/v1/streams/371/executions", None),
    ("GET", "/api/data/v1/streams/", None),
    ("POST", "/api/ai/v1/text/summarize", {"input": "a", "parameters": None, "promptTemplate": None}),
    ("POST", "/api/content/v1/pages/adminsummary", {"includePageTitleClause": True, "pageTitleSearchText": None}),
    ("POST", "/api/content/v2/cards/adminsummary", {"includeCardTitleClause": "true"}),
    ("POST", "/api/content/v1/pages", {"title": "Sales"}),
    ("POST", "/api/content/v2/groups", {"name": "Buyers"}),
    ("POST", "/api/query/v1/functions/search", {"name": ""}),
    ("POST", "/api/identity/v1/users", {"displayName": "Ada", "email": "ada@example.com", "roleId": "4"}),
    ("POST", "/api/data/v2/datasources", {"name": "Orders", "schema": {"columns": {"name": "a", "type": "STRING"}}}),
    ("GET", "/api/authorization/v1/roles/", None),
    ("GET", "/api/content/v1/cards/?urns=1234", None),
    ("GET", "/api/datastores/v1/", None),
]


# Like those, on routes or in ways that no document describes.
UNDOCUMENTED: list[Asked] = [
    ("PUT", "/api/authorization/v1/roles/settings", {"defaultRoleId": "4"}),
    ("GET", "/api/data/v1/streams/search?q=dataSource.id:abc", None),
    ("PUT", "/api/dataprocessing/v1/dataflows/bulk/patch", {"dataFlowIds": ["1"], "enabled": "false"}),
    ("PUT", "/api/dataprocessing/v1/dataflows/bulk/tag", {"dataFlowIds": 1, "tagNames": "nightly"}),
    ("PUT", "/api/dataprocessing/v1/dataflows/1/patch", {}),
    ("POST", "/api/query/v1/execute/abc", {"query": {"columns": [{"exprType": "COLUMN", "column": "a"}]}}),
]


async def answers_to_clients(emulator: Emulator, sent: list[Asked]) -> dict[tuple[str, str, str], int]:
    """Return the statuses of what clients send."""
    for table in ("streams", "task_center", "cards"):
        PREPARED[table].prepare(emulator._instance)
    column = Column("a", "LONG", "a")
    emulator._instance.create_dataset("a", (column,), description="", provider_type="api", dataset_id="abc")
    async with connected(emulator) as plain:
        found = {}
        await plain.call("POST", "/api/dataprocessing/v1/dataflows", json={"name": "Nightly"})
        for method, path, body in sent:
            async with plain.session.request(method, path, json=body) as response:
                found[method, path, json.dumps(body)] = response.status
    return found


async def test_bodies_of_working_clients_are_taken(emulator: Emulator) -> None:
    statuses = await answers_to_clients(emulator, FROM_CLIENTS + UNDOCUMENTED)

    assert {} == {request: status for request, status in statuses.items() if not 200 <= status < 300}


@STRICT
async def test_a_strict_instance_takes_what_the_documents_show_alone(emulator: Emulator) -> None:
    statuses = await answers_to_clients(emulator, FROM_CLIENTS)

    assert {} == {request: status for request, status in statuses.items() if status not in (400, 404)}


async def test_clients_of_the_public_api_learn_where_they_are(emulator: Emulator) -> None:
    async with aiohttp.ClientSession(emulator.url) as http:
        for method, path in (("GET", "/oauth/token?grant_type=client_credentials"), ("GET", "/v1/datasets")):
            async with http.request(method, path, headers={"Authorization": "Basic YTpi"}) as response:
                told = await response.json()

            assert 404 == response.status
            assert f"{emulator.url}/api" in told["message"]
            assert "Product API" in told["message"]

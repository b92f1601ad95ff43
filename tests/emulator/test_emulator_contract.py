"""Every row of the contract, asked of the embedded instance by a plain HTTP client."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Collection, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any
from unittest.mock import ANY

import aiohttp
import pytest
from attrs import frozen
from yarl import URL

from domo_async.emulator import Emulator
from tests.contract.row import NOTHING, Row, Sent
from tests.emulator import prepared

PREPARED: dict[str, ModuleType] = {
    found.name: import_module(f"tests.emulator.prepared.{found.name}")
    for found in iter_modules([str(Path(prepared.__file__).parent)])
}
ROWS: list[tuple[str, Row]] = [
    (table, row)
    for table in PREPARED
    for row in import_module(f"tests.contract.{table}").ROWS
    if re.match(r"E\d", row.id)
]


@frozen
class Seen:
    """What real instances answer on a route, and how that differs from the documents.

    Attributes:
        answer: The answer; every key must be there, and a value that is not null is of its kind.
        why: What the documents show, and who knows better.
    """

    answer: object
    why: str


_REQUESTED = {"dataTag": None, "requestKey": "20220513224325.628", "requested": True, "requestedOn": 1652481807436}
_VERSION = {
    "schemaId": "1",
    "dataId": "7",
    "uploadStatus": "success",
    "uploadPercent": "100",
    "uploadMd5": "F3A1DE60C5BD9A256B297727D0E7BE2A",
    "uploadMessage": None,
    "recordedDate": "2025-01-01T12:00:00Z",
    "uploadCompletedDate": "2025-01-01T12:00:00Z",
    "numRows": 23,
    "numBytes": 1725,
}
_ACCOUNT = {
    "id": 45,
    "accountId": 45,
    "userId": 27,
    "name": "text",
    "displayName": "text",
    "type": "data",
    "valid": True,
    "dataProviderType": "google-spreadsheets",
    "credentialsType": "oauth",
    "createdAt": 1664924354000,
    "createdBy": 27,
    "modifiedAt": 1682350828000,
    "modifiedBy": 27,
    "configurations": {},
    "accountTemplateId": None,
    "accountTemplateAuthorizationId": None,
}
_ACCOUNT_WHY = "The sample has three keys and the number as text; an answer captured from an instance has these."
# The instance is held to these instead of the documents' samples: what real instances are seen to give wins. The key
# is the method and a pattern of the path.
_DATASET = "/api/data/v3/datasources/[^/]+"
SEEN: dict[tuple[str, str], Seen] = {
    ("GET", "/api/audit/v1/user-audits/objectTypes"): Seen(
        [{"type": "ACCOUNT", "translation": "Account"}],
        "The sample has names alone; instances are seen to give what people call them, too.",
    ),
    ("GET", "/api/data/v2/datasources/[^/]+/dataversions"): Seen(
        [_VERSION],
        "The sample has numbers for ids and three keys less; an answer captured by users of the API has texts.",
    ),
    ("GET", "/api/data/v1/accounts"): Seen([_ACCOUNT], _ACCOUNT_WHY),
    ("POST", "/api/data/v1/accounts"): Seen(_ACCOUNT, _ACCOUNT_WHY),
    ("GET", "/api/data/v1/accounts/[^/]+"): Seen(_ACCOUNT, _ACCOUNT_WHY),
    ("PUT", f"{_DATASET}/uploads/[^/]+/parts/[^/]+"): Seen(
        {"uploadStatus": "success", "uploadMessage": None},
        "The documents show nothing; Domo's own OpenAPI calls it VaultMultipartUploadStatusMessage.",
    ),
    ("PUT", f"{_DATASET}/uploads/[^/]+/commit"): Seen(
        {
            "dataSourceId": "abc",
            "dataTag": None,
            "indexing": _REQUESTED,
            "size": {"columnCount": 1, "numberOfBytes": 12, "partCount": 1, "rowCount": 2},
            "status": "success",
            "uploadId": 10,
        },
        "The documents show nothing; Domo's own OpenAPI calls it MultipartFinalizeAndIndexResponse.",
    ),
    ("POST", f"{_DATASET}/indexes"): Seen(
        _REQUESTED, "The documents show nothing; Domo's own OpenAPI calls it MultipartIndexResponse."
    ),
    ("GET", f"{_DATASET}/indexes/[^/]+/statuses"): Seen(
        {
            "dataSourceId": "abc",
            "detail": {"rowCount": 18, "columnCount": 1, "schema": None},
            "progress": {
                "status": "SUCCESS",
                "progress": 100,
                "message": None,
                "requestKey": "20220513224325.628",
                "lastUpdate": 1652481817436,
                "lastSuccessfulIndex": None,
            },
        },
        "The documents tell of a list; Domo's own OpenAPI has one object, AdrenalineIndexStatusResponse.",
    ),
}


def seen(sent: Sent) -> Seen | None:
    """Return what real instances answer to a request, if that is not what the documents show."""
    found = (told for (method, path), told in SEEN.items() if method == sent.method and re.fullmatch(path, sent.path))
    return next(found, None)


def assert_alike(shown: object, told: object, free: Collection[str], where: str = "$") -> None:
    """Fail unless `told` has all that the documents show, in the same kinds of JSON values."""
    if where in free or shown is None or told is None:
        return
    match shown:
        case dict():
            assert isinstance(told, dict), f"{where}: {told!r} is not an object"
            for key, value in shown.items():
                assert key in told, f"{where} has no {key}, but {', '.join(told)}"
                assert_alike(value, told[key], free, f"{where}.{key}")
        case list():
            assert isinstance(told, list), f"{where}: {told!r} is not a list"
            if shown:
                assert told, f"{where} is empty"
                assert_alike(shown[0], told[0], free, f"{where}[]")
        case bool() | str():
            assert type(shown) is type(told), f"{where}: {told!r} is not like {shown!r}"
        case _:
            assert isinstance(told, int | float), f"{where}: {told!r} is not like {shown!r}"
            assert not isinstance(told, bool), f"{where}: {told!r} is not like {shown!r}"


async def session_of(http: aiohttp.ClientSession, emulator: Emulator) -> str:
    """Log in, for the App Framework's routes."""
    login = {"method": "password", "emailAddress": "owner@example.com", "password": emulator.token}
    async with http.post(f"{emulator.url}/api/content/v2/authentication", json=login) as response:
        return str((await response.json())["sessionToken"])


async def ask(
    http: aiohttp.ClientSession,
    emulator: Emulator,
    sent: Sent,
    body: tuple[str, bytes] | None,
    called: Mapping[str, str],
) -> tuple[int, bytes]:
    """Send what a row says, and return the status and the body of the answer."""
    path = "/".join(called.get(part, part) for part in sent.path.split("/"))
    headers = {"Accept": "application/json", **sent.headers}
    if sent.path.startswith("/domo/"):
        headers["X-DOMO-Authentication"] = await session_of(http, emulator)
    else:
        headers["X-DOMO-Developer-Token"] = emulator.token
    data: bytes | None = None
    if sent.json is not NOTHING:
        headers["Content-Type"], data = "application/json", json.dumps(sent.json).encode()
    elif body is not None:
        headers["Content-Type"], data = body
    elif isinstance(sent.body, bytes):
        headers.setdefault("Content-Type", "application/octet-stream")
        data = sent.body
    # A row leaves open what the client takes from its clock.
    query = {key: str(int(time.time() * 1000)) if value is ANY else value for key, value in (sent.query or {}).items()}
    url = URL(f"{emulator.url}{path}", encoded=True).with_query(query or None)
    async with http.request(sent.method, url, data=data, headers=headers) as response:
        return response.status, await response.read()


@pytest.mark.parametrize(("table", "row"), ROWS, ids=[f"{row.id} {row.note}".strip() for _, row in ROWS])
async def test_the_instance_answers_as_the_documents_show(table: str, row: Row, emulator: Emulator) -> None:
    module = PREPARED[table]
    module.prepare(emulator._instance)
    bodies: Mapping[str, tuple[str, bytes]] = getattr(module, "BODIES", {})
    free: Mapping[str, Collection[str]] = getattr(module, "FREE", {})
    called: Mapping[str, str] = getattr(module, "CALLED", {})

    async with aiohttp.ClientSession() as http:
        for sent in row.sends:
            form = next((bodies[part] for part in row.id.split(",") if part in bodies), None)
            status, body = await ask(http, emulator, sent, form if callable(sent.body) else None, called)

            # Rows with a note show what else has to be understood, not what the instance answers.
            expected = range(200, 300) if row.note else (sent.status,)
            assert status in expected, body.decode(errors="replace")
            if (real := seen(sent)) is not None:
                assert_alike(real.answer, told(body), ())
            elif not row.note and sent.content_type == "application/json" and sent.answer:
                assert_alike(json.loads(sent.answer), told(body), free.get(row.id, ()))


def told(body: bytes) -> Any:
    """Return the JSON of an answer."""
    assert body, "the answer is empty"
    return json.loads(body)

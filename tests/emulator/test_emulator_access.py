"""Who may ask, and what wrong questions are answered."""

from __future__ import annotations

import re
import subprocess
import sys

import aiohttp
import pytest

from domo_async.emulator import Emulator
from tests.emulator.plain_client import DATASETS, PlainClient, plain_client


@pytest.mark.parametrize("headers", [{}, {"X-DOMO-Developer-Token": "wrong"}, {"X-DOMO-Authentication": "wrong"}])
async def test_a_request_without_the_token_is_refused_with_domos_error_body(headers: dict[str, str]) -> None:
    async with (
        Emulator() as emulator,
        aiohttp.ClientSession(emulator.url, headers=headers) as session,
        session.get("/api/data/v3/datasources/some-id") as response,
    ):
        body = await response.json()

    assert response.status == 401
    assert body["status"] == 401
    assert body["statusReason"] == "Unauthorized"
    assert body["path"] == "/api/data/v3/datasources/some-id"
    assert re.fullmatch(r"[A-Z0-9]{10}-[A-Z0-9]{5}-[A-Z0-9]{5}", body["toe"])
    assert emulator.token not in str(body)


async def test_a_session_made_from_the_password_is_accepted() -> None:
    async with Emulator(token="secret") as emulator, aiohttp.ClientSession(emulator.url) as session:
        login = {"method": "password", "emailAddress": "a@b.c", "password": "secret"}
        async with session.post("/api/content/v2/authentication", json=login) as response:
            token = (await response.json())["sessionToken"]
        async with session.get(DATASETS, headers={"X-DOMO-Authentication": token}) as response:
            assert response.status == 200


async def test_a_wrong_password_is_told_with_status_200() -> None:
    async with Emulator() as emulator, aiohttp.ClientSession(emulator.url) as session:
        login = {"method": "password", "emailAddress": "a@b.c", "password": "guess"}
        async with session.post("/api/content/v2/authentication", json=login) as response:
            assert response.status == 200
            assert (await response.json())["reason"] == "INVALID_CREDENTIALS"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/nothing/here", 404), ("PATCH", DATASETS, 405), ("GET", f"{DATASETS}/unknown", 404)],
)
async def test_unknown_routes_and_ids_give_domos_error_body(
    method: str, path: str, status: int, plain: PlainClient
) -> None:
    body = await plain.call(method, path, status=status)

    assert (body["status"], body["path"]) == (status, path)


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"text"', b"\xff"])
async def test_a_body_that_is_not_a_json_object_is_a_bad_request(body: bytes, plain: PlainClient) -> None:
    answer = await plain.call("POST", "/api/data/v2/datasources", data=body, status=400)

    assert answer["statusReason"] == "Bad Request"


@pytest.mark.parametrize(
    "columns",
    [
        None,
        [],
        [{"name": "a"}],
        [{"type": "LONG"}],
        [{"name": "a", "type": "BOOLEAN"}],
        [{"name": "a", "type": "LONG"}, {"name": "A", "type": "LONG"}],
    ],
)
async def test_a_schema_that_makes_no_sense_creates_nothing(columns: object) -> None:
    async with plain_client() as plain:
        body = {"userDefinedType": "api", "dataSourceName": "x", "schema": {"columns": columns}}
        await plain.call("POST", "/api/data/v2/datasources", json=body, status=400)

        assert (await plain.call("GET", DATASETS))["_metaData"]["totalCount"] == 0


def test_without_the_extra_the_import_names_it() -> None:
    code = "import sys; sys.modules['duckdb'] = None; import domo_async.emulator"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert ended.returncode != 0
    assert 'pip install "domo-async[emulator]"' in ended.stderr

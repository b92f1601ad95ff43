"""Scripts for Domo's Product API with `httpx`, in the manner of domolibrary: a route is an async function.

Nothing of this project is imported.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pandas as pd


@dataclass
class Auth:
    """What domolibrary calls a DomoTokenAuth."""

    domo_instance: str
    domo_access_token: str

    @property
    def auth_header(self) -> dict[str, str]:
        return {"X-DOMO-Developer-Token": self.domo_access_token}


@dataclass
class Answer:
    status: int
    response: Any
    is_success: bool = field(init=False)

    def __post_init__(self) -> None:
        self.is_success = 200 <= self.status <= 399


async def get_data(
    auth: Auth,
    session: httpx.AsyncClient,
    method: str,
    path: str,
    *,
    body: Any = None,
    params: Any = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """Ask, with a body that is text where it is a str and JSON otherwise."""
    content: dict[str, Any] = {"content": body} if isinstance(body, str | bytes) else {"json": body}
    response = await session.request(
        method,
        f"{auth.domo_instance}{path}",
        params=params,
        headers={**auth.auth_header, "Accept": "application/json", **(headers or {})},
        **({} if body is None else content),
    )
    is_json = response.headers.get("Content-Type", "").startswith("application/json")
    return Answer(response.status_code, response.json() if is_json else response.text)


async def looper(ask: Callable[[int, int], Awaitable[list[Any]]], limit: int) -> list[Any]:
    """Gather pages until a short one."""
    found: list[Any] = []
    while True:
        page = await ask(limit, len(found))
        found += page
        if len(page) < limit:
            return found


async def create_dataset(auth: Auth, session: httpx.AsyncClient, name: str, frame: pd.DataFrame) -> str:
    kinds = {"i": "LONG", "f": "DOUBLE", "M": "DATETIME"}
    columns = [{"name": str(name), "type": kinds.get(kind.kind, "STRING")} for name, kind in frame.dtypes.items()]
    body = {"userDefinedType": "api", "dataSourceName": name, "schema": {"columns": columns}}
    made = await get_data(auth, session, "POST", "/api/data/v2/datasources", body=body)
    assert made.is_success, made.response
    return str(made.response["dataSource"]["dataSourceId"])


async def upload_data(
    auth: Auth, session: httpx.AsyncClient, dataset: str, frames: list[pd.DataFrame], action: str
) -> Any:
    """Three stages, all parts at once, then the index."""
    base = f"/api/data/v3/datasources/{dataset}"
    stage_1 = await get_data(
        auth, session, "POST", f"{base}/uploads", body={"action": None, "message": "", "appendId": None}
    )
    assert stage_1.is_success, stage_1.response
    path = f"{base}/uploads/{stage_1.response['uploadId']}"
    stage_2 = await asyncio.gather(
        *(
            get_data(
                auth,
                session,
                "PUT",
                f"{path}/parts/{number}",
                body=frame.to_csv(header=False, index=False),
                headers={"Content-Type": "text/csv"},
            )
            for number, frame in enumerate(frames, 1)
        )
    )
    assert all(part.is_success for part in stage_2)
    stage_3 = await get_data(auth, session, "PUT", f"{path}/commit", body={"action": action, "index": False})
    assert stage_3.is_success, stage_3.response
    index = await get_data(auth, session, "POST", f"{base}/indexes", body={"dataIds": []})
    while True:
        status = await get_data(auth, session, "GET", f"{base}/indexes/{index.response['requestKey']}/statuses")
        if status.response["progress"]["status"] == "SUCCESS":
            return stage_3.response
        await asyncio.sleep(0.01)


async def query_dataset(auth: Auth, session: httpx.AsyncClient, dataset: str, sql: str, limit: int) -> pd.DataFrame:
    columns: list[str] = []

    async def page(limit: int, offset: int) -> list[Any]:
        result = await get_data(
            auth,
            session,
            "POST",
            f"/api/query/v1/execute/{dataset}",
            body={"sql": f"{sql} limit {limit} offset {offset}"},
        )
        assert result.is_success, result.response
        columns[:] = result.response["columns"]
        return list(result.response["rows"])

    rows = await looper(page, limit)
    return pd.DataFrame(rows, columns=columns)


def sales(begin: int, end: int) -> pd.DataFrame:
    numbers = range(begin, end)
    return pd.DataFrame(
        {
            "number": numbers,
            "name": [f"Zoë, {n}\nsecond line" if n % 5 == 0 else f"Zoë {n}" for n in numbers],
            "share": [n / 8 for n in numbers],
            "at": [pd.Timestamp("2026-02-03 04:05:06") + pd.Timedelta(n, "min") for n in numbers],
        }
    )


async def upload_a_frame_and_query_it(auth: Auth, session: httpx.AsyncClient) -> None:
    dataset = await create_dataset(auth, session, "Sales of a script", sales(0, 1))
    await upload_data(auth, session, dataset, [sales(n, n + 200) for n in range(0, 1000, 200)], "REPLACE")
    await upload_data(auth, session, dataset, [sales(1000, 1010)], "APPEND")
    read = await query_dataset(auth, session, dataset, "SELECT * FROM table ORDER BY `number`", 400)
    read["at"] = read["at"].astype("datetime64[ns]")

    pd.testing.assert_frame_equal(sales(0, 1010).astype({"at": "datetime64[ns]"}), read, check_dtype=False)
    versions = await get_data(auth, session, "GET", f"/api/data/v3/datasources/{dataset}/dataversions/details")
    assert [1000, 10] == [version["rowCount"] for version in versions.response]


async def export_a_frame(auth: Auth, session: httpx.AsyncClient) -> None:
    dataset = await create_dataset(auth, session, "Exported by a script", sales(0, 1))
    await upload_data(auth, session, dataset, [sales(0, 50), sales(50, 90)], "REPLACE")
    exported = await get_data(
        auth,
        session,
        "POST",
        f"/api/query/v1/execute/export/{dataset}",
        body={"sql": "SELECT `number`, name FROM table WHERE share >= 2.5 ORDER BY `number`"},
        params={"includeHeader": "true"},
        headers={"Accept": "text/csv"},
    )

    assert exported.is_success
    expected = sales(20, 90)[["number", "name"]]
    pd.testing.assert_frame_equal(expected, pd.read_csv(io.StringIO(exported.response)), check_dtype=False)


async def find_datasets_and_delete_them(auth: Auth, session: httpx.AsyncClient) -> None:
    made = [await create_dataset(auth, session, f"Found {n}", sales(0, 1)) for n in range(7)]

    async def page(limit: int, offset: int) -> list[Any]:
        params = {"limit": limit, "offset": offset, "nameLike": "Found"}
        listed = await get_data(auth, session, "GET", "/api/data/v3/datasources", params=params)
        return [each["id"] for each in listed.response["dataSources"]]

    assert sorted(made) == sorted(await looper(page, 3))
    for dataset in made:
        gone = await get_data(
            auth, session, "DELETE", f"/api/data/v3/datasources/{dataset}", params={"deleteMethod": "hard"}
        )
        assert gone.is_success
    assert 404 == (await get_data(auth, session, "GET", f"/api/data/v3/datasources/{made[0]}")).status
    assert [] == await looper(page, 3)


async def upsert_a_group(auth: Auth, session: httpx.AsyncClient) -> None:
    async def find(name: str) -> list[Any]:
        params = {"search": name, "limit": 10, "offset": 0}
        return list((await get_data(auth, session, "GET", "/api/content/v2/groups/grouplist", params=params)).response)

    async def upsert(name: str, description: str) -> int:
        for group in await find(name):
            body = [{"groupId": group["groupId"], "description": description}]
            assert (await get_data(auth, session, "PUT", "/api/content/v2/groups", body=body)).response is True
            return int(group["groupId"])
        body_of_new = {"name": name, "type": "closed", "description": description}
        made = await get_data(auth, session, "POST", "/api/content/v2/groups", body=body_of_new)
        return int(made.response["id"])

    first = await upsert("Upserted", "at first")
    assert first == await upsert("Upserted", "then")
    assert ["then"] == [group["description"] for group in await find("Upserted")]
    me = (await get_data(auth, session, "GET", "/api/content/v2/users/me")).response["id"]
    access = [{"groupId": first, "addMembers": [{"type": "USER", "id": me}], "addOwners": []}]
    assert (await get_data(auth, session, "PUT", "/api/content/v2/groups/access", body=access)).is_success
    assert [me] == (await get_data(auth, session, "GET", f"/api/content/v2/groups/{first}")).response["userIds"]
    removal = [{"groupId": first, "removeMembers": [{"type": "USER", "id": me}]}]
    assert (await get_data(auth, session, "PUT", "/api/content/v2/groups/access", body=removal)).is_success
    assert [] == (await get_data(auth, session, "GET", f"/api/content/v2/groups/{first}")).response["userIds"]
    assert (await get_data(auth, session, "DELETE", "/api/content/v2/groups", body=[first])).is_success


async def change_a_users_properties(auth: Auth, session: httpx.AsyncClient) -> None:
    body = {"displayName": "Barbara", "detail": {"email": "barbara@scripts.test"}, "roleId": 4}
    made = await get_data(auth, session, "POST", "/api/content/v3/users", body=body)
    path = f"/api/identity/v1/users/{made.response['id']}"
    properties = {"attributes": [{"key": "department", "values": ["Research"]}, {"key": "roleId", "values": [2]}]}
    assert (await get_data(auth, session, "PATCH", path, body=properties)).is_success
    (user,) = (await get_data(auth, session, "GET", path, params={"parts": "DETAILED"})).response["users"]

    assert 2 == int(user["roleId"])
    assert {"key": "department", "values": ["Research"]} in user["attributes"]
    refused = await get_data(auth, session, "PATCH", path, body={"attributes": [{"key": "roleId", "values": [99]}]})
    assert (400, False) == (refused.status, refused.is_success)


async def run_all_streams_of_a_connector(auth: Auth, session: httpx.AsyncClient) -> None:
    body: Any = {
        "transport": {"type": "CONNECTOR", "description": "com.domo.connector.example", "version": "1"},
        "configuration": [],
        "account": None,
        "updateMethod": "APPEND",
        "dataProvider": {"key": "example"},
        "dataSource": {"name": "By a connector", "description": ""},
    }
    made = [(await get_data(auth, session, "POST", "/api/data/v1/streams", body=body)).response["id"] for _ in range(3)]

    async def run(stream: int) -> str:
        path = f"/api/data/v1/streams/{stream}/executions"
        execution = (await get_data(auth, session, "POST", path, body={"action": "MANUAL"})).response
        while execution["currentState"] == "ACTIVE":
            await asyncio.sleep(0.01)
            execution = (await get_data(auth, session, "GET", f"{path}/{execution['executionId']}")).response
        return str(execution["currentState"])

    assert ["SUCCESS"] * 3 == await asyncio.gather(*map(run, made))


ALL: tuple[Callable[[Auth, httpx.AsyncClient], Awaitable[None]], ...] = (
    upload_a_frame_and_query_it,
    export_a_frame,
    find_datasets_and_delete_them,
    upsert_a_group,
    change_a_users_properties,
    run_all_streams_of_a_connector,
)

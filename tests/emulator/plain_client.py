"""A bare HTTP client for the embedded instance, which knows none of the library's own client."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from attrs import frozen

from domo_async.emulator import Emulator

DATASETS = "/api/data/v3/datasources"


@frozen
class PlainClient:
    """Calls an emulator and expects statuses."""

    emulator: Emulator
    session: aiohttp.ClientSession

    async def call(
        self,
        method: str,
        path: str,
        *,
        status: int = 200,
        json: Any = None,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Return the answer: decoded where it is JSON, else as bytes."""
        stream = None if data is None else io.BytesIO(data)
        request = self.session.request(method, path, json=json, data=stream, headers=headers)
        async with request as response:
            body = await response.read()
            assert response.status == status, body
            return await response.json() if response.content_type == "application/json" else body

    async def create(self, columns: Mapping[str, str], name: str = "Orders") -> str:
        """Create a dataset and return its id."""
        schema = {"columns": [{"name": name, "type": kind} for name, kind in columns.items()]}
        body = {"userDefinedType": "api", "dataSourceName": name, "schema": schema}
        answer = await self.call("POST", "/api/data/v2/datasources", json=body)
        return str(answer["dataSource"]["dataSourceId"])

    async def open(self, dataset: str, *parts: bytes, query: str = "") -> str:
        """Open an upload, send the parts, and return the upload's path."""
        opened = await self.call(
            "POST", f"{DATASETS}/{dataset}/uploads{query}", json={"action": None, "appendId": None}
        )
        path = f"{DATASETS}/{dataset}/uploads/{opened['uploadId']}"
        for number, part in enumerate(parts, 1):
            await self.put(path, number, part)
        return path

    async def put(self, upload: str, number: int, part: bytes, *, status: int = 200, encoding: str = "identity") -> Any:
        """Send a part."""
        headers = {"Content-Type": "text/csv"} | ({"Content-Encoding": encoding} if encoding != "identity" else {})
        return await self.call("PUT", f"{upload}/parts/{number}", data=part, headers=headers, status=status)

    async def commit(
        self, upload: str, action: str = "REPLACE", *, index: bool | str = True, status: int = 200, **more: Any
    ) -> Any:
        """Commit an upload."""
        body = {"action": action, "index": index, **more}
        return await self.call("PUT", f"{upload}/commit", json=body, status=status)

    async def upload(self, dataset: str, *parts: bytes, action: str = "REPLACE", **more: Any) -> Any:
        """Upload the parts in one go."""
        return await self.commit(await self.open(dataset, *parts), action, **more)

    async def query(self, dataset: str, sql: str = "SELECT * FROM table", *, status: int = 200) -> Any:
        """Return the answer to a query."""
        return await self.call("POST", f"/api/query/v1/execute/{dataset}", json={"sql": sql}, status=status)

    async def rows(self, dataset: str, sql: str = "SELECT * FROM table") -> list[list[Any]]:
        """Return the rows of a query."""
        answer = await self.query(dataset, sql)
        assert answer["numRows"] == len(answer["rows"])
        return list(answer["rows"])

    async def export(self, dataset: str, sql: str = "SELECT * FROM table", *, header: bool = False) -> bytes:
        """Return the CSV of a query."""
        path = f"/api/query/v1/execute/export/{dataset}?includeHeader={str(header).lower()}"
        body = await self.call("POST", path, json={"sql": sql}, headers={"Accept": "text/csv"})
        assert isinstance(body, bytes)
        return body

    async def metadata(self, dataset: str) -> Any:
        """Return a dataset's metadata."""
        return await self.call("GET", f"{DATASETS}/{dataset}")


@asynccontextmanager
async def connected(emulator: Emulator) -> AsyncIterator[PlainClient]:
    """Connect a client to a running emulator."""
    headers = {"X-DOMO-Developer-Token": emulator.token}
    async with aiohttp.ClientSession(emulator.url, headers=headers) as session:
        # aiohttp sends a PUT again by itself if a used connection breaks, which would hide the faults.
        session._retry_connection = False
        yield PlainClient(emulator, session)


@asynccontextmanager
async def plain_client(**options: Any) -> AsyncIterator[PlainClient]:
    """Run an emulator of one's own, and a client of it."""
    async with Emulator(**options) as emulator, connected(emulator) as client:
        yield client


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop run until `condition` holds."""
    while not condition():
        await asyncio.sleep(0.001)


def canonical_csv(rows: Sequence[Sequence[str | None]]) -> bytes:
    """Write cells as CSV: None unquoted and empty, the empty string quoted, quotes only where they must be."""
    return "".join(",".join(map(_field, row)) + "\n" for row in rows).encode()


def _field(cell: str | None) -> str:
    if cell is None:
        return ""
    if cell and not any(character in cell for character in '",\r\n'):
        return cell
    return '"' + cell.replace('"', '""') + '"'

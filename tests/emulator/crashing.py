"""An emulator in a process of its own, work for it, and what must be there of that work after a crash."""

from __future__ import annotations

import asyncio
import io
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
from attrs import define, evolve, field, frozen

DATASETS = "/api/data/v3/datasources"
TOKEN = "a-token-that-stays"
_REPLACED = 6


@frozen
class Process:
    """An emulator that runs on a directory."""

    process: subprocess.Popen[str]
    url: str

    def kill(self) -> None:
        """End it at once, wherever it is."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()

    @asynccontextmanager
    async def client(self) -> AsyncIterator[aiohttp.ClientSession]:
        """Connect to it."""
        headers = {"X-DOMO-Developer-Token": TOKEN}
        async with aiohttp.ClientSession(self.url, headers=headers) as session:
            session._retry_connection = False
            yield session


def start(directory: Path, *options: str) -> Process:
    """Start an emulator on a directory, and return when it answers."""
    process = subprocess.Popen(
        [sys.executable, "-m", "domo_async", "emulator", "--port", "0", "--data", str(directory), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    for line in process.stdout:
        name, _, value = line.strip().removeprefix("export ").partition("=")
        if name == "DOMO_BASE_URL":
            return Process(process, value)
    raise AssertionError(process.stderr.read())


async def call(session: aiohttp.ClientSession, method: str, path: str, json: Any = None, data: Any = None) -> Any:
    """Return the JSON of a good answer."""
    async with session.request(method, path, json=json, data=data) as response:
        body = await response.read()
        assert response.status == 200, body
        return await response.json() if response.content_type == "application/json" else body


@frozen
class Content:
    """What a dataset is: its name, and how many rows it has of each upload."""

    name: str
    rows: Counter[str] = field(factory=Counter)


@define
class Worker:
    """Works on one dataset, and remembers what was answered.

    Attributes:
        dataset: The dataset's id.
        answered: What the dataset is, by the last answer.
        asked: What it may be beside that, since there was no answer yet.
    """

    rng: random.Random
    dataset: str = ""
    answered: Content = field(factory=lambda: Content("Orders 0"))
    asked: Content | None = None
    done: int = 0

    async def work(self, session: aiohttp.ClientSession) -> None:
        """Upload and rename until the connection breaks."""
        with suppress(aiohttp.ClientError, ConnectionError):
            while True:
                await self._step(session)
                self.done += 1

    async def _step(self, session: aiohttp.ClientSession) -> None:
        if not self.dataset:
            schema = {"columns": [{"name": "upload", "type": "STRING"}, {"name": "price", "type": "DECIMAL"}]}
            body = {"userDefinedType": "api", "dataSourceName": self.answered.name, "schema": schema}
            created = await call(session, "POST", "/api/data/v2/datasources", body)
            self.dataset = created["dataSource"]["dataSourceId"]
        elif self.rng.random() < 0.2:
            name = f"Orders {self.rng.randrange(1_000_000)}"
            self.asked = evolve(self.answered, name=name)
            path = f"{DATASETS}/{self.dataset}/properties"
            await call(session, "PUT", path, {"dataProviderType": "api", "dataSourceName": name})
        else:
            await self._upload(session)
        if self.asked is not None:
            self.answered, self.asked = self.asked, None

    async def _upload(self, session: aiohttp.ClientSession) -> None:
        opened = await call(session, "POST", f"{DATASETS}/{self.dataset}/uploads", {"action": None, "appendId": None})
        upload = f"{DATASETS}/{self.dataset}/uploads/{opened['uploadId']}"
        tag = f"{opened['uploadId']}-{self.rng.randrange(1_000_000)}"
        # Now and then enough for the database to move rows from its log to their place.
        size = 150_000 if self.rng.random() < 0.05 else self.rng.randrange(1, 2_000)
        parts = self.rng.randrange(1, 4)
        for part in range(1, parts + 1):
            await call(session, "PUT", f"{upload}/parts/{part}", data=io.BytesIO(f"{tag},{part}.25\n".encode() * size))
        replace = len(self.answered.rows) >= _REPLACED or self.rng.random() < 0.2
        rows = Counter({tag: size * parts})
        self.asked = evolve(self.answered, rows=rows if replace else self.answered.rows + rows)
        await call(session, "PUT", f"{upload}/commit", {"action": "REPLACE" if replace else "APPEND", "index": True})

    async def check(self, session: aiohttp.ClientSession) -> None:
        """Fail unless all that was answered is there, and nothing half done."""
        if not self.dataset:
            return
        described = await call(session, "GET", f"{DATASETS}/{self.dataset}")
        sql = "SELECT upload, COUNT(*), SUM(price) FROM table GROUP BY upload"
        answer = await call(session, "POST", f"/api/query/v1/execute/{self.dataset}", {"sql": sql})
        found = Content(described["name"], Counter({tag: count for tag, count, _ in answer["rows"]}))

        assert found in (self.answered, self.asked)
        assert found.rows.total() == described["rowCount"]
        self.answered, self.asked = found, None


async def crash(directory: Path, workers: list[Worker], rng: random.Random) -> None:
    """Check what the last crash left, work on, and crash at a random moment."""
    process = await asyncio.to_thread(start, directory, "--token", TOKEN)
    try:
        async with process.client() as session:
            for worker in workers:
                await worker.check(session)
            working = [asyncio.create_task(worker.work(session)) for worker in workers]
            await asyncio.sleep(rng.uniform(0.02, 1.2))
            process.kill()
            await asyncio.gather(*working)
    finally:
        process.kill()

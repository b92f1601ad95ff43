"""The network cost of jobs: requests, and how many run in sequence, against the minimum.

Counted, not timed: each request takes `_LATENCY` seconds longer, so that what goes side by side surely overlaps, and
what needs another's answer surely does not.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TypeAlias

from attrs import frozen

from benchmarks._harness import Options, Row, at_most
from domo_async import Domo
from domo_async._emulator.http.log import RequestRecord
from domo_async._emulator.services.workflows import add_model
from domo_async.emulator import Emulator
from domo_async.models import (
    AccessLevel,
    Column,
    ColumnType,
    Grant,
    NewUser,
    PolicyFilter,
    StreamTransport,
)

_LATENCY = 0.1
# On a busy machine, requests that do not depend on each other may come one after another; the fewest count.
_TRIES = 3
_ROWS = b"1,North,10.5\n2,,\n3,South,1.5\n"
_COLUMNS = {"id": "LONG", "region": "STRING", "amount": "DOUBLE"}
_PEOPLE = 6


@frozen
class _World:
    """The state before a job begins."""

    domo: Domo
    emulator: Emulator
    folder: Path

    async def dataset(self) -> str:
        """Return a dataset with rows."""
        made = await self.domo.datasets.create("Orders", _COLUMNS)
        await self.domo.datasets.upload(made.id, _ROWS)
        return made.id

    async def users(self, count: int = _PEOPLE) -> list[int]:
        """Return some users besides the owner."""
        new = [NewUser(f"User {n}", f"user{n}@example.com", 2) for n in range(count)]
        return [row.value.id for row in await self.domo.users.create_many(new) if row.value is not None]


_Work: TypeAlias = Callable[[], Awaitable[object]]
"""The requests that are counted."""
_Prepare: TypeAlias = Callable[[_World], Awaitable[_Work]]


@frozen
class Job:
    """A job, and the least that it takes.

    Attributes:
        what: The job.
        steps: Patterns of the requests of each step, which go side by side, and how often each is sent.
        prepare: Gets ready, and returns what is counted.
    """

    what: str
    steps: Sequence[Sequence[tuple[str, int]]]
    prepare: _Prepare

    @property
    def requests(self) -> int:
        """How many requests it takes."""
        return sum(count for step in self.steps for _, count in step)


JOBS: list[Job] = []


def _job(what: str, least: str) -> Callable[[_Prepare], _Prepare]:
    """Add a job.

    Args:
        what: The job.
        least: The least that it takes, one step a line: patterns of the requests that go side by side, each with how
            often it is sent if that is more than once.
    """
    steps = [[_pattern(request) for request in step.split(",")] for step in least.strip().splitlines()]

    def add(prepare: _Prepare) -> _Prepare:
        JOBS.append(Job(what, steps, prepare))
        return prepare

    return add


def _pattern(request: str) -> tuple[str, int]:
    count, _, pattern = request.strip().partition(" ")
    return (pattern, int(count)) if count.isdigit() else (request.strip(), 1)


# The columns are compared before anything is sent. The versions before tell a commit whose answer is lost from others'
# commits; those after it tell which version it made, which no answer to a commit does.
_UPLOAD = """
    GET */schemas/latest
    POST */uploads
    PUT */parts/1, GET */dataversions
    PUT */commit
    GET */indexes/*/statuses, GET */dataversions
"""


@_job("upload, append", _UPLOAD)
async def _append(world: _World) -> _Work:
    dataset = await world.dataset()
    return lambda: world.domo.datasets.upload(dataset, _ROWS, action="APPEND")


@_job("upload, replace", _UPLOAD)
async def _replace(world: _World) -> _Work:
    dataset = await world.dataset()
    return lambda: world.domo.datasets.upload(dataset, _ROWS)


# The journal records the versions before together with the upload, to find out later what became of its commit.
@_job(
    "upload with a journal",
    """
    GET */schemas/latest
    POST */uploads, GET */dataversions
    PUT */parts/1
    PUT */commit
    GET */indexes/*/statuses, GET */dataversions
    """,
)
async def _resumable(world: _World) -> _Work:
    dataset = await world.dataset()
    return lambda: world.domo.datasets.upload(dataset, _ROWS, resume=world.folder / "journal")


# The columns are those that the dataset was created with.
@_job(
    "create a dataset from a source",
    """
    POST */datasources
    POST */uploads
    PUT */parts/1, GET */dataversions
    PUT */commit
    GET */indexes/*/statuses, GET */dataversions
    """,
)
async def _create_from(world: _World) -> _Work:
    return lambda: world.domo.datasets.create_from(b"id,region\n1,North\n", "Orders")


@_job(
    "upload to three datasets",
    """
    3 GET */schemas/latest
    3 POST */uploads
    3 PUT */parts/1, 3 GET */dataversions
    3 PUT */commit
    3 GET */indexes/*/statuses, 3 GET */dataversions
    """,
)
async def _upload_many(world: _World) -> _Work:
    datasets = [await world.dataset() for _ in range(3)]
    return lambda: world.domo.datasets.upload_many(dict.fromkeys(datasets, _ROWS))


@_job("upload by keys", _UPLOAD)
async def _upsert(world: _World) -> _Work:
    dataset = await world.dataset()
    columns = [
        Column(name=name, type=ColumnType(column_type), upsert_key=name == "id" or None)
        for name, column_type in _COLUMNS.items()
    ]
    await world.domo.datasets.schemas.alter(dataset, columns)
    return lambda: world.domo.datasets.upsert(dataset, _ROWS)


# An alteration sends all columns, so that those of others have to be seen before and after; and nobody may have changed
# the columns that the parts are made for before these are sent, nor before they are committed.
@_job(
    "upload that adds a column",
    """
    GET */schemas/latest
    GET */schema/indexed, GET */schemas/latest
    POST */schemas
    GET */schema/indexed, GET */schemas/latest
    POST */uploads
    PUT */parts/1, GET */dataversions
    GET */schemas/latest
    PUT */commit
    GET */indexes/*/statuses, GET */dataversions
    """,
)
async def _evolve(world: _World) -> _Work:
    dataset = await world.dataset()
    return lambda: world.domo.datasets.upload(dataset, b"id,region,amount,more\n1,a,2,3\n", schema="evolve")


@_job("upload in one request", "POST */uploads/stream")
async def _stream_upload(world: _World) -> _Work:
    dataset = await world.dataset()
    return lambda: world.domo.datasets.uploads.stream(dataset, _ROWS, action="APPEND")


@_job("query", "POST */execute/*")
async def _query(world: _World) -> _Work:
    dataset = await world.dataset()
    return lambda: world.domo.datasets.query(dataset, "SELECT * FROM table")


# The columns that the CSV has to have come by a query for no rows.
@_job("export to CSV", "POST */execute/export/*, POST */execute/*")
async def _export(world: _World) -> _Work:
    dataset = await world.dataset()
    return lambda: world.domo.datasets.export(dataset, world.folder / "orders.csv")


# The types of the columns, which CSV does not tell, come likewise.
@_job("scan", "POST */execute/export/*, POST */execute/*")
async def _scan(world: _World) -> _Work:
    dataset = await world.dataset()

    async def scan() -> None:
        async for _ in world.domo.datasets.scan(dataset):
            pass

    return scan


# No document tells that a page of members with fewer than were asked for is the last, so that one more is.
@_job(
    "group brought to its members, thirty in and thirty out",
    """
    GET */groups/users, POST */users/search
    GET */groups/users
    PUT */groups/access
    """,
)
async def _group(world: _World) -> _Work:
    users = await world.users(60)
    group = await world.domo.groups.create(name="Sales", type="open")
    await world.domo.groups.sync_members(group.id, users[:30])
    return lambda: world.domo.groups.sync_members(group.id, users[30:])


@_job("six users created", f"GET */identity/v1/users, GET */roles\n{_PEOPLE} POST */users")
async def _users(world: _World) -> _Work:
    new = [NewUser(f"New {n}", f"new{n}@example.com", 2) for n in range(_PEOPLE)]
    return lambda: world.domo.users.create_many(new)


@_job("user of an address", "POST */users/search")
async def _user(world: _World) -> _Work:
    await world.users()
    return lambda: world.domo.users.search(text="user3@example.com").first()


@_job(
    "page shown to three users, three others taken off",
    """
    GET */accesslist/page/*, 3 GET */identity/v1/users/*
    POST */share, 3 DELETE */user/*
    """,
)
async def _page(world: _World) -> _Work:
    users = await world.users()
    page = await world.domo.pages.create(title="Sales")
    await world.domo.pages.sync_access(page.page_id, users[:3])
    return lambda: world.domo.pages.sync_access(page.page_id, users[3:])


@_job(
    "dataset shared with three users, three others taken off",
    """
    GET */permissions, 3 GET */identity/v1/users/*
    POST */share
    """,
)
async def _access(world: _World) -> _Work:
    users = await world.users()
    dataset = await world.dataset()
    grants = [Grant(user, AccessLevel.CAN_VIEW) for user in users]
    await world.domo.datasets.access.sync(dataset, grants[:3])
    return lambda: world.domo.datasets.access.sync(dataset, grants[3:])


@_job("dataflow run to its end", "POST */executions\nGET */executions/*")
async def _dataflow(world: _World) -> _Work:
    source, target = [await world.dataset() for _ in range(2)]
    flow = await world.domo.dataflows.create(
        definition={
            "name": "Clean",
            "inputs": [{"dataSourceId": source}],
            "outputs": [{"dataSourceId": target}],
            "actions": [{"type": "LoadFromVault", "dataSourceId": source}],
        }
    )
    assert flow.id is not None
    number = flow.id
    return lambda: world.domo.dataflows.execute(number, wait=True)


@_job("workflow run to its end", "POST */instances/message\nGET */executions*")
async def _workflow(world: _World) -> _Work:
    model = str(add_model(world.emulator._instance, name="Add", owner=1)["id"])  # noqa: SLF001 - no route adds one
    return lambda: world.domo.workflows.start(model, message_name="Start Add", version="1.0.0", wait=True)


@_job("stream run to its end", "POST */executions\nGET */executions/*")
async def _stream(world: _World) -> _Work:
    made = await world.domo.streams.create(
        transport=StreamTransport("CONNECTOR", description="com.domo.connector.csv", version="1"),
        data_provider_key="csv",
        data_source_name="Pulled",
    )
    assert made.id is not None
    number = made.id
    return lambda: world.domo.streams.run(number, wait=True)


@_job("four files up", "4 POST */data-files")
async def _files_up(world: _World) -> _Work:
    files = {f"{n}.txt": b"text" for n in range(4)}
    return lambda: world.domo.files.upload_many(files)


# Its length and its hash are told by its details.
@_job("file down", "GET */data-files/*, GET */details")
async def _file_down(world: _World) -> _Work:
    made = await world.domo.files.upload(b"text", name="a.txt")
    number = made.data_file_id
    return lambda: world.domo.files.download(number, world.folder / "a.txt")


@_job("lineage of a dataset", "GET */lineage/*")
async def _lineage(world: _World) -> _Work:
    dataset = await world.dataset()
    return lambda: world.domo.lineage.get("DATA_SOURCE", dataset)


@_job("policy made", "POST */filter-groups")
async def _policy(world: _World) -> _Work:
    dataset = await world.dataset()
    north = [PolicyFilter(column="region", values=["North"])]
    return lambda: world.domo.datasets.policies.create(dataset, name="North", filters=north, users=[1])


def benchmark(_: Options) -> Iterator[Row]:
    """Compare requests, and those one after another, for each job."""
    for job in JOBS:
        sent = min((asyncio.run(asked(job, latency=_LATENCY)) for _ in range(_TRIES)), key=_in_sequence)
        odd = not_due(job, sent)
        name = f"{job.what} (not due: {', '.join(odd)})" if odd else job.what
        yield Row(f"{name}: one after another", "trips", [_in_sequence(sent)], [len(job.steps)], at_most(1.15))
        yield Row(f"{name}: all", "requests", [len(sent)], [job.requests], at_most(1.15))


async def asked(job: Job, *, latency: float) -> Sequence[RequestRecord]:
    """Return what a job asks of an instance whose answers come so many seconds later."""
    with tempfile.TemporaryDirectory(prefix="domo-async-benchmarks-") as folder:
        async with Emulator(latency=latency) as emulator, emulator.client() as domo:
            work = await job.prepare(_World(domo, emulator, Path(folder)))
            emulator.log.clear()
            await work()
            return list(emulator.log)


def not_due(job: Job, sent: Sequence[RequestRecord]) -> list[str]:
    """Return the requests that are none of those that a job takes."""
    patterns = [pattern for step in job.steps for pattern, _ in step]
    return [
        f"{record.method} {record.path}"
        for record in sent
        if not any(fnmatchcase(f"{record.method} {record.path}", pattern) for pattern in patterns)
    ]


def _in_sequence(sent: Sequence[RequestRecord]) -> int:
    """Return how many requests the longest chain has of which each began after the one before it was answered."""
    longest: list[tuple[float, int]] = []
    for record in sorted(sent, key=lambda record: record.started):
        before = max((length for finished, length in longest if finished <= record.started), default=0)
        longest.append((record.finished, before + 1))
    return max((length for _, length in longest), default=0)

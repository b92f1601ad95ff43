"""Calls of the client, each with what its outcome has to agree with."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from domo_async import (
    AfterCommitError,
    APIError,
    CommitUncertain,
    ConfigError,
    Domo,
    DomoError,
    RowCountMismatch,
    TransportError,
    UploadError,
)
from domo_async._emulator.services.workflows import add_model
from domo_async._endpoints.users.models import NewUser, UserChange
from domo_async.emulator import Emulator
from tests.hostile.server import HostileServer

__all__ = ["CALLS", "PASSWORD", "Call", "World", "made", "outcome_of"]

PASSWORD = "the-password-of-an-account-9d1c"
OLD = b"what was there before"
CONTENT = bytes(range(256)) * 40
ROWS = [f"{number},name {number}" for number in range(300)]


@define(repr=False)
class World:
    """What calls are about, and what they are checked by.

    Attributes:
        emulator: The instance.
        clean: A client that nobody stands in the way of.
        server: Who stands in the way.
        folder: A place for files.
    """

    emulator: Emulator
    clean: Domo
    server: HostileServer
    folder: Path
    dataset: str = ""
    exported: bytes = b""
    file: int = 0
    model: str = ""
    collection: str = ""
    users: int = 0
    _marks: int = field(default=0)

    async def fill(self) -> None:
        """Put there what calls need."""
        made = await self.clean.datasets.create("Rows", {"n": "LONG", "s": "STRING"})
        self.dataset = made.id
        await self.clean.datasets.upload(made.id, "\n".join(ROWS).encode() + b"\n", header=False)
        await self.clean.datasets.export(made.id, self.folder / "right.csv")
        self.exported = (self.folder / "right.csv").read_bytes()
        self.file = int((await self.clean.files.upload(CONTENT, name="content.bin")).data_file_id)
        self.model = add_model(self.emulator._instance, name="it", owner=1)["id"]
        self.collection = (
            await self.clean.appdb.collections.create("a-datastore", name="c", columns={"a": "STRING"})
        ).id

    def mark(self) -> str:
        """Return a name that nobody had before."""
        self._marks += 1
        return f"mark{self._marks}x{secrets.token_hex(4)}"


Run = Callable[[Any, World], Awaitable[Any]]
Check = Callable[[World, str, Any, DomoError | None], Awaitable[None] | None]


@frozen
class Call:
    """One call of the client.

    Attributes:
        name: What it is called in reports.
        run: Makes it, with a client of either kind: what it gives is awaited if it can be.
        check: Compares what was told with what is so.
        prepare: Makes what it is about, by way of the clean client.
        sends_password: Whether a password is among what it sends.
    """

    name: str
    run: Callable[[Any, World, Any], Any]
    check: Callable[[World, Any, str, Any, DomoError | None], Awaitable[None]]
    prepare: Callable[[World], Awaitable[Any]]
    sends_password: bool = False


def outcome_of(error: DomoError | None) -> str:
    """Return what was told: that it is done, that it is not, or neither."""
    if error is None or isinstance(error, AfterCommitError):
        return "done"
    if isinstance(error, (UploadError, ConfigError)):
        return "not done"
    if isinstance(error, CommitUncertain):
        return "uncertain"
    if isinstance(error, APIError):
        return "not done" if error.refused else "uncertain"
    if isinstance(error, TransportError):
        return "uncertain" if error.sent else "not done"
    return "uncertain"


async def nothing(world: World) -> None:
    """Prepare nothing."""


async def harmless(world: World, about: Any, told: str, value: Any, error: DomoError | None) -> None:
    """Nothing can be told wrongly."""


async def everything(items: Any) -> list[Any]:
    """Return all items of an iterator of either kind."""
    if hasattr(items, "__aiter__"):
        return [item async for item in items]
    return list(items)


def once(method: str, pattern: str) -> Callable[[World, Any, str, Any, DomoError | None], Awaitable[None]]:
    """Return a check: what may happen once happens once if it is told as done, and not at all if as not done."""

    async def check(world: World, about: Any, told: str, value: Any, error: DomoError | None) -> None:
        effects = world.server.effects(method, pattern)
        assert effects <= 1, f"took effect {effects} times"
        assert [] == world.server.sent_again(method, pattern)
        if not world.server.lied:
            assert effects in {"done": {1}, "not done": {0}, "uncertain": {0, 1}}[told], f"{effects}, told {told}"

    return check


# Reading


async def check_query(world: World, about: Any, told: str, value: Any, error: DomoError | None) -> None:
    if error is None and not world.server.lied:
        assert ROWS == [f"{n},{s}" for n, s in value]


async def check_scan(world: World, about: Any, told: str, value: Any, error: DomoError | None) -> None:
    if error is None and not world.server.lied:
        assert ROWS == [f"{row['n']},{row['s']}" for batch in value for row in batch.to_pylist()]


async def old_file(world: World) -> Path:
    folder = world.folder / world.mark()
    folder.mkdir()
    path = folder / "target.csv"
    path.write_bytes(OLD)
    return path


def check_file(right: Callable[[World], bytes]) -> Callable[[World, Any, str, Any, DomoError | None], Awaitable[None]]:
    async def check(world: World, about: Path, told: str, value: Any, error: DomoError | None) -> None:
        assert [about.name] == [path.name for path in about.parent.iterdir()], "something is left beside the file"
        found = about.read_bytes()  # noqa: ASYNC240 - a small file, for which nothing else waits
        if error is not None:
            assert OLD == found
        elif not world.server.lied:
            assert right(world) == found
        else:
            assert OLD != found
        about.unlink()  # noqa: ASYNC240 - a small file, for which nothing else waits
        about.parent.rmdir()

    return check


# Changing


async def new_dataset(world: World) -> str:
    made = await world.clean.datasets.create(world.mark(), {"n": "LONG", "s": "STRING"})
    await world.clean.datasets.upload(made.id, b"0,old\n", header=False)
    return made.id


def fresh_rows() -> bytes:
    return b"".join(b"%d,new\n" % number for number in range(1, 121))


async def check_upload(world: World, about: str, told: str, value: Any, error: DomoError | None) -> None:
    await world.clean.datasets.indexes.create(about)
    found = [row[0] for row in await world.clean.datasets.query(about, "SELECT n FROM table ORDER BY n")]
    old, new = [0], list(range(121))
    if world.server.lied and found not in (old, new):
        # It acknowledged parts that it did not hand on: the loss is told, to the row where the versions can be read.
        assert isinstance(error, (RowCountMismatch, CommitUncertain)), f"told {told} with {len(found)} rows"
        if isinstance(error, RowCountMismatch):
            assert (120, len(found) - 1) == (error.sent, error.found)
        await world.clean.datasets.delete(about)
        return
    assert found in (old, new), f"{len(found)} rows"
    if not world.server.lied:
        # What failed before anything was opened is an error of that step.
        done = {"done": {True}, "not done": {False}, "uncertain": {True, False}}[told]
        if error is not None and not isinstance(error, (AfterCommitError, CommitUncertain)):
            done = {False}
        assert (found == new) in done, f"told {told} with {len(found)} rows"
    await world.clean.datasets.delete(about)


def upload(domo: Any, world: World, about: str) -> Any:
    return domo.datasets.upload(
        about, fresh_rows(), action="APPEND", header=False, part_size=300, concurrency=3, compress=False
    )


async def some_users(world: World) -> list[NewUser]:
    return [NewUser(display_name="N", email_address=f"{world.mark()}@example.com", role_id=1) for _ in range(3)]


async def check_users(world: World, about: list[NewUser], told: str, value: Any, error: DomoError | None) -> None:
    there = [user.email_address async for user in world.clean.users.list()]
    for new in about:
        assert there.count(new.email_address) <= 1
    if value is not None and not world.server.lied:
        for row in value:
            if row.outcome == "created":
                assert row.input.email_address in there
            elif row.error is not None and outcome_of(row.error) == "not done":
                assert row.input.email_address not in there
    if error is not None and not world.server.lied:
        assert not any(new.email_address in there for new in about)
    for user in [user async for user in world.clean.users.list()]:
        if user.email_address in {new.email_address for new in about}:
            await world.clean.users.delete(user.id)


async def a_user(world: World) -> int:
    made = await world.clean.users.create(display_name="Before", email_address=f"{world.mark()}@example.com", role_id=1)
    return int(made.id)


async def check_change(world: World, about: int, told: str, value: Any, error: DomoError | None) -> None:
    name = (await world.clean.users.get(about)).display_name
    assert name in {"Before", "After"}
    if value is not None and not world.server.lied:
        (row,) = value
        if row.outcome == "updated":
            assert name == "After"
        elif row.error is not None and outcome_of(row.error) == "not done":
            assert name == "Before"
    await world.clean.users.delete(about)


async def check_deleted(world: World, about: str, told: str, value: Any, error: DomoError | None) -> None:
    there = await exists(world.clean.datasets.get(about))
    if not world.server.lied:
        assert there in {"done": {False}, "not done": {True}, "uncertain": {True, False}}[told], f"told {told}"
    if there:
        await world.clean.datasets.delete(about)


async def exists(get: Awaitable[object]) -> bool:
    try:
        await get
    except APIError:
        return False
    return True


async def check_started(world: World, about: Any, told: str, value: Any, error: DomoError | None) -> None:
    effects = world.server.effects("POST", "instances/message")
    assert [] == world.server.sent_again("POST", "instances/message")
    assert effects <= 1
    if error is None and not world.server.lied:
        assert 1 == effects


async def check_created_file(world: World, about: Any, told: str, value: Any, error: DomoError | None) -> None:
    await once("POST", "data-files")(world, about, told, value, error)
    if error is None and not world.server.lied:
        assert CONTENT == await world.clean.files.download(value.data_file_id)


CALLS = (
    Call("raw get", lambda d, w, a: d.request("GET", "/api/content/v2/users/me"), harmless, nothing),
    Call(
        "raw post",
        lambda d, w, a: d.request("POST", "/api/data/v2/datasources", json={"password": PASSWORD, "name": "x"}),
        once("POST", "datasources"),
        nothing,
        sends_password=True,
    ),
    Call("get", lambda d, w, a: d.datasets.get(w.dataset), harmless, nothing),
    Call("me", lambda d, w, a: d.users.me(), harmless, nothing),
    Call("pages of users", lambda d, w, a: everything(d.users.list()), harmless, nothing),
    Call("pages of datasets", lambda d, w, a: everything(d.datasets.list()), harmless, nothing),
    Call("pages of groups", lambda d, w, a: everything(d.groups.list()), harmless, nothing),
    Call("search", lambda d, w, a: everything(d.search.iterate("*", entities=["dataset"])), harmless, nothing),
    Call("query", lambda d, w, a: d.datasets.query(w.dataset, "SELECT n, s FROM table"), check_query, nothing),
    Call("scan", lambda d, w, a: everything(d.datasets.scan(w.dataset)), check_scan, nothing),
    Call("export", lambda d, w, a: d.datasets.export(w.dataset, a), check_file(lambda w: w.exported), old_file),
    Call("download", lambda d, w, a: d.files.download(w.file, a), check_file(lambda w: CONTENT), old_file),
    Call("file", lambda d, w, a: d.files.upload(CONTENT, name="content.bin"), check_created_file, nothing),
    Call("upload", upload, check_upload, new_dataset),
    Call("upload again", upload, check_upload, new_dataset),
    Call("new users", lambda d, w, a: d.users.create_many(a), check_users, some_users),
    Call(
        "changed users",
        lambda d, w, a: d.users.update_many([UserChange(a, display_name="After")]),
        check_change,
        a_user,
    ),
    Call("deletion", lambda d, w, a: d.datasets.delete(a), check_deleted, new_dataset),
    Call(
        "workflow",
        lambda d, w, a: d.workflows.start(w.model, message_name="Start it", version="1.0.0", wait=True, timeout=5),
        check_started,
        nothing,
    ),
    Call(
        "document",
        lambda d, w, a: d.appdb.documents.create(w.collection, content={"a": "b"}),
        once("POST", "documents"),
        nothing,
    ),
    Call(
        "account",
        lambda d, w, a: d.accounts.create(
            display_name="a", name="a", data_provider_type="t", configurations={"password": PASSWORD}
        ),
        once("POST", "accounts"),
        nothing,
        sends_password=True,
    ),
)


async def made(call: Call, domo: Any, world: World, about: Any) -> Any:
    """Make a call with an awaited client, or with a blocking one in a thread."""
    if isinstance(domo, Domo):
        return await call.run(domo, world, about)
    return await asyncio.to_thread(lambda: _blocking(call.run(domo, world, about)))


def _blocking(value: Any) -> Any:
    return asyncio.run(value) if asyncio.iscoroutine(value) else value

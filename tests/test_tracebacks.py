"""What is raised shows the caller's code and the public method, and no more of this library."""

from __future__ import annotations

import re
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
from anyio import to_thread

from domo_async import Domo, DomoError, Retries, Settings, SourceError
from domo_async._tracebacks import whole_tracebacks
from domo_async.emulator import Emulator
from domo_async.models import Dataset
from domo_async.sync import Domo as SyncDomo

ONCE = Settings(retries=Retries(attempts=1))
NOBODY = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
async def instance() -> AsyncIterator[Emulator]:
    async with Emulator() as emulator:
        yield emulator


def library_frames(told: str) -> list[str]:
    return re.findall(r'File ".*/domo_async/.*", line \d+, in (\w+)', told)


async def failing(call: Callable[[], Awaitable[object]]) -> str:
    try:
        await call()
    except DomoError:
        return traceback.format_exc()
    raise AssertionError


def failing_now(call: Callable[[], object]) -> str:
    try:
        call()
    except DomoError:
        return traceback.format_exc()
    raise AssertionError


async def test_an_awaited_call_shows_one_frame_of_the_library(instance: Emulator) -> None:
    async with instance.client() as domo, Domo(NOBODY, token="t", settings=ONCE) as nobody:

        async def iterate() -> None:
            async for _ in nobody.users.list():
                pass

        async def follow() -> None:
            async for _ in nobody.datasets.scan("d-1"):
                pass

        calls: dict[str, Callable[[], Awaitable[object]]] = {
            "get": lambda: domo.users.get(424242),
            "create": lambda: domo.datasets.create("x", {}),
            "query": lambda: domo.datasets.query("none", "SELECT 1"),
            "request": lambda: domo.request("GET", "/api/nothing/v1"),
            "all": lambda: nobody.users.list().all(),
            "first": lambda: nobody.users.list().first(),
            "to_pandas": lambda: nobody.users.list().to_pandas(),
            "__aiter__": iterate,
            "scan": follow,
            "login": lambda: Domo.login("", "a@b.example", "secret"),
        }
        for name, call in calls.items():
            told = await failing(call)
            assert [name] == library_frames(told), told
            assert 1 == told.count("Traceback"), told


async def test_a_blocking_call_shows_one_frame_of_the_library(instance: Emulator) -> None:
    def blocking() -> None:
        with instance.sync_client() as domo, SyncDomo(NOBODY, token="t", settings=ONCE) as nobody:
            calls: dict[str, Callable[[], object]] = {
                "get": lambda: domo.users.get(424242),
                "query": lambda: domo.datasets.query("none", "SELECT 1"),
                "all": lambda: nobody.users.list().all(),
                "to_polars": lambda: nobody.users.list().to_polars(),
                "__iter__": lambda: [*nobody.users.list()],
                "__next__": lambda: [*nobody.datasets.scan("d-1")],
                "__init__": lambda: SyncDomo("acme", token=""),
            }
            for name, call in calls.items():
                told = failing_now(call)
                assert [name] == library_frames(told), told
                assert 1 == told.count("Traceback"), told

    await to_thread.run_sync(blocking)


async def test_errors_of_using_answers_show_one_frame_of_the_library(instance: Emulator) -> None:
    async with instance.client() as domo:
        made = await domo.datasets.create("x", {"n": "LONG"})
        await domo.datasets.upload(made.id, b"1\n", header=False)
        result = await domo.datasets.query(made.id, "SELECT n FROM table")
        report = await domo.datasets.upload_many({made.id: "none.csv"})
    calls: dict[str, Callable[[], object]] = {
        "column": lambda: result.column("none"),
        "from_dict": lambda: Dataset.from_dict({"name": "without an id"}),
        "from_json": lambda: Dataset.from_json("[]"),
        "raise_for_failures": report.raise_for_failures,
    }
    for name, call in calls.items():
        told = failing_now(call)
        assert [name] == library_frames(told), told
    assert [] == library_frames(failing_now(lambda: Retries(attempts=0))), "what is generated has a file of its own"


async def test_frames_of_the_caller_are_kept(instance: Emulator) -> None:
    async with instance.client() as domo:
        made = await domo.datasets.create("x", {"a": "LONG"})

        def rows() -> Iterator[dict[str, Any]]:
            yield {"a": 1}
            raise ValueError("of my own")

        told = await failing(lambda: domo.datasets.upload(made.id, rows()))
        assert ["upload"] == library_frames(told), told
        assert "ValueError: of my own" in told
        assert "in rows" in told

        try:
            raise KeyError("handled by the caller")  # noqa: TRY301 - it is the caller here
        except KeyError:
            told = await failing(lambda: domo.users.get(424242))
        assert "handled by the caller" in told
        assert "During handling" in told
        with pytest.raises(SourceError) as refused:
            await domo.datasets.upload(made.id, rows())
        assert isinstance(refused.value.__cause__, ValueError)


ROWS = """
def rows():
    yield {"a": 1}
    raise ValueError("of my own")

def asking(domo):
    yield {"a": 1}
    domo.users.get(424242)

def hook(event):
    raise DomoError("of my hook")

def handling(domo):
    try:
        raise KeyError("handled")
    except KeyError:
        domo.users.get(424242)
"""


@pytest.mark.parametrize("file", ["/opt/venv/lib/python3.11/site-packages/company/etl.py", "<ipython-input-1-2f>"])
async def test_frames_of_the_callers_own_code_stay_wherever_it_is(instance: Emulator, file: str) -> None:
    written: dict[str, Any] = {
        "__name__": "__main__" if file.startswith("<") else "company.etl",
        "DomoError": DomoError,
    }
    exec(compile(ROWS, file, "exec"), written)  # noqa: S102 - code that stands in no file here

    def blocking() -> None:
        hooked = Settings(before_request=(written["hook"],))
        with (
            instance.sync_client() as domo,
            instance.sync_client() as inner,
            instance.sync_client(settings=hooked) as own,
        ):
            made = domo.datasets.create("x", {"a": "LONG"})
            for name, source in (("rows", written["rows"]()), ("asking", written["asking"](inner))):
                told = failing_now(lambda source=source: domo.datasets.upload(made.id, source))  # type: ignore[misc]
                assert ["upload"] == library_frames(told), told
                assert f"in {name}\n" in told
            told = failing_now(own.users.me)
            assert ["me"] == library_frames(told), told
            assert "in hook\n" in told
            told = failing_now(lambda: written["handling"](domo))
            assert "KeyError: 'handled'" in told

    await to_thread.run_sync(blocking)


@pytest.mark.parametrize("way", ["variable", "block"])
async def test_all_frames_are_shown_where_they_are_asked_for(
    instance: Emulator, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "variable":
        monkeypatch.setenv("DOMO_ASYNC_DEBUG", "1")
    with whole_tracebacks(wanted=way == "block"):
        async with instance.client() as domo:
            told = await failing(lambda: domo.users.get(424242))

    assert len(library_frames(told)) > 3


def test_methods_are_what_they_were() -> None:
    import inspect

    get = type(Domo("acme", token="t").users).get

    assert inspect.iscoroutinefunction(get)
    assert ["self", "user_id"] == [*inspect.signature(get).parameters][:2]
    assert "Users.get" == get.__qualname__

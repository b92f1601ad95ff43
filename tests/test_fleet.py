"""Many instances at once: what each gives, and failures apart."""

from __future__ import annotations

import asyncio
import pickle
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack

import pytest

import domo_async.sync
from domo_async import ConfigError, Domo, DomoError, Fleet, FleetError, FleetResults, Settings, Unauthorized
from domo_async._emulator.faults import Fault
from domo_async._endpoints.users.models import NewUser
from domo_async.emulator import Emulator
from tests.support import TOKEN, SkippingClock

NAMES = ("acme", "beta", "corp")


@pytest.fixture
async def emulators() -> AsyncIterator[dict[str, Emulator]]:
    async with AsyncExitStack() as stack:
        yield {name: await stack.enter_async_context(Emulator()) for name in NAMES}


@pytest.fixture
async def fleet(emulators: dict[str, Emulator]) -> AsyncIterator[Fleet]:
    settings = Settings(clock=SkippingClock())
    given = {name: (emulator.url, emulator.token) for name, emulator in emulators.items()}
    async with Fleet(given, settings=settings) as fleet:
        yield fleet


async def populate(fleet: Fleet) -> None:
    """Give the first instance one user besides its owner, the second two, and so on."""
    for count, client in enumerate(fleet.clients.values(), start=1):
        await client.users.create_many([NewUser(f"U {n}", f"u{n}@example.com", 4) for n in range(count)])


async def test_a_call_gives_the_results_of_all_instances_by_name(fleet: Fleet) -> None:
    await populate(fleet)

    results = await fleet.run(lambda domo: domo.users.list().all())

    results.raise_for_failures()
    assert {"acme": 2, "beta": 3, "corp": 4} == {name: len(users) for name, users in results.items()}
    assert list(NAMES) == list(results)


async def test_a_failure_on_one_instance_is_apart_from_the_results_of_the_others(
    fleet: Fleet, emulators: dict[str, Emulator]
) -> None:
    emulators["beta"].faults.add(Fault("*", "expired", count=None))

    results = await fleet.run(lambda domo: domo.users.list().all())

    assert ["acme", "corp"] == list(results.ok)
    assert ["beta"] == list(results.failed)
    assert "beta" not in results
    with pytest.raises(Unauthorized):
        results["beta"]
    with pytest.raises(KeyError):
        results["delta"]
    with pytest.raises(FleetError, match="failed on beta: 401") as caught:
        results.raise_for_failures()
    assert isinstance(caught.value.__cause__, Unauthorized)
    assert ["beta"] == list(pickle.loads(pickle.dumps(caught.value)).errors)
    assert "<FleetResults of 2 instances, 1 failed>" == repr(results)


async def test_lists_of_all_instances_are_one_iteration(fleet: Fleet) -> None:
    await populate(fleet)

    counted = Counter([name async for name, _ in fleet.iterate(lambda domo: domo.users.list())])

    assert {"acme": 2, "beta": 3, "corp": 4} == counted


async def test_a_list_that_fails_is_an_error_after_all_others_were_given(
    fleet: Fleet, emulators: dict[str, Emulator]
) -> None:
    emulators["acme"].faults.add(Fault("*", "status", status=403, count=None))
    seen = []

    with pytest.raises(FleetError, match="failed on acme: 403"):
        async for name, _ in fleet.iterate(lambda domo: domo.users.list()):
            seen.append(name)

    assert {"beta", "corp"} == set(seen)


async def test_an_iteration_can_be_left_though_the_lists_have_no_end() -> None:
    ended = []

    async def endless(domo: Domo) -> AsyncIterator[int]:
        try:
            number = 0
            while True:
                yield number
                number += 1
        finally:
            ended.append(domo)

    before = asyncio.all_tasks()
    async with Fleet({name: (name, TOKEN) for name in NAMES}) as fleet:
        items = fleet.iterate(endless)
        seen = [await anext(items) for _ in range(500)]
        await items.aclose()  # type: ignore[attr-defined]

    assert 500 == len(set(seen))
    assert 3 == len(ended)
    assert before == asyncio.all_tasks()


async def test_so_many_instances_and_no_more_are_talked_to_at_once() -> None:
    under_way = peak = 0

    async def call(_: Domo) -> None:
        nonlocal under_way, peak
        under_way += 1
        peak = max(peak, under_way)
        await asyncio.sleep(0)
        under_way -= 1

    async with Fleet({str(n): (f"i{n}", TOKEN) for n in range(20)}, concurrency=4) as fleet:
        results = await fleet.run(call)

    assert 20 == len(results)
    assert 4 == peak


async def test_a_mistake_in_the_call_is_raised_and_ends_what_is_under_way(fleet: Fleet) -> None:
    async def call(domo: Domo) -> None:
        if domo is fleet.clients["beta"]:
            raise ZeroDivisionError
        await asyncio.Event().wait()

    async def items(domo: Domo) -> AsyncIterator[None]:
        await call(domo)
        yield None

    with pytest.raises(ZeroDivisionError):
        await fleet.run(call)
    with pytest.raises(ZeroDivisionError):
        async for _ in fleet.iterate(items):
            pass


async def test_the_fleet_closes_all_clients(emulators: dict[str, Emulator]) -> None:
    clients = {name: emulator.client() for name, emulator in emulators.items()}
    async with Fleet(dict(clients)) as fleet:
        await fleet.run(lambda domo: domo.users.me())

    with pytest.raises((DomoError, RuntimeError)):
        await clients["acme"].users.me()


@pytest.mark.parametrize("kind", [Fleet, domo_async.sync.Fleet])
def test_a_fleet_tells_no_token_and_needs_instances(kind: type[Fleet]) -> None:
    shown = repr(kind({"acme": ("acme", TOKEN)}))

    assert "acme" in shown
    assert TOKEN not in shown
    with pytest.raises(ConfigError, match="at least one instance"):
        kind({})
    with pytest.raises(ConfigError, match="concurrency"):
        kind({"acme": ("acme", TOKEN)}, concurrency=0)


# -- blocking ---------------------------------------------------------------------------------------------


@pytest.fixture
def served() -> Iterator[dict[str, Emulator]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(Emulator()) for name in NAMES}


@pytest.fixture
def blocking(served: dict[str, Emulator]) -> Iterator[domo_async.sync.Fleet]:
    clients = {
        name: emulator.sync_client(settings=Settings(clock=SkippingClock())) for name, emulator in served.items()
    }
    with domo_async.sync.Fleet(dict(clients)) as fleet:
        yield fleet


def test_blocking_callers_have_the_same(served: dict[str, Emulator], blocking: domo_async.sync.Fleet) -> None:
    served["beta"].faults.add(Fault("*", "expired", count=None))

    results = blocking.run(lambda domo: domo.users.list().all())
    seen = []
    with pytest.raises(FleetError, match="failed on beta: 401"):
        for name, user in blocking.iterate(lambda domo: domo.users.list()):
            seen.append((name, user.email_address))

    assert isinstance(results, FleetResults)
    assert {"acme": 1, "corp": 1} == {name: len(users) for name, users in results.items()}
    assert [Unauthorized] == [type(error) for error in results.failed.values()]
    assert {("acme", "owner@example.com"), ("corp", "owner@example.com")} == set(seen)


def test_blocking_callers_can_leave_an_iteration(blocking: domo_async.sync.Fleet) -> None:
    def endless(_: domo_async.sync.Domo) -> Iterator[int]:
        yield from range(10**9)

    items = blocking.iterate(endless)
    seen = [next(items) for _ in range(500)]
    items.close()  # type: ignore[attr-defined]
    for thread in threading.enumerate():
        if thread.name.startswith("domo-fleet"):
            thread.join(5)

    assert 500 == len(seen)
    assert not any(thread.name.startswith("domo-fleet") for thread in threading.enumerate())


def test_a_mistake_in_a_blocking_call_is_raised(blocking: domo_async.sync.Fleet) -> None:
    def call(domo: domo_async.sync.Domo) -> list[int]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        blocking.run(call)
    with pytest.raises(ZeroDivisionError):
        list(blocking.iterate(call))

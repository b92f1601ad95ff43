"""An instance whose jobs take their time, on a clock that passes by waiting alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from attrs import frozen

from domo_async import AppAccess, Domo, Settings
from domo_async._emulator.state.instance import Instance
from domo_async.emulator import Emulator
from tests.emulator.plain_client import connected
from tests.support import SkippingClock


@frozen
class Slow:
    """An instance, its owner's client, and the clock of both.

    Attributes:
        jobs: How long its jobs take, in seconds.
    """

    emulator: Emulator
    domo: Domo
    clock: SkippingClock
    jobs: float

    @property
    def instance(self) -> Instance:
        return self.emulator._instance

    async def pass_time(self, seconds: float) -> None:
        await self.clock.sleep(seconds)


@asynccontextmanager
async def slow_instance(jobs: float = 30.0) -> AsyncIterator[Slow]:
    clock = SkippingClock()
    async with Emulator(job_delay=jobs) as emulator:
        emulator.now = clock.monotonic
        async with in_an_app(emulator, clock) as domo:
            yield Slow(emulator, domo, clock, jobs)


@asynccontextmanager
async def in_an_app(emulator: Emulator, clock: SkippingClock | None = None) -> AsyncIterator[Domo]:
    """Give a client of the instance's owner that can also use the App Framework's routes."""
    login = {"method": "password", "emailAddress": "owner@example.com", "password": emulator.token}
    async with connected(emulator) as plain:
        session = await plain.call("POST", "/api/content/v2/authentication", json=login)
    app = AppAccess(emulator.url, session_token=session["sessionToken"])
    async with emulator.client(settings=Settings(clock=clock or SkippingClock()), app=app) as domo:
        yield domo

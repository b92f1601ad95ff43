"""Programs that were written for an instance of Domo run against the emulator as they are."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import httpx
import pytest

from domo_async.emulator import Emulator
from tests.emulator.scripts import with_httpx, with_requests


@pytest.fixture(scope="module", params=[0.0, 0.05], ids=["at once", "jobs and indexes that take their time"])
def instance(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    with Emulator(index_delay=request.param, job_delay=request.param) as emulator:
        yield emulator


@pytest.mark.parametrize("script", with_requests.ALL, ids=lambda script: script.__name__)
def test_a_blocking_script_sees_what_it_would_of_domo(script: Callable[[str, str], None], instance: Emulator) -> None:
    script(instance.url, instance.token)


@pytest.mark.parametrize("script", with_httpx.ALL, ids=lambda script: script.__name__)
def test_an_async_script_sees_what_it_would_of_domo(
    script: Callable[[with_httpx.Auth, httpx.AsyncClient], Awaitable[None]], instance: Emulator
) -> None:
    async def run() -> None:
        async with httpx.AsyncClient() as session:
            await script(with_httpx.Auth(instance.url, instance.token), session)

    asyncio.run(run())

"""One embedded instance for all tests that do not need their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from domo_async.emulator import Emulator
from tests.emulator.plain_client import PlainClient, connected


@pytest.fixture(scope="session")
def shared_emulator() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
async def plain(shared_emulator: Emulator) -> AsyncIterator[PlainClient]:
    async with connected(shared_emulator) as client:
        yield client

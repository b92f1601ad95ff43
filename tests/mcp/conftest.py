from __future__ import annotations

from collections.abc import Iterator

import pytest

from domo_async.emulator import Emulator


@pytest.fixture(scope="module")
def running_emulator() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def emulator(running_emulator: Emulator) -> Iterator[Emulator]:
    yield running_emulator
    running_emulator.faults.clear()
    running_emulator.log.clear()

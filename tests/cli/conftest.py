from __future__ import annotations

from collections.abc import Iterator

import pytest

from domo_async.emulator import Emulator
from tests.cli.running import Cli


@pytest.fixture(scope="session")
def running_emulator() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def emulator(running_emulator: Emulator) -> Iterator[Emulator]:
    yield running_emulator
    running_emulator.faults.clear()
    running_emulator.log.clear()


@pytest.fixture
def cli(emulator: Emulator) -> Cli:
    return Cli(emulator)


@pytest.fixture
def dataset_id(emulator: Emulator) -> str:
    """A dataset with three columns and no rows."""
    with emulator.sync_client() as domo:
        return domo.datasets.create("Orders", {"id": "LONG", "name": "STRING", "price": "DECIMAL"}).id

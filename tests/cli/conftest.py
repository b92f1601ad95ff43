from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from domo_async.emulator import Emulator
from tests.cli.running import CSV, Cli


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


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(CSV, encoding="utf-8")
    return path


@pytest.fixture
def filled(emulator: Emulator, dataset_id: str, file: Path) -> str:
    """That dataset with four rows."""
    with emulator.sync_client() as domo:
        domo.datasets.upload(dataset_id, file)
    return dataset_id

"""An embedded instance, and pipelines that load into it from directories of their own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from domo_async.emulator import Emulator
from domo_async.sync import Domo
from tests.support import needs

# dlt is imported by what runs, and not by what is collected: it takes a second in each worker.
NewPipeline = Callable[..., Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.xdist_group("dlt"))


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def client(emulator: Emulator) -> Iterator[Domo]:
    emulator.reset()
    with emulator.sync_client() as domo:
        yield domo


@pytest.fixture
def pipeline(
    emulator: Emulator, client: Domo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[NewPipeline]:
    """A pipeline of dlt's dataset ``crm``; each `machine` has a working directory of its own."""
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
    monkeypatch.setenv("RUNTIME__LOG_LEVEL", "CRITICAL")
    monkeypatch.setenv("DLT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DLT_PROJECT_DIR", str(tmp_path))

    dlt = needs("dlt", extra="dlt")

    def make(machine: str = "one", **settings: Any) -> Any:
        from domo_async.dlt import domo

        settings.setdefault("credentials", {"instance": emulator.url, "token": emulator.token})
        return dlt.pipeline(
            "crm",
            destination=domo(**settings),
            dataset_name="crm",
            pipelines_dir=str(tmp_path / machine),
        )

    yield make
    logging.getLogger("dlt").handlers.clear()


@contextmanager
def refused(match: str) -> Iterator[None]:
    """Expect a pipeline to fail, with a message."""
    from dlt.pipeline.exceptions import PipelineStepFailed

    with pytest.raises(PipelineStepFailed, match=match):
        yield


def dataset_id(client: Domo, table: str) -> str:
    (found,) = [
        dataset.id for dataset in client.datasets.list(name_like=f"crm.{table}") if dataset.name == f"crm.{table}"
    ]
    return found


def rows(client: Domo, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
    """Return the rows of a table, sorted."""
    return sorted(
        tuple(row) for row in client.datasets.query(dataset_id(client, table), f"SELECT {columns} FROM table")
    )

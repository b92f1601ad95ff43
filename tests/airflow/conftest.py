"""An embedded instance, a connection to it, and an Airflow of its own, whose database is in a temporary directory."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from domo_async.emulator import Emulator
from domo_async.sync import Domo
from tests.support import needs


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.airflow)
            item.add_marker(pytest.mark.xdist_group("airflow"))
            # Airflow and what it is made of deprecate much of each other.
            item.add_marker(pytest.mark.filterwarnings("default"))


@pytest.fixture(scope="session")
def airflow_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Airflow's directory. Airflow reads the environment when it is imported, so the tests import it later."""
    home = tmp_path_factory.mktemp("airflow")
    os.environ["AIRFLOW_HOME"] = str(home)
    os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "false"
    os.environ["AIRFLOW__CORE__DAGS_FOLDER"] = str(home)
    needs("airflow.sdk", extra="airflow")
    return home


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def client(emulator: Emulator, airflow_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Domo]:
    emulator.reset()
    address = urlsplit(emulator.url)
    connection = {
        "conn_type": "domo",
        "schema": address.scheme,
        "host": address.hostname,
        "port": address.port,
        "password": emulator.token,
    }
    monkeypatch.setenv("AIRFLOW_CONN_DOMO_DEFAULT", json.dumps(connection))
    with emulator.sync_client() as domo:
        yield domo

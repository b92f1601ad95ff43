"""The facade on the embedded instance: what a blocking caller notices."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from domo_async import ConfigError, NotFound, Settings
from domo_async.emulator import Emulator
from domo_async.sync import Domo

CSV = b"1,one\n2,two\n"


@pytest.fixture
def instance() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def blocking(instance: Emulator) -> Iterator[Domo]:
    with instance.sync_client() as domo:
        yield domo


@pytest.fixture
def dataset_id(blocking: Domo) -> str:
    return blocking.datasets.create("Test", {"n": "LONG", "text": "STRING"}).id


async def test_the_main_job_runs_while_the_callers_thread_runs_an_event_loop(blocking: Domo, dataset_id: str) -> None:
    done = blocking.datasets.upload(dataset_id, CSV)
    table = blocking.datasets.query(dataset_id, "SELECT * FROM table")

    assert done.rows == 2
    assert [tuple(row) for row in table.rows] == [(1, "one"), (2, "two")]


def test_parts_of_one_blocking_upload_are_under_way_at_once() -> None:
    with Emulator(latency=0.05) as instance, instance.sync_client() as blocking:
        dataset_id = blocking.datasets.create("Test", {"n": "LONG", "text": "STRING"}).id
        done = blocking.datasets.upload(dataset_id, CSV * 500, part_size=1000, concurrency=4)

    assert done.parts >= 6
    assert instance.log.peak_concurrency("PUT *parts*") == 4


def test_many_threads_share_one_client(blocking: Domo, dataset_id: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        names = set(pool.map(lambda _: blocking.datasets.get(dataset_id).name, range(40)))

    assert names == {"Test"}


def test_errors_of_the_instance_reach_the_caller(blocking: Domo) -> None:
    with pytest.raises(NotFound):
        blocking.datasets.get("nowhere")


def test_a_callback_that_makes_a_blocking_call_is_told_so(instance: Emulator) -> None:
    def look(_: object) -> None:
        domo.datasets.get("any")

    domo = instance.sync_client(settings=Settings(before_request=(look,)))
    with domo, pytest.raises(ConfigError, match="callback"):
        domo.datasets.get("any")


def test_an_exit_in_a_callback_ends_the_caller_not_the_client(
    blocking: Domo, dataset_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(SystemExit):
        blocking.datasets.upload(dataset_id, CSV, progress=lambda _: sys.exit(3))
    gc.collect()

    assert blocking.datasets.get(dataset_id).id == dataset_id
    assert [] == [record for record in caplog.records if record.name == "asyncio"]


def test_a_closed_client_says_so(instance: Emulator) -> None:
    domo = instance.sync_client()
    domo.close()
    domo.close()

    with pytest.raises(ConfigError, match="closed"):
        domo.datasets.get("any")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform cannot fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # from 3.12: it is what this test is about
def test_a_forked_child_is_refused_and_leaves_the_parents_connections_alone(blocking: Domo, dataset_id: str) -> None:
    pid = os.fork()
    if pid == 0:
        refused = False
        try:
            blocking.datasets.get(dataset_id)
        except ConfigError:
            refused = True
        finally:
            os._exit(0 if refused else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert blocking.datasets.get(dataset_id).id == dataset_id

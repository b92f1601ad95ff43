"""Load packages that fail midway, and what else takes a pipeline several runs."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from domo_async.emulator import Emulator, Fault
from domo_async.sync import Domo
from tests.dlt.conftest import NewPipeline, dataset_id, refused, rows

pytestmark = pytest.mark.dlt

ORDERS = [{"id": 1, "lines": [{"sku": "a"}, {"sku": "b"}]}, {"id": 2, "lines": [{"sku": "c"}]}]
RUN = """
import sys
import dlt
from domo_async.dlt import domo
from tests.dlt.test_dlt_packages import ORDERS

url, token, directory, disposition = sys.argv[1:]
pipeline = dlt.pipeline(
    "crm", destination=domo(credentials={"instance": url, "token": token}), dataset_name="crm", pipelines_dir=directory
)
pipeline.run(ORDERS, table_name="orders", write_disposition=disposition, primary_key="id")
"""


@pytest.mark.parametrize("disposition", ["append", "replace", "merge"])
@pytest.mark.parametrize(
    "route",
    [
        pytest.param("PUT *{orders}/uploads/*/parts/1", id="part"),
        pytest.param("PUT *{orders}/uploads/*/commit", id="commit"),
        pytest.param("PUT *{loads}/uploads/*/commit", id="end"),
    ],
)
def test_a_package_whose_process_was_killed_is_finished_by_the_next_run_without_doubling_rows(
    route: str, disposition: str, emulator: Emulator, client: Domo, pipeline: NewPipeline, tmp_path: Path
) -> None:
    made = pipeline()
    made.run([{"id": 0, "lines": [{"sku": "z"}]}], table_name="orders", primary_key="id", write_disposition=disposition)
    ids = {"orders": dataset_id(client, "orders"), "loads": dataset_id(client, "_dlt_loads")}
    stalled = threading.Event()
    emulator.faults.add(Fault(route.format(**ids), "stall", delay=30))
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, emulator.url, emulator.token, str(tmp_path / "one"), disposition],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not emulator.faults.fired:
            assert process.poll() is None, "the pipeline ended before it stalled"
            stalled.wait(0.02)
    finally:
        process.kill()
        process.wait()

    emulator.faults.clear()
    made.activate()
    made.run()

    former = [] if disposition == "replace" else [(0,)]
    assert [*former, (1,), (2,)] == rows(client, "orders", "id")
    assert [("a",), ("b",), ("c",), *([] if disposition == "replace" else [("z",)])] == rows(
        client, "orders__lines", "sku"
    )
    assert 2 == len(rows(client, "_dlt_loads"))


def test_an_uncertain_commit_is_looked_up_when_the_job_is_tried_again(
    emulator: Emulator, client: Domo, pipeline: NewPipeline
) -> None:
    made = client.datasets.create("crm.orders", {"id": "LONG"}, user_defined_type="dlt").id
    emulator.faults.add(Fault(f"PUT *{made}/uploads/*/commit", "drop_after"))
    emulator.faults.add(Fault(f"GET *{made}/dataversions", "status", status=403, skip=1))

    pipeline().run([{"id": 1}, {"id": 2}], table_name="orders")

    assert 2 == emulator.faults.fired
    assert [(1,), (2,)] == rows(client, "orders", "id")
    assert 1 == len(client.datasets.versions.list(made).all())


def test_without_upsert_keys_a_merge_is_refused_plainly(
    emulator: Emulator, client: Domo, pipeline: NewPipeline
) -> None:
    made = client.datasets.create("crm.orders", {"id": "LONG"}, user_defined_type="dlt").id
    columns = [{"name": name, "type": kind} for name, kind in (("id", "LONG"), ("_dlt_load_id", "STRING"))]
    kept = {"schema": {"columns": [*columns, {"name": "_dlt_id", "type": "STRING"}]}}
    emulator.faults.add(Fault(f"GET *{made}/schemas/latest", "status", status=200, body=kept, count=None))

    with refused("does not keep upsert keys for dataset"):
        pipeline().run([{"id": 1}], table_name="orders", write_disposition="merge", primary_key="id")

    assert [] == client.datasets.versions.list(made).all()


@pytest.mark.parametrize("count", [2, 20_001])
def test_a_merge_replaces_nested_rows_at_each_level_of_few_and_of_many_rows(
    count: int, client: Domo, pipeline: NewPipeline
) -> None:
    how = {"table_name": "orders", "write_disposition": "merge", "primary_key": "id"}
    kept = {"id": -1, "lines": [{"sku": "kept", "tags": [{"name": "x"}]}]}
    two = [{"sku": "a", "tags": [{"name": "x"}, {"name": "y"}]}, {"sku": "b"}]

    pipeline().run([kept, *({"id": number, "lines": two} for number in range(count))], **how)
    pipeline().run([{"id": number, "lines": [{"sku": "c", "tags": [{"name": "z"}]}]} for number in range(count)], **how)

    def groups(table: str, column: str) -> list[Any]:
        found = client.datasets.query(
            dataset_id(client, table), f"SELECT {column}, COUNT(*) FROM table GROUP BY {column} ORDER BY {column}"
        )
        return [tuple(row) for row in found]

    assert [("c", count), ("kept", 1)] == groups("orders__lines", "sku")
    assert [("x", 1), ("z", count)] == groups("orders__lines__tags", "name")


@pytest.mark.parametrize("strategy", ["delete-insert", "scd2"])
def test_other_ways_to_merge_are_refused(strategy: Any, client: Domo, pipeline: NewPipeline) -> None:
    with refused(strategy):
        pipeline().run(
            [{"id": 1}],
            table_name="orders",
            write_disposition={"disposition": "merge", "strategy": strategy},
            primary_key="id",
        )

    assert [] == [dataset.name for dataset in client.datasets.list(name_like="crm.orders")]


def test_values_that_do_not_fit_a_column_get_one_of_their_own(client: Domo, pipeline: NewPipeline) -> None:
    for value in (1, "one"):
        pipeline().run([{"id": value}], table_name="orders")

    assert {(1, None), (None, "one")} == set(
        map(tuple, client.datasets.query(dataset_id(client, "orders"), "SELECT id, id__v_text FROM table"))
    )


def test_frames_of_arrow_are_loaded_as_they_are(client: Domo, pipeline: NewPipeline) -> None:
    import pyarrow as pa

    table = pa.table(
        {
            "small": pa.array([1, None], pa.int16()),
            "text": pa.array(["", None], pa.large_string()),
            "kind": pa.array(["a", "b"]).dictionary_encode(),
            "at": pa.array([datetime(2025, 1, 2, 3), None], pa.timestamp("ns", "UTC")),
            "amount": pa.array([Decimal("1.50"), None], pa.decimal128(10, 2)),
            "ok": pa.array([True, False]),
        }
    )

    pipeline().run(table, table_name="frames")

    found = client.datasets.query(dataset_id(client, "frames"), "SELECT small, text, kind, at, amount, ok FROM table")
    assert [(1, "", "a", datetime(2025, 1, 2, 3), Decimal("1.5"), "true"), (None, None, "b", None, None, "false")] == [
        tuple(row) for row in found
    ]


def test_a_replacement_without_rows_empties_the_table(client: Domo, pipeline: NewPipeline) -> None:
    import dlt

    for items in ([{"id": 1, "lines": [{"sku": "a"}]}], []):
        pipeline().run(dlt.resource(items, name="orders", write_disposition="replace"))

    assert ([], []) == (rows(client, "orders"), rows(client, "orders__lines"))


def test_a_refresh_makes_the_datasets_anew(client: Domo, pipeline: NewPipeline) -> None:
    import dlt

    pipeline().run([{"id": "text"}], table_name="orders")
    before = dataset_id(client, "orders")

    pipeline().run(dlt.resource([{"id": 1}], name="orders"), refresh="drop_resources")
    assert before != dataset_id(client, "orders")
    pipeline().run(dlt.resource([{"id": 2}], name="orders"), refresh="drop_data")

    assert [(2,)] == rows(client, "orders", "id")


def test_the_configuration_names_the_instance_and_a_dataset_of_ones_own(
    emulator: Emulator, client: Domo, pipeline: NewPipeline, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = client.datasets.create("My orders", {"id": "LONG", "note": "STRING"}).id
    monkeypatch.setenv("DESTINATION__DOMO__CREDENTIALS__INSTANCE", emulator.url)
    monkeypatch.setenv("DESTINATION__DOMO__CREDENTIALS__TOKEN", emulator.token)
    monkeypatch.setenv("DESTINATION__DOMO__DATASETS", f'{{"orders": "{own}"}}')
    monkeypatch.setenv("DESTINATION__DOMO__TIMEZONE", "Asia/Tokyo")

    import dlt

    dlt.pipeline(
        "other", destination="domo_async.dlt.domo", dataset_name="crm", pipelines_dir=str(tmp_path / "other")
    ).run([{"id": 1, "at": "2025-01-01T20:00:00Z"}], table_name="orders")

    assert [(1, None, datetime(2025, 1, 2, 5))] == list(client.datasets.query(own, "SELECT id, note, at FROM table"))


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        pytest.param({"timezone": "Mars/Olympus"}, "timezone 'Mars/Olympus' is not known", id="zone"),
        pytest.param({"credentials": "acme"}, "credentials are not text", id="text"),
        pytest.param({"credentials": {"instance": "acme"}}, "need an instance and a token, or a profile", id="token"),
        pytest.param(
            {"credentials": {"instance": "acme", "token": "t", "profile": "p"}},
            "need an instance and a token, or a profile$",
            id="both",
        ),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any], why: str, pipeline: NewPipeline) -> None:
    with refused(f"(?s){why}"):
        pipeline(**settings).run([{"id": 1}], table_name="orders")


def test_without_settings_the_environment_of_the_client_counts(
    emulator: Emulator, client: Domo, pipeline: NewPipeline, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOMO_BASE_URL", emulator.url)
    monkeypatch.setenv("DOMO_DEVELOPER_TOKEN", emulator.token)

    import dlt

    dlt.pipeline(
        "other", destination="domo_async.dlt.domo", dataset_name="crm", pipelines_dir=str(tmp_path / "other")
    ).run([{"id": 1}], table_name="orders")

    assert [(1,)] == rows(client, "orders", "id")

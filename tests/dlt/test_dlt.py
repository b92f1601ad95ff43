"""The real dlt loads into an embedded instance."""

from __future__ import annotations

import base64
import json
import logging
import pickle
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from domo_async.emulator import Emulator, Fault
from domo_async.sync import Domo
from tests.dlt.conftest import NewPipeline, dataset_id, refused, rows

pytestmark = pytest.mark.dlt

MOMENT = datetime(2025, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
VALUES = {
    "n": 2**63 - 1,
    "x": 0.1,
    "amount": Decimal("12345678901234567890.123456789"),
    "wei": Decimal(2**200),
    "ok": True,
    "day": date(2025, 1, 2),
    "at": MOMENT,
    "clock": time(3, 4, 5, 678901),
    "empty": "",
    "nothing": None,
    "nested": {"a": ["ü", None]},
}


def test_values_arrive_unchanged_in_columns_of_their_types_and_new_columns_are_added(
    client: Domo, pipeline: NewPipeline
) -> None:
    hints: Any = {"wei": {"data_type": "wei"}, "nested": {"data_type": "json"}, "nothing": {"data_type": "text"}}

    pipeline().run([VALUES], table_name="values", columns=hints)

    latest = client.datasets.schemas.latest(dataset_id(client, "values")).columns
    types = {column.name: column.type.value for column in latest if not column.name.startswith("_dlt")}
    assert {
        "n": "LONG",
        "x": "DOUBLE",
        "amount": "DECIMAL",
        "wei": "STRING",
        "ok": "STRING",
        "day": "DATE",
        "at": "DATETIME",
        "clock": "STRING",
        "empty": "STRING",
        "nothing": "STRING",
        "nested": "STRING",
    } == types
    names = ", ".join(f"`{name}`" for name in VALUES)
    ((*plain, nested),) = rows(client, "values", names)
    assert [
        2**63 - 1,
        0.1,
        Decimal("12345678901234567890.123456789"),
        str(2**200),
        "true",
        date(2025, 1, 2),
        MOMENT.replace(tzinfo=None),
        "03:04:05.678901",
        "",
        None,
    ] == plain
    assert {"a": ["ü", None]} == json.loads(nested)

    pipeline().run([{"n": 1, "later": "new"}], table_name="values", columns=hints)

    assert [(1, "new", None), (2**63 - 1, None, "")] == rows(client, "values", "n, later, empty")


def test_replace_is_one_commit_of_all_files_and_empties_nested_tables(
    client: Domo, pipeline: NewPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NORMALIZE__DATA_WRITER__FILE_MAX_ITEMS", "2")
    people = [{"id": number, "pets": [{"name": "Rex"}]} for number in range(5)]

    info = pipeline().run(people, table_name="people", write_disposition="replace")

    files = [job for job in info.load_packages[0].jobs["completed_jobs"] if job.file_path.endswith("parquet")]
    assert 3 <= sum(job.job_file_info.table_name == "people" for job in files)
    assert 1 == len(client.datasets.versions.list(dataset_id(client, "people")).all())
    assert [(number,) for number in range(5)] == rows(client, "people", "id")
    assert 5 == len(rows(client, "people__pets"))

    pipeline().run([{"id": 7}], table_name="people", write_disposition="replace")

    assert [(7,)] == rows(client, "people", "id")
    assert [] == rows(client, "people__pets")


def test_merge_upserts_by_the_primary_key_replaces_nested_rows_and_deletes_marked_ones(
    client: Domo, pipeline: NewPipeline
) -> None:
    how: Any = {
        "table_name": "people",
        "write_disposition": "merge",
        "primary_key": "id",
        "columns": {"gone": {"data_type": "bool", "hard_delete": True}},
    }
    pipeline().run(
        [
            {"id": 1, "name": "Ada", "pets": [{"name": "Rex"}, {"name": "Tom"}]},
            {"id": 2, "name": "Bob", "pets": [{"name": "Pip"}]},
            {"id": 3, "name": "Cy", "pets": [{"name": "Kit"}]},
        ],
        **how,
    )

    pipeline().run(
        [{"id": 1, "name": "Ada L", "pets": [{"name": "Max"}]}, {"id": 2, "gone": True}, {"id": 4, "name": "Di"}], **how
    )

    assert [(1, "Ada L"), (3, "Cy"), (4, "Di")] == rows(client, "people", "id, name")
    assert [("Kit",), ("Max",)] == rows(client, "people__pets", "name")


def events(*, since: int) -> Any:
    import dlt

    @dlt.resource(name="events")
    def resource(cursor: Any = dlt.sources.incremental("id", initial_value=0)) -> Iterator[dict[str, int]]:  # noqa: B008 - dlt reads the default
        yield from ({"id": number} for number in range(cursor.last_value, since + 1) if number > cursor.last_value)

    return resource()


def test_another_machine_goes_on_from_the_state_in_the_instance(client: Domo, pipeline: NewPipeline) -> None:
    pipeline("one").run(events(since=3))

    other = pipeline("two")
    other.run(events(since=5))

    assert [(1,), (2,), (3,), (4,), (5,)] == rows(client, "events", "id")
    assert {"events", "_dlt_version", "_dlt_loads", "_dlt_pipeline_state"} == set(other.default_schema.tables)
    assert 2 == len(rows(client, "_dlt_loads"))


def test_a_lost_answer_to_the_commit_does_not_double_rows(
    emulator: Emulator, client: Domo, pipeline: NewPipeline
) -> None:
    emulator.faults.add(Fault("PUT *commit", "drop_after", skip=1, count=2))

    pipeline().run([{"id": 1}, {"id": 2}], table_name="orders")

    assert 2 == emulator.faults.fired
    assert [(1,), (2,)] == rows(client, "orders", "id")


@pytest.mark.parametrize(
    ("data", "how", "why"),
    [
        pytest.param([{"id": "one"}], {"columns": {"id": {"data_type": "text"}}}, "is STRING now, and LONG", id="type"),
        pytest.param([{"raw": b"\x00"}], {}, "is binary, and Domo holds only text", id="binary"),
        pytest.param([{"id": 2}], {"write_disposition": "merge"}, "No primary key defined", id="no-key"),
        pytest.param(
            [{"id": 2}],
            {"write_disposition": "merge", "primary_key": "id", "columns": {"id": {"dedup_sort": "desc"}}},
            "does not choose between rows of the same key",
            id="dedup-sort",
        ),
    ],
)
def test_tables_that_cannot_be_loaded_are_refused_before_rows_are_sent(
    data: list[dict[str, Any]], how: dict[str, Any], why: str, client: Domo, pipeline: NewPipeline
) -> None:
    made = client.datasets.create("crm.things", {"id": "LONG"}, user_defined_type="dlt")

    with refused(why):
        pipeline().run(data, table_name="things", **how)

    assert [] == client.datasets.versions.list(made.id).all()


def test_of_two_datasets_of_the_same_name_none_is_chosen(client: Domo, pipeline: NewPipeline) -> None:
    first, second = (client.datasets.create("crm.twins", {"id": "LONG"}, user_defined_type="dlt").id for _ in range(2))

    with refused("several datasets are called 'crm.twins'"):
        pipeline().run([{"id": 1}], table_name="twins")
    pipeline("two", datasets={"twins": second}).run([{"id": 1}], table_name="twins")

    assert [1] == [version.num_rows for version in client.datasets.versions.list(second)]
    assert [] == client.datasets.versions.list(first).all()


def test_a_dataset_of_somebody_else_is_neither_loaded_nor_deleted_unless_it_is_named(
    client: Domo, pipeline: NewPipeline
) -> None:
    theirs = client.datasets.create("crm.orders", {"ID": "LONG"}).id
    client.datasets.upload(theirs, [[1]])
    orders: Any = {"table_name": "orders", "write_disposition": "replace"}

    for machine, refresh in (("one", None), ("two", "drop_resources"), ("three", "drop_data")):
        with refused("dlt did not create it"):
            pipeline(machine).run([{"id": 2}], **orders, refresh=refresh)
    assert [(1,)] == rows(client, "orders", "ID")
    own = pipeline("four", datasets={"orders": theirs})
    own.run([{"id": 2}], **orders)
    own.run([{"id": 2, "note": "new"}, {"id": 3}], table_name="orders", write_disposition="merge", primary_key="id")
    assert [(2, "new"), (3, None)] == rows(client, "orders", "ID, note")

    own.run([{"id": 1}], table_name="another")
    with refused("so nothing is deleted"):
        own.run([{"id": 1}], table_name="another", refresh="drop_sources")
    assert [(1,)] == rows(client, "another", "id")


def test_a_table_without_columns_of_dlt_is_known_by_the_stored_schema(
    emulator: Emulator, client: Domo, pipeline: NewPipeline
) -> None:
    import pyarrow as pa

    frame = pa.table({"id": [1]})
    pipeline().run(frame, table_name="frames")
    untyped: list[dict[str, Any]] = [{"id": dataset_id(client, "frames"), "name": "crm.frames"}]
    untyped += [{"id": dataset.id, "name": dataset.name} for dataset in client.datasets.list(name_like="crm._dlt")]
    body = {"dataSources": untyped}
    emulator.faults.add(Fault("GET /api/data/v3/datasources", "status", status=200, body=body, count=None))

    pipeline("two").run(frame, table_name="frames")

    assert [(1,), (1,)] == [tuple(row) for row in client.datasets.query(untyped[0]["id"], "SELECT id FROM table")]


def test_the_token_is_in_no_trace_log_or_file(
    emulator: Emulator, client: Domo, pipeline: NewPipeline, tmp_path: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    made = pipeline()
    made.run([{"id": 1}], table_name="orders")

    told = [repr(made), str(made), repr(made.destination), pickle.dumps(made.last_trace).decode("latin-1"), caplog.text]
    told += [path.read_bytes().decode("latin-1") for path in tmp_path.rglob("*") if path.is_file()]
    tokens = (emulator.token, base64.b64encode(emulator.token.encode()).decode())
    assert [] == [text[:200] for text in told if any(token in text for token in tokens)]

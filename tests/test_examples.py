"""Each example runs as it stands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from importlib import import_module
from pathlib import Path

import httpx
import pytest

from domo_async.emulator import Emulator
from domo_async.models import WorkflowInstance
from tests import forking
from tests.support import needs

EXAMPLES = Path(__file__).parent.parent / "examples"


def run(name: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("DOMO_")}
    return subprocess.run(
        forking.python(str(EXAMPLES / name), *arguments),
        capture_output=True,
        encoding="utf-8",
        env={**inherited, "PYTHONIOENCODING": "utf-8", **environment},
        timeout=float(environment.get("PATIENCE", "60")),
        check=False,
    )


def test_every_example_is_tested_here() -> None:
    tested = Path(__file__).read_text(encoding="utf-8")
    in_airflow = (Path(__file__).parent / "airflow" / "test_airflow.py").read_text(encoding="utf-8")

    names = {path.name for path in EXAMPLES.glob("*.py")}
    assert set() == {name for name in names if f'run("{name}"' not in tested and f'"{name}"' not in in_airflow}


def test_the_async_quickstart_makes_the_tour() -> None:
    ended = run("quickstart_async.py")

    assert (0, "") == (ended.returncode, ended.stderr)
    assert re.search(r"Created dataset \S+\nUploaded 5 rows in 1 part", ended.stdout)
    assert re.search(r"'North' +119.99\n +None +7.25\n +'South' +5.5\n +'' +3\n", ended.stdout)
    assert "has 5 rows and 1 data version(s)" in ended.stdout
    assert "beginning with 'id,region,amount,ordered_on'" in ended.stdout
    assert "As expected: Invalid column(s) referenced: colour" in ended.stdout


def test_the_sync_quickstart_makes_the_tour() -> None:
    ended = run("quickstart_sync.py")

    assert (0, "") == (ended.returncode, ended.stderr)
    assert "Uploaded 3 rows\nAppended 1 row\n" in ended.stdout
    assert "{'page': '/home', 'visitors': 218, 'last': datetime.datetime(2025, 1, 2, 11, 0)}" in ended.stdout
    assert ended.stdout.endswith("Exported 4 rows\n")


def test_the_activity_log_goes_into_a_dataset_and_then_what_is_new() -> None:
    ended = run("activity_to_dataset.py")

    assert (0, "") == (ended.returncode, ended.stderr)
    assert re.fullmatch(r"Appended [1-9]\d* rows?\nAppended [1-9]\d* rows?\n", ended.stdout)


def test_the_bulk_upload_refreshes_all_datasets() -> None:
    ended = run("bulk_upload.py")

    assert (0, "") == (ended.returncode, ended.stderr)
    for line in ("orders.csv: 20000 rows in 2 parts", "returns.csv: 40000 rows in", "visits.csv: 60000 rows in"):
        assert line in ended.stdout
    assert "visits.csv: 100%" in ended.stdout


def test_the_bulk_upload_goes_on_when_a_file_fails(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("a,b\n1,2\n", encoding="utf-8")
    bad.write_text('a,b\n1,"2\n', encoding="utf-8")

    ended = run("bulk_upload.py", str(bad), str(good))

    assert (1, "") == (ended.returncode, ended.stderr)
    assert "good.csv: 1 rows in 1 parts" in ended.stdout
    assert "bad.csv: not uploaded: " in ended.stdout


def test_the_nightly_load_takes_each_file_once(tmp_path: Path) -> None:
    (tmp_path / "mon.csv").write_text("id,day\n1,mon\n2,mon\n", encoding="utf-8")
    with Emulator() as emulator, emulator.sync_client() as domo:
        dataset = domo.datasets.create("Nightly", {"id": "LONG", "day": "STRING"})
        settings = {"DOMO_BASE_URL": emulator.url, "DOMO_DEVELOPER_TOKEN": emulator.token}
        first = run("nightly_load.py", str(tmp_path), dataset.id, **settings)
        (tmp_path / "tue.csv").write_text("id,day,more\n3,tue,7\n", encoding="utf-8")
        (tmp_path / "wed.csv").write_text("id,day\nfour,wed\n", encoding="utf-8")
        second = run("nightly_load.py", str(tmp_path), dataset.id, **settings)
        rows = [tuple(row) for row in domo.datasets.query(dataset.id, "SELECT id, more FROM table ORDER BY id")]

    assert (0, "2 rows of 1 files\n", "") == (first.returncode, first.stdout, first.stderr)
    assert (1, "") == (second.returncode, second.stderr)
    assert f"1 rows of 1 files\nnew column more, by {tmp_path / 'tue.csv'}\nbad: {tmp_path / 'wed.csv'}: line 2" in (
        second.stdout
    )
    assert [(1, None), (2, None), (3, 7)] == rows


def test_a_leaver_leaves_nothing_behind() -> None:
    with Emulator() as emulator, emulator.sync_client() as domo:
        ada, grace = (
            domo.users.create(display_name=name, email_address=f"{name}@example.com", role_id=4).id
            for name in ("ada", "grace")
        )
        dataset = domo.datasets.create("Orders", {"id": "LONG"})
        domo.datasets.set_owner(dataset.id, user_id=ada)
        settings = {"DOMO_BASE_URL": emulator.url, "DOMO_DEVELOPER_TOKEN": emulator.token}
        ended = run("offboard.py", "ada@example.com", str(grace), **settings)
        again = run("offboard.py", str(ada), str(grace), **settings)
        owner = domo.datasets.get(dataset.id).owner

    assert (0, "", 0) == (ended.returncode, ended.stderr, again.returncode)
    assert "ada has 2 things, for grace:\ndataset  1  hand over   Orders\nuser     1  deactivate  ada" in ended.stdout
    assert ended.stdout.endswith("\n2 rows: 2 updated\n")
    assert "ada has 0 things" in again.stdout
    assert owner is not None
    assert str(grace) == owner.id


async def test_a_service_starts_a_workflow_for_an_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    async with Emulator() as emulator:
        monkeypatch.setenv("DOMO_BASE_URL", emulator.url)
        monkeypatch.setenv("DOMO_DEVELOPER_TOKEN", emulator.token)
        model = emulator.add.workflow(name="Orders").id
        app = import_module("fastapi_service").app  # run("fastapi_service.py") would serve for ever
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://service") as client,
        ):
            started = await client.post(f"/{model}/4711")
            described = await client.get("/openapi.json")
        async with emulator.client() as domo:
            (run,) = await domo.workflows.executions(model)

    assert "Orders" == WorkflowInstance.from_dict(started.json()).model_name
    assert run.id == started.json()["id"]
    answers = described.json()["paths"]["/{model}/{order}"]["post"]["responses"]
    assert "object" == answers["200"]["content"]["application/json"]["schema"]["type"]


def test_a_workflow_starts_for_each_order(tmp_path: Path) -> None:
    orders = tmp_path / "orders.jsonl"
    orders.write_text('{"order": 4711}\n{"order": 4712}\n', encoding="utf-8")
    with Emulator() as emulator:
        model = emulator.add.workflow(name="Orders")
        settings = {"DOMO_BASE_URL": emulator.url, "DOMO_DEVELOPER_TOKEN": emulator.token}
        ended = run("workflow_service.py", model.id, str(orders), **settings)
        unknown = run("workflow_service.py", "no-such-model", str(orders), **settings)

    assert (0, "") == (ended.returncode, ended.stderr)
    assert "{'order': 4711} COMPLETED\n{'order': 4712} COMPLETED\n" == ended.stdout
    assert (1, 2) == (unknown.returncode, unknown.stdout.count("404"))


def test_a_notebook_s_cells_find_and_query_a_dataset() -> None:
    rows = [{"region": "EU", "amount": 2}, {"region": "EU", "amount": 3}, {"region": "US", "amount": 1}]
    with Emulator() as emulator, emulator.sync_client() as domo:
        domo.datasets.create_from(rows, "Sales")
        ended = run("notebook.py", "Sales", DOMO_BASE_URL=emulator.url, DOMO_DEVELOPER_TOKEN=emulator.token)
        (made,) = domo.datasets.list(name_like="Sales by region").all()
        totals = domo.datasets.query(made.id, "SELECT region, amount FROM table").to_dicts()

    assert (0, "") == (ended.returncode, ended.stderr)
    assert ended.stdout.endswith("1 rows\n")
    assert [{"region": "EU", "amount": 5}] == totals


def test_sql_finds_a_dataset_by_its_id() -> None:
    ended = run("sql_with_sqlalchemy.py")

    assert (0, "", "EU 5\nUS 1\n['EU', 'EU']\n") == (ended.returncode, ended.stderr, ended.stdout)


def test_groups_get_the_members_that_a_file_says() -> None:
    ended = run("sync_groups_from_csv.py")

    assert (0, "") == (ended.returncode, ended.stderr)
    assert "Users: 3 rows: 3 created" in ended.stdout
    assert "Groups: 2 rows: 2 created" in ended.stdout
    assert ended.stdout.endswith("grace@example.com  unchanged\nalan@example.com   removed\n")


def test_groups_are_synced_on_the_instance_that_the_environment_names_and_only_if_that_is_meant(tmp_path: Path) -> None:
    file = tmp_path / "members.csv"
    file.write_text("group,email,name\nBuyers,ada@example.com,Ada\n", encoding="utf-8")
    with Emulator() as emulator, emulator.sync_client() as domo:
        environment = {"DOMO_BASE_URL": emulator.url, "DOMO_DEVELOPER_TOKEN": emulator.token}
        refused = run("sync_groups_from_csv.py", **environment)
        dry = run("sync_groups_from_csv.py", str(file), "--dry-run", **environment)
        before = domo.groups.list().all()
        ended = run("sync_groups_from_csv.py", str(file), **environment)

        assert (1, 0, 0) == (refused.returncode, dry.returncode, ended.returncode), ended.stderr
        assert [] == before
        assert ["Buyers"] == [group.name for group in domo.groups.list()]


def test_an_app_gets_its_data_without_an_instance() -> None:
    ended = run("local_app.py")

    assert (0, "") == (ended.returncode, ended.stderr)
    assert "By region: [{'region': 'North', 'amount': 126}, {'region': 'South', 'amount': 5}]\n" in ended.stdout
    assert ended.stdout.endswith("Rated: good\nNotes: [{'by': 'Emulator Owner'}]\n")


def test_a_client_of_the_mcp_server_reads_and_changes_nothing() -> None:
    ended = run("mcp_client.py")

    assert (0, "") == (ended.returncode, ended.stderr)
    assert "21 tools, all of which only read\nFound ['Orders']\n" in ended.stdout
    assert ended.stdout.endswith("By region [['North', 126.75], ['South', 5.0]]\nRefused\n")


def test_files_go_up_and_come_down() -> None:
    ended = run("files_roundtrip.py")

    assert (0, "") == (ended.returncode, ended.stderr)
    assert "Downloaded 24 bytes, verified: True\nNot uploaded: absent.txt: SourceError\n" in ended.stdout
    assert "Uploaded 5 files, downloaded 5\n" in ended.stdout
    assert ended.stdout.endswith("Uploaded 5, and the second time 0\nMirrored 5 files\n")


def test_the_tests_with_pytest_pass() -> None:
    ended = run("testing_with_pytest.py", PYTEST_ADDOPTS="-p no:cacheprovider")

    assert 0 == ended.returncode, ended.stdout
    assert "2 passed" in ended.stdout


def test_examples_use_the_instance_that_the_environment_names() -> None:
    with Emulator() as emulator:
        ended = run("quickstart_async.py", DOMO_BASE_URL=emulator.url, DOMO_DEVELOPER_TOKEN=emulator.token)

        assert 0 == ended.returncode, ended.stderr
        assert emulator.log.matching("PUT */commit")
        assert emulator.token not in ended.stdout + ended.stderr


@pytest.mark.long
def test_pandas_reads_what_it_wrote_to_files_and_filesets() -> None:
    ended = run("files_with_pandas.py")

    assert (0, "") == (ended.returncode, ended.stderr)
    assert "19.75\n['Reports/2024/orders.parquet']\n" == ended.stdout


@pytest.mark.spark
@pytest.mark.timeout(600)
def test_the_spark_job_reads_what_it_wrote() -> None:
    needs("pyspark", extra="spark")
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        pytest.skip("Spark needs Java")

    ended = run("spark_job.py", PATIENCE="500")

    assert 0 == ended.returncode, ended.stderr
    assert ended.stdout == "Wrote 100000 rows\nRead 100000 rows; the highest of sensor 0 is 0.9998\n"


@pytest.mark.dlt
def test_the_dlt_pipeline_loads_what_is_new() -> None:
    needs("dlt", extra="dlt")

    ended = run("dlt_pipeline.py", RUNTIME__DLTHUB_TELEMETRY="false")

    assert 0 == ended.returncode, ended.stderr
    assert "shop.orders (5,)\nshop.orders__lines (5,)\nshop.customers (1,)\n" == ended.stdout

"""SQL in cells, by the real IPython."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
from anyio import to_thread
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import domo_async
from domo_async._profiles import config_path
from domo_async.emulator import Emulator
from domo_async.errors import ConfigError
from domo_async.models import QueryResult, User
from domo_async.sync import Domo


@pytest.fixture(scope="module")
async def instance() -> AsyncIterator[Emulator]:
    async with Emulator() as emulator, emulator.client() as domo:
        orders = await domo.datasets.create("Orders", {"region": "STRING", "amount": "LONG"})
        await domo.datasets.upload(orders.id, [{"region": "EU", "amount": 1}, {"region": "US", "amount": 2}])
        emulator.orders = orders  # type: ignore[attr-defined]
        yield emulator


@pytest.fixture
def shell(instance: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("DOMO_BASE_URL", instance.url)
    monkeypatch.setenv("DOMO_DEVELOPER_TOKEN", instance.token)
    config = Config()
    config.HistoryManager.enabled = False
    InteractiveShell.clear_instance()
    shell: Any = InteractiveShell(config=config)
    shell.user_ns["orders"] = instance.orders  # type: ignore[attr-defined]
    shell.extension_manager.load_extension("domo_async")
    yield shell
    shell.extension_manager.unload_extension("domo_async")


async def cell(shell: Any, line: str, sql: str) -> Any:
    # On a thread, as the embedded instance lives on this one's event loop.
    return await to_thread.run_sync(shell.run_cell_magic, "domo", line, sql)


async def test_a_cell_binds_variables_and_shows_or_keeps_its_result(shell: Any) -> None:
    shell.user_ns["where"] = "EU'; DROP TABLE x --"
    shell.user_ns["regions"] = ["EU", "US"]

    assert 0 == len(await cell(shell, "orders", "SELECT amount FROM table WHERE region = :where"))
    shown = await cell(shell, "orders", "SELECT amount FROM table WHERE region IN :regions ORDER BY amount")
    assert isinstance(shown, QueryResult)
    assert [(1,), (2,)] == [*shown]

    shell.user_ns["filters"] = {"region": "EU", "user": User(id=2)}
    named = await cell(
        shell, "orders", "SELECT amount FROM table WHERE amount=:filters.user.id OR region=:filters.region"
    )
    assert {(1,), (2,)} == {*named}

    assert await cell(shell, "orders -o sales --polars", "SELECT * FROM table") is None
    assert isinstance(shell.user_ns["sales"], pl.DataFrame)
    assert 2 == len(shell.user_ns["sales"])
    frame = await cell(
        shell, f"{shell.user_ns['orders'].id} --pandas", "SELECT '{where} $where' AS t FROM table LIMIT 1"
    )
    assert isinstance(frame, pd.DataFrame)
    assert "{where} $where" == frame["t"][0]


@pytest.mark.parametrize("line", ["$orders", "{orders}", "{orders.id}", "{[orders][0].id}"])
async def test_the_dataset_may_stand_as_other_magics_have_variables(shell: Any, line: str) -> None:
    assert 1 == len(await cell(shell, line, "SELECT COUNT(*) AS n FROM table"))


async def test_a_line_takes_the_sql_as_it_stands(shell: Any) -> None:
    line = "--arrow orders SELECT region,  'a  -o b' AS t FROM table WHERE amount = 2"

    found = await to_thread.run_sync(shell.run_line_magic, "domo", line)

    assert [{"region": "US", "t": "a  -o b"}] == found.to_pylist()


async def test_another_client_is_taken_from_a_variable(shell: Any, instance: Emulator) -> None:
    with Domo(instance.url, token=instance.token) as other:
        shell.user_ns["other"] = other
        assert 2 == len(await cell(shell, "orders --client other", "SELECT * FROM table"))
        assert 2 == len(await cell(shell, f"orders --instance {instance.url}", "SELECT * FROM table"))


async def test_an_instance_gets_its_own_token_alone(
    shell: Any, instance: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with pytest.raises(ConfigError, match="DOMO_DEVELOPER_TOKEN is for another instance"):
        await cell(shell, "orders --instance acme", "SELECT 1")

    monkeypatch.delenv("DOMO_BASE_URL")
    assert 2 == len(await cell(shell, f"orders --instance {instance.url}", "SELECT * FROM table"))
    monkeypatch.delenv("DOMO_DEVELOPER_TOKEN")
    path = config_path()
    path.parent.mkdir()
    path.write_text(
        f'default_profile = "a"\n[profiles.a]\ninstance = "{instance.url}"\ntoken = "{instance.token}"\n', "utf-8"
    )
    path.chmod(0o600)
    assert 2 == len(await cell(shell, "orders", "SELECT * FROM table"))


@pytest.mark.parametrize(
    ("line", "sql", "told"),
    [
        ("orders", "SELECT :nothing", "ConfigError: the SQL names :nothing, but the variable nothing does not exist"),
        (
            "orders",
            "SELECT :orders.nothing",
            "ConfigError: the SQL names :orders.nothing, but a CreatedDataset has no 'nothing'",
        ),
        (
            "orders",
            "SELECT {orders.id}, 1",
            "ConfigError: {orders.id} in the SQL is not replaced by a value: write :name",
        ),
        ("orders", "SELECT $orders", "ConfigError: $orders in the SQL is not replaced by a value: write :name"),
        ("orders", "SELECT nothing FROM table", "BadRequest: 400"),
        ("gone", "SELECT 1", "404"),
        ("orders --client orders", "SELECT 1", "ConfigError: --client takes a variable"),
    ],
)
async def test_an_error_is_a_line_and_stops_the_notebook(
    shell: Any, line: str, sql: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = await to_thread.run_sync(shell.run_cell, f"%%domo {line}\n{sql}")

    shown = capsys.readouterr()
    assert isinstance(ended.error_in_exec, domo_async.DomoError)
    assert told in shown.out + shown.err
    assert "Traceback" not in shown.out + shown.err
    assert 2 >= (shown.out + shown.err).count("\n")


@pytest.mark.parametrize("line", ["", "orders -o", "orders -o 1x", "--what orders", "orders --pandas --polars"])
async def test_wrong_usage_is_told(shell: Any, line: str) -> None:
    with pytest.raises(UsageError, match="domo|-o"):
        await cell(shell, line, "SELECT 1")


@pytest.mark.parametrize(("form", "module"), [("pandas", "pandas"), ("polars", "polars"), ("arrow", "pyarrow")])
async def test_a_missing_package_is_told_before_the_query_runs(
    shell: Any, instance: Emulator, form: str, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    instance.log.clear()

    with pytest.raises(ConfigError, match=rf'pip install "domo-async\[{form}\]"'):
        await cell(shell, f"orders --{form}", "SELECT * FROM table")
    assert [] == [*instance.log]


async def test_lists_of_models_are_shown_as_tables(shell: Any) -> None:
    users = [User(id=1, display_name="<b>Ann"), User(id=2)]

    for items in (users, tuple(users)):
        told, _ = shell.display_formatter.format(items)
        assert "&lt;b&gt;Ann" in told["text/html"]
        assert "2 rows" in told["text/html"]
    assert "text/html" not in shell.display_formatter.format([1, 2])[0]
    assert "text/html" not in shell.display_formatter.format([])[0]


async def test_help_tells_the_options_and_unloading_takes_all_away(shell: Any) -> None:
    assert "DATASET [-o NAME]" in str(shell.object_inspect("%domo")["docstring"])
    shell.extension_manager.unload_extension("domo_async")

    assert "domo" not in shell.magics_manager.magics["cell"]
    assert "text/html" not in shell.display_formatter.format([User(id=1)])[0]
    shell.extension_manager.load_extension("domo_async")

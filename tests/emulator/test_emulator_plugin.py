"""The fixtures that projects of others have from this one."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]
SETTINGS = """
[pytest]
addopts = -p domo_async.pytest_plugin -p no:cacheprovider
anyio_mode = auto
filterwarnings = error
"""
BACKEND = """
import pytest

@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project whose pytest has the plugin, as if it were installed."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    # An installed one would be loaded under its entry point's name, too.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makeini(SETTINGS.replace("-p no:", "-p anyio -p no:"))
    pytester.makeconftest(BACKEND)
    return pytester


def test_pytest_finds_the_plugin_by_its_entry_point() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert {"domo_async": "domo_async.pytest_plugin"} == project["project"]["entry-points"]["pytest11"]
    assert (ROOT / "domo_async" / "pytest_plugin.py").exists()


def test_async_and_blocking_tests_have_an_instance(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from domo_async.emulator import Fault
        from domo_async import ServerError

        async def test_async(domo, domo_emulator):
            dataset = await domo.datasets.create("Orders", {"id": "LONG"})
            assert domo_emulator.log.matching("POST */datasources", status=200)
            assert (await domo.datasets.get(dataset.id)).name == "Orders"

        def test_blocking(domo_sync, domo_emulator):
            domo_emulator.faults.add(Fault("*", "status", status=500, count=None))
            with pytest.raises(ServerError):
                domo_sync.datasets.create("Orders", {"id": "LONG"})
        """
    )

    project.runpytest_subprocess().assert_outcomes(passed=2)


def test_each_test_begins_with_nothing(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from domo_async.emulator import Fault

        @pytest.mark.parametrize("turn", range(3))
        def test_it(domo_sync, domo_emulator, turn):
            assert not list(domo_sync.datasets.list())
            assert len(domo_emulator.log) == 1
            assert domo_emulator.now() > 1000
            dataset = domo_sync.datasets.create("Orders", {"id": "LONG"})
            domo_sync.datasets.upload(dataset.id, f"{turn}\\n".encode())
            assert domo_sync.datasets.query(dataset.id, "SELECT id FROM table").rows == ((turn,),)
            domo_emulator.faults.add(Fault("*", "status", count=None))
            domo_emulator.now = lambda: 1.0
        """
    )

    project.runpytest_subprocess().assert_outcomes(passed=3)


def test_a_run_that_uses_no_fixture_does_not_import_the_instance(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import sys

        def test_it():
            assert not {"domo_async.emulator", "duckdb", "sqlglot"} & sys.modules.keys()
        """
    )

    project.runpytest_subprocess().assert_outcomes(passed=1)


def test_without_the_extra_only_tests_that_use_it_fail_and_name_it(project: pytest.Pytester) -> None:
    project.makeconftest("import sys\nsys.modules['duckdb'] = None\n" + BACKEND)
    project.makepyfile(
        """
        def test_of_others(): pass

        def test_of_ours(domo_sync): pass
        """
    )

    result = project.runpytest_subprocess()

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*pip install*domo-async?emulator?*"])


def test_marks_give_the_instance_its_options(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from domo_async import DomoError

        pytestmark = pytest.mark.domo(strict=True)

        @pytest.mark.domo(world="demo", seed=3)
        class TestDemo:
            @pytest.mark.parametrize("turn", range(2))
            def test_it(self, domo_sync, domo_emulator, turn):
                assert len(list(domo_sync.datasets.list())) > 400
                assert not [group for group in domo_sync.groups.list() if group.name == "Mine"]
                domo_emulator.add.group(name="Mine")
                with pytest.raises(DomoError):  # it is strict as well
                    domo_sync.request("GET", "/api/content/v2/users/me/")

            @pytest.mark.domo(world="empty", strict=False)
            async def test_nearest(self, domo):
                assert not await domo.datasets.list().all()
                await domo.request("GET", "/api/content/v2/users/me/")

        @pytest.mark.domo(data="kept")
        @pytest.mark.parametrize("turn", range(2))
        def test_kept(domo_sync, turn):
            assert turn == len(list(domo_sync.datasets.list()))
            domo_sync.datasets.create("Orders", {"id": "LONG"})
        """
    )

    project.runpytest_subprocess("--strict-markers").assert_outcomes(passed=5)


def test_a_mark_that_is_wrong_is_an_error_that_tells_what_there_is(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.mark.domo(wrold="demo")
        def test_typo(domo_sync): pass

        @pytest.mark.domo("demo")
        def test_position(domo_emulator): pass

        @pytest.mark.domo(world="nowhere.zip")
        def test_no_world(domo_emulator): pass

        def test_without(domo_emulator): pass
        """
    )

    result = project.runpytest_subprocess("-vv")

    result.assert_outcomes(passed=1, errors=3)
    result.stdout.fnmatch_lines(
        [
            "*@pytest.mark.domo has no option wrold; did you mean world?*",
            "The options are: host, port, *world, seed, *strict, *",
            "*takes options by name, such as world='demo', not 'demo'*",
            "*nowhere.zip is not a world*",
        ]
    )


def test_the_mark_is_listed(project: pytest.Pytester) -> None:
    project.runpytest_inprocess("--markers").stdout.fnmatch_lines(["@pytest.mark.domo(*options):*world='demo'*"])

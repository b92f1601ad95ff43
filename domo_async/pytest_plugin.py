"""Fixtures for pytest: a Domo instance on loopback, and clients for it.

The instance is imported when a fixture is used.

pytest finds this plugin by itself if domo-async is installed; the fixtures require the extra ``emulator``. An async
test that uses `domo` is run by anyio's plugin, which comes with the library (mark the test ``pytest.mark.anyio``, or
set ``anyio_mode = "auto"``, and let a fixture ``anyio_backend`` return ``"asyncio"``), or by pytest-asyncio in its mode
``auto``.

``@pytest.mark.domo(world="demo", strict=True)`` gives a test, a class or a module (by ``pytestmark``) an instance with
these options of `domo_async.emulator.Emulator`; for each option, the mark nearest to the test counts.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from domo_async import Domo
    from domo_async.emulator import Emulator
    from domo_async.sync import Domo as SyncDomo

__all__ = ["domo", "domo_emulator", "domo_sync"]

# With these options, two instances cannot run at once, or the instance's data must not be reset.
_OF_ONE_TEST = frozenset({"app", "app_port", "data", "port"})


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line(
        "markers",
        "domo(**options): run the fixtures domo_emulator, domo and domo_sync on an instance with these options of"
        " domo_async.emulator.Emulator, such as world='demo' or strict=True.",
    )


class _Instances:
    """The instances of the run, one for each set of options; each serves from a thread of its own."""

    def __init__(self, emulator_class: type[Emulator], running: ExitStack) -> None:
        self._class = emulator_class
        self._running = running
        self._known: dict[tuple[tuple[str, Any], ...], Emulator] = {}

    def start(self, options: Mapping[str, Any], running: ExitStack) -> Emulator:
        """Return a running instance with only its initial data; `running` stops one that only this test uses."""
        if not _OF_ONE_TEST.isdisjoint(options):
            return running.enter_context(self._class(**options))
        key = tuple(sorted(options.items(), key=lambda option: option[0]))
        if key in self._known:
            self._known[key].reset()
        else:
            self._known[key] = self._running.enter_context(self._class(**options))
        emulator = self._known[key]
        running.callback(setattr, emulator, "now", emulator.now)
        return emulator

    def options_of(self, node: pytest.Item) -> dict[str, Any]:
        """Return the options in the marks of a test."""
        known = list(inspect.signature(self._class).parameters)
        options: dict[str, Any] = {}
        for mark in reversed(list(node.iter_markers("domo"))):
            if mark.args:
                raise _wrong(f"takes options by name, such as world='demo', not {mark.args[0]!r}", known)
            for name in mark.kwargs:
                if name not in known:
                    alike = difflib.get_close_matches(name, known, n=1)
                    raise _wrong(f"has no option {name}" + "".join(f"; did you mean {each}?" for each in alike), known)
            options.update(mark.kwargs)
        return options


def _wrong(what: str, known: list[str]) -> ValueError:
    return ValueError(f"@pytest.mark.domo {what}\nThe options are: {', '.join(known)}")


@pytest.fixture(scope="session")
def _domo_instances() -> Iterator[_Instances]:
    """The instances of the run."""
    try:
        from domo_async.emulator import Emulator  # noqa: PLC0415 - heavy, and optional
    except ImportError as error:
        pytest.fail(str(error), pytrace=False)
    with ExitStack() as running:
        yield _Instances(Emulator, running)


@pytest.fixture
def domo_emulator(_domo_instances: _Instances, request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """A Domo instance on loopback (`domo_async.emulator.Emulator`), which has only its initial data.

    One server serves all tests with the same ``@pytest.mark.domo(…)``, or with none; it is reset before each test, in
    milliseconds.
    """
    with ExitStack() as running:
        try:
            emulator = _domo_instances.start(_domo_instances.options_of(request.node), running)
        except (OSError, ValueError) as error:
            pytest.fail(str(error), pytrace=False)
        yield emulator


@pytest.fixture
async def domo(domo_emulator: Emulator) -> AsyncIterator[Domo]:
    """A client of `domo_emulator`, for async tests (`domo_async.Domo`)."""
    async with domo_emulator.client() as client:
        yield client


@pytest.fixture
def domo_sync(domo_emulator: Emulator) -> Iterator[SyncDomo]:
    """A blocking client of `domo_emulator` (`domo_async.sync.Domo`)."""
    with domo_emulator.sync_client() as client:
        yield client

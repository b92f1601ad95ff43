"""Fixtures for pytest: a Domo instance on loopback, and clients of it. The instance is imported when one is used.

pytest finds this by itself where domo-async is installed; the fixtures need its extra ``emulator``. An async test
that uses `domo` runs by anyio's plugin, which comes with the library (mark it ``pytest.mark.anyio``, or set
``anyio_mode = "auto"``, and let a fixture ``anyio_backend`` return ``"asyncio"``), or by pytest-asyncio in its mode
``auto``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from domo_async import Domo
    from domo_async.emulator import Emulator
    from domo_async.sync import Domo as SyncDomo

__all__ = ["domo", "domo_emulator", "domo_sync"]


@pytest.fixture(scope="session")
def _domo_session_emulator() -> Iterator[Emulator]:
    """The one instance of the run, which serves from a thread of its own."""
    try:
        from domo_async.emulator import Emulator  # noqa: PLC0415 - heavy, and optional
    except ImportError as error:
        pytest.fail(str(error), pytrace=False)
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def domo_emulator(_domo_session_emulator: Emulator) -> Iterator[Emulator]:
    """A Domo instance on loopback that holds nothing yet (`domo_async.emulator.Emulator`).

    One server serves the whole run; it begins again for each test, in milliseconds.
    """
    clock = _domo_session_emulator.now
    _domo_session_emulator.reset()
    yield _domo_session_emulator
    _domo_session_emulator.now = clock


@pytest.fixture
async def domo(domo_emulator: Emulator) -> AsyncIterator[Domo]:
    """A client of `domo_emulator`, to be awaited (`domo_async.Domo`)."""
    async with domo_emulator.client() as client:
        yield client


@pytest.fixture
def domo_sync(domo_emulator: Emulator) -> Iterator[SyncDomo]:
    """A blocking client of `domo_emulator` (`domo_async.sync.Domo`)."""
    with domo_emulator.sync_client() as client:
        yield client

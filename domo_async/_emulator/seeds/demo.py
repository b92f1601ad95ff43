"""The demo world, which is the same for the same seed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

from domo_async._emulator.rows.storage import Storage
from domo_async._emulator.seeds.content import (
    seed_alerts,
    seed_beast_modes,
    seed_cards,
    seed_pages,
    seed_reports,
    seed_sharing,
)
from domo_async._emulator.seeds.data import seed_accounts, seed_dataflows, seed_datasets, seed_streams
from domo_async._emulator.seeds.files import seed_appdb, seed_files, seed_filesets
from domo_async._emulator.seeds.people import seed_activity_log, seed_groups, seed_roles, seed_users
from domo_async._emulator.seeds.rows import seed_rows
from domo_async._emulator.seeds.work import seed_applications, seed_task_center, seed_workflows
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import OWNER_ID

__all__ = ["make_demo"]

_DAWN = datetime(2025, 1, 1, tzinfo=UTC)
_BEFORE_ROWS: tuple[Callable[[Instance, Random], None], ...] = (
    seed_roles,
    seed_users,
    seed_groups,
    seed_activity_log,
    seed_datasets,
)
_AFTER_ROWS: tuple[Callable[[Instance, Random], None], ...] = (
    seed_dataflows,
    seed_accounts,
    seed_streams,
    seed_task_center,
    seed_workflows,
    seed_pages,
    seed_cards,
    seed_beast_modes,
    seed_alerts,
    seed_sharing,
    seed_applications,
    seed_reports,
    seed_files,
    seed_filesets,
    seed_appdb,
)


def make_demo(instance: Instance, storage: Storage, seed: int) -> None:
    """Make the demo world, which is the same for the same seed, ids included."""
    rng = Random(seed)  # noqa: S311 - a world, not a secret
    # The owner's creation precedes all other content.
    dawn = int(_DAWN.timestamp() * 1000)
    instance.records["users"].update(OWNER_ID, created=dawn, modified=dawn)

    def rng_of_area() -> Random:
        # Each area has a generator of its own, so that a change in one area does not change the following ones.
        return Random(rng.getrandbits(64))  # noqa: S311 - not a secret

    for make in _BEFORE_ROWS:
        make(instance, rng_of_area())
    seed_rows(instance, storage, rng_of_area())
    for make in _AFTER_ROWS:
        make(instance, rng_of_area())
    instance.changes += 1

"""The connection of `Users` with offboarding, which stands above all areas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from domo_async._bulk import BulkProgressCallback
from domo_async._endpoints.users.offboarding import LeaverAccount, OffboardingKind, OffboardingPlan, OffboardingReport
from domo_async._transport import Transport

__all__ = ["OffboardingEngine", "offboarding_engine", "set_offboarding_engine"]


class OffboardingEngine(Protocol):
    """The engine of offboarding. It stands above all areas, `Users` among them, so that the client connects both."""

    async def make_plan(
        self,
        http: Transport,
        leaver: int | str,
        to: int | str,
        *,
        account: LeaverAccount,
        force: bool,
        kinds: Sequence[OffboardingKind | str] | None,
        skip: Sequence[OffboardingKind | str],
        concurrency: int,
    ) -> OffboardingPlan:
        """Return the plan; only reads."""
        ...

    async def carry_out_plan(
        self,
        http: Transport,
        plan: OffboardingPlan,
        *,
        dry_run: bool,
        concurrency: int,
        progress: BulkProgressCallback | None,
    ) -> OffboardingReport:
        """Carry out a plan."""
        ...


_load_engine: Callable[[], OffboardingEngine]


def set_offboarding_engine(load: Callable[[], OffboardingEngine]) -> None:
    """Set how the engine is loaded, which imports all areas, once it is needed."""
    global _load_engine  # noqa: PLW0603 - set by the client alone
    _load_engine = load


def offboarding_engine() -> OffboardingEngine:
    """Return the engine."""
    return _load_engine()

"""Reconciliation: reads the wanted and the present state, compares them, and changes the differences."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Protocol, TypeVar

from domo_async._bulk.executor import BulkOptions, Plan, apply_many, carry_out
from domo_async._bulk.report import BulkReport, BulkResult, Outcome
from domo_async._concurrency import task_group

__all__ = ["Steps", "plan", "reconcile", "reconcile_many"]

K = TypeVar("K", bound=Hashable)
W = TypeVar("W")
P = TypeVar("P")
I = TypeVar("I")  # noqa: E741 - an input
V = TypeVar("V")
T = TypeVar("T", bound=Hashable)


class Steps(Protocol[K, W, P, I, V]):
    """The steps that bring one object to its wanted state.

    `wanted` and `present` are read concurrently, and have the same keys. Both only read, and so does `prepare`.
    """

    @property
    def batch_size(self) -> int:
        """The most rows that `apply` takes."""
        return 1

    @property
    def outcome(self) -> Outcome:
        """The outcome of the object as a whole, if it is one of many and any of its rows changes."""
        return Outcome.UPDATED

    async def wanted(self) -> Mapping[K, W]:
        """Return the wanted state by key, in the order of the report."""
        ...

    async def present(self) -> Mapping[K, P]:
        """Return the present state by key."""
        ...

    def compare(self, wanted: W, present: P | None, /) -> BulkResult[I, V]:
        """Return the row of a wanted item, which may be present already."""
        ...

    def surplus(self, present: P, /) -> BulkResult[I, V] | None:
        """Return the row of an item that is present but not wanted; None omits it from the report."""
        del present
        return None

    async def prepare(self, rows: Sequence[BulkResult[I, V]], /) -> Sequence[BulkResult[I, V]]:
        """Look up the objects that the changes refer to, and return the rows in the order in which to apply them.

        Raises:
            Unresolved: Some of them do not exist; the error names all of them.
        """
        return rows

    async def begin(self) -> None:
        """Do the work that comes before all rows."""
        return  # an empty body would make it abstract

    async def apply(self, rows: Sequence[BulkResult[I, V]], /) -> Sequence[BulkResult[I, V]]:
        """Carry out some rows, and return their results; an error is the result of each of them."""
        ...


async def plan(steps: Steps[K, W, P, I, V]) -> Plan[I, V]:
    """Read both states and return the difference as a plan.

    Raises:
        Unresolved: An object that the plan names does not exist.
    """
    async with task_group() as tasks:
        reading_wanted = tasks.create_task(steps.wanted())
        reading_present = tasks.create_task(steps.present())
    wanted, present = reading_wanted.result(), reading_present.result()
    rows = [steps.compare(each, present.get(key)) for key, each in wanted.items()]
    surplus = [steps.surplus(each) for key, each in present.items() if key not in wanted]
    rows += [row for row in surplus if row is not None]
    return Plan(await steps.prepare(rows), steps.apply, steps.batch_size, begin=steps.begin, outcome=steps.outcome)


async def reconcile(steps: Steps[K, W, P, I, V], options: BulkOptions) -> BulkReport[I, V]:
    """Bring one object to its wanted state, and report on each row.

    Raises:
        Unresolved: A wanted item does not exist; nothing was changed.
    """
    return await carry_out(await plan(steps), options)


async def reconcile_many(
    keys: Sequence[T], steps_for: Callable[[T], Steps[K, W, P, I, V]], options: BulkOptions
) -> BulkReport[T, BulkReport[I, V]]:
    """Bring many objects to their wanted states; all are read before any is changed.

    Raises:
        Unresolved: A wanted item does not exist; the error names all of them, and nothing was changed.
    """
    return await apply_many(keys, lambda key: plan(steps_for(key)), options)

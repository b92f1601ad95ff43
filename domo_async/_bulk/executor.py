"""Carries out many changes, several of them concurrently, and each to its end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeAlias, TypeVar

from attrs import Attribute, evolve, field, frozen

from domo_async._bulk.report import BulkReport, BulkResult, Outcome
from domo_async._bulk.resolve_unknown import outcome_unknown, still_unknown
from domo_async._callbacks import notify
from domo_async._concurrency import map_concurrent
from domo_async._settings import at_least
from domo_async._wire import Record
from domo_async.errors import ConfigError, DomoError, Unresolved

__all__ = [
    "IN_DOUBT",
    "BulkOptions",
    "BulkProgress",
    "BulkProgressCallback",
    "Plan",
    "apply_many",
    "attempt",
    "carry_out",
]

IN_DOUBT = "has the wanted state; the answer was lost, so somebody else may have done it"
"""The note of a row that was found in the wanted state after its answer was lost."""

I = TypeVar("I")  # noqa: E741 - an input
V = TypeVar("V")
T = TypeVar("T")
R = TypeVar("R")
K = TypeVar("K", bound=Hashable)


@frozen
class BulkProgress(Record):
    """The progress of a bulk call.

    Attributes:
        done: The number of rows whose outcome is known.
        total: The number of rows.
        failed: The number of rows that failed.
        result: The result of the latest row.
    """

    done: int
    total: int
    failed: int
    result: BulkResult[object, object]


BulkProgressCallback: TypeAlias = Callable[[BulkProgress], None]


def _whole(_: object, attribute: Attribute[int], value: object) -> None:
    if not isinstance(value, int):
        raise ConfigError(f"{attribute.name} must be a whole number, not {value!r}")


@frozen(kw_only=True)
class BulkOptions:
    """The options of a bulk call.

    Attributes:
        concurrency: The most rows, or batches of rows, to process at once.
        dry_run: Whether to change nothing, and to report the intended outcomes.
        stop_on_error: Whether to start no further rows after one has failed.
        progress: Called with each row when its outcome is known; if it raises an error, the error is logged.
    """

    concurrency: int = field(default=1, validator=[at_least(1), _whole])
    dry_run: bool = False
    stop_on_error: bool = False
    progress: BulkProgressCallback | None = None


@frozen
class Plan(Generic[I, V]):
    """The changes of one object, row by row.

    Attributes:
        rows: Each row with its intended outcome; rows whose outcome changes nothing are already done.
        act: Carries out some rows, and returns their results.
        batch_size: The most rows that `act` takes.
        begin: Called before all rows.
        outcome: The outcome of the object as a whole, if it is one of many and any row changes it.
    """

    rows: Sequence[BulkResult[I, V]]
    act: Callable[[Sequence[BulkResult[I, V]]], Awaitable[Sequence[BulkResult[I, V]]]]
    batch_size: int = field(default=1, validator=[at_least(1), _whole])
    begin: Callable[[], Awaitable[None]] | None = None
    outcome: Outcome = Outcome.UPDATED

    @property
    def whole(self) -> Outcome:
        """The intended outcome of the object as a whole."""
        if self.outcome is Outcome.CREATED or any(row.outcome.changes for row in self.rows):
            return self.outcome
        return Outcome.UNCHANGED


class _Tally(Generic[I, V]):
    """Keeps the results in the order of the input, and reports the progress."""

    def __init__(self, rows: Sequence[BulkResult[I, V]], options: BulkOptions) -> None:
        self._rows = list(rows)
        self._options = options
        self._done = 0
        self._failed = 0
        for row in rows:
            if options.dry_run or not row.outcome.changes:
                self._count(row)

    @property
    def stopped(self) -> bool:
        return self._options.stop_on_error and self._failed > 0

    def pending(self) -> list[int]:
        return [] if self._options.dry_run else [index for index, row in enumerate(self._rows) if row.outcome.changes]

    def rows(self, indexes: Sequence[int]) -> list[BulkResult[I, V]]:
        return [self._rows[index] for index in indexes]

    def settle(self, indexes: Sequence[int], results: Sequence[BulkResult[I, V]]) -> None:
        for index, result in zip(indexes, results, strict=True):
            self._rows[index] = result
            self._count(result)

    def report(self, begun: set[int]) -> BulkReport[I, V]:
        for index in set(self.pending()) - begun:
            self._rows[index] = evolve(self._rows[index], outcome=Outcome.NOT_BEGUN, value=None)
        return BulkReport(tuple(self._rows), dry_run=self._options.dry_run)

    def _count(self, result: BulkResult[I, V]) -> None:
        self._done += 1
        self._failed += result.outcome is Outcome.FAILED
        notify(self._options.progress, BulkProgress(self._done, len(self._rows), self._failed, result), "progress")


async def carry_out(plan: Plan[I, V], options: BulkOptions) -> BulkReport[I, V]:
    """Carry out a plan and report on every row; a `DomoError` is the outcome of its rows and is not raised."""
    tally = _Tally(plan.rows, options)
    begun: set[int] = set()

    async def batch(indexes: Sequence[int]) -> None:
        begun.update(indexes)
        rows = tally.rows(indexes)
        try:
            results = await plan.act(rows)
        except DomoError as error:
            results = _all_failed(rows, error)
        tally.settle(indexes, results)

    if plan.begin is not None and not (options.dry_run or tally.stopped):
        await plan.begin()
    await map_concurrent(
        _chunks(tally.pending(), plan.batch_size),
        batch,
        concurrency=options.concurrency,
        go_on=lambda: not tally.stopped,
    )
    return tally.report(begun)


async def attempt(
    rows: Sequence[BulkResult[I, V]],
    send: Callable[[Sequence[BulkResult[I, V]]], Awaitable[object]],
    achieved: Callable[[], Awaitable[Callable[[BulkResult[I, V]], bool]]] | None = None,
) -> Sequence[BulkResult[I, V]]:
    """Send one request for some rows, and return their results.

    Args:
        rows: The rows; if there are none, nothing is sent.
        send: Sends the request, which changes all rows or none.
        achieved: Called if an answer was lost; returns a function that returns whether a row has the intended state.
    """
    if not rows:
        return rows
    try:
        await send(rows)
    except DomoError as error:
        if achieved is None or not outcome_unknown(error):
            return _all_failed(rows, error)
        try:
            is_so = await achieved()
        except DomoError as lookup:
            return _all_failed(rows, still_unknown(error, lookup))
        return [
            evolve(row, note=IN_DOUBT) if is_so(row) else evolve(row, outcome=Outcome.FAILED, value=None, error=error)
            for row in rows
        ]
    return rows


def _all_failed(rows: Sequence[BulkResult[I, V]], error: DomoError) -> list[BulkResult[I, V]]:
    return [evolve(row, outcome=Outcome.FAILED, value=None, error=error) for row in rows]


async def apply_many(
    keys: Sequence[K], plan_for: Callable[[K], Awaitable[Plan[I, V]]], options: BulkOptions
) -> BulkReport[K, BulkReport[I, V]]:
    """Plan for each of several objects, and carry the plans out only when all are made.

    Raises:
        Unresolved: An object that a plan names does not exist; the error names all of them, and nothing was changed.
    """

    async def planned(key: K) -> Plan[I, V] | DomoError:
        try:
            return await plan_for(key)
        except DomoError as error:
            return error

    made = await map_concurrent(keys, planned, concurrency=options.concurrency)
    plans: Mapping[K, Plan[I, V] | DomoError] = dict(zip(keys, made, strict=True))
    _refuse_unresolved(plans.values())
    rows = [await _outlook(key, plan) for key, plan in plans.items()]
    inner = BulkOptions(stop_on_error=options.stop_on_error)

    async def act(batch: Sequence[BulkResult[K, BulkReport[I, V]]]) -> Sequence[BulkResult[K, BulkReport[I, V]]]:
        results = []
        for row in batch:
            plan = plans[row.input]
            assert isinstance(plan, Plan)  # noqa: S101 - a row whose plan failed is already done
            report = await carry_out(plan, inner)
            error = report.error()
            results.append(
                evolve(row, outcome=row.outcome if error is None else Outcome.FAILED, value=report, error=error)
            )
        return results

    return await carry_out(Plan(rows, act), options)


async def _outlook(key: K, plan: Plan[I, V] | DomoError) -> BulkResult[K, BulkReport[I, V]]:
    """Return the intended outcome of an object as a whole."""
    if isinstance(plan, DomoError):
        return BulkResult(key, Outcome.FAILED, error=plan)
    return BulkResult(key, plan.whole, await carry_out(plan, BulkOptions(dry_run=True)))


def _refuse_unresolved(plans: Iterable[object]) -> None:
    unresolved = [plan for plan in plans if isinstance(plan, Unresolved)]
    if unresolved:
        names = list(dict.fromkeys(name for error in unresolved for name in error.names))
        raise Unresolved(f"these do not exist: {', '.join(map(str, names))}; nothing was changed", names=names)


def _chunks(indexes: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(indexes), size):
        yield indexes[start : start + size]

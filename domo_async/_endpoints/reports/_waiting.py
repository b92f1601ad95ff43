"""Waiting for what becomes of a report that is sent by hand."""

from __future__ import annotations

from collections.abc import Collection

from domo_async._clock import Clock
from domo_async._endpoints.reports.history import ReportHistory
from domo_async._endpoints.reports.models import ReportRun, RunStatus
from domo_async._waiting import Verdict, wait_for

__all__ = ["ended_run"]

_ENDS = frozenset({RunStatus.SUCCESS, RunStatus.FAILURE})


async def ended_run(
    history: ReportHistory, schedule_id: int | str, former: Collection[int], *, clock: Clock, timeout: float
) -> ReportRun:
    """Return the run of a schedule that is new and was begun by hand, when it has ended.

    Args:
        history: The runs.
        schedule_id: The schedule.
        former: The runs that are not meant.
        clock: Where time comes from.
        timeout: Seconds to wait at most.

    Raises:
        JobFailed: It failed.
        WaitTimeout: There is none, or it has not ended; carries the last status seen.
    """

    async def look() -> ReportRun:
        runs = [run async for run in history.for_schedule(schedule_id) if run.id not in former and not run.automated]
        return min(runs, key=lambda run: run.id, default=ReportRun(id=0))

    # Until there is one, it is a run that nothing is known of.
    return await wait_for(look, _verdict, what=f"the report of schedule {schedule_id}", clock=clock, timeout=timeout)


def _verdict(run: ReportRun) -> Verdict:
    ended = run.status in _ENDS or run.end_time is not None
    return Verdict(run.status, ended=ended, failed=ended and run.status not in {None, RunStatus.SUCCESS})

"""Waiting for the run of a report that is sent by hand."""

from __future__ import annotations

from collections.abc import Collection

from domo_async._clock import Clock
from domo_async._endpoints.reports.history import ReportHistory
from domo_async._endpoints.reports.models import ReportRun, RunStatus
from domo_async._waiting import States, Verdict, wait_for

__all__ = ["ended_run"]

_STATES = States(good=[RunStatus.SUCCESS], bad=[RunStatus.FAILURE], going=[RunStatus.IN_QUEUE, RunStatus.PROCESSING])


async def ended_run(
    history: ReportHistory, schedule_id: int | str, former: Collection[int], *, clock: Clock, timeout: float
) -> ReportRun:
    """Return the run of a schedule that is new and was started by hand, once it has ended.

    Args:
        history: The runs.
        schedule_id: The schedule.
        former: The runs from before, which are ignored.
        clock: The clock to use.
        timeout: The most seconds to wait.

    Raises:
        JobFailed: The run failed.
        UnknownState: The meaning of its status is unknown.
        WaitTimeout: There is no new run, or it has not ended; the error has the last status seen.
    """

    async def look() -> ReportRun:
        runs = [run async for run in history.for_schedule(schedule_id) if run.id not in former and not run.automated]
        return min(runs, key=lambda run: run.id, default=ReportRun(id=0))

    # Until there is one, use a run about which nothing is known.
    return await wait_for(look, _verdict, what=f"the report of schedule {schedule_id}", clock=clock, timeout=timeout)


def _verdict(run: ReportRun) -> Verdict:
    # A run that has ended may have no status.
    return Verdict(None, ended=True) if run.status is None and run.end_time else _STATES.judge(run.status)

"""Waiting for what becomes of a report that is sent by hand."""

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
    """Return the run of a schedule that is new and was begun by hand, when it has ended.

    Args:
        history: The runs.
        schedule_id: The schedule.
        former: The runs that are not meant.
        clock: Where time comes from.
        timeout: Seconds to wait at most.

    Raises:
        JobFailed: It failed.
        UnknownState: What its status means is not known.
        WaitTimeout: There is none, or it has not ended; carries the last status seen.
    """

    async def look() -> ReportRun:
        runs = [run async for run in history.for_schedule(schedule_id) if run.id not in former and not run.automated]
        return min(runs, key=lambda run: run.id, default=ReportRun(id=0))

    # Until there is one, it is a run that nothing is known of.
    return await wait_for(look, _verdict, what=f"the report of schedule {schedule_id}", clock=clock, timeout=timeout)


def _verdict(run: ReportRun) -> Verdict:
    # One that has ended need not say how.
    return Verdict(None, ended=True) if run.status is None and run.end_time else _STATES.judge(run.status)

"""Jobs: their state follows from the time that has passed since they began, and is computed when it is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domo_async._emulator.job_outcomes import Job
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

__all__ = ["begin_job", "ended_job", "is_over"]


def begin_job(instance: Instance, job: Job, *about: object, good: str, bad: str = "FAILED") -> Record:
    """Begin a job, whose outcome is decided now.

    Args:
        instance: The instance.
        job: The type of job.
        about: The names of the job's subject, which the patterns of `JobOutcome` match.
        good: The state of a job that succeeds.
        bad: The name of the state ``FAILED`` for this type of job.
    """
    outcomes = (instance.outcomes.take(job, name) for name in about)
    outcome = next((outcome for outcome in outcomes if outcome is not None), None)
    state = good if outcome is None else bad if outcome.state == "FAILED" else outcome.state
    return {
        "begun": instance.now(),
        "lasts": instance.job_delay,
        "state": state,
        "reason": None if outcome is None else outcome.reason,
    }


def ended_job(state: str, *, lasts: float = 0.0, reason: str | None = None) -> Record:
    """Return a job that ended in the past."""
    return {"begun": None, "lasts": lasts, "state": state, "reason": reason}


def is_over(instance: Instance, job: Mapping[str, Any]) -> bool:
    """Return whether a job has ended; a job whose beginning lies in the future counts as ended, too."""
    return job["begun"] is None or not 0 <= instance.now() - job["begun"] < job["lasts"]

"""Jobs of records: what runs for a while, and has come to its end whenever it is looked at afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domo_async._emulator.job_outcomes import Job
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

__all__ = ["begin_job", "ended_job", "is_over"]


def begin_job(instance: Instance, kind: Job, *about: object, good: str, bad: str = "FAILED") -> Record:
    """Begin a job, whose end is settled from now on.

    Args:
        instance: Where it runs.
        kind: Its kind.
        about: What it is about: the names by which a test may have an end in store for it.
        good: The state that it ends in by itself.
        bad: What jobs of the kind call the state ``FAILED``.
    """
    outcomes = (instance.outcomes.take(kind, name) for name in about)
    outcome = next((outcome for outcome in outcomes if outcome is not None), None)
    state = good if outcome is None else bad if outcome.state == "FAILED" else outcome.state
    return {
        "begun": instance.now(),
        "lasts": instance.job_delay,
        "state": state,
        "reason": None if outcome is None else outcome.reason,
    }


def ended_job(state: str, *, lasts: float = 0.0, reason: str | None = None) -> Record:
    """Return a job that ended long ago."""
    return {"begun": None, "lasts": lasts, "state": state, "reason": reason}


def is_over(instance: Instance, job: Mapping[str, Any]) -> bool:
    """Return whether a job's time is over; one that began ahead of the clock is over, too."""
    return job["begun"] is None or not 0 <= instance.now() - job["begun"] < job["lasts"]

"""Outcomes of jobs that tests ask for in place of success."""

from __future__ import annotations

import threading
from fnmatch import fnmatchcase
from typing import Literal

from attrs import define, frozen

__all__ = ["Job", "JobOutcome", "JobOutcomes"]

Job = Literal["workflow", "stream", "dataflow", "s3_export", "code_engine", "migration", "index", "report"]


@frozen
class JobOutcome:
    """The outcome of a job.

    Attributes:
        job: The type of job.
        state: The state that it ends in, such as ``FAILED``.
        reason: The reason, for types of jobs that report one.
        pattern: A shell pattern over the job's subject: the workflow, the stream, the dataflow, the dataset, the
            function.
        count: The number of jobs that get this outcome; None for all.
    """

    job: Job
    state: str = "FAILED"
    reason: str | None = None
    pattern: str = "*"
    count: int | None = 1


@define
class _Waiting:
    outcome: JobOutcome
    left: int | None


class JobOutcomes:
    """The outcomes that jobs will have; may be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[_Waiting] = []

    def add(self, outcome: JobOutcome) -> None:
        """Add an outcome for jobs to come. Of several that match a job, the one that was added first counts.

        Example:
            >>> emulator.outcomes.add(JobOutcome("stream", "FAILED", reason="The source did not answer"))
        """
        with self._lock:
            self._waiting.append(_Waiting(outcome, outcome.count))

    def clear(self) -> None:
        """Remove all outcomes, so that all jobs succeed."""
        with self._lock:
            self._waiting.clear()

    def waiting(self) -> list[tuple[JobOutcome, int | None]]:
        """Return the outcomes added since the last `clear`, each with the number of jobs that still get it."""
        with self._lock:
            return [(waiting.outcome, waiting.left) for waiting in self._waiting]

    def take(self, job: Job, about: object) -> JobOutcome | None:
        """Return the outcome for a job, and count it; None for success."""
        with self._lock:
            for waiting in self._waiting:
                outcome = waiting.outcome
                if waiting.left == 0 or outcome.job != job or not fnmatchcase(str(about), outcome.pattern):
                    continue
                if waiting.left is not None:
                    waiting.left -= 1
                return outcome
        return None

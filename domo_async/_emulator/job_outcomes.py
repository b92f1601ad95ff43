"""How jobs end, where a test wants another end than the good one."""

from __future__ import annotations

import threading
from fnmatch import fnmatchcase
from typing import Literal

from attrs import define, frozen

__all__ = ["Job", "JobOutcome", "JobOutcomes"]

Job = Literal["workflow", "stream", "dataflow", "s3_export", "code_engine", "migration", "index", "report"]


@frozen
class JobOutcome:
    """An end that a job comes to.

    Attributes:
        job: The kind of job.
        state: The state that it ends in, such as ``FAILED``.
        reason: Why, where jobs of the kind tell.
        pattern: A shell pattern over what the job is about: the workflow, the stream, the dataflow, the dataset, the
            function.
        count: How many jobs it happens to; None for all.
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
    """The ends that are in store; may be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[_Waiting] = []

    def add(self, outcome: JobOutcome) -> None:
        """Have `outcome` in store. Of several that fit a job, the one that was added first happens."""
        with self._lock:
            self._waiting.append(_Waiting(outcome, outcome.count))

    def clear(self) -> None:
        """Let all jobs come to good ends again."""
        with self._lock:
            self._waiting.clear()

    def waiting(self) -> list[tuple[JobOutcome, int | None]]:
        """Return the ends that were added since the last `clear`, each with how many jobs it still happens to."""
        with self._lock:
            return [(waiting.outcome, waiting.left) for waiting in self._waiting]

    def take(self, job: Job, about: object) -> JobOutcome | None:
        """Return the end in store for a job, and count it; None for the good one."""
        with self._lock:
            for waiting in self._waiting:
                outcome = waiting.outcome
                if waiting.left == 0 or outcome.job != job or not fnmatchcase(str(about), outcome.pattern):
                    continue
                if waiting.left is not None:
                    waiting.left -= 1
                return outcome
        return None

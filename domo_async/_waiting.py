"""Waiting for jobs of the instance."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from attrs import field, frozen

from domo_async._clock import Clock
from domo_async._telemetry import tell
from domo_async._telemetry.events import JOB_GOES_ON
from domo_async.errors import ConfigError, JobFailed, UnknownState, WaitTimeout

__all__ = ["Backoff", "States", "Verdict", "check_good", "check_known", "job_failed", "wait_for"]

T = TypeVar("T")


class Backoff:
    """Pauses between looks that grow longer, until the time is over.

    Args:
        clock: Where time comes from.
        timeout: Seconds in all.
        first: Seconds of the first pause; each further one is `growth` times as long.
        longest: Seconds of the longest pause.
        growth: The factor by which the pauses grow.
    """

    def __init__(
        self, clock: Clock, *, timeout: float, first: float = 0.05, longest: float = 5.0, growth: float = 1.5
    ) -> None:
        self._clock = clock
        self._ends = clock.monotonic() + timeout
        self._pause = first
        self._longest = longest
        self._growth = growth

    async def pause(self) -> bool:
        """Wait and return True, or return False at once if the time is over."""
        left = self._ends - self._clock.monotonic()
        if left <= 0:
            return False
        await self._clock.sleep(min(self._pause, left))
        self._pause = min(self._pause * self._growth, self._longest)
        return True


@frozen
class Verdict:
    """The state of a job, as one request showed it.

    Attributes:
        state: Its state, in the instance's words.
        ended: Whether it goes no further.
        failed: Whether it came to a bad end.
        reason: Why it did, where the instance tells.
        known: Whether the meaning of the state is known.
    """

    state: str | None
    ended: bool
    failed: bool = False
    reason: str | None = None
    known: bool = True


def _words(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.upper() for word in words)


@frozen
class States:
    """The meaning of the words for the states of a type of job, regardless of case.

    Attributes:
        good: The job has succeeded.
        bad: It came to a bad end.
        going: It has not ended. So has one that does not tell its state yet.
    """

    good: frozenset[str] = field(converter=_words)
    bad: frozenset[str] = field(converter=_words)
    going: frozenset[str] = field(converter=_words)

    def judge(self, state: str | None, *, reason: str | None = None) -> Verdict:
        """Return the meaning of a state.

        Args:
            state: The state, in the instance's words, or None where it tells none.
            reason: Why the job came to a bad end, where the instance tells.
        """
        state = (state or "").strip() or None
        word = "" if state is None else state.upper()
        failed = word in self.bad
        known = state is None or failed or word in self.good or word in self.going
        return Verdict(state, ended=failed or word in self.good, failed=failed, reason=reason, known=known)


async def wait_for(
    look: Callable[[], Awaitable[T]],
    judge: Callable[[T], Verdict],
    *,
    what: str,
    clock: Clock,
    timeout: float,
    pauses: tuple[float, float] | None = None,
) -> T:
    """Poll a job with growing pauses until it has ended, and return the last answer.

    Args:
        look: Asks the instance.
        judge: Returns the meaning of an answer.
        what: The job, as messages name it.
        clock: Where time comes from.
        timeout: Seconds to wait at most.
        pauses: Seconds of the first pause, and of all others; by default they grow from 0.05 to 5.

    Raises:
        ConfigError: `timeout` is not a number of seconds.
        JobFailed: It came to a bad end; says why, where the instance tells.
        UnknownState: The meaning of its state is not known.
        WaitTimeout: It has not ended; carries the last state seen.
    """
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or not 0 <= timeout < float("inf"):
        raise ConfigError(f"timeout must be a number of seconds of at least 0, not {timeout!r}")
    if pauses is None:
        backoff = Backoff(clock, timeout=timeout)
    else:
        first, longest = pauses
        backoff = Backoff(clock, timeout=timeout, first=first, longest=longest, growth=longest / first)
    while True:
        found = await look()
        verdict = judge(found)
        if verdict.failed:
            raise job_failed(what, verdict)
        if verdict.ended:
            return found
        check_known(what, verdict)
        tell(JOB_GOES_ON, wait_seconds=timeout)
        if not await backoff.pause():
            seen = (
                f"has not ended after {timeout:g} seconds, its state is {verdict.state}; it goes on"
                if verdict.state is not None
                else f"has not told its state in {timeout:g} seconds; whether it goes on is not known"
            )
            raise WaitTimeout(f"{what} {seen}", state=verdict.state)


def job_failed(what: str, verdict: Verdict) -> JobFailed:
    """Return the error for a job that came to a bad end."""
    because = f": {verdict.reason}" if verdict.reason else ""
    state = verdict.state if verdict.state is not None else "failed"
    return JobFailed(f"{what} ended as {state}{because}", state=state, reason=verdict.reason)


def check_known(what: str, verdict: Verdict) -> None:
    """Refuse a verdict on a state that nobody knows the meaning of: to wait longer would teach nothing.

    Raises:
        UnknownState: It is one.
    """
    if not verdict.known and verdict.state is not None:
        because = f" and says {verdict.reason}" if verdict.reason else ""
        raise UnknownState(
            f"{what} is in the state {verdict.state}{because}; this release does not know what that means,"
            " so it does not wait any longer: look at the job, which may go on",
            state=verdict.state,
            reason=verdict.reason,
        )


def check_good(what: str, verdict: Verdict) -> None:
    """Refuse a verdict on a job whose answer is its last word, unless it surely ended well.

    Raises:
        JobFailed: It came to a bad end.
        UnknownState: The meaning of its state is not known, or it tells none.
    """
    if verdict.failed:
        raise job_failed(what, verdict)
    check_known(what, verdict)
    if not verdict.ended:
        state = "without a state" if verdict.state is None else f"with the state {verdict.state}"
        raise UnknownState(
            f"{what} was answered {state}, which does not tell whether it took effect: look before it is done again",
            state=verdict.state,
            reason=verdict.reason,
        )

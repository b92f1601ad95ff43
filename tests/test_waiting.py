"""Waiting: how often a job is looked at, and what its ends become. The time is virtual."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Iterable
from itertools import pairwise

import pytest

from domo_async import JobFailed, UnknownState, WaitTimeout
from domo_async._waiting import Backoff, States, Verdict, job_failed, wait_for
from tests.support import LoopClock, run_virtually

RUNNING = Verdict("RUNNING", ended=False)
DONE = Verdict("DONE", ended=True)


class Job:
    """A job that is seen in one state after the other, and then stays in the last."""

    def __init__(self, *states: Verdict, look_takes: float = 0.0) -> None:
        self._states = list(states)
        self._look_takes = look_takes
        self.looked_at: list[float] = []

    async def look(self) -> Verdict:
        self.looked_at.append(asyncio.get_running_loop().time())
        await asyncio.sleep(self._look_takes)
        return self._states.pop(0) if len(self._states) > 1 else self._states[0]

    @property
    def pauses(self) -> list[float]:
        return [after - before for before, after in pairwise(self.looked_at)]


def wait_until_ended(job: Job, timeout: float = 60.0) -> Verdict:
    return run_virtually(wait_for(job.look, lambda found: found, what="the job", clock=LoopClock(), timeout=timeout))


def test_the_result_of_the_last_look_is_returned():
    job = Job(RUNNING, RUNNING, DONE)

    assert DONE is wait_until_ended(job)
    assert 3 == len(job.looked_at)


def test_a_job_that_has_ended_costs_one_look_and_no_pause():
    job = Job(DONE)

    assert DONE is wait_until_ended(job, timeout=0)
    assert [0.0] == job.looked_at


def test_pauses_grow_by_half_up_to_five_seconds():
    job = Job(*[RUNNING] * 20, DONE)

    wait_until_ended(job, timeout=3600)

    assert [0.05, 0.075, 0.1125] == pytest.approx(job.pauses[:3])
    assert 5.0 == pytest.approx(job.pauses[-1])
    assert sorted(job.pauses) == pytest.approx(job.pauses)


def test_a_bad_end_tells_state_and_reason():
    job = Job(RUNNING, Verdict("BROKEN", ended=True, failed=True, reason="out of paper"))

    with pytest.raises(JobFailed, match="^the job ended as BROKEN: out of paper$") as caught:
        wait_until_ended(job)

    assert ("BROKEN", "out of paper") == (caught.value.state, caught.value.reason)


def test_a_failure_is_told_even_where_nobody_says_that_the_job_has_ended():
    with pytest.raises(JobFailed):
        wait_until_ended(Job(Verdict("BROKEN", ended=False, failed=True)))


def test_a_wait_ends_on_time_after_one_more_look():
    job = Job(Verdict("QUEUED", ended=False), RUNNING)

    with pytest.raises(WaitTimeout, match="the job has not ended after 7.5 seconds, its state is RUNNING; it goes on"):
        wait_until_ended(job, timeout=7.5)

    assert 7.5 == pytest.approx(job.looked_at[-1])


def test_the_last_state_that_was_seen_goes_with_a_timeout():
    with pytest.raises(WaitTimeout) as caught:
        wait_until_ended(Job(Verdict("QUEUED", ended=False), RUNNING), timeout=3)

    assert "RUNNING" == caught.value.state


def test_a_timeout_without_any_state_says_so():
    with pytest.raises(WaitTimeout, match="has not told its state.*whether it goes on is not known") as caught:
        wait_until_ended(Job(Verdict(None, ended=False)), timeout=1)

    assert caught.value.state is None


def test_a_timeout_is_one_for_callers_who_know_only_pythons():
    with pytest.raises(TimeoutError):
        wait_until_ended(Job(RUNNING), timeout=1)


def test_the_time_that_looks_take_counts():
    job = Job(RUNNING, look_takes=4.0)

    with pytest.raises(WaitTimeout):
        wait_until_ended(job, timeout=10)

    assert 3 == len(job.looked_at)


def test_an_error_of_a_look_ends_the_wait():
    async def look() -> Verdict:
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError, match="gone"):
        run_virtually(wait_for(look, lambda found: found, what="the job", clock=LoopClock(), timeout=60))


@pytest.mark.parametrize(
    ("verdict", "message"),
    [
        (Verdict("ABORTED", ended=True, failed=True, reason="no rights"), "the job ended as ABORTED: no rights"),
        (Verdict("ABORTED", ended=True, failed=True), "the job ended as ABORTED"),
        (Verdict("ABORTED", ended=True, failed=True, reason=""), "the job ended as ABORTED"),
        (Verdict(None, ended=True, failed=True, reason="no rights"), "the job ended as failed: no rights"),
    ],
)
def test_a_failure_says_what_is_known(verdict, message):
    assert message == str(job_failed("the job", verdict))


def test_a_state_that_nobody_knows_is_told_at_the_first_sight():
    job = Job(RUNNING, Verdict("MELTED", ended=False, known=False, reason="it was hot"), DONE)

    with pytest.raises(UnknownState, match="the job is in the state MELTED and says it was hot; .*may go on") as caught:
        wait_until_ended(job)

    assert 2 == len(job.looked_at)
    assert ("MELTED", "it was hot") == (caught.value.state, caught.value.reason)
    again = pickle.loads(pickle.dumps(caught.value))
    assert ("MELTED", str(caught.value)) == (again.state, str(again))


def test_words_are_judged_in_capitals_or_not_and_a_missing_word_is_not_an_end():
    states = States(good=["Done"], bad=["broken"], going=["QUEUED"])

    assert [
        Verdict("done", ended=True),
        Verdict("BROKEN", ended=True, failed=True, reason="why"),
        Verdict("queued", ended=False),
        Verdict(None, ended=False),
        Verdict("melted", ended=False, known=False),
    ] == [
        states.judge("done"),
        states.judge("BROKEN", reason="why"),
        states.judge("queued"),
        states.judge(None),
        states.judge("melted"),
    ]


def test_failures_survive_pickling():
    error = pickle.loads(pickle.dumps(job_failed("the job", Verdict("BROKEN", ended=True, reason="why"))))

    assert ("the job ended as BROKEN: why", "BROKEN", "why") == (str(error), error.state, error.reason)


def pauses_of(timeout: float, first: float, longest: float) -> list[float]:
    async def main() -> Iterable[float]:
        clock = LoopClock()
        backoff = Backoff(clock, timeout=timeout, first=first, longest=longest)
        moments = [clock.monotonic()]
        while await backoff.pause():
            moments.append(clock.monotonic())
        return [after - before for before, after in pairwise(moments)]

    return list(run_virtually(main()))


def test_the_last_pause_is_cut_to_the_time_left():
    assert [1, 1.5, 2, 2, 0.5] == pytest.approx(pauses_of(timeout=7, first=1, longest=2))


def test_no_time_means_no_pause():
    assert [] == pauses_of(timeout=0, first=1, longest=2)


@pytest.mark.parametrize(
    ("state", "told"),
    [(" done ", (True, True)), ("GOING", (False, True)), ("", (False, True)), ("else", (False, False))],
)
def test_words_mean_the_same_in_any_spelling_and_a_missing_word_is_not_a_state(state, told):
    verdict = States(good=["DONE"], bad=["BAD"], going=["going"]).judge(state)

    assert told == (verdict.ended, verdict.known)
    assert (state.strip() or None) == verdict.state

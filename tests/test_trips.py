"""What jobs ask of the network is what they need."""

from __future__ import annotations

import pytest

from benchmarks.trips import JOBS, Job, asked, not_due

# The columns are read once more when those of the source are known: one that comes only once cannot start over if
# somebody has added a column in the meantime.
MORE = {"upload that adds a column": 1}


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.what)
async def test_a_job_sends_no_more_requests_than_it_needs(job: Job) -> None:
    sent = await asked(job, latency=0)

    assert [] == not_due(job, sent)
    assert job.requests + MORE.get(job.what, 0) == len(sent)

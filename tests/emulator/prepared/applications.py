"""What the rows of tests/contract/applications.py are about: the application ``a-1`` with four jobs."""

from __future__ import annotations

import json

from domo_async._emulator.state.instance import Instance
from tests.contract.row import documented


def prepare(instance: Instance) -> None:
    """Put them into the state, as the samples show them."""
    (application,) = json.loads(documented("E129"))
    own = next(iter(instance.records["applications"]))
    instance.records["applications"].put("a-1", {**own, **application, "applicationId": "a-1"})
    (job,) = json.loads(documented("E130"))["jobs"]
    for name in ("j-1", "j-2", "j-3", "j-4"):
        instance.records["executor_jobs"].put(name, {**job, "jobId": name, "applicationId": "a-1"})


# Instances give an application's times in ISO 8601 by now, where Domo's documentation shows numbers.
FREE = {"E129": ("$[].created", "$[].updated")}

"""A Domo instance on loopback: the documented routes over HTTP, with state, and SQL run by DuckDB.

It is for tests, demonstrations and measurements without a real instance. What the documents do not tell and
the emulator had to choose is called "emulator-defined" where it stands in the code.
"""

from __future__ import annotations

from importlib.util import find_spec as _find_spec

# They are imported when they are first used, which takes a while; the extra is named at once.
if not all(map(_find_spec, ("duckdb", "sqlglot"))):
    raise ImportError('The embedded Domo instance needs: pip install "domo-async[emulator]"')

from domo_async._emulator.faults import ArmedFault, Fault, FaultKind, Faults
from domo_async._emulator.http.log import RequestLog, RequestRecord, Totals
from domo_async._emulator.job_outcomes import Job, JobOutcome, JobOutcomes
from domo_async._emulator.routes.code_engine import Functions, Printed
from domo_async._emulator.seeds.adding import (
    Added,
    AddedAccessToken,
    AddedCard,
    AddedDataset,
    AddedStream,
    AddedTask,
    AddedUser,
    AddedWorkflow,
    Additions,
)
from domo_async._emulator.server import Emulator

__all__ = [
    "Added",
    "AddedAccessToken",
    "AddedCard",
    "AddedDataset",
    "AddedStream",
    "AddedTask",
    "AddedUser",
    "AddedWorkflow",
    "Additions",
    "ArmedFault",
    "Emulator",
    "Fault",
    "FaultKind",
    "Faults",
    "Functions",
    "Job",
    "JobOutcome",
    "JobOutcomes",
    "Printed",
    "RequestLog",
    "RequestRecord",
    "Totals",
]

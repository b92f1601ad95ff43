"""A Domo instance on loopback: the documented routes over HTTP, with state, and SQL run by DuckDB.

It serves tests, demonstrations and measurements without a real instance. Behaviour that Domo's documentation does not
describe, and that the emulator chose, is marked "emulator-defined" in the code.
"""

from __future__ import annotations

from importlib.util import find_spec as _find_spec

# These packages are slow to import, so that they are imported on first use; a missing one is reported now.
if not all(map(_find_spec, ("duckdb", "sqlglot"))):
    raise ImportError('The embedded Domo instance needs: pip install "domo-async[emulator]"')

from domo_async._emulator.faults import ArmedFault, Fault, FaultKind, Faults
from domo_async._emulator.http.log import Exchange, RequestLog, RequestRecord, Totals
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
    "Exchange",
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

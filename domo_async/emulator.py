"""A Domo instance on loopback, for tests and demonstrations; it needs the extra ``emulator``.

`Emulator` is the instance. Its `Additions` put users, datasets, cards and more into it. `Fault` says what goes wrong on
demand, `JobOutcome` how jobs end, `RequestLog` which requests came in.
"""

from __future__ import annotations

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

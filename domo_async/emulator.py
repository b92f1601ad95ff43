"""A Domo instance on loopback, for tests and demonstrations; it needs the extra ``emulator``.

`Emulator` is the instance. `Fault` says what goes wrong on demand, `JobOutcome` how jobs end, `RequestLog` which
requests came in.
"""

from __future__ import annotations

from domo_async._emulator import (
    ArmedFault,
    Emulator,
    Fault,
    FaultKind,
    Faults,
    Functions,
    Job,
    JobOutcome,
    JobOutcomes,
    Printed,
    RequestLog,
    RequestRecord,
    Totals,
)

__all__ = [
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

"""A Domo instance on loopback: the documented routes over HTTP, with state, and SQL run by DuckDB.

It is for tests, demonstrations and measurements without a real instance. What the documents do not tell and
the emulator had to choose is called "emulator-defined" where it stands in the code.
"""

from __future__ import annotations

try:
    import duckdb as _duckdb  # noqa: F401 - only to name the extra before anything else fails
    import sqlglot as _sqlglot  # noqa: F401
except ImportError as _error:
    raise ImportError('The embedded Domo instance needs: pip install "domo-async[emulator]"') from _error

from domo_async.emulator.faults import ArmedFault, Fault, FaultKind, Faults
from domo_async.emulator.log import RequestLog, RequestRecord, Totals
from domo_async.emulator.outcomes import Job, Outcome, Outcomes
from domo_async.emulator.routes.code_engine import Functions, Printed
from domo_async.emulator.server import Emulator

__all__ = [
    "ArmedFault",
    "Emulator",
    "Fault",
    "FaultKind",
    "Faults",
    "Functions",
    "Job",
    "Outcome",
    "Outcomes",
    "Printed",
    "RequestLog",
    "RequestRecord",
    "Totals",
]

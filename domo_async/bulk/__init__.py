"""Many changes in one call: a result for each, and one report of all."""

from __future__ import annotations

from domo_async.bulk.report import BulkReport, BulkResult, Outcome
from domo_async.bulk.running import (
    IN_DOUBT,
    BulkOptions,
    BulkProgress,
    BulkProgressCallback,
    Plan,
    attempt,
    bring_about,
    carry_out,
    each_of,
)
from domo_async.bulk.settling import create_once, may_have_happened

__all__ = [
    "IN_DOUBT",
    "BulkOptions",
    "BulkProgress",
    "BulkProgressCallback",
    "BulkReport",
    "BulkResult",
    "Outcome",
    "Plan",
    "attempt",
    "bring_about",
    "carry_out",
    "create_once",
    "each_of",
    "may_have_happened",
]

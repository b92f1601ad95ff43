"""Bulk calls: many changes in one call, with a result for each and one report of all."""

from __future__ import annotations

from domo_async._bulk.executor import (
    IN_DOUBT,
    BulkOptions,
    BulkProgress,
    BulkProgressCallback,
    Plan,
    apply_many,
    attempt,
    carry_out,
)
from domo_async._bulk.reconcile import Steps, reconcile, reconcile_many
from domo_async._bulk.report import BulkReport, BulkResult, Outcome
from domo_async._bulk.resolve_unknown import create_once, outcome_unknown, still_unknown

__all__ = [
    "IN_DOUBT",
    "BulkOptions",
    "BulkProgress",
    "BulkProgressCallback",
    "BulkReport",
    "BulkResult",
    "Outcome",
    "Plan",
    "Steps",
    "apply_many",
    "attempt",
    "carry_out",
    "create_once",
    "outcome_unknown",
    "reconcile",
    "reconcile_many",
    "still_unknown",
]

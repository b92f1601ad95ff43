"""A read-only check of your own instance; `Domo.doctor` runs it."""

from __future__ import annotations

from domo_async._doctor.examining import Bounds, Guard, NotSent, examine, patient
from domo_async._doctor.reads import ReadOnly, only_reads
from domo_async._doctor.report import Check, DoctorReport, Finding, FindingKind, Identity, Verdict
from domo_async._doctor.shapes import Shapes

__all__ = [
    "Bounds",
    "Check",
    "DoctorReport",
    "Finding",
    "FindingKind",
    "Guard",
    "Identity",
    "NotSent",
    "ReadOnly",
    "Shapes",
    "Verdict",
    "examine",
    "only_reads",
    "patient",
]

"""Connects `Access` with its audit, which also needs users, groups and roles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from domo_async._endpoints.datasets.audit import AccessAudit
from domo_async._transport import Transport

__all__ = ["AuditAccess", "audit_engine", "set_audit_engine"]


class AuditAccess(Protocol):
    """The engine of the audit. It also needs users, groups and roles, so the client connects it with datasets."""

    async def __call__(
        self, http: Transport, dataset_ids: Sequence[str] | None, *, roles: bool, policies: bool, concurrency: int
    ) -> AccessAudit:
        """Return the users who may see datasets; None stands for all datasets."""
        ...


_load_engine: Callable[[], AuditAccess]


def set_audit_engine(load: Callable[[], AuditAccess]) -> None:
    """Set the function that loads the engine on first use, as loading imports several areas."""
    global _load_engine  # noqa: PLW0603 - set by the client alone
    _load_engine = load


def audit_engine() -> AuditAccess:
    """Return the engine."""
    return _load_engine()

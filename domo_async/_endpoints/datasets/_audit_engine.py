"""The connection of datasets' access with its audit, which needs users, groups and roles, too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from domo_async._endpoints.datasets.audit import AccessAudit
from domo_async._transport import Transport

__all__ = ["AuditAccess", "audit_engine", "set_audit_engine"]


class AuditAccess(Protocol):
    """The engine of the audit. It needs users, groups and roles besides datasets, so that the client connects both."""

    async def __call__(
        self, http: Transport, dataset_ids: Sequence[str] | None, *, roles: bool, policies: bool, concurrency: int
    ) -> AccessAudit:
        """Return the users who may see datasets; None stands for all datasets."""
        ...


_load_engine: Callable[[], AuditAccess]


def set_audit_engine(load: Callable[[], AuditAccess]) -> None:
    """Set how the engine is loaded, which imports several areas, once it is needed."""
    global _load_engine  # noqa: PLW0603 - set by the client alone
    _load_engine = load


def audit_engine() -> AuditAccess:
    """Return the engine."""
    return _load_engine()

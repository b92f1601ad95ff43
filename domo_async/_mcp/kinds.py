"""The kinds of changes that may be allowed, and the guard below the tools that sends nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from domo_async._doctor import ReadOnly
from domo_async.errors import ConfigError

if TYPE_CHECKING:
    from domo_async._transport.request import Request

__all__ = ["ROUTES", "Guard", "WriteKind", "not_allowed"]


class WriteKind(StrEnum):
    """The kinds of things that tools change."""

    DATASETS = "datasets"
    DATAFLOWS = "dataflows"
    CONNECTORS = "connectors"
    GROUPS = "groups"
    USERS = "users"
    WORKFLOWS = "workflows"


ROUTES: Mapping[WriteKind, frozenset[tuple[str, str]]] = MappingProxyType(
    {
        WriteKind.DATASETS: frozenset(
            {
                ("POST", "/api/data/v2/datasources"),
                ("POST", "/api/data/v3/datasources/{}/uploads"),
                ("PUT", "/api/data/v3/datasources/{}/uploads/{}/parts/{}"),
                ("PUT", "/api/data/v3/datasources/{}/uploads/{}/commit"),
                ("PUT", "/api/data/v3/datasources/{}/properties"),
                ("POST", "/api/data/ui/v3/datasources/{}/tags"),
            }
        ),
        WriteKind.DATAFLOWS: frozenset({("POST", "/api/dataprocessing/v1/dataflows/{}/executions")}),
        WriteKind.CONNECTORS: frozenset({("POST", "/api/data/v1/streams/{}/executions")}),
        WriteKind.GROUPS: frozenset({("PUT", "/api/content/v2/groups/access")}),
        WriteKind.USERS: frozenset({("POST", "/api/identity/v1/users"), ("PATCH", "/api/identity/v1/users/{}")}),
        WriteKind.WORKFLOWS: frozenset(
            {("POST", "/api/workflow/v1/instances/message"), ("POST", "/api/workflow/v1/instances/{}/cancel")}
        ),
    }
)
"""The requests that change something, by the kind that has to be allowed for them. None of them deletes anything."""


def not_allowed(kind: WriteKind) -> str:
    """Return the message about a change that is not allowed."""
    return (
        "This change is not allowed, so nothing was sent. The operator of the server can allow it with --allow-writes"
        f" {kind}"
    )


class Guard(ReadOnly):
    """Lets requests pass that change nothing, and changes of the allowed kinds.

    Args:
        allowed: The kinds.
    """

    def __init__(self, allowed: Iterable[WriteKind] = ()) -> None:
        self._allowed = frozenset[tuple[str, str]]().union(*(ROUTES[kind] for kind in allowed))

    def admit(self, request: Request, *, streamed: bool) -> None:
        """Let a request pass if it only reads, or if its kind of change is allowed.

        Raises:
            ConfigError: It does neither; nothing was sent.
        """
        asked = (request.method, request.url.template)
        if asked in self._allowed:
            return
        kind = next((kind for kind, routes in ROUTES.items() if asked in routes), None)
        if kind is not None:
            raise ConfigError(not_allowed(kind))
        super().admit(request, streamed=streamed)

"""Roles: E124 to E128, and what other clients describe."""

from __future__ import annotations

from domo_async._endpoints.roles import AuthoritiesChange, Role
from tests.contract.row import Row, Sent, documented, whole

ROWS = [
    Row(
        "E124",
        lambda domo: domo.roles.create(name="Steward", description="Keeps things", from_role_id=2),
        Sent(
            "POST",
            "/api/authorization/v1/roles",
            json={"name": "Steward", "description": "Keeps things", "fromRoleId": 2},
            answer=whole({"id": 1234567, "name": "", "description": ""}),
        ),
        gives=Role,
    ),
    Row(
        "E125",
        lambda domo: domo.roles.get(1),
        Sent("GET", "/api/authorization/v1/roles/1", answer=documented("E125")),
        gives=Role,
    ),
    Row(
        "E126",
        lambda domo: domo.roles.list().all(),
        Sent(
            "GET",
            "/api/authorization/v1/roles",
            query={"limit": "100", "offset": "0"},
            answer=b"[" + documented("E125") + b"]",
        ),
        gives=Role,
    ),
    Row(
        "E127",
        lambda domo: domo.roles.set_authorities(1, authorities=["dataset.manage", "dataset.export"]),
        Sent(
            "PATCH",
            "/api/authorization/v1/roles/1/authorities",
            json=["dataset.manage", "dataset.export"],
            answer=whole({"status": "SUCCESS", "message": ""}),
        ),
        gives=AuthoritiesChange,
    ),
    Row(
        "E128",
        lambda domo: domo.roles.delete(1),
        Sent("DELETE", "/api/authorization/v1/roles/1", status=204),
    ),
    Row(
        "extra: Roles Governance, Role authorities",
        lambda domo: domo.roles.authorities(1),
        Sent(
            "GET",
            "/api/authorization/v1/roles/1/authorities",
            answer=whole(["dataset.manage", "dataset.export"]),
        ),
        gives=lambda found: found == ("dataset.manage", "dataset.export"),
    ),
    Row(
        "extra: Roles Governance, Sync authorities",
        lambda domo: domo.roles.sync_authorities(5, ["dataset.manage", "audit.view"]),
        (
            Sent("GET", "/api/authorization/v1/roles/5/authorities", answer=whole(["page.view", "audit.view"])),
            Sent(
                "PATCH",
                "/api/authorization/v1/roles/5/authorities",
                json=["dataset.manage", "audit.view"],
                answer=whole({"status": "SUCCESS", "message": ""}),
            ),
        ),
        gives=lambda report: ["added", "unchanged", "removed"] == [result.outcome for result in report],
    ),
    Row(
        "extra: Roles Governance, Assign",
        lambda domo: domo.roles.assign(5, ["ada@example.com", 28, 29], concurrency=1),
        (
            Sent(
                "GET",
                "/api/identity/v1/users",
                query={"parts": "DETAILED", "limit": "100", "offset": "0"},
                answer=whole(
                    {"users": [{"id": 27, "emailAddress": "Ada@example.com", "roleId": 5}, {"id": 28, "roleId": 4}]}
                ),
            ),
            Sent(
                "GET",
                "/api/identity/v1/users/29",
                query={"parts": "DETAILED"},
                answer=whole({"users": [{"id": 29, "roleId": 5}]}),
            ),
            Sent(
                "GET",
                "/api/authorization/v1/roles",
                query={"limit": "100", "offset": "0"},
                answer=whole([{"id": 5, "name": "Social"}]),
            ),
            Sent("PATCH", "/api/identity/v1/users/28", json={"roleId": 5}, answer=whole({"id": 28, "roleId": 5})),
        ),
        gives=lambda report: ["unchanged", "updated", "unchanged"] == [result.outcome for result in report],
    ),
]

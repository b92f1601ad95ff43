"""Roles: E124 to E128, and what other clients describe."""

from __future__ import annotations

from domo_async._endpoints.roles import Authority, Role, RoleChange, RoleUser
from tests.contract.row import Row, Sent, documented, refusal, searched, whole

ROLES = "/api/authorization/v1/roles"
CHANGED = whole({"status": "SUCCESS", "message": ""})

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
        gives=RoleChange,
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
            searched("ada@example.com", users=[]),
            Sent(
                "GET",
                "/api/authorization/v1/roles",
                query={"limit": "100", "offset": "0"},
                answer=whole([{"id": 5, "name": "Social"}]),
                beside=True,
            ),
            Sent(
                "GET",
                "/api/identity/v1/users",
                query={"parts": "DETAILED", "limit": "100", "offset": "0"},
                beside=True,
                answer=whole(
                    {"users": [{"id": 27, "emailAddress": "Ada@example.com", "roleId": 5}, {"id": 28, "roleId": 4}]}
                ),
            ),
            Sent(
                "GET",
                "/api/identity/v1/users/29",
                query={"parts": "DETAILED"},
                answer=whole({"users": [{"id": 29, "roleId": 5}]}),
                beside=True,
            ),
            Sent("PATCH", "/api/identity/v1/users/28", json={"roleId": 5}, answer=whole({"id": 28, "roleId": 5})),
        ),
        gives=lambda report: ["unchanged", "updated", "unchanged"] == [result.outcome for result in report],
    ),
    Row(
        "E124",
        lambda domo: domo.roles.create(name="Steward", description="Keeps things"),
        Sent(
            "POST",
            ROLES,
            json={"name": "Steward", "description": "Keeps things"},
            answer=whole({"id": 1234567, "name": "Steward", "description": "Keeps things"}),
        ),
        gives=Role,
        note="of nothing",
    ),
    Row(
        "E127",
        lambda domo: domo.roles.set_authorities(1, authorities=["dataset.manage"]),
        (
            Sent("PATCH", f"{ROLES}/1/authorities", json=["dataset.manage"], answer=refusal(405), status=405),
            Sent("PUT", f"{ROLES}/1/authorities", json=["dataset.manage"], answer=CHANGED),
        ),
        gives=RoleChange,
        note="where PATCH is refused",
    ),
    Row(
        "extra: Roles Governance, Update role",
        lambda domo: domo.roles.update(5, name="Steward", description="Keeps things"),
        Sent("PUT", f"{ROLES}/5", json={"id": 5, "name": "Steward", "description": "Keeps things"}, answer=CHANGED),
        gives=RoleChange,
    ),
    Row(
        "extra: Roles Governance, Update role",
        lambda domo: domo.roles.update(5, name="Steward"),
        (
            Sent("GET", f"{ROLES}/5", answer=whole({"id": 5, "name": "Keeper", "description": "Keeps"})),
            Sent("PUT", f"{ROLES}/5", json={"id": 5, "name": "Steward", "description": "Keeps"}),
        ),
        gives=lambda change: change == RoleChange(),
        note="in part, without an answer",
    ),
    Row(
        "extra: Roles Governance, Role users",
        lambda domo: domo.roles.users(5, search="a", sort_by="displayName", ascending=True).all(),
        Sent(
            "GET",
            f"{ROLES}/5/users",
            query={"search": "a", "sort": "displayName", "ascending": "true", "limit": "50", "offset": "0"},
            answer=whole(
                {
                    "totalCount": 3,
                    "totalFilteredCount": 1,
                    "users": [
                        {
                            "department": "Sales",
                            "displayName": "Ada",
                            "email": "ada@example.com",
                            "hireDate": 1735689600000,
                            "jobTitle": "Clerk",
                            "location": "Here",
                            "roleId": 5,
                            "userId": 27,
                        }
                    ],
                }
            ),
        ),
        gives=RoleUser,
        says=lambda answer: answer["users"],
    ),
    Row(
        "extra: Roles Governance, Add users to role",
        lambda domo: domo.roles.add_users(5, users=[27, "28"]),
        Sent("PUT", f"{ROLES}/5/users", json=[27, 28], status=204),
    ),
    Row(
        "extra: Roles Governance, All authorities",
        lambda domo: domo.roles.known_authorities(),
        Sent(
            "GET",
            "/api/authorization/v1/authorities",
            answer=whole(
                [
                    {
                        "adminLevel": True,
                        "assignableByCustomer": True,
                        "authority": "dataset.manage",
                        "authorityUIGroup": "DATA",
                        "dependsOnAuthorities": ["dataset.edit"],
                        "dependsOnFeature": ["pdp"],
                        "description": "Manages all",
                        "implicitAuthorities": ["dataset.export"],
                        "roleIds": [1, 2],
                        "systemGroup": True,
                        "title": "Manage DataSets",
                        "userCount": 2,
                    }
                ]
            ),
        ),
        gives=Authority,
    ),
]

"""Access to datasets brought to a desired state."""

from __future__ import annotations

from domo_async._endpoints.datasets.grants import Grant
from tests.contract.row import Row, Sent, searched, whole

_ACCESS = {
    "list": [
        {"id": "27", "type": "USER", "accessLevel": "OWNER", "name": "Ada"},
        {"id": "28", "type": "USER", "accessLevel": "CAN_VIEW", "name": "Eve"},
        {"id": "5", "type": "GROUP", "accessLevel": "CAN_VIEW", "name": "Buyers"},
    ],
    "totalUserCount": 2,
    "totalGroupCount": 1,
}

ROWS = [
    Row(
        "extra: Datasets, Sync access",
        lambda domo: domo.datasets.access.sync("abc", [Grant("Bob@example.com", "CAN_VIEW"), Grant(28, "CAN_EDIT")]),
        (
            searched("bob@example.com", users=[{"id": 29, "emailAddress": "bob@example.com"}]),
            Sent("GET", "/api/data/v3/datasources/abc/permissions", answer=whole(_ACCESS), beside=True),
            Sent(
                "GET",
                "/api/identity/v1/users/28",
                query={"parts": "DETAILED"},
                answer=whole({"users": [{"id": 28}]}),
                beside=True,
            ),
            Sent(
                "POST",
                "/api/data/v3/datasources/abc/share",
                json={
                    "permissions": [
                        {"id": "29", "type": "USER", "accessLevel": "CAN_VIEW"},
                        {"id": "28", "type": "USER", "accessLevel": "CAN_EDIT"},
                        {"id": "5", "type": "GROUP", "accessLevel": "NONE"},
                    ],
                    "sendEmail": False,
                },
            ),
        ),
        gives=lambda report: ["added", "updated", "unchanged", "removed"] == [result.outcome for result in report],
    ),
    Row(
        "extra: Datasets, Share many",
        lambda domo: domo.datasets.access.share_many(
            ["abc"], permissions=[Grant("eve@example.com", "NONE"), Grant(5, "CAN_SHARE", "GROUP")], send_email=True
        ),
        (
            searched("eve@example.com", users=[{"id": 28, "emailAddress": "eve@example.com"}]),
            Sent("GET", "/api/content/v2/groups/5", answer=whole({"id": 5, "name": "Some"})),
            Sent("GET", "/api/data/v3/datasources/abc/permissions", answer=whole(_ACCESS)),
            Sent(
                "POST",
                "/api/data/v3/datasources/abc/share",
                json={
                    "permissions": [{"id": "5", "type": "GROUP", "accessLevel": "CAN_SHARE"}],
                    "sendEmail": True,
                },
            ),
            Sent(
                "POST",
                "/api/data/v3/datasources/abc/share",
                json={"permissions": [{"id": "28", "type": "USER", "accessLevel": "NONE"}], "sendEmail": False},
                beside=True,
            ),
        ),
        gives=lambda report: [("abc", "updated")] == [(result.input, result.outcome) for result in report],
    ),
    Row(
        "extra: Datasets, Audit of access",
        lambda domo: domo.datasets.access.audit(["abc"], roles=False, policies=False),
        (
            Sent(
                "POST",
                "/api/data/v3/datasources/bulk",
                json=["abc"],
                answer=whole({"dataSources": [{"id": "abc", "name": "Orders", "owner": {"id": "27", "type": "USER"}}]}),
            ),
            Sent(
                "POST",
                "/api/data/v3/datasources/bulk/directpermissions",
                json=["abc"],
                answer=whole([{"dataSourceId": "abc", "id": "28", "type": "USER", "accessLevel": "CAN_VIEW"}]),
            ),
            Sent(
                "GET",
                "/api/identity/v1/users",
                query={"limit": "100", "offset": "0"},
                answer=whole({"users": [{"id": 27, "displayName": "Ada"}, {"id": 28, "displayName": "Eve"}]}),
            ),
        ),
        gives=lambda audit: (
            [("Ada", "owner", "OWNER"), ("Eve", "share", "CAN_VIEW")]
            == [(row.user_name, row.route, row.level) for row in audit.rows]
        ),
    ),
]

"""Pages: E121 to E123, and routes that the documents leave out."""

from __future__ import annotations

import json

from domo_async._endpoints.pages import Page, PageAccess, PageSummary, PageWithCards
from domo_async._endpoints.sharing import Recipient
from tests.contract.row import Row, Sent, documented, whole

SUMMARY = {
    "pageId": 7,
    "pageTitle": "Sales",
    "parentPageId": 5,
    "topPageId": 3,
    "owners": [{"id": 27, "type": "USER", "displayName": "Ada"}],
    "locked": False,
    "cardCount": 2,
    "created": 1654190830737,
    "lastModified": 1654190830738,
}
ACCESS = {
    "users": [
        {"id": 27, "displayName": "Ada", "isOwner": True},
        {"id": 28, "displayName": "Eve", "isOwner": False},
    ],
    "groups": [{"id": 5, "name": "Buyers", "isOwner": False}],
}

ROWS = [
    Row(
        "E121",
        lambda domo: domo.pages.create(parent_page_id=12345, title="New Subpage Title", has_layout=True),
        Sent(
            "POST",
            "/api/content/v1/pages",
            json={"parentPageId": "12345", "title": "New Subpage Title", "hasLayout": True},
            answer=documented("E121"),
        ),
        gives=Page,
    ),
    Row(
        "E121",
        lambda domo: domo.pages.create(parent_page_id="12345", title="New"),
        Sent(
            "POST",
            "/api/content/v1/pages",
            json={"parentPageId": "12345", "title": "New"},
            answer=documented("E121"),
        ),
        gives=Page,
        note="with the instance's default",
    ),
    Row(
        "E122",
        lambda domo: domo.pages.move(page_ids=[123, 456], parent_page_id=789),
        Sent(
            "PUT",
            "/api/content/v1/pages/bulk/move",
            json={"pageIds": [123, 456], "parentPageId": 789, "pagePermission": "ORIGINAL"},
        ),
    ),
    Row(
        "E123",
        lambda domo: domo.pages.revoke_access(12345, 67890),
        Sent("DELETE", "/api/content/v1/share/page/12345/user/67890"),
    ),
    Row(
        "extra: Pages and Cards, Pages admin summary",
        lambda domo: domo.pages.list().all(),
        Sent(
            "POST",
            "/api/content/v1/pages/adminsummary",
            query={"limit": "50", "skip": "0"},
            json={"orderBy": "pageTitle", "ascending": True},
            answer=whole({"pageAdminSummaries": [SUMMARY], "totalPageCount": 1}),
        ),
        gives=PageSummary,
        says=lambda answer: answer["pageAdminSummaries"],
    ),
    Row(
        "extra: Pages and Cards, Pages admin summary",
        lambda domo: domo.pages.list(
            title="sal", parent_page_ids=[5, "6"], order_by="lastModified", ascending=False, skip=35, page_size=35
        ).all(),
        Sent(
            "POST",
            "/api/content/v1/pages/adminsummary",
            query={"limit": "35", "skip": "35"},
            json={
                "orderBy": "lastModified",
                "ascending": False,
                "includePageTitleClause": True,
                "pageTitleSearchText": "sal",
                "includeParentPageIdsClause": True,
                "parentPageIds": [5, "6"],
            },
            answer=whole({"pageAdminSummaries": [SUMMARY]}),
        ),
        gives=PageSummary,
        says=lambda answer: answer["pageAdminSummaries"],
        note="with every condition",
    ),
    Row(
        "extra: Pages and Cards, Get page",
        lambda domo: domo.pages.get(7, parts=["metadata"]),
        Sent(
            "GET",
            "/api/content/v3/stacks/7/cards",
            query={"parts": "metadata"},
            answer=whole(
                {
                    "id": 7,
                    "title": "Sales",
                    "type": "page",
                    "page": json.loads(documented("E121")),
                    "cards": [{"id": 1234, "title": "Sales", "metadata": {"chartType": "badge_vert_bar"}}],
                    "collections": [{"id": 1}],
                    "sizes": [{"id": 1234, "size": "medium"}],
                }
            ),
        ),
        gives=PageWithCards,
    ),
    Row(
        "extra: Pages and Cards, Get page",
        lambda domo: domo.pages.get("7"),
        Sent("GET", "/api/content/v3/stacks/7/cards", answer=whole({"id": 7})),
        gives=PageWithCards,
        note="without parts",
    ),
    Row(
        "extra: Pages and Cards, Delete page",
        lambda domo: domo.pages.delete(7),
        Sent("DELETE", "/api/content/v1/pages/7"),
    ),
    Row(
        "extra: Pages and Cards, Page access list",
        lambda domo: domo.pages.access(7),
        Sent("GET", "/api/content/v1/share/accesslist/page/7", query={"expandUsers": "false"}, answer=whole(ACCESS)),
        gives=PageAccess,
    ),
    Row(
        "extra: Pages and Cards, Sync access",
        lambda domo: domo.pages.sync_access(7, ["Bob@example.com", Recipient(6, "group")]),
        (
            Sent(
                "GET",
                "/api/identity/v1/users",
                query={"parts": "DETAILED", "limit": "100", "offset": "0"},
                answer=whole({"users": [{"id": 29, "emailAddress": "bob@example.com"}]}),
            ),
            Sent("GET", "/api/content/v2/groups/6", answer=whole({"id": 6, "name": "Some"})),
            Sent(
                "GET", "/api/content/v1/share/accesslist/page/7", query={"expandUsers": "false"}, answer=whole(ACCESS)
            ),
            Sent(
                "POST",
                "/api/content/v1/share",
                query={"sendEmail": "false"},
                json={
                    "resources": [{"id": 7, "type": "page"}],
                    "recipients": [{"id": 29, "type": "user"}, {"id": 6, "type": "group"}],
                },
            ),
            Sent("DELETE", "/api/content/v1/share/page/7/user/28"),
        ),
        gives=lambda report: (
            ["added", "added", "unchanged", "removed", "skipped"] == [result.outcome for result in report]
        ),
    ),
    Row(
        "extra: Pages and Cards, Share many",
        lambda domo: domo.pages.share_many([7], recipients=[28, 29], send_email=True),
        (
            Sent(
                "GET",
                "/api/identity/v1/users/28",
                query={"parts": "DETAILED"},
                answer=whole({"users": [{"id": 28}]}),
            ),
            Sent(
                "GET",
                "/api/identity/v1/users/29",
                query={"parts": "DETAILED"},
                answer=whole({"users": [{"id": 29}]}),
            ),
            Sent(
                "GET", "/api/content/v1/share/accesslist/page/7", query={"expandUsers": "false"}, answer=whole(ACCESS)
            ),
            Sent(
                "POST",
                "/api/content/v1/share",
                query={"sendEmail": "true"},
                json={"resources": [{"id": 7, "type": "page"}], "recipients": [{"id": 29, "type": "user"}]},
            ),
        ),
        gives=lambda report: [(7, "updated")] == [(result.input, result.outcome) for result in report],
    ),
    Row(
        "extra: Pages and Cards, Revoke many",
        lambda domo: domo.pages.revoke_many(7, ["Eve@example.com", 27, 30]),
        (
            Sent(
                "GET",
                "/api/identity/v1/users",
                query={"parts": "DETAILED", "limit": "100", "offset": "0"},
                answer=whole({"users": [{"id": 28, "emailAddress": "eve@example.com"}]}),
            ),
            Sent(
                "GET", "/api/content/v1/share/accesslist/page/7", query={"expandUsers": "false"}, answer=whole(ACCESS)
            ),
            Sent("DELETE", "/api/content/v1/share/page/7/user/28"),
        ),
        gives=lambda report: ["removed", "skipped", "unchanged"] == [result.outcome for result in report],
    ),
]

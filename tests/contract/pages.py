"""Pages: E121 to E123, and routes that the documents leave out."""

from __future__ import annotations

import json

from domo_async._endpoints.cards import Card
from domo_async._endpoints.groups.models import Member
from domo_async._endpoints.pages.models import Page, PageAccess, PageSummary, PageWithCards
from domo_async._endpoints.sharing import Recipient
from tests.contract.row import Row, Sent, documented, searched, whole

SUMMARY = {
    "pageId": 7,
    "pageTitle": "Sales",
    "parentPageId": 5,
    "topPageId": 3,
    "owners": [{"id": 27, "type": "USER", "displayName": "Ada"}],
    "locked": False,
    "cardCount": 2,
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
            title="sal", parent_page_ids=[5, "6"], sort_by="lastModified", ascending=False, offset=35, page_size=35
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
            searched("bob@example.com", users=[{"id": 29, "emailAddress": "bob@example.com"}]),
            Sent(
                "GET",
                "/api/content/v1/share/accesslist/page/7",
                query={"expandUsers": "false"},
                answer=whole(ACCESS),
                beside=True,
            ),
            Sent("GET", "/api/content/v2/groups/6", answer=whole({"id": 6, "name": "Some"}), beside=True),
            Sent(
                "POST",
                "/api/content/v1/share",
                query={"sendEmail": "false"},
                json={
                    "resources": [{"id": 7, "type": "page"}],
                    "recipients": [{"id": 29, "type": "user"}, {"id": 6, "type": "group"}],
                },
            ),
            Sent("DELETE", "/api/content/v1/share/page/7/user/28", beside=True),
            Sent("DELETE", "/api/content/v1/share/bulk/page/group/5", query={"resourceIds": "7"}, beside=True),
        ),
        gives=lambda report: (
            ["added", "added", "unchanged", "removed", "removed"] == [result.outcome for result in report]
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
            searched("eve@example.com", users=[{"id": 28, "emailAddress": "eve@example.com"}]),
            Sent(
                "GET",
                "/api/content/v1/share/accesslist/page/7",
                query={"expandUsers": "false"},
                answer=whole(ACCESS),
                beside=True,
            ),
            Sent("DELETE", "/api/content/v1/share/page/7/user/28"),
        ),
        gives=lambda report: ["removed", "skipped", "unchanged"] == [result.outcome for result in report],
    ),
    Row(
        "extra: Pages and Cards, Get page facts",
        lambda domo: domo.pages.details(1234),
        Sent(
            "GET",
            "/api/content/v1/pages/1234",
            answer=whole(
                {
                    "created": 1735689600000,
                    "isOwner": True,
                    "locked": True,
                    "metadata": "text",
                    "mobileEnabled": True,
                    "owners": [{"displayName": "Ada", "id": 27, "type": "USER"}],
                    "pageId": 1234,
                    "pageName": "Sales",
                    "sharedViewPage": True,
                    "title": "Sales",
                    "type": "page",
                    "updated": 1735689600000,
                    "virtualPage": False,
                }
            ),
        ),
        gives=Page,
    ),
    Row(
        "extra: Pages and Cards, Cards on a page",
        lambda domo: domo.pages.cards(1234, parts=["metadata"]),
        Sent(
            "GET",
            "/api/content/v1/pages/1234/cards",
            query={"parts": "metadata"},
            answer=whole([{"id": 5, "title": "Sales", "type": "kpi"}]),
        ),
        gives=Card,
    ),
    Row(
        "extra: Pages and Cards, Update page",
        lambda domo: domo.pages.update(1234, title="Sales", locked=True),
        Sent("PUT", "/api/content/v1/pages/1234", json={"title": "Sales", "locked": True}),
    ),
    Row(
        "extra: Pages and Cards, Add page owners",
        lambda domo: domo.pages.add_owners(
            page_ids=[1, "2"], owners=[27, Member(5, "GROUP")], note="Yours", send_email=False
        ),
        Sent(
            "PUT",
            "/api/content/v1/pages/bulk/owners",
            json={
                "pageIds": [1, 2],
                "owners": [{"id": 27, "type": "USER"}, {"id": 5, "type": "GROUP"}],
                "note": "Yours",
                "sendEmail": False,
            },
        ),
    ),
    Row(
        "extra: Pages and Cards, Remove page owners",
        lambda domo: domo.pages.remove_owners(page_ids=[1], owners=["27"]),
        Sent(
            "POST",
            "/api/content/v1/pages/bulk/owners/remove",
            json={"pageIds": [1], "owners": [{"id": 27, "type": "USER"}]},
        ),
    ),
    Row(
        "seen: Pages, Move to the top",
        lambda domo: domo.pages.move(page_ids=[1, 2]),
        Sent("PUT", "/api/content/v1/pages/bulk/move", json={"pageIds": [1, 2], "pagePermission": "ORIGINAL"}),
    ),
    Row(
        "seen: Pages, Create at the top",
        lambda domo: domo.pages.create(title="Sales"),
        Sent(
            "POST",
            "/api/content/v1/pages",
            json={"parentPageId": "0", "title": "Sales"},
            answer=whole({"pageId": 9, "title": "Sales", "owners": [{"displayName": None, "id": 1, "type": "USER"}]}),
        ),
        gives=Page,
    ),
    Row(
        "seen: Pages, Admin summary as instances answer",
        lambda domo: domo.pages.list(sort_by="createdTime").all(),
        Sent(
            "POST",
            "/api/content/v1/pages/adminsummary",
            query={"limit": "50", "skip": "0"},
            json={"orderBy": "createdTime", "ascending": True},
            answer=whole(
                {
                    "pageAdminSummaries": [
                        {
                            "pageId": 2,
                            "pageTitle": "Sales",
                            "pageType": "page",
                            "subType": "page",
                            "parentPageId": None,
                            "parentPageTitle": None,
                            "topPageId": 2,
                            "topPageTitle": "Sales",
                            "ownerId": 27,
                            "ownerName": "Ada",
                            "owners": [{"displayName": "Ada", "id": 27, "type": "USER"}],
                            "locked": False,
                            "lastModified": 1735689600000,
                            "cardCount": None,
                            "dataAppId": 7,
                            "dataAppTitle": "Portal",
                        }
                    ],
                    "totalPageCount": 1,
                }
            ),
        ),
        gives=PageSummary,
        says=lambda answer: answer["pageAdminSummaries"],
    ),
    Row(
        "extra: Pages and Cards, Pages admin summary",
        lambda domo: domo.pages.list(owner_ids=[27, "28"], page_size=35).all(),
        Sent(
            "POST",
            "/api/content/v1/pages/adminsummary",
            query={"limit": "35", "skip": "0"},
            json={
                "orderBy": "pageTitle",
                "ascending": True,
                "includePageOwnerClause": True,
                "ownerIds": [27, "28"],
            },
            answer=whole({"pageAdminSummaries": [SUMMARY]}),
        ),
        gives=PageSummary,
        says=lambda answer: answer["pageAdminSummaries"],
        note="of some owners",
    ),
]

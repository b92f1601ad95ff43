"""Pages: E121 to E123."""

from __future__ import annotations

from domo_async.endpoints.pages import Page
from tests.contract.row import Row, Sent, documented

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
]

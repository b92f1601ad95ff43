"""Publications, which the documents leave out."""

from __future__ import annotations

from domo_async._endpoints.publications import (
    Publication,
    PublicationSummary,
    PublishedContent,
)
from tests.contract.row import Row, Sent, whole

ROUTE = "/api/publish/v2/publication"
NOW = "2026-03-06T12:00:00.000Z"


ROWS = [
    Row(
        "extra: Publish, List publications",
        lambda domo: domo.publications.list(search="Sales").all(),
        Sent(
            "GET",
            f"{ROUTE}/summaries",
            query={"searchTerm": "Sales", "limit": "100", "offset": "0"},
            answer=whole(
                [
                    {
                        "id": "abc",
                        "name": "Sales",
                        "description": "For shops",
                        "userId": 27,
                        "cards": 1,
                        "dataApps": 0,
                        "dataSets": 2,
                        "pages": 1,
                        "subscribers": 1,
                        "totalSubscribers": 2,
                        "invalidSubscribers": 0,
                        "refreshing": True,
                        "executionType": "CREATE",
                        "executionStatusDescription": "done",
                        "executionStartTime": NOW,
                        "executionEndTime": NOW,
                    }
                ]
            ),
        ),
        gives=PublicationSummary,
    ),
    Row(
        "extra: Publish, Get publication",
        lambda domo: domo.publications.get("abc"),
        Sent(
            "GET",
            f"{ROUTE}/abc",
            answer=whole(
                {
                    "id": "abc",
                    "name": "Sales",
                    "description": "For shops",
                    "customerId": "acme",
                    "userId": 27,
                    "type": "CONTENT",
                    "isPublic": False,
                    "created": NOW,
                    "content": {"type": "PAGE", "domoObjectId": "7"},
                    "children": [{}],
                    "subscribers": [
                        {
                            "id": "s",
                            "domain": "shop.domo.com",
                            "customerId": "shop",
                            "publicationId": "abc",
                            "created": NOW,
                        }
                    ],
                }
            ),
        ),
        gives=Publication,
    ),
    Row(
        "extra: Publish, Create publication",
        lambda domo: domo.publications.create(
            name="Sales",
            domain="acme.domo.com",
            content=[PublishedContent(7)],
            subscriber_domains=["shop.domo.com"],
            publication_id="5177f516-e50d-47d8-a287-a8a707425c3c",
        ),
        Sent(
            "POST",
            ROUTE,
            json={
                "id": "5177f516-e50d-47d8-a287-a8a707425c3c",
                "new": "true",
                "name": "Sales",
                "domain": "acme.domo.com",
                "content": [{"domain": "acme.domo.com", "domoObjectId": "7", "type": "PAGE"}],
                "subscriberDomain": ["shop.domo.com"],
            },
            status=202,
            answer=b"{}",
        ),
        gives=lambda number: number == "5177f516-e50d-47d8-a287-a8a707425c3c",
    ),
]

"""Cards: E026, E027, and routes that the documents leave out."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from tempfile import TemporaryDirectory

from domo_async._endpoints.cards import Card, CardDefinition, CardPart, Rendering, RenderPart
from domo_async._endpoints.groups.models import Member
from tests.contract.row import Row, Sent, documented, whole

SCRATCH = TemporaryDirectory()
PNG = b64encode(b"\x89PNG\r\n\x1a\n").decode()
CARD = {
    "id": 1234,
    "urn": "1234",
    "type": "kpi",
    "title": "Sales",
    "description": "By region",
    "ownerId": 27,
    "owners": [{"id": "27", "type": "USER", "displayName": "Ada"}],
    "access": True,
    "active": True,
    "locked": False,
    "created": 1654190830737,
    "lastModified": 1654190830738,
    "metadata": {"chartType": "badge_vert_bar"},
    "datasources": [{"dataSourceId": "abc", "dataSourceName": "Orders"}],
    "properties": {},
    "certification": {"state": "CERTIFIED"},
    "drillPathURNs": ["dr:1:1234"],
    "domoapp": None,
}

ROWS = [
    Row(
        "extra: Pages and Cards, Get cards",
        lambda domo: domo.cards.get([1234, "5"], parts=[CardPart.METADATA, "datasources"]),
        Sent(
            "GET",
            "/api/content/v1/cards",
            query={"urns": "1234,5", "parts": "metadata,datasources"},
            answer=whole([CARD]),
        ),
        gives=Card,
    ),
    Row(
        "extra: Pages and Cards, Get cards",
        lambda domo: domo.cards.get([1234]),
        Sent("GET", "/api/content/v1/cards", query={"urns": "1234"}, answer=whole([{"id": 1234}])),
        gives=Card,
        note="with little known",
    ),
    Row(
        "extra: Pages and Cards, Cards admin summary",
        lambda domo: domo.cards.list().all(),
        Sent(
            "POST",
            "/api/content/v2/cards/adminsummary",
            query={"limit": "100", "skip": "0"},
            json={"orderBy": "cardTitle", "ascending": True},
            answer=whole(
                {
                    "cardAdminSummaries": [
                        {**CARD, "cardId": 1234, "cardTitle": "Sales", "pageHierarchy": [{"pageId": 7}]}
                    ],
                    "totalCardCount": 1,
                }
            ),
        ),
        gives=Card,
        says=lambda answer: answer["cardAdminSummaries"],
    ),
    Row(
        "extra: Pages and Cards, Cards admin summary",
        lambda domo: domo.cards.list(
            title="sal",
            page_ids=[7, "8"],
            sort_by="lastModified",
            ascending=False,
            parts=["owners"],
            offset=10,
            limit=5,
        ).all(),
        Sent(
            "POST",
            "/api/content/v2/cards/adminsummary",
            query={"limit": "5", "skip": "10", "parts": "owners"},
            json={
                "orderBy": "lastModified",
                "ascending": False,
                "includeCardTitleClause": True,
                "cardTitleSearchText": "sal",
                "pageIds": [7, "8"],
            },
            answer=whole({"cardAdminSummaries": [CARD]}),
        ),
        gives=Card,
        says=lambda answer: answer["cardAdminSummaries"],
        note="with every condition",
    ),
    Row(
        "E026",
        lambda domo: domo.cards.update_title(1234, title="Sales", description="By region"),
        Sent(
            "PUT",
            "/api/content/v1/cards/1234/title",
            json={
                "dynamicTitle": {"text": [{"type": "TEXT", "text": "Sales"}]},
                "dynamicDescription": {"text": [{"type": "TEXT", "text": "By region"}]},
            },
            answer=whole({}),
        ),
    ),
    Row(
        "E026",
        lambda domo: domo.cards.update_title("1234", title="Sales"),
        Sent(
            "PUT",
            "/api/content/v1/cards/1234/title",
            json={"dynamicTitle": {"text": [{"type": "TEXT", "text": "Sales"}]}},
            answer=whole({}),
        ),
        note="without a description",
    ),
    Row(
        "E027",
        lambda domo: domo.cards.render(
            1234,
            parts=["title", RenderPart.IMAGE_PDF],
            query_overrides={},
            treat_longs_as_strings=True,
            card_load_context={},
        ),
        Sent(
            "PUT",
            "/api/content/v1/cards/kpi/1234/render",
            query={"parts": "title,imagePDF"},
            json={"queryOverrides": {}, "treatLongsAsStrings": True, "cardLoadContext": {}},
            answer=documented("E027"),
        ),
        gives=Rendering,
    ),
    Row(
        "E027",
        lambda domo: domo.cards.render_to(1234, Path(SCRATCH.name, "card.png"), width=800, scale=2),
        Sent(
            "PUT",
            "/api/content/v1/cards/kpi/1234/render",
            query={"parts": "title,image"},
            json={"width": 800, "scale": 2},
            answer=whole({"title": "Sales", "image": {"data": PNG}}),
        ),
        gives=Rendering,
        note="into a file",
    ),
    Row(
        "E027",
        lambda domo: domo.cards.render(
            "1234", parts=["title", "image"], locale="en-US", width=1800, height=2000, scale=2, num_table_pages=100
        ),
        Sent(
            "PUT",
            "/api/content/v1/cards/kpi/1234/render",
            query={"locale": "en-US", "parts": "title,image"},
            json={"width": 1800, "height": 2000, "scale": 2, "numTablePages": 100},
            answer=whole(
                {
                    "title": "Sales",
                    "image": {"data": "iVBORw0KGgo=", "notAllDataShown": False},
                    "limited": False,
                    "notAllDataShown": False,
                }
            ),
        ),
        gives=Rendering,
        note="keyed by part",
    ),
    Row(
        "E027",
        lambda domo: domo.cards.render(1234, parts=list(RenderPart)),
        Sent(
            "PUT",
            "/api/content/v1/cards/kpi/1234/render",
            query={
                "parts": "title,chartType,queryResult,data,image,imagePDF,graph,dynamic,summary,summaryImage,"
                "dataSource,pdp,annotations,extendedDateInfo,table"
            },
            json={},
            answer=whole(
                {
                    "title": "Sales",
                    "chartType": "badge_basic_table",
                    "queryResult": {"rows": [["North", 1.5]]},
                    "data": {"rows": 1},
                    "image": {"pages": ["JVBERi0=", "JVBERi0="], "message": "2 of 3"},
                    "imagePDF": {"data": "JVBERi0="},
                    "graph": {"x": 1},
                    "dynamic": {"title": "Sales"},
                    "summary": "12",
                    "summaryImage": {"data": "iVBORw0KGgo="},
                    "dataSource": {"id": "ds"},
                    "pdp": False,
                    "annotations": [],
                    "extendedDateInfo": None,
                    "table": "<table/>",
                    "html": "<div>JVBERi0=</div>",
                }
            ),
        ),
        gives=Rendering,
        note="with every part",
    ),
    Row(
        "seen: Cards, Get cards as instances answer",
        lambda domo: domo.cards.get([1234], include_filtered=True),
        Sent(
            "GET",
            "/api/content/v1/cards",
            query={"urns": "1234", "includeFiltered": "true"},
            answer=whole(
                [
                    {
                        "id": 1234,
                        "urn": "1234",
                        "type": "kpi",
                        "title": "Sales",
                        "ownerId": 27,
                        "creatorId": 27,
                        "owners": [{"id": "27", "type": "USER", "displayName": "Ada"}],
                        "isCurrentUserOwner": False,
                        "access": False,
                        "created": 1603811235,
                        "badgeUpdated": 1603811235000,
                        "allowTableDrill": True,
                    }
                ]
            ),
        ),
        gives=Card,
    ),
    Row(
        "extra: Pages and Cards, KPI definition",
        lambda domo: domo.cards.definition(1234, dynamic_text=True, variables=True),
        Sent(
            "PUT",
            "/api/content/v3/cards/kpi/definition",
            json={"urn": "1234", "dynamicText": True, "variables": True},
            answer=whole(
                {
                    "columns": [
                        {
                            "hidden": False,
                            "id": "region",
                            "isAggregatable": True,
                            "isCalculation": False,
                            "isControlled": False,
                            "isEncrypted": False,
                            "name": "region",
                            "order": 0,
                            "sourceId": "abc",
                            "type": "string",
                        }
                    ],
                    "dataSourceWrite": True,
                    "definition": {"charts": {"main": {"chartType": "badge_basic_table"}}, "subscriptions": {}},
                    "drillpath": [],
                    "embedded": False,
                    "id": 1234,
                    "urn": "1234",
                }
            ),
        ),
        gives=CardDefinition,
    ),
    Row(
        "extra: Pages and Cards, Bulk delete cards",
        lambda domo: domo.cards.delete_many([1234, "5"]),
        Sent("DELETE", "/api/content/v1/cards/bulk", query={"cardIds": "1234,5"}),
    ),
    Row(
        "extra: Pages and Cards, Update owners",
        lambda domo: domo.cards.add_owners(card_ids=[1234, "5"], owners=[27], note="Yours", send_email=False),
        Sent(
            "POST",
            "/api/content/v1/cards/owners/add",
            json={
                "cardIds": [1234, 5],
                "cardOwners": [{"id": "27", "type": "USER"}],
                "note": "Yours",
                "sendEmail": False,
            },
        ),
    ),
    Row(
        "extra: Pages and Cards, Update owners",
        lambda domo: domo.cards.remove_owners(card_ids=[1234], owners=[27, Member(5, "GROUP")]),
        Sent(
            "POST",
            "/api/content/v1/cards/owners/remove",
            json={"cardIds": [1234], "cardOwners": [{"id": "27", "type": "USER"}, {"id": "5", "type": "GROUP"}]},
        ),
    ),
]

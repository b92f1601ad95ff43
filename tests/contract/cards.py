"""Cards: E026 and E027."""

from __future__ import annotations

from domo_async.endpoints.cards import Rendering, RenderPart
from tests.contract.row import Row, Sent, documented, whole

ROWS = [
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
]

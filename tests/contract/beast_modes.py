"""Beast Modes: E021 to E025."""

from __future__ import annotations

from domo_async._endpoints.beast_modes import BeastMode, BeastModeFilter, BeastModeStatistics
from tests.contract.row import Row, Sent, documented, whole

ROWS = [
    Row(
        "E021",
        lambda domo: domo.beast_modes.statistics(),
        Sent("GET", "/api/query/v1/functions/statistics", answer=documented("E021")),
        gives=BeastModeStatistics,
    ),
    Row(
        "E022",
        lambda domo: domo.beast_modes.search(name="", filters=["notvariable"], page_size=3).first(),
        Sent(
            "POST",
            "/api/query/v1/functions/search",
            json={
                "name": "",
                "filters": [{"field": "notvariable"}],
                "sort": {"field": "name", "ascending": True},
                "limit": 3,
                "offset": 0,
            },
            answer=documented("E022"),
        ),
        gives=BeastMode,
        says=lambda answer: answer["results"][0],
    ),
    Row(
        "E022",
        lambda domo: domo.beast_modes.search(
            filters=[BeastModeFilter("owner", [27, 28]), BeastModeFilter("notvariable")],
            sort_by="lastModified",
            ascending=False,
            offset=5,
            limit=1,
        ).all(),
        Sent(
            "POST",
            "/api/query/v1/functions/search",
            json={
                "filters": [{"field": "owner", "idList": [27, 28]}, {"field": "notvariable"}],
                "sort": {"field": "lastModified", "ascending": False},
                "limit": 1,
                "offset": 5,
            },
            answer=documented("E022"),
        ),
        gives=BeastMode,
        says=lambda answer: answer["results"],
        note="of some users",
    ),
    Row(
        "E022",
        lambda domo: domo.beast_modes.search(sort_by="created").first(),
        Sent(
            "POST",
            "/api/query/v1/functions/search",
            json={"filters": [], "sort": {"field": "created", "ascending": True}, "limit": 100, "offset": 0},
            answer=documented("E022"),
        ),
        gives=BeastMode,
        says=lambda answer: answer["results"][0],
        note="without conditions",
    ),
    Row(
        "E023",
        lambda domo: domo.beast_modes.get(232),
        Sent("GET", "/api/query/v1/functions/template/232", answer=documented("E023")),
        gives=BeastMode,
    ),
    Row(
        "E024",
        lambda domo: domo.beast_modes.update(232, expression="SUM(`Orders`)", strict=False),
        Sent(
            "PUT",
            "/api/query/v1/functions/template/232",
            query={"strict": "false"},
            json={"expression": "SUM(`Orders`)"},
            answer=documented("E024"),
        ),
        gives=BeastMode,
    ),
    Row(
        "E024",
        lambda domo: domo.beast_modes.update(232, expression="SUM(`Orders`)"),
        Sent(
            "PUT",
            "/api/query/v1/functions/template/232",
            json={"expression": "SUM(`Orders`)"},
            answer=documented("E024"),
        ),
        gives=BeastMode,
        note="as strictly as the instance has it",
    ),
    Row(
        "E025",
        lambda domo: domo.beast_modes.lock(232),
        Sent("PUT", "/api/query/v1/functions/template/232", json={"locked": True}, answer=documented("E025")),
        gives=BeastMode,
    ),
    Row(
        "E025",
        lambda domo: domo.beast_modes.lock(232, locked=False),
        Sent("PUT", "/api/query/v1/functions/template/232", json={"locked": False}, answer=documented("E023")),
        gives=BeastMode,
        note="to unlock",
    ),
    Row(
        "seen: Beast Modes, Create",
        lambda domo: domo.beast_modes.create(
            name="Total",
            expression="SUM(`amount`)",
            data_set_id="abc",
            data_type="DECIMAL",
            aggregated=True,
            strict=True,
        ),
        Sent(
            "POST",
            "/api/query/v1/functions/template",
            query={"strict": "true"},
            json={
                "name": "Total",
                "expression": "SUM(`amount`)",
                "dataType": "DECIMAL",
                "aggregated": True,
                "global": False,
                "variable": False,
                "links": [
                    {
                        "resource": {"type": "DATA_SOURCE", "id": "abc"},
                        "visible": True,
                        "active": False,
                        "valid": "VALID",
                    }
                ],
            },
            answer=whole({"id": 27, "name": "Total", "expression": "SUM(`amount`)"}),
        ),
        gives=BeastMode,
    ),
    Row(
        "seen: Beast Modes, Delete",
        lambda domo: domo.beast_modes.delete(27),
        Sent("DELETE", "/api/query/v1/functions/template/27"),
    ),
    Row(
        "seen: Beast Modes, List by ids",
        lambda domo: domo.beast_modes.get_many([27, "29"]),
        Sent(
            "POST",
            "/api/query/v1/functions/list/id",
            json={"ids": ["27", "29"]},
            answer=whole({"27": {"id": 27, "name": "Total", "description": "Of all", "status": "VALID"}}),
        ),
        gives=BeastMode,
        says=lambda answer: list(answer.values()),
    ),
    Row(
        "seen: Beast Modes, Get a hidden one",
        lambda domo: domo.beast_modes.get(27, hidden=True),
        Sent(
            "GET",
            "/api/query/v1/functions/template/27",
            query={"hidden": "true"},
            answer=whole(
                {
                    "id": 27,
                    "name": "Total",
                    "links": [
                        {
                            "resource": {"type": "FUNCTION_TEMPLATE", "id": "29"},
                            "visible": False,
                            "active": True,
                            "valid": "INCOMPATIBLE_LINK",
                        }
                    ],
                }
            ),
        ),
        gives=BeastMode,
    ),
    Row(
        "extra: Beast Modes, Bulk templates",
        lambda domo: domo.beast_modes.set_owner([27, "28"], 700632941),
        (
            Sent(
                "POST",
                "/api/query/v1/functions/list/id",
                json={"ids": ["27", "28"]},
                answer=whole({"27": {"id": 27, "links": [{"resource": {"id": "a"}, "new": 1}]}, "28": {"id": 28}}),
            ),
            Sent(
                "POST",
                "/api/query/v1/functions/bulk/template",
                json={
                    "update": [
                        {"id": 27, "owner": 700632941, "links": [{"resource": {"id": "a"}, "new": 1}]},
                        {"id": 28, "owner": 700632941, "links": []},
                    ]
                },
            ),
        ),
    ),
]

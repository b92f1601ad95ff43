"""Lineage, as an instance was seen to answer it."""

from __future__ import annotations

from domo_async._endpoints.lineage import ImpactCounts
from tests.contract.readable import assert_says
from tests.contract.row import Row, Sent, whole

LINEAGE = "/api/data/v1/lineage"


def link(kind: str, name: str) -> dict[str, object]:
    return {"type": kind, "id": name, "complete": True, "children": [], "parents": []}


FOUND = {
    "DATA_SOURCEabc": {
        "type": "DATA_SOURCE",
        "id": "abc",
        "descendantCounts": {},
        "ancestorCounts": {"DATA_SOURCE": 1, "DATAFLOW": 1},
        "complete": True,
        "children": [link("CARD", "7")],
        "parents": [link("DATAFLOW", "4")],
    },
    "DATAFLOW4": {
        "type": "DATAFLOW",
        "id": "4",
        "descendantCounts": {},
        "ancestorCounts": {"DATA_SOURCE": 1},
        "complete": True,
        "children": [link("DATA_SOURCE", "abc")],
        "parents": [],
    },
    "ALERT9": {
        "type": "ALERT",
        "id": "9",
        "associatedEntityId": "7",
        "descendantCounts": {},
        "ancestorCounts": {},
        "complete": False,
        "children": [],
        "parents": [link("CARD", "7")],
    },
}


def _whole(found: object) -> bool:
    assert_says(found, FOUND)
    return True


ROWS = [
    Row(
        "extra: Datasets, Lineage",
        lambda domo: domo.lineage.get("DATA_SOURCE", "abc"),
        Sent("GET", f"{LINEAGE}/DATA_SOURCE/abc", answer=whole(FOUND)),
        gives=_whole,
    ),
    Row(
        "extra: Datasets, Lineage",
        lambda domo: domo.lineage.get(
            "DATAFLOW",
            4,
            request_entities=["DATAFLOW", "DATA_SOURCE"],
            traverse_up=False,
            traverse_down=True,
            max_depth=2,
        ),
        Sent(
            "GET",
            f"{LINEAGE}/DATAFLOW/4",
            query={
                "requestEntities": "DATAFLOW,DATA_SOURCE",
                "traverseUp": "false",
                "traverseDown": "true",
                "maxDepth": "2",
            },
            answer=whole(FOUND),
        ),
        gives=lambda found: "DATAFLOW4" == found["DATA_SOURCEabc"].parents[0].key,
        note="some of it",
    ),
    Row(
        "data service: impact counts",
        lambda domo: domo.lineage.impact_counts("DATA_SOURCE", "abc"),
        Sent(
            "GET",
            f"{LINEAGE}/DATA_SOURCE/abc/impactCounts",
            answer=whole(
                {
                    "dataSourceCount": 1,
                    "dataFlowCount": 1,
                    "cardCount": 2,
                    "alertCount": 0,
                    "impactDataSourceCount": 3,
                    "impactDataFlowCount": 2,
                    "impactCardCount": 9,
                    "impactAlertCount": 1,
                    "complete": True,
                    "ranUpdate": False,
                    "updated": 1735689600000,
                }
            ),
        ),
        gives=ImpactCounts,
    ),
    Row(
        "extra: Datasets, Lineage",
        lambda domo: domo.lineage.trace("DATA_SOURCE", "abc", down=False, max_depth=1, names=False),
        Sent(
            "GET",
            f"{LINEAGE}/DATA_SOURCE/abc",
            query={"traverseUp": "true", "traverseDown": "false", "maxDepth": "1"},
            answer=whole(FOUND),
        ),
        gives=lambda graph: graph.edges == (("DATAFLOW4", "DATA_SOURCEabc"),) and graph.complete,
        note="as a graph",
    ),
]

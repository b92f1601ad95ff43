"""Datasets found, changed and handed over, many at a time: what Domo's own data service has."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from domo_async._endpoints.datasets.bulk import BulkCheck, BulkResults
from domo_async._endpoints.datasets.expressions import column
from domo_async._endpoints.datasets.grants import DatasetAccess, Grant
from domo_async._endpoints.datasets.metadata import DatasetTag
from domo_async._endpoints.datasets.models import Dataset
from domo_async._endpoints.search.filters import Wildcard
from tests.contract.row import Row, Sent, documented, whole

DATASETS = "/api/data/v3/datasources"
UI = "/api/data/ui/v3/datasources"
BULK = "/api/data/v1/ui/bulk"
ITEMS = {"ids": ["abc", "def"], "type": "DATA_SOURCE"}
DONE = whole({"successful": ["abc"], "failed": {"def": "NO_ACCESS"}})
FOUND = {
    "adc": False,
    "alertCount": 1,
    "cardInfo": {"cardCount": 0, "cardViewCount": 0},
    "certification": {
        "state": "CERTIFIED",
        "reason": "MANUAL",
        "processName": "Company",
        "processType": "COMPANY",
        "adminCertified": True,
        "approvalRequestId": "a1",
        "userId": "27",
        "lastUpdated": 1735689600000,
    },
    "columnCount": 1,
    "created": 1735689600000,
    "cryoStatus": "ADRENALINE",
    "dataFlowCount": 0,
    "dataLastUpdated": 1735689600000,
    "dataProviderType": "DataFlow",
    "displayType": "DataFlow",
    "hidden": False,
    "id": "abc",
    "impactAlertCount": 1,
    "impactCardCount": 0,
    "impactDataFlowCount": 1,
    "impactDataSourceCount": 1,
    "name": "Orders",
    "nextUpdate": 1735689600000,
    "owner": {"group": False, "id": "27", "name": "Ada", "type": "USER"},
    "permissions": "READ_WRITE_DELETE_SHARE_ADMIN",
    "rowCount": 1000,
    "schema": {
        "name": "abc",
        "tables": [{"columns": [{"id": "n", "name": "n", "order": 0, "type": "LONG", "visible": True}]}],
    },
    "tagsList": ["sales"],
}


def envelope(*datasets: dict[str, Any], total: int) -> bytes:
    """Return datasets as lists of them come."""
    facts = {"augmented": False, "executor": "SEARCH", "limit": 1, "offset": 0, "totalCount": total}
    return whole({"_metaData": facts, "dataSources": list(datasets)})


def sought(count: int, offset: int, **more: object) -> dict[str, object]:
    """Return the body of a search."""
    fixed = {"query": "*", "entities": ["DATASET"], "filters": [], "combineResults": True}
    return {**fixed, "count": count, "offset": offset, **more}


ROWS = [
    Row(
        "data service: list datasets",
        lambda domo: domo.datasets.list(
            type=["api", "DataFlow"],
            dataset_ids=["abc", "def"],
            created_since=datetime(2025, 1, 1, tzinfo=UTC),
            include_hidden=True,
            sort_by="createdAt",
            ascending=True,
            parts=["core", "certification"],
        ).all(),
        Sent(
            "GET",
            DATASETS,
            query={
                "type": ["api", "DataFlow"],
                "dataSourceId": ["abc", "def"],
                "createdSince": "1735689600000",
                "includeHidden": "true",
                "orderBy": "createdAtAscending",
                "part": "core,certification",
                "limit": "50",
                "offset": "0",
            },
            answer=envelope(FOUND, total=1),
        ),
        gives=Dataset,
        says=lambda answer: answer["dataSources"],
    ),
    Row(
        "data service: search datasets",
        lambda domo: domo.datasets.search().all(),
        Sent("POST", f"{UI}/search", json=sought(100, 0), answer=envelope(FOUND, total=1)),
        gives=Dataset,
        says=lambda answer: answer["dataSources"],
    ),
    Row(
        "data service: search datasets",
        lambda domo: domo.datasets.search(
            "sales",
            filters=[Wildcard("name_sort", "*sales*")],
            sort_by="create_date",
            ascending=False,
            page_size=1,
        ).all(),
        tuple(
            Sent(
                "POST",
                f"{UI}/search",
                json=sought(
                    1,
                    offset,
                    query="sales",
                    filters=[{"filterType": "wildcard", "field": "name_sort", "query": "*sales*"}],
                    sort={"fieldSorts": [{"field": "create_date", "sortOrder": "DESC"}], "isRelevance": False},
                ),
                answer=envelope({"id": name}, total=2),
            )
            for offset, name in enumerate(("abc", "def"))
        ),
        gives=lambda found: ["abc", "def"] == [dataset.id for dataset in found],
        note="page by page",
    ),
    Row(
        "data service: all tags",
        lambda domo: domo.datasets.tags(),
        Sent("GET", f"{UI}/search/tags/all", answer=whole([{"key": "sales", "display": "sales", "displayMeta": 12}])),
        gives=DatasetTag,
    ),
    Row(
        "data service: search tags",
        lambda domo: domo.datasets.find_tags("sal", limit=5),
        Sent(
            "POST",
            f"{UI}/search/tags",
            query={"term": "sal", "limit": "5"},
            answer=whole([{"key": "sales", "display": "sales", "displayMeta": 12}]),
        ),
        gives=DatasetTag,
    ),
    Row(
        "extra: Datasets, Bulk get",
        lambda domo: domo.datasets.get_many(
            ["abc", "def"], parts="core", include_all_details=True, include_private=True, include_formulas=False
        ),
        Sent(
            "POST",
            f"{DATASETS}/bulk",
            query={
                "part": "core",
                "includeAllDetails": "true",
                "includePrivate": "true",
                "includeFormulas": "false",
            },
            json=["abc", "def"],
            answer=envelope(FOUND, total=1),
        ),
        gives=Dataset,
        says=lambda answer: answer["dataSources"],
    ),
    Row(
        "data service: delete datasets",
        lambda domo: domo.datasets.delete_many(["abc", "def"], delete_method="hard"),
        Sent("POST", f"{DATASETS}/delete", query={"deleteMethod": "hard"}, json=["abc", "def"]),
    ),
    Row(
        "data service: restore datasets",
        lambda domo: domo.datasets.restore(["abc"], new_owner_id=27),
        Sent("POST", f"{DATASETS}/restore", json={"datasets": [{"datasetId": "abc", "newOwnerId": "27"}]}),
    ),
    Row(
        "data service: restore datasets",
        lambda domo: domo.datasets.restore(["abc", "def"]),
        Sent("POST", f"{DATASETS}/restore", json={"datasets": [{"datasetId": "abc"}, {"datasetId": "def"}]}),
        note="to who owned them",
    ),
    Row(
        "extra: Datasets, Set responsible user",
        lambda domo: domo.datasets.set_owner("abc", user_id=27),
        Sent("PUT", "/api/data/v2/datasources/abc/responsibleUsers", json={"responsibleUserId": "27"}),
    ),
    Row(
        "extra: Datasets, Set responsible user",
        lambda domo: domo.datasets.set_owner("abc", group_id="5"),
        Sent("PUT", "/api/data/v2/datasources/abc/responsibleUsers", json={"responsibleGroupId": "5"}),
        note="a group",
    ),
    Row(
        "extra: Datasets, Bulk reassign owner",
        lambda domo: domo.datasets.set_owner_of_many(["abc", "def"], user_id=27),
        Sent("PUT", "/api/data/v2/datasources/responsible-user/27", json=["abc", "def"]),
    ),
    Row(
        "data service: bulk tag",
        lambda domo: domo.datasets.bulk.tag(["abc", "def"], tags=["sales"]),
        Sent("POST", f"{BULK}/tag", json={"bulkItems": ITEMS, "tags": ["sales"]}, answer=DONE),
        gives=BulkResults,
    ),
    Row(
        "data service: bulk tag",
        lambda domo: domo.datasets.bulk.tag(["abc", "def"], tags=["sales"]),
        Sent("POST", f"{BULK}/tag", json={"bulkItems": ITEMS, "tags": ["sales"]}),
        gives=lambda done: done == BulkResults(),
        note="without an answer",
    ),
    Row(
        "data service: bulk tag delete",
        lambda domo: domo.datasets.bulk.untag(["abc", "def"], tags=["sales"]),
        Sent("POST", f"{BULK}/tag/delete", json={"bulkItems": ITEMS, "tags": ["sales"]}, answer=DONE),
        gives=BulkResults,
    ),
    Row(
        "data service: bulk share",
        lambda domo: domo.datasets.bulk.share(
            ["abc", "def"], permissions=[Grant(5, "CAN_VIEW", "GROUP")], send_email=False, message="Look"
        ),
        Sent(
            "POST",
            f"{BULK}/share",
            json={
                "bulkItems": ITEMS,
                "dataSourceShareEntity": {
                    "permissions": [{"id": "5", "type": "GROUP", "accessLevel": "CAN_VIEW"}],
                    "sendEmail": False,
                    "message": "Look",
                },
            },
            answer=DONE,
        ),
        gives=BulkResults,
    ),
    Row(
        "data service: bulk reassign",
        lambda domo: domo.datasets.bulk.reassign(["abc", "def"], user_id=27),
        Sent("POST", f"{BULK}/reassign", json={**ITEMS, "userId": "27"}, answer=DONE),
        gives=BulkResults,
    ),
    Row(
        "data service: bulk run",
        lambda domo: domo.datasets.bulk.run(["abc", "def"]),
        Sent("POST", f"{BULK}/run", json=ITEMS, answer=DONE),
        gives=BulkResults,
    ),
    Row(
        "data service: bulk delete",
        lambda domo: domo.datasets.bulk.delete(["abc", "def"]),
        Sent("POST", f"{BULK}/delete", json=ITEMS, answer=DONE),
        gives=BulkResults,
    ),
    Row(
        "data service: bulk check",
        lambda domo: domo.datasets.bulk.check("delete", ["abc", "def"]),
        Sent(
            "POST",
            f"{BULK}/delete/check",
            json=ITEMS,
            answer=whole({"validItems": ["abc"], "invalidItems": {"def": "HAS_DEPENDENCIES"}, "typeValid": True}),
        ),
        gives=BulkCheck,
    ),
    Row(
        "data service: bulk check",
        lambda domo: domo.datasets.bulk.check("tag", ["abc", "def"]),
        Sent("POST", f"{BULK}/tag/check", json={"bulkItems": ITEMS}, answer=whole({"validItems": ["abc", "def"]})),
        gives=BulkCheck,
        note="of tags",
    ),
    Row(
        "data service: access of all datasets",
        lambda domo: domo.datasets.access.list_all(limit=1).all(),
        Sent(
            "GET",
            f"{DATASETS}/bulk/permissions",
            query={"limit": "1", "offset": "0"},
            answer=whole([{"dataSourceId": "abc", "id": "27", "type": "USER", "accessLevel": "OWNER"}]),
        ),
        gives=DatasetAccess,
    ),
    Row(
        "data service: direct access",
        lambda domo: domo.datasets.access.list_direct(["abc", "def"]).all(),
        Sent(
            "POST",
            f"{DATASETS}/bulk/directpermissions",
            json=["abc", "def"],
            answer=whole([{"dataSourceId": "abc", "id": "9", "type": "DATA_APP", "accessLevel": "CAN_VIEW"}]),
        ),
        gives=DatasetAccess,
    ),
    Row(
        "data service: change access",
        lambda domo: domo.datasets.access.change("abc", Grant(27, "NONE")),
        Sent("PUT", f"{DATASETS}/abc/permissions", json={"id": "27", "type": "USER", "accessLevel": "NONE"}),
    ),
    Row(
        "collection: structured query",
        lambda domo: domo.datasets.query_structured(
            "xyz",
            ["id", {"exprType": "FUNCTION", "name": "COUNT", "arguments": [column("status")]}],
            where={
                "exprType": "IN",
                "leftExpr": column("status"),
                "selectSet": [{"exprType": "STRING_VALUE", "value": "error"}],
            },
            group_by=["id"],
            limit=10,
            offset=5,
        ),
        Sent(
            "POST",
            "/api/query/v1/execute/xyz",
            json={
                "useCache": True,
                "query": {
                    "columns": [
                        {"exprType": "COLUMN", "column": "id"},
                        {
                            "exprType": "FUNCTION",
                            "name": "COUNT",
                            "arguments": [{"exprType": "COLUMN", "column": "status"}],
                        },
                    ],
                    "where": {
                        "exprType": "IN",
                        "leftExpr": {"exprType": "COLUMN", "column": "status"},
                        "selectSet": [{"exprType": "STRING_VALUE", "value": "error"}],
                    },
                    "groupByColumns": [{"exprType": "COLUMN", "column": "id"}],
                    "orderByColumns": [],
                    "limit": {"limit": 10, "offset": 5},
                },
            },
            answer=documented("E037"),
        ),
        gives=lambda result: 2 == len(result),
    ),
]

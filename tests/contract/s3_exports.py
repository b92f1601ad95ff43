"""Exports to S3: E074 and E075."""

from __future__ import annotations

from typing import Any

from domo_async._endpoints.s3_exports import AwsCredentials, ExportColumn, ExportQuery, S3Export
from tests.contract.row import Row, Sent, documented, whole

DATASET = "dcad2f50-e65e-4259-a9e8-214a3d1e18a7"
EXPORT = "97d1244b-8ec4-45f8-a721-ae9602a9fa77"
PATH = f"/api/query/v1/export/{DATASET}"

BODY = {
    "awsAccessKey": "an-access-key",
    "awsAccessSecret": "an-access-secret",
    "bucket": "acme-exports",
    "path": "orders",
    "region": "eu-central-1",
    "queryRequest": {
        "includeBOM": True,
        "useCache": True,
        "query": {
            "columns": [
                {"column": "Customer ID", "exprType": "COLUMN"},
                {"column": "Date Filled", "exprType": "COLUMN"},
            ],
            "groupByColumns": [],
            "orderByColumns": [],
        },
    },
}

LEAST = {
    "awsAccessKey": "an-access-key",
    "awsAccessSecret": "an-access-secret",
    "sessionToken": "a-session-token",
    "bucket": "acme-exports",
    "path": "orders",
    "region": "eu-central-1",
    "queryRequest": {
        "query": {
            "columns": [{"column": "region", "exprType": "COLUMN"}],
            "groupByColumns": [{"column": "region", "exprType": "COLUMN"}],
            "orderByColumns": [{"column": "region", "exprType": "COLUMN"}],
        },
    },
}


def create(domo: Any, **options: Any) -> Any:
    return domo.s3_exports.create(
        DATASET,
        credentials=AwsCredentials("an-access-key", "an-access-secret"),
        bucket="acme-exports",
        path="orders",
        region="eu-central-1",
        query=ExportQuery(["Customer ID", ExportColumn("Date Filled", "COLUMN")]),
        include_bom=True,
        use_cache=True,
        **options,
    )


ROWS = [
    Row("E074", create, Sent("POST", PATH, json=BODY, answer=documented("E074")), gives=S3Export),
    Row(
        "E074",
        lambda domo: create(domo, wait=True),
        (
            Sent("POST", PATH, json=BODY, answer=documented("E074"), status=201),
            Sent("GET", PATH, answer=documented("E075")),
        ),
        gives=S3Export,
        says=lambda answer: answer[0],
        note="waited for",
    ),
    Row(
        "E074",
        lambda domo: domo.s3_exports.create(
            DATASET,
            credentials=AwsCredentials("an-access-key", "an-access-secret", "a-session-token"),
            bucket="acme-exports",
            path="orders",
            region="eu-central-1",
            query=ExportQuery(["region"], ["region"], ["region"]),
        ),
        Sent("POST", PATH, json=LEAST, answer=whole({"exportId": EXPORT, "exportStatus": "exporting"})),
        gives=S3Export,
        note="with temporary credentials",
    ),
    Row(
        "E075",
        lambda domo: domo.s3_exports.list(DATASET).all(),
        Sent("GET", PATH, answer=documented("E075")),
        gives=S3Export,
    ),
    Row(
        "E075",
        lambda domo: domo.s3_exports.list(DATASET).all(),
        Sent(
            "GET",
            PATH,
            answer=whole([{"exportId": EXPORT, "started": 1568905606112, "finished": None, "exportStatus": "error"}]),
        ),
        gives=S3Export,
        note="with times in milliseconds",
    ),
    Row(
        "E075",
        lambda domo: domo.s3_exports.wait(DATASET, EXPORT),
        Sent("GET", PATH, answer=documented("E075")),
        gives=S3Export,
        says=lambda answer: answer[0],
        note="waited for",
    ),
]

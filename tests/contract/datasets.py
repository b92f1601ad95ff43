"""Datasets and their history: E037 to E041, E047 to E073."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType

from attrs import evolve

from domo_async._endpoints.datasets.grants import AccessEntry, Grant, Grantee
from domo_async._endpoints.datasets.jobs import QueryJob
from domo_async._endpoints.datasets.models import (
    AlteredSchema,
    Commit,
    CreatedDataset,
    Dataset,
    DatasetCard,
    DataVersion,
    DataVersionDetails,
    Index,
    IndexedSchema,
    IndexStatus,
    LatestSchema,
    MadeVersion,
    OpenedUpload,
    PartStatus,
)
from domo_async._endpoints.datasets.partitions import Partition, PartitionFilter
from domo_async._endpoints.datasets.policies import Policy, PolicyControl, PolicyFilter
from domo_async._endpoints.datasets.result import QueryResult
from domo_async._endpoints.datasets.states import DatasetState
from domo_async._transfer import UploadPlan
from tests.contract.row import Row, Sent, documented, refusal, whole

DATA = "/api/data/v3/datasources/abc"
VERSIONS = "/api/data/v2/datasources/abc/dataversions"
QUERY = "/api/query/v1/datasources/abc"
HYDRATE = "/api/dataprocessing/v2/dataflows/data-version-hydrate"
CSV = {"Content-Type": "text/csv"}
NO_QUERY: Mapping[str, str] = MappingProxyType({})
RECORDED = datetime(2023, 3, 31, 14, 21, 13, tzinfo=UTC)
# What goes out before and around the three stages of each upload.
SCRATCH = tempfile.TemporaryDirectory()
LATEST = Sent("GET", "/api/data/v2/datasources/abc/schemas/latest", answer=documented("E070"))
OPEN = Sent(
    "POST",
    f"{DATA}/uploads",
    json={"action": None, "appendId": None},
    answer=whole({"dataSourceId": "abc", "uploadId": 10, "requestedAsOf": 1654557838137}),
)
BEFORE = Sent("GET", VERSIONS, answer=documented("E072"))
MADE = {"schemaId": 7, "dataId": 10, "uploadStatus": "success", "numRows": 2, "numBytes": 10}
AFTER = Sent("GET", VERSIONS, answer=whole([MADE]), beside=True)
KEEPING = (
    Sent("GET", DATA, answer=whole({"id": "abc", "rowCount": 499})),
    BEFORE,
)
# As Domo's data service has them, which calls them MultipartIndexResponse and MultipartFinalizeAndIndexResponse.
KEY = "20220513224325.628"
REQUESTED = {"dataTag": None, "requestKey": KEY, "requested": True, "requestedOn": 1652481807436}
INDEX = whole(REQUESTED)
COMMITTED = {
    "dataSourceId": "abc",
    "dataTag": None,
    "indexing": REQUESTED,
    "size": {"columnCount": 1, "numberOfBytes": 12, "partCount": 1, "rowCount": 2},
    "status": "success",
    "uploadId": 10,
}


def index_status(state: str) -> bytes:
    """Return what the data service answers about an index."""
    progress = {"status": state, "progress": 100, "message": None, "requestKey": KEY, "lastUpdate": 1652481817436}
    detail = {"rowCount": 18, "columnCount": 1, "schema": None}
    return whole({"dataSourceId": "abc", "detail": detail, "progress": {**progress, "lastSuccessfulIndex": None}})


# What another client's collection shows.
DETAILS = {
    "dataSourceId": "abc",
    "dataVersionId": 3,
    "datetimeRecorded": 1750189687000,
    "datetimeUploadCompleted": 1750189688000,
    "rowCount": 18,
    "runDurationSeconds": 0,
    "schemaId": 5,
    "sizeBytes": 458,
    "status": "success",
    "statusMessage": "",
}
# As Domo's data service has it, which calls it DataSourceState.
STATE = {
    "cachedTimestamp": 1652481817436,
    "dataSourceId": "abc",
    "dimension": {"columnCount": 1, "rowCount": 18, "schema": None},
    "status": {
        "code": "SUCCESS",
        "percent": 100,
        "message": None,
        "dataCurrentAsOf": 1652481807436,
        "dataUpdatedAsOf": 1652481807436,
    },
    "version": {"appendChain": "9,10", "latestDataVersionId": 10},
}
STATUS = Sent("GET", f"{DATA}/statuses", query={"expireCache": "true"}, answer=whole(STATE))
SEEN = Sent("GET", f"{DATA}/indexes/{KEY}/statuses", answer=index_status("SUCCESS"))
KEYED = Sent(
    "GET",
    "/api/data/v2/datasources/abc/schemas/latest",
    answer=whole(
        {
            "schema": {
                "columns": [{"type": "LONG", "name": "id", "upsertKey": True}, {"type": "STRING", "name": "Region"}]
            }
        }
    ),
)
# This was observed.
PARTITION = {
    "dataId": 3,
    "partitionId": "2023-01",
    "dateCompleted": "2023-01-24T14:27:21.000+00:00",
    "rowCount": 18,
}
HYDRATING = {
    "id": "",
    "type": "LoadFromVault",
    "dataSourceId": "abc",
    "versionWindow": {"type": "EXPRESSION", "expression": "1=1"},
}


CONTROL = "/api/query/v1/data-control/abc"
# What other clients send, and what was observed.
POLICY_SENT = {
    "name": "North",
    "dataSourceId": "abc",
    "userIds": ["27"],
    "virtualUserIds": [],
    "groupIds": ["8"],
    "dataSourcePermissions": False,
    "parameters": [{"type": "COLUMN", "name": "Region", "values": ["North"], "operator": "EQUALS", "ignoreCase": True}],
}
POLICY = {
    **POLICY_SENT,
    "userIds": [27],
    "groupIds": [8],
    "filterGroupId": 1002,
    "policySetId": 474,
    "type": "user",
    "resources": {"VIRTUAL_USER": [], "GROUP": ["8"]},
    "parameters": [
        {
            "type": "COLUMN",
            "name": "Region",
            "value": "North",
            "values": ["North"],
            "operator": "EQUALS",
            "not": False,
            "ignoreCase": True,
        }
    ],
    "order": 2,
}


def heading(sql: str, *columns: str) -> Sent:
    """What asks for the columns of a query, which answers of CSV are compared with."""
    return Sent(
        "POST",
        "/api/query/v1/execute/xyz",
        json={"sql": f"{sql} LIMIT 0"},
        answer=whole(
            {
                "columns": [*columns],
                "metadata": [{"type": "LONG"}] * len(columns),
                "rows": [],
                "numRows": 0,
                "numColumns": len(columns),
            }
        ),
    )


HEADING = heading("SELECT `id` FROM table WHERE status = 'error'", "id")
SCANNED = Sent(
    "POST",
    "/api/query/v1/execute/export/xyz",
    query={"includeHeader": "true"},
    json={"sql": "SELECT `id` FROM table WHERE status = 'error'"},
    headers={"Accept": "text/csv"},
    answer=b"id\n1\n\n",
    content_type="text/csv",
    beside=True,
)


@cache
def regions() -> Path:
    folder = Path(tempfile.mkdtemp(dir=SCRATCH.name))
    (folder / "regions.csv").write_bytes(b"Region\nNorth\nSouth\n")
    return folder


def put(content: bytes) -> Sent:
    return Sent("PUT", f"{DATA}/uploads/10/parts/1", body=content, headers=CSV, beside=True)


def commit(action: str, **more: object) -> Sent:
    return Sent(
        "PUT",
        f"{DATA}/uploads/10/commit",
        json={"action": action, "index": True, **more},
        answer=whole(COMMITTED),
    )


def opening(*, query: Mapping[str, str] = NO_QUERY, **told: object) -> Sent:
    return evolve(OPEN, query=query, json={"action": None, "appendId": None, **told})


ROWS = [
    Row(
        "E037",
        lambda domo: domo.datasets.query("xyz", "SELECT * FROM your_table WHERE column = 'value'"),
        Sent(
            "POST",
            "/api/query/v1/execute/xyz",
            json={"sql": "SELECT * FROM your_table WHERE column = 'value'"},
            answer=documented("E037"),
        ),
        gives=lambda result: (
            [{"column1": "value 1", "column2": "value 2", "column3": "value 3"}] * 2 == result.to_dicts()
        ),
        note="a list of objects",
    ),
    Row(
        "E037",
        lambda domo: domo.datasets.query("xyz", "SELECT * FROM table"),
        Sent(
            "POST",
            "/api/query/v1/execute/xyz",
            json={"sql": "SELECT * FROM table"},
            answer=b"""{"datasource": "abc", "columns": ["region", "amount", "on"], "metadata": [
                {"type": "STRING", "dataSourceId": "abc", "maxLength": 2, "minLength": 2},
                {"type": "DECIMAL", "dataSourceId": "abc", "maxLength": -1, "minLength": -1},
                {"type": "DATE", "dataSourceId": "abc", "maxLength": -1, "minLength": -1}],
                "rows": [["EU", 12345678901234567890.123, "2024-02-29"], [null, null, null]],
                "numRows": 2, "numColumns": 3}""",
        ),
        gives=QueryResult,
        note="by columns, as instances answer",
    ),
    Row(
        "E038",
        lambda domo: domo.datasets.access.list("abc").all(),
        Sent("GET", f"{DATA}/permissions", answer=documented("E038")),
        gives=AccessEntry,
        says=lambda answer: answer["list"],
    ),
    Row(
        "E039",
        lambda domo: domo.datasets.access.revoke("abc", 27),
        Sent("DELETE", f"{DATA}/permissions/USER/27", answer=whole({})),
    ),
    Row(
        "E039",
        lambda domo: domo.datasets.access.revoke("abc", 27, type="GROUP"),
        Sent("DELETE", f"{DATA}/permissions/GROUP/27"),
        note="a group",
    ),
    Row(
        "E040",
        lambda domo: domo.datasets.get("abc", parts="core,permission"),
        Sent("GET", DATA, query={"part": "core,permission"}, answer=documented("E040")),
        gives=Dataset,
    ),
    Row(
        "E040",
        lambda domo: domo.datasets.get("abc", parts=["core", "permission"]),
        Sent("GET", DATA, query={"part": "core,permission"}, answer=whole({"id": "abc", "tags": '["a","b c"]'})),
        gives=lambda dataset: ('["a","b c"]', ("a", "b c")) == (dataset.tags, dataset.tag_names),
        note="with tags",
    ),
    Row(
        "E041",
        lambda domo: domo.datasets.append_rows("abc", values="North\nSouth"),
        (
            LATEST,
            opening(action="APPEND", appendId="latest"),
            BEFORE,
            put(b"North\nSouth"),
            commit("APPEND", appendId="latest"),
            SEEN,
            AFTER,
        ),
        gives=lambda done: (2, 10, 10) == (done.rows, done.upload_id, done.data_version),
    ),
    Row(
        "E041",
        lambda domo: domo.datasets.append_rows("abc", values=[["North, or so"], [""]], message="Uploading"),
        (
            LATEST,
            opening(action="APPEND", appendId="latest", message="Uploading"),
            BEFORE,
            put(b'"North, or so"\n""\n'),
            commit("APPEND", appendId="latest", message="Uploading"),
            SEEN,
            AFTER,
        ),
        gives=lambda done: 2 == done.rows,
        note="lists of cells",
    ),
    Row(
        "E047",
        lambda domo: domo.datasets.set_tags("abc", tags=["tag1", "tag2"]),
        Sent("POST", "/api/data/ui/v3/datasources/abc/tags", json=["tag1", "tag2"], answer=whole({})),
    ),
    Row(
        "E047",
        lambda domo: domo.datasets.set_tags("abc", tags=[]),
        Sent("POST", "/api/data/ui/v3/datasources/abc/tags", json=[]),
        note="none",
    ),
    Row(
        "E048",
        lambda domo: domo.datasets.access.share(
            "abc", permissions=[Grant("ownerId1", "CO_OWNER"), Grant(8, "CAN_VIEW", "GROUP")], send_email=True
        ),
        Sent(
            "POST",
            f"{DATA}/share",
            json={
                "permissions": [
                    {"id": "ownerId1", "type": "USER", "accessLevel": "CO_OWNER"},
                    {"id": "8", "type": "GROUP", "accessLevel": "CAN_VIEW"},
                ],
                "sendEmail": True,
            },
            answer=whole({}),
        ),
    ),
    Row(
        "E049",
        lambda domo: domo.datasets.access.remove("abc", 27),
        Sent("DELETE", f"{DATA}/USERS/27", answer=whole({})),
    ),
    Row(
        "E050",
        lambda domo: domo.datasets.access.remove_many("abc", users=["userId1", Grantee(8, "GROUP")]),
        Sent(
            "DELETE",
            f"{DATA}/users",
            json=[{"id": "userId1", "type": "USER"}, {"id": "8", "type": "GROUP"}],
            answer=whole({}),
        ),
    ),
    Row(
        "E051,E052,E053",
        lambda domo: domo.datasets.upload("abc", b"Region\nNorth\nSouth\n"),
        (LATEST, OPEN, BEFORE, put(b"North\nSouth\n"), commit("REPLACE"), SEEN, AFTER),
        gives=lambda done: (2, 12, 1, 10, 10) == (done.rows, done.bytes, done.parts, done.upload_id, done.data_version),
    ),
    Row(
        "E051,E052,E053",
        lambda domo: domo.datasets.upload_many({"abc": [["North"], ["South"]]}, action="APPEND"),
        (LATEST, OPEN, BEFORE, put(b'"North"\n"South"\n'), commit("APPEND"), SEEN, AFTER),
        gives=lambda outcomes: [("abc", 10)] == [(each.item, each.result.data_version) for each in outcomes],
        note="several",
    ),
    Row(
        "E051,E052,E053",
        lambda domo: domo.datasets.load_folder(
            regions(), "abc", ledger=Path(tempfile.mkdtemp(dir=SCRATCH.name), "night.ledger")
        ),
        (LATEST, LATEST, BEFORE, evolve(OPEN, beside=True), put(b"North\nSouth\n"), commit("APPEND"), SEEN, AFTER),
        gives=lambda report: (
            [("new", "loaded", 2, 10)]
            == [(entry.found, entry.outcome, entry.rows, entry.data_version) for entry in report]
        ),
        note="of a folder",
    ),
    Row(
        "E070",
        lambda domo: domo.datasets.plan_upload("abc", b"Region\nNorth\nSouth\n"),
        LATEST,
        gives=lambda plan: (
            UploadPlan(columns=("Region",), header=True, order=None, added={}, rows=2, bytes=12, parts=1) == plan
        ),
        note="to plan an upload",
    ),
    Row(
        "E051,E052,E053",
        lambda domo: domo.datasets.upload("abc", b"North\nSouth\n", action="APPEND", header=False),
        (
            LATEST,
            OPEN,
            BEFORE,
            put(b"North\nSouth\n"),
            Sent("PUT", f"{DATA}/uploads/10/commit", json={"action": "APPEND", "index": True}),
            evolve(STATUS, answer=whole({**STATE, "version": {"latestDataVersionId": 9}})),
            STATUS,
            AFTER,
        ),
        gives=lambda done: (10, ()) == (done.data_version, done.notes),
        note="to an instance that does not tell of its index",
    ),
    Row(
        "E054,E052,E055",
        lambda domo: domo.datasets.upload(
            "abc", b"North\nSouth\n", header=False, partition="2023-01", message="why", recorded_date=RECORDED
        ),
        (
            LATEST,
            opening(query={"dataTag": "2023-01"}, appendId="latest", message="why", recordedDate=1680272473000),
            BEFORE,
            put(b"North\nSouth\n"),
            commit("APPEND", dataTag="2023-01", appendId="latest", message="why", recordedDate=1680272473000),
            SEEN,
            AFTER,
        ),
        gives=lambda done: 10 == done.upload_id,
        note="to a partition",
    ),
    Row(
        "E054,E052,E055",
        lambda domo: domo.datasets.upload(
            "abc", b"North\nSouth\n", header=False, partition="2023-01", partition_tag="restateDataTag"
        ),
        (
            LATEST,
            opening(query={"restateDataTag": "2023-01"}),
            BEFORE,
            put(b"North\nSouth\n"),
            commit("APPEND", restateDataTag="2023-01"),
            SEEN,
            AFTER,
        ),
        gives=lambda done: 10 == done.upload_id,
        note="to a partition, as Domo's documentation shows it",
    ),
    Row(
        "seen: uploads by upsert keys",
        lambda domo: domo.datasets.upsert("abc", [{"Region": "North", "id": 4}, {"Region": "South", "id": 5}]),
        (
            KEYED,
            opening(action="UPSERT"),
            BEFORE,
            put(b'4,"North"\n5,"South"\n'),
            commit("UPSERT"),
            SEEN,
            AFTER,
        ),
        gives=lambda done: (2, True) == (done.rows, done.verified),
    ),
    Row(
        "unconfirmed: rows deleted by upsert keys",
        lambda domo: domo.datasets.delete_rows("abc", [{"id": 4}, {"id": 5}]),
        (
            KEYED,
            opening(appendId="delete"),
            BEFORE,
            put(b"4\n5\n"),
            Sent("PUT", f"{DATA}/uploads/10/commit", json={"index": True}, answer=whole(COMMITTED)),
            SEEN,
            AFTER,
        ),
        gives=lambda done: 2 == done.rows,
    ),
    Row(
        "seen: POST uploads/stream",
        lambda domo: domo.datasets.uploads.stream("abc", b"North\n", action="APPEND", partition="2023-02"),
        Sent(
            "POST",
            f"{DATA}/uploads/stream",
            query={"action": "APPEND", "dataTag": "2023-02"},
            body=b"North\n",
            headers=CSV,
            answer=whole({"dataSourceId": "abc", "uploadId": 10, "requestedAsOf": 1654557838137}),
        ),
        gives=OpenedUpload,
    ),
    Row(
        "seen: GET statuses",
        lambda domo: domo.datasets.status("abc"),
        Sent("GET", f"{DATA}/statuses", answer=whole(STATE)),
        gives=DatasetState,
    ),
    Row(
        "seen: POST statuses",
        lambda domo: domo.datasets.statuses(["abc"]),
        Sent("POST", "/api/data/v3/datasources/statuses", json=["abc"], answer=whole([STATE])),
        gives=DatasetState,
    ),
    Row(
        "seen: GET statuses",
        lambda domo: domo.datasets.wait_until_visible("abc", 10),
        (evolve(STATUS, answer=whole({**STATE, "status": {"code": "PROCESSING"}})), STATUS),
        gives=lambda seen: seen is True,
        note="until queries see an upload",
    ),
    Row("E051", lambda domo: domo.datasets.uploads.open("abc"), OPEN, gives=OpenedUpload),
    Row(
        "E052",
        lambda domo: domo.datasets.uploads.put_part("abc", 10, 1, b"Jae and Oleksii, why\nhello, it is the way"),
        put(b"Jae and Oleksii, why\nhello, it is the way"),
        gives=lambda told: PartStatus() == told,
        note="an empty answer",
    ),
    Row(
        "E052",
        lambda domo: domo.datasets.uploads.put_part("abc", 10, 2, b"North\n"),
        Sent(
            "PUT",
            f"{DATA}/uploads/10/parts/2",
            body=b"North\n",
            headers=CSV,
            answer=whole({"uploadStatus": "success", "uploadMessage": None}),
        ),
        gives=PartStatus,
    ),
    Row(
        "E053",
        lambda domo: domo.datasets.uploads.commit("abc", 10, action="APPEND"),
        evolve(commit("APPEND"), answer=b""),
        gives=lambda done: Commit() == done,
        note="an empty answer",
    ),
    Row(
        "E053",
        lambda domo: domo.datasets.uploads.commit("abc", 10, action="REPLACE", index=False),
        Sent(
            "PUT",
            f"{DATA}/uploads/10/commit",
            json={"action": "REPLACE", "index": False},
            answer=whole({**COMMITTED, "indexing": None}),
        ),
        gives=Commit,
    ),
    Row(
        "E054",
        lambda domo: domo.datasets.uploads.open("abc", partition="2023-01", partition_tag="restateDataTag"),
        Sent(
            "POST",
            f"{DATA}/uploads",
            query={"restateDataTag": "2023-01"},
            json={"action": None, "appendId": None},
            answer=whole({"uploadId": 12345}),
        ),
        gives=OpenedUpload,
    ),
    Row(
        "E041",
        lambda domo: domo.datasets.uploads.open(
            "abc", action="APPEND", append_id="latest", message="Uploading", include_history=False, encoding="UTF-8"
        ),
        opening(
            query={"includeHistory": "false", "encoding": "UTF-8"},
            action="APPEND",
            appendId="latest",
            message="Uploading",
        ),
        gives=OpenedUpload,
        note="the opening that Domo's documentation shows",
    ),
    Row(
        "E053",
        lambda domo: domo.datasets.uploads.commit("abc", 10, append_id="latest", message="Uploading"),
        Sent(
            "PUT",
            f"{DATA}/uploads/10/commit",
            json={"appendId": "latest", "index": True, "message": "Uploading"},
            answer=whole(COMMITTED),
        ),
        gives=Commit,
        note="of what was opened with an action",
    ),
    Row(
        "E055",
        lambda domo: domo.datasets.uploads.commit(
            "abc", 10, action="APPEND", partition="2023-01", partition_tag="restateDataTag"
        ),
        Sent(
            "PUT",
            f"{DATA}/uploads/10/commit",
            json={"action": "APPEND", "restateDataTag": "2023-01", "index": True},
        ),
        gives=lambda done: Commit() == done,
    ),
    Row(
        "E056",
        lambda domo: domo.datasets.versions.details("abc").all(),
        Sent("GET", f"{DATA}/dataversions/details", answer=whole([DETAILS])),
        gives=DataVersionDetails,
    ),
    Row(
        "E056",
        lambda domo: domo.datasets.versions.details(
            "abc",
            data_ids=[3, 4],
            since=RECORDED,
            until=RECORDED,
            statuses=["success"],
            indexed_only=False,
            offset=0,
            limit=5,
        ).all(),
        Sent(
            "GET",
            f"{DATA}/dataversions/details",
            query={
                "dataVersionIds": "3,4",
                "startRecordedTime": "1680272473000",
                "endRecordedTime": "1680272473000",
                "statuses": "success",
                "limitToIndexed": "false",
                "offset": "0",
                "limit": "5",
            },
            answer=whole([]),
        ),
        gives=lambda found: [] == found,
        note="some of them",
    ),
    Row(
        "E056",
        lambda domo: domo.datasets.versions.details("abc").all(),
        Sent("GET", f"{DATA}/dataversions/details", answer=documented("E072")),
        gives=lambda found: (
            [(3, 18, 458, "success"), (4, 499, 6890, "success")]
            == [(each.data_id, each.num_rows, each.num_bytes, each.upload_status) for each in found]
        ),
        note="in the words of the older listing",
    ),
    Row(
        "seen: GET dataversions/{id}",
        lambda domo: domo.datasets.versions.download("abc", 3, alone=True, limit=2),
        Sent(
            "GET",
            f"{VERSIONS}/3",
            query={"includeHeader": "true", "excludeAppendedData": "true", "rowLimit": "2"},
            answer=b"Region\nNorth\n",
            content_type="text/csv",
        ),
        gives=lambda content: b"Region\nNorth\n" == content,
    ),
    Row(
        "seen: POST dataversions",
        lambda domo: domo.datasets.versions.create("abc", b"North\n", append="latest", index=False),
        Sent(
            "POST",
            f"{DATA}/dataversions",
            query={"append": "latest", "index": "false"},
            body=b"North\n",
            headers=CSV,
            answer=whole({"dataVersionId": 11}),
        ),
        gives=MadeVersion,
    ),
    Row(
        "seen: POST dataversions",
        lambda domo: domo.datasets.versions.create("abc", b"North\n", repair=3, repair_action="INSERT_ON"),
        Sent(
            "POST",
            f"{DATA}/dataversions",
            query={"repairDataVersionId": "3", "repairAction": "INSERT_ON"},
            body=b"North\n",
            answer=b"12",
        ),
        gives=lambda made: MadeVersion(data_id=12) == made,
        note="to repair one, of which the number alone is told",
    ),
    Row(
        "E056",
        lambda domo: domo.datasets.versions.details("abc").all(),
        Sent("GET", f"{DATA}/dataversions/details", answer=whole({"versions": [DETAILS], "count": 1})),
        gives=DataVersionDetails,
        says=lambda answer: answer["versions"],
        note="in an envelope",
    ),
    Row(
        "E057",
        lambda domo: domo.datasets.partitions.list("abc").all(),
        Sent(
            "GET",
            f"{QUERY}/partition",
            answer=whole([{key: value for key, value in PARTITION.items() if key != "rowCount"}]),
        ),
        gives=Partition,
    ),
    Row(
        "E058",
        lambda domo: domo.datasets.partitions.search("abc", filters=[PartitionFilter("datecompleted")]).all(),
        Sent(
            "POST",
            f"{QUERY}/partition/list",
            json={
                "paginationFields": [
                    {"fieldName": "datecompleted", "sortOrder": "DESC", "filterValues": {"MIN": None, "MAX": None}}
                ],
                "limit": 100,
                "offset": 0,
            },
            answer=whole([PARTITION]),
        ),
        gives=Partition,
    ),
    Row(
        "E058",
        lambda domo: domo.datasets.partitions.search(
            "abc",
            filters=[
                PartitionFilter("datecompleted", "ASC", datetime(2023, 1, 24, 14, 27, 21, tzinfo=UTC)),
                PartitionFilter("rowcount", "DESC", 1, 20),
            ],
            offset=10,
            limit=5,
        ).all(),
        Sent(
            "POST",
            f"{QUERY}/partition/list",
            json={
                "paginationFields": [
                    {
                        "fieldName": "datecompleted",
                        "sortOrder": "ASC",
                        "filterValues": {"MIN": "2023-01-24T14:27:21.000+00:00", "MAX": None},
                    },
                    {"fieldName": "rowcount", "sortOrder": "DESC", "filterValues": {"MIN": 1, "MAX": 20}},
                ],
                "limit": 5,
                "offset": 10,
            },
            answer=whole([PARTITION]),
        ),
        gives=Partition,
        note="filtered",
    ),
    Row(
        "E058",
        lambda domo: domo.datasets.partitions.search("abc", page_size=1).all(),
        (
            Sent("POST", f"{QUERY}/partition/list", json={"limit": 1, "offset": 0}, answer=whole([PARTITION])),
            Sent("POST", f"{QUERY}/partition/list", json={"limit": 1, "offset": 1}, answer=whole([])),
        ),
        gives=lambda found: ["2023-01"] == [partition.partition_id for partition in found],
        note="in pages",
    ),
    Row(
        "E059",
        lambda domo: domo.datasets.versions.from_magic("abc", engine="MAGIC").all(),
        Sent(
            "POST",
            HYDRATE,
            query={"engine": "MAGIC", "limit": "500", "offset": "0"},
            json=HYDRATING,
            answer=whole([DETAILS]),
        ),
        gives=DataVersionDetails,
    ),
    Row(
        "E059",
        lambda domo: domo.datasets.versions.from_magic("abc", page_size=1, limit=2).all(),
        (
            Sent("POST", HYDRATE, query={"limit": "1", "offset": "0"}, json=HYDRATING, answer=whole([DETAILS])),
            Sent(
                "POST",
                HYDRATE,
                query={"limit": "1", "offset": "1"},
                json=HYDRATING,
                answer=whole([{"dataId": "three", "brandNew": 1}]),
            ),
        ),
        gives=lambda found: (
            [(3, {}), (None, {"dataId": "three", "brandNew": 1})] == [(v.data_id, v.extras) for v in found]
        ),
        note="in pages, and in a form of its own",
    ),
    Row(
        "E060",
        lambda domo: domo.datasets.partitions.delete_data("abc", "2023/01"),
        Sent("DELETE", f"{QUERY}/tag/2023%2F01/data"),
    ),
    Row(
        "E061",
        lambda domo: domo.datasets.partitions.delete("abc", "2023-01"),
        Sent("DELETE", f"{QUERY}/partition/2023-01"),
    ),
    Row(
        "E060,E061,E062",
        lambda domo: domo.datasets.partitions.remove("abc", "2023/01"),
        (
            Sent("DELETE", f"{QUERY}/tag/2023%2F01/data"),
            Sent("DELETE", f"{QUERY}/partition/2023%2F01", status=404),
            Sent("POST", f"{DATA}/indexes", json={"dataIds": []}, answer=INDEX),
            Sent("GET", f"{DATA}/indexes/{KEY}/statuses", answer=index_status("SUCCESS")),
        ),
        note="data, tag and index; the tag was gone",
    ),
    Row(
        "E062",
        lambda domo: domo.datasets.indexes.create("abc"),
        Sent("POST", f"{DATA}/indexes", json={"dataIds": []}),
        gives=lambda index: Index() == index,
        note="an empty answer",
    ),
    Row(
        "E062",
        lambda domo: domo.datasets.indexes.create("abc", data_ids=[3]),
        Sent("POST", f"{DATA}/indexes", json={"dataIds": ["3"]}, answer=INDEX),
        gives=Index,
    ),
    Row(
        "E062,E068",
        lambda domo: domo.datasets.indexes.create("abc", data_ids=[3], wait=True),
        (
            Sent("POST", f"{DATA}/indexes", json={"dataIds": ["3"]}, answer=INDEX),
            Sent("GET", f"{DATA}/indexes/{KEY}/statuses", answer=index_status("SUCCESS")),
        ),
        gives=lambda index: KEY == index.request_key,
        note="waited for",
    ),
    Row(
        "E062",
        lambda domo: domo.datasets.indexes.create("abc", wait=True),
        (Sent("POST", f"{DATA}/indexes", json={"dataIds": []}, answer=whole({"requested": True})), STATUS),
        gives=lambda index: Index(requested=True) == index,
        note="waited for, though it has no key",
    ),
    Row(
        "E063",
        lambda domo: domo.datasets.create("hello world", {"Friend": "STRING", "Attending": "STRING"}),
        Sent(
            "POST",
            "/api/data/v2/datasources",
            json={
                "userDefinedType": "api",
                "dataSourceName": "hello world",
                "schema": {"columns": [{"type": "STRING", "name": "Friend"}, {"type": "STRING", "name": "Attending"}]},
            },
            answer=whole({"dataSource": {"dataSourceId": "abc", "dataSourceName": "hello world"}}),
        ),
        gives=CreatedDataset,
        says=lambda answer: answer["dataSource"],
    ),
    Row(
        "extra: Datasets, E063 and then E051, E052, E053",
        lambda domo: domo.datasets.create_from(b"Region,Sold\nNorth,7\nSouth,8", "hello world"),
        (
            Sent(
                "POST",
                "/api/data/v2/datasources",
                json={
                    "userDefinedType": "api",
                    "dataSourceName": "hello world",
                    "schema": {"columns": [{"type": "STRING", "name": "Region"}, {"type": "LONG", "name": "Sold"}]},
                },
                answer=whole({"dataSource": {"dataSourceId": "abc"}}),
            ),
            OPEN,
            BEFORE,
            put(b"North,7\nSouth,8"),
            commit("REPLACE"),
            SEEN,
            AFTER,
        ),
        gives=lambda made: (
            ("abc", {"Region": "STRING", "Sold": "LONG"}, 2) == (made.id, made.columns, made.upload.rows)
        ),
        note="with a source's columns and rows",
    ),
    Row(
        "E064",
        lambda domo: domo.datasets.schemas.indexed("abc", include_hidden=False),
        Sent("GET", f"{QUERY}/schema/indexed", query={"includeHidden": "false"}, answer=documented("E064")),
        gives=IndexedSchema,
    ),
    Row(
        "E065",
        lambda domo: domo.datasets.schemas.alter("abc", {"name": "STRING", "id": "LONG"}),
        Sent(
            "POST",
            "/api/data/v2/datasources/abc/schemas",
            json={
                "columns": [
                    {"name": "name", "id": "name", "type": "STRING", "visible": True, "order": 0},
                    {"name": "id", "id": "id", "type": "LONG", "visible": True, "order": 0},
                ],
                "objects": [],
                "views": [],
            },
            answer=whole({"schemaId": 3}),
        ),
        gives=AlteredSchema,
    ),
    Row(
        "E066",
        lambda domo: domo.datasets.cards("abc", drill=True),
        Sent("GET", "/api/content/v1/datasources/abc/cards", query={"drill": "true"}, answer=documented("E066")),
        gives=DatasetCard,
    ),
    Row(
        "E067",
        lambda domo: domo.datasets.indexes.create_in_query_service("abc"),
        Sent("POST", QUERY, answer=INDEX),
        gives=Index,
    ),
    Row(
        "E068",
        lambda domo: domo.datasets.indexes.status("abc", KEY),
        Sent("GET", f"{DATA}/indexes/{KEY}/statuses", answer=index_status("SUCCESS")),
        gives=IndexStatus,
    ),
    Row(
        "E068",
        lambda domo: domo.datasets.indexes.wait("abc", KEY),
        (
            Sent("GET", f"{DATA}/indexes/{KEY}/statuses", answer=index_status("PROCESSING")),
            Sent("GET", f"{DATA}/indexes/{KEY}/statuses", answer=index_status("SUCCESS")),
        ),
        gives=IndexStatus,
        note="until it has ended",
    ),
    Row(
        "E069",
        lambda domo: domo.datasets.update_properties("abc", data_provider_type="domo-jupyterdata"),
        Sent(
            "PUT",
            f"{DATA}/properties",
            json={"dataProviderType": "domo-jupyterdata"},
            answer=documented("E040"),
        ),
        gives=Dataset,
    ),
    Row(
        "E069",
        lambda domo: domo.datasets.update_properties("abc", data_provider_type="domo-jupyterdata"),
        (
            Sent("PUT", f"{DATA}/properties", json={"dataProviderType": "domo-jupyterdata"}),
            Sent("GET", DATA, answer=documented("E040")),
        ),
        gives=Dataset,
        note="without an answer",
    ),
    Row(
        "E069",
        lambda domo: domo.datasets.update_properties("abc", name="Orders", description=""),
        Sent(
            "PUT",
            f"{DATA}/properties",
            json={"dataSourceName": "Orders", "dataSourceDescription": ""},
            answer=documented("E040"),
        ),
        gives=Dataset,
        note="name and description, as other clients do",
    ),
    Row("E070", lambda domo: domo.datasets.schemas.latest("abc"), LATEST, gives=LatestSchema),
    Row(
        "E071",
        lambda domo: domo.datasets.export("xyz", io.BytesIO(), sql="SELECT * FROM `xyz` WHERE status='error'"),
        (
            heading("SELECT * FROM `xyz` WHERE status='error'", "id", "status"),
            Sent(
                "POST",
                "/api/query/v1/execute/export/xyz",
                query={"includeHeader": "true"},
                beside=True,
                json={"sql": "SELECT * FROM `xyz` WHERE status='error'"},
                headers={"Accept": "text/csv"},
                answer=b"id,status\n1,error\n",
                content_type="text/csv",
            ),
        ),
        gives=lambda done: 18 == done.bytes,
    ),
    Row(
        "E071",
        lambda domo: domo.datasets.export("xyz", io.BytesIO(), header=False),
        (
            heading("SELECT * FROM table"),
            Sent(
                "POST",
                "/api/query/v1/execute/export/xyz",
                query={"includeHeader": "true"},
                beside=True,
                json={"sql": "SELECT * FROM table"},
                answer=documented("E071"),
            ),
        ),
        gives=lambda done: len(b'1,error\n,""\n') == done.bytes,
        note="as Domo's documentation shows it, in JSON",
    ),
    Row(
        "E071",
        lambda domo: domo.datasets.export_many({"xyz": Path(tempfile.gettempdir()) / "never-written.csv"}),
        (
            heading("SELECT * FROM table", "id"),
            Sent(
                "POST",
                "/api/query/v1/execute/export/xyz",
                query={"includeHeader": "true"},
                beside=True,
                json={"sql": "SELECT * FROM table"},
                headers={"Accept": "text/csv"},
                status=404,
            ),
        ),
        gives=lambda outcomes: ["xyz", 404] == [outcomes[0].item.dataset_id, outcomes[0].error.status],
        note="several",
    ),
    Row(
        "E037",
        lambda domo: domo.datasets.query_many([QueryJob("xyz", "SELECT * FROM table WHERE a = ?", ["it's"])]),
        Sent(
            "POST",
            "/api/query/v1/execute/xyz",
            json={"sql": "SELECT * FROM table WHERE a = 'it''s'"},
            answer=documented("E037"),
        ),
        gives=lambda outcomes: 2 == len(outcomes[0].result),
        note="several",
    ),
    Row(
        "E071,E037",
        lambda domo: domo.datasets.scan("xyz", columns=["id"], where="status = :s", params={"s": "error"}),
        (HEADING, SCANNED),
        gives=lambda batches: [{"id": 1}, {"id": None}] == [row for batch in batches for row in batch.to_pylist()],
        note="in batches",
    ),
    Row(
        "E071,E037",
        lambda domo: domo.datasets.frame("xyz", "SELECT `id` FROM table WHERE status = 'error'", kind="arrow"),
        (HEADING, SCANNED),
        gives=lambda table: [1, None] == table.column("id").to_pylist(),
        note="as a frame",
    ),
    Row("E072", lambda domo: domo.datasets.versions.list("abc").all(), BEFORE, gives=DataVersion),
    Row(
        "E073",
        lambda domo: domo.datasets.versions.delete("abc", data_ids=[2]),
        Sent("DELETE", VERSIONS, json=[2]),
    ),
    Row(
        "E073",
        lambda domo: domo.datasets.versions.delete("abc", data_ids=[2, 3], index=True),
        Sent("DELETE", VERSIONS, query={"index": "true"}, json=[2, 3]),
        note="with an index",
    ),
    Row(
        "E072,E073",
        lambda domo: domo.datasets.versions.keep_last("abc", 1),
        (
            *KEEPING,
            Sent("GET", f"{QUERY}/partition", status=404, answer=refusal(404)),
            LATEST,
            Sent("DELETE", VERSIONS, json=[3]),
        ),
        gives=lambda deleted: [3] == [version.data_id for version in deleted],
        note="all but the newest",
    ),
    Row(
        "E072",
        lambda domo: domo.datasets.versions.keep_last("abc", 1, dry_run=True),
        (*KEEPING, Sent("GET", f"{QUERY}/partition", answer=whole([])), LATEST),
        gives=lambda deleted: [3] == [version.data_id for version in deleted],
        note="only told what would go",
    ),
    Row(
        "extra: Datasets, List datasets",
        lambda domo: domo.datasets.list(name_like="ord", owner_id=27, sort_by="name", page_size=1).all(),
        (
            Sent(
                "GET",
                "/api/data/v3/datasources",
                query={"nameLike": "ord", "ownerId": "27", "orderBy": "name", "limit": "1", "offset": "0"},
                answer=whole({"dataSources": [{"id": "abc", "name": "Orders"}], "_metaData": {"totalCount": 2}}),
            ),
            Sent(
                "GET",
                "/api/data/v3/datasources",
                query={"nameLike": "ord", "ownerId": "27", "orderBy": "name", "limit": "1", "offset": "1"},
                answer=whole({"dataSources": [{"id": "def", "name": "Words"}], "_metadata": {"totalCount": 2}}),
            ),
        ),
        gives=lambda found: ["Orders", "Words"] == [dataset.name for dataset in found],
    ),
    Row(
        "extra: Datasets, Delete dataset",
        lambda domo: domo.datasets.delete("abc", delete_method="hard"),
        Sent("DELETE", DATA, query={"deleteMethod": "hard"}),
    ),
    Row(
        "extra: PDP, List row policies",
        lambda domo: domo.datasets.policies.list("abc").all(),
        Sent(
            "GET",
            f"{CONTROL}/filter-groups",
            query={"options": "load_associations,load_filters,include_open_policy,sort"},
            answer=whole([POLICY, {**POLICY, "filterGroupId": 1001, "name": "All Rows", "type": "open"}]),
        ),
        gives=Policy,
    ),
    Row(
        "extra: PDP, Create row policy",
        lambda domo: domo.datasets.policies.create(
            "abc", name="North", filters=[PolicyFilter("Region", ["North"])], users=[27], groups=[8]
        ),
        Sent("POST", f"{CONTROL}/filter-groups", json=POLICY_SENT, answer=whole(POLICY)),
        gives=Policy,
    ),
    Row(
        "extra: PDP, Create row policy",
        lambda domo: domo.datasets.policies.create(
            "abc",
            name="Own department",
            filters=[PolicyFilter("Department", ["domo.policy.managed_user_department"], type="DYNAMIC")],
            groups=["8"],
        ),
        Sent(
            "POST",
            f"{CONTROL}/filter-groups",
            json={
                **POLICY_SENT,
                "name": "Own department",
                "userIds": [],
                "parameters": [
                    {
                        "type": "DYNAMIC",
                        "name": "Department",
                        "values": ["domo.policy.managed_user_department"],
                        "operator": "EQUALS",
                        "ignoreCase": True,
                    }
                ],
            },
            answer=whole(
                {
                    "name": "Own department",
                    "filterGroupId": 595,
                    "dataSourceId": "abc",
                    "policySetId": 474,
                    "groupIds": [8],
                    "dataSourcePermissions": False,
                    "parameters": [
                        {
                            "name": "Department",
                            "value": "domo.policy.managed_user_department",
                            "values": ["domo.policy.managed_user_department"],
                            "type": "DYNAMIC",
                            "operator": "EQUALS",
                            "not": False,
                            "ignoreCase": False,
                        }
                    ],
                }
            ),
        ),
        gives=Policy,
        note="by an attribute of whoever asks",
    ),
    Row(
        "extra: PDP, Update row policy",
        lambda domo: domo.datasets.policies.update(
            "abc",
            1002,
            name="North",
            filters=[PolicyFilter("Region", ["North"], negated=True, ignore_case=False)],
            users=[27],
            groups=[8],
        ),
        Sent(
            "PUT",
            f"{CONTROL}/filter-groups/1002",
            json={
                **POLICY_SENT,
                "filterGroupId": 1002,
                "parameters": [
                    {
                        "type": "COLUMN",
                        "name": "Region",
                        "values": ["North"],
                        "operator": "EQUALS",
                        "ignoreCase": False,
                        "not": True,
                    }
                ],
            },
            answer=whole(POLICY),
        ),
        gives=Policy,
    ),
    Row(
        "extra: PDP, Delete row policy",
        lambda domo: domo.datasets.policies.delete("abc", 1002),
        Sent("DELETE", f"{CONTROL}/filter-groups/1002"),
    ),
    Row(
        "extra: PDP, Enable/disable PDP",
        lambda domo: domo.datasets.policies.enable("abc"),
        Sent(
            "PUT",
            CONTROL,
            json={"enabled": True, "external": False},
            answer=whole({"enabled": True, "secured": True, "external": False, "enabledColumn": False}),
        ),
        gives=PolicyControl,
    ),
]
